/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How far the other members' servers were when this node last saw them (P6-S1,
 * amnesia). Each node keeps its own high-water mark, but a machine that is set
 * back as a whole, from a snapshot for instance, has an old mark beside old
 * data. What others noted of it is not set back with it. And a server that lost what
 * its mark says, while it runs, is told by its own agent in the same way, before its
 * next monitor has it started as another one.
 */
#ifndef VOUCH_AUTHORITY_NOTED_H
#define VOUCH_AUTHORITY_NOTED_H

#include "common/config.h"
#include "common/deadline.h"
#include "kernel/facts.h"

/* Notes, of probes in the order of the configuration, each standby that knows
 * where its log ends: what it had replayed, which it has still after any crash.
 * Only what goes on from what is on record, or is of another incarnation, is written
 * (one small durable file); when there is nothing new, the file's time tells that
 * somebody looked. Notes that cannot be read are left as they are:
 * VOUCH_E_CORRUPT, VOUCH_E_MALFORMED. */
enum { VOUCH_NOTED_EVERY_S = 60 };
VOUCH_MUST_CHECK enum vouch_error_code
vouch__noted_raise(const struct vouch_config *config,
		   const struct vouch_probe *probes, struct vouch_error *error);
/* 1 when nobody looked for VOUCH_NOTED_EVERY_S by this node's clock, or nothing
 * tells when. Says only whether to look; no decision knows it. */
int vouch__noted_is_due(const struct vouch_config *config);
/* As many notes as members, in the order of the configuration; VOUCH_ABSENT
 * where there is none. On error all but this node's are VOUCH_MALFORMED: nobody
 * knows what they said. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__noted_read(const struct vouch_config *config, struct vouch_noted *noted,
		  struct vouch_error *error);

/* The notes as text for the others, and what this node's own log had, by its mark: ""
 * when there is nothing; `size` bytes. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__noted_text(const struct vouch_config *config, char *text, size_t size,
		  struct vouch_error *error);
/* As vouch__noted_read(), of what a member told, of itself as well: it can only object.
 * A text that is none leaves all of them malformed. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__noted_told(const struct vouch_config *config, const char *text,
		  struct vouch_noted *noted, struct vouch_error *error);
/* Of two notes about one server, which answers as `probe` now, the one that
 * objects to more: an unreadable one; one of this life that its log lacks; one
 * of this life before one of another; and then the further one. */
void vouch__noted_merge(struct vouch_noted *into, const struct vouch_noted *from,
			const struct vouch_probe *probe);

/* Tells the cluster what this node noted, for whoever is asked to be promoted.
 * What cannot be told is said through context->progress. */
struct vouch_context;
void vouch__noted_tell(struct vouch_context *context,
		       struct vouch_deadline deadline);

#endif
