/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent behind the guard: which program it is, and running it. */
#include "agents/guard.h"

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

#include <crm/services.h>

#include "common/privilege.h"

#define DEFAULT_ROOT "/usr/lib/ocf"

enum { PAUSE_MS = 50 };

/* Where an agent takes options for the server. */
static const struct {
	const char *provider;
	const char *type;
	const char *parameter;
} known[] = {
	{ "heartbeat", "pgsqlms", "OCF_RESKEY_start_opts" },
	{ "heartbeat", "pgsql", "OCF_RESKEY_start_opt" },
};

static enum vouch_error_code bad(struct vouch_error *error, const char *why)
{
	return vouch__error_set(error, VOUCH_E_CONFIG,
				"parameter 'agent' %s; write it as "
				"heartbeat:pgsqlms",
				why);
}

/* A name that is no path: what it begins with cannot be a dot. */
static int part_take(char *part, const char *text, size_t length)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789._-";

	if (length == 0 || length >= VOUCH_NAME_SIZE || text[0] == '.' ||
	    text[0] == '-' || strspn(text, allowed) < length)
		return 0;
	memcpy(part, text, length);
	part[length] = '\0';
	return 1;
}

/* Whoever could write it, or a directory on the way to it, could have root run
 * what he likes. */
static enum vouch_error_code trust(const char *path, mode_t kind,
				   struct vouch_error *error)
{
	struct stat seen;

	if (lstat(path, &seen) != 0)
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"parameter 'agent': %s: %s", path,
					strerror(errno));
	if ((seen.st_mode & S_IFMT) != kind || seen.st_uid != 0 ||
	    (seen.st_mode & 022) != 0 || (seen.st_mode & 0100) == 0)
		return vouch__error_set(
			error, VOUCH_E_CONFIG,
			"parameter 'agent': %s is refused: it must be root's %s, "
			"which nobody else can write",
			path, kind == S_IFDIR ? "directory" : "program");
	return VOUCH_OK;
}

static enum vouch_error_code path_make(struct wrapped *wrapped,
				       struct vouch_error *error)
{
	const char *root = getenv("OCF_ROOT");
	char directory[PATH_MAX - VOUCH_NAME_SIZE];
	enum vouch_error_code code;
	int length;

	if (!root || root[0] == '\0')
		root = DEFAULT_ROOT;
	if (root[0] != '/' || strstr(root, "..") ||
	    snprintf(directory, sizeof(directory), "%s/resource.d", root) >=
		    (int)sizeof(directory) - VOUCH_NAME_SIZE)
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"OCF_ROOT is no directory for agents");
	code = trust(directory, S_IFDIR, error);
	if (code != VOUCH_OK)
		return code;
	length = (int)strlen(directory);
	(void)snprintf(directory + length, sizeof(directory) - (size_t)length,
		       "/%s", wrapped->provider);
	code = trust(directory, S_IFDIR, error);
	(void)snprintf(wrapped->path, sizeof(wrapped->path), "%s/%s", directory,
		       wrapped->type);
	return code == VOUCH_OK ? trust(wrapped->path, S_IFREG, error) : code;
}

enum vouch_error_code wrapped_find(struct wrapped *wrapped, const char *name,
				   struct vouch_error *error)
{
	const char *colon = name ? strchr(name, ':') : NULL;
	size_t i;

	memset(wrapped, 0, sizeof(*wrapped));
	wrapped->code = GUARD_NEVER_RAN;
	if (!name || name[0] == '\0')
		return bad(error, "is missing");
	if (!colon || !part_take(wrapped->provider, name,
				 (size_t)(colon - name)) ||
	    !part_take(wrapped->type, colon + 1, strlen(colon + 1)))
		return bad(error, "is no PROVIDER:TYPE");
	if (strcmp(wrapped->provider, "vouch") == 0)
		return bad(error, "names one of vouch's own agents, which need "
				  "no guard");
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].provider, wrapped->provider) == 0 &&
		    strcmp(known[i].type, wrapped->type) == 0)
			wrapped->options_parameter = known[i].parameter;
	}
	return path_make(wrapped, error);
}

/* Up to exec; the only word to the parent is how it ended. Root in every
 * respect, as Pacemaker would have run it. */
__attribute__((noreturn)) static void child_run(const struct wrapped *wrapped,
						const char *action, int output,
						int words)
{
	char path[PATH_MAX], word[VOUCH_NAME_SIZE];
	char *argv[] = { path, word, NULL };

	(void)snprintf(path, sizeof(path), "%s", wrapped->path);
	(void)snprintf(word, sizeof(word), "%s", action);
	if (vouch__privilege_raise(NULL) == VOUCH_OK &&
	    (output < 0 || dup2(output, 1) == 1) && dup2(words, 2) == 2 &&
	    unsetenv(GUARD_PARAMETER_AGENT) == 0 &&
	    unsetenv(GUARD_PARAMETER_CONFIG) == 0 &&
	    setenv("OCF_RESOURCE_PROVIDER", wrapped->provider, 1) == 0 &&
	    setenv("OCF_RESOURCE_TYPE", wrapped->type, 1) == 0 &&
	    close_range(3, ~0u, 0) == 0) {
		/* Nobody's promotion goes on when the one who permitted it, and
		 * would finish it, is gone (P6-F2). */
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)execv(path, argv);
	}
	_exit(PCMK_OCF_NOT_INSTALLED);
}

enum vouch_error_code wrapped_begin(struct wrapped *wrapped, const char *action,
				    int output, struct wrapped_run *run,
				    struct vouch_error *error)
{
	int ends[2];

	memset(run, 0, sizeof(*run));
	wrapped->code = GUARD_NEVER_RAN;
	wrapped->reason[0] = '\0';
	if (pipe2(ends, O_CLOEXEC) != 0)
		return vouch__error_set(error, VOUCH_E_IO,
					"cannot make a pipe: %s",
					strerror(errno));
	(void)fflush(NULL);
	run->child = fork();
	if (run->child == 0)
		child_run(wrapped, action, output, ends[1]);
	(void)close(ends[1]);
	run->words = ends[0];
	if (run->child > 0)
		return VOUCH_OK;
	(void)close(ends[0]);
	return vouch__error_set(error, VOUCH_E_MEMORY, "%s cannot be started: %s",
				wrapped->path, strerror(errno));
}

/* The reason that Pacemaker would show is kept; all of it is passed on. */
static void words_take(struct wrapped *wrapped, struct wrapped_run *run,
		       const char *text, ssize_t length)
{
	static const char prefix[] = PCMK_OCF_REASON_PREFIX;

	if (write(2, text, (size_t)length) < 0)
		return; /* nobody listens */
	for (ssize_t i = 0; i < length; i++) {
		if (text[i] != '\n') {
			if (run->length + 1 < sizeof(run->line))
				run->line[run->length++] = text[i];
			continue;
		}
		run->line[run->length] = '\0';
		if (strncmp(run->line, prefix, sizeof(prefix) - 1) == 0)
			(void)snprintf(wrapped->reason, GUARD_REASON_SIZE, "%s",
				       run->line + sizeof(prefix) - 1);
		run->length = 0;
	}
}

/* What it left running, a server, may hold the other end for ever: the end of
 * the program counts, not the end of the file. */
static int words_read(struct wrapped *wrapped, struct wrapped_run *run,
		      int wait_ms)
{
	struct pollfd watched = { .fd = run->words, .events = POLLIN };
	char text[4096];
	ssize_t got;

	if (poll(&watched, 1, wait_ms) <= 0 || (watched.revents & POLLIN) == 0)
		return 0;
	got = read(run->words, text, sizeof(text));
	if (got <= 0)
		return 0;
	words_take(wrapped, run, text, got);
	return 1;
}

int wrapped_has_ended(struct wrapped *wrapped, struct wrapped_run *run,
		      int wait_ms)
{
	int status = 0;
	pid_t ended;

	(void)words_read(wrapped, run, wait_ms);
	ended = waitpid(run->child, &status, WNOHANG);
	if (ended == 0 || (ended < 0 && errno == EINTR))
		return 0;
	while (words_read(wrapped, run, 0))
		;
	(void)close(run->words);
	wrapped->code = ended == run->child && WIFEXITED(status) ?
				WEXITSTATUS(status) :
				PCMK_OCF_UNKNOWN_ERROR;
	return 1;
}

void wrapped_kill(struct wrapped *wrapped, struct wrapped_run *run)
{
	(void)kill(run->child, SIGKILL);
	while (!wrapped_has_ended(wrapped, run, PAUSE_MS))
		;
}

enum vouch_error_code wrapped_act(struct wrapped *wrapped, const char *action,
				  int output, struct vouch_deadline deadline,
				  struct vouch_error *error)
{
	struct wrapped_run run;
	enum vouch_error_code code =
		wrapped_begin(wrapped, action, output, &run, error);

	if (code != VOUCH_OK)
		return code;
	while (!wrapped_has_ended(wrapped, &run, PAUSE_MS)) {
		if (vouch__deadline_left_ms(deadline) > 0)
			continue;
		wrapped_kill(wrapped, &run);
		return vouch__error_set(error, VOUCH_E_TIMEOUT,
					"%s:%s was not done with %s in time and "
					"was ended",
					wrapped->provider, wrapped->type, action);
	}
	return VOUCH_OK;
}
