/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/rules.h"

const struct vouch_rule vouch__rules[] = {
	{ VOUCH_RULE_FORM, VOUCH_RULE_REQUIRED, "form.evidence", "P6-F1",
	  "the evidence is complete in form" },
	{ VOUCH_RULE_REQUEST, VOUCH_RULE_REQUIRED, "form.request", "P6-A3",
	  "somebody asked explicitly" },
	{ VOUCH_RULE_AUTHORIZED, VOUCH_RULE_REQUIRED, "form.authorized", "P6-A3",
	  "who asked may ask" },
	{ VOUCH_RULE_ADOPTED, VOUCH_RULE_REQUIRED, "form.adopted", "P6-A3",
	  "an authority is on record" },
	{ VOUCH_RULE_CLASS, VOUCH_RULE_REQUIRED, "form.class", "P6-F1",
	  "every member is a full cluster node" },
	{ VOUCH_RULE_GRANTS_AGREE, VOUCH_RULE_REQUIRED, "form.grants", "P6-A1",
	  "the records of who holds what agree" },
	{ VOUCH_RULE_VIEW_SEEN, VOUCH_RULE_REQUIRED, "view.seen", "P6-F1",
	  "the cluster's view is known" },
	{ VOUCH_RULE_VIEW_SAME, VOUCH_RULE_REQUIRED, "view.same", "P6-F1",
	  "one view before and after the evidence" },
	{ VOUCH_RULE_QUORATE, VOUCH_RULE_REQUIRED, "view.quorate", "P6-A1",
	  "the partition is quorate" },
	{ VOUCH_RULE_FENCING_ON, VOUCH_RULE_REQUIRED, "view.fencing", "P6-A1",
	  "fencing is enabled" },
	{ VOUCH_RULE_PEERS_SEEN, VOUCH_RULE_REQUIRED, "view.peers", "P6-A1",
	  "with two_node no other half is quorate by itself" },
	{ VOUCH_RULE_CANDIDATE_MEMBER, VOUCH_RULE_REQUIRED, "view.candidate",
	  "P6-A1", "the candidate is an online, clean member" },
	{ VOUCH_RULE_NONE_WRITABLE, VOUCH_RULE_REQUIRED, "exclusion.silence",
	  "P6-A1", "no reachable node answers as writable" },
	{ VOUCH_RULE_NONE_PROMOTING, VOUCH_RULE_REQUIRED, "exclusion.attempts",
	  "P6-A2", "no other promotion is in flight" },
	{ VOUCH_RULE_HOLDERS, VOUCH_RULE_REQUIRED, "exclusion.holders", "P6-A1",
	  "it is known who may hold authority" },
	{ VOUCH_RULE_E1_SEALED, VOUCH_RULE_ROUTE, "exclusion.sealed", "P6-A1",
	  "E1: the holder sealed its epoch and did not start since" },
	{ VOUCH_RULE_E2_FENCED, VOUCH_RULE_ROUTE, "exclusion.fenced", "P6-A1",
	  "E2: a machine fenced the holder after it last held the epoch" },
	{ VOUCH_RULE_E3_ATTESTED, VOUCH_RULE_ROUTE, "exclusion.attested",
	  "P6-A1", "E3: the holder itself says that it cannot write" },
	{ VOUCH_RULE_E4_ASSERTED, VOUCH_RULE_ROUTE, "exclusion.asserted",
	  "P6-A1a", "E4: an operator asserts that the holder is down" },
	{ VOUCH_RULE_EXCLUSION, VOUCH_RULE_REQUIRED, "exclusion", "P6-A1",
	  "whoever may hold authority cannot write" },
	{ VOUCH_RULE_OTHERS, VOUCH_RULE_REQUIRED, "exclusion.others", "P6-A3",
	  "every other node is accounted for" },
	{ VOUCH_RULE_SYSTEM, VOUCH_RULE_REQUIRED, "lineage.system", "P6-S2",
	  "one database system" },
	{ VOUCH_RULE_LINEAGE, VOUCH_RULE_REQUIRED, "lineage.history", "P6-S2",
	  "the timeline histories agree" },
	{ VOUCH_RULE_AUTHORISED_FORK, VOUCH_RULE_REQUIRED, "lineage.authorised",
	  "P6-S2", "the candidate's timeline was started by a grant" },
	{ VOUCH_RULE_ORDER, VOUCH_RULE_REQUIRED, "coverage.order", "P6-S1",
	  "positions were read after exclusion held" },
	{ VOUCH_RULE_W1_SEALED_LOG, VOUCH_RULE_ROUTE, "coverage.sealed", "P6-S1",
	  "W1: the candidate's log ends in the sealed record" },
	{ VOUCH_RULE_W2_INTERSECTION, VOUCH_RULE_ROUTE, "coverage.intersection",
	  "P6-S1", "W2: |S| + k > n, and the candidate is as far as all of S" },
	{ VOUCH_RULE_W3_SAME_HOLDER, VOUCH_RULE_ROUTE, "coverage.holder",
	  "P6-S1", "W3: the candidate is the holder and has its whole log" },
	{ VOUCH_RULE_COVERAGE, VOUCH_RULE_REQUIRED, "coverage", "P6-S1",
	  "W1, W2 or W3 holds: the candidate has every write acknowledged under "
	  "the contracts in its log" },
	{ VOUCH_RULE_NONE_AHEAD, VOUCH_RULE_REQUIRED, "coverage.ahead", "P6-S1",
	  "no reachable node is ahead of the candidate" },
	{ VOUCH_RULE_GRANTS_SATISFIED, VOUCH_RULE_REQUIRED, "coverage.grants",
	  "P6-S1", "the contract of every newer grant is satisfied as well" },
	{ VOUCH_RULE_NONE_DISOWNED, VOUCH_RULE_REQUIRED, "coverage.disowned",
	  "P6-S1",
	  "the candidate's log goes beyond every epoch that ran without its "
	  "contract" },
	{ VOUCH_RULE_UNSEEN, VOUCH_RULE_REQUIRED, "coverage.unseen", "P6-S1",
	  "where no cluster keeps the grants, none that nobody here knows can "
	  "matter" },
	{ VOUCH_RULE_ENFORCED, VOUCH_RULE_REQUIRED, "coverage.enforced",
	  "P6-S1",
	  "the candidate's server enforces the contract that its grant would "
	  "name" },
	{ VOUCH_RULE_READY, VOUCH_RULE_REQUIRED, "visibility.ready", "P6-S3",
	  "the candidate is consistent and has replayed all it has" },
};

const uint32_t vouch__rule_count = sizeof(vouch__rules) / sizeof(vouch__rules[0]);

const struct vouch_rule *vouch__rule_find(uint16_t id)
{
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= vouch__rule_count;
	  loop assigns i;
	  loop variant vouch__rule_count - i;
	*/
	for (i = 0; i < vouch__rule_count; i++) {
		if (vouch__rules[i].id == id)
			return &vouch__rules[i];
	}
	return 0;
}
