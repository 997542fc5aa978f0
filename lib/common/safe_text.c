/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/safe_text.h"

size_t vouch__unsafe_length(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	if (at[0] < 0x20 || at[0] == 0x7f)
		return 1;
	if (at[0] == 0xc2 && at[1] < 0xa0)
		return 2;
	/* U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069, U+061C */
	if (at[0] == 0xe2 && at[1] == 0x80 &&
	    (at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae)))
		return 3;
	if (at[0] == 0xe2 && at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9)
		return 3;
	/* U+FFFE and U+FFFF, which XML cannot hold */
	if (at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe)
		return 3;
	return at[0] == 0xd8 && at[1] == 0x9c ? 2 : 0;
}

void vouch__text_write(FILE *out, const char *text)
{
	while (*text != '\0') {
		size_t unsafe = vouch__unsafe_length(text);

		(void)fputc(unsafe > 0 ? '.' : *text, out);
		text += unsafe > 0 ? unsafe : 1;
	}
}

static const char *entity_of(char letter)
{
	switch (letter) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void vouch__html_write(FILE *out, const char *text)
{
	while (*text != '\0') {
		size_t unsafe = vouch__unsafe_length(text);
		const char *entity = entity_of(*text);

		if (entity)
			(void)fputs(entity, out);
		else
			(void)fputc(unsafe > 0 ? '.' : *text, out);
		text += unsafe > 0 ? unsafe : 1;
	}
}
