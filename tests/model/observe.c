/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a node can see, in the order in which lib/evidence/collect.c looks, and
 * how it looks as evidence. Nothing here knows what is true. */
#include "tests/model/world.h"

#include <string.h>

#include "kernel/facts.h"

static uint8_t members_of(const struct world *world, uint8_t node)
{
	uint8_t members = 0, i;

	for (i = 0; i < world->node_count; i++)
		members |= (uint8_t)(world_in_group(world, node, i) << i);
	return members;
}

/* View, operations, fencing history, rows of the own log, grants, own records. */
void observe_view(const struct world *world, struct seen *seen, uint8_t self)
{
	const struct node *node = &world->nodes[self];

	seen->wanted = world_contract(world, world->config, self);
	seen->before_order = ++seen->order;
	seen->before_members = members_of(world, self);
	seen->before_quorate = (uint8_t)world_is_quorate(world, self);
	seen->before_seq = node->ring_seq;
	seen->before_version = node->cib.version;
	seen->before_fencing = node->cib.fencing_enabled;
	seen->operations_order = ++seen->order;
	seen->ever_seen = node->seen;
	memcpy(seen->status, node->cib.status, sizeof(seen->status));
	memcpy(seen->operations, node->cib.operations, sizeof(seen->operations));
	seen->fencing_order = ++seen->order;
	seen->fencings = node->fencings;
	memcpy(seen->entries, world->fencings, sizeof(seen->entries));
	seen->snapshot_epoch = node->snapshot_epoch;
	seen->snapshot_holder = node->snapshot_holder;
	seen->snapshot_fencings = node->snapshot_fencings;
	seen->epochs = node->head;
	seen->order++;
	seen->cluster = node->cib.known;
	seen->journal = node->journal;
	seen->mark = node->mark;
	seen->pinned = 0;
}

void observe_seal(const struct world *world, struct seen *seen)
{
	const struct node *node = &world->nodes[seen->candidate];

	seen->seal = world->managed ? node->cib.seal : node->own_seal;
	if (seen->seal.present)
		seen->seal_order = ++seen->order;
}

void observe_probe(const struct world *world, struct seen *seen, uint8_t node,
		   int order)
{
	const struct node *from = &world->nodes[node];
	struct seen_probe *probe = &seen->probes[node];
	uint8_t i;

	memset(probe, 0, sizeof(*probe));
	if (!world_reaches(world, seen->candidate, node) ||
	    from->server == SERVER_DOWN)
		return;
	probe->present = 1;
	probe->order = (uint8_t)order;
	probe->server = from->server;
	probe->head = from->head;
	probe->incarnation = from->incarnation;
	probe->old_disk = from->spare.present == SPARE_IN_USE;
	probe->unread = from->unread;
	probe->lagging = from->lagging;
	probe->torn = from->torn;
	probe->paused = from->paused;
	probe->dirty = from->dirty;
	for (i = 0; i < ATTEMPTS; i++) {
		if (world->attempts[i].step != ATTEMPT_NONE &&
		    world->attempts[i].node == node)
			probe->promoting = 1;
	}
}

int observe_is_holder(const struct world *world, const struct seen *seen,
		      uint8_t node)
{
	uint16_t known = seen->cluster.grants | seen->journal.grants;
	uint8_t head, i;

	for (i = 0; i < world->grant_count; i++) {
		if ((known & (1u << i)) && world->grants[i].holder == node)
			return 1;
	}
	for (head = seen->epochs; head != 0; head = world->records[head].parent) {
		if (world->records[head].kind == RECORD_EPOCH)
			return world->grants[world->records[head].a].holder ==
			       node;
	}
	return 0;
}

/* The first round asks everybody else. */
void observe_asked(const struct world *world, struct seen *seen)
{
	uint8_t i;

	seen->order++;
	for (i = 0; i < world->node_count && !(seen->hasty & HASTY_POSITIONS); i++) {
		if (i != seen->candidate)
			observe_probe(world, seen, i, seen->order);
	}
}

static int is_asked_again(const struct seen *seen, uint8_t node)
{
	return node != seen->candidate && seen->probes[node].present &&
	       seen->probes[node].server != SERVER_PRIMARY;
}

/* The second those who may hold authority: it counts from its end. */
void observe_holders(const struct world *world, struct seen *seen)
{
	uint8_t i;

	seen->order = (uint8_t)(seen->order + 2);
	for (i = 0; i < world->node_count; i++) {
		if (is_asked_again(seen, i) &&
		    observe_is_holder(world, seen, i))
			observe_probe(world, seen, i, seen->order);
	}
}

/* Not as the collector does it: whoever reads so must be refused. */
void observe_hastily(const struct world *world, struct seen *seen)
{
	uint8_t i;

	if (seen->hasty & HASTY_ROWS) {
		seen->rows = world->nodes[seen->candidate].head;
		seen->rows_order = ++seen->order;
	}
	seen->order++;
	for (i = 0; i < world->node_count && (seen->hasty & HASTY_POSITIONS); i++)
		observe_probe(world, seen, i, seen->order);
}

/* The third the others: a position is as old as the beginning of its reading. */
void observe_others(const struct world *world, struct seen *seen)
{
	uint8_t i;

	seen->order++;
	for (i = 0; i < world->node_count && !(seen->hasty & HASTY_POSITIONS); i++) {
		if (is_asked_again(seen, i) &&
		    !observe_is_holder(world, seen, i))
			observe_probe(world, seen, i, seen->order);
	}
}

/* The candidate itself, the record that a seal names, and the view again. */
void observe_end(const struct world *world, struct seen *seen)
{
	const struct node *node = &world->nodes[seen->candidate];

	if (!(seen->hasty & HASTY_ROWS)) {
		seen->rows = node->head;
		seen->rows_order = ++seen->order;
	}
	if (!(seen->hasty & HASTY_POSITIONS))
		observe_probe(world, seen, seen->candidate, ++seen->order);
	notes_merge(world, seen);
	seen->noticed = oracle_noticed(world, seen->candidate);
	seen->tail = node->head;
	seen->tail_order = ++seen->order;
	seen->pinned = memcmp(&seen->wanted, &node->setting,
			      sizeof(seen->wanted)) == 0;
	seen->after_order = ++seen->order;
	seen->after_members = members_of(world, seen->candidate);
	seen->after_quorate = (uint8_t)world_is_quorate(world, seen->candidate);
	seen->after_seq = node->ring_seq;
	seen->after_version = node->cib.version;
	seen->after_fencing = node->cib.fencing_enabled;
}

/* Everything at one moment. */
void observe_all(const struct world *world, struct seen *seen, uint8_t node,
		 uint8_t asserted)
{
	memset(seen, 0, sizeof(*seen));
	seen->at_once = 1;
	seen->candidate = node;
	seen->asserted = asserted;
	observe_view(world, seen, node);
	observe_seal(world, seen);
	observe_asked(world, seen);
	observe_holders(world, seen);
	observe_others(world, seen);
	observe_end(world, seen);
}

/* --- as evidence --------------------------------------------------------------- */

static uint64_t lsn_of(const struct world *world, uint8_t record)
{
	return 0x3000000u + 0x20u * (uint64_t)world->records[record].lsn;
}

/* A short name that is not empty: "a", "b", ... and two letters beyond. */
static void incarnation_name(uint8_t number, char *name)
{
	name[0] = (char)('a' + number % 26);
	name[1] = number < 26 ? '\0' : (char)('a' + number / 26);
	name[2] = '\0';
}

static enum vouch_answer answer(int yes)
{
	return yes ? VOUCH_YES : VOUCH_NO;
}

static void contract_show(const struct world *world, const struct contract *from,
			  struct vouch_contract *to)
{
	uint8_t i;

	to->method = (enum vouch_method)from->method;
	to->k = from->k;
	to->member_count = 0;
	for (i = 0; i < world->node_count; i++) {
		if (from->members & (1u << i))
			to->members[to->member_count++] = i;
	}
}

static void view_show(const struct world *world, struct vouch_view *view,
		      uint8_t order, uint8_t members, uint8_t quorate,
		      uint8_t seq, uint8_t version, uint8_t fencing)
{
	uint8_t i;

	view->condition = world->managed ? VOUCH_PRESENT : VOUCH_ABSENT;
	view->order = order;
	view->ring_leader = 1;
	view->ring_seq = seq;
	view->quorate = answer(quorate);
	view->member_count = 0;
	for (i = 0; i < world->node_count; i++) {
		if (members & (1u << i))
			view->members[view->member_count++] = i + 1u;
	}
	view->two_node = answer(world->two_node);
	view->wait_for_all = answer(world->wait_for_all);
	view->dc[0] = '\0';
	view->cib_admin_epoch = 0;
	view->cib_epoch = version;
	view->fencing_enabled = answer(fencing);
}

static void history_show(const struct world *world, uint8_t head,
			 struct vouch_probe *probe)
{
	uint8_t timeline = world->records[head].timeline;
	uint32_t at = timeline - 1u;

	probe->history_count = at;
	while (at > 0) {
		if (world->records[head].kind == RECORD_TIMELINE) {
			at--;
			head = world->records[head].parent;
			probe->history[at].timeline =
				world->records[head].timeline;
			probe->history[at].end_lsn = lsn_of(world, head);
		} else {
			head = world->records[head].parent;
		}
	}
}

static void probe_show(const struct world *world, const struct seen_probe *from,
		       struct vouch_probe *to)
{
	uint8_t head = from->head;

	to->condition = from->present ? VOUCH_PRESENT : VOUCH_ABSENT;
	to->order = from->order;
	to->in_recovery = VOUCH_UNKNOWN;
	to->promoting = VOUCH_UNKNOWN;
	if (!from->present)
		return;
	to->in_recovery = answer(from->server == SERVER_STANDBY);
	to->system_id = 7;
	incarnation_name(from->incarnation, to->incarnation);
	to->timeline = world->records[head].timeline;
	to->replayed_lsn = lsn_of(world, head) - (from->lagging ? 0x10 : 0);
	to->received_lsn =
		from->unread ? 0 : lsn_of(world, head) + (from->torn ? 0x8 : 0);
	if (from->unread)
		to->replayed_lsn = lsn_of(world, head) - 0x10;
	to->log_exhausted = answer(!from->unread);
	to->replay_paused = answer(from->paused);
	to->checksums_clean = answer(!from->dirty);
	to->promoting = answer(from->promoting);
	history_show(world, head, to);
	to->epoch = 0;
	to->epoch_timeline = 0;
	/* A row that is not replayed is not seen. */
	if (from->unread || from->lagging)
		head = world->records[head].parent;
	for (; head != 0; head = world->records[head].parent) {
		if (world->records[head].kind == RECORD_EPOCH) {
			to->epoch = world->grants[world->records[head].a].epoch;
			to->epoch_timeline = world->records[head].timeline;
			return;
		}
	}
}

static void noted_show(const struct world *world, const struct seen *seen,
		       uint8_t i, struct vouch_noted *noted)
{
	const struct note *note = &seen->noted[i];

	noted->condition = ((seen->note_unreadable >> i) & 1) ? VOUCH_MALFORMED :
			   note->present			? VOUCH_PRESENT :
								  VOUCH_ABSENT;
	noted->incarnation[0] = '\0';
	noted->timeline = 0;
	noted->lsn = 0;
	if (noted->condition != VOUCH_PRESENT)
		return;
	incarnation_name(note->incarnation, noted->incarnation);
	noted->timeline = world->records[note->record].timeline;
	noted->lsn = lsn_of(world, note->record) - (note->behind ? 0x10 : 0);
}

static void node_show(const struct world *world, const struct seen *seen,
		      uint8_t i, struct vouch_node *node)
{
	node->name[0] = 'n';
	node->name[1] = (char)('1' + i);
	node->name[2] = '\0';
	node->cluster_id = i + 1u;
	node->node_class = VOUCH_CLASS_MEMBER;
	node->online = VOUCH_UNKNOWN;
	node->unclean = VOUCH_UNKNOWN;
	node->ever_seen = VOUCH_UNKNOWN;
	node->operations.condition = VOUCH_ABSENT;
	if (world->managed) {
		node->online = answer(seen->status[i] == STATUS_ONLINE);
		node->unclean = answer(seen->status[i] == STATUS_UNCLEAN);
		node->ever_seen = answer((seen->ever_seen >> i) & 1);
		node->operations.condition = VOUCH_PRESENT;
		node->operations.order = seen->operations_order;
		node->operations.last =
			(enum vouch_operation)seen->operations[i].last;
		node->operations.last_result =
			(enum vouch_result)seen->operations[i].result;
		/* The attempt's own promote is what is being decided. */
		node->operations.in_flight =
			answer(seen->operations[i].in_flight &&
			       i != seen->candidate);
	}
	probe_show(world, &seen->probes[i], &node->probe);
	noted_show(world, seen, i, &node->noted);
}

static void grant_show(const struct world *world, uint8_t number, int source,
		       int outcome, struct vouch_evidence *evidence)
{
	const struct grant *from = &world->grants[number];
	struct vouch_grant *to = &evidence->grants[evidence->grant_count++];

	to->source = (enum vouch_grant_source)source;
	to->epoch = from->epoch;
	to->follows = from->follows;
	to->holder = from->holder;
	incarnation_name(from->incarnation, to->incarnation);
	to->outcome = outcome == OUTCOME_DONE	  ? VOUCH_GRANT_DONE :
		      outcome == OUTCOME_VOID	  ? VOUCH_GRANT_VOID :
		      outcome == OUTCOME_DISOWNED ? VOUCH_GRANT_DISOWNED :
						    VOUCH_GRANT_OPEN;
	contract_show(world, &from->contract, &to->contract);
}

static void known_show(const struct world *world, const struct known *known,
		       int source, uint64_t oldest,
		       struct vouch_evidence *evidence)
{
	uint8_t i;

	for (i = 0; i < world->grant_count; i++) {
		uint16_t bit = (uint16_t)(1u << i);

		if (!(known->grants & bit) || world->grants[i].epoch < oldest)
			continue;
		grant_show(world, i, source,
			   (known->disowned & bit) ? OUTCOME_DISOWNED :
			   (known->done & bit)	   ? OUTCOME_DONE :
			   (known->voided & bit)   ? OUTCOME_VOID :
						     OUTCOME_OPEN,
			   evidence);
	}
}

/* The newest epoch of the log up to `head`, unless it is no newer than `known`. */
static uint64_t epoch_show(const struct world *world, uint8_t head, uint64_t known,
			   struct vouch_evidence *evidence)
{
	for (; head != 0; head = world->records[head].parent) {
		uint8_t grant = world->records[head].a;

		if (world->records[head].kind != RECORD_EPOCH)
			continue;
		if (world->grants[grant].epoch <= known)
			return known;
		grant_show(world, grant, VOUCH_SOURCE_LOG, OUTCOME_DONE,
			   evidence);
		return world->grants[grant].epoch;
	}
	return known;
}

/* Contracts and admissions of the log up to `head`, newest first. */
static void rows_show(const struct world *world, uint8_t head,
		      struct vouch_evidence *evidence)
{
	uint64_t epoch;
	uint8_t barrier_for = 0, at, owner;

	for (; head != 0; head = world->records[head].parent) {
		const struct record *record = &world->records[head];
		struct vouch_contract_row *row;
		struct vouch_admission *admission;

		if (record->kind == RECORD_BARRIER) {
			barrier_for = 1;
		} else if (record->kind == RECORD_EPOCH ||
			   record->kind == RECORD_DISOWN ||
			   record->kind == RECORD_ANNOUNCE) {
			struct contract contract =
				world->grants[record->a].contract;

			for (at = head; world->records[at].kind != RECORD_EPOCH;
			     at = world->records[at].parent)
				;
			owner = world->records[at].a;
			epoch = world->grants[owner].epoch;
			if (record->kind == RECORD_ANNOUNCE) {
				contract = world_contract(
					world, record->a,
					world->grants[owner].holder);
			}
			if (evidence->contract_count < VOUCH_CONTRACTS_MAX) {
				row = &evidence->contracts
					       [evidence->contract_count++];
				row->epoch = epoch;
				row->serial = record->lsn;
				row->phase = record->kind != RECORD_ANNOUNCE ||
							     barrier_for ?
						     VOUCH_PHASE_IN_FORCE :
						     VOUCH_PHASE_ANNOUNCED;
				row->pinned = answer(
					record->kind == RECORD_ANNOUNCE ||
					(record->kind == RECORD_EPOCH &&
					 record->b));
				contract_show(world, &contract, &row->contract);
			}
			if (record->kind == RECORD_ANNOUNCE)
				barrier_for = 0;
		}
		if ((record->kind == RECORD_ADMIT ||
		     record->kind == RECORD_EPOCH) &&
		    evidence->admission_count < VOUCH_ADMISSIONS_MAX) {
			admission = &evidence->admissions
					     [evidence->admission_count++];
			admission->serial = record->lsn;
			admission->node =
				record->kind == RECORD_ADMIT ?
					record->a :
					world->grants[record->a].holder;
			incarnation_name(
				record->kind == RECORD_ADMIT ?
					record->b :
					world->grants[record->a].incarnation,
				admission->incarnation);
		}
	}
}

static void offer_show(const struct world *world, const struct seen *seen,
		       struct vouch_offer *offer)
{
	contract_show(world, &seen->wanted, &offer->contract);
	offer->pinned = answer(seen->pinned);
}

static void fencing_show(const struct world *world, const struct seen *seen,
			 struct vouch_fencing_history *history)
{
	uint8_t i;

	history->condition = world->managed ? VOUCH_PRESENT : VOUCH_ABSENT;
	history->count = 0;
	history->snapshot = VOUCH_ABSENT;
	if (!world->managed)
		return;
	history->order = seen->fencing_order;
	if (seen->snapshot_epoch) {
		history->snapshot = VOUCH_PRESENT;
		history->snapshot_epoch = seen->snapshot_epoch;
		history->snapshot_holder = seen->snapshot_holder;
	}
	for (i = 0; i < world->fencing_count; i++) {
		struct vouch_fencing *entry;

		if (!(seen->fencings & (1u << i)))
			continue;
		entry = &history->entries[history->count++];
		entry->node = seen->entries[i].target;
		entry->action = (enum vouch_fencing_action)seen->entries[i].action;
		entry->state = (enum vouch_fencing_state)seen->entries[i].state;
		entry->executor = (enum vouch_executor)seen->entries[i].executor;
		entry->origin[0] = (char)('1' + seen->entries[i].origin);
		entry->origin[1] = '\0';
		entry->completed_s = 100u + i;
		entry->completed_ns = 0;
		entry->in_snapshot = answer((seen->snapshot_fencings >> i) & 1);
		if (!seen->snapshot_epoch)
			entry->in_snapshot = VOUCH_UNKNOWN;
	}
}

static void seal_show(const struct world *world, const struct seen *seen,
		      struct vouch_evidence *evidence)
{
	struct vouch_seal *seal = &evidence->seal;
	struct vouch_tail *tail = &evidence->tail;
	uint8_t record = seen->seal.record, head = seen->tail;

	memset(seal, 0, sizeof(*seal));
	memset(tail, 0, sizeof(*tail));
	if (!seen->seal.present)
		return;
	seal->condition = VOUCH_PRESENT;
	seal->order = seen->seal_order;
	seal->node = seen->seal.node;
	seal->epoch = seen->seal.epoch;
	incarnation_name(seen->seal.incarnation, seal->incarnation);
	seal->timeline = world->records[record].timeline;
	seal->record_lsn = lsn_of(world, record) - 0x20;
	seal->record_crc = world->records[record].hash;
	seal->unbroken = answer(seen->seal.unbroken);
	/* The record that stands at that position of the own log. */
	tail->order = seen->tail_order;
	while (world->records[head].lsn > world->records[record].lsn)
		head = world->records[head].parent;
	if (world->records[head].lsn != world->records[record].lsn ||
	    world->records[head].timeline != seal->timeline)
		return;
	tail->condition = VOUCH_PRESENT;
	tail->timeline = seal->timeline;
	tail->record_lsn = seal->record_lsn;
	tail->end_lsn = lsn_of(world, head);
	tail->record_crc = world->records[head].hash;
}

/* Of its own log the candidate reads the last whole record. */
static void last_show(const struct world *world, const struct seen *seen,
		      struct vouch_tail *tail)
{
	const struct seen_probe *own = &seen->probes[seen->candidate];

	if (tail->condition == VOUCH_PRESENT || !own->present)
		return;
	tail->condition = VOUCH_PRESENT;
	tail->order = seen->tail_order > own->order ? seen->tail_order :
						      own->order;
	tail->timeline = world->records[own->head].timeline;
	tail->end_lsn = lsn_of(world, own->head);
	tail->record_lsn = tail->end_lsn - 0x20;
	tail->record_crc = world->records[own->head].hash;
}

static void asserted_show(const struct world *world, const struct seen *seen,
			  struct vouch_evidence *evidence)
{
	uint64_t newest = 0, own;
	uint8_t i, j;

	evidence->assertion_count = 0;
	for (j = 0; j < evidence->grant_count; j++) {
		if (evidence->grants[j].epoch > newest)
			newest = evidence->grants[j].epoch;
	}
	for (i = 0; i < world->node_count; i++) {
		if (!(seen->asserted & (1u << i)))
			continue;
		own = 0;
		for (j = 0; j < evidence->grant_count; j++) {
			if (evidence->grants[j].holder == i &&
			    evidence->grants[j].epoch > own)
				own = evidence->grants[j].epoch;
		}
		for (j = 0; j < 2; j++) {
			struct vouch_assertion *to;

			if (j == 1 && (own == 0 || own == newest))
				continue;
			to = &evidence->assertions[evidence->assertion_count++];
			to->node = i;
			to->epoch = j == 0 ? newest : own;
			memcpy(to->operator_name, "op", 3);
			memcpy(to->reason, "seen", 5);
		}
	}
}

/* Only what a decision looks at is written: the structure is large, and there
 * are many decisions. */
void observe_evidence(const struct world *world, const struct seen *seen,
		      struct vouch_evidence *evidence)
{
	uint64_t oldest;
	uint8_t i;

	evidence->format = VOUCH_EVIDENCE_FORMAT;
	memcpy(evidence->cluster, "model", 6);
	evidence->manager = world->managed ? VOUCH_MANAGER_PACEMAKER :
					     VOUCH_MANAGER_NONE;
	memcpy(evidence->request.id, "r", 2);
	evidence->request.origin = VOUCH_ORIGIN_PACEMAKER;
	evidence->request.candidate = seen->candidate;
	evidence->request.authorization = VOUCH_AUTHORIZATION_PACEMAKER;
	evidence->request.watchdog_accepted = answer(world->watchdog_accepted);
	view_show(world, &evidence->before, seen->before_order,
		  seen->before_members, seen->before_quorate, seen->before_seq,
		  seen->before_version, seen->before_fencing);
	view_show(world, &evidence->after, seen->after_order,
		  seen->after_members, seen->after_quorate, seen->after_seq,
		  seen->after_version, seen->after_fencing);
	evidence->own.condition = seen->mark == NOTHING ? VOUCH_ABSENT :
							  VOUCH_PRESENT;
	evidence->own.mark_timeline = 0;
	evidence->own.mark_lsn = 0;
	if (seen->mark != NOTHING) {
		evidence->own.mark_timeline = world->records[seen->mark].timeline;
		evidence->own.mark_lsn = lsn_of(world, seen->mark);
	}
	evidence->own.adopted = VOUCH_YES;
	evidence->node_count = world->node_count;
	for (i = 0; i < world->node_count; i++)
		node_show(world, seen, i, &evidence->nodes[i]);
	evidence->grant_count = 0;
	evidence->contract_count = 0;
	evidence->admission_count = 0;
	oldest = epoch_show(world, seen->epochs, 0, evidence);
	if (world->managed)
		known_show(world, &seen->cluster, VOUCH_SOURCE_CLUSTER, oldest,
			   evidence);
	known_show(world, &seen->journal, VOUCH_SOURCE_JOURNAL, oldest, evidence);
	(void)epoch_show(world, seen->rows, oldest, evidence);
	evidence->rows.condition = VOUCH_PRESENT;
	evidence->rows.order = seen->rows_order;
	rows_show(world, seen->rows, evidence);
	offer_show(world, seen, &evidence->offer);
	fencing_show(world, seen, &evidence->fencing);
	seal_show(world, seen, evidence);
	last_show(world, seen, &evidence->tail);
	asserted_show(world, seen, evidence);
}
