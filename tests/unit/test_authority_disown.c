/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An epoch whose contract was not enforced: the holder's journal and the cluster
 * say it, and nothing that is said of it later takes it back (P6-S1, rule 565). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authority/disown.h"
#include "authority/records.h"
#include "tests/crash/disk.h"
#include "tests/crash/operations.h"
#include "tests/crash/trial_check.h"

static struct trial trial;
static struct vouch_context context;

/* This node holds epoch 2. */
static int begin(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	memset(&trial, 0, sizeof(trial));
	if (!trial_prepare(&trial, operation_named("promotion, permitted")) ||
	    operation_promote(&trial.config, &error) != VOUCH_PERMITTED)
		return -1;
	world_context(&context, &trial.config);
	return vouch__journal_open(&trial.config, 1, &context.journal, &error) ==
			       VOUCH_OK ?
		       0 :
		       -1;
}

static int end(void **state)
{
	(void)state;
	vouch__journal_close(context.journal);
	return 0;
}

static struct vouch_cluster_grant journalled(uint64_t epoch)
{
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX], none = { 0 };
	struct vouch_error error = { 0 };
	uint32_t count = VOUCH_GRANTS_MAX, i;

	assert_int_equal(vouch__records_grants(context.journal, grants, &count,
					       &error),
			 VOUCH_OK);
	for (i = 0; i < count; i++) {
		if (grants[i].epoch == epoch)
			return grants[i];
	}
	return none;
}

static enum vouch_error_code disown(uint64_t epoch)
{
	struct vouch_error error = { 0 };

	return vouch__epoch_disown(&context, epoch, vouch__deadline_in(1000),
				   &error);
}

static void journal_and_cluster_say_it(void **state)
{
	(void)state;
	assert_int_equal(journalled(2).outcome, VOUCH_GRANT_DONE);
	assert_int_equal(disown(2), VOUCH_OK);
	assert_int_equal(journalled(2).outcome, VOUCH_GRANT_DISOWNED);
	assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_DISOWNED);
	/* Who holds it is the same as before. */
	assert_string_equal(journalled(2).holder, trial.config.node);
	assert_int_equal(journalled(2).k, world_now.grants[1].k);
	assert_int_equal(journalled(1).outcome, VOUCH_GRANT_DONE);
	assert_int_equal(disown(2), VOUCH_OK);
	assert_int_equal(journalled(2).outcome, VOUCH_GRANT_DISOWNED);
}

static void an_epoch_of_another_node_is_not_ours_to_disown(void **state)
{
	(void)state;
	assert_int_equal(disown(1), VOUCH_E_NOT_FOUND);
	assert_int_equal(journalled(1).outcome, VOUCH_GRANT_DONE);
	assert_int_equal(disown(7), VOUCH_E_NOT_FOUND);
}

/* What the cluster does not hear is an error, and on record here. */
static void a_cluster_that_does_not_answer_is_told_of(void **state)
{
	(void)state;
	context.cluster = NULL;
	assert_int_equal(disown(2), VOUCH_E_CLUSTER);
	assert_int_equal(journalled(2).outcome, VOUCH_GRANT_DISOWNED);
	assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_DONE);
}

/* The start that follows says what the monitor could not. */
static void the_next_start_tells_the_cluster(void **state)
{
	struct vouch_error error = { 0 };

	a_cluster_that_does_not_answer_is_told_of(state);
	assert_int_equal(operation_recover(&trial.config, &error), VOUCH_OK);
	assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_DISOWNED);
	assert_int_equal(world_now.grants[0].outcome, VOUCH_GRANT_DONE);
}

static void a_call_that_fails_is_an_error(void **state)
{
	(void)state;
	world_calls = 0;
	world_fail_nth = 1;
	assert_int_not_equal(disown(2), VOUCH_OK);
	world_fail_nth = 0;
	assert_int_equal(journalled(2).outcome, VOUCH_GRANT_DISOWNED);
}

static void follow(enum vouch_grant_outcome outcome)
{
	struct vouch_cluster_grant grant = world_grant(1, "n1", outcome);
	struct vouch_error error = { 0 };

	assert_int_equal(vouch__records_follow(context.journal, &grant, 1,
					       &error),
			 VOUCH_OK);
}

/* The others' journals keep it, should the cluster's configuration be restored. */
static void a_follower_journals_it_for_good(void **state)
{
	(void)state;
	assert_int_equal(journalled(1).outcome, VOUCH_GRANT_DONE);
	follow(VOUCH_GRANT_DISOWNED);
	assert_int_equal(journalled(1).outcome, VOUCH_GRANT_DISOWNED);
	follow(VOUCH_GRANT_DONE);
	assert_int_equal(journalled(1).outcome, VOUCH_GRANT_DISOWNED);
	follow(VOUCH_GRANT_OPEN);
	assert_int_equal(journalled(1).outcome, VOUCH_GRANT_DISOWNED);
}

/* Somebody else's grant of the same number is a contradiction, which the decision
 * must see: it takes the place of nothing (P6-A1, rule 150). */
static void a_disowned_grant_of_another_replaces_none(void **state)
{
	struct vouch_cluster_grant other =
		world_grant(1, "n3", VOUCH_GRANT_DISOWNED);
	struct vouch_error error = { 0 };

	(void)state;
	assert_int_equal(vouch__records_follow(context.journal, &other, 1,
					       &error),
			 VOUCH_OK);
	assert_string_equal(journalled(1).holder, "n1");
	assert_int_equal(journalled(1).outcome, VOUCH_GRANT_DONE);
}

/* The row says that the server was not pinned: so does the grant. */
static void a_promotion_without_its_contract_is_disowned_at_once(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	assert_true(trial_prepare(&trial, operation_named("promotion, permitted")));
	world_now.unpinned_since_promotion = 1;
	assert_int_equal(operation_promote(&trial.config, &error),
			 VOUCH_PERMITTED);
	assert_int_equal(world_now.row_unpinned, 1);
	assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_DISOWNED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(journal_and_cluster_say_it, begin,
						end),
		cmocka_unit_test_setup_teardown(
			an_epoch_of_another_node_is_not_ours_to_disown, begin,
			end),
		cmocka_unit_test_setup_teardown(
			a_cluster_that_does_not_answer_is_told_of, begin, end),
		cmocka_unit_test_setup_teardown(the_next_start_tells_the_cluster,
						begin, end),
		cmocka_unit_test_setup_teardown(a_call_that_fails_is_an_error,
						begin, end),
		cmocka_unit_test_setup_teardown(a_follower_journals_it_for_good,
						begin, end),
		cmocka_unit_test_setup_teardown(
			a_disowned_grant_of_another_replaces_none, begin, end),
		cmocka_unit_test_setup_teardown(
			a_promotion_without_its_contract_is_disowned_at_once,
			begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
