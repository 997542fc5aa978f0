/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Database work runs as the database's user, never as root; only talking to
 * the cluster's daemons needs root. */
#ifndef VOUCH_COMMON_PRIVILEGE_H
#define VOUCH_COMMON_PRIVILEGE_H

#include "common/config.h"

/* Effective user and groups become config->uid/gid (real and saved stay root,
 * so that vouch__privilege_raise works). Does nothing, successfully, when the
 * process already is that user. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__privilege_lower(const struct vouch_config *config, struct vouch_error *error);
/* Back to root for a call to the cluster; fails when the process never was. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__privilege_raise(struct vouch_error *error);
/* For good: real, effective and saved. Used by the monitor and before exec. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__privilege_drop(const struct vouch_config *config, struct vouch_error *error);

#endif
