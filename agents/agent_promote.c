/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Promote: asks the library, and nothing else. Notify: keeps this node's
 * records and its promotion score current. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/agent.h"
#include "authority/common_log.h"
#include "authority/contract.h"
#include "authority/follow.h"
#include "authority/promotion.h"
#include "kernel/rules.h"

static void progress(const char *text)
{
	agent_log(text);
}

/* What to type, where one command of an operator is all that is missing. */
static const char *hint(struct json_object *verdict)
{
	struct json_object *rule;

	return json_object_object_get_ex(verdict, "rule", &rule) &&
			       json_object_get_int(rule) ==
				       VOUCH_RULE_AUTHORIZED ?
		       "; type: vouch authorize " :
		       NULL;
}

/* Rule, invariant and fact: the explanation's first line. */
static void veto_tell(const struct agent *agent, const char *verdict)
{
	struct json_object *json = verdict ? json_tokener_parse(verdict) : NULL;
	struct json_object *why;

	agent_reason("vetoed: %s%s%s%s",
		     json && json_object_object_get_ex(json, "why", &why) ?
			     json_object_get_string(why) :
			     "no verdict (P6-F1)",
		     hint(json) ? hint(json) : "",
		     hint(json) ? agent->config.node : "",
		     hint(json) ? " --reason=TEXT" : "");
	json_object_put(json);
}

/* A repeated request to a node that already holds authority is done. */
static int already_promoted(struct agent *agent)
{
	static struct vouch_local local;
	struct vouch_error error = { 0 };

	return agent->engine->local_observe(&agent->config, agent->deadline,
					    &local, &error) == VOUCH_OK &&
	       local.state == VOUCH_RUN_WRITABLE &&
	       vouch__holds_authority(&agent->config, &local);
}

enum ocf_exitcode agent_promote(struct agent *agent)
{
	struct vouch_context context = { .progress = progress };
	struct vouch_attempt attempt = { .origin = VOUCH_ORIGIN_PACEMAKER,
					 .reason = "Pacemaker's promote action",
					 .authorized = VOUCH_NO };
	struct vouch_attempt_result result = { 0 };
	struct vouch_error error = { 0 };
	enum ocf_exitcode code = PCMK_OCF_UNKNOWN_ERROR;

	if (agent_context_open(agent, &context, &error) != VOUCH_OK ||
	    vouch__contract_load(&agent->config, &error) != VOUCH_OK) {
		agent_reason("%s", error.text);
		vouch__context_close(&context);
		return agent_code(&error);
	}
	if (already_promoted(agent)) {
		vouch__context_close(&context);
		return PCMK_OCF_OK;
	}
	switch (vouch__promote(&context, &attempt, agent->deadline, &result,
			       &error)) {
	case VOUCH_PERMITTED:
		code = PCMK_OCF_OK;
		break;
	case VOUCH_VETOED:
		veto_tell(agent, result.verdict);
		agent_veto_keep(&context, agent, &result);
		break;
	case VOUCH_USAGE:
	case VOUCH_UNDECIDED:
	default:
		agent_reason("not promoted: %s", error.text);
		break;
	}
	vouch__attempt_release(&result);
	vouch__context_close(&context);
	return code;
}

static int is(const char *name, const char *value)
{
	const char *text = getenv(name);

	return text && strcmp(text, value) == 0;
}

/* The first of those that are to be promoted; there is one. */
static void candidate_expect(struct vouch_context *context, struct agent *agent)
{
	const char *names = getenv("OCF_RESKEY_CRM_meta_notify_promote_uname");
	char name[VOUCH_NAME_SIZE];

	if (!names)
		return;
	names += strspn(names, " ");
	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(names, " "),
		       names);
	if (name[0] != '\0')
		vouch__primary_expect(context, name, agent->deadline);
}

/* Notifications keep records; Pacemaker ignores how they end, and so nothing
 * that safety needs depends on them having run. */
enum ocf_exitcode agent_notify(struct agent *agent)
{
	struct vouch_context context = { .progress = progress };
	struct vouch_error error = { 0 };
	int before_promote =
		is("OCF_RESKEY_CRM_meta_notify_type", "pre") &&
		is("OCF_RESKEY_CRM_meta_notify_operation", "promote");
	int after_change =
		is("OCF_RESKEY_CRM_meta_notify_type", "post") &&
		(is("OCF_RESKEY_CRM_meta_notify_operation", "promote") ||
		 is("OCF_RESKEY_CRM_meta_notify_operation", "start"));

	if (!before_promote && !after_change)
		return PCMK_OCF_OK;
	if (agent_context_open(agent, &context, &error) != VOUCH_OK ||
	    vouch__contract_load(&agent->config, &error) != VOUCH_OK)
		agent_log(error.text);
	else if (before_promote) {
		agent_attempt_settle(&context, agent);
		vouch__follow_watchdog(&context, agent->deadline);
		candidate_expect(&context, agent);
		if (!agent->guards) /* whose scores are the other agent's */
			vouch__score_by_position(&context, agent->deadline);
	} else if (vouch__follow(&context, agent->deadline, &error) != VOUCH_OK)
		agent_log(error.text);
	else
		agent_standby_renew(&context, agent);
	vouch__context_close(&context);
	if (after_change)
		agent_admit_soon(agent);
	return PCMK_OCF_OK;
}
