/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/pacemaker/cib_records.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cluster/pacemaker/cib_xml.h"
#include "common/error.h"

void vouch__grant_id(const char *name, uint64_t epoch,
		     char id[VOUCH_RECORD_ID_SIZE])
{
	(void)snprintf(id, VOUCH_RECORD_ID_SIZE, "vouch-%.63s-grant-%" PRIu64,
		       name, epoch);
}

void vouch__seal_id(const char *name, char id[VOUCH_RECORD_ID_SIZE])
{
	(void)snprintf(id, VOUCH_RECORD_ID_SIZE, "vouch-%.63s-seal", name);
}

void vouch__word_id(const char *name, enum vouch_word_kind kind,
		    const char *node, char id[VOUCH_RECORD_ID_SIZE])
{
	(void)snprintf(id, VOUCH_RECORD_ID_SIZE, "vouch-%.63s-word-%s-%.63s",
		       name, vouch__word_name(kind), node);
}

static int attribute_set(xmlNode *element, const char *name, const char *value)
{
	return xmlNewProp(element, (const xmlChar *)name,
			  (const xmlChar *)value) != NULL;
}

static xmlNode *element_new(xmlNode *parent, const char *name)
{
	return xmlNewChild(parent, NULL, (const xmlChar *)name, NULL);
}

static int value_add(xmlNode *set, const char *id, const char *value)
{
	char pair_id[VOUCH_RECORD_ID_SIZE + 8];
	xmlNode *pair = element_new(set, "nvpair");

	(void)snprintf(pair_id, sizeof(pair_id), "%s-record", id);
	return pair && attribute_set(pair, "id", pair_id) &&
	       attribute_set(pair, "name", id) &&
	       attribute_set(pair, "value", value);
}

xmlNode *vouch__record_element(const char *id, const char *value)
{
	xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *set;

	if (!document)
		return NULL;
	set = xmlNewNode(NULL, (const xmlChar *)"cluster_property_set");
	if (set)
		(void)xmlDocSetRootElement(document, set);
	if (set && attribute_set(set, "id", id) &&
	    (!value || value_add(set, id, value)))
		return set;
	xmlFreeDoc(document);
	return NULL;
}

static xmlNode *generation_put(xmlNode *set, const char *number)
{
	xmlNode *cib = xmlNewDocNode(set->doc, NULL, (const xmlChar *)"cib", NULL);
	xmlNode *section;

	if (!cib)
		return NULL;
	(void)xmlDocSetRootElement(set->doc, cib); /* unlinks the set */
	section = element_new(cib, "configuration");
	section = section ? element_new(section, "crm_config") : NULL;
	if (!section || !xmlAddChild(section, set)) {
		xmlFreeNode(set);
		return NULL;
	}
	return attribute_set(cib, "admin_epoch", number) ? cib : NULL;
}

xmlNode *vouch__generation_element(uint64_t admin_epoch)
{
	char number[24];
	xmlDoc *document;
	xmlNode *set, *cib;

	(void)snprintf(number, sizeof(number), "%" PRIu64, admin_epoch);
	set = vouch__record_element("vouch-generation", number);
	if (!set)
		return NULL;
	document = set->doc;
	cib = generation_put(set, number);
	if (!cib)
		xmlFreeDoc(document);
	return cib;
}

static const xmlNode *first_set(const xmlNode *cib)
{
	return vouch__xml_descend(cib, "configuration", "crm_config",
				  "cluster_property_set", NULL);
}

static int ends_with(const char *text, const char *end)
{
	size_t length = strlen(text);
	size_t tail = strlen(end);

	return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* "a" and "a-grant" may both be databases: what follows a's prefix is then the
 * record of another database. Everything else under the prefix is a damaged
 * record of this one. */
static int is_of_another(const char *rest)
{
	size_t length = strlen(rest);

	if (ends_with(rest, "seal") || strstr(rest, "-word-"))
		return 1;
	while (length > 0 && rest[length - 1] >= '0' && rest[length - 1] <= '9')
		length--;
	return rest[length] != '\0' && length >= 6 &&
	       strncmp(rest + length - 6, "grant-", 6) == 0;
}

/* The one value that a record's property set has. */
static const char *record_text(const xmlNode *set, const char *id)
{
	const xmlNode *pair = vouch__xml_first(set, NULL);
	const char *name = vouch__xml_text(pair, "name");

	if (!vouch__xml_is(pair, "nvpair") || vouch__xml_next(pair, NULL) ||
	    !name || strcmp(name, id) != 0)
		return NULL;
	return vouch__xml_text(pair, "value");
}

static enum vouch_error_code damaged(struct vouch_error *error, const char *id,
				     const char *why)
{
	return vouch__error_set(
		error, VOUCH_E_MALFORMED,
		"the record '%.100s' in the cluster's configuration is damaged: "
		"%s; see cibadmin --query --scope crm_config",
		id, why);
}

static enum vouch_error_code grant_read(const xmlNode *set, const char *id,
					const char *rest,
					struct vouch_cluster_grant *grant,
					struct vouch_error *error)
{
	const char *text = record_text(set, id);
	uint64_t epoch;

	if (!text || !vouch__text_number(rest, INT64_MAX, &epoch))
		return damaged(error, id, "it has not exactly one value");
	if (vouch__grant_decode(text, grant, error) != VOUCH_OK)
		return damaged(error, id, "its value is no grant");
	if (grant->epoch != epoch)
		return damaged(error, id, "its value is of another epoch");
	return VOUCH_OK;
}

static void grant_insert(struct vouch_cluster_grant *grants, uint32_t count,
			 const struct vouch_cluster_grant *grant)
{
	uint32_t at = count;

	while (at > 0 && grants[at - 1].epoch > grant->epoch) {
		grants[at] = grants[at - 1];
		at--;
	}
	grants[at] = *grant;
}

static int has_epoch(const struct vouch_cluster_grant *grants, uint32_t count,
		     uint64_t epoch)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (grants[i].epoch == epoch)
			return 1;
	}
	return 0;
}

enum vouch_error_code vouch__cib_grants_read(const xmlNode *cib,
					     const char *name,
					     struct vouch_cluster_grant *grants,
					     uint32_t *count,
					     struct vouch_error *error)
{
	char prefix[VOUCH_RECORD_ID_SIZE];
	const xmlNode *set = first_set(cib);
	uint32_t found = 0;
	size_t length;

	(void)snprintf(prefix, sizeof(prefix), "vouch-%.63s-grant-", name);
	length = strlen(prefix);
	for (; set; set = vouch__xml_next(set, "cluster_property_set")) {
		const char *id = vouch__xml_text(set, "id");
		struct vouch_cluster_grant grant;
		enum vouch_error_code code;

		if (!id || strncmp(id, prefix, length) != 0 ||
		    is_of_another(id + length))
			continue;
		code = grant_read(set, id, id + length, &grant, error);
		if (code != VOUCH_OK)
			return code;
		if (has_epoch(grants, found, grant.epoch))
			return damaged(error, id, "its epoch stands there twice");
		if (found >= *count)
			return vouch__error_set(
				error, VOUCH_E_LIMIT,
				"the cluster's configuration holds more than %u "
				"grants of '%s'",
				*count, name);
		grant_insert(grants, found++, &grant);
	}
	*count = found;
	return VOUCH_OK;
}

enum vouch_error_code vouch__cib_seal_read(const xmlNode *cib, const char *name,
					   struct vouch_cluster_seal *seal,
					   struct vouch_error *error)
{
	char id[VOUCH_RECORD_ID_SIZE];
	const xmlNode *set = first_set(cib);
	const xmlNode *found = NULL;
	const char *text;

	vouch__seal_id(name, id);
	for (; set; set = vouch__xml_next(set, "cluster_property_set")) {
		const char *own = vouch__xml_text(set, "id");

		if (!own || strcmp(own, id) != 0)
			continue;
		if (found)
			return damaged(error, id, "it stands there twice");
		found = set;
	}
	if (!found)
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"the cluster's configuration holds no "
					"seal of '%s'",
					name);
	text = record_text(found, id);
	if (!text)
		return damaged(error, id, "it has not exactly one value");
	if (vouch__seal_decode(text, seal, error) != VOUCH_OK)
		return damaged(error, id, "its value is no seal");
	return VOUCH_OK;
}

enum vouch_error_code vouch__cib_word_text(const xmlNode *cib, const char *name,
					   enum vouch_word_kind kind,
					   const char *node, char *text)
{
	char id[VOUCH_RECORD_ID_SIZE];
	const xmlNode *set = first_set(cib);
	const char *found = NULL;
	uint32_t places = 0;

	text[0] = '\0';
	vouch__word_id(name, kind, node, id);
	for (; set; set = vouch__xml_next(set, "cluster_property_set")) {
		const char *own = vouch__xml_text(set, "id");

		if (!own || strcmp(own, id) != 0)
			continue;
		places++;
		found = record_text(set, id);
	}
	if (places == 0)
		return VOUCH_E_NOT_FOUND;
	if (places > 1 || !found ||
	    strnlen(found, VOUCH_WORD_SIZE) >= VOUCH_WORD_SIZE)
		return VOUCH_E_MALFORMED;
	memcpy(text, found, strlen(found) + 1);
	return VOUCH_OK;
}

enum vouch_error_code
vouch__cib_words_read(const xmlNode *cib, const char *name,
		      const char (*members)[VOUCH_NAME_SIZE],
		      uint32_t member_count, struct vouch_word_list *list,
		      struct vouch_error *error)
{
	char text[VOUCH_WORD_SIZE];
	uint32_t i;

	list->count = 0;
	for (i = 0; i < member_count * (VOUCH_WORD_KINDS - 1); i++) {
		const char *node = members[i / (VOUCH_WORD_KINDS - 1)];
		enum vouch_word_kind kind =
			(enum vouch_word_kind)(i % (VOUCH_WORD_KINDS - 1) + 1);
		enum vouch_error_code code =
			vouch__cib_word_text(cib, name, kind, node, text);

		if (code == VOUCH_E_NOT_FOUND)
			continue;
		if (list->count >= VOUCH_WORDS_MAX)
			return vouch__error_set(error, VOUCH_E_LIMIT,
						"more than %d operators' words "
						"are on record; revoke some",
						VOUCH_WORDS_MAX);
		vouch__word_place(code == VOUCH_OK ? text : NULL, kind, name,
				  node, &list->words[list->count++]);
	}
	return VOUCH_OK;
}
