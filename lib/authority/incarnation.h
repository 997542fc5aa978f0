/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The incarnation: one continuous life of this node's data directory, kept
 * outside it (P6-S1, amnesia). It is renewed when the machine, the node, the
 * database system or the directory is another one than on record, or when the
 * log ends below the journalled high-water mark. A renewed incarnation counts
 * nothing until the holder has admitted it.
 */
#ifndef VOUCH_AUTHORITY_INCARNATION_H
#define VOUCH_AUTHORITY_INCARNATION_H

#include "common/config.h"
#include "engines/engine.h"

struct vouch_mark {
	uint32_t timeline;
	uint64_t lsn;
};

/* The incarnation to run under, renewed and journalled where due. `why` (may be
 * NULL, VOUCH_TEXT_SIZE) tells why it was renewed, empty when it was not.
 * Called before a start, while no server runs. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__incarnation_settle(const struct vouch_config *config,
			  const struct vouch_directory *directory,
			  char incarnation[VOUCH_NAME_SIZE], char *why,
			  struct vouch_error *error);
/* Ends it: the next start begins another one. For whoever is about to change
 * what is in the directory. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__incarnation_end(const struct vouch_config *config,
		       struct vouch_error *error);
/* As on record, without looking at anything else. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__incarnation_read(const struct vouch_config *config,
			char incarnation[VOUCH_NAME_SIZE],
			struct vouch_error *error);

/* Did this node's standby, which answers as `own`, come to the end of a log that has not
 * what this life once had, or go over to a newer timeline that has not? PostgreSQL takes
 * the newest that it finds in an archive, whoever began it. What the life acknowledged
 * beyond is forgotten, and so it is over (P6-S1, amnesia). NO also while it is still on
 * its way, UNKNOWN when the mark or the server does not say; YES: *mark is what it had. */
enum vouch_answer vouch__mark_is_left(const struct vouch_config *config,
				      const struct vouch_probe *own,
				      struct vouch_mark *mark);

/* The furthest position this node is known to have had durable. Written only
 * when it grows by timeline or position (one small durable file). `history` are
 * the `count` ancestors of the mark's timeline: it goes to another timeline only
 * where they go through what it was; otherwise VOUCH_E_CONFLICT, and it stays. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__mark_raise(const struct vouch_config *config, struct vouch_mark mark,
		  const struct vouch_switch *history, uint32_t count,
		  struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__mark_read(const struct vouch_config *config, struct vouch_mark *mark,
		 struct vouch_error *error);

#endif
