/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state_fixture.h"

#include <sys/wait.h>

#include "authority/journal.h"

static struct vouch_journal *open_journal(struct fixture *it, int writable)
{
	struct vouch_journal *journal;

	assert_int_equal(vouch__journal_open(&it->config, writable, &journal,
					     &it->error),
			 VOUCH_OK);
	return journal;
}

static enum vouch_error_code append(struct fixture *it,
				    struct vouch_journal *journal,
				    const char *type, const char *value)
{
	struct json_object *fields = json_object_new_object();
	enum vouch_error_code code;

	assert_int_equal(vouch__json_put_text(fields, "value", value), VOUCH_OK);
	code = vouch__journal_append(journal, type, fields, NULL, &it->error);
	json_object_put(fields);
	return code;
}

struct seen {
	uint64_t sequences[64];
	unsigned int count;
	unsigned int stop_after;
};

static int see(void *context, uint64_t sequence, struct json_object *record)
{
	struct seen *seen = context;

	assert_true(json_object_is_type(record, json_type_object));
	if (seen->count < 64)
		seen->sequences[seen->count++] = sequence;
	return seen->stop_after != 0 && seen->count >= seen->stop_after;
}

static enum vouch_error_code visit(struct fixture *it, struct seen *seen,
				   const char *type)
{
	struct vouch_journal *journal = open_journal(it, 0);
	enum vouch_error_code code =
		vouch__journal_visit(journal, type, see, seen, &it->error);

	vouch__journal_close(journal);
	return code;
}

/* Three records; the journal's bytes are the caller's. */
static char *three(struct fixture *it, size_t *length)
{
	struct vouch_journal *journal = open_journal(it, 1);

	assert_int_equal(append(it, journal, "grant", "a"), VOUCH_OK);
	assert_int_equal(append(it, journal, "seal", "b*b*b"), VOUCH_OK);
	assert_int_equal(append(it, journal, "grant", "c"), VOUCH_OK);
	vouch__journal_close(journal);
	return fixture_read(it, "journal", length);
}

static size_t last_line(const char *text, size_t length)
{
	size_t at = length - 1;

	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

static void records_come_back_newest_first(void **state)
{
	struct fixture *it = *state;
	struct seen seen = { .count = 0 };
	size_t length;

	free(three(it, &length));
	assert_int_equal(visit(it, &seen, NULL), VOUCH_OK);
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.sequences[0], 3);
	assert_int_equal(seen.sequences[2], 1);
	seen.count = 0;
	assert_int_equal(visit(it, &seen, "grant"), VOUCH_OK);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.sequences[1], 1);
	seen = (struct seen){ .stop_after = 1 };
	assert_int_equal(visit(it, &seen, NULL), VOUCH_OK);
	assert_int_equal(seen.count, 1);
}

static void find_takes_the_newest_that_fits(void **state)
{
	struct fixture *it = *state;
	struct vouch_journal *journal;
	struct json_object *record;
	char text[16];
	size_t length;

	free(three(it, &length));
	journal = open_journal(it, 0);
	assert_int_equal(vouch__journal_find(journal, "grant", NULL, NULL, &record,
					     &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__json_get_text(record, "value", text, 16, NULL), 0);
	assert_string_equal(text, "c");
	json_object_put(record);
	assert_int_equal(vouch__journal_find(journal, "grant", "value", "a",
					     &record, &it->error),
			 VOUCH_OK);
	json_object_put(record);
	assert_int_equal(vouch__journal_find(journal, "outcome", NULL, NULL,
					     &record, &it->error),
			 VOUCH_E_NOT_FOUND);
	assert_null(record);
	vouch__journal_close(journal);
}

static const char *const run_types[] = { "grant", "seal", NULL };

/* Grants and seals "newer", "b", "b", "older", "b", and what does not count. */
static char *one_run(struct fixture *it, size_t *length)
{
	static const char *const rows[][2] = {
		{ "grant", "b" }, { "grant", "older" }, { "seal", "b" },
		{ "outcome", "x" }, { "grant", "b" },	{ "grant", "newer" },
	};
	struct vouch_journal *journal = open_journal(it, 1);
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(append(it, journal, rows[i][0], rows[i][1]),
				 VOUCH_OK);
	vouch__journal_close(journal);
	return fixture_read(it, "journal", length);
}

static enum vouch_error_code visit_run(struct fixture *it, struct seen *seen,
				       const char *having)
{
	struct vouch_journal *journal = open_journal(it, 0);
	enum vouch_error_code code = vouch__journal_visit_run(
		journal, run_types, having, see, seen, &it->error);

	vouch__journal_close(journal);
	return code;
}

static void a_run_ends_with_the_first_other_record(void **state)
{
	struct fixture *it = *state;
	struct seen seen = { .count = 0 };
	size_t length;

	free(one_run(it, &length));
	assert_int_equal(visit_run(it, &seen, "b"), VOUCH_OK);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.sequences[0], 5);
	assert_int_equal(seen.sequences[1], 3);
	seen.count = 0;
	assert_int_equal(visit_run(it, &seen, "nobody"), VOUCH_OK);
	assert_int_equal(seen.count, 0);
	/* JSON may write these in more than one way. */
	assert_int_equal(visit_run(it, &seen, "b\""), VOUCH_OK);
	assert_int_equal(visit_run(it, &seen, ""), VOUCH_OK);
	assert_int_equal(visit_run(it, &seen, NULL), VOUCH_OK);
	assert_int_equal(seen.count, 0);
}

/* P6-O2: what may be missing is said, and what is there is shown. */
static void a_bad_record_in_a_run_is_said(void **state)
{
	struct fixture *it = *state;
	struct seen seen = { .count = 0 };
	size_t length;
	char *text = one_run(it, &length), *at;

	at = strstr(text, "outcome");
	*at = 'O';
	fixture_write(it, "journal", text, length);
	free(text);
	assert_int_equal(visit_run(it, &seen, "b"), VOUCH_E_CORRUPT);
	assert_non_null(strstr(it->error.text, "1 bad record"));
	assert_int_equal(seen.count, 2);
}

static void a_missing_journal_is_empty_for_a_reader(void **state)
{
	struct seen seen = { .count = 0 };

	assert_int_equal(visit(*state, &seen, NULL), VOUCH_OK);
	assert_int_equal(seen.count, 0);
	assert_int_equal(access(fixture_path(*state, "journal"), F_OK), -1);
}

static void a_reader_cannot_append(void **state)
{
	struct fixture *it = *state;
	struct vouch_journal *journal = open_journal(it, 0);

	assert_int_equal(append(it, journal, "grant", "x"), VOUCH_E_STATE);
	vouch__journal_close(journal);
}

/* Cut at every byte of the last record: it is not there, the others are, and
 * the next append takes its number. */
static void a_torn_tail_is_replaced(void **state)
{
	struct fixture *it = *state;
	size_t length, cut;
	char *text = three(it, &length);

	for (cut = last_line(text, length); cut < length; cut++) {
		struct seen seen = { .count = 0 };
		struct vouch_journal *journal;

		fixture_write(it, "journal", text, cut);
		assert_int_equal(visit(it, &seen, NULL), VOUCH_OK);
		assert_int_equal(seen.count, 2);
		journal = open_journal(it, 1);
		assert_int_equal(append(it, journal, "grant", "new"), VOUCH_OK);
		vouch__journal_close(journal);
		seen.count = 0;
		assert_int_equal(visit(it, &seen, NULL), VOUCH_OK);
		assert_int_equal(seen.count, 3);
		assert_int_equal(seen.sequences[0], 3);
	}
	free(text);
}

/* A file that grew before its data came. */
static void zeros_at_the_end_are_a_torn_tail(void **state)
{
	struct fixture *it = *state;
	size_t length, cut, i;
	char *text = three(it, &length);

	for (cut = last_line(text, length); cut < length; cut++) {
		struct seen seen = { .count = 0 };
		struct vouch_journal *journal;

		for (i = cut; i < length + 100; i++)
			text[i] = '\0';
		fixture_write(it, "journal", text, length + 100);
		assert_int_equal(visit(it, &seen, NULL), VOUCH_OK);
		assert_int_equal(seen.count, 2);
		journal = open_journal(it, 1);
		assert_int_equal(append(it, journal, "grant", "c"), VOUCH_OK);
		vouch__journal_close(journal);
		free(text);
		text = fixture_read(it, "journal", &length);
	}
	free(text);
}

/* Each bit of each byte: readers say so, appends refuse, nothing is changed. */
static void a_flipped_bit_is_corruption(void **state)
{
	struct fixture *it = *state;
	size_t length, at;
	unsigned int bit;
	char *text = three(it, &length);

	for (at = 0; at < length; at++) {
		for (bit = 0; bit < 8; bit++) {
			struct seen seen = { .count = 0 };
			struct vouch_journal *journal;
			size_t after;
			char *now;

			text[at] = (char)(text[at] ^ (1 << bit));
			fixture_write(it, "journal", text, length);
			if (visit(it, &seen, NULL) != VOUCH_E_CORRUPT)
				fail_msg("bit %u of byte %zu passed", bit, at);
			journal = open_journal(it, 1);
			assert_int_equal(append(it, journal, "grant", "x"),
					 VOUCH_E_CORRUPT);
			vouch__journal_close(journal);
			now = fixture_read(it, "journal", &after);
			assert_int_equal(after, length);
			assert_memory_equal(now, text, length);
			free(now);
			text[at] = (char)(text[at] ^ (1 << bit));
		}
	}
	free(text);
}

static void good_records_are_read_around_a_bad_one(void **state)
{
	struct fixture *it = *state;
	struct seen seen = { .count = 0 };
	struct vouch_journal *journal;
	struct json_object *record;
	size_t length;
	char *text = three(it, &length);

	*strchr(strstr(text, "b*b"), '*') = '+';
	fixture_write(it, "journal", text, length);
	free(text);
	assert_int_equal(visit(it, &seen, NULL), VOUCH_E_CORRUPT);
	assert_non_null(strstr(it->error.text, "1 bad record"));
	assert_int_equal(seen.count, 2);
	/* The newest one that fits is newer than the damage: it is certain. */
	journal = open_journal(it, 0);
	assert_int_equal(vouch__journal_find(journal, "grant", "value", "c",
					     &record, &it->error),
			 VOUCH_OK);
	json_object_put(record);
	/* This one is not: the bad record might have been a newer one. */
	assert_int_equal(vouch__journal_find(journal, "grant", "value", "a",
					     &record, &it->error),
			 VOUCH_E_CORRUPT);
	assert_null(record);
	vouch__journal_close(journal);
}

static void a_removed_record_is_corruption(void **state)
{
	struct fixture *it = *state;
	size_t length, first;
	char *text = three(it, &length);
	struct seen seen = { .count = 0 };

	first = (size_t)(strchr(text, '\n') - text) + 1;
	fixture_write(it, "journal", text + first, length - first);
	assert_int_equal(visit(it, &seen, NULL), VOUCH_E_CORRUPT);
	free(text);
}

/* The n-th call fails, and then all or none of the others do. Afterwards the
 * journal has the old records, and the new one whole or not at all; a failed
 * append is never there. */
static void a_failed_call_loses_nothing(void **state)
{
	struct fixture *it = *state;
	size_t length;
	char *text = three(it, &length);
	int nth, once, reached = 1;

	for (once = 0; once < 2; once++) {
		for (nth = 1, reached = 1; reached; nth++) {
			struct seen seen = { .count = 0 };
			struct vouch_journal *journal = NULL;
			enum vouch_error_code code;

			fixture_write(it, "journal", text, length - 5);
			fixture_fail(nth, once);
			code = vouch__journal_open(&it->config, 1, &journal,
						   &it->error);
			if (code == VOUCH_OK)
				code = append(it, journal, "grant", "new");
			reached = calls >= nth;
			if (reached)
				assert_int_not_equal(code, VOUCH_OK);
			else
				assert_int_equal(code, VOUCH_OK);
			fixture_heal();
			if (journal && code != VOUCH_OK && code != VOUCH_E_BUSY)
				assert_int_equal(append(it, journal, "grant",
							"again"),
						 VOUCH_E_IO);
			vouch__journal_close(journal);
			assert_int_equal(visit(it, &seen, NULL), VOUCH_OK);
			/* With a dead disk the cutting back fails as well:
			 * then the record may stand there, whole. */
			assert_true(seen.count == 2 ||
				    (seen.count == 3 && (!once || !reached)));
			if (!reached)
				assert_int_equal(seen.count, 3);
			journal = open_journal(it, 1);
			assert_int_equal(append(it, journal, "grant", "next"),
					 VOUCH_OK);
			vouch__journal_close(journal);
		}
		assert_true(nth > 5);
	}
	free(text);
}

static int syncs_until_failure, writes_after_failure;

static int sync_failing_once(int fd)
{
	if (--syncs_until_failure == 0) {
		errno = EIO;
		return -1;
	}
	return fsync(fd);
}

static ssize_t write_counted(int fd, const void *data, size_t length,
			     off_t offset)
{
	writes_after_failure += syncs_until_failure <= 0;
	return pwrite(fd, data, length, offset);
}

/* P6-F2. The kernel reports it once and drops what it could not write: an fsync
 * that works afterwards says nothing of it. So there is no second try. */
static void an_fsync_that_failed_is_final(void **state)
{
	struct fixture *it = *state;
	struct vouch_syscalls failing = vouch__syscalls_real;
	struct vouch_journal *journal;
	struct seen seen;
	size_t length;
	int nth;

	failing.fsync = sync_failing_once;
	failing.pwrite = write_counted;
	free(three(it, &length));
	for (nth = 1; nth <= 2; nth++) {
		journal = open_journal(it, 1);
		vouch__syscalls = &failing;
		syncs_until_failure = nth;
		writes_after_failure = 0;
		assert_int_equal(append(it, journal, "grant", "lost"),
				 VOUCH_E_IO);
		assert_int_equal(append(it, journal, "grant", "again"),
				 VOUCH_E_IO);
		assert_non_null(strstr(it->error.text, "failed before"));
		assert_int_equal(writes_after_failure, 0);
		fixture_heal();
		vouch__journal_close(journal);
		seen = (struct seen){ .count = 0 };
		assert_int_equal(visit(it, &seen, NULL), VOUCH_OK);
		assert_int_equal(seen.count, 3);
	}
}

static void two_writers_number_their_records_in_one_row(void **state)
{
	struct fixture *it = *state;
	struct seen seen = { .count = 0 };
	struct vouch_journal *journal = open_journal(it, 1);
	int status, i;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct vouch_journal *own = NULL;
		int bad = vouch__journal_open(&it->config, 1, &own,
					      &it->error) != VOUCH_OK;

		for (i = 0; !bad && i < 20; i++)
			bad = append(it, own, "grant", "child") != VOUCH_OK;
		_exit(bad);
	}
	for (i = 0; i < 20; i++)
		assert_int_equal(append(it, journal, "grant", "parent"), VOUCH_OK);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	vouch__journal_close(journal);
	assert_int_equal(visit(it, &seen, NULL), VOUCH_OK);
	assert_int_equal(seen.count, 40);
}

static size_t bytes_read;

static ssize_t counting_pread(int fd, void *data, size_t length, off_t offset)
{
	ssize_t count = pread(fd, data, length, offset);

	if (count > 0)
		bytes_read += (size_t)count;
	return count;
}

static void a_recent_record_does_not_cost_the_whole_journal(void **state)
{
	struct fixture *it = *state;
	struct vouch_syscalls counting = vouch__syscalls_real;
	struct seen seen = { .stop_after = 1 };
	struct vouch_journal *journal = open_journal(it, 1);
	char *big = calloc(1, 300000);
	int i;

	memset(big, 'x', 299999);
	for (i = 0; i < 12; i++)
		assert_int_equal(append(it, journal, "decision", big), VOUCH_OK);
	assert_int_equal(append(it, journal, "grant", "small"), VOUCH_OK);
	vouch__journal_close(journal);
	free(big);
	counting.pread = counting_pread;
	vouch__syscalls = &counting;
	bytes_read = 0;
	assert_int_equal(visit(it, &seen, "grant"), VOUCH_OK);
	assert_true(seen.sequences[0] >= 13);
	assert_true(bytes_read <= 65536);
	seen = (struct seen){ .stop_after = 0 };
	assert_int_equal(visit(it, &seen, "decision"), VOUCH_OK);
	assert_int_equal(seen.count, 12);
}

static void a_linked_journal_is_refused(void **state)
{
	struct fixture *it = *state;
	struct vouch_journal *journal;
	char other[128];
	size_t length;

	free(three(it, &length));
	(void)snprintf(other, sizeof(other), "%s/other", it->base);
	assert_int_equal(rename(fixture_path(it, "journal"), other), 0);
	assert_int_equal(symlink(other, fixture_path(it, "journal")), 0);
	assert_int_equal(vouch__journal_open(&it->config, 0, &journal, &it->error),
			 VOUCH_E_PERMISSION);
	assert_int_equal(vouch__journal_open(&it->config, 1, &journal, &it->error),
			 VOUCH_E_PERMISSION);
	assert_null(journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(records_come_back_newest_first),
		fixture_test(find_takes_the_newest_that_fits),
		fixture_test(a_run_ends_with_the_first_other_record),
		fixture_test(a_bad_record_in_a_run_is_said),
		fixture_test(a_missing_journal_is_empty_for_a_reader),
		fixture_test(a_reader_cannot_append),
		fixture_test(a_torn_tail_is_replaced),
		fixture_test(zeros_at_the_end_are_a_torn_tail),
		fixture_test(a_flipped_bit_is_corruption),
		fixture_test(good_records_are_read_around_a_bad_one),
		fixture_test(a_removed_record_is_corruption),
		fixture_test(a_failed_call_loses_nothing),
		fixture_test(an_fsync_that_failed_is_final),
		fixture_test(two_writers_number_their_records_in_one_row),
		fixture_test(a_recent_record_does_not_cost_the_whole_journal),
		fixture_test(a_linked_journal_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
