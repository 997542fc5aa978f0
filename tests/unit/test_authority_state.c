/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state_fixture.h"

#include "authority/lock.h"
#include "authority/incarnation.h"

#include <signal.h>
#include <sys/wait.h>

static enum vouch_error_code put(struct fixture *it, const char *name, int number)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code;

	assert_int_equal(vouch__json_put_u64(json, "number", (uint64_t)number),
			 VOUCH_OK);
	code = vouch__state_write(&it->config, name, json, &it->error);
	json_object_put(json);
	return code;
}

/* The number, or minus the error. */
static int get(struct fixture *it, const char *name)
{
	struct json_object *json;
	int number = -1;
	enum vouch_error_code code =
		vouch__state_read(&it->config, name, &json, &it->error);

	if (code != VOUCH_OK)
		return -(int)code;
	assert_int_equal(vouch__json_get_int(json, "number", 0, 99, &number, NULL),
			 VOUCH_OK);
	json_object_put(json);
	return number;
}

static void what_was_written_is_read(void **state)
{
	assert_int_equal(get(*state, "x"), -VOUCH_E_NOT_FOUND);
	assert_int_equal(put(*state, "x", 1), VOUCH_OK);
	assert_int_equal(get(*state, "x"), 1);
	assert_int_equal(put(*state, "x", 2), VOUCH_OK);
	assert_int_equal(get(*state, "x"), 2);
}

static void removal_is_idempotent(void **state)
{
	struct fixture *it = *state;

	assert_int_equal(put(it, "x", 1), VOUCH_OK);
	assert_int_equal(vouch__state_remove(&it->config, "x", &it->error), 0);
	assert_int_equal(vouch__state_remove(&it->config, "x", &it->error), 0);
	assert_int_equal(get(it, "x"), -VOUCH_E_NOT_FOUND);
}

static void names_are_checked(void **state)
{
	static const char *const names[] = { "", ".", "..", "a/b", ".hidden",
					     "a b", "a\nb" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(put(*state, names[i], 1), VOUCH_E_ARGUMENT);
		assert_int_equal(get(*state, names[i]), -VOUCH_E_ARGUMENT);
	}
}

static void every_cut_and_every_flip_is_corruption(void **state)
{
	struct fixture *it = *state;
	size_t length, at;
	unsigned int bit;
	char *text;

	assert_int_equal(put(it, "x", 7), VOUCH_OK);
	text = fixture_read(it, "x", &length);
	for (at = 0; at < length; at++) {
		fixture_write(it, "x", text, at);
		assert_int_equal(get(it, "x"), -VOUCH_E_CORRUPT);
		for (bit = 0; bit < 8; bit++) {
			text[at] = (char)(text[at] ^ (1 << bit));
			fixture_write(it, "x", text, length);
			assert_int_equal(get(it, "x"), -VOUCH_E_CORRUPT);
			text[at] = (char)(text[at] ^ (1 << bit));
		}
	}
	/* Another file's content is not this one's. */
	fixture_write(it, "y", text, length);
	assert_int_equal(get(it, "y"), -VOUCH_E_CORRUPT);
	free(text);
}

/* Each call fails in turn, once or with all that follow: old or new. */
static void a_failed_call_leaves_old_or_new(void **state)
{
	struct fixture *it = *state;
	int nth, once, reached;

	for (once = 0; once < 2; once++) {
		for (nth = 1, reached = 1; reached; nth++) {
			enum vouch_error_code code;
			int now;

			assert_int_equal(put(it, "x", 1), VOUCH_OK);
			fixture_fail(nth, once);
			code = put(it, "x", 2);
			reached = calls >= nth;
			fixture_heal();
			now = get(it, "x");
			assert_true(now == 1 || now == 2);
			assert_int_equal(code == VOUCH_OK, !reached);
			if (code == VOUCH_OK)
				assert_int_equal(now, 2);
		}
		assert_true(nth > 6);
	}
}

static void links_are_refused(void **state)
{
	struct fixture *it = *state;
	char other[128];

	(void)snprintf(other, sizeof(other), "%s/other", it->base);
	assert_int_equal(put(it, "x", 1), VOUCH_OK);
	assert_int_equal(link(fixture_path(it, "x"), other), 0);
	assert_int_equal(get(it, "x"), -VOUCH_E_PERMISSION);
	assert_int_equal(unlink(fixture_path(it, "x")), 0);
	assert_int_equal(symlink(other, fixture_path(it, "x")), 0);
	assert_int_equal(get(it, "x"), -VOUCH_E_PERMISSION);
	assert_int_equal(unlink(fixture_path(it, "x")), 0);
	assert_int_equal(mkfifo(fixture_path(it, "x"), 0600), 0);
	assert_int_equal(get(it, "x"), -VOUCH_E_PERMISSION);
	/* The directory itself. */
	(void)snprintf(other, sizeof(other), "%s/link", it->base);
	assert_int_equal(symlink(it->config.state_dir, other), 0);
	(void)snprintf(it->config.state_dir, VOUCH_PATH_SIZE, "%s", other);
	assert_int_equal(put(it, "y", 1), VOUCH_E_PERMISSION);
	assert_int_equal(vouch__state_prepare(&it->config, &it->error),
			 VOUCH_E_PERMISSION);
}

static void open_rights_are_refused(void **state)
{
	struct fixture *it = *state;

	assert_int_equal(put(it, "x", 1), VOUCH_OK);
	assert_int_equal(chmod(fixture_path(it, "x"), 0640), 0);
	assert_int_equal(get(it, "x"), -VOUCH_E_PERMISSION);
	assert_int_equal(chmod(fixture_path(it, "x"), 0600), 0);
	assert_int_equal(get(it, "x"), 1);
	assert_int_equal(chmod(it->config.state_dir, 0755), 0);
	assert_int_equal(get(it, "x"), -VOUCH_E_PERMISSION);
	assert_int_equal(put(it, "x", 2), VOUCH_E_PERMISSION);
	assert_int_equal(vouch__state_prepare(&it->config, &it->error),
			 VOUCH_E_PERMISSION);
}

static void another_owner_is_refused(void **state)
{
	struct fixture *it = *state;

	assert_int_equal(put(it, "x", 1), VOUCH_OK);
	it->config.uid = getuid() + 1;
	assert_int_equal(get(it, "x"), -VOUCH_E_PERMISSION);
	assert_int_equal(put(it, "x", 2), VOUCH_E_PERMISSION);
}

static void a_temporary_file_left_by_a_crash_is_no_obstacle(void **state)
{
	fixture_write(*state, ".x.new", "half a li", 9);
	assert_int_equal(put(*state, "x", 1), VOUCH_OK);
	assert_int_equal(get(*state, "x"), 1);
}

static void the_directory_and_its_parent_are_made(void **state)
{
	struct fixture *it = *state;
	struct stat status;

	(void)snprintf(it->config.state_dir, VOUCH_PATH_SIZE, "%s/vouch/db",
		       it->base);
	assert_int_equal(vouch__state_prepare(&it->config, &it->error), VOUCH_OK);
	assert_int_equal(stat(it->config.state_dir, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	(void)snprintf(it->config.state_dir, VOUCH_PATH_SIZE, "%s/a/b/c",
		       it->base);
	assert_int_equal(vouch__state_prepare(&it->config, &it->error),
			 VOUCH_E_IO);
}

/* --- marker ----------------------------------------------------------------- */

static struct vouch_marker marker_of(const struct fixture *it)
{
	struct vouch_marker marker = { .system_id = UINT64_MAX - 1,
				       .epoch = 3,
				       .from_timeline = 1,
				       .timeline = 2,
				       .start_lsn = 0x3000060,
				       .k = 1 };

	(void)snprintf(marker.cluster, VOUCH_NAME_SIZE, "%s", it->config.name);
	(void)snprintf(marker.node, VOUCH_NAME_SIZE, "%s", it->config.node);
	(void)snprintf(marker.incarnation, VOUCH_NAME_SIZE, "i1");
	(void)snprintf(marker.request_id, VOUCH_NAME_SIZE, "r1");
	return marker;
}

static void a_marker_comes_back_whole(void **state)
{
	struct fixture *it = *state;
	struct vouch_marker marker = marker_of(it), read;

	assert_int_equal(vouch__marker_read(&it->config, &read, &it->error),
			 VOUCH_E_NOT_FOUND);
	assert_int_equal(vouch__marker_write(&it->config, &marker, &it->error), 0);
	assert_int_equal(vouch__marker_read(&it->config, &read, &it->error), 0);
	assert_true(read.system_id == marker.system_id && read.epoch == 3 &&
		    read.from_timeline == 1 && read.timeline == 2 &&
		    read.start_lsn == 0x3000060 && read.k == 1);
	assert_string_equal(read.request_id, "r1");
	assert_int_equal(vouch__marker_remove(&it->config, &it->error), 0);
	assert_int_equal(vouch__marker_read(&it->config, &read, &it->error),
			 VOUCH_E_NOT_FOUND);
}

static void a_marker_of_another_is_refused(void **state)
{
	struct fixture *it = *state;
	struct vouch_marker marker = marker_of(it), read;
	struct json_object *json = json_object_new_object();

	assert_int_equal(vouch__marker_write(&it->config, &marker, &it->error), 0);
	(void)snprintf(it->config.node, VOUCH_NAME_SIZE, "n2");
	assert_int_equal(vouch__marker_read(&it->config, &read, &it->error),
			 VOUCH_E_CONFLICT);
	assert_int_equal(read.epoch, 0);
	(void)snprintf(it->config.node, VOUCH_NAME_SIZE, "n1");
	(void)snprintf(it->config.name, VOUCH_NAME_SIZE, "other");
	assert_int_equal(vouch__marker_read(&it->config, &read, &it->error),
			 VOUCH_E_CONFLICT);
	(void)snprintf(it->config.name, VOUCH_NAME_SIZE, "pgsql");
	/* The incarnation on record is another one. */
	assert_int_equal(vouch__json_put_text(json, "incarnation", "i2"), 0);
	assert_int_equal(vouch__json_put_text(json, "node", "n1"), 0);
	assert_int_equal(vouch__json_put_text(json, "machine", "m"), 0);
	assert_int_equal(vouch__json_put_text(json, "directory", "d"), 0);
	assert_int_equal(vouch__json_put_u64(json, "system_id", 1), 0);
	assert_int_equal(vouch__state_write(&it->config, "incarnation", json,
					    &it->error),
			 VOUCH_OK);
	json_object_put(json);
	assert_int_equal(vouch__marker_read(&it->config, &read, &it->error),
			 VOUCH_E_CONFLICT);
}

static void a_marker_without_sense_is_corrupt(void **state)
{
	struct fixture *it = *state;
	struct vouch_marker marker = marker_of(it), read;

	assert_int_equal(put(it, "marker", 1), VOUCH_OK);
	assert_int_equal(vouch__marker_read(&it->config, &read, &it->error),
			 VOUCH_E_CORRUPT);
	marker.epoch = 0;
	assert_int_equal(vouch__marker_write(&it->config, &marker, &it->error), 0);
	assert_int_equal(vouch__marker_read(&it->config, &read, &it->error),
			 VOUCH_E_CORRUPT);
}

/* --- lock ------------------------------------------------------------------- */

static void the_lock_is_one_process_s(void **state)
{
	struct fixture *it = *state;
	int fd, other, status;
	pid_t child;

	assert_int_equal(vouch__lock_take(&it->config, "req-1", &fd, &it->error),
			 VOUCH_OK);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		enum vouch_error_code code = vouch__lock_take(
			&it->config, "req-2", &other, &it->error);

		_exit(code == VOUCH_E_BUSY && other == -1 &&
				      strstr(it->error.text, "req-1") ?
			      0 :
			      1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	vouch__lock_release(fd);
	assert_int_equal(vouch__lock_take(&it->config, "req-3", &fd, &it->error),
			 VOUCH_OK);
	vouch__lock_release(fd);
}

static void the_lock_ends_with_its_process(void **state)
{
	struct fixture *it = *state;
	int fd, status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (vouch__lock_take(&it->config, "dies", &fd, &it->error) !=
		    VOUCH_OK)
			_exit(1);
		(void)kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(vouch__lock_take(&it->config, "next", &fd, &it->error),
			 VOUCH_OK);
	vouch__lock_release(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(what_was_written_is_read),
		fixture_test(removal_is_idempotent),
		fixture_test(names_are_checked),
		fixture_test(every_cut_and_every_flip_is_corruption),
		fixture_test(a_failed_call_leaves_old_or_new),
		fixture_test(links_are_refused),
		fixture_test(open_rights_are_refused),
		fixture_test(another_owner_is_refused),
		fixture_test(a_temporary_file_left_by_a_crash_is_no_obstacle),
		fixture_test(the_directory_and_its_parent_are_made),
		fixture_test(a_marker_comes_back_whole),
		fixture_test(a_marker_of_another_is_refused),
		fixture_test(a_marker_without_sense_is_corrupt),
		fixture_test(the_lock_is_one_process_s),
		fixture_test(the_lock_ends_with_its_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
