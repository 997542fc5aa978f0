/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The quick subset of the failing calls of `make crash` (tests/crash): a call that
 * fails never makes a permit, and nothing is called durable that is not (P6-F1,
 * P6-F2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/crash/crash.h"

static void a_failing_call_is_never_a_yes(void **state)
{
	(void)state;
	assert_true(crash_failures(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failing_call_is_never_a_yes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
