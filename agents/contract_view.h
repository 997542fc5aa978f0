/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `vouch contract` looks at: records, answers, and what follows from them
 * by arithmetic alone. */
#ifndef VOUCH_AGENTS_CONTRACT_VIEW_H
#define VOUCH_AGENTS_CONTRACT_VIEW_H

#include <json-c/json.h>

#include "agents/cli.h"
#include "authority/contract.h"
#include "authority/contract_change.h"

struct contract_view {
	struct vouch_local local;
	char holder[VOUCH_NAME_SIZE]; /* of the newest epoch in the log */
	struct vouch_contract_state log;
	/* By the configuration's order. */
	struct vouch_probe probes[VOUCH_NODES_MAX];
	char admitted[VOUCH_NODES_MAX][VOUCH_NAME_SIZE]; /* incarnations */
	/* A lost holder has to be fenced by the cluster; YES without one, where an
	 * operator's word stands for it. */
	enum vouch_answer fencing;
	/* From the log's epoch on, the newest that is on record as having run
	 * without its contract (rule 565); 0: none. */
	uint64_t disowned;
};

/* Of this node's own log; a server that does not run is an error. */
VOUCH_MUST_CHECK enum vouch_error_code
contract_view_read(struct vouch_context *context, struct vouch_deadline deadline,
		   struct contract_view *view, struct vouch_error *error);
/* Adds what every member says of itself. */
void contract_view_ask(struct vouch_context *context,
		       struct vouch_deadline deadline,
		       struct contract_view *view);
/* Adds whether the cluster fences; UNKNOWN where it does not answer. */
void contract_view_fencing(struct vouch_context *context,
			   struct vouch_deadline deadline,
			   struct contract_view *view);
/* Adds what is on record of the epochs that this log does not go beyond. */
void contract_view_disowned(struct vouch_context *context,
			    struct vouch_deadline deadline,
			    struct contract_view *view);
/* Why member i would not count now (P6-S1); NULL when it would. */
const char *contract_view_doubt(const struct contract_view *view, uint32_t i);
/* How many of the terms' members would count. */
uint32_t contract_view_counting(const struct vouch_config *config,
				const struct contract_view *view,
				const struct vouch_terms *terms);
/* How many of the terms' members stream from this node's server. */
uint32_t contract_view_streaming(const struct contract_view *view,
				 const struct vouch_terms *terms);

/* The contract, what stands against it and which losses it survives; status shows
 * the same. */
void contract_summary_show(const struct vouch_config *config,
			   const struct contract_view *view);
/* Where the log cannot be read: what the contract of the newest grant survives,
 * "granted_survives" in JSON. */
struct vouch_cluster_grant;
void contract_granted_show(const struct vouch_config *config,
			   const struct vouch_cluster_grant *grant,
			   struct json_object *json);
struct json_object *contract_json(const struct vouch_config *config,
				  const struct contract_view *view);

enum vouch_decision contract_show(struct cli *cli);
enum vouch_decision contract_set(struct cli *cli);

#endif
