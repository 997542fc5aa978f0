/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Status: who holds authority, which contract is in force, and what every
 * member says of itself. It shows records and answers; it decides nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agents/contract_view.h"
#include "agents/divergence.h"
#include "agents/grants_known.h"
#include "agents/status_verdicts.h"
#include "agents/words_show.h"
#include "authority/holding.h"
#include "authority/records.h"
#include "authority/standing.h"
#include "common/safe_text.h"
#include "evidence/names.h"
#include "kernel/scratch.h"

static const char *state_name(const struct vouch_probe *probe)
{
	if (probe->condition == VOUCH_CONTRADICTORY)
		return "another server";
	if (probe->condition == VOUCH_MALFORMED)
		return "bad answer";
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
			     cli_harmless(standing.text));
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

static void holding_show(struct vouch_context *context,
			 const struct vouch_probe *probes,
			 struct vouch_deadline deadline, struct json_object *json)
{
	static struct vouch_cluster_grant grants[2 * VOUCH_GRANTS_MAX];
	uint32_t count = grants_known(context, deadline, grants);
	struct vouch_holding holding;

	vouch__holding_tell(context->config, grants, count, probes, &holding);
	if (json)
		(void)json_object_object_add(json, "authority",
					     holding_json(&holding));
	else
		(void)printf("authority: %s\n", cli_harmless(holding.text));
}

static void grant_show(struct vouch_context *context, struct json_object *json)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
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
			       vouch__name_of(&vouch__names_outcome,
					      grants[0].outcome),
			       grants[0].k, grants[0].member_count);
	if (json)
		(void)json_object_object_add(json, "newest_grant",
					     json_object_new_string(text));
	else
		(void)printf("newest grant: %s\n", cli_harmless(text));
}

static uint64_t end_of(const struct vouch_probe *probe)
{
	if (probe->condition != VOUCH_PRESENT)
		return 0;
	return vouch__probe_end(probe);
}

/* What the member furthest on its timeline has and this one lacks. Across
 * timelines the difference says nothing: -1. */
static int64_t lag_bytes(const struct vouch_config *config,
			 const struct vouch_probe *probes, uint32_t i)
{
	uint64_t furthest = end_of(&probes[i]);
	uint32_t j;

	if (probes[i].condition != VOUCH_PRESENT)
		return -1;
	for (j = 0; j < config->member_count; j++) {
		if (probes[j].condition != VOUCH_PRESENT)
			continue;
		if (probes[j].timeline > probes[i].timeline)
			return -1;
		if (probes[j].timeline == probes[i].timeline &&
		    end_of(&probes[j]) > furthest)
			furthest = end_of(&probes[j]);
	}
	return (int64_t)(furthest - end_of(&probes[i]));
}

static const char *admitted_word(enum vouch_answer admitted)
{
	if (admitted == VOUCH_YES)
		return "yes";
	return admitted == VOUCH_NO ? "no" : "?";
}

static void lsn_text(uint64_t lsn, char *text, size_t size)
{
	(void)snprintf(text, size, "%" PRIX64 "/%" PRIX64, lsn >> 32,
		       lsn & 0xffffffffu);
}

struct member {
	const char *name;
	const struct vouch_probe *probe;
	char position[40];
	int64_t lag;
	enum vouch_answer admitted;
	int writable;
	const char *parted_from; /* NULL: it follows, as far as one can tell */
	struct divergence parted;
};

/* Admission is of standbys; whoever writes is known by its grant. */
static const char *admitted_text(const struct member *member)
{
	return member->writable ? "-" : admitted_word(member->admitted);
}

static void member_json(struct json_object *members, const struct member *member)
{
	struct json_object *json = json_object_new_object();
	const struct vouch_probe *probe = member->probe;

	(void)json_object_object_add(json, "name",
				     json_object_new_string(member->name));
	(void)json_object_object_add(json, "state",
				     json_object_new_string(state_name(probe)));
	(void)json_object_object_add(json, "timeline",
				     json_object_new_int64(probe->timeline));
	(void)json_object_object_add(json, "position",
				     json_object_new_string(member->position));
	(void)json_object_object_add(json, "lag_bytes",
				     member->lag < 0 ?
					     NULL :
					     json_object_new_int64(member->lag));
	(void)json_object_object_add(json, "epoch",
				     json_object_new_int64((int64_t)probe->epoch));
	(void)json_object_object_add(json, "incarnation",
				     json_object_new_string(probe->incarnation));
	(void)json_object_object_add(
		json, "admitted", json_object_new_string(admitted_text(member)));
	if (member->parted_from) {
		char text[40];

		lsn_text(member->parted.at, text, sizeof(text));
		(void)json_object_object_add(
			json, "parted_from",
			json_object_new_string(member->parted_from));
		(void)json_object_object_add(json, "parted_at",
					     json_object_new_string(text));
	}
	(void)json_object_array_add(members, json);
}

static void member_write(const struct member *member)
{
	const struct vouch_probe *probe = member->probe;
	char lag[24];

	if (probe->condition != VOUCH_PRESENT) {
		(void)printf("%-12s %-14s\n", member->name, state_name(probe));
		return;
	}
	(void)snprintf(lag, sizeof(lag), "%" PRId64, member->lag);
	(void)printf("%-12s %-14s %8u %18s %12s %6" PRIu64 " %8s  ", member->name,
		     state_name(probe), probe->timeline, member->position,
		     member->lag < 0 ? "?" : lag, probe->epoch,
		     admitted_text(member));
	vouch__text_write(stdout, probe->incarnation[0] ?
					  probe->incarnation :
					  "(not started by its agent)");
	(void)putchar('\n');
	if (!member->parted_from)
		return;
	lsn_text(member->parted.at, lag, sizeof(lag));
	(void)printf("  %s parted from %s at %s and cannot follow it (P6-S2); "
		     "type there: vouch rejoin\n",
		     member->name, member->parted_from, lag);
}

static void members_show(const struct vouch_config *config,
			 const struct vouch_probe *probes,
			 const struct status_answers *answers,
			 struct json_object *json)
{
	struct json_object *members = json ? json_object_new_array() : NULL;
	uint32_t i;

	if (!members)
		(void)printf("\n%-12s %-14s %8s %18s %12s %6s %8s  %s\n",
			     "member", "answers as", "timeline", "log up to",
			     "behind bytes", "epoch", "admitted", "incarnation");
	for (i = 0; i < config->member_count; i++) {
		struct member member = { .name = config->members[i].name,
					 .probe = &probes[i],
					 .lag = lag_bytes(config, probes, i) };
		uint64_t end = end_of(&probes[i]);

		member.writable = probes[i].condition == VOUCH_PRESENT &&
			       probes[i].in_recovery == VOUCH_NO;
		member.admitted = status_admitted(answers, member.name,
						  probes[i].incarnation);
		lsn_text(end, member.position, sizeof(member.position));
		if (divergence_find(probes, config->member_count, i,
				    &member.parted))
			member.parted_from =
				config->members[member.parted.from].name;
		if (members)
			member_json(members, &member);
		else
			member_write(&member);
	}
	if (members)
		(void)json_object_object_add(json, "members", members);
}

/* What bound whoever was promoted last, as far as anybody knows here. */
static void granted_say(struct vouch_context *context,
			struct vouch_deadline deadline, struct json_object *json)
{
	static struct vouch_cluster_grant grants[2 * VOUCH_GRANTS_MAX];
	uint32_t count = grants_known(context, deadline, grants);
	const struct vouch_cluster_grant *newest = NULL;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (grants[i].outcome != VOUCH_GRANT_VOID &&
		    (!newest || grants[i].epoch > newest->epoch))
			newest = &grants[i];
	}
	if (newest)
		contract_granted_show(context->config, newest, json);
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
			(void)printf("contract: not known here: %s\n",
				     error.text);
		granted_say(context, deadline, json);
		return;
	}
	memcpy(view.probes, probes, sizeof(view.probes));
	contract_view_fencing(context, deadline, &view);
	contract_view_disowned(context, deadline, &view);
	if (json)
		(void)json_object_object_add(
			json, "contract", contract_json(&cli->config, &view));
	else
		contract_summary_show(&cli->config, &view);
}

/* Everything is asked first, so that what is shown is of one moment. */
static void status_tell(struct vouch_context *context, struct cli *cli,
			struct vouch_deadline deadline, struct json_object *json)
{
	static struct vouch_probe probes[VOUCH_NODES_MAX];
	static struct status_answers answers;
	uint8_t wanted[VOUCH_NODES_MAX];

	if (!json)
		(void)printf("database: %s\n", cli->config.name);
	memset(probes, 0, sizeof(probes));
	memset(wanted, VOUCH_PROBE_FULLY, sizeof(wanted));
	vouch__probe_all(context, wanted, deadline, probes);
	holding_show(context, probes, deadline, json);
	marker_show(context, probes, deadline, json);
	grant_show(context, json);
	words_show(context, probes, deadline, json);
	contract_say(context, cli, probes, deadline, json);
	status_answers_take(context, deadline, &answers);
	members_show(&cli->config, probes, &answers, json);
	status_verdicts_show(&answers, json);
	status_answers_free(&answers);
}

static enum vouch_decision status_once(struct cli *cli)
{
	struct vouch_context context = { .progress = NULL };
	struct vouch_deadline deadline = vouch__deadline_in(cli->timeout_ms);
	struct vouch_error error = { 0 };
	struct json_object *json = NULL;
	enum vouch_decision decision = cli_configure(cli);

	if (decision != VOUCH_PERMITTED)
		return decision;
	if (vouch__context_open(&context, &cli->config, 0, deadline, &error) !=
	    VOUCH_OK) {
		vouch__context_close(&context);
		return cli_fail(cli, &error);
	}
	if (cli->json)
		json = json_object_new_object();
	status_tell(&context, cli, deadline, json);
	vouch__context_close(&context);
	if (json)
		(void)printf("%s\n", json_object_to_json_string_ext(
					     json, JSON_C_TO_STRING_PLAIN));
	json_object_put(json);
	return VOUCH_PERMITTED;
}

/* Each time in a process of its own: what one lost or changed, its rights too, is
 * not the next one's. */
static enum vouch_decision status_redraw(struct cli *cli)
{
	static char screen[1 << 16];
	int status;
	pid_t child = fork();

	if (child == 0) {
		/* In one piece: a terminal that is half drawn misleads. */
		(void)setvbuf(stdout, screen, _IOFBF, sizeof(screen));
		(void)fputs("\033[H\033[2J", stdout);
		status = (int)status_once(cli);
		(void)fflush(stdout);
		_exit(status);
	}
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    !WIFEXITED(status)) {
		(void)fprintf(stderr, "vouch: status was cut off\n");
		return VOUCH_UNDECIDED;
	}
	return (enum vouch_decision)WEXITSTATUS(status);
}

static enum vouch_decision status_watch(struct cli *cli)
{
	unsigned int seconds = 2;
	enum vouch_decision decision;

	if (cli->watch[0] != '\0') {
		if (strlen(cli->watch) > 4 ||
		    cli->watch[strspn(cli->watch, "0123456789")] != '\0' ||
		    strtoul(cli->watch, NULL, 10) == 0) {
			(void)fprintf(stderr, "vouch: --watch takes seconds, from "
					      "1 to 9999\n");
			return VOUCH_USAGE;
		}
		seconds = (unsigned int)strtoul(cli->watch, NULL, 10);
	}
	if (cli->json || !isatty(STDOUT_FILENO)) {
		(void)fprintf(stderr, "vouch: --watch redraws a terminal; for a "
				      "program, ask again for --output-as=json\n");
		return VOUCH_USAGE;
	}
	/* A node that cannot be asked now may be later; wrong use stays wrong. */
	do {
		decision = status_redraw(cli);
	} while (decision != VOUCH_USAGE && sleep(seconds) == 0);
	return decision;
}

enum vouch_decision cmd_status(struct cli *cli, int argc, char **argv)
{
	(void)argv;
	if (argc != 0) {
		(void)fprintf(stderr, "vouch: status takes no argument\n");
		return VOUCH_USAGE;
	}
	return cli->watch ? status_watch(cli) : status_once(cli);
}
