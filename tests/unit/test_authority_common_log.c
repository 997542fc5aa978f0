/* SPDX-License-Identifier: GPL-2.0-or-later */
/* P6-S1, P6-S2: a standby follows nobody whose log does not have its own in it, and
 * whom it was not compared with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "authority/common_log.h"

static struct vouch_config config;
static struct vouch_probe probes[3]; /* n1 is this node, n2 the primary */
static enum vouch_answer same, follows;
static struct vouch_stretch asked;
static const char *followed; /* "-": nobody, NULL: nothing was changed */
static int streamed;
static uint64_t whole; /* where the last whole record ends; 0: as received */

static enum vouch_error_code probe_fake(const struct vouch_config *of,
					const struct vouch_member *member,
					struct vouch_deadline deadline,
					struct vouch_probe *probe,
					struct vouch_error *error)
{
	(void)deadline;
	*probe = probes[member - of->members];
	return probe->condition == VOUCH_PRESENT ?
		       VOUCH_OK :
		       vouch__error_set(error, VOUCH_E_TIMEOUT, "silent");
}

static enum vouch_answer same_log_fake(const struct vouch_config *of,
				       const struct vouch_member *member,
				       const struct vouch_stretch *stretch,
				       struct vouch_deadline deadline,
				       struct vouch_error *error)
{
	(void)deadline;
	assert_ptr_equal(member, &of->members[1]);
	asked = *stretch;
	streamed++;
	if (same == VOUCH_UNKNOWN)
		(void)vouch__error_set(error, VOUCH_E_ENGINE, "removed");
	return same;
}

static enum vouch_error_code follow_fake(const struct vouch_config *of,
					 const char *holder,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	(void)of;
	(void)deadline;
	(void)error;
	followed = holder ? holder : "-";
	return VOUCH_OK;
}

static enum vouch_answer follows_fake(const struct vouch_config *of,
				      const char *holder)
{
	(void)of;
	(void)holder;
	return follows;
}

/* Nothing is cut off in a record but where a test says so. */
static enum vouch_error_code whole_fake(const struct vouch_config *of,
					uint32_t timeline, uint64_t lsn,
					uint32_t *whole_timeline,
					uint64_t *whole_lsn,
					struct vouch_error *error)
{
	(void)of;
	(void)error;
	*whole_timeline = timeline;
	*whole_lsn = whole != 0 && whole < lsn ? whole : lsn;
	return VOUCH_OK;
}

static const struct vouch_engine engine = {
	.probe = probe_fake, .same_log = same_log_fake, .follow = follow_fake,
	.follows = follows_fake, .whole_observe = whole_fake,
};
static struct vouch_context context = { .config = &config, .engine = &engine };

/* Both on timeline 3 from 0x5000, n1 up to 0x6000 and n2 up to 0x7000. */
static void both_there(void)
{
	memset(&config, 0, sizeof(config));
	memset(probes, 0, sizeof(probes));
	memset(&asked, 0, sizeof(asked));
	(void)snprintf(config.node, VOUCH_NAME_SIZE, "n1");
	config.member_count = 2;
	config.probe_timeout_ms = 1000;
	for (unsigned int i = 0; i < 2; i++) {
		(void)snprintf(config.members[i].name, VOUCH_NAME_SIZE, "n%u",
			       i + 1);
		probes[i] = (struct vouch_probe){
			.condition = VOUCH_PRESENT,
			.in_recovery = i == 0 ? VOUCH_YES : VOUCH_NO,
			.log_exhausted = VOUCH_YES, .system_id = 7,
			.timeline = 3, .history_count = 2,
			.history = { { 1, 0x4000 }, { 2, 0x5000 } },
			.received_lsn = i == 0 ? 0x6000 : 0x7000,
			.replayed_lsn = i == 0 ? 0x5800 : 0x7000,
		};
	}
	same = VOUCH_YES;
	follows = VOUCH_NO;
	followed = NULL;
	streamed = 0;
	whole = 0;
}

static enum vouch_error_code follow(struct vouch_error *error)
{
	return vouch__primary_follow(&context, "n2", vouch__deadline_in(3000),
				     error);
}

/* It received a page of a record, and the new timeline begins before that. */
static void part_of_a_record_is_no_other_way(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	both_there();
	probes[1].timeline = 4;
	probes[1].history_count = 3;
	probes[1].history[2] = (struct vouch_switch){ 3, 0x5f00 };
	assert_int_equal(follow(&error), VOUCH_E_CONFLICT);
	assert_string_equal(followed, "-");
	whole = 0x5f00;
	assert_int_equal(follow(&error), VOUCH_OK);
	assert_string_equal(followed, "n2");
	assert_int_equal(asked.end, 0x5f00);
}

/* A guard's: that another agent leads it is no reason to end its stream. */
static void who_is_led_by_another_agent_is_left_alone(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	both_there();
	same = VOUCH_NO;
	follows = VOUCH_UNKNOWN;
	assert_int_equal(follow(&error), VOUCH_OK);
	vouch__primary_expect(&context, "n2", vouch__deadline_in(3000));
	assert_null(followed);
	assert_int_equal(streamed, 0);
}

static void refused(enum vouch_error_code code, const char *words,
		    const char *then)
{
	struct vouch_error error = { 0 };

	assert_int_equal(follow(&error), code);
	if (!strstr(error.text, words))
		fail_msg("'%s' is not in: %s", words, error.text);
	if (then)
		assert_string_equal(followed, then);
	else
		assert_null(followed);
}

static void a_log_that_is_part_of_the_primarys_is_followed(void **state)
{
	struct vouch_error error = { 0 };

	(void)state;
	both_there();
	assert_int_equal(follow(&error), VOUCH_OK);
	assert_string_equal(followed, "n2");
	assert_int_equal(asked.timeline, 3);
	assert_int_equal(asked.begin, 0x5000);
	assert_int_equal(asked.end, 0x6000);
	/* Behind, on the timeline before. */
	both_there();
	probes[0].timeline = 2;
	probes[0].history_count = 1;
	probes[0].received_lsn = probes[0].replayed_lsn = 0x4800;
	assert_int_equal(follow(&error), VOUCH_OK);
	assert_string_equal(followed, "n2");
	assert_int_equal(asked.timeline, 2);
	assert_int_equal(asked.begin, 0x4000);
}

/* What PostgreSQL cannot see: the numbers are the same, the bytes are not. */
static void a_twin_is_not(void **state)
{
	(void)state;
	both_there();
	same = VOUCH_NO;
	refused(VOUCH_E_CONFLICT, "vouch rejoin", "-");
	/* Not either when it followed that member before. */
	both_there();
	same = VOUCH_NO;
	follows = VOUCH_YES;
	refused(VOUCH_E_CONFLICT, "P6-S1", "-");
	/* Its own log goes on beyond the primary's: what is there is compared. */
	both_there();
	same = VOUCH_NO;
	probes[0].replayed_lsn = 0x9000;
	refused(VOUCH_E_CONFLICT, "0/5000", "-");
	assert_int_equal(asked.end, 0x7000);
}

static void a_fork_by_the_numbers_is_not(void **state)
{
	(void)state;
	both_there();
	probes[0].timeline = 2;
	probes[0].history_count = 1;
	probes[0].replayed_lsn = 0x5001;
	refused(VOUCH_E_CONFLICT, "P6-S1", "-");
	assert_int_equal(streamed, 0);
}

static void what_cannot_be_compared_is_not(void **state)
{
	(void)state;
	both_there();
	same = VOUCH_UNKNOWN;
	refused(VOUCH_E_STATE, "removed", NULL);
	both_there();
	probes[0].replayed_lsn = 0x9000; /* the primary has not come as far */
	refused(VOUCH_E_STATE, "P6-S3", NULL);
	both_there();
	probes[1].system_id = 8;
	refused(VOUCH_E_STATE, "another database", NULL);
	/* Until it has read its own log a server does not know where that ends. */
	both_there();
	probes[0].log_exhausted = VOUCH_NO;
	refused(VOUCH_E_STATE, "reading", NULL);
	both_there();
	probes[1].in_recovery = VOUCH_YES;
	refused(VOUCH_E_STATE, "as primary", NULL);
	both_there();
	probes[1].condition = VOUCH_ABSENT;
	refused(VOUCH_E_STATE, "silent", NULL);
}

/* A hiccup of a primary that it follows already takes nothing away. */
static void who_was_compared_before_is_kept(void **state)
{
	(void)state;
	both_there();
	follows = VOUCH_YES;
	probes[1].condition = VOUCH_ABSENT;
	refused(VOUCH_E_STATE, "silent", NULL);
	both_there();
	follows = VOUCH_NO;
	probes[1].condition = VOUCH_ABSENT;
	refused(VOUCH_E_STATE, "silent", NULL);
}

/* Who has all of this log before it is promoted has it afterwards. */
static void a_candidate_is_compared_before_it_is_primary(void **state)
{
	(void)state;
	both_there();
	probes[1].in_recovery = VOUCH_YES;
	vouch__primary_expect(&context, "n2", vouch__deadline_in(3000));
	assert_string_equal(followed, "n2");
	/* It is left alone where nothing changes, and where it is this node. */
	both_there();
	probes[1].in_recovery = VOUCH_YES;
	follows = VOUCH_YES;
	vouch__primary_expect(&context, "n2", vouch__deadline_in(3000));
	assert_null(followed);
	vouch__primary_expect(&context, "n1", vouch__deadline_in(3000));
	assert_null(followed);
	/* Of another branch: nobody. Behind this node, or silent: as before. */
	both_there();
	probes[1].in_recovery = VOUCH_YES;
	probes[1].received_lsn = probes[1].replayed_lsn = 0x5fff;
	vouch__primary_expect(&context, "n2", vouch__deadline_in(3000));
	assert_null(followed);
	both_there();
	probes[1].in_recovery = VOUCH_YES;
	follows = VOUCH_YES;
	same = VOUCH_NO;
	vouch__primary_expect(&context, "n2", vouch__deadline_in(3000));
	assert_string_equal(followed, "-");
	both_there();
	probes[1].condition = VOUCH_ABSENT;
	vouch__primary_expect(&context, "n2", vouch__deadline_in(3000));
	assert_null(followed);
}

/* Before a start: the directory's log, and whoever answers as the primary. */
static void a_start_names_only_who_has_this_log(void **state)
{
	struct vouch_directory own = {
		.system_id = 7, .timeline = 3, .log_end = 0x6000,
		.history_count = 2, .history = { { 1, 0x4000 }, { 2, 0x5000 } },
	};
	char name[VOUCH_NAME_SIZE] = "x";

	(void)state;
	both_there();
	vouch__primary_choose(&context, &own, vouch__deadline_in(3000), name);
	assert_string_equal(name, "n2");
	probes[1].in_recovery = VOUCH_YES;
	vouch__primary_choose(&context, &own, vouch__deadline_in(3000), name);
	assert_string_equal(name, "");
	both_there();
	own.log_end = 0;
	vouch__primary_choose(&context, &own, vouch__deadline_in(3000), name);
	assert_string_equal(name, "");
	own.log_end = 0x6000;
	own.history[1].end_lsn = 0x5800; /* PostgreSQL would take it */
	vouch__primary_choose(&context, &own, vouch__deadline_in(3000), name);
	assert_string_equal(name, "");
}

static void rejoin_knows_a_twin(void **state)
{
	struct vouch_directory own = {
		.system_id = 7, .timeline = 3, .log_end = 0x6000,
		.history_count = 2, .history = { { 1, 0x4000 }, { 2, 0x5000 } },
	};
	struct vouch_rejoin_plan plan = { .kind = VOUCH_REJOIN_REFUSED };
	struct vouch_error error = { 0 };

	(void)state;
	both_there();
	same = VOUCH_NO;
	assert_int_equal(vouch__log_fork_find(&context, &own, &config.members[1],
					      &probes[1],
					      vouch__deadline_in(3000), &plan,
					      &error),
			 VOUCH_OK);
	assert_int_equal(plan.kind, VOUCH_REJOIN_FORKED);
	assert_int_equal(plan.fork_timeline, 2);
	assert_int_equal(plan.fork_lsn, 0x5000);
	assert_int_equal(plan.discarded_bytes, 0x1000);
	/* pg_rewind would take both for one and change nothing. */
	assert_true(plan.same_number);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(part_of_a_record_is_no_other_way),
		cmocka_unit_test(who_is_led_by_another_agent_is_left_alone),
		cmocka_unit_test(a_log_that_is_part_of_the_primarys_is_followed),
		cmocka_unit_test(a_twin_is_not),
		cmocka_unit_test(a_fork_by_the_numbers_is_not),
		cmocka_unit_test(what_cannot_be_compared_is_not),
		cmocka_unit_test(who_was_compared_before_is_kept),
		cmocka_unit_test(a_candidate_is_compared_before_it_is_primary),
		cmocka_unit_test(a_start_names_only_who_has_this_log),
		cmocka_unit_test(rejoin_knows_a_twin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
