/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running one of the database's tools to its end, as the database's user and
 * never as root: no shell, nothing inherited, its words passed on line by line. */
#ifndef VOUCH_PG_TOOL_H
#define VOUCH_PG_TOOL_H

#include "common/config.h"
#include "common/deadline.h"
#include "engines/engine.h"

/* VOUCH_E_ENGINE with the tool's last words when it failed; VOUCH_E_TIMEOUT when
 * it was ended at the deadline. tell may be NULL. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_tool_run(const struct vouch_config *config, const char *const *argv,
		   struct vouch_deadline deadline, vouch_tell *tell,
		   struct vouch_error *error);

#endif
