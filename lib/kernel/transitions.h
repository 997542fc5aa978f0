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

/* Why a step is none; each names the invariant that it would break. Zero is no
 * permission either. */
#define VOUCH_STEPS(X)                                                         \
	X(NO_STATE, "no-such-state", "P6-F2: this is no state")                \
	X(LEGAL, "legal", "the step is legal")                                 \
	X(SAME, "same-state", "P6-F3: a state does not follow itself")         \
	X(UNDER_WAY, "under-way", "P6-F3: an attempt is under way already")    \
	X(NOT_REQUESTED, "not-requested",                                      \
	  "P6-A3: only a request is validated")                                \
	X(NOT_VALIDATED, "not-validated",                                      \
	  "P6-F1: only a validation approves or denies")                       \
	X(NOT_APPROVED, "not-approved",                                        \
	  "P6-A3: authority moves only after an approval")                     \
	X(NOT_MOVED, "not-moved",                                              \
	  "P6-A2: nothing succeeds before authority moved")                    \
	X(NO_OUTCOME, "no-outcome",                                            \
	  "P6-O1: an attempt that is validated ends denied or succeeded")

enum vouch_step {
#define VOUCH_STEP_ENUM(name, word, text) VOUCH_STEP_##name,
	VOUCH_STEPS(VOUCH_STEP_ENUM)
#undef VOUCH_STEP_ENUM
		VOUCH_STEP_COUNT
};

/*@
  // The legal steps, one by one, as the semantics list them.
  predicate LegalStep(integer from, integer to) =
    (from == VOUCH_STATE_STEADY && to == VOUCH_STATE_REQUESTED) ||
    (from == VOUCH_STATE_REQUESTED && to == VOUCH_STATE_VALIDATING) ||
    (from == VOUCH_STATE_REQUESTED && to == VOUCH_STATE_STEADY) ||
    (from == VOUCH_STATE_VALIDATING && to == VOUCH_STATE_APPROVED) ||
    (from == VOUCH_STATE_VALIDATING && to == VOUCH_STATE_DENIED) ||
    (from == VOUCH_STATE_DENIED && to == VOUCH_STATE_STEADY) ||
    (from == VOUCH_STATE_APPROVED && to == VOUCH_STATE_TRANSITIONING) ||
    (from == VOUCH_STATE_TRANSITIONING && to == VOUCH_STATE_SUCCEEDED) ||
    (from == VOUCH_STATE_SUCCEEDED && to == VOUCH_STATE_STEADY);
*/
/*@
  assigns \nothing;
  ensures \result == VOUCH_STEP_LEGAL <==> LegalStep(from, to);
  ensures 0 <= \result < VOUCH_STEP_COUNT;
*/
enum vouch_step vouch__transition_check(enum vouch_state from,
					enum vouch_state to);
/* "not-approved", and the sentence; never NULL. */
/*@
  assigns \result \from step;
  ensures \result != \null;
*/
const char *vouch__step_name(enum vouch_step step);
/*@
  assigns \result \from step;
  ensures \result != \null;
*/
const char *vouch__step_text(enum vouch_step step);

/* 1 when the table has the step, 0 for every other pair and for values that
 * are no state. */
/*@
  assigns \nothing;
  ensures \result != 0 <==> LegalStep(from, to);
*/
int vouch__transition_is_legal(enum vouch_state from, enum vouch_state to);
/* "Steady" and so on; "unknown" for a value that is no state. */
/*@
  assigns \result \from state;
  ensures \result != \null;
*/
const char *vouch__state_name(enum vouch_state state);

#endif
