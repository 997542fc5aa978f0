/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The processes of this data directory, as the kernel knows them. Every process
 * of a server stands in its data directory and runs as its user; a pid file says
 * less: it outlives its server, and its number may be another's by now.
 */
#ifndef VOUCH_PG_PROCESS_H
#define VOUCH_PG_PROCESS_H

#include <sys/types.h>
#include "common/config.h"

struct vouch_pg_processes {
	unsigned int count;
	pid_t postmaster; /* alive and of this directory; 0 none */
};

/* Counts them. Fails where something could hide: never "none" by mistake. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_processes_observe(const struct vouch_config *config,
			    struct vouch_pg_processes *processes,
			    struct vouch_error *error);
/* The same, with a signal to each of them. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_processes_tell(const struct vouch_config *config, int number,
			 struct vouch_pg_processes *processes,
			 struct vouch_error *error);

#endif
