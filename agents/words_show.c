/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operators' words that are on record, for people. */
#include "agents/words_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "authority/records.h"
#include "common/privilege.h"
#include "explain/safe_text.h"

static void newest_of(const struct vouch_cluster_grant *grants, uint32_t count,
		      uint64_t *newest)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (grants[i].epoch > *newest)
			*newest = grants[i].epoch;
	}
}

static enum vouch_error_code cluster_newest(struct vouch_context *context,
					    struct vouch_deadline deadline,
					    uint64_t *newest,
					    struct vouch_error *error)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	struct vouch_error ignored;
	enum vouch_error_code code = vouch__privilege_raise(error);

	if (code != VOUCH_OK)
		return code;
	code = context->cluster_ops->grants_observe(context->cluster, deadline,
						    grants, &count, error);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return VOUCH_E_PERMISSION;
	if (code == VOUCH_OK)
		newest_of(grants, count, newest);
	return code;
}

enum vouch_error_code words_newest_epoch(struct vouch_context *context,
					 const struct vouch_probe *probes,
					 struct vouch_deadline deadline,
					 uint64_t *newest,
					 struct vouch_error *error)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;
	uint32_t i;

	*newest = 0;
	code = vouch__records_grants(context->journal, grants, &count, error);
	if (code != VOUCH_OK)
		return code;
	newest_of(grants, count, newest);
	if (context->cluster)
		code = cluster_newest(context, deadline, newest, error);
	for (i = 0; i < context->config->member_count; i++) {
		if (probes[i].condition == VOUCH_PRESENT &&
		    probes[i].epoch > *newest)
			*newest = probes[i].epoch;
	}
	return code;
}

static const char *counts_text(const struct vouch_word *word,
			       const struct vouch_config *config,
			       uint64_t newest, const struct vouch_view *view)
{
	if (word->condition != VOUCH_PRESENT)
		return "malformed, counts for nothing; revoke it";
	if (vouch__word_authorizes(word, config->name, word->node, newest) ||
	    vouch__word_asserts(word, config->name, newest, view))
		return "counts";
	if (word->kind == VOUCH_WORD_ASSERT_DOWN && word->epoch == newest)
		return "void: the membership changed since";
	return "void: the epoch moved on";
}

static void word_text(const struct vouch_word *word, const char *counts)
{
	(void)printf("operator's word: %s %s, epoch %" PRIu64 " (%s)",
		     vouch__word_name(word->kind), word->node, word->epoch,
		     counts);
	if (word->condition == VOUCH_PRESENT) {
		(void)printf(", by %s (uid %" PRIu64 "), %s: ",
			     word->operator_name, word->uid, word->said_at);
		vouch__text_write(stdout, word->reason);
	}
	(void)printf("\n");
}

static void text_add(struct json_object *json, const char *key, const char *text)
{
	(void)json_object_object_add(json, key, json_object_new_string(text));
}

static void word_json(struct json_object *list, const struct vouch_word *word,
		      const char *counts)
{
	struct json_object *json = json_object_new_object();

	text_add(json, "word", vouch__word_name(word->kind));
	text_add(json, "node", word->node);
	(void)json_object_object_add(json, "epoch",
				     json_object_new_int64((int64_t)word->epoch));
	text_add(json, "counts", counts);
	text_add(json, "operator", word->operator_name);
	(void)json_object_object_add(json, "uid",
				     json_object_new_int64((int64_t)word->uid));
	text_add(json, "said", word->said_at);
	text_add(json, "reason", word->reason);
	(void)json_object_array_add(list, json);
}

static void view_read(struct vouch_context *context,
		      struct vouch_deadline deadline, struct vouch_view *view)
{
	struct vouch_error error = { 0 };

	memset(view, 0, sizeof(*view));
	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK)
		return;
	if (context->cluster_ops->view_observe(context->cluster, deadline, view,
					       &error) != VOUCH_OK ||
	    vouch__privilege_lower(context->config, &error) != VOUCH_OK)
		memset(view, 0, sizeof(*view));
	(void)!vouch__privilege_lower(context->config, &error);
}

void words_show(struct vouch_context *context, const struct vouch_probe *probes,
		struct vouch_deadline deadline, struct json_object *json)
{
	static struct vouch_word_list words;
	struct json_object *list = json ? json_object_new_array() : NULL;
	struct vouch_error error = { 0 };
	struct vouch_view view;
	uint64_t newest;
	uint32_t i;

	if (vouch__words_observe(context, deadline, &words, &error) != VOUCH_OK ||
	    (words.count > 0 &&
	     words_newest_epoch(context, probes, deadline, &newest, &error) !=
		     VOUCH_OK)) {
		(void)fprintf(stderr, "vouch: %s\n", error.text);
		words.count = 0;
	}
	if (words.count > 0)
		view_read(context, deadline, &view);
	for (i = 0; i < words.count; i++) {
		const struct vouch_word *word = &words.words[i];
		const char *counts =
			counts_text(word, context->config, newest, &view);

		if (list)
			word_json(list, word, counts);
		else
			word_text(word, counts);
	}
	if (list)
		(void)json_object_object_add(json, "words", list);
}
