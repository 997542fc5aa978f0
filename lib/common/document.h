/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents, read whole or not at all, and written so that they can be read. */
#ifndef VOUCH_COMMON_DOCUMENT_H
#define VOUCH_COMMON_DOCUMENT_H

#include <stddef.h>
#include "common/error.h"

struct json_object;

enum {
	VOUCH_DOCUMENT_MAX = 4 * 1024 * 1024, /* bytes */
	VOUCH_DOCUMENT_DEPTH = 12,
	VOUCH_DOCUMENT_KEYS = 64,     /* fields of one object */
	VOUCH_DOCUMENT_STRING = 8192, /* bytes of one string, as read */
};

/*
 * One JSON object with nothing but white space around it, as a tree of json-c.
 *
 * json-c's own reader is not used: of a field that stands twice it takes the
 * last, it lets UTF-8 through that is none, and 0.16 drops a value, or dies,
 * when it has no memory for it: a fencing that failed, perhaps. This one is
 * strict, knows whole numbers only, and notices every failed allocation.
 *
 * what: "evidence" or "verdict", for the error. *json is the caller's. Returns
 * VOUCH_E_MALFORMED, VOUCH_E_LIMIT or VOUCH_E_MEMORY with *json NULL.
 */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__document_parse(const char *text, size_t length, const char *what,
		      struct json_object **json, struct vouch_error *error);

/* Records of this node hold whole documents as strings, and positions of 64
 * bits; only that is wider than in a document. */
struct vouch_document_limits {
	size_t bytes;
	size_t string;
	int unsigned_numbers; /* up to 2^64 - 1 */
};
VOUCH_MUST_CHECK enum vouch_error_code
vouch__document_parse_within(const char *text, size_t length, const char *what,
			     const struct vouch_document_limits *limits,
			     struct json_object **json,
			     struct vouch_error *error);

/*
 * The tree as text, ended by one newline and a NUL. It is read back and
 * compared, because json-c leaves out what it has no memory for. `json` is taken
 * over, also on failure; NULL is a tree for which there was no memory. *text is
 * the caller's to free(). Returns VOUCH_E_MEMORY, or VOUCH_E_LIMIT for a document
 * that could not be read again, with *text NULL.
 */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__document_write(struct json_object *json, const char *what, char **text,
		      size_t *length, struct vouch_error *error);

/* Adds a field that the object does not have yet. 0 without memory, and then the
 * value is still the caller's; json-c alone would lose the name. */
int vouch__document_add(struct json_object *object, const char *key,
			struct json_object *value);

/* 1 when every byte belongs to a character. */
int vouch__text_is_utf8(const char *text);

#endif
