/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The decision: one pure function of the evidence (P6-D1). */
#ifndef VOUCH_KERNEL_DECIDE_H
#define VOUCH_KERNEL_DECIDE_H

#include "kernel/facts.h"
#include "kernel/proof_permit.h"
#include "kernel/verdict.h"

/*
 * Applies every rule, in the table's order, and fills the verdict (all of it
 * that counts: the findings past finding_count are left as they were).
 * verdict->permitted is 1 exactly when every required rule was shown to hold.
 * No I/O, no clock, no locale, no allocation; about 6 kB of stack.
 */
/*@
  requires \valid_read(evidence) && \valid(verdict);
  requires \separated(evidence, verdict);
  assigns *verdict;
  ensures verdict->permitted == 0 || verdict->permitted == 1;
  ensures theorem: verdict->permitted == 1 ==> Permit(evidence);
*/
void vouch__decide(const struct vouch_evidence *evidence,
		   struct vouch_verdict *verdict);

#endif
