/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/document.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* json-c's tables hold that many fields before they grow; a table that cannot
 * grow loses the field's name, so ours are made large enough in time. */
enum { TABLE_ROOM = 10, TABLE_SIZE = 128 };

/* The longest character and a NUL, rounded up. */
enum { CHARACTER_ROOM = 8 };

struct reader {
	const char *at;
	const char *end;
	const char *what; /* evidence or verdict */
	struct vouch_error *error;
	const struct vouch_document_limits *limits;
	unsigned int depth;
	size_t length; /* of `string` */
	size_t room;
	char *string; /* `small`, or larger and allocated */
	char small[VOUCH_DOCUMENT_STRING + CHARACTER_ROOM];
};

/* Each of the readers below returns VOUCH_OK and takes what it read, or an error
 * that is written down already, and then *json is NULL. */
static enum vouch_error_code value_read(struct reader *reader,
					struct json_object **json);

static enum vouch_error_code refuse(const struct reader *reader, const char *why)
{
	return vouch__error_set(reader->error, VOUCH_E_MALFORMED,
				"%s is no JSON document: %s", reader->what, why);
}

static enum vouch_error_code limit(const struct reader *reader, const char *why)
{
	return vouch__error_set(reader->error, VOUCH_E_LIMIT, "%s: %s",
				reader->what, why);
}

static enum vouch_error_code no_memory(const struct reader *reader)
{
	return vouch__error_set(reader->error, VOUCH_E_MEMORY, "out of memory");
}

static void blanks_skip(struct reader *reader)
{
	while (reader->at < reader->end &&
	       (*reader->at == ' ' || *reader->at == '\t' ||
		*reader->at == '\r' || *reader->at == '\n'))
		reader->at++;
}

/* The next byte that is not blank; 0 at the end, and for a NUL, which no
 * document has. */
static char next_byte(struct reader *reader)
{
	blanks_skip(reader);
	return reader->at < reader->end ? *reader->at : '\0';
}

/* Why the next byte cannot be what it should be. */
static enum vouch_error_code unexpected(const struct reader *reader)
{
	return refuse(reader, reader->at >= reader->end ?
				      "it is cut short" :
				      "a character has no place there");
}

/* --- strings ---------------------------------------------------------------- */

/* Bytes of the UTF-8 character at `at`, 0 when there is none. */
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
	/* Overlong forms, surrogates, and what lies beyond U+10FFFF. */
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

int vouch__text_is_utf8(const char *text)
{
	const char *end = text + strlen(text);

	while (text < end) {
		size_t length = character_length((const unsigned char *)text,
						 (size_t)(end - text));

		if (length == 0)
			return 0;
		text += length;
	}
	return 1;
}

/* Four hexadecimal digits; -1 when they are none. */
static int32_t hex_read(struct reader *reader)
{
	int32_t value = 0;
	int i;

	if (reader->end - reader->at < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		char c = *reader->at++;

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			value = value * 16 + (c - 'A' + 10);
		else
			return -1;
	}
	return value;
}

static void character_append(struct reader *reader, uint32_t character)
{
	char *to = reader->string + reader->length;

	if (character < 0x80) {
		to[0] = (char)character;
		reader->length += 1;
	} else if (character < 0x800) {
		to[0] = (char)(0xc0 | character >> 6);
		to[1] = (char)(0x80 | (character & 0x3f));
		reader->length += 2;
	} else if (character < 0x10000) {
		to[0] = (char)(0xe0 | character >> 12);
		to[1] = (char)(0x80 | (character >> 6 & 0x3f));
		to[2] = (char)(0x80 | (character & 0x3f));
		reader->length += 3;
	} else {
		to[0] = (char)(0xf0 | character >> 18);
		to[1] = (char)(0x80 | (character >> 12 & 0x3f));
		to[2] = (char)(0x80 | (character >> 6 & 0x3f));
		to[3] = (char)(0x80 | (character & 0x3f));
		reader->length += 4;
	}
}

/* What follows "\u": one character, or the two halves of one. */
static enum vouch_error_code unicode_read(struct reader *reader)
{
	int32_t high = hex_read(reader), low;

	if (high < 0 || (high >= 0xdc00 && high <= 0xdfff))
		return refuse(reader, "an escape is no character");
	if (high < 0xd800 || high > 0xdfff) {
		character_append(reader, (uint32_t)high);
		return VOUCH_OK;
	}
	if (reader->end - reader->at < 2 || memcmp(reader->at, "\\u", 2) != 0)
		return refuse(reader, "an escape is half a character");
	reader->at += 2;
	low = hex_read(reader);
	if (low < 0xdc00 || low > 0xdfff)
		return refuse(reader, "an escape is half a character");
	character_append(reader, 0x10000u + ((uint32_t)(high - 0xd800) << 10) +
					 (uint32_t)(low - 0xdc00));
	return VOUCH_OK;
}

static enum vouch_error_code escape_read(struct reader *reader)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;
	char c = reader->at < reader->end ? *reader->at : '\0';

	if (c == '\0')
		return unexpected(reader);
	reader->at++;
	if (c == 'u')
		return unicode_read(reader);
	found = strchr(from, c);
	if (!found)
		return refuse(reader, "there is no such escape");
	character_append(reader, (unsigned char)to[found - from]);
	return VOUCH_OK;
}

/* For one more character and the NUL. */
static enum vouch_error_code string_room(struct reader *reader)
{
	char *larger;

	if (reader->length > reader->limits->string)
		return limit(reader, "a text in it is too long");
	if (reader->length + CHARACTER_ROOM <= reader->room)
		return VOUCH_OK;
	larger = malloc(reader->room * 2);
	if (!larger)
		return no_memory(reader);
	memcpy(larger, reader->string, reader->length);
	if (reader->string != reader->small)
		free(reader->string);
	reader->string = larger;
	reader->room *= 2;
	return VOUCH_OK;
}

/* Into reader->string, which it also ends. Plain: no escapes, so that each field
 * has one spelling. */
static enum vouch_error_code string_read(struct reader *reader, int plain)
{
	enum vouch_error_code code = VOUCH_OK;
	size_t bytes;

	reader->length = 0;
	reader->at++;
	while (code == VOUCH_OK && reader->at < reader->end &&
	       *reader->at != '"') {
		code = string_room(reader);
		if (code != VOUCH_OK)
			return code;
		if ((unsigned char)*reader->at < 0x20)
			return refuse(reader, "a text has a control character");
		if (*reader->at == '\\') {
			reader->at++;
			code = plain ? refuse(reader, "a field's name has an "
						      "escape") :
				       escape_read(reader);
			continue;
		}
		bytes = character_length((const unsigned char *)reader->at,
					 (size_t)(reader->end - reader->at));
		if (bytes == 0)
			return refuse(reader, "it is not UTF-8");
		memcpy(reader->string + reader->length, reader->at, bytes);
		reader->length += bytes;
		reader->at += bytes;
	}
	if (code != VOUCH_OK)
		return code;
	if (reader->at >= reader->end)
		return unexpected(reader);
	reader->string[reader->length] = '\0';
	reader->at++;
	return VOUCH_OK;
}

/* --- values ------------------------------------------------------------------ */

static int is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.';
}

/* A whole number that fits: nothing in our documents is a fraction, and what
 * does not fit must not be rounded to something that does. */
static int number_parse(const char *word, size_t length, int *negative,
			uint64_t *number)
{
	size_t i = word[0] == '-' ? 1 : 0;
	uint64_t value = 0;

	*negative = (int)i;
	if (length - i == 0 || (word[i] == '0' && (length - i > 1 || *negative)))
		return 0;
	for (; i < length; i++) {
		if (word[i] < '0' || word[i] > '9' ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(word[i] - '0'),
					   &value))
			return 0;
	}
	*number = value;
	return 1;
}

/* NULL with no_memory, or a number that is none of ours. */
static enum vouch_error_code number_make(const struct reader *reader,
					 const char *word, size_t length,
					 struct json_object **json)
{
	uint64_t number;
	int negative;

	if (!number_parse(word, length, &negative, &number) ||
	    (number > INT64_MAX &&
	     (negative || !reader->limits->unsigned_numbers)))
		return refuse(reader, "a number is not whole, or too large");
	if (number > INT64_MAX)
		*json = json_object_new_uint64(number);
	else
		*json = json_object_new_int64(negative ? -(int64_t)number :
							 (int64_t)number);
	return *json ? VOUCH_OK : no_memory(reader);
}

static enum vouch_error_code word_read(struct reader *reader,
				       struct json_object **json)
{
	const char *word = reader->at;
	size_t length;

	while (reader->at < reader->end && is_word_byte(*reader->at))
		reader->at++;
	length = (size_t)(reader->at - word);
	if (length == 0 || reader->at == reader->end)
		return unexpected(reader);
	if (length == 4 && memcmp(word, "null", 4) == 0)
		return VOUCH_OK; /* NULL is json-c's null */
	if (length == 4 && memcmp(word, "true", 4) == 0)
		*json = json_object_new_boolean(1);
	else if (length == 5 && memcmp(word, "false", 5) == 0)
		*json = json_object_new_boolean(0);
	else
		return number_make(reader, word, length, json);
	return *json ? VOUCH_OK : no_memory(reader);
}

int vouch__document_add(struct json_object *object, const char *key,
			struct json_object *value)
{
	if (json_object_object_length(object) == TABLE_ROOM &&
	    lh_table_resize(json_object_get_object(object), TABLE_SIZE) != 0)
		return 0;
	return json_object_object_add_ex(object, key, value,
					 JSON_C_OBJECT_ADD_KEY_IS_NEW) == 0;
}

static enum vouch_error_code field_read(struct reader *reader,
					struct json_object *object)
{
	struct json_object *value = NULL;
	char key[64];
	enum vouch_error_code code;

	if (next_byte(reader) != '"')
		return unexpected(reader);
	code = string_read(reader, 1);
	if (code != VOUCH_OK)
		return code;
	if (strlen(reader->string) >= sizeof(key))
		return limit(reader, "the name of a field is too long");
	memcpy(key, reader->string, strlen(reader->string) + 1);
	if (json_object_object_get_ex(object, key, NULL))
		return vouch__error_set(reader->error, VOUCH_E_MALFORMED,
					"%s: the field '%s' stands twice in an "
					"object",
					reader->what, key);
	if (json_object_object_length(object) == VOUCH_DOCUMENT_KEYS)
		return limit(reader, "too many fields in one object");
	if (next_byte(reader) != ':')
		return unexpected(reader);
	reader->at++;
	code = value_read(reader, &value);
	if (code == VOUCH_OK && !vouch__document_add(object, key, value)) {
		json_object_put(value);
		code = no_memory(reader);
	}
	return code;
}

static enum vouch_error_code element_read(struct reader *reader,
					  struct json_object *array)
{
	struct json_object *value = NULL;
	enum vouch_error_code code = value_read(reader, &value);

	if (code == VOUCH_OK && json_object_array_add(array, value) != 0) {
		json_object_put(value);
		code = no_memory(reader);
	}
	return code;
}

/* Fields or elements, with commas between them, up to the closing bracket. */
static enum vouch_error_code members_read(struct reader *reader,
					  struct json_object *json, char closing)
{
	enum vouch_error_code code;
	int first = 1;

	while (next_byte(reader) != closing || !first) {
		code = closing == '}' ? field_read(reader, json) :
					element_read(reader, json);
		if (code != VOUCH_OK)
			return code;
		first = 0;
		if (next_byte(reader) == closing)
			break;
		if (next_byte(reader) != ',')
			return unexpected(reader);
		reader->at++;
	}
	reader->at++;
	return VOUCH_OK;
}

static enum vouch_error_code container_read(struct reader *reader,
					    struct json_object **json)
{
	char closing = *reader->at++ == '{' ? '}' : ']';
	enum vouch_error_code code;

	if (reader->depth == VOUCH_DOCUMENT_DEPTH)
		return limit(reader, "it is nested too deeply");
	*json = closing == '}' ? json_object_new_object() :
				 json_object_new_array();
	if (!*json)
		return no_memory(reader);
	reader->depth++;
	code = members_read(reader, *json, closing);
	reader->depth--;
	if (code != VOUCH_OK) {
		json_object_put(*json);
		*json = NULL;
	}
	return code;
}

static enum vouch_error_code value_read(struct reader *reader,
					struct json_object **json)
{
	enum vouch_error_code code;

	*json = NULL;
	switch (next_byte(reader)) {
	case '{':
	case '[':
		return container_read(reader, json);
	case '"':
		code = string_read(reader, 0);
		if (code != VOUCH_OK)
			return code;
		*json = json_object_new_string_len(reader->string,
						   (int)reader->length);
		return *json ? VOUCH_OK : no_memory(reader);
	default:
		return word_read(reader, json);
	}
}

static enum vouch_error_code whole_read(struct reader *reader,
					struct json_object **json)
{
	enum vouch_error_code code;

	blanks_skip(reader);
	if (reader->at == reader->end)
		return vouch__error_set(reader->error, VOUCH_E_MALFORMED,
					"%s is empty", reader->what);
	if (*reader->at != '{')
		return refuse(reader, "it is no object");
	code = value_read(reader, json);
	if (code != VOUCH_OK)
		return code;
	blanks_skip(reader);
	if (reader->at == reader->end)
		return VOUCH_OK;
	json_object_put(*json);
	*json = NULL;
	return refuse(reader, "something follows it");
}

enum vouch_error_code
vouch__document_parse_within(const char *text, size_t length, const char *what,
			     const struct vouch_document_limits *limits,
			     struct json_object **json,
			     struct vouch_error *error)
{
	struct reader reader;
	enum vouch_error_code code;

	*json = NULL;
	reader.at = text;
	reader.end = text + length;
	reader.what = what;
	reader.error = error;
	reader.limits = limits;
	reader.depth = 0;
	reader.length = 0;
	reader.string = reader.small;
	reader.room = sizeof(reader.small);
	if (length > limits->bytes)
		return vouch__error_set(error, VOUCH_E_LIMIT,
					"%s: it is larger than %zu MiB", what,
					limits->bytes / 1024 / 1024);
	code = whole_read(&reader, json);
	if (reader.string != reader.small)
		free(reader.string);
	return code;
}

enum vouch_error_code vouch__document_parse(const char *text, size_t length,
					    const char *what,
					    struct json_object **json,
					    struct vouch_error *error)
{
	static const struct vouch_document_limits limits = {
		.bytes = VOUCH_DOCUMENT_MAX,
		.string = VOUCH_DOCUMENT_STRING,
	};

	return vouch__document_parse_within(text, length, what, &limits, json,
					    error);
}

/* --- writing ------------------------------------------------------------------ */

static enum vouch_error_code text_check(struct json_object *json,
					const char *text, size_t length,
					const char *what,
					struct vouch_error *error)
{
	struct json_object *again;
	enum vouch_error_code code =
		vouch__document_parse(text, length, what, &again, error);

	/* What is no document any more has lost something, too: all texts in it
	 * were looked at before. */
	if (code == VOUCH_E_MALFORMED ||
	    (code == VOUCH_OK && !json_object_equal(json, again)))
		code = VOUCH_E_MEMORY;
	json_object_put(again);
	if (code == VOUCH_E_MEMORY)
		(void)vouch__error_set(error, code, "out of memory");
	return code;
}

enum vouch_error_code vouch__document_write(struct json_object *json,
					    const char *what, char **text,
					    size_t *length,
					    struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_E_MEMORY;
	const char *plain = NULL;
	size_t size = 0;

	*text = NULL;
	if (json)
		plain = json_object_to_json_string_length(
			json,
			JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE,
			&size);
	if (plain)
		code = text_check(json, plain, size, what, error);
	if (code == VOUCH_OK)
		*text = malloc(size + 2);
	if (*text) {
		memcpy(*text, plain, size);
		memcpy(*text + size, "\n", 2);
		*length = size + 1;
	} else if (code == VOUCH_OK || !plain) {
		code = vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	}
	json_object_put(json);
	return code;
}
