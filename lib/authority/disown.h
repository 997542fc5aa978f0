/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An epoch whose contract was not enforced (P6-S1, rule 565). The holder's log
 * says so to whoever receives it; for all others its own journal and the cluster
 * say it. Nothing takes it back: the row of a later epoch ends what it matters for.
 */
#ifndef VOUCH_AUTHORITY_DISOWN_H
#define VOUCH_AUTHORITY_DISOWN_H

#include "evidence/collect.h"

/* Journals that this node's grant of `epoch` is disowned, and says it to the
 * cluster, where there is one; what is said already is no error. With an error the
 * others may not know: VOUCH_E_CLUSTER, VOUCH_E_NOT_FOUND (no such grant of this
 * node), VOUCH_E_TIMEOUT, and what the journal says. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__epoch_disown(struct vouch_context *context, uint64_t epoch,
		    struct vouch_deadline deadline, struct vouch_error *error);

#endif
