/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of one attempt, from this node's journal. */
#ifndef VOUCH_AGENTS_ATTEMPT_RECORDS_H
#define VOUCH_AGENTS_ATTEMPT_RECORDS_H

#include <json-c/json.h>

#include "agents/cli.h"

/* In the order in which they were taken; empty where there is no journal, or it
 * has none. NULL only when out of memory; json_object_put() it. */
struct json_object *attempt_records(const struct cli *cli, const char *id);

#endif
