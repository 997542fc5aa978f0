/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A reader of the write-ahead log on disk: record after record, each with its
 * checksum verified, as the server's own recovery would follow it. Bounded
 * memory: a record's data passes through one page buffer.
 */
#ifndef VOUCH_PG_WAL_H
#define VOUCH_PG_WAL_H

#include <stdint.h>
#include "common/config.h"
#include "engines/postgresql/pg_control.h"
#include "engines/postgresql/pg_history.h"

enum { VOUCH_PG_PAGE_SIZE = 8192 };

/* What a record is told apart by. */
enum {
	VOUCH_PG_RMGR_XLOG = 0,
	VOUCH_PG_XLOG_SHUTDOWN = 0x00,
	VOUCH_PG_XLOG_SWITCH = 0x40,
};

struct vouch_pg_record {
	uint64_t lsn;
	uint64_t end; /* where the next one may start, aligned */
	uint64_t previous;
	uint32_t timeline;
	uint32_t length;
	uint32_t crc;
	uint8_t manager;
	uint8_t info; /* without the flag bits */
};

struct vouch_pg_wal {
	int directory; /* pg_wal */
	uint64_t system_id;
	uint32_t segment_size;
	struct vouch_pg_history history;
	int fd;
	uint64_t segment; /* that fd is of */
	uint32_t file_timeline;
	uint64_t page_lsn; /* of the page in the buffer */
	int page_is_there;
	uint8_t page[VOUCH_PG_PAGE_SIZE];
};

/* Reads along the history that is given. Close it in any case. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_wal_open(const struct vouch_config *config,
		   const struct vouch_pg_control *control,
		   const struct vouch_pg_history *history,
		   struct vouch_pg_wal *wal, struct vouch_error *error);
void vouch__pg_wal_close(struct vouch_pg_wal *wal);
/* The record that starts at lsn (or right after the page header there).
 * previous: what its back link must be, 0 for any. VOUCH_E_NOT_FOUND: there is
 * no valid record, the log ends here; anything else is a failure to read. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_wal_record(struct vouch_pg_wal *wal, uint64_t lsn, uint64_t previous,
		     struct vouch_pg_record *record, struct vouch_error *error);
/* Walks from the record at lsn to the last valid one. VOUCH_E_NOT_FOUND when
 * there is none at all. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_wal_last(struct vouch_pg_wal *wal, uint64_t lsn,
		   struct vouch_pg_record *last, struct vouch_error *error);
/* Goes on from the record that *last is to the last valid one.
 * VOUCH_E_LIMIT: that is beyond limit, and *last is the last one that is not. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_wal_follow(struct vouch_pg_wal *wal, uint64_t limit,
		     struct vouch_pg_record *last, struct vouch_error *error);
/* The last record that ends up to lsn, which must not be beyond what was
 * written: what lies there may be old, and be a valid record by itself. Reads
 * no more than it must. VOUCH_E_NOT_FOUND when there is none. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_wal_before(struct vouch_pg_wal *wal, uint64_t lsn,
		     struct vouch_pg_record *last, struct vouch_error *error);

/* Is all that lies behind the last whole record up to `received` the beginning of one
 * record, which ends beyond? Not so where a record that was received whole is damaged,
 * or where that cannot be read. */
int vouch__pg_wal_is_part(struct vouch_pg_wal *wal,
			  const struct vouch_pg_record *last, uint64_t received);

#endif
