/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agents/status_verdicts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "evidence/evidence_json.h"
#include "explain/safe_text.h"
#include "explain/story.h"
#include "explain/what_if.h"
#include "kernel/decide.h"

/* --- asking ---------------------------------------------------------------------- */

/* The kernel's first rule says whether facts can be changed in it. */
static int form_is_good(const struct vouch_evidence *evidence)
{
	struct vouch_verdict *verdict = malloc(sizeof(*verdict));
	int good = 0;

	if (verdict) {
		vouch__decide(evidence, verdict);
		good = verdict->findings[0].outcome == VOUCH_HOLDS;
	}
	free(verdict);
	return good;
}

void status_answers_take(struct vouch_context *context,
			 struct vouch_deadline deadline,
			 struct status_answers *answers)
{
	/* As Pacemaker asks: an operator's own word would hide that one is
	 * needed. */
	const struct vouch_attempt attempt = { .origin = VOUCH_ORIGIN_PACEMAKER,
					       .reason = "status",
					       .authorized = VOUCH_NO };
	struct vouch_attempt_result result = { 0 };
	struct vouch_error error = { 0 };
	enum vouch_decision decision;

	memset(answers, 0, sizeof(*answers));
	decision = vouch__check(context, &attempt, deadline, &result, &error);
	if ((decision == VOUCH_PERMITTED || decision == VOUCH_VETOED) &&
	    vouch__evidence_decode(result.evidence, strlen(result.evidence),
				   &answers->evidence, &error) == VOUCH_OK) {
		answers->verdict = strdup(result.verdict);
		answers->known = answers->verdict &&
				 form_is_good(&answers->evidence);
		(void)snprintf(error.text, sizeof(error.text),
			       "the evidence contradicts its own form (rule 100)");
	}
	(void)snprintf(answers->error, sizeof(answers->error), "%s", error.text);
	vouch__attempt_release(&result);
}

void status_answers_free(struct status_answers *answers)
{
	free(answers->verdict);
	answers->verdict = NULL;
}

static uint8_t node_named(const struct status_answers *answers, const char *name)
{
	uint32_t i;

	for (i = 0; i < answers->evidence.node_count; i++) {
		if (strcmp(answers->evidence.nodes[i].name, name) == 0)
			return (uint8_t)i;
	}
	return VOUCH_NO_NODE;
}

enum vouch_answer status_admitted(const struct status_answers *answers,
				  const char *node, const char *incarnation)
{
	const struct vouch_evidence *evidence = &answers->evidence;
	const struct vouch_admission *latest = NULL;
	uint8_t index = node_named(answers, node);
	uint32_t i;

	if (!answers->known || index == VOUCH_NO_NODE ||
	    evidence->rows.condition != VOUCH_PRESENT || incarnation[0] == '\0')
		return VOUCH_UNKNOWN;
	for (i = 0; i < evidence->admission_count; i++) {
		const struct vouch_admission *admission =
			&evidence->admissions[i];

		if (admission->node == index &&
		    (!latest || admission->serial > latest->serial))
			latest = admission;
	}
	return latest && strcmp(latest->incarnation, incarnation) == 0 ?
		       VOUCH_YES :
		       VOUCH_NO;
}

/* Whom the newest grant that was not void names. */
static uint8_t holder_of(const struct vouch_evidence *evidence)
{
	uint8_t holder = VOUCH_NO_NODE;
	uint64_t newest = 0;
	uint32_t i;

	for (i = 0; i < evidence->grant_count; i++) {
		if (evidence->grants[i].outcome == VOUCH_GRANT_VOID ||
		    evidence->grants[i].epoch < newest)
			continue;
		newest = evidence->grants[i].epoch;
		holder = evidence->grants[i].holder;
	}
	return holder;
}

/* The verdict with some facts supposed; the caller frees, NULL when there is
 * none. */
static char *supposed_verdict(const struct vouch_evidence *evidence,
			      const struct vouch_what_if *what_if)
{
	struct vouch_evidence *changed = malloc(sizeof(*changed));
	char *document = NULL, *verdict = NULL;
	size_t length;

	if (changed) {
		vouch__what_if_apply(what_if, evidence, changed);
		if (vouch__evidence_encode(changed, &document, &length, NULL) ==
		    VOUCH_OK)
			(void)!vouch_decide(document, length, &verdict, NULL);
	}
	free(document);
	free(changed);
	return verdict;
}

static void suppose(struct vouch_what_if *what_if, enum vouch_change_kind kind,
		    uint8_t node)
{
	what_if->changes[what_if->count++] = (struct vouch_change){ kind, node };
}

/* As if `fenced` were fenced, for the candidate. VOUCH_NO_NODE: as it is. */
static char *verdict_on(const struct status_answers *answers, uint8_t candidate,
			uint8_t fenced)
{
	const struct vouch_evidence *evidence = &answers->evidence;
	struct vouch_what_if what_if = { 0 };

	if (candidate != evidence->request.candidate)
		suppose(&what_if, VOUCH_CHANGE_PROMOTE, candidate);
	if (fenced != VOUCH_NO_NODE)
		suppose(&what_if,
			evidence->manager == VOUCH_MANAGER_PACEMAKER ?
				VOUCH_CHANGE_FENCE :
				VOUCH_CHANGE_DOWN,
			fenced);
	if (what_if.count == 0)
		return strdup(answers->verdict);
	return supposed_verdict(evidence, &what_if);
}

/* --- telling --------------------------------------------------------------------- */

/* "permit", or why not; the caller frees, NULL when nobody knows. */
static char *answer_of(char *verdict)
{
	struct json_object *json = NULL;
	char *answer = NULL;

	if (verdict && vouch__json_parse(verdict, strlen(verdict), &json, NULL) ==
			       VOUCH_OK) {
		int permit = strcmp(vouch__story_text(json, "decision"),
				    "permit") == 0;

		answer = strdup(permit ? "permit" :
					 vouch__story_text(json, "why"));
	}
	json_object_put(json);
	free(verdict);
	return answer;
}

/*
 * Of this node everything was collected, so that the kernel's word stands. Of
 * another one its own records are not known here: a permit would be a guess, and
 * so nothing is ever said to be permitted (P6-F1).
 */
static void answer_text(const char *answer, int own, const char *name,
			char *text, size_t size)
{
	int permit = answer && strcmp(answer, "permit") == 0;

	if (!answer)
		(void)snprintf(text, size, "not known");
	else if (own)
		(void)snprintf(text, size, "%s%s", permit ? "" : "veto, ",
			       permit ? "permit, every rule holds" : answer);
	else if (permit)
		(void)snprintf(text, size,
			       "not known here: nothing seen from here is "
			       "against it, its own records decide; ask there: "
			       "vouch check, on %s",
			       name);
	else
		(void)snprintf(text, size, "veto as seen from here, %s", answer);
}

static const char *answer_word(const char *answer, int own)
{
	if (!answer)
		return "unknown";
	if (strcmp(answer, "permit") != 0)
		return "veto";
	return own ? "permit" : "unknown";
}

static void put(struct json_object *json, const char *key, const char *text)
{
	(void)json_object_object_add(json, key, json_object_new_string(text));
}

static void line_write(const char *label, const char *text)
{
	(void)fputs(label, stdout);
	vouch__text_write(stdout, text);
	(void)putchar('\n');
}

static void standby_json(struct json_object *list, const char *name,
			 const char *now, const char *supposed, int own)
{
	struct json_object *item = json_object_new_object();
	char text[1024];

	put(item, "candidate", name);
	put(item, "now", answer_word(now, own));
	answer_text(now, own, name, text, sizeof(text));
	put(item, "text", text);
	/* Never "permit": that is said of facts only. */
	if (supposed)
		put(item, "if_holder_were_excluded",
		    strcmp(supposed, "permit") == 0 ?
			    "nothing seen from here is against it" :
			    supposed);
	(void)json_object_array_add(list, item);
}

static void standby_write(const struct status_answers *answers, const char *name,
			  const char *now, const char *supposed, int own,
			  uint8_t holder)
{
	int managed = answers->evidence.manager == VOUCH_MANAGER_PACEMAKER;
	char text[1024];

	answer_text(now, own, name, text, sizeof(text));
	(void)fputs("  ", stdout);
	vouch__text_write(stdout, name);
	line_write(": ", text);
	if (!supposed)
		return;
	(void)fputs("    supposed that ", stdout);
	vouch__text_write(stdout, answers->evidence.nodes[holder].name);
	if (strcmp(supposed, "permit") == 0)
		(void)printf(" is %s: nothing seen from here is against it\n",
			     managed ? "fenced" : "lost");
	else
		line_write(managed ? " is fenced: veto, " : " is lost: veto, ",
			   supposed);
}

static void standby_show(const struct status_answers *answers, uint8_t i,
			 struct json_object *list)
{
	const struct vouch_evidence *evidence = &answers->evidence;
	uint8_t holder = holder_of(evidence);
	int own = i == evidence->request.candidate;
	char *now = answer_of(verdict_on(answers, i, VOUCH_NO_NODE));
	char *supposed = NULL;

	if (holder < evidence->node_count && holder != i)
		supposed = answer_of(verdict_on(answers, i, holder));
	if (list)
		standby_json(list, evidence->nodes[i].name, now, supposed, own);
	else
		standby_write(answers, evidence->nodes[i].name, now, supposed,
			      own, holder);
	free(now);
	free(supposed);
}

static void standbys_show(const struct status_answers *answers,
			  struct json_object *json)
{
	const struct vouch_evidence *evidence = &answers->evidence;
	struct json_object *list = json ? json_object_new_array() : NULL;
	uint32_t i, count = 0;

	if (!json)
		(void)puts("\nasked now for a promotion of");
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_probe *probe = &evidence->nodes[i].probe;

		if (probe->condition != VOUCH_PRESENT ||
		    probe->in_recovery != VOUCH_YES)
			continue;
		standby_show(answers, (uint8_t)i, list);
		count++;
	}
	if (json)
		(void)json_object_object_add(json, "verdicts", list);
	else if (count == 0)
		(void)puts("  nobody: no standby answers");
}

static const char *word(enum vouch_answer answer, const char *yes, const char *no)
{
	return answer == VOUCH_YES ? yes : answer == VOUCH_NO ? no : "not known";
}

/* Without a cluster manager there is nobody to fence, and no quorum. */
static void fencing_show(const struct vouch_evidence *evidence,
			 struct json_object *json)
{
	const struct vouch_view *view = &evidence->after;
	int seen = view->condition == VOUCH_PRESENT;
	const char *quorum = word(seen ? view->quorate : VOUCH_UNKNOWN, "quorate",
				  "not quorate");
	const char *fencing = word(seen ? view->fencing_enabled : VOUCH_UNKNOWN,
				   "enabled", "disabled");
	const char *history = evidence->fencing.condition == VOUCH_PRESENT ?
				      "readable" :
				      "not readable";

	if (evidence->manager != VOUCH_MANAGER_PACEMAKER) {
		if (!json)
			(void)puts("fencing: none, no cluster manager; a lost "
				   "holder has to be asserted down");
		return;
	}
	if (!json) {
		(void)printf("partition: %s\nfencing: %s, its history is %s; "
			     "'vouch doctor' looks at its devices\n",
			     quorum, fencing, history);
		return;
	}
	put(json, "partition", quorum);
	put(json, "fencing", fencing);
	put(json, "fencing_history", history);
}

void status_verdicts_show(const struct status_answers *answers,
			  struct json_object *json)
{
	if (answers->known) {
		fencing_show(&answers->evidence, json);
		standbys_show(answers, json);
	} else if (json) {
		put(json, "verdicts_unknown", answers->error);
	} else {
		line_write("verdicts: not known: ", answers->error);
	}
}
