/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of the contract by n1, step by step, with writes in between that other
 * standbys acknowledge each time: what the program does (the server is started
 * again, a new epoch), and what proof.md allows as well (in place, a barrier). */
#include "tests/model/events.h"
#include "tests/model/world.h"

#include "kernel/facts.h"

struct script {
	const struct change *change;
	struct event *events;
	uint32_t count, writes;
};

static void put(struct script *script, int kind, int node, int other, int value)
{
	struct event event = { (uint8_t)kind, (uint8_t)node, (uint8_t)other,
			       (uint8_t)value };

	if (script->count < CHANGE_EVENTS)
		script->events[script->count++] = event;
}

/* As many members receive it as the contract asks for: the first ones, or each
 * time beginning elsewhere. */
static void receive(struct script *script, uint8_t choice)
{
	const struct change *change = script->change;
	int first = (change->method == VOUCH_METHOD_FIRST) !=
		    ((choice & CHOICE_METHOD) != 0);
	int members[NODES], count = 0, i;

	for (i = 1; i < change->nodes; i++)
		if (i + 1 != choice / CHOICE_WITHOUT)
			members[count++] = i;
	for (i = 0; i < (choice & CHOICE_K); i++) {
		int from = first ? 0 : (int)(script->writes * change->turn);

		put(script, EV_STREAM, members[(from + i) % count], 0, 0);
	}
	script->writes++;
}

static void write_acknowledged(struct script *script, uint8_t choice)
{
	put(script, EV_WRITE, 0, 0, 0);
	receive(script, choice);
}

/* One that nobody receives, so that nobody may know of it when k > 0. */
static void write_alone(struct script *script)
{
	put(script, EV_WRITE, 0, 0, 0);
}

static void in_place(struct script *script)
{
	const struct change *change = script->change;

	put(script, EV_APPLY, 0, 0, 0);
	/* The others go on with what was granted. */
	put(script, EV_CONFIG, 0, 0, change->from);
	write_acknowledged(script, change->to);
	put(script, EV_BARRIER, 0, 0, 0);
	write_acknowledged(script, change->to);
}

static void started_again(struct script *script)
{
	const struct change *change = script->change;
	int i;

	put(script, EV_CONFIG, 0, 0, change->to);
	put(script, EV_STOP, 0, 0, change->crashes);
	put(script, EV_START, 0, 0, 0);
	put(script, EV_PROMOTE, 0, 0, change->promotion);
	write_alone(script);
	for (i = 1; i < change->nodes; i++)
		put(script, EV_FOLLOW, i, 0, 0);
	write_acknowledged(script, change->to);
	for (i = 1; i < change->nodes; i++)
		put(script, EV_MONITOR, i, 0, 0);
	write_acknowledged(script, change->to);
	/* The standbys are started with it, too, one after the other. */
	for (i = 1; i < change->nodes; i++) {
		put(script, EV_STOP, i, 0, 0);
		put(script, EV_START, i, 0, 0);
		put(script, EV_FOLLOW, i, 0, 0);
	}
	write_acknowledged(script, change->to);
	write_alone(script);
}

uint32_t change_script(const struct change *change, struct event *events)
{
	struct script script = { change, events, 0, 0 };

	write_acknowledged(&script, change->from);
	put(&script, EV_ANNOUNCE, 0, 0, change->to);
	write_alone(&script);
	receive(&script, change->from);
	write_acknowledged(&script, change->from);
	if (change->in_place)
		in_place(&script);
	else
		started_again(&script);
	return script.count;
}

/* The power of n1 is cut, and of one more where there is one: whoever is left has
 * them fenced. */
uint32_t change_cut(const struct change *change, struct event *events)
{
	struct script script = { change, events, 0, 0 };
	int asker = change->also == 1 ? 2 : 1;

	if (change->also)
		put(&script, EV_POWER_OFF, change->also, 0, 0);
	put(&script, EV_POWER_OFF, 0, 0, 0);
	put(&script, EV_FENCE, 0, asker, 0);
	if (change->also)
		put(&script, EV_FENCE, change->also, asker, 0);
	return script.count;
}
