/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state_fixture.h"

#include "authority/incarnation.h"
#include "authority/journal.h"

/* A standby on timeline 3, which branched off 2 at 0x5000, 2 off 1 at 0x3000. */
static struct vouch_directory directory_of(void)
{
	struct vouch_directory directory = { .system_id = 7000000000000000001,
					     .timeline = 3,
					     .log_end = 0x8000,
					     .history_count = 2 };

	(void)snprintf(directory.identity, VOUCH_TEXT_SIZE, "dev1:ino2:born3");
	directory.history[0] = (struct vouch_switch){ 1, 0x3000 };
	directory.history[1] = (struct vouch_switch){ 2, 0x5000 };
	return directory;
}

static char why[VOUCH_TEXT_SIZE];

static void settle(struct fixture *it, const struct vouch_directory *directory,
		   char *incarnation)
{
	assert_int_equal(vouch__incarnation_settle(&it->config, directory,
						   incarnation, why, &it->error),
			 VOUCH_OK);
	assert_true(incarnation[0] != '\0');
}

/* Settles twice; 1 when the first one began a new life. The second never may. */
static int is_renewed(struct fixture *it, const struct vouch_directory *directory,
		      const char *old)
{
	char now[VOUCH_NAME_SIZE], again[VOUCH_NAME_SIZE];
	int renewed;

	settle(it, directory, now);
	renewed = strcmp(now, old) != 0;
	assert_int_equal(renewed, why[0] != '\0');
	settle(it, directory, again);
	assert_string_equal(now, again);
	assert_string_equal(why, "");
	return renewed;
}

/* Timelines 1 and 2 as above, and each after that from the end of the one before. */
static const struct vouch_switch ancestors[] = { { 1, 0x3000 }, { 2, 0x5000 },
						 { 3, 0x8000 } };

static enum vouch_error_code raise(struct fixture *it, uint32_t timeline,
				   uint64_t lsn, uint32_t count)
{
	const struct vouch_mark to = { timeline, lsn };

	return vouch__mark_raise(&it->config, to, ancestors, count, &it->error);
}

static void mark(struct fixture *it, uint32_t timeline, uint64_t lsn)
{
	assert_int_equal(raise(it, timeline, lsn, 3), VOUCH_OK);
}

static void the_first_one_is_new_and_then_kept(void **state)
{
	struct fixture *it = *state;
	struct vouch_directory directory = directory_of();
	char first[VOUCH_NAME_SIZE], read[VOUCH_NAME_SIZE];

	assert_int_equal(vouch__incarnation_read(&it->config, read, &it->error),
			 VOUCH_E_NOT_FOUND);
	settle(it, &directory, first);
	assert_true(why[0] != '\0');
	assert_int_equal(is_renewed(it, &directory, first), 0);
	assert_int_equal(vouch__incarnation_read(&it->config, read, &it->error),
			 VOUCH_OK);
	assert_string_equal(read, first);
	mark(it, 3, 0x8000);
	assert_int_equal(is_renewed(it, &directory, first), 0);
	directory.log_end = 0x9000;
	assert_int_equal(is_renewed(it, &directory, first), 0);
}

static void another_directory_renews(void **state)
{
	struct vouch_directory directory = directory_of();
	char first[VOUCH_NAME_SIZE];

	settle(*state, &directory, first);
	(void)snprintf(directory.identity, VOUCH_TEXT_SIZE, "dev1:ino2:born4");
	assert_int_equal(is_renewed(*state, &directory, first), 1);
}

static void another_system_renews(void **state)
{
	struct vouch_directory directory = directory_of();
	char first[VOUCH_NAME_SIZE];

	settle(*state, &directory, first);
	directory.system_id++;
	assert_int_equal(is_renewed(*state, &directory, first), 1);
}

static void another_node_renews(void **state)
{
	struct fixture *it = *state;
	struct vouch_directory directory = directory_of();
	char first[VOUCH_NAME_SIZE];

	settle(it, &directory, first);
	(void)snprintf(it->config.node, VOUCH_NAME_SIZE, "n2");
	assert_int_equal(is_renewed(it, &directory, first), 1);
}

static void another_machine_renews(void **state)
{
	struct fixture *it = *state;
	struct vouch_directory directory = directory_of();
	char first[VOUCH_NAME_SIZE];
	struct json_object *json;

	settle(it, &directory, first);
	assert_int_equal(vouch__state_read(&it->config, "incarnation", &json,
					   &it->error),
			 VOUCH_OK);
	json_object_object_del(json, "machine");
	assert_int_equal(vouch__json_put_text(json, "machine", "elsewhere"), 0);
	assert_int_equal(vouch__state_write(&it->config, "incarnation", json,
					    &it->error),
			 VOUCH_OK);
	json_object_put(json);
	assert_int_equal(is_renewed(it, &directory, first), 1);
}

static void a_log_below_the_mark_renews(void **state)
{
	struct vouch_directory directory = directory_of();
	char first[VOUCH_NAME_SIZE];
	struct vouch_mark now;
	struct fixture *it = *state;

	settle(it, &directory, first);
	mark(it, 3, 0x8001);
	assert_int_equal(is_renewed(it, &directory, first), 1);
	/* The new life's mark is where its log ends. */
	assert_int_equal(vouch__mark_read(&it->config, &now, &it->error), 0);
	assert_true(now.timeline == 3 && now.lsn == 0x8000);
}

static void a_mark_on_an_ancestor_up_to_its_switch_point_is_kept(void **state)
{
	struct vouch_directory directory = directory_of();
	char first[VOUCH_NAME_SIZE];

	directory.timeline = 2;
	directory.log_end = 0x4000;
	directory.history_count = 1;
	settle(*state, &directory, first);
	mark(*state, 2, 0x5000);
	directory = directory_of();
	assert_int_equal(is_renewed(*state, &directory, first), 0);
}

static void a_mark_on_an_ancestor_beyond_its_switch_point_renews(void **state)
{
	struct vouch_directory directory = directory_of();
	char first[VOUCH_NAME_SIZE];

	directory.timeline = 2;
	directory.log_end = 0x4000;
	directory.history_count = 1;
	settle(*state, &directory, first);
	mark(*state, 2, 0x5001);
	directory = directory_of();
	assert_int_equal(is_renewed(*state, &directory, first), 1);
}

static void a_mark_on_a_timeline_that_is_no_ancestor_renews(void **state)
{
	struct vouch_directory directory = directory_of();
	char first[VOUCH_NAME_SIZE];

	settle(*state, &directory, first);
	mark(*state, 4, 0x10);
	assert_int_equal(is_renewed(*state, &directory, first), 1);
}

/* Damage is a reason to renew, never one to keep. */
static void unreadable_records_renew(void **state)
{
	static const char *const names[] = { "incarnation", "mark" };
	struct fixture *it = *state;
	struct vouch_directory directory = directory_of();
	char now[VOUCH_NAME_SIZE];
	size_t length, i;
	char *text;

	for (i = 0; i < 2; i++) {
		settle(it, &directory, now);
		text = fixture_read(it, names[i], &length);
		fixture_write(it, names[i], text, length / 2);
		free(text);
		assert_int_equal(is_renewed(it, &directory, now), 1);
		settle(it, &directory, now);
		fixture_write(it, names[i], "", 0);
		assert_int_equal(is_renewed(it, &directory, now), 1);
		settle(it, &directory, now);
		assert_int_equal(unlink(fixture_path(it, names[i])), 0);
		assert_int_equal(is_renewed(it, &directory, now), 1);
	}
}

static void an_unknown_directory_is_an_error(void **state)
{
	struct fixture *it = *state;
	struct vouch_directory directory;
	char now[VOUCH_NAME_SIZE];
	int i;

	for (i = 0; i < 4; i++) {
		directory = directory_of();
		if (i == 0)
			directory.system_id = 0;
		else if (i == 1)
			directory.identity[0] = '\0';
		else if (i == 2)
			directory.timeline = 0;
		else
			directory.log_end = 0;
		assert_int_equal(vouch__incarnation_settle(&it->config, &directory,
							   now, why, &it->error),
				 VOUCH_E_STATE);
		assert_string_equal(now, "");
	}
}

static void each_renewal_is_journalled(void **state)
{
	struct fixture *it = *state;
	struct vouch_directory directory = directory_of();
	struct vouch_journal *journal;
	struct json_object *record;
	char now[VOUCH_NAME_SIZE], text[VOUCH_NAME_SIZE];

	settle(it, &directory, now);
	directory.system_id++;
	settle(it, &directory, now);
	assert_int_equal(vouch__journal_open(&it->config, 0, &journal, &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__journal_find(journal, VOUCH_RECORD_INCARNATION,
					     NULL, NULL, &record, &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__json_get_text(record, "incarnation", text,
					      sizeof(text), &it->error),
			 VOUCH_OK);
	assert_string_equal(text, now);
	json_object_put(record);
	vouch__journal_close(journal);
}

/* A log that ends below the mark, and each call fails in turn: the old
 * incarnation must never come back afterwards. */
static void a_crash_while_renewing_never_keeps_the_old_one(void **state)
{
	struct fixture *it = *state;
	struct vouch_directory directory = directory_of();
	char old[VOUCH_NAME_SIZE], now[VOUCH_NAME_SIZE];
	int nth, reached = 1;

	for (nth = 1; reached; nth++) {
		enum vouch_error_code code;

		directory = directory_of();
		settle(it, &directory, old);
		mark(it, 3, 0x9000);
		fixture_fail(nth, 0);
		code = vouch__incarnation_settle(&it->config, &directory, now, why,
						 &it->error);
		reached = calls >= nth;
		fixture_heal();
		assert_int_equal(code == VOUCH_OK, !reached);
		settle(it, &directory, now);
		assert_string_not_equal(now, old);
	}
	assert_true(nth > 15);
}

static void mark_is(struct fixture *it, uint32_t timeline, uint64_t lsn)
{
	struct vouch_mark now;

	assert_int_equal(vouch__mark_read(&it->config, &now, &it->error), VOUCH_OK);
	assert_int_equal(now.timeline, timeline);
	assert_int_equal(now.lsn, lsn);
}

static void the_mark_only_rises(void **state)
{
	struct fixture *it = *state;
	struct vouch_mark now;

	assert_int_equal(vouch__mark_read(&it->config, &now, &it->error),
			 VOUCH_E_NOT_FOUND);
	mark(it, 2, 0x500);
	mark(it, 2, 0x400);
	mark(it, 1, 0x900);
	mark_is(it, 2, 0x500);
	mark(it, 2, 0x5000);
	mark(it, 3, 0x10);
	mark_is(it, 3, 0x10);
	assert_int_equal(raise(it, 0, 1, 3), VOUCH_E_ARGUMENT);
	assert_int_equal(raise(it, 1, 0, 3), VOUCH_E_ARGUMENT);
}

/* Once it is there, nobody knows any more what was left out (P6-S1). */
static void the_mark_goes_to_no_timeline_that_left_it_out(void **state)
{
	struct fixture *it = *state;

	mark(it, 2, 0x5001);
	assert_int_equal(raise(it, 3, 0x9000, 2), VOUCH_E_CONFLICT);
	assert_int_equal(raise(it, 3, 0x9000, 1), VOUCH_E_CONFLICT);
	assert_int_equal(raise(it, 3, 0x9000, 0), VOUCH_E_CONFLICT);
	mark_is(it, 2, 0x5001);
	mark(it, 2, 0x6000);
	mark_is(it, 2, 0x6000);
}

static void a_corrupt_mark_is_not_written_over(void **state)
{
	struct fixture *it = *state;

	fixture_write(it, "mark", "rubbish\n", 8);
	assert_int_equal(raise(it, 9, 9, 3), VOUCH_E_CORRUPT);
}

/* An archive holds a newer timeline, whoever began it. */
static void a_log_that_lacks_what_it_had_is_told(void **state)
{
	struct fixture *it = *state;
	struct vouch_probe own = { .condition = VOUCH_PRESENT,
				   .in_recovery = VOUCH_YES,
				   .timeline = 4,
				   .replayed_lsn = 0x9000,
				   .history_count = 3,
				   .history = { { 1, 0x3000 },
						{ 2, 0x5000 },
						{ 3, 0x8000 } } };
	struct vouch_probe before = own;
	struct vouch_mark had;

	/* No mark: nothing can be told. */
	assert_int_equal(vouch__mark_is_left(&it->config, &own, &had),
			 VOUCH_UNKNOWN);
	mark(it, 3, 0x8000);
	assert_int_equal(vouch__mark_is_left(&it->config, &own, &had), VOUCH_NO);
	mark(it, 3, 0x8001);
	assert_int_equal(vouch__mark_is_left(&it->config, &own, &had),
			 VOUCH_YES);
	assert_int_equal(had.timeline, 3);
	assert_int_equal(had.lsn, 0x8001);
	/* The mark's timeline is not even an ancestor. */
	own.history[2].timeline = 2;
	own.history[1].timeline = 1;
	own.history[0] = own.history[1];
	own.history[1] = own.history[2];
	own.history_count = 2;
	assert_int_equal(vouch__mark_is_left(&it->config, &own, &had),
			 VOUCH_YES);
	/* The same timeline, read to its end, and that is too early. */
	own.timeline = 3;
	own.replayed_lsn = 0x8000;
	assert_int_equal(vouch__mark_is_left(&it->config, &own, &had), VOUCH_NO);
	own.log_exhausted = VOUCH_YES;
	assert_int_equal(vouch__mark_is_left(&it->config, &own, &had),
			 VOUCH_YES);
	own.replayed_lsn = 0x8001;
	assert_int_equal(vouch__mark_is_left(&it->config, &own, &had), VOUCH_NO);
	/* Still on its way through what it had, or no standby any more. */
	before.timeline = 2;
	before.history_count = 1;
	before.replayed_lsn = 0x4000;
	assert_int_equal(vouch__mark_is_left(&it->config, &before, &had),
			 VOUCH_NO);
	before = own;
	before.in_recovery = VOUCH_NO;
	assert_int_equal(vouch__mark_is_left(&it->config, &before, &had),
			 VOUCH_UNKNOWN);
	/* A history that cannot be, or is not there. */
	before = own;
	before.history[0].end_lsn = 0xa000;
	assert_int_equal(vouch__mark_is_left(&it->config, &before, &had),
			 VOUCH_UNKNOWN);
	before.history_count = 0;
	assert_int_equal(vouch__mark_is_left(&it->config, &before, &had),
			 VOUCH_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(the_first_one_is_new_and_then_kept),
		fixture_test(another_directory_renews),
		fixture_test(another_system_renews),
		fixture_test(another_node_renews),
		fixture_test(another_machine_renews),
		fixture_test(a_log_below_the_mark_renews),
		fixture_test(a_mark_on_an_ancestor_up_to_its_switch_point_is_kept),
		fixture_test(a_mark_on_an_ancestor_beyond_its_switch_point_renews),
		fixture_test(a_mark_on_a_timeline_that_is_no_ancestor_renews),
		fixture_test(unreadable_records_renew),
		fixture_test(an_unknown_directory_is_an_error),
		fixture_test(each_renewal_is_journalled),
		fixture_test(a_crash_while_renewing_never_keeps_the_old_one),
		fixture_test(the_mark_only_rises),
		fixture_test(the_mark_goes_to_no_timeline_that_left_it_out),
		fixture_test(a_corrupt_mark_is_not_written_over),
		fixture_test(a_log_that_lacks_what_it_had_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
