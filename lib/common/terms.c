/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/terms.h"

#include <stdio.h>
#include <string.h>

int vouch__terms_has(const struct vouch_terms *terms, const char *name)
{
	uint32_t i;

	for (i = 0; i < terms->member_count; i++)
		if (strcmp(terms->members[i], name) == 0)
			return 1;
	return 0;
}

int vouch__terms_add(struct vouch_terms *terms, const char *name)
{
	if (terms->member_count == VOUCH_NODES_MAX)
		return 0;
	(void)snprintf(terms->members[terms->member_count++], VOUCH_NAME_SIZE,
		       "%s", name);
	return 1;
}

void vouch__terms_of_config(const struct vouch_config *config,
			    struct vouch_terms *terms)
{
	uint32_t count = config->participant_count;
	uint32_t i;

	memset(terms, 0, sizeof(*terms));
	terms->method = config->method == VOUCH_METHOD_FIRST ? VOUCH_METHOD_FIRST :
							       VOUCH_METHOD_ANY;
	terms->k = config->k;
	/* None are named: everybody takes part. */
	for (i = 0; i < (count > 0 ? count : config->member_count); i++) {
		const char *name = count > 0 ? config->participants[i] :
					       config->members[i].name;

		if (strcmp(name, config->node) != 0)
			(void)vouch__terms_add(terms, name);
	}
}

void vouch__terms_apply(struct vouch_config *config,
			const struct vouch_terms *terms)
{
	config->method = terms->method;
	config->k = terms->k;
	config->participant_count = terms->member_count;
	memcpy(config->participants, terms->members, sizeof(terms->members));
	/* A list of nobody is one, too; without this node it would read as
	 * "everybody". */
	if (config->participant_count < VOUCH_NODES_MAX)
		(void)snprintf(config->participants[config->participant_count++],
			       VOUCH_NAME_SIZE, "%s", config->node);
}

enum vouch_error_code vouch__terms_check(const struct vouch_config *config,
					 const struct vouch_terms *terms,
					 struct vouch_error *error)
{
	uint32_t i, j;

	if (terms->method != VOUCH_METHOD_ANY &&
	    terms->method != VOUCH_METHOD_FIRST)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"the method of a contract is any or "
					"first");
	if (terms->member_count > VOUCH_NODES_MAX)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"a contract of %u members is too large",
					terms->member_count);
	for (i = 0; i < terms->member_count; i++) {
		const char *name = terms->members[i];

		if (!vouch__config_member(config, name))
			return vouch__error_set(error, VOUCH_E_ARGUMENT,
						"%s is no member of %s", name,
						config->name);
		if (strcmp(name, config->node) == 0)
			return vouch__error_set(error, VOUCH_E_ARGUMENT,
						"%s holds authority and cannot "
						"acknowledge its own writes",
						name);
		for (j = 0; j < i; j++)
			if (strcmp(terms->members[j], name) == 0)
				return vouch__error_set(error, VOUCH_E_ARGUMENT,
							"%s stands there twice",
							name);
	}
	if (terms->k < 0 || (uint32_t)terms->k > terms->member_count)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"k = %d: %u members can give 0 to %u "
					"acknowledgements",
					terms->k, terms->member_count,
					terms->member_count);
	return VOUCH_OK;
}

int vouch__terms_equal(const struct vouch_terms *a, const struct vouch_terms *b)
{
	uint32_t i;

	if (a->k != b->k || a->member_count != b->member_count ||
	    (a->k > 0 && a->method != b->method))
		return 0;
	for (i = 0; i < a->member_count; i++)
		if (!vouch__terms_has(b, a->members[i]))
			return 0;
	return 1;
}

void vouch__terms_text(const struct vouch_terms *terms,
		       char text[VOUCH_TERMS_TEXT_SIZE])
{
	size_t used;
	uint32_t i;

	if (terms->k == 0) {
		(void)snprintf(text, VOUCH_TERMS_TEXT_SIZE,
			       "asynchronous (k = 0)");
		return;
	}
	used = (size_t)snprintf(text, VOUCH_TERMS_TEXT_SIZE, "%s %d of ",
				terms->method == VOUCH_METHOD_FIRST ? "FIRST" :
								      "ANY",
				terms->k);
	for (i = 0; i < terms->member_count && used < VOUCH_TERMS_TEXT_SIZE; i++)
		used += (size_t)snprintf(text + used,
					 VOUCH_TERMS_TEXT_SIZE - used, "%s%s",
					 i > 0 ? ", " : "", terms->members[i]);
}
