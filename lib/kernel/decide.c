/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/decide.h"
#include "kernel/rules.h"

/* What the contracts below repeat; see proof_scratch.h for why these are macros. */
/* Every group of rules begins with this, ... */
#define BEGINS(s)                                                              \
	requires Memory(s);                                                    \
	requires Findings((s)->verdict);                                       \
	requires Form((s)->evidence);                                          \
	requires Complete((s)->evidence);                                      \
	requires Derived(s);                                                   \
	requires Branches(s);                                                  \
	requires Newest((s)->evidence, NewestOf(s))
/* ... leaves it so, ... */
#define KEEPS(s)                                                               \
	ensures Findings((s)->verdict);                                        \
	ensures Complete((s)->evidence);                                       \
	ensures Derived(s);                                                    \
	ensures Branches(s);                                                   \
	ensures Newest((s)->evidence, NewestOf(s))
/* ... writes at least this, ... */
#define JUDGED(s)                                                              \
	(s)->rule, (s)->unproven, (s)->found_before, (s)->failed,              \
		(s)->verdict->deciding_rule, (s)->verdict->finding_count,      \
		(s)->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1]
/* ... and where no rule has failed, this was proven. */
#define PASSED(s, ...) (s)->failed == 0 ==> __VA_ARGS__

/* Member by member, because the structure is large and a decision is hot. */
/*@
  requires \valid(scratch) && \valid_read(evidence) && \valid(verdict);
  requires \separated(scratch, verdict, evidence);
  assigns scratch->evidence \from evidence;
  assigns scratch->verdict \from verdict;
  assigns scratch->candidate \from \nothing;
  assigns scratch->candidate_node, scratch->rule, scratch->unproven,
    scratch->found_before, scratch->failed, scratch->form_ok,
    scratch->newest, scratch->holders_known, scratch->holder_count,
    scratch->last_route, scratch->last_node, scratch->covered, scratch->sealed_log,
    scratch->same_holder, scratch->coverage_best;
  ensures scratch->evidence == evidence && scratch->verdict == verdict;
  ensures scratch->failed == 0;
  ensures Nothing(scratch);
*/
static void scratch_begin(struct vouch_scratch *scratch,
			  const struct vouch_evidence *evidence,
			  struct vouch_verdict *verdict)
{
	scratch->evidence = evidence;
	scratch->verdict = verdict;
	scratch->candidate = 0;
	scratch->candidate_node = VOUCH_NO_NODE;
	scratch->rule = 0;
	scratch->unproven = 0;
	scratch->found_before = 0;
	scratch->failed = false;
	scratch->form_ok = 0;
	scratch->newest = -1;
	scratch->holders_known = 0;
	scratch->holder_count = 0;
	scratch->last_route = VOUCH_ROUTE_NONE;
	scratch->last_node = 0;
	scratch->covered = false;
	scratch->sealed_log = false;
	scratch->same_holder = false;
	scratch->coverage_best = 0;
}

/*
 * What the groups of rules hand on to each other: each says so for itself, and
 * word by word, so that nobody has to look through the writes of all of them.
 */
/*@
  // No rule of coverage was examined yet.
  predicate Unmarked{L}(struct vouch_scratch *s) =
    s->covered == 0 && s->sealed_log == 0 && s->same_holder == 0 &&
    s->coverage_best == 0;

  lemma one_is_newest{L}:
    \forall struct vouch_evidence *e, integer a, b; 0 <= a && 0 <= b &&
      Newest(e, a) && Newest(e, b) ==> a == b;

  lemma newest_is_a_number{L}:
    \forall struct vouch_evidence *e, integer a; Form(e) && Newest(e, a) ==>
      0 <= a < 18446744073709551615;

  lemma asked_for{L}:
    \forall struct vouch_evidence *e;
      Requested(e) && Authorised(e) && Adopted(e) && Classes(e) &&
      Agreement(e) ==> AskedFor(e);

  lemma one_view{L}:
    \forall struct vouch_evidence *e;
      ViewsSeen(e) && Steady(e) && Quorate(e) && FencingOn(e) &&
      PeersSeen(e) && CandidateMember(e) ==> OneView(e);

  lemma exclusion{L}:
    \forall struct vouch_evidence *e, integer since;
      Silence(e) && NoAttempt(e) && HoldersExcluded(e, since) &&
      OthersQuiet(e) ==> Exclusion(e, since);

  lemma lineage{L}:
    \forall struct vouch_evidence *e;
      OneSystem(e) && Histories(e) && GrantedFork(e) ==> Lineage(e);

  lemma coverage{L}:
    \forall struct vouch_evidence *e, integer since, newest;
      0 <= newest && Newest(e, newest) && Ordered(e, since) &&
      Covered(e, since) && OthersBehind(e) && GrantsSatisfied(e, since) &&
      NoneDisowned(e) &&
      UnseenCovered(e, newest, since) ==> Coverage(e, since);

  lemma permit{L}:
    \forall struct vouch_evidence *e, integer since;
      Complete(e) && AskedFor(e) && OneView(e) && Lineage(e) &&
      Enforced(e) && Visible(e) && Exclusion(e, since) &&
      Coverage(e, since) ==> Permit(e);

  lemma none_ahead{L}:
    \forall struct vouch_scratch *s; NoneAhead(s) && Known(s) ==>
      OthersBehind(s->evidence);
*/

/* Everything that the rules after the first may index has been checked. */
/*@
  requires Memory(scratch) && Complete(scratch->evidence);
  requires Nothing(scratch);
  assigns scratch->candidate \from scratch->evidence;
  assigns scratch->candidate_node, scratch->newest,
    scratch->branches[0 .. VOUCH_NODES_MAX - 1];
  ensures Memory(scratch);
  ensures Complete(scratch->evidence);
  ensures Derived(scratch);
  ensures Branches(scratch);
  ensures Newest(scratch->evidence, NewestOf(scratch));
  ensures Nothing(scratch);
*/
static void scratch_derive(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;

	scratch->candidate_node = evidence->request.candidate;
	scratch->candidate = &evidence->nodes[evidence->request.candidate].probe;
	scratch->newest = (int16_t)vouch__newest_grant(evidence);
	vouch__branches_derive(scratch);
	/*@ assert Derived(scratch); */
	/*@ assert Newest(evidence, NewestOf(scratch)); */
	/*@ assert \forall integer g; 0 <= g < evidence->grant_count ==>
	    0 < evidence->grants[g].epoch < 18446744073709551615; */
	/*@ assert \forall integer r; 0 <= r < evidence->contract_count ==>
	    0 < evidence->contracts[r].epoch; */
	/*@ assert Form(evidence); */
	/*@ assert SerialsApart(evidence); */
	/*@ assert Complete(evidence); */
}

/*@
  requires Memory(scratch);
  requires Findings(scratch->verdict);
  assigns scratch->rule, scratch->unproven, scratch->found_before;
  ensures Findings(scratch->verdict);
  ensures SameExclusions{Pre,Post}(scratch);
  ensures \old(Holding(scratch)) ==> Holding(scratch);
  ensures \old(Routes(scratch)) ==> Routes(scratch);
  ensures scratch->unproven == 0;
*/
static void begin(struct vouch_scratch *scratch, enum vouch_rule_id id)
{
	scratch->rule = (uint16_t)id;
	scratch->unproven = 0;
	scratch->found_before = scratch->verdict->finding_count;
}

/* The rule had to hold: it does when it said something, and nothing that it
 * said is open. The first that does not decides. */
/*@
  requires Memory(scratch);
  requires Findings(scratch->verdict);
  assigns scratch->failed, scratch->verdict->deciding_rule;
  ensures Findings(scratch->verdict);
  ensures SameExclusions{Pre,Post}(scratch);
  ensures \old(Holding(scratch)) ==> Holding(scratch);
  ensures \old(Nothing(scratch)) ==> Nothing(scratch);
  ensures \old(FirstHolder(scratch)) ==> FirstHolder(scratch);
  ensures \old(Routes(scratch)) ==> Routes(scratch);
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures PASSED(scratch, \old(scratch->unproven) == 0);
*/
static void require(struct vouch_scratch *scratch)
{
	struct vouch_verdict *verdict = scratch->verdict;

	if (verdict->finding_count > scratch->found_before &&
	    !scratch->unproven)
		return;
	if (!scratch->failed)
		verdict->deciding_rule = scratch->rule;
	scratch->failed = true;
}

/* Rules 110 to 150. */
/*@
  BEGINS(scratch);
  requires Nothing(scratch);
  assigns JUDGED(scratch);
  KEEPS(scratch);
  ensures Nothing(scratch);
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures PASSED(scratch, Requested(scratch->evidence));
  ensures PASSED(scratch, Authorised(scratch->evidence));
  ensures PASSED(scratch, Adopted(scratch->evidence));
  ensures PASSED(scratch, Classes(scratch->evidence));
  ensures PASSED(scratch, Agreement(scratch->evidence));
*/
static void form_rules(struct vouch_scratch *scratch)
{
	begin(scratch, VOUCH_RULE_REQUEST);
	vouch__request_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_AUTHORIZED);
	vouch__authorization_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_ADOPTED);
	vouch__adoption_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_CLASS);
	vouch__class_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_GRANTS_AGREE);
	vouch__agreement_is_proven(scratch);
	require(scratch);
}

/* Rules 200 to 250. */
/*@
  BEGINS(scratch);
  requires Nothing(scratch);
  assigns JUDGED(scratch);
  KEEPS(scratch);
  ensures Nothing(scratch);
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures PASSED(scratch, ViewsSeen(scratch->evidence));
  ensures PASSED(scratch, Steady(scratch->evidence));
  ensures PASSED(scratch, Quorate(scratch->evidence));
  ensures PASSED(scratch, FencingOn(scratch->evidence));
  ensures PASSED(scratch, PeersSeen(scratch->evidence));
  ensures PASSED(scratch, CandidateMember(scratch->evidence));
*/
static void view_rules(struct vouch_scratch *scratch)
{
	begin(scratch, VOUCH_RULE_VIEW_SEEN);
	vouch__view_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_VIEW_SAME);
	vouch__steadiness_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_QUORATE);
	vouch__quorum_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_FENCING_ON);
	vouch__fencing_enabled_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_PEERS_SEEN);
	vouch__peers_seen_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_CANDIDATE_MEMBER);
	vouch__membership_is_proven(scratch);
	require(scratch);
}

/* Rules 300 and 305: contradictions. */
/*@
  BEGINS(scratch);
  requires Nothing(scratch);
  assigns JUDGED(scratch);
  KEEPS(scratch);
  ensures Nothing(scratch);
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures PASSED(scratch, Silence(scratch->evidence));
  ensures PASSED(scratch, NoAttempt(scratch->evidence));
*/
static void silence_rules(struct vouch_scratch *scratch)
{
	begin(scratch, VOUCH_RULE_NONE_WRITABLE);
	vouch__silence_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_NONE_PROMOTING);
	vouch__no_attempt_is_proven(scratch);
	require(scratch);
}

/* Rule 310: who may hold authority. */
/*@
  BEGINS(scratch);
  requires Nothing(scratch);
  assigns JUDGED(scratch),
    scratch->holders_known, scratch->holder_count,
    scratch->holders[0 .. VOUCH_GRANTS_MAX - 1],
    scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
  KEEPS(scratch);
  ensures Holding(scratch);
  ensures FirstHolder(scratch);
  ensures AllHeld(scratch);
  ensures Unmarked(scratch);
  ensures scratch->last_route == VOUCH_ROUTE_NONE;
  ensures PASSED(scratch, \old(scratch->failed) == 0);
*/
static void holder_rule(struct vouch_scratch *scratch)
{
	begin(scratch, VOUCH_RULE_HOLDERS);
	vouch__holders_are_proven(scratch);
	/*@ assert Unmarked(scratch); */
	/*@ assert \forall integer i; 0 <= i < VOUCH_NODES_MAX ==>
	    scratch->branches[i].relation ==
	      \at(scratch->branches[i].relation, Pre); */
	/*@ assert scratch->newest == \at(scratch->newest, Pre) &&
	    scratch->candidate_node == \at(scratch->candidate_node, Pre); */
	/*@ assert Branches(scratch); */
	/*@ assert Newest(scratch->evidence, NewestOf(scratch)); */
	/*@ assert AllUntried(scratch); */
	/*@ assert Holding(scratch); */
	require(scratch);
}

/* Rules 320 to 350: four routes, of which none must be open. */
/*@
  BEGINS(scratch);
  requires Holding(scratch);
  requires AllHeld(scratch);
  requires FirstHolder(scratch);
  requires Unmarked(scratch);
  assigns scratch->rule, scratch->unproven, scratch->found_before,
    scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
  KEEPS(scratch);
  ensures Holding(scratch);
  ensures AllHeld(scratch);
  ensures FirstHolder(scratch);
  ensures Unmarked(scratch);
*/
static void exclusion_routes(struct vouch_scratch *scratch)
{
	begin(scratch, VOUCH_RULE_E1_SEALED);
	vouch__sealed_is_proven(scratch);
	/*@ assert Unmarked(scratch); */
	begin(scratch, VOUCH_RULE_E2_FENCED);
	vouch__fenced_is_proven(scratch);
	/*@ assert Unmarked(scratch); */
	begin(scratch, VOUCH_RULE_E3_ATTESTED);
	vouch__attested_is_proven(scratch);
	/*@ assert Unmarked(scratch); */
	begin(scratch, VOUCH_RULE_E4_ASSERTED);
	vouch__asserted_is_proven(scratch);
	/*@ assert Unmarked(scratch); */
}

/* Rule 360: each of them. */
/*@
  BEGINS(scratch);
  requires Holding(scratch);
  requires AllHeld(scratch);
  requires FirstHolder(scratch);
  requires Unmarked(scratch);
  requires scratch->last_route == VOUCH_ROUTE_NONE;
  assigns JUDGED(scratch),
    scratch->last_route, scratch->last_node;
  KEEPS(scratch);
  ensures FirstHolder(scratch);
  ensures Unmarked(scratch);
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures Holders(scratch);
  ensures PASSED(scratch, HoldersExcluded(scratch->evidence, Since(scratch)));
*/
static void exclusion_rule(struct vouch_scratch *scratch)
{
	/*@ assert Holders(scratch); */
	begin(scratch, VOUCH_RULE_EXCLUSION);
	vouch__exclusion_is_proven(scratch);
	/*@ assert \forall integer h; 0 <= h < VOUCH_GRANTS_MAX ==>
	    scratch->holders[h].grant == \at(scratch->holders[h].grant, Pre) &&
	    scratch->holders[h].happened ==
	      \at(scratch->holders[h].happened, Pre); */
	/*@ assert scratch->holder_count == \at(scratch->holder_count, Pre); */
	/*@ assert \forall integer h; 0 <= h < scratch->holder_count ==>
	    HolderIs(scratch->evidence, \at(scratch->holders[h].grant, Pre),
	             \at(scratch->holders[h].happened, Pre)); */
	/*@ assert Holders(scratch); */
	/*@ assert FirstHolder(scratch); */
	/*@ assert \forall integer i; 0 <= i < VOUCH_NODES_MAX ==>
	    scratch->branches[i].relation ==
	      \at(scratch->branches[i].relation, Pre); */
	/*@ assert scratch->newest == \at(scratch->newest, Pre) &&
	    scratch->candidate_node == \at(scratch->candidate_node, Pre); */
	/*@ assert Branches(scratch); */
	/*@ assert Newest(scratch->evidence, NewestOf(scratch)); */
	require(scratch);
}

/* Rule 370: everybody else. */
/*@
  BEGINS(scratch);
  requires Holders(scratch);
  requires FirstHolder(scratch);
  requires Unmarked(scratch);
  assigns JUDGED(scratch);
  KEEPS(scratch);
  ensures FirstHolder(scratch);
  ensures Unmarked(scratch);
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures PASSED(scratch, OthersQuiet(scratch->evidence));
*/
static void others_rule(struct vouch_scratch *scratch)
{
	begin(scratch, VOUCH_RULE_OTHERS);
	vouch__others_are_proven(scratch);
	require(scratch);
}

/* Rules 400 to 420. */
/*@
  BEGINS(scratch);
  requires FirstHolder(scratch);
  requires Routes(scratch);
  assigns JUDGED(scratch);
  KEEPS(scratch);
  ensures FirstHolder(scratch);
  ensures Routes(scratch);
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures PASSED(scratch, OneSystem(scratch->evidence));
  ensures PASSED(scratch, Histories(scratch->evidence));
  ensures PASSED(scratch, GrantedFork(scratch->evidence));
  ensures PASSED(scratch, Known(scratch));
*/
static void lineage_rules(struct vouch_scratch *scratch)
{
	/*@ assert NewestOf(scratch) < 18446744073709551615; */
	begin(scratch, VOUCH_RULE_SYSTEM);
	vouch__system_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_LINEAGE);
	vouch__lineage_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_AUTHORISED_FORK);
	vouch__fork_is_proven(scratch);
	require(scratch);
}

/* Rules 500 to 540: order, three routes. */
/*@
  BEGINS(scratch);
  requires FirstHolder(scratch);
  requires Routes(scratch);
  assigns JUDGED(scratch), scratch->covered,
    scratch->sealed_log, scratch->same_holder, scratch->coverage_best;
  KEEPS(scratch);
  ensures FirstHolder(scratch);
  ensures Routes(scratch);
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures PASSED(scratch, Ordered(scratch->evidence, Since(scratch)));
  ensures PASSED(scratch, Covered(scratch->evidence, Since(scratch)));
*/
static void coverage_rules(struct vouch_scratch *scratch)
{
	begin(scratch, VOUCH_RULE_ORDER);
	vouch__order_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_W1_SEALED_LOG);
	vouch__sealed_log_is_proven(scratch);
	begin(scratch, VOUCH_RULE_W2_INTERSECTION);
	vouch__intersection_is_proven(scratch);
	begin(scratch, VOUCH_RULE_W3_SAME_HOLDER);
	vouch__same_holder_is_proven(scratch);
	begin(scratch, VOUCH_RULE_COVERAGE);
	vouch__coverage_is_proven(scratch);
	require(scratch);
}

/* Rules 550 to 600: nobody overtaken, what was granted since, and readiness. */
/*@
  BEGINS(scratch);
  requires FirstHolder(scratch);
  requires Routes(scratch);
  assigns JUDGED(scratch);
  KEEPS(scratch);
  ensures FirstHolder(scratch);
  ensures Routes(scratch);
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures PASSED(scratch, NoneAhead(scratch));
  ensures PASSED(scratch, GrantsSatisfied(scratch->evidence, Since(scratch)));
  ensures PASSED(scratch, NoneDisowned(scratch->evidence));
  ensures PASSED(scratch, UnseenCovered(scratch->evidence, NewestOf(scratch), Since(scratch)));
  ensures PASSED(scratch, Enforced(scratch->evidence));
  ensures PASSED(scratch, Visible(scratch->evidence));
*/
static void completeness_rules(struct vouch_scratch *scratch)
{
	begin(scratch, VOUCH_RULE_NONE_AHEAD);
	vouch__none_ahead_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_GRANTS_SATISFIED);
	vouch__grants_satisfied_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_NONE_DISOWNED);
	vouch__none_disowned_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_UNSEEN);
	vouch__unseen_grants_are_covered(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_ENFORCED);
	vouch__offer_is_proven(scratch);
	require(scratch);
	begin(scratch, VOUCH_RULE_READY);
	vouch__readiness_is_proven(scratch);
	require(scratch);
}

/* Rules 110 to 305: what was asked, where, and that nobody answers as writable. */
/*@
  BEGINS(scratch);
  requires Nothing(scratch);
  assigns JUDGED(scratch);
  KEEPS(scratch);
  ensures Nothing(scratch);
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures PASSED(scratch, Requested(scratch->evidence));
  ensures PASSED(scratch, Authorised(scratch->evidence));
  ensures PASSED(scratch, Adopted(scratch->evidence));
  ensures PASSED(scratch, Classes(scratch->evidence));
  ensures PASSED(scratch, Agreement(scratch->evidence));
  ensures PASSED(scratch, ViewsSeen(scratch->evidence));
  ensures PASSED(scratch, Steady(scratch->evidence));
  ensures PASSED(scratch, Quorate(scratch->evidence));
  ensures PASSED(scratch, FencingOn(scratch->evidence));
  ensures PASSED(scratch, PeersSeen(scratch->evidence));
  ensures PASSED(scratch, CandidateMember(scratch->evidence));
  ensures PASSED(scratch, Silence(scratch->evidence));
  ensures PASSED(scratch, NoAttempt(scratch->evidence));
*/
static void asked_for(struct vouch_scratch *scratch)
{
	form_rules(scratch);
	view_rules(scratch);
	silence_rules(scratch);
}

/* Rules 310 to 370: who may hold authority, and why he cannot write. */
/*@
  BEGINS(scratch);
  requires Nothing(scratch);
  assigns JUDGED(scratch),
    scratch->holders_known, scratch->holder_count,
    scratch->holders[0 .. VOUCH_GRANTS_MAX - 1],
    scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1],
    scratch->last_route, scratch->last_node;
  KEEPS(scratch);
  ensures FirstHolder(scratch);
  ensures Routes(scratch);
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures PASSED(scratch, HoldersExcluded(scratch->evidence, Since(scratch)));
  ensures PASSED(scratch, OthersQuiet(scratch->evidence));
*/
static void excluded(struct vouch_scratch *scratch)
{
	holder_rule(scratch);
	exclusion_routes(scratch);
	exclusion_rule(scratch);
	others_rule(scratch);
}

/* Rules 400 to 600: the candidate has all that was acknowledged. */
/*@
  BEGINS(scratch);
  requires FirstHolder(scratch);
  requires Routes(scratch);
  assigns JUDGED(scratch),
    scratch->covered, scratch->sealed_log, scratch->same_holder,
    scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures Newest(scratch->evidence, NewestOf(scratch));
  ensures PASSED(scratch, \old(scratch->failed) == 0);
  ensures PASSED(scratch, OneSystem(scratch->evidence));
  ensures PASSED(scratch, Histories(scratch->evidence));
  ensures PASSED(scratch, GrantedFork(scratch->evidence));
  ensures PASSED(scratch, Ordered(scratch->evidence, Since(scratch)));
  ensures PASSED(scratch, Covered(scratch->evidence, Since(scratch)));
  ensures PASSED(scratch, OthersBehind(scratch->evidence));
  ensures PASSED(scratch, GrantsSatisfied(scratch->evidence, Since(scratch)));
  ensures PASSED(scratch, NoneDisowned(scratch->evidence));
  ensures PASSED(scratch, UnseenCovered(scratch->evidence, NewestOf(scratch), Since(scratch)));
  ensures PASSED(scratch, Enforced(scratch->evidence));
  ensures PASSED(scratch, Visible(scratch->evidence));
*/
static void covered(struct vouch_scratch *scratch)
{
	lineage_rules(scratch);
	coverage_rules(scratch);
	completeness_rules(scratch);
	/*@ assert scratch->failed == 0 ==> NoneAhead(scratch) && Known(scratch); */
}

/* The rows of vouch__rules, each once and in their order: written out, so that
 * the proof sees which rule is called when. */
/*@
  requires Memory(scratch);
  requires Findings(scratch->verdict);
  requires Nothing(scratch);
  requires scratch->failed == 0;
  assigns *scratch, scratch->verdict->deciding_rule,
    scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1];
  ensures \result != 0 ==> Permit(\old(scratch->evidence));
  ensures scratch->evidence == \old(scratch->evidence);
  ensures \result != 0 ==> scratch->newest < VOUCH_GRANTS_MAX;
*/
static int all_hold(struct vouch_scratch *scratch)
{
	begin(scratch, VOUCH_RULE_FORM);
	vouch__form_is_proven(scratch);
	require(scratch);
	/* Nothing else may look at evidence of bad form. */
	if (!scratch->form_ok)
		return 0;
	scratch_derive(scratch);
	asked_for(scratch);
	excluded(scratch);
	covered(scratch);
	/* A full list has failed: at the latest in the last rule, which is a
	 * required one and then finds no room. */
	if (scratch->failed)
		return 0;
	/*@ assert Complete(scratch->evidence); */
	/*@ assert AskedFor(scratch->evidence); */
	/*@ assert OneView(scratch->evidence); */
	/*@ assert Lineage(scratch->evidence); */
	/*@ assert Exclusion(scratch->evidence, Since(scratch)); */
	/*@ assert 0 <= NewestOf(scratch); */
	/*@ assert Coverage(scratch->evidence, Since(scratch)); */
	return 1;
}

void vouch__decide(const struct vouch_evidence *evidence,
		   struct vouch_verdict *verdict)
{
	struct vouch_scratch scratch;

	verdict->permitted = 0;
	verdict->epoch = 0;
	verdict->deciding_rule = VOUCH_RULE_FORM;
	verdict->finding_count = 0;
	scratch_begin(&scratch, evidence, verdict);
	if (!all_hold(&scratch))
		return;
	verdict->deciding_rule = 0;
	verdict->epoch = (int64_t)(vouch__newest(&scratch) + 1);
	verdict->permitted = 1;
}
