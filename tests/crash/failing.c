/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/crash/failing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/crash/memory.h"
#include "tests/crash/trial_check.h"

struct failing {
	struct trial trial;
	struct trial_tally tally; /* of the states behind the failures */
	struct failing_tally *to;
	enum fault fault;
	unsigned long nth;
	int onwards;
	unsigned long reached; /* 0: there are fewer calls, nothing failed */
	struct world start;
	struct reading clean; /* after a run without a failure */
};

const char *fault_text(enum fault fault)
{
	static const char *const texts[] = {
#define FAULT_TEXT(name, text) text,
		FAULTS(FAULT_TEXT)
#undef FAULT_TEXT
	};

	return texts[fault];
}

static void unsafe(struct failing *it, const char *why, const char *detail)
{
	it->to->unsafe++;
	if (it->to->first[0] == '\0')
		(void)snprintf(it->to->first, sizeof(it->to->first),
			       "%s, %s %lu %s: %s: %.200s",
			       it->trial.operation->name, fault_text(it->fault),
			       it->nth, it->onwards ? "and onwards" : "once",
			       why, detail);
}

/* --- injecting ----------------------------------------------------------------------- */

static void fault_set(const struct failing *it)
{
	static const int numbers[] = { EIO, ENOSPC, EROFS, EINTR, 0 };

	disk_call_count = 0;
	world_calls = 0;
	world_fail_onwards = it->onwards;
	world_fail_after = it->fault == FAULT_ANSWER;
	if (it->fault <= FAULT_SHORT) {
		disk_failure.nth = (unsigned int)it->nth;
		disk_failure.onwards = it->onwards;
		disk_failure.number = numbers[it->fault];
	} else if (it->fault != FAULT_MEMORY) {
		world_fail_nth = (unsigned int)it->nth;
	}
	memory_fail(it->fault == FAULT_MEMORY ? it->nth : 0, it->onwards);
}

/* Was the n-th call reached? */
static int fault_clear(const struct failing *it)
{
	int reached = it->fault == FAULT_MEMORY ? memory_count() >= it->nth :
		      it->fault <= FAULT_SHORT	? disk_call_count >= it->nth :
						  world_calls >= it->nth;

	memory_fail(0, 0);
	memset(&disk_failure, 0, sizeof(disk_failure));
	world_fail_nth = 0;
	return reached;
}

/* --- what must hold --------------------------------------------------------------------- */

static int descriptor_free(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)close(fd);
	return fd;
}

/* Marker and mark are what they were or what they were to be; an incarnation is
 * drawn anew each time. */
static void parts_check(struct failing *it)
{
	static const int parts[] = { READING_DIRECTORY, READING_MARK };
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *now = it->trial.after.parts[parts[i]];

		if (strcmp(now, it->trial.before.parts[parts[i]]) != 0 &&
		    strcmp(now, it->clean.parts[parts[i]]) != 0)
			unsafe(it, "neither old nor new", now);
	}
}

/* What is left, as it stands and after a power cut right now. */
static void states_check(struct failing *it)
{
	const struct powercut_effort nothing_or_all = { .combinations = 0 };
	struct trial *trial = &it->trial;

	reading_take(&trial->config, &trial->after);
	if (trial->after.failure[0] != '\0') {
		unsafe(it, "unreadable afterwards", trial->after.failure);
		return;
	}
	if (trial->operation->kind == OPERATION_PARTS)
		parts_check(it);
	trial_point_set(trial, disk_recorded, &it->start);
	(void)powercut_states(trial->base, disk_recorded, &nothing_or_all,
			      trial_state_visit, trial);
	if (it->tally.third + it->tally.lost > 0)
		unsafe(it, "a third or lost state", it->tally.first);
}

static void answer_check(struct failing *it, enum vouch_error_code code,
			 const struct vouch_error *error)
{
	if (code == VOUCH_OK) {
		it->to->succeeded += it->reached;
		disk_record_note(DISK_ACKNOWLEDGED, TRIAL_DONE);
		return;
	}
	it->to->refused += it->reached;
	if (error->code == VOUCH_OK || error->text[0] == '\0')
		unsafe(it, "an error without words", "");
}

/* PERMITTED is right only where the promotion really happened, VETOED and
 * UNDECIDED are always safe; the state behind them is looked at next. */
static void decision_check(struct failing *it, enum vouch_decision decision,
			   const struct vouch_error *error)
{
	int due = strcmp(it->trial.operation->name, "promotion, permitted") == 0;

	if (decision == VOUCH_PERMITTED) {
		it->to->succeeded += it->reached;
		if (!due || world_now.timeline == 1 || world_now.epoch_row != 2)
			unsafe(it, "permitted", "what did not happen");
		return;
	}
	it->to->refused += it->reached;
	if (decision == VOUCH_VETOED &&
	    (world_now.timeline > 1 || world_now.grant_count > 1))
		unsafe(it, "vetoed", "but authority moved");
	if (decision == VOUCH_UNDECIDED &&
	    (error->code == VOUCH_OK || error->text[0] == '\0'))
		unsafe(it, "undecided without words", "");
	if (decision != VOUCH_VETOED && decision != VOUCH_UNDECIDED)
		unsafe(it, "no decision", "");
}

/* 0: there are fewer calls than that. */
static int run_once(struct failing *it)
{
	struct trial *trial = &it->trial;
	struct vouch_error error = { 0 };
	enum vouch_decision decision = VOUCH_UNDECIDED;
	enum vouch_error_code code = VOUCH_OK;
	int descriptor;
	long live;

	trial->end = disk_clone(trial->base);
	disk_now = trial->end;
	world_now = it->start;
	memset(&it->tally, 0, sizeof(it->tally));
	disk_record_begin();
	descriptor = descriptor_free();
	live = memory_live();
	fault_set(it);
	if (trial->operation->decides)
		decision = operation_promote(&trial->config, &error);
	else
		code = trial->operation->run(&trial->config, &error);
	it->reached = fault_clear(it) != 0;
	disk_recording = 0;
	if (memory_live() > live)
		unsafe(it, "leaked", "");
	if (descriptor_free() != descriptor)
		unsafe(it, "left a file open", "");
	disk_recording = 1;
	if (trial->operation->decides)
		decision_check(it, decision, &error);
	else
		answer_check(it, code, &error);
	disk_recording = 0;
	states_check(it);
	it->to->runs += it->reached;
	disk_free(trial->end);
	return it->reached != 0;
}

/* The same without a failure, twice: what is allocated only once is then there,
 * and what it should come to is known. */
static int clean_run(struct failing *it)
{
	struct trial *trial = &it->trial;
	struct vouch_error error = { 0 };
	int ok = 1, i;

	for (i = 0; ok && i < 2; i++) {
		struct disk *end = disk_clone(trial->base);

		disk_now = end;
		world_now = it->start;
		ok = trial->operation->run(&trial->config, &error) == VOUCH_OK;
		reading_take(&trial->config, &it->clean);
		disk_free(end);
	}
	if (!ok)
		(void)snprintf(it->to->first, sizeof(it->to->first),
			       "%s did not run: %.200s", trial->operation->name,
			       error.text);
	return ok;
}

int failing_operation(const struct operation *operation, enum fault fault,
		      unsigned long stride, struct failing_tally *tally)
{
	static const struct trial_effort effort = { .stride = 1, .again = 7 };
	struct failing *it = calloc(1, sizeof(*it));
	int ok;

	if (!it)
		return 0;
	it->to = tally;
	it->fault = fault;
	it->trial.effort = &effort;
	it->trial.tally = &it->tally;
	ok = trial_prepare(&it->trial, operation);
	it->start = world_now;
	if (ok) {
		disk_now = it->trial.base;
		reading_take(&it->trial.config, &it->trial.before);
		ok = clean_run(it);
	}
	for (it->onwards = 0; ok && it->onwards < 2; it->onwards++) {
		for (it->nth = 1; run_once(it); it->nth += stride)
			;
	}
	disk_free(it->trial.base);
	disk_record_free();
	free(it);
	return ok;
}

void failing_tally_add(struct failing_tally *to,
		       const struct failing_tally *from)
{
	to->runs += from->runs;
	to->succeeded += from->succeeded;
	to->refused += from->refused;
	to->unsafe += from->unsafe;
	if (to->first[0] == '\0')
		memcpy(to->first, from->first, sizeof(to->first));
}
