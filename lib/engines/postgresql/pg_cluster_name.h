/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who a running server is, said by the server itself: cluster_name is
 * "vouch:NAME:NODE:INCARNATION". Only a postmaster's command line can set it
 * for good, every connection may ask for it. PostgreSQL cuts it at 63 bytes, so
 * what does not fit is refused before a start. From a file it says no incarnation:
 * an old copy of the directory has the file as well (P6-S1).
 */
#ifndef VOUCH_PG_CLUSTER_NAME_H
#define VOUCH_PG_CLUSTER_NAME_H

#include "common/config.h"

enum { VOUCH_PG_CLUSTER_NAME_SIZE = 64 };

/* In a query: whether it is the command line that says it. */
#define VOUCH_PG_NAME_IS_PINNED                                                \
	"(SELECT s.source = 'command line' FROM pg_settings s"                  \
	" WHERE s.name = 'cluster_name')"

struct vouch_pg_cluster_name {
	char name[VOUCH_NAME_SIZE];
	char node[VOUCH_NAME_SIZE];
	char incarnation[VOUCH_NAME_SIZE];
};

VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_cluster_name_encode(const char *name, const char *node,
			      const char *incarnation,
			      char text[VOUCH_PG_CLUSTER_NAME_SIZE],
			      struct vouch_error *error);
/* VOUCH_E_NOT_FOUND: not one of vouch's, the server was not pinned;
 * VOUCH_E_MALFORMED: begins like one and is none. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_cluster_name_decode(const char *text,
			      struct vouch_pg_cluster_name *decoded,
			      struct vouch_error *error);

#endif
