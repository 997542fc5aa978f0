/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log reader and the control file, on images made here: true ones, torn
 * ones, recycled ones and noise. */
#include "wal_fixture.h"

/* Records of many sizes, one over several pages, one over a segment's end. */
static uint64_t log_make(void)
{
	uint64_t first, last = 0;

	memset(image, 0, sizeof(image));
	write_at = SEGMENT;
	previous = 0;
	first = record_put(24, 1, 0);
	for (uint32_t i = 0; i < 400; i++)
		last = record_put(24 + i * 37 % 3000, 10, 0x10);
	record_put(40000, 11, 0);
	record_put(24, 0, VOUCH_PG_XLOG_SWITCH);
	assert_int_equal(write_at % SEGMENT, 0);
	record_put(SEGMENT - 100, 10, 0);
	last = record_put(114, VOUCH_PG_RMGR_XLOG, VOUCH_PG_XLOG_SHUTDOWN);
	assert_true(last > first && write_at < SEGMENT * (SEGMENTS + 1));
	return last;
}

static enum vouch_error_code end_of(uint64_t from,
				    struct vouch_pg_record *last)
{
	struct vouch_pg_history history;
	static struct vouch_pg_wal wal;
	enum vouch_error_code code;

	assert_int_equal(vouch__pg_history_parse("", 0, 1, &history, NULL),
			 VOUCH_OK);
	assert_int_equal(vouch__pg_wal_open(&config, &control, &history, &wal,
					    NULL), VOUCH_OK);
	code = vouch__pg_wal_last(&wal, from, last, NULL);
	vouch__pg_wal_close(&wal);
	return code;
}

static void the_end_is_found(void **state)
{
	uint64_t shutdown = log_make();
	struct vouch_pg_record last;

	(void)state;
	image_write();
	assert_int_equal(end_of(SEGMENT, &last), VOUCH_OK);
	assert_true(last.lsn == shutdown);
	assert_true(last.end == write_at);
	assert_int_equal(last.manager, VOUCH_PG_RMGR_XLOG);
	assert_int_equal(last.length, 114);
	assert_int_equal(last.timeline, 1);
}

/* Every single byte of the last record matters, but its padding. */
static void a_torn_last_record_is_none(void **state)
{
	uint64_t shutdown = log_make();
	struct vouch_pg_record last;

	(void)state;
	for (uint32_t i = 0; i < 114; i++) {
		uint8_t *at = byte_at(shutdown + i);

		*at ^= 0x55;
		image_write();
		assert_int_equal(end_of(shutdown, &last), VOUCH_E_NOT_FOUND);
		*at ^= 0x55;
	}
}

static void a_page_of_before_ends_the_log(void **state)
{
	uint64_t shutdown = log_make();
	struct vouch_pg_record last;

	(void)state;
	(void)shutdown;
	put(byte_at(2 * SEGMENT) + 8, SEGMENT, 8); /* recycled, not yet written */
	image_write();
	assert_int_equal(end_of(SEGMENT, &last), VOUCH_OK);
	assert_true(last.end == 2 * SEGMENT);
	log_make();
	put(byte_at(2 * SEGMENT) + 24, SYSTEM + 1, 8);
	image_write();
	assert_int_equal(end_of(SEGMENT, &last), VOUCH_OK);
	assert_true(last.end == 2 * SEGMENT);
	log_make();
	put(byte_at(2 * SEGMENT) + 4, 2, 4); /* a timeline that is not ours */
	image_write();
	assert_int_equal(end_of(SEGMENT, &last), VOUCH_OK);
	assert_true(last.end == 2 * SEGMENT);
}

static void another_format_is_refused(void **state)
{
	struct vouch_pg_record last;

	(void)state;
	log_make();
	put(byte_at(SEGMENT), 0xD113, 2);
	image_write();
	assert_int_equal(end_of(SEGMENT, &last), VOUCH_E_MALFORMED);
}

/* A record that a crash cut off, and what a server writes over it. */
static void an_abandoned_record_is_written_over(void **state)
{
	struct vouch_pg_record last;
	uint64_t second, page;

	(void)state;
	memset(image, 0, sizeof(image));
	write_at = SEGMENT;
	previous = 0;
	record_put(24, 1, 0);
	second = previous;
	record_put(10000, 10, 0); /* runs into the second page */
	page = SEGMENT + PAGE;
	memset(byte_at(page), 0, PAGE);
	page_begin(page, 0);
	put(byte_at(page) + 2, 8, 2);
	previous = second;
	record_put(48, 0, 0xD0);
	image_write();
	assert_int_equal(end_of(SEGMENT, &last), VOUCH_OK);
	assert_int_equal(last.info, 0xD0);
	assert_true(last.end == write_at);
}

/* Whatever is in the file: an answer, and never an end beyond the true one
 * unless the noise happens to carry a valid checksum. */
static void noise_does_no_harm(void **state)
{
	struct vouch_pg_record last;
	uint64_t end;

	(void)state;
	srandom(1);
	for (int round = 0; round < 200; round++) {
		log_make();
		end = write_at;
		for (int flips = 0; flips < 40; flips++) {
			uint64_t at = (uint64_t)random() % sizeof(image);

			image[at] ^= (uint8_t)(1 + random() % 255);
		}
		image_write();
		switch (end_of(SEGMENT, &last)) {
		case VOUCH_OK:
			assert_true(last.end <= end);
			break;
		case VOUCH_E_NOT_FOUND:
		case VOUCH_E_MALFORMED:
			break;
		default:
			fail();
		}
	}
}

static void lengths_are_not_believed(void **state)
{
	static const uint32_t lengths[] = { 0, 1, 23, 25, 0x40000000, UINT32_MAX,
					    0x3fffffff };
	struct vouch_pg_record last;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		log_make();
		put(byte_at(SEGMENT + 40), lengths[i], 4);
		image_write();
		assert_int_equal(end_of(SEGMENT, &last), VOUCH_E_NOT_FOUND);
	}
	assert_int_equal(end_of(0, &last), VOUCH_E_NOT_FOUND);
	assert_int_equal(end_of(SEGMENT + 3, &last), VOUCH_E_NOT_FOUND);
	assert_int_equal(end_of(UINT64_MAX - 7, &last), VOUCH_E_NOT_FOUND);
}

static void control_make(uint8_t bytes[VOUCH_PG_CONTROL_SIZE])
{
	memset(bytes, 0, VOUCH_PG_CONTROL_SIZE);
	put(bytes, SYSTEM, 8);
	put(bytes + 8, 1300, 4);
	put(bytes + 16, VOUCH_PG_SHUT_DOWN, 4);
	put(bytes + 32, SEGMENT + 40, 8);
	put(bytes + 48, 1, 4);
	put(bytes + 224, PAGE, 4);
	put(bytes + 228, SEGMENT, 4);
	put(bytes + 288, vouch__crc32c(0, bytes, 288), 4);
}

static void control_is_read(void **state)
{
	uint8_t bytes[VOUCH_PG_CONTROL_SIZE];
	struct vouch_pg_control read;

	(void)state;
	control_make(bytes);
	assert_int_equal(vouch__pg_control_decode(bytes, sizeof(bytes), &read,
						  NULL), VOUCH_OK);
	assert_int_equal(read.system_id, SYSTEM);
	assert_int_equal(read.state, VOUCH_PG_SHUT_DOWN);
	assert_int_equal(read.checkpoint, SEGMENT + 40);
	file_write("PG_VERSION", "15\n", 3);
	file_write("global/pg_control", bytes, sizeof(bytes));
	assert_int_equal(vouch__pg_control_read(&config, &read, NULL), VOUCH_OK);
	file_write("PG_VERSION", "16\n", 3);
	assert_int_equal(vouch__pg_control_read(&config, &read, NULL),
			 VOUCH_E_MALFORMED);
}

static void control_refuses_every_flip(void **state)
{
	uint8_t bytes[VOUCH_PG_CONTROL_SIZE];
	struct vouch_pg_control read;

	(void)state;
	for (size_t i = 0; i < 292; i++) { /* the rest is padding */
		control_make(bytes);
		bytes[i] ^= 0x10;
		assert_int_not_equal(vouch__pg_control_decode(bytes,
							      sizeof(bytes),
							      &read, NULL),
				     VOUCH_OK);
		assert_int_equal(read.system_id, 0);
	}
	control_make(bytes);
	for (size_t length = 0; length < sizeof(bytes); length++)
		assert_int_equal(vouch__pg_control_decode(bytes, length, &read,
							  NULL),
				 VOUCH_E_MALFORMED);
}

/* A valid checksum over impossible values. */
static void control_refuses_the_impossible(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
	} cases[] = { { 0, 0 }, { 8, 1700 }, { 16, 7 }, { 32, 0 }, { 48, 0 },
		      { 224, 4096 }, { 228, 0 }, { 228, 3 << 20 },
		      { 228, 1u << 31 } };
	uint8_t bytes[VOUCH_PG_CONTROL_SIZE];
	struct vouch_pg_control read;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		control_make(bytes);
		put(bytes + cases[i].at, cases[i].value, 4);
		put(bytes + 288, vouch__crc32c(0, bytes, 288), 4);
		assert_int_equal(vouch__pg_control_decode(bytes, sizeof(bytes),
							  &read, NULL),
				 VOUCH_E_MALFORMED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_is_found),
		cmocka_unit_test(a_torn_last_record_is_none),
		cmocka_unit_test(a_page_of_before_ends_the_log),
		cmocka_unit_test(another_format_is_refused),
		cmocka_unit_test(an_abandoned_record_is_written_over),
		cmocka_unit_test(noise_does_no_harm),
		cmocka_unit_test(lengths_are_not_believed),
		cmocka_unit_test(control_is_read),
		cmocka_unit_test(control_refuses_every_flip),
		cmocka_unit_test(control_refuses_the_impossible),
	};

	return cmocka_run_group_tests(tests, directory_make, directory_remove);
}
