/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "authority/state_directory.h"
#include "authority/syscalls.h"

#define LOCK_NAME "lock"

/* Who has it, for the message; what it says decides nothing. */
static enum vouch_error_code busy(int fd, struct vouch_error *error)
{
	char id[VOUCH_NAME_SIZE];
	ssize_t got = vouch__syscalls->pread(fd, id, sizeof(id) - 1, 0);

	id[got > 0 ? got : 0] = '\0';
	id[strcspn(id, "\n")] = '\0';
	return vouch__error_set(error, VOUCH_E_BUSY,
				"request %s is under way on this node; wait "
				"until it ends",
				id[0] != '\0' ? id : "(unnamed)");
}

static enum vouch_error_code take(const struct vouch_config *config, int fd,
				  const char *request_id,
				  struct vouch_error *error)
{
	char line[VOUCH_NAME_SIZE + 1];

	(void)snprintf(line, sizeof(line), "%.*s\n", VOUCH_NAME_SIZE - 1,
		       request_id);
	if (vouch__syscalls->flock(fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ?
			       busy(fd, error) :
			       vouch__state_failed(config, LOCK_NAME,
						   "cannot be locked", error);
	/* Not made durable: it means nothing once the process is gone. */
	if (vouch__syscalls->ftruncate(fd, 0) != 0 ||
	    vouch__syscalls_write(fd, line, strlen(line), 0) != 0)
		return vouch__state_failed(config, LOCK_NAME,
					   "cannot be written", error);
	return VOUCH_OK;
}

enum vouch_error_code vouch__lock_take(const struct vouch_config *config,
				       const char *request_id, int *fd,
				       struct vouch_error *error)
{
	enum vouch_error_code code;
	int directory;

	*fd = -1;
	code = vouch__state_directory_open(config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__state_file_open(config, directory, LOCK_NAME,
				      O_RDWR | O_CREAT, fd, error);
	(void)close(directory);
	if (code == VOUCH_OK)
		code = take(config, *fd, request_id, error);
	if (code != VOUCH_OK) {
		vouch__lock_release(*fd);
		*fd = -1;
	}
	return code;
}

void vouch__lock_release(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}
