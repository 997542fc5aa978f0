/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record is whole or refused: one name that is missing in it would later be a
 * fencing that nobody saw before (P6-A1), or a contract of fewer (P6-S1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "authority/records.h"
#include "tests/crash/disk.h"
#include "tests/crash/memory.h"
#include "tests/crash/operations.h"
#include "tests/crash/trial_check.h"

enum { OURS = 1000 }; /* epochs from here on are this test's own */

static struct trial trial;
static struct vouch_journal *journal;

static int begin(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	memset(&trial, 0, sizeof(trial));
	if (!trial_prepare(&trial, operation_named("promotion, given up")))
		return -1;
	return vouch__journal_open(&trial.config, 1, &journal, &error);
}

static int end(void **state)
{
	(void)state;
	vouch__journal_close(journal);
	return 0;
}

static void put(const char *type, const char *text)
{
	struct json_object *json = json_tokener_parse(text);
	struct vouch_error error = { 0 };
	uint64_t sequence;

	assert_non_null(json);
	assert_int_equal(vouch__journal_append(journal, type, json, &sequence,
					       &error),
			 VOUCH_OK);
	json_object_put(json);
}

static void a_grant_with_a_member_that_is_no_name_is_refused(void **state)
{
	static const char *const members[] = { "null", "7", "\"\"", "[]", "{}" };
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	struct vouch_error error = { 0 };
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		uint32_t count = VOUCH_GRANTS_MAX;

		(void)snprintf(text, sizeof(text),
			       "{\"epoch\":7,\"holder\":\"n1\",\"outcome\":"
			       "\"open\",\"method\":\"any\",\"k\":1,"
			       "\"members\":[\"n2\",%s]}",
			       members[i]);
		put(VOUCH_RECORD_GRANT, text);
		assert_int_equal(vouch__records_grants(journal, grants, &count,
						       &error),
				 VOUCH_E_CORRUPT);
		assert_int_equal(count, 0);
	}
}

static void a_snapshot_with_an_id_that_is_no_text_proves_nothing(void **state)
{
	struct vouch_snapshot snapshot;
	struct vouch_error error = { 0 };

	(void)state;
	put(VOUCH_RECORD_SNAPSHOT,
	    "{\"epoch\":7,\"holder\":\"n1\",\"watchdog\":\"no\","
	    "\"ids\":[\"a\",null],\"before\":[]}");
	assert_int_equal(vouch__records_snapshot(journal, &snapshot, &error),
			 VOUCH_OK);
	assert_int_equal(snapshot.epoch, 0);
	assert_null(snapshot.ids);
	vouch__snapshot_release(&snapshot);
}

/* Each allocation fails once: what is written is all of it, or nothing. */
static void without_memory_no_part_of_a_grant_is_written(void **state)
{
	struct vouch_cluster_grant grant =
		world_grant(8, "n2", VOUCH_GRANT_OPEN);
	unsigned long nth;
	int failures = 0;

	(void)state;
	for (nth = 1;; nth++) {
		struct vouch_cluster_grant known[VOUCH_GRANTS_MAX];
		struct vouch_error error = { 0 };
		uint32_t count = VOUCH_GRANTS_MAX, i;
		enum vouch_error_code code;
		unsigned long made;

		memory_fail(nth, 0);
		code = vouch__record_grant(journal, &grant, &error);
		made = memory_count();
		memory_fail(0, 0);
		failures += code != VOUCH_OK;
		assert_int_equal(vouch__records_grants(journal, known, &count,
						       &error),
				 VOUCH_OK);
		for (i = 0; i < count; i++) {
			if (known[i].epoch != 8)
				continue;
			assert_int_equal(known[i].member_count,
					 grant.member_count);
			assert_memory_equal(known[i].members, grant.members,
					    sizeof(grant.members));
		}
		if (made < nth)
			break;
	}
	assert_true(failures > 0);
}

static void without_memory_no_part_of_a_snapshot_is_written(void **state)
{
	static struct vouch_fencing_list list;
	unsigned long nth;
	int failures = 0;

	(void)state;
	list.count = 2;
	(void)snprintf(list.ids[0].text, sizeof(list.ids[0].text), "first");
	(void)snprintf(list.ids[1].text, sizeof(list.ids[1].text), "second");
	for (nth = 1;; nth++) {
		struct vouch_snapshot snapshot;
		struct vouch_error error = { 0 };
		enum vouch_error_code code;
		unsigned long made;

		memory_fail(nth, 0);
		code = vouch__record_snapshot(journal, OURS + nth, "n1", &list,
					      &error);
		made = memory_count();
		memory_fail(0, 0);
		failures += code != VOUCH_OK;
		assert_int_equal(vouch__records_snapshot(journal, &snapshot,
							 &error),
				 VOUCH_OK);
		if (snapshot.epoch > OURS) {
			assert_true(vouch__snapshot_has(&snapshot, "first"));
			assert_true(vouch__snapshot_has(&snapshot, "second"));
		}
		vouch__snapshot_release(&snapshot);
		if (made < nth)
			break;
	}
	assert_true(failures > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_grant_with_a_member_that_is_no_name_is_refused, begin,
			end),
		cmocka_unit_test_setup_teardown(
			a_snapshot_with_an_id_that_is_no_text_proves_nothing,
			begin, end),
		cmocka_unit_test_setup_teardown(
			without_memory_no_part_of_a_grant_is_written, begin,
			end),
		cmocka_unit_test_setup_teardown(
			without_memory_no_part_of_a_snapshot_is_written, begin,
			end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
