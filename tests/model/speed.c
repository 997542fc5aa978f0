/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many decisions a second, the evidence being there already, and how that
 * grows with the number of nodes. Prints figures and ratios; judges nothing.
 * `speed NODES ROUNDS` only decides, for somebody who counts instructions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/decide.h"
#include "tests/model/events.h"
#include "tests/model/world.h"

static struct vouch_evidence evidence;
static struct vouch_verdict verdict;

/* Five nodes, the primary powered off and fenced; n2 is asked. */
static void evidence_begin(void)
{
	static const struct event events[] = {
		{ EV_FENCE, 0, 1, 0 }, { EV_KINDS, 0, 0, 0 }
	};
	static struct world world;
	struct seen seen;
	int i;

	world_begin(&world, 5, 2, VOUCH_METHOD_ANY, 1, 0);
	for (i = 0; events[i].kind != EV_KINDS; i++)
		(void)event_apply(&world, events[i]);
	observe_all(&world, &seen, 1, 0);
	observe_evidence(&world, &seen, &evidence);
}

/* As many nodes, all like the third. */
static void evidence_grow(uint32_t nodes)
{
	struct vouch_contract contract = { VOUCH_METHOD_ANY, nodes / 2, 0, { 0 } };
	uint32_t i;

	for (i = 1; i < nodes; i++)
		contract.members[contract.member_count++] = (uint8_t)i;
	for (i = 5; i < nodes; i++) {
		struct vouch_node *node = &evidence.nodes[i];
		struct vouch_admission *admission =
			&evidence.admissions[evidence.admission_count++];

		*node = evidence.nodes[2];
		(void)snprintf(node->name, sizeof(node->name), "n%u", i + 1);
		node->cluster_id = i + 1;
		(void)snprintf(node->probe.incarnation,
			       sizeof(node->probe.incarnation), "i%u", i);
		admission->serial = 1000 + i;
		admission->node = (uint8_t)i;
		memcpy(admission->incarnation, node->probe.incarnation,
		       sizeof(admission->incarnation));
		evidence.before.members[evidence.before.member_count++] = i + 1;
		evidence.after.members[evidence.after.member_count++] = i + 1;
	}
	evidence.node_count = nodes;
	for (i = 0; i < evidence.contract_count; i++)
		evidence.contracts[i].contract = contract;
	for (i = 0; i < evidence.grant_count; i++)
		evidence.grants[i].contract = contract;
	evidence.offer.contract = contract;
	evidence.offer.contract.members[0] = 0; /* n1 for n2 */
}

static double decisions_per_second(uint32_t rounds)
{
	struct timespec begin, end;
	uint32_t i;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	for (i = 0; i < rounds; i++)
		vouch__decide(&evidence, &verdict);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	return rounds / ((double)(end.tv_sec - begin.tv_sec) +
			 (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
}

static int decide_only(uint32_t nodes, uint32_t rounds)
{
	if (nodes < 5 || nodes > VOUCH_NODES_MAX || rounds == 0) {
		fprintf(stderr, "usage: speed [NODES ROUNDS]\n");
		return 2;
	}
	evidence_begin();
	evidence_grow(nodes);
	while (rounds--)
		vouch__decide(&evidence, &verdict);
	return verdict.permitted == 1 ? 0 : 1;
}

int main(int argc, char **argv)
{
	static const uint32_t sizes[] = { 5, 8, 16, 32, 64 };
	double five = 0;
	uint32_t i, permits = 0;

	if (argc > 1)
		return decide_only((uint32_t)strtoul(argv[1], 0, 10),
				   argc > 2 ? (uint32_t)strtoul(argv[2], 0, 10) :
					      0);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		double rate;

		evidence_begin();
		evidence_grow(sizes[i]);
		(void)decisions_per_second(20000);
		rate = decisions_per_second(sizes[i] > 16 ? 50000 : 500000);
		if (i == 0)
			five = rate;
		permits += verdict.permitted == 1;
		printf("%2u nodes: %8.0f decisions per second, %.2f of the cost "
		       "per node at 5\n",
		       sizes[i], rate, five / rate * 5 / sizes[i]);
	}
	if (permits != i) {
		fprintf(stderr, "speed: not every decision was the permit that "
				"it should be (rule %u)\n",
			verdict.deciding_rule);
		return 1;
	}
	return 0;
}
