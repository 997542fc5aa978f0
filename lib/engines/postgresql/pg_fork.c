/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What would be discarded with a branch: its records, counted by reading them. */
#include <stdlib.h>
#include <string.h>
#include "engines/postgresql/pg_control.h"
#include "engines/postgresql/pg_history.h"
#include "engines/postgresql/pg_wal.h"
#include "engines/postgresql/postgresql.h"

enum {
	RMGR_TRANSACTION = 1,
	TRANSACTION_MASK = 0x70,
	TRANSACTION_COMMIT = 0x00,
	TRANSACTION_COMMIT_PREPARED = 0x30,
};

static int is_commit(const struct vouch_pg_record *record)
{
	int what = record->info & TRANSACTION_MASK;

	return record->manager == RMGR_TRANSACTION &&
	       (what == TRANSACTION_COMMIT ||
		what == TRANSACTION_COMMIT_PREPARED);
}

static enum vouch_error_code walk(struct vouch_pg_wal *wal, uint64_t lsn,
				  struct vouch_fork_count *count,
				  struct vouch_error *error)
{
	struct vouch_error end_of_log = { .code = VOUCH_OK };
	struct vouch_pg_record record;
	uint64_t previous = 0;

	/* What lies behind the end of a log may be old, and be a whole record: its
	 * back link tells, where the record before it is still there. */
	if (vouch__pg_wal_before(wal, lsn, &record, &end_of_log) == VOUCH_OK &&
	    record.end == lsn)
		previous = record.lsn;
	for (;;) {
		enum vouch_error_code code = vouch__pg_wal_record(
			wal, lsn, previous, &record, &end_of_log);

		if (code == VOUCH_E_NOT_FOUND)
			return VOUCH_OK;
		if (code != VOUCH_OK) {
			if (error != NULL)
				*error = end_of_log;
			return code;
		}
		count->complete = 1;
		count->records++;
		count->commits += (uint64_t)is_commit(&record);
		previous = record.lsn;
		lsn = record.end;
	}
}

enum vouch_error_code vouch__pg_fork_count(const struct vouch_config *config,
					   const struct vouch_directory *directory,
					   uint64_t lsn,
					   struct vouch_fork_count *count,
					   struct vouch_error *error)
{
	struct vouch_pg_wal *wal = malloc(sizeof(*wal));
	struct vouch_pg_history history;
	struct vouch_pg_control control;
	enum vouch_error_code code;

	memset(count, 0, sizeof(*count));
	if (wal == NULL)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	wal->fd = wal->directory = -1;
	code = vouch__pg_control_read(config, &control, error);
	if (code == VOUCH_OK)
		code = vouch__pg_history_read(config, directory->timeline,
					      &history, error);
	if (code == VOUCH_OK)
		code = vouch__pg_wal_open(config, &control, &history, wal,
					  error);
	if (code == VOUCH_OK)
		code = walk(wal, lsn, count, error);
	vouch__pg_wal_close(wal);
	free(wal);
	return code;
}
