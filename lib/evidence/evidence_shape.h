/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the evidence document looks like, as data. */
#ifndef VOUCH_EVIDENCE_SHAPE_H
#define VOUCH_EVIDENCE_SHAPE_H

#include <stddef.h>
#include "evidence/names.h"

enum vouch_field_type {
	VOUCH_FIELD_U32,
	VOUCH_FIELD_U64,    /* JSON number, 0 .. 2^63 - 1 */
	VOUCH_FIELD_ID,	    /* u64 as a decimal string */
	VOUCH_FIELD_LSN,    /* u64 as "HIGH/LOW" in hexadecimal */
	VOUCH_FIELD_NAME,   /* string, `size` bytes with its end */
	VOUCH_FIELD_ENUM,   /* word of `names` */
	VOUCH_FIELD_NODE,   /* u8 index, as the node's name */
	VOUCH_FIELD_OBJECT, /* struct of `shape` */
	VOUCH_FIELD_ARRAY,  /* structs of `shape`, `size` bytes each */
	VOUCH_FIELD_NODES,  /* u8 indices, as names */
	VOUCH_FIELD_U32S,   /* u32 numbers */
};

struct vouch_shape;

struct vouch_field {
	const char *name;
	enum vouch_field_type type;
	size_t offset;
	size_t size;	      /* of a string, or of one array element */
	size_t count_offset;  /* arrays: where the u32 count is */
	uint32_t max;	      /* arrays: most elements */
	const struct vouch_names *names;
	const struct vouch_shape *shape;
};

struct vouch_shape {
	uint32_t count;
	const struct vouch_field *fields;
};

extern const struct vouch_shape vouch__evidence_shape;

#endif
