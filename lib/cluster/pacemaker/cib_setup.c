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

static void host_add(const char *name, size_t length, struct vouch_setup *setup)
{
	char *to = setup->fence_hosts[setup->fence_host_count];
	char text[VOUCH_NAME_SIZE];

	if (setup->fence_host_count == VOUCH_NODES_MAX || length == 0 ||
	    length >= sizeof(text))
		return;
	memcpy(text, name, length);
	text[length] = '\0';
	if (vouch__text_name(text, to))
		setup->fence_host_count++;
}

/* "n1 n2", "n1,n2", and of a map "n1:4;n2:5,6" what stands before the colons. */
static void hosts_add(const char *text, struct vouch_setup *setup)
{
	static const char between[] = " ,;\t";

	while (*text) {
		size_t length = strcspn(text, " ,;\t:");

		host_add(text, length, setup);
		text += length;
		if (*text == ':')
			text += strcspn(text, "; \t");
		text += strspn(text, between);
	}
}

/* A device that lists no node asks its machine, or believes to reach all. */
static void device_read(const xmlNode *device, struct vouch_setup *setup)
{
	const xmlNode *set = vouch__xml_first(device, "instance_attributes");
	int told = 0;

	for (; set; set = vouch__xml_next(set, "instance_attributes")) {
		const xmlNode *pair = vouch__xml_first(set, "nvpair");

		for (; pair; pair = vouch__xml_next(pair, "nvpair")) {
			const char *name = vouch__xml_text(pair, "name");
			const char *value = vouch__xml_text(pair, "value");

			if (!name || !value ||
			    (strcmp(name, "pcmk_host_list") != 0 &&
			     strcmp(name, "pcmk_host_map") != 0))
				continue;
			told = 1;
			hosts_add(value, setup);
		}
	}
	setup->fence_devices++;
	if (!told)
		setup->fence_hosts_told = VOUCH_NO;
}

/* Devices may stand in groups or clones. */
static void fence_devices_read(const xmlNode *parent, int depth,
			       struct vouch_setup *setup)
{
	const xmlNode *element = vouch__xml_first(parent, NULL);

	if (depth > VOUCH_XML_DEPTH_MAX)
		return;
	for (; element; element = vouch__xml_next(element, NULL)) {
		const char *class = vouch__xml_text(element, "class");

		if (!vouch__xml_is(element, "primitive"))
			fence_devices_read(element, depth + 1, setup);
		else if (class && strcmp(class, "stonith") == 0)
			device_read(element, setup);
	}
}

static enum vouch_answer startup_fencing_read(const xmlNode *cib)
{
	const char *text = vouch__property_text(cib, "startup-fencing");

	return text ? vouch__text_answer(text) : VOUCH_YES;
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
	setup->fence_hosts_told = VOUCH_YES;
	fence_devices_read(resources, 0, setup);
	word_copy(setup->fence_without_power, vouch__cib_device_without_power(cib));
	setup->watchdog = vouch__cib_watchdog_read(cib);
	setup->startup_fencing = startup_fencing_read(cib);
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
