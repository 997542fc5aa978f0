/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The head of a CIB document: what is in force, and in which version. */
#include <stdio.h>
#include <string.h>

#include "cluster/pacemaker/cib_properties.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_xml.h"
#include "common/error.h"

enum vouch_error_code vouch__cib_dc_read(const xmlNode *cib,
					 char dc[VOUCH_NAME_SIZE],
					 struct vouch_error *error)
{
	const char *id = vouch__xml_text(cib, "dc-uuid");
	const xmlNode *nodes =
		vouch__xml_descend(cib, "configuration", "nodes", NULL);
	const xmlNode *node;

	dc[0] = '\0';
	if (!id || !*id)
		return VOUCH_OK; /* between elections */
	node = vouch__xml_by_id(nodes, "node", id);
	if (node && !vouch__text_name(vouch__xml_text(node, "uname"), dc))
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the cluster's coordinator has no "
					"usable name in the CIB");
	return VOUCH_OK;
}

/* Pacemaker's default is true, and so is what it makes of an absent value. Of a
 * value that is no boolean, or of two that differ, nothing is concluded. */
static enum vouch_answer fencing_enabled_read(const xmlNode *cib)
{
	struct vouch_setting setting = { 0 };

	vouch__setting_read(
		cib, vouch__xml_descend(cib, "configuration", "crm_config", NULL),
		"cluster_property_set", "stonith-enabled", &setting);
	if (!setting.found)
		return VOUCH_YES;
	if (setting.conditional && setting.answer == VOUCH_YES)
		return VOUCH_UNKNOWN;
	return setting.answer;
}

enum vouch_error_code vouch__cib_view_read(const xmlNode *cib,
					   struct vouch_view *view,
					   struct vouch_error *error)
{
	enum vouch_error_code code;

	if (!vouch__xml_is(cib, "cib") ||
	    !vouch__xml_descend(cib, "configuration", "crm_config", NULL))
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the cluster's answer is no complete "
					"CIB document");
	if (!vouch__text_number(vouch__xml_text(cib, "admin_epoch"), INT64_MAX,
				&view->cib_admin_epoch) ||
	    !vouch__text_number(vouch__xml_text(cib, "epoch"), INT64_MAX,
				&view->cib_epoch))
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the CIB has no usable version");
	code = vouch__cib_dc_read(cib, view->dc, error);
	if (code != VOUCH_OK)
		return code;
	/* Corosync and Pacemaker must both have quorum: Pacemaker learns of a
	 * loss a moment later, and of a gain as well. */
	if (vouch__text_answer(vouch__xml_text(cib, "have-quorum")) != VOUCH_YES)
		view->quorate = VOUCH_NO;
	view->fencing_enabled = fencing_enabled_read(cib);
	return VOUCH_OK;
}

/* The fencer falls back to a watchdog timer when this property is set to
 * anything but zero. A unit may follow the number. */
enum vouch_answer vouch__cib_watchdog_read(const xmlNode *cib)
{
	const xmlNode *set = vouch__xml_descend(cib, "configuration",
						"crm_config", NULL);
	struct vouch_setting setting = { 0 };
	const char *text;

	if (!set)
		return VOUCH_UNKNOWN;
	vouch__setting_read(cib, set, "cluster_property_set",
			    "stonith-watchdog-timeout", &setting);
	if (!setting.found)
		return VOUCH_NO;
	text = vouch__property_text(cib, "stonith-watchdog-timeout");
	if (setting.found > 1 || !text || !*text)
		return VOUCH_YES;
	return text[strspn(text, "0")] == '\0' || strcmp(text, "0s") == 0 ?
		       VOUCH_NO :
		       VOUCH_YES;
}
