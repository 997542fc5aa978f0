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
