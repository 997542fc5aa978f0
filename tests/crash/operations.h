/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The durable operations of the library, one row each: what is there before, and
 * what is done. */
#ifndef TESTS_CRASH_OPERATIONS_H
#define TESTS_CRASH_OPERATIONS_H

#include "tests/crash/world.h"

/* Which check fits: parts that are old or new, or a whole attempt, whose
 * authority is told by recovery. */
enum operation_kind {
	OPERATION_PARTS,
	OPERATION_ROTATION, /* records are dropped, what stands is not */
	OPERATION_ATTEMPT,
};

struct operation {
	const char *name;
	enum operation_kind kind;
	int decides; /* a request, whose answer is a decision */
	int decisive; /* enum reading_part; READING_PARTS: the journal */
	/* On an empty /var/lib; 0 when it failed. */
	int (*prepare)(const struct vouch_config *config);
	/* What the library answered. */
	enum vouch_error_code (*run)(const struct vouch_config *config,
				     struct vouch_error *error);
};

extern const struct operation operations[];
extern const unsigned int operation_count;
/* Never NULL: a name that no operation has is a mistake of the test. */
const struct operation *operation_named(const char *name);

/* Appended after each recovery: what was cut must not stop what follows. */
enum vouch_error_code operation_append(const struct vouch_config *config,
				       const char *type,
				       struct vouch_error *error);
/* A whole attempt on the disk and in the world as they are. */
enum vouch_decision operation_promote(const struct vouch_config *config,
				      struct vouch_error *error);
enum vouch_error_code operation_recover(const struct vouch_config *config,
					struct vouch_error *error);

#endif
