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

/* --- the same evidence at two moments ------------------------------------------ */

/*@
  // Nothing in it changed, whatever was written elsewhere in between.
  predicate Same{A,B}(struct vouch_evidence *e) =
    (\forall uint8_t *p; !\separated(p, e) ==> \at(*p,A) == \at(*p,B)) &&
    (\forall uint32_t *p; !\separated(p, e) ==> \at(*p,A) == \at(*p,B)) &&
    (\forall uint64_t *p; !\separated(p, e) ==> \at(*p,A) == \at(*p,B)) &&
    // no function of the kernel writes a character
    (\forall char *p; \at(*p,A) == \at(*p,B));
*/

/* --- words -------------------------------------------------------------------- */

/*@
  // The server on node x.
  logic struct vouch_probe *Server{L}(struct vouch_evidence *e, integer x) =
    &e->nodes[x].probe;
  logic struct vouch_probe *Candidate{L}(struct vouch_evidence *e) =
    &e->nodes[e->request.candidate].probe;

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

  // Numbers of things, and the one index that everybody uses.
  predicate Bounds{L}(struct vouch_evidence *e) =
    0 < e->node_count <= VOUCH_NODES_MAX &&
    e->request.candidate < e->node_count &&
    e->before.member_count <= VOUCH_NODES_MAX &&
    e->after.member_count <= VOUCH_NODES_MAX &&
    e->grant_count <= VOUCH_GRANTS_MAX &&
    e->contract_count <= VOUCH_CONTRACTS_MAX &&
    e->admission_count <= VOUCH_ADMISSIONS_MAX &&
    e->fencing.count <= VOUCH_FENCINGS_MAX &&
    e->assertion_count <= VOUCH_ASSERTIONS_MAX;

  predicate Form{L}(struct vouch_evidence *e) =
    Bounds(e) &&
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

/* --- visibility (P6-S3) ----------------------------------------------------------- */

/*@
  // It has replayed all that it received; or all whole records of it, which is where
  // its log breaks off: the rest is part of a record that nobody was told of.
  predicate Replayed{L}(struct vouch_evidence *e) =
    Candidate(e)->replayed_lsn != 0 &&
    (Candidate(e)->replayed_lsn == End(Candidate(e)) ||
     (e->tail.condition == VOUCH_PRESENT &&
      Candidate(e)->order <= e->tail.order &&
      Candidate(e)->replayed_lsn == e->tail.end_lsn));

  // The candidate shows all that it has, and it is whole.
  predicate Visible{L}(struct vouch_evidence *e) =
    Answers(Candidate(e)) && Named(&Candidate(e)->incarnation[0]) &&
    Candidate(e)->log_exhausted == VOUCH_YES &&
    Candidate(e)->replay_paused == VOUCH_NO &&
    Replayed(e) &&
    Candidate(e)->checksums_clean == VOUCH_YES;
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

/* --- the view: one quorate partition with fencing, before and after (P6-A1) ------ */

/*@
  predicate ViewsSeen{L}(struct vouch_evidence *e) =
    Managed(e) ==> e->before.condition == VOUCH_PRESENT &&
                   e->after.condition == VOUCH_PRESENT;

  predicate SameView{L}(struct vouch_view *a, struct vouch_view *b) =
    a->ring_leader == b->ring_leader && a->ring_seq == b->ring_seq &&
    a->quorate == b->quorate && a->member_count == b->member_count &&
    a->two_node == b->two_node && a->wait_for_all == b->wait_for_all &&
    a->cib_admin_epoch == b->cib_admin_epoch && a->cib_epoch == b->cib_epoch &&
    a->fencing_enabled == b->fencing_enabled && Equal(&a->dc[0], &b->dc[0]) &&
    \forall integer i; 0 <= i < a->member_count ==>
      a->members[i] == b->members[i];

  predicate Between{L}(struct vouch_evidence *e, integer condition,
                       integer order) =
    condition == VOUCH_PRESENT ==> e->before.order < order < e->after.order;

  predicate NodeBetween{L}(struct vouch_evidence *e, integer i) =
    Between(e, Server(e, i)->condition, Server(e, i)->order) &&
    Between(e, e->nodes[i].operations.condition, e->nodes[i].operations.order);

  // One view, and everything was observed inside it.
  predicate Steady{L}(struct vouch_evidence *e) =
    Managed(e) ==>
      0 < e->before.order < e->after.order && SameView(&e->before, &e->after) &&
      (\forall integer i; 0 <= i < e->node_count ==> NodeBetween(e, i)) &&
      Between(e, e->fencing.condition, e->fencing.order) &&
      Between(e, e->rows.condition, e->rows.order) &&
      Between(e, e->seal.condition, e->seal.order) &&
      Between(e, e->tail.condition, e->tail.order);

  predicate Quorate{L}(struct vouch_evidence *e) =
    Managed(e) ==>
      e->before.quorate == VOUCH_YES && e->after.quorate == VOUCH_YES;

  predicate FencingOn{L}(struct vouch_evidence *e) =
    Managed(e) ==> e->before.fencing_enabled == VOUCH_YES &&
                   e->after.fencing_enabled == VOUCH_YES;

  // With two_node: nobody began alone, and nobody goes on alone elsewhere.
  predicate AllSeen{L}(struct vouch_evidence *e) =
    \forall integer i; 0 <= i < e->node_count ==>
      e->nodes[i].ever_seen == VOUCH_YES;

  predicate HereOrGone{L}(struct vouch_evidence *e, integer i) =
    InView(&e->after, e->nodes[i].cluster_id) ||
    (e->nodes[i].online == VOUCH_NO && e->nodes[i].unclean == VOUCH_NO);

  predicate NoOtherHalf{L}(struct vouch_evidence *e) =
    \forall integer i; 0 <= i < e->node_count ==> HereOrGone(e, i);

  predicate PeersSeen{L}(struct vouch_evidence *e) =
    Managed(e) ==>
      e->after.two_node == VOUCH_NO || (AllSeen(e) && NoOtherHalf(e));

  predicate CandidateMember{L}(struct vouch_evidence *e) =
    Managed(e) ==>
      InView(&e->after, e->nodes[e->request.candidate].cluster_id) &&
      e->nodes[e->request.candidate].online == VOUCH_YES &&
      e->nodes[e->request.candidate].unclean == VOUCH_NO;
*/

/* --- exclusion: who may hold authority, and why he cannot write (P6-A1, P6-A3) --- */

/*@
  predicate Granted{L}(struct vouch_evidence *e, integer epoch) =
    \exists integer g; 0 <= g < e->grant_count && e->grants[g].epoch == epoch;

  predicate SameContract{L}(struct vouch_contract *a, struct vouch_contract *b) =
    a->method == b->method && a->k == b->k &&
    a->member_count == b->member_count &&
    \forall integer i; 0 <= i < a->member_count ==>
      a->members[i] == b->members[i];

  predicate Happened{L}(struct vouch_grant *g) =
    g->outcome == VOUCH_GRANT_DONE || g->outcome == VOUCH_GRANT_DISOWNED ||
    g->source == VOUCH_SOURCE_LOG;

  predicate Agree{L}(struct vouch_grant *a, struct vouch_grant *b) =
    a->epoch == b->epoch ==>
      a->holder == b->holder && Equal(&a->incarnation[0], &b->incarnation[0]) &&
      SameContract(&a->contract, &b->contract) &&
      !(Happened(a) && b->outcome == VOUCH_GRANT_VOID) &&
      !(Happened(b) && a->outcome == VOUCH_GRANT_VOID);

  // No two records of one epoch say different things: it has one holder.
  predicate Agreement{L}(struct vouch_evidence *e) =
    \forall integer i, j; 0 <= i < j < e->grant_count ==>
      Agree(&e->grants[i], &e->grants[j]);

  // Some source says that the promotion happened; the log is one.
  predicate Done{L}(struct vouch_evidence *e, integer epoch) =
    \exists integer g; 0 <= g < e->grant_count && e->grants[g].epoch == epoch &&
      Happened(&e->grants[g]);

  // Its own holder says that it never happened, and nobody that it did.
  predicate Void{L}(struct vouch_evidence *e, integer epoch) =
    !Done(e, epoch) &&
    \exists integer g; 0 <= g < e->grant_count && e->grants[g].epoch == epoch &&
      e->grants[g].outcome == VOUCH_GRANT_VOID;

  predicate Newest{L}(struct vouch_evidence *e, integer epoch) =
    (\forall integer g; 0 <= g < e->grant_count ==> e->grants[g].epoch <= epoch) &&
    (epoch == 0 || Granted(e, epoch));

  // A later grant says that this number was void when it was decided on.
  predicate PassedOver{L}(struct vouch_evidence *e, integer epoch) =
    \exists integer g; 0 <= g < e->grant_count && e->grants[g].follows != 0 &&
      e->grants[g].follows < epoch < e->grants[g].epoch;

  // Whoever was granted this epoch may hold authority: it may have happened,
  // and no later one is known to have.
  predicate MayHold{L}(struct vouch_evidence *e, integer epoch) =
    Granted(e, epoch) && !Void(e, epoch) &&
    \forall integer later; epoch < later ==> !Done(e, later);

  predicate OfflineClean{L}(struct vouch_node *n) =
    n->online == VOUCH_NO && n->unclean == VOUCH_NO;

  predicate SaysStopped{L}(struct vouch_node *n) =
    n->operations.condition == VOUCH_PRESENT &&
    n->operations.in_flight == VOUCH_NO && n->unclean == VOUCH_NO &&
    ((n->operations.last == VOUCH_OP_STOP &&
      n->operations.last_result == VOUCH_RESULT_OK) ||
     (n->operations.last == VOUCH_OP_MONITOR &&
      n->operations.last_result == VOUCH_RESULT_NOT_RUNNING));

  // E1: the holder's own seal, of this epoch and life, and no start since.
  predicate Sealed{L}(struct vouch_evidence *e, integer node, integer epoch,
                      char *incarnation) =
    e->seal.condition == VOUCH_PRESENT && e->seal.order != 0 &&
    e->seal.node == node && e->seal.epoch == epoch &&
    Equal(&e->seal.incarnation[0], incarnation) &&
    e->seal.unbroken == VOUCH_YES &&
    (Managed(e) ==> OfflineClean(&e->nodes[node]) || SaysStopped(&e->nodes[node]));

  // The history's snapshot was made while this holder held this epoch.
  predicate Snapshot{L}(struct vouch_fencing_history *h, integer node,
                        integer epoch) =
    h->condition == VOUCH_PRESENT && h->snapshot == VOUCH_PRESENT &&
    h->snapshot_epoch == epoch && h->snapshot_holder == node;

  // Cut off, and not yet so in the snapshot: order is by observation.
  predicate Fresh{L}(struct vouch_fencing *f, integer node) =
    f->node == node && f->state == VOUCH_FENCING_SUCCEEDED &&
    (f->action == VOUCH_FENCE_OFF || f->action == VOUCH_FENCE_REBOOT) &&
    f->in_snapshot == VOUCH_NO;

  predicate SurelyEarlier{L}(struct vouch_fencing *a, struct vouch_fencing *b) =
    Named(&a->origin[0]) && Equal(&a->origin[0], &b->origin[0]) &&
    a->completed_s != 0 && b->completed_s != 0 &&
    (a->completed_s < b->completed_s ||
     (a->completed_s == b->completed_s && a->completed_ns != 0 &&
      a->completed_ns < b->completed_ns));

  // An entry that does not take the success back.
  predicate Harmless{L}(struct vouch_fencing *f, struct vouch_fencing *success) =
    f->node == success->node ==>
    f->state != VOUCH_FENCING_PENDING &&
    (f->in_snapshot == VOUCH_YES ||
     (f->state == VOUCH_FENCING_SUCCEEDED &&
      (f->action == VOUCH_FENCE_OFF || f->action == VOUCH_FENCE_REBOOT) &&
      (f->executor == VOUCH_EXECUTOR_HUMAN ==>
       success->executor == VOUCH_EXECUTOR_HUMAN)) ||
     (f->state == VOUCH_FENCING_FAILED && SurelyEarlier(f, success)));

  predicate Unspoilt{L}(struct vouch_fencing_history *h,
                        struct vouch_fencing *success) =
    \forall integer i; 0 <= i < h->count ==> Harmless(&h->entries[i], success);

  predicate Present{L}(struct vouch_evidence *e, integer node) =
    InView(&e->before, e->nodes[node].cluster_id) ||
    InView(&e->after, e->nodes[node].cluster_id);

  // Its number is in neither view.
  predicate Elsewhere{L}(struct vouch_evidence *e, integer node) =
    Managed(e) ==> e->nodes[node].cluster_id != 0 && !Present(e, node);

  predicate Machine{L}(struct vouch_evidence *e, struct vouch_fencing *f) =
    f->executor == VOUCH_EXECUTOR_MACHINE ||
    (f->executor == VOUCH_EXECUTOR_WATCHDOG &&
     e->request.watchdog_accepted == VOUCH_YES);

  // E2: a machine cut it off after it last held the epoch, and it is gone.
  predicate Fenced{L}(struct vouch_evidence *e, integer node, integer epoch) =
    Managed(e) && Snapshot(&e->fencing, node, epoch) &&
    (\exists integer i; 0 <= i < e->fencing.count &&
      Fresh(&e->fencing.entries[i], node) &&
      Machine(e, &e->fencing.entries[i]) &&
      Unspoilt(&e->fencing, &e->fencing.entries[i])) &&
    !Present(e, node) && e->nodes[node].cluster_id != 0 &&
    OfflineClean(&e->nodes[node]);

  // E3: it is in both views, or nobody manages, and ...
  predicate Seen{L}(struct vouch_evidence *e, integer node) =
    Managed(e) ==> InView(&e->before, e->nodes[node].cluster_id) &&
                   InView(&e->after, e->nodes[node].cluster_id);

  // ... its server answers in recovery, as itself, with nothing in flight, or
  predicate AttestedLive{L}(struct vouch_evidence *e, integer node,
                            integer epoch, char *incarnation) =
    Seen(e, node) && Answers(Server(e, node)) &&
    Server(e, node)->promoting == VOUCH_NO &&
    (Done(e, epoch) ||
     !Equal(&Server(e, node)->incarnation[0], incarnation)) &&
    (Managed(e) ==>
      e->nodes[node].operations.condition == VOUCH_PRESENT &&
      e->nodes[node].operations.in_flight == VOUCH_NO) &&
    Server(e, node)->system_id != 0 &&
    Server(e, node)->system_id == Candidate(e)->system_id &&
    Named(&Server(e, node)->incarnation[0]) &&
    (Equal(&Server(e, node)->incarnation[0], incarnation) ||
     Admitted(e, node, &Server(e, node)->incarnation[0]));

  // ... its agent stopped it.
  predicate AttestedStopped{L}(struct vouch_evidence *e, integer node) =
    Managed(e) && Seen(e, node) && Server(e, node)->condition == VOUCH_ABSENT &&
    SaysStopped(&e->nodes[node]);

  // E4: a person says so while neither view shows the node: to vouch, or
  predicate Believed{L}(struct vouch_evidence *e, integer node, integer epoch) =
    Asserted(e, node, epoch) && Elsewhere(e, node);

  // ... to the fencer; a node that was back since is unclean when it is lost.
  predicate Confirmed{L}(struct vouch_evidence *e, integer node, integer epoch) =
    Managed(e) && Snapshot(&e->fencing, node, epoch) && Elsewhere(e, node) &&
    OfflineClean(&e->nodes[node]) &&
    \exists integer i; 0 <= i < e->fencing.count &&
      Fresh(&e->fencing.entries[i], node) &&
      e->fencing.entries[i].executor == VOUCH_EXECUTOR_HUMAN &&
      Unspoilt(&e->fencing, &e->fencing.entries[i]);

  // One route is open, on an observation not later than `since`.
  predicate Excluded{L}(struct vouch_evidence *e, integer node, integer epoch,
                        char *incarnation, integer since) =
    (node == e->request.candidate && Answers(Candidate(e))) ||
    (node != e->request.candidate &&
     ((Sealed(e, node, epoch, incarnation) && e->seal.order <= since) ||
      (Fenced(e, node, epoch) && e->fencing.order <= since) ||
      (AttestedLive(e, node, epoch, incarnation) &&
       Server(e, node)->order <= since) ||
      (AttestedStopped(e, node) && e->nodes[node].operations.order <= since) ||
      (Believed(e, node, epoch) && e->before.order <= since) ||
      (Confirmed(e, node, epoch) && e->fencing.order <= since)));

  // Whoever may hold authority cannot write.
  predicate HoldersExcluded{L}(struct vouch_evidence *e, integer since) =
    \forall integer epoch; MayHold(e, epoch) ==>
      \exists integer g; 0 <= g < e->grant_count &&
        e->grants[g].epoch == epoch &&
        Excluded(e, e->grants[g].holder, epoch,
                 &e->grants[g].incarnation[0], since);

  // No node that answers, or half answers, can write.
  predicate Silent{L}(struct vouch_evidence *e, integer i) =
    i != e->request.candidate ==>
      Answers(Server(e, i)) ||
      (Server(e, i)->condition == VOUCH_ABSENT &&
       Server(e, i)->in_recovery != VOUCH_NO);

  predicate Silence{L}(struct vouch_evidence *e) =
    \forall integer i; 0 <= i < e->node_count ==> Silent(e, i);

  // No other node promotes.
  predicate Idle{L}(struct vouch_evidence *e, integer i) =
    i != e->request.candidate ==>
      Server(e, i)->promoting == VOUCH_NO ||
      (Server(e, i)->condition != VOUCH_PRESENT &&
       Server(e, i)->promoting != VOUCH_YES);

  predicate NoAttempt{L}(struct vouch_evidence *e) =
    \forall integer i; 0 <= i < e->node_count ==> Idle(e, i);

  // A node that no record names is accounted for.
  predicate Unpromoted{L}(struct vouch_operations *o) =
    o->condition == VOUCH_PRESENT && o->in_flight == VOUCH_NO &&
    (((o->last == VOUCH_OP_START || o->last == VOUCH_OP_STOP ||
       o->last == VOUCH_OP_DEMOTE) && o->last_result == VOUCH_RESULT_OK) ||
     (o->last == VOUCH_OP_MONITOR &&
      (o->last_result == VOUCH_RESULT_OK ||
       o->last_result == VOUCH_RESULT_NOT_RUNNING)));

  predicate Quiet{L}(struct vouch_evidence *e, integer i, integer newest) =
    Answers(Server(e, i)) || Believed(e, i, newest) ||
    (Managed(e) && e->nodes[i].unclean == VOUCH_NO &&
     (e->nodes[i].online == VOUCH_NO ||
      (InView(&e->after, e->nodes[i].cluster_id) &&
       Unpromoted(&e->nodes[i].operations))));

  predicate OthersQuiet{L}(struct vouch_evidence *e) =
    \forall integer i, newest; 0 <= i < e->node_count && Newest(e, newest) ==>
      i == e->request.candidate ||
      (\exists integer g; 0 <= g < e->grant_count && e->grants[g].holder == i) ||
      Quiet(e, i, newest);
*/

/* --- coverage (P6-S1) ------------------------------------------------------------ */

/*@
  // Node x answered since the observation `since`, and remembers all that it
  // ever acknowledged: it belongs to S.
  predicate KeptNoted{L}(struct vouch_node *n) =
    n->noted.condition == VOUCH_ABSENT ||
    (n->noted.condition == VOUCH_PRESENT && n->noted.lsn != 0 &&
     (!Equal(&n->noted.incarnation[0], &n->probe.incarnation[0]) ||
      Reached(&n->probe, n->noted.timeline, n->noted.lsn)));

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
    KeptNoted(&e->nodes[x]) &&
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
