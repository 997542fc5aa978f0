/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A standby finds the new primary by itself, in the order of its list of hosts,
 * and a dead primary at its head costs seconds at every attempt. The list is in
 * a service file, which libpq reads anew each time; it is empty as long as nobody
 * knows that this node's log is part of the primary's. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/pg_files.h"
#include "engines/postgresql/pg_settings.h"
#include "engines/postgresql/postgresql.h"

enum { SERVICE_ROOM = 16384, PAUSE_MS = 10, PAUSES = 30 };

enum vouch_error_code vouch__pg_service_write(const struct vouch_config *config,
					      const char *first,
					      struct vouch_error *error)
{
	char *text = vouch__pg_service_file(config, first);
	enum vouch_error_code code;

	if (text == NULL)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__pg_file_replace(config, VOUCH_PG_SERVICE_FILE, text, error);
	free(text);
	return code;
}

enum vouch_answer vouch__pg_follows(const struct vouch_config *config,
				    const char *holder)
{
	char found[SERVICE_ROOM];
	char *wanted = vouch__pg_service_file(config, holder);
	struct vouch_error ignored;
	size_t length = 0;
	enum vouch_error_code code =
		vouch__pg_file_read(config, VOUCH_PG_SERVICE_FILE, found,
				    sizeof(found), &length, &ignored);
	int same = wanted != NULL && code == VOUCH_OK &&
		   length == strlen(wanted) && memcmp(found, wanted, length) == 0;

	free(wanted);
	/* A start by its agent puts it there. */
	if (code == VOUCH_E_NOT_FOUND)
		return VOUCH_UNKNOWN;
	return same ? VOUCH_YES : VOUCH_NO;
}

/* A receiver that streams from the holder is left alone; one that waits for a dead
 * server's answer is not. Who starts it waits between two attempts, unless it is
 * woken: for a new one that may be the whole of a failover's last part. */
static const char receivers_sql[] =
	"SELECT (SELECT a.pid FROM pg_catalog.pg_stat_activity a "
	"WHERE a.backend_type = 'walreceiver' AND NOT EXISTS ("
	"SELECT FROM pg_catalog.pg_stat_wal_receiver r WHERE r.pid = a.pid "
	"AND r.status = 'streaming' AND r.sender_host = $1)), "
	"(SELECT a.pid FROM pg_catalog.pg_stat_activity a "
	"WHERE a.backend_type = 'startup' AND NOT EXISTS ("
	"SELECT FROM pg_catalog.pg_stat_wal_receiver r "
	"WHERE r.status = 'streaming' AND r.sender_host = $1))";

/* pg_terminate_backend() knows no receivers; the signal is the same. */
static void receiver_end(uint32_t pid)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };

	if (kill((pid_t)pid, SIGTERM) != 0)
		return;
	for (int i = 0; i < PAUSES && kill((pid_t)pid, 0) == 0; i++)
		nanosleep(&pause, NULL);
	/* It was waited for; it has yet to be missed. */
	nanosleep(&pause, NULL);
}

enum vouch_error_code vouch__pg_follow(const struct vouch_config *config,
				       const char *holder,
				       struct vouch_deadline deadline,
				       struct vouch_error *error)
{
	const struct vouch_member *member =
		holder ? vouch__config_member(config, holder) : NULL;
	const char *const values[] = { member ? member->host : "" };
	PGconn *connection;
	PGresult *result;
	enum vouch_error_code code;
	uint32_t pid;

	code = vouch__pg_service_write(config, holder, error);
	if (code == VOUCH_OK)
		code = vouch__pg_connect_local(config, deadline, &connection,
					       NULL, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__pg_query(connection, receivers_sql, values, 1, deadline,
			       &result, NULL, error);
	if (code == VOUCH_OK && vouch__pg_value_u32(result, 0, 0, &pid) &&
	    pid > 1)
		receiver_end(pid);
	if (code == VOUCH_OK && member != NULL &&
	    vouch__pg_value_u32(result, 0, 1, &pid) && pid > 1)
		(void)kill((pid_t)pid, SIGHUP);
	PQclear(result);
	PQfinish(connection);
	return code;
}
