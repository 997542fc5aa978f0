/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who cannot follow the primary any more (P6-S2): power that goes in the midst of
 * a write leaves records on a former primary that no standby has. For people; no
 * decision uses it, the kernel judges lineage itself (rule 410, D of rule 520). */
#ifndef VOUCH_AGENTS_DIVERGENCE_H
#define VOUCH_AGENTS_DIVERGENCE_H

#include "kernel/facts.h"

struct divergence {
	uint32_t from; /* index of the primary it parted from */
	uint64_t at;   /* position up to which both are the same */
};

/* Whether the log of probes[i] went another way than that of the primary among
 * the `count` probes: 1, and `divergence` is filled; 0 when it did not, or when
 * that cannot be told: not exactly one answers as writable, or one of the two
 * has no answer, or they share no timeline at all (another database). */
int divergence_find(const struct vouch_probe *probes, uint32_t count, uint32_t i,
		    struct divergence *divergence);

#endif
