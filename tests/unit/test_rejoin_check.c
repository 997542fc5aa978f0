/* SPDX-License-Identifier: GPL-2.0-or-later */
/* P6-A1, P6-S1: a directory is given up only for a newer authority that answers,
 * and what of it lies on another branch is told exactly. */
#include "authority/rejoin.h"
#include "tests/unit/state_fixture.h"

static struct vouch_config config;
static struct vouch_probe probes[3];
static struct vouch_directory directory;
static struct vouch_error error;

/* n1 held epoch 2 on timeline 2, and wrote to 0x5100; n2 was promoted at 0x5000
 * and holds epoch 3 on timeline 3. */
static struct vouch_rejoin_facts former_primary(void)
{
	struct vouch_rejoin_facts facts = {
		.config = &config, .state = VOUCH_RUN_CRASHED,
		.cut_off = VOUCH_NO, .marker_epoch = 2, .newest_epoch = 3,
		.probes = probes, .directory_condition = VOUCH_PRESENT,
		.directory = &directory,
	};

	memset(&config, 0, sizeof(config));
	memset(probes, 0, sizeof(probes));
	memset(&directory, 0, sizeof(directory));
	(void)snprintf(config.name, VOUCH_NAME_SIZE, "pgsql");
	(void)snprintf(config.node, VOUCH_NAME_SIZE, "n1");
	config.member_count = 3;
	for (unsigned int i = 0; i < 3; i++)
		(void)snprintf(config.members[i].name, VOUCH_NAME_SIZE, "n%u",
			       i + 1);
	probes[1].condition = VOUCH_PRESENT;
	probes[1].in_recovery = VOUCH_NO;
	probes[1].system_id = 77;
	(void)snprintf(probes[1].incarnation, VOUCH_NAME_SIZE, "a");
	probes[1].timeline = 3;
	probes[1].epoch = 3;
	probes[1].epoch_timeline = 3;
	probes[1].history_count = 2;
	probes[1].history[0] = (struct vouch_switch){ 1, 0x4000 };
	probes[1].history[1] = (struct vouch_switch){ 2, 0x5000 };
	probes[2] = probes[1];
	probes[2].in_recovery = VOUCH_YES;
	directory.system_id = 77;
	directory.timeline = 2;
	directory.log_end = 0x5100;
	directory.history_count = 1;
	directory.history[0] = (struct vouch_switch){ 1, 0x4000 };
	return facts;
}

static void refused(const struct vouch_rejoin_facts *facts, const char *words)
{
	struct vouch_rejoin_plan plan;

	memset(&error, 0, sizeof(error));
	assert_int_equal(vouch__rejoin_check(facts, &plan, &error),
			 VOUCH_E_STATE);
	assert_int_equal(plan.kind, VOUCH_REJOIN_REFUSED);
	if (!strstr(error.text, words))
		fail_msg("'%s' is not in: %s", words, error.text);
}

static struct vouch_rejoin_plan planned(const struct vouch_rejoin_facts *facts,
					enum vouch_rejoin_kind kind)
{
	struct vouch_rejoin_plan plan;

	assert_int_equal(vouch__rejoin_check(facts, &plan, &error), VOUCH_OK);
	assert_int_equal(plan.kind, kind);
	assert_int_equal(plan.primary, 1);
	return plan;
}

static void a_forked_tail_is_named(void **state)
{
	struct vouch_rejoin_facts facts = former_primary();
	struct vouch_rejoin_plan plan = planned(&facts, VOUCH_REJOIN_FORKED);

	(void)state;
	assert_int_equal(plan.fork_lsn, 0x5000);
	assert_int_equal(plan.fork_timeline, 2);
	assert_int_equal(plan.discarded_bytes, 0x100);
}

static void a_rogue_timeline_is_named(void **state)
{
	struct vouch_rejoin_facts facts = former_primary();
	struct vouch_rejoin_plan plan;

	(void)state;
	/* It went to a timeline 3 of its own at an earlier point. */
	directory.timeline = 3;
	directory.history_count = 2;
	directory.history[1] = (struct vouch_switch){ 2, 0x4800 };
	plan = planned(&facts, VOUCH_REJOIN_FORKED);
	assert_int_equal(plan.fork_lsn, 0x4800);
	assert_int_equal(plan.discarded_bytes, 0x900);
	/* Or from the same point: the numbers differ, the point does not. */
	directory.timeline = 4;
	directory.history[1].end_lsn = 0x5000;
	plan = planned(&facts, VOUCH_REJOIN_FORKED);
	assert_int_equal(plan.fork_lsn, 0x5000);
	assert_int_equal(plan.discarded_bytes, 0x100);
}

static void what_only_lags_needs_no_rejoin(void **state)
{
	struct vouch_rejoin_facts facts = former_primary();

	(void)state;
	directory.log_end = 0x5000;
	(void)planned(&facts, VOUCH_REJOIN_NOT_NEEDED);
	directory.log_end = 0x4100;
	(void)planned(&facts, VOUCH_REJOIN_NOT_NEEDED);
	directory.timeline = 3;
	directory.history_count = 2;
	directory.history[1] = (struct vouch_switch){ 2, 0x5000 };
	directory.log_end = 0x6000;
	(void)planned(&facts, VOUCH_REJOIN_NOT_NEEDED);
}

static void what_cannot_be_compared_is_copied(void **state)
{
	struct vouch_rejoin_facts facts = former_primary();

	(void)state;
	facts.cut_off = VOUCH_YES;
	(void)planned(&facts, VOUCH_REJOIN_COPY);
	facts = former_primary();
	facts.directory_condition = VOUCH_ABSENT;
	(void)planned(&facts, VOUCH_REJOIN_COPY);
	facts.directory_condition = VOUCH_MALFORMED;
	(void)planned(&facts, VOUCH_REJOIN_COPY);
}

static void a_running_server_is_left_alone(void **state)
{
	static const enum vouch_run_state states[] = {
		VOUCH_RUN_UNKNOWN, VOUCH_RUN_STARTING, VOUCH_RUN_STANDBY,
		VOUCH_RUN_WRITABLE,
	};
	struct vouch_rejoin_facts facts = former_primary();

	(void)state;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		facts.state = states[i];
		refused(&facts, "crm_resource --ban");
	}
	facts.state = VOUCH_RUN_STOPPED;
	(void)planned(&facts, VOUCH_REJOIN_FORKED);
}

static void without_another_primary_nothing_is_given_up(void **state)
{
	struct vouch_rejoin_facts facts = former_primary();

	(void)state;
	probes[1].condition = VOUCH_ABSENT;
	refused(&facts, "no other member");
	probes[1].condition = VOUCH_CONTRADICTORY;
	refused(&facts, "no other member");
	(void)former_primary();
	probes[1].in_recovery = VOUCH_UNKNOWN;
	refused(&facts, "no other member");
	probes[1].in_recovery = VOUCH_YES;
	refused(&facts, "no other member");
	/* This node's own answer is not another's. */
	probes[0] = probes[1];
	probes[0].in_recovery = VOUCH_NO;
	refused(&facts, "no other member");
}

static void two_primaries_are_for_people(void **state)
{
	struct vouch_rejoin_facts facts = former_primary();

	(void)state;
	probes[2].in_recovery = VOUCH_NO;
	refused(&facts, "2 members answer as primary");
}

static void authority_is_not_given_up(void **state)
{
	struct vouch_rejoin_facts facts = former_primary();

	(void)state;
	facts.marker_epoch = 3;
	refused(&facts, "this directory holds authority");
	facts.marker_epoch = 4;
	facts.newest_epoch = 3;
	refused(&facts, "this directory holds authority");
	facts = former_primary();
	facts.marker_unclear = 1;
	refused(&facts, "marker");
	facts = former_primary();
	facts.newest_epoch = 4;
	refused(&facts, "epoch 4 was given since");
}

static void a_primary_without_a_record_is_none(void **state)
{
	struct vouch_rejoin_facts facts = former_primary();

	(void)state;
	probes[1].epoch = 0;
	refused(&facts, "no record");
	(void)former_primary();
	probes[1].incarnation[0] = '\0';
	refused(&facts, "no record");
	/* Promoted by somebody else, on a timeline that no epoch began. */
	(void)former_primary();
	probes[1].timeline = 4;
	refused(&facts, "no record");
	(void)former_primary();
	probes[1].system_id = 78;
	refused(&facts, "another database system");
}

static void facts_of_zero_bytes_are_refused(void **state)
{
	struct vouch_rejoin_facts facts = former_primary();

	(void)state;
	memset(probes, 0, sizeof(probes));
	facts.state = VOUCH_RUN_UNKNOWN;
	facts.cut_off = VOUCH_UNKNOWN;
	facts.directory_condition = VOUCH_ABSENT;
	refused(&facts, "stop it first");
}

/* P6-F2 */
static void a_rejoin_that_was_cut_off_is_remembered(void **state)
{
	struct fixture *it = *state;

	assert_int_equal(vouch__rejoin_was_cut_off(&it->config), VOUCH_NO);
	assert_int_equal(vouch__rejoin_begin(&it->config, "copy", &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__rejoin_was_cut_off(&it->config), VOUCH_YES);
	fixture_write(it, "rejoin", "torn", 4);
	assert_int_equal(vouch__rejoin_was_cut_off(&it->config), VOUCH_YES);
	assert_int_equal(vouch__rejoin_end(&it->config, &it->error), VOUCH_OK);
	assert_int_equal(vouch__rejoin_was_cut_off(&it->config), VOUCH_NO);
}

/* Whatever call fails: no success is told that the file does not show. */
static void a_beginning_that_failed_is_none(void **state)
{
	struct fixture *it = *state;

	for (int nth = 1; nth <= 12; nth++) {
		enum vouch_error_code code;

		fixture_fail(nth, 0);
		code = vouch__rejoin_begin(&it->config, "copy", &it->error);
		fixture_heal();
		if (code == VOUCH_OK)
			assert_int_equal(vouch__rejoin_was_cut_off(&it->config),
					 VOUCH_YES);
		assert_int_equal(vouch__rejoin_end(&it->config, &it->error),
				 VOUCH_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_forked_tail_is_named),
		cmocka_unit_test(a_rogue_timeline_is_named),
		cmocka_unit_test(what_only_lags_needs_no_rejoin),
		cmocka_unit_test(what_cannot_be_compared_is_copied),
		cmocka_unit_test(a_running_server_is_left_alone),
		cmocka_unit_test(without_another_primary_nothing_is_given_up),
		cmocka_unit_test(two_primaries_are_for_people),
		cmocka_unit_test(authority_is_not_given_up),
		cmocka_unit_test(a_primary_without_a_record_is_none),
		cmocka_unit_test(facts_of_zero_bytes_are_refused),
		fixture_test(a_rejoin_that_was_cut_off_is_remembered),
		fixture_test(a_beginning_that_failed_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
