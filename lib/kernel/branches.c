/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of every node's log: how far it is on the candidate's branch (P6-S2).
 *
 * Where a branch ends is a number like the facts it is derived from, so that here,
 * and nowhere else, the provers have to be told that writing it leaves the facts as
 * they were. What they need for that would slow them down in lineage.c. */
#include "kernel/rules.h"

/*@
  predicate SameLog{A,B}(struct vouch_probe *p) =
    \at(p->condition,A) == \at(p->condition,B) &&
    \at(p->timeline,A) == \at(p->timeline,B) &&
    \at(p->received_lsn,A) == \at(p->received_lsn,B) &&
    \at(p->replayed_lsn,A) == \at(p->replayed_lsn,B) &&
    \at(p->history_count,A) == \at(p->history_count,B) &&
    (\forall integer n; 0 <= n < VOUCH_HISTORY_MAX ==>
      \at(p->history[n].timeline,A) == \at(p->history[n].timeline,B)) &&
    (\forall integer n; 0 <= n < VOUCH_HISTORY_MAX ==>
      \at(p->history[n].end_lsn,A) == \at(p->history[n].end_lsn,B));

  lemma history_stays{A,B}: \forall struct vouch_probe *p;
    SameLog{A,B}(p) && \at(p->history_count,A) <= VOUCH_HISTORY_MAX &&
    History{A}(p) ==> History{B}(p);

  lemma chain_stays{A,B}: \forall struct vouch_probe *c, *x, integer n;
    SameLog{A,B}(c) && SameLog{A,B}(x) && n <= VOUCH_HISTORY_MAX &&
    SameChain{A}(c, x, n) ==> SameChain{B}(c, x, n);

  lemma timeline_stays{A,B}: \forall struct vouch_probe *p, integer n;
    SameLog{A,B}(p) && \at(p->history_count,A) <= VOUCH_HISTORY_MAX && 0 <= n ==>
    TimelineAt{A}(p, n) == TimelineAt{B}(p, n);

  lemma parting_stays{A,B}: \forall struct vouch_probe *c, *x, integer n, at;
    SameLog{A,B}(c) && SameLog{A,B}(x) &&
    \at(c->history_count,A) <= VOUCH_HISTORY_MAX &&
    \at(x->history_count,A) <= VOUCH_HISTORY_MAX &&
    PartAt{A}(c, x, n, at) ==> PartAt{B}(c, x, n, at);

  lemma branch_end_stays{A,B}: \forall struct vouch_probe *c, *x, integer end;
    SameLog{A,B}(c) && SameLog{A,B}(x) &&
    \at(c->history_count,A) <= VOUCH_HISTORY_MAX &&
    \at(x->history_count,A) <= VOUCH_HISTORY_MAX &&
    BranchEnd{A}(c, x, end) ==> BranchEnd{B}(c, x, end);

  lemma branch_stays{A,B}:
    \forall struct vouch_evidence *e, integer i, relation, end;
    SameLog{A,B}(Candidate{A}(e)) && SameLog{A,B}(Server{A}(e, i)) &&
    \at(e->request.candidate,A) == \at(e->request.candidate,B) &&
    \at(Candidate{A}(e)->history_count,A) <= VOUCH_HISTORY_MAX &&
    \at(Server{A}(e, i)->history_count,A) <= VOUCH_HISTORY_MAX &&
    BranchIs{A}(e, i, relation, end) ==> BranchIs{B}(e, i, relation, end);
*/

/*@
  requires Memory(scratch) && Form(scratch->evidence);
  requires scratch->candidate == Candidate(scratch->evidence);
  requires i < scratch->evidence->node_count;
  requires candidate_ok != 0 ==>
    scratch->candidate->condition == VOUCH_PRESENT && History(scratch->candidate);
  assigns scratch->branches[i];
  ensures BranchIs{Pre}(scratch->evidence, i, scratch->branches[i].relation,
                   scratch->branches[i].end);
*/
static void branch_store(struct vouch_scratch *scratch, int candidate_ok,
			 uint8_t i)
{
	scratch->branches[i] = vouch__branch_derive(scratch, candidate_ok, i);
}

/*@
  requires Memory(scratch) && Form(scratch->evidence);
  requires scratch->candidate == Candidate(scratch->evidence);
  assigns \nothing;
  ensures \result != 0 ==>
    scratch->candidate->condition == VOUCH_PRESENT && History(scratch->candidate);
*/
static int candidate_shows(const struct vouch_scratch *scratch)
{
	return scratch->candidate->condition == VOUCH_PRESENT &&
	       vouch__history_is_valid(scratch->candidate);
}

void vouch__branches_derive(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	int candidate_ok = candidate_shows(scratch);
	uint8_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    BranchIs{Pre}(evidence, j, \at(scratch->branches[j].relation,Here),
	                  \at(scratch->branches[j].end,Here));
	  loop assigns i, scratch->branches[0 .. VOUCH_NODES_MAX - 1];
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		branch_store(scratch, candidate_ok, i);
		/*@ assert \forall integer j; 0 <= j < i ==>
		      \separated(&scratch->branches[j], &scratch->branches[i]); */
		/*@ assert \forall integer j; 0 <= j < i ==>
		      \at(scratch->branches[j].end,Here) ==
		        \at(scratch->branches[j].end,LoopCurrent); */
		/*@ assert SameLog{LoopCurrent,Pre}(Candidate{Pre}(evidence)); */
		/*@ assert SameLog{LoopCurrent,Pre}(Server{Pre}(evidence, i)); */
		/*@ assert BranchIs{Pre}(evidence, i,
		      \at(scratch->branches[i].relation,Here),
		      \at(scratch->branches[i].end,Here)); */
		/*@ assert \forall integer j; 0 <= j < i ==>
		      \at(scratch->branches[j].relation,Here) ==
		        \at(scratch->branches[j].relation,LoopCurrent); */
	}
	/*@ assert \forall integer j; 0 <= j < VOUCH_NODES_MAX ==>
	      SameLog{Pre,Here}(Server{Pre}(evidence, j)); */
	/*@ assert \forall integer g; 0 <= g < VOUCH_GRANTS_MAX ==>
	      \at(scratch->evidence->grants[g].epoch,Pre) == evidence->grants[g].epoch; */
	/*@ assert \forall integer r; 0 <= r < VOUCH_CONTRACTS_MAX ==>
	      \at(scratch->evidence->contracts[r].epoch,Pre) == evidence->contracts[r].epoch; */
	/*@ assert \forall integer r; 0 <= r < VOUCH_CONTRACTS_MAX ==>
	      \at(scratch->evidence->contracts[r].serial,Pre) == evidence->contracts[r].serial; */
	/*@ assert \forall integer r; 0 <= r < VOUCH_ADMISSIONS_MAX ==>
	      \at(scratch->evidence->admissions[r].serial,Pre) == evidence->admissions[r].serial; */
}
