/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A decision as whoever shows it wants to have it: the verdict, the obligation
 * that each finding belongs to, and what the evidence says beyond it. Filled
 * once, so that no renderer reasons (P6-O2).
 */
#ifndef VOUCH_EXPLAIN_STORY_H
#define VOUCH_EXPLAIN_STORY_H

#include <json-c/json.h>

#include "common/error.h"
#include "kernel/facts.h"

enum {
	VOUCH_STORY_TEXT = 160,
	/* Two views, rows, seal, tail, history, and two of each node. */
	VOUCH_STORY_STEPS = 6 + 2 * VOUCH_NODES_MAX,
	VOUCH_STORY_MOMENTS = VOUCH_FENCINGS_MAX + 16,
};

struct vouch_story_member {
	const char *name;
	char role[VOUCH_STORY_TEXT]; /* "standby, candidate" */
	char position[24];	     /* "0/5000000"; "" when none was read */
	uint64_t position_lsn;	     /* 0 when none was read */
	uint32_t along_permille;     /* from the lowest read to the furthest */
	int candidate;
};

struct vouch_story_step {
	uint64_t order;
	char text[VOUCH_STORY_TEXT];
};

/* A step of the attempt, as the journal has it. */
struct vouch_story_moment {
	char time[32];	  /* "" where it is not on record, as the next */
	char elapsed[16]; /* since the request: "412 ms" */
	char text[VOUCH_STORY_TEXT];
};

struct vouch_story_epoch {
	uint64_t epoch;
	const char *holder;
	const char *outcome; /* "done" */
	const char *source;  /* "cluster" */
	uint32_t k;
	uint32_t member_count;
};

struct vouch_story {
	struct json_object *verdict;
	struct vouch_evidence *evidence; /* NULL: it was not at hand */
	int permitted;
	/* Only supposed: {"warning", "supposed", "differences", "before"}, as
	 * 'vouch what-if' writes it; NULL for a decision. Not the story's own. */
	struct json_object *supposed;
	/* Who asked, what was decided, the one reason. */
	char asked[768];
	uint32_t member_count;
	struct vouch_story_member members[VOUCH_NODES_MAX];
	char furthest[24]; /* the furthest log that was read; "" none */
	uint32_t step_count;
	struct vouch_story_step steps[VOUCH_STORY_STEPS]; /* as observed */
	uint32_t moment_count; /* 0: no journal was at hand */
	struct vouch_story_moment moments[VOUCH_STORY_MOMENTS];
	uint32_t epoch_count;
	struct vouch_story_epoch epochs[VOUCH_GRANTS_MAX]; /* oldest first */
};

/* evidence: NULL when only the verdict is at hand. *story is released with
 * vouch__story_free(); NULL on failure. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__story_read(const char *verdict, size_t verdict_length,
		  const char *evidence, size_t evidence_length,
		  struct vouch_story **story, struct vouch_error *error);
/* Adds the attempt: its journal records, oldest first; an empty array adds
 * nothing. */
void vouch__story_attempt_read(struct vouch_story *story,
			       struct json_object *records);
void vouch__story_free(struct vouch_story *story);

/* A field of a verdict; "" or NULL when it is not there or of another type. */
const char *vouch__story_text(struct json_object *json, const char *key);
struct json_object *vouch__story_array(struct json_object *json, const char *key);

/* The obligation that a finding belongs to: "Exclusion: the old holder cannot
 * write". */
const char *vouch__story_obligation(struct json_object *finding);
/* "holds", "open" or "not used". */
const char *vouch__story_mark(struct json_object *finding);

#endif
