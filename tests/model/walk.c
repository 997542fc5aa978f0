/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random histories, each made from its number. */
#include "tests/model/explore.h"

#include <stdio.h>

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed >> 11;
}

static void world_draw(const struct options *options, uint64_t *seed,
		       struct world *world)
{
	int nodes = options->nodes ? options->nodes :
				     (int)(2 + (random_next(seed) % 12) / 2);
	int k, managed;

	if (nodes > NODES)
		nodes = NODES;
	k = options->k >= 0 ? options->k :
	    random_next(seed) % 2 ? nodes / 2 :
				    (int)(random_next(seed) % (uint64_t)nodes);
	managed = options->managed >= 0 ? options->managed :
					  random_next(seed) % 8 != 0;
	world_begin(world, nodes, k,
		    options->method ? options->method :
				      (int)(1 + (random_next(seed) % 4 == 0)),
		    managed,
		    random_next(seed) % 8 ? 0 : (int)(random_next(seed) & 0x7f));
	world_count_votes(world, options->votes >= 0 ?
					 (enum votes)options->votes :
					 (enum votes)(random_next(seed) % VOTES));
	world->watchdog_accepted = random_next(seed) % 4 == 0;
}

/* One history; returns 0 when something is wrong. */
int walk(const struct options *options, uint64_t number)
{
	static struct history history;
	static struct world world;
	uint64_t seed = (number + 1) * 0x9e3779b97f4a7c15ull ^ 0x5851f42d4c957f2dull;
	static const int sanities[] = { 0, 40, 70, 85, 93, 97 };
	uint32_t tries, beginning;
	int sanity;

	random_next(&seed);
	world_draw(options, &seed, &world);
	sanity = sanities[random_next(&seed) % 6];
	history.begin = world;
	history.count = 0;
	judge_wrong = WRONG_NOTHING;
	beginning = (uint32_t)random_next(&seed) % (BEGINNINGS * 4);
	for (tries = 0; tries < 4000 && history.count < WALK && !world.over; tries++) {
		struct event event;

		if (!beginning_nth(&world, beginning, tries, &event)) {
			beginning = BEGINNINGS;
			event = event_random(&world, &seed, sanity);
		}

		if (!event_apply(&world, event))
			continue;
		history.events[history.count++] = event;
		if (judge_wrong == WRONG_NOTHING)
			look(&world, random_next(&seed) % 4 == 0);
		if (judge_wrong != WRONG_NOTHING)
			break;
	}
	if (judge_wrong == WRONG_NOTHING)
		return 1;
	if (options->quiet)
		printf("%s\n", wrong_names[judge_wrong]);
	printf("\nhistory %llu (replay: --seed=%llu --replay)\n",
	       (unsigned long long)number, (unsigned long long)number);
	if (!options->quiet) {
		struct tally kept = tally;

		history_show(&history);
		tally = kept;
	}
	return 0;
}
