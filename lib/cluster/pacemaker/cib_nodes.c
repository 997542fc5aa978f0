/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every node that one CIB document knows: what it is, and whether the cluster has
 * it online and clean.
 *
 * The scheduler decides that from four attributes of the node's state, with
 * fencing enabled as follows (determine_online_status_fencing):
 *
 *   never seen, or refused to join ................. unclean
 *   expected down, or nothing expected ............. clean; it left in order, or
 *                                                    its fencing was confirmed
 *   no longer a member, or its controller is gone .. unclean
 *   asked to be terminated, or in an unknown state . unclean
 *   joined ......................................... online, clean
 *   joining ........................................ clean, not ready
 *   any of these, not online, but a managed resource
 *   is recorded as active there .................... unclean
 *
 * The last row matters: a new coordinator writes expected=down for a lost node
 * that it remembers as fenced once, though that node had long come back.
 *
 * Here it is stricter in three places, because a permit may rest on the answer.
 * A node that asked to shut down and then vanished before that was confirmed is
 * unclean, where the scheduler looks away. startup-fencing=false makes a node
 * that was never seen UNKNOWN, not clean. And online is YES only for a node that
 * has joined, NO only for one that is gone; in between it is UNKNOWN.
 */
#include <stdio.h>
#include <string.h>

#include "cluster/pacemaker/cib_properties.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_xml.h"
#include "common/error.h"

struct reading {
	const xmlNode *cib;
	const xmlNode *resources;
	const char *resource;
	struct vouch_cluster_node *nodes;
	uint32_t count;
	uint32_t room;
	struct vouch_error *error;
};

static int equal(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static enum vouch_error_code malformed(struct reading *reading, const char *what)
{
	return vouch__error_set(reading->error, VOUCH_E_MALFORMED,
				"the CIB has a node %s", what);
}

/* --- what kind of node ---------------------------------------------------- */

static int is_remote_resource(const xmlNode *element, const char *name)
{
	return vouch__xml_is(element, "primitive") &&
	       equal(vouch__xml_text(element, "provider"), "pacemaker") &&
	       equal(vouch__xml_text(element, "type"), "remote") &&
	       equal(vouch__xml_text(element, "id"), name);
}

static int makes_guest(const xmlNode *element, const char *name)
{
	const xmlNode *set = vouch__xml_first(element, "meta_attributes");

	for (; set; set = vouch__xml_next(set, "meta_attributes")) {
		const xmlNode *pair = vouch__xml_first(set, "nvpair");

		for (; pair; pair = vouch__xml_next(pair, "nvpair")) {
			if (equal(vouch__xml_text(pair, "name"), "remote-node") &&
			    equal(vouch__xml_text(pair, "value"), name))
				return 1;
		}
	}
	return 0;
}

/* A bundle's replicas are the nodes BUNDLE-0, BUNDLE-1, ... */
static int makes_replica(const xmlNode *element, const char *name)
{
	const char *id = vouch__xml_text(element, "id");
	size_t length = id ? strlen(id) : 0;

	return vouch__xml_is(element, "bundle") && length > 0 &&
	       strncmp(name, id, length) == 0 && name[length] == '-' &&
	       name[length + 1] != '\0' &&
	       name[length + 1 + strspn(name + length + 1, "0123456789")] == '\0';
}

static enum vouch_node_class class_by_resource(const xmlNode *element,
					       const char *name, int depth)
{
	const xmlNode *child;

	if (is_remote_resource(element, name))
		return VOUCH_CLASS_REMOTE;
	if (makes_guest(element, name))
		return VOUCH_CLASS_GUEST;
	if (makes_replica(element, name))
		return VOUCH_CLASS_BUNDLE;
	if (depth >= VOUCH_XML_DEPTH_MAX)
		return VOUCH_CLASS_UNKNOWN;
	for (child = vouch__xml_first(element, NULL); child;
	     child = vouch__xml_next(child, NULL)) {
		enum vouch_node_class found =
			class_by_resource(child, name, depth + 1);

		if (found != VOUCH_CLASS_UNKNOWN)
			return found;
	}
	return VOUCH_CLASS_UNKNOWN;
}

static enum vouch_node_class class_of(const struct reading *reading,
				      const char *name, const char *type)
{
	enum vouch_node_class found =
		class_by_resource(reading->resources, name, 0);

	if (found != VOUCH_CLASS_UNKNOWN)
		return found;
	if (!type || equal(type, "member") || equal(type, "normal"))
		return VOUCH_CLASS_MEMBER;
	return equal(type, "remote") ? VOUCH_CLASS_REMOTE : VOUCH_CLASS_UNKNOWN;
}

/* --- how it is ------------------------------------------------------------ */

/* A transient attribute asks for the node's end. */
static int is_set(const xmlNode *node_state, const char *name)
{
	const xmlNode *set = vouch__xml_descend(node_state,
						"transient_attributes",
						"instance_attributes", NULL);

	for (; set; set = vouch__xml_next(set, "instance_attributes")) {
		const xmlNode *pair = vouch__xml_first(set, "nvpair");

		for (; pair; pair = vouch__xml_next(pair, "nvpair")) {
			if (equal(vouch__xml_text(pair, "name"), name) &&
			    vouch__text_since(vouch__xml_text(pair, "value")) !=
				    VOUCH_NO)
				return 1;
		}
	}
	return 0;
}

static enum vouch_answer in_cluster(const xmlNode *state)
{
	return vouch__text_since(vouch__xml_text(state, "in_ccm"));
}

static enum vouch_answer has_controller(const xmlNode *state)
{
	const char *text = vouch__xml_text(state, "crmd");

	if (equal(text, "online"))
		return VOUCH_YES;
	if (equal(text, "offline"))
		return VOUCH_NO;
	return vouch__text_since(text);
}

static enum vouch_answer online_of(const xmlNode *state)
{
	const char *join = vouch__xml_text(state, "join");

	if (in_cluster(state) == VOUCH_YES &&
	    has_controller(state) == VOUCH_YES && equal(join, "member"))
		return VOUCH_YES;
	if (in_cluster(state) == VOUCH_NO && has_controller(state) == VOUCH_NO)
		return VOUCH_NO;
	return VOUCH_UNKNOWN;
}

static enum vouch_answer unclean_of(const xmlNode *state)
{
	const char *join = vouch__xml_text(state, "join");
	const char *expected = vouch__xml_text(state, "expected");

	if (in_cluster(state) == VOUCH_UNKNOWN || equal(join, "nack"))
		return VOUCH_YES;
	if (is_set(state, "terminate") && !equal(expected, "down"))
		return VOUCH_YES;
	if (!expected || equal(expected, "down"))
		return VOUCH_NO;
	if (!equal(expected, "member"))
		return VOUCH_YES;
	if (in_cluster(state) != VOUCH_YES || has_controller(state) != VOUCH_YES)
		return VOUCH_YES;
	if (equal(join, "member") || equal(join, "pending") ||
	    equal(join, "down"))
		return VOUCH_NO;
	return VOUCH_YES;
}

static enum vouch_answer unseen_is_unclean(const xmlNode *cib)
{
	struct vouch_setting setting = { 0 };

	vouch__setting_read(
		cib, vouch__xml_descend(cib, "configuration", "crm_config", NULL),
		"cluster_property_set", "startup-fencing", &setting);
	return !setting.found || setting.answer == VOUCH_YES ? VOUCH_YES :
							       VOUCH_UNKNOWN;
}

static const xmlNode *state_of(const xmlNode *cib, const char *id)
{
	const xmlNode *state = vouch__xml_descend(cib, "status", "node_state",
						  NULL);

	while (state && !equal(vouch__xml_text(state, "id"), id))
		state = vouch__xml_next(state, "node_state");
	return state;
}

static void condition_fill(const struct reading *reading,
			   struct vouch_cluster_node *node, const char *id)
{
	const xmlNode *state = state_of(reading->cib, id);

	if (!state) {
		node->online = VOUCH_NO;
		node->unclean = unseen_is_unclean(reading->cib);
		return;
	}
	vouch__cib_operations_read(reading->cib, state, reading->resource,
				   &node->operations);
	/* The life of a remote or guest node hangs on its connection, which is
	 * judged elsewhere: no answer here. */
	if (node->node_class != VOUCH_CLASS_MEMBER)
		return;
	node->online = online_of(state);
	node->unclean = unclean_of(state);
	if (node->online != VOUCH_YES &&
	    vouch__cib_is_active_there(reading->cib, state, reading->resource,
				       node->name))
		node->unclean = VOUCH_YES;
}

/* --- the list ------------------------------------------------------------- */

static int is_known(const struct reading *reading, const char *name)
{
	uint32_t i;

	for (i = 0; i < reading->count; i++) {
		if (strcmp(reading->nodes[i].name, name) == 0)
			return 1;
	}
	return 0;
}

static enum vouch_error_code slot_take(struct reading *reading,
				       const char *name,
				       struct vouch_cluster_node **slot)
{
	struct vouch_cluster_node *node;

	if (reading->count >= reading->room)
		return vouch__error_set(reading->error, VOUCH_E_LIMIT,
					"the cluster has more than %u nodes",
					reading->room);
	node = &reading->nodes[reading->count];
	memset(node, 0, sizeof(*node));
	if (!vouch__text_name(name, node->name))
		return malformed(reading, "without a usable name");
	if (is_known(reading, node->name))
		return malformed(reading, "twice");
	reading->count++;
	*slot = node;
	return VOUCH_OK;
}

static enum vouch_error_code id_fill(struct reading *reading,
				     struct vouch_cluster_node *node,
				     const char *id)
{
	uint64_t number;
	uint32_t i;

	if (node->node_class != VOUCH_CLASS_MEMBER)
		return VOUCH_OK; /* its id is a name */
	if (!vouch__text_number(id, UINT32_MAX, &number) || number == 0)
		return malformed(reading, "without a usable id");
	node->cluster_id = (uint32_t)number;
	for (i = 0; i + 1 < reading->count; i++) {
		if (reading->nodes[i].cluster_id == node->cluster_id)
			return malformed(reading, "whose id another has");
	}
	return VOUCH_OK;
}

static enum vouch_error_code configured_read(struct reading *reading)
{
	const xmlNode *element = vouch__xml_descend(
		reading->cib, "configuration", "nodes", "node", NULL);

	for (; element; element = vouch__xml_next(element, "node")) {
		const char *id = vouch__xml_text(element, "id");
		struct vouch_cluster_node *node;
		enum vouch_error_code code;

		if (!id || !*id)
			return malformed(reading, "without an id");
		code = slot_take(reading, vouch__xml_text(element, "uname"),
				 &node);
		if (code != VOUCH_OK)
			return code;
		node->node_class = class_of(reading, node->name,
					    vouch__xml_text(element, "type"));
		code = id_fill(reading, node, id);
		if (code != VOUCH_OK)
			return code;
		condition_fill(reading, node, id);
	}
	return VOUCH_OK;
}

/* Remote, guest and bundle nodes need no entry under <nodes>. Of a full member
 * only its state may be left behind; the scheduler ignores that, so do we. */
static enum vouch_error_code remotes_read(struct reading *reading)
{
	const xmlNode *state = vouch__xml_descend(reading->cib, "status",
						  "node_state", NULL);

	for (; state; state = vouch__xml_next(state, "node_state")) {
		const char *name = vouch__xml_text(state, "uname");
		struct vouch_cluster_node *node;
		enum vouch_error_code code;

		if (vouch__text_answer(vouch__xml_text(state, "remote_node")) !=
		    VOUCH_YES)
			continue;
		if (name && is_known(reading, name))
			continue;
		code = slot_take(reading, name, &node);
		if (code != VOUCH_OK)
			return code;
		node->node_class = class_of(reading, node->name, "remote");
		condition_fill(reading, node, vouch__xml_text(state, "id"));
	}
	return VOUCH_OK;
}

enum vouch_error_code vouch__cib_nodes_read(const xmlNode *cib,
					    const char *resource,
					    struct vouch_cluster_node *nodes,
					    uint32_t *count,
					    struct vouch_error *error)
{
	struct reading reading = {
		.cib = cib,
		.resources = vouch__xml_descend(cib, "configuration",
						"resources", NULL),
		.resource = resource,
		.nodes = nodes,
		.room = *count,
		.error = error,
	};
	enum vouch_error_code code;

	if (!vouch__xml_is(cib, "cib") ||
	    !vouch__xml_descend(cib, "configuration", "nodes", NULL) ||
	    !vouch__xml_first(cib, "status"))
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the cluster's answer is no complete "
					"CIB document");
	code = configured_read(&reading);
	if (code == VOUCH_OK)
		code = remotes_read(&reading);
	*count = reading.count;
	return code;
}
