/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/follow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/common_log.h"
#include "authority/noted.h"
#include "authority/records.h"
#include "authority/refusal.h"
#include "authority/snapshot.h"
#include "authority/standing.h"
#include "common/privilege.h"
#include "kernel/scratch.h"

enum {
	SCORE_HOLDER = 2000, /* the last holder, which needs no other's log */
	SCORE_FIRST = 1000,
	SCORE_STEP = 10,
	SCORE_REFUSED = -1000, /* was asked, and is not eligible */
};

static void say(struct vouch_context *context, const char *text)
{
	if (context->progress)
		context->progress(text);
}

static void score_set(struct vouch_context *context,
		      struct vouch_deadline deadline, int score, int remove)
{
	struct vouch_error error = { 0 };

	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK)
		return;
	if (context->cluster_ops->score_set(context->cluster, deadline, score,
					    remove, &error) != VOUCH_OK)
		say(context, error.text);
	if (vouch__privilege_lower(context->config, &error) != VOUCH_OK)
		say(context, error.text);
}

void vouch__score_withdraw(struct vouch_context *context,
			   struct vouch_deadline deadline)
{
	score_set(context, deadline, 0, 1);
}

int vouch__holds_authority(const struct vouch_config *config,
			   const struct vouch_local *local)
{
	struct vouch_witness witness = { .system_id = local->system_id,
					 .log_epoch = local->epoch };
	struct vouch_standing standing;

	/* An unpinned server says no incarnation, and is nobody's. */
	if (local->system_id == 0 || local->incarnation[0] == '\0')
		return 0;
	memcpy(witness.incarnation, local->incarnation, VOUCH_NAME_SIZE);
	vouch__standing_read(config, &witness, &standing);
	return standing.hold == VOUCH_HOLD_HELD &&
	       standing.timeline == local->timeline;
}

/* In root's identity; both lists or an error. */
static enum vouch_error_code cluster_read(struct vouch_context *context,
					  struct vouch_deadline deadline,
					  struct vouch_cluster_grant *grants,
					  uint32_t *count,
					  struct vouch_fencing_list *history,
					  struct vouch_error *error)
{
	struct vouch_error ignored = { 0 };
	enum vouch_error_code code = vouch__privilege_raise(error);

	if (code != VOUCH_OK)
		return code;
	code = context->cluster_ops->grants_observe(context->cluster, deadline,
						    grants, count, error);
	if (code == VOUCH_OK)
		code = context->cluster_ops->fencing_observe(
			context->cluster, deadline, history, error);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return VOUCH_E_PERMISSION;
	return code;
}

/* Not a condition for anything else that follows. */
static void holder_follow(struct vouch_context *context,
			  const struct vouch_cluster_grant *grant,
			  struct vouch_deadline deadline)
{
	struct vouch_error error = { 0 };

	if (grant->outcome == VOUCH_GRANT_VOID ||
	    strcmp(grant->holder, context->config->node) == 0)
		return;
	if (vouch__primary_follow(context, grant->holder, deadline, &error) !=
	    VOUCH_OK)
		say(context, error.text);
}

/* The history is read before the holder is seen: what happened in between is
 * new to the snapshot, and that errs towards a veto only when it is stale. */
static enum vouch_error_code cluster_follow(struct vouch_context *context,
					    struct vouch_deadline deadline,
					    struct vouch_error *error)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	static struct vouch_fencing_list history;
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;

	memset(&history, 0, sizeof(history));
	code = cluster_read(context, deadline, grants, &count, &history, error);
	if (code == VOUCH_OK)
		code = vouch__records_follow(context->journal, grants, count,
					     error);
	if (code == VOUCH_OK && count > 0)
		holder_follow(context, &grants[count - 1], deadline);
	if (code != VOUCH_OK || count == 0)
		return code;
	return vouch__snapshot_take(context, &grants[count - 1], &history,
				    deadline, error);
}

/* Grants are left to the notifications: a promotion of this node may be under way,
 * and says itself how its own ends. */
enum vouch_error_code vouch__follow_fencing(struct vouch_context *context,
					    struct vouch_deadline deadline,
					    struct vouch_error *error)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	static struct vouch_fencing_list history;
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;

	if (!context->cluster)
		return vouch__error_set(error, VOUCH_E_CLUSTER,
					"the cluster does not answer");
	memset(&history, 0, sizeof(history));
	code = cluster_read(context, deadline, grants, &count, &history, error);
	if (code != VOUCH_OK || count == 0)
		return code;
	return vouch__snapshot_take(context, &grants[count - 1], &history,
				    deadline, error);
}

void vouch__follow_watchdog(struct vouch_context *context,
			    struct vouch_deadline deadline)
{
	static struct vouch_fencing_list history;
	struct vouch_error error = { 0 };
	enum vouch_error_code code;

	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK)
		return;
	memset(&history, 0, sizeof(history));
	code = context->cluster_ops->fencing_observe(context->cluster, deadline,
						     &history, &error);
	if (vouch__privilege_lower(context->config, &error) != VOUCH_OK)
		code = VOUCH_E_PERMISSION;
	if (code == VOUCH_OK && history.watchdog == VOUCH_YES)
		code = vouch__snapshot_doubt(context, &error);
	if (code != VOUCH_OK)
		say(context, error.text);
}

static uint32_t grants_read(struct vouch_context *context,
			    struct vouch_deadline deadline,
			    struct vouch_cluster_grant *grants)
{
	struct vouch_error error = { 0 };
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;

	if (!context->cluster)
		return vouch__records_grants(context->journal, grants, &count,
					     &error) == VOUCH_OK ?
			       count :
			       0;
	if (vouch__privilege_raise(&error) != VOUCH_OK)
		return 0;
	code = context->cluster_ops->grants_observe(context->cluster, deadline,
						    grants, &count, &error);
	if (vouch__privilege_lower(context->config, &error) != VOUCH_OK)
		say(context, error.text);
	return code == VOUCH_OK ? count : 0;
}

/* Who was granted last, unless that came to nothing: a promotion that was cut off
 * before its row left a log that nobody else may be promoted from (rule 420). */
static uint64_t newest_grant(struct vouch_context *context,
			     struct vouch_deadline deadline,
			     const struct vouch_local *local,
			     char holder[VOUCH_NAME_SIZE])
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = grants_read(context, deadline, grants);
	uint64_t newest = local->epoch;
	uint32_t i;

	memcpy(holder, local->epoch_holder, VOUCH_NAME_SIZE);
	for (i = 0; i < count; i++) {
		if (grants[i].outcome == VOUCH_GRANT_VOID ||
		    grants[i].epoch <= newest)
			continue;
		newest = grants[i].epoch;
		memcpy(holder, grants[i].holder, VOUCH_NAME_SIZE);
	}
	return newest;
}

static int is_last_holder(struct vouch_context *context,
			  struct vouch_deadline deadline,
			  const struct vouch_local *local)
{
	char holder[VOUCH_NAME_SIZE];

	(void)newest_grant(context, deadline, local, holder);
	return strcmp(holder, context->config->node) == 0;
}

/* Was this node asked and refused, and nobody granted anything since (P6-F3)? A
 * refusal that cannot be read is one. */
static int is_refused(struct vouch_context *context,
		      struct vouch_deadline deadline,
		      const struct vouch_local *local)
{
	struct vouch_refusal refusal;
	struct vouch_error error = { 0 };
	char holder[VOUCH_NAME_SIZE];
	enum vouch_error_code code =
		vouch__refusal_read(context->config, &refusal, &error);

	if (code == VOUCH_E_NOT_FOUND)
		return 0;
	if (code != VOUCH_OK) {
		say(context, error.text);
		return 1;
	}
	if (newest_grant(context, deadline, local, holder) <= refusal.epoch)
		return 1;
	if (vouch__refusal_remove(context->config, &error) == VOUCH_OK)
		return 0;
	say(context, error.text);
	return 1;
}

void vouch__refuse(struct vouch_context *context, struct vouch_deadline deadline,
		   const char *request_id, const char *next)
{
	static struct vouch_local local;
	struct vouch_refusal refusal = { 0 };
	struct vouch_error error = { 0 };
	char holder[VOUCH_NAME_SIZE];

	if (context->engine->local_observe(context->config, deadline, &local,
					   &error) != VOUCH_OK)
		memset(&local, 0, sizeof(local));
	(void)snprintf(refusal.request_id, VOUCH_NAME_SIZE, "%s", request_id);
	(void)snprintf(refusal.next, VOUCH_NAME_SIZE, "%s", next);
	refusal.epoch = newest_grant(context, deadline, &local, holder);
	if (vouch__refusal_write(context->config, &refusal, &error) != VOUCH_OK)
		say(context, error.text);
	score_set(context, deadline, SCORE_REFUSED, 0);
}

/* What a start offers: nothing without an authority on record, most by the
 * last holder. */
void vouch__score_offer(struct vouch_context *context,
			struct vouch_deadline deadline)
{
	static struct vouch_local local;
	struct vouch_error error = { 0 };

	if (context->engine->local_observe(context->config, deadline, &local,
					   &error) != VOUCH_OK)
		return;
	if (is_refused(context, deadline, &local))
		score_set(context, deadline, SCORE_REFUSED, 0);
	else if (local.epoch == 0)
		say(context, "no authority on record: run 'vouch adopt' on the "
			     "primary; until then nothing is promoted (P6-A3)");
	else
		score_set(context, deadline,
			  is_last_holder(context, deadline, &local) ?
				  SCORE_HOLDER :
				  SCORE_FIRST,
			  0);
}

void vouch__offer_again(struct vouch_context *context,
			struct vouch_deadline deadline)
{
	struct vouch_refusal refusal;
	struct vouch_error error = { 0 };
	enum vouch_error_code code =
		vouch__refusal_read(context->config, &refusal, &error);

	if (code == VOUCH_E_NOT_FOUND)
		return;
	/* This cleanup was vouch's own: the other one is to be asked. */
	if (code == VOUCH_OK && refusal.next[0] != '\0') {
		refusal.next[0] = '\0';
		code = vouch__refusal_write(context->config, &refusal, &error);
	} else {
		code = vouch__refusal_remove(context->config, &error);
		if (code == VOUCH_OK)
			vouch__score_offer(context, deadline);
	}
	if (code != VOUCH_OK)
		say(context, error.text);
}

enum vouch_error_code vouch__follow(struct vouch_context *context,
				    struct vouch_deadline deadline,
				    struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_OK;

	if (!context->cluster_ops)
		return VOUCH_OK;
	if (!context->cluster)
		return vouch__error_set(error, VOUCH_E_CLUSTER,
					"the cluster does not answer");
	code = cluster_follow(context, deadline, error);
	vouch__noted_tell(context, deadline);
	if (code == VOUCH_OK)
		vouch__score_offer(context, deadline);
	return code;
}

/* By epoch first and by position second, as the kernel will ask. */
static int is_before(const struct vouch_probe *a, const struct vouch_probe *b)
{
	if (a->epoch != b->epoch)
		return a->epoch > b->epoch;
	return vouch__probe_end(a) > vouch__probe_end(b);
}

/* What the cluster has lost cannot be asked to be promoted: no need to wait for
 * its answer. */
void vouch__probe_not_lost(struct vouch_context *context,
			   struct vouch_deadline deadline, uint8_t *wanted)
{
	static struct vouch_cluster_node nodes[VOUCH_NODES_MAX];
	const struct vouch_config *config = context->config;
	struct vouch_error error = { 0 };
	uint32_t count = VOUCH_NODES_MAX;
	uint32_t i, j;

	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK)
		return;
	if (context->cluster_ops->nodes_observe(context->cluster, deadline,
						nodes, &count,
						&error) != VOUCH_OK)
		count = 0;
	if (vouch__privilege_lower(config, &error) != VOUCH_OK)
		say(context, error.text);
	for (i = 0; i < count; i++) {
		for (j = 0; j < config->member_count; j++) {
			if (nodes[i].online == VOUCH_NO &&
			    strcmp(nodes[i].name, config->members[j].name) == 0)
				wanted[j] = VOUCH_PROBE_NOT;
		}
	}
}

/* Of two that are equally far the last holder is asked: it needs nobody else's
 * answer to prove that it has everything. */
static int score_of_rank(struct vouch_context *context,
			 struct vouch_deadline deadline, int rank)
{
	static struct vouch_local local;
	struct vouch_error error = { 0 };
	int score = SCORE_FIRST - rank * SCORE_STEP;

	if (context->engine->local_observe(context->config, deadline, &local,
					   &error) != VOUCH_OK)
		return score;
	if (is_refused(context, deadline, &local))
		return SCORE_REFUSED;
	return is_last_holder(context, deadline, &local) ?
		       score + SCORE_STEP / 2 :
		       score;
}

void vouch__score_by_position(struct vouch_context *context,
			      struct vouch_deadline deadline)
{
	static struct vouch_probe probes[VOUCH_NODES_MAX];
	uint8_t wanted[VOUCH_NODES_MAX];
	const struct vouch_config *config = context->config;
	struct vouch_error error = { 0 };
	uint32_t i, self = 0, rank = 0;

	vouch__noted_tell(context, deadline);
	memset(probes, 0, sizeof(probes));
	memset(wanted, VOUCH_PROBE_FULLY, sizeof(wanted));
	vouch__probe_not_lost(context, deadline, wanted);
	for (i = 0; i < config->member_count; i++) {
		if (strcmp(config->members[i].name, config->node) == 0)
			self = i;
	}
	vouch__probe_all(context, wanted, deadline, probes);
	if (vouch__noted_raise(config, probes, &error) != VOUCH_OK)
		say(context, error.text);
	if (probes[self].condition != VOUCH_PRESENT)
		return;
	for (i = 0; i < config->member_count; i++) {
		if (probes[i].condition != VOUCH_PRESENT)
			continue;
		/* With a primary left it is not a matter of positions. */
		if (probes[i].in_recovery != VOUCH_YES)
			return;
		if (i != self && is_before(&probes[i], &probes[self]))
			rank++;
	}
	score_set(context, deadline,
		  score_of_rank(context, deadline, (int)rank), 0);
}
