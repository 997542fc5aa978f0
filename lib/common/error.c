/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/safe_text.h"

const char *vouch_error_describe(enum vouch_error_code code)
{
	switch (code) {
#define VOUCH_ERROR_TEXT(name, text)                                           \
	case name:                                                             \
		return text;
		VOUCH_ERRORS(VOUCH_ERROR_TEXT)
#undef VOUCH_ERROR_TEXT
	}
	return "unknown error";
}

/* Bytes of the valid UTF-8 character at text, 0 when there is none. */
static size_t character_length(const unsigned char *text)
{
	size_t length, i;

	if (text[0] < 0x80)
		return 1;
	if (text[0] >= 0xc2 && text[0] <= 0xdf)
		length = 2;
	else if ((text[0] & 0xf0) == 0xe0)
		length = 3;
	else if (text[0] >= 0xf0 && text[0] <= 0xf4)
		length = 4;
	else
		return 0;
	for (i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and what lies beyond U+10FFFF. */
	if ((text[0] == 0xe0 && text[1] < 0xa0) ||
	    (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) ||
	    (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

/* A text may hold what another machine sent: a terminal must not obey it, and
 * it must be valid UTF-8 where it goes into a document. */
static void make_harmless(char *text)
{
	unsigned char *in = (unsigned char *)text;
	size_t length, i;

	while (*in != '\0') {
		length = character_length(in);
		if (length == 0)
			*in = '?';
		else if (vouch__unsafe_length((const char *)in) > 0)
			for (i = 0; i < length; i++)
				in[i] = ' ';
		in += length == 0 ? 1 : length;
	}
}

/* A character that the buffer's end cut in two is left out. */
static void copy_whole_characters(char *to, size_t size, const char *from)
{
	size_t length = strlen(from);

	if (length >= size) {
		length = size - 1;
		while (length > 0 && ((unsigned char)from[length] & 0xc0) == 0x80)
			length--;
	}
	memcpy(to, from, length);
	to[length] = '\0';
}

enum vouch_error_code vouch__error_set(struct vouch_error *error,
				       enum vouch_error_code code,
				       const char *format, ...)
{
	/* Not straight into error->text: that may be among the arguments. Room
	 * for a character more, so that a cut one is seen as cut. */
	char text[sizeof(error->text) + 4];
	va_list arguments;
	int length;

	if (!error)
		return code;
	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	error->code = code;
	copy_whole_characters(error->text, sizeof(error->text),
			      length < 0 ? vouch_error_describe(code) : text);
	make_harmless(error->text);
	return code;
}

enum vouch_error_code vouch__error_prefix(struct vouch_error *error,
					  const char *format, ...)
{
	char prefix[sizeof(error->text)];
	va_list arguments;
	int length;

	/* Without a place for it there is no code to return either; whoever
	 * passes NULL has kept the code. It must not look like success. */
	if (!error)
		return VOUCH_E_STATE;
	va_start(arguments, format);
	length = vsnprintf(prefix, sizeof(prefix), format, arguments);
	va_end(arguments);
	if (length < 0)
		return error->code;
	return vouch__error_set(error, error->code, "%s: %s", prefix,
				error->text);
}
