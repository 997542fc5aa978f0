/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/recheck.h"

#include <inttypes.h>
#include <string.h>

#include "common/privilege.h"

/* What is older than the candidate's log is left out of the evidence, disowned or
 * not: the row of a later epoch ends what it matters for. */
static uint64_t left_behind(const struct vouch_evidence *evidence)
{
	const struct vouch_probe *probe;

	if (evidence->request.candidate >= evidence->node_count)
		return 0;
	probe = &evidence->nodes[evidence->request.candidate].probe;
	return probe->condition == VOUCH_PRESENT && probe->epoch > 0 ?
		       probe->epoch - 1 :
		       0;
}

void vouch__decided_note(const struct vouch_evidence *evidence,
			 struct vouch_decided *decided)
{
	uint32_t i;

	decided->view = evidence->after;
	decided->disowned = left_behind(evidence);
	decided->seal_epoch = decided->seal_lsn = 0;
	if (evidence->seal.condition == VOUCH_PRESENT &&
	    evidence->seal.unbroken == VOUCH_YES) {
		decided->seal_epoch = evidence->seal.epoch;
		decided->seal_lsn = evidence->seal.record_lsn;
	}
	for (i = 0; i < evidence->grant_count; i++) {
		const struct vouch_grant *grant = &evidence->grants[i];

		if (grant->outcome == VOUCH_GRANT_DISOWNED &&
		    grant->epoch > decided->disowned)
			decided->disowned = grant->epoch;
	}
}

static enum vouch_error_code view_recheck(struct vouch_context *context,
					  const struct vouch_view *decided,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	struct vouch_view now;
	enum vouch_error_code code;

	memset(&now, 0, sizeof(now));
	code = context->cluster_ops->view_observe(context->cluster, deadline, &now,
						  error);
	if (code != VOUCH_OK)
		return code;
	if (now.condition != VOUCH_PRESENT || now.quorate != VOUCH_YES ||
	    now.ring_leader != decided->ring_leader ||
	    now.ring_seq != decided->ring_seq)
		return vouch__error_set(error, VOUCH_E_CLUSTER,
					"the membership changed after the "
					"decision (P6-A1); ask again");
	return VOUCH_OK;
}

static enum vouch_error_code grants_recheck(struct vouch_context *context,
					    uint64_t disowned,
					    struct vouch_deadline deadline,
					    struct vouch_error *error)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX, i;
	enum vouch_error_code code;

	code = context->cluster_ops->grants_observe(context->cluster, deadline,
						    grants, &count, error);
	if (code != VOUCH_OK)
		return code;
	for (i = 0; i < count; i++) {
		if (grants[i].outcome == VOUCH_GRANT_DISOWNED &&
		    grants[i].epoch > disowned)
			return vouch__error_set(
				error, VOUCH_E_CLUSTER,
				"after the decision the cluster heard that the "
				"server of %s ran without the contract of epoch "
				"%" PRIu64 " (P6-S1); ask again",
				grants[i].holder, grants[i].epoch);
	}
	return VOUCH_OK;
}

static enum vouch_error_code seal_recheck(struct vouch_context *context,
					  const struct vouch_decided *decided,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	struct vouch_cluster_seal seal;
	enum vouch_error_code code;

	if (decided->seal_epoch == 0)
		return VOUCH_OK;
	code = context->cluster_ops->seal_observe(context->cluster, deadline,
						  &seal, error);
	if (code != VOUCH_OK)
		return code;
	if (seal.epoch != decided->seal_epoch ||
	    seal.record_lsn != decided->seal_lsn || seal.unbroken != VOUCH_YES)
		return vouch__error_set(error, VOUCH_E_CLUSTER,
					"the seal of epoch %" PRIu64 " was broken "
					"or replaced after the decision (P6-A1); "
					"ask again",
					decided->seal_epoch);
	return VOUCH_OK;
}

/* As root, which only the cluster needs. */
static enum vouch_error_code as_root(struct vouch_context *context,
				     const struct vouch_decided *decided,
				     int after_claim,
				     struct vouch_deadline deadline,
				     struct vouch_error *error)
{
	struct vouch_error ignored;
	enum vouch_error_code code;

	if (!context->cluster)
		return VOUCH_OK;
	code = vouch__privilege_raise(error);
	if (code != VOUCH_OK)
		return code;
	code = view_recheck(context, &decided->view, deadline, error);
	if (code == VOUCH_OK && after_claim)
		code = grants_recheck(context, decided->disowned, deadline, error);
	if (code == VOUCH_OK && after_claim)
		code = seal_recheck(context, decided, deadline, error);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return vouch__error_set(error, VOUCH_E_PERMISSION, "%s",
					ignored.text);
	return code;
}

enum vouch_error_code vouch__precheck(struct vouch_context *context,
				      const struct vouch_decided *decided,
				      struct vouch_deadline deadline,
				      struct vouch_error *error)
{
	return as_root(context, decided, 0, deadline, error);
}

enum vouch_error_code vouch__recheck(struct vouch_context *context,
				     const struct vouch_decided *decided,
				     struct vouch_deadline deadline,
				     struct vouch_error *error)
{
	return as_root(context, decided, 1, deadline, error);
}
