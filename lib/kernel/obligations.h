/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The predicates of the rule table (rules.c), in its order: what each proves, and
 * what it may rely on. One file for each obligation.
 */
#ifndef VOUCH_KERNEL_OBLIGATIONS_H
#define VOUCH_KERNEL_OBLIGATIONS_H

#include "kernel/scratch.h"

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  assigns SAID(scratch), scratch->form_ok;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures scratch->form_ok != 0 ==> \old(Complete(scratch->evidence));
  ensures scratch->unproven != 0 || scratch->form_ok != 0;
*/
void vouch__form_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, \old(Requested(scratch->evidence))); */
void vouch__request_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, \old(Authorised(scratch->evidence))); */
void vouch__authorization_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires Newest(scratch->evidence, NewestOf(scratch));
  assigns SAID(scratch);
  ensures Ready(scratch);
  ensures SAYS_MORE(scratch);
  ensures scratch->unproven != 0 || Adopted(scratch->evidence);
*/
void vouch__adoption_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, \old(Classes(scratch->evidence))); */
void vouch__class_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, Agreement{Pre}(scratch->evidence)); */
void vouch__agreement_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, ViewsSeen{Pre}(scratch->evidence)); */
void vouch__view_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, Steady{Pre}(scratch->evidence)); */
void vouch__steadiness_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, Quorate{Pre}(scratch->evidence)); */
void vouch__quorum_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, FencingOn{Pre}(scratch->evidence)); */
void vouch__fencing_enabled_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, PeersSeen{Pre}(scratch->evidence)); */
void vouch__peers_seen_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, CandidateMember{Pre}(scratch->evidence)); */
void vouch__membership_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, Silence{Pre}(scratch->evidence)); */
void vouch__silence_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, NoAttempt{Pre}(scratch->evidence)); */
void vouch__no_attempt_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && Nothing(scratch);
  requires Newest(scratch->evidence, NewestOf(scratch));
  assigns SAID(scratch),
    scratch->holders_known, scratch->holder_count,
    scratch->holders[0 .. VOUCH_GRANTS_MAX - 1],
    scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
  ensures Ready(scratch);
  ensures SAYS_MORE(scratch);
  ensures Holders(scratch);
  ensures AllUntried(scratch);
  ensures FirstHolder(scratch);
  ensures AllHeld(scratch);
*/
void vouch__holders_are_proven(struct vouch_scratch *scratch);
/*@ HOLDING_RULE(scratch); */
void vouch__sealed_is_proven(struct vouch_scratch *scratch);
/*@ HOLDING_RULE(scratch); */
void vouch__fenced_is_proven(struct vouch_scratch *scratch);
/*@ HOLDING_RULE(scratch); */
void vouch__attested_is_proven(struct vouch_scratch *scratch);
/*@ HOLDING_RULE(scratch); */
void vouch__asserted_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires Holding(scratch);
  requires AllHeld(scratch);
  requires scratch->last_route == VOUCH_ROUTE_NONE;
  assigns SAID(scratch),
    scratch->last_route, scratch->last_node;
  ensures Ready(scratch);
  ensures SAYS_MORE(scratch);
  ensures SinceKnown(scratch);
  ensures scratch->unproven != 0 ||
    HoldersExcluded(scratch->evidence, Since(scratch));
*/
void vouch__exclusion_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch);
  requires Holders(scratch);
  requires Newest(scratch->evidence, NewestOf(scratch));
  assigns SAID(scratch);
  ensures Ready(scratch);
  ensures SAYS_MORE(scratch);
  ensures scratch->unproven != 0 || OthersQuiet(scratch->evidence);
*/
void vouch__others_are_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, OneSystem(scratch->evidence)); */
void vouch__system_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && Branches(scratch);
  assigns SAID(scratch);
  ensures Ready(scratch);
  ensures SAYS_MORE(scratch);
  ensures scratch->unproven != 0 || Histories(scratch->evidence);
  ensures scratch->unproven != 0 || Known(scratch);
*/
void vouch__lineage_is_proven(struct vouch_scratch *scratch);
/*@
  requires NewestOf(scratch) < 18446744073709551615;
  RULE(scratch, GrantedFork(scratch->evidence));
*/
void vouch__fork_is_proven(struct vouch_scratch *scratch);
/*@ ROUTES_RULE(scratch, \old(Ordered(scratch->evidence, Since(scratch)))); */
void vouch__order_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && FirstHolder(scratch) && Routes(scratch);
  assigns SAID(scratch), scratch->coverage_best, scratch->covered,
    scratch->sealed_log;
  ensures Ready(scratch);
  ensures Routes(scratch);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  ensures scratch->sealed_log == \old(scratch->sealed_log) &&
      scratch->covered == \old(scratch->covered) ||
    \old(SealedLog(scratch->evidence));
*/
void vouch__sealed_log_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && Branches(scratch) && Holders(scratch);
  requires Routes(scratch);
  assigns SAID(scratch), scratch->coverage_best, scratch->covered;
  ensures Ready(scratch);
  ensures Routes(scratch);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  ensures scratch->covered == \old(scratch->covered) ||
    \old(Contracts(scratch->evidence, Since(scratch)));
*/
void vouch__intersection_is_proven(struct vouch_scratch *scratch);
/*@
  requires Ready(scratch) && FirstHolder(scratch) && Routes(scratch);
  assigns SAID(scratch), scratch->coverage_best, scratch->covered,
    scratch->same_holder;
  ensures Ready(scratch);
  ensures Routes(scratch);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  ensures scratch->same_holder == \old(scratch->same_holder) &&
      scratch->covered == \old(scratch->covered) ||
    \old(SameHolder(scratch->evidence));
*/
void vouch__same_holder_is_proven(struct vouch_scratch *scratch);
/*@ ROUTES_RULE(scratch, \old(Covered(scratch->evidence, Since(scratch)))); */
void vouch__coverage_is_proven(struct vouch_scratch *scratch);
/*@
  requires Branches(scratch) && FirstHolder(scratch);
  ROUTES_RULE(scratch, \old(NoneAhead(scratch)));
*/
void vouch__none_ahead_is_proven(struct vouch_scratch *scratch);
/*@
  requires Branches(scratch);
  requires Newest(scratch->evidence, NewestOf(scratch));
  ROUTES_RULE(scratch,
              \old(GrantsSatisfied(scratch->evidence, Since(scratch))));
*/
void vouch__grants_satisfied_is_proven(struct vouch_scratch *scratch);
/*@ ROUTES_RULE(scratch, \old(NoneDisowned(scratch->evidence))); */
void vouch__none_disowned_is_proven(struct vouch_scratch *scratch);
/*@
  requires Branches(scratch);
  requires Newest(scratch->evidence, NewestOf(scratch));
  RULE(scratch, \old(UnseenCovered(scratch->evidence, NewestOf(scratch),
                                   Since(scratch))));
*/
void vouch__unseen_grants_are_covered(struct vouch_scratch *scratch);
/*@
  requires scratch->evidence->offer.contract.member_count <= VOUCH_NODES_MAX;
  RULE(scratch, \old(Enforced(scratch->evidence)));
*/
void vouch__offer_is_proven(struct vouch_scratch *scratch);
/*@ RULE(scratch, Visible{Pre}(scratch->evidence)); */
void vouch__readiness_is_proven(struct vouch_scratch *scratch);

#endif /* VOUCH_KERNEL_OBLIGATIONS_H */
