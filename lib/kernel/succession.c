/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of grants, where numbers are missing. A promotion that came to
 * nothing uses its number up, and only so many records can be kept. So whoever
 * is granted an epoch says which one it follows: all between had been declared
 * void by their own holders when it was decided on, and nobody ever wrote under
 * them (P6-A1). Without such a word a missing number is one that nobody knows.
 */
#include "kernel/rules.h"

/*@
  requires \valid_read(grant);
  assigns \nothing;
  ensures \result != 0 <==> grant->follows != 0 && grant->follows < epoch &&
    epoch < grant->epoch;
*/
static int passes_over(const struct vouch_grant *grant, uint64_t epoch)
{
	return grant->follows != 0 && grant->follows < epoch &&
	       epoch < grant->epoch;
}

/* Some grant says that every number above `low` and below `epoch` was void. */
/*@
  requires \valid_read(evidence) && evidence->grant_count <= VOUCH_GRANTS_MAX;
  assigns \nothing;
  ensures \result != 0 ==> \forall integer n; low < n < epoch ==>
    PassedOver(evidence, n);
*/
static int gap_is_void(const struct vouch_evidence *evidence, uint64_t low,
		       uint64_t epoch)
{
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= evidence->grant_count;
	  loop assigns i;
	  loop variant evidence->grant_count - i;
	*/
	for (i = 0; i < evidence->grant_count; i++) {
		const struct vouch_grant *grant = &evidence->grants[i];

		if (grant->epoch >= epoch && grant->follows != 0 &&
		    grant->follows <= low)
			return 1;
	}
	return 0;
}

uint64_t vouch__epoch_below(const struct vouch_evidence *evidence, uint64_t epoch)
{
	uint64_t low = 0;
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= evidence->grant_count;
	  loop invariant low < epoch;
	  loop invariant \forall integer g; 0 <= g < i &&
	    evidence->grants[g].epoch < epoch ==>
	    evidence->grants[g].epoch <= low;
	  loop assigns i, low;
	  loop variant evidence->grant_count - i;
	*/
	for (i = 0; i < evidence->grant_count; i++) {
		if (evidence->grants[i].epoch < epoch &&
		    evidence->grants[i].epoch > low)
			low = evidence->grants[i].epoch;
	}
	return low != 0 && gap_is_void(evidence, low, epoch) ? low : epoch - 1;
}

uint64_t vouch__last_epoch(const struct vouch_evidence *evidence, uint64_t below)
{
	uint64_t epoch = below;

	/*@
	  loop invariant epoch <= below;
	  loop assigns epoch;
	  loop variant epoch;
	*/
	while (epoch > 1) {
		struct vouch_grant_view view;

		epoch = vouch__epoch_below(evidence, epoch);
		view = vouch__grant_of(evidence, epoch);
		if (!view.known)
			return 0;
		if (view.outcome != VOUCH_GRANT_VOID)
			return epoch;
	}
	return 0;
}

uint64_t vouch__epoch_followed(const struct vouch_evidence *evidence)
{
	uint64_t newest = vouch__newest_epoch(evidence);
	uint64_t last = vouch__last_epoch(evidence, newest + 1);

	return last == newest ? 0 : last;
}

int vouch__passing_contradicts(const struct vouch_grant *a,
			       const struct vouch_grant *b)
{
	int a_done = vouch__grant_happened(a);
	int b_done = vouch__grant_happened(b);

	return (passes_over(a, b->epoch) && b_done) ||
	       (passes_over(b, a->epoch) && a_done);
}
