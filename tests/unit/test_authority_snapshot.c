/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fencing was is settled when it happens (P6-A1): deleting the property that
 * lets a watchdog's timer stand for a machine makes no machine of a timer, and no new
 * entry of an old one. And what the standbys remember of the history is recent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "authority/follow.h"
#include "authority/promotion.h"
#include "authority/records.h"
#include "authority/snapshot.h"
#include "tests/crash/disk.h"
#include "tests/crash/operations.h"
#include "tests/crash/trial_check.h"

static struct trial trial;
static struct vouch_context context;
static struct vouch_cluster_ops ops;
static struct vouch_fencing_list fencer; /* what it tells now */
static struct vouch_evidence evidence;

/* --- a cluster whose property and history can be set ------------------------- */

static enum vouch_error_code fencing_observe(struct vouch_cluster *cluster,
					     struct vouch_deadline deadline,
					     struct vouch_fencing_list *list,
					     struct vouch_error *error)
{
	(void)cluster;
	(void)deadline;
	(void)error;
	*list = fencer;
	return VOUCH_OK;
}

/* Each entry is classified as the property is at that moment. */
static void property_is(enum vouch_answer watchdog)
{
	static const enum vouch_executor executors[] = {
		[VOUCH_UNKNOWN] = VOUCH_EXECUTOR_UNKNOWN,
		[VOUCH_NO] = VOUCH_EXECUTOR_MACHINE,
		[VOUCH_YES] = VOUCH_EXECUTOR_WATCHDOG,
	};
	uint32_t i;

	fencer.watchdog = watchdog;
	for (i = 0; i < fencer.count; i++) {
		if (fencer.entries[i].state == VOUCH_FENCING_SUCCEEDED)
			fencer.entries[i].executor = executors[watchdog];
	}
}

static void history_is(enum vouch_fencing_state state, const char *id)
{
	memset(&fencer.entries[0], 0, sizeof(fencer.entries[0]));
	fencer.count = 1;
	fencer.entries[0].action = VOUCH_FENCE_OFF;
	fencer.entries[0].state = state;
	fencer.entries[0].completed_s = 1700000000;
	(void)snprintf(fencer.entries[0].origin, VOUCH_NAME_SIZE, "n2");
	(void)snprintf(fencer.targets[0], VOUCH_NAME_SIZE, "n1");
	(void)snprintf(fencer.ids[0].text, VOUCH_TEXT_SIZE, "%s", id);
	property_is(fencer.watchdog);
}

static void n1_is_fenced(void)
{
	world_now.n1_writable = 0;
	history_is(VOUCH_FENCING_SUCCEEDED, "n1 off succeeded node #1");
}

/* n1 held epoch 1 and was seen to write, without a fencing of it and with the
 * property off. */
static int begin(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	memset(&trial, 0, sizeof(trial));
	memset(&fencer, 0, sizeof(fencer));
	fencer.condition = VOUCH_PRESENT;
	fencer.watchdog = VOUCH_NO;
	if (!trial_prepare(&trial, operation_named("promotion, permitted")))
		return -1;
	world_context(&context, &trial.config);
	ops = *context.cluster_ops;
	ops.fencing_observe = fencing_observe;
	context.cluster_ops = &ops;
	return vouch__journal_open(&trial.config, 1, &context.journal, &error);
}

static int end(void **state)
{
	(void)state;
	vouch__journal_close(context.journal);
	return 0;
}

static void renewed(void)
{
	struct vouch_error error = { 0 };

	world_changes = 0;
	if (vouch__follow_fencing(&context, vouch__deadline_in(60000), &error) !=
	    VOUCH_OK)
		fail_msg("%s", error.text);
}

static void seen_to_write(void)
{
	world_now.n1_writable = 1;
	renewed();
	world_now.n1_writable = 0;
}

static void snapshot_is(uint64_t epoch, enum vouch_answer watchdog)
{
	struct vouch_snapshot snapshot;
	struct vouch_error error = { 0 };

	assert_int_equal(vouch__records_snapshot(context.journal, &snapshot,
						 &error),
			 VOUCH_OK);
	assert_int_equal(snapshot.epoch, epoch);
	assert_int_equal(snapshot.watchdog, watchdog);
	vouch__snapshot_release(&snapshot);
}

static int is_old(const char *id)
{
	struct vouch_snapshot snapshot;
	struct vouch_error error = { 0 };
	int old;

	assert_int_equal(vouch__records_snapshot(context.journal, &snapshot,
						 &error),
			 VOUCH_OK);
	old = vouch__snapshot_has(&snapshot, id);
	vouch__snapshot_release(&snapshot);
	return old;
}

static int record_count(void *count, uint64_t sequence, struct json_object *record)
{
	(void)sequence;
	(void)record;
	(*(unsigned int *)count)++;
	return 0;
}

static unsigned int snapshots(void)
{
	struct vouch_error error = { 0 };
	unsigned int count = 0;

	assert_int_equal(vouch__journal_visit(context.journal,
					      VOUCH_RECORD_SNAPSHOT,
					      record_count, &count, &error),
			 VOUCH_OK);
	return count;
}

static const struct vouch_fencing *collected(void)
{
	const struct vouch_request request = { .origin = VOUCH_ORIGIN_PACEMAKER };
	struct vouch_error error = { 0 };

	assert_int_equal(vouch__collect(&context, &request, NULL, 0,
					vouch__deadline_in(60000), &evidence,
					&error),
			 VOUCH_OK);
	assert_int_equal(evidence.fencing.count, 1);
	return &evidence.fencing.entries[0];
}

static enum vouch_decision promoted(void)
{
	static const struct vouch_attempt attempt = {
		.origin = VOUCH_ORIGIN_PACEMAKER,
		.reason = "test",
		.authorized = VOUCH_NO,
	};
	struct vouch_attempt_result result = { 0 };
	struct vouch_error error = { 0 };
	enum vouch_decision decision = vouch__promote(
		&context, &attempt, vouch__deadline_in(60000), &result, &error);

	vouch__attempt_release(&result);
	world_changes = 0;
	return decision;
}

/* --- the tests --------------------------------------------------------------- */

static void a_machine_is_one_with_the_property_off_all_along(void **state)
{
	(void)state;
	seen_to_write();
	n1_is_fenced();
	assert_int_equal(collected()->executor, VOUCH_EXECUTOR_MACHINE);
	assert_int_equal(collected()->in_snapshot, VOUCH_NO);
	assert_int_equal(promoted(), VOUCH_PERMITTED);
}

/* The timer ran out, n1 lives and writes, n2 is vetoed, the property
 * is deleted, n2 is asked again. */
static void what_was_a_timer_stays_one_without_the_property(void **state)
{
	(void)state;
	property_is(VOUCH_YES);
	seen_to_write();
	n1_is_fenced();
	assert_int_equal(promoted(), VOUCH_VETOED);
	property_is(VOUCH_NO);
	assert_int_equal(collected()->executor, VOUCH_EXECUTOR_WATCHDOG);
	assert_int_equal(promoted(), VOUCH_VETOED);
	renewed(); /* n1 is not seen: nothing is better known */
	assert_int_equal(promoted(), VOUCH_VETOED);
	/* Whoever takes the timer's word may. */
	trial.config.watchdog_accepted = VOUCH_YES;
	assert_int_equal(promoted(), VOUCH_PERMITTED);
}

/* The property came after the last snapshot: the first answer is remembered. */
static void a_veto_is_remembered(void **state)
{
	(void)state;
	seen_to_write();
	property_is(VOUCH_YES);
	n1_is_fenced();
	assert_int_equal(promoted(), VOUCH_VETOED);
	property_is(VOUCH_NO);
	snapshot_is(1, VOUCH_YES);
	assert_int_equal(promoted(), VOUCH_VETOED);
}

/* So it is by those who were not asked: in the notification, and by a monitor. */
static void whoever_was_not_asked_remembers_too(void **state)
{
	(void)state;
	seen_to_write();
	snapshot_is(1, VOUCH_NO);
	property_is(VOUCH_YES);
	n1_is_fenced();
	vouch__follow_watchdog(&context, vouch__deadline_in(1000));
	snapshot_is(1, VOUCH_YES);
	property_is(VOUCH_NO);
	vouch__follow_watchdog(&context, vouch__deadline_in(1000));
	assert_int_equal(promoted(), VOUCH_VETOED);
	seen_to_write();
	snapshot_is(1, VOUCH_NO);
	property_is(VOUCH_YES);
	renewed();
	property_is(VOUCH_NO);
	renewed();
	snapshot_is(1, VOUCH_YES);
}

static void an_old_entry_stays_old_whatever_the_property(void **state)
{
	static const enum vouch_answer answers[] = { VOUCH_YES, VOUCH_NO,
						     VOUCH_UNKNOWN };
	size_t i, j;

	(void)state;
	for (i = 0; i < 3; i++) {
		n1_is_fenced();
		property_is(answers[i]);
		seen_to_write();
		snapshot_is(1, answers[i]);
		for (j = 0; j < 3; j++) {
			property_is(answers[j]);
			assert_int_equal(collected()->in_snapshot, VOUCH_YES);
			assert_int_equal(promoted(), VOUCH_VETOED);
		}
	}
}

static void unknown_stays_unknown(void **state)
{
	(void)state;
	property_is(VOUCH_UNKNOWN);
	seen_to_write();
	n1_is_fenced();
	assert_int_equal(collected()->executor, VOUCH_EXECUTOR_UNKNOWN);
	property_is(VOUCH_NO);
	assert_int_equal(collected()->executor, VOUCH_EXECUTOR_UNKNOWN);
	trial.config.watchdog_accepted = VOUCH_YES;
	assert_int_equal(promoted(), VOUCH_VETOED);
	property_is(VOUCH_NO);
	fencer.count = 0;
	seen_to_write();
	n1_is_fenced();
	property_is(VOUCH_UNKNOWN);
	assert_int_equal(collected()->executor, VOUCH_EXECUTOR_UNKNOWN);
	assert_int_equal(promoted(), VOUCH_VETOED);
}

/* What a person confirmed is a fact of the entry. */
static void a_human_stays_one(void **state)
{
	(void)state;
	property_is(VOUCH_YES);
	seen_to_write();
	n1_is_fenced();
	property_is(VOUCH_NO);
	fencer.entries[0].executor = VOUCH_EXECUTOR_HUMAN;
	assert_int_equal(collected()->executor, VOUCH_EXECUTOR_HUMAN);
}

/* While it is under way nobody knows yet what it will have been. */
static void a_timer_that_runs_is_one_without_the_property(void **state)
{
	(void)state;
	property_is(VOUCH_YES);
	history_is(VOUCH_FENCING_PENDING, "n1 off pending nobody #1");
	seen_to_write();
	property_is(VOUCH_NO);
	seen_to_write();
	snapshot_is(1, VOUCH_YES);
	n1_is_fenced();
	assert_int_equal(collected()->executor, VOUCH_EXECUTOR_WATCHDOG);
	assert_int_equal(promoted(), VOUCH_VETOED);
	/* That of another node says nothing of the holder's. */
	history_is(VOUCH_FENCING_PENDING, "n3 off pending nobody #1");
	(void)snprintf(fencer.targets[0], VOUCH_NAME_SIZE, "n3");
	seen_to_write();
	snapshot_is(1, VOUCH_NO);
	/* And with the property off all along a device is at work. */
	history_is(VOUCH_FENCING_PENDING, "n1 off pending nobody #1");
	seen_to_write();
	snapshot_is(1, VOUCH_NO);
	n1_is_fenced();
	assert_int_equal(promoted(), VOUCH_PERMITTED);
}

/* Its ids are others, so that all that it has would look new. */
static void a_snapshot_of_the_former_format_is_none(void **state)
{
	struct json_object *former = json_tokener_parse(
		"{\"epoch\":1,\"holder\":\"n1\","
		"\"ids\":[\"n1 off succeeded machine #1\"]}");
	struct vouch_error error = { 0 };

	(void)state;
	assert_int_equal(vouch__journal_append(context.journal,
					       VOUCH_RECORD_SNAPSHOT, former,
					       NULL, &error),
			 VOUCH_OK);
	json_object_put(former);
	snapshot_is(0, VOUCH_UNKNOWN);
	n1_is_fenced();
	assert_int_equal(collected()->in_snapshot, VOUCH_UNKNOWN);
	assert_int_equal(evidence.fencing.snapshot, VOUCH_ABSENT);
	assert_int_equal(promoted(), VOUCH_VETOED);
	/* It is taken anew, and then has that fencing. */
	seen_to_write();
	snapshot_is(1, VOUCH_NO);
	assert_int_equal(collected()->in_snapshot, VOUCH_YES);
	assert_int_equal(promoted(), VOUCH_VETOED);
	history_is(VOUCH_FENCING_SUCCEEDED, "n1 off succeeded node #2");
	assert_int_equal(promoted(), VOUCH_PERMITTED);
}

/* A holder that did not answer once, at the notification, is asked again. */
static void a_holder_that_was_missed_is_seen_later(void **state)
{
	(void)state;
	world_now.grants[0].epoch = 2; /* of which no probe tells yet */
	seen_to_write();
	snapshot_is(1, VOUCH_NO);
	world_now.grants[0].epoch = 1;
	history_is(VOUCH_FENCING_FAILED, "n1 off failed node #1");
	renewed();
	assert_false(is_old("n1 off failed node #1"));
	seen_to_write();
	assert_true(is_old("n1 off failed node #1"));
}

/* It hears of them from its peers a moment later, and they are no newer for it. */
static void what_a_restarted_fencer_forgot_stays_old(void **state)
{
	(void)state;
	n1_is_fenced();
	seen_to_write();
	fencer.count = 0;
	seen_to_write();
	n1_is_fenced();
	assert_int_equal(collected()->in_snapshot, VOUCH_YES);
	assert_int_equal(promoted(), VOUCH_VETOED);
	/* A history that was cleaned up begins anew. */
	fencer.count = 0;
	seen_to_write();
	seen_to_write();
	n1_is_fenced();
	assert_int_equal(promoted(), VOUCH_PERMITTED);
}

static void without_news_nothing_is_written(void **state)
{
	unsigned int before;

	(void)state;
	n1_is_fenced();
	seen_to_write();
	before = snapshots();
	seen_to_write();
	seen_to_write();
	assert_int_equal(snapshots(), before);
	property_is(VOUCH_YES);
	renewed();
	renewed();
	vouch__follow_watchdog(&context, vouch__deadline_in(1000));
	assert_int_equal(snapshots(), before + 1);
	seen_to_write();
	assert_int_equal(snapshots(), before + 1);
	property_is(VOUCH_NO);
	seen_to_write();
	assert_int_equal(snapshots(), before + 2);
}

/* A history that is not whole is none to compare with later. */
static void a_malformed_history_is_not_recorded(void **state)
{
	unsigned int before = snapshots();

	(void)state;
	n1_is_fenced();
	fencer.condition = VOUCH_MALFORMED;
	seen_to_write();
	assert_int_equal(snapshots(), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_machine_is_one_with_the_property_off_all_along),
		TEST(what_was_a_timer_stays_one_without_the_property),
		TEST(a_veto_is_remembered),
		TEST(whoever_was_not_asked_remembers_too),
		TEST(an_old_entry_stays_old_whatever_the_property),
		TEST(unknown_stays_unknown),
		TEST(a_human_stays_one),
		TEST(a_timer_that_runs_is_one_without_the_property),
		TEST(a_snapshot_of_the_former_format_is_none),
		TEST(a_holder_that_was_missed_is_seen_later),
		TEST(what_a_restarted_fencer_forgot_stays_old),
		TEST(without_news_nothing_is_written),
		TEST(a_malformed_history_is_not_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
