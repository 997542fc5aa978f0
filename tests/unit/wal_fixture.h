/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log made here, byte by byte, and a directory to read it from. */
#ifndef VOUCH_TEST_WAL_FIXTURE_H
#define VOUCH_TEST_WAL_FIXTURE_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "common/crc32c.h"
#include "engines/postgresql/pg_control.h"
#include "engines/postgresql/pg_wal.h"

enum { SEGMENT = 1 << 20, SEGMENTS = 3, PAGE = 8192, SYSTEM = 4711 };

/* The log from LSN SEGMENT on. */
static uint8_t image[SEGMENTS * SEGMENT];
static uint64_t write_at;
static uint64_t previous;
static uint64_t link_shift; /* for records of a log that is no more */
static struct vouch_config config;
static struct vouch_pg_control control;

static void put(uint8_t *at, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static uint8_t *byte_at(uint64_t lsn)
{
	return image + (lsn - SEGMENT);
}

static void page_begin(uint64_t lsn, uint32_t remaining)
{
	uint8_t *page = byte_at(lsn);
	int is_long = lsn % SEGMENT == 0;

	put(page, 0xD110, 2);
	put(page + 2, (uint64_t)(remaining > 0) | (is_long ? 2 : 0), 2);
	put(page + 4, 1, 4);
	put(page + 8, lsn, 8);
	put(page + 16, remaining, 4);
	if (is_long) {
		put(page + 24, SYSTEM, 8);
		put(page + 32, SEGMENT, 4);
		put(page + 36, PAGE, 4);
	}
	write_at = lsn + (is_long ? 40 : 24);
}

/* Appends one record, over pages and segments; returns where it starts. */
static uint64_t record_put(uint32_t length, uint8_t manager, uint8_t info)
{
	uint8_t *bytes = calloc(1, length);
	uint32_t have = 0, crc;
	uint64_t lsn;

	assert_non_null(bytes);
	put(bytes, length, 4);
	put(bytes + 8, previous - (previous > link_shift ? link_shift : 0), 8);
	bytes[16] = info;
	bytes[17] = manager;
	for (uint32_t i = 24; i < length; i++)
		bytes[i] = (uint8_t)(i * 7 + (link_shift != 0));
	crc = vouch__crc32c(0, bytes + 24, length - 24);
	put(bytes + 20, vouch__crc32c(crc, bytes, 20), 4);
	if (write_at % PAGE == 0)
		page_begin(write_at, 0);
	lsn = write_at;
	while (have < length) {
		uint32_t room = PAGE - (uint32_t)(write_at % PAGE);
		uint32_t take = length - have < room ? length - have : room;

		memcpy(byte_at(write_at), bytes + have, take);
		have += take;
		write_at += take;
		if (have < length)
			page_begin(write_at, length - have);
	}
	write_at = (write_at + 7) & ~UINT64_C(7);
	if (manager == 0 && info == VOUCH_PG_XLOG_SWITCH)
		write_at = (write_at + SEGMENT - 1) / SEGMENT * SEGMENT;
	previous = lsn;
	free(bytes);
	return lsn;
}

static void file_write(const char *name, const void *bytes, size_t length)
{
	char path[VOUCH_PATH_SIZE + 64];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", config.pgdata, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

static void image_write(void)
{
	for (unsigned int i = 0; i < SEGMENTS; i++) {
		char name[64];

		snprintf(name, sizeof(name), "pg_wal/%08X%08X%08X", 1u, 0u, i + 1);
		file_write(name, image + i * SEGMENT, SEGMENT);
	}
}

static int directory_make(void **state)
{
	char path[VOUCH_PATH_SIZE + 16];

	(void)state;
	strcpy(config.pgdata, "/tmp/vouch-test-wal-XXXXXX");
	if (mkdtemp(config.pgdata) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/pg_wal", config.pgdata);
	if (mkdir(path, 0700) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/global", config.pgdata);
	control.system_id = SYSTEM;
	control.segment_size = SEGMENT;
	return mkdir(path, 0700);
}

static int directory_remove(void **state)
{
	static const char *const names[] = {
		"pg_wal/000000010000000000000001",
		"pg_wal/000000010000000000000002",
		"pg_wal/000000010000000000000003", "PG_VERSION",
		"global/pg_control", "pg_wal", "global", "",
	};
	char path[VOUCH_PATH_SIZE + 64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", config.pgdata, names[i]);
		(void)remove(path);
	}
	return 0;
}

#endif
