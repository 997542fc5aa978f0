/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <limits.h>

#include "common/deadline.h"

static void zero_and_less_have_passed(void **state)
{
	struct vouch_deadline zero = { 0 }, lowest = { INT64_MIN };

	(void)state;
	assert_int_equal(vouch__deadline_left_ms(zero), 0);
	assert_int_equal(vouch__deadline_left_ms(lowest), 0);
	assert_int_equal(vouch__deadline_left_ms(vouch__deadline_in(0)), 0);
	assert_int_equal(vouch__deadline_left_ms(vouch__deadline_in(-5)), 0);
	assert_int_equal(vouch__deadline_left_ms(vouch__deadline_in(INT64_MIN)), 0);
}

static void time_runs_down(void **state)
{
	struct vouch_deadline deadline = vouch__deadline_in(60);

	(void)state;
	assert_in_range(vouch__deadline_left_ms(deadline), 1, 60);
	(void)usleep(80000);
	assert_int_equal(vouch__deadline_left_ms(deadline), 0);
}

static void far_ones_do_not_overflow(void **state)
{
	(void)state;
	assert_int_equal(vouch__deadline_left_ms(vouch__deadline_in(INT64_MAX)),
			 INT_MAX);
}

static void within_never_goes_beyond_the_outer_one(void **state)
{
	struct vouch_deadline outer = vouch__deadline_in(1000);

	(void)state;
	assert_true(vouch__deadline_within(outer, 5000).at_ms == outer.at_ms);
	assert_true(vouch__deadline_within(outer, INT64_MAX).at_ms == outer.at_ms);
	assert_in_range(vouch__deadline_left_ms(vouch__deadline_within(outer, 100)),
			1, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zero_and_less_have_passed),
		cmocka_unit_test(time_runs_down),
		cmocka_unit_test(far_ones_do_not_overflow),
		cmocka_unit_test(within_never_goes_beyond_the_outer_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
