/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Status: who holds authority, which contract is in force, and what every
 * member says of itself. It shows records and answers; it decides nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agents/contract_view.h"
#include "agents/words_show.h"
#include "authority/holding.h"
#include "authority/records.h"
#include "authority/standing.h"
#include "common/privilege.h"

static const char *state_name(const struct vouch_probe *probe)
{
	if (probe->condition == VOUCH_CONTRADICTORY)
		return "another server";
	if (probe->condition != VOUCH_PRESENT)
		return "no answer";
	if (probe->in_recovery == VOUCH_NO)
		return "writable";
	return probe->in_recovery == VOUCH_YES ? "standby" : "unclear";
}

/* Who cannot be asked proves nothing; who shows a newer epoch proves the marker
 * old (P6-A1). */
static void marker_show(struct vouch_context *context,
			const struct vouch_probe *probes,
			struct vouch_deadline deadline, struct json_object *json)
{
	const struct vouch_config *config = context->config;
	struct vouch_witness witness = { .system_id = 0 };
	struct vouch_standing standing;
	struct vouch_error error = { 0 };
	uint32_t i;

	if (vouch__witness_journal(context->journal, &witness, &error) !=
		    VOUCH_OK ||
	    vouch__witness_cluster(context, deadline, &witness, &error) !=
		    VOUCH_OK)
		(void)fprintf(stderr, "vouch: %s\n", error.text);
	for (i = 0; i < config->member_count; i++) {
		if (strcmp(config->members[i].name, config->node) == 0)
			witness.log_epoch = probes[i].epoch;
		else
			vouch__witness_probe(config->members[i].name, &probes[i],
					     &witness);
	}
	vouch__standing_read(config, &witness, &standing);
	if (json)
		(void)json_object_object_add(
			json, "marker", json_object_new_string(standing.text));
	else
		(void)printf("authority of this node (%s): %s\n", config->node,
			     standing.text);
}

/* Adds what the cluster has on record, where it can be asked. */
static uint32_t cluster_grants(struct vouch_context *context,
			       struct vouch_deadline deadline,
			       struct vouch_cluster_grant *grants)
{
	struct vouch_error error = { 0 };
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;

	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK)
		return 0;
	code = context->cluster_ops->grants_observe(context->cluster, deadline,
						    grants, &count, &error);
	if (vouch__privilege_lower(context->config, &error) != VOUCH_OK)
		code = VOUCH_E_PERMISSION;
	return code == VOUCH_OK ? count : 0;
}

static struct json_object *holding_json(const struct vouch_holding *holding)
{
	struct json_object *json = json_object_new_object();

	(void)json_object_object_add(
		json, "holder",
		holding->holder[0] ? json_object_new_string(holding->holder) :
				     NULL);
	(void)json_object_object_add(
		json, "epoch",
		holding->epoch ? json_object_new_int64((int64_t)holding->epoch) :
				 NULL);
	(void)json_object_object_add(json, "text",
				     json_object_new_string(holding->text));
	return json;
}

/* The journal alone may be behind, and the cluster may not answer. */
static void holding_show(struct vouch_context *context,
			 const struct vouch_probe *probes,
			 struct vouch_deadline deadline, struct json_object *json)
{
	static struct vouch_cluster_grant grants[2 * VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	struct vouch_error error = { 0 };
	struct vouch_holding holding;

	if (vouch__records_grants(context->journal, grants, &count, &error) !=
	    VOUCH_OK) {
		(void)fprintf(stderr, "vouch: %s\n", error.text);
		count = 0;
	}
	count += cluster_grants(context, deadline, &grants[count]);
	vouch__holding_tell(context->config, grants, count, probes, &holding);
	if (json)
		(void)json_object_object_add(json, "authority",
					     holding_json(&holding));
	else
		(void)printf("authority: %s\n", holding.text);
}

static void grant_show(struct vouch_context *context, struct json_object *json)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	static const char *const outcomes[] = { "unknown", "open", "done",
						"void" };
	uint32_t count = VOUCH_GRANTS_MAX;
	struct vouch_error error = { 0 };
	char text[VOUCH_TEXT_SIZE];

	if (vouch__records_grants(context->journal, grants, &count, &error) !=
	    VOUCH_OK)
		(void)snprintf(text, sizeof(text), "unreadable: %.200s",
			       error.text);
	else if (count == 0)
		(void)snprintf(text, sizeof(text),
			       "none on record; run 'vouch adopt' on the primary");
	else
		(void)snprintf(text, sizeof(text),
			       "epoch %" PRIu64 " to %s (%s), contract ANY %d of %u",
			       grants[0].epoch, grants[0].holder,
			       outcomes[grants[0].outcome & 3], grants[0].k,
			       grants[0].member_count);
	if (json)
		(void)json_object_object_add(json, "newest_grant",
					     json_object_new_string(text));
	else
		(void)printf("newest grant: %s\n", text);
}

static void member_json(struct json_object *members, const char *name,
			const struct vouch_probe *probe, const char *position)
{
	struct json_object *json = json_object_new_object();

	(void)json_object_object_add(json, "name", json_object_new_string(name));
	(void)json_object_object_add(json, "state",
				     json_object_new_string(state_name(probe)));
	(void)json_object_object_add(json, "timeline",
				     json_object_new_int64(probe->timeline));
	(void)json_object_object_add(json, "position",
				     json_object_new_string(position));
	(void)json_object_object_add(json, "epoch",
				     json_object_new_int64((int64_t)probe->epoch));
	(void)json_object_object_add(json, "incarnation",
				     json_object_new_string(probe->incarnation));
	(void)json_object_array_add(members, json);
}

static void members_show(const struct vouch_config *config,
			 const struct vouch_probe *probes,
			 struct json_object *json)
{
	struct json_object *members = json ? json_object_new_array() : NULL;
	uint32_t i;

	if (!members)
		(void)printf("\n%-12s %-14s %8s %18s %6s  %s\n", "member",
			     "answers as", "timeline", "log up to", "epoch",
			     "incarnation");
	for (i = 0; i < config->member_count; i++) {
		uint64_t end = probes[i].received_lsn > probes[i].replayed_lsn ?
				       probes[i].received_lsn :
				       probes[i].replayed_lsn;
		char position[40];

		(void)snprintf(position, sizeof(position), "%" PRIX64 "/%" PRIX64,
			       end >> 32, end & 0xffffffffu);
		if (members)
			member_json(members, config->members[i].name, &probes[i],
				    position);
		else if (probes[i].condition != VOUCH_PRESENT)
			(void)printf("%-12s %-14s\n", config->members[i].name,
				     state_name(&probes[i]));
		else
			(void)printf("%-12s %-14s %8u %18s %6" PRIu64 "  %s\n",
				     config->members[i].name,
				     state_name(&probes[i]), probes[i].timeline,
				     position, probes[i].epoch,
				     probes[i].incarnation[0] ?
					     probes[i].incarnation :
					     "(not started by its agent)");
	}
	if (members)
		(void)json_object_object_add(json, "members", members);
}

/* Where no server runs here, its contract is in nobody's log that we can read. */
static void contract_say(struct vouch_context *context, struct cli *cli,
			 const struct vouch_probe *probes,
			 struct vouch_deadline deadline, struct json_object *json)
{
	static struct contract_view view;
	struct vouch_error error = { 0 };
	enum vouch_error_code code = vouch__contract_load(&cli->config, &error);

	if (code == VOUCH_OK)
		code = contract_view_read(context, deadline, &view, &error);
	if (code != VOUCH_OK) {
		if (!json)
			(void)printf("contract: not known: %s\n", error.text);
		return;
	}
	memcpy(view.probes, probes, sizeof(view.probes));
	if (json)
		(void)json_object_object_add(
			json, "contract", contract_json(&cli->config, &view));
	else
		contract_summary_show(&cli->config, &view);
}

enum vouch_decision cmd_status(struct cli *cli, int argc, char **argv)
{
	static struct vouch_probe probes[VOUCH_NODES_MAX];
	struct vouch_context context = { .progress = NULL };
	uint8_t wanted[VOUCH_NODES_MAX];
	struct vouch_deadline deadline = vouch__deadline_in(cli->timeout_ms);
	struct vouch_error error = { 0 };
	struct json_object *json = NULL;
	enum vouch_decision decision;

	(void)argv;
	if (argc != 0) {
		(void)fprintf(stderr, "vouch: status takes no argument\n");
		return VOUCH_USAGE;
	}
	decision = cli_configure(cli);
	if (decision != VOUCH_PERMITTED)
		return decision;
	if (vouch__context_open(&context, &cli->config, 0, deadline, &error) !=
	    VOUCH_OK) {
		vouch__context_close(&context);
		return cli_fail(cli, &error);
	}
	if (cli->json)
		json = json_object_new_object();
	else
		(void)printf("database: %s\n", cli->config.name);
	memset(probes, 0, sizeof(probes));
	memset(wanted, VOUCH_PROBE_FULLY, sizeof(wanted));
	vouch__probe_all(&context, wanted, deadline, probes);
	holding_show(&context, probes, deadline, json);
	marker_show(&context, probes, deadline, json);
	grant_show(&context, json);
	words_show(&context, probes, deadline, json);
	contract_say(&context, cli, probes, deadline, json);
	members_show(&cli->config, probes, json);
	vouch__context_close(&context);
	if (json)
		(void)printf("%s\n", json_object_to_json_string_ext(
					     json, JSON_C_TO_STRING_PLAIN));
	json_object_put(json);
	return VOUCH_PERMITTED;
}
