/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts out of CIB documents, as Pacemaker 2.1 writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>

#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_xml.h"

#define CIB(config, nodes, resources, status)                                  \
	"<cib admin_epoch=\"2\" epoch=\"41\" num_updates=\"7\" "               \
	"have-quorum=\"1\" dc-uuid=\"2\"><configuration>"                      \
	"<crm_config>" config "</crm_config><nodes>" nodes "</nodes>"          \
	"<resources>" resources "</resources><constraints/></configuration>"   \
	"<status>" status "</status></cib>"
#define PROPERTY(name, value)                                                  \
	"<cluster_property_set id=\"s-" name value "\"><nvpair id=\"p-" name   \
	value "\" name=\"" name "\" value=\"" value                            \
	"\"/></cluster_property_set>"
#define NODES                                                                  \
	"<node id=\"1\" uname=\"n1\"/><node id=\"2\" uname=\"n2\"/>"           \
	"<node id=\"3\" uname=\"n3\" type=\"member\"/>"
#define STATE(id, attributes, inside)                                          \
	"<node_state id=\"" id "\" uname=\"n" id "\" " attributes ">" inside   \
	"</node_state>"
#define UP "in_ccm=\"true\" crmd=\"online\" join=\"member\" expected=\"member\""
#define LOST                                                                   \
	"in_ccm=\"false\" crmd=\"offline\" join=\"down\" expected=\"member\""
#define FENCED                                                                 \
	"in_ccm=\"false\" crmd=\"offline\" join=\"down\" expected=\"down\""
#define LRM(id, ops)                                                           \
	"<lrm id=\"1\"><lrm_resources><lrm_resource id=\"" id "\">" ops        \
	"</lrm_resource></lrm_resources></lrm>"
#define OP(task, call, status, rc, change)                                     \
	"<lrm_rsc_op id=\"x" task call change "\" operation=\"" task           \
	"\" call-id=\"" call "\" op-status=\"" status "\" rc-code=\"" rc       \
	"\" last-rc-change=\"" change "\"/>"

struct answer {
	xmlDoc *document;
	enum vouch_error_code code;
	struct vouch_error error;
	uint32_t count;
	struct vouch_cluster_node nodes[VOUCH_NODES_MAX];
	struct vouch_view view;
};

static xmlDoc *parsed(const char *text)
{
	xmlDoc *document = xmlReadMemory(text, (int)strlen(text), NULL, NULL,
					 XML_PARSE_NOERROR);

	assert_non_null(document);
	return document;
}

static struct answer read_nodes(const char *text)
{
	struct answer answer = { .count = VOUCH_NODES_MAX };
	xmlDoc *document = parsed(text);

	answer.code = vouch__cib_nodes_read(xmlDocGetRootElement(document),
					    "pgsql", answer.nodes, &answer.count,
					    &answer.error);
	xmlFreeDoc(document);
	return answer;
}

static struct answer read_view(const char *text)
{
	struct answer answer = { .view = { .quorate = VOUCH_YES } };
	xmlDoc *document = parsed(text);

	answer.code = vouch__cib_view_read(xmlDocGetRootElement(document),
					   &answer.view, &answer.error);
	xmlFreeDoc(document);
	return answer;
}

static enum vouch_answer managed(const char *text)
{
	xmlDoc *document = parsed(text);
	enum vouch_answer answer = vouch__cib_managed_read(
		xmlDocGetRootElement(document), "pgsql", "n1");

	xmlFreeDoc(document);
	return answer;
}

static void expect_life(const struct vouch_cluster_node *node,
			enum vouch_answer online, enum vouch_answer unclean)
{
	assert_int_equal(node->online, online);
	assert_int_equal(node->unclean, unclean);
}

/* --- life ----------------------------------------------------------------- */

static void up_lost_and_fenced(void **state)
{
	struct answer got = read_nodes(CIB("", NODES, "",
					   STATE("1", UP, "")
					   STATE("2", LOST, "")
					   STATE("3", FENCED, "")));

	(void)state;
	assert_int_equal(got.code, VOUCH_OK);
	assert_int_equal(got.count, 3);
	assert_string_equal(got.nodes[1].name, "n2");
	assert_int_equal(got.nodes[1].cluster_id, 2);
	assert_int_equal(got.nodes[1].node_class, VOUCH_CLASS_MEMBER);
	expect_life(&got.nodes[0], VOUCH_YES, VOUCH_NO);
	expect_life(&got.nodes[1], VOUCH_NO, VOUCH_YES);
	expect_life(&got.nodes[2], VOUCH_NO, VOUCH_NO);
	assert_int_equal(got.nodes[0].ever_seen, VOUCH_UNKNOWN);
}

static void never_seen(void **state)
{
	struct answer got = read_nodes(CIB("", NODES, "", STATE("1", UP, "")));

	(void)state;
	expect_life(&got.nodes[1], VOUCH_NO, VOUCH_YES);
	/* Blind faith is the administrator's; nothing is proven by it. */
	got = read_nodes(CIB(PROPERTY("startup-fencing", "false"), NODES, "",
			     STATE("1", UP, "")));
	expect_life(&got.nodes[1], VOUCH_NO, VOUCH_UNKNOWN);
}

static void coming_and_going(void **state)
{
	struct answer got = read_nodes(CIB(
		"", NODES, "",
		STATE("1", "in_ccm=\"true\" crmd=\"online\" join=\"pending\" "
			   "expected=\"member\"", "")
		STATE("2", "in_ccm=\"true\" crmd=\"offline\" join=\"down\" "
			   "expected=\"down\"", "")
		STATE("3", "in_ccm=\"true\" crmd=\"offline\" join=\"down\" "
			   "expected=\"member\"", "")));

	(void)state;
	expect_life(&got.nodes[0], VOUCH_UNKNOWN, VOUCH_NO);
	expect_life(&got.nodes[1], VOUCH_UNKNOWN, VOUCH_NO);
	expect_life(&got.nodes[2], VOUCH_UNKNOWN, VOUCH_YES);
}

static void gone_while_shutting_down_or_terminated(void **state)
{
#define ASKED(name, value)                                                     \
	"<transient_attributes id=\"1\"><instance_attributes id=\"i\">"        \
	"<nvpair id=\"a\" name=\"" name "\" value=\"" value "\"/>"             \
	"</instance_attributes></transient_attributes>"
	struct answer got = read_nodes(
		CIB("", NODES, "",
		    STATE("1", LOST, ASKED("shutdown", "1795400414"))
		    STATE("2", UP, ASKED("terminate", "true"))
		    STATE("3", UP, ASKED("terminate", "0"))));

	(void)state;
	expect_life(&got.nodes[0], VOUCH_NO, VOUCH_YES);
	expect_life(&got.nodes[1], VOUCH_YES, VOUCH_YES);
	expect_life(&got.nodes[2], VOUCH_YES, VOUCH_NO);
}

/* A new coordinator writes expected=down for a lost node that it remembers as
 * fenced, though it had come back: only its resources tell. */
static void gone_with_resources_active(void **state)
{
#define UNMANAGED                                                              \
	"<primitive id=\"ip\"><meta_attributes id=\"ma\"><nvpair id=\"mb\" "   \
	"name=\"is-managed\" value=\"false\"/></meta_attributes></primitive>"
	struct answer got = read_nodes(CIB(
		"", NODES, UNMANAGED,
		STATE("1", FENCED, LRM("pgsql", OP("monitor", "9", "0", "0", "1")))
		STATE("2", FENCED, LRM("pgsql", OP("stop", "9", "0", "0", "1")))
		STATE("3", FENCED, LRM("vip", OP("start", "4", "0", "0", "1")))));

	(void)state;
	expect_life(&got.nodes[0], VOUCH_NO, VOUCH_YES);
	expect_life(&got.nodes[1], VOUCH_NO, VOUCH_NO);
	expect_life(&got.nodes[2], VOUCH_NO, VOUCH_YES);
	got = read_nodes(CIB(
		"", NODES, UNMANAGED,
		STATE("1", FENCED, LRM("ip", OP("start", "4", "0", "0", "1")))
		STATE("2", FENCED, LRM("pgsql", OP("stop", "9", "2", "0", "1")))
		STATE("3", FENCED, LRM("vip", OP("monitor", "4", "0", "7", "1")))));
	expect_life(&got.nodes[0], VOUCH_NO, VOUCH_NO);
	expect_life(&got.nodes[1], VOUCH_NO, VOUCH_YES);
	expect_life(&got.nodes[2], VOUCH_NO, VOUCH_NO);
}

static void nonsense_is_never_clean_and_gone(void **state)
{
	static const char *const attributes[] = {
		"", "in_ccm=\"false\"", "in_ccm=\"maybe\" crmd=\"offline\"",
		"in_ccm=\"false\" crmd=\"\" expected=\"down\"",
		"in_ccm=\"false\" crmd=\"offline\" expected=\"sideways\"",
		"in_ccm=\"false\" crmd=\"offline\" join=\"nack\"",
	};
	char text[1024];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		struct answer got;

		(void)snprintf(text, sizeof(text),
			       CIB("", "<node id=\"1\" uname=\"n1\"/>", "",
				   "<node_state id=\"1\" uname=\"n1\" %s/>"),
			       attributes[i]);
		got = read_nodes(text);
		assert_false(got.nodes[0].online == VOUCH_NO &&
			     got.nodes[0].unclean == VOUCH_NO);
		assert_int_not_equal(got.nodes[0].online, VOUCH_YES);
	}
}

/* --- kinds ---------------------------------------------------------------- */

static void remote_guest_and_bundle(void **state)
{
	struct answer got = read_nodes(CIB(
		"",
		NODES "<node id=\"r1\" uname=\"r1\" type=\"remote\"/>"
		      "<node id=\"4\" uname=\"g1\"/>",
		"<primitive id=\"r2\" class=\"ocf\" provider=\"pacemaker\" "
		"type=\"remote\"/>"
		"<group id=\"g\"><primitive id=\"vm\"><meta_attributes id=\"m\">"
		"<nvpair id=\"mm\" name=\"remote-node\" value=\"g1\"/>"
		"</meta_attributes></primitive></group><bundle id=\"b\"/>",
		STATE("1", UP, "")
		"<node_state id=\"r2\" uname=\"r2\" remote_node=\"true\" "
		"in_ccm=\"true\"/>"
		"<node_state id=\"b-0\" uname=\"b-0\" remote_node=\"true\"/>"
		"<node_state id=\"9\" uname=\"removed\" " UP "/>"));

	(void)state;
	assert_int_equal(got.code, VOUCH_OK);
	assert_int_equal(got.count, 7);
	assert_int_equal(got.nodes[3].node_class, VOUCH_CLASS_REMOTE);
	assert_int_equal(got.nodes[4].node_class, VOUCH_CLASS_GUEST);
	assert_int_equal(got.nodes[5].node_class, VOUCH_CLASS_REMOTE);
	assert_int_equal(got.nodes[6].node_class, VOUCH_CLASS_BUNDLE);
	expect_life(&got.nodes[5], VOUCH_UNKNOWN, VOUCH_UNKNOWN);
}

static void hostile_nodes_are_refused(void **state)
{
	static const char *const nodes[] = {
		"<node id=\"1\"/>",
		"<node uname=\"n1\"/>",
		"<node id=\"0\" uname=\"n1\"/>",
		"<node id=\"-1\" uname=\"n1\"/>",
		"<node id=\"4294967296\" uname=\"n1\"/>",
		"<node id=\"1\" uname=\"n1\"/><node id=\"1\" uname=\"n2\"/>",
		"<node id=\"1\" uname=\"n1\"/><node id=\"2\" uname=\"n1\"/>",
		"<node id=\"1\" uname=\"a&#10;b\"/>",
		"<node id=\"1\" uname=\"a b\"/>",
		"<node id=\"1\" uname=\"0123456789012345678901234567890123456789"
		"012345678901234567890123456789\"/>",
	};
	char text[1024];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		struct answer got;

		(void)snprintf(text, sizeof(text), CIB("", "%s", "", ""),
			       nodes[i]);
		got = read_nodes(text);
		assert_int_equal(got.code, VOUCH_E_MALFORMED);
		assert_int_not_equal(got.error.text[0], '\0');
	}
	assert_int_equal(read_nodes("<cib/>").code, VOUCH_E_MALFORMED);
	assert_int_equal(read_nodes("<html/>").code, VOUCH_E_MALFORMED);
}

static void too_many_nodes_are_a_limit(void **state)
{
	struct answer got = { .count = 2 };
	xmlDoc *document = parsed(CIB("", NODES, "", ""));

	(void)state;
	assert_int_equal(vouch__cib_nodes_read(xmlDocGetRootElement(document),
					       "pgsql", got.nodes, &got.count,
					       &got.error),
			 VOUCH_E_LIMIT);
	xmlFreeDoc(document);
}

/* --- operations ----------------------------------------------------------- */

static struct vouch_operations operations(const char *lrm)
{
	char text[4096];

	(void)snprintf(text, sizeof(text),
		       CIB("", "<node id=\"1\" uname=\"n1\"/>", "",
			   "<node_state id=\"1\" uname=\"n1\" " UP
			   ">%s</node_state>"),
		       lrm);
	return read_nodes(text).nodes[0].operations;
}

static void expect_last(const char *lrm, enum vouch_operation last, uint32_t rc,
			enum vouch_answer in_flight)
{
	struct vouch_operations got = operations(lrm);

	assert_int_equal(got.condition, VOUCH_PRESENT);
	assert_int_equal(got.last, last);
	assert_int_equal(got.last_result,
			 last == VOUCH_OP_NONE ? VOUCH_RESULT_UNKNOWN :
			 rc == 0	       ? VOUCH_RESULT_OK :
			 rc == 7 ? VOUCH_RESULT_NOT_RUNNING :
			 rc == 8 ? VOUCH_RESULT_PROMOTED :
				   VOUCH_RESULT_FAILED);
	assert_int_equal(got.in_flight, in_flight);
}

static void newest_by_call_id(void **state)
{
	(void)state;
	expect_last(LRM("pgsql", OP("stop", "31", "0", "0", "100")
				 OP("monitor", "12", "0", "8", "900")
				 OP("promote", "30", "0", "0", "99")),
		    VOUCH_OP_STOP, 0, VOUCH_NO);
	expect_last(LRM("pgsql:1", OP("start", "9", "0", "0", "5")
				   OP("notify", "11", "0", "0", "6")),
		    VOUCH_OP_START, 0, VOUCH_NO);
	/* One recurring monitor, its last failure beside its last result. */
	expect_last(LRM("pgsql", OP("monitor", "12", "0", "8", "900")
				 OP("monitor", "12", "0", "1", "950")),
		    VOUCH_OP_MONITOR, 1, VOUCH_NO);
}

static void other_resources_do_not_count(void **state)
{
	(void)state;
	assert_int_equal(operations("").condition, VOUCH_ABSENT);
	assert_int_equal(operations(LRM("pgsql2", OP("stop", "1", "0", "0", "1")))
				 .condition, VOUCH_ABSENT);
	assert_int_equal(operations(LRM("pgsql:x", OP("stop", "1", "0", "0", "1")))
				 .condition, VOUCH_ABSENT);
}

static void pending_is_in_flight(void **state)
{
	(void)state;
	expect_last(LRM("pgsql", OP("promote", "-1", "-1", "193", "1")
				 OP("monitor", "12", "0", "0", "1")),
		    VOUCH_OP_NONE, 0, VOUCH_YES);
	expect_last(LRM("pgsql", OP("start", "-1", "-1", "193", "1")),
		    VOUCH_OP_NONE, 0, VOUCH_YES);
}

/* It stands where the newest result stood: a start since then, for instance, of which
 * nothing is known any more. What an older failure said must not pass for that. A
 * recurring monitor has a place of its own. */
static void what_is_under_way_hides_the_newest_result(void **state)
{
	(void)state;
	expect_last(LRM("pgsql", OP("stop", "-1", "-1", "193", "1")
				 OP("monitor", "3", "0", "7", "1")),
		    VOUCH_OP_NONE, 0, VOUCH_NO);
	expect_last(LRM("pgsql", OP("monitor", "-1", "-1", "193", "1")
				 OP("stop", "3", "0", "0", "1")),
		    VOUCH_OP_NONE, 0, VOUCH_NO);
	expect_last(LRM("pgsql", "<lrm_rsc_op id=\"r\" operation=\"monitor\" "
				 "interval=\"10000\" call-id=\"-1\" "
				 "op-status=\"-1\" rc-code=\"193\"/>"
				 OP("stop", "3", "0", "0", "1")),
		    VOUCH_OP_STOP, 0, VOUCH_NO);
}

static void a_stop_that_was_cut_off_proves_nothing(void **state)
{
	(void)state;
	expect_last(LRM("pgsql", OP("stop", "3", "2", "0", "1")), VOUCH_OP_STOP,
		    1, VOUCH_NO);
	expect_last(LRM("pgsql", OP("monitor", "3", "2", "7", "1")),
		    VOUCH_OP_MONITOR, 1, VOUCH_NO);
	expect_last(LRM("pgsql", OP("monitor", "3", "4", "7", "1")),
		    VOUCH_OP_MONITOR, 7, VOUCH_NO);
	expect_last(LRM("pgsql", OP("stop", "3", "4", "0", "1")), VOUCH_OP_STOP,
		    1, VOUCH_NO);
}

static void degraded_is_a_monitors_word_alone(void **state)
{
	(void)state;
	expect_last(LRM("pgsql", OP("monitor", "3", "0", "190", "1")),
		    VOUCH_OP_MONITOR, 0, VOUCH_NO);
	expect_last(LRM("pgsql", OP("monitor", "3", "0", "191", "1")),
		    VOUCH_OP_MONITOR, 8, VOUCH_NO);
	expect_last(LRM("pgsql", OP("monitor", "3", "2", "191", "1")),
		    VOUCH_OP_MONITOR, 1, VOUCH_NO);
	expect_last(LRM("pgsql", OP("stop", "3", "0", "190", "1")), VOUCH_OP_STOP,
		    1, VOUCH_NO);
	expect_last(LRM("pgsql", OP("start", "3", "0", "190", "1")),
		    VOUCH_OP_START, 1, VOUCH_NO);
}

static void malformed_operations(void **state)
{
	(void)state;
	assert_int_equal(operations(LRM("pgsql", OP("stop", "x", "0", "0", "1")))
				 .condition, VOUCH_MALFORMED);
	assert_int_equal(operations(LRM("pgsql", OP("stop", "3", "0", "256", "1")))
				 .condition, VOUCH_MALFORMED);
	assert_int_equal(operations(LRM("pgsql", OP("stop", "99999999999", "0",
						    "0", "1")))
				 .condition, VOUCH_MALFORMED);
	assert_int_equal(operations(LRM("pgsql", "<lrm_rsc_op call-id=\"3\"/>"))
				 .condition, VOUCH_MALFORMED);
}

static void without_pending_records_nothing_is_known(void **state)
{
	struct answer got = read_nodes(
		CIB("", "<node id=\"1\" uname=\"n1\"/>",
		    "<primitive id=\"pgsql\"><operations><op id=\"o\" "
		    "name=\"promote\" record-pending=\"false\"/></operations>"
		    "</primitive>",
		    STATE("1", UP,
			  LRM("pgsql", OP("stop", "3", "0", "0", "1")))));

	(void)state;
	assert_int_equal(got.nodes[0].operations.in_flight, VOUCH_UNKNOWN);
}

/* --- the view ------------------------------------------------------------- */

static void view_of_a_document(void **state)
{
	struct answer got = read_view(CIB("", NODES, "", ""));

	(void)state;
	assert_int_equal(got.code, VOUCH_OK);
	assert_int_equal(got.view.cib_admin_epoch, 2);
	assert_int_equal(got.view.cib_epoch, 41);
	assert_string_equal(got.view.dc, "n2");
	assert_int_equal(got.view.quorate, VOUCH_YES);
	assert_int_equal(got.view.fencing_enabled, VOUCH_YES);
}

static void fencing_must_be_enabled_everywhere(void **state)
{
	static const struct {
		const char *config;
		enum vouch_answer answer;
	} cases[] = {
		{ PROPERTY("stonith-enabled", "true"), VOUCH_YES },
		{ PROPERTY("stonith-enabled", "false"), VOUCH_NO },
		{ PROPERTY("stonith-enabled", "OFF"), VOUCH_NO },
		{ PROPERTY("stonith-enabled", "perhaps"), VOUCH_UNKNOWN },
		{ PROPERTY("stonith-enabled", "true")
		  PROPERTY("stonith-enabled", "false"), VOUCH_UNKNOWN },
		{ "<cluster_property_set id=\"a\"><rule id=\"r\"/><nvpair "
		  "id=\"b\" name=\"stonith-enabled\" value=\"true\"/>"
		  "</cluster_property_set>", VOUCH_UNKNOWN },
	};
	char text[1024];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(text, sizeof(text), CIB("%s", NODES, "", ""),
			       cases[i].config);
		assert_int_equal(read_view(text).view.fencing_enabled,
				 cases[i].answer);
	}
}

static void quorum_needs_both(void **state)
{
	struct answer got = read_view(
		"<cib admin_epoch=\"0\" epoch=\"1\" have-quorum=\"0\">"
		"<configuration><crm_config/></configuration></cib>");

	(void)state;
	assert_int_equal(got.code, VOUCH_OK);
	assert_int_equal(got.view.quorate, VOUCH_NO);
	assert_string_equal(got.view.dc, "");
	assert_int_equal(read_view("<cib epoch=\"1\"><configuration><crm_config/>"
				   "</configuration></cib>").code,
			 VOUCH_E_MALFORMED);
	assert_int_equal(read_view("<cib admin_epoch=\"0\" epoch=\"1\"/>").code,
			 VOUCH_E_MALFORMED);
}

static void watchdog_is_seen(void **state)
{
	static const struct {
		const char *config;
		enum vouch_answer answer;
	} cases[] = {
		{ "", VOUCH_NO },
		{ PROPERTY("stonith-watchdog-timeout", "0"), VOUCH_NO },
		{ PROPERTY("stonith-watchdog-timeout", "0s"), VOUCH_NO },
		{ PROPERTY("stonith-watchdog-timeout", "10s"), VOUCH_YES },
		{ PROPERTY("stonith-watchdog-timeout", "-1"), VOUCH_YES },
		{ PROPERTY("stonith-watchdog-timeout", ""), VOUCH_YES },
	};
	char text[1024];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		xmlDoc *document;

		(void)snprintf(text, sizeof(text), CIB("%s", NODES, "", ""),
			       cases[i].config);
		document = parsed(text);
		assert_int_equal(vouch__cib_watchdog_read(
					 xmlDocGetRootElement(document)),
				 cases[i].answer);
		xmlFreeDoc(document);
	}
}

#define FENCE(id, type, more)                                                 \
	"<primitive id=\"" id "\" class=\"stonith\" type=\"" type "\">" more   \
	"</primitive>"

/* P6-A1: a fabric fence leaves the process alive. */
static void a_device_that_leaves_the_node_running_is_named(void **state)
{
	static const struct {
		const char *resources, *found;
	} cases[] = {
		{ "", NULL },
		{ FENCE("f1", "fence_ipmilan", "") FENCE("f2", "fence_sbd", ""),
		  NULL },
		{ FENCE("f1", "fence_ipmilan", "") FENCE("f2", "fence_scsi", ""),
		  "f2" },
		{ "<clone id=\"c\">" FENCE("f3", "fence_mpath", "") "</clone>",
		  "f3" },
		{ FENCE("f4", "fence_new",
			 "<meta_attributes id=\"m\"><nvpair id=\"n\" "
			 "name=\"provides\" value=\"unfencing\"/>"
			 "</meta_attributes>"),
		  "f4" },
		{ "<template id=\"t\" class=\"stonith\" type=\"fence_scsi\"/>"
		  "<primitive id=\"f5\" template=\"t\"/>",
		  "f5" },
		{ "<template id=\"t\" class=\"stonith\" type=\"fence_ipmilan\"/>"
		  "<primitive id=\"f6\" template=\"t\"/>",
		  NULL },
		{ "<primitive id=\"f7\" template=\"gone\"/>", "f7" },
		{ "<primitive id=\"p\" class=\"ocf\" provider=\"vouch\" "
		  "type=\"fence_scsi\"/>",
		  NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[4096];
		xmlDoc *document;
		const char *found;

		(void)snprintf(text, sizeof(text),
			       "<cib><configuration><resources>%s</resources>"
			       "</configuration></cib>", cases[i].resources);
		document = parsed(text);
		found = vouch__cib_device_without_power(
			xmlDocGetRootElement(document));
		if (cases[i].found) {
			assert_non_null(found);
			assert_string_equal(found, cases[i].found);
		} else {
			assert_null(found);
		}
		xmlFreeDoc(document);
	}
}

/* --- managed and score ---------------------------------------------------- */

#define META(name, value)                                                      \
	"<meta_attributes id=\"m" name "\"><nvpair id=\"n" name "\" name=\""   \
	name "\" value=\"" value "\"/></meta_attributes>"
#define CLONE(outer, inner)                                                    \
	"<clone id=\"pgsql-clone\">" outer "<primitive id=\"pgsql\">" inner    \
	"</primitive></clone>"

static void recovery_of(const char *text, struct vouch_recovery *recovery)
{
	xmlDoc *document = parsed(text);

	vouch__cib_recovery_read(xmlDocGetRootElement(document), "pgsql",
				 recovery);
	xmlFreeDoc(document);
}

static void what_failures_lead_to(void **state)
{
	struct vouch_recovery recovery;

	(void)state;
	recovery_of(CIB("", NODES, "", ""), &recovery);
	assert_int_equal(recovery.condition, VOUCH_ABSENT);
	recovery_of(CIB("", NODES, CLONE("", ""), ""), &recovery);
	assert_int_equal(recovery.condition, VOUCH_PRESENT);
	assert_string_equal(recovery.migration_threshold, "");
	assert_string_equal(recovery.promote_on_fail, "");
	recovery_of(CIB("", NODES,
			CLONE(META("migration-threshold", "1"),
			      "<operations><op id=\"o1\" name=\"monitor\" "
			      "on-fail=\"fence\"/><op id=\"o2\" name=\"promote\" "
			      "on-fail=\"block\"/></operations>"),
			""),
		    &recovery);
	assert_string_equal(recovery.migration_threshold, "1");
	assert_string_equal(recovery.promote_on_fail, "block");
	assert_string_equal(recovery.default_on_fail, "");
	/* The nearest one counts, and what is no word is not repeated. */
	recovery_of(CIB("", NODES,
			CLONE(META("migration-threshold", "1"),
			      META("migration-threshold", "; reboot")),
			""),
		    &recovery);
	assert_string_equal(recovery.migration_threshold, "unclear");
}

static void setup_of(const char *text, struct vouch_setup *setup)
{
	xmlDoc *document = parsed(text);

	vouch__cib_setup_read(xmlDocGetRootElement(document), "pgsql", setup);
	xmlFreeDoc(document);
}

static void how_it_is_configured(void **state)
{
	struct vouch_setup setup;

	(void)state;
	setup_of(CIB("", NODES, "", ""), &setup);
	assert_int_equal(setup.condition, VOUCH_ABSENT);
	assert_int_equal(setup.fence_devices, 0);
	setup_of(CIB(PROPERTY("no-quorum-policy", "ignore"), NODES,
		     CLONE(META("notify", "true"),
			   "<operations><op id=\"o1\" name=\"monitor\" "
			   "role=\"Promoted\" timeout=\"20s\"/>"
			   "<op id=\"o2\" name=\"promote\" timeout=\"30\"/>"
			   "<op id=\"o3\" name=\"start\" timeout=\"soon\"/>"
			   "</operations>") "<primitive id=\"f1\" "
			   "class=\"stonith\" type=\"fence_ipmilan\"/>", ""),
		 &setup);
	assert_int_equal(setup.condition, VOUCH_PRESENT);
	assert_string_equal(setup.notify, "true");
	assert_string_equal(setup.promoted_max, "");
	assert_string_equal(setup.no_quorum_policy, "ignore");
	assert_int_equal(setup.fence_devices, 1);
	assert_int_equal(setup.configured[VOUCH_SETUP_MONITOR_PROMOTED], 1);
	assert_int_equal(setup.configured[VOUCH_SETUP_MONITOR_UNPROMOTED], 0);
	assert_int_equal(setup.timeout_ms[VOUCH_SETUP_MONITOR_PROMOTED], 20000);
	assert_int_equal(setup.timeout_ms[VOUCH_SETUP_PROMOTE], 30000);
	/* What is no time is none. */
	assert_int_equal(setup.configured[VOUCH_SETUP_START], 1);
	assert_int_equal(setup.timeout_ms[VOUCH_SETUP_START], 0);
	assert_int_equal(setup.configured[VOUCH_SETUP_STOP], 0);
}

static void which_nodes_can_be_fenced(void **state)
{
	struct vouch_setup setup;

	(void)state;
#define DEVICE(id, list)                                                       \
	"<primitive id=\"" id "\" class=\"stonith\" type=\"fence_x\">"           \
	"<instance_attributes id=\"" id "-a\">" list "</instance_attributes>"  \
	"</primitive>"
#define HOSTS(id, name, value)                                                 \
	"<nvpair id=\"" id "\" name=\"" name "\" value=\"" value "\"/>"
	setup_of(CIB("", NODES,
		     DEVICE("f1", HOSTS("h1", "pcmk_host_list", "n1, n2"))
		     DEVICE("f2", HOSTS("h2", "pcmk_host_map",
					"n3:4,5;n4:6;n;5:;:7")), ""),
		 &setup);
	assert_int_equal(setup.fence_devices, 2);
	assert_int_equal(setup.fence_hosts_told, VOUCH_YES);
	assert_int_equal(setup.fence_host_count, 6);
	assert_string_equal(setup.fence_hosts[1], "n2");
	assert_string_equal(setup.fence_hosts[2], "n3");
	assert_string_equal(setup.fence_hosts[3], "n4");
	assert_int_equal(setup.watchdog, VOUCH_NO);
	assert_int_equal(setup.startup_fencing, VOUCH_YES);
	setup_of(CIB(PROPERTY("stonith-watchdog-timeout", "10s")
		     PROPERTY("startup-fencing", "false"), NODES,
		     DEVICE("f1", HOSTS("h1", "pcmk_host_list", "n1"))
		     DEVICE("f2", ""), ""),
		 &setup);
	assert_int_equal(setup.fence_hosts_told, VOUCH_NO);
	assert_int_equal(setup.watchdog, VOUCH_YES);
	assert_int_equal(setup.startup_fencing, VOUCH_NO);
}

static uint8_t alert_of(const char *alerts)
{
	struct vouch_setup setup;
	char text[2048];

	(void)snprintf(text, sizeof(text),
		       "<cib><configuration><resources/><alerts>%s</alerts>"
		       "</configuration></cib>",
		       alerts);
	setup_of(text, &setup);
	return setup.alert;
}

static void an_alert_is_ours_by_its_program_and_its_recipient(void **state)
{
	(void)state;
	assert_int_equal(alert_of(""), 0);
	assert_int_equal(alert_of("<alert id=\"a\" path=\"/x/vouch-alert\"/>"), 0);
	assert_int_equal(alert_of("<alert id=\"a\" path=\"/x/mail\"><recipient "
				  "id=\"r\" value=\"pgsql\"/></alert>"), 0);
	assert_int_equal(alert_of("<alert id=\"a\" path=\"/x/vouch-alert\">"
				  "<recipient id=\"r\" value=\"other\"/></alert>"),
			 0);
	assert_int_equal(alert_of("<alert id=\"m\" path=\"/x/mail\"/>"
				  "<alert id=\"a\" path=\"/x/vouch-alert\">"
				  "<recipient id=\"r\" value=\"other\"/>"
				  "<recipient id=\"s\" value=\"pgsql\"/></alert>"),
			 1);
}

static void managed_or_not(void **state)
{
	(void)state;
	assert_int_equal(managed(CIB("", NODES, CLONE("", ""), "")), VOUCH_YES);
	assert_int_equal(managed(CIB("", NODES, "", "")), VOUCH_UNKNOWN);
	assert_int_equal(managed(CIB(PROPERTY("maintenance-mode", "true"), NODES,
				     CLONE("", META("is-managed", "true")), "")),
			 VOUCH_NO);
	assert_int_equal(managed(CIB("", NODES,
				     CLONE(META("is-managed", "false"), ""), "")),
			 VOUCH_NO);
	/* What stands nearest to the resource counts. */
	assert_int_equal(managed(CIB("", NODES,
				     CLONE(META("is-managed", "false"),
					   META("is-managed", "true")), "")),
			 VOUCH_YES);
	assert_int_equal(managed(CIB("", NODES,
				     CLONE("", META("maintenance", "true")), "")),
			 VOUCH_NO);
	assert_int_equal(
		managed(CIB("", NODES, CLONE("", ""),
			    STATE("1", UP, ASKED("maintenance", "true")))),
		VOUCH_NO);
	assert_int_equal(
		managed(CIB("", NODES, CLONE("", ""),
			    STATE("2", UP, ASKED("maintenance", "true")))),
		VOUCH_YES);
	assert_int_equal(
		managed(CIB("", NODES,
			    CLONE("", "<meta_attributes id=\"a\"><rule "
				      "id=\"r\"/><nvpair id=\"b\" "
				      "name=\"is-managed\" value=\"true\"/>"
				      "</meta_attributes>"), "")),
		VOUCH_UNKNOWN);
}

static int score_found(const char *text, int *score)
{
	xmlDoc *document = parsed(text);
	int found = vouch__cib_score_read(xmlDocGetRootElement(document), "pgsql",
					  "n1", score);

	xmlFreeDoc(document);
	return found;
}

static void score_of_this_node(void **state)
{
	int score = 0;

	(void)state;
	assert_int_equal(score_found(CIB("", NODES, "", STATE("1", UP, "")),
				     &score), 0);
	assert_int_equal(score_found(CIB("", NODES, "",
					 STATE("1", UP,
					       ASKED("master-pgsql", "-10"))),
				     &score), 1);
	assert_int_equal(score, -10);
	assert_int_equal(score_found(CIB("", NODES, "",
					 STATE("1", UP,
					       ASKED("master-pgsql",
						     "-INFINITY"))),
				     &score), 1);
	assert_int_equal(score, -1000000);
	assert_int_equal(score_found(CIB("", NODES, "",
					 STATE("1", UP,
					       ASKED("master-pgsql", "much"))),
				     &score), -1);
	assert_int_equal(score_found(CIB("", NODES, "",
					 STATE("1", UP, ASKED("master-pgsql",
							      ""))),
				     &score), 0);
}

#define TOLD(name, value)                                                      \
	"<transient_attributes id=\"t\"><instance_attributes id=\"s\">"        \
	"<nvpair id=\"a\" name=\"fail-count-pgsql\" value=\"1\"/>"             \
	"<nvpair id=\"b\" name=\"" name "\" " value "/>"                       \
	"</instance_attributes></transient_attributes>"

static struct vouch_notes_told *told_in(const char *text)
{
	static struct vouch_notes_told told;
	xmlDoc *document = parsed(text);

	memset(&told, 0xff, sizeof(told));
	vouch__cib_notes_read(xmlDocGetRootElement(document), "pgsql", &told);
	xmlFreeDoc(document);
	return &told;
}

/* P6-S1: what was told and cannot be read was told all the same. */
static void notes_that_nodes_told(void **state)
{
	static char text[3 * VOUCH_NOTES_SIZE], value[2 * VOUCH_NOTES_SIZE];
	struct vouch_notes_told *told;

	(void)state;
	assert_int_equal(told_in(CIB("", NODES, "", STATE("1", UP, "")))->count,
			 0);
	told = told_in(CIB("", NODES, "",
			   STATE("1", UP, "")
			   STATE("2", UP, TOLD("vouch-noted-pgsql",
					       "value=\"{&quot;nodes&quot;:{}}\""))
			   STATE("3", UP, TOLD("vouch-noted-other",
					       "value=\"x\""))));
	assert_int_equal(told->count, 1);
	assert_string_equal(told->by[0].node, "n2");
	assert_string_equal(told->by[0].text, "{\"nodes\":{}}");
	/* Another resource's name that begins, or ends, with ours. */
	assert_int_equal(told_in(CIB("", NODES, "",
				     STATE("1", UP, TOLD("vouch-noted-pgsql2",
							 "value=\"x\""))
				     STATE("2", UP, TOLD("vouch-noted-mypgsql",
							 "value=\"x\""))))
				 ->count,
			 0);
	/* Taken back, and without a value. */
	told = told_in(CIB("", NODES, "",
			   STATE("1", UP, TOLD("vouch-noted-pgsql",
					       "value=\"\""))
			   STATE("2", UP, TOLD("vouch-noted-pgsql", ""))));
	assert_int_equal(told->count, 1);
	assert_string_equal(told->by[0].node, "n2");
	assert_string_equal(told->by[0].text, "unreadable");
	memset(value, 'x', VOUCH_NOTES_SIZE);
	(void)snprintf(text, sizeof(text), "%s%s%s",
		       "<cib><status><node_state id=\"1\" uname=\"n1\">"
		       "<transient_attributes><instance_attributes><nvpair "
		       "name=\"vouch-noted-pgsql\" value=\"",
		       value,
		       "\"/></instance_attributes></transient_attributes>"
		       "</node_state></status></cib>");
	told = told_in(text);
	assert_int_equal(told->count, 1);
	assert_string_equal(told->by[0].text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(up_lost_and_fenced),
		cmocka_unit_test(never_seen),
		cmocka_unit_test(coming_and_going),
		cmocka_unit_test(gone_while_shutting_down_or_terminated),
		cmocka_unit_test(gone_with_resources_active),
		cmocka_unit_test(nonsense_is_never_clean_and_gone),
		cmocka_unit_test(remote_guest_and_bundle),
		cmocka_unit_test(hostile_nodes_are_refused),
		cmocka_unit_test(too_many_nodes_are_a_limit),
		cmocka_unit_test(newest_by_call_id),
		cmocka_unit_test(other_resources_do_not_count),
		cmocka_unit_test(pending_is_in_flight),
		cmocka_unit_test(what_is_under_way_hides_the_newest_result),
		cmocka_unit_test(a_device_that_leaves_the_node_running_is_named),
		cmocka_unit_test(a_stop_that_was_cut_off_proves_nothing),
		cmocka_unit_test(degraded_is_a_monitors_word_alone),
		cmocka_unit_test(malformed_operations),
		cmocka_unit_test(without_pending_records_nothing_is_known),
		cmocka_unit_test(view_of_a_document),
		cmocka_unit_test(fencing_must_be_enabled_everywhere),
		cmocka_unit_test(quorum_needs_both),
		cmocka_unit_test(watchdog_is_seen),
		cmocka_unit_test(how_it_is_configured),
		cmocka_unit_test(which_nodes_can_be_fenced),
		cmocka_unit_test(an_alert_is_ours_by_its_program_and_its_recipient),
		cmocka_unit_test(managed_or_not),
		cmocka_unit_test(what_failures_lead_to),
		cmocka_unit_test(score_of_this_node),
		cmocka_unit_test(notes_that_nodes_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
