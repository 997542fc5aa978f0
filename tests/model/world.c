/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/model/world.h"

#include <string.h>

#include "kernel/facts.h"

static uint32_t mix(uint32_t hash, uint32_t value)
{
	hash ^= value + 0x9e3779b9u + (hash << 6) + (hash >> 2);
	hash *= 0x85ebca6bu;
	return hash ^ (hash >> 15);
}

/* No more acknowledgements than any holder has members. */
int world_can_choose(const struct world *world, uint8_t choice)
{
	int without = choice / CHOICE_WITHOUT;

	return without <= world->node_count &&
	       (choice & CHOICE_K) < world->node_count - (without != 0);
}

struct contract world_contract(const struct world *world, uint8_t choice,
			       uint8_t holder)
{
	unsigned int nobody = 1u << holder;
	struct contract contract = { choice & CHOICE_K, world->method, 0 };

	if (choice & CHOICE_METHOD)
		contract.method = (uint8_t)(VOUCH_METHOD_ANY +
					    VOUCH_METHOD_FIRST - world->method);
	if (choice / CHOICE_WITHOUT != 0)
		nobody |= 1u << (choice / CHOICE_WITHOUT - 1);
	contract.members = (uint8_t)(((1u << world->node_count) - 1) & ~nobody);
	return contract;
}

void world_count_votes(struct world *world, enum votes votes)
{
	int pair = world->node_count == 2 && votes != VOTES_MAJORITY;

	world->two_node = (uint8_t)pair;
	world->wait_for_all = pair && votes == VOTES_OF_PAIR;
}

/* n1 holds epoch 1, everybody is admitted and follows it. */
void world_begin(struct world *world, int node_count, int k, int method,
		 int managed, int strangers)
{
	uint8_t i;

	memset(world, 0, sizeof(*world));
	world->node_count = (uint8_t)node_count;
	world->config = (uint8_t)k;
	world->method = (uint8_t)method;
	world->managed = (uint8_t)managed;
	world_count_votes(world, VOTES_OF_PAIR);
	world->incarnations = (uint8_t)node_count;
	world->record_count = 1;
	world->records[0].parent = NOTHING;
	world->records[0].timeline = 1;
	world->records[0].lsn = 1;
	world->grant_count = 1;
	world->grants[0].epoch = 1;
	world->grants[0].incarnation = 0;
	world->grants[0].contract = world_contract(world, world->config, 0);
	for (i = 0; i < node_count; i++) {
		struct node *node = &world->nodes[i];
		int j;

		node->power = 1;
		node->seen = (uint8_t)((1u << node_count) - 1);
		node->server = i == 0 ? SERVER_PRIMARY : SERVER_STANDBY;
		node->upstream = i == 0 ? NOBODY : 0;
		node->incarnation = i;
		node->setting = world_contract(world, world->config, i);
		node->grant = i == 0 ? 0 : NOTHING;
		node->marker_epoch = i == 0;
		node->marker_timeline = i == 0;
		node->journal.grants = 1;
		node->journal.done = 1;
		node->snapshot_epoch = 1;
		node->operation.last = i == 0 ? VOUCH_OP_PROMOTE : VOUCH_OP_START;
		node->operation.result = VOUCH_RESULT_OK;
		node->cib.version = 1;
		node->cib.fencing_enabled = 1;
		node->cib.known = node->journal;
		for (j = 0; j < node_count; j++) {
			node->cib.operations[j].last =
				j == 0 ? VOUCH_OP_PROMOTE : VOUCH_OP_START;
			node->cib.operations[j].result = VOUCH_RESULT_OK;
		}
	}
	if (strangers & 1)
		world->nodes[0].setting.k = 0;
	(void)world_append(world, 0, RECORD_EPOCH, 0,
			   !(strangers & 1) || k == 0);
	for (i = 1; i < node_count; i++) {
		if (!(strangers & (1 << i)))
			(void)world_append(world, 0, RECORD_ADMIT, i, i);
	}
	for (i = 0; i < node_count; i++) {
		world->nodes[i].head = world->nodes[0].head;
		world->nodes[i].mark = world->nodes[0].head;
	}
}

/* A record at the end of a node's log; the world is over when there is no room. */
uint8_t world_append(struct world *world, uint8_t node, int kind, int a, int b)
{
	const struct record *parent = &world->records[world->nodes[node].head];
	struct record *record;

	if (world->record_count >= RECORDS || parent->timeline >= 60) {
		world->over = 1;
		return world->nodes[node].head;
	}
	record = &world->records[world->record_count];
	record->parent = world->nodes[node].head;
	record->kind = (uint8_t)kind;
	record->timeline =
		(uint8_t)(parent->timeline + (kind == RECORD_TIMELINE));
	record->a = (uint8_t)a;
	record->b = (uint8_t)b;
	record->acked = 0;
	record->given_up = 0;
	record->unheard = 0;
	record->unnoticed = 0;
	record->lsn = (uint16_t)(parent->lsn + 1);
	/* Where it is written matters as well: the same words on two nodes are
	 * two records. */
	record->hash = mix(mix(parent->hash, (uint32_t)kind * 256 + node),
			   (uint32_t)a * 256 + (uint32_t)b);
	world->nodes[node].head = world->record_count++;
	return world->nodes[node].head;
}

int world_is_on_path(const struct world *world, uint8_t record, uint8_t head)
{
	while (world->records[head].lsn > world->records[record].lsn)
		head = world->records[head].parent;
	return head == record;
}

int world_reaches(const struct world *world, uint8_t a, uint8_t b)
{
	return world->nodes[a].power && world->nodes[b].power &&
	       (a == b || world->nodes[a].sql_group == world->nodes[b].sql_group);
}

int world_in_group(const struct world *world, uint8_t a, uint8_t b)
{
	return world->managed && world->nodes[a].power &&
	       world->nodes[b].power &&
	       world->nodes[a].ring_group == world->nodes[b].ring_group;
}

int world_is_quorate(const struct world *world, uint8_t node)
{
	int members = 0;
	uint8_t i;

	for (i = 0; i < world->node_count; i++)
		members += world_in_group(world, node, i);
	if (members * 2 > world->node_count)
		return 1;
	return world->two_node && members == 1 &&
	       (!world->wait_for_all || world->nodes[node].seen == 3);
}

/* Does the primary's own server count enough flushed acknowledgements? */
static int is_acknowledged(const struct world *world, uint8_t primary,
			   uint8_t record)
{
	const struct contract *setting = &world->nodes[primary].setting;
	int flushed = 0, connected = 0;
	uint8_t i;

	for (i = 0; i < world->node_count; i++) {
		const struct node *node = &world->nodes[i];

		if (!(setting->members & (1u << i)) || node->server != SERVER_STANDBY ||
		    node->upstream != primary ||
		    !world_reaches(world, primary, i))
			continue;
		connected++;
		if (world_is_on_path(world, record, node->head))
			flushed++;
		else if (setting->method == VOUCH_METHOD_FIRST &&
			 connected <= setting->k)
			return 0;
	}
	return flushed >= setting->k;
}

/* With two_node each half of a split counts as quorate and is told alone, and the
 * other half's record may be the one that stays: only what more than half of the
 * nodes have is noticed for good. */
void world_notice(struct world *world)
{
	uint8_t i, j;

	for (i = 0; i < world->record_count; i++) {
		uint8_t grant = (uint8_t)(world->records[i].unnoticed - 1);
		int told = 0;

		if (world->records[i].unnoticed == 0)
			continue;
		for (j = 0; j < world->node_count; j++)
			told += (world->nodes[j].cib.known.disowned >> grant) & 1;
		if (told * 2 > world->node_count)
			world->records[i].unnoticed = 0;
	}
}

/* The client hears of its commit as soon as it may. Only an authorised server
 * makes promises. */
void world_acknowledge(struct world *world, uint8_t primary)
{
	const struct node *node = &world->nodes[primary];
	uint8_t record = node->head;

	if (node->server != SERVER_PRIMARY || node->grant == NOTHING)
		return;
	while (record != 0 && !world->records[record].acked) {
		/* Who wrote before this server's promotion is gone. */
		if (world->records[record].kind == RECORD_TIMELINE)
			break;
		if ((world->records[record].kind == RECORD_WRITE ||
		     world->records[record].kind == RECORD_ANNOUNCE) &&
		    is_acknowledged(world, primary, record)) {
			uint8_t older = record;

			while (older != 0 && !world->records[older].acked) {
				world->records[older].acked = 1;
				if (node->by_hand)
					world->records[older].unnoticed =
						(uint8_t)(node->grant + 1);
				if (world->records[older].kind == RECORD_TIMELINE)
					break;
				older = world->records[older].parent;
			}
			break;
		}
		record = world->records[record].parent;
	}
}

/* Every member of each ring agrees on a new configuration of it. */
void world_ring_changed(struct world *world)
{
	uint8_t i, j;

	world->ring_seq++;
	for (i = 0; i < world->node_count; i++) {
		struct node *node = &world->nodes[i];

		if (!node->power)
			continue;
		node->ring_seq = world->ring_seq;
		for (j = 0; j < world->node_count; j++) {
			if (world_in_group(world, i, j))
				node->seen |= (uint8_t)(1u << j);
		}
	}
}

struct attempt *world_attempt_of(struct world *world, uint8_t node)
{
	int i;

	for (i = 0; i < ATTEMPTS; i++) {
		if (world->attempts[i].step != ATTEMPT_NONE &&
		    world->attempts[i].node == node)
			return &world->attempts[i];
	}
	return 0;
}

uint8_t world_newest_grant(const struct world *world, const struct known *known)
{
	uint8_t newest = NOTHING;
	uint8_t i;

	for (i = 0; i < world->grant_count; i++) {
		if ((known->grants & (1u << i)) &&
		    (newest == NOTHING ||
		     world->grants[i].epoch > world->grants[newest].epoch))
			newest = i;
	}
	return newest;
}

uint8_t world_admission(const struct world *world, uint8_t head, uint8_t node)
{
	for (; head != 0; head = world->records[head].parent) {
		const struct record *record = &world->records[head];

		if (record->kind == RECORD_ADMIT && record->a == node)
			return record->b;
		if (record->kind == RECORD_EPOCH &&
		    world->grants[record->a].holder == node)
			return world->grants[record->a].incarnation;
	}
	return NOTHING;
}

int world_has_noted(const struct world *world, const struct note *note,
		    uint8_t head)
{
	const struct record *noted = &world->records[note->record];

	while (world->records[head].timeline > noted->timeline)
		head = world->records[head].parent;
	return world->records[head].timeline == noted->timeline &&
	       world->records[head].lsn >= noted->lsn;
}

/* --- equality of worlds ------------------------------------------------------ */

static uint64_t fold(uint64_t hash, const void *bytes, uint32_t size)
{
	const unsigned char *at = bytes;

	while (size-- > 0)
		hash = (hash ^ *at++) * 0x100000001b3ull;
	return hash;
}

/* By what they say, not by the numbers of records. */
static uint64_t notes_fold(const struct world *world, struct notes *notes,
			   uint64_t hash)
{
	uint8_t i;

	for (i = 0; i < world->node_count; i++) {
		if (!notes->of[i].present)
			continue;
		hash = (hash ^ world->records[notes->of[i].record].hash) *
		       0x100000001b3ull;
		notes->of[i].record = 0;
	}
	return hash;
}

static uint64_t snapshot_fold(const struct world *world, struct snapshot *snapshot,
			      uint64_t hash)
{
	uint32_t heads[3] = { world->records[snapshot->head].hash, 0, 0 };

	if (!snapshot->present)
		return hash;
	if (snapshot->mark != NOTHING)
		heads[1] = world->records[snapshot->mark].hash;
	if (snapshot->own_seal.present)
		heads[2] = world->records[snapshot->own_seal.record].hash;
	snapshot->head = snapshot->mark = snapshot->own_seal.record = 0;
	return notes_fold(world, &snapshot->notes,
			  fold(hash, heads, sizeof(heads)));
}

/* Records are numbered in the order in which they were made; two histories
 * that lead to the same logs are the same world. */
uint64_t world_hash(const struct world *world)
{
	struct world copy = *world;
	uint64_t acked = 0;
	uint64_t hash = 0xcbf29ce484222325ull;
	uint32_t heads[NODES][6];
	uint8_t i;

	memset(heads, 0, sizeof(heads));
	for (i = 0; i < world->record_count; i++) {
		if (world->records[i].acked)
			acked += (uint64_t)world->records[i].hash *
				 0x9e3779b97f4a7c15ull;
		if (world->records[i].unnoticed)
			acked += (uint64_t)world->records[i].hash *
				 0xa24baed4963ee407ull;
		if (world->records[i].given_up | world->records[i].unheard)
			acked += ((uint64_t)world->records[i].hash *
					  (world->records[i].given_up |
					   (uint32_t)world->records[i].unheard << 16) ^
				  0x9fb21c651e98df25ull) *
				 0xc2b2ae3d27d4eb4full;
		if (world->records[i].forgotten)
			acked += ((uint64_t)world->records[i].hash *
					  world->records[i].forgotten ^
				  0x5851f42d4c957f2dull) *
				 0xd6e8feb86659fd93ull;
	}
	for (i = 0; i < world->node_count; i++) {
		struct node *node = &copy.nodes[i];

		heads[i][0] = world->records[node->head].hash;
		heads[i][1] = node->mark == NOTHING ?
				      0 :
				      world->records[node->mark].hash;
		heads[i][2] = node->cib.seal.present ?
				      world->records[node->cib.seal.record].hash :
				      0;
		heads[i][3] = node->own_seal.present ?
				      world->records[node->own_seal.record].hash :
				      0;
		node->head = node->mark = node->cib.seal.record = 0;
		node->own_seal.record = 0;
		heads[i][4] = node->spare.present ?
				      world->records[node->spare.head].hash :
				      0;
		heads[i][5] = node->spare.present && node->spare.mark != NOTHING ?
				      world->records[node->spare.mark].hash :
				      0;
		node->spare.head = node->spare.mark = 0;
		hash = notes_fold(world, &node->notes, hash);
		hash = notes_fold(world, &node->told, hash);
		hash = snapshot_fold(world, &node->snapshot, hash);
		node->cib.updates = (uint8_t)(world->ring_seq - node->cib.updates);
		node->ring_seq = (uint8_t)(world->ring_seq - node->ring_seq);
	}
	for (i = 0; i < ATTEMPTS; i++) {
		const struct attempt *attempt = &world->attempts[i];

		/* Rare, and told apart by everything: no two are merged that
		 * differ in the numbers of their records. */
		hash = fold(hash, attempt,
			    attempt->step == ATTEMPT_NONE ? 1 : sizeof(*attempt));
	}
	hash = fold(hash, heads, sizeof(heads));
	hash = fold(hash, &acked, sizeof(acked));
	hash = fold(hash, copy.nodes, (uint32_t)(sizeof(copy.nodes[0]) * copy.node_count));
	hash = fold(hash, copy.grants, (uint32_t)(sizeof(copy.grants[0]) * copy.grant_count));
	hash = fold(hash, copy.fencings,
		    (uint32_t)(sizeof(copy.fencings[0]) * copy.fencing_count));
	hash = fold(hash, &copy.config, 2);
	return fold(hash, &copy.lied, 2);
}
