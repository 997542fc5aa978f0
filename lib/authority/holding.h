/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who holds authority, as the records and the members' own answers tell it: that
 * node and the epoch since which it does, or nobody, and why (P6-A1). For people;
 * no decision uses it.
 */
#ifndef VOUCH_AUTHORITY_HOLDING_H
#define VOUCH_AUTHORITY_HOLDING_H

#include "cluster/cluster.h"
#include "common/config.h"
#include "kernel/facts.h"

enum vouch_holding_kind {
	VOUCH_HOLDING_UNKNOWN = 0, /* who might hold it does not answer */
	VOUCH_HOLDING_HELD = 1,
	VOUCH_HOLDING_NOBODY = 2,
	VOUCH_HOLDING_CONTRADICTED = 3, /* answers and records disagree */
};

struct vouch_holding {
	enum vouch_holding_kind kind;
	char holder[VOUCH_NAME_SIZE]; /* empty unless HELD */
	uint64_t epoch;		      /* since when; 0 unless HELD */
	char text[512];		      /* the whole of it; never empty */
};

/* Pure. The grants may be of several sources and in any order; probes[i] is the
 * answer of the i-th member. */
void vouch__holding_tell(const struct vouch_config *config,
			 const struct vouch_cluster_grant *grants,
			 uint32_t count, const struct vouch_probe *probes,
			 struct vouch_holding *holding);

#endif
