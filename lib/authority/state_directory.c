/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/state_directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authority/marker.h"
#include "authority/syscalls.h"

enum vouch_error_code vouch__state_failed(const struct vouch_config *config,
					  const char *name, const char *what,
					  struct vouch_error *error)
{
	int number = errno;

	return vouch__error_set(error, VOUCH_E_IO, "%s/%s: %s: %s",
				config->state_dir, name, what, strerror(number));
}

static enum vouch_error_code refused(const struct vouch_config *config,
				     const char *name, const char *why,
				     struct vouch_error *error)
{
	return vouch__error_set(error, VOUCH_E_PERMISSION,
				"%s%s%s is refused: %s", config->state_dir,
				name[0] == '\0' ? "" : "/", name, why);
}

/* NULL, or why the state is not to be trusted. */
static const char *distrust(const struct vouch_config *config,
			    const struct stat *status)
{
	if (status->st_uid != config->uid)
		return "it belongs to another user than the database's";
	if ((status->st_mode & 077) != 0)
		return "others than its owner have access (chmod go=)";
	return NULL;
}

static enum vouch_error_code directory_check(const struct vouch_config *config,
					     int fd, struct vouch_error *error)
{
	struct stat status;
	const char *why;

	if (vouch__syscalls->fstat(fd, &status) != 0)
		return vouch__state_failed(config, ".", "cannot be looked at",
					   error);
	why = distrust(config, &status);
	return why ? refused(config, "", why, error) : VOUCH_OK;
}

static enum vouch_error_code open_failed(const struct vouch_config *config,
					 struct vouch_error *error)
{
	if (errno == ELOOP || errno == ENOTDIR)
		return refused(config, "", "it is a link or no directory",
			       error);
	if (errno == ENOENT)
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"%s does not exist; the resource agent "
					"and `vouch adopt` create it",
					config->state_dir);
	if (errno == EACCES)
		return vouch__error_set(error, VOUCH_E_PERMISSION,
					"%s may be read by root and %s only; "
					"run it as one of them",
					config->state_dir, config->system_user);
	return vouch__state_failed(config, ".", "cannot be opened", error);
}

static int open_raw(const char *path)
{
	return vouch__syscalls->openat(AT_FDCWD, path,
				       O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					       O_CLOEXEC,
				       0);
}

enum vouch_error_code
vouch__state_directory_open(const struct vouch_config *config, int *fd,
			    struct vouch_error *error)
{
	enum vouch_error_code code;

	*fd = open_raw(config->state_dir);
	if (*fd < 0)
		return open_failed(config, error);
	code = directory_check(config, *fd, error);
	if (code != VOUCH_OK) {
		(void)close(*fd);
		*fd = -1;
	}
	return code;
}

/* The path without its last component; 0 when there is none before it. */
static int parent_of(const char *path, char parent[VOUCH_PATH_SIZE])
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	while (length > 0 && path[length - 1] != '/')
		length--;
	while (length > 1 && path[length - 1] == '/')
		length--;
	if (length == 0 || length >= VOUCH_PATH_SIZE)
		return 0;
	memcpy(parent, path, length);
	parent[length] = '\0';
	return 1;
}

/* A new name is durable only once the directory it stands in is. */
static int sync_parent(const char *path)
{
	char parent[VOUCH_PATH_SIZE];
	int fd, result;

	if (!parent_of(path, parent))
		return -1;
	fd = vouch__syscalls->openat(AT_FDCWD, parent,
				     O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	result = vouch__syscalls->fsync(fd);
	(void)close(fd);
	return result;
}

static int make(const char *path, mode_t mode)
{
	if (vouch__syscalls->mkdir(path, mode) != 0)
		return errno == EEXIST ? 0 : -1;
	return sync_parent(path);
}

/* /var/lib/vouch may be missing as well; further up nothing is made. */
static int make_with_parent(const char *path)
{
	char parent[VOUCH_PATH_SIZE];

	if (make(path, 0700) == 0)
		return 0;
	if (errno != ENOENT || !parent_of(path, parent) ||
	    make(parent, 0755) != 0)
		return -1;
	return make(path, 0700);
}

static int is_empty(int fd)
{
	struct dirent *entry;
	int own = dup(fd), empty = 1;
	DIR *directory = own >= 0 ? fdopendir(own) : NULL;

	if (!directory) {
		if (own >= 0)
			(void)close(own);
		return 0;
	}
	while (empty && (entry = readdir(directory)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0;
	(void)closedir(directory);
	return empty;
}

/* What root has just made is handed to the database's user. Nothing else is: a
 * mistyped state_dir must not give another directory of root's away, nor a
 * second name put here another file. */
static int is_just_made(int fd, const struct stat *status)
{
	if (status->st_uid != 0 || (status->st_mode & 077) != 0)
		return 0;
	if (S_ISDIR(status->st_mode))
		return is_empty(fd);
	return S_ISREG(status->st_mode) && status->st_size == 0 &&
	       status->st_nlink == 1;
}

static enum vouch_error_code hand_over(const struct vouch_config *config, int fd,
				       struct vouch_error *error)
{
	struct stat status;

	if (geteuid() != 0 || config->uid == 0)
		return VOUCH_OK;
	if (vouch__syscalls->fstat(fd, &status) != 0)
		return vouch__state_failed(config, ".", "cannot be looked at",
					   error);
	if (!is_just_made(fd, &status))
		return VOUCH_OK; /* the check that follows says what it thinks */
	if (vouch__syscalls->fchown(fd, config->uid, config->gid) != 0)
		return vouch__state_failed(config, ".",
					   "cannot be given to the database's "
					   "user",
					   error);
	return VOUCH_OK;
}

enum vouch_error_code vouch__state_prepare(const struct vouch_config *config,
					   struct vouch_error *error)
{
	enum vouch_error_code code;
	int fd = open_raw(config->state_dir);

	if (fd < 0 && errno == ENOENT) {
		if (make_with_parent(config->state_dir) != 0)
			return vouch__state_failed(config, ".",
						   "cannot be created; create "
						   "it for the database's user "
						   "or run this as root once",
						   error);
		fd = open_raw(config->state_dir);
	}
	if (fd < 0)
		return open_failed(config, error);
	code = hand_over(config, fd, error);
	if (code == VOUCH_OK)
		code = directory_check(config, fd, error);
	(void)close(fd);
	return code;
}

static enum vouch_error_code file_check(const struct vouch_config *config,
					const char *name, int fd,
					struct vouch_error *error)
{
	struct stat status;
	const char *why;

	if (vouch__syscalls->fstat(fd, &status) != 0)
		return vouch__state_failed(config, name, "cannot be looked at",
					   error);
	if (!S_ISREG(status.st_mode))
		return refused(config, name, "it is no regular file", error);
	if (status.st_nlink > 1)
		return refused(config, name, "it has a second name", error);
	why = distrust(config, &status);
	return why ? refused(config, name, why, error) : VOUCH_OK;
}

enum vouch_error_code vouch__state_file_open(const struct vouch_config *config,
					     int directory, const char *name,
					     int flags, int *fd,
					     struct vouch_error *error)
{
	enum vouch_error_code code;

	/* O_NONBLOCK: a fifo put there must not make us wait. */
	*fd = vouch__syscalls->openat(directory, name,
				      flags | O_NOFOLLOW | O_CLOEXEC |
					      O_NONBLOCK,
				      0600);
	if (*fd < 0 && errno == ENOENT && (flags & O_CREAT) == 0)
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"%s/%s does not exist",
					config->state_dir, name);
	if (*fd < 0 && errno == ELOOP)
		return refused(config, name, "it is a symbolic link", error);
	if (*fd < 0)
		return vouch__state_failed(config, name, "cannot be opened",
					   error);
	code = (flags & O_CREAT) != 0 ? hand_over(config, *fd, error) : VOUCH_OK;
	if (code == VOUCH_OK)
		code = file_check(config, name, *fd, error);
	if (code != VOUCH_OK) {
		(void)close(*fd);
		*fd = -1;
	}
	return code;
}
