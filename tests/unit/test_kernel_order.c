/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order in which facts stand in the evidence is no fact (P6-D1): every case
 * is decided with its lists turned round and with its nodes renumbered. */
#include "tests/unit/evidence_fixture.h"

static struct vouch_verdict verdict;

struct outcome {
	int permitted;
	uint16_t rule;
	int64_t epoch;
};

static struct outcome outcome_of(const struct vouch_evidence *evidence)
{
	struct outcome outcome;

	vouch__decide(evidence, &verdict);
	outcome.permitted = verdict.permitted;
	outcome.rule = verdict.deciding_rule;
	outcome.epoch = verdict.epoch;
	return outcome;
}

static void outcome_compare(const char *name, const char *what,
			    const struct vouch_evidence *evidence,
			    struct outcome expected)
{
	struct outcome now = outcome_of(evidence);

	if (now.permitted != expected.permitted || now.rule != expected.rule ||
	    now.epoch != expected.epoch)
		fail_msg("%s, %s: rule %u instead of %u", name, what, now.rule,
			 expected.rule);
}

static uint32_t random_next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void bytes_swap(char *a, char *b, size_t size)
{
	for (; size > 0; size--, a++, b++) {
		char c = *a;

		*a = *b;
		*b = c;
	}
}

static void list_shuffle(void *list, size_t size, uint32_t count, uint32_t *seed)
{
	uint32_t i;

	for (i = count; i > 1; i--)
		bytes_swap((char *)list + (i - 1) * size,
			   (char *)list + random_next(seed) % i * size, size);
}

static void records_shuffle(struct vouch_evidence *e, uint32_t *seed)
{
	list_shuffle(e->grants, sizeof(e->grants[0]), e->grant_count, seed);
	list_shuffle(e->contracts, sizeof(e->contracts[0]), e->contract_count,
		     seed);
	list_shuffle(e->admissions, sizeof(e->admissions[0]),
		     e->admission_count, seed);
	list_shuffle(e->assertions, sizeof(e->assertions[0]),
		     e->assertion_count, seed);
	list_shuffle(e->fencing.entries, sizeof(e->fencing.entries[0]),
		     e->fencing.count, seed);
}

static void records_may_stand_in_any_order(void **state)
{
	uint32_t seed = 1;
	size_t i;
	int j;

	(void)state;
	for (i = 0; i < case_count; i++) {
		struct vouch_evidence *evidence = evidence_of(&cases[i]);
		struct outcome expected = outcome_of(evidence);

		for (j = 0; j < 40; j++) {
			records_shuffle(evidence, &seed);
			outcome_compare(cases[i].name, "records shuffled",
					evidence, expected);
		}
		free(evidence);
	}
}

static uint8_t map(const uint8_t *to, uint8_t node)
{
	return node == VOUCH_NO_NODE ? node : to[node];
}

static void contract_renumber(struct vouch_contract *contract, const uint8_t *to)
{
	uint32_t i, j;

	for (i = 0; i < contract->member_count; i++)
		contract->members[i] = to[contract->members[i]];
	/* The list is ascending by its form. */
	for (i = 0; i < contract->member_count; i++) {
		for (j = i + 1; j < contract->member_count; j++) {
			if (contract->members[j] < contract->members[i])
				bytes_swap((char *)&contract->members[i],
					   (char *)&contract->members[j], 1);
		}
	}
}

static void nodes_renumber(struct vouch_evidence *e, const uint8_t *to)
{
	struct vouch_node *nodes = malloc(sizeof(e->nodes));
	uint32_t i;

	assert_non_null(nodes);
	memcpy(nodes, e->nodes, sizeof(e->nodes));
	for (i = 0; i < e->node_count; i++)
		e->nodes[to[i]] = nodes[i];
	free(nodes);
	e->request.candidate = map(to, e->request.candidate);
	e->seal.node = map(to, e->seal.node);
	e->fencing.snapshot_holder = map(to, e->fencing.snapshot_holder);
	for (i = 0; i < e->fencing.count; i++)
		e->fencing.entries[i].node = map(to, e->fencing.entries[i].node);
	for (i = 0; i < e->admission_count; i++)
		e->admissions[i].node = map(to, e->admissions[i].node);
	for (i = 0; i < e->assertion_count; i++)
		e->assertions[i].node = map(to, e->assertions[i].node);
	contract_renumber(&e->offer.contract, to);
	for (i = 0; i < e->contract_count; i++)
		contract_renumber(&e->contracts[i].contract, to);
	for (i = 0; i < e->grant_count; i++) {
		e->grants[i].holder = map(to, e->grants[i].holder);
		contract_renumber(&e->grants[i].contract, to);
	}
}

static void nodes_may_stand_in_any_order(void **state)
{
	static const uint8_t orders[][3] = {
		{ 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < case_count; i++) {
		struct vouch_evidence *evidence = evidence_of(&cases[i]);
		struct outcome expected = outcome_of(evidence);

		for (j = 0; j < sizeof(orders) / sizeof(orders[0]); j++) {
			if (evidence->node_count != 3)
				continue;
			nodes_renumber(evidence, orders[j]);
			outcome_compare(cases[i].name, "nodes renumbered",
					evidence, expected);
		}
		free(evidence);
	}
}

/* Names, numbers of nodes and moments mean nothing but which is which and what
 * came before what. */
static void observations_may_be_numbered_otherwise(void **state)
{
	size_t i;
	uint32_t j;

	(void)state;
	for (i = 0; i < case_count; i++) {
		struct vouch_evidence *e = evidence_of(&cases[i]);
		struct outcome expected = outcome_of(e);
		const uint64_t by = 1000;

		e->before.order *= by;
		e->after.order *= by;
		e->rows.order *= by;
		e->seal.order *= by;
		e->tail.order *= by;
		e->fencing.order *= by;
		for (j = 0; j < e->node_count; j++) {
			e->nodes[j].probe.order *= by;
			e->nodes[j].operations.order *= by;
			(void)snprintf(e->nodes[j].name, VOUCH_NAME_SIZE,
				       "other-%u", j);
		}
		outcome_compare(cases[i].name, "moments stretched", e, expected);
		free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_may_stand_in_any_order),
		cmocka_unit_test(nodes_may_stand_in_any_order),
		cmocka_unit_test(observations_may_be_numbered_otherwise),
	};

	return cmocka_run_group_tests(tests, cases_load, cases_free);
}
