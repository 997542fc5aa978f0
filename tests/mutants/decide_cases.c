/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decides every golden case in one process and compares the whole explanation,
 * word for word, with the one expected: what tests/cases/run_cases does, fast
 * enough to be run for each of thousands of mutants of the kernel.
 *
 * usage: decide_cases DIRECTORY               the one with evidence/ and expected/
 *        decide_cases DIRECTORY FIRST END     for each mutant from FIRST to END - 1
 *
 * The first form exits with 0 when all agree; otherwise it names the case. The
 * second prints a line for each mutant: "NUMBER survived", or "NUMBER noticed WHY".
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vouch.h"

enum {
	TEXT_MAX = 1 << 20,
	NAME_SIZE = 256,
	CASES_MIN = 50,
	CASES_MAX = 4096,
	SECONDS = 4, /* of processor time; all cases take less than one */
};

struct golden {
	char name[NAME_SIZE];
	char *evidence;
	char *expected;
};

static struct golden cases[CASES_MAX];
static int order[CASES_MAX]; /* in which they are tried */
static int case_count;

/* Made together with the mutants, where there are any; 0 is the kernel as it is. */
__attribute__((weak)) void mutant_choose(int number);

static char *file_read(const char *directory, const char *kind,
		       const char *name, const char *suffix)
{
	static char text[TEXT_MAX];
	char path[4096];
	size_t length;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s/%s.%s", directory, kind, name,
		       suffix);
	file = fopen(path, "r");
	if (!file)
		return NULL;
	length = fread(text, 1, TEXT_MAX - 1, file);
	(void)fclose(file);
	text[length] = '\0';
	return strdup(text);
}

static int case_read(const char *directory, const char *file)
{
	struct golden *golden = &cases[case_count];
	const char *dot = strrchr(file, '.');

	if (!dot || strcmp(dot, ".txt") != 0)
		return 1;
	if (case_count == CASES_MAX)
		return 0;
	(void)snprintf(golden->name, sizeof(golden->name), "%.*s",
		       (int)(dot - file), file);
	golden->evidence = file_read(directory, "evidence", golden->name, "json");
	golden->expected = file_read(directory, "expected", golden->name, "txt");
	order[case_count] = case_count;
	case_count++;
	return golden->evidence && golden->expected;
}

static int cases_read(const char *directory)
{
	struct dirent *found;
	char path[4096];
	int ok = 1;
	DIR *open;

	(void)snprintf(path, sizeof(path), "%s/expected", directory);
	open = opendir(path);
	if (!open)
		return 0;
	while (ok && (found = readdir(open)))
		ok = case_read(directory, found->d_name);
	(void)closedir(open);
	return ok && case_count >= CASES_MIN;
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

static int is_as_expected(const struct golden *golden)
{
	char *verdict = NULL, *text = NULL;
	struct vouch_error error;
	enum vouch_decision decision;
	int ok = 0;

	decision = vouch_decide(golden->evidence, strlen(golden->evidence),
				&verdict, &error);
	if (verdict &&
	    vouch_explain(verdict, strlen(verdict), &text, &error) == VOUCH_OK)
		ok = ends_with(golden->expected, text) &&
		     (decision == VOUCH_PERMITTED) ==
			     (strncmp(text, "permit", 6) == 0);
	vouch_text_free(verdict);
	vouch_text_free(text);
	return ok;
}

/* Place in the order of the first case that differs, or -1. */
static int first_difference(void)
{
	int i;

	for (i = 0; i < case_count; i++) {
		if (!is_as_expected(&cases[order[i]]))
			return i;
	}
	return -1;
}

/* What noticed one mutant soon notices the next: they are neighbours. */
static void move_to_front(int place)
{
	int which = order[place];

	memmove(order + 1, order, (size_t)place * sizeof(order[0]));
	order[0] = which;
}

static void child_run(int number, volatile int *place)
{
	struct rlimit limit = { SECONDS, SECONDS }, none = { 0, 0 };

	(void)setrlimit(RLIMIT_CPU, &limit);
	(void)setrlimit(RLIMIT_CORE, &none);
	mutant_choose(number);
	*place = first_difference();
	_exit(0);
}

/* 0 when it cannot be told. */
static int mutant_try(int number, volatile int *place)
{
	int status = 0;
	pid_t child;

	*place = -1;
	child = fork();
	if (child < 0)
		return 0;
	if (child == 0)
		child_run(number, place);
	if (waitpid(child, &status, 0) != child)
		return 0;
	if (WIFSIGNALED(status)) {
		(void)printf("%d noticed signal %d\n", number, WTERMSIG(status));
	} else if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
		(void)printf("%d noticed exit\n", number);
	} else if (*place >= 0) {
		(void)printf("%d noticed %s\n", number,
			     cases[order[*place]].name);
		move_to_front(*place);
	} else {
		(void)printf("%d survived\n", number);
	}
	(void)fflush(stdout);
	return 1;
}

int main(int argc, char **argv)
{
	int *place, number, different;

	if (argc != 2 && argc != 4) {
		(void)fprintf(stderr, "usage: decide_cases DIRECTORY [FIRST END]\n");
		return 2;
	}
	if (!cases_read(argv[1])) {
		(void)fprintf(stderr, "decide_cases: the cases in %s cannot be "
				      "read\n", argv[1]);
		return 2;
	}
	if (argc == 2) {
		different = first_difference();
		if (different >= 0)
			(void)printf("%s\n", cases[order[different]].name);
		return different >= 0;
	}
	place = mmap(NULL, sizeof(*place), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (place == MAP_FAILED)
		return 2;
	for (number = atoi(argv[2]); number < atoi(argv[3]); number++) {
		if (!mutant_try(number, place))
			return 2;
	}
	return 0;
}
