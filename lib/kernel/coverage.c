/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Coverage (P6-S1): no acknowledged write is lost. Three routes; one of them
 * must be proven, and nobody reachable may be ahead in any case. */
#include "kernel/rules.h"

/* A route that is not open. `telling`: cite it when none is. The first telling
 * one wins, unless a later one is marked stronger. */
static struct vouch_finding *closed(struct vouch_scratch *scratch,
				    enum vouch_reason reason, uint8_t node,
				    int telling)
{
	struct vouch_finding *finding =
		vouch__find(scratch, VOUCH_NOT_USED, reason, node);

	if (telling)
		scratch->coverage_best = scratch->verdict->finding_count - 1;
	return finding;
}

/* The same goes for what the candidate's log says of contracts: the holder may
 * have announced another one since. */
static int rows_are_early(const struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;

	if (evidence->contract_count == 0 && evidence->admission_count == 0)
		return 0;
	return evidence->rows.condition != VOUCH_PRESENT ||
	       evidence->rows.order == 0 ||
	       evidence->rows.order < scratch->exclusion_order;
}

/* Rule 500. A position read while the old holder could still write says
 * nothing about where its log ended. */
void vouch__order_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	int failed = 0;
	uint8_t i;

	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_probe *probe = &evidence->nodes[i].probe;
		struct vouch_finding *finding;

		if (probe->condition != VOUCH_PRESENT ||
		    (probe->order != 0 &&
		     probe->order >= scratch->exclusion_order))
			continue;
		failed = 1;
		finding = vouch__find(scratch, VOUCH_UNPROVEN,
				      VOUCH_R_ORDER_EARLY, i);
		vouch__cite(finding, VOUCH_C_PROBE, i, probe->condition);
	}
	if (rows_are_early(scratch)) {
		failed = 1;
		(void)vouch__find(scratch, VOUCH_UNPROVEN, VOUCH_R_ROWS_EARLY,
				  scratch->candidate_node);
	}
	if (!failed)
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_ORDER_OK,
				  VOUCH_NO_NODE);
}

/* The newest epoch that may have written: void grants never did. */
static uint64_t newest_written(const struct vouch_scratch *scratch)
{
	return scratch->holder_count > 0 ? scratch->holders[0].epoch : 0;
}

/* Rule 510, route W1: that exact record, not just any shutdown checkpoint. */
void vouch__sealed_log_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_seal *seal = &evidence->seal;
	const struct vouch_tail *tail = &evidence->tail;
	struct vouch_finding *finding;
	int same;

	if (seal->condition != VOUCH_PRESENT || seal->unbroken != VOUCH_YES ||
	    scratch->holder_count == 0 || !scratch->holders_known ||
	    seal->epoch != newest_written(scratch) ||
	    seal->node != scratch->holders[0].node ||
	    !vouch__name_equal(seal->incarnation,
			       scratch->holders[0].incarnation)) {
		finding = closed(scratch, VOUCH_R_SEAL_NONE,
				 scratch->candidate_node, 0);
		vouch__cite(finding, VOUCH_C_SEAL, VOUCH_NO_NODE,
			    seal->condition);
		return;
	}
	same = tail->condition == VOUCH_PRESENT && tail->order != 0 &&
	       tail->timeline == seal->timeline &&
	       scratch->candidate->timeline == seal->timeline &&
	       tail->record_lsn == seal->record_lsn &&
	       tail->record_crc == seal->record_crc;
	if (same && tail->end_lsn == scratch->candidate_end &&
	    tail->end_lsn > tail->record_lsn) {
		scratch->covered = 1;
		scratch->sealed_log = 1;
		finding = vouch__find(scratch, VOUCH_HOLDS,
				      VOUCH_R_SEAL_REACHED,
				      scratch->candidate_node);
		finding->value[0] = seal->record_lsn;
	} else if (same) {
		finding = closed(scratch, VOUCH_R_SEAL_NOT_LAST,
				 scratch->candidate_node, 1);
		finding->value[0] = scratch->candidate_end;
		finding->value[1] = tail->end_lsn;
	} else {
		finding = closed(scratch, VOUCH_R_SEAL_OTHER_RECORD,
				 scratch->candidate_node, 1);
		finding->value[0] = seal->record_lsn;
	}
	vouch__cite(finding, VOUCH_C_SEAL_LSN, seal->node, seal->record_lsn);
	vouch__cite(finding, VOUCH_C_SEAL_CRC, seal->node, seal->record_crc);
	vouch__cite(finding, VOUCH_C_TAIL_CRC, scratch->candidate_node,
		    tail->record_crc);
	vouch__cite(finding, VOUCH_C_TAIL_END, scratch->candidate_node,
		    tail->end_lsn);
	vouch__cite(finding, VOUCH_C_DURABLE_END, scratch->candidate_node,
		    scratch->candidate_end);
}

static void cite_intersection(struct vouch_finding *finding,
			      const struct vouch_scratch *scratch,
			      const struct vouch_intersection *found)
{
	finding->value[0] = found->counted;
	finding->value[1] = found->members;
	finding->value[2] = found->required;
	vouch__cite(finding, VOUCH_C_S, VOUCH_NO_NODE, found->counted);
	vouch__cite(finding, VOUCH_C_N, VOUCH_NO_NODE, found->members);
	vouch__cite(finding, VOUCH_C_K, VOUCH_NO_NODE, found->required);
	vouch__cite(finding, VOUCH_C_DURABLE_END, scratch->candidate_node,
		    scratch->candidate_end);
	if (found->ahead != VOUCH_NO_NODE)
		vouch__cite(finding, VOUCH_C_DURABLE_END, found->ahead,
			    scratch->branches[found->ahead].end);
}

/* One contract; 1 when the candidate has everything acknowledged under it. */
static int contract_is_covered(struct vouch_scratch *scratch,
			       const struct vouch_contract_row *row)
{
	struct vouch_intersection found =
		vouch__intersect(scratch, &row->contract);
	struct vouch_finding *finding;

	if (row->pinned != VOUCH_YES) {
		finding = closed(scratch, VOUCH_R_CONTRACT_UNPINNED,
				 scratch->candidate_node, 1);
		finding->value[0] = row->epoch;
		return 0;
	}
	if (found.required == 0) {
		finding = closed(scratch, VOUCH_R_CONTRACT_ASYNC,
				 scratch->holders[0].node, 1);
		cite_intersection(finding, scratch, &found);
		return 0;
	}
	if (!found.proven) {
		enum vouch_reason why = found.why == VOUCH_R_ORDER_EARLY ?
						VOUCH_R_INTERSECT_SHORT :
						found.why;

		finding = closed(scratch, why, found.missing, 1);
		cite_intersection(finding, scratch, &found);
		vouch__cite(finding, VOUCH_C_PROBE, found.missing,
			    scratch->evidence->nodes[found.missing]
				    .probe.condition);
		return 0;
	}
	if (found.ahead != VOUCH_NO_NODE) {
		finding = closed(scratch, VOUCH_R_BEHIND,
				 scratch->candidate_node, 1);
		cite_intersection(finding, scratch, &found);
		finding->node_b = found.ahead;
		finding->value[0] = scratch->candidate_end;
		finding->value[1] = scratch->branches[found.ahead].end;
		finding->value[2] = 0;
		return 0;
	}
	finding = vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_INTERSECTS,
			      scratch->candidate_node);
	cite_intersection(finding, scratch, &found);
	return 1;
}

/* The newest row of the candidate's epoch whose barrier was passed. What was
 * announced after it binds as well, until its own barrier. */
const struct vouch_contract_row *
vouch__contract_in_force(const struct vouch_evidence *evidence, uint64_t epoch)
{
	const struct vouch_contract_row *newest = 0;
	uint32_t i;

	for (i = 0; i < evidence->contract_count; i++) {
		const struct vouch_contract_row *row = &evidence->contracts[i];

		if (row->epoch == epoch && row->phase == VOUCH_PHASE_IN_FORCE &&
		    (!newest || row->serial > newest->serial))
			newest = row;
	}
	return newest;
}

/* Rule 520, route W2. */
void vouch__intersection_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_probe *candidate = scratch->candidate;
	const struct vouch_contract_row *force;
	struct vouch_finding *finding;
	int covered;
	uint32_t i;

	force = vouch__contract_in_force(evidence, candidate->epoch);
	if (candidate->condition != VOUCH_PRESENT || candidate->epoch == 0 ||
	    !force || scratch->holder_count == 0) {
		(void)closed(scratch, VOUCH_R_CONTRACT_UNKNOWN,
			     scratch->candidate_node, 1);
		return;
	}
	if (candidate->timeline != candidate->epoch_timeline) {
		finding = closed(scratch, VOUCH_R_CONTRACT_NO_ROW,
				 scratch->candidate_node, 1);
		finding->value[0] = candidate->timeline;
		return;
	}
	covered = contract_is_covered(scratch, force);
	for (i = 0; i < evidence->contract_count; i++) {
		const struct vouch_contract_row *row = &evidence->contracts[i];

		if (row->epoch == candidate->epoch &&
		    row->serial > force->serial &&
		    !contract_is_covered(scratch, row))
			covered = 0;
	}
	if (covered)
		scratch->covered = 1;
}

/* How many nodes answered and know of no epoch after `epoch`. */
static uint32_t witnesses(const struct vouch_evidence *evidence, uint64_t epoch)
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_probe *probe = &evidence->nodes[i].probe;

		if (probe->condition == VOUCH_PRESENT &&
		    probe->in_recovery == VOUCH_YES && probe->epoch <= epoch)
			count++;
	}
	return count;
}

/* Rule 530, route W3: nobody but the holder wrote, and the holder still has
 * all of it. */
void vouch__same_holder_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_probe *candidate = scratch->candidate;
	uint8_t self = scratch->candidate_node;
	uint64_t epoch = newest_written(scratch);
	struct vouch_finding *finding;
	uint32_t seen;

	if (scratch->holder_count == 0 || !scratch->holders_known ||
	    scratch->holders[0].node != self) {
		finding = closed(scratch, VOUCH_R_NOT_HOLDER, self, 0);
		finding->value[0] = epoch;
		return;
	}
	if (candidate->incarnation[0] == '\0' ||
	    !vouch__name_equal(candidate->incarnation,
			       scratch->holders[0].incarnation)) {
		finding = closed(scratch, VOUCH_R_HOLDER_AMNESIA, self, 1);
		finding->value[0] = epoch;
		return;
	}
	if (!vouch__has_mark(evidence)) {
		(void)closed(scratch, VOUCH_R_HOLDER_NO_RECORD, self, 1);
		return;
	}
	if (!vouch__position_is_reached(candidate, evidence->own.mark_timeline,
					evidence->own.mark_lsn)) {
		finding = closed(scratch, VOUCH_R_HOLDER_SHORT, self, 1);
		finding->value[0] = scratch->candidate_end;
		finding->value[1] = evidence->own.mark_lsn;
		vouch__cite(finding, VOUCH_C_MARK, self,
			    evidence->own.mark_lsn);
		return;
	}
	seen = witnesses(evidence, epoch);
	if (seen <= evidence->node_count / 2) {
		finding = closed(scratch, VOUCH_R_HOLDER_FEW, self, 1);
		finding->value[0] = seen;
		finding->value[1] = evidence->node_count;
		return;
	}
	scratch->covered = 1;
	scratch->same_holder = 1;
	finding = vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_SAME_HOLDER, self);
	finding->value[0] = epoch;
	vouch__cite(finding, VOUCH_C_DURABLE_END, self, scratch->candidate_end);
	vouch__cite(finding, VOUCH_C_MARK, self, evidence->own.mark_lsn);
}

/* Rule 540. */
void vouch__coverage_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_finding *best =
		&scratch->verdict->findings[scratch->coverage_best];
	struct vouch_finding *finding;

	if (scratch->covered) {
		finding = vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_COVERED,
				      scratch->candidate_node);
		vouch__cite(finding, VOUCH_C_DURABLE_END,
			    scratch->candidate_node, scratch->candidate_end);
		return;
	}
	finding = vouch__find(scratch, VOUCH_UNPROVEN,
			      (enum vouch_reason)best->reason, best->node);
	vouch__find_again(finding, best);
}

/* Some grant newer than the candidate's epoch may have happened. Where no
 * cluster keeps the grants, there may always be one that is not known here. */
static int newer_grant_may_have_happened(const struct vouch_scratch *scratch)
{
	return !vouch__managed(scratch->evidence) ||
	       newest_written(scratch) > scratch->candidate->epoch;
}

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
	if (branch->end > scratch->candidate_end &&
	    (probe->epoch == scratch->candidate->epoch ||
	     branch->relation == VOUCH_RELATION_SAME))
		return VOUCH_R_BEHIND;
	/* Until it has read its log, even the epoch that it names may be old. */
	if (probe->log_exhausted != VOUCH_YES || vouch__probe_end(probe) == 0)
		return VOUCH_R_AHEAD_UNREAD;
	return VOUCH_R_NONE;
}

/* Rule 550: admitted or not, in epoch first and in position second. */
void vouch__none_ahead_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	int failed = 0;
	uint8_t i;

	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_probe *probe = &evidence->nodes[i].probe;
		struct vouch_finding *finding;
		enum vouch_reason reason;

		if (i == scratch->candidate_node ||
		    probe->condition != VOUCH_PRESENT)
			continue;
		reason = ahead_reason(scratch, i);
		if (reason == VOUCH_R_NONE)
			continue;
		failed = 1;
		finding = vouch__find(scratch, VOUCH_UNPROVEN, reason,
				      scratch->candidate_node);
		finding->node_b = i;
		if (reason == VOUCH_R_AHEAD_EPOCH ||
		    reason == VOUCH_R_AHEAD_ROWLESS) {
			finding->value[0] = scratch->candidate->epoch;
			finding->value[1] = probe->epoch;
		} else if (reason == VOUCH_R_AHEAD_TIMELINE) {
			finding->value[0] = scratch->candidate->timeline;
			finding->value[1] = probe->timeline;
		} else {
			finding->value[0] = scratch->candidate_end;
			finding->value[1] = scratch->branches[i].end;
		}
		vouch__cite(finding, VOUCH_C_EPOCH_ROW, i, probe->epoch);
		vouch__cite(finding, VOUCH_C_DURABLE_END, i,
			    scratch->branches[i].end);
		vouch__cite(finding, VOUCH_C_DURABLE_END,
			    scratch->candidate_node, scratch->candidate_end);
		vouch__cite(finding, VOUCH_C_LOG_EXHAUSTED, i,
			    probe->log_exhausted);
	}
	if (!failed)
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_NONE_AHEAD,
				  scratch->candidate_node);
}

/* The candidate itself was given that epoch, and still has all it ever had:
 * nobody but it can have written under that grant. */
static int grant_is_candidates(const struct vouch_scratch *scratch,
			       const struct vouch_grant *grant)
{
	const struct vouch_own_record *own = &scratch->evidence->own;

	return grant->holder == scratch->candidate_node &&
	       scratch->candidate->incarnation[0] != '\0' &&
	       vouch__name_equal(scratch->candidate->incarnation,
				 grant->incarnation) &&
	       vouch__has_mark(scratch->evidence) &&
	       vouch__position_is_reached(scratch->candidate,
					  own->mark_timeline, own->mark_lsn);
}

/* One grant; 1 when all that was acknowledged under it is in the log. */
static int grant_is_satisfied(struct vouch_scratch *scratch,
			      const struct vouch_grant *grant)
{
	struct vouch_intersection found;
	struct vouch_finding *finding;

	if (grant_is_candidates(scratch, grant))
		return 1;
	found = vouch__intersect(scratch, &grant->contract);
	if (found.proven && found.ahead == VOUCH_NO_NODE)
		return 1;
	finding = vouch__find(scratch, VOUCH_UNPROVEN,
			      VOUCH_R_GRANT_UNSATISFIED,
			      scratch->candidate_node);
	finding->node_b = grant->holder;
	cite_intersection(finding, scratch, &found);
	finding->value[0] = grant->epoch;
	return 0;
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
	uint64_t epoch = scratch->newest_epoch;
	int failed = 0;

	if (scratch->same_holder || scratch->sealed_log)
		epoch = 0;
	for (; epoch > scratch->candidate->epoch;
	     epoch = vouch__epoch_below(scratch->evidence, epoch)) {
		struct vouch_grant_view view =
			vouch__grant_of(scratch->evidence, epoch);

		if (!view.known) {
			struct vouch_finding *finding = vouch__find(
				scratch, VOUCH_UNPROVEN, VOUCH_R_HOLDER_UNKNOWN,
				VOUCH_NO_NODE);

			finding->value[0] = epoch;
			return;
		}
		if (view.outcome != VOUCH_GRANT_VOID &&
		    !grant_is_satisfied(scratch, view.grant))
			failed = 1;
	}
	if (!failed)
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_GRANTS_SATISFIED,
				  VOUCH_NO_NODE);
}
