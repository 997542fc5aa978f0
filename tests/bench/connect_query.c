/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a monitor is measured against: connect with libpq, ask one question,
 * leave. */
#include <libpq-fe.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	PGconn *connection = PQconnectdb(argc > 1 ? argv[1] : "");
	PGresult *result = PQexec(connection, "SELECT pg_is_in_recovery()");
	int ok = PQresultStatus(result) == PGRES_TUPLES_OK;

	if (!ok)
		(void)fprintf(stderr, "connect_query: %s",
			      PQerrorMessage(connection));
	PQclear(result);
	PQfinish(connection);
	return ok ? 0 : 1;
}
