/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The theorem: what a permit implies, over the evidence alone. proof.h,
 * proof_form.h and proof_coverage.h have the words.
 */
#ifndef VOUCH_KERNEL_PROOF_PERMIT_H
#define VOUCH_KERNEL_PROOF_PERMIT_H

#include "kernel/proof.h"
#include "kernel/proof_coverage.h"
#include "kernel/proof_form.h"

/*@
  predicate Adopted{L}(struct vouch_evidence *e) =
    \exists integer g; 0 <= g < e->grant_count && 0 < e->grants[g].epoch;

  // Somebody asked who may, and an authority is on record (P6-A3).
  predicate AskedFor{L}(struct vouch_evidence *e) =
    Requested(e) && Authorised(e) && Adopted(e) && Classes(e) && Agreement(e);

  // One quorate partition with fencing, before and after (P6-A1, P6-F1).
  predicate OneView{L}(struct vouch_evidence *e) =
    ViewsSeen(e) && Steady(e) && Quorate(e) && FencingOn(e) && PeersSeen(e) &&
    CandidateMember(e);

  // Nobody else can write, since this observation (P6-A1, P6-A2, P6-A3).
  predicate Exclusion{L}(struct vouch_evidence *e, integer since) =
    Silence(e) && NoAttempt(e) && HoldersExcluded(e, since) && OthersQuiet(e);

  // Whoever answers is of one database system (P6-S2).
  predicate OneSystem{L}(struct vouch_evidence *e) =
    Candidate(e)->condition == VOUCH_PRESENT && Candidate(e)->system_id != 0 &&
    \forall integer i; 0 <= i < e->node_count &&
      Server(e, i)->condition == VOUCH_PRESENT ==>
      Server(e, i)->system_id == Candidate(e)->system_id;

  // Its history is valid, starts as the candidate's does, and its timeline is
  // the candidate's only where all of the history is.
  predicate Related{L}(struct vouch_evidence *e, integer i) =
    History(Server(e, i)) && History(Candidate(e)) &&
    TimelineAt(Server(e, i), 0) == TimelineAt(Candidate(e), 0) &&
    (Server(e, i)->timeline == Candidate(e)->timeline ==>
     SameTimeline(Candidate(e), Server(e, i)));

  predicate Histories{L}(struct vouch_evidence *e) =
    \forall integer i; 0 <= i < e->node_count &&
      (i == e->request.candidate ||
       Server(e, i)->condition == VOUCH_PRESENT) ==> Related(e, i);

  // The candidate is the one whom a grant names that was not void, in the same
  // life, one fork on from the newest row that it has.
  predicate OwnFork{L}(struct vouch_evidence *e) =
    Candidate(e)->history_count > 0 &&
    Candidate(e)->history[Candidate(e)->history_count - 1].timeline ==
      Candidate(e)->epoch_timeline &&
    Named(&Candidate(e)->incarnation[0]) &&
    \exists integer g; 0 <= g < e->grant_count &&
      !Void(e, e->grants[g].epoch) &&
      e->grants[g].holder == e->request.candidate &&
      Equal(&e->grants[g].incarnation[0], &Candidate(e)->incarnation[0]);

  predicate GrantedFork{L}(struct vouch_evidence *e) =
    Candidate(e)->condition == VOUCH_PRESENT &&
    (Candidate(e)->epoch != 0 &&
       Candidate(e)->timeline == Candidate(e)->epoch_timeline ||
     OwnFork(e));

  predicate Lineage{L}(struct vouch_evidence *e) =
    OneSystem(e) && Histories(e) && GrantedFork(e);

  // It answers, and has nothing that the candidate lacks (P6-S1): no newer
  // epoch, and no later position where positions can be compared.
  predicate Behind{L}(struct vouch_evidence *e, integer i) =
    0 < Server(e, i)->epoch <= Candidate(e)->epoch &&
    Server(e, i)->log_exhausted == VOUCH_YES && 0 < End(Server(e, i)) &&
    (Server(e, i)->epoch == Candidate(e)->epoch ||
     SameTimeline(Candidate(e), Server(e, i)) ==>
     \exists integer end; BranchEnd(Candidate(e), Server(e, i), end) &&
       end <= End(Candidate(e)));

  predicate OthersBehind{L}(struct vouch_evidence *e) =
    \forall integer i; 0 <= i < e->node_count && i != e->request.candidate &&
      Server(e, i)->condition == VOUCH_PRESENT ==> Behind(e, i);

  // All that was acknowledged is in the candidate's log (P6-S1), and was read
  // there and elsewhere after nobody could add to it.
  predicate Coverage{L}(struct vouch_evidence *e, integer since) =
    Ordered(e, since) && Covered(e, since) && OthersBehind(e) &&
    GrantsSatisfied(e, since) && NoneDisowned(e) &&
    (\forall integer newest; 0 <= newest && Newest(e, newest) ==>
      UnseenCovered(e, newest, since));

  // What verdict->permitted == 1 implies.
  predicate Permit{L}(struct vouch_evidence *e) =
    Complete(e) && AskedFor(e) && OneView(e) && Lineage(e) && Enforced(e) &&
    Visible(e) &&
    \exists integer since; Exclusion(e, since) && Coverage(e, since);
*/

#endif /* VOUCH_KERNEL_PROOF_PERMIT_H */
