/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the library reads of the state directory, as texts to compare. */
#ifndef TESTS_CRASH_READING_H
#define TESTS_CRASH_READING_H

#include "authority/journal.h"

enum { READING_RECORDS = 128, READING_TEXT = 240 };

enum reading_part {
	READING_DIRECTORY,
	READING_MARKER,
	READING_MARK,
	READING_INCARNATION,
	READING_PARTS
};

struct reading {
	char parts[READING_PARTS][READING_TEXT];
	/* Sequence and checksum of every record, oldest first. */
	uint32_t record_count;
	uint64_t sequences[READING_RECORDS];
	uint32_t checksums[READING_RECORDS];
	char failure[READING_TEXT]; /* what could not be read; "" */
};

void reading_take(const struct vouch_config *config, struct reading *reading);

/* How many records `reading` has of those of `whole`, from the first on; -1 when
 * it has one that is none of them. */
int reading_records_of(const struct reading *reading,
		       const struct reading *whole);

#endif
