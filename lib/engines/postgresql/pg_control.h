/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The control file (global/pg_control), read without the server. The layout is
 * the one of PG_CONTROL_VERSION 1300 on a 64-bit little-endian machine; every
 * other version, size or byte order is refused, never guessed at.
 */
#ifndef VOUCH_PG_CONTROL_H
#define VOUCH_PG_CONTROL_H

#include <stddef.h>
#include <stdint.h>
#include "common/config.h"

enum { VOUCH_PG_CONTROL_SIZE = 296, VOUCH_PG_MAJOR = 15 };

/* How the server says that it ended, or that it did not. */
enum vouch_pg_state {
	VOUCH_PG_STARTING_UP = 0,
	VOUCH_PG_SHUT_DOWN = 1,
	VOUCH_PG_SHUT_DOWN_IN_RECOVERY = 2,
	VOUCH_PG_SHUTTING_DOWN = 3,
	VOUCH_PG_IN_CRASH_RECOVERY = 4,
	VOUCH_PG_IN_ARCHIVE_RECOVERY = 5,
	VOUCH_PG_IN_PRODUCTION = 6,
};

struct vouch_pg_control {
	uint64_t system_id;
	enum vouch_pg_state state;
	uint64_t checkpoint; /* where its record starts */
	uint32_t checkpoint_timeline;
	uint64_t min_recovery_point; /* the end of a record, or 0 */
	uint32_t min_recovery_timeline;
	uint32_t segment_size;
};

/* Pure. VOUCH_E_MALFORMED: another layout or impossible values;
 * VOUCH_E_CORRUPT: the checksum is wrong. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_control_decode(const uint8_t *bytes, size_t length,
			 struct vouch_pg_control *control,
			 struct vouch_error *error);
/* VOUCH_E_NOT_FOUND when there is no data directory. Also checks that the
 * directory is of the major version that this engine knows. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_control_read(const struct vouch_config *config,
		       struct vouch_pg_control *control,
		       struct vouch_error *error);

#endif
