/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of the attempt that a decision was part of, as the journal has them.
 * What is not on record is not shown: no step is concluded from another. */
#include "explain/story.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/json.h"
#include "evidence/names.h"
#include "kernel/transitions.h"

static const struct {
	enum vouch_state to;
	const char *says;
} steps[] = {
	{ VOUCH_STATE_REQUESTED, "requested" },
	{ VOUCH_STATE_VALIDATING, "evidence is being collected" },
	{ VOUCH_STATE_APPROVED, "decided: permit" },
	{ VOUCH_STATE_DENIED, "decided: veto; nothing changed" },
	{ VOUCH_STATE_TRANSITIONING,
	  "grant on record in the cluster, marker written; authority moves" },
	{ VOUCH_STATE_SUCCEEDED,
	  "promoted; the epoch's row, the barrier, is in the log" },
};

static struct vouch_story_moment *moment_add(struct vouch_story *story)
{
	if (story->moment_count == VOUCH_STORY_MOMENTS)
		return NULL;
	return &story->moments[story->moment_count++];
}

/* The fencer's own times, on another clock than the journal's. */
static void fencing_read(struct vouch_story *story)
{
	const struct vouch_fencing_history *history;
	struct vouch_story_moment *moment;
	struct tm utc;
	uint32_t i;

	if (!story->evidence)
		return;
	history = &story->evidence->fencing;
	for (i = 0; i < history->count; i++) {
		const struct vouch_fencing *entry = &history->entries[i];
		time_t at = (time_t)entry->completed_s;

		if (entry->in_snapshot != VOUCH_NO ||
		    entry->node >= story->evidence->node_count)
			continue;
		moment = moment_add(story);
		if (!moment)
			return;
		if (at == 0 || !gmtime_r(&at, &utc) ||
		    strftime(moment->time, sizeof(moment->time),
			     "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
			moment->time[0] = '\0';
		(void)snprintf(moment->text, sizeof(moment->text),
			       "fencing of %s: %s, %s, by %s (the fencer's clock)",
			       story->evidence->nodes[entry->node].name,
			       vouch__name_of(&vouch__names_action,
					      entry->action),
			       vouch__name_of(&vouch__names_state, entry->state),
			       vouch__name_of(&vouch__names_executor,
					      entry->executor));
	}
}

static const char *says_of(struct json_object *record)
{
	const char *to = vouch__story_text(record, "to");
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strcmp(to, vouch__state_name(steps[i].to)) == 0)
			return steps[i].says;
	return NULL;
}

static void record_read(struct vouch_story *story, struct json_object *record)
{
	const char *outcome = vouch__story_text(record, "outcome");
	const char *says = outcome[0] ? outcome : says_of(record);
	struct vouch_story_moment *moment = says ? moment_add(story) : NULL;
	uint64_t elapsed;

	if (!moment) /* a step of a later version, or no room */
		return;
	/* Cut inside a character a text is no text. */
	if (strlen(says) < sizeof(moment->text) - 16)
		(void)snprintf(moment->text, sizeof(moment->text), "%s%s",
			       outcome[0] ? "ended: " : "", says);
	if (vouch__json_get_text(record, "time", moment->time,
				 sizeof(moment->time), NULL) != VOUCH_OK)
		moment->time[0] = '\0';
	if (vouch__json_get_u64(record, "elapsed_ms", 1000000000, &elapsed,
				NULL) == VOUCH_OK)
		(void)snprintf(moment->elapsed, sizeof(moment->elapsed),
			       "%u ms", (unsigned int)elapsed);
}

void vouch__story_attempt_read(struct vouch_story *story,
			       struct json_object *records)
{
	size_t i, count = json_object_array_length(records);

	if (count == 0)
		return;
	fencing_read(story);
	for (i = 0; i < count; i++)
		record_read(story, json_object_array_get_idx(records, i));
}
