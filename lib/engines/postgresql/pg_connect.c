/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/pg_lsn.h"

/* Nothing that a role or a database has set, and nothing in a schema that
 * somebody put in the path, may change what a statement here means. */
#define SESSION                                                                \
	"-c search_path=pg_catalog -c default_transaction_read_only=off "       \
	"-c standard_conforming_strings=on -c client_min_messages=error "       \
	"-c idle_session_timeout=0 -c idle_in_transaction_session_timeout=0 "   \
	"-c statement_timeout=0 -c lock_timeout=0 -c client_encoding=UTF8 "     \
	"-c row_security=on"

enum { PAIRS_MAX = 16 };

struct pairs {
	const char *keys[PAIRS_MAX];
	const char *values[PAIRS_MAX];
	int count;
};

static void pair_add(struct pairs *pairs, const char *key, const char *value)
{
	pairs->keys[pairs->count] = key;
	pairs->values[pairs->count] = value;
	pairs->count++;
	pairs->keys[pairs->count] = NULL;
	pairs->values[pairs->count] = NULL;
}

/* libpq reads these where no explicit value can overrule them; they would lead
 * every connection somewhere else. */
static enum vouch_error_code environment_check(struct vouch_error *error)
{
	static const char *const names[] = { "PGHOSTADDR", "PGSERVICE" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return vouch__error_set(error, VOUCH_E_CONFIG,
						"%s is set in the environment; "
						"remove it", names[i]);
	}
	return VOUCH_OK;
}

static enum vouch_error_code socket_wait(PGconn *connection, short events,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	struct pollfd watched = { .fd = PQsocket(connection), .events = events };

	for (;;) {
		int left = vouch__deadline_left_ms(deadline);
		int ready;

		if (left == 0)
			return vouch__error_set(error, VOUCH_E_TIMEOUT,
						"PostgreSQL did not answer in "
						"time");
		ready = poll(&watched, 1, left);
		if (ready > 0)
			return VOUCH_OK;
		if (ready < 0 && errno != EINTR)
			return vouch__error_set(error, VOUCH_E_IO,
						"cannot wait for PostgreSQL: %s",
						strerror(errno));
	}
}

/* With verbose errors the server's SQLSTATE stands in the text, which is the
 * only place where libpq tells why a connection was refused. */
static void refusal_find(const char *text, char state[VOUCH_PG_STATE_SIZE])
{
	static const char sign[] = ":  ";

	state[0] = '\0';
	for (const char *at = text; (at = strstr(at, sign)) != NULL;) {
		at += strlen(sign);
		if (strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 &&
		    at[5] == ':') {
			memcpy(state, at, 5);
			state[5] = '\0';
		}
	}
}

/* A server may say back what it was sent: a message is shown, logged and kept. */
static void password_hide(PGconn *connection, char *text)
{
	const char *password = PQpass(connection);
	size_t length = password ? strlen(password) : 0;
	char *at;

	while (length > 0 && (at = strstr(text, password)) != NULL) {
		memset(at, '*', length);
		if (strspn(password, "*") == length)
			return;
	}
}

static enum vouch_error_code refused(PGconn *connection, char *state,
				     struct vouch_error *error)
{
	char text[1024];
	const char *location;
	int length;

	(void)snprintf(text, sizeof(text), "%s", PQerrorMessage(connection));
	password_hide(connection, text);
	location = strstr(text, "\nLOCATION");
	length = location != NULL ? (int)(location - text) :
				    (int)strcspn(text, "\n");
	if (state != NULL)
		refusal_find(text, state);
	return vouch__error_set(error, VOUCH_E_ENGINE, "%.*s", length, text);
}

static enum vouch_error_code connect_poll(PGconn *connection,
					  struct vouch_deadline deadline,
					  char *state, struct vouch_error *error)
{
	PostgresPollingStatusType wants = PGRES_POLLING_WRITING;

	for (;;) {
		enum vouch_error_code code = socket_wait(
			connection,
			wants == PGRES_POLLING_READING ? POLLIN : POLLOUT,
			deadline, error);

		if (code != VOUCH_OK)
			return code;
		wants = PQconnectPoll(connection);
		if (wants == PGRES_POLLING_OK)
			return VOUCH_OK;
		if (wants == PGRES_POLLING_FAILED)
			return refused(connection, state, error);
	}
}

static enum vouch_error_code connect_to(const struct pairs *pairs,
					struct vouch_deadline deadline,
					PGconn **connection, char *state,
					struct vouch_error *error)
{
	enum vouch_error_code code = environment_check(error);

	*connection = NULL;
	if (state != NULL)
		state[0] = '\0';
	if (code != VOUCH_OK)
		return code;
	*connection = PQconnectStartParams(pairs->keys, pairs->values, 0);
	if (*connection == NULL)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	PQsetErrorVerbosity(*connection, PQERRORS_VERBOSE);
	code = PQstatus(*connection) == CONNECTION_BAD
		? refused(*connection, state, error)
		: connect_poll(*connection, deadline, state, error);
	if (code == VOUCH_OK && PQsetnonblocking(*connection, 1) != 0)
		code = refused(*connection, state, error);
	if (code != VOUCH_OK) {
		PQfinish(*connection);
		*connection = NULL;
	}
	return code;
}

enum vouch_error_code
vouch__pg_connect_local(const struct vouch_config *config,
			struct vouch_deadline deadline, PGconn **connection,
			char refused_with[VOUCH_PG_STATE_SIZE],
			struct vouch_error *error)
{
	const struct vouch_member *self =
		vouch__config_member(config, config->node);
	struct pairs pairs = { .count = 0 };
	char port[8];

	*connection = NULL;
	if (self == NULL)
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"this node, %s, is not a member",
					config->node);
	snprintf(port, sizeof(port), "%u", self->port);
	pair_add(&pairs, "host", config->socket_dir[0] != '\0'
				 ? config->socket_dir : "/var/run/postgresql");
	pair_add(&pairs, "port", port);
	pair_add(&pairs, "user", config->system_user);
	pair_add(&pairs, "requirepeer", config->system_user);
	pair_add(&pairs, "dbname", config->database);
	pair_add(&pairs, "application_name", "vouch");
	pair_add(&pairs, "target_session_attrs", "any");
	pair_add(&pairs, "gssencmode", "disable");
	pair_add(&pairs, "options", SESSION);
	return connect_to(&pairs, deadline, connection, refused_with, error);
}

enum vouch_error_code
vouch__pg_connect_member(const struct vouch_config *config,
			 const struct vouch_member *member,
			 struct vouch_deadline deadline, PGconn **connection,
			 struct vouch_error *error)
{
	struct pairs pairs = { .count = 0 };
	char port[8];
	enum vouch_error_code code;

	snprintf(port, sizeof(port), "%u", member->port);
	pair_add(&pairs, "host", member->host);
	pair_add(&pairs, "port", port);
	pair_add(&pairs, "user", config->repl_user);
	pair_add(&pairs, "dbname", config->database);
	pair_add(&pairs, "replication", "database");
	pair_add(&pairs, "application_name", "vouch-probe");
	pair_add(&pairs, "target_session_attrs", "any");
	pair_add(&pairs, "gssencmode", "disable");
	pair_add(&pairs, "options", SESSION);
	if (config->passfile[0] != '\0')
		pair_add(&pairs, "passfile", config->passfile);
	code = connect_to(&pairs, deadline, connection, NULL, error);
	if (code != VOUCH_OK)
		return vouch__error_prefix(error, "%s", member->name);
	return VOUCH_OK;
}

static enum vouch_error_code flush_all(PGconn *connection,
				       struct vouch_deadline deadline,
				       struct vouch_error *error)
{
	for (;;) {
		int more = PQflush(connection);
		enum vouch_error_code code;

		if (more == 0)
			return VOUCH_OK;
		if (more < 0)
			return refused(connection, NULL, error);
		code = socket_wait(connection, POLLIN | POLLOUT, deadline, error);
		if (code != VOUCH_OK)
			return code;
		if (!PQconsumeInput(connection))
			return refused(connection, NULL, error);
	}
}

static enum vouch_error_code answer_wait(PGconn *connection,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	while (PQisBusy(connection)) {
		enum vouch_error_code code =
			socket_wait(connection, POLLIN, deadline, error);

		if (code != VOUCH_OK)
			return code;
		if (!PQconsumeInput(connection))
			return refused(connection, NULL, error);
	}
	return VOUCH_OK;
}

static enum vouch_error_code result_check(const PGresult *result, char *state,
					  struct vouch_error *error)
{
	ExecStatusType status = PQresultStatus(result);
	const char *message, *reported;

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return VOUCH_OK;
	message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	reported = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (state != NULL && reported != NULL &&
	    strlen(reported) < VOUCH_PG_STATE_SIZE)
		strcpy(state, reported);
	return vouch__error_set(error, VOUCH_E_ENGINE, "PostgreSQL says: %s",
				message != NULL ? message
						: PQresStatus(status));
}

/* Exactly one result, then the end: anything else is not what was asked. */
static enum vouch_error_code results_collect(PGconn *connection,
					     struct vouch_deadline deadline,
					     PGresult **result, char *state,
					     struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_OK;

	for (;;) {
		PGresult *next;
		enum vouch_error_code waited =
			answer_wait(connection, deadline, error);

		if (waited != VOUCH_OK)
			return waited;
		next = PQgetResult(connection);
		if (next == NULL)
			break;
		if (code == VOUCH_OK)
			code = result_check(next, state, error);
		if (code == VOUCH_OK && *result == NULL)
			*result = next;
		else
			PQclear(next);
	}
	if (code == VOUCH_OK && *result == NULL)
		code = refused(connection, NULL, error);
	return code;
}

enum vouch_error_code vouch__pg_query(PGconn *connection, const char *sql,
				      const char *const *parameters, int count,
				      struct vouch_deadline deadline,
				      PGresult **result,
				      char sqlstate[VOUCH_PG_STATE_SIZE],
				      struct vouch_error *error)
{
	enum vouch_error_code code;
	int sent;

	*result = NULL;
	if (sqlstate != NULL)
		sqlstate[0] = '\0';
	sent = parameters == NULL
		? PQsendQuery(connection, sql)
		: PQsendQueryParams(connection, sql, count, NULL, parameters,
				    NULL, NULL, 0);
	if (!sent)
		return refused(connection, NULL, error);
	code = flush_all(connection, deadline, error);
	if (code == VOUCH_OK)
		code = results_collect(connection, deadline, result, sqlstate,
				       error);
	if (code != VOUCH_OK) {
		PQclear(*result);
		*result = NULL;
	}
	return code;
}

enum vouch_error_code vouch__pg_execute(PGconn *connection, const char *sql,
					const char *const *parameters, int count,
					struct vouch_deadline deadline,
					struct vouch_error *error)
{
	PGresult *result;
	enum vouch_error_code code = vouch__pg_query(
		connection, sql, parameters, count, deadline, &result, NULL,
		error);

	PQclear(result);
	return code;
}

/* A command after which the server streams. */
enum vouch_error_code vouch__pg_copy_begin(PGconn *connection, const char *command,
					   struct vouch_deadline deadline,
					   char sqlstate[VOUCH_PG_STATE_SIZE],
					   struct vouch_error *error)
{
	PGresult *result;
	enum vouch_error_code code = VOUCH_OK;

	if (!PQsendQuery(connection, command))
		return refused(connection, NULL, error);
	code = flush_all(connection, deadline, error);
	if (code == VOUCH_OK)
		code = answer_wait(connection, deadline, error);
	if (code != VOUCH_OK)
		return code;
	result = PQgetResult(connection);
	if (PQresultStatus(result) != PGRES_COPY_BOTH) {
		code = result_check(result, sqlstate, error);
		/* What ended well at once streams nothing either. */
		if (code == VOUCH_OK)
			code = vouch__error_set(error, VOUCH_E_NOT_FOUND,
						"there is nothing to stream");
	}
	PQclear(result);
	return code;
}

/* What a server says instead of the next message comes as the command's result. */
static enum vouch_error_code copy_over(PGconn *connection,
				       struct vouch_deadline deadline,
				       char *state, struct vouch_error *error)
{
	enum vouch_error_code code = answer_wait(connection, deadline, error);
	PGresult *result;

	if (code != VOUCH_OK)
		return code;
	result = PQgetResult(connection);
	if (PQresultStatus(result) == PGRES_FATAL_ERROR)
		code = result_check(result, state, error);
	else
		code = vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"the log ends there");
	PQclear(result);
	return code;
}

enum vouch_error_code vouch__pg_copy_next(PGconn *connection,
					  struct vouch_deadline deadline,
					  char **message, int *length,
					  char sqlstate[VOUCH_PG_STATE_SIZE],
					  struct vouch_error *error)
{
	for (;;) {
		enum vouch_error_code code;

		*length = PQgetCopyData(connection, message, 1);
		if (*length > 0)
			return VOUCH_OK;
		*message = NULL;
		if (*length < -1)
			return refused(connection, NULL, error);
		if (*length < 0)
			return copy_over(connection, deadline, sqlstate, error);
		code = socket_wait(connection, POLLIN, deadline, error);
		if (code != VOUCH_OK)
			return code;
		if (!PQconsumeInput(connection))
			return refused(connection, NULL, error);
	}
}

/* So that the server does not complain of a lost connection in its log. */
void vouch__pg_copy_end(PGconn *connection, struct vouch_deadline deadline)
{
	char *message;
	int length;

	if (PQputCopyEnd(connection, NULL) != 1 ||
	    flush_all(connection, deadline, NULL) != VOUCH_OK)
		return;
	while (vouch__pg_copy_next(connection, deadline, &message, &length,
				   NULL, NULL) == VOUCH_OK)
		PQfreemem(message);
}

static const char *value_get(const PGresult *result, int row, int column)
{
	if (row >= PQntuples(result) || column >= PQnfields(result) ||
	    PQgetisnull(result, row, column))
		return NULL;
	return PQgetvalue(result, row, column);
}

int vouch__pg_value_u64(const PGresult *result, int row, int column,
			uint64_t *value)
{
	return vouch__pg_number_parse(value_get(result, row, column), value);
}

int vouch__pg_value_u32(const PGresult *result, int row, int column,
			uint32_t *value)
{
	uint64_t wide;

	if (!vouch__pg_value_u64(result, row, column, &wide) ||
	    wide > UINT32_MAX)
		return 0;
	*value = (uint32_t)wide;
	return 1;
}

int vouch__pg_value_text(const PGresult *result, int row, int column,
			 char *text, size_t size)
{
	const char *value = value_get(result, row, column);

	if (value == NULL)
		value = "";
	if (strlen(value) >= size)
		return 0;
	strcpy(text, value);
	return 1;
}

enum vouch_answer vouch__pg_value_answer(const PGresult *result, int row,
					 int column)
{
	const char *value = value_get(result, row, column);

	if (value != NULL && strcmp(value, "t") == 0)
		return VOUCH_YES;
	if (value != NULL && strcmp(value, "f") == 0)
		return VOUCH_NO;
	return VOUCH_UNKNOWN;
}
