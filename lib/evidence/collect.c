/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "evidence/collect.h"

#include <pthread.h>
#include <qb/qblog.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/incarnation.h"
#include "authority/noted.h"
#include "authority/records.h"
#include "authority/words.h"
#include "common/privilege.h"
#include "common/terms.h"
#include "evidence/evidence_json.h"

/* The cluster's, the journal's and the log's one must fit together. Every grant
 * down to one that happened must be seen (P6-A1), but for those that a later one
 * passes over as void: so this is how many may stay open in a row. */
enum {
	GRANTS_PER_SOURCE = (VOUCH_GRANTS_MAX - 1) / 2,
	BRIEFLY_MS = 1000,
	SHORTLY_MS = 300,
};

struct collection {
	struct vouch_context *context;
	const struct vouch_config *config;
	struct vouch_evidence *evidence;
	struct vouch_deadline deadline;
	uint64_t order;
	uint64_t logged_epoch; /* newest epoch row in the own log */
	struct vouch_error *error;
};

static void say(struct collection *collection, const char *text)
{
	qb_log(LOG_DEBUG, "collects: %s", text);
	if (collection->context->progress)
		collection->context->progress(text);
}

/* Why something is absent is no evidence; whoever reads the blackbox asks it. */
static void missed(const struct collection *collection, const char *what)
{
	qb_log(LOG_DEBUG, "collects: no %s: %s", what, collection->error->text);
}

/* The cluster's sockets want root; everything else runs as the database user. */
#define AS_ROOT(collection, call)                                              \
	__extension__({                                                        \
		struct vouch_error ignored_;                                   \
		enum vouch_error_code code_ =                                  \
			vouch__privilege_raise((collection)->error);           \
		if (code_ == VOUCH_OK) {                                       \
			code_ = (call);                                        \
			if (vouch__privilege_lower((collection)->config,       \
						   &ignored_) != VOUCH_OK)     \
				code_ = VOUCH_E_PERMISSION;                    \
		}                                                              \
		code_;                                                         \
	})

/* The index of a node, added when nobody knew it: whoever is named in a record
 * must not be overlooked. VOUCH_NO_NODE when there is no room. */
static uint8_t node_index(struct vouch_evidence *evidence, const char *name)
{
	uint8_t i;

	for (i = 0; i < evidence->node_count; i++) {
		if (strcmp(evidence->nodes[i].name, name) == 0)
			return i;
	}
	if (evidence->node_count >= VOUCH_NODES_MAX || name[0] == '\0' ||
	    strlen(name) >= VOUCH_NAME_SIZE)
		return VOUCH_NO_NODE;
	(void)snprintf(evidence->nodes[i].name, VOUCH_NAME_SIZE, "%s", name);
	evidence->node_count++;
	return i;
}

static enum vouch_error_code too_many(struct collection *collection,
				      const char *what)
{
	return vouch__error_set(collection->error, VOUCH_E_LIMIT,
				"more %s than the evidence holds", what);
}

static int by_value(const void *a, const void *b)
{
	return (int)*(const uint8_t *)a - (int)*(const uint8_t *)b;
}

static enum vouch_error_code
contract_fill(struct collection *collection, struct vouch_contract *contract,
	      const struct vouch_cluster_grant *grant)
{
	uint32_t i;

	contract->method = grant->method;
	contract->k = grant->k > 0 ? (uint32_t)grant->k : 0;
	for (i = 0; i < grant->member_count; i++) {
		uint8_t node =
			node_index(collection->evidence, grant->members[i]);

		if (node == VOUCH_NO_NODE)
			return too_many(collection, "nodes");
		contract->members[contract->member_count++] = node;
	}
	qsort(contract->members, contract->member_count, 1, by_value);
	return VOUCH_OK;
}

static enum vouch_error_code grant_add(struct collection *collection,
				       enum vouch_grant_source source,
				       const struct vouch_cluster_grant *from)
{
	struct vouch_evidence *evidence = collection->evidence;
	struct vouch_grant *grant;

	/* Older than what the own log proves to have happened: history, which
	 * may name nodes that are gone for good. */
	if (from->epoch < collection->logged_epoch)
		return VOUCH_OK;
	if (evidence->grant_count >= VOUCH_GRANTS_MAX)
		return too_many(collection, "grants");
	grant = &evidence->grants[evidence->grant_count++];
	grant->source = source;
	grant->epoch = from->epoch;
	grant->holder = node_index(evidence, from->holder);
	if (grant->holder == VOUCH_NO_NODE)
		return too_many(collection, "nodes");
	(void)snprintf(grant->incarnation, VOUCH_NAME_SIZE, "%s",
		       from->incarnation);
	grant->outcome = from->outcome;
	grant->follows = from->follows;
	return contract_fill(collection, &grant->contract, from);
}

/* --- the cluster ---------------------------------------------------------- */

static void view_collect(struct collection *collection, struct vouch_view *view)
{
	struct vouch_context *context = collection->context;

	view->order = ++collection->order;
	if (!context->cluster ||
	    AS_ROOT(collection,
		    context->cluster_ops->view_observe(
			    context->cluster, collection->deadline, view,
			    collection->error)) != VOUCH_OK) {
		uint64_t order = view->order;

		missed(collection, "view of the cluster");
		memset(view, 0, sizeof(*view));
		view->order = order;
	}
}

static void cluster_nodes_collect(struct collection *collection)
{
	static struct vouch_cluster_node nodes[VOUCH_NODES_MAX];
	struct vouch_context *context = collection->context;
	uint32_t count = VOUCH_NODES_MAX;
	uint32_t i;

	if (!context->cluster ||
	    AS_ROOT(collection,
		    context->cluster_ops->nodes_observe(
			    context->cluster, collection->deadline, nodes,
			    &count, collection->error)) != VOUCH_OK) {
		missed(collection, "nodes of the cluster");
		return;
	}
	collection->order++;
	for (i = 0; i < count; i++) {
		uint8_t at;
		struct vouch_node *node;

		/* Nodes of the cluster that are no members of the database
		 * are none of our business. */
		if (!vouch__config_member(collection->config, nodes[i].name))
			continue;
		at = node_index(collection->evidence, nodes[i].name);
		node = &collection->evidence->nodes[at];
		node->cluster_id = nodes[i].cluster_id;
		node->node_class = nodes[i].node_class;
		node->online = nodes[i].online;
		node->unclean = nodes[i].unclean;
		node->ever_seen = nodes[i].ever_seen;
		node->operations = nodes[i].operations;
		node->operations.order = collection->order;
	}
}

static void fencing_mark(struct collection *collection,
			 const struct vouch_fencing_list *list,
			 const struct vouch_snapshot *snapshot)
{
	struct vouch_fencing_history *history = &collection->evidence->fencing;
	uint32_t i;

	for (i = 0; i < list->count; i++) {
		struct vouch_fencing *entry;

		if (!vouch__config_member(collection->config, list->targets[i]))
			continue;
		entry = &history->entries[history->count++];
		*entry = list->entries[i];
		entry->executor = vouch__snapshot_executor(snapshot, list, i);
		entry->node = node_index(collection->evidence, list->targets[i]);
		if (snapshot->epoch != 0)
			entry->in_snapshot =
				vouch__snapshot_has(snapshot,
						    list->ids[i].text) ?
					VOUCH_YES :
					VOUCH_NO;
	}
}

static enum vouch_error_code fencing_collect(struct collection *collection)
{
	static struct vouch_fencing_list list;
	struct vouch_context *context = collection->context;
	struct vouch_fencing_history *history = &collection->evidence->fencing;
	struct vouch_snapshot snapshot;
	enum vouch_error_code code;

	context->watchdog = VOUCH_UNKNOWN;
	if (!context->cluster)
		return VOUCH_OK;
	memset(&list, 0, sizeof(list));
	if (AS_ROOT(collection,
		    context->cluster_ops->fencing_observe(
			    context->cluster, collection->deadline, &list,
			    collection->error)) != VOUCH_OK)
		return VOUCH_OK;
	context->watchdog = list.watchdog;
	history->condition = list.condition;
	history->order = ++collection->order;
	code = vouch__records_snapshot(context->journal, &snapshot,
				       collection->error);
	if (code != VOUCH_OK)
		return code;
	if (snapshot.epoch != 0) {
		history->snapshot = VOUCH_PRESENT;
		history->snapshot_epoch = snapshot.epoch;
		history->snapshot_holder =
			node_index(collection->evidence, snapshot.holder);
	}
	fencing_mark(collection, &list, &snapshot);
	vouch__snapshot_release(&snapshot);
	return VOUCH_OK;
}

static enum vouch_error_code cluster_grants_collect(struct collection *collection)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	struct vouch_context *context = collection->context;
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;
	uint32_t i, newest;

	if (!context->cluster)
		return VOUCH_OK;
	/* Grants that cannot be read must not be taken for none. */
	code = AS_ROOT(collection,
		       context->cluster_ops->grants_observe(
			       context->cluster, collection->deadline, grants,
			       &count, collection->error));
	newest = count > GRANTS_PER_SOURCE ? count - GRANTS_PER_SOURCE : 0;
	/* That an epoch was disowned must not be overlooked behind a row of grants
	 * that are open (P6-S1); of those there is room for one. */
	for (i = 0; code == VOUCH_OK && i < count; i++)
		if (i >= newest || grants[i].outcome == VOUCH_GRANT_DISOWNED)
			code = grant_add(collection, VOUCH_SOURCE_CLUSTER,
					 &grants[i]);
	return code;
}

static enum vouch_error_code seal_collect(struct collection *collection)
{
	struct vouch_context *context = collection->context;
	struct vouch_seal *seal = &collection->evidence->seal;
	struct vouch_cluster_seal from;
	enum vouch_error_code code;

	if (context->cluster)
		code = AS_ROOT(collection,
			       context->cluster_ops->seal_observe(
				       context->cluster, collection->deadline,
				       &from, collection->error));
	else
		code = vouch__records_seal(context->journal, &from,
					   collection->error);
	if (code != VOUCH_OK)
		return VOUCH_OK; /* absent */
	seal->condition = VOUCH_PRESENT;
	seal->order = ++collection->order;
	seal->node = node_index(collection->evidence, from.node);
	if (seal->node == VOUCH_NO_NODE)
		return too_many(collection, "nodes");
	seal->epoch = from.epoch;
	(void)snprintf(seal->incarnation, VOUCH_NAME_SIZE, "%s",
		       from.incarnation);
	seal->timeline = from.timeline;
	seal->record_lsn = from.record_lsn;
	seal->record_crc = from.record_crc;
	seal->unbroken = from.unbroken;
	return VOUCH_OK;
}

/* --- own records ---------------------------------------------------------- */

static enum vouch_error_code journal_collect(struct collection *collection)
{
	static struct vouch_cluster_grant grants[GRANTS_PER_SOURCE];
	uint32_t count = GRANTS_PER_SOURCE;
	struct vouch_own_record *own = &collection->evidence->own;
	struct vouch_mark mark;
	enum vouch_error_code code;
	uint32_t i;

	code = vouch__records_grants(collection->context->journal, grants,
				     &count, collection->error);
	for (i = 0; code == VOUCH_OK && i < count; i++)
		code = grant_add(collection, VOUCH_SOURCE_JOURNAL, &grants[i]);
	if (code != VOUCH_OK)
		return code;
	own->adopted = count > 0 ? VOUCH_YES : VOUCH_NO;
	code = vouch__mark_read(collection->config, &mark, collection->error);
	if (code == VOUCH_OK) {
		own->condition = VOUCH_PRESENT;
		own->mark_timeline = mark.timeline;
		own->mark_lsn = mark.lsn;
	} else if (code != VOUCH_E_NOT_FOUND) {
		own->condition = VOUCH_MALFORMED;
	}
	return VOUCH_OK;
}

/* The epochs of the own log: who may hold authority, as far as it knows.
 * Indices of the member list and of the evidence's nodes are the same for
 * members: the nodes were filled from that list first. */
static enum vouch_error_code log_collect(struct collection *collection)
{
	static struct vouch_log_record record;
	struct vouch_evidence *evidence = collection->evidence;
	struct vouch_context *context = collection->context;
	uint32_t i;

	memset(&record, 0, sizeof(record));
	/* Without its rows the candidate proves no contract; that is for the
	 * kernel to say. */
	if (context->engine->records_observe(collection->config,
					     collection->deadline, &record,
					     collection->error) != VOUCH_OK) {
		say(collection, collection->error->text);
		return VOUCH_OK;
	}
	for (i = 0; i < record.epoch_count; i++) {
		if (record.epochs[i].epoch > collection->logged_epoch)
			collection->logged_epoch = record.epochs[i].epoch;
	}
	for (i = 0; i < record.epoch_count; i++) {
		if (record.epochs[i].epoch < collection->logged_epoch)
			continue;
		if (evidence->grant_count >= VOUCH_GRANTS_MAX)
			return too_many(collection, "grants");
		evidence->grants[evidence->grant_count] = record.epochs[i];
		evidence->grants[evidence->grant_count++].source =
			VOUCH_SOURCE_LOG;
	}
	return VOUCH_OK;
}

/*
 * The rows that a proof rests on. They are read with exclusion behind: as long
 * as the old holder could write, it could also announce another contract, and
 * one read earlier would be about writes of the past (P6-S1). And after the
 * candidate's own position: only what is replayed is seen, and a row that the
 * judged log has must be among them.
 */
static enum vouch_error_code rows_collect(struct collection *collection)
{
	static struct vouch_log_record record;
	struct vouch_evidence *evidence = collection->evidence;
	uint32_t i;

	evidence->rows.order = ++collection->order;
	memset(&record, 0, sizeof(record));
	if (collection->context->engine->records_observe(
		    collection->config, collection->deadline, &record,
		    collection->error) != VOUCH_OK)
		return VOUCH_OK;
	for (i = 0; i < record.epoch_count; i++) {
		if (record.epochs[i].epoch <= collection->logged_epoch)
			continue;
		if (evidence->grant_count >= VOUCH_GRANTS_MAX)
			return too_many(collection, "grants");
		evidence->grants[evidence->grant_count] = record.epochs[i];
		evidence->grants[evidence->grant_count++].source =
			VOUCH_SOURCE_LOG;
	}
	evidence->rows.condition = VOUCH_PRESENT;
	memcpy(evidence->contracts, record.contracts,
	       record.contract_count * sizeof(record.contracts[0]));
	evidence->contract_count = record.contract_count;
	memcpy(evidence->admissions, record.admissions,
	       record.admission_count * sizeof(record.admissions[0]));
	evidence->admission_count = record.admission_count;
	return VOUCH_OK;
}

/* The contract of the grant that a permit would lead to, and whether the server
 * is already held to it. */
static void offer_collect(struct collection *collection)
{
	static struct vouch_local local;
	const struct vouch_config *config = collection->config;
	struct vouch_offer *offer = &collection->evidence->offer;
	struct vouch_terms terms;
	uint8_t i;

	vouch__terms_of_config(config, &terms);
	offer->contract.method = terms.method;
	offer->contract.k = terms.k > 0 ? (uint32_t)terms.k : 0;
	/* Ascending, as the form of a contract wants it. */
	for (i = 0; i < config->member_count; i++) {
		if (vouch__terms_has(&terms, config->members[i].name))
			offer->contract.members[offer->contract.member_count++] =
				i;
	}
	memset(&local, 0, sizeof(local));
	if (collection->context->engine->local_observe(config,
						       collection->deadline,
						       &local,
						       collection->error) ==
		    VOUCH_OK &&
	    local.state == VOUCH_RUN_STANDBY)
		offer->pinned = local.contract_pinned == VOUCH_YES ?
					local.pinned :
					VOUCH_NO;
}

/* --- what the members noted of each other ---------------------------------- */

static void notes_merge(struct vouch_evidence *evidence,
			const struct vouch_noted *noted, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		vouch__noted_merge(&evidence->nodes[i].noted, &noted[i],
				   &evidence->nodes[i].probe);
}

/* Of all notes about a server the one that objects to most; whether it does is
 * for the kernel to say (P6-S1). Members come first among the nodes. */
static void notes_collect(struct collection *collection)
{
	static struct vouch_notes_told told;
	struct vouch_noted noted[VOUCH_NODES_MAX];
	struct vouch_context *context = collection->context;
	const struct vouch_config *config = collection->config;
	uint32_t i;

	if (vouch__noted_read(config, noted, collection->error) != VOUCH_OK)
		say(collection, collection->error->text);
	notes_merge(collection->evidence, noted, config->member_count);
	told.count = 0;
	if (context->cluster && context->cluster_ops->notes_observe &&
	    AS_ROOT(collection,
		    context->cluster_ops->notes_observe(
			    context->cluster, collection->deadline, &told,
			    collection->error)) != VOUCH_OK) {
		missed(collection, "notes of the other nodes");
		for (i = 0; i < config->member_count; i++)
			collection->evidence->nodes[i].noted.condition =
				VOUCH_MALFORMED;
	}
	for (i = 0; i < told.count; i++) {
		/* What this node noted is on its disk. */
		if (strcmp(told.by[i].node, config->node) == 0 ||
		    !vouch__config_member(config, told.by[i].node))
			continue;
		if (vouch__noted_told(config, told.by[i].text, noted,
				      collection->error) != VOUCH_OK)
			say(collection, collection->error->text);
		notes_merge(collection->evidence, noted, config->member_count);
	}
}

/* --- the databases -------------------------------------------------------- */

struct prober {
	struct vouch_context *context;
	const struct vouch_member *member;
	struct vouch_deadline deadline;
	struct vouch_probe *probe;
	struct vouch_error error;
	pthread_t thread;
	int started;
};

static void *probe_run(void *argument)
{
	struct prober *prober = argument;

	if (prober->context->engine->probe(prober->context->config,
					   prober->member, prober->deadline,
					   prober->probe,
					   &prober->error) != VOUCH_OK &&
	    prober->probe->condition == VOUCH_PRESENT)
		prober->probe->condition = VOUCH_ABSENT;
	return NULL;
}

static int timeout_of(const struct vouch_config *config, uint8_t wanted)
{
	int most = config->probe_timeout_ms;

	if (wanted == VOUCH_PROBE_BRIEFLY && most > BRIEFLY_MS)
		most = BRIEFLY_MS;
	if (wanted == VOUCH_PROBE_SHORTLY && most > SHORTLY_MS)
		most = SHORTLY_MS;
	return most;
}

void vouch__probe_all(struct vouch_context *context, const uint8_t *wanted,
		      struct vouch_deadline deadline, struct vouch_probe *probes)
{
	struct prober probers[VOUCH_NODES_MAX];
	uint32_t count = context->config->member_count;
	uint32_t i;

	for (i = 0; i < count; i++) {
		probers[i].started = 0;
		if (!wanted[i])
			continue;
		memset(&probes[i], 0, sizeof(probes[i]));
		probers[i].context = context;
		probers[i].member = &context->config->members[i];
		probers[i].deadline = vouch__deadline_within(
			deadline, timeout_of(context->config, wanted[i]));
		probers[i].probe = &probes[i];
		memset(&probers[i].error, 0, sizeof(probers[i].error));
		probers[i].started =
			pthread_create(&probers[i].thread, NULL, probe_run,
				       &probers[i]) == 0;
	}
	for (i = 0; i < count; i++) {
		if (!probers[i].started)
			continue;
		(void)pthread_join(probers[i].thread, NULL);
		/* Silence is told elsewhere; nonsense, and what it was, only here. */
		qb_log(probes[i].condition == VOUCH_MALFORMED ? LOG_WARNING :
								LOG_DEBUG,
		       "asked %s: %s", probers[i].member->name,
		       probers[i].error.text[0] != '\0' ? probers[i].error.text :
							  "answered");
	}
}

static int is_named_holder(const struct vouch_evidence *evidence, uint8_t node)
{
	uint32_t i;

	for (i = 0; i < evidence->grant_count; i++) {
		if (evidence->grants[i].holder == node)
			return 1;
	}
	return 0;
}

/* How long an answer is worth waiting for, and nothing else: whether that
 * fencing counts is the kernel's to say (rule 330). */
static uint8_t patience_with(const struct vouch_evidence *evidence, uint8_t node)
{
	const struct vouch_fencing_history *history = &evidence->fencing;
	uint32_t i;

	if (evidence->nodes[node].online != VOUCH_NO)
		return VOUCH_PROBE_FULLY;
	for (i = 0; i < history->count; i++) {
		const struct vouch_fencing *entry = &history->entries[i];

		if (entry->node == node &&
		    entry->state == VOUCH_FENCING_SUCCEEDED &&
		    (entry->action == VOUCH_FENCE_OFF ||
		     entry->action == VOUCH_FENCE_REBOOT) &&
		    entry->executor == VOUCH_EXECUTOR_MACHINE &&
		    entry->in_snapshot != VOUCH_YES)
			return VOUCH_PROBE_SHORTLY;
	}
	return VOUCH_PROBE_BRIEFLY;
}

/*
 * Three rounds. The first asks everybody, so that a dead node's timeout is
 * waited for once, and a live contradiction is seen. The second asks again
 * those who may hold authority: their answer may be what excludes them. Only
 * then, with exclusion behind, are the positions read that count.
 */
static enum vouch_error_code probes_collect(struct collection *collection)
{
	static struct vouch_probe probes[VOUCH_NODES_MAX];
	struct vouch_evidence *evidence = collection->evidence;
	const struct vouch_config *config = collection->config;
	uint8_t wanted[VOUCH_NODES_MAX] = { 0 };
	uint8_t self = evidence->request.candidate;
	uint32_t round, i;

	for (i = 0; i < config->member_count; i++) {
		if (i != self)
			wanted[i] = patience_with(evidence, (uint8_t)i);
	}
	vouch__probe_all(collection->context, wanted, collection->deadline,
			 probes);
	collection->order++;
	for (i = 0; i < config->member_count; i++) {
		if (!wanted[i] || probes[i].condition == VOUCH_ABSENT)
			continue;
		evidence->nodes[i].probe = probes[i];
		evidence->nodes[i].probe.order = collection->order;
	}
	for (round = 0; round < 3; round++) {
		uint64_t before;

		before = ++collection->order;
		for (i = 0; i < config->member_count; i++) {
			int holder = is_named_holder(evidence, (uint8_t)i);
			int answered = evidence->nodes[i].probe.condition ==
				       VOUCH_PRESENT;
			/* A writable answer stands: it is the contradiction. */
			int writable = evidence->nodes[i].probe.in_recovery ==
				       VOUCH_NO;

			if (i == self)
				wanted[i] = round == 2;
			else
				wanted[i] = answered && !writable &&
					    ((round == 0 && holder) ||
					     (round == 1 && !holder));
		}
		vouch__probe_all(collection->context, wanted,
				 collection->deadline, probes);
		/* What excludes holds from when it was read; a position is as
		 * old as the beginning of its reading. */
		if (round == 0)
			before = ++collection->order;
		for (i = 0; i < config->member_count; i++) {
			if (!wanted[i])
				continue;
			evidence->nodes[i].probe = probes[i];
			evidence->nodes[i].probe.order =
				probes[i].condition == VOUCH_ABSENT ? 0 : before;
		}
	}
	return rows_collect(collection);
}

/* With exclusion behind, like the positions, and as old as the beginning of its
 * reading. Of what was received in the midst of a record nothing is ever replayed:
 * only the log itself tells that from what is still to come (P6-S3). */
static void tail_collect(struct collection *collection)
{
	struct vouch_evidence *evidence = collection->evidence;
	struct vouch_context *context = collection->context;
	const struct vouch_probe *own =
		&evidence->nodes[evidence->request.candidate].probe;
	const uint64_t order = ++collection->order;

	if (own->condition != VOUCH_PRESENT || own->in_recovery != VOUCH_YES ||
	    own->replayed_lsn == 0)
		return;
	if (context->engine->tail_observe(collection->config, own->timeline,
					  own->replayed_lsn, &evidence->tail,
					  collection->error) != VOUCH_OK) {
		missed(collection, "tail of the log");
		memset(&evidence->tail, 0, sizeof(evidence->tail));
	}
	evidence->tail.order = order;
	/* A damaged record is no part of one. */
	if (evidence->tail.condition == VOUCH_PRESENT &&
	    own->received_lsn > evidence->tail.end_lsn &&
	    context->engine->breaks_off(collection->config, own->timeline,
					evidence->tail.end_lsn,
					own->received_lsn) != VOUCH_YES)
		memset(&evidence->tail, 0, sizeof(evidence->tail));
}

/* --- all of it ------------------------------------------------------------ */

static enum vouch_error_code nodes_begin(struct collection *collection)
{
	const struct vouch_config *config = collection->config;
	struct vouch_evidence *evidence = collection->evidence;
	uint32_t i;

	for (i = 0; i < config->member_count; i++) {
		if (node_index(evidence, config->members[i].name) != i)
			return vouch__error_set(collection->error,
						VOUCH_E_CONFIG,
						"member '%s' is listed twice",
						config->members[i].name);
		if (strcmp(config->members[i].name, config->node) == 0)
			evidence->request.candidate = (uint8_t)i;
	}
	if (evidence->request.candidate == VOUCH_NO_NODE)
		return vouch__error_set(collection->error, VOUCH_E_CONFIG,
					"this node '%s' is not in the member list",
					config->node);
	return VOUCH_OK;
}

/* The newest epoch on record, or the newest that `node` was granted. */
static uint64_t newest_epoch(const struct vouch_evidence *evidence, uint8_t node)
{
	uint64_t newest = 0;
	uint32_t i;

	for (i = 0; i < evidence->grant_count; i++) {
		const struct vouch_grant *grant = &evidence->grants[i];

		if ((node == VOUCH_NO_NODE || grant->holder == node) &&
		    grant->epoch > newest)
			newest = grant->epoch;
	}
	return newest;
}

static enum vouch_error_code
assertion_add(struct collection *collection,
	      const struct vouch_assertion_text *from, uint64_t epoch)
{
	struct vouch_evidence *evidence = collection->evidence;
	struct vouch_assertion *to;

	if (evidence->assertion_count >= VOUCH_ASSERTIONS_MAX)
		return too_many(collection, "assertions");
	to = &evidence->assertions[evidence->assertion_count++];
	to->node = node_index(evidence, from->node);
	to->epoch = epoch;
	(void)snprintf(to->operator_name, VOUCH_NAME_SIZE, "%s",
		       from->operator_name);
	(void)snprintf(to->reason, VOUCH_TEXT_SIZE, "%s", from->reason);
	return VOUCH_OK;
}

/* "It is down" says that the node holds neither the newest epoch nor the one
 * that it was last granted; nothing is said about any later one. */
static enum vouch_error_code
assertions_fill(struct collection *collection,
		const struct vouch_assertion_text *assertions, uint32_t count)
{
	struct vouch_evidence *evidence = collection->evidence;
	uint64_t newest = newest_epoch(evidence, VOUCH_NO_NODE);
	uint32_t i;

	for (i = 0; i < count; i++) {
		enum vouch_error_code code;
		uint64_t own;

		if (!vouch__config_member(collection->config,
					  assertions[i].node))
			return vouch__error_set(collection->error,
						VOUCH_E_ARGUMENT,
						"'%s' is not a member, so it "
						"cannot be asserted down",
						assertions[i].node);
		code = assertion_add(collection, &assertions[i], newest);
		own = newest_epoch(evidence,
				   node_index(evidence, assertions[i].node));
		if (code == VOUCH_OK && own != 0 && own != newest)
			code = assertion_add(collection, &assertions[i], own);
		if (code != VOUCH_OK)
			return code;
	}
	return VOUCH_OK;
}

static void word_count(struct collection *collection,
		       const struct vouch_word *word)
{
	struct vouch_word_list *counted = &collection->context->words;

	counted->words[counted->count++] = *word;
}

/* Where none is asked for it is not used, and so not missed when it is revoked. */
static void word_authorize(struct collection *collection,
			   const struct vouch_word *word)
{
	struct vouch_request *request = &collection->evidence->request;

	if (request->authorization != VOUCH_AUTHORIZATION_OPERATOR ||
	    request->authorized == VOUCH_YES)
		return;
	request->authorized = VOUCH_YES;
	word_count(collection, word);
}

/* As with an assertion that comes with the request. One that finds no room is
 * not there, which never permits anything. */
static void word_assert(struct collection *collection,
			const struct vouch_word *word, uint64_t newest)
{
	struct vouch_evidence *evidence = collection->evidence;
	struct vouch_assertion_text text = { word->node, word->operator_name,
					     word->reason };

	if (evidence->assertion_count + 2 > VOUCH_ASSERTIONS_MAX)
		return;
	if (assertions_fill(collection, &text, 1) == VOUCH_OK &&
	    newest == word->epoch)
		word_count(collection, word);
}

/* A word that cannot be read, or counts for another epoch or view, is told and
 * otherwise not there (P6-F1). */
static void words_collect(struct collection *collection)
{
	static struct vouch_word_list list;
	struct vouch_evidence *evidence = collection->evidence;
	struct vouch_context *context = collection->context;
	const char *cluster = collection->config->name;
	uint64_t newest = newest_epoch(evidence, VOUCH_NO_NODE);
	uint32_t i;

	context->words.count = 0;
	if (context->cluster_ops && !context->cluster)
		return;
	if (vouch__words_observe(context, collection->deadline, &list,
				 collection->error) != VOUCH_OK) {
		say(collection, collection->error->text);
		return;
	}
	for (i = 0; i < list.count; i++) {
		const struct vouch_word *word = &list.words[i];

		if (vouch__word_authorizes(word, cluster,
					   collection->config->node, newest)) {
			word_authorize(collection, word);
		} else if (vouch__word_asserts(word, cluster, newest,
					       &evidence->before)) {
			word_assert(collection, word, newest);
		} else if (word->condition != VOUCH_PRESENT) {
			say(collection, "an operator's word on record is "
					"malformed and counts for nothing; see "
					"'vouch status'");
		}
	}
}

enum vouch_error_code
vouch__collect(struct vouch_context *context, const struct vouch_request *request,
	       const struct vouch_assertion_text *assertions,
	       uint32_t assertion_count, struct vouch_deadline deadline,
	       struct vouch_evidence *evidence, struct vouch_error *error)
{
	struct vouch_error scratch = { 0 };
	struct collection collection = { context, context->config, evidence,
					 deadline, 0, 0,
					 error ? error : &scratch };
	enum vouch_error_code code;

	vouch__evidence_clear(evidence);
	evidence->format = VOUCH_EVIDENCE_FORMAT;
	(void)snprintf(evidence->cluster, VOUCH_NAME_SIZE, "%s",
		       context->config->name);
	evidence->manager = context->cluster_ops ? VOUCH_MANAGER_PACEMAKER :
						   VOUCH_MANAGER_NONE;
	evidence->request = *request;
	evidence->request.candidate = VOUCH_NO_NODE;
	evidence->request.authorization = context->config->authorization;
	evidence->request.watchdog_accepted = context->config->watchdog_accepted;
	code = nodes_begin(&collection);
	if (code != VOUCH_OK)
		return code;
	view_collect(&collection, &evidence->before);
	cluster_nodes_collect(&collection);
	code = fencing_collect(&collection);
	if (code == VOUCH_OK)
		code = log_collect(&collection);
	if (code == VOUCH_OK)
		code = cluster_grants_collect(&collection);
	if (code == VOUCH_OK)
		code = journal_collect(&collection);
	if (code == VOUCH_OK)
		code = seal_collect(&collection);
	if (code == VOUCH_OK)
		code = assertions_fill(&collection, assertions, assertion_count);
	if (code != VOUCH_OK)
		return code;
	words_collect(&collection);
	say(&collection, "asking every member");
	code = probes_collect(&collection);
	if (code != VOUCH_OK)
		return code;
	notes_collect(&collection);
	offer_collect(&collection);
	tail_collect(&collection);
	view_collect(&collection, &evidence->after);
	return VOUCH_OK;
}
