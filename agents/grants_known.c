/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "agents/grants_known.h"
#include "authority/records.h"
#include "common/privilege.h"

/* Adds what the cluster has on record, where it can be asked. */
static uint32_t cluster_grants(struct vouch_context *context,
			       struct vouch_deadline deadline,
			       struct vouch_cluster_grant *grants)
{
	struct vouch_error error = { 0 };
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;

	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK)
		return 0;
	code = context->cluster_ops->grants_observe(context->cluster, deadline,
						    grants, &count, &error);
	if (vouch__privilege_lower(context->config, &error) != VOUCH_OK)
		code = VOUCH_E_PERMISSION;
	return code == VOUCH_OK ? count : 0;
}

uint32_t grants_known(struct vouch_context *context,
		      struct vouch_deadline deadline,
		      struct vouch_cluster_grant *grants)
{
	uint32_t count = VOUCH_GRANTS_MAX;
	struct vouch_error error = { 0 };

	if (vouch__records_grants(context->journal, grants, &count, &error) !=
	    VOUCH_OK) {
		(void)fprintf(stderr, "vouch: %s\n", error.text);
		count = 0;
	}
	return count + cluster_grants(context, deadline, &grants[count]);
}
