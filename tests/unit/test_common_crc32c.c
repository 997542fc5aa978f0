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

#include "common/crc32c.h"

static void the_standard_check_value(void **state)
{
	(void)state;
	assert_int_equal(vouch__crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(vouch__crc32c(0, "", 0), 0);
}

static void parts_give_the_same_as_the_whole(void **state)
{
	uint32_t crc = 0;
	size_t i;

	(void)state;
	for (i = 0; i < 9; i++)
		crc = vouch__crc32c(crc, "123456789" + i, 1);
	assert_int_equal(crc, 0xe3069283);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standard_check_value),
		cmocka_unit_test(parts_give_the_same_as_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
