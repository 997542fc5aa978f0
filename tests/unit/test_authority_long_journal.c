/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A journal of a million records costs what one of a thousand does: counted in
 * calls and bytes, not in time. And what is dropped is history, never the last
 * attempt or the current authority (P6-F2, P6-A1). */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "authority/promotion.h"
#include "authority/records.h"
#include "common/crc32c.h"
#include "common/json.h"
#include "tests/crash/disk.h"

enum { BULK = 2000, LINE = 256 };

static struct vouch_config config;

static struct vouch_journal *open_journal(int writable)
{
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };

	if (vouch__journal_open(&config, writable, &journal, &error) != VOUCH_OK)
		fail_msg("%s", error.text);
	return journal;
}

static void put(struct vouch_journal *journal, const char *type,
		const char *key_a, const char *value_a, const char *key_b,
		const char *value_b, uint64_t *sequence)
{
	struct json_object *fields = json_object_new_object();
	struct vouch_error error = { 0 };

	assert_int_equal(vouch__json_put_text(fields, key_a, value_a), 0);
	assert_int_equal(vouch__json_put_text(fields, key_b, value_b), 0);
	if (vouch__journal_append(journal, type, fields, sequence, &error) !=
	    VOUCH_OK)
		fail_msg("%s", error.text);
	json_object_put(fields);
}

/* What another writer, a quick one, has added meanwhile. */
static void bulk_add(uint64_t sequence, unsigned int count)
{
	int file = disk_lookup(disk_now, "/state/journal");
	char *bytes = malloc((size_t)count * LINE);
	size_t used = 0;
	unsigned int i;

	assert_non_null(bytes);
	for (i = 0; i < count; i++) {
		char json[LINE], head[LINE];
		int length = snprintf(json, sizeof(json),
				      "{\"type\":\"note\",\"time\":\"unknown\","
				      "\"value\":\"%u\"}",
				      i);
		int before = snprintf(head, sizeof(head), "%" PRIu64 " ",
				      ++sequence);
		uint32_t crc = vouch__crc32c(0, head, (size_t)before);

		crc = vouch__crc32c(crc, json, (size_t)length);
		used += (size_t)sprintf(bytes + used,
					"vouch1 %" PRIu64 " %08" PRIx32
					" %d %s\n",
					sequence, crc, length, json);
	}
	disk_bytes_set(disk_now, file, (off_t)disk_now->files[file].length, bytes,
		       used);
	free(bytes);
}

static void attempt_add(struct vouch_journal *journal, const char *id)
{
	put(journal, VOUCH_RECORD_REQUEST, "request", id, "reason", "", NULL);
	put(journal, VOUCH_RECORD_DECISION, "request", id, "verdict", "veto",
	    NULL);
	put(journal, VOUCH_RECORD_OUTCOME, "request", id, "outcome", "denied",
	    NULL);
}

static void authority_add(struct vouch_journal *journal)
{
	struct vouch_cluster_grant grant = { .epoch = 7,
					     .outcome = VOUCH_GRANT_DONE,
					     .method = VOUCH_METHOD_ANY };
	struct vouch_cluster_seal seal = { .epoch = 7, .timeline = 2 };
	struct vouch_fencing_list history = { .count = 0 };
	struct vouch_error error;

	(void)snprintf(grant.holder, VOUCH_NAME_SIZE, "n1");
	(void)snprintf(seal.node, VOUCH_NAME_SIZE, "n1");
	assert_int_equal(vouch__record_grant(journal, &grant, &error), 0);
	assert_int_equal(vouch__record_seal(journal, &seal, &error), 0);
	assert_int_equal(vouch__record_snapshot(journal, 7, "n1", &history,
						&error),
			 0);
}

/* Authority and one attempt at the very beginning, then nothing but notes. */
static uint64_t journal_fill(uint64_t records)
{
	struct vouch_journal *journal = open_journal(1);
	uint64_t sequence = 0;

	authority_add(journal);
	attempt_add(journal, "first");
	do {
		put(journal, "note", "a", "", "b", "", &sequence);
		bulk_add(sequence, BULK < records ? BULK : (unsigned int)records);
	} while (sequence + BULK < records);
	put(journal, "note", "a", "", "b", "", &sequence);
	vouch__journal_close(journal);
	return sequence;
}

struct cost {
	unsigned int calls;
	uint64_t bytes;
};

static void cost_begin(void)
{
	disk_call_count = 0;
	disk_bytes_read = 0;
}

static struct cost cost_end(void)
{
	struct cost cost = { disk_call_count, disk_bytes_read };

	return cost;
}

static int count_outcomes(void *context, uint64_t sequence,
			  struct json_object *record)
{
	(void)sequence;
	(void)record;
	(*(unsigned int *)context)++;
	return 0;
}

/* status, explain, history; and what a promotion reads and writes. */
static void costs_take(struct cost costs[4])
{
	struct vouch_cluster_grant grants[8];
	struct vouch_cluster_seal seal;
	struct vouch_snapshot snapshot;
	struct vouch_context context = { .config = &config };
	struct json_object *record = NULL;
	struct vouch_error error = { 0 };
	unsigned int outcomes = 0;
	uint32_t count = 8;

	cost_begin();
	context.journal = open_journal(0);
	assert_int_equal(vouch__records_grants(context.journal, grants, &count,
					       &error),
			 VOUCH_OK);
	assert_int_equal(count, 1);
	assert_int_equal(grants[0].epoch, 7);
	costs[0] = cost_end();
	cost_begin();
	assert_int_equal(vouch__journal_find_standing(context.journal,
						      VOUCH_RECORD_DECISION,
						      NULL, NULL, &record,
						      &error),
			 VOUCH_OK);
	json_object_put(record);
	costs[1] = cost_end();
	cost_begin();
	assert_int_equal(vouch__journal_visit_standing(context.journal,
						       VOUCH_RECORD_OUTCOME,
						       count_outcomes, &outcomes,
						       &error),
			 VOUCH_OK);
	assert_int_equal(outcomes, 1);
	costs[2] = cost_end();
	vouch__journal_close(context.journal);
	cost_begin();
	context.journal = open_journal(1);
	assert_int_equal(vouch__recover_attempt(&context, &error), VOUCH_OK);
	assert_int_equal(vouch__records_seal(context.journal, &seal, &error), 0);
	assert_int_equal(vouch__records_snapshot(context.journal, &snapshot,
						 &error),
			 VOUCH_OK);
	assert_int_equal(snapshot.epoch, 7);
	vouch__snapshot_release(&snapshot);
	put(context.journal, "note", "a", "", "b", "", NULL);
	vouch__journal_close(context.journal);
	costs[3] = cost_end();
}

static uint64_t journal_cost(uint64_t records, struct cost costs[4])
{
	struct disk *disk = disk_new();
	uint64_t sequence;

	memset(&config, 0, sizeof(config));
	(void)snprintf(config.name, VOUCH_NAME_SIZE, "pgsql");
	(void)snprintf(config.node, VOUCH_NAME_SIZE, "n1");
	(void)snprintf(config.state_dir, VOUCH_PATH_SIZE, "/state");
	config.uid = getuid();
	config.gid = getgid();
	(void)disk_put(disk, "/state", 1, NULL, 0);
	disk_now = disk;
	disk_use();
	sequence = journal_fill(records);
	costs_take(costs);
	disk_free(disk);
	return sequence;
}

static void a_million_records_cost_what_a_thousand_do(void **state)
{
	static const char *const names[] = { "status", "explain", "history",
					     "promotion" };
	/* The distance between two summaries, and what is read at once. */
	const uint64_t most = 256 * 1024 + 2 * BULK * LINE / 2 + 4 * 65536;
	struct cost few[4], many[4];
	int i;

	(void)state;
	assert_true(journal_cost(1000, few) >= 1000);
	assert_true(journal_cost(1000000, many) >= 1000000);
	for (i = 0; i < 4; i++) {
		print_message("%-10s 1000 records: %4u calls %8" PRIu64
			      " bytes; 1000000 records: %4u calls %8" PRIu64
			      " bytes\n",
			      names[i], few[i].calls, few[i].bytes,
			      many[i].calls, many[i].bytes);
		assert_true(many[i].calls <= few[i].calls + 40);
		assert_true(many[i].bytes <= (i < 3 ? 1 : 5) * most);
	}
}

static void the_replacement_drops_history_only(void **state)
{
	const struct vouch_journal_limits kept = vouch__journal_limits;
	struct cost costs[4];

	(void)state;
	vouch__journal_limits.summary_every = 16 * 1024;
	vouch__journal_limits.rotate_at = 512 * 1024;
	/* costs_take() finds authority and attempt, or fails. */
	assert_true(journal_cost(40000, costs) >= 40000);
	vouch__journal_limits = kept;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_million_records_cost_what_a_thousand_do),
		cmocka_unit_test(the_replacement_drops_history_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
