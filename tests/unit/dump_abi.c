/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints what vouch.h's values and structures are to a compiled program; the
 * functions come from the library itself, see test_c_interface. */
#include <stddef.h>
#include <stdio.h>

#include "vouch.h"

int main(void)
{
	unsigned int value = 0;

#define DECISION(name) (void)printf("decision %d %s\n", name, #name)
	DECISION(VOUCH_PERMITTED);
	DECISION(VOUCH_VETOED);
	DECISION(VOUCH_USAGE);
	DECISION(VOUCH_UNDECIDED);
#define ERROR(code, text) (void)printf("error %u %s\n", value++, #code);
	VOUCH_ERRORS(ERROR)
	(void)printf("struct vouch_error size %zu: code at %zu size %zu, "
		     "text at %zu size %zu\n",
		     sizeof(struct vouch_error),
		     offsetof(struct vouch_error, code),
		     sizeof(enum vouch_error_code),
		     offsetof(struct vouch_error, text),
		     sizeof(((struct vouch_error *)NULL)->text));
	return 0;
}
