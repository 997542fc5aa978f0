/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What rules 500 to 580 prove, over the evidence alone (P6-S1): to be read beside
 * proof.h, which has the words, and the set that counts.
 */
#ifndef VOUCH_KERNEL_PROOF_COVERAGE_H
#define VOUCH_KERNEL_PROOF_COVERAGE_H

#include "kernel/proof.h"

/* --- order: what was read after exclusion held --- */

/*@
  predicate ReadSince{L}(struct vouch_probe *p, integer since) =
    p->condition == VOUCH_PRESENT ==> p->order != 0 && since <= p->order;

  predicate Ordered{L}(struct vouch_evidence *e, integer since) =
    (\forall integer i; 0 <= i < e->node_count ==>
      ReadSince(Server(e, i), since)) &&
    (e->contract_count == 0 && e->admission_count == 0 ||
     e->rows.condition == VOUCH_PRESENT && e->rows.order != 0 &&
     since <= e->rows.order);
*/

/* --- the last who can have written --- */

/*@
  // No later grant than the g-th ever gave authority to anybody.
  predicate LastWriter{L}(struct vouch_evidence *e, integer g) =
    0 <= g < e->grant_count && !Void(e, e->grants[g].epoch) &&
    \forall integer h; 0 <= h < e->grant_count &&
      e->grants[g].epoch < e->grants[h].epoch ==> Void(e, e->grants[h].epoch);

  // No grant later than this epoch ever did.
  predicate NoneSince{L}(struct vouch_evidence *e, integer epoch) =
    \forall integer h; 0 <= h < e->grant_count &&
      epoch < e->grants[h].epoch ==> Void(e, e->grants[h].epoch);
*/

/* --- W1: the sealed log --- */

/*@
  // The candidate's log has the record that the seal names, on its timeline.
  predicate SameRecord{L}(struct vouch_evidence *e) =
    e->tail.condition == VOUCH_PRESENT && e->tail.order != 0 &&
    e->tail.timeline == e->seal.timeline &&
    Candidate(e)->timeline == e->seal.timeline &&
    e->tail.record_lsn == e->seal.record_lsn &&
    e->tail.record_crc == e->seal.record_crc;

  // The last writer itself sealed its epoch, and did not start since.
  predicate SealOfLast{L}(struct vouch_evidence *e) =
    e->seal.condition == VOUCH_PRESENT && e->seal.unbroken == VOUCH_YES &&
    \exists integer g; LastWriter(e, g) &&
      e->seal.epoch == e->grants[g].epoch &&
      e->seal.node == e->grants[g].holder &&
      Equal(&e->seal.incarnation[0], &e->grants[g].incarnation[0]);

  // ... and the candidate's log ends right after that record.
  predicate SealedLog{L}(struct vouch_evidence *e) =
    SealOfLast(e) && SameRecord(e) && e->tail.record_lsn < e->tail.end_lsn &&
    e->tail.end_lsn == End(Candidate(e));
*/

/* --- W2: the contracts in the candidate's log --- */

/*@
  // A row of this epoch whose barrier was passed; no later one has passed it.
  predicate InForce{L}(struct vouch_evidence *e, integer r, integer epoch) =
    0 <= r < e->contract_count && e->contracts[r].epoch == epoch &&
    e->contracts[r].phase == VOUCH_PHASE_IN_FORCE &&
    \forall integer q; 0 <= q < e->contract_count &&
      e->contracts[q].epoch == epoch &&
      e->contracts[q].phase == VOUCH_PHASE_IN_FORCE ==>
      e->contracts[q].serial <= e->contracts[r].serial;

  predicate Pinned{L}(struct vouch_contract_row *row) = row->pinned == VOUCH_YES;

  // Announced after the one in force: it binds as well.
  predicate BindsAfter{L}(struct vouch_contract_row *row,
                          struct vouch_contract_row *force) =
    row->epoch == force->epoch && force->serial < row->serial;

  // The row binds what was acknowledged, and nothing of that is missing.
  predicate Kept{L}(struct vouch_evidence *e, integer r, integer since) =
    Pinned(&e->contracts[r]) &&
    Intersects(e, &e->contracts[r].contract, since);

  // The one in force, and each one that was announced since.
  predicate Contracts{L}(struct vouch_evidence *e, integer since) =
    Candidate(e)->condition == VOUCH_PRESENT && Candidate(e)->epoch != 0 &&
    Candidate(e)->timeline == Candidate(e)->epoch_timeline &&
    \exists integer f; InForce(e, f, Candidate(e)->epoch) && Kept(e, f, since) &&
      \forall integer r; 0 <= r < e->contract_count &&
        BindsAfter(&e->contracts[r], &e->contracts[f]) ==> Kept(e, r, since);
*/

/* --- W3: the same holder --- */

/*@
  // 1 for a node that answers and knows of no epoch after this one, else 0.
  logic integer Witness{L}(struct vouch_evidence *e, integer i, integer epoch) =
    Server(e, i)->condition != VOUCH_PRESENT ? 0 :
    Server(e, i)->in_recovery != VOUCH_YES ? 0 :
    Server(e, i)->epoch <= epoch ? 1 : 0;

  // How many of the first n nodes are that.
  logic integer Witnesses{L}(struct vouch_evidence *e, integer epoch, integer n) =
    n <= 0 ? 0 : Witnesses(e, epoch, n - 1) + Witness(e, n - 1, epoch);

  // It is the one whom the g-th grant names, and has all that it ever had.
  predicate Itself{L}(struct vouch_evidence *e, integer g) =
    e->grants[g].holder == e->request.candidate &&
    Named(&Candidate(e)->incarnation[0]) &&
    Equal(&Candidate(e)->incarnation[0], &e->grants[g].incarnation[0]) &&
    Marked(e) &&
    Reached(Candidate(e), e->own.mark_timeline, e->own.mark_lsn) &&
    KeptNoted(&e->nodes[e->request.candidate]);

  predicate SameHolder{L}(struct vouch_evidence *e) =
    \exists integer g; LastWriter(e, g) && Itself(e, g) &&
      e->node_count < 2 * Witnesses(e, e->grants[g].epoch, e->node_count);
*/

/* --- coverage, and whom nobody may overtake --- */

/*@
  predicate Covered{L}(struct vouch_evidence *e, integer since) =
    SealedLog(e) || Contracts(e, since) || SameHolder(e);

  // All that was acknowledged under one grant is in the candidate's log, if
  // anything was.
  predicate Satisfied{L}(struct vouch_evidence *e, integer epoch, integer since) =
    Void(e, epoch) ||
    \exists integer g; 0 <= g < e->grant_count && e->grants[g].epoch == epoch &&
      (Itself(e, g) || Intersects(e, &e->grants[g].contract, since));

  // ... of every epoch that the candidate's log has no row of.
  predicate GrantsSatisfied{L}(struct vouch_evidence *e, integer since) =
    SealedLog(e) || SameHolder(e) ||
    ((\forall integer g; 0 <= g < e->grant_count &&
       Candidate(e)->epoch < e->grants[g].epoch ==>
       Satisfied(e, e->grants[g].epoch, since)) &&
     \forall integer epoch, newest; Newest(e, newest) &&
       Candidate(e)->epoch < epoch <= newest ==>
       Granted(e, epoch) || PassedOver(e, epoch));
*/

/* --- epochs whose contract was not enforced --- */

/*@
  // It ended in one of the ways in which its contract bounds what it acknowledged.
  predicate Enforces{L}(struct vouch_grant *g) =
    g->outcome == VOUCH_GRANT_OPEN || g->outcome == VOUCH_GRANT_DONE ||
    g->outcome == VOUCH_GRANT_VOID;

  // Whoever has the row of a later epoch has all that was acknowledged before; and
  // whoever acknowledged it, and still has all that it ever had.
  predicate NoneDisowned{L}(struct vouch_evidence *e) =
    SealedLog(e) ||
    \forall integer g; 0 <= g < e->grant_count &&
      Candidate(e)->epoch <= e->grants[g].epoch ==>
      Enforces(&e->grants[g]) || Itself(e, g);
*/

/* --- what an unseen grant may have acknowledged --- */

/*@
  // The j-th of all nodes but this one.
  logic integer Other(integer node, integer j) = j < node ? j : j + 1;

  // Whichever k of the others acknowledged a write of this node, one of them
  // counts, and the candidate is as far as it.
  predicate OthersMeet{L}(struct vouch_evidence *e, integer node, integer k,
                          integer since) =
    1 <= k && \forall subset a; k <= Size(a, e->node_count - 1) ==>
      \exists integer j; 0 <= j < e->node_count - 1 && In(a, j) &&
        Within(e, Other(node, j), since);

  // It answers, and no life of it was ever admitted: there is none to forget.
  predicate NewHere{L}(struct vouch_evidence *e, integer i) =
    i != e->request.candidate && Answers(Server(e, i)) &&
    e->rows.condition == VOUCH_PRESENT &&
    \forall integer a; 0 <= a < e->admission_count ==>
      e->admissions[a].node != i;

  // It said where its log ends, and nobody started it since.
  predicate SealedAndSilent{L}(struct vouch_evidence *e, integer i,
                               integer newest) =
    i != e->request.candidate && Server(e, i)->condition == VOUCH_ABSENT &&
    e->seal.condition == VOUCH_PRESENT && e->seal.unbroken == VOUCH_YES &&
    e->seal.node == i && e->seal.epoch == newest;

  predicate Unseen{L}(struct vouch_evidence *e, integer i, integer least,
                      integer newest, integer since) =
    Counts(e, i, since) || NewHere(e, i) || SealedAndSilent(e, i, newest) ||
    OthersMeet(e, i, least, since);

  // The row binds the candidate's log: none that is in force is later.
  predicate Binds{L}(struct vouch_evidence *e, integer r) =
    e->contracts[r].epoch == Candidate(e)->epoch &&
    \forall integer q; 0 <= q < e->contract_count &&
      e->contracts[q].epoch == Candidate(e)->epoch &&
      e->contracts[q].phase == VOUCH_PHASE_IN_FORCE ==>
      e->contracts[q].serial <= e->contracts[r].serial;

  // All that bind ask for this much; where none is in force, nothing is known.
  predicate AskFor{L}(struct vouch_evidence *e, integer least, integer most) =
    ((\exists integer f; InForce(e, f, Candidate(e)->epoch)) ==>
      \forall integer r; 0 <= r < e->contract_count && Binds(e, r) ==>
        least <= e->contracts[r].contract.k <= most) &&
    ((\exists integer f; InForce(e, f, Candidate(e)->epoch)) || least == 0);

  // Where no cluster keeps the grants, none that nobody here knows can matter,
  // and this one asks for no less than the log that it starts from.
  predicate UnseenCovered{L}(struct vouch_evidence *e, integer newest,
                             integer since) =
    !Managed(e) ==>
    \exists integer least, most; AskFor(e, least, most) &&
      most <= e->offer.contract.k &&
      \forall integer i; 0 <= i < e->node_count ==>
        Unseen(e, i, least, newest, since);
*/

/* --- the contract that the promotion would start --- */

/*@
  // The server does already what the grant will say, and a holder does not
  // acknowledge to itself.
  predicate Enforced{L}(struct vouch_evidence *e) =
    e->offer.pinned == VOUCH_YES &&
    e->offer.contract.method != VOUCH_METHOD_UNKNOWN &&
    \forall integer i; 0 <= i < e->offer.contract.member_count ==>
      e->offer.contract.members[i] != e->request.candidate;
*/

#endif /* VOUCH_KERNEL_PROOF_COVERAGE_H */
