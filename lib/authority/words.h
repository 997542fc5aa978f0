/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operators' words (see common/word.h): said, seen, used once. They lie where the
 * grants do: in the cluster's configuration, or without a cluster manager in this
 * node's own state directory.
 *
 * One shot without a counter: a word names an epoch, its use takes the epoch's
 * number, and no number is ever given twice (P6-F3).
 */
#ifndef VOUCH_AUTHORITY_WORDS_H
#define VOUCH_AUTHORITY_WORDS_H

#include "evidence/collect.h"

/* All that is on record, counting or not. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__words_observe(struct vouch_context *context,
		     struct vouch_deadline deadline,
		     struct vouch_word_list *list, struct vouch_error *error);
/* Journals the word, records it and sees it confirmed. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__word_say(struct vouch_context *context, const struct vouch_word *word,
		struct vouch_deadline deadline, struct vouch_error *error);
/* The same for taking back what stands for word->kind and word->node;
 * VOUCH_E_NOT_FOUND when nothing does. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__word_revoke(struct vouch_context *context, const struct vouch_word *word,
		   struct vouch_deadline deadline, struct vouch_error *error);

/* Pure. May `candidate` be promoted now, `newest` being the newest epoch granted? */
int vouch__word_authorizes(const struct vouch_word *word, const char *cluster,
			   const char *candidate, uint64_t newest);
/* Pure. Is it said of this epoch, and in this very view? */
int vouch__word_asserts(const struct vouch_word *word, const char *cluster,
			uint64_t newest, const struct vouch_view *view);

/* Between the claim and the promotion: each word that the decision used must
 * still stand, so that a revocation that was confirmed holds (P6-A1a). Journals
 * them as used. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__words_use(struct vouch_context *context, const char *request_id,
		 struct vouch_deadline deadline, struct vouch_error *error);
/* Housekeeping: what was used is void by its epoch, and need not lie around. */
void vouch__words_clear(struct vouch_context *context,
			struct vouch_deadline deadline);

#endif
