/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/disown.h"

#include <inttypes.h>
#include <string.h>

#include "authority/records.h"
#include "common/privilege.h"

static struct vouch_cluster_grant *
grant_find(struct vouch_cluster_grant *grants, uint32_t count, uint64_t epoch,
	   const char *holder)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (grants[i].epoch == epoch &&
		    strcmp(grants[i].holder, holder) == 0)
			return &grants[i];
	}
	return NULL;
}

static enum vouch_error_code journal_disown(struct vouch_context *context,
					    uint64_t epoch,
					    struct vouch_error *error)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	struct vouch_cluster_grant *grant;
	enum vouch_error_code code = vouch__records_grants(
		context->journal, grants, &count, error);

	if (code != VOUCH_OK)
		return code;
	grant = grant_find(grants, count, epoch, context->config->node);
	if (!grant)
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"the journal has no grant of epoch "
					"%" PRIu64 " to this node",
					epoch);
	if (grant->outcome == VOUCH_GRANT_DISOWNED)
		return VOUCH_OK;
	grant->outcome = VOUCH_GRANT_DISOWNED;
	return vouch__record_grant(context->journal, grant, error);
}

static enum vouch_error_code cluster_disown(struct vouch_context *context,
					    uint64_t epoch,
					    struct vouch_deadline deadline,
					    struct vouch_error *error)
{
	struct vouch_error ignored = { 0 };
	enum vouch_error_code code;

	if (!context->cluster_ops)
		return VOUCH_OK;
	if (!context->cluster)
		return vouch__error_set(error, VOUCH_E_CLUSTER,
					"the cluster does not answer");
	code = vouch__privilege_raise(error);
	if (code != VOUCH_OK)
		return code;
	code = context->cluster_ops->grant_close(context->cluster, deadline,
						 epoch, VOUCH_GRANT_DISOWNED, 0,
						 error);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return vouch__error_set(error, VOUCH_E_PERMISSION, "%s",
					ignored.text);
	return code;
}

/* The cluster first: it is what the others read. A journal that cannot be written
 * keeps nobody from saying it there. */
enum vouch_error_code vouch__epoch_disown(struct vouch_context *context,
					  uint64_t epoch,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	enum vouch_error_code code =
		cluster_disown(context, epoch, deadline, error);
	struct vouch_error own = { 0 };
	enum vouch_error_code journalled = journal_disown(
		context, epoch, code == VOUCH_OK ? error : &own);

	return code != VOUCH_OK ? code : journalled;
}
