/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the kernel, and holds its answer against what is true and what was
 * provable. */
#include "tests/model/world.h"

#include "kernel/decide.h"

struct tally tally;
enum wrong judge_wrong;
int judge_by_truth_alone;

/* A device, or a timer where the operator opted in. */
static int is_by_machine(const struct vouch_evidence *evidence,
			 const struct vouch_fencing *entry)
{
	return entry->executor == VOUCH_EXECUTOR_MACHINE ||
	       (entry->executor == VOUCH_EXECUTOR_WATCHDOG &&
		evidence->request.watchdog_accepted == VOUCH_YES);
}

/* A person's word is never shown as fencing (P6-A1a). */
static int calls_it_fencing(const struct vouch_evidence *evidence,
			    const struct vouch_verdict *verdict)
{
	uint32_t j;
	int i;

	for (i = 0; i < verdict->finding_count; i++) {
		const struct vouch_finding *finding = &verdict->findings[i];
		int machine = 0;

		if (finding->rule != 330 || finding->outcome != VOUCH_HOLDS)
			continue;
		for (j = 0; j < evidence->fencing.count; j++)
			machine |= evidence->fencing.entries[j].node ==
					   finding->node &&
				   is_by_machine(evidence,
						 &evidence->fencing.entries[j]);
		if (!machine)
			return 1;
	}
	return 0;
}

enum wrong judge(const struct world *world, const struct seen *seen, int *permitted)
{
	static struct vouch_evidence evidence;
	static struct vouch_verdict verdict;
	enum wrong wrong = WRONG_NOTHING;
	uint16_t missing;
	int proven, excused;

	observe_evidence(world, seen, &evidence);
	vouch__decide(&evidence, &verdict);
	*permitted = verdict.permitted == 1;
	tally.decisions++;
	tally.permits += verdict.permitted == 1;
	tally.by_rule[verdict.deciding_rule % 1000]++;
	/* What is no longer there cannot be promoted, whatever was permitted. */
	if (*permitted && !world->lied && !seen->lied_to &&
	    world->nodes[seen->candidate].server == SERVER_STANDBY)
		wrong = oracle_promotion(world, seen, &excused);
	if (wrong == WRONG_NOTHING && calls_it_fencing(&evidence, &verdict))
		wrong = WRONG_WORDS;
	if (wrong == WRONG_NOTHING && !judge_by_truth_alone) {
		proven = provable(&evidence, &missing);
		if (proven && !*permitted)
			wrong = WRONG_VETO;
		else if (!proven && *permitted)
			wrong = WRONG_PERMIT;
	}
	if (wrong != WRONG_NOTHING) {
		tally.wrong[wrong]++;
		if (judge_wrong == WRONG_NOTHING)
			judge_wrong = wrong;
	}
	return wrong;
}
