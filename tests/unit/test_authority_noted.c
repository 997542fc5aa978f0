/* SPDX-License-Identifier: GPL-2.0-or-later */
/* P6-S1, amnesia: what one node noted of the others is not forgotten, not lowered
 * and not made up. This node is n1 of n1, n2 and n3. */
#include <time.h>

#include "state_fixture.h"

#include "authority/incarnation.h"
#include "authority/noted.h"
#include "authority/snapshot.h"
#include "cluster/cluster.h"

enum { N1, N2, N3, NODES };

static int setup(void **state)
{
	struct fixture *it;
	uint32_t i;

	if (fixture_setup(state) != 0)
		return -1;
	it = *state;
	it->config.member_count = NODES;
	for (i = 0; i < NODES; i++)
		(void)snprintf(it->config.members[i].name, VOUCH_NAME_SIZE,
			       "n%u", i + 1);
	return 0;
}

static struct vouch_probe standby(const char *incarnation, uint32_t timeline,
				  uint64_t replayed)
{
	struct vouch_probe probe = { .condition = VOUCH_PRESENT,
				     .in_recovery = VOUCH_YES,
				     .log_exhausted = VOUCH_YES,
				     .timeline = timeline,
				     .received_lsn = replayed + 0x100,
				     .replayed_lsn = replayed };

	(void)snprintf(probe.incarnation, VOUCH_NAME_SIZE, "%s", incarnation);
	if (timeline > 1) {
		probe.history_count = 1;
		probe.history[0].timeline = timeline - 1;
		probe.history[0].end_lsn = 1;
	}
	return probe;
}

/* On the timeline after 3, which ended at `fork`. */
static struct vouch_probe after(const char *incarnation, uint32_t timeline,
				uint64_t fork, uint64_t replayed)
{
	struct vouch_probe probe = standby(incarnation, timeline, replayed);

	probe.history[0].timeline = 3;
	probe.history[0].end_lsn = fork;
	return probe;
}

static enum vouch_error_code raise(struct fixture *it, uint32_t node,
				   struct vouch_probe probe)
{
	struct vouch_probe probes[NODES] = { 0 };

	probes[node] = probe;
	return vouch__noted_raise(&it->config, probes, &it->error);
}

static struct vouch_noted note_of(struct fixture *it, uint32_t node)
{
	struct vouch_noted noted[NODES];

	assert_int_equal(vouch__noted_read(&it->config, noted, &it->error),
			 VOUCH_OK);
	return noted[node];
}

static void is_at(struct fixture *it, const char *incarnation, uint32_t timeline,
		  uint64_t lsn)
{
	struct vouch_noted note = note_of(it, N2);

	assert_int_equal(note.condition, VOUCH_PRESENT);
	assert_string_equal(note.incarnation, incarnation);
	assert_int_equal(note.timeline, timeline);
	assert_int_equal(note.lsn, lsn);
}

static void who_never_looked_has_no_notes(void **state)
{
	uint32_t i;

	for (i = 0; i < NODES; i++)
		assert_int_equal(note_of(*state, i).condition, VOUCH_ABSENT);
}

/* What was received may end in the middle of a record, and be less after a
 * restart; what was replayed is there again. */
static void what_was_replayed_is_noted(void **state)
{
	assert_int_equal(raise(*state, N2, standby("i2", 3, 0x5000)), VOUCH_OK);
	is_at(*state, "i2", 3, 0x5000);
	assert_int_equal(note_of(*state, N3).condition, VOUCH_ABSENT);
	assert_int_equal(raise(*state, N3, standby("i3", 3, 0x4000)), VOUCH_OK);
	is_at(*state, "i2", 3, 0x5000);
	assert_int_equal(note_of(*state, N3).lsn, 0x4000);
}

static void a_note_is_never_lowered(void **state)
{
	assert_int_equal(raise(*state, N2, standby("i2", 3, 0x5000)), VOUCH_OK);
	assert_int_equal(raise(*state, N2, standby("i2", 3, 0x4000)), VOUCH_OK);
	is_at(*state, "i2", 3, 0x5000);
	assert_int_equal(raise(*state, N2, standby("i2", 2, 0x9000)), VOUCH_OK);
	is_at(*state, "i2", 3, 0x5000);
	assert_int_equal(raise(*state, N2, standby("i2", 3, 0x6000)), VOUCH_OK);
	is_at(*state, "i2", 3, 0x6000);
	assert_int_equal(raise(*state, N2, after("i2", 4, 0x6000, 0x6800)),
			 VOUCH_OK);
	is_at(*state, "i2", 4, 0x6800);
}

/* A log that went another way, by a promotion that nobody granted for instance,
 * lacks what was noted: the note stays, which is what objects to it. */
static void a_higher_timeline_does_not_hide_a_note(void **state)
{
	assert_int_equal(raise(*state, N2, standby("i2", 3, 0x6000)), VOUCH_OK);
	assert_int_equal(raise(*state, N2, after("i2", 4, 0x5800, 0x9000)),
			 VOUCH_OK);
	is_at(*state, "i2", 3, 0x6000);
	assert_int_equal(raise(*state, N2, standby("i2", 4, 0x9000)), VOUCH_OK);
	is_at(*state, "i2", 3, 0x6000);
}

static void another_life_has_a_note_of_its_own(void **state)
{
	assert_int_equal(raise(*state, N2, standby("i2", 3, 0x5000)), VOUCH_OK);
	assert_int_equal(raise(*state, N2, standby("j2", 3, 0x4000)), VOUCH_OK);
	is_at(*state, "j2", 3, 0x4000);
}

static void nothing_is_noted_of_an_answer_that_does_not_say(void **state)
{
	struct vouch_probe probe;

	probe = standby("i2", 3, 0x5000);
	probe.condition = VOUCH_MALFORMED;
	assert_int_equal(raise(*state, N2, probe), VOUCH_OK);
	probe = standby("i2", 3, 0x5000);
	probe.in_recovery = VOUCH_NO;
	assert_int_equal(raise(*state, N2, probe), VOUCH_OK);
	probe.in_recovery = VOUCH_UNKNOWN;
	assert_int_equal(raise(*state, N2, probe), VOUCH_OK);
	probe = standby("i2", 3, 0x5000);
	probe.log_exhausted = VOUCH_UNKNOWN;
	assert_int_equal(raise(*state, N2, probe), VOUCH_OK);
	assert_int_equal(raise(*state, N2, standby("", 3, 0x5000)), VOUCH_OK);
	assert_int_equal(raise(*state, N2, standby("i2", 0, 0x5000)), VOUCH_OK);
	assert_int_equal(raise(*state, N2, standby("i2", 3, 0)), VOUCH_OK);
	/* Its own position is its mark. */
	assert_int_equal(raise(*state, N1, standby("i1", 3, 0x5000)), VOUCH_OK);
	who_never_looked_has_no_notes(state);
	assert_int_equal(access(fixture_path(*state, "noted"), F_OK), -1);
}

/* Every byte of the file in turn: whoever reads it knows that it says nothing,
 * and nobody writes over it. */
static void unreadable_notes_say_so_and_stay(void **state)
{
	struct fixture *it = *state;
	struct vouch_noted noted[NODES];
	size_t length, at, after;
	char *text, *now;

	assert_int_equal(raise(it, N2, standby("i2", 3, 0x5000)), VOUCH_OK);
	text = fixture_read(it, "noted", &length);
	for (at = 0; at < length; at++) {
		text[at] = (char)(text[at] ^ 1);
		fixture_write(it, "noted", text, length);
		if (vouch__noted_read(&it->config, noted, &it->error) == VOUCH_OK)
			fail_msg("byte %zu passed", at);
		assert_int_equal(noted[N1].condition, VOUCH_ABSENT);
		assert_int_equal(noted[N2].condition, VOUCH_MALFORMED);
		assert_int_equal(noted[N3].condition, VOUCH_MALFORMED);
		assert_int_not_equal(raise(it, N2, standby("i2", 3, 0x6000)),
				     VOUCH_OK);
		now = fixture_read(it, "noted", &after);
		assert_int_equal(after, length);
		assert_memory_equal(now, text, length);
		free(now);
		text[at] = (char)(text[at] ^ 1);
	}
	fixture_write(it, "noted", text, length);
	free(text);
	is_at(it, "i2", 3, 0x5000);
}

static void content(struct fixture *it, const char *text)
{
	struct json_object *json;

	assert_int_equal(vouch__json_parse(text, strlen(text), &json, &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__state_write(&it->config, "noted", json,
					    &it->error),
			 VOUCH_OK);
	json_object_put(json);
}

static void notes_without_a_value_are_malformed(void **state)
{
	static const char *const texts[] = {
		"{}",
		"{\"nodes\":[]}",
		"{\"nodes\":{\"n2\":1}}",
		"{\"nodes\":{\"n2\":{\"incarnation\":\"i2\",\"timeline\":3}}}",
		"{\"nodes\":{\"n2\":{\"incarnation\":\"\",\"timeline\":3,\"lsn\":9}}}",
		"{\"nodes\":{\"n2\":{\"incarnation\":\"i2\",\"timeline\":0,\"lsn\":9}}}",
		"{\"nodes\":{\"n2\":{\"incarnation\":\"i2\",\"timeline\":3,\"lsn\":0}}}",
		"{\"nodes\":{\"n2\":{\"incarnation\":\"i2\",\"timeline\":3,\"lsn\":-1}}}",
	};
	struct fixture *it = *state;
	struct vouch_noted noted[NODES];
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		content(it, texts[i]);
		if (vouch__noted_read(&it->config, noted, &it->error) == VOUCH_OK)
			fail_msg("%s passed", texts[i]);
		assert_int_equal(noted[N2].condition, VOUCH_MALFORMED);
		assert_int_equal(noted[N2].lsn, 0);
	}
	/* Who is no member any more has no say. */
	content(it, "{\"nodes\":{\"n9\":1}}");
	who_never_looked_has_no_notes(state);
}

static void age(struct fixture *it, time_t seconds)
{
	struct timespec times[2] = { { .tv_sec = time(NULL) - seconds },
				     { .tv_sec = time(NULL) - seconds } };

	assert_int_equal(utimensat(AT_FDCWD, fixture_path(it, "noted"), times, 0),
			 0);
}

/* Also when there was no news; a clock that was set back delays nobody. */
static void a_look_is_due_once_in_a_while(void **state)
{
	struct fixture *it = *state;

	assert_true(vouch__noted_is_due(&it->config));
	assert_int_equal(raise(it, N2, standby("i2", 3, 0x5000)), VOUCH_OK);
	assert_false(vouch__noted_is_due(&it->config));
	age(it, VOUCH_NOTED_EVERY_S);
	assert_true(vouch__noted_is_due(&it->config));
	assert_int_equal(raise(it, N2, standby("i2", 3, 0x5000)), VOUCH_OK);
	assert_false(vouch__noted_is_due(&it->config));
	age(it, -3600);
	assert_true(vouch__noted_is_due(&it->config));
	fixture_write(it, "noted", "{", 1);
	age(it, VOUCH_NOTED_EVERY_S);
	assert_int_not_equal(raise(it, N2, standby("i2", 3, 0x6000)), VOUCH_OK);
	assert_true(vouch__noted_is_due(&it->config));
}

/* P6-A1: and so is the question to the fencer, apart from it: a deeper monitor looks at
 * the others each time. Nobody is there to be asked without a cluster manager. */
static void the_fencer_is_asked_once_in_a_while(void **state)
{
	struct fixture *it = *state;
	struct timespec times[2] = { { 0, 0 } };

	assert_true(vouch__snapshot_is_due(&it->config));
	assert_int_equal(vouch__snapshot_asked(&it->config, &it->error), VOUCH_OK);
	assert_false(vouch__snapshot_is_due(&it->config));
	times[0].tv_sec = times[1].tv_sec = time(NULL) - VOUCH_SNAPSHOT_EVERY_S;
	assert_int_equal(utimensat(AT_FDCWD, fixture_path(it, "asked"), times, 0),
			 0);
	assert_true(vouch__snapshot_is_due(&it->config));
	assert_int_equal(raise(it, N2, standby("i2", 3, 0x5000)), VOUCH_OK);
	assert_true(vouch__snapshot_is_due(&it->config));
	(void)snprintf(it->config.manager, sizeof(it->config.manager), "none");
	assert_false(vouch__snapshot_is_due(&it->config));
}

static void a_failed_call_leaves_the_old_notes(void **state)
{
	struct fixture *it = *state;
	enum vouch_error_code code;
	int nth, reached = 1;

	assert_int_equal(raise(it, N2, standby("i2", 3, 0x5000)), VOUCH_OK);
	for (nth = 1; reached; nth++) {
		fixture_fail(nth, 1);
		code = raise(it, N2, standby("i2", 3, 0x5000 + (uint64_t)nth));
		reached = calls >= nth;
		fixture_heal();
		if (reached)
			assert_int_not_equal(code, VOUCH_OK);
		else
			assert_int_equal(code, VOUCH_OK);
		assert_true(note_of(it, N2).condition == VOUCH_PRESENT &&
			    note_of(it, N2).lsn >= 0x5000);
	}
	assert_true(nth > 5);
}

/* --- between nodes --- */

static struct vouch_noted told_of(struct fixture *it, const char *text,
				  uint32_t node, enum vouch_error_code code)
{
	struct vouch_noted noted[NODES];

	assert_int_equal(vouch__noted_told(&it->config, text, noted,
					   &it->error) == VOUCH_OK,
			 code == VOUCH_OK);
	return noted[node];
}

/* What one node says is what another one reads. */
static void what_is_told_is_what_was_noted(void **state)
{
	struct fixture *it = *state;
	struct vouch_noted note;
	char text[VOUCH_NOTES_SIZE], little[20];

	assert_int_equal(vouch__noted_text(&it->config, text, sizeof(text),
					   &it->error),
			 VOUCH_OK);
	assert_string_equal(text, "");
	assert_int_equal(raise(it, N2, standby("i2", 3, 0x5000)), VOUCH_OK);
	assert_int_equal(raise(it, N3, standby("i3", 3, 0x6000)), VOUCH_OK);
	assert_int_equal(vouch__noted_text(&it->config, text, sizeof(text),
					   &it->error),
			 VOUCH_OK);
	note = told_of(it, text, N2, VOUCH_OK);
	assert_int_equal(note.condition, VOUCH_PRESENT);
	assert_string_equal(note.incarnation, "i2");
	assert_int_equal(note.timeline, 3);
	assert_int_equal(note.lsn, 0x5000);
	assert_int_equal(told_of(it, text, N3, VOUCH_OK).condition, VOUCH_PRESENT);
	assert_int_equal(told_of(it, text, N1, VOUCH_OK).condition, VOUCH_ABSENT);
	assert_int_equal(vouch__noted_text(&it->config, little, sizeof(little),
					   &it->error),
			 VOUCH_E_LIMIT);
	assert_string_equal(little, "");
}

/* The mark: a server that went over to a log that lacks it still answers as the same. */
static void what_the_own_log_had_is_told(void **state)
{
	static const struct vouch_mark mark = { 3, 0x7000 };
	struct fixture *it = *state;
	struct vouch_directory directory = { .system_id = 7,
					     .identity = "d1",
					     .timeline = 3,
					     .log_end = 0x6000 };
	char incarnation[VOUCH_NAME_SIZE], text[VOUCH_NOTES_SIZE];
	struct vouch_noted note, none = { 0 };
	struct vouch_probe probe;

	assert_int_equal(vouch__incarnation_settle(&it->config, &directory,
						   incarnation, NULL, &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__mark_raise(&it->config, mark, NULL, 0,
					   &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__noted_text(&it->config, text, sizeof(text),
					   &it->error),
			 VOUCH_OK);
	note = told_of(it, text, N1, VOUCH_OK);
	assert_int_equal(note.condition, VOUCH_PRESENT);
	assert_string_equal(note.incarnation, incarnation);
	assert_int_equal(note.timeline, 3);
	assert_int_equal(note.lsn, 0x7000);
	/* It is not kept among what was seen of others. */
	assert_int_equal(note_of(it, N1).condition, VOUCH_ABSENT);
	/* It objects to what went over below it. */
	probe = after(incarnation, 4, 0x6fff, 0x9000);
	vouch__noted_merge(&none, &note, &probe);
	assert_int_equal(none.lsn, 0x7000);
	/* What is damaged is not told. */
	fixture_write(it, "mark", "rubbish\n", 8);
	assert_int_equal(vouch__noted_text(&it->config, text, sizeof(text),
					   &it->error),
			 VOUCH_OK);
	assert_string_equal(text, "");
}

static void told_nonsense_is_malformed(void **state)
{
	static const char *const texts[] = {
		"", "unreadable", "[]", "{}", "{\"nodes\":1}", "{\"nodes\":{\"n2\":{}}}",
		"{\"nodes\":{\"n2\":{\"incarnation\":\"i2\",\"timeline\":3,"
		"\"lsn\":\"9\"}}}",
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(told_of(*state, texts[i], N1, VOUCH_E_MALFORMED)
					 .condition,
				 VOUCH_MALFORMED);
		assert_int_equal(told_of(*state, texts[i], N2, VOUCH_E_MALFORMED)
					 .condition,
				 VOUCH_MALFORMED);
		assert_int_equal(told_of(*state, texts[i], N3, VOUCH_E_MALFORMED)
					 .condition,
				 VOUCH_MALFORMED);
	}
}

static struct vouch_noted a_note(enum vouch_condition condition,
				 const char *incarnation, uint32_t timeline,
				 uint64_t lsn)
{
	struct vouch_noted note = { .condition = condition,
				    .timeline = timeline, .lsn = lsn };

	(void)snprintf(note.incarnation, VOUCH_NAME_SIZE, "%s", incarnation);
	return note;
}

/* From the one that objects to most down; merged in either order, the former of
 * any two is what is left. */
static void of_two_notes_the_stricter_one_counts(void **state)
{
	/* Timeline 4 began at 0x850 of timeline 3. */
	struct vouch_probe probe = after("i2", 4, 0x850, 0x900);
	struct vouch_noted notes[] = {
		a_note(VOUCH_MALFORMED, "", 0, 0),
		a_note(VOUCH_PRESENT, "i2", 5, 0x100),
		a_note(VOUCH_PRESENT, "i2", 3, 0x990),
		a_note(VOUCH_PRESENT, "i2", 3, 0x900),
		a_note(VOUCH_PRESENT, "i2", 4, 0x100),
		a_note(VOUCH_PRESENT, "i2", 3, 0x840),
		a_note(VOUCH_PRESENT, "i2", 3, 0x800),
		a_note(VOUCH_PRESENT, "j2", 9, 0x900),
		a_note(VOUCH_ABSENT, "", 0, 0),
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		for (j = i; j < sizeof(notes) / sizeof(notes[0]); j++) {
			struct vouch_noted one = notes[i], other = notes[j];

			vouch__noted_merge(&one, &notes[j], &probe);
			vouch__noted_merge(&other, &notes[i], &probe);
			assert_memory_equal(&one, &notes[i], sizeof(one));
			assert_memory_equal(&other, &notes[i], sizeof(other));
		}
	}
}

#define noted_test(f) cmocka_unit_test_setup_teardown(f, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		noted_test(who_never_looked_has_no_notes),
		noted_test(what_was_replayed_is_noted),
		noted_test(a_note_is_never_lowered),
		noted_test(a_higher_timeline_does_not_hide_a_note),
		noted_test(another_life_has_a_note_of_its_own),
		noted_test(nothing_is_noted_of_an_answer_that_does_not_say),
		noted_test(unreadable_notes_say_so_and_stay),
		noted_test(notes_without_a_value_are_malformed),
		noted_test(what_is_told_is_what_was_noted),
		noted_test(what_the_own_log_had_is_told),
		noted_test(told_nonsense_is_malformed),
		noted_test(of_two_notes_the_stricter_one_counts),
		noted_test(a_look_is_due_once_in_a_while),
		noted_test(the_fencer_is_asked_once_in_a_while),
		noted_test(a_failed_call_leaves_the_old_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
