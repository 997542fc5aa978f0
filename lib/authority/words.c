/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/words.h"

#include <string.h>

#include "authority/marker.h"
#include "common/json.h"
#include "common/privilege.h"

/* Without a cluster manager: only this node can be authorized here. */
#define WORD_FILE "word-authorize"

/* --- where they lie ------------------------------------------------------- */

static enum vouch_error_code file_observe(struct vouch_context *context,
					  struct vouch_word_list *list,
					  struct vouch_error *error)
{
	const struct vouch_config *config = context->config;
	struct json_object *json = NULL;
	enum vouch_error_code code =
		vouch__state_read(config, WORD_FILE, &json, error);

	if (code == VOUCH_E_NOT_FOUND)
		return VOUCH_OK;
	if (code != VOUCH_OK && code != VOUCH_E_CORRUPT &&
	    code != VOUCH_E_MALFORMED)
		return code;
	vouch__word_place(code == VOUCH_OK ?
				  json_object_to_json_string_ext(
					  json, JSON_C_TO_STRING_PLAIN) :
				  NULL,
			  VOUCH_WORD_AUTHORIZE, config->name, config->node,
			  &list->words[list->count++]);
	json_object_put(json);
	return VOUCH_OK;
}

static enum vouch_error_code file_record(struct vouch_context *context,
					 const struct vouch_word *word,
					 struct vouch_error *error)
{
	char text[VOUCH_WORD_SIZE];
	struct json_object *json = NULL;
	enum vouch_error_code code;

	if (word->kind != VOUCH_WORD_AUTHORIZE ||
	    strcmp(word->node, context->config->node) != 0)
		return vouch__error_set(error, VOUCH_E_STATE,
					"without a cluster manager only this node "
					"itself can be authorized here");
	code = vouch__word_encode(word, text, error);
	if (code == VOUCH_OK)
		code = vouch__json_parse(text, strlen(text), &json, error);
	if (code == VOUCH_OK)
		code = vouch__state_write(context->config, WORD_FILE, json,
					  error);
	json_object_put(json);
	return code;
}

#define AS_ROOT(context, error, call)                                          \
	__extension__({                                                        \
		struct vouch_error ignored_;                                   \
		enum vouch_error_code code_ = vouch__privilege_raise(error);   \
		if (code_ == VOUCH_OK) {                                       \
			code_ = (call);                                        \
			if (vouch__privilege_lower((context)->config,          \
						   &ignored_) != VOUCH_OK)     \
				code_ = VOUCH_E_PERMISSION;                    \
		}                                                              \
		code_;                                                         \
	})

static enum vouch_error_code no_cluster(struct vouch_error *error)
{
	return vouch__error_set(error, VOUCH_E_CLUSTER,
				"the cluster does not answer; nothing was "
				"changed");
}

enum vouch_error_code vouch__words_observe(struct vouch_context *context,
					   struct vouch_deadline deadline,
					   struct vouch_word_list *list,
					   struct vouch_error *error)
{
	const struct vouch_cluster_ops *ops = context->cluster_ops;

	memset(list, 0, sizeof(*list));
	if (!ops)
		return file_observe(context, list, error);
	if (!context->cluster)
		return no_cluster(error);
	if (!ops->words_observe)
		return VOUCH_OK;
	return AS_ROOT(context, error,
		       ops->words_observe(context->cluster, deadline, list,
					  error));
}

static enum vouch_error_code word_put(struct vouch_context *context,
				      const struct vouch_word *word,
				      struct vouch_deadline deadline,
				      struct vouch_error *error)
{
	const struct vouch_cluster_ops *ops = context->cluster_ops;

	if (!ops)
		return file_record(context, word, error);
	return AS_ROOT(context, error,
		       ops->word_record(context->cluster, deadline, word,
					error));
}

static enum vouch_error_code word_take_back(struct vouch_context *context,
					    enum vouch_word_kind kind,
					    const char *node,
					    struct vouch_deadline deadline,
					    struct vouch_error *error)
{
	const struct vouch_cluster_ops *ops = context->cluster_ops;

	if (!ops)
		return vouch__state_remove(context->config, WORD_FILE, error);
	return AS_ROOT(context, error,
		       ops->word_remove(context->cluster, deadline, kind, node,
					error));
}

/* --- on record ------------------------------------------------------------ */

/* {"step": said|revoked|used|failed, "word", "node", "epoch", "id", "operator",
 *  "uid", "reason", "request"} */
static enum vouch_error_code word_journal(struct vouch_context *context,
					  const char *step,
					  const struct vouch_word *word,
					  const char *request_id,
					  struct vouch_error *error)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code = vouch__json_put_text(json, "step", step);

	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "word",
					    vouch__word_name(word->kind));
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "node", word->node);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "epoch", word->epoch);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "id", word->id);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "operator",
					    word->operator_name);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "uid", word->uid);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "reason", word->reason);
	if (code == VOUCH_OK && request_id)
		code = vouch__json_put_text(json, "request", request_id);
	if (code != VOUCH_OK)
		code = vouch__error_set(error, code, "out of memory");
	else
		code = vouch__journal_append(context->journal,
					     VOUCH_RECORD_WORD, json, NULL,
					     error);
	json_object_put(json);
	return code;
}

/* What is on record here and did not come to be is told as well, so that nobody
 * takes the first record for the whole story. */
static enum vouch_error_code failed(struct vouch_context *context,
				    const struct vouch_word *word,
				    enum vouch_error_code code)
{
	struct vouch_error ignored;

	if (code != VOUCH_OK)
		(void)!word_journal(context, "failed", word, NULL, &ignored);
	return code;
}

enum vouch_error_code vouch__word_say(struct vouch_context *context,
				      const struct vouch_word *word,
				      struct vouch_deadline deadline,
				      struct vouch_error *error)
{
	char text[VOUCH_WORD_SIZE];
	enum vouch_error_code code;

	if (context->cluster_ops && !context->cluster)
		return no_cluster(error);
	code = vouch__word_encode(word, text, error);
	if (code == VOUCH_OK)
		code = word_journal(context, "said", word, NULL, error);
	if (code != VOUCH_OK)
		return code;
	return failed(context, word, word_put(context, word, deadline, error));
}

static const struct vouch_word *word_find(const struct vouch_word_list *list,
					  enum vouch_word_kind kind,
					  const char *node)
{
	uint32_t i;

	for (i = 0; i < list->count; i++) {
		if (list->words[i].kind == kind &&
		    strcmp(list->words[i].node, node) == 0)
			return &list->words[i];
	}
	return NULL;
}

/* A malformed word, or one too many, can be revoked like any other. */
enum vouch_error_code vouch__word_revoke(struct vouch_context *context,
					 const struct vouch_word *word,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	struct vouch_word_list list;
	enum vouch_error_code code =
		vouch__words_observe(context, deadline, &list, error);

	if (code != VOUCH_OK && code != VOUCH_E_LIMIT)
		return code;
	if (code == VOUCH_OK && !word_find(&list, word->kind, word->node))
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"there is no such word of %s to revoke; "
					"'vouch status' lists them",
					word->node);
	code = word_journal(context, "revoked", word, NULL, error);
	if (code != VOUCH_OK)
		return code;
	return failed(context, word,
		      word_take_back(context, word->kind, word->node, deadline,
				     error));
}

/* --- what they say -------------------------------------------------------- */

int vouch__word_authorizes(const struct vouch_word *word, const char *cluster,
			   const char *candidate, uint64_t newest)
{
	return word->condition == VOUCH_PRESENT &&
	       word->kind == VOUCH_WORD_AUTHORIZE &&
	       strcmp(word->cluster, cluster) == 0 &&
	       strcmp(word->node, candidate) == 0 && newest < INT64_MAX &&
	       word->epoch == newest + 1;
}

int vouch__word_asserts(const struct vouch_word *word, const char *cluster,
			uint64_t newest, const struct vouch_view *view)
{
	return word->condition == VOUCH_PRESENT &&
	       word->kind == VOUCH_WORD_ASSERT_DOWN &&
	       strcmp(word->cluster, cluster) == 0 && newest != 0 &&
	       word->epoch == newest && view->condition == VOUCH_PRESENT &&
	       word->ring_leader == view->ring_leader &&
	       word->ring_seq == view->ring_seq;
}

/* --- using them ----------------------------------------------------------- */

enum vouch_error_code vouch__words_use(struct vouch_context *context,
				       const char *request_id,
				       struct vouch_deadline deadline,
				       struct vouch_error *error)
{
	const struct vouch_word_list *used = &context->words;
	struct vouch_word_list now;
	enum vouch_error_code code;
	uint32_t i;

	if (used->count == 0)
		return VOUCH_OK;
	code = vouch__words_observe(context, deadline, &now, error);
	for (i = 0; code == VOUCH_OK && i < used->count; i++) {
		const struct vouch_word *word = &used->words[i];
		const struct vouch_word *found =
			word_find(&now, word->kind, word->node);

		if (!found || found->condition != VOUCH_PRESENT ||
		    strcmp(found->id, word->id) != 0)
			return vouch__error_set(
				error, VOUCH_E_STATE,
				"the operator's word on %s was revoked after "
				"the decision (P6-A1a); nothing was promoted",
				word->node);
		code = word_journal(context, "used", word, request_id, error);
	}
	return code;
}

void vouch__words_clear(struct vouch_context *context,
			struct vouch_deadline deadline)
{
	struct vouch_error error = { 0 };
	uint32_t i;

	for (i = 0; i < context->words.count; i++) {
		const struct vouch_word *word = &context->words.words[i];

		if (word_take_back(context, word->kind, word->node, deadline,
				   &error) != VOUCH_OK &&
		    context->progress)
			context->progress(error.text);
	}
	context->words.count = 0;
}
