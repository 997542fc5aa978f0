/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/privilege.h"
#include "engines/postgresql/pg_files.h"
#include "engines/postgresql/pg_settings.h"
#include "engines/postgresql/pg_spawn.h"

enum { LOG_KEEP_BYTES = 8 * 1024 * 1024, ENVIRONMENT_MAX = 16 };

/* Of the environment only what changes how text and time look; a PGOPTIONS or a
 * LD_PRELOAD of whoever called is none of the server's business. */
static void environment_make(const struct vouch_config *config, char **environment)
{
	static const char *const kept[] = { "LANG", "LC_ALL", "LC_CTYPE",
					    "LC_MESSAGES", "TZ" };
	static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
	char *service = NULL;
	size_t count = 0;

	environment[count++] = path;
	/* Where the standby's receiver finds its hosts (pg_settings.h). */
	if (asprintf(&service, "PGSERVICEFILE=%s/" VOUCH_PG_SERVICE_FILE,
		     config->pgdata) > 0)
		environment[count++] = service;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const char *value = getenv(kept[i]);
		char *text = NULL;

		if (value != NULL && asprintf(&text, "%s=%s", kept[i], value) > 0)
			environment[count++] = text;
	}
	environment[count] = NULL;
}

static void environment_release(char **environment)
{
	for (size_t i = 1; environment[i] != NULL; i++)
		free(environment[i]);
}

/* One old log is kept; a server without a log collector writes here for as long
 * as it runs. */
static int log_open(const struct vouch_config *config, struct vouch_error *error)
{
	struct stat seen;
	int directory, fd = -1;

	if (vouch__pg_directory_open(config, &directory, error) != VOUCH_OK)
		return -1;
	if (fstatat(directory, VOUCH_PG_LOG, &seen, AT_SYMLINK_NOFOLLOW) == 0 &&
	    seen.st_size > LOG_KEEP_BYTES)
		(void)renameat(directory, VOUCH_PG_LOG, directory,
			       VOUCH_PG_LOG ".1");
	fd = openat(directory, VOUCH_PG_LOG,
		    O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		vouch__error_set(error, VOUCH_E_IO, "cannot open %s/%s: %s",
				 config->pgdata, VOUCH_PG_LOG, strerror(errno));
	close(directory);
	return fd;
}

static void signals_reset(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The child, up to exec. Its only word to the parent is an errno. */
__attribute__((noreturn)) static void child_run(const struct vouch_config *config,
						char *const *argv,
						char *const *environment,
						int log, int report)
{
	int failure, nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	errno = EPERM;
	if (nothing >= 0 && setsid() >= 0 &&
	    vouch__privilege_drop(config, NULL) == VOUCH_OK &&
	    dup2(nothing, 0) == 0 && dup2(log, 1) == 1 && dup2(log, 2) == 2 &&
	    dup3(report, 3, O_CLOEXEC) == 3 && close_range(4, ~0u, 0) == 0) {
		report = 3;
		signals_reset();
		umask(077);
		execve(argv[0], argv, environment);
	}
	failure = errno;
	if (write(report, &failure, sizeof(failure)) < 0)
		_exit(126);
	_exit(127);
}

/* End of file: exec closed its end of the pipe, the program runs. */
static int report_read(int fd)
{
	int failure = 0;
	ssize_t got;

	do {
		got = read(fd, &failure, sizeof(failure));
	} while (got < 0 && errno == EINTR);
	if (got == 0)
		return 0;
	return got == (ssize_t)sizeof(failure) && failure != 0 ? failure : EIO;
}

/* Standard descriptors must be free for the child's: never a pipe end. */
static int pipe_above(int ends[2])
{
	int low[2], saved;

	if (pipe2(low, O_CLOEXEC) != 0)
		return -1;
	ends[0] = fcntl(low[0], F_DUPFD_CLOEXEC, 10);
	ends[1] = fcntl(low[1], F_DUPFD_CLOEXEC, 10);
	saved = errno;
	close(low[0]);
	close(low[1]);
	errno = saved;
	if (ends[0] >= 0 && ends[1] >= 0)
		return 0;
	if (ends[0] >= 0)
		close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
	errno = saved;
	return -1;
}

static enum vouch_error_code spawn_with(const struct vouch_config *config,
					char *const *argv,
					char *const *environment, int log,
					pid_t *child, struct vouch_error *error)
{
	int ends[2], failure;

	if (pipe_above(ends) != 0)
		return vouch__error_set(error, VOUCH_E_IO,
					"cannot make a pipe: %s",
					strerror(errno));
	*child = fork();
	if (*child == 0)
		child_run(config, argv, environment, log, ends[1]);
	failure = *child < 0 ? errno : 0;
	close(ends[1]);
	if (failure == 0)
		failure = report_read(ends[0]);
	close(ends[0]);
	if (failure == 0)
		return VOUCH_OK;
	if (*child > 0)
		waitpid(*child, NULL, 0);
	*child = -1;
	return vouch__error_set(error, VOUCH_E_ENGINE, "cannot execute %s: %s",
				argv[0], strerror(failure));
}

enum vouch_error_code vouch__pg_spawn(const struct vouch_config *config,
				      char *const *argv, pid_t *child,
				      struct vouch_error *error)
{
	char *environment[ENVIRONMENT_MAX];
	enum vouch_error_code code;
	int low, log;

	*child = -1;
	low = log_open(config, error);
	if (low < 0)
		return VOUCH_E_IO;
	log = fcntl(low, F_DUPFD_CLOEXEC, 10);
	close(low);
	if (log < 0)
		return vouch__error_set(error, VOUCH_E_IO,
					"cannot open the log: %s",
					strerror(errno));
	environment_make(config, environment);
	code = spawn_with(config, argv, environment, log, child, error);
	environment_release(environment);
	close(log);
	return code;
}

static int log_reopen(const struct vouch_config *config, struct stat *seen)
{
	struct vouch_error ignored;
	int directory, fd;

	if (vouch__pg_directory_open(config, &directory, &ignored) != VOUCH_OK)
		return -1;
	fd = openat(directory, VOUCH_PG_LOG, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	close(directory);
	if (fd >= 0 && fstat(fd, seen) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

off_t vouch__pg_log_length(const struct vouch_config *config)
{
	struct stat seen;
	int fd = log_reopen(config, &seen);

	if (fd < 0)
		return 0;
	close(fd);
	return seen.st_size > LOG_KEEP_BYTES ? 0 : seen.st_size;
}

/* The line that says why, else the last one. */
static const char *telling_line(char *text)
{
	char *rest = NULL;
	const char *last = "", *why = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		last = line;
		if (strstr(line, "FATAL:") != NULL ||
		    strstr(line, "PANIC:") != NULL)
			why = line;
	}
	return why != NULL ? why : last;
}

void vouch__pg_log_last(const struct vouch_config *config, off_t from,
			char *line, size_t size)
{
	struct stat seen;
	char text[4096];
	ssize_t got = -1;
	int fd = log_reopen(config, &seen);

	if (fd >= 0 && seen.st_size > from) {
		off_t start = seen.st_size - (off_t)sizeof(text) + 1;

		got = pread(fd, text, sizeof(text) - 1,
			    start > from ? start : from);
	}
	if (fd >= 0)
		close(fd);
	while (got > 0 && text[got - 1] == '\n')
		got--;
	if (got <= 0) {
		snprintf(line, size, "it said nothing; see the server's log");
		return;
	}
	text[got] = '\0';
	snprintf(line, size, "%.300s", telling_line(text));
}
