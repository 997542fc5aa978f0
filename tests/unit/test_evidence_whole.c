/* SPDX-License-Identifier: GPL-2.0-or-later */
/* P6-F1: a verdict never rests on a mixed view. Where nothing but the version of the
 * cluster's configuration moved, as when a second database claims its epoch at the same
 * moment, everything is collected once more; where anything else did, nothing is. */
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
static struct vouch_cluster_ops ops, real;
static int views; /* how often it was asked */
static int moves; /* so many answers differ from the one before in ... */
static enum { VERSION, RING, QUORUM, FENCING } what;

static enum vouch_error_code moving_view(struct vouch_cluster *cluster,
					 struct vouch_deadline deadline,
					 struct vouch_view *view,
					 struct vouch_error *error)
{
	enum vouch_error_code code =
		real.view_observe(cluster, deadline, view, error);
	int by = ++views <= moves ? views : moves;

	if (what == VERSION)
		view->cib_epoch += (uint64_t)by;
	else if (what == RING)
		view->ring_seq += (uint64_t)by;
	else if (what == QUORUM)
		view->quorate = by % 2 ? VOUCH_YES : VOUCH_NO;
	else
		view->fencing_enabled = by % 2 ? VOUCH_YES : VOUCH_NO;
	return code;
}

static int begin(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	memset(&trial, 0, sizeof(trial));
	if (!trial_prepare(&trial, operation_named("promotion, permitted")))
		return -1;
	world_context(&context, &trial.config);
	real = ops = *context.cluster_ops;
	ops.view_observe = moving_view;
	context.cluster_ops = &ops;
	views = moves = 0;
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

static int collections(int differ, int in, int timeout_ms)
{
	struct vouch_request request = { .origin = VOUCH_ORIGIN_OPERATOR };
	struct vouch_error error = { 0 };

	memcpy(request.id, "r1", 3);
	views = 0;
	moves = differ;
	what = in;
	assert_int_equal(vouch__collect_whole(&context, &request, NULL, 0,
					      vouch__deadline_in(timeout_ms),
					      &evidence, &error),
			 VOUCH_OK);
	assert_int_equal(evidence.before.condition, VOUCH_PRESENT);
	assert_int_equal(views % 2, 0);
	return views / 2;
}

static void what_did_not_move_is_collected_once(void **state)
{
	(void)state;
	assert_int_equal(collections(0, VERSION, 60000), 1);
	assert_int_equal(collections(1, VERSION, 60000), 1);
}

static void a_version_that_moved_is_collected_again_and_judged_whole(void **state)
{
	(void)state;
	assert_int_equal(collections(2, VERSION, 60000), 2);
	assert_int_equal(evidence.before.cib_epoch, evidence.after.cib_epoch);
	assert_int_equal(collections(4, VERSION, 60000), 3);
	assert_int_equal(evidence.before.cib_epoch, evidence.after.cib_epoch);
	/* It goes on moving: that is for the kernel, which vetoes it. */
	assert_int_equal(collections(100, VERSION, 60000), 3);
	assert_int_not_equal(evidence.before.cib_epoch,
			     evidence.after.cib_epoch);
}

static void whatever_else_moved_is_not_asked_again(void **state)
{
	(void)state;
	assert_int_equal(collections(100, RING, 60000), 1);
	assert_int_equal(collections(100, QUORUM, 60000), 1);
	assert_int_equal(collections(100, FENCING, 60000), 1);
}

static void without_time_nothing_is_asked_again(void **state)
{
	(void)state;
	assert_int_equal(collections(100, VERSION, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_did_not_move_is_collected_once, begin, end),
		cmocka_unit_test_setup_teardown(
			a_version_that_moved_is_collected_again_and_judged_whole,
			begin, end),
		cmocka_unit_test_setup_teardown(
			whatever_else_moved_is_not_asked_again, begin, end),
		cmocka_unit_test_setup_teardown(
			without_time_nothing_is_asked_again, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
