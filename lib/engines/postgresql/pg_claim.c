/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An advisory lock of an open session: allowed on a standby, seen by whoever
 * may connect, kept through a promotion, and gone with its process. */
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/postgresql.h"

enum vouch_error_code vouch__pg_claim(const struct vouch_config *config,
				      struct vouch_deadline deadline,
				      void **claim, struct vouch_error *error)
{
	PGconn *connection;
	PGresult *result;
	enum vouch_answer taken;
	enum vouch_error_code code;

	*claim = NULL;
	code = vouch__pg_connect_local(config, deadline, &connection, NULL,
				       error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__pg_query(connection,
			       "SELECT pg_try_advisory_lock("
			       VOUCH_PG_CLAIM_CLASS ", "
			       VOUCH_PG_CLAIM_OBJECT ")",
			       NULL, 0, deadline, &result, NULL, error);
	taken = vouch__pg_value_answer(result, 0, 0);
	PQclear(result);
	if (code == VOUCH_OK && taken == VOUCH_NO)
		code = vouch__error_set(error, VOUCH_E_BUSY,
					"another attempt holds the claim of this "
					"server");
	else if (code == VOUCH_OK && taken != VOUCH_YES)
		code = vouch__error_set(error, VOUCH_E_ENGINE,
					"PostgreSQL did not say whether it gave "
					"the claim");
	if (code != VOUCH_OK)
		PQfinish(connection);
	else
		*claim = connection;
	return code;
}

void vouch__pg_claim_release(void *claim)
{
	if (claim != NULL)
		PQfinish(claim);
}
