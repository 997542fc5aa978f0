/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A primary that does not run with the contract that its agent put on the command
 * line was started by somebody else, and what it acknowledged since then no
 * contract bounds (P6-S1): its epoch proves nothing any more. The log says so, for
 * whoever receives it, and the cluster for whoever is cut off (rule 565); and
 * Pacemaker is told that the primary has failed: it is
 * stopped, sealed, started with what is pinned and promoted by that seal, with all
 * that it has. Between that start and the next monitor, start, demotion or stop
 * nobody knows of it.
 *
 * The same of one that is a primary after its authority ended; there a seal may say
 * that its log ends where it went on, and that must be taken back first (P6-A1).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agents/agent.h"
#include "authority/contract.h"
#include "authority/contract_change.h"
#include "authority/disown.h"
#include "authority/incarnation.h"
#include "authority/marker.h"
#include "authority/seal.h"

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

/* A seal speaks louder than that its epoch is disowned: it goes first (P6-A1). Was
 * there one? */
static int seal_give_up(struct agent *agent, struct vouch_context *context,
			uint64_t epoch)
{
	struct vouch_error error = { 0 };
	char life[VOUCH_NAME_SIZE];
	int sealed = 0;
	enum vouch_error_code code =
		vouch__incarnation_read(&agent->config, life, &error);

	if (code == VOUCH_OK)
		code = vouch__seal_break(
			context, epoch, life,
			vouch__deadline_within(agent->deadline, DISOWN_MS),
			&sealed, &error);
	if (code != VOUCH_OK)
		agent_reason("P6-A1: others may not be told that a seal of epoch "
			     "%" PRIu64 " is broken: %s",
			     epoch, error.text);
	return sealed;
}

static void epoch_give_up(struct agent *agent, struct vouch_context *context,
			  uint64_t epoch)
{
	struct vouch_error error = { 0 };

	if (vouch__epoch_disown(context, epoch,
				vouch__deadline_within(agent->deadline,
						       DISOWN_MS),
				&error) != VOUCH_OK)
		agent_reason("P6-S1: standbys that are cut off are not told that "
			     "epoch %" PRIu64 " is not enforced: %s",
			     epoch, error.text);
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

	if (!is_unpinned(agent, local))
		return 0;
	if (agent_context_open(agent, &context, &error) == VOUCH_OK) {
		(void)seal_give_up(agent, &context, epoch);
		epoch_give_up(agent, &context, epoch);
	} else {
		agent_reason("P6-S1: nobody is told that epoch %" PRIu64
			     " is not enforced: %s",
			     epoch, error.text);
	}
	vouch__context_close(&context);
	agent_reason("P6-S1: this server was not started by its agent and does "
		     "not enforce the recorded contract (%s): it is stopped, "
		     "sealed and started again",
		     local->unpinned);
	return 1;
}

/* A promotion that is not verified yet is of this log, too. */
static int is_held(const struct agent *agent, const struct vouch_local *local,
		   struct vouch_marker *marker)
{
	struct vouch_error ignored = { 0 };

	return vouch__marker_read(&agent->config, marker, &ignored) == VOUCH_OK &&
	       marker->system_id == local->system_id &&
	       (marker->timeline == 0 || marker->timeline == local->timeline);
}

/* The very same server is still writable after it was seen to hold nothing: no
 * demotion came in between, whose marker goes after its server. */
static int is_still_unheld(struct agent *agent, const struct vouch_local *before)
{
	static struct vouch_local local;
	struct vouch_marker marker;
	struct vouch_error ignored = { 0 };

	return agent->engine->local_observe(
		       &agent->config,
		       vouch__deadline_within(agent->deadline, LOOK_MS), &local,
		       &ignored) == VOUCH_OK &&
	       local.state == VOUCH_RUN_WRITABLE &&
	       local.start_generation == before->start_generation &&
	       !is_held(agent, &local, &marker);
}

/* Writable, and this node holds nothing: what it acknowledged since its authority
 * ended is in its own epoch, behind the end that a seal names (P6-A1), or under no
 * contract (P6-S1). Of another's epoch there is nothing that this node may say. */
static void unheld_tell(struct agent *agent, struct vouch_context *context,
			const struct vouch_local *local, int comparable)
{
	enum vouch_answer recorded;
	int sealed;

	if (local->epoch == 0 ||
	    strcmp(local->epoch_holder, agent->config.node) != 0 ||
	    !is_still_unheld(agent, local))
		return;
	sealed = seal_give_up(agent, context, local->epoch);
	if (!sealed && (!comparable || !is_unpinned(agent, local)))
		return;
	epoch_give_up(agent, context, local->epoch);
	if (sealed)
		log_disown(agent, &recorded);
	agent_log(sealed ? "P6-A1: this server was started as a primary by "
			   "somebody else after its log was sealed: the seal is "
			   "broken, and its epoch proves nothing any more" :
			   "P6-S1: this server was started as a primary by "
			   "somebody else, without the contract: its epoch proves "
			   "nothing any more");
}

void agent_unheld_look(struct agent *agent, const struct vouch_local *local,
		       int comparable)
{
	struct vouch_context context = { .progress = agent_log };
	struct vouch_error error = { 0 };

	if (agent_context_open(agent, &context, &error) == VOUCH_OK)
		unheld_tell(agent, &context, local, comparable);
	else
		agent_reason("%s", error.text);
	vouch__context_close(&context);
}

void agent_passed_look(struct agent *agent, struct vouch_context *context,
		       uint32_t timeline, uint64_t end)
{
	struct vouch_error error = { 0 };
	char life[VOUCH_NAME_SIZE];
	uint64_t epoch;

	if (vouch__incarnation_read(&agent->config, life, &error) != VOUCH_OK) {
		agent_log(error.text);
		return;
	}
	if (vouch__seal_is_passed(context, life, timeline, end, agent->deadline,
				  &epoch) != VOUCH_YES)
		return;
	(void)seal_give_up(agent, context, epoch);
	epoch_give_up(agent, context, epoch);
	agent_log("P6-A1: this node's log goes on after its seal, and nobody was "
		  "promoted since: somebody wrote here, so the seal is broken, "
		  "and its epoch proves nothing any more");
}

/* A server names the timeline of its last checkpoint, and may receive a newer one
 * since: what lies beyond counts only where it is on the timeline that is named. */
void agent_running_look(struct agent *agent, struct vouch_context *context,
			const struct vouch_local *local)
{
	struct vouch_error error = { 0 };
	uint32_t timeline;
	uint64_t end;

	if (agent->engine->whole_observe(&agent->config, local->timeline,
					 local->position, &timeline, &end,
					 &error) == VOUCH_OK)
		agent_passed_look(agent, context, timeline, end);
}

void agent_standby_look(struct agent *agent, const struct vouch_local *local)
{
	struct vouch_context context = { .progress = agent_log };
	struct vouch_error error = { 0 };

	if (agent_context_open(agent, &context, &error) == VOUCH_OK)
		agent_running_look(agent, &context, local);
	else
		agent_log(error.text);
	vouch__context_close(&context);
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

/* A server that nothing is known of may have been writable until now. */
static void silent_look(struct agent *agent, struct vouch_context *context,
			const char *silence)
{
	struct vouch_marker marker;
	struct vouch_error error = { 0 };

	if (vouch__marker_read(&agent->config, &marker, &error) != VOUCH_OK) {
		agent_log(error.text);
		return;
	}
	if (!was_started_unpinned(agent, &marker, silence))
		return;
	agent_log("P6-S1: this server does not answer, and was not started with the "
		  "contract that is recorded");
	(void)seal_give_up(agent, context, marker.epoch);
	epoch_give_up(agent, context, marker.epoch);
}

static void writable_look(struct agent *agent, struct vouch_context *context,
			  const struct vouch_local *local, int comparable)
{
	struct vouch_marker marker;

	if (!is_held(agent, local, &marker)) {
		unheld_tell(agent, context, local, comparable);
		return;
	}
	if (!comparable || marker.timeline == 0 || !is_unpinned(agent, local))
		return;
	agent_log("P6-S1: this server does not enforce the contract that is "
		  "recorded; no monitor had seen it");
	(void)seal_give_up(agent, context, marker.epoch);
	epoch_give_up(agent, context, marker.epoch);
}

void agent_pins_look(struct agent *agent, struct vouch_context *context)
{
	static struct vouch_local local;
	/* Whoever stops may start again, with the contract that is asked for then:
	 * the one that this server has to enforce is loaded into a copy. */
	static struct agent seen;
	struct vouch_error error = { 0 };
	enum vouch_error_code code;
	int comparable;

	seen = *agent;
	comparable = vouch__contract_load(&seen.config, &error) == VOUCH_OK;
	code = seen.engine->local_observe(
		&seen.config, vouch__deadline_within(seen.deadline, LOOK_MS),
		&local, &error);
	if (code == VOUCH_OK && local.state == VOUCH_RUN_WRITABLE)
		writable_look(&seen, context, &local, comparable);
	else if (comparable && code != VOUCH_OK)
		silent_look(&seen, context, error.text);
	else if (comparable && local.state == VOUCH_RUN_STARTING)
		silent_look(&seen, context, "it takes no connections");
}
