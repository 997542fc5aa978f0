/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a postmaster was started with, as the kernel knows it: for when the server
 * itself does not answer, or answers with what hides its command line.
 */
#ifndef VOUCH_PG_ARGUMENTS_H
#define VOUCH_PG_ARGUMENTS_H

#include <stddef.h>
#include <sys/types.h>
#include "common/config.h"

/* Has that command line this value for the setting? The last word on it counts, as
 * it does for the server. UNKNOWN: the command line cannot be read. */
enum vouch_answer vouch__pg_setting_given(pid_t postmaster, const char *name,
					  const char *value);
/* The same in arguments that were read already, each ended by NUL. */
enum vouch_answer vouch__pg_arguments_say(const char *arguments, size_t length,
					  const char *name, const char *value);

#endif
