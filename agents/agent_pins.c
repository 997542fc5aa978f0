/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A primary that does not run with the contract that its agent put on the command
 * line was started by somebody else, and what it acknowledged since then no
 * contract bounds (P6-S1): its epoch proves nothing any more. The log says so, for
 * whoever receives it, and the cluster for whoever is cut off (rule 565); and
 * Pacemaker is told that the primary has failed: it is
 * stopped, sealed, started with what is pinned and promoted by that seal, with all
 * that it has. Between that start and the next monitor nobody knows of it.
 */
#include <inttypes.h>

#include "agents/agent.h"
#include "authority/contract_change.h"
#include "authority/disown.h"

/* A log that takes no row must not keep the monitor from saying what it saw. */
enum { DISOWN_MS = 5000 };

static void log_disown(struct agent *agent, enum vouch_answer *recorded)
{
	struct vouch_deadline deadline =
		vouch__deadline_within(agent->deadline, DISOWN_MS);
	static struct vouch_log_record record;
	static struct vouch_contract_state state;
	struct vouch_error error = { 0 };
	enum vouch_error_code code = agent->engine->records_observe(
		&agent->config, deadline, &record, &error);

	*recorded = VOUCH_UNKNOWN;
	if (code == VOUCH_OK) {
		vouch__contract_state_of(&agent->config, &record, &state);
		*recorded = state.in_force_known ? state.pinned : VOUCH_UNKNOWN;
	}
	if (*recorded == VOUCH_YES)
		code = agent->engine->contract_disown(
			&agent->config, state.epoch, &state.in_force,
			deadline, &error);
	if (code != VOUCH_OK)
		agent_log(error.text);
	else if (*recorded == VOUCH_YES)
		agent_log("P6-S1: the log says from here on that this epoch's "
			  "contract is not enforced");
}

static void cluster_disown(struct agent *agent, uint64_t epoch)
{
	struct vouch_context context = { .progress = agent_log };
	struct vouch_error error = { 0 };
	enum vouch_error_code code = agent_context_open(agent, &context, &error);

	if (code == VOUCH_OK)
		code = vouch__epoch_disown(&context, epoch, agent->deadline,
					   &error);
	vouch__context_close(&context);
	if (code != VOUCH_OK)
		agent_reason("P6-S1: standbys that are cut off are not told that "
			     "epoch %" PRIu64 " is not enforced: %s",
			     epoch, error.text);
}

int agent_is_unpinned(struct agent *agent, const struct vouch_local *local,
		      uint64_t epoch)
{
	enum vouch_answer recorded;

	if (local->contract_pinned != VOUCH_NO)
		return 0;
	log_disown(agent, &recorded);
	/* Where another agent runs the server, it may never have been pinned: the
	 * log has not said otherwise then. */
	if (agent->guards && recorded != VOUCH_YES)
		return 0;
	cluster_disown(agent, epoch);
	agent_reason("P6-S1: this server was not started by its agent and does "
		     "not enforce the recorded contract (%s): it is stopped, "
		     "sealed and started again",
		     local->unpinned);
	return 1;
}
