/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fuzz targets for markers and journals, on a fixed number of mutations of
 * their corpus, the same ones each time. tests/fuzz/run_fuzz looks further. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define LLVMFuzzerTestOneInput fuzz_marker
#include "tests/fuzz/fuzz_marker.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_journal
#include "tests/fuzz/fuzz_journal.c"
#undef LLVMFuzzerTestOneInput

enum { SEED_MAX = 8192, MUTATIONS = 1500 };

static uint64_t dice_state;

static uint32_t dice(uint32_t sides)
{
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return (uint32_t)(dice_state >> 11) % sides;
}

static void byte_change(uint8_t *data, size_t *size)
{
	static const char odd[] = "{}[]\":,0-9\n\\ \0null\xff";
	size_t at = dice((uint32_t)*size);

	switch (dice(6)) {
	case 0:
		data[at] = (uint8_t)(data[at] ^ (1u << dice(8)));
		break;
	case 1:
		data[at] = (uint8_t)odd[dice(sizeof(odd) - 1)];
		break;
	case 2: /* cut */
		*size = at + 1;
		break;
	case 3: /* leave out */
		memmove(data + at, data + at + 1, *size - at - 1);
		*size -= *size > 1;
		break;
	case 4: /* put in */
		memmove(data + at + 1, data + at, *size - at);
		data[at] = (uint8_t)odd[dice(sizeof(odd) - 1)];
		(*size)++;
		break;
	default: /* a piece of itself */
		memcpy(data + *size, data + at, *size - at);
		*size += *size - at;
		break;
	}
}

static void seed_mutate(const uint8_t *seed, size_t length,
			int (*target)(const uint8_t *, size_t))
{
	static uint8_t data[SEED_MAX * 70];
	size_t size;
	int i, changes;

	(void)target(seed, length);
	for (i = 0; i < MUTATIONS; i++) {
		memcpy(data, seed, length);
		size = length;
		for (changes = (int)dice(4); changes >= 0; changes--)
			byte_change(data, &size);
		(void)target(data, size);
	}
}

static void corpus_mutate(const char *name,
			  int (*target)(const uint8_t *, size_t))
{
	const char *top = getenv("TOP_SRCDIR");
	static uint8_t seed[SEED_MAX];
	unsigned int seeds = 0;
	struct dirent *entry;
	char path[1024];
	DIR *directory;

	dice_state = 88172645463325252ull;
	(void)snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s",
		       top ? top : ".", name);
	directory = opendir(path);
	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		size_t length;
		FILE *in;

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s/%s",
			       top ? top : ".", name, entry->d_name);
		in = fopen(path, "re");
		assert_non_null(in);
		length = fread(seed, 1, sizeof(seed), in);
		(void)fclose(in);
		assert_true(length > 0 && length < sizeof(seed));
		seed_mutate(seed, length, target);
		seeds++;
	}
	(void)closedir(directory);
	assert_true(seeds >= 4);
}

static void markers_of_any_bytes_are_refused_or_whole(void **state)
{
	(void)state;
	corpus_mutate("marker", fuzz_marker);
}

static void journals_of_any_bytes_lose_nothing(void **state)
{
	(void)state;
	corpus_mutate("journal", fuzz_journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markers_of_any_bytes_are_refused_or_whole),
		cmocka_unit_test(journals_of_any_bytes_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
