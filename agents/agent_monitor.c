/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The monitor: runs every few seconds on every node for years, so it is one
 * program, one connection, one query, and nothing of the cluster's libraries.
 * It leaves root before anything else: for good, unless it may have something to
 * tell the cluster. Once a minute it looks at the others, too, and a standby's has
 * another program ask for the fencing history.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/agent.h"
#include "authority/common_log.h"
#include "authority/contract.h"
#include "authority/incarnation.h"
#include "authority/lock.h"
#include "authority/marker.h"
#include "authority/noted.h"
#include "authority/records.h"
#include "authority/refusal.h"
#include "authority/snapshot.h"
#include "common/privilege.h"

/* Not one of those that are repeated: the cluster looks for the first time, or
 * somebody has cleaned up. Pacemaker says no interval then. */
static int is_probe(void)
{
	const char *interval = getenv("OCF_RESKEY_CRM_meta_interval");

	return !interval || strcmp(interval, "0") == 0;
}

/* A standby, or a holder, that lost what it once had would be noticed by its
 * mark; a mark that cannot be written is worth a failed monitor. It is raised to
 * what is whole: what was flushed of a record in its middle is gone after a crash,
 * and this node would be taken for another (P6-S1, amnesia). */
static enum ocf_exitcode mark_raise(struct agent *agent,
				    const struct vouch_local *local,
				    enum ocf_exitcode healthy)
{
	struct vouch_mark mark = { 0, 0 };
	struct vouch_error error = { 0 };
	enum vouch_error_code code = agent->engine->whole_observe(
		&agent->config, local->timeline, local->position,
		&mark.timeline, &mark.lsn, &error);

	/* The server is none the worse for it; what is not found yet, as while a
	 * standby goes over to another timeline, the next monitor finds. */
	if (code != VOUCH_OK) {
		if (code != VOUCH_E_NOT_FOUND)
			agent_log(error.text);
		return healthy;
	}
	code = vouch__mark_raise(&agent->config, mark, NULL, 0, &error);
	if (code == VOUCH_E_CONFLICT)
		code = agent_mark_step(agent, mark, &error);
	if (code == VOUCH_OK)
		return healthy;
	if (code == VOUCH_E_CONFLICT) {
		agent_log(error.text);
		return healthy == PCMK_OCF_OK && !is_probe() &&
				       agent_life_is_left(agent) ?
			       PCMK_OCF_UNKNOWN_ERROR :
			       healthy;
	}
	agent_reason("the high-water mark cannot be kept: %s", error.text);
	return PCMK_OCF_UNKNOWN_ERROR;
}

/* The server is as good as before; somebody meant it to be otherwise. */
static void settings_tell(const struct vouch_local *local)
{
	if (local->pinned != VOUCH_YES)
		agent_reason("settings are not as the agent pinned them: %s",
			     local->unpinned);
	if (local->remarks[0] != '\0')
		agent_reason("settings: %s", local->remarks);
}

/* A promotion that nobody verified and no row tells of gives the others nothing
 * to go by: it is taken back, and asked for again (P6-F2). */
static int was_cut_off(struct agent *agent, const struct vouch_marker *marker)
{
	struct vouch_error error = { 0 };
	int lock;

	if (marker->timeline != 0 ||
	    vouch__lock_take(&agent->config, "monitor", &lock, &error) !=
		    VOUCH_OK)
		return 0; /* it may be under way */
	vouch__lock_release(lock);
	agent_reason("P6-F2: the promotion to epoch %" PRIu64 " was cut off "
		     "before it was verified", marker->epoch);
	return 1;
}

static int is_of_this_log(const struct vouch_marker *marker,
			  const struct vouch_local *local)
{
	return marker->system_id == local->system_id &&
	       (marker->timeline == 0 || marker->timeline == local->timeline);
}

static enum ocf_exitcode authority_of_another(const struct vouch_marker *marker,
					      const struct vouch_local *local)
{
	agent_reason("P6-A1: the database is writable on timeline %u, but the "
		     "authority is for timeline %u of incarnation %s",
		     local->timeline, marker->timeline, marker->incarnation);
	return PCMK_OCF_FAILED_PROMOTED;
}

/* Writable is right only for the node whose marker says so (P6-A1, P6-A3). */
static enum ocf_exitcode monitor_writable(struct agent *agent,
					  const struct vouch_local *local,
					  int comparable)
{
	struct vouch_marker marker;
	struct vouch_error error = { 0 };

	if (vouch__marker_read(&agent->config, &marker, &error) != VOUCH_OK) {
		if (agent->guards && local->epoch == 0) {
			agent_reason("nobody adopted this database: type "
				     "'vouch adopt' here; until then nothing is "
				     "promoted (P6-A3)");
			return PCMK_OCF_RUNNING_PROMOTED;
		}
		agent_unheld_look(agent, local, comparable);
		agent_reason("P6-A3: the database is writable, but this node "
			     "holds no authority: %s",
			     error.text);
		return PCMK_OCF_FAILED_PROMOTED;
	}
	if (!is_of_this_log(&marker, local)) {
		agent_unheld_look(agent, local, comparable);
		return authority_of_another(&marker, local);
	}
	if (was_cut_off(agent, &marker) ||
	    (comparable && agent_is_unpinned(agent, local, marker.epoch)))
		return PCMK_OCF_FAILED_PROMOTED;
	/* Last, as somebody who starts the server without its agent's command line
	 * leaves out who it is as well as the contract. */
	if (strcmp(marker.incarnation, local->incarnation) != 0)
		return authority_of_another(&marker, local);
	settings_tell(local);
	(void)agent_admit(agent, local);
	if (is_probe())
		agent_probed(agent, local);
	else
		agent_note_when_due(agent);
	return mark_raise(agent, local, PCMK_OCF_RUNNING_PROMOTED);
}

/* Who sealed its log may find that it was written to since (P6-A1). A journal that
 * cannot be read says nothing, and the stop that follows looks again. */
static int is_sealed(const struct agent *agent)
{
	struct vouch_journal *journal = NULL;
	struct vouch_cluster_seal seal;
	struct vouch_error ignored = { 0 };
	int sealed;

	sealed = vouch__journal_open(&agent->config, 0, &journal, &ignored) ==
			 VOUCH_OK &&
		 vouch__records_seal(journal, &seal, &ignored) == VOUCH_OK;
	vouch__journal_close(journal);
	return sealed;
}

/* A holder may find that its epoch proves nothing, which others must hear. */
static int is_marked(const struct agent *agent)
{
	struct vouch_marker marker;
	struct vouch_error ignored = { 0 };

	return vouch__marker_read(&agent->config, &marker, &ignored) == VOUCH_OK;
}

/* Root is of use only to whoever may have to tell the cluster something, or ask
 * it: then it is put aside, else given up. */
static enum vouch_error_code root_leave(struct agent *agent,
					struct vouch_error *error)
{
	agent->renews = !is_probe() && vouch__snapshot_is_due(&agent->config);
	return is_probe() || agent->renews || agent->config.retry_after_veto ||
			       is_marked(agent) || is_sealed(agent) ?
		       vouch__privilege_lower(&agent->config, error) :
		       vouch__privilege_drop(&agent->config, error);
}

/* One that was started by somebody else than its agent, after the agent had it
 * before: nobody looked at what is in its directory (P6-S1). Before the first start
 * by an agent there is no record: such a standby, of an adoption or of another agent,
 * goes on until it is its turn. */
static int is_by_hand(struct agent *agent, const struct vouch_local *local)
{
	char own[VOUCH_NAME_SIZE];
	struct vouch_error ignored = { 0 };

	if (local->incarnation[0] == '\0' &&
	    (agent->guards || vouch__incarnation_read(&agent->config, own,
						      &ignored) ==
				      VOUCH_E_NOT_FOUND))
		return 0;
	return !agent_life_is_settled(agent, local);
}

/* Nobody was there to be compared with when this standby was started, or nobody
 * told it of the new primary: it looks itself. What stands in its way is shown: a
 * standby that follows nobody protects nothing (P6-S3). */
static void primary_look(struct agent *agent)
{
	struct vouch_context context = { .config = &agent->config,
					 .engine = agent->engine };
	struct vouch_error error = { 0 };

	if (vouch__primary_look(&context, agent->deadline, &error) != VOUCH_OK)
		agent_reason("%s", error.text);
}

static int is_unmanaged(const struct agent *agent)
{
	return strcmp(agent->config.manager, "none") == 0;
}

static enum ocf_exitcode monitor_standby(struct agent *agent,
					 const struct vouch_local *local)
{
	enum ocf_exitcode code;

	settings_tell(local);
	if (!is_probe() && is_by_hand(agent, local)) {
		agent_reason("P6-S1: this standby was not started by its agent, "
			     "so that it counts for nothing: it is started again");
		return PCMK_OCF_UNKNOWN_ERROR;
	}
	/* Who streams went on from what it had when it was led there. */
	if ((!is_probe() || is_unmanaged(agent)) &&
	    (local->receiving != VOUCH_YES ||
	     vouch__noted_is_due(&agent->config)) &&
	    agent_life_is_left(agent))
		return PCMK_OCF_UNKNOWN_ERROR;
	code = mark_raise(agent, local, PCMK_OCF_OK);
	if (code != PCMK_OCF_OK)
		return code;
	if (is_probe()) {
		agent_standby_look(agent, local);
		agent_probed(agent, local);
		/* Where no manager recurs, whoever asks is all there is. */
		if (is_unmanaged(agent) && local->receiving != VOUCH_YES)
			primary_look(agent);
		return code;
	}
	agent_note_when_due(agent);
	agent_renew_later(agent);
	if (local->receiving != VOUCH_YES)
		primary_look(agent);
	if (agent->config.retry_after_veto && local->receiving != VOUCH_YES)
		agent_ask_again(agent);
	return code;
}

enum ocf_exitcode agent_monitor(struct agent *agent)
{
	static struct vouch_local local;
	struct vouch_error error = { 0 };
	enum vouch_error_code code;
	int comparable;

	code = vouch__state_prepare(&agent->config, &error);
	if (code == VOUCH_OK)
		agent_alerts_take(agent);
	if (code != VOUCH_OK ||
	    root_leave(agent, &error) != VOUCH_OK) {
		agent_reason("%s", error.text);
		return agent_code(&error);
	}
	/* The server is none the worse for it; what it is compared with is. */
	comparable = vouch__contract_load(&agent->config, &error) == VOUCH_OK;
	if (!comparable)
		agent_reason("%s", error.text);
	if (agent->engine->local_observe(&agent->config, agent->deadline, &local,
					 &error) != VOUCH_OK) {
		agent_reason("%s", error.text);
		return agent_code(&error);
	}
	switch (local.state) {
	case VOUCH_RUN_STOPPED:
	case VOUCH_RUN_CRASHED:
		/* The cluster begins anew here, and so does this node. */
		if (is_probe() &&
		    vouch__refusal_remove(&agent->config, &error) != VOUCH_OK)
			agent_log(error.text);
		return PCMK_OCF_NOT_RUNNING;
	case VOUCH_RUN_STANDBY:
		return monitor_standby(agent, &local);
	case VOUCH_RUN_WRITABLE:
		return monitor_writable(agent, &local, comparable);
	case VOUCH_RUN_STARTING:
		agent_reason("the server runs, but does not answer queries yet");
		return PCMK_OCF_UNKNOWN_ERROR;
	case VOUCH_RUN_UNKNOWN:
	default:
		agent_reason("nothing says whether the server runs");
		return PCMK_OCF_UNKNOWN_ERROR;
	}
}
