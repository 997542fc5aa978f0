/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a log ends that was cut off in the middle of a record, with what was in
 * its segments before still behind that (P6-S3, P6-S1): at the last complete
 * record, wherever the cut is. */
#include "wal_fixture.h"

#include "engines/postgresql/postgresql.h"

enum { RECORDS_MAX = 600, MIN_RECOVERY_AT = 136 };

static uint64_t ends[RECORDS_MAX], starts[RECORDS_MAX];
static unsigned int count;
/* What a recycled segment holds. */
static uint8_t stale[sizeof(image)];

static void put_and_keep(uint32_t length, uint8_t manager, uint8_t info)
{
	assert_true(count < RECORDS_MAX);
	starts[count] = record_put(length, manager, info);
	ends[count++] = write_at;
}

/* A log at its beginning, that goes on from one that is gone. */
static void log_begin(void)
{
	memset(image, 0, sizeof(image));
	write_at = SEGMENT;
	previous = SEGMENT - 64;
	count = 0;
}

/* Sizes of all kinds, records over several pages, and over a segment's end. */
static void log_make(void)
{
	log_begin();
	for (uint32_t i = 0; i < 150; i++)
		put_and_keep(24 + i * 37 % 700, 10, 0x10);
	put_and_keep(40000, 11, 0);
	put_and_keep(50, 10, 0x10);
	put_and_keep(24, VOUCH_PG_RMGR_XLOG, VOUCH_PG_XLOG_SWITCH);
	put_and_keep(SEGMENT - 100, 10, 0);
	for (uint32_t i = 0; i < 150; i++)
		put_and_keep(24 + i * 53 % 900, 10, 0x10);
}

/* The same records in the same places of their pages, with links into the past;
 * every checksum is right. */
static void stale_make(void (*make)(void))
{
	link_shift = SEGMENT / 2;
	make();
	link_shift = 0;
	memcpy(stale, image, sizeof(image));
	for (uint64_t page = 0; page < sizeof(stale); page += PAGE)
		put(stale + page + 8, SEGMENT / 2 + page, 8);
	make();
}

/* All from there on is as it was before. */
static void cut(uint64_t at, const uint8_t *behind)
{
	memcpy(byte_at(at), behind + (at - SEGMENT),
	       sizeof(image) - (at - SEGMENT));
	image_write();
}

static uint64_t whole_end(uint64_t lsn)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < count && ends[i] <= lsn; i++)
		end = ends[i];
	return end;
}

/* What of a switch record was not received is empty, and not missed. */
static uint64_t replay_end(uint64_t lsn)
{
	for (unsigned int i = 0; i < count; i++)
		if (starts[i] + 24 <= lsn && lsn < ends[i] &&
		    ends[i] == 2 * SEGMENT)
			return ends[i];
	return whole_end(lsn);
}

/* Small records, or the ends of a large one. */
static int is_dense(uint64_t at)
{
	for (unsigned int i = 0; i < count; i++)
		if (ends[i] + PAGE > at && at + PAGE > starts[i] &&
		    (at < starts[i] + PAGE || at + PAGE > ends[i]))
			return 1;
	return 0;
}

static void control_write(uint64_t min_recovery)
{
	uint8_t bytes[VOUCH_PG_CONTROL_SIZE] = { 0 };

	put(bytes, SYSTEM, 8);
	put(bytes + 8, 1300, 4);
	put(bytes + 16, VOUCH_PG_SHUT_DOWN, 4);
	put(bytes + 32, SEGMENT + 40, 8);
	put(bytes + 48, 1, 4);
	put(bytes + MIN_RECOVERY_AT, min_recovery, 8);
	put(bytes + MIN_RECOVERY_AT + 8, min_recovery != 0, 4);
	put(bytes + 224, PAGE, 4);
	put(bytes + 228, SEGMENT, 4);
	put(bytes + 288, vouch__crc32c(0, bytes, 288), 4);
	file_write("PG_VERSION", "15\n", 3);
	file_write("global/pg_control", bytes, sizeof(bytes));
}

static struct vouch_tail tail_of(uint64_t replayed)
{
	struct vouch_tail tail;

	assert_int_equal(vouch__pg_tail_observe(&config, 1, replayed, &tail,
						NULL), VOUCH_OK);
	return tail;
}

static void whole_is(uint64_t lsn, uint64_t end)
{
	uint32_t timeline;
	uint64_t whole;

	if (end == 0) {
		assert_int_equal(vouch__pg_whole_observe(&config, 1, lsn,
							 &timeline, &whole,
							 NULL),
				 VOUCH_E_NOT_FOUND);
		assert_true(timeline == 0 && whole == 0);
		return;
	}
	assert_int_equal(vouch__pg_whole_observe(&config, 1, lsn, &timeline,
						 &whole, NULL), VOUCH_OK);
	assert_int_equal(timeline, 1);
	assert_int_equal(whole, end);
}

/* Wherever the power went, and whatever is behind. */
static void every_cut_ends_at_a_whole_record(void **state)
{
	static uint8_t nothing[sizeof(image)];
	uint64_t at = SEGMENT + 64, stop, end;

	(void)state;
	control_write(0);
	stale_make(log_make);
	stop = write_at;
	assert_true(stop < (SEGMENTS + 1) * (uint64_t)SEGMENT);
	for (unsigned int n = 0; at < stop; n++) {
		log_make();
		cut(at, n % 2 ? stale : nothing);
		end = whole_end(at);
		whole_is(at, end);
		if (end != 0) {
			struct vouch_tail tail = tail_of(end);

			assert_int_equal(tail.condition, VOUCH_PRESENT);
			assert_int_equal(tail.end_lsn, replay_end(at));
			assert_int_equal(tail.timeline, 1);
		}
		/* What lies between is part of one record, and of no more. */
		if (end != 0 && replay_end(at) < at)
			assert_int_equal(vouch__pg_breaks_off(&config, 1, end, at),
					 VOUCH_YES);
		/* Nobody replays up to the middle of a record. */
		if (at != end)
			assert_int_equal(tail_of(at).condition, VOUCH_ABSENT);
		at += is_dense(at) ? 1000 + 8 * (n % 9) : 40 * PAGE;
	}
}

static void long_make(void)
{
	log_begin();
	put_and_keep(30, 10, 0x10);
	put_and_keep(5 * PAGE, 11, 0);
	put_and_keep(30, 10, 0x10);
}

static void a_long_record_is_cut_at_each_page(void **state)
{
	(void)state;
	control_write(0);
	stale_make(long_make);
	for (uint64_t at = SEGMENT + PAGE; at < ends[1]; at += PAGE) {
		long_make();
		image_write();
		/* As long as the rest is there, it is no end. */
		whole_is(at, ends[0]);
		assert_int_equal(tail_of(ends[0]).end_lsn, ends[2]);
		cut(at, stale);
		whole_is(at, ends[0]);
		assert_int_equal(tail_of(ends[0]).end_lsn, ends[0]);
		assert_int_equal(tail_of(ends[0]).record_lsn, starts[0]);
	}
}

static void what_is_still_to_be_replayed_is_told(void **state)
{
	(void)state;
	control_write(0);
	log_make();
	image_write();
	for (unsigned int i = 0; i < count; i += 10) {
		struct vouch_tail tail = tail_of(ends[i]);

		assert_int_equal(tail.condition, VOUCH_PRESENT);
		assert_int_equal(tail.record_lsn, starts[count - 1]);
		assert_int_equal(tail.end_lsn, ends[count - 1]);
	}
}

static void even_make(void)
{
	log_begin();
	for (int i = 0; i < 300; i++)
		put_and_keep(100, 10, 0x10);
}

/* It is a whole record with a right checksum in a page whose header is of today,
 * and begins just where the log ends; only its link is another. */
static void an_old_record_behind_the_end_is_none(void **state)
{
	static struct vouch_directory directory;
	struct vouch_error error = { 0 };
	struct vouch_fork_count beyond;
	uint64_t end;

	(void)state;
	stale_make(even_make);
	end = ends[20];
	cut(end, stale);
	control_write(0);
	assert_int_equal(tail_of(end).end_lsn, end);
	assert_int_equal(tail_of(ends[3]).end_lsn, end);
	whole_is(end, end);
	/* A start that begins to read at the minimum recovery point. */
	for (unsigned int i = 0; i <= 20; i += 5) {
		control_write(ends[i]);
		assert_int_equal(vouch__pg_directory_observe(&config, &directory,
							     &error), VOUCH_OK);
		assert_int_equal(directory.log_end, end);
	}
	assert_int_equal(vouch__pg_fork_count(&config, &directory, end, &beyond,
					      &error), VOUCH_OK);
	assert_int_equal(beyond.records, 0);
	assert_int_equal(vouch__pg_fork_count(&config, &directory, ends[5],
					      &beyond, &error), VOUCH_OK);
	assert_int_equal(beyond.records, 15);
}

/* A log that lost what it once had is read from its checkpoint on. */
static void a_log_that_lost_its_end_is_shorter(void **state)
{
	static struct vouch_directory directory;

	(void)state;
	log_make();
	control_write(ends[100]);
	memset(byte_at(ends[50] + 8), 0, ends[101] - ends[50] - 8);
	image_write();
	assert_int_equal(vouch__pg_directory_observe(&config, &directory, NULL),
			 VOUCH_OK);
	assert_int_equal(directory.log_end, ends[50]);
}

/* Flushed, and the rest of its segment is empty pages. */
static void a_switch_ends_with_its_segment(void **state)
{
	(void)state;
	control_write(0);
	log_begin();
	put_and_keep(300, 10, 0x10);
	put_and_keep(24, VOUCH_PG_RMGR_XLOG, VOUCH_PG_XLOG_SWITCH);
	image_write();
	assert_int_equal(ends[1], 2 * SEGMENT);
	whole_is(2 * SEGMENT, 2 * SEGMENT);
	whole_is(2 * SEGMENT - 8, ends[0]);
	assert_int_equal(tail_of(2 * SEGMENT).record_lsn, starts[1]);
	assert_int_equal(tail_of(ends[0]).end_lsn, 2 * SEGMENT);
}

/* A whole record that is damaged is no part of one: what it said may have been
 * acknowledged, and nobody will ever replay it. */
static void a_damaged_record_is_no_part_of_one(void **state)
{
	static const uint32_t at[] = { 0, 2, 8, 17, 20, 23 };

	(void)state;
	control_write(0);
	for (unsigned int k = 5; k < 300; k += 29) {
		for (unsigned int i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
			log_make();
			if (starts[k] % PAGE + 24 > PAGE)
				continue;
			byte_at(starts[k])[at[i]] ^= 0x55;
			image_write();
			assert_int_equal(tail_of(ends[k - 1]).end_lsn, ends[k - 1]);
			assert_int_not_equal(vouch__pg_breaks_off(&config, 1,
								  ends[k - 1],
								  ends[k + 9]),
					     VOUCH_YES);
		}
	}
	/* Also one of many pages, wherever it was cut. */
	long_make();
	byte_at(starts[1])[0] ^= 0x20;
	image_write();
	for (uint64_t cut_at = SEGMENT + 2 * PAGE; cut_at < ends[1]; cut_at += PAGE)
		assert_int_not_equal(vouch__pg_breaks_off(&config, 1, ends[0],
							  cut_at + 64),
				     VOUCH_YES);
	assert_int_equal(vouch__pg_breaks_off(&config, 1, 0, 64), VOUCH_UNKNOWN);
	assert_int_equal(vouch__pg_breaks_off(&config, 1, ends[0] + 8, ends[1]),
			 VOUCH_UNKNOWN);
	assert_int_equal(vouch__pg_breaks_off(&config, 1, ends[0], ends[0]),
			 VOUCH_NO);
}

/* A checkpoint may begin right behind a page's header, where no record ends; and the
 * log may go on for as long as it likes (P6-A1: is a seal passed?). */
static void a_record_is_found_by_its_place(void **state)
{
	struct vouch_tail found;

	(void)state;
	control_write(0);
	log_make();
	image_write();
	for (unsigned int i = 0; i < count; i++) {
		assert_int_equal(vouch__pg_record_observe(&config, 1, starts[i],
							  &found, NULL),
				 VOUCH_OK);
		assert_int_equal(found.condition, VOUCH_PRESENT);
		assert_int_equal(found.record_lsn, starts[i]);
		assert_int_equal(found.end_lsn, ends[i]);
	}
	assert_int_equal(vouch__pg_record_observe(&config, 1, starts[7] + 8,
						  &found, NULL),
			 VOUCH_OK);
	assert_int_equal(found.condition, VOUCH_ABSENT);
	assert_int_equal(vouch__pg_record_observe(&config, 0, starts[7], &found,
						  NULL),
			 VOUCH_E_ARGUMENT);
}

static void what_is_not_there_is_no_end(void **state)
{
	struct vouch_error error = { 0 };
	struct vouch_tail tail;

	(void)state;
	control_write(0);
	log_make();
	image_write();
	whole_is(9 * (uint64_t)SEGMENT, 0);
	whole_is(SEGMENT, 0);
	whole_is(5, 0);
	assert_int_equal(tail_of(9 * (uint64_t)SEGMENT).condition, VOUCH_ABSENT);
	assert_int_equal(vouch__pg_tail_observe(&config, 0, ends[0], &tail,
						&error), VOUCH_E_ARGUMENT);
	assert_int_equal(tail.condition, VOUCH_ABSENT);
	assert_int_equal(vouch__pg_tail_observe(&config, 1, 0, &tail, &error),
			 VOUCH_E_ARGUMENT);
	/* Along a timeline whose history is not here. */
	assert_int_not_equal(vouch__pg_tail_observe(&config, 2, ends[0], &tail,
						    &error), VOUCH_E_ARGUMENT);
	assert_int_equal(tail.condition, VOUCH_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cut_ends_at_a_whole_record),
		cmocka_unit_test(a_long_record_is_cut_at_each_page),
		cmocka_unit_test(what_is_still_to_be_replayed_is_told),
		cmocka_unit_test(an_old_record_behind_the_end_is_none),
		cmocka_unit_test(a_log_that_lost_its_end_is_shorter),
		cmocka_unit_test(a_switch_ends_with_its_segment),
		cmocka_unit_test(a_damaged_record_is_no_part_of_one),
		cmocka_unit_test(a_record_is_found_by_its_place),
		cmocka_unit_test(what_is_not_there_is_no_end),
	};

	return cmocka_run_group_tests(tests, directory_make, directory_remove);
}
