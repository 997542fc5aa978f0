/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many attempts this node's journal has, and how they ended: for metrics
 * (P6-O1). Nothing is decided by it. A journal that was replaced because it grew
 * too long starts over with what it kept. */
#ifndef VOUCH_AUTHORITY_TALLY_H
#define VOUCH_AUTHORITY_TALLY_H

#include "authority/journal.h"

enum { VOUCH_TALLY_RULES_MAX = 64, VOUCH_TALLY_UNKNOWN = -1 };

struct vouch_tally {
	uint64_t requests;
	uint64_t succeeded;
	uint64_t denied;
	uint64_t crash_aborted;
	uint64_t failed; /* ended by an error */
	struct {
		uint32_t rule;
		uint64_t count;
	} by_rule[VOUCH_TALLY_RULES_MAX]; /* of those denied */
	uint32_t rule_count;
	int in_progress; /* the newest request has no outcome */
	/* Of the newest attempt that came so far; VOUCH_TALLY_UNKNOWN. */
	int64_t validation_ms;
	int64_t transition_ms;
};

VOUCH_MUST_CHECK enum vouch_error_code
vouch__tally_read(struct vouch_journal *journal, struct vouch_tally *tally,
		  struct vouch_error *error);

#endif
