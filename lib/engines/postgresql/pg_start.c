/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A start is always the start of a standby (P6-A3): the flag file is durable
 * before the program runs, and what the promise rests on is pinned on the
 * command line.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/pg_control.h"
#include "engines/postgresql/pg_files.h"
#include "engines/postgresql/pg_process.h"
#include "engines/postgresql/pg_settings.h"
#include "engines/postgresql/pg_spawn.h"
#include "engines/postgresql/postgresql.h"

enum {
	PAUSE_MS = 100,
	LEFTOVERS_MS = 15000,
	ARGUMENTS_MAX = 2 * VOUCH_PG_SETTINGS_MAX + 10,
};

static void pause_briefly(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };

	nanosleep(&pause, NULL);
}

/* A killed postmaster leaves children for a moment, and they hold its shared
 * memory. A living postmaster is somebody's server: not ours to start again. */
static enum vouch_error_code vacancy_wait(const struct vouch_config *config,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	struct vouch_pg_processes processes;

	deadline = vouch__deadline_within(deadline, LEFTOVERS_MS);
	for (;;) {
		enum vouch_error_code code = vouch__pg_processes_observe(
			config, &processes, error);

		if (code != VOUCH_OK || processes.count == 0)
			return code;
		if (processes.postmaster > 0)
			return vouch__error_set(error, VOUCH_E_STATE,
						"a server of %s runs already "
						"(process %ld)", config->pgdata,
						(long)processes.postmaster);
		if (vouch__deadline_left_ms(deadline) == 0)
			return vouch__error_set(error, VOUCH_E_TIMEOUT,
						"%u processes of a server that "
						"is gone still use %s",
						processes.count, config->pgdata);
		pause_briefly();
	}
}

/* The socket has a lock file as well. The server asks only whether a process of
 * that number exists, which one that waits to be collected still does. It names
 * its data directory in the second line: ours is removed, as nothing runs;
 * another's is left for the server to complain about. */
static void socket_lock_clear(const struct vouch_config *config)
{
	const struct vouch_member *self =
		vouch__config_member(config, config->node);
	char path[VOUCH_PATH_SIZE + 32], line[VOUCH_PATH_SIZE + 2];
	FILE *file;
	int ours = 0;

	if (config->socket_dir[0] == '\0' || self == NULL)
		return;
	snprintf(path, sizeof(path), "%s/.s.PGSQL.%u.lock", config->socket_dir,
		 self->port);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	if (fgets(line, sizeof(line), file) != NULL &&
	    fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		ours = strcmp(line, config->pgdata) == 0;
	}
	fclose(file);
	if (ours)
		(void)unlink(path); /* where it fails, the server says so */
}

static enum vouch_error_code files_prepare(const struct vouch_config *config,
					   const struct vouch_pg_settings *settings,
					   const char *primary,
					   struct vouch_error *error)
{
	char *text = vouch__pg_settings_file(settings);
	enum vouch_error_code code;

	if (text == NULL)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	/* The flag first: from here on nobody's start is a primary's. */
	code = vouch__pg_file_ensure(config, "standby.signal", error);
	if (code == VOUCH_OK)
		code = vouch__pg_file_remove(config, "recovery.signal", error);
	if (code == VOUCH_OK)
		code = vouch__pg_file_replace(config, "vouch.conf", text, error);
	if (code == VOUCH_OK)
		code = vouch__pg_service_write(config, primary, error);
	/* Nothing runs, so its number can only be another process's. */
	if (code == VOUCH_OK)
		code = vouch__pg_file_remove(config, "postmaster.pid", error);
	if (code == VOUCH_OK)
		socket_lock_clear(config);
	free(text);
	return code;
}

struct arguments {
	char *list[ARGUMENTS_MAX];
	size_t count;
	int failed;
};

__attribute__((format(printf, 2, 3))) static void
argument_add(struct arguments *arguments, const char *format, ...)
{
	va_list values;
	char *text = NULL;

	va_start(values, format);
	if (arguments->count + 1 >= ARGUMENTS_MAX ||
	    vasprintf(&text, format, values) < 0)
		arguments->failed = 1;
	else
		arguments->list[arguments->count++] = text;
	va_end(values);
}

static void arguments_make(const struct vouch_config *config,
			   const struct vouch_pg_settings *settings,
			   struct arguments *arguments)
{
	memset(arguments, 0, sizeof(*arguments));
	argument_add(arguments, "%s/postgres", config->bindir);
	argument_add(arguments, "-D");
	argument_add(arguments, "%s", config->pgdata);
	/* A configuration elsewhere may name another data directory. */
	argument_add(arguments, "-c");
	argument_add(arguments, "data_directory=%s", config->pgdata);
	if (config->config_file[0] != '\0') {
		argument_add(arguments, "-c");
		argument_add(arguments, "config_file=%s", config->config_file);
	}
	for (size_t i = 0; i < settings->count; i++) {
		argument_add(arguments, "-c");
		argument_add(arguments, "%s=%s", settings->list[i].name,
			     settings->list[i].value);
	}
}

static void arguments_release(struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->count; i++)
		free(arguments->list[i]);
}

static enum vouch_error_code server_spawn(const struct vouch_config *config,
					  const struct vouch_pg_settings *settings,
					  pid_t *child, struct vouch_error *error)
{
	struct arguments arguments;
	enum vouch_error_code code;

	arguments_make(config, settings, &arguments);
	code = arguments.failed
		? vouch__error_set(error, VOUCH_E_MEMORY, "out of memory")
		: vouch__pg_spawn(config, arguments.list, child, error);
	arguments_release(&arguments);
	return code;
}

static enum vouch_error_code ended_early(const struct vouch_config *config,
					 off_t log_from,
					 struct vouch_error *error)
{
	char line[320];

	vouch__pg_log_last(config, log_from, line, sizeof(line));
	return vouch__error_set(error, VOUCH_E_ENGINE,
				"PostgreSQL ended while it started: %s", line);
}

static int has_ended(pid_t child)
{
	pid_t ended = waitpid(child, NULL, WNOHANG);

	return ended == child || (ended < 0 && errno == ECHILD &&
				  kill(child, 0) != 0);
}

/* VOUCH_E_ENGINE: does not answer yet. */
static enum vouch_error_code recovery_ask(const struct vouch_config *config,
					  struct vouch_deadline deadline,
					  enum vouch_answer *recovery,
					  struct vouch_error *error)
{
	PGconn *connection;
	PGresult *result;
	enum vouch_error_code code = vouch__pg_connect_local(
		config, deadline, &connection, NULL, error);

	*recovery = VOUCH_UNKNOWN;
	if (code != VOUCH_OK)
		return code;
	code = vouch__pg_query(connection, "SELECT pg_is_in_recovery()", NULL,
			       0, deadline, &result, NULL, error);
	if (code == VOUCH_OK)
		*recovery = vouch__pg_value_answer(result, 0, 0);
	PQclear(result);
	PQfinish(connection);
	return code;
}

static enum vouch_error_code standby_wait(const struct vouch_config *config,
					  pid_t child, off_t log_from,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	enum vouch_answer recovery;

	while (vouch__deadline_left_ms(deadline) > 0) {
		enum vouch_error_code code;

		if (has_ended(child))
			return ended_early(config, log_from, error);
		code = recovery_ask(config, deadline, &recovery, error);
		if (code != VOUCH_OK && code != VOUCH_E_ENGINE)
			return code;
		if (recovery == VOUCH_YES)
			return VOUCH_OK;
		if (recovery == VOUCH_NO) {
			/* Must be impossible; a writable server that nobody
			 * permitted does not live on. */
			kill(child, SIGQUIT);
			return vouch__error_set(error, VOUCH_E_STATE,
						"the server came up writable and "
						"was stopped at once");
		}
		pause_briefly();
	}
	return vouch__error_set(error, VOUCH_E_TIMEOUT,
				"PostgreSQL was started and does not take "
				"queries yet");
}

/* Nothing runs, and whatever starts next is a standby. */
static enum vouch_error_code directory_prepare(const struct vouch_config *config,
					       const struct vouch_pg_settings *settings,
					       const char *primary,
					       struct vouch_deadline deadline,
					       struct vouch_error *error)
{
	struct vouch_pg_control control;
	enum vouch_error_code code =
		vouch__pg_control_read(config, &control, error);

	if (code == VOUCH_OK)
		code = vacancy_wait(config, deadline, error);
	if (code == VOUCH_OK)
		code = files_prepare(config, settings, primary, error);
	return code;
}

enum vouch_error_code
vouch__pg_start_prepare(const struct vouch_config *config,
			const struct vouch_start *start,
			struct vouch_deadline deadline,
			struct vouch_start_by_other *other,
			struct vouch_error *error)
{
	struct vouch_pg_settings settings;
	enum vouch_error_code code = vouch__pg_settings_make(
		config, start->incarnation, &settings, error);

	other->options = NULL;
	other->environment = NULL;
	if (code == VOUCH_OK)
		code = directory_prepare(config, &settings, start->primary,
					 deadline, error);
	if (code == VOUCH_OK) {
		other->options = vouch__pg_settings_options(&settings);
		if (asprintf(&other->environment,
			     "PGSERVICEFILE=%s/" VOUCH_PG_SERVICE_FILE,
			     config->pgdata) < 0)
			other->environment = NULL;
		if (other->options == NULL || other->environment == NULL)
			code = vouch__error_set(error, VOUCH_E_MEMORY,
						"out of memory");
	}
	vouch__pg_settings_release(&settings);
	return code;
}

enum vouch_error_code vouch__pg_start(const struct vouch_config *config,
				      const struct vouch_start *start,
				      struct vouch_deadline deadline,
				      struct vouch_error *error)
{
	struct vouch_pg_settings settings;
	pid_t child = -1;
	off_t log_from;
	enum vouch_error_code code = vouch__pg_settings_make(
		config, start->incarnation, &settings, error);

	if (code == VOUCH_OK)
		code = directory_prepare(config, &settings, start->primary,
					 deadline, error);
	log_from = vouch__pg_log_length(config);
	if (code == VOUCH_OK)
		code = server_spawn(config, &settings, &child, error);
	if (code == VOUCH_OK)
		code = standby_wait(config, child, log_from, deadline, error);
	vouch__pg_settings_release(&settings);
	return code;
}
