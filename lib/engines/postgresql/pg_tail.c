/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where this node's own log ends, while its server runs. What was received or
 * flushed may end in the middle of a record, since both go page by page; a record
 * that is not whole is never replayed, and nothing of it is there after a crash.
 */
#include <stdlib.h>
#include <string.h>
#include "engines/postgresql/pg_wal.h"
#include "engines/postgresql/postgresql.h"

enum {
	/* A log that goes on for longer is not at its end, wherever that is. */
	AHEAD_MAX = 64 * 1024 * 1024,
};

static enum vouch_error_code log_open(const struct vouch_config *config,
				      uint32_t timeline,
				      struct vouch_pg_wal **wal,
				      struct vouch_error *error)
{
	struct vouch_pg_control control;
	struct vouch_pg_history history;
	enum vouch_error_code code =
		vouch__pg_control_read(config, &control, error);

	*wal = NULL;
	if (code == VOUCH_OK)
		code = vouch__pg_history_read(config, timeline, &history, error);
	if (code != VOUCH_OK)
		return code;
	*wal = malloc(sizeof(**wal));
	if (*wal == NULL)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	return vouch__pg_wal_open(config, &control, &history, *wal, error);
}

static void log_close(struct vouch_pg_wal *wal)
{
	if (wal != NULL)
		vouch__pg_wal_close(wal);
	free(wal);
}

static enum vouch_error_code argument_check(uint32_t timeline, uint64_t lsn,
					    struct vouch_error *error)
{
	if (timeline != 0 && lsn != 0)
		return VOUCH_OK;
	return vouch__error_set(error, VOUCH_E_ARGUMENT,
				"no record can be at timeline %u, position %llu",
				timeline, (unsigned long long)lsn);
}

/* Goes on from a record that was replayed: each that follows must link back to
 * the one before, which old content of a recycled segment never does. */
static enum vouch_error_code last_find(struct vouch_pg_wal *wal,
				       uint64_t replayed,
				       struct vouch_pg_record *last,
				       struct vouch_error *error)
{
	enum vouch_error_code code =
		vouch__pg_wal_before(wal, replayed, last, error);

	if (code == VOUCH_OK && last->end != replayed)
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"no record ends where replay is");
	if (code == VOUCH_OK)
		code = vouch__pg_wal_follow(wal, replayed + AHEAD_MAX, last,
					    error);
	return code;
}

enum vouch_error_code vouch__pg_tail_observe(const struct vouch_config *config,
					     uint32_t timeline,
					     uint64_t replayed,
					     struct vouch_tail *tail,
					     struct vouch_error *error)
{
	struct vouch_pg_record last;
	struct vouch_pg_wal *wal;
	enum vouch_error_code code = argument_check(timeline, replayed, error);

	memset(tail, 0, sizeof(*tail));
	if (code != VOUCH_OK)
		return code;
	code = log_open(config, timeline, &wal, error);
	if (code == VOUCH_OK)
		code = last_find(wal, replayed, &last, error);
	log_close(wal);
	if (code == VOUCH_E_NOT_FOUND)
		return VOUCH_OK; /* nothing that can be told: absent */
	if (code != VOUCH_OK)
		return code;
	tail->condition = VOUCH_PRESENT;
	tail->timeline = last.timeline;
	tail->record_lsn = last.lsn;
	tail->end_lsn = last.end;
	tail->record_crc = last.crc;
	return VOUCH_OK;
}

enum vouch_error_code vouch__pg_record_observe(const struct vouch_config *config,
					       uint32_t timeline, uint64_t lsn,
					       struct vouch_tail *found,
					       struct vouch_error *error)
{
	struct vouch_pg_record record;
	struct vouch_pg_wal *wal;
	enum vouch_error_code code = argument_check(timeline, lsn, error);

	memset(found, 0, sizeof(*found));
	if (code != VOUCH_OK)
		return code;
	code = log_open(config, timeline, &wal, error);
	if (code == VOUCH_OK)
		code = vouch__pg_wal_record(wal, lsn, 0, &record, error);
	log_close(wal);
	if (code == VOUCH_E_NOT_FOUND)
		return VOUCH_OK; /* there is none: absent */
	if (code != VOUCH_OK)
		return code;
	if (record.lsn != lsn || record.timeline != timeline)
		return VOUCH_OK;
	found->condition = VOUCH_PRESENT;
	found->timeline = record.timeline;
	found->record_lsn = record.lsn;
	found->end_lsn = record.end;
	found->record_crc = record.crc;
	return VOUCH_OK;
}

enum vouch_answer vouch__pg_breaks_off(const struct vouch_config *config,
				       uint32_t timeline, uint64_t end,
				       uint64_t received)
{
	struct vouch_error ignored = { .code = VOUCH_OK };
	struct vouch_pg_record last;
	struct vouch_pg_wal *wal;
	enum vouch_answer answer = VOUCH_UNKNOWN;

	if (argument_check(timeline, end, &ignored) != VOUCH_OK)
		return VOUCH_UNKNOWN;
	if (log_open(config, timeline, &wal, &ignored) == VOUCH_OK &&
	    vouch__pg_wal_before(wal, end, &last, &ignored) == VOUCH_OK &&
	    last.end == end)
		answer = vouch__pg_wal_is_part(wal, &last, received) ? VOUCH_YES :
								      VOUCH_NO;
	log_close(wal);
	return answer;
}

enum vouch_error_code vouch__pg_whole_observe(const struct vouch_config *config,
					      uint32_t timeline, uint64_t lsn,
					      uint32_t *whole_timeline,
					      uint64_t *whole_lsn,
					      struct vouch_error *error)
{
	struct vouch_pg_record last;
	struct vouch_pg_wal *wal;
	enum vouch_error_code code = argument_check(timeline, lsn, error);

	*whole_timeline = 0;
	*whole_lsn = 0;
	if (code != VOUCH_OK)
		return code;
	code = log_open(config, timeline, &wal, error);
	if (code == VOUCH_OK)
		code = vouch__pg_wal_before(wal, lsn, &last, error);
	log_close(wal);
	if (code != VOUCH_OK)
		return code;
	*whole_timeline = last.timeline;
	*whole_lsn = last.end;
	return VOUCH_OK;
}
