/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An operator's word, as it is kept until it is used, revoked or void:
 *
 *   authorize    NODE may be promoted, once, to `epoch` (P6-A3)
 *   assert-down  NODE is down and holds nothing up to `epoch` (P6-A1a), said in
 *                this very view: after a change of the membership nobody knows
 *                whether it still is
 *
 * It counts only if it is, byte for byte, what vouch would write for what it says;
 * anything else is malformed, and never means yes (P6-F1).
 */
#ifndef VOUCH_COMMON_WORD_H
#define VOUCH_COMMON_WORD_H

#include "common/error.h"
#include "kernel/facts.h"

enum vouch_word_kind {
	VOUCH_WORD_UNKNOWN = 0,
	VOUCH_WORD_AUTHORIZE = 1,
	VOUCH_WORD_ASSERT_DOWN = 2,
	VOUCH_WORD_KINDS,
};

enum { VOUCH_WORD_SIZE = 4096, VOUCH_WORDS_MAX = 16 };

struct vouch_word {
	/* MALFORMED: something else stands in the place of this kind and node. */
	enum vouch_condition condition;
	enum vouch_word_kind kind;
	char cluster[VOUCH_NAME_SIZE];
	char node[VOUCH_NAME_SIZE];
	uint64_t epoch;
	uint64_t ring_leader; /* both 0 with authorize */
	uint64_t ring_seq;
	char id[VOUCH_NAME_SIZE]; /* random: the same words said again are others */
	char operator_name[VOUCH_NAME_SIZE];
	uint64_t uid;
	char said_at[VOUCH_NAME_SIZE]; /* for people */
	char reason[VOUCH_TEXT_SIZE];
};

struct vouch_word_list {
	uint32_t count;
	struct vouch_word words[VOUCH_WORDS_MAX];
};

/* "authorize", "assert-down"; never NULL. */
const char *vouch__word_name(enum vouch_word_kind kind);
/* Not empty, UTF-8, short enough, and nothing in it that a terminal obeys. */
int vouch__word_reason_is_valid(const char *reason);
/* text has room for VOUCH_WORD_SIZE bytes. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__word_encode(const struct vouch_word *word, char *text,
		   struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__word_decode(const char *text, struct vouch_word *word,
		   struct vouch_error *error);
/* Decodes what stands in the place of `kind` and `node` of `cluster`. A word of
 * another database, kind or node is malformed there. */
void vouch__word_place(const char *text, enum vouch_word_kind kind,
		       const char *cluster, const char *node,
		       struct vouch_word *word);

#endif
