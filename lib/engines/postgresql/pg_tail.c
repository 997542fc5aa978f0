/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One record of this node's own log, by its position. */
#include <stdlib.h>
#include <string.h>
#include "engines/postgresql/pg_wal.h"
#include "engines/postgresql/postgresql.h"

static enum vouch_error_code record_find(const struct vouch_config *config,
					 uint32_t timeline, uint64_t lsn,
					 struct vouch_pg_record *record,
					 struct vouch_error *error)
{
	struct vouch_pg_control control;
	struct vouch_pg_history history;
	struct vouch_pg_wal *wal;
	enum vouch_error_code code =
		vouch__pg_control_read(config, &control, error);

	if (code == VOUCH_OK)
		code = vouch__pg_history_read(config, timeline, &history, error);
	if (code != VOUCH_OK)
		return code;
	wal = malloc(sizeof(*wal));
	if (wal == NULL)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__pg_wal_open(config, &control, &history, wal, error);
	if (code == VOUCH_OK)
		code = vouch__pg_wal_record(wal, lsn, 0, record, error);
	vouch__pg_wal_close(wal);
	free(wal);
	return code;
}

enum vouch_error_code vouch__pg_tail_observe(const struct vouch_config *config,
					     uint32_t timeline, uint64_t lsn,
					     struct vouch_tail *tail,
					     struct vouch_error *error)
{
	struct vouch_pg_record record;
	enum vouch_error_code code;

	memset(tail, 0, sizeof(*tail));
	if (timeline == 0 || lsn == 0)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"no record can be at timeline %u, "
					"position %llu", timeline,
					(unsigned long long)lsn);
	code = record_find(config, timeline, lsn, &record, error);
	if (code == VOUCH_E_NOT_FOUND)
		return VOUCH_OK; /* there is none: absent */
	if (code != VOUCH_OK)
		return code;
	if (record.lsn != lsn || record.timeline != timeline)
		return VOUCH_OK;
	tail->condition = VOUCH_PRESENT;
	tail->timeline = record.timeline;
	tail->record_lsn = record.lsn;
	tail->end_lsn = record.end;
	tail->record_crc = record.crc;
	return VOUCH_OK;
}
