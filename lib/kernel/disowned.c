/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Epochs whose holder was found to run without the contract. */
#include "kernel/rules.h"

/* A record that does not say how the promotion ended may be that of such an
 * epoch: zero means unproven (P6-F1). */
/*@
  requires \valid_read(grant);
  assigns \nothing;
  ensures \result != 0 <==> Enforces(grant);
*/
static int is_enforced(const struct vouch_grant *grant)
{
	return grant->outcome == VOUCH_GRANT_OPEN ||
	       grant->outcome == VOUCH_GRANT_DONE ||
	       grant->outcome == VOUCH_GRANT_VOID;
}

/* A record of such an epoch that the candidate's log does not go beyond, or -1. The
 * candidate's own server has what it acknowledged, however it was started. */
/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Form(scratch->evidence) && Derived(scratch);
  assigns \nothing;
  ensures -1 <= \result < (integer)scratch->evidence->grant_count;
  ensures \result == -1 ==>
    \forall integer g; 0 <= g < scratch->evidence->grant_count &&
    Candidate(scratch->evidence)->epoch <= scratch->evidence->grants[g].epoch ==>
    Enforces(&scratch->evidence->grants[g]) || Itself(scratch->evidence, g);
*/
static int disowned_since(const struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= evidence->grant_count;
	  loop invariant \forall integer g; 0 <= g < i &&
	    Candidate(evidence)->epoch <= evidence->grants[g].epoch ==>
	    Enforces(&evidence->grants[g]) || Itself(evidence, g);
	  loop assigns i;
	  loop variant evidence->grant_count - i;
	*/
	for (i = 0; i < evidence->grant_count; i++) {
		if (evidence->grants[i].epoch >= scratch->candidate->epoch &&
		    !is_enforced(&evidence->grants[i]) &&
		    !vouch__grant_is_candidates(scratch, &evidence->grants[i]))
			return (int)i;
	}
	return -1;
}

/*@
  requires Memory(scratch) && Findings(scratch->verdict);
  requires \valid_read(scratch->candidate);
  requires \valid_read(grant) &&
    \separated(grant, scratch, scratch->verdict);
  assigns SAID(scratch);
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures scratch->unproven != 0;
*/
static void say_disowned(struct vouch_scratch *scratch,
			 const struct vouch_grant *grant)
{
	struct vouch_finding *finding =
		vouch__find(scratch, VOUCH_UNPROVEN,
			    grant->outcome == VOUCH_GRANT_DISOWNED ?
				    VOUCH_R_DISOWNED :
				    VOUCH_R_OUTCOME_UNKNOWN,
			    scratch->candidate_node);

	finding->node_b = grant->holder;
	vouch__show(finding, 0, grant->epoch);
	vouch__cite(finding, VOUCH_C_GRANT_OUTCOME, VOUCH_NO_NODE,
		    grant->outcome);
	vouch__cite(finding, VOUCH_C_EPOCH_ROW, scratch->candidate_node,
		    scratch->candidate->epoch);
}

/*
 * Rule 565. Somebody started the holder's server without the contract that its
 * agent pins: it acknowledged what it alone may have had. Its own log says so
 * from then on, but whoever was cut off has not received that; the cluster keeps
 * it for them. Neither arithmetic over the epoch's contract nor over a later
 * grant's helps: both take for granted that the candidate has what was
 * acknowledged before. The row of a later epoch shows that it does. A grant of the
 * candidate's own does not: it was approved by what was known then, and where the
 * attempt was cut off, the word may have come since.
 */
void vouch__none_disowned_is_proven(struct vouch_scratch *scratch)
{
	int found = -1;

	if (!scratch->sealed_log)
		found = disowned_since(scratch);
	if (found >= 0)
		say_disowned(scratch, &scratch->evidence->grants[found]);
	else
		(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_NONE_DISOWNED,
				  scratch->candidate_node);
}
