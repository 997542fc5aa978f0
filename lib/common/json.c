/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/json.h"

#include <string.h>

#include "common/document.h"

static enum vouch_error_code malformed(struct vouch_error *error,
				       const char *key, const char *what)
{
	return vouch__error_set(error, VOUCH_E_MALFORMED, "field \"%s\" %s", key,
				what);
}

enum vouch_error_code vouch__json_parse(const char *text, size_t length,
					struct json_object **object,
					struct vouch_error *error)
{
	/* A decision's record holds evidence and verdict as strings. */
	static const struct vouch_document_limits limits = {
		.bytes = VOUCH_JSON_MAX,
		.string = VOUCH_JSON_MAX,
		.unsigned_numbers = 1,
	};

	return vouch__document_parse_within(text, length, "the record", &limits,
					    object, error);
}

static enum vouch_error_code get(struct json_object *object, const char *key,
				 enum json_type type, struct json_object **value,
				 struct vouch_error *error)
{
	if (!object || !json_object_object_get_ex(object, key, value))
		return malformed(error, key, "is missing");
	if (!json_object_is_type(*value, type))
		return malformed(error, key, "is of the wrong type");
	return VOUCH_OK;
}

enum vouch_error_code vouch__json_get_text(struct json_object *object,
					   const char *key, char *text,
					   size_t size, struct vouch_error *error)
{
	struct json_object *value;
	enum vouch_error_code code;
	size_t length;

	text[0] = '\0';
	code = get(object, key, json_type_string, &value, error);
	if (code != VOUCH_OK)
		return code;
	length = (size_t)json_object_get_string_len(value);
	if (length >= size)
		return malformed(error, key, "is too long");
	if (strlen(json_object_get_string(value)) != length)
		return malformed(error, key, "holds a NUL");
	memcpy(text, json_object_get_string(value), length + 1);
	return VOUCH_OK;
}

enum vouch_error_code vouch__json_get_u64(struct json_object *object,
					  const char *key, uint64_t max,
					  uint64_t *number,
					  struct vouch_error *error)
{
	struct json_object *value;
	enum vouch_error_code code;

	*number = 0;
	code = get(object, key, json_type_int, &value, error);
	if (code != VOUCH_OK)
		return code;
	/* The signed reading tells a negative number; a large one it cuts. */
	if (json_object_get_int64(value) < 0 ||
	    json_object_get_uint64(value) == UINT64_MAX ||
	    json_object_get_uint64(value) > max)
		return malformed(error, key, "is out of range");
	*number = json_object_get_uint64(value);
	return VOUCH_OK;
}

enum vouch_error_code vouch__json_get_u32(struct json_object *object,
					  const char *key, uint32_t *number,
					  struct vouch_error *error)
{
	uint64_t value;
	enum vouch_error_code code =
		vouch__json_get_u64(object, key, UINT32_MAX, &value, error);

	*number = code == VOUCH_OK ? (uint32_t)value : 0;
	return code;
}

enum vouch_error_code vouch__json_get_int(struct json_object *object,
					  const char *key, int min, int max,
					  int *number, struct vouch_error *error)
{
	struct json_object *value;
	enum vouch_error_code code;
	int64_t wide;

	*number = 0;
	code = get(object, key, json_type_int, &value, error);
	if (code != VOUCH_OK)
		return code;
	wide = json_object_get_int64(value);
	if (wide < min || wide > max)
		return malformed(error, key, "is out of range");
	*number = (int)wide;
	return VOUCH_OK;
}

enum vouch_error_code vouch__json_put(struct json_object *object,
				      const char *key, struct json_object *value)
{
	/* json-c alone would lose the name where it has no memory for it. */
	if (!object || !value ||
	    (json_object_object_get_ex(object, key, NULL) ?
		     json_object_object_add(object, key, value) != 0 :
		     !vouch__document_add(object, key, value))) {
		json_object_put(value);
		return VOUCH_E_MEMORY;
	}
	return VOUCH_OK;
}

enum vouch_error_code vouch__json_put_text(struct json_object *object,
					   const char *key, const char *text)
{
	return vouch__json_put(object, key, json_object_new_string(text));
}

enum vouch_error_code vouch__json_add_text(struct json_object *array,
					   const char *text)
{
	struct json_object *value = json_object_new_string(text);

	if (!value || json_object_array_add(array, value) != 0) {
		json_object_put(value);
		return VOUCH_E_MEMORY;
	}
	return VOUCH_OK;
}

enum vouch_error_code vouch__json_put_u64(struct json_object *object,
					  const char *key, uint64_t value)
{
	return vouch__json_put(object, key, json_object_new_uint64(value));
}
