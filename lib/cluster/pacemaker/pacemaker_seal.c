/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The seal lies in the cluster's configuration, so that it outlives the node
 * that wrote it and a restart of the whole cluster. There is one; a new one takes
 * its place. */
#include <string.h>

#include "cluster/pacemaker/cib_link.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_records.h"
#include "cluster/pacemaker/generation.h"
#include "cluster/pacemaker/pacemaker.h"
#include "cluster/pacemaker/worker.h"
#include "common/error.h"

static enum vouch_error_code seal_work(const void *input, void *output,
				       struct vouch_deadline deadline,
				       struct vouch_error *error)
{
	const struct vouch_cluster *cluster = input;
	struct vouch_cib_link *link;
	enum vouch_error_code code;
	xmlNode *cib;

	code = vouch__cib_connect(0, deadline, &link, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__cib_query(link, NULL, &cib, error);
	if (code == VOUCH_OK) {
		code = vouch__cib_seal_read(cib, cluster->name, output, error);
		vouch__cib_release(cib);
	}
	vouch__cib_disconnect(link);
	return code;
}

enum vouch_error_code vouch__pacemaker_seal(struct vouch_cluster *cluster,
					    struct vouch_deadline deadline,
					    struct vouch_cluster_seal *seal,
					    struct vouch_error *error)
{
	memset(seal, 0, sizeof(*seal));
	return vouch__worker_run(seal_work, "reading the seal", cluster, seal,
				 sizeof(*seal), deadline, error);
}

struct recording {
	const struct vouch_cluster *cluster;
	int is_broken;
	char text[VOUCH_RECORD_SIZE];
};

static enum vouch_error_code seal_compare(const struct recording *recording,
					  const xmlNode *cib,
					  struct vouch_error *error)
{
	struct vouch_cluster_seal found;
	char text[VOUCH_RECORD_SIZE];
	enum vouch_error_code code = vouch__cib_seal_read(
		cib, recording->cluster->name, &found, error);

	if (code == VOUCH_OK)
		code = vouch__seal_encode(&found, text, error);
	if (code != VOUCH_OK)
		return code;
	if (strcmp(text, recording->text) != 0)
		return vouch__error_set(error, VOUCH_E_CONFLICT,
					"another seal took the place of this "
					"one, by %s for epoch %llu",
					found.node,
					(unsigned long long)found.epoch);
	return VOUCH_OK;
}

/* Read back: the stop that the seal is about ends the node's part in the
 * cluster, there is no later moment to notice that it was not taken. */
static enum vouch_error_code seal_confirm(const struct recording *recording,
					  struct vouch_cib_link *link,
					  struct vouch_error *error)
{
	enum vouch_error_code code;
	xmlNode *cib;

	code = vouch__cib_query(link, NULL, &cib, error);
	if (code != VOUCH_OK)
		return code;
	code = seal_compare(recording, cib, error);
	vouch__cib_release(cib);
	return code;
}

static enum vouch_error_code broken_confirm(const void *what,
					    struct vouch_cib_link *link,
					    const char *dc, uint64_t *generation,
					    struct vouch_error *error)
{
	struct vouch_view view = { .quorate = VOUCH_YES };
	enum vouch_error_code code;
	xmlNode *cib;

	code = vouch__cib_query(link, dc, &cib, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__cib_view_read(cib, &view, error);
	if (code == VOUCH_OK)
		code = seal_compare(what, cib, error);
	vouch__cib_release(cib);
	if (code == VOUCH_OK && view.quorate != VOUCH_YES)
		code = vouch__error_set(error, VOUCH_E_CLUSTER,
					"the partition of the coordinator %s has "
					"no quorum",
					dc);
	*generation = view.cib_admin_epoch;
	return code;
}

/* A seal that is lost makes others more careful; that it is broken must stand
 * against every older copy of the configuration (P6-S1). */
static enum vouch_error_code broken_raise(const struct recording *recording,
					  struct vouch_cib_link *link,
					  struct vouch_error *error)
{
	char dc[VOUCH_NAME_SIZE];
	enum vouch_error_code code = vouch__generation_dc(link, dc, error);

	if (code == VOUCH_OK)
		code = vouch__generation_raise(broken_confirm, recording, link,
					       dc, error);
	return code == VOUCH_OK ?
		       code :
		       vouch__error_prefix(error,
					   "that the seal is broken is on record "
					   "here, but another part of the cluster "
					   "may overrule it");
}

static enum vouch_error_code recording_work(const void *input, void *output,
					    struct vouch_deadline deadline,
					    struct vouch_error *error)
{
	const struct recording *recording = input;
	char id[VOUCH_RECORD_ID_SIZE];
	struct vouch_cib_link *link;
	enum vouch_error_code code;
	xmlNode *set;

	(void)output;
	vouch__seal_id(recording->cluster->name, id);
	set = vouch__record_element(id, recording->text);
	if (!set)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__cib_connect(1, deadline, &link, error);
	if (code == VOUCH_OK) {
		code = vouch__cib_modify(link, set, 1, error);
		if (code == VOUCH_OK)
			code = seal_confirm(recording, link, error);
		if (code == VOUCH_OK && recording->is_broken)
			code = broken_raise(recording, link, error);
		vouch__cib_disconnect(link);
	}
	xmlFreeDoc(set->doc);
	return code;
}

enum vouch_error_code
vouch__pacemaker_seal_record(struct vouch_cluster *cluster,
			     struct vouch_deadline deadline,
			     const struct vouch_cluster_seal *seal,
			     struct vouch_error *error)
{
	struct recording recording = { .cluster = cluster,
				       .is_broken = seal->unbroken != VOUCH_YES };
	enum vouch_error_code code;

	code = vouch__seal_encode(seal, recording.text, error);
	if (code != VOUCH_OK)
		return code;
	return vouch__worker_run(recording_work, "recording the seal",
				 &recording, NULL, 0, deadline, error);
}
