/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vouch contract set, on the holder (P6-S1): announce the new contract in the
 * log, acknowledged under the old one; apply it; confirm it by a commit that is
 * acknowledged under it.
 *
 * What makes the contract unforgeable is that it stands on the server's command
 * line, so that applying it is a start of the server: stopped cleanly and sealed,
 * started as a standby with the new setting, promoted by the library with a grant
 * that announces it to those who never see the row. Cut off anywhere it is still
 * the old contract, or both bind, or it is the new one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agents/contract_view.h"
#include "agents/words_show.h"
#include "authority/follow.h"
#include "authority/lock.h"
#include "common/json.h"
#include "common/privilege.h"

enum { WAIT_MS = 120000, SETTLE_MS = 20000, PAUSE_MS = 200, ANSWER_SIZE = 64 };

struct setting {
	struct cli *cli;
	struct vouch_context context;
	struct vouch_deadline deadline;
	struct contract_view view;
	struct vouch_change_facts facts;
	struct vouch_recovery recovery;
	enum vouch_change_step step;
	struct vouch_error error;
};

static void tell(const struct setting *it, const char *text)
{
	if (!it->cli->quiet)
		cli_progress(text);
}

/* --- the wish --------------------------------------------------------------- */

static enum vouch_error_code k_parse(const char *text, int *k,
				     struct vouch_error *error)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || errno != 0 || *end != '\0' ||
	    value > VOUCH_NODES_MAX)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"--k takes a small number, not '%.40s'",
					text);
	*k = (int)value;
	return VOUCH_OK;
}

/* This node may be named and is left out: whoever holds authority takes part,
 * and acknowledges once somebody else does. */
static enum vouch_error_code members_parse(const struct vouch_config *config,
					   const char *list,
					   struct vouch_terms *terms,
					   struct vouch_error *error)
{
	char *copy = strdup(list);
	char *rest = copy, *name;
	enum vouch_error_code code = VOUCH_OK;

	if (!copy)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	while (code == VOUCH_OK && (name = strsep(&rest, ",")) != NULL) {
		if (strcmp(name, config->node) == 0)
			continue;
		if (!vouch__config_member(config, name))
			code = vouch__error_set(error, VOUCH_E_ARGUMENT,
						"--members: '%.60s' is no member "
						"of %s",
						name, config->name);
		else if (!vouch__terms_add(terms, name))
			code = vouch__error_set(error, VOUCH_E_ARGUMENT,
						"--members: too many");
	}
	free(copy);
	return code;
}

static enum vouch_error_code wish_parse(const struct cli *cli,
					struct vouch_terms *terms,
					struct vouch_error *error)
{
	struct vouch_config all = cli->config;
	enum vouch_error_code code;

	memset(terms, 0, sizeof(*terms));
	if (!cli->members) {
		all.participant_count = 0;
		vouch__terms_of_config(&all, terms);
	}
	terms->method = VOUCH_METHOD_ANY;
	if (cli->method && strcmp(cli->method, "first") == 0)
		terms->method = VOUCH_METHOD_FIRST;
	else if (cli->method && strcmp(cli->method, "any") != 0)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"--method takes any or first, not "
					"'%.40s'",
					cli->method);
	code = k_parse(cli->k, &terms->k, error);
	if (code == VOUCH_OK && cli->members)
		code = members_parse(&cli->config, cli->members, terms, error);
	return code == VOUCH_OK ? vouch__terms_check(&cli->config, terms, error) :
				  code;
}

/* --- the facts -------------------------------------------------------------- */

static enum vouch_error_code cluster_look(struct setting *it)
{
	struct vouch_context *context = &it->context;
	struct vouch_error ignored = { 0 };
	struct vouch_view seen = { 0 };
	enum vouch_error_code code;

	if (!context->cluster_ops)
		return vouch__error_set(&it->error, VOUCH_E_STATE,
					"there is no cluster manager (manager "
					"none), so nobody starts the server with "
					"a contract on its command line: there "
					"is none that vouch could change");
	if (!context->cluster)
		return vouch__error_set(&it->error, VOUCH_E_CLUSTER,
					"the cluster does not answer; run this "
					"as root where Pacemaker runs");
	code = vouch__privilege_raise(&it->error);
	if (code != VOUCH_OK)
		return code;
	code = context->cluster_ops->view_observe(context->cluster, it->deadline,
						  &seen, &it->error);
	if (code == VOUCH_OK)
		code = context->cluster_ops->managed_observe(
			context->cluster, it->deadline, &it->facts.managed,
			&it->error);
	if (code == VOUCH_OK)
		code = context->cluster_ops->recovery_observe(
			context->cluster, it->deadline, &it->recovery,
			&it->error);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return VOUCH_E_PERMISSION;
	it->facts.quorate = seen.quorate;
	return code;
}

static void pause_briefly(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };

	(void)nanosleep(&pause, NULL);
}

/* What Pacemaker has on record of this node's instance. */
static enum vouch_error_code operations_read(struct setting *it,
					     struct vouch_operations *operations)
{
	static struct vouch_cluster_node nodes[VOUCH_NODES_MAX];
	struct vouch_context *context = &it->context;
	struct vouch_error ignored = { 0 };
	uint32_t count = VOUCH_NODES_MAX;
	enum vouch_error_code code = vouch__privilege_raise(&it->error);
	uint32_t i;

	memset(operations, 0, sizeof(*operations));
	if (code != VOUCH_OK)
		return code;
	code = context->cluster_ops->nodes_observe(context->cluster, it->deadline,
						   nodes, &count, &it->error);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return VOUCH_E_PERMISSION;
	for (i = 0; code == VOUCH_OK && i < count; i++)
		if (strcmp(nodes[i].name, context->config->node) == 0)
			*operations = nodes[i].operations;
	return code;
}

static int is_promoted(const struct vouch_operations *operations)
{
	if (operations->condition != VOUCH_PRESENT ||
	    operations->in_flight == VOUCH_YES)
		return 0;
	return operations->last_result == VOUCH_RESULT_PROMOTED ||
	       (operations->last == VOUCH_OP_PROMOTE &&
		operations->last_result == VOUCH_RESULT_OK);
}

/* After a cleanup Pacemaker has no record of the instance until it has looked at
 * it again. A failure that is reported meanwhile gets a number above all that
 * come later, and Pacemaker would recover from it for ever. */
static enum vouch_error_code record_await(struct setting *it)
{
	struct vouch_deadline deadline =
		vouch__deadline_within(it->deadline, SETTLE_MS);
	struct vouch_operations operations;

	for (;;) {
		enum vouch_error_code code = operations_read(it, &operations);

		if (code != VOUCH_OK || is_promoted(&operations))
			return code;
		if (vouch__deadline_left_ms(deadline) == 0)
			return vouch__error_set(
				&it->error, VOUCH_E_STATE,
				"Pacemaker has not on record that the resource is "
				"promoted here, or is just changing that; look at "
				"crm_mon, then ask again");
		pause_briefly();
	}
}

static enum vouch_error_code facts_read(struct setting *it)
{
	struct vouch_change_facts *facts = &it->facts;
	enum vouch_error_code code = cluster_look(it);

	if (code == VOUCH_OK)
		code = contract_view_read(&it->context, it->deadline, &it->view,
					  &it->error);
	if (code != VOUCH_OK)
		return code;
	facts->config = &it->cli->config;
	facts->state = it->view.local.state;
	facts->holds_authority =
		vouch__holds_authority(facts->config, &it->view.local);
	facts->holder = it->view.holder;
	facts->pinned = it->view.local.contract_pinned;
	facts->unpinned = it->view.local.unpinned;
	facts->log = it->view.log;
	facts->streaming = contract_view_streaming(&it->view, &facts->wanted);
	return vouch__change_check(facts, &it->step, &it->error);
}

/* Applying it ends in a promotion of this node. Without a word for that the server
 * would be stopped and not come back (P6-A3). */
static enum vouch_error_code authorization_check(struct setting *it)
{
	static struct vouch_word_list list;
	const struct vouch_config *config = &it->cli->config;
	enum vouch_error_code code;
	uint64_t newest;
	uint32_t i;

	if (config->authorization != VOUCH_AUTHORIZATION_OPERATOR)
		return VOUCH_OK;
	code = words_newest_epoch(&it->context, it->view.probes, it->deadline,
				  &newest, &it->error);
	if (code == VOUCH_OK)
		code = vouch__words_observe(&it->context, it->deadline, &list,
					    &it->error);
	for (i = 0; code == VOUCH_OK && i < list.count; i++) {
		if (vouch__word_authorizes(&list.words[i], config->name,
					   config->node, newest))
			return VOUCH_OK;
	}
	if (code != VOUCH_OK)
		return code;
	return vouch__error_set(&it->error, VOUCH_E_STATE,
				"authorization=operator: the change ends in a "
				"promotion of %s, which nobody authorized; nothing "
				"was changed; type: vouch authorize %s "
				"--reason=TEXT",
				config->node, config->node);
}

/* --- the question ----------------------------------------------------------- */

static int is_answered(const char *word)
{
	char answer[ANSWER_SIZE];

	(void)fprintf(stderr, "Type '%s' to go on: ", word);
	if (!fgets(answer, sizeof(answer), stdin))
		return 0;
	answer[strcspn(answer, "\n")] = '\0';
	return strcmp(answer, word) == 0;
}

/* The restart is asked for as a recovery: what is configured for failures is what
 * happens. None of it endangers a write; it may keep the database away. */
static void recovery_warn(const struct setting *it)
{
	const struct vouch_recovery *recovery = &it->recovery;
	const char *name = it->cli->config.name;

	if (it->cli->quiet)
		return;
	if (recovery->migration_threshold[0] != '\0' &&
	    strstr(recovery->migration_threshold, "INFINITY") == NULL)
		(void)fprintf(stderr,
			      "warning: migration-threshold is %s, and the restart "
			      "counts as a failure: when %s has\nfailed so often, "
			      "Pacemaker keeps the database away from it. Look at "
			      "it first:\n  crm_failcount --query --resource %s "
			      "--node %s\n",
			      recovery->migration_threshold,
			      it->cli->config.node, name, it->cli->config.node);
	if (recovery->default_on_fail[0] != '\0' &&
	    strcmp(recovery->default_on_fail, "restart") != 0)
		(void)fprintf(stderr,
			      "warning: on-fail=%s is the default of operations "
			      "(op_defaults), and counts for the\nrestart as well, "
			      "which wants on-fail=restart\n",
			      recovery->default_on_fail);
	if (strcmp(recovery->promote_on_fail, "block") != 0)
		(void)fprintf(stderr,
			      "warning: on-fail of the promote operation is %s, "
			      "not block: a refused promotion would be\nfollowed "
			      "by more of them (P6-F3); type: pcs resource update "
			      "%s op promote on-fail=block\n",
			      recovery->promote_on_fail[0] ?
				      recovery->promote_on_fail :
				      "not set",
			      name);
}

static enum vouch_error_code consent_get(struct setting *it)
{
	const struct vouch_terms *wanted = &it->facts.wanted;
	char text[VOUCH_TERMS_TEXT_SIZE];

	vouch__terms_text(wanted, text);
	if (it->cli->yes && it->cli->quiet)
		return VOUCH_OK;
	(void)fprintf(
		stderr,
		"The contract of %s becomes: %s.\n"
		"It stands on the server's command line, where nothing can "
		"weaken it, so this\nstops and starts the server on %s: for some "
		"seconds nobody can write, and open\nconnections end. Pacemaker "
		"does it, and promotes %s again; should %s be lost\nmeanwhile, "
		"another node is promoted as at any other time. Only in the "
		"moment between the\npromotion and what Pacemaker notifies "
		"after it a fencing proves nothing: lost then, the\nnode itself "
		"has to come back (P6-A1).\n",
		it->cli->config.name, text, it->cli->config.node,
		it->cli->config.node, it->cli->config.node);
	if (wanted->k == 0)
		(void)fprintf(
			stderr,
			"With k = 0 a COMMIT waits for no other node (P6-S1). "
			"When %s is lost after that,\nacknowledged writes may be "
			"lost with it, so vouch refuses every promotion until it\n"
			"is back; only planned switchovers remain possible.\n",
			it->cli->config.node);
	if (it->cli->yes)
		return VOUCH_OK;
	if (!isatty(STDIN_FILENO))
		return vouch__error_set(&it->error, VOUCH_E_ARGUMENT,
					"nobody can be asked here: say --yes if "
					"that is meant; nothing was changed");
	if (!is_answered(wanted->k == 0 ? "asynchronous" : "yes"))
		return vouch__error_set(&it->error, VOUCH_E_STATE,
					"not confirmed; nothing was changed");
	return VOUCH_OK;
}

/* --- the steps -------------------------------------------------------------- */

/* On record, for whoever asks later who changed it; decisions read the log. */
static enum vouch_error_code journal_put(struct setting *it, const char *step,
					 const struct vouch_terms *terms)
{
	struct json_object *json = json_object_new_object();
	char text[VOUCH_TERMS_TEXT_SIZE];
	enum vouch_error_code code;

	vouch__terms_text(terms, text);
	code = vouch__json_put_text(json, "step", step);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "contract", text);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "epoch", it->view.log.epoch);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "why", it->cli->reason);
	if (code == VOUCH_OK)
		code = vouch__journal_append(it->context.journal,
					     VOUCH_RECORD_CONTRACT, json, NULL,
					     &it->error);
	else
		code = vouch__error_set(&it->error, code, "out of memory");
	json_object_put(json);
	return code;
}

static enum vouch_error_code announce(struct setting *it)
{
	struct vouch_contract_change change;
	enum vouch_error_code code = VOUCH_OK;

	if (it->step == VOUCH_CHANGE_ANNOUNCE) {
		tell(it, "announcing it in the log, acknowledged under the "
			 "contract in force");
		code = it->context.engine->contract_write(
			&it->cli->config, it->facts.log.epoch,
			VOUCH_PHASE_ANNOUNCED, &it->facts.wanted, it->deadline,
			&it->error);
	} else {
		/* Whoever announced it may not have seen it acknowledged. */
		tell(it, "waiting until what was announced is acknowledged under "
			 "the contract in force");
		code = it->context.engine->contract_await(&it->cli->config,
							  it->facts.log.epoch,
							  it->deadline,
							  &it->error);
	}
	if (code == VOUCH_OK)
		code = journal_put(it, "announced", &it->facts.wanted);
	if (code != VOUCH_OK)
		return code;
	memset(&change, 0, sizeof(change));
	change.epoch = it->facts.log.epoch;
	memcpy(change.incarnation, it->view.local.incarnation, VOUCH_NAME_SIZE);
	change.terms = it->facts.wanted;
	return vouch__contract_change_write(&it->cli->config, &change,
					    &it->error);
}

static enum vouch_error_code
cluster_call(struct setting *it,
	     enum vouch_error_code (*call)(struct vouch_cluster *,
					   struct vouch_deadline,
					   struct vouch_error *))
{
	struct vouch_error ignored = { 0 };
	enum vouch_error_code code = vouch__privilege_raise(&it->error);

	if (code != VOUCH_OK)
		return code;
	code = call(it->context.cluster, it->deadline, &it->error);
	if (vouch__privilege_lower(&it->cli->config, &ignored) != VOUCH_OK)
		return VOUCH_E_PERMISSION;
	return code;
}

static const char *state_words(enum vouch_run_state state)
{
	switch (state) {
	case VOUCH_RUN_STOPPED:
		return "the server is stopped and its log sealed";
	case VOUCH_RUN_STANDBY:
		return "the server is started with the new contract, as a "
		       "standby; waiting for its promotion";
	case VOUCH_RUN_WRITABLE:
	case VOUCH_RUN_STARTING:
	case VOUCH_RUN_CRASHED:
	case VOUCH_RUN_UNKNOWN:
	default:
		return NULL;
	}
}

/* Until there is an epoch after the one that announced it, whose ever. */
static enum vouch_error_code next_epoch_await(struct setting *it)
{
	uint32_t told_already = 0;

	while (vouch__deadline_left_ms(it->deadline) > 0) {
		struct vouch_local *local = &it->view.local;

		if (it->context.engine->local_observe(
			    &it->cli->config, it->deadline, local,
			    &it->error) == VOUCH_OK) {
			if (local->epoch > it->facts.log.epoch)
				return VOUCH_OK;
			if ((told_already & 1u << local->state) == 0 &&
			    state_words(local->state))
				tell(it, state_words(local->state));
			told_already |= 1u << local->state;
		}
		pause_briefly();
	}
	return vouch__error_set(&it->error, VOUCH_E_TIMEOUT,
				"announced, and Pacemaker was asked to start the "
				"server again, but no new epoch began in time; "
				"see 'vouch explain' and crm_mon, then ask for "
				"the same again, or --abort");
}

/* Pacemaker's own words end before the marker and the rest of the promotion. */
static enum vouch_error_code authority_await(struct setting *it)
{
	while (vouch__deadline_left_ms(it->deadline) > 0) {
		if (it->context.engine->local_observe(
			    &it->cli->config, it->deadline, &it->view.local,
			    &it->error) == VOUCH_OK &&
		    it->view.local.state == VOUCH_RUN_WRITABLE &&
		    vouch__holds_authority(&it->cli->config, &it->view.local))
			return VOUCH_OK;
		pause_briefly();
	}
	return vouch__error_set(&it->error, VOUCH_E_TIMEOUT,
				"a new epoch began, but this node does not hold "
				"it; see 'vouch status'");
}

static enum vouch_error_code apply(struct setting *it)
{
	enum vouch_error_code code;

	tell(it, "applying it: Pacemaker stops and starts the server");
	/* Whoever was asked took his time. */
	code = record_await(it);
	if (code == VOUCH_OK)
		code = cluster_call(it, it->context.cluster_ops->restart);
	if (code == VOUCH_OK)
		code = next_epoch_await(it);
	if (code == VOUCH_OK &&
	    strcmp(it->view.local.epoch_holder, it->cli->config.node) != 0)
		code = vouch__error_set(&it->error, VOUCH_E_STATE,
					"%s was promoted meanwhile, under the "
					"contract that it had; nothing is under "
					"way any more; to change it, run this "
					"on %s",
					it->view.local.epoch_holder,
					it->view.local.epoch_holder);
	return code == VOUCH_OK ? authority_await(it) : code;
}

/* The epoch's row was the barrier. This commit shows people that the contract
 * can be kept: it is acknowledged under it. */
static enum vouch_error_code confirm(struct setting *it)
{
	enum vouch_error_code code;

	tell(it, "confirming it by a commit that is acknowledged under it");
	code = vouch__contract_load(&it->cli->config, &it->error);
	if (code == VOUCH_OK)
		code = contract_view_read(&it->context, it->deadline, &it->view,
					  &it->error);
	if (code == VOUCH_OK &&
	    (it->view.local.contract_pinned != VOUCH_YES ||
	     !vouch__terms_equal(&it->view.log.in_force, &it->facts.wanted)))
		code = vouch__error_set(&it->error, VOUCH_E_STATE,
					"the server came back under another "
					"contract; see 'vouch contract show'");
	if (code == VOUCH_OK)
		code = it->context.engine->contract_write(
			&it->cli->config, it->view.log.epoch,
			VOUCH_PHASE_IN_FORCE, &it->facts.wanted, it->deadline,
			&it->error);
	if (code == VOUCH_E_TIMEOUT)
		(void)vouch__error_prefix(&it->error,
					  "the new contract is in force, but too "
					  "few standbys keep it");
	return code;
}

/* A reported failure that stays would be recovered from again one day. */
static void restart_forget(struct setting *it)
{
	const struct vouch_error kept = it->error;

	if (cluster_call(it, it->context.cluster_ops->restart_forget) != VOUCH_OK)
		tell(it, it->error.text);
	it->error = kept;
}

/* What is left is for tidiness: neither file nor status means anything now. */
static void tidy(struct setting *it)
{
	struct vouch_error ignored = { 0 };

	(void)!vouch__contract_change_remove(&it->cli->config, &ignored);
	if (it->step == VOUCH_CHANGE_TAKE_BACK)
		return;
	restart_forget(it);
	if (record_await(it) != VOUCH_OK)
		tell(it, it->error.text);
}

/* The server never ran under what was announced: it has the old contract on its
 * command line. The wish goes first, so that no start applies it any more. */
static enum vouch_error_code take_back(struct setting *it)
{
	enum vouch_error_code code;

	tell(it, "taking back what was announced");
	code = vouch__contract_change_remove(&it->cli->config, &it->error);
	if (code == VOUCH_OK)
		code = it->context.engine->contract_write(
			&it->cli->config, it->facts.log.epoch,
			VOUCH_PHASE_IN_FORCE, &it->facts.log.in_force,
			it->deadline, &it->error);
	return code;
}

static enum vouch_error_code under_lock(struct setting *it, int *lock)
{
	enum vouch_error_code code = vouch__lock_take(
		&it->cli->config, "contract-change", lock, &it->error);

	if (code == VOUCH_OK)
		code = facts_read(it);
	if (code != VOUCH_OK || it->step == VOUCH_CHANGE_NOTHING)
		return code;
	if (it->step == VOUCH_CHANGE_TAKE_BACK)
		return take_back(it);
	recovery_warn(it);
	code = authorization_check(it);
	if (code == VOUCH_OK)
		code = record_await(it);
	if (code == VOUCH_OK)
		code = consent_get(it);
	return code == VOUCH_OK ? announce(it) : code;
}

static enum vouch_error_code change(struct setting *it)
{
	enum vouch_error_code code = VOUCH_OK;
	int lock = -1;

	if (!it->facts.abort)
		code = wish_parse(it->cli, &it->facts.wanted, &it->error);
	if (code != VOUCH_OK)
		return code;
	code = under_lock(it, &lock);
	/* The promotion that applies it takes the same lock. */
	vouch__lock_release(lock);
	if (code != VOUCH_OK || it->step == VOUCH_CHANGE_NOTHING)
		return code;
	if (it->step != VOUCH_CHANGE_TAKE_BACK) {
		code = apply(it);
		if (code == VOUCH_OK)
			code = confirm(it);
		else
			restart_forget(it);
	}
	if (code == VOUCH_OK)
		code = journal_put(it, it->facts.abort ? "taken back" : "confirmed",
				   it->facts.abort ? &it->facts.log.in_force :
						     &it->facts.wanted);
	if (code == VOUCH_OK)
		tidy(it);
	return code;
}

static enum vouch_decision told(const struct setting *it,
				enum vouch_error_code code)
{
	char text[VOUCH_TERMS_TEXT_SIZE];

	if (code != VOUCH_OK) {
		enum vouch_decision decision = cli_fail(it->cli, &it->error);

		return code == VOUCH_E_STATE || code == VOUCH_E_BUSY ?
			       VOUCH_VETOED :
			       decision;
	}
	vouch__terms_text(it->facts.abort ? &it->facts.log.in_force :
					    &it->facts.wanted,
			  text);
	(void)printf("contract %s: %s\n",
		     it->step == VOUCH_CHANGE_NOTHING ? "in force already" :
		     it->facts.abort		      ? "still in force" :
							"in force",
		     text);
	return VOUCH_PERMITTED;
}

enum vouch_decision contract_set(struct cli *cli)
{
	static struct setting it;
	enum vouch_error_code code;

	it.cli = cli;
	it.facts.abort = cli->abort;
	it.context.progress = cli->quiet ? NULL : cli_progress;
	it.deadline = vouch__deadline_in(cli->timeout_given ? cli->timeout_ms :
							      WAIT_MS);
	code = vouch__context_open(&it.context, &cli->config, 1, it.deadline,
				   &it.error);
	if (code == VOUCH_OK)
		code = vouch__contract_load(&cli->config, &it.error);
	if (code == VOUCH_OK)
		code = change(&it);
	vouch__context_close(&it.context);
	return told(&it, code);
}
