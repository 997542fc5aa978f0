/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All pairs of states, against a table written by hand from the semantics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/transitions.h"

/* Rows: from; columns: to, in the order of the enumeration. */
static const char *const legal[VOUCH_STATE_COUNT] = {
	[VOUCH_STATE_STEADY] = "0100000",
	[VOUCH_STATE_REQUESTED] = "1010000",
	[VOUCH_STATE_VALIDATING] = "0001100",
	[VOUCH_STATE_APPROVED] = "0000010",
	[VOUCH_STATE_DENIED] = "1000000",
	[VOUCH_STATE_TRANSITIONING] = "0000001",
	[VOUCH_STATE_SUCCEEDED] = "1000000",
};

static void all_pairs_are_as_written(void **state)
{
	unsigned int from, to;

	(void)state;
	assert_int_equal(VOUCH_STATE_COUNT, 7);
	for (from = 0; from < VOUCH_STATE_COUNT; from++) {
		assert_int_equal(strlen(legal[from]), VOUCH_STATE_COUNT);
		for (to = 0; to < VOUCH_STATE_COUNT; to++) {
			if (vouch__transition_is_legal((enum vouch_state)from,
						       (enum vouch_state)to) !=
			    (legal[from][to] == '1'))
				fail_msg("%s to %s",
					 vouch__state_name((enum vouch_state)from),
					 vouch__state_name((enum vouch_state)to));
		}
	}
}

static void what_is_no_state_goes_nowhere(void **state)
{
	static const int odd[] = { VOUCH_STATE_COUNT, 100, -1 };
	unsigned int i, other;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		for (other = 0; other < VOUCH_STATE_COUNT; other++) {
			assert_false(vouch__transition_is_legal(
				(enum vouch_state)odd[i],
				(enum vouch_state)other));
			assert_false(vouch__transition_is_legal(
				(enum vouch_state)other,
				(enum vouch_state)odd[i]));
		}
		assert_string_equal(vouch__state_name((enum vouch_state)odd[i]),
				    "unknown");
	}
}

/* One letter for each pair: why it is none. Written by hand. */
static const char *const refusals[VOUCH_STATE_COUNT] = {
	[VOUCH_STATE_STEADY] = "s.rvvam",
	[VOUCH_STATE_REQUESTED] = ".s.vvam",
	[VOUCH_STATE_VALIDATING] = "ous..am",
	[VOUCH_STATE_APPROVED] = "oursv.m",
	[VOUCH_STATE_DENIED] = ".urvsam",
	[VOUCH_STATE_TRANSITIONING] = "ourvvs.",
	[VOUCH_STATE_SUCCEEDED] = ".urvvas",
};

static char letter_of(enum vouch_step step)
{
	static const char letters[VOUCH_STEP_COUNT] = {
		[VOUCH_STEP_NO_STATE] = '?',	  [VOUCH_STEP_LEGAL] = '.',
		[VOUCH_STEP_SAME] = 's',	  [VOUCH_STEP_UNDER_WAY] = 'u',
		[VOUCH_STEP_NOT_REQUESTED] = 'r', [VOUCH_STEP_NOT_VALIDATED] = 'v',
		[VOUCH_STEP_NOT_APPROVED] = 'a',  [VOUCH_STEP_NOT_MOVED] = 'm',
		[VOUCH_STEP_NO_OUTCOME] = 'o',
	};

	return letters[step];
}

static void every_illegal_pair_has_its_named_error(void **state)
{
	unsigned int from, to;

	(void)state;
	for (from = 0; from < VOUCH_STATE_COUNT; from++) {
		for (to = 0; to < VOUCH_STATE_COUNT; to++) {
			enum vouch_step step = vouch__transition_check(
				(enum vouch_state)from, (enum vouch_state)to);

			if (letter_of(step) != refusals[from][to])
				fail_msg("%s to %s: %s",
					 vouch__state_name((enum vouch_state)from),
					 vouch__state_name((enum vouch_state)to),
					 vouch__step_name(step));
			assert_int_equal(step == VOUCH_STEP_LEGAL,
					 legal[from][to] == '1');
			if (step != VOUCH_STEP_LEGAL)
				assert_memory_equal(vouch__step_text(step),
						    "P6-", 3);
		}
	}
	assert_int_equal(vouch__transition_check((enum vouch_state)-1,
						 VOUCH_STATE_STEADY),
			 VOUCH_STEP_NO_STATE);
	assert_int_equal(vouch__transition_check(VOUCH_STATE_STEADY,
						 VOUCH_STATE_COUNT),
			 VOUCH_STEP_NO_STATE);
	assert_int_equal(vouch__transition_check(VOUCH_STATE_STEADY,
						 (enum vouch_state)100),
			 VOUCH_STEP_NO_STATE);
	for (from = 0; from < VOUCH_STEP_COUNT; from++) {
		assert_string_not_equal(
			vouch__step_name((enum vouch_step)from), "unknown");
		assert_string_not_equal(
			vouch__step_text((enum vouch_step)from), "unknown");
	}
	assert_string_equal(vouch__step_name(VOUCH_STEP_COUNT), "unknown");
	assert_string_equal(vouch__step_name((enum vouch_step)-1), "unknown");
	assert_string_equal(vouch__step_text(VOUCH_STEP_COUNT), "unknown");
	assert_string_equal(vouch__step_text((enum vouch_step)-1), "unknown");
}

/* Authority is reached through an approval only. */
static void nothing_skips_the_approval(void **state)
{
	unsigned int from;

	(void)state;
	for (from = 0; from < VOUCH_STATE_COUNT; from++) {
		if (from != VOUCH_STATE_APPROVED)
			assert_false(vouch__transition_is_legal(
				(enum vouch_state)from,
				VOUCH_STATE_TRANSITIONING));
		if (from != VOUCH_STATE_VALIDATING)
			assert_false(vouch__transition_is_legal(
				(enum vouch_state)from, VOUCH_STATE_APPROVED));
	}
}

static void names_are_those_of_the_semantics(void **state)
{
	static const char *const names[] = {
		"Steady", "PromotionRequested", "PromotionValidating",
		"PromotionApproved", "PromotionDenied", "AuthorityTransitioning",
		"PromotionSucceeded",
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < VOUCH_STATE_COUNT; i++)
		assert_string_equal(vouch__state_name((enum vouch_state)i),
				    names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_pairs_are_as_written),
		cmocka_unit_test(every_illegal_pair_has_its_named_error),
		cmocka_unit_test(what_is_no_state_goes_nowhere),
		cmocka_unit_test(nothing_skips_the_approval),
		cmocka_unit_test(names_are_those_of_the_semantics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
