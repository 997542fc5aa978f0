/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/tally.h"

#include <string.h>

#include "common/json.h"
#include "kernel/transitions.h"

struct reading {
	struct vouch_tally *tally;
	char request[VOUCH_NAME_SIZE]; /* the newest, "" none */
	char ended[VOUCH_NAME_SIZE];   /* whose outcome is the newest */
	/* The end of a span, seen before its beginning. */
	char validated[VOUCH_NAME_SIZE], moved[VOUCH_NAME_SIZE];
	uint64_t validated_ms, moved_ms;
};

static int is(const char *text, const char *other)
{
	return strcmp(text, other) == 0;
}

/* "" where there is none. */
static const char *text_of(struct json_object *record, const char *key,
			   char text[VOUCH_NAME_SIZE])
{
	if (vouch__json_get_text(record, key, text, VOUCH_NAME_SIZE, NULL) !=
	    VOUCH_OK)
		text[0] = '\0';
	return text;
}

static void request_count(struct reading *reading, struct json_object *record)
{
	if (reading->tally->requests++ == 0)
		(void)text_of(record, "request", reading->request);
}

static void denial_count(struct vouch_tally *tally, struct json_object *record)
{
	uint32_t rule = 0, i;

	/* An older record does not name it. */
	if (vouch__json_get_u32(record, "rule", &rule, NULL) != VOUCH_OK)
		rule = 0;
	for (i = 0; i < tally->rule_count; i++)
		if (tally->by_rule[i].rule == rule)
			break;
	tally->denied++;
	if (i == VOUCH_TALLY_RULES_MAX)
		return;
	if (i == tally->rule_count) {
		tally->by_rule[i].rule = rule;
		tally->by_rule[i].count = 0;
		tally->rule_count++;
	}
	tally->by_rule[i].count++;
}

static void outcome_count(struct reading *reading, struct json_object *record)
{
	struct vouch_tally *tally = reading->tally;
	char outcome[VOUCH_NAME_SIZE];

	if (reading->ended[0] == '\0')
		(void)text_of(record, "request", reading->ended);
	(void)text_of(record, "outcome", outcome);
	if (is(outcome, "denied"))
		denial_count(tally, record);
	else if (is(outcome, "succeeded"))
		tally->succeeded++;
	else if (is(outcome, "aborted_on_crash"))
		tally->crash_aborted++;
	else
		tally->failed++;
}

static int attempt_visit(void *context, uint64_t sequence,
			 struct json_object *record)
{
	char type[VOUCH_NAME_SIZE];

	(void)sequence;
	if (is(text_of(record, "type", type), VOUCH_RECORD_REQUEST))
		request_count(context, record);
	else
		outcome_count(context, record);
	return 0;
}

/* Newest first: the end of a span comes before its beginning. */
static int transition_visit(void *context, uint64_t sequence,
			    struct json_object *record)
{
	struct reading *reading = context;
	struct vouch_tally *tally = reading->tally;
	char request[VOUCH_NAME_SIZE], to[VOUCH_NAME_SIZE];
	uint64_t at;

	(void)sequence;
	if (vouch__json_get_u64(record, "elapsed_ms", INT64_MAX, &at, NULL) !=
	    VOUCH_OK)
		return 0;
	(void)text_of(record, "request", request);
	(void)text_of(record, "to", to);
	if ((is(to, vouch__state_name(VOUCH_STATE_APPROVED)) ||
	     is(to, vouch__state_name(VOUCH_STATE_DENIED))) &&
	    reading->validated[0] == '\0') {
		memcpy(reading->validated, request, sizeof(request));
		reading->validated_ms = at;
	} else if (is(to, vouch__state_name(VOUCH_STATE_SUCCEEDED)) &&
		   reading->moved[0] == '\0') {
		memcpy(reading->moved, request, sizeof(request));
		reading->moved_ms = at;
	} else if (is(to, vouch__state_name(VOUCH_STATE_VALIDATING)) &&
		   is(request, reading->validated) &&
		   reading->validated_ms >= at) {
		tally->validation_ms = (int64_t)(reading->validated_ms - at);
	} else if (is(to, vouch__state_name(VOUCH_STATE_TRANSITIONING)) &&
		   is(request, reading->moved) && reading->moved_ms >= at) {
		tally->transition_ms = (int64_t)(reading->moved_ms - at);
	}
	return tally->validation_ms >= 0 && tally->transition_ms >= 0;
}

enum vouch_error_code vouch__tally_read(struct vouch_journal *journal,
					struct vouch_tally *tally,
					struct vouch_error *error)
{
	static const char *const counted[] = { VOUCH_RECORD_REQUEST,
					       VOUCH_RECORD_OUTCOME, NULL };
	struct reading reading;
	enum vouch_error_code code;

	memset(tally, 0, sizeof(*tally));
	tally->validation_ms = VOUCH_TALLY_UNKNOWN;
	tally->transition_ms = VOUCH_TALLY_UNKNOWN;
	memset(&reading, 0, sizeof(reading));
	reading.tally = tally;
	code = vouch__journal_visit_types(journal, counted, 0, attempt_visit,
					  &reading, error);
	if (code == VOUCH_OK)
		code = vouch__journal_visit(journal, VOUCH_RECORD_TRANSITION,
					    transition_visit, &reading, error);
	tally->in_progress = reading.request[0] != '\0' &&
			     !is(reading.request, reading.ended);
	return code;
}
