/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one durable text format, of the journal's records and of the small state
 * files: a checksummed line
 *
 *   vouch1 LABEL CRC32C LENGTH JSON\n
 *
 * LABEL is a record's sequence number or a file's name, so that neither can be
 * taken for another. CRC32C: eight lower-case hex digits over "LABEL JSON".
 * There is one spelling for everything: any changed byte shows.
 */
#ifndef VOUCH_AUTHORITY_RECORD_LINE_H
#define VOUCH_AUTHORITY_RECORD_LINE_H

#include <json-c/json.h>

#include "common/error.h"
#include "common/json.h"

enum {
	VOUCH_LINE_LABEL_SIZE = 64,
	VOUCH_LINE_JSON_MAX = VOUCH_JSON_MAX,
	VOUCH_LINE_MAX = VOUCH_LINE_JSON_MAX + 128, /* with its newline */
};

/* A line that checked out, pointing into the bytes that were given. */
struct vouch_line {
	char label[VOUCH_LINE_LABEL_SIZE];
	const char *json;
	size_t json_length;
};

/* *text is the caller's (free), NUL-terminated, with the newline that `length`
 * counts. VOUCH_E_LIMIT when it would be too long. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__line_encode(const char *label, struct json_object *json, char **text,
		   size_t *length, struct vouch_error *error);

/* Checks `length` bytes, the newline not among them. NULL, or what is wrong. */
VOUCH_MUST_CHECK const char *vouch__line_check(const char *text, size_t length,
					       struct vouch_line *line);

/* Bytes after the last newline: could a write that was cut short have left
 * them? If not, something else changed the file. */
int vouch__line_is_torn(const char *text, size_t length);

#endif
