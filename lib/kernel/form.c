/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Form (P6-F1): evidence that the other rules may index without a further
 * look. Everything that is used as a number of things, or as an index, is
 * checked here once. */
#include "kernel/rules.h"

/* How long a name is and what it ends with, in one number: names of one cluster
 * differ there mostly. 0 is no name: empty, or without an end. */
/*@
  requires \valid_read(name + (0 .. VOUCH_NAME_SIZE - 1));
  assigns \nothing;
*/
static uint32_t name_ending(const char *name)
{
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= VOUCH_NAME_SIZE;
	  loop assigns i;
	  loop variant VOUCH_NAME_SIZE - i;
	*/
	for (i = 0; i < VOUCH_NAME_SIZE; i++) {
		if (name[i] == '\0')
			return i > 0 ? i << 8 | (uint8_t)name[i - 1] : 0;
	}
	return 0;
}

/*@
  requires \valid_read(text + (0 .. size - 1));
  assigns \nothing;
*/
static int text_is_terminated(const char *text, uint32_t size)
{
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= size;
	  loop assigns i;
	  loop variant size - i;
	*/
	for (i = 0; i < size; i++) {
		if (text[i] == '\0')
			return 1;
	}
	return 0;
}

/*@
  requires \valid_read(view);
  assigns \nothing;
  ensures \result != 0 ==> view->member_count <= VOUCH_NODES_MAX;
*/
static int view_is_valid(const struct vouch_view *view)
{
	uint32_t i;

	if (view->member_count > VOUCH_NODES_MAX ||
	    !text_is_terminated(view->dc, VOUCH_NAME_SIZE))
		return 0;
	/*@
	  loop invariant 1 <= i;
	  loop assigns i;
	  loop variant view->member_count - i;
	*/
	for (i = 1; i < view->member_count; i++) {
		if (view->members[i] <= view->members[i - 1])
			return 0;
	}
	return 1;
}

/*@
  requires \valid_read(contract);
  assigns \nothing;
  ensures \result != 0 ==> ContractForm(contract, node_count);
*/
static int contract_is_valid(const struct vouch_contract *contract,
			     uint32_t node_count)
{
	uint32_t i;

	if (contract->member_count > VOUCH_NODES_MAX ||
	    contract->k > contract->member_count)
		return 0;
	if (contract->method != VOUCH_METHOD_ANY &&
	    contract->method != VOUCH_METHOD_FIRST)
		return 0;
	/*@
	  loop invariant 0 <= i <= contract->member_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    contract->members[j] < node_count;
	  loop invariant \forall integer j, l; 0 <= j < l < i ==>
	    contract->members[j] < contract->members[l];
	  loop assigns i;
	  loop variant contract->member_count - i;
	*/
	for (i = 0; i < contract->member_count; i++) {
		if (contract->members[i] >= node_count ||
		    (i > 0 && contract->members[i] <= contract->members[i - 1]))
			return 0;
	}
	return 1;
}

/* Is the node told from all before it, by name and, where it has one, by number?
 * `highest` is the highest number before it: a higher one is none of those. */
/*@
  requires \valid_read(evidence) && i < VOUCH_NODES_MAX;
  requires \valid_read(endings + (0 .. VOUCH_NODES_MAX - 1));
  requires \forall integer j; 0 <= j < i ==>
    evidence->nodes[j].cluster_id <= highest;
  assigns \nothing;
  ensures \result != 0 ==> evidence->nodes[i].cluster_id == 0 ||
    \forall integer j; 0 <= j < i ==>
      evidence->nodes[j].cluster_id != evidence->nodes[i].cluster_id;
*/
static int node_is_new(const struct vouch_evidence *evidence,
		       const uint32_t *endings, uint32_t i, uint32_t highest)
{
	const struct vouch_node *node = &evidence->nodes[i];
	uint32_t j;

	/*@
	  loop invariant 0 <= j <= i;
	  loop assigns j;
	  loop variant i - j;
	*/
	for (j = 0; j < i; j++) {
		if (endings[j] == endings[i] &&
		    vouch__name_equal(node->name, evidence->nodes[j].name))
			return 0;
	}
	if (node->cluster_id == 0 || node->cluster_id > highest)
		return 1;
	/*@
	  loop invariant 0 <= j <= i;
	  loop invariant \forall integer l; 0 <= l < j ==>
	    evidence->nodes[l].cluster_id != node->cluster_id;
	  loop assigns j;
	  loop variant i - j;
	*/
	for (j = 0; j < i; j++) {
		if (node->cluster_id == evidence->nodes[j].cluster_id)
			return 0;
	}
	return 1;
}

/*@
  requires \valid_read(evidence);
  assigns \nothing;
  ensures \result != 0 ==> 0 < evidence->node_count <= VOUCH_NODES_MAX;
  ensures \result != 0 ==>
    \forall integer i; 0 <= i < evidence->node_count ==>
      evidence->nodes[i].probe.history_count <= VOUCH_HISTORY_MAX;
  ensures \result != 0 ==> NumbersApart(evidence);
*/
static int nodes_are_valid(const struct vouch_evidence *evidence)
{
	uint32_t endings[VOUCH_NODES_MAX];
	uint32_t highest = 0;
	uint32_t i;

	if (evidence->node_count == 0 || evidence->node_count > VOUCH_NODES_MAX)
		return 0;
	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    evidence->nodes[j].probe.history_count <= VOUCH_HISTORY_MAX;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    evidence->nodes[j].cluster_id <= highest;
	  loop invariant \forall integer j, l; 0 <= j < l < i &&
	    evidence->nodes[l].cluster_id != 0 ==>
	    evidence->nodes[j].cluster_id != evidence->nodes[l].cluster_id;
	  loop assigns i, highest, endings[0 .. VOUCH_NODES_MAX - 1];
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_node *node = &evidence->nodes[i];

		endings[i] = name_ending(node->name);
		if (endings[i] == 0 ||
		    !text_is_terminated(node->probe.incarnation,
					VOUCH_NAME_SIZE) ||
		    node->probe.history_count > VOUCH_HISTORY_MAX ||
		    !node_is_new(evidence, endings, i, highest))
			return 0;
		if (node->cluster_id > highest)
			highest = node->cluster_id;
	}
	return 1;
}

/* Serials say which of two rows came later: two with the same would leave that to
 * the order in which they stand here. One above all before it is none of those. */
/*@
  requires \valid_read(evidence) &&
    evidence->contract_count <= VOUCH_CONTRACTS_MAX;
  assigns \nothing;
  ensures \result != 0 ==>
    \forall integer i, j; 0 <= i < j < evidence->contract_count ==>
      evidence->contracts[i].serial != evidence->contracts[j].serial;
*/
static int contract_serials_are_valid(const struct vouch_evidence *evidence)
{
	uint64_t highest = 0;
	uint32_t i, j;

	/*@
	  loop invariant 0 <= i <= evidence->contract_count;
	  loop invariant \forall integer l; 0 <= l < i ==>
	    evidence->contracts[l].serial <= highest;
	  loop invariant \forall integer l, m; 0 <= l < m < i ==>
	    evidence->contracts[l].serial != evidence->contracts[m].serial;
	  loop assigns i, j, highest;
	  loop variant evidence->contract_count - i;
	*/
	for (i = 0; i < evidence->contract_count; i++) {
		uint64_t serial = evidence->contracts[i].serial;

		if (serial > highest) {
			highest = serial;
			continue;
		}
		/*@
		  loop invariant 0 <= j <= i;
		  loop invariant \forall integer l; 0 <= l < j ==>
		    evidence->contracts[l].serial != serial;
		  loop assigns j;
		  loop variant i - j;
		*/
		for (j = 0; j < i; j++) {
			if (evidence->contracts[j].serial == serial)
				return 0;
		}
	}
	return 1;
}

/*@
  requires \valid_read(evidence) &&
    evidence->admission_count <= VOUCH_ADMISSIONS_MAX;
  assigns \nothing;
  ensures \result != 0 ==>
    \forall integer i, j; 0 <= i < j < evidence->admission_count ==>
      evidence->admissions[i].serial != evidence->admissions[j].serial;
*/
static int admission_serials_are_valid(const struct vouch_evidence *evidence)
{
	uint64_t highest = 0;
	uint32_t i, j;

	/*@
	  loop invariant 0 <= i <= evidence->admission_count;
	  loop invariant \forall integer l; 0 <= l < i ==>
	    evidence->admissions[l].serial <= highest;
	  loop invariant \forall integer l, m; 0 <= l < m < i ==>
	    evidence->admissions[l].serial != evidence->admissions[m].serial;
	  loop assigns i, j, highest;
	  loop variant evidence->admission_count - i;
	*/
	for (i = 0; i < evidence->admission_count; i++) {
		uint64_t serial = evidence->admissions[i].serial;

		if (serial > highest) {
			highest = serial;
			continue;
		}
		/*@
		  loop invariant 0 <= j <= i;
		  loop invariant \forall integer l; 0 <= l < j ==>
		    evidence->admissions[l].serial != serial;
		  loop assigns j;
		  loop variant i - j;
		*/
		for (j = 0; j < i; j++) {
			if (evidence->admissions[j].serial == serial)
				return 0;
		}
	}
	return 1;
}

/*@
  requires \valid_read(evidence) && evidence->node_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 ==> evidence->grant_count <= VOUCH_GRANTS_MAX &&
    \forall integer i; 0 <= i < evidence->grant_count ==>
      0 < evidence->grants[i].epoch < 18446744073709551615 &&
      evidence->grants[i].holder < evidence->node_count &&
      ContractForm(&evidence->grants[i].contract, evidence->node_count);
*/
static int grants_are_valid(const struct vouch_evidence *evidence)
{
	uint32_t i;

	if (evidence->grant_count > VOUCH_GRANTS_MAX)
		return 0;
	/*@
	  loop invariant 0 <= i <= evidence->grant_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    0 < evidence->grants[j].epoch < 18446744073709551615 &&
	    evidence->grants[j].holder < evidence->node_count &&
	    ContractForm(&evidence->grants[j].contract, evidence->node_count);
	  loop assigns i;
	  loop variant evidence->grant_count - i;
	*/
	for (i = 0; i < evidence->grant_count; i++) {
		const struct vouch_grant *grant = &evidence->grants[i];

		if (grant->epoch == 0 || grant->epoch == UINT64_MAX ||
		    grant->holder >= evidence->node_count ||
		    grant->follows >= grant->epoch ||
		    grant->source == VOUCH_SOURCE_UNKNOWN ||
		    !text_is_terminated(grant->incarnation, VOUCH_NAME_SIZE) ||
		    !contract_is_valid(&grant->contract, evidence->node_count))
			return 0;
	}
	return 1;
}

/* A row without its place in the order could be any. */
/*@
  requires \valid_read(evidence) && evidence->node_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 ==> evidence->contract_count <= VOUCH_CONTRACTS_MAX &&
    \forall integer i; 0 <= i < evidence->contract_count ==>
      0 < evidence->contracts[i].epoch &&
      ContractForm(&evidence->contracts[i].contract, evidence->node_count);
*/
static int contracts_are_valid(const struct vouch_evidence *evidence)
{
	uint32_t i;

	if (evidence->contract_count > VOUCH_CONTRACTS_MAX)
		return 0;
	/*@
	  loop invariant 0 <= i <= evidence->contract_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    0 < evidence->contracts[j].epoch &&
	    ContractForm(&evidence->contracts[j].contract, evidence->node_count);
	  loop assigns i;
	  loop variant evidence->contract_count - i;
	*/
	for (i = 0; i < evidence->contract_count; i++) {
		if (evidence->contracts[i].epoch == 0 ||
		    evidence->contracts[i].serial == 0 ||
		    !contract_is_valid(&evidence->contracts[i].contract,
				       evidence->node_count))
			return 0;
	}
	return 1;
}

/*@
  requires \valid_read(evidence) && evidence->node_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 ==> evidence->admission_count <= VOUCH_ADMISSIONS_MAX &&
    \forall integer i; 0 <= i < evidence->admission_count ==>
      evidence->admissions[i].node < evidence->node_count;
*/
static int admissions_are_valid(const struct vouch_evidence *evidence)
{
	uint32_t i;

	if (evidence->admission_count > VOUCH_ADMISSIONS_MAX)
		return 0;
	/*@
	  loop invariant 0 <= i <= evidence->admission_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    evidence->admissions[j].node < evidence->node_count;
	  loop assigns i;
	  loop variant evidence->admission_count - i;
	*/
	for (i = 0; i < evidence->admission_count; i++) {
		if (evidence->admissions[i].serial == 0 ||
		    evidence->admissions[i].node >= evidence->node_count ||
		    !text_is_terminated(evidence->admissions[i].incarnation,
					VOUCH_NAME_SIZE))
			return 0;
	}
	return 1;
}

/*@
  requires \valid_read(evidence);
  assigns \nothing;
  ensures \result != 0 ==> evidence->fencing.count <= VOUCH_FENCINGS_MAX &&
    \forall integer i; 0 <= i < evidence->fencing.count ==>
      evidence->fencing.entries[i].node < evidence->node_count;
*/
static int fencing_is_valid(const struct vouch_evidence *evidence)
{
	const struct vouch_fencing_history *fencing = &evidence->fencing;
	uint32_t i;

	if (fencing->count > VOUCH_FENCINGS_MAX)
		return 0;
	if (fencing->snapshot == VOUCH_PRESENT &&
	    fencing->snapshot_holder >= evidence->node_count)
		return 0;
	/*@
	  loop invariant 0 <= i <= fencing->count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    fencing->entries[j].node < evidence->node_count;
	  loop assigns i;
	  loop variant fencing->count - i;
	*/
	for (i = 0; i < fencing->count; i++) {
		if (fencing->entries[i].node >= evidence->node_count ||
		    !text_is_terminated(fencing->entries[i].origin,
					VOUCH_NAME_SIZE))
			return 0;
	}
	return 1;
}

/*@
  requires \valid_read(evidence);
  assigns \nothing;
  ensures \result != 0 ==> evidence->assertion_count <= VOUCH_ASSERTIONS_MAX &&
    \forall integer i; 0 <= i < evidence->assertion_count ==>
      evidence->assertions[i].node < evidence->node_count;
*/
static int assertions_are_valid(const struct vouch_evidence *evidence)
{
	uint32_t i;

	if (evidence->assertion_count > VOUCH_ASSERTIONS_MAX)
		return 0;
	/*@
	  loop invariant 0 <= i <= evidence->assertion_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    evidence->assertions[j].node < evidence->node_count;
	  loop assigns i;
	  loop variant evidence->assertion_count - i;
	*/
	for (i = 0; i < evidence->assertion_count; i++) {
		if (evidence->assertions[i].node >= evidence->node_count)
			return 0;
	}
	return 1;
}

/*@
  requires \valid_read(evidence);
  assigns \nothing;
  ensures \result != 0 ==> evidence->seal.condition == VOUCH_PRESENT ==>
    evidence->seal.node < evidence->node_count;
*/
static int seal_is_valid(const struct vouch_evidence *evidence)
{
	return evidence->seal.condition != VOUCH_PRESENT ||
	       (evidence->seal.node < evidence->node_count &&
		text_is_terminated(evidence->seal.incarnation,
				   VOUCH_NAME_SIZE));
}

/* One that is not there at all is for its own rule to refuse. */
/*@
  requires \valid_read(evidence);
  assigns \nothing;
  ensures \result != 0 ==>
    ContractForm(&evidence->offer.contract, evidence->node_count);
*/
static int offer_is_valid(const struct vouch_evidence *evidence)
{
	const struct vouch_contract *contract = &evidence->offer.contract;

	return (contract->method == 0 && contract->member_count == 0 &&
		contract->k == 0) ||
	       contract_is_valid(contract, evidence->node_count);
}

/*@
  requires \valid_read(evidence);
  assigns \nothing;
  ensures \result != 0 ==> evidence->request.candidate < evidence->node_count;
*/
static int request_is_valid(const struct vouch_evidence *evidence)
{
	return evidence->request.candidate < evidence->node_count &&
	       text_is_terminated(evidence->request.id, VOUCH_NAME_SIZE) &&
	       text_is_terminated(evidence->request.reason, VOUCH_TEXT_SIZE);
}

/*@
  requires \valid_read(evidence) && evidence->node_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 ==> evidence->grant_count <= VOUCH_GRANTS_MAX &&
    \forall integer i; 0 <= i < evidence->grant_count ==>
      0 < evidence->grants[i].epoch < 18446744073709551615 &&
      evidence->grants[i].holder < evidence->node_count &&
      ContractForm(&evidence->grants[i].contract, evidence->node_count);
  ensures \result != 0 ==> evidence->contract_count <= VOUCH_CONTRACTS_MAX &&
    \forall integer i; 0 <= i < evidence->contract_count ==>
      0 < evidence->contracts[i].epoch &&
      ContractForm(&evidence->contracts[i].contract, evidence->node_count);
  ensures \result != 0 ==> evidence->admission_count <= VOUCH_ADMISSIONS_MAX &&
    \forall integer i; 0 <= i < evidence->admission_count ==>
      evidence->admissions[i].node < evidence->node_count;
  ensures \result != 0 ==> SerialsApart(evidence);
*/
static int records_are_valid(const struct vouch_evidence *evidence)
{
	return grants_are_valid(evidence) && contracts_are_valid(evidence) &&
	       admissions_are_valid(evidence) &&
	       contract_serials_are_valid(evidence) &&
	       admission_serials_are_valid(evidence);
}

/*@
  requires \valid_read(evidence);
  assigns \nothing;
  ensures \result != 0 ==> Complete(evidence);
*/
static int evidence_is_valid(const struct vouch_evidence *evidence)
{
	return evidence->format == VOUCH_EVIDENCE_FORMAT &&
	       (evidence->manager == VOUCH_MANAGER_PACEMAKER ||
		evidence->manager == VOUCH_MANAGER_NONE) &&
	       nodes_are_valid(evidence) && request_is_valid(evidence) &&
	       offer_is_valid(evidence) && view_is_valid(&evidence->before) &&
	       view_is_valid(&evidence->after) && records_are_valid(evidence) &&
	       fencing_is_valid(evidence) && assertions_are_valid(evidence) &&
	       seal_is_valid(evidence);
}

/* Rule 100. */
void vouch__form_is_proven(struct vouch_scratch *scratch)
{
	scratch->form_ok = evidence_is_valid(scratch->evidence) ? 1 : 0;
	(void)vouch__find(scratch,
			  scratch->form_ok ? VOUCH_HOLDS : VOUCH_UNPROVEN,
			  scratch->form_ok ? VOUCH_R_FORM_OK : VOUCH_R_FORM_BAD,
			  VOUCH_NO_NODE);
}

/* Rule 110. Nobody assumes authority; somebody asks for it (P6-A3). */
void vouch__request_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_request *request = &scratch->evidence->request;
	int ok = request->id[0] != '\0' &&
		 (request->origin == VOUCH_ORIGIN_PACEMAKER ||
		  request->origin == VOUCH_ORIGIN_OPERATOR ||
		  request->origin == VOUCH_ORIGIN_HOOK);

	(void)vouch__find(scratch, ok ? VOUCH_HOLDS : VOUCH_UNPROVEN,
			  ok ? VOUCH_R_REQUEST_OK : VOUCH_R_REQUEST_BAD,
			  request->candidate);
}

/* Rule 120. */
void vouch__authorization_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_request *request = &scratch->evidence->request;
	int ok = request->authorization == VOUCH_AUTHORIZATION_PACEMAKER ||
		 (request->authorization == VOUCH_AUTHORIZATION_OPERATOR &&
		  request->authorized == VOUCH_YES);

	(void)vouch__find(scratch, ok ? VOUCH_HOLDS : VOUCH_UNPROVEN,
			  ok ? VOUCH_R_AUTHORIZED : VOUCH_R_NOT_AUTHORIZED,
			  request->candidate);
}

/* Rule 140. A remote or guest node has no vote and another fencing life; what
 * was not thought through is refused. */
void vouch__class_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	int failed = 0;
	uint8_t i;

	if (!vouch__managed(evidence)) {
		(void)vouch__find(scratch, VOUCH_NOT_USED, VOUCH_R_NO_MANAGER,
				  VOUCH_NO_NODE);
		return;
	}
	/*@
	  loop invariant 0 <= i <= evidence->node_count;
	  loop invariant Findings(scratch->verdict);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant failed != 0 ==> scratch->unproven != 0;
	  loop invariant failed == 0 ==> \forall integer j; 0 <= j < i ==>
	    IsMember{Pre}(evidence, j);
	  loop assigns i, failed, SAID(scratch);
	  loop variant evidence->node_count - i;
	*/
	for (i = 0; i < evidence->node_count; i++) {
		enum vouch_node_class class = evidence->nodes[i].node_class;

		if (class == VOUCH_CLASS_MEMBER)
			continue;
		failed = 1;
		(void)vouch__find(scratch, VOUCH_UNPROVEN,
				  class == VOUCH_CLASS_UNKNOWN ?
					  VOUCH_R_CLASS_UNKNOWN :
					  VOUCH_R_CLASS_BAD,
				  i);
	}
	if (!failed)
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_CLASS_OK,
				  VOUCH_NO_NODE);
}
