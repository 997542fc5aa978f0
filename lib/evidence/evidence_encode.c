/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "evidence/evidence_json.h"
#include "evidence/evidence_shape.h"

/* NULL without memory; *skip when the value is zero and stays unwritten. */
static struct json_object *object_encode(const struct vouch_evidence *evidence,
					 const struct vouch_shape *shape,
					 const char *base, int *skip);

static struct json_object *node_encode(const struct vouch_evidence *evidence,
				       uint8_t node)
{
	return json_object_new_string(node < evidence->node_count ?
					      evidence->nodes[node].name :
					      "");
}

static struct json_object *array_encode(const struct vouch_evidence *evidence,
					const struct vouch_field *field,
					const char *base, int *skip)
{
	uint32_t count =
		*(const uint32_t *)(const void *)(base + field->count_offset);
	struct json_object *array;
	uint32_t i;

	*skip = count == 0;
	if (*skip)
		return NULL;
	array = json_object_new_array();
	for (i = 0; array && i < count; i++) {
		const char *at = base + field->offset + i * field->size;
		struct json_object *element;
		int empty = 0;

		if (field->type == VOUCH_FIELD_ARRAY)
			element = object_encode(evidence, field->shape, at,
						&empty);
		else if (field->type == VOUCH_FIELD_NODES)
			element = node_encode(evidence, *(const uint8_t *)at);
		else
			element = json_object_new_int64(
				*(const uint32_t *)(const void *)at);
		if (!element && empty)
			element = json_object_new_object();
		if (!element || json_object_array_add(array, element) != 0) {
			json_object_put(element);
			json_object_put(array);
			return NULL;
		}
	}
	return array;
}

static struct json_object *number_encode(uint64_t value, int *skip)
{
	*skip = value == 0;
	return *skip ? NULL : json_object_new_int64((int64_t)value);
}

static struct json_object *text_encode(const char *text, int *skip)
{
	*skip = text[0] == '\0';
	return *skip ? NULL : json_object_new_string(text);
}

static struct json_object *field_encode(const struct vouch_evidence *evidence,
					const struct vouch_field *field,
					const char *base, int *skip)
{
	const void *at = base + field->offset;
	char text[40];
	uint64_t value;

	*skip = 0;
	switch (field->type) {
	case VOUCH_FIELD_U32:
		return number_encode(*(const uint32_t *)at, skip);
	case VOUCH_FIELD_U64:
		return number_encode(*(const uint64_t *)at, skip);
	case VOUCH_FIELD_ID:
		value = *(const uint64_t *)at;
		(void)snprintf(text, sizeof(text), "%" PRIu64, value);
		return text_encode(value ? text : "", skip);
	case VOUCH_FIELD_LSN:
		value = *(const uint64_t *)at;
		(void)snprintf(text, sizeof(text), "%" PRIX64 "/%" PRIX64,
			       value >> 32, value & 0xffffffffu);
		return text_encode(value ? text : "", skip);
	case VOUCH_FIELD_NAME:
		return text_encode((const char *)at, skip);
	case VOUCH_FIELD_ENUM:
		value = *(const uint32_t *)at;
		return text_encode(value ? vouch__name_of(field->names, value) :
					   "",
				   skip);
	case VOUCH_FIELD_NODE:
		*skip = *(const uint8_t *)at >= evidence->node_count;
		return *skip ? NULL :
			       node_encode(evidence, *(const uint8_t *)at);
	case VOUCH_FIELD_OBJECT:
		return object_encode(evidence, field->shape, (const char *)at,
				     skip);
	case VOUCH_FIELD_ARRAY:
	case VOUCH_FIELD_NODES:
	case VOUCH_FIELD_U32S:
		return array_encode(evidence, field, base, skip);
	}
	return NULL;
}

static struct json_object *object_encode(const struct vouch_evidence *evidence,
					 const struct vouch_shape *shape,
					 const char *base, int *skip)
{
	struct json_object *json = json_object_new_object();
	uint32_t i;

	for (i = 0; json && i < shape->count; i++) {
		int empty = 0;
		struct json_object *value =
			field_encode(evidence, &shape->fields[i], base, &empty);

		if (!value && empty)
			continue;
		if (!value ||
		    !vouch__document_add(json, shape->fields[i].name, value)) {
			json_object_put(value);
			json_object_put(json);
			return NULL;
		}
	}
	*skip = json && json_object_object_length(json) == 0;
	if (*skip) {
		json_object_put(json);
		return NULL;
	}
	return json;
}

static const char *object_unreadable(const struct vouch_shape *shape,
				     const char *base);

static const char *array_unreadable(const struct vouch_field *field,
				    const char *base)
{
	uint32_t count =
		*(const uint32_t *)(const void *)(base + field->count_offset);
	uint32_t i;

	if (count > field->max)
		return field->name;
	for (i = 0; i < count && field->type == VOUCH_FIELD_ARRAY; i++) {
		const char *name = object_unreadable(
			field->shape, base + field->offset + i * field->size);

		if (name)
			return name;
	}
	return NULL;
}

/* A field with a value that a document has no way to say; NULL when every one
 * is fine. What cannot be read back must not be written: it would be other
 * evidence than what was collected. */
static const char *object_unreadable(const struct vouch_shape *shape,
				     const char *base)
{
	const char *found = NULL;
	uint32_t i;

	for (i = 0; !found && i < shape->count; i++) {
		const struct vouch_field *field = &shape->fields[i];
		const void *at = base + field->offset;

		if ((field->type == VOUCH_FIELD_U64 &&
		     *(const uint64_t *)at >= INT64_MAX) ||
		    (field->type == VOUCH_FIELD_NAME &&
		     (!memchr(at, '\0', field->size) ||
		      !vouch__text_is_utf8(at))) ||
		    (field->type == VOUCH_FIELD_ENUM &&
		     *(const uint32_t *)at >= field->names->count))
			found = field->name;
		else if (field->type == VOUCH_FIELD_OBJECT)
			found = object_unreadable(field->shape, at);
		else if (field->type == VOUCH_FIELD_ARRAY ||
			 field->type == VOUCH_FIELD_NODES ||
			 field->type == VOUCH_FIELD_U32S)
			found = array_unreadable(field, base);
	}
	return found;
}

enum vouch_error_code vouch__evidence_encode(const struct vouch_evidence *evidence,
					     char **text, size_t *length,
					     struct vouch_error *error)
{
	const char *wrong =
		object_unreadable(&vouch__evidence_shape, (const char *)evidence);
	int skip;

	*text = NULL;
	if (wrong)
		return vouch__error_set(error, VOUCH_E_LIMIT,
					"evidence: %s has a value that cannot be "
					"written down",
					wrong);
	return vouch__document_write(object_encode(evidence,
						   &vouch__evidence_shape,
						   (const char *)evidence, &skip),
				     "evidence", text, length, error);
}
