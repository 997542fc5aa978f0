/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the cluster hears between a decision and the claim: the membership (P6-A1), and
 * that an epoch ran without its contract (P6-S1, rule 565). Nobody is promoted then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "authority/recheck.h"
#include "tests/crash/disk.h"
#include "tests/crash/operations.h"
#include "tests/crash/trial_check.h"

static struct trial trial;
static struct vouch_context context;
static struct vouch_decided decided;
static const struct vouch_deadline deadline;

static int begin(void **state)
{
	(void)state;
	memset(&trial, 0, sizeof(trial));
	if (!trial_prepare(&trial, operation_named("promotion, permitted")))
		return -1;
	world_context(&context, &trial.config);
	memset(&decided, 0, sizeof(decided));
	decided.view.ring_leader = 2;
	decided.view.ring_seq = 12;
	world_fail_nth = world_calls = 0;
	return 0;
}

static enum vouch_error_code recheck(struct vouch_error *error)
{
	memset(error, 0, sizeof(*error));
	return vouch__recheck(&context, &decided, deadline, error);
}

static void nothing_changed(void **state)
{
	struct vouch_error error;

	(void)state;
	assert_int_equal(recheck(&error), VOUCH_OK);
}

static void an_epoch_that_was_disowned_since_ends_the_attempt(void **state)
{
	struct vouch_error error;

	(void)state;
	world_now.grants[0].outcome = VOUCH_GRANT_DISOWNED;
	assert_int_equal(recheck(&error), VOUCH_E_CLUSTER);
	assert_non_null(strstr(error.text, "the server of n1 ran without the "
					   "contract of epoch 1 (P6-S1)"));
	/* What the decision knew is judged already. */
	decided.disowned = 1;
	assert_int_equal(recheck(&error), VOUCH_OK);
}

static void another_membership_ends_the_attempt(void **state)
{
	struct vouch_error error;

	(void)state;
	decided.view.ring_seq = 11;
	assert_int_equal(recheck(&error), VOUCH_E_CLUSTER);
	decided.view.ring_seq = 12;
	decided.view.ring_leader = 3;
	assert_int_equal(recheck(&error), VOUCH_E_CLUSTER);
}

/* It goes to the cluster before its epoch is disowned. */
static void a_seal_that_was_broken_since_ends_the_attempt(void **state)
{
	struct vouch_error error;

	(void)state;
	decided.seal_epoch = 1;
	decided.seal_lsn = 0x5000;
	assert_int_equal(recheck(&error), VOUCH_E_NOT_FOUND);
	world_now.seal.epoch = 1;
	world_now.seal.record_lsn = 0x5000;
	world_now.seal.unbroken = VOUCH_YES;
	assert_int_equal(recheck(&error), VOUCH_OK);
	world_now.seal.unbroken = VOUCH_NO;
	assert_int_equal(recheck(&error), VOUCH_E_CLUSTER);
	assert_non_null(strstr(error.text, "the seal of epoch 1 was broken"));
	world_now.seal.unbroken = VOUCH_YES;
	world_now.seal.record_lsn = 0x6000;
	assert_int_equal(recheck(&error), VOUCH_E_CLUSTER);
	world_now.seal.record_lsn = 0x5000;
	world_now.seal.epoch = 2;
	assert_int_equal(recheck(&error), VOUCH_E_CLUSTER);
	/* Who decided without a seal needs none. */
	decided.seal_epoch = 0;
	assert_int_equal(recheck(&error), VOUCH_OK);
}

/* With two_node each half could claim, and raise the configuration alike. */
static void after_a_split_nothing_is_even_claimed(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	world_now.grants[0].outcome = VOUCH_GRANT_DISOWNED; /* not looked at yet */
	assert_int_equal(vouch__precheck(&context, &decided, deadline, &error),
			 VOUCH_OK);
	decided.view.ring_seq = 11;
	assert_int_equal(vouch__precheck(&context, &decided, deadline, &error),
			 VOUCH_E_CLUSTER);
	world_now.grants[0].outcome = VOUCH_GRANT_DONE;
	world_now.view_leaves = 1;
	assert_int_equal(operation_promote(&trial.config, &error),
			 VOUCH_UNDECIDED);
	assert_non_null(strstr(error.text, "the membership changed"));
	assert_int_equal(world_now.claims, 0);
	assert_int_equal(world_now.grant_count, 1);
	/* And so is the number still anybody's. */
	world_now.view_leaves = 0;
	assert_int_equal(operation_promote(&trial.config, &error),
			 VOUCH_PERMITTED);
	assert_int_equal(world_now.grants[1].epoch, 2);
}

static void no_answer_is_no_yes(void **state)
{
	struct vouch_error error;
	unsigned int nth;

	(void)state;
	for (nth = 1; nth <= 2; nth++) {
		world_calls = 0;
		world_fail_nth = nth;
		assert_int_equal(recheck(&error), VOUCH_E_CLUSTER);
		assert_int_equal(world_calls, nth);
	}
}

static void without_a_cluster_manager_nobody_is_asked(void **state)
{
	struct vouch_error error;

	(void)state;
	context.cluster = NULL;
	world_fail_nth = 1;
	assert_int_equal(recheck(&error), VOUCH_OK);
	assert_int_equal(world_calls, 0);
}

static void the_newest_that_the_evidence_knows_is_noted(void **state)
{
	static struct vouch_evidence evidence;
	static const uint64_t epochs[] = { 3, 7, 5 };
	uint32_t i;

	(void)state;
	memset(&evidence, 0, sizeof(evidence));
	evidence.after.ring_seq = 44;
	evidence.grant_count = 3;
	for (i = 0; i < 3; i++) {
		evidence.grants[i].epoch = epochs[i];
		evidence.grants[i].outcome = VOUCH_GRANT_DONE;
	}
	decided.disowned = 9;
	vouch__decided_note(&evidence, &decided);
	assert_int_equal(decided.disowned, 0);
	assert_int_equal(decided.view.ring_seq, 44);
	evidence.grants[1].outcome = VOUCH_GRANT_DISOWNED;
	evidence.grants[2].outcome = VOUCH_GRANT_DISOWNED;
	vouch__decided_note(&evidence, &decided);
	assert_int_equal(decided.disowned, 7);
}

/* The evidence does not name it any more, and it must not end every attempt. */
static void an_epoch_that_the_log_goes_beyond_is_left_behind(void **state)
{
	static struct vouch_evidence evidence;
	struct vouch_error error;

	(void)state;
	memset(&evidence, 0, sizeof(evidence));
	evidence.after = decided.view;
	evidence.node_count = 2;
	evidence.request.candidate = 1;
	evidence.nodes[1].probe.condition = VOUCH_PRESENT;
	evidence.nodes[1].probe.epoch = 2;
	world_now.grants[0].outcome = VOUCH_GRANT_DISOWNED;
	vouch__decided_note(&evidence, &decided);
	assert_int_equal(recheck(&error), VOUCH_OK);
	/* Of this one it may lack writes. */
	evidence.nodes[1].probe.epoch = 1;
	vouch__decided_note(&evidence, &decided);
	assert_int_equal(recheck(&error), VOUCH_E_CLUSTER);
	evidence.nodes[1].probe.epoch = 2;
	evidence.nodes[1].probe.condition = VOUCH_STALE;
	vouch__decided_note(&evidence, &decided);
	assert_int_equal(recheck(&error), VOUCH_E_CLUSTER);
}

static void a_whole_attempt_promotes_nobody(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	world_now.disowned_meanwhile = 1;
	assert_int_equal(operation_promote(&trial.config, &error),
			 VOUCH_UNDECIDED);
	assert_non_null(strstr(error.text, "ran without the contract of epoch 1"));
	assert_int_equal(world_now.timeline, 1);
	assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_VOID);
	/* Asked again, it is a matter of the evidence. */
	assert_int_equal(operation_promote(&trial.config, &error), VOUCH_VETOED);
	assert_int_equal(world_now.timeline, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_changed, begin),
		cmocka_unit_test_setup(
			an_epoch_that_was_disowned_since_ends_the_attempt, begin),
		cmocka_unit_test_setup(another_membership_ends_the_attempt, begin),
		cmocka_unit_test_setup(
			a_seal_that_was_broken_since_ends_the_attempt, begin),
		cmocka_unit_test_setup(after_a_split_nothing_is_even_claimed,
				       begin),
		cmocka_unit_test_setup(no_answer_is_no_yes, begin),
		cmocka_unit_test_setup(without_a_cluster_manager_nobody_is_asked,
				       begin),
		cmocka_unit_test_setup(
			the_newest_that_the_evidence_knows_is_noted, begin),
		cmocka_unit_test_setup(
			an_epoch_that_the_log_goes_beyond_is_left_behind, begin),
		cmocka_unit_test_setup(a_whole_attempt_promotes_nobody, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
