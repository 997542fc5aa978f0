/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How some histories begin: deep waters that random steps seldom reach. */
#include "tests/model/events.h"
#include "tests/model/world.h"

enum { K = 0xfe }; /* as configured at first */

static const struct event asked_nobody[] = {
	/* n1 holds an epoch of its own that asks nobody, then one that asks. */
	{ EV_CONFIG, 0, 0, 0 }, { EV_CRASH, 0, 0, 0 }, { EV_START, 0, 0, 0 },
	{ EV_PROMOTE, 0, 0, 0 }, { EV_WRITE, 0, 0, 0 }, { EV_CRASH, 0, 0, 0 },
	{ EV_CONFIG, 0, 0, K }, { EV_START, 0, 0, 0 }, { EV_PROMOTE, 0, 0, 0 },
	{ EV_MONITOR, 1, 0, 0 }, { EV_MONITOR, 2, 0, 0 }, { EV_KINDS, 0, 0, 0 }
};
static const struct event re_created[] = {
	{ EV_CRASH, 1, 0, 0 }, { EV_CLONE, 1, 0, 0 }, { EV_START, 1, 0, 0 },
	{ EV_FOLLOW, 1, 0, 0 }, { EV_STREAM, 1, 0, 0 }, { EV_STREAM, 2, 0, 0 },
	{ EV_ADMIT, 1, 0, 0 }, { EV_STREAM, 1, 0, 0 }, { EV_STREAM, 2, 0, 0 },
	{ EV_WRITE, 0, 0, 0 }, { EV_STREAM, 1, 0, 0 }, { EV_KINDS, 0, 0, 0 }
};
static const struct event old_disk[] = {
	{ EV_CRASH, 1, 0, 0 }, { EV_CLONE, 1, 0, 0 }, { EV_START, 1, 0, 0 },
	{ EV_FOLLOW, 1, 0, 0 }, { EV_ADMIT, 1, 0, 0 }, { EV_STREAM, 1, 0, 0 },
	{ EV_STREAM, 2, 0, 0 }, { EV_WRITE, 0, 0, 0 }, { EV_STREAM, 1, 0, 0 },
	{ EV_CRASH, 1, 0, 0 }, { EV_SWAP, 1, 0, 0 }, { EV_START, 1, 0, 0 },
	{ EV_KINDS, 0, 0, 0 }
};
static const struct event switched_over[] = {
	{ EV_STOP, 0, 0, 0 }, { EV_START, 0, 0, 0 }, { EV_PROMOTE, 1, 0, 0 },
	{ EV_FOLLOW, 0, 1, 0 }, { EV_FOLLOW, 2, 1, 0 }, { EV_STREAM, 0, 0, 0 },
	{ EV_STREAM, 2, 0, 0 }, { EV_MONITOR, 0, 0, 0 }, { EV_MONITOR, 2, 0, 0 },
	{ EV_KINDS, 0, 0, 0 }
};
static const struct event contract_changed[] = {
	{ EV_ANNOUNCE, 0, 0, 1 }, { EV_STREAM, 1, 0, 0 }, { EV_STREAM, 2, 0, 0 },
	{ EV_APPLY, 0, 0, 0 }, { EV_WRITE, 0, 0, 0 }, { EV_BARRIER, 0, 0, 0 },
	{ EV_KINDS, 0, 0, 0 }
};
static const struct event by_hand[] = {
	{ EV_ROGUE, 2, 0, 0 }, { EV_WRITE, 2, 0, 0 }, { EV_CRASH, 2, 0, 0 },
	{ EV_START, 2, 0, 0 }, { EV_WRITE, 0, 0, 0 }, { EV_KINDS, 0, 0, 0 }
};
static const struct event set_back[] = {
	{ EV_SNAPSHOT, 1, 0, 0 }, { EV_WRITE, 0, 0, 0 }, { EV_STREAM, 1, 0, 0 },
	{ EV_NOTE, 2, 0, 0 }, { EV_SET_BACK, 1, 0, 0 }, { EV_POWER_ON, 1, 0, 0 },
	{ EV_START, 1, 0, 0 }, { EV_KINDS, 0, 0, 0 }
};
/* A former holder, which was noted as a standby. */
static const struct event holder_set_back[] = {
	{ EV_SNAPSHOT, 0, 0, 0 }, { EV_WRITE, 0, 0, 0 }, { EV_STREAM, 1, 0, 0 },
	{ EV_CRASH, 0, 0, 0 }, { EV_START, 0, 0, 0 }, { EV_NOTE, 2, 0, 0 },
	{ EV_SET_BACK, 0, 0, 0 }, { EV_POWER_ON, 0, 0, 0 }, { EV_START, 0, 0, 0 },
	{ EV_KINDS, 0, 0, 0 }
};
/* The holder of a grant that nobody else has a row of, and that asks fewer. */
static const struct event granted_and_set_back[] = {
	{ EV_SNAPSHOT, 1, 0, 0 }, { EV_STOP, 0, 0, 0 }, { EV_CONFIG, 0, 0, 1 },
	{ EV_STOP, 1, 0, 0 }, { EV_START, 1, 0, 0 }, { EV_PROMOTE, 1, 0, 0 },
	{ EV_CRASH, 1, 0, 0 }, { EV_START, 1, 0, 0 }, { EV_NOTE, 3, 0, 0 },
	{ EV_SET_BACK, 1, 0, 0 }, { EV_POWER_ON, 1, 0, 0 }, { EV_START, 1, 0, 0 },
	{ EV_KINDS, 0, 0, 0 }
};
/* n4 noted a life of n2 that had what nobody has any more. */
static const struct event noted_before[] = {
	{ EV_WRITE, 0, 0, 0 }, { EV_STREAM, 1, 0, 0 }, { EV_NOTE, 3, 0, 0 },
	{ EV_STOP, 1, 0, 0 }, { EV_POWER_OFF, 0, 0, 0 }, { EV_FENCE, 0, 2, 0 },
	{ EV_PROMOTE, 2, 0, 0 }, { EV_CLONE, 1, 2, 0 }, { EV_START, 1, 0, 0 },
	{ EV_FOLLOW, 1, 2, 0 }, { EV_FOLLOW, 3, 2, 0 }, { EV_FOLLOW, 4, 2, 0 },
	{ EV_STREAM, 1, 0, 0 }, { EV_ADMIT, 1, 2, 0 }, { EV_STREAM, 1, 0, 0 },
	{ EV_STREAM, 3, 0, 0 }, { EV_STREAM, 4, 0, 0 }, { EV_MONITOR, 1, 0, 0 },
	{ EV_POWER_OFF, 2, 0, 0 }, { EV_FENCE, 2, 1, 0 }, { EV_KINDS, 0, 0, 0 }
};
/* A machine that is set back to before its grant, which asked fewer, and that
 * does not know how it ended. */
static const struct event granted_since[] = {
	{ EV_SNAPSHOT, 1, 0, 0 }, { EV_WRITE, 0, 0, 0 }, { EV_STREAM, 1, 0, 0 },
	{ EV_NOTE, 3, 0, 0 }, { EV_POWER_OFF, 0, 0, 0 }, { EV_FENCE, 0, 2, 0 },
	{ EV_CONFIG, 0, 0, 1 }, { EV_STOP, 1, 0, 0 }, { EV_START, 1, 0, 0 },
	{ EV_PROMOTE, 1, 0, 4 }, { EV_FOLLOW, 2, 1, 0 }, { EV_WRITE, 1, 0, 0 },
	{ EV_STREAM, 2, 0, 0 }, { EV_SET_BACK, 1, 0, 0 }, { EV_POWER_ON, 1, 0, 0 },
	{ EV_START, 1, 0, 0 }, { EV_MONITOR, 1, 0, 0 }, { EV_POWER_OFF, 2, 0, 0 },
	{ EV_FENCE, 2, 3, 0 }, { EV_KINDS, 0, 0, 0 }
};
/* n3 noted what n2 had; since then n2 was set back, promoted by hand below it and
 * is a standby again: its timeline is higher than the note's, and no successor. n4
 * looks only now, and n1, which has the write, is gone. */
static const struct event noted_and_by_hand[] = {
	{ EV_SNAPSHOT, 1, 0, 0 }, { EV_WRITE, 0, 0, 0 }, { EV_STREAM, 1, 0, 0 },
	{ EV_NOTE, 2, 0, 0 }, { EV_SET_BACK, 1, 0, 0 }, { EV_POWER_ON, 1, 0, 0 },
	{ EV_START, 1, 0, 0 }, { EV_ROGUE, 1, 0, 0 }, { EV_POWER_OFF, 1, 0, 0 },
	{ EV_POWER_ON, 1, 0, 0 }, { EV_START, 1, 0, 0 }, { EV_NOTE, 3, 0, 0 },
	{ EV_FENCE, 0, 2, 0 }, { EV_KINDS, 0, 0, 0 }
};
/* n1 acknowledges alone, while n2 and n3 receive nothing; the next monitor sees it,
 * it is stopped, and promoted again by its seal. */
static const struct event by_hand_and_cut_off[] = {
	{ EV_WRITE, 0, 0, 0 }, { EV_STREAM, 1, 0, 0 }, { EV_STREAM, 2, 0, 0 },
	{ EV_BY_HAND, 0, 0, 0 }, { EV_WRITE, 0, 0, 0 }, { EV_CUT, 0, 0, 2 },
	{ EV_MONITOR, 0, 0, 0 }, { EV_STOP, 0, 0, 0 }, { EV_START, 0, 0, 0 },
	{ EV_HEAL, 0, 0, 0 }, { EV_PROMOTE, 0, 0, 0 }, { EV_MONITOR, 1, 0, 0 },
	{ EV_MONITOR, 2, 0, 0 }, { EV_KINDS, 0, 0, 0 }
};
/* n1 is confirmed down by hand while it is; then it is back, and somebody promotes
 * it there, which its agent sees. Then it is cut off: it is unclean, and it writes. */
static const struct event confirmed_and_back[] = {
	{ EV_STOP, 0, 0, 0 }, { EV_LEAVE, 0, 0, 0 }, { EV_FENCE, 0, 1, 4 },
	{ EV_POWER_ON, 0, 0, 0 }, { EV_START, 0, 0, 0 }, { EV_ROGUE, 0, 0, 0 },
	{ EV_MONITOR, 0, 0, 0 }, { EV_CUT, 0, 0, 3 }, { EV_KINDS, 0, 0, 0 }
};
/* n1 is cut off, stopped with a seal, and its configuration is edited there. The others
 * promote n2, and join n1 again; then n2 is lost, and n3's server is down. */
static const struct event configuration_edited_apart[] = {
	{ EV_CUT, 0, 0, 3 }, { EV_STOP, 0, 0, 0 }, { EV_SWITCH_FENCING, 0, 0, 0 },
	{ EV_SWITCH_FENCING, 0, 0, 1 }, { EV_SWITCH_FENCING, 0, 0, 0 },
	{ EV_SWITCH_FENCING, 0, 0, 1 }, { EV_FENCE, 0, 1, 0 },
	{ EV_PROMOTE, 1, 0, 0 }, { EV_FOLLOW, 2, 1, 0 }, { EV_WRITE, 1, 0, 0 },
	{ EV_STREAM, 2, 0, 0 }, { EV_POWER_ON, 0, 0, 0 }, { EV_HEAL, 0, 0, 0 },
	{ EV_START, 0, 0, 0 }, { EV_STOP, 2, 0, 1 }, { EV_POWER_OFF, 1, 0, 0 },
	{ EV_FENCE, 1, 0, 0 }, { EV_KINDS, 0, 0, 0 }
};
/* In a split of two nodes n1 is promoted again, and asks fewer; n2 hears nothing. */
static const struct event promoted_in_its_half[] = {
	{ EV_CONFIG, 0, 0, 0 }, { EV_STOP, 1, 0, 0 }, { EV_START, 1, 0, 0 },
	{ EV_FOLLOW, 1, 0, 0 }, { EV_STREAM, 1, 0, 0 }, { EV_STOP, 0, 0, 0 },
	{ EV_START, 0, 0, 0 }, { EV_CUT, 1, 0, 1 }, { EV_PROMOTE, 0, 0, 0 },
	{ EV_WRITE, 0, 0, 0 }, { EV_FENCE, 0, 1, 0 }, { EV_KINDS, 0, 0, 0 }
};
/* n1, cut off, acknowledged alone, and was stopped without anybody to tell. It tells at
 * its next start, when n2 was approved and has not claimed yet. */
static const struct event told_after_the_decision[] = {
	{ EV_CUT, 0, 0, 3 }, { EV_BY_HAND, 0, 0, 0 }, { EV_WRITE, 0, 0, 0 },
	{ EV_STOP, 0, 0, 0 }, { EV_HEAL, 0, 0, 0 }, { EV_ASK, 1, 0, 1 },
	{ EV_STEP, 1, 0, 0 }, { EV_STEP, 1, 0, 0 }, { EV_STEP, 1, 0, 0 },
	{ EV_STEP, 1, 0, 0 }, { EV_START, 0, 0, 0 }, { EV_KINDS, 0, 0, 0 }
};
/* Of two nodes n1 is approved, and a split comes before it claims. n2 has it fenced, is
 * granted the same number, acknowledges alone and is stopped. */
static const struct event approved_before_a_split[] = {
	{ EV_CONFIG, 0, 0, 0 }, { EV_STOP, 1, 0, 0 }, { EV_START, 1, 0, 0 },
	{ EV_FOLLOW, 1, 0, 0 }, { EV_STREAM, 1, 0, 0 }, { EV_STOP, 0, 0, 0 },
	{ EV_START, 0, 0, 0 }, { EV_ASK, 0, 0, 1 }, { EV_STEP, 0, 0, 0 },
	{ EV_STEP, 0, 0, 0 }, { EV_STEP, 0, 0, 0 }, { EV_STEP, 0, 0, 0 },
	{ EV_CUT, 0, 0, 3 }, { EV_STEP, 0, 0, 0 }, { EV_STEP, 0, 0, 0 },
	{ EV_FENCE, 0, 1, 0 }, { EV_PROMOTE, 1, 0, 3 }, { EV_WRITE, 1, 0, 0 },
	{ EV_HEAL, 0, 0, 0 }, { EV_POWER_ON, 0, 0, 0 }, { EV_STOP, 1, 0, 1 },
	{ EV_START, 0, 0, 0 }, { EV_KINDS, 0, 0, 0 }
};
static const struct event *const beginnings[BEGINNINGS] = {
	asked_nobody, re_created, old_disk, switched_over, contract_changed,
	by_hand, set_back, holder_set_back, granted_and_set_back, noted_before,
	granted_since, noted_and_by_hand, by_hand_and_cut_off, confirmed_and_back,
	configuration_edited_apart, promoted_in_its_half, told_after_the_decision,
	approved_before_a_split
};

int beginning_nth(const struct world *world, uint32_t beginning, uint32_t n,
		  struct event *event)
{
	if (beginning >= BEGINNINGS || beginnings[beginning][n].kind == EV_KINDS)
		return 0;
	*event = beginnings[beginning][n];
	if (event->value == K)
		event->value = world->grants[0].contract.k;
	return 1;
}
