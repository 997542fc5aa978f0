/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What one managed database is: the same parameters whether they come from
 * Pacemaker (OCF_RESKEY_* in the environment) or from a file of key=value
 * lines (/etc/vouch/NAME.conf). Names are hostile until checked.
 */
#ifndef VOUCH_COMMON_CONFIG_H
#define VOUCH_COMMON_CONFIG_H

#include <stdint.h>
#include <sys/types.h>
#include "common/error.h"
#include "kernel/facts.h"

enum { VOUCH_PATH_SIZE = 1024, VOUCH_HOST_SIZE = 256 };

struct vouch_member {
	char name[VOUCH_NAME_SIZE]; /* the cluster's node name */
	char host[VOUCH_HOST_SIZE];
	uint16_t port;
};

struct vouch_config {
	char name[VOUCH_NAME_SIZE];    /* of the replicated database: pgsql */
	char engine[VOUCH_NAME_SIZE];  /* row of the engine table: postgresql */
	char manager[VOUCH_NAME_SIZE]; /* row of the cluster table: pacemaker, none */
	char node[VOUCH_NAME_SIZE];    /* this node */
	uint32_t member_count;
	struct vouch_member members[VOUCH_NODES_MAX];
	int k; /* acknowledgements; default floor(member_count / 2) */
	/* With k, the contract (see terms.h). No parameters: a configuration
	 * has ANY k of all, and what was changed since is on record. */
	enum vouch_method method; /* UNKNOWN: ANY */
	uint32_t participant_count; /* 0: all members take part */
	char participants[VOUCH_NODES_MAX][VOUCH_NAME_SIZE];
	enum vouch_authorization authorization;
	enum vouch_answer watchdog_accepted;
	int retry_after_veto; /* after_veto=retry: asked again by the monitor */
	char pgdata[VOUCH_PATH_SIZE];
	char bindir[VOUCH_PATH_SIZE];
	char socket_dir[VOUCH_PATH_SIZE];
	char config_file[VOUCH_PATH_SIZE]; /* postgresql.conf, empty: in pgdata */
	char database[VOUCH_NAME_SIZE];	   /* holds schema vouch: postgres */
	char repl_user[VOUCH_NAME_SIZE];   /* probes and replication: vouch */
	char passfile[VOUCH_PATH_SIZE];	   /* libpq passfile, may be empty */
	char system_user[VOUCH_NAME_SIZE]; /* runs the engine: postgres */
	uid_t uid;			   /* of system_user */
	gid_t gid;
	char state_dir[VOUCH_PATH_SIZE]; /* /var/lib/vouch/NAME, 0700 */
	int probe_timeout_ms;		 /* per node, default 3000 */
	int slot_keep_mb; /* log that a replication slot may hold, default 4096 */
};

/* Keys and defaults. Both readers refuse unknown keys (a file's; of the
 * environment only OCF_RESKEY_CRM_* is skipped), values over their size,
 * control characters, member names outside [A-Za-z0-9._-], a `password` in
 * anything, relative paths, a member list without this node, k out of
 * 0..members-1. On failure *config is unspecified and the error says which key
 * and why. node NULL: the cluster's name of this host, uname -n. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__config_from_environment(struct vouch_config *config, const char *name,
			       const char *node, struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__config_from_file(struct vouch_config *config, const char *path,
			const char *node, struct vouch_error *error);

/* The member of that name, or NULL. */
const struct vouch_member *
vouch__config_member(const struct vouch_config *config, const char *name);

#endif
