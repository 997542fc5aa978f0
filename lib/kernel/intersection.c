/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The arithmetic of acknowledgements (P6-S1). A write counts as acknowledged
 * once k of the n members have it. If the set S of members that answered and
 * still remember has |S| + k > n, then every k of the n meet S, so somebody in
 * S has each acknowledged write; whoever is at least as far as all of S has
 * them all. FIRST k gets no discount: which k acknowledged depended on who was
 * connected.
 */
#include "kernel/rules.h"

/* Has it still what it was once seen to have? A note about another incarnation
 * is about another life, and this one was admitted since. */
/*@
  requires \valid_read(node) &&
    node->probe.history_count <= VOUCH_HISTORY_MAX;
  assigns \nothing;
  ensures \result == VOUCH_R_NONE ==> KeptNoted(node);
*/
static enum vouch_reason noted_reason(const struct vouch_node *node)
{
	const struct vouch_noted *noted = &node->noted;

	if (noted->condition == VOUCH_ABSENT)
		return VOUCH_R_NONE;
	if (noted->condition != VOUCH_PRESENT || noted->timeline == 0 ||
	    noted->lsn == 0 || noted->incarnation[0] == '\0')
		return VOUCH_R_INTERSECT_NOTE_UNREAD;
	if (vouch__name_equal(noted->incarnation, node->probe.incarnation) &&
	    !vouch__position_is_reached(&node->probe, noted->timeline,
					noted->lsn))
		return VOUCH_R_INTERSECT_SET_BACK;
	return VOUCH_R_NONE;
}

int vouch__keeps_noted(const struct vouch_node *node)
{
	return noted_reason(node) == VOUCH_R_NONE;
}

/* Does member i count towards S? The reason when it does not. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch) && Branches(scratch);
  requires i < scratch->evidence->node_count;
  assigns \nothing;
  ensures \result == VOUCH_R_NONE ==>
    Counts(scratch->evidence, i, Since(scratch));
  ensures \result == VOUCH_R_NONE ==>
    BranchEnd(Candidate(scratch->evidence), Server(scratch->evidence, i),
              scratch->branches[i].end);
*/
static enum vouch_reason member_reason(const struct vouch_scratch *scratch,
				       uint8_t i)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_probe *probe = &evidence->nodes[i].probe;

	if (probe->condition != VOUCH_PRESENT ||
	    probe->in_recovery != VOUCH_YES || probe->system_id == 0 ||
	    probe->system_id != scratch->candidate->system_id ||
	    scratch->branches[i].relation == VOUCH_RELATION_UNKNOWN ||
	    scratch->branches[i].relation == VOUCH_RELATION_UNRELATED)
		return VOUCH_R_INTERSECT_SHORT;
	/*@ assert Branch(scratch, i); */
	if (probe->order < vouch__since(scratch))
		return VOUCH_R_ORDER_EARLY;
	if (!vouch__is_admitted(evidence, i, probe->incarnation))
		return VOUCH_R_INTERSECT_AMNESIA;
	/* It once had more than it has now, whatever its incarnation says. A
	 * mark that is missing is only an internal record (its agent renews the
	 * incarnation for that); one that is unreadable leaves it open. */
	if (i == scratch->candidate_node && !vouch__has_mark(evidence) &&
	    evidence->own.condition != VOUCH_ABSENT)
		return VOUCH_R_HOLDER_NO_RECORD;
	if (i == scratch->candidate_node && vouch__has_mark(evidence) &&
	    !vouch__position_is_reached(probe, evidence->own.mark_timeline,
					evidence->own.mark_lsn))
		return VOUCH_R_INTERSECT_AMNESIA;
	if (probe->log_exhausted != VOUCH_YES || vouch__probe_end(probe) == 0)
		return VOUCH_R_INTERSECT_UNREAD;
	return noted_reason(&evidence->nodes[i]);
}

int vouch__remembers(const struct vouch_scratch *scratch, uint8_t i)
{
	return member_reason(scratch, i) == VOUCH_R_NONE;
}

/* What is known once one more member was looked at. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch) && Branches(scratch);
  requires node < scratch->evidence->node_count;
  requires 0 <= found.counted < VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result.members == found.members &&
    \result.required == found.required && \result.proven == found.proven;
  ensures \result.missing == found.missing || \result.missing == node;
  ensures \result.ahead == found.ahead || \result.ahead == node;
  ensures \result.counted == found.counted &&
      \result.missing != VOUCH_NO_NODE ||
    \result.counted == found.counted + 1 &&
      \result.missing == found.missing;
  ensures \result.ahead == VOUCH_NO_NODE ==> found.ahead == VOUCH_NO_NODE;
  ensures \result.ahead == VOUCH_NO_NODE &&
      \result.counted == found.counted + 1 ==>
    Within(scratch->evidence, node, Since(scratch));
*/
static struct vouch_intersection counted_in(const struct vouch_scratch *scratch,
					    uint8_t node,
					    struct vouch_intersection found)
{
	enum vouch_reason reason = member_reason(scratch, node);

	if (reason != VOUCH_R_NONE) {
		/* Amnesia is the reason that people would not guess. */
		if (found.missing == VOUCH_NO_NODE ||
		    reason == VOUCH_R_INTERSECT_AMNESIA ||
		    reason == VOUCH_R_INTERSECT_SET_BACK) {
			found.missing = node;
			found.why = reason;
		}
		return found;
	}
	found.counted++;
	if (scratch->branches[node].end > vouch__probe_end(scratch->candidate))
		found.ahead = node;
	return found;
}

struct vouch_intersection
vouch__intersect(const struct vouch_scratch *scratch,
		 const struct vouch_contract *contract)
{
	struct vouch_intersection result = { 0 };
	uint32_t i;

	result.members = (int)contract->member_count;
	result.required = (int)contract->k;
	result.missing = VOUCH_NO_NODE;
	result.ahead = VOUCH_NO_NODE;
	result.why = VOUCH_R_NONE;
	/*@
	  loop invariant 0 <= i <= contract->member_count;
	  loop invariant result.members == contract->member_count &&
	    result.required == contract->k && result.proven == 0;
	  loop invariant 0 <= result.counted <= i;
	  loop invariant result.missing == VOUCH_NO_NODE ==> result.counted == i;
	  loop invariant result.missing == VOUCH_NO_NODE ||
	    0 <= result.missing < scratch->evidence->node_count;
	  loop invariant result.ahead == VOUCH_NO_NODE ||
	    0 <= result.ahead < scratch->evidence->node_count;
	  // Whoever chooses none of those that count chooses from the rest.
	  loop invariant result.ahead == VOUCH_NO_NODE ==>
	    \forall subset a; (\forall integer j; 0 <= j < i && In(a, j) ==>
	      !Within(scratch->evidence, contract->members[j],
	              Since(scratch))) ==>
	    Size(a, i) + result.counted <= i;
	  loop assigns i, result;
	  loop variant contract->member_count - i;
	*/
	for (i = 0; i < contract->member_count; i++)
		result = counted_in(scratch, contract->members[i], result);
	result.proven = result.required >= 1 &&
			result.counted + result.required > result.members;
	return result;
}

struct vouch_intersection
vouch__intersect_others(const struct vouch_scratch *scratch, uint8_t node,
			uint32_t k)
{
	struct vouch_intersection result = { 0 };
	int place = 0;
	uint8_t i;

	result.required = (int)k;
	result.missing = VOUCH_NO_NODE;
	result.ahead = VOUCH_NO_NODE;
	result.why = VOUCH_R_NONE;
	/*@
	  loop invariant 0 <= i <= scratch->evidence->node_count;
	  loop invariant place == (i <= node ? i : i - 1);
	  loop invariant result.required == k && result.proven == 0;
	  loop invariant 0 <= result.counted <= place;
	  loop invariant result.ahead == VOUCH_NO_NODE ==>
	    \forall subset a; (\forall integer j; 0 <= j < place &&
	      In(a, j) ==> !Within(scratch->evidence, Other(node, j),
	                           Since(scratch))) ==>
	    Size(a, place) + result.counted <= place;
	  loop assigns i, place, result;
	  loop variant scratch->evidence->node_count - i;
	*/
	for (i = 0; i < scratch->evidence->node_count; i++) {
		if (i == node)
			continue;
		/*@ assert Other(node, place) == i; */
		result = counted_in(scratch, i, result);
		place++;
	}
	/*@ assert place == scratch->evidence->node_count - 1; */
	/*@ assert result.ahead == VOUCH_NO_NODE ==>
	    \forall subset a; (\forall integer j;
	      0 <= j < scratch->evidence->node_count - 1 && In(a, j) ==>
	      !Within(scratch->evidence, Other(node, j), Since(scratch))) ==>
	    Size(a, scratch->evidence->node_count - 1) + result.counted <=
	      scratch->evidence->node_count - 1; */
	result.members = place;
	result.proven = result.required >= 1 &&
			result.counted + result.required > result.members;
	/*@ assert result.proven != 0 ==> 1 <= k &&
	    scratch->evidence->node_count - 1 < k + result.counted; */
	return result;
}
