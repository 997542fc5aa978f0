/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The view: one quorate partition with fencing, the same before and after the
 * evidence was collected. Quorum only ever blocks; it never grants. */
#include "kernel/rules.h"

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
*/
static void say_unmanaged(struct vouch_scratch *scratch)
{
	(void)vouch__find(scratch, VOUCH_NOT_USED, VOUCH_R_NO_MANAGER,
			  VOUCH_NO_NODE);
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures ok == 0 ==>
    scratch->unproven != 0;
*/
static void conclude(struct vouch_scratch *scratch, int ok,
		     enum vouch_reason yes, enum vouch_reason no,
		     enum vouch_cited fact, uint64_t before, uint64_t after)
{
	struct vouch_finding *finding =
		vouch__find(scratch, ok ? VOUCH_HOLDS : VOUCH_UNPROVEN,
			    ok ? yes : no, VOUCH_NO_NODE);

	vouch__cite(finding, fact, VOUCH_NO_NODE, before);
	vouch__cite(finding, fact, VOUCH_NO_NODE, after);
}

/* Rule 200. */
void vouch__view_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;

	if (!vouch__managed(evidence)) {
		say_unmanaged(scratch);
		return;
	}
	conclude(scratch,
		 evidence->before.condition == VOUCH_PRESENT &&
			 evidence->after.condition == VOUCH_PRESENT,
		 VOUCH_R_VIEW_SEEN, VOUCH_R_VIEW_MISSING, VOUCH_C_RING,
		 evidence->before.ring_seq, evidence->after.ring_seq);
}

/*@
  requires \valid_read(a) && \valid_read(b);
  requires a->member_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 ==> SameView(a, b);
*/
static int views_are_equal(const struct vouch_view *a, const struct vouch_view *b)
{
	uint32_t i;

	if (a->ring_leader != b->ring_leader || a->ring_seq != b->ring_seq ||
	    a->quorate != b->quorate || a->member_count != b->member_count ||
	    a->two_node != b->two_node || a->wait_for_all != b->wait_for_all ||
	    a->cib_admin_epoch != b->cib_admin_epoch ||
	    a->cib_epoch != b->cib_epoch ||
	    a->fencing_enabled != b->fencing_enabled ||
	    !vouch__name_equal(a->dc, b->dc))
		return 0;
	/*@
	  loop invariant 0 <= i <= a->member_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    a->members[j] == b->members[j];
	  loop assigns i;
	  loop variant a->member_count - i;
	*/
	for (i = 0; i < a->member_count; i++) {
		if (a->members[i] != b->members[i])
			return 0;
	}
	return 1;
}

/*@
  requires \valid_read(evidence);
  assigns \nothing;
  ensures \result != 0 <==> Between(evidence, condition, order);
*/
static int is_between(const struct vouch_evidence *evidence,
		      enum vouch_condition condition, uint64_t order)
{
	return condition != VOUCH_PRESENT ||
	       (order > evidence->before.order &&
		order < evidence->after.order);
}

/* The first node with an observation outside the views; NO_NODE when all that
 * was observed lies between them. */
/*@
  requires \valid_read(evidence) && Form(evidence);
  assigns \nothing;
  ensures \result == VOUCH_NO_NODE || \result < evidence->node_count;
  ensures \result == VOUCH_NO_NODE ==>
    (\forall integer i; 0 <= i < evidence->node_count ==>
      NodeBetween(evidence, i)) &&
    Between(evidence, evidence->fencing.condition, evidence->fencing.order) &&
    Between(evidence, evidence->rows.condition, evidence->rows.order) &&
    Between(evidence, evidence->seal.condition, evidence->seal.order) &&
    Between(evidence, evidence->tail.condition, evidence->tail.order);
*/
static uint8_t first_outside(const struct vouch_evidence *evidence)
{
	uint8_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    NodeBetween(evidence, j);
	  loop assigns i;
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_node *node = &evidence->nodes[i];

		if (!is_between(evidence, node->probe.condition,
				node->probe.order) ||
		    !is_between(evidence, node->operations.condition,
				node->operations.order))
			return i;
	}
	if (!is_between(evidence, evidence->fencing.condition,
			evidence->fencing.order) ||
	    !is_between(evidence, evidence->rows.condition,
			evidence->rows.order) ||
	    !is_between(evidence, evidence->seal.condition,
			evidence->seal.order) ||
	    !is_between(evidence, evidence->tail.condition,
			evidence->tail.order))
		return evidence->request.candidate;
	return VOUCH_NO_NODE;
}

/* Rule 210. Never a verdict on a mixed view. */
void vouch__steadiness_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	uint8_t outside;

	if (!vouch__managed(evidence)) {
		say_unmanaged(scratch);
		return;
	}
	outside = first_outside(evidence);
	if (evidence->before.order == 0 || outside != VOUCH_NO_NODE ||
	    evidence->after.order <= evidence->before.order) {
		(void)vouch__find(scratch, VOUCH_UNPROVEN, VOUCH_R_VIEW_ORDER,
				  outside == VOUCH_NO_NODE ?
					  evidence->request.candidate :
					  outside);
		return;
	}
	conclude(scratch, views_are_equal(&evidence->before, &evidence->after),
		 VOUCH_R_VIEW_SAME, VOUCH_R_VIEW_CHANGED, VOUCH_C_CIB_EPOCH,
		 evidence->before.cib_epoch, evidence->after.cib_epoch);
}

/* Rule 220. */
void vouch__quorum_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;

	if (!vouch__managed(evidence)) {
		say_unmanaged(scratch);
		return;
	}
	conclude(scratch,
		 evidence->before.quorate == VOUCH_YES &&
			 evidence->after.quorate == VOUCH_YES,
		 VOUCH_R_QUORATE, VOUCH_R_NOT_QUORATE, VOUCH_C_QUORATE,
		 evidence->before.quorate, evidence->after.quorate);
}

/* Rule 230. */
void vouch__fencing_enabled_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;

	if (!vouch__managed(evidence)) {
		say_unmanaged(scratch);
		return;
	}
	conclude(scratch,
		 evidence->before.fencing_enabled == VOUCH_YES &&
			 evidence->after.fencing_enabled == VOUCH_YES,
		 VOUCH_R_FENCING_ON, VOUCH_R_FENCING_OFF,
		 VOUCH_C_FENCING_ENABLED, evidence->before.fencing_enabled,
		 evidence->after.fencing_enabled);
}

/* The first that was never seen; VOUCH_NO_NODE where there is none. */
/*@
  requires \valid_read(evidence) && evidence->node_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result == VOUCH_NO_NODE ==> AllSeen(evidence);
  ensures \result == VOUCH_NO_NODE || \result < evidence->node_count;
*/
static uint8_t never_seen(const struct vouch_evidence *evidence)
{
	uint8_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    evidence->nodes[j].ever_seen == VOUCH_YES;
	  loop assigns i;
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		if (evidence->nodes[i].ever_seen != VOUCH_YES)
			return i;
	}
	return VOUCH_NO_NODE;
}

/* The first that may be a quorate half of its own: neither here nor known to be
 * gone. VOUCH_NO_NODE where there is none. */
/*@
  requires \valid_read(evidence) && evidence->node_count <= VOUCH_NODES_MAX;
  requires evidence->after.member_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result == VOUCH_NO_NODE ==> NoOtherHalf(evidence);
  ensures \result == VOUCH_NO_NODE || \result < evidence->node_count;
*/
static uint8_t other_half(const struct vouch_evidence *evidence)
{
	const struct vouch_view *view = &evidence->after;
	uint8_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    HereOrGone(evidence, j);
	  loop assigns i;
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_node *node = &evidence->nodes[i];

		if (!vouch__is_member(view, node->cluster_id) &&
		    !vouch__is_offline_and_clean(node))
			return i;
	}
	return VOUCH_NO_NODE;
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires node < VOUCH_NODES_MAX;
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures scratch->unproven != 0;
*/
static void say_never_seen(struct vouch_scratch *scratch, uint8_t node)
{
	struct vouch_finding *finding = vouch__find(
		scratch, VOUCH_UNPROVEN, VOUCH_R_PEER_NEVER_SEEN, node);

	vouch__cite(finding, VOUCH_C_EVER_SEEN, node,
		    scratch->evidence->nodes[node].ever_seen);
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires node < VOUCH_NODES_MAX;
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures scratch->unproven != 0;
*/
static void say_lost(struct vouch_scratch *scratch, uint8_t node)
{
	struct vouch_finding *finding = vouch__find(scratch, VOUCH_UNPROVEN,
						    VOUCH_R_PEER_LOST, node);

	vouch__cite(finding, VOUCH_C_MEMBER, node, VOUCH_NO);
	vouch__cite(finding, VOUCH_C_ONLINE, node,
		    scratch->evidence->nodes[node].online);
	vouch__cite(finding, VOUCH_C_UNCLEAN, node,
		    scratch->evidence->nodes[node].unclean);
}

/* Rule 240. With two_node each half of a split is quorate by itself, and what is
 * granted in one is not known in the other. So the other node is here, or the
 * cluster has it off and clean; and whoever was off has seen this one before it
 * was quorate again. wait_for_all would see to that, but can be taken back at run
 * time (pcs quorum unblock), so that what counts is who was seen. */
void vouch__peers_seen_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;

	if (!vouch__managed(evidence)) {
		say_unmanaged(scratch);
		return;
	}
	if (evidence->after.two_node != VOUCH_NO) {
		uint8_t node = never_seen(evidence);

		if (node != VOUCH_NO_NODE) {
			say_never_seen(scratch, node);
			return;
		}
		node = other_half(evidence);
		if (node != VOUCH_NO_NODE) {
			say_lost(scratch, node);
			return;
		}
	}
	(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_PEERS_SEEN,
			  VOUCH_NO_NODE);
}

/* Rule 250. */
void vouch__membership_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_node *node =
		&evidence->nodes[evidence->request.candidate];
	struct vouch_finding *finding;
	int member, ok;

	if (!vouch__managed(evidence)) {
		say_unmanaged(scratch);
		return;
	}
	member = vouch__is_member(&evidence->after, node->cluster_id);
	ok = member && node->online == VOUCH_YES && node->unclean == VOUCH_NO;
	finding = vouch__find(scratch, ok ? VOUCH_HOLDS : VOUCH_UNPROVEN,
			      ok ? VOUCH_R_CANDIDATE_MEMBER :
				   VOUCH_R_CANDIDATE_NOT_MEMBER,
			      scratch->candidate_node);
	vouch__cite(finding, VOUCH_C_MEMBER, scratch->candidate_node,
		    member ? VOUCH_YES : VOUCH_NO);
	vouch__cite(finding, VOUCH_C_ONLINE, scratch->candidate_node,
		    node->online);
	vouch__cite(finding, VOUCH_C_UNCLEAN, scratch->candidate_node,
		    node->unclean);
}
