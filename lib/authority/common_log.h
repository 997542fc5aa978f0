/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whom may this node's standby follow (P6-S1, P6-S2)? One whose log has this node's
 * log in it. A server that follows another one acknowledges what it already has of
 * its own, and the other takes that for its own log: PostgreSQL compares the numbers
 * of timelines only, and two promotions may have taken the same one.
 */
#ifndef VOUCH_AUTHORITY_COMMON_LOG_H
#define VOUCH_AUTHORITY_COMMON_LOG_H

#include "authority/rejoin.h"
#include "evidence/collect.h"

/* Is `own`, up to its end, part of the log of the member that answered as `primary`?
 * NO and UNKNOWN say why; a log that the primary has not reached is UNKNOWN. `own`
 * was read before the primary was asked. A candidate that is to be primary is asked in
 * the same way. */
enum vouch_answer vouch__log_is_common(struct vouch_context *context,
				       const struct vouch_directory *own,
				       const struct vouch_member *member,
				       const struct vouch_probe *primary,
				       struct vouch_deadline deadline,
				       struct vouch_error *why);
/* As vouch__rejoin_compare(), and with what the numbers do not tell: two branches of
 * the same number from the same point are a fork as well. VOUCH_E_STATE: cannot be
 * compared, *plan is of the numbers alone. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__log_fork_find(struct vouch_context *context,
		     const struct vouch_directory *own,
		     const struct vouch_member *member,
		     const struct vouch_probe *primary,
		     struct vouch_deadline deadline,
		     struct vouch_rejoin_plan *plan, struct vouch_error *error);
/* No server runs here: who is primary now and has this log? `name` is empty when
 * there is nobody. */
void vouch__primary_choose(struct vouch_context *context,
			   const struct vouch_directory *own,
			   struct vouch_deadline deadline,
			   char name[VOUCH_NAME_SIZE]);
/* A standby runs here: it follows `holder` if that has this log, and nobody if that
 * went another way. Where that cannot be told, whom it follows is left as it is: a
 * start named nobody that was not compared. VOUCH_E_CONFLICT: the logs have parted,
 * `error` says what to type. Nothing is done where nobody can say whom the server follows: another agent leads it. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__primary_follow(struct vouch_context *context, const char *holder,
		      struct vouch_deadline deadline, struct vouch_error *error);
/* Before a promotion: `candidate`, a standby still, may be the next primary. This
 * node follows it if it has this log already, and nobody if that went another way. */
void vouch__primary_expect(struct vouch_context *context, const char *candidate,
			   struct vouch_deadline deadline);
/* As vouch__primary_follow() for whoever answers as primary, where that is one. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__primary_look(struct vouch_context *context,
		    struct vouch_deadline deadline, struct vouch_error *error);

#endif
