/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The marker of another life of this directory, whose primary crashed and was cloned
 * anew by hand: a start goes on without it, and neither says nor undoes anything of
 * the grant that it belongs to (P6-S1). Any other strange marker stops it (P6-A1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authority/incarnation.h"
#include "authority/marker.h"
#include "authority/promotion.h"
#include "authority/records.h"
#include "common/json.h"
#include "tests/crash/disk.h"
#include "tests/crash/operations.h"
#include "tests/crash/trial_check.h"

static struct trial trial;
static struct vouch_directory directory;
static char told[VOUCH_TEXT_SIZE];

static void listen(const char *text)
{
	(void)snprintf(told, sizeof(told), "%s", text);
}

static int begin_with(const char *operation)
{
	memset(&trial, 0, sizeof(trial));
	told[0] = '\0';
	if (!trial_prepare(&trial, operation_named(operation)))
		return -1;
	world_directory(&directory);
	(void)snprintf(directory.identity, VOUCH_TEXT_SIZE, "cloned anew");
	return 0;
}

/* This node holds epoch 2. */
static int begin(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	return begin_with("promotion, permitted") == 0 &&
			       operation_promote(&trial.config, &error) ==
				       VOUCH_PERMITTED ?
		       0 :
		       -1;
}

/* Its promotion to epoch 2 was cut off, and the grant is open: the server had left
 * recovery, or not. */
static int begin_after(void **state)
{
	(void)state;
	return begin_with("recovery after the promotion");
}

static int begin_before(void **state)
{
	(void)state;
	return begin_with("recovery before the promotion");
}

/* As a start does, of a directory that may be another one. */
static enum vouch_error_code start(char incarnation[VOUCH_NAME_SIZE],
				   struct vouch_error *error)
{
	struct vouch_context context;
	enum vouch_error_code code;

	world_context(&context, &trial.config);
	context.progress = listen;
	code = vouch__journal_open(&trial.config, 1, &context.journal, error);
	if (code == VOUCH_OK)
		code = vouch__incarnation_settle(&trial.config, &directory,
						 incarnation, NULL, error);
	if (code == VOUCH_OK)
		code = vouch__recover(&context, &directory, incarnation,
				      vouch__deadline_in(1000), error);
	vouch__journal_close(context.journal);
	return code;
}

static void starts(void)
{
	char incarnation[VOUCH_NAME_SIZE];
	struct vouch_error error = { 0 };

	assert_int_equal(start(incarnation, &error), VOUCH_OK);
	assert_string_not_equal(incarnation, world_incarnation);
}

static enum vouch_error_code marker_look(struct vouch_marker *marker)
{
	struct vouch_error error = { 0 };

	return vouch__marker_read_of_any_life(&trial.config, marker, &error);
}

static enum vouch_grant_outcome journalled(uint64_t epoch)
{
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };
	uint32_t count = VOUCH_GRANTS_MAX, i;

	assert_int_equal(vouch__journal_open(&trial.config, 0, &journal, &error),
			 VOUCH_OK);
	assert_int_equal(vouch__records_grants(journal, grants, &count, &error),
			 VOUCH_OK);
	vouch__journal_close(journal);
	for (i = 0; i < count; i++) {
		if (grants[i].epoch == epoch)
			return grants[i].outcome;
	}
	fail_msg("the journal has no such grant");
	return VOUCH_GRANT_OPEN;
}

static void is_journalled(const char *part)
{
	struct vouch_journal *journal = NULL;
	struct json_object *record = NULL;
	struct vouch_error error = { 0 };
	char why[VOUCH_TEXT_SIZE];

	assert_int_equal(vouch__journal_open(&trial.config, 0, &journal, &error),
			 VOUCH_OK);
	assert_int_equal(vouch__journal_find(journal, VOUCH_RECORD_INCARNATION,
					     NULL, NULL, &record, &error),
			 VOUCH_OK);
	assert_int_equal(vouch__json_get_text(record, "why", why, sizeof(why),
					      &error),
			 VOUCH_OK);
	assert_non_null(strstr(why, part));
	json_object_put(record);
	vouch__journal_close(journal);
}

static void a_former_primary_that_was_cloned_anew_starts(void **state)
{
	struct vouch_marker marker;

	(void)state;
	assert_int_equal(marker_look(&marker), VOUCH_OK);
	starts();
	assert_int_equal(marker_look(&marker), VOUCH_E_NOT_FOUND);
	assert_non_null(strstr(told, "the marker of epoch 2"));
	assert_non_null(strstr(told, world_incarnation));
	is_journalled("the marker of epoch 2");
	/* How that one ended was known before, and stays so. */
	assert_int_equal(journalled(2), VOUCH_GRANT_DONE);
	assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_DONE);
	told[0] = '\0';
	starts();
	assert_string_equal(told, "");
}

/* At every later start, too: only the life that it was given to could tell. */
static void what_the_other_life_was_granted_stays_open(void **state)
{
	struct vouch_marker marker;
	int i;

	(void)state;
	assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_OPEN);
	for (i = 0; i < 3; i++) {
		starts();
		assert_int_equal(marker_look(&marker), VOUCH_E_NOT_FOUND);
		assert_int_equal(journalled(2), VOUCH_GRANT_OPEN);
		assert_int_equal(world_now.grant_count, 2);
		assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_OPEN);
	}
}

static void refuses(const char *part)
{
	char incarnation[VOUCH_NAME_SIZE];
	struct vouch_error error = { 0 };
	int i;

	for (i = 0; i < 2; i++) {
		assert_int_not_equal(start(incarnation, &error), VOUCH_OK);
		assert_non_null(strstr(error.text, part));
	}
	assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_OPEN);
	assert_int_equal(journalled(2), VOUCH_GRANT_OPEN);
}

static void marker_change(const char *what)
{
	struct vouch_marker marker;
	struct vouch_error error = { 0 };

	assert_int_equal(marker_look(&marker), VOUCH_OK);
	if (strcmp(what, "system") == 0)
		marker.system_id++;
	else
		(void)snprintf(what[0] == 'n' ? marker.node : marker.cluster,
			       VOUCH_NAME_SIZE, "other");
	assert_int_equal(vouch__marker_write(&trial.config, &marker, &error),
			 VOUCH_OK);
}

static void the_marker_of_another_node_stops_a_start(void **state)
{
	(void)state;
	marker_change("node");
	refuses("the marker is of node other");
}

static void the_marker_of_another_cluster_stops_a_start(void **state)
{
	(void)state;
	marker_change("cluster");
	refuses("the marker is of cluster other");
}

/* Whatever made this directory, it was no copy of what was promoted here. */
static void the_marker_of_another_system_stops_a_start(void **state)
{
	struct vouch_marker marker;

	(void)state;
	marker_change("system");
	refuses("database system");
	assert_int_equal(marker_look(&marker), VOUCH_OK);
}

static void a_marker_that_makes_no_sense_stops_a_start(void **state)
{
	struct vouch_error error = { 0 };
	struct json_object *json = json_object_new_object();

	(void)state;
	assert_int_equal(vouch__json_put_text(json, "incarnation", "i"), VOUCH_OK);
	assert_int_equal(vouch__state_write(&trial.config, "marker", json, &error),
			 VOUCH_OK);
	json_object_put(json);
	refuses("makes no sense");
}

/* One step after the other fails: what is left is told and removed by the next. */
static void a_start_that_fails_on_the_way_is_made_up_for(void **state)
{
	char incarnation[VOUCH_NAME_SIZE];
	struct vouch_marker marker;
	struct vouch_error error = { 0 };
	unsigned int nth, failed = 0;

	for (nth = 1; nth < 100; nth++) {
		assert_int_equal(begin_after(state), 0);
		disk_call_count = 0;
		disk_failure.nth = nth;
		failed += start(incarnation, &error) != VOUCH_OK;
		disk_failure.nth = 0;
		starts();
		assert_int_equal(marker_look(&marker), VOUCH_E_NOT_FOUND);
		assert_int_equal(world_now.grants[1].outcome, VOUCH_GRANT_OPEN);
		assert_int_equal(journalled(2), VOUCH_GRANT_OPEN);
	}
	assert_true(failed > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			a_former_primary_that_was_cloned_anew_starts, begin),
		cmocka_unit_test_setup(what_the_other_life_was_granted_stays_open,
				       begin_after),
		cmocka_unit_test_setup(what_the_other_life_was_granted_stays_open,
				       begin_before),
		cmocka_unit_test_setup(the_marker_of_another_node_stops_a_start,
				       begin_after),
		cmocka_unit_test_setup(the_marker_of_another_cluster_stops_a_start,
				       begin_after),
		cmocka_unit_test_setup(the_marker_of_another_system_stops_a_start,
				       begin_after),
		cmocka_unit_test_setup(a_marker_that_makes_no_sense_stops_a_start,
				       begin_after),
		cmocka_unit_test_setup(
			a_start_that_fails_on_the_way_is_made_up_for,
			begin_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
