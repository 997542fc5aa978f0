/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A verdict as text for people. Nothing is decided or derived here: every word
 * stands in the document. */
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/document.h"
#include "common/safe_text.h"
#include "kernel/rules.h"

static const char *text_of(struct json_object *json, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(json, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return "";
	return json_object_get_string(value);
}

static struct json_object *array_of(struct json_object *json, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(json, key, &value) ||
	    !json_object_is_type(value, json_type_array))
		return NULL;
	return value;
}

static const char *mark_of(const char *outcome)
{
	if (strcmp(outcome, "holds") == 0)
		return "holds";
	return strcmp(outcome, "not-open") == 0 ? "-" : "OPEN";
}

static void facts_write(FILE *out, struct json_object *finding)
{
	struct json_object *facts = array_of(finding, "facts");
	size_t i;

	for (i = 0; facts && i < json_object_array_length(facts); i++) {
		struct json_object *fact = json_object_array_get_idx(facts, i);

		(void)fputs("              ", out);
		if (text_of(fact, "node")[0] != '\0') {
			vouch__text_write(out, text_of(fact, "node"));
			(void)fputs(" ", out);
		}
		vouch__text_write(out, text_of(fact, "fact"));
		(void)fputs(": ", out);
		vouch__text_write(out, text_of(fact, "value"));
		(void)fputs("  [", out);
		vouch__text_write(out, text_of(fact, "source"));
		(void)fputs("]\n", out);
	}
}

static void finding_write(FILE *out, struct json_object *finding)
{
	struct json_object *rule = NULL;

	(void)json_object_object_get_ex(finding, "rule", &rule);
	(void)fprintf(out, "  %3d %-6s ", json_object_get_int(rule),
		      mark_of(text_of(finding, "outcome")));
	vouch__text_write(out, text_of(finding, "invariant"));
	(void)fputs(" ", out);
	vouch__text_write(out, text_of(finding, "name"));
	(void)fputs(": ", out);
	vouch__text_write(out, text_of(finding, "text"));
	(void)fputs("\n", out);
	facts_write(out, finding);
}

static void remedy_write(FILE *out, struct json_object *remedy, size_t nth)
{
	size_t i;

	(void)fputs(nth == 0 ? "  - " : "  - or: ", out);
	for (i = 0; i < json_object_array_length(remedy); i++) {
		const char *text = json_object_get_string(
			json_object_array_get_idx(remedy, i));

		(void)fputs(i == 0 ? "" : "; and ", out);
		vouch__text_write(out, text ? text : "");
	}
	(void)fputs("\n", out);
}

/* What each open finding asks for: all that there is to say where no small set
 * of changes helps. */
static void unblock_write(FILE *out, struct json_object *findings)
{
	size_t i;

	for (i = 0; findings && i < json_object_array_length(findings); i++) {
		struct json_object *finding =
			json_object_array_get_idx(findings, i);

		if (strcmp(text_of(finding, "outcome"), "unproven") != 0 ||
		    text_of(finding, "unblock")[0] == '\0')
			continue;
		(void)fputs("  - ", out);
		vouch__text_write(out, text_of(finding, "unblock"));
		(void)fputs("\n", out);
	}
}

static void remedies_write(FILE *out, struct json_object *json,
			   struct json_object *findings)
{
	struct json_object *remedies = array_of(json, "remedies");
	size_t count = remedies ? json_object_array_length(remedies) : 0;
	size_t i;

	(void)fputs("\nWhat would have to become true:\n", out);
	for (i = 0; i < count; i++) {
		struct json_object *remedy =
			json_object_array_get_idx(remedies, i);

		if (json_object_is_type(remedy, json_type_array))
			remedy_write(out, remedy, i);
	}
	if (count > 0)
		return;
	if (text_of(json, "remedies_note")[0] != '\0') {
		(void)fputs("  ", out);
		vouch__text_write(out, text_of(json, "remedies_note"));
		(void)fputs(". What each open rule asks for:\n", out);
	}
	unblock_write(out, findings);
}

static void verdict_write(FILE *out, struct json_object *json)
{
	struct json_object *findings = array_of(json, "findings");
	struct json_object *epoch = NULL;
	int permit = strcmp(text_of(json, "decision"), "permit") == 0;
	size_t i;

	(void)fputs(permit ? "permit: " : "veto: ", out);
	vouch__text_write(out, text_of(json, "why"));
	(void)fputs("\n\nRequest ", out);
	vouch__text_write(out, text_of(json, "request"));
	(void)fputs(" asked to promote ", out);
	vouch__text_write(out, text_of(json, "candidate"));
	(void)fputs(" in cluster ", out);
	vouch__text_write(out, text_of(json, "cluster"));
	if (text_of(json, "reason")[0] != '\0') {
		(void)fputs(" (", out);
		vouch__text_write(out, text_of(json, "reason"));
		(void)fputs(")", out);
	}
	(void)fputs(".\n", out);
	if (json_object_object_get_ex(json, "epoch", &epoch))
		(void)fprintf(out, "It would hold epoch %lld.\n",
			      (long long)json_object_get_int64(epoch));
	(void)fputs("\nThe proof, rule by rule (\"-\": a route that is not open "
		    "or not needed):\n",
		    out);
	for (i = 0; findings && i < json_object_array_length(findings); i++)
		finding_write(out, json_object_array_get_idx(findings, i));
	if (!permit)
		remedies_write(out, json, findings);
	(void)fputs("\nOutside the promise: ", out);
	vouch__text_write(out, text_of(json, "outside_the_promise"));
	(void)fputs(".\n", out);
}

static enum vouch_error_code finish(FILE *out, char **text,
				    struct vouch_error *error)
{
	int failed = ferror(out);

	/* glibc closes it well without memory for the text, too. */
	if (fclose(out) != 0 || failed || !*text) {
		free(*text);
		*text = NULL;
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	}
	return VOUCH_OK;
}

enum vouch_error_code vouch_explain(const char *verdict, size_t length,
				    char **text, struct vouch_error *error)
{
	struct json_object *json;
	enum vouch_error_code code;
	size_t size;
	FILE *out;

	*text = NULL;
	code = vouch__document_parse(verdict, length, "verdict", &json, error);
	if (code != VOUCH_OK)
		return code;
	if (text_of(json, "decision")[0] == '\0' || !array_of(json, "findings")) {
		json_object_put(json);
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"this is no verdict document");
	}
	out = open_memstream(text, &size);
	if (!out) {
		json_object_put(json);
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	}
	verdict_write(out, json);
	json_object_put(json);
	return finish(out, text, error);
}

char *vouch_rules_text(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	uint32_t i;

	if (!out)
		return NULL;
	for (i = 0; i < vouch__rule_count; i++) {
		const struct vouch_rule *rule = &vouch__rules[i];

		(void)fprintf(out, "%3d  %-6s  %-8s  %-22s  %s\n", rule->id,
			      rule->invariant,
			      rule->kind == VOUCH_RULE_ROUTE ? "route" :
							       "required",
			      rule->name, rule->requires);
	}
	return finish(out, &text, NULL) == VOUCH_OK ? text : NULL;
}
