/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fence devices that leave the node running (P6-A1). What cuts a node off from its
 * storage or its network lets its server go on, with the clients that still reach it
 * and with what it has in memory and on disks of its own. The fencer's history tells
 * such a fencing and one that cut the power in the same words, and not by which device.
 */
#include <string.h>

#include "cluster/pacemaker/cib_properties.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_xml.h"

/* Of Debian's fence-agents and Pacemaker's own: storage, switch ports, and what only
 * says that it succeeded. */
static const char *const leave_it_running[] = {
	"fence_scsi",	      "fence_mpath",   "fence_brocade", "fence_sanbox2",
	"fence_cisco_mds",    "fence_ifmib",   "fence_aws_vpc_net",
	"fence_dummy",	      "external/null", "null",		"suicide",
};

static int is_named(const char *type)
{
	size_t i;

	for (i = 0; i < sizeof(leave_it_running) / sizeof(leave_it_running[0]); i++) {
		if (strcmp(type, leave_it_running[i]) == 0)
			return 1;
	}
	return 0;
}

/* A device that has to give back what it took fences by taking it: "unfencing". A
 * device without a type is none that could be known. */
static int cuts_power(const xmlNode *cib, const xmlNode *resources,
		      const xmlNode *device)
{
	const char *template = vouch__xml_text(device, "template");
	const xmlNode *of = template ? vouch__xml_by_id(resources, "template",
							template) :
				       device;
	const char *class = of ? vouch__xml_text(of, "class") : NULL;
	const char *type = of ? vouch__xml_text(of, "type") : NULL;
	const char *provides;

	if (class && strcmp(class, "stonith") != 0)
		return 1; /* no fence device at all */
	provides = vouch__resource_text(cib, device, "provides");
	return class && type && !is_named(type) &&
	       !(provides && strcmp(provides, "unfencing") == 0);
}

static const char *find(const xmlNode *cib, const xmlNode *resources,
			const xmlNode *parent, int depth)
{
	const xmlNode *element = vouch__xml_first(parent, NULL);
	const char *found = NULL;

	if (depth > VOUCH_XML_DEPTH_MAX)
		return "?";
	for (; element && !found; element = vouch__xml_next(element, NULL)) {
		if (!vouch__xml_is(element, "primitive"))
			found = find(cib, resources, element, depth + 1);
		else if (!cuts_power(cib, resources, element))
			found = vouch__xml_text(element, "id");
	}
	return found;
}

const char *vouch__cib_device_without_power(const xmlNode *cib)
{
	const xmlNode *resources = vouch__xml_descend(cib, "configuration",
						      "resources", NULL);

	return resources ? find(cib, resources, resources, 0) : NULL;
}
