/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/error.h"

static void text_and_code_are_kept(void **state)
{
	struct vouch_error error;

	(void)state;
	assert_int_equal(vouch__error_set(&error, VOUCH_E_IO, "%s %d", "n", 7),
			 VOUCH_E_IO);
	assert_int_equal(error.code, VOUCH_E_IO);
	assert_string_equal(error.text, "n 7");
}

static void null_is_allowed(void **state)
{
	(void)state;
	assert_int_equal(vouch__error_set(NULL, VOUCH_E_IO, "x"), VOUCH_E_IO);
	assert_int_not_equal(vouch__error_prefix(NULL, "x"), VOUCH_OK);
}

static void control_characters_are_replaced(void **state)
{
	struct vouch_error error;

	(void)state;
	(void)vouch__error_set(&error, VOUCH_E_IO, "a\033[2Jb\nc\x7f" "d\xc2\x9b" "e");
	assert_string_equal(error.text, "a [2Jb c d  e");
}

static void invalid_utf8_is_replaced_and_valid_is_kept(void **state)
{
	struct vouch_error error;

	(void)state;
	(void)vouch__error_set(&error, VOUCH_E_IO, "\xff|\xc3\xa4|\xe2\x82\xac|"
			       "\xed\xa0\x80|\xc0\xaf|\xf0\x9f\x98\x80|\xe2\x82");
	assert_string_equal(error.text, "?|\xc3\xa4|\xe2\x82\xac|???|??|"
					"\xf0\x9f\x98\x80|??");
}

static void long_text_is_cut_between_characters(void **state)
{
	struct vouch_error error;
	char text[1024];
	size_t start;

	(void)state;
	for (start = 500; start < 520; start++) {
		memset(text, 'a', start);
		(void)strcpy(text + start, "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac");
		(void)vouch__error_set(&error, VOUCH_E_IO, "%s", text);
		assert_true(strlen(error.text) < sizeof(error.text));
		assert_null(strchr(error.text, '?'));
	}
}

static void prefix_goes_before_its_own_text(void **state)
{
	struct vouch_error error;

	(void)state;
	(void)vouch__error_set(&error, VOUCH_E_BUSY, "busy");
	assert_int_equal(vouch__error_prefix(&error, "n%d", 1), VOUCH_E_BUSY);
	assert_string_equal(error.text, "n1: busy");
	(void)vouch__error_set(&error, VOUCH_E_BUSY, "again: %s", error.text);
	assert_string_equal(error.text, "again: n1: busy");
}

static void every_code_has_a_description(void **state)
{
	enum vouch_error_code code;

	(void)state;
	for (code = VOUCH_OK; code <= VOUCH_E_NOT_FOUND; code++)
		assert_true(strcmp(vouch_error_describe(code),
				   "unknown error") != 0);
	assert_string_equal(vouch_error_describe((enum vouch_error_code)999),
			    "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_code_are_kept),
		cmocka_unit_test(null_is_allowed),
		cmocka_unit_test(control_characters_are_replaced),
		cmocka_unit_test(invalid_utf8_is_replaced_and_valid_is_kept),
		cmocka_unit_test(long_text_is_cut_between_characters),
		cmocka_unit_test(prefix_goes_before_its_own_text),
		cmocka_unit_test(every_code_has_a_description),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
