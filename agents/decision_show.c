/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agents/decision_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/attempt_records.h"
#include "explain/page.h"

static int colours_wanted(void)
{
	const char *refused = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(refused && refused[0]) && terminal &&
	       strcmp(terminal, "dumb") != 0;
}

/* The colour of a line of the explanation, by its mark. */
static const char *colour_of(const char *line)
{
	if (strncmp(line, "permit: ", 8) == 0)
		return "\033[1;32m";
	if (strncmp(line, "veto: ", 6) == 0)
		return "\033[1;31m";
	if (strncmp(line, "  ", 2) != 0 || strlen(line) < 7)
		return NULL;
	if (strncmp(line + 6, "OPEN ", 5) == 0)
		return "\033[31m";
	return strncmp(line + 6, "holds ", 6) == 0 ? "\033[32m" : NULL;
}

static void coloured_write(const char *text)
{
	while (*text != '\0') {
		int length = (int)strcspn(text, "\n");
		const char *colour = colour_of(text);

		(void)printf("%s%.*s%s", colour ? colour : "", length, text,
			     colour ? "\033[0m" : "");
		text += length;
		if (*text == '\n')
			(void)putchar(*text++);
	}
}

static enum vouch_error_code text_show(const char *verdict,
				       struct vouch_error *error)
{
	enum vouch_error_code code;
	char *text;

	code = vouch_explain(verdict, strlen(verdict), &text, error);
	if (code != VOUCH_OK)
		return code;
	if (colours_wanted())
		coloured_write(text);
	else
		(void)fputs(text, stdout);
	vouch_text_free(text);
	return VOUCH_OK;
}

static void attempt_add(const struct cli *cli, struct vouch_story *story)
{
	struct json_object *records = NULL;
	struct vouch_error error = { 0 };

	if (attempt_records(cli, vouch__story_text(story->verdict, "request"),
			    &records, &error) != VOUCH_OK)
		(void)fprintf(stderr,
			      "vouch: steps of this attempt may be missing "
			      "(P6-O2): %s\n",
			      error.text);
	vouch__story_attempt_read(story, records);
	json_object_put(records);
}

static enum vouch_error_code story_show(const struct cli *cli,
					const char *verdict, const char *evidence,
					struct json_object *supposed,
					struct vouch_error *error)
{
	struct vouch_story *story;
	enum vouch_error_code code;
	char *text = NULL;

	code = vouch__story_read(verdict, strlen(verdict), evidence,
				 evidence ? strlen(evidence) : 0, &story, error);
	if (code != VOUCH_OK)
		return code;
	story->supposed = supposed;
	if (!supposed) /* what was not decided was no attempt's */
		attempt_add(cli, story);
	code = cli->format == CLI_XML ? decision_xml(cli, story, &text, error) :
					vouch__page_render(story, &text, error);
	vouch__story_free(story);
	if (code != VOUCH_OK)
		return code;
	(void)fputs(text, stdout);
	free(text);
	return VOUCH_OK;
}

int decision_show(const struct cli *cli, const char *verdict, const char *evidence)
{
	struct vouch_error error = { 0 };
	enum vouch_error_code code = VOUCH_OK;

	if (cli->format == CLI_JSON)
		(void)fputs(verdict, stdout);
	else if (cli->format == CLI_TEXT)
		code = text_show(verdict, &error);
	else
		code = story_show(cli, verdict, evidence, NULL, &error);
	if (code != VOUCH_OK)
		(void)fprintf(stderr, "%s: %s\n", cli->program, error.text);
	return code == VOUCH_OK;
}

int decision_show_supposed(const struct cli *cli, const char *verdict,
			   const char *evidence, struct json_object *supposed)
{
	struct vouch_error error = { 0 };
	enum vouch_error_code code =
		story_show(cli, verdict, evidence, supposed, &error);

	if (code != VOUCH_OK)
		(void)fprintf(stderr, "%s: %s\n", cli->program, error.text);
	return code == VOUCH_OK;
}
