/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written is what is read: for every golden case, and for structures
 * filled at random through the table of fields. */
#include "tests/unit/evidence_fixture.h"

static char *encode(const struct vouch_evidence *evidence, size_t *length)
{
	struct vouch_error error = { 0 };
	char *text;

	if (vouch__evidence_encode(evidence, &text, length, &error) != VOUCH_OK)
		fail_msg("%s", error.text);
	assert_int_equal(strlen(text), *length);
	assert_int_equal(text[*length - 1], '\n');
	return text;
}

/* encode, decode, encode: the same bytes, and the same structure. */
static void survives(const struct vouch_evidence *evidence, const char *name)
{
	struct vouch_evidence *again = evidence_new();
	struct vouch_error error = { 0 };
	size_t length, length_again;
	char *text = encode(evidence, &length), *text_again;

	if (vouch__evidence_decode(text, length, again, &error) != VOUCH_OK)
		fail_msg("%s: %s", name, error.text);
	text_again = encode(again, &length_again);
	if (length != length_again || memcmp(text, text_again, length) != 0)
		fail_msg("%s: other bytes the second time", name);
	assert_memory_equal(evidence, again, sizeof(*again));
	free(text_again);
	free(text);
	free(again);
}

static void cases_survive(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < case_count; i++) {
		struct vouch_evidence *evidence = evidence_of(&cases[i]);

		survives(evidence, cases[i].name);
		free(evidence);
	}
}

/* The same verdict from the bytes of the case and from the library's own. */
static void cases_decide_alike_when_written_again(void **state)
{
	struct vouch_error error = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < case_count; i++) {
		struct vouch_evidence *evidence = evidence_of(&cases[i]);
		size_t length;
		char *text = encode(evidence, &length), *first, *second;

		assert_int_equal(vouch_decide(cases[i].text, cases[i].length,
					      &first, &error),
				 vouch_decide(text, length, &second, &error));
		assert_string_equal(first, second);
		vouch_text_free(first);
		vouch_text_free(second);
		free(text);
		free(evidence);
	}
}

/* --- random structures ----------------------------------------------------- */

static uint32_t seed;

static uint32_t random_next(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static uint64_t random_number(uint64_t max)
{
	uint64_t value = (uint64_t)random_next(1u << 24) << 40 ^
			 (uint64_t)random_next(1u << 24) << 20 ^
			 random_next(1u << 24);

	switch (random_next(4)) {
	case 0:
		return 0;
	case 1:
		return max;
	default:
		return value % max;
	}
}

/* Everything that a text may hold: quotes, markup, UTF-8, to the last byte. */
static void text_fill(char *at, size_t size)
{
	static const char *const parts[] = {
		"n", "\"", "\\", "/", "<b>", "%s%n", "\xc3\xa9", "\xf0\x9f\x98\x80",
		" ", "'", "\xe2\x80\x8f", "{}", "\xc2\xa0",
	};
	size_t used = 0, wanted = random_next((uint32_t)size);

	for (;;) {
		const char *part =
			parts[random_next(sizeof(parts) / sizeof(parts[0]))];
		size_t length = strlen(part);

		if (used + length > wanted)
			break;
		memcpy(at + used, part, length);
		used += length;
	}
	at[used] = '\0';
}

static void field_fill(const struct vouch_evidence *evidence,
		       const struct vouch_field *field, char *base);

static void shape_fill(const struct vouch_evidence *evidence,
		       const struct vouch_shape *shape, char *base)
{
	uint32_t i;

	for (i = 0; i < shape->count; i++)
		field_fill(evidence, &shape->fields[i], base);
}

static uint8_t node_pick(const struct vouch_evidence *evidence)
{
	return evidence->node_count > 0 ?
		       (uint8_t)random_next(evidence->node_count) :
		       VOUCH_NO_NODE;
}

static void array_fill(const struct vouch_evidence *evidence,
		       const struct vouch_field *field, char *base)
{
	uint32_t *count = (uint32_t *)(void *)(base + field->count_offset);
	uint32_t i, length = random_next(3) ? random_next(4) :
					      random_next(field->max + 1);

	if (field->type == VOUCH_FIELD_NODES && evidence->node_count == 0)
		length = 0;
	*count = length;
	for (i = 0; i < length; i++) {
		char *at = base + field->offset + i * field->size;

		if (field->type == VOUCH_FIELD_ARRAY)
			shape_fill(evidence, field->shape, at);
		else if (field->type == VOUCH_FIELD_NODES)
			*(uint8_t *)at = node_pick(evidence);
		else
			*(uint32_t *)(void *)at =
				(uint32_t)random_number(UINT32_MAX);
	}
}

static void field_fill(const struct vouch_evidence *evidence,
		       const struct vouch_field *field, char *base)
{
	void *at = base + field->offset;

	switch (field->type) {
	case VOUCH_FIELD_U32:
		*(uint32_t *)at = (uint32_t)random_number(UINT32_MAX);
		return;
	case VOUCH_FIELD_U64:
		*(uint64_t *)at = random_number(INT64_MAX - 1);
		return;
	case VOUCH_FIELD_ID:
	case VOUCH_FIELD_LSN:
		*(uint64_t *)at = random_number(UINT64_MAX);
		return;
	case VOUCH_FIELD_NAME:
		text_fill(at, field->size);
		return;
	case VOUCH_FIELD_ENUM:
		*(uint32_t *)at = random_next(field->names->count);
		return;
	case VOUCH_FIELD_NODE:
		*(uint8_t *)at = node_pick(evidence);
		return;
	case VOUCH_FIELD_OBJECT:
		shape_fill(evidence, field->shape, at);
		return;
	case VOUCH_FIELD_ARRAY:
	case VOUCH_FIELD_NODES:
	case VOUCH_FIELD_U32S:
		array_fill(evidence, field, base);
		return;
	}
}

static void random_structures_survive(void **state)
{
	struct vouch_evidence *evidence = evidence_new();
	uint32_t round, i;

	(void)state;
	for (round = 0; round < 300; round++) {
		char name[32];

		seed = round;
		vouch__evidence_clear(evidence);
		shape_fill(evidence, &vouch__evidence_shape, (char *)evidence);
		evidence->format = VOUCH_EVIDENCE_FORMAT;
		/* References are by name: those must be different. */
		for (i = 0; i < evidence->node_count; i++) {
			memset(evidence->nodes[i].name, 0, VOUCH_NAME_SIZE);
			(void)snprintf(evidence->nodes[i].name, VOUCH_NAME_SIZE,
				       "<n\"%u>", i);
		}
		(void)snprintf(name, sizeof(name), "seed %u", round);
		survives(evidence, name);
	}
	free(evidence);
}

static void fullest_structure_is_no_larger_than_a_document(void **state)
{
	struct vouch_evidence *evidence = evidence_new();
	size_t length;
	uint32_t i, j;
	char *text;

	(void)state;
	evidence->format = VOUCH_EVIDENCE_FORMAT;
	evidence->node_count = VOUCH_NODES_MAX;
	for (i = 0; i < VOUCH_NODES_MAX; i++) {
		(void)memset(evidence->nodes[i].name, '"', VOUCH_NAME_SIZE - 3);
		(void)snprintf(evidence->nodes[i].name + VOUCH_NAME_SIZE - 3, 3,
			       "%02u", i);
		evidence->nodes[i].probe.history_count = VOUCH_HISTORY_MAX;
		for (j = 0; j < VOUCH_HISTORY_MAX; j++)
			evidence->nodes[i].probe.history[j].end_lsn = UINT64_MAX;
	}
	evidence->grant_count = VOUCH_GRANTS_MAX;
	evidence->contract_count = VOUCH_CONTRACTS_MAX;
	evidence->admission_count = VOUCH_ADMISSIONS_MAX;
	evidence->assertion_count = VOUCH_ASSERTIONS_MAX;
	evidence->fencing.count = VOUCH_FENCINGS_MAX;
	for (i = 0; i < VOUCH_GRANTS_MAX; i++) {
		evidence->grants[i].contract.member_count = VOUCH_NODES_MAX;
		evidence->contracts[i].contract.member_count = VOUCH_NODES_MAX;
	}
	for (i = 0; i < VOUCH_FENCINGS_MAX; i++)
		(void)memset(evidence->fencing.entries[i].origin, '"',
			     VOUCH_NAME_SIZE - 1);
	text = encode(evidence, &length);
	assert_true(length < VOUCH_DOCUMENT_MAX);
	print_message("# %zu bytes\n", length);
	free(text);
	survives(evidence, "fullest");
	free(evidence);
}

/* --- what cannot be said is not written ------------------------------------ */

static void wild_field(struct place *place, void *context)
{
	const struct vouch_evidence *evidence = context;
	struct vouch_error error = { 0 };
	char *at = place->base + place->field->offset;
	char was[VOUCH_TEXT_SIZE];
	size_t size = 4, length;
	char *text;

	switch (place->field->type) {
	case VOUCH_FIELD_U64:
		size = 8;
		break;
	case VOUCH_FIELD_NAME:
		size = place->field->size;
		break;
	case VOUCH_FIELD_ENUM:
		break;
	case VOUCH_FIELD_ARRAY:
	case VOUCH_FIELD_NODES:
	case VOUCH_FIELD_U32S:
		at = place->base + place->field->count_offset;
		break;
	case VOUCH_FIELD_U32:
	case VOUCH_FIELD_ID:
	case VOUCH_FIELD_LSN:
	case VOUCH_FIELD_NODE:
	case VOUCH_FIELD_OBJECT:
		return;
	}
	memcpy(was, at, size);
	memset(at, 0xff, size);
	if (vouch__evidence_encode(evidence, &text, &length, &error) !=
		    VOUCH_E_LIMIT ||
	    text)
		fail_msg("%s was written", place->path);
	assert_non_null(strstr(error.text, place->field->name));
	memcpy(at, was, size);
}

static void unreadable_values_are_not_written(void **state)
{
	struct vouch_evidence *evidence =
		evidence_of(case_find("fenced-in-sync"));

	(void)state;
	places_walk(&vouch__evidence_shape, (char *)evidence, "", wild_field,
		    evidence);
	free(evidence);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases_survive),
		cmocka_unit_test(cases_decide_alike_when_written_again),
		cmocka_unit_test(random_structures_survive),
		cmocka_unit_test(fullest_structure_is_no_larger_than_a_document),
		cmocka_unit_test(unreadable_values_are_not_written),
	};

	return cmocka_run_group_tests(tests, cases_load, cases_free);
}
