/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What Corosync says, in a worker only: each of these may block. */
#ifndef VOUCH_CLUSTER_PACEMAKER_COROSYNC_H
#define VOUCH_CLUSTER_PACEMAKER_COROSYNC_H

#include <corosync/corotypes.h>

#include "cluster/cluster.h"

/* Ring, members, quorum, two_node, wait_for_all. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__corosync_view_read(struct vouch_view *view, struct vouch_error *error);

/* The flags of that, from whatever map; CS_ERR_NOT_EXIST when a key is not there. */
typedef cs_error_t vouch__corosync_lookup(const void *map, const char *key,
					  uint8_t *value);
void vouch__corosync_flags(vouch__corosync_lookup *lookup, const void *map,
			   struct vouch_view *view);

/* ever_seen of every full member. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__corosync_seen_read(struct vouch_cluster_node *nodes, uint32_t count,
			  struct vouch_error *error);

#endif
