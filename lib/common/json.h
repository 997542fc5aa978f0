/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strict reading of JSON: a field is there, of its type and in its range, or
 * it is an error that names it. Nothing is converted, nothing has a default. */
#ifndef VOUCH_COMMON_JSON_H
#define VOUCH_COMMON_JSON_H

#include <json-c/json.h>
#include <stdint.h>

#include "common/error.h"

enum { VOUCH_JSON_MAX = 16 * 1024 * 1024 }; /* bytes, of a text or a string */

/* One whole object, nothing before or after it but white space, read as
 * document.h says, up to VOUCH_JSON_MAX. *object is the caller's. VOUCH_E_MALFORMED
 * otherwise, VOUCH_E_LIMIT or VOUCH_E_MEMORY. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__json_parse(const char *text, size_t length, struct json_object **object,
		  struct vouch_error *error);

/* VOUCH_E_MALFORMED when the field is missing, of another type, too large for
 * `size` (with the NUL), holds a NUL or lies outside min..max. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__json_get_text(struct json_object *object, const char *key, char *text,
		     size_t size, struct vouch_error *error);
/* UINT64_MAX itself is out of range, as in every text that an older reader took. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__json_get_u64(struct json_object *object, const char *key, uint64_t max,
		    uint64_t *value, struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__json_get_u32(struct json_object *object, const char *key,
		    uint32_t *value, struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__json_get_int(struct json_object *object, const char *key, int min,
		    int max, int *value, struct vouch_error *error);

/* Put a field in; VOUCH_E_MEMORY when that failed, also for an object or value
 * that could not be made (NULL). `value` is taken over in any case. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__json_put(struct json_object *object, const char *key,
		struct json_object *value);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__json_put_text(struct json_object *object, const char *key,
		     const char *text);
/* Adds a text to an array. json-c itself takes the NULL of a text that could not
 * be made, and keeps it as null. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__json_add_text(struct json_object *array, const char *text);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__json_put_u64(struct json_object *object, const char *key, uint64_t value);

#endif
