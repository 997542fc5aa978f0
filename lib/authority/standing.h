/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where this node stands: does it hold authority, since which epoch, and if not,
 * why not (P6-A1). A marker alone is not enough: whoever shows a newer epoch that
 * was not void proves it old, and it is refused with that reason.
 */
#ifndef VOUCH_AUTHORITY_STANDING_H
#define VOUCH_AUTHORITY_STANDING_H

#include "authority/marker.h"
#include "evidence/collect.h"

#define VOUCH_MARKER_VERDICTS(X)                                               \
	X(UNKNOWN, "unknown")                                                  \
	X(ACCEPTED, "accepted")                                                \
	X(OTHER_CLUSTER, "other-cluster")                                      \
	X(OTHER_NODE, "other-node")                                            \
	X(OTHER_SYSTEM, "other-system")                                        \
	X(OTHER_INCARNATION, "other-incarnation")                              \
	X(OLDER_THAN_JOURNAL, "older-than-journal")                            \
	X(OLDER_THAN_LOG, "older-than-log")                                    \
	X(OLDER_THAN_CLUSTER, "older-than-cluster")                            \
	X(OLDER_THAN_PEER, "older-than-peer")

enum vouch_marker_verdict {
#define VOUCH_MARKER_VERDICT_ENUM(name, text) VOUCH_MARKER_##name,
	VOUCH_MARKER_VERDICTS(VOUCH_MARKER_VERDICT_ENUM)
#undef VOUCH_MARKER_VERDICT_ENUM
		VOUCH_MARKER_VERDICT_COUNT
};
/* "older-than-peer" and so on; never NULL. */
const char *vouch__marker_verdict_name(enum vouch_marker_verdict verdict);

/* What others show. Zero and empty: nobody could be asked, which proves nothing
 * either way. Epochs are of grants that are not void. */
struct vouch_witness {
	uint64_t system_id;
	char incarnation[VOUCH_NAME_SIZE];
	uint64_t journal_epoch; /* this node's own journal: a restored marker */
	uint64_t log_epoch;	/* rows in its own database's log */
	uint64_t cluster_epoch;
	uint64_t peer_epoch;
	char peer[VOUCH_NAME_SIZE];
};

/* Pure. */
enum vouch_marker_verdict
vouch__marker_judge(const struct vouch_config *config,
		    const struct vouch_marker *marker,
		    const struct vouch_witness *witness);

/* Adds what the journal, and the cluster where there is one, have on record. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__witness_journal(struct vouch_journal *journal,
		       struct vouch_witness *witness, struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__witness_cluster(struct vouch_context *context,
		       struct vouch_deadline deadline,
		       struct vouch_witness *witness, struct vouch_error *error);
void vouch__witness_probe(const char *peer, const struct vouch_probe *probe,
			  struct vouch_witness *witness);

enum vouch_hold {
	VOUCH_HOLD_UNKNOWN = 0, /* nobody, as far as can be told */
	VOUCH_HOLD_HELD = 1,
	VOUCH_HOLD_NOT = 2,	  /* no marker */
	VOUCH_HOLD_UNVERIFIED = 3, /* granted; did the promotion happen? */
	VOUCH_HOLD_REFUSED = 4,	  /* a marker that proves nothing */
};

struct vouch_standing {
	enum vouch_hold hold;
	enum vouch_marker_verdict verdict;
	uint64_t epoch; /* of the marker */
	uint32_t timeline;
	char text[512]; /* the whole of it, for people; never empty */
};

/* Reads the marker and judges it; there is always an answer. */
void vouch__standing_read(const struct vouch_config *config,
			  const struct vouch_witness *witness,
			  struct vouch_standing *standing);

#endif
