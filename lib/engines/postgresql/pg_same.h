/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the comparison of two logs that need no server. */
#ifndef VOUCH_PG_SAME_H
#define VOUCH_PG_SAME_H

#include <stdint.h>

enum { VOUCH_PG_SAME_PIECE = 16384 };

/* From where on a log that began its timeline at `begin` and ends at `end` has to
 * be the same: never before `begin`. */
uint64_t vouch__pg_same_from(uint64_t begin, uint64_t end, uint64_t segment_size);
/* A position as the replication protocol sends it. */
uint64_t vouch__pg_same_lsn(const uint8_t *bytes);

#endif
