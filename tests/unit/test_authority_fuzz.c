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
#include "tests/fuzz/fuzz_mutate.h"

enum { SEED_MAX = 8192, MUTATIONS = 300 };

static void seed_mutate(const uint8_t *seed, size_t length,
			int (*target)(const uint8_t *, size_t))
{
	static uint8_t data[MUTATE_ROOM(SEED_MAX)];
	int i;

	dice_throw(seed, length);
	(void)target(seed, length);
	for (i = 0; i < MUTATIONS; i++) {
		memcpy(data, seed, length);
		(void)target(data, bytes_mutate(data, length));
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
