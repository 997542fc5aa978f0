/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The evidence of the golden cases, and a walk over every field of it that the
 * document knows: a field that is added to the table is tested without a change
 * here. */
#ifndef TESTS_UNIT_EVIDENCE_FIXTURE_H
#define TESTS_UNIT_EVIDENCE_FIXTURE_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "evidence/evidence_json.h"
#include "evidence/evidence_shape.h"
#include "kernel/decide.h"
#include "vouch.h"

enum { CASES_MAX = 512, PATH_MAX_BYTES = 200, FIXTURE_TEXT = 256 * 1024 };

struct evidence_case {
	char name[80];
	char *text;
	size_t length;
};

static struct evidence_case cases[CASES_MAX];
static size_t case_count;

__attribute__((unused)) static int case_compare(const void *a, const void *b)
{
	return strcmp(((const struct evidence_case *)a)->name,
		      ((const struct evidence_case *)b)->name);
}

/* All of tests/cases/evidence, in the order of their names. */
__attribute__((unused)) static int cases_load(void **state)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[1024];
	struct dirent *entry;
	DIR *directory;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/tests/cases/evidence",
		       top ? top : ".");
	directory = opendir(path);
	while (directory && (entry = readdir(directory)) != NULL) {
		char *end = strstr(entry->d_name, ".json");
		struct evidence_case *it = &cases[case_count];
		FILE *in;

		if (!end || case_count == CASES_MAX)
			continue;
		(void)snprintf(path, sizeof(path), "%s/tests/cases/evidence/%s",
			       top ? top : ".", entry->d_name);
		in = fopen(path, "re");
		it->text = malloc(FIXTURE_TEXT);
		if (!in || !it->text)
			return -1;
		it->length = fread(it->text, 1, FIXTURE_TEXT, in);
		(void)fclose(in);
		(void)snprintf(it->name, sizeof(it->name), "%.*s",
			       (int)(end - entry->d_name), entry->d_name);
		case_count++;
	}
	if (directory)
		(void)closedir(directory);
	qsort(cases, case_count, sizeof(cases[0]), case_compare);
	return case_count > 0 ? 0 : -1;
}

__attribute__((unused)) static int cases_free(void **state)
{
	(void)state;
	while (case_count > 0)
		free(cases[--case_count].text);
	return 0;
}

__attribute__((unused)) static const struct evidence_case *
case_find(const char *name)
{
	size_t i;

	for (i = 0; i < case_count; i++) {
		if (strcmp(cases[i].name, name) == 0)
			return &cases[i];
	}
	fail_msg("there is no case %s", name);
	return NULL;
}

/* Never on the stack: it is large. */
__attribute__((unused)) static struct vouch_evidence *evidence_new(void)
{
	struct vouch_evidence *evidence = malloc(sizeof(*evidence));

	assert_non_null(evidence);
	vouch__evidence_clear(evidence);
	return evidence;
}

__attribute__((unused)) static struct vouch_evidence *
evidence_of(const struct evidence_case *it)
{
	struct vouch_evidence *evidence = evidence_new();
	struct vouch_error error = { 0 };

	if (vouch__evidence_decode(it->text, it->length, evidence, &error) !=
	    VOUCH_OK)
		fail_msg("%s: %s", it->name, error.text);
	return evidence;
}

/* A field of one particular structure. */
struct place {
	const struct vouch_shape *shape;
	const struct vouch_field *field;
	char *base;		   /* of the structure that has the field */
	char path[PATH_MAX_BYTES]; /* "grants[0].contract.k" */
};

typedef void (*place_visit)(struct place *place, void *context);

__attribute__((unused)) static void places_walk(const struct vouch_shape *shape,
						char *base, const char *path,
						place_visit visit, void *context)
{
	uint32_t i, j;

	for (i = 0; i < shape->count; i++) {
		const struct vouch_field *field = &shape->fields[i];
		struct place place = { shape, field, base, "" };
		char inner[PATH_MAX_BYTES];
		uint32_t count;

		(void)snprintf(place.path, sizeof(place.path), "%.120s%s%.40s",
			       path, path[0] ? "." : "", field->name);
		visit(&place, context);
		if (field->type == VOUCH_FIELD_OBJECT)
			places_walk(field->shape, base + field->offset,
				    place.path, visit, context);
		if (field->type != VOUCH_FIELD_ARRAY)
			continue;
		memcpy(&count, base + field->count_offset, sizeof(count));
		for (j = 0; j < count; j++) {
			(void)snprintf(inner, sizeof(inner), "%.160s[%u]",
				       place.path, j);
			places_walk(field->shape,
				    base + field->offset + j * field->size,
				    inner, visit, context);
		}
	}
}

#endif
