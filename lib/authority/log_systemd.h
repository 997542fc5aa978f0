/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef VOUCH_AUTHORITY_LOG_SYSTEMD_H
#define VOUCH_AUTHORITY_LOG_SYSTEMD_H

#include "authority/log.h"

#define VOUCH_SYSTEMD_SOCKET "/run/systemd/journal/socket"

/* One entry in journald's own protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL) to
 * the socket of this path: 1 when the kernel took it, else 0. It never waits,
 * which sd_journal_sendv() does: a journald that is stopped would hold up a
 * promotion until its operation times out. */
int vouch__systemd_send(const char *path, const struct vouch_log_field *fields,
			size_t count);

#endif
