/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel makes of memory that no document could have put there, and of
 * the rule table itself. Nothing may crash it, and nothing of this permits. */
#include "tests/unit/evidence_fixture.h"

#include "kernel/rules.h"

static struct vouch_verdict verdict;

static uint16_t deciding_rule(const struct vouch_evidence *evidence)
{
	memset(&verdict, 0xa5, sizeof(verdict));
	vouch__decide(evidence, &verdict);
	assert_int_not_equal(verdict.permitted, 1);
	return verdict.deciding_rule;
}

static void bytes_of_one_kind_veto(void **state)
{
	struct vouch_evidence *evidence = evidence_new();
	int byte;

	(void)state;
	for (byte = 0; byte < 256; byte++) {
		memset(evidence, byte, sizeof(*evidence));
		assert_int_equal(deciding_rule(evidence), VOUCH_RULE_FORM);
	}
	free(evidence);
}

/* Each word of a good case in turn becomes all ones: an index, a count or a
 * value of an enumeration that is none. */
static void one_wild_word_never_crashes(void **state)
{
	struct vouch_evidence *evidence =
		evidence_of(case_find("fenced-in-sync"));
	uint32_t *words = (uint32_t *)(void *)evidence;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(*evidence) / sizeof(*words); i++) {
		uint32_t was = words[i];

		words[i] = UINT32_MAX;
		vouch__decide(evidence, &verdict);
		words[i] = was;
	}
	vouch__decide(evidence, &verdict);
	assert_int_equal(verdict.permitted, 1);
	free(evidence);
}

static void verdict_is_filled_whatever_it_held(void **state)
{
	struct vouch_evidence *evidence =
		evidence_of(case_find("fenced-in-sync"));
	static struct vouch_verdict other;

	(void)state;
	memset(&verdict, 0xff, sizeof(verdict));
	memset(&other, 0, sizeof(other));
	vouch__decide(evidence, &verdict);
	vouch__decide(evidence, &other);
	assert_int_equal(verdict.permitted, other.permitted);
	assert_int_equal(verdict.epoch, other.epoch);
	assert_int_equal(verdict.deciding_rule, other.deciding_rule);
	assert_int_equal(verdict.finding_count, other.finding_count);
	free(evidence);
}

enum change {
	FORMAT,
	NO_NODES,
	NODES_TOO_MANY,
	NAME_WITHOUT_END,
	NAME_EMPTY,
	NAME_TWICE,
	NUMBER_TWICE,
	INCARNATION_WITHOUT_END,
	HISTORY_TOO_LONG,
	CANDIDATE_NOBODY,
	ID_WITHOUT_END,
	REASON_WITHOUT_END,
	MEMBERS_TOO_MANY,
	MEMBERS_NOT_ASCENDING,
	DC_WITHOUT_END,
	AFTER_TOO_MANY,
	GRANTS_TOO_MANY,
	CONTRACTS_TOO_MANY,
	ADMISSIONS_TOO_MANY,
	GRANT_EPOCH_ZERO,
	GRANT_EPOCH_LAST,
	GRANT_HOLDER_NOBODY,
	GRANT_SOURCE_UNKNOWN,
	GRANT_INCARNATION_WITHOUT_END,
	GRANT_METHOD_UNKNOWN,
	CONTRACT_MEMBERS_TOO_MANY,
	CONTRACT_K_TOO_LARGE,
	CONTRACT_MEMBER_NOBODY,
	CONTRACT_MEMBER_TWICE,
	CONTRACT_EPOCH_ZERO,
	CONTRACT_SERIAL_ZERO,
	ADMISSION_SERIAL_ZERO,
	ADMISSION_NOBODY,
	ADMISSION_WITHOUT_END,
	FENCINGS_TOO_MANY,
	ASSERTIONS_TOO_MANY,
	SNAPSHOT_OF_NOBODY,
	FENCING_OF_NOBODY,
	FENCING_ORIGIN_WITHOUT_END,
	ASSERTION_OF_NOBODY,
	SEAL_OF_NOBODY,
	SEAL_WITHOUT_END,
	MANAGER_UNKNOWN,
	CHANGES
};

#define WITHOUT_END(text) memset((text), 'x', sizeof(text))

static void form_spoil(struct vouch_evidence *e, enum change change)
{
	struct vouch_contract *contract = &e->contracts[0].contract;

	switch (change) {
	case FORMAT: e->format = 2; break;
	case NO_NODES: e->node_count = 0; break;
	case NODES_TOO_MANY: e->node_count = VOUCH_NODES_MAX + 1; break;
	case NAME_WITHOUT_END: WITHOUT_END(e->nodes[0].name); break;
	case NAME_EMPTY: e->nodes[0].name[0] = '\0'; break;
	case NAME_TWICE: memcpy(e->nodes[0].name, "n2", 3); break;
	case NUMBER_TWICE: e->nodes[0].cluster_id = 2; break;
	case INCARNATION_WITHOUT_END:
		WITHOUT_END(e->nodes[2].probe.incarnation);
		break;
	case HISTORY_TOO_LONG:
		e->nodes[2].probe.history_count = VOUCH_HISTORY_MAX + 1;
		break;
	case CANDIDATE_NOBODY: e->request.candidate = 3; break;
	case ID_WITHOUT_END: WITHOUT_END(e->request.id); break;
	case REASON_WITHOUT_END: WITHOUT_END(e->request.reason); break;
	case MEMBERS_TOO_MANY:
		e->before.member_count = VOUCH_NODES_MAX + 1;
		break;
	case MEMBERS_NOT_ASCENDING: e->before.members[0] = 3; break;
	case DC_WITHOUT_END: WITHOUT_END(e->before.dc); break;
	case AFTER_TOO_MANY: e->after.member_count = UINT32_MAX; break;
	case GRANTS_TOO_MANY: e->grant_count = VOUCH_GRANTS_MAX + 1; break;
	case CONTRACTS_TOO_MANY:
		e->contract_count = VOUCH_CONTRACTS_MAX + 1;
		break;
	case ADMISSIONS_TOO_MANY:
		e->admission_count = VOUCH_ADMISSIONS_MAX + 1;
		break;
	case GRANT_EPOCH_ZERO: e->grants[0].epoch = 0; break;
	/* The one after it would be zero. */
	case GRANT_EPOCH_LAST: e->grants[0].epoch = UINT64_MAX; break;
	case GRANT_HOLDER_NOBODY: e->grants[0].holder = 3; break;
	case GRANT_SOURCE_UNKNOWN:
		e->grants[0].source = VOUCH_SOURCE_UNKNOWN;
		break;
	case GRANT_INCARNATION_WITHOUT_END:
		WITHOUT_END(e->grants[0].incarnation);
		break;
	case GRANT_METHOD_UNKNOWN:
		e->grants[0].contract.method = VOUCH_METHOD_UNKNOWN;
		break;
	case CONTRACT_MEMBERS_TOO_MANY:
		contract->member_count = VOUCH_NODES_MAX + 1;
		break;
	case CONTRACT_K_TOO_LARGE:
		contract->k = contract->member_count + 1;
		break;
	case CONTRACT_MEMBER_NOBODY: contract->members[1] = 3; break;
	case CONTRACT_MEMBER_TWICE:
		contract->members[1] = contract->members[0];
		break;
	case CONTRACT_EPOCH_ZERO: e->contracts[0].epoch = 0; break;
	case CONTRACT_SERIAL_ZERO: e->contracts[0].serial = 0; break;
	case ADMISSION_SERIAL_ZERO: e->admissions[0].serial = 0; break;
	case ADMISSION_NOBODY: e->admissions[0].node = 3; break;
	case ADMISSION_WITHOUT_END:
		WITHOUT_END(e->admissions[0].incarnation);
		break;
	case FENCINGS_TOO_MANY: e->fencing.count = VOUCH_FENCINGS_MAX + 1; break;
	case ASSERTIONS_TOO_MANY:
		e->assertion_count = VOUCH_ASSERTIONS_MAX + 1;
		break;
	case SNAPSHOT_OF_NOBODY:
		e->fencing.snapshot_holder = VOUCH_NO_NODE;
		break;
	case FENCING_OF_NOBODY: e->fencing.entries[0].node = 3; break;
	case FENCING_ORIGIN_WITHOUT_END:
		WITHOUT_END(e->fencing.entries[0].origin);
		break;
	case ASSERTION_OF_NOBODY:
		e->assertion_count = 1;
		e->assertions[0].node = VOUCH_NO_NODE;
		break;
	case SEAL_OF_NOBODY: e->seal.condition = VOUCH_PRESENT; break;
	case SEAL_WITHOUT_END:
		e->seal.condition = VOUCH_PRESENT;
		e->seal.node = 0;
		WITHOUT_END(e->seal.incarnation);
		break;
	case MANAGER_UNKNOWN: e->manager = (enum vouch_manager)3; break;
	case CHANGES: break;
	}
}

static void bad_form_vetoes_and_stops(void **state)
{
	int change;

	(void)state;
	for (change = 0; change < CHANGES; change++) {
		struct vouch_evidence *evidence =
			evidence_of(case_find("fenced-in-sync"));

		form_spoil(evidence, (enum change)change);
		if (deciding_rule(evidence) != VOUCH_RULE_FORM)
			fail_msg("change %d: rule %u", change,
				 verdict.deciding_rule);
		/* No other rule may look at it. */
		assert_int_equal(verdict.finding_count, 1);
		free(evidence);
	}
}

static void name_longer_than_a_name_equals_nothing(void **state)
{
	char a[VOUCH_NAME_SIZE], b[VOUCH_NAME_SIZE];

	(void)state;
	WITHOUT_END(a);
	WITHOUT_END(b);
	assert_false(vouch__name_equal(a, b));
	a[VOUCH_NAME_SIZE - 1] = b[VOUCH_NAME_SIZE - 1] = '\0';
	assert_true(vouch__name_equal(a, b));
}

/* A node that every rule objects to. */
static void node_spoil(struct vouch_node *node, uint32_t number)
{
	(void)snprintf(node->name, VOUCH_NAME_SIZE, "n%u", number);
	node->cluster_id = number;
	node->node_class = VOUCH_CLASS_REMOTE;
	node->probe.condition = VOUCH_PRESENT;
	node->probe.in_recovery = VOUCH_NO;
	node->probe.promoting = VOUCH_YES;
	node->probe.system_id = 1;
	node->probe.timeline = 9;
	node->probe.order = 0;
	node->probe.epoch = 7;
}

/* Thirty-two open grants, and sixty-one other nodes that are of no use. */
static struct vouch_evidence *crowd(void)
{
	struct vouch_evidence *e = evidence_of(case_find("fenced-in-sync"));
	uint32_t i;

	e->grant_count = VOUCH_GRANTS_MAX;
	for (i = 0; i < VOUCH_GRANTS_MAX; i++) {
		e->grants[i] = e->grants[0];
		/* From 2: the list of holders is full before epoch 1. */
		e->grants[i].epoch = i + 2;
		e->grants[i].source = VOUCH_SOURCE_CLUSTER;
		e->grants[i].outcome = VOUCH_GRANT_OPEN;
	}
	e->node_count = VOUCH_NODES_MAX;
	for (i = 3; i < VOUCH_NODES_MAX; i++) {
		e->nodes[i] = e->nodes[2];
		node_spoil(&e->nodes[i], i + 1);
	}
	return e;
}

/* As many objections as can be thought of. */
static void a_crowded_verdict_has_room(void **state)
{
	struct vouch_evidence *e = crowd();

	(void)state;
	(void)deciding_rule(e);
	print_message("# %u findings\n", verdict.finding_count);
	assert_in_range(verdict.finding_count, 1, VOUCH_FINDINGS_MAX - 1);
	free(e);
}

/* More of them than a verdict has room for: nothing that comes after the list is
 * full can hold, and the last place says why the rest is missing (P6-F1). */
static void a_full_verdict_vetoes(void **state)
{
	struct vouch_evidence *e = crowd();
	uint32_t i;

	(void)state;
	node_spoil(&e->nodes[0], 1);
	node_spoil(&e->nodes[2], 3);
	e->contract_count = VOUCH_CONTRACTS_MAX;
	for (i = 1; i < VOUCH_CONTRACTS_MAX; i++) {
		e->contracts[i] = e->contracts[0];
		e->contracts[i].serial = i + 1;
		e->contracts[i].phase = VOUCH_PHASE_ANNOUNCED;
		e->contracts[i].pinned = VOUCH_NO;
	}
	assert_int_equal(deciding_rule(e), VOUCH_RULE_CLASS);
	assert_false(verdict.permitted);
	assert_int_equal(verdict.finding_count, VOUCH_FINDINGS_MAX);
	assert_int_equal(verdict.findings[VOUCH_FINDINGS_MAX - 1].reason,
			 VOUCH_R_TOO_MANY);
	assert_int_equal(verdict.findings[VOUCH_FINDINGS_MAX - 1].outcome,
			 VOUCH_UNPROVEN);
	free(e);
}

/* A verdict that ran out of room must not look as if all was said. */
static void full_list_says_so(void **state)
{
	struct vouch_scratch scratch;
	struct vouch_finding *finding = NULL;
	int i;

	(void)state;
	memset(&scratch, 0, sizeof(scratch));
	scratch.verdict = &verdict;
	verdict.finding_count = 0;
	for (i = 0; i < VOUCH_FINDINGS_MAX + 5; i++)
		finding = vouch__find(&scratch, VOUCH_HOLDS, VOUCH_R_FORM_OK, 0);
	assert_int_equal(verdict.finding_count, VOUCH_FINDINGS_MAX);
	assert_ptr_equal(finding, &verdict.findings[VOUCH_FINDINGS_MAX - 1]);
	assert_int_equal(finding->outcome, VOUCH_UNPROVEN);
	assert_int_equal(finding->reason, VOUCH_R_TOO_MANY);
	for (i = 0; i < VOUCH_USED_MAX + 5; i++)
		vouch__cite(finding, VOUCH_C_K, VOUCH_NO_NODE, 1);
	assert_int_equal(finding->used_count, VOUCH_USED_MAX);
}

static void rules_ascend_and_serve_an_invariant(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < vouch__rule_count; i++) {
		const struct vouch_rule *rule = &vouch__rules[i];

		assert_true(i == 0 || rule->id > vouch__rules[i - 1].id);
		assert_int_equal(strncmp(rule->invariant, "P6-", 3), 0);
		assert_true(rule->name[0] != '\0' && rule->requires[0] != '\0');
		assert_ptr_equal(vouch__rule_find((uint16_t)rule->id), rule);
	}
	assert_null(vouch__rule_find(0));
	assert_null(vouch__rule_find(UINT16_MAX));
}

/* What every other rule relies on is never one way among others (P6-F1). */
static void the_form_is_required(void **state)
{
	(void)state;
	assert_int_equal(vouch__rules[0].id, VOUCH_RULE_FORM);
	assert_int_equal(vouch__rules[0].kind, VOUCH_RULE_REQUIRED);
}

/* Each required rule decides some case: a rule that nothing tests is no rule. */
static void every_required_rule_vetoes_some_case(void **state)
{
	uint8_t decided[65536 / 8] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < case_count; i++) {
		struct vouch_evidence *evidence = evidence_of(&cases[i]);

		vouch__decide(evidence, &verdict);
		decided[verdict.deciding_rule / 8] |=
			(uint8_t)(1u << verdict.deciding_rule % 8);
		free(evidence);
	}
	for (i = 0; i < vouch__rule_count; i++) {
		unsigned int id = vouch__rules[i].id;

		if (vouch__rules[i].kind == VOUCH_RULE_REQUIRED &&
		    !(decided[id / 8] & 1u << id % 8))
			fail_msg("no case is vetoed by rule %u", id);
	}
}

/* vouch__decide calls them one by one: none is left out, none comes too early,
 * and the row says truly whether it must hold. */
static void the_rows_are_examined_in_their_order(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < case_count; i++) {
		struct vouch_evidence *evidence = evidence_of(&cases[i]);
		uint32_t row = 0;
		int finding;

		vouch__decide(evidence, &verdict);
		free(evidence);
		if (verdict.deciding_rule != 0)
			assert_int_equal(
				vouch__rule_find(verdict.deciding_rule)->kind,
				VOUCH_RULE_REQUIRED);
		if (verdict.deciding_rule == VOUCH_RULE_FORM)
			continue;
		for (finding = 0; finding < verdict.finding_count; finding++) {
			uint16_t rule = verdict.findings[finding].rule;

			if (row > 0 && vouch__rules[row - 1].id == rule)
				continue;
			/* A route has nothing to say where nobody holds. */
			while (row < vouch__rule_count &&
			       vouch__rules[row].kind == VOUCH_RULE_ROUTE &&
			       vouch__rules[row].id != rule)
				row++;
			assert_true(row < vouch__rule_count);
			assert_int_equal(vouch__rules[row].id, rule);
			row++;
		}
		assert_int_equal(row, vouch__rule_count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_one_kind_veto),
		cmocka_unit_test(one_wild_word_never_crashes),
		cmocka_unit_test(verdict_is_filled_whatever_it_held),
		cmocka_unit_test(bad_form_vetoes_and_stops),
		cmocka_unit_test(name_longer_than_a_name_equals_nothing),
		cmocka_unit_test(a_crowded_verdict_has_room),
		cmocka_unit_test(a_full_verdict_vetoes),
		cmocka_unit_test(full_list_says_so),
		cmocka_unit_test(rules_ascend_and_serve_an_invariant),
		cmocka_unit_test(the_form_is_required),
		cmocka_unit_test(every_required_rule_vetoes_some_case),
		cmocka_unit_test(the_rows_are_examined_in_their_order),
	};

	return cmocka_run_group_tests(tests, cases_load, cases_free);
}
