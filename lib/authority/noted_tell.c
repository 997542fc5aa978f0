/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one node noted is of use to the one that is promoted: told before it is. */
#include "authority/noted.h"
#include "common/privilege.h"
#include "evidence/collect.h"

static void say(struct vouch_context *context, const char *text)
{
	if (context->progress)
		context->progress(text);
}

void vouch__noted_tell(struct vouch_context *context,
		       struct vouch_deadline deadline)
{
	static char text[VOUCH_NOTES_SIZE];
	struct vouch_error error = { 0 };

	if (!context->cluster || !context->cluster_ops->notes_tell)
		return;
	if (vouch__noted_text(context->config, text, sizeof(text), &error) !=
	    VOUCH_OK) {
		say(context, error.text);
		return;
	}
	if (text[0] == '\0')
		return;
	if (vouch__privilege_raise(&error) != VOUCH_OK)
		return;
	if (context->cluster_ops->notes_tell(context->cluster, deadline, text,
					     &error) != VOUCH_OK)
		say(context, error.text);
	if (vouch__privilege_lower(context->config, &error) != VOUCH_OK)
		say(context, error.text);
}
