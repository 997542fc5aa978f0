/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vouch what-if: decides again on evidence with facts changed, and tells both
 * verdicts. It reads, and nothing else; what it says is never a permit
 * (P6-A3). */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli.h"
#include "agents/decision_show.h"
#include "agents/history_filter.h"
#include "agents/records.h"
#include "common/json.h"
#include "evidence/evidence_json.h"
#include "common/safe_text.h"
#include "explain/story.h"
#include "explain/what_if.h"

#define WARNING                                                                \
	"Only supposed: nothing was changed or recorded, and this is no permit."

struct supposing {
	struct vouch_evidence evidence;
	struct vouch_evidence changed;
	struct vouch_what_if what_if;
	char *document; /* as it was */
	char *supposed; /* as it would be */
	char *before;	/* verdicts */
	char *after;
};

static void supposing_free(struct supposing *it)
{
	if (!it)
		return;
	free(it->document);
	free(it->supposed);
	vouch_text_free(it->before);
	vouch_text_free(it->after);
	free(it);
}

/* The evidence that is in a text: a document of evidence, or the record of a
 * decision, as 'vouch replay' takes it. */
static char *document_of(char *text, size_t length)
{
	struct json_object *record = NULL, *evidence;
	char *inner = NULL;

	if (text && vouch__json_parse(text, length, &record, NULL) == VOUCH_OK &&
	    json_object_object_get_ex(record, "evidence", &evidence) &&
	    json_object_is_type(evidence, json_type_string)) {
		inner = strdup(json_object_get_string(evidence));
		free(text);
		text = inner;
	}
	json_object_put(record);
	return text;
}

static enum vouch_decision from_record(struct cli *cli, const char *id,
				       char **document)
{
	struct json_object *record = NULL;
	enum vouch_decision decision = record_of_decision(cli, id, &record);

	if (decision != VOUCH_PERMITTED)
		return decision;
	*document = strdup(history_field(record, "evidence"));
	json_object_put(record);
	return *document ? VOUCH_PERMITTED : VOUCH_UNDECIDED;
}

static enum vouch_decision collected(struct cli *cli, char **document)
{
	struct vouch_attempt_result result = { 0 };
	enum vouch_decision decision = cli_configure(cli);

	if (decision != VOUCH_PERMITTED)
		return decision;
	cli->dry_run = 1;
	decision = cli_attempt(cli, VOUCH_ORIGIN_OPERATOR, &result);
	if (result.evidence)
		*document = strdup(result.evidence);
	vouch__attempt_release(&result);
	if (*document)
		return VOUCH_PERMITTED;
	return decision == VOUCH_PERMITTED ? VOUCH_UNDECIDED : decision;
}

static enum vouch_decision document_get(struct cli *cli, const char *source,
					char **document)
{
	size_t length;
	char *text;

	*document = NULL;
	if (!source)
		return collected(cli, document);
	if (strcmp(source, "-") != 0 && !strchr(source, '/') &&
	    !strchr(source, '.'))
		return from_record(cli, source, document);
	text = cli_read(cli, source, &length);
	*document = document_of(text, text ? length : 0);
	return *document ? VOUCH_PERMITTED : VOUCH_UNDECIDED;
}

/* VOUCH_PERMITTED: it can be supposed of; its verdict is in it->before. */
static enum vouch_decision before_decide(struct cli *cli, struct supposing *it)
{
	struct vouch_error error = { 0 };
	size_t length = strlen(it->document);
	struct json_object *verdict, *findings, *first;
	int good;

	if (vouch__evidence_decode(it->document, length, &it->evidence, &error) !=
		    VOUCH_OK ||
	    vouch_decide(it->document, length, &it->before, &error) ==
		    VOUCH_UNDECIDED)
		return cli_fail(cli, &error);
	if (vouch__json_parse(it->before, strlen(it->before), &verdict, &error) !=
	    VOUCH_OK)
		return cli_fail(cli, &error);
	findings = vouch__story_array(verdict, "findings");
	first = findings ? json_object_array_get_idx(findings, 0) : NULL;
	good = first && strcmp(vouch__story_text(first, "outcome"), "holds") == 0;
	json_object_put(verdict);
	if (good)
		return VOUCH_PERMITTED;
	(void)fprintf(stderr, "vouch: this evidence contradicts its own form "
			      "(rule 100, P6-F1), so nothing can be supposed of "
			      "it\n");
	return VOUCH_UNDECIDED;
}

static enum vouch_decision after_decide(struct cli *cli, struct supposing *it)
{
	struct vouch_error error = { 0 };
	enum vouch_decision decision;
	size_t length;

	vouch__what_if_apply(&it->what_if, &it->evidence, &it->changed);
	if (vouch__evidence_encode(&it->changed, &it->supposed, &length, &error) !=
	    VOUCH_OK)
		return cli_fail(cli, &error);
	decision = vouch_decide(it->supposed, length, &it->after, &error);
	return it->after ? decision : cli_fail(cli, &error);
}

static enum vouch_decision changes_read(struct supposing *it, int count,
					char **changes)
{
	struct vouch_error error = { 0 };
	int i;

	for (i = 0; i < count; i++) {
		if (vouch__what_if_add(&it->what_if, &it->evidence, changes[i],
				       &error) == VOUCH_OK)
			continue;
		(void)fprintf(stderr, "vouch: %s. What can be supposed:\n",
			      error.text);
		vouch__what_if_list(&it->evidence, stderr);
		return VOUCH_USAGE;
	}
	if (count > 0)
		return VOUCH_PERMITTED;
	(void)fprintf(stderr, "vouch: what-if takes at least one change. What "
			      "can be supposed:\n");
	vouch__what_if_list(&it->evidence, stderr);
	return VOUCH_USAGE;
}

/* --- what differs -------------------------------------------------------------- */

static int finding_is(struct json_object *a, struct json_object *b)
{
	static const char *const keys[] = { "name", "outcome", "text" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(vouch__story_text(a, keys[i]),
			   vouch__story_text(b, keys[i])) != 0)
			return 0;
	}
	return 1;
}

static int has_finding(struct json_object *findings, struct json_object *finding)
{
	size_t i;

	for (i = 0; findings && i < json_object_array_length(findings); i++) {
		if (finding_is(json_object_array_get_idx(findings, i), finding))
			return 1;
	}
	return 0;
}

/* Those of `mine` that `other` does not have, each said to be `of` it. */
static void differences_add(struct json_object *differences,
			    struct json_object *mine, struct json_object *other,
			    const char *of)
{
	struct json_object *findings = vouch__story_array(mine, "findings");
	struct json_object *others = vouch__story_array(other, "findings");
	size_t i;

	for (i = 0; findings && i < json_object_array_length(findings); i++) {
		struct json_object *finding =
			json_object_array_get_idx(findings, i);
		struct json_object *item;

		if (has_finding(others, finding))
			continue;
		item = json_object_new_object();
		(void)json_object_object_add(item, "in",
					     json_object_new_string(of));
		(void)json_object_object_add(item, "finding",
					     json_object_get(finding));
		(void)json_object_array_add(differences, item);
	}
}

static struct json_object *differences_find(struct json_object *before,
					    struct json_object *after)
{
	struct json_object *differences = json_object_new_array();

	differences_add(differences, before, after, "before");
	differences_add(differences, after, before, "after");
	return differences;
}

/* --- telling ------------------------------------------------------------------- */

static struct json_object *supposition(const struct supposing *it, int count,
				       char **changes,
				       struct json_object *before,
				       struct json_object *after)
{
	struct json_object *json = json_object_new_object();
	struct json_object *supposed = json_object_new_array();
	char text[VOUCH_WHAT_IF_TEXT];
	int i;

	for (i = 0; i < count; i++) {
		struct json_object *item = json_object_new_object();

		vouch__what_if_phrase(&it->evidence, changes[i], text);
		(void)json_object_object_add(item, "change",
					     json_object_new_string(changes[i]));
		(void)json_object_object_add(item, "supposes",
					     json_object_new_string(text));
		(void)json_object_array_add(supposed, item);
	}
	(void)json_object_object_add(json, "hypothetical",
				     json_object_new_boolean(1));
	(void)json_object_object_add(json, "warning",
				     json_object_new_string(WARNING));
	(void)json_object_object_add(json, "supposed", supposed);
	(void)json_object_object_add(json, "differences",
				     differences_find(before, after));
	(void)json_object_object_add(json, "before", json_object_get(before));
	(void)json_object_object_add(json, "after", json_object_get(after));
	return json;
}

static int json_show(const struct supposing *it, int count, char **changes,
		     struct json_object *before, struct json_object *after)
{
	struct json_object *json =
		supposition(it, count, changes, before, after);

	(void)printf("%s\n", json_object_to_json_string_ext(
				     json, JSON_C_TO_STRING_PLAIN |
						   JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
	return 1;
}

static int document_show(const struct cli *cli, const struct supposing *it,
			 int count, char **changes, struct json_object *before,
			 struct json_object *after)
{
	struct json_object *json =
		supposition(it, count, changes, before, after);
	int shown = decision_show_supposed(cli, it->after, it->supposed, json);

	json_object_put(json);
	return shown;
}

static void verdict_line(const char *when, struct json_object *verdict)
{
	int permit = strcmp(vouch__story_text(verdict, "decision"), "permit") == 0;

	(void)printf("%s  %s of ", when, permit ? "permit" : "veto");
	vouch__text_write(stdout, vouch__story_text(verdict, "candidate"));
	(void)fputs(": ", stdout);
	vouch__text_write(stdout, permit ? "every rule holds" :
					   vouch__story_text(verdict, "why"));
	(void)putchar('\n');
}

static void difference_line(struct json_object *difference)
{
	struct json_object *finding;
	int after = strcmp(vouch__story_text(difference, "in"), "after") == 0;

	if (!json_object_object_get_ex(difference, "finding", &finding))
		return;
	(void)printf("  %c %-8s  %s: ", after ? '+' : '-',
		     vouch__story_mark(finding),
		     vouch__story_text(finding, "name"));
	vouch__text_write(stdout, vouch__story_text(finding, "text"));
	(void)putchar('\n');
}

static void text_show(const struct supposing *it, int count, char **changes,
		      struct json_object *before, struct json_object *after)
{
	struct json_object *differences = differences_find(before, after);
	char text[VOUCH_WHAT_IF_TEXT];
	size_t at;
	int i;

	(void)puts(WARNING "\n");
	(void)puts("Suppose that the evidence is collected again, after:");
	for (i = 0; i < count; i++) {
		vouch__what_if_phrase(&it->evidence, changes[i], text);
		(void)fputs("  ", stdout);
		vouch__text_write(stdout, changes[i]);
		(void)fputs(": ", stdout);
		vouch__text_write(stdout, text);
		(void)putchar('\n');
	}
	(void)putchar('\n');
	verdict_line("as it was:  ", before);
	verdict_line("it would be:", after);
	(void)puts(json_object_array_length(differences) > 0 ?
			   "\nWhat differs (-: as it was, +: as it would be):" :
			   "\nNothing differs: no rule turns on it.");
	for (at = 0; at < json_object_array_length(differences); at++)
		difference_line(json_object_array_get_idx(differences, at));
	json_object_put(differences);
}

static enum vouch_decision show(struct cli *cli, const struct supposing *it,
				int count, char **changes)
{
	struct json_object *before = NULL, *after = NULL;
	struct vouch_error error = { 0 };
	enum vouch_error_code code;
	int shown = 1;

	code = vouch__json_parse(it->before, strlen(it->before), &before, &error);
	if (code == VOUCH_OK)
		code = vouch__json_parse(it->after, strlen(it->after), &after,
					 &error);
	if (code == VOUCH_OK && cli->format == CLI_JSON)
		shown = json_show(it, count, changes, before, after);
	else if (code == VOUCH_OK && cli->format == CLI_TEXT)
		text_show(it, count, changes, before, after);
	else if (code == VOUCH_OK)
		shown = document_show(cli, it, count, changes, before, after);
	json_object_put(before);
	json_object_put(after);
	if (code != VOUCH_OK)
		return cli_fail(cli, &error);
	return shown ? VOUCH_PERMITTED : VOUCH_UNDECIDED;
}

/* What was collected already takes in no more words. */
static enum vouch_decision past_check(const struct cli *cli)
{
	if (!cli->assert_down && cli->reason[0] == '\0')
		return VOUCH_PERMITTED;
	(void)fprintf(stderr, "vouch: what-if: --assert-down and --reason go with "
			      "the evidence as it is now, not with that of ID or "
			      "FILE; suppose it there: NODE=asserted-down\n");
	return VOUCH_USAGE;
}

enum vouch_decision cmd_what_if(struct cli *cli, int argc, char **argv)
{
	const char *source = argc > 0 && !strchr(argv[0], '=') ? argv[0] : NULL;
	struct supposing *it = calloc(1, sizeof(*it));
	enum vouch_decision decision, would_be = VOUCH_UNDECIDED;

	if (!it) {
		(void)fprintf(stderr, "vouch: out of memory\n");
		return VOUCH_UNDECIDED;
	}
	if (source) {
		argc--;
		argv++;
	}
	decision = source ? past_check(cli) : VOUCH_PERMITTED;
	if (decision == VOUCH_PERMITTED)
		decision = document_get(cli, source, &it->document);
	if (decision == VOUCH_PERMITTED)
		decision = before_decide(cli, it);
	if (decision == VOUCH_PERMITTED)
		decision = changes_read(it, argc, argv);
	if (decision == VOUCH_PERMITTED) {
		would_be = after_decide(cli, it);
		if (it->after)
			decision = show(cli, it, argc, argv);
		else
			decision = would_be;
	}
	supposing_free(it);
	return decision == VOUCH_PERMITTED ? would_be : decision;
}
