/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nobody reachable is ahead of the candidate, whichever route covers it, and no
 * newer grant names a contract under which it may lack something (P6-S1). */
#include "kernel/rules.h"

/* Some grant newer than the candidate's epoch may have happened. Where no
 * cluster keeps the grants, there may always be one that is not known here. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Derived(scratch) && FirstHolder(scratch);
  requires Bounds(scratch->evidence);
  assigns \nothing;
  ensures \result == 0 ==> NoneNewer(scratch);
*/
static int newer_grant_may_have_happened(const struct vouch_scratch *scratch)
{
	return !vouch__managed(scratch->evidence) ||
	       vouch__newest_written(scratch) > scratch->candidate->epoch;
}

/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch) && Branches(scratch);
  requires FirstHolder(scratch);
  requires i < scratch->evidence->node_count;
  assigns \nothing;
  ensures \result == VOUCH_R_NONE ==> NotAhead(scratch, i);
*/
static enum vouch_reason ahead_reason(const struct vouch_scratch *scratch,
				      uint8_t i)
{
	const struct vouch_probe *probe = &scratch->evidence->nodes[i].probe;
	const struct vouch_branch *branch = &scratch->branches[i];

	if (probe->epoch > scratch->candidate->epoch)
		return VOUCH_R_AHEAD_EPOCH;
	/* Whoever does not say which epoch it knows may know a newer one. */
	if (probe->epoch == 0)
		return VOUCH_R_AHEAD_UNREAD;
	/* On a timeline without a row: of a grant that may have happened, or of
	 * nobody's; the latter's tail is not worth more than where it parted.
	 * Who left before the row that the candidate has is of nobody's. */
	if (branch->relation == VOUCH_RELATION_DESCENDANT &&
	    probe->epoch == scratch->candidate->epoch &&
	    newer_grant_may_have_happened(scratch))
		return VOUCH_R_AHEAD_TIMELINE;
	/* On a timeline of this number, without the row that stands at its
	 * beginning: it follows that promotion from its first record on, or
	 * another one, unseen, that took the same number. */
	if (!vouch__managed(scratch->evidence) &&
	    (branch->relation == VOUCH_RELATION_SAME ||
	     branch->relation == VOUCH_RELATION_DESCENDANT) &&
	    probe->epoch < scratch->candidate->epoch)
		return VOUCH_R_AHEAD_ROWLESS;
	/* An older epoch's end does not matter, off the candidate's timeline. */
	if (branch->end > vouch__probe_end(scratch->candidate) &&
	    (probe->epoch == scratch->candidate->epoch ||
	     branch->relation == VOUCH_RELATION_SAME))
		return VOUCH_R_BEHIND;
	/* Until it has read its log, even the epoch that it names may be old. */
	if (probe->log_exhausted != VOUCH_YES || vouch__probe_end(probe) == 0)
		return VOUCH_R_AHEAD_UNREAD;
	return VOUCH_R_NONE;
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires i < VOUCH_NODES_MAX;
  requires 0 <= scratch->candidate_node < VOUCH_NODES_MAX;
  requires scratch->candidate ==
    &scratch->evidence->nodes[scratch->candidate_node].probe;
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures scratch->unproven != 0;
*/
static void say_ahead(struct vouch_scratch *scratch, uint8_t i,
		      enum vouch_reason reason)
{
	const struct vouch_probe *probe = &scratch->evidence->nodes[i].probe;
	struct vouch_finding *finding = vouch__find(
		scratch, VOUCH_UNPROVEN, reason, scratch->candidate_node);

	finding->node_b = i;
	if (reason == VOUCH_R_AHEAD_EPOCH || reason == VOUCH_R_AHEAD_ROWLESS) {
		vouch__show(finding, 0, scratch->candidate->epoch);
		vouch__show(finding, 1, probe->epoch);
	} else if (reason == VOUCH_R_AHEAD_TIMELINE) {
		vouch__show(finding, 0, scratch->candidate->timeline);
		vouch__show(finding, 1, probe->timeline);
	} else {
		vouch__show(finding, 0, vouch__probe_end(scratch->candidate));
		vouch__show(finding, 1, scratch->branches[i].end);
	}
	vouch__cite(finding, VOUCH_C_EPOCH_ROW, i, probe->epoch);
	vouch__cite(finding, VOUCH_C_DURABLE_END, i, scratch->branches[i].end);
	vouch__cite(finding, VOUCH_C_DURABLE_END, scratch->candidate_node,
		    vouch__probe_end(scratch->candidate));
	vouch__cite(finding, VOUCH_C_LOG_EXHAUSTED, i, probe->log_exhausted);
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires i < VOUCH_NODES_MAX;
  requires 0 <= scratch->candidate_node < VOUCH_NODES_MAX;
  requires \valid_read(scratch->candidate);
  requires scratch->candidate ==
    &scratch->evidence->nodes[scratch->candidate_node].probe;
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures \old(scratch->unproven) != 0 || reason != VOUCH_R_NONE ==>
    scratch->unproven != 0;
*/
static void say_whether_ahead(struct vouch_scratch *scratch, uint8_t i,
			      enum vouch_reason reason)
{
	if (reason != VOUCH_R_NONE)
		say_ahead(scratch, i, reason);
}

/* Rule 550: admitted or not, in epoch first and in position second. All are
 * judged before the first finding is written. */
void vouch__none_ahead_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	enum vouch_reason reasons[VOUCH_NODES_MAX];
	int failed = 0;
	uint8_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant failed == 0 ==> \forall integer j; 0 <= j < i &&
	    j != scratch->candidate_node &&
	    evidence->nodes[j].probe.condition == VOUCH_PRESENT ==>
	    NotAhead(scratch, j);
	  loop invariant failed != 0 ==> \exists integer j; 0 <= j < i &&
	    reasons[j] != VOUCH_R_NONE;
	  loop assigns i, failed, reasons[0 .. VOUCH_NODES_MAX - 1];
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		reasons[i] = VOUCH_R_NONE;
		if (i != scratch->candidate_node &&
		    evidence->nodes[i].probe.condition == VOUCH_PRESENT)
			reasons[i] = ahead_reason(scratch, i);
		if (reasons[i] != VOUCH_R_NONE)
			failed = 1;
	}
	if (!failed) {
		/*@ assert NoneAhead(scratch); */
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_NONE_AHEAD,
				  scratch->candidate_node);
		return;
	}
	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant scratch->unproven != 0 ||
	    \forall integer j; 0 <= j < i ==> reasons[j] == VOUCH_R_NONE;
	  loop assigns i, SAID(scratch);
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		say_whether_ahead(scratch, i, reasons[i]);
		/*@ assert scratch->unproven != 0 || \forall integer j;
		      0 <= j <= i ==> reasons[j] == VOUCH_R_NONE; */
	}
}

int vouch__grant_is_candidates(const struct vouch_scratch *scratch,
			       const struct vouch_grant *grant)
{
	const struct vouch_own_record *own = &scratch->evidence->own;

	return grant->holder == scratch->candidate_node &&
	       scratch->candidate->incarnation[0] != '\0' &&
	       vouch__name_equal(scratch->candidate->incarnation,
				 grant->incarnation) &&
	       vouch__has_mark(scratch->evidence) &&
	       vouch__position_is_reached(scratch->candidate,
					  own->mark_timeline, own->mark_lsn) &&
	       vouch__keeps_noted(
		       &scratch->evidence->nodes[scratch->candidate_node]);
}

/* One grant whose acknowledged writes may be missing, and what was found of it. */
struct lacking {
	const struct vouch_grant *grant;
	struct vouch_intersection found;
};

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires \valid_read(lacking.grant) &&
    \separated(lacking.grant, scratch, scratch->verdict);
  requires lacking.found.ahead == VOUCH_NO_NODE ||
    0 <= lacking.found.ahead < VOUCH_NODES_MAX;
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures scratch->unproven != 0;
*/
static void say_lacking(struct vouch_scratch *scratch, struct lacking lacking)
{
	struct vouch_finding *finding = vouch__find(scratch, VOUCH_UNPROVEN,
						    VOUCH_R_GRANT_UNSATISFIED,
						    scratch->candidate_node);

	finding->node_b = lacking.grant->holder;
	vouch__cite_intersection(finding, scratch, lacking.found);
	vouch__show(finding, 0, lacking.grant->epoch);
}

/*
 * Rule 560. A grant is an announced contract, whether or not the promotion then
 * happened: what its holder acknowledged, if it ever wrote, must be here as
 * well. That goes for each epoch whose row the log lacks, not for the last one
 * alone: the one before it may have asked for less. Whoever has the whole log
 * of the last writer has theirs, too.
 */
void vouch__grants_satisfied_is_proven(struct vouch_scratch *scratch)
{
	struct lacking lacking[VOUCH_GRANTS_MAX];
	uint64_t oldest = scratch->candidate->epoch;
	uint64_t epoch = vouch__newest(scratch);
	uint32_t count = 0;
	uint32_t i;

	if (scratch->same_holder || scratch->sealed_log)
		epoch = 0;
	/* Each epoch that lacks something has a record of its own: when there is
	 * no room left, there is no record of the next epoch either. */
	/*@
	  loop invariant 0 <= count <= VOUCH_GRANTS_MAX;
	  loop invariant epoch <= \at(epoch, LoopEntry);
	  loop invariant epoch <= NewestOf(scratch);
	  loop invariant \at(epoch, LoopEntry) == 0 || \forall integer n;
	    epoch < n <= NewestOf(scratch) ==>
	    Granted(scratch->evidence, n) || PassedOver(scratch->evidence, n);
	  loop invariant \at(epoch, LoopEntry) == 0 || count > 0 ||
	    \forall integer g; 0 <= g < scratch->evidence->grant_count &&
	      epoch < scratch->evidence->grants[g].epoch ==>
	      Satisfied(scratch->evidence, scratch->evidence->grants[g].epoch,
	                Since(scratch));
	  loop invariant \forall integer l; 0 <= l < count ==>
	    (lacking[l].found.ahead == VOUCH_NO_NODE ||
	     0 <= lacking[l].found.ahead < VOUCH_NODES_MAX) &&
	    \exists integer g; 0 <= g < scratch->evidence->grant_count &&
	      lacking[l].grant == &scratch->evidence->grants[g];
	  loop assigns epoch, count, lacking[0 .. VOUCH_GRANTS_MAX - 1];
	  loop variant epoch;
	*/
	while (epoch > oldest && count < VOUCH_GRANTS_MAX) {
		struct vouch_grant_view view =
			vouch__grant_of(scratch->evidence, epoch);

		if (!view.known)
			break;
		epoch = vouch__epoch_below(scratch->evidence, epoch);
		if (view.outcome == VOUCH_GRANT_VOID ||
		    vouch__grant_is_candidates(scratch, view.grant))
			continue;
		lacking[count].grant = view.grant;
		lacking[count].found =
			vouch__intersect(scratch, &view.grant->contract);
		if (!lacking[count].found.proven ||
		    lacking[count].found.ahead != VOUCH_NO_NODE)
			count++;
	}
	if (count == 0 && epoch <= oldest) {
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_GRANTS_SATISFIED,
				  VOUCH_NO_NODE);
		return;
	}
	/*@
	  loop invariant 0 <= i <= count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant i > 0 ==> scratch->unproven != 0;
	  loop assigns i, SAID(scratch);
	  loop variant count - i;
	*/
	for (i = 0; i < count; i++)
		say_lacking(scratch, lacking[i]);
	if (epoch > oldest) {
		struct vouch_finding *finding =
			vouch__find(scratch, VOUCH_UNPROVEN,
				    VOUCH_R_HOLDER_UNKNOWN, VOUCH_NO_NODE);

		vouch__show(finding, 0, epoch);
	}
}
