/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking the cluster's XML, which is untrusted: a text that is not exactly what
 * it should be is refused, never guessed at. Nothing here allocates. */
#ifndef VOUCH_CLUSTER_PACEMAKER_CIB_XML_H
#define VOUCH_CLUSTER_PACEMAKER_CIB_XML_H

#include <libxml/tree.h>
#include <stdint.h>

#include "kernel/facts.h"

enum { VOUCH_XML_DEPTH_MAX = 16 };

/* The attribute's text, NULL when it is missing or no plain text. */
const char *vouch__xml_text(const xmlNode *element, const char *name);
/* The first child element of that name (NULL: any), the next such sibling. */
const xmlNode *vouch__xml_first(const xmlNode *parent, const char *name);
const xmlNode *vouch__xml_next(const xmlNode *sibling, const char *name);
/* The descendant at a path of element names, first of each; NULL ends it. */
const xmlNode *vouch__xml_descend(const xmlNode *root, const char *first, ...)
	__attribute__((sentinel));
int vouch__xml_is(const xmlNode *element, const char *name);
/* The element with that id at or below root, of that name (NULL: any). */
const xmlNode *vouch__xml_by_id(const xmlNode *root, const char *name,
				const char *id);

/* Decimal digits and nothing else, at most `maximum`. 1 when it is one. */
int vouch__text_number(const char *text, uint64_t maximum, uint64_t *value);
/* The same with an optional minus sign, within +-1000000000. */
int vouch__text_integer(const char *text, int *value);
/* As Pacemaker spells yes and no; NULL and anything else is UNKNOWN. */
enum vouch_answer vouch__text_answer(const char *text);
/* The same where newer versions write a time instead of "true" and 0 instead of
 * "false". */
enum vouch_answer vouch__text_since(const char *text);
/* Copies a name of [A-Za-z0-9._-]; 0, and an empty name, when it is none. */
int vouch__text_name(const char *text, char name[VOUCH_NAME_SIZE]);

#endif
