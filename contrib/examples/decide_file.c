/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decides from an evidence document in a file, and explains the decision: the
 * whole C interface in one program.
 *
 *   cc decide_file.c $(pkg-config --cflags --libs vouch) -o decide_file
 *   ./decide_file evidence.json
 */
#include <stdio.h>
#include <stdlib.h>

#include <vouch.h>

/* Far more than any evidence document has; the library's own limit is lower. */
enum { FILE_MOST = 16 * 1024 * 1024 };

/* NULL with a message written. */
static char *file_read(const char *path, size_t *length)
{
	FILE *in = fopen(path, "rb");
	char *text = in ? malloc(FILE_MOST) : NULL;

	if (!text) {
		perror(path);
		if (in)
			(void)fclose(in);
		return NULL;
	}
	*length = fread(text, 1, FILE_MOST, in);
	/* Half a document must not be decided from (P6-F1). */
	if (ferror(in) || *length == FILE_MOST) {
		(void)fprintf(stderr, "%s: cannot be read, or is too long\n",
			      path);
		free(text);
		text = NULL;
	}
	(void)fclose(in);
	return text;
}

static int explain(const char *verdict)
{
	struct vouch_error error = { VOUCH_OK, "" };
	size_t length = 0;
	char *text;

	while (verdict[length] != '\0')
		length++;
	if (vouch_explain(verdict, length, &text, &error) != VOUCH_OK) {
		(void)fprintf(stderr, "%s: %s\n",
			      vouch_error_describe(error.code), error.text);
		return 0;
	}
	(void)fputs(text, stdout);
	vouch_text_free(text);
	return fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
	struct vouch_error error = { VOUCH_OK, "" };
	enum vouch_decision decision;
	char *evidence, *verdict;
	size_t length;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: decide_file FILE (libvouch %s)\n",
			      vouch_version());
		return VOUCH_USAGE;
	}
	evidence = file_read(argv[1], &length);
	if (!evidence)
		return VOUCH_UNDECIDED;
	decision = vouch_decide(evidence, length, &verdict, &error);
	free(evidence);
	if (!verdict) { /* not decided: an error, never a permit */
		(void)fprintf(stderr, "%s: %s\n",
			      vouch_error_describe(error.code), error.text);
		return VOUCH_UNDECIDED;
	}
	if (!explain(verdict))
		decision = VOUCH_UNDECIDED; /* nobody could read the answer */
	vouch_text_free(verdict);
	return (int)decision;
}
