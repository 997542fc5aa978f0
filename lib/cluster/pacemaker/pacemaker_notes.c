/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What this node noted of the others, told to them. It waits until the cluster's
 * status has it: whoever is asked to be promoted next reads it there. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cluster/pacemaker/cib_link.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cluster_tool.h"
#include "cluster/pacemaker/pacemaker.h"
#include "cluster/pacemaker/worker.h"
#include "common/error.h"

#ifndef VOUCH_CRM_ATTRIBUTE
#define VOUCH_CRM_ATTRIBUTE "/usr/sbin/crm_attribute"
#endif

struct telling {
	const struct vouch_cluster *cluster;
	const char *text;
};

static enum vouch_error_code told_read(const struct vouch_cluster *cluster,
				       struct vouch_cib_link *link,
				       struct vouch_notes_told *told,
				       struct vouch_error *error)
{
	enum vouch_error_code code;
	xmlNode *cib;

	code = vouch__cib_query(link, NULL, &cib, error);
	if (code != VOUCH_OK)
		return code;
	vouch__cib_notes_read(cib, cluster->name, told);
	vouch__cib_release(cib);
	return VOUCH_OK;
}

static int is_shown(const struct telling *telling,
		    const struct vouch_notes_told *told)
{
	uint32_t i;

	for (i = 0; i < told->count; i++) {
		if (strcmp(told->by[i].node, telling->cluster->node) == 0)
			return strcmp(told->by[i].text, telling->text) == 0;
	}
	return 0;
}

static enum vouch_error_code request(const struct telling *telling,
				     struct vouch_error *error)
{
	static char tool[] = VOUCH_CRM_ATTRIBUTE;
	static char lifetime[] = "--lifetime=reboot";
	char name[VOUCH_NAME_SIZE + 32], where[VOUCH_NAME_SIZE + 16];
	char what[VOUCH_NOTES_SIZE + 16];
	char *argv[] = { tool, name, where, lifetime, what, NULL };

	(void)snprintf(name, sizeof(name), "--name=" VOUCH_NOTES_ATTRIBUTE "%s",
		       telling->cluster->name);
	(void)snprintf(where, sizeof(where), "--node=%s",
		       telling->cluster->node);
	(void)snprintf(what, sizeof(what), "--update=%s", telling->text);
	return vouch__cluster_tool_run(
		argv, "what was noted of the others was not told", error);
}

/* Ends with the worker when the deadline has passed. */
static enum vouch_error_code tell_work(const void *input, void *output,
				       struct vouch_deadline deadline,
				       struct vouch_error *error)
{
	static struct vouch_notes_told told;
	const struct telling *telling = input;
	struct timespec pause = { .tv_nsec = 5000000 };
	struct vouch_cib_link *link;
	enum vouch_error_code code;

	(void)output;
	code = vouch__cib_connect(0, deadline, &link, error);
	if (code != VOUCH_OK)
		return code;
	code = told_read(telling->cluster, link, &told, error);
	if (code == VOUCH_OK && !is_shown(telling, &told)) {
		code = request(telling, error);
		while (code == VOUCH_OK) {
			code = told_read(telling->cluster, link, &told, error);
			if (code != VOUCH_OK || is_shown(telling, &told))
				break;
			(void)nanosleep(&pause, NULL);
			if (pause.tv_nsec < 80000000)
				pause.tv_nsec *= 2;
		}
	}
	vouch__cib_disconnect(link);
	return code;
}

enum vouch_error_code vouch__pacemaker_notes_tell(struct vouch_cluster *cluster,
						  struct vouch_deadline deadline,
						  const char *text,
						  struct vouch_error *error)
{
	const struct telling telling = { cluster, text };

	if (text[0] == '\0' || strlen(text) >= VOUCH_NOTES_SIZE)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"notes are at least 1 and at most %d "
					"bytes",
					VOUCH_NOTES_SIZE - 1);
	return vouch__worker_run(tell_work, "telling what was noted", &telling,
				 NULL, 0, deadline, error);
}

static enum vouch_error_code told_work(const void *input, void *output,
				       struct vouch_deadline deadline,
				       struct vouch_error *error)
{
	struct vouch_cib_link *link;
	enum vouch_error_code code;

	code = vouch__cib_connect(0, deadline, &link, error);
	if (code != VOUCH_OK)
		return code;
	code = told_read(input, link, output, error);
	vouch__cib_disconnect(link);
	return code;
}

enum vouch_error_code vouch__pacemaker_notes(struct vouch_cluster *cluster,
					     struct vouch_deadline deadline,
					     struct vouch_notes_told *told,
					     struct vouch_error *error)
{
	enum vouch_error_code code;

	told->count = 0;
	code = vouch__worker_run(told_work, "reading what the nodes noted",
				 cluster, told, sizeof(*told), deadline, error);
	if (code != VOUCH_OK)
		told->count = 0;
	return code;
}
