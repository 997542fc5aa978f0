/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fencer's history as facts.
 *
 * How the fencer keeps it decides what can be concluded:
 * - A confirmation by stonith_admin --confirm is a success with the delegate
 *   "a human".
 * - A watchdog timer that ran out is a success whose delegate is the node that
 *   waited; nothing in the entry tells it from a device. So wherever the cluster
 *   allows watchdog fencing, every success not by a human counts as one. That is
 *   what the cluster allows now, not what it did then: whoever keeps a snapshot
 *   has to remember both (vouch__snapshot_executor).
 * - An entry has no id for clients, and its completion time is not the origin's:
 *   each fencer notes its own clock when it hears of the result, and one that
 *   restarted takes over the times of a peer. A time would make an old fencing
 *   look new after a restart. The identity is therefore a count: "the second
 *   successful off of n1 that names a node". It has nothing that a change of the
 *   configuration changes. Entries that vanish make it smaller, and
 *   then a new fencing may look old, which refuses; never the other way round.
 */
#ifndef VOUCH_CLUSTER_PACEMAKER_FENCING_HISTORY_H
#define VOUCH_CLUSTER_PACEMAKER_FENCING_HISTORY_H

#include "cluster/cluster.h"

struct stonith_history_s;

enum vouch_fencing_action vouch__fencing_action_of(const char *action);
enum vouch_fencing_state vouch__fencing_state_of(int state);
enum vouch_executor vouch__fencing_executor_of(const char *delegate,
					       enum vouch_answer watchdog);

/* Pending entries first, then newest first. Of more than fit the oldest are left
 * out; the condition is MALFORMED when that left a target without its newest, or
 * any entry made no sense. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__fencing_list_fill(const struct stonith_history_s *history,
			 enum vouch_answer watchdog,
			 struct vouch_fencing_list *list,
			 struct vouch_error *error);

/* Asks the local fencer. In a worker only. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__fencing_query(enum vouch_answer watchdog, struct vouch_deadline deadline,
		     struct vouch_fencing_list *list, struct vouch_error *error);

#endif
