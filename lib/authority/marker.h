/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small durable files of this node, each one checksummed line of JSON in the
 * state directory, replaced by temporary file, fsync, rename, fsync of the
 * directory: a reader sees the old or the new content, never a third (P6-F2).
 *
 * The marker: present and valid means that this node holds the named epoch
 * (P6-A1). It is bound to cluster, node and incarnation; a marker of another
 * one is refused with the reason. One of another incarnation is what an earlier
 * life of this directory left; the next start removes it (P6-S1).
 */
#ifndef VOUCH_AUTHORITY_MARKER_H
#define VOUCH_AUTHORITY_MARKER_H

#include <json-c/json.h>
#include "common/config.h"

struct vouch_marker {
	char cluster[VOUCH_NAME_SIZE];
	char node[VOUCH_NAME_SIZE];
	char incarnation[VOUCH_NAME_SIZE];
	uint64_t system_id;
	uint64_t epoch;
	uint32_t from_timeline; /* the promotion leaves this one */
	uint32_t timeline;	/* 0 until the promotion is verified */
	uint64_t start_lsn;
	int k;
	char request_id[VOUCH_NAME_SIZE];
};

/* VOUCH_E_NOT_FOUND: this node holds nothing. VOUCH_E_CORRUPT: unreadable or
 * its checksum is wrong. VOUCH_E_CONFLICT: of another cluster, node or
 * incarnation than the one on record. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__marker_read(const struct vouch_config *config, struct vouch_marker *marker,
		   struct vouch_error *error);
/* The same, of whatever incarnation it is: for whoever settles the past of this
 * directory, never for saying that this node holds something. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__marker_read_of_any_life(const struct vouch_config *config,
			       struct vouch_marker *marker,
			       struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__marker_write(const struct vouch_config *config,
		    const struct vouch_marker *marker, struct vouch_error *error);
/* Durable removal; a marker that is not there is success. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__marker_remove(const struct vouch_config *config, struct vouch_error *error);

/* The same for any other small file `name` in the state directory. *content is
 * the caller's. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__state_read(const struct vouch_config *config, const char *name,
		  struct json_object **content, struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__state_write(const struct vouch_config *config, const char *name,
		   struct json_object *content, struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__state_remove(const struct vouch_config *config, const char *name,
		    struct vouch_error *error);

/* Creates the state directory (0700, the database user's) when it is missing
 * and refuses one that is a link, another user's or open to others. Called
 * with root or with the database user's identity. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__state_prepare(const struct vouch_config *config, struct vouch_error *error);

#endif
