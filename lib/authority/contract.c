/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/contract.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "authority/contract_file.h"
#include "authority/records.h"
#include "common/privilege.h"

#define CONTRACT_NAME "contract"

enum vouch_error_code vouch__contract_load(struct vouch_config *config,
					   struct vouch_error *error)
{
	struct vouch_terms terms;
	enum vouch_error_code code = vouch__contract_file_read(
		config, CONTRACT_NAME, &terms, NULL, NULL, error);

	if (code == VOUCH_E_NOT_FOUND)
		return VOUCH_OK;
	if (code == VOUCH_OK)
		vouch__terms_apply(config, &terms);
	return code;
}

/* The holder of that grant takes part from now on: it is a standby to whoever
 * comes after it. Nodes that are no members any more cannot acknowledge. */
void vouch__contract_of_grant(const struct vouch_config *config,
			      const struct vouch_cluster_grant *grant,
			      struct vouch_terms *terms)
{
	uint32_t i;

	memset(terms, 0, sizeof(*terms));
	terms->method = grant->method;
	terms->k = grant->k;
	for (i = 0; i <= grant->member_count; i++) {
		const char *name = i < grant->member_count ? grant->members[i] :
							     grant->holder;

		if (strcmp(name, config->node) != 0 &&
		    vouch__config_member(config, name) &&
		    !vouch__terms_has(terms, name))
			(void)vouch__terms_add(terms, name);
	}
}

/* The cluster's words, where it has any; the journal has them too, later. */
static void cluster_ask(struct vouch_context *context,
			struct vouch_deadline deadline,
			struct vouch_cluster_grant *grants, uint32_t *count)
{
	struct vouch_error error = { 0 };

	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK) {
		*count = 0;
		return;
	}
	if (context->cluster_ops->grants_observe(context->cluster, deadline,
						 grants, count, &error) !=
		    VOUCH_OK ||
	    vouch__privilege_lower(context->config, &error) != VOUCH_OK) {
		if (context->progress)
			context->progress(error.text);
		*count = 0;
	}
}

static int is_newer(const struct vouch_cluster_grant *grant,
		    const struct vouch_cluster_grant *than)
{
	return grant->epoch > than->epoch;
}

/* Epoch 0: no promotion ever happened. *unsettled: one after it may have. */
static void newest_take(const struct vouch_cluster_grant *grants, uint32_t count,
			struct vouch_cluster_grant *newest, uint64_t *unsettled)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (vouch__cluster_grant_happened(&grants[i]) &&
		    is_newer(&grants[i], newest))
			*newest = grants[i];
		else if (grants[i].outcome == VOUCH_GRANT_OPEN &&
			 grants[i].epoch > *unsettled)
			*unsettled = grants[i].epoch;
	}
}

/* The wish counts for the very authority that it was made under, and only as
 * long as nobody can have had one since. */
static int change_is_due(const struct vouch_config *config,
			 const struct vouch_contract_change *change,
			 const struct vouch_cluster_grant *newest,
			 uint64_t unsettled)
{
	return newest->epoch != 0 && change->epoch == newest->epoch &&
	       unsettled <= newest->epoch &&
	       strcmp(newest->holder, config->node) == 0 &&
	       change->incarnation[0] != '\0' &&
	       strcmp(change->incarnation, newest->incarnation) == 0;
}

static void terms_choose(const struct vouch_config *config,
			 const struct vouch_cluster_grant *newest,
			 uint64_t unsettled, struct vouch_terms *terms,
			 char *why)
{
	struct vouch_contract_change change;
	struct vouch_error error = { 0 };
	enum vouch_error_code code =
		vouch__contract_change_read(config, &change, &error);

	if (code == VOUCH_OK &&
	    change_is_due(config, &change, newest, unsettled)) {
		*terms = change.terms;
		(void)snprintf(why, VOUCH_TEXT_SIZE,
			       "as announced in epoch %" PRIu64, change.epoch);
		return;
	}
	/* What is not due any more must not come back later. */
	if (code != VOUCH_E_NOT_FOUND)
		(void)!vouch__contract_change_remove(config, &error);
	if (newest->epoch != 0) {
		vouch__contract_of_grant(config, newest, terms);
		(void)snprintf(why, VOUCH_TEXT_SIZE,
			       "as granted for epoch %" PRIu64, newest->epoch);
		return;
	}
	vouch__terms_of_config(config, terms);
	(void)snprintf(why, VOUCH_TEXT_SIZE, "as configured");
}

enum vouch_error_code vouch__contract_settle(struct vouch_context *context,
					     struct vouch_config *config,
					     struct vouch_deadline deadline,
					     char *why,
					     struct vouch_error *error)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	static struct vouch_cluster_grant newest;
	struct vouch_terms terms;
	uint64_t unsettled = 0;
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;

	memset(&newest, 0, sizeof(newest));
	code = vouch__records_grants(context->journal, grants, &count, error);
	if (code != VOUCH_OK)
		return code;
	newest_take(grants, count, &newest, &unsettled);
	count = VOUCH_GRANTS_MAX;
	cluster_ask(context, deadline, grants, &count);
	newest_take(grants, count, &newest, &unsettled);
	terms_choose(config, &newest, unsettled, &terms, why);
	code = vouch__terms_check(config, &terms, error);
	if (code == VOUCH_OK)
		code = vouch__contract_file_write(config, CONTRACT_NAME, &terms,
						  0, "", error);
	if (code == VOUCH_OK)
		vouch__terms_apply(config, &terms);
	return code;
}

enum vouch_answer vouch__contract_lags(struct vouch_context *context,
				       char holder[VOUCH_NAME_SIZE])
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	static struct vouch_cluster_grant newest;
	struct vouch_terms wanted, own;
	struct vouch_error error = { 0 };
	uint64_t unsettled = 0;
	uint32_t count = VOUCH_GRANTS_MAX;

	holder[0] = '\0';
	memset(&newest, 0, sizeof(newest));
	if (vouch__records_grants(context->journal, grants, &count, &error) !=
	    VOUCH_OK)
		return VOUCH_UNKNOWN;
	newest_take(grants, count, &newest, &unsettled);
	if (newest.epoch == 0)
		return VOUCH_NO;
	memcpy(holder, newest.holder, VOUCH_NAME_SIZE);
	vouch__contract_of_grant(context->config, &newest, &wanted);
	vouch__terms_of_config(context->config, &own);
	return vouch__terms_equal(&wanted, &own) ? VOUCH_NO : VOUCH_YES;
}
