/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start, stop and demote. A server is always started as a standby; a primary
 * that is stopped cleanly seals its log. */
#include <stdio.h>
#include <string.h>

#include "agents/agent.h"
#include "authority/common_log.h"
#include "authority/contract.h"
#include "authority/follow.h"
#include "authority/incarnation.h"
#include "authority/lock.h"
#include "authority/marker.h"
#include "authority/promotion.h"
#include "authority/rejoin.h"
#include "authority/seal.h"

enum { LOOK_MS = 4000 };

static enum ocf_exitcode fail(const struct vouch_error *error)
{
	agent_reason("%s", error->text);
	return agent_code(error);
}

static void progress(const char *text)
{
	agent_log(text);
}

/* What was there once must be there again, or a new life begins (P6-S1): the
 * log's end is read and kept wherever no server runs, so that no time is left
 * between the last monitor and the end in which a loss would go unseen. */
static void mark_keep(struct agent *agent, const struct vouch_directory *directory)
{
	const struct vouch_mark mark = { directory->timeline,
					 directory->log_end };
	struct vouch_error error = { 0 };

	if (vouch__mark_raise(&agent->config, mark, directory->history,
			      directory->history_count, &error) != VOUCH_OK)
		agent_log(error.text);
}

enum vouch_error_code agent_start_prepare(struct vouch_context *context,
					  struct agent *agent,
					  struct vouch_start *start,
					  struct vouch_error *error)
{
	static struct vouch_directory directory;
	char why[VOUCH_TEXT_SIZE];
	enum vouch_error_code code;

	if (vouch__rejoin_was_cut_off(&agent->config) != VOUCH_NO)
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-F2: a rejoin of this node is not "
					"finished, so its directory is neither "
					"the old nor the new one; run 'vouch "
					"rejoin'");
	code = agent->engine->directory_observe(&agent->config, &directory,
						error);
	/* First which life this is: an earlier one's grants say nothing of it. */
	if (code == VOUCH_OK)
		code = vouch__incarnation_settle(&agent->config, &directory,
						 start->incarnation, why, error);
	if (code == VOUCH_OK)
		mark_keep(agent, &directory);
	if (code == VOUCH_OK)
		code = vouch__recover(context, &directory, start->incarnation,
				      agent->deadline, error);
	if (code == VOUCH_OK && why[0] != '\0') {
		agent_log("a new incarnation begins");
		agent_log(why);
	}
	if (code == VOUCH_OK)
		agent_passed_look(agent, context, directory.timeline,
				  directory.log_end);
	if (code == VOUCH_OK)
		code = vouch__contract_settle(context, &agent->config,
					      agent->deadline, why, error);
	if (code == VOUCH_OK)
		vouch__primary_choose(context, &directory, agent->deadline,
				      start->primary);
	return code;
}

static enum vouch_error_code start_server(struct vouch_context *context,
					  struct agent *agent,
					  struct vouch_error *error)
{
	struct vouch_start start;
	enum vouch_error_code code;

	memset(&start, 0, sizeof(start));
	code = agent_start_prepare(context, agent, &start, error);
	if (code == VOUCH_OK)
		code = agent->engine->start(&agent->config, &start,
					    agent->deadline, error);
	return code;
}

/* Whoever started it may have let it write, before or now. */
static enum vouch_error_code running_look(struct agent *agent,
					  struct vouch_context *context,
					  const struct vouch_local *local,
					  struct vouch_error *error)
{
	if (local->state == VOUCH_RUN_STANDBY) {
		agent_running_look(agent, context, local);
		return VOUCH_OK;
	}
	agent_pins_look(agent, context);
	return vouch__error_set(error, VOUCH_E_STATE,
				"a server runs that is no standby (P6-A3); stop "
				"it first");
}

static enum vouch_error_code start_again(struct vouch_context *context,
					 struct agent *agent,
					 struct vouch_error *error)
{
	struct vouch_clean_end end;
	enum vouch_error_code code = agent->engine->stop(
		&agent->config, agent->deadline, &end, error);

	return code == VOUCH_OK ? start_server(context, agent, error) : code;
}

/* Which life a running server goes on with is known only where this node's agent
 * settled it, at a start: an older copy of the directory, say, that somebody
 * started by hand has no life yet (P6-S1). A record that cannot be looked at ends
 * none. */
int agent_life_is_settled(struct agent *agent, const struct vouch_local *local)
{
	char own[VOUCH_NAME_SIZE];
	struct vouch_error error = { 0 };
	enum vouch_error_code code;

	if (local->incarnation[0] == '\0')
		return 0;
	code = vouch__incarnation_read(&agent->config, own, &error);
	if (code == VOUCH_OK)
		return strcmp(own, local->incarnation) == 0;
	agent_log(error.text);
	return code != VOUCH_E_NOT_FOUND && code != VOUCH_E_CORRUPT &&
	       code != VOUCH_E_MALFORMED;
}

/* Of what another agent runs without what is pinned the guard only tells. */
static int is_foreign_standby(struct agent *agent,
			      const struct vouch_local *local)
{
	return local->state == VOUCH_RUN_STANDBY &&
	       !(agent->guards && local->incarnation[0] == '\0') &&
	       !agent_life_is_settled(agent, local);
}

enum ocf_exitcode agent_start(struct agent *agent)
{
	static struct vouch_local local;
	struct vouch_context context = { .progress = progress };
	struct vouch_error error = { 0 };
	enum vouch_error_code code;
	int managed;

	code = agent_context_open(agent, &context, &error);
	if (code != VOUCH_OK)
		return fail(&error);
	code = agent->engine->local_observe(&agent->config, agent->deadline,
					    &local, &error);
	if (code == VOUCH_OK && (local.state == VOUCH_RUN_STOPPED ||
				 local.state == VOUCH_RUN_CRASHED))
		code = start_server(&context, agent, &error);
	else if (code == VOUCH_OK && is_foreign_standby(agent, &local)) {
		agent_log("P6-S1: this standby was not started by its agent: it "
			  "is started again");
		code = start_again(&context, agent, &error);
	} else if (code == VOUCH_OK)
		code = running_look(agent, &context, &local, &error);
	if (code == VOUCH_OK)
		code = vouch__follow(&context, agent->deadline, &error);
	managed = context.cluster != NULL;
	vouch__context_close(&context);
	if (code == VOUCH_OK && managed)
		agent_alerts_expect(agent);
	return code == VOUCH_OK ? PCMK_OCF_OK : fail(&error);
}

/* One after the other, so that readers find a standby; whoever had the turn and
 * hangs must not keep the others waiting for ever. */
static enum vouch_error_code turn_wait(struct agent *agent, const char *holder,
				       void **turn, struct vouch_error *error)
{
	const struct vouch_member *member =
		vouch__config_member(&agent->config, holder);
	struct vouch_deadline deadline = vouch__deadline_within(
		agent->deadline, vouch__deadline_left_ms(agent->deadline) / 2);

	*turn = NULL;
	if (!member)
		return vouch__error_set(error, VOUCH_E_STATE,
					"nobody is known to hold authority");
	return agent->engine->turn_take(&agent->config, member, deadline, turn,
					error);
}

/* A standby that runs with another contract, or whose life its agent did not
 * settle. */
static int is_to_renew(struct agent *agent, int lags)
{
	static struct vouch_local local;
	struct vouch_error error = { 0 };

	if (agent->engine->local_observe(&agent->config, agent->deadline, &local,
					 &error) == VOUCH_OK)
		return local.state == VOUCH_RUN_STANDBY &&
		       (lags || !agent_life_is_settled(agent, &local));
	agent_log(error.text);
	return 0;
}

/* What is pinned takes another server: for another contract, and for a standby
 * that ran before its agent did (an adoption). Nobody writes through it. */
void agent_standby_renew(struct vouch_context *context, struct agent *agent)
{
	char holder[VOUCH_NAME_SIZE];
	struct vouch_error error = { 0 };
	enum vouch_error_code code;
	void *turn;
	int lags = vouch__contract_lags(context, holder) == VOUCH_YES;

	if (!is_to_renew(agent, lags))
		return;
	code = turn_wait(agent, holder, &turn, &error);
	if (code != VOUCH_OK)
		agent_log(error.text);
	/* Before the primary is back a standby that nobody started yet goes on
	 * serving its readers; its turn comes after the promotion. And a turn
	 * takes its time: it may be no standby any more. */
	if ((lags || code == VOUCH_OK || code == VOUCH_E_BUSY) &&
	    is_to_renew(agent, lags)) {
		agent_log(lags ? "the contract changed: this standby is started "
				 "again with it" :
				 "this standby was not started by its agent: it "
				 "is started again with what is pinned");
		if (start_again(context, agent, &error) != VOUCH_OK)
			agent_log(error.text);
	}
	agent->engine->turn_release(turn);
}

/*
 * An attempt of this node was cut off, and whoever asks next cannot know how its
 * grant ended: this node alone can say so. While its server runs, it may still be
 * about to leave recovery; a start is what settles it (P6-F2).
 */
void agent_attempt_settle(struct vouch_context *context, struct agent *agent)
{
	static struct vouch_local local;
	struct vouch_error error = { 0 };
	int lock;

	if (agent->engine->local_observe(&agent->config, agent->deadline, &local,
					 &error) != VOUCH_OK ||
	    local.state != VOUCH_RUN_STANDBY ||
	    vouch__grant_is_open(context, local.incarnation, agent->deadline) !=
		    VOUCH_YES)
		return;
	/* One that is under way has not been cut off. */
	if (vouch__lock_take(&agent->config, "settling", &lock, &error) !=
	    VOUCH_OK) {
		agent_log(error.text);
		return;
	}
	vouch__lock_release(lock);
	agent_log("an attempt of this node was cut off: this standby is started "
		  "again, which settles how its grant ended");
	if (start_again(context, agent, &error) != VOUCH_OK)
		agent_log(error.text);
}

/* A seal is a help for whoever comes next, not a condition for stopping: what
 * cannot be sealed has to be excluded and covered in another way. */
static void seal_try(struct vouch_context *context, struct agent *agent,
		     const struct vouch_marker *marker,
		     const struct vouch_clean_end *end)
{
	struct vouch_cluster_seal seal;
	struct vouch_error error = { 0 };
	struct vouch_mark mark;

	if (end->clean != VOUCH_YES || end->system_id != marker->system_id ||
	    end->timeline != marker->timeline) {
		agent_log("no seal: the log did not end cleanly on the "
			  "timeline of this authority");
		return;
	}
	memset(&seal, 0, sizeof(seal));
	(void)snprintf(seal.node, VOUCH_NAME_SIZE, "%s", agent->config.node);
	(void)snprintf(seal.incarnation, VOUCH_NAME_SIZE, "%s",
		       marker->incarnation);
	seal.epoch = marker->epoch;
	seal.timeline = end->timeline;
	seal.record_lsn = end->record_lsn;
	seal.record_crc = end->record_crc;
	seal.unbroken = VOUCH_YES;
	mark.timeline = end->timeline;
	mark.lsn = end->record_lsn;
	/* The end was kept before: this is on the same timeline. */
	if (vouch__mark_raise(&agent->config, mark, NULL, 0, &error) != VOUCH_OK ||
	    vouch__seal_publish(context, &seal, agent->deadline, &error) !=
		    VOUCH_OK)
		agent_log(error.text);
}

/* A server that is gone is stopped, whatever its directory says. */
static void end_keep(struct agent *agent)
{
	static struct vouch_directory directory;
	struct vouch_error error = { 0 };

	if (agent->engine->directory_observe(&agent->config, &directory,
					     &error) != VOUCH_OK)
		agent_log(error.text);
	else if (directory.timeline != 0 && directory.log_end != 0)
		mark_keep(agent, &directory);
}

/* A marker that cannot be read is of no use once its promotion's end is on record.
 * Before, it stays: without one, a promotion passes for one that was never asked for
 * (P6-S1), and the start refuses what it cannot read. */
static int is_of_no_use(struct vouch_context *context, struct agent *agent,
			struct vouch_deadline deadline)
{
	char incarnation[VOUCH_NAME_SIZE];
	struct vouch_error error = { 0 };

	if (vouch__incarnation_read(&agent->config, incarnation, &error) ==
		    VOUCH_OK &&
	    vouch__grant_is_open(context, incarnation, deadline) == VOUCH_NO)
		return 1;
	agent_log("P6-F2: the marker cannot be read, and how its promotion ended "
		  "is not on record: it is left where it is");
	return 0;
}

/* An authority whose end is not known is resolved by the next start, which needs the
 * marker for it. */
static enum vouch_error_code
authority_end(struct vouch_context *context, struct agent *agent,
	      enum vouch_error_code marked, const struct vouch_marker *marker,
	      const struct vouch_error *unread, const struct vouch_clean_end *end,
	      struct vouch_deadline deadline, struct vouch_error *error)
{
	if (marked == VOUCH_E_NOT_FOUND)
		return VOUCH_OK;
	if (marked != VOUCH_OK) {
		agent_log(unread->text);
		/* Another life's is for the next start as well. */
		return marked != VOUCH_E_CONFLICT &&
				       is_of_no_use(context, agent, deadline) ?
			       vouch__marker_remove(&agent->config, error) :
			       VOUCH_OK;
	}
	if (marker->timeline != 0)
		seal_try(context, agent, marker, end);
	if (vouch__grant_settle(context, marker, deadline, error) != VOUCH_OK) {
		agent_log(error->text);
		return VOUCH_OK;
	}
	return vouch__marker_remove(&agent->config, error);
}

/* Stops what runs; whoever held authority gives it up, sealed where the log
 * ended cleanly. */
static enum vouch_error_code stop_server(struct vouch_context *context,
					 struct agent *agent,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	struct vouch_error unread = { 0 };
	struct vouch_marker marker;
	struct vouch_clean_end end;
	enum vouch_error_code code, marked;

	memset(&end, 0, sizeof(end));
	marked = vouch__marker_read(&agent->config, &marker, &unread);
	agent_pins_look(agent, context);
	code = agent->engine->stop(&agent->config, deadline, &end, error);
	if (code != VOUCH_OK)
		return code;
	end_keep(agent);
	return authority_end(context, agent, marked, &marker, &unread, &end,
			     deadline, error);
}

enum ocf_exitcode agent_stop(struct agent *agent)
{
	struct vouch_context context = { .progress = progress };
	struct vouch_error error = { 0 };
	enum vouch_error_code code;

	code = agent_context_open(agent, &context, &error);
	if (code == VOUCH_OK)
		code = stop_server(&context, agent, agent->deadline, &error);
	if (code == VOUCH_OK)
		vouch__score_withdraw(&context, agent->deadline);
	vouch__context_close(&context);
	return code == VOUCH_OK ? PCMK_OCF_OK : fail(&error);
}

enum ocf_exitcode agent_demote(struct agent *agent)
{
	static struct vouch_local local;
	struct vouch_context context = { .progress = progress };
	struct vouch_error error = { 0 };
	enum vouch_error_code code;

	code = agent_context_open(agent, &context, &error);
	if (code != VOUCH_OK)
		return fail(&error);
	/* A server that hangs is one to be stopped: no answer is no reason to
	 * leave it as it is. */
	if (agent->engine->local_observe(
		    &agent->config,
		    vouch__deadline_within(agent->deadline, LOOK_MS), &local,
		    &error) == VOUCH_OK &&
	    local.state == VOUCH_RUN_STANDBY) {
		vouch__context_close(&context);
		return PCMK_OCF_OK;
	}
	/* Half of the time for the stop, which escalates towards its end, and
	 * the rest for the start that follows. */
	code = stop_server(&context, agent,
			   vouch__deadline_within(
				   agent->deadline,
				   vouch__deadline_left_ms(agent->deadline) / 2),
			   &error);
	if (code == VOUCH_OK)
		code = start_server(&context, agent, &error);
	vouch__context_close(&context);
	return code == VOUCH_OK ? PCMK_OCF_OK : fail(&error);
}
