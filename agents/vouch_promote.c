/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fencing-aware promote hook: one complete promotion of this node's
 * database, or with --dry-run only its decision, for anything that can run a
 * program. */
#include <stdio.h>

#include "agents/cli.h"
#include "authority/log.h"

static const char help[] =
	"usage: vouch-promote [OPTIONS]\n"
	"\n"
	"Promotes the database of this node, if that is proven safe; refuses\n"
	"otherwise and says why. The verdict goes to standard output as JSON, the\n"
	"explanation to standard error.\n"
	"\n"
	"  --config=FILE        configuration (default: the file in /etc/vouch)\n"
	"  --cluster=NAME       pacemaker or none; with none there is no quorum and\n"
	"                       no fencer, and only a seal, a live attestation or an\n"
	"                       operator's assertion can exclude the old primary\n"
	"  --node=NAME          this node's name (default: the host's)\n"
	"  --dry-run            decide only, change nothing\n"
	"  --output-as=FORMAT   text or json, for the explanation\n"
	"  --reason=TEXT        why you ask; goes on record\n"
	"  --assert-down=NODE   you know that NODE is down (P6-A1a); needs --reason\n"
	"  --timeout=SECONDS    time for all of it (default 30)\n"
	"  -q, --quiet          no progress\n"
	"  -h, --help           this text\n"
	"  -V, --version        version\n"
	"\n"
	"Exit codes: 0 promoted (or would be), 1 vetoed, 2 usage, 3 not decided or\n"
	"not finished (never a permit).\n";

/* Options of vouch that mean nothing here, and must not be lost in silence. */
static int has_foreign(const struct cli *cli)
{
	return cli->k || cli->method || cli->members || cli->abort || cli->yes ||
	       cli->keep || cli->textfile || cli->revoke || cli->watch ||
	       cli->since || cli->until || cli->outcome || cli->about ||
	       cli->rule || cli->limit || cli->alerts;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = "vouch-promote" };
	struct vouch_attempt_result result = { 0 };
	enum vouch_decision decision;
	int first, done;

	vouch__log_open("vouch-promote");
	decision = cli_options(&cli, argc, argv, help, &first, &done);
	if (decision != VOUCH_PERMITTED || done)
		return (int)decision;
	if (first < argc) {
		(void)fprintf(stderr, "vouch-promote: '%s' is not an option\n",
			      cli_harmless(argv[first]));
		return VOUCH_USAGE;
	}
	if (has_foreign(&cli)) {
		(void)fprintf(stderr, "vouch-promote: it changes no contract, "
				      "rejoins nothing, lists nothing and asks "
				      "nothing; see 'vouch-promote --help'\n");
		return VOUCH_USAGE;
	}
	if (cli.format == CLI_XML || cli.format == CLI_HTML) {
		(void)fprintf(stderr, "vouch-promote: --output-as takes text or "
				      "json; 'vouch explain' writes the others\n");
		return VOUCH_USAGE;
	}
	decision = cli_configure(&cli);
	if (decision != VOUCH_PERMITTED)
		return (int)decision;
	vouch__log_blackbox(&cli.config);
	decision = cli_attempt(&cli, VOUCH_ORIGIN_HOOK, &result);
	if (decision != VOUCH_PERMITTED)
		vouch__log_blackbox_write();
	if (result.verdict) {
		cli_verdict_show(&cli, result.verdict, stderr);
		(void)fputs(result.verdict, stdout);
	}
	vouch__attempt_release(&result);
	/* A promotion that happened stays one; what was only decided, and could
	 * not be told, was not. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (cli.dry_run && decision == VOUCH_PERMITTED)
			decision = VOUCH_UNDECIDED;
		(void)fprintf(stderr, "vouch-promote: the verdict could not be "
				      "written\n");
	}
	return (int)decision;
}
