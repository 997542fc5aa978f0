/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Visibility (P6-S3): what the candidate will show is all that it has, whole
 * and in order. */
#include "kernel/rules.h"

/*@
  requires \valid_read(scratch) && \valid_read(scratch->evidence);
  requires Bounds(scratch->evidence) && Derived(scratch);
  assigns \nothing;
  ensures \result == VOUCH_R_READY || \result == VOUCH_R_READY_WHOLE ==>
    Visible(scratch->evidence);
*/
static enum vouch_reason readiness_reason(const struct vouch_scratch *scratch)
{
	const struct vouch_probe *probe = scratch->candidate;
	const struct vouch_tail *tail = &scratch->evidence->tail;

	if (probe->condition != VOUCH_PRESENT)
		return VOUCH_R_READY_ABSENT;
	if (probe->in_recovery != VOUCH_YES)
		return VOUCH_R_READY_WRITABLE;
	if (probe->incarnation[0] == '\0')
		return VOUCH_R_READY_UNPINNED;
	if (probe->log_exhausted != VOUCH_YES)
		return VOUCH_R_READY_UNREAD;
	if (probe->replay_paused != VOUCH_NO)
		return VOUCH_R_READY_PAUSED;
	if (probe->replayed_lsn == 0 ||
	    (probe->replayed_lsn != vouch__probe_end(probe) &&
	     (tail->condition != VOUCH_PRESENT || tail->order < probe->order ||
	      probe->replayed_lsn != tail->end_lsn)))
		return VOUCH_R_READY_BEHIND;
	if (probe->checksums_clean != VOUCH_YES)
		return VOUCH_R_READY_CHECKSUM;
	return probe->replayed_lsn == vouch__probe_end(probe) ?
		       VOUCH_R_READY :
		       VOUCH_R_READY_WHOLE;
}

/* Rule 600. The sender ships what it flushed, which may end in the midst of a record;
 * when it is gone, that record stays without its rest. */
void vouch__readiness_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_probe *probe = scratch->candidate;
	enum vouch_reason reason = readiness_reason(scratch);
	int node = scratch->candidate_node;
	int ready = reason == VOUCH_R_READY || reason == VOUCH_R_READY_WHOLE;
	/*@ assert ready != 0 ==> Visible{Pre}(scratch->evidence); */
	struct vouch_finding *finding = vouch__find(
		scratch, ready ? VOUCH_HOLDS : VOUCH_UNPROVEN, reason, node);

	vouch__show(finding, 0, probe->replayed_lsn);
	vouch__show(finding, 1, vouch__probe_end(scratch->candidate));
	vouch__cite(finding, VOUCH_C_IN_RECOVERY, node, probe->in_recovery);
	vouch__cite(finding, VOUCH_C_REPLAYED, node, probe->replayed_lsn);
	if (reason == VOUCH_R_READY_WHOLE)
		vouch__cite(finding, VOUCH_C_WHOLE_END, node,
			    scratch->evidence->tail.end_lsn);
	else
		vouch__cite(finding, VOUCH_C_DURABLE_END, node,
			    vouch__probe_end(scratch->candidate));
	vouch__cite(finding, VOUCH_C_LOG_EXHAUSTED, node, probe->log_exhausted);
	vouch__cite(finding, VOUCH_C_REPLAY_PAUSED, node, probe->replay_paused);
	vouch__cite(finding, VOUCH_C_CHECKSUMS, node, probe->checksums_clean);
}
