/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One complete attempt: request, evidence, verdict, and after a permit the
 * transfer of authority, each step durable before the next (P6-A2, P6-F2):
 *
 *   lock, claim, journal the request, collect, decide, journal the decision,
 *   record the grant in the cluster, see it confirmed and the view unchanged,
 *   marker, promote, verify, epoch row, success.
 *
 * One attempt per request; nothing here repeats (P6-F3).
 */
#ifndef VOUCH_AUTHORITY_PROMOTION_H
#define VOUCH_AUTHORITY_PROMOTION_H

#include "evidence/collect.h"

struct vouch_attempt {
	enum vouch_origin origin;
	const char *reason; /* may be "" */
	const struct vouch_assertion_text *assertions;
	uint32_t assertion_count;
	enum vouch_answer authorized;
};

struct vouch_attempt_result {
	char request_id[VOUCH_NAME_SIZE];
	char *evidence; /* documents; NULL when it did not come so far */
	char *verdict;
	uint64_t epoch; /* of a finished promotion */
	uint32_t timeline;
};

/* Collect and decide; nothing is journalled, claimed or changed. */
VOUCH_MUST_CHECK enum vouch_decision
vouch__check(struct vouch_context *context, const struct vouch_attempt *attempt,
	     struct vouch_deadline deadline, struct vouch_attempt_result *result,
	     struct vouch_error *error);

/*
 * The whole attempt. VOUCH_PERMITTED: this node holds result->epoch and the
 * database is writable. VOUCH_VETOED: refused, see result->verdict; nothing
 * changed. VOUCH_UNDECIDED: an error; `error` says how far it came. After the
 * grant it may have come to a writable database: recovery tells.
 */
VOUCH_MUST_CHECK enum vouch_decision
vouch__promote(struct vouch_context *context, const struct vouch_attempt *attempt,
	       struct vouch_deadline deadline,
	       struct vouch_attempt_result *result, struct vouch_error *error);

void vouch__attempt_release(struct vouch_attempt_result *result);

/*
 * Recovery (P6-D2): reads what is durable after a crash, tells what became of
 * this node's last attempt and grant, and records just that. Called before
 * the server is started, while none runs. `directory` is what is on disk, and
 * `incarnation` the life that it was settled to be: a grant to an earlier one
 * stays open, since nothing that is there can tell how it ended. Takes the
 * lock: VOUCH_E_BUSY while an attempt is under way here.
 */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__recover(struct vouch_context *context,
	       const struct vouch_directory *directory, const char *incarnation,
	       struct vouch_deadline deadline, struct vouch_error *error);
/* The same for who holds the lock already. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__recover_locked(struct vouch_context *context,
		      const struct vouch_directory *directory,
		      const char *incarnation, struct vouch_deadline deadline,
		      struct vouch_error *error);

/* Is a grant to this life of this node without an end, here or in the cluster? */
VOUCH_MUST_CHECK enum vouch_answer
vouch__grant_is_open(struct vouch_context *context, const char *incarnation,
		     struct vouch_deadline deadline);

/* Before a marker is removed: what it alone knows, that its promotion happened,
 * must be on record elsewhere. Without it an open grant would pass for one that
 * was never used (P6-F2). An error: leave the marker where it is. */
struct vouch_marker;
VOUCH_MUST_CHECK enum vouch_error_code
vouch__grant_settle(struct vouch_context *context,
		    const struct vouch_marker *marker,
		    struct vouch_deadline deadline, struct vouch_error *error);

/* Only the telling: an attempt of this node without an outcome was cut off, and
 * gets one. Called with the lock held, so that none is under way. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__recover_attempt(struct vouch_context *context, struct vouch_error *error);

#endif
