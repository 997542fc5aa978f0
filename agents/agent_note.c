/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is looked at once in a while, beside the server itself. What the others have
 * now, this node remembers for them: a machine that is set back as a whole does not
 * know it (P6-S1). And what was fenced while the primary is seen to write, and
 * whether a timer may have done it, is no proof later (P6-A1). */
#include <string.h>

#include "agents/agent.h"
#include "authority/follow.h"
#include "authority/incarnation.h"
#include "authority/noted.h"
#include "authority/snapshot.h"
#include "evidence/collect.h"
#include "kernel/parts.h"
#include "kernel/scratch.h"

enum { RENEW_MS = 15000, OWN_MS = 2000 };

int agent_note_others(struct agent *agent)
{
	static struct vouch_probe probes[VOUCH_NODES_MAX];
	struct vouch_context context = { .config = &agent->config,
					 .engine = agent->engine };
	struct vouch_error error = { 0 };
	uint8_t wanted[VOUCH_NODES_MAX];
	uint32_t i;

	memset(probes, 0, sizeof(probes));
	for (i = 0; i < agent->config.member_count; i++)
		wanted[i] = strcmp(agent->config.members[i].name,
				   agent->config.node) == 0
				    ? VOUCH_PROBE_NOT
				    : VOUCH_PROBE_BRIEFLY;
	vouch__probe_all(&context, wanted, agent->deadline, probes);
	if (vouch__noted_raise(&agent->config, probes, &error) == VOUCH_OK)
		return 1;
	agent_reason("P6-S1: what the other members have cannot be noted here: "
		     "%s",
		     error.text);
	return 0;
}

/* Asking everybody at each monitor would make it as many connections as there
 * are members; once a minute is what a rolled back machine may hide. */
void agent_note_when_due(struct agent *agent)
{
	if (vouch__noted_is_due(&agent->config))
		(void)agent_note_others(agent);
}

/* What this node's server says of its own log. */
static int own_ask(struct agent *agent, struct vouch_probe *own)
{
	const struct vouch_config *config = &agent->config;
	struct vouch_error error = { 0 };

	if (agent->engine->probe(config, vouch__config_member(config, config->node),
				 vouch__deadline_within(agent->deadline, OWN_MS),
				 own, &error) == VOUCH_OK)
		return 1;
	agent_log(error.text);
	return 0;
}

enum vouch_error_code agent_mark_step(struct agent *agent, struct vouch_mark mark,
				      struct vouch_error *error)
{
	static struct vouch_probe own;

	/* The history is of what the server is on: the mark has to be on that, too. */
	if (!own_ask(agent, &own) ||
	    !vouch__position_is_reached(&own, mark.timeline, mark.lsn))
		return VOUCH_E_CONFLICT;
	return vouch__mark_raise(&agent->config, mark, own.history,
				 own.history_count, error);
}

/* Where no cluster manager is, nobody starts the server again. */
static const char *what_to_do(const struct agent *agent)
{
	return strcmp(agent->config.manager, "none") == 0 ?
		       "start it again by its agent, as a new incarnation" :
		       "it is started again, as a new incarnation";
}

int agent_life_is_left(struct agent *agent)
{
	static struct vouch_probe own;
	struct vouch_error error = { 0 };
	struct vouch_mark mark;
	uint64_t end;

	if (!own_ask(agent, &own) ||
	    vouch__mark_is_left(&agent->config, &own, &mark) != VOUCH_YES)
		return 0;
	end = vouch__probe_end(&own);
	agent_reason("P6-S1: this standby is at %X/%X of timeline %u, and lacks "
		     "what it had up to %X/%X of timeline %u: it proves nothing "
		     "any more, and %s; if it follows nobody then, remove files "
		     "of foreign timelines from its archive, stop it, and type: "
		     "vouch rejoin",
		     (uint32_t)(end >> 32), (uint32_t)end, own.timeline,
		     (uint32_t)(mark.lsn >> 32), (uint32_t)mark.lsn,
		     mark.timeline, what_to_do(agent));
	/* Where that fails the mark stays, and the next start finds it out. */
	if (vouch__incarnation_end(&agent->config, &error) != VOUCH_OK)
		agent_log(error.text);
	return 1;
}

/* The cluster's libraries cost more than a whole monitor, and a cluster that hangs
 * must not hold one up: another program asks. What is asked too seldom only makes
 * this node refuse. */
void agent_renew_later(struct agent *agent)
{
	static char renew[] = "renew";
	struct vouch_error error = { 0 };

	if (!agent->renews)
		return;
	/* First, so that what fails is not tried again by each monitor. */
	if (vouch__snapshot_asked(&agent->config, &error) == VOUCH_OK)
		agent_act_later(renew);
	else
		agent_log(error.text);
}

enum ocf_exitcode agent_renew(struct agent *agent)
{
	struct vouch_context context = { .progress = agent_log };
	struct vouch_error error = { 0 };
	enum vouch_error_code code;

	agent->deadline = vouch__deadline_in(RENEW_MS);
	code = agent_context_open(agent, &context, &error);
	if (code == VOUCH_OK)
		code = vouch__follow_fencing(&context, agent->deadline, &error);
	vouch__context_close(&context);
	if (code == VOUCH_OK)
		return PCMK_OCF_OK;
	agent_log(error.text);
	return PCMK_OCF_UNKNOWN_ERROR;
}
