/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The resource agent ocf:vouch:postgresql, one function an action. Each
 * returns an OCF code; the words go to standard error as exit reason. */
#ifndef VOUCH_AGENTS_AGENT_H
#define VOUCH_AGENTS_AGENT_H

#include <crm/common/results.h>
#include "common/config.h"
#include "common/deadline.h"
#include "engines/engine.h"
#include "evidence/collect.h"

struct agent {
	struct vouch_config config;
	const struct vouch_engine *engine;
	struct vouch_deadline deadline; /* below the operation's timeout */
	/* What the guard differs in; nothing for ocf:vouch:postgresql. */
	int guards; /* another agent runs the server, and may have since long */
	void (*cluster_adapt)(struct vouch_context *context);
	int renews; /* this monitor is to have the fencing snapshot renewed */
};

enum ocf_exitcode agent_start(struct agent *agent);
enum ocf_exitcode agent_stop(struct agent *agent);
enum ocf_exitcode agent_monitor(struct agent *agent);
/* The same, and from OCF_CHECK_LEVEL 10 on a look from outside: degraded, which
 * Pacemaker shows and does not recover from. */
enum ocf_exitcode agent_monitor_by_level(struct agent *agent);
/* Notes how far the other members are (lib/authority/noted.h); 0, with the reason
 * said, when that cannot be kept. The second: once in a while only. */
int agent_note_others(struct agent *agent);
void agent_note_when_due(struct agent *agent);
/* Raises the mark to another timeline, where the server's own history goes through
 * what it was. VOUCH_E_CONFLICT: it does not, or does not say; the mark stays. */
struct vouch_mark;
enum vouch_error_code agent_mark_step(struct agent *agent, struct vouch_mark mark,
				      struct vouch_error *error);
/* Ends the life of a standby whose log lacks what it once had: the next start begins
 * another one (P6-S1). 1, with the reason said, when it did; 0 also where the server
 * does not say. */
int agent_life_is_left(struct agent *agent);
enum ocf_exitcode agent_promote(struct agent *agent);
enum ocf_exitcode agent_demote(struct agent *agent);
enum ocf_exitcode agent_notify(struct agent *agent);
enum ocf_exitcode agent_validate(struct agent *agent);
enum ocf_exitcode agent_reload(struct agent *agent);
enum ocf_exitcode agent_metadata(void);

/* Admits whoever streams and is not verified yet; how many are now. */
uint32_t agent_admit(struct agent *agent, const struct vouch_local *local);
/* The same for the holder after a change, with a short wait for all. */
void agent_admit_soon(struct agent *agent);

/* Is this primary's contract not the one that its agent started it with? Then the
 * log and the cluster say so of its epoch, and the reason is said (P6-S1). */
int agent_is_unpinned(struct agent *agent, const struct vouch_local *local,
		      uint64_t epoch);
/* The same before a demotion or a stop, which no monitor may precede; it keeps
 * neither from going on. */
void agent_pins_look(struct agent *agent, struct vouch_context *context);

/* The same of a primary that holds nothing: its seal is broken, or its contract is
 * not the recorded one (P6-A1, P6-S1). comparable: that is loaded. */
void agent_unheld_look(struct agent *agent, const struct vouch_local *local,
		       int comparable);
/* The same of a standby whose log, which ends there, went on after its seal without
 * a promotion. The others: of a server that runs. */
void agent_passed_look(struct agent *agent, struct vouch_context *context,
		       uint32_t timeline, uint64_t end);
void agent_running_look(struct agent *agent, struct vouch_context *context,
			const struct vouch_local *local);
void agent_standby_look(struct agent *agent, const struct vouch_local *local);

/* Makes the spool of the alert agent, after a start; nothing hangs on it. */
void agent_alerts_expect(struct agent *agent);
/* Journals what the alert agent left; as root, before that is given up. */
void agent_alerts_take(struct agent *agent);

/* Starts this standby again when the newest grant's contract is another than
 * the one that it runs with, or when its agent did not start it. */
void agent_standby_renew(struct vouch_context *context, struct agent *agent);

/* Was it this node's agent that started the server, with the incarnation that is on
 * record? */
int agent_life_is_settled(struct agent *agent, const struct vouch_local *local);

/* Settles the grant of an attempt of this node that was cut off, by a start. */
void agent_attempt_settle(struct vouch_context *context, struct agent *agent);

/* After a veto (P6-F3): this node is no more eligible, and the request goes on to
 * the node that the same evidence would let be promoted, if there is one. */
struct vouch_attempt_result;
void agent_veto_keep(struct vouch_context *context, struct agent *agent,
		     const struct vouch_attempt_result *result);
/* The program that hands it on, and ends. */
enum ocf_exitcode agent_pass_on(struct agent *agent);
/* Has another program do that action, once this one has ended or before. */
void agent_act_later(char *action);
/* Has the fencing history journalled again, when agent->renews; a standby's
 * monitor. The second is the program that does it. */
void agent_renew_later(struct agent *agent);
enum ocf_exitcode agent_renew(struct agent *agent);
/* The cluster looks for the first time, or somebody has cleaned up: this server,
 * which is healthy, says how eligible it is. */
void agent_probed(struct agent *agent, const struct vouch_local *local);
/* A standby without a primary, with after_veto=retry. */
void agent_ask_again(struct agent *agent);

/* The context of an action, with the agent's own engine. */
VOUCH_MUST_CHECK enum vouch_error_code
agent_context_open(struct agent *agent, struct vouch_context *context,
		   struct vouch_error *error);
/* Settles what is durable before a server runs on it; no server runs. */
VOUCH_MUST_CHECK enum vouch_error_code
agent_start_prepare(struct vouch_context *context, struct agent *agent,
		    struct vouch_start *start, struct vouch_error *error);

/* The operation's own timeout, less a margin to say what happened. */
struct vouch_deadline agent_deadline(void);
/* "pgsql" of "pgsql:1"; 0: not run by Pacemaker. */
int agent_resource_name(char *name, size_t size);

/* What Pacemaker shows as the exit reason; one line, safe to print. */
void agent_reason(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/* A line for the cluster's log. */
void agent_log(const char *text);

/* The one place where library errors become OCF codes. */
enum ocf_exitcode agent_code(const struct vouch_error *error);

#endif
