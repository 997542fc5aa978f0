/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fencing (P6-A1): what the fencer's history says of a holder, by a machine
 * (route E2) or by a person's word to the fencer (part of E4). */
#include "kernel/rules.h"

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

void vouch__cite_fencing(struct vouch_finding *finding,
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
	    !vouch__is_offline_and_clean(&evidence->nodes[node]))
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
		vouch__cite_fencing(finding, entry);
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
  assigns SAID(scratch), scratch->exclusions[place].route;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void say_fenced(struct vouch_scratch *scratch, int place,
		       const struct vouch_fencing *entry)
{
	struct vouch_finding *finding = vouch__route_open(
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
  assigns SAID(scratch), scratch->exclusions[place].told,
    scratch->exclusions[place].best_finding;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void say_unfenced(struct vouch_scratch *scratch, int place,
			 struct fencing_answer answer)
{
	struct vouch_finding *finding =
		vouch__route_closed(scratch, place, answer.reason, 1);

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
  assigns SAID(scratch), scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures SAYS_MORE(scratch);
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
  assigns SAID(scratch), scratch->exclusions[place];
  ensures Findings(scratch->verdict);
  ensures \forall integer h; 0 <= h < VOUCH_GRANTS_MAX && h != place ==>
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures SAYS_MORE(scratch);
  ensures Held(scratch, place);
*/
static void fencing_try(struct vouch_scratch *scratch, int place)
{
	if (vouch__managed(scratch->evidence))
		fencer_try(scratch, place);
	else
		(void)vouch__route_closed(scratch, place, VOUCH_R_NO_MANAGER,
					  0);
}

/* Rule 330, route E2. */
void vouch__fenced_is_proven(struct vouch_scratch *scratch)
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
			fencing_try(scratch, i);
	}
}

const struct vouch_fencing *
vouch__fencing_confirmation(const struct vouch_evidence *evidence,
			    const struct vouch_grant *grant)
{
	if (!vouch__managed(evidence) ||
	    !vouch__is_elsewhere(evidence, grant->holder))
		return 0;
	return fencing_find(evidence, grant, 1).entry;
}
