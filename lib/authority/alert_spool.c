/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spool's directory, and its files by number. */
#include "authority/alert_spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Its owner may put anything there; a monitor must not read on for ever. */
enum { ENTRIES_MAX = 4 * VOUCH_ALERTS_WAITING };

static enum vouch_error_code failed(struct vouch_error *error, const char *name,
				    const char *what)
{
	return vouch__error_set(error, VOUCH_E_IO, "the spool of alerts of %s %s: %s",
				name, what, strerror(errno));
}

static int open_directory(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Made by root alone; a race with another is lost in peace. */
static int directory_make(int at, const char *name, mode_t mode, uid_t owner)
{
	int fd, bad;

	if (mkdirat(at, name, mode) != 0)
		return errno == EEXIST ? 0 : -1;
	fd = open_directory(at, name);
	if (fd < 0)
		return -1;
	bad = (geteuid() != owner && fchown(fd, owner, (gid_t)-1) != 0) ||
	      fchmod(fd, mode) != 0;
	(void)close(fd);
	return bad ? -1 : 0;
}

/* Whoever may write above the spool could put another in its place. */
static int is_safe_base(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 &&
	       (status.st_uid == 0 || status.st_uid == getuid()) &&
	       (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static int is_private(int fd, uid_t owner)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_uid == owner &&
	       (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

static enum vouch_error_code base_open(const char *base, int make, int *fd,
				       struct vouch_error *error)
{
	if (make && directory_make(AT_FDCWD, base, 0755, geteuid()) != 0)
		return failed(error, base, "cannot be created");
	*fd = open_directory(AT_FDCWD, base);
	if (*fd < 0)
		return errno == ENOENT ?
			       vouch__error_set(error, VOUCH_E_NOT_FOUND,
						"%s is not there", base) :
			       failed(error, base, "cannot be opened");
	return VOUCH_OK;
}

static enum vouch_error_code spool_open(int base, const char *name, uid_t owner,
					int make, int *fd,
					struct vouch_error *error)
{
	if (!is_safe_base(base))
		return vouch__error_set(error, VOUCH_E_PERMISSION,
					"others than root may write where the "
					"alerts' spools are");
	if (make && directory_make(base, name, 0700, owner) != 0)
		return failed(error, name, "cannot be created");
	*fd = open_directory(base, name);
	if (*fd < 0)
		return errno == ENOENT ?
			       vouch__error_set(error, VOUCH_E_NOT_FOUND,
						"%s has no spool of alerts here "
						"yet: its next start on this "
						"node makes it",
						name) :
			       failed(error, name, "cannot be opened");
	if (is_private(*fd, owner))
		return VOUCH_OK;
	(void)close(*fd);
	*fd = -1;
	return vouch__error_set(error, VOUCH_E_PERMISSION,
				"the spool of alerts of %s is not its owner's "
				"alone",
				name);
}

enum vouch_error_code vouch__alert_spool_open(const char *base, const char *name,
					      uid_t owner, int make, int *fd,
					      struct vouch_error *error)
{
	enum vouch_error_code code;
	int above = -1;

	*fd = -1;
	code = base_open(base, make, &above, error);
	if (code != VOUCH_OK)
		return code;
	code = spool_open(above, name, owner, make, fd, error);
	(void)close(above);
	return code;
}

/* Only what its writer calls a file: no zero in front, nothing behind. */
static uint64_t number_of(const char *name)
{
	size_t digits = strspn(name, "0123456789");

	if (digits == 0 || digits > 18 || name[digits] != '\0' || name[0] == '0')
		return 0;
	return strtoull(name, NULL, 10);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

uint32_t vouch__alert_spool_list(int spool,
				 uint64_t numbers[VOUCH_ALERTS_WAITING])
{
	/* With an offset of its own: the descriptor is read more than once. */
	int fd = open_directory(spool, ".");
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	uint32_t count = 0, looked = 0;

	if (!directory) {
		if (fd >= 0)
			(void)close(fd);
		return 0;
	}
	while (count < VOUCH_ALERTS_WAITING && looked++ < ENTRIES_MAX &&
	       (entry = readdir(directory)) != NULL) {
		uint64_t number = number_of(entry->d_name);

		if (number != 0)
			numbers[count++] = number;
	}
	(void)closedir(directory);
	qsort(numbers, count, sizeof(numbers[0]), by_number);
	return count;
}
