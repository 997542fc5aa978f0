/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state machine of one attempt. What is not in the table is forbidden. */
#ifndef VOUCH_KERNEL_TRANSITIONS_H
#define VOUCH_KERNEL_TRANSITIONS_H

#define VOUCH_STATES(X)                                                        \
	X(STEADY, "Steady")                                                    \
	X(REQUESTED, "PromotionRequested")                                     \
	X(VALIDATING, "PromotionValidating")                                   \
	X(APPROVED, "PromotionApproved")                                       \
	X(DENIED, "PromotionDenied")                                           \
	X(TRANSITIONING, "AuthorityTransitioning")                             \
	X(SUCCEEDED, "PromotionSucceeded")

enum vouch_state {
#define VOUCH_STATE_ENUM(name, text) VOUCH_STATE_##name,
	VOUCH_STATES(VOUCH_STATE_ENUM)
#undef VOUCH_STATE_ENUM
		VOUCH_STATE_COUNT
};

/* 1 when the table has the step, 0 for every other pair and for values that
 * are no state. */
int vouch__transition_is_legal(enum vouch_state from, enum vouch_state to);
/* "Steady" and so on; "unknown" for a value that is no state. */
const char *vouch__state_name(enum vouch_state state);

#endif
