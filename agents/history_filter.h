/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which records a history shows: attempts, and the grants of authority. */
#ifndef VOUCH_AGENTS_HISTORY_FILTER_H
#define VOUCH_AGENTS_HISTORY_FILTER_H

#include <json-c/json.h>
#include <time.h>

#include "common/clock.h"
#include "common/error.h"
#include "kernel/facts.h"

struct history_filter {
	char since[VOUCH_CLOCK_SIZE]; /* as records have it; "": any */
	char until[VOUCH_CLOCK_SIZE];
	const char *outcome; /* NULL: any, as the next one */
	const char *about;   /* a node */
	unsigned int rule;   /* 0: any */
	unsigned int limit;
	int alerts; /* those as well */
};

enum { HISTORY_LIMIT = 100 };

/* "2031-01-31T23:59:59Z", with an offset, without seconds, a day alone (both
 * in UTC), or "2h", "30m", "7d" before `now`. VOUCH_E_ARGUMENT, *text as it
 * was, for anything else. */
VOUCH_MUST_CHECK enum vouch_error_code
history_time_parse(const char *typed, time_t now, char text[VOUCH_CLOCK_SIZE],
		   struct vouch_error *error);
/* One of those that history_outcome() gives. */
VOUCH_MUST_CHECK enum vouch_error_code
history_outcome_check(const char *typed, struct vouch_error *error);
/* A rule's number or name. */
VOUCH_MUST_CHECK enum vouch_error_code
history_rule_parse(const char *typed, unsigned int *rule,
		   struct vouch_error *error);
/* 1..99999999, in digits only. */
VOUCH_MUST_CHECK enum vouch_error_code
history_limit_parse(const char *typed, unsigned int *limit,
		    struct vouch_error *error);

/* Does anything but the number limit what is shown? */
int history_filter_is_set(const struct history_filter *filter);
/* `node`: whose journal it is. A record whose time is unknown may be of any. */
int history_filter_has(const struct history_filter *filter, const char *node,
		       struct json_object *record);

/* A text of a record; "" when it has none of that name. */
const char *history_field(struct json_object *record, const char *key);
int history_is_grant(struct json_object *record);
/* What Pacemaker told of fencing or membership. */
int history_is_alert(struct json_object *record);
/* How an attempt ended; of a grant: granted, held, disowned or void. */
const char *history_outcome(struct json_object *record);

#endif
