/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which grant comes before which, where numbers are missing (P6-A1): a missing
 * one that nobody declared void is one that nobody knows. */
#include "tests/unit/evidence_fixture.h"

#include "kernel/rules.h"

static void grant_put(struct vouch_evidence *e, uint64_t epoch, uint64_t follows,
		      enum vouch_grant_outcome outcome,
		      enum vouch_grant_source source)
{
	struct vouch_grant *grant = &e->grants[e->grant_count++];

	grant->epoch = epoch;
	grant->follows = follows;
	grant->outcome = outcome;
	grant->source = source;
}

static struct vouch_evidence *none_granted(void)
{
	struct vouch_evidence *e = evidence_of(case_find("fenced-in-sync"));

	e->grant_count = 0;
	return e;
}

static void nobody_was_granted_anything(void **state)
{
	struct vouch_evidence *e = none_granted();

	(void)state;
	assert_int_equal(vouch__newest_grant(e), -1);
	assert_int_equal(vouch__newest_epoch(e), 0);
	assert_int_equal(vouch__epoch_followed(e), 0);
	assert_int_equal(vouch__last_epoch(e, 1), 0);
	assert_int_equal(vouch__epoch_below(e, 5), 4);
	free(e);
}

static void the_newest_that_may_have_written_follows_nothing(void **state)
{
	struct vouch_evidence *e = none_granted();

	(void)state;
	grant_put(e, 4, 0, VOUCH_GRANT_DONE, VOUCH_SOURCE_CLUSTER);
	assert_int_equal(vouch__epoch_followed(e), 0);
	assert_int_equal(vouch__last_epoch(e, 5), 4);
	grant_put(e, 5, 0, VOUCH_GRANT_OPEN, VOUCH_SOURCE_CLUSTER);
	assert_int_equal(vouch__epoch_followed(e), 0);
	assert_int_equal(vouch__last_epoch(e, 6), 5);
	/* ... whatever is known of those before it. */
	grant_put(e, 3, 0, VOUCH_GRANT_DONE, VOUCH_SOURCE_CLUSTER);
	assert_int_equal(vouch__epoch_followed(e), 0);
	free(e);
}

static void void_ones_are_passed_over(void **state)
{
	struct vouch_evidence *e = none_granted();

	(void)state;
	grant_put(e, 4, 0, VOUCH_GRANT_DONE, VOUCH_SOURCE_CLUSTER);
	grant_put(e, 5, 0, VOUCH_GRANT_VOID, VOUCH_SOURCE_CLUSTER);
	assert_int_equal(vouch__epoch_followed(e), 4);
	grant_put(e, 6, 0, VOUCH_GRANT_VOID, VOUCH_SOURCE_CLUSTER);
	assert_int_equal(vouch__epoch_followed(e), 4);
	assert_int_equal(vouch__last_epoch(e, 7), 4);
	/* Nobody says what 4 was: none is followed. */
	e->grants[0].epoch = 3;
	assert_int_equal(vouch__epoch_followed(e), 0);
	free(e);
}

static void only_a_word_closes_a_gap(void **state)
{
	struct vouch_evidence *e = none_granted();

	(void)state;
	grant_put(e, 4, 0, VOUCH_GRANT_DONE, VOUCH_SOURCE_CLUSTER);
	grant_put(e, 8, 0, VOUCH_GRANT_OPEN, VOUCH_SOURCE_CLUSTER);
	assert_int_equal(vouch__epoch_below(e, 8), 7);
	/* It says less than the gap is wide. */
	e->grants[1].follows = 5;
	assert_int_equal(vouch__epoch_below(e, 8), 7);
	e->grants[1].follows = 4;
	assert_int_equal(vouch__epoch_below(e, 8), 4);
	e->grants[1].follows = 3;
	assert_int_equal(vouch__epoch_below(e, 8), 4);
	/* Below all that is known there is nothing to close. */
	assert_int_equal(vouch__epoch_below(e, 4), 3);
	/* A word about what came earlier says nothing of this gap. */
	e->grants[0].follows = 2;
	e->grants[1].follows = 0;
	assert_int_equal(vouch__epoch_below(e, 8), 7);
	/* Nor does what stands behind the end of the list. */
	grant_put(e, 9, 4, VOUCH_GRANT_OPEN, VOUCH_SOURCE_CLUSTER);
	assert_int_equal(vouch__epoch_below(e, 8), 4);
	e->grant_count--;
	assert_int_equal(vouch__epoch_below(e, 8), 7);
	free(e);
}

static struct vouch_grant grant_of(uint64_t epoch, uint64_t follows,
				   enum vouch_grant_outcome outcome,
				   enum vouch_grant_source source)
{
	struct vouch_grant grant;

	memset(&grant, 0, sizeof(grant));
	grant.epoch = epoch;
	grant.follows = follows;
	grant.outcome = outcome;
	grant.source = source;
	return grant;
}

/* From either side: the order of two grants in a document means nothing. */
static int contradict(const struct vouch_grant *a, const struct vouch_grant *b)
{
	int first = vouch__passing_contradicts(a, b) != 0;

	assert_int_equal(first, vouch__passing_contradicts(b, a) != 0);
	return first;
}

static void what_happened_is_not_passed_over(void **state)
{
	struct vouch_grant after = grant_of(8, 5, VOUCH_GRANT_OPEN,
					    VOUCH_SOURCE_CLUSTER);
	struct vouch_grant other = grant_of(6, 0, VOUCH_GRANT_DONE,
					    VOUCH_SOURCE_CLUSTER);

	(void)state;
	assert_true(contradict(&after, &other));
	/* A row in the log is the same as its holder's own word. */
	other.outcome = VOUCH_GRANT_OPEN;
	assert_false(contradict(&after, &other));
	other.source = VOUCH_SOURCE_LOG;
	assert_true(contradict(&after, &other));
	/* The edges: the one that it follows, and itself. */
	other.epoch = 5;
	assert_false(contradict(&after, &other));
	other.epoch = 7;
	assert_true(contradict(&after, &other));
	other.epoch = 8;
	assert_false(contradict(&after, &other));
	other.epoch = 7;
	after.follows = 0;
	assert_false(contradict(&after, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_was_granted_anything),
		cmocka_unit_test(the_newest_that_may_have_written_follows_nothing),
		cmocka_unit_test(void_ones_are_passed_over),
		cmocka_unit_test(only_a_word_closes_a_gap),
		cmocka_unit_test(what_happened_is_not_passed_over),
	};

	return cmocka_run_group_tests(tests, cases_load, cases_free);
}
