/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a claim does to the cluster's configuration, and what it takes for done: it
 * stands against any number of changes made elsewhere only once admin_epoch was
 * raised over it (P6-A1). The CIB managers are one document here, and misbehave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>

#include "cluster/pacemaker/cib_link.h"
#include "cluster/pacemaker/cib_records.h"
#include "cluster/pacemaker/cib_xml.h"
#include "cluster/pacemaker/pacemaker.h"
#include "cluster/pacemaker/worker.h"
#include "common/error.h"

/* --- the configuration ------------------------------------------------------- */

struct vouch_cib_link {
	int is_open;
};

static xmlDoc *cib;
static int creates, raises, queries_of_dc;
static enum vouch_error_code raise_code; /* what the CIB manager answers */
static int raise_is_lost;		 /* it says yes and does nothing */
static void (*after_create)(void), (*after_raise)(void), (*before_raise)(void);

static xmlNode *root(void)
{
	return xmlDocGetRootElement(cib);
}

static xmlNode *section(void)
{
	return (xmlNode *)(uintptr_t)vouch__xml_descend(root(), "configuration",
							"crm_config", NULL);
}

static void set_attribute(const char *name, const char *value)
{
	(void)xmlSetProp(root(), (const xmlChar *)name, (const xmlChar *)value);
}

static uint64_t admin_epoch(void)
{
	uint64_t number = 0;

	assert_true(vouch__text_number(vouch__xml_text(root(), "admin_epoch"),
				       INT64_MAX, &number));
	return number;
}

static xmlNode *set_of(const char *id)
{
	return (xmlNode *)(uintptr_t)vouch__xml_by_id(
		section(), "cluster_property_set", id);
}

static void set_put(const xmlNode *element)
{
	xmlNode *old = set_of(vouch__xml_text(element, "id"));

	if (old) {
		xmlUnlinkNode(old);
		xmlFreeNode(old);
	}
	(void)xmlAddChild(section(),
			  xmlDocCopyNode((xmlNode *)(uintptr_t)element, cib, 1));
}

static void no_quorum(void)
{
	set_attribute("have-quorum", "0");
}

static void somebody_raises_it_further(void)
{
	set_attribute("admin_epoch", "9");
}

static void another_copy_takes_its_place(void)
{
	xmlNode *set = set_of("vouch-pgsql-grant-2");

	assert_non_null(set);
	xmlUnlinkNode(set);
	xmlFreeNode(set);
}

/* --- the link and the worker, in their places ----------------------------------- */

enum vouch_error_code vouch__worker_run(vouch_work *work, const char *what,
					const void *input, void *output,
					size_t size, struct vouch_deadline deadline,
					struct vouch_error *error)
{
	(void)what;
	(void)size;
	return work(input, output, deadline, error);
}

enum vouch_error_code vouch__cib_connect(int write, struct vouch_deadline deadline,
					 struct vouch_cib_link **link,
					 struct vouch_error *error)
{
	static struct vouch_cib_link only;

	(void)write;
	(void)deadline;
	(void)error;
	only.is_open = 1;
	*link = &only;
	return VOUCH_OK;
}

void vouch__cib_disconnect(struct vouch_cib_link *link)
{
	assert_true(link->is_open);
	link->is_open = 0;
}

enum vouch_error_code vouch__cib_query(struct vouch_cib_link *link,
				       const char *host, xmlNode **document,
				       struct vouch_error *error)
{
	(void)error;
	assert_true(link->is_open);
	if (host) {
		assert_string_equal(host, "n3");
		queries_of_dc++;
	}
	*document = xmlDocGetRootElement(xmlCopyDoc(cib, 1));
	return VOUCH_OK;
}

void vouch__cib_release(xmlNode *document)
{
	xmlFreeDoc(document->doc);
}

enum vouch_error_code vouch__cib_create(struct vouch_cib_link *link,
					xmlNode *element,
					struct vouch_error *error)
{
	(void)link;
	if (set_of(vouch__xml_text(element, "id")))
		return vouch__error_set(error, VOUCH_E_CONFLICT, "it exists");
	set_put(element);
	creates++;
	if (after_create)
		after_create();
	return VOUCH_OK;
}

enum vouch_error_code vouch__cib_modify(struct vouch_cib_link *link,
					xmlNode *element, int may_create,
					struct vouch_error *error)
{
	(void)link;
	(void)error;
	(void)may_create;
	set_put(element);
	return VOUCH_OK;
}

enum vouch_error_code vouch__cib_remove(struct vouch_cib_link *link,
					xmlNode *element,
					struct vouch_error *error)
{
	(void)link;
	(void)element;
	(void)error;
	return VOUCH_OK;
}

/* As the CIB manager does: a number below its own is refused, with all that comes
 * with it; the link says nothing of that. */
enum vouch_error_code vouch__cib_raise(struct vouch_cib_link *link, xmlNode *raised,
				       struct vouch_error *error)
{
	const xmlNode *set = vouch__xml_descend(raised, "configuration",
						"crm_config",
						"cluster_property_set", NULL);
	uint64_t number;

	(void)link;
	if (before_raise)
		before_raise();
	raises++;
	if (raise_code != VOUCH_OK)
		return vouch__error_set(error, raise_code, "it is not allowed");
	assert_true(vouch__xml_is(raised, "cib"));
	assert_true(vouch__text_number(vouch__xml_text(raised, "admin_epoch"),
				       INT64_MAX, &number));
	assert_non_null(set);
	if (!raise_is_lost && number >= admin_epoch()) {
		set_attribute("admin_epoch", vouch__xml_text(raised, "admin_epoch"));
		set_put(set);
	}
	if (after_raise)
		after_raise();
	return VOUCH_OK;
}

/* --- what is asked ------------------------------------------------------------ */

static struct vouch_cluster cluster = { .name = "pgsql", .node = "n2" };
static struct vouch_error error;

static int begin(void **state)
{
	static const char text[] =
		"<cib admin_epoch=\"2\" epoch=\"40\" num_updates=\"7\""
		" have-quorum=\"1\" dc-uuid=\"3\"><configuration><crm_config/>"
		"<nodes><node id=\"3\" uname=\"n3\"/></nodes></configuration></cib>";

	(void)state;
	cib = xmlReadMemory(text, sizeof(text) - 1, NULL, NULL, 0);
	creates = raises = queries_of_dc = raise_is_lost = 0;
	raise_code = VOUCH_OK;
	after_create = after_raise = before_raise = NULL;
	memset(&error, 0, sizeof(error));
	return cib ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	xmlFreeDoc(cib);
	return 0;
}

static enum vouch_error_code claim_by(const char *request)
{
	struct vouch_cluster_grant grant = {
		.epoch = 2,
		.holder = "n2",
		.incarnation = "b2",
		.method = VOUCH_METHOD_ANY,
		.k = 1,
		.member_count = 2,
		.members = { "n1", "n3" },
	};

	(void)snprintf(grant.request_id, VOUCH_NAME_SIZE, "%s", request);
	return vouch__pacemaker_grant_claim(&cluster, vouch__deadline_in(1000),
					    &grant, &error);
}

static enum vouch_error_code close_as(enum vouch_grant_outcome outcome)
{
	return vouch__pacemaker_grant_close(&cluster, vouch__deadline_in(1000), 2,
					    outcome, 0, &error);
}

static enum vouch_grant_outcome recorded(void)
{
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;

	assert_int_equal(vouch__cib_grants_read(root(), "pgsql", grants, &count,
						&error),
			 VOUCH_OK);
	return count == 1 ? grants[0].outcome : VOUCH_GRANT_UNKNOWN;
}

static void fails_as_uncertain(enum vouch_error_code code, const char *why)
{
	assert_int_equal(claim_by("r1"), code);
	assert_non_null(strstr(error.text, "its number is used up"));
	if (!strstr(error.text, why))
		fail_msg("'%s' is not in: %s", why, error.text);
}

static void a_claim_raises_the_configuration(void **state)
{
	(void)state;
	assert_int_equal(claim_by("r1"), VOUCH_OK);
	assert_int_equal(admin_epoch(), 3);
	assert_int_equal(recorded(), VOUCH_GRANT_OPEN);
	assert_int_equal(queries_of_dc, 2); /* before, and what became of it */
	/* Only what changes the configuration is kept on disk. */
	assert_string_equal(
		vouch__xml_text(vouch__xml_first(set_of("vouch-generation"), NULL),
				"value"),
		"3");
}

static void a_raise_that_fails_is_no_claim(void **state)
{
	(void)state;
	raise_code = VOUCH_E_PERMISSION;
	fails_as_uncertain(VOUCH_E_PERMISSION, "it is not allowed");
}

static void a_raise_that_does_not_show_is_no_claim(void **state)
{
	(void)state;
	raise_is_lost = 1;
	fails_as_uncertain(VOUCH_E_CLUSTER, "did not raise");
}

static void without_quorum_nothing_is_raised(void **state)
{
	(void)state;
	after_create = no_quorum;
	fails_as_uncertain(VOUCH_E_CLUSTER, "no quorum");
	assert_int_equal(raises, 0);
	assert_int_equal(admin_epoch(), 2);
}

static void quorum_that_is_lost_at_the_raise_is_no_claim(void **state)
{
	(void)state;
	after_raise = no_quorum;
	fails_as_uncertain(VOUCH_E_CLUSTER, "no quorum");
}

static void a_grant_that_is_overruled_is_no_claim(void **state)
{
	(void)state;
	after_raise = another_copy_takes_its_place;
	fails_as_uncertain(VOUCH_E_CLUSTER, "does not have it");
}

/* As when two databases are promoted at once: above the record is above it. */
static void somebody_else_may_raise_it_meanwhile(void **state)
{
	(void)state;
	before_raise = somebody_raises_it_further;
	assert_int_equal(claim_by("r1"), VOUCH_OK);
	assert_int_equal(admin_epoch(), 9);
}

static void before_the_record_does_not_count(void **state)
{
	(void)state;
	after_create = somebody_raises_it_further;
	assert_int_equal(claim_by("r1"), VOUCH_OK);
	assert_int_equal(admin_epoch(), 10);
}

static void an_administrators_number_is_raised_by_one(void **state)
{
	(void)state;
	set_attribute("admin_epoch", "1000001");
	assert_int_equal(claim_by("r1"), VOUCH_OK);
	assert_int_equal(admin_epoch(), 1000002);
}

static void at_the_limit_nothing_is_claimed(void **state)
{
	(void)state;
	set_attribute("admin_epoch", "2147483647");
	assert_int_equal(claim_by("r1"), VOUCH_E_LIMIT);
	assert_int_equal(creates, 0);
	assert_int_equal(raises, 0);
	set_attribute("admin_epoch", "2147483646");
	assert_int_equal(claim_by("r1"), VOUCH_OK);
	assert_int_equal(admin_epoch(), INT32_MAX);
}

/* An adoption that was cut off between the two is typed again. */
static void the_same_claim_goes_on_where_it_was(void **state)
{
	(void)state;
	raise_code = VOUCH_E_CLUSTER;
	fails_as_uncertain(VOUCH_E_CLUSTER, "");
	raise_code = VOUCH_OK;
	assert_int_equal(claim_by("r1"), VOUCH_OK);
	assert_int_equal(creates, 1);
	assert_int_equal(admin_epoch(), 3);
	assert_int_equal(claim_by("r2"), VOUCH_E_CONFLICT);
	assert_int_equal(admin_epoch(), 3);
	/* It ended: nobody claims it again. */
	assert_int_equal(close_as(VOUCH_GRANT_VOID), VOUCH_OK);
	assert_int_equal(claim_by("r1"), VOUCH_E_CONFLICT);
}

/* Lost, it would let others be promoted that lack writes (P6-S1). Said again, it is
 * raised again: the time before may have failed. */
static void each_word_of_a_disowned_epoch_raises_it(void **state)
{
	(void)state;
	assert_int_equal(claim_by("r1"), VOUCH_OK);
	assert_int_equal(close_as(VOUCH_GRANT_DONE), VOUCH_OK);
	assert_int_equal(admin_epoch(), 3);
	assert_int_equal(close_as(VOUCH_GRANT_DISOWNED), VOUCH_OK);
	assert_int_equal(admin_epoch(), 4);
	assert_int_equal(recorded(), VOUCH_GRANT_DISOWNED);
	assert_int_equal(close_as(VOUCH_GRANT_DISOWNED), VOUCH_OK);
	assert_int_equal(admin_epoch(), 5);
	assert_int_equal(close_as(VOUCH_GRANT_DONE), VOUCH_OK);
	assert_int_equal(admin_epoch(), 5);
	assert_int_equal(recorded(), VOUCH_GRANT_DISOWNED);
}

/* The number is for who has quorum; the record is kept in any case. */
static void disowned_without_quorum_is_recorded_and_told_of(void **state)
{
	(void)state;
	assert_int_equal(claim_by("r1"), VOUCH_OK);
	assert_int_equal(close_as(VOUCH_GRANT_DONE), VOUCH_OK);
	no_quorum();
	assert_int_equal(close_as(VOUCH_GRANT_DISOWNED), VOUCH_E_CLUSTER);
	assert_non_null(strstr(error.text, "may overrule it"));
	assert_int_equal(recorded(), VOUCH_GRANT_DISOWNED);
	assert_int_equal(admin_epoch(), 3);
	set_attribute("have-quorum", "1");
	assert_int_equal(close_as(VOUCH_GRANT_DISOWNED), VOUCH_OK);
	assert_int_equal(admin_epoch(), 4);
}

static enum vouch_error_code seal_record(enum vouch_answer unbroken)
{
	struct vouch_cluster_seal seal = { .node = "n2", .epoch = 2,
					   .incarnation = "i2", .timeline = 2,
					   .record_lsn = 40, .record_crc = 7,
					   .unbroken = unbroken };

	return vouch__pacemaker_seal_record(&cluster, vouch__deadline_in(1000),
					    &seal, &error);
}

static enum vouch_answer seal_recorded(void)
{
	struct vouch_cluster_seal seal;

	assert_int_equal(vouch__pacemaker_seal(&cluster, vouch__deadline_in(1000),
					       &seal, &error),
			 VOUCH_OK);
	return seal.unbroken;
}

/* An older copy of the configuration would have it whole (P6-A1). */
static void a_broken_seal_raises_it(void **state)
{
	(void)state;
	assert_int_equal(seal_record(VOUCH_YES), VOUCH_OK);
	assert_int_equal(admin_epoch(), 2);
	assert_int_equal(seal_record(VOUCH_NO), VOUCH_OK);
	assert_int_equal(seal_recorded(), VOUCH_NO);
	assert_int_equal(admin_epoch(), 3);
}

static void broken_without_quorum_is_recorded_and_told_of(void **state)
{
	(void)state;
	assert_int_equal(seal_record(VOUCH_YES), VOUCH_OK);
	no_quorum();
	assert_int_equal(seal_record(VOUCH_NO), VOUCH_E_CLUSTER);
	assert_non_null(strstr(error.text, "may overrule it"));
	assert_int_equal(seal_recorded(), VOUCH_NO);
	assert_int_equal(admin_epoch(), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_claim_raises_the_configuration),
		TEST(a_raise_that_fails_is_no_claim),
		TEST(a_raise_that_does_not_show_is_no_claim),
		TEST(without_quorum_nothing_is_raised),
		TEST(quorum_that_is_lost_at_the_raise_is_no_claim),
		TEST(a_grant_that_is_overruled_is_no_claim),
		TEST(somebody_else_may_raise_it_meanwhile),
		TEST(before_the_record_does_not_count),
		TEST(an_administrators_number_is_raised_by_one),
		TEST(at_the_limit_nothing_is_claimed),
		TEST(the_same_claim_goes_on_where_it_was),
		TEST(each_word_of_a_disowned_epoch_raises_it),
		TEST(disowned_without_quorum_is_recorded_and_told_of),
		TEST(a_broken_seal_raises_it),
		TEST(broken_without_quorum_is_recorded_and_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
