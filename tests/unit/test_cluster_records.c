/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grants and seals in the cluster's configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>

#include "cluster/pacemaker/cib_records.h"
#include "cluster/pacemaker/cib_xml.h"

#define GRANT_7                                                                \
	"{\"epoch\":7,\"holder\":\"n1\",\"incarnation\":\"a1\",\"request\":"   \
	"\"r-1\",\"outcome\":\"open\",\"method\":\"any\",\"k\":1,\"members\":" \
	"[\"n2\",\"n3\"]}"
#define SEAL                                                                   \
	"{\"node\":\"n1\",\"epoch\":7,\"incarnation\":\"a1\",\"timeline\":3,"  \
	"\"lsn\":50331688,\"crc\":4294967295,\"unbroken\":\"yes\"}"

static struct vouch_cluster_grant grant_7(void)
{
	struct vouch_cluster_grant grant = {
		.epoch = 7,
		.holder = "n1",
		.incarnation = "a1",
		.request_id = "r-1",
		.outcome = VOUCH_GRANT_OPEN,
		.method = VOUCH_METHOD_ANY,
		.k = 1,
		.member_count = 2,
		.members = { "n2", "n3" },
	};

	return grant;
}

static void grant_there_and_back(void **state)
{
	struct vouch_cluster_grant grant = grant_7();
	struct vouch_cluster_grant back;
	char text[VOUCH_RECORD_SIZE];

	(void)state;
	assert_int_equal(vouch__grant_encode(&grant, text, NULL), VOUCH_OK);
	assert_string_equal(text, GRANT_7);
	assert_int_equal(vouch__grant_decode(text, &back, NULL), VOUCH_OK);
	assert_memory_equal(&grant, &back, sizeof(grant));
}

static void what_a_grant_passes_over_is_read_back(void **state)
{
	struct vouch_cluster_grant grant = grant_7();
	struct vouch_cluster_grant back;
	char text[VOUCH_RECORD_SIZE];

	(void)state;
	grant.follows = 3;
	assert_int_equal(vouch__grant_encode(&grant, text, NULL), VOUCH_OK);
	assert_non_null(strstr(text, "\"follows\":3,"));
	assert_int_equal(vouch__grant_decode(text, &back, NULL), VOUCH_OK);
	assert_memory_equal(&grant, &back, sizeof(grant));
}

static void incomplete_grants_are_not_written(void **state)
{
	char text[VOUCH_RECORD_SIZE];
	struct vouch_cluster_grant grant;

	(void)state;
	grant = grant_7();
	grant.follows = 7;
	assert_int_equal(vouch__grant_encode(&grant, text, NULL),
			 VOUCH_E_ARGUMENT);
	grant = grant_7();
	grant.epoch = 0;
	assert_int_equal(vouch__grant_encode(&grant, text, NULL),
			 VOUCH_E_ARGUMENT);
	grant = grant_7();
	grant.holder[0] = '\0';
	assert_int_equal(vouch__grant_encode(&grant, text, NULL),
			 VOUCH_E_ARGUMENT);
	grant = grant_7();
	grant.outcome = VOUCH_GRANT_UNKNOWN;
	assert_int_equal(vouch__grant_encode(&grant, text, NULL),
			 VOUCH_E_ARGUMENT);
	grant = grant_7();
	grant.k = 3;
	assert_int_equal(vouch__grant_encode(&grant, text, NULL),
			 VOUCH_E_ARGUMENT);
	grant = grant_7();
	(void)snprintf(grant.request_id, VOUCH_NAME_SIZE, "r\n1");
	assert_int_equal(vouch__grant_encode(&grant, text, NULL),
			 VOUCH_E_ARGUMENT);
}

static void anything_else_is_no_grant(void **state)
{
	static const char *const texts[] = {
		"", "{}", "null", "[]", GRANT_7 " ", " " GRANT_7, GRANT_7 GRANT_7,
		"{\"epoch\":7}",
		"{\"epoch\":7,\"holder\":\"n1\",\"incarnation\":\"a1\","
		"\"request\":\"r-1\",\"outcome\":\"open\",\"method\":\"any\","
		"\"k\":1,\"members\":[\"n2\",\"n3\"],\"more\":1}",
		"{\"epoch\":7,\"epoch\":7,\"holder\":\"n1\",\"incarnation\":\"a1\","
		"\"request\":\"r-1\",\"outcome\":\"open\",\"method\":\"any\","
		"\"k\":1,\"members\":[\"n2\",\"n3\"]}",
		"{\"epoch\":-7,\"holder\":\"n1\",\"incarnation\":\"a1\","
		"\"request\":\"r-1\",\"outcome\":\"open\",\"method\":\"any\","
		"\"k\":1,\"members\":[\"n2\",\"n3\"]}",
		"{\"epoch\":7.0,\"holder\":\"n1\",\"incarnation\":\"a1\","
		"\"request\":\"r-1\",\"outcome\":\"open\",\"method\":\"any\","
		"\"k\":1,\"members\":[\"n2\",\"n3\"]}",
		"{\"epoch\":99999999999999999999,\"holder\":\"n1\","
		"\"incarnation\":\"a1\",\"request\":\"r-1\",\"outcome\":\"open\","
		"\"method\":\"any\",\"k\":1,\"members\":[\"n2\",\"n3\"]}",
		"{\"epoch\":7,\"holder\":\"n1\",\"incarnation\":\"a1\","
		"\"request\":\"r-1\",\"outcome\":\"unknown\",\"method\":\"any\","
		"\"k\":1,\"members\":[\"n2\",\"n3\"]}",
		"{\"epoch\":7,\"holder\":\"n1\",\"incarnation\":\"a1\","
		"\"request\":\"r-1\",\"outcome\":\"open\",\"method\":\"any\","
		"\"k\":3,\"members\":[\"n2\",\"n3\"]}",
		"{\"epoch\":7,\"holder\":\"n1\",\"incarnation\":\"a1\","
		"\"request\":\"r-1\",\"outcome\":\"open\",\"method\":\"any\","
		"\"k\":1,\"members\":[\"n2\",3]}",
		"{\"epoch\":7,\"holder\":\"../n1\",\"incarnation\":\"a1\","
		"\"request\":\"r-1\",\"outcome\":\"open\",\"method\":\"any\","
		"\"k\":1,\"members\":[\"n2\",\"n3\"]}",
	};
	struct vouch_cluster_grant grant;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(vouch__grant_decode(texts[i], &grant, NULL),
				 VOUCH_E_MALFORMED);
}

static void truncated_at_every_byte(void **state)
{
	struct vouch_cluster_grant grant;
	struct vouch_cluster_seal seal;
	char text[VOUCH_RECORD_SIZE];
	size_t length;

	(void)state;
	for (length = 0; length < strlen(GRANT_7); length++) {
		memcpy(text, GRANT_7, length);
		text[length] = '\0';
		assert_int_equal(vouch__grant_decode(text, &grant, NULL),
				 VOUCH_E_MALFORMED);
	}
	for (length = 0; length < strlen(SEAL); length++) {
		memcpy(text, SEAL, length);
		text[length] = '\0';
		assert_int_equal(vouch__seal_decode(text, &seal, NULL),
				 VOUCH_E_MALFORMED);
	}
}

static void seal_there_and_back(void **state)
{
	char text[VOUCH_RECORD_SIZE];
	struct vouch_cluster_seal seal;

	(void)state;
	assert_int_equal(vouch__seal_decode(SEAL, &seal, NULL), VOUCH_OK);
	assert_int_equal(seal.record_lsn, 50331688);
	assert_int_equal(seal.record_crc, UINT32_MAX);
	assert_int_equal(seal.unbroken, VOUCH_YES);
	assert_int_equal(vouch__seal_encode(&seal, text, NULL), VOUCH_OK);
	assert_string_equal(text, SEAL);
	seal.record_lsn = 0;
	assert_int_equal(vouch__seal_encode(&seal, text, NULL),
			 VOUCH_E_ARGUMENT);
}

/* --- in a CIB ------------------------------------------------------------- */

static xmlDoc *empty_cib(xmlNode **config)
{
	static const char text[] = "<cib><configuration><crm_config/>"
				   "</configuration></cib>";
	xmlDoc *document = xmlReadMemory(text, sizeof(text) - 1, NULL, NULL, 0);

	assert_non_null(document);
	*config = xmlDocGetRootElement(document)->children->children;
	return document;
}

static void record_add(xmlNode *config, const char *id, const char *value)
{
	xmlNode *set = vouch__record_element(id, value);

	assert_non_null(set);
	assert_non_null(xmlAddChild(config, xmlDocCopyNode(set, config->doc, 1)));
	xmlFreeDoc(set->doc);
}

static void grant_add(xmlNode *config, const char *name, uint64_t epoch)
{
	struct vouch_cluster_grant grant = grant_7();
	char id[VOUCH_RECORD_ID_SIZE];
	char text[VOUCH_RECORD_SIZE];

	grant.epoch = epoch;
	assert_int_equal(vouch__grant_encode(&grant, text, NULL), VOUCH_OK);
	vouch__grant_id(name, epoch, id);
	record_add(config, id, text);
}

static enum vouch_error_code grants_of(xmlDoc *document, const char *name,
				       struct vouch_cluster_grant *grants,
				       uint32_t *count)
{
	struct vouch_error error;

	return vouch__cib_grants_read(xmlDocGetRootElement(document), name,
				      grants, count, &error);
}

static void grants_ascend(void **state)
{
	struct vouch_cluster_grant grants[4];
	uint32_t count = 4;
	xmlNode *config;
	xmlDoc *document = empty_cib(&config);

	(void)state;
	grant_add(config, "pgsql", 10);
	grant_add(config, "pgsql", 9);
	grant_add(config, "pgsql-grant", 77);
	grant_add(config, "other", 5);
	record_add(config, "vouch-pgsql-grant-seal", SEAL);
	assert_int_equal(grants_of(document, "pgsql", grants, &count), VOUCH_OK);
	assert_int_equal(count, 2);
	assert_int_equal(grants[0].epoch, 9);
	assert_int_equal(grants[1].epoch, 10);
	count = 1;
	assert_int_equal(grants_of(document, "pgsql", grants, &count),
			 VOUCH_E_LIMIT);
	count = 4;
	assert_int_equal(grants_of(document, "none", grants, &count), VOUCH_OK);
	assert_int_equal(count, 0);
	xmlFreeDoc(document);
}

static void damaged_grants_are_not_overlooked(void **state)
{
	static const struct {
		const char *id;
		const char *value;
	} cases[] = {
		{ "vouch-pgsql-grant-7", NULL },
		{ "vouch-pgsql-grant-7", "" },
		{ "vouch-pgsql-grant-7", "{}" },
		{ "vouch-pgsql-grant-8", GRANT_7 },
		{ "vouch-pgsql-grant-7b", GRANT_7 },
		{ "vouch-pgsql-grant-", GRANT_7 },
		{ "vouch-pgsql-grant--7", GRANT_7 },
		{ "vouch-pgsql-grant-07", GRANT_7 },
	};
	struct vouch_cluster_grant grants[4];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t count = 4;
		xmlNode *config;
		xmlDoc *document = empty_cib(&config);

		grant_add(config, "pgsql", 7);
		record_add(config, cases[i].id, cases[i].value);
		assert_int_equal(grants_of(document, "pgsql", grants, &count),
				 VOUCH_E_MALFORMED);
		xmlFreeDoc(document);
	}
}

static void seal_in_a_cib(void **state)
{
	struct vouch_cluster_seal seal;
	struct vouch_error error;
	xmlNode *config;
	xmlDoc *document = empty_cib(&config);
	const xmlNode *cib = xmlDocGetRootElement(document);

	(void)state;
	assert_int_equal(vouch__cib_seal_read(cib, "pgsql", &seal, &error),
			 VOUCH_E_NOT_FOUND);
	record_add(config, "vouch-pgsql-seal", SEAL);
	assert_int_equal(vouch__cib_seal_read(cib, "pgsql", &seal, &error),
			 VOUCH_OK);
	assert_string_equal(seal.node, "n1");
	record_add(config, "vouch-pgsql-seal", SEAL);
	assert_int_equal(vouch__cib_seal_read(cib, "pgsql", &seal, &error),
			 VOUCH_E_MALFORMED);
	xmlFreeDoc(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grant_there_and_back),
		cmocka_unit_test(what_a_grant_passes_over_is_read_back),
		cmocka_unit_test(incomplete_grants_are_not_written),
		cmocka_unit_test(anything_else_is_no_grant),
		cmocka_unit_test(truncated_at_every_byte),
		cmocka_unit_test(seal_there_and_back),
		cmocka_unit_test(grants_ascend),
		cmocka_unit_test(damaged_grants_are_not_overlooked),
		cmocka_unit_test(seal_in_a_cib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
