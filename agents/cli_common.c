/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/cli.h"
#include "authority/contract.h"
#include "common/privilege.h"
#include "evidence/evidence_json.h"

enum {
	OPTION_CONFIG = 256,
	OPTION_CLUSTER,
	OPTION_NODE,
	OPTION_REASON,
	OPTION_ASSERT_DOWN,
	OPTION_OUTPUT_AS,
	OPTION_DRY_RUN,
	OPTION_TIMEOUT,
	OPTION_QUIET,
	OPTION_YES,
	OPTION_ABORT,
	OPTION_REVOKE,
	OPTION_K,
	OPTION_METHOD,
	OPTION_MEMBERS,
	OPTION_KEEP,
	OPTION_TEXTFILE,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_OUTCOME,
	OPTION_ABOUT,
	OPTION_RULE,
	OPTION_LIMIT,
	OPTION_WATCH,
	OPTION_ALERTS,
};

static const struct option options[] = {
	{ "config", required_argument, NULL, OPTION_CONFIG },
	{ "cluster", required_argument, NULL, OPTION_CLUSTER },
	{ "node", required_argument, NULL, OPTION_NODE },
	{ "reason", required_argument, NULL, OPTION_REASON },
	{ "assert-down", required_argument, NULL, OPTION_ASSERT_DOWN },
	{ "output-as", required_argument, NULL, OPTION_OUTPUT_AS },
	{ "dry-run", no_argument, NULL, OPTION_DRY_RUN },
	{ "timeout", required_argument, NULL, OPTION_TIMEOUT },
	{ "quiet", no_argument, NULL, OPTION_QUIET },
	{ "yes", no_argument, NULL, OPTION_YES },
	{ "abort", no_argument, NULL, OPTION_ABORT },
	{ "revoke", no_argument, NULL, OPTION_REVOKE },
	{ "k", required_argument, NULL, OPTION_K },
	{ "method", required_argument, NULL, OPTION_METHOD },
	{ "members", required_argument, NULL, OPTION_MEMBERS },
	{ "textfile", required_argument, NULL, OPTION_TEXTFILE },
	{ "keep", required_argument, NULL, OPTION_KEEP },
	{ "since", required_argument, NULL, OPTION_SINCE },
	{ "until", required_argument, NULL, OPTION_UNTIL },
	{ "outcome", required_argument, NULL, OPTION_OUTCOME },
	{ "about", required_argument, NULL, OPTION_ABOUT },
	{ "rule", required_argument, NULL, OPTION_RULE },
	{ "limit", required_argument, NULL, OPTION_LIMIT },
	{ "alerts", no_argument, NULL, OPTION_ALERTS },
	{ "watch", optional_argument, NULL, OPTION_WATCH },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

const char *cli_harmless(const char *typed)
{
	static struct vouch_error harmless;

	(void)vouch__error_set(&harmless, VOUCH_OK, "%s", typed);
	return harmless.text;
}

static enum vouch_decision usage(const struct cli *cli, const char *what,
				 const char *value)
{
	(void)fprintf(stderr, "%s: %s%s%s; see '%s --help'\n", cli->program, what,
		      value[0] ? ": " : "", cli_harmless(value), cli->program);
	return VOUCH_USAGE;
}

static int seconds_parse(const char *text, long *ms)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno != 0 || end == text || value <= 0 || value > 3600 ||
	    (strcmp(end, "") != 0 && strcmp(end, "s") != 0))
		return 0;
	*ms = value * 1000;
	return 1;
}

static enum vouch_decision output_parse(struct cli *cli, const char *value)
{
	static const char *const names[] = { [CLI_TEXT] = "text",
					     [CLI_JSON] = "json",
					     [CLI_XML] = "xml",
					     [CLI_HTML] = "html" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(value, names[i]) != 0)
			continue;
		cli->format = (enum cli_format)i;
		cli->json = cli->format == CLI_JSON;
		return VOUCH_PERMITTED;
	}
	return usage(cli, "--output-as takes text, json, xml or html, not", value);
}

static enum vouch_decision option_take(struct cli *cli, int option)
{
	switch (option) {
	case OPTION_CONFIG:
		cli->config_path = optarg;
		return VOUCH_PERMITTED;
	case OPTION_CLUSTER:
		if (strcmp(optarg, "none") != 0 &&
		    strcmp(optarg, "pacemaker") != 0)
			return usage(cli, "--cluster takes pacemaker or none, not",
				     optarg);
		cli->manager = optarg;
		return VOUCH_PERMITTED;
	case OPTION_NODE:
		cli->node = optarg;
		return VOUCH_PERMITTED;
	case OPTION_REASON:
		if (strlen(optarg) >= VOUCH_TEXT_SIZE)
			return usage(cli, "--reason is too long", "");
		if (strcmp(optarg, cli_harmless(optarg)) != 0)
			return usage(cli, "--reason has characters that no log "
					  "should hold", optarg);
		cli->reason = optarg;
		return VOUCH_PERMITTED;
	case OPTION_ASSERT_DOWN:
		cli->assert_down = optarg;
		return VOUCH_PERMITTED;
	case OPTION_OUTPUT_AS:
		return output_parse(cli, optarg);
	case OPTION_DRY_RUN:
		cli->dry_run = 1;
		return VOUCH_PERMITTED;
	case OPTION_QUIET:
		cli->quiet = 1;
		return VOUCH_PERMITTED;
	case OPTION_TIMEOUT:
		if (!seconds_parse(optarg, &cli->timeout_ms))
			return usage(cli, "--timeout takes 1 to 3600 seconds, not",
				     optarg);
		cli->timeout_given = 1;
		return VOUCH_PERMITTED;
	case OPTION_YES:
		cli->yes = 1;
		return VOUCH_PERMITTED;
	case OPTION_ABORT:
		cli->abort = 1;
		return VOUCH_PERMITTED;
	case OPTION_REVOKE:
		cli->revoke = 1;
		return VOUCH_PERMITTED;
	case OPTION_K:
		cli->k = optarg;
		return VOUCH_PERMITTED;
	case OPTION_METHOD:
		cli->method = optarg;
		return VOUCH_PERMITTED;
	case OPTION_KEEP:
		cli->keep = optarg;
		return VOUCH_PERMITTED;
	case OPTION_TEXTFILE:
		cli->textfile = optarg;
		return VOUCH_PERMITTED;
	case OPTION_SINCE:
		cli->since = optarg;
		return VOUCH_PERMITTED;
	case OPTION_UNTIL:
		cli->until = optarg;
		return VOUCH_PERMITTED;
	case OPTION_OUTCOME:
		cli->outcome = optarg;
		return VOUCH_PERMITTED;
	case OPTION_ABOUT:
		cli->about = optarg;
		return VOUCH_PERMITTED;
	case OPTION_RULE:
		cli->rule = optarg;
		return VOUCH_PERMITTED;
	case OPTION_WATCH:
		cli->watch = optarg ? optarg : "";
		return VOUCH_PERMITTED;
	case OPTION_ALERTS:
		cli->alerts = 1;
		return VOUCH_PERMITTED;
	case OPTION_LIMIT:
		cli->limit = optarg;
		return VOUCH_PERMITTED;
	case OPTION_MEMBERS:
		cli->members = optarg;
		return VOUCH_PERMITTED;
	default:
		return usage(cli, "unknown option", "");
	}
}

/* In place of getopt's own words, which repeat whatever was typed (harmlessly here). */
static enum vouch_decision option_refuse(const struct cli *cli, int option,
					 const char *typed)
{
	char letter[] = { '-', (char)optopt, '\0' };
	int is_short = optopt > 0 && optopt < 256;

	(void)fprintf(stderr, "%s: '%s' %s; see '%s --help'\n", cli->program,
		      cli_harmless(is_short ? letter : typed),
		      option == ':' ? "needs a value" : "is not an option",
		      cli->program);
	return VOUCH_USAGE;
}

enum vouch_decision cli_options(struct cli *cli, int argc, char **argv,
				const char *help, int *first, int *done)
{
	int option;

	*done = 0;
	cli->reason = "";
	cli->timeout_ms = 30000;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":hVq", options, NULL)) != -1) {
		enum vouch_decision decision;

		if (option == '?' || option == ':')
			return option_refuse(cli, option, argv[optind - 1]);

		if (option == 'h') {
			(void)fputs(help, stdout);
			*done = 1;
			return VOUCH_PERMITTED;
		}
		if (option == 'V') {
			(void)printf("%s %s\n", cli->program, vouch_version());
			*done = 1;
			return VOUCH_PERMITTED;
		}
		decision = option == 'q' ? option_take(cli, OPTION_QUIET) :
					   option_take(cli, option);
		if (decision != VOUCH_PERMITTED)
			return decision;
	}
	*first = optind;
	return VOUCH_PERMITTED;
}

enum vouch_decision cli_fail(const struct cli *cli, const struct vouch_error *error)
{
	(void)fprintf(stderr, "%s: %s\n", cli->program, error->text);
	return error->code == VOUCH_E_ARGUMENT || error->code == VOUCH_E_CONFIG ?
		       VOUCH_USAGE :
		       VOUCH_UNDECIDED;
}

/* The one configuration there is; two are a question for the caller. */
static int config_find(const struct cli *cli, char *path)
{
	glob_t found;
	int ok = 0;

	if (glob("/etc/vouch/*.conf", 0, NULL, &found) == 0 &&
	    found.gl_pathc == 1) {
		(void)snprintf(path, PATH_MAX, "%s", found.gl_pathv[0]);
		ok = 1;
	} else if (found.gl_pathc > 1) {
		(void)fprintf(stderr,
			      "%s: there are several files in /etc/vouch; say "
			      "which with --config=FILE\n",
			      cli->program);
	} else {
		(void)fprintf(stderr,
			      "%s: no configuration in /etc/vouch; write "
			      "/etc/vouch/NAME.conf (see vouch.conf(5)) or give "
			      "--config=FILE\n",
			      cli->program);
	}
	globfree(&found);
	return ok;
}

enum vouch_decision cli_configure(struct cli *cli)
{
	struct vouch_error error = { 0 };
	char path[PATH_MAX];

	if (!cli->config_path) {
		if (!config_find(cli, path))
			return VOUCH_USAGE;
	} else if (snprintf(path, sizeof(path), "%s", cli->config_path) >=
		   (int)sizeof(path)) {
		return usage(cli, "--config is too long", "");
	}
	if (vouch__config_from_file(&cli->config, path, cli->node, &error) !=
	    VOUCH_OK)
		return cli_fail(cli, &error);
	memcpy(cli->configured_manager, cli->config.manager, VOUCH_NAME_SIZE);
	if (cli->manager)
		(void)snprintf(cli->config.manager, VOUCH_NAME_SIZE, "%s",
			       cli->manager);
	return VOUCH_PERMITTED;
}

char *cli_read(const struct cli *cli, const char *path, size_t *length)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	size_t room = VOUCH_DOCUMENT_MAX + 2;
	char *text = in ? malloc(room) : NULL;

	if (!text) {
		(void)fprintf(stderr, "%s: %s: %s\n", cli->program,
			      cli_harmless(path), strerror(errno));
		if (in && in != stdin)
			(void)fclose(in);
		return NULL;
	}
	/* One byte more than allowed is enough to know that it is too much. */
	*length = fread(text, 1, room - 1, in);
	text[*length] = '\0';
	if (ferror(in)) {
		(void)fprintf(stderr, "%s: %s: cannot be read\n", cli->program,
			      cli_harmless(path));
		free(text);
		text = NULL;
	}
	if (in != stdin)
		(void)fclose(in);
	return text;
}

void cli_verdict_show(const struct cli *cli, const char *verdict, FILE *out)
{
	struct vouch_error error = { 0 };
	char *text = NULL;

	if (cli->json) {
		(void)fputs(verdict, out);
		return;
	}
	if (vouch_explain(verdict, strlen(verdict), &text, &error) == VOUCH_OK)
		(void)fputs(text, out);
	else
		(void)fprintf(stderr, "%s: %s\n", cli->program, error.text);
	vouch_text_free(text);
}

void cli_progress(const char *text)
{
	(void)fprintf(stderr, "vouch: %s\n", text);
}

const char *cli_operator(void)
{
	const char *name = getenv("SUDO_USER");

	if (!name || name[0] == '\0')
		name = getlogin();
	return name && name[0] != '\0' ? name : "root";
}

enum vouch_answer cli_managed(const struct cli *cli, const char *manager,
			      struct vouch_error *error)
{
	static struct vouch_config config;
	struct vouch_context context = { .progress = NULL };
	struct vouch_deadline deadline = vouch__deadline_in(cli->timeout_ms);
	enum vouch_answer managed = VOUCH_UNKNOWN;

	config = cli->config;
	(void)snprintf(config.manager, VOUCH_NAME_SIZE, "%s", manager);
	if (vouch__context_open(&context, &config, 0, deadline, error) ==
		    VOUCH_OK &&
	    context.cluster && vouch__privilege_raise(error) == VOUCH_OK)
		(void)!context.cluster_ops->managed_observe(
			context.cluster, deadline, &managed, error);
	vouch__context_close(&context);
	return managed;
}

/* Whoever says that there is no cluster manager, beside the one that acts on this
 * database, would promote without its quorum and its fencing (P6-A1). */
static int is_behind_a_manager(const struct cli *cli)
{
	struct vouch_error ignored = { 0 };

	if (cli->dry_run || strcmp(cli->config.manager, "none") != 0 ||
	    strcmp(cli->configured_manager, "none") == 0 ||
	    cli_managed(cli, cli->configured_manager, &ignored) != VOUCH_YES)
		return 0;
	(void)fprintf(stderr,
		      "%s: the cluster manager, %s, acts on this database: with "
		      "--cluster=none nothing would be known of quorum and "
		      "fencing (P6-A1). Leave the option away, or take the "
		      "database out of its hands first:\n"
		      "  crm_resource --resource %s --set-parameter is-managed "
		      "--meta --parameter-value false\n",
		      cli->program, cli->configured_manager, cli->config.name);
	return 1;
}

enum vouch_decision cli_attempt(struct cli *cli, enum vouch_origin origin,
				struct vouch_attempt_result *result)
{
	struct vouch_context context = { .progress = cli->quiet ? NULL :
								  cli_progress };
	struct vouch_deadline deadline = vouch__deadline_in(cli->timeout_ms);
	struct vouch_assertion_text assertion = { cli->assert_down,
						  cli_operator(),
						  cli->reason };
	struct vouch_attempt attempt = {
		.origin = origin,
		.reason = cli->reason,
		.assertions = &assertion,
		.assertion_count = cli->assert_down ? 1 : 0,
		.authorized = origin == VOUCH_ORIGIN_OPERATOR ? VOUCH_YES :
								VOUCH_NO,
	};
	struct vouch_error error = { 0 };
	enum vouch_decision decision;

	if (cli->assert_down && cli->reason[0] == '\0')
		return usage(cli, "--assert-down needs --reason=TEXT: how do you "
				  "know that it is down?",
			     "");
	if (is_behind_a_manager(cli))
		return VOUCH_USAGE;
	if (vouch__context_open(&context, &cli->config, !cli->dry_run, deadline,
				&error) != VOUCH_OK ||
	    vouch__contract_load(&cli->config, &error) != VOUCH_OK) {
		vouch__context_close(&context);
		return cli_fail(cli, &error);
	}
	decision = cli->dry_run ? vouch__check(&context, &attempt, deadline,
					       result, &error) :
				  vouch__promote(&context, &attempt, deadline,
						 result, &error);
	vouch__context_close(&context);
	if (decision == VOUCH_UNDECIDED || decision == VOUCH_USAGE)
		(void)cli_fail(cli, &error);
	return decision;
}
