/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The evidence document. One table of fields (evidence_shape.c) serves both
 * directions, so that what is written is what is read. Facts that are zero are
 * left out: absence is unproven, in the document as in memory.
 */
#ifndef VOUCH_EVIDENCE_JSON_H
#define VOUCH_EVIDENCE_JSON_H

#include <stddef.h>
#include "common/error.h"
#include "common/document.h"
#include "kernel/facts.h"

/* Evidence of nothing: all zero, and every reference to a node refers to none
 * (zero is node 0 for an index, and that would be an answer). */
void vouch__evidence_clear(struct vouch_evidence *evidence);

/* Refuses unknown fields, a field given twice, wrong types, numbers out of
 * range, names that no node has, control characters, more elements than fit, a
 * document over the limits, anything after it, and another format. *evidence is
 * unspecified on failure. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__evidence_decode(const char *text, size_t length,
		       struct vouch_evidence *evidence,
		       struct vouch_error *error);

/* *text is NUL-terminated and ended by one newline; free() it. The same
 * evidence always gives the same bytes. VOUCH_E_LIMIT, and no text, for evidence
 * that could not be read back: a count or a number out of its range, a text
 * without an end. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__evidence_encode(const struct vouch_evidence *evidence, char **text,
		       size_t *length, struct vouch_error *error);

#endif
