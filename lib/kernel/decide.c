/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/decide.h"
#include "kernel/rules.h"

/* A rule holds when it said something and nothing it said is open. */
static int rule_is_proven(const struct vouch_scratch *scratch, uint32_t from)
{
	return scratch->verdict->finding_count > from && !scratch->unproven;
}

/* Member by member, because the structure is large and a decision is hot. */
static void scratch_begin(struct vouch_scratch *scratch,
			  const struct vouch_evidence *evidence,
			  struct vouch_verdict *verdict)
{
	scratch->evidence = evidence;
	scratch->verdict = verdict;
	scratch->candidate = 0;
	scratch->candidate_node = VOUCH_NO_NODE;
	scratch->rule = 0;
	scratch->unproven = 0;
	scratch->form_ok = 0;
	scratch->newest_epoch = 0;
	scratch->holders_known = 0;
	scratch->holder_count = 0;
	scratch->exclusion_order = 0;
	scratch->covered = 0;
	scratch->sealed_log = 0;
	scratch->same_holder = 0;
	scratch->coverage_best = 0;
	scratch->candidate_end = 0;
}

/* Everything that the rules after the first may index has been checked. */
static void scratch_derive(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;

	scratch->candidate_node = evidence->request.candidate;
	scratch->candidate = &evidence->nodes[evidence->request.candidate].probe;
	scratch->candidate_end = vouch__probe_end(scratch->candidate);
	scratch->newest_epoch = vouch__newest_epoch(evidence);
	vouch__branches_derive(scratch);
}

void vouch__decide(const struct vouch_evidence *evidence,
		   struct vouch_verdict *verdict)
{
	struct vouch_scratch scratch;
	uint32_t failed = 0;
	uint32_t i;

	verdict->permitted = 0;
	verdict->epoch = 0;
	verdict->deciding_rule = VOUCH_RULE_FORM;
	verdict->finding_count = 0;
	scratch_begin(&scratch, evidence, verdict);

	for (i = 0; i < vouch__rule_count; i++) {
		const struct vouch_rule *rule = &vouch__rules[i];
		uint32_t from = verdict->finding_count;

		scratch.rule = (uint16_t)rule->id;
		scratch.unproven = 0;
		rule->examine(&scratch);
		if (rule->kind == VOUCH_RULE_REQUIRED &&
		    !rule_is_proven(&scratch, from) && failed++ == 0)
			verdict->deciding_rule = (uint16_t)rule->id;
		if (rule->id == VOUCH_RULE_FORM) {
			/* Nothing else may look at evidence of bad form. */
			if (!scratch.form_ok)
				return;
			scratch_derive(&scratch);
		}
	}
	/* A full list has failed: at the latest in the last rule, which is a
	 * required one and then finds no room. */
	if (failed > 0)
		return;
	verdict->deciding_rule = 0;
	verdict->epoch = scratch.newest_epoch + 1;
	verdict->permitted = 1;
}
