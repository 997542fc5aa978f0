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

#include "common/json.h"

static enum vouch_error_code parse(const char *text, struct json_object **json)
{
	struct vouch_error error;

	return vouch__json_parse(text, strlen(text), json, &error);
}

static void only_one_whole_object_is_taken(void **state)
{
	static const char *const bad[] = {
		"", " ", "null", "[]", "1", "\"x\"", "{", "{\"a\":1", "{\"a\":1,}",
		"{a:1}", "{}{}", "{} x", "{\"a\":1}//",
		"{\"a\":\"\xff\"}", "{\"a\":01}", "{\"a\":NaN}",
		"{\"a\":Infinity}", "{'a':1}", "{\"a\":'b'}", "{\"a\":1.0}",
		"{\"a\":1e3}", "{\"a\":18446744073709551616}",
		"{\"a\":-9223372036854775808}", "{\"a\":1,\"a\":1}",
		"{\"a\":1}/**/", "{\"a\":nul}", "{\"a\":-0}",
	};
	struct json_object *json;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parse(bad[i], &json) != VOUCH_E_MALFORMED)
			fail_msg("accepted: %s", bad[i]);
		assert_null(json);
	}
	assert_int_equal(parse(" {\"a\":1} \n", &json), VOUCH_OK);
	json_object_put(json);
	assert_int_equal(vouch__json_parse("{}\0", 3, &json, NULL),
			 VOUCH_E_MALFORMED);
}

static void depth_is_limited(void **state)
{
	char text[2048] = "";
	struct json_object *json;
	int i;

	(void)state;
	for (i = 0; i < 200; i++)
		(void)strcat(text, "{\"a\":");
	assert_int_equal(parse(text, &json), VOUCH_E_LIMIT);
	assert_null(json);
}

/* A decision's record holds whole documents as strings. */
static void a_long_string_comes_back_whole(void **state)
{
	enum { LENGTH = 3 * 1000 * 1000 };
	char *text = malloc(LENGTH + 32);
	struct json_object *json, *value;

	(void)state;
	assert_non_null(text);
	(void)strcpy(text, "{\"a\":\"");
	memset(text + 6, 'x', LENGTH);
	(void)strcpy(text + 6 + LENGTH, "\"}");
	assert_int_equal(parse(text, &json), VOUCH_OK);
	assert_true(json_object_object_get_ex(json, "a", &value));
	assert_int_equal(json_object_get_string_len(value), LENGTH);
	json_object_put(json);
	free(text);
}

static void texts_are_strict(void **state)
{
	struct json_object *json;
	struct vouch_error error;
	char text[4];

	(void)state;
	assert_int_equal(parse("{\"a\":\"abc\",\"b\":\"abcd\",\"c\":1,"
			       "\"d\":\"a\\u0000b\",\"e\":null}",
			       &json),
			 VOUCH_OK);
	assert_int_equal(vouch__json_get_text(json, "a", text, 4, &error), 0);
	assert_string_equal(text, "abc");
	assert_int_equal(vouch__json_get_text(json, "b", text, 4, &error),
			 VOUCH_E_MALFORMED);
	assert_string_equal(text, "");
	assert_non_null(strstr(error.text, "\"b\""));
	assert_int_equal(vouch__json_get_text(json, "c", text, 4, &error),
			 VOUCH_E_MALFORMED);
	assert_int_equal(vouch__json_get_text(json, "d", text, 4, &error),
			 VOUCH_E_MALFORMED);
	assert_int_equal(vouch__json_get_text(json, "e", text, 4, &error),
			 VOUCH_E_MALFORMED);
	assert_int_equal(vouch__json_get_text(json, "f", text, 4, &error),
			 VOUCH_E_MALFORMED);
	assert_int_equal(vouch__json_get_text(NULL, "a", text, 4, &error),
			 VOUCH_E_MALFORMED);
	json_object_put(json);
}

static void numbers_are_strict(void **state)
{
	struct json_object *json;
	uint64_t wide;
	uint32_t narrow;
	int plain;

	(void)state;
	assert_int_equal(parse("{\"max\":18446744073709551614,\"top\":18446744073709551615,\"neg\":-1,"
			       "\"text\":\"1\",\"true\":true,"
			       "\"over\":4294967296,\"one\":1}",
			       &json),
			 VOUCH_OK);
	assert_int_equal(vouch__json_get_u64(json, "max", UINT64_MAX, &wide, NULL),
			 VOUCH_OK);
	assert_true(wide == UINT64_MAX - 1);
	assert_int_equal(vouch__json_get_u64(json, "top", UINT64_MAX, &wide, NULL),
			 VOUCH_E_MALFORMED);
	assert_int_equal(vouch__json_get_u64(json, "max", INT64_MAX, &wide, NULL),
			 VOUCH_E_MALFORMED);
	assert_true(wide == 0);
	assert_int_equal(vouch__json_get_u64(json, "neg", UINT64_MAX, &wide, NULL),
			 VOUCH_E_MALFORMED);
	assert_int_equal(vouch__json_get_u64(json, "text", 9, &wide, NULL),
			 VOUCH_E_MALFORMED);
	assert_int_equal(vouch__json_get_u64(json, "true", 9, &wide, NULL),
			 VOUCH_E_MALFORMED);
	assert_int_equal(vouch__json_get_u32(json, "over", &narrow, NULL),
			 VOUCH_E_MALFORMED);
	assert_int_equal(vouch__json_get_u32(json, "one", &narrow, NULL), VOUCH_OK);
	assert_int_equal(vouch__json_get_int(json, "neg", -1, 1, &plain, NULL),
			 VOUCH_OK);
	assert_int_equal(plain, -1);
	assert_int_equal(vouch__json_get_int(json, "neg", 0, 1, &plain, NULL),
			 VOUCH_E_MALFORMED);
	json_object_put(json);
}

static void putting_nothing_is_an_error(void **state)
{
	struct json_object *json = json_object_new_object();

	(void)state;
	assert_int_equal(vouch__json_put(json, "a", NULL), VOUCH_E_MEMORY);
	assert_int_equal(vouch__json_put_text(NULL, "a", "x"), VOUCH_E_MEMORY);
	assert_int_equal(vouch__json_put_u64(json, "a", UINT64_MAX), VOUCH_OK);
	assert_string_equal(json_object_to_json_string_ext(json, 0),
			    "{\"a\":18446744073709551615}");
	json_object_put(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_one_whole_object_is_taken),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(a_long_string_comes_back_whole),
		cmocka_unit_test(texts_are_strict),
		cmocka_unit_test(numbers_are_strict),
		cmocka_unit_test(putting_nothing_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
