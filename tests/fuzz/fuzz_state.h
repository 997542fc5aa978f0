/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A state directory in memory with one file of any bytes in it, for the targets
 * that read local state. The first byte says what the rest is: even, the file as
 * it stands; odd, JSON texts a line each, which get a good header and checksum, so
 * that what lies behind the checksum is reached as well. */
#ifndef TESTS_FUZZ_FUZZ_STATE_H
#define TESTS_FUZZ_FUZZ_STATE_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/config.h"
#include "common/crc32c.h"
#include "tests/crash/disk.h"

enum { STATE_MAX = 256 * 1024 };

__attribute__((unused)) static void must(int condition)
{
	if (!condition)
		abort();
}

__attribute__((unused)) static size_t line_wrap(char *to, const char *label,
						const char *json, size_t length)
{
	uint32_t crc = vouch__crc32c(0, label, strlen(label));
	int used;

	crc = vouch__crc32c(crc, " ", 1);
	crc = vouch__crc32c(crc, json, length);
	used = sprintf(to, "vouch1 %s %08" PRIx32 " %zu ", label, crc, length);
	memcpy(to + used, json, length);
	to[(size_t)used + length] = '\n';
	return (size_t)used + length + 1;
}

/* label NULL: the number of the line. Returns the bytes in `to`. */
__attribute__((unused)) static size_t state_build(const uint8_t *data,
						  size_t size, const char *label,
						  char *to)
{
	const char *at = (const char *)data + 1, *end = (const char *)data + size;
	size_t used = 0;
	unsigned int number = 1;
	char own[16];

	if (size == 0 || size > STATE_MAX / 4)
		return 0;
	if (data[0] % 2 == 0) {
		memcpy(to, at, size - 1);
		return size - 1;
	}
	while (at < end && number < 1000) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((newline ? newline : end) - at);

		(void)snprintf(own, sizeof(own), "%u", number++);
		used += line_wrap(to + used, label ? label : own, at, length);
		at += length + 1;
	}
	return used;
}

/* The directory, as long as the returned disk is in use. */
__attribute__((unused)) static struct disk *
state_disk(struct vouch_config *config, const char *name, const char *bytes,
	   size_t length)
{
	struct disk *disk = disk_new();
	char path[DISK_NAME_SIZE];

	memset(config, 0, sizeof(*config));
	(void)snprintf(config->name, VOUCH_NAME_SIZE, "pgsql");
	(void)snprintf(config->node, VOUCH_NAME_SIZE, "n1");
	(void)snprintf(config->state_dir, VOUCH_PATH_SIZE, "/state");
	config->uid = getuid();
	config->gid = getgid();
	(void)disk_put(disk, "/state", 1, NULL, 0);
	(void)snprintf(path, sizeof(path), "/state/%s", name);
	(void)disk_put(disk, path, 0, bytes, length);
	disk_now = disk;
	disk_use();
	return disk;
}

#endif
