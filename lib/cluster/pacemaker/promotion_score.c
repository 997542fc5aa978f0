/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/pacemaker/promotion_score.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/facts.h"

#ifndef VOUCH_CRM_ATTRIBUTE
#define VOUCH_CRM_ATTRIBUTE "/usr/sbin/crm_attribute"
#endif

/* No shell, nothing of the caller's environment. */
static _Noreturn void tool_execute(char *const argv[])
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	static char locale[] = "LC_ALL=C";
	char *environment[] = { path, locale, NULL };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)execve(argv[0], argv, environment);
	_exit(127);
}

static enum vouch_error_code tool_run(char *const argv[],
				      struct vouch_error *error)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		tool_execute(argv);
	if (pid < 0)
		return vouch__error_set(error, VOUCH_E_MEMORY,
					"%s cannot be started: %s", argv[0],
					strerror(errno));
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return vouch__error_set(error, VOUCH_E_CLUSTER,
						"%s was lost: %s", argv[0],
						strerror(errno));
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return vouch__error_set(
			error, VOUCH_E_CLUSTER,
			"the promotion score was not changed: %s ended with %s "
			"%d",
			argv[0], WIFEXITED(status) ? "exit code" : "signal",
			WIFEXITED(status) ? WEXITSTATUS(status) :
					    WTERMSIG(status));
	return VOUCH_OK;
}

enum vouch_error_code vouch__promotion_score_request(const char *resource,
						     const char *node, int score,
						     int remove,
						     struct vouch_error *error)
{
	static char tool[] = VOUCH_CRM_ATTRIBUTE;
	static char lifetime[] = "--lifetime=reboot";
	char promotion[VOUCH_NAME_SIZE + 16];
	char where[VOUCH_NAME_SIZE + 16];
	char what[32] = "--delete";
	char *argv[] = { tool, promotion, where, lifetime, what, NULL };

	(void)snprintf(promotion, sizeof(promotion), "--promotion=%s", resource);
	(void)snprintf(where, sizeof(where), "--node=%s", node);
	if (!remove)
		(void)snprintf(what, sizeof(what), "--update=%d", score);
	return tool_run(argv, error);
}
