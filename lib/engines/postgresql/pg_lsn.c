/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <stddef.h>
#include "engines/postgresql/pg_lsn.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* One to eight hex digits; NULL when there is none or are more. */
static const char *half_parse(const char *text, uint32_t *half)
{
	int digits = 0;

	*half = 0;
	for (; hex_digit(*text) >= 0; text++, digits++) {
		if (digits == 8)
			return NULL;
		*half = *half << 4 | (uint32_t)hex_digit(*text);
	}
	return digits > 0 ? text : NULL;
}

int vouch__pg_lsn_parse(const char *text, uint64_t *lsn)
{
	uint32_t high, low;

	text = text != NULL ? half_parse(text, &high) : NULL;
	if (text == NULL || *text != '/')
		return 0;
	text = half_parse(text + 1, &low);
	if (text == NULL || *text != '\0')
		return 0;
	*lsn = (uint64_t)high << 32 | low;
	return 1;
}

int vouch__pg_number_parse(const char *text, uint64_t *number)
{
	uint64_t value = 0;

	if (text == NULL || *text == '\0')
		return 0;
	for (; *text != '\0'; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (*text < '0' || *text > '9' ||
		    value > (UINT64_MAX - digit) / 10)
			return 0;
		value = value * 10 + digit;
	}
	*number = value;
	return 1;
}

int vouch__pg_timeline_parse(const char *text, uint32_t *timeline)
{
	uint64_t value;

	if (!vouch__pg_number_parse(text, &value) || value == 0 ||
	    value > UINT32_MAX)
		return 0;
	*timeline = (uint32_t)value;
	return 1;
}
