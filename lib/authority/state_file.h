/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* State files with the directory at hand, for whoever reads and then writes:
 * hold the directory's lock over both. See marker.h for the rest. */
#ifndef VOUCH_AUTHORITY_STATE_FILE_H
#define VOUCH_AUTHORITY_STATE_FILE_H

#include <json-c/json.h>

#include "common/config.h"

/* Opens the state directory and locks it against other writers, for at most
 * VOUCH_STATE_LOCK_MS; VOUCH_E_BUSY. Closing *fd unlocks. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__state_lock(const struct vouch_config *config, int *fd,
		  struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__state_read_at(const struct vouch_config *config, int directory,
		     const char *name, struct json_object **content,
		     struct vouch_error *error);
/* The directory must be locked. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__state_write_at(const struct vouch_config *config, int directory,
		      const char *name, struct json_object *content,
		      struct vouch_error *error);

#endif
