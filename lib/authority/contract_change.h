/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A change of the contract, before anything is done (P6-S1): may it be made
 * now, and what would be left of it? Pure: facts in, an answer out.
 */
#ifndef VOUCH_AUTHORITY_CONTRACT_CHANGE_H
#define VOUCH_AUTHORITY_CONTRACT_CHANGE_H

#include "common/terms.h"
#include "engines/engine.h"

/* What the log of this node says of the newest epoch's contract. */
struct vouch_contract_state {
	uint64_t epoch; /* 0: none on record */
	enum vouch_answer pinned; /* the row in force says so */
	int in_force_known;
	struct vouch_terms in_force;
	int is_announced; /* after it, and not confirmed yet */
	struct vouch_terms announced;
};

/* Everything a change depends on. */
struct vouch_change_facts {
	const struct vouch_config *config;
	enum vouch_answer managed;   /* Pacemaker acts on the resource */
	enum vouch_answer quorate;
	enum vouch_run_state state;  /* of this node's server */
	int holds_authority;	     /* its marker names the running server */
	const char *holder;	     /* of the newest epoch in the log */
	enum vouch_answer pinned;    /* the running server's contract */
	const char *unpinned;
	struct vouch_contract_state log;
	uint32_t streaming;	     /* members of the new contract that do */
	int abort;		     /* take back what was announced */
	struct vouch_terms wanted;   /* unless it is an abort */
};

enum vouch_change_step {
	VOUCH_CHANGE_NOTHING = 0, /* in force already */
	VOUCH_CHANGE_ANNOUNCE = 1,
	VOUCH_CHANGE_APPLY = 2, /* announced before, and cut off then */
	VOUCH_CHANGE_TAKE_BACK = 3,
};

/* The first step that is to be taken. VOUCH_E_ARGUMENT: the wish is impossible;
 * VOUCH_E_STATE: not now, not here; VOUCH_E_BUSY: another change is under way.
 * Then nothing may be changed. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__change_check(const struct vouch_change_facts *facts,
		    enum vouch_change_step *step, struct vouch_error *error);

/* From the newest rows of the log; members by the configuration's order. */
void vouch__contract_state_of(const struct vouch_config *config,
			      const struct vouch_log_record *record,
			      struct vouch_contract_state *state);

/* How many of the contract's members may be lost together with the holder, when
 * `counting` of them answer and are admitted, so that a promotion can still be
 * proven (|S| + k > n). -1: not even none. */
int vouch__contract_survives(const struct vouch_terms *terms, uint32_t counting);

#endif
