/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which contract this node's server is started with (P6-S1).
 *
 * A grant carries its contract, and the next holder goes on with the contract
 * of the newest grant whose promotion happened; the configuration's k is only
 * the first one's. A holder that changes the contract leaves its wish in the
 * state directory: its next start pins it, its next grant announces it, and the
 * wish is void as soon as there is an epoch after the one it was made in.
 *
 * State files: "contract", what the server was last started with; and
 * "contract-change", the wish.
 */
#ifndef VOUCH_AUTHORITY_CONTRACT_H
#define VOUCH_AUTHORITY_CONTRACT_H

#include "common/terms.h"
#include "evidence/collect.h"

struct vouch_contract_change {
	uint64_t epoch; /* the one that it is to end */
	char incarnation[VOUCH_NAME_SIZE];
	struct vouch_terms terms;
};

/* Puts what the server was last started with into the configuration; without
 * such a record it is left as it is. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__contract_load(struct vouch_config *config, struct vouch_error *error);

/* Before a start, while no server runs: finds the contract to start with,
 * records it, and puts it into the configuration. `why` (VOUCH_TEXT_SIZE) says
 * where it is from. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__contract_settle(struct vouch_context *context,
		       struct vouch_config *config,
		       struct vouch_deadline deadline, char *why,
		       struct vouch_error *error);

/* YES: the newest promotion that happened was under another contract than this
 * node's server was started with. `holder`: whose it was, or empty. */
enum vouch_answer vouch__contract_lags(struct vouch_context *context,
				       char holder[VOUCH_NAME_SIZE]);

/* What this node would hold authority under, had it to follow that grant. */
void vouch__contract_of_grant(const struct vouch_config *config,
			      const struct vouch_cluster_grant *grant,
			      struct vouch_terms *terms);

/* The wish. VOUCH_E_NOT_FOUND: there is none. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__contract_change_read(const struct vouch_config *config,
			    struct vouch_contract_change *change,
			    struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__contract_change_write(const struct vouch_config *config,
			     const struct vouch_contract_change *change,
			     struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__contract_change_remove(const struct vouch_config *config,
			      struct vouch_error *error);

#endif
