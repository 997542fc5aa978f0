/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vouch history: this node's attempts, and the grants of authority that it has
 * seen, newest first. */
#include <stdio.h>
#include <string.h>

#include "agents/history_filter.h"
#include "agents/records.h"
#include "authority/alert.h"
#include "common/safe_text.h"

struct listing {
	const struct cli *cli;
	struct history_filter filter;
	struct json_object *all;  /* with --output-as=json */
	struct json_object *seen; /* epochs whose newest record was met */
	uint64_t before;	  /* the record met last; 0: none */
	unsigned int count;
};

/* Not again, neither a record that a summary repeats nor an earlier word on an
 * epoch. */
static int is_new(struct listing *listing, uint64_t sequence,
		  struct json_object *record)
{
	struct json_object *epoch;
	const char *text;

	if (listing->before != 0 && sequence >= listing->before)
		return 0;
	listing->before = sequence;
	if (!history_is_grant(record) ||
	    !json_object_object_get_ex(record, "epoch", &epoch))
		return 1;
	text = json_object_get_string(epoch);
	if (json_object_object_get_ex(listing->seen, text, NULL))
		return 0;
	(void)json_object_object_add(listing->seen, text,
				     json_object_new_boolean(1));
	return 1;
}

static const char *text_of(struct json_object *record, const char *key)
{
	struct json_object *value;
	const char *text = NULL;

	if (json_object_object_get_ex(record, key, &value))
		text = json_object_get_string(value);
	return text ? text : "?";
}

/* "epoch 3 to n2, ANY 1 of n1, n3". */
static void grant_write(struct json_object *record)
{
	struct json_object *members;
	size_t i, count = 0;

	if (json_object_object_get_ex(record, "members", &members) &&
	    json_object_is_type(members, json_type_array))
		count = json_object_array_length(members);
	(void)printf("epoch %s to ", text_of(record, "epoch"));
	vouch__text_write(stdout, history_field(record, "holder"));
	(void)printf(", %s %s of",
		     strcmp(history_field(record, "method"), "first") == 0 ?
			     "FIRST" :
			     "ANY",
		     text_of(record, "k"));
	for (i = 0; i < count; i++) {
		const char *name = json_object_get_string(
			json_object_array_get_idx(members, i));

		(void)fputs(i > 0 ? ", " : " ", stdout);
		vouch__text_write(stdout, name ? name : "?");
	}
	if (count == 0)
		(void)fputs(" nobody", stdout);
}

/* "n1 reboot: Operation reboot of n1 by n2 ...: OK", "n1: lost". */
static void alert_write(struct json_object *record)
{
	const char *task = history_field(record, "task");

	vouch__text_write(stdout, history_field(record, "about"));
	(void)fputs(task[0] ? " " : "", stdout);
	vouch__text_write(stdout, task);
	(void)fputs(": ", stdout);
	vouch__text_write(stdout, history_field(record, "why"));
}

static void padded_write(const char *text, size_t width)
{
	size_t length = strlen(text);

	vouch__text_write(stdout, text);
	for (; length < width; length++)
		(void)putchar(' ');
	(void)fputs("  ", stdout);
}

static void line_write(struct json_object *record)
{
	padded_write(history_field(record, "time"), 0);
	padded_write(history_field(record, "request"), 16);
	padded_write(history_outcome(record), 16);
	if (history_is_grant(record))
		grant_write(record);
	else if (history_is_alert(record))
		alert_write(record);
	else
		vouch__text_write(stdout, history_field(record, "why"));
	(void)putchar('\n');
}

static int record_visit(void *context, uint64_t sequence,
			struct json_object *record)
{
	struct listing *listing = context;

	if (!is_new(listing, sequence, record) ||
	    !history_filter_has(&listing->filter, listing->cli->config.node,
				record))
		return 0;
	if (listing->all)
		(void)json_object_array_add(listing->all,
					    json_object_get(record));
	else
		line_write(record);
	return ++listing->count >= listing->filter.limit;
}

/* Each option, as typed; a message for the first that makes no sense. */
static enum vouch_error_code filter_read(const struct cli *cli,
					 const char *number,
					 struct history_filter *filter,
					 struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_OK;
	time_t now = time(NULL);

	filter->limit = HISTORY_LIMIT;
	filter->outcome = cli->outcome;
	filter->about = cli->about;
	filter->alerts = cli->alerts;
	if (number && cli->limit)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"--limit and a number say the same "
					"thing; give one");
	if (number || cli->limit)
		code = history_limit_parse(number ? number : cli->limit,
					   &filter->limit, error);
	if (code == VOUCH_OK && cli->since)
		code = history_time_parse(cli->since, now, filter->since, error);
	if (code == VOUCH_OK && cli->until)
		code = history_time_parse(cli->until, now, filter->until, error);
	if (code == VOUCH_OK && cli->outcome)
		code = history_outcome_check(cli->outcome, error);
	if (code == VOUCH_OK && cli->rule)
		code = history_rule_parse(cli->rule, &filter->rule, error);
	return code;
}

static enum vouch_error_code about_check(const struct cli *cli,
					 struct vouch_error *error)
{
	if (!cli->about || vouch__config_member(&cli->config, cli->about))
		return VOUCH_OK;
	return vouch__error_set(error, VOUCH_E_ARGUMENT,
				"'%s' is no member of %s; 'vouch status' lists "
				"them",
				cli->about, cli->config.name);
}

/* Without a filter what the newest summary carries is enough. */
static enum vouch_error_code listing_fill(struct listing *listing,
					  struct vouch_journal *journal,
					  struct vouch_error *error)
{
	const char *const types[] = { VOUCH_RECORD_OUTCOME, VOUCH_RECORD_GRANT,
				      listing->filter.alerts ?
					      VOUCH_RECORD_ALERT :
					      NULL,
				      NULL };
	int standing = !history_filter_is_set(&listing->filter) &&
		       listing->filter.limit <= VOUCH_OUTCOMES_CARRIED;

	return vouch__journal_visit_types(journal, types, standing, record_visit,
					  listing, error);
}

enum vouch_decision cmd_history(struct cli *cli, int argc, char **argv)
{
	struct listing listing = { .cli = cli };
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };
	enum vouch_decision decision;
	enum vouch_error_code code;

	if (argc > 1) {
		(void)fprintf(stderr, "vouch: history takes one number: how many "
				      "to show (%d)\n",
			      HISTORY_LIMIT);
		return VOUCH_USAGE;
	}
	if (filter_read(cli, argc == 1 ? argv[0] : NULL, &listing.filter,
			&error) != VOUCH_OK)
		return cli_fail(cli, &error);
	decision = record_journal_open(cli, &journal);
	if (decision != VOUCH_PERMITTED)
		return decision;
	code = about_check(cli, &error);
	listing.seen = json_object_new_object();
	if (cli->json)
		listing.all = json_object_new_array();
	if (code == VOUCH_OK)
		code = listing_fill(&listing, journal, &error);
	vouch__journal_close(journal);
	if (listing.all && error.code != VOUCH_E_ARGUMENT)
		(void)printf("%s\n", json_object_to_json_string_ext(
					     listing.all,
					     JSON_C_TO_STRING_PLAIN |
						     JSON_C_TO_STRING_NOSLASHESCAPE));
	else if (code == VOUCH_OK && listing.count == 0)
		(void)puts(history_filter_is_set(&listing.filter) ?
				   "nothing on this node fits that" :
				   "no attempt on this node yet");
	json_object_put(listing.all);
	json_object_put(listing.seen);
	return code == VOUCH_OK ? VOUCH_PERMITTED : cli_fail(cli, &error);
}
