/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "authority/marker.h"
#include "common/privilege.h"
#include "evidence/collect.h"

/* A cluster that does not answer leaves context->cluster NULL; the reason is
 * told as progress, the evidence will lack the view, and the kernel vetoes. */
static void cluster_open(struct vouch_context *context,
			 struct vouch_deadline deadline)
{
	struct vouch_error error = { 0 };

	if (vouch__privilege_raise(&error) == VOUCH_OK) {
		if (context->cluster_ops->open(context->config, deadline,
					       &context->cluster,
					       &error) != VOUCH_OK)
			context->cluster = NULL;
		if (vouch__privilege_lower(context->config, &error) != VOUCH_OK)
			context->cluster = NULL;
	}
	if (!context->cluster && context->progress)
		context->progress(error.text);
}

enum vouch_error_code vouch__context_open(struct vouch_context *context,
					  const struct vouch_config *config,
					  int writable,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	void (*progress)(const char *) = context->progress;
	enum vouch_error_code code;

	memset(context, 0, sizeof(*context));
	context->progress = progress;
	context->config = config;
	context->engine = vouch__engine_find(config->engine);
	if (!context->engine)
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"there is no engine '%s'",
					config->engine);
	if (strcmp(config->manager, "none") != 0) {
		context->cluster_ops =
			vouch__cluster_find(config->manager, error);
		if (!context->cluster_ops)
			return error ? error->code : VOUCH_E_CONFIG;
	}
	code = vouch__state_prepare(config, error);
	if (code == VOUCH_OK)
		code = vouch__privilege_lower(config, error);
	if (code == VOUCH_OK)
		code = vouch__journal_open(config, writable, &context->journal,
					   error);
	if (code != VOUCH_OK) {
		context->journal = NULL;
		return code;
	}
	if (context->cluster_ops)
		cluster_open(context, deadline);
	return VOUCH_OK;
}

void vouch__context_close(struct vouch_context *context)
{
	if (context->cluster)
		context->cluster_ops->close(context->cluster);
	context->cluster = NULL;
	vouch__journal_close(context->journal);
	context->journal = NULL;
}
