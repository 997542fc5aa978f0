/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/pacemaker/promotion_score.h"

#include <stdio.h>

#include "cluster/pacemaker/cluster_tool.h"
#include "kernel/facts.h"

#ifndef VOUCH_CRM_ATTRIBUTE
#define VOUCH_CRM_ATTRIBUTE "/usr/sbin/crm_attribute"
#endif

enum vouch_error_code vouch__promotion_score_request(const char *resource,
						     const char *node, int score,
						     int remove,
						     struct vouch_error *error)
{
	static char tool[] = VOUCH_CRM_ATTRIBUTE;
	static char lifetime[] = "--lifetime=reboot";
	char promotion[VOUCH_NAME_SIZE + 16];
	char where[VOUCH_NAME_SIZE + 16];
	char what[32] = "--delete";
	char *argv[] = { tool, promotion, where, lifetime, what, NULL };

	(void)snprintf(promotion, sizeof(promotion), "--promotion=%s", resource);
	(void)snprintf(where, sizeof(where), "--node=%s", node);
	if (!remove)
		(void)snprintf(what, sizeof(what), "--update=%d", score);
	return vouch__cluster_tool_run(argv, "the promotion score was not changed",
				       error);
}
