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

/* Exclusion holds from the first route that proved it. */
/*@
  requires \valid(holder);
  assigns holder->order, holder->excluded;
  ensures holder->excluded == 1;
  ensures holder->order ==
    (\old(holder->excluded) == 0 || order < \old(holder->order) ? order :
     \old(holder->order));
*/
static void exclude(struct vouch_holder *holder, uint64_t order)
{
	if (!holder->excluded || order < holder->order)
		holder->order = order;
	holder->excluded = 1;
}

/* A route that is not open here. `telling`: cite it when no route is. */
/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid(holder) && \separated(holder, scratch->verdict);
  requires Placed(scratch, holder);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  assigns holder->route_finding_known, holder->best_finding;
  assigns \result \from scratch->verdict;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures \result ==
    &scratch->verdict->findings[scratch->verdict->finding_count - 1];
  ensures 0 < scratch->verdict->finding_count;
  ensures \old(holder->best_finding) < VOUCH_FINDINGS_MAX ==>
    holder->best_finding < VOUCH_FINDINGS_MAX;
*/
static struct vouch_finding *route_closed(struct vouch_scratch *scratch,
					  struct vouch_holder *holder,
					  enum vouch_reason reason, int telling)
{
	struct vouch_finding *finding =
		vouch__find(scratch, VOUCH_NOT_USED, reason, holder->node);

	finding->value[0] = holder->epoch;
	if (telling) {
		holder->route_finding_known = 1;
		holder->best_finding = scratch->verdict->finding_count - 1;
	}
	return finding;
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(holder) && \separated(holder, scratch->verdict);
  assigns scratch->verdict->finding_count,
    scratch->verdict->findings[0 .. VOUCH_FINDINGS_MAX - 1],
    scratch->unproven;
  assigns \result \from scratch->verdict;
  ensures Findings(scratch->verdict);
  ensures \old(scratch->verdict->finding_count) <=
    scratch->verdict->finding_count;
  ensures \result ==
    &scratch->verdict->findings[scratch->verdict->finding_count - 1];
  ensures 0 < scratch->verdict->finding_count;
*/
static struct vouch_finding *route_open(struct vouch_scratch *scratch,
					const struct vouch_holder *holder,
					enum vouch_reason reason)
{
	struct vouch_finding *finding =
		vouch__find(scratch, VOUCH_HOLDS, reason, holder->node);

	finding->value[0] = holder->epoch;
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
 * the cluster; 0 when it proves nothing, with the reason. */
/*@
  requires \valid_read(evidence) && \valid_read(holder) && \valid(reason);
  requires \separated(reason, evidence) && \separated(reason, holder);
  requires holder->node < VOUCH_NODES_MAX;
  requires \valid_read(holder->incarnation + (0 .. VOUCH_NAME_SIZE - 1));
  assigns *reason;
  ensures \result != 0 ==> Sealed{Pre}(evidence, \old(holder->node),
    \old(holder->epoch), \old(holder->incarnation));
*/
static int seal_excludes(const struct vouch_evidence *evidence,
			 const struct vouch_holder *holder,
			 enum vouch_reason *reason)
{
	const struct vouch_seal *seal = &evidence->seal;
	const struct vouch_node *node = &evidence->nodes[holder->node];

	*reason = VOUCH_R_SEAL_ABSENT;
	if (seal->condition != VOUCH_PRESENT || seal->order == 0 ||
	    seal->node != holder->node ||
	    !vouch__name_equal(seal->incarnation, holder->incarnation))
		return 0;
	*reason = VOUCH_R_SEAL_STALE;
	if (seal->epoch != holder->epoch)
		return 0;
	*reason = VOUCH_R_SEAL_BROKEN;
	if (seal->unbroken != VOUCH_YES)
		return 0;
	*reason = VOUCH_R_SEAL_ACTIVE;
	return !vouch__managed(evidence) || is_offline_and_clean(node) ||
	       operations_say_stopped(node);
}

/* Rule 320, route E1. */
void vouch__sealed_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_seal *seal = &evidence->seal;
	uint32_t i;

	for (i = 0; i < scratch->holder_count; i++) {
		struct vouch_holder *holder = &scratch->holders[i];
		struct vouch_finding *finding;
		enum vouch_reason reason;

		if (holder->node == scratch->candidate_node)
			continue;
		if (seal_excludes(evidence, holder, &reason)) {
			exclude(holder, seal->order);
			finding = route_open(scratch, holder, VOUCH_R_SEALED);
			vouch__cite(finding, VOUCH_C_SEAL_LSN, holder->node,
				    seal->record_lsn);
		} else {
			finding = route_closed(scratch, holder, reason, 0);
			finding->value[1] = seal->epoch;
		}
		vouch__cite(finding, VOUCH_C_SEAL, holder->node,
			    seal->condition);
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
  requires \valid_read(history) && \valid_read(holder);
  assigns \nothing;
  ensures \result == VOUCH_R_NONE ==>
    Snapshot(history, holder->node, holder->epoch);
*/
static enum vouch_reason snapshot_fits(const struct vouch_fencing_history *history,
				       const struct vouch_holder *holder)
{
	if (history->condition != VOUCH_PRESENT)
		return VOUCH_R_FENCING_UNREAD;
	if (history->snapshot != VOUCH_PRESENT ||
	    history->snapshot_epoch != holder->epoch ||
	    history->snapshot_holder != holder->node)
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

/* The history's best answer for a holder: an entry that excludes it, or the
 * reason why none does. `human` asks for a person's confirmation instead. */
/*@
  requires \valid_read(evidence) && \valid_read(holder) && \valid(reason);
  requires \separated(reason, evidence) && \separated(reason, holder);
  requires evidence->fencing.count <= VOUCH_FENCINGS_MAX;
  assigns *reason;
  assigns \result \from evidence;
  ensures \result != \null ==> Snapshot{Pre}(&evidence->fencing,
    \old(holder->node), \old(holder->epoch));
  ensures \result != \null ==> \exists integer j;
    0 <= j < \old(evidence->fencing.count) &&
    \result == &evidence->fencing.entries[j] &&
    Fresh{Pre}(\result, \old(holder->node)) &&
    Unspoilt{Pre}(&evidence->fencing, \result) &&
    (human == 0 ? Machine{Pre}(evidence, \result) :
     \at(\result->executor, Pre) == VOUCH_EXECUTOR_HUMAN);
*/
static const struct vouch_fencing *
fencing_find(const struct vouch_evidence *evidence,
	     const struct vouch_holder *holder, int human,
	     enum vouch_reason *reason)
{
	const struct vouch_fencing_history *history = &evidence->fencing;
	uint32_t i;

	*reason = snapshot_fits(history, holder);
	if (*reason != VOUCH_R_NONE)
		return 0;
	*reason = VOUCH_R_FENCING_NONE;
	/*@
	  loop invariant 0 <= i <= history->count;
	  loop assigns i, *reason;
	  loop variant history->count - i;
	*/
	for (i = 0; i < history->count; i++) {
		const struct vouch_fencing *entry = &history->entries[i];
		enum vouch_reason why;

		if (entry->node != holder->node)
			continue;
		if (!is_fresh_success(entry)) {
			if (*reason != VOUCH_R_FENCING_NONE)
				continue;
			if (entry->state == VOUCH_FENCING_PENDING)
				*reason = VOUCH_R_FENCING_PENDING;
			else if (entry->in_snapshot != VOUCH_NO)
				*reason = VOUCH_R_FENCING_STALE;
			else if (entry->state != VOUCH_FENCING_SUCCEEDED)
				*reason = VOUCH_R_FENCING_FAILED;
			continue;
		}
		why = executor_reason(evidence, entry);
		if (human)
			why = entry->executor == VOUCH_EXECUTOR_HUMAN ?
				      VOUCH_R_NONE :
				      VOUCH_R_NOT_ASSERTED;
		if (why == VOUCH_R_NONE)
			why = success_is_spoilt(history, entry);
		*reason = why;
		if (why == VOUCH_R_NONE)
			return entry;
	}
	return 0;
}

/*@
  requires \valid(finding) && \valid_read(entry);
  requires \separated(finding, entry);
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
	if (vouch__is_member(&evidence->before, evidence->nodes[node].cluster_id) ||
	    vouch__is_member(&evidence->after, evidence->nodes[node].cluster_id))
		return VOUCH_R_FENCED_PRESENT;
	/* Without its number nobody can say that it is no member. */
	if (evidence->nodes[node].cluster_id == 0 ||
	    !is_offline_and_clean(&evidence->nodes[node]))
		return VOUCH_R_FENCED_UNCLEAN;
	return VOUCH_R_NONE;
}

/* Rule 330, route E2. */
void vouch__fenced_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	uint32_t i;

	for (i = 0; i < scratch->holder_count; i++) {
		struct vouch_holder *holder = &scratch->holders[i];
		const struct vouch_fencing *entry;
		struct vouch_finding *finding;
		enum vouch_reason reason;

		if (holder->node == scratch->candidate_node)
			continue;
		if (!vouch__managed(evidence)) {
			(void)route_closed(scratch, holder,
					   VOUCH_R_NO_MANAGER, 0);
			continue;
		}
		entry = fencing_find(evidence, holder, 0, &reason);
		if (entry)
			reason = fenced_is_gone(evidence, holder->node);
		if (entry && reason == VOUCH_R_NONE) {
			exclude(holder, evidence->fencing.order);
			finding = route_open(
				scratch, holder,
				entry->executor == VOUCH_EXECUTOR_WATCHDOG ?
					VOUCH_R_FENCED_WATCHDOG :
					VOUCH_R_FENCED);
		} else {
			finding = route_closed(scratch, holder, reason, 1);
		}
		if (entry)
			cite_fencing(finding, entry);
		vouch__cite(finding, VOUCH_C_SNAPSHOT, VOUCH_NO_NODE,
			    evidence->fencing.snapshot);
		vouch__cite(finding, VOUCH_C_UNCLEAN, holder->node,
			    evidence->nodes[holder->node].unclean);
	}
}

/*@
  requires \valid_read(evidence) && \valid_read(holder);
  requires evidence->admission_count <= VOUCH_ADMISSIONS_MAX;
  requires holder->node < VOUCH_NODES_MAX;
  requires \valid_read(holder->incarnation + (0 .. VOUCH_NAME_SIZE - 1));
  assigns \nothing;
  ensures \result != 0 ==>
    Named(&Server(evidence, holder->node)->incarnation[0]) &&
    (Equal(&Server(evidence, holder->node)->incarnation[0],
           holder->incarnation) ||
     Admitted(evidence, holder->node,
              &Server(evidence, holder->node)->incarnation[0]));
*/
static int incarnation_is_expected(const struct vouch_evidence *evidence,
				   const struct vouch_holder *holder)
{
	const char *incarnation =
		evidence->nodes[holder->node].probe.incarnation;

	if (incarnation[0] == '\0')
		return 0;
	return vouch__name_equal(incarnation, holder->incarnation) ||
	       vouch__is_admitted(evidence, holder->node, incarnation);
}

/* Why a live answer does not attest; VOUCH_R_ATTESTED when it does. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence) &&
    \valid_read(holder);
  requires Form(scratch->evidence) && Derived(scratch);
  requires holder->node < scratch->evidence->node_count;
  requires \valid_read(holder->incarnation + (0 .. VOUCH_NAME_SIZE - 1));
  requires holder->outcome == VOUCH_GRANT_DONE ==>
    Done(scratch->evidence, holder->epoch);
  requires Seen(scratch->evidence, holder->node);
  assigns \nothing;
  ensures \result == VOUCH_R_ATTESTED ==>
    AttestedLive(scratch->evidence, holder->node, holder->epoch,
                 holder->incarnation);
*/
static enum vouch_reason attest_by_probe(const struct vouch_scratch *scratch,
					 const struct vouch_holder *holder)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_node *node = &evidence->nodes[holder->node];
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
	if (holder->outcome != VOUCH_GRANT_DONE &&
	    vouch__name_equal(probe->incarnation, holder->incarnation))
		return VOUCH_R_ATTEST_OPEN;
	if (probe->system_id == 0 ||
	    probe->system_id != scratch->candidate->system_id ||
	    !incarnation_is_expected(evidence, holder))
		return VOUCH_R_ATTEST_INCARNATION;
	return VOUCH_R_ATTESTED;
}

static void attest(struct vouch_scratch *scratch, struct vouch_holder *holder)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_node *node = &evidence->nodes[holder->node];
	struct vouch_finding *finding;
	enum vouch_reason reason;

	if (vouch__managed(evidence) &&
	    !(vouch__is_member(&evidence->before, node->cluster_id) &&
	      vouch__is_member(&evidence->after, node->cluster_id))) {
		finding = route_closed(scratch, holder,
				       VOUCH_R_ATTEST_NOT_MEMBER, 0);
		vouch__cite(finding, VOUCH_C_MEMBER, holder->node, VOUCH_NO);
		return;
	}
	reason = attest_by_probe(scratch, holder);
	if (reason == VOUCH_R_ATTESTED) {
		exclude(holder, node->probe.order);
		finding = route_open(scratch, holder, reason);
	} else if (vouch__managed(evidence) &&
		   node->probe.condition == VOUCH_ABSENT &&
		   operations_say_stopped(node)) {
		exclude(holder, node->operations.order);
		finding = route_open(scratch, holder, VOUCH_R_ATTESTED_STOPPED);
	} else {
		finding = route_closed(scratch, holder, reason,
				       vouch__managed(evidence) ||
					       reason != VOUCH_R_ATTEST_ABSENT);
	}
	vouch__cite(finding, VOUCH_C_PROBE, holder->node, node->probe.condition);
	vouch__cite(finding, VOUCH_C_IN_RECOVERY, holder->node,
		    node->probe.in_recovery);
	vouch__cite(finding, VOUCH_C_OPERATION, holder->node,
		    node->operations.last);
	vouch__cite(finding, VOUCH_C_OPERATION_RESULT, holder->node,
		    node->operations.last_result);
}

/* Rule 340, route E3; and the holder that is itself the candidate, whose own
 * server is in recovery. */
void vouch__attested_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_probe *own = scratch->candidate;
	uint32_t i;

	for (i = 0; i < scratch->holder_count; i++) {
		struct vouch_holder *holder = &scratch->holders[i];
		struct vouch_finding *finding;

		if (holder->node != scratch->candidate_node) {
			attest(scratch, holder);
			continue;
		}
		if (own->condition == VOUCH_PRESENT &&
		    own->in_recovery == VOUCH_YES) {
			/* Its position may come from this very answer. */
			exclude(holder, 0);
			finding = route_open(scratch, holder,
					     VOUCH_R_IS_CANDIDATE);
		} else {
			finding = route_closed(scratch, holder,
					       VOUCH_R_READY_WRITABLE, 1);
		}
		vouch__cite(finding, VOUCH_C_IN_RECOVERY, holder->node,
			    own->in_recovery);
	}
}

/* Rule 350, route E4 (P6-A1a): shown as an assertion, never as fencing. */
void vouch__asserted_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	uint32_t i;

	for (i = 0; i < scratch->holder_count; i++) {
		struct vouch_holder *holder = &scratch->holders[i];
		const struct vouch_fencing *entry = 0;
		struct vouch_finding *finding;
		enum vouch_reason reason;
		int asserted;

		if (holder->node == scratch->candidate_node)
			continue;
		asserted = vouch__is_asserted(evidence, holder->node,
					      holder->epoch);
		if (!asserted && vouch__managed(evidence))
			entry = fencing_find(evidence, holder, 1, &reason);
		/* "It is down", and it stands in this very view; or it has no
		 * number, and nobody can say that it does not. */
		if (entry && (evidence->nodes[holder->node].cluster_id == 0 ||
			      fenced_is_gone(evidence, holder->node) ==
				      VOUCH_R_FENCED_PRESENT))
			entry = 0;
		if (asserted || entry) {
			exclude(holder,
				entry ? evidence->fencing.order :
					evidence->before.order);
			finding = route_open(scratch, holder,
					     asserted ?
						     VOUCH_R_ASSERTED :
						     VOUCH_R_ASSERTED_CONFIRMED);
		} else {
			finding = route_closed(scratch, holder,
					       VOUCH_R_NOT_ASSERTED,
					       !holder->route_finding_known);
		}
		vouch__cite(finding, VOUCH_C_ASSERTION, holder->node,
			    asserted || entry ? VOUCH_YES : VOUCH_NO);
		if (entry)
			cite_fencing(finding, entry);
	}
}

/* Rule 360: one route for each of them. */
void vouch__exclusion_is_proven(struct vouch_scratch *scratch)
{
	uint32_t i;

	for (i = 0; i < scratch->holder_count; i++) {
		const struct vouch_holder *holder = &scratch->holders[i];
		const struct vouch_finding *best =
			&scratch->verdict->findings[holder->best_finding];

		if (holder->excluded) {
			if (holder->order > scratch->exclusion_order)
				scratch->exclusion_order = holder->order;
			(void)vouch__find(scratch, VOUCH_HOLDS,
					  VOUCH_R_EXCLUDED, holder->node);
		} else {
			struct vouch_finding *finding = vouch__find(
				scratch, VOUCH_UNPROVEN,
				(enum vouch_reason)best->reason, holder->node);

			vouch__find_again(finding, best);
		}
	}
	if (!scratch->holders_known)
		(void)vouch__find(scratch, VOUCH_UNPROVEN,
				  VOUCH_R_HOLDER_UNKNOWN, VOUCH_NO_NODE);
}

static int is_holder(const struct vouch_scratch *scratch, uint8_t node)
{
	uint32_t i;

	for (i = 0; i < scratch->holder_count; i++) {
		if (scratch->holders[i].node == node)
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
	if (vouch__is_asserted(evidence, i, newest_epoch))
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

/* Rule 370. A member down for maintenance must not block every promotion, and
 * one that nobody can account for must. */
void vouch__others_are_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	int any = 0;
	uint8_t i;

	for (i = 0; i < evidence->node_count; i++) {
		enum vouch_reason reason;
		struct vouch_finding *finding;
		int ok;

		if (i == scratch->candidate_node || is_holder(scratch, i))
			continue;
		any = 1;
		reason = other_is_quiet(evidence, i, scratch->newest_epoch);
		ok = reason == VOUCH_R_OTHER_QUIET ||
		     reason == VOUCH_R_OTHER_CLEAN ||
		     reason == VOUCH_R_OTHER_ASSERTED;
		finding = vouch__find(scratch, ok ? VOUCH_HOLDS : VOUCH_UNPROVEN,
				      reason, i);
		vouch__cite(finding, VOUCH_C_PROBE, i,
			    evidence->nodes[i].probe.condition);
		vouch__cite(finding, VOUCH_C_ONLINE, i,
			    evidence->nodes[i].online);
		vouch__cite(finding, VOUCH_C_UNCLEAN, i,
			    evidence->nodes[i].unclean);
	}
	if (!any)
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_OTHERS_NONE,
				  VOUCH_NO_NODE);
}
