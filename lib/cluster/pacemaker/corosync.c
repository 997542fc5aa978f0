/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/pacemaker/corosync.h"

#include <corosync/cmap.h>
#include <corosync/corotypes.h>
#include <corosync/quorum.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"

static enum vouch_error_code unreachable(struct vouch_error *error,
					 const char *what, cs_error_t rc)
{
	return vouch__error_set(error, VOUCH_E_CLUSTER,
				"Corosync's %s cannot be read: error %d; is "
				"Corosync running on this node?",
				what, (int)rc);
}

/* --- ring and quorum ------------------------------------------------------ */

struct notice {
	int seen;
	int too_many;
	struct vouch_view *view;
};

static int by_number(const void *a, const void *b)
{
	const uint32_t *left = a;
	const uint32_t *right = b;

	return (*left > *right) - (*left < *right);
}

/* One notification carries ring, members and quorum of one moment. */
static void quorum_notified(quorum_handle_t handle, uint32_t quorate,
			    struct quorum_ring_id ring, uint32_t count,
			    const uint32_t *members)
{
	const void *context = NULL;
	struct notice *notice;

	if (quorum_context_get(handle, &context) != CS_OK || !context)
		return;
	notice = *(struct notice *const *)context;
	notice->seen = 1;
	if (count > VOUCH_NODES_MAX) {
		notice->too_many = 1;
		return;
	}
	notice->view->quorate = quorate ? VOUCH_YES : VOUCH_NO;
	notice->view->ring_leader = ring.nodeid;
	notice->view->ring_seq = ring.seq;
	notice->view->member_count = count;
	memset(notice->view->members, 0, sizeof(notice->view->members));
	if (count > 0)
		memcpy(notice->view->members, members, count * sizeof(*members));
	qsort(notice->view->members, count, sizeof(*members), by_number);
}

static cs_error_t notice_await(quorum_handle_t handle, struct notice *notice)
{
	cs_error_t rc = quorum_trackstart(handle, CS_TRACK_CURRENT);

	while (rc == CS_OK && !notice->seen)
		rc = quorum_dispatch(handle, CS_DISPATCH_ONE);
	return rc;
}

static enum vouch_error_code quorum_read(struct vouch_view *view,
					 struct vouch_error *error)
{
	quorum_model_v1_data_t model = {
		.model = QUORUM_MODEL_V1,
		.quorum_notify_fn = quorum_notified,
	};
	struct notice notice = { .view = view };
	struct notice *context = &notice;
	quorum_handle_t handle;
	uint32_t type = QUORUM_FREE;
	cs_error_t rc;

	rc = quorum_model_initialize(&handle, QUORUM_MODEL_V1,
				     (quorum_model_data_t *)&model, &type,
				     &context);
	if (rc != CS_OK)
		return unreachable(error, "quorum", rc);
	rc = notice_await(handle, &notice);
	(void)quorum_finalize(handle);
	if (rc != CS_OK)
		return unreachable(error, "quorum", rc);
	if (notice.too_many)
		return vouch__error_set(error, VOUCH_E_LIMIT,
					"the cluster has more than %d members",
					VOUCH_NODES_MAX);
	/* Without a quorum provider Corosync calls every partition quorate. */
	if (type != QUORUM_SET)
		view->quorate = VOUCH_UNKNOWN;
	return VOUCH_OK;
}

/* --- the configuration map ------------------------------------------------ */

static cs_error_t map_lookup(const void *map, const char *key, uint8_t *value)
{
	return cmap_get_uint8(*(const cmap_handle_t *)map, key, value);
}

/* UNKNOWN when it is no small number. */
static enum vouch_answer flag_read(vouch__corosync_lookup *lookup,
				   const void *map, const char *key,
				   enum vouch_answer otherwise)
{
	uint8_t value = 0;

	switch (lookup(map, key, &value)) {
	case CS_OK:
		return value ? VOUCH_YES : VOUCH_NO;
	case CS_ERR_NOT_EXIST:
		return otherwise;
	default:
		return VOUCH_UNKNOWN;
	}
}

/* Corosync turns it on at its start only; a reload changes the configured key and
 * nothing else. Where it is on there is a key for whether it still waits. */
static enum vouch_answer waits_for_all(vouch__corosync_lookup *lookup,
				       const void *map)
{
	uint8_t still = 0;

	switch (lookup(map, "runtime.votequorum.wait_for_all_status", &still)) {
	case CS_OK:
		return VOUCH_YES;
	case CS_ERR_NOT_EXIST:
		return VOUCH_NO;
	default:
		return VOUCH_UNKNOWN;
	}
}

/* What runs counts, not what is configured (P6-A1, rule 240). */
void vouch__corosync_flags(vouch__corosync_lookup *lookup, const void *map,
			   struct vouch_view *view)
{
	view->two_node =
		flag_read(lookup, map, "runtime.votequorum.two_node",
			  flag_read(lookup, map, "quorum.two_node", VOUCH_NO));
	view->wait_for_all = waits_for_all(lookup, map);
}

static enum vouch_error_code flags_read(struct vouch_view *view,
					struct vouch_error *error)
{
	cmap_handle_t map;
	cs_error_t rc = cmap_initialize(&map);

	if (rc != CS_OK)
		return unreachable(error, "configuration", rc);
	vouch__corosync_flags(map_lookup, &map, view);
	(void)cmap_finalize(map);
	return VOUCH_OK;
}

enum vouch_error_code vouch__corosync_view_read(struct vouch_view *view,
						struct vouch_error *error)
{
	enum vouch_error_code code = quorum_read(view, error);

	return code == VOUCH_OK ? flags_read(view, error) : code;
}

/* Corosync makes a member's entry when it first joins, and keeps it when it
 * leaves, until Corosync itself ends. */
static enum vouch_answer seen_read(cmap_handle_t map, uint32_t id)
{
	char key[CMAP_KEYNAME_MAXLEN + 1];
	uint32_t joined = 0;

	(void)snprintf(key, sizeof(key), "runtime.members.%u.join_count", id);
	switch (cmap_get_uint32(map, key, &joined)) {
	case CS_OK:
		return joined > 0 ? VOUCH_YES : VOUCH_NO;
	case CS_ERR_NOT_EXIST:
		return VOUCH_NO;
	default:
		return VOUCH_UNKNOWN;
	}
}

enum vouch_error_code vouch__corosync_seen_read(struct vouch_cluster_node *nodes,
						uint32_t count,
						struct vouch_error *error)
{
	cmap_handle_t map;
	cs_error_t rc = cmap_initialize(&map);
	uint32_t i;

	if (rc != CS_OK)
		return unreachable(error, "members", rc);
	for (i = 0; i < count; i++) {
		if (nodes[i].node_class == VOUCH_CLASS_MEMBER)
			nodes[i].ever_seen = seen_read(map, nodes[i].cluster_id);
	}
	(void)cmap_finalize(map);
	return VOUCH_OK;
}
