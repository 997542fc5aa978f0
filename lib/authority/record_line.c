/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/record_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/crc32c.h"

static const char magic[] = "vouch1 ";

static uint32_t checksum(const char *label, const char *json, size_t length)
{
	uint32_t crc = vouch__crc32c(0, label, strlen(label));

	crc = vouch__crc32c(crc, " ", 1);
	return vouch__crc32c(crc, json, length);
}

/* json-c leaves out what it has no memory for: what is written must be read
 * back as what was meant, or a fact would be lost in a record that checks out. */
static enum vouch_error_code text_check(struct json_object *json,
					const char *plain, size_t length,
					struct vouch_error *error)
{
	struct json_object *again;
	enum vouch_error_code code =
		vouch__json_parse(plain, length, &again, error);
	int same = code == VOUCH_OK && json_object_equal(json, again);

	json_object_put(again);
	if (same || code == VOUCH_E_LIMIT)
		return code;
	return vouch__error_set(error, VOUCH_E_MEMORY,
				"out of memory while a record was written");
}

enum vouch_error_code vouch__line_encode(const char *label,
					 struct json_object *json, char **text,
					 size_t *length,
					 struct vouch_error *error)
{
	size_t json_length;
	const char *plain = json_object_to_json_string_length(
		json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE,
		&json_length);
	enum vouch_error_code code;
	int written;

	*text = NULL;
	if (!plain)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	if (json_length > VOUCH_LINE_JSON_MAX ||
	    strlen(label) >= VOUCH_LINE_LABEL_SIZE)
		return vouch__error_set(error, VOUCH_E_LIMIT,
					"a record of %zu bytes is too long",
					json_length);
	/* json-c escapes control characters; the format hangs on it. */
	if (memchr(plain, '\n', json_length))
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"a record holds a newline");
	code = text_check(json, plain, json_length, error);
	if (code != VOUCH_OK)
		return code;
	written = asprintf(text, "%s%s %08" PRIx32 " %zu %s\n", magic, label,
			   checksum(label, plain, json_length), json_length,
			   plain);
	if (written < 0) {
		*text = NULL;
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	}
	*length = (size_t)written;
	return VOUCH_OK;
}

/* The word up to the next space; NULL when there is none of 1..size-1 bytes. */
static const char *word_take(const char *at, const char *end, char *word,
			     size_t size)
{
	const char *space = memchr(at, ' ', (size_t)(end - at));
	size_t length;

	if (!space)
		return NULL;
	length = (size_t)(space - at);
	if (length == 0 || length >= size)
		return NULL;
	memcpy(word, at, length);
	word[length] = '\0';
	return space + 1;
}

/* Decimal without a leading zero, as it was written. */
static int length_parse(const char *word, size_t *length)
{
	if (word[strspn(word, "0123456789")] != '\0' || word[0] == '0')
		return 0;
	*length = strtoul(word, NULL, 10);
	return *length <= VOUCH_LINE_JSON_MAX;
}

static int checksum_parse(const char *word, uint32_t *crc)
{
	if (strlen(word) != 8 || strspn(word, "0123456789abcdef") != 8)
		return 0;
	*crc = (uint32_t)strtoul(word, NULL, 16);
	return 1;
}

/* Everything before the JSON text. NULL when that is incomplete or wrong. */
static const char *head_take(const char *text, size_t length,
			     struct vouch_line *line, uint32_t *crc)
{
	const char *end = text + length;
	char crc_word[16], length_word[16];
	const char *at;

	if (length < strlen(magic) || memcmp(text, magic, strlen(magic)) != 0)
		return NULL;
	at = word_take(text + strlen(magic), end, line->label,
		       sizeof(line->label));
	if (at)
		at = word_take(at, end, crc_word, sizeof(crc_word));
	if (at)
		at = word_take(at, end, length_word, sizeof(length_word));
	if (!at || !checksum_parse(crc_word, crc) ||
	    !length_parse(length_word, &line->json_length))
		return NULL;
	return at;
}

const char *vouch__line_check(const char *text, size_t length,
			      struct vouch_line *line)
{
	uint32_t crc;

	line->json = head_take(text, length, line, &crc);
	if (!line->json)
		return "it does not begin as a record does";
	if (line->json_length != (size_t)(text + length - line->json))
		return "it is not as long as it says";
	if (checksum(line->label, line->json, line->json_length) != crc)
		return "its checksum is wrong";
	return NULL;
}

int vouch__line_is_torn(const char *text, size_t length)
{
	struct vouch_line line;
	uint32_t crc;
	size_t there, i;

	line.json = head_take(text, length, &line, &crc);
	if (!line.json)
		return 1;
	/* A file that grew before its data came has zeros there; nothing else
	 * can stand where the newline belongs. */
	there = (size_t)(text + length - line.json);
	for (i = line.json_length; i < there; i++)
		if (line.json[i] != '\0')
			return 0;
	return 1;
}
