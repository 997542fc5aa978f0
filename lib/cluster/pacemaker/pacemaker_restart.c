/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lets Pacemaker stop this node's instance, start it and promote it again, in one
 * of its own recoveries: the instance is reported as failed. Nothing stays in the
 * configuration for it, so that whatever happens meanwhile, this program's death
 * or the node's included, is handled as at any other time. And takes the failure
 * of a vetoed promote action back, where somebody else is to be asked.
 */
#include <stdio.h>

#include "cluster/pacemaker/cluster_tool.h"
#include "cluster/pacemaker/pacemaker.h"
#include "cluster/pacemaker/worker.h"

#ifndef VOUCH_CRM_RESOURCE
#define VOUCH_CRM_RESOURCE "/usr/sbin/crm_resource"
#endif

static enum vouch_error_code resource_tool(const struct vouch_cluster *cluster,
					   const char *node, const char *verb,
					   const char *operation,
					   const char *what,
					   struct vouch_error *error)
{
	static char tool[] = VOUCH_CRM_RESOURCE;
	char resource[VOUCH_NAME_SIZE + 16];
	char where[VOUCH_NAME_SIZE + 16];
	char action[32], which[64] = "";
	char *argv[] = { tool, action, resource, where,
			 operation ? which : NULL, NULL };

	(void)snprintf(action, sizeof(action), "--%s", verb);
	(void)snprintf(resource, sizeof(resource), "--resource=%s",
		       cluster->name);
	(void)snprintf(where, sizeof(where), "--node=%s", node);
	if (operation)
		(void)snprintf(which, sizeof(which), "--operation=%s", operation);
	return vouch__cluster_tool_run(argv, what, error);
}

static enum vouch_error_code restart_work(const void *input, void *output,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	const struct vouch_cluster *cluster = input;

	(void)output;
	(void)deadline;
	return resource_tool(cluster, cluster->node, "fail", NULL,
			     "Pacemaker was not told to start the server again",
			     error);
}

static enum vouch_error_code forget_work(const void *input, void *output,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	const struct vouch_cluster *cluster = input;

	(void)output;
	(void)deadline;
	/* The operation that a reported failure goes by. */
	return resource_tool(cluster, cluster->node, "cleanup", "asyncmon",
			     "the reported failure was not cleaned up", error);
}

enum vouch_error_code vouch__pacemaker_restart(struct vouch_cluster *cluster,
					       struct vouch_deadline deadline,
					       struct vouch_error *error)
{
	return vouch__worker_run(restart_work, "asking for a restart", cluster,
				 NULL, 0, deadline, error);
}

enum vouch_error_code
vouch__pacemaker_restart_forget(struct vouch_cluster *cluster,
				struct vouch_deadline deadline,
				struct vouch_error *error)
{
	return vouch__worker_run(forget_work, "cleaning up after a restart",
				 cluster, NULL, 0, deadline, error);
}

struct refused {
	const struct vouch_cluster *cluster;
	const char *node;
};

static enum vouch_error_code refused_work(const void *input, void *output,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	const struct refused *refused = input;

	(void)output;
	(void)deadline;
	return resource_tool(refused->cluster, refused->node, "cleanup",
			     "promote",
			     "the vetoed promote action was not cleaned up",
			     error);
}

enum vouch_error_code
vouch__pacemaker_refusal_forget(struct vouch_cluster *cluster,
				struct vouch_deadline deadline, const char *node,
				struct vouch_error *error)
{
	struct refused refused = { cluster, node };

	return vouch__worker_run(refused_work, "cleaning up after a veto",
				 &refused, NULL, 0, deadline, error);
}
