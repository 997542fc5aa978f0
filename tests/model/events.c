/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can happen. Each event either changes the world or is not possible. */
#include "tests/model/events.h"
#include "tests/model/world.h"

#include <stdio.h>
#include <string.h>

#include "kernel/facts.h"

enum { CUT_RING = 1, CUT_SQL = 2, CUT_BOTH = 3 };
enum {
	FENCE_WORKS, FENCE_FAILS, FENCE_LIES, FENCE_PENDING, FENCE_BY_HAND,
	FENCE_WATCHDOG, FENCE_ON, FENCE_VARIANTS
};

static const struct {
	const char *text; /* @n the node, @o the other, @v the value */
	uint8_t others, values; /* how many there are; 0xff: nodes */
	uint8_t weight, rare;	/* in a random walk; exhaustive: not when rare */
} kinds[EV_KINDS] = {
	[EV_WRITE] = { "a client writes on @n", 1, 1, 30, 0 },
	[EV_STREAM] = { "@n receives all that its primary has", 1, 1, 22, 0 },
	[EV_STREAM_ONE] = { "@n receives one record", 1, 1, 8, 1 },
	[EV_CRASH] = { "the server on @n dies", 1, 1, 5, 0 },
	[EV_POWER_OFF] = { "@n loses power", 1, 1, 4, 0 },
	[EV_POWER_ON] = { "@n gets power", 1, 1, 14, 0 },
	[EV_START] = { "the agent starts @n as a standby (variant @v)", 1, 2, 24, 0 },
	[EV_STOP] = { "the agent stops @n (variant @v)", 1, 2, 4, 0 },
	[EV_LEAVE] = { "@n leaves the cluster in order", 1, 1, 2, 1 },
	[EV_FOLLOW] = { "@n follows @o", 0xff, 1, 26, 0 },
	[EV_ROGUE] = { "somebody promotes @n by hand", 1, 1, 1, 0 },
	[EV_CUT] = { "@n is cut off (1 ring, 2 SQL, 3 both): @v", 1, 4, 4, 0 },
	[EV_HEAL] = { "@n is reachable again", 1, 1, 10, 0 },
	[EV_FENCE] = { "@o has @n fenced (0 works, 1 fails, 2 lies, 3 pending, "
		       "4 confirmed by hand, 5 watchdog, 6 on): @v",
		       0xff, FENCE_VARIANTS, 10, 0 },
	[EV_MONITOR] = { "the agent on @n looks around", 1, 1, 18, 0 },
	[EV_ADMIT] = { "@o admits @n", 0xff, 1, 14, 0 },
	[EV_CLONE] = { "@n is re-created from @o", 0xff, 1, 3, 0 },
	[EV_REWIND] = { "@n is rewound to @o", 0xff, 1, 2, 1 },
	[EV_ROLLBACK] = { "the directory of @n is an old copy again", 1, 1, 2, 1 },
	[EV_ANNOUNCE] = { "@n announces another contract (k, 8 for the other method, 16 times "
			  "the node that is no member): @v",
			  1, CHOICES, 3, 1 },
	[EV_APPLY] = { "@n applies the announced contract", 1, 1, 6, 1 },
	[EV_BARRIER] = { "@n writes the barrier", 1, 1, 5, 1 },
	[EV_CONFIG] = { "somebody edits the configured contract (as announced): @v", 1,
			CHOICES, 1, 1 },
	[EV_ASK] = { "a promotion of @n is requested (1 by the cluster, 2 with "
		     "an operator's word that all are down who do not answer, 4 and 8 by a "
		     "collector that reads positions or rows first): @v",
		     1, 16, 16, 1 },
	[EV_STEP] = { "the attempt on @n goes on", 1, 1, 90, 1 },
	[EV_KILL] = { "the attempt on @n is cut off", 1, 1, 2, 1 },
	[EV_CATCH_UP] = { "@n reads and replays its log", 1, 1, 10, 1 },
	[EV_STALL] = { "@n stalls (0 lags, 1 pauses, 2 checksum failure, 3 a record "
		       "is received in part): @v",
		       1, 4, 3, 1 },
	[EV_SWAP] = { "the former disk of @n is put back", 1, 1, 3, 1 },
	[EV_SWITCH_FENCING] = { "fencing is switched off (0) or on: @v", 1, 8, 3, 1 },
	[EV_PROMOTE] = { "a promotion of @n, in one go (0 done, cut off when 1 "
			 "claimed, 2 marked, 3 promoted, 4 the row is there): @v",
			 1, 5, 10, 0 },
	[EV_NOTE] = { "the deeper monitor of @n notes how far the others are", 1, 1,
		      8, 1 },
	[EV_SPOIL] = { "what @n noted cannot be read (0 on its disk, 1 as it was "
		       "told), or is removed (2): @v",
		       1, 3, 1, 1 },
	[EV_SNAPSHOT] = { "a snapshot of the machine @n is taken", 1, 1, 4, 1 },
	[EV_SET_BACK] = { "the machine @n is set back to its snapshot", 1, 1, 4, 1 },
	[EV_BY_HAND] = { "somebody starts the primary @n again by hand, asking nobody", 1,
			 1, 2, 0 },
};

/* --- membership -------------------------------------------------------------- */

static int is_newer(const struct cib *a, const struct cib *b)
{
	if (a->generation != b->generation)
		return a->generation > b->generation;
	if (a->version != b->version)
		return a->version > b->version;
	return a->updates > b->updates;
}

static void histories_merge(struct world *world, uint8_t node)
{
	const struct cib *newest = 0;
	uint16_t fencings = 0;
	uint8_t i;

	for (i = 0; i < world->node_count; i++) {
		if (!world_in_group(world, node, i))
			continue;
		if (!newest || is_newer(&world->nodes[i].cib, newest))
			newest = &world->nodes[i].cib;
		fencings |= world->nodes[i].fencings;
	}
	if (newest != &world->nodes[node].cib)
		world->nodes[node].cib = *newest;
	world->nodes[node].fencings = fencings;
}

/* After any change: who is there is online, who went without a word unclean. */
static void ring_settle(struct world *world)
{
	uint8_t i, j;

	world_ring_changed(world);
	for (i = 0; i < world->node_count; i++) {
		if (world->nodes[i].power && world->managed)
			histories_merge(world, i);
	}
	for (i = 0; i < world->node_count; i++) {
		struct cib *cib = &world->nodes[i].cib;

		if (world->nodes[i].power)
			cib->updates = world->ring_seq;
		for (j = 0; j < world->node_count && world->nodes[i].power; j++) {
			if (world_in_group(world, i, j)) {
				cib->status[j] = STATUS_ONLINE;
				cib->operations[j] = world->nodes[j].operation;
			} else if (cib->status[j] == STATUS_ONLINE) {
				cib->status[j] = STATUS_UNCLEAN;
			}
		}
	}
	world_notice(world);
}

static void operation_record(struct world *world, uint8_t node, int last,
			     int result)
{
	uint8_t i;

	world->nodes[node].operation.last = (uint8_t)last;
	world->nodes[node].operation.result = (uint8_t)result;
	world->nodes[node].operation.in_flight = 0;
	for (i = 0; i < world->node_count; i++) {
		if (world_in_group(world, node, i))
			world->nodes[i].cib.operations[node] =
				world->nodes[node].operation;
	}
}

static void server_down(struct world *world, uint8_t node)
{
	uint8_t i;

	world->nodes[node].server = SERVER_DOWN;
	world->nodes[node].upstream = NOBODY;
	world->nodes[node].grant = NOTHING;
	world->nodes[node].rogue_seen = 0;
	world->nodes[node].by_hand = 0;
	for (i = 0; i < world->node_count; i++) {
		if (world->nodes[i].upstream == node)
			world->nodes[i].upstream = NOBODY;
	}
}

static int power_off(struct world *world, uint8_t node)
{
	int i;

	if (!world->nodes[node].power)
		return 0;
	attempt_drop(world, node);
	server_down(world, node);
	world->nodes[node].power = 0;
	world->nodes[node].seen = 0;
	world->nodes[node].fencings = 0;
	memset(&world->nodes[node].told, 0, sizeof(world->nodes[node].told));
	for (i = 0; i < ATTEMPTS; i++)
		world->attempts[i].seen.lied_to |= world->lied;
	world->lied &= (uint8_t)~(1u << node);
	ring_settle(world);
	return 1;
}

static int power_on(struct world *world, uint8_t node)
{
	if (world->nodes[node].power)
		return 0;
	world->nodes[node].power = 1;
	world->nodes[node].operation.last = VOUCH_OP_MONITOR;
	world->nodes[node].operation.result = VOUCH_RESULT_NOT_RUNNING;
	world->nodes[node].operation.in_flight = 0;
	ring_settle(world);
	return 1;
}

static int leave(struct world *world, uint8_t node)
{
	uint8_t i;

	if (!world->managed || !world->nodes[node].power ||
	    world->nodes[node].server != SERVER_DOWN ||
	    world_attempt_of(world, node))
		return 0;
	for (i = 0; i < world->node_count; i++) {
		if (i != node && world_in_group(world, node, i))
			world->nodes[i].cib.status[node] = STATUS_OFFLINE;
	}
	return power_off(world, node);
}

static int cut(struct world *world, uint8_t node, uint8_t what)
{
	struct node *of = &world->nodes[node];

	if (what == 0 || !of->power ||
	    (of->ring_group || !(what & CUT_RING) || !world->managed) * 1 +
			    (of->sql_group || !(what & CUT_SQL)) * 1 ==
		    2)
		return 0;
	if ((what & CUT_RING) && world->managed)
		of->ring_group = (uint8_t)(node + 1);
	if (what & CUT_SQL)
		of->sql_group = (uint8_t)(node + 1);
	ring_settle(world);
	return 1;
}

static int heal(struct world *world, uint8_t node)
{
	struct node *of = &world->nodes[node];

	if (!of->ring_group && !of->sql_group)
		return 0;
	of->ring_group = of->sql_group = 0;
	ring_settle(world);
	return 1;
}

/* --- fencing ------------------------------------------------------------------ */

static void fencing_tell(struct world *world, uint8_t asker, uint8_t number,
			 uint8_t target, int offline)
{
	uint8_t i;

	for (i = 0; i < world->node_count; i++) {
		if (!world_in_group(world, asker, i))
			continue;
		world->nodes[i].fencings |= (uint16_t)(1u << number);
		if (offline)
			world->nodes[i].cib.status[target] = STATUS_OFFLINE;
	}
}

static int fence(struct world *world, uint8_t target, uint8_t asker, uint8_t how)
{
	struct fencing *entry;
	int off = how == FENCE_WORKS || how == FENCE_WATCHDOG;
	int success = off || how == FENCE_LIES || how == FENCE_BY_HAND;

	if (!world->managed || target == asker || !world->nodes[asker].power ||
	    !world_is_quorate(world, asker) ||
	    !world->nodes[asker].cib.fencing_enabled)
		return 0;
	/* A device or a person may be wrong about a node that is gone for the
	 * cluster; about one that answers, the cluster would notice. */
	if ((how == FENCE_LIES || how == FENCE_BY_HAND || how == FENCE_WATCHDOG) &&
	    world_in_group(world, asker, target))
		return 0;
	if (how == FENCE_ON && world->nodes[target].power)
		return 0;
	if (world->fencing_count >= FENCINGS) {
		world->over = 1;
		return 1;
	}
	entry = &world->fencings[world->fencing_count++];
	entry->target = target;
	entry->action = how == FENCE_ON ? VOUCH_FENCE_ON : VOUCH_FENCE_REBOOT;
	entry->state = how == FENCE_FAILS   ? VOUCH_FENCING_FAILED :
		       how == FENCE_PENDING ? VOUCH_FENCING_PENDING :
					      VOUCH_FENCING_SUCCEEDED;
	entry->executor = how == FENCE_BY_HAND	? VOUCH_EXECUTOR_HUMAN :
			  how == FENCE_WATCHDOG ? VOUCH_EXECUTOR_WATCHDOG :
						  VOUCH_EXECUTOR_MACHINE;
	entry->origin = asker;
	if (off)
		(void)power_off(world, target);
	if (success && !off && world->nodes[target].power)
		world->lied |= (uint8_t)(1u << target);
	fencing_tell(world, asker, (uint8_t)(world->fencing_count - 1), target,
		     success);
	if (how == FENCE_ON)
		(void)power_on(world, target);
	return 1;
}

/* --- the database ---------------------------------------------------------------- */

static int can_stream(const struct world *world, uint8_t node)
{
	const struct node *of = &world->nodes[node];

	return of->server == SERVER_STANDBY && of->upstream != NOBODY &&
	       world->nodes[of->upstream].server == SERVER_PRIMARY &&
	       world_reaches(world, node, of->upstream) && !of->unread;
}

static int stream(struct world *world, uint8_t node, int one)
{
	struct node *of = &world->nodes[node];
	uint8_t head;

	if (!can_stream(world, node))
		return 0;
	head = world->nodes[of->upstream].head;
	if (head == of->head)
		return 0;
	while (one && world->records[head].parent != of->head)
		head = world->records[head].parent;
	of->head = head;
	of->torn = 0;
	world_acknowledge(world, of->upstream);
	return 1;
}

static int follow(struct world *world, uint8_t node, uint8_t primary)
{
	struct node *of = &world->nodes[node];

	if (node == primary || of->server != SERVER_STANDBY ||
	    world->nodes[primary].server != SERVER_PRIMARY ||
	    of->upstream == primary || !world_reaches(world, node, primary) ||
	    !world_is_on_path(world, of->head, world->nodes[primary].head))
		return 0;
	of->upstream = primary;
	world_acknowledge(world, primary);
	return 1;
}

static int write_one(struct world *world, uint8_t node)
{
	if (world->nodes[node].server != SERVER_PRIMARY)
		return 0;
	(void)world_append(world, node, RECORD_WRITE, 0, 0);
	world_acknowledge(world, node);
	return 1;
}

/* Before its log becomes another one. */
static void had(struct world *world, uint8_t node)
{
	uint8_t head = world->nodes[node].head;

	for (; head != 0; head = world->records[head].parent)
		world->records[head].had |= (uint8_t)(1u << node);
}

/* A log that once reached the mark reaches it still. */
static int is_rolled_back(const struct world *world, const struct node *node)
{
	return node->mark == NOTHING ||
	       !world_is_on_path(world, node->mark, node->head);
}

/* Of another life nobody expects what the former one had; who asked that one before
 * still has its answer. */
static void forget_nothing(struct world *world, uint8_t node)
{
	uint8_t i;

	for (i = 0; i < world->record_count; i++)
		world->records[i].forgotten &= (uint8_t)~(1u << node);
}

static int start(struct world *world, uint8_t node, uint8_t variant)
{
	struct node *of = &world->nodes[node];

	/* Recovery waits for an attempt that is under way to end. */
	if (!of->power || of->server != SERVER_DOWN ||
	    world_attempt_of(world, node) ||
	    (world->managed && !world_is_quorate(world, node)))
		return 0;
	if (of->new_directory || is_rolled_back(world, of))
		of->incarnation = world->incarnations++;
	recovery_run(world, node);
	of->new_directory = 0;
	of->mark = of->head;
	of->server = SERVER_STANDBY;
	of->setting = world_contract(world, world->config, node);
	of->unread = variant;
	of->lagging = of->paused = of->torn = 0;
	operation_record(world, node, VOUCH_OP_START, VOUCH_RESULT_OK);
	notes_notify(world, node, 0);
	return 1;
}

/* A clean shutdown waits for the standbys that are connected. */
static void shut_down(struct world *world, uint8_t node)
{
	struct node *of = &world->nodes[node];
	struct seal seal = { 1, node, of->marker_epoch, of->incarnation, 0, 1 };
	uint8_t i;

	(void)world_append(world, node, RECORD_SHUTDOWN, 0, 0);
	seal.record = of->head;
	for (i = 0; i < world->node_count; i++) {
		if (world->nodes[i].upstream == node && can_stream(world, i))
			world->nodes[i].head = of->head;
	}
	world_acknowledge(world, node);
	of->own_seal = seal;
	for (i = 0; i < world->node_count; i++) {
		if (world_in_group(world, node, i)) {
			world->nodes[i].cib.seal = seal;
			world->nodes[i].cib.version++;
		}
	}
}

static int stop(struct world *world, uint8_t node, uint8_t at_once)
{
	struct node *of = &world->nodes[node];

	if (!of->power || world_attempt_of(world, node))
		return 0;
	/* The agent looks before it stops a primary; whoever kills it does not. */
	if (!at_once && of->by_hand)
		disown(world, node);
	if (!at_once && of->server == SERVER_PRIMARY && of->grant != NOTHING &&
	    of->marker_epoch == world->grants[of->grant].epoch &&
	    of->marker_timeline == world->records[of->head].timeline)
		shut_down(world, node);
	if (of->server != SERVER_DOWN)
		of->mark = of->head;
	if (of->marker_epoch && of->marker_timeline)
		recovery_settle(world, node);
	server_down(world, node);
	operation_record(world, node, VOUCH_OP_STOP, VOUCH_RESULT_OK);
	return 1;
}

static int rogue(struct world *world, uint8_t node)
{
	struct node *of = &world->nodes[node];

	if (of->server != SERVER_STANDBY || world_attempt_of(world, node))
		return 0;
	of->server = SERVER_PRIMARY;
	of->upstream = NOBODY;
	of->grant = NOTHING;
	of->rogue_seen = 0;
	(void)world_append(world, node, RECORD_TIMELINE, NOTHING, 0);
	return 1;
}

/* standby.signal removed, and no synchronous_standby_names. Who monitors it is a
 * cluster. */
static int by_hand(struct world *world, uint8_t node)
{
	struct node *of = &world->nodes[node];

	if (!world->managed || of->server != SERVER_PRIMARY ||
	    of->grant == NOTHING || of->by_hand ||
	    world_attempt_of(world, node) ||
	    world->records[of->head].kind == RECORD_TIMELINE)
		return 0;
	of->by_hand = 1;
	of->setting.k = 0;
	world_acknowledge(world, node);
	return 1;
}

static int monitor(struct world *world, uint8_t node)
{
	struct node *of = &world->nodes[node];
	uint8_t newest, holder, i, head;

	if (!of->power)
		return 0;
	if (of->by_hand) {
		disown(world, node);
		operation_record(world, node, VOUCH_OP_MONITOR,
				 VOUCH_RESULT_FAILED);
		return 1;
	}
	if (of->server != SERVER_DOWN && !of->unread)
		of->mark = of->head;
	if (of->server == SERVER_PRIMARY && of->grant == NOTHING) {
		of->rogue_seen = 1;
		operation_record(world, node, VOUCH_OP_MONITOR,
				 VOUCH_RESULT_FAILED);
	} else if (!of->operation.in_flight) {
		operation_record(world, node, VOUCH_OP_MONITOR,
				 of->server == SERVER_DOWN ?
					 VOUCH_RESULT_NOT_RUNNING :
				 of->server == SERVER_PRIMARY ?
					 VOUCH_RESULT_PROMOTED :
					 VOUCH_RESULT_OK);
	}
	if (!world->managed)
		return 1;
	of->journal.grants |= of->cib.known.grants;
	of->journal.done |= of->cib.known.done;
	of->journal.voided |= of->cib.known.voided;
	of->journal.disowned |= of->cib.known.disowned;
	newest = world_newest_grant(world, &of->cib.known);
	holder = newest == NOTHING ? NOBODY : world->grants[newest].holder;
	if (holder == NOBODY || !world_reaches(world, node, holder) ||
	    world->nodes[holder].server != SERVER_PRIMARY ||
	    world->nodes[holder].incarnation != world->grants[newest].incarnation)
		return 1;
	for (head = world->nodes[holder].head; head != 0;
	     head = world->records[head].parent) {
		if (world->records[head].kind == RECORD_EPOCH)
			break;
	}
	if (head == 0 || world->records[head].a != newest)
		return 1;
	of->snapshot_epoch = world->grants[newest].epoch;
	of->snapshot_holder = holder;
	of->snapshot_fencings = 0;
	for (i = 0; i < world->fencing_count; i++)
		of->snapshot_fencings |= (uint16_t)(of->fencings & (1u << i));
	return 1;
}

static int admit(struct world *world, uint8_t node, uint8_t primary)
{
	const struct node *of = &world->nodes[node];

	if (node == primary || !can_stream(world, node) ||
	    of->upstream != primary ||
	    world->nodes[primary].grant == NOTHING ||
	    world->nodes[primary].by_hand ||
	    of->head != world->nodes[primary].head ||
	    world_admission(world, of->head, node) == of->incarnation)
		return 0;
	(void)world_append(world, primary, RECORD_ADMIT, node, of->incarnation);
	return 1;
}

static int re_create(struct world *world, uint8_t node, uint8_t source)
{
	struct node *of = &world->nodes[node];

	if (node == source || !of->power || of->server != SERVER_DOWN ||
	    world->nodes[source].server == SERVER_DOWN ||
	    !world_reaches(world, node, source))
		return 0;
	of->spare.present = SPARE_KEPT;
	of->spare.head = of->head;
	of->spare.incarnation = of->incarnation;
	of->spare.mark = of->mark;
	of->spare.new_directory = of->new_directory;
	had(world, node);
	of->head = world->nodes[source].head;
	of->new_directory = 1;
	of->dirty = 0;
	return 1;
}

/* With all that the agent had recorded on it: nothing on the node can tell, and
 * before its later life was admitted everywhere nobody can. That much is outside
 * the promise: "storage that is rolled back unseen". */
static int swap_disks(struct world *world, uint8_t node)
{
	struct node *of = &world->nodes[node];
	uint8_t i;

	if (of->server != SERVER_DOWN || of->spare.present != SPARE_KEPT)
		return 0;
	for (i = 0; i < world->node_count; i++) {
		if (i != node && world_admission(world, world->nodes[i].head,
						  node) != of->incarnation)
			return 0;
	}
	of->spare.present = SPARE_IN_USE;
	had(world, node);
	of->head = of->spare.head;
	of->incarnation = of->spare.incarnation;
	of->mark = of->spare.mark;
	of->new_directory = of->spare.new_directory;
	return 1;
}

static int rewind_to(struct world *world, uint8_t node, uint8_t source)
{
	if (world->nodes[source].server != SERVER_PRIMARY)
		return 0;
	return re_create(world, node, source);
}

static int roll_back(struct world *world, uint8_t node)
{
	struct node *of = &world->nodes[node];

	/* To below the mark; what is above it nobody can notice, and is outside
	 * the promise: "storage that is rolled back unseen". */
	if (of->server != SERVER_DOWN || of->mark == NOTHING || of->mark == 0 ||
	    !world_is_on_path(world, of->mark, of->head) ||
	    world->records[world->records[of->mark].parent].lsn < 3)
		return 0;
	had(world, node);
	of->head = world->records[of->mark].parent;
	return 1;
}

/* --- whole machines ------------------------------------------------------------------ */

static int note(struct world *world, uint8_t node)
{
	if (!world->nodes[node].power ||
	    world->nodes[node].server == SERVER_DOWN)
		return 0;
	notes_raise(world, node, 0);
	return 1;
}

static int spoil(struct world *world, uint8_t node, uint8_t how)
{
	struct node *of = &world->nodes[node];
	struct notes *notes = how == 1 ? &of->told : &of->notes;

	if (how == 2) {
		memset(notes, 0, sizeof(*notes));
		return 1;
	}
	if (notes->unreadable || (how == 1 && (!of->power || !world->managed)))
		return 0;
	memset(notes, 0, sizeof(*notes));
	notes->unreadable = 1;
	return 1;
}

/* The disk, with the data and the agent's records; not what only a program or
 * Pacemaker remembers: whoever joins a cluster takes its newest configuration. */
static int snapshot_take(struct world *world, uint8_t node)
{
	const struct node *of = &world->nodes[node];
	struct snapshot snapshot = {
		.present = 1, .head = of->head, .incarnation = of->incarnation,
		.mark = of->mark, .new_directory = of->new_directory,
		.dirty = of->dirty, .marker_epoch = of->marker_epoch,
		.marker_from = of->marker_from,
		.marker_timeline = of->marker_timeline,
		.snapshot_epoch = of->snapshot_epoch,
		.snapshot_holder = of->snapshot_holder,
		.snapshot_fencings = of->snapshot_fencings,
		.journal = of->journal, .requests = of->requests,
		.own_seal = of->own_seal,
		.notes = of->notes
	};

	/* Not while a promotion is under way: a server that was asked already
	 * may do it a moment later. */
	if (of->spare.present == SPARE_IN_USE || world_attempt_of(world, node))
		return 0;
	world->nodes[node].snapshot = snapshot;
	return 1;
}

static int set_back(struct world *world, uint8_t node)
{
	struct node *of = &world->nodes[node];
	const struct snapshot *to = &of->snapshot;
	uint8_t i;

	if (!to->present || of->spare.present == SPARE_IN_USE)
		return 0;
	(void)power_off(world, node);
	had(world, node);
	if (of->set_back != to->incarnation + 1)
		forget_nothing(world, node);
	of->set_back = (uint8_t)(to->incarnation + 1);
	for (i = 1; i < world->record_count; i++) {
		if (!world_is_on_path(world, i, to->head))
			world->records[i].forgotten |=
				(uint8_t)(world->records[i].had & (1u << node));
	}
	of->head = to->head;
	of->incarnation = to->incarnation;
	of->mark = to->mark;
	of->new_directory = to->new_directory;
	of->dirty = to->dirty;
	of->marker_epoch = to->marker_epoch;
	of->marker_from = to->marker_from;
	of->marker_timeline = to->marker_timeline;
	of->snapshot_epoch = to->snapshot_epoch;
	of->snapshot_holder = to->snapshot_holder;
	of->snapshot_fencings = to->snapshot_fencings;
	of->journal = to->journal;
	of->requests = to->requests;
	of->own_seal = to->own_seal;
	of->notes = to->notes;
	return 1;
}

/* --- contracts ------------------------------------------------------------------- */

/* The announcement at the end of this log that no barrier followed. */
static uint8_t announced(const struct world *world, uint8_t head)
{
	for (; head != 0; head = world->records[head].parent) {
		if (world->records[head].kind == RECORD_ANNOUNCE)
			return head;
		if (world->records[head].kind == RECORD_BARRIER ||
		    world->records[head].kind == RECORD_EPOCH)
			return NOTHING;
	}
	return NOTHING;
}

static int is_in_charge(const struct world *world, uint8_t node)
{
	const struct node *of = &world->nodes[node];

	/* Between promotion and row there is nothing to change yet, and what is
	 * not enforced is not changed. */
	return of->server == SERVER_PRIMARY && of->grant != NOTHING &&
	       !of->by_hand &&
	       world->records[of->head].kind != RECORD_TIMELINE;
}

static int announce(struct world *world, uint8_t node, uint8_t choice)
{
	uint8_t head;

	if (!is_in_charge(world, node) || !world_can_choose(world, choice) ||
	    announced(world, world->nodes[node].head) != NOTHING)
		return 0;
	for (head = world->nodes[node].head;
	     world->records[head].kind != RECORD_EPOCH;
	     head = world->records[head].parent) {
		if (world->records[head].kind == RECORD_TIMELINE)
			return 0;
	}
	(void)world_append(world, node, RECORD_ANNOUNCE, choice, 0);
	world_acknowledge(world, node);
	return 1;
}

/* Does this server enforce what was announced? */
static int enforces(const struct world *world, uint8_t node, uint8_t announcement)
{
	struct contract contract = world_contract(
		world, world->records[announcement].a, node);

	return memcmp(&world->nodes[node].setting, &contract,
		      sizeof(contract)) == 0;
}

static int apply(struct world *world, uint8_t node)
{
	uint8_t announcement;

	if (!is_in_charge(world, node))
		return 0;
	announcement = announced(world, world->nodes[node].head);
	/* `vouch contract set` waits for it itself, under the contract in force: what
	 * a server acknowledged that asked nobody does not count. */
	if (announcement == NOTHING || !world->records[announcement].acked ||
	    world->records[announcement].unnoticed ||
	    enforces(world, node, announcement))
		return 0;
	world->config = world->records[announcement].a;
	world->nodes[node].setting = world_contract(world, world->config, node);
	world_acknowledge(world, node);
	return 1;
}

static int barrier(struct world *world, uint8_t node)
{
	uint8_t announcement;

	if (!is_in_charge(world, node))
		return 0;
	announcement = announced(world, world->nodes[node].head);
	if (announcement == NOTHING || !enforces(world, node, announcement) ||
	    !world->records[announcement].acked)
		return 0;
	(void)world_append(world, node, RECORD_BARRIER, 0, 0);
	return 1;
}

static int configure(struct world *world, uint8_t choice)
{
	if (!world_can_choose(world, choice) || choice == world->config)
		return 0;
	world->config = choice;
	return 1;
}

/* --- requests --------------------------------------------------------------------- */

/* "All are down who do not answer me": an operator's honest mistake included. */
static uint8_t silent_nodes(const struct world *world, uint8_t node)
{
	uint8_t i, silent = 0;

	for (i = 0; i < world->node_count; i++) {
		if (!world_reaches(world, node, i) ||
		    world->nodes[i].server == SERVER_DOWN)
			silent |= (uint8_t)(1u << i);
	}
	return silent;
}

static int ask(struct world *world, uint8_t node, uint8_t how)
{
	return attempt_begin(world, node, (how & 1) && world->managed,
			     (how & 2) ? silent_nodes(world, node) : 0, how >> 2);
}

static int catch_up(struct world *world, uint8_t node)
{
	struct node *of = &world->nodes[node];

	if (of->server == SERVER_DOWN ||
	    !(of->unread || of->lagging || of->paused))
		return 0;
	of->unread = of->lagging = of->paused = 0;
	return 1;
}

static int stall(struct world *world, uint8_t node, uint8_t how)
{
	struct node *of = &world->nodes[node];

	if (of->server != SERVER_STANDBY)
		return 0;
	if (how == 0)
		of->lagging = 1;
	else if (how == 1)
		of->paused = 1;
	else if (how == 2)
		of->dirty = 1;
	else
		of->torn = 1;
	return 1;
}

static int switch_fencing(struct world *world, uint8_t node, uint8_t now)
{
	uint8_t i;

	/* As every change of the configuration: in whatever part of the cluster. */
	if (!world->managed || world->nodes[node].cib.fencing_enabled == now)
		return 0;
	for (i = 0; i < world->node_count; i++) {
		if (world_in_group(world, node, i)) {
			world->nodes[i].cib.fencing_enabled = now;
			world->nodes[i].cib.version++;
		}
	}
	return 1;
}

static int step(struct world *world, uint8_t node)
{
	struct attempt *attempt = world_attempt_of(world, node);

	return attempt && attempt_advance(world, attempt);
}

static int cut_off(struct world *world, uint8_t node)
{
	if (!world_attempt_of(world, node))
		return 0;
	attempt_drop(world, node);
	return 1;
}

/* Without anything in between. */
static int promote_at_once(struct world *world, uint8_t node, uint8_t until)
{
	static const uint8_t last[] = { ATTEMPT_ROW + 1, ATTEMPT_CLAIMED,
					ATTEMPT_MARKED, ATTEMPT_PROMOTED,
					ATTEMPT_ROW };
	struct attempt *attempt;

	if (!attempt_begin(world, node, world->managed, 0, 0))
		return 0;
	while ((attempt = world_attempt_of(world, node)) &&
	       attempt->step < last[until]) {
		if (!attempt_advance(world, attempt))
			break;
	}
	attempt_drop(world, node);
	return 1;
}

int event_apply(struct world *world, struct event event)
{
	uint8_t n = event.node;

	if (world->over || n >= world->node_count ||
	    event.other >= NODES || event.value >= 16)
		return 0;
	switch ((enum event_kind)event.kind) {
	case EV_WRITE: return write_one(world, n);
	case EV_STREAM: return stream(world, n, 0);
	case EV_STREAM_ONE: return stream(world, n, 1);
	case EV_CRASH:
		if (world->nodes[n].server == SERVER_DOWN)
			return 0;
		server_down(world, n);
		return 1;
	case EV_POWER_OFF: return power_off(world, n);
	case EV_POWER_ON: return power_on(world, n);
	case EV_START: return start(world, n, event.value);
	case EV_STOP: return stop(world, n, event.value);
	case EV_LEAVE: return leave(world, n);
	case EV_FOLLOW: return follow(world, n, event.other);
	case EV_ROGUE: return rogue(world, n);
	case EV_CUT: return cut(world, n, event.value);
	case EV_HEAL: return heal(world, n);
	case EV_FENCE: return fence(world, n, event.other, event.value);
	case EV_MONITOR: return monitor(world, n);
	case EV_ADMIT: return admit(world, n, event.other);
	case EV_CLONE: return re_create(world, n, event.other);
	case EV_REWIND: return rewind_to(world, n, event.other);
	case EV_ROLLBACK: return roll_back(world, n);
	case EV_ANNOUNCE: return announce(world, n, event.value);
	case EV_APPLY: return apply(world, n);
	case EV_BARRIER: return barrier(world, n);
	case EV_CONFIG: return n == 0 && configure(world, event.value);
	case EV_ASK: return ask(world, n, event.value);
	case EV_STEP: return step(world, n);
	case EV_KILL: return cut_off(world, n);
	case EV_CATCH_UP: return catch_up(world, n);
	case EV_STALL: return stall(world, n, event.value);
	case EV_SWAP: return swap_disks(world, n);
	case EV_SWITCH_FENCING: return switch_fencing(world, n, event.value != 0);
	case EV_PROMOTE: return promote_at_once(world, n, event.value);
	case EV_NOTE: return note(world, n);
	case EV_SPOIL: return spoil(world, n, event.value);
	case EV_SNAPSHOT: return snapshot_take(world, n);
	case EV_SET_BACK: return set_back(world, n);
	case EV_BY_HAND: return by_hand(world, n);
	case EV_KINDS:
	default: return 0;
	}
}

/* --- which events there are ------------------------------------------------------- */

static uint32_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)(*seed >> 20);
}

static uint8_t others_of(const struct world *world, uint8_t kind)
{
	return kinds[kind].others == 0xff ? world->node_count :
					    kinds[kind].others;
}

/* Most contracts differ in their number alone. */
static uint8_t value_draw(uint8_t kind, uint64_t *seed)
{
	uint8_t value = (uint8_t)(random_next(seed) % kinds[kind].values);

	if ((kind == EV_ANNOUNCE || kind == EV_CONFIG) && random_next(seed) % 4)
		value &= CHOICE_K;
	return value;
}

/* What a sane cluster would do next: pure chaos seldom gets anywhere. */
static struct event event_sane(const struct world *world, uint64_t *seed)
{
	static const uint8_t with_primary[] = {
		EV_WRITE, EV_WRITE, EV_WRITE, EV_FOLLOW, EV_FOLLOW, EV_STREAM,
		EV_STREAM, EV_STREAM_ONE, EV_ADMIT, EV_MONITOR, EV_MONITOR,
		EV_POWER_OFF, EV_CRASH, EV_STOP, EV_CUT, EV_FENCE, EV_ANNOUNCE,
		EV_APPLY, EV_BARRIER, EV_START, EV_POWER_ON, EV_HEAL, EV_ASK,
		EV_CATCH_UP, EV_STEP, EV_CONFIG, EV_NOTE, EV_NOTE, EV_SNAPSHOT,
		EV_SET_BACK, EV_BY_HAND
	};
	static const uint8_t without[] = {
		EV_START, EV_START, EV_POWER_ON, EV_FENCE, EV_ASK, EV_ASK,
		EV_STEP, EV_STEP, EV_STEP, EV_PROMOTE, EV_HEAL, EV_CATCH_UP,
		EV_CLONE, EV_CONFIG, EV_CONFIG, EV_STOP, EV_NOTE, EV_SET_BACK
	};
	struct event event = { 0, 0, 0, 0 };
	uint8_t primary = NOBODY, i;

	for (i = 0; i < world->node_count; i++) {
		if (world->nodes[i].server == SERVER_PRIMARY &&
		    world->nodes[i].grant != NOTHING)
			primary = i;
	}
	event.node = (uint8_t)(random_next(seed) % world->node_count);
	event.other = (uint8_t)(random_next(seed) % world->node_count);
	if (primary == NOBODY) {
		event.kind = without[random_next(seed) % sizeof(without)];
	} else {
		event.kind = with_primary[random_next(seed) % sizeof(with_primary)];
		if (event.kind == EV_FOLLOW || event.kind == EV_ADMIT)
			event.other = primary;
		else if (random_next(seed) % 2)
			event.node = primary;
	}
	event.value = value_draw(event.kind, seed);
	if (event.kind == EV_FENCE)
		event.value = FENCE_WORKS;
	else if (event.kind == EV_ASK)
		event.value = (uint8_t)(random_next(seed) % 4 ? 1 : event.value);
	else if (event.kind == EV_PROMOTE)
		event.value = (uint8_t)(random_next(seed) % 2 ? 0 : event.value);
	return event;
}

struct event event_random(const struct world *world, uint64_t *seed, int sanity)
{
	static uint32_t total;
	struct event event = { 0, 0, 0, 0 };
	uint32_t at;

	if ((int)(random_next(seed) % 100) < sanity)
		return event_sane(world, seed);
	if (total == 0) {
		for (at = 0; at < EV_KINDS; at++)
			total += kinds[at].weight;
	}
	at = random_next(seed) % total;
	while (at >= kinds[event.kind].weight)
		at -= kinds[event.kind++].weight;
	event.node = (uint8_t)(random_next(seed) % world->node_count);
	event.other = (uint8_t)(random_next(seed) % others_of(world, event.kind));
	event.value = value_draw(event.kind, seed);
	return event;
}

uint32_t event_count(const struct world *world)
{
	uint32_t count = 0;
	uint8_t kind;

	for (kind = 0; kind < EV_KINDS; kind++) {
		if (!kinds[kind].rare)
			count += (uint32_t)world->node_count *
				 others_of(world, kind) * kinds[kind].values;
	}
	return count;
}

struct event event_nth(const struct world *world, uint32_t n)
{
	struct event event = { 0, 0, 0, 0 };
	uint8_t kind;

	for (kind = 0; kind < EV_KINDS; kind++) {
		uint32_t here = (uint32_t)world->node_count *
				others_of(world, kind) * kinds[kind].values;

		if (kinds[kind].rare)
			continue;
		if (n < here) {
			event.kind = kind;
			event.value = (uint8_t)(n % kinds[kind].values);
			n /= kinds[kind].values;
			event.other = (uint8_t)(n % others_of(world, kind));
			event.node = (uint8_t)(n / others_of(world, kind));
			return event;
		}
		n -= here;
	}
	return event;
}

void event_print(const struct world *world, struct event event, char *text,
		 uint32_t size)
{
	const char *from = kinds[event.kind].text;
	uint32_t at = 0;

	(void)world;
	for (; *from != '\0' && at + 4 < size; from++) {
		if (*from != '@') {
			text[at++] = *from;
			continue;
		}
		from++;
		if (*from != 'v')
			text[at++] = 'n';
		text[at++] = (char)(*from == 'n' ? '1' + event.node :
				    *from == 'o' ? '1' + event.other :
				    event.value < 10 ?
						   '0' + event.value :
						   'a' + event.value - 10);
	}
	text[at] = '\0';
}
