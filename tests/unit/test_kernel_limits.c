/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The edges of what the kernel takes (P6-F1): lists that are exactly full, names
 * that end where the room ends, and what stands behind the end of a text. */
#include "tests/unit/evidence_fixture.h"

#include "kernel/rules.h"
#include "kernel/transitions.h"

static struct vouch_verdict verdict;

static int form_holds(const struct vouch_evidence *evidence)
{
	memset(&verdict, 0xa5, sizeof(verdict));
	vouch__decide(evidence, &verdict);
	assert_int_equal(verdict.findings[0].rule, VOUCH_RULE_FORM);
	return verdict.findings[0].outcome == VOUCH_HOLDS;
}

static uint32_t count_found(uint32_t rule, enum vouch_reason reason)
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < verdict.finding_count; i++) {
		if (verdict.findings[i].rule == rule &&
		    verdict.findings[i].reason == reason)
			count++;
	}
	return count;
}

static void contract_fill(struct vouch_contract *contract)
{
	uint8_t i;

	contract->method = VOUCH_METHOD_ANY;
	contract->k = VOUCH_NODES_MAX / 2;
	contract->member_count = VOUCH_NODES_MAX;
	for (i = 0; i < VOUCH_NODES_MAX; i++)
		contract->members[i] = i;
}

static void view_fill(struct vouch_view *view)
{
	uint32_t i;

	view->member_count = VOUCH_NODES_MAX;
	for (i = 0; i < VOUCH_NODES_MAX; i++)
		view->members[i] = i + 1;
}

static void nodes_fill(struct vouch_evidence *e)
{
	uint32_t i;

	for (i = e->node_count; i < VOUCH_NODES_MAX; i++) {
		e->nodes[i] = e->nodes[2];
		(void)snprintf(e->nodes[i].name, VOUCH_NAME_SIZE, "n%u", i + 1);
		e->nodes[i].cluster_id = i + 1;
	}
	e->node_count = VOUCH_NODES_MAX;
}

static void records_fill(struct vouch_evidence *e)
{
	uint32_t i;

	e->grant_count = VOUCH_GRANTS_MAX;
	for (i = 0; i < VOUCH_GRANTS_MAX; i++) {
		e->grants[i] = e->grants[0];
		contract_fill(&e->grants[i].contract);
		e->grants[i].epoch = i + 1;
	}
	e->contract_count = VOUCH_CONTRACTS_MAX;
	for (i = 0; i < VOUCH_CONTRACTS_MAX; i++) {
		e->contracts[i] = e->contracts[0];
		contract_fill(&e->contracts[i].contract);
		e->contracts[i].serial = i + 1;
	}
	e->admission_count = VOUCH_ADMISSIONS_MAX;
	for (i = 0; i < VOUCH_ADMISSIONS_MAX; i++) {
		e->admissions[i] = e->admissions[0];
		e->admissions[i].serial = i + 1;
	}
}

static void everything_fill(struct vouch_evidence *e)
{
	uint32_t i;

	nodes_fill(e);
	view_fill(&e->before);
	view_fill(&e->after);
	contract_fill(&e->offer.contract);
	records_fill(e);
	e->fencing.count = VOUCH_FENCINGS_MAX;
	for (i = 1; i < VOUCH_FENCINGS_MAX; i++)
		e->fencing.entries[i] = e->fencing.entries[0];
	e->assertion_count = VOUCH_ASSERTIONS_MAX;
	for (i = 0; i < VOUCH_ASSERTIONS_MAX; i++)
		e->assertions[i].node = (uint8_t)i;
}

static void everything_full_is_taken(void **state)
{
	struct vouch_evidence *e = evidence_of(case_find("fenced-in-sync"));

	(void)state;
	everything_fill(e);
	assert_true(form_holds(e));
	free(e);
}

static void history_set(struct vouch_probe *probe, uint32_t count)
{
	uint32_t j;

	probe->timeline = count + 1;
	probe->epoch_timeline = count + 1;
	probe->history_count = count;
	for (j = 0; j < count; j++) {
		probe->history[j].timeline = j + 1;
		probe->history[j].end_lsn = j + 1;
	}
}

static void histories_set(struct vouch_evidence *e, uint32_t count)
{
	uint32_t i;

	e->own.mark_timeline = count + 1;
	for (i = 0; i < e->node_count; i++)
		history_set(&e->nodes[i].probe, count);
}

/* A history is followed to the end of its room; but a promotion needs one place
 * more (P6-S2). */
static void a_full_history_is_not_promoted(void **state)
{
	struct vouch_evidence *e = evidence_of(case_find("fenced-in-sync"));
	uint32_t i = 0;

	(void)state;
	histories_set(e, VOUCH_HISTORY_MAX - 1);
	vouch__decide(e, &verdict);
	assert_int_equal(verdict.permitted, 1);
	histories_set(e, VOUCH_HISTORY_MAX);
	assert_true(form_holds(e));
	assert_int_equal(verdict.permitted, 0);
	assert_int_equal(verdict.deciding_rule, VOUCH_RULE_LINEAGE);
	while (i < verdict.finding_count &&
	       verdict.findings[i].reason != VOUCH_R_LINEAGE_FULL)
		i++;
	assert_true(i < verdict.finding_count);
	assert_int_equal(verdict.findings[i].node, e->request.candidate);
	/* Of another's, which went on to one timeline more, nothing is wanted. */
	histories_set(e, VOUCH_HISTORY_MAX - 1);
	history_set(&e->nodes[2].probe, VOUCH_HISTORY_MAX);
	assert_true(form_holds(e));
	assert_int_not_equal(e->request.candidate, 2);
	assert_int_equal(count_found(VOUCH_RULE_LINEAGE, VOUCH_R_LINEAGE_FULL),
			 0);
	free(e);
}

/* One more than there is room for is refused before anybody reads it: it stands
 * behind the list (tests/mutants runs this with guards). */
static void one_too_many_is_not_read(void **state)
{
	struct vouch_evidence *e = evidence_of(case_find("fenced-in-sync"));
	uint32_t *counts[] = { &e->node_count,	    &e->before.member_count,
			       &e->grant_count,	    &e->after.member_count,
			       &e->contract_count,  &e->admission_count,
			       &e->assertion_count, &e->fencing.count };
	uint32_t i;

	(void)state;
	everything_fill(e);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		++*counts[i];
		assert_false(form_holds(e));
		--*counts[i];
	}
	e->offer.contract.member_count++;
	assert_false(form_holds(e));
	e->offer.contract.member_count--;
	assert_true(form_holds(e));
	free(e);
}

/* Without a cluster each of as many nodes as there may be is judged for what it
 * may have acknowledged unseen, and nobody behind the last (rule 570, P6-S1). */
static void the_last_node_may_have_acknowledged(void **state)
{
	struct vouch_evidence *e =
		evidence_of(case_find("sealed-without-cluster"));
	uint32_t i;

	(void)state;
	nodes_fill(e);
	for (i = 2; i < VOUCH_NODES_MAX; i++)
		e->nodes[i].probe.condition = VOUCH_ABSENT;
	assert_true(form_holds(e));
	assert_false(verdict.permitted);
	assert_int_equal(count_found(VOUCH_RULE_UNSEEN, VOUCH_R_UNSEEN_OPEN),
			 VOUCH_NODES_MAX - 2);
	free(e);
}

static void one_node_alone_is_taken(void **state)
{
	struct vouch_evidence *e = evidence_of(case_find("fenced-in-sync"));

	(void)state;
	e->node_count = 1;
	e->request.candidate = 0;
	e->grant_count = e->contract_count = e->admission_count = 0;
	memset(&e->offer, 0, sizeof(e->offer));
	e->fencing.count = 0;
	e->fencing.snapshot = VOUCH_ABSENT;
	assert_true(form_holds(e));
	e->node_count = 0;
	assert_false(form_holds(e));
	free(e);
}

/* Two nodes of one name, whatever stands behind its end. */
static void what_follows_a_name_does_not_tell_it_apart(void **state)
{
	struct vouch_evidence *e = evidence_of(case_find("fenced-in-sync"));

	(void)state;
	memset(e->nodes[0].name, 'x', VOUCH_NAME_SIZE);
	memcpy(e->nodes[0].name, "n2", 3);
	assert_false(form_holds(e));
	memcpy(e->nodes[0].name, "n1", 3);
	assert_true(form_holds(e));
	memcpy(e->nodes[2].name, "n2", 3); /* neither of them the first */
	assert_false(form_holds(e));
	memcpy(e->nodes[2].name, "n3", 3);
	/* ... and a text that is empty is one, whatever stands there. */
	memcpy(e->nodes[0].name, "n1", 3);
	memset(e->nodes[0].probe.incarnation, 'x', VOUCH_NAME_SIZE);
	e->nodes[0].probe.incarnation[0] = '\0';
	assert_true(form_holds(e));
	free(e);
}

static void a_number_twice_is_seen_in_any_order(void **state)
{
	static const uint32_t numbers[][3] = {
		{ 3, 1, 3 }, { 3, 3, 1 }, { 1, 3, 3 }, { 2, 1, 2 }
	};
	struct vouch_evidence *e = evidence_of(case_find("fenced-in-sync"));
	uint32_t i, j;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		for (j = 0; j < 3; j++)
			e->nodes[j].cluster_id = numbers[i][j];
		assert_false(form_holds(e));
	}
	for (j = 0; j < 3; j++)
		e->nodes[j].cluster_id = 3 - j;
	assert_true(form_holds(e));
	/* 0 is no number: nobody is told apart by it. */
	e->nodes[0].cluster_id = e->nodes[2].cluster_id = 0;
	assert_true(form_holds(e));
	free(e);
}

static void a_serial_twice_is_seen_in_any_order(void **state)
{
	static const uint64_t serials[][3] = {
		{ 7, 5, 7 }, { 7, 7, 5 }, { 5, 7, 7 }, { 7, 5, 5 }
	};
	struct vouch_evidence *e = evidence_of(case_find("fenced-in-sync"));
	uint32_t i, j;

	(void)state;
	e->contract_count = e->admission_count = 3;
	for (j = 0; j < 3; j++) {
		e->contracts[j] = e->contracts[0];
		e->admissions[j] = e->admissions[0];
	}
	for (i = 0; i < 2 * sizeof(serials) / sizeof(serials[0]); i++) {
		for (j = 0; j < 3; j++) {
			e->contracts[j].serial = i % 2 ? j + 1 : serials[i / 2][j];
			e->admissions[j].serial = i % 2 ? serials[i / 2][j] : 3 - j;
		}
		assert_false(form_holds(e));
	}
	for (j = 0; j < 3; j++) {
		e->contracts[j].serial = 3 - j;
		e->admissions[j].serial = (j + 1) % 3 + 1;
	}
	assert_true(form_holds(e));
	free(e);
}

static void an_offer_of_an_unknown_method_is_none(void **state)
{
	struct vouch_evidence *e = evidence_of(case_find("fenced-in-sync"));

	(void)state;
	memset(&e->offer, 0, sizeof(e->offer));
	assert_true(form_holds(e));
	e->offer.contract.method = (enum vouch_method)7;
	assert_false(form_holds(e));
	/* One that asks for somebody is there. */
	e->offer.contract.method = VOUCH_METHOD_UNKNOWN;
	e->offer.contract.k = 1;
	assert_false(form_holds(e));
	free(e);
}

/* Every place but the last is for what was found; the last one says "too many". */
static void each_place_of_the_list_is_used(void **state)
{
	struct vouch_scratch scratch;
	uint32_t i;

	(void)state;
	memset(&scratch, 0, sizeof(scratch));
	scratch.verdict = &verdict;
	verdict.finding_count = 0;
	for (i = 1; i < VOUCH_FINDINGS_MAX; i++) {
		(void)vouch__find(&scratch, VOUCH_HOLDS, VOUCH_R_FORM_OK, 0);
		assert_int_equal(verdict.finding_count, i);
		assert_int_equal(verdict.findings[i - 1].reason, VOUCH_R_FORM_OK);
		assert_false(scratch.unproven);
	}
	(void)vouch__find(&scratch, VOUCH_HOLDS, VOUCH_R_FORM_OK, 0);
	assert_int_equal(verdict.finding_count, VOUCH_FINDINGS_MAX);
	assert_true(scratch.unproven);
}

static void a_name_is_not_read_beyond_its_room(void **state)
{
	char a[VOUCH_NAME_SIZE + 1], b[VOUCH_NAME_SIZE + 1];

	(void)state;
	memset(a, 'x', sizeof(a));
	memset(b, 'x', sizeof(b));
	a[VOUCH_NAME_SIZE] = b[VOUCH_NAME_SIZE] = '\0';
	assert_false(vouch__name_equal(a, b));
}

static void what_counts_the_states_is_none(void **state)
{
	(void)state;
	assert_int_equal(vouch__transition_check(VOUCH_STATE_COUNT,
						 VOUCH_STATE_STEADY),
			 VOUCH_STEP_NO_STATE);
	assert_int_equal(vouch__transition_check(VOUCH_STATE_COUNT,
						 VOUCH_STATE_COUNT),
			 VOUCH_STEP_NO_STATE);
}

/* As many grants as can be kept, and the log lacks something of each: all are
 * said, and the one below them is still one that nobody knows. */
static void every_grant_may_lack_something(void **state)
{
	struct vouch_evidence *e = evidence_of(case_find("fenced-in-sync"));
	uint64_t lowest;
	uint32_t i;

	(void)state;
	e->grant_count = VOUCH_GRANTS_MAX;
	for (i = 0; i < VOUCH_GRANTS_MAX; i++) {
		e->grants[i] = e->grants[0];
		e->grants[i].contract.k = 0;
	}
	for (lowest = 2; lowest <= 3; lowest++) {
		for (i = 0; i < VOUCH_GRANTS_MAX; i++)
			e->grants[i].epoch = lowest + i;
		assert_true(form_holds(e));
		assert_false(verdict.permitted);
		assert_int_equal(count_found(VOUCH_RULE_GRANTS_SATISFIED,
					     VOUCH_R_GRANT_UNSATISFIED),
				 VOUCH_GRANTS_MAX);
		/* The candidate's log has the row of epoch 1. */
		assert_int_equal(count_found(VOUCH_RULE_GRANTS_SATISFIED,
					     VOUCH_R_HOLDER_UNKNOWN),
				 lowest - 2);
	}
	free(e);
}

/* Only operations that are known to leave a server as it is say that it is. */
static void an_operation_without_a_name_says_nothing(void **state)
{
	struct vouch_evidence *e =
		evidence_of(case_find("third-node-silent-but-monitored"));

	(void)state;
	assert_true(form_holds(e));
	assert_int_equal(count_found(VOUCH_RULE_OTHERS, VOUCH_R_OTHER_UNKNOWN),
			 0);
	e->nodes[2].operations.last = (enum vouch_operation)99;
	assert_true(form_holds(e));
	assert_int_equal(count_found(VOUCH_RULE_OTHERS, VOUCH_R_OTHER_UNKNOWN),
			 1);
	assert_false(verdict.permitted);
	free(e);
}

/* What is said again is copied up to the end of the room, whatever it claims. */
static void what_is_said_again_ends_with_its_room(void **state)
{
	struct vouch_finding said, again;

	(void)state;
	memset(&said, 0, sizeof(said));
	memset(&again, 0, sizeof(again));
	said.used_count = VOUCH_USED_MAX + 1;
	vouch__find_again(&again, &said);
	assert_int_equal(again.used_count, VOUCH_USED_MAX);
	/* ... and so does what is said at first. */
	vouch__cite(&again, VOUCH_C_PROBE, 0, 1);
	assert_int_equal(again.used_count, VOUCH_USED_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_full_is_taken),
		cmocka_unit_test(a_full_history_is_not_promoted),
		cmocka_unit_test(one_too_many_is_not_read),
		cmocka_unit_test(the_last_node_may_have_acknowledged),
		cmocka_unit_test(one_node_alone_is_taken),
		cmocka_unit_test(what_follows_a_name_does_not_tell_it_apart),
		cmocka_unit_test(a_number_twice_is_seen_in_any_order),
		cmocka_unit_test(a_serial_twice_is_seen_in_any_order),
		cmocka_unit_test(an_offer_of_an_unknown_method_is_none),
		cmocka_unit_test(each_place_of_the_list_is_used),
		cmocka_unit_test(a_name_is_not_read_beyond_its_room),
		cmocka_unit_test(what_counts_the_states_is_none),
		cmocka_unit_test(every_grant_may_lack_something),
		cmocka_unit_test(an_operation_without_a_name_says_nothing),
		cmocka_unit_test(what_is_said_again_ends_with_its_room),
	};

	return cmocka_run_group_tests(tests, cases_load, cases_free);
}
