/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The few system calls that durability hangs on, in one table, so that a test
 * can fail the n-th of them and look at what is left (P6-F2). Signatures are
 * those of the system, less what never varies here. */
#ifndef VOUCH_AUTHORITY_SYSCALLS_H
#define VOUCH_AUTHORITY_SYSCALLS_H

#include <sys/stat.h>
#include <sys/types.h>

struct vouch_syscalls {
	int (*openat)(int directory, const char *name, int flags, mode_t mode);
	int (*fstat)(int fd, struct stat *status);
	ssize_t (*pread)(int fd, void *data, size_t length, off_t offset);
	ssize_t (*pwrite)(int fd, const void *data, size_t length, off_t offset);
	int (*ftruncate)(int fd, off_t length);
	int (*fsync)(int fd);
	int (*fchown)(int fd, uid_t uid, gid_t gid);
	int (*flock)(int fd, int operation);
	int (*mkdir)(const char *path, mode_t mode);
	/* Both names are in the same directory. */
	int (*rename)(int directory, const char *from, const char *to);
	int (*unlink)(int directory, const char *name);
};

/* The system's own, and the ones in use: only a test points elsewhere. */
extern const struct vouch_syscalls vouch__syscalls_real;
extern const struct vouch_syscalls *vouch__syscalls;

/* Whole or not at all: go on after a short count or a signal. 0, or -1 with
 * errno; reading past the end is EIO, a write that makes no headway ENOSPC. */
int vouch__syscalls_read(int fd, void *data, size_t length, off_t offset);
int vouch__syscalls_write(int fd, const void *data, size_t length, off_t offset);
/* An exclusive flock within timeout_ms; EWOULDBLOCK when it was not to be had. */
int vouch__syscalls_lock(int fd, int timeout_ms);

#endif
