/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does the cluster manager act on the resource on this node right now?
 *
 * Maintenance of the whole cluster or of the node overrides everything. Below
 * it, is-managed and maintenance of the primitive stand before those of its
 * template, its group, its clone and the defaults.
 */
#include <string.h>

#include "cluster/pacemaker/cib_properties.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_xml.h"

static enum vouch_answer certain(const struct vouch_setting *setting)
{
	return setting->conditional ? VOUCH_UNKNOWN : setting->answer;
}

/* The value nearest to the resource; `otherwise` when nobody sets it. */
static enum vouch_answer nearest(const xmlNode *cib, const xmlNode *resource,
				 const char *name, enum vouch_answer otherwise)
{
	const xmlNode *resources = vouch__xml_descend(cib, "configuration",
						      "resources", NULL);
	const xmlNode *element;
	struct vouch_setting setting = { 0 };

	for (element = resource; element && element != resources;
	     element = element->parent) {
		const char *template = vouch__xml_text(element, "template");

		vouch__setting_read(cib, element, "meta_attributes", name,
				    &setting);
		if (!setting.found && template)
			vouch__setting_read(
				cib,
				vouch__xml_by_id(resources, "template", template),
				"meta_attributes", name, &setting);
		if (setting.found)
			return certain(&setting);
	}
	vouch__setting_read(cib,
			    vouch__xml_descend(cib, "configuration",
					       "rsc_defaults", NULL),
			    "meta_attributes", name, &setting);
	return setting.found ? certain(&setting) : otherwise;
}

static enum vouch_answer property(const xmlNode *cib, const char *name,
				  enum vouch_answer otherwise)
{
	struct vouch_setting setting = { 0 };

	vouch__setting_read(
		cib, vouch__xml_descend(cib, "configuration", "crm_config", NULL),
		"cluster_property_set", name, &setting);
	return setting.found ? certain(&setting) : otherwise;
}

static const xmlNode *child_named(const xmlNode *parent, const char *element,
				  const char *uname)
{
	const xmlNode *child = vouch__xml_first(parent, element);

	for (; child; child = vouch__xml_next(child, element)) {
		const char *own = vouch__xml_text(child, "uname");

		if (own && strcmp(own, uname) == 0)
			return child;
	}
	return NULL;
}

/* The node's attribute may be permanent or last until its next start. */
static enum vouch_answer node_in_maintenance(const xmlNode *cib,
					     const char *node)
{
	const xmlNode *permanent = child_named(
		vouch__xml_descend(cib, "configuration", "nodes", NULL), "node",
		node);
	const xmlNode *state = child_named(vouch__xml_first(cib, "status"),
					   "node_state", node);
	struct vouch_setting setting = { 0 };

	vouch__setting_read(cib, permanent, "instance_attributes", "maintenance",
			    &setting);
	vouch__setting_read(cib, vouch__xml_first(state, "transient_attributes"),
			    "instance_attributes", "maintenance", &setting);
	return setting.found ? certain(&setting) : VOUCH_NO;
}

enum vouch_answer vouch__cib_managed_read(const xmlNode *cib,
					  const char *resource,
					  const char *node)
{
	const xmlNode *primitive = vouch__xml_by_id(
		vouch__xml_descend(cib, "configuration", "resources", NULL),
		"primitive", resource);
	enum vouch_answer against[3];
	enum vouch_answer managed;
	size_t i;

	if (!primitive)
		return VOUCH_UNKNOWN;
	against[0] = property(cib, "maintenance-mode", VOUCH_NO);
	against[1] = node_in_maintenance(cib, node);
	against[2] = nearest(cib, primitive, "maintenance", VOUCH_NO);
	managed = nearest(cib, primitive, "is-managed",
			  property(cib, "is-managed-default", VOUCH_YES));
	for (i = 0; i < 3; i++) {
		if (against[i] == VOUCH_YES)
			return VOUCH_NO;
		if (against[i] != VOUCH_NO && managed == VOUCH_YES)
			managed = VOUCH_UNKNOWN;
	}
	return managed;
}

static int score_of(const char *text, int *score)
{
	enum { INFINITE = 1000000 };

	if (!text)
		return 0;
	if (strcmp(text, "INFINITY") == 0 || strcmp(text, "+INFINITY") == 0)
		*score = INFINITE;
	else if (strcmp(text, "-INFINITY") == 0)
		*score = -INFINITE;
	else
		return vouch__text_integer(text, score);
	return 1;
}

int vouch__cib_score_read(const xmlNode *cib, const char *resource,
			  const char *node, int *score)
{
	static const char prefix[] = "master-";
	const xmlNode *set = vouch__xml_descend(
		child_named(vouch__xml_first(cib, "status"), "node_state", node),
		"transient_attributes", "instance_attributes", NULL);

	for (; set; set = vouch__xml_next(set, "instance_attributes")) {
		const xmlNode *pair = vouch__xml_first(set, "nvpair");

		for (; pair; pair = vouch__xml_next(pair, "nvpair")) {
			const char *name = vouch__xml_text(pair, "name");
			const char *value = vouch__xml_text(pair, "value");

			if (!name ||
			    strncmp(name, prefix, sizeof(prefix) - 1) != 0 ||
			    strcmp(name + sizeof(prefix) - 1, resource) != 0)
				continue;
			if (value && !*value)
				return 0; /* deleted */
			return score_of(value, score) ? 1 : -1;
		}
	}
	return 0;
}
