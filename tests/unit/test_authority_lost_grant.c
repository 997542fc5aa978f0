/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grant that the cluster's configuration lost: the start of its holder puts it
 * there again, where its number is above all that is there (P6-A1). */
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
static struct vouch_cluster_grant held; /* epoch 2, as the cluster had it */

/* This node holds epoch 2, and the cluster only has epoch 1. */
static int begin(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	memset(&trial, 0, sizeof(trial));
	if (!trial_prepare(&trial, operation_named("promotion, permitted")) ||
	    operation_promote(&trial.config, &error) != VOUCH_PERMITTED ||
	    world_now.grant_count != 2)
		return -1;
	held = world_now.grants[1];
	world_now.grant_count = 1;
	world_now.claims = 0;
	return 0;
}

static void start(void)
{
	struct vouch_error error = { 0 };

	assert_int_equal(operation_recover(&trial.config, &error), VOUCH_OK);
}

static void disown(void)
{
	struct vouch_error error = { 0 };
	struct vouch_context context;

	world_context(&context, &trial.config);
	assert_int_equal(vouch__journal_open(&trial.config, 1, &context.journal,
					     &error),
			 VOUCH_OK);
	assert_int_equal(vouch__epoch_disown(&context, 2, vouch__deadline_in(1000),
					     &error),
			 VOUCH_OK);
	vouch__journal_close(context.journal);
}

static void the_start_of_its_holder_puts_it_back(void **state)
{
	(void)state;
	start();
	assert_int_equal(world_now.grant_count, 2);
	assert_memory_equal(&world_now.grants[1], &held, sizeof(held));
	/* Once. */
	start();
	assert_int_equal(world_now.grant_count, 2);
	assert_int_equal(world_now.claims, 1);
}

static void also_into_a_configuration_that_has_none(void **state)
{
	(void)state;
	world_now.grant_count = 0;
	start();
	assert_int_equal(world_now.grant_count, 1);
	assert_memory_equal(&world_now.grants[0], &held, sizeof(held));
}

/* What it did without its contract is said as well (P6-S1). */
static void a_disowned_one_comes_back_disowned(void **state)
{
	(void)state;
	disown();
	start();
	assert_int_equal(world_now.grant_count, 2);
	assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_DISOWNED);
}

static void another_of_that_number_is_left_alone(void **state)
{
	struct vouch_cluster_grant other = world_grant(2, "n3", VOUCH_GRANT_DONE);

	(void)state;
	world_now.grants[world_now.grant_count++] = other;
	start();
	assert_int_equal(world_now.grant_count, 2);
	assert_memory_equal(&world_now.grants[1], &other, sizeof(other));
	assert_int_equal(world_now.claims, 0);
}

/* Where the cluster went on, old records are missing because they were removed. */
static void a_newer_one_is_left_alone(void **state)
{
	(void)state;
	world_now.grants[world_now.grant_count++] =
		world_grant(3, "n3", VOUCH_GRANT_DONE);
	start();
	assert_int_equal(world_now.grant_count, 2);
	assert_int_equal(world_now.grants[1].epoch, 3);
	assert_int_equal(world_now.claims, 0);
}

/* A start does not depend on it: the next one tries again. */
static void what_fails_is_tried_again(void **state)
{
	(void)state;
	world_fail_nth = world_calls + 2; /* the grants are read, the claim fails */
	start();
	assert_int_equal(world_now.claims, 0);
	world_fail_nth = 0;
	start();
	assert_int_equal(world_now.grant_count, 2);
	assert_memory_equal(&world_now.grants[1], &held, sizeof(held));
}

static void what_was_not_ended_is_ended_by_the_next_start(void **state)
{
	(void)state;
	world_fail_nth = world_calls + 3; /* the claim is made, its end fails */
	start();
	world_fail_nth = 0;
	assert_int_equal(world_now.grant_count, 2);
	assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_OPEN);
	start();
	assert_memory_equal(&world_now.grants[1], &held, sizeof(held));
}

/* Nobody was promoted by it: there is nothing that others would have to know. */
static void what_came_to_nothing_is_not_put_back(void **state)
{
	struct vouch_cluster_grant nothing = world_grant(3, trial.config.node,
							 VOUCH_GRANT_VOID);
	struct vouch_error error = { 0 };
	struct vouch_journal *journal = NULL;

	(void)state;
	world_now.grants[world_now.grant_count++] = held;
	assert_int_equal(vouch__journal_open(&trial.config, 1, &journal, &error),
			 VOUCH_OK);
	assert_int_equal(vouch__record_grant(journal, &nothing, &error), VOUCH_OK);
	vouch__journal_close(journal);
	start();
	assert_int_equal(world_now.grant_count, 2);
	assert_int_equal(world_now.claims, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_start_of_its_holder_puts_it_back, begin),
		cmocka_unit_test_setup(also_into_a_configuration_that_has_none,
				       begin),
		cmocka_unit_test_setup(a_disowned_one_comes_back_disowned, begin),
		cmocka_unit_test_setup(another_of_that_number_is_left_alone, begin),
		cmocka_unit_test_setup(a_newer_one_is_left_alone, begin),
		cmocka_unit_test_setup(what_fails_is_tried_again, begin),
		cmocka_unit_test_setup(
			what_was_not_ended_is_ended_by_the_next_start, begin),
		cmocka_unit_test_setup(what_came_to_nothing_is_not_put_back, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
