/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ocf:vouch:guard: the library in front of an agent that somebody already runs.
 * That agent starts, promotes and watches the server as it always did; the guard
 * decides (P6-A3), keeps the records, and stops, so that an end is sealed.
 */
#ifndef VOUCH_AGENTS_GUARD_H
#define VOUCH_AGENTS_GUARD_H

#include <limits.h>
#include <sys/types.h>

#include "agents/agent.h"

#define GUARD_PARAMETER_AGENT "OCF_RESKEY_agent"
#define GUARD_PARAMETER_CONFIG "OCF_RESKEY_vouch_config"

enum { GUARD_NEVER_RAN = -1, GUARD_REASON_SIZE = 256 };

/* The agent behind the guard. */
struct wrapped {
	char provider[VOUCH_NAME_SIZE];
	char type[VOUCH_NAME_SIZE];
	char path[PATH_MAX];
	/* The parameter that holds options for the server's command line; NULL:
	 * none is known, and the servers prove nothing. */
	const char *options_parameter;
	int code; /* how its last run ended; GUARD_NEVER_RAN before */
	char reason[GUARD_REASON_SIZE]; /* its last run's own words */
};

/* A run of it that is under way. */
struct wrapped_run {
	pid_t child;
	int words; /* what it writes to its standard error */
	size_t length;
	char line[GUARD_REASON_SIZE];
};

/* "PROVIDER:TYPE" becomes a program below OCF_ROOT/resource.d that is root's
 * alone; anything else is refused. */
VOUCH_MUST_CHECK enum vouch_error_code
wrapped_find(struct wrapped *wrapped, const char *name,
	     struct vouch_error *error);

/* Runs it as root, with the environment that the guard was given, less the
 * guard's own two parameters. VOUCH_E_TIMEOUT: it was ended. Otherwise
 * wrapped->code has its answer, whatever it is. output: its standard output,
 * -1 for the guard's own. */
VOUCH_MUST_CHECK enum vouch_error_code
wrapped_act(struct wrapped *wrapped, const char *action, int output,
	    struct vouch_deadline deadline, struct vouch_error *error);
/* The same in steps. */
VOUCH_MUST_CHECK enum vouch_error_code
wrapped_begin(struct wrapped *wrapped, const char *action, int output,
	      struct wrapped_run *run, struct vouch_error *error);
/* Waits wait_ms at most; 1 once it has ended and wrapped->code is known. */
int wrapped_has_ended(struct wrapped *wrapped, struct wrapped_run *run,
		      int wait_ms);
void wrapped_kill(struct wrapped *wrapped, struct wrapped_run *run);

/* The engine of `real`, with starts and promotions done by the wrapped agent.
 * action: the guard's own, which the wrapped agent is called with, too. */
const struct vouch_engine *guard_engine(const struct vouch_engine *real,
					struct wrapped *wrapped,
					const char *action);
/* Gives the wrapped agent what a server has to be started with. */
VOUCH_MUST_CHECK enum vouch_error_code
guard_start_prepare(const struct vouch_config *config,
		    const struct vouch_start *start,
		    struct vouch_deadline deadline, struct vouch_error *error);

/* Does that agent hold an election of its own before it promotes? */
int guard_election_is_held(const struct wrapped *wrapped);
/* It is settled: this node, which has a permit. Where the agent cannot be told,
 * it may refuse, which is never wrong. */
void guard_election_settle(struct vouch_deadline deadline);

/* The guard's own, and with an agent named also that one's parameters and
 * actions. */
enum ocf_exitcode guard_metadata(struct wrapped *wrapped);

#endif
