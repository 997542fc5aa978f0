/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The elementary changes: which mean something here, and what each does to the
 * evidence. */
#include <string.h>

#include "explain/remedy.h"
#include "kernel/parts.h"
#include "kernel/scratch.h"

static int is_silent(const struct vouch_node *node)
{
	return node->probe.condition == VOUCH_ABSENT;
}

static int is_standby(const struct vouch_node *node)
{
	return node->probe.condition == VOUCH_PRESENT &&
	       node->probe.in_recovery == VOUCH_YES;
}

static int is_named_holder(const struct vouch_evidence *evidence, uint8_t node)
{
	uint32_t i;

	for (i = 0; i < evidence->grant_count; i++) {
		if (evidence->grants[i].holder == node)
			return 1;
	}
	return 0;
}

/* The answer that others are put beside: the candidate's, or else that of the
 * standby that is furthest. NULL when nobody answers. */
static const struct vouch_probe *reference(const struct vouch_evidence *evidence)
{
	const struct vouch_node *candidate =
		&evidence->nodes[evidence->request.candidate];
	const struct vouch_probe *best = NULL;
	uint32_t i;

	if (candidate->probe.condition == VOUCH_PRESENT)
		return &candidate->probe;
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_probe *probe = &evidence->nodes[i].probe;

		if (is_standby(&evidence->nodes[i]) &&
		    (!best || vouch__probe_end(probe) > vouch__probe_end(best)))
			best = probe;
	}
	return best;
}

static int is_foreign(const struct vouch_evidence *evidence,
		      const struct vouch_node *node)
{
	const struct vouch_probe *other = reference(evidence);

	return node->probe.condition == VOUCH_CONTRADICTORY ||
	       (is_standby(node) && other &&
		node->probe.system_id != other->system_id);
}

static int is_member_of_both(const struct vouch_evidence *evidence,
			     const struct vouch_node *node)
{
	return vouch__is_member(&evidence->before, node->cluster_id) &&
	       vouch__is_member(&evidence->after, node->cluster_id) &&
	       node->online == VOUCH_YES && node->unclean == VOUCH_NO;
}

static int grant_is_open(const struct vouch_evidence *evidence, uint8_t node)
{
	uint32_t i;

	for (i = 0; i < evidence->grant_count; i++) {
		const struct vouch_grant *grant = &evidence->grants[i];

		if (grant->holder == node &&
		    vouch__grant_of(evidence, grant->epoch).outcome ==
			    VOUCH_GRANT_OPEN)
			return 1;
	}
	return 0;
}

static int has_watchdog_entry(const struct vouch_evidence *evidence)
{
	uint32_t i;

	for (i = 0; i < evidence->fencing.count; i++) {
		if (evidence->fencing.entries[i].executor ==
		    VOUCH_EXECUTOR_WATCHDOG)
			return 1;
	}
	return 0;
}

static int cluster_change_applies(const struct vouch_evidence *evidence,
				  enum vouch_change_kind kind)
{
	const struct vouch_request *request = &evidence->request;
	int managed = vouch__managed(evidence);

	switch (kind) {
	case VOUCH_CHANGE_COLLECT:
		return 1;
	case VOUCH_CHANGE_VIEW:
		return managed && (evidence->before.condition != VOUCH_PRESENT ||
				   evidence->after.condition != VOUCH_PRESENT);
	case VOUCH_CHANGE_REQUEST:
		return request->id[0] == '\0' ||
		       request->origin == VOUCH_ORIGIN_UNKNOWN;
	case VOUCH_CHANGE_AUTHORIZE:
		return request->authorization != VOUCH_AUTHORIZATION_PACEMAKER &&
		       request->authorized != VOUCH_YES;
	case VOUCH_CHANGE_QUORUM:
		return managed && evidence->after.quorate != VOUCH_YES;
	case VOUCH_CHANGE_FENCING:
		return managed && evidence->after.fencing_enabled != VOUCH_YES;
	case VOUCH_CHANGE_FENCER:
		return managed && evidence->fencing.condition != VOUCH_PRESENT;
	case VOUCH_CHANGE_WATCHDOG:
		return managed && request->watchdog_accepted != VOUCH_YES &&
		       has_watchdog_entry(evidence);
	default:
		return 0;
	}
}

static int node_change_applies(const struct vouch_evidence *evidence,
			       enum vouch_change_kind kind, uint8_t i)
{
	const struct vouch_node *node = &evidence->nodes[i];
	const struct vouch_probe *probe = &node->probe;
	int managed = vouch__managed(evidence);
	int candidate = i == evidence->request.candidate;
	int open = !is_standby(node);

	switch (kind) {
	case VOUCH_CHANGE_ATTEMPT:
		return !is_silent(node) && probe->promoting != VOUCH_NO;
	case VOUCH_CHANGE_OPERATION:
		return managed && node->operations.condition == VOUCH_PRESENT &&
		       node->operations.in_flight != VOUCH_NO;
	case VOUCH_CHANGE_READ:
		return !open && probe->log_exhausted != VOUCH_YES;
	case VOUCH_CHANGE_RESUME:
		return !open && probe->replay_paused != VOUCH_NO;
	case VOUCH_CHANGE_REPLAY:
		return !open && probe->replayed_lsn != vouch__probe_end(probe) &&
		       (evidence->tail.condition != VOUCH_PRESENT ||
			probe->replayed_lsn != evidence->tail.end_lsn);
	case VOUCH_CHANGE_JOIN:
		return managed && !is_silent(node) && node->cluster_id != 0 &&
		       !is_member_of_both(evidence, node);
	case VOUCH_CHANGE_RESTART:
		return !open &&
		       (probe->incarnation[0] == '\0' ||
			(candidate && evidence->offer.pinned != VOUCH_YES &&
			 evidence->offer.contract.method !=
				 VOUCH_METHOD_UNKNOWN));
	case VOUCH_CHANGE_ANSWER:
		return reference(evidence) &&
		       (is_silent(node) || is_foreign(evidence, node));
	case VOUCH_CHANGE_DEMOTE:
		return open && !is_silent(node) &&
		       probe->condition != VOUCH_CONTRADICTORY;
	case VOUCH_CHANGE_STOP:
		/* Never offered against a standby that speaks against the
		 * candidate: that would silence the witness. */
		return open && !candidate &&
		       (!is_silent(node) ||
			(managed && node->online == VOUCH_YES));
	case VOUCH_CHANGE_FENCE:
		return managed && !candidate &&
		       (open || is_named_holder(evidence, i));
	case VOUCH_CHANGE_CONFIRM:
		return managed && is_silent(node) && !candidate;
	case VOUCH_CHANGE_ASSERT:
		return is_silent(node) && !candidate;
	case VOUCH_CHANGE_VOID:
		return grant_is_open(evidence, i);
	case VOUCH_CHANGE_CLASS:
		return managed && node->node_class != VOUCH_CLASS_MEMBER;
	case VOUCH_CHANGE_PROMOTE:
		return !candidate;
	default:
		return 0;
	}
}

uint32_t vouch__changes_list(const struct vouch_evidence *evidence,
			     struct vouch_change *changes)
{
	uint32_t count = 0;
	uint32_t kind;
	uint8_t i;

	for (kind = 0; kind <= VOUCH_CHANGE_PROMOTE; kind++) {
		enum vouch_change_kind k = (enum vouch_change_kind)kind;

		if (count < VOUCH_CHANGES_MAX &&
		    cluster_change_applies(evidence, k))
			changes[count++] =
				(struct vouch_change){ k, VOUCH_NO_NODE };
		for (i = 0; i < evidence->node_count; i++) {
			if (count < VOUCH_CHANGES_MAX &&
			    node_change_applies(evidence, k, i))
				changes[count++] = (struct vouch_change){ k, i };
		}
	}
	return count;
}

/* What becomes of a node; a node has one fate. */
static int is_fate(enum vouch_change_kind kind)
{
	return (kind >= VOUCH_CHANGE_ANSWER && kind <= VOUCH_CHANGE_ASSERT) ||
	       kind == VOUCH_CHANGE_DOWN;
}

static int is_quorum(enum vouch_change_kind kind)
{
	return kind == VOUCH_CHANGE_QUORUM || kind == VOUCH_CHANGE_QUORUM_LOST;
}

int vouch__changes_exclude(const struct vouch_change *a,
			   const struct vouch_change *b)
{
	/* It is part of every other change. */
	if (a->kind == VOUCH_CHANGE_COLLECT || b->kind == VOUCH_CHANGE_COLLECT)
		return 1;
	if (a->kind == VOUCH_CHANGE_PROMOTE && b->kind == VOUCH_CHANGE_PROMOTE)
		return 1;
	if (is_quorum(a->kind) && is_quorum(b->kind))
		return 1;
	return a->node == b->node && is_fate(a->kind) && is_fate(b->kind);
}

/* --- what a change does ---------------------------------------------------- */

/* Only what counts: most of the structure is room that nobody uses. */
static void evidence_copy(struct vouch_evidence *to,
			  const struct vouch_evidence *from)
{
#define COPY(field) to->field = from->field
#define COPY_ARRAY(field, count)                                               \
	do {                                                                   \
		COPY(count);                                                   \
		memcpy(to->field, from->field,                                 \
		       from->count * sizeof(from->field[0]));                  \
	} while (0)
	COPY(format);
	COPY(manager);
	COPY(request);
	COPY(before);
	COPY(after);
	COPY(own);
	COPY(rows);
	COPY(offer);
	COPY(seal);
	COPY(tail);
	COPY(fencing.condition);
	COPY(fencing.order);
	COPY(fencing.snapshot);
	COPY(fencing.snapshot_epoch);
	COPY(fencing.snapshot_holder);
	COPY_ARRAY(fencing.entries, fencing.count);
	COPY_ARRAY(nodes, node_count);
	COPY_ARRAY(grants, grant_count);
	COPY_ARRAY(contracts, contract_count);
	COPY_ARRAY(admissions, admission_count);
	COPY_ARRAY(assertions, assertion_count);
	memcpy(to->cluster, from->cluster, sizeof(to->cluster));
#undef COPY_ARRAY
#undef COPY
}

static void member_add(struct vouch_view *view, uint32_t cluster_id)
{
	uint32_t at = view->member_count;

	/* Nobody joins a view that was not seen. */
	if (view->condition != VOUCH_PRESENT || cluster_id == 0 ||
	    at >= VOUCH_NODES_MAX ||
	    vouch__is_member(view, cluster_id))
		return;
	for (; at > 0 && view->members[at - 1] > cluster_id; at--)
		view->members[at] = view->members[at - 1];
	view->members[at] = cluster_id;
	view->member_count++;
}

static void member_remove(struct vouch_view *view, uint32_t cluster_id)
{
	uint32_t i, kept = 0;

	for (i = 0; i < view->member_count; i++) {
		if (view->members[i] != cluster_id)
			view->members[kept++] = view->members[i];
	}
	view->member_count = kept;
}

static void node_join(struct vouch_evidence *evidence, struct vouch_node *node)
{
	if (!vouch__managed(evidence))
		return;
	node->online = VOUCH_YES;
	node->unclean = VOUCH_NO;
	node->ever_seen = VOUCH_YES;
	member_add(&evidence->before, node->cluster_id);
	member_add(&evidence->after, node->cluster_id);
}

static void operations_say(struct vouch_evidence *evidence,
			   struct vouch_node *node, enum vouch_operation last)
{
	if (!vouch__managed(evidence))
		return;
	node->operations.condition = VOUCH_PRESENT;
	node->operations.last = last;
	node->operations.last_result = VOUCH_RESULT_OK;
	node->operations.in_flight = VOUCH_NO;
}

/* The incarnation under which a node was last known: as admitted, or else as
 * it was granted an epoch. Empty when nobody knows. */
static void incarnation_restore(const struct vouch_evidence *evidence,
				uint8_t node, char *incarnation)
{
	const struct vouch_admission *latest = NULL;
	uint32_t i;

	incarnation[0] = '\0';
	for (i = 0; i < evidence->grant_count; i++) {
		if (evidence->grants[i].holder == node)
			memcpy(incarnation, evidence->grants[i].incarnation,
			       VOUCH_NAME_SIZE);
	}
	for (i = 0; i < evidence->admission_count; i++) {
		const struct vouch_admission *admission =
			&evidence->admissions[i];

		if (admission->node == node &&
		    (!latest || admission->serial > latest->serial))
			latest = admission;
	}
	if (latest)
		memcpy(incarnation, latest->incarnation, VOUCH_NAME_SIZE);
}

static void node_answer(struct vouch_evidence *evidence, uint8_t i)
{
	struct vouch_node *node = &evidence->nodes[i];
	const struct vouch_probe *beside = reference(evidence);
	struct vouch_probe *probe = &node->probe;

	if (!beside)
		return;
	if (beside != probe)
		*probe = *beside;
	probe->condition = VOUCH_PRESENT;
	probe->in_recovery = VOUCH_YES;
	probe->received_lsn = vouch__probe_end(beside);
	probe->replayed_lsn = probe->received_lsn;
	probe->log_exhausted = VOUCH_YES;
	probe->replay_paused = VOUCH_NO;
	probe->checksums_clean = VOUCH_YES;
	probe->promoting = VOUCH_NO;
	memset(&node->noted, 0, sizeof(node->noted));
	incarnation_restore(evidence, i, probe->incarnation);
	node_join(evidence, node);
	operations_say(evidence, node, VOUCH_OP_START);
}

static void node_stop(struct vouch_evidence *evidence, struct vouch_node *node)
{
	memset(&node->probe, 0, sizeof(node->probe));
	operations_say(evidence, node, VOUCH_OP_STOP);
}

const char *vouch__fencing_origin(const struct vouch_evidence *evidence,
				  uint8_t node)
{
	const char *origin = evidence->nodes[evidence->request.candidate].name;
	uint32_t i;

	for (i = 0; i < evidence->fencing.count; i++) {
		const struct vouch_fencing *entry = &evidence->fencing.entries[i];

		if (entry->node == node && entry->in_snapshot != VOUCH_YES &&
		    entry->state == VOUCH_FENCING_FAILED &&
		    entry->origin[0] != '\0')
			origin = entry->origin;
	}
	return origin;
}

static void fencing_pending_end(struct vouch_fencing_history *history,
				uint8_t node)
{
	uint32_t i, kept = 0;

	for (i = 0; i < history->count; i++) {
		if (history->entries[i].node == node &&
		    history->entries[i].state == VOUCH_FENCING_PENDING)
			continue;
		if (kept != i)
			history->entries[kept] = history->entries[i];
		kept++;
	}
	history->count = kept;
}

static void node_fence(struct vouch_evidence *evidence, uint8_t i,
		       enum vouch_executor executor)
{
	struct vouch_fencing_history *history = &evidence->fencing;
	struct vouch_node *node = &evidence->nodes[i];
	char origin[VOUCH_NAME_SIZE];
	struct vouch_fencing *entry;
	uint64_t latest = 0;
	uint32_t at;

	memcpy(origin, vouch__fencing_origin(evidence, i), VOUCH_NAME_SIZE);
	fencing_pending_end(history, i);
	if (history->count >= VOUCH_FENCINGS_MAX)
		return;
	for (at = 0; at < history->count; at++) {
		if (history->entries[at].completed_s > latest)
			latest = history->entries[at].completed_s;
	}
	entry = &history->entries[history->count++];
	memset(entry, 0, sizeof(*entry));
	entry->node = i;
	entry->action = VOUCH_FENCE_OFF;
	entry->state = VOUCH_FENCING_SUCCEEDED;
	entry->executor = executor;
	memcpy(entry->origin, origin, VOUCH_NAME_SIZE);
	entry->completed_s = latest < UINT64_MAX ? latest + 1 : latest;
	entry->in_snapshot = VOUCH_NO;
	memset(&node->probe, 0, sizeof(node->probe));
	node->online = VOUCH_NO;
	node->unclean = VOUCH_NO;
	member_remove(&evidence->before, node->cluster_id);
	member_remove(&evidence->after, node->cluster_id);
}

/* Nobody knows what became of it: silence, and no more than that. */
static void node_lose(struct vouch_evidence *evidence, struct vouch_node *node)
{
	memset(&node->probe, 0, sizeof(node->probe));
	if (!vouch__managed(evidence))
		return;
	node->online = VOUCH_NO;
	node->unclean = VOUCH_YES;
	member_remove(&evidence->before, node->cluster_id);
	member_remove(&evidence->after, node->cluster_id);
}

/* As vouch records it: of the newest epoch known when it was said. */
static void node_assert(struct vouch_evidence *evidence, uint8_t i)
{
	struct vouch_assertion *assertion;

	if (evidence->assertion_count >= VOUCH_ASSERTIONS_MAX)
		return;
	assertion = &evidence->assertions[evidence->assertion_count++];
	memset(assertion, 0, sizeof(*assertion));
	assertion->node = i;
	assertion->epoch = vouch__newest_epoch(evidence);
	assertion->operator_name[0] = '?';
	assertion->reason[0] = '?';
}

static void grants_void(struct vouch_evidence *evidence, uint8_t node)
{
	uint32_t i;

	for (i = 0; i < evidence->grant_count; i++) {
		struct vouch_grant *grant = &evidence->grants[i];

		if (grant->holder == node &&
		    vouch__grant_of(evidence, grant->epoch).outcome ==
			    VOUCH_GRANT_OPEN)
			grant->outcome = VOUCH_GRANT_VOID;
	}
}

/* The same configuration, seen from the other node: it offers to be held to the
 * acknowledgements of all that the old one named, and of the old one. */
static void offer_turn(struct vouch_offer *offer, uint8_t old, uint8_t new)
{
	struct vouch_contract *contract = &offer->contract;
	struct vouch_contract from = *contract;
	uint32_t i;
	int stands = 0;

	/* Nothing to offer there is nothing to offer here. */
	if (contract->method == VOUCH_METHOD_UNKNOWN)
		return;
	offer->pinned = VOUCH_YES;
	contract->member_count = 0;
	for (i = 0; i < from.member_count; i++) {
		if (!stands && from.members[i] > old) {
			contract->members[contract->member_count++] = old;
			stands = 1;
		}
		if (from.members[i] != new && from.members[i] != old)
			contract->members[contract->member_count++] =
				from.members[i];
	}
	if (!stands && contract->member_count < VOUCH_NODES_MAX)
		contract->members[contract->member_count++] = old;
	if (contract->k > contract->member_count)
		contract->k = contract->member_count;
}

/* The other candidate's own records were not collected. They are taken to fit
 * its own answer; of the log, only what both have is taken to be the same. That
 * the old candidate once had more than it has now must not be forgotten with
 * its records: its agent will renew its incarnation, so it counts no more. */
static void candidate_replace(struct vouch_evidence *evidence, uint8_t i)
{
	struct vouch_probe *old =
		&evidence->nodes[evidence->request.candidate].probe;
	const struct vouch_probe *new = &evidence->nodes[i].probe;

	if (evidence->own.condition == VOUCH_PRESENT &&
	    !vouch__position_is_reached(old, evidence->own.mark_timeline,
					evidence->own.mark_lsn))
		old->incarnation[0] = '\0';
	if (new->timeline != old->timeline ||
	    vouch__probe_end(new) != vouch__probe_end(old))
		evidence->tail.condition = VOUCH_ABSENT;
	offer_turn(&evidence->offer, evidence->request.candidate, i);
	evidence->own.condition = VOUCH_PRESENT;
	evidence->own.mark_timeline = new->timeline;
	evidence->own.mark_lsn = vouch__probe_end(new);
	evidence->request.authorized = VOUCH_NO;
	evidence->request.candidate = i;
}

/* No view at all: as the cluster's status has its nodes. */
static void view_make(const struct vouch_evidence *evidence,
		      struct vouch_view *view)
{
	uint32_t i;

	memset(view, 0, sizeof(*view));
	view->condition = VOUCH_PRESENT;
	view->quorate = VOUCH_YES;
	view->two_node = VOUCH_NO;
	view->fencing_enabled = VOUCH_YES;
	for (i = 0; i < evidence->node_count; i++) {
		if (evidence->nodes[i].online == VOUCH_YES)
			member_add(view, evidence->nodes[i].cluster_id);
	}
}

static void view_answer(struct vouch_evidence *evidence)
{
	if (evidence->after.condition == VOUCH_PRESENT)
		return;
	if (evidence->before.condition == VOUCH_PRESENT)
		evidence->after = evidence->before;
	else
		view_make(evidence, &evidence->after);
}

static void request_complete(struct vouch_request *request)
{
	if (request->id[0] == '\0')
		request->id[0] = '?';
	if (request->origin == VOUCH_ORIGIN_UNKNOWN)
		request->origin = VOUCH_ORIGIN_OPERATOR;
}

static void change_apply(struct vouch_evidence *evidence,
			 const struct vouch_change *change)
{
	struct vouch_node *node = change->node < evidence->node_count ?
					  &evidence->nodes[change->node] :
					  &evidence->nodes[0];

	switch (change->kind) {
	case VOUCH_CHANGE_COLLECT:
		return;
	case VOUCH_CHANGE_VIEW:
		view_answer(evidence);
		return;
	case VOUCH_CHANGE_REQUEST:
		request_complete(&evidence->request);
		return;
	case VOUCH_CHANGE_AUTHORIZE:
		evidence->request.authorization = VOUCH_AUTHORIZATION_OPERATOR;
		evidence->request.authorized = VOUCH_YES;
		return;
	case VOUCH_CHANGE_QUORUM:
		evidence->after.quorate = VOUCH_YES;
		return;
	case VOUCH_CHANGE_FENCING:
		evidence->after.fencing_enabled = VOUCH_YES;
		return;
	case VOUCH_CHANGE_FENCER:
		evidence->fencing.condition = VOUCH_PRESENT;
		return;
	case VOUCH_CHANGE_ATTEMPT:
		node->probe.promoting = VOUCH_NO;
		return;
	case VOUCH_CHANGE_OPERATION:
		node->operations.in_flight = VOUCH_NO;
		return;
	case VOUCH_CHANGE_READ:
		node->probe.log_exhausted = VOUCH_YES;
		return;
	case VOUCH_CHANGE_RESUME:
		node->probe.replay_paused = VOUCH_NO;
		return;
	case VOUCH_CHANGE_REPLAY:
		node->probe.replayed_lsn = vouch__probe_end(&node->probe);
		return;
	case VOUCH_CHANGE_JOIN:
		node_join(evidence, node);
		return;
	case VOUCH_CHANGE_RESTART:
		if (node->probe.incarnation[0] == '\0')
			incarnation_restore(evidence, change->node,
					    node->probe.incarnation);
		if (change->node == evidence->request.candidate)
			evidence->offer.pinned = VOUCH_YES;
		return;
	case VOUCH_CHANGE_ANSWER:
		node_answer(evidence, change->node);
		return;
	case VOUCH_CHANGE_DEMOTE:
		node->probe.condition = VOUCH_PRESENT;
		node->probe.in_recovery = VOUCH_YES;
		return;
	case VOUCH_CHANGE_STOP:
		node_stop(evidence, node);
		return;
	case VOUCH_CHANGE_FENCE:
		node_fence(evidence, change->node, VOUCH_EXECUTOR_MACHINE);
		return;
	case VOUCH_CHANGE_CONFIRM:
		node_fence(evidence, change->node, VOUCH_EXECUTOR_HUMAN);
		return;
	case VOUCH_CHANGE_ASSERT:
		node_assert(evidence, change->node);
		return;
	case VOUCH_CHANGE_VOID:
		grants_void(evidence, change->node);
		return;
	case VOUCH_CHANGE_WATCHDOG:
		evidence->request.watchdog_accepted = VOUCH_YES;
		return;
	case VOUCH_CHANGE_CLASS:
		node->node_class = VOUCH_CLASS_MEMBER;
		return;
	case VOUCH_CHANGE_PROMOTE:
		candidate_replace(evidence, change->node);
		return;
	case VOUCH_CHANGE_DOWN:
		node_lose(evidence, node);
		return;
	case VOUCH_CHANGE_QUORUM_LOST:
		evidence->after.quorate = VOUCH_NO;
		return;
	}
}

/* Whoever is replaced or authorized is so after what happens to the nodes. */
static int turn_of(enum vouch_change_kind kind)
{
	if (kind == VOUCH_CHANGE_AUTHORIZE)
		return 2;
	return kind == VOUCH_CHANGE_PROMOTE;
}

/* The collector's order: view, operations, fencing, seal, whoever may hold
 * authority, the others, the candidate, its log's tail, view. One steady view:
 * the later one. */
static void orders_renew(struct vouch_evidence *evidence)
{
	uint32_t i;

	if (evidence->after.condition == VOUCH_PRESENT)
		evidence->before = evidence->after;
	evidence->before.order = 1;
	evidence->fencing.order = 3;
	evidence->seal.order = 4;
	for (i = 0; i < evidence->node_count; i++) {
		struct vouch_node *node = &evidence->nodes[i];

		node->operations.order = 2;
		node->probe.order = is_named_holder(evidence, (uint8_t)i) ? 5 : 6;
	}
	evidence->rows.order = 7;
	evidence->nodes[evidence->request.candidate].probe.order = 8;
	evidence->tail.order = 9;
	evidence->after.order = 10;
}

void vouch__changes_apply(const struct vouch_evidence *evidence,
			  const struct vouch_change *changes, uint32_t count,
			  struct vouch_evidence *changed)
{
	int turn;
	uint32_t i;

	evidence_copy(changed, evidence);
	for (turn = 0; turn < 3; turn++) {
		for (i = 0; i < count; i++) {
			if (turn_of(changes[i].kind) == turn)
				change_apply(changed, &changes[i]);
		}
	}
	orders_renew(changed);
}
