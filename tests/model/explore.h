/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How histories are tried: what explore.c, which reads the command line, and the
 * ways of trying them share. */
#ifndef VOUCH_TESTS_MODEL_EXPLORE_H
#define VOUCH_TESTS_MODEL_EXPLORE_H

#include "kernel/facts.h"
#include "tests/model/world.h"

enum { WALK = 160 };

struct options {
	uint64_t decisions, seed;
	int nodes, k, method, managed, votes, depth, replay, quiet, all, changes,
		members;
};

struct history {
	struct world begin;
	uint32_t count;
	struct event events[WALK];
};

extern const char *const wrong_names[WRONG_KINDS];

/* history.c */
/* Would each standby be permitted, this very moment? `thorough`: also with a true
 * word of an operator. */
void look(const struct world *world, int thorough);
/* Cut down to what matters. */
void history_show(const struct history *history);

/* walk.c: one random history; 0 when something is wrong. */
int walk(const struct options *options, uint64_t number);

/* exhaust.c: 0 when something is wrong. */
struct visited {
	uint64_t *slots, mask, used;
};

void visited_clear(struct visited *visited);
/* Every history of `left` and one more events from here. */
int descend(const struct options *options, struct visited *visited,
	    struct history *history, const struct world *world, uint8_t touched,
	    uint32_t left);
int every_history(const struct options *options);

/* every_change.c */
int every_change(const struct options *options);

#endif /* VOUCH_TESTS_MODEL_EXPLORE_H */
