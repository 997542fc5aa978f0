/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vouch_decide() on any bytes. Never a permit from a document that the library
 * itself would not read again, and the same bytes each time (P6-D1, P6-F1). */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/evidence_json.h"
#include "vouch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
	if (!condition)
		abort();
}

static void rewrite_decides_alike(const char *data, size_t size,
				  enum vouch_decision decision,
				  const char *verdict)
{
	struct vouch_evidence *evidence = malloc(sizeof(*evidence));
	struct vouch_error error = { 0 };
	char *text, *again;
	size_t length;

	must(evidence != NULL);
	must(vouch__evidence_decode(data, size, evidence, &error) == VOUCH_OK);
	must(vouch__evidence_encode(evidence, &text, &length, &error) == VOUCH_OK);
	must(vouch_decide(text, length, &again, &error) == decision);
	must(strcmp(verdict, again) == 0);
	vouch_text_free(again);
	free(text);
	free(evidence);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *evidence = (const char *)data;
	struct vouch_error error = { 0 };
	enum vouch_decision decision;
	char *verdict, *again, *text;

	decision = vouch_decide(evidence, size, &verdict, &error);
	if (decision == VOUCH_UNDECIDED) {
		must(!verdict && error.code != VOUCH_OK &&
		     error.code != VOUCH_E_MEMORY && error.text[0] != '\0');
		return 0;
	}
	must(decision == VOUCH_PERMITTED || decision == VOUCH_VETOED);
	must(vouch_decide(evidence, size, &again, &error) == decision);
	must(strcmp(verdict, again) == 0);
	rewrite_decides_alike(evidence, size, decision, verdict);
	must(vouch_explain(verdict, strlen(verdict), &text, &error) == VOUCH_OK);
	must((strncmp(text, "permit: ", 8) == 0) ==
	     (decision == VOUCH_PERMITTED));
	vouch_text_free(text);
	vouch_text_free(again);
	vouch_text_free(verdict);
	return 0;
}
