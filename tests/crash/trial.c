/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/crash/trial.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/marker.h"
#include "authority/records.h"
#include "authority/standing.h"
#include "tests/crash/disk.h"
#include "tests/crash/trial_check.h"

enum vouch_error_code
__wrap_vouch__journal_append(struct vouch_journal *journal, const char *type,
			     struct json_object *fields, uint64_t *sequence,
			     struct vouch_error *error);
enum vouch_error_code
__real_vouch__journal_append(struct vouch_journal *journal, const char *type,
			     struct json_object *fields, uint64_t *sequence,
			     struct vouch_error *error);

/* An append that says OK has promised something. */
enum vouch_error_code
__wrap_vouch__journal_append(struct vouch_journal *journal, const char *type,
			     struct json_object *fields, uint64_t *sequence,
			     struct vouch_error *error)
{
	uint64_t number = 0;
	enum vouch_error_code code = __real_vouch__journal_append(
		journal, type, fields, &number, error);

	if (code == VOUCH_OK)
		disk_record_note(DISK_ACKNOWLEDGED, number);
	if (code == VOUCH_OK && sequence)
		*sequence = number;
	return code;
}

/* --- telling ------------------------------------------------------------------------ */

void trial_tell(struct trial *trial, const char *format, ...)
{
	struct trial_tally *tally = trial->tally;
	va_list arguments;
	int used;

	if (tally->first[0] != '\0')
		return;
	used = snprintf(tally->first, sizeof(tally->first),
			"%s, after call %u: ", trial->operation->name,
			trial->prefix);
	va_start(arguments, format);
	(void)vsnprintf(tally->first + used, sizeof(tally->first) - (size_t)used,
			format, arguments);
	va_end(arguments);
}

static int third(struct trial *trial, const char *why, const char *detail)
{
	trial_tell(trial, "%s: %s", why, detail);
	trial->tally->third++;
	return 0;
}

static int lost(struct trial *trial, const char *what)
{
	trial_tell(trial, "%s was acknowledged and is gone", what);
	trial->tally->lost++;
	return 0;
}

static void is_old_or_new(struct trial *trial, int is_new)
{
	if (is_new)
		trial->tally->new++;
	else
		trial->tally->old++;
}

/* --- what every state must be --------------------------------------------------------- */

static int is_readable(struct trial *trial, const struct reading *reading)
{
	if (reading->failure[0] != '\0')
		return third(trial, "unreadable", reading->failure);
	if (reading_records_of(reading, &trial->after) <
	    (int)trial->before.record_count)
		return third(trial, "the journal", "has other records");
	if (reading->record_count < trial->acknowledged)
		return lost(trial, "a record");
	return 1;
}

/* The next one must find nothing in its way. */
static int goes_on(struct trial *trial)
{
	struct vouch_error error = { 0 };

	if (vouch__state_prepare(&trial->config, &error) != VOUCH_OK ||
	    operation_append(&trial->config, "next", &error) != VOUCH_OK)
		return third(trial, "nothing can follow", error.text);
	return 1;
}

static int parts_are_old_or_new(struct trial *trial,
				const struct reading *reading)
{
	int i;

	for (i = 0; i < READING_PARTS; i++) {
		const char *now = reading->parts[i];

		if (strcmp(now, trial->before.parts[i]) != 0 &&
		    strcmp(now, trial->after.parts[i]) != 0)
			return third(trial, "neither old nor new", now);
		if (trial->done && strcmp(now, trial->after.parts[i]) != 0)
			return lost(trial, now);
	}
	if (trial->done && reading->record_count < trial->after.record_count)
		return lost(trial, "the last record");
	return 1;
}

static int is_new(const struct trial *trial, const struct reading *reading)
{
	int decisive = trial->operation->decisive;

	if (decisive == READING_PARTS)
		return reading->record_count == trial->after.record_count;
	return strcmp(reading->parts[decisive],
		      trial->after.parts[decisive]) == 0;
}

void trial_parts_check(struct trial *trial)
{
	static struct reading reading;

	reading_take(&trial->config, &reading);
	if (!is_readable(trial, &reading) ||
	    !parts_are_old_or_new(trial, &reading) || !goes_on(trial))
		return;
	is_old_or_new(trial, is_new(trial, &reading));
}

static uint64_t newest_of(const struct reading *reading)
{
	return reading->record_count > 0 ?
		       reading->sequences[reading->record_count - 1] :
		       0;
}

static int newest_grant_is(struct vouch_journal *journal, uint64_t epoch,
			   enum vouch_grant_outcome outcome)
{
	struct vouch_cluster_grant grants[8];
	struct vouch_error error;
	uint32_t count = 8;

	return vouch__records_grants(journal, grants, &count, &error) ==
		       VOUCH_OK &&
	       count > 0 && grants[0].epoch == epoch &&
	       grants[0].outcome == outcome;
}

/* --- a journal that is replaced -------------------------------------------------------- */

static int record_at(const struct reading *reading, uint64_t sequence)
{
	uint32_t i;

	for (i = 0; i < reading->record_count; i++) {
		if (reading->sequences[i] == sequence)
			return (int)i;
	}
	return -1;
}

static int is_record_of(const struct reading *reading, uint32_t i,
			const struct reading *whole)
{
	int at = record_at(whole, reading->sequences[i]);

	return at >= 0 && whole->checksums[at] == reading->checksums[i];
}

/* The last attempt and the newest grant, wherever they stand now. */
static int standing_is_kept(struct trial *trial)
{
	struct vouch_journal *journal = NULL;
	struct json_object *record = NULL;
	struct vouch_error error = { 0 };
	int ok;

	if (vouch__journal_open(&trial->config, 0, &journal, &error) != VOUCH_OK)
		return third(trial, "the journal", error.text);
	ok = newest_grant_is(journal, 1, VOUCH_GRANT_DONE) &&
	     vouch__journal_find_standing(journal, VOUCH_RECORD_DECISION, NULL,
					  NULL, &record, &error) == VOUCH_OK;
	json_object_put(record);
	ok = ok && vouch__journal_find_standing(journal, VOUCH_RECORD_OUTCOME,
						"outcome", "denied", &record,
						&error) == VOUCH_OK;
	json_object_put(record);
	vouch__journal_close(journal);
	return ok ? 1 : third(trial, "what stands is gone", error.text);
}

static void rotation_check(struct trial *trial)
{
	static struct reading reading;
	const struct reading *after = &trial->after;
	uint64_t newest, due = trial->acknowledged;
	uint32_t i;

	reading_take(&trial->config, &reading);
	if (reading.failure[0] != '\0') {
		(void)third(trial, "unreadable", reading.failure);
		return;
	}
	for (i = 0; i < reading.record_count; i++) {
		if (!is_record_of(&reading, i, &trial->before) &&
		    !is_record_of(&reading, i, after)) {
			(void)third(trial, "the journal", "has other records");
			return;
		}
	}
	newest = newest_of(&reading);
	if (newest < due) {
		(void)lost(trial, "a record");
		return;
	}
	if (standing_is_kept(trial) && goes_on(trial))
		is_old_or_new(trial, newest == newest_of(after));
}

/* --- an attempt -------------------------------------------------------------------------- */

static int record_holds(struct vouch_journal *journal, const char *type,
			const char *field, const char *value, const char *needle)
{
	struct json_object *record, *text;
	struct vouch_error error;
	int holds = 0;

	if (vouch__journal_find(journal, type, field, value, &record, &error) !=
	    VOUCH_OK)
		return 0;
	if (!needle)
		holds = 1;
	else if (json_object_object_get_ex(record, "verdict", &text))
		holds = strstr(json_object_get_string(text), needle) != NULL;
	json_object_put(record);
	return holds;
}

/* What `vouch status` says of the state: there is always an answer, and it never
 * claims what did not happen. */
static int standing_is_told(struct trial *trial, struct vouch_journal *journal)
{
	struct vouch_witness witness = { .system_id = 0 };
	struct vouch_standing standing;
	struct vouch_error error;

	if (vouch__witness_journal(journal, &witness, &error) != VOUCH_OK)
		return third(trial, "status", error.text);
	vouch__standing_read(&trial->config, &witness, &standing);
	if (standing.text[0] == '\0' ||
	    standing.hold == VOUCH_HOLD_UNKNOWN ||
	    standing.hold == VOUCH_HOLD_REFUSED)
		return third(trial, "status", standing.text);
	if (standing.hold == VOUCH_HOLD_HELD && trial->world.timeline == 1)
		return third(trial, "status claims authority", standing.text);
	return 1;
}

/* Before anything was recovered: what must be durable by now. */
static int promises_are_kept(struct trial *trial, const struct reading *reading)
{
	struct vouch_journal *journal = NULL;
	struct vouch_error error;
	int claimed = trial->world.grant_count > 1;
	int promoted = trial->world.timeline > 1;
	int ok = 1;

	if (vouch__journal_open(&trial->config, 0, &journal, &error) != VOUCH_OK)
		return third(trial, "the journal", error.text);
	/* Recovery takes the marker away, once its epoch is on record as done. */
	if (promoted &&
	    strncmp(reading->parts[READING_MARKER], "epoch 2 ", 8) != 0 &&
	    !newest_grant_is(journal, 2, VOUCH_GRANT_DONE))
		ok = third(trial, "promoted, but the marker",
			   reading->parts[READING_MARKER]);
	if (ok && claimed && !record_holds(journal, VOUCH_RECORD_DECISION, NULL, NULL,
				     "\"decision\":\"permit\""))
		ok = third(trial, "authority moved",
			   "without a permit on record");
	ok = ok && standing_is_told(trial, journal);
	vouch__journal_close(journal);
	return ok;
}

/* A server that could not be asked is not known to enforce the contract: its row
 * says so, and so may the grant. */
static int outcome_is_due(const struct vouch_cluster_grant *grant)
{
	if (world_now.timeline <= 1)
		return grant->outcome == VOUCH_GRANT_VOID;
	return grant->outcome == VOUCH_GRANT_DONE ||
	       (grant->outcome == VOUCH_GRANT_DISOWNED &&
		world_now.row_unpinned);
}

static int grant_is_resolved(struct trial *trial, struct vouch_journal *journal)
{
	struct vouch_cluster_grant grants[8];
	struct vouch_error error;
	uint32_t count = 8;

	if (vouch__records_grants(journal, grants, &count, &error) != VOUCH_OK)
		return third(trial, "the grants", error.text);
	if (world_now.grant_count > 1 &&
	    (count == 0 || grants[0].epoch != 2 ||
	     !outcome_is_due(&grants[0]) ||
	     !outcome_is_due(&world_now.grants[1])))
		return third(trial, "the grant of epoch 2",
			     "has another outcome than the timeline says");
	/* A claim that was perhaps made uses its number up, and is void. */
	if (world_now.grant_count == 1 && count > 0 && grants[0].epoch != 1 &&
	    grants[0].outcome != VOUCH_GRANT_VOID)
		return third(trial, "a grant", "that nobody was given");
	return 1;
}

static int attempt_has_outcome(struct trial *trial, struct vouch_journal *journal)
{
	struct json_object *request, *id;
	struct vouch_error error;
	int ok = 0;

	if (vouch__journal_find(journal, VOUCH_RECORD_REQUEST, NULL, NULL,
				&request, &error) == VOUCH_E_NOT_FOUND)
		return 1;
	if (json_object_object_get_ex(request, "request", &id))
		ok = record_holds(journal, VOUCH_RECORD_OUTCOME, "request",
				  json_object_get_string(id), NULL);
	json_object_put(request);
	return ok ? 1 : third(trial, "the attempt", "has no outcome (P6-O1)");
}

static int is_recovered(struct trial *trial)
{
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };
	int ok;

	if (operation_recover(&trial->config, &error) != VOUCH_OK)
		return third(trial, "recovery", error.text);
	if (vouch__journal_open(&trial->config, 0, &journal, &error) != VOUCH_OK)
		return third(trial, "the journal", error.text);
	ok = grant_is_resolved(trial, journal) &&
	     attempt_has_outcome(trial, journal);
	vouch__journal_close(journal);
	return ok;
}

/* A second recovery has nothing to say, and the next request is a new one. */
static int is_settled(struct trial *trial)
{
	static struct reading once, twice;
	struct vouch_error error = { 0 };
	enum vouch_decision due, decision;

	reading_take(&trial->config, &once);
	if (once.failure[0] != '\0')
		return third(trial, "after recovery", once.failure);
	if (strcmp(once.parts[READING_MARKER], "none") != 0)
		return third(trial, "after recovery", "there is a marker");
	if (operation_recover(&trial->config, &error) != VOUCH_OK)
		return third(trial, "second recovery", error.text);
	reading_take(&trial->config, &twice);
	if (twice.record_count != once.record_count)
		return third(trial, "second recovery", "wrote records");
	if (trial->effort->again == 0 ||
	    trial->tally->states % trial->effort->again != 0 ||
	    world_now.timeline > 1)
		return 1;
	due = world_now.n1_writable ? VOUCH_VETOED : VOUCH_PERMITTED;
	world_now.view_moves = 0;
	decision = operation_promote(&trial->config, &error);
	return decision == due ? 1 : third(trial, "the next request", error.text);
}

void trial_attempt_check(struct trial *trial)
{
	static struct reading reading;
	int promoted = trial->world.timeline > 1;

	reading_take(&trial->config, &reading);
	if (!is_readable(trial, &reading) || !promises_are_kept(trial, &reading) ||
	    !is_recovered(trial) || !is_settled(trial))
		return;
	is_old_or_new(trial, promoted);
}

/* --- running ------------------------------------------------------------------------------- */

static int is_enough(const struct trial *trial)
{
	return trial->effort->enough != 0 &&
	       trial->tally->third + trial->tally->lost >=
		       trial->effort->enough;
}

void trial_state_visit(void *context, struct disk *disk)
{
	struct trial *trial = context;
	struct world kept = world_now;

	if (is_enough(trial))
		return;
	disk_now = disk;
	world_now = trial->world;
	trial->tally->states++;
	if (trial->operation->kind == OPERATION_PARTS)
		trial_parts_check(trial);
	else if (trial->operation->kind == OPERATION_ROTATION)
		rotation_check(trial);
	else
		trial_attempt_check(trial);
	world_now = kept;
	disk_now = trial->end;
}

void trial_point_set(struct trial *trial, unsigned int prefix,
		      const struct world *start)
{
	unsigned int i;

	trial->prefix = prefix;
	trial->acknowledged = newest_of(&trial->before);
	trial->done = 0;
	trial->world = *start;
	for (i = 0; i < prefix; i++) {
		const struct disk_call *call = &disk_calls[i];

		if (call->kind == DISK_WORLD)
			trial->world = world_states[call->number];
		if (call->kind == DISK_ACKNOWLEDGED && call->number == TRIAL_DONE)
			trial->done = 1;
		else if (call->kind == DISK_ACKNOWLEDGED &&
			 call->number > trial->acknowledged)
			trial->acknowledged = call->number;
	}
}

static void points_try(struct trial *trial, const struct world *start)
{
	enum disk_lie lie = disk_lie;
	unsigned int prefix, stride = 1;

	disk_recording = 0;
	disk_lie = DISK_LIE_NONE;
	if (trial->operation->kind == OPERATION_ATTEMPT)
		stride = trial->effort->stride;
	for (prefix = 0; prefix <= disk_recorded; prefix++) {
		if (is_enough(trial) ||
		    (prefix % stride != 0 && prefix != disk_recorded))
			continue;
		trial_point_set(trial, prefix, start);
		trial->tally->points++;
		(void)powercut_states(trial->base, prefix,
				      &trial->effort->powercut, trial_state_visit,
				      trial);
	}
	disk_lie = lie;
}

static struct disk *fresh_disk(void)
{
	struct disk *disk = disk_new();

	(void)disk_put(disk, "/var", 1, NULL, 0);
	(void)disk_put(disk, "/var/lib", 1, NULL, 0);
	return disk;
}

/* Runs it on trial->base, recording, and then tries every point. */
static int base_try(struct trial *trial)
{
	struct vouch_error error = { 0 };
	struct world start = world_now;
	enum vouch_error_code code;
	unsigned int i;

	trial->end = disk_clone(trial->base);
	disk_now = trial->end;
	reading_take(&trial->config, &trial->before);
	disk_record_begin();
	code = trial->operation->run(&trial->config, &error);
	if (code == VOUCH_OK)
		disk_record_note(DISK_ACKNOWLEDGED, TRIAL_DONE);
	disk_recording = 0;
	reading_take(&trial->config, &trial->after);
	if (code != VOUCH_OK || trial->after.failure[0] != '\0') {
		trial_tell(trial, "did not run: %s %s", error.text,
		     trial->after.failure);
		disk_free(trial->end);
		return 0;
	}
	for (i = 0; i < disk_recorded; i++)
		trial->tally->calls += disk_calls[i].kind != DISK_WORLD &&
				       disk_calls[i].kind != DISK_ACKNOWLEDGED;
	points_try(trial, &start);
	disk_free(trial->end);
	return 1;
}

int trial_prepare(struct trial *trial, const struct operation *operation)
{
	static const struct vouch_journal_limits limits = { 1 << 18, 1 << 26 };
	enum disk_lie lie = disk_lie;
	int ok;

	disk_use();
	disk_lie = DISK_LIE_NONE;
	trial->operation = operation;
	trial->base = fresh_disk();
	disk_now = trial->base;
	world_begin();
	world_config(&trial->config);
	vouch__journal_limits = limits;
	ok = operation->prepare(&trial->config);
	disk_lie = lie;
	return ok;
}

int trial_operation(const struct operation *operation,
		    const struct trial_effort *effort,
		    struct trial_tally *tally)
{
	struct trial *trial = calloc(1, sizeof(*trial));
	int ok = 0;

	if (!trial)
		return 0;
	trial->tally = tally;
	trial->effort = effort;
	if (trial_prepare(trial, operation))
		ok = base_try(trial);
	disk_free(trial->base);
	disk_record_free();
	free(trial);
	return ok;
}

/* A promotion that everything came through of, up to the given call. */
static int cut_promotion(struct trial *trial, unsigned int prefix,
			 struct disk **disk, unsigned int *calls)
{
	struct vouch_error error = { 0 };
	struct world start;

	if (!trial_prepare(trial, operation_named("promotion, permitted")))
		return 0;
	start = world_now;
	trial->end = disk_clone(trial->base);
	disk_now = trial->end;
	disk_record_begin();
	if (trial->operation->run(&trial->config, &error) != VOUCH_OK)
		return 0;
	*calls = disk_recorded;
	trial_point_set(trial, prefix, &start);
	world_now = trial->world;
	*disk = powercut_everything(trial->base, prefix);
	disk_free(trial->end);
	return 1;
}

int trial_recovery(const struct trial_effort *effort, struct trial_tally *tally)
{
	static const struct operation recovery = { "recovery",
						   OPERATION_ATTEMPT, 0, 0,
						   NULL, operation_recover };
	unsigned int prefix, calls = 2;
	int ok = 1;

	for (prefix = 1; ok && prefix < calls; prefix += effort->stride * 2) {
		struct trial *trial = calloc(1, sizeof(*trial));
		struct disk *disk = NULL, *base;

		if (!trial)
			return 0;
		trial->tally = tally;
		trial->effort = effort;
		ok = cut_promotion(trial, prefix, &disk, &calls);
		base = trial->base;
		if (ok) {
			trial->operation = &recovery;
			trial->base = disk;
			ok = base_try(trial);
		}
		disk_free(disk);
		disk_free(base);
		disk_record_free();
		free(trial);
	}
	return ok;
}

void trial_tally_add(struct trial_tally *to, const struct trial_tally *from)
{
	to->calls += from->calls;
	to->points += from->points;
	to->states += from->states;
	to->old += from->old;
	to->new += from->new;
	to->third += from->third;
	to->lost += from->lost;
	if (to->first[0] == '\0')
		memcpy(to->first, from->first, sizeof(to->first));
}
