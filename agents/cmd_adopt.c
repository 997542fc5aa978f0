/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adoption: the operator's explicit word that the running primary is the one
 * (P6-A3). It verifies what it can see, then records the first authority in
 * the log, in the journal, as marker and, where there is one, in the cluster.
 */
#include <stdio.h>
#include <string.h>

#include "agents/cli.h"
#include "authority/contract_change.h"
#include "authority/follow.h"
#include "authority/incarnation.h"
#include "authority/lock.h"
#include "authority/marker.h"
#include "authority/records.h"
#include "common/privilege.h"
#include "common/terms.h"

enum { FIRST_EPOCH = 1 };

struct adoption {
	struct cli *cli;
	struct vouch_context context;
	struct vouch_deadline deadline;
	struct vouch_local local;
	struct vouch_mark mark; /* where its log surely ends */
	struct vouch_directory directory;
	char incarnation[VOUCH_NAME_SIZE];
	struct vouch_cluster_grant grant;
	int has_row; /* an adoption that was cut off got as far as the log */
	struct vouch_error error;
};

static enum vouch_error_code adopted_already(struct adoption *adoption)
{
	return vouch__error_set(&adoption->error, VOUCH_E_STATE,
				"this database was adopted already; the newest "
				"epoch is %llu of %s",
				(unsigned long long)adoption->local.epoch,
				adoption->local.epoch_holder);
}

static enum vouch_error_code other_contract(struct adoption *adoption,
					    const struct vouch_terms *recorded,
					    const struct vouch_terms *asked)
{
	char texts[2][VOUCH_TERMS_TEXT_SIZE];

	vouch__terms_text(recorded, texts[0]);
	vouch__terms_text(asked, texts[1]);
	return vouch__error_set(&adoption->error, VOUCH_E_STATE,
				"P6-S1: an adoption was cut off here after the log "
				"had its contract, %.200s, and the configuration "
				"asks for another now, %.200s: put it back, adopt, "
				"and change it with 'vouch contract set'",
				texts[0], texts[1]);
}

/* The marker is written last: with this node's row of the first epoch and no
 * marker, an adoption was cut off, and may be made again. Whether the row is of
 * this life is asked when that is known. */
static enum vouch_error_code row_look(struct adoption *adoption)
{
	const struct vouch_config *config = &adoption->cli->config;
	struct vouch_error ignored = { 0 };
	struct vouch_marker marker;

	if (adoption->local.epoch == 0)
		return VOUCH_OK;
	adoption->has_row =
		adoption->local.epoch == FIRST_EPOCH &&
		strcmp(adoption->local.epoch_holder, config->node) == 0 &&
		vouch__marker_read(config, &marker, &ignored) ==
			VOUCH_E_NOT_FOUND;
	return adoption->has_row ? VOUCH_OK : adopted_already(adoption);
}

/* No other member may be writable, and nobody may have adopted before. */
static enum vouch_error_code verify(struct adoption *adoption)
{
	static struct vouch_probe probes[VOUCH_NODES_MAX];
	const struct vouch_config *config = &adoption->cli->config;
	uint8_t wanted[VOUCH_NODES_MAX];
	enum vouch_error_code code;
	uint32_t i;

	code = adoption->context.engine->local_observe(
		config, adoption->deadline, &adoption->local, &adoption->error);
	if (code != VOUCH_OK)
		return code;
	if (adoption->local.state != VOUCH_RUN_WRITABLE)
		return vouch__error_set(&adoption->error, VOUCH_E_STATE,
					"this node's server is no running "
					"primary; run 'vouch adopt' there. Where no "
					"node has one because Pacemaker started all "
					"as standbys: disable the resource, remove "
					"standby.signal from the data directory of "
					"the one that was primary, start it with "
					"pg_ctl, adopt, enable the resource");
	code = row_look(adoption);
	if (code == VOUCH_OK)
		code = adoption->context.engine->whole_observe(
			config, adoption->local.timeline,
			adoption->local.position, &adoption->mark.timeline,
			&adoption->mark.lsn, &adoption->error);
	if (code != VOUCH_OK)
		return code;
	memset(probes, 0, sizeof(probes));
	for (i = 0; i < config->member_count; i++)
		wanted[i] = strcmp(config->members[i].name, config->node) != 0;
	vouch__probe_all(&adoption->context, wanted, adoption->deadline, probes);
	for (i = 0; i < config->member_count; i++) {
		if (!wanted[i] || probes[i].condition == VOUCH_ABSENT)
			continue;
		if (probes[i].in_recovery != VOUCH_YES)
			return vouch__error_set(
				&adoption->error, VOUCH_E_STATE,
				"P6-A1: %s answers and is no standby; stop it "
				"before adopting",
				config->members[i].name);
	}
	return VOUCH_OK;
}

static void grant_fill(struct adoption *adoption, const char *request_id)
{
	const struct vouch_config *config = &adoption->cli->config;
	struct vouch_cluster_grant *grant = &adoption->grant;
	struct vouch_terms terms;

	grant->epoch = FIRST_EPOCH;
	(void)snprintf(grant->holder, VOUCH_NAME_SIZE, "%s", config->node);
	(void)snprintf(grant->incarnation, VOUCH_NAME_SIZE, "%s",
		       adoption->incarnation);
	(void)snprintf(grant->request_id, VOUCH_NAME_SIZE, "%s", request_id);
	grant->outcome = VOUCH_GRANT_DONE;
	vouch__terms_of_config(config, &terms);
	grant->method = terms.method;
	grant->k = terms.k;
	grant->member_count = terms.member_count;
	memcpy(grant->members, terms.members, sizeof(terms.members));
}

/* The row that is there must be of this directory's life and say what would be
 * written now: one that was copied here has another's (P6-A3, P6-S1). */
static enum vouch_error_code row_check(struct adoption *adoption)
{
	static struct vouch_log_record record;
	static struct vouch_contract_state state;
	struct vouch_terms terms;
	const struct vouch_grant *row;
	enum vouch_error_code code = adoption->context.engine->records_observe(
		&adoption->cli->config, adoption->deadline, &record,
		&adoption->error);

	if (code != VOUCH_OK)
		return code;
	row = &record.epochs[0];
	vouch__terms_of_config(&adoption->cli->config, &terms);
	vouch__contract_state_of(&adoption->cli->config, &record, &state);
	if (record.epoch_count != 1 || row->epoch != FIRST_EPOCH ||
	    strcmp(row->incarnation, adoption->incarnation) != 0 ||
	    !state.in_force_known || state.is_announced)
		return adopted_already(adoption);
	return vouch__terms_equal(&terms, &state.in_force) &&
			       row->contract.member_count == terms.member_count ?
		       VOUCH_OK :
		       other_contract(adoption, &state.in_force, &terms);
}

/* A marker without a row would be a claim that nobody else can see. */
static enum vouch_error_code log_write(struct adoption *adoption)
{
	struct vouch_epoch epoch;
	uint32_t i;

	memset(&epoch, 0, sizeof(epoch));
	epoch.epoch = FIRST_EPOCH;
	(void)snprintf(epoch.holder, VOUCH_NAME_SIZE, "%s",
		       adoption->grant.holder);
	(void)snprintf(epoch.incarnation, VOUCH_NAME_SIZE, "%s",
		       adoption->incarnation);
	(void)snprintf(epoch.request_id, VOUCH_NAME_SIZE, "%s",
		       adoption->grant.request_id);
	epoch.timeline = adoption->local.timeline;
	epoch.start_lsn = adoption->local.position;
	/* What ran until now was not started under this contract: it proves
	 * nothing about the past (rule 520). */
	epoch.pinned = adoption->local.pinned == VOUCH_YES ? VOUCH_YES : VOUCH_NO;
	epoch.method = VOUCH_METHOD_ANY;
	epoch.k = adoption->grant.k;
	epoch.member_count = adoption->grant.member_count;
	for (i = 0; i < epoch.member_count; i++)
		memcpy(epoch.members[i], adoption->grant.members[i],
		       VOUCH_NAME_SIZE);
	return adoption->context.engine->epoch_write(&adoption->cli->config,
						     &epoch, 1,
						     adoption->deadline,
						     &adoption->error);
}

static enum vouch_error_code marker_write(struct adoption *adoption)
{
	const struct vouch_config *config = &adoption->cli->config;
	struct vouch_marker marker;
	enum vouch_error_code code;

	memset(&marker, 0, sizeof(marker));
	(void)snprintf(marker.cluster, VOUCH_NAME_SIZE, "%s", config->name);
	(void)snprintf(marker.node, VOUCH_NAME_SIZE, "%s", config->node);
	(void)snprintf(marker.incarnation, VOUCH_NAME_SIZE, "%s",
		       adoption->incarnation);
	(void)snprintf(marker.request_id, VOUCH_NAME_SIZE, "%s",
		       adoption->grant.request_id);
	marker.system_id = adoption->local.system_id;
	marker.epoch = FIRST_EPOCH;
	marker.timeline = adoption->local.timeline;
	marker.from_timeline = adoption->local.timeline;
	marker.start_lsn = adoption->local.position;
	marker.k = config->k;
	code = vouch__mark_raise(config, adoption->mark,
				 adoption->directory.history,
				 adoption->directory.history_count,
				 &adoption->error);
	if (code == VOUCH_OK)
		code = vouch__marker_write(config, &marker, &adoption->error);
	return code;
}

static int is_same_claim(const struct vouch_cluster_grant *a,
			 const struct vouch_cluster_grant *b)
{
	int same = a->epoch == b->epoch && strcmp(a->holder, b->holder) == 0 &&
		   strcmp(a->incarnation, b->incarnation) == 0 &&
		   strcmp(a->request_id, b->request_id) == 0 &&
		   a->method == b->method && a->k == b->k &&
		   a->member_count == b->member_count;

	for (uint32_t i = 0; same && i < a->member_count; i++)
		same = strcmp(a->members[i], b->members[i]) == 0;
	return same;
}

/* Is the one grant on record what an adoption that was cut off claimed, and no
 * more open? An open one may not stand yet, and is claimed again. */
static enum vouch_error_code claim_look(struct adoption *adoption, int *stands)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	struct vouch_context *context = &adoption->context;
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code = context->cluster_ops->grants_observe(
		context->cluster, adoption->deadline, grants, &count,
		&adoption->error);

	*stands = code == VOUCH_OK && count == 1 &&
		  vouch__cluster_grant_happened(&grants[0]) &&
		  is_same_claim(&grants[0], &adoption->grant);
	return code;
}

static enum vouch_error_code claim(struct adoption *adoption)
{
	struct vouch_context *context = &adoption->context;
	int stands;
	enum vouch_error_code code = claim_look(adoption, &stands);

	if (code == VOUCH_OK && !stands)
		code = context->cluster_ops->grant_claim(context->cluster,
							 adoption->deadline,
							 &adoption->grant,
							 &adoption->error);
	if (code == VOUCH_OK)
		code = context->cluster_ops->grant_close(
			context->cluster, adoption->deadline, FIRST_EPOCH,
			VOUCH_GRANT_DONE, 0, &adoption->error);
	return code;
}

/* The cluster first: of two nodes that are adopted at once, one is. */
static enum vouch_error_code cluster_record(struct adoption *adoption)
{
	struct vouch_error ignored = { 0 };
	enum vouch_error_code code;

	if (!adoption->context.cluster_ops)
		return VOUCH_OK;
	if (!adoption->context.cluster)
		return vouch__error_set(&adoption->error, VOUCH_E_CLUSTER,
					"P6-A1: the cluster does not answer, so "
					"that it would not know of this epoch; "
					"nothing was changed: run this as root "
					"while Pacemaker runs here, or say "
					"--cluster=none where there is none");
	code = vouch__privilege_raise(&adoption->error);
	if (code != VOUCH_OK)
		return code;
	code = claim(adoption);
	if (vouch__privilege_lower(&adoption->cli->config, &ignored) != VOUCH_OK)
		return VOUCH_E_PERMISSION;
	return code;
}

static enum vouch_error_code adopt(struct adoption *adoption)
{
	const struct vouch_config *config = &adoption->cli->config;
	enum vouch_error_code code = verify(adoption);

	if (code == VOUCH_OK)
		code = adoption->context.engine->directory_observe(
			config, &adoption->directory, &adoption->error);
	if (code == VOUCH_OK)
		code = vouch__incarnation_settle(config, &adoption->directory,
						 adoption->incarnation, NULL,
						 &adoption->error);
	if (code != VOUCH_OK)
		return code;
	/* Each step may be found done: what is cut off is typed again. */
	grant_fill(adoption, "adoption");
	if (adoption->has_row)
		code = row_check(adoption);
	if (code == VOUCH_OK)
		code = cluster_record(adoption);
	if (code == VOUCH_OK && !adoption->has_row)
		code = log_write(adoption);
	if (code == VOUCH_OK)
		code = vouch__record_grant(adoption->context.journal,
					   &adoption->grant, &adoption->error);
	return code == VOUCH_OK ? marker_write(adoption) : code;
}

enum vouch_decision cmd_adopt(struct cli *cli, int argc, char **argv)
{
	static struct adoption adoption;
	enum vouch_decision decision;
	enum vouch_error_code code;
	int lock;

	(void)argv;
	if (argc != 0) {
		(void)fprintf(stderr, "vouch: adopt takes no argument\n");
		return VOUCH_USAGE;
	}
	decision = cli_configure(cli);
	if (decision != VOUCH_PERMITTED)
		return decision;
	adoption.cli = cli;
	adoption.context.progress = cli->quiet ? NULL : cli_progress;
	adoption.deadline = vouch__deadline_in(cli->timeout_ms);
	code = vouch__context_open(&adoption.context, &cli->config, 1,
				   adoption.deadline, &adoption.error);
	if (code == VOUCH_OK)
		code = vouch__lock_take(&cli->config, "adoption", &lock,
					&adoption.error);
	if (code == VOUCH_OK) {
		code = adopt(&adoption);
		vouch__lock_release(lock);
	}
	vouch__context_close(&adoption.context);
	if (code != VOUCH_OK) {
		(void)cli_fail(cli, &adoption.error);
		return VOUCH_UNDECIDED;
	}
	(void)printf("adopted: %s holds epoch %d of %s, timeline %u, "
		     "contract ANY %d of %u\n",
		     cli->config.node, FIRST_EPOCH, cli->config.name,
		     adoption.local.timeline, cli->config.k,
		     adoption.grant.member_count);
	if (adoption.local.pinned != VOUCH_YES)
		(void)printf("its server was not started by its agent, so that "
			     "nothing about its past is proven (P6-S1): %s\n",
			     strcmp(cli->config.manager, "none") == 0 ?
				     "start it again by its agent" :
				     "give it to Pacemaker, which starts it again");
	return VOUCH_PERMITTED;
}
