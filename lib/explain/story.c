/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "explain/story.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/document.h"
#include "evidence/evidence_json.h"
#include "evidence/names.h"
#include "kernel/scratch.h"

const char *vouch__story_text(struct json_object *json, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(json, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return "";
	return json_object_get_string(value);
}

struct json_object *vouch__story_array(struct json_object *json, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(json, key, &value) ||
	    !json_object_is_type(value, json_type_array))
		return NULL;
	return value;
}

/* Rules are numbered by obligation, in hundreds; see kernel/rules.h. */
static const char *const obligations[] = {
	"Other rules",
	"Form: the evidence and the request are complete",
	"View: one quorate cluster with fencing",
	"Exclusion: the old holder cannot write",
	"Lineage: the new log continues the old one",
	"Coverage: no acknowledged write is lost",
	"Visibility: all that was read is replayed",
};

const char *vouch__story_obligation(struct json_object *finding)
{
	struct json_object *rule = NULL;
	int number;

	(void)json_object_object_get_ex(finding, "rule", &rule);
	number = json_object_get_int(rule);
	if (number < 100 || number >= 700)
		return obligations[0];
	return obligations[number / 100];
}

const char *vouch__story_mark(struct json_object *finding)
{
	const char *outcome = vouch__story_text(finding, "outcome");

	if (strcmp(outcome, "holds") == 0)
		return "holds";
	return strcmp(outcome, "not-open") == 0 ? "not used" : "open";
}

static void lsn_write(uint64_t lsn, char *text, size_t size)
{
	(void)snprintf(text, size, "%" PRIX64 "/%" PRIX64, lsn >> 32,
		       lsn & 0xffffffffu);
}

static const char *role_of(const struct vouch_probe *probe)
{
	if (probe->condition == VOUCH_MALFORMED)
		return "bad answer";
	if (probe->condition != VOUCH_PRESENT)
		return "no answer";
	if (probe->in_recovery == VOUCH_YES)
		return "standby";
	return probe->in_recovery == VOUCH_NO ? "writable" : "unclear";
}

static void member_read(struct vouch_story *story, uint32_t index)
{
	const struct vouch_node *node = &story->evidence->nodes[index];
	struct vouch_story_member *member = &story->members[index];

	member->name = node->name;
	member->candidate = story->evidence->request.candidate == index;
	(void)snprintf(member->role, sizeof(member->role), "%s%s",
		       role_of(&node->probe),
		       member->candidate ? ", candidate" : "");
	if (node->probe.condition == VOUCH_PRESENT)
		member->position_lsn = vouch__probe_end(&node->probe);
	if (member->position_lsn > 0)
		lsn_write(member->position_lsn, member->position,
			  sizeof(member->position));
}

static void members_read(struct vouch_story *story)
{
	uint64_t lowest = UINT64_MAX, furthest = 0, span;
	uint32_t i;

	story->member_count = story->evidence->node_count;
	for (i = 0; i < story->member_count; i++) {
		uint64_t lsn;

		member_read(story, i);
		lsn = story->members[i].position_lsn;
		if (lsn > 0 && lsn < lowest)
			lowest = lsn;
		if (lsn > furthest)
			furthest = lsn;
	}
	if (furthest == 0)
		return;
	lsn_write(furthest, story->furthest, sizeof(story->furthest));
	span = furthest - lowest;
	for (i = 0; i < story->member_count; i++) {
		struct vouch_story_member *member = &story->members[i];

		if (member->position_lsn == 0)
			continue;
		/* In floating point: positions are 64 bits wide. */
		member->along_permille =
			span == 0 ? 1000 :
				    (uint32_t)((double)(member->position_lsn -
							lowest) /
					       (double)span * 1000.0);
	}
}

/* An order of 0 was never observed. */
static void step_add(struct vouch_story *story, uint64_t order, const char *node,
		     const char *text)
{
	struct vouch_story_step *step = &story->steps[story->step_count];

	if (order == 0 || story->step_count == VOUCH_STORY_STEPS)
		return;
	step->order = order;
	(void)snprintf(step->text, sizeof(step->text), "%s%s%s", node,
		       node[0] ? ": " : "", text);
	story->step_count++;
}

/* Equal orders are told by their words, so that the bytes are always the same. */
static int step_compare(const void *a, const void *b)
{
	const struct vouch_story_step *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return strcmp(x->text, y->text);
}

static void steps_read(struct vouch_story *story)
{
	const struct vouch_evidence *evidence = story->evidence;
	uint32_t i;

	step_add(story, evidence->before.order, "", "the view, before");
	step_add(story, evidence->fencing.order, "", "the fencing history");
	step_add(story, evidence->seal.order, "", "the seal");
	step_add(story, evidence->rows.order, "", "the records in the log");
	step_add(story, evidence->tail.order, "", "the log's last record");
	step_add(story, evidence->after.order, "", "the view, after");
	for (i = 0; i < evidence->node_count; i++) {
		const struct vouch_node *node = &evidence->nodes[i];

		step_add(story, node->operations.order, node->name,
			 "the cluster's operations");
		step_add(story, node->probe.order, node->name,
			 role_of(&node->probe));
	}
	qsort(story->steps, story->step_count, sizeof(story->steps[0]),
	      step_compare);
}

static int epoch_compare(const void *a, const void *b)
{
	const struct vouch_story_epoch *x = a, *y = b;
	int order;

	if (x->epoch != y->epoch)
		return x->epoch < y->epoch ? -1 : 1;
	order = strcmp(x->source, y->source);
	return order != 0 ? order : strcmp(x->holder, y->holder);
}

static void epochs_read(struct vouch_story *story)
{
	const struct vouch_evidence *evidence = story->evidence;
	uint32_t i;

	for (i = 0; i < evidence->grant_count; i++) {
		const struct vouch_grant *grant = &evidence->grants[i];
		struct vouch_story_epoch *epoch = &story->epochs[i];

		epoch->epoch = grant->epoch;
		epoch->holder = grant->holder < evidence->node_count ?
					evidence->nodes[grant->holder].name :
					"?";
		epoch->outcome =
			vouch__name_of(&vouch__names_outcome, grant->outcome);
		epoch->source =
			vouch__name_of(&vouch__names_source, grant->source);
		epoch->k = grant->contract.k;
		epoch->member_count = grant->contract.member_count;
	}
	story->epoch_count = evidence->grant_count;
	qsort(story->epochs, story->epoch_count, sizeof(story->epochs[0]),
	      epoch_compare);
}

static void asked_write(struct vouch_story *story)
{
	const char *reason = vouch__story_text(story->verdict, "reason");

	(void)snprintf(story->asked, sizeof(story->asked),
		       "Request %.64s asked to promote %.64s in cluster %.64s%s%.255s%s.",
		       vouch__story_text(story->verdict, "request"),
		       vouch__story_text(story->verdict, "candidate"),
		       vouch__story_text(story->verdict, "cluster"),
		       reason[0] ? " (" : "", reason, reason[0] ? ")" : "");
	/* A verdict from elsewhere may have had a name cut inside a character. */
	if (!vouch__text_is_utf8(story->asked))
		(void)snprintf(story->asked, sizeof(story->asked),
			       "The request's names are too long to be shown.");
}

static enum vouch_error_code verdict_read(struct vouch_story *story,
					  const char *text, size_t length,
					  struct vouch_error *error)
{
	enum vouch_error_code code = vouch__document_parse(
		text, length, "verdict", &story->verdict, error);

	if (code != VOUCH_OK)
		return code;
	if (vouch__story_text(story->verdict, "decision")[0] == '\0' ||
	    !vouch__story_array(story->verdict, "findings"))
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"this is no verdict document");
	story->permitted = strcmp(vouch__story_text(story->verdict, "decision"),
				  "permit") == 0;
	asked_write(story);
	return VOUCH_OK;
}

static enum vouch_error_code evidence_read(struct vouch_story *story,
					   const char *text, size_t length,
					   struct vouch_error *error)
{
	enum vouch_error_code code;

	story->evidence = malloc(sizeof(*story->evidence));
	if (!story->evidence)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__evidence_decode(text, length, story->evidence, error);
	if (code != VOUCH_OK)
		return code;
	members_read(story);
	steps_read(story);
	epochs_read(story);
	return VOUCH_OK;
}

enum vouch_error_code vouch__story_read(const char *verdict, size_t verdict_length,
					const char *evidence, size_t evidence_length,
					struct vouch_story **story,
					struct vouch_error *error)
{
	struct vouch_story *read = calloc(1, sizeof(*read));
	enum vouch_error_code code;

	*story = NULL;
	if (!read)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = verdict_read(read, verdict, verdict_length, error);
	if (code == VOUCH_OK && evidence)
		code = evidence_read(read, evidence, evidence_length, error);
	if (code == VOUCH_OK)
		*story = read;
	else
		vouch__story_free(read);
	return code;
}

void vouch__story_free(struct vouch_story *story)
{
	if (!story)
		return;
	json_object_put(story->verdict);
	free(story->evidence);
	free(story);
}
