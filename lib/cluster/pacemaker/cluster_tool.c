/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/pacemaker/cluster_tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* No shell, nothing of the caller's environment, and not a word on the terminal:
 * what the tool did is looked at afterwards. */
static _Noreturn void tool_execute(char *const argv[])
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	static char locale[] = "LC_ALL=C";
	char *environment[] = { path, locale, NULL };
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 ||
	    dup2(nothing, 2) < 0)
		_exit(126);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)execve(argv[0], argv, environment);
	_exit(127);
}

enum vouch_error_code vouch__cluster_tool_run(char *const argv[],
					      const char *what,
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
			"%s: %s ended with %s %d", what, argv[0], WIFEXITED(status) ? "exit code" : "signal",
			WIFEXITED(status) ? WEXITSTATUS(status) :
					    WTERMSIG(status));
	return VOUCH_OK;
}
