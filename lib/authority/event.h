/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events: one JSON line each in STATE_DIR/events.jsonl, and the system log.
 * Observation is passive (P6-O1): an event that cannot be written changes
 * nothing and keeps nobody waiting, so there is nothing to check. */
#ifndef VOUCH_AUTHORITY_EVENT_H
#define VOUCH_AUTHORITY_EVENT_H

#include "common/config.h"

/* NULL, "" and 0: not known, left out. */
struct vouch_event {
	const char *name; /* "requested" for replication.promotion.requested */
	const char *request_id;
	const char *candidate; /* the replica that is to be promoted */
	const char *reason;
	const char *current_primary; /* who held authority when it was asked */
	const char *new_primary;     /* who holds it now */
	const char *invariant;	     /* that a refusal rests on */
	unsigned int rule;	     /* that refused */
	uint64_t epoch;
};

void vouch__event_emit(const struct vouch_config *config,
		       const struct vouch_event *event);

#endif
