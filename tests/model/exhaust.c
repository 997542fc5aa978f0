/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every history of so many events, and none of two that lead to one world twice. */
#include "tests/model/explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 1 when this world was not yet looked at with so many events left. */
static int visited_add(struct visited *visited, uint64_t hash, uint32_t left)
{
	uint64_t key = hash & ~15ull, at = (hash >> 4) & visited->mask;

	while (visited->slots[at] != 0) {
		if ((visited->slots[at] & ~15ull) == key) {
			if ((visited->slots[at] & 15) >= left + 1)
				return 0;
			visited->slots[at] = key | (left + 1);
			return 2;
		}
		at = (at + 1) & visited->mask;
	}
	if (visited->used * 10 > visited->mask * 9)
		return 1; /* full: looked at again, never left out */
	visited->used++;
	visited->slots[at] = key | (left + 1);
	return 1;
}

/* Standbys that nothing has happened to yet are all alike: the first of them
 * stands for the others. FIRST k tells them apart. */
static int is_one_of_many(const struct world *world, const struct event *event,
			  uint8_t touched)
{
	return world->method == VOUCH_METHOD_ANY &&
	       (event->node > touched + 1 || event->other > touched + 1 ||
		(event->node == touched + 1 && event->other > event->node));
}

static uint8_t touched_by(const struct event *event, uint8_t touched)
{
	if (event->node > touched)
		touched = event->node;
	return event->other > touched ? event->other : touched;
}

int descend(const struct options *options, struct visited *visited,
		   struct history *history, const struct world *world,
		   uint8_t touched, uint32_t left)
{
	uint32_t count = event_count(world), i;
	struct world next;
	int fresh, ok = 1;

	for (i = 0; i < count; i++) {
		struct event event = event_nth(world, i);

		if (is_one_of_many(world, &event, touched))
			continue;
		next = *world;
		judge_wrong = WRONG_NOTHING;
		if (!event_apply(&next, event))
			continue;
		history->events[history->count++] = event;
		fresh = visited_add(visited,
				    world_hash(&next) ^
					    touched_by(&event, touched) *
						    0x9e3779b97f4a7c15ull,
				    left);
		if (fresh == 1)
			look(&next, 1);
		if (judge_wrong != WRONG_NOTHING) {
			ok = 0;
			if (!options->quiet)
				history_show(history);
			if (!options->all)
				return 0;
		} else if (fresh && left > 0 && !next.over &&
			   !descend(options, visited, history, &next,
				    touched_by(&event, touched), left - 1)) {
			ok = 0;
			if (!options->all)
				return 0;
		}
		history->count--;
	}
	return ok;
}

void visited_clear(struct visited *visited)
{
	if (!visited->slots) {
		visited->mask = (1ull << 24) - 1;
		visited->slots = calloc(visited->mask + 1, sizeof(*visited->slots));
		if (!visited->slots) {
			fprintf(stderr, "explore: out of memory\n");
			exit(3);
		}
	}
	memset(visited->slots, 0, (visited->mask + 1) * sizeof(*visited->slots));
	visited->used = 0;
}

static const char *const votes_names[VOTES] = {
	"", ", without wait_for_all", ", without two_node"
};

static int exhaust(const struct options *options, int nodes, int k, int method,
		   enum votes votes)
{
	static struct visited visited;
	static struct history history;
	static struct world world;
	uint64_t before = tally.decisions;
	int ok;

	visited_clear(&visited);
	world_begin(&world, nodes, k, method, options->managed != 0, 0);
	world_count_votes(&world, votes);
	history.begin = world;
	history.count = 0;
	look(&world, 1);
	ok = descend(options, &visited, &history, &world, 0,
		     (uint32_t)options->depth - 1);
	printf("%d nodes%s, %s %d, every history of %d events: %llu worlds, %llu "
	       "decisions\n",
	       nodes, votes_names[votes],
	       method == VOUCH_METHOD_FIRST ? "FIRST" : "ANY", k, options->depth, (unsigned long long)visited.used,
	       (unsigned long long)(tally.decisions - before));
	fflush(stdout);
	return ok;
}

/* With two nodes each way in which they are quorate. */
static int every_vote(const struct options *options, int nodes, int k, int method)
{
	int last = nodes == 2 && options->managed != 0 ? VOTES - 1 : VOTES_OF_PAIR;
	int votes, ok = 1;

	for (votes = 0; votes <= last && (ok || options->all); votes++) {
		if (options->votes < 0 || options->votes == votes)
			ok &= exhaust(options, nodes, k, method,
				      (enum votes)votes);
	}
	return ok;
}

int every_history(const struct options *options)
{
	int nodes = options->nodes ? options->nodes : 3;
	int k, method, ok = 1;

	for (k = 0; k < nodes; k++) {
		for (method = VOUCH_METHOD_ANY; method <= VOUCH_METHOD_FIRST; method++) {
			if ((options->k >= 0 && options->k != k) ||
			    (options->method && options->method != method) ||
			    /* the same contract */
			    (method == VOUCH_METHOD_FIRST &&
			     (k == 0 || k == nodes - 1)))
				continue;
			ok &= every_vote(options, nodes, k, method);
			if (!ok && !options->all)
				return 0;
		}
	}
	return ok;
}
