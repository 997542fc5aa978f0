/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a promotion would start (P6-S1), and what may have started elsewhere
 * without anybody here knowing. */
#include "kernel/rules.h"

/* The contract that a node's unseen grant would name: all but itself. */
static void contract_of_others(const struct vouch_evidence *evidence, uint8_t node,
			       uint32_t k, struct vouch_contract *contract)
{
	uint8_t i;

	contract->method = VOUCH_METHOD_ANY;
	contract->k = k;
	contract->member_count = 0;
	for (i = 0; i < evidence->node_count; i++) {
		if (i != node)
			contract->members[contract->member_count++] = i;
	}
}

/* The least and the most that the contracts binding the candidate's log ask
 * for; 0 and 0 when none is known. */
static void k_range(const struct vouch_scratch *scratch, uint32_t *least,
		    uint32_t *most)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_contract_row *force = vouch__contract_in_force(
		evidence, scratch->candidate->epoch);
	uint32_t i;

	*least = force ? force->contract.k : 0;
	*most = *least;
	for (i = 0; force && i < evidence->contract_count; i++) {
		const struct vouch_contract_row *row = &evidence->contracts[i];

		if (row->epoch != force->epoch || row->serial < force->serial)
			continue;
		if (row->contract.k < *least)
			*least = row->contract.k;
		if (row->contract.k > *most)
			*most = row->contract.k;
	}
}

/* It said where its log ends, and nobody started it since. */
static int is_sealed_and_silent(const struct vouch_scratch *scratch, uint8_t i)
{
	const struct vouch_evidence *evidence = scratch->evidence;

	return i != scratch->candidate_node &&
	       evidence->nodes[i].probe.condition == VOUCH_ABSENT &&
	       evidence->seal.condition == VOUCH_PRESENT &&
	       evidence->seal.unbroken == VOUCH_YES &&
	       evidence->seal.node == i &&
	       evidence->seal.epoch == scratch->newest_epoch;
}

/* It answers, and no life of it was ever admitted: there is none to forget. */
static int is_new_and_answers(const struct vouch_scratch *scratch, uint8_t i)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_probe *probe = &evidence->nodes[i].probe;
	uint32_t j;

	if (i == scratch->candidate_node || probe->condition != VOUCH_PRESENT ||
	    probe->in_recovery != VOUCH_YES)
		return 0;
	for (j = 0; j < evidence->admission_count; j++) {
		if (evidence->admissions[j].node == i)
			return 0;
	}
	return evidence->rows.condition == VOUCH_PRESENT;
}

/* One such node; 1 when nothing that it may have acknowledged is missing. */
static int unseen_is_covered(struct vouch_scratch *scratch, uint8_t node,
			     uint32_t k)
{
	struct vouch_intersection found;
	struct vouch_contract contract;
	struct vouch_finding *finding;
	int covered;

	contract_of_others(scratch->evidence, node, k, &contract);
	found = vouch__intersect(scratch, &contract);
	covered = found.proven && found.ahead == VOUCH_NO_NODE;
	finding = vouch__find(scratch, covered ? VOUCH_HOLDS : VOUCH_UNPROVEN,
			      covered ? VOUCH_R_UNSEEN_COVERED :
					VOUCH_R_UNSEEN_OPEN,
			      node);
	finding->value[0] = found.counted;
	finding->value[1] = found.members;
	finding->value[2] = k;
	vouch__cite(finding, VOUCH_C_S, VOUCH_NO_NODE, found.counted);
	vouch__cite(finding, VOUCH_C_N, VOUCH_NO_NODE, found.members);
	vouch__cite(finding, VOUCH_C_K, VOUCH_NO_NODE, k);
	return covered;
}

/*
 * Rule 570. In a cluster every grant is on record before it is used. Without
 * one, a node that does not answer, or that does not remember its former life,
 * may have been promoted while this one was away. What it acknowledged then is known only because no promotion here ever
 * asks for fewer acknowledgements than the log that it starts from: so the
 * contract in this log bounds the unseen one too.
 */
void vouch__unseen_grants_are_covered(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	uint32_t least, most;
	int all = 1;
	uint8_t i;

	if (vouch__managed(evidence)) {
		(void)vouch__find(scratch, VOUCH_NOT_USED,
				  VOUCH_R_GRANTS_KEPT, VOUCH_NO_NODE);
		return;
	}
	k_range(scratch, &least, &most);
	if (evidence->offer.contract.k < most) {
		struct vouch_finding *finding =
			vouch__find(scratch, VOUCH_UNPROVEN,
				    VOUCH_R_OFFER_WEAKER, VOUCH_NO_NODE);

		finding->value[0] = evidence->offer.contract.k;
		finding->value[1] = most;
	}
	for (i = 0; i < evidence->node_count; i++) {
		if (vouch__remembers(scratch, i) ||
		    is_new_and_answers(scratch, i))
			continue;
		all = 0;
		if (is_sealed_and_silent(scratch, i)) {
			(void)vouch__find(scratch, VOUCH_HOLDS,
					  VOUCH_R_UNSEEN_SEALED, i);
			continue;
		}
		(void)unseen_is_covered(scratch, i, least);
	}
	if (all)
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_UNSEEN_NONE,
				  VOUCH_NO_NODE);
}

/* Rule 580. The grant is all that others will know of the new epoch's contract
 * until they have its row: the server must already do what it says. */
void vouch__offer_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_offer *offer = &scratch->evidence->offer;
	int ok = offer->pinned == VOUCH_YES &&
		 offer->contract.method != VOUCH_METHOD_UNKNOWN;
	struct vouch_finding *finding;
	uint32_t i;

	/* A holder does not acknowledge to itself. */
	for (i = 0; i < offer->contract.member_count; i++)
		ok = ok && offer->contract.members[i] != scratch->candidate_node;
	finding = vouch__find(scratch, ok ? VOUCH_HOLDS : VOUCH_UNPROVEN,
			      ok ? VOUCH_R_OFFER_OK : VOUCH_R_OFFER_UNPINNED,
			      scratch->candidate_node);
	finding->value[1] = offer->contract.member_count;
	finding->value[2] = offer->contract.k;
	vouch__cite(finding, VOUCH_C_PINNED, scratch->candidate_node,
		    offer->pinned);
	vouch__cite(finding, VOUCH_C_K, VOUCH_NO_NODE, offer->contract.k);
	vouch__cite(finding, VOUCH_C_N, VOUCH_NO_NODE,
		    offer->contract.member_count);
}
