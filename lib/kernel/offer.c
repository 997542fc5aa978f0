/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a promotion would start (P6-S1), and what may have started elsewhere
 * without anybody here knowing. */
#include "kernel/rules.h"

/* The least and the most that contracts ask for. */
struct asked {
	uint32_t least;
	uint32_t most;
};

/* ... of those that bind the candidate's log; 0 and 0 when none is known. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch);
  assigns \nothing;
  ensures AskFor(scratch->evidence, \result.least, \result.most);
  ensures \result.least <= VOUCH_NODES_MAX;
*/
static struct asked what_binds(const struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_contract_row *force = vouch__contract_in_force(
		evidence, scratch->candidate->epoch);
	struct asked asked = { 0, 0 };
	uint32_t i;

	if (!force)
		return asked;
	asked.least = force->contract.k;
	asked.most = force->contract.k;
	/*@
	  loop invariant 0 <= i <= evidence->contract_count;
	  loop invariant asked.least <= VOUCH_NODES_MAX;
	  loop invariant \forall integer r; 0 <= r < i &&
	    evidence->contracts[r].epoch == force->epoch &&
	    force->serial <= evidence->contracts[r].serial ==>
	    asked.least <= evidence->contracts[r].contract.k <= asked.most;
	  loop assigns i, asked;
	  loop variant evidence->contract_count - i;
	*/
	for (i = 0; i < evidence->contract_count; i++) {
		const struct vouch_contract_row *row = &evidence->contracts[i];

		if (row->epoch != force->epoch || row->serial < force->serial)
			continue;
		if (row->contract.k < asked.least)
			asked.least = row->contract.k;
		if (row->contract.k > asked.most)
			asked.most = row->contract.k;
	}
	return asked;
}

/* It said where its log ends, and nobody started it since. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Derived(scratch) && i < VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 ==>
    SealedAndSilent(scratch->evidence, i, NewestOf(scratch));
*/
static int is_sealed_and_silent(const struct vouch_scratch *scratch, uint8_t i)
{
	const struct vouch_evidence *evidence = scratch->evidence;

	return i != scratch->candidate_node &&
	       evidence->nodes[i].probe.condition == VOUCH_ABSENT &&
	       evidence->seal.condition == VOUCH_PRESENT &&
	       evidence->seal.unbroken == VOUCH_YES &&
	       evidence->seal.node == i &&
	       evidence->seal.epoch == vouch__newest(scratch);
}

/* It answers, and no life of it was ever admitted: there is none to forget. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch) && i < VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 ==> NewHere(scratch->evidence, i);
*/
static int is_new_and_answers(const struct vouch_scratch *scratch, uint8_t i)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	const struct vouch_probe *probe = &evidence->nodes[i].probe;
	uint32_t j;

	if (i == scratch->candidate_node || probe->condition != VOUCH_PRESENT ||
	    probe->in_recovery != VOUCH_YES)
		return 0;
	/*@
	  loop invariant 0 <= j <= evidence->admission_count;
	  loop invariant \forall integer a; 0 <= a < j ==>
	    evidence->admissions[a].node != i;
	  loop assigns j;
	  loop variant evidence->admission_count - j;
	*/
	for (j = 0; j < evidence->admission_count; j++) {
		if (evidence->admissions[j].node == i)
			return 0;
	}
	return evidence->rows.condition == VOUCH_PRESENT;
}

/* What becomes of what one node may have acknowledged unseen. */
enum unseen {
	UNSEEN_NONE = 0, /* it is here, and would say so */
	UNSEEN_SEALED = 1,
	UNSEEN_OTHERS = 2, /* the others, or some of them, must have it */
};

/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch) && Branches(scratch);
  requires i < scratch->evidence->node_count;
  assigns \nothing;
  ensures \result == UNSEEN_NONE ==>
    Counts(scratch->evidence, i, Since(scratch)) ||
    NewHere(scratch->evidence, i);
  ensures \result == UNSEEN_SEALED ==>
    SealedAndSilent(scratch->evidence, i, NewestOf(scratch));
  ensures \result == UNSEEN_NONE || \result == UNSEEN_SEALED ||
    \result == UNSEEN_OTHERS;
*/
static enum unseen unseen_of(const struct vouch_scratch *scratch, uint8_t i)
{
	if (vouch__remembers(scratch, i) || is_new_and_answers(scratch, i))
		return UNSEEN_NONE;
	return is_sealed_and_silent(scratch, i) ? UNSEEN_SEALED : UNSEEN_OTHERS;
}

/* What was found of one node; `found` is looked at where the others must cover it. */
/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures \old(scratch->unproven) != 0 ==> scratch->unproven != 0;
  ensures scratch->unproven == 0 && unseen == UNSEEN_OTHERS ==>
    found.proven != 0 && found.ahead == VOUCH_NO_NODE;
*/
static void unseen_conclude(struct vouch_scratch *scratch, uint8_t node,
			    enum unseen unseen, struct vouch_intersection found)
{
	int covered = found.proven && found.ahead == VOUCH_NO_NODE;
	struct vouch_finding *finding;

	if (unseen == UNSEEN_NONE)
		return;
	if (unseen == UNSEEN_SEALED) {
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_UNSEEN_SEALED,
				  node);
		return;
	}
	finding = vouch__find(scratch, covered ? VOUCH_HOLDS : VOUCH_UNPROVEN,
			      covered ? VOUCH_R_UNSEEN_COVERED :
					VOUCH_R_UNSEEN_OPEN,
			      node);
	vouch__show(finding, 0, (uint64_t)found.counted);
	vouch__show(finding, 1, (uint64_t)found.members);
	vouch__show(finding, 2, (uint64_t)found.required);
	vouch__cite(finding, VOUCH_C_S, VOUCH_NO_NODE,
		    (uint64_t)found.counted);
	vouch__cite(finding, VOUCH_C_N, VOUCH_NO_NODE,
		    (uint64_t)found.members);
	vouch__cite(finding, VOUCH_C_K, VOUCH_NO_NODE,
		    (uint64_t)found.required);
}

/*
 * Rule 570. In a cluster every grant is on record before it is used. Without
 * one, a node that does not answer, or that does not remember its former life,
 * may have been promoted while this one was away. What it acknowledged then is
 * known only because no promotion here ever asks for fewer acknowledgements than
 * the log that it starts from: so the contract in this log bounds the unseen one
 * too. All are judged before the first finding is written.
 */
void vouch__unseen_grants_are_covered(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	struct vouch_intersection found[VOUCH_NODES_MAX];
	enum unseen unseen[VOUCH_NODES_MAX];
	struct asked asked;
	int count = 0;
	uint8_t i;

	if (vouch__managed(evidence)) {
		(void)vouch__find(scratch, VOUCH_NOT_USED,
				  VOUCH_R_GRANTS_KEPT, VOUCH_NO_NODE);
		return;
	}
	asked = what_binds(scratch);
	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant \forall integer j; 0 <= j < i &&
	    (unseen[j] == UNSEEN_OTHERS ==>
	     found[j].proven != 0 && found[j].ahead == VOUCH_NO_NODE) ==>
	    Unseen(evidence, j, asked.least, NewestOf(scratch),
	           Since(scratch));
	  loop assigns i, unseen[0 .. VOUCH_NODES_MAX - 1],
	    found[0 .. VOUCH_NODES_MAX - 1];
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		unseen[i] = unseen_of(scratch, i);
		if (unseen[i] == UNSEEN_OTHERS)
			found[i] = vouch__intersect_others(scratch, i,
							   asked.least);
	}
	if (evidence->offer.contract.k < asked.most) {
		struct vouch_finding *finding =
			vouch__find(scratch, VOUCH_UNPROVEN,
				    VOUCH_R_OFFER_WEAKER, VOUCH_NO_NODE);

		vouch__show(finding, 0, evidence->offer.contract.k);
		vouch__show(finding, 1, asked.most);
	}
	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant \at(scratch->unproven, LoopEntry) != 0 ==>
	    scratch->unproven != 0;
	  loop invariant scratch->unproven == 0 ==>
	    \forall integer j; 0 <= j < i && unseen[j] == UNSEEN_OTHERS ==>
	    found[j].proven != 0 && found[j].ahead == VOUCH_NO_NODE;
	  loop invariant 0 <= count <= i;
	  loop assigns i, count, SAID(scratch);
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		count += unseen[i] != UNSEEN_NONE;
		unseen_conclude(scratch, i, unseen[i], found[i]);
		/*@ assert (uint8_t)(i + 1) == i + 1; */
		/*@ assert scratch->unproven == 0 ==> \forall integer j;
		      0 <= j <= i && unseen[j] == UNSEEN_OTHERS ==>
		      found[j].proven != 0 && found[j].ahead == VOUCH_NO_NODE; */
	}
	if (count == 0)
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
	/*@
	  loop invariant 0 <= i <= offer->contract.member_count;
	  loop invariant ok != 0 ==> offer->pinned == VOUCH_YES &&
	    offer->contract.method != VOUCH_METHOD_UNKNOWN &&
	    \forall integer j; 0 <= j < i ==>
	      offer->contract.members[j] != scratch->candidate_node;
	  loop assigns i, ok;
	  loop variant offer->contract.member_count - i;
	*/
	for (i = 0; i < offer->contract.member_count; i++)
		ok = ok && offer->contract.members[i] != scratch->candidate_node;
	finding = vouch__find(scratch, ok ? VOUCH_HOLDS : VOUCH_UNPROVEN,
			      ok ? VOUCH_R_OFFER_OK : VOUCH_R_OFFER_UNPINNED,
			      scratch->candidate_node);
	vouch__show(finding, 1, offer->contract.member_count);
	vouch__show(finding, 2, offer->contract.k);
	vouch__cite(finding, VOUCH_C_PINNED, scratch->candidate_node,
		    offer->pinned);
	vouch__cite(finding, VOUCH_C_K, VOUCH_NO_NODE, offer->contract.k);
	vouch__cite(finding, VOUCH_C_N, VOUCH_NO_NODE,
		    offer->contract.member_count);
}
