/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an earlier life of this directory left. A primary that crashed and was cloned
 * anew by hand leaves its marker, which says nothing of the life that begins: what
 * that one did cannot be told from this one, so that its grant stays as it is (P6-S1).
 */
#ifndef VOUCH_AUTHORITY_OTHER_LIFE_H
#define VOUCH_AUTHORITY_OTHER_LIFE_H

#include "authority/marker.h"
#include "evidence/collect.h"

/* Removes a marker that is not of `incarnation`, and journals that before. A marker of
 * another database system was left by no life of this directory: VOUCH_E_CONFLICT,
 * and it stays. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__other_life_remove(struct vouch_context *context,
			 const struct vouch_directory *directory,
			 const char *incarnation,
			 const struct vouch_marker *marker,
			 struct vouch_error *error);

#endif
