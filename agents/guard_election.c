/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pgsqlms votes by the position that each server received last. After a restart
 * that falls back to the beginning of a segment, so that it turns down the very
 * node that has everything. A permit says more: every reachable node was asked
 * after exclusion held, and none is ahead (P6-S1). So with a permit, and only
 * then, it is told what it tells itself when a primary recovers: no election.
 */
#include "agents/guard.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/privilege.h"

#define TOOL "/usr/sbin/attrd_updater"
#define ATTRIBUTE "recover_master"

enum { PAUSE_MS = 50, TEXT_SIZE = 512 };

__attribute__((noreturn)) static void child_run(char *const argv[], int output)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	static char locale[] = "LC_ALL=C";
	char *environment[] = { path, locale, NULL };
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (vouch__privilege_raise(NULL) == VOUCH_OK && nothing >= 0 &&
	    dup2(nothing, 0) == 0 && dup2(output, 1) == 1 &&
	    dup2(nothing, 2) == 2 && close_range(3, ~0u, 0) == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)execve(argv[0], argv, environment);
	}
	_exit(127);
}

static void pause_briefly(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };

	(void)nanosleep(&pause, NULL);
}

/* 1: it ended well before the deadline. */
static int tool_run(char *const argv[], int output,
		    struct vouch_deadline deadline)
{
	int status = 0;
	pid_t ended, pid = fork();

	if (pid == 0)
		child_run(argv, output);
	if (pid < 0)
		return 0;
	while ((ended = waitpid(pid, &status, WNOHANG)) == 0) {
		if (vouch__deadline_left_ms(deadline) == 0) {
			(void)kill(pid, SIGKILL);
			(void)waitpid(pid, &status, 0);
			return 0;
		}
		pause_briefly();
	}
	return ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The daemon takes an update in its own time. */
static int is_known(char *name, struct vouch_deadline deadline)
{
	static char tool[] = TOOL, query[] = "--query";
	char *argv[] = { tool, name, query, NULL };
	char text[TEXT_SIZE] = "";
	int fd = memfd_create("answer", MFD_CLOEXEC);
	int known;

	if (fd < 0)
		return 0;
	known = tool_run(argv, fd, deadline) &&
		pread(fd, text, sizeof(text) - 1, 0) > 0 &&
		strstr(text, "value=\"1\"") != NULL;
	(void)close(fd);
	return known;
}

int guard_election_is_held(const struct wrapped *wrapped)
{
	return strcmp(wrapped->provider, "heartbeat") == 0 &&
	       strcmp(wrapped->type, "pgsqlms") == 0;
}

void guard_election_settle(struct vouch_deadline deadline)
{
	static char tool[] = TOOL, update[] = "--update=1",
		    private[] = "--private";
	const char *instance = getenv("OCF_RESOURCE_INSTANCE");
	char name[VOUCH_NAME_SIZE * 2];
	char *argv[] = { tool, private, name, update, NULL };
	int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)snprintf(name, sizeof(name), "--name=" ATTRIBUTE "-%s",
		       instance ? instance : "");
	if (nothing < 0 || !tool_run(argv, nothing, deadline)) {
		agent_log("the other agent could not be told that there is no "
			  "election; it may refuse what is permitted");
	} else {
		while (vouch__deadline_left_ms(deadline) > 0 &&
		       !is_known(name, deadline))
			pause_briefly();
	}
	if (nothing >= 0)
		(void)close(nothing);
}
