/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every change of the contract, cut off at each of its steps. */
#include "tests/model/explore.h"

#include <stdio.h>

/* Up to `steps` of its events, then the cut, then every history of so many more.
 * Worlds that another change led to already are not looked at again. */
static int change_try(const struct options *options, struct visited *visited,
		      const struct world *begin, const struct change *change,
		      const struct event *events, uint32_t steps)
{
	static struct history history;
	static struct world world;
	struct event cut[CHANGE_EVENTS];
	uint32_t count = change_cut(change, cut), i;

	world = history.begin = *begin;
	history.count = 0;
	judge_wrong = WRONG_NOTHING;
	for (i = 0; i < steps; i++)
		if (event_apply(&world, events[i]))
			history.events[history.count++] = events[i];
	for (i = 0; i < count; i++)
		if (event_apply(&world, cut[i]))
			history.events[history.count++] = cut[i];
	if (judge_wrong == WRONG_NOTHING)
		look(&world, 1);
	if (judge_wrong != WRONG_NOTHING) {
		if (!options->quiet)
			history_show(&history);
		return 0;
	}
	return options->changes == 0 || world.over ||
	       descend(options, visited, &history, &world,
		       (uint8_t)(world.node_count - 1),
		       (uint32_t)options->changes - 1);
}

static int change_cut_everywhere(const struct options *options,
				 struct visited *visited,
				 const struct change *change, uint64_t *cuts)
{
	static struct world begin;
	struct event events[CHANGE_EVENTS];
	uint32_t count = change_script(change, events), steps;
	int ok = 1;

	world_begin(&begin, change->nodes, change->from, change->method,
		    options->managed != 0, 0);
	for (steps = 0; steps <= count && (ok || options->all); steps++, ++*cuts)
		ok &= change_try(options, visited, &begin, change, events, steps);
	return ok;
}

/* In place, or by a start that ended cleanly or not and a promotion that was cut
 * off at each of its steps or not. */
static int change_ways(const struct options *options, struct visited *visited,
		       struct change change, uint64_t *cuts)
{
	int ok;

	change.in_place = 1;
	ok = change_cut_everywhere(options, visited, &change, cuts);
	change.in_place = 0;
	for (change.crashes = 0; change.crashes < 2; change.crashes++)
		for (change.promotion = 0; change.promotion < 5; change.promotion++)
			if (ok || options->all)
				ok &= change_cut_everywhere(options, visited,
							    &change, cuts);
	return ok;
}

/* Whoever acknowledges, and whoever is lost with n1. */
static int change_losses(const struct options *options, struct visited *visited,
			 struct change change, uint64_t *cuts)
{
	int ok = 1;

	for (change.turn = 0; change.turn < change.nodes - 1; change.turn++)
		for (change.also = 0; change.also < change.nodes; change.also++)
			if (ok || options->all)
				ok &= change_ways(options, visited, change,
						  cuts);
	return ok;
}

/* Every number of acknowledgements, by the method that the cluster began with or
 * by the other. With --members, also without n1, n2 or the last as a member. */
static int is_worth_trying(const struct options *options,
			   const struct change *change)
{
	static struct world world;
	const uint8_t choices[] = { change->from, change->to };
	uint32_t i;

	world_begin(&world, change->nodes, 0, change->method,
		    options->managed != 0, 0);
	for (i = 0; i < 2; i++) {
		int without = choices[i] / CHOICE_WITHOUT;

		if (!world_can_choose(&world, choices[i]) ||
		    (without != 0 && !options->members) ||
		    (without > 2 && without != change->nodes))
			return 0;
	}
	return !(change->from & CHOICE_METHOD) && change->from != change->to;
}

int every_change(const struct options *options)
{
	static struct visited visited;
	struct change change = { .nodes = (uint8_t)(options->nodes ?
						    options->nodes : 3) };
	uint64_t cuts = 0, changes = 0, method;
	int ok = 1;

	visited_clear(&visited);
	for (method = VOUCH_METHOD_ANY; method <= VOUCH_METHOD_FIRST; method++)
		for (change.from = 0; change.from < CHOICES; change.from++)
			for (change.to = 0; change.to < CHOICES; change.to++) {
				change.method = (uint8_t)method;
				if (!is_worth_trying(options, &change) ||
				    !(ok || options->all))
					continue;
				changes++;
				ok &= change_losses(options, &visited, change,
						    &cuts);
			}
	printf("%d nodes, %llu changes of the contract, cut at every step, and every "
	       "history of %d events after it: %llu cuts, %llu worlds\n",
	       change.nodes, (unsigned long long)changes, options->changes,
	       (unsigned long long)cuts, (unsigned long long)visited.used);
	return ok;
}
