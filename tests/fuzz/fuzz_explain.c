/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vouch_explain() on any bytes: a text that a terminal can be given, or an
 * error; nothing in between. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vouch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vouch_error error = { 0 };
	const unsigned char *at;
	char *text;

	if (vouch_explain((const char *)data, size, &text, &error) != VOUCH_OK) {
		if (text || error.code == VOUCH_E_MEMORY || error.text[0] == '\0')
			abort();
		return 0;
	}
	for (at = (const unsigned char *)text; *at; at++) {
		if ((*at < 0x20 && *at != '\n') || *at == 0x7f ||
		    (*at == 0xc2 && at[1] < 0xa0))
			abort();
	}
	vouch_text_free(text);
	return 0;
}
