/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the kernel offer each other, file by file. */
#ifndef VOUCH_KERNEL_PARTS_H
#define VOUCH_KERNEL_PARTS_H

#include "kernel/scratch.h"

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

/* ahead.c */
/* The candidate itself was given that epoch, and still has all it ever had:
 * nobody but it can have written under that grant. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch);
  requires \valid_read(grant);
  assigns \nothing;
  ensures \result != 0 ==>
    grant->holder == scratch->evidence->request.candidate &&
    Named(&Candidate(scratch->evidence)->incarnation[0]) &&
    Equal(&Candidate(scratch->evidence)->incarnation[0],
          &grant->incarnation[0]) &&
    Marked(scratch->evidence) &&
    Reached(Candidate(scratch->evidence),
            scratch->evidence->own.mark_timeline,
            scratch->evidence->own.mark_lsn) &&
    KeptNoted(&scratch->evidence->nodes[scratch->evidence->request.candidate]);
*/
int vouch__grant_is_candidates(const struct vouch_scratch *scratch,
			       const struct vouch_grant *grant);

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
  assigns SAID(scratch);
  assigns scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  assigns \result \from scratch->verdict;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
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
  assigns SAID(scratch), scratch->exclusions[place].route;
  assigns \result \from scratch->verdict;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
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

#endif /* VOUCH_KERNEL_PARTS_H */
