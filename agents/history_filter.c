/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agents/history_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/alert.h"
#include "authority/journal.h"
#include "kernel/rules.h"

const char *history_field(struct json_object *record, const char *key)
{
	struct json_object *value;
	const char *text = NULL;

	if (json_object_object_get_ex(record, key, &value) &&
	    json_object_is_type(value, json_type_string))
		text = json_object_get_string(value);
	return text ? text : "";
}

int history_is_grant(struct json_object *record)
{
	return strcmp(history_field(record, "type"), VOUCH_RECORD_GRANT) == 0;
}

int history_is_alert(struct json_object *record)
{
	return strcmp(history_field(record, "type"), VOUCH_RECORD_ALERT) == 0;
}

/* A grant has words of its own: "done" would pass for an attempt's end. */
const char *history_outcome(struct json_object *record)
{
	const char *outcome = history_field(record, "outcome");

	if (!history_is_grant(record))
		return outcome;
	if (strcmp(outcome, "done") == 0)
		return "held";
	return strcmp(outcome, "open") == 0 ? "granted" : outcome;
}

enum vouch_error_code history_outcome_check(const char *typed,
					    struct vouch_error *error)
{
	static const char *const known[] = { "succeeded", "denied",
					     "failed",	  "aborted_on_crash",
					     "granted",	  "held",
					     "void",	  "disowned" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(typed, known[i]) == 0)
			return VOUCH_OK;
	}
	return vouch__error_set(error, VOUCH_E_ARGUMENT,
				"--outcome takes succeeded, denied, failed or "
				"aborted_on_crash of an attempt; granted, held, "
				"disowned or void of a grant; not '%s'",
				typed);
}

enum vouch_error_code history_limit_parse(const char *typed, unsigned int *limit,
					  struct vouch_error *error)
{
	if (typed[0] == '0' || typed[0] == '\0' || strlen(typed) > 8 ||
	    typed[strspn(typed, "0123456789")] != '\0')
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"how many to show is a number from 1, "
					"not '%s'",
					typed);
	*limit = (unsigned int)strtoul(typed, NULL, 10);
	return VOUCH_OK;
}

enum vouch_error_code history_rule_parse(const char *typed, unsigned int *rule,
					 struct vouch_error *error)
{
	char number[16];
	uint32_t i;

	for (i = 0; i < vouch__rule_count; i++) {
		(void)snprintf(number, sizeof(number), "%u",
			       (unsigned int)vouch__rules[i].id);
		if (strcmp(typed, number) != 0 &&
		    strcmp(typed, vouch__rules[i].name) != 0)
			continue;
		*rule = (unsigned int)vouch__rules[i].id;
		return VOUCH_OK;
	}
	return vouch__error_set(error, VOUCH_E_ARGUMENT,
				"there is no rule '%s'; 'vouch rules' lists them",
				typed);
}

/* --- times ----------------------------------------------------------------------- */

static int ago_parse(const char *typed, time_t now, time_t *when)
{
	static const struct {
		char letter;
		time_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	size_t digits = strspn(typed, "0123456789");
	size_t i;

	if (digits == 0 || digits > 6 || strlen(typed) != digits + 1)
		return 0;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (typed[digits] != units[i].letter)
			continue;
		*when = now - strtol(typed, NULL, 10) * units[i].seconds;
		return 1;
	}
	return 0;
}

/* "Z", "+02:00", or nothing, which is UTC. */
static int offset_parse(const char *typed, time_t *seconds)
{
	int hours, minutes, used = 0;

	*seconds = 0;
	if (typed[0] == '\0' || strcmp(typed, "Z") == 0)
		return 1;
	if ((typed[0] != '+' && typed[0] != '-') || strlen(typed) != 6 ||
	    strspn(typed + 1, "0123456789:") != 5 ||
	    sscanf(typed + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 ||
	    used != 5 || hours > 14 || minutes > 59)
		return 0;
	*seconds = hours * 3600 + minutes * 60;
	if (typed[0] == '-')
		*seconds = -*seconds;
	return 1;
}

static int moment_parse(const char *typed, time_t *when)
{
	static const char *const forms[] = { "%Y-%m-%dT%H:%M:%S",
					     "%Y-%m-%d %H:%M:%S",
					     "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
					     "%Y-%m-%d" };
	time_t offset;
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm utc = { 0 }, back;
		int day, month;
		const char *rest = strptime(typed, forms[i], &utc);

		if (!rest || !offset_parse(rest, &offset) ||
		    utc.tm_year < 70 || utc.tm_year > 8099)
			continue;
		day = utc.tm_mday;
		month = utc.tm_mon;
		*when = timegm(&utc);
		/* 31 February is no day, whatever it could be turned into. */
		if (!gmtime_r(when, &back) || back.tm_mday != day ||
		    back.tm_mon != month)
			return 0;
		*when -= offset;
		return 1;
	}
	return 0;
}

enum vouch_error_code history_time_parse(const char *typed, time_t now,
					 char text[VOUCH_CLOCK_SIZE],
					 struct vouch_error *error)
{
	struct tm utc;
	time_t when;

	if ((!ago_parse(typed, now, &when) && !moment_parse(typed, &when)) ||
	    when < 0 || !gmtime_r(&when, &utc) ||
	    strftime(text, VOUCH_CLOCK_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"a time is 2031-01-31T23:59:59Z, "
					"2031-01-31, or 30m, 2h, 7d ago; not "
					"'%s'",
					typed);
	return VOUCH_OK;
}

/* --- filtering ------------------------------------------------------------------- */

int history_filter_is_set(const struct history_filter *filter)
{
	return filter->alerts || filter->since[0] != '\0' || filter->until[0] != '\0' ||
	       filter->outcome || filter->about || filter->rule != 0;
}

static int is_in_time(const struct history_filter *filter,
		      struct json_object *record)
{
	const char *time = history_field(record, "time");

	if (time[0] < '0' || time[0] > '9')
		return 1;
	return (filter->since[0] == '\0' || strcmp(time, filter->since) >= 0) &&
	       (filter->until[0] == '\0' || strcmp(time, filter->until) <= 0);
}

/* The reason that a veto is recorded with begins with its rule. */
static int is_of_rule(unsigned int rule, struct json_object *record)
{
	char start[32];

	(void)snprintf(start, sizeof(start), "rule %u ", rule);
	return strncmp(history_field(record, "why"), start, strlen(start)) == 0;
}

int history_filter_has(const struct history_filter *filter, const char *node,
		       struct json_object *record)
{
	/* An attempt is always of the node that keeps the journal. */
	const char *of = history_is_grant(record) ?
				 history_field(record, "holder") :
			 history_is_alert(record) ?
				 history_field(record, "about") :
				 node;

	return is_in_time(filter, record) &&
	       (!filter->outcome ||
		strcmp(filter->outcome, history_outcome(record)) == 0) &&
	       (!filter->about || strcmp(filter->about, of) == 0) &&
	       (filter->rule == 0 || is_of_rule(filter->rule, record));
}
