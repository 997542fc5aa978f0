/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the data directory: short reads, durable writes, durable removal.
 * Names are relative to the directory; symbolic links are not followed. */
#ifndef VOUCH_PG_FILES_H
#define VOUCH_PG_FILES_H

#include <stddef.h>
#include "common/config.h"

/* Opens the data directory; *fd is the caller's to close. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_directory_open(const struct vouch_config *config, int *fd,
			 struct vouch_error *error);
/* Up to `room` bytes from the beginning of the file. VOUCH_E_NOT_FOUND. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_file_read(const struct vouch_config *config, const char *name,
		    void *buffer, size_t room, size_t *length,
		    struct vouch_error *error);
/* Old content or new content, never a third; durable when it returns. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_file_replace(const struct vouch_config *config, const char *name,
		       const char *content, struct vouch_error *error);
/* Present (empty when it was not) and durable. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_file_ensure(const struct vouch_config *config, const char *name,
		      struct vouch_error *error);
/* Gone, durably; success when it was not there. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_file_remove(const struct vouch_config *config, const char *name,
		      struct vouch_error *error);

#endif
