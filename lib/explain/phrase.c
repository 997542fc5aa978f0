/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "explain/phrase.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "evidence/names.h"

static const struct {
	const char *code;
	const char *text;
	const char *unblock;
} reasons[] = {
#define VOUCH_REASON_ROW(name, text, unblock) { #name, text, unblock },
	VOUCH_REASONS(VOUCH_REASON_ROW)
#undef VOUCH_REASON_ROW
};

static const struct {
	const char *text;
	enum vouch_value_kind kind;
	const char *source;
} facts[] = {
#define VOUCH_CITED_ROW(name, text, kind, source)                              \
	{ text, VOUCH_VALUE_##kind, source },
	VOUCH_CITED(VOUCH_CITED_ROW)
#undef VOUCH_CITED_ROW
};

static const char *node_name(const struct vouch_evidence *evidence, uint64_t node)
{
	return node < evidence->node_count && node < VOUCH_NODES_MAX ?
		       evidence->nodes[node].name :
		       "a member";
}

static void lsn_text(uint64_t lsn, char *text, size_t size)
{
	(void)snprintf(text, size, "%" PRIX64 "/%" PRIX64, lsn >> 32,
		       lsn & 0xffffffffu);
}

/* One placeholder; 0 when `letter` is none. */
static int placeholder_text(const struct vouch_evidence *evidence,
			    const struct vouch_finding *finding, char letter,
			    char *text, size_t size)
{
	switch (letter) {
	case 'n':
		(void)snprintf(text, size, "%s",
			       node_name(evidence, finding->node));
		return 1;
	case 'm':
		(void)snprintf(text, size, "%s",
			       node_name(evidence, finding->node_b));
		return 1;
	case 'a':
	case 'b':
	case 'c':
		(void)snprintf(text, size, "%" PRIu64,
			       finding->value[letter - 'a']);
		return 1;
	case 'A':
	case 'B':
		lsn_text((uint64_t)finding->value[letter - 'A'], text, size);
		return 1;
	default:
		return 0;
	}
}

static void template_fill(const struct vouch_evidence *evidence,
			  const struct vouch_finding *finding,
			  const char *template, char *text)
{
	size_t used = 0;
	char part[VOUCH_NAME_SIZE];

	while (*template != '\0' && used + 1 < VOUCH_PHRASE_SIZE) {
		if (template[0] == '@' &&
		    placeholder_text(evidence, finding, template[1], part,
				     sizeof(part))) {
			int written = snprintf(text + used,
					       VOUCH_PHRASE_SIZE - used, "%s",
					       part);

			used += written > 0 ? (size_t)written : 0;
			template += 2;
			continue;
		}
		text[used++] = *template++;
	}
	text[used < VOUCH_PHRASE_SIZE ? used : VOUCH_PHRASE_SIZE - 1] = '\0';
}

void vouch__phrase_reason(const struct vouch_evidence *evidence,
			  const struct vouch_finding *finding, char *text)
{
	template_fill(evidence, finding,
		      finding->reason < VOUCH_REASON_COUNT ?
			      reasons[finding->reason].text :
			      "?",
		      text);
}

void vouch__phrase_unblock(const struct vouch_evidence *evidence,
			   const struct vouch_finding *finding, char *text)
{
	template_fill(evidence, finding,
		      finding->reason < VOUCH_REASON_COUNT ?
			      reasons[finding->reason].unblock :
			      "",
		      text);
}

void vouch__phrase_value(const struct vouch_evidence *evidence,
			 const struct vouch_used *used, char *text)
{
	const struct vouch_names *names = NULL;

	text[0] = '\0';
	if (used->fact >= VOUCH_CITED_COUNT)
		return;
	switch (facts[used->fact].kind) {
	case VOUCH_VALUE_NUMBER:
		(void)snprintf(text, VOUCH_PHRASE_SIZE, "%" PRIu64, used->value);
		return;
	case VOUCH_VALUE_LSN:
		lsn_text((uint64_t)used->value, text, VOUCH_PHRASE_SIZE);
		return;
	case VOUCH_VALUE_NODE:
		(void)snprintf(text, VOUCH_PHRASE_SIZE, "%s",
			       node_name(evidence, (uint64_t)used->value));
		return;
	case VOUCH_VALUE_ANSWER:
		names = &vouch__names_answer;
		break;
	case VOUCH_VALUE_CONDITION:
		names = &vouch__names_condition;
		break;
	case VOUCH_VALUE_EXECUTOR:
		names = &vouch__names_executor;
		break;
	case VOUCH_VALUE_OUTCOME:
		names = &vouch__names_outcome;
		break;
	case VOUCH_VALUE_OPERATION:
		names = &vouch__names_operation;
		break;
	case VOUCH_VALUE_RESULT:
		names = &vouch__names_result;
		break;
	}
	if (names)
		(void)snprintf(text, VOUCH_PHRASE_SIZE, "%s",
			       vouch__name_of(names, (uint64_t)used->value));
}

const char *vouch__phrase_code(uint16_t reason)
{
	return reason < VOUCH_REASON_COUNT ? reasons[reason].code : "?";
}

const char *vouch__phrase_fact(uint16_t fact)
{
	return fact < VOUCH_CITED_COUNT ? facts[fact].text : "?";
}

const char *vouch__phrase_source(uint16_t fact)
{
	return fact < VOUCH_CITED_COUNT ? facts[fact].source : "?";
}
