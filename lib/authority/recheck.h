/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between a decision and the promotion: does the cluster still say what the decision
 * rests on? It is looked at before the claim and after it, which has its place in the order of all
 * changes of the configuration, so that what was said before the claim is seen here.
 * What differs is no second verdict: the attempt ends, and whoever asks again gets one.
 */
#ifndef VOUCH_AUTHORITY_RECHECK_H
#define VOUCH_AUTHORITY_RECHECK_H

#include "evidence/collect.h"

struct vouch_decided {
	struct vouch_view view; /* after the evidence */
	/* The newest epoch of which the evidence says that its contract bounds
	 * nothing, or before which the candidate's log has a later one's row; 0:
	 * none. This and older ones never ask for more (P6-S1, rule 565). */
	uint64_t disowned;
	/* A seal that was not broken; epoch 0: there was none. A broken one goes to the
	 * cluster before its epoch is disowned (P6-A1). */
	uint64_t seal_epoch;
	uint64_t seal_lsn;
};

void vouch__decided_note(const struct vouch_evidence *evidence,
			 struct vouch_decided *decided);

/* Before the claim: in a part that a split has left it must not even be made. With
 * `two_node` each half could claim, and raise the configuration alike, so that what is
 * nobody's might take the place of the other half's grant when they join (P6-A1).
 * VOUCH_E_CLUSTER as below, for the membership alone. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__precheck(struct vouch_context *context, const struct vouch_decided *decided,
		struct vouch_deadline deadline, struct vouch_error *error);
/* After it. VOUCH_E_CLUSTER: another membership or no quorum (P6-A1), or an epoch that was
 * disowned since (P6-S1); also when nobody answers. Without a cluster manager there
 * is nobody to ask: VOUCH_OK. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__recheck(struct vouch_context *context, const struct vouch_decided *decided,
	       struct vouch_deadline deadline, struct vouch_error *error);

#endif
