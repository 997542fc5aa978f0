/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which order the evidence is collected: what a proof rests on, after exclusion; the
 * rows of the own log after the position that is judged, since only what is replayed
 * is seen (P6-S1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "authority/journal.h"
#include "tests/crash/disk.h"
#include "tests/crash/operations.h"
#include "tests/crash/trial_check.h"

static struct trial trial;
static struct vouch_context context;
static struct vouch_evidence evidence;

static int begin(void **state)
{
	static const struct vouch_deadline deadline;
	struct vouch_request request = { .origin = VOUCH_ORIGIN_OPERATOR };
	struct vouch_error error = { 0 };

	(void)state;
	memset(&trial, 0, sizeof(trial));
	if (!trial_prepare(&trial, operation_named("promotion, permitted")))
		return -1;
	world_context(&context, &trial.config);
	memcpy(request.id, "r1", 3);
	if (vouch__journal_open(&trial.config, 1, &context.journal, &error) !=
	    VOUCH_OK)
		return -1;
	return vouch__collect(&context, &request, NULL, 0, deadline, &evidence,
			      &error) == VOUCH_OK ?
		       0 :
		       -1;
}

static int end(void **state)
{
	(void)state;
	vouch__journal_close(context.journal);
	return 0;
}

static uint64_t own_position(void)
{
	uint8_t self = evidence.request.candidate;

	assert_int_equal(self, 1);
	assert_int_equal(evidence.nodes[self].probe.condition, VOUCH_PRESENT);
	return evidence.nodes[self].probe.order;
}

static void rows_come_after_the_position_that_is_judged(void **state)
{
	(void)state;
	assert_int_equal(evidence.rows.condition, VOUCH_PRESENT);
	assert_true(evidence.rows.order > own_position());
}

static void positions_come_after_the_others_answers(void **state)
{
	(void)state;
	assert_int_equal(evidence.nodes[2].probe.condition, VOUCH_PRESENT);
	assert_true(own_position() > evidence.nodes[2].probe.order);
	assert_true(evidence.nodes[2].probe.order > evidence.fencing.order);
}

static void all_lies_between_the_two_views(void **state)
{
	(void)state;
	assert_true(evidence.before.order < evidence.fencing.order);
	assert_true(evidence.after.order > evidence.rows.order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			rows_come_after_the_position_that_is_judged, begin, end),
		cmocka_unit_test_setup_teardown(
			positions_come_after_the_others_answers, begin, end),
		cmocka_unit_test_setup_teardown(all_lies_between_the_two_views,
						begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
