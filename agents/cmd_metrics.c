/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metrics in Prometheus' text format, from this node's records and the members'
 * answers. Labels are names and numbers only: there is nothing to escape. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/cli.h"
#include "authority/holding.h"
#include "authority/records.h"
#include "authority/tally.h"
#include "common/privilege.h"
#include "kernel/rules.h"

struct metrics {
	struct vouch_tally tally;
	struct vouch_holding holding;
};

static void head(FILE *out, const char *name, const char *type, const char *help)
{
	(void)fprintf(out, "# HELP replication_%s %s\n# TYPE replication_%s %s\n",
		      name, help, name, type);
}

static void one(FILE *out, const struct cli *cli, const char *name,
		const char *type, const char *help, int64_t value)
{
	head(out, name, type, help);
	/* Not known is not zero. */
	if (value >= 0)
		(void)fprintf(out,
			      "replication_%s{cluster=\"%s\"} %" PRId64 "\n", name,
			      cli->config.name, value);
}

static uint64_t denied_by(const struct vouch_tally *tally, uint32_t rule)
{
	uint32_t i;

	for (i = 0; i < tally->rule_count; i++)
		if (tally->by_rule[i].rule == rule)
			return tally->by_rule[i].count;
	return 0;
}

/* Every rule from the beginning, so that a first denial is an increase. */
static void denied_write(FILE *out, const struct cli *cli,
			 const struct vouch_tally *tally)
{
	uint64_t rest = tally->denied;
	uint32_t i;

	head(out, "promotion_denied_total", "counter",
	     "Promotions refused on this node, by the rule that refused.");
	for (i = 0; i < vouch__rule_count; i++) {
		const struct vouch_rule *rule = &vouch__rules[i];
		uint64_t count = denied_by(tally, rule->id);

		if (rule->kind != VOUCH_RULE_REQUIRED)
			continue;
		rest -= count;
		(void)fprintf(out,
			      "replication_promotion_denied_total{cluster=\"%s\","
			      "rule=\"%d\",invariant=\"%s\"} %" PRIu64 "\n",
			      cli->config.name, rule->id, rule->invariant, count);
	}
	(void)fprintf(out,
		      "replication_promotion_denied_total{cluster=\"%s\","
		      "rule=\"unknown\",invariant=\"unknown\"} %" PRIu64 "\n",
		      cli->config.name, rest);
}

static void primary_write(FILE *out, const struct cli *cli,
			  const struct vouch_holding *holding)
{
	const struct vouch_config *config = &cli->config;
	uint32_t i;

	head(out, "current_primary", "gauge",
	     "1 for the node that holds write authority, as this node can tell.");
	for (i = 0; i < config->member_count; i++)
		(void)fprintf(out,
			      "replication_current_primary{cluster=\"%s\","
			      "node=\"%s\"} %d\n",
			      config->name, config->members[i].name,
			      strcmp(config->members[i].name, holding->holder) ==
				      0);
}

static void metrics_write(FILE *out, const struct cli *cli,
			  const struct metrics *metrics)
{
	const struct vouch_tally *tally = &metrics->tally;

	one(out, cli, "promotion_requests_total", "counter",
	    "Promotions asked for on this node.", (int64_t)tally->requests);
	one(out, cli, "promotion_success_total", "counter",
	    "Promotions that succeeded on this node.",
	    (int64_t)tally->succeeded);
	denied_write(out, cli, tally);
	one(out, cli, "promotion_crash_abort_total", "counter",
	    "Attempts on this node that a crash cut off.",
	    (int64_t)tally->crash_aborted);
	one(out, cli, "promotion_failed_total", "counter",
	    "Attempts on this node that an error ended.", (int64_t)tally->failed);
	primary_write(out, cli, &metrics->holding);
	one(out, cli, "current_epoch", "gauge",
	    "The epoch of the node that holds write authority.",
	    metrics->holding.epoch ? (int64_t)metrics->holding.epoch : -1);
	one(out, cli, "promotion_in_progress", "gauge",
	    "1 while the newest request on this node has no outcome yet.",
	    tally->in_progress);
	one(out, cli, "promotion_validation_duration_ms", "gauge",
	    "How long the newest decision on this node took, evidence included.",
	    tally->validation_ms);
	one(out, cli, "promotion_transition_duration_ms", "gauge",
	    "How long the newest transfer of authority to this node took.",
	    tally->transition_ms);
}

/* The journal alone may be behind; the members' answers are asked as well. */
static enum vouch_error_code metrics_read(struct cli *cli,
					  struct vouch_context *context,
					  struct metrics *metrics,
					  struct vouch_error *error)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	static struct vouch_probe probes[VOUCH_NODES_MAX];
	struct vouch_deadline deadline = vouch__deadline_in(cli->timeout_ms);
	uint8_t wanted[VOUCH_NODES_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;

	/* No cluster manager: what is asked so often must cost little. */
	(void)snprintf(cli->config.manager, VOUCH_NAME_SIZE, "none");
	code = vouch__context_open(context, &cli->config, 0, deadline, error);
	if (code == VOUCH_OK)
		code = vouch__tally_read(context->journal, &metrics->tally,
					 error);
	if (code == VOUCH_OK)
		code = vouch__records_grants(context->journal, grants, &count,
					     error);
	if (code != VOUCH_OK)
		return code;
	memset(wanted, VOUCH_PROBE_BRIEFLY, sizeof(wanted));
	vouch__probe_all(context, wanted, deadline, probes);
	vouch__holding_tell(&cli->config, grants, count, probes,
			    &metrics->holding);
	return VOUCH_OK;
}

static int complain(const char *path)
{
	(void)fprintf(stderr, "vouch: %s: %s; the file is as it was\n", path,
		      strerror(errno));
	return 0;
}

/* Who reads sees the old file or the new one (never half of it). */
static int file_write(const struct cli *cli, const struct metrics *metrics)
{
	char path[VOUCH_PATH_SIZE];
	FILE *out;
	int fd;

	if (snprintf(path, sizeof(path), "%s.XXXXXX", cli->textfile) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return complain(cli->textfile);
	}
	fd = mkstemp(path);
	out = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!out) {
		if (fd >= 0)
			(void)close(fd);
		return complain(cli->textfile);
	}
	metrics_write(out, cli, metrics);
	/* The exporter that reads it is another user. */
	if (ferror(out) || fflush(out) != 0 || fchmod(fd, 0644) != 0 ||
	    rename(path, cli->textfile) != 0) {
		(void)complain(cli->textfile);
		(void)fclose(out);
		(void)unlink(path);
		return 0;
	}
	return fclose(out) == 0;
}

enum vouch_decision cmd_metrics(struct cli *cli, int argc, char **argv)
{
	struct vouch_context context = { .progress = NULL };
	static struct metrics metrics;
	struct vouch_error error = { 0 };
	enum vouch_decision decision;

	(void)argv;
	if (argc != 0) {
		(void)fprintf(stderr, "vouch: metrics takes no argument; "
				      "--textfile=FILE says where to\n");
		return VOUCH_USAGE;
	}
	decision = cli_configure(cli);
	if (decision != VOUCH_PERMITTED)
		return decision;
	if (metrics_read(cli, &context, &metrics, &error) != VOUCH_OK)
		decision = cli_fail(cli, &error);
	vouch__context_close(&context);
	if (decision != VOUCH_PERMITTED)
		return decision;
	if (!cli->textfile) {
		metrics_write(stdout, cli, &metrics);
		return VOUCH_PERMITTED;
	}
	/* The directory is the caller's, not the database user's. */
	if (getuid() == 0 && vouch__privilege_raise(&error) != VOUCH_OK)
		return cli_fail(cli, &error);
	return file_write(cli, &metrics) ? VOUCH_PERMITTED : VOUCH_UNDECIDED;
}
