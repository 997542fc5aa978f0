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

/* By hand, and not with the C library's functions for words and numbers: a look
 * through a long journal spends most of its time here. */

/* The word up to the next space; NULL when there is none of 1..size-1 bytes. */
static const char *word_take(const char *at, const char *end, char *word,
			     size_t size)
{
	size_t length = 0;

	for (; at + length < end && at[length] != ' '; length++) {
		if (length == size - 1)
			return NULL;
		word[length] = at[length];
	}
	if (length == 0 || at + length == end)
		return NULL;
	word[length] = '\0';
	return at + length + 1;
}

/* Decimal without a leading zero, as it was written, and a space. */
static const char *length_take(const char *at, const char *end, size_t *length)
{
	const char *begin = at;

	*length = 0;
	for (; at < end && *at >= '0' && *at <= '9'; at++) {
		*length = *length * 10 + (size_t)(*at - '0');
		if (*length > VOUCH_LINE_JSON_MAX)
			return NULL;
	}
	return at > begin && at < end && *at == ' ' && *begin != '0' ? at + 1 :
								       NULL;
}

/* Eight lower-case hex digits and a space. */
static const char *checksum_take(const char *at, const char *end, uint32_t *crc)
{
	int i;

	if (end - at < 9)
		return NULL;
	*crc = 0;
	for (i = 0; i < 8; i++, at++) {
		if (*at >= '0' && *at <= '9')
			*crc = *crc << 4 | (uint32_t)(*at - '0');
		else if (*at >= 'a' && *at <= 'f')
			*crc = *crc << 4 | (uint32_t)(*at - 'a' + 10);
		else
			return NULL;
	}
	return *at == ' ' ? at + 1 : NULL;
}

/* Everything before the JSON text. NULL when that is incomplete or wrong. */
static const char *head_take(const char *text, size_t length,
			     struct vouch_line *line, uint32_t *crc)
{
	const char *end = text + length;
	const char *at;

	if (length < sizeof(magic) - 1 ||
	    memcmp(text, magic, sizeof(magic) - 1) != 0)
		return NULL;
	at = word_take(text + sizeof(magic) - 1, end, line->label,
		       sizeof(line->label));
	if (at)
		at = checksum_take(at, end, crc);
	return at ? length_take(at, end, &line->json_length) : NULL;
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
