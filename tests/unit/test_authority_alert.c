/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alerts are left by one user and taken over by another, who trusts nothing of
 * what is there (P6-O2): what is no alert is deleted, and never followed. */
#include "tests/unit/state_fixture.h"

#include "authority/alert.h"
#include "common/json.h"

static struct vouch_alert_list list;

static int spool_of(struct fixture *it)
{
	char base[VOUCH_PATH_SIZE];
	int fd = -1;

	(void)snprintf(base, sizeof(base), "%s/alerts", it->base);
	assert_int_equal(vouch__alert_spool_open(base, "pgsql", getuid(), 1, &fd,
						 &it->error),
			 VOUCH_OK);
	return fd;
}

static enum vouch_error_code leave(struct fixture *it, int spool,
				   const char *node)
{
	struct vouch_alert alert = { .kind = "fencing", .task = "off",
				     .text = "Operation off of n1: OK",
				     .result = "0", .number = "7",
				     .when = "1700000000" };

	(void)snprintf(alert.node, sizeof(alert.node), "%s", node);
	return vouch__alert_leave(spool, &alert, &it->error);
}

static void file_put(int spool, const char *name, const char *text)
{
	int fd = openat(spool, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
}

static int is_there(int spool, const char *name)
{
	return faccessat(spool, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int visit(void *context, uint64_t sequence, struct json_object *record)
{
	char *nodes = context;
	char node[VOUCH_NAME_SIZE];
	struct vouch_error error = { 0 };

	(void)sequence;
	assert_int_equal(vouch__json_get_text(record, "about", node, sizeof(node),
					      &error),
			 VOUCH_OK);
	(void)strcat(nodes, node);
	return 0;
}

static void what_is_left_is_journalled_in_order(void **state)
{
	struct fixture *it = *state;
	struct vouch_journal *journal;
	char nodes[64] = "";
	uint32_t done;
	int spool = spool_of(it);

	assert_int_equal(leave(it, spool, "n1"), VOUCH_OK);
	assert_int_equal(leave(it, spool, "n2"), VOUCH_OK);
	assert_int_equal(leave(it, spool, "n3"), VOUCH_OK);
	vouch__alerts_read(spool, getuid(), &list);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.refused, 0);
	assert_int_equal(vouch__journal_open(&it->config, 1, &journal,
					     &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__alerts_record(journal, &list, &done, &it->error),
			 VOUCH_OK);
	assert_int_equal(done, 3);
	assert_int_equal(vouch__journal_visit(journal, VOUCH_RECORD_ALERT, visit,
					      nodes, &it->error),
			 VOUCH_OK);
	assert_string_equal(nodes, "n3n2n1");
	vouch__journal_close(journal);
	/* One that came meanwhile stays, behind those that were read. */
	assert_int_equal(leave(it, spool, "n4"), VOUCH_OK);
	vouch__alerts_forget(spool, &list, done);
	vouch__alerts_read(spool, getuid(), &list);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.alerts[0].node, "n4");
	(void)close(spool);
}

static void what_was_not_journalled_stays(void **state)
{
	struct fixture *it = *state;
	int spool = spool_of(it);

	assert_int_equal(leave(it, spool, "n1"), VOUCH_OK);
	vouch__alerts_read(spool, getuid(), &list);
	vouch__alerts_forget(spool, &list, 0);
	vouch__alerts_read(spool, getuid(), &list);
	assert_int_equal(list.count, 1);
	(void)close(spool);
}

static void what_is_no_alert_is_deleted_and_never_followed(void **state)
{
	static const char good[] =
		"{\"kind\":\"node\",\"node\":\"n1\",\"task\":\"\",\"text\":"
		"\"lost\",\"result\":\"\",\"number\":\"1\",\"when\":\"1\"}";
	static char large[VOUCH_ALERT_FILE_MAX + 2];
	struct fixture *it = *state;
	int spool = spool_of(it);

	file_put(spool, "outside", good);
	assert_int_equal(symlinkat("outside", spool, "1"), 0);
	assert_int_equal(linkat(spool, "outside", spool, "2", 0), 0);
	assert_int_equal(mkfifoat(spool, "3", 0600), 0);
	assert_int_equal(mkdirat(spool, "4", 0700), 0);
	file_put(spool, "5", "");
	file_put(spool, "6", "{\"kind\":\"node\"}");
	file_put(spool, "7",
		 "{\"kind\":\"promote\",\"node\":\"n1\",\"task\":\"\",\"text\":"
		 "\"x\",\"result\":\"\",\"number\":\"1\",\"when\":\"1\"}");
	file_put(spool, "8",
		 "{\"kind\":\"node\",\"node\":\"n1\",\"task\":\"\",\"text\":"
		 "\"lost\",\"result\":\"\",\"number\":\"1\",\"when\":\"1\","
		 "\"type\":\"grant\"}");
	memset(large, ' ', sizeof(large) - 1);
	memcpy(large, good, sizeof(good) - 1);
	file_put(spool, "9", large);
	file_put(spool, "10", good);
	vouch__alerts_read(spool, getuid(), &list);
	assert_int_equal(list.refused, 9);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.files[0], 10);
	assert_true(is_there(spool, "outside"));
	assert_false(is_there(spool, "1"));
	assert_false(is_there(spool, "4"));
	/* Of somebody else. */
	vouch__alerts_read(spool, getuid() + 1, &list);
	assert_int_equal(list.count, 0);
	assert_false(is_there(spool, "10"));
	(void)close(spool);
}

static void a_full_spool_keeps_its_oldest(void **state)
{
	struct fixture *it = *state;
	int spool = spool_of(it), i;
	char name[16];

	for (i = 1; i <= VOUCH_ALERTS_WAITING; i++) {
		(void)snprintf(name, sizeof(name), "%d", i + 100);
		file_put(spool, name, "{}");
	}
	assert_int_equal(leave(it, spool, "n1"), VOUCH_E_LIMIT);
	assert_non_null(strstr(it->error.text, "monitor"));
	assert_false(is_there(spool, "new"));
	(void)close(spool);
}

static void a_spool_that_others_may_change_is_refused(void **state)
{
	struct fixture *it = *state;
	char base[VOUCH_PATH_SIZE];
	int spool = spool_of(it), fd;

	(void)snprintf(base, sizeof(base), "%s/alerts", it->base);
	assert_int_equal(fchmod(spool, 0720), 0);
	assert_int_equal(vouch__alert_spool_open(base, "pgsql", getuid(), 0, &fd,
						 &it->error),
			 VOUCH_E_PERMISSION);
	assert_int_equal(fd, -1);
	assert_int_equal(fchmod(spool, 0700), 0);
	assert_int_equal(vouch__alert_spool_open(base, "pgsql", getuid() + 1, 0,
						 &fd, &it->error),
			 VOUCH_E_PERMISSION);
	assert_int_equal(vouch__alert_spool_open(base, "other", getuid(), 0, &fd,
						 &it->error),
			 VOUCH_E_NOT_FOUND);
	assert_int_equal(chmod(base, 0777), 0);
	assert_int_equal(vouch__alert_spool_open(base, "pgsql", getuid(), 0, &fd,
						 &it->error),
			 VOUCH_E_PERMISSION);
	(void)close(spool);
}

int main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_left_is_journalled_in_order),
		TEST(what_was_not_journalled_stays),
		TEST(what_is_no_alert_is_deleted_and_never_followed),
		TEST(a_full_spool_keeps_its_oldest),
		TEST(a_spool_that_others_may_change_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
