/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One attempt, step by step, as lib/authority/promotion.c takes it, and what a
 * start finds of an earlier one, as lib/authority/recovery.c reads it. Anything
 * may happen between two steps, and each may be the last. */
#include "tests/model/world.h"

#include <string.h>

#include "kernel/facts.h"

static void operation_set(struct world *world, uint8_t node, int last, int result,
			  int in_flight)
{
	struct operation operation = { (uint8_t)last, (uint8_t)result,
				       (uint8_t)in_flight };
	uint8_t i;

	world->nodes[node].operation = operation;
	for (i = 0; i < world->node_count; i++) {
		if (world_in_group(world, node, i))
			world->nodes[i].cib.operations[node] = operation;
	}
}

static void cluster_learns(struct world *world, uint8_t node, uint8_t grant,
			   int outcome)
{
	uint16_t bit = (uint16_t)(1u << grant);
	uint8_t i;

	for (i = 0; i < world->node_count; i++) {
		struct cib *cib = &world->nodes[i].cib;

		if (!world_in_group(world, node, i))
			continue;
		cib->known.grants |= bit;
		if (outcome == OUTCOME_DONE)
			cib->known.done |= bit;
		else if (outcome == OUTCOME_VOID)
			cib->known.voided |= bit;
		else if (outcome == OUTCOME_DISOWNED)
			cib->known.disowned |= bit;
		cib->version++;
	}
}

/* As lib/cluster/pacemaker does with what must not be lost when partitions join. */
static void cluster_raises(struct world *world, uint8_t node)
{
	uint8_t i;

	for (i = 0; i < world->node_count; i++) {
		if (world_in_group(world, node, i))
			world->nodes[i].cib.generation++;
	}
}

static void journal_learns(struct node *node, uint8_t grant, int outcome)
{
	uint16_t bit = (uint16_t)(1u << grant);

	node->journal.grants |= bit;
	if (outcome == OUTCOME_DONE)
		node->journal.done |= bit;
	else if (outcome == OUTCOME_VOID)
		node->journal.voided |= bit;
	else if (outcome == OUTCOME_DISOWNED)
		node->journal.disowned |= bit;
}

int attempt_begin(struct world *world, uint8_t node, int by_cluster,
		  uint8_t asserted, int hasty)
{
	struct attempt *attempt = 0;
	int i;

	if (!world->nodes[node].power || world_attempt_of(world, node) ||
	    world->nodes[node].server != SERVER_STANDBY ||
	    (by_cluster && !world_is_quorate(world, node)))
		return 0;
	for (i = 0; i < ATTEMPTS; i++) {
		if (world->attempts[i].step == ATTEMPT_NONE)
			attempt = &world->attempts[i];
	}
	if (!attempt)
		return 0;
	memset(attempt, 0, sizeof(*attempt));
	attempt->node = node;
	attempt->by_cluster = (uint8_t)by_cluster;
	attempt->grant = NOTHING;
	attempt->step = ATTEMPT_VIEW;
	if (by_cluster)
		operation_set(world, node, world->nodes[node].operation.last,
			      world->nodes[node].operation.result, 1);
	attempt->seen.candidate = node;
	attempt->seen.asserted = asserted;
	for (i = 0; i < world->node_count; i++) {
		/* "It is down": a node that has power may be up a moment later. */
		if ((asserted & (1u << i)) && world->nodes[i].power)
			world->lied |= (uint8_t)(1u << i);
	}
	/* The pre-promote notification. */
	if (by_cluster)
		notes_notify(world, node, 1);
	observe_view(world, &attempt->seen, node);
	attempt->seen.lied_to = world->lied;
	attempt->seen.hasty = (uint8_t)hasty;
	if (hasty)
		observe_hastily(world, &attempt->seen);
	return 1;
}

static void attempt_end(struct world *world, struct attempt *attempt, int ok)
{
	if (attempt->by_cluster)
		operation_set(world, attempt->node, VOUCH_OP_PROMOTE,
			      ok ? VOUCH_RESULT_OK : VOUCH_RESULT_FAILED, 0);
	memset(attempt, 0, sizeof(*attempt));
}

/* Cut off: nobody tidies up. */
void attempt_drop(struct world *world, uint8_t node)
{
	struct attempt *attempt = world_attempt_of(world, node);

	if (attempt)
		attempt_end(world, attempt, 0);
}

static int decide(struct world *world, struct attempt *attempt)
{
	int permitted = 0;

	observe_end(world, &attempt->seen);
	(void)judge(world, &attempt->seen, &permitted);
	if (!permitted) {
		attempt_end(world, attempt, 0);
		return 1;
	}
	attempt->step = ATTEMPT_APPROVED;
	return 1;
}

static uint8_t next_epoch(const struct world *world, const struct seen *seen)
{
	struct known all = seen->cluster;
	uint8_t head = seen->epochs;
	uint8_t newest, epoch;

	all.grants |= seen->journal.grants;
	newest = world_newest_grant(world, &all);
	epoch = newest == NOTHING ? 0 : world->grants[newest].epoch;
	for (; head != 0; head = world->records[head].parent) {
		if (world->records[head].kind == RECORD_EPOCH &&
		    world->grants[world->records[head].a].epoch > epoch)
			epoch = world->grants[world->records[head].a].epoch;
	}
	return (uint8_t)(epoch + 1);
}

/* The newest epoch that the attempt has not seen declared void, unless that is
 * the newest of all. */
static uint8_t followed_epoch(const struct world *world,
			      const struct attempt *attempt, uint8_t epoch)
{
	const struct seen *seen = &attempt->seen;
	uint16_t voided = seen->cluster.voided | seen->journal.voided;
	uint16_t done = seen->cluster.done | seen->journal.done;
	struct known rest = { (uint16_t)((seen->cluster.grants |
					  seen->journal.grants) &
					 (uint16_t)~(voided & ~done)),
			      0, 0, 0 };
	uint8_t last = world_newest_grant(world, &rest);
	uint8_t number = last == NOTHING ? 0 : world->grants[last].epoch;
	uint8_t head;

	for (head = seen->epochs; head != 0; head = world->records[head].parent) {
		if (world->records[head].kind == RECORD_EPOCH &&
		    world->grants[world->records[head].a].epoch > number)
			number = world->grants[world->records[head].a].epoch;
	}
	return number + 1 == epoch ? 0 : number;
}

/* The records of what is passed over are taken out of the configuration. */
static void cluster_forgets(struct world *world, uint8_t node,
			    const struct grant *by)
{
	uint8_t i, j;

	for (i = 0; by->follows && i < world->grant_count; i++) {
		uint16_t bit = (uint16_t)(1u << i);

		if (world->grants[i].epoch <= by->follows ||
		    world->grants[i].epoch >= by->epoch)
			continue;
		for (j = 0; j < world->node_count; j++) {
			struct known *known = &world->nodes[j].cib.known;

			if (world_in_group(world, node, j) &&
			    (known->voided & bit)) {
				known->grants &= (uint16_t)~bit;
				known->voided &= (uint16_t)~bit;
			}
		}
	}
}

/* As lib/authority/recheck.c: what the cluster says before the claim and after it. */
static int is_in_view(const struct world *world, const struct attempt *attempt)
{
	return !world->managed || (world->nodes[attempt->node].ring_seq ==
					   attempt->seen.after_seq &&
				   world_is_quorate(world, attempt->node));
}

/* In the cluster one of two claimants loses; without one nobody does. */
static int claim(struct world *world, struct attempt *attempt)
{
	struct node *node = &world->nodes[attempt->node];
	uint8_t epoch = next_epoch(world, &attempt->seen);
	uint8_t i;

	if (!is_in_view(world, attempt)) {
		attempt_end(world, attempt, 0);
		return 1;
	}
	if (world->grant_count >= GRANTS) {
		world->over = 1;
		return 0;
	}
	for (i = 0; world->managed && i < world->grant_count; i++) {
		if ((node->cib.known.grants & (1u << i)) &&
		    world->grants[i].epoch == epoch) {
			attempt_end(world, attempt, 0);
			return 1;
		}
	}
	attempt->grant = world->grant_count++;
	node->requests |= (uint16_t)(1u << attempt->grant);
	world->grants[attempt->grant].epoch = epoch;
	world->grants[attempt->grant].holder = attempt->node;
	world->grants[attempt->grant].incarnation = node->incarnation;
	world->grants[attempt->grant].contract = attempt->seen.wanted;
	world->grants[attempt->grant].follows =
		followed_epoch(world, attempt, epoch);
	if (world->managed) {
		cluster_learns(world, attempt->node, attempt->grant, OUTCOME_OPEN);
		cluster_raises(world, attempt->node);
		cluster_forgets(world, attempt->node,
				&world->grants[attempt->grant]);
	}
	oracle_give_up(world, &attempt->seen, attempt->grant);
	attempt->step = ATTEMPT_CLAIMED;
	return 1;
}

static int is_as_decided(const struct world *world, const struct attempt *attempt)
{
	const struct node *node = &world->nodes[attempt->node];
	struct known disowned = { (uint16_t)(attempt->seen.cluster.disowned |
					     attempt->seen.journal.disowned),
				  0, 0, 0 };
	struct known now = { node->cib.known.disowned, 0, 0, 0 };
	uint8_t before = world_newest_grant(world, &disowned);
	uint8_t newest = world_newest_grant(world, &now);

	return is_in_view(world, attempt) &&
	       (!world->managed || newest == NOTHING ||
		(before != NOTHING && world->grants[newest].epoch <=
					      world->grants[before].epoch));
}

static int mark(struct world *world, struct attempt *attempt)
{
	struct node *node = &world->nodes[attempt->node];

	journal_learns(node, attempt->grant, OUTCOME_OPEN);
	if (!is_as_decided(world, attempt)) {
		node->marker_epoch = 0;
		journal_learns(node, attempt->grant, OUTCOME_VOID);
		cluster_learns(world, attempt->node, attempt->grant, OUTCOME_VOID);
		attempt_end(world, attempt, 0);
		return 1;
	}
	node->marker_epoch = world->grants[attempt->grant].epoch;
	node->marker_from = world->records[node->head].timeline;
	node->marker_timeline = 0;
	oracle_unheard(world, &attempt->seen, attempt->grant);
	attempt->step = ATTEMPT_MARKED;
	return 1;
}

static int promote(struct world *world, struct attempt *attempt)
{
	struct node *node = &world->nodes[attempt->node];
	int excused = 0;
	enum wrong wrong = oracle_promotion(world, &attempt->seen, &excused);

	if (node->server != SERVER_STANDBY) {
		attempt_end(world, attempt, 0);
		return 1;
	}
	/* What was permitted comes true: the lie that it rested on as well, or
	 * what nobody could tell. */
	if (world->lied || attempt->seen.lied_to ||
	    (excused && wrong == WRONG_NOTHING))
		world->over = 1;
	else if (wrong != WRONG_NOTHING && judge_wrong == WRONG_NOTHING) {
		judge_wrong = wrong;
		tally.wrong[wrong]++;
	}
	tally.promotions++;
	node->server = SERVER_PRIMARY;
	node->upstream = NOBODY;
	node->grant = attempt->grant;
	node->lagging = node->paused = node->unread = node->torn = 0;
	(void)world_append(world, attempt->node, RECORD_TIMELINE, attempt->grant, 0);
	attempt->step = ATTEMPT_PROMOTED;
	return 1;
}

static int row(struct world *world, struct attempt *attempt)
{
	struct node *node = &world->nodes[attempt->node];
	struct contract wanted = attempt->seen.wanted;

	if (node->server != SERVER_PRIMARY || node->grant != attempt->grant) {
		attempt_end(world, attempt, 0);
		return 1;
	}
	attempt->unpinned =
		memcmp(&wanted, &node->setting, sizeof(wanted)) != 0 ||
		memcmp(&wanted, &world->grants[attempt->grant].contract,
		       sizeof(wanted)) != 0;
	(void)world_append(world, attempt->node, RECORD_EPOCH, attempt->grant,
			   !attempt->unpinned);
	node->marker_timeline = world->records[node->head].timeline;
	node->mark = node->head;
	attempt->step = ATTEMPT_ROW;
	return 1;
}

static int finish(struct world *world, struct attempt *attempt)
{
	struct node *node = &world->nodes[attempt->node];
	int outcome = attempt->unpinned ? OUTCOME_DISOWNED : OUTCOME_DONE;

	journal_learns(node, attempt->grant, outcome);
	if (world->managed)
		cluster_learns(world, attempt->node, attempt->grant, outcome);
	if (attempt->by_cluster)
		notes_notify(world, attempt->node, 0);
	attempt_end(world, attempt, 1);
	return 1;
}

int attempt_advance(struct world *world, struct attempt *attempt)
{
	if (!world->nodes[attempt->node].power)
		return 0;
	switch ((enum attempt_step)attempt->step) {
	case ATTEMPT_VIEW:
		observe_seal(world, &attempt->seen);
		observe_asked(world, &attempt->seen);
		attempt->step = ATTEMPT_ASKED;
		return 1;
	case ATTEMPT_ASKED:
		observe_holders(world, &attempt->seen);
		attempt->step = ATTEMPT_HOLDERS;
		return 1;
	case ATTEMPT_HOLDERS:
		observe_others(world, &attempt->seen);
		attempt->step = ATTEMPT_OTHERS;
		return 1;
	case ATTEMPT_OTHERS:
		return decide(world, attempt);
	case ATTEMPT_APPROVED:
		return claim(world, attempt);
	case ATTEMPT_CLAIMED:
		return mark(world, attempt);
	case ATTEMPT_MARKED:
		return promote(world, attempt);
	case ATTEMPT_PROMOTED:
		return row(world, attempt);
	case ATTEMPT_ROW:
		return finish(world, attempt);
	case ATTEMPT_NONE:
	default:
		return 0;
	}
}

static void disowned_is_told(struct world *world, uint8_t self, uint8_t grant)
{
	if (world_is_quorate(world, self)) {
		cluster_learns(world, self, grant, OUTCOME_DISOWNED);
		cluster_raises(world, self);
	}
	world_notice(world);
}

/* At a start: what became of this node's own open grants? And has the cluster
 * heard of those that were disowned? */
void recovery_run(struct world *world, uint8_t self)
{
	struct node *node = &world->nodes[self];
	uint8_t i;

	for (i = 0; i < world->grant_count; i++) {
		uint16_t bit = (uint16_t)(1u << i);
		int known = (node->journal.grants & bit) != 0;
		const struct known *of = known ? &node->journal :
						 &node->cib.known;
		int outcome;

		if (world->managed && world->grants[i].holder == self &&
		    (node->journal.disowned & ~node->cib.known.disowned & bit))
			disowned_is_told(world, self, i);
		if (world->grants[i].holder != self || !(of->grants & bit) ||
		    ((of->done | of->voided) & bit) ||
		    /* A journal that is older than the claim. */
		    !(node->requests & bit) ||
		    world->grants[i].incarnation != node->incarnation)
			continue;
		outcome = node->marker_epoch == world->grants[i].epoch &&
					  world->records[node->head].timeline >
						  node->marker_from ?
				  OUTCOME_DONE :
				  OUTCOME_VOID;
		journal_learns(node, i, outcome);
		if (world->managed)
			cluster_learns(world, self, i, outcome);
	}
	node->marker_epoch = 0;
	node->marker_timeline = 0;
}

/* Before its marker goes: the promotion happened. */
void recovery_settle(struct world *world, uint8_t self)
{
	struct node *node = &world->nodes[self];
	uint8_t i;

	for (i = 0; i < world->grant_count; i++) {
		uint16_t bit = (uint16_t)(1u << i);

		if (world->grants[i].holder != self ||
		    world->grants[i].epoch != node->marker_epoch ||
		    !((node->journal.grants | node->cib.known.grants) & bit) ||
		    ((node->journal.done | node->journal.voided) & bit))
			continue;
		journal_learns(node, i, OUTCOME_DONE);
		if (world->managed)
			cluster_learns(world, self, i, OUTCOME_DONE);
	}
	node->marker_epoch = 0;
	node->marker_timeline = 0;
}

/* As agents/agent_pins.c: first the log, for whoever receives it, then the cluster
 * for all others. From there on nobody may lack what that server acknowledged. */
void disown(struct world *world, uint8_t self)
{
	struct node *node = &world->nodes[self];
	uint8_t grant = node->grant;

	if (node->by_hand == 1)
		(void)world_append(world, self, RECORD_DISOWN, grant, 0);
	node->by_hand = 2;
	journal_learns(node, grant, OUTCOME_DISOWNED);
	disowned_is_told(world, self, grant);
}
