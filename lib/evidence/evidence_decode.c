/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/evidence_json.h"
#include "evidence/evidence_shape.h"

struct decoder {
	struct vouch_evidence *evidence;
	struct vouch_error *error;
	int nodes_known; /* references by name can be resolved */
};

static enum vouch_error_code object_decode(struct decoder *decoder,
					   const struct vouch_shape *shape,
					   struct json_object *json, char *base,
					   const char *where);

static enum vouch_error_code refuse(struct decoder *decoder, const char *where,
				    const char *what)
{
	return vouch__error_set(decoder->error, VOUCH_E_MALFORMED,
				"evidence: %s: %s", where, what);
}

static int number_parse(struct json_object *json, uint64_t max, uint64_t *value)
{
	int64_t number;

	if (!json_object_is_type(json, json_type_int))
		return 0;
	/* json-c saturates; what does not fit comes out as a limit. */
	number = json_object_get_int64(json);
	if (number < 0 || number == INT64_MAX || (uint64_t)number > max)
		return 0;
	*value = (uint64_t)number;
	return 1;
}

/* NULL when it is no string, too long, or has bytes that have no business in a
 * name: control characters, and a NUL in the middle. */
static const char *string_parse(struct json_object *json, size_t size)
{
	const char *text;
	size_t length, i;

	if (!json_object_is_type(json, json_type_string))
		return NULL;
	text = json_object_get_string(json);
	length = (size_t)json_object_get_string_len(json);
	if (length >= size || strlen(text) != length)
		return NULL;
	for (i = 0; i < length; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return NULL;
		/* U+0080 to U+009F: a terminal obeys these as well. */
		if ((unsigned char)text[i] == 0xc2 &&
		    (unsigned char)text[i + 1] < 0xa0)
			return NULL;
	}
	return text;
}

static int id_parse(struct json_object *json, uint64_t *value)
{
	const char *text = string_parse(json, 24);
	char *end;

	if (!text || text[0] < '0' || text[0] > '9')
		return 0;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0';
}

static int hex_parse(const char *text, size_t length, uint64_t *value)
{
	size_t i;

	if (length == 0 || length > 8)
		return 0;
	*value = 0;
	for (i = 0; i < length; i++) {
		char c = text[i];

		if (c >= '0' && c <= '9')
			*value = *value * 16 + (uint64_t)(c - '0');
		else if (c >= 'A' && c <= 'F')
			*value = *value * 16 + (uint64_t)(c - 'A' + 10);
		else
			return 0;
	}
	return 1;
}

static int lsn_parse(struct json_object *json, uint64_t *value)
{
	const char *text = string_parse(json, 18);
	const char *slash = text ? strchr(text, '/') : NULL;
	uint64_t high, low;

	if (!slash || !hex_parse(text, (size_t)(slash - text), &high) ||
	    !hex_parse(slash + 1, strlen(slash + 1), &low))
		return 0;
	*value = high << 32 | low;
	return 1;
}

static int node_parse(struct decoder *decoder, struct json_object *json,
		      uint8_t *value)
{
	const struct vouch_evidence *evidence = decoder->evidence;
	const char *name = string_parse(json, VOUCH_NAME_SIZE);
	uint8_t i;

	if (!name || !decoder->nodes_known)
		return 0;
	for (i = 0; i < evidence->node_count; i++) {
		if (strcmp(evidence->nodes[i].name, name) == 0) {
			*value = i;
			return 1;
		}
	}
	return 0;
}

static enum vouch_error_code array_decode(struct decoder *decoder,
					  const struct vouch_field *field,
					  struct json_object *json, char *base,
					  const char *where)
{
	uint32_t *count = (uint32_t *)(void *)(base + field->count_offset);
	size_t length, i;

	if (!json_object_is_type(json, json_type_array))
		return refuse(decoder, where, "must be an array");
	length = json_object_array_length(json);
	if (length > field->max)
		return vouch__error_set(decoder->error, VOUCH_E_LIMIT,
					"evidence: %s: %zu elements, at most %u",
					where, length, field->max);
	for (i = 0; i < length; i++) {
		struct json_object *element = json_object_array_get_idx(json, i);
		char *at = base + field->offset + i * field->size;
		uint64_t number;

		if (field->type == VOUCH_FIELD_ARRAY) {
			enum vouch_error_code code = object_decode(
				decoder, field->shape, element, at, where);

			if (code != VOUCH_OK)
				return code;
		} else if (field->type == VOUCH_FIELD_NODES) {
			if (!node_parse(decoder, element, (uint8_t *)at))
				return refuse(decoder, where,
					      "must name nodes");
		} else {
			if (!number_parse(element, UINT32_MAX, &number))
				return refuse(decoder, where,
					      "must hold numbers");
			*(uint32_t *)(void *)at = (uint32_t)number;
		}
	}
	*count = (uint32_t)length;
	return VOUCH_OK;
}

static enum vouch_error_code field_decode(struct decoder *decoder,
					  const struct vouch_field *field,
					  struct json_object *json, char *base)
{
	void *at = base + field->offset;
	const char *text;
	uint64_t number;

	switch (field->type) {
	case VOUCH_FIELD_U32:
		if (!number_parse(json, UINT32_MAX, &number))
			return refuse(decoder, field->name,
				      "must be a number below 2^32");
		*(uint32_t *)at = (uint32_t)number;
		return VOUCH_OK;
	case VOUCH_FIELD_U64:
		if (!number_parse(json, INT64_MAX, (uint64_t *)at))
			return refuse(decoder, field->name,
				      "must be a number below 2^63 - 1");
		return VOUCH_OK;
	case VOUCH_FIELD_ID:
		if (!id_parse(json, (uint64_t *)at))
			return refuse(decoder, field->name,
				      "must be a number in a string");
		return VOUCH_OK;
	case VOUCH_FIELD_LSN:
		if (!lsn_parse(json, (uint64_t *)at))
			return refuse(decoder, field->name,
				      "must be a position such as \"0/5000000\"");
		return VOUCH_OK;
	case VOUCH_FIELD_NAME:
		text = string_parse(json, field->size);
		if (!text)
			return refuse(decoder, field->name,
				      "must be a short text without control "
				      "characters");
		memcpy(at, text, strlen(text) + 1);
		return VOUCH_OK;
	case VOUCH_FIELD_ENUM:
		text = string_parse(json, VOUCH_NAME_SIZE);
		if (!text ||
		    !vouch__name_parse(field->names, text, (uint32_t *)at))
			return refuse(decoder, field->name,
				      "is none of the words allowed there");
		return VOUCH_OK;
	case VOUCH_FIELD_NODE:
		if (!node_parse(decoder, json, (uint8_t *)at))
			return refuse(decoder, field->name,
				      "must name one of the nodes");
		return VOUCH_OK;
	case VOUCH_FIELD_OBJECT:
		return object_decode(decoder, field->shape, json, (char *)at,
				     field->name);
	case VOUCH_FIELD_ARRAY:
	case VOUCH_FIELD_NODES:
	case VOUCH_FIELD_U32S:
		return array_decode(decoder, field, json, base, field->name);
	}
	return refuse(decoder, field->name, "is of an unknown type");
}

static const struct vouch_field *field_find(const struct vouch_shape *shape,
					    const char *name)
{
	uint32_t i;

	for (i = 0; i < shape->count; i++) {
		if (strcmp(shape->fields[i].name, name) == 0)
			return &shape->fields[i];
	}
	return NULL;
}

static enum vouch_error_code object_decode(struct decoder *decoder,
					   const struct vouch_shape *shape,
					   struct json_object *json, char *base,
					   const char *where)
{
	uint32_t i;

	if (!json_object_is_type(json, json_type_object))
		return refuse(decoder, where, "must be an object");
	json_object_object_foreach(json, key, unused)
	{
		(void)unused;
		if (!field_find(shape, key))
			return vouch__error_set(decoder->error,
						VOUCH_E_MALFORMED,
						"evidence: %s: unknown field '%s'",
						where, key);
	}
	for (i = 0; i < shape->count; i++) {
		const struct vouch_field *field = &shape->fields[i];
		struct json_object *value;
		enum vouch_error_code code;

		if (!json_object_object_get_ex(json, field->name, &value))
			continue;
		code = field_decode(decoder, field, value, base);
		if (code != VOUCH_OK)
			return code;
		if (shape == &vouch__evidence_shape &&
		    field->offset == offsetof(struct vouch_evidence, nodes))
			decoder->nodes_known = 1;
	}
	return VOUCH_OK;
}

void vouch__evidence_clear(struct vouch_evidence *evidence)
{
	memset(evidence, 0, sizeof(*evidence));
	evidence->request.candidate = VOUCH_NO_NODE;
	evidence->seal.node = VOUCH_NO_NODE;
	evidence->fencing.snapshot_holder = VOUCH_NO_NODE;
	for (int i = 0; i < VOUCH_GRANTS_MAX; i++)
		evidence->grants[i].holder = VOUCH_NO_NODE;
	for (int i = 0; i < VOUCH_ADMISSIONS_MAX; i++)
		evidence->admissions[i].node = VOUCH_NO_NODE;
	for (int i = 0; i < VOUCH_FENCINGS_MAX; i++)
		evidence->fencing.entries[i].node = VOUCH_NO_NODE;
	for (int i = 0; i < VOUCH_ASSERTIONS_MAX; i++)
		evidence->assertions[i].node = VOUCH_NO_NODE;
}

enum vouch_error_code vouch__evidence_decode(const char *text, size_t length,
					     struct vouch_evidence *evidence,
					     struct vouch_error *error)
{
	struct decoder decoder = { evidence, error, 0 };
	struct json_object *json;
	enum vouch_error_code code;

	code = vouch__document_parse(text, length, "evidence", &json, error);
	if (code != VOUCH_OK)
		return code;
	vouch__evidence_clear(evidence);
	code = object_decode(&decoder, &vouch__evidence_shape, json,
			     (char *)evidence, "document");
	json_object_put(json);
	if (code == VOUCH_OK && evidence->format != VOUCH_EVIDENCE_FORMAT)
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"evidence has format %u, this library "
					"reads format %d",
					evidence->format, VOUCH_EVIDENCE_FORMAT);
	return code;
}
