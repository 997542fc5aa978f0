/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the machine-checked proof speaks of: predicates over the evidence alone,
 * to be compared with the obligations one by one. Comments only, so that the
 * compiler never sees a difference; tests/proofs says how they are checked.
 */
#ifndef VOUCH_KERNEL_PROOF_H
#define VOUCH_KERNEL_PROOF_H

#include "kernel/facts.h"
#include "kernel/verdict.h"

/* --- words -------------------------------------------------------------------- */

/*@
  // A name of at most 63 bytes and its end, the same in both places.
  predicate Equal{L}(char *a, char *b) =
    \exists integer n; 0 <= n < VOUCH_NAME_SIZE && a[n] == 0 &&
      \forall integer i; 0 <= i <= n ==> a[i] == b[i];

  predicate Named{L}(char *a) = a[0] != 0;

  logic integer Max(integer a, integer b) = a > b ? a : b;

  logic integer Min(integer a, integer b) = a < b ? a : b;

  // D: the durable end of a log.
  logic integer End{L}(struct vouch_probe *p) =
    Max(p->received_lsn, p->replayed_lsn);

  predicate Managed{L}(struct vouch_evidence *e) =
    e->manager == VOUCH_MANAGER_PACEMAKER;

  predicate Answers{L}(struct vouch_probe *p) =
    p->condition == VOUCH_PRESENT && p->in_recovery == VOUCH_YES;

  predicate InView{L}(struct vouch_view *v, integer id) =
    v->condition == VOUCH_PRESENT && id != 0 &&
    \exists integer i; 0 <= i < v->member_count && v->members[i] == id;

  // The latest admission of the node names this incarnation.
  predicate Admitted{L}(struct vouch_evidence *e, integer node, char *name) =
    Named(name) &&
    \exists integer a; 0 <= a < e->admission_count &&
      e->admissions[a].node == node &&
      Equal(&e->admissions[a].incarnation[0], name) &&
      \forall integer b; 0 <= b < e->admission_count &&
        e->admissions[b].node == node ==>
        e->admissions[b].serial <= e->admissions[a].serial;

  predicate Asserted{L}(struct vouch_evidence *e, integer node, integer epoch) =
    \exists integer a; 0 <= a < e->assertion_count &&
      e->assertions[a].node == node && e->assertions[a].epoch == epoch &&
      Named(&e->assertions[a].operator_name[0]) &&
      Named(&e->assertions[a].reason[0]);

  predicate Marked{L}(struct vouch_evidence *e) =
    e->own.condition == VOUCH_PRESENT && e->own.mark_timeline != 0 &&
    e->own.mark_lsn != 0;
*/

/* --- form: what every rule after the first may index (P6-F1) -------------------- */

/*@
  predicate ContractForm{L}(struct vouch_contract *c, integer nodes) =
    c->member_count <= VOUCH_NODES_MAX && c->k <= c->member_count &&
    (\forall integer i; 0 <= i < c->member_count ==> c->members[i] < nodes) &&
    (\forall integer i, j; 0 <= i < j < c->member_count ==>
      c->members[i] < c->members[j]);

  predicate Form{L}(struct vouch_evidence *e) =
    0 < e->node_count <= VOUCH_NODES_MAX &&
    e->request.candidate < e->node_count &&
    e->before.member_count <= VOUCH_NODES_MAX &&
    e->after.member_count <= VOUCH_NODES_MAX &&
    e->grant_count <= VOUCH_GRANTS_MAX &&
    e->contract_count <= VOUCH_CONTRACTS_MAX &&
    e->admission_count <= VOUCH_ADMISSIONS_MAX &&
    e->fencing.count <= VOUCH_FENCINGS_MAX &&
    e->assertion_count <= VOUCH_ASSERTIONS_MAX &&
    (\forall integer i; 0 <= i < e->node_count ==>
      e->nodes[i].probe.history_count <= VOUCH_HISTORY_MAX) &&
    (\forall integer i; 0 <= i < e->grant_count ==>
      0 < e->grants[i].epoch < 18446744073709551615 &&
      e->grants[i].holder < e->node_count &&
      ContractForm(&e->grants[i].contract, e->node_count)) &&
    (\forall integer i; 0 <= i < e->contract_count ==>
      0 < e->contracts[i].epoch &&
      ContractForm(&e->contracts[i].contract, e->node_count)) &&
    (\forall integer i; 0 <= i < e->admission_count ==>
      e->admissions[i].node < e->node_count) &&
    (\forall integer i; 0 <= i < e->fencing.count ==>
      e->fencing.entries[i].node < e->node_count) &&
    (\forall integer i; 0 <= i < e->assertion_count ==>
      e->assertions[i].node < e->node_count) &&
    (e->seal.condition == VOUCH_PRESENT ==> e->seal.node < e->node_count);
*/

/* --- lineage: which log continues which (P6-S2) ---------------------------------- */

/*@
  // The timeline at place i of the chain; the last one is its own.
  logic integer TimelineAt{L}(struct vouch_probe *p, integer i) =
    i < p->history_count ? p->history[i].timeline : p->timeline;

  predicate History{L}(struct vouch_probe *p) =
    p->timeline != 0 && (p->timeline > 1 ==> p->history_count > 0) &&
    (\forall integer i; 0 <= i < p->history_count ==>
      p->history[i].timeline != 0 && p->history[i].end_lsn != 0 &&
      p->history[i].timeline < TimelineAt(p, i + 1)) &&
    (\forall integer i; 0 < i < p->history_count ==>
      p->history[i - 1].end_lsn <= p->history[i].end_lsn);

  // Both chains have the same timelines, ended at the same points, below n.
  predicate SameChain{L}(struct vouch_probe *c, struct vouch_probe *x, integer n) =
    \forall integer i; 0 <= i < n ==>
      c->history[i].timeline == x->history[i].timeline &&
      c->history[i].end_lsn == x->history[i].end_lsn;

  // Both are on the very same timeline: number, ancestors and switch points.
  predicate SameTimeline{L}(struct vouch_probe *c, struct vouch_probe *x) =
    c->timeline == x->timeline && c->history_count == x->history_count &&
    SameChain(c, x, c->history_count);

  // A position is on the branch of p, at or below where p has it.
  predicate Reached{L}(struct vouch_probe *p, integer timeline, integer lsn) =
    History(p) &&
    ((timeline == p->timeline && lsn <= End(p)) ||
     \exists integer i; 0 <= i < p->history_count &&
       p->history[i].timeline == timeline && lsn <= p->history[i].end_lsn);

  // The two chains agree below place n and part there, at position `at`: where
  // the timelines before began to differ, or at the earlier of two ends.
  predicate PartAt{L}(struct vouch_probe *c, struct vouch_probe *x, integer n,
                      integer at) =
    0 <= n <= c->history_count && n <= x->history_count && SameChain(c, x, n) &&
    ((TimelineAt(c, n) != TimelineAt(x, n) && n == 0 && at == 0) ||
     (TimelineAt(c, n) != TimelineAt(x, n) && n > 0 &&
      at == x->history[n - 1].end_lsn) ||
     (TimelineAt(c, n) == TimelineAt(x, n) && n < c->history_count &&
      n < x->history_count && c->history[n].end_lsn != x->history[n].end_lsn &&
      at == Min(c->history[n].end_lsn, x->history[n].end_lsn)) ||
     (TimelineAt(c, n) == TimelineAt(x, n) && n < c->history_count &&
      n == x->history_count && at == c->history[n].end_lsn) ||
     (TimelineAt(c, n) == TimelineAt(x, n) && n == c->history_count &&
      n < x->history_count && at == x->history[n].end_lsn));

  // The end of x's log on the branch of c: all of it, or what lies before the
  // point where the two part.
  predicate BranchEnd{L}(struct vouch_probe *c, struct vouch_probe *x, integer end) =
    (SameTimeline(c, x) && end == End(x)) ||
    \exists integer n, at; PartAt(c, x, n, at) && end == Min(End(x), at);
*/

/* --- sets, for the arithmetic of acknowledgements -------------------------------- */

/*@
  // Any set of places in a list of members. Nothing is assumed of it: what is
  // proven for every `subset` is proven for every way to choose members.
  axiomatic Subset {
    type subset;
    logic boolean In(subset a, integer i);
  }

  // How many of the first n places are chosen.
  logic integer Size(subset a, integer n) =
    n <= 0 ? 0 : Size(a, n - 1) + (In(a, n - 1) ? 1 : 0);
*/

/* --- coverage (P6-S1) ------------------------------------------------------------ */

/*@
  // The server on node x.
  logic struct vouch_probe *Server{L}(struct vouch_evidence *e, integer x) =
    &e->nodes[x].probe;
  logic struct vouch_probe *Candidate{L}(struct vouch_evidence *e) =
    &e->nodes[e->request.candidate].probe;

  // Node x answered since the observation `since`, and remembers all that it
  // ever acknowledged: it belongs to S.
  predicate Counts{L}(struct vouch_evidence *e, integer x, integer since) =
    Answers(Server(e, x)) && Server(e, x)->system_id != 0 &&
    Server(e, x)->system_id == Candidate(e)->system_id &&
    since <= Server(e, x)->order &&
    Admitted(e, x, &Server(e, x)->incarnation[0]) &&
    (x == e->request.candidate ==>
      e->own.condition == VOUCH_ABSENT ||
      (Marked(e) &&
       Reached(Server(e, x), e->own.mark_timeline, e->own.mark_lsn))) &&
    Server(e, x)->log_exhausted == VOUCH_YES && 0 < End(Server(e, x)) &&
    History(Server(e, x)) && History(Candidate(e)) &&
    TimelineAt(Server(e, x), 0) == TimelineAt(Candidate(e), 0);

  // ... and the candidate has all of its log that is on the candidate's branch.
  predicate Within{L}(struct vouch_evidence *e, integer x, integer since) =
    Counts(e, x, since) &&
    \exists integer end; BranchEnd(Candidate(e), Server(e, x), end) &&
      end <= End(Candidate(e));

  // W2: whichever k members acknowledged a write, one of them counts, and the
  // candidate is as far as it.
  predicate Intersects{L}(struct vouch_evidence *e, struct vouch_contract *c,
                          integer since) =
    1 <= c->k &&
    \forall subset a; c->k <= Size(a, c->member_count) ==>
      \exists integer j; 0 <= j < c->member_count && In(a, j) &&
        Within(e, c->members[j], since);
*/

#endif /* VOUCH_KERNEL_PROOF_H */
