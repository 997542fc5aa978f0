/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who was granted which epoch, from all the sources that name it. */
#include "kernel/rules.h"

int vouch__newest_grant(const struct vouch_evidence *evidence)
{
	int newest = -1;
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= evidence->grant_count;
	  loop invariant -1 <= newest < i;
	  loop invariant \forall integer g; 0 <= g < i ==>
	    evidence->grants[g].epoch <= EpochAt(evidence, newest);
	  loop assigns i, newest;
	  loop variant evidence->grant_count - i;
	*/
	for (i = 0; i < evidence->grant_count; i++) {
		if (newest < 0 ||
		    evidence->grants[i].epoch > evidence->grants[newest].epoch)
			newest = (int)i;
	}
	return newest;
}

uint64_t vouch__newest_epoch(const struct vouch_evidence *evidence)
{
	int newest = vouch__newest_grant(evidence);

	return newest < 0 ? 0 : evidence->grants[newest].epoch;
}

/* A row in the log proves that the promotion happened; otherwise the holder's
 * own word counts, and without one the grant is open. */
struct vouch_grant_view vouch__grant_of(const struct vouch_evidence *evidence,
					uint64_t epoch)
{
	struct vouch_grant_view view = { 0, VOUCH_NO_NODE, VOUCH_GRANT_OPEN, 0, 0 };
	uint32_t i;

	/*@
	  loop invariant 0 <= i <= evidence->grant_count;
	  loop invariant view.known == 0 || view.known == 1;
	  loop invariant view.known == 0 ==> \forall integer g; 0 <= g < i ==>
	    evidence->grants[g].epoch != epoch;
	  loop invariant view.known != 0 ==> \exists integer g; 0 <= g < i &&
	    view.grant == &evidence->grants[g] && view.index == g &&
	    evidence->grants[g].epoch == epoch &&
	    view.holder == evidence->grants[g].holder;
	  loop invariant view.outcome == VOUCH_GRANT_DONE <==>
	    \exists integer g; 0 <= g < i && evidence->grants[g].epoch == epoch &&
	      Happened(&evidence->grants[g]);
	  loop invariant view.outcome == VOUCH_GRANT_VOID ==>
	    \exists integer g; 0 <= g < i && evidence->grants[g].epoch == epoch &&
	      evidence->grants[g].outcome == VOUCH_GRANT_VOID;
	  loop invariant view.outcome == VOUCH_GRANT_OPEN ==>
	    \forall integer g; 0 <= g < i && evidence->grants[g].epoch == epoch ==>
	      evidence->grants[g].outcome != VOUCH_GRANT_VOID;
	  loop invariant view.outcome == VOUCH_GRANT_OPEN ||
	    view.outcome == VOUCH_GRANT_DONE || view.outcome == VOUCH_GRANT_VOID;
	  loop assigns i, view;
	  loop variant evidence->grant_count - i;
	*/
	for (i = 0; i < evidence->grant_count; i++) {
		const struct vouch_grant *grant = &evidence->grants[i];
		enum vouch_grant_outcome outcome = grant->outcome;

		if (grant->epoch != epoch)
			continue;
		if (vouch__grant_happened(grant))
			outcome = VOUCH_GRANT_DONE;
		if (!view.known) {
			view.known = 1;
			view.holder = grant->holder;
			view.grant = grant;
			view.index = (int)i;
		}
		if (outcome == VOUCH_GRANT_DONE)
			view.outcome = VOUCH_GRANT_DONE;
		else if (outcome == VOUCH_GRANT_VOID &&
			 view.outcome != VOUCH_GRANT_DONE)
			view.outcome = VOUCH_GRANT_VOID;
	}
	return view;
}

/*@
  requires \valid_read(a) && \valid_read(b);
  requires a->member_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result != 0 ==> SameContract(a, b);
*/
static int contracts_equal(const struct vouch_contract *a,
			   const struct vouch_contract *b)
{
	uint32_t i;

	if (a->method != b->method || a->k != b->k ||
	    a->member_count != b->member_count)
		return 0;
	/*@
	  loop invariant 0 <= i <= a->member_count;
	  loop invariant \forall integer j; 0 <= j < i ==>
	    a->members[j] == b->members[j];
	  loop assigns i;
	  loop variant a->member_count - i;
	*/
	for (i = 0; i < a->member_count; i++) {
		if (a->members[i] != b->members[i])
			return 0;
	}
	return 1;
}

/*@
  requires \valid_read(a) && \valid_read(b);
  assigns \nothing;
  ensures \result != 0 <==>
    (Happened(a) && b->outcome == VOUCH_GRANT_VOID) ||
    (Happened(b) && a->outcome == VOUCH_GRANT_VOID);
*/
static int outcomes_contradict(const struct vouch_grant *a,
			       const struct vouch_grant *b)
{
	int a_done = vouch__grant_happened(a);
	int b_done = vouch__grant_happened(b);

	return (a_done && b->outcome == VOUCH_GRANT_VOID) ||
	       (b_done && a->outcome == VOUCH_GRANT_VOID);
}

/*@
  requires \valid_read(a) && \valid_read(b);
  requires a->contract.member_count <= VOUCH_NODES_MAX;
  assigns \nothing;
  ensures \result == 0 ==> Agree(a, b);
*/
static int grants_contradict(const struct vouch_grant *a,
			     const struct vouch_grant *b)
{
	return a->holder != b->holder ||
	       !vouch__name_equal(a->incarnation, b->incarnation) ||
	       !contracts_equal(&a->contract, &b->contract) ||
	       outcomes_contradict(a, b);
}

/* Rule 150. The same epoch with two holders would be two authorities. */
void vouch__agreement_is_proven(struct vouch_scratch *scratch)
{
	const struct vouch_evidence *evidence = scratch->evidence;
	uint32_t i, j;

	/*@
	  loop invariant 0 <= i <= evidence->grant_count;
	  loop invariant \forall integer g, h; 0 <= g < i &&
	    g < h < evidence->grant_count ==>
	    Agree(&evidence->grants[g], &evidence->grants[h]);
	  loop assigns i, j;
	  loop variant evidence->grant_count - i;
	*/
	for (i = 0; i < evidence->grant_count; i++) {
		/*@
		  loop invariant i < j <= evidence->grant_count;
		  loop invariant \forall integer h; i < h < j ==>
		    Agree(&evidence->grants[i], &evidence->grants[h]);
		  loop assigns j;
		  loop variant evidence->grant_count - j;
		*/
		for (j = i + 1; j < evidence->grant_count; j++) {
			const struct vouch_grant *a = &evidence->grants[i];
			const struct vouch_grant *b = &evidence->grants[j];
			struct vouch_finding *finding;

			if (a->epoch == b->epoch ?
				    !grants_contradict(a, b) :
				    !vouch__passing_contradicts(a, b))
				continue;
			finding = vouch__find(scratch, VOUCH_UNPROVEN,
					      VOUCH_R_GRANTS_DISAGREE, a->holder);
			finding->node_b = b->holder;
			vouch__show(finding, 0, a->epoch < b->epoch ? a->epoch : b->epoch);
			vouch__cite(finding, VOUCH_C_HOLDER, VOUCH_NO_NODE,
				    a->holder);
			vouch__cite(finding, VOUCH_C_HOLDER, VOUCH_NO_NODE,
				    b->holder);
			return;
		}
	}
	(void)vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_GRANTS_AGREE,
			  VOUCH_NO_NODE);
}

/* Rule 130. */
void vouch__adoption_is_proven(struct vouch_scratch *scratch)
{
	struct vouch_finding *finding;

	if (vouch__newest(scratch) == 0) {
		(void)vouch__find(scratch, VOUCH_UNPROVEN, VOUCH_R_NOT_ADOPTED,
				  VOUCH_NO_NODE);
		return;
	}
	finding = vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_ADOPTED,
			      VOUCH_NO_NODE);
	vouch__show(finding, 0, vouch__newest(scratch));
	vouch__cite(finding, VOUCH_C_EPOCH, VOUCH_NO_NODE,
		    vouch__newest(scratch));
}

/*@
  requires Ready(scratch);
  requires Holders(scratch);
  requires AllUntried(scratch);
  requires scratch->holder_count < VOUCH_GRANTS_MAX;
  requires 0 <= view.index < scratch->evidence->grant_count &&
    scratch->evidence->grants[view.index].epoch == epoch;
  requires view.outcome == VOUCH_GRANT_DONE ==> Done(scratch->evidence, epoch);
  assigns SAID(scratch), scratch->holder_count,
    scratch->holders[scratch->holder_count],
    scratch->exclusions[scratch->holder_count];
  ensures Findings(scratch->verdict);
  ensures SAYS_MORE(scratch);
  ensures Derived(scratch);
  ensures scratch->holder_count == \old(scratch->holder_count) + 1;
  ensures Holders(scratch);
  ensures AllUntried(scratch);
  ensures HeldGrant(scratch, \old(scratch->holder_count))->epoch == epoch;
  ensures \forall integer h; 0 <= h < \old(scratch->holder_count) ==>
    scratch->holders[h].grant == \old(scratch->holders[h].grant) &&
    scratch->holders[h].happened == \old(scratch->holders[h].happened) &&
    scratch->exclusions[h].route == \old(scratch->exclusions[h].route) &&
    scratch->exclusions[h].best_finding ==
      \old(scratch->exclusions[h].best_finding);
  ensures Listed(scratch, epoch);
  ensures \forall integer x; Listed{Pre}(scratch, x) ==> Listed(scratch, x);
*/
static void holder_add(struct vouch_scratch *scratch, uint64_t epoch,
		       struct vouch_grant_view view)
{
	struct vouch_holder *holder = &scratch->holders[scratch->holder_count];
	struct vouch_exclusion *exclusion =
		&scratch->exclusions[scratch->holder_count];
	struct vouch_finding *finding;

	holder->grant = (int16_t)view.index;
	holder->happened = view.outcome == VOUCH_GRANT_DONE;
	exclusion->route = VOUCH_ROUTE_NONE;
	exclusion->told = 0;
	exclusion->best_finding = 0;
	scratch->holder_count++;
	/*@ assert \forall integer h; 0 <= h < \at(scratch->holder_count, Pre) ==>
	    scratch->holders[h].grant == \at(scratch->holders[h].grant, Pre) &&
	    scratch->holders[h].happened ==
	      \at(scratch->holders[h].happened, Pre); */
	/*@ assert \forall integer h; 0 <= h < \at(scratch->holder_count, Pre) ==>
	    scratch->exclusions[h].route ==
	      \at(scratch->exclusions[h].route, Pre) &&
	    scratch->exclusions[h].best_finding ==
	      \at(scratch->exclusions[h].best_finding, Pre); */
	/*@ assert HeldGrant(scratch, \at(scratch->holder_count, Pre))->epoch ==
	    epoch; */
	/*@ assert Holder(scratch, \at(scratch->holder_count, Pre)); */
	/*@ assert Holders(scratch); */
	/*@ assert AllUntried(scratch); */
	/*@ assert \forall integer x; Listed{Pre}(scratch, x) ==>
	    Listed(scratch, x); */
	finding = vouch__find(scratch, VOUCH_HOLDS, VOUCH_R_HOLDERS_KNOWN,
			      view.holder);
	vouch__show(finding, 0, epoch);
	vouch__cite(finding, VOUCH_C_EPOCH, VOUCH_NO_NODE, epoch);
	vouch__cite(finding, VOUCH_C_HOLDER, VOUCH_NO_NODE, view.holder);
	vouch__cite(finding, VOUCH_C_GRANT_OUTCOME, VOUCH_NO_NODE,
		    view.outcome);
}

/* How far down the list of those who may hold authority could be made. */
struct listed {
	int known;	/* down to one that took place: it is complete */
	uint64_t epoch; /* otherwise: of which nobody knows the holder */
};

/*@
  requires Ready(scratch) && Nothing(scratch);
  requires Newest(scratch->evidence, NewestOf(scratch));
  assigns SAID(scratch), scratch->holder_count,
    scratch->holders[0 .. VOUCH_GRANTS_MAX - 1],
    scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
  ensures Findings(scratch->verdict);
  ensures Derived(scratch);
  ensures SAYS_MORE(scratch);
  ensures Holders(scratch);
  ensures AllUntried(scratch);
  ensures FirstHolder(scratch);
  ensures \result.known != 0 ==> \forall integer epoch;
    MayHold(scratch->evidence, epoch) ==> Listed(scratch, epoch);
*/
static struct listed holders_list(struct vouch_scratch *scratch)
{
	struct listed listed = { 0, vouch__newest(scratch) };

	/*@
	  loop invariant Findings(scratch->verdict);
	  loop invariant Derived(scratch);
	  loop invariant NewestOf(scratch) == \at(NewestOf(scratch), Pre);
	  loop invariant Holders(scratch);
	  loop invariant AllUntried(scratch);
	  loop invariant SAYS_MORE_SINCE(scratch);
	  loop invariant listed.known == 0;
	  loop invariant listed.epoch <= NewestOf(scratch);
	  loop invariant \forall integer g;
	    0 <= g < scratch->evidence->grant_count &&
	    listed.epoch < scratch->evidence->grants[g].epoch ==>
	    !Done(scratch->evidence, scratch->evidence->grants[g].epoch) &&
	    (Void(scratch->evidence, scratch->evidence->grants[g].epoch) ||
	     Listed(scratch, scratch->evidence->grants[g].epoch));
	  loop invariant scratch->holder_count == 0 ==>
	    NoneSince(scratch->evidence, listed.epoch);
	  loop invariant scratch->holder_count > 0 ==>
	    !Void(scratch->evidence, HeldGrant(scratch, 0)->epoch) &&
	    NoneSince(scratch->evidence, HeldGrant(scratch, 0)->epoch);
	  loop assigns listed, SAID(scratch), scratch->holder_count,
	    scratch->holders[0 .. VOUCH_GRANTS_MAX - 1],
	    scratch->exclusions[0 .. VOUCH_GRANTS_MAX - 1];
	  loop variant listed.epoch;
	*/
	while (listed.epoch > 0 && scratch->holder_count < VOUCH_GRANTS_MAX) {
		struct vouch_grant_view view =
			vouch__grant_of(scratch->evidence, listed.epoch);

		if (!view.known)
			break;
		if (view.outcome != VOUCH_GRANT_VOID)
			holder_add(scratch, listed.epoch, view);
		if (view.outcome == VOUCH_GRANT_DONE) {
			listed.known = 1;
			break;
		}
		listed.epoch = vouch__epoch_below(scratch->evidence,
						  listed.epoch);
	}
	return listed;
}

/*@
  requires Ready(scratch) && Holders(scratch) && AllUntried(scratch) &&
    FirstHolder(scratch);
  requires \forall integer epoch;
    MayHold(scratch->evidence, epoch) ==> Listed(scratch, epoch);
  assigns scratch->holders_known;
  ensures Ready(scratch);
  ensures Holders(scratch);
  ensures AllUntried(scratch);
  ensures FirstHolder(scratch);
  ensures AllHeld(scratch);
*/
static void list_is_complete(struct vouch_scratch *scratch)
{
	scratch->holders_known = 1;
	/*@ assert scratch->holder_count == \at(scratch->holder_count, Pre); */
	/*@ assert \forall integer h; 0 <= h < VOUCH_GRANTS_MAX ==>
	    HeldGrant(scratch, h) == HeldGrant{Pre}(scratch, h); */
	/*@ assert \forall integer epoch;
	    Listed{Pre}(scratch, epoch) ==> Listed(scratch, epoch); */
}

/* Rule 310. The newest grant's holder; while nobody knows whether that
 * promotion happened, the holder before it as well, and so on down. A grant
 * that its own holder declared void never gave authority to anybody. */
void vouch__holders_are_proven(struct vouch_scratch *scratch)
{
	struct listed listed = holders_list(scratch);
	struct vouch_finding *finding;

	if (listed.known) {
		list_is_complete(scratch);
		return;
	}
	finding = vouch__find(scratch, VOUCH_UNPROVEN, VOUCH_R_HOLDER_UNKNOWN,
			      VOUCH_NO_NODE);
	vouch__show(finding, 0, listed.epoch);
}
