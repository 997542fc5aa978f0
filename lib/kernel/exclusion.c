/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exclusion (P6-A1, P6-A3): the old holder cannot write. Live contradictions
 * first, then one route for each node that may hold authority. */
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
	  loop invariant \at(scratch->verdict->finding_count, Pre) <=
	    scratch->verdict->finding_count;
	  loop invariant failed != 0 ==> scratch->unproven != 0;
	  loop invariant failed == 0 ==>
	    \forall integer j; 0 <= j < i ==> Silent{Pre}(scratch->evidence, j);
	  loop assigns i, failed, scratch->verdict->finding_count,
	    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
	    scratch->unproven;
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
	  loop invariant \at(scratch->verdict->finding_count, Pre) <=
	    scratch->verdict->finding_count;
	  loop invariant failed != 0 ==> scratch->unproven != 0;
	  loop invariant failed == 0 ==>
	    \forall integer j; 0 <= j < i ==> Idle{Pre}(scratch->evidence, j);
	  loop assigns i, failed, scratch->verdict->finding_count,
	    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
	    scratch->unproven;
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
  // The h-th of those who may hold authority cannot write.
  predicate ExcludedBy{L}(struct vouch_scratch *s, integer h, integer since) =
    Excluded(s->evidence, HeldGrant(s, h)->holder, HeldGrant(s, h)->epoch,
             &HeldGrant(s, h)->incarnation[0], since);
*/

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

/* A route that is not open here. `telling`: cite it when no route is. */
/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires 0 <= scratch->holders[place].grant < VOUCH_GRANTS_MAX;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  assigns scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  assigns \result \from scratch->verdict;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures \result ==
    &scratch->verdict->findings[scratch->verdict->finding_count - 1];
  ensures 0 < scratch->verdict->finding_count;
  ensures \old(Held(scratch, place)) ==> Held(scratch, place);
*/
static struct vouch_finding *route_closed(struct vouch_scratch *scratch,
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

/* A route that is open here. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires 0 < route <= VOUCH_ROUTE_CONFIRMED;
  requires Open(scratch->evidence, route, HeldGrant(scratch, place));
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].route;
  assigns \result \from scratch->verdict;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures \result ==
    &scratch->verdict->findings[scratch->verdict->finding_count - 1];
  ensures 0 < scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static struct vouch_finding *route_open(struct vouch_scratch *scratch,
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

/*@
  requires \valid_read(node);
  assigns \nothing;
  ensures \result != 0 <==> OfflineClean(node);
*/
static int is_offline_and_clean(const struct vouch_node *node)
{
	return node->online == VOUCH_NO && node->unclean == VOUCH_NO;
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
	if (vouch__managed(evidence) && !is_offline_and_clean(node) &&
	    !operations_say_stopped(node))
		return VOUCH_R_SEAL_ACTIVE;
	return VOUCH_R_SEALED;
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires Open(scratch->evidence, VOUCH_ROUTE_SEALED,
                HeldGrant(scratch, place));
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].route;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void say_sealed(struct vouch_scratch *scratch, int place)
{
	const struct vouch_seal *seal = &scratch->evidence->seal;
	uint8_t node = vouch__held(scratch, place)->holder;
	struct vouch_finding *finding =
		route_open(scratch, place, VOUCH_ROUTE_SEALED, VOUCH_R_SEALED);

	vouch__cite(finding, VOUCH_C_SEAL_LSN, node, seal->record_lsn);
	vouch__cite(finding, VOUCH_C_SEAL, node, seal->condition);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void say_unsealed(struct vouch_scratch *scratch, int place,
			 enum vouch_reason reason)
{
	const struct vouch_seal *seal = &scratch->evidence->seal;
	struct vouch_finding *finding = route_closed(scratch, place, reason, 0);

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
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
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
	  loop invariant \at(scratch->verdict->finding_count, Pre) <=
	    scratch->verdict->finding_count;
	  loop assigns i, scratch->verdict->finding_count,
	    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
	    scratch->unproven, scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
	  loop variant scratch->holder_count - i;
	*/
	for (i = 0; i < scratch->holder_count; i++) {
		if (vouch__held(scratch, i)->holder != scratch->candidate_node)
			seal_try(scratch, i);
	}
}

/* Is `entry`, of the holder, a completed power-off that this node has only seen
 * after it last saw the holder hold its epoch? */
/*@
  requires \valid_read(entry);
  assigns \nothing;
  ensures \result != 0 <==> Fresh(entry, entry->node);
*/
static int is_fresh_success(const struct vouch_fencing *entry)
{
	return entry->state == VOUCH_FENCING_SUCCEEDED &&
	       (entry->action == VOUCH_FENCE_OFF ||
		entry->action == VOUCH_FENCE_REBOOT) &&
	       entry->in_snapshot == VOUCH_NO;
}

/* Times are compared only where one clock made both. */
/*@
  requires \valid_read(a) && \valid_read(b);
  assigns \nothing;
  ensures \result != 0 ==> SurelyEarlier(a, b);
*/
static int is_surely_earlier(const struct vouch_fencing *a,
			     const struct vouch_fencing *b)
{
	if (a->origin[0] == '\0' || !vouch__name_equal(a->origin, b->origin) ||
	    a->completed_s == 0 || b->completed_s == 0)
		return 0;
	return a->completed_s < b->completed_s ||
	       (a->completed_s == b->completed_s && a->completed_ns != 0 &&
		a->completed_ns < b->completed_ns);
}

/* Something in the history that takes the success back, or leaves it open. */
/*@
  requires \valid_read(history) && \valid_read(success);
  requires history->count <= VOUCH_FENCINGS_MAX;
  assigns \nothing;
  ensures \result == VOUCH_R_NONE ==> Unspoilt(history, success);
*/
static enum vouch_reason
success_is_spoilt(const struct vouch_fencing_history *history,
		  const struct vouch_fencing *success)
{
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= history->count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    Harmless(&history->entries[j], success);
	  loop assigns i;
	  loop variant history->count - i;
	*/
	for (i = 0; i < history->count; i++) {
		const struct vouch_fencing *entry = &history->entries[i];

		if (entry->node != success->node)
			continue;
		if (entry->state == VOUCH_FENCING_PENDING)
			return VOUCH_R_FENCING_PENDING;
		if (entry->in_snapshot == VOUCH_YES)
			continue;
		if (entry->state == VOUCH_FENCING_SUCCEEDED) {
			if (entry->action != VOUCH_FENCE_OFF &&
			    entry->action != VOUCH_FENCE_REBOOT)
				return VOUCH_R_FENCING_ON_AGAIN;
			/* A fencer that was restarted gets old entries back
			 * from its peers, and they look new. Where a person
			 * had to confirm, the person's word is what there is. */
			if (entry->executor == VOUCH_EXECUTOR_HUMAN &&
			    success->executor != VOUCH_EXECUTOR_HUMAN)
				return VOUCH_R_FENCING_HUMAN;
			continue;
		}
		if (entry->state != VOUCH_FENCING_FAILED ||
		    !is_surely_earlier(entry, success))
			return VOUCH_R_FENCING_FAILED;
	}
	return VOUCH_R_NONE;
}

/*@
  requires \valid_read(history) && \valid_read(grant);
  assigns \nothing;
  ensures \result == VOUCH_R_NONE ==>
    Snapshot(history, grant->holder, grant->epoch);
*/
static enum vouch_reason snapshot_fits(const struct vouch_fencing_history *history,
				       const struct vouch_grant *grant)
{
	if (history->condition != VOUCH_PRESENT)
		return VOUCH_R_FENCING_UNREAD;
	if (history->snapshot != VOUCH_PRESENT ||
	    history->snapshot_epoch != grant->epoch ||
	    history->snapshot_holder != grant->holder)
		return VOUCH_R_FENCING_NO_SNAPSHOT;
	return VOUCH_R_NONE;
}

/*@
  requires \valid_read(evidence) && \valid_read(success);
  assigns \nothing;
  ensures \result == VOUCH_R_NONE ==> Machine(evidence, success);
*/
static enum vouch_reason
executor_reason(const struct vouch_evidence *evidence,
		const struct vouch_fencing *success)
{
	switch (success->executor) {
	case VOUCH_EXECUTOR_MACHINE:
		return VOUCH_R_NONE;
	case VOUCH_EXECUTOR_HUMAN:
		return VOUCH_R_FENCING_HUMAN;
	case VOUCH_EXECUTOR_WATCHDOG:
		return evidence->request.watchdog_accepted == VOUCH_YES ?
			       VOUCH_R_NONE :
			       VOUCH_R_FENCING_WATCHDOG;
	case VOUCH_EXECUTOR_UNKNOWN:
	default:
		return VOUCH_R_FENCING_EXECUTOR;
	}
}

/* What one entry is worth; `human` asks for a person's confirmation instead of
 * a machine's. */
/*@
  requires \valid_read(evidence) && \valid_read(entry);
  requires evidence->fencing.count <= VOUCH_FENCINGS_MAX;
  assigns \nothing;
  ensures \result == VOUCH_R_NONE ==> Fresh(entry, entry->node) &&
    Unspoilt(&evidence->fencing, entry) &&
    (human == 0 ? Machine(evidence, entry) :
     entry->executor == VOUCH_EXECUTOR_HUMAN);
*/
static enum vouch_reason entry_reason(const struct vouch_evidence *evidence,
				      const struct vouch_fencing *entry,
				      int human)
{
	enum vouch_reason reason;

	if (!is_fresh_success(entry)) {
		if (entry->state == VOUCH_FENCING_PENDING)
			return VOUCH_R_FENCING_PENDING;
		if (entry->in_snapshot != VOUCH_NO)
			return VOUCH_R_FENCING_STALE;
		if (entry->state != VOUCH_FENCING_SUCCEEDED)
			return VOUCH_R_FENCING_FAILED;
		return VOUCH_R_FENCING_NONE; /* it did not cut off */
	}
	if (human)
		reason = entry->executor == VOUCH_EXECUTOR_HUMAN ?
				 VOUCH_R_NONE :
				 VOUCH_R_NOT_ASSERTED;
	else
		reason = executor_reason(evidence, entry);
	if (reason != VOUCH_R_NONE)
		return reason;
	return success_is_spoilt(&evidence->fencing, entry);
}

/* The history's best answer for a holder. */
struct fencing_answer {
	const struct vouch_fencing *entry; /* 0: none excludes it, ... */
	enum vouch_reason reason;	   /* ... because */
};

/*@
  requires \valid_read(evidence) && \valid_read(grant);
  requires evidence->fencing.count <= VOUCH_FENCINGS_MAX;
  assigns \nothing;
  ensures \result.entry == \null ==> \result.reason != VOUCH_R_NONE;
  ensures \result.entry != \null ==>
    Snapshot(&evidence->fencing, grant->holder, grant->epoch);
  ensures \result.entry != \null ==> \exists integer j;
    0 <= j < evidence->fencing.count &&
    \result.entry == &evidence->fencing.entries[j] &&
    Fresh(&evidence->fencing.entries[j], grant->holder) &&
    Unspoilt(&evidence->fencing, &evidence->fencing.entries[j]) &&
    (human == 0 ? Machine(evidence, &evidence->fencing.entries[j]) :
     evidence->fencing.entries[j].executor == VOUCH_EXECUTOR_HUMAN);
*/
static struct fencing_answer fencing_find(const struct vouch_evidence *evidence,
					  const struct vouch_grant *grant,
					  int human)
{
	const struct vouch_fencing_history *history = &evidence->fencing;
	struct fencing_answer answer = { 0, snapshot_fits(history, grant) };
	uint32_t i;

	if (answer.reason != VOUCH_R_NONE)
		return answer;
	answer.reason = VOUCH_R_FENCING_NONE;
	/*@
	  loop invariant 0 <= i <= history->count;
	  loop invariant answer.entry == \null && answer.reason != VOUCH_R_NONE;
	  loop assigns i, answer;
	  loop variant history->count - i;
	*/
	for (i = 0; i < history->count; i++) {
		const struct vouch_fencing *entry = &history->entries[i];
		enum vouch_reason reason;

		if (entry->node != grant->holder)
			continue;
		reason = entry_reason(evidence, entry, human);
		if (reason == VOUCH_R_NONE) {
			answer.entry = entry;
			return answer;
		}
		/* What a success lacks tells more than what is no success. */
		if (is_fresh_success(entry) ||
		    answer.reason == VOUCH_R_FENCING_NONE)
			answer.reason = reason;
	}
	return answer;
}

/*@
  requires \valid(finding) && \valid_read(entry);
  assigns finding->used_count, finding->used[0 .. VOUCH_USED_MAX - 1];
*/
static void cite_fencing(struct vouch_finding *finding,
			 const struct vouch_fencing *entry)
{
	vouch__cite(finding, VOUCH_C_FENCED_AT, entry->node,
		    entry->completed_s);
	vouch__cite(finding, VOUCH_C_FENCED_BY, entry->node, entry->executor);
	vouch__cite(finding, VOUCH_C_FENCED_BEFORE, entry->node,
		    entry->in_snapshot);
}

/* The power was cut, but is the node also gone as the cluster has it? One that
 * came back must attest that it cannot write (E3). */
/*@
  requires \valid_read(evidence) && node < VOUCH_NODES_MAX;
  requires evidence->before.member_count <= VOUCH_NODES_MAX;
  requires evidence->after.member_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result == VOUCH_R_FENCED_PRESENT <==> Present(evidence, node);
  ensures \result == VOUCH_R_NONE ==>
    evidence->nodes[node].cluster_id != 0 &&
    OfflineClean(&evidence->nodes[node]);
*/
static enum vouch_reason fenced_is_gone(const struct vouch_evidence *evidence,
					uint8_t node)
{
	if (vouch__is_present(evidence, node))
		return VOUCH_R_FENCED_PRESENT;
	/* Without its number nobody can say that it is no member. */
	if (evidence->nodes[node].cluster_id == 0 ||
	    !is_offline_and_clean(&evidence->nodes[node]))
		return VOUCH_R_FENCED_UNCLEAN;
	return VOUCH_R_NONE;
}

/* What was asked of the fencer about a node; `entry`, where there is one. */
/*@
  requires \valid(finding) && \valid_read(evidence);
  requires node < VOUCH_NODES_MAX;
  requires entry != \null ==> \valid_read(entry);
  assigns finding->used_count, finding->used[0 .. VOUCH_USED_MAX - 1];
*/
static void cite_fencer(struct vouch_finding *finding,
			const struct vouch_evidence *evidence, uint8_t node,
			const struct vouch_fencing *entry)
{
	if (entry)
		cite_fencing(finding, entry);
	vouch__cite(finding, VOUCH_C_SNAPSHOT, VOUCH_NO_NODE,
		    evidence->fencing.snapshot);
	vouch__cite(finding, VOUCH_C_UNCLEAN, node,
		    evidence->nodes[node].unclean);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires \valid_read(entry);
  requires Open(scratch->evidence, VOUCH_ROUTE_FENCED,
                HeldGrant(scratch, place));
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].route;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void say_fenced(struct vouch_scratch *scratch, int place,
		       const struct vouch_fencing *entry)
{
	struct vouch_finding *finding = route_open(
		scratch, place, VOUCH_ROUTE_FENCED,
		entry->executor == VOUCH_EXECUTOR_WATCHDOG ?
			VOUCH_R_FENCED_WATCHDOG :
			VOUCH_R_FENCED);

	cite_fencer(finding, scratch->evidence,
		    vouch__held(scratch, place)->holder, entry);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires answer.entry != \null ==> \valid_read(answer.entry);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void say_unfenced(struct vouch_scratch *scratch, int place,
			 struct fencing_answer answer)
{
	struct vouch_finding *finding =
		route_closed(scratch, place, answer.reason, 1);

	cite_fencer(finding, scratch->evidence,
		    vouch__held(scratch, place)->holder, answer.entry);
}

/* What the fencer says of one holder. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires HeldGrant(scratch, place)->holder !=
    scratch->evidence->request.candidate;
  requires Managed(scratch->evidence);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void fencer_try(struct vouch_scratch *scratch, int place)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_grant *grant = vouch__held(scratch, place);
	struct fencing_answer answer = fencing_find(evidence, grant, 0);

	if (answer.entry)
		answer.reason = fenced_is_gone(evidence, grant->holder);
	if (answer.reason == VOUCH_R_NONE)
		say_fenced(scratch, place, answer.entry);
	else
		say_unfenced(scratch, place, answer);
}

/* Without a cluster manager there is no fencer to ask. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires HeldGrant(scratch, place)->holder !=
    scratch->evidence->request.candidate;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void fencing_try(struct vouch_scratch *scratch, int place)
{
	if (vouch__managed(scratch->evidence))
		fencer_try(scratch, place);
	else
		(void)route_closed(scratch, place, VOUCH_R_NO_MANAGER, 0);
}

/* Rule 330, route E2. */
void vouch__fenced_is_proven(struct vouch_scratch *scratch)
{
	int i;

	/*@
	  loop invariant 0 <= i <= scratch->holder_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant Holding(scratch);
	  loop invariant \at(scratch->verdict->finding_count, Pre) <=
	    scratch->verdict->finding_count;
	  loop assigns i, scratch->verdict->finding_count,
	    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
	    scratch->unproven, scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
	  loop variant scratch->holder_count - i;
	*/
	for (i = 0; i < scratch->holder_count; i++) {
		if (vouch__held(scratch, i)->holder != scratch->candidate_node)
			fencing_try(scratch, i);
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
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void say_no_member(struct vouch_scratch *scratch, int place)
{
	struct vouch_finding *finding =
		route_closed(scratch, place, VOUCH_R_ATTEST_NOT_MEMBER, 0);

	vouch__cite(finding, VOUCH_C_MEMBER,
		    vouch__held(scratch, place)->holder, VOUCH_NO);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires 0 < route <= VOUCH_ROUTE_CONFIRMED;
  requires Open(scratch->evidence, route, HeldGrant(scratch, place));
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].route;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void say_attested(struct vouch_scratch *scratch, int place, int route,
			 enum vouch_reason reason)
{
	uint8_t node = vouch__held(scratch, place)->holder;
	struct vouch_finding *finding =
		route_open(scratch, place, route, reason);

	cite_node(finding, node, &scratch->evidence->nodes[node]);
}

/* That nothing answers tells something only where a cluster manager could have
 * spoken for it. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void say_unattested(struct vouch_scratch *scratch, int place,
			   enum vouch_reason reason)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	uint8_t node = vouch__held(scratch, place)->holder;
	struct vouch_finding *finding =
		route_closed(scratch, place, reason,
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
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
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
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void attest_itself(struct vouch_scratch *scratch, int place)
{
	const struct vouch_probe *own = scratch->candidate;
	struct vouch_finding *finding;

	if (own->condition == VOUCH_PRESENT && own->in_recovery == VOUCH_YES)
		/* Its position may come from this very answer. */
		finding = route_open(scratch, place, VOUCH_ROUTE_ITSELF,
				     VOUCH_R_IS_CANDIDATE);
	else
		finding = route_closed(scratch, place, VOUCH_R_READY_WRITABLE,
				       1);
	vouch__cite(finding, VOUCH_C_IN_RECOVERY,
		    vouch__held(scratch, place)->holder, own->in_recovery);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
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
	  loop invariant \at(scratch->verdict->finding_count, Pre) <=
	    scratch->verdict->finding_count;
	  loop assigns i, scratch->verdict->finding_count,
	    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
	    scratch->unproven, scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
	  loop variant scratch->holder_count - i;
	*/
	for (i = 0; i < scratch->holder_count; i++)
		attest(scratch, i);
}

/* A person's word to the fencer that the holder is down, while nothing shows it
 * in this very view; without a number nobody can say that it is not. */
/*@
  requires \valid_read(evidence) && \valid_read(grant);
  requires Bounds(evidence) && grant->holder < VOUCH_NODES_MAX;
  assigns \result \from evidence, *evidence, *grant;
  ensures \result != \null ==>
    Confirmed(evidence, grant->holder, grant->epoch) &&
    \exists integer j; 0 <= j < evidence->fencing.count &&
      \result == &evidence->fencing.entries[j];
*/
static const struct vouch_fencing *
confirmation(const struct vouch_evidence *evidence,
	     const struct vouch_grant *grant)
{
	if (!vouch__managed(evidence) ||
	    !vouch__is_elsewhere(evidence, grant->holder))
		return 0;
	return fencing_find(evidence, grant, 1).entry;
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires Open(scratch->evidence, VOUCH_ROUTE_ASSERTED,
                HeldGrant(scratch, place));
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].route;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void say_asserted(struct vouch_scratch *scratch, int place)
{
	struct vouch_finding *finding = route_open(
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
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].route;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void say_confirmed(struct vouch_scratch *scratch, int place,
			  const struct vouch_fencing *entry)
{
	struct vouch_finding *finding =
		route_open(scratch, place, VOUCH_ROUTE_CONFIRMED,
			   VOUCH_R_ASSERTED_CONFIRMED);

	vouch__cite(finding, VOUCH_C_ASSERTION,
		    vouch__held(scratch, place)->holder, VOUCH_YES);
	cite_fencing(finding, entry);
}

/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void say_unasserted(struct vouch_scratch *scratch, int place, int said)
{
	struct vouch_finding *finding =
		route_closed(scratch, place,
			     said ? VOUCH_R_ASSERTED_PRESENT :
				    VOUCH_R_NOT_ASSERTED,
			     said || !scratch->exclusions[place].told);

	vouch__cite(finding, VOUCH_C_ASSERTION,
		    vouch__held(scratch, place)->holder,
		    said ? VOUCH_YES : VOUCH_NO);
}

/* What a person says to the fencer, where nobody said anything to vouch. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires HeldGrant(scratch, place)->holder !=
    scratch->evidence->request.candidate;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures Held(scratch, place);
*/
static void confirm_try(struct vouch_scratch *scratch, int place)
{
	const struct vouch_fencing *entry = confirmation(
		scratch->evidence, vouch__held(scratch, place));

	if (entry)
		say_confirmed(scratch, place, entry);
	else
		say_unasserted(scratch, place, 0);
}

/* What a person says of one holder. */
/*@
  requires Ready(scratch) && Held(scratch, place);
  requires 0 <= place < VOUCH_GRANTS_MAX;
  requires HeldGrant(scratch, place)->holder !=
    scratch->evidence->request.candidate;
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
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
	  loop invariant \at(scratch->verdict->finding_count, Pre) <=
	    scratch->verdict->finding_count;
	  loop assigns i, scratch->verdict->finding_count,
	    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
	    scratch->unproven, scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
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
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
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
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven, scratch->last_route, scratch->last_node;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
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

/* Rule 360: one route for each of them. */
void vouch__exclusion_is_proven(struct vouch_scratch *scratch)
{
	int i;

	/*@
	  loop invariant 0 <= i <= scratch->holder_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant \at(scratch->verdict->finding_count, Pre) <=
	    scratch->verdict->finding_count;
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
	  loop assigns i, scratch->verdict->finding_count,
	    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
	    scratch->unproven, scratch->last_route, scratch->last_node;
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
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
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
	  loop invariant \at(scratch->verdict->finding_count, Pre) <=
	    scratch->verdict->finding_count;
	  loop invariant scratch->unproven == 0 ==>
	    \forall integer j; 0 <= j < i ==>
	      j == evidence->request.candidate ||
	      (\exists integer g; 0 <= g < evidence->grant_count &&
	        evidence->grants[g].holder == j) ||
	      Quiet(evidence, j, NewestOf(scratch));
	  loop assigns i, any, scratch->verdict->finding_count,
	    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
	    scratch->unproven;
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
