/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state directory and the files in it: opened without following links, and
 * refused when anybody else could have written them. */
#ifndef VOUCH_AUTHORITY_STATE_DIRECTORY_H
#define VOUCH_AUTHORITY_STATE_DIRECTORY_H

#include "common/config.h"

enum { VOUCH_STATE_LOCK_MS = 5000 };

/* *fd is a directory descriptor, closed by the caller. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__state_directory_open(const struct vouch_config *config, int *fd,
			    struct vouch_error *error);

/* A regular file of the database user's own, readable by nobody else, with no
 * second name. flags as for open(2). VOUCH_E_NOT_FOUND without O_CREAT. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__state_file_open(const struct vouch_config *config, int directory,
		       const char *name, int flags, int *fd,
		       struct vouch_error *error);

/* "DIR/NAME: what: reason of errno", as VOUCH_E_IO. */
enum vouch_error_code
vouch__state_failed(const struct vouch_config *config, const char *name,
		    const char *what, struct vouch_error *error);

#endif
