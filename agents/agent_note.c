/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the others have now, this node remembers for them: a machine that is set
 * back as a whole does not know it (P6-S1). */
#include <string.h>

#include "agents/agent.h"
#include "authority/noted.h"
#include "evidence/collect.h"

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
