/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for findings and facts. Wording is stable: people search for it. */
#ifndef VOUCH_EXPLAIN_PHRASE_H
#define VOUCH_EXPLAIN_PHRASE_H

#include <stddef.h>
#include "kernel/facts.h"
#include "kernel/verdict.h"

enum { VOUCH_PHRASE_SIZE = 512 };

/* Each writes a terminated text of at most VOUCH_PHRASE_SIZE bytes. */
void vouch__phrase_reason(const struct vouch_evidence *evidence,
			  const struct vouch_finding *finding, char *text);
void vouch__phrase_unblock(const struct vouch_evidence *evidence,
			   const struct vouch_finding *finding, char *text);
void vouch__phrase_value(const struct vouch_evidence *evidence,
			 const struct vouch_used *used, char *text);
/* "FENCED"; stable, for programs. */
const char *vouch__phrase_code(uint16_t reason);
/* "durable end of the log", and "SQL". */
const char *vouch__phrase_fact(uint16_t fact);
const char *vouch__phrase_source(uint16_t fact);

#endif
