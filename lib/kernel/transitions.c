/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/transitions.h"

static const struct {
	enum vouch_state from;
	enum vouch_state to;
} legal[] = {
	{ VOUCH_STATE_STEADY, VOUCH_STATE_REQUESTED },
	{ VOUCH_STATE_REQUESTED, VOUCH_STATE_VALIDATING },
	{ VOUCH_STATE_REQUESTED, VOUCH_STATE_STEADY }, /* request rejected */
	{ VOUCH_STATE_VALIDATING, VOUCH_STATE_APPROVED },
	{ VOUCH_STATE_VALIDATING, VOUCH_STATE_DENIED },
	{ VOUCH_STATE_DENIED, VOUCH_STATE_STEADY },
	{ VOUCH_STATE_APPROVED, VOUCH_STATE_TRANSITIONING },
	{ VOUCH_STATE_TRANSITIONING, VOUCH_STATE_SUCCEEDED },
	{ VOUCH_STATE_SUCCEEDED, VOUCH_STATE_STEADY },
};

int vouch__transition_is_legal(enum vouch_state from, enum vouch_state to)
{
	unsigned int i;

	/*@
	  loop invariant 0 <= i <= 9;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    legal[j].from != from || legal[j].to != to;
	  loop assigns i;
	  loop variant 9 - i;
	*/
	for (i = 0; i < sizeof(legal) / sizeof(legal[0]); i++) {
		if (legal[i].from == from && legal[i].to == to)
			return 1;
	}
	return 0;
}

const char *vouch__state_name(enum vouch_state state)
{
	switch (state) {
#define VOUCH_STATE_CASE(name, text)                                           \
	case VOUCH_STATE_##name:                                               \
		return text;
		VOUCH_STATES(VOUCH_STATE_CASE)
#undef VOUCH_STATE_CASE
	case VOUCH_STATE_COUNT:
	default:
		return "unknown";
	}
}

/*@
  assigns \nothing;
  ensures \result != 0 <==> 0 <= state < VOUCH_STATE_COUNT;
*/
static int is_state(enum vouch_state state)
{
	return (unsigned int)state < VOUCH_STATE_COUNT;
}

/* The table alone permits; this only says why it did not. */
enum vouch_step vouch__transition_check(enum vouch_state from,
					enum vouch_state to)
{
	if (!is_state(from))
		return VOUCH_STEP_NO_STATE;
	if (vouch__transition_is_legal(from, to))
		return VOUCH_STEP_LEGAL;
	if (from == to)
		return VOUCH_STEP_SAME;
	switch (to) {
	case VOUCH_STATE_REQUESTED:
		return VOUCH_STEP_UNDER_WAY;
	case VOUCH_STATE_VALIDATING:
		return VOUCH_STEP_NOT_REQUESTED;
	case VOUCH_STATE_APPROVED:
	case VOUCH_STATE_DENIED:
		return VOUCH_STEP_NOT_VALIDATED;
	case VOUCH_STATE_TRANSITIONING:
		return VOUCH_STEP_NOT_APPROVED;
	case VOUCH_STATE_SUCCEEDED:
		return VOUCH_STEP_NOT_MOVED;
	case VOUCH_STATE_STEADY:
		return VOUCH_STEP_NO_OUTCOME;
	case VOUCH_STATE_COUNT:
	default:
		return VOUCH_STEP_NO_STATE;
	}
}

const char *vouch__step_name(enum vouch_step step)
{
	switch (step) {
#define VOUCH_STEP_NAME(name, word, text)                                      \
	case VOUCH_STEP_##name:                                                \
		return word;
		VOUCH_STEPS(VOUCH_STEP_NAME)
#undef VOUCH_STEP_NAME
	case VOUCH_STEP_COUNT:
	default:
		return "unknown";
	}
}

const char *vouch__step_text(enum vouch_step step)
{
	switch (step) {
#define VOUCH_STEP_TEXT(name, word, text)                                      \
	case VOUCH_STEP_##name:                                                \
		return text;
		VOUCH_STEPS(VOUCH_STEP_TEXT)
#undef VOUCH_STEP_TEXT
	case VOUCH_STEP_COUNT:
	default:
		return "unknown";
	}
}
