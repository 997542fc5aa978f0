/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vouch rejoin, on the node to bring back: says what would be discarded, keeps a
 * copy where asked, and makes the directory a standby's again. Never on a
 * directory that holds authority or may (P6-A1, P6-S1).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agents/cli.h"
#include "authority/common_log.h"
#include "authority/incarnation.h"
#include "authority/lock.h"
#include "authority/marker.h"
#include "authority/promotion.h"
#include "authority/records.h"
#include "authority/rejoin.h"
#include "common/json.h"
#include "common/privilege.h"

/* Up to a segment is read from the primary for the comparison, over whatever line. */
enum { WORK_MS = 24 * 3600 * 1000, LOOK_MS = 30000, COMPARE_MS = 300000 };

struct rejoin {
	struct cli *cli;
	struct vouch_context context;
	struct vouch_deadline deadline; /* for looking */
	struct vouch_deadline work;
	struct vouch_directory directory;
	struct vouch_probe probes[VOUCH_NODES_MAX];
	struct vouch_rejoin_facts facts;
	struct vouch_rejoin_plan plan;
	struct vouch_fork_count count;
	int rewind;	/* else: copy */
	char how[VOUCH_TEXT_SIZE];
	struct vouch_error error;
	int behind; /* its log is part of the primary's, and is copied anew */
};

static void tell(const char *text)
{
	(void)fprintf(stderr, "vouch: %s\n", text);
}

static vouch_tell *teller(const struct rejoin *it)
{
	return it->cli->quiet ? NULL : tell;
}

static const struct vouch_member *primary(const struct rejoin *it)
{
	return &it->cli->config.members[it->plan.primary];
}

/* --- the facts -------------------------------------------------------------- */

static void newest_take(struct rejoin *it,
			const struct vouch_cluster_grant *grants, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (grants[i].outcome != VOUCH_GRANT_VOID &&
		    grants[i].epoch > it->facts.newest_epoch)
			it->facts.newest_epoch = grants[i].epoch;
}

/* The cluster may know of an epoch that this node slept through; where there is
 * a cluster and it does not say, nothing is known. */
static enum vouch_error_code epochs_read(struct rejoin *it)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	struct vouch_context *context = &it->context;
	struct vouch_error ignored = { 0 };
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code = vouch__records_grants(
		context->journal, grants, &count, &it->error);

	if (code != VOUCH_OK)
		return code;
	newest_take(it, grants, count);
	if (!context->cluster_ops)
		return VOUCH_OK;
	if (!context->cluster)
		return vouch__error_set(&it->error, VOUCH_E_CLUSTER,
					"the cluster does not answer; run this "
					"as root where Pacemaker runs");
	code = vouch__privilege_raise(&it->error);
	if (code != VOUCH_OK)
		return code;
	count = VOUCH_GRANTS_MAX;
	code = context->cluster_ops->grants_observe(
		context->cluster, it->deadline, grants, &count, &it->error);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return VOUCH_E_PERMISSION;
	if (code == VOUCH_OK)
		newest_take(it, grants, count);
	return code;
}

/* A marker of an earlier incarnation of this directory is a marker, too. */
static void marker_look(struct rejoin *it)
{
	struct vouch_marker marker;
	struct vouch_error error = { 0 };
	enum vouch_error_code code =
		vouch__marker_read_of_any_life(&it->cli->config, &marker, &error);

	it->facts.marker_epoch = code == VOUCH_OK ? marker.epoch : 0;
	it->facts.marker_unclear = code != VOUCH_OK && code != VOUCH_E_NOT_FOUND;
}

static int is_to_copy(const struct rejoin *it)
{
	return it->cli->method && strcmp(it->cli->method, "copy") == 0;
}

static void directory_look(struct rejoin *it)
{
	struct vouch_error error = { 0 };
	enum vouch_error_code code = it->context.engine->directory_observe(
		&it->cli->config, &it->directory, &error);

	it->facts.directory = &it->directory;
	it->facts.directory_condition =
		code == VOUCH_OK && it->directory.log_end != 0 ?
			VOUCH_PRESENT :
		code == VOUCH_E_NOT_FOUND ? VOUCH_ABSENT :
					    VOUCH_MALFORMED;
	if (code != VOUCH_OK && teller(it))
		tell(error.text);
}

/* Whether a server runs is told without its files: they may be damaged. */
static void server_look(struct rejoin *it)
{
	struct vouch_local local;
	struct vouch_error error = { 0 };

	if (it->context.engine->local_observe(&it->cli->config, it->deadline,
					      &local, &error) == VOUCH_OK)
		it->facts.state = local.state;
	else if (it->facts.directory_condition != VOUCH_PRESENT &&
		 it->context.engine->vacant(&it->cli->config, &error) ==
			 VOUCH_YES)
		it->facts.state = VOUCH_RUN_CRASHED;
}

/* Beyond the numbers of the timelines, which two promotions may share. What cannot
 * be compared is replaced as a whole, and only where somebody says so. */
static enum vouch_error_code logs_compare(struct rejoin *it)
{
	enum vouch_error_code code;

	if (it->plan.kind == VOUCH_REJOIN_COPY)
		return VOUCH_OK;
	if (it->context.progress)
		it->context.progress("comparing the end of this node's log with "
				     "the primary's");
	code = vouch__log_fork_find(&it->context, &it->directory, primary(it),
				    &it->probes[it->plan.primary],
				    vouch__deadline_in(COMPARE_MS), &it->plan,
				    &it->error);
	if (code == VOUCH_E_STATE && is_to_copy(it)) {
		it->plan.kind = VOUCH_REJOIN_COPY;
		code = VOUCH_OK;
	}
	return code;
}

static enum vouch_error_code facts_read(struct rejoin *it)
{
	uint8_t wanted[VOUCH_NODES_MAX];
	enum vouch_error_code code;

	it->facts.config = &it->cli->config;
	it->facts.probes = it->probes;
	it->facts.cut_off = vouch__rejoin_was_cut_off(&it->cli->config);
	marker_look(it);
	directory_look(it);
	server_look(it);
	code = epochs_read(it);
	if (code != VOUCH_OK)
		return code;
	memset(wanted, VOUCH_PROBE_FULLY, sizeof(wanted));
	vouch__probe_all(&it->context, wanted, it->deadline, it->probes);
	code = vouch__rejoin_check(&it->facts, &it->plan, &it->error);
	return code == VOUCH_OK ? logs_compare(it) : code;
}

/* --- what would be done ------------------------------------------------------- */

static enum vouch_error_code method_choose(struct rejoin *it)
{
	const char *wish = it->cli->method ? it->cli->method : "";
	struct vouch_error why = { 0 };
	int can = it->plan.kind == VOUCH_REJOIN_FORKED && !it->plan.same_number;

	if (wish[0] != '\0' && strcmp(wish, "rewind") != 0 &&
	    strcmp(wish, "copy") != 0)
		return vouch__error_set(&it->error, VOUCH_E_ARGUMENT,
					"--method takes rewind or copy, not "
					"'%.40s'",
					wish);
	if (!can)
		(void)vouch__error_set(&why, VOUCH_E_STATE, "%s",
				       it->plan.same_number ?
					       "both branches have the same "
					       "timeline number, by which "
					       "pg_rewind tells them apart" :
					       "there is nothing in the directory "
					       "that could be rewound");
	else if (strcmp(wish, "copy") != 0)
		can = it->context.engine->rewind_possible(
			      &it->cli->config, primary(it), it->deadline,
			      &why) == VOUCH_YES;
	it->rewind = can && strcmp(wish, "copy") != 0;
	if (!it->rewind && strcmp(wish, "rewind") == 0)
		return vouch__error_set(&it->error, VOUCH_E_STATE,
					"it cannot be rewound: %s", why.text);
	if (it->rewind) {
		(void)snprintf(it->how, sizeof(it->how), "rewind");
		return VOUCH_OK;
	}
	(void)snprintf(it->how, sizeof(it->how), "copy%s%.200s",
		       why.text[0] ? ": " : "", why.text);
	return it->context.engine->copy_possible(&it->cli->config, &it->error);
}

static void count_read(struct rejoin *it)
{
	struct vouch_error error = { 0 };

	if (it->plan.kind == VOUCH_REJOIN_FORKED &&
	    it->context.engine->fork_count(&it->cli->config, &it->directory,
					   it->plan.fork_lsn, &it->count,
					   &error) != VOUCH_OK)
		it->count.complete = 0;
}

static void lsn_text(uint64_t lsn, char *text, size_t size)
{
	(void)snprintf(text, size, "%" PRIX64 "/%" PRIX64, lsn >> 32,
		       lsn & 0xffffffffu);
}

static void json_show(const struct rejoin *it, const char *result)
{
	struct json_object *json = json_object_new_object();
	char fork[40];

	lsn_text(it->plan.fork_lsn, fork, sizeof(fork));
	(void)json_object_object_add(json, "result",
				     json_object_new_string(result));
	(void)json_object_object_add(json, "primary",
				     json_object_new_string(primary(it)->name));
	if (it->plan.kind != VOUCH_REJOIN_NOT_NEEDED)
		(void)json_object_object_add(json, "how",
					     json_object_new_string(it->how));
	if (it->plan.kind == VOUCH_REJOIN_FORKED) {
		(void)json_object_object_add(json, "fork",
					     json_object_new_string(fork));
		(void)json_object_object_add(
			json, "fork_timeline",
			json_object_new_int64(it->plan.fork_timeline));
		(void)json_object_object_add(
			json, "discarded_bytes",
			json_object_new_int64(
				(int64_t)it->plan.discarded_bytes));
	}
	if (it->plan.kind == VOUCH_REJOIN_FORKED && it->count.complete) {
		(void)json_object_object_add(
			json, "discarded_records",
			json_object_new_int64((int64_t)it->count.records));
		(void)json_object_object_add(
			json, "discarded_commits",
			json_object_new_int64((int64_t)it->count.commits));
	}
	(void)printf("%s\n", json_object_to_json_string_ext(
				     json, JSON_C_TO_STRING_PLAIN));
	json_object_put(json);
}

static void plan_tell(const struct rejoin *it, FILE *out)
{
	char fork[40], end[40];

	lsn_text(it->plan.fork_lsn, fork, sizeof(fork));
	lsn_text(it->directory.log_end, end, sizeof(end));
	(void)fprintf(out, "%s is to follow %s, which holds epoch %" PRIu64 ".\n",
		      it->cli->config.node, primary(it)->name,
		      it->probes[it->plan.primary].epoch);
	if (it->behind) {
		(void)fprintf(out, "Discarded: nothing that %s lacks; this "
				   "node's log is part of its.\n",
			      primary(it)->name);
	} else if (it->plan.kind == VOUCH_REJOIN_COPY) {
		(void)fprintf(out, "Discarded: whatever %s holds; its log cannot "
				   "be compared.\n",
			      it->cli->config.pgdata);
	} else {
		(void)fprintf(out,
			      "The branches part at %s of timeline %u.\n"
			      "Discarded: this node's log from there to %s of "
			      "timeline %u, %" PRIu64 " bytes",
			      fork, it->plan.fork_timeline, end,
			      it->directory.timeline, it->plan.discarded_bytes);
		if (it->count.complete)
			(void)fprintf(out,
				      ", %" PRIu64 " records, %" PRIu64
				      " commits among them",
				      it->count.records, it->count.commits);
		(void)fprintf(out, ".\n");
	}
	(void)fprintf(out, "By: %s.\n", it->how);
	if (it->cli->keep)
		(void)fprintf(out, "A copy of the directory is kept in %s.\n",
			      it->cli->keep);
}

static enum vouch_error_code consent_get(struct rejoin *it)
{
	char answer[16];

	if (it->cli->yes)
		return VOUCH_OK;
	if (!isatty(STDIN_FILENO))
		return vouch__error_set(&it->error, VOUCH_E_ARGUMENT,
					"nobody can be asked here: say --yes if "
					"that is meant; nothing was changed");
	(void)fprintf(stderr, "Type 'discard' to go on: ");
	if (!fgets(answer, sizeof(answer), stdin) ||
	    strcmp(answer, "discard\n") != 0)
		return vouch__error_set(&it->error, VOUCH_E_STATE,
					"not confirmed; nothing was changed");
	return VOUCH_OK;
}

/* --- doing it ---------------------------------------------------------------- */

static enum vouch_error_code journal_put(struct rejoin *it, const char *step)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code = vouch__json_put_text(json, "step", step);

	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "primary", primary(it)->name);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "how", it->how);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "fork_lsn", it->plan.fork_lsn);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "discarded_bytes",
					   it->plan.discarded_bytes);
	if (code == VOUCH_OK)
		code = vouch__journal_append(it->context.journal,
					     VOUCH_RECORD_REJOIN, json, NULL,
					     &it->error);
	else
		code = vouch__error_set(&it->error, code, "out of memory");
	json_object_put(json);
	return code;
}

/* What this directory tells of its own promotions is told now: afterwards it is
 * another one. A marker of a directory that tells nothing stays, for the next start,
 * to which it is another life's. */
static enum vouch_error_code past_settle(struct rejoin *it)
{
	char incarnation[VOUCH_NAME_SIZE];
	enum vouch_error_code code;

	if (it->facts.directory_condition != VOUCH_PRESENT ||
	    it->facts.cut_off != VOUCH_NO)
		return VOUCH_OK;
	/* Only this life's: an earlier one's grants say nothing of it. */
	code = vouch__incarnation_settle(it->context.config, &it->directory,
					 incarnation, NULL, &it->error);
	if (code != VOUCH_OK)
		return code;
	return vouch__recover_locked(&it->context, &it->directory, incarnation,
				     it->deadline, &it->error);
}

/* The life of the directory ends before its files change (P6-S1, amnesia), and
 * from here on nobody starts a server on it. */
static enum vouch_error_code point_of_no_return(struct rejoin *it)
{
	enum vouch_error_code code = journal_put(it, "begin");

	if (code == VOUCH_OK)
		code = vouch__rejoin_begin(&it->cli->config, it->how, &it->error);
	if (code == VOUCH_OK)
		code = vouch__incarnation_end(&it->cli->config, &it->error);
	return code;
}

static enum vouch_error_code copy(struct rejoin *it)
{
	if (teller(it))
		tell("copying the primary's directory");
	return it->context.engine->copy(&it->cli->config, primary(it), it->work,
					teller(it), &it->error);
}

static enum vouch_error_code replace(struct rejoin *it)
{
	enum vouch_error_code code;

	if (!it->rewind)
		return copy(it);
	if (teller(it))
		tell("rewinding the directory to where the branches part");
	code = it->context.engine->rewind(&it->cli->config, primary(it),
					  it->work, teller(it), &it->error);
	if (code == VOUCH_OK || code == VOUCH_E_TIMEOUT || it->cli->method)
		return code;
	/* What was rewound in part is of no more use; a copy needs none of it. */
	if (teller(it))
		tell(it->error.text);
	(void)snprintf(it->how, sizeof(it->how), "copy: the rewind failed");
	return copy(it);
}

static enum vouch_error_code carry_out(struct rejoin *it)
{
	enum vouch_error_code code = VOUCH_OK;

	if (it->cli->keep && it->facts.directory_condition != VOUCH_ABSENT) {
		if (teller(it))
			tell("keeping a copy of the directory");
		code = it->context.engine->keep(&it->cli->config, it->cli->keep,
						it->work, teller(it),
						&it->error);
	}
	if (code == VOUCH_OK)
		code = past_settle(it);
	if (code == VOUCH_OK)
		code = point_of_no_return(it);
	if (code != VOUCH_OK)
		return code;
	code = replace(it);
	if (code == VOUCH_OK)
		code = journal_put(it, "end");
	if (code == VOUCH_OK)
		code = vouch__rejoin_end(&it->cli->config, &it->error);
	if (code != VOUCH_OK)
		(void)vouch__error_prefix(&it->error,
					  "cut off: the directory is neither the "
					  "old nor the new one, and is not "
					  "started; run 'vouch rejoin' again");
	return code;
}

/* It could follow, were the log that it lacks still there: only the operator
 * knows that it is not. */
static int is_behind(struct rejoin *it)
{
	it->behind = is_to_copy(it);
	return it->behind;
}

static enum vouch_error_code rejoin(struct rejoin *it)
{
	enum vouch_error_code code = facts_read(it);

	if (code != VOUCH_OK)
		return code;
	if (it->plan.kind == VOUCH_REJOIN_NOT_NEEDED && is_behind(it))
		it->plan.kind = VOUCH_REJOIN_COPY;
	if (it->plan.kind == VOUCH_REJOIN_NOT_NEEDED) {
		if (it->cli->json)
			json_show(it, "not needed");
		else
			(void)printf("nothing to discard: this node's log is "
				     "part of %s's; start it, and it follows. "
				     "Where %s has not kept the log that this "
				     "node lacks (wal_keep_size), copy it: "
				     "vouch rejoin --method=copy\n",
				     primary(it)->name, primary(it)->name);
		return VOUCH_OK;
	}
	count_read(it);
	code = method_choose(it);
	if (code != VOUCH_OK)
		return code;
	if (!it->cli->json || !it->cli->dry_run)
		plan_tell(it, it->cli->dry_run ? stdout : stderr);
	if (it->cli->dry_run) {
		if (it->cli->json)
			json_show(it, "dry run");
		else
			(void)printf("Nothing was changed (--dry-run).\n");
		return VOUCH_OK;
	}
	code = consent_get(it);
	if (code == VOUCH_OK)
		code = carry_out(it);
	if (code != VOUCH_OK)
		return code;
	if (it->cli->json)
		json_show(it, "done");
	else if (strcmp(it->cli->config.manager, "none") == 0)
		(void)printf("done: %s can follow %s again; start it by its "
			     "agent\n", it->cli->config.node, primary(it)->name);
	else
		(void)printf("done: %s can follow %s again; give it back to "
			     "Pacemaker:\n  crm_resource --clear --resource "
			     "%s-clone --node %s\n",
			     it->cli->config.node, primary(it)->name,
			     it->cli->config.name, it->cli->config.node);
	return VOUCH_OK;
}

enum vouch_decision cmd_rejoin(struct cli *cli, int argc, char **argv)
{
	static struct rejoin it;
	enum vouch_decision decision;
	enum vouch_error_code code;
	int lock = -1;

	(void)argv;
	if (argc != 0) {
		(void)fprintf(stderr, "vouch: rejoin takes no argument\n");
		return VOUCH_USAGE;
	}
	decision = cli_configure(cli);
	if (decision != VOUCH_PERMITTED)
		return decision;
	it.cli = cli;
	it.context.progress = cli->quiet ? NULL : cli_progress;
	it.deadline = vouch__deadline_in(LOOK_MS);
	it.work = vouch__deadline_in(cli->timeout_given ? cli->timeout_ms :
							  WORK_MS);
	code = vouch__context_open(&it.context, &cli->config, 1, it.deadline,
				   &it.error);
	if (code == VOUCH_OK)
		code = vouch__lock_take(&cli->config, "rejoin", &lock, &it.error);
	if (code == VOUCH_OK)
		code = rejoin(&it);
	vouch__lock_release(lock);
	vouch__context_close(&it.context);
	if (code == VOUCH_OK)
		return VOUCH_PERMITTED;
	decision = cli_fail(cli, &it.error);
	return code == VOUCH_E_STATE || code == VOUCH_E_BUSY ? VOUCH_VETOED :
							       decision;
}
