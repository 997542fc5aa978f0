/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/crash/reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authority/incarnation.h"
#include "authority/marker.h"
#include "authority/state_directory.h"
#include "common/crc32c.h"

/* Not there is a fact; anything else that keeps it from being read is a failure
 * of what was to survive. */
static void failed(struct reading *reading, enum reading_part part,
		   const struct vouch_error *error)
{
	(void)snprintf(reading->parts[part], READING_TEXT, "%s",
		       error->code == VOUCH_E_NOT_FOUND ? "none" : "unreadable");
	if (error->code != VOUCH_E_NOT_FOUND)
		(void)snprintf(reading->failure, READING_TEXT, "%.230s",
			       error->text);
}

static void directory_take(const struct vouch_config *config,
			   struct reading *reading)
{
	struct vouch_error error = { 0 };
	int fd;

	if (vouch__state_directory_open(config, &fd, &error) != VOUCH_OK) {
		failed(reading, READING_DIRECTORY, &error);
		return;
	}
	(void)close(fd);
	(void)snprintf(reading->parts[READING_DIRECTORY], READING_TEXT, "there");
}

static void marker_take(const struct vouch_config *config,
			struct reading *reading)
{
	struct vouch_error error = { 0 };
	struct vouch_marker marker;

	if (vouch__marker_read(config, &marker, &error) != VOUCH_OK) {
		failed(reading, READING_MARKER, &error);
		return;
	}
	(void)snprintf(reading->parts[READING_MARKER], READING_TEXT,
		       "epoch %" PRIu64 " %s %u>%u %" PRIX64 " %s", marker.epoch,
		       marker.incarnation, marker.from_timeline, marker.timeline,
		       marker.start_lsn, marker.request_id);
}

static void mark_take(const struct vouch_config *config, struct reading *reading)
{
	struct vouch_error error = { 0 };
	struct vouch_mark mark;

	if (vouch__mark_read(config, &mark, &error) != VOUCH_OK)
		failed(reading, READING_MARK, &error);
	else
		(void)snprintf(reading->parts[READING_MARK], READING_TEXT,
			       "%u %" PRIX64, mark.timeline, mark.lsn);
}

static void incarnation_take(const struct vouch_config *config,
			     struct reading *reading)
{
	struct vouch_error error = { 0 };
	char incarnation[VOUCH_NAME_SIZE];

	if (vouch__incarnation_read(config, incarnation, &error) != VOUCH_OK)
		failed(reading, READING_INCARNATION, &error);
	else
		(void)snprintf(reading->parts[READING_INCARNATION], READING_TEXT,
			       "%s", incarnation);
}

static int record_take(void *context, uint64_t sequence,
		       struct json_object *record)
{
	struct reading *reading = context;
	const char *text = json_object_to_json_string_ext(
		record, JSON_C_TO_STRING_PLAIN);

	if (reading->record_count == READING_RECORDS || !text) {
		(void)snprintf(reading->failure, READING_TEXT,
			       "too many records for this test");
		return 1;
	}
	reading->sequences[reading->record_count] = sequence;
	reading->checksums[reading->record_count++] =
		vouch__crc32c(0, text, strlen(text));
	return 0;
}

static void records_turn(struct reading *reading)
{
	uint32_t i, count = reading->record_count;

	for (i = 0; i < count / 2; i++) {
		uint64_t sequence = reading->sequences[i];
		uint32_t checksum = reading->checksums[i];

		reading->sequences[i] = reading->sequences[count - 1 - i];
		reading->checksums[i] = reading->checksums[count - 1 - i];
		reading->sequences[count - 1 - i] = sequence;
		reading->checksums[count - 1 - i] = checksum;
	}
}

static void journal_take(const struct vouch_config *config,
			 struct reading *reading)
{
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };
	enum vouch_error_code code;

	code = vouch__journal_open(config, 0, &journal, &error);
	if (code == VOUCH_E_NOT_FOUND)
		return; /* no state directory yet */
	if (code == VOUCH_OK)
		code = vouch__journal_visit(journal, NULL, record_take, reading,
					    &error);
	if (code != VOUCH_OK)
		(void)snprintf(reading->failure, READING_TEXT, "%.230s",
			       error.text);
	vouch__journal_close(journal);
	records_turn(reading);
}

void reading_take(const struct vouch_config *config, struct reading *reading)
{
	memset(reading, 0, sizeof(*reading));
	directory_take(config, reading);
	marker_take(config, reading);
	mark_take(config, reading);
	incarnation_take(config, reading);
	journal_take(config, reading);
}

int reading_records_of(const struct reading *reading,
		       const struct reading *whole)
{
	uint32_t i;

	if (reading->record_count > whole->record_count)
		return -1;
	for (i = 0; i < reading->record_count; i++) {
		if (reading->sequences[i] != whole->sequences[i] ||
		    reading->checksums[i] != whole->checksums[i])
			return -1;
	}
	return (int)reading->record_count;
}
