/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module: Pacemaker with Corosync below it. Here are the observers; what
 * writes to the cluster is in pacemaker_grant.c, _seal.c, _score.c and
 * _restart.c. */
#include "cluster/pacemaker/pacemaker.h"

#include <stdlib.h>
#include <string.h>

#include "cluster/module.h"
#include "cluster/pacemaker/cib_link.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_xml.h"
#include "cluster/pacemaker/corosync.h"
#include "cluster/pacemaker/fencing_history.h"
#include "cluster/pacemaker/worker.h"
#include "common/error.h"

static int members_take(const struct vouch_config *config,
			struct vouch_cluster *made)
{
	uint32_t i;

	made->member_count = config->member_count;
	for (i = 0; i < config->member_count; i++) {
		if (!vouch__text_name(config->members[i].name,
				      made->members[i]))
			return 0;
	}
	return 1;
}

/* Names become arguments, XML ids and paths below: only plain ones pass. */
static enum vouch_error_code pacemaker_open(const struct vouch_config *config,
					    struct vouch_deadline deadline,
					    struct vouch_cluster **cluster,
					    struct vouch_error *error)
{
	struct vouch_cluster *made;

	*cluster = NULL;
	if (vouch__deadline_left_ms(deadline) == 0)
		return vouch__error_set(error, VOUCH_E_TIMEOUT,
					"no time is left to ask the cluster");
	made = calloc(1, sizeof(*made));
	if (!made)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	if (!vouch__text_name(config->name, made->name) ||
	    !vouch__text_name(config->node, made->node) ||
	    !members_take(config, made)) {
		free(made);
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"the names of the resource and of its "
					"nodes may only have letters, digits, "
					"'.', '_' and '-'");
	}
	*cluster = made;
	return VOUCH_OK;
}

static void pacemaker_close(struct vouch_cluster *cluster)
{
	free(cluster);
}

/* --- the view ------------------------------------------------------------- */

static enum vouch_error_code cib_once(struct vouch_deadline deadline,
				      struct vouch_cib_link **link,
				      xmlNode **cib, struct vouch_error *error)
{
	enum vouch_error_code code =
		vouch__cib_connect(0, deadline, link, error);

	if (code != VOUCH_OK)
		return code;
	code = vouch__cib_query(*link, NULL, cib, error);
	if (code != VOUCH_OK)
		vouch__cib_disconnect(*link);
	return code;
}

static void cib_end(struct vouch_cib_link *link, xmlNode *cib)
{
	vouch__cib_release(cib);
	vouch__cib_disconnect(link);
}

static enum vouch_error_code view_work(const void *input, void *output,
				       struct vouch_deadline deadline,
				       struct vouch_error *error)
{
	struct vouch_view *view = output;
	struct vouch_cib_link *link;
	enum vouch_error_code code;
	xmlNode *cib;

	(void)input;
	code = vouch__corosync_view_read(view, error);
	if (code == VOUCH_OK)
		code = cib_once(deadline, &link, &cib, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__cib_view_read(cib, view, error);
	cib_end(link, cib);
	if (code == VOUCH_OK)
		view->condition = VOUCH_PRESENT;
	return code;
}

static enum vouch_error_code view_observe(struct vouch_cluster *cluster,
					  struct vouch_deadline deadline,
					  struct vouch_view *view,
					  struct vouch_error *error)
{
	struct vouch_view seen = { 0 };
	enum vouch_error_code code;

	(void)cluster;
	seen.order = view->order;
	code = vouch__worker_run(view_work, "reading the cluster's view", NULL,
				 &seen, sizeof(seen), deadline, error);
	if (code == VOUCH_OK)
		*view = seen;
	return code;
}

/* --- the nodes ------------------------------------------------------------ */

struct nodes_slip {
	uint32_t count;
	struct vouch_cluster_node nodes[VOUCH_NODES_MAX];
};

static enum vouch_error_code nodes_work(const void *input, void *output,
					struct vouch_deadline deadline,
					struct vouch_error *error)
{
	const struct vouch_cluster *cluster = input;
	struct nodes_slip *slip = output;
	struct vouch_cib_link *link;
	enum vouch_error_code code;
	xmlNode *cib;

	code = cib_once(deadline, &link, &cib, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__cib_nodes_read(cib, cluster->name, slip->nodes,
				     &slip->count, error);
	cib_end(link, cib);
	if (code != VOUCH_OK)
		return code;
	return vouch__corosync_seen_read(slip->nodes, slip->count, error);
}

static enum vouch_error_code nodes_observe(struct vouch_cluster *cluster,
					   struct vouch_deadline deadline,
					   struct vouch_cluster_node *nodes,
					   uint32_t *count,
					   struct vouch_error *error)
{
	struct nodes_slip *slip = calloc(1, sizeof(*slip));
	enum vouch_error_code code;

	if (!slip)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	slip->count = *count < VOUCH_NODES_MAX ? *count : VOUCH_NODES_MAX;
	code = vouch__worker_run(nodes_work, "reading the cluster's nodes",
				 cluster, slip, sizeof(*slip), deadline, error);
	if (code == VOUCH_OK) {
		memcpy(nodes, slip->nodes, slip->count * sizeof(*nodes));
		*count = slip->count;
	}
	free(slip);
	return code;
}

/* --- fencing -------------------------------------------------------------- */

static enum vouch_error_code fencing_work(const void *input, void *output,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	struct vouch_cib_link *link;
	enum vouch_answer watchdog;
	enum vouch_error_code code;
	xmlNode *cib;

	(void)input;
	code = cib_once(deadline, &link, &cib, error);
	if (code != VOUCH_OK)
		return code;
	/* The history does not say which device it was: with one that leaves the node
	 * running, nobody knows what a success has done to it (P6-A1). */
	watchdog = vouch__cib_device_without_power(cib) ?
			   VOUCH_UNKNOWN :
			   vouch__cib_watchdog_read(cib);
	cib_end(link, cib);
	return vouch__fencing_query(watchdog, deadline, output, error);
}

static enum vouch_error_code fencing_observe(struct vouch_cluster *cluster,
					     struct vouch_deadline deadline,
					     struct vouch_fencing_list *list,
					     struct vouch_error *error)
{
	memset(list, 0, sizeof(*list));
	return vouch__worker_run(fencing_work, "reading the fencing history",
				 cluster, list, sizeof(*list), deadline, error);
}

/* --- managed -------------------------------------------------------------- */

static enum vouch_error_code managed_work(const void *input, void *output,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	const struct vouch_cluster *cluster = input;
	enum vouch_answer *answer = output;
	struct vouch_cib_link *link;
	enum vouch_error_code code;
	xmlNode *cib;

	code = cib_once(deadline, &link, &cib, error);
	if (code != VOUCH_OK)
		return code;
	*answer = vouch__cib_managed_read(cib, cluster->name, cluster->node);
	cib_end(link, cib);
	return VOUCH_OK;
}

static enum vouch_error_code managed_observe(struct vouch_cluster *cluster,
					     struct vouch_deadline deadline,
					     enum vouch_answer *answer,
					     struct vouch_error *error)
{
	*answer = VOUCH_UNKNOWN;
	return vouch__worker_run(managed_work,
				 "reading whether the resource is managed",
				 cluster, answer, sizeof(*answer), deadline,
				 error);
}

/* --- recovery ------------------------------------------------------------- */

static enum vouch_error_code recovery_work(const void *input, void *output,
					   struct vouch_deadline deadline,
					   struct vouch_error *error)
{
	const struct vouch_cluster *cluster = input;
	struct vouch_cib_link *link;
	enum vouch_error_code code;
	xmlNode *cib;

	code = cib_once(deadline, &link, &cib, error);
	if (code != VOUCH_OK)
		return code;
	vouch__cib_recovery_read(cib, cluster->name, output);
	cib_end(link, cib);
	return VOUCH_OK;
}

static enum vouch_error_code recovery_observe(struct vouch_cluster *cluster,
					      struct vouch_deadline deadline,
					      struct vouch_recovery *recovery,
					      struct vouch_error *error)
{
	memset(recovery, 0, sizeof(*recovery));
	return vouch__worker_run(recovery_work,
				 "reading what failures lead to", cluster,
				 recovery, sizeof(*recovery), deadline, error);
}

/* --- setup ---------------------------------------------------------------- */

static enum vouch_error_code setup_work(const void *input, void *output,
					   struct vouch_deadline deadline,
					   struct vouch_error *error)
{
	const struct vouch_cluster *cluster = input;
	struct vouch_cib_link *link;
	enum vouch_error_code code;
	xmlNode *cib;

	code = cib_once(deadline, &link, &cib, error);
	if (code != VOUCH_OK)
		return code;
	vouch__cib_setup_read(cib, cluster->name, output);
	cib_end(link, cib);
	return VOUCH_OK;
}

static enum vouch_error_code setup_observe(struct vouch_cluster *cluster,
					      struct vouch_deadline deadline,
					      struct vouch_setup *setup,
					      struct vouch_error *error)
{
	memset(setup, 0, sizeof(*setup));
	return vouch__worker_run(setup_work,
				 "reading what failures lead to", cluster,
				 setup, sizeof(*setup), deadline, error);
}

/* --- the table ------------------------------------------------------------ */

static const struct vouch_cluster_ops ops = {
	.name = "pacemaker",
	.open = pacemaker_open,
	.close = pacemaker_close,
	.view_observe = view_observe,
	.nodes_observe = nodes_observe,
	.fencing_observe = fencing_observe,
	.grants_observe = vouch__pacemaker_grants,
	.grant_claim = vouch__pacemaker_grant_claim,
	.grant_close = vouch__pacemaker_grant_close,
	.seal_observe = vouch__pacemaker_seal,
	.seal_record = vouch__pacemaker_seal_record,
	.words_observe = vouch__pacemaker_words,
	.word_record = vouch__pacemaker_word_record,
	.word_remove = vouch__pacemaker_word_remove,
	.score_set = vouch__pacemaker_score_set,
	.notes_tell = vouch__pacemaker_notes_tell,
	.notes_observe = vouch__pacemaker_notes,
	.managed_observe = managed_observe,
	.recovery_observe = recovery_observe,
	.setup_observe = setup_observe,
	.restart = vouch__pacemaker_restart,
	.refusal_forget = vouch__pacemaker_refusal_forget,
	.restart_forget = vouch__pacemaker_restart_forget,
};

extern const struct vouch_cluster_module vouch__cluster_module;
__attribute__((visibility("default")))
const struct vouch_cluster_module vouch__cluster_module = {
	.format = VOUCH_EVIDENCE_FORMAT,
	.sizes = VOUCH_CLUSTER_MODULE_SIZES,
	.ops = &ops,
};
