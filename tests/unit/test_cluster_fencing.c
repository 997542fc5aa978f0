/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fencer's history as facts: executors, states, identities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <crm/stonith-ng.h>
#include <stdio.h>
#include <string.h>

#include "cluster/pacemaker/fencing_history.h"

static char target_n1[] = "n1", target_n2[] = "n2", origin[] = "n3";
static char off[] = "off", on[] = "on", by_n2[] = "n2", by_human[] = "a human";

static struct vouch_fencing_list list;

static void listed(stonith_history_t *entries, size_t count,
		   enum vouch_answer watchdog)
{
	struct vouch_error error;
	size_t i;

	for (i = 0; i + 1 < count; i++)
		entries[i].next = &entries[i + 1];
	assert_int_equal(vouch__fencing_list_fill(count ? entries : NULL,
						  watchdog, &list, &error),
			 VOUCH_OK);
}

static stonith_history_t entry(char *target, char *action, char *delegate,
			       int state, time_t completed)
{
	stonith_history_t made = {
		.target = target,
		.action = action,
		.origin = origin,
		.delegate = delegate,
		.state = state,
		.completed = completed,
	};

	return made;
}

static void who_did_it(void **state)
{
	(void)state;
	assert_int_equal(vouch__fencing_executor_of("a human", VOUCH_YES),
			 VOUCH_EXECUTOR_HUMAN);
	assert_int_equal(vouch__fencing_executor_of("n2", VOUCH_NO),
			 VOUCH_EXECUTOR_MACHINE);
	assert_int_equal(vouch__fencing_executor_of("n2", VOUCH_YES),
			 VOUCH_EXECUTOR_WATCHDOG);
	assert_int_equal(vouch__fencing_executor_of("n2", VOUCH_UNKNOWN),
			 VOUCH_EXECUTOR_UNKNOWN);
	assert_int_equal(vouch__fencing_executor_of("", VOUCH_NO),
			 VOUCH_EXECUTOR_UNKNOWN);
	assert_int_equal(vouch__fencing_executor_of(NULL, VOUCH_NO),
			 VOUCH_EXECUTOR_UNKNOWN);
}

static void what_came_of_it(void **state)
{
	(void)state;
	assert_int_equal(vouch__fencing_state_of(st_query),
			 VOUCH_FENCING_PENDING);
	assert_int_equal(vouch__fencing_state_of(st_exec),
			 VOUCH_FENCING_PENDING);
	assert_int_equal(vouch__fencing_state_of(st_duplicate),
			 VOUCH_FENCING_PENDING);
	assert_int_equal(vouch__fencing_state_of(st_done),
			 VOUCH_FENCING_SUCCEEDED);
	assert_int_equal(vouch__fencing_state_of(st_failed),
			 VOUCH_FENCING_FAILED);
	assert_int_equal(vouch__fencing_state_of(17), VOUCH_FENCING_UNKNOWN);
	assert_int_equal(vouch__fencing_action_of("reboot"), VOUCH_FENCE_REBOOT);
	assert_int_equal(vouch__fencing_action_of("on"), VOUCH_FENCE_ON);
	assert_int_equal(vouch__fencing_action_of("cycle"), VOUCH_FENCE_OTHER);
	assert_int_equal(vouch__fencing_action_of(NULL), VOUCH_FENCE_OTHER);
}

static void pending_first_then_newest(void **state)
{
	stonith_history_t entries[] = {
		entry(target_n1, off, by_n2, st_done, 100),
		entry(target_n1, on, by_n2, st_done, 300),
		entry(target_n1, off, NULL, st_exec, 0),
		entry(target_n2, off, by_human, st_done, 200),
	};

	(void)state;
	listed(entries, 4, VOUCH_NO);
	assert_int_equal(list.condition, VOUCH_PRESENT);
	assert_int_equal(list.count, 4);
	assert_string_equal(list.ids[0].text, "n1 off pending nobody #1");
	assert_string_equal(list.ids[1].text, "n1 on succeeded node #1");
	assert_string_equal(list.ids[2].text, "n2 off succeeded human #1");
	assert_string_equal(list.ids[3].text, "n1 off succeeded node #1");
	assert_int_equal(list.entries[0].node, VOUCH_NO_NODE);
}

/* A fencer that restarted takes over the times of a peer's clock: the entry must
 * keep its identity. */
static void identity_does_not_hang_on_a_clock(void **state)
{
	stonith_history_t before[] = {
		entry(target_n1, off, by_n2, st_done, 100),
	};
	stonith_history_t after[] = {
		entry(target_n1, off, by_n2, st_done, 7300),
	};
	stonith_history_t again[] = {
		entry(target_n1, off, by_n2, st_done, 7300),
		entry(target_n1, off, by_n2, st_done, 7400),
	};
	struct vouch_fencing_id id;

	(void)state;
	listed(before, 1, VOUCH_NO);
	id = list.ids[0];
	listed(after, 1, VOUCH_NO);
	assert_string_equal(list.ids[0].text, id.text);
	listed(again, 2, VOUCH_NO);
	assert_string_equal(list.ids[0].text, "n1 off succeeded node #2");
	assert_string_equal(list.ids[1].text, id.text);
}

/* P6-A1: a property that is set or deleted makes no new entries of old ones. */
static void identity_does_not_hang_on_the_configuration(void **state)
{
	static const enum vouch_answer answers[] = { VOUCH_YES, VOUCH_NO,
						     VOUCH_UNKNOWN };
	stonith_history_t entries[] = {
		entry(target_n1, off, by_n2, st_done, 100),
		entry(target_n1, off, by_human, st_done, 200),
		entry(target_n1, off, NULL, st_failed, 300),
		entry(target_n1, off, by_n2, st_done, 400),
	};
	static struct vouch_fencing_list first;
	size_t i, j;

	(void)state;
	listed(entries, 4, VOUCH_NO);
	first = list;
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		listed(entries, 4, answers[i]);
		assert_int_equal(list.watchdog, answers[i]);
		assert_int_equal(list.count, 4);
		for (j = 0; j < 4; j++)
			assert_string_equal(list.ids[j].text, first.ids[j].text);
	}
	assert_string_equal(list.ids[0].text, "n1 off succeeded node #2");
	assert_string_equal(list.ids[1].text, "n1 off failed nobody #1");
	assert_string_equal(list.ids[2].text, "n1 off succeeded human #1");
	assert_string_equal(list.ids[3].text, "n1 off succeeded node #1");
}

/* The fencer that led it died, and another took over: "failed", and never ended. */
static void what_never_had_a_result_takes_back_none(void **state)
{
	stonith_history_t entries[] = {
		entry(target_n1, off, NULL, st_failed, 0),
		entry(target_n1, off, by_n2, st_done, 100),
		entry(target_n1, off, NULL, st_failed, 50),
	};

	(void)state;
	listed(entries, 3, VOUCH_NO);
	assert_int_equal(list.condition, VOUCH_PRESENT);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.ids[0].text, "n1 off succeeded node #1");
	assert_string_equal(list.ids[1].text, "n1 off failed nobody #1");
	/* What is under way has no time either, and counts. */
	entries[0].state = st_exec;
	listed(entries, 3, VOUCH_NO);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.ids[0].text, "n1 off pending nobody #1");
}

/* The fencer's table has no order; the list must have one. */
static void order_of_the_table_does_not_matter(void **state)
{
	stonith_history_t one[] = {
		entry(target_n1, off, by_n2, st_done, 100),
		entry(target_n2, off, by_n2, st_done, 100),
		entry(target_n1, off, by_n2, st_failed, 100),
	};
	stonith_history_t two[] = { one[2], one[0], one[1] };
	static struct vouch_fencing_list first;

	(void)state;
	listed(one, 3, VOUCH_NO);
	first = list;
	listed(two, 3, VOUCH_NO);
	assert_memory_equal(&first, &list, sizeof(list));
}

static void nonsense_spoils_the_history(void **state)
{
	char long_name[100];
	stonith_history_t entries[] = {
		entry(target_n1, off, by_n2, st_done, 100),
		entry(NULL, off, by_n2, st_done, 100),
	};

	(void)state;
	listed(entries, 2, VOUCH_NO);
	assert_int_equal(list.condition, VOUCH_MALFORMED);
	assert_int_equal(list.count, 1);
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	entries[1] = entry(long_name, off, by_n2, st_done, 100);
	listed(entries, 2, VOUCH_NO);
	assert_int_equal(list.condition, VOUCH_MALFORMED);
	entries[1] = entry(target_n2, off, by_n2, 17, 100);
	listed(entries, 2, VOUCH_NO);
	assert_int_equal(list.condition, VOUCH_MALFORMED);
	listed(NULL, 0, VOUCH_NO);
	assert_int_equal(list.condition, VOUCH_PRESENT);
	assert_int_equal(list.count, 0);
}

static void the_oldest_are_left_out(void **state)
{
	static stonith_history_t entries[VOUCH_FENCINGS_MAX + 10];
	size_t i;

	(void)state;
	for (i = 0; i < VOUCH_FENCINGS_MAX + 10; i++)
		entries[i] = entry(target_n1, off, by_n2, st_done,
				   (time_t)i + 1000);
	listed(entries, VOUCH_FENCINGS_MAX + 10, VOUCH_NO);
	assert_int_equal(list.condition, VOUCH_PRESENT);
	assert_int_equal(list.count, VOUCH_FENCINGS_MAX);
	assert_string_equal(list.ids[0].text, "n1 off succeeded node #266");
	/* n2's newest is among what does not fit. */
	entries[0].target = target_n2;
	listed(entries, VOUCH_FENCINGS_MAX + 10, VOUCH_NO);
	assert_int_equal(list.condition, VOUCH_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_did_it),
		cmocka_unit_test(what_came_of_it),
		cmocka_unit_test(pending_first_then_newest),
		cmocka_unit_test(identity_does_not_hang_on_a_clock),
		cmocka_unit_test(identity_does_not_hang_on_the_configuration),
		cmocka_unit_test(what_never_had_a_result_takes_back_none),
		cmocka_unit_test(order_of_the_table_does_not_matter),
		cmocka_unit_test(nonsense_spoils_the_history),
		cmocka_unit_test(the_oldest_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
