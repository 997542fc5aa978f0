/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A contract as a small durable state file:
 * {"epoch", "incarnation", "method": any|first, "k", "members": [...]} */
#ifndef VOUCH_AUTHORITY_CONTRACT_FILE_H
#define VOUCH_AUTHORITY_CONTRACT_FILE_H

#include "common/terms.h"

/* epoch and incarnation (VOUCH_NAME_SIZE) may be NULL. What is not valid for
 * this node is VOUCH_E_CORRUPT, and *terms is no contract. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__contract_file_read(const struct vouch_config *config, const char *name,
			  struct vouch_terms *terms, uint64_t *epoch,
			  char *incarnation, struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__contract_file_write(const struct vouch_config *config, const char *name,
			   const struct vouch_terms *terms, uint64_t epoch,
			   const char *incarnation, struct vouch_error *error);

#endif
