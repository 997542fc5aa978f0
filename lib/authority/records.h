/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the journal says of grants, seals and fencing, as facts; and the way
 * back. The JSON of each record type is described beside its writer. */
#ifndef VOUCH_AUTHORITY_RECORDS_H
#define VOUCH_AUTHORITY_RECORDS_H

#include "authority/journal.h"
#include "cluster/cluster.h"

/* {"epoch", "holder", "incarnation", "request", "outcome": open|done|void|disowned,
 *  "method": any|first, "k", "members": [...]} */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__record_grant(struct vouch_journal *journal,
		    const struct vouch_cluster_grant *grant,
		    struct vouch_error *error);

/* The newest record of each of the newest epochs, at most *count (in: room),
 * newest epoch first. A record that makes no sense is an error: a grant must
 * not be overlooked. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__records_grants(struct vouch_journal *journal,
		      struct vouch_cluster_grant *grants, uint32_t *count,
		      struct vouch_error *error);

/* Journals every grant that the cluster names and the journal does not have in
 * that outcome. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__records_follow(struct vouch_journal *journal,
		      const struct vouch_cluster_grant *grants, uint32_t count,
		      struct vouch_error *error);

/* {"epoch", "holder", "watchdog": yes|no|unknown, "ids": [...], "before": [...]}:
 * the fencing history while the holder was seen, live, to hold the epoch, and
 * whether a watchdog's timer could stand for a machine then. "before": what the
 * snapshot that it replaces had of this epoch and the fencer does not tell any
 * more. Nothing is written where nothing changed. The state directory must be
 * locked: of two writers neither must lose what the other one saw (P6-A1). */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__record_snapshot(struct vouch_journal *journal, uint64_t epoch,
		       const char *holder,
		       const struct vouch_fencing_list *history,
		       struct vouch_error *error);

/* The same snapshot, with "watchdog" yes where it was no: a timer could stand for
 * a machine since. Locked as above. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__record_watchdog(struct vouch_journal *journal, struct vouch_error *error);

struct vouch_snapshot {
	uint64_t epoch; /* 0: none on record */
	char holder[VOUCH_NAME_SIZE];
	enum vouch_answer watchdog;
	/* Arrays of strings; release below. */
	struct json_object *ids;
	struct json_object *before;
};
VOUCH_MUST_CHECK enum vouch_error_code
vouch__records_snapshot(struct vouch_journal *journal,
			struct vouch_snapshot *snapshot,
			struct vouch_error *error);
int vouch__snapshot_has(const struct vouch_snapshot *snapshot, const char *id);
/* Who carried out an entry that came after the snapshot. Nothing in it tells a timer
 * from a device, so it was a machine only where no timer was possible both then
 * and now (P6-A1): the property is not set back in time by deleting it. */
enum vouch_executor
vouch__snapshot_executor(const struct vouch_snapshot *snapshot,
			 const struct vouch_fencing_list *history, uint32_t at);
void vouch__snapshot_release(struct vouch_snapshot *snapshot);

/* {"node", "epoch", "incarnation", "timeline", "lsn", "crc"} */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__record_seal(struct vouch_journal *journal,
		   const struct vouch_cluster_seal *seal,
		   struct vouch_error *error);
/* VOUCH_E_NOT_FOUND when there is none. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__records_seal(struct vouch_journal *journal,
		    struct vouch_cluster_seal *seal, struct vouch_error *error);

#endif
