/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An event has its fields (P6-O1), and a broken sink changes and delays nothing. */
#include <sys/types.h>

#include "state_fixture.h"

#include "authority/event.h"

static const struct vouch_event denied = {
	.name = "validation_failed",
	.request_id = "r1",
	.candidate = "n2",
	.reason = "rule 360: \"n1\"\n\033[31m",
	.current_primary = "n1",
	.invariant = "P6-A1",
	.rule = 360,
};

static void sink_path(const struct fixture *it, char *path, size_t size)
{
	(void)snprintf(path, size, "%s/events.jsonl", it->config.state_dir);
}

/* The last line, parsed; NULL when there is no whole one. */
static struct json_object *last_read(const struct fixture *it)
{
	static char text[65536];
	struct json_object *json = NULL;
	char path[VOUCH_PATH_SIZE + 32];
	FILE *in;

	sink_path(it, path, sizeof(path));
	in = fopen(path, "re");
	while (in && fgets(text, sizeof(text), in)) {
		json_object_put(json);
		json = json_tokener_parse(text);
	}
	if (in)
		(void)fclose(in);
	return json;
}

static void expect(struct json_object *json, const char *key, const char *value)
{
	struct json_object *field = NULL;

	assert_true(json_object_object_get_ex(json, key, &field));
	assert_string_equal(json_object_get_string(field), value);
}

static void an_event_has_its_fields(void **state)
{
	const struct fixture *it = *state;
	struct json_object *json;

	vouch__event_emit(&it->config, &denied);
	json = last_read(it);
	assert_non_null(json);
	expect(json, "event", "replication.promotion.validation_failed");
	expect(json, "request", "r1");
	expect(json, "candidate", "n2");
	expect(json, "current_primary", "n1");
	expect(json, "reason", denied.reason);
	expect(json, "invariant", "P6-A1");
	expect(json, "rule", "360");
	assert_false(json_object_object_get_ex(json, "new_primary", NULL));
	assert_false(json_object_object_get_ex(json, "epoch", NULL));
	json_object_put(json);
}

static void a_long_reason_is_whole(void **state)
{
	static char reason[20000];
	const struct fixture *it = *state;
	struct vouch_event event = denied;
	struct json_object *json;

	memset(reason, '"', sizeof(reason) - 1);
	event.reason = reason;
	vouch__event_emit(&it->config, &event);
	json = last_read(it);
	assert_non_null(json);
	expect(json, "reason", reason);
	json_object_put(json);
}

static void what_is_no_text_is_not_written(void **state)
{
	const struct fixture *it = *state;
	struct vouch_event event = denied;
	struct json_object *json;

	event.reason = "\xff\xfe";
	vouch__event_emit(&it->config, &event);
	json = last_read(it);
	assert_non_null(json);
	expect(json, "reason", "(not valid UTF-8)");
	json_object_put(json);
}

/* Would wait for ever for a reader. */
static void a_pipe_keeps_nobody_waiting(void **state)
{
	const struct fixture *it = *state;
	char path[VOUCH_PATH_SIZE + 32];

	sink_path(it, path, sizeof(path));
	assert_int_equal(mkfifo(path, 0600), 0);
	vouch__event_emit(&it->config, &denied);
}

static void a_link_is_not_followed(void **state)
{
	const struct fixture *it = *state;
	char path[VOUCH_PATH_SIZE + 32], target[VOUCH_PATH_SIZE + 32];

	sink_path(it, path, sizeof(path));
	(void)snprintf(target, sizeof(target), "%s/target", it->base);
	assert_int_equal(symlink(target, path), 0);
	vouch__event_emit(&it->config, &denied);
	assert_int_not_equal(access(target, F_OK), 0);
}

static void no_directory_is_no_harm(void **state)
{
	const struct fixture *it = *state;
	struct vouch_config config = it->config;
	char path[VOUCH_PATH_SIZE + 32];

	(void)snprintf(config.state_dir, sizeof(config.state_dir), "%s/none",
		       it->base);
	vouch__event_emit(&config, &denied);
	sink_path(it, path, sizeof(path));
	assert_int_equal(mkdir(path, 0700), 0);
	vouch__event_emit(&it->config, &denied);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		TEST(an_event_has_its_fields), TEST(a_long_reason_is_whole),
		TEST(a_pipe_keeps_nobody_waiting), TEST(a_link_is_not_followed),
		TEST(no_directory_is_no_harm),
		TEST(what_is_no_text_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
