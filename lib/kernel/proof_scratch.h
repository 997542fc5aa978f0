/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the rules of one decision may rely on: predicates over the scratch, which
 * scratch.h includes once it has said what that is. At the end the clauses that
 * most contracts repeat, as macros: ACSL has no name for a group of clauses, and
 * Frama-C expands macros in annotations. The compiler sees neither.
 */
#ifndef VOUCH_KERNEL_PROOF_SCRATCH_H
#define VOUCH_KERNEL_PROOF_SCRATCH_H

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

/* --- clauses --------------------------------------------------------------------- */

/* What is written by whoever says something in the verdict. */
#define SAID(s)                                                                \
	(s)->verdict->finding_count,                                           \
		(s)->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],           \
		(s)->unproven

/* Nothing that was said is taken back: `ensures`, and as a loop's invariant. */
#define SAYS_MORE(s)                                                           \
	\old((s)->verdict->finding_count) <= (s)->verdict->finding_count
#define SAYS_MORE_SINCE(s)                                                     \
	\at((s)->verdict->finding_count, Pre) <= (s)->verdict->finding_count

/* The whole contract of a rule that needs no other: it said that it is open, or
 * this is so. */
#define RULE(s, ...)                                                           \
	requires Ready(s);                                                     \
	assigns SAID(s);                                                       \
	ensures Ready(s);                                                      \
	ensures SAYS_MORE(s);                                                  \
	ensures (s)->unproven != 0 || __VA_ARGS__

/* The same of a rule that tries one route for each who may hold authority ... */
#define HOLDING_RULE(s)                                                        \
	requires Ready(s);                                                     \
	requires Holding(s);                                                   \
	assigns SAID(s), (s)->exclusions[0 .. VOUCH_GRANTS_MAX - 1];           \
	ensures Ready(s);                                                      \
	ensures SAYS_MORE(s);                                                  \
	ensures Holding(s)

/* ... and of one that leaves the routes of coverage as they are. */
#define ROUTES_RULE(s, ...)                                                    \
	requires Routes(s);                                                    \
	requires Ready(s);                                                     \
	assigns SAID(s);                                                       \
	ensures Ready(s);                                                      \
	ensures Routes(s);                                                     \
	ensures SAYS_MORE(s);                                                  \
	ensures (s)->unproven != 0 || __VA_ARGS__

#endif /* VOUCH_KERNEL_PROOF_SCRATCH_H */
