/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/crash/operations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/incarnation.h"
#include "authority/marker.h"
#include "authority/promotion.h"
#include "authority/records.h"
#include "common/json.h"
#include "tests/crash/disk.h"
#include "tests/crash/reading.h"

/* Longer than a few sectors, so that a record can be torn between them. */
enum { FILLER = 1400 };

/* --- pieces --------------------------------------------------------------------- */

enum vouch_error_code operation_append(const struct vouch_config *config,
				       const char *type,
				       struct vouch_error *error)
{
	struct json_object *fields = json_object_new_object();
	struct vouch_journal *journal = NULL;
	char filler[FILLER];
	enum vouch_error_code code;

	memset(filler, 'x', sizeof(filler));
	filler[sizeof(filler) - 1] = '\0';
	code = vouch__json_put_text(fields, "value",
				    strcmp(type, "long") == 0 ? filler : "v");
	if (code != VOUCH_OK)
		(void)vouch__error_set(error, code, "out of memory");
	else
		code = vouch__journal_open(config, 1, &journal, error);
	if (code == VOUCH_OK)
		code = vouch__journal_append(journal, type, fields, NULL, error);
	vouch__journal_close(journal);
	json_object_put(fields);
	return code;
}

static enum vouch_error_code settle(const struct vouch_config *config,
				    const char *identity,
				    struct vouch_error *error)
{
	static struct vouch_directory directory;
	char incarnation[VOUCH_NAME_SIZE];
	enum vouch_error_code code;

	world_directory(&directory);
	(void)snprintf(directory.identity, VOUCH_TEXT_SIZE, "%s", identity);
	code = vouch__incarnation_settle(config, &directory, incarnation, NULL,
					 error);
	if (code == VOUCH_OK)
		(void)snprintf(world_incarnation, VOUCH_NAME_SIZE, "%s",
			       incarnation);
	return code;
}

static enum vouch_error_code marker_write(const struct vouch_config *config,
					  uint64_t epoch, uint32_t timeline,
					  struct vouch_error *error)
{
	struct vouch_marker marker = { .system_id = 7, .epoch = epoch,
				       .from_timeline = 1, .timeline = timeline,
				       .start_lsn = 0x5000000, .k = 1 };

	(void)snprintf(marker.cluster, VOUCH_NAME_SIZE, "%s", config->name);
	(void)snprintf(marker.node, VOUCH_NAME_SIZE, "%s", config->node);
	(void)snprintf(marker.incarnation, VOUCH_NAME_SIZE, "%s",
		       world_incarnation);
	(void)snprintf(marker.request_id, VOUCH_NAME_SIZE, "r1");
	return vouch__marker_write(config, &marker, error);
}

/* --- what is there before --------------------------------------------------------- */

static int nothing(const struct vouch_config *config)
{
	(void)config;
	return 1;
}

static int empty_directory(const struct vouch_config *config)
{
	struct vouch_error error;

	return vouch__state_prepare(config, &error) == VOUCH_OK;
}

static int one_record(const struct vouch_config *config)
{
	struct vouch_error error;

	return empty_directory(config) &&
	       operation_append(config, "note", &error) == VOUCH_OK;
}

static int torn_tail(const struct vouch_config *config)
{
	struct vouch_error error;
	int file;

	if (!one_record(config) ||
	    operation_append(config, "long", &error) != VOUCH_OK)
		return 0;
	file = disk_lookup(disk_now, "/var/lib/vouch/pgsql/journal");
	disk_length_set(disk_now, file, disk_now->files[file].length - 700);
	return 1;
}

static int incarnated(const struct vouch_config *config)
{
	struct vouch_error error;

	return empty_directory(config) &&
	       settle(config, "d1", &error) == VOUCH_OK;
}

static int marked(const struct vouch_config *config)
{
	struct vouch_error error;

	return incarnated(config) &&
	       marker_write(config, 3, 0, &error) == VOUCH_OK;
}

/* Leftovers of a crash in an earlier replacement. */
static int marked_with_leftover(const struct vouch_config *config)
{
	if (!marked(config))
		return 0;
	(void)disk_put(disk_now, "/var/lib/vouch/pgsql/.marker.new", 0,
		       "half a li", 9);
	return 1;
}

static int follower(const struct vouch_config *config)
{
	struct vouch_fencing_list history = { .condition = VOUCH_PRESENT,
					      .watchdog = VOUCH_NO };
	struct vouch_cluster_grant first;
	struct vouch_journal *journal = NULL;
	struct vouch_error error;
	int ok;

	if (!incarnated(config))
		return 0;
	first = world_grant(1, "n1", VOUCH_GRANT_DONE);
	ok = vouch__journal_open(config, 1, &journal, &error) == VOUCH_OK &&
	     vouch__record_grant(journal, &first, &error) == VOUCH_OK &&
	     vouch__record_snapshot(journal, 1, "n1", &history, &error) ==
		     VOUCH_OK;
	vouch__journal_close(journal);
	return ok;
}

/* Limits so low that the next record brings a summary, or a new journal. */
static int much_history(const struct vouch_config *config)
{
	struct vouch_error error;
	int i, ok = follower(config);

	world_now.n1_writable = 1;
	ok = ok && operation_promote(config, &error) == VOUCH_VETOED;
	for (i = 0; ok && i < 6; i++)
		ok = operation_append(config, "long", &error) == VOUCH_OK;
	return ok;
}

static int summary_due(const struct vouch_config *config)
{
	int ok = much_history(config);

	vouch__journal_limits.summary_every = 4096;
	return ok;
}

static int rotation_due(const struct vouch_config *config)
{
	int ok = summary_due(config);

	vouch__journal_limits.rotate_at = 8192;
	return ok;
}

static int follower_contradicted(const struct vouch_config *config)
{
	world_now.n1_writable = 1;
	return follower(config);
}

static int follower_cut_off(const struct vouch_config *config)
{
	world_now.view_moves = 1;
	return follower(config);
}

/* The server did not leave recovery; the marker is there, the grant open. */
static int cut_before_promotion(const struct vouch_config *config)
{
	struct vouch_error error;
	int ok = follower(config);

	world_now.no_promote = 1;
	ok = ok && operation_promote(config, &error) == VOUCH_UNDECIDED;
	world_now.no_promote = 0;
	return ok && world_now.timeline == 1 && world_now.grant_count == 2;
}

/* It did, and the next thing failed. */
static int cut_after_promotion(const struct vouch_config *config)
{
	struct vouch_error error;
	int ok = follower(config);

	world_now.no_row = 1;
	ok = ok && operation_promote(config, &error) == VOUCH_UNDECIDED;
	world_now.no_row = 0;
	return ok && world_now.timeline == 2 && world_now.grant_count == 2;
}

/* --- what is done -------------------------------------------------------------------- */

static enum vouch_error_code prepare_run(const struct vouch_config *config,
					 struct vouch_error *error)
{
	return vouch__state_prepare(config, error);
}

static enum vouch_error_code append_run(const struct vouch_config *config,
					struct vouch_error *error)
{
	return operation_append(config, "note", error);
}

static enum vouch_error_code append_long_run(const struct vouch_config *config,
					     struct vouch_error *error)
{
	return operation_append(config, "long", error);
}

static enum vouch_error_code marker_run(const struct vouch_config *config,
					struct vouch_error *error)
{
	return marker_write(config, 4, 2, error);
}

static enum vouch_error_code removal_run(const struct vouch_config *config,
					 struct vouch_error *error)
{
	return vouch__marker_remove(config, error);
}

static enum vouch_error_code mark_run(const struct vouch_config *config,
				      struct vouch_error *error)
{
	const struct vouch_mark mark = { 1, 0x6000000 };

	return vouch__mark_raise(config, mark, NULL, 0, error);
}

static enum vouch_error_code settle_run(const struct vouch_config *config,
					struct vouch_error *error)
{
	return settle(config, "d1", error);
}

/* The directory is a new one: the old incarnation must not go on (amnesia). */
static enum vouch_error_code renewal_run(const struct vouch_config *config,
					 struct vouch_error *error)
{
	return settle(config, "d2", error);
}

static enum vouch_error_code grant_run(const struct vouch_config *config,
				       enum vouch_grant_outcome outcome,
				       struct vouch_error *error)
{
	struct vouch_cluster_grant grant = world_grant(2, "n2", outcome);
	struct vouch_journal *journal = NULL;
	enum vouch_error_code code;

	code = vouch__journal_open(config, 1, &journal, error);
	if (code == VOUCH_OK)
		code = vouch__record_grant(journal, &grant, error);
	vouch__journal_close(journal);
	return code;
}

static enum vouch_error_code void_run(const struct vouch_config *config,
				      struct vouch_error *error)
{
	return grant_run(config, VOUCH_GRANT_VOID, error);
}

/* As the agent seals: the mark first, then the record. */
static enum vouch_error_code seal_run(const struct vouch_config *config,
				      struct vouch_error *error)
{
	struct vouch_cluster_seal seal = { .epoch = 3, .timeline = 2,
					   .record_lsn = 0x6000000,
					   .record_crc = 77,
					   .unbroken = VOUCH_YES };
	static const struct vouch_switch history[] = { { 1, 0x5000000 } };
	const struct vouch_mark mark = { 2, 0x6000000 };
	struct vouch_journal *journal = NULL;
	enum vouch_error_code code =
		vouch__mark_raise(config, mark, history, 1, error);

	(void)snprintf(seal.node, VOUCH_NAME_SIZE, "%s", config->node);
	(void)snprintf(seal.incarnation, VOUCH_NAME_SIZE, "%s",
		       world_incarnation);
	if (code == VOUCH_OK)
		code = vouch__journal_open(config, 1, &journal, error);
	if (code == VOUCH_OK)
		code = vouch__record_seal(journal, &seal, error);
	vouch__journal_close(journal);
	return code;
}

static enum vouch_error_code context_open(struct vouch_context *context,
					  const struct vouch_config *config,
					  struct vouch_error *error)
{
	world_context(context, config);
	return vouch__journal_open(config, 1, &context->journal, error);
}

enum vouch_decision operation_promote(const struct vouch_config *config,
				      struct vouch_error *error)
{
	static const struct vouch_attempt attempt = {
		.origin = VOUCH_ORIGIN_PACEMAKER,
		.reason = "test",
		.authorized = VOUCH_NO,
	};
	struct vouch_attempt_result result = { 0 };
	enum vouch_decision decision = VOUCH_UNDECIDED;
	struct vouch_context context;

	if (context_open(&context, config, error) == VOUCH_OK)
		decision = vouch__promote(&context, &attempt,
					  vouch__deadline_in(60000), &result,
					  error);
	vouch__attempt_release(&result);
	vouch__journal_close(context.journal);
	return decision;
}

enum vouch_error_code operation_recover(const struct vouch_config *config,
					struct vouch_error *error)
{
	static struct vouch_directory directory;
	char incarnation[VOUCH_NAME_SIZE];
	struct vouch_context context;
	enum vouch_error_code code = context_open(&context, config, error);

	world_directory(&directory);
	if (code == VOUCH_OK)
		code = vouch__incarnation_settle(config, &directory,
						 incarnation, NULL, error);
	if (code == VOUCH_OK)
		code = vouch__recover(&context, &directory, incarnation,
				      vouch__deadline_in(60000), error);
	vouch__journal_close(context.journal);
	return code;
}

static enum vouch_error_code promotion_run(const struct vouch_config *config,
					   struct vouch_error *error)
{
	return operation_promote(config, error) == VOUCH_PERMITTED ?
		       VOUCH_OK :
		       VOUCH_E_STATE;
}

static enum vouch_error_code denial_run(const struct vouch_config *config,
					struct vouch_error *error)
{
	return operation_promote(config, error) == VOUCH_VETOED ? VOUCH_OK :
								  VOUCH_E_STATE;
}

static enum vouch_error_code giving_up_run(const struct vouch_config *config,
					   struct vouch_error *error)
{
	return operation_promote(config, error) == VOUCH_UNDECIDED &&
			       world_now.timeline == 1 ?
		       VOUCH_OK :
		       VOUCH_E_STATE;
}

const struct operation operations[] = {
	{ "state directory, first", OPERATION_PARTS, 0, READING_DIRECTORY, nothing,
	  prepare_run },
	{ "journal, first record", OPERATION_PARTS, 0, READING_PARTS,
	  empty_directory, append_run },
	{ "journal, append", OPERATION_PARTS, 0, READING_PARTS, one_record,
	  append_run },
	{ "journal, append over sectors", OPERATION_PARTS, 0, READING_PARTS,
	  one_record, append_long_run },
	{ "journal, append after a torn tail", OPERATION_PARTS, 0, READING_PARTS,
	  torn_tail, append_run },
	{ "journal, append with a summary", OPERATION_ROTATION, 0, 0, summary_due,
	  append_run },
	{ "journal, rotation", OPERATION_ROTATION, 0, 0, rotation_due,
	  append_run },
	{ "marker, first", OPERATION_PARTS, 0, READING_MARKER, incarnated,
	  marker_run },
	{ "marker, replaced", OPERATION_PARTS, 0, READING_MARKER, marked,
	  marker_run },
	{ "marker, replaced after a crash", OPERATION_PARTS, 0, READING_MARKER,
	  marked_with_leftover, marker_run },
	{ "marker, removed", OPERATION_PARTS, 0, READING_MARKER, marked,
	  removal_run },
	{ "high-water mark, raised", OPERATION_PARTS, 0, READING_MARK, incarnated,
	  mark_run },
	{ "incarnation, first", OPERATION_PARTS, 0, READING_INCARNATION,
	  empty_directory, settle_run },
	{ "incarnation, renewed", OPERATION_PARTS, 0, READING_INCARNATION,
	  incarnated, renewal_run },
	{ "grant, void", OPERATION_PARTS, 0, READING_PARTS, follower, void_run },
	{ "seal", OPERATION_PARTS, 0, READING_PARTS, follower, seal_run },
	{ "promotion, permitted", OPERATION_ATTEMPT, 1, 0, follower,
	  promotion_run },
	{ "promotion, denied", OPERATION_ATTEMPT, 1, 0, follower_contradicted,
	  denial_run },
	{ "promotion, given up", OPERATION_ATTEMPT, 1, 0, follower_cut_off,
	  giving_up_run },
	{ "recovery before the promotion", OPERATION_ATTEMPT, 0, 0,
	  cut_before_promotion, operation_recover },
	{ "recovery after the promotion", OPERATION_ATTEMPT, 0, 0,
	  cut_after_promotion, operation_recover },
};
const unsigned int operation_count = sizeof(operations) / sizeof(operations[0]);

const struct operation *operation_named(const char *name)
{
	unsigned int i;

	for (i = 0; i < operation_count; i++) {
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
	}
	abort();
}
