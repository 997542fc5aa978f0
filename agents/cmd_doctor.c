/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vouch doctor: asks everybody, and shows what doctor_checks.c says of it. */
#include <stdio.h>
#include <string.h>

#include "agents/cli.h"
#include "agents/doctor.h"
#include "authority/contract.h"
#include "authority/records.h"
#include "common/privilege.h"

static enum vouch_error_code cluster_ask(struct vouch_context *context,
					 struct vouch_deadline deadline,
					 struct doctor_facts *facts,
					 struct vouch_error *error)
{
	const struct vouch_cluster_ops *ops = context->cluster_ops;
	enum vouch_error_code code;

	facts->node_count = VOUCH_NODES_MAX;
	code = ops->view_observe(context->cluster, deadline, &facts->view, error);
	if (code == VOUCH_OK)
		code = ops->nodes_observe(context->cluster, deadline,
					  facts->nodes, &facts->node_count,
					  error);
	if (code == VOUCH_OK)
		code = ops->recovery_observe(context->cluster, deadline,
					     &facts->recovery, error);
	if (code == VOUCH_OK)
		code = ops->setup_observe(context->cluster, deadline,
					  &facts->setup, error);
	if (code == VOUCH_OK)
		code = ops->managed_observe(context->cluster, deadline,
					    &facts->managed, error);
	return code;
}

static void cluster_look(struct vouch_context *context,
			 struct vouch_deadline deadline,
			 struct doctor_facts *facts)
{
	struct vouch_error error = { 0 }, ignored = { 0 };
	enum vouch_error_code code;

	if (strcmp(context->config->manager, "none") == 0)
		return;
	if (!context->cluster) {
		(void)snprintf(facts->cluster_error, sizeof(facts->cluster_error),
			       "no connection");
		return;
	}
	code = vouch__privilege_raise(&error);
	if (code == VOUCH_OK) {
		code = cluster_ask(context, deadline, facts, &error);
		if (vouch__privilege_lower(context->config, &ignored) !=
		    VOUCH_OK)
			code = VOUCH_E_PERMISSION;
	}
	if (code != VOUCH_OK)
		(void)snprintf(facts->cluster_error, sizeof(facts->cluster_error),
			       "%.200s",
			       error.text[0] ? error.text : ignored.text);
}

static void records_look(struct vouch_context *context, struct doctor_facts *facts)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	struct vouch_snapshot snapshot;
	struct vouch_error error = { 0 };

	if (vouch__records_grants(context->journal, grants, &count, &error) ==
		    VOUCH_OK &&
	    vouch__records_snapshot(context->journal, &snapshot, &error) ==
		    VOUCH_OK) {
		facts->snapshot_epoch = snapshot.epoch;
		vouch__snapshot_release(&snapshot);
		if (count == 0)
			return;
		facts->newest_epoch = grants[0].epoch;
		facts->k = grants[0].k;
		(void)snprintf(facts->holder, sizeof(facts->holder), "%s",
			       grants[0].holder);
		return;
	}
	(void)snprintf(facts->records_error, sizeof(facts->records_error),
		       "%.200s", error.text);
}

/* --- how it is shown ------------------------------------------------------ */

static const char *outcome_name(enum doctor_outcome outcome)
{
	return outcome == DOCTOR_WELL ? "ok" :
	       outcome == DOCTOR_BAD  ? "bad" :
					"unknown";
}

static struct json_object *finding_json(const struct doctor_finding *finding)
{
	struct json_object *json = json_object_new_object();

	(void)json_object_object_add(json, "check",
				     json_object_new_string(finding->id));
	(void)json_object_object_add(
		json, "outcome",
		json_object_new_string(outcome_name(finding->outcome)));
	(void)json_object_object_add(json, "invariant",
				     json_object_new_string(finding->invariant));
	(void)json_object_object_add(json, "text",
				     json_object_new_string(finding->text));
	if (finding->mend[0])
		(void)json_object_object_add(
			json, "mend", json_object_new_string(finding->mend));
	return json;
}

static void show_json(const struct doctor_findings *findings)
{
	struct json_object *list = json_object_new_array();
	uint32_t i;

	for (i = 0; i < findings->count; i++)
		(void)json_object_array_add(list, finding_json(&findings->list[i]));
	(void)printf("%s\n",
		     json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN));
	json_object_put(list);
}

static void show_text(const struct doctor_findings *findings, uint32_t trouble)
{
	uint32_t i;

	for (i = 0; i < findings->count; i++) {
		const struct doctor_finding *it = &findings->list[i];

		(void)printf("%-7s %s", outcome_name(it->outcome), it->text);
		if (it->outcome == DOCTOR_WELL)
			(void)printf("\n");
		else
			(void)printf(" (%s, %s)\n", it->id, it->invariant);
		if (it->mend[0])
			(void)printf("        -> %s\n", it->mend);
	}
	if (trouble)
		(void)printf("%u of %u would make proofs fail, or vetoes loop\n",
			     trouble, findings->count);
	else
		(void)printf("nothing found that would make a proof fail\n");
}

static enum vouch_decision findings_show(const struct cli *cli,
					 const struct doctor_findings *findings)
{
	uint32_t trouble = 0, unknown = 0, i;

	for (i = 0; i < findings->count; i++) {
		trouble += findings->list[i].outcome != DOCTOR_WELL;
		unknown += findings->list[i].outcome == DOCTOR_UNKNOWN;
	}
	if (cli->json)
		show_json(findings);
	else
		show_text(findings, trouble);
	if (unknown)
		return VOUCH_UNDECIDED;
	return trouble ? VOUCH_VETOED : VOUCH_PERMITTED;
}

enum vouch_decision cmd_doctor(struct cli *cli, int argc, char **argv)
{
	static struct doctor_facts facts;
	static struct doctor_findings findings;
	struct vouch_context context = { .progress = NULL };
	uint8_t wanted[VOUCH_NODES_MAX];
	struct vouch_deadline deadline = vouch__deadline_in(cli->timeout_ms);
	struct vouch_error error = { 0 };
	enum vouch_decision decision;

	(void)argv;
	if (argc != 0) {
		(void)fprintf(stderr, "vouch: doctor takes no argument\n");
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
	facts.config = &cli->config;
	facts.k = cli->config.k;
	cluster_look(&context, deadline, &facts);
	memset(wanted, VOUCH_PROBE_FULLY, sizeof(wanted));
	vouch__probe_all(&context, wanted, deadline, facts.probes);
	records_look(&context, &facts);
	vouch__context_close(&context);
	doctor_examine(&facts, &findings);
	return findings_show(cli, &findings);
}
