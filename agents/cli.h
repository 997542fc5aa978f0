/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command-line programs share: their options, and how results are
 * shown. */
#ifndef VOUCH_AGENTS_CLI_H
#define VOUCH_AGENTS_CLI_H

#include <stdio.h>

#include "authority/promotion.h"

enum cli_format { CLI_TEXT = 0, CLI_JSON, CLI_XML, CLI_HTML };

struct cli {
	const char *program;
	const char *config_path; /* --config; NULL: looked for */
	const char *manager;	 /* --cluster; NULL: as configured */
	char configured_manager[VOUCH_NAME_SIZE]; /* by the file */
	const char *node;	 /* --node; NULL: this host */
	const char *reason;	 /* --reason */
	const char *assert_down; /* --assert-down */
	enum cli_format format;	 /* --output-as */
	int json;		 /* ... is json */
	int dry_run;
	int quiet;
	int yes;		 /* --yes: nothing is asked */
	int abort;		 /* --abort */
	int revoke;		 /* --revoke */
	const char *k;		 /* --k; NULL: not given, as the next two */
	const char *method;	 /* --method */
	const char *members;	 /* --members */
	const char *keep;	 /* --keep */
	const char *textfile;	 /* --textfile */
	const char *watch;	 /* --watch[=SECONDS]; "" without a number */
	const char *since;	 /* of a history, as typed; NULL: not given */
	const char *until;
	const char *outcome;
	const char *about;
	const char *rule;
	const char *limit;
	int alerts;
	long timeout_ms;
	int timeout_given;
	struct vouch_config config;
};

/* Reads options; the rest stays from *first on. VOUCH_USAGE with a message
 * already written, VOUCH_PERMITTED to go on, and *done after --help and
 * --version. */
enum vouch_decision cli_options(struct cli *cli, int argc, char **argv,
				const char *help, int *first, int *done);
/* Finds and reads the configuration: --config, or the one file in /etc/vouch,
 * or what the agent left in the state directory. */
enum vouch_decision cli_configure(struct cli *cli);
enum vouch_decision cli_fail(const struct cli *cli, const struct vouch_error *error);
/* What was typed, for a message: a terminal must not obey it. Good until the next
 * call. */
const char *cli_harmless(const char *typed);
/* Reads a whole file, "-" is standard input; NULL with a message written. */
char *cli_read(const struct cli *cli, const char *path, size_t *length);
/* The verdict in the format that was asked for. */
void cli_verdict_show(const struct cli *cli, const char *verdict, FILE *out);
/* Does that cluster manager act on this database here now? UNKNOWN: the error says why. */
enum vouch_answer cli_managed(const struct cli *cli, const char *manager,
			      struct vouch_error *error);
/* One complete attempt, or with dry_run only its decision. */
enum vouch_decision cli_attempt(struct cli *cli, enum vouch_origin origin,
				struct vouch_attempt_result *result);
void cli_progress(const char *text);
/* Who types this, as far as the system knows. */
const char *cli_operator(void);

/* vouch's commands; arguments after the command's name. */
enum vouch_decision cmd_metrics(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_check(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_promote(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_decide(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_explain(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_history(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_replay(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_rules(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_status(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_contract(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_rejoin(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_what_if(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_doctor(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_authorize(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_assert_down(struct cli *cli, int argc, char **argv);
enum vouch_decision cmd_adopt(struct cli *cli, int argc, char **argv);

#endif
