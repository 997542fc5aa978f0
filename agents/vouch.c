/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "agents/cli.h"
#include "authority/log.h"

static const char help[] =
	"usage: vouch [OPTIONS] COMMAND [ARGUMENT]\n"
	"\n"
	"When may a replica become the primary? vouch decides, carries out what it\n"
	"can prove safe, refuses the rest, and explains both.\n"
	"\n"
	"  check               would this node be promoted now? changes nothing\n"
	"  promote             promote this node's database, if that is proven safe\n"
	"  authorize NODE      it may be promoted, once (authorization=operator)\n"
	"  assert-down NODE    you know that it is down, and cannot be fenced (P6-A1a)\n"
	"  adopt               record the first authority, on the running primary\n"
	"  contract show       when a commit counts as acknowledged, and what that survives\n"
	"  contract set --k=N  change it, on the primary: announced, applied, confirmed\n"
	"  rejoin              bring this node back after its log went another way\n"
	"  status              who holds authority, and the verdict on each standby now\n"
	"  doctor              what would make a proof fail here, and how to mend it\n"
	"  explain [ID]        the last decision, or the one of request ID\n"
	"  history [NUMBER]    attempts and grants of authority, newest first\n"
	"  metrics             for Prometheus: how attempts ended, who is the primary\n"
	"  replay ID|FILE      decide again and compare byte for byte\n"
	"  what-if [ID|FILE] CHANGE...\n"
	"                      the verdict if facts were others; never a permit\n"
	"  decide FILE         decide from an evidence document; - is standard input\n"
	"  rules               the rules, in the order in which they apply\n"
	"\n"
	"  --config=FILE       configuration (default: the file in /etc/vouch)\n"
	"  --cluster=NAME      pacemaker or none\n"
	"  --node=NAME         this node's name (default: the host's)\n"
	"  --output-as=FORMAT  text or json; of check, decide, explain, what-if: xml or\n"
	"                      html, too; of adopt, authorize, assert-down, contract set\n"
	"                      and metrics: text alone\n"
	"  --reason=TEXT       with check, promote, what-if, authorize, assert-down,\n"
	"                      contract set: why you ask; goes on record\n"
	"  --assert-down=NODE  with check, promote, what-if: you know that NODE is down\n"
	"                      (P6-A1a)\n"
	"  --revoke            with authorize, assert-down: take the word back\n"
	"  --k=N --method=any|first --members=A,B,C\n"
	"                      with contract set: N acknowledgements, of these members\n"
	"  --keep=DIR          with rejoin: keep a copy of the old directory\n"
	"  --method=rewind|copy  with rejoin: this way and no other\n"
	"  --dry-run           with promote: only decide; with rejoin: only say what\n"
	"                      would be discarded\n"
	"  --abort             with contract set: take back a change under way\n"
	"  --textfile=FILE     with metrics: write FILE, at once, for a node exporter\n"
	"  --alerts            with history: fencing and membership as seen here, too\n"
	"  --since=TIME --until=TIME --outcome=WORD --rule=RULE --about=NODE --limit=N\n"
	"                      with history: only those; TIME is 2031-01-31T23:59Z or 2h\n"
	"  --watch[=SECONDS]   with status: redraw it on a terminal (every 2 seconds)\n"
	"  --yes               ask nothing\n"
	"  --timeout=SECONDS   time for all of it (default 30)\n"
	"  -q, --quiet         no progress\n"
	"  -h, --help          this text\n"
	"  -V, --version       version\n"
	"\n"
	"Exit codes: 0 permitted or done, 1 vetoed, 2 usage, 3 could not decide\n"
	"(never a permit).\n";

struct command {
	const char *name;
	enum vouch_decision (*run)(struct cli *, int, char **);
};

static const struct command commands[] = {
	{ "check", cmd_check },	    { "promote", cmd_promote },
	{ "adopt", cmd_adopt },	    { "status", cmd_status },
	{ "explain", cmd_explain }, { "history", cmd_history },
	{ "replay", cmd_replay },   { "decide", cmd_decide },
	{ "rules", cmd_rules },	    { "contract", cmd_contract },
	{ "rejoin", cmd_rejoin },   { "doctor", cmd_doctor },
	{ "metrics", cmd_metrics },
	{ "what-if", cmd_what_if },
	{ "authorize", cmd_authorize },
	{ "assert-down", cmd_assert_down },
};

static const struct command *command_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static int is_among(const char *command, const char *const *names)
{
	for (; *names; names++) {
		if (strcmp(command, *names) == 0)
			return 1;
	}
	return 0;
}

/* Whoever asks for a format reads it with a program, which text would mislead. */
static int output_fits(const struct cli *cli, const char *command)
{
	static const char *const text_only[] = { "adopt", "authorize",
						 "assert-down", "metrics",
						 NULL };
	static const char *const documents[] = { "check", "explain", "decide",
						 "what-if", NULL };

	if (cli->format == CLI_TEXT || is_among(command, documents))
		return 1;
	if (is_among(command, text_only))
		(void)fprintf(stderr, "vouch: '%s' writes text and nothing else; "
				      "leave --output-as out\n",
			      command);
	else if (!cli->json)
		(void)fprintf(stderr, "vouch: --output-as=xml and html belong to "
				      "'check', 'explain', 'decide' and 'what-if'; "
				      "'%s' takes text or json\n",
			      command);
	else
		return 1;
	return 0;
}

/* What goes on record must find a record to go on. */
static int request_fits(const struct cli *cli, const char *command)
{
	static const char *const attempts[] = { "check", "promote", "what-if",
						NULL };
	static const char *const recorded[] = { "check",       "promote",
						"what-if",     "authorize",
						"assert-down", "contract",
						NULL };

	if (cli->assert_down && !is_among(command, attempts))
		(void)fprintf(stderr, "vouch: --assert-down belongs to 'check', "
				      "'promote' and 'what-if'; '%s' has none\n",
			      command);
	else if (cli->reason[0] != '\0' && !is_among(command, recorded))
		(void)fprintf(stderr, "vouch: --reason belongs to 'check', "
				      "'promote', 'what-if', 'authorize', "
				      "'assert-down' and 'contract set'; '%s' "
				      "records none\n",
			      command);
	else
		return 1;
	return 0;
}

/* An option that a command does not know must not be lost on it in silence. */
static int options_fit(const struct cli *cli, const char *command)
{
	int contract = strcmp(command, "contract") == 0;
	int rejoin = strcmp(command, "rejoin") == 0;

	if (!contract && (cli->k || cli->members || cli->abort))
		(void)fprintf(stderr, "vouch: --k, --members and --abort belong "
				      "to 'contract set'\n");
	else if (cli->dry_run && !rejoin && strcmp(command, "check") != 0 &&
		 strcmp(command, "promote") != 0)
		(void)fprintf(stderr, "vouch: --dry-run belongs to 'promote' and "
				      "'rejoin'; '%s' has none\n",
			      command);
	else if (cli->textfile && strcmp(command, "metrics") != 0)
		(void)fprintf(stderr, "vouch: --textfile belongs to 'metrics'\n");
	else if (strcmp(command, "history") != 0 &&
		 (cli->since || cli->until || cli->outcome || cli->about ||
		  cli->rule || cli->limit || cli->alerts))
		(void)fprintf(stderr, "vouch: --since, --until, --outcome, --rule, "
				      "--about, --limit and --alerts belong to "
				      "'history'\n");
	else if (cli->watch && strcmp(command, "status") != 0)
		(void)fprintf(stderr, "vouch: --watch belongs to 'status'\n");
	else if (cli->revoke && strcmp(command, "authorize") != 0 &&
		 strcmp(command, "assert-down") != 0)
		(void)fprintf(stderr, "vouch: --revoke belongs to 'authorize' and "
				      "'assert-down'\n");
	else if (!rejoin && cli->keep)
		(void)fprintf(stderr, "vouch: --keep belongs to 'rejoin'\n");
	else if (!contract && !rejoin && (cli->method || cli->yes))
		(void)fprintf(stderr, "vouch: --method and --yes belong to "
				      "'contract set' and 'rejoin'\n");
	else
		return request_fits(cli, command) && output_fits(cli, command);
	return 0;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "vouch" };
	const struct command *command;
	enum vouch_decision decision;
	int first, done;

	vouch__log_open("vouch");
	decision = cli_options(&cli, argc, argv, help, &first, &done);
	if (decision != VOUCH_PERMITTED || done)
		return (int)decision;
	if (first >= argc) {
		(void)fputs(help, stderr);
		return VOUCH_USAGE;
	}
	command = command_find(argv[first]);
	if (!command) {
		(void)fprintf(stderr, "vouch: there is no command '%s'; see "
				      "'vouch --help'\n",
			      cli_harmless(argv[first]));
		return VOUCH_USAGE;
	}
	if (!options_fit(&cli, command->name))
		return VOUCH_USAGE;
	decision = command->run(&cli, argc - first - 1, argv + first + 1);
	/* An answer that nobody could read was not given. */
	if ((fflush(stdout) != 0 || ferror(stdout)) &&
	    decision == VOUCH_PERMITTED)
		decision = VOUCH_UNDECIDED;
	return (int)decision;
}
