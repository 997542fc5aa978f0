/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/standing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "authority/records.h"
#include "common/privilege.h"

const char *vouch__marker_verdict_name(enum vouch_marker_verdict verdict)
{
	switch (verdict) {
#define VOUCH_MARKER_VERDICT_CASE(name, text)                                  \
	case VOUCH_MARKER_##name:                                              \
		return text;
		VOUCH_MARKER_VERDICTS(VOUCH_MARKER_VERDICT_CASE)
#undef VOUCH_MARKER_VERDICT_CASE
	case VOUCH_MARKER_VERDICT_COUNT:
	default:
		return "unknown";
	}
}

enum vouch_marker_verdict
vouch__marker_judge(const struct vouch_config *config,
		    const struct vouch_marker *marker,
		    const struct vouch_witness *witness)
{
	if (marker->epoch == 0)
		return VOUCH_MARKER_UNKNOWN;
	if (strcmp(marker->cluster, config->name) != 0)
		return VOUCH_MARKER_OTHER_CLUSTER;
	if (strcmp(marker->node, config->node) != 0)
		return VOUCH_MARKER_OTHER_NODE;
	if (witness->system_id != 0 && marker->system_id != witness->system_id)
		return VOUCH_MARKER_OTHER_SYSTEM;
	if (witness->incarnation[0] != '\0' &&
	    strcmp(marker->incarnation, witness->incarnation) != 0)
		return VOUCH_MARKER_OTHER_INCARNATION;
	if (marker->epoch < witness->journal_epoch)
		return VOUCH_MARKER_OLDER_THAN_JOURNAL;
	if (marker->epoch < witness->log_epoch)
		return VOUCH_MARKER_OLDER_THAN_LOG;
	if (marker->epoch < witness->cluster_epoch)
		return VOUCH_MARKER_OLDER_THAN_CLUSTER;
	if (marker->epoch < witness->peer_epoch)
		return VOUCH_MARKER_OLDER_THAN_PEER;
	return VOUCH_MARKER_ACCEPTED;
}

/* A void grant gave authority to nobody; one that is open may have (P6-A1). */
static uint64_t newest_of(const struct vouch_cluster_grant *grants,
			  uint32_t count)
{
	uint64_t newest = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (grants[i].outcome != VOUCH_GRANT_VOID &&
		    grants[i].epoch > newest)
			newest = grants[i].epoch;
	}
	return newest;
}

enum vouch_error_code vouch__witness_journal(struct vouch_journal *journal,
					     struct vouch_witness *witness,
					     struct vouch_error *error)
{
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;

	code = vouch__records_grants(journal, grants, &count, error);
	if (code == VOUCH_OK)
		witness->journal_epoch = newest_of(grants, count);
	return code;
}

enum vouch_error_code vouch__witness_cluster(struct vouch_context *context,
					     struct vouch_deadline deadline,
					     struct vouch_witness *witness,
					     struct vouch_error *error)
{
	struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX;
	struct vouch_error ignored = { 0 };
	enum vouch_error_code code;

	if (!context->cluster)
		return VOUCH_OK;
	code = vouch__privilege_raise(error);
	if (code != VOUCH_OK)
		return code;
	code = context->cluster_ops->grants_observe(context->cluster, deadline,
						    grants, &count, error);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return vouch__error_set(error, VOUCH_E_PERMISSION, "%s",
					ignored.text);
	if (code == VOUCH_OK)
		witness->cluster_epoch = newest_of(grants, count);
	return code;
}

void vouch__witness_probe(const char *peer, const struct vouch_probe *probe,
			  struct vouch_witness *witness)
{
	if (probe->condition != VOUCH_PRESENT ||
	    probe->epoch <= witness->peer_epoch)
		return;
	witness->peer_epoch = probe->epoch;
	(void)snprintf(witness->peer, VOUCH_NAME_SIZE, "%s", peer);
}

/* Who shows a newer epoch; 0 where the marker is refused for another reason. */
static uint64_t newer_epoch(const struct vouch_witness *witness,
			    enum vouch_marker_verdict verdict, const char **who)
{
	const struct {
		enum vouch_marker_verdict verdict;
		const char *who;
		uint64_t epoch;
	} rows[] = {
		{ VOUCH_MARKER_OLDER_THAN_JOURNAL, "this node's own journal",
		  witness->journal_epoch },
		{ VOUCH_MARKER_OLDER_THAN_LOG, "the database's log",
		  witness->log_epoch },
		{ VOUCH_MARKER_OLDER_THAN_CLUSTER, "the cluster",
		  witness->cluster_epoch },
		{ VOUCH_MARKER_OLDER_THAN_PEER, witness->peer,
		  witness->peer_epoch },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].verdict == verdict) {
			*who = rows[i].who;
			return rows[i].epoch;
		}
	}
	return 0;
}

static void refused_tell(const struct vouch_marker *marker,
			 const struct vouch_witness *witness,
			 struct vouch_standing *standing)
{
	const char *who = "";
	uint64_t epoch = newer_epoch(witness, standing->verdict, &who);
	int used;

	used = snprintf(standing->text, sizeof(standing->text),
			"no authority: the marker of epoch %" PRIu64
			" is refused (%s, P6-A1)",
			marker->epoch,
			vouch__marker_verdict_name(standing->verdict));
	if (epoch != 0)
		(void)snprintf(standing->text + used,
			       sizeof(standing->text) - (size_t)used,
			       ": %s shows epoch %" PRIu64, who, epoch);
}

static void held_tell(const struct vouch_config *config,
		      const struct vouch_marker *marker,
		      struct vouch_standing *standing)
{
	standing->epoch = marker->epoch;
	standing->timeline = marker->timeline;
	if (marker->timeline == 0) {
		standing->hold = VOUCH_HOLD_UNVERIFIED;
		(void)snprintf(standing->text, sizeof(standing->text),
			       "epoch %" PRIu64 " was granted to %s; whether the "
			       "promotion happened is told by the server's "
			       "timeline at the next start (P6-F2)",
			       marker->epoch, config->node);
		return;
	}
	standing->hold = VOUCH_HOLD_HELD;
	(void)snprintf(standing->text, sizeof(standing->text),
		       "%s holds epoch %" PRIu64 ", on timeline %u since %" PRIX64
		       "/%" PRIX64,
		       config->node, marker->epoch, marker->timeline,
		       marker->start_lsn >> 32, marker->start_lsn & 0xffffffffu);
}

static void unread_tell(const struct vouch_config *config,
			const struct vouch_error *error,
			struct vouch_standing *standing)
{
	if (error->code == VOUCH_E_NOT_FOUND) {
		standing->hold = VOUCH_HOLD_NOT;
		(void)snprintf(standing->text, sizeof(standing->text),
			       "no authority: %s has no marker", config->node);
		return;
	}
	standing->hold = error->code == VOUCH_E_CONFLICT ||
					 error->code == VOUCH_E_CORRUPT ?
				 VOUCH_HOLD_REFUSED :
				 VOUCH_HOLD_UNKNOWN;
	(void)snprintf(standing->text, sizeof(standing->text),
		       "no authority: the marker is refused (P6-F1): %.400s",
		       error->text);
}

void vouch__standing_read(const struct vouch_config *config,
			  const struct vouch_witness *witness,
			  struct vouch_standing *standing)
{
	struct vouch_error error = { 0 };
	struct vouch_marker marker;

	memset(standing, 0, sizeof(*standing));
	if (vouch__marker_read(config, &marker, &error) != VOUCH_OK) {
		unread_tell(config, &error, standing);
		return;
	}
	standing->verdict = vouch__marker_judge(config, &marker, witness);
	if (standing->verdict == VOUCH_MARKER_ACCEPTED) {
		held_tell(config, &marker, standing);
		return;
	}
	standing->hold = VOUCH_HOLD_REFUSED;
	standing->epoch = marker.epoch;
	refused_tell(&marker, witness, standing);
}
