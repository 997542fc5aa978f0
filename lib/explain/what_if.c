/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The language of suppositions. What each does is in remedy_change.c. */
#include "explain/what_if.h"

#include <stdlib.h>
#include <string.h>

#include "explain/safe_text.h"

struct word {
	const char *text;
	enum vouch_change_kind kind;
	const char *supposes; /* @n is the node */
};

static const struct word node_words[] = {
	{ "down", VOUCH_CHANGE_DOWN, "@n is lost: silent, offline, unclean" },
	{ "answers", VOUCH_CHANGE_ANSWER,
	  "@n answers in recovery, as last admitted, as far as the candidate" },
	{ "stopped", VOUCH_CHANGE_STOP, "its agent stops the database on @n" },
	{ "demoted", VOUCH_CHANGE_DEMOTE,
	  "the database on @n is demoted to a standby" },
	{ "fenced", VOUCH_CHANGE_FENCE, "a machine fences @n, afresh" },
	{ "confirmed-down", VOUCH_CHANGE_CONFIRM,
	  "a person confirms to the fencer that @n is off" },
	{ "asserted-down", VOUCH_CHANGE_ASSERT,
	  "an operator asserts to vouch that @n is down (P6-A1a)" },
	{ "joined", VOUCH_CHANGE_JOIN, "@n is an online, clean member" },
	{ "restarted", VOUCH_CHANGE_RESTART, "its agent starts the server on @n" },
	{ "resumed", VOUCH_CHANGE_RESUME, "replay is resumed on @n" },
	{ "replayed", VOUCH_CHANGE_REPLAY, "@n has replayed its log" },
	{ "read", VOUCH_CHANGE_READ, "@n has read its log to the end" },
	{ "attempt-ended", VOUCH_CHANGE_ATTEMPT,
	  "the promotion in flight on @n ends" },
	{ "operation-ended", VOUCH_CHANGE_OPERATION,
	  "the operation pending on @n ends" },
	{ "never-promoted", VOUCH_CHANGE_VOID,
	  "@n says that its open grant was never used" },
	{ "full-node", VOUCH_CHANGE_CLASS, "@n is a full cluster node" },
};
enum { NODE_WORDS = sizeof(node_words) / sizeof(node_words[0]) };

/* Whole: nothing varies in them. */
static const struct word cluster_words[] = {
	{ "quorum=yes", VOUCH_CHANGE_QUORUM, "the partition is quorate" },
	{ "quorum=lost", VOUCH_CHANGE_QUORUM_LOST,
	  "the partition is not quorate" },
	{ "fencing=enabled", VOUCH_CHANGE_FENCING, "fencing is enabled" },
	{ "fencer=answers", VOUCH_CHANGE_FENCER,
	  "the fencing history can be read" },
	{ "manager=answers", VOUCH_CHANGE_VIEW, "the cluster manager answers" },
	{ "watchdog=accepted", VOUCH_CHANGE_WATCHDOG,
	  "watchdog fencing is accepted" },
	{ "request=complete", VOUCH_CHANGE_REQUEST,
	  "the request names an id and an origin" },
	{ "request=authorized", VOUCH_CHANGE_AUTHORIZE,
	  "an operator authorizes the candidate" },
};
enum { CLUSTER_WORDS = sizeof(cluster_words) / sizeof(cluster_words[0]) };

#define CANDIDATE "candidate="
#define CONTRACT "contract="

static int begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static uint8_t node_named(const struct vouch_evidence *evidence,
			  const char *name, size_t length)
{
	uint32_t i;

	for (i = 0; i < evidence->node_count; i++) {
		if (strlen(evidence->nodes[i].name) == length &&
		    memcmp(evidence->nodes[i].name, name, length) == 0)
			return (uint8_t)i;
	}
	return VOUCH_NO_NODE;
}

static const struct word *cluster_word(const char *typed)
{
	int i;

	for (i = 0; i < CLUSTER_WORDS; i++) {
		if (strcmp(typed, cluster_words[i].text) == 0)
			return &cluster_words[i];
	}
	return NULL;
}

/* The last "=" parts them: a name may have one, a fate has none. */
static const struct word *node_word(const struct vouch_evidence *evidence,
				    const char *typed, uint8_t *node)
{
	const char *equals = strrchr(typed, '=');
	int i;

	*node = equals ? node_named(evidence, typed, (size_t)(equals - typed)) :
			 VOUCH_NO_NODE;
	for (i = 0; equals && i < NODE_WORDS; i++) {
		if (strcmp(equals + 1, node_words[i].text) == 0)
			return &node_words[i];
	}
	return NULL;
}

static enum vouch_error_code change_add(struct vouch_what_if *what_if,
					enum vouch_change_kind kind, uint8_t node,
					const char *typed,
					struct vouch_error *error)
{
	struct vouch_change change = { kind, node };
	uint32_t i;

	if (what_if->count == VOUCH_WHAT_IF_MAX)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"more than %d changes",
					VOUCH_WHAT_IF_MAX);
	for (i = 0; i < what_if->count; i++) {
		if (vouch__changes_exclude(&what_if->changes[i], &change))
			return vouch__error_set(
				error, VOUCH_E_ARGUMENT,
				"%s cannot be true beside a change given before "
				"it", typed);
	}
	what_if->changes[what_if->count++] = change;
	return VOUCH_OK;
}

/* The longest list of members that a contract of this evidence has. */
static uint32_t members_most(const struct vouch_evidence *evidence)
{
	uint32_t most = evidence->offer.contract.member_count;
	uint32_t i;

	for (i = 0; i < evidence->grant_count; i++) {
		if (evidence->grants[i].contract.member_count > most)
			most = evidence->grants[i].contract.member_count;
	}
	for (i = 0; i < evidence->contract_count; i++) {
		if (evidence->contracts[i].contract.member_count > most)
			most = evidence->contracts[i].contract.member_count;
	}
	return most;
}

static enum vouch_error_code contract_add(struct vouch_what_if *what_if,
					  const struct vouch_evidence *evidence,
					  const char *value,
					  struct vouch_error *error)
{
	enum vouch_method method = VOUCH_METHOD_UNKNOWN;
	const char *number = strchr(value, ':');
	unsigned long k;

	if (begins(value, "any:"))
		method = VOUCH_METHOD_ANY;
	else if (begins(value, "first:"))
		method = VOUCH_METHOD_FIRST;
	if (method == VOUCH_METHOD_UNKNOWN || number[1] == '\0' ||
	    strlen(number + 1) > 2 ||
	    number[1 + strspn(number + 1, "0123456789")] != '\0')
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"contract takes any:K or first:K, not %s",
					value);
	k = strtoul(number + 1, NULL, 10);
	if (k > members_most(evidence))
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"a contract of %lu acknowledgements "
					"needs as many members; there are %u",
					k, members_most(evidence));
	if (what_if->method != VOUCH_METHOD_UNKNOWN)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"contract is given twice");
	what_if->method = method;
	what_if->k = (uint32_t)k;
	return VOUCH_OK;
}

static enum vouch_error_code unknown(const char *typed, int is_node,
				     struct vouch_error *error)
{
	return vouch__error_set(error, VOUCH_E_ARGUMENT,
				is_node ? "'%s' is no change of a node" :
					  "'%s' names no node of this evidence "
					  "and is no other change",
				typed);
}

enum vouch_error_code vouch__what_if_add(struct vouch_what_if *what_if,
					 const struct vouch_evidence *evidence,
					 const char *typed,
					 struct vouch_error *error)
{
	const struct word *word = cluster_word(typed);
	uint8_t node;

	if (word)
		return change_add(what_if, word->kind, VOUCH_NO_NODE, typed,
				  error);
	if (begins(typed, CONTRACT))
		return contract_add(what_if, evidence,
				    typed + strlen(CONTRACT), error);
	if (begins(typed, CANDIDATE)) {
		node = node_named(evidence, typed + strlen(CANDIDATE),
				  strlen(typed) - strlen(CANDIDATE));
		if (node == VOUCH_NO_NODE)
			return unknown(typed, 0, error);
		if (node == evidence->request.candidate)
			return vouch__error_set(error, VOUCH_E_ARGUMENT,
						"%s is what it was decided for "
						"already", typed);
		return change_add(what_if, VOUCH_CHANGE_PROMOTE, node, typed,
				  error);
	}
	word = node_word(evidence, typed, &node);
	if (!word || node == VOUCH_NO_NODE)
		return unknown(typed, node != VOUCH_NO_NODE, error);
	return change_add(what_if, word->kind, node, typed, error);
}

static void contract_change(const struct vouch_what_if *what_if,
			    struct vouch_contract *contract)
{
	contract->method = what_if->method;
	contract->k = what_if->k < contract->member_count ?
			      what_if->k :
			      contract->member_count;
}

/* As if it had been in force throughout: in every record of it, and enforced by
 * the candidate's server. */
static void contracts_change(const struct vouch_what_if *what_if,
			     struct vouch_evidence *changed)
{
	uint32_t i;

	for (i = 0; i < changed->grant_count; i++)
		contract_change(what_if, &changed->grants[i].contract);
	for (i = 0; i < changed->contract_count; i++)
		contract_change(what_if, &changed->contracts[i].contract);
	contract_change(what_if, &changed->offer.contract);
}

void vouch__what_if_apply(const struct vouch_what_if *what_if,
			  const struct vouch_evidence *evidence,
			  struct vouch_evidence *changed)
{
	vouch__changes_apply(evidence, what_if->changes, what_if->count, changed);
	if (what_if->method != VOUCH_METHOD_UNKNOWN)
		contracts_change(what_if, changed);
}

/* @n in a phrase is the node's name. */
static void phrase_fill(const char *phrase, const char *name,
			char text[VOUCH_WHAT_IF_TEXT])
{
	const char *at = strstr(phrase, "@n");

	if (!at)
		(void)snprintf(text, VOUCH_WHAT_IF_TEXT, "%s", phrase);
	else
		(void)snprintf(text, VOUCH_WHAT_IF_TEXT, "%.*s%s%s",
			       (int)(at - phrase), phrase, name, at + 2);
}

void vouch__what_if_phrase(const struct vouch_evidence *evidence,
			   const char *typed, char text[VOUCH_WHAT_IF_TEXT])
{
	const struct word *word = cluster_word(typed);
	uint8_t node = VOUCH_NO_NODE;

	if (begins(typed, CONTRACT)) {
		(void)snprintf(text, VOUCH_WHAT_IF_TEXT,
			       "that contract was in force throughout, with the "
			       "members that are on record");
		return;
	}
	if (begins(typed, CANDIDATE)) {
		(void)snprintf(text, VOUCH_WHAT_IF_TEXT,
			       "%s is to be promoted; its own records, which are "
			       "not known here, fit its answer",
			       typed + strlen(CANDIDATE));
		return;
	}
	if (!word)
		word = node_word(evidence, typed, &node);
	phrase_fill(word ? word->supposes : "",
		    node < evidence->node_count ? evidence->nodes[node].name : "",
		    text);
}

void vouch__what_if_list(const struct vouch_evidence *evidence, FILE *out)
{
	char text[VOUCH_WHAT_IF_TEXT];
	uint32_t i;

	(void)fputs("NODE is", out);
	for (i = 0; i < evidence->node_count; i++) {
		(void)fputc(i > 0 ? ',' : ' ', out);
		vouch__text_write(out, evidence->nodes[i].name);
	}
	(void)fputc('\n', out);
	for (i = 0; i < NODE_WORDS; i++) {
		phrase_fill(node_words[i].supposes, "NODE", text);
		(void)fprintf(out, "  NODE=%-16s %s\n", node_words[i].text, text);
	}
	for (i = 0; i < CLUSTER_WORDS; i++)
		(void)fprintf(out, "  %-21s %s\n", cluster_words[i].text,
			      cluster_words[i].supposes);
	(void)fprintf(out, "  %-21s %s\n  %-21s %s\n", CANDIDATE "NODE",
		      "NODE is to be promoted", CONTRACT "any:K",
		      "or first:K: that contract was in force throughout");
}
