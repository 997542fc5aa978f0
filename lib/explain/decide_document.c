/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Document in, document out: the public face of the kernel. */
#include <stdlib.h>

#include "evidence/evidence_json.h"
#include "explain/remedy.h"
#include "explain/verdict_json.h"
#include "kernel/decide.h"

/* Of a veto on evidence that can be read. The search needs room for another
 * evidence and another verdict. */
static enum vouch_error_code remedies_search(const struct vouch_evidence *evidence,
					     struct vouch_remedies *remedies,
					     struct vouch_error *error)
{
	struct vouch_evidence *changed = malloc(sizeof(*changed));
	struct vouch_verdict *verdict = malloc(sizeof(*verdict));
	enum vouch_error_code code = VOUCH_OK;

	if (changed && verdict)
		vouch__remedies_find(evidence, changed, verdict, remedies);
	else
		code = vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	free(changed);
	free(verdict);
	return code;
}

enum vouch_decision vouch_decide(const char *evidence_text, size_t length,
				 char **verdict_text, struct vouch_error *error)
{
	struct vouch_evidence *evidence;
	struct vouch_verdict *verdict;
	enum vouch_decision decision = VOUCH_UNDECIDED;
	struct vouch_remedies remedies;
	int searched;

	*verdict_text = NULL;
	if (error)
		error->code = VOUCH_OK;
	evidence = malloc(sizeof(*evidence));
	verdict = malloc(sizeof(*verdict));
	if (!evidence || !verdict) {
		(void)vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
		goto out;
	}
	if (vouch__evidence_decode(evidence_text, length, evidence, error) !=
	    VOUCH_OK)
		goto out;
	vouch__decide(evidence, verdict);
	searched = verdict->permitted != 1 &&
		   verdict->findings[0].outcome == VOUCH_HOLDS;
	if (searched &&
	    remedies_search(evidence, &remedies, error) != VOUCH_OK)
		goto out;
	if (vouch__verdict_encode(evidence, verdict,
				  searched ? &remedies : NULL, verdict_text,
				  error) != VOUCH_OK)
		goto out;
	decision = verdict->permitted == 1 ? VOUCH_PERMITTED : VOUCH_VETOED;
out:
	free(evidence);
	free(verdict);
	return decision;
}

void vouch_text_free(char *text)
{
	free(text);
}
