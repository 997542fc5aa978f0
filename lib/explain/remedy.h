/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What would turn a veto into a permit: the smallest sets of elementary changes
 * after which the kernel itself permits. Nothing here knows a rule; a change is
 * made to a copy of the evidence, and the kernel is asked again.
 *
 * Pure: no I/O, no clock, no allocation; the same evidence gives the same sets
 * in the same order (P6-D1).
 */
#ifndef VOUCH_EXPLAIN_REMEDY_H
#define VOUCH_EXPLAIN_REMEDY_H

#include <stddef.h>
#include "kernel/facts.h"
#include "kernel/verdict.h"

enum {
	VOUCH_REMEDY_SIZE = 3,	      /* most changes in a set */
	VOUCH_REMEDIES_MAX = 5,	      /* most sets reported */
	VOUCH_CHANGES_MAX = 512,      /* most changes considered */
	VOUCH_REMEDY_DECISIONS = 8192, /* most questions to the kernel */
};

/*
 * The elementary changes, in the order in which they are tried and told. Every
 * one implies that the evidence is collected again afterwards, in the
 * collector's order. None takes a fact away that speaks against a permit
 * without the event in the world that does so.
 */
enum vouch_change_kind {
	VOUCH_CHANGE_COLLECT,	/* only that: the evidence is collected again */
	VOUCH_CHANGE_VIEW,	/* the cluster manager answers */
	VOUCH_CHANGE_REQUEST,	/* the request is complete */
	VOUCH_CHANGE_AUTHORIZE, /* an operator authorizes the candidate */
	VOUCH_CHANGE_QUORUM,	/* the partition is quorate */
	VOUCH_CHANGE_FENCING,	/* fencing is enabled */
	VOUCH_CHANGE_FENCER,	/* the fencing history can be read */
	VOUCH_CHANGE_ATTEMPT,	/* the attempt on a node ends */
	VOUCH_CHANGE_OPERATION, /* the operation pending on a node ends */
	VOUCH_CHANGE_READ,	/* a node has read its log to the end */
	VOUCH_CHANGE_RESUME,	/* replay is resumed on a node */
	VOUCH_CHANGE_REPLAY,	/* a node has replayed its log */
	VOUCH_CHANGE_JOIN,	/* a node is an online, clean member */
	VOUCH_CHANGE_RESTART,	/* a node's server is started by its agent */
	VOUCH_CHANGE_ANSWER,	/* a node answers, in recovery, as last admitted,
				 * where the candidate is */
	VOUCH_CHANGE_DEMOTE,	/* what answers there is in recovery */
	VOUCH_CHANGE_STOP,	/* the agent stops the server there */
	VOUCH_CHANGE_FENCE,	/* a machine fences a node afresh */
	VOUCH_CHANGE_CONFIRM,	/* a person confirms to the fencer: it is down */
	VOUCH_CHANGE_ASSERT,	/* an operator asserts to vouch: it is down */
	VOUCH_CHANGE_VOID,	/* a holder says that it was never promoted */
	VOUCH_CHANGE_WATCHDOG,	/* watchdog fencing is accepted */
	VOUCH_CHANGE_CLASS,	/* a node is a full cluster node */
	VOUCH_CHANGE_PROMOTE,	/* another candidate */
	/* Only supposed, by what_if.h: the search never offers a loss. */
	VOUCH_CHANGE_DOWN,   /* a node is lost: silent, offline, unclean */
	VOUCH_CHANGE_QUORUM_LOST, /* the partition is not quorate */
};

struct vouch_change {
	enum vouch_change_kind kind;
	uint8_t node; /* VOUCH_NO_NODE: of the whole cluster */
};

struct vouch_remedy {
	uint32_t count;
	struct vouch_change changes[VOUCH_REMEDY_SIZE];
};

struct vouch_remedies {
	uint32_t count; /* all of one size, the smallest that permits */
	struct vouch_remedy sets[VOUCH_REMEDIES_MAX];
	uint32_t decisions; /* how often the kernel was asked */
	/* 1: every smaller set was tried, and all of this size unless there
	 * are as many sets as are reported. */
	uint8_t complete;
};

/* The changes that mean something for this evidence, at most
 * VOUCH_CHANGES_MAX. The evidence must have been found good in form. */
uint32_t vouch__changes_list(const struct vouch_evidence *evidence,
			     struct vouch_change *changes);
/* *changed: the evidence as it would be collected after all these changes. */
void vouch__changes_apply(const struct vouch_evidence *evidence,
			  const struct vouch_change *changes, uint32_t count,
			  struct vouch_evidence *changed);

/* Can the two not be true together? A node has one fate. */
int vouch__changes_exclude(const struct vouch_change *a,
			   const struct vouch_change *b);

/* Where to ask for a fencing of the node: where the newest failed one was asked
 * for, for only there is the next known to be later; or else the candidate. */
const char *vouch__fencing_origin(const struct vouch_evidence *evidence,
				  uint8_t node);

/* Searches; `changed` and `verdict` are working space of the caller. */
void vouch__remedies_find(const struct vouch_evidence *evidence,
			  struct vouch_evidence *changed,
			  struct vouch_verdict *verdict,
			  struct vouch_remedies *remedies);

/* "n1 is fenced: stonith_admin --fence n1"; stable wording, terminated, at most
 * `size` bytes. */
void vouch__phrase_change(const struct vouch_evidence *evidence,
			  const struct vouch_change *change, char *text,
			  size_t size);

#endif
