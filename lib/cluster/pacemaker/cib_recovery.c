/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the cluster manager would make of a failure of the resource. Whoever asks it
 * for a restart by reporting one wants to know before.
 */
#include <string.h>

#include "cluster/pacemaker/cib_properties.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_xml.h"

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
		  vouch__resource_text(cib, primitive, "migration-threshold"));
	word_copy(recovery->promote_on_fail,
		  on_fail_of(cib, primitive, "promote"));
	word_copy(recovery->default_on_fail,
		  vouch__setting_text(cib,
				      vouch__xml_first(configuration,
						       "op_defaults"),
				      "meta_attributes", "on-fail"));
}
