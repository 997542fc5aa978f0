/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/pacemaker/cib_xml.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

static int same(const xmlChar *a, const char *b)
{
	return a && strcmp((const char *)a, b) == 0;
}

int vouch__xml_is(const xmlNode *element, const char *name)
{
	return element && element->type == XML_ELEMENT_NODE &&
	       (!name || same(element->name, name));
}

const char *vouch__xml_text(const xmlNode *element, const char *name)
{
	const xmlAttr *attribute;

	if (!element || element->type != XML_ELEMENT_NODE)
		return NULL;
	for (attribute = element->properties; attribute;
	     attribute = attribute->next) {
		const xmlNode *value = attribute->children;

		if (!same(attribute->name, name))
			continue;
		if (!value)
			return "";
		/* An entity reference would come as a second node. */
		if (value->next || value->type != XML_TEXT_NODE)
			return NULL;
		return (const char *)value->content;
	}
	return NULL;
}

static const xmlNode *element_from(const xmlNode *node, const char *name)
{
	while (node && !vouch__xml_is(node, name))
		node = node->next;
	return node;
}

const xmlNode *vouch__xml_first(const xmlNode *parent, const char *name)
{
	return parent ? element_from(parent->children, name) : NULL;
}

const xmlNode *vouch__xml_next(const xmlNode *sibling, const char *name)
{
	return sibling ? element_from(sibling->next, name) : NULL;
}

const xmlNode *vouch__xml_descend(const xmlNode *root, const char *first, ...)
{
	const char *name = first;
	va_list names;

	va_start(names, first);
	while (root && name) {
		root = vouch__xml_first(root, name);
		name = va_arg(names, const char *);
	}
	va_end(names);
	return root;
}

static const xmlNode *by_id(const xmlNode *root, const char *name,
			    const char *id, int depth)
{
	const char *own = vouch__xml_text(root, "id");
	const xmlNode *child;

	if (own && vouch__xml_is(root, name) && strcmp(own, id) == 0)
		return root;
	if (depth >= VOUCH_XML_DEPTH_MAX)
		return NULL;
	for (child = vouch__xml_first(root, NULL); child;
	     child = vouch__xml_next(child, NULL)) {
		const xmlNode *found = by_id(child, name, id, depth + 1);

		if (found)
			return found;
	}
	return NULL;
}

const xmlNode *vouch__xml_by_id(const xmlNode *root, const char *name,
				const char *id)
{
	return root && id ? by_id(root, name, id, 0) : NULL;
}

int vouch__text_number(const char *text, uint64_t maximum, uint64_t *value)
{
	uint64_t number = 0;

	if (!text || !*text)
		return 0;
	for (; *text; text++) {
		uint64_t digit;

		if (*text < '0' || *text > '9')
			return 0;
		digit = (uint64_t)(*text - '0');
		if (number > (UINT64_MAX - digit) / 10)
			return 0;
		number = number * 10 + digit;
	}
	if (number > maximum)
		return 0;
	*value = number;
	return 1;
}

int vouch__text_integer(const char *text, int *value)
{
	uint64_t number;
	int negative;

	if (!text)
		return 0;
	negative = *text == '-';
	if (!vouch__text_number(text + negative, 1000000000, &number))
		return 0;
	*value = negative ? -(int)number : (int)number;
	return 1;
}

static int is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strcasecmp(text, *words) == 0)
			return 1;
	}
	return 0;
}

enum vouch_answer vouch__text_answer(const char *text)
{
	static const char *const yes[] = { "true", "on", "yes", "y", "1", NULL };
	static const char *const no[] = { "false", "off", "no", "n", "0", NULL };

	if (!text)
		return VOUCH_UNKNOWN;
	if (is_one_of(text, yes))
		return VOUCH_YES;
	return is_one_of(text, no) ? VOUCH_NO : VOUCH_UNKNOWN;
}

enum vouch_answer vouch__text_since(const char *text)
{
	uint64_t number;

	if (vouch__text_number(text, INT64_MAX, &number))
		return number > 0 ? VOUCH_YES : VOUCH_NO;
	return vouch__text_answer(text);
}

static int is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

int vouch__text_name(const char *text, char name[VOUCH_NAME_SIZE])
{
	size_t length = 0;

	name[0] = '\0';
	if (!text)
		return 0;
	while (text[length]) {
		if (!is_name_character(text[length]) ||
		    ++length >= VOUCH_NAME_SIZE)
			return 0;
	}
	if (length == 0)
		return 0;
	memcpy(name, text, length + 1);
	return 1;
}
