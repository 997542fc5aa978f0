/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zero means unproven (P6-F1), fact by fact. For each golden case every single
 * fact is taken away, and every answer is changed into each other one:
 *
 *   of a case that permits, only facts that its proof does not use may go;
 *   of a case that vetoes, no missing fact may turn the veto into a permit.
 *
 * What may go is listed below with the reason. A row that nothing needs any
 * more fails the test as well, so that the lists stay short and true.
 */
#include "tests/unit/evidence_fixture.h"

#include "kernel/rules.h"

struct allowed {
	/* "candidate." and "holder." and "other." stand for "nodes[i].", and a
	 * star at the end for anything. */
	const char *path;
	const char *values; /* words, or "*" */
	/* The routes (E1 to E4, W1 to W3) of which the case must have one
	 * open, "alone" for one without a cluster manager, or the names of
	 * cases; NULL: any case. */
	const char *routes;
	int needed;
};

#define CUT_SHORT                                                              \
	"own-promotion-cut-short own-promotion-cut-short-after-a-void-grant "  \
	"own-promotion-cut-short-before-a-void-grant"

#define DISOWNED                                                               \
	"disowned-epoch-left-behind disowned-epoch-sealed "                     \
	"disowned-epoch-same-holder"

#define OWN_OPEN "disowned-epoch-of-its-own-under-an-open-grant"

#define LATER_ROW                                                              \
	"contract-newer-one-in-force contract-of-an-older-epoch "               \
	"disowned-epoch-left-behind"

static struct allowed unused_facts[] = {
	/* Text for people; no rule reads it. */
	{ "cluster", "zero", NULL, 0 },
	/* Who asked is data, as long as somebody did. */
	{ "request.origin", "pacemaker operator hook", NULL, 0 },
	/* Only an authorization by an operator is looked up. */
	{ "request.authorization", "pacemaker", NULL, 0 },
	{ "request.authorized", "yes no", NULL, 0 },
	/* Only where a watchdog stands for the fencing. */
	{ "request.watchdog_accepted", "unknown yes", NULL, 0 },
	/* A proof by seal, attestation or the holder itself needs neither
	 * quorum nor fencer, so it also holds where there is no manager. */
	{ "manager", "none", "E1 E3 W3", 0 },
	/* No cluster manager: whatever the document says of its view. */
	{ "before.*", "*", "alone", 0 },
	{ "after.*", "*", "alone", 0 },
	{ "candidate.cluster_id", "zero", "alone", 0 },
	{ "candidate.node_class", "*", "alone", 0 },
	{ "candidate.online", "*", "alone", 0 },
	{ "candidate.unclean", "*", "alone", 0 },
	{ "holder.node_class", "*", "alone", 0 },
	{ "holder.online", "*", "alone", 0 },
	{ "holder.unclean", "*", "alone", 0 },
	{ "other.node_class", "*", "alone", 0 },
	/* Matters with two_node only. */
	{ "candidate.ever_seen", "*", NULL, 0 },
	{ "holder.ever_seen", "*", NULL, 0 },
	{ "other.ever_seen", "*", NULL, 0 },
	/* The candidate's server speaks for itself; that it is being promoted
	 * is this very request. */
	{ "candidate.operations.*", "*", NULL, 0 },
	{ "candidate.probe.promoting", "*", NULL, 0 },
	/* Received is 0 after a restart. Without it D is what was replayed,
	 * which understates and so can only block the candidate. */
	{ "candidate.probe.received_lsn", "zero", NULL, 0 },
	/* Another node that answers, in recovery, speaks for itself ... */
	{ "other.online", "*", NULL, 0 },
	{ "other.unclean", "*", NULL, 0 },
	{ "other.cluster_id", "zero", NULL, 0 },
	{ "other.operations.*", "*", NULL, 0 },
	/* ... and need not be ready itself. */
	{ "other.probe.replay_paused", "*", NULL, 0 },
	{ "other.probe.checksums_clean", "*", NULL, 0 },
	{ "other.probe.replayed_lsn", "zero", NULL, 0 },
	/* 0 is an answer of its own: nothing was received since the start, and
	 * then what was replayed is the end (log_exhausted). That it is never a
	 * missing answer rests on the probe, which is present whole or not. */
	{ "other.probe.received_lsn", "zero", NULL, 0 },
	{ "other.probe.epoch_timeline", "zero", NULL, 0 },
	/* Not in S: the log is covered by the seal or by the holder itself. A
	 * silent node that the cluster says was never promoted is quiet. */
	{ "other.probe.condition", "absent", "W1 W3", 0 },
	{ "other.probe.incarnation", "zero", "W1 W3", 0 },
	/* It does not answer and is accounted for; an answer without the
	 * condition is none. */
	{ "other.probe.log_exhausted", "yes no", "W1 W3", 0 },
	{ "other.probe.in_recovery", "yes", "W1 W3", 0 },
	{ "other.probe.promoting", "no", "W1 W3", 0 },
	/* The holder is excluded by a fencing, an assertion or a seal: then the
	 * cluster's record of its operations is not needed. */
	{ "holder.operations.*", "*", "E2 E4 alone", 0 },
	{ "holder.operations.last", "*", "E3", 0 },
	{ "holder.operations.last_result", "*", "E3", 0 },
	/* A seal and an operator's word hold wherever the node is. */
	{ "holder.cluster_id", "zero", "E1 E4", 0 },
	{ "holder.online", "unknown yes", "E4", 0 },
	{ "holder.unclean", "unknown yes", "E4", 0 },
	/* It is a member and attests: where the cluster has it matters no
	 * more. */
	{ "holder.online", "no unknown", "E1 E3", 0 },
	{ "holder.unclean", "yes unknown", "E1 E3", 0 },
	/* It does not answer; an answer without the condition is none. */
	{ "holder.probe.in_recovery", "yes", NULL, 0 },
	{ "holder.probe.log_exhausted", "yes no", NULL, 0 },
	{ "holder.probe.promoting", "no", NULL, 0 },
	/* Not a candidate and not in S: only that it cannot write counts. */
	{ "holder.probe.replay_paused", "*", NULL, 0 },
	{ "holder.probe.checksums_clean", "*", NULL, 0 },
	{ "holder.probe.epoch_timeline", "zero", "E3", 0 },
	{ "holder.probe.received_lsn", "zero", "E3", 0 },
	{ "holder.probe.replayed_lsn", "zero", "E3", 0 },
	/* Where no fencing is needed, none is read. */
	{ "fencing.*", "*", "E1 E3 W3 alone", 0 },
	{ "fencing.entries.action", "reboot off", NULL, 0 },
	/* A clock orders a failure before a success; nothing else. */
	{ "fencing.entries.completed_s", "zero", "E2 E4", 0 },
	{ "fencing.entries.origin", "zero", "E2 E4", 0 },
	/* A machine and a person exclude both, each by its own route. */
	{ "fencing.entries.executor", "human machine", NULL, 0 },
	/* A failure that came earlier by the same clock spoils nothing, and so
	 * what it was and who tried does not matter. */
	{ "fencing.entries", "del", NULL, 0 },
	{ "fencing.entries.executor", "unknown watchdog", "E2 E4", 0 },
	{ "fencing.entries.action", "on other", "E2", 0 },
	{ "fencing.entries.state", "succeeded unknown", "E2", 0 },
	{ "fencing.entries.in_snapshot", "yes unknown", "E2 E4", 0 },
	/* What stood in the snapshot is no news, whatever came of it, and two
	 * successes are no less than one; what happens to the candidate says
	 * nothing of the holder. */
	{ "fencing.entries.in_snapshot", "no", "clock-an-hour-behind", 0 },
	{ "fencing.entries.state", "failed",
	  "clock-an-hour-behind two-nodes-fenced-each-other", 0 },
	/* Three sources name each grant; two are enough. */
	{ "grants", "del", NULL, 0 },
	{ "grants.source", "*", NULL, 0 },
	{ "grants.outcome", "open unknown", NULL, 0 },
	/* Whoever has the whole log, or a later row, has what was acknowledged
	 * without the contract as well. */
	{ "grants.outcome", "disowned", "W1 W3 disowned-epoch-left-behind", 0 },
	{ "grants.outcome", "done", DISOWNED, 0 },
	/* A grant that is void bound nobody. */
	{ "grants.incarnation", "zero", "E2", 0 },
	{ "grants.contract.*", "*", "E2", 0 },
	/* A candidate that holds the open grant itself knows its own log. */
	{ "grants.outcome", "done", CUT_SHORT, 0 },
	{ "grants.contract.*", "*", CUT_SHORT, 0 },
	{ "grants.contract.*", "*", OWN_OPEN, 0 },
	{ "grants.outcome", "done void", OWN_OPEN, 0 },
	{ "grants.incarnation", "zero",
	  "own-promotion-cut-short-after-a-void-grant "
	  "own-promotion-cut-short-before-a-void-grant", 0 },
	/* The void grant's holder is another one than he who does not answer. */
	{ "other.probe.in_recovery", "yes", "void-grants-passed-over", 0 },
	{ "other.probe.log_exhausted", "yes no", "void-grants-passed-over", 0 },
	{ "other.probe.promoting", "no", "void-grants-passed-over", 0 },
	/* Open, and harmless: its holder's present life cannot use it. */
	{ "grants.outcome", "done void", "open-grant-of-a-former-life", 0 },
	/* The contract of a log that needs no quorum is not read. */
	{ "contracts", "del", "W1 W3", 0 },
	{ "contracts.phase", "announced unknown", "W1 W3", 0 },
	{ "contracts.pinned", "no unknown", "W1 W3", 0 },
	{ "contracts.contract.k", "zero", "W1 W3", 0 },
	/* A row that a later one, or a later epoch, has put out of force. */
	{ "contracts", "del", LATER_ROW, 0 },
	{ "contracts.phase", "announced unknown", LATER_ROW, 0 },
	{ "contracts.pinned", "no unknown", LATER_ROW, 0 },
	{ "contracts.contract.k", "zero", "disowned-epoch-left-behind", 0 },
	/* Another history, not a missing one: each point in it is checked. */
	{ "candidate.probe.history", "del",
	  "member-by-another-second-timeline "
	  "member-forked-at-the-second-timeline", 0 },
	{ "other.probe.history", "del", "member-forked-at-the-second-timeline",
	  0 },
	/* FIRST k counts like ANY k. */
	{ "contracts.contract.method", "any first", NULL, 0 },
	/* A shorter list is another contract, not a missing one: the row is
	 * the authority, and its k then weighs more. */
	{ "contracts.contract.members", "del", NULL, 0 },
	/* The holder is no member of its own contract; the others are not
	 * counted by W1 and W3. */
	{ "admissions", "del", NULL, 0 },
	{ "admissions.incarnation", "zero", NULL, 0 },
	/* W1 and E4 need no record of the candidate's own. */
	{ "own.condition", "*", "W1", 0 },
	{ "own.mark_timeline", "zero", "W1", 0 },
	{ "own.mark_lsn", "zero", "W1", 0 },
	/* What was noted of those that W2 does not count. */
	{ "holder.noted.*", "*", NULL, 0 },
	{ "candidate.noted.condition", "*", "W1", 0 },
	{ "other.noted.condition", "*", "W1 W3 void-grants-passed-over", 0 },
	/* No rule reads it: adoption is proven by a grant. */
	{ "own.adopted", "*", NULL, 0 },
	/* There is no seal, or none is needed; an answer without its condition
	 * is none. */
	{ "seal.condition", "stale malformed contradictory", "E2 E3 E4", 0 },
	{ "seal.unbroken", "yes no", "E2 E3 E4", 0 },
	{ "tail.*", "*", "W2 W3", 0 },
	/* What the next epoch asks for is the administrator's choice; that the
	 * server already enforces it is not (rule 580). Only without a cluster
	 * must it not be less than now (rule 570). */
	{ "offer.contract.method", "any first", NULL, 0 },
	{ "offer.contract.k", "zero", "E1 E2 E3 E4 W3", 0 },
	{ "offer.contract.members", "del", NULL, 0 },
};

/* A missing fact that lifts a veto although nothing is wrong with that: what
 * was taken away was itself the whole objection, and a document without it says
 * nothing against a permit. */
static struct allowed whole_objections[] = {
	/* A record of which there is one copy only. */
	{ "admissions", "del", NULL, 0 },
	{ "contracts", "del", NULL, 0 },
	{ "grants", "del", NULL, 0 },
	{ "fencing.entries", "del", NULL, 0 },
	{ "other.probe.history", "del", NULL, 0 },
	/* Another history or another contract, as above. */
	{ "candidate.probe.history", "del", NULL, 0 },
	{ "contracts.contract.members", "del", NULL, 0 },
	{ "grants.contract.members", "del", NULL, 0 },
	{ "offer.contract.members", "del", NULL, 0 },
	{ "offer.contract.k", "zero", "offer-asks-for-too-many", 0 },
	/* An answer of its own, as above. */
	{ "other.probe.received_lsn", "zero", NULL, 0 },
	/* Who does not answer objects to nothing; it must be accounted for. */
	{ "other.probe.condition", "absent", NULL, 0 },
};

/* Not right: the kernel takes these missing or contradictory facts for harmless.
 * Each row goes when its gap is closed; until then it is said at every run. */
static struct allowed open_gaps[] = {
	/* The candidate's own mark is a second guard against amnesia. The first
	 * is its incarnation, which its agent renews at a start that finds the
	 * mark missing or unreached; "internal records missing" is no veto. */
	{ "own.condition", "absent", NULL, 0 },
	/* So are the notes about the others, for a machine that was set back as a
	 * whole; who has never looked at them has none. */
	{ "other.noted.condition", "absent", NULL, 0 },
	{ "candidate.noted.condition", "absent", NULL, 0 },
};

struct attempt {
	struct vouch_evidence *evidence;
	struct vouch_verdict *verdict;
	const char *name;
	char routes[160];
	struct allowed *list;
	size_t list_length;
	int zero_only;
	int failed;
	unsigned int tried;
};

static uint8_t holder_of(const struct vouch_evidence *evidence)
{
	uint64_t epoch = vouch__newest_epoch(evidence);
	struct vouch_grant_view view = vouch__grant_of(evidence, epoch);

	while (view.known && view.outcome == VOUCH_GRANT_VOID)
		view = vouch__grant_of(evidence, --epoch);
	return view.holder;
}

/* "nodes[1].probe.x" as "candidate.probe.x", and no other index at all. */
static void path_generalize(const struct vouch_evidence *evidence,
			    uint8_t holder, const char *path, char *out)
{
	const char *role = "other";
	unsigned int node = 0;
	int used = 0;
	size_t length;

	if (sscanf(path, "nodes[%u]%n", &node, &used) == 1 && used > 0) {
		if (node == evidence->request.candidate)
			role = "candidate";
		else if (node == holder)
			role = "holder";
		path += used;
		out += sprintf(out, "%s", role);
	}
	while (*path != '\0') {
		length = strcspn(path, "[");
		memcpy(out, path, length);
		out += length;
		path += length;
		path += *path == '[' ? strcspn(path, "]") + 1 : 0;
	}
	*out = '\0';
}

static int has_word(const char *words, const char *word)
{
	size_t length = strlen(word);
	const char *at;

	for (at = strstr(words, word); at; at = strstr(at + 1, word)) {
		if ((at == words || at[-1] == ' ') &&
		    (at[length] == ' ' || at[length] == '\0'))
			return 1;
	}
	return 0;
}

static int row_matches(const struct allowed *row, const char *path,
		       const char *value, const char *routes)
{
	size_t length = strlen(row->path);
	char copy[160], *route, *rest = NULL;

	if (row->path[length - 1] == '*' ?
		    strncmp(row->path, path, length - 1) != 0 :
		    strcmp(row->path, path) != 0)
		return 0;
	if (strcmp(row->values, "*") != 0 && !has_word(row->values, value))
		return 0;
	if (!row->routes)
		return 1;
	(void)snprintf(copy, sizeof(copy), "%s", row->routes);
	for (route = strtok_r(copy, " ", &rest); route;
	     route = strtok_r(NULL, " ", &rest)) {
		if (has_word(routes, route))
			return 1;
	}
	return 0;
}

static void attempt_decide(struct attempt *attempt, const struct place *place,
			   const char *value)
{
	char path[PATH_MAX_BYTES];
	int found = 0;
	size_t i;

	attempt->tried++;
	vouch__decide(attempt->evidence, attempt->verdict);
	if (attempt->verdict->permitted != 1)
		return;
	path_generalize(attempt->evidence, holder_of(attempt->evidence),
			place->path, path);
	for (i = 0; i < attempt->list_length; i++) {
		if (row_matches(&attempt->list[i], path, value,
				attempt->routes)) {
			attempt->list[i].needed = 1;
			found = 1;
		}
	}
	for (i = 0; !found && i < sizeof(open_gaps) / sizeof(open_gaps[0]); i++) {
		if (row_matches(&open_gaps[i], path, value, attempt->routes)) {
			open_gaps[i].needed = 1;
			found = 1;
		}
	}
	if (found)
		return;
	attempt->failed++;
	print_message("%s: permitted with %s = %s\n", attempt->routes, path,
		      value);
}

static void enum_change(struct attempt *attempt, const struct place *place)
{
	uint32_t *at = (uint32_t *)(void *)(place->base + place->field->offset);
	int is_condition = place->field->names == &vouch__names_condition;
	uint32_t was = *at, value;

	for (value = 0; value < place->field->names->count; value++) {
		if (value == was)
			continue;
		/* Of a veto: what is missing, stale or worse, not another
		 * answer. */
		if (attempt->zero_only && value != 0 &&
		    !(is_condition && value != VOUCH_PRESENT))
			continue;
		*at = value;
		attempt_decide(attempt, place, place->field->names->names[value]);
	}
	*at = was;
}

static void bytes_clear(struct attempt *attempt, const struct place *place,
			size_t size, int clear)
{
	char *at = place->base + place->field->offset;
	char was[VOUCH_TEXT_SIZE], empty[VOUCH_TEXT_SIZE];

	memcpy(was, at, size);
	memset(empty, clear, size);
	if (memcmp(was, empty, size) == 0)
		return;
	memcpy(at, empty, size);
	attempt_decide(attempt, place, "zero");
	memcpy(at, was, size);
}

static void elements_delete(struct attempt *attempt, const struct place *place)
{
	size_t size = place->field->size, i;
	char *at = place->base + place->field->offset;
	uint32_t *count =
		(uint32_t *)(void *)(place->base + place->field->count_offset);
	uint32_t was = *count;
	char *copy = malloc(size * was + 1);

	assert_non_null(copy);
	memcpy(copy, at, size * was);
	for (i = 0; i < was; i++) {
		memmove(at + i * size, at + (i + 1) * size, (was - 1 - i) * size);
		*count = was - 1;
		attempt_decide(attempt, place, "del");
		memcpy(at, copy, size * was);
		*count = was;
	}
	free(copy);
}

static void place_try(struct place *place, void *context)
{
	struct attempt *attempt = context;

	switch (place->field->type) {
	case VOUCH_FIELD_ENUM:
		enum_change(attempt, place);
		return;
	case VOUCH_FIELD_U32:
		bytes_clear(attempt, place, 4, 0);
		return;
	case VOUCH_FIELD_U64:
	case VOUCH_FIELD_ID:
	case VOUCH_FIELD_LSN:
		bytes_clear(attempt, place, 8, 0);
		return;
	case VOUCH_FIELD_NAME:
		bytes_clear(attempt, place, place->field->size, 0);
		return;
	case VOUCH_FIELD_NODE:
		bytes_clear(attempt, place, 1, VOUCH_NO_NODE);
		return;
	case VOUCH_FIELD_OBJECT:
		return;
	case VOUCH_FIELD_ARRAY:
		/* Without a node the indices of all others would move. */
		if (strcmp(place->path, "nodes") == 0)
			return;
		/* fall through */
	case VOUCH_FIELD_NODES:
	case VOUCH_FIELD_U32S:
		elements_delete(attempt, place);
		return;
	}
}

/* "E2 W2", and "alone" where no cluster manager runs. */
static void routes_name(struct attempt *attempt)
{
	int i;

	attempt->routes[0] = '\0';
	for (i = 0; i < attempt->verdict->finding_count; i++) {
		const struct vouch_finding *finding =
			&attempt->verdict->findings[i];
		const struct vouch_rule *rule = vouch__rule_find(finding->rule);
		char route[3];

		if (rule->kind != VOUCH_RULE_ROUTE ||
		    finding->outcome != VOUCH_HOLDS)
			continue;
		(void)snprintf(route, sizeof(route), "%.2s", rule->requires);
		if (!has_word(attempt->routes, route))
			(void)sprintf(attempt->routes + strlen(attempt->routes),
				      "%s ", route);
	}
	if (attempt->evidence->manager == VOUCH_MANAGER_NONE)
		(void)strcat(attempt->routes, "alone ");
	(void)strcat(attempt->routes, attempt->name);
}

static void cases_try(int permits, struct allowed *list, size_t length)
{
	struct vouch_verdict *verdict = malloc(sizeof(*verdict));
	unsigned int tried = 0;
	int failed = 0;
	size_t i;

	assert_non_null(verdict);
	for (i = 0; i < case_count; i++) {
		struct attempt attempt = { evidence_of(&cases[i]), verdict,
					   cases[i].name, "", list, length,
					   !permits, 0, 0 };

		vouch__decide(attempt.evidence, verdict);
		routes_name(&attempt);
		if ((verdict->permitted == 1) == permits)
			places_walk(&vouch__evidence_shape,
				    (char *)attempt.evidence, "", place_try,
				    &attempt);
		failed += attempt.failed;
		tried += attempt.tried;
		free(attempt.evidence);
	}
	free(verdict);
	assert_true(tried > 1000);
	for (i = 0; i < length; i++) {
		if (list[i].needed)
			continue;
		failed++;
		print_message("nothing needs the row %s %s %s\n", list[i].path,
			      list[i].values,
			      list[i].routes ? list[i].routes : "");
	}
	assert_int_equal(failed, 0);
}

static void only_unused_facts_may_go(void **state)
{
	(void)state;
	cases_try(1, unused_facts,
		  sizeof(unused_facts) / sizeof(unused_facts[0]));
}

static void no_missing_fact_lifts_a_veto(void **state)
{
	(void)state;
	cases_try(0, whole_objections,
		  sizeof(whole_objections) / sizeof(whole_objections[0]));
}

/* Says what is still open; a gap that was closed must lose its row. */
static void open_gaps_are_told(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(open_gaps) / sizeof(open_gaps[0]); i++)
		print_message("# open gap%s: %s = %s\n",
			      open_gaps[i].needed ? "" : " (closed: remove the row)",
			      open_gaps[i].path, open_gaps[i].values);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_unused_facts_may_go),
		cmocka_unit_test(no_missing_fact_lifts_a_veto),
		cmocka_unit_test(open_gaps_are_told),
	};

	return cmocka_run_group_tests(tests, cases_load, cases_free);
}
