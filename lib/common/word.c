/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/word.h"

#include <json-c/json.h>
#include <string.h>

#include "common/document.h"
#include "common/json.h"

static const char *const names[VOUCH_WORD_KINDS] = { "unknown", "authorize",
						     "assert-down" };

const char *vouch__word_name(enum vouch_word_kind kind)
{
	return kind > VOUCH_WORD_UNKNOWN && kind < VOUCH_WORD_KINDS ?
		       names[kind] :
		       names[VOUCH_WORD_UNKNOWN];
}

/* Both kinds of control characters; in UTF-8 the second one is C2 80 to C2 9F. */
static int has_control(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	for (; *at; at++) {
		if (*at < ' ' || *at == 0x7f ||
		    (at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f))
			return 1;
	}
	return 0;
}

int vouch__word_reason_is_valid(const char *reason)
{
	size_t length = strnlen(reason, VOUCH_TEXT_SIZE);

	return length < VOUCH_TEXT_SIZE && reason[strspn(reason, " ")] != '\0' &&
	       vouch__text_is_utf8(reason) && !has_control(reason);
}

/* Printable, and without anything that XML or JSON would write differently. */
static int is_plain(const char *text)
{
	size_t i;

	for (i = 0; text[i]; i++) {
		if (i + 1 >= VOUCH_NAME_SIZE || text[i] <= ' ' ||
		    text[i] > '~' || strchr("\"\\<>&'/", text[i]))
			return 0;
	}
	return i > 0;
}

/* Whoever says that a node is down says it of a view. */
static int ring_is_valid(const struct vouch_word *word)
{
	if (word->kind == VOUCH_WORD_AUTHORIZE)
		return word->ring_leader == 0 && word->ring_seq == 0;
	return word->ring_seq > 0 && word->ring_leader < UINT64_MAX &&
	       word->ring_seq < UINT64_MAX;
}

static int is_valid(const struct vouch_word *word)
{
	return word->kind > VOUCH_WORD_UNKNOWN &&
	       word->kind < VOUCH_WORD_KINDS && is_plain(word->cluster) &&
	       is_plain(word->node) && word->epoch > 0 &&
	       word->epoch <= INT64_MAX && ring_is_valid(word) &&
	       is_plain(word->id) && is_plain(word->operator_name) &&
	       word->uid <= UINT32_MAX && is_plain(word->said_at) &&
	       vouch__word_reason_is_valid(word->reason);
}

static enum vouch_error_code put_text(struct json_object *json, const char *key,
				      const char *text,
				      enum vouch_error_code code)
{
	return code == VOUCH_OK ? vouch__json_put_text(json, key, text) : code;
}

static enum vouch_error_code put_u64(struct json_object *json, const char *key,
				     uint64_t value, enum vouch_error_code code)
{
	return code == VOUCH_OK ? vouch__json_put_u64(json, key, value) : code;
}

static enum vouch_error_code fields_put(struct json_object *json,
					const struct vouch_word *word)
{
	enum vouch_error_code code = VOUCH_OK;

	code = put_text(json, "word", vouch__word_name(word->kind), code);
	code = put_text(json, "cluster", word->cluster, code);
	code = put_text(json, "node", word->node, code);
	code = put_u64(json, "epoch", word->epoch, code);
	code = put_u64(json, "ring_leader", word->ring_leader, code);
	code = put_u64(json, "ring_seq", word->ring_seq, code);
	code = put_text(json, "id", word->id, code);
	code = put_text(json, "operator", word->operator_name, code);
	code = put_u64(json, "uid", word->uid, code);
	code = put_text(json, "said", word->said_at, code);
	return put_text(json, "reason", word->reason, code);
}

enum vouch_error_code vouch__word_encode(const struct vouch_word *word,
					 char *text, struct vouch_error *error)
{
	enum vouch_error_code code;
	struct json_object *json;
	const char *written;

	if (!is_valid(word))
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"the operator's word is incomplete or "
					"out of range; nothing was recorded");
	json = json_object_new_object();
	code = fields_put(json, word);
	written = code == VOUCH_OK ?
			  json_object_to_json_string_ext(
				  json, JSON_C_TO_STRING_PLAIN) :
			  NULL;
	if (!written)
		code = vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	else if (strlen(written) >= VOUCH_WORD_SIZE)
		code = vouch__error_set(error, VOUCH_E_LIMIT,
					"the operator's word is too long");
	else
		memcpy(text, written, strlen(written) + 1);
	json_object_put(json);
	return code;
}

static void text_of(struct json_object *json, const char *key, char *text,
		    size_t size, int *ok)
{
	if (vouch__json_get_text(json, key, text, size, NULL) != VOUCH_OK)
		*ok = 0;
}

static void u64_of(struct json_object *json, const char *key, uint64_t *value,
		   int *ok)
{
	if (vouch__json_get_u64(json, key, INT64_MAX, value, NULL) != VOUCH_OK)
		*ok = 0;
}

static enum vouch_word_kind kind_of(struct json_object *json, int *ok)
{
	char name[VOUCH_NAME_SIZE] = "";
	int kind;

	text_of(json, "word", name, sizeof(name), ok);
	for (kind = VOUCH_WORD_UNKNOWN + 1; kind < VOUCH_WORD_KINDS; kind++) {
		if (strcmp(name, names[kind]) == 0)
			return (enum vouch_word_kind)kind;
	}
	*ok = 0;
	return VOUCH_WORD_UNKNOWN;
}

enum vouch_error_code vouch__word_decode(const char *text,
					 struct vouch_word *word,
					 struct vouch_error *error)
{
	char again[VOUCH_WORD_SIZE];
	struct json_object *json;
	int ok = 1;

	memset(word, 0, sizeof(*word));
	if (strnlen(text, VOUCH_WORD_SIZE) >= VOUCH_WORD_SIZE ||
	    vouch__json_parse(text, strlen(text), &json, NULL) != VOUCH_OK)
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"it is no operator's word as vouch "
					"writes it");
	word->kind = kind_of(json, &ok);
	text_of(json, "cluster", word->cluster, VOUCH_NAME_SIZE, &ok);
	text_of(json, "node", word->node, VOUCH_NAME_SIZE, &ok);
	u64_of(json, "epoch", &word->epoch, &ok);
	u64_of(json, "ring_leader", &word->ring_leader, &ok);
	u64_of(json, "ring_seq", &word->ring_seq, &ok);
	text_of(json, "id", word->id, VOUCH_NAME_SIZE, &ok);
	text_of(json, "operator", word->operator_name, VOUCH_NAME_SIZE, &ok);
	u64_of(json, "uid", &word->uid, &ok);
	text_of(json, "said", word->said_at, VOUCH_NAME_SIZE, &ok);
	text_of(json, "reason", word->reason, VOUCH_TEXT_SIZE, &ok);
	json_object_put(json);
	if (!ok || vouch__word_encode(word, again, error) != VOUCH_OK ||
	    strcmp(text, again) != 0)
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"it is no operator's word as vouch "
					"writes it");
	word->condition = VOUCH_PRESENT;
	return VOUCH_OK;
}

void vouch__word_place(const char *text, enum vouch_word_kind kind,
		       const char *cluster, const char *node,
		       struct vouch_word *word)
{
	struct vouch_error ignored;

	if (text && vouch__word_decode(text, word, &ignored) == VOUCH_OK &&
	    word->kind == kind && strcmp(word->cluster, cluster) == 0 &&
	    strcmp(word->node, node) == 0)
		return;
	memset(word, 0, sizeof(*word));
	word->condition = VOUCH_MALFORMED;
	word->kind = kind;
	memcpy(word->cluster, cluster, strnlen(cluster, VOUCH_NAME_SIZE - 1));
	memcpy(word->node, node, strnlen(node, VOUCH_NAME_SIZE - 1));
}
