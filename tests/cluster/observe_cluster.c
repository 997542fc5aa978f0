/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For developers, not installed: asks the cluster module of this build for all it
 * can observe, or lets it write one record, and says how long each call took.
 *
 *   observe_cluster RESOURCE NODE [TIMEOUT_MS]
 *   observe_cluster RESOURCE NODE TIMEOUT_MS claim EPOCH REQUEST
 *   observe_cluster RESOURCE NODE TIMEOUT_MS close EPOCH done|void KEEP_FROM
 *   observe_cluster RESOURCE NODE TIMEOUT_MS seal EPOCH LSN
 *   observe_cluster RESOURCE NODE TIMEOUT_MS score N|remove
 *
 * Exit status: 0 everything asked for worked, 1 something did not, 2 usage.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cluster/cluster.h"
#include "common/error.h"
#include "evidence/names.h"

struct run {
	const struct vouch_cluster_ops *ops;
	struct vouch_cluster *cluster;
	const char *node;
	int timeout_ms;
	int failures;
	struct timespec began;
};

static struct vouch_deadline begin(struct run *run)
{
	(void)clock_gettime(CLOCK_MONOTONIC, &run->began);
	return vouch__deadline_in(run->timeout_ms);
}

static int finish(struct run *run, const char *what, enum vouch_error_code code,
		  const struct vouch_error *error)
{
	struct timespec now;
	double took_ms;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	took_ms = (double)(now.tv_sec - run->began.tv_sec) * 1e3 +
		  (double)(now.tv_nsec - run->began.tv_nsec) / 1e6;
	printf("%s: %.1f ms", what, took_ms);
	if (code != VOUCH_OK) {
		printf(": %s: %s\n", vouch_error_describe(code), error->text);
		run->failures++;
		return 0;
	}
	printf("\n");
	return 1;
}

static const char *answer(enum vouch_answer value)
{
	return vouch__name_of(&vouch__names_answer, value);
}

static void view_show(struct run *run)
{
	struct vouch_error error = { 0 };
	struct vouch_view view = { 0 };
	uint32_t i;

	if (!finish(run, "view",
		    run->ops->view_observe(run->cluster, begin(run), &view,
					   &error),
		    &error))
		return;
	printf("  ring %u.%" PRIu64 " quorate %s two_node %s wait_for_all %s "
	       "members",
	       view.ring_leader, view.ring_seq, answer(view.quorate),
	       answer(view.two_node), answer(view.wait_for_all));
	for (i = 0; i < view.member_count; i++)
		printf(" %u", view.members[i]);
	printf("\n  dc '%s' cib %" PRIu64 ".%" PRIu64 " fencing enabled %s\n",
	       view.dc, view.cib_admin_epoch, view.cib_epoch,
	       answer(view.fencing_enabled));
}

static void node_show(const struct vouch_cluster_node *node)
{
	const struct vouch_operations *operations = &node->operations;

	printf("  %s id %u %s online %s unclean %s seen %s; operations %s last "
	       "%s result %s in flight %s\n",
	       node->name, node->cluster_id,
	       vouch__name_of(&vouch__names_class, node->node_class),
	       answer(node->online), answer(node->unclean),
	       answer(node->ever_seen),
	       vouch__name_of(&vouch__names_condition, operations->condition),
	       vouch__name_of(&vouch__names_operation, operations->last),
	       vouch__name_of(&vouch__names_result, operations->last_result),
	       answer(operations->in_flight));
}

static void nodes_show(struct run *run)
{
	static struct vouch_cluster_node nodes[VOUCH_NODES_MAX];
	struct vouch_error error = { 0 };
	uint32_t count = VOUCH_NODES_MAX;
	uint32_t i;

	if (!finish(run, "nodes",
		    run->ops->nodes_observe(run->cluster, begin(run), nodes,
					    &count, &error),
		    &error))
		return;
	for (i = 0; i < count; i++)
		node_show(&nodes[i]);
}

static void fencing_show(struct run *run)
{
	static struct vouch_fencing_list list;
	struct vouch_error error = { 0 };
	uint32_t i;

	if (!finish(run, "fencing",
		    run->ops->fencing_observe(run->cluster, begin(run), &list,
					      &error),
		    &error))
		return;
	printf("  condition %s\n",
	       vouch__name_of(&vouch__names_condition, list.condition));
	for (i = 0; i < list.count; i++)
		printf("  [%s] origin %s completed %" PRIu64 ".%09" PRIu64 "\n",
		       list.ids[i].text, list.entries[i].origin,
		       list.entries[i].completed_s, list.entries[i].completed_ns);
}

static void grants_show(struct run *run)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	struct vouch_error error = { 0 };
	uint32_t count = VOUCH_GRANTS_MAX;
	uint32_t i;

	if (!finish(run, "grants",
		    run->ops->grants_observe(run->cluster, begin(run), grants,
					     &count, &error),
		    &error))
		return;
	for (i = 0; i < count; i++)
		printf("  epoch %" PRIu64 " to %s (%s) request %s %s %s %d of "
		       "%u\n",
		       grants[i].epoch, grants[i].holder, grants[i].incarnation,
		       grants[i].request_id,
		       vouch__name_of(&vouch__names_outcome, grants[i].outcome),
		       vouch__name_of(&vouch__names_method, grants[i].method),
		       grants[i].k, grants[i].member_count);
}

static void seal_show(struct run *run)
{
	struct vouch_error error = { 0 };
	struct vouch_cluster_seal seal;
	enum vouch_error_code code;

	code = run->ops->seal_observe(run->cluster, begin(run), &seal, &error);
	if (code == VOUCH_E_NOT_FOUND) {
		(void)finish(run, "seal (none)", VOUCH_OK, NULL);
		return;
	}
	if (finish(run, "seal", code, &error))
		printf("  of %s epoch %" PRIu64 " timeline %u lsn %" PRIu64
		       " crc %u unbroken %s\n",
		       seal.node, seal.epoch, seal.timeline, seal.record_lsn,
		       seal.record_crc, answer(seal.unbroken));
}

static void managed_show(struct run *run)
{
	struct vouch_error error = { 0 };
	enum vouch_answer managed;

	if (finish(run, "managed",
		   run->ops->managed_observe(run->cluster, begin(run), &managed,
					     &error),
		   &error))
		printf("  %s\n", answer(managed));
}

static void name_fill(char *name, const char *text)
{
	(void)snprintf(name, VOUCH_NAME_SIZE, "%.63s", text);
}

static void claim(struct run *run, const char *epoch, const char *request)
{
	struct vouch_cluster_grant grant = {
		.epoch = strtoull(epoch, NULL, 10),
		.method = VOUCH_METHOD_ANY,
		.k = 1,
		.member_count = 2,
		.members = { "n2", "n3" },
	};
	struct vouch_error error = { 0 };

	name_fill(grant.holder, run->node);
	name_fill(grant.incarnation, "inc-1");
	name_fill(grant.request_id, request);
	(void)finish(run, "claim",
		     run->ops->grant_claim(run->cluster, begin(run), &grant,
					   &error),
		     &error);
}

static void close_grant(struct run *run, char **argv)
{
	enum vouch_grant_outcome outcome =
		strcmp(argv[1], "done") == 0 ? VOUCH_GRANT_DONE : VOUCH_GRANT_VOID;
	struct vouch_error error = { 0 };

	(void)finish(run, "close",
		     run->ops->grant_close(run->cluster, begin(run),
					   strtoull(argv[0], NULL, 10), outcome,
					   strtoull(argv[2], NULL, 10), &error),
		     &error);
}

static void seal(struct run *run, const char *epoch, const char *lsn)
{
	struct vouch_cluster_seal record = {
		.epoch = strtoull(epoch, NULL, 10),
		.timeline = 1,
		.record_lsn = strtoull(lsn, NULL, 10),
		.record_crc = 0xdeadbeef,
		.unbroken = VOUCH_YES,
	};
	struct vouch_error error = { 0 };

	name_fill(record.node, run->node);
	name_fill(record.incarnation, "inc-1");
	(void)finish(run, "seal",
		     run->ops->seal_record(run->cluster, begin(run), &record,
					   &error),
		     &error);
}

static void score(struct run *run, const char *text)
{
	struct vouch_error error = { 0 };

	(void)finish(run, "score",
		     run->ops->score_set(run->cluster, begin(run), atoi(text),
					 strcmp(text, "remove") == 0, &error),
		     &error);
}

static int act(struct run *run, int argc, char **argv)
{
	if (argc == 0) {
		view_show(run);
		nodes_show(run);
		fencing_show(run);
		grants_show(run);
		seal_show(run);
		managed_show(run);
	} else if (argc == 3 && strcmp(argv[0], "claim") == 0) {
		claim(run, argv[1], argv[2]);
	} else if (argc == 4 && strcmp(argv[0], "close") == 0) {
		close_grant(run, argv + 1);
	} else if (argc == 3 && strcmp(argv[0], "seal") == 0) {
		seal(run, argv[1], argv[2]);
	} else if (argc == 2 && strcmp(argv[0], "score") == 0) {
		score(run, argv[1]);
	} else {
		return 2;
	}
	return run->failures ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct vouch_config config;
	struct vouch_error error = { 0 };
	struct run run = { .timeout_ms = 5000 };
	int code;

	if (argc < 3) {
		fprintf(stderr, "usage: observe_cluster RESOURCE NODE "
				"[TIMEOUT_MS [ACTION ...]]\n");
		return 2;
	}
	name_fill(config.name, argv[1]);
	name_fill(config.node, argv[2]);
	run.node = config.node;
	if (argc > 3)
		run.timeout_ms = atoi(argv[3]);
	run.ops = vouch__cluster_find("pacemaker", &error);
	if (!run.ops || run.ops->open(&config, vouch__deadline_in(run.timeout_ms),
				      &run.cluster, &error) != VOUCH_OK) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	code = act(&run, argc > 4 ? argc - 4 : 0, argv + 4);
	run.ops->close(run.cluster);
	return code;
}
