/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "engines/postgresql/pg_files.h"

static enum vouch_error_code failed(const struct vouch_config *config,
				    const char *what, const char *name,
				    struct vouch_error *error)
{
	int saved = errno;

	return vouch__error_set(error,
				saved == ENOENT	  ? VOUCH_E_NOT_FOUND
				: saved == EACCES ? VOUCH_E_PERMISSION
						  : VOUCH_E_IO,
				"cannot %s %s/%s: %s", what, config->pgdata,
				name, strerror(saved));
}

enum vouch_error_code vouch__pg_directory_open(const struct vouch_config *config,
					       int *fd, struct vouch_error *error)
{
	*fd = open(config->pgdata, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return failed(config, "open", "", error);
	return VOUCH_OK;
}

static ssize_t read_fully(int fd, char *buffer, size_t room)
{
	size_t have = 0;

	while (have < room) {
		ssize_t got = read(fd, buffer + have, room - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

enum vouch_error_code vouch__pg_file_read(const struct vouch_config *config,
					  const char *name, void *buffer,
					  size_t room, size_t *length,
					  struct vouch_error *error)
{
	int directory, fd;
	ssize_t got;
	enum vouch_error_code code =
		vouch__pg_directory_open(config, &directory, error);

	*length = 0;
	if (code != VOUCH_OK)
		return code;
	fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		code = failed(config, "open", name, error);
		close(directory);
		return code;
	}
	got = read_fully(fd, buffer, room);
	if (got < 0)
		code = failed(config, "read", name, error);
	else
		*length = (size_t)got;
	close(fd);
	close(directory);
	return code;
}

static int write_fully(int fd, const char *content)
{
	size_t left = strlen(content);

	while (left > 0) {
		ssize_t put = write(fd, content, left);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return -1;
		content += put;
		left -= (size_t)put;
	}
	return 0;
}

static int write_new(int directory, const char *name, const char *content)
{
	int saved, fd = openat(directory, name,
			       O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
				       O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	if (write_fully(fd, content) == 0 && fsync(fd) == 0)
		return close(fd);
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

enum vouch_error_code vouch__pg_file_replace(const struct vouch_config *config,
					     const char *name,
					     const char *content,
					     struct vouch_error *error)
{
	char temporary[VOUCH_NAME_SIZE];
	int directory;
	enum vouch_error_code code =
		vouch__pg_directory_open(config, &directory, error);

	if (code != VOUCH_OK)
		return code;
	if (snprintf(temporary, sizeof(temporary), "%s.new", name) >=
	    (int)sizeof(temporary))
		code = vouch__error_set(error, VOUCH_E_ARGUMENT,
					"a file name is too long");
	else if (write_new(directory, temporary, content) != 0)
		code = failed(config, "write", temporary, error);
	else if (renameat(directory, temporary, directory, name) != 0)
		code = failed(config, "replace", name, error);
	else if (fsync(directory) != 0)
		code = failed(config, "make durable", name, error);
	close(directory);
	return code;
}

enum vouch_error_code vouch__pg_file_ensure(const struct vouch_config *config,
					    const char *name,
					    struct vouch_error *error)
{
	int directory, fd;
	enum vouch_error_code code =
		vouch__pg_directory_open(config, &directory, error);

	if (code != VOUCH_OK)
		return code;
	fd = openat(directory, name,
		    O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		code = failed(config, "create", name, error);
	else if (fsync(fd) != 0 || fsync(directory) != 0)
		code = failed(config, "make durable", name, error);
	if (fd >= 0)
		close(fd);
	close(directory);
	return code;
}

enum vouch_error_code vouch__pg_file_remove(const struct vouch_config *config,
					    const char *name,
					    struct vouch_error *error)
{
	int directory;
	enum vouch_error_code code =
		vouch__pg_directory_open(config, &directory, error);

	if (code != VOUCH_OK)
		return code;
	if (unlinkat(directory, name, 0) != 0 && errno != ENOENT)
		code = failed(config, "remove", name, error);
	else if (fsync(directory) != 0)
		code = failed(config, "make durable the removal of", name, error);
	close(directory);
	return code;
}
