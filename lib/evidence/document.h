/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a document whole, or not at all. */
#ifndef VOUCH_EVIDENCE_DOCUMENT_H
#define VOUCH_EVIDENCE_DOCUMENT_H

#include <stddef.h>
#include "common/error.h"

struct json_object;

enum {
	VOUCH_DOCUMENT_MAX = 4 * 1024 * 1024, /* bytes */
	VOUCH_DOCUMENT_DEPTH = 12,
	VOUCH_DOCUMENT_KEYS = 64,     /* fields of one object */
	VOUCH_DOCUMENT_STRING = 8192, /* bytes of one string, as written */
};

/*
 * One JSON object with nothing but white space around it. Refuses what json-c
 * alone would pass over in silence: a field that stands twice in an object
 * (json-c takes the last), UTF-8 that is not, and a value that json-c dropped
 * because it had no memory for it: a fencing that failed, perhaps.
 *
 * what: "evidence" or "verdict", for the error. *json is the caller's. Returns
 * VOUCH_E_MALFORMED, VOUCH_E_LIMIT or VOUCH_E_MEMORY with *json NULL.
 */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__document_parse(const char *text, size_t length, const char *what,
		      struct json_object **json, struct vouch_error *error);

#endif
