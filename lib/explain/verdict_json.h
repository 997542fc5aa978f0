/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verdict document: everything a person or a program may want to know of a
 * decision, so that whoever shows it never has to reason. */
#ifndef VOUCH_EXPLAIN_VERDICT_JSON_H
#define VOUCH_EXPLAIN_VERDICT_JSON_H

#include "common/error.h"
#include "explain/remedy.h"
#include "kernel/facts.h"
#include "kernel/verdict.h"

enum { VOUCH_VERDICT_FORMAT = 1 };

/* `remedies`: of a veto, those that were found; NULL when nobody searched.
 * *text is NUL-terminated and ended by one newline; free() it. The same
 * verdict always gives the same bytes (P6-D1). */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__verdict_encode(const struct vouch_evidence *evidence,
		      const struct vouch_verdict *verdict,
		      const struct vouch_remedies *remedies, char **text,
		      struct vouch_error *error);

#endif
