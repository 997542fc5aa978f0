/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All the other nodes (P6-A1, P6-A2): whoever answers cannot write, nobody else
 * promotes, and whoever no record names is accounted for. Those whom a record
 * names are in exclusion.c. */
#include "kernel/rules.h"

/* Rule 300. One live contradiction defeats every other proof. A node that does
 * not answer proves nothing here, neither way. */
void vouch__silence_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	int failed = 0;
	uint8_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant failed != 0 ==> scratch->unproven != 0;
	  loop invariant failed == 0 ==>
	    \forall integer j; 0 <= j < i ==> Silent{Pre}(scratch->evidence, j);
	  loop assigns i, failed, SAID(scratch);
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_probe *probe = &evidence->nodes[i].probe;
		enum vouch_reason reason;
		struct vouch_finding *finding;

		/* "Writable" is heard whatever else is missing. */
		if (i == scratch->candidate_node ||
		    (probe->condition == VOUCH_ABSENT &&
		     probe->in_recovery != VOUCH_NO))
			continue;
		if (probe->condition == VOUCH_PRESENT &&
		    probe->in_recovery == VOUCH_YES)
			continue;
		if (probe->in_recovery == VOUCH_NO)
			reason = VOUCH_R_WRITABLE;
		else if (probe->condition == VOUCH_CONTRADICTORY)
			reason = VOUCH_R_ANSWER_FOREIGN;
		else
			reason = VOUCH_R_ANSWER_UNCLEAR;
		failed = 1;
		finding = vouch__find(scratch, VOUCH_UNPROVEN, reason, i);
		vouch__cite(finding, VOUCH_C_PROBE, i, probe->condition);
		vouch__cite(finding, VOUCH_C_IN_RECOVERY, i,
			    probe->in_recovery);
	}
	if (!failed)
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_NONE_WRITABLE,
				  VOUCH_NO_NODE);
}

/* Rule 305. Of two attempts on two nodes at least one sees the other's claim. */
void vouch__no_attempt_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	int failed = 0;
	uint8_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant failed != 0 ==> scratch->unproven != 0;
	  loop invariant failed == 0 ==>
	    \forall integer j; 0 <= j < i ==> Idle{Pre}(scratch->evidence, j);
	  loop assigns i, failed, SAID(scratch);
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_probe *probe = &evidence->nodes[i].probe;
		struct vouch_finding *finding;

		if (i == scratch->candidate_node ||
		    probe->promoting == VOUCH_NO ||
		    (probe->condition != VOUCH_PRESENT &&
		     probe->promoting != VOUCH_YES))
			continue;
		failed = 1;
		finding = vouch__find(scratch, VOUCH_UNPROVEN,
				      probe->promoting == VOUCH_YES ?
					      VOUCH_R_PROMOTING :
					      VOUCH_R_PROMOTING_UNCLEAR,
				      i);
		vouch__cite(finding, VOUCH_C_PROMOTING, i, probe->promoting);
	}
	if (!failed)
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_NONE_PROMOTING,
				  VOUCH_NO_NODE);
}

/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Holders(scratch) && Bounds(scratch->evidence);
  assigns \nothing;
  ensures \result != 0 ==> \exists integer g;
    0 <= g < scratch->evidence->grant_count &&
    scratch->evidence->grants[g].holder == node;
*/
static int is_holder(const struct vouch_scratch *scratch, uint8_t node)
{
	int i;

	/*@
	  loop invariant 0 <= i <= scratch->holder_count;
	  loop assigns i;
	  loop variant scratch->holder_count - i;
	*/
	for (i = 0; i < scratch->holder_count; i++) {
		if (vouch__held(scratch, i)->holder == node)
			return 1;
	}
	return 0;
}

/* The agent's newest word on a node that no record names: anything but "it was
 * promoted" or "something is under way". */
/*@
  requires \valid_read(operations);
  assigns \nothing;
  ensures \result != 0 ==> Unpromoted(operations);
*/
static int operations_say_unpromoted(const struct vouch_operations *operations)
{
	if (operations->condition != VOUCH_PRESENT ||
	    operations->in_flight != VOUCH_NO)
		return 0;
	switch (operations->last) {
	case VOUCH_OP_START:
	case VOUCH_OP_STOP:
	case VOUCH_OP_DEMOTE:
		return operations->last_result == VOUCH_RESULT_OK;
	case VOUCH_OP_MONITOR:
		return operations->last_result == VOUCH_RESULT_OK ||
		       operations->last_result == VOUCH_RESULT_NOT_RUNNING;
	case VOUCH_OP_NONE:
	case VOUCH_OP_PROMOTE:
	case VOUCH_OP_OTHER:
	default:
		return 0;
	}
}

/*@
  requires \valid_read(evidence) && i < VOUCH_NODES_MAX;
  requires evidence->before.member_count <= VOUCH_NODES_MAX;
  requires evidence->after.member_count <= VOUCH_NODES_MAX;
  requires evidence->assertion_count <= VOUCH_ASSERTIONS_MAX;
  assigns \nothing;
  ensures \result == VOUCH_R_OTHER_QUIET || \result == VOUCH_R_OTHER_CLEAN ||
    \result == VOUCH_R_OTHER_ASSERTED ==> Quiet(evidence, i, newest_epoch);
*/
static enum vouch_reason other_is_quiet(const struct vouch_evidence *evidence,
					uint8_t i, uint64_t newest_epoch)
{
	const struct vouch_node *node = &evidence->nodes[i];

	if (node->probe.condition == VOUCH_PRESENT &&
	    node->probe.in_recovery == VOUCH_YES)
		return VOUCH_R_OTHER_QUIET;
	if (vouch__is_asserted(evidence, i, newest_epoch) &&
	    vouch__is_elsewhere(evidence, i))
		return VOUCH_R_OTHER_ASSERTED;
	/* Without a cluster manager nobody else can speak for it. */
	if (!vouch__managed(evidence))
		return VOUCH_R_OTHER_UNKNOWN;
	if (node->unclean != VOUCH_NO)
		return VOUCH_R_OTHER_UNCLEAN;
	if (node->online == VOUCH_NO)
		return VOUCH_R_OTHER_CLEAN;
	if (vouch__is_member(&evidence->after, node->cluster_id) &&
	    operations_say_unpromoted(&node->operations))
		return VOUCH_R_OTHER_QUIET;
	return VOUCH_R_OTHER_UNKNOWN;
}

/*@
  requires \valid(finding) && \valid_read(node);
  assigns finding->used_count, finding->used[0 .. VOUCH_USED_MAX - 1];
*/
static void cite_other(struct vouch_finding *finding, uint8_t place,
		       const struct vouch_node *node)
{
	vouch__cite(finding, VOUCH_C_PROBE, place, node->probe.condition);
	vouch__cite(finding, VOUCH_C_ONLINE, place, node->online);
	vouch__cite(finding, VOUCH_C_UNCLEAN, place, node->unclean);
}

/* One node that no record names. */
/*@
  requires Ready(scratch) && i < scratch->evidence->node_count;
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures \old(scratch->unproven) != 0 ==> scratch->unproven != 0;
  ensures scratch->unproven == 0 ==>
    Quiet(scratch->evidence, i, NewestOf(scratch));
*/
static void say_other(struct vouch_scratch *scratch, uint8_t i)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	enum vouch_reason reason =
		other_is_quiet(evidence, i, vouch__newest(scratch));
	int ok = reason == VOUCH_R_OTHER_QUIET ||
		 reason == VOUCH_R_OTHER_CLEAN ||
		 reason == VOUCH_R_OTHER_ASSERTED;
	struct vouch_finding *finding;

	/*@ assert ok != 0 ==> Quiet(evidence, i, NewestOf(scratch)); */
	finding = vouch__find(scratch, ok ? VOUCH_HOLDS : VOUCH_UNPROVEN,
			      reason, i);
	cite_other(finding, i, &evidence->nodes[i]);
	/*@ assert scratch->unproven == 0 ==> ok != 0; */
	/*@ assert ok != 0 ==> Quiet(evidence, i, NewestOf(scratch)); */
}

/* Rule 370. A member down for maintenance must not block every promotion, and
 * one that nobody can account for must. */
void vouch__others_are_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	int any = 0;
	uint8_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant scratch->unproven == 0 ==>
	    \forall integer j; 0 <= j < i ==>
	      j == evidence->request.candidate ||
	      (\exists integer g; 0 <= g < evidence->grant_count &&
	        evidence->grants[g].holder == j) ||
	      Quiet(evidence, j, NewestOf(scratch));
	  loop assigns i, any, SAID(scratch);
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		if (i != scratch->candidate_node && !is_holder(scratch, i)) {
			any = 1;
			say_other(scratch, i);
		}
	}
	/*@ assert \forall integer newest;
	      Newest(evidence, newest) ==> newest == NewestOf(scratch); */
	/*@ assert scratch->unproven == 0 ==> OthersQuiet(evidence); */
	if (!any)
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_OTHERS_NONE,
				  VOUCH_NO_NODE);
}
