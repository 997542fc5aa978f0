/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/other_life.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/json.h"

/* The incarnation of the record is the one that goes on; beside it is why. */
static enum vouch_error_code removal_record(struct vouch_context *context,
					    const char *incarnation,
					    const char *why,
					    struct vouch_error *error)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code;

	code = vouch__json_put_text(json, "incarnation", incarnation);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "why", why);
	if (code != VOUCH_OK)
		code = vouch__error_set(error, code, "out of memory");
	else
		code = vouch__journal_append(context->journal,
					     VOUCH_RECORD_INCARNATION, json,
					     NULL, error);
	json_object_put(json);
	return code;
}

enum vouch_error_code
vouch__other_life_remove(struct vouch_context *context,
			 const struct vouch_directory *directory,
			 const char *incarnation,
			 const struct vouch_marker *marker,
			 struct vouch_error *error)
{
	char why[VOUCH_TEXT_SIZE];
	enum vouch_error_code code;

	if (marker->system_id != directory->system_id)
		return vouch__error_set(
			error, VOUCH_E_CONFLICT,
			"the marker is of incarnation %s of database system "
			"%" PRIu64 ", this is %s of %" PRIu64,
			marker->incarnation, marker->system_id, incarnation,
			directory->system_id);
	(void)snprintf(why, sizeof(why),
		       "P6-S1: the marker of epoch %" PRIu64 " is of incarnation "
		       "%s, this is %s: it is removed, and nothing is said of "
		       "what that one did",
		       marker->epoch, marker->incarnation, incarnation);
	code = removal_record(context, incarnation, why, error);
	if (code == VOUCH_OK)
		code = vouch__marker_remove(context->config, error);
	if (code == VOUCH_OK && context->progress)
		context->progress(why);
	return code;
}
