/* SPDX-License-Identifier: GPL-2.0-or-later */
/* usage: crash_main [--quick] */
#include <stdio.h>
#include <string.h>

#include "tests/crash/crash.h"

int main(int argc, char **argv)
{
	const struct trial_effort *effort = &crash_full;
	int ok;

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "--quick") != 0)) {
		(void)fprintf(stderr, "usage: crash_main [--quick]\n");
		return 2;
	}
	if (argc == 2)
		effort = &crash_quick;
	ok = crash_states(effort);
	(void)printf("\n");
	ok = crash_breakages(argc == 1) && ok;
	(void)printf("\n");
	ok = crash_failures(argc == 1) && ok;
	(void)printf("\n%s\n", ok ? "third = 0, lost = 0, every breakage found, unsafe = 0" :
				   "FAILED");
	return ok ? 0 : 1;
}
