/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connections and queries that end by their deadline, also when the server is
 * stopped in mid-sentence. The one thing libpq does that no deadline bounds is
 * looking up a host name: give members addresses.
 */
#ifndef VOUCH_PG_CONNECT_H
#define VOUCH_PG_CONNECT_H

#include <libpq-fe.h>
#include "common/config.h"
#include "common/deadline.h"

/* "57P03": there, and not (or no longer) taking queries. */
enum { VOUCH_PG_STATE_SIZE = 6 };

/* To this node's server through its socket, as the superuser, and only if the
 * server runs as that user. refused_with (may be NULL): the server's SQLSTATE
 * when it was the server that refused, else empty. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_connect_local(const struct vouch_config *config,
			struct vouch_deadline deadline, PGconn **connection,
			char refused_with[VOUCH_PG_STATE_SIZE],
			struct vouch_error *error);
/* To any member over the network: SQL and replication commands on one
 * connection, simple queries only. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_connect_member(const struct vouch_config *config,
			 const struct vouch_member *member,
			 struct vouch_deadline deadline, PGconn **connection,
			 struct vouch_error *error);
/* One statement. parameters NULL: by the simple protocol. *result is the
 * caller's on success; sqlstate (may be NULL) is filled where the server
 * reported an error. After a timeout the connection is of no more use. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_query(PGconn *connection, const char *sql,
		const char *const *parameters, int count,
		struct vouch_deadline deadline, PGresult **result,
		char sqlstate[VOUCH_PG_STATE_SIZE], struct vouch_error *error);
/* The same for a statement whose result does not matter. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_execute(PGconn *connection, const char *sql,
		  const char *const *parameters, int count,
		  struct vouch_deadline deadline, struct vouch_error *error);

/* A command that has the server stream, its messages, and an end that the server
 * takes for one. A message is the caller's (PQfreemem); VOUCH_E_NOT_FOUND: there are
 * no more. sqlstate (may be NULL) is filled where the server reported an error. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_copy_begin(PGconn *connection, const char *command,
		     struct vouch_deadline deadline,
		     char sqlstate[VOUCH_PG_STATE_SIZE], struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_copy_next(PGconn *connection, struct vouch_deadline deadline,
		    char **message, int *length,
		    char sqlstate[VOUCH_PG_STATE_SIZE], struct vouch_error *error);
void vouch__pg_copy_end(PGconn *connection, struct vouch_deadline deadline);

/* Values of a result: 0 when NULL or not of that form. */
int vouch__pg_value_u64(const PGresult *result, int row, int column,
			uint64_t *value);
int vouch__pg_value_u32(const PGresult *result, int row, int column,
			uint32_t *value);
/* Copies a text that fits; NULL counts as empty. */
int vouch__pg_value_text(const PGresult *result, int row, int column,
			 char *text, size_t size);
/* t, f, anything else */
enum vouch_answer vouch__pg_value_answer(const PGresult *result, int row,
					 int column);

#endif
