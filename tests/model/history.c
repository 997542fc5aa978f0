/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One history: what would be decided in it, and how it is shown when that was
 * wrong. */
#include "tests/model/explore.h"

#include <stdio.h>
#include <string.h>

#include "explain/phrase.h"
#include "kernel/decide.h"
#include "kernel/rules.h"

const char *const wrong_names[WRONG_KINDS] = {
	"nothing", "LOST: an acknowledged write is missing (P6-S1)",
	"TWO WRITERS (P6-A1)", "FALSE VETO: it was provable",
	"UNPROVEN PERMIT: proof.md does not allow it (P6-F1)",
	"A PERSON'S WORD CALLED FENCING (P6-A1a)"
};

/* Those who do not answer, and in truth cannot write. */
static uint8_t rightly_asserted(const struct world *world, uint8_t self)
{
	uint8_t asserted = 0, i;

	for (i = 0; i < world->node_count; i++) {
		const struct node *node = &world->nodes[i];

		if (i != self && (!node->power || node->server == SERVER_DOWN))
			asserted |= (uint8_t)(1u << i);
	}
	return asserted;
}

/* Would each standby be permitted, this very moment? */
void look(const struct world *world, int thorough)
{
	struct seen seen;
	uint8_t i, asserted;
	int permitted;

	for (i = 0; i < world->node_count && !world->over; i++) {
		if (!world->nodes[i].power ||
		    world->nodes[i].server != SERVER_STANDBY)
			continue;
		observe_all(world, &seen, i, 0);
		(void)judge(world, &seen, &permitted);
		asserted = rightly_asserted(world, i);
		if (!thorough || asserted == 0)
			continue;
		observe_all(world, &seen, i, asserted);
		(void)judge(world, &seen, &permitted);
	}
}

/* --- showing what went wrong ----------------------------------------------------------- */

static enum wrong history_run(const struct history *history, const uint8_t *left_out,
			      struct world *world)
{
	uint32_t i;

	*world = history->begin;
	judge_wrong = WRONG_NOTHING;
	for (i = 0; i < history->count; i++) {
		if (left_out[i] || !event_apply(world, history->events[i]))
			continue;
		if (judge_wrong == WRONG_NOTHING)
			look(world, 1);
		if (judge_wrong != WRONG_NOTHING)
			break;
	}
	return judge_wrong;
}

static void verdict_print(const struct world *world, const struct seen *seen)
{
	static struct vouch_evidence evidence;
	static struct vouch_verdict verdict;
	char text[VOUCH_PHRASE_SIZE];
	uint16_t missing;
	int i;

	observe_evidence(world, seen, &evidence);
	vouch__decide(&evidence, &verdict);
	printf("  asked: n%d, asserted down: %#x: %s, and proof.md %s (obligation %d)\n",
	       seen->candidate + 1, seen->asserted,
	       verdict.permitted == 1 ? "permit" : "veto",
	       provable(&evidence, &missing) ? "permits" : "does not", missing);
	for (i = 0; i < verdict.finding_count; i++) {
		const struct vouch_finding *finding = &verdict.findings[i];
		const struct vouch_rule *rule = vouch__rule_find(finding->rule);

		if (finding->outcome == VOUCH_NOT_USED ||
		    (verdict.permitted != 1 && finding->outcome == VOUCH_HOLDS))
			continue;
		vouch__phrase_reason(&evidence, finding, text);
		printf("    %d %s: %s\n", finding->rule, rule ? rule->name : "?",
		       text);
	}
}

static void world_print(const struct world *world)
{
	static const char *const servers[] = { "down", "standby", "primary" };
	uint8_t i, head;

	for (i = 0; i < world->node_count; i++) {
		const struct node *node = &world->nodes[i];

		printf("  n%d: %s, %s%s, incarnation %d, ring %d, SQL %d, log:", i + 1,
		       node->power ? "powered" : "no power",
		       servers[node->server],
		       node->server == SERVER_PRIMARY && node->grant == NOTHING ?
			       " by hand" :
			       "",
		       node->incarnation, node->ring_group, node->sql_group);
		for (head = node->head; head != 0;
		     head = world->records[head].parent) {
			const struct record *record = &world->records[head];

			printf(" %c%d.%d%s", "?wst"
					     "ecba"[record->kind],
			       record->timeline, record->lsn,
			       record->acked ? "!" : "");
		}
		printf("\n");
	}
}

void history_show(const struct history *history)
{
	static struct world world, before;
	uint8_t left_out[WALK] = { 0 };
	enum wrong wrong = history_run(history, left_out, &world);
	char text[256];
	uint32_t i, again = 1;
	struct seen seen;
	int permitted;

	if (wrong == WRONG_NOTHING) {
		printf("(it does not happen again)\n");
		return;
	}
	/* Without each event that it does not need. */
	while (again) {
		again = 0;
		for (i = history->count; i-- > 0;) {
			if (left_out[i])
				continue;
			left_out[i] = 1;
			if (history_run(history, left_out, &world) == wrong)
				again = 1;
			else
				left_out[i] = 0;
		}
	}
	printf("%s\n%d nodes, k = %d, method %d, %s; n1 is primary\n",
	       wrong_names[wrong], history->begin.node_count,
	       history->begin.config, history->begin.method,
	       history->begin.managed ? "Pacemaker" : "no cluster manager");
	world = history->begin;
	judge_wrong = WRONG_NOTHING;
	for (i = 0; i < history->count && judge_wrong == WRONG_NOTHING; i++) {
		if (left_out[i])
			continue;
		before = world;
		if (!event_apply(&world, history->events[i]))
			continue;
		event_print(&world, history->events[i], text, sizeof(text));
		printf("  %s\n", text);
		if (judge_wrong == WRONG_NOTHING)
			look(&world, 1);
		else if (world_attempt_of(&before, history->events[i].node)) {
			seen = world_attempt_of(&before, history->events[i].node)->seen;
			if (world_attempt_of(&before, history->events[i].node)->step ==
			    ATTEMPT_OTHERS) {
				observe_end(&before, &seen);
				world = before;
				verdict_print(&before, &seen);
			}
		}
	}
	world_print(&world);
	for (i = 0; i < world.node_count; i++) {
		uint8_t asserted = rightly_asserted(&world, (uint8_t)i);
		int twice;

		if (!world.nodes[i].power ||
		    world.nodes[i].server != SERVER_STANDBY)
			continue;
		for (twice = 0; twice < 2; twice++) {
			observe_all(&world, &seen, (uint8_t)i, twice ? asserted : 0);
			if (judge(&world, &seen, &permitted) == wrong) {
				verdict_print(&world, &seen);
				return;
			}
		}
	}
}
