/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operators' words lie in the cluster's configuration, so that the candidate sees
 * them whichever node they were said on. Each kind and node has one place; a new
 * word takes the place of the old one. */
#include <string.h>

#include "cluster/pacemaker/cib_link.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_records.h"
#include "cluster/pacemaker/pacemaker.h"
#include "cluster/pacemaker/worker.h"
#include "common/error.h"

static enum vouch_error_code words_work(const void *input, void *output,
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
		code = vouch__cib_words_read(cib, cluster->name,
					     cluster->members,
					     cluster->member_count, output,
					     error);
		vouch__cib_release(cib);
	}
	vouch__cib_disconnect(link);
	return code;
}

enum vouch_error_code vouch__pacemaker_words(struct vouch_cluster *cluster,
					     struct vouch_deadline deadline,
					     struct vouch_word_list *list,
					     struct vouch_error *error)
{
	enum vouch_error_code code;

	memset(list, 0, sizeof(*list));
	code = vouch__worker_run(words_work, "reading the operators' words",
				 cluster, list, sizeof(*list), deadline, error);
	if (code != VOUCH_OK)
		memset(list, 0, sizeof(*list));
	return code;
}

struct saying {
	const struct vouch_cluster *cluster;
	enum vouch_word_kind kind;
	char node[VOUCH_NAME_SIZE];
	char text[VOUCH_WORD_SIZE]; /* empty: it is taken back */
};

/* Without quorum the other part of the cluster would overrule what is written
 * here, and the operator would have been told that it is done. */
static enum vouch_error_code coordinator_find(struct vouch_cib_link *link,
					      char dc[VOUCH_NAME_SIZE],
					      struct vouch_error *error)
{
	struct vouch_view view = { .quorate = VOUCH_YES };
	enum vouch_error_code code;
	xmlNode *cib;

	code = vouch__cib_query(link, NULL, &cib, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__cib_view_read(cib, &view, error);
	vouch__cib_release(cib);
	if (code != VOUCH_OK)
		return code;
	if (view.quorate != VOUCH_YES)
		return vouch__error_set(error, VOUCH_E_STATE,
					"this partition has no quorum; nothing "
					"was changed");
	if (!view.dc[0])
		return vouch__error_set(error, VOUCH_E_STATE,
					"the cluster has no coordinator (DC) "
					"right now; nothing was changed");
	memcpy(dc, view.dc, VOUCH_NAME_SIZE);
	return VOUCH_OK;
}

static enum vouch_error_code saying_confirm(const struct saying *saying,
					    struct vouch_cib_link *link,
					    const char *dc,
					    struct vouch_error *error)
{
	char found[VOUCH_WORD_SIZE] = "";
	enum vouch_error_code code;
	xmlNode *cib;

	code = vouch__cib_query(link, dc, &cib, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__cib_word_text(cib, saying->cluster->name, saying->kind,
				    saying->node, found);
	vouch__cib_release(cib);
	if (code == VOUCH_E_NOT_FOUND)
		code = VOUCH_OK;
	if (code != VOUCH_OK || strcmp(found, saying->text) != 0)
		return vouch__error_set(error, VOUCH_E_CONFLICT,
					"the coordinator %s has another word in "
					"that place; somebody else said or "
					"revoked one just now",
					dc);
	return VOUCH_OK;
}

static enum vouch_error_code saying_work(const void *input, void *output,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	const struct saying *saying = input;
	char id[VOUCH_RECORD_ID_SIZE];
	char dc[VOUCH_NAME_SIZE];
	struct vouch_cib_link *link;
	enum vouch_error_code code;
	xmlNode *set;

	(void)output;
	vouch__word_id(saying->cluster->name, saying->kind, saying->node, id);
	set = vouch__record_element(id, saying->text[0] ? saying->text : NULL);
	if (!set)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__cib_connect(1, deadline, &link, error);
	if (code == VOUCH_OK) {
		code = coordinator_find(link, dc, error);
		if (code == VOUCH_OK)
			code = saying->text[0] ?
				       vouch__cib_modify(link, set, 1, error) :
				       vouch__cib_remove(link, set, error);
		if (code == VOUCH_OK)
			code = saying_confirm(saying, link, dc, error);
		vouch__cib_disconnect(link);
	}
	xmlFreeDoc(set->doc);
	return code;
}

enum vouch_error_code
vouch__pacemaker_word_record(struct vouch_cluster *cluster,
			     struct vouch_deadline deadline,
			     const struct vouch_word *word,
			     struct vouch_error *error)
{
	struct saying saying = { .cluster = cluster, .kind = word->kind };
	enum vouch_error_code code;

	code = vouch__word_encode(word, saying.text, error);
	if (code != VOUCH_OK)
		return code;
	memcpy(saying.node, word->node, VOUCH_NAME_SIZE);
	return vouch__worker_run(saying_work, "recording the operator's word",
				 &saying, NULL, 0, deadline, error);
}

enum vouch_error_code
vouch__pacemaker_word_remove(struct vouch_cluster *cluster,
			     struct vouch_deadline deadline,
			     enum vouch_word_kind kind, const char *node,
			     struct vouch_error *error)
{
	struct saying saying = { .cluster = cluster, .kind = kind };
	size_t length = strnlen(node, VOUCH_NAME_SIZE);

	if (length == VOUCH_NAME_SIZE)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"the node's name is too long");
	memcpy(saying.node, node, length);
	return vouch__worker_run(saying_work, "revoking the operator's word",
				 &saying, NULL, 0, deadline, error);
}
