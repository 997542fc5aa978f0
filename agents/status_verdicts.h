/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a status has from evidence: collected once and asked of the kernel, for
 * every standby. Nothing is recorded, and nothing here is a permit (P6-A3). */
#ifndef VOUCH_AGENTS_STATUS_VERDICTS_H
#define VOUCH_AGENTS_STATUS_VERDICTS_H

#include <json-c/json.h>

#include "agents/cli.h"

struct status_answers {
	int known;	 /* evidence was collected and is good in form */
	char error[512]; /* why not */
	char *verdict;	 /* on this node as the candidate */
	struct vouch_evidence evidence;
};

/* Collects; the contract was loaded before. Release with _free(). */
void status_answers_take(struct vouch_context *context,
			 struct vouch_deadline deadline,
			 struct status_answers *answers);
void status_answers_free(struct status_answers *answers);

/* Is this incarnation the one that the log has as admitted? UNKNOWN where the
 * log was not read. */
enum vouch_answer status_admitted(const struct status_answers *answers,
				  const char *node, const char *incarnation);
/* Quorum, fencing, and the verdict on each standby. json: NULL for text. */
void status_verdicts_show(const struct status_answers *answers,
			  struct json_object *json);

#endif
