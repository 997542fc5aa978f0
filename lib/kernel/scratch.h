/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the rules of one decision tell each other: derived from the evidence,
 * on the caller's stack, gone afterwards.
 */
#ifndef VOUCH_KERNEL_SCRATCH_H
#define VOUCH_KERNEL_SCRATCH_H

#include <stdbool.h>

#include "kernel/facts.h"
#include "kernel/proof.h"
#include "kernel/proof_coverage.h"
#include "kernel/proof_form.h"
#include "kernel/proof_permit.h"
#include "kernel/verdict.h"

/* Somebody whose writes must be excluded. */
struct vouch_holder {
	int16_t grant; /* index in the evidence: who, which epoch and life */
	int16_t happened; /* it is known that this promotion took place */
};

/* How one of them was shown to be unable to write. */
enum vouch_route {
	VOUCH_ROUTE_NONE = 0,
	VOUCH_ROUTE_ITSELF = 1, /* it is the candidate */
	VOUCH_ROUTE_SEALED = 2,
	VOUCH_ROUTE_FENCED = 3,
	VOUCH_ROUTE_LIVE = 4,
	VOUCH_ROUTE_STOPPED = 5,
	VOUCH_ROUTE_ASSERTED = 6,
	VOUCH_ROUTE_CONFIRMED = 7,
};

struct vouch_exclusion {
	int route; /* enum vouch_route: the one of the earliest observation */
	int told;
	int best_finding; /* why not: index of the most telling finding */
};

/* A range of the branch that node x shares with the candidate. */
enum vouch_relation {
	VOUCH_RELATION_UNKNOWN = 0, /* no answer, or its history is bad */
	VOUCH_RELATION_SAME = 1,
	VOUCH_RELATION_ANCESTOR = 2,   /* x is still on an older timeline */
	VOUCH_RELATION_DESCENDANT = 3, /* x left the candidate's timeline */
	VOUCH_RELATION_FORKED = 4,
	VOUCH_RELATION_UNRELATED = 5,
};

struct vouch_branch {
	int16_t relation; /* enum vouch_relation */
	uint64_t end; /* of x's log on the candidate's branch */
	uint64_t parted; /* where the two part; 0 when they do not */
};

/* As in a verdict, what the rules write has no type that a fact has; but for
 * the numbers derived from the facts before the second rule. And what lasts is
 * of another type than what every rule writes. */
struct vouch_scratch {
	const struct vouch_evidence *evidence;
	struct vouch_verdict *verdict;
	const struct vouch_probe *candidate; /* its probe */
	int16_t candidate_node;
	uint16_t rule; /* being examined */
	uint16_t unproven; /* the rule being examined said so */
	uint16_t found_before; /* findings when its examination began */
	bool failed; /* a required rule did not hold */
	uint16_t form_ok;
	int16_t newest; /* index of the newest grant; -1: there is none */
	int16_t holders_known;
	int16_t holder_count;
	struct vouch_holder holders[VOUCH_GRANTS_MAX];
	struct vouch_exclusion exclusions[VOUCH_GRANTS_MAX]; /* of each */
	/* The last fact that exclusion rests on: the route, and of whom. */
	int16_t last_route;
	int16_t last_node;
	bool covered;
	bool sealed_log; /* W1 held */
	bool same_holder; /* W3 held */
	int coverage_best; /* finding to cite when nothing covers */
	struct vouch_branch branches[VOUCH_NODES_MAX];
};

/* What the contracts below say of it. */
#include "kernel/proof_scratch.h"

/* Appends a finding for the rule being examined; always returns one that may
 * be written to (the last slot says that there were too many). */
/*@
  requires \valid(scratch) && \valid(scratch->verdict);
  requires \separated(scratch, scratch->verdict);
  requires Findings(scratch->verdict);
  assigns SAID(scratch);
  assigns \result \from scratch->verdict;
  ensures Findings(scratch->verdict);
  ensures
    \result == &scratch->verdict->findings[scratch->verdict->finding_count - 1];
  ensures SAYS_MORE(scratch);
  ensures 0 < scratch->verdict->finding_count;
  ensures \result->used_count == 0;
  ensures SameExclusions{Pre,Post}(scratch);
  ensures \old(scratch->unproven) != 0 || outcome == VOUCH_UNPROVEN ==>
    scratch->unproven != 0;
  ensures scratch->unproven == 0 ==> \old(scratch->unproven) == 0 &&
    \result->outcome == (uint16_t)outcome && outcome != VOUCH_UNPROVEN &&
    scratch->verdict->finding_count ==
      \old(scratch->verdict->finding_count) + 1;
*/
struct vouch_finding *vouch__find(struct vouch_scratch *scratch,
				  enum vouch_outcome outcome,
				  enum vouch_reason reason, int node);
/* Cites a fact in a finding; past the room for it, it is left out. */
/*@
  requires \valid(finding);
  assigns finding->used_count, finding->used[0 .. VOUCH_USED_MAX - 1];
*/
void vouch__cite(struct vouch_finding *finding, enum vouch_cited fact,
		 int node, uint64_t value);
/* The finding's first, second or third value: @a, @b, @c of its text. */
/*@
  requires \valid(finding) && 0 <= place < 3;
  assigns finding->value[place];
*/
static inline void vouch__show(struct vouch_finding *finding, int place,
			       uint64_t value)
{
	finding->value[place] = (int64_t)value;
}
/* Repeats what another finding says: its second node, values and facts. */
/*@
  requires \valid(finding) && \valid_read(said);
  requires finding == said || \separated(finding, said);
  assigns finding->node_b, finding->value[0 .. 2], finding->used_count,
    finding->used[0 .. VOUCH_USED_MAX - 1];
*/
void vouch__find_again(struct vouch_finding *finding,
		       const struct vouch_finding *said);

/* The grant of the h-th of those who may hold authority. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires 0 <= h < VOUCH_GRANTS_MAX;
  requires 0 <= scratch->holders[h].grant < VOUCH_GRANTS_MAX;
  assigns \result \from scratch, *scratch, h;
  ensures \result == HeldGrant(scratch, h);
*/
static inline const struct vouch_grant *
vouch__held(const struct vouch_scratch *scratch, int h)
{
	return &scratch->evidence->grants[scratch->holders[h].grant];
}

/* The observation that exclusion rests on; 0 is before all of them. */
/*@
  requires \valid_read(evidence) && 0 <= node < VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result == RouteOrder(evidence, node, route);
*/
uint64_t vouch__route_order(const struct vouch_evidence *evidence, int node,
			    int route);
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence) &&
    SinceKnown(scratch);
  assigns \nothing;
  ensures \result == Since(scratch);
*/
static inline uint64_t vouch__since(const struct vouch_scratch *scratch)
{
	return vouch__route_order(scratch->evidence, scratch->last_node,
				  scratch->last_route);
}

/* Facts read in several places. */
/*@
  requires \valid_read(view) && view->member_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 <==> InView(view, cluster_id);
*/
int vouch__is_member(const struct vouch_view *view, uint32_t cluster_id);
/*@
  requires \valid_read(a + (0 .. VOUCH_NAME_SIZE - 1));
  requires \valid_read(b + (0 .. VOUCH_NAME_SIZE - 1));
  assigns \nothing;
  ensures \result != 0 <==> Equal(a, b);
*/
int vouch__name_equal(const char *a, const char *b);
/*@
  requires \valid_read(probe);
  assigns \nothing;
  ensures \result == End(probe);
*/
uint64_t vouch__probe_end(const struct vouch_probe *probe);
/* The candidate's own high-water mark is on record. */
/*@
  requires \valid_read(evidence);
  assigns \nothing;
  ensures \result != 0 <==> Marked(evidence);
*/
static inline int vouch__has_mark(const struct vouch_evidence *evidence)
{
	return evidence->own.condition == VOUCH_PRESENT &&
	       evidence->own.mark_timeline != 0 && evidence->own.mark_lsn != 0;
}
/*@
  requires \valid_read(evidence);
  assigns \nothing;
  ensures \result != 0 <==> Managed(evidence);
*/
static inline int vouch__managed(const struct vouch_evidence *evidence)
{
	return evidence->manager == VOUCH_MANAGER_PACEMAKER;
}
/*@
  requires \valid_read(node);
  assigns \nothing;
  ensures \result != 0 <==> OfflineClean(node);
*/
static inline int vouch__is_offline_and_clean(const struct vouch_node *node)
{
	return node->online == VOUCH_NO && node->unclean == VOUCH_NO;
}
/* The latest admission of a node equals this incarnation. */
/*@
  requires \valid_read(evidence) &&
    evidence->admission_count <= VOUCH_ADMISSIONS_MAX;
  requires \valid_read(incarnation + (0 .. VOUCH_NAME_SIZE - 1));
  assigns \nothing;
  ensures \result != 0 ==> Admitted(evidence, node, incarnation);
*/
int vouch__is_admitted(const struct vouch_evidence *evidence, uint8_t node,
		       const char *incarnation);
/* Does either view show it: it runs, whatever anybody says? */
/*@
  requires \valid_read(evidence) && node < VOUCH_NODES_MAX;
  requires evidence->before.member_count <= VOUCH_NODES_MAX;
  requires evidence->after.member_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 <==> Present(evidence, node);
*/
int vouch__is_present(const struct vouch_evidence *evidence, uint8_t node);
/* Is it known that neither view shows it? Without its number nobody can say. */
/*@
  requires \valid_read(evidence) && node < VOUCH_NODES_MAX;
  requires evidence->before.member_count <= VOUCH_NODES_MAX;
  requires evidence->after.member_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 ==> Elsewhere(evidence, node);
*/
int vouch__is_elsewhere(const struct vouch_evidence *evidence, uint8_t node);
/* Did anybody say so? Whether it is believed is another question. */
/*@
  requires \valid_read(evidence) &&
    evidence->assertion_count <= VOUCH_ASSERTIONS_MAX;
  assigns \nothing;
  ensures \result != 0 ==> Asserted(evidence, node, epoch);
*/
int vouch__is_asserted(const struct vouch_evidence *evidence, uint8_t node,
		       uint64_t epoch);

#endif /* VOUCH_KERNEL_SCRATCH_H */
