/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events: what a reason or a server's message holds is neither obeyed by whoever
 * reads the system's log nor keeps the event out of the file (P6-O1). */
#include "tests/unit/state_fixture.h"

#include <qb/qblog.h>
#include <syslog.h>

#include "authority/event.h"

static char logged[8192];

static void log_keep(int32_t target, struct qb_log_callsite *callsite,
		     struct timespec *when, const char *text)
{
	(void)target;
	(void)callsite;
	(void)when;
	(void)snprintf(logged, sizeof(logged), "%s", text);
}

static void event_with(struct fixture *it, const char *reason)
{
	struct vouch_event event = { .name = "validation_failed",
				     .request_id = "r1",
				     .candidate = "n2",
				     .reason = reason,
				     .epoch = 7 };
	struct json_object *json;
	size_t length, i;
	char *text;

	logged[0] = '\0';
	(void)unlink(fixture_path(it, "events.jsonl"));
	vouch__event_emit(&it->config, &event);
	assert_non_null(strstr(logged, "validation_failed "));
	for (i = 0; logged[i] != '\0'; i++)
		assert_true((unsigned char)logged[i] >= 0x20 && logged[i] != 0x7f);
	assert_null(strstr(logged, "\xc2\x9b"));
	assert_null(strstr(logged, "\xe2\x80\xae"));
	text = fixture_read(it, "events.jsonl", &length);
	assert_true(length > 20 && text[length - 1] == '\n');
	assert_int_equal(vouch__json_parse(text, length, &json, &it->error),
			 VOUCH_OK);
	assert_true(memchr(text, '\n', length) == text + length - 1);
	json_object_put(json);
	free(text);
}

static void whatever_the_reason_is(void **state)
{
	static const char *const reasons[] = {
		"", "plain", "a\033[31mb", "a\nvouch: permit", "a\x7f\x01z",
		"a\xc2\x9b" "31m", "a\xe2\x80\xae" "b", "\xff\xfe\x9b", "\xc2",
		"<script>\"'&", "%s%n%d%1000000d", "\\u0000\"}",
	};
	struct fixture *it = *state;
	char *lengthy = malloc((1 << 16) + 1);
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		event_with(it, reasons[i]);
	assert_non_null(lengthy);
	memset(lengthy, 0x1b, 1 << 16);
	lengthy[1 << 16] = '\0';
	event_with(it, lengthy);
	free(lengthy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(whatever_the_reason_is),
	};
	int32_t target;

	qb_log_init("test", LOG_DAEMON, LOG_INFO);
	(void)qb_log_ctl(QB_LOG_SYSLOG, QB_LOG_CONF_ENABLED, QB_FALSE);
	target = qb_log_custom_open(log_keep, NULL, NULL, NULL);
	(void)qb_log_filter_ctl(target, QB_LOG_FILTER_ADD, QB_LOG_FILTER_FILE, "*",
				LOG_DEBUG);
	(void)qb_log_ctl(target, QB_LOG_CONF_ENABLED, QB_TRUE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
