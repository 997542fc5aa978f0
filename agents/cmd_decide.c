/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that decide: check, promote, decide, rules. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli.h"
#include "agents/decision_show.h"
#include "kernel/rules.h"

static enum vouch_decision no_arguments(const char *command, int argc, char **argv)
{
	if (argc == 0)
		return VOUCH_PERMITTED;
	(void)fprintf(stderr, "vouch: %s takes no argument, not '%s'\n", command,
		      cli_harmless(argv[0]));
	return VOUCH_USAGE;
}

static enum vouch_decision attempt(struct cli *cli)
{
	struct vouch_attempt_result result = { 0 };
	enum vouch_decision decision = cli_configure(cli);

	if (decision != VOUCH_PERMITTED)
		return decision;
	decision = cli_attempt(cli, VOUCH_ORIGIN_OPERATOR, &result);
	/* What happened stays so; an answer that nobody got was not given. */
	if (result.verdict &&
	    !decision_show(cli, result.verdict, result.evidence) &&
	    cli->dry_run && decision == VOUCH_PERMITTED)
		decision = VOUCH_UNDECIDED;
	if (decision == VOUCH_PERMITTED && !cli->dry_run && !cli->json)
		(void)printf("\nPromoted: epoch %llu, timeline %u.\n",
			     (unsigned long long)result.epoch, result.timeline);
	vouch__attempt_release(&result);
	return decision;
}

enum vouch_decision cmd_check(struct cli *cli, int argc, char **argv)
{
	enum vouch_decision decision = no_arguments("check", argc, argv);

	cli->dry_run = 1;
	return decision == VOUCH_PERMITTED ? attempt(cli) : decision;
}

/* A promotion behind Pacemaker's back would be undone by its next monitor, so
 * where it manages the database it is the one to ask. */
static enum vouch_decision managed_refuse(struct cli *cli)
{
	struct vouch_error error = { 0 };
	enum vouch_answer managed;

	if (strcmp(cli->config.manager, "none") == 0)
		return VOUCH_PERMITTED;
	managed = cli_managed(cli, cli->config.manager, &error);
	if (managed == VOUCH_NO)
		return VOUCH_PERMITTED;
	if (managed == VOUCH_UNKNOWN) {
		(void)fprintf(stderr,
			      "vouch: nothing says whether Pacemaker manages this "
			      "database: %s\n",
			      error.text);
		return VOUCH_UNDECIDED;
	}
	(void)fprintf(stderr,
		      "vouch: Pacemaker manages this database, so ask Pacemaker "
		      "for the promotion; it asks vouch. After a veto, once its "
		      "reason is gone:\n"
		      "  crm_resource --cleanup --resource %s --node %s\n"
		      "while there is a primary, with the second to take the wish "
		      "back afterwards:\n"
		      "  crm_resource --move --promoted --resource %s-clone "
		      "--node %s\n"
		      "  crm_resource --clear --resource %s-clone\n"
		      "or take it out of Pacemaker's hands first:\n"
		      "  crm_resource --resource %s --set-parameter is-managed "
		      "--meta --parameter-value false\n",
		      cli->config.name, cli->config.node, cli->config.name,
		      cli->config.node, cli->config.name, cli->config.name);
	return VOUCH_USAGE;
}

enum vouch_decision cmd_promote(struct cli *cli, int argc, char **argv)
{
	enum vouch_decision decision = no_arguments("promote", argc, argv);

	if (decision == VOUCH_PERMITTED && !cli->dry_run) {
		decision = cli_configure(cli);
		if (decision == VOUCH_PERMITTED)
			decision = managed_refuse(cli);
	}
	return decision == VOUCH_PERMITTED ? attempt(cli) : decision;
}

enum vouch_decision cmd_decide(struct cli *cli, int argc, char **argv)
{
	struct vouch_error error = { 0 };
	enum vouch_decision decision;
	char *evidence, *verdict = NULL;
	size_t length;

	if (argc != 1) {
		(void)fprintf(stderr, "vouch: decide takes one evidence file, or "
				      "- for standard input\n");
		return VOUCH_USAGE;
	}
	evidence = cli_read(cli, argv[0], &length);
	if (!evidence)
		return VOUCH_UNDECIDED;
	decision = vouch_decide(evidence, length, &verdict, &error);
	if (!verdict)
		(void)cli_fail(cli, &error);
	else if (!decision_show(cli, verdict, evidence))
		decision = VOUCH_UNDECIDED;
	vouch_text_free(verdict);
	free(evidence);
	return decision;
}

static enum vouch_decision rules_json(void)
{
	struct json_object *rules = json_object_new_array();
	uint32_t i;

	for (i = 0; rules && i < vouch__rule_count; i++) {
		const struct vouch_rule *rule = &vouch__rules[i];
		struct json_object *row = json_object_new_object();

		(void)json_object_object_add(row, "rule",
					     json_object_new_int(rule->id));
		(void)json_object_object_add(
			row, "name", json_object_new_string(rule->name));
		(void)json_object_object_add(
			row, "invariant",
			json_object_new_string(rule->invariant));
		(void)json_object_object_add(
			row, "route",
			json_object_new_boolean(rule->kind == VOUCH_RULE_ROUTE));
		(void)json_object_object_add(
			row, "requires", json_object_new_string(rule->requires));
		(void)json_object_array_add(rules, row);
	}
	(void)printf("%s\n", json_object_to_json_string_ext(
				     rules, JSON_C_TO_STRING_PLAIN));
	json_object_put(rules);
	return VOUCH_PERMITTED;
}

enum vouch_decision cmd_rules(struct cli *cli, int argc, char **argv)
{
	enum vouch_decision decision = no_arguments("rules", argc, argv);
	char *text;

	if (decision != VOUCH_PERMITTED)
		return decision;
	if (cli->json)
		return rules_json();
	text = vouch_rules_text();
	if (!text)
		return VOUCH_UNDECIDED;
	(void)fputs(text, stdout);
	vouch_text_free(text);
	return VOUCH_PERMITTED;
}
