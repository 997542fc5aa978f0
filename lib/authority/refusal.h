/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a vetoed request leaves on the node that was asked: it offers itself no
 * more, so that one veto stays one attempt (P6-F3). It ends when somebody asks
 * again by a cleanup, when a monitor finds that the answer would be another one
 * (after_veto=retry), or when somebody was granted a newer epoch since. Guides
 * requests; no decision reads it.
 */
#ifndef VOUCH_AUTHORITY_REFUSAL_H
#define VOUCH_AUTHORITY_REFUSAL_H

#include "common/config.h"

struct vouch_refusal {
	char request_id[VOUCH_NAME_SIZE];
	uint64_t epoch; /* the newest granted one that was known then */
	/* The member that the same evidence would let be promoted; empty: none.
	 * The request is passed on to it, once. */
	char next[VOUCH_NAME_SIZE];
};

VOUCH_MUST_CHECK enum vouch_error_code
vouch__refusal_write(const struct vouch_config *config,
		     const struct vouch_refusal *refusal,
		     struct vouch_error *error);
/* VOUCH_E_NOT_FOUND: there is none. Any other error: nobody can say, and the
 * node is not to be offered. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__refusal_read(const struct vouch_config *config,
		    struct vouch_refusal *refusal, struct vouch_error *error);
/* That there is none is success. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__refusal_remove(const struct vouch_config *config,
		      struct vouch_error *error);

#endif
