/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/promotion.h"

#include <inttypes.h>
#include <qb/qblog.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "authority/event.h"
#include "authority/incarnation.h"
#include "authority/lock.h"
#include "authority/marker.h"
#include "authority/recheck.h"
#include "authority/records.h"
#include "authority/snapshot.h"
#include "authority/words.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/privilege.h"
#include "common/terms.h"
#include "evidence/evidence_json.h"
#include "kernel/rules.h"
#include "kernel/transitions.h"

struct run {
	struct vouch_context *context;
	const struct vouch_config *config;
	struct vouch_deadline deadline;
	struct vouch_attempt_result *result;
	struct vouch_error *error;
	enum vouch_state state;
	struct vouch_probe own; /* the candidate, as the decision saw it */
	struct vouch_decided decided;
	uint64_t grant_epoch;
	uint64_t grant_follows; /* the newest epoch that was not void */
	uint64_t began_ms;	/* for the telling of how long it took */
	char holder[VOUCH_NAME_SIZE]; /* of the newest grant; for the telling */
	char invariant[16];	      /* that the verdict rests on, and its rule */
	uint32_t rule;
};

static enum vouch_error_code request_id_make(char *id, struct vouch_error *error)
{
	unsigned char bytes[8];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return vouch__error_set(error, VOUCH_E_IO,
					"no random bytes for a request id");
	for (i = 0; i < sizeof(bytes); i++)
		(void)snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	return VOUCH_OK;
}

static void progress(struct run *run, const char *text)
{
	qb_log(LOG_DEBUG, "%s: %s", run->result->request_id, text);
	if (run->context->progress)
		run->context->progress(text);
}

/* Journals {"request": id} plus two texts, and once it is refused the rule. */
static enum vouch_error_code record(struct run *run, const char *type,
				    const char *key_a, const char *text_a,
				    const char *key_b, const char *text_b)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code;

	code = vouch__json_put_text(json, "request", run->result->request_id);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, key_a, text_a);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, key_b, text_b);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "elapsed_ms",
					   vouch__clock_steady_ms() -
						   run->began_ms);
	if (code == VOUCH_OK && run->rule != 0)
		code = vouch__json_put_u64(json, "rule", run->rule);
	if (code != VOUCH_OK)
		code = vouch__error_set(run->error, code, "out of memory");
	else
		code = vouch__journal_append(run->context->journal, type, json,
					     NULL, run->error);
	json_object_put(json);
	return code;
}

/* A step of the state machine, journalled before it is taken. */
static enum vouch_error_code step(struct run *run, enum vouch_state to)
{
	enum vouch_error_code code;

	if (!vouch__transition_is_legal(run->state, to))
		return vouch__error_set(
			run->error, VOUCH_E_STATE,
			"%s to %s is no legal transition (%s)",
			vouch__state_name(run->state), vouch__state_name(to),
			vouch__step_text(
				vouch__transition_check(run->state, to)));
	code = record(run, VOUCH_RECORD_TRANSITION, "from",
		      vouch__state_name(run->state), "to",
		      vouch__state_name(to));
	qb_log(LOG_DEBUG, "%s: %s to %s after %" PRIu64 " ms: %s",
	       run->result->request_id, vouch__state_name(run->state),
	       vouch__state_name(to), vouch__clock_steady_ms() - run->began_ms,
	       code == VOUCH_OK ? "journalled" : run->error->text);
	if (code == VOUCH_OK)
		run->state = to;
	return code;
}

static void emit(struct run *run, const char *name, const char *text)
{
	struct vouch_event event = {
		.name = name,
		.request_id = run->result->request_id,
		.candidate = run->config->node,
		.reason = text,
		.current_primary = run->holder,
		.new_primary = run->result->epoch ? run->config->node : "",
		.invariant = run->invariant,
		.rule = run->rule,
		.epoch = run->result->epoch,
	};

	vouch__event_emit(run->config, &event);
}

/* The verdict's one sentence and its rule, for events, logs and the history; ""
 * and 0 without memory. */
static void why_of(struct run *run, char *text, size_t size)
{
	const char *verdict = run->result->verdict;
	struct json_object *json, *why;

	text[0] = '\0';
	if (vouch__json_parse(verdict, strlen(verdict), &json, NULL) != VOUCH_OK)
		return;
	if (vouch__json_get_u32(json, "rule", &run->rule, NULL) != VOUCH_OK ||
	    vouch__json_get_text(json, "invariant", run->invariant,
				 sizeof(run->invariant), NULL) != VOUCH_OK)
		run->rule = 0;
	if (json_object_object_get_ex(json, "why", &why) &&
	    json_object_is_type(why, json_type_string))
		(void)snprintf(text, size, "%s", json_object_get_string(why));
	json_object_put(json);
}

/* Whose epoch is followed; a name for the events, which nothing rests on. */
static void holder_note(struct run *run, const struct vouch_evidence *evidence)
{
	/* Where none is passed over it is the newest, and goes without saying. */
	uint64_t epoch = run->grant_follows ? run->grant_follows :
					      run->grant_epoch - 1;
	uint32_t i, node;

	for (i = 0; i < evidence->grant_count; i++) {
		node = evidence->grants[i].holder;
		if (evidence->grants[i].epoch == epoch &&
		    node < evidence->node_count)
			(void)snprintf(run->holder, sizeof(run->holder), "%s",
				       evidence->nodes[node].name);
	}
}

/* Decides from the very bytes that are journalled, so that a replay has all
 * that this decision had. */
static enum vouch_decision judge(struct run *run, const struct vouch_attempt *attempt)
{
	struct vouch_evidence *evidence = malloc(sizeof(*evidence));
	struct vouch_request request;
	enum vouch_decision decision = VOUCH_UNDECIDED;
	size_t length;

	if (!evidence) {
		(void)vouch__error_set(run->error, VOUCH_E_MEMORY,
				       "out of memory");
		return VOUCH_UNDECIDED;
	}
	memset(&request, 0, sizeof(request));
	(void)snprintf(request.id, sizeof(request.id), "%s",
		       run->result->request_id);
	request.origin = attempt->origin;
	request.authorized = attempt->authorized;
	(void)snprintf(request.reason, sizeof(request.reason), "%s",
		       attempt->reason);
	if (vouch__collect_whole(run->context, &request, attempt->assertions,
				 attempt->assertion_count, run->deadline,
				 evidence, run->error) == VOUCH_OK &&
	    vouch__evidence_encode(evidence, &run->result->evidence, &length,
				   run->error) == VOUCH_OK)
		decision = vouch_decide(run->result->evidence, length,
					&run->result->verdict, run->error);
	run->own = evidence->request.candidate < evidence->node_count ?
			   evidence->nodes[evidence->request.candidate].probe :
			   (struct vouch_probe){ 0 };
	vouch__decided_note(evidence, &run->decided);
	run->grant_epoch = 0;
	for (uint32_t i = 0; i < evidence->grant_count; i++) {
		if (evidence->grants[i].epoch > run->grant_epoch)
			run->grant_epoch = evidence->grants[i].epoch;
	}
	run->grant_epoch++;
	run->grant_follows = vouch__epoch_followed(evidence);
	holder_note(run, evidence);
	free(evidence);
	return decision;
}

static void run_begin(struct run *run, struct vouch_context *context,
		      struct vouch_deadline deadline,
		      struct vouch_attempt_result *result,
		      struct vouch_error *error)
{
	memset(run, 0, sizeof(*run));
	memset(result, 0, sizeof(*result));
	run->context = context;
	run->config = context->config;
	run->deadline = deadline;
	run->result = result;
	run->error = error;
	run->state = VOUCH_STATE_STEADY;
	run->began_ms = vouch__clock_steady_ms();
}

enum vouch_decision vouch__check(struct vouch_context *context,
				 const struct vouch_attempt *attempt,
				 struct vouch_deadline deadline,
				 struct vouch_attempt_result *result,
				 struct vouch_error *error)
{
	struct run run;

	run_begin(&run, context, deadline, result, error);
	if (request_id_make(result->request_id, error) != VOUCH_OK)
		return VOUCH_UNDECIDED;
	return judge(&run, attempt);
}

static void grant_fill(const struct run *run, struct vouch_cluster_grant *grant)
{
	const struct vouch_config *config = run->config;
	struct vouch_terms terms;

	memset(grant, 0, sizeof(*grant));
	grant->epoch = run->grant_epoch;
	grant->follows = run->grant_follows;
	(void)snprintf(grant->holder, VOUCH_NAME_SIZE, "%s", config->node);
	(void)snprintf(grant->incarnation, VOUCH_NAME_SIZE, "%s",
		       run->own.incarnation);
	(void)snprintf(grant->request_id, VOUCH_NAME_SIZE, "%s",
		       run->result->request_id);
	grant->outcome = VOUCH_GRANT_OPEN;
	vouch__terms_of_config(config, &terms);
	grant->method = terms.method;
	grant->k = terms.k;
	grant->member_count = terms.member_count;
	memcpy(grant->members, terms.members, sizeof(terms.members));
}

static enum vouch_error_code as_root_claim(struct run *run,
					   const struct vouch_cluster_grant *grant)
{
	struct vouch_context *context = run->context;
	struct vouch_error ignored;
	enum vouch_error_code code = vouch__privilege_raise(run->error);

	if (code != VOUCH_OK)
		return code;
	code = context->cluster_ops->grant_claim(context->cluster, run->deadline,
						 grant, run->error);
	if (vouch__privilege_lower(run->config, &ignored) != VOUCH_OK)
		return VOUCH_E_PERMISSION;
	return code;
}

/* Best effort: the journal and the log say it as well. */
static void as_root_close(struct vouch_context *context,
			  struct vouch_deadline deadline, uint64_t epoch,
			  enum vouch_grant_outcome outcome)
{
	struct vouch_error error = { 0 };

	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK)
		return;
	if (context->cluster_ops->grant_close(context->cluster, deadline, epoch,
					      outcome,
					      epoch > 4 ? epoch - 4 : 0,
					      &error) != VOUCH_OK &&
	    context->progress)
		context->progress(error.text);
	(void)!vouch__privilege_lower(context->config, &error);
}

static enum vouch_error_code marker_put(struct run *run, uint64_t epoch,
					uint32_t timeline, uint64_t start_lsn)
{
	struct vouch_marker marker;

	memset(&marker, 0, sizeof(marker));
	(void)snprintf(marker.cluster, VOUCH_NAME_SIZE, "%s", run->config->name);
	(void)snprintf(marker.node, VOUCH_NAME_SIZE, "%s", run->config->node);
	(void)snprintf(marker.incarnation, VOUCH_NAME_SIZE, "%s",
		       run->own.incarnation);
	(void)snprintf(marker.request_id, VOUCH_NAME_SIZE, "%s",
		       run->result->request_id);
	marker.system_id = run->own.system_id;
	marker.epoch = epoch;
	marker.from_timeline = run->own.timeline;
	marker.timeline = timeline;
	marker.start_lsn = start_lsn;
	marker.k = run->config->k;
	return vouch__marker_write(run->config, &marker, run->error);
}

/* Nothing has changed yet, and nothing is used up: the number is still anybody's. */
static enum vouch_error_code claim_precheck(struct run *run)
{
	if (run->context->cluster_ops && !run->context->cluster)
		return vouch__error_set(run->error, VOUCH_E_CLUSTER,
					"the cluster does not answer");
	return vouch__precheck(run->context, &run->decided, run->deadline,
			       run->error);
}

/* Before the promotion: nothing has changed but a number that is used up. */
static enum vouch_error_code grant_take(struct run *run,
					struct vouch_cluster_grant *grant)
{
	enum vouch_error_code code;

	grant_fill(run, grant);
	/* The cluster first: only there does one of two claimants lose. What
	 * the cluster has and this journal has not, recovery finds there. */
	code = VOUCH_OK;
	if (run->context->cluster)
		code = as_root_claim(run, grant);
	if (code == VOUCH_OK)
		code = vouch__record_grant(run->context->journal, grant,
					   run->error);
	if (code == VOUCH_OK)
		code = vouch__recheck(run->context, &run->decided, run->deadline,
				      run->error);
	if (code == VOUCH_OK)
		code = vouch__words_use(run->context, run->result->request_id,
					run->deadline, run->error);
	if (code == VOUCH_OK)
		code = marker_put(run, grant->epoch, 0, 0);
	return code;
}

/* The promotion was never asked for: the holder itself says so. What cannot be
 * said stays open, and an open grant only ever makes others more careful. */
static void grant_void(struct run *run, struct vouch_cluster_grant *grant)
{
	struct vouch_error ignored = { 0 };

	if (vouch__marker_remove(run->config, &ignored) != VOUCH_OK)
		return;
	grant->outcome = VOUCH_GRANT_VOID;
	if (vouch__record_grant(run->context->journal, grant, &ignored) !=
	    VOUCH_OK)
		return;
	as_root_close(run->context, run->deadline, grant->epoch,
		      VOUCH_GRANT_VOID);
}

static enum vouch_answer settings_are_pinned(struct run *run)
{
	static struct vouch_local local;
	struct vouch_error error = { 0 };

	if (run->context->engine->local_observe(run->config, run->deadline,
						&local, &error) != VOUCH_OK ||
	    local.state != VOUCH_RUN_WRITABLE || local.pinned != VOUCH_YES)
		return VOUCH_NO;
	return VOUCH_YES;
}

static enum vouch_error_code epoch_put(struct run *run,
				       const struct vouch_cluster_grant *grant,
				       uint32_t timeline, uint64_t start_lsn,
				       enum vouch_answer pinned)
{
	struct vouch_epoch epoch;
	uint32_t i;

	memset(&epoch, 0, sizeof(epoch));
	epoch.epoch = grant->epoch;
	(void)snprintf(epoch.holder, VOUCH_NAME_SIZE, "%s", grant->holder);
	(void)snprintf(epoch.incarnation, VOUCH_NAME_SIZE, "%s",
		       grant->incarnation);
	(void)snprintf(epoch.request_id, VOUCH_NAME_SIZE, "%s",
		       grant->request_id);
	epoch.timeline = timeline;
	epoch.start_lsn = start_lsn;
	/* The contract of the grant is the configuration's; what the server was
	 * started with may be another. Only what stands on its command line
	 * binds it, and only that proves anything later (rule 520). */
	epoch.pinned = pinned;
	epoch.method = grant->method;
	epoch.k = grant->k;
	epoch.member_count = grant->member_count;
	for (i = 0; i < grant->member_count; i++)
		memcpy(epoch.members[i], grant->members[i], VOUCH_NAME_SIZE);
	return run->context->engine->epoch_write(run->config, &epoch, 0,
						 run->deadline, run->error);
}

/* From here on authority moves; every return may also be a power cut. */
/* What went before the new timeline is the candidate's own log up to its start. A
 * promotion that is done fails for nothing that the next start looks at again. */
static enum vouch_error_code mark_move(struct run *run, uint32_t timeline,
				       uint64_t start_lsn)
{
	static struct vouch_switch history[VOUCH_HISTORY_MAX + 1];
	const struct vouch_mark mark = { timeline, start_lsn };
	uint32_t count = run->own.history_count;
	enum vouch_error_code code;

	memcpy(history, run->own.history, count * sizeof(*history));
	history[count] = (struct vouch_switch){ run->own.timeline, start_lsn };
	code = vouch__mark_raise(run->config, mark, history, count + 1,
				 run->error);
	if (code != VOUCH_E_CONFLICT)
		return code;
	progress(run, run->error->text);
	return VOUCH_OK;
}

static enum vouch_error_code authority_move(struct run *run,
					    struct vouch_cluster_grant *grant)
{
	uint64_t start_lsn = 0;
	uint32_t timeline = 0;
	enum vouch_answer pinned;
	enum vouch_error_code code;

	progress(run, "promoting");
	code = run->context->engine->promote(run->config, run->own.timeline,
					     run->deadline, &timeline,
					     &start_lsn, run->error);
	if (code != VOUCH_OK)
		return code;
	pinned = settings_are_pinned(run);
	code = epoch_put(run, grant, timeline, start_lsn, pinned);
	if (code == VOUCH_OK)
		code = marker_put(run, grant->epoch, timeline, start_lsn);
	if (code != VOUCH_OK)
		return code;
	code = mark_move(run, timeline, start_lsn);
	/* What the row says, the cluster tells those who do not receive it. */
	grant->outcome = pinned == VOUCH_YES ? VOUCH_GRANT_DONE :
					       VOUCH_GRANT_DISOWNED;
	if (code == VOUCH_OK)
		code = vouch__record_grant(run->context->journal, grant,
					   run->error);
	run->result->epoch = grant->epoch;
	run->result->timeline = timeline;
	as_root_close(run->context, run->deadline, grant->epoch,
		      grant->outcome);
	return code;
}

static enum vouch_decision denied(struct run *run)
{
	char why[VOUCH_TEXT_SIZE * 2];

	why_of(run, why, sizeof(why));
	emit(run, "validation_failed", why);
	if (step(run, VOUCH_STATE_DENIED) != VOUCH_OK ||
	    record(run, VOUCH_RECORD_OUTCOME, "outcome", "denied", "why", why) !=
		    VOUCH_OK ||
	    step(run, VOUCH_STATE_STEADY) != VOUCH_OK)
		return VOUCH_UNDECIDED;
	return VOUCH_VETOED;
}

static enum vouch_decision failed(struct run *run, const char *where)
{
	struct vouch_error ignored = { 0 };
	struct vouch_error *kept = run->error;

	(void)vouch__error_prefix(run->error, "%s", where);
	emit(run, "aborted", kept ? kept->text : where);
	run->error = &ignored;
	(void)!record(run, VOUCH_RECORD_OUTCOME, "outcome", "failed", "why",
		      kept ? kept->text : where);
	run->error = kept;
	return VOUCH_UNDECIDED;
}

static enum vouch_decision permitted(struct run *run)
{
	struct vouch_cluster_grant grant;

	emit(run, "validation_succeeded", "");
	if (step(run, VOUCH_STATE_APPROVED) != VOUCH_OK)
		return failed(run, "the approval could not be made durable");
	if (claim_precheck(run) != VOUCH_OK)
		return failed(run, "no grant was asked for");
	if (grant_take(run, &grant) != VOUCH_OK) {
		/* After a lost claim the epoch is somebody else's. */
		if (run->error->code != VOUCH_E_CONFLICT)
			grant_void(run, &grant);
		return failed(run, "the grant could not be recorded");
	}
	if (step(run, VOUCH_STATE_TRANSITIONING) != VOUCH_OK) {
		grant_void(run, &grant);
		return failed(run, "the transition could not be made durable");
	}
	emit(run, "transition_started", "");
	if (authority_move(run, &grant) != VOUCH_OK)
		return failed(run, "the promotion was not finished");
	if (step(run, VOUCH_STATE_SUCCEEDED) != VOUCH_OK ||
	    record(run, VOUCH_RECORD_OUTCOME, "outcome", "succeeded", "why",
		   "") != VOUCH_OK ||
	    step(run, VOUCH_STATE_STEADY) != VOUCH_OK)
		return failed(run, "promoted, but its end could not be journalled");
	vouch__words_clear(run->context, run->deadline);
	emit(run, "transition_completed", run->config->node);
	return VOUCH_PERMITTED;
}

static enum vouch_decision attempt_run(struct run *run,
				       const struct vouch_attempt *attempt)
{
	enum vouch_decision decision;

	if (vouch__recover_attempt(run->context, run->error) != VOUCH_OK ||
	    record(run, VOUCH_RECORD_REQUEST, "candidate", run->config->node,
		   "reason", attempt->reason) != VOUCH_OK ||
	    step(run, VOUCH_STATE_REQUESTED) != VOUCH_OK)
		return VOUCH_UNDECIDED;
	emit(run, "requested", attempt->reason);
	if (step(run, VOUCH_STATE_VALIDATING) != VOUCH_OK)
		return VOUCH_UNDECIDED;
	emit(run, "validation_started", "");
	decision = judge(run, attempt);
	if (decision != VOUCH_PERMITTED && decision != VOUCH_VETOED)
		return failed(run, "no decision");
	/* What was a timer's is not a machine's when the request is repeated
	 * without the property (P6-A1). */
	if (run->context->watchdog == VOUCH_YES &&
	    vouch__snapshot_doubt(run->context, run->error) != VOUCH_OK)
		return failed(run, "the watchdog could not be journalled");
	/* Durable before anything follows from it. */
	if (record(run, VOUCH_RECORD_DECISION, "evidence", run->result->evidence,
		   "verdict", run->result->verdict) != VOUCH_OK)
		return failed(run, "the decision could not be journalled");
	return decision == VOUCH_PERMITTED ? permitted(run) : denied(run);
}

enum vouch_decision vouch__promote(struct vouch_context *context,
				   const struct vouch_attempt *attempt,
				   struct vouch_deadline deadline,
				   struct vouch_attempt_result *result,
				   struct vouch_error *error)
{
	struct vouch_error own = { 0 };
	enum vouch_decision decision;
	void *claim = NULL;
	struct run run;
	int lock;

	run_begin(&run, context, deadline, result, error ? error : &own);
	if (request_id_make(result->request_id, run.error) != VOUCH_OK ||
	    vouch__lock_take(context->config, result->request_id, &lock,
			     run.error) != VOUCH_OK)
		return VOUCH_UNDECIDED;
	if (context->engine->claim(context->config, deadline, &claim,
				   run.error) != VOUCH_OK) {
		vouch__lock_release(lock);
		return VOUCH_UNDECIDED;
	}
	decision = attempt_run(&run, attempt);
	context->engine->claim_release(claim);
	vouch__lock_release(lock);
	return decision;
}

void vouch__attempt_release(struct vouch_attempt_result *result)
{
	free(result->evidence);
	free(result->verdict);
	result->evidence = NULL;
	result->verdict = NULL;
}
