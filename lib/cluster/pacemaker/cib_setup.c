/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the resource is configured, for whoever looks for what would make a proof
 * fail or a veto loop. It says what stands there, not whether that is good.
 */
#include <stdio.h>
#include <string.h>

#include <crm/common/util.h>

#include "cluster/pacemaker/cib_properties.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_xml.h"

static void word_copy(char *to, const char *text)
{
	to[0] = '\0';
	if (text && !vouch__text_name(text, to))
		memcpy(to, "unclear", sizeof("unclear"));
}

static void agent_copy(const xmlNode *primitive, char *text, size_t size)
{
	char part[3][VOUCH_NAME_SIZE];

	word_copy(part[0], vouch__xml_text(primitive, "class"));
	word_copy(part[1], vouch__xml_text(primitive, "provider"));
	word_copy(part[2], vouch__xml_text(primitive, "type"));
	(void)snprintf(text, size, "%s:%s%s%s", part[0], part[1],
		       part[1][0] ? ":" : "", part[2]);
}

/* A monitor belongs to the role that it names; without one it is for started
 * instances, which a promotable clone's unpromoted ones are. */
static int action_of(const xmlNode *operation)
{
	static const char *const names[VOUCH_SETUP_ACTIONS] = {
		"start", "stop", "promote", "demote", "notify", NULL, NULL
	};
	const char *name = vouch__xml_text(operation, "name");
	const char *role = vouch__xml_text(operation, "role");
	int i;

	for (i = 0; name && i < VOUCH_SETUP_ACTIONS; i++) {
		if (names[i] && strcmp(names[i], name) == 0)
			return i;
	}
	if (!name || strcmp(name, "monitor") != 0)
		return VOUCH_SETUP_ACTIONS;
	return role && (strcmp(role, "Promoted") == 0 ||
			strcmp(role, "Master") == 0) ?
		       VOUCH_SETUP_MONITOR_PROMOTED :
		       VOUCH_SETUP_MONITOR_UNPROMOTED;
}

static uint64_t timeout_of(const xmlNode *cib, const xmlNode *operation)
{
	const char *text = vouch__xml_text(operation, "timeout");
	long long milliseconds;

	if (!text)
		text = vouch__setting_text(cib, operation, "meta_attributes",
					   "timeout");
	milliseconds = text ? crm_get_msec(text) : -1;
	return milliseconds > 0 ? (uint64_t)milliseconds : 0;
}

static void operations_read(const xmlNode *cib, const xmlNode *primitive,
			    struct vouch_setup *setup)
{
	const xmlNode *operation = vouch__xml_first(
		vouch__xml_first(primitive, "operations"), "op");

	for (; operation; operation = vouch__xml_next(operation, "op")) {
		int action = action_of(operation);

		if (action == VOUCH_SETUP_ACTIONS)
			continue;
		setup->configured[action] = 1;
		setup->timeout_ms[action] = timeout_of(cib, operation);
	}
}

/* Devices may stand in groups or clones. */
static uint32_t fence_devices_count(const xmlNode *parent, int depth)
{
	const xmlNode *element = vouch__xml_first(parent, NULL);
	uint32_t count = 0;

	if (depth > VOUCH_XML_DEPTH_MAX)
		return 0;
	for (; element; element = vouch__xml_next(element, NULL)) {
		const char *class = vouch__xml_text(element, "class");

		if (vouch__xml_is(element, "primitive"))
			count += class && strcmp(class, "stonith") == 0;
		else
			count += fence_devices_count(element, depth + 1);
	}
	return count;
}

/* Wherever it is installed: its name, and for whom it leaves what it is told. */
static int is_our_alert(const xmlNode *alert, const char *resource)
{
	const char *path = vouch__xml_text(alert, "path");
	const char *name = path ? strrchr(path, '/') : NULL;
	const xmlNode *to = vouch__xml_first(alert, "recipient");

	if (!name || strcmp(name, "/vouch-alert") != 0)
		return 0;
	for (; to; to = vouch__xml_next(to, "recipient")) {
		const char *value = vouch__xml_text(to, "value");

		if (value && strcmp(value, resource) == 0)
			return 1;
	}
	return 0;
}

static uint8_t alert_find(const xmlNode *cib, const char *resource)
{
	const xmlNode *alert = vouch__xml_descend(cib, "configuration", "alerts",
						  "alert", NULL);

	while (alert && !is_our_alert(alert, resource))
		alert = vouch__xml_next(alert, "alert");
	return alert != NULL;
}

void vouch__cib_setup_read(const xmlNode *cib, const char *resource,
			   struct vouch_setup *setup)
{
	const xmlNode *resources = vouch__xml_descend(cib, "configuration",
						      "resources", NULL);
	const xmlNode *primitive = vouch__xml_by_id(resources, "primitive",
						    resource);
	const char *text;

	memset(setup, 0, sizeof(*setup));
	setup->fence_devices = fence_devices_count(resources, 0);
	setup->alert = alert_find(cib, resource);
	word_copy(setup->no_quorum_policy,
		  vouch__property_text(cib, "no-quorum-policy"));
	if (!primitive)
		return;
	setup->condition = VOUCH_PRESENT;
	agent_copy(primitive, setup->agent, sizeof(setup->agent));
	word_copy(setup->promotable,
		  vouch__resource_text(cib, primitive, "promotable"));
	word_copy(setup->notify, vouch__resource_text(cib, primitive, "notify"));
	text = vouch__resource_text(cib, primitive, "promoted-max");
	word_copy(setup->promoted_max,
		  text ? text :
			 vouch__resource_text(cib, primitive, "master-max"));
	operations_read(cib, primitive, setup);
}
