/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Leaving recovery, and proof that it was left as meant. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/pg_files.h"
#include "engines/postgresql/pg_history.h"
#include "engines/postgresql/postgresql.h"

enum { PAUSE_MS = 20 };

static enum vouch_error_code answer_ask(PGconn *connection, const char *sql,
					struct vouch_deadline deadline,
					enum vouch_answer *answer,
					struct vouch_error *error)
{
	PGresult *result;
	enum vouch_error_code code = vouch__pg_query(
		connection, sql, NULL, 0, deadline, &result, NULL, error);

	*answer = code == VOUCH_OK ? vouch__pg_value_answer(result, 0, 0)
				   : VOUCH_UNKNOWN;
	PQclear(result);
	if (code == VOUCH_OK && *answer == VOUCH_UNKNOWN)
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the local server gave an answer that "
					"makes no sense");
	return code;
}

static enum vouch_error_code recovery_ask(PGconn *connection,
					  struct vouch_deadline deadline,
					  enum vouch_answer *recovery,
					  struct vouch_error *error)
{
	return answer_ask(connection, "SELECT pg_is_in_recovery()", deadline,
			  recovery, error);
}

static enum vouch_error_code recovery_leave(PGconn *connection,
					    struct vouch_deadline deadline,
					    struct vouch_error *error)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };
	enum vouch_answer recovery, sent;
	enum vouch_error_code code =
		recovery_ask(connection, deadline, &recovery, error);

	if (code == VOUCH_OK && recovery == VOUCH_NO)
		return vouch__error_set(error, VOUCH_E_STATE,
					"the server is writable already");
	if (code == VOUCH_OK)
		code = answer_ask(connection, "SELECT pg_promote(false)",
				  deadline, &sent, error);
	if (code == VOUCH_OK && sent != VOUCH_YES)
		return vouch__error_set(error, VOUCH_E_ENGINE,
					"PostgreSQL did not take the request to "
					"promote");
	while (code == VOUCH_OK) {
		code = recovery_ask(connection, deadline, &recovery, error);
		if (code != VOUCH_OK || recovery == VOUCH_NO)
			break;
		nanosleep(&pause, NULL);
	}
	return code;
}

/*
 * P6-S1: a member whose log runs beyond the switch point may still connect. It
 * asks for the old timeline from the beginning of the segment that its log ends
 * in, and reports that end as flushed; the server takes this for an
 * acknowledgement of what now lies at the same position on the new timeline. It
 * is refused once that segment begins after the switch point, so that nothing
 * may be committed in the segment that the switch point is in.
 */
static enum vouch_error_code segment_leave(PGconn *connection,
					   struct vouch_deadline deadline,
					   struct vouch_error *error)
{
	return vouch__pg_execute(connection, "SELECT pg_switch_wal()", NULL, 0,
				 deadline, error);
}

static enum vouch_error_code timeline_ask(PGconn *connection,
					  struct vouch_deadline deadline,
					  uint32_t *timeline,
					  struct vouch_error *error)
{
	PGresult *result;
	enum vouch_error_code code = vouch__pg_query(
		connection,
		"SELECT ('x' || substr(pg_walfile_name("
		"pg_current_wal_insert_lsn()), 1, 8))::bit(32)::bigint",
		NULL, 0, deadline, &result, NULL, error);

	if (code == VOUCH_OK && !vouch__pg_value_u32(result, 0, 0, timeline))
		code = vouch__error_set(error, VOUCH_E_MALFORMED,
					"the local server does not say its "
					"timeline");
	PQclear(result);
	return code;
}

/* The new timeline begins where its history says that its parent ended. */
static enum vouch_error_code result_verify(const struct vouch_config *config,
					   PGconn *connection,
					   uint32_t from_timeline,
					   struct vouch_deadline deadline,
					   uint32_t *timeline,
					   uint64_t *start_lsn,
					   struct vouch_error *error)
{
	struct vouch_pg_history history;
	enum vouch_error_code code =
		timeline_ask(connection, deadline, timeline, error);

	if (code == VOUCH_OK)
		code = vouch__pg_history_read(config, *timeline, &history, error);
	if (code != VOUCH_OK)
		return code;
	if (*timeline <= from_timeline || history.count == 0 ||
	    history.ancestors[history.count - 1].timeline != from_timeline)
		return vouch__error_set(error, VOUCH_E_CONFLICT,
					"the server left timeline %u for %u, "
					"whose parent is %u", from_timeline,
					*timeline, history.count == 0 ? 0 :
					history.ancestors[history.count - 1]
						.timeline);
	*start_lsn = history.ancestors[history.count - 1].end_lsn;
	return VOUCH_OK;
}

/* From the moment on that recovery was left, whoever asked for it. */
static enum vouch_error_code finish(const struct vouch_config *config,
				    PGconn *connection, uint32_t from_timeline,
				    struct vouch_deadline deadline,
				    uint32_t *timeline, uint64_t *start_lsn,
				    struct vouch_error *error)
{
	struct vouch_error flag_error;
	enum vouch_error_code flag, code;

	code = segment_leave(connection, deadline, error);
	/* Whatever came of it: nobody's restart may be a primary. */
	flag = vouch__pg_file_ensure(config, "standby.signal", &flag_error);
	if (code == VOUCH_OK)
		code = result_verify(config, connection, from_timeline, deadline,
				     timeline, start_lsn, error);
	if (code == VOUCH_OK && flag != VOUCH_OK) {
		if (error != NULL)
			*error = flag_error;
		return flag;
	}
	return code;
}

enum vouch_error_code vouch__pg_promote(const struct vouch_config *config,
					uint32_t from_timeline,
					struct vouch_deadline deadline,
					uint32_t *timeline, uint64_t *start_lsn,
					struct vouch_error *error)
{
	struct vouch_error ignored;
	enum vouch_error_code code;
	PGconn *connection;

	*timeline = 0;
	*start_lsn = 0;
	code = vouch__pg_connect_local(config, deadline, &connection, NULL,
				       error);
	if (code != VOUCH_OK)
		return code;
	code = recovery_leave(connection, deadline, error);
	if (code == VOUCH_OK)
		code = finish(config, connection, from_timeline, deadline,
			      timeline, start_lsn, error);
	else /* It may still leave recovery: no restart may be a primary. */
		(void)!vouch__pg_file_ensure(config, "standby.signal", &ignored);
	PQfinish(connection);
	return code;
}

enum vouch_error_code
vouch__pg_promote_finish(const struct vouch_config *config,
			 uint32_t from_timeline, struct vouch_deadline deadline,
			 uint32_t *timeline, uint64_t *start_lsn,
			 struct vouch_error *error)
{
	enum vouch_answer recovery;
	enum vouch_error_code code;
	PGconn *connection;

	*timeline = 0;
	*start_lsn = 0;
	code = vouch__pg_connect_local(config, deadline, &connection, NULL,
				       error);
	if (code != VOUCH_OK)
		return code;
	code = recovery_ask(connection, deadline, &recovery, error);
	if (code == VOUCH_OK && recovery != VOUCH_NO)
		code = vouch__error_set(error, VOUCH_E_STATE,
					"the server is still in recovery");
	if (code == VOUCH_OK)
		code = finish(config, connection, from_timeline, deadline,
			      timeline, start_lsn, error);
	PQfinish(connection);
	return code;
}
