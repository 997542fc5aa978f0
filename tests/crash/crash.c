/* SPDX-License-Identifier: GPL-2.0-or-later */
/* make crash: every state that a power cut may leave, and what the library makes
 * of it; then the same with seeded breakages, which must show. Prints two tables;
 * exit code 1 when a third state was seen, nothing was tried, or a breakage
 * passed. */
#include <stdio.h>
#include <string.h>

#include "tests/crash/crash.h"
#include "tests/crash/disk.h"
#include "tests/crash/failing.h"
#include "tests/crash/memory.h"
#include "tests/crash/trial.h"

const struct trial_effort crash_full = {
	.powercut = { .cuts = 400, .combinations = 4000 },
	.stride = 1,
	.again = 29,
};
const struct trial_effort crash_quick = {
	.powercut = { .cuts = 16, .combinations = 40 },
	.stride = 9,
	.again = 101,
};

static const struct trial_effort breakages = {
	.powercut = { .cuts = 12, .combinations = 200 },
	.stride = 5,
	.enough = 50,
};

static void row(const char *name, const struct trial_tally *tally)
{
	(void)printf("%-36s %6u %7u %9lu %9lu %9lu %6lu %6lu\n", name,
		     tally->calls, tally->points, tally->states, tally->old,
		     tally->new, tally->third, tally->lost);
	(void)fflush(stdout);
}

static int is_clean(const char *name, const struct trial_tally *tally, int ran)
{
	if (ran && tally->states > 0 && tally->third == 0 && tally->lost == 0)
		return 1;
	(void)printf("    FAILED %s: %s\n", name,
		     tally->first[0] ? tally->first : "nothing was tried");
	return 0;
}

int crash_states(const struct trial_effort *effort)
{
	struct trial_tally all = { 0 };
	unsigned int i;
	int ok = 1;

	(void)printf("%-36s %6s %7s %9s %9s %9s %6s %6s\n", "operation", "calls",
		     "points", "states", "old", "new", "third", "lost");
	for (i = 0; i <= operation_count; i++) {
		const char *name = i < operation_count ? operations[i].name :
							 "recovery, at each call of one";
		struct trial_tally tally = { 0 };
		int ran = i < operation_count ?
				  trial_operation(&operations[i], effort,
						  &tally) :
				  trial_recovery(effort, &tally);

		row(name, &tally);
		ok = is_clean(name, &tally, ran) && ok;
		trial_tally_add(&all, &tally);
	}
	row("all", &all);
	return ok;
}

static int breakage_shows(enum disk_lie lie, int thoroughly)
{
	struct trial_tally all = { 0 };
	unsigned int i, shown = 0;

	/* Whole attempts take long, and only repeat what their parts show. */
	for (i = 0; i < operation_count; i++) {
		struct trial_tally tally = { 0 };

		if (operations[i].kind == OPERATION_ATTEMPT && !thoroughly &&
		    shown > 0)
			continue;
		disk_lie = lie;
		(void)trial_operation(&operations[i], &breakages, &tally);
		shown += tally.third + tally.lost > 0;
		trial_tally_add(&all, &tally);
	}
	disk_lie = DISK_LIE_NONE;
	(void)printf("%-44s %4u %9lu %9lu %9lu  %s\n", disk_lie_text(lie), shown,
		     all.states, all.third, all.lost,
		     shown > 0 ? "found" : "NOT FOUND");
	(void)fflush(stdout);
	return shown > 0;
}

int crash_breakages(int thoroughly)
{
	int lie, ok = 1;

	(void)printf("%-44s %4s %9s %9s %9s\n", "seeded breakage", "in", "states",
		     "third", "lost");
	for (lie = DISK_LIE_NONE + 1; lie < DISK_LIE_COUNT; lie++)
		ok = breakage_shows((enum disk_lie)lie, thoroughly) && ok;
	return ok;
}

/* How many calls there are between two that fail, in a quick run. */
static unsigned long stride_of(const struct operation *operation,
			       enum fault fault, int thoroughly)
{
	int long_one = operation->kind == OPERATION_ATTEMPT;

	if (fault == FAULT_WORLD || fault == FAULT_ANSWER)
		return 1;
	if (fault == FAULT_MEMORY)
		return !long_one ? (thoroughly ? 1 : 23) :
				   (thoroughly ? 7 : 997);
	return thoroughly || !long_one ? 1 : 17;
}

static int fault_is_safe(enum fault fault, int thoroughly)
{
	struct failing_tally all = { 0 };
	unsigned int i;
	int ok = 1;

	for (i = 0; i < operation_count; i++) {
		struct failing_tally tally = { 0 };

		if (!failing_operation(&operations[i], fault,
				       stride_of(&operations[i], fault,
						 thoroughly),
				       &tally))
			ok = 0;
		failing_tally_add(&all, &tally);
	}
	(void)printf("%-20s %8lu %10lu %8lu %7lu\n", fault_text(fault), all.runs,
		     all.succeeded, all.refused, all.unsafe);
	if (!ok || all.unsafe > 0 || all.runs == 0)
		(void)printf("    FAILED: %s\n", all.first);
	(void)fflush(stdout);
	return ok && all.unsafe == 0 && all.runs > 0;
}

int crash_failures(int thoroughly)
{
	int fault, ok = 1;

	(void)printf("%-20s %8s %10s %8s %7s\n", "failing call", "runs",
		     "succeeded", "refused", "unsafe");
	for (fault = 0; fault < FAULT_COUNT; fault++) {
		if (fault == FAULT_MEMORY && !MEMORY_CAN_FAIL)
			continue;
		ok = fault_is_safe((enum fault)fault, thoroughly) && ok;
	}
	return ok;
}
