/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What design/proof.md lets a reader conclude from the evidence, written down a
 * second time: no table, no findings, no reasons, and none of the kernel's
 * code. Where the two differ, one of them is wrong.
 */
#include "tests/model/world.h"

#include <string.h>

#include "kernel/facts.h"

typedef const struct vouch_evidence evidence_t;

static int yes(enum vouch_answer a) { return a == VOUCH_YES; }
static int no(enum vouch_answer a) { return a == VOUCH_NO; }
static int same(const char *a, const char *b) { return strcmp(a, b) == 0; }
static int managed(evidence_t *e) { return e->manager == VOUCH_MANAGER_PACEMAKER; }
static int answered(const struct vouch_probe *p) { return p->condition == VOUCH_PRESENT; }
static uint64_t greater(uint64_t a, uint64_t b) { return a > b ? a : b; }
static uint64_t lesser(uint64_t a, uint64_t b) { return a < b ? a : b; }
static uint64_t end_of(const struct vouch_probe *p)
{
	return greater(p->received_lsn, p->replayed_lsn);
}

/* --- logs ------------------------------------------------------------------------- */

struct piece {
	uint64_t timeline, end;
};

/* The i-th timeline of a log and where the log leaves it; 0 beyond the last. */
static struct piece piece_of(const struct vouch_probe *p, uint32_t i)
{
	struct piece piece = { 0, 0 };

	if (i < p->history_count) {
		piece.timeline = p->history[i].timeline;
		piece.end = p->history[i].end_lsn;
	} else if (i == p->history_count) {
		piece.timeline = p->timeline;
		piece.end = UINT64_MAX; /* it goes on */
	}
	return piece;
}

/* How far x's log is the log that c is on. */
static uint64_t shared(const struct vouch_probe *c, const struct vouch_probe *x)
{
	uint64_t until = 0;
	uint32_t i;

	for (i = 0;; i++) {
		struct piece a = piece_of(c, i), b = piece_of(x, i);

		if (a.timeline == 0 || a.timeline != b.timeline)
			break;
		until = lesser(a.end, b.end);
		if (a.end != b.end)
			break;
	}
	return lesser(until, end_of(x));
}

static int is_one_branch(const struct vouch_probe *c, const struct vouch_probe *x)
{
	return piece_of(c, 0).timeline == piece_of(x, 0).timeline;
}

static int has_position(const struct vouch_probe *p, uint64_t timeline, uint64_t lsn)
{
	uint32_t i;

	for (i = 0; piece_of(p, i).timeline != 0; i++) {
		if (piece_of(p, i).timeline == timeline)
			return lesser(piece_of(p, i).end, end_of(p)) >= lsn;
	}
	return 0;
}

/* --- who is who -------------------------------------------------------------------- */

static const struct vouch_probe *candidate_of(evidence_t *e)
{
	return &e->nodes[e->request.candidate].probe;
}

static int has_number(const struct vouch_view *view, uint32_t number)
{
	uint32_t i, found = 0;

	for (i = 0; i < view->member_count; i++)
		found |= view->members[i] == number;
	return (int)found;
}

static int is_shown(evidence_t *e, const struct vouch_node *node)
{
	return has_number(&e->before, node->cluster_id) ||
	       has_number(&e->after, node->cluster_id);
}

static int is_elsewhere(evidence_t *e, const struct vouch_node *node)
{
	return !managed(e) || (node->cluster_id != 0 && !is_shown(e, node));
}

static int is_member(evidence_t *e, uint8_t node)
{
	return has_number(&e->before, e->nodes[node].cluster_id) &&
	       has_number(&e->after, e->nodes[node].cluster_id);
}

static int is_nowhere(evidence_t *e, uint8_t node)
{
	return !is_shown(e, &e->nodes[node]) &&
	       no(e->nodes[node].online) && no(e->nodes[node].unclean);
}

static int is_admitted(evidence_t *e, uint8_t node, const char *incarnation)
{
	uint64_t newest = 0;
	int admitted = 0;
	uint32_t i;

	for (i = 0; i < e->admission_count; i++) {
		if (e->admissions[i].node == node &&
		    e->admissions[i].serial > newest) {
			newest = e->admissions[i].serial;
			admitted = same(e->admissions[i].incarnation, incarnation);
		}
	}
	return admitted;
}

static int is_asserted(evidence_t *e, uint8_t node, uint64_t epoch)
{
	uint32_t i, found = 0;

	for (i = 0; i < e->assertion_count; i++)
		found |= e->assertions[i].node == node &&
			 e->assertions[i].epoch == epoch;
	return (int)found;
}

/* What is said of an epoch, all sources together. */
struct epoch {
	int known, done, voided;
	const struct vouch_grant *grant;
};

static int happened(const struct vouch_grant *grant)
{
	return grant->outcome == VOUCH_GRANT_DONE ||
	       grant->outcome == VOUCH_GRANT_DISOWNED;
}

static struct epoch epoch_of(evidence_t *e, uint64_t number)
{
	struct epoch epoch = { 0, 0, 0, 0 };
	uint32_t i;

	for (i = 0; i < e->grant_count; i++) {
		if (e->grants[i].epoch != number)
			continue;
		if (!epoch.grant)
			epoch.grant = &e->grants[i];
		epoch.known = 1;
		epoch.done |= happened(&e->grants[i]);
		epoch.voided |= e->grants[i].outcome == VOUCH_GRANT_VOID;
	}
	if (epoch.done)
		epoch.voided = 0;
	return epoch;
}

/* Somebody who was granted a later epoch says that this one was void, so that
 * its record may be gone. */
static int is_skipped(evidence_t *e, uint64_t number)
{
	uint32_t i;

	for (i = 0; i < e->grant_count; i++) {
		if (e->grants[i].follows && number > e->grants[i].follows &&
		    number < e->grants[i].epoch)
			return 1;
	}
	return 0;
}

/* The walk down past all that came to nothing; 0 where it meets a number that is
 * neither known nor skipped. */
static uint64_t previous_epoch(evidence_t *e, uint64_t number)
{
	while (--number > 0) {
		struct epoch epoch = epoch_of(e, number);

		if (epoch.known ? !epoch.voided : !is_skipped(e, number))
			return epoch.known ? number : 0;
	}
	return 0;
}

static uint64_t newest_epoch(evidence_t *e)
{
	uint64_t newest = 0;
	uint32_t i;

	for (i = 0; i < e->grant_count; i++)
		newest = greater(newest, e->grants[i].epoch);
	return newest;
}

/* --- exclusion ---------------------------------------------------------------------- */

static int is_stopped(const struct vouch_node *node)
{
	const struct vouch_operations *o = &node->operations;

	return o->condition == VOUCH_PRESENT && no(o->in_flight) &&
	       no(node->unclean) &&
	       ((o->last == VOUCH_OP_STOP && o->last_result == VOUCH_RESULT_OK) ||
		(o->last == VOUCH_OP_MONITOR &&
		 o->last_result == VOUCH_RESULT_NOT_RUNNING));
}

static const struct vouch_seal *seal_of(evidence_t *e, const struct epoch *held)
{
	const struct vouch_seal *seal = &e->seal;

	return seal->condition == VOUCH_PRESENT && yes(seal->unbroken) &&
			       seal->node == held->grant->holder &&
			       seal->epoch == held->grant->epoch &&
			       same(seal->incarnation, held->grant->incarnation) ?
		       seal :
		       0;
}

/* A success of this executor that nothing in the history takes back. */
static int was_fenced(evidence_t *e, const struct epoch *held,
		      enum vouch_executor by)
{
	const struct vouch_fencing_history *h = &e->fencing;
	int success = 0;
	uint32_t i, j;

	if (!managed(e) || h->condition != VOUCH_PRESENT ||
	    h->snapshot != VOUCH_PRESENT ||
	    h->snapshot_epoch != held->grant->epoch ||
	    h->snapshot_holder != held->grant->holder)
		return 0;
	for (i = 0; i < h->count; i++) {
		const struct vouch_fencing *a = &h->entries[i];
		int spoilt = 0;

		if (a->node != held->grant->holder || !no(a->in_snapshot) ||
		    a->state != VOUCH_FENCING_SUCCEEDED || a->executor != by ||
		    a->action == VOUCH_FENCE_ON)
			continue;
		for (j = 0; j < h->count; j++) {
			const struct vouch_fencing *b = &h->entries[j];

			if (b->node != a->node)
				continue;
			if (b->state == VOUCH_FENCING_PENDING)
				spoilt = 1;
			if (!no(b->in_snapshot))
				continue;
			if (b->action == VOUCH_FENCE_ON &&
			    b->state == VOUCH_FENCING_SUCCEEDED)
				spoilt = 1;
			if (b->state == VOUCH_FENCING_FAILED &&
			    !(same(a->origin, b->origin) &&
			      b->completed_s < a->completed_s))
				spoilt = 1;
			if (b->executor == VOUCH_EXECUTOR_HUMAN &&
			    by != VOUCH_EXECUTOR_HUMAN &&
			    b->state == VOUCH_FENCING_SUCCEEDED)
				spoilt = 1;
		}
		success |= !spoilt;
	}
	return success;
}

/* 0: not excluded. Otherwise one more than the observation it rests on. */
static uint64_t excluded_since(evidence_t *e, const struct epoch *held)
{
	uint8_t h = held->grant->holder;
	const struct vouch_node *node = &e->nodes[h];
	const struct vouch_probe *probe = &node->probe;
	uint64_t since = 0;

#define ROUTE(holds, order)                                                    \
	do {                                                                   \
		if (holds)                                                     \
			since = since ? lesser(since, (order) + 1) :           \
					(order) + 1;                           \
	} while (0)
	if (h == e->request.candidate)
		return answered(probe) && yes(probe->in_recovery);
	/* E1 */
	ROUTE(seal_of(e, held) && (!managed(e) || is_stopped(node) ||
				   (no(node->online) && no(node->unclean))),
	      e->seal.order);
	/* E2 */
	ROUTE((was_fenced(e, held, VOUCH_EXECUTOR_MACHINE) ||
	       (yes(e->request.watchdog_accepted) &&
		was_fenced(e, held, VOUCH_EXECUTOR_WATCHDOG))) &&
		      is_nowhere(e, h),
	      e->fencing.order);
	/* E3 */
	ROUTE(answered(probe) && yes(probe->in_recovery) &&
		      no(probe->promoting) &&
		      (same(probe->incarnation, held->grant->incarnation) ?
			       held->done :
			       is_admitted(e, h, probe->incarnation)) &&
		      (!managed(e) || (is_member(e, h) &&
				       no(node->operations.in_flight))),
	      probe->order);
	ROUTE(managed(e) && !answered(probe) && is_member(e, h) &&
		      is_stopped(node),
	      node->operations.order);
	/* E4 */
	ROUTE(is_asserted(e, h, held->grant->epoch) && is_elsewhere(e, node),
	      e->before.order);
	ROUTE(was_fenced(e, held, VOUCH_EXECUTOR_HUMAN) && is_nowhere(e, h),
	      e->fencing.order);
#undef ROUTE
	return since;
}

static int is_quiet(evidence_t *e, uint8_t i)
{
	const struct vouch_node *node = &e->nodes[i];
	const struct vouch_operations *o = &node->operations;

	if (answered(&node->probe) && yes(node->probe.in_recovery))
		return 1;
	if (is_asserted(e, i, newest_epoch(e)) && is_elsewhere(e, node))
		return 1;
	if (!managed(e) || !no(node->unclean))
		return 0;
	if (no(node->online))
		return 1;
	return has_number(&e->after, node->cluster_id) &&
	       o->condition == VOUCH_PRESENT && no(o->in_flight) &&
	       (o->last == VOUCH_OP_START || o->last == VOUCH_OP_STOP ||
		o->last == VOUCH_OP_DEMOTE || o->last == VOUCH_OP_MONITOR) &&
	       (o->last_result == VOUCH_RESULT_OK ||
		(o->last == VOUCH_OP_MONITOR &&
		 o->last_result == VOUCH_RESULT_NOT_RUNNING));
}

/* --- coverage ----------------------------------------------------------------------- */

/* Of this life, that is; what cannot be read may say anything. */
static int has_what_was_noted(const struct vouch_node *node)
{
	const struct vouch_noted *noted = &node->noted;

	if (noted->condition == VOUCH_ABSENT)
		return 1;
	if (noted->condition != VOUCH_PRESENT || noted->incarnation[0] == '\0' ||
	    noted->timeline == 0 || noted->lsn == 0)
		return 0;
	return !same(noted->incarnation, node->probe.incarnation) ||
	       has_position(&node->probe, noted->timeline, noted->lsn);
}

static int counts(evidence_t *e, uint8_t node, uint64_t since)
{
	const struct vouch_probe *p = &e->nodes[node].probe;

	if (!answered(p) || !yes(p->in_recovery) || p->order < since ||
	    !is_one_branch(candidate_of(e), p) ||
	    !is_admitted(e, node, p->incarnation) || !yes(p->log_exhausted))
		return 0;
	if (!has_what_was_noted(&e->nodes[node]))
		return 0;
	return node != e->request.candidate ||
	       e->own.condition != VOUCH_PRESENT ||
	       has_position(p, e->own.mark_timeline, e->own.mark_lsn);
}

static int has_all_acknowledged(evidence_t *e, const struct vouch_contract *c,
				uint64_t since)
{
	uint32_t i, answers = 0;

	for (i = 0; i < c->member_count; i++) {
		if (!counts(e, c->members[i], since))
			continue;
		answers++;
		if (shared(candidate_of(e), &e->nodes[c->members[i]].probe) >
		    end_of(candidate_of(e)))
			return 0;
	}
	return c->k > 0 && answers + c->k > c->member_count;
}

static int covers_by_contract(evidence_t *e, uint64_t since)
{
	const struct vouch_probe *c = candidate_of(e);
	uint64_t force = 0;
	uint32_t i;

	if (c->epoch == 0 || c->timeline != c->epoch_timeline)
		return 0;
	for (i = 0; i < e->contract_count; i++) {
		if (e->contracts[i].epoch == c->epoch &&
		    e->contracts[i].phase == VOUCH_PHASE_IN_FORCE)
			force = greater(force, e->contracts[i].serial);
	}
	for (i = 0; i < e->contract_count; i++) {
		if (e->contracts[i].epoch == c->epoch &&
		    e->contracts[i].serial >= force &&
		    (!yes(e->contracts[i].pinned) ||
		     !has_all_acknowledged(e, &e->contracts[i].contract, since)))
			return 0;
	}
	return force != 0;
}

static int has_own_mark(evidence_t *e)
{
	return e->own.condition == VOUCH_PRESENT && e->own.mark_lsn != 0 &&
	       has_position(candidate_of(e), e->own.mark_timeline,
			    e->own.mark_lsn);
}

static int is_holder_itself(evidence_t *e, const struct epoch *held)
{
	return held->grant->holder == e->request.candidate &&
	       same(held->grant->incarnation, candidate_of(e)->incarnation) &&
	       has_own_mark(e) &&
	       has_what_was_noted(&e->nodes[e->request.candidate]);
}

static int ends_in_seal(evidence_t *e, const struct epoch *held)
{
	return seal_of(e, held) && e->tail.condition == VOUCH_PRESENT &&
	       e->tail.timeline == e->seal.timeline &&
	       candidate_of(e)->timeline == e->seal.timeline &&
	       e->tail.record_lsn == e->seal.record_lsn &&
	       e->tail.record_crc == e->seal.record_crc &&
	       e->tail.end_lsn == end_of(candidate_of(e));
}

static int is_latest(evidence_t *e, uint64_t epoch)
{
	uint32_t i, witnesses = 0;

	for (i = 0; i < e->node_count; i++)
		witnesses += answered(&e->nodes[i].probe) &&
			     yes(e->nodes[i].probe.in_recovery) &&
			     e->nodes[i].probe.epoch <= epoch;
	return witnesses * 2 > e->node_count;
}

static int goes_on_from(const struct vouch_probe *c, const struct vouch_probe *x)
{
	uint32_t i;

	for (i = 0; i < c->history_count; i++) {
		if (piece_of(c, i).timeline != piece_of(x, i).timeline ||
		    piece_of(c, i).end != piece_of(x, i).end)
			return 0;
	}
	return x->history_count > c->history_count &&
	       piece_of(x, i).timeline == c->timeline;
}

/* Epoch first, position second. `written`: the newest epoch that may have been. */
static int is_ahead(evidence_t *e, const struct vouch_probe *x, uint64_t written)
{
	const struct vouch_probe *c = candidate_of(e);

	/* Until it has read its log nobody knows. */
	if (!yes(x->log_exhausted))
		return 1;
	if (!managed(e) && x->epoch < c->epoch &&
	    (goes_on_from(c, x) ||
	     (x->timeline == c->timeline &&
	      shared(x, c) == end_of(c) && shared(c, x) == end_of(x))))
		return 1;
	if (x->epoch != c->epoch)
		return x->epoch > c->epoch || x->epoch == 0 ||
		       /* on the same timeline a newer row is a later record */
		       (x->timeline == c->timeline &&
			shared(c, x) > end_of(c));
	/* It went on where the candidate stopped: by a grant, or by nobody's. */
	if ((written > c->epoch || !managed(e)) && goes_on_from(c, x))
		return 1;
	return shared(c, x) > end_of(c);
}

/* --- what would start ----------------------------------------------------------------- */

/* Whom the unseen grant of a node that is silent, or does not remember, would
 * have asked: everybody but itself. */
static int is_new(evidence_t *e, uint8_t node)
{
	uint32_t i, lives = 0;

	for (i = 0; i < e->admission_count; i++)
		lives += e->admissions[i].node == node;
	return node != e->request.candidate && answered(&e->nodes[node].probe) &&
	       yes(e->nodes[node].probe.in_recovery) && lives == 0;
}

static int unseen_is_covered(evidence_t *e, uint64_t since)
{
	const struct vouch_probe *c = candidate_of(e);
	uint64_t force = 0;
	uint32_t least = VOUCH_NODES_MAX, most = 0, i, j;

	if (managed(e))
		return 1;
	for (i = 0; i < e->contract_count; i++) {
		if (e->contracts[i].epoch == c->epoch &&
		    e->contracts[i].phase == VOUCH_PHASE_IN_FORCE)
			force = greater(force, e->contracts[i].serial);
	}
	for (i = 0; i < e->contract_count && force; i++) {
		if (e->contracts[i].epoch == c->epoch &&
		    e->contracts[i].serial >= force) {
			least = (uint32_t)lesser(least, e->contracts[i].contract.k);
			most = (uint32_t)greater(most, e->contracts[i].contract.k);
		}
	}
	for (i = 0; i < e->node_count; i++) {
		struct vouch_contract unseen = { VOUCH_METHOD_ANY, least, 0, { 0 } };

		if (counts(e, (uint8_t)i, since) || is_new(e, (uint8_t)i) ||
		    (i != e->request.candidate && !answered(&e->nodes[i].probe) &&
		     e->seal.condition == VOUCH_PRESENT && yes(e->seal.unbroken) &&
		     e->seal.node == i && e->seal.epoch == newest_epoch(e)))
			continue;
		for (j = 0; j < e->node_count; j++) {
			if (j != i)
				unseen.members[unseen.member_count++] = (uint8_t)j;
		}
		if (!force || !has_all_acknowledged(e, &unseen, since))
			return 0;
	}
	return e->offer.contract.k >= most;
}

static int enforces_its_offer(evidence_t *e)
{
	uint32_t i, self = 0;

	for (i = 0; i < e->offer.contract.member_count; i++)
		self |= e->offer.contract.members[i] == e->request.candidate;
	return yes(e->offer.pinned) && !self;
}

/* --- all of it ------------------------------------------------------------------------ */

static int view_is_fit(evidence_t *e)
{
	const struct vouch_node *self = &e->nodes[e->request.candidate];
	uint8_t i;

	if (!managed(e))
		return 1;
	if (e->before.condition != VOUCH_PRESENT ||
	    e->after.condition != VOUCH_PRESENT ||
	    e->before.ring_seq != e->after.ring_seq ||
	    e->before.cib_epoch != e->after.cib_epoch ||
	    e->before.member_count != e->after.member_count ||
	    memcmp(e->before.members, e->after.members,
		   e->after.member_count * sizeof(e->after.members[0])) != 0 ||
	    !yes(e->before.quorate) || !yes(e->after.quorate) ||
	    !yes(e->before.fencing_enabled) || !yes(e->after.fencing_enabled))
		return 0;
	for (i = 0; i < e->node_count && !no(e->after.two_node); i++) {
		if (!yes(e->nodes[i].ever_seen) ||
		    !(is_member(e, i) || is_nowhere(e, i)))
			return 0;
	}
	return is_member(e, e->request.candidate) && yes(self->online) &&
	       no(self->unclean);
}

static int is_contradicted(evidence_t *e)
{
	uint8_t i;

	for (i = 0; i < e->node_count; i++) {
		const struct vouch_probe *p = &e->nodes[i].probe;

		if (i != e->request.candidate && answered(p) &&
		    (!yes(p->in_recovery) || !no(p->promoting)))
			return 1;
	}
	return 0;
}

static int records_agree(evidence_t *e)
{
	uint32_t i, j;

	for (i = 0; i < e->grant_count; i++) {
		for (j = 0; j < i; j++) {
			const struct vouch_grant *a = &e->grants[i];
			const struct vouch_grant *b = &e->grants[j];

			if ((happened(a) && b->follows &&
			     a->epoch > b->follows && a->epoch < b->epoch) ||
			    (happened(b) && a->follows &&
			     b->epoch > a->follows && b->epoch < a->epoch))
				return 0;
			if (a->epoch == b->epoch &&
			    (a->holder != b->holder ||
			     !same(a->incarnation, b->incarnation) ||
			     a->contract.k != b->contract.k ||
			     (happened(a) &&
			      b->outcome == VOUCH_GRANT_VOID) ||
			     (happened(b) &&
			      a->outcome == VOUCH_GRANT_VOID)))
				return 0;
		}
	}
	return 1;
}

static int is_ready(evidence_t *e)
{
	const struct vouch_probe *c = candidate_of(e);

	return answered(c) && yes(c->in_recovery) && c->incarnation[0] &&
	       yes(c->log_exhausted) && no(c->replay_paused) &&
	       (c->replayed_lsn == end_of(c) ||
		(c->replayed_lsn && e->tail.condition == VOUCH_PRESENT &&
		 e->tail.order >= c->order && c->replayed_lsn == e->tail.end_lsn)) &&
	       yes(c->checksums_clean);
}

/* Its timeline was begun by a grant: it has the row, or it is the holder of the
 * newest grant, cut off before the row. */
static int is_authorised(evidence_t *e)
{
	const struct vouch_probe *c = candidate_of(e);
	uint64_t number = previous_epoch(e, newest_epoch(e) + 1);
	struct epoch newest = epoch_of(e, number);

	if (c->epoch != 0 && c->timeline == c->epoch_timeline)
		return 1;
	return newest.known && newest.grant->holder == e->request.candidate &&
	       same(newest.grant->incarnation, c->incarnation) &&
	       c->epoch == previous_epoch(e, number) && c->history_count > 0 &&
	       c->history[c->history_count - 1].timeline == c->epoch_timeline;
}

/* What was acknowledged without a contract is in a log that goes on from it, in one
 * that ends in the seal, and in that of the server which acknowledged it. */
static int has_what_was_disowned(evidence_t *e, const struct epoch *last)
{
	uint32_t i;

	for (i = 0; i < e->grant_count && !ends_in_seal(e, last); i++) {
		struct epoch of = { .grant = &e->grants[i] };

		if (of.grant->outcome == VOUCH_GRANT_DISOWNED &&
		    of.grant->epoch >= candidate_of(e)->epoch &&
		    !is_holder_itself(e, &of))
			return 0;
	}
	return 1;
}

static int positions_follow(evidence_t *e, uint64_t since)
{
	uint8_t i;

	if (e->rows.condition != VOUCH_PRESENT || e->rows.order < since)
		return 0;
	for (i = 0; i < e->node_count; i++) {
		if (answered(&e->nodes[i].probe) &&
		    e->nodes[i].probe.order < since)
			return 0;
	}
	return 1;
}

static int nobody_is_ahead(evidence_t *e, uint64_t written)
{
	const struct vouch_probe *c = candidate_of(e);
	uint8_t i;

	for (i = 0; i < e->node_count; i++) {
		const struct vouch_probe *x = &e->nodes[i].probe;

		if (i == e->request.candidate || !answered(x))
			continue;
		/* One number, two timelines: nobody knows which is which. */
		if (!is_one_branch(c, x) ||
		    (x->timeline == c->timeline &&
		     (x->history_count != c->history_count ||
		      memcmp(x->history, c->history,
			     c->history_count * sizeof(c->history[0])) != 0)) ||
		    is_ahead(e, x, written))
			return 0;
	}
	return 1;
}

/* Every holder that may be, newest first; what each leaves open. */
int provable(evidence_t *e, uint16_t *missing)
{
	const struct vouch_probe *c = candidate_of(e);
	struct epoch held[VOUCH_GRANTS_MAX];
	uint64_t number, since = 0;
	uint32_t count = 0, i;
	int known = 0, covered;

	*missing = 1;
	if (!view_is_fit(e) || is_contradicted(e) || !records_agree(e))
		return 0;
	*missing = 2;
	for (number = newest_epoch(e); number > 0 && !known; number--) {
		struct epoch epoch = epoch_of(e, number);

		if (!epoch.known && is_skipped(e, number))
			continue;
		if (!epoch.known)
			return 0;
		if (!epoch.voided)
			held[count++] = epoch;
		known = epoch.done;
	}
	if (!known)
		return 0;
	*missing = 3;
	for (i = 0; i < count; i++) {
		uint64_t from = excluded_since(e, &held[i]);

		if (!from)
			return 0;
		since = greater(since, from - 1);
	}
	*missing = 4;
	for (i = 0; i < e->node_count; i++) {
		uint32_t j, holds = 0;

		for (j = 0; j < count; j++)
			holds |= held[j].grant->holder == i;
		if (i != e->request.candidate && !holds &&
		    !is_quiet(e, (uint8_t)i))
			return 0;
	}
	*missing = 5;
	if (!is_ready(e) || !is_authorised(e) || !positions_follow(e, since) ||
	    !enforces_its_offer(e))
		return 0;
	*missing = 6;
	if (!nobody_is_ahead(e, held[0].grant->epoch))
		return 0;
	*missing = 7;
	covered = ends_in_seal(e, &held[0]) ||
		  (is_holder_itself(e, &held[0]) &&
		   is_latest(e, held[0].grant->epoch));
	if (!covered && !covers_by_contract(e, since))
		return 0;
	if (!has_what_was_disowned(e, &held[0]))
		return 0;
	*missing = 8;
	if (!unseen_is_covered(e, since))
		return 0;
	/* Each granted epoch whose row is not here. */
	for (number = newest_epoch(e); number > c->epoch && !covered; number--) {
		struct epoch epoch = epoch_of(e, number);

		if (!epoch.known && is_skipped(e, number))
			continue;
		if (!epoch.known ||
		    (!epoch.voided && !is_holder_itself(e, &epoch) &&
		     !has_all_acknowledged(e, &epoch.grant->contract, since)))
			return 0;
	}
	*missing = 0;
	return 1;
}
