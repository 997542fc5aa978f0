/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agents/attempt_records.h"

#include <string.h>

#include "authority/journal.h"

struct search {
	const char *id;
	struct json_object *found; /* newest first */
};

static int visit(void *context, uint64_t sequence, struct json_object *record)
{
	struct search *search = context;
	struct json_object *id;

	(void)sequence;
	if (json_object_object_get_ex(record, "request", &id) &&
	    json_object_is_type(id, json_type_string) &&
	    strcmp(json_object_get_string(id), search->id) == 0) {
		(void)json_object_array_add(search->found,
					    json_object_get(record));
		return 0;
	}
	/* An attempt's steps are not mixed with another's. */
	return json_object_array_length(search->found) > 0;
}

static void append_reversed(struct json_object *to, struct json_object *from)
{
	size_t i;

	for (i = json_object_array_length(from); i > 0; i--)
		(void)json_object_array_add(
			to,
			json_object_get(json_object_array_get_idx(from, i - 1)));
}

enum vouch_error_code attempt_records(const struct cli *cli, const char *id,
				      struct json_object **records,
				      struct vouch_error *error)
{
	static const char *const types[] = { VOUCH_RECORD_TRANSITION,
					     VOUCH_RECORD_OUTCOME, NULL };
	struct search search = { id, json_object_new_array() };
	struct vouch_journal *journal = NULL;
	enum vouch_error_code code;

	*records = json_object_new_array();
	/* Without a configuration there is no journal: a document alone. */
	if (cli->config.state_dir[0] == '\0' ||
	    vouch__journal_open(&cli->config, 0, &journal, NULL) != VOUCH_OK) {
		json_object_put(search.found);
		return VOUCH_OK;
	}
	code = vouch__journal_visit_run(journal, types, id, visit, &search,
					error);
	append_reversed(*records, search.found);
	json_object_put(search.found);
	vouch__journal_close(journal);
	return code;
}
