/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Admitting a member's incarnation (P6-S1, amnesia). Between two probes that
 * name the same incarnation, one and the same streaming session gets past a
 * barrier that was sampled after the first: so the server that has this
 * incarnation has everything that could have been acknowledged before. The
 * second probe must show the barrier reached as well, which ties the session to
 * the server that was probed.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/postgresql.h"

enum { WAIT_MS = 5000, PAUSE_MS = 50 };

/* The one physical sender of that name, as it is now. */
static const char session_sql[] =
	"SELECT r.pid || '-' || (extract(epoch FROM r.backend_start) * 1000000)"
	"::bigint, pg_wal_lsn_diff(r.flush_lsn, '0/0'),"
	" r.state = 'streaming' AND a.datid IS NULL"
	" FROM pg_stat_replication r JOIN pg_stat_activity a USING (pid)"
	" WHERE r.application_name = $1";

struct admission {
	const struct vouch_config *config;
	const struct vouch_member *member;
	const struct vouch_stream *stream;
	struct vouch_deadline deadline;
	PGconn *connection;
	uint64_t system_id;
	uint64_t barrier;
	char barrier_text[24];
};

static enum vouch_error_code not_yet(const struct admission *admission,
				     const char *why, struct vouch_error *error)
{
	return vouch__error_set(error, VOUCH_E_STATE,
				"%s is not admitted yet: %s",
				admission->stream->name, why);
}

static enum vouch_error_code session_check(const struct admission *admission,
					   uint64_t *flushed,
					   struct vouch_error *error)
{
	const char *values[] = { admission->stream->name };
	char session[VOUCH_NAME_SIZE];
	PGresult *result;
	enum vouch_error_code code =
		vouch__pg_query(admission->connection, session_sql, values, 1,
				admission->deadline, &result, NULL, error);

	*flushed = 0;
	if (code != VOUCH_OK)
		return code;
	if (PQntuples(result) != 1)
		code = not_yet(admission, PQntuples(result) == 0
				? "it does not stream from here"
				: "several sessions use its name", error);
	else if (!vouch__pg_value_text(result, 0, 0, session,
				       sizeof(session)) ||
		 strcmp(session, admission->stream->session) != 0)
		code = not_yet(admission, "its session is another one now",
			       error);
	else if (vouch__pg_value_answer(result, 0, 2) != VOUCH_YES)
		code = not_yet(admission, "it is still catching up", error);
	else if (!vouch__pg_value_u64(result, 0, 1, flushed))
		code = not_yet(admission, "it has not said what it has on disk",
			       error);
	PQclear(result);
	return code;
}

/* Sampled on the server itself; a writable one only. */
static enum vouch_error_code barrier_sample(struct admission *admission,
					    struct vouch_error *error)
{
	PGresult *result;
	enum vouch_error_code code = vouch__pg_query(
		admission->connection,
		"SELECT pg_wal_lsn_diff(b, '0/0'), b,"
		" (SELECT system_identifier FROM pg_control_system())"
		" FROM pg_current_wal_flush_lsn() AS b",
		NULL, 0, admission->deadline, &result, NULL, error);

	if (code == VOUCH_OK &&
	    (!vouch__pg_value_u64(result, 0, 0, &admission->barrier) ||
	     !vouch__pg_value_text(result, 0, 1, admission->barrier_text,
				   sizeof(admission->barrier_text)) ||
	     !vouch__pg_value_u64(result, 0, 2, &admission->system_id)))
		code = vouch__error_set(error, VOUCH_E_MALFORMED,
					"the local server does not say where its "
					"log is");
	PQclear(result);
	return code;
}

static enum vouch_error_code member_probe(const struct admission *admission,
					  struct vouch_probe *probe,
					  struct vouch_error *error)
{
	enum vouch_error_code code =
		vouch__pg_probe(admission->config, admission->member,
				admission->deadline, probe, error);

	if (code != VOUCH_OK)
		return code;
	if (probe->in_recovery != VOUCH_YES)
		return vouch__error_set(error, VOUCH_E_CONFLICT,
					"%s streams from here and says that it "
					"is writable", admission->stream->name);
	if (probe->incarnation[0] == '\0')
		return not_yet(admission, "its server was not started by vouch",
			       error);
	return VOUCH_OK;
}

static void pause_briefly(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };

	nanosleep(&pause, NULL);
}

static enum vouch_error_code flush_wait(const struct admission *admission,
					struct vouch_error *error)
{
	for (;;) {
		uint64_t flushed;
		enum vouch_error_code code =
			session_check(admission, &flushed, error);

		if (code != VOUCH_OK || flushed >= admission->barrier)
			return code;
		if (vouch__deadline_left_ms(admission->deadline) <= PAUSE_MS)
			return not_yet(admission, "it lags behind", error);
		pause_briefly();
	}
}

static enum vouch_error_code same_server_check(const struct admission *admission,
					       const char *incarnation,
					       struct vouch_error *error)
{
	struct vouch_probe probe;
	enum vouch_error_code code = member_probe(admission, &probe, error);

	if (code != VOUCH_OK)
		return code;
	if (strcmp(probe.incarnation, incarnation) != 0 ||
	    probe.system_id != admission->system_id)
		return not_yet(admission, "the server there is another one now",
			       error);
	if (probe.received_lsn < admission->barrier &&
	    probe.replayed_lsn < admission->barrier)
		return not_yet(admission, "the server at its address has not "
			       "received what its session acknowledged", error);
	return VOUCH_OK;
}

/* Its newest row already says so: nothing to add. */
static enum vouch_error_code is_admitted(const struct admission *admission,
					 const char *incarnation, int *is,
					 struct vouch_error *error)
{
	const char *values[] = { admission->stream->name };
	PGresult *result;
	enum vouch_error_code code = vouch__pg_query(
		admission->connection,
		"SELECT incarnation FROM vouch.admission WHERE node = $1"
		" ORDER BY serial DESC LIMIT 1",
		values, 1, admission->deadline, &result, NULL, error);

	*is = code == VOUCH_OK && PQntuples(result) == 1 &&
	      strcmp(PQgetvalue(result, 0, 0), incarnation) == 0;
	PQclear(result);
	return code;
}

static enum vouch_error_code row_write(const struct admission *admission,
				       const char *incarnation,
				       struct vouch_error *error)
{
	const char *values[] = { admission->stream->name, incarnation,
				 admission->barrier_text };
	const struct {
		const char *sql;
		int count;
	} steps[] = {
		{ "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE", 0 },
		{ "SET LOCAL synchronous_commit = local", 0 },
		{ "INSERT INTO vouch.admission"
		  " (node, incarnation, epoch, barrier)"
		  " VALUES ($1, $2, (SELECT max(epoch) FROM vouch.epoch),"
		  " $3::pg_lsn)", 3 },
		{ "COMMIT", 0 },
	};
	enum vouch_error_code code = VOUCH_OK;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) &&
			   code == VOUCH_OK; i++)
		code = vouch__pg_execute(admission->connection, steps[i].sql,
					 steps[i].count > 0 ? values : NULL,
					 steps[i].count, admission->deadline,
					 error);
	return code;
}

static enum vouch_error_code admit(struct admission *admission,
				   char incarnation[VOUCH_NAME_SIZE],
				   struct vouch_error *error)
{
	struct vouch_probe probe;
	uint64_t flushed;
	int is;
	enum vouch_error_code code = session_check(admission, &flushed, error);

	if (code == VOUCH_OK)
		code = member_probe(admission, &probe, error);
	if (code != VOUCH_OK)
		return code;
	strcpy(incarnation, probe.incarnation);
	code = is_admitted(admission, incarnation, &is, error);
	if (code != VOUCH_OK || is)
		return code;
	code = barrier_sample(admission, error);
	if (code == VOUCH_OK && probe.system_id != admission->system_id)
		code = vouch__error_set(error, VOUCH_E_CONFLICT,
					"the server at the address of %s is of "
					"another database system",
					admission->stream->name);
	if (code == VOUCH_OK)
		code = flush_wait(admission, error);
	if (code == VOUCH_OK)
		code = same_server_check(admission, incarnation, error);
	if (code == VOUCH_OK)
		code = session_check(admission, &flushed, error);
	if (code == VOUCH_OK)
		code = row_write(admission, incarnation, error);
	return code;
}

enum vouch_error_code vouch__pg_admit(const struct vouch_config *config,
				      const struct vouch_stream *stream,
				      struct vouch_deadline deadline,
				      char incarnation[VOUCH_NAME_SIZE],
				      struct vouch_error *error)
{
	struct admission admission = {
		.config = config,
		.member = vouch__config_member(config, stream->name),
		.stream = stream,
		.deadline = vouch__deadline_within(deadline, WAIT_MS),
	};
	enum vouch_error_code code;

	incarnation[0] = '\0';
	if (admission.member == NULL || strcmp(stream->name, config->node) == 0)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"%s is no other member", stream->name);
	code = vouch__pg_connect_local(config, admission.deadline,
				       &admission.connection, NULL, error);
	if (code != VOUCH_OK)
		return code;
	code = admit(&admission, incarnation, error);
	PQfinish(admission.connection);
	if (code != VOUCH_OK)
		incarnation[0] = '\0';
	return code;
}
