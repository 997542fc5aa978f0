/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ocf:vouch:guard, action by action: what the library does, and what the wrapped
 * agent does. Each ends with the wrapped agent's code, unless the library has to
 * say no. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/guard.h"
#include "authority/log.h"

enum { LOOK_MS = 4000, SHARE_MS = 3000 };

static struct wrapped wrapped;

static int is(const char *name, const char *value)
{
	const char *text = getenv(name);

	return text && strcmp(text, value) == 0;
}

static enum ocf_exitcode fail(const struct vouch_error *error)
{
	agent_reason("%s", error->text);
	return agent_code(error);
}

/* The wrapped agent's own answer. */
static enum ocf_exitcode pass(struct agent *agent, const char *action)
{
	struct vouch_error error = { 0 };

	if (wrapped_act(&wrapped, action, -1, agent->deadline, &error) !=
	    VOUCH_OK)
		return fail(&error);
	return (enum ocf_exitcode)wrapped.code;
}

/* The library has done its part; the wrapped agent answers for its own. */
static enum ocf_exitcode both(struct agent *agent, enum ocf_exitcode ours,
			      const char *action)
{
	if (ours != PCMK_OCF_OK)
		return wrapped.code > PCMK_OCF_OK ?
			       (enum ocf_exitcode)wrapped.code :
			       ours;
	if (wrapped.code == GUARD_NEVER_RAN)
		return pass(agent, action);
	return (enum ocf_exitcode)wrapped.code;
}

static enum ocf_exitcode guard_start(struct agent *agent)
{
	return both(agent, agent_start(agent), "start");
}

static enum ocf_exitcode guard_demote(struct agent *agent)
{
	return both(agent, agent_demote(agent), "demote");
}

static enum ocf_exitcode guard_promote(struct agent *agent)
{
	enum ocf_exitcode code;

	vouch__log_blackbox(&agent->config);
	code = both(agent, agent_promote(agent), "promote");
	if (code != PCMK_OCF_OK)
		vouch__log_blackbox_write();
	return code;
}

/* Stopped and sealed by the library, which verifies that nothing is left: others
 * conclude from the success of a stop that nobody writes here (P6-A1, E3). The
 * wrapped agent finds it stopped, and puts away what is its own. */
static enum ocf_exitcode guard_stop(struct agent *agent)
{
	const struct vouch_deadline whole = agent->deadline;
	enum ocf_exitcode ours;

	agent->deadline = vouch__deadline_within(
		whole, vouch__deadline_left_ms(whole) - SHARE_MS);
	ours = agent_stop(agent);
	agent->deadline = whole;
	return both(agent, ours, "stop");
}

/* Who is healthy is the wrapped agent's to say; that a healthy primary may be one
 * at all is the library's (P6-A3). */
static enum ocf_exitcode guard_monitor(struct agent *agent)
{
	enum ocf_exitcode theirs = pass(agent, "monitor");

	if (theirs != PCMK_OCF_OK && theirs != PCMK_OCF_RUNNING_PROMOTED)
		return theirs;
	return agent_monitor(agent);
}

static enum ocf_exitcode guard_validate(struct agent *agent)
{
	enum ocf_exitcode theirs = pass(agent, "validate-all");

	if (!wrapped.options_parameter)
		agent_reason("how %s:%s takes settings for the server is not "
			     "known, so that nothing is proven, and nothing "
			     "promoted (P6-F1)",
			     wrapped.provider, wrapped.type);
	return theirs == PCMK_OCF_OK ? agent_validate(agent) : theirs;
}

/* Before a crashed instance is demoted or stopped, pgsqlms starts it. Without its
 * flag file that would be a primary, which nobody permitted (P6-A3). */
static enum vouch_error_code
notified_start_prepare(struct agent *agent, struct vouch_error *error)
{
	static struct vouch_local local;
	struct vouch_context context = { .progress = agent_log };
	struct vouch_start start;
	enum vouch_error_code code;

	code = agent_context_open(agent, &context, error);
	if (code == VOUCH_OK)
		code = agent->engine->local_observe(
			&agent->config,
			vouch__deadline_within(agent->deadline, LOOK_MS), &local,
			error);
	if (code == VOUCH_OK && (local.state == VOUCH_RUN_STOPPED ||
				 local.state == VOUCH_RUN_CRASHED)) {
		memset(&start, 0, sizeof(start));
		code = agent_start_prepare(&context, agent, &start, error);
		if (code == VOUCH_OK)
			code = guard_start_prepare(&agent->config, &start,
						   agent->deadline, error);
	}
	vouch__context_close(&context);
	return code;
}

static int names_this_node(const struct agent *agent, const char *variable)
{
	const char *names = getenv(variable);
	size_t length = strlen(agent->config.node);

	for (; names && *names != '\0'; names += strcspn(names, " ")) {
		names += strspn(names, " ");
		if (strcspn(names, " ") == length &&
		    strncmp(names, agent->config.node, length) == 0)
			return 1;
	}
	return 0;
}

static int may_start_crashed(const struct agent *agent)
{
	static const char operation[] = "OCF_RESKEY_CRM_meta_notify_operation";

	return is("OCF_RESKEY_CRM_meta_notify_type", "pre") &&
	       ((is(operation, "demote") &&
		 names_this_node(agent,
				 "OCF_RESKEY_CRM_meta_notify_demote_uname")) ||
		(is(operation, "stop") &&
		 names_this_node(agent,
				 "OCF_RESKEY_CRM_meta_notify_stop_uname")));
}

/* What comes before a change is known before the wrapped agent votes; what
 * follows one may take its time. */
static enum ocf_exitcode guard_notify(struct agent *agent)
{
	struct vouch_error error = { 0 };
	enum ocf_exitcode theirs;

	if (may_start_crashed(agent) &&
	    notified_start_prepare(agent, &error) != VOUCH_OK) {
		agent_reason("the notification is not passed on: %s", error.text);
		return PCMK_OCF_UNKNOWN_ERROR;
	}
	if (is("OCF_RESKEY_CRM_meta_notify_type", "pre")) {
		(void)agent_notify(agent);
		return pass(agent, "notify");
	}
	theirs = pass(agent, "notify");
	(void)agent_notify(agent);
	return theirs;
}

static enum ocf_exitcode guard_reload(struct agent *agent)
{
	return pass(agent, "reload");
}

static enum ocf_exitcode guard_reload_agent(struct agent *agent)
{
	return pass(agent, "reload-agent");
}

static const struct {
	const char *name;
	enum ocf_exitcode (*run)(struct agent *);
} actions[] = {
	{ "start", guard_start },	{ "stop", guard_stop },
	{ "monitor", guard_monitor },	{ "promote", guard_promote },
	{ "demote", guard_demote },	{ "notify", guard_notify },
	{ "reload", guard_reload },	{ "reload-agent", guard_reload_agent },
	{ "validate-all", guard_validate }, { "renew", agent_renew },
};

/* Scores are the wrapped agent's: two who set them would undo each other's. They
 * prove nothing anyway. */
static enum vouch_error_code score_leave(struct vouch_cluster *cluster,
					 struct vouch_deadline deadline,
					 int score, int remove,
					 struct vouch_error *error)
{
	(void)cluster;
	(void)deadline;
	(void)score;
	(void)remove;
	(void)error;
	return VOUCH_OK;
}

static void cluster_adapt(struct vouch_context *context)
{
	static struct vouch_cluster_ops operations;

	if (!context->cluster_ops)
		return;
	operations = *context->cluster_ops;
	operations.score_set = score_leave;
	context->cluster_ops = &operations;
}

/* Both must mean the same directory: a decision about another one would be worth
 * nothing (P6-F1). */
static enum vouch_error_code same_directory(const struct vouch_config *config,
					    struct vouch_error *error)
{
	const char *data = getenv("OCF_RESKEY_datadir");
	const char *name = data && data[0] ? "datadir" : "pgdata";

	if (!data || data[0] == '\0')
		data = getenv("OCF_RESKEY_pgdata");
	if (!data || data[0] == '\0')
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"parameter 'pgdata' is missing: it must "
					"be said, as in vouch's configuration: "
					"pgdata=%s",
					config->pgdata);
	if (strcmp(data, config->pgdata) != 0)
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"parameter '%s' is %.200s, but vouch's "
					"configuration has pgdata=%.200s; they "
					"must be the same",
					name, data, config->pgdata);
	return VOUCH_OK;
}

static enum vouch_error_code config_load(struct agent *agent,
					 struct vouch_error *error)
{
	const char *path = getenv(GUARD_PARAMETER_CONFIG);
	char name[VOUCH_NAME_SIZE], usual[VOUCH_PATH_SIZE];
	enum vouch_error_code code;

	if (!agent_resource_name(name, sizeof(name)))
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"OCF_RESOURCE_INSTANCE is not set: this "
					"program is run by Pacemaker");
	(void)snprintf(usual, sizeof(usual), "%s/%s.conf", VOUCH_SYSCONFDIR, name);
	if (!path || path[0] == '\0')
		path = usual;
	if (path[0] != '/')
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"parameter 'vouch_config' must be an "
					"absolute path");
	code = vouch__config_from_file(&agent->config, path,
				       getenv("OCF_RESKEY_CRM_meta_on_node"),
				       error);
	if (code == VOUCH_OK && strcmp(agent->config.name, name) != 0)
		code = vouch__error_set(error, VOUCH_E_CONFIG,
					"%s is for %s, but this resource is %s; "
					"write name=%s there",
					path, agent->config.name, name, name);
	return code == VOUCH_OK ? same_directory(&agent->config, error) : code;
}

static enum ocf_exitcode action_run(const char *action)
{
	static struct agent agent;
	struct vouch_error error = { 0 };
	size_t i;

	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].name, action) == 0)
			break;
	}
	if (i == sizeof(actions) / sizeof(actions[0])) {
		(void)fprintf(stderr, "guard: there is no action '%.40s'\n",
			      action);
		return PCMK_OCF_UNIMPLEMENT_FEATURE;
	}
	if (wrapped_find(&wrapped, getenv(GUARD_PARAMETER_AGENT), &error) !=
		    VOUCH_OK ||
	    config_load(&agent, &error) != VOUCH_OK)
		return fail(&error);
	agent.guards = 1;
	agent.cluster_adapt = cluster_adapt;
	agent.engine = guard_engine(vouch__engine_find("postgresql"), &wrapped,
				    action);
	agent.deadline = agent_deadline();
	return actions[i].run(&agent);
}

static enum ocf_exitcode metadata_run(void)
{
	const char *name = getenv(GUARD_PARAMETER_AGENT);
	struct vouch_error error = { 0 };

	if (!name || name[0] == '\0')
		return guard_metadata(NULL);
	if (wrapped_find(&wrapped, name, &error) != VOUCH_OK)
		return fail(&error);
	return guard_metadata(&wrapped);
}

int main(int argc, char **argv)
{
	const char *action = argc > 1 ? argv[1] : "";

	vouch__log_open("vouch-guard");
	if (strcmp(action, "meta-data") == 0)
		return (int)metadata_run();
	if (strcmp(action, "usage") == 0 || strcmp(action, "--help") == 0) {
		(void)printf("usage: guard start|stop|monitor|promote|demote|"
			     "notify|reload|reload-agent|validate-all|meta-data\n"
			     "The resource agent ocf:vouch:guard; run by "
			     "Pacemaker, see ocf_vouch_guard(7).\n");
		return 0;
	}
	return (int)action_run(action);
}
