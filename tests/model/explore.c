/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drives the kernel through histories of simulated clusters: the command line. See
 * README.md. */
#include "tests/model/explore.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void usage(FILE *to)
{
	fprintf(to,
		"usage: explore [OPTIONS]\n"
		"Looks for a permit that loses an acknowledged write or makes two writers, and\n"
		"for a veto where proof.md allows a permit.\n\n"
		"  --decisions=N   random histories until N decisions (default 1000000)\n"
		"  --exhaustive=D  instead: every history of up to D events, each k, ANY and FIRST\n"
		"  --changes=D     instead: every change of the contract, the power cut after each\n"
		"                  step, and every history of D events after that\n"
		"  --members       ... and those that leave one node out of the members\n"
		"  --seed=N        number of the first history (default 0)\n"
		"  --replay        only that one, with what happens in it\n"
		"  --nodes=N --k=K --method=any|first --managed=0|1   instead of drawing them\n"
		"  --votes=pair|one|majority   ... and how two nodes are quorate: two_node with\n"
		"                  wait_for_all, without it, or both together only\n"
		"  --all           goes on after something wrong was found\n"
		"  --quiet         does not show histories\n"
		"  --truth         looks for lost writes and two writers only\n\n"
		"Exit code 0 when nothing was wrong, 1 when something was, 2 for usage.\n");
}

static int number_of(const char *text, uint64_t limit, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0' && *value <= limit;
}

static int votes_of(const char *text, int *votes)
{
	static const char *const names[VOTES] = { "pair", "one", "majority" };

	for (*votes = 0; *votes < VOTES; ++*votes) {
		if (strcmp(text, names[*votes]) == 0)
			return 1;
	}
	return 0;
}

static void report(double seconds)
{
	uint32_t i;

	printf("%llu decisions: %llu permits, %llu promotions; vetoes by rule:",
	       (unsigned long long)tally.decisions,
	       (unsigned long long)tally.permits,
	       (unsigned long long)tally.promotions);
	for (i = 1; i < 1000; i++) {
		if (tally.by_rule[i])
			printf(" %u: %llu", i, (unsigned long long)tally.by_rule[i]);
	}
	printf("\n%.0f decisions per second, simulation included\n",
	       (double)tally.decisions / (seconds > 0.001 ? seconds : 0.001));
	printf("lost %llu, two writers %llu, false vetoes %llu, unproven permits %llu, "
	       "misnamed %llu\n",
	       (unsigned long long)tally.wrong[WRONG_LOST],
	       (unsigned long long)tally.wrong[WRONG_TWO_WRITERS],
	       (unsigned long long)tally.wrong[WRONG_VETO],
	       (unsigned long long)tally.wrong[WRONG_PERMIT],
	       (unsigned long long)tally.wrong[WRONG_WORDS]);
}

static int options_read(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "decisions", 1, 0, 'd' }, { "exhaustive", 1, 0, 'x' },
		{ "changes", 1, 0, 'c' },
		{ "seed", 1, 0, 's' },	    { "replay", 0, 0, 'r' },
		{ "nodes", 1, 0, 'n' },	    { "k", 1, 0, 'k' },
		{ "method", 1, 0, 'm' },    { "managed", 1, 0, 'p' },
		{ "votes", 1, 0, 'v' },	    { "members", 0, 0, 'M' },
		{ "all", 0, 0, 'a' },	    { "quiet", 0, 0, 'q' },
		{ "truth", 0, 0, 't' },
		{ "help", 0, 0, 'h' },	    { 0, 0, 0, 0 }
	};
	uint64_t value = 0;
	int name;

	while ((name = getopt_long(argc, argv, "h", names, 0)) != -1) {
		int ok = 1;

		switch (name) {
		case 'd': ok = number_of(optarg, UINT64_MAX / 2, &options->decisions); break;
		case 'x': ok = number_of(optarg, 12, &value) && value > 0;
			options->depth = (int)value; break;
		case 'c': ok = number_of(optarg, 12, &value);
			options->changes = (int)value; break;
		case 's': ok = number_of(optarg, UINT64_MAX / 2, &options->seed); break;
		case 'r': options->replay = 1; break;
		case 'n': ok = number_of(optarg, NODES, &value) && value >= 2;
			options->nodes = (int)value; break;
		case 'k': ok = number_of(optarg, NODES - 1, &value);
			options->k = (int)value; break;
		case 'm': ok = strcmp(optarg, "any") == 0 || strcmp(optarg, "first") == 0;
			options->method = optarg[0] == 'a' ? VOUCH_METHOD_ANY :
							     VOUCH_METHOD_FIRST;
			break;
		case 'p': ok = number_of(optarg, 1, &value);
			options->managed = (int)value; break;
		case 'v': ok = votes_of(optarg, &options->votes); break;
		case 'a': options->all = 1; break;
		case 'M': options->members = 1; break;
		case 't': judge_by_truth_alone = 1; break;
		case 'q': options->quiet = 1; break;
		case 'h': usage(stdout); exit(0);
		default: return 0;
		}
		if (!ok) {
			fprintf(stderr, "explore: '%s' is no value for this option\n",
				optarg);
			return 0;
		}
	}
	return optind == argc;
}

int main(int argc, char **argv)
{
	struct options options = { .decisions = 1000000, .k = -1,
				   .managed = -1, .votes = -1, .changes = -1 };
	struct timespec begin, end;
	uint64_t number;
	int ok = 1;

	if (!options_read(argc, argv, &options)) {
		usage(stderr);
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &begin);
	if (options.changes >= 0) {
		ok = every_change(&options);
	} else if (options.depth) {
		ok = every_history(&options);
	} else {
		for (number = options.seed;
		     tally.decisions < options.decisions && (ok || options.all);
		     number++) {
			ok &= walk(&options, number);
			if (options.replay)
				break;
		}
		printf("histories %llu to %llu\n", (unsigned long long)options.seed,
		       (unsigned long long)number - !options.replay);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	report((double)(end.tv_sec - begin.tv_sec) +
	       (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
	return ok ? 0 : 1;
}
