/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running the server program: no shell, nothing inherited but its log. */
#ifndef VOUCH_PG_SPAWN_H
#define VOUCH_PG_SPAWN_H

#include <sys/types.h>
#include "common/config.h"

/* File in the data directory that takes what the server says before (or
 * without) its own logging. */
#define VOUCH_PG_LOG "vouch.log"

/* Starts argv[0] in a session of its own, as the database's user for good,
 * with standard output and error appended to VOUCH_PG_LOG. Returns once the
 * program was really executed. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_spawn(const struct vouch_config *config, char *const *argv,
		pid_t *child, struct vouch_error *error);
/* Length of the log now, 0 when there is none. */
off_t vouch__pg_log_length(const struct vouch_config *config);
/* The line written after `from` that tells why the server ended. */
void vouch__pg_log_last(const struct vouch_config *config, off_t from,
			char *line, size_t size);

#endif
