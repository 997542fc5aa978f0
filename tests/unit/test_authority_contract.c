/* SPDX-License-Identifier: GPL-2.0-or-later */
/* P6-S1: which contract a start takes: a wish only under the authority that it
 * was made under, then the newest promotion's, then the configuration's. */
#include "authority/contract.h"
#include "authority/contract_file.h"
#include "authority/records.h"
#include "tests/unit/state_fixture.h"

struct start {
	struct fixture *it;
	struct vouch_context context;
	char why[VOUCH_TEXT_SIZE];
};

static void begin(struct start *start, void **state)
{
	struct vouch_config *config;

	memset(start, 0, sizeof(*start));
	start->it = *state;
	config = &start->it->config;
	config->k = 1;
	config->member_count = 3;
	for (unsigned int i = 0; i < 3; i++)
		(void)snprintf(config->members[i].name, VOUCH_NAME_SIZE, "n%u",
			       i + 1);
	start->context.config = config;
	assert_int_equal(vouch__journal_open(config, 1, &start->context.journal,
					     &start->it->error),
			 VOUCH_OK);
}

static void end(struct start *start)
{
	vouch__journal_close(start->context.journal);
}

static void grant_put(struct start *start, uint64_t epoch, const char *holder,
		      enum vouch_grant_outcome outcome, int k)
{
	struct vouch_cluster_grant grant = { .epoch = epoch, .outcome = outcome,
					     .method = VOUCH_METHOD_ANY, .k = k };

	(void)snprintf(grant.holder, VOUCH_NAME_SIZE, "%s", holder);
	(void)snprintf(grant.incarnation, VOUCH_NAME_SIZE, "life-of-%s", holder);
	(void)snprintf(grant.request_id, VOUCH_NAME_SIZE, "r");
	for (unsigned int i = 1; i <= 3; i++) {
		char name[VOUCH_NAME_SIZE];

		(void)snprintf(name, sizeof(name), "n%u", i);
		if (strcmp(name, holder) != 0)
			(void)snprintf(grant.members[grant.member_count++],
				       VOUCH_NAME_SIZE, "%s", name);
	}
	assert_int_equal(vouch__record_grant(start->context.journal, &grant,
					     &start->it->error),
			 VOUCH_OK);
}

static void change_put(struct start *start, uint64_t epoch,
		       const char *incarnation, int k)
{
	struct vouch_contract_change change = { .epoch = epoch };

	(void)snprintf(change.incarnation, VOUCH_NAME_SIZE, "%s", incarnation);
	change.terms.method = VOUCH_METHOD_ANY;
	change.terms.k = k;
	assert_true(vouch__terms_add(&change.terms, "n2"));
	assert_true(vouch__terms_add(&change.terms, "n3"));
	assert_int_equal(vouch__contract_change_write(&start->it->config, &change,
						      &start->it->error),
			 VOUCH_OK);
}

static int settled_k(struct start *start)
{
	assert_int_equal(vouch__contract_settle(&start->context,
						&start->it->config,
						vouch__deadline_in(1000),
						start->why, &start->it->error),
			 VOUCH_OK);
	return start->it->config.k;
}

static void the_first_start_takes_the_configuration(void **state)
{
	struct vouch_config other;
	struct start start;

	begin(&start, state);
	assert_int_equal(settled_k(&start), 1);
	assert_string_equal(start.why, "as configured");
	/* And a program that comes later sees what was taken. */
	other = start.it->config;
	other.k = 2;
	other.participant_count = 0;
	assert_int_equal(vouch__contract_load(&other, &start.it->error), VOUCH_OK);
	assert_int_equal(other.k, 1);
	end(&start);
}

static void the_newest_promotion_beats_the_configuration(void **state)
{
	char holder[VOUCH_NAME_SIZE];
	struct vouch_terms terms;
	struct start start;

	begin(&start, state);
	grant_put(&start, 2, "n2", VOUCH_GRANT_DONE, 0);
	grant_put(&start, 3, "n2", VOUCH_GRANT_DONE, 2);
	/* Whether these happened is not known, or is known: they did not. */
	grant_put(&start, 4, "n3", VOUCH_GRANT_VOID, 0);
	grant_put(&start, 5, "n3", VOUCH_GRANT_OPEN, 0);
	assert_int_equal(vouch__contract_lags(&start.context, holder), VOUCH_YES);
	assert_string_equal(holder, "n2");
	assert_int_equal(settled_k(&start), 2);
	assert_int_equal(vouch__contract_lags(&start.context, holder), VOUCH_NO);
	/* The holder of that time is a standby to this node. */
	vouch__terms_of_config(&start.it->config, &terms);
	assert_int_equal(terms.member_count, 2);
	assert_true(vouch__terms_has(&terms, "n2"));
	assert_true(vouch__terms_has(&terms, "n3"));
	end(&start);
}

static void a_wish_counts_under_its_own_authority(void **state)
{
	struct vouch_contract_change change;
	struct start start;

	begin(&start, state);
	grant_put(&start, 3, "n1", VOUCH_GRANT_DONE, 1);
	change_put(&start, 3, "life-of-n1", 2);
	assert_int_equal(settled_k(&start), 2);
	assert_string_equal(start.why, "as announced in epoch 3");
	/* A second start before the promotion still goes by it, also when an
	 * attempt in between came to nothing. */
	grant_put(&start, 4, "n1", VOUCH_GRANT_VOID, 2);
	assert_int_equal(settled_k(&start), 2);
	assert_int_equal(vouch__contract_change_read(&start.it->config, &change,
						     &start.it->error),
			 VOUCH_OK);
	end(&start);
}

static void wish_is_void(struct start *start, int expected)
{
	struct vouch_contract_change change;

	assert_int_equal(settled_k(start), expected);
	assert_int_equal(vouch__contract_change_read(&start->it->config, &change,
						     &start->it->error),
			 VOUCH_E_NOT_FOUND);
	end(start);
}

static void a_wish_is_void_after_the_next_epoch(void **state)
{
	struct start start;

	begin(&start, state);
	grant_put(&start, 3, "n1", VOUCH_GRANT_DONE, 1);
	change_put(&start, 3, "life-of-n1", 0);
	grant_put(&start, 4, "n2", VOUCH_GRANT_DONE, 1);
	wish_is_void(&start, 1);
}

static void a_wish_is_void_when_the_next_epoch_may_have_begun(void **state)
{
	struct start start;

	begin(&start, state);
	grant_put(&start, 3, "n1", VOUCH_GRANT_DONE, 1);
	change_put(&start, 3, "life-of-n1", 0);
	grant_put(&start, 4, "n2", VOUCH_GRANT_OPEN, 1);
	wish_is_void(&start, 1);
}

static void a_wish_of_another_life_is_void(void **state)
{
	struct start start;

	begin(&start, state);
	grant_put(&start, 3, "n1", VOUCH_GRANT_DONE, 1);
	change_put(&start, 3, "an-older-life", 0);
	wish_is_void(&start, 1);
}

static void a_wish_without_any_authority_is_void(void **state)
{
	struct start start;

	begin(&start, state);
	change_put(&start, 3, "life-of-n1", 0);
	wish_is_void(&start, 1);
}

static void an_unreadable_wish_is_void(void **state)
{
	struct start start;

	begin(&start, state);
	grant_put(&start, 3, "n1", VOUCH_GRANT_DONE, 1);
	fixture_write(start.it, "contract-change", "torn", 4);
	wish_is_void(&start, 1);
}

/* k acknowledgements that nobody can give are no contract to start with. */
static void members_that_left_do_not_weaken_it(void **state)
{
	struct start start;

	begin(&start, state);
	grant_put(&start, 3, "n1", VOUCH_GRANT_DONE, 2);
	start.it->config.member_count = 2;
	assert_int_equal(vouch__contract_settle(&start.context,
						&start.it->config,
						vouch__deadline_in(1000),
						start.why, &start.it->error),
			 VOUCH_E_ARGUMENT);
	assert_int_equal(start.it->config.k, 1);
	end(&start);
}

static void an_unreadable_record_is_an_error(void **state)
{
	struct start start;

	begin(&start, state);
	assert_int_equal(settled_k(&start), 1);
	fixture_write(start.it, "contract", "torn", 4);
	assert_int_equal(vouch__contract_load(&start.it->config,
					      &start.it->error),
			 VOUCH_E_CORRUPT);
	assert_non_null(strstr(start.it->error.text, "remove it"));
	end(&start);
}

/* P6-F2: whatever call fails, there is the old record or the new one. */
static void every_failed_write_leaves_the_old_or_the_new(void **state)
{
	struct vouch_terms terms, found;
	struct start start;
	uint64_t epoch;

	begin(&start, state);
	for (int nth = 1; nth <= 12; nth++) {
		memset(&terms, 0, sizeof(terms));
		terms.method = VOUCH_METHOD_ANY;
		terms.k = 1;
		assert_true(vouch__terms_add(&terms, "n2"));
		assert_int_equal(vouch__contract_file_write(
					 &start.it->config, "contract", &terms, 1,
					 "a", &start.it->error),
				 VOUCH_OK);
		terms.k = 0;
		fixture_fail(nth, 0);
		(void)!vouch__contract_file_write(&start.it->config, "contract",
						  &terms, 2, "b",
						  &start.it->error);
		fixture_heal();
		assert_int_equal(vouch__contract_file_read(
					 &start.it->config, "contract", &found,
					 &epoch, NULL, &start.it->error),
				 VOUCH_OK);
		assert_int_equal(found.k, epoch == 1 ? 1 : 0);
	}
	end(&start);
}

static void a_wish_names_its_authority(void **state)
{
	struct vouch_contract_change change = { .terms = { .method =
								   VOUCH_METHOD_ANY } };
	struct start start;

	begin(&start, state);
	assert_int_equal(vouch__contract_change_write(&start.it->config, &change,
						      &start.it->error),
			 VOUCH_E_ARGUMENT);
	end(&start);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(the_first_start_takes_the_configuration),
		fixture_test(the_newest_promotion_beats_the_configuration),
		fixture_test(a_wish_counts_under_its_own_authority),
		fixture_test(a_wish_is_void_after_the_next_epoch),
		fixture_test(a_wish_is_void_when_the_next_epoch_may_have_begun),
		fixture_test(a_wish_of_another_life_is_void),
		fixture_test(a_wish_without_any_authority_is_void),
		fixture_test(an_unreadable_wish_is_void),
		fixture_test(members_that_left_do_not_weaken_it),
		fixture_test(an_unreadable_record_is_an_error),
		fixture_test(every_failed_write_leaves_the_old_or_the_new),
		fixture_test(a_wish_names_its_authority),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
