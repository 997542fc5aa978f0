/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fencing history as it was while the holder was seen, live, to hold its epoch
 * (P6-A1): what is not in it came later. Taken after a start and a promotion, and
 * renewed once a minute by the monitor of a standby, so that it also knows what
 * the cluster's fencing was like shortly before a failover.
 */
#ifndef VOUCH_AUTHORITY_SNAPSHOT_H
#define VOUCH_AUTHORITY_SNAPSHOT_H

#include "evidence/collect.h"

/* Records `history`, which was read before, when the grant's holder is seen now.
 * When it is not, what is on record stays, but that a timer may stand for a machine
 * by now is added to it. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__snapshot_take(struct vouch_context *context,
		     const struct vouch_cluster_grant *grant,
		     const struct vouch_fencing_list *history,
		     struct vouch_deadline deadline, struct vouch_error *error);
/* A timer may stand for a machine: no fencing since the snapshot is one by a machine
 * any more, whatever becomes of the property. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__snapshot_doubt(struct vouch_context *context, struct vouch_error *error);

/* 1 when nobody asked for VOUCH_SNAPSHOT_EVERY_S by this node's clock, or nothing
 * tells when; never without a cluster manager. Says only when to ask. */
enum { VOUCH_SNAPSHOT_EVERY_S = 60 };
int vouch__snapshot_is_due(const struct vouch_config *config);
/* Somebody asks now. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__snapshot_asked(const struct vouch_config *config,
		      struct vouch_error *error);

#endif
