/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the rules of one decision tell each other: derived from the evidence,
 * on the caller's stack, gone afterwards.
 */
#ifndef VOUCH_KERNEL_SCRATCH_H
#define VOUCH_KERNEL_SCRATCH_H

#include "kernel/facts.h"
#include "kernel/verdict.h"

/* Somebody whose writes must be excluded. */
struct vouch_holder {
	uint8_t node;
	uint64_t epoch;
	enum vouch_grant_outcome outcome;
	const char *incarnation; /* into the evidence */
	uint8_t excluded;	 /* a route was proven ... */
	uint64_t order;		 /* ... and holds since this observation */
	uint8_t route_finding_known;
	uint32_t best_finding; /* why not: index of the most telling finding */
};

/* A range of the branch that node x shares with the candidate. */
enum vouch_relation {
	VOUCH_RELATION_UNKNOWN = 0, /* no answer, or its history is bad */
	VOUCH_RELATION_SAME = 1,
	VOUCH_RELATION_ANCESTOR = 2,   /* x is still on an older timeline */
	VOUCH_RELATION_DESCENDANT = 3, /* x left the candidate's timeline */
	VOUCH_RELATION_FORKED = 4,
	VOUCH_RELATION_UNRELATED = 5,
};

struct vouch_branch {
	enum vouch_relation relation;
	uint64_t end; /* of x's log on the candidate's branch */
	uint64_t parted; /* where the two part; 0 when they do not */
};

struct vouch_scratch {
	const struct vouch_evidence *evidence;
	struct vouch_verdict *verdict;
	const struct vouch_probe *candidate; /* its probe */
	uint8_t candidate_node;
	uint16_t rule; /* being examined */
	uint8_t form_ok;
	uint64_t newest_epoch;
	uint8_t holders_known;
	uint32_t holder_count;
	struct vouch_holder holders[VOUCH_GRANTS_MAX];
	uint64_t exclusion_order; /* the last fact that exclusion rests on */
	uint8_t covered;
	uint8_t sealed_log; /* W1 held */
	uint8_t same_holder; /* W3 held */
	uint32_t coverage_best; /* finding to cite when nothing covers */
	uint64_t candidate_end; /* D of the candidate */
	struct vouch_branch branches[VOUCH_NODES_MAX];
};

/* Appends a finding for the rule being examined; always returns one that may
 * be written to (the last slot says that there were too many). */
struct vouch_finding *vouch__find(struct vouch_scratch *scratch,
				  enum vouch_outcome outcome,
				  enum vouch_reason reason, uint8_t node);
/* Cites a fact in a finding; past the room for it, it is left out. */
void vouch__cite(struct vouch_finding *finding, enum vouch_cited fact,
		 uint8_t node, uint64_t value);

/* Facts read in several places. */
int vouch__is_member(const struct vouch_view *view, uint32_t cluster_id);
int vouch__name_equal(const char *a, const char *b);
uint64_t vouch__probe_end(const struct vouch_probe *probe);
/* The candidate's own high-water mark is on record. */
static inline int vouch__has_mark(const struct vouch_evidence *evidence)
{
	return evidence->own.condition == VOUCH_PRESENT &&
	       evidence->own.mark_timeline != 0 && evidence->own.mark_lsn != 0;
}
static inline int vouch__managed(const struct vouch_evidence *evidence)
{
	return evidence->manager == VOUCH_MANAGER_PACEMAKER;
}
/* The latest admission of a node equals this incarnation. */
int vouch__is_admitted(const struct vouch_evidence *evidence, uint8_t node,
		       const char *incarnation);
int vouch__is_asserted(const struct vouch_evidence *evidence, uint8_t node,
		       uint64_t epoch);

/* lineage.c */
void vouch__branches_derive(struct vouch_scratch *scratch);
int vouch__history_is_valid(const struct vouch_probe *probe);
/* Is the position (timeline, lsn) on the branch of `probe`, at or below its end? */
int vouch__position_is_reached(const struct vouch_probe *probe,
			       uint32_t timeline, uint64_t lsn);
/* The candidate's newest timeline was started by a grant. */
int vouch__candidate_is_authorised(const struct vouch_scratch *scratch);

/* grants.c */
struct vouch_grant_view {
	uint8_t known;
	uint8_t holder;
	enum vouch_grant_outcome outcome;
	const struct vouch_grant *grant;
};
/* All that the sources say of one epoch, as one. */
struct vouch_grant_view vouch__grant_of(const struct vouch_evidence *evidence,
					uint64_t epoch);
uint64_t vouch__newest_epoch(const struct vouch_evidence *evidence);

/* intersection.c */
struct vouch_intersection {
	uint32_t counted; /* |S| */
	uint32_t members; /* n */
	uint32_t required; /* k */
	uint8_t proven;	   /* |S| + k > n, k >= 1 */
	uint8_t missing;   /* a member that does not count, or VOUCH_NO_NODE */
	enum vouch_reason why; /* of `missing` */
	uint8_t ahead; /* a member of S beyond the candidate, or VOUCH_NO_NODE */
	uint64_t most; /* maximum of D over S */
};
struct vouch_intersection
vouch__intersect(const struct vouch_scratch *scratch,
		 const struct vouch_contract *contract);

/* Does node i answer, and still have all that it ever acknowledged? */
int vouch__remembers(const struct vouch_scratch *scratch, uint8_t i);

/* coverage.c */
/* The newest row of an epoch whose barrier was passed; 0 when there is none.
 * Rows with a later serial bind as well. */
const struct vouch_contract_row *
vouch__contract_in_force(const struct vouch_evidence *evidence, uint64_t epoch);

/* The predicates of the rule table, one file per obligation. */
void vouch__form_is_proven(struct vouch_scratch *);
void vouch__request_is_proven(struct vouch_scratch *);
void vouch__authorization_is_proven(struct vouch_scratch *);
void vouch__adoption_is_proven(struct vouch_scratch *);
void vouch__class_is_proven(struct vouch_scratch *);
void vouch__agreement_is_proven(struct vouch_scratch *);
void vouch__view_is_proven(struct vouch_scratch *);
void vouch__steadiness_is_proven(struct vouch_scratch *);
void vouch__quorum_is_proven(struct vouch_scratch *);
void vouch__fencing_enabled_is_proven(struct vouch_scratch *);
void vouch__peers_seen_is_proven(struct vouch_scratch *);
void vouch__membership_is_proven(struct vouch_scratch *);
void vouch__silence_is_proven(struct vouch_scratch *);
void vouch__no_attempt_is_proven(struct vouch_scratch *);
void vouch__holders_are_proven(struct vouch_scratch *);
void vouch__sealed_is_proven(struct vouch_scratch *);
void vouch__fenced_is_proven(struct vouch_scratch *);
void vouch__attested_is_proven(struct vouch_scratch *);
void vouch__asserted_is_proven(struct vouch_scratch *);
void vouch__exclusion_is_proven(struct vouch_scratch *);
void vouch__others_are_proven(struct vouch_scratch *);
void vouch__system_is_proven(struct vouch_scratch *);
void vouch__lineage_is_proven(struct vouch_scratch *);
void vouch__fork_is_proven(struct vouch_scratch *);
void vouch__order_is_proven(struct vouch_scratch *);
void vouch__sealed_log_is_proven(struct vouch_scratch *);
void vouch__intersection_is_proven(struct vouch_scratch *);
void vouch__same_holder_is_proven(struct vouch_scratch *);
void vouch__coverage_is_proven(struct vouch_scratch *);
void vouch__none_ahead_is_proven(struct vouch_scratch *);
void vouch__grants_satisfied_is_proven(struct vouch_scratch *);
void vouch__unseen_grants_are_covered(struct vouch_scratch *);
void vouch__offer_is_proven(struct vouch_scratch *);
void vouch__readiness_is_proven(struct vouch_scratch *);

#endif /* VOUCH_KERNEL_SCRATCH_H */
