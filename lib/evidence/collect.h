/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Collecting: fills the evidence from the cluster, the engine and the node's
 * own records, in an order that the evidence carries. It never judges: what
 * does not answer stays absent, and the kernel says what that means.
 */
#ifndef VOUCH_EVIDENCE_COLLECT_H
#define VOUCH_EVIDENCE_COLLECT_H

#include "authority/journal.h"
#include "cluster/cluster.h"
#include "engines/engine.h"

/* Everything an attempt works with. Opened once, released once. */
struct vouch_context {
	const struct vouch_config *config;
	const struct vouch_engine *engine;
	const struct vouch_cluster_ops *cluster_ops; /* NULL: none */
	struct vouch_cluster *cluster;		     /* NULL: not open */
	struct vouch_journal *journal;		     /* NULL: not open */
	/* The operators' words that the last collection counted. */
	struct vouch_word_list words;
	/* As the last collection found it: a watchdog's timer may stand for a
	 * machine; unknown as well when nobody could be asked. */
	enum vouch_answer watchdog;
	/* Tells progress to a person; may be NULL. */
	void (*progress)(const char *text);
};

/* Opens the engine, the journal (writable or for reading) and, where the
 * configuration names a cluster manager, the connection to it. A cluster that
 * does not answer is not an error here: it will be missing in the evidence.
 * The process works as the database user afterwards. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__context_open(struct vouch_context *context,
		    const struct vouch_config *config, int writable,
		    struct vouch_deadline deadline, struct vouch_error *error);
void vouch__context_close(struct vouch_context *context);

/* `request->candidate` is set here: the configuration's own node. `assertions`
 * may be empty. On failure nothing may be decided (and nothing was changed). */
struct vouch_assertion_text {
	const char *node;
	const char *operator_name;
	const char *reason;
};
VOUCH_MUST_CHECK enum vouch_error_code
vouch__collect(struct vouch_context *context, const struct vouch_request *request,
	       const struct vouch_assertion_text *assertions,
	       uint32_t assertion_count, struct vouch_deadline deadline,
	       struct vouch_evidence *evidence, struct vouch_error *error);

/* The same, and again, twice at most and only while there is time, where nothing but the
 * version of the cluster's configuration changed while it was done. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__collect_whole(struct vouch_context *context,
		     const struct vouch_request *request,
		     const struct vouch_assertion_text *assertions,
		     uint32_t assertion_count, struct vouch_deadline deadline,
		     struct vouch_evidence *evidence, struct vouch_error *error);

/* Probes members at once, those with wanted[i] = VOUCH_PROBE_FULLY for the
 * configured time, those with VOUCH_PROBE_BRIEFLY for one second at most: what
 * the cluster has lost is asked for a contradiction, and the failover waits for
 * it. VOUCH_PROBE_SHORTLY, 300 ms, is for what a machine has fenced as well:
 * nothing is expected to answer, and a server that lives although its power is
 * said to be off answers in a few round trips (P6-A1). Results in the order of
 * the configuration. */
enum {
	VOUCH_PROBE_NOT = 0,
	VOUCH_PROBE_FULLY = 1,
	VOUCH_PROBE_BRIEFLY = 2,
	VOUCH_PROBE_SHORTLY = 3,
};
void vouch__probe_all(struct vouch_context *context, const uint8_t *wanted,
		      struct vouch_deadline deadline, struct vouch_probe *probes);

#endif
