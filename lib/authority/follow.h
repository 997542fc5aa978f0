/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a node does to be a good candidate later: journal the grants that the
 * cluster names, journal the fencing history while the holder is seen to hold
 * its epoch, and offer itself with a promotion score. Scores guide requests;
 * no decision ever reads one. */
#ifndef VOUCH_AUTHORITY_FOLLOW_H
#define VOUCH_AUTHORITY_FOLLOW_H

#include "evidence/collect.h"

/* All three, after a start or a promotion. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__follow(struct vouch_context *context, struct vouch_deadline deadline,
	      struct vouch_error *error);

/* The fencing history alone, once in a while: so that what is on record is recent,
 * and a holder that did not answer once is asked again. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__follow_fencing(struct vouch_context *context,
		      struct vouch_deadline deadline, struct vouch_error *error);
/* Before a promotion, whoever is asked: may a watchdog's timer stand for a machine?
 * Then that stays on record, however often the request is repeated (P6-A1). */
void vouch__follow_watchdog(struct vouch_context *context,
			    struct vouch_deadline deadline);

/* Before a promotion, with no primary left: rank this node's position among
 * all that answer, so that the request goes to the most advanced one. */
void vouch__score_by_position(struct vouch_context *context,
			      struct vouch_deadline deadline);
/* After a start: nothing without an authority on record or after a veto. */
void vouch__score_offer(struct vouch_context *context,
			struct vouch_deadline deadline);
void vouch__score_withdraw(struct vouch_context *context,
			   struct vouch_deadline deadline);

/* Members that the cluster has lost become VOUCH_PROBE_NOT. */
void vouch__probe_not_lost(struct vouch_context *context,
			   struct vouch_deadline deadline, uint8_t *wanted);

/* After a veto (P6-F3): this node is not eligible until somebody asks again, or
 * somebody was granted a newer epoch. `next`: who is asked instead, or "". */
void vouch__refuse(struct vouch_context *context, struct vouch_deadline deadline,
		   const char *request_id, const char *next);
/* After a cleanup of the failed action: it is eligible again; unless the cleanup
 * was the one that vouch itself asked for, to have the next one asked. */
void vouch__offer_again(struct vouch_context *context,
			struct vouch_deadline deadline);

/* The running, writable server is the one that this node's marker names. */
int vouch__holds_authority(const struct vouch_config *config,
			   const struct vouch_local *local);

#endif
