/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets this node's promotion score and waits until the cluster's status has it:
 * the scheduler decides from the status, not from what was asked for. */
#include <time.h>

#include "cluster/pacemaker/cib_link.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/pacemaker.h"
#include "cluster/pacemaker/promotion_score.h"
#include "cluster/pacemaker/worker.h"
#include "common/error.h"

struct wish {
	const struct vouch_cluster *cluster;
	int score;
	int remove;
};

static enum vouch_error_code is_shown(const struct wish *wish,
				      struct vouch_cib_link *link, int *shown,
				      struct vouch_error *error)
{
	enum vouch_error_code code;
	int score = 0;
	int found;
	xmlNode *cib;

	code = vouch__cib_query(link, NULL, &cib, error);
	if (code != VOUCH_OK)
		return code;
	found = vouch__cib_score_read(cib, wish->cluster->name,
				      wish->cluster->node, &score);
	vouch__cib_release(cib);
	*shown = wish->remove ? found == 0 : found == 1 && score == wish->score;
	return VOUCH_OK;
}

static void pause_ms(int duration_ms)
{
	struct timespec pause = { .tv_nsec = duration_ms * 1000000L };

	(void)nanosleep(&pause, NULL);
}

/* Ends with the worker when the deadline has passed. */
static enum vouch_error_code shown_await(const struct wish *wish,
					 struct vouch_cib_link *link,
					 struct vouch_error *error)
{
	int duration_ms = 5;

	for (;;) {
		enum vouch_error_code code;
		int shown = 0;

		code = is_shown(wish, link, &shown, error);
		if (code != VOUCH_OK || shown)
			return code;
		pause_ms(duration_ms);
		if (duration_ms < 80)
			duration_ms *= 2;
	}
}

static enum vouch_error_code score_work(const void *input, void *output,
					struct vouch_deadline deadline,
					struct vouch_error *error)
{
	const struct wish *wish = input;
	struct vouch_cib_link *link;
	enum vouch_error_code code;
	int shown = 0;

	(void)output;
	code = vouch__cib_connect(0, deadline, &link, error);
	if (code != VOUCH_OK)
		return code;
	code = is_shown(wish, link, &shown, error);
	if (code == VOUCH_OK && !shown) {
		code = vouch__promotion_score_request(wish->cluster->name,
						      wish->cluster->node,
						      wish->score, wish->remove,
						      error);
		if (code == VOUCH_OK)
			code = shown_await(wish, link, error);
	}
	vouch__cib_disconnect(link);
	return code;
}

enum vouch_error_code vouch__pacemaker_score_set(struct vouch_cluster *cluster,
						 struct vouch_deadline deadline,
						 int score, int remove,
						 struct vouch_error *error)
{
	struct wish wish = { .cluster = cluster, .score = score,
			     .remove = remove };

	if (!remove && (score < -VOUCH_SCORE_MAX || score > VOUCH_SCORE_MAX))
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"a promotion score is at most %d",
					VOUCH_SCORE_MAX);
	return vouch__worker_run(score_work, "setting the promotion score",
				 &wish, NULL, 0, deadline, error);
}
