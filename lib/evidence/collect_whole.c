/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Evidence is judged only when nothing changed while it was collected. Of what is
 * compared, one thing changes in ordinary operation: the configuration's version. Two
 * databases in one cluster are asked for at the same moment when their node is lost, and
 * each claims its epoch there, so that one would always veto the other. What moved for
 * that reason alone is collected once more, as a whole, while there is time for it; it is
 * the same request, and the last collection is the one that is judged and journalled.
 */
#include <string.h>

#include "evidence/collect.h"

enum { AGAIN_MAX = 2 };

static int is_same_membership(const struct vouch_view *a,
			      const struct vouch_view *b)
{
	return a->ring_leader == b->ring_leader && a->ring_seq == b->ring_seq &&
	       a->quorate == b->quorate && a->two_node == b->two_node &&
	       a->wait_for_all == b->wait_for_all &&
	       a->fencing_enabled == b->fencing_enabled &&
	       strcmp(a->dc, b->dc) == 0 && a->member_count == b->member_count &&
	       memcmp(a->members, b->members,
		      a->member_count * sizeof(*a->members)) == 0;
}

/* Whatever else is amiss is for the kernel. */
static int only_the_version_moved(const struct vouch_evidence *evidence)
{
	const struct vouch_view *before = &evidence->before;
	const struct vouch_view *after = &evidence->after;

	return before->condition == VOUCH_PRESENT &&
	       after->condition == VOUCH_PRESENT &&
	       before->member_count <= VOUCH_NODES_MAX &&
	       is_same_membership(before, after) &&
	       (before->cib_admin_epoch != after->cib_admin_epoch ||
		before->cib_epoch != after->cib_epoch);
}

enum vouch_error_code
vouch__collect_whole(struct vouch_context *context,
		     const struct vouch_request *request,
		     const struct vouch_assertion_text *assertions,
		     uint32_t assertion_count, struct vouch_deadline deadline,
		     struct vouch_evidence *evidence, struct vouch_error *error)
{
	enum vouch_error_code code;
	int again = 0, left, took;

	for (;;) {
		left = vouch__deadline_left_ms(deadline);
		code = vouch__collect(context, request, assertions,
				      assertion_count, deadline, evidence, error);
		if (code != VOUCH_OK || again == AGAIN_MAX ||
		    !only_the_version_moved(evidence))
			return code;
		took = left - vouch__deadline_left_ms(deadline);
		/* As long again, and as much for what follows from it. */
		if (vouch__deadline_left_ms(deadline) <= 3 * took)
			return code;
		if (context->progress)
			context->progress("the cluster's configuration was changed "
					  "meanwhile, for another database for "
					  "instance: everything is looked at once "
					  "more");
		again++;
	}
}
