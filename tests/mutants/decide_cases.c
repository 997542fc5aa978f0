/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decides every golden case in one process and compares the whole explanation,
 * word for word, with the one expected. What tests/cases/run_cases does, fast
 * enough to be run once for each mutant of the kernel.
 *
 * usage: decide_cases DIRECTORY    the one with evidence/ and expected/
 *
 * Exit code 0 when all agree, 1 at the first one that does not.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vouch.h"

enum { TEXT_MAX = 1 << 20, NAME_MAX_LENGTH = 255, CASES_MIN = 50 };

static size_t file_read(const char *directory, const char *kind,
			const char *name, const char *suffix, char *text)
{
	char path[4096];
	size_t length;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s/%s.%s", directory, kind, name,
		       suffix);
	file = fopen(path, "r");
	if (!file)
		return 0;
	length = fread(text, 1, TEXT_MAX - 1, file);
	(void)fclose(file);
	text[length] = '\0';
	return length;
}

/* The file may begin with what the case is about, and an empty line. */
static int ends_with(const char *file, const char *text)
{
	size_t all = strlen(file), part = strlen(text);

	if (part > all || strcmp(file + all - part, text) != 0)
		return 0;
	return part == all ||
	       (all - part > 2 && memcmp(file + all - part - 2, "\n\n", 2) == 0);
}

static int case_is_as_expected(const char *directory, const char *name)
{
	static char evidence[TEXT_MAX], expected[TEXT_MAX];
	char *verdict = NULL, *text = NULL;
	struct vouch_error error;
	enum vouch_decision decision;
	size_t length;
	int ok = 0;

	length = file_read(directory, "evidence", name, "json", evidence);
	if (length == 0 ||
	    file_read(directory, "expected", name, "txt", expected) == 0)
		return 0;
	decision = vouch_decide(evidence, length, &verdict, &error);
	if (verdict &&
	    vouch_explain(verdict, strlen(verdict), &text, &error) == VOUCH_OK)
		ok = ends_with(expected, text) &&
		     (decision == VOUCH_PERMITTED) ==
			     (strncmp(text, "permit", 6) == 0);
	vouch_text_free(verdict);
	vouch_text_free(text);
	return ok;
}

int main(int argc, char **argv)
{
	char path[4096], name[NAME_MAX_LENGTH + 1];
	struct dirent *found;
	DIR *directory;
	int count = 0;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: decide_cases DIRECTORY\n");
		return 2;
	}
	(void)snprintf(path, sizeof(path), "%s/expected", argv[1]);
	directory = opendir(path);
	if (!directory) {
		(void)fprintf(stderr, "decide_cases: %s cannot be read\n", path);
		return 2;
	}
	while ((found = readdir(directory))) {
		char *dot = strrchr(found->d_name, '.');

		if (!dot || strcmp(dot, ".txt") != 0)
			continue;
		(void)snprintf(name, sizeof(name), "%.*s",
			       (int)(dot - found->d_name), found->d_name);
		count++;
		if (!case_is_as_expected(argv[1], name)) {
			(void)printf("%s\n", name);
			return 1;
		}
	}
	(void)closedir(directory);
	return count >= CASES_MIN ? 0 : 2;
}
