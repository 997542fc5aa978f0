/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The quick subset of `make crash` (tests/crash): P6-F2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/crash/crash.h"

static void a_power_cut_leaves_old_or_new(void **state)
{
	(void)state;
	assert_true(crash_states(&crash_quick));
}

static void seeded_breakages_show(void **state)
{
	(void)state;
	assert_true(crash_breakages(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_power_cut_leaves_old_or_new),
		cmocka_unit_test(seeded_breakages_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
