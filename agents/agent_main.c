/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/agent.h"
#include "authority/log.h"

static const struct {
	const char *name;
	enum ocf_exitcode (*run)(struct agent *);
} actions[] = {
	{ "start", agent_start },	{ "stop", agent_stop },
	{ "monitor", agent_monitor_by_level }, { "promote", agent_promote },
	{ "demote", agent_demote },	{ "notify", agent_notify },
	{ "validate-all", agent_validate }, { "reload-agent", agent_reload },
	{ "pass-on", agent_pass_on },	{ "renew", agent_renew },
};

/* What changes authority leaves its blackbox behind when it did not end well. */
static enum ocf_exitcode action_watched(struct agent *agent, const char *name,
					enum ocf_exitcode (*run)(struct agent *))
{
	enum ocf_exitcode code;

	if (strcmp(name, "promote") == 0 || strcmp(name, "demote") == 0)
		vouch__log_blackbox(&agent->config);
	code = run(agent);
	if (code != PCMK_OCF_OK)
		vouch__log_blackbox_write();
	return code;
}

static enum ocf_exitcode action_run(const char *action)
{
	struct agent agent;
	struct vouch_error error = { 0 };
	char name[VOUCH_NAME_SIZE];
	size_t i;

	memset(&agent, 0, sizeof(agent));
	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].name, action) != 0)
			continue;
		if (!agent_resource_name(name, sizeof(name))) {
			agent_reason("OCF_RESOURCE_INSTANCE is not set: this "
				     "program is run by Pacemaker");
			return PCMK_OCF_NOT_CONFIGURED;
		}
		if (vouch__config_from_environment(
			    &agent.config, name,
			    getenv("OCF_RESKEY_CRM_meta_on_node"),
			    &error) != VOUCH_OK) {
			agent_reason("%s", error.text);
			return PCMK_OCF_NOT_CONFIGURED;
		}
		agent.engine = vouch__engine_find("postgresql");
		agent.deadline = agent_deadline();
		return action_watched(&agent, actions[i].name, actions[i].run);
	}
	(void)fprintf(stderr,
		      "usage: postgresql start|stop|monitor|promote|demote|"
		      "notify|reload-agent|validate-all|meta-data\n");
	return PCMK_OCF_UNIMPLEMENT_FEATURE;
}

int main(int argc, char **argv)
{
	const char *action = argc > 1 ? argv[1] : "";

	vouch__log_open("vouch-postgresql");
	if (strcmp(action, "meta-data") == 0)
		return (int)agent_metadata();
	if (strcmp(action, "usage") == 0 || strcmp(action, "--help") == 0) {
		(void)printf("usage: postgresql start|stop|monitor|promote|"
			     "demote|notify|reload-agent|validate-all|"
			     "meta-data\n"
			     "The resource agent ocf:vouch:postgresql; run by "
			     "Pacemaker, see vouch(8).\n");
		return 0;
	}
	return (int)action_run(action);
}
