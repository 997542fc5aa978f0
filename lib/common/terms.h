/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A contract by names: how many acknowledgements, of whom, make a write count
 * as acknowledged (P6-S1). The configuration has the first one, for the
 * adoption; later ones come from the grants, and `vouch contract set` makes
 * them.
 */
#ifndef VOUCH_COMMON_TERMS_H
#define VOUCH_COMMON_TERMS_H

#include "common/config.h"

struct vouch_terms {
	enum vouch_method method;
	int k; /* 0: asynchronous */
	uint32_t member_count;
	/* Who may acknowledge, in order; the holder is not among them. */
	char members[VOUCH_NODES_MAX][VOUCH_NAME_SIZE];
};

enum { VOUCH_TERMS_TEXT_SIZE = 1024 };

/* What this node would hold authority under. */
void vouch__terms_of_config(const struct vouch_config *config,
			    struct vouch_terms *terms);
/* From here on the configuration has these terms. They must be valid. */
void vouch__terms_apply(struct vouch_config *config,
			const struct vouch_terms *terms);
/* A known method, 0 <= k <= members, every member a configured one, none
 * twice, this node not among them. VOUCH_E_ARGUMENT says what is wrong. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__terms_check(const struct vouch_config *config,
		   const struct vouch_terms *terms, struct vouch_error *error);
/* The same guarantee: method, k and the set of members. Their order is the
 * holder's own affair, no proof uses it. */
int vouch__terms_equal(const struct vouch_terms *a, const struct vouch_terms *b);
int vouch__terms_has(const struct vouch_terms *terms, const char *name);
/* Adds a member; 0 when there is no room. */
int vouch__terms_add(struct vouch_terms *terms, const char *name);
/* "ANY 1 of n2, n3", or that it is asynchronous. Cut when it is too long. */
void vouch__terms_text(const struct vouch_terms *terms,
		       char text[VOUCH_TERMS_TEXT_SIZE]);

#endif
