/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One operation, with each of its calls failing in turn: the system's, the
 * allocator's, the cluster's and the database's. Once, and from then on. */
#ifndef TESTS_CRASH_FAILING_H
#define TESTS_CRASH_FAILING_H

#include "tests/crash/operations.h"
#include "tests/crash/powercut.h"

#define FAULTS(X)                                                              \
	X(EIO, "EIO")                                                          \
	X(ENOSPC, "ENOSPC")                                                    \
	X(EROFS, "EROFS")                                                      \
	X(EINTR, "EINTR")                                                      \
	X(SHORT, "short count")                                                \
	X(MEMORY, "allocation")                                                \
	X(WORLD, "cluster, database")                                          \
	X(ANSWER, "their answer")

enum fault {
#define FAULT_ENUM(name, text) FAULT_##name,
	FAULTS(FAULT_ENUM)
#undef FAULT_ENUM
		FAULT_COUNT
};
const char *fault_text(enum fault fault);

struct failing_tally {
	unsigned long runs;
	unsigned long succeeded; /* the failure was made good, or changed nothing */
	unsigned long refused;	 /* a clear error or a veto */
	unsigned long unsafe;	 /* a permit, a loss, a leak, an error without words */
	char first[400];
};

/* Every stride-th call. 0: it could not be set up. */
int failing_operation(const struct operation *operation, enum fault fault,
		      unsigned long stride, struct failing_tally *tally);
void failing_tally_add(struct failing_tally *to,
		       const struct failing_tally *from);

#endif
