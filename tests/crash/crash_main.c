/* SPDX-License-Identifier: GPL-2.0-or-later */
/* usage: crash_main [--quick] [states|breakages|failures]    all without a name */
#include <stdio.h>
#include <string.h>

#include "tests/crash/crash.h"

static int usage(void)
{
	(void)fprintf(stderr, "usage: crash_main [--quick] "
			      "[states|breakages|failures]\n");
	return 2;
}

static int part_run(const char *name, int quick)
{
	if (strcmp(name, "states") == 0)
		return crash_states(quick ? &crash_quick : &crash_full);
	if (strcmp(name, "breakages") == 0)
		return crash_breakages(!quick);
	return crash_failures(!quick);
}

int main(int argc, char **argv)
{
	static const char *const parts[] = { "states", "breakages", "failures" };
	int quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
	const char *only = argc > 1 + quick ? argv[1 + quick] : NULL;
	int ok = 1, ran = 0;
	size_t i;

	if (argc > 2 + quick)
		return usage();
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (only && strcmp(only, parts[i]) != 0)
			continue;
		ok = part_run(parts[i], quick) && ok;
		(void)printf("\n");
		(void)fflush(stdout);
		ran = 1;
	}
	if (!ran)
		return usage();
	(void)printf("%s\n", ok ? "third = 0, lost = 0, every breakage found, unsafe = 0" :
				  "FAILED");
	return ok ? 0 : 1;
}
