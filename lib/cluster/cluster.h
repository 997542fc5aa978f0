/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cluster interface: what vouch needs of a cluster manager. A second one is
 * a directory beside pacemaker/ and a row in cluster.c.
 *
 * The Pacemaker row is a module that is loaded when it is first used: a monitor
 * never needs it and never pays for it. Functions are called as root (the
 * daemons' sockets want it). Every one honours its deadline.
 */
#ifndef VOUCH_CLUSTER_CLUSTER_H
#define VOUCH_CLUSTER_CLUSTER_H

#include "common/config.h"
#include "common/deadline.h"
#include "common/word.h"
#include "kernel/facts.h"

/* A fencing operation's identity, to know it again in a later history of the same
 * node's fencer. The fencer gives none, and its times change when it restarts, so
 * it is a count: "n1 off succeeded node #2". Opaque to the caller. */
struct vouch_fencing_id {
	char text[VOUCH_TEXT_SIZE];
};

/* History as the fencer told it, with an identity per entry (same index). */
struct vouch_fencing_list {
	enum vouch_condition condition;
	enum vouch_answer watchdog; /* a timer may stand for a machine, at present */
	uint32_t count;
	struct vouch_fencing entries[VOUCH_FENCINGS_MAX];
	char targets[VOUCH_FENCINGS_MAX][VOUCH_NAME_SIZE];
	struct vouch_fencing_id ids[VOUCH_FENCINGS_MAX];
};

/* What the cluster manager says of one node. */
struct vouch_cluster_node {
	char name[VOUCH_NAME_SIZE];
	uint32_t cluster_id;
	enum vouch_node_class node_class;
	enum vouch_answer online;
	enum vouch_answer unclean;
	enum vouch_answer ever_seen;
	struct vouch_operations operations; /* of the configured resource */
};

/* An authority as the cluster's configuration holds it. */
struct vouch_cluster_grant {
	uint64_t epoch;
	char holder[VOUCH_NAME_SIZE];
	char incarnation[VOUCH_NAME_SIZE];
	char request_id[VOUCH_NAME_SIZE];
	enum vouch_grant_outcome outcome;
	uint64_t follows; /* as in the evidence; 0: nothing is passed over */
	enum vouch_method method;
	int k;
	uint32_t member_count;
	char members[VOUCH_NODES_MAX][VOUCH_NAME_SIZE];
};

/* Its record says that the promotion happened, under its contract or not. */
static inline int
vouch__cluster_grant_happened(const struct vouch_cluster_grant *grant)
{
	return grant->outcome == VOUCH_GRANT_DONE ||
	       grant->outcome == VOUCH_GRANT_DISOWNED;
}

struct vouch_cluster_seal {
	char node[VOUCH_NAME_SIZE];
	uint64_t epoch;
	char incarnation[VOUCH_NAME_SIZE];
	uint32_t timeline;
	uint64_t record_lsn;
	uint32_t record_crc;
	enum vouch_answer unbroken;
};

/* What the cluster manager is told to do about failures; an empty text: nothing, so
 * that its own default counts. For people: no decision uses it. */
struct vouch_recovery {
	enum vouch_condition condition;
	char migration_threshold[VOUCH_NAME_SIZE];
	char promote_on_fail[VOUCH_NAME_SIZE];
	char default_on_fail[VOUCH_NAME_SIZE]; /* of operations without one */
};

/* How the cluster manager was told to run the resource, and what it fences with. For
 * people: no decision uses it. An empty text: nobody said. */
enum vouch_setup_action {
	VOUCH_SETUP_START,
	VOUCH_SETUP_STOP,
	VOUCH_SETUP_PROMOTE,
	VOUCH_SETUP_DEMOTE,
	VOUCH_SETUP_NOTIFY,
	VOUCH_SETUP_MONITOR_PROMOTED,
	VOUCH_SETUP_MONITOR_UNPROMOTED,
	VOUCH_SETUP_ACTIONS
};

struct vouch_setup {
	enum vouch_condition condition; /* ABSENT: no such resource */
	char agent[VOUCH_TEXT_SIZE];	/* "ocf:vouch:postgresql" */
	char promotable[VOUCH_NAME_SIZE];
	char promoted_max[VOUCH_NAME_SIZE];
	char notify[VOUCH_NAME_SIZE];
	char no_quorum_policy[VOUCH_NAME_SIZE];
	uint8_t configured[VOUCH_SETUP_ACTIONS];     /* 1: the operation stands there */
	uint64_t timeout_ms[VOUCH_SETUP_ACTIONS];    /* 0: not given */
	uint32_t fence_devices;
	/* Which nodes they say they can fence; some find out for themselves. */
	enum vouch_answer fence_hosts_told; /* NO: a device names none */
	uint32_t fence_host_count;
	char fence_hosts[VOUCH_NODES_MAX][VOUCH_NAME_SIZE];
	/* A device that leaves the node running; empty: none. */
	char fence_without_power[VOUCH_NAME_SIZE];
	enum vouch_answer watchdog;	   /* fencing by a timer is possible */
	enum vouch_answer startup_fencing; /* of nodes that were never seen */
	uint8_t alert; /* 1: vouch-alert is told, with this resource as recipient */
};

/* What the nodes noted of each other's servers (lib/authority/noted.h), as each
 * told it; in a worker's hands, so of a fixed size. A text that was too long is
 * empty: it was told, and says nothing. */
enum { VOUCH_NOTES_SIZE = 8192 };
struct vouch_notes_told {
	uint32_t count;
	struct {
		char node[VOUCH_NAME_SIZE];
		char text[VOUCH_NOTES_SIZE];
	} by[VOUCH_NODES_MAX];
};

struct vouch_cluster; /* an open connection, the implementation's own */

struct vouch_cluster_ops {
	const char *name;

	enum vouch_error_code (*open)(const struct vouch_config *,
				      struct vouch_deadline,
				      struct vouch_cluster **,
				      struct vouch_error *);
	void (*close)(struct vouch_cluster *);

	/* Ring, members, quorum, DC, CIB version, fencing enabled, two_node.
	 * view->order is left to the caller. */
	enum vouch_error_code (*view_observe)(struct vouch_cluster *,
					      struct vouch_deadline,
					      struct vouch_view *,
					      struct vouch_error *);
	/* Every node the cluster knows, with the resource's newest operation. */
	enum vouch_error_code (*nodes_observe)(struct vouch_cluster *,
					       struct vouch_deadline,
					       struct vouch_cluster_node *nodes,
					       uint32_t *count, /* in: room */
					       struct vouch_error *);
	enum vouch_error_code (*fencing_observe)(struct vouch_cluster *,
						 struct vouch_deadline,
						 struct vouch_fencing_list *,
						 struct vouch_error *);
	/* All grants on record, ascending by epoch. */
	enum vouch_error_code (*grants_observe)(struct vouch_cluster *,
						struct vouch_deadline,
						struct vouch_cluster_grant *,
						uint32_t *count, /* in: room */
						struct vouch_error *);
	/* Claims grant->epoch for grant->holder and reads it back, also that no
	 * copy of the configuration without it can take its place. Exactly one
	 * of several claimants of an epoch succeeds; the others get
	 * VOUCH_E_CONFLICT. Outcome is recorded as OPEN. The very same claim may
	 * be made again as long as it is open and the newest. */
	enum vouch_error_code (*grant_claim)(struct vouch_cluster *,
					     struct vouch_deadline,
					     const struct vouch_cluster_grant *,
					     struct vouch_error *);
	/* Records how a grant of this node ended: DONE or VOID; or DISOWNED, also
	 * after DONE, which no end replaces. With DONE, grants older than
	 * `keep_from` may be removed; of those that are disowned, only what no
	 * kept grant follows (P6-S1). */
	enum vouch_error_code (*grant_close)(struct vouch_cluster *,
					     struct vouch_deadline,
					     uint64_t epoch,
					     enum vouch_grant_outcome,
					     uint64_t keep_from,
					     struct vouch_error *);
	/* The newest seal, VOUCH_E_NOT_FOUND when there is none. It survives
	 * the departure of the node that wrote it. */
	enum vouch_error_code (*seal_observe)(struct vouch_cluster *,
					      struct vouch_deadline,
					      struct vouch_cluster_seal *,
					      struct vouch_error *);
	/* Takes the place of any other. One that is broken has to stand as a
	 * claim has. */
	enum vouch_error_code (*seal_record)(struct vouch_cluster *,
					     struct vouch_deadline,
					     const struct vouch_cluster_seal *,
					     struct vouch_error *);
	/* What operators said of members and did not revoke, malformed ones
	 * included; whether it still counts is not looked at. */
	enum vouch_error_code (*words_observe)(struct vouch_cluster *,
					       struct vouch_deadline,
					       struct vouch_word_list *,
					       struct vouch_error *);
	/* Returns only once the coordinator has it, or has it no more. Removing
	 * what is not there is success. */
	enum vouch_error_code (*word_record)(struct vouch_cluster *,
					     struct vouch_deadline,
					     const struct vouch_word *,
					     struct vouch_error *);
	enum vouch_error_code (*word_remove)(struct vouch_cluster *,
					     struct vouch_deadline,
					     enum vouch_word_kind,
					     const char *node,
					     struct vouch_error *);
	/* This node's promotion score for the resource; guides requests, and
	 * proves nothing. remove != 0: delete it. Returns only once the
	 * cluster's status shows it. */
	enum vouch_error_code (*score_set)(struct vouch_cluster *,
					   struct vouch_deadline, int score,
					   int remove, struct vouch_error *);
	/* This node's notes of the others, told for as long as it is in the
	 * cluster. Returns only once the cluster's status shows them. */
	enum vouch_error_code (*notes_tell)(struct vouch_cluster *,
					    struct vouch_deadline,
					    const char *text,
					    struct vouch_error *);
	enum vouch_error_code (*notes_observe)(struct vouch_cluster *,
					       struct vouch_deadline,
					       struct vouch_notes_told *,
					       struct vouch_error *);
	/* Is the resource managed by the cluster manager right now? */
	enum vouch_error_code (*managed_observe)(struct vouch_cluster *,
						 struct vouch_deadline,
						 enum vouch_answer *,
						 struct vouch_error *);
	enum vouch_error_code (*recovery_observe)(struct vouch_cluster *,
						  struct vouch_deadline,
						  struct vouch_recovery *,
						  struct vouch_error *);
	enum vouch_error_code (*setup_observe)(struct vouch_cluster *,
					       struct vouch_deadline,
					       struct vouch_setup *,
					       struct vouch_error *);
	/* Asks for this node's instance to be stopped and started again, and to
	 * be promoted where its score is still the best. Returns once it was
	 * asked; what comes of it is to be watched. */
	enum vouch_error_code (*restart)(struct vouch_cluster *,
					 struct vouch_deadline,
					 struct vouch_error *);
	/* Cleans up the failed promote action of a node, so that the cluster
	 * manager may ask again, there or elsewhere. Returns once it was asked. */
	enum vouch_error_code (*refusal_forget)(struct vouch_cluster *,
						struct vouch_deadline,
						const char *node,
						struct vouch_error *);
	/* Takes from the status what such a request left in it. */
	enum vouch_error_code (*restart_forget)(struct vouch_cluster *,
						struct vouch_deadline,
						struct vouch_error *);
};

/* Loads on first use; NULL with `error` filled when the name is unknown or its
 * module cannot be loaded. "none" has no operations: NULL, VOUCH_E_STATE. */
const struct vouch_cluster_ops *vouch__cluster_find(const char *name,
						    struct vouch_error *error);

#endif
