/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A decision as Pacemaker's tools write XML. Nothing is decided or derived here:
 * every word stands in the story. */
#include <inttypes.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/decision_show.h"
#include "common/safe_text.h"

/* Collects the first failure of a long row of additions. */
struct xml {
	xmlDoc *document;
	int ok;
};

static xmlNode *child_add(struct xml *xml, xmlNode *parent, const char *name)
{
	xmlNode *node = parent ? xmlNewChild(parent, NULL, BAD_CAST name, NULL) :
				 NULL;

	if (!node)
		xml->ok = 0;
	return node;
}

/* XML has no way at all to write most control characters. */
static char *safe_copy(const char *text)
{
	char *copy = NULL;
	size_t size;
	FILE *out = open_memstream(&copy, &size);

	if (!out)
		return NULL;
	vouch__text_write(out, text);
	if (fclose(out) != 0) {
		free(copy);
		copy = NULL;
	}
	return copy;
}

static void text_add(struct xml *xml, xmlNode *node, const char *name,
		     const char *text)
{
	char *safe;

	if (text[0] == '\0')
		return;
	safe = safe_copy(text);
	if (!node || !safe || !xmlNewProp(node, BAD_CAST name, BAD_CAST safe))
		xml->ok = 0;
	free(safe);
}

static void number_add(struct xml *xml, xmlNode *node, const char *name,
		       uint64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, number);
	text_add(xml, node, name, text);
}

/* The verdict's own words for them are the attributes' names. */
static void field_add(struct xml *xml, xmlNode *node, struct json_object *json,
		      const char *key)
{
	struct json_object *value;

	if (json_object_object_get_ex(json, key, &value) &&
	    json_object_is_type(value, json_type_int))
		number_add(xml, node, key,
			   (uint64_t)json_object_get_int64(value));
	else
		text_add(xml, node, key, vouch__story_text(json, key));
}

static void fields_add(struct xml *xml, xmlNode *node, struct json_object *json,
		       const char *const *keys)
{
	for (; *keys; keys++)
		field_add(xml, node, json, *keys);
}

static void finding_add(struct xml *xml, xmlNode *parent,
			struct json_object *finding)
{
	static const char *const keys[] = { "rule",   "name", "invariant",
					    "outcome", "reason", "node",
					    "text",   "unblock", NULL };
	static const char *const fact_keys[] = { "fact", "node", "value",
						 "source", NULL };
	struct json_object *facts = vouch__story_array(finding, "facts");
	xmlNode *node = child_add(xml, parent, "finding");
	size_t i;

	fields_add(xml, node, finding, keys);
	for (i = 0; facts && i < json_object_array_length(facts); i++)
		fields_add(xml, child_add(xml, node, "fact"),
			   json_object_array_get_idx(facts, i), fact_keys);
}

static void findings_add(struct xml *xml, xmlNode *parent,
			 const struct vouch_story *story)
{
	struct json_object *findings =
		vouch__story_array(story->verdict, "findings");
	const char *obligation = NULL;
	xmlNode *node = NULL;
	size_t i;

	for (i = 0; i < json_object_array_length(findings); i++) {
		struct json_object *finding =
			json_object_array_get_idx(findings, i);
		const char *next = vouch__story_obligation(finding);

		if (next != obligation) {
			node = child_add(xml, parent, "obligation");
			text_add(xml, node, "text", next);
			obligation = next;
		}
		finding_add(xml, node, finding);
	}
}

static void remedies_add(struct xml *xml, xmlNode *parent,
			 const struct vouch_story *story)
{
	struct json_object *remedies =
		vouch__story_array(story->verdict, "remedies");
	size_t i, j;

	for (i = 0; remedies && i < json_object_array_length(remedies); i++) {
		struct json_object *set = json_object_array_get_idx(remedies, i);
		xmlNode *node = child_add(xml, parent, "remedy");

		for (j = 0; json_object_is_type(set, json_type_array) &&
			    j < json_object_array_length(set);
		     j++) {
			const char *text = json_object_get_string(
				json_object_array_get_idx(set, j));

			text_add(xml, child_add(xml, node, "change"), "text",
				 text ? text : "");
		}
	}
}

static void evidence_add(struct xml *xml, xmlNode *parent,
			 const struct vouch_story *story)
{
	uint32_t i;

	for (i = 0; i < story->member_count; i++) {
		xmlNode *node = child_add(xml, parent, "member");

		text_add(xml, node, "name", story->members[i].name);
		text_add(xml, node, "role", story->members[i].role);
		text_add(xml, node, "position", story->members[i].position);
	}
	for (i = 0; i < story->step_count; i++) {
		xmlNode *node = child_add(xml, parent, "observation");

		number_add(xml, node, "order", story->steps[i].order);
		text_add(xml, node, "text", story->steps[i].text);
	}
	for (i = 0; i < story->epoch_count; i++) {
		xmlNode *node = child_add(xml, parent, "grant");

		number_add(xml, node, "epoch", story->epochs[i].epoch);
		text_add(xml, node, "holder", story->epochs[i].holder);
		text_add(xml, node, "outcome", story->epochs[i].outcome);
		text_add(xml, node, "source", story->epochs[i].source);
		number_add(xml, node, "k", story->epochs[i].k);
		number_add(xml, node, "members", story->epochs[i].member_count);
	}
}

static void attempt_steps_add(struct xml *xml, xmlNode *parent,
			      const struct vouch_story *story)
{
	uint32_t i;

	for (i = 0; i < story->moment_count; i++) {
		xmlNode *node = child_add(xml, parent, "step");

		text_add(xml, node, "time", story->moments[i].time);
		text_add(xml, node, "elapsed", story->moments[i].elapsed);
		text_add(xml, node, "text", story->moments[i].text);
	}
}

/* It stands in an element of its own name: who looks for a decision must not find
 * one (P6-A3). */
static void supposed_add(struct xml *xml, xmlNode *parent,
			 const struct vouch_story *story)
{
	static const char *const change_keys[] = { "change", "supposes", NULL };
	static const char *const keys[] = { "name", "outcome", "text", NULL };
	static const char *const before_keys[] = { "decision", "why", NULL };
	struct json_object *json = story->supposed, *inner;
	struct json_object *changes = vouch__story_array(json, "supposed");
	struct json_object *differences =
		vouch__story_array(json, "differences");
	xmlNode *node = child_add(xml, parent, "supposed");
	size_t i;

	text_add(xml, node, "warning", vouch__story_text(json, "warning"));
	for (i = 0; changes && i < json_object_array_length(changes); i++)
		fields_add(xml, child_add(xml, node, "change"),
			   json_object_array_get_idx(changes, i), change_keys);
	if (json_object_object_get_ex(json, "before", &inner))
		fields_add(xml, child_add(xml, node, "before"), inner,
			   before_keys);
	for (i = 0; differences && i < json_object_array_length(differences);
	     i++) {
		struct json_object *difference =
			json_object_array_get_idx(differences, i);
		xmlNode *child = child_add(xml, node, "difference");

		text_add(xml, child, "in", vouch__story_text(difference, "in"));
		if (json_object_object_get_ex(difference, "finding", &inner))
			fields_add(xml, child, inner, keys);
	}
}

static void decision_add(struct xml *xml, xmlNode *root,
			 const struct vouch_story *story)
{
	static const char *const keys[] = { "decision", "cluster", "request",
					    "candidate", "reason", "epoch",
					    "rule", "invariant", "why",
					    "remedies_note",
					    "outside_the_promise", NULL };
	xmlNode *decision = child_add(xml, root, story->supposed ?
							 "supposition" :
							 "decision");

	fields_add(xml, decision, story->verdict, keys);
	if (story->supposed)
		supposed_add(xml, decision, story);
	findings_add(xml, decision, story);
	remedies_add(xml, decision, story);
	evidence_add(xml, decision, story);
	attempt_steps_add(xml, decision, story);
}

/* The status is that of the command, 0 where the decision could be told;
 * permit or veto is the decision's own attribute. */
static void status_add(struct xml *xml, xmlNode *root)
{
	xmlNode *status = child_add(xml, root, "status");

	text_add(xml, status, "code", "0");
	text_add(xml, status, "message", "OK");
}

static char *document_write(struct xml *xml)
{
	xmlChar *bytes = NULL;
	char *text = NULL;
	int length = 0;

	if (xml->ok)
		xmlDocDumpFormatMemoryEnc(xml->document, &bytes, &length,
					  "UTF-8", 1);
	if (bytes)
		text = strndup((const char *)bytes, (size_t)length);
	xmlFree(bytes);
	return text;
}

enum vouch_error_code decision_xml(const struct cli *cli,
				   const struct vouch_story *story, char **text,
				   struct vouch_error *error)
{
	struct xml xml = { xmlNewDoc(BAD_CAST "1.0"), 1 };
	xmlNode *root = xml.document ? xmlNewNode(NULL, BAD_CAST
						  "pacemaker-result") :
				       NULL;

	*text = NULL;
	if (root) {
		(void)xmlDocSetRootElement(xml.document, root);
		text_add(&xml, root, "api-version", "2.25");
		text_add(&xml, root, "request", cli->program);
		decision_add(&xml, root, story);
		status_add(&xml, root);
		*text = document_write(&xml);
	}
	xmlFreeDoc(xml.document);
	if (!*text)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	return VOUCH_OK;
}
