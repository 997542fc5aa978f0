/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Making this directory a follower of another member again: by rewinding it to
 * where the branches part, or by copying it anew. Whoever calls has made sure
 * that nothing in it is needed, and that nobody starts a server on it.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/pg_control.h"
#include "engines/postgresql/pg_files.h"
#include "engines/postgresql/pg_process.h"
#include "engines/postgresql/pg_tool.h"
#include "engines/postgresql/postgresql.h"

#define PATH_ROOM (VOUCH_PATH_SIZE + 64)

/* libpq's key='value' form; members' hosts were checked to be plain. */
static void conninfo_make(const struct vouch_config *config,
			  const struct vouch_member *member, char *text,
			  size_t size)
{
	size_t used = (size_t)snprintf(
		text, size,
		"host='%s' port='%u' user='%s' dbname='%s' "
		"application_name='vouch-rejoin' connect_timeout='10'",
		member->host, member->port, config->repl_user, config->database);

	/* A path in quotes: what would end the quotes is escaped. */
	if (config->passfile[0] == '\0' || used >= size)
		return;
	used += (size_t)snprintf(text + used, size - used, " passfile='");
	for (const char *at = config->passfile; *at && used + 3 < size; at++) {
		if (*at == '\'' || *at == '\\')
			text[used++] = '\\';
		text[used++] = *at;
	}
	(void)snprintf(text + used, size - used, "'");
}

enum vouch_answer vouch__pg_vacant(const struct vouch_config *config,
				   struct vouch_error *error)
{
	struct vouch_pg_processes processes;

	if (vouch__pg_processes_observe(config, &processes, error) != VOUCH_OK)
		return VOUCH_UNKNOWN;
	return processes.count == 0 ? VOUCH_YES : VOUCH_NO;
}

/* Never under a running server, whatever was seen a moment ago. */
static enum vouch_error_code vacancy_check(const struct vouch_config *config,
					   struct vouch_error *error)
{
	struct vouch_pg_processes processes;
	enum vouch_error_code code =
		vouch__pg_processes_observe(config, &processes, error);

	if (code == VOUCH_OK && processes.count > 0)
		code = vouch__error_set(error, VOUCH_E_STATE,
					"P6-A1: a server runs on %s",
					config->pgdata);
	return code;
}

static const char privileges_sql[] =
	"SELECT current_setting('data_checksums') = 'on'"
	" OR current_setting('wal_log_hints') = 'on',"
	" has_function_privilege('pg_catalog.pg_ls_dir(text, boolean, boolean)',"
	" 'execute') AND"
	" has_function_privilege('pg_catalog.pg_stat_file(text, boolean)',"
	" 'execute') AND"
	" has_function_privilege('pg_catalog.pg_read_binary_file(text)',"
	" 'execute') AND"
	" has_function_privilege('pg_catalog.pg_read_binary_file(text, bigint,"
	" bigint, boolean)', 'execute')";

enum vouch_answer vouch__pg_rewind_possible(const struct vouch_config *config,
					    const struct vouch_member *member,
					    struct vouch_deadline deadline,
					    struct vouch_error *why)
{
	enum vouch_answer hints = VOUCH_UNKNOWN, allowed = VOUCH_UNKNOWN;
	PGconn *connection;
	PGresult *result;

	if (vouch__pg_connect_member(config, member, deadline, &connection,
				     why) != VOUCH_OK)
		return VOUCH_NO;
	if (vouch__pg_query(connection, privileges_sql, NULL, 0, deadline,
			    &result, NULL, why) == VOUCH_OK) {
		hints = vouch__pg_value_answer(result, 0, 0);
		allowed = vouch__pg_value_answer(result, 0, 1);
	}
	PQclear(result);
	PQfinish(connection);
	if (hints == VOUCH_YES && allowed == VOUCH_YES)
		return VOUCH_YES;
	if (hints == VOUCH_NO)
		(void)vouch__error_set(why, VOUCH_E_STATE,
				       "neither data checksums nor wal_log_hints "
				       "are on");
	else if (allowed == VOUCH_NO)
		(void)vouch__error_set(why, VOUCH_E_STATE,
				       "role %s may not read the primary's files "
				       "(see vouch(8))",
				       config->repl_user);
	return VOUCH_NO;
}

/* pg_rewind wants a log that was shut down, and a crashed one is recovered by a
 * server in single-user mode, which refuses the standby's flag. Nobody can
 * connect to it, and what it writes is discarded right after. */
static enum vouch_error_code recover_alone(const struct vouch_config *config,
					   struct vouch_deadline deadline,
					   struct vouch_error *error)
{
	struct vouch_pg_control control;
	char program[PATH_ROOM], file[PATH_ROOM];
	const char *argv[] = { program, "--single", "-F", "-D",
			 config->pgdata, "-c", "archive_mode=off", "-c",
			 "synchronous_standby_names=", "-c", file, "template1",
			 NULL };
	enum vouch_error_code code =
		vouch__pg_control_read(config, &control, error);

	if (code != VOUCH_OK || control.state == VOUCH_PG_SHUT_DOWN ||
	    control.state == VOUCH_PG_SHUT_DOWN_IN_RECOVERY)
		return code;
	(void)snprintf(program, sizeof(program), "%s/postgres", config->bindir);
	(void)snprintf(file, sizeof(file), "config_file=%s",
		       config->config_file);
	if (config->config_file[0] == '\0')
		(void)snprintf(file, sizeof(file), "config_file=%s/"
			       "postgresql.conf", config->pgdata);
	code = vouch__pg_file_remove(config, "standby.signal", error);
	if (code == VOUCH_OK)
		code = vouch__pg_file_remove(config, "recovery.signal", error);
	if (code == VOUCH_OK)
		code = vouch__pg_file_remove(config, "postmaster.pid", error);
	if (code == VOUCH_OK)
		code = vouch__pg_tool_run(config, argv, deadline, NULL, error);
	return code;
}

enum vouch_error_code vouch__pg_rewind(const struct vouch_config *config,
				       const struct vouch_member *member,
				       struct vouch_deadline deadline,
				       vouch_tell *tell,
				       struct vouch_error *error)
{
	char program[PATH_ROOM], source[2 * PATH_ROOM];
	const char *argv[] = { program, "--progress", "--no-ensure-shutdown", "-D",
			 config->pgdata, "--source-server", source,
			 NULL };
	struct vouch_error ignored;
	enum vouch_error_code code = vacancy_check(config, error);

	if (code == VOUCH_OK)
		code = recover_alone(config, deadline, error);
	(void)snprintf(program, sizeof(program), "%s/pg_rewind", config->bindir);
	conninfo_make(config, member, source, sizeof(source));
	if (code == VOUCH_OK)
		code = vouch__pg_tool_run(config, argv, deadline, tell, error);
	/* However it ended: nobody's start may be a primary's (P6-A3). */
	if (code == VOUCH_OK)
		return vouch__pg_file_ensure(config, "standby.signal", error);
	(void)!vouch__pg_file_ensure(config, "standby.signal", &ignored);
	return code;
}

static int is_empty(const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	int empty = directory != NULL;

	if (!directory)
		return errno == ENOENT;
	errno = 0;
	while (empty && (entry = readdir(directory)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0;
	/* What cannot be read to its end is not known to be empty. */
	empty = empty && errno == 0;
	(void)closedir(directory);
	return empty;
}

/* What a plain copy into one directory cannot stand for. Asked before anything
 * is changed, and once more where it would be. */
enum vouch_error_code vouch__pg_copy_possible(const struct vouch_config *config,
					      struct vouch_error *error)
{
	static const char *const links[] = { "pg_wal", "pg_tblspc" };
	char path[PATH_ROOM];
	struct stat seen;

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", config->pgdata,
			       links[i]);
		int known = lstat(path, &seen) == 0;

		if (!known && errno == ENOENT)
			continue; /* an empty directory is fine, too */
		if (!known || !S_ISDIR(seen.st_mode) ||
		    (i == 1 && !is_empty(path)))
			return vouch__error_set(error, VOUCH_E_STATE,
						"%s lies outside of the data "
						"directory or has tablespaces, "
						"which a copy cannot replace: "
						"move the data directory and "
						"its tablespaces away and make "
						"an empty one",
						path);
	}
	return VOUCH_OK;
}

enum vouch_error_code vouch__pg_copy(const struct vouch_config *config,
				     const struct vouch_member *member,
				     struct vouch_deadline deadline,
				     vouch_tell *tell, struct vouch_error *error)
{
	char program[PATH_ROOM], source[2 * PATH_ROOM];
	const char *empty[] = { "/usr/bin/find", config->pgdata, "-mindepth",
			  "1", "-xdev", "-delete", NULL };
	const char *argv[] = { program, "--progress", "--checkpoint=fast",
			 "--wal-method=stream", "-D", config->pgdata,
			 "-d", source, NULL };
	enum vouch_error_code code = vacancy_check(config, error);

	if (code == VOUCH_OK)
		code = vouch__pg_copy_possible(config, error);
	/* In place: the directory may be a disk of its own, or the only one. */
	if (code == VOUCH_OK)
		code = vouch__pg_tool_run(config, empty, deadline, NULL, error);
	(void)snprintf(program, sizeof(program), "%s/pg_basebackup",
		       config->bindir);
	conninfo_make(config, member, source, sizeof(source));
	if (code == VOUCH_OK)
		code = vouch__pg_tool_run(config, argv, deadline, tell, error);
	if (code == VOUCH_OK)
		code = vouch__pg_file_ensure(config, "standby.signal", error);
	return code;
}

enum vouch_error_code vouch__pg_keep(const struct vouch_config *config,
				     const char *path,
				     struct vouch_deadline deadline,
				     vouch_tell *tell, struct vouch_error *error)
{
	const char *argv[] = { "/bin/cp", "--archive", "--reflink=auto",
			 "--no-target-directory", config->pgdata,
			 path, NULL };
	struct stat seen;
	size_t length = strlen(config->pgdata);
	enum vouch_error_code code;

	if (path[0] != '/' || strstr(path, "/..") != NULL)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"--keep takes an absolute path without "
					"'..'");
	if (strncmp(path, config->pgdata, length) == 0 &&
	    (path[length] == '/' || path[length] == '\0'))
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"--keep cannot lie in the data directory "
					"itself");
	if (lstat(path, &seen) == 0)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"%s is there already; --keep makes a new "
					"directory", path);
	code = vacancy_check(config, error);
	if (code == VOUCH_OK)
		code = vouch__pg_tool_run(config, argv, deadline, tell, error);
	return code;
}
