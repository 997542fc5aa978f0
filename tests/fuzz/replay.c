/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Gives inputs that are kept to a fuzz target, without a fuzzer: each as it
 * stands, and then some damages of it, which are the same each time.
 *
 * usage: replay TARGET DAMAGES FAILED FILE...
 *
 * An input that ends the program is written to FAILED, and it is said what it
 * was.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sanitizer/common_interface_defs.h>

#include "tests/fuzz/fuzz_mutate.h"

/* Each fuzz_TARGET.c, compiled under a name of its own. */
#define TARGETS(X) X(decide) X(explain) X(page) X(config) X(marker) X(journal)

#define DECLARE(name) int fuzz_##name(const uint8_t *data, size_t size);
TARGETS(DECLARE)

typedef int target_run(const uint8_t *data, size_t size);

static struct {
	const char *file, *failed;
	unsigned int damage;
	const uint8_t *data;
	size_t size;
} now;

/* A target that is not content calls abort(). */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "handle_abort=1";
}

static void failed_write(void)
{
	int fd;

	if (!now.data)
		return; /* a leak: seen at the end, of no input in particular */
	fd = open(now.failed, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd >= 0 && write(fd, now.data, now.size) == (ssize_t)now.size &&
	    close(fd) == 0)
		(void)dprintf(2, "replay: %s, damage %u, is in %s\n", now.file,
			      now.damage, now.failed);
}

static target_run *target_find(const char *name)
{
#define ROW(target) { #target, fuzz_##target },
	static const struct {
		const char *name;
		target_run *run;
	} targets[] = { TARGETS(ROW) };
	size_t i;

	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		if (strcmp(targets[i].name, name) == 0)
			return targets[i].run;
	}
	return NULL;
}

/* In memory that ends with the input, so that a byte too many is noticed. */
static void input_try(target_run *run, const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	now.data = copy;
	now.size = size;
	(void)run(copy, size);
	now.data = NULL;
	free(copy);
}

static int file_try(target_run *run, const char *path, unsigned int damages)
{
	FILE *in = fopen(path, "re");
	uint8_t *data, *room;
	long size = 0;

	if (!in || fseek(in, 0, SEEK_END) != 0 || (size = ftell(in)) <= 0)
		return -1;
	data = malloc((size_t)size);
	room = malloc(MUTATE_ROOM((size_t)size));
	rewind(in);
	if (!data || !room || fread(data, 1, (size_t)size, in) != (size_t)size)
		return -1;
	(void)fclose(in);

	now.file = path;
	now.damage = 0;
	dice_throw(data, (size_t)size);
	input_try(run, data, (size_t)size);
	while (now.damage < damages) {
		now.damage++;
		memcpy(room, data, (size_t)size);
		input_try(run, room, bytes_mutate(room, (size_t)size));
	}
	free(room);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	target_run *run = argc > 4 ? target_find(argv[1]) : NULL;
	unsigned int damages;
	int i;

	if (!run) {
		(void)fprintf(stderr,
			      "usage: replay TARGET DAMAGES FAILED FILE...\n");
		return 2;
	}
	damages = (unsigned int)strtoul(argv[2], NULL, 10);
	now.failed = argv[3];
	__sanitizer_set_death_callback(failed_write);
	for (i = 4; i < argc; i++) {
		if (file_try(run, argv[i], damages) != 0) {
			(void)fprintf(stderr,
				      "replay: nothing is read from %s\n",
				      argv[i]);
			return 2;
		}
	}
	(void)printf("%d files, %u damages of each\n", argc - 4, damages);
	return 0;
}
