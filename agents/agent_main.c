/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <crm/common/agents.h>
#include <crm/services.h>
#include <qb/qblog.h>

#include "agents/agent.h"

enum { DEFAULT_TIMEOUT_MS = 20000, MARGIN_MS = 2000 };

void agent_reason(const char *format, ...)
{
	struct vouch_error harmless = { 0 };
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	(void)vouch__error_set(&harmless, VOUCH_OK, "%s", text);
	(void)fprintf(stderr, "%s%s\n", PCMK_OCF_REASON_PREFIX, harmless.text);
	qb_log(LOG_NOTICE, "%s", harmless.text);
}

void agent_log(const char *text)
{
	struct vouch_error harmless = { 0 };

	(void)vouch__error_set(&harmless, VOUCH_OK, "%s", text);
	qb_log(LOG_INFO, "%s", harmless.text);
}

enum ocf_exitcode agent_code(const struct vouch_error *error)
{
	switch (error->code) {
	case VOUCH_OK:
		return PCMK_OCF_OK;
	case VOUCH_E_CONFIG:
	case VOUCH_E_ARGUMENT:
		return PCMK_OCF_NOT_CONFIGURED;
	case VOUCH_E_PERMISSION:
		return PCMK_OCF_INSUFFICIENT_PRIV;
	default:
		return PCMK_OCF_UNKNOWN_ERROR;
	}
}

/* The operation's own timeout, less a margin to say what happened. */
static struct vouch_deadline deadline_of_operation(void)
{
	const char *text = getenv("OCF_RESKEY_CRM_meta_timeout");
	long timeout = text ? strtol(text, NULL, 10) : 0;

	if (timeout <= 0 || timeout > 24L * 3600 * 1000)
		timeout = DEFAULT_TIMEOUT_MS;
	timeout = timeout > 2 * MARGIN_MS ? timeout - MARGIN_MS : timeout / 2;
	return vouch__deadline_in(timeout);
}

/* "pgsql" of "pgsql:1": clone instances share one database. */
static int resource_name(char *name, size_t size)
{
	const char *instance = getenv("OCF_RESOURCE_INSTANCE");
	size_t length = instance ? strcspn(instance, ":") : 0;

	if (length == 0 || length >= size)
		return 0;
	memcpy(name, instance, length);
	name[length] = '\0';
	return 1;
}

static const struct {
	const char *name;
	enum ocf_exitcode (*run)(struct agent *);
} actions[] = {
	{ "start", agent_start },	{ "stop", agent_stop },
	{ "monitor", agent_monitor_by_level }, { "promote", agent_promote },
	{ "demote", agent_demote },	{ "notify", agent_notify },
	{ "validate-all", agent_validate }, { "reload-agent", agent_reload },
	{ "pass-on", agent_pass_on },
};

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
		if (!resource_name(name, sizeof(name))) {
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
		agent.deadline = deadline_of_operation();
		return actions[i].run(&agent);
	}
	(void)fprintf(stderr,
		      "usage: postgresql start|stop|monitor|promote|demote|"
		      "notify|reload-agent|validate-all|meta-data\n");
	return PCMK_OCF_UNIMPLEMENT_FEATURE;
}

int main(int argc, char **argv)
{
	const char *action = argc > 1 ? argv[1] : "";

	qb_log_init("vouch-postgresql", LOG_DAEMON, LOG_INFO);
	qb_log_ctl(QB_LOG_SYSLOG, QB_LOG_CONF_ENABLED, QB_TRUE);
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
