/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/common_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "authority/follow.h"
#include "kernel/scratch.h"

/* A server that is just changing its timeline says so, and does not for long. Who
 * does not answer at all is not waited for: this node is told, or looks, later. */
enum { PROBE_MS = 2000, PATIENCE_MS = 5000, PAUSE_MS = 100 };

#define REJOIN "; stop its server and type on this node: vouch rejoin"
#define HIGH(lsn) ((uint32_t)((lsn) >> 32))
#define LOW(lsn) ((uint32_t)(lsn))

static void say(struct vouch_context *context, const char *text)
{
	if (context->progress)
		context->progress(text);
}

static enum vouch_error_code not_comparable(const struct vouch_member *member,
					    const char *what,
					    struct vouch_error *why)
{
	return vouch__error_set(why, VOUCH_E_STATE,
				"P6-S3: this node's log cannot be compared with "
				"%s's: %.300s; until it can, this node follows "
				"nobody new; if that lasts, stop its server and "
				"type on this node: vouch rejoin --method=copy",
				member->name, what);
}

/* Nothing is wrong with the logs as far as anybody knows. */
static enum vouch_error_code not_there(const struct vouch_member *member,
				       const char *what, struct vouch_error *why)
{
	return vouch__error_set(why, VOUCH_E_STATE,
				"this node's log is compared with %s's before "
				"it follows it, and was not yet: %.300s",
				member->name, what);
}

/* The part of the own log's last timeline that the primary has as well, by the
 * numbers. */
static struct vouch_stretch stretch_of(const struct vouch_directory *own,
				       const struct vouch_probe *primary)
{
	struct vouch_stretch stretch = { own->timeline, 0, own->log_end };

	if (own->history_count > 0)
		stretch.begin = own->history[own->history_count - 1].end_lsn;
	if (primary->timeline == own->timeline &&
	    vouch__probe_end(primary) < stretch.end)
		stretch.end = vouch__probe_end(primary);
	return stretch;
}

static const char *not_asked(const struct vouch_directory *own,
			     const struct vouch_probe *primary)
{
	if (own->timeline == 0 || own->log_end == 0)
		return "nothing says where this node's log ends";
	if (own->system_id != primary->system_id)
		return "it is of another database system";
	return NULL;
}

static void forked(const struct vouch_directory *own,
		   const struct vouch_stretch *stretch,
		   struct vouch_rejoin_plan *plan)
{
	/* Before its first timeline nothing can be common. */
	if (own->history_count == 0) {
		plan->kind = VOUCH_REJOIN_COPY;
		return;
	}
	plan->kind = VOUCH_REJOIN_FORKED;
	plan->fork_timeline = own->history[own->history_count - 1].timeline;
	plan->fork_lsn = stretch->begin;
	plan->discarded_bytes = own->log_end - stretch->begin;
	plan->same_number = 1;
}

enum vouch_error_code
vouch__log_fork_find(struct vouch_context *context,
		     const struct vouch_directory *own,
		     const struct vouch_member *member,
		     const struct vouch_probe *primary,
		     struct vouch_deadline deadline,
		     struct vouch_rejoin_plan *plan, struct vouch_error *error)
{
	const char *reason = not_asked(own, primary);
	struct vouch_error detail = { 0 };
	struct vouch_stretch stretch;

	if (primary->condition != VOUCH_PRESENT)
		return not_there(member, "it does not answer", error);
	if (reason)
		return not_comparable(member, reason, error);
	vouch__rejoin_compare(own, primary, plan);
	plan->same_number = plan->kind == VOUCH_REJOIN_FORKED &&
			    own->timeline == primary->timeline;
	if (plan->kind != VOUCH_REJOIN_NOT_NEEDED)
		return VOUCH_OK;
	stretch = stretch_of(own, primary);
	/* As much as a segment is compared, also over a slow line. */
	switch (context->engine->same_log(
		context->config, member, &stretch,
		vouch__deadline_within(deadline,
				       vouch__deadline_left_ms(deadline) / 2),
		&detail)) {
	case VOUCH_YES:
		break;
	case VOUCH_NO:
		forked(own, &stretch, plan);
		return VOUCH_OK;
	case VOUCH_UNKNOWN:
	default:
		return not_comparable(member, detail.text, error);
	}
	if (stretch.end != own->log_end)
		return not_comparable(member, "it has not come as far", error);
	return VOUCH_OK;
}

enum vouch_answer vouch__log_is_common(struct vouch_context *context,
				       const struct vouch_directory *own,
				       const struct vouch_member *member,
				       const struct vouch_probe *primary,
				       struct vouch_deadline deadline,
				       struct vouch_error *why)
{
	struct vouch_rejoin_plan plan = { .kind = VOUCH_REJOIN_REFUSED };

	if (vouch__log_fork_find(context, own, member, primary, deadline, &plan,
				 why) != VOUCH_OK)
		return VOUCH_UNKNOWN;
	if (plan.kind == VOUCH_REJOIN_NOT_NEEDED)
		return VOUCH_YES;
	(void)vouch__error_set(why, VOUCH_E_CONFLICT,
			       "P6-S1: this node's log went another way than "
			       "%s's at %X/%X, so it follows nobody" REJOIN,
			       member->name, HIGH(plan.fork_lsn),
			       LOW(plan.fork_lsn));
	return VOUCH_NO;
}

/* Who answers as the only primary among the others; the count when nobody does. */
static uint32_t primary_find(struct vouch_context *context,
			     struct vouch_deadline deadline,
			     struct vouch_probe *probes)
{
	const struct vouch_config *config = context->config;
	uint8_t wanted[VOUCH_NODES_MAX];
	uint32_t i;

	memset(probes, 0, sizeof(*probes) * config->member_count);
	memset(wanted, VOUCH_PROBE_BRIEFLY, sizeof(wanted));
	vouch__probe_not_lost(context, deadline, wanted);
	for (i = 0; i < config->member_count; i++)
		if (strcmp(config->members[i].name, config->node) == 0)
			wanted[i] = VOUCH_PROBE_NOT;
	vouch__probe_all(context, wanted, deadline, probes);
	return vouch__primaries_find(probes, config->member_count,
				     config->member_count, &i) == 1 ?
		       i : config->member_count;
}

void vouch__primary_choose(struct vouch_context *context,
			   const struct vouch_directory *own,
			   struct vouch_deadline deadline,
			   char name[VOUCH_NAME_SIZE])
{
	static struct vouch_probe probes[VOUCH_NODES_MAX];
	const struct vouch_config *config = context->config;
	struct vouch_error why = { 0 };
	uint32_t i = primary_find(context, deadline, probes);

	name[0] = '\0';
	if (i == config->member_count)
		return;
	if (vouch__log_is_common(context, own, &config->members[i], &probes[i],
				 deadline, &why) == VOUCH_YES)
		memcpy(name, config->members[i].name, VOUCH_NAME_SIZE);
	else
		say(context, why.text);
}

/* A server's own log, as it says itself: once it has read what is on disk, and not
 * before, its position is the end. */
static int own_read(struct vouch_context *context, struct vouch_deadline deadline,
		    struct vouch_directory *own, struct vouch_error *error)
{
	static struct vouch_probe probe;
	const struct vouch_config *config = context->config;
	uint32_t timeline;

	memset(own, 0, sizeof(*own));
	if (context->engine->probe(config,
				   vouch__config_member(config, config->node),
				   deadline, &probe, error) != VOUCH_OK)
		return 0;
	if (probe.in_recovery != VOUCH_YES || probe.log_exhausted != VOUCH_YES) {
		(void)vouch__error_set(error, VOUCH_E_STATE,
				       "this node's server is still reading its "
				       "own log, or is no standby");
		return 0;
	}
	own->system_id = probe.system_id;
	own->timeline = probe.timeline;
	own->history_count = probe.history_count;
	memcpy(own->history, probe.history, sizeof(own->history));
	/* Part of a record is no log of its own: the next timeline begins before. */
	return context->engine->whole_observe(config, probe.timeline,
					      vouch__probe_end(&probe), &timeline,
					      &own->log_end, error) == VOUCH_OK;
}

static enum vouch_answer running_compare(struct vouch_context *context,
					 const struct vouch_member *member,
					 enum vouch_answer in_recovery,
					 struct vouch_deadline deadline,
					 struct vouch_error *why)
{
	static struct vouch_directory own;
	static struct vouch_probe primary;
	struct vouch_deadline brief = vouch__deadline_within(deadline, PROBE_MS);
	struct vouch_error detail = { 0 };

	if (!own_read(context, brief, &own, &detail) ||
	    context->engine->probe(context->config, member, brief, &primary,
				   &detail) != VOUCH_OK) {
		(void)!not_there(member, detail.text, why);
		return VOUCH_UNKNOWN;
	}
	if (primary.in_recovery != in_recovery) {
		(void)!not_there(member, "it does not answer as primary", why);
		return VOUCH_UNKNOWN;
	}
	return vouch__log_is_common(context, &own, member, &primary, deadline,
				    why);
}

static int is_lost(struct vouch_context *context,
		   const struct vouch_member *member,
		   struct vouch_deadline deadline)
{
	uint8_t wanted[VOUCH_NODES_MAX];

	memset(wanted, VOUCH_PROBE_FULLY, sizeof(wanted));
	vouch__probe_not_lost(context, deadline, wanted);
	return wanted[member - context->config->members] == VOUCH_PROBE_NOT;
}

static enum vouch_answer compare(struct vouch_context *context,
				 const struct vouch_member *member,
				 struct vouch_deadline deadline,
				 struct vouch_error *why)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };
	struct vouch_deadline patience =
		vouch__deadline_within(deadline, PATIENCE_MS);
	enum vouch_answer common;

	if (is_lost(context, member, deadline)) {
		(void)!not_there(member, "the cluster has lost it", why);
		return VOUCH_UNKNOWN;
	}
	for (;;) {
		common = running_compare(context, member, VOUCH_NO, deadline,
					 why);
		if (common != VOUCH_UNKNOWN ||
		    vouch__deadline_left_ms(patience) <= PAUSE_MS)
			return common;
		nanosleep(&pause, NULL);
	}
}

enum vouch_error_code vouch__primary_follow(struct vouch_context *context,
					    const char *holder,
					    struct vouch_deadline deadline,
					    struct vouch_error *error)
{
	const struct vouch_config *config = context->config;
	const struct vouch_member *member = vouch__config_member(config, holder);
	struct vouch_error ignored = { 0 }, why = { 0 };
	enum vouch_answer common, follows;

	if (!member)
		return vouch__error_set(error, VOUCH_E_STATE,
					"%.64s is no member", holder);
	/* Another agent's server, which is led otherwise (a guard's). */
	follows = context->engine->follows(config, holder);
	if (follows == VOUCH_UNKNOWN)
		return VOUCH_OK;
	common = compare(context, member, deadline, &why);
	if (common == VOUCH_YES)
		return context->engine->follow(config, holder, deadline, error);
	/* Who runs may have found it by itself, and a stream that is ended may miss
	 * what is not kept for long: only a fork is a reason. */
	if (common == VOUCH_NO &&
	    context->engine->follow(config, NULL, deadline, &ignored) !=
		    VOUCH_OK)
		say(context, ignored.text);
	return vouch__error_set(error, why.code, "%s", why.text);
}

/* Whoever has all of this log now goes on from it when it is promoted. */
void vouch__primary_expect(struct vouch_context *context, const char *candidate,
			   struct vouch_deadline deadline)
{
	const struct vouch_config *config = context->config;
	const struct vouch_member *member =
		vouch__config_member(config, candidate);
	struct vouch_error why = { 0 };
	enum vouch_answer common;

	if (!member || strcmp(candidate, config->node) == 0 ||
	    context->engine->follows(config, candidate) == VOUCH_UNKNOWN)
		return;
	common = running_compare(context, member, VOUCH_YES, deadline, &why);
	/* What cannot be told yet is told after the promotion. */
	if (common == VOUCH_UNKNOWN ||
	    (common == VOUCH_YES &&
	     context->engine->follows(config, candidate) == VOUCH_YES))
		return;
	if (context->engine->follow(config,
				    common == VOUCH_YES ? candidate : NULL,
				    deadline, &why) != VOUCH_OK)
		say(context, why.text);
}

enum vouch_error_code vouch__primary_look(struct vouch_context *context,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	static struct vouch_probe probes[VOUCH_NODES_MAX];
	const struct vouch_config *config = context->config;
	uint32_t i = primary_find(context, deadline, probes);

	return i == config->member_count ?
		       VOUCH_OK :
		       vouch__primary_follow(context, config->members[i].name,
					     deadline, error);
}
