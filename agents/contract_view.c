/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "agents/contract_view.h"
#include "agents/grants_known.h"
#include "common/privilege.h"

enum vouch_error_code contract_view_read(struct vouch_context *context,
					 struct vouch_deadline deadline,
					 struct contract_view *view,
					 struct vouch_error *error)
{
	static struct vouch_log_record record;
	const struct vouch_config *config = context->config;
	enum vouch_error_code code;
	uint32_t i;

	memset(view, 0, sizeof(*view));
	code = context->engine->local_observe(config, deadline, &view->local,
					      error);
	if (code == VOUCH_OK && view->local.state != VOUCH_RUN_WRITABLE &&
	    view->local.state != VOUCH_RUN_STANDBY)
		code = vouch__error_set(error, VOUCH_E_STATE,
					"this node's server does not run, and "
					"the contract is in its log; ask on a "
					"node where it does");
	if (code == VOUCH_OK)
		code = context->engine->records_observe(config, deadline,
							&record, error);
	if (code != VOUCH_OK)
		return code;
	vouch__contract_state_of(config, &record, &view->log);
	memcpy(view->holder, view->local.epoch_holder, VOUCH_NAME_SIZE);
	for (i = 0; i < record.admission_count; i++) {
		const struct vouch_admission *one = &record.admissions[i];

		if (one->node < config->member_count)
			memcpy(view->admitted[one->node], one->incarnation,
			       VOUCH_NAME_SIZE);
	}
	return VOUCH_OK;
}

void contract_view_ask(struct vouch_context *context,
		       struct vouch_deadline deadline, struct contract_view *view)
{
	uint8_t wanted[VOUCH_NODES_MAX];

	memset(wanted, VOUCH_PROBE_FULLY, sizeof(wanted));
	vouch__probe_all(context, wanted, deadline, view->probes);
}

void contract_view_fencing(struct vouch_context *context,
			   struct vouch_deadline deadline,
			   struct contract_view *view)
{
	struct vouch_error error = { 0 };
	struct vouch_view seen = { 0 };

	view->fencing = context->cluster_ops ? VOUCH_UNKNOWN : VOUCH_YES;
	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK)
		return;
	if (context->cluster_ops->view_observe(context->cluster, deadline, &seen,
					       &error) == VOUCH_OK)
		view->fencing = seen.fencing_enabled;
	if (vouch__privilege_lower(context->config, &error) != VOUCH_OK)
		view->fencing = VOUCH_UNKNOWN;
}

void contract_view_disowned(struct vouch_context *context,
			    struct vouch_deadline deadline,
			    struct contract_view *view)
{
	static struct vouch_cluster_grant grants[2 * VOUCH_GRANTS_MAX];
	uint32_t count = grants_known(context, deadline, grants);
	uint32_t i;

	view->disowned = 0;
	for (i = 0; i < count; i++) {
		if (grants[i].outcome == VOUCH_GRANT_DISOWNED &&
		    grants[i].epoch >= view->log.epoch &&
		    grants[i].epoch > view->disowned)
			view->disowned = grants[i].epoch;
	}
}

const char *contract_view_doubt(const struct contract_view *view, uint32_t i)
{
	const struct vouch_probe *probe = &view->probes[i];

	if (probe->condition == VOUCH_MALFORMED)
		return "bad answer";
	if (probe->condition != VOUCH_PRESENT)
		return "no answer";
	if (probe->in_recovery != VOUCH_YES)
		return "no standby";
	if (probe->system_id != view->local.system_id)
		return "of another database";
	if (probe->incarnation[0] == '\0')
		return "not started by its agent";
	if (strcmp(probe->incarnation, view->admitted[i]) != 0)
		return "not admitted yet";
	return NULL;
}

uint32_t contract_view_counting(const struct vouch_config *config,
				const struct contract_view *view,
				const struct vouch_terms *terms)
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < config->member_count; i++)
		if (vouch__terms_has(terms, config->members[i].name) &&
		    !contract_view_doubt(view, i))
			count++;
	return count;
}

uint32_t contract_view_streaming(const struct contract_view *view,
				 const struct vouch_terms *terms)
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < view->local.stream_count; i++)
		if (view->local.streams[i].streaming == VOUCH_YES &&
		    vouch__terms_has(terms, view->local.streams[i].name))
			count++;
	return count;
}
