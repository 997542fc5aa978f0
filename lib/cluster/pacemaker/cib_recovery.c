/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the cluster manager would make of a failure of the resource. Whoever asks it
 * for a restart by reporting one wants to know before.
 */
#include <string.h>

#include "cluster/pacemaker/cib_properties.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_xml.h"

/* The text nearest to the resource; NULL when nobody sets it. */
static const char *nearest_text(const xmlNode *cib, const xmlNode *resource,
				const char *name)
{
	const xmlNode *resources = vouch__xml_descend(cib, "configuration",
						      "resources", NULL);
	const xmlNode *element;
	const char *text = NULL;

	for (element = resource; !text && element && element != resources;
	     element = element->parent) {
		const char *template = vouch__xml_text(element, "template");

		text = vouch__setting_text(cib, element, "meta_attributes", name);
		if (!text && template)
			text = vouch__setting_text(
				cib,
				vouch__xml_by_id(resources, "template", template),
				"meta_attributes", name);
	}
	return text ? text :
		      vouch__setting_text(cib,
					  vouch__xml_descend(cib, "configuration",
							     "rsc_defaults", NULL),
					  "meta_attributes", name);
}

/* As an attribute of the operation, or in its meta attributes. */
static const char *on_fail_of(const xmlNode *cib, const xmlNode *primitive,
			      const char *action)
{
	const xmlNode *operation = vouch__xml_first(
		vouch__xml_first(primitive, "operations"), "op");

	for (; operation; operation = vouch__xml_next(operation, "op")) {
		const char *name = vouch__xml_text(operation, "name");
		const char *text = vouch__xml_text(operation, "on-fail");

		if (!name || strcmp(name, action) != 0)
			continue;
		return text ? text :
			      vouch__setting_text(cib, operation,
						  "meta_attributes", "on-fail");
	}
	return NULL;
}

static void word_copy(char *to, const char *text)
{
	to[0] = '\0';
	if (text && !vouch__text_name(text, to))
		memcpy(to, "unclear", sizeof("unclear"));
}

void vouch__cib_recovery_read(const xmlNode *cib, const char *resource,
			      struct vouch_recovery *recovery)
{
	const xmlNode *configuration = vouch__xml_first(cib, "configuration");
	const xmlNode *primitive = vouch__xml_by_id(
		vouch__xml_first(configuration, "resources"), "primitive",
		resource);

	memset(recovery, 0, sizeof(*recovery));
	if (!primitive)
		return;
	recovery->condition = VOUCH_PRESENT;
	word_copy(recovery->migration_threshold,
		  nearest_text(cib, primitive, "migration-threshold"));
	word_copy(recovery->promote_on_fail,
		  on_fail_of(cib, primitive, "promote"));
	word_copy(recovery->default_on_fail,
		  vouch__setting_text(cib,
				      vouch__xml_first(configuration,
						       "op_defaults"),
				      "meta_attributes", "on-fail"));
}
