/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authority/marker.h"
#include "authority/record_line.h"
#include "authority/state_directory.h"
#include "authority/syscalls.h"
#include "common/json.h"

enum { FILE_MAX = 64 * 1024 };

static enum vouch_error_code corrupt(const struct vouch_config *config,
				     const char *name, const char *why,
				     struct vouch_error *error)
{
	return vouch__error_set(error, VOUCH_E_CORRUPT, "%s/%s is corrupt: %s",
				config->state_dir, name, why);
}

enum vouch_error_code vouch__state_lock(const struct vouch_config *config,
					int *fd, struct vouch_error *error)
{
	enum vouch_error_code code =
		vouch__state_directory_open(config, fd, error);

	if (code != VOUCH_OK)
		return code;
	if (vouch__syscalls_lock(*fd, VOUCH_STATE_LOCK_MS) == 0)
		return VOUCH_OK;
	if (errno == EWOULDBLOCK)
		code = vouch__error_set(error, VOUCH_E_BUSY,
					"%s: another program has kept it locked "
					"for %d s",
					config->state_dir,
					VOUCH_STATE_LOCK_MS / 1000);
	else
		code = vouch__state_failed(config, ".", "cannot be locked",
					   error);
	(void)close(*fd);
	*fd = -1;
	return code;
}

static enum vouch_error_code decode(const struct vouch_config *config,
				    const char *name, const char *text,
				    size_t length, struct json_object **content,
				    struct vouch_error *error)
{
	struct vouch_line line;
	enum vouch_error_code code;
	const char *why;

	if (length == 0)
		return corrupt(config, name, "it is empty", error);
	if (text[length - 1] != '\n')
		return corrupt(config, name, "its end is missing", error);
	why = vouch__line_check(text, length - 1, &line);
	if (why)
		return corrupt(config, name, why, error);
	if (strcmp(line.label, name) != 0)
		return corrupt(config, name, "it is another file's content",
			       error);
	code = vouch__json_parse(line.json, line.json_length, content, error);
	if (code == VOUCH_OK || code == VOUCH_E_MEMORY)
		return code;
	return corrupt(config, name, "its content is no JSON", error);
}

static enum vouch_error_code read_whole(const struct vouch_config *config,
					const char *name, int fd, char *text,
					size_t *length, struct vouch_error *error)
{
	struct stat status;

	if (vouch__syscalls->fstat(fd, &status) != 0)
		return vouch__state_failed(config, name, "cannot be looked at",
					   error);
	if (status.st_size > FILE_MAX)
		return corrupt(config, name, "it is too long", error);
	*length = (size_t)status.st_size;
	if (vouch__syscalls_read(fd, text, *length, 0) != 0)
		return vouch__state_failed(config, name, "cannot be read", error);
	return VOUCH_OK;
}

enum vouch_error_code vouch__state_read_at(const struct vouch_config *config,
					   int directory, const char *name,
					   struct json_object **content,
					   struct vouch_error *error)
{
	char *text;
	size_t length = 0;
	enum vouch_error_code code;
	int fd;

	*content = NULL;
	code = vouch__state_file_open(config, directory, name, O_RDONLY, &fd,
				      error);
	if (code != VOUCH_OK)
		return code;
	text = malloc(FILE_MAX);
	if (!text)
		code = vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	if (code == VOUCH_OK)
		code = read_whole(config, name, fd, text, &length, error);
	if (code == VOUCH_OK)
		code = decode(config, name, text, length, content, error);
	free(text);
	(void)close(fd);
	return code;
}

static enum vouch_error_code temporary_write(const struct vouch_config *config,
					     int directory, const char *temporary,
					     const char *text, size_t length,
					     struct vouch_error *error)
{
	enum vouch_error_code code;
	int fd;

	/* One that a crash left behind; under the lock nobody else uses it. */
	if (vouch__syscalls->unlink(directory, temporary) != 0 &&
	    errno != ENOENT)
		return vouch__state_failed(config, temporary,
					   "cannot be removed", error);
	code = vouch__state_file_open(config, directory, temporary,
				      O_WRONLY | O_CREAT | O_EXCL, &fd, error);
	if (code != VOUCH_OK)
		return code;
	if (vouch__syscalls_write(fd, text, length, 0) != 0)
		code = vouch__state_failed(config, temporary,
					   "cannot be written", error);
	else if (vouch__syscalls->fsync(fd) != 0)
		code = vouch__state_failed(config, temporary,
					   "cannot be made durable", error);
	(void)close(fd);
	return code;
}

static enum vouch_error_code replace(const struct vouch_config *config,
				     int directory, const char *name,
				     const char *text, size_t length,
				     struct vouch_error *error)
{
	char temporary[VOUCH_LINE_LABEL_SIZE + 8];
	enum vouch_error_code code;

	(void)snprintf(temporary, sizeof(temporary), ".%s.new", name);
	code = temporary_write(config, directory, temporary, text, length,
			       error);
	if (code != VOUCH_OK)
		return code;
	if (vouch__syscalls->rename(directory, temporary, name) != 0)
		return vouch__state_failed(config, name, "cannot be replaced",
					   error);
	if (vouch__syscalls->fsync(directory) != 0)
		return vouch__state_failed(config, name,
					   "cannot be made durable", error);
	return VOUCH_OK;
}

enum vouch_error_code vouch__state_write_at(const struct vouch_config *config,
					    int directory, const char *name,
					    struct json_object *content,
					    struct vouch_error *error)
{
	enum vouch_error_code code;
	size_t length;
	char *text;

	code = vouch__line_encode(name, content, &text, &length, error);
	if (code != VOUCH_OK)
		return code;
	if (length > FILE_MAX)
		code = vouch__error_set(error, VOUCH_E_LIMIT,
					"%s/%s: %zu bytes are too long for it",
					config->state_dir, name, length);
	else
		code = replace(config, directory, name, text, length, error);
	free(text);
	return code;
}

/* A plain name that is no temporary one. */
static enum vouch_error_code name_check(const char *name,
					struct vouch_error *error)
{
	if (name[0] == '\0' || name[0] == '.' || strpbrk(name, "/ \n") ||
	    strlen(name) >= VOUCH_LINE_LABEL_SIZE)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"'%s' is no name of a state file", name);
	return VOUCH_OK;
}

enum vouch_error_code vouch__state_read(const struct vouch_config *config,
					const char *name,
					struct json_object **content,
					struct vouch_error *error)
{
	enum vouch_error_code code = name_check(name, error);
	int directory;

	*content = NULL;
	if (code == VOUCH_OK)
		code = vouch__state_directory_open(config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__state_read_at(config, directory, name, content, error);
	(void)close(directory);
	return code;
}

enum vouch_error_code vouch__state_write(const struct vouch_config *config,
					 const char *name,
					 struct json_object *content,
					 struct vouch_error *error)
{
	enum vouch_error_code code = name_check(name, error);
	int directory;

	if (code == VOUCH_OK && !json_object_is_type(content, json_type_object))
		code = vouch__error_set(error, VOUCH_E_ARGUMENT,
					"the content of state file %s is no "
					"object",
					name);
	if (code == VOUCH_OK)
		code = vouch__state_lock(config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__state_write_at(config, directory, name, content, error);
	(void)close(directory);
	return code;
}

enum vouch_error_code vouch__state_remove(const struct vouch_config *config,
					  const char *name,
					  struct vouch_error *error)
{
	enum vouch_error_code code = name_check(name, error);
	int directory;

	if (code == VOUCH_OK)
		code = vouch__state_lock(config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	/* Synced also when it was gone already: the one who removed it may
	 * have died before that. */
	if (vouch__syscalls->unlink(directory, name) != 0 && errno != ENOENT)
		code = vouch__state_failed(config, name, "cannot be removed",
					   error);
	else if (vouch__syscalls->fsync(directory) != 0)
		code = vouch__state_failed(config, name,
					   "its removal cannot be made durable",
					   error);
	(void)close(directory);
	return code;
}
