/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A primary is stopped that does not answer: its command line tells whether it was
 * started with the contract that its epoch is recorded with (P6-S1, rule 565). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agents/agent.h"
#include "tests/crash/disk.h"
#include "tests/crash/operations.h"
#include "tests/crash/trial_check.h"

static struct trial trial;
static struct vouch_context context;
static struct vouch_engine engine;
static struct agent agent;
static enum vouch_run_state state_seen; /* UNKNOWN: it does not answer */
static enum vouch_answer given;
static int asked;
static char said[4096];

/* --- what agent_pins.c needs of the agent ----------------------------------------- */

void agent_log(const char *text)
{
	size_t used = strlen(said);

	(void)snprintf(said + used, sizeof(said) - used, "%s\n", text);
}

void agent_reason(const char *format, ...)
{
	char text[1024];
	va_list values;

	va_start(values, format);
	(void)vsnprintf(text, sizeof(text), format, values);
	va_end(values);
	agent_log(text);
}

enum vouch_error_code agent_context_open(struct agent *of,
					 struct vouch_context *to,
					 struct vouch_error *error)
{
	world_context(to, &of->config);
	return vouch__journal_open(&of->config, 1, &to->journal, error);
}

/* --- the server --------------------------------------------------------------------- */

static enum vouch_error_code local_observe(const struct vouch_config *config,
					   struct vouch_deadline deadline,
					   struct vouch_local *local,
					   struct vouch_error *error)
{
	(void)config;
	(void)deadline;
	memset(local, 0, sizeof(*local));
	if (state_seen == VOUCH_RUN_UNKNOWN)
		return vouch__error_set(error, VOUCH_E_ENGINE,
					"PostgreSQL says: sorry, too many "
					"clients already");
	local->state = state_seen;
	local->system_id = 7;
	local->timeline = world_now.timeline;
	local->contract_pinned = VOUCH_YES;
	return VOUCH_OK;
}

static enum vouch_answer contract_given(const struct vouch_config *config,
					struct vouch_error *error)
{
	(void)config;
	asked++;
	if (given == VOUCH_UNKNOWN)
		vouch__error_set(error, VOUCH_E_NOT_FOUND, "no postmaster");
	return given;
}

/* This node holds epoch 2. */
static int begin(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	memset(&trial, 0, sizeof(trial));
	memset(&agent, 0, sizeof(agent));
	said[0] = '\0';
	asked = 0;
	if (!trial_prepare(&trial, operation_named("promotion, permitted")) ||
	    operation_promote(&trial.config, &error) != VOUCH_PERMITTED)
		return -1;
	world_context(&context, &trial.config);
	engine = *context.engine;
	engine.local_observe = local_observe;
	engine.contract_given = contract_given;
	agent.config = trial.config;
	agent.engine = &engine;
	agent.deadline = vouch__deadline_in(60000);
	return vouch__journal_open(&trial.config, 1, &context.journal, &error) ==
			       VOUCH_OK ?
		       0 :
		       -1;
}

static int end(void **state)
{
	(void)state;
	vouch__journal_close(context.journal);
	return 0;
}

static enum vouch_grant_outcome look(enum vouch_run_state run,
				     enum vouch_answer answer)
{
	state_seen = run;
	given = answer;
	agent_pins_look(&agent, &context);
	assert_int_equal(world_now.grants[0].outcome, VOUCH_GRANT_DONE);
	return world_now.grants[1].outcome;
}

static void one_that_was_started_without_it_is_disowned(void **state)
{
	(void)state;
	assert_int_equal(look(VOUCH_RUN_UNKNOWN, VOUCH_NO), VOUCH_GRANT_DISOWNED);
	assert_non_null(strstr(said, "was not started with the contract"));
}

/* It is shutting down, or comes up: it may have been writable before. */
static void also_where_it_takes_no_connections(void **state)
{
	(void)state;
	assert_int_equal(look(VOUCH_RUN_STARTING, VOUCH_NO),
			 VOUCH_GRANT_DISOWNED);
}

/* Who has too many clients is no liar. */
static void one_that_was_started_with_it_is_not(void **state)
{
	(void)state;
	assert_int_equal(look(VOUCH_RUN_UNKNOWN, VOUCH_YES), VOUCH_GRANT_DONE);
	assert_int_equal(look(VOUCH_RUN_STARTING, VOUCH_YES), VOUCH_GRANT_DONE);
	assert_int_equal(asked, 2);
	assert_string_equal(said, "");
}

static void what_cannot_be_told_is_said(void **state)
{
	(void)state;
	assert_int_equal(look(VOUCH_RUN_UNKNOWN, VOUCH_UNKNOWN),
			 VOUCH_GRANT_DONE);
	assert_non_null(strstr(said, "cannot be told"));
	assert_non_null(strstr(said, "too many clients"));
	assert_non_null(strstr(said, "no postmaster"));
}

static void who_answers_is_believed(void **state)
{
	(void)state;
	assert_int_equal(look(VOUCH_RUN_WRITABLE, VOUCH_NO), VOUCH_GRANT_DONE);
	assert_int_equal(look(VOUCH_RUN_STANDBY, VOUCH_NO), VOUCH_GRANT_DONE);
	assert_int_equal(look(VOUCH_RUN_CRASHED, VOUCH_NO), VOUCH_GRANT_DONE);
	assert_int_equal(look(VOUCH_RUN_STOPPED, VOUCH_NO), VOUCH_GRANT_DONE);
	assert_int_equal(asked, 0);
}

/* Another agent may have run it before its adoption, never after a promotion. */
static void under_the_guard_what_was_promoted_is_disowned(void **state)
{
	(void)state;
	agent.guards = 1;
	assert_int_equal(look(VOUCH_RUN_UNKNOWN, VOUCH_NO), VOUCH_GRANT_DISOWNED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			one_that_was_started_without_it_is_disowned, begin, end),
		cmocka_unit_test_setup_teardown(
			also_where_it_takes_no_connections, begin, end),
		cmocka_unit_test_setup_teardown(
			one_that_was_started_with_it_is_not, begin, end),
		cmocka_unit_test_setup_teardown(what_cannot_be_told_is_said, begin,
						end),
		cmocka_unit_test_setup_teardown(who_answers_is_believed, begin,
						end),
		cmocka_unit_test_setup_teardown(
			under_the_guard_what_was_promoted_is_disowned, begin,
			end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
