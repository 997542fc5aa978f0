/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who a running server is, said by the server itself: cluster_name is
 * "vouch:NAME:NODE:INCARNATION". Only a postmaster's command line can set it
 * for good, every connection may ask for it. PostgreSQL cuts it at 63 bytes, so
 * what does not fit is refused before a start.
 */
#ifndef VOUCH_PG_CLUSTER_NAME_H
#define VOUCH_PG_CLUSTER_NAME_H

#include "common/config.h"

enum { VOUCH_PG_CLUSTER_NAME_SIZE = 64 };

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
