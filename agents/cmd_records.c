/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that read the journal: explain and replay. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli.h"
#include "agents/decision_show.h"
#include "agents/history_filter.h"
#include "agents/records.h"
#include "common/privilege.h"

/* Reading needs the database user's identity, no more. */
enum vouch_decision record_journal_open(struct cli *cli,
					struct vouch_journal **journal)
{
	struct vouch_error error = { 0 };
	enum vouch_decision decision = cli_configure(cli);

	if (decision != VOUCH_PERMITTED)
		return decision;
	if (vouch__privilege_drop(&cli->config, &error) != VOUCH_OK ||
	    vouch__journal_open(&cli->config, 0, journal, &error) != VOUCH_OK)
		return cli_fail(cli, &error);
	return VOUCH_PERMITTED;
}

/* The decision record of a request, or the newest one. */
enum vouch_decision record_of_decision(struct cli *cli, const char *id,
				       struct json_object **record)
{
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };
	enum vouch_decision decision = record_journal_open(cli, &journal);
	enum vouch_error_code code;

	if (decision != VOUCH_PERMITTED)
		return decision;
	/* The newest one is never far; a certain one may be. */
	code = id ? vouch__journal_find(journal, VOUCH_RECORD_DECISION, "request",
					id, record, &error) :
		    vouch__journal_find_standing(journal, VOUCH_RECORD_DECISION,
						 NULL, NULL, record, &error);
	vouch__journal_close(journal);
	if (code == VOUCH_E_NOT_FOUND) {
		(void)fprintf(stderr, id ? "vouch: no decision on request '%s' in "
					   "this node's journal; 'vouch history' "
					   "lists them\n" :
					   "vouch: this node has not decided "
					   "anything yet\n",
			      id ? cli_harmless(id) : "");
		return VOUCH_UNDECIDED;
	}
	return code == VOUCH_OK ? VOUCH_PERMITTED : cli_fail(cli, &error);
}

enum vouch_decision cmd_explain(struct cli *cli, int argc, char **argv)
{
	struct json_object *record = NULL;
	enum vouch_decision decision;

	if (argc > 1) {
		(void)fprintf(stderr, "vouch: explain takes one request id\n");
		return VOUCH_USAGE;
	}
	decision = record_of_decision(cli, argc == 1 ? argv[0] : NULL, &record);
	if (decision != VOUCH_PERMITTED)
		return decision;
	if (cli->format == CLI_TEXT)
		(void)printf("Decided %s.\n",
			     cli_harmless(history_field(record, "time")));
	if (!decision_show(cli, history_field(record, "verdict"),
			   history_field(record, "evidence")))
		decision = VOUCH_UNDECIDED;
	json_object_put(record);
	return decision;
}

static enum vouch_decision compare(struct cli *cli, const char *evidence,
				   const char *expected)
{
	struct vouch_error error = { 0 };
	char *verdict = NULL;
	enum vouch_decision decision;
	int same;

	if (vouch_decide(evidence, strlen(evidence), &verdict, &error) ==
	    VOUCH_UNDECIDED)
		return cli_fail(cli, &error);
	same = strcmp(verdict, expected) == 0;
	decision = same ? VOUCH_PERMITTED : VOUCH_VETOED;
	(void)printf(same ? "the same verdict, byte for byte (%zu bytes)\n" :
			    "the verdict differs (P6-D1): now %zu bytes\n",
		     strlen(verdict));
	if (!same)
		(void)printf("journalled: %snow:        %s", expected, verdict);
	vouch_text_free(verdict);
	return decision;
}

/* A file holds what 'vouch --output-as=json replay ID' printed: the journal's record
 * of the decision, an object with the members evidence and verdict. Where only a
 * verdict was printed, there is nothing to decide again from. */
static enum vouch_decision record_of_file(struct cli *cli, const char *path,
					  struct json_object **record)
{
	size_t length;
	char *text = cli_read(cli, path, &length);

	if (!text)
		return VOUCH_UNDECIDED;
	*record = json_tokener_parse(text);
	free(text);
	if (*record && history_field(*record, "evidence")[0] != '\0')
		return VOUCH_PERMITTED;
	json_object_put(*record);
	*record = NULL;
	(void)fprintf(stderr, "vouch: %s is no decision record; this writes one: "
			      "vouch --output-as=json replay ID >FILE\n",
		      cli_harmless(path));
	return VOUCH_UNDECIDED;
}

enum vouch_decision cmd_replay(struct cli *cli, int argc, char **argv)
{
	struct json_object *record = NULL;
	enum vouch_decision decision;

	if (argc != 1) {
		(void)fprintf(stderr, "vouch: replay takes a request id or a "
				      "file\n");
		return VOUCH_USAGE;
	}
	if (strchr(argv[0], '/') || strchr(argv[0], '.'))
		decision = record_of_file(cli, argv[0], &record);
	else
		decision = record_of_decision(cli, argv[0], &record);
	if (decision != VOUCH_PERMITTED)
		return decision;
	if (cli->json) {
		(void)printf("%s\n", json_object_to_json_string_ext(
					     record,
					     JSON_C_TO_STRING_PLAIN |
						     JSON_C_TO_STRING_NOSLASHESCAPE));
	} else {
		decision = compare(cli, history_field(record, "evidence"),
				   history_field(record, "verdict"));
	}
	json_object_put(record);
	return decision;
}
