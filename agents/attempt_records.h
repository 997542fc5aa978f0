/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of one attempt, from this node's journal. */
#ifndef VOUCH_AGENTS_ATTEMPT_RECORDS_H
#define VOUCH_AGENTS_ATTEMPT_RECORDS_H

#include <json-c/json.h>

#include "agents/cli.h"

/* In the order in which they were taken; empty where there is no journal that we
 * may read, or it has none. *records is the caller's, json_object_put() it, also
 * on error: VOUCH_E_CORRUPT or VOUCH_E_IO, and steps may be missing (P6-O2). */
VOUCH_MUST_CHECK enum vouch_error_code
attempt_records(const struct cli *cli, const char *id,
		struct json_object **records, struct vouch_error *error);

#endif
