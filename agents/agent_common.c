/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the resource agents have in common: how they speak, how long they may
 * take, and whose instance they are. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <syslog.h>
#include <unistd.h>

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
struct vouch_deadline agent_deadline(void)
{
	const char *text = getenv("OCF_RESKEY_CRM_meta_timeout");
	long timeout = text ? strtol(text, NULL, 10) : 0;

	if (timeout <= 0 || timeout > 24L * 3600 * 1000)
		timeout = DEFAULT_TIMEOUT_MS;
	timeout = timeout > 2 * MARGIN_MS ? timeout - MARGIN_MS : timeout / 2;
	return vouch__deadline_in(timeout);
}

/* "pgsql" of "pgsql:1": clone instances share one database. */
int agent_resource_name(char *name, size_t size)
{
	const char *instance = getenv("OCF_RESOURCE_INSTANCE");
	size_t length = instance ? strcspn(instance, ":") : 0;

	if (length == 0 || length >= size)
		return 0;
	memcpy(name, instance, length);
	name[length] = '\0';
	return 1;
}

void agent_act_later(char *action)
{
	char *const argv[] = { program_invocation_short_name, action, NULL };
	pid_t child = fork();
	int null;

	if (child != 0) {
		if (child < 0)
			agent_log("what is to be done later cannot be: no process");
		return;
	}
	null = open("/dev/null", O_RDWR);
	if (setsid() < 0 || null < 0 || dup2(null, 0) < 0 ||
	    dup2(null, 1) < 0 || dup2(null, 2) < 0)
		_exit(1);
	(void)execv("/proc/self/exe", argv);
	_exit(1);
}

enum vouch_error_code agent_context_open(struct agent *agent,
					 struct vouch_context *context,
					 struct vouch_error *error)
{
	enum vouch_error_code code = vouch__context_open(
		context, &agent->config, 1, agent->deadline, error);

	if (code != VOUCH_OK)
		return code;
	context->engine = agent->engine;
	if (agent->cluster_adapt)
		agent->cluster_adapt(context);
	return code;
}
