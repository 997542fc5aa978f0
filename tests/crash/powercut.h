/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a power cut may leave. Of the calls before it, everything that an fsync
 * covered is there. Of the others each may be there or not, in any order (lost
 * and reordered writes, a rename before its data, a lost name, a removal that is
 * undone), and one write may be torn: cut after any byte, or any of its sectors
 * old. A file that grew may have zeros where its data did not come.
 */
#ifndef TESTS_CRASH_POWERCUT_H
#define TESTS_CRASH_POWERCUT_H

#include "tests/crash/disk.h"

/* The state belongs to the visitor during the call and may be changed. */
typedef void powercut_visitor(void *context, struct disk *disk);

struct powercut_effort {
	size_t cuts;	     /* at most so many bytes of a write are cut at */
	size_t combinations; /* beyond: one thing varies, others all or nothing */
};

/* After the first `prefix` recorded calls on `base`; how many states. */
unsigned long powercut_states(const struct disk *base, unsigned int prefix,
			      const struct powercut_effort *effort,
			      powercut_visitor *visit, void *context);

/* The one state in which every call got through; the caller's. */
struct disk *powercut_everything(const struct disk *base, unsigned int prefix);

#endif
