/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A primary that does not run with the contract that its agent put on the command
 * line was started by somebody else, and what it acknowledged since then no
 * contract bounds (P6-S1): its epoch proves nothing any more. The log says so, for
 * whoever receives it, and the cluster for whoever is cut off (rule 565); and
 * Pacemaker is told that the primary has failed: it is
 * stopped, sealed, started with what is pinned and promoted by that seal, with all
 * that it has. Between that start and the next monitor, demotion or stop nobody
 * knows of it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "agents/agent.h"
#include "authority/contract.h"
#include "authority/contract_change.h"
#include "authority/disown.h"
#include "authority/marker.h"

/* A log that takes no row must not keep the monitor from saying what it saw. */
enum { DISOWN_MS = 5000, LOOK_MS = 4000 };

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

static void cluster_disown(struct agent *agent, struct vouch_context *context,
			   uint64_t epoch, enum vouch_error_code opened,
			   struct vouch_error *error)
{
	enum vouch_error_code code = opened;

	if (code == VOUCH_OK)
		code = vouch__epoch_disown(context, epoch, agent->deadline,
					   error);
	if (code != VOUCH_OK)
		agent_reason("P6-S1: standbys that are cut off are not told that "
			     "epoch %" PRIu64 " is not enforced: %s",
			     epoch, error->text);
}

/* The log hears of it by this; the cluster is still to be told. */
static int is_unpinned(struct agent *agent, const struct vouch_local *local)
{
	enum vouch_answer recorded;

	if (local->contract_pinned != VOUCH_NO)
		return 0;
	log_disown(agent, &recorded);
	/* Where another agent runs the server, it may never have been pinned: the
	 * log has not said otherwise then. */
	return !agent->guards || recorded == VOUCH_YES;
}

int agent_is_unpinned(struct agent *agent, const struct vouch_local *local,
		      uint64_t epoch)
{
	struct vouch_context context = { .progress = agent_log };
	struct vouch_error error = { 0 };
	enum vouch_error_code code;

	if (!is_unpinned(agent, local))
		return 0;
	code = agent_context_open(agent, &context, &error);
	cluster_disown(agent, &context, epoch, code, &error);
	vouch__context_close(&context);
	agent_reason("P6-S1: this server was not started by its agent and does "
		     "not enforce the recorded contract (%s): it is stopped, "
		     "sealed and started again",
		     local->unpinned);
	return 1;
}

/* The command line tells what the server does not say any more. What it does not
 * tell either is no reason to disown: a server that its agent started, and that broke
 * down, looks the same. */
static int was_started_unpinned(struct agent *agent,
				const struct vouch_marker *marker,
				const char *silence)
{
	struct vouch_error error = { 0 };
	enum vouch_answer given =
		agent->engine->contract_given(&agent->config, &error);
	char text[1024];

	/* The first epoch of a server that another agent runs may never have been
	 * pinned, and its log has said so. */
	if (given == VOUCH_NO && !(agent->guards && marker->epoch == 1))
		return 1;
	if (given == VOUCH_UNKNOWN) {
		(void)snprintf(text, sizeof(text),
			       "P6-S1: whether this server enforces the recorded "
			       "contract cannot be told: %.300s; %.300s",
			       silence, error.text);
		agent_log(text);
	}
	return 0;
}

/* Does the server that is about to be stopped enforce less than its epoch's record
 * says? A server that nothing is known of may have been writable until now. */
static int is_seen_unpinned(struct agent *agent,
			    const struct vouch_marker *marker)
{
	static struct vouch_local local;
	struct vouch_error error = { 0 };
	enum vouch_error_code code = agent->engine->local_observe(
		&agent->config, vouch__deadline_within(agent->deadline, LOOK_MS),
		&local, &error);

	agent->deadline = vouch__deadline_within(agent->deadline, DISOWN_MS);
	if (code != VOUCH_OK)
		return was_started_unpinned(agent, marker, error.text);
	if (local.state == VOUCH_RUN_STARTING)
		return was_started_unpinned(agent, marker,
					    "it takes no connections");
	return local.state == VOUCH_RUN_WRITABLE &&
	       marker->system_id == local.system_id &&
	       marker->timeline == local.timeline && is_unpinned(agent, &local);
}

void agent_pins_look(struct agent *agent, struct vouch_context *context)
{
	/* Whoever stops may start again, with the contract that is asked for then:
	 * the one that this server has to enforce is loaded into a copy. */
	static struct agent seen;
	struct vouch_marker marker;
	struct vouch_error error = { 0 };

	seen = *agent;
	if (vouch__marker_read(&seen.config, &marker, &error) != VOUCH_OK ||
	    vouch__contract_load(&seen.config, &error) != VOUCH_OK) {
		agent_log(error.text);
		return;
	}
	if (!is_seen_unpinned(&seen, &marker))
		return;
	agent_log("P6-S1: this server does not enforce the contract that is "
		  "recorded; no monitor had seen it");
	cluster_disown(&seen, context, marker.epoch, VOUCH_OK, &error);
}
