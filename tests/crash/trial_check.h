/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One trial under way, for the files that make it up. */
#ifndef TESTS_CRASH_TRIAL_CHECK_H
#define TESTS_CRASH_TRIAL_CHECK_H

#include "tests/crash/disk.h"
#include "tests/crash/reading.h"
#include "tests/crash/trial.h"

/* Noted in the record of calls when the whole operation said OK. */
#define TRIAL_DONE UINT64_MAX

struct trial {
	const struct operation *operation;
	const struct trial_effort *effort;
	struct trial_tally *tally;
	struct vouch_config config;
	struct disk *base; /* before */
	struct disk *end;  /* after, as it ran */
	struct reading before;
	struct reading after;
	/* At the crash point at hand. */
	unsigned int prefix;
	uint64_t acknowledged;
	int done;
	struct world world;
};

/* Keeps the first one only. */
void trial_tell(struct trial *trial, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The disk and the world before the operation. */
int trial_prepare(struct trial *trial, const struct operation *operation);
/* What was promised, and how the world was, after `prefix` calls. */
void trial_point_set(struct trial *trial, unsigned int prefix,
		     const struct world *start);
/* The state in disk_now and world_now, against the trial; counts it. */
void trial_parts_check(struct trial *trial);
void trial_attempt_check(struct trial *trial);
/* The same for a state that a power cut left. */
void trial_state_visit(void *context, struct disk *disk);

#endif
