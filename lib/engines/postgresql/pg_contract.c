/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A contract's row, written by the holder (P6-S1). Its commit waits for the
 * acknowledgements of the contract that the server runs with, as every other
 * one: what is announced is known to those who answer for the old contract
 * before anything changes, and what is confirmed was acknowledged under the
 * new one. Only the row that says that nothing is enforced waits for nobody.
 *
 * Who waits may be cut off or cancelled, and then the row is there, acknowledged or
 * not: a commit that locks it waits once more, for all that comes before it.
 */
#include <stdio.h>
#include <stdlib.h>
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/pg_settings.h"
#include "engines/postgresql/postgresql.h"

/* The condition is looked at with the lock held, so that no epoch begins
 * between the look and the commit. */
static const char *const steps[] = {
	"BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE",
	NULL, /* whether the commit waits */
	"LOCK TABLE vouch.epoch IN SHARE ROW EXCLUSIVE MODE",
};

struct statement {
	const char *sql; /* of one row; none: the epoch is not the newest one */
	int count;	 /* of values */
};

static const struct statement row_write_sql = {
	"INSERT INTO vouch.contract (epoch, phase, pinned, method, k, members)"
	" SELECT $1::bigint, $2, $6::boolean, $3, $4::int, $5::text[]"
	" WHERE (SELECT max(epoch) FROM vouch.epoch) = $1::bigint",
	6
};
static const struct statement row_lock_sql = {
	"SELECT 1 FROM vouch.contract WHERE epoch = $1::bigint"
	" AND (SELECT max(epoch) FROM vouch.epoch) = $1::bigint"
	" ORDER BY serial DESC LIMIT 1 FOR UPDATE",
	1
};

static const char waits[] = "SET LOCAL synchronous_commit = on";
static const char waits_not[] = "SET LOCAL synchronous_commit = local";

static enum vouch_error_code row_touch(PGconn *connection, const char *how,
				       const struct statement *statement,
				       const char *const *values,
				       struct vouch_deadline deadline,
				       struct vouch_error *error)
{
	const size_t count = sizeof(steps) / sizeof(steps[0]);
	PGresult *result = NULL;
	enum vouch_error_code code = VOUCH_OK;

	for (size_t i = 0; i < count && code == VOUCH_OK; i++)
		code = vouch__pg_execute(connection, steps[i] ? steps[i] : how,
					 NULL, 0, deadline, error);
	if (code == VOUCH_OK)
		code = vouch__pg_query(connection, statement->sql, values,
				       statement->count, deadline, &result,
				       NULL, error);
	if (code == VOUCH_OK && strtol(PQcmdTuples(result), NULL, 10) != 1)
		code = vouch__error_set(error, VOUCH_E_CONFLICT,
					"epoch %s is no longer the newest one",
					values[0]);
	PQclear(result);
	return code;
}

static enum vouch_error_code acknowledged_commit(PGconn *connection,
						 struct vouch_deadline deadline,
						 struct vouch_error *error)
{
	enum vouch_error_code code = vouch__pg_execute(connection, "COMMIT",
						       NULL, 0, deadline, error);

	if (code == VOUCH_E_TIMEOUT)
		return vouch__error_set(error, VOUCH_E_TIMEOUT,
					"the contract's row is written, but was "
					"not acknowledged in time");
	return code;
}

static enum vouch_error_code row_write(const struct vouch_config *config,
				       uint64_t epoch, enum vouch_phase phase,
				       int pinned,
				       const struct vouch_terms *terms,
				       struct vouch_deadline deadline,
				       struct vouch_error *error)
{
	const char *names[VOUCH_NODES_MAX];
	char number[24], k[16];
	char *members;
	PGconn *connection;
	enum vouch_error_code code = vouch__terms_check(config, terms, error);

	if (code != VOUCH_OK)
		return code;
	if (epoch == 0 || phase == VOUCH_PHASE_UNKNOWN)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"the contract to write is incomplete");
	for (uint32_t i = 0; i < terms->member_count; i++)
		names[i] = terms->members[i];
	members = vouch__pg_array(names, terms->member_count);
	if (members == NULL)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	snprintf(number, sizeof(number), "%llu", (unsigned long long)epoch);
	snprintf(k, sizeof(k), "%d", terms->k);
	code = vouch__pg_connect_local(config, deadline, &connection, NULL,
				       error);
	if (code == VOUCH_OK) {
		const char *const values[] = {
			number,
			phase == VOUCH_PHASE_ANNOUNCED ? "announced" :
							 "in-force",
			terms->method == VOUCH_METHOD_FIRST ? "FIRST" : "ANY",
			k, members, pinned ? "t" : "f",
		};

		code = row_touch(connection, pinned ? waits : waits_not,
				 &row_write_sql, values, deadline, error);
		if (code == VOUCH_OK)
			code = acknowledged_commit(connection, deadline, error);
		PQfinish(connection);
	}
	free(members);
	return code;
}

enum vouch_error_code
vouch__pg_contract_write(const struct vouch_config *config, uint64_t epoch,
			 enum vouch_phase phase, const struct vouch_terms *terms,
			 struct vouch_deadline deadline,
			 struct vouch_error *error)
{
	return row_write(config, epoch, phase, 1, terms, deadline, error);
}

enum vouch_error_code vouch__pg_contract_await(const struct vouch_config *config,
					       uint64_t epoch,
					       struct vouch_deadline deadline,
					       struct vouch_error *error)
{
	PGconn *connection;
	char number[24];
	const char *const values[] = { number };
	enum vouch_error_code code = vouch__pg_connect_local(
		config, deadline, &connection, NULL, error);

	if (code != VOUCH_OK)
		return code;
	snprintf(number, sizeof(number), "%llu", (unsigned long long)epoch);
	code = row_touch(connection, waits, &row_lock_sql, values, deadline,
			 error);
	if (code == VOUCH_OK)
		code = acknowledged_commit(connection, deadline, error);
	PQfinish(connection);
	return code;
}

enum vouch_error_code
vouch__pg_contract_disown(const struct vouch_config *config, uint64_t epoch,
			  const struct vouch_terms *terms,
			  struct vouch_deadline deadline,
			  struct vouch_error *error)
{
	return row_write(config, epoch, VOUCH_PHASE_IN_FORCE, 0, terms, deadline,
			 error);
}
