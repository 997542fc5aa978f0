/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling struct vouch_error. An error is text for a person plus a code for a
 * program; it is never a decision. */
#ifndef VOUCH_COMMON_ERROR_H
#define VOUCH_COMMON_ERROR_H

#include "vouch.h"

/* Writes code and formatted text (control characters are replaced, so that a
 * hostile server message stays harmless) and returns the code. error may be
 * NULL. */
enum vouch_error_code vouch__error_set(struct vouch_error *error,
				       enum vouch_error_code code,
				       const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the text already there; returns the code. */
enum vouch_error_code vouch__error_prefix(struct vouch_error *error,
					  const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
