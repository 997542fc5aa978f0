/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vetoed request is not repeated by itself (P6-F3): the node that was refused
 * offers itself no more, until somebody asks again or a newer epoch was granted. */
#include "state_fixture.h"

#include "authority/follow.h"
#include "authority/refusal.h"

/* --- the cluster and the database, as far as scores need them ------------------------ */

static int score, score_removed, scores_set;
static uint64_t granted, seen;

static enum vouch_error_code grants_observe(struct vouch_cluster *cluster,
					    struct vouch_deadline deadline,
					    struct vouch_cluster_grant *grants,
					    uint32_t *count,
					    struct vouch_error *error)
{
	(void)cluster;
	(void)deadline;
	(void)error;
	memset(&grants[0], 0, sizeof(grants[0]));
	grants[0].epoch = granted;
	grants[0].outcome = VOUCH_GRANT_DONE;
	(void)snprintf(grants[0].holder, VOUCH_NAME_SIZE, "n2");
	*count = granted ? 1 : 0;
	return VOUCH_OK;
}

static enum vouch_error_code score_set(struct vouch_cluster *cluster,
				       struct vouch_deadline deadline, int value,
				       int removed, struct vouch_error *error)
{
	(void)cluster;
	(void)deadline;
	(void)error;
	score = value;
	score_removed = removed;
	scores_set++;
	return VOUCH_OK;
}

static enum vouch_error_code local_observe(const struct vouch_config *config,
					   struct vouch_deadline deadline,
					   struct vouch_local *local,
					   struct vouch_error *error)
{
	(void)config;
	(void)deadline;
	(void)error;
	memset(local, 0, sizeof(*local));
	local->state = VOUCH_RUN_STANDBY;
	local->epoch = seen;
	return VOUCH_OK;
}

static const struct vouch_cluster_ops cluster_ops = {
	.grants_observe = grants_observe,
	.score_set = score_set,
};
static const struct vouch_engine engine = { .local_observe = local_observe };

static struct vouch_context context_of(struct fixture *it)
{
	struct vouch_context context = {
		.config = &it->config,
		.engine = &engine,
		.cluster_ops = &cluster_ops,
		.cluster = (struct vouch_cluster *)it, /* only handed on */
	};

	score = scores_set = 0;
	granted = seen = 3;
	return context;
}

static void refuse(struct fixture *it, struct vouch_context *context,
		   const char *next)
{
	(void)it;
	vouch__refuse(context, vouch__deadline_in(1000), "r1", next);
}

static enum vouch_error_code refusal_of(struct fixture *it,
					struct vouch_refusal *refusal)
{
	return vouch__refusal_read(&it->config, refusal, &it->error);
}

/* --- the tests ----------------------------------------------------------------------- */

static void the_one_who_is_refused_is_not_eligible(void **state)
{
	struct fixture *it = *state;
	struct vouch_context context = context_of(it);
	struct vouch_refusal refusal;

	assert_int_equal(refusal_of(it, &refusal), VOUCH_E_NOT_FOUND);
	refuse(it, &context, "n2");
	assert_int_equal(refusal_of(it, &refusal), VOUCH_OK);
	assert_string_equal(refusal.request_id, "r1");
	assert_string_equal(refusal.next, "n2");
	assert_int_equal(refusal.epoch, 3);
	assert_int_equal(scores_set, 1);
	assert_true(score < 0);
	assert_int_equal(score_removed, 0);
}

static void the_first_cleanup_is_that_of_the_one_asked_next(void **state)
{
	struct fixture *it = *state;
	struct vouch_context context = context_of(it);
	struct vouch_refusal refusal;

	refuse(it, &context, "n2");
	scores_set = 0;
	vouch__offer_again(&context, vouch__deadline_in(1000));
	assert_int_equal(scores_set, 0);
	assert_int_equal(refusal_of(it, &refusal), VOUCH_OK);
	assert_string_equal(refusal.next, "");
	vouch__offer_again(&context, vouch__deadline_in(1000));
	assert_int_equal(refusal_of(it, &refusal), VOUCH_E_NOT_FOUND);
	assert_int_equal(scores_set, 1);
	assert_true(score > 0);
}

static void without_a_refusal_a_cleanup_changes_nothing(void **state)
{
	struct fixture *it = *state;
	struct vouch_context context = context_of(it);

	vouch__offer_again(&context, vouch__deadline_in(1000));
	assert_int_equal(scores_set, 0);
}

/* What a start ends with. */
static void offer(struct fixture *it, struct vouch_context *context)
{
	(void)it;
	scores_set = 0;
	vouch__score_offer(context, vouch__deadline_in(1000));
}

static void a_start_does_not_offer_the_one_who_was_refused(void **state)
{
	struct fixture *it = *state;
	struct vouch_context context = context_of(it);

	refuse(it, &context, "");
	offer(it, &context);
	assert_int_equal(scores_set, 1);
	assert_true(score < 0);
	/* Somebody was granted a newer epoch, which this log has not yet. */
	granted = 4;
	offer(it, &context);
	assert_true(score > 0);
	granted = 3;
	offer(it, &context);
	assert_true(score > 0);
}

static void a_refusal_that_cannot_be_read_is_one(void **state)
{
	struct fixture *it = *state;
	struct vouch_context context = context_of(it);
	static const char *const bad[] = {
		"", "{}", "vouch1 refusal 00000000 2 {}",
		"{\"request\":1,\"epoch\":3,\"next\":\"\"}",
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct vouch_refusal refusal;

		fixture_write(it, "refusal", bad[i], strlen(bad[i]));
		assert_int_not_equal(refusal_of(it, &refusal), VOUCH_OK);
		assert_int_not_equal(refusal_of(it, &refusal),
				     VOUCH_E_NOT_FOUND);
		offer(it, &context);
		assert_true(score < 0);
	}
	/* A cleanup is a way out. */
	vouch__offer_again(&context, vouch__deadline_in(1000));
	assert_true(score > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(the_one_who_is_refused_is_not_eligible),
		fixture_test(the_first_cleanup_is_that_of_the_one_asked_next),
		fixture_test(without_a_refusal_a_cleanup_changes_nothing),
		fixture_test(a_start_does_not_offer_the_one_who_was_refused),
		fixture_test(a_refusal_that_cannot_be_read_is_one),
	};

	if (getuid() != 0) {
		(void)printf("test_authority_refusal: skipped: needs root\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
