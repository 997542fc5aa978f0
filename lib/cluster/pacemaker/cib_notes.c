/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the nodes noted of each other lies in their transient attributes: it goes
 * with the node that told it, and no configuration changes by it. */
#include <stdio.h>
#include <string.h>

#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_xml.h"

/* NULL: it told nothing. */
static const char *told_by(const xmlNode *state, const char *resource)
{
	static const char prefix[] = VOUCH_NOTES_ATTRIBUTE;
	const xmlNode *set = vouch__xml_descend(state, "transient_attributes",
						"instance_attributes", NULL);

	for (; set; set = vouch__xml_next(set, "instance_attributes")) {
		const xmlNode *pair = vouch__xml_first(set, "nvpair");

		for (; pair; pair = vouch__xml_next(pair, "nvpair")) {
			const char *name = vouch__xml_text(pair, "name");
			const char *value = vouch__xml_text(pair, "value");

			if (name &&
			    strncmp(name, prefix, sizeof(prefix) - 1) == 0 &&
			    strcmp(name + sizeof(prefix) - 1, resource) == 0)
				return value ? value : "unreadable";
		}
	}
	return NULL;
}

void vouch__cib_notes_read(const xmlNode *cib, const char *resource,
			   struct vouch_notes_told *told)
{
	const xmlNode *state = vouch__xml_first(
		vouch__xml_first(cib, "status"), "node_state");

	told->count = 0;
	for (; state && told->count < VOUCH_NODES_MAX;
	     state = vouch__xml_next(state, "node_state")) {
		const char *node = vouch__xml_text(state, "uname");
		const char *text = told_by(state, resource);

		/* An empty one was taken back. */
		if (!node || !text || text[0] == '\0' ||
		    strlen(node) >= VOUCH_NAME_SIZE)
			continue;
		(void)snprintf(told->by[told->count].node, VOUCH_NAME_SIZE,
			       "%s", node);
		if (snprintf(told->by[told->count].text, VOUCH_NOTES_SIZE, "%s",
			     text) >= VOUCH_NOTES_SIZE)
			told->by[told->count].text[0] = '\0';
		told->count++;
	}
}
