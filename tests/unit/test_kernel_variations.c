/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's whole behaviour around the golden cases, as one number a case.
 * Every field of each case's evidence is changed in every small way, alone and
 * two or three at a time, and the complete verdicts are summed up. A change of
 * behaviour that no golden case shows, shows here; the line says where.
 *
 * What lies outside the evidence is made hostile on purpose: unused elements of
 * its arrays, the verdict's old contents, the stack. None of it may matter.
 *
 * usage: test_kernel_variations [--rewrite]
 *
 * tests/cases/variations.txt has a line for each case: its name, the decisions,
 * the permits among them, the sum. --rewrite takes the new numbers over: look at
 * the permits, and only commit it if you understand it.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/evidence_json.h"
#include "evidence/evidence_shape.h"
#include "kernel/decide.h"

enum {
	CASES_MAX = 1024,
	PLACES_MAX = 40000,
	TOGETHER = 1500, /* sets of changes a case, beside the single ones */
	LARGE_TOGETHER = 200,
	STACK_BYTES = 24 * 1024,
	DOCUMENT_BYTES = 1 << 20,
};

/* One field in one evidence, and a way to change it. */
struct place {
	char *at;
	const struct vouch_field *field;
	uint32_t *count; /* of an array: how many elements it has */
	uint32_t way;
};

struct sum {
	uint64_t hash;
	uint32_t decisions;
	uint32_t permits;
};

static struct vouch_evidence evidence;
static struct vouch_verdict verdict;
static struct place places[PLACES_MAX];
static uint32_t place_count;
static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % limit;
}

/* --- what is summed up ----------------------------------------------------- */

static void hash_add(struct sum *sum, uint64_t value)
{
	uint32_t i;

	for (i = 0; i < 8; i++) {
		sum->hash ^= value >> (8 * i) & 0xff;
		sum->hash *= 0x100000001b3u;
	}
}

static void finding_add(struct sum *sum, const struct vouch_finding *finding)
{
	uint32_t i;

	hash_add(sum, (uint64_t)finding->rule << 32 | finding->reason);
	hash_add(sum, (uint64_t)finding->outcome << 32 | finding->node << 16 |
			      finding->node_b);
	for (i = 0; i < 3; i++)
		hash_add(sum, (uint64_t)finding->value[i]);
	for (i = 0; i < finding->used_count; i++) {
		hash_add(sum, (uint64_t)finding->used[i].fact << 32 |
				      finding->used[i].node);
		hash_add(sum, (uint64_t)finding->used[i].value);
	}
}

static void verdict_add(struct sum *sum)
{
	int i;

	hash_add(sum, (uint64_t)verdict.permitted << 32 | verdict.deciding_rule);
	hash_add(sum, (uint64_t)verdict.epoch);
	hash_add(sum, (uint64_t)verdict.finding_count);
	for (i = 0; i < verdict.finding_count && i < VOUCH_FINDINGS_MAX; i++)
		finding_add(sum, &verdict.findings[i]);
	sum->decisions++;
	sum->permits += verdict.permitted == 1;
}

/* --- what must not matter --------------------------------------------------- */

/* Leaves a pattern where the next call's locals will be. */
static __attribute__((noinline)) void stack_poison(int pattern)
{
	volatile char room[STACK_BYTES];
	char *bytes = (char *)(uintptr_t)room;

	memset(bytes, pattern, sizeof(room));
	__asm__ volatile("" : : "r"(bytes) : "memory");
}

static void verdict_poison(void)
{
	verdict.permitted = 1;
	verdict.epoch = 77;
	verdict.deciding_rule = 777;
	verdict.finding_count = 5;
}

static void decide(struct sum *sum)
{
	static const int patterns[] = { 0, 1, 0xa5, 0xff };

	verdict_poison();
	stack_poison(patterns[sum->decisions % 4]);
	vouch__decide(&evidence, &verdict);
	verdict_add(sum);
}

static void views_poison(void)
{
	uint32_t i;

	for (i = evidence.before.member_count; i < VOUCH_NODES_MAX; i++)
		evidence.before.members[i] = 1;
	for (i = evidence.after.member_count; i < VOUCH_NODES_MAX; i++)
		evidence.after.members[i] = 2;
}

static void nodes_poison(void)
{
	uint32_t i, j;

	for (i = 0; i < evidence.node_count; i++) {
		struct vouch_probe *probe = &evidence.nodes[i].probe;

		for (j = probe->history_count; j < VOUCH_HISTORY_MAX; j++) {
			probe->history[j].timeline = probe->timeline;
			probe->history[j].end_lsn = 1;
		}
	}
	for (i = evidence.node_count; i < VOUCH_NODES_MAX; i++) {
		struct vouch_probe *probe = &evidence.nodes[i].probe;

		evidence.nodes[i] = evidence.nodes[0];
		probe->condition = VOUCH_PRESENT;
		probe->in_recovery = VOUCH_NO;
		probe->promoting = VOUCH_YES;
		probe->system_id = 1;
		probe->epoch = 99;
		probe->order = 0;
	}
}

/* The opposite: neighbours that would speak for the candidate. */
static void nodes_flatter(void)
{
	uint32_t i;

	for (i = evidence.node_count; i < VOUCH_NODES_MAX; i++)
		evidence.nodes[i] =
			evidence.nodes[evidence.request.candidate % VOUCH_NODES_MAX];
}

static void contract_poison(struct vouch_contract *contract)
{
	uint32_t i;

	for (i = contract->member_count; i < VOUCH_NODES_MAX; i++)
		contract->members[i] = 0;
}

static void records_poison(void)
{
	uint32_t i;

	for (i = 0; i < VOUCH_GRANTS_MAX; i++) {
		if (i >= evidence.grant_count) {
			evidence.grants[i] = evidence.grants[0];
			evidence.grants[i].holder ^= 1;
			evidence.grants[i].source = VOUCH_SOURCE_JOURNAL;
		}
		contract_poison(&evidence.grants[i].contract);
	}
	for (i = 0; i < VOUCH_CONTRACTS_MAX; i++) {
		if (i >= evidence.contract_count) {
			evidence.contracts[i] = evidence.contracts[0];
			evidence.contracts[i].serial = 100;
			evidence.contracts[i].contract.k = 0;
		}
		contract_poison(&evidence.contracts[i].contract);
	}
	for (i = evidence.admission_count; i < VOUCH_ADMISSIONS_MAX; i++) {
		evidence.admissions[i].serial = 100 + i;
		evidence.admissions[i].node = (uint8_t)(i % 3);
		memset(evidence.admissions[i].incarnation, 'p', VOUCH_NAME_SIZE);
	}
}

static void claims_poison(void)
{
	uint32_t i;

	for (i = evidence.fencing.count; i < VOUCH_FENCINGS_MAX; i++) {
		struct vouch_fencing *entry = &evidence.fencing.entries[i];

		memset(entry, 0, sizeof(*entry));
		entry->node = evidence.fencing.snapshot_holder;
		entry->state = VOUCH_FENCING_PENDING;
	}
	for (i = evidence.assertion_count; i < VOUCH_ASSERTIONS_MAX; i++) {
		struct vouch_assertion *assertion = &evidence.assertions[i];

		assertion->node = 0;
		assertion->epoch = 1;
		(void)strcpy(assertion->operator_name, "nobody");
		(void)strcpy(assertion->reason, "none");
	}
}

static void evidence_poison(void)
{
	views_poison();
	nodes_poison();
	records_poison();
	claims_poison();
}

/* --- changes ----------------------------------------------------------------- */

static uint32_t ways_of(const struct vouch_field *field)
{
	switch (field->type) {
	case VOUCH_FIELD_ENUM:
		return field->names->count;
	case VOUCH_FIELD_NODE:
	case VOUCH_FIELD_NAME:
		return 5;
	case VOUCH_FIELD_U32:
	case VOUCH_FIELD_U64:
	case VOUCH_FIELD_ID:
	case VOUCH_FIELD_LSN:
	case VOUCH_FIELD_ARRAY:
	case VOUCH_FIELD_NODES:
	case VOUCH_FIELD_U32S:
		return 4;
	case VOUCH_FIELD_OBJECT:
	default:
		return 0;
	}
}

static uint64_t number_changed(uint64_t value, uint32_t way, uint64_t max)
{
	switch (way) {
	case 0:
		return 0;
	case 1:
		return value + 1;
	case 2:
		return value > 0 ? value - 1 : 2;
	default:
		return max;
	}
}

static void name_change(char *name, size_t size, uint32_t way)
{
	switch (way) {
	case 0:
		name[0] = '\0';
		return;
	case 1:
		name[0] = name[0] == 'i' ? 'j' : 'i';
		return;
	case 2:
		name[1] = '\0'; /* of one letter, which is not "empty" */
		return;
	case 3:
		name[1] = name[1] == '1' ? '2' : '1';
		name[2] = '\0';
		return;
	default:
		memset(name, 'u', size); /* not terminated */
	}
}

static uint32_t count_changed(uint32_t count, uint32_t way, uint32_t max)
{
	switch (way) {
	case 0:
		return 0;
	case 1:
		return count > 0 ? count - 1 : 1;
	case 2:
		return count + 1; /* what was hostile becomes evidence */
	default:
		return max + 1;
	}
}

static void place_change(const struct place *place)
{
	const struct vouch_field *field = place->field;
	uint32_t u32;

	switch (field->type) {
	case VOUCH_FIELD_ENUM:
		memcpy(place->at, &place->way, sizeof(place->way));
		return;
	case VOUCH_FIELD_U32:
		memcpy(&u32, place->at, sizeof(u32));
		u32 = (uint32_t)number_changed(u32, place->way, UINT32_MAX);
		memcpy(place->at, &u32, sizeof(u32));
		return;
	case VOUCH_FIELD_U64:
	case VOUCH_FIELD_ID:
	case VOUCH_FIELD_LSN: {
		uint64_t u64;

		memcpy(&u64, place->at, sizeof(u64));
		u64 = number_changed(u64, place->way, UINT64_MAX);
		memcpy(place->at, &u64, sizeof(u64));
		return;
	}
	case VOUCH_FIELD_NAME:
		name_change(place->at, field->size, place->way);
		return;
	case VOUCH_FIELD_NODE:
		*(uint8_t *)place->at = place->way < 3 ? (uint8_t)place->way :
					place->way == 3 ?
						(uint8_t)evidence.node_count :
						VOUCH_NO_NODE;
		return;
	case VOUCH_FIELD_ARRAY:
	case VOUCH_FIELD_NODES:
	case VOUCH_FIELD_U32S:
		*place->count = count_changed(*place->count, place->way,
					      field->max);
		return;
	case VOUCH_FIELD_OBJECT:
	default:
		return;
	}
}

static size_t place_size(const struct place *place)
{
	switch (place->field->type) {
	case VOUCH_FIELD_NAME:
		return place->field->size;
	case VOUCH_FIELD_NODE:
		return 1;
	case VOUCH_FIELD_ENUM:
	case VOUCH_FIELD_U32:
		return sizeof(uint32_t);
	default:
		return sizeof(uint64_t);
	}
}

struct saved {
	char bytes[VOUCH_TEXT_SIZE];
	uint32_t count;
};

static void place_save(const struct place *place, struct saved *saved)
{
	if (place->count)
		saved->count = *place->count;
	else
		memcpy(saved->bytes, place->at, place_size(place));
}

static void place_restore(const struct place *place, const struct saved *saved)
{
	if (place->count)
		*place->count = saved->count;
	else
		memcpy(place->at, saved->bytes, place_size(place));
}

static void place_add(char *at, const struct vouch_field *field, uint32_t *count)
{
	uint32_t way;

	for (way = 0; way < ways_of(field) && place_count < PLACES_MAX; way++)
		places[place_count++] = (struct place){ at, field, count, way };
}

/* Elements of a plain array are changed like single fields. */
static void elements_add(char *base, const struct vouch_field *field,
			 uint32_t count)
{
	static const struct vouch_field node = { "", VOUCH_FIELD_NODE, 0, 1,
						 0,  0, NULL, NULL };
	static const struct vouch_field number = { "", VOUCH_FIELD_U32, 0, 4,
						   0,  0, NULL, NULL };
	uint32_t i;

	for (i = 0; i < count; i++)
		place_add(base + field->offset + i * field->size,
			  field->type == VOUCH_FIELD_NODES ? &node : &number,
			  NULL);
}

static void shape_add(const struct vouch_shape *shape, char *base)
{
	uint32_t i, j;

	for (i = 0; i < shape->count; i++) {
		const struct vouch_field *field = &shape->fields[i];
		uint32_t *count = NULL;

		if (field->type == VOUCH_FIELD_OBJECT) {
			shape_add(field->shape, base + field->offset);
			continue;
		}
		if (field->type == VOUCH_FIELD_ARRAY ||
		    field->type == VOUCH_FIELD_NODES ||
		    field->type == VOUCH_FIELD_U32S) {
			count = (uint32_t *)(void *)(base + field->count_offset);
			if (field->type != VOUCH_FIELD_ARRAY)
				elements_add(base, field, *count);
			for (j = 0; field->shape && j < *count; j++)
				shape_add(field->shape, base + field->offset +
								j * field->size);
		}
		place_add(base + field->offset, field, count);
	}
}

/* --- one case ------------------------------------------------------------------ */

static void change_and_decide(const struct place *const *chosen, uint32_t count,
			      struct sum *sum)
{
	struct saved saved[3];
	uint32_t i;

	for (i = 0; i < count; i++) {
		place_save(chosen[i], &saved[i]);
		place_change(chosen[i]);
	}
	decide(sum);
	while (i-- > 0)
		place_restore(chosen[i], &saved[i]);
}

static struct sum evidence_sum(uint32_t together)
{
	struct sum sum = { 0xcbf29ce484222325u, 0, 0 };
	const struct place *chosen[3];
	uint32_t i, j, count;

	place_count = 0;
	shape_add(&vouch__evidence_shape, (char *)&evidence);
	random_state = 1;
	decide(&sum);
	for (i = 0; i < place_count && place_count < PLACES_MAX / 4; i++) {
		chosen[0] = &places[i];
		change_and_decide(chosen, 1, &sum);
	}
	for (i = 0; i < together; i++) {
		count = 2 + random_below(2);
		for (j = 0; j < count; j++)
			chosen[j] = &places[random_below(place_count)];
		change_and_decide(chosen, count, &sum);
	}
	return sum;
}

/* The hostile surroundings give the verdict that zeroes give. */
static int surroundings_matter(void)
{
	struct sum clean = { 1, 0, 0 }, flattered = { 1, 0, 0 };
	struct sum poisoned = { 1, 0, 0 };

	decide(&clean);
	nodes_flatter();
	decide(&flattered);
	evidence_poison();
	decide(&poisoned);
	return clean.hash != poisoned.hash || clean.hash != flattered.hash;
}

static const char *top(void)
{
	const char *directory = getenv("TOP_SRCDIR");

	return directory ? directory : ".";
}

static int case_read(const char *name)
{
	static char text[DOCUMENT_BYTES];
	struct vouch_error error;
	char path[4096];
	size_t length;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/tests/cases/evidence/%s.json",
		       top(), name);
	file = fopen(path, "r");
	if (!file)
		return 0;
	length = fread(text, 1, sizeof(text), file);
	(void)fclose(file);
	return vouch__evidence_decode(text, length, &evidence, &error) == VOUCH_OK;
}

/* As large as evidence can be: every node there can be, a grant for each epoch
 * there can be, none of them ended. The findings do not fit. */
static int largest_make(void)
{
	uint32_t i;

	if (!case_read("fenced-in-sync"))
		return 0;
	for (i = 3; i < VOUCH_NODES_MAX; i++) {
		evidence.nodes[i] = evidence.nodes[2];
		(void)snprintf(evidence.nodes[i].name, VOUCH_NAME_SIZE, "n%u",
			       i + 1);
		evidence.nodes[i].cluster_id = i + 1;
		evidence.nodes[i].probe.timeline = i;
		evidence.nodes[i].probe.system_id = i;
		evidence.nodes[i].probe.order = i;
		evidence.nodes[i].probe.promoting = VOUCH_YES;
		evidence.nodes[i].probe.in_recovery = VOUCH_NO;
		evidence.nodes[i].node_class = VOUCH_CLASS_GUEST;
		evidence.nodes[i].probe.epoch = 50;
	}
	evidence.node_count = VOUCH_NODES_MAX;
	for (i = 3; i < VOUCH_GRANTS_MAX; i++) {
		evidence.grants[i] = evidence.grants[0];
		evidence.grants[i].epoch = i;
		evidence.grants[i].holder = (uint8_t)i;
		evidence.grants[i].outcome = VOUCH_GRANT_OPEN;
	}
	evidence.grant_count = VOUCH_GRANTS_MAX;
	for (i = 1; i < VOUCH_CONTRACTS_MAX; i++) {
		evidence.contracts[i] = evidence.contracts[0];
		evidence.contracts[i].serial = i + 1;
		evidence.contracts[i].pinned = VOUCH_NO;
	}
	evidence.contract_count = VOUCH_CONTRACTS_MAX;
	return 1;
}

/* --- the file ------------------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static uint32_t cases_list(char **names)
{
	uint32_t count = 0;
	struct dirent *found;
	char path[4096];
	DIR *directory;

	(void)snprintf(path, sizeof(path), "%s/tests/cases/evidence", top());
	directory = opendir(path);
	if (!directory)
		return 0;
	while ((found = readdir(directory)) && count < CASES_MAX) {
		char *dot = strrchr(found->d_name, '.');

		if (!dot || strcmp(dot, ".json") != 0)
			continue;
		*dot = '\0';
		names[count++] = strdup(found->d_name);
	}
	(void)closedir(directory);
	qsort(names, count, sizeof(names[0]), by_name);
	return count;
}

static void line_make(const char *name, const struct sum *sum, char *line,
		      size_t size)
{
	(void)snprintf(line, size, "%-45s %6u %6u %016" PRIx64 "\n", name,
		       sum->decisions, sum->permits, sum->hash);
}

/* The file's line about a case; empty when there is none. */
static void line_find(FILE *file, const char *name, char *line, size_t size)
{
	size_t length = strlen(name);

	rewind(file);
	while (fgets(line, (int)size, file)) {
		if (strncmp(line, name, length) == 0 && line[length] == ' ')
			return;
	}
	line[0] = '\0';
}

/* 1 when the line of this case is as it stands in the file. */
static int line_check(const char *name, uint32_t together, FILE *file,
		      int rewrite)
{
	struct sum sum;
	char line[256], expected[256];

	if (surroundings_matter()) {
		(void)printf("not ok test_kernel_variations.%s: what lies outside the evidence matters\n",
			     name);
		return 0;
	}
	sum = evidence_sum(together);
	line_make(name, &sum, line, sizeof(line));
	if (rewrite)
		return fputs(line, file) >= 0;
	line_find(file, name, expected, sizeof(expected));
	if (strcmp(line, expected) == 0) {
		(void)printf("ok test_kernel_variations.%s\n", name);
		return 1;
	}
	(void)printf("not ok test_kernel_variations.%s: the kernel behaves differently around it (name, "
		     "decisions, permits, sum); if that is meant, run this "
		     "program with --rewrite\nexpected: %s\nnow:      %s",
		     name, expected[0] ? expected : "(no such line)", line);
	return 0;
}

int main(int argc, char **argv)
{
	static char *names[CASES_MAX];
	int rewrite = argc > 1 && strcmp(argv[1], "--rewrite") == 0;
	uint32_t count = cases_list(names), i;
	char path[4096];
	FILE *file;
	int ok;

	(void)snprintf(path, sizeof(path), "%s/tests/cases/variations.txt",
		       top());
	file = fopen(path, rewrite ? "w" : "r");
	ok = file && count > 0;
	if (!ok)
		(void)printf("not ok variations: no cases, or no %s\n", path);
	for (i = 0; i < count && ok; i++) {
		ok = case_read(names[i]);
		/* Evidence of bad form has nothing around it to vary. */
		if (ok && evidence.node_count > 0)
			ok = line_check(names[i], TOGETHER, file, rewrite);
	}
	if (ok)
		ok = largest_make() && line_check("(the largest evidence)",
						  LARGE_TOGETHER, file, rewrite);
	while (count-- > 0)
		free(names[count]);
	return file && fclose(file) == 0 && ok ? 0 : 1;
}
