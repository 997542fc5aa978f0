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

/*@
  predicate Memory{L}(struct vouch_scratch *s) =
    \valid(s) && \valid(s->verdict) && \valid_read(s->evidence) &&
    \separated(s, s->verdict, s->evidence);

  logic integer EpochAt{L}(struct vouch_evidence *e, integer g) =
    g < 0 ? 0 : e->grants[g].epoch;
  logic integer NewestOf{L}(struct vouch_scratch *s) =
    EpochAt(s->evidence, s->newest);

  // The grant of the h-th of those who may hold authority.
  logic struct vouch_grant *HeldGrant{L}(struct vouch_scratch *s, integer h) =
    &s->evidence->grants[s->holders[h].grant];

  predicate Findings{L}(struct vouch_verdict *v) =
    0 <= v->finding_count <= VOUCH_FINDINGS_MAX;

  // When the observation was made that a route rests on.
  logic integer RouteOrder{L}(struct vouch_evidence *e, integer node,
                              integer route) =
    route == VOUCH_ROUTE_SEALED ? e->seal.order :
    route == VOUCH_ROUTE_FENCED || route == VOUCH_ROUTE_CONFIRMED ?
      e->fencing.order :
    route == VOUCH_ROUTE_LIVE ? Server(e, node)->order :
    route == VOUCH_ROUTE_STOPPED ? e->nodes[node].operations.order :
    route == VOUCH_ROUTE_ASSERTED ? e->before.order : 0;
  logic integer SinceOf{L}(struct vouch_scratch *s, integer h) =
    RouteOrder(s->evidence, HeldGrant(s, h)->holder,
               s->exclusions[h].route);
  logic integer Since{L}(struct vouch_scratch *s) =
    RouteOrder(s->evidence, s->last_node, s->last_route);
  predicate SinceKnown{L}(struct vouch_scratch *s) =
    0 <= s->last_node < VOUCH_NODES_MAX;

  // What the scratch holds of the candidate and of each log is what the
  // evidence says.
  predicate Derived{L}(struct vouch_scratch *s) =
    s->candidate_node == s->evidence->request.candidate &&
    s->candidate == Candidate(s->evidence) &&
    -1 <= s->newest < VOUCH_GRANTS_MAX &&
    SinceKnown(s);

  predicate BranchIs{L}(struct vouch_evidence *e, integer i, integer relation,
                        integer end) =
    relation == VOUCH_RELATION_UNKNOWN ||
    (Candidate(e)->condition == VOUCH_PRESENT &&
     Server(e, i)->condition == VOUCH_PRESENT &&
     History(Candidate(e)) && History(Server(e, i)) &&
     BranchEnd(Candidate(e), Server(e, i), end) &&
     (relation == VOUCH_RELATION_SAME <==>
      SameTimeline(Candidate(e), Server(e, i))) &&
     (relation == VOUCH_RELATION_UNRELATED <==>
      TimelineAt(Candidate(e), 0) != TimelineAt(Server(e, i), 0)));

  predicate Branch{L}(struct vouch_scratch *s, integer i) =
    BranchIs(s->evidence, i, s->branches[i].relation, s->branches[i].end);

  // The h-th of those who may hold authority is one whom a grant names.
  predicate HolderIs{L}(struct vouch_evidence *e, integer grant,
                        integer happened) =
    0 <= grant < e->grant_count &&
    (happened != 0 ==> Done(e, e->grants[grant].epoch));

  predicate Holder{L}(struct vouch_scratch *s, integer h) =
    HolderIs(s->evidence, s->holders[h].grant, s->holders[h].happened);

  predicate Holders{L}(struct vouch_scratch *s) =
    0 <= s->holder_count <= VOUCH_GRANTS_MAX &&
    \forall integer h; 0 <= h < s->holder_count ==>
      HolderIs(s->evidence, s->holders[h].grant, s->holders[h].happened);

  predicate Best{L}(struct vouch_scratch *s, integer h) =
    0 <= s->exclusions[h].best_finding < VOUCH_FINDINGS_MAX;

  predicate Branches{L}(struct vouch_scratch *s) =
    \forall integer i; 0 <= i < s->evidence->node_count ==>
      BranchIs(s->evidence, i, s->branches[i].relation, s->branches[i].end);

  // It is known how each log that answers goes on from the candidate's.
  predicate Known{L}(struct vouch_scratch *s) =
    \forall integer i; 0 <= i < s->evidence->node_count &&
      i != s->evidence->request.candidate &&
      Server(s->evidence, i)->condition == VOUCH_PRESENT ==>
      s->branches[i].relation != VOUCH_RELATION_UNKNOWN;

  // The one kind of numbers that scratch and facts both have: the facts' stay.
  predicate SameNumbers{A,B}(struct vouch_evidence *e) =
    (\forall integer g; 0 <= g < VOUCH_GRANTS_MAX ==>
      \at(e->grants[g].epoch,A) == \at(e->grants[g].epoch,B)) &&
    (\forall integer r; 0 <= r < VOUCH_CONTRACTS_MAX ==>
      \at(e->contracts[r].epoch,A) == \at(e->contracts[r].epoch,B)) &&
    (\forall integer r; 0 <= r < VOUCH_CONTRACTS_MAX ==>
      \at(e->contracts[r].serial,A) == \at(e->contracts[r].serial,B)) &&
    (\forall integer a; 0 <= a < VOUCH_ADMISSIONS_MAX ==>
      \at(e->admissions[a].serial,A) == \at(e->admissions[a].serial,B)) &&
    (\forall integer i; 0 <= i < VOUCH_NODES_MAX ==>
      \at(e->nodes[i].probe.received_lsn,A) ==
        \at(e->nodes[i].probe.received_lsn,B) &&
      \at(e->nodes[i].probe.replayed_lsn,A) ==
        \at(e->nodes[i].probe.replayed_lsn,B));

  // What every rule after the first may rely on.
  predicate Ready{L}(struct vouch_scratch *s) =
    Memory(s) && Findings(s->verdict) && Form(s->evidence) && Derived(s);
*/

/* What the rules of exclusion tell each other (P6-A1). */
/*@
  // The route is open for whoever has this grant.
  predicate Open{L}(struct vouch_evidence *e, integer route,
                    struct vouch_grant *g) =
    (route == VOUCH_ROUTE_ITSELF ? g->holder == e->request.candidate &&
                                   Answers(Candidate(e)) :
     g->holder != e->request.candidate &&
     (route == VOUCH_ROUTE_SEALED ?
        Sealed(e, g->holder, g->epoch, &g->incarnation[0]) :
      route == VOUCH_ROUTE_FENCED ? Fenced(e, g->holder, g->epoch) :
      route == VOUCH_ROUTE_LIVE ?
        AttestedLive(e, g->holder, g->epoch, &g->incarnation[0]) :
      route == VOUCH_ROUTE_STOPPED ? AttestedStopped(e, g->holder) :
      route == VOUCH_ROUTE_ASSERTED ? Believed(e, g->holder, g->epoch) :
      route == VOUCH_ROUTE_CONFIRMED && Confirmed(e, g->holder, g->epoch)));

  predicate Held{L}(struct vouch_scratch *s, integer h) =
    Holder(s, h) && Best(s, h) &&
    (s->exclusions[h].route != VOUCH_ROUTE_NONE ==>
     Open(s->evidence, s->exclusions[h].route, HeldGrant(s, h)));

  predicate Holding{L}(struct vouch_scratch *s) =
    0 <= s->holder_count <= VOUCH_GRANTS_MAX &&
    \forall integer h; 0 <= h < s->holder_count ==> Held(s, h);

  // No route was tried yet.
  predicate Untried{L}(struct vouch_scratch *s, integer h) =
    s->exclusions[h].route == VOUCH_ROUTE_NONE &&
    s->exclusions[h].best_finding == 0;

  predicate AllUntried{L}(struct vouch_scratch *s) =
    \forall integer h; 0 <= h < s->holder_count ==> Untried(s, h);

  predicate SameExclusions{A,B}(struct vouch_scratch *s) =
    \forall integer h; 0 <= h < VOUCH_GRANTS_MAX ==>
      \at(s->exclusions[h].route,A) == \at(s->exclusions[h].route,B) &&
      \at(s->exclusions[h].best_finding,A) ==
        \at(s->exclusions[h].best_finding,B);

  predicate Listed{L}(struct vouch_scratch *s, integer epoch) =
    \exists integer h; 0 <= h < s->holder_count &&
      HeldGrant(s, h)->epoch == epoch;

  // Whoever may hold authority is among them.
  predicate AllHeld{L}(struct vouch_scratch *s) =
    s->holders_known != 0 ==>
    \forall integer epoch; MayHold(s->evidence, epoch) ==> Listed(s, epoch);

  // No rule of exclusion or coverage has said anything yet.
  predicate Nothing{L}(struct vouch_scratch *s) =
    s->holders_known == 0 && s->holder_count == 0 && s->covered == 0 &&
    s->sealed_log == 0 && s->same_holder == 0 && s->coverage_best == 0 &&
    s->last_route == VOUCH_ROUTE_NONE && s->last_node == 0;
*/

/* What the rules of coverage tell each other (P6-S1). */
/*@
  // The first of those who may hold authority is the last who can have written.
  predicate FirstIs{L}(struct vouch_evidence *e, integer grant) =
    !Void(e, e->grants[grant].epoch) && NoneSince(e, e->grants[grant].epoch);

  predicate FirstHolder{L}(struct vouch_scratch *s) =
    Holders(s) &&
    (s->holder_count > 0 ==> Holder(s, 0) &&
      FirstIs(s->evidence, s->holders[0].grant));

  // Each mark stands for its route.
  predicate Routes{L}(struct vouch_scratch *s) =
    0 <= s->coverage_best < VOUCH_FINDINGS_MAX &&
    (s->covered != 0 ==> Covered(s->evidence, Since(s))) &&
    (s->sealed_log != 0 ==> SealedLog(s->evidence)) &&
    (s->same_holder != 0 ==> SameHolder(s->evidence));

  // No grant newer than the candidate's epoch can have happened.
  predicate NoneNewer{L}(struct vouch_scratch *s) =
    Managed(s->evidence) &&
    (s->holder_count == 0 ||
     NoneSince(s->evidence, Candidate(s->evidence)->epoch));

  // A reachable node that has nothing which the candidate lacks: in epoch
  // first, and in position second. Rule 410 refuses an unknown relation.
  predicate NotAhead{L}(struct vouch_scratch *s, integer i) =
    0 < Server(s->evidence, i)->epoch <= Candidate(s->evidence)->epoch &&
    Server(s->evidence, i)->log_exhausted == VOUCH_YES &&
    0 < End(Server(s->evidence, i)) &&
    (s->branches[i].relation == VOUCH_RELATION_DESCENDANT &&
     Server(s->evidence, i)->epoch == Candidate(s->evidence)->epoch ==>
     NoneNewer(s)) &&
    (s->branches[i].relation == VOUCH_RELATION_SAME ||
     s->branches[i].relation == VOUCH_RELATION_DESCENDANT ==>
     Managed(s->evidence) ||
     Server(s->evidence, i)->epoch == Candidate(s->evidence)->epoch) &&
    (s->branches[i].relation == VOUCH_RELATION_UNKNOWN ||
     (Server(s->evidence, i)->epoch == Candidate(s->evidence)->epoch ||
      SameTimeline(Candidate(s->evidence), Server(s->evidence, i)) ==>
      \exists integer end;
        BranchEnd(Candidate(s->evidence), Server(s->evidence, i), end) &&
        end <= End(Candidate(s->evidence))));

  predicate NoneAhead{L}(struct vouch_scratch *s) =
    \forall integer i; 0 <= i < s->evidence->node_count &&
      i != s->evidence->request.candidate &&
      Server(s->evidence, i)->condition == VOUCH_PRESENT ==> NotAhead(s, i);
*/

/* Appends a finding for the rule being examined; always returns one that may
 * be written to (the last slot says that there were too many). */
/*@
  requires \valid(scratch) && \valid(scratch->verdict);
  requires \separated(scratch, scratch->verdict);
  requires Findings(scratch->verdict);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  assigns \result \from scratch->verdict;
  ensures Findings(scratch->verdict);
  ensures
    \result == &scratch->verdict->findings[scratch->verdict->finding_count - 1];
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
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

/* branches.c */
/*@
  requires Memory(scratch) && Form(scratch->evidence);
  requires scratch->candidate == Candidate(scratch->evidence);
  assigns scratch->branches[0 .. VOUCH_NODES_MAX - 1];
  ensures Branches(scratch);
  ensures SameNumbers{Pre,Post}(scratch->evidence);
*/
void vouch__branches_derive(struct vouch_scratch *scratch);

/* lineage.c */
/* The log of node i; unknown when the candidate's own is not good. */
/*@
  requires Memory(scratch) && Form(scratch->evidence);
  requires scratch->candidate == Candidate(scratch->evidence);
  requires i < scratch->evidence->node_count;
  requires candidate_ok != 0 ==>
    scratch->candidate->condition == VOUCH_PRESENT && History(scratch->candidate);
  assigns \nothing;
  ensures \result.relation == VOUCH_RELATION_UNKNOWN ||
    (Candidate(scratch->evidence)->condition == VOUCH_PRESENT &&
     Server(scratch->evidence, i)->condition == VOUCH_PRESENT &&
     History(Candidate(scratch->evidence)) &&
     History(Server(scratch->evidence, i)) &&
     BranchEnd(Candidate(scratch->evidence), Server(scratch->evidence, i),
               \result.end) &&
     (\result.relation == VOUCH_RELATION_SAME <==>
      SameTimeline(Candidate(scratch->evidence),
                   Server(scratch->evidence, i))) &&
     (\result.relation == VOUCH_RELATION_UNRELATED <==>
      TimelineAt(Candidate(scratch->evidence), 0) !=
      TimelineAt(Server(scratch->evidence, i), 0)));
*/
struct vouch_branch vouch__branch_derive(const struct vouch_scratch *scratch,
					 int candidate_ok, uint8_t i);
/*@
  requires \valid_read(probe) && probe->history_count <= VOUCH_HISTORY_MAX;
  assigns \nothing;
  ensures \result != 0 ==> History(probe);
*/
int vouch__history_is_valid(const struct vouch_probe *probe);
/* Is the position (timeline, lsn) on the branch of `probe`, at or below its end? */
/*@
  requires \valid_read(probe) && probe->history_count <= VOUCH_HISTORY_MAX;
  assigns \nothing;
  ensures \result != 0 ==> Reached(probe, timeline, lsn);
*/
int vouch__position_is_reached(const struct vouch_probe *probe,
			       uint32_t timeline, uint64_t lsn);
/* The candidate's newest timeline was started by a grant. */
/*@
  requires Ready(scratch) && NewestOf(scratch) < 18446744073709551615;
  requires scratch->candidate->condition == VOUCH_PRESENT;
  assigns \nothing;
  ensures \result != 0 ==> GrantedFork(scratch->evidence);
*/
int vouch__candidate_is_authorised(const struct vouch_scratch *scratch);

/* Its record says that the promotion happened; a row in the log is one. */
/*@
  requires \valid_read(grant);
  assigns \nothing;
  ensures \result != 0 <==> Happened(grant);
*/
static inline int vouch__grant_happened(const struct vouch_grant *grant)
{
	return grant->outcome == VOUCH_GRANT_DONE ||
	       grant->outcome == VOUCH_GRANT_DISOWNED ||
	       grant->source == VOUCH_SOURCE_LOG;
}

/* grants.c */
struct vouch_grant_view {
	uint8_t known;
	uint8_t holder;
	enum vouch_grant_outcome outcome;
	const struct vouch_grant *grant;
	int index; /* of that grant */
};
/* All that the sources say of one epoch, as one. */
/*@
  requires \valid_read(evidence) && evidence->grant_count <= VOUCH_GRANTS_MAX;
  assigns \nothing;
  ensures \result.known != 0 <==> Granted(evidence, epoch);
  ensures \result.known != 0 ==>
    \exists integer g; 0 <= g < evidence->grant_count &&
      \result.grant == &evidence->grants[g] && \result.index == g &&
      evidence->grants[g].epoch == epoch &&
      \result.holder == evidence->grants[g].holder;
  ensures \result.outcome == VOUCH_GRANT_DONE <==> Done(evidence, epoch);
  ensures \result.outcome == VOUCH_GRANT_VOID <==> Void(evidence, epoch);
*/
struct vouch_grant_view vouch__grant_of(const struct vouch_evidence *evidence,
					uint64_t epoch);
/*@
  requires \valid_read(evidence) && evidence->grant_count <= VOUCH_GRANTS_MAX;
  assigns \nothing;
  ensures Newest(evidence, \result);
*/
uint64_t vouch__newest_epoch(const struct vouch_evidence *evidence);
/* The index of one of that epoch; -1 where there is none. */
/*@
  requires \valid_read(evidence) && evidence->grant_count <= VOUCH_GRANTS_MAX;
  assigns \nothing;
  ensures -1 <= \result < VOUCH_GRANTS_MAX;
  ensures Newest(evidence, EpochAt(evidence, \result));
*/
int vouch__newest_grant(const struct vouch_evidence *evidence);
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires scratch->newest < VOUCH_GRANTS_MAX;
  assigns \nothing;
  ensures \result == NewestOf(scratch);
*/
static inline uint64_t vouch__newest(const struct vouch_scratch *scratch)
{
	return scratch->newest < 0 ?
		       0 :
		       scratch->evidence->grants[scratch->newest].epoch;
}

/* succession.c */
/* The number that comes next on the way down: the one before, or beyond numbers
 * that a later grant says were void. Less than `epoch`, which is not 0. */
/*@
  requires \valid_read(evidence) && evidence->grant_count <= VOUCH_GRANTS_MAX;
  requires epoch > 0;
  assigns \nothing;
  ensures \result < epoch;
  ensures \forall integer g; 0 <= g < evidence->grant_count &&
    evidence->grants[g].epoch < epoch ==> evidence->grants[g].epoch <= \result;
  ensures \forall integer n; \result < n < epoch ==> PassedOver(evidence, n);
*/
uint64_t vouch__epoch_below(const struct vouch_evidence *evidence,
			    uint64_t epoch);
/* The newest epoch below that one that is not void; 0 where nobody knows it. */
/*@
  requires \valid_read(evidence) && evidence->grant_count <= VOUCH_GRANTS_MAX;
  assigns \nothing;
  ensures \result == 0 || \result < below;
  ensures \result != 0 ==>
    Granted(evidence, \result) && !Void(evidence, \result);
*/
uint64_t vouch__last_epoch(const struct vouch_evidence *evidence,
			   uint64_t below);
/* What a grant of the next epoch may say that it follows; 0 for nothing. */
/*@
  requires \valid_read(evidence) && evidence->grant_count <= VOUCH_GRANTS_MAX;
  assigns \nothing;
*/
uint64_t vouch__epoch_followed(const struct vouch_evidence *evidence);
/* One says that the other's epoch was void, and the other that it was not. */
/*@
  requires \valid_read(a) && \valid_read(b);
  assigns \nothing;
*/
int vouch__passing_contradicts(const struct vouch_grant *a,
			       const struct vouch_grant *b);

/* intersection.c */
struct vouch_intersection {
	int counted;  /* |S| */
	int members;  /* n */
	int required; /* k */
	int proven;	  /* |S| + k > n, k >= 1 */
	int missing;  /* a member that does not count, or VOUCH_NO_NODE */
	int why;	  /* of `missing`: enum vouch_reason */
	int ahead; /* a member of S beyond the candidate, or VOUCH_NO_NODE */
};
/*@
  // What is said of one contract is true of it, and may be looked up.
  predicate Judged{L}(struct vouch_evidence *e, struct vouch_contract *c,
                      integer since, struct vouch_intersection found) =
    (found.proven != 0 && found.ahead == VOUCH_NO_NODE ==>
      Intersects(e, c, since)) &&
    (found.proven == 0 && found.required != 0 ==>
      0 <= found.missing < VOUCH_NODES_MAX) &&
    (found.ahead == VOUCH_NO_NODE || 0 <= found.ahead < VOUCH_NODES_MAX);
*/
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires \valid_read(contract);
  requires Form(scratch->evidence) && Derived(scratch) && Branches(scratch);
  requires ContractForm(contract, scratch->evidence->node_count);
  assigns \nothing;
  ensures \result.members == contract->member_count;
  ensures \result.required == contract->k;
  ensures 0 <= \result.counted <= \result.members;
  ensures \result.proven != 0 <==> \result.required >= 1 &&
    \result.counted + \result.required > \result.members;
  ensures \result.missing == VOUCH_NO_NODE ||
    0 <= \result.missing < scratch->evidence->node_count;
  ensures \result.ahead == VOUCH_NO_NODE ||
    0 <= \result.ahead < scratch->evidence->node_count;
  ensures meet: \result.proven != 0 && \result.ahead == VOUCH_NO_NODE ==>
    Intersects(scratch->evidence, contract, Since(scratch));
  ensures lookup: \result.counted < \result.members ==>
    0 <= \result.missing < scratch->evidence->node_count;
*/
struct vouch_intersection
vouch__intersect(const struct vouch_scratch *scratch,
		 const struct vouch_contract *contract);

/* The same for the contract whose members are all nodes but this one: what an
 * unseen grant of it would name. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch) && Branches(scratch);
  requires node < scratch->evidence->node_count && k <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures meet: \result.proven != 0 && \result.ahead == VOUCH_NO_NODE ==>
    OthersMeet(scratch->evidence, node, k, Since(scratch));
*/
struct vouch_intersection
vouch__intersect_others(const struct vouch_scratch *scratch, uint8_t node,
			uint32_t k);

/* Has it still what the members noted of its present life? */
/*@
  requires \valid_read(node) &&
    node->probe.history_count <= VOUCH_HISTORY_MAX;
  assigns \nothing;
  ensures \result != 0 ==> KeptNoted(node);
*/
int vouch__keeps_noted(const struct vouch_node *node);

/* Does node i answer, and still have all that it ever acknowledged? */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch) && Branches(scratch);
  requires i < scratch->evidence->node_count;
  assigns \nothing;
  ensures \result != 0 ==>
    Counts(scratch->evidence, i, Since(scratch));
*/
int vouch__remembers(const struct vouch_scratch *scratch, uint8_t i);

/* coverage.c */
/* The newest row of an epoch whose barrier was passed; 0 when there is none.
 * Rows with a later serial bind as well. */
/*@
  requires \valid_read(evidence) &&
    evidence->contract_count <= VOUCH_CONTRACTS_MAX;
  assigns \result \from evidence, *evidence;
  ensures \result == \null || \exists integer f;
    InForce(evidence, f, epoch) && \result == &evidence->contracts[f];
  ensures \result == \null ==> \forall integer q;
    0 <= q < evidence->contract_count &&
    evidence->contracts[q].epoch == epoch ==>
    evidence->contracts[q].phase != VOUCH_PHASE_IN_FORCE;
*/
const struct vouch_contract_row *
vouch__contract_in_force(const struct vouch_evidence *evidence, uint64_t epoch);
/* The newest epoch that may have written: void grants never did. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Bounds(scratch->evidence) && FirstHolder(scratch);
  assigns \nothing;
  ensures scratch->holder_count > 0 ==>
    \result == HeldGrant(scratch, 0)->epoch;
*/
uint64_t vouch__newest_written(const struct vouch_scratch *scratch);
/* What was found of a contract: how many count, of how many, and who is ahead. */
/*@
  requires \valid(finding) && \valid_read(scratch);
  requires \separated(finding, scratch);
  requires \valid_read(scratch->candidate);
  requires found.ahead == VOUCH_NO_NODE || 0 <= found.ahead < VOUCH_NODES_MAX;
  assigns finding->value[0 .. 2], finding->used_count,
    finding->used[0 .. VOUCH_USED_MAX - 1];
*/
void vouch__cite_intersection(struct vouch_finding *finding,
			      const struct vouch_scratch *scratch,
			      struct vouch_intersection found);

/* exclusion.c */
/* A route that is not open here. `telling`: cite it when no route is. */
/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires 0 <= scratch->holders[place].grant < VOUCH_GRANTS_MAX;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  assigns scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  assigns \result \from scratch->verdict;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures \result ==
    &scratch->verdict->findings[scratch->verdict->finding_count - 1];
  ensures 0 < scratch->verdict->finding_count;
  ensures \old(Held(scratch, place)) ==> Held(scratch, place);
*/
struct vouch_finding *vouch__route_closed(struct vouch_scratch *scratch,
					  int place, enum vouch_reason reason,
					  int telling);
/* A route that is open here. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires 0 < route <= VOUCH_ROUTE_CONFIRMED;
  requires Open(scratch->evidence, route, HeldGrant(scratch, place));
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].route;
  assigns \result \from scratch->verdict;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures \result ==
    &scratch->verdict->findings[scratch->verdict->finding_count - 1];
  ensures 0 < scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
struct vouch_finding *vouch__route_open(struct vouch_scratch *scratch,
					int place, int route,
					enum vouch_reason reason);

/* fencing.c */
/*@
  requires \valid(finding) && \valid_read(entry);
  assigns finding->used_count, finding->used[0 .. VOUCH_USED_MAX - 1];
*/
void vouch__cite_fencing(struct vouch_finding *finding,
			 const struct vouch_fencing *entry);
/* A person's word to the fencer that the holder is down, while nothing shows it
 * in this very view; without a number nobody can say that it is not. The word names
 * no view, unlike one to vouch: it counts for a node that is offline and clean, as
 * the word itself made it, and not for one that was back and is lost again. */
/*@
  requires \valid_read(evidence) && \valid_read(grant);
  requires Bounds(evidence) && grant->holder < VOUCH_NODES_MAX;
  assigns \result \from evidence, *evidence, *grant;
  ensures \result != \null ==>
    (OfflineClean(&evidence->nodes[grant->holder]) ==>
     Confirmed(evidence, grant->holder, grant->epoch)) &&
    \exists integer j; 0 <= j < evidence->fencing.count &&
      \result == &evidence->fencing.entries[j];
*/
const struct vouch_fencing *
vouch__fencing_confirmation(const struct vouch_evidence *evidence,
			    const struct vouch_grant *grant);

/* The predicates of the rule table, one file per obligation. */
/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->form_ok;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->form_ok != 0 ==> \old(Complete(scratch->evidence));
  ensures scratch->unproven != 0 || scratch->form_ok != 0;
*/
void vouch__form_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 || \old(Requested(scratch->evidence));
*/
void vouch__request_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 || \old(Authorised(scratch->evidence));
*/
void vouch__authorization_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires Newest(scratch->evidence, NewestOf(scratch));
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 || Adopted(scratch->evidence);
*/
void vouch__adoption_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 || \old(Classes(scratch->evidence));
*/
void vouch__class_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    Agreement{Pre}(scratch->evidence);
*/
void vouch__agreement_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    ViewsSeen{Pre}(scratch->evidence);
*/
void vouch__view_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    Steady{Pre}(scratch->evidence);
*/
void vouch__steadiness_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    Quorate{Pre}(scratch->evidence);
*/
void vouch__quorum_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    FencingOn{Pre}(scratch->evidence);
*/
void vouch__fencing_enabled_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    PeersSeen{Pre}(scratch->evidence);
*/
void vouch__peers_seen_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    CandidateMember{Pre}(scratch->evidence);
*/
void vouch__membership_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    Silence{Pre}(scratch->evidence);
*/
void vouch__silence_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    NoAttempt{Pre}(scratch->evidence);
*/
void vouch__no_attempt_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && Nothing(scratch);
  requires Newest(scratch->evidence, NewestOf(scratch));
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven,
    scratch->holders_known, scratch->holder_count,
    scratch->holders[0 .. VOUCH_GRANTS_MAX - 1],
    scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Holders(scratch);
  ensures AllUntried(scratch);
  ensures FirstHolder(scratch);
  ensures AllHeld(scratch);
*/
void vouch__holders_are_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires Holding(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven,
    scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Holding(scratch);
*/
void vouch__sealed_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires Holding(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven,
    scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Holding(scratch);
*/
void vouch__fenced_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires Holding(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven,
    scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Holding(scratch);
*/
void vouch__attested_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires Holding(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven,
    scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Holding(scratch);
*/
void vouch__asserted_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires Holding(scratch);
  requires AllHeld(scratch);
  requires scratch->last_route == VOUCH_ROUTE_NONE;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven,
    scratch->last_route, scratch->last_node;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures SinceKnown(scratch);
  ensures scratch->unproven != 0 ||
    HoldersExcluded(scratch->evidence, Since(scratch));
*/
void vouch__exclusion_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires Holders(scratch);
  requires Newest(scratch->evidence, NewestOf(scratch));
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 || OthersQuiet(scratch->evidence);
*/
void vouch__others_are_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 || OneSystem(scratch->evidence);
*/
void vouch__system_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && Branches(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 || Histories(scratch->evidence);
  ensures scratch->unproven != 0 || Known(scratch);
*/
void vouch__lineage_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires NewestOf(scratch) < 18446744073709551615;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 || GrantedFork(scratch->evidence);
*/
void vouch__fork_is_proven(struct vouch_scratch *scratch);
/*@
  requires Routes(scratch);
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures Routes(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    \old(Ordered(scratch->evidence, Since(scratch)));
*/
void vouch__order_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && FirstHolder(scratch) && Routes(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->coverage_best, scratch->covered,
    scratch->sealed_log;
  ensures Ready(scratch);
  ensures Routes(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  ensures scratch->sealed_log == \old(scratch->sealed_log) &&
      scratch->covered == \old(scratch->covered) ||
    \old(SealedLog(scratch->evidence));
*/
void vouch__sealed_log_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && Branches(scratch) && Holders(scratch);
  requires Routes(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->coverage_best, scratch->covered;
  ensures Ready(scratch);
  ensures Routes(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  ensures scratch->covered == \old(scratch->covered) ||
    \old(Contracts(scratch->evidence, Since(scratch)));
*/
void vouch__intersection_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && FirstHolder(scratch) && Routes(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->coverage_best, scratch->covered,
    scratch->same_holder;
  ensures Ready(scratch);
  ensures Routes(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  ensures scratch->same_holder == \old(scratch->same_holder) &&
      scratch->covered == \old(scratch->covered) ||
    \old(SameHolder(scratch->evidence));
*/
void vouch__same_holder_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && Routes(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures Routes(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    \old(Covered(scratch->evidence, Since(scratch)));
*/
void vouch__coverage_is_proven(struct vouch_scratch *scratch);
/*@
  requires Routes(scratch);
  requires Ready(scratch) && Branches(scratch) && FirstHolder(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures Routes(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 || \old(NoneAhead(scratch));
*/
void vouch__none_ahead_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && Branches(scratch) && Routes(scratch);
  requires Newest(scratch->evidence, NewestOf(scratch));
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures Routes(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    \old(GrantsSatisfied(scratch->evidence, Since(scratch)));
*/
void vouch__grants_satisfied_is_proven(struct vouch_scratch *scratch);
/* disowned.c */
/*@
  requires Ready(scratch) && Routes(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures Routes(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 || \old(NoneDisowned(scratch->evidence));
*/
void vouch__none_disowned_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && Branches(scratch);
  requires Newest(scratch->evidence, NewestOf(scratch));
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    \old(UnseenCovered(scratch->evidence, NewestOf(scratch),
                       Since(scratch)));
*/
void vouch__unseen_grants_are_covered(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires scratch->evidence->offer.contract.member_count <= VOUCH_NODES_MAX;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 || \old(Enforced(scratch->evidence));
*/
void vouch__offer_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Ready(scratch);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures scratch->unproven != 0 ||
    Visible{Pre}(scratch->evidence);
*/
void vouch__readiness_is_proven(struct vouch_scratch *scratch);

#endif /* VOUCH_KERNEL_SCRATCH_H */
