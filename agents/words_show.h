/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VOUCH_AGENTS_WORDS_SHOW_H
#define VOUCH_AGENTS_WORDS_SHOW_H

#include <json-c/json.h>

#include "authority/words.h"

/* The newest epoch that the journal, the cluster and whoever answers know of. */
VOUCH_MUST_CHECK enum vouch_error_code
words_newest_epoch(struct vouch_context *context,
		   const struct vouch_probe *probes,
		   struct vouch_deadline deadline, uint64_t *newest,
		   struct vouch_error *error);
/* What operators said, and whether it still counts. json NULL: as text. */
void words_show(struct vouch_context *context, const struct vouch_probe *probes,
		struct vouch_deadline deadline, struct json_object *json);

#endif
