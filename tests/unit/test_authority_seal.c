/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seal of a log that somebody went on with is broken: the journal and the
 * cluster say it, and nothing mends it (P6-A1, P6-S1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authority/records.h"
#include "authority/seal.h"
#include "tests/crash/disk.h"
#include "tests/crash/operations.h"
#include "tests/crash/trial_check.h"

enum { TIMELINE = 2, RECORD = 0x6000000, END = RECORD + 0x78, CRC = 77 };

static struct trial trial;
static struct vouch_context context;

static struct vouch_cluster_seal seal_of(uint64_t epoch)
{
	struct vouch_cluster_seal seal = { .epoch = epoch,
					   .timeline = TIMELINE,
					   .record_lsn = RECORD,
					   .record_crc = CRC,
					   .unbroken = VOUCH_YES };

	(void)snprintf(seal.node, VOUCH_NAME_SIZE, "%s", trial.config.node);
	(void)snprintf(seal.incarnation, VOUCH_NAME_SIZE, "%s",
		       world_incarnation);
	return seal;
}

static enum vouch_error_code publish(uint64_t epoch)
{
	struct vouch_cluster_seal seal = seal_of(epoch);
	struct vouch_error error = { 0 };

	return vouch__seal_publish(&context, &seal, vouch__deadline_in(1000),
				   &error);
}

/* This node held epoch 2, and sealed its log. */
static int begin(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	memset(&trial, 0, sizeof(trial));
	if (!trial_prepare(&trial, operation_named("promotion, permitted")) ||
	    operation_promote(&trial.config, &error) != VOUCH_PERMITTED)
		return -1;
	world_context(&context, &trial.config);
	if (vouch__journal_open(&trial.config, 1, &context.journal, &error) !=
	    VOUCH_OK)
		return -1;
	world_now.tail_readable = 1;
	world_now.tail = (struct vouch_tail){ .condition = VOUCH_PRESENT,
					      .timeline = TIMELINE,
					      .record_lsn = RECORD,
					      .end_lsn = END,
					      .record_crc = CRC };
	return publish(2) == VOUCH_OK ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	vouch__journal_close(context.journal);
	return 0;
}

static struct vouch_cluster_seal journalled(void)
{
	struct vouch_cluster_seal seal;
	struct vouch_error error = { 0 };

	assert_int_equal(vouch__records_seal(context.journal, &seal, &error),
			 VOUCH_OK);
	return seal;
}

static enum vouch_error_code break_of(uint64_t epoch, int *sealed)
{
	struct vouch_error error = { 0 };

	*sealed = -1;
	return vouch__seal_break(&context, epoch, world_incarnation,
				 vouch__deadline_in(1000), sealed, &error);
}

static void journal_and_cluster_say_it(void **state)
{
	int sealed;

	(void)state;
	assert_int_equal(journalled().unbroken, VOUCH_YES);
	assert_int_equal(world_now.seal.unbroken, VOUCH_YES);
	assert_int_equal(break_of(2, &sealed), VOUCH_OK);
	assert_int_equal(sealed, 1);
	assert_int_equal(journalled().unbroken, VOUCH_NO);
	assert_int_equal(world_now.seal.unbroken, VOUCH_NO);
	/* What it was stays readable. */
	assert_int_equal(world_now.seal.record_lsn, RECORD);
	assert_int_equal(world_now.seal.epoch, 2);
	assert_int_equal(break_of(2, &sealed), VOUCH_OK);
	assert_int_equal(sealed, 1);
}

/* Not even a clean end of what went on does. */
static void nothing_mends_it(void **state)
{
	int sealed;

	(void)state;
	assert_int_equal(break_of(2, &sealed), VOUCH_OK);
	assert_int_equal(publish(2), VOUCH_OK);
	assert_int_equal(journalled().unbroken, VOUCH_NO);
	assert_int_equal(world_now.seal.unbroken, VOUCH_NO);
	/* The next epoch's is another one. */
	assert_int_equal(publish(3), VOUCH_OK);
	assert_int_equal(journalled().unbroken, VOUCH_YES);
	assert_int_equal(world_now.seal.unbroken, VOUCH_YES);
}

/* A journal that was not written then has the cluster to go by. */
static void nor_a_journal_that_missed_it(void **state)
{
	(void)state;
	world_now.seal.unbroken = VOUCH_NO;
	assert_int_equal(publish(2), VOUCH_OK);
	assert_int_equal(world_now.seal.unbroken, VOUCH_NO);
	assert_int_equal(journalled().unbroken, VOUCH_NO);
}

/* Whether it is broken there is not known, and it may be (P6-F1). */
static void what_cannot_be_read_is_not_replaced(void **state)
{
	(void)state;
	world_now.seal_code = VOUCH_E_CLUSTER;
	assert_int_equal(publish(3), VOUCH_E_CLUSTER);
	assert_int_equal(world_now.seal.epoch, 2);
	world_now.seal_code = VOUCH_E_MALFORMED;
	assert_int_equal(publish(3), VOUCH_OK);
	assert_int_equal(world_now.seal.epoch, 3);
}

static void what_is_not_there_is_not_broken(void **state)
{
	struct vouch_cluster_seal other = seal_of(3);
	int sealed;

	(void)state;
	assert_int_equal(break_of(7, &sealed), VOUCH_OK);
	assert_int_equal(sealed, 0);
	assert_int_equal(journalled().unbroken, VOUCH_YES);
	assert_int_equal(world_now.seal.unbroken, VOUCH_YES);
	/* Somebody else's took its place in the cluster. */
	(void)snprintf(other.node, VOUCH_NAME_SIZE, "n3");
	world_now.seal = other;
	assert_int_equal(break_of(2, &sealed), VOUCH_OK);
	assert_int_equal(sealed, 1);
	assert_int_equal(journalled().unbroken, VOUCH_NO);
	assert_string_equal(world_now.seal.node, "n3");
	assert_int_equal(world_now.seal.unbroken, VOUCH_YES);
}

static void recover(void)
{
	struct vouch_error error = { 0 };

	assert_int_equal(operation_recover(&trial.config, &error), VOUCH_OK);
}

static void a_cluster_that_does_not_answer_is_told_by_the_next_start(void **state)
{
	int sealed;

	(void)state;
	context.cluster = NULL;
	assert_int_equal(break_of(2, &sealed), VOUCH_E_CLUSTER);
	assert_int_equal(sealed, 1);
	assert_int_equal(journalled().unbroken, VOUCH_NO);
	assert_int_equal(world_now.seal.unbroken, VOUCH_YES);
	recover();
	assert_int_equal(world_now.seal.unbroken, VOUCH_NO);
}

static void a_call_that_fails_is_an_error(void **state)
{
	int sealed;

	(void)state;
	world_calls = 0;
	world_fail_nth = 1;
	assert_int_not_equal(break_of(2, &sealed), VOUCH_OK);
	world_fail_nth = 0;
	assert_int_equal(journalled().unbroken, VOUCH_NO);
	recover();
	assert_int_equal(world_now.seal.unbroken, VOUCH_NO);
}

static void an_older_configuration_is_told_again(void **state)
{
	int sealed;

	(void)state;
	assert_int_equal(break_of(2, &sealed), VOUCH_OK);
	world_now.seal.unbroken = VOUCH_YES;
	recover();
	assert_int_equal(world_now.seal.unbroken, VOUCH_NO);
	/* One that is whole is left alone. */
	assert_int_equal(publish(3), VOUCH_OK);
	recover();
	assert_int_equal(world_now.seal.unbroken, VOUCH_YES);
}

/* --- the log that goes on ----------------------------------------------------- */

static enum vouch_answer passed(uint32_t timeline, uint64_t at)
{
	uint64_t epoch;
	enum vouch_answer answer = vouch__seal_is_passed(
		&context, world_incarnation, timeline, at,
		vouch__deadline_in(1000), &epoch);

	if (answer == VOUCH_YES)
		assert_int_equal(epoch, 2);
	return answer;
}

static void a_log_that_ends_in_its_seal_is_whole(void **state)
{
	(void)state;
	assert_int_equal(passed(TIMELINE, END), VOUCH_NO);
	assert_int_equal(passed(TIMELINE, END + 8), VOUCH_YES);
}

static void without_the_sealed_record_the_position_counts(void **state)
{
	(void)state;
	world_now.tail.record_crc = CRC + 1;
	assert_int_equal(passed(TIMELINE, END + 8), VOUCH_YES);
	world_now.tail.condition = VOUCH_ABSENT;
	assert_int_equal(passed(TIMELINE, END + 8), VOUCH_YES);
	assert_int_equal(passed(TIMELINE, RECORD), VOUCH_UNKNOWN);
	world_now.tail_readable = 0;
	assert_int_equal(passed(TIMELINE, END + 8), VOUCH_UNKNOWN);
}

static void another_life_sealed_nothing(void **state)
{
	uint64_t epoch;

	(void)state;
	assert_int_equal(vouch__seal_is_passed(&context, "another", TIMELINE,
					       END + 8, vouch__deadline_in(1000),
					       &epoch),
			 VOUCH_NO);
	assert_int_equal(passed(TIMELINE - 1, END + 8), VOUCH_NO);
}

static void grant_add(enum vouch_grant_outcome outcome)
{
	world_now.grants[world_now.grant_count++] =
		world_grant(3, "n3", outcome);
}

/* Who follows the next primary leaves its own seal behind. */
static void a_promotion_goes_beyond_on_purpose(void **state)
{
	(void)state;
	grant_add(VOUCH_GRANT_DONE);
	assert_int_equal(passed(TIMELINE + 1, END + 8), VOUCH_NO);
}

static void a_timeline_that_nobody_granted_is_somebodys(void **state)
{
	(void)state;
	assert_int_equal(passed(TIMELINE + 1, END + 8), VOUCH_YES);
	/* Whether it happened, nobody knows. */
	grant_add(VOUCH_GRANT_OPEN);
	assert_int_equal(passed(TIMELINE + 1, END + 8), VOUCH_UNKNOWN);
	assert_int_equal(passed(TIMELINE, END + 8), VOUCH_YES);
	world_now.grants[world_now.grant_count - 1].outcome = VOUCH_GRANT_VOID;
	assert_int_equal(passed(TIMELINE + 1, END + 8), VOUCH_YES);
	/* Only the cluster knows of all grants. */
	context.cluster = NULL;
	assert_int_equal(passed(TIMELINE + 1, END + 8), VOUCH_UNKNOWN);
	assert_int_equal(passed(TIMELINE, END + 8), VOUCH_YES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(journal_and_cluster_say_it),
		TEST(nothing_mends_it),
		TEST(nor_a_journal_that_missed_it),
		TEST(what_cannot_be_read_is_not_replaced),
		TEST(what_is_not_there_is_not_broken),
		TEST(a_cluster_that_does_not_answer_is_told_by_the_next_start),
		TEST(a_call_that_fails_is_an_error),
		TEST(an_older_configuration_is_told_again),
		TEST(a_log_that_ends_in_its_seal_is_whole),
		TEST(without_the_sealed_record_the_position_counts),
		TEST(another_life_sealed_nothing),
		TEST(a_promotion_goes_beyond_on_purpose),
		TEST(a_timeline_that_nobody_granted_is_somebodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
