/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exclusion (P6-A1, P6-A3): the old holder cannot write. One route for each
 * node that may hold authority: its seal, its answer or a person's word; the
 * fencer's is in fencing.c, and the nodes that hold nothing are in others.c. */
#include "kernel/rules.h"

/* Exclusion holds from the earliest observation that proves it. */
/*@
  requires \valid(scratch) && \valid_read(scratch->evidence);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires 0 <= scratch->holders[place].grant < VOUCH_GRANTS_MAX;
  requires HeldGrant(scratch, place)->holder < VOUCH_NODES_MAX;
  requires 0 <= route <= VOUCH_ROUTE_CONFIRMED;
  assigns scratch->exclusions[place].route;
  ensures scratch->exclusions[place].route == route ||
    scratch->exclusions[place].route == \old(scratch->exclusions[place].route)
    && \old(scratch->exclusions[place].route) != VOUCH_ROUTE_NONE;
*/
static void exclude(struct vouch_scratch *scratch, int place, int route)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	struct vouch_exclusion *exclusion = &scratch->exclusions[place];
	uint8_t node = vouch__held(scratch, place)->holder;

	if (exclusion->route == VOUCH_ROUTE_NONE ||
	    vouch__route_order(evidence, node, route) <
		    vouch__route_order(evidence, node, exclusion->route))
		exclusion->route = route;
}

struct vouch_finding *vouch__route_closed(struct vouch_scratch *scratch,
					  int place, enum vouch_reason reason,
					  int telling)
{
	const struct vouch_grant *grant = vouch__held(scratch, place);
	struct vouch_exclusion *exclusion = &scratch->exclusions[place];
	struct vouch_finding *finding =
		vouch__find(scratch, VOUCH_NOT_USED, reason, grant->holder);

	vouch__show(finding, 0, grant->epoch);
	if (telling) {
		exclusion->told = 1;
		exclusion->best_finding = scratch->verdict->finding_count - 1;
	}
	return finding;
}

struct vouch_finding *vouch__route_open(struct vouch_scratch *scratch,
					int place, int route,
					enum vouch_reason reason)
{
	const struct vouch_grant *grant = vouch__held(scratch, place);
	struct vouch_finding *finding;

	exclude(scratch, place, route);
	finding = vouch__find(scratch, VOUCH_HOLDS, reason, grant->holder);
	vouch__show(finding, 0, grant->epoch);
	return finding;
}

/* What the cluster recorded of a node whose state it does not know is old. */
/*@
  requires \valid_read(node);
  assigns \nothing;
  ensures \result != 0 <==> SaysStopped(node);
*/
static int operations_say_stopped(const struct vouch_node *node)
{
	const struct vouch_operations *operations = &node->operations;

	if (operations->condition != VOUCH_PRESENT ||
	    operations->in_flight != VOUCH_NO || node->unclean != VOUCH_NO)
		return 0;
	return (operations->last == VOUCH_OP_STOP &&
		operations->last_result == VOUCH_RESULT_OK) ||
	       (operations->last == VOUCH_OP_MONITOR &&
		operations->last_result == VOUCH_RESULT_NOT_RUNNING);
}

/* The seal of this holder for this epoch, still valid and not contradicted by
 * the cluster: VOUCH_R_SEALED, or the reason why it proves nothing. */
/*@
  requires \valid_read(evidence) && \valid_read(grant);
  requires grant->holder < VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result == VOUCH_R_SEALED ==>
    Sealed(evidence, grant->holder, grant->epoch, &grant->incarnation[0]);
*/
static enum vouch_reason seal_reason(const struct vouch_evidence *evidence,
				     const struct vouch_grant *grant)
{
	const struct vouch_seal *seal = &evidence->seal;
	const struct vouch_node *node = &evidence->nodes[grant->holder];

	if (seal->condition != VOUCH_PRESENT || seal->order == 0 ||
	    seal->node != grant->holder ||
	    !vouch__name_equal(seal->incarnation, grant->incarnation))
		return VOUCH_R_SEAL_ABSENT;
	if (seal->epoch != grant->epoch)
		return VOUCH_R_SEAL_STALE;
	if (seal->unbroken != VOUCH_YES)
		return VOUCH_R_SEAL_BROKEN;
	if (vouch__managed(evidence) && !vouch__is_offline_and_clean(node) &&
	    !operations_say_stopped(node))
		return VOUCH_R_SEAL_ACTIVE;
	return VOUCH_R_SEALED;
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires Open(scratch->evidence, VOUCH_ROUTE_SEALED,
                HeldGrant(scratch, place));
  assigns SAID(scratch), scratch->exclusions[place].route;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void say_sealed(struct vouch_scratch *scratch, int place)
{
	const struct vouch_seal *seal = &scratch->evidence->seal;
	uint8_t node = vouch__held(scratch, place)->holder;
	struct vouch_finding *finding = vouch__route_open(
		scratch, place, VOUCH_ROUTE_SEALED, VOUCH_R_SEALED);

	vouch__cite(finding, VOUCH_C_SEAL_LSN, node, seal->record_lsn);
	vouch__cite(finding, VOUCH_C_SEAL, node, seal->condition);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  assigns SAID(scratch), scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void say_unsealed(struct vouch_scratch *scratch, int place,
			 enum vouch_reason reason)
{
	const struct vouch_seal *seal = &scratch->evidence->seal;
	struct vouch_finding *finding =
		vouch__route_closed(scratch, place, reason, 0);

	vouch__show(finding, 1, seal->epoch);
	vouch__cite(finding, VOUCH_C_SEAL, vouch__held(scratch, place)->holder,
		    seal->condition);
}

/* One holder's seal. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires HeldGrant(scratch, place)->holder !=
    scratch->evidence->request.candidate;
  assigns SAID(scratch), scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void seal_try(struct vouch_scratch *scratch, int place)
{
	enum vouch_reason reason = seal_reason(scratch->evidence,
					       vouch__held(scratch, place));

	if (reason == VOUCH_R_SEALED)
		say_sealed(scratch, place);
	else
		say_unsealed(scratch, place, reason);
}

/* Rule 320, route E1. */
void vouch__sealed_is_proven(struct vouch_scratch *scratch)
{
	int i;

	/*@
	  loop invariant 0 <= i <= scratch->holder_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant Holding(scratch);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop assigns i, SAID(scratch), scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
	  loop variant scratch->holder_count - i;
	*/
	for (i = 0; i < scratch->holder_count; i++) {
		if (vouch__held(scratch, i)->holder != scratch->candidate_node)
			seal_try(scratch, i);
	}
}

/*@
  requires \valid_read(evidence) && \valid_read(grant);
  requires evidence->admission_count <= VOUCH_ADMISSIONS_MAX;
  requires grant->holder < VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 ==>
    Named(&Server(evidence, grant->holder)->incarnation[0]) &&
    (Equal(&Server(evidence, grant->holder)->incarnation[0],
           &grant->incarnation[0]) ||
     Admitted(evidence, grant->holder,
              &Server(evidence, grant->holder)->incarnation[0]));
*/
static int incarnation_is_expected(const struct vouch_evidence *evidence,
				   const struct vouch_grant *grant)
{
	const char *incarnation =
		evidence->nodes[grant->holder].probe.incarnation;

	if (incarnation[0] == '\0')
		return 0;
	return vouch__name_equal(incarnation, grant->incarnation) ||
	       vouch__is_admitted(evidence, grant->holder, incarnation);
}

/* Why a live answer does not attest; VOUCH_R_ATTESTED when it does. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence) &&
    \valid_read(grant);
  requires Form(scratch->evidence) && Derived(scratch);
  requires grant->holder < scratch->evidence->node_count;
  requires happened != 0 ==>
    Done(scratch->evidence, grant->epoch);
  requires Seen(scratch->evidence, grant->holder);
  assigns \nothing;
  ensures \result == VOUCH_R_ATTESTED ==>
    AttestedLive(scratch->evidence, grant->holder,
                 grant->epoch, &grant->incarnation[0]);
*/
static enum vouch_reason attest_by_probe(const struct vouch_scratch *scratch,
					 const struct vouch_grant *grant,
					 int happened)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_node *node = &evidence->nodes[grant->holder];
	const struct vouch_probe *probe = &node->probe;

	if (probe->condition != VOUCH_PRESENT ||
	    probe->in_recovery != VOUCH_YES)
		return VOUCH_R_ATTEST_ABSENT;
	if (probe->promoting != VOUCH_NO)
		return VOUCH_R_ATTEST_IN_FLIGHT;
	if (vouch__managed(evidence) &&
	    (node->operations.condition != VOUCH_PRESENT ||
	     node->operations.in_flight != VOUCH_NO))
		return VOUCH_R_ATTEST_IN_FLIGHT;
	/* In recovery now, perhaps not a moment later: its own promotion may
	 * be under way. A grant to an earlier life of it cannot be. */
	if (!happened &&
	    vouch__name_equal(probe->incarnation, grant->incarnation))
		return VOUCH_R_ATTEST_OPEN;
	if (probe->system_id == 0 ||
	    probe->system_id != scratch->candidate->system_id ||
	    !incarnation_is_expected(evidence, grant))
		return VOUCH_R_ATTEST_INCARNATION;
	return VOUCH_R_ATTESTED;
}

/*@
  requires \valid_read(evidence) && node < VOUCH_NODES_MAX;
  requires evidence->before.member_count <= VOUCH_NODES_MAX;
  requires evidence->after.member_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 <==> Seen(evidence, node);
*/
static int is_seen(const struct vouch_evidence *evidence, uint8_t node)
{
	uint32_t id = evidence->nodes[node].cluster_id;

	return !vouch__managed(evidence) ||
	       (vouch__is_member(&evidence->before, id) &&
		vouch__is_member(&evidence->after, id));
}

/*@
  requires \valid(finding) && \valid_read(node);
  assigns finding->used_count, finding->used[0 .. VOUCH_USED_MAX - 1];
*/
static void cite_node(struct vouch_finding *finding, uint8_t place,
		      const struct vouch_node *node)
{
	vouch__cite(finding, VOUCH_C_PROBE, place, node->probe.condition);
	vouch__cite(finding, VOUCH_C_IN_RECOVERY, place,
		    node->probe.in_recovery);
	vouch__cite(finding, VOUCH_C_OPERATION, place, node->operations.last);
	vouch__cite(finding, VOUCH_C_OPERATION_RESULT, place,
		    node->operations.last_result);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  assigns SAID(scratch), scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void say_no_member(struct vouch_scratch *scratch, int place)
{
	struct vouch_finding *finding = vouch__route_closed(
		scratch, place, VOUCH_R_ATTEST_NOT_MEMBER, 0);

	vouch__cite(finding, VOUCH_C_MEMBER,
		    vouch__held(scratch, place)->holder, VOUCH_NO);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires 0 < route <= VOUCH_ROUTE_CONFIRMED;
  requires Open(scratch->evidence, route, HeldGrant(scratch, place));
  assigns SAID(scratch), scratch->exclusions[place].route;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void say_attested(struct vouch_scratch *scratch, int place, int route,
			 enum vouch_reason reason)
{
	uint8_t node = vouch__held(scratch, place)->holder;
	struct vouch_finding *finding =
		vouch__route_open(scratch, place, route, reason);

	cite_node(finding, node, &scratch->evidence->nodes[node]);
}

/* That nothing answers tells something only where a cluster manager could have
 * spoken for it. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  assigns SAID(scratch), scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void say_unattested(struct vouch_scratch *scratch, int place,
			   enum vouch_reason reason)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	uint8_t node = vouch__held(scratch, place)->holder;
	struct vouch_finding *finding =
		vouch__route_closed(scratch, place, reason,
				    vouch__managed(evidence) ||
					    reason != VOUCH_R_ATTEST_ABSENT);

	cite_node(finding, node, &evidence->nodes[node]);
}

/* What one holder says itself, or its agent of it. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires HeldGrant(scratch, place)->holder !=
    scratch->evidence->request.candidate;
  requires Seen(scratch->evidence, HeldGrant(scratch, place)->holder);
  assigns SAID(scratch), scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void attest_seen(struct vouch_scratch *scratch, int place)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_grant *grant = vouch__held(scratch, place);
	const struct vouch_node *node = &evidence->nodes[grant->holder];
	enum vouch_reason reason = attest_by_probe(
		scratch, grant, scratch->holders[place].happened);

	if (reason == VOUCH_R_ATTESTED)
		say_attested(scratch, place, VOUCH_ROUTE_LIVE,
			     VOUCH_R_ATTESTED);
	else if (vouch__managed(evidence) &&
		 node->probe.condition == VOUCH_ABSENT &&
		 operations_say_stopped(node))
		say_attested(scratch, place, VOUCH_ROUTE_STOPPED,
			     VOUCH_R_ATTESTED_STOPPED);
	else
		say_unattested(scratch, place, reason);
}

/* The holder that is itself the candidate: its own server is in recovery. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires HeldGrant(scratch, place)->holder ==
    scratch->evidence->request.candidate;
  assigns SAID(scratch), scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void attest_itself(struct vouch_scratch *scratch, int place)
{
	const struct vouch_probe *own = scratch->candidate;
	struct vouch_finding *finding;

	if (own->condition == VOUCH_PRESENT && own->in_recovery == VOUCH_YES)
		/* Its position may come from this very answer. */
		finding = vouch__route_open(scratch, place, VOUCH_ROUTE_ITSELF,
					    VOUCH_R_IS_CANDIDATE);
	else
		finding = vouch__route_closed(scratch, place,
					      VOUCH_R_READY_WRITABLE, 1);
	vouch__cite(finding, VOUCH_C_IN_RECOVERY,
		    vouch__held(scratch, place)->holder, own->in_recovery);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  assigns SAID(scratch), scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void attest(struct vouch_scratch *scratch, int place)
{
	uint8_t holder = vouch__held(scratch, place)->holder;

	if (holder == scratch->candidate_node)
		attest_itself(scratch, place);
	else if (is_seen(scratch->evidence, holder))
		attest_seen(scratch, place);
	else
		say_no_member(scratch, place);
}

/* Rule 340, route E3. */
void vouch__attested_is_proven(struct vouch_scratch *scratch)
{
	int i;

	/*@
	  loop invariant 0 <= i <= scratch->holder_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant Holding(scratch);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop assigns i, SAID(scratch), scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
	  loop variant scratch->holder_count - i;
	*/
	for (i = 0; i < scratch->holder_count; i++)
		attest(scratch, i);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires Open(scratch->evidence, VOUCH_ROUTE_ASSERTED,
                HeldGrant(scratch, place));
  assigns SAID(scratch), scratch->exclusions[place].route;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void say_asserted(struct vouch_scratch *scratch, int place)
{
	struct vouch_finding *finding = vouch__route_open(
		scratch, place, VOUCH_ROUTE_ASSERTED, VOUCH_R_ASSERTED);

	vouch__cite(finding, VOUCH_C_ASSERTION,
		    vouch__held(scratch, place)->holder, VOUCH_YES);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires \valid_read(entry);
  requires Open(scratch->evidence, VOUCH_ROUTE_CONFIRMED,
                HeldGrant(scratch, place));
  assigns SAID(scratch), scratch->exclusions[place].route;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void say_confirmed(struct vouch_scratch *scratch, int place,
			  const struct vouch_fencing *entry)
{
	struct vouch_finding *finding =
		vouch__route_open(scratch, place, VOUCH_ROUTE_CONFIRMED,
				  VOUCH_R_ASSERTED_CONFIRMED);

	vouch__cite(finding, VOUCH_C_ASSERTION,
		    vouch__held(scratch, place)->holder, VOUCH_YES);
	vouch__cite_fencing(finding, entry);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  assigns SAID(scratch), scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void say_unasserted(struct vouch_scratch *scratch, int place, int said)
{
	struct vouch_finding *finding =
		vouch__route_closed(scratch, place,
				    said ? VOUCH_R_ASSERTED_PRESENT :
					   VOUCH_R_NOT_ASSERTED,
				    said || !scratch->exclusions[place].told);

	vouch__cite(finding, VOUCH_C_ASSERTION,
		    vouch__held(scratch, place)->holder,
		    said ? VOUCH_YES : VOUCH_NO);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  assigns SAID(scratch), scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void say_lost_again(struct vouch_scratch *scratch, int place)
{
	int node = vouch__held(scratch, place)->holder;
	struct vouch_finding *finding = vouch__route_closed(
		scratch, place, VOUCH_R_CONFIRMED_UNCLEAN, 1);

	vouch__cite(finding, VOUCH_C_ASSERTION, node, VOUCH_YES);
	vouch__cite(finding, VOUCH_C_UNCLEAN, node,
		    scratch->evidence->nodes[node].unclean);
}

/* What a person says to the fencer, where nobody said anything to vouch. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires HeldGrant(scratch, place)->holder !=
    scratch->evidence->request.candidate;
  assigns SAID(scratch), scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void confirm_try(struct vouch_scratch *scratch, int place)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_grant *grant = vouch__held(scratch, place);
	const struct vouch_fencing *entry =
		vouch__fencing_confirmation(evidence, grant);

	if (!entry)
		say_unasserted(scratch, place, 0);
	else if (vouch__is_offline_and_clean(&evidence->nodes[grant->holder]))
		say_confirmed(scratch, place, entry);
	else
		say_lost_again(scratch, place);
}

/* What a person says of one holder. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires HeldGrant(scratch, place)->holder !=
    scratch->evidence->request.candidate;
  assigns SAID(scratch), scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void assert_try(struct vouch_scratch *scratch, int place)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_grant *grant = vouch__held(scratch, place);

	if (!vouch__is_asserted(evidence, grant->holder, grant->epoch))
		confirm_try(scratch, place);
	else if (vouch__is_elsewhere(evidence, grant->holder))
		say_asserted(scratch, place);
	else /* A server that hangs there could go on a moment later. */
		say_unasserted(scratch, place, 1);
}

/* Rule 350, route E4 (P6-A1a): shown as an assertion, never as fencing. */
void vouch__asserted_is_proven(struct vouch_scratch *scratch)
{
	int i;

	/*@
	  loop invariant 0 <= i <= scratch->holder_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant Holding(scratch);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop assigns i, SAID(scratch), scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
	  loop variant scratch->holder_count - i;
	*/
	for (i = 0; i < scratch->holder_count; i++) {
		if (vouch__held(scratch, i)->holder != scratch->candidate_node)
			assert_try(scratch, i);
	}
}

/* One holder on whom no route is open: the most telling reason of all. */
/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires 0 <= place < VOUCH_GRANTS_MAX && Best(scratch, place);
  requires 0 <= scratch->holders[place].grant < VOUCH_GRANTS_MAX;
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures scratch->unproven != 0;
*/
static void say_open(struct vouch_scratch *scratch, int place)
{
	const struct vouch_finding *best =
		&scratch->verdict
			 ->findings[scratch->exclusions[place].best_finding];
	struct vouch_finding *finding =
		vouch__find(scratch, VOUCH_UNPROVEN,
			    (enum vouch_reason)best->reason,
			    vouch__held(scratch, place)->holder);

	vouch__find_again(finding, best);
}

/* The latest of the observations is what exclusion rests on. */
/*@
  requires Ready(scratch);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires 0 <= scratch->holders[place].grant < scratch->evidence->grant_count;
  requires 0 <= scratch->exclusions[place].route <= VOUCH_ROUTE_CONFIRMED;
  assigns scratch->last_route, scratch->last_node;
  ensures SinceKnown(scratch);
  ensures \old(Since(scratch)) <= Since(scratch);
  ensures \old(SinceOf(scratch, place)) <= Since(scratch);
*/
static void rest_on(struct vouch_scratch *scratch, int place)
{
	int route = scratch->exclusions[place].route;
	uint8_t node = vouch__held(scratch, place)->holder;

	if (vouch__route_order(scratch->evidence, node, route) >
	    vouch__since(scratch)) {
		scratch->last_route = (int16_t)route;
		scratch->last_node = node;
	}
}

/* One of them: is a route open, and since when? */
/*@
  requires Ready(scratch) && Best(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires 0 <= scratch->holders[place].grant < scratch->evidence->grant_count;
  requires 0 <= scratch->exclusions[place].route <= VOUCH_ROUTE_CONFIRMED;
  assigns SAID(scratch), scratch->last_route, scratch->last_node;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures SinceKnown(scratch);
  ensures \old(Since(scratch)) <= Since(scratch);
  ensures \old(scratch->unproven) != 0 ==> scratch->unproven != 0;
  ensures scratch->unproven == 0 ==>
    scratch->exclusions[place].route != VOUCH_ROUTE_NONE &&
    \old(SinceOf(scratch, place)) <= Since(scratch);
*/
static void conclude(struct vouch_scratch *scratch, int place)
{
	if (scratch->exclusions[place].route == VOUCH_ROUTE_NONE) {
		say_open(scratch, place);
	} else {
		rest_on(scratch, place);
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_EXCLUDED,
				  vouch__held(scratch, place)->holder);
	}
}

/*@
  // The h-th of those who may hold authority cannot write.
  predicate ExcludedBy{L}(struct vouch_scratch *s, integer h, integer since) =
    Excluded(s->evidence, HeldGrant(s, h)->holder, HeldGrant(s, h)->epoch,
             &HeldGrant(s, h)->incarnation[0], since);
*/

/* Rule 360: one route for each of them. */
void vouch__exclusion_is_proven(struct vouch_scratch *scratch)
{
	int i;

	/*@
	  loop invariant 0 <= i <= scratch->holder_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant SinceKnown(scratch);
	  loop invariant \forall integer h; 0 <= h < VOUCH_GRANTS_MAX ==>
	    scratch->holders[h].grant == \at(scratch->holders[h].grant, Pre);
	  loop invariant scratch->unproven == 0 ==>
	    \forall integer h; 0 <= h < i ==>
	      scratch->exclusions[h].route != VOUCH_ROUTE_NONE &&
	      \at(SinceOf(scratch, h), Pre) <= Since(scratch);
	  loop invariant \forall integer h; 0 <= h < i ==>
	    0 <= \at(scratch->holders[h].grant, Pre) <
	      scratch->evidence->grant_count;
	  loop invariant \forall integer h, since; 0 <= h < i &&
	    scratch->exclusions[h].route != VOUCH_ROUTE_NONE &&
	    \at(SinceOf(scratch, h), Pre) <= since ==>
	    \at(ExcludedBy(scratch, h, since), Pre);
	  loop assigns i, SAID(scratch), scratch->last_route, scratch->last_node;
	  loop variant scratch->holder_count - i;
	*/
	for (i = 0; i < scratch->holder_count; i++) {
		/*@ assert \at(Held(scratch, \at(i, Here)), Pre); */
		/*@ assert \forall integer since;
		      scratch->exclusions[i].route != VOUCH_ROUTE_NONE &&
		      \at(SinceOf(scratch, \at(i, Here)), Pre) <= since ==>
		      \at(ExcludedBy(scratch, \at(i, Here), since), Pre); */
		conclude(scratch, i);
	}
	/*@ assert scratch->unproven == 0 ==>
	      \forall integer h; 0 <= h < scratch->holder_count ==>
	        \let since = Since(scratch);
	        \at(ExcludedBy(scratch, h, since), Pre); */
	/*@ assert scratch->unproven == 0 && scratch->holders_known != 0 ==>
	      HoldersExcluded(scratch->evidence, Since(scratch)); */
	if (!scratch->holders_known)
		(void)vouch__find(scratch, VOUCH_UNPROVEN,
				  VOUCH_R_HOLDER_UNKNOWN, VOUCH_NO_NODE);
}
