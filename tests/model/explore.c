/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drives the kernel through histories of simulated clusters. See README.md. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "explain/phrase.h"
#include "kernel/decide.h"
#include "kernel/rules.h"
#include "tests/model/world.h"

enum { WALK = 160 };

static const char *const wrong_names[WRONG_KINDS] = {
	"nothing", "LOST: an acknowledged write is missing (P6-S1)",
	"TWO WRITERS (P6-A1)", "FALSE VETO: it was provable",
	"UNPROVEN PERMIT: proof.md does not allow it (P6-F1)",
	"A PERSON'S WORD CALLED FENCING (P6-A1a)"
};

struct options {
	uint64_t decisions, seed;
	int nodes, k, method, managed, votes, depth, replay, quiet, all, changes,
		members;
};

/* --- looking at one world ------------------------------------------------------------ */

/* Those who do not answer, and in truth cannot write. */
static uint8_t rightly_asserted(const struct world *world, uint8_t self)
{
	uint8_t asserted = 0, i;

	for (i = 0; i < world->node_count; i++) {
		const struct node *node = &world->nodes[i];

		if (i != self && (!node->power || node->server == SERVER_DOWN))
			asserted |= (uint8_t)(1u << i);
	}
	return asserted;
}

/* Would each standby be permitted, this very moment? */
static void look(const struct world *world, int thorough)
{
	struct seen seen;
	uint8_t i, asserted;
	int permitted;

	for (i = 0; i < world->node_count && !world->over; i++) {
		if (!world->nodes[i].power ||
		    world->nodes[i].server != SERVER_STANDBY)
			continue;
		observe_all(world, &seen, i, 0);
		(void)judge(world, &seen, &permitted);
		asserted = rightly_asserted(world, i);
		if (!thorough || asserted == 0)
			continue;
		observe_all(world, &seen, i, asserted);
		(void)judge(world, &seen, &permitted);
	}
}

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed >> 11;
}

/* --- showing what went wrong ----------------------------------------------------------- */

struct history {
	struct world begin;
	uint32_t count;
	struct event events[WALK];
};

static enum wrong history_run(const struct history *history, const uint8_t *left_out,
			      struct world *world)
{
	uint32_t i;

	*world = history->begin;
	judge_wrong = WRONG_NOTHING;
	for (i = 0; i < history->count; i++) {
		if (left_out[i] || !event_apply(world, history->events[i]))
			continue;
		if (judge_wrong == WRONG_NOTHING)
			look(world, 1);
		if (judge_wrong != WRONG_NOTHING)
			break;
	}
	return judge_wrong;
}

static void verdict_print(const struct world *world, const struct seen *seen)
{
	static struct vouch_evidence evidence;
	static struct vouch_verdict verdict;
	char text[VOUCH_PHRASE_SIZE];
	uint16_t missing;
	int i;

	observe_evidence(world, seen, &evidence);
	vouch__decide(&evidence, &verdict);
	printf("  asked: n%d, asserted down: %#x: %s, and proof.md %s (obligation %d)\n",
	       seen->candidate + 1, seen->asserted,
	       verdict.permitted == 1 ? "permit" : "veto",
	       provable(&evidence, &missing) ? "permits" : "does not", missing);
	for (i = 0; i < verdict.finding_count; i++) {
		const struct vouch_finding *finding = &verdict.findings[i];
		const struct vouch_rule *rule = vouch__rule_find(finding->rule);

		if (finding->outcome == VOUCH_NOT_USED ||
		    (verdict.permitted != 1 && finding->outcome == VOUCH_HOLDS))
			continue;
		vouch__phrase_reason(&evidence, finding, text);
		printf("    %d %s: %s\n", finding->rule, rule ? rule->name : "?",
		       text);
	}
}

static void world_print(const struct world *world)
{
	static const char *const servers[] = { "down", "standby", "primary" };
	uint8_t i, head;

	for (i = 0; i < world->node_count; i++) {
		const struct node *node = &world->nodes[i];

		printf("  n%d: %s, %s%s, incarnation %d, ring %d, SQL %d, log:", i + 1,
		       node->power ? "powered" : "no power",
		       servers[node->server],
		       node->server == SERVER_PRIMARY && node->grant == NOTHING ?
			       " by hand" :
			       "",
		       node->incarnation, node->ring_group, node->sql_group);
		for (head = node->head; head != 0;
		     head = world->records[head].parent) {
			const struct record *record = &world->records[head];

			printf(" %c%d.%d%s", "?wst"
					     "ecba"[record->kind],
			       record->timeline, record->lsn,
			       record->acked ? "!" : "");
		}
		printf("\n");
	}
}

static void history_show(const struct history *history)
{
	static struct world world, before;
	uint8_t left_out[WALK] = { 0 };
	enum wrong wrong = history_run(history, left_out, &world);
	char text[256];
	uint32_t i, again = 1;
	struct seen seen;
	int permitted;

	if (wrong == WRONG_NOTHING) {
		printf("(it does not happen again)\n");
		return;
	}
	/* Without each event that it does not need. */
	while (again) {
		again = 0;
		for (i = history->count; i-- > 0;) {
			if (left_out[i])
				continue;
			left_out[i] = 1;
			if (history_run(history, left_out, &world) == wrong)
				again = 1;
			else
				left_out[i] = 0;
		}
	}
	printf("%s\n%d nodes, k = %d, method %d, %s; n1 is primary\n",
	       wrong_names[wrong], history->begin.node_count,
	       history->begin.config, history->begin.method,
	       history->begin.managed ? "Pacemaker" : "no cluster manager");
	world = history->begin;
	judge_wrong = WRONG_NOTHING;
	for (i = 0; i < history->count && judge_wrong == WRONG_NOTHING; i++) {
		if (left_out[i])
			continue;
		before = world;
		if (!event_apply(&world, history->events[i]))
			continue;
		event_print(&world, history->events[i], text, sizeof(text));
		printf("  %s\n", text);
		if (judge_wrong == WRONG_NOTHING)
			look(&world, 1);
		else if (world_attempt_of(&before, history->events[i].node)) {
			seen = world_attempt_of(&before, history->events[i].node)->seen;
			if (world_attempt_of(&before, history->events[i].node)->step ==
			    ATTEMPT_OTHERS) {
				observe_end(&before, &seen);
				world = before;
				verdict_print(&before, &seen);
			}
		}
	}
	world_print(&world);
	for (i = 0; i < world.node_count; i++) {
		uint8_t asserted = rightly_asserted(&world, (uint8_t)i);
		int twice;

		if (!world.nodes[i].power ||
		    world.nodes[i].server != SERVER_STANDBY)
			continue;
		for (twice = 0; twice < 2; twice++) {
			observe_all(&world, &seen, (uint8_t)i, twice ? asserted : 0);
			if (judge(&world, &seen, &permitted) == wrong) {
				verdict_print(&world, &seen);
				return;
			}
		}
	}
}

/* --- random histories ------------------------------------------------------------------- */

static void world_draw(const struct options *options, uint64_t *seed,
		       struct world *world)
{
	int nodes = options->nodes ? options->nodes :
				     (int)(2 + (random_next(seed) % 12) / 2);
	int k, managed;

	if (nodes > NODES)
		nodes = NODES;
	k = options->k >= 0 ? options->k :
	    random_next(seed) % 2 ? nodes / 2 :
				    (int)(random_next(seed) % (uint64_t)nodes);
	managed = options->managed >= 0 ? options->managed :
					  random_next(seed) % 8 != 0;
	world_begin(world, nodes, k,
		    options->method ? options->method :
				      (int)(1 + (random_next(seed) % 4 == 0)),
		    managed,
		    random_next(seed) % 8 ? 0 : (int)(random_next(seed) & 0x7f));
	world_count_votes(world, options->votes >= 0 ?
					 (enum votes)options->votes :
					 (enum votes)(random_next(seed) % VOTES));
	world->watchdog_accepted = random_next(seed) % 4 == 0;
}

/* One history; returns 0 when something is wrong. */
static int walk(const struct options *options, uint64_t number)
{
	static struct history history;
	static struct world world;
	uint64_t seed = (number + 1) * 0x9e3779b97f4a7c15ull ^ 0x5851f42d4c957f2dull;
	static const int sanities[] = { 0, 40, 70, 85, 93, 97 };
	uint32_t tries, beginning;
	int sanity;

	random_next(&seed);
	world_draw(options, &seed, &world);
	sanity = sanities[random_next(&seed) % 6];
	history.begin = world;
	history.count = 0;
	judge_wrong = WRONG_NOTHING;
	beginning = (uint32_t)random_next(&seed) % (BEGINNINGS * 4);
	for (tries = 0; tries < 4000 && history.count < WALK && !world.over; tries++) {
		struct event event;

		if (!beginning_nth(&world, beginning, tries, &event)) {
			beginning = BEGINNINGS;
			event = event_random(&world, &seed, sanity);
		}

		if (!event_apply(&world, event))
			continue;
		history.events[history.count++] = event;
		if (judge_wrong == WRONG_NOTHING)
			look(&world, random_next(&seed) % 4 == 0);
		if (judge_wrong != WRONG_NOTHING)
			break;
	}
	if (judge_wrong == WRONG_NOTHING)
		return 1;
	if (options->quiet)
		printf("%s\n", wrong_names[judge_wrong]);
	printf("\nhistory %llu (replay: --seed=%llu --replay)\n",
	       (unsigned long long)number, (unsigned long long)number);
	if (!options->quiet) {
		struct tally kept = tally;

		history_show(&history);
		tally = kept;
	}
	return 0;
}

/* --- every history ------------------------------------------------------------------------ */

struct visited {
	uint64_t *slots, mask, used;
};

/* 1 when this world was not yet looked at with so many events left. */
static int visited_add(struct visited *visited, uint64_t hash, uint32_t left)
{
	uint64_t key = hash & ~15ull, at = (hash >> 4) & visited->mask;

	while (visited->slots[at] != 0) {
		if ((visited->slots[at] & ~15ull) == key) {
			if ((visited->slots[at] & 15) >= left + 1)
				return 0;
			visited->slots[at] = key | (left + 1);
			return 2;
		}
		at = (at + 1) & visited->mask;
	}
	if (visited->used * 10 > visited->mask * 9)
		return 1; /* full: looked at again, never left out */
	visited->used++;
	visited->slots[at] = key | (left + 1);
	return 1;
}

/* Standbys that nothing has happened to yet are all alike: the first of them
 * stands for the others. FIRST k tells them apart. */
static int is_one_of_many(const struct world *world, const struct event *event,
			  uint8_t touched)
{
	return world->method == VOUCH_METHOD_ANY &&
	       (event->node > touched + 1 || event->other > touched + 1 ||
		(event->node == touched + 1 && event->other > event->node));
}

static uint8_t touched_by(const struct event *event, uint8_t touched)
{
	if (event->node > touched)
		touched = event->node;
	return event->other > touched ? event->other : touched;
}

static int descend(const struct options *options, struct visited *visited,
		   struct history *history, const struct world *world,
		   uint8_t touched, uint32_t left)
{
	uint32_t count = event_count(world), i;
	struct world next;
	int fresh, ok = 1;

	for (i = 0; i < count; i++) {
		struct event event = event_nth(world, i);

		if (is_one_of_many(world, &event, touched))
			continue;
		next = *world;
		judge_wrong = WRONG_NOTHING;
		if (!event_apply(&next, event))
			continue;
		history->events[history->count++] = event;
		fresh = visited_add(visited,
				    world_hash(&next) ^
					    touched_by(&event, touched) *
						    0x9e3779b97f4a7c15ull,
				    left);
		if (fresh == 1)
			look(&next, 1);
		if (judge_wrong != WRONG_NOTHING) {
			ok = 0;
			if (!options->quiet)
				history_show(history);
			if (!options->all)
				return 0;
		} else if (fresh && left > 0 && !next.over &&
			   !descend(options, visited, history, &next,
				    touched_by(&event, touched), left - 1)) {
			ok = 0;
			if (!options->all)
				return 0;
		}
		history->count--;
	}
	return ok;
}

static void visited_clear(struct visited *visited)
{
	if (!visited->slots) {
		visited->mask = (1ull << 24) - 1;
		visited->slots = calloc(visited->mask + 1, sizeof(*visited->slots));
		if (!visited->slots) {
			fprintf(stderr, "explore: out of memory\n");
			exit(3);
		}
	}
	memset(visited->slots, 0, (visited->mask + 1) * sizeof(*visited->slots));
	visited->used = 0;
}

static const char *const votes_names[VOTES] = {
	"", ", without wait_for_all", ", without two_node"
};

static int exhaust(const struct options *options, int nodes, int k, int method,
		   enum votes votes)
{
	static struct visited visited;
	static struct history history;
	static struct world world;
	uint64_t before = tally.decisions;
	int ok;

	visited_clear(&visited);
	world_begin(&world, nodes, k, method, options->managed != 0, 0);
	world_count_votes(&world, votes);
	history.begin = world;
	history.count = 0;
	look(&world, 1);
	ok = descend(options, &visited, &history, &world, 0,
		     (uint32_t)options->depth - 1);
	printf("%d nodes%s, %s %d, every history of %d events: %llu worlds, %llu "
	       "decisions\n",
	       nodes, votes_names[votes],
	       method == VOUCH_METHOD_FIRST ? "FIRST" : "ANY", k, options->depth, (unsigned long long)visited.used,
	       (unsigned long long)(tally.decisions - before));
	fflush(stdout);
	return ok;
}

/* --- every change of the contract ---------------------------------------------------------- */

/* Up to `steps` of its events, then the cut, then every history of so many more.
 * Worlds that another change led to already are not looked at again. */
static int change_try(const struct options *options, struct visited *visited,
		      const struct world *begin, const struct change *change,
		      const struct event *events, uint32_t steps)
{
	static struct history history;
	static struct world world;
	struct event cut[CHANGE_EVENTS];
	uint32_t count = change_cut(change, cut), i;

	world = history.begin = *begin;
	history.count = 0;
	judge_wrong = WRONG_NOTHING;
	for (i = 0; i < steps; i++)
		if (event_apply(&world, events[i]))
			history.events[history.count++] = events[i];
	for (i = 0; i < count; i++)
		if (event_apply(&world, cut[i]))
			history.events[history.count++] = cut[i];
	if (judge_wrong == WRONG_NOTHING)
		look(&world, 1);
	if (judge_wrong != WRONG_NOTHING) {
		if (!options->quiet)
			history_show(&history);
		return 0;
	}
	return options->changes == 0 || world.over ||
	       descend(options, visited, &history, &world,
		       (uint8_t)(world.node_count - 1),
		       (uint32_t)options->changes - 1);
}

static int change_cut_everywhere(const struct options *options,
				 struct visited *visited,
				 const struct change *change, uint64_t *cuts)
{
	static struct world begin;
	struct event events[CHANGE_EVENTS];
	uint32_t count = change_script(change, events), steps;
	int ok = 1;

	world_begin(&begin, change->nodes, change->from, change->method,
		    options->managed != 0, 0);
	for (steps = 0; steps <= count && (ok || options->all); steps++, ++*cuts)
		ok &= change_try(options, visited, &begin, change, events, steps);
	return ok;
}

/* In place, or by a start that ended cleanly or not and a promotion that was cut
 * off at each of its steps or not. */
static int change_ways(const struct options *options, struct visited *visited,
		       struct change change, uint64_t *cuts)
{
	int ok;

	change.in_place = 1;
	ok = change_cut_everywhere(options, visited, &change, cuts);
	change.in_place = 0;
	for (change.crashes = 0; change.crashes < 2; change.crashes++)
		for (change.promotion = 0; change.promotion < 5; change.promotion++)
			if (ok || options->all)
				ok &= change_cut_everywhere(options, visited,
							    &change, cuts);
	return ok;
}

/* Whoever acknowledges, and whoever is lost with n1. */
static int change_losses(const struct options *options, struct visited *visited,
			 struct change change, uint64_t *cuts)
{
	int ok = 1;

	for (change.turn = 0; change.turn < change.nodes - 1; change.turn++)
		for (change.also = 0; change.also < change.nodes; change.also++)
			if (ok || options->all)
				ok &= change_ways(options, visited, change,
						  cuts);
	return ok;
}

/* Every number of acknowledgements, by the method that the cluster began with or
 * by the other. With --members, also without n1, n2 or the last as a member. */
static int is_worth_trying(const struct options *options,
			   const struct change *change)
{
	static struct world world;
	const uint8_t choices[] = { change->from, change->to };
	uint32_t i;

	world_begin(&world, change->nodes, 0, change->method,
		    options->managed != 0, 0);
	for (i = 0; i < 2; i++) {
		int without = choices[i] / CHOICE_WITHOUT;

		if (!world_can_choose(&world, choices[i]) ||
		    (without != 0 && !options->members) ||
		    (without > 2 && without != change->nodes))
			return 0;
	}
	return !(change->from & CHOICE_METHOD) && change->from != change->to;
}

static int every_change(const struct options *options)
{
	static struct visited visited;
	struct change change = { .nodes = (uint8_t)(options->nodes ?
						    options->nodes : 3) };
	uint64_t cuts = 0, changes = 0, method;
	int ok = 1;

	visited_clear(&visited);
	for (method = VOUCH_METHOD_ANY; method <= VOUCH_METHOD_FIRST; method++)
		for (change.from = 0; change.from < CHOICES; change.from++)
			for (change.to = 0; change.to < CHOICES; change.to++) {
				change.method = (uint8_t)method;
				if (!is_worth_trying(options, &change) ||
				    !(ok || options->all))
					continue;
				changes++;
				ok &= change_losses(options, &visited, change,
						    &cuts);
			}
	printf("%d nodes, %llu changes of the contract, cut at every step, and every "
	       "history of %d events after it: %llu cuts, %llu worlds\n",
	       change.nodes, (unsigned long long)changes, options->changes,
	       (unsigned long long)cuts, (unsigned long long)visited.used);
	return ok;
}

/* --- command line ---------------------------------------------------------------------------- */

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

/* With two nodes each way in which they are quorate. */
static int every_vote(const struct options *options, int nodes, int k, int method)
{
	int last = nodes == 2 && options->managed != 0 ? VOTES - 1 : VOTES_OF_PAIR;
	int votes, ok = 1;

	for (votes = 0; votes <= last && (ok || options->all); votes++) {
		if (options->votes < 0 || options->votes == votes)
			ok &= exhaust(options, nodes, k, method,
				      (enum votes)votes);
	}
	return ok;
}

static int every_history(const struct options *options)
{
	int nodes = options->nodes ? options->nodes : 3;
	int k, method, ok = 1;

	for (k = 0; k < nodes; k++) {
		for (method = VOUCH_METHOD_ANY; method <= VOUCH_METHOD_FIRST; method++) {
			if ((options->k >= 0 && options->k != k) ||
			    (options->method && options->method != method) ||
			    /* the same contract */
			    (method == VOUCH_METHOD_FIRST &&
			     (k == 0 || k == nodes - 1)))
				continue;
			ok &= every_vote(options, nodes, k, method);
			if (!ok && !options->all)
				return 0;
		}
	}
	return ok;
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
