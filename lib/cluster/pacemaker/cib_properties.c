/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/pacemaker/cib_properties.h"

#include <string.h>

#include "cluster/pacemaker/cib_xml.h"

static const xmlNode *referred(const xmlNode *cib, const xmlNode *element)
{
	const char *id = vouch__xml_text(element, "id-ref");

	return id ? vouch__xml_by_id(cib, (const char *)element->name, id) :
		    element;
}

static void answer_add(struct vouch_setting *setting, const char *text)
{
	enum vouch_answer answer = vouch__text_answer(text);

	if (setting->found && setting->answer != answer)
		answer = VOUCH_UNKNOWN;
	setting->answer = answer;
	setting->found++;
}

static void set_read(const xmlNode *cib, const xmlNode *set, const char *name,
		     struct vouch_setting *setting)
{
	const xmlNode *pair;

	for (pair = vouch__xml_first(set, "nvpair"); pair;
	     pair = vouch__xml_next(pair, "nvpair")) {
		const xmlNode *target = referred(cib, pair);
		/* A reference may rename what it refers to. */
		const char *own = vouch__xml_text(pair, "name");

		if (!own)
			own = vouch__xml_text(target, "name");
		if (!own || strcmp(own, name) != 0)
			continue;
		answer_add(setting, vouch__xml_text(target, "value"));
		if (!setting->text)
			setting->text = vouch__xml_text(target, "value");
		if (vouch__xml_first(set, "rule"))
			setting->conditional = 1;
	}
}

void vouch__setting_read(const xmlNode *cib, const xmlNode *parent,
			 const char *set, const char *name,
			 struct vouch_setting *setting)
{
	const xmlNode *element;

	for (element = vouch__xml_first(parent, set); element;
	     element = vouch__xml_next(element, set))
		set_read(cib, referred(cib, element), name, setting);
}

const char *vouch__setting_text(const xmlNode *cib, const xmlNode *parent,
				const char *set, const char *name)
{
	struct vouch_setting setting = { 0 };

	if (parent)
		vouch__setting_read(cib, parent, set, name, &setting);
	return setting.text;
}

const char *vouch__property_text(const xmlNode *cib, const char *name)
{
	const xmlNode *set =
		vouch__xml_descend(cib, "configuration", "crm_config",
				   "cluster_property_set", NULL);

	for (; set; set = vouch__xml_next(set, "cluster_property_set")) {
		const xmlNode *pair;

		for (pair = vouch__xml_first(set, "nvpair"); pair;
		     pair = vouch__xml_next(pair, "nvpair")) {
			const char *own = vouch__xml_text(pair, "name");

			if (own && strcmp(own, name) == 0)
				return vouch__xml_text(pair, "value");
		}
	}
	return NULL;
}

const char *vouch__resource_text(const xmlNode *cib, const xmlNode *resource,
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
