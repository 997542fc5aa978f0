/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agents/attempt_records.h"

#include <string.h>

#include "authority/journal.h"

struct search {
	const char *id;
	struct json_object *found; /* newest first */
	size_t seen;
};

/* Records that belong to no request, grants of others for instance, lie between;
 * an attempt takes seconds, so not many. */
enum { SEARCHED_MOST = 100000 };

static int visit(void *context, uint64_t sequence, struct json_object *record)
{
	struct search *search = context;
	struct json_object *id;

	(void)sequence;
	if (json_object_object_get_ex(record, "request", &id) &&
	    json_object_is_type(id, json_type_string) &&
	    strcmp(json_object_get_string(id), search->id) == 0)
		(void)json_object_array_add(search->found,
					    json_object_get(record));
	else if (json_object_array_length(search->found) > 0)
		return 1; /* an attempt's steps are not mixed with another's */
	return ++search->seen >= SEARCHED_MOST;
}

static void append_reversed(struct json_object *to, struct json_object *from)
{
	size_t i;

	for (i = json_object_array_length(from); i > 0; i--)
		(void)json_object_array_add(
			to,
			json_object_get(json_object_array_get_idx(from, i - 1)));
}

struct json_object *attempt_records(const struct cli *cli, const char *id)
{
	static const char *const types[] = { VOUCH_RECORD_TRANSITION,
					     VOUCH_RECORD_OUTCOME };
	struct json_object *all = json_object_new_array();
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };
	size_t i;

	/* Without a configuration there is no journal: a document alone. */
	if (!all || cli->config.state_dir[0] == '\0' ||
	    vouch__journal_open(&cli->config, 0, &journal, &error) != VOUCH_OK)
		return all;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct search search = { id, json_object_new_array(), 0 };

		if (search.found &&
		    vouch__journal_visit(journal, types[i], visit, &search,
					 &error) == VOUCH_OK)
			append_reversed(all, search.found);
		json_object_put(search.found);
	}
	vouch__journal_close(journal);
	return all;
}
