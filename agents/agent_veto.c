/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * After a veto (P6-F3). Promote fails once and the node is no more eligible; with
 * on-fail=block Pacemaker leaves all as it is. The request goes on to another node
 * where the same evidence says that this one would be permitted, and with
 * after_veto=retry a standby's monitor asks again once the answer is another one.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agents/agent.h"
#include "authority/contract.h"
#include "authority/follow.h"
#include "authority/promotion.h"
#include "authority/refusal.h"
#include "common/privilege.h"
#include "evidence/evidence_json.h"
#include "explain/remedy.h"

enum { PASS_ON_MS = 20000, PAUSE_MS = 200 };

static void progress(const char *text)
{
	agent_log(text);
}

/* --- who would be permitted -------------------------------------------------------- */

/* That somebody else is promoted, and nothing besides: this node's own request is
 * over by then. */
static uint8_t only_promotes(const struct vouch_evidence *evidence,
			     const struct vouch_remedy *set)
{
	uint8_t other = VOUCH_NO_NODE;
	uint32_t i;

	for (i = 0; i < set->count; i++) {
		const struct vouch_change *change = &set->changes[i];

		if (change->kind == VOUCH_CHANGE_PROMOTE)
			other = change->node;
		else if ((change->kind != VOUCH_CHANGE_ATTEMPT &&
			  change->kind != VOUCH_CHANGE_OPERATION) ||
			 change->node != evidence->request.candidate)
			return VOUCH_NO_NODE;
	}
	return other;
}

/* The kernel is asked, on the very same evidence. */
static void better_find(const char *document, char name[VOUCH_NAME_SIZE])
{
	struct vouch_evidence *evidence = calloc(2, sizeof(*evidence));
	struct vouch_verdict *verdict = calloc(1, sizeof(*verdict));
	struct vouch_remedies *remedies = calloc(1, sizeof(*remedies));
	struct vouch_error error = { 0 };
	uint32_t i;

	name[0] = '\0';
	if (evidence && verdict && remedies && document &&
	    vouch__evidence_decode(document, strlen(document), evidence,
				   &error) == VOUCH_OK)
		vouch__remedies_find(evidence, evidence + 1, verdict, remedies);
	for (i = 0; remedies && i < remedies->count && name[0] == '\0'; i++) {
		uint8_t other = only_promotes(evidence, &remedies->sets[i]);

		if (other != VOUCH_NO_NODE)
			memcpy(name, evidence->nodes[other].name,
			       VOUCH_NAME_SIZE);
	}
	free(remedies);
	free(verdict);
	free(evidence);
}

/* --- the request goes on ------------------------------------------------------------ */

void agent_veto_keep(struct vouch_context *context, struct agent *agent,
		     const struct vouch_attempt_result *result)
{
	struct vouch_refusal before;
	struct vouch_error error = { 0 };
	char next[VOUCH_NAME_SIZE];
	/* Refused before: it does not go round. And behind a guard scores are
	 * the wrapped agent's, so that this node would be asked again. */
	static char pass_on[] = "pass-on";
	int stays = agent->guards ||
		    vouch__refusal_read(&agent->config, &before, &error) ==
			    VOUCH_OK;

	better_find(stays ? NULL : result->evidence, next);
	vouch__refuse(context, agent->deadline, result->request_id, next);
	/* Only once this action has failed can its failure be cleaned up, and it
	 * has not before this program has ended: so another one does. */
	if (next[0] != '\0' && context->cluster)
		agent_act_later(pass_on);
}

/* --- what the cluster shows ---------------------------------------------------------- */

/* A node, this one or any where NULL, whose newest operation is a promote action
 * that failed. */
static int promote_failed(struct vouch_context *context, struct agent *agent,
			  const char *which, char name[VOUCH_NAME_SIZE])
{
	static struct vouch_cluster_node nodes[VOUCH_NODES_MAX];
	struct vouch_error error = { 0 };
	uint32_t count = VOUCH_NODES_MAX;
	uint32_t i;

	name[0] = '\0';
	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK)
		return 0;
	if (context->cluster_ops->nodes_observe(context->cluster,
						agent->deadline, nodes, &count,
						&error) != VOUCH_OK) {
		agent_log(error.text);
		count = 0;
	}
	if (vouch__privilege_lower(&agent->config, &error) != VOUCH_OK)
		count = 0;
	for (i = 0; i < count; i++) {
		const struct vouch_operations *operations = &nodes[i].operations;

		if ((which && strcmp(nodes[i].name, which) != 0) ||
		    nodes[i].online != VOUCH_YES ||
		    operations->condition != VOUCH_PRESENT ||
		    operations->in_flight != VOUCH_NO ||
		    operations->last != VOUCH_OP_PROMOTE ||
		    operations->last_result != VOUCH_RESULT_FAILED)
			continue;
		memcpy(name, nodes[i].name, VOUCH_NAME_SIZE);
		return 1;
	}
	return 0;
}

static void failure_forget(struct vouch_context *context, struct agent *agent,
			   const char *node)
{
	struct vouch_error error = { 0 };

	if (vouch__privilege_raise(&error) != VOUCH_OK ||
	    context->cluster_ops->refusal_forget(context->cluster,
						 agent->deadline, node,
						 &error) != VOUCH_OK)
		agent_log(error.text);
	if (vouch__privilege_lower(&agent->config, &error) != VOUCH_OK)
		agent_log(error.text);
}

/* --- the actions --------------------------------------------------------------------- */

enum ocf_exitcode agent_pass_on(struct agent *agent)
{
	struct vouch_context context = { .progress = progress };
	const struct timespec pause = { 0, PAUSE_MS * 1000000L };
	struct vouch_refusal refusal;
	struct vouch_error error = { 0 };
	char node[VOUCH_NAME_SIZE];

	agent->deadline = vouch__deadline_in(PASS_ON_MS);
	if (agent_context_open(agent, &context, &error) != VOUCH_OK) {
		agent_log(error.text);
		vouch__context_close(&context);
		return PCMK_OCF_UNKNOWN_ERROR;
	}
	while (vouch__refusal_read(&agent->config, &refusal, &error) ==
		       VOUCH_OK &&
	       refusal.next[0] != '\0' &&
	       vouch__deadline_left_ms(agent->deadline) > 0) {
		if (promote_failed(&context, agent, agent->config.node, node)) {
			agent_log("vetoed here, another node would be "
				  "permitted: it is asked instead (P6-F3)");
			failure_forget(&context, agent, node);
			/* It may have been refused before, without this one. */
			if (promote_failed(&context, agent, refusal.next, node))
				failure_forget(&context, agent, node);
			break;
		}
		(void)nanosleep(&pause, NULL);
	}
	vouch__context_close(&context);
	return PCMK_OCF_OK;
}

/* A server that went on while the cluster manager was away has no score there: a
 * primary would be demoted for it, and nobody asked. Of one that this agent did
 * not start, or whose scores another agent sets, nothing is said. */
static int is_ours(const struct agent *agent, const struct vouch_local *local)
{
	return !agent->guards && local->pinned == VOUCH_YES &&
	       local->incarnation[0] != '\0';
}

void agent_probed(struct agent *agent, const struct vouch_local *local)
{
	struct vouch_context context = { .progress = progress };
	struct vouch_refusal refusal;
	struct vouch_error error = { 0 };
	int was_refused = vouch__refusal_read(&agent->config, &refusal,
					      &error) != VOUCH_E_NOT_FOUND;

	if (!was_refused && !is_ours(agent, local))
		return;
	if (agent_context_open(agent, &context, &error) != VOUCH_OK)
		agent_log(error.text);
	else if (was_refused)
		vouch__offer_again(&context, agent->deadline);
	else
		vouch__score_offer(&context, agent->deadline);
	vouch__context_close(&context);
}

/* Would this node be permitted now? `better` is who else would, or empty. */
static int is_permitted(struct vouch_context *context, struct agent *agent,
			char better[VOUCH_NAME_SIZE])
{
	const struct vouch_attempt attempt = { .origin = VOUCH_ORIGIN_PACEMAKER,
					       .reason = "after_veto=retry",
					       .authorized = VOUCH_NO };
	struct vouch_attempt_result result = { 0 };
	struct vouch_error error = { 0 };
	enum vouch_decision decision = vouch__check(
		context, &attempt, agent->deadline, &result, &error);

	better[0] = '\0';
	if (decision == VOUCH_VETOED)
		better_find(result.evidence, better);
	vouch__attempt_release(&result);
	return decision == VOUCH_PERMITTED;
}

/* Somebody was refused, here or elsewhere: is the answer another one by now? The
 * one that failed is cleaned up by whoever would be promoted, or by whoever sees
 * that it would be itself. */
static void answer_look(struct vouch_context *context, struct agent *agent)
{
	struct vouch_refusal refusal;
	struct vouch_error error = { 0 };
	char asked[VOUCH_NAME_SIZE], better[VOUCH_NAME_SIZE];
	int failed = promote_failed(context, agent, NULL, asked);
	int permitted;

	if (!failed && vouch__refusal_read(&agent->config, &refusal, &error) ==
			       VOUCH_E_NOT_FOUND)
		return;
	permitted = is_permitted(context, agent, better);
	if (!permitted && (!failed || strcmp(better, asked) != 0))
		return;
	agent_log("after a veto the evidence is another one: the cluster may "
		  "ask again (after_veto=retry)");
	if (permitted)
		vouch__offer_again(context, agent->deadline);
	if (failed)
		failure_forget(context, agent, asked);
}

void agent_ask_again(struct agent *agent)
{
	struct vouch_context context = { .progress = progress };
	struct vouch_error error = { 0 };

	if (agent_context_open(agent, &context, &error) != VOUCH_OK ||
	    vouch__contract_load(&agent->config, &error) != VOUCH_OK)
		agent_log(error.text);
	else
		answer_look(&context, agent);
	vouch__context_close(&context);
}
