/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "engines/postgresql/pg_files.h"
#include "engines/postgresql/pg_process.h"

enum { LOOKS = 10, LOOK_PAUSE_MS = 20 };

enum belongs { NOT_OURS, OURS, CANNOT_TELL };

static int is_gone(int code)
{
	return code == ENOENT || code == ESRCH;
}

/* By what everybody may read of a process: it is a server program, and it has
 * not ended already (one that only waits to be collected writes no more). Others
 * of the same user, an agent for instance, may hide the rest from us. */
static enum belongs stat_look(int proc, long pid)
{
	char path[64], text[512];
	const char *name, *state;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%ld/stat", pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return is_gone(errno) ? NOT_OURS : CANNOT_TELL;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got <= 0)
		return got < 0 && is_gone(errno) ? NOT_OURS : CANNOT_TELL;
	text[got] = '\0';
	name = strchr(text, '(');
	state = strrchr(text, ')'); /* the name itself may hold anything */
	if (name == NULL || state == NULL || state < name)
		return CANNOT_TELL;
	if (strncmp(name, "(postgres)", 10) != 0 &&
	    strncmp(name, "(postmaster)", 12) != 0)
		return NOT_OURS;
	return state[1] == ' ' && (state[2] == 'Z' || state[2] == 'X') ? NOT_OURS
								      : OURS;
}

static enum belongs process_look(const struct vouch_config *config,
				 const struct stat *home, int proc, long pid)
{
	char path[64], program[VOUCH_PATH_SIZE];
	const char *base;
	enum belongs belongs;
	struct stat seen;
	ssize_t length;

	snprintf(path, sizeof(path), "%ld", pid);
	if (fstatat(proc, path, &seen, 0) != 0)
		return is_gone(errno) ? NOT_OURS : CANNOT_TELL;
	if (seen.st_uid != config->uid)
		return NOT_OURS;
	belongs = stat_look(proc, pid);
	if (belongs != OURS)
		return belongs;
	snprintf(path, sizeof(path), "%ld/cwd", pid);
	if (fstatat(proc, path, &seen, 0) != 0)
		return is_gone(errno) ? NOT_OURS : CANNOT_TELL;
	if (seen.st_dev != home->st_dev || seen.st_ino != home->st_ino)
		return NOT_OURS;
	/* A shell that stands there is no server. A deleted program is one: it
	 * was upgraded under its feet. */
	snprintf(path, sizeof(path), "%ld/exe", pid);
	length = readlinkat(proc, path, program, sizeof(program) - 1);
	if (length < 0)
		return is_gone(errno) ? NOT_OURS : CANNOT_TELL;
	program[length] = '\0';
	base = strrchr(program, '/');
	return base != NULL && (strcmp(base, "/postgres") == 0 ||
				strcmp(base, "/postgres (deleted)") == 0)
		? OURS : NOT_OURS;
}

/* A process between two identities, or in the middle of an exec, hides for a
 * moment; only one that keeps hiding leaves the question open. */
static enum belongs process_look_again(const struct vouch_config *config,
				       const struct stat *home, int proc,
				       long pid)
{
	const struct timespec pause = { .tv_nsec = LOOK_PAUSE_MS * 1000 * 1000 };
	enum belongs belongs = process_look(config, home, proc, pid);

	for (int i = 1; belongs == CANNOT_TELL && i < LOOKS; i++) {
		nanosleep(&pause, NULL);
		belongs = process_look(config, home, proc, pid);
	}
	return belongs;
}

/* The pid that the server itself wrote; 0 when there is none. */
static pid_t pid_file_read(const struct vouch_config *config)
{
	char text[32], *end;
	size_t length;
	long pid;
	struct vouch_error ignored;

	if (vouch__pg_file_read(config, "postmaster.pid", text,
				sizeof(text) - 1, &length, &ignored) != VOUCH_OK)
		return 0;
	text[length] = '\0';
	pid = strtol(text, &end, 10);
	return end != text && pid > 0 && pid <= INT32_MAX ? (pid_t)pid : 0;
}

static enum vouch_error_code scan(const struct vouch_config *config,
				  const struct stat *home, DIR *proc, int number,
				  struct vouch_pg_processes *processes,
				  struct vouch_error *error)
{
	pid_t postmaster = pid_file_read(config);
	const struct dirent *entry;

	for (errno = 0; (entry = readdir(proc)) != NULL; errno = 0) {
		enum belongs belongs;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		belongs = process_look_again(config, home, dirfd(proc),
					     atol(entry->d_name));
		if (belongs == CANNOT_TELL)
			return vouch__error_set(error, VOUCH_E_PERMISSION,
						"cannot tell whether process %s "
						"is a server of %s",
						entry->d_name, config->pgdata);
		if (belongs != OURS)
			continue;
		processes->count++;
		if (number != 0)
			(void)kill((pid_t)atol(entry->d_name), number);
		if (atol(entry->d_name) == postmaster)
			processes->postmaster = postmaster;
	}
	if (errno != 0)
		return vouch__error_set(error, VOUCH_E_IO,
					"cannot read /proc: %s", strerror(errno));
	return VOUCH_OK;
}

enum vouch_error_code
vouch__pg_processes_tell(const struct vouch_config *config, int number,
			 struct vouch_pg_processes *processes,
			 struct vouch_error *error)
{
	struct stat home, self;
	enum vouch_error_code code;
	DIR *proc;

	memset(processes, 0, sizeof(*processes));
	if (stat(config->pgdata, &home) != 0)
		return vouch__error_set(error, is_gone(errno) ? VOUCH_E_NOT_FOUND
							      : VOUCH_E_IO,
					"cannot look at %s: %s", config->pgdata,
					strerror(errno));
	proc = opendir("/proc");
	if (proc == NULL || fstatat(dirfd(proc), "self/cwd", &self, 0) != 0)
		code = vouch__error_set(error, VOUCH_E_IO,
					"/proc does not show processes");
	else
		code = scan(config, &home, proc, number, processes, error);
	if (proc != NULL)
		closedir(proc);
	if (code != VOUCH_OK)
		memset(processes, 0, sizeof(*processes));
	return code;
}

enum vouch_error_code
vouch__pg_processes_observe(const struct vouch_config *config,
			    struct vouch_pg_processes *processes,
			    struct vouch_error *error)
{
	return vouch__pg_processes_tell(config, 0, processes, error);
}
