/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asking a member over the network. Identity, positions and history come from
 * the same connection, so from the same server. Positions are read before
 * IDENTIFY_SYSTEM: they only grow, so that its position, which is the furthest
 * one on the timeline that it names, must not be below them.
 */
#include <stdio.h>
#include <string.h>
#include "engines/postgresql/pg_cluster_name.h"
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/pg_history.h"
#include "engines/postgresql/pg_lsn.h"
#include "engines/postgresql/postgresql.h"

enum column {
	IN_RECOVERY, CLUSTER_NAME, NAME_PINNED, RECEIVED, REPLAYED, EXHAUSTED,
	PAUSED, CHECKSUMS_CLEAN, CLAIMED, EPOCH_READABLE,
};

/*
 * The receive position is null until streaming is first requested, which the
 * startup process does only after it has read the local log to its end (and
 * primary_conninfo is always pinned). From then on the replayed position
 * covers all that was on disk, and the received one all that came afterwards.
 */
static const char question[] =
	"SELECT pg_is_in_recovery(), current_setting('cluster_name'), "
	VOUCH_PG_NAME_IS_PINNED ", "
	"pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery()"
	" THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_flush_lsn() END,"
	" '0/0'), "
	"pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery()"
	" THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END,"
	" '0/0'), "
	"CASE WHEN pg_is_in_recovery()"
	" THEN pg_last_wal_receive_lsn() IS NOT NULL ELSE true END, "
	"CASE WHEN pg_is_in_recovery()"
	" THEN pg_get_wal_replay_pause_state() <> 'not paused' ELSE false END, "
	"CASE WHEN current_setting('data_checksums') = 'off' THEN true"
	" ELSE (SELECT sum(checksum_failures) = 0 FROM pg_stat_database) END, "
	"EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory'"
	" AND l.classid = " VOUCH_PG_CLAIM_CLASS
	" AND l.objid = " VOUCH_PG_CLAIM_OBJECT
	" AND l.objsubid = 2 AND l.granted"
	" AND l.database = (SELECT d.oid FROM pg_database d"
	"  WHERE d.datname = current_database())), "
	"EXISTS (SELECT FROM pg_class c, pg_namespace n"
	" WHERE " VOUCH_PG_IS_OWN_TABLE " AND c.relname = 'epoch'"
	" AND has_schema_privilege(n.oid, 'USAGE')"
	" AND has_table_privilege(c.oid, 'SELECT'))";

static enum vouch_error_code senseless(const struct vouch_member *member,
				       const char *what,
				       struct vouch_probe *probe,
				       struct vouch_error *error)
{
	probe->condition = VOUCH_MALFORMED;
	return vouch__error_set(error, VOUCH_E_MALFORMED,
				"%s: the answer about %s makes no sense",
				member->name, what);
}

/* Whose it says it is must be right, wherever it says so; which life it is only the
 * command line tells. */
static enum vouch_error_code identity_check(const struct vouch_config *config,
					    const struct vouch_member *member,
					    const char *text,
					    enum vouch_answer pinned,
					    struct vouch_probe *probe,
					    struct vouch_error *error)
{
	struct vouch_pg_cluster_name name;

	switch (vouch__pg_cluster_name_decode(text, &name, error)) {
	case VOUCH_OK:
		break;
	case VOUCH_E_NOT_FOUND: /* not pinned: the incarnation stays empty */
		return VOUCH_OK;
	default:
		return senseless(member, "its cluster_name", probe, error);
	}
	if (strcmp(name.name, config->name) != 0 ||
	    strcmp(name.node, member->name) != 0) {
		probe->condition = VOUCH_CONTRADICTORY;
		return vouch__error_set(error, VOUCH_E_CONFLICT,
					"%s port %u was to be %s of %s and says "
					"that it is %s of %s", member->host,
					member->port, member->name, config->name,
					name.node, name.name);
	}
	if (pinned == VOUCH_YES)
		strcpy(probe->incarnation, name.incarnation);
	return VOUCH_OK;
}

static enum vouch_error_code state_ask(const struct vouch_config *config,
				       const struct vouch_member *member,
				       PGconn *connection,
				       struct vouch_deadline deadline,
				       struct vouch_probe *probe,
				       enum vouch_answer *epoch_readable,
				       struct vouch_error *error)
{
	PGresult *result;
	enum vouch_error_code code = vouch__pg_query(
		connection, question, NULL, 0, deadline, &result, NULL, error);

	*epoch_readable = VOUCH_UNKNOWN;
	if (code != VOUCH_OK)
		return vouch__error_prefix(error, "%s", member->name);
	probe->in_recovery = vouch__pg_value_answer(result, 0, IN_RECOVERY);
	probe->log_exhausted = vouch__pg_value_answer(result, 0, EXHAUSTED);
	probe->replay_paused = vouch__pg_value_answer(result, 0, PAUSED);
	probe->checksums_clean =
		vouch__pg_value_answer(result, 0, CHECKSUMS_CLEAN);
	probe->promoting = vouch__pg_value_answer(result, 0, CLAIMED);
	*epoch_readable = vouch__pg_value_answer(result, 0, EPOCH_READABLE);
	if (PQntuples(result) != 1 || probe->in_recovery == VOUCH_UNKNOWN ||
	    (!PQgetisnull(result, 0, RECEIVED) &&
	     !vouch__pg_value_u64(result, 0, RECEIVED, &probe->received_lsn)) ||
	    (!PQgetisnull(result, 0, REPLAYED) &&
	     !vouch__pg_value_u64(result, 0, REPLAYED, &probe->replayed_lsn)))
		code = senseless(member, "its state", probe, error);
	else
		code = identity_check(config, member,
				      PQgetvalue(result, 0, CLUSTER_NAME),
				      vouch__pg_value_answer(result, 0,
							     NAME_PINNED),
				      probe, error);
	PQclear(result);
	return code;
}

static enum vouch_error_code epoch_ask(const struct vouch_member *member,
				       PGconn *connection,
				       struct vouch_deadline deadline,
				       struct vouch_probe *probe,
				       struct vouch_error *error)
{
	PGresult *result;
	enum vouch_error_code code = vouch__pg_query(
		connection,
		"SELECT epoch, timeline FROM vouch.epoch "
		"ORDER BY epoch DESC LIMIT 1", NULL, 0, deadline, &result, NULL,
		error);

	if (code != VOUCH_OK)
		return vouch__error_prefix(error, "%s", member->name);
	if (PQntuples(result) > 0 &&
	    (!vouch__pg_value_u64(result, 0, 0, &probe->epoch) ||
	     !vouch__pg_value_u32(result, 0, 1, &probe->epoch_timeline)))
		code = senseless(member, "its newest epoch", probe, error);
	PQclear(result);
	return code;
}

static enum vouch_error_code system_ask(const struct vouch_member *member,
					PGconn *connection,
					struct vouch_deadline deadline,
					struct vouch_probe *probe,
					struct vouch_error *error)
{
	uint64_t furthest = 0;
	PGresult *result;
	enum vouch_error_code code =
		vouch__pg_query(connection, "IDENTIFY_SYSTEM", NULL, 0, deadline,
				&result, NULL, error);

	if (code != VOUCH_OK)
		return vouch__error_prefix(error, "%s", member->name);
	if (PQntuples(result) != 1 || PQnfields(result) < 3 ||
	    !vouch__pg_value_u64(result, 0, 0, &probe->system_id) ||
	    !vouch__pg_timeline_parse(PQgetvalue(result, 0, 1),
				      &probe->timeline) ||
	    !vouch__pg_lsn_parse(PQgetvalue(result, 0, 2), &furthest))
		code = senseless(member, "its system", probe, error);
	PQclear(result);
	if (code == VOUCH_OK && (furthest < probe->received_lsn ||
				 furthest < probe->replayed_lsn))
		return vouch__error_set(error, VOUCH_E_ENGINE,
					"%s is just changing its timeline; ask "
					"again", member->name);
	return code;
}

static enum vouch_error_code history_ask(const struct vouch_member *member,
					 PGconn *connection,
					 struct vouch_deadline deadline,
					 struct vouch_probe *probe,
					 struct vouch_error *error)
{
	struct vouch_pg_history history;
	PGresult *result;
	char command[48];
	enum vouch_error_code code;

	if (probe->timeline == 1)
		return VOUCH_OK;
	snprintf(command, sizeof(command), "TIMELINE_HISTORY %u",
		 probe->timeline);
	code = vouch__pg_query(connection, command, NULL, 0, deadline, &result,
			       NULL, error);
	if (code != VOUCH_OK)
		return vouch__error_prefix(error, "%s", member->name);
	if (PQntuples(result) != 1 || PQnfields(result) != 2 ||
	    vouch__pg_history_parse(PQgetvalue(result, 0, 1),
				    (size_t)PQgetlength(result, 0, 1),
				    probe->timeline, &history,
				    error) != VOUCH_OK) {
		code = error->text[0] ?
			       vouch__error_prefix(error, "%s", member->name) :
			       senseless(member, "its timeline's history", probe,
					 error);
		probe->condition = VOUCH_MALFORMED;
	} else {
		probe->history_count = history.count;
		memcpy(probe->history, history.ancestors,
		       sizeof(probe->history));
	}
	PQclear(result);
	return code;
}

static enum vouch_error_code ask(const struct vouch_config *config,
				 const struct vouch_member *member,
				 PGconn *connection,
				 struct vouch_deadline deadline,
				 struct vouch_probe *probe,
				 struct vouch_error *error)
{
	enum vouch_answer epoch_readable;
	enum vouch_error_code code = state_ask(config, member, connection,
					       deadline, probe, &epoch_readable,
					       error);

	if (code == VOUCH_OK && epoch_readable == VOUCH_YES)
		code = epoch_ask(member, connection, deadline, probe, error);
	if (code == VOUCH_OK)
		code = system_ask(member, connection, deadline, probe, error);
	if (code == VOUCH_OK)
		code = history_ask(member, connection, deadline, probe, error);
	return code;
}

enum vouch_error_code vouch__pg_probe(const struct vouch_config *config,
				      const struct vouch_member *member,
				      struct vouch_deadline deadline,
				      struct vouch_probe *probe,
				      struct vouch_error *error)
{
	enum vouch_condition condition;
	PGconn *connection;
	enum vouch_error_code code;

	memset(probe, 0, sizeof(*probe));
	deadline = vouch__deadline_within(deadline, config->probe_timeout_ms);
	code = vouch__pg_connect_member(config, member, deadline, &connection,
					error);
	if (code != VOUCH_OK)
		return code;
	code = ask(config, member, connection, deadline, probe, error);
	PQfinish(connection);
	if (code == VOUCH_OK) {
		probe->condition = VOUCH_PRESENT;
		return code;
	}
	/* Half an answer is none, but for what kind of none it is. */
	condition = probe->condition;
	memset(probe, 0, sizeof(*probe));
	probe->condition = condition;
	return code;
}
