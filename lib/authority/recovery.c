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
#include "authority/other_life.h"
#include "authority/promotion.h"
#include "authority/records.h"
#include "authority/seal.h"
#include "common/json.h"
#include "common/privilege.h"

static enum vouch_error_code abort_record(struct vouch_context *context,
					  const char *id,
					  struct vouch_error *error)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code;

	code = vouch__json_put_text(json, "request", id);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "outcome", "aborted_on_crash");
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "why",
					    "the attempt was cut off (P6-F2)");
	if (code != VOUCH_OK)
		code = vouch__error_set(error, code, "out of memory");
	else
		code = vouch__journal_append(context->journal,
					     VOUCH_RECORD_OUTCOME, json, NULL,
					     error);
	json_object_put(json);
	return code;
}

/* The last request without an outcome was cut off. */
enum vouch_error_code vouch__recover_attempt(struct vouch_context *context,
					     struct vouch_error *error)
{
	struct json_object *request, *outcome;
	char id[VOUCH_NAME_SIZE];
	enum vouch_error_code code;

	code = vouch__journal_find_standing(context->journal,
					    VOUCH_RECORD_REQUEST, NULL, NULL,
					    &request, error);
	if (code == VOUCH_E_NOT_FOUND)
		return VOUCH_OK;
	if (code != VOUCH_OK)
		return code;
	code = vouch__json_get_text(request, "request", id, sizeof(id), error);
	json_object_put(request);
	if (code != VOUCH_OK)
		return code;
	code = vouch__journal_find_standing(context->journal,
					    VOUCH_RECORD_OUTCOME, "request", id,
					    &outcome, error);
	if (code == VOUCH_OK) {
		json_object_put(outcome);
		return VOUCH_OK;
	}
	if (code != VOUCH_E_NOT_FOUND)
		return code;
	vouch__event_emit(context->config,
			  &(struct vouch_event){
				  .name = "aborted_on_crash",
				  .request_id = id,
				  .candidate = context->config->node,
				  .reason = "the attempt was cut off" });
	return abort_record(context, id, error);
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

/* The grants that the cluster names; none where there is no cluster. */
struct seen {
	uint32_t count;
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
};

static enum vouch_error_code seen_read(struct vouch_context *context,
				       struct vouch_deadline deadline,
				       struct seen *seen,
				       struct vouch_error *error)
{
	struct vouch_error ignored = { 0 };
	enum vouch_error_code code;

	seen->count = 0;
	if (!context->cluster)
		return VOUCH_OK;
	code = vouch__privilege_raise(error);
	if (code != VOUCH_OK)
		return code;
	seen->count = VOUCH_GRANTS_MAX;
	code = context->cluster_ops->grants_observe(context->cluster, deadline,
						    seen->grants, &seen->count,
						    error);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return VOUCH_E_PERMISSION;
	if (code != VOUCH_OK)
		seen->count = 0;
	return code;
}

/* Claims of this node that only the cluster knows: the attempt was cut off
 * before it could journal them. */
static void seen_merge(const struct seen *seen,
		       struct vouch_cluster_grant *grants, uint32_t *count)
{
	uint32_t i, j;

	for (i = 0; i < seen->count; i++) {
		for (j = 0; j < *count &&
			    grants[j].epoch != seen->grants[i].epoch;
		     j++)
			;
		if (j == *count && *count < VOUCH_GRANTS_MAX)
			grants[(*count)++] = seen->grants[i];
	}
}

static int is_open_in(const struct seen *seen, uint64_t epoch)
{
	uint32_t i;

	for (i = 0; i < seen->count; i++) {
		if (seen->grants[i].epoch == epoch)
			return seen->grants[i].outcome == VOUCH_GRANT_OPEN;
	}
	return 0;
}

/* Has the cluster not heard yet how this one ended, or that its epoch was disowned
 * since (P6-S1)? */
static int is_news_for(const struct seen *seen,
		       const struct vouch_cluster_grant *grant)
{
	uint32_t i;

	for (i = 0; i < seen->count; i++) {
		if (seen->grants[i].epoch == grant->epoch)
			return seen->grants[i].outcome == VOUCH_GRANT_OPEN ||
			       (grant->outcome == VOUCH_GRANT_DISOWNED &&
				seen->grants[i].outcome == VOUCH_GRANT_DONE);
	}
	return 0;
}

/* Said at each start, as long as no later epoch has taken its place: that the cluster
 * has it does not say that an older copy of its configuration cannot overrule it. */
static int is_disowned_last(const struct vouch_cluster_grant *grants, uint32_t count,
			    const struct vouch_cluster_grant *grant)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (grants[i].epoch > grant->epoch &&
		    vouch__cluster_grant_happened(&grants[i]))
			return 0;
	}
	return grant->outcome == VOUCH_GRANT_DISOWNED;
}

/* A request is journalled before its claim. A journal without it is older than
 * the grant, which it then knows from the cluster only: the machine was set back,
 * and what it did since cannot be told from what it has now (P6-S1). The first
 * epoch was adopted, without a request. */
static enum vouch_error_code was_asked_here(struct vouch_context *context,
					    const struct vouch_cluster_grant *grant,
					    int *asked,
					    struct vouch_error *error)
{
	struct json_object *request = NULL;
	enum vouch_error_code code = VOUCH_OK;

	*asked = 1;
	if (grant->epoch > 1)
		code = vouch__journal_find(context->journal,
					   VOUCH_RECORD_REQUEST, "request",
					   grant->request_id, &request, error);
	json_object_put(request);
	if (code != VOUCH_E_NOT_FOUND)
		return code;
	*asked = 0;
	return VOUCH_OK;
}

/* Without its marker the promotion was never asked for. */
static enum vouch_grant_outcome
outcome_of(const struct vouch_cluster_grant *grant,
	   const struct vouch_directory *directory,
	   const struct vouch_marker *marker)
{
	return marker && marker->epoch == grant->epoch &&
			       directory->timeline > marker->from_timeline ?
		       VOUCH_GRANT_DONE :
		       VOUCH_GRANT_VOID;
}

static void tell(const struct vouch_context *context, uint64_t epoch,
		 const char *what, const char *why)
{
	char text[2 * VOUCH_TEXT_SIZE];

	if (!context->progress)
		return;
	(void)snprintf(text, sizeof(text),
		       "P6-A1: the cluster's configuration has no record of this "
		       "node's epoch %" PRIu64 "; %s%.300s",
		       epoch, what, why);
	context->progress(text);
}

/* As it was claimed at first, and then its end: cut off in between it is open,
 * which makes others more careful, and the next start ends it. */
static void grant_restore(struct vouch_context *context,
			  struct vouch_deadline deadline,
			  const struct vouch_cluster_grant *grant)
{
	struct vouch_cluster_grant claim = *grant;
	struct vouch_error error = { 0 }, ignored = { 0 };
	enum vouch_error_code code = vouch__privilege_raise(&error);

	claim.outcome = VOUCH_GRANT_OPEN;
	if (code == VOUCH_OK)
		code = context->cluster_ops->grant_claim(
			context->cluster, deadline, &claim, &error);
	if (code == VOUCH_OK)
		code = context->cluster_ops->grant_close(
			context->cluster, deadline, grant->epoch, grant->outcome,
			0, &error);
	(void)!vouch__privilege_lower(context->config, &ignored);
	tell(context, grant->epoch,
	     code == VOUCH_OK ? "it is put there again, as the journal has it" :
				"it could not be put there again: ",
	     code == VOUCH_OK ? "" : error.text);
}

/* A configuration may have been replaced by one from before the grant, which is all
 * that others know of an epoch whose row they lack (P6-A1). What was promoted here
 * stays true, whoever says it; only where a number is not above all others that the
 * cluster has, nothing is said: it may be somebody else's there. */
static void own_newest_restore(struct vouch_context *context,
			       struct vouch_deadline deadline,
			       const struct vouch_cluster_grant *grants,
			       uint32_t count, const struct seen *seen)
{
	const struct vouch_cluster_grant *own = NULL, *newest = NULL;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(grants[i].holder, context->config->node) == 0 &&
		    vouch__cluster_grant_happened(&grants[i]) &&
		    (!own || grants[i].epoch > own->epoch))
			own = &grants[i];
	}
	for (i = 0; i < seen->count; i++) {
		if (!newest || seen->grants[i].epoch > newest->epoch)
			newest = &seen->grants[i];
	}
	if (!context->cluster || !own)
		return;
	if (!newest || newest->epoch < own->epoch)
		grant_restore(context, deadline, own);
	else if (newest->epoch == own->epoch &&
		 (strcmp(newest->holder, own->holder) != 0 ||
		  strcmp(newest->request_id, own->request_id) != 0))
		tell(context, own->epoch,
		     "nothing is written, since that number is there of ",
		     newest->holder);
}

/* Also what was journalled already, but did not reach the cluster: there it
 * would stay open, and everybody else more careful than needed. */
static enum vouch_error_code grant_resolve(struct vouch_context *context,
					   const struct vouch_directory *directory,
					   const char *incarnation,
					   const struct vouch_marker *marker,
					   struct vouch_deadline deadline,
					   struct vouch_error *error)
{
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	struct seen seen;
	enum vouch_error_code code;
	uint32_t i;

	code = vouch__records_grants(context->journal, grants, &count, error);
	if (code == VOUCH_OK)
		code = seen_read(context, deadline, &seen, error);
	if (code == VOUCH_OK)
		seen_merge(&seen, grants, &count);
	for (i = 0; code == VOUCH_OK && i < count; i++) {
		int open = grants[i].outcome == VOUCH_GRANT_OPEN, asked = 0;

		if (strcmp(grants[i].holder, context->config->node) != 0)
			continue;
		/* Given to another life of this directory. What that one did
		 * cannot be told from this one: it stays open (P6-S1). */
		if (open && strcmp(grants[i].incarnation, incarnation) != 0)
			continue;
		if (open)
			code = was_asked_here(context, &grants[i], &asked,
					      error);
		if (code != VOUCH_OK || (open && !asked))
			continue;
		if (open) {
			grants[i].outcome =
				outcome_of(&grants[i], directory, marker);
			code = vouch__record_grant(context->journal, &grants[i],
						   error);
		}
		if (code == VOUCH_OK &&
		    (open || is_news_for(&seen, &grants[i]) ||
		     is_disowned_last(grants, count, &grants[i])))
			grant_publish(context, deadline, grants[i].epoch,
				      grants[i].outcome);
	}
	if (code == VOUCH_OK)
		own_newest_restore(context, deadline, grants, count, &seen);
	return code;
}

enum vouch_answer vouch__grant_is_open(struct vouch_context *context,
				       const char *incarnation,
				       struct vouch_deadline deadline)
{
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	struct vouch_error error = { 0 };
	struct seen seen;
	uint32_t i;

	if (vouch__records_grants(context->journal, grants, &count, &error) !=
		    VOUCH_OK ||
	    seen_read(context, deadline, &seen, &error) != VOUCH_OK)
		return VOUCH_UNKNOWN;
	seen_merge(&seen, grants, &count);
	for (i = 0; i < count; i++) {
		int open = grants[i].outcome == VOUCH_GRANT_OPEN, asked = 0;

		if (strcmp(grants[i].holder, context->config->node) != 0 ||
		    strcmp(grants[i].incarnation, incarnation) != 0 ||
		    (!open && !is_open_in(&seen, grants[i].epoch)))
			continue;
		/* What this journal cannot settle no start does either. */
		if (open && was_asked_here(context, &grants[i], &asked,
					   &error) != VOUCH_OK)
			return VOUCH_UNKNOWN;
		if (!open || asked)
			return VOUCH_YES;
	}
	return VOUCH_NO;
}

enum vouch_error_code vouch__grant_settle(struct vouch_context *context,
					  const struct vouch_marker *marker,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	struct seen seen;
	enum vouch_error_code code;
	uint32_t i;

	if (marker->timeline == 0)
		return vouch__error_set(error, VOUCH_E_STATE,
					"how the promotion to epoch %" PRIu64
					" ended is not known yet",
					marker->epoch);
	code = vouch__records_grants(context->journal, grants, &count, error);
	if (code == VOUCH_OK)
		code = seen_read(context, deadline, &seen, error);
	if (code == VOUCH_OK)
		seen_merge(&seen, grants, &count);
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

/* What a monitor or a stop could not say. Nothing hangs on it here: whoever does not
 * answer now is told by the next start. */
static void seal_retell(struct vouch_context *context,
			struct vouch_deadline deadline)
{
	struct vouch_error error = { 0 };

	if (vouch__seal_retell(context, deadline, &error) == VOUCH_OK ||
	    !context->progress)
		return;
	(void)vouch__error_prefix(&error, "P6-A1: the cluster may not know that "
					  "this node's seal is broken");
	context->progress(error.text);
}

enum vouch_error_code vouch__recover_locked(struct vouch_context *context,
					    const struct vouch_directory *directory,
					    const char *incarnation,
					    struct vouch_deadline deadline,
					    struct vouch_error *error)
{
	struct vouch_marker marker;
	enum vouch_error_code code;
	int marked;

	code = vouch__marker_read_of_any_life(context->config, &marker, error);
	marked = code == VOUCH_OK;
	if (marked && strcmp(marker.incarnation, incarnation) != 0) {
		marked = 0;
		code = vouch__other_life_remove(context, directory, incarnation,
						&marker, error);
	}
	if (code != VOUCH_OK && code != VOUCH_E_NOT_FOUND)
		return code;
	/* Before the grants: a seal speaks louder than that its epoch is disowned. */
	seal_retell(context, deadline);
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
	code = vouch__recover_locked(context, directory, incarnation, deadline,
				     error);
	vouch__lock_release(lock);
	return code;
}
