/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cluster and a database behind the library's own interfaces: three nodes, n1
 * held epoch 1 and was fenced, n2 is this node and is asked. Both survive the
 * power cut of this node with what they had at that moment. */
#ifndef TESTS_CRASH_WORLD_H
#define TESTS_CRASH_WORLD_H

#include "evidence/collect.h"

enum { WORLD_GRANTS = 8, WORLD_STATES = 64 };

struct world {
	uint32_t timeline;  /* of this node's database */
	uint64_t epoch_row; /* newest in its log */
	int row_unpinned;   /* ... which says that it is not enforced */
	uint32_t grant_count;
	uint32_t claims; /* how many there were */
	struct vouch_cluster_grant grants[WORLD_GRANTS];
	struct vouch_cluster_seal seal; /* epoch 0: the cluster has none */
	enum vouch_error_code seal_code; /* ... unless this is the answer */
	struct vouch_tail tail; /* of this node's log, where that is readable */
	int tail_readable;
	int n1_writable; /* a live contradiction: the verdict is a veto */
	int no_promote;  /* the server does not leave recovery */
	int unpinned_since_promotion; /* somebody changed the server's settings */
	int no_row;	 /* the epoch's row cannot be written */
	int view_moves;	 /* the membership changes after the claim */
	int view_leaves; /* ... between the decision and the claim */
	int views;	 /* how often it was looked at */
	int disowned_meanwhile; /* ... epoch 1 is disowned before it */
};

extern struct world world_now;
/* As the world was after each change; its number is in the record of calls. */
extern struct world world_states[WORLD_STATES];
extern uint64_t world_changes;
extern char world_incarnation[VOUCH_NAME_SIZE];
extern unsigned int world_aborted_events; /* aborted_on_crash was emitted */

/* The n-th call to cluster or database fails; 0: none. As disk_failure. */
extern unsigned int world_fail_nth;
extern int world_fail_onwards;
extern int world_fail_after; /* it happens, and is not answered */
extern unsigned int world_calls;

void world_begin(void);
void world_config(struct vouch_config *config);
void world_directory(struct vouch_directory *directory);
/* Everything but the journal, which is opened on the disk. */
void world_context(struct vouch_context *context,
		   const struct vouch_config *config);
/* What the base state has on record besides an incarnation. */
struct vouch_cluster_grant world_grant(uint64_t epoch, const char *holder,
				       enum vouch_grant_outcome outcome);

#endif
