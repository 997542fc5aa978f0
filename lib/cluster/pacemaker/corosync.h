/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What Corosync says, in a worker only: each of these may block. */
#ifndef VOUCH_CLUSTER_PACEMAKER_COROSYNC_H
#define VOUCH_CLUSTER_PACEMAKER_COROSYNC_H

#include "cluster/cluster.h"

/* Ring, members, quorum, two_node, wait_for_all. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__corosync_view_read(struct vouch_view *view, struct vouch_error *error);

/* ever_seen of every full member. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__corosync_seen_read(struct vouch_cluster_node *nodes, uint32_t count,
			  struct vouch_error *error);

#endif
