/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recovery reads; it never decides and never finishes somebody's promotion
 * (P6-D2). What happened to a grant is told by the timeline that the database
 * itself wrote: past the one the promotion left, authority moved; otherwise it
 * did not (P6-F2).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "authority/event.h"
#include "authority/lock.h"
#include "authority/marker.h"
#include "authority/promotion.h"
#include "authority/records.h"
#include "common/privilege.h"

static void attempt_text(struct json_object *record, const char *key, char *text)
{
	struct json_object *value;

	text[0] = '\0';
	if (json_object_object_get_ex(record, key, &value))
		(void)snprintf(text, VOUCH_NAME_SIZE, "%s",
			       json_object_get_string(value));
}

/* The last request without an outcome was cut off. */
enum vouch_error_code vouch__recover_attempt(struct vouch_context *context,
					     struct vouch_error *error)
{
	struct json_object *request, *outcome, *json;
	char id[VOUCH_NAME_SIZE];
	enum vouch_error_code code;

	code = vouch__journal_find(context->journal, VOUCH_RECORD_REQUEST, NULL,
				   NULL, &request, error);
	if (code == VOUCH_E_NOT_FOUND)
		return VOUCH_OK;
	if (code != VOUCH_OK)
		return code;
	attempt_text(request, "request", id);
	json_object_put(request);
	code = vouch__journal_find(context->journal, VOUCH_RECORD_OUTCOME,
				   "request", id, &outcome, error);
	if (code == VOUCH_OK) {
		json_object_put(outcome);
		return VOUCH_OK;
	}
	if (code != VOUCH_E_NOT_FOUND)
		return code;
	vouch__event_emit(context->config, "aborted_on_crash", id,
			  context->config->node, "the attempt was cut off", 0);
	json = json_object_new_object();
	if (!json)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	(void)json_object_object_add(json, "request", json_object_new_string(id));
	(void)json_object_object_add(json, "outcome",
				     json_object_new_string("aborted_on_crash"));
	(void)json_object_object_add(
		json, "why",
		json_object_new_string("the attempt was cut off (P6-F2)"));
	code = vouch__journal_append(context->journal, VOUCH_RECORD_OUTCOME, json,
				     NULL, error);
	json_object_put(json);
	return code;
}

static void grant_publish(struct vouch_context *context,
			  struct vouch_deadline deadline, uint64_t epoch,
			  enum vouch_grant_outcome outcome)
{
	struct vouch_error error = { 0 };

	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK)
		return;
	/* The cluster may not have it: the claim was never made, and that is
	 * as good as void. */
	(void)!context->cluster_ops->grant_close(context->cluster, deadline,
						 epoch, outcome, 0, &error);
	(void)!vouch__privilege_lower(context->config, &error);
}

/* Claims of this node that only the cluster knows: the attempt was cut off
 * before it could journal them. */
static enum vouch_error_code claims_follow(struct vouch_context *context,
					   struct vouch_cluster_grant *grants,
					   uint32_t *count,
					   struct vouch_deadline deadline,
					   struct vouch_error *error)
{
	struct vouch_cluster_grant seen[VOUCH_GRANTS_MAX];
	struct vouch_error ignored = { 0 };
	uint32_t seen_count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;
	uint32_t i, j;

	if (!context->cluster)
		return VOUCH_OK;
	code = vouch__privilege_raise(error);
	if (code != VOUCH_OK)
		return code;
	code = context->cluster_ops->grants_observe(context->cluster, deadline,
						    seen, &seen_count, error);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return VOUCH_E_PERMISSION;
	for (i = 0; code == VOUCH_OK && i < seen_count; i++) {
		for (j = 0; j < *count && grants[j].epoch != seen[i].epoch; j++)
			;
		if (j == *count && *count < VOUCH_GRANTS_MAX)
			grants[(*count)++] = seen[i];
	}
	return code;
}

static enum vouch_error_code grant_resolve(struct vouch_context *context,
					   const struct vouch_directory *directory,
					   const char *incarnation,
					   const struct vouch_marker *marker,
					   struct vouch_deadline deadline,
					   struct vouch_error *error)
{
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;
	uint32_t i;

	code = vouch__records_grants(context->journal, grants, &count, error);
	if (code == VOUCH_OK)
		code = claims_follow(context, grants, &count, deadline, error);
	for (i = 0; code == VOUCH_OK && i < count; i++) {
		if (grants[i].outcome != VOUCH_GRANT_OPEN ||
		    strcmp(grants[i].holder, context->config->node) != 0)
			continue;
		/* Given to another life of this directory. What that one did
		 * cannot be told from this one: it stays open (P6-S1). */
		if (strcmp(grants[i].incarnation, incarnation) != 0)
			continue;
		/* Without its marker the promotion was never asked for. */
		if (marker && marker->epoch == grants[i].epoch &&
		    directory->timeline > marker->from_timeline)
			grants[i].outcome = VOUCH_GRANT_DONE;
		else
			grants[i].outcome = VOUCH_GRANT_VOID;
		code = vouch__record_grant(context->journal, &grants[i], error);
		if (code == VOUCH_OK)
			grant_publish(context, deadline, grants[i].epoch,
				      grants[i].outcome);
	}
	return code;
}

enum vouch_error_code vouch__grant_settle(struct vouch_context *context,
					  const struct vouch_marker *marker,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;
	uint32_t i;

	if (marker->timeline == 0)
		return vouch__error_set(error, VOUCH_E_STATE,
					"how the promotion to epoch %" PRIu64
					" ended is not known yet",
					marker->epoch);
	code = vouch__records_grants(context->journal, grants, &count, error);
	if (code == VOUCH_OK)
		code = claims_follow(context, grants, &count, deadline, error);
	for (i = 0; code == VOUCH_OK && i < count; i++) {
		if (grants[i].outcome != VOUCH_GRANT_OPEN ||
		    grants[i].epoch != marker->epoch ||
		    strcmp(grants[i].holder, context->config->node) != 0)
			continue;
		grants[i].outcome = VOUCH_GRANT_DONE;
		code = vouch__record_grant(context->journal, &grants[i], error);
		if (code == VOUCH_OK)
			grant_publish(context, deadline, grants[i].epoch,
				      VOUCH_GRANT_DONE);
	}
	return code;
}

static enum vouch_error_code recover_alone(struct vouch_context *context,
					   const struct vouch_directory *directory,
					   const char *incarnation,
					   struct vouch_deadline deadline,
					   struct vouch_error *error)
{
	struct vouch_marker marker;
	enum vouch_error_code code;
	int marked;

	code = vouch__marker_read(context->config, &marker, error);
	if (code != VOUCH_OK && code != VOUCH_E_NOT_FOUND)
		return code;
	marked = code == VOUCH_OK;
	code = grant_resolve(context, directory, incarnation, marked ? &marker : NULL,
			     deadline, error);
	if (code == VOUCH_OK)
		code = vouch__recover_attempt(context, error);
	/* What starts now is a standby, whatever it was. */
	if (code == VOUCH_OK && marked)
		code = vouch__marker_remove(context->config, error);
	return code;
}

/* An attempt that is still under way has not failed to promote yet: its grant
 * must not be declared void behind its back (P6-A2). */
enum vouch_error_code vouch__recover(struct vouch_context *context,
				     const struct vouch_directory *directory,
				     const char *incarnation,
				     struct vouch_deadline deadline,
				     struct vouch_error *error)
{
	enum vouch_error_code code;
	int lock;

	code = vouch__lock_take(context->config, "recovery", &lock, error);
	if (code != VOUCH_OK)
		return code;
	code = recover_alone(context, directory, incarnation, deadline, error);
	vouch__lock_release(lock);
	return code;
}
