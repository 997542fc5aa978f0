/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One operation, cut at each of its system calls; every state that may be left
 * is recovered from with the library itself (P6-F2). */
#ifndef TESTS_CRASH_TRIAL_H
#define TESTS_CRASH_TRIAL_H

#include "tests/crash/operations.h"
#include "tests/crash/powercut.h"

struct trial_effort {
	struct powercut_effort powercut;
	unsigned int stride;	/* every stride-th crash point of an attempt */
	unsigned int again;	/* a new request after every again-th state */
	unsigned long enough;	/* third or lost ones after which to stop; 0: never */
};

struct trial_tally {
	unsigned int calls;  /* that change something */
	unsigned int points; /* crash points */
	unsigned long states;
	unsigned long old;
	unsigned long new;
	unsigned long third; /* neither, or unreadable, or stuck */
	unsigned long lost;  /* something acknowledged is gone */
	char first[400];     /* the first third or lost one, for people */
};

/* 0: the operation itself did not do what it should, see `first`. */
int trial_operation(const struct operation *operation,
		    const struct trial_effort *effort,
		    struct trial_tally *tally);
/* Recovery as the operation, begun at each stride-th call of a promotion. */
int trial_recovery(const struct trial_effort *effort, struct trial_tally *tally);
void trial_tally_add(struct trial_tally *to, const struct trial_tally *from);

#endif
