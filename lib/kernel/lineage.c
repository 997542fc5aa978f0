/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lineage (P6-S2): which log continues which. A timeline's number alone says
 * nothing; two forks can both be "timeline 2". What counts is the whole chain
 * of ancestors with the points where each ended. */
#include "kernel/rules.h"

int vouch__history_is_valid(const struct vouch_probe *probe)
{
	uint32_t i;

	/* Only the first timeline has no ancestors. */
	if (probe->timeline == 0 ||
	    (probe->timeline > 1 && probe->history_count == 0))
		return 0;
	/*@
	  loop invariant 0 <= i <= probe->history_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    probe->history[j].timeline != 0 && probe->history[j].end_lsn != 0 &&
	    probe->history[j].timeline < TimelineAt(probe, j + 1);
	  loop invariant \forall integer j; 0 < j < i ==>
	    probe->history[j - 1].end_lsn <= probe->history[j].end_lsn;
	  loop assigns i;
	  loop variant probe->history_count - i;
	*/
	for (i = 0; i < probe->history_count; i++) {
		uint32_t next = i + 1 < probe->history_count ?
					probe->history[i + 1].timeline :
					probe->timeline;

		if (probe->history[i].timeline == 0 ||
		    probe->history[i].end_lsn == 0 ||
		    probe->history[i].timeline >= next)
			return 0;
		if (i > 0 &&
		    probe->history[i].end_lsn < probe->history[i - 1].end_lsn)
			return 0;
	}
	/* A log that ends before its own timeline began. */
	return probe->history_count == 0 ||
	       vouch__probe_end(probe) == 0 ||
	       vouch__probe_end(probe) >=
		       probe->history[probe->history_count - 1].end_lsn;
}

/*@
  assigns \nothing;
  ensures \result == (a < b ? a : b);
*/
static uint64_t lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*@
  requires relation <= VOUCH_RELATION_UNRELATED;
  assigns \nothing;
  ensures \result.relation == relation && \result.end == end &&
    \result.parted == at;
*/
static struct vouch_branch parted(enum vouch_relation relation, uint64_t end,
				  uint64_t at)
{
	struct vouch_branch branch = { relation, end, at };

	return branch;
}

/* The log of x on the branch that c is on. The chains are walked as long as
 * they agree in number and end. */
/*@
  requires \valid_read(c) && c->history_count <= VOUCH_HISTORY_MAX;
  requires \valid_read(x) && x->history_count <= VOUCH_HISTORY_MAX;
  assigns \nothing;
  ensures \result.relation == VOUCH_RELATION_SAME ==> \result.end == End(x);
  ensures \result.relation != VOUCH_RELATION_SAME ==>
    \exists integer n; PartAt(c, x, n, \result.parted) &&
      \result.end == Min(End(x), \result.parted);
  ensures BranchEnd(c, x, \result.end);
  ensures \result.relation != VOUCH_RELATION_UNKNOWN;
  ensures \result.relation == VOUCH_RELATION_SAME <==> SameTimeline(c, x);
  ensures \result.relation == VOUCH_RELATION_UNRELATED <==>
    TimelineAt(c, 0) != TimelineAt(x, 0);
*/
static struct vouch_branch branch_of(const struct vouch_probe *c,
				     const struct vouch_probe *x)
{
	uint64_t end = vouch__probe_end(x);
	uint64_t from = 0; /* where the timelines at `i` began, on both */
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= c->history_count && i <= x->history_count;
	  loop invariant SameChain(c, x, i);
	  loop invariant from == (i == 0 ? 0 : x->history[i - 1].end_lsn);
	  loop invariant i > 0 ==> TimelineAt(c, 0) == TimelineAt(x, 0);
	  loop assigns i, from;
	  loop variant c->history_count - i;
	*/
	for (i = 0;; i++) {
		int c_last = i >= c->history_count;
		int x_last = i >= x->history_count;
		uint32_t c_timeline = c_last ? c->timeline :
					       c->history[i].timeline;
		uint32_t x_timeline = x_last ? x->timeline :
					       x->history[i].timeline;

		/*@ assert !(c_last && x_last && c_timeline == x_timeline) &&
		    !(!c_last && !x_last && c_timeline == x_timeline &&
		      c->history[i].end_lsn == x->history[i].end_lsn) ==>
		    PartAt(c, x, i, c_timeline != x_timeline ? from :
		      c_last ? x->history[i].end_lsn :
		      x_last ? c->history[i].end_lsn :
		      Min(c->history[i].end_lsn, x->history[i].end_lsn)); */
		if (c_timeline != x_timeline)
			return parted(i == 0 ? VOUCH_RELATION_UNRELATED :
					       VOUCH_RELATION_FORKED,
				      lesser(end, from), from);
		if (c_last && x_last)
			return parted(VOUCH_RELATION_SAME, end, 0);
		if (c_last)
			return parted(VOUCH_RELATION_DESCENDANT,
				      lesser(end, x->history[i].end_lsn),
				      x->history[i].end_lsn);
		if (x_last)
			return parted(VOUCH_RELATION_ANCESTOR,
				      lesser(end, c->history[i].end_lsn),
				      c->history[i].end_lsn);
		if (c->history[i].end_lsn != x->history[i].end_lsn) {
			uint64_t at = lesser(c->history[i].end_lsn,
					     x->history[i].end_lsn);

			return parted(VOUCH_RELATION_FORKED, lesser(end, at), at);
		}
		from = c->history[i].end_lsn;
	}
}

struct vouch_branch vouch__branch_derive(const struct vouch_scratch *scratch,
					 int candidate_ok, uint8_t i)
{
	const struct vouch_probe *probe = &scratch->evidence->nodes[i].probe;

	if (candidate_ok && probe->condition == VOUCH_PRESENT &&
	    vouch__history_is_valid(probe))
		return branch_of(scratch->candidate, probe);
	return parted(VOUCH_RELATION_UNKNOWN, 0, 0);
}

int vouch__position_is_reached(const struct vouch_probe *probe,
			       uint32_t timeline, uint64_t lsn)
{
	uint32_t i;

	if (!vouch__history_is_valid(probe))
		return 0;
	if (timeline == probe->timeline)
		return vouch__probe_end(probe) >= lsn;
	/*@
	  loop invariant 0 <= i <= probe->history_count;
	  loop assigns i;
	  loop variant probe->history_count - i;
	*/
	for (i = 0; i < probe->history_count; i++) {
		if (probe->history[i].timeline == timeline)
			return probe->history[i].end_lsn >= lsn;
	}
	return 0;
}

/* Rule 400. */
void vouch__system_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	uint64_t expected = scratch->candidate->system_id;
	int failed = 0;
	uint8_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant failed != 0 ==> scratch->unproven != 0;
	  loop invariant failed == 0 ==> \forall integer j; 0 <= j < i ==>
	    (j != evidence->request.candidate &&
	     Server(evidence, j)->condition != VOUCH_PRESENT) ||
	    (Server(evidence, j)->condition == VOUCH_PRESENT && expected != 0 &&
	     Server(evidence, j)->system_id == expected);
	  loop assigns i, failed, SAID(scratch);
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_probe *probe = &evidence->nodes[i].probe;
		struct vouch_finding *finding;

		if (i != scratch->candidate_node &&
		    probe->condition != VOUCH_PRESENT)
			continue;
		if (probe->condition == VOUCH_PRESENT && expected != 0 &&
		    probe->system_id == expected)
			continue;
		failed = 1;
		finding = vouch__find(scratch, VOUCH_UNPROVEN,
				      probe->condition == VOUCH_PRESENT ?
					      VOUCH_R_SYSTEM_OTHER :
					      VOUCH_R_READY_ABSENT,
				      i);
		vouch__cite(finding, VOUCH_C_SYSTEM_ID, i, probe->system_id);
		vouch__cite(finding, VOUCH_C_SYSTEM_ID, scratch->candidate_node,
			    expected);
	}
	if (!failed) {
		struct vouch_finding *finding = vouch__find(
			scratch, VOUCH_HOLDS, VOUCH_R_SYSTEM_SAME,
			VOUCH_NO_NODE);

		vouch__cite(finding, VOUCH_C_SYSTEM_ID, VOUCH_NO_NODE, expected);
	}
}

/* Why the history of node i forbids a decision; VOUCH_R_LINEAGE_OK when it
 * does not. A fork is no reason by itself: its D is capped where it parted. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch) && Branches(scratch);
  requires i < scratch->evidence->node_count;
  assigns \nothing;
  ensures \result == VOUCH_R_LINEAGE_OK ==> Related(scratch->evidence, i);
  ensures \result == VOUCH_R_LINEAGE_OK ==>
    scratch->branches[i].relation != VOUCH_RELATION_UNKNOWN;
*/
static enum vouch_reason history_reason(const struct vouch_scratch *scratch,
					uint8_t i)
{
	const struct vouch_probe *probe = &scratch->evidence->nodes[i].probe;
	int16_t relation = scratch->branches[i].relation;

	if (relation == VOUCH_RELATION_UNKNOWN)
		return VOUCH_R_LINEAGE_BAD;
	if (relation == VOUCH_RELATION_UNRELATED)
		return VOUCH_R_LINEAGE_UNRELATED;
	if (relation != VOUCH_RELATION_SAME &&
	    probe->timeline == scratch->candidate->timeline)
		return VOUCH_R_LINEAGE_NUMBER;
	if (i == scratch->candidate_node &&
	    probe->history_count >= VOUCH_HISTORY_MAX)
		return VOUCH_R_LINEAGE_FULL;
	return VOUCH_R_LINEAGE_OK;
}

/* Rule 410. */
void vouch__lineage_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	struct vouch_finding *finding;
	int failed = 0;
	uint8_t i;

	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant failed != 0 ==> scratch->unproven != 0;
	  loop invariant failed == 0 ==> \forall integer j; 0 <= j < i ==>
	    (j != evidence->request.candidate &&
	     Server(evidence, j)->condition != VOUCH_PRESENT) ||
	    Related(evidence, j);
	  loop invariant failed == 0 ==> \forall integer j; 0 <= j < i ==>
	    (j != evidence->request.candidate &&
	     Server(evidence, j)->condition != VOUCH_PRESENT) ||
	    scratch->branches[j].relation != VOUCH_RELATION_UNKNOWN;
	  loop assigns i, failed, finding, SAID(scratch);
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_probe *probe = &evidence->nodes[i].probe;
		enum vouch_reason reason;

		if (i != scratch->candidate_node &&
		    probe->condition != VOUCH_PRESENT)
			continue;
		reason = history_reason(scratch, i);
		if (reason == VOUCH_R_LINEAGE_OK)
			continue;
		failed = 1;
		finding = vouch__find(scratch, VOUCH_UNPROVEN, reason, i);
		finding->node_b = (uint16_t)scratch->candidate_node;
		vouch__show(finding, 0, probe->timeline);
		vouch__cite(finding, VOUCH_C_TIMELINE, i, probe->timeline);
		vouch__cite(finding, VOUCH_C_TIMELINE, scratch->candidate_node,
			    scratch->candidate->timeline);
		vouch__cite(finding, VOUCH_C_SWITCH_POINT, i,
			    scratch->branches[i].parted);
	}
	if (failed)
		return;
	finding = vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_LINEAGE_OK,
			      VOUCH_NO_NODE);
	vouch__cite(finding, VOUCH_C_TIMELINE, scratch->candidate_node,
		    scratch->candidate->timeline);
}

int vouch__candidate_is_authorised(const struct vouch_scratch *scratch)
{
	const struct vouch_probe *candidate = scratch->candidate;
	struct vouch_grant_view newest;
	uint64_t last;

	if (candidate->epoch != 0 &&
	    candidate->timeline == candidate->epoch_timeline)
		return 1;
	/* Its own promotion, cut off before the epoch's row: it is the holder
	 * that the newest grant names, the same incarnation, one fork on. What
	 * came to nothing, before it or since, made no fork. */
	last = vouch__last_epoch(scratch->evidence, vouch__newest(scratch) + 1);
	newest = vouch__grant_of(scratch->evidence, last);
	return newest.known && newest.holder == scratch->candidate_node &&
	       candidate->incarnation[0] != '\0' &&
	       vouch__name_equal(newest.grant->incarnation,
				 candidate->incarnation) &&
	       vouch__last_epoch(scratch->evidence, last) == candidate->epoch &&
	       candidate->history_count > 0 &&
	       candidate->history[candidate->history_count - 1].timeline ==
		       candidate->epoch_timeline;
}

/* Rule 420. A member forked by a promotion that nobody authorised cannot be
 * the candidate. */
void vouch__fork_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_probe *candidate = scratch->candidate;
	int ok = candidate->condition == VOUCH_PRESENT &&
		 vouch__candidate_is_authorised(scratch);
	struct vouch_finding *finding = vouch__find(
		scratch, ok ? VOUCH_HOLDS : VOUCH_UNPROVEN,
		ok ? VOUCH_R_LINEAGE_AUTHORISED : VOUCH_R_LINEAGE_ROGUE,
		scratch->candidate_node);

	vouch__show(finding, 0, candidate->timeline);
	vouch__cite(finding, VOUCH_C_TIMELINE, scratch->candidate_node,
		    candidate->timeline);
	vouch__cite(finding, VOUCH_C_EPOCH_ROW, scratch->candidate_node,
		    candidate->epoch);
}
