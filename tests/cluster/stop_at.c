/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into the agent's promote by tests/cluster/test_kill_at_each_step, and
 * by nothing else: it stops the program before a named call, so that something
 * can be killed there. The program itself knows nothing of it.
 *
 * /run/stop-at/where has two lines: a text, and another one or nothing. The call
 * whose description has the first text (or, with a second line, the first call
 * after it that has the second) waits until /run/stop-at/go is there; until then
 * /run/stop-at/here holds the process id. A description is "write DATA",
 * "rename NAME", "fork" or "sql STATEMENT".
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define PLACE "/run/stop-at/"
enum { TEXT = 128, DESCRIPTION = 64 * 1024 };

static char first[TEXT], then[TEXT];
static pid_t program; /* its children go on as they are */
static int armed, seen;

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset);
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset);
int PQsendQuery(void *connection, const char *sql);
int PQsendQueryParams(void *connection, const char *sql, int count,
		      const unsigned int *types, const char *const *values,
		      const int *lengths, const int *formats, int result);

__attribute__((constructor)) static void arm(void)
{
	FILE *file = fopen(PLACE "where", "r");

	if (!file)
		return;
	armed = fgets(first, sizeof(first), file) != NULL;
	if (!fgets(then, sizeof(then), file))
		then[0] = '\0';
	first[strcspn(first, "\n")] = '\0';
	then[strcspn(then, "\n")] = '\0';
	(void)fclose(file);
	program = getpid();
}

static void stop(void)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	FILE *file = fopen(PLACE "here.new", "w");

	armed = 0;
	if (!file)
		abort();
	(void)fprintf(file, "%d\n", (int)program);
	(void)fclose(file);
	(void)rename(PLACE "here.new", PLACE "here");
	while (access(PLACE "go", F_OK) != 0)
		(void)nanosleep(&pause, NULL);
}

static void look(const char *what, const void *data, size_t length)
{
	char text[DESCRIPTION];
	const char *wanted = seen ? then : first;
	int used;

	if (!armed || getpid() != program)
		return;
	used = snprintf(text, sizeof(text), "%s %.*s", what,
			(int)(length < DESCRIPTION ? length : DESCRIPTION),
			data ? (const char *)data : "");
	if (used < 0 || !strstr(text, wanted))
		return;
	if (!seen && then[0]) {
		seen = 1;
		return;
	}
	stop();
}

static void *next(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (!function)
		abort();
	return function;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset)
{
	ssize_t (*real)(int, const void *, size_t, off_t) = next("pwrite");

	look("write", data, length);
	return real(fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset)
{
	ssize_t (*real)(int, const void *, size_t, off64_t) = next("pwrite64");

	look("write", data, length);
	return real(fd, data, length, offset);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	int (*real)(int, const char *, int, const char *) = next("renameat");

	look("rename", to, strlen(to));
	return real(from_fd, from, to_fd, to);
}

pid_t fork(void)
{
	pid_t (*real)(void) = next("fork");

	look("fork", NULL, 0);
	return real();
}

int PQsendQuery(void *connection, const char *sql)
{
	int (*real)(void *, const char *) = next("PQsendQuery");

	look("sql", sql, strlen(sql));
	return real(connection, sql);
}

int PQsendQueryParams(void *connection, const char *sql, int count,
		      const unsigned int *types, const char *const *values,
		      const int *lengths, const int *formats, int result)
{
	int (*real)(void *, const char *, int, const unsigned int *,
		    const char *const *, const int *, const int *, int) =
		next("PQsendQueryParams");

	look("sql", sql, strlen(sql));
	return real(connection, sql, count, types, values, lengths, formats,
		    result);
}
