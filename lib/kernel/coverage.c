/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Coverage (P6-S1): no acknowledged write is lost. Three routes; one of them
 * must be proven, and nobody reachable may be ahead in any case (ahead.c). */
#include "kernel/rules.h"

/* A route that is not open. `telling`: cite it when none is. The first telling
 * one wins, unless a later one is marked stronger. */
/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  assigns SAID(scratch), scratch->coverage_best;
  assigns \result \from scratch->verdict;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 < scratch->verdict->finding_count;
  ensures
    \result == &scratch->verdict->findings[scratch->verdict->finding_count - 1];
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static struct vouch_finding *closed(struct vouch_scratch *scratch,
				    enum vouch_reason reason, int node,
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
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires SinceKnown(scratch);
  assigns \nothing;
  ensures \result == 0 ==>
    scratch->evidence->contract_count == 0 &&
      scratch->evidence->admission_count == 0 ||
    scratch->evidence->rows.condition == VOUCH_PRESENT &&
      scratch->evidence->rows.order != 0 &&
      Since(scratch) <= scratch->evidence->rows.order;
*/
static int rows_are_early(const struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;

	if (evidence->contract_count == 0 && evidence->admission_count == 0)
		return 0;
	return evidence->rows.condition != VOUCH_PRESENT ||
	       evidence->rows.order == 0 ||
	       evidence->rows.order < vouch__since(scratch);
}

/* Rule 500. A position read while the old holder could still write says
 * nothing about where its log ended. */
void vouch__order_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	int failed = 0;
	uint8_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant failed != 0 ==> scratch->unproven != 0;
	  loop invariant failed == 0 ==> \forall integer j; 0 <= j < i ==>
	    ReadSince{Pre}(Server{Pre}(evidence, j), Since(scratch));
	  loop assigns i, failed, SAID(scratch);
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_probe *probe = &evidence->nodes[i].probe;
		struct vouch_finding *finding;

		if (probe->condition != VOUCH_PRESENT ||
		    (probe->order != 0 &&
		     probe->order >= vouch__since(scratch)))
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
uint64_t vouch__newest_written(const struct vouch_scratch *scratch)
{
	return scratch->holder_count > 0 ? vouch__held(scratch, 0)->epoch : 0;
}

/* The last who can have written sealed its log, and did not start since. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires FirstHolder(scratch) && Bounds(scratch->evidence);
  assigns \nothing;
  ensures \result != 0 ==> SealOfLast(scratch->evidence);
*/
static int seal_is_of_last(const struct vouch_scratch *scratch)
{
	const struct vouch_seal *seal = &scratch->evidence->seal;

	return seal->condition == VOUCH_PRESENT &&
	       seal->unbroken == VOUCH_YES && scratch->holder_count > 0 &&
	       scratch->holders_known &&
	       seal->epoch == vouch__newest_written(scratch) &&
	       seal->node == vouch__held(scratch, 0)->holder &&
	       vouch__name_equal(seal->incarnation,
				 vouch__held(scratch, 0)->incarnation);
}

/* The candidate's log has the sealed record: that one, not just any shutdown
 * checkpoint. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Derived(scratch);
  requires scratch->evidence->request.candidate < VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 <==> SameRecord(scratch->evidence);
*/
static int has_sealed_record(const struct vouch_scratch *scratch)
{
	const struct vouch_seal *seal = &scratch->evidence->seal;
	const struct vouch_tail *tail = &scratch->evidence->tail;

	return tail->condition == VOUCH_PRESENT && tail->order != 0 &&
	       tail->timeline == seal->timeline &&
	       scratch->candidate->timeline == seal->timeline &&
	       tail->record_lsn == seal->record_lsn &&
	       tail->record_crc == seal->record_crc;
}

/*@
  requires \valid(finding) && \valid_read(scratch) &&
    \valid_read(scratch->evidence);
  requires \valid_read(scratch->candidate);
  assigns finding->used_count, finding->used[0 .. VOUCH_USED_MAX - 1];
*/
static void cite_seal(struct vouch_finding *finding,
		      const struct vouch_scratch *scratch)
{
	const struct vouch_seal *seal = &scratch->evidence->seal;
	const struct vouch_tail *tail = &scratch->evidence->tail;

	vouch__cite(finding, VOUCH_C_SEAL_LSN, seal->node, seal->record_lsn);
	vouch__cite(finding, VOUCH_C_SEAL_CRC, seal->node, seal->record_crc);
	vouch__cite(finding, VOUCH_C_TAIL_CRC, scratch->candidate_node,
		    tail->record_crc);
	vouch__cite(finding, VOUCH_C_TAIL_END, scratch->candidate_node,
		    tail->end_lsn);
	vouch__cite(finding, VOUCH_C_DURABLE_END, scratch->candidate_node,
		    vouch__probe_end(scratch->candidate));
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  assigns SAID(scratch), scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static void say_not_last(struct vouch_scratch *scratch, int same)
{
	struct vouch_finding *finding =
		closed(scratch,
		       same ? VOUCH_R_SEAL_NOT_LAST : VOUCH_R_SEAL_OTHER_RECORD,
		       scratch->candidate_node, 1);

	vouch__show(finding, 0,
		    same ? vouch__probe_end(scratch->candidate) :
			   scratch->evidence->seal.record_lsn);
	if (same)
		vouch__show(finding, 1, scratch->evidence->tail.end_lsn);
	cite_seal(finding, scratch);
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  assigns SAID(scratch), scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static void say_no_seal(struct vouch_scratch *scratch)
{
	struct vouch_finding *finding = closed(scratch, VOUCH_R_SEAL_NONE,
					       scratch->candidate_node, 0);

	vouch__cite(finding, VOUCH_C_SEAL, VOUCH_NO_NODE,
		    scratch->evidence->seal.condition);
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  assigns SAID(scratch), scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static void say_sealed(struct vouch_scratch *scratch)
{
	struct vouch_finding *finding =
		vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_SEAL_REACHED,
			    scratch->candidate_node);

	vouch__show(finding, 0, scratch->evidence->seal.record_lsn);
	cite_seal(finding, scratch);
}

/* Rule 510, route W1: the candidate's last record is the sealed one. */
void vouch__sealed_log_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_tail *tail = &scratch->evidence->tail;
	int same = has_sealed_record(scratch);

	if (!seal_is_of_last(scratch)) {
		say_no_seal(scratch);
	} else if (!same || tail->end_lsn != vouch__probe_end(scratch->candidate) ||
		   tail->end_lsn <= tail->record_lsn) {
		say_not_last(scratch, same);
	} else {
		/*@ assert SealedLog(scratch->evidence); */
		scratch->covered = true;
		scratch->sealed_log = true;
		say_sealed(scratch);
	}
}

void vouch__cite_intersection(struct vouch_finding *finding,
			      const struct vouch_scratch *scratch,
			      struct vouch_intersection found)
{
	vouch__show(finding, 0, (uint64_t)found.counted);
	vouch__show(finding, 1, (uint64_t)found.members);
	vouch__show(finding, 2, (uint64_t)found.required);
	vouch__cite(finding, VOUCH_C_S, VOUCH_NO_NODE,
		    (uint64_t)found.counted);
	vouch__cite(finding, VOUCH_C_N, VOUCH_NO_NODE,
		    (uint64_t)found.members);
	vouch__cite(finding, VOUCH_C_K, VOUCH_NO_NODE,
		    (uint64_t)found.required);
	vouch__cite(finding, VOUCH_C_DURABLE_END, scratch->candidate_node,
		    vouch__probe_end(scratch->candidate));
	if (found.ahead != VOUCH_NO_NODE)
		vouch__cite(finding, VOUCH_C_DURABLE_END, found.ahead,
			    scratch->branches[found.ahead].end);
}

/* What it has, and what it once had. */
/*@
  requires \valid(finding) && \valid_read(scratch) &&
    \valid_read(scratch->evidence);
  requires \separated(finding, scratch) &&
    \separated(finding, scratch->evidence);
  requires 0 <= node < VOUCH_NODES_MAX;
  assigns finding->used_count, finding->used[0 .. VOUCH_USED_MAX - 1];
*/
static void cite_set_back(struct vouch_finding *finding,
			  const struct vouch_scratch *scratch, int node)
{
	const struct vouch_node *of = &scratch->evidence->nodes[node];

	vouch__cite(finding, VOUCH_C_DURABLE_END, node,
		    vouch__probe_end(&of->probe));
	vouch__cite(finding, VOUCH_C_NOTED, node, of->noted.lsn);
}

/* Has the candidate everything acknowledged under one contract? */
/*@
  requires \valid_read(row);
  assigns \nothing;
  ensures \result != 0 <==> Pinned(row) && found.proven != 0 &&
    found.ahead == VOUCH_NO_NODE;
*/
static int contract_is_kept(const struct vouch_contract_row *row,
			    struct vouch_intersection found)
{
	return row->pinned == VOUCH_YES && found.proven &&
	       found.ahead == VOUCH_NO_NODE;
}

/* Too few of those count who may have acknowledged. */
/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  requires found.ahead == VOUCH_NO_NODE || 0 <= found.ahead < VOUCH_NODES_MAX;
  requires 0 <= found.missing < VOUCH_NODES_MAX;
  assigns SAID(scratch), scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static void say_short(struct vouch_scratch *scratch,
		      struct vouch_intersection found)
{
	enum vouch_reason why = found.why == VOUCH_R_ORDER_EARLY ?
					VOUCH_R_INTERSECT_SHORT :
					found.why;
	struct vouch_finding *finding = closed(scratch, why, found.missing, 1);

	vouch__cite_intersection(finding, scratch, found);
	if (why == VOUCH_R_INTERSECT_SET_BACK)
		cite_set_back(finding, scratch, found.missing);
	else
		vouch__cite(finding, VOUCH_C_PROBE, found.missing,
			    scratch->evidence->nodes[found.missing]
				    .probe.condition);
}

/* One of them has more. */
/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  requires 0 <= found.ahead < VOUCH_NODES_MAX;
  assigns SAID(scratch), scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static void say_behind(struct vouch_scratch *scratch,
		       struct vouch_intersection found)
{
	struct vouch_finding *finding = closed(scratch, VOUCH_R_BEHIND,
					       scratch->candidate_node, 1);

	vouch__cite_intersection(finding, scratch, found);
	finding->node_b = (uint16_t)found.ahead;
	vouch__show(finding, 0, vouch__probe_end(scratch->candidate));
	vouch__show(finding, 1, scratch->branches[found.ahead].end);
	vouch__show(finding, 2, 0);
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  requires \valid_read(row) && \separated(row, scratch, scratch->verdict);
  assigns SAID(scratch), scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static void say_unpinned(struct vouch_scratch *scratch,
			 const struct vouch_contract_row *row)
{
	struct vouch_finding *finding =
		closed(scratch, VOUCH_R_CONTRACT_UNPINNED,
		       scratch->candidate_node, 1);

	vouch__show(finding, 0, row->epoch);
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  requires 0 <= scratch->holders[0].grant < VOUCH_GRANTS_MAX;
  requires found.ahead == VOUCH_NO_NODE || 0 <= found.ahead < VOUCH_NODES_MAX;
  assigns SAID(scratch), scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static void say_asynchronous(struct vouch_scratch *scratch,
			     struct vouch_intersection found)
{
	struct vouch_finding *finding =
		closed(scratch, VOUCH_R_CONTRACT_ASYNC,
		       vouch__held(scratch, 0)->holder, 1);

	vouch__cite_intersection(finding, scratch, found);
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  requires found.ahead == VOUCH_NO_NODE;
  assigns SAID(scratch), scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static void say_intersects(struct vouch_scratch *scratch,
			   struct vouch_intersection found)
{
	struct vouch_finding *finding = vouch__find(
		scratch, VOUCH_HOLDS, VOUCH_R_INTERSECTS, scratch->candidate_node);

	vouch__cite_intersection(finding, scratch, found);
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  requires \valid_read(row) && \separated(row, scratch, scratch->verdict);
  requires 0 <= scratch->holders[0].grant < VOUCH_GRANTS_MAX;
  requires found.ahead == VOUCH_NO_NODE || 0 <= found.ahead < VOUCH_NODES_MAX;
  requires found.proven == 0 && found.required != 0 ==>
    0 <= found.missing < VOUCH_NODES_MAX;
  assigns SAID(scratch), scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static void say_contract(struct vouch_scratch *scratch,
			 const struct vouch_contract_row *row,
			 struct vouch_intersection found)
{
	if (row->pinned != VOUCH_YES)
		say_unpinned(scratch, row);
	else if (found.required == 0)
		say_asynchronous(scratch, found);
	else if (!found.proven)
		say_short(scratch, found);
	else if (found.ahead != VOUCH_NO_NODE)
		say_behind(scratch, found);
	else
		say_intersects(scratch, found);
}

/* The newest row of the candidate's epoch whose barrier was passed. What was
 * announced after it binds as well, until its own barrier. */
const struct vouch_contract_row *
vouch__contract_in_force(const struct vouch_evidence *evidence, uint64_t epoch)
{
	const struct vouch_contract_row *newest = 0;
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= evidence->contract_count;
	  loop invariant newest == \null ==> \forall integer q; 0 <= q < i &&
	    evidence->contracts[q].epoch == epoch ==>
	    evidence->contracts[q].phase != VOUCH_PHASE_IN_FORCE;
	  loop invariant newest != \null ==> \exists integer f; 0 <= f < i &&
	    newest == &evidence->contracts[f] &&
	    evidence->contracts[f].epoch == epoch &&
	    evidence->contracts[f].phase == VOUCH_PHASE_IN_FORCE &&
	    \forall integer q; 0 <= q < i &&
	      evidence->contracts[q].epoch == epoch &&
	      evidence->contracts[q].phase == VOUCH_PHASE_IN_FORCE ==>
	      evidence->contracts[q].serial <= evidence->contracts[f].serial;
	  loop assigns i, newest;
	  loop variant evidence->contract_count - i;
	*/
	for (i = 0; i < evidence->contract_count; i++) {
		const struct vouch_contract_row *row = &evidence->contracts[i];

		if (row->epoch == epoch && row->phase == VOUCH_PHASE_IN_FORCE &&
		    (!newest || row->serial > newest->serial))
			newest = row;
	}
	return newest;
}

/* Was it announced after the one in force? Then it binds as well. */
/*@
  requires \valid_read(row) && \valid_read(force);
  assigns \nothing;
  ensures \result != 0 <==> BindsAfter(row, force);
*/
static int binds_after(const struct vouch_contract_row *row,
		       const struct vouch_contract_row *force)
{
	return row->epoch == force->epoch && row->serial > force->serial;
}

/* Rule 520, route W2. All are judged before the first finding is written: what
 * is proven holds of one and the same evidence. */
void vouch__intersection_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_probe *candidate = scratch->candidate;
	struct vouch_intersection in_force, later[VOUCH_CONTRACTS_MAX];
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
		vouch__show(finding, 0, candidate->timeline);
		return;
	}
	in_force = vouch__intersect(scratch, &force->contract);
	covered = contract_is_kept(force, in_force);
	/*@
	  loop invariant 0 <= i <= evidence->contract_count;
	  loop invariant \forall integer r; 0 <= r < i &&
	    BindsAfter(&evidence->contracts[r], force) ==>
	    Judged(evidence, &evidence->contracts[r].contract,
	           Since(scratch), later[r]);
	  loop invariant covered != 0 ==> \forall integer r; 0 <= r < i &&
	    BindsAfter(&evidence->contracts[r], force) ==>
	    Kept(evidence, r, Since(scratch));
	  loop invariant covered != 0 ==> Pinned(force) && in_force.proven != 0 &&
	    in_force.ahead == VOUCH_NO_NODE;
	  loop assigns i, covered, later[0 .. VOUCH_CONTRACTS_MAX - 1];
	  loop variant evidence->contract_count - i;
	*/
	for (i = 0; i < evidence->contract_count; i++) {
		if (!binds_after(&evidence->contracts[i], force))
			continue;
		later[i] = vouch__intersect(scratch,
					    &evidence->contracts[i].contract);
		covered = covered &&
			  contract_is_kept(&evidence->contracts[i], later[i]);
	}
	/*@ assert covered != 0 ==>
	    Contracts(scratch->evidence, Since(scratch)); */
	if (covered)
		scratch->covered = true;
	say_contract(scratch, force, in_force);
	/*@
	  loop invariant 0 <= i <= evidence->contract_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
	  loop assigns i, SAID(scratch), scratch->coverage_best;
	  loop variant evidence->contract_count - i;
	*/
	for (i = 0; i < evidence->contract_count; i++) {
		if (binds_after(&evidence->contracts[i], force))
			say_contract(scratch, &evidence->contracts[i], later[i]);
	}
}

/* How many nodes answered and know of no epoch after `epoch`. */
/*@
  requires \valid_read(evidence) && evidence->node_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result == Witnesses(evidence, epoch, evidence->node_count);
*/
static uint32_t witnesses(const struct vouch_evidence *evidence, uint64_t epoch)
{
	uint32_t count = 0;
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant count <= i;
	  loop invariant count == Witnesses(evidence, epoch, i);
	  loop assigns i, count;
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_probe *probe = &evidence->nodes[i].probe;

		if (probe->condition == VOUCH_PRESENT &&
		    probe->in_recovery == VOUCH_YES && probe->epoch <= epoch)
			count++;
	}
	return count;
}

/* Why the candidate is not the last holder with its whole log;
 * VOUCH_R_SAME_HOLDER when it is. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch) && FirstHolder(scratch);
  assigns \nothing;
  ensures \result == VOUCH_R_SAME_HOLDER ==> SameHolder(scratch->evidence);
*/
static enum vouch_reason holder_reason(const struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_probe *candidate = scratch->candidate;

	if (scratch->holder_count == 0 || !scratch->holders_known ||
	    vouch__held(scratch, 0)->holder != scratch->candidate_node)
		return VOUCH_R_NOT_HOLDER;
	if (candidate->incarnation[0] == '\0' ||
	    !vouch__name_equal(candidate->incarnation,
			       vouch__held(scratch, 0)->incarnation))
		return VOUCH_R_HOLDER_AMNESIA;
	if (!vouch__has_mark(evidence))
		return VOUCH_R_HOLDER_NO_RECORD;
	if (!vouch__position_is_reached(candidate, evidence->own.mark_timeline,
					evidence->own.mark_lsn))
		return VOUCH_R_HOLDER_SHORT;
	if (!vouch__keeps_noted(&evidence->nodes[scratch->candidate_node]))
		return VOUCH_R_HOLDER_SET_BACK;
	if (witnesses(evidence, vouch__held(scratch, 0)->epoch) <=
	    evidence->node_count / 2)
		return VOUCH_R_HOLDER_FEW;
	return VOUCH_R_SAME_HOLDER;
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  requires Form(scratch->evidence) && Derived(scratch);
  assigns SAID(scratch), scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static void say_not_same_holder(struct vouch_scratch *scratch,
				enum vouch_reason reason, uint64_t epoch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	int self = scratch->candidate_node;
	struct vouch_finding *finding =
		closed(scratch, reason, self, reason != VOUCH_R_NOT_HOLDER);

	if (reason == VOUCH_R_HOLDER_NO_RECORD)
		return;
	if (reason == VOUCH_R_HOLDER_SET_BACK) {
		cite_set_back(finding, scratch, self);
		return;
	}
	if (reason == VOUCH_R_HOLDER_SHORT) {
		vouch__show(finding, 0, vouch__probe_end(scratch->candidate));
		vouch__show(finding, 1, evidence->own.mark_lsn);
		vouch__cite(finding, VOUCH_C_MARK, self,
			    evidence->own.mark_lsn);
	} else if (reason == VOUCH_R_HOLDER_FEW) {
		vouch__show(finding, 0, witnesses(evidence, epoch));
		vouch__show(finding, 1, evidence->node_count);
	} else {
		vouch__show(finding, 0, epoch);
	}
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  assigns SAID(scratch), scratch->coverage_best;
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
*/
static void say_same_holder(struct vouch_scratch *scratch, uint64_t epoch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	int self = scratch->candidate_node;
	struct vouch_finding *finding =
		vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_SAME_HOLDER, self);

	vouch__show(finding, 0, epoch);
	vouch__cite(finding, VOUCH_C_DURABLE_END, self, vouch__probe_end(scratch->candidate));
	vouch__cite(finding, VOUCH_C_MARK, self, evidence->own.mark_lsn);
}

/* Rule 530, route W3: nobody but the holder wrote, and the holder still has
 * all of it. */
void vouch__same_holder_is_proven(struct vouch_scratch *scratch)
{
	enum vouch_reason reason = holder_reason(scratch);
	uint64_t epoch = vouch__newest_written(scratch);

	if (reason != VOUCH_R_SAME_HOLDER) {
		say_not_same_holder(scratch, reason, epoch);
		return;
	}
	scratch->covered = true;
	scratch->same_holder = true;
	say_same_holder(scratch, epoch);
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
*/
static void say_covered(struct vouch_scratch *scratch)
{
	struct vouch_finding *finding = vouch__find(
		scratch, VOUCH_HOLDS, VOUCH_R_COVERED, scratch->candidate_node);

	vouch__cite(finding, VOUCH_C_DURABLE_END, scratch->candidate_node,
		    vouch__probe_end(scratch->candidate));
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires 0 <= scratch->coverage_best < VOUCH_FINDINGS_MAX;
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures scratch->unproven != 0;
*/
static void say_nothing_covers(struct vouch_scratch *scratch)
{
	const struct vouch_finding *best =
		&scratch->verdict->findings[scratch->coverage_best];
	struct vouch_finding *finding =
		vouch__find(scratch, VOUCH_UNPROVEN,
			    (enum vouch_reason)best->reason, best->node);

	vouch__find_again(finding, best);
}

/* Rule 540. */
void vouch__coverage_is_proven(struct vouch_scratch *scratch)
{
	if (!scratch->covered) {
		say_nothing_covers(scratch);
		return;
	}
	/*@ assert Covered(scratch->evidence, Since(scratch)); */
	say_covered(scratch);
}
