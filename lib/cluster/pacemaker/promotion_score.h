/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The promotion score is a transient attribute of the node. Pacemaker has no
 * public call to set one, so its own crm_attribute does it. */
#ifndef VOUCH_CLUSTER_PACEMAKER_PROMOTION_SCORE_H
#define VOUCH_CLUSTER_PACEMAKER_PROMOTION_SCORE_H

#include "common/deadline.h"
#include "common/error.h"

enum { VOUCH_SCORE_MAX = 1000000 };

/* In a worker only. Asks for the change; whether it came about is seen in the
 * cluster's status. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__promotion_score_request(const char *resource, const char *node,
			       int score, int remove, struct vouch_error *error);

#endif
