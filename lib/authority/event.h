/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events: one JSON line each in STATE_DIR/events.jsonl, and the system log.
 * Observation is passive (P6-O1): an event that cannot be written changes
 * nothing, so there is nothing to check. */
#ifndef VOUCH_AUTHORITY_EVENT_H
#define VOUCH_AUTHORITY_EVENT_H

#include "common/config.h"

/* name without its prefix: "requested" for replication.promotion.requested.
 * Empty strings and epoch 0 are left out. */
void vouch__event_emit(const struct vouch_config *config, const char *name,
		       const char *request_id, const char *candidate,
		       const char *text, uint64_t epoch);

#endif
