/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * name=value settings in sets: cluster properties, meta attributes, defaults.
 *
 * The same name may stand in several sets; which one wins is decided by scores,
 * ids and rules. That is not modelled here: a setting has an answer only where
 * every place that names it gives the same one, and a rule makes it unknown.
 */
#ifndef VOUCH_CLUSTER_PACEMAKER_CIB_PROPERTIES_H
#define VOUCH_CLUSTER_PACEMAKER_CIB_PROPERTIES_H

#include <libxml/tree.h>

#include "kernel/facts.h"

struct vouch_setting {
	int found;		  /* how often it is named */
	int conditional;	  /* a rule decides whether one of them counts */
	enum vouch_answer answer; /* UNKNOWN also when they differ */
	const char *text;	  /* as it stands in the first; the document's */
};

/* Adds what the sets named `set` (such as meta_attributes) directly below
 * `parent` say of the boolean `name`; id-ref is followed within `cib`. */
void vouch__setting_read(const xmlNode *cib, const xmlNode *parent,
			 const char *set, const char *name,
			 struct vouch_setting *setting);

/* The first text that such a set gives that name, whatever rules say; NULL when
 * none does. For people, not for proofs. */
const char *vouch__setting_text(const xmlNode *cib, const xmlNode *parent,
				const char *set, const char *name);

/* The meta attribute nearest to a resource: its own, its template's, that of what
 * it stands in, the defaults. NULL when nobody sets it. For people as well. */
const char *vouch__resource_text(const xmlNode *cib, const xmlNode *resource,
				 const char *name);

/* The first value of a cluster property; NULL when nobody sets it. */
const char *vouch__property_text(const xmlNode *cib, const char *name);

#endif
