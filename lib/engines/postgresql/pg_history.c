/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include "engines/postgresql/pg_files.h"
#include "engines/postgresql/pg_history.h"
#include "engines/postgresql/pg_lsn.h"

enum { HISTORY_BYTES_MAX = 128 * 1024, FIELD_MAX = 32 };

static enum vouch_error_code malformed(uint32_t timeline, const char *why,
				       struct vouch_error *error)
{
	return vouch__error_set(error, VOUCH_E_MALFORMED,
				"the history of timeline %u %s", timeline, why);
}

/* The next field of the line into `field`; NULL when it does not fit. */
static const char *field_take(const char *at, const char *end,
			      char field[FIELD_MAX])
{
	size_t length = 0;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	for (; at < end && *at != ' ' && *at != '\t'; at++) {
		if (length == FIELD_MAX - 1 || *at == '\0')
			return NULL;
		field[length++] = *at;
	}
	field[length] = '\0';
	return at;
}

static const char *ancestor_add(struct vouch_pg_history *history, uint32_t tli,
				uint64_t lsn)
{
	const struct vouch_switch *last = NULL;

	if (history->count > 0)
		last = &history->ancestors[history->count - 1];
	if (tli >= history->timeline)
		return "names itself or a later one as ancestor";
	if (last != NULL && (tli <= last->timeline || lsn < last->end_lsn))
		return "is not in ascending order";
	if (history->count == VOUCH_HISTORY_MAX)
		return "is longer than vouch can follow";
	history->ancestors[history->count].timeline = tli;
	history->ancestors[history->count].end_lsn = lsn;
	history->count++;
	return NULL;
}

static const char *line_parse(struct vouch_pg_history *history, const char *at,
			      const char *end)
{
	char tli_text[FIELD_MAX], lsn_text[FIELD_MAX];
	uint32_t tli;
	uint64_t lsn;

	at = field_take(at, end, tli_text);
	if (at == NULL)
		return "has an overlong field";
	if (tli_text[0] == '\0' || tli_text[0] == '#')
		return NULL;
	at = field_take(at, end, lsn_text);
	if (at == NULL || !vouch__pg_timeline_parse(tli_text, &tli) ||
	    !vouch__pg_lsn_parse(lsn_text, &lsn) || lsn == 0)
		return "has a line that is not \"timeline position reason\"";
	return ancestor_add(history, tli, lsn);
}

enum vouch_error_code vouch__pg_history_parse(const char *text, size_t length,
					      uint32_t timeline,
					      struct vouch_pg_history *history,
					      struct vouch_error *error)
{
	const char *end = text + length;

	memset(history, 0, sizeof(*history));
	if (timeline == 0)
		return malformed(timeline, "cannot exist", error);
	history->timeline = timeline;
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		const char *why;

		if (stop == NULL)
			stop = end;
		why = line_parse(history, text, stop);
		if (why != NULL) {
			memset(history, 0, sizeof(*history));
			return malformed(timeline, why, error);
		}
		text = stop + 1;
	}
	/* Every timeline but the first began somewhere. */
	if (timeline > 1 && history->count == 0)
		return malformed(timeline, "names no ancestor", error);
	return VOUCH_OK;
}

enum vouch_error_code vouch__pg_history_read(const struct vouch_config *config,
					     uint32_t timeline,
					     struct vouch_pg_history *history,
					     struct vouch_error *error)
{
	static const size_t room = HISTORY_BYTES_MAX;
	char name[32], text[HISTORY_BYTES_MAX];
	size_t length = 0;
	enum vouch_error_code code;

	memset(history, 0, sizeof(*history));
	if (timeline == 1)
		return vouch__pg_history_parse("", 0, 1, history, error);
	snprintf(name, sizeof(name), "pg_wal/%08X.history", timeline);
	code = vouch__pg_file_read(config, name, text, room, &length, error);
	if (code != VOUCH_OK)
		return code;
	if (length == room)
		return malformed(timeline, "is too large", error);
	return vouch__pg_history_parse(text, length, timeline, history, error);
}

uint32_t vouch__pg_history_at(const struct vouch_pg_history *history,
			      uint64_t lsn)
{
	for (uint32_t i = 0; i < history->count; i++)
		if (lsn < history->ancestors[i].end_lsn)
			return history->ancestors[i].timeline;
	return history->timeline;
}

int vouch__pg_history_span(const struct vouch_pg_history *history,
			   uint32_t timeline, uint64_t *begin, uint64_t *end)
{
	*begin = 0;
	for (uint32_t i = 0; i < history->count; i++) {
		*end = history->ancestors[i].end_lsn;
		if (history->ancestors[i].timeline == timeline)
			return 1;
		*begin = *end;
	}
	*end = UINT64_MAX;
	return history->timeline == timeline;
}
