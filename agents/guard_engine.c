/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine of a guarded database: everything is observed, stopped and recorded
 * as ever, while starts and promotions are the wrapped agent's. So the order of a
 * promotion, of a seal and of a start is the library's own.
 */
#include "agents/guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POLL_MS = 20, ELECTION_MS = 5000 };

/* Engine functions have no room for more. */
static struct {
	const struct vouch_engine *real;
	struct wrapped *wrapped;
	const char *action;
} guarded;

static enum vouch_error_code refused(const char *action,
				     struct vouch_error *error)
{
	const struct wrapped *wrapped = guarded.wrapped;

	return vouch__error_set(error, VOUCH_E_ENGINE,
				"%s:%s answered %s with %d%s%s",
				wrapped->provider, wrapped->type, action,
				wrapped->code, wrapped->reason[0] ? ": " : "",
				wrapped->reason);
}

/* What is pinned goes last, and the last one counts. */
static enum vouch_error_code options_give(const char *options,
					  struct vouch_error *error)
{
	const char *name = guarded.wrapped->options_parameter;
	static char *own; /* the operator's, without what was added before */
	char *text = NULL;
	int failed;

	if (!name)
		return VOUCH_OK; /* it starts as it likes, and proves nothing */
	if (!own)
		own = strdup(getenv(name) ? getenv(name) : "");
	failed = !own || asprintf(&text, "%s%s%s", own, own[0] ? " " : "",
				  options) < 0 ||
		 setenv(name, text, 1) != 0;
	free(text);
	return failed ? vouch__error_set(error, VOUCH_E_MEMORY, "out of memory") :
			VOUCH_OK;
}

static enum vouch_error_code variable_give(const char *variable,
					   struct vouch_error *error)
{
	const char *value = strchr(variable, '=');
	char name[VOUCH_NAME_SIZE];

	if (value && (size_t)(value - variable) < sizeof(name)) {
		(void)snprintf(name, sizeof(name), "%.*s",
			       (int)(value - variable), variable);
		if (setenv(name, value + 1, 1) == 0)
			return VOUCH_OK;
	}
	return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
}

enum vouch_error_code guard_start_prepare(const struct vouch_config *config,
					  const struct vouch_start *start,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	struct vouch_start_by_other other = { NULL, NULL };
	enum vouch_error_code code = guarded.real->start_prepare(
		config, start, deadline, &other, error);

	if (code == VOUCH_OK)
		code = options_give(other.options, error);
	if (code == VOUCH_OK)
		code = variable_give(other.environment, error);
	free(other.options);
	free(other.environment);
	return code;
}

/* Must be impossible; a writable server that nobody permitted does not live on
 * (P6-A3). */
static enum vouch_error_code standby_verify(const struct vouch_config *config,
					    struct vouch_deadline deadline,
					    struct vouch_error *error)
{
	static struct vouch_local local;
	struct vouch_clean_end end;
	enum vouch_error_code code =
		guarded.real->local_observe(config, deadline, &local, error);

	if (code != VOUCH_OK)
		return code;
	if (local.state == VOUCH_RUN_WRITABLE) {
		if (guarded.real->stop(config, deadline, &end, error) != VOUCH_OK)
			agent_log(error->text);
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-A3: the server came up writable and "
					"was stopped at once");
	}
	if (local.state != VOUCH_RUN_STANDBY)
		return vouch__error_set(error, VOUCH_E_STATE,
					"the server was started and is no "
					"standby that takes queries");
	if (local.pinned != VOUCH_YES)
		agent_reason("settings are not as the guard gave them to %s:%s, "
			     "so that this server proves nothing: %s",
			     guarded.wrapped->provider, guarded.wrapped->type,
			     local.unpinned);
	return VOUCH_OK;
}

static enum vouch_error_code start_by_wrapped(const struct vouch_config *config,
					      const struct vouch_start *start,
					      struct vouch_deadline deadline,
					      struct vouch_error *error)
{
	/* Within its demote the wrapped agent starts what it finds stopped. */
	const char *action = strcmp(guarded.action, "demote") == 0 ? "demote" :
								     "start";
	enum vouch_error_code code =
		guard_start_prepare(config, start, deadline, error);

	if (code == VOUCH_OK)
		code = wrapped_act(guarded.wrapped, action, -1, deadline, error);
	if (code == VOUCH_OK && guarded.wrapped->code != PCMK_OCF_OK)
		code = refused(action, error);
	return code == VOUCH_OK ? standby_verify(config, deadline, error) : code;
}

/* The server leaves recovery while the wrapped agent still looks on: whatever
 * must come first then, comes at once and not when that agent is done (P6-S1). */
static enum vouch_error_code
finish_when_left(const struct vouch_config *config, uint32_t from_timeline,
		 struct vouch_deadline deadline, struct wrapped_run *run,
		 uint32_t *timeline, uint64_t *start_lsn,
		 struct vouch_error *error)
{
	int ended, late;
	enum vouch_error_code code;

	do {
		ended = wrapped_has_ended(guarded.wrapped, run, POLL_MS);
		code = guarded.real->promote_finish(config, from_timeline,
						    deadline, timeline,
						    start_lsn, error);
		late = vouch__deadline_left_ms(deadline) == 0;
	} while (code != VOUCH_OK && !ended && !late);
	while (!ended && !late) {
		ended = wrapped_has_ended(guarded.wrapped, run, POLL_MS);
		late = vouch__deadline_left_ms(deadline) == 0;
	}
	if (!ended)
		wrapped_kill(guarded.wrapped, run);
	return code == VOUCH_E_STATE ? refused("promote", error) : code;
}

static enum vouch_error_code promote_by_wrapped(const struct vouch_config *config,
						uint32_t from_timeline,
						struct vouch_deadline deadline,
						uint32_t *timeline,
						uint64_t *start_lsn,
						struct vouch_error *error)
{
	struct wrapped_run run;
	enum vouch_error_code code;

	if (guard_election_is_held(guarded.wrapped))
		guard_election_settle(
			vouch__deadline_within(deadline, ELECTION_MS));
	code = wrapped_begin(guarded.wrapped, "promote", -1, &run, error);
	return code == VOUCH_OK ?
		       finish_when_left(config, from_timeline, deadline, &run,
					timeline, start_lsn, error) :
		       code;
}

const struct vouch_engine *guard_engine(const struct vouch_engine *real,
					struct wrapped *wrapped,
					const char *action)
{
	static struct vouch_engine engine;

	guarded.real = real;
	guarded.wrapped = wrapped;
	guarded.action = action;
	engine = *real;
	engine.start = start_by_wrapped;
	engine.promote = promote_by_wrapped;
	return &engine;
}
