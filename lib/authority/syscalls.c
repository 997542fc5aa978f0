/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "common/deadline.h"

static int real_openat(int directory, const char *name, int flags, mode_t mode)
{
	return openat(directory, name, flags, mode);
}

static int real_rename(int directory, const char *from, const char *to)
{
	return renameat(directory, from, directory, to);
}

static int real_unlink(int directory, const char *name)
{
	return unlinkat(directory, name, 0);
}

/* A signal now and then is normal; one at each try must not make us spin. */
enum { INTERRUPTIONS_MAX = 1000 };

const struct vouch_syscalls vouch__syscalls_real = {
	.openat = real_openat,
	.fstat = fstat,
	.pread = pread,
	.pwrite = pwrite,
	.ftruncate = ftruncate,
	.fsync = fsync,
	.fchown = fchown,
	.flock = flock,
	.mkdir = mkdir,
	.rename = real_rename,
	.unlink = real_unlink,
};

const struct vouch_syscalls *vouch__syscalls = &vouch__syscalls_real;

int vouch__syscalls_read(int fd, void *data, size_t length, off_t offset)
{
	unsigned int interruptions = 0;
	char *at = data;

	while (length > 0) {
		ssize_t count = vouch__syscalls->pread(fd, at, length, offset);

		if (count < 0 && errno == EINTR &&
		    ++interruptions < INTERRUPTIONS_MAX)
			continue;
		if (count == 0)
			errno = EIO;
		if (count <= 0)
			return -1;
		at += count;
		offset += count;
		length -= (size_t)count;
	}
	return 0;
}

int vouch__syscalls_write(int fd, const void *data, size_t length, off_t offset)
{
	unsigned int interruptions = 0;
	const char *at = data;

	while (length > 0) {
		ssize_t count = vouch__syscalls->pwrite(fd, at, length, offset);

		if (count < 0 && errno == EINTR &&
		    ++interruptions < INTERRUPTIONS_MAX)
			continue;
		if (count == 0)
			errno = ENOSPC;
		if (count <= 0)
			return -1;
		at += count;
		offset += count;
		length -= (size_t)count;
	}
	return 0;
}

int vouch__syscalls_lock(int fd, int timeout_ms)
{
	static const struct timespec pause = { .tv_nsec = 5000000 };
	struct vouch_deadline deadline = vouch__deadline_in(timeout_ms);
	unsigned int interruptions = 0;

	while (vouch__syscalls->flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR && ++interruptions < INTERRUPTIONS_MAX)
			continue;
		if (errno != EWOULDBLOCK)
			return -1;
		if (vouch__deadline_left_ms(deadline) == 0) {
			errno = EWOULDBLOCK;
			return -1;
		}
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}
