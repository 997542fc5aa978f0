/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules, in the order in which they are applied. Ids are stable and
 * gapped: a rule keeps its number for ever, a new one takes a free one.
 */
#ifndef VOUCH_KERNEL_RULES_H
#define VOUCH_KERNEL_RULES_H

#include "kernel/obligations.h"
#include "kernel/parts.h"
#include "kernel/scratch.h"

enum vouch_rule_id {
	VOUCH_RULE_FORM = 100,
	VOUCH_RULE_REQUEST = 110,
	VOUCH_RULE_AUTHORIZED = 120,
	VOUCH_RULE_ADOPTED = 130,
	VOUCH_RULE_CLASS = 140,
	VOUCH_RULE_GRANTS_AGREE = 150,
	VOUCH_RULE_VIEW_SEEN = 200,
	VOUCH_RULE_VIEW_SAME = 210,
	VOUCH_RULE_QUORATE = 220,
	VOUCH_RULE_FENCING_ON = 230,
	VOUCH_RULE_PEERS_SEEN = 240,
	VOUCH_RULE_CANDIDATE_MEMBER = 250,
	VOUCH_RULE_NONE_WRITABLE = 300,
	VOUCH_RULE_NONE_PROMOTING = 305,
	VOUCH_RULE_HOLDERS = 310,
	VOUCH_RULE_E1_SEALED = 320,
	VOUCH_RULE_E2_FENCED = 330,
	VOUCH_RULE_E3_ATTESTED = 340,
	VOUCH_RULE_E4_ASSERTED = 350,
	VOUCH_RULE_EXCLUSION = 360,
	VOUCH_RULE_OTHERS = 370,
	VOUCH_RULE_SYSTEM = 400,
	VOUCH_RULE_LINEAGE = 410,
	VOUCH_RULE_AUTHORISED_FORK = 420,
	VOUCH_RULE_ORDER = 500,
	VOUCH_RULE_W1_SEALED_LOG = 510,
	VOUCH_RULE_W2_INTERSECTION = 520,
	VOUCH_RULE_W3_SAME_HOLDER = 530,
	VOUCH_RULE_COVERAGE = 540,
	VOUCH_RULE_NONE_AHEAD = 550,
	VOUCH_RULE_GRANTS_SATISFIED = 560,
	VOUCH_RULE_NONE_DISOWNED = 565,
	VOUCH_RULE_UNSEEN = 570,
	VOUCH_RULE_ENFORCED = 580,
	VOUCH_RULE_READY = 600,
};

enum vouch_rule_kind {
	VOUCH_RULE_REQUIRED, /* must hold */
	VOUCH_RULE_ROUTE,    /* one way to prove the obligation that follows */
};

/* What people are told of a rule; vouch__decide examines them in this order. */
struct vouch_rule {
	enum vouch_rule_id id;
	enum vouch_rule_kind kind;
	const char *name;      /* short, stable: "exclusion.fenced" */
	const char *invariant; /* "P6-A1" */
	const char *requires;  /* one sentence for people */
};

extern const struct vouch_rule vouch__rules[];
extern const uint32_t vouch__rule_count;

/* NULL when there is no such rule. */
/*@
  assigns \result \from id;
  ensures \result == \null || \result->id == id;
*/
const struct vouch_rule *vouch__rule_find(uint16_t id);

#endif /* VOUCH_KERNEL_RULES_H */
