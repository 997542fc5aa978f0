/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/privilege.h"
#include "engines/postgresql/pg_tool.h"

enum { LINE_SIZE = 256 };

/* In the caller's session, so that an interrupt from the terminal ends both. */
__attribute__((noreturn)) static void child_run(const struct vouch_config *config,
						const char *const *argv, int words)
{
	static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
	static char locale[] = "LC_ALL=C.UTF-8";
	char *environment[] = { path, locale, NULL };
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (nothing >= 0 && vouch__privilege_drop(config, NULL) == VOUCH_OK &&
	    dup2(nothing, 0) == 0 && dup2(words, 1) == 1 && dup2(words, 2) == 2 &&
	    close_range(3, ~0u, 0) == 0) {
		umask(077);
		/* Changing identity forgets it. */
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		execve(argv[0], (char *const *)(uintptr_t)argv, environment);
	}
	_exit(127);
}

struct words {
	char line[LINE_SIZE];
	char last[LINE_SIZE];
	size_t length;
	vouch_tell *tell;
};

/* Progress ends in a carriage return, everything else in a newline. */
static void words_take(struct words *words, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] != '\n' && text[i] != '\r') {
			if (words->length + 1 < LINE_SIZE)
				words->line[words->length++] =
					(unsigned char)text[i] < 0x20 ? ' ' :
									text[i];
			continue;
		}
		words->line[words->length] = '\0';
		if (strspn(words->line, " ") < words->length) {
			memcpy(words->last, words->line, LINE_SIZE);
			if (words->tell != NULL)
				words->tell(words->line);
		}
		words->length = 0;
	}
}

/* Until the tool has closed its end; 0 when the deadline came first. */
static int words_read(int fd, struct vouch_deadline deadline, struct words *words)
{
	struct pollfd watched = { .fd = fd, .events = POLLIN };
	char text[4096];

	for (;;) {
		int left = vouch__deadline_left_ms(deadline);
		ssize_t got;

		if (left == 0)
			return 0;
		if (poll(&watched, 1, left) <= 0)
			continue;
		got = read(fd, text, sizeof(text));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		words_take(words, text, (size_t)got);
	}
	words_take(words, "\n", 1);
	return 1;
}

static enum vouch_error_code ending_take(pid_t child, const char *tool,
					 int in_time, const char *last,
					 struct vouch_error *error)
{
	int status = 0;

	if (!in_time)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return vouch__error_set(error, VOUCH_E_ENGINE,
						"%s was lost: %s", tool,
						strerror(errno));
	if (!in_time)
		return vouch__error_set(error, VOUCH_E_TIMEOUT,
					"%s was not done in time and was ended",
					tool);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return VOUCH_OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return vouch__error_set(error, VOUCH_E_ENGINE,
					"%s cannot be executed as the database's "
					"user",
					tool);
	return vouch__error_set(error, VOUCH_E_ENGINE, "%s failed: %s", tool,
				last[0] != '\0' ? last : "it said nothing");
}

enum vouch_error_code vouch__pg_tool_run(const struct vouch_config *config,
					 const char *const *argv,
					 struct vouch_deadline deadline,
					 vouch_tell *tell,
					 struct vouch_error *error)
{
	struct words words = { .length = 0, .tell = tell };
	int ends[2], in_time;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return vouch__error_set(error, VOUCH_E_IO,
					"cannot make a pipe: %s",
					strerror(errno));
	child = fork();
	if (child == 0)
		child_run(config, argv, ends[1]);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return vouch__error_set(error, VOUCH_E_MEMORY,
					"%s cannot be started: %s", argv[0],
					strerror(errno));
	}
	in_time = words_read(ends[0], deadline, &words);
	close(ends[0]);
	return ending_take(child, argv[0], in_time, words.last, error);
}
