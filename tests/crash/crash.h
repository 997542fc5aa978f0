/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runs of `make crash`, in full or quickly. Each prints its table and is 1
 * when everything was as it must be. */
#ifndef TESTS_CRASH_CRASH_H
#define TESTS_CRASH_CRASH_H

#include "tests/crash/trial.h"

extern const struct trial_effort crash_full;
extern const struct trial_effort crash_quick;

int crash_states(const struct trial_effort *effort);
int crash_breakages(int thoroughly);
int crash_failures(int thoroughly);

#endif
