/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/holding.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What all sources together say of one epoch: that it happened, that it did not,
 * or neither, in this order. */
static enum vouch_grant_outcome outcome_of(const struct vouch_cluster_grant *grants,
					   uint32_t count, uint64_t epoch)
{
	enum vouch_grant_outcome outcome = VOUCH_GRANT_OPEN;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (grants[i].epoch != epoch)
			continue;
		if (vouch__cluster_grant_happened(&grants[i]))
			return VOUCH_GRANT_DONE;
		if (grants[i].outcome == VOUCH_GRANT_VOID)
			outcome = VOUCH_GRANT_VOID;
	}
	return outcome;
}

/* A grant that came to nothing gave authority to nobody. */
static const struct vouch_cluster_grant *
newest_not_void(const struct vouch_cluster_grant *grants, uint32_t count)
{
	const struct vouch_cluster_grant *newest = NULL;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if ((!newest || grants[i].epoch > newest->epoch) &&
		    outcome_of(grants, count, grants[i].epoch) !=
			    VOUCH_GRANT_VOID)
			newest = &grants[i];
	}
	return newest;
}

static int is_writable(const struct vouch_probe *probe)
{
	return probe->condition == VOUCH_PRESENT &&
	       probe->in_recovery == VOUCH_NO;
}

static void held_tell(const char *name, const struct vouch_probe *probe,
		      const struct vouch_cluster_grant *grant,
		      struct vouch_holding *holding)
{
	if (strcmp(name, grant->holder) != 0 || probe->epoch > grant->epoch ||
	    strcmp(probe->incarnation, grant->incarnation) != 0) {
		holding->kind = VOUCH_HOLDING_CONTRADICTED;
		(void)snprintf(holding->text, sizeof(holding->text),
			       "contradiction (P6-A1): %s answers as writable in "
			       "epoch %" PRIu64 ", but epoch %" PRIu64
			       " was granted to %s; stop one of them",
			       name, probe->epoch, grant->epoch, grant->holder);
		return;
	}
	holding->kind = VOUCH_HOLDING_HELD;
	(void)snprintf(holding->holder, VOUCH_NAME_SIZE, "%s", name);
	holding->epoch = grant->epoch;
	(void)snprintf(holding->text, sizeof(holding->text),
		       "%s holds authority since epoch %" PRIu64
		       ", and answers as writable%s",
		       name, grant->epoch,
		       probe->epoch == grant->epoch ?
			       "" :
			       "; the epoch's row is not in its log yet");
}

static void none_writable_tell(const struct vouch_cluster_grant *grant,
			       enum vouch_grant_outcome outcome,
			       const struct vouch_probe *holder,
			       struct vouch_holding *holding)
{
	const char *how = outcome == VOUCH_GRANT_DONE ?
				  "holds it by record" :
				  "was granted it, and how that ended is not "
				  "known";

	if (holder && holder->condition == VOUCH_PRESENT &&
	    holder->in_recovery == VOUCH_YES) {
		holding->kind = VOUCH_HOLDING_NOBODY;
		(void)snprintf(holding->text, sizeof(holding->text),
			       "nobody holds authority: epoch %" PRIu64
			       " was %s's, which answers as a standby; request "
			       "a promotion",
			       grant->epoch, grant->holder);
		return;
	}
	(void)snprintf(holding->text, sizeof(holding->text),
		       "nobody is seen to hold authority: of epoch %" PRIu64
		       ", %s %s, and it does not answer (no proof that it "
		       "cannot write)",
		       grant->epoch, grant->holder, how);
}

static const struct vouch_probe *probe_of(const struct vouch_config *config,
					  const struct vouch_probe *probes,
					  const char *name)
{
	uint32_t i;

	for (i = 0; i < config->member_count; i++) {
		if (strcmp(config->members[i].name, name) == 0)
			return &probes[i];
	}
	return NULL;
}

void vouch__holding_tell(const struct vouch_config *config,
			 const struct vouch_cluster_grant *grants,
			 uint32_t count, const struct vouch_probe *probes,
			 struct vouch_holding *holding)
{
	const struct vouch_cluster_grant *grant = newest_not_void(grants, count);
	uint32_t i, writable = 0, at = 0;

	memset(holding, 0, sizeof(*holding));
	for (i = 0; i < config->member_count; i++) {
		if (is_writable(&probes[i])) {
			writable++;
			at = i;
		}
	}
	if (!grant) {
		holding->kind = VOUCH_HOLDING_NOBODY;
		(void)snprintf(holding->text, sizeof(holding->text),
			       "nobody holds authority: none is on record; run "
			       "'vouch adopt' on the primary");
	} else if (writable > 1) {
		holding->kind = VOUCH_HOLDING_CONTRADICTED;
		(void)snprintf(holding->text, sizeof(holding->text),
			       "contradiction (P6-A1): %u members answer as "
			       "writable; epoch %" PRIu64
			       " was granted to %s, stop the others",
			       writable, grant->epoch, grant->holder);
	} else if (writable == 1) {
		held_tell(config->members[at].name, &probes[at], grant, holding);
	} else {
		none_writable_tell(grant,
				   outcome_of(grants, count, grant->epoch),
				   probe_of(config, probes, grant->holder),
				   holding);
	}
}
