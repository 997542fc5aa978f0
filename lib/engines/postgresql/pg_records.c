/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The records of the authority in this node's own log: the newest ones, in
 * ascending order, from one snapshot. Nodes that are no longer members may
 * stand in old epochs, which decide nothing any more and are left out; in the
 * newest one such a row is an error, because leaving a member out of a contract
 * would make it easier to satisfy.
 */
#include <stdlib.h>
#include <string.h>
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/pg_settings.h"
#include "engines/postgresql/postgresql.h"

/* Members as one text; null where a name could not be one of ours. */
#define MEMBERS                                                                \
	"CASE WHEN EXISTS (SELECT FROM unnest(c.members) AS m(one)"             \
	" WHERE m.one IS NULL OR m.one !~ '^[A-Za-z0-9._-]+$') THEN NULL"       \
	" ELSE array_to_string(c.members, ',') END"

static const char epochs_sql[] =
	"SELECT e.epoch, e.holder, e.incarnation, c.method, c.k, " MEMBERS
	" FROM (SELECT * FROM vouch.epoch ORDER BY epoch DESC LIMIT 32) e"
	" LEFT JOIN LATERAL (SELECT * FROM vouch.contract i"
	"  WHERE i.epoch = e.epoch ORDER BY i.serial LIMIT 1) c ON true"
	" ORDER BY e.epoch";
static const char contracts_sql[] =
	"SELECT c.epoch, c.serial, c.phase, c.pinned, c.method, c.k, " MEMBERS
	" FROM (SELECT * FROM vouch.contract ORDER BY serial DESC LIMIT 32) c"
	" ORDER BY c.serial";
static const char admissions_sql[] =
	"SELECT a.serial, a.node, a.incarnation"
	" FROM (SELECT DISTINCT ON (node) * FROM vouch.admission"
	"  ORDER BY node, serial DESC) a"
	" WHERE a.node = ANY ($1::text[]) ORDER BY a.serial";

static uint8_t node_index(const struct vouch_config *config, const char *name)
{
	for (uint32_t i = 0; i < config->member_count; i++)
		if (strcmp(config->members[i].name, name) == 0)
			return (uint8_t)i;
	return VOUCH_NO_NODE;
}

static enum vouch_method method_parse(const char *text)
{
	if (strcmp(text, "ANY") == 0)
		return VOUCH_METHOD_ANY;
	return strcmp(text, "FIRST") == 0 ? VOUCH_METHOD_FIRST
					   : VOUCH_METHOD_UNKNOWN;
}

static enum vouch_phase phase_parse(const char *text)
{
	if (strcmp(text, "in-force") == 0)
		return VOUCH_PHASE_IN_FORCE;
	return strcmp(text, "announced") == 0 ? VOUCH_PHASE_ANNOUNCED
					       : VOUCH_PHASE_UNKNOWN;
}

/* Sets the node's index; 0 for an unknown node or one that stands twice. */
static int member_add(const struct vouch_config *config, const char *name,
		      struct vouch_contract *contract)
{
	uint8_t index = node_index(config, name);
	uint32_t at = contract->member_count;

	if (index == VOUCH_NO_NODE || at == VOUCH_NODES_MAX)
		return 0;
	while (at > 0 && contract->members[at - 1] > index) {
		contract->members[at] = contract->members[at - 1];
		at--;
	}
	if (at > 0 && contract->members[at - 1] == index)
		return 0;
	contract->members[at] = index;
	contract->member_count++;
	return 1;
}

static int contract_parse(const struct vouch_config *config,
			  const PGresult *result, int row, int column,
			  struct vouch_contract *contract)
{
	char *names, *name, *rest = NULL;
	int valid;

	memset(contract, 0, sizeof(*contract));
	contract->method = method_parse(PQgetvalue(result, row, column));
	if (contract->method == VOUCH_METHOD_UNKNOWN ||
	    !vouch__pg_value_u32(result, row, column + 1, &contract->k) ||
	    PQgetisnull(result, row, column + 2))
		return 0;
	names = strdup(PQgetvalue(result, row, column + 2));
	valid = names != NULL;
	for (name = valid ? strtok_r(names, ",", &rest) : NULL;
	     name != NULL && valid; name = strtok_r(NULL, ",", &rest))
		valid = member_add(config, name, contract);
	free(names);
	return valid && contract->k <= contract->member_count;
}

static enum vouch_error_code senseless(const char *what,
				       struct vouch_error *error)
{
	return vouch__error_set(error, VOUCH_E_MALFORMED,
				"a row of vouch.%s of the newest epoch names a "
				"node that is no member, or makes no sense",
				what);
}

static int epoch_parse(const struct vouch_config *config, const PGresult *result,
		       int row, struct vouch_grant *grant)
{
	memset(grant, 0, sizeof(*grant));
	if (!vouch__pg_value_u64(result, row, 0, &grant->epoch) ||
	    !vouch__pg_value_text(result, row, 2, grant->incarnation,
				  sizeof(grant->incarnation)))
		return 0;
	grant->source = VOUCH_SOURCE_LOG;
	/* Its holder wrote the row as the first act after the promotion. */
	grant->outcome = VOUCH_GRANT_DONE;
	grant->holder = node_index(config, PQgetvalue(result, row, 1));
	return grant->holder != VOUCH_NO_NODE &&
	       contract_parse(config, result, row, 3, &grant->contract);
}

static enum vouch_error_code epochs_read(const struct vouch_config *config,
					 PGconn *connection,
					 struct vouch_deadline deadline,
					 struct vouch_log_record *record,
					 uint64_t *newest,
					 struct vouch_error *error)
{
	PGresult *result;
	enum vouch_error_code code =
		vouch__pg_query(connection, epochs_sql, NULL, 0, deadline,
				&result, NULL, error);
	int rows = PQntuples(result);

	*newest = 0;
	if (code == VOUCH_OK && rows > 0 &&
	    !vouch__pg_value_u64(result, rows - 1, 0, newest))
		code = senseless("epoch", error);
	for (int row = 0; row < rows && code == VOUCH_OK; row++) {
		struct vouch_grant grant;

		if (epoch_parse(config, result, row, &grant) &&
		    record->epoch_count < VOUCH_GRANTS_MAX)
			record->epochs[record->epoch_count++] = grant;
		else if (row == rows - 1)
			code = senseless("epoch", error);
	}
	PQclear(result);
	return code;
}

static int contract_row_parse(const struct vouch_config *config,
			      const PGresult *result, int row,
			      struct vouch_contract_row *contract)
{
	memset(contract, 0, sizeof(*contract));
	contract->phase = phase_parse(PQgetvalue(result, row, 2));
	contract->pinned = vouch__pg_value_answer(result, row, 3);
	return contract->phase != VOUCH_PHASE_UNKNOWN &&
	       vouch__pg_value_u64(result, row, 0, &contract->epoch) &&
	       vouch__pg_value_u64(result, row, 1, &contract->serial) &&
	       contract_parse(config, result, row, 4, &contract->contract);
}

static enum vouch_error_code contracts_read(const struct vouch_config *config,
					    PGconn *connection,
					    struct vouch_deadline deadline,
					    uint64_t newest,
					    struct vouch_log_record *record,
					    struct vouch_error *error)
{
	PGresult *result;
	enum vouch_error_code code =
		vouch__pg_query(connection, contracts_sql, NULL, 0, deadline,
				&result, NULL, error);
	int rows = PQntuples(result);

	for (int row = 0; row < rows && code == VOUCH_OK; row++) {
		struct vouch_contract_row contract;
		uint64_t epoch;

		if (contract_row_parse(config, result, row, &contract) &&
		    record->contract_count < VOUCH_CONTRACTS_MAX)
			record->contracts[record->contract_count++] = contract;
		else if (!vouch__pg_value_u64(result, row, 0, &epoch) ||
			 epoch >= newest)
			code = senseless("contract", error);
	}
	PQclear(result);
	return code;
}

static enum vouch_error_code admissions_read(const struct vouch_config *config,
					     PGconn *connection,
					     struct vouch_deadline deadline,
					     struct vouch_log_record *record,
					     struct vouch_error *error)
{
	const char *names[VOUCH_NODES_MAX], *values[1];
	PGresult *result;
	char *list;
	enum vouch_error_code code;

	for (uint32_t i = 0; i < config->member_count; i++)
		names[i] = config->members[i].name;
	list = vouch__pg_array(names, config->member_count);
	if (list == NULL)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	values[0] = list;
	code = vouch__pg_query(connection, admissions_sql, values, 1, deadline,
			       &result, NULL, error);
	free(list);
	for (int row = 0; row < PQntuples(result) && code == VOUCH_OK; row++) {
		struct vouch_admission *admission =
			&record->admissions[record->admission_count];

		if (record->admission_count == VOUCH_ADMISSIONS_MAX ||
		    !vouch__pg_value_u64(result, row, 0, &admission->serial) ||
		    !vouch__pg_value_text(result, row, 2, admission->incarnation,
					  sizeof(admission->incarnation))) {
			code = senseless("admission", error);
			break;
		}
		admission->node = node_index(config, PQgetvalue(result, row, 1));
		record->admission_count++;
	}
	PQclear(result);
	return code;
}

static enum vouch_error_code tables_look(PGconn *connection,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	PGresult *result;
	uint64_t count = 0;
	enum vouch_error_code code = vouch__pg_query(
		connection,
		"SELECT count(*) FROM pg_class c, pg_namespace n"
		" WHERE " VOUCH_PG_IS_OWN_TABLE
		" AND c.relname IN ('epoch', 'contract', 'admission')",
		NULL, 0, deadline, &result, NULL, error);

	if (code == VOUCH_OK && (!vouch__pg_value_u64(result, 0, 0, &count) ||
				 count != 3))
		code = vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"the database holds no record of any "
					"authority: it was never adopted");
	PQclear(result);
	return code;
}

enum vouch_error_code
vouch__pg_records_observe(const struct vouch_config *config,
			  struct vouch_deadline deadline,
			  struct vouch_log_record *record,
			  struct vouch_error *error)
{
	PGconn *connection;
	uint64_t newest = 0;
	enum vouch_error_code code;

	memset(record, 0, sizeof(*record));
	code = vouch__pg_connect_local(config, deadline, &connection, NULL,
				       error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__pg_execute(connection,
				 "BEGIN ISOLATION LEVEL REPEATABLE READ, "
				 "READ ONLY", NULL, 0, deadline, error);
	if (code == VOUCH_OK)
		code = tables_look(connection, deadline, error);
	if (code == VOUCH_OK)
		code = epochs_read(config, connection, deadline, record, &newest,
				   error);
	if (code == VOUCH_OK)
		code = contracts_read(config, connection, deadline, newest,
				      record, error);
	if (code == VOUCH_OK)
		code = admissions_read(config, connection, deadline, record,
				       error);
	PQfinish(connection);
	if (code != VOUCH_OK)
		memset(record, 0, sizeof(*record));
	return code;
}
