/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/crash/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authority/syscalls.h"
#include "tests/crash/memory.h"

enum { DESCRIPTORS = 4096 };

struct disk *disk_now;
enum disk_lie disk_lie;
struct disk_failure disk_failure;
unsigned int disk_call_count;
uint64_t disk_bytes_read;
struct disk_call disk_calls[DISK_CALLS];
unsigned int disk_recorded;
int disk_recording;

static int descriptors[DESCRIPTORS]; /* file + 1 */
static int deferred_sync = -1; /* of the lie RENAME_FIRST */

const char *disk_lie_text(enum disk_lie lie)
{
	static const char *const texts[] = {
#define DISK_LIE_TEXT(name, text) text,
		DISK_LIES(DISK_LIE_TEXT)
#undef DISK_LIE_TEXT
	};

	return texts[lie];
}

static void die(const char *what)
{
	(void)fprintf(stderr, "crash: the disk has no room for more %s\n", what);
	abort();
}

/* --- the disk itself ---------------------------------------------------------- */

static int file_new(struct disk *disk, int is_directory)
{
	if (disk->file_count == DISK_FILES)
		die("files");
	disk->files[disk->file_count] = (struct disk_file){
		.used = 1, .is_directory = is_directory, .owned = 1
	};
	return disk->file_count++;
}

struct disk *disk_new(void)
{
	struct disk *disk = memory_own(sizeof(*disk));
	int i;

	memset(disk, 0, sizeof(*disk));
	for (i = 0; i < DISK_NAMES; i++)
		disk->names[i].directory = -1;
	(void)file_new(disk, 1);
	return disk;
}

void disk_free(struct disk *disk)
{
	int i;

	if (!disk)
		return;
	for (i = 0; i < disk->file_count; i++) {
		if (disk->files[i].owned)
			memory_own_free(disk->files[i].bytes);
	}
	memory_own_free(disk);
}

struct disk *disk_clone(const struct disk *from)
{
	struct disk *disk = memory_own(sizeof(*disk));
	int i;

	memcpy(disk, from, sizeof(*disk));
	for (i = 0; i < disk->file_count; i++)
		disk->files[i].owned = 0;
	return disk;
}

static struct disk_name *name_at(const struct disk *disk, int directory,
				 const char *text)
{
	int i;

	for (i = 0; i < DISK_NAMES; i++) {
		if (disk->names[i].directory == directory &&
		    strcmp(disk->names[i].text, text) == 0)
			return (struct disk_name *)&disk->names[i];
	}
	return NULL;
}

int disk_name_find(const struct disk *disk, int directory, const char *text)
{
	const struct disk_name *name = name_at(disk, directory, text);

	return name ? name->file : -1;
}

void disk_name_set(struct disk *disk, int directory, const char *text, int file)
{
	struct disk_name *name = name_at(disk, directory, text);
	int i;

	for (i = 0; !name && i < DISK_NAMES; i++) {
		if (disk->names[i].directory < 0)
			name = &disk->names[i];
	}
	if (!name)
		die("names");
	name->directory = directory;
	name->file = file;
	(void)snprintf(name->text, sizeof(name->text), "%s", text);
}

void disk_name_remove(struct disk *disk, int directory, const char *text)
{
	struct disk_name *name = name_at(disk, directory, text);

	if (name)
		name->directory = -1;
}

static void own(struct disk_file *file, size_t length)
{
	char *bytes;

	/* Grows by doubling: appends to a long journal must stay cheap. */
	if (file->owned && length <= file->room)
		return;
	bytes = memory_own(length + length / 2 + 64);
	file->room = length + length / 2 + 64;
	if (file->length > 0)
		memcpy(bytes, file->bytes,
		       file->length < length ? file->length : length);
	if (file->owned)
		memory_own_free(file->bytes);
	file->bytes = bytes;
	file->owned = 1;
}

void disk_length_set(struct disk *disk, int number, size_t length)
{
	struct disk_file *file = &disk->files[number];

	own(file, length > file->length ? length : file->length);
	if (length > file->length)
		memset(file->bytes + file->length, 0, length - file->length);
	file->length = length;
}

void disk_bytes_set(struct disk *disk, int number, off_t offset,
		    const char *bytes, size_t length)
{
	struct disk_file *file = &disk->files[number];
	size_t end = (size_t)offset + length;

	if (length == 0)
		return;
	disk_length_set(disk, number, end > file->length ? end : file->length);
	memcpy(file->bytes + offset, bytes, length);
}

/* The directory of the last component, which is copied to `last`. */
static int walk(const struct disk *disk, int start, const char *path, char *last)
{
	int directory = path[0] == '/' ? 0 : start;
	const char *at = path;

	last[0] = '\0';
	while (*at) {
		size_t length;

		while (*at == '/')
			at++;
		length = strcspn(at, "/");
		if (length == 0)
			break;
		if (last[0] != '\0')
			directory = disk_name_find(disk, directory, last);
		if (directory < 0 || length >= DISK_NAME_SIZE)
			return -1;
		memcpy(last, at, length);
		last[length] = '\0';
		at += length;
	}
	return directory;
}

int disk_lookup(const struct disk *disk, const char *path)
{
	char last[DISK_NAME_SIZE];
	int directory = walk(disk, 0, path, last);

	if (directory < 0)
		return -1;
	return last[0] == '\0' ? directory :
				 disk_name_find(disk, directory, last);
}

int disk_put(struct disk *disk, const char *path, int is_directory,
	     const void *bytes, size_t length)
{
	char last[DISK_NAME_SIZE];
	int directory = walk(disk, 0, path, last);
	int file;

	if (directory < 0)
		die("directories of that name");
	file = file_new(disk, is_directory);
	disk_name_set(disk, directory, last, file);
	disk_bytes_set(disk, file, 0, bytes, length);
	return file;
}

/* --- recording ---------------------------------------------------------------- */

static struct disk_call *record(enum disk_call_kind kind, int file)
{
	static struct disk_call ignored;
	struct disk_call *call;

	if (!disk_recording)
		return &ignored;
	if (disk_recorded == DISK_CALLS)
		die("calls");
	call = &disk_calls[disk_recorded++];
	memset(call, 0, sizeof(*call));
	call->kind = kind;
	call->file = file;
	return call;
}

void disk_record_note(enum disk_call_kind kind, uint64_t number)
{
	record(kind, -1)->number = number;
}

void disk_record_free(void)
{
	while (disk_recorded > 0)
		memory_own_free(disk_calls[--disk_recorded].bytes);
	disk_recording = 0;
}

void disk_record_begin(void)
{
	disk_record_free();
	disk_recording = 1;
	deferred_sync = -1;
}

static void record_name(enum disk_call_kind kind, int directory, int file,
			const char *name, const char *to)
{
	struct disk_call *call = record(kind, file);

	call->directory = directory;
	call->number = file >= 0 && disk_now->files[file].is_directory;
	(void)snprintf(call->name, sizeof(call->name), "%s", name);
	(void)snprintf(call->to, sizeof(call->to), "%s", to);
}

static void record_data(enum disk_call_kind kind, int file, off_t offset,
			const void *bytes, size_t length)
{
	struct disk_call *call;

	if (!disk_recording)
		return;
	call = record(kind, file);
	call->offset = offset;
	call->length = length;
	if (length == 0)
		return;
	call->bytes = memory_own(length);
	memcpy(call->bytes, bytes, length);
}

/* --- the table ---------------------------------------------------------------- */

/* 0: go on. -1: fail with errno. 1: do half of it. */
static int fate(int countable)
{
	unsigned int nth = disk_failure.nth;

	disk_call_count++;
	if (nth == 0 || disk_call_count < nth ||
	    (disk_call_count > nth && !disk_failure.onwards))
		return 0;
	if (disk_failure.number == 0 && countable)
		return 1;
	errno = disk_failure.number ? disk_failure.number : EIO;
	return -1;
}

static int file_of(int fd)
{
	if (fd < 0 || fd >= DESCRIPTORS || descriptors[fd] == 0) {
		(void)fprintf(stderr, "crash: descriptor %d is unknown\n", fd);
		abort();
	}
	return descriptors[fd] - 1;
}

static int descriptor_new(int file)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fd >= DESCRIPTORS)
		die("descriptors");
	descriptors[fd] = file + 1;
	return fd;
}

static int file_create(int directory, const char *name)
{
	int file = file_new(disk_now, 0);

	disk_name_set(disk_now, directory, name, file);
	record_name(DISK_CREATE, directory, file, name, "");
	return file;
}

/* ".x.new" without its dot and its ".new": where the lie writes in place. */
static int in_place(const char *name, char *target)
{
	size_t length = strlen(name);

	if (disk_lie != DISK_LIE_IN_PLACE || name[0] != '.' || length < 6 ||
	    strcmp(name + length - 4, ".new") != 0)
		return 0;
	(void)snprintf(target, DISK_NAME_SIZE, "%.*s", (int)length - 5, name + 1);
	return 1;
}

static int open_in_place(int directory, const char *target)
{
	int file = disk_name_find(disk_now, directory, target);

	if (file < 0)
		return descriptor_new(file_create(directory, target));
	disk_length_set(disk_now, file, 0);
	record_data(DISK_TRUNCATE, file, 0, NULL, 0);
	return descriptor_new(file);
}

static int disk_openat(int at, const char *path, int flags, mode_t mode)
{
	char name[DISK_NAME_SIZE], target[DISK_NAME_SIZE];
	int directory, file;

	(void)mode;
	if (fate(0) != 0)
		return -1;
	directory = walk(disk_now, at == AT_FDCWD ? 0 : file_of(at), path, name);
	if (directory < 0 || !disk_now->files[directory].is_directory) {
		errno = ENOENT;
		return -1;
	}
	if ((flags & O_CREAT) != 0 && in_place(name, target))
		return open_in_place(directory, target);
	file = name[0] == '\0' ? directory :
				 disk_name_find(disk_now, directory, name);
	if (file < 0 && (flags & O_CREAT) == 0) {
		errno = ENOENT;
		return -1;
	}
	if (file >= 0 && (flags & O_EXCL) != 0) {
		errno = EEXIST;
		return -1;
	}
	if (file >= 0 && (flags & O_DIRECTORY) != 0 &&
	    !disk_now->files[file].is_directory) {
		errno = ENOTDIR;
		return -1;
	}
	return descriptor_new(file >= 0 ? file : file_create(directory, name));
}

static int disk_fstat(int fd, struct stat *status)
{
	const struct disk_file *file = &disk_now->files[file_of(fd)];

	if (fate(0) != 0)
		return -1;
	memset(status, 0, sizeof(*status));
	status->st_ino = (ino_t)file_of(fd) + 1;
	status->st_dev = 1;
	status->st_mode = file->is_directory ? S_IFDIR | 0700 : S_IFREG | 0600;
	status->st_uid = getuid();
	status->st_gid = getgid();
	status->st_nlink = 1;
	status->st_size = (off_t)file->length;
	return 0;
}

static ssize_t disk_pread(int fd, void *data, size_t length, off_t offset)
{
	const struct disk_file *file = &disk_now->files[file_of(fd)];
	int what = fate(1);

	if (what < 0)
		return -1;
	if ((size_t)offset >= file->length)
		return 0;
	if (length > file->length - (size_t)offset)
		length = file->length - (size_t)offset;
	if (what > 0 && length > 1)
		length /= 2;
	memcpy(data, file->bytes + offset, length);
	disk_bytes_read += length;
	return (ssize_t)length;
}

static ssize_t disk_pwrite(int fd, const void *data, size_t length, off_t offset)
{
	int file = file_of(fd), what = fate(1);

	/* A disk that fails may have taken part of it. */
	if (what != 0 && length > 1)
		length /= 2;
	disk_bytes_set(disk_now, file, offset, data, length);
	record_data(DISK_WRITE, file, offset, data, length);
	return what < 0 ? -1 : (ssize_t)length;
}

static int disk_ftruncate(int fd, off_t length)
{
	int file = file_of(fd);

	if (fate(0) != 0)
		return -1;
	disk_length_set(disk_now, file, (size_t)length);
	record_data(DISK_TRUNCATE, file, length, NULL, 0);
	return 0;
}

/* The call before this one, of whatever kind. */
static enum disk_call_kind kind_before(void)
{
	return disk_recorded > 0 ? disk_calls[disk_recorded - 1].kind : 0;
}

static int lies_about_sync(int file)
{
	const struct disk_call *last =
		disk_recorded > 0 ? &disk_calls[disk_recorded - 1] : NULL;
	int is_directory = disk_now->files[file].is_directory;

	switch (disk_lie) {
	case DISK_LIE_NO_FILE_SYNC:
		return !is_directory;
	case DISK_LIE_NO_DIRECTORY_SYNC:
		return is_directory;
	case DISK_LIE_NO_SYNC:
		return 1;
	case DISK_LIE_NO_TEXT_SYNC:
		return last && last->kind == DISK_WRITE && last->length > 1 &&
		       last->bytes[last->length - 1] != '\n';
	case DISK_LIE_NO_NEWLINE_SYNC:
		return last && last->kind == DISK_WRITE && last->length == 1;
	case DISK_LIE_NO_NAME_SYNC:
		return is_directory && kind_before() == DISK_CREATE;
	case DISK_LIE_NO_REMOVAL_SYNC:
		return is_directory && kind_before() == DISK_UNLINK;
	case DISK_LIE_RENAME_FIRST:
		if (is_directory || !last || last->kind != DISK_WRITE ||
		    last->length == 1 ||
		    last->bytes[last->length - 1] != '\n')
			return 0;
		deferred_sync = file;
		return 1;
	case DISK_LIE_NONE:
	case DISK_LIE_IN_PLACE:
	case DISK_LIE_REMOVE_FIRST:
	case DISK_LIE_COUNT:
	default:
		return 0;
	}
}

static int disk_fsync(int fd)
{
	int file = file_of(fd);

	if (fate(0) != 0)
		return -1;
	if (!lies_about_sync(file))
		(void)record(DISK_SYNC, file);
	return 0;
}

static int disk_fchown(int fd, uid_t uid, gid_t gid)
{
	(void)fd;
	(void)uid;
	(void)gid;
	return fate(0);
}

static int disk_flock(int fd, int operation)
{
	(void)operation;
	(void)file_of(fd);
	return fate(0) == 0 ? 0 : -1;
}

static int disk_mkdir(const char *path, mode_t mode)
{
	char name[DISK_NAME_SIZE];
	int directory, file;

	(void)mode;
	if (fate(0) != 0)
		return -1;
	directory = walk(disk_now, 0, path, name);
	if (directory < 0 || disk_name_find(disk_now, directory, name) >= 0) {
		errno = directory < 0 ? ENOENT : EEXIST;
		return -1;
	}
	file = file_new(disk_now, 1);
	disk_name_set(disk_now, directory, name, file);
	record_name(DISK_CREATE, directory, file, name, "");
	return 0;
}

static void unlink_now(int directory, const char *name)
{
	int file = disk_name_find(disk_now, directory, name);

	disk_name_remove(disk_now, directory, name);
	record_name(DISK_UNLINK, directory, file, name, "");
}

static int disk_rename(int at, const char *from, const char *to)
{
	char target[DISK_NAME_SIZE];
	int directory = file_of(at), file;

	if (fate(0) != 0)
		return -1;
	if (in_place(from, target))
		return 0;
	file = disk_name_find(disk_now, directory, from);
	if (file < 0) {
		errno = ENOENT;
		return -1;
	}
	if (disk_lie == DISK_LIE_REMOVE_FIRST &&
	    disk_name_find(disk_now, directory, to) >= 0)
		unlink_now(directory, to);
	record_name(DISK_RENAME, directory, file, from, to);
	disk_name_remove(disk_now, directory, from);
	disk_name_set(disk_now, directory, to, file);
	if (deferred_sync == file) {
		(void)record(DISK_SYNC, file);
		deferred_sync = -1;
	}
	return 0;
}

static int disk_unlink(int at, const char *name)
{
	if (fate(0) != 0)
		return -1;
	if (disk_name_find(disk_now, file_of(at), name) < 0) {
		errno = ENOENT;
		return -1;
	}
	unlink_now(file_of(at), name);
	return 0;
}

void disk_use(void)
{
	static const struct vouch_syscalls table = {
		.openat = disk_openat,
		.fstat = disk_fstat,
		.pread = disk_pread,
		.pwrite = disk_pwrite,
		.ftruncate = disk_ftruncate,
		.fsync = disk_fsync,
		.fchown = disk_fchown,
		.flock = disk_flock,
		.mkdir = disk_mkdir,
		.rename = disk_rename,
		.unlink = disk_unlink,
	};

	vouch__syscalls = &table;
}
