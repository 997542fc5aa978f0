/* SPDX-License-Identifier: GPL-2.0-or-later */
/* P6-S1: every reason for which the contract is not changed, and the first step
 * where it is. Each refusal is one fact away from a change that is allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "authority/contract_change.h"

static struct vouch_config config;
static struct vouch_error error;

static struct vouch_terms terms(int k, const char *members)
{
	struct vouch_terms result = { .method = VOUCH_METHOD_ANY, .k = k };
	char copy[64], *rest = copy, *name;

	(void)snprintf(copy, sizeof(copy), "%s", members);
	while ((name = strsep(&rest, ",")) != NULL)
		if (name[0] != '\0')
			assert_true(vouch__terms_add(&result, name));
	return result;
}

/* n1 holds, ANY 1 of n2, n3 is in force, both stream; k = 2 is wanted. */
static struct vouch_change_facts allowed(void)
{
	struct vouch_change_facts facts = {
		.config = &config,
		.managed = VOUCH_YES,
		.quorate = VOUCH_YES,
		.state = VOUCH_RUN_WRITABLE,
		.holds_authority = 1,
		.holder = "n1",
		.pinned = VOUCH_YES,
		.unpinned = "",
		.streaming = 2,
	};

	memset(&config, 0, sizeof(config));
	(void)snprintf(config.name, VOUCH_NAME_SIZE, "pgsql");
	(void)snprintf(config.node, VOUCH_NAME_SIZE, "n1");
	config.k = 1;
	config.member_count = 3;
	for (unsigned int i = 0; i < 3; i++)
		(void)snprintf(config.members[i].name, VOUCH_NAME_SIZE, "n%u",
			       i + 1);
	facts.log.epoch = 4;
	facts.log.pinned = VOUCH_YES;
	facts.log.in_force_known = 1;
	facts.log.in_force = terms(1, "n2,n3");
	facts.wanted = terms(2, "n2,n3");
	return facts;
}

static void refused(const struct vouch_change_facts *facts,
		    enum vouch_error_code code, const char *words)
{
	enum vouch_change_step step = VOUCH_CHANGE_APPLY;

	memset(&error, 0, sizeof(error));
	assert_int_equal(vouch__change_check(facts, &step, &error), code);
	assert_int_equal(step, VOUCH_CHANGE_NOTHING);
	if (!strstr(error.text, words))
		fail_msg("'%s' is not in: %s", words, error.text);
}

static void step_is(const struct vouch_change_facts *facts,
		    enum vouch_change_step wanted)
{
	enum vouch_change_step step = VOUCH_CHANGE_NOTHING;

	assert_int_equal(vouch__change_check(facts, &step, &error), VOUCH_OK);
	assert_int_equal(step, wanted);
}

static void a_change_begins_with_its_announcement(void **state)
{
	struct vouch_change_facts facts = allowed();

	(void)state;
	step_is(&facts, VOUCH_CHANGE_ANNOUNCE);
	facts.wanted = terms(0, "n2,n3");
	facts.streaming = 0;
	step_is(&facts, VOUCH_CHANGE_ANNOUNCE);
}

static void what_is_in_force_is_left_alone(void **state)
{
	struct vouch_change_facts facts = allowed();

	(void)state;
	facts.wanted = terms(1, "n3,n2");
	step_is(&facts, VOUCH_CHANGE_NOTHING);
}

static void a_change_that_was_cut_off_goes_on(void **state)
{
	struct vouch_change_facts facts = allowed();

	(void)state;
	facts.log.is_announced = 1;
	facts.log.announced = terms(2, "n2,n3");
	step_is(&facts, VOUCH_CHANGE_APPLY);
	facts.abort = 1;
	step_is(&facts, VOUCH_CHANGE_TAKE_BACK);
	/* Neither needs Pacemaker nor standbys: nothing is started again. */
	facts.managed = VOUCH_NO;
	facts.quorate = VOUCH_NO;
	facts.streaming = 0;
	step_is(&facts, VOUCH_CHANGE_TAKE_BACK);
}

static void another_change_under_way_is_named(void **state)
{
	struct vouch_change_facts facts = allowed();

	(void)state;
	facts.log.is_announced = 1;
	facts.log.announced = terms(0, "n2,n3");
	refused(&facts, VOUCH_E_BUSY, "asynchronous");
	/* Not even back to what is in force, but by an abort. */
	facts.wanted = facts.log.in_force;
	refused(&facts, VOUCH_E_BUSY, "--abort");
}

static void nothing_under_way_is_nothing_to_abort(void **state)
{
	struct vouch_change_facts facts = allowed();

	(void)state;
	facts.abort = 1;
	refused(&facts, VOUCH_E_STATE, "nothing to abort");
}

static void impossible_wishes_are_refused(void **state)
{
	struct vouch_change_facts facts = allowed();

	(void)state;
	facts.wanted.k = 3;
	refused(&facts, VOUCH_E_ARGUMENT, "0 to 2");
	facts.wanted.k = -1;
	refused(&facts, VOUCH_E_ARGUMENT, "k = -1");
	facts.wanted = terms(1, "n2,n9");
	refused(&facts, VOUCH_E_ARGUMENT, "n9 is no member");
	facts.wanted = terms(1, "n2,n2");
	refused(&facts, VOUCH_E_ARGUMENT, "twice");
	facts.wanted = terms(1, "n1,n2");
	refused(&facts, VOUCH_E_ARGUMENT, "its own writes");
	facts.wanted = terms(1, "");
	refused(&facts, VOUCH_E_ARGUMENT, "0 members");
	facts = allowed();
	facts.wanted.method = VOUCH_METHOD_UNKNOWN;
	refused(&facts, VOUCH_E_ARGUMENT, "any or first");
}

static void only_the_holder_changes_it(void **state)
{
	struct vouch_change_facts facts = allowed();

	(void)state;
	facts.holder = "n2";
	facts.state = VOUCH_RUN_STANDBY;
	refused(&facts, VOUCH_E_STATE, "run this on n2");
	/* Writable without authority is worse than a standby. */
	facts = allowed();
	facts.holds_authority = 0;
	refused(&facts, VOUCH_E_STATE, "P6-A3");
	facts = allowed();
	facts.state = VOUCH_RUN_UNKNOWN;
	refused(&facts, VOUCH_E_STATE, "P6-A3");
	facts.state = VOUCH_RUN_STOPPED;
	refused(&facts, VOUCH_E_STATE, "P6-A3");
}

static void a_contract_that_is_not_known_is_not_changed(void **state)
{
	struct vouch_change_facts facts = allowed();

	(void)state;
	facts.log.epoch = 0;
	refused(&facts, VOUCH_E_STATE, "P6-S1");
	facts = allowed();
	facts.log.in_force_known = 0;
	refused(&facts, VOUCH_E_STATE, "no contract in force");
}

static void a_server_under_other_settings_is_refused(void **state)
{
	struct vouch_change_facts facts = allowed();

	(void)state;
	facts.pinned = VOUCH_NO;
	facts.unpinned = "synchronous_standby_names";
	refused(&facts, VOUCH_E_STATE, "synchronous_standby_names");
	facts.pinned = VOUCH_UNKNOWN;
	refused(&facts, VOUCH_E_STATE, "P6-S1");
	/* An abort says "the server never ran under it": that must be so. */
	facts.abort = 1;
	facts.log.is_announced = 1;
	refused(&facts, VOUCH_E_STATE, "P6-S1");
	facts = allowed();
	config.k = 2;
	refused(&facts, VOUCH_E_STATE, "it has another");
}

static void without_pacemaker_nobody_would_start_it_again(void **state)
{
	struct vouch_change_facts facts = allowed();

	(void)state;
	facts.managed = VOUCH_NO;
	refused(&facts, VOUCH_E_STATE, "maintenance");
	facts.managed = VOUCH_UNKNOWN;
	refused(&facts, VOUCH_E_STATE, "maintenance");
	facts = allowed();
	facts.quorate = VOUCH_NO;
	refused(&facts, VOUCH_E_STATE, "not quorate");
	facts.quorate = VOUCH_UNKNOWN;
	refused(&facts, VOUCH_E_STATE, "not quorate");
}

static void a_contract_that_nobody_keeps_is_refused(void **state)
{
	struct vouch_change_facts facts = allowed();

	(void)state;
	facts.streaming = 1;
	refused(&facts, VOUCH_E_STATE, "only 1 of");
}

static void facts_of_zero_bytes_change_nothing(void **state)
{
	struct vouch_change_facts facts;

	(void)state;
	(void)allowed();
	memset(&facts, 0, sizeof(facts));
	facts.config = &config;
	facts.holder = "";
	facts.unpinned = "";
	refused(&facts, VOUCH_E_ARGUMENT, "any or first");
	facts.abort = 1;
	refused(&facts, VOUCH_E_STATE, "P6-A3");
}

/* Rows of the log ---------------------------------------------------------- */

static void row_add(struct vouch_log_record *record, uint64_t epoch,
		    enum vouch_phase phase, uint32_t k)
{
	struct vouch_contract_row *row =
		&record->contracts[record->contract_count++];

	row->epoch = epoch;
	row->serial = record->contract_count;
	row->phase = phase;
	row->pinned = VOUCH_YES;
	row->contract.method = VOUCH_METHOD_ANY;
	row->contract.k = k;
	row->contract.member_count = 2;
	row->contract.members[0] = 1;
	row->contract.members[1] = 2;
}

static void rows_of_the_newest_epoch_tell_what_binds(void **state)
{
	static struct vouch_log_record record;
	struct vouch_contract_state now;

	(void)state;
	(void)allowed();
	vouch__contract_state_of(&config, &record, &now);
	assert_int_equal(now.epoch, 0);
	assert_false(now.in_force_known);
	record.epoch_count = 1;
	record.epochs[0].epoch = 7;
	row_add(&record, 6, VOUCH_PHASE_IN_FORCE, 2);
	row_add(&record, 6, VOUCH_PHASE_ANNOUNCED, 0);
	vouch__contract_state_of(&config, &record, &now);
	assert_false(now.in_force_known);
	assert_false(now.is_announced);
	row_add(&record, 7, VOUCH_PHASE_IN_FORCE, 1);
	row_add(&record, 7, VOUCH_PHASE_ANNOUNCED, 2);
	vouch__contract_state_of(&config, &record, &now);
	assert_true(now.in_force_known && now.is_announced);
	assert_int_equal(now.in_force.k, 1);
	assert_int_equal(now.announced.k, 2);
	assert_string_equal(now.announced.members[1], "n3");
	/* Taken back: the old one again, and nothing announced. */
	row_add(&record, 7, VOUCH_PHASE_IN_FORCE, 1);
	vouch__contract_state_of(&config, &record, &now);
	assert_false(now.is_announced);
	assert_int_equal(now.in_force.k, 1);
}

/* Against the definition: with x more of the counting ones lost, is what is
 * left still met by every k of the members? */
static void losses_survived_are_those_of_the_definition(void **state)
{
	(void)state;
	for (uint32_t n = 0; n <= 6; n++) {
		for (uint32_t k = 0; k <= n; k++) {
			for (uint32_t counting = 0; counting <= n; counting++) {
				struct vouch_terms one = {
					.method = VOUCH_METHOD_ANY,
					.k = (int)k, .member_count = n
				};
				int most = -1;

				for (uint32_t x = 0; x <= counting && k > 0; x++)
					if (counting - x + k > n)
						most = (int)x;
				assert_int_equal(vouch__contract_survives(
							 &one, counting),
						 most);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_begins_with_its_announcement),
		cmocka_unit_test(what_is_in_force_is_left_alone),
		cmocka_unit_test(a_change_that_was_cut_off_goes_on),
		cmocka_unit_test(another_change_under_way_is_named),
		cmocka_unit_test(nothing_under_way_is_nothing_to_abort),
		cmocka_unit_test(impossible_wishes_are_refused),
		cmocka_unit_test(only_the_holder_changes_it),
		cmocka_unit_test(a_contract_that_is_not_known_is_not_changed),
		cmocka_unit_test(a_server_under_other_settings_is_refused),
		cmocka_unit_test(without_pacemaker_nobody_would_start_it_again),
		cmocka_unit_test(a_contract_that_nobody_keeps_is_refused),
		cmocka_unit_test(facts_of_zero_bytes_change_nothing),
		cmocka_unit_test(rows_of_the_newest_epoch_tell_what_binds),
		cmocka_unit_test(losses_survived_are_those_of_the_definition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
