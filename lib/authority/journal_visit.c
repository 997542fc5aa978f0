/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the journal, newest record first. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "authority/journal_file.h"
#include "authority/journal_reader.h"
#include "authority/record_line.h"
#include "authority/syscalls.h"
#include "common/json.h"

struct walk {
	const struct vouch_journal *journal;
	const char *const *types; /* ended by NULL; NULL: all */
	vouch_journal_visitor *visit;
	void *context;
	const char *having; /* only records with these bytes; NULL: all */
	int run;	    /* stop after the first run of those */
	int met;	    /* one of the run */
	int standing; /* stop at the newest summary, with what it carries */
	int stop;
	uint64_t newer; /* the record last read, 0 when none or unreadable */
	/* Bad records, and the newest of them for the message. */
	enum vouch_error_code failure; /* no memory: nothing is said of the file */
	unsigned int bad_count;
	long long bad_at;
	const char *bad_why;
	struct vouch_reader reader;
};

static void bad(struct walk *walk, const char *why)
{
	if (walk->bad_count++ == 0) {
		walk->bad_at = (long long)walk->reader.end;
		walk->bad_why = why;
	}
	walk->newer = 0;
}

static int type_is_wanted(const char *const *types, const char *type)
{
	if (!types)
		return 1;
	for (; *types; types++) {
		if (strcmp(*types, type) == 0)
			return 1;
	}
	return 0;
}

/* {"sequence", "record"}, as a record of its own. */
static void carried_visit(struct walk *walk, struct json_object *item)
{
	struct json_object *record, *type;
	uint64_t sequence;

	if (vouch__json_get_u64(item, "sequence", UINT64_MAX, &sequence, NULL) !=
		    VOUCH_OK ||
	    !json_object_object_get_ex(item, "record", &record) ||
	    !json_object_object_get_ex(record, "type", &type) ||
	    !json_object_is_type(type, json_type_string)) {
		bad(walk, "its summary makes no sense");
		return;
	}
	if (type_is_wanted(walk->types, json_object_get_string(type)))
		walk->stop = walk->visit(walk->context, sequence, record);
}

static void summary_visit(struct walk *walk, const struct vouch_line *line)
{
	struct json_object *record, *carried;
	enum vouch_error_code code =
		vouch__json_parse(line->json, line->json_length, &record, NULL);
	size_t i;

	if (code == VOUCH_E_MEMORY)
		walk->failure = code;
	else if (code != VOUCH_OK ||
		 !json_object_object_get_ex(record, "carried", &carried) ||
		 !json_object_is_type(carried, json_type_array))
		bad(walk, "its summary makes no sense");
	else
		for (i = 0; !walk->stop && i < json_object_array_length(carried);
		     i++)
			carried_visit(walk,
				      json_object_array_get_idx(carried, i));
	json_object_put(record);
	walk->stop = 1;
}

/* Parsing every record only for its type would make a long journal of big
 * decisions slow; "type" stands first in each. */
static int type_may_be(const struct vouch_line *line, const char *const *types)
{
	static const char start[] = "{\"type\":\"";
	const size_t before = sizeof(start) - 1;

	if (!types)
		return 1;
	if (line->json_length <= before ||
	    memcmp(line->json, start, before) != 0)
		return 0;
	for (; *types; types++) {
		size_t length = strlen(*types);

		if (line->json_length > before + length &&
		    memcmp(line->json + before, *types, length) == 0 &&
		    line->json[before + length] == '"')
			return 1;
	}
	return 0;
}

/* Likewise for a value that is searched for. */
static int bytes_may_be(const struct vouch_line *line, const char *having)
{
	return !having ||
	       memmem(line->json, line->json_length, having, strlen(having));
}

static void record_visit(struct walk *walk, const struct vouch_line *line,
			 uint64_t sequence)
{
	struct json_object *record;
	enum vouch_error_code code;

	if (!type_may_be(line, walk->types))
		return;
	if (!bytes_may_be(line, walk->having)) {
		walk->stop = walk->run && walk->met;
		return;
	}
	walk->met = 1;
	code = vouch__json_parse(line->json, line->json_length, &record, NULL);
	if (code == VOUCH_E_MEMORY) {
		walk->failure = code;
		walk->stop = 1;
		return;
	}
	if (code != VOUCH_OK) {
		bad(walk, "its content is no JSON");
		return;
	}
	walk->stop = walk->visit(walk->context, sequence, record);
	json_object_put(record);
}

static void line_visit(struct walk *walk, const char *text, size_t length)
{
	struct vouch_line line;
	const char *why = vouch__line_check(text, length, &line);
	uint64_t sequence = why ? 0 : vouch__journal_sequence(line.label);

	if (!why && sequence == 0)
		why = "it has no number";
	if (!why && walk->newer != 0 && sequence + 1 != walk->newer)
		why = "records are missing after it";
	if (!why && walk->reader.end == 0 && sequence != 1 &&
	    !vouch__journal_is_summary(line.json, line.json_length))
		why = "records are missing before it";
	if (why)
		bad(walk, why);
	if (sequence == 0)
		return;
	walk->newer = sequence;
	if (walk->standing &&
	    vouch__journal_is_summary(line.json, line.json_length))
		summary_visit(walk, &line);
	else
		record_visit(walk, &line, sequence);
}

static enum vouch_error_code walk_lines(struct walk *walk, off_t size,
					struct vouch_error *error)
{
	enum vouch_error_code code;
	const char *text;
	size_t length;

	vouch__reader_begin(&walk->reader, walk->journal->fd, size);
	code = vouch__reader_tail(&walk->reader, &text, &length, error);
	if (code == VOUCH_OK && length > 0 && !vouch__line_is_torn(text, length))
		bad(walk, "its newline was changed");
	while (code == VOUCH_OK && !walk->stop && walk->reader.end > 0) {
		code = vouch__reader_line(&walk->reader, &text, &length, error);
		if (code == VOUCH_OK)
			line_visit(walk, text, length);
	}
	vouch__reader_end(&walk->reader);
	if (code == VOUCH_OK && walk->failure != VOUCH_OK)
		code = vouch__error_set(error, walk->failure, "out of memory");
	return code;
}

static enum vouch_error_code visit(struct vouch_journal *journal,
				   struct walk *walk, struct vouch_error *error)
{
	enum vouch_error_code code;
	struct stat status;

	if (!journal)
		return vouch__error_set(error, VOUCH_E_STATE,
					"the journal is not open");
	if (journal->fd < 0)
		return VOUCH_OK;
	if (vouch__syscalls->fstat(journal->fd, &status) != 0)
		return vouch__error_set(error, VOUCH_E_IO,
					"the journal cannot be looked at");
	walk->journal = journal;
	code = walk_lines(walk, status.st_size, error);
	if (code == VOUCH_OK && walk->bad_count > 0)
		code = vouch__error_set(error, VOUCH_E_CORRUPT,
					"%s/journal is corrupt: %u bad "
					"record(s), the newest at byte %lld: %s",
					journal->config->state_dir,
					walk->bad_count, walk->bad_at,
					walk->bad_why);
	return code;
}

enum vouch_error_code vouch__journal_visit(struct vouch_journal *journal,
					   const char *type,
					   vouch_journal_visitor *visitor,
					   void *context,
					   struct vouch_error *error)
{
	const char *const types[] = { type, NULL };

	return vouch__journal_visit_types(journal, type ? types : NULL, 0,
					  visitor, context, error);
}

enum vouch_error_code
vouch__journal_visit_types(struct vouch_journal *journal,
			   const char *const *types, int standing,
			   vouch_journal_visitor *visitor, void *context,
			   struct vouch_error *error)
{
	struct walk walk = { .types = types,
			     .visit = visitor,
			     .context = context,
			     .standing = standing };

	return visit(journal, &walk, error);
}

enum vouch_error_code
vouch__journal_visit_standing(struct vouch_journal *journal, const char *type,
			      vouch_journal_visitor *visitor, void *context,
			      struct vouch_error *error)
{
	const char *const types[] = { type, NULL };

	return vouch__journal_visit_types(journal, type ? types : NULL, 1,
					  visitor, context, error);
}

/* Written in JSON as it is, so that it can be looked for before parsing. */
static int is_plain(const char *value)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789._-";

	return value && value[strspn(value, plain)] == '\0';
}

enum vouch_error_code
vouch__journal_visit_run(struct vouch_journal *journal, const char *const *types,
			 const char *having, vouch_journal_visitor *visitor,
			 void *context, struct vouch_error *error)
{
	struct walk walk = { .types = types,
			     .visit = visitor,
			     .context = context,
			     .having = having,
			     .run = 1 };

	if (!is_plain(having) || having[0] == '\0')
		return VOUCH_OK;
	return visit(journal, &walk, error);
}

struct search {
	const char *field;
	const char *value;
	struct json_object *found;
};

static int has_value(struct json_object *record, const struct search *search)
{
	struct json_object *value;
	const char *text;

	if (!search->field)
		return 1;
	if (!json_object_object_get_ex(record, search->field, &value))
		return 0;
	text = json_object_get_string(value);
	return text && search->value && strcmp(text, search->value) == 0;
}

static int search_visit(void *context, uint64_t sequence,
			struct json_object *record)
{
	struct search *search = context;

	(void)sequence;
	if (!has_value(record, search))
		return 0;
	search->found = json_object_get(record);
	return 1;
}

static enum vouch_error_code find(struct vouch_journal *journal,
				  struct walk *walk, struct search *search,
				  struct json_object **record,
				  struct vouch_error *error)
{
	enum vouch_error_code code;

	*record = NULL;
	walk->having = search->field && is_plain(search->value) ? search->value :
								   NULL;
	walk->visit = search_visit;
	walk->context = search;
	code = visit(journal, walk, error);
	/* With a bad record on the way, what was found may not be the newest. */
	if (code != VOUCH_OK) {
		json_object_put(search->found);
		return code;
	}
	if (!search->found)
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"the journal has no such record");
	*record = search->found;
	return VOUCH_OK;
}

enum vouch_error_code vouch__journal_find(struct vouch_journal *journal,
					  const char *type, const char *field,
					  const char *value,
					  struct json_object **record,
					  struct vouch_error *error)
{
	struct search search = { field, value, NULL };
	const char *const types[] = { type, NULL };
	struct walk walk = { .types = type ? types : NULL };

	return find(journal, &walk, &search, record, error);
}

enum vouch_error_code
vouch__journal_find_standing(struct vouch_journal *journal, const char *type,
			     const char *field, const char *value,
			     struct json_object **record,
			     struct vouch_error *error)
{
	struct search search = { field, value, NULL };
	const char *const types[] = { type, NULL };
	struct walk walk = { .types = type ? types : NULL, .standing = 1 };

	return find(journal, &walk, &search, record, error);
}
