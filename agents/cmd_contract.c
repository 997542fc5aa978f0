/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "agents/contract_view.h"

static enum vouch_decision wrong(const char *what)
{
	(void)fprintf(stderr, "vouch: contract: %s; see 'vouch --help'\n", what);
	return VOUCH_USAGE;
}

static int has_wish(const struct cli *cli)
{
	return cli->k || cli->method || cli->members;
}

enum vouch_decision cmd_contract(struct cli *cli, int argc, char **argv)
{
	enum vouch_decision decision;
	int set;

	if (argc != 1)
		return wrong("say 'show' or 'set'");
	set = strcmp(argv[0], "set") == 0;
	if (!set && strcmp(argv[0], "show") != 0)
		return wrong("there is 'show' and 'set', nothing else");
	if (!set && (has_wish(cli) || cli->abort || cli->yes ||
		     cli->reason[0] != '\0'))
		return wrong("'show' changes nothing and takes none of these "
			     "options");
	if (set && cli->abort && has_wish(cli))
		return wrong("--abort goes back to the contract in force and "
			     "takes no other");
	if (set && !cli->abort && !cli->k)
		return wrong("'set' needs --k=NUMBER, or --abort");
	if (set && cli->json)
		return wrong("'set' writes text and nothing else; leave "
			     "--output-as out");
	decision = cli_configure(cli);
	if (decision != VOUCH_PERMITTED)
		return decision;
	return set ? contract_set(cli) : contract_show(cli);
}
