/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "explain/verdict_json.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/document.h"
#include "explain/phrase.h"
#include "kernel/rules.h"

/* Collects the first failure of a long row of additions, so that each does not
 * need a branch of its own. Takes the value over in any case. */
static void put(struct json_object *object, const char *key,
		struct json_object *value, int *ok)
{
	if (!object || !value || !vouch__document_add(object, key, value)) {
		json_object_put(value);
		*ok = 0;
	}
}

static void put_text(struct json_object *object, const char *key,
		     const char *text, int *ok)
{
	if (text[0] != '\0')
		put(object, key, json_object_new_string(text), ok);
}

static void append(struct json_object *array, struct json_object *value, int *ok)
{
	if (!array || !value || json_object_array_add(array, value) != 0) {
		json_object_put(value);
		*ok = 0;
	}
}

static struct json_object *fact_encode(const struct vouch_evidence *evidence,
				       const struct vouch_used *used, int *ok)
{
	struct json_object *json = json_object_new_object();
	char text[VOUCH_PHRASE_SIZE];

	put_text(json, "fact", vouch__phrase_fact(used->fact), ok);
	if (used->node < evidence->node_count)
		put_text(json, "node", evidence->nodes[used->node].name, ok);
	vouch__phrase_value(evidence, used, text);
	put_text(json, "value", text, ok);
	put_text(json, "source", vouch__phrase_source(used->fact), ok);
	return json;
}

static const char *outcome_name(uint16_t outcome)
{
	switch (outcome) {
	case VOUCH_HOLDS:
		return "holds";
	case VOUCH_NOT_USED:
		return "not-open";
	default:
		return "unproven";
	}
}

static struct json_object *finding_encode(const struct vouch_evidence *evidence,
					  const struct vouch_finding *finding,
					  int *ok)
{
	const struct vouch_rule *rule = vouch__rule_find(finding->rule);
	struct json_object *json = json_object_new_object();
	struct json_object *facts = NULL;
	char text[VOUCH_PHRASE_SIZE];
	uint8_t i;

	put(json, "rule", json_object_new_int(finding->rule), ok);
	put_text(json, "name", rule ? rule->name : "?", ok);
	put_text(json, "invariant", rule ? rule->invariant : "?", ok);
	put_text(json, "outcome", outcome_name(finding->outcome), ok);
	put_text(json, "reason", vouch__phrase_code(finding->reason), ok);
	if (finding->node < evidence->node_count)
		put_text(json, "node", evidence->nodes[finding->node].name, ok);
	vouch__phrase_reason(evidence, finding, text);
	put_text(json, "text", text, ok);
	vouch__phrase_unblock(evidence, finding, text);
	put_text(json, "unblock", text, ok);
	if (finding->used_count == 0)
		return json;
	facts = json_object_new_array();
	for (i = 0; i < finding->used_count; i++)
		append(facts, fact_encode(evidence, &finding->used[i], ok), ok);
	put(json, "facts", facts, ok);
	return json;
}

/* "rule 540 coverage (P6-S1): n2 is at 0/5, but n3 has the log up to 0/6". */
static void headline(const struct vouch_evidence *evidence,
		     const struct vouch_verdict *verdict, char *text)
{
	const struct vouch_rule *rule = vouch__rule_find(verdict->deciding_rule);
	char reason[VOUCH_PHRASE_SIZE] = "nothing was shown";
	int i;

	for (i = 0; i < verdict->finding_count; i++) {
		const struct vouch_finding *finding = &verdict->findings[i];

		if (finding->rule == verdict->deciding_rule &&
		    finding->outcome == VOUCH_UNPROVEN) {
			vouch__phrase_reason(evidence, finding, reason);
			break;
		}
	}
	if (verdict->permitted == 1)
		(void)snprintf(text, VOUCH_PHRASE_SIZE,
			       "every rule holds: exclusion, coverage, lineage "
			       "and visibility are proven");
	else
		(void)snprintf(text, VOUCH_PHRASE_SIZE, "rule %u %s (%s): %.400s",
			       verdict->deciding_rule, rule ? rule->name : "?",
			       rule ? rule->invariant : "P6-F1", reason);
}

static struct json_object *findings_encode(const struct vouch_evidence *evidence,
					   const struct vouch_verdict *verdict,
					   int *ok)
{
	struct json_object *findings = json_object_new_array();
	int i;

	for (i = 0; i < verdict->finding_count; i++)
		append(findings,
		       finding_encode(evidence, &verdict->findings[i], ok), ok);
	return findings;
}

static struct json_object *remedy_encode(const struct vouch_evidence *evidence,
					 const struct vouch_remedy *remedy,
					 int *ok)
{
	struct json_object *json = json_object_new_array();
	char text[VOUCH_PHRASE_SIZE];
	uint32_t i;

	for (i = 0; i < remedy->count; i++) {
		vouch__phrase_change(evidence, &remedy->changes[i], text,
				     sizeof(text));
		append(json, json_object_new_string(text), ok);
	}
	return json;
}

static void remedies_put(struct json_object *json,
			 const struct vouch_evidence *evidence,
			 const struct vouch_remedies *remedies, int *ok)
{
	struct json_object *sets = json_object_new_array();
	uint32_t i;

	for (i = 0; remedies && i < remedies->count; i++)
		append(sets, remedy_encode(evidence, &remedies->sets[i], ok), ok);
	put(json, "remedies", sets, ok);
	if (!remedies)
		put_text(json, "remedies_note",
			 "the evidence is bad in form, so there was nothing to "
			 "try", ok);
	else if (remedies->count == 0)
		put_text(json, "remedies_note",
			 remedies->complete ?
				 "no one, two or three changes that vouch knows "
				 "of would make this a permit" :
				 "no small set of changes was found; there are "
				 "too many to try them all", ok);
}

enum vouch_error_code vouch__verdict_encode(const struct vouch_evidence *evidence,
					    const struct vouch_verdict *verdict,
					    const struct vouch_remedies *remedies,
					    char **text, struct vouch_error *error)
{
	/* Names may only be read from evidence whose form was found good. */
	int readable = verdict->finding_count > 0 &&
		       verdict->findings[0].outcome == VOUCH_HOLDS;
	const struct vouch_rule *rule = vouch__rule_find(verdict->deciding_rule);
	struct json_object *json = json_object_new_object();
	char line[VOUCH_PHRASE_SIZE];
	size_t size;
	int ok = json != NULL;

	put(json, "format", json_object_new_int(VOUCH_VERDICT_FORMAT), &ok);
	put_text(json, "decision", verdict->permitted == 1 ? "permit" : "veto",
		 &ok);
	if (readable) {
		put_text(json, "cluster", evidence->cluster, &ok);
		put_text(json, "request", evidence->request.id, &ok);
		put_text(json, "candidate",
			 evidence->nodes[evidence->request.candidate].name, &ok);
		put_text(json, "reason", evidence->request.reason, &ok);
	}
	if (verdict->permitted == 1)
		put(json, "epoch", json_object_new_int64((int64_t)verdict->epoch),
		    &ok);
	else
		put(json, "rule", json_object_new_int(verdict->deciding_rule),
		    &ok);
	if (verdict->permitted != 1)
		put_text(json, "invariant", rule ? rule->invariant : "P6-F1",
			 &ok);
	headline(evidence, verdict, line);
	put_text(json, "why", line, &ok);
	put(json, "findings", findings_encode(evidence, verdict, &ok), &ok);
	if (verdict->permitted != 1)
		remedies_put(json, evidence, remedies, &ok);
	put_text(json, "outside_the_promise",
		 "sessions with synchronous_commit below on, cancelled "
		 "synchronous waits, storage that lies about fsync or is rolled "
		 "back unseen, peers that lie",
		 &ok);
	*text = NULL;
	if (ok)
		return vouch__document_write(json, "verdict", text, &size, error);
	json_object_put(json);
	return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
}
