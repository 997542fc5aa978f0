/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose turn it is to be away. The primary keeps it, as an advisory lock of a
 * session of ours: one for all nodes, and gone with whoever had it. */
#include <time.h>
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/postgresql.h"

enum { PAUSE_MS = 200 };

/* VOUCH_E_BUSY: somebody else has it. */
static enum vouch_error_code turn_try(PGconn *connection,
				      struct vouch_deadline deadline,
				      struct vouch_error *error)
{
	PGresult *result;
	enum vouch_answer taken;
	enum vouch_error_code code = vouch__pg_query(
		connection,
		"SELECT pg_try_advisory_lock(" VOUCH_PG_CLAIM_CLASS
		", " VOUCH_PG_TURN_OBJECT ")",
		NULL, 0, deadline, &result, NULL, error);

	taken = vouch__pg_value_answer(result, 0, 0);
	PQclear(result);
	if (code != VOUCH_OK)
		return code;
	if (taken == VOUCH_NO)
		return vouch__error_set(error, VOUCH_E_BUSY,
					"another member's server is just being "
					"started again");
	if (taken != VOUCH_YES)
		return vouch__error_set(error, VOUCH_E_ENGINE,
					"PostgreSQL did not say whose turn it is");
	return VOUCH_OK;
}

enum vouch_error_code vouch__pg_turn_take(const struct vouch_config *config,
					  const struct vouch_member *primary,
					  struct vouch_deadline deadline,
					  void **turn, struct vouch_error *error)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };
	PGconn *connection;
	enum vouch_error_code code;

	*turn = NULL;
	code = vouch__pg_connect_member(config, primary, deadline, &connection,
					error);
	if (code != VOUCH_OK)
		return code;
	for (;;) {
		code = turn_try(connection, deadline, error);
		if (code != VOUCH_E_BUSY ||
		    vouch__deadline_left_ms(deadline) == 0)
			break;
		(void)nanosleep(&pause, NULL);
	}
	if (code != VOUCH_OK)
		PQfinish(connection);
	else
		*turn = connection;
	return code;
}

void vouch__pg_turn_release(void *turn)
{
	if (turn != NULL)
		PQfinish(turn);
}
