/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/json.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

enum { DEPTH_MAX = 32 };

static enum vouch_error_code malformed(struct vouch_error *error,
				       const char *key, const char *what)
{
	return vouch__error_set(error, VOUCH_E_MALFORMED, "field \"%s\" %s", key,
				what);
}

static int rest_is_blank(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (text[i] == '\0' || !strchr(" \t\r\n", text[i]))
			return 0;
	return 1;
}

static struct json_object *parse(struct json_tokener *tokener, const char *text,
				 size_t length, const char **reason)
{
	struct json_object *object =
		json_tokener_parse_ex(tokener, text, (int)length);
	enum json_tokener_error status = json_tokener_get_error(tokener);
	size_t end = json_tokener_get_parse_end(tokener);

	if (status == json_tokener_continue)
		*reason = "it ends too early";
	else if (status != json_tokener_success)
		*reason = json_tokener_error_desc(status);
	else if (!json_object_is_type(object, json_type_object))
		*reason = "it is no object";
	else if (end > length || !rest_is_blank(text + end, length - end))
		*reason = "something follows the object";
	else
		return object;
	json_object_put(object);
	return NULL;
}

enum vouch_error_code vouch__json_parse(const char *text, size_t length,
					struct json_object **object,
					struct vouch_error *error)
{
	struct json_tokener *tokener;
	const char *reason = "";

	*object = NULL;
	if (length >= INT_MAX)
		return vouch__error_set(error, VOUCH_E_LIMIT,
					"the JSON text is too long");
	tokener = json_tokener_new_ex(DEPTH_MAX);
	if (!tokener)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT |
						JSON_TOKENER_VALIDATE_UTF8 |
						JSON_TOKENER_ALLOW_TRAILING_CHARS);
	*object = parse(tokener, text, length, &reason);
	json_tokener_free(tokener);
	if (!*object)
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"not a JSON document: %s", reason);
	return VOUCH_OK;
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
	/* The signed reading tells a negative number; a large one it cuts. The
	 * greatest number of all is what json-c makes of every greater one. */
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
	if (!object || !value ||
	    json_object_object_add(object, key, value) != 0) {
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

enum vouch_error_code vouch__json_put_u64(struct json_object *object,
					  const char *key, uint64_t value)
{
	return vouch__json_put(object, key, json_object_new_uint64(value));
}
