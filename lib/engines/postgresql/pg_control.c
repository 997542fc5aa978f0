/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "common/crc32c.h"
#include "engines/postgresql/pg_bytes.h"
#include "engines/postgresql/pg_control.h"
#include "engines/postgresql/pg_files.h"

/* Offsets of the fields of ControlFileData, version 1300. */
enum {
	CONTROL_VERSION = 1300,
	AT_SYSTEM_ID = 0,
	AT_VERSION = 8,
	AT_STATE = 16,
	AT_CHECKPOINT = 32,
	AT_CHECKPOINT_TIMELINE = 48,
	AT_MIN_RECOVERY = 136,
	AT_MIN_RECOVERY_TIMELINE = 144,
	AT_BLOCK_SIZE = 224,
	AT_SEGMENT_SIZE = 228,
	AT_CRC = 288,
	READ_ATTEMPTS = 20,
};

static enum vouch_error_code layout_check(const uint8_t *bytes, size_t length,
					  struct vouch_error *error)
{
	if (length < VOUCH_PG_CONTROL_SIZE)
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the control file is cut short: %zu of "
					"%d bytes", length,
					VOUCH_PG_CONTROL_SIZE);
	if (vouch__pg_u32(bytes + AT_VERSION) != CONTROL_VERSION)
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the control file is of version %u, "
					"vouch knows %d (PostgreSQL %d)",
					vouch__pg_u32(bytes + AT_VERSION),
					CONTROL_VERSION, VOUCH_PG_MAJOR);
	if (vouch__crc32c(0, bytes, AT_CRC) != vouch__pg_u32(bytes + AT_CRC))
		return vouch__error_set(error, VOUCH_E_CORRUPT,
					"the control file's checksum is wrong");
	return VOUCH_OK;
}

static int segment_size_is_valid(uint32_t size)
{
	return size >= 1u << 20 && size <= 1u << 30 && (size & (size - 1)) == 0;
}

static enum vouch_error_code values_check(const struct vouch_pg_control *control,
					  uint32_t block_size,
					  struct vouch_error *error)
{
	if (control->system_id == 0 || control->checkpoint == 0 ||
	    control->checkpoint_timeline == 0 ||
	    control->state > VOUCH_PG_IN_PRODUCTION)
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the control file holds impossible values");
	if (block_size != 8192 || !segment_size_is_valid(control->segment_size))
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"log blocks of %u bytes in segments of %u "
					"are not supported", block_size,
					control->segment_size);
	return VOUCH_OK;
}

enum vouch_error_code vouch__pg_control_decode(const uint8_t *bytes,
					       size_t length,
					       struct vouch_pg_control *control,
					       struct vouch_error *error)
{
	enum vouch_error_code code = layout_check(bytes, length, error);

	memset(control, 0, sizeof(*control));
	if (code != VOUCH_OK)
		return code;
	control->system_id = vouch__pg_u64(bytes + AT_SYSTEM_ID);
	control->state = vouch__pg_u32(bytes + AT_STATE);
	control->checkpoint = vouch__pg_u64(bytes + AT_CHECKPOINT);
	control->checkpoint_timeline =
		vouch__pg_u32(bytes + AT_CHECKPOINT_TIMELINE);
	control->min_recovery_point = vouch__pg_u64(bytes + AT_MIN_RECOVERY);
	control->min_recovery_timeline =
		vouch__pg_u32(bytes + AT_MIN_RECOVERY_TIMELINE);
	control->segment_size = vouch__pg_u32(bytes + AT_SEGMENT_SIZE);
	code = values_check(control, vouch__pg_u32(bytes + AT_BLOCK_SIZE), error);
	if (code != VOUCH_OK)
		memset(control, 0, sizeof(*control));
	return code;
}

/* Version 1300 of the control file is used by several majors; only this one's
 * log format is known here. */
static enum vouch_error_code major_check(const struct vouch_config *config,
					 struct vouch_error *error)
{
	char text[16];
	size_t length;
	enum vouch_error_code code = vouch__pg_file_read(
		config, "PG_VERSION", text, sizeof(text) - 1, &length, error);

	if (code != VOUCH_OK)
		return code;
	text[length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (strcmp(text, "15") != 0)
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the data directory is of PostgreSQL %s, "
					"vouch knows %d", text, VOUCH_PG_MAJOR);
	return VOUCH_OK;
}

enum vouch_error_code vouch__pg_control_read(const struct vouch_config *config,
					     struct vouch_pg_control *control,
					     struct vouch_error *error)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	uint8_t bytes[VOUCH_PG_CONTROL_SIZE];
	size_t length = 0;
	enum vouch_error_code code;

	memset(control, 0, sizeof(*control));
	code = major_check(config, error);
	/* A running server rewrites the file in place, so that a reader may see
	 * half of each: a wrong checksum counts only when it stays wrong. */
	for (int attempt = 0; code == VOUCH_OK; attempt++) {
		code = vouch__pg_file_read(config, "global/pg_control", bytes,
					   sizeof(bytes), &length, error);
		if (code != VOUCH_OK)
			break;
		code = vouch__pg_control_decode(bytes, length, control, error);
		if (code != VOUCH_E_CORRUPT || attempt == READ_ATTEMPTS)
			break;
		nanosleep(&pause, NULL);
		code = VOUCH_OK;
	}
	return code;
}
