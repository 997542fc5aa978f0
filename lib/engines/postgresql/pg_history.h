/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Timeline history files: which timelines a log went through and where each
 * ended. Comes from disk or from another server: hostile until checked. */
#ifndef VOUCH_PG_HISTORY_H
#define VOUCH_PG_HISTORY_H

#include <stddef.h>
#include "common/config.h"

struct vouch_pg_history {
	uint32_t timeline;
	uint32_t count;
	struct vouch_switch ancestors[VOUCH_HISTORY_MAX]; /* oldest first */
};

/* Pure. Refuses anything but strictly ascending timelines below `timeline` and
 * ascending positions. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_history_parse(const char *text, size_t length, uint32_t timeline,
			struct vouch_pg_history *history,
			struct vouch_error *error);
/* From pg_wal. Timeline 1 has none and needs none. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_history_read(const struct vouch_config *config, uint32_t timeline,
		       struct vouch_pg_history *history,
		       struct vouch_error *error);
/* The timeline that holds the byte at lsn. */
uint32_t vouch__pg_history_at(const struct vouch_pg_history *history,
			      uint64_t lsn);
/* Where that timeline began and ended in this history (UINT64_MAX: goes on);
 * 0 when it is not part of it. */
int vouch__pg_history_span(const struct vouch_pg_history *history,
			   uint32_t timeline, uint64_t *begin, uint64_t *end);

#endif
