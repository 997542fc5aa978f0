/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vouch contract show: the contract, who keeps it, and what it survives. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agents/contract_view.h"
#include "common/safe_text.h"

static const char *answer_word(enum vouch_answer answer)
{
	return answer == VOUCH_YES ? "yes" : answer == VOUCH_NO ? "no" : "unknown";
}

/* Nodes that may be lost, the holder included, before quorum is. Of two nodes
 * Corosync lets one go on (two_node). */
static int quorum_bound(const struct vouch_config *config)
{
	int nodes = (int)config->member_count;

	if (strcmp(config->manager, "none") == 0)
		return nodes - 1;
	return nodes == 2 ? 1 : (nodes - 1) / 2;
}

/* Losses, the holder's included, after which a promotion can still be proven;
 * 0: not even the holder's. */
static int losses(const struct vouch_config *config,
		  const struct vouch_terms *terms, uint32_t counting,
		  uint32_t lost_already)
{
	int spare = vouch__contract_survives(terms, counting);
	int bound = quorum_bound(config) - (int)lost_already;

	if (spare < 0 || bound < 1)
		return 0;
	return spare + 1 < bound ? spare + 1 : bound;
}

static void losses_text(const struct vouch_terms *terms, int count,
			char *text, size_t size)
{
	if (terms->k == 0)
		(void)snprintf(text, size,
			       "no loss of the primary; planned switchovers only");
	else if (count == 0)
		(void)snprintf(text, size, "no loss of the primary");
	else if (count == 1)
		(void)snprintf(text, size, "the loss of the primary alone");
	else
		(void)snprintf(text, size,
			       "the loss of any %d nodes, the primary included",
			       count);
}

static uint32_t lost_now(const struct vouch_config *config,
			 const struct contract_view *view)
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < config->member_count; i++)
		if (view->probes[i].condition != VOUCH_PRESENT)
			count++;
	return count;
}

struct summary {
	int by_contract;
	int now;
};

/* Pinned as recorded and, where this is the holder, as it runs. */
static enum vouch_answer pinned(const struct contract_view *view)
{
	if (view->log.pinned != VOUCH_YES ||
	    view->local.state != VOUCH_RUN_WRITABLE)
		return view->log.pinned;
	return view->local.contract_pinned;
}

/* What is announced binds as well, so the smaller one counts. */
static struct summary summarize(const struct vouch_config *config,
				const struct contract_view *view)
{
	const struct vouch_terms *both[] = { &view->log.in_force,
					     &view->log.announced };
	struct summary result = { 0, 0 };
	uint32_t i;

	for (i = 0; i < (view->log.is_announced ? 2u : 1u); i++) {
		int by = losses(config, both[i], both[i]->member_count, 0);
		int now = losses(config, both[i],
				 contract_view_counting(config, view, both[i]),
				 lost_now(config, view));

		if (i == 0 || by < result.by_contract)
			result.by_contract = by;
		if (i == 0 || now < result.now)
			result.now = now;
	}
	if (pinned(view) != VOUCH_YES || view->fencing != VOUCH_YES ||
	    view->disowned != 0)
		result.now = 0;
	return result;
}

/* Both bind: whoever has all acknowledged writes must satisfy both. */
static void announced_show(const struct contract_view *view)
{
	char text[VOUCH_TERMS_TEXT_SIZE];

	if (!view->log.is_announced)
		return;
	vouch__terms_text(&view->log.announced, text);
	(void)fputs("announced, not confirmed: ", stdout);
	vouch__text_write(stdout, text);
	(void)puts("; until then both bind");
	if (view->log.announced.k == 0)
		(void)printf("  k = 0 asks nobody, so that no failover can be "
			     "proven while it stands (P6-S1):\n"
			     "  each one is refused until it is completed and "
			     "changed again, or taken back\n");
	(void)printf("  ask %s for the same again to complete it, or type there: "
		     "vouch contract set --abort\n",
		     view->holder);
}

void contract_summary_show(const struct vouch_config *config,
			   const struct contract_view *view)
{
	struct summary summary = summarize(config, view);
	char text[VOUCH_TERMS_TEXT_SIZE];

	if (view->log.epoch == 0) {
		(void)printf("contract: none on record; run 'vouch adopt' on the "
			     "primary\n");
		return;
	}
	vouch__terms_text(&view->log.in_force, text);
	(void)fputs("contract in force: ", stdout);
	vouch__text_write(stdout, view->log.in_force_known ? text : "unknown");
	(void)printf(" (epoch %" PRIu64 " of %s)\n", view->log.epoch,
		     cli_harmless(view->holder));
	(void)printf("pinned on the server's command line: %s\n",
		     answer_word(pinned(view)));
	if (pinned(view) == VOUCH_NO)
		(void)printf("  so this server proves nothing, and what it "
			     "acknowledges is outside the promise (P6-S1): let "
			     "its agent start it again\n");
	if (view->disowned != 0)
		(void)printf("epoch %" PRIu64 " ran without its contract: until "
			     "the next epoch's row is in this log, only who held "
			     "it has for certain what was acknowledged then "
			     "(P6-S1, rule 565)\n",
			     view->disowned);
	if (view->local.unpinned[0] != '\0')
		(void)printf("not as the agent set it, on this node: %s\n",
			     cli_harmless(view->local.unpinned));
	if (view->local.remarks[0] != '\0')
		(void)printf("settings of this node's server: %s\n",
			     cli_harmless(view->local.remarks));
	announced_show(view);
	losses_text(&view->log.in_force, summary.by_contract, text,
		    sizeof(text));
	(void)printf("survives, by contract: %s\n", text);
	losses_text(&view->log.in_force, summary.now, text, sizeof(text));
	(void)printf("survives, as things are now: %s%s\n", text,
		     view->fencing == VOUCH_NO ?
			     ", because fencing is disabled (P6-A1)" :
		     view->fencing == VOUCH_YES ?
			     "" :
			     ", because nobody here knows whether fencing is "
			     "enabled (P6-A1)");
	if (view->log.in_force.k > 0)
		(void)printf("commits go on while %d of %u members stream\n",
			     view->log.in_force.k,
			     view->log.in_force.member_count);
}

void contract_granted_show(const struct vouch_config *config,
			   const struct vouch_cluster_grant *grant,
			   struct json_object *json)
{
	struct vouch_terms terms = { .method = grant->method, .k = grant->k,
				     .member_count = grant->member_count };
	int count = grant->outcome == VOUCH_GRANT_DISOWNED ?
			    0 :
			    losses(config, &terms, grant->member_count, 0);
	char text[VOUCH_TEXT_SIZE];

	if (json) {
		(void)json_object_object_add(
			json, "granted_survives",
			json_object_new_int(terms.k == 0 ? 0 : count));
		return;
	}
	losses_text(&terms, count, text, sizeof(text));
	(void)printf("survives, by the contract of the newest grant (epoch %" PRIu64
		     " to %s): %s\n",
		     grant->epoch, cli_harmless(grant->holder), text);
}

static void text_show(const struct vouch_config *config,
		      const struct contract_view *view)
{
	uint32_t i;

	(void)printf("database: %s\n", config->name);
	contract_summary_show(config, view);
	(void)printf("\n%-12s %-16s %s\n", "member", "may acknowledge",
		     "counts after a loss of the primary");
	for (i = 0; i < config->member_count; i++) {
		const char *name = config->members[i].name;
		const char *doubt = contract_view_doubt(view, i);
		int takes_part = vouch__terms_has(&view->log.in_force, name);

		if (strcmp(name, view->holder) == 0)
			(void)printf("%-12s %-16s %s\n", name, "-",
				     "holds authority");
		else
			(void)printf("%-12s %-16s %s%s\n", name,
				     takes_part ? "yes" : "no",
				     doubt ? "no: " :
				     takes_part ? "yes" : "no: takes no part",
				     doubt ? doubt : "");
	}
}

static struct json_object *terms_json(const struct vouch_terms *terms)
{
	struct json_object *json = json_object_new_object();
	struct json_object *members = json_object_new_array();
	char text[VOUCH_TERMS_TEXT_SIZE];
	uint32_t i;

	vouch__terms_text(terms, text);
	(void)json_object_object_add(
		json, "method",
		json_object_new_string(terms->method == VOUCH_METHOD_FIRST ?
					       "first" :
					       "any"));
	(void)json_object_object_add(json, "k", json_object_new_int(terms->k));
	for (i = 0; i < terms->member_count; i++)
		(void)json_object_array_add(
			members, json_object_new_string(terms->members[i]));
	(void)json_object_object_add(json, "members", members);
	(void)json_object_object_add(json, "text", json_object_new_string(text));
	return json;
}

static struct json_object *members_json(const struct vouch_config *config,
					const struct contract_view *view)
{
	struct json_object *list = json_object_new_array();
	uint32_t i;

	for (i = 0; i < config->member_count; i++) {
		const char *name = config->members[i].name;
		const char *doubt = contract_view_doubt(view, i);
		struct json_object *json = json_object_new_object();
		int part = vouch__terms_has(&view->log.in_force, name);

		(void)json_object_object_add(json, "name",
					     json_object_new_string(name));
		(void)json_object_object_add(json, "may_acknowledge",
					     json_object_new_boolean(part));
		(void)json_object_object_add(
			json, "counts", json_object_new_boolean(part && !doubt));
		if (doubt)
			(void)json_object_object_add(
				json, "why_not", json_object_new_string(doubt));
		(void)json_object_array_add(list, json);
	}
	return list;
}

struct json_object *contract_json(const struct vouch_config *config,
				  const struct contract_view *view)
{
	struct summary summary = summarize(config, view);
	struct json_object *json = json_object_new_object();

	(void)json_object_object_add(json, "database",
				     json_object_new_string(config->name));
	(void)json_object_object_add(
		json, "epoch", json_object_new_int64((int64_t)view->log.epoch));
	(void)json_object_object_add(json, "holder",
				     json_object_new_string(view->holder));
	(void)json_object_object_add(json, "in_force",
				     view->log.in_force_known ?
					     terms_json(&view->log.in_force) :
					     NULL);
	(void)json_object_object_add(json, "announced",
				     view->log.is_announced ?
					     terms_json(&view->log.announced) :
					     NULL);
	(void)json_object_object_add(
		json, "pinned", json_object_new_string(answer_word(pinned(view))));
	(void)json_object_object_add(
		json, "unpinned", json_object_new_string(view->local.unpinned));
	(void)json_object_object_add(
		json, "remarks", json_object_new_string(view->local.remarks));
	(void)json_object_object_add(json, "members", members_json(config, view));
	(void)json_object_object_add(
		json, "disowned",
		view->disowned ? json_object_new_int64((int64_t)view->disowned) :
				 NULL);
	(void)json_object_object_add(
		json, "fencing", json_object_new_string(answer_word(view->fencing)));
	/* Nodes lost at once, the primary included. */
	(void)json_object_object_add(json, "survives_by_contract",
				     json_object_new_int(summary.by_contract));
	(void)json_object_object_add(json, "survives_now",
				     json_object_new_int(summary.now));
	return json;
}

static void json_show(const struct vouch_config *config,
		      const struct contract_view *view)
{
	struct json_object *json = contract_json(config, view);

	(void)printf("%s\n", json_object_to_json_string_ext(
				     json, JSON_C_TO_STRING_PLAIN));
	json_object_put(json);
}

enum vouch_decision contract_show(struct cli *cli)
{
	static struct contract_view view;
	struct vouch_context context = { .progress = NULL };
	struct vouch_deadline deadline = vouch__deadline_in(cli->timeout_ms);
	struct vouch_error error = { 0 };
	enum vouch_error_code code;

	code = vouch__context_open(&context, &cli->config, 0, deadline, &error);
	if (code == VOUCH_OK)
		code = vouch__contract_load(&cli->config, &error);
	if (code == VOUCH_OK)
		code = contract_view_read(&context, deadline, &view, &error);
	if (code == VOUCH_OK)
		contract_view_ask(&context, deadline, &view);
	if (code == VOUCH_OK)
		contract_view_fencing(&context, deadline, &view);
	if (code == VOUCH_OK)
		contract_view_disowned(&context, deadline, &view);
	vouch__context_close(&context);
	if (code != VOUCH_OK) {
		(void)cli_fail(cli, &error);
		return VOUCH_UNDECIDED;
	}
	if (cli->json)
		json_show(&cli->config, &view);
	else
		text_show(&cli->config, &view);
	return VOUCH_PERMITTED;
}
