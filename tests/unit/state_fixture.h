/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A state directory of its own for each test, and system calls that fail. */
#ifndef TESTS_UNIT_STATE_FIXTURE_H
#define TESTS_UNIT_STATE_FIXTURE_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
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

#include "authority/marker.h"
#include "authority/syscalls.h"
#include "common/json.h"

struct fixture {
	struct vouch_config config;
	char base[64];
	struct vouch_error error;
};

static int fixture_setup(void **state)
{
	struct fixture *it = calloc(1, sizeof(*it));

	if (!it)
		return -1;
	(void)snprintf(it->base, sizeof(it->base), "/tmp/vouch-test-XXXXXX");
	if (!mkdtemp(it->base))
		return -1;
	(void)snprintf(it->config.name, VOUCH_NAME_SIZE, "pgsql");
	(void)snprintf(it->config.node, VOUCH_NAME_SIZE, "n1");
	(void)snprintf(it->config.state_dir, VOUCH_PATH_SIZE, "%s/state", it->base);
	it->config.uid = getuid();
	it->config.gid = getgid();
	vouch__syscalls = &vouch__syscalls_real;
	*state = it;
	return vouch__state_prepare(&it->config, &it->error) == VOUCH_OK ? 0 : -1;
}

static int fixture_remove(const char *path, const struct stat *status, int type,
			  struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static int fixture_teardown(void **state)
{
	struct fixture *it = *state;

	vouch__syscalls = &vouch__syscalls_real;
	(void)nftw(it->base, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
	free(it);
	return 0;
}

static inline const char *fixture_path(const struct fixture *it, const char *name)
{
	static char path[VOUCH_PATH_SIZE + 64];

	(void)snprintf(path, sizeof(path), "%s/%s", it->config.state_dir, name);
	return path;
}

/* A whole file; the caller frees. */
static inline char *fixture_read(const struct fixture *it, const char *name,
				 size_t *length)
{
	FILE *in = fopen(fixture_path(it, name), "re");
	char *text = calloc(1, 1 << 20);

	*length = 0;
	if (in && text)
		*length = fread(text, 1, 1 << 20, in);
	if (in)
		(void)fclose(in);
	return text;
}

static inline void fixture_write(const struct fixture *it, const char *name,
				 const void *text, size_t length)
{
	int fd = open(fixture_path(it, name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), (ssize_t)length);
	(void)close(fd);
}

/* Counts down to the call that fails, as does every one after it: the machine
 * has lost its disk. 0: none fails. */
static int countdown;
static int calls;
static int only_once;

static inline int fails(void)
{
	calls++;
	if (countdown == 0 || calls < countdown || (only_once && calls > countdown))
		return 0;
	errno = EIO;
	return 1;
}

static inline ssize_t failing_pwrite(int fd, const void *data, size_t length,
				     off_t offset)
{
	/* A short write on the way to the error: what a full disk does. */
	if (fails()) {
		(void)pwrite(fd, data, length / 2, offset);
		errno = ENOSPC;
		return -1;
	}
	return pwrite(fd, data, length, offset);
}

static inline int failing_fsync(int fd)
{
	return fails() ? -1 : fsync(fd);
}

static inline int failing_ftruncate(int fd, off_t length)
{
	return fails() ? -1 : ftruncate(fd, length);
}

static inline int failing_rename(int directory, const char *from, const char *to)
{
	return fails() ? -1 : renameat(directory, from, directory, to);
}

static inline int failing_unlink(int directory, const char *name)
{
	return fails() ? -1 : unlinkat(directory, name, 0);
}

static inline int failing_openat(int directory, const char *name, int flags,
				 mode_t mode)
{
	return fails() ? -1 : openat(directory, name, flags, mode);
}

static inline void fixture_fail(int nth, int once)
{
	static struct vouch_syscalls failing;

	failing = vouch__syscalls_real;
	failing.pwrite = failing_pwrite;
	failing.fsync = failing_fsync;
	failing.ftruncate = failing_ftruncate;
	failing.rename = failing_rename;
	failing.unlink = failing_unlink;
	failing.openat = failing_openat;
	countdown = nth;
	calls = 0;
	only_once = once;
	vouch__syscalls = &failing;
}

static inline void fixture_heal(void)
{
	vouch__syscalls = &vouch__syscalls_real;
}

#define fixture_test(function)                                                 \
	cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

#endif
