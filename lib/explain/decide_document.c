/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Document in, document out: the public face of the kernel. */
#include <stdlib.h>

#include "evidence/evidence_json.h"
#include "explain/verdict_json.h"
#include "kernel/decide.h"

enum vouch_decision vouch_decide(const char *evidence_text, size_t length,
				 char **verdict_text, struct vouch_error *error)
{
	struct vouch_evidence *evidence;
	struct vouch_verdict *verdict;
	enum vouch_decision decision = VOUCH_UNDECIDED;

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
	if (vouch__verdict_encode(evidence, verdict, verdict_text, error) !=
	    VOUCH_OK)
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
