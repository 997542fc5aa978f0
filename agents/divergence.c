/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agents/divergence.h"

#include <string.h>

#include "authority/rejoin.h"
#include "kernel/scratch.h"

/* A timeline has one epoch: with its beginning as the holder's first act, and the
 * next one with the next timeline. So two epochs on timelines of the same number are
 * two timelines (P6-S2). */
static int is_twin(const struct vouch_probe *it, const struct vouch_probe *primary)
{
	return it->timeline == primary->timeline && it->epoch != 0 &&
	       primary->epoch != 0 && it->epoch_timeline == it->timeline &&
	       primary->epoch_timeline == primary->timeline &&
	       it->epoch != primary->epoch;
}

static uint64_t began_at(const struct vouch_probe *it)
{
	return it->history_count > 0 ?
		       it->history[it->history_count - 1].end_lsn :
		       0;
}

int divergence_find(const struct vouch_probe *probes, uint32_t count, uint32_t i,
		    struct divergence *divergence)
{
	uint32_t from;
	const struct vouch_probe *it = &probes[i];
	struct vouch_directory log = { .timeline = it->timeline };
	struct vouch_rejoin_plan plan = { .kind = VOUCH_REJOIN_NOT_NEEDED };

	/* A newer timeline than the primary's: then it is the primary that is in
	 * question, and not what is to be thrown away. */
	if (vouch__primaries_find(probes, count, count, &from) != 1 ||
	    from == i || it->condition != VOUCH_PRESENT ||
	    it->system_id != probes[from].system_id ||
	    it->timeline > probes[from].timeline)
		return 0;
	log.log_end = vouch__probe_end(it);
	log.history_count = it->history_count;
	memcpy(log.history, it->history, sizeof(log.history));
	vouch__rejoin_compare(&log, &probes[from], &plan);
	if (plan.kind == VOUCH_REJOIN_FORKED)
		*divergence = (struct divergence){ from, plan.fork_lsn };
	else if (is_twin(it, &probes[from]))
		*divergence = (struct divergence){ from, began_at(it) };
	else
		return 0;
	return 1;
}
