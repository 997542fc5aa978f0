/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * This node's seal: its log ended, cleanly, at an exact record (P6-A1, P6-S1). It
 * holds until that server is found to run as a primary, or its log to be longer,
 * without a promotion: from then on it is broken, in the journal and in the
 * cluster, and stays so for that epoch and that life of the node.
 */
#ifndef VOUCH_AUTHORITY_SEAL_H
#define VOUCH_AUTHORITY_SEAL_H

#include "evidence/collect.h"

/* Journals the seal and puts it into the cluster, where there is one; as broken
 * where this node's seal of that epoch was broken before. VOUCH_E_CLUSTER: it
 * does not answer. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__seal_publish(struct vouch_context *context,
		    const struct vouch_cluster_seal *seal,
		    struct vouch_deadline deadline, struct vouch_error *error);

/* Says of this node's seal of `epoch` in that life that it is broken: to the
 * cluster first, which is what the others read, and to the journal in any case.
 * *sealed: there is one, broken or not. What is said already, or not there to be
 * broken, is no error. With an error the others may not know. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__seal_break(struct vouch_context *context, uint64_t epoch,
		  const char *incarnation, struct vouch_deadline deadline,
		  int *sealed, struct vouch_error *error);

/* A seal that the journal has as broken, and the cluster has not: it did not
 * answer then, or its configuration is an older one again. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__seal_retell(struct vouch_context *context, struct vouch_deadline deadline,
		   struct vouch_error *error);

/* Does this log, which ends at that place, go on after this node's own seal
 * without a promotion? YES: *epoch is the seal's. UNKNOWN: nothing says so, and
 * nothing rules it out. */
enum vouch_answer vouch__seal_is_passed(struct vouch_context *context,
					const char *incarnation,
					uint32_t timeline, uint64_t end,
					struct vouch_deadline deadline,
					uint64_t *epoch);

#endif
