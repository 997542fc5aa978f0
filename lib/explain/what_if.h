/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What would be decided if facts were others: a small language of changes, made
 * to a copy of the evidence by the mechanism that also searches the remedies.
 *
 *   NODE=FATE     n1=fenced, n2=answers, n3=down, n1=asserted-down ...
 *   candidate=n3  contract=any:2  quorum=lost ...
 *
 * A supposition proves nothing and permits nothing (P6-A3, P6-F1): whoever shows
 * it says so. Pure, as remedy.h is.
 */
#ifndef VOUCH_EXPLAIN_WHAT_IF_H
#define VOUCH_EXPLAIN_WHAT_IF_H

#include <stddef.h>
#include <stdio.h>

#include "common/error.h"
#include "explain/remedy.h"

enum { VOUCH_WHAT_IF_MAX = 32, VOUCH_WHAT_IF_TEXT = 256 };

struct vouch_what_if {
	uint32_t count;
	struct vouch_change changes[VOUCH_WHAT_IF_MAX];
	/* VOUCH_METHOD_UNKNOWN: the contract is as it was. */
	enum vouch_method method;
	uint32_t k;
};

/* Adds one change, as typed. VOUCH_E_ARGUMENT for what is no change, names no
 * node of the evidence, or cannot be true beside those before it; *what_if is
 * then as it was. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__what_if_add(struct vouch_what_if *what_if,
		   const struct vouch_evidence *evidence, const char *typed,
		   struct vouch_error *error);
/* *changed: the evidence as it would be collected after all of it. */
void vouch__what_if_apply(const struct vouch_what_if *what_if,
			  const struct vouch_evidence *evidence,
			  struct vouch_evidence *changed);
/* What one typed change supposes, in words and without a command. */
void vouch__what_if_phrase(const struct vouch_evidence *evidence,
			   const char *typed, char text[VOUCH_WHAT_IF_TEXT]);
/* Everything that can be supposed of this evidence, one a line. */
void vouch__what_if_list(const struct vouch_evidence *evidence, FILE *out);

#endif
