/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Promotions that come to nothing must not use up what the next one needs: the
 * membership changes after each claim, forty times in a row, and then it does not
 * (P6-A1, P6-A2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authority/records.h"
#include "tests/crash/disk.h"
#include "tests/crash/operations.h"
#include "tests/crash/trial_check.h"

enum { IN_A_ROW = 40 };

static struct trial trial;

static int begin(void **state)
{
	(void)state;
	memset(&trial, 0, sizeof(trial));
	return trial_prepare(&trial, operation_named("promotion, given up")) ? 0 :
									      -1;
}

static void gives_up(void)
{
	struct vouch_error error = { 0 };

	world_now.view_moves = 1;
	assert_int_equal(operation_promote(&trial.config, &error),
			 VOUCH_UNDECIDED);
	assert_non_null(strstr(error.text, "the membership changed"));
	world_changes = 0; /* no power cut is tried here */
}

static void forty_in_a_row_and_then_one_that_succeeds(void **state)
{
	struct vouch_error error = { 0 };
	const struct vouch_cluster_grant *last;
	int i;

	(void)state;
	for (i = 0; i < IN_A_ROW; i++) {
		gives_up();
		assert_in_range(world_now.grant_count, 2, 3);
		assert_int_equal(world_now.grants[0].epoch, 1);
	}
	world_now.view_moves = 0;
	assert_int_equal(operation_promote(&trial.config, &error),
			 VOUCH_PERMITTED);
	last = &world_now.grants[world_now.grant_count - 1];
	assert_int_equal(last->epoch, IN_A_ROW + 2);
	assert_int_equal(last->follows, 1);
	assert_int_equal(last->outcome, VOUCH_GRANT_DONE);
	assert_int_equal(world_now.timeline, 2);
}

/* An open one in between may have happened: it is neither passed over nor
 * forgotten, however many came to nothing since. */
static void an_open_grant_is_never_passed_over(void **state)
{
	struct vouch_error error = { 0 };
	uint32_t i, found = 0;

	(void)state;
	gives_up();
	world_now.grants[world_now.grant_count] =
		world_grant(3, "n3", VOUCH_GRANT_OPEN);
	world_now.grant_count++;
	world_now.view_moves = 0;
	assert_int_not_equal(operation_promote(&trial.config, &error),
			     VOUCH_PERMITTED);
	for (i = 0; i < world_now.grant_count; i++)
		found += world_now.grants[i].epoch == 3;
	assert_int_equal(found, 1);
	assert_int_equal(world_now.timeline, 1);
}

/* One who was away catches up from the cluster's newest record alone. */
static void a_journal_that_was_away_learns_that_they_were_void(void **state)
{
	struct vouch_cluster_grant grants[3], known[VOUCH_GRANTS_MAX];
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };
	uint32_t count = VOUCH_GRANTS_MAX, i, seen = 0;

	(void)state;
	grants[0] = world_grant(2, "n3", VOUCH_GRANT_OPEN);
	grants[1] = world_grant(1, "n1", VOUCH_GRANT_DONE);
	grants[2] = world_grant(9, "n3", VOUCH_GRANT_OPEN);
	grants[2].follows = 1;
	assert_int_equal(vouch__journal_open(&trial.config, 1, &journal, &error),
			 VOUCH_OK);
	assert_int_equal(vouch__record_grant(journal, &grants[0], &error),
			 VOUCH_OK);
	assert_int_equal(vouch__records_follow(journal, &grants[1], 2, &error),
			 VOUCH_OK);
	assert_int_equal(vouch__records_grants(journal, known, &count, &error),
			 VOUCH_OK);
	vouch__journal_close(journal);
	for (i = 0; i < count; i++) {
		if (known[i].epoch == 2)
			assert_int_equal(known[i].outcome, VOUCH_GRANT_VOID);
		if (known[i].epoch == 9)
			assert_int_equal(known[i].follows, 1);
		seen += known[i].epoch == 2 || known[i].epoch == 9;
	}
	assert_int_equal(seen, 2);
}

/* A machine that was set back finds its own grant in the cluster, but not that it
 * ever asked for it: it does not know how that ended (P6-S1). */
static void what_this_journal_never_asked_for_stays_open(void **state)
{
	struct vouch_error error = { 0 };
	struct vouch_cluster_grant grant = world_grant(2, trial.config.node,
						       VOUCH_GRANT_OPEN);
	struct vouch_journal *journal = NULL;
	int i;

	(void)state;
	memcpy(grant.request_id, "n2-after", 9);
	world_now.grants[world_now.grant_count++] = grant;
	/* Not at a later start either, when the journal learned of the grant. */
	for (i = 0; i < 2; i++) {
		assert_int_equal(operation_recover(&trial.config, &error),
				 VOUCH_OK);
		assert_int_equal(world_now.grants[1].epoch, 2);
		assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_OPEN);
		assert_int_equal(vouch__journal_open(&trial.config, 1, &journal,
						     &error),
				 VOUCH_OK);
		assert_int_equal(vouch__records_follow(journal, world_now.grants,
						       world_now.grant_count,
						       &error),
				 VOUCH_OK);
		vouch__journal_close(journal);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(forty_in_a_row_and_then_one_that_succeeds,
				       begin),
		cmocka_unit_test_setup(an_open_grant_is_never_passed_over, begin),
		cmocka_unit_test_setup(
			a_journal_that_was_away_learns_that_they_were_void,
			begin),
		cmocka_unit_test_setup(
			what_this_journal_never_asked_for_stays_open, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
