/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the kernel, and holds its answer against what is true and what was
 * provable. */
#include "tests/model/world.h"

#include "kernel/decide.h"

struct tally tally;
enum wrong judge_wrong;

enum wrong judge(const struct world *world, const struct seen *seen, int *permitted)
{
	static struct vouch_evidence evidence;
	static struct vouch_verdict verdict;
	enum wrong wrong = WRONG_NOTHING;
	uint16_t missing;
	int proven;

	observe_evidence(world, seen, &evidence);
	vouch__decide(&evidence, &verdict);
	*permitted = verdict.permitted == 1;
	tally.decisions++;
	tally.permits += verdict.permitted == 1;
	tally.by_rule[verdict.deciding_rule % 1000]++;
	if (*permitted && !world->lied)
		wrong = oracle_promotion(world, seen->candidate,
					 seen->at_once);
	if (wrong == WRONG_NOTHING) {
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
