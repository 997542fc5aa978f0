/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/scratch.h"

struct vouch_finding *vouch__find(struct vouch_scratch *scratch,
				  enum vouch_outcome outcome,
				  enum vouch_reason reason, int node)
{
	struct vouch_verdict *verdict = scratch->verdict;
	struct vouch_finding *finding;

	if (verdict->finding_count >= VOUCH_FINDINGS_MAX - 1) {
		/* The last slot stays "too many", and a full list vetoes. */
		verdict->finding_count = VOUCH_FINDINGS_MAX;
		outcome = VOUCH_UNPROVEN;
		reason = VOUCH_R_TOO_MANY;
		finding = &verdict->findings[VOUCH_FINDINGS_MAX - 1];
	} else {
		finding = &verdict->findings[verdict->finding_count++];
	}
	if (outcome == VOUCH_UNPROVEN)
		scratch->unproven = 1;
	finding->rule = scratch->rule;
	finding->reason = (uint16_t)reason;
	finding->outcome = (uint16_t)outcome;
	finding->node = (uint16_t)node;
	finding->node_b = VOUCH_NO_NODE;
	finding->used_count = 0;
	finding->value[0] = 0;
	finding->value[1] = 0;
	finding->value[2] = 0;
	return finding;
}

void vouch__cite(struct vouch_finding *finding, enum vouch_cited fact,
		 int node, uint64_t value)
{
	struct vouch_used *used;

	if (finding->used_count >= VOUCH_USED_MAX)
		return;
	used = &finding->used[finding->used_count++];
	used->fact = (uint16_t)fact;
	used->node = (uint16_t)node;
	used->value = (int64_t)value;
}

void vouch__find_again(struct vouch_finding *finding,
		       const struct vouch_finding *said)
{
	int i;

	finding->node_b = said->node_b;
	/*@
	  loop invariant 0 <= i <= 3;
	  loop assigns i, finding->value[0 .. 2];
	  loop variant 3 - i;
	*/
	for (i = 0; i < 3; i++)
		finding->value[i] = said->value[i];
	/*@
	  loop invariant 0 <= i <= VOUCH_USED_MAX;
	  loop assigns i, finding->used_count,
	    finding->used[0 .. VOUCH_USED_MAX - 1];
	  loop variant VOUCH_USED_MAX - i;
	*/
	for (i = 0; i < said->used_count && i < VOUCH_USED_MAX; i++)
		vouch__cite(finding, (enum vouch_cited)said->used[i].fact,
			    said->used[i].node, (uint64_t)said->used[i].value);
}

int vouch__is_member(const struct vouch_view *view, uint32_t cluster_id)
{
	uint32_t i;

	if (view->condition != VOUCH_PRESENT || cluster_id == 0)
		return 0;
	/*@
	  loop invariant 0 <= i <= view->member_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    view->members[j] != cluster_id;
	  loop assigns i;
	  loop variant view->member_count - i;
	*/
	for (i = 0; i < view->member_count; i++) {
		if (view->members[i] == cluster_id)
			return 1;
	}
	return 0;
}

int vouch__name_equal(const char *a, const char *b)
{
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= VOUCH_NAME_SIZE;
	  loop invariant \forall integer j; 0 <= j < i ==> a[j] == b[j] &&
	    a[j] != 0;
	  loop assigns i;
	  loop variant VOUCH_NAME_SIZE - i;
	*/
	for (i = 0; i < VOUCH_NAME_SIZE; i++) {
		if (a[i] != b[i])
			return 0;
		if (a[i] == '\0')
			return 1;
	}
	return 0; /* not terminated: not a name */
}

/* D: what is durable and received, or already replayed from the own log. The
 * received position alone restarts at a segment boundary and understates. */
uint64_t vouch__probe_end(const struct vouch_probe *probe)
{
	return probe->received_lsn > probe->replayed_lsn ? probe->received_lsn :
							   probe->replayed_lsn;
}

/* Only the latest admission counts: an older incarnation of the node may come
 * back with an old disk. */
int vouch__is_admitted(const struct vouch_evidence *evidence, uint8_t node,
		       const char *incarnation)
{
	const struct vouch_admission *latest = 0;
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= evidence->admission_count;
	  loop invariant latest == \null ==> \forall integer j; 0 <= j < i ==>
	    evidence->admissions[j].node != node;
	  loop invariant latest != \null ==> \exists integer a; 0 <= a < i &&
	    latest == &evidence->admissions[a] &&
	    evidence->admissions[a].node == node &&
	    \forall integer b; 0 <= b < i &&
	      evidence->admissions[b].node == node ==>
	      evidence->admissions[b].serial <= evidence->admissions[a].serial;
	  loop assigns i, latest;
	  loop variant evidence->admission_count - i;
	*/
	for (i = 0; i < evidence->admission_count; i++) {
		const struct vouch_admission *admission =
			&evidence->admissions[i];

		if (admission->node == node &&
		    (!latest || admission->serial > latest->serial))
			latest = admission;
	}
	return latest && incarnation[0] != '\0' &&
	       vouch__name_equal(latest->incarnation, incarnation);
}

int vouch__is_present(const struct vouch_evidence *evidence, uint8_t node)
{
	return vouch__is_member(&evidence->before,
				evidence->nodes[node].cluster_id) ||
	       vouch__is_member(&evidence->after,
				evidence->nodes[node].cluster_id);
}

int vouch__is_elsewhere(const struct vouch_evidence *evidence, uint8_t node)
{
	return !vouch__managed(evidence) ||
	       (evidence->nodes[node].cluster_id != 0 &&
		!vouch__is_present(evidence, node));
}

int vouch__is_asserted(const struct vouch_evidence *evidence, uint8_t node,
		       uint64_t epoch)
{
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= evidence->assertion_count;
	  loop assigns i;
	  loop variant evidence->assertion_count - i;
	*/
	for (i = 0; i < evidence->assertion_count; i++) {
		const struct vouch_assertion *assertion =
			&evidence->assertions[i];

		if (assertion->node == node && assertion->epoch == epoch &&
		    assertion->operator_name[0] != '\0' &&
		    assertion->reason[0] != '\0')
			return 1;
	}
	return 0;
}

uint64_t vouch__route_order(const struct vouch_evidence *evidence, int node,
			    int route)
{
	switch (route) {
	case VOUCH_ROUTE_SEALED:
		return evidence->seal.order;
	case VOUCH_ROUTE_FENCED:
	case VOUCH_ROUTE_CONFIRMED:
		return evidence->fencing.order;
	case VOUCH_ROUTE_LIVE:
		return evidence->nodes[node].probe.order;
	case VOUCH_ROUTE_STOPPED:
		return evidence->nodes[node].operations.order;
	case VOUCH_ROUTE_ASSERTED:
		return evidence->before.order;
	default:
		return 0;
	}
}
