/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints the table that reads and writes evidence documents as JSON, for
 * tests/unit/test_evidence_schema to compare with the published schema. */
#include <stdio.h>

#include "evidence/evidence_json.h"
#include "evidence/evidence_shape.h"

static const char *const types[] = {
	[VOUCH_FIELD_U32] = "u32",     [VOUCH_FIELD_U64] = "u64",
	[VOUCH_FIELD_ID] = "id",       [VOUCH_FIELD_LSN] = "lsn",
	[VOUCH_FIELD_NAME] = "name",   [VOUCH_FIELD_ENUM] = "enum",
	[VOUCH_FIELD_NODE] = "node",   [VOUCH_FIELD_OBJECT] = "object",
	[VOUCH_FIELD_ARRAY] = "array", [VOUCH_FIELD_NODES] = "nodes",
	[VOUCH_FIELD_U32S] = "u32s",
};

/* The table is a tree, a few levels deep; the names need no escaping. */
static void shape_print(const struct vouch_shape *shape)
{
	uint32_t i, j;

	(void)printf("{");
	for (i = 0; i < shape->count; i++) {
		const struct vouch_field *field = &shape->fields[i];

		(void)printf("%s\"%s\":{\"type\":\"%s\",\"size\":%zu,\"max\":%u",
			     i == 0 ? "" : ",", field->name, types[field->type],
			     field->size, field->max);
		if (field->names) {
			(void)printf(",\"words\":[");
			for (j = 0; j < field->names->count; j++)
				(void)printf("%s\"%s\"", j == 0 ? "" : ",",
					     field->names->names[j]);
			(void)printf("]");
		}
		if (field->shape) {
			(void)printf(",\"shape\":");
			shape_print(field->shape);
		}
		(void)printf("}");
	}
	(void)printf("}");
}

int main(void)
{
	(void)printf("{\"format\":%d,\"bytes\":%d,\"depth\":%d,\"name_size\":%d,"
		     "\"shape\":",
		     VOUCH_EVIDENCE_FORMAT, VOUCH_DOCUMENT_MAX,
		     VOUCH_DOCUMENT_DEPTH, VOUCH_NAME_SIZE);
	shape_print(&vouch__evidence_shape);
	(void)printf("}\n");
	return 0;
}
