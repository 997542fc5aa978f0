/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs one of Pacemaker's own command-line tools: for what has no interface that
 * stays the same from version to version. Called in a worker, which bounds its
 * time and takes it along when it is ended. */
#ifndef VOUCH_CLUSTER_PACEMAKER_CLUSTER_TOOL_H
#define VOUCH_CLUSTER_PACEMAKER_CLUSTER_TOOL_H

#include "common/error.h"

/* argv[0] is an absolute path. `what` says what did not happen then. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cluster_tool_run(char *const argv[], const char *what,
			struct vouch_error *error);

#endif
