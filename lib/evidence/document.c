/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-c parses; this looks over the text before, and over the result after.
 * The scan is no parser: it only finds strings, fields and values, and leaves
 * the grammar to json-c. A text that it misunderstood would not have as many
 * values as json-c then finds, and is refused.
 */
#include "evidence/document.h"

#include <json-c/json.h>
#include <string.h>

struct key {
	const char *text;
	size_t length;
};

struct level {
	int is_object;
	unsigned int key_count;
	struct key keys[VOUCH_DOCUMENT_KEYS];
};

struct scan {
	const char *at;
	const char *end;
	const char *what; /* evidence or verdict */
	struct vouch_error *error;
	int key_next; /* the next string is the name of a field */
	size_t values;
	unsigned int depth;
	struct level levels[VOUCH_DOCUMENT_DEPTH];
};

static enum vouch_error_code refuse(const struct scan *scan, const char *why)
{
	return vouch__error_set(scan->error, VOUCH_E_MALFORMED,
				"%s is no JSON document: %s", scan->what, why);
}

static enum vouch_error_code limit(const struct scan *scan, const char *why)
{
	return vouch__error_set(scan->error, VOUCH_E_LIMIT, "%s: %s",
				scan->what, why);
}

/* Bytes of the UTF-8 character at `at`, 0 when there is none: json-c lets
 * overlong forms and surrogates through. */
static size_t character_length(const unsigned char *at, size_t left)
{
	size_t length, i;

	if (at[0] < 0x80)
		return 1;
	if (at[0] >= 0xc2 && at[0] <= 0xdf)
		length = 2;
	else if ((at[0] & 0xf0) == 0xe0)
		length = 3;
	else if (at[0] >= 0xf0 && at[0] <= 0xf4)
		length = 4;
	else
		return 0;
	if (length > left)
		return 0;
	for (i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

/* Field names of these documents are plain words; one that is written with
 * escapes could be a second spelling of another. */
static enum vouch_error_code key_take(struct scan *scan, struct key key)
{
	struct level *level = &scan->levels[scan->depth - 1];
	unsigned int i;

	if (memchr(key.text, '\\', key.length))
		return refuse(scan, "a field's name has an escape");
	for (i = 0; i < level->key_count; i++) {
		if (level->keys[i].length == key.length &&
		    memcmp(level->keys[i].text, key.text, key.length) == 0)
			return vouch__error_set(
				scan->error, VOUCH_E_MALFORMED,
				"%s: the field '%.*s' stands twice in an object",
				scan->what, (int)(key.length < 40 ? key.length : 40),
				key.text);
	}
	if (level->key_count == VOUCH_DOCUMENT_KEYS)
		return limit(scan, "too many fields in one object");
	level->keys[level->key_count++] = key;
	scan->key_next = 0;
	return VOUCH_OK;
}

static enum vouch_error_code string_scan(struct scan *scan)
{
	struct key string = { ++scan->at, 0 };
	size_t bytes;

	while (scan->at < scan->end && *scan->at != '"') {
		bytes = character_length((const unsigned char *)scan->at,
					 (size_t)(scan->end - scan->at));
		if (bytes == 0)
			return refuse(scan, "it is not UTF-8");
		if (*scan->at == '\\' && scan->end - scan->at > 1)
			bytes = 2;
		scan->at += bytes;
	}
	if (scan->at >= scan->end)
		return refuse(scan, "it is cut short");
	string.length = (size_t)(scan->at - string.text);
	scan->at++;
	if (string.length > VOUCH_DOCUMENT_STRING)
		return limit(scan, "a text in it is too long");
	if (scan->key_next)
		return key_take(scan, string);
	scan->values++;
	return VOUCH_OK;
}

static int is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.';
}

/* A number, true, false or null. */
static enum vouch_error_code word_scan(struct scan *scan)
{
	const char *from = scan->at;

	while (scan->at < scan->end && is_word_byte(*scan->at))
		scan->at++;
	if (scan->at - from > 64)
		return limit(scan, "a number in it is too long");
	scan->values++;
	return VOUCH_OK;
}

static enum vouch_error_code level_open(struct scan *scan)
{
	struct level *level;

	if (scan->depth == VOUCH_DOCUMENT_DEPTH)
		return limit(scan, "it is nested too deeply");
	level = &scan->levels[scan->depth++];
	level->is_object = *scan->at++ == '{';
	level->key_count = 0;
	scan->key_next = level->is_object;
	scan->values++;
	return VOUCH_OK;
}

static enum vouch_error_code next_scan(struct scan *scan)
{
	switch (*scan->at) {
	case '"':
		return string_scan(scan);
	case '{':
	case '[':
		return level_open(scan);
	case '}':
	case ']':
		if (scan->depth == 0)
			return refuse(scan, "a bracket closes nothing");
		scan->depth--;
		scan->key_next = 0;
		break;
	case ',':
		scan->key_next = scan->depth > 0 &&
				 scan->levels[scan->depth - 1].is_object;
		break;
	default:
		if (is_word_byte(*scan->at))
			return word_scan(scan);
		break;
	}
	scan->at++;
	return VOUCH_OK;
}

static enum vouch_error_code text_scan(struct scan *scan)
{
	enum vouch_error_code code = VOUCH_OK;

	while (scan->at < scan->end && code == VOUCH_OK)
		code = next_scan(scan);
	if (code == VOUCH_OK && scan->depth > 0)
		return refuse(scan, "it is cut short");
	if (code == VOUCH_OK && scan->values == 0)
		return vouch__error_set(scan->error, VOUCH_E_MALFORMED,
					"%s is empty", scan->what);
	return code;
}

static size_t values_count(struct json_object *json)
{
	size_t count = 1, i;

	if (json_object_is_type(json, json_type_array)) {
		for (i = 0; i < json_object_array_length(json); i++)
			count += values_count(json_object_array_get_idx(json, i));
	} else if (json_object_is_type(json, json_type_object)) {
		json_object_object_foreach(json, key, value)
		{
			(void)key;
			count += values_count(value);
		}
	}
	return count;
}

/* A string that does not fit json-c's buffer, for want of memory, comes out
 * shorter and nobody is told. So the buffer is made as large as any string may
 * be before the document is read. */
static int buffer_is_ready(struct json_tokener *tokener)
{
	char text[VOUCH_DOCUMENT_STRING + 3];
	struct json_object *json;
	int ready;

	memset(text, 'x', sizeof(text));
	text[0] = text[sizeof(text) - 2] = '"';
	text[sizeof(text) - 1] = '\0';
	json = json_tokener_parse_ex(tokener, text, sizeof(text) - 1);
	ready = json && json_object_get_string_len(json) == VOUCH_DOCUMENT_STRING;
	json_object_put(json);
	json_tokener_reset(tokener);
	return ready;
}

static struct json_object *text_parse(struct json_tokener *tokener,
				      const struct scan *scan, const char *text,
				      size_t length)
{
	struct json_object *json =
		json_tokener_parse_ex(tokener, text, (int)length);
	enum json_tokener_error why = json_tokener_get_error(tokener);
	size_t end = json_tokener_get_parse_end(tokener);

	while (end < length && text[end] != '\0' && strchr(" \t\r\n", text[end]))
		end++;
	if (json && end != length) {
		(void)refuse(scan, "something follows it");
	} else if (json && !json_object_is_type(json, json_type_object)) {
		(void)refuse(scan, "it is no object");
	} else if (!json && why != json_tokener_success &&
		   why != json_tokener_continue) {
		(void)refuse(scan, json_tokener_error_desc(why));
	} else if (!json && scan->values == 1) {
		(void)refuse(scan, "it is no object");
	} else if (!json || values_count(json) != scan->values) {
		/* All brackets are there, and no error is named. */
		(void)vouch__error_set(scan->error, VOUCH_E_MEMORY,
				       "out of memory while reading the %s",
				       scan->what);
	} else {
		return json;
	}
	json_object_put(json);
	return NULL;
}

enum vouch_error_code vouch__document_parse(const char *text, size_t length,
					    const char *what,
					    struct json_object **json,
					    struct vouch_error *error)
{
	struct vouch_error local = { 0 };
	struct scan scan;
	struct json_tokener *tokener;
	enum vouch_error_code code;

	*json = NULL;
	scan.at = text;
	scan.end = text + length;
	scan.what = what;
	scan.error = error ? error : &local;
	scan.key_next = 0;
	scan.values = 0;
	scan.depth = 0;
	if (length > VOUCH_DOCUMENT_MAX)
		return limit(&scan, "it is larger than 4 MiB");
	code = text_scan(&scan);
	if (code != VOUCH_OK)
		return code;
	tokener = json_tokener_new_ex(VOUCH_DOCUMENT_DEPTH);
	if (!tokener)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT |
						JSON_TOKENER_VALIDATE_UTF8);
	if (buffer_is_ready(tokener))
		*json = text_parse(tokener, &scan, text, length);
	else
		(void)vouch__error_set(scan.error, VOUCH_E_MEMORY,
				       "out of memory");
	json_tokener_free(tokener);
	return *json ? VOUCH_OK : scan.error->code;
}
