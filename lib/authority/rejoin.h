/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bringing a former primary or a diverged standby back (P6-A1, P6-S1): may this
 * node's directory be given up, and what of it is not on the primary's branch?
 * Pure: facts in, an answer out. Whoever may hold authority, or may hold the
 * only copy of something, is refused.
 *
 * A rejoin that was cut off leaves the state file "rejoin": the directory is
 * neither the old nor the new one, and no server is started on it.
 */
#ifndef VOUCH_AUTHORITY_REJOIN_H
#define VOUCH_AUTHORITY_REJOIN_H

#include "engines/engine.h"

struct vouch_rejoin_facts {
	const struct vouch_config *config;
	enum vouch_run_state state; /* of this node's server */
	enum vouch_answer cut_off;  /* an earlier rejoin was */
	uint64_t marker_epoch;	    /* 0: no marker */
	int marker_unclear;	    /* there is one, and it cannot be read */
	/* Newest that may have happened, by journal or cluster. */
	uint64_t newest_epoch;
	const struct vouch_probe *probes; /* by the configuration's order */
	/* PRESENT, ABSENT (empty or missing), or MALFORMED: cannot be read. */
	enum vouch_condition directory_condition;
	const struct vouch_directory *directory;
};

enum vouch_rejoin_kind {
	VOUCH_REJOIN_REFUSED = 0,
	VOUCH_REJOIN_NOT_NEEDED = 1, /* it only has to follow */
	VOUCH_REJOIN_FORKED = 2,     /* may be rewound, or copied anew */
	VOUCH_REJOIN_COPY = 3,	     /* nothing there that could be rewound */
};

struct vouch_rejoin_plan {
	enum vouch_rejoin_kind kind;
	uint32_t primary; /* index of the member to follow */
	/* Of VOUCH_REJOIN_FORKED: where the branches part, and what lies
	 * beyond. */
	uint64_t fork_lsn;
	uint32_t fork_timeline;
	uint64_t discarded_bytes;
	/* Both branches have a timeline of this node's number, so that nothing
	 * but a copy tells them apart. */
	int same_number;
};

/* How many of the members answer as writable, `but` (an index, or `count` for nobody)
 * left aside; *primary is one of them. More than one is a matter for people (P6-A1). */
uint32_t vouch__primaries_find(const struct vouch_probe *probes, uint32_t count,
			       uint32_t but, uint32_t *primary);

/* VOUCH_E_STATE: refused, *plan says so too. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__rejoin_check(const struct vouch_rejoin_facts *facts,
		    struct vouch_rejoin_plan *plan, struct vouch_error *error);

/* Sets *plan's kind, and of a fork where it is, from the two logs alone; `probe` is
 * the primary's, of the same system. */
void vouch__rejoin_compare(const struct vouch_directory *directory,
			   const struct vouch_probe *probe,
			   struct vouch_rejoin_plan *plan);

/* The state file. _begin is durable before it returns. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__rejoin_begin(const struct vouch_config *config, const char *how,
		    struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__rejoin_end(const struct vouch_config *config, struct vouch_error *error);
/* YES, also when the file cannot be read: only its absence says no. */
enum vouch_answer vouch__rejoin_was_cut_off(const struct vouch_config *config);

#endif
