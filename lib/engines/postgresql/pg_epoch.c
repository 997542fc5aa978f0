/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The epoch's row, with its contract and its holder's admission, in one
 * transaction. It commits locally: until standbys follow the new holder nobody
 * could acknowledge it, and whoever has the row has everything before it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/pg_settings.h"
#include "engines/postgresql/postgresql.h"

/* Each is one statement; the first three stand in every transaction. */
static const char *const begin[] = {
	"BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE",
	"SET LOCAL synchronous_commit = local",
	"SET LOCAL search_path = pg_catalog",
};

/* Owned by the bootstrap superuser, whatever superuser is connected. */
static const char *const schema[] = {
	"SELECT set_config('role', (SELECT rolname::text FROM pg_roles"
	" WHERE oid = 10), true)",
	"CREATE SCHEMA vouch",
	"REVOKE ALL ON SCHEMA vouch FROM PUBLIC",
	"CREATE TABLE vouch.epoch (epoch bigint PRIMARY KEY CHECK (epoch > 0),"
	" holder text NOT NULL, incarnation text NOT NULL,"
	" timeline bigint NOT NULL, start_lsn pg_lsn NOT NULL,"
	" request_id text NOT NULL,"
	" at timestamptz NOT NULL DEFAULT clock_timestamp())",
	"CREATE TABLE vouch.contract (serial bigint GENERATED ALWAYS AS IDENTITY"
	" PRIMARY KEY, epoch bigint NOT NULL, phase text NOT NULL"
	" CHECK (phase IN ('announced', 'in-force')), pinned boolean,"
	" method text NOT NULL CHECK (method IN ('ANY', 'FIRST')),"
	" k int NOT NULL CHECK (k >= 0), members text[] NOT NULL)",
	"CREATE TABLE vouch.admission (serial bigint GENERATED ALWAYS AS IDENTITY"
	" PRIMARY KEY, node text NOT NULL, incarnation text NOT NULL,"
	" epoch bigint NOT NULL, barrier pg_lsn NOT NULL,"
	" at timestamptz NOT NULL DEFAULT clock_timestamp())",
	"REVOKE ALL ON vouch.epoch, vouch.contract, vouch.admission FROM PUBLIC",
};

static enum vouch_error_code list_run(PGconn *connection,
				      const char *const *list, size_t count,
				      struct vouch_deadline deadline,
				      struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_OK;

	for (size_t i = 0; i < count && code == VOUCH_OK; i++)
		code = vouch__pg_execute(connection, list[i], NULL, 0, deadline,
					 error);
	return code;
}

/* Reading is granted to the role that probes, each time: it may be new. */
static enum vouch_error_code grants_run(const struct vouch_config *config,
					PGconn *connection,
					struct vouch_deadline deadline,
					struct vouch_error *error)
{
	static const char *const formats[] = {
		"GRANT USAGE ON SCHEMA vouch TO %s",
		"GRANT SELECT ON vouch.epoch, vouch.contract, vouch.admission "
		"TO %s",
	};
	char *role = PQescapeIdentifier(connection, config->repl_user,
					strlen(config->repl_user));
	enum vouch_error_code code = VOUCH_OK;
	char sql[512];

	if (role == NULL)
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"the replication user's name is invalid");
	for (size_t i = 0; i < 2 && code == VOUCH_OK; i++) {
		snprintf(sql, sizeof(sql), formats[i], role);
		code = vouch__pg_execute(connection, sql, NULL, 0, deadline,
					 error);
	}
	PQfreemem(role);
	return code;
}

/* How much of the schema is there: all of it ours, nothing, or else. */
static enum vouch_error_code schema_look(PGconn *connection,
					 struct vouch_deadline deadline,
					 int *is_there, struct vouch_error *error)
{
	PGresult *result;
	uint64_t schemas = 0, tables = 0;
	enum vouch_error_code code = vouch__pg_query(
		connection,
		"SELECT (SELECT count(*) FROM pg_namespace"
		" WHERE nspname = 'vouch'),"
		" (SELECT count(*) FROM pg_class c, pg_namespace n"
		" WHERE " VOUCH_PG_IS_OWN_TABLE
		" AND c.relname IN ('epoch', 'contract', 'admission'))",
		NULL, 0, deadline, &result, NULL, error);

	*is_there = 0;
	if (code != VOUCH_OK)
		return code;
	if (!vouch__pg_value_u64(result, 0, 0, &schemas) ||
	    !vouch__pg_value_u64(result, 0, 1, &tables) ||
	    (schemas > 0 && tables != 3))
		code = vouch__error_set(error, VOUCH_E_CONFLICT,
					"a schema \"vouch\" is there that vouch "
					"did not make; rename or drop it");
	*is_there = schemas > 0;
	PQclear(result);
	return code;
}

static enum vouch_error_code schema_ensure(const struct vouch_config *config,
					   PGconn *connection, int create,
					   struct vouch_deadline deadline,
					   struct vouch_error *error)
{
	int is_there;
	enum vouch_error_code code =
		schema_look(connection, deadline, &is_there, error);

	if (code != VOUCH_OK)
		return code;
	if (!is_there && !create)
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"the database has no schema \"vouch\": it "
					"was never adopted");
	if (!is_there) {
		code = list_run(connection, schema,
				sizeof(schema) / sizeof(schema[0]), deadline,
				error);
		if (code == VOUCH_OK)
			code = vouch__pg_execute(connection, "RESET ROLE", NULL,
						 0, deadline, error);
	}
	if (code == VOUCH_OK && create)
		code = grants_run(config, connection, deadline, error);
	return code;
}

/* *same: exactly this epoch was written before, by this request. */
static enum vouch_error_code precedence_check(PGconn *connection,
					      const char *const *values,
					      struct vouch_deadline deadline,
					      int *same,
					      struct vouch_error *error)
{
	PGresult *result;
	enum vouch_answer newer, identical;
	enum vouch_error_code code = vouch__pg_query(
		connection,
		"SELECT EXISTS (SELECT FROM vouch.epoch WHERE epoch >= $1::bigint),"
		" EXISTS (SELECT FROM vouch.epoch WHERE epoch = $1::bigint"
		" AND holder = $2 AND incarnation = $3"
		" AND timeline = $4::bigint AND start_lsn = $5::pg_lsn"
		" AND request_id = $6)"
		" AND NOT EXISTS (SELECT FROM vouch.epoch"
		" WHERE epoch > $1::bigint)",
		values, 6, deadline, &result, NULL, error);

	*same = 0;
	if (code != VOUCH_OK)
		return code;
	newer = vouch__pg_value_answer(result, 0, 0);
	identical = vouch__pg_value_answer(result, 0, 1);
	PQclear(result);
	*same = identical == VOUCH_YES;
	if (!*same && newer != VOUCH_NO)
		return vouch__error_set(error, VOUCH_E_CONFLICT,
					"epoch %s or a later one is on record "
					"already", values[0]);
	return VOUCH_OK;
}

static enum vouch_error_code rows_insert(PGconn *connection,
					 const char *const *values,
					 const char *const *contract,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	enum vouch_error_code code = vouch__pg_execute(
		connection,
		"INSERT INTO vouch.epoch"
		" (epoch, holder, incarnation, timeline, start_lsn, request_id)"
		" VALUES ($1::bigint, $2, $3, $4::bigint, $5::pg_lsn, $6)",
		values, 6, deadline, error);

	if (code == VOUCH_OK)
		code = vouch__pg_execute(
			connection,
			"INSERT INTO vouch.contract"
			" (epoch, phase, pinned, method, k, members)"
			" VALUES ($1::bigint, 'in-force', $2::boolean, $3,"
			" $4::int, $5::text[])",
			contract, 5, deadline, error);
	if (code == VOUCH_OK)
		code = vouch__pg_execute(
			connection,
			"INSERT INTO vouch.admission"
			" (epoch, node, incarnation, barrier)"
			" VALUES ($1::bigint, $2, $3, pg_current_wal_lsn())",
			values, 3, deadline, error);
	return code;
}

static enum vouch_error_code epoch_insert(PGconn *connection,
					  const struct vouch_epoch *epoch,
					  const char *members,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	char number[24], timeline[16], lsn[24], k[16];
	const char *values[] = { number, epoch->holder, epoch->incarnation,
				 timeline, lsn, epoch->request_id };
	const char *contract[] = {
		number,
		epoch->pinned == VOUCH_YES ? "t"
		: epoch->pinned == VOUCH_NO ? "f" : NULL,
		epoch->method == VOUCH_METHOD_FIRST ? "FIRST" : "ANY", k, members,
	};
	int same;
	enum vouch_error_code code;

	snprintf(number, sizeof(number), "%llu",
		 (unsigned long long)epoch->epoch);
	snprintf(timeline, sizeof(timeline), "%u", epoch->timeline);
	snprintf(lsn, sizeof(lsn), "%X/%X", (uint32_t)(epoch->start_lsn >> 32),
		 (uint32_t)epoch->start_lsn);
	snprintf(k, sizeof(k), "%d", epoch->k);
	code = precedence_check(connection, values, deadline, &same, error);
	if (code == VOUCH_OK && !same)
		code = rows_insert(connection, values, contract, deadline, error);
	return code;
}

static enum vouch_error_code transaction_run(const struct vouch_config *config,
					     PGconn *connection,
					     const struct vouch_epoch *epoch,
					     const char *members, int create,
					     struct vouch_deadline deadline,
					     struct vouch_error *error)
{
	enum vouch_error_code code =
		list_run(connection, begin, sizeof(begin) / sizeof(begin[0]),
			 deadline, error);

	if (code == VOUCH_OK)
		code = schema_ensure(config, connection, create, deadline,
				     error);
	if (code == VOUCH_OK)
		code = vouch__pg_execute(connection,
					 "LOCK TABLE vouch.epoch IN SHARE ROW "
					 "EXCLUSIVE MODE", NULL, 0, deadline,
					 error);
	if (code == VOUCH_OK)
		code = epoch_insert(connection, epoch, members, deadline, error);
	if (code == VOUCH_OK)
		code = vouch__pg_execute(connection, "COMMIT", NULL, 0, deadline,
					 error);
	return code;
}

static enum vouch_error_code epoch_check(const struct vouch_epoch *epoch,
					 struct vouch_error *error)
{
	if (epoch->epoch == 0 || epoch->epoch > INT64_MAX ||
	    epoch->holder[0] == '\0' || epoch->incarnation[0] == '\0' ||
	    epoch->request_id[0] == '\0' || epoch->timeline == 0 ||
	    epoch->method == VOUCH_METHOD_UNKNOWN || epoch->k < 0 ||
	    epoch->member_count > VOUCH_NODES_MAX ||
	    (uint32_t)epoch->k > epoch->member_count)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"the epoch to write is incomplete or "
					"impossible");
	return VOUCH_OK;
}

enum vouch_error_code vouch__pg_epoch_write(const struct vouch_config *config,
					    const struct vouch_epoch *epoch,
					    int create,
					    struct vouch_deadline deadline,
					    struct vouch_error *error)
{
	const char *names[VOUCH_NODES_MAX];
	PGconn *connection;
	char *members;
	enum vouch_error_code code = epoch_check(epoch, error);

	if (code != VOUCH_OK)
		return code;
	for (uint32_t i = 0; i < epoch->member_count; i++)
		names[i] = epoch->members[i];
	members = vouch__pg_array(names, epoch->member_count);
	if (members == NULL)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__pg_connect_local(config, deadline, &connection, NULL,
				       error);
	if (code == VOUCH_OK) {
		code = transaction_run(config, connection, epoch, members, create,
				       deadline, error);
		PQfinish(connection); /* an open transaction is undone */
	}
	free(members);
	return code;
}
