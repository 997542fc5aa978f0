/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One attempt at a time on this node (P6-A2): an flock(2) on STATE_DIR/lock,
 * which the kernel gives up with the process, so that it outlives neither a
 * crash nor a reboot. The file holds the attempt's request id as text. */
#ifndef VOUCH_AUTHORITY_LOCK_H
#define VOUCH_AUTHORITY_LOCK_H

#include "common/config.h"

/* VOUCH_E_BUSY with the other attempt's id in the text, at once. *fd is closed
 * to give the lock up. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__lock_take(const struct vouch_config *config, const char *request_id,
		 int *fd, struct vouch_error *error);
void vouch__lock_release(int fd);

#endif
