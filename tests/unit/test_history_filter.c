/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a history shows: times, words and rules as people type them, and which
 * record fits. What makes no sense is refused, never taken for "all" (P6-O2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "agents/history_filter.h"

enum { NOW = 1900000000 }; /* 2030-03-17T17:46:40Z */

static void times_are_read(void **state)
{
	static const struct {
		const char *typed;
		const char *text;
	} good[] = {
		{ "2031-01-31T23:59:59Z", "2031-01-31T23:59:59Z" },
		{ "2031-01-31T23:59:59", "2031-01-31T23:59:59Z" },
		{ "2031-01-31 23:59", "2031-01-31T23:59:00Z" },
		{ "2031-01-31", "2031-01-31T00:00:00Z" },
		{ "2031-01-31T01:00:00+02:00", "2031-01-30T23:00:00Z" },
		{ "2031-01-31T23:00:00-01:30", "2031-02-01T00:30:00Z" },
		{ "2032-02-29", "2032-02-29T00:00:00Z" },
		{ "40s", "2030-03-17T17:46:00Z" },
		{ "46m", "2030-03-17T17:00:40Z" },
		{ "17h", "2030-03-17T00:46:40Z" },
		{ "1d", "2030-03-16T17:46:40Z" },
	};
	char text[VOUCH_CLOCK_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(history_time_parse(good[i].typed, NOW, text, NULL),
				 VOUCH_OK);
		assert_string_equal(text, good[i].text);
	}
}

static void bad_times_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "yesterday", "2031", "2031-13-01", "2031-02-30", "2030-02-29",
		"2031-01-31T25:00:00Z", "2031-01-31T23:59:59Zulu",
		"2031-01-31T23:59:59+2", "2031-01-31T23:59:59+99:00", "-1h", "1w",
		"h", "9999999d", "999999d", "1969-01-01", "1 h", "2031-01-31T",
	};
	char text[VOUCH_CLOCK_SIZE] = "untouched";
	struct vouch_error error;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (history_time_parse(bad[i], NOW, text, &error) !=
		    VOUCH_E_ARGUMENT)
			fail_msg("'%s' is taken as %s", bad[i], text);
		assert_string_equal(text, "untouched");
	}
}

static void words_and_numbers(void **state)
{
	unsigned int number = 0;

	(void)state;
	assert_int_equal(history_outcome_check("denied", NULL), VOUCH_OK);
	assert_int_equal(history_outcome_check("held", NULL), VOUCH_OK);
	assert_int_equal(history_outcome_check("", NULL), VOUCH_E_ARGUMENT);
	assert_int_equal(history_outcome_check("done", NULL), VOUCH_E_ARGUMENT);
	assert_int_equal(history_rule_parse("540", &number, NULL), VOUCH_OK);
	assert_int_equal(number, 540);
	assert_int_equal(history_rule_parse("exclusion", &number, NULL), VOUCH_OK);
	assert_int_not_equal(number, 540);
	assert_int_equal(history_rule_parse("54", &number, NULL),
			 VOUCH_E_ARGUMENT);
	assert_int_equal(history_rule_parse("", &number, NULL), VOUCH_E_ARGUMENT);
	assert_int_equal(history_limit_parse("7", &number, NULL), VOUCH_OK);
	assert_int_equal(number, 7);
	assert_int_equal(history_limit_parse("0", &number, NULL),
			 VOUCH_E_ARGUMENT);
	assert_int_equal(history_limit_parse("-1", &number, NULL),
			 VOUCH_E_ARGUMENT);
	assert_int_equal(history_limit_parse("123456789", &number, NULL),
			 VOUCH_E_ARGUMENT);
}

static int fits(const struct history_filter *filter, const char *json)
{
	struct json_object *record = json_tokener_parse(json);
	int fit;

	assert_non_null(record);
	fit = history_filter_has(filter, "n2", record);
	json_object_put(record);
	return fit;
}

#define DENIED                                                                 \
	"{\"type\":\"outcome\",\"time\":\"2031-01-31T12:00:00Z\","             \
	"\"request\":\"r\",\"outcome\":\"denied\","                            \
	"\"why\":\"rule 540 coverage (P6-S1): no\"}"
#define GRANT                                                                  \
	"{\"type\":\"grant\",\"time\":\"2031-01-31T12:00:00Z\",\"epoch\":3,"   \
	"\"holder\":\"n1\",\"outcome\":\"open\"}"

static void records_fit(void **state)
{
	struct history_filter filter = { .limit = 1 };

	(void)state;
	assert_false(history_filter_is_set(&filter));
	assert_true(fits(&filter, DENIED) && fits(&filter, GRANT));
	filter.rule = 540;
	assert_true(history_filter_is_set(&filter));
	assert_true(fits(&filter, DENIED) && !fits(&filter, GRANT));
	filter.rule = 54;
	assert_false(fits(&filter, DENIED));
	filter.rule = 0;
	filter.outcome = "granted";
	assert_true(!fits(&filter, DENIED) && fits(&filter, GRANT));
	filter.outcome = NULL;
	filter.about = "n2";
	assert_true(fits(&filter, DENIED) && !fits(&filter, GRANT));
	filter.about = "n1";
	assert_true(!fits(&filter, DENIED) && fits(&filter, GRANT));
	filter.about = NULL;
	(void)strcpy(filter.since, "2031-01-31T12:00:00Z");
	(void)strcpy(filter.until, "2031-01-31T12:00:00Z");
	assert_true(fits(&filter, DENIED));
	(void)strcpy(filter.since, "2031-01-31T12:00:01Z");
	assert_false(fits(&filter, DENIED));
	assert_true(fits(&filter, "{\"type\":\"outcome\",\"time\":\"unknown\"}"));
	assert_true(fits(&filter, "{\"type\":7,\"time\":[]}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(bad_times_are_refused),
		cmocka_unit_test(words_and_numbers),
		cmocka_unit_test(records_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
