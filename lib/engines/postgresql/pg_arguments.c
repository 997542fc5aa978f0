/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engines/postgresql/pg_arguments.h"
#include "engines/postgresql/pg_process.h"
#include "engines/postgresql/pg_settings.h"
#include "engines/postgresql/postgresql.h"

enum { CMDLINE_MAX = 64 * 1024 };

/* Of "NAME=VALUE", "-cNAME=VALUE" or "--NAME=VALUE"; NULL: of another setting, or of
 * none. PostgreSQL takes any case, and a hyphen for what joins words. */
static const char *value_of(const char *argument, const char *name)
{
	if (strncmp(argument, "-c", 2) == 0 || strncmp(argument, "--", 2) == 0)
		argument += 2;
	for (; *name != '\0'; name++, argument++) {
		int here = *argument == '-' ? '_' :
					      tolower((unsigned char)*argument);

		if (here != *name)
			return NULL;
	}
	return *argument == '=' ? argument + 1 : NULL;
}

enum vouch_answer vouch__pg_arguments_say(const char *arguments, size_t length,
					  const char *name, const char *value)
{
	enum vouch_answer answer = length > 0 ? VOUCH_NO : VOUCH_UNKNOWN;

	/* The title of one of its children, which says nothing of its settings. */
	if (length > 0 && strncmp(arguments, "postgres: ", 10) == 0)
		return VOUCH_UNKNOWN;

	for (size_t at = 0; at < length; at += strlen(arguments + at) + 1) {
		const char *given = value_of(arguments + at, name);

		if (given != NULL)
			answer = strcmp(given, value) == 0 ? VOUCH_YES : VOUCH_NO;
	}
	return answer;
}

enum vouch_answer vouch__pg_setting_given(pid_t postmaster, const char *name,
					  const char *value)
{
	char path[64], *text = malloc(CMDLINE_MAX);
	enum vouch_answer answer = VOUCH_UNKNOWN;
	size_t length = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/cmdline", (long)postmaster);
	file = text != NULL && postmaster > 0 ? fopen(path, "re") : NULL;
	if (file != NULL) {
		length = fread(text, 1, CMDLINE_MAX - 1, file);
		text[length] = '\0';
		/* What was cut off may be the last word. */
		if (!ferror(file) && length < CMDLINE_MAX - 1)
			answer = vouch__pg_arguments_say(text, length, name,
							 value);
		fclose(file);
	}
	free(text);
	return answer;
}

enum vouch_answer vouch__pg_contract_given(const struct vouch_config *config,
					   struct vouch_error *error)
{
	struct vouch_pg_processes processes;
	char *names = vouch__pg_sync_names(config);
	enum vouch_answer listed, waits;

	if (names == NULL) {
		vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
		return VOUCH_UNKNOWN;
	}
	if (vouch__pg_processes_observe(config, &processes, error) != VOUCH_OK) {
		free(names);
		return VOUCH_UNKNOWN;
	}
	listed = vouch__pg_setting_given(processes.postmaster,
					 "synchronous_standby_names", names);
	waits = vouch__pg_setting_given(processes.postmaster,
					"synchronous_commit", "on");
	free(names);
	if (listed == VOUCH_NO || waits == VOUCH_NO)
		return VOUCH_NO;
	if (listed == VOUCH_YES && waits == VOUCH_YES)
		return VOUCH_YES;
	vouch__error_set(error, VOUCH_E_NOT_FOUND,
			 "%u processes of a server use %s, and no postmaster's "
			 "command line can be read",
			 processes.count, config->pgdata);
	return VOUCH_UNKNOWN;
}
