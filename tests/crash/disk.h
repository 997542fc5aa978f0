/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file system in memory behind the library's table of system calls: it
 * records what changes it, fails the n-th call, and can be made to lie.
 *
 * Descriptors are real ones (of /dev/null), so that the library's close() works
 * and a leaked descriptor shows.
 */
#ifndef TESTS_CRASH_DISK_H
#define TESTS_CRASH_DISK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	DISK_FILES = 64,
	DISK_NAMES = 64,
	DISK_CALLS = 4096,
	DISK_NAME_SIZE = 64,
};

struct disk_file {
	int used;
	int is_directory;
	char *bytes;
	size_t length;
	size_t room; /* where owned */
	int owned; /* bytes are this disk's own; otherwise copy before a change */
};

struct disk_name {
	int directory; /* -1: free */
	char text[DISK_NAME_SIZE];
	int file;
};

/* File 0 is the root directory. */
struct disk {
	struct disk_file files[DISK_FILES];
	struct disk_name names[DISK_NAMES];
	int file_count;
};

enum disk_call_kind {
	DISK_CREATE = 1, /* a name for a new file or directory */
	DISK_WRITE,
	DISK_TRUNCATE,
	DISK_RENAME,
	DISK_UNLINK,
	DISK_SYNC,
	/* Not of the disk, but in order with it. */
	DISK_WORLD, /* cluster or database changed: number says to what */
	DISK_ACKNOWLEDGED, /* the library said that something is durable */
};

struct disk_call {
	enum disk_call_kind kind;
	int directory;
	int file;
	char name[DISK_NAME_SIZE];
	char to[DISK_NAME_SIZE];
	off_t offset; /* of a write; new length of a truncation */
	char *bytes;
	size_t length;
	uint64_t number; /* of a created name: 1 for a directory */
};

/* How the disk lies: what a careless implementation would do instead. */
#define DISK_LIES(X)                                                           \
	X(NONE, "none")                                                        \
	X(NO_FILE_SYNC, "fsync of files does nothing")                         \
	X(NO_DIRECTORY_SYNC, "fsync of directories does nothing")              \
	X(NO_SYNC, "no fsync at all")                                          \
	X(RENAME_FIRST, "a new file is synced only after its rename")          \
	X(IN_PLACE, "state files are written in place")                        \
	X(REMOVE_FIRST, "the old file is removed before the rename")           \
	X(NO_TEXT_SYNC, "a record's newline does not wait for its text")       \
	X(NO_NEWLINE_SYNC, "a record's newline is not synced")                 \
	X(NO_NAME_SYNC, "a new journal's name is not synced")                  \
	X(NO_REMOVAL_SYNC, "a removal is not synced")

enum disk_lie {
#define DISK_LIE_ENUM(name, text) DISK_LIE_##name,
	DISK_LIES(DISK_LIE_ENUM)
#undef DISK_LIE_ENUM
		DISK_LIE_COUNT
};
const char *disk_lie_text(enum disk_lie lie);

/* How calls fail. nth 0: none does. */
struct disk_failure {
	unsigned int nth;
	int onwards; /* every later call as well */
	int number;  /* errno; 0: a short count, or EIO where nothing is counted */
};

/* The disk that the library sees from now on, through vouch__syscalls. */
extern struct disk *disk_now;
extern enum disk_lie disk_lie;
extern struct disk_failure disk_failure;
extern unsigned int disk_call_count; /* all calls, also those that read */
extern uint64_t disk_bytes_read;

extern struct disk_call disk_calls[DISK_CALLS];
extern unsigned int disk_recorded;
extern int disk_recording;

void disk_use(void);
struct disk *disk_new(void);
void disk_free(struct disk *disk);
/* Shares the bytes of `from`, which must outlive it unchanged. */
struct disk *disk_clone(const struct disk *from);
/* A name in a directory, made with its content; returns the file. */
int disk_put(struct disk *disk, const char *path, int is_directory,
	     const void *bytes, size_t length);
/* The file of an absolute path, or -1. */
int disk_lookup(const struct disk *disk, const char *path);

int disk_name_find(const struct disk *disk, int directory, const char *text);
void disk_name_set(struct disk *disk, int directory, const char *text, int file);
void disk_name_remove(struct disk *disk, int directory, const char *text);
void disk_bytes_set(struct disk *disk, int file, off_t offset, const char *bytes,
		    size_t length);
void disk_length_set(struct disk *disk, int file, size_t length);

void disk_record_begin(void);
void disk_record_note(enum disk_call_kind kind, uint64_t number);
void disk_record_free(void);

#endif
