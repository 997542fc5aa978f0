/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that read the journal: explain, history, replay. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli.h"
#include "agents/decision_show.h"
#include "agents/records.h"
#include "common/privilege.h"

enum { HISTORY_LENGTH = VOUCH_OUTCOMES_CARRIED };

const char *record_field(struct json_object *record, const char *key)
{
	struct json_object *value;
	const char *text = NULL;

	if (json_object_object_get_ex(record, key, &value) &&
	    json_object_is_type(value, json_type_string))
		text = json_object_get_string(value);
	return text ? text : "";
}

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
			      id ? id : "");
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
		(void)printf("Decided %s.\n", record_field(record, "time"));
	if (!decision_show(cli, record_field(record, "verdict"),
			   record_field(record, "evidence")))
		decision = VOUCH_UNDECIDED;
	json_object_put(record);
	return decision;
}

struct listing {
	struct cli *cli;
	struct json_object *all; /* with --output-as=json */
	unsigned int count;
	unsigned int most;
};

static void line_write(const char *text)
{
	for (; *text; text++)
		(void)putchar((unsigned char)*text < 0x20 || *text == 0x7f ?
				      '.' :
				      *text);
}

static int outcome_visit(void *context, uint64_t sequence, struct json_object *record)
{
	struct listing *listing = context;

	(void)sequence;
	listing->count++;
	if (listing->all) {
		(void)json_object_array_add(listing->all,
					    json_object_get(record));
		return 0;
	}
	(void)printf("%s  %-16s  %-16s  ", record_field(record, "time"),
		     record_field(record, "request"), record_field(record, "outcome"));
	line_write(record_field(record, "why"));
	(void)putchar('\n');
	return listing->count >= listing->most;
}

/* 1..99999999, in digits only. */
static int count_parse(const char *text, unsigned int *count)
{
	if (text[0] == '0' || text[0] == '\0' || strlen(text) > 8 ||
	    text[strspn(text, "0123456789")] != '\0')
		return 0;
	*count = (unsigned int)strtoul(text, NULL, 10);
	return 1;
}

enum vouch_decision cmd_history(struct cli *cli, int argc, char **argv)
{
	struct listing listing = { cli, NULL, 0, HISTORY_LENGTH };
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };
	enum vouch_decision decision;
	enum vouch_error_code code;

	if (argc > 1 || (argc == 1 && !count_parse(argv[0], &listing.most))) {
		(void)fprintf(stderr, "vouch: history takes one number: how many "
				      "attempts to show (100)\n");
		return VOUCH_USAGE;
	}
	decision = record_journal_open(cli, &journal);
	if (decision != VOUCH_PERMITTED)
		return decision;
	if (cli->json)
		listing.all = json_object_new_array();
	code = listing.most <= VOUCH_OUTCOMES_CARRIED ?
		       vouch__journal_visit_standing(
			       journal, VOUCH_RECORD_OUTCOME, outcome_visit,
			       &listing, &error) :
		       vouch__journal_visit(journal, VOUCH_RECORD_OUTCOME,
					    outcome_visit, &listing, &error);
	vouch__journal_close(journal);
	if (listing.all)
		(void)printf("%s\n", json_object_to_json_string_ext(
					     listing.all,
					     JSON_C_TO_STRING_PLAIN |
						     JSON_C_TO_STRING_NOSLASHESCAPE));
	else if (code == VOUCH_OK && listing.count == 0)
		(void)printf("no attempt on this node yet\n");
	json_object_put(listing.all);
	return code == VOUCH_OK ? VOUCH_PERMITTED : cli_fail(cli, &error);
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

/* A file holds what 'vouch --output-as=json explain' or the journal has as
 * record: an object with the members evidence and verdict. */
static enum vouch_decision replay_file(struct cli *cli, const char *path)
{
	size_t length;
	char *text = cli_read(cli, path, &length);
	struct json_object *record = text ? json_tokener_parse(text) : NULL;
	enum vouch_decision decision = VOUCH_UNDECIDED;

	free(text);
	if (record && record_field(record, "evidence")[0] != '\0')
		decision = compare(cli, record_field(record, "evidence"),
				   record_field(record, "verdict"));
	else
		(void)fprintf(stderr, "vouch: %s is no decision record\n", path);
	json_object_put(record);
	return decision;
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
		return replay_file(cli, argv[0]);
	decision = record_of_decision(cli, argv[0], &record);
	if (decision != VOUCH_PERMITTED)
		return decision;
	if (cli->json) {
		(void)printf("%s\n", json_object_to_json_string_ext(
					     record,
					     JSON_C_TO_STRING_PLAIN |
						     JSON_C_TO_STRING_NOSLASHESCAPE));
	} else {
		decision = compare(cli, record_field(record, "evidence"),
				   record_field(record, "verdict"));
	}
	json_object_put(record);
	return decision;
}
