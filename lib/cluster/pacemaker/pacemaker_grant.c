/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Grants in the cluster's configuration.
 *
 * A claim creates an element. Updates of the CIB reach every node through
 * Corosync's totally ordered messages, and each CIB manager applies them in that
 * order, the creator's own included: of two that create the same id, the first
 * in that order succeeds everywhere, and the other's creator is told EEXIST by
 * its own manager. The claim then counts only once the DC's CIB shows it, which
 * is the copy that stands when the partition's copies are reconciled.
 *
 * When partitions join, the copy that stands is the one with the highest
 * (admin_epoch, epoch, num_updates), and nobody asks which of them had quorum: a
 * node that was cut off, and whose configuration somebody changed a few times,
 * would take the others' grants away (P6-A1). So a claim, once the DC has it,
 * raises admin_epoch, over whatever number of changes is made elsewhere, and only
 * counts when the DC's copy shows that, too, and still has quorum. The same is done
 * when an epoch is disowned, or a seal is broken (P6-S1); the other ends of a grant
 * only ever make others less careful, so that they may be lost. Without quorum nothing is raised.
 *
 * The number is read from a copy that has the record: whoever else raises it
 * meanwhile does so after the record as well. Cut off between the two, the claim is
 * open and nobody was promoted. What this does not bound: whoever raises admin_epoch
 * by hand in a part without quorum, and a claim whose partition falls apart in the
 * moment between that reading and the raise, which then fails, but leaves a part
 * without quorum at the same number as the next claim. With two_node both halves have
 * quorum: who asks looks at the membership right before the claim (recheck.h), and a
 * split in the moment between the two is not bounded either.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/pacemaker/cib_link.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_records.h"
#include "cluster/pacemaker/cib_xml.h"
#include "cluster/pacemaker/generation.h"
#include "cluster/pacemaker/pacemaker.h"
#include "cluster/pacemaker/worker.h"
#include "common/error.h"

struct grants_slip {
	uint32_t count;
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
};

static void slip_reset(struct grants_slip *slip)
{
	memset(slip, 0, sizeof(*slip));
	slip->count = VOUCH_GRANTS_MAX;
}

/* --- observing ------------------------------------------------------------ */

static enum vouch_error_code slip_read(struct vouch_cib_link *link,
				       const char *name, struct grants_slip *slip,
				       struct vouch_error *error)
{
	enum vouch_error_code code;
	xmlNode *cib;

	code = vouch__cib_query(link, NULL, &cib, error);
	if (code != VOUCH_OK)
		return code;
	slip_reset(slip);
	code = vouch__cib_grants_read(cib, name, slip->grants, &slip->count,
				      error);
	vouch__cib_release(cib);
	return code;
}

static enum vouch_error_code grants_work(const void *input, void *output,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	const struct vouch_cluster *cluster = input;
	struct vouch_cib_link *link;
	enum vouch_error_code code;

	code = vouch__cib_connect(0, deadline, &link, error);
	if (code != VOUCH_OK)
		return code;
	code = slip_read(link, cluster->name, output, error);
	vouch__cib_disconnect(link);
	return code;
}

enum vouch_error_code vouch__pacemaker_grants(struct vouch_cluster *cluster,
					      struct vouch_deadline deadline,
					      struct vouch_cluster_grant *grants,
					      uint32_t *count,
					      struct vouch_error *error)
{
	struct grants_slip *slip = calloc(1, sizeof(*slip));
	enum vouch_error_code code;

	if (!slip)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__worker_run(grants_work, "reading the grants on record",
				 cluster, slip, sizeof(*slip), deadline, error);
	if (code == VOUCH_OK && slip->count > *count)
		code = vouch__error_set(error, VOUCH_E_LIMIT,
					"the cluster's configuration holds %u "
					"grants, more than can be used",
					slip->count);
	if (code == VOUCH_OK) {
		memcpy(grants, slip->grants, slip->count * sizeof(*grants));
		*count = slip->count;
	}
	free(slip);
	return code;
}

/* --- removing --------------------------------------------------------------- */

static int grant_remove(const struct vouch_cluster *cluster,
			struct vouch_cib_link *link, uint64_t epoch)
{
	char id[VOUCH_RECORD_ID_SIZE];
	struct vouch_error ignored;
	xmlNode *set;
	int removed;

	vouch__grant_id(cluster->name, epoch, id);
	set = vouch__record_element(id, NULL);
	if (!set)
		return 0;
	removed = vouch__cib_remove(link, set, &ignored) == VOUCH_OK;
	xmlFreeDoc(set->doc);
	return removed;
}

static const struct vouch_cluster_grant *
epoch_of(const struct grants_slip *slip, uint64_t epoch)
{
	uint32_t i;

	for (i = 0; i < slip->count; i++) {
		if (slip->grants[i].epoch == epoch)
			return &slip->grants[i];
	}
	return NULL;
}

/* --- the coordinator's copy ---------------------------------------------------- */

/* The coordinator's copy: what is on record there, and the number of it. */
static enum vouch_error_code copy_read(struct vouch_cib_link *link, const char *dc,
				       const char *name, struct grants_slip *slip,
				       uint64_t *generation,
				       struct vouch_error *error)
{
	struct vouch_view view = { .quorate = VOUCH_YES };
	enum vouch_error_code code;
	xmlNode *cib;

	code = vouch__cib_query(link, dc, &cib, error);
	if (code != VOUCH_OK)
		return code;
	slip_reset(slip);
	code = vouch__cib_view_read(cib, &view, error);
	if (code == VOUCH_OK)
		code = vouch__cib_grants_read(cib, name, slip->grants,
					      &slip->count, error);
	vouch__cib_release(cib);
	if (code == VOUCH_OK && view.quorate != VOUCH_YES)
		code = vouch__error_set(error, VOUCH_E_CLUSTER,
					"the partition of the coordinator %s has "
					"no quorum",
					dc);
	*generation = view.cib_admin_epoch;
	return code;
}

/* --- claiming ------------------------------------------------------------- */

struct claim {
	const struct vouch_cluster *cluster;
	struct vouch_cluster_grant grant; /* outcome OPEN */
};

static int is_same_claim(const struct vouch_cluster_grant *a,
			 const struct vouch_cluster_grant *b)
{
	char left[VOUCH_RECORD_SIZE];
	char right[VOUCH_RECORD_SIZE];

	return vouch__grant_encode(a, left, NULL) == VOUCH_OK &&
	       vouch__grant_encode(b, right, NULL) == VOUCH_OK &&
	       strcmp(left, right) == 0;
}

static enum vouch_error_code taken(const struct vouch_cluster_grant *by,
				   struct vouch_error *error)
{
	return vouch__error_set(error, VOUCH_E_CONFLICT,
				"epoch %" PRIu64 " was granted to %s already, by "
				"request %s; nothing was changed",
				by->epoch, by->holder, by->request_id);
}

/* Everything that stands against the claim, before anything is changed. What this
 * very claim left when it was cut off does not: an adoption is typed again. */
static enum vouch_error_code claim_precheck(const struct claim *claim,
					    const xmlNode *cib,
					    char dc[VOUCH_NAME_SIZE], int *is_there,
					    struct vouch_error *error)
{
	static struct grants_slip slip; /* a worker does one thing once */
	struct vouch_view view = { .quorate = VOUCH_YES };
	enum vouch_error_code code;

	code = vouch__cib_view_read(cib, &view, error);
	if (code != VOUCH_OK)
		return code;
	if (view.quorate != VOUCH_YES)
		return vouch__error_set(error, VOUCH_E_STATE,
					"this partition has no quorum; the epoch "
					"was not claimed");
	if (!view.dc[0])
		return vouch__error_set(error, VOUCH_E_STATE,
					"the cluster has no coordinator (DC) "
					"right now; the epoch was not claimed");
	if (view.cib_admin_epoch >= VOUCH_GENERATION_MAX)
		return vouch__error_set(error, VOUCH_E_LIMIT,
					"the configuration's admin_epoch is %" PRIu64
					", which Pacemaker cannot raise any more; "
					"the epoch was not claimed",
					view.cib_admin_epoch);
	memcpy(dc, view.dc, VOUCH_NAME_SIZE);
	slip_reset(&slip);
	code = vouch__cib_grants_read(cib, claim->cluster->name, slip.grants,
				      &slip.count, error);
	if (code != VOUCH_OK)
		return code;
	*is_there = slip.count > 0 &&
		    is_same_claim(&slip.grants[slip.count - 1], &claim->grant);
	if (*is_there)
		return VOUCH_OK;
	if (slip.count > 0 &&
	    slip.grants[slip.count - 1].epoch >= claim->grant.epoch)
		return taken(&slip.grants[slip.count - 1], error);
	if (slip.count >= VOUCH_GRANTS_MAX)
		return vouch__error_set(
			error, VOUCH_E_LIMIT,
			"the cluster's configuration holds %u grants already, "
			"%u of them count at most; the epoch was not claimed",
			slip.count, (unsigned)VOUCH_GRANTS_MAX);
	return VOUCH_OK;
}

static enum vouch_error_code claim_confirm(const void *what,
					   struct vouch_cib_link *link,
					   const char *dc, uint64_t *generation,
					   struct vouch_error *error)
{
	static struct grants_slip slip;
	const struct claim *claim = what;
	const struct vouch_cluster_grant *found;
	enum vouch_error_code code = copy_read(link, dc, claim->cluster->name,
					       &slip, generation, error);

	if (code != VOUCH_OK)
		return code;
	found = epoch_of(&slip, claim->grant.epoch);
	if (!found)
		return vouch__error_set(error, VOUCH_E_CLUSTER,
					"the coordinator %s does not have it", dc);
	if (!is_same_claim(found, &claim->grant))
		return taken(found, error);
	if (slip.grants[slip.count - 1].epoch != claim->grant.epoch)
		return taken(&slip.grants[slip.count - 1], error);
	return VOUCH_OK;
}

/* Who was first, for people; the answer is the same without it. */
static enum vouch_error_code conflict_tell(const struct claim *claim,
					   struct vouch_cib_link *link,
					   struct vouch_error *error)
{
	static struct grants_slip slip;
	const struct vouch_cluster_grant *found;
	struct vouch_error ignored;

	if (slip_read(link, claim->cluster->name, &slip, &ignored) != VOUCH_OK)
		return VOUCH_E_CONFLICT;
	found = epoch_of(&slip, claim->grant.epoch);
	return found ? taken(found, error) : VOUCH_E_CONFLICT;
}

static enum vouch_error_code uncertain(const struct claim *claim,
				       struct vouch_error *error)
{
	return vouch__error_prefix(error,
				   "whether epoch %" PRIu64 " was claimed is "
				   "not certain, so its number is used up",
				   claim->grant.epoch);
}

static enum vouch_error_code claim_create(const struct claim *claim,
					  struct vouch_cib_link *link,
					  struct vouch_error *error)
{
	char id[VOUCH_RECORD_ID_SIZE];
	char text[VOUCH_RECORD_SIZE];
	enum vouch_error_code code;
	xmlNode *set;

	code = vouch__grant_encode(&claim->grant, text, error);
	if (code != VOUCH_OK)
		return code;
	vouch__grant_id(claim->cluster->name, claim->grant.epoch, id);
	set = vouch__record_element(id, text);
	if (!set)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__cib_create(link, set, error);
	xmlFreeDoc(set->doc);
	return code == VOUCH_E_CONFLICT ? conflict_tell(claim, link, error) : code;
}

/* From the first change on it is not certain what the others see. */
static enum vouch_error_code claim_make(const struct claim *claim,
					struct vouch_cib_link *link,
					const char *dc, int is_there,
					struct vouch_error *error)
{
	enum vouch_error_code code =
		is_there ? VOUCH_OK : claim_create(claim, link, error);

	if (code == VOUCH_OK)
		code = vouch__generation_raise(claim_confirm, claim, link, dc,
					       error);
	if (code == VOUCH_OK || code == VOUCH_E_CONFLICT)
		return code;
	return code == VOUCH_E_TIMEOUT ? code : uncertain(claim, error);
}

/* What came to nothing and is passed over is needed by nobody: the claim, which
 * the coordinator has, says what it was (P6-A1). Otherwise promotions that come to
 * nothing would fill the table until none could be granted any more. What cannot
 * be removed now, the next claim removes. */
static void passed_over_remove(const struct claim *claim,
			       struct vouch_cib_link *link)
{
	static struct grants_slip slip;
	struct vouch_error ignored;
	uint32_t i;

	if (claim->grant.follows == 0 ||
	    slip_read(link, claim->cluster->name, &slip, &ignored) != VOUCH_OK ||
	    !epoch_of(&slip, claim->grant.epoch))
		return;
	for (i = 0; i < slip.count; i++) {
		if (slip.grants[i].outcome == VOUCH_GRANT_VOID &&
		    slip.grants[i].epoch > claim->grant.follows &&
		    slip.grants[i].epoch < claim->grant.epoch &&
		    !grant_remove(claim->cluster, link, slip.grants[i].epoch))
			return;
	}
}

static enum vouch_error_code claim_work(const void *input, void *output,
					struct vouch_deadline deadline,
					struct vouch_error *error)
{
	const struct claim *claim = input;
	char dc[VOUCH_NAME_SIZE];
	struct vouch_cib_link *link;
	enum vouch_error_code code;
	int is_there = 0;
	xmlNode *cib;

	(void)output;
	code = vouch__cib_connect(1, deadline, &link, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__cib_query(link, NULL, &cib, error);
	if (code == VOUCH_OK) {
		code = claim_precheck(claim, cib, dc, &is_there, error);
		vouch__cib_release(cib);
	}
	if (code == VOUCH_OK)
		code = claim_make(claim, link, dc, is_there, error);
	if (code == VOUCH_OK)
		passed_over_remove(claim, link);
	vouch__cib_disconnect(link);
	return code;
}

enum vouch_error_code
vouch__pacemaker_grant_claim(struct vouch_cluster *cluster,
			     struct vouch_deadline deadline,
			     const struct vouch_cluster_grant *grant,
			     struct vouch_error *error)
{
	struct claim claim = { .cluster = cluster, .grant = *grant };
	char text[VOUCH_RECORD_SIZE];
	enum vouch_error_code code;

	claim.grant.outcome = VOUCH_GRANT_OPEN;
	code = vouch__grant_encode(&claim.grant, text, error);
	if (code != VOUCH_OK)
		return code;
	if (strcmp(grant->holder, cluster->node) != 0)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"only %s itself can claim an epoch for "
					"%s",
					grant->holder, grant->holder);
	code = vouch__worker_run(claim_work, "claiming the epoch", &claim, NULL,
				 0, deadline, error);
	if (code == VOUCH_E_TIMEOUT)
		(void)uncertain(&claim, error);
	return code;
}

/* --- closing -------------------------------------------------------------- */

struct closing {
	const struct vouch_cluster *cluster;
	uint64_t epoch;
	enum vouch_grant_outcome outcome;
	uint64_t keep_from;
};

static enum vouch_error_code grant_rewrite(const struct closing *closing,
					   struct vouch_cib_link *link,
					   struct vouch_cluster_grant *grant,
					   struct vouch_error *error)
{
	char id[VOUCH_RECORD_ID_SIZE];
	char text[VOUCH_RECORD_SIZE];
	enum vouch_error_code code;
	xmlNode *set;

	grant->outcome = closing->outcome;
	code = vouch__grant_encode(grant, text, error);
	if (code != VOUCH_OK)
		return code;
	vouch__grant_id(closing->cluster->name, grant->epoch, id);
	set = vouch__record_element(id, text);
	if (!set)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__cib_modify(link, set, 0, error);
	xmlFreeDoc(set->doc);
	return code;
}

/* A promotion that happened may turn out to have run without its contract, and
 * that is the last that is said of it (P6-S1). */
static int is_disowning(const struct closing *closing,
			const struct vouch_cluster_grant *found)
{
	return closing->outcome == VOUCH_GRANT_DISOWNED &&
	       found->outcome == VOUCH_GRANT_DONE;
}

static int is_disowned_since(const struct closing *closing,
			     const struct vouch_cluster_grant *found)
{
	return closing->outcome == VOUCH_GRANT_DONE &&
	       found->outcome == VOUCH_GRANT_DISOWNED;
}

static enum vouch_error_code disowned_confirm(const void *what,
					      struct vouch_cib_link *link,
					      const char *dc, uint64_t *generation,
					      struct vouch_error *error)
{
	static struct grants_slip slip;
	const struct closing *closing = what;
	const struct vouch_cluster_grant *found;
	enum vouch_error_code code = copy_read(link, dc, closing->cluster->name,
					       &slip, generation, error);

	if (code != VOUCH_OK)
		return code;
	found = epoch_of(&slip, closing->epoch);
	if (!found || found->outcome != VOUCH_GRANT_DISOWNED)
		return vouch__error_set(error, VOUCH_E_CLUSTER,
					"the coordinator %s does not have it", dc);
	return VOUCH_OK;
}

/* The record stands here in any case; whether it stands against what others
 * configure elsewhere is the question. */
static enum vouch_error_code disowned_raise(const struct closing *closing,
					    struct vouch_cib_link *link,
					    struct vouch_error *error)
{
	char dc[VOUCH_NAME_SIZE];
	enum vouch_error_code code = vouch__generation_dc(link, dc, error);

	if (code == VOUCH_OK)
		code = vouch__generation_raise(disowned_confirm, closing, link,
					       dc, error);
	return code == VOUCH_OK ?
		       code :
		       vouch__error_prefix(error,
					   "that epoch %" PRIu64 " is disowned is "
					   "on record here, but another part of "
					   "the cluster may overrule it",
					   closing->epoch);
}

static enum vouch_error_code grant_end(const struct closing *closing,
				       struct vouch_cib_link *link,
				       const struct vouch_cluster_grant *found,
				       struct vouch_error *error)
{
	struct vouch_cluster_grant grant;
	enum vouch_error_code code;

	if (!found)
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"the cluster's configuration has no "
					"grant of epoch %" PRIu64,
					closing->epoch);
	if (strcmp(found->holder, closing->cluster->node) != 0)
		return vouch__error_set(error, VOUCH_E_STATE,
					"epoch %" PRIu64 " was granted to %s; "
					"only that node can say how it ended",
					found->epoch, found->holder);
	/* Said once more: that no older copy of the configuration overrules it may have
	 * failed the time before. */
	if (found->outcome == closing->outcome &&
	    closing->outcome == VOUCH_GRANT_DISOWNED)
		return disowned_raise(closing, link, error);
	if (found->outcome == closing->outcome || is_disowned_since(closing, found))
		return VOUCH_OK;
	if (found->outcome != VOUCH_GRANT_OPEN && !is_disowning(closing, found))
		return vouch__error_set(error, VOUCH_E_STATE,
					"how epoch %" PRIu64 " ended is on "
					"record already, and it is another end",
					found->epoch);
	grant = *found;
	code = grant_rewrite(closing, link, &grant, error);
	return code == VOUCH_OK && closing->outcome == VOUCH_GRANT_DISOWNED ?
		       disowned_raise(closing, link, error) :
		       code;
}

/* Whoever has the row of a disowned epoch, and none since, is stopped by its
 * record; or, once the grant after it is gone, by that gap. `next`: the first
 * record after it, if there is one; records ascend. */
static int is_still_needed(const struct vouch_cluster_grant *grant,
			   const struct vouch_cluster_grant *next)
{
	return grant->outcome == VOUCH_GRANT_DISOWNED &&
	       (!next || next->epoch == grant->epoch + 1 ||
		(next->follows != 0 && next->follows <= grant->epoch));
}

/* Housekeeping: an old grant that stays does no harm. */
static void old_grants_remove(const struct closing *closing,
			      struct vouch_cib_link *link,
			      const struct grants_slip *slip)
{
	uint32_t i;

	for (i = 0; i < slip->count; i++) {
		if (slip->grants[i].epoch < closing->keep_from &&
		    slip->grants[i].epoch < closing->epoch &&
		    !is_still_needed(&slip->grants[i],
				     i + 1 < slip->count ? &slip->grants[i + 1] :
							   NULL) &&
		    !grant_remove(closing->cluster, link,
				  slip->grants[i].epoch))
			return;
	}
}

static enum vouch_error_code closing_work(const void *input, void *output,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	static struct grants_slip slip;
	const struct closing *closing = input;
	struct vouch_cib_link *link;
	enum vouch_error_code code;

	(void)output;
	code = vouch__cib_connect(1, deadline, &link, error);
	if (code != VOUCH_OK)
		return code;
	code = slip_read(link, closing->cluster->name, &slip, error);
	if (code == VOUCH_OK)
		code = grant_end(closing, link, epoch_of(&slip, closing->epoch),
				 error);
	if (code == VOUCH_OK && closing->outcome == VOUCH_GRANT_DONE)
		old_grants_remove(closing, link, &slip);
	vouch__cib_disconnect(link);
	return code;
}

enum vouch_error_code
vouch__pacemaker_grant_close(struct vouch_cluster *cluster,
			     struct vouch_deadline deadline, uint64_t epoch,
			     enum vouch_grant_outcome outcome,
			     uint64_t keep_from, struct vouch_error *error)
{
	struct closing closing = {
		.cluster = cluster,
		.epoch = epoch,
		.outcome = outcome,
		.keep_from = keep_from,
	};

	if (outcome != VOUCH_GRANT_DONE && outcome != VOUCH_GRANT_VOID &&
	    outcome != VOUCH_GRANT_DISOWNED)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"a grant ends as done, void or disowned");
	return vouch__worker_run(closing_work, "recording how the epoch's "
					       "promotion ended",
				 &closing, NULL, 0, deadline, error);
}
