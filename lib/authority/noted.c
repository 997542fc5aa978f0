/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/noted.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "authority/incarnation.h"
#include "authority/marker.h"
#include "authority/state_directory.h"
#include "authority/state_file.h"
#include "common/json.h"
#include "kernel/rules.h"

#define NOTED_NAME "noted"

static int is_named(const struct vouch_config *config, uint32_t member,
		    const char *name)
{
	return strcmp(config->members[member].name, name) == 0;
}

static int is_self(const struct vouch_config *config, uint32_t member)
{
	return is_named(config, member, config->node);
}

/* --- the file ------------------------------------------------------------- */

static enum vouch_error_code note_decode(struct json_object *json,
					 struct vouch_noted *note,
					 struct vouch_error *error)
{
	enum vouch_error_code code =
		vouch__json_get_text(json, "incarnation", note->incarnation,
				     VOUCH_NAME_SIZE, error);

	if (code == VOUCH_OK)
		code = vouch__json_get_u32(json, "timeline", &note->timeline,
					   error);
	if (code == VOUCH_OK)
		code = vouch__json_get_u64(json, "lsn", UINT64_MAX, &note->lsn,
					   error);
	if (code == VOUCH_OK && (note->incarnation[0] == '\0' ||
				 note->timeline == 0 || note->lsn == 0))
		code = vouch__error_set(error, VOUCH_E_CORRUPT,
					"a note about a server is empty");
	note->condition = VOUCH_PRESENT;
	return code;
}

/* One object, with a note under each member's name but `but`; other names are those
 * of former members. */
static enum vouch_error_code notes_decode(const struct vouch_config *config,
					  const char *but,
					  struct json_object *json,
					  struct vouch_noted *noted,
					  struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_OK;
	struct json_object *nodes, *note;
	uint32_t i;

	if (!json_object_object_get_ex(json, "nodes", &nodes) ||
	    !json_object_is_type(nodes, json_type_object))
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the notes about servers have no nodes");
	for (i = 0; code == VOUCH_OK && i < config->member_count; i++) {
		if (!is_named(config, i, but) &&
		    json_object_object_get_ex(nodes, config->members[i].name,
					      &note))
			code = note_decode(note, &noted[i], error);
	}
	return code;
}

static enum vouch_error_code notes_read_at(const struct vouch_config *config,
					   int directory,
					   struct vouch_noted *noted,
					   struct vouch_error *error)
{
	struct json_object *json;
	enum vouch_error_code code;

	memset(noted, 0, config->member_count * sizeof(*noted));
	code = vouch__state_read_at(config, directory, NOTED_NAME, &json, error);
	if (code == VOUCH_E_NOT_FOUND)
		return VOUCH_OK;
	if (code != VOUCH_OK)
		return code;
	code = notes_decode(config, config->node, json, noted, error);
	json_object_put(json);
	return code;
}

static enum vouch_error_code note_encode(struct json_object *nodes,
					 const char *name,
					 const struct vouch_noted *note)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code =
		vouch__json_put_text(json, "incarnation", note->incarnation);

	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "timeline", note->timeline);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "lsn", note->lsn);
	if (code == VOUCH_OK)
		return vouch__json_put(nodes, name, json);
	json_object_put(json);
	return code;
}

static enum vouch_error_code notes_encode(const struct vouch_config *config,
					  const struct vouch_noted *noted,
					  struct json_object **json,
					  struct vouch_error *error)
{
	struct json_object *nodes = json_object_new_object();
	enum vouch_error_code code = nodes ? VOUCH_OK : VOUCH_E_MEMORY;
	uint32_t i;

	*json = json_object_new_object();
	for (i = 0; code == VOUCH_OK && i < config->member_count; i++) {
		if (noted[i].condition == VOUCH_PRESENT)
			code = note_encode(nodes, config->members[i].name,
					   &noted[i]);
	}
	if (code == VOUCH_OK) {
		code = vouch__json_put(*json, "nodes", nodes);
		nodes = NULL;
	}
	json_object_put(nodes);
	if (code == VOUCH_OK)
		return VOUCH_OK;
	json_object_put(*json);
	*json = NULL;
	return vouch__error_set(error, code, "out of memory");
}

static enum vouch_error_code notes_write(const struct vouch_config *config,
					 int directory,
					 const struct vouch_noted *noted,
					 struct vouch_error *error)
{
	struct json_object *json;
	enum vouch_error_code code = notes_encode(config, noted, &json, error);

	if (code == VOUCH_OK)
		code = vouch__state_write_at(config, directory, NOTED_NAME, json,
					     error);
	json_object_put(json);
	return code;
}

/* --- what it says --------------------------------------------------------- */

/* A server that is still reading its log has more than it replayed, and one that
 * writes is not the one whose acknowledgements are counted. */
static int is_worth_noting(const struct vouch_probe *probe)
{
	return probe->condition == VOUCH_PRESENT &&
	       probe->in_recovery == VOUCH_YES &&
	       probe->log_exhausted == VOUCH_YES &&
	       probe->incarnation[0] != '\0' && probe->timeline != 0 &&
	       probe->replayed_lsn != 0;
}

/* What the server lacks of what was noted of this life objects to it, and stays.
 * A higher timeline alone is no progress: it may have parted below the note. */
static int is_news(const struct vouch_noted *note,
		   const struct vouch_probe *probe)
{
	if (note->condition != VOUCH_PRESENT ||
	    strcmp(note->incarnation, probe->incarnation) != 0)
		return 1;
	if (!vouch__position_is_reached(probe, note->timeline, note->lsn))
		return 0;
	return note->timeline != probe->timeline ||
	       probe->replayed_lsn > note->lsn;
}

static int notes_change(const struct vouch_config *config,
			const struct vouch_probe *probes,
			struct vouch_noted *noted)
{
	int changed = 0;
	uint32_t i;

	for (i = 0; i < config->member_count; i++) {
		if (is_self(config, i) || !is_worth_noting(&probes[i]) ||
		    !is_news(&noted[i], &probes[i]))
			continue;
		noted[i].condition = VOUCH_PRESENT;
		memcpy(noted[i].incarnation, probes[i].incarnation,
		       VOUCH_NAME_SIZE);
		noted[i].timeline = probes[i].timeline;
		noted[i].lsn = probes[i].replayed_lsn;
		changed = 1;
	}
	return changed;
}

enum vouch_error_code vouch__noted_raise(const struct vouch_config *config,
					 const struct vouch_probe *probes,
					 struct vouch_error *error)
{
	struct vouch_noted noted[VOUCH_NODES_MAX];
	enum vouch_error_code code;
	int directory;

	code = vouch__state_lock(config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	code = notes_read_at(config, directory, noted, error);
	if (code == VOUCH_OK && notes_change(config, probes, noted))
		code = notes_write(config, directory, noted, error);
	else if (code == VOUCH_OK)
		/* Where there is no file yet, the next one looks again. */
		(void)utimensat(directory, NOTED_NAME, NULL,
				AT_SYMLINK_NOFOLLOW);
	(void)close(directory);
	return code;
}

/* A time in the future is none. */
int vouch__noted_is_due(const struct vouch_config *config)
{
	struct vouch_error error = { 0 };
	struct stat status;
	time_t now = time(NULL);
	int directory, known;

	if (vouch__state_directory_open(config, &directory, &error) != VOUCH_OK)
		return 1;
	known = fstatat(directory, NOTED_NAME, &status, AT_SYMLINK_NOFOLLOW) == 0;
	(void)close(directory);
	return !known || status.st_mtime > now ||
	       now - status.st_mtime >= VOUCH_NOTED_EVERY_S;
}

/* Nobody knows what they said. */
static void all_malformed(const struct vouch_config *config, const char *but,
			  struct vouch_noted *noted)
{
	uint32_t i;

	memset(noted, 0, config->member_count * sizeof(*noted));
	for (i = 0; i < config->member_count; i++) {
		if (!is_named(config, i, but))
			noted[i].condition = VOUCH_MALFORMED;
	}
}

enum vouch_error_code vouch__noted_read(const struct vouch_config *config,
					struct vouch_noted *noted,
					struct vouch_error *error)
{
	struct json_object *json = NULL;
	enum vouch_error_code code;

	memset(noted, 0, config->member_count * sizeof(*noted));
	code = vouch__state_read(config, NOTED_NAME, &json, error);
	if (code == VOUCH_E_NOT_FOUND)
		return VOUCH_OK;
	if (code == VOUCH_OK)
		code = notes_decode(config, config->node, json, noted, error);
	json_object_put(json);
	if (code != VOUCH_OK)
		all_malformed(config, config->node, noted);
	return code;
}

/* --- between nodes -------------------------------------------------------- */

/* What this node's own log had, by its mark: a server that lost it since, and still
 * runs as the same, does not say so itself. A mark that is not there, or says nothing,
 * is for the next start. */
static void own_add(const struct vouch_config *config, struct vouch_noted *noted)
{
	struct vouch_error ignored = { 0 };
	struct vouch_noted own = { .condition = VOUCH_PRESENT };
	struct vouch_mark mark;
	uint32_t i;

	if (vouch__incarnation_read(config, own.incarnation, &ignored) != VOUCH_OK ||
	    vouch__mark_read(config, &mark, &ignored) != VOUCH_OK)
		return;
	own.timeline = mark.timeline;
	own.lsn = mark.lsn;
	for (i = 0; i < config->member_count; i++) {
		if (is_self(config, i))
			noted[i] = own;
	}
}

enum vouch_error_code vouch__noted_text(const struct vouch_config *config,
					char *text, size_t size,
					struct vouch_error *error)
{
	struct vouch_noted noted[VOUCH_NODES_MAX];
	struct json_object *json = NULL;
	enum vouch_error_code code;
	const char *made;
	uint32_t i;

	text[0] = '\0';
	code = vouch__noted_read(config, noted, error);
	if (code == VOUCH_OK)
		own_add(config, noted);
	for (i = 0; i < config->member_count; i++) {
		if (noted[i].condition == VOUCH_PRESENT)
			break;
	}
	if (code != VOUCH_OK || i == config->member_count)
		return code;
	code = notes_encode(config, noted, &json, error);
	if (code != VOUCH_OK)
		return code;
	made = json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN);
	if (!made)
		code = vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	else if (strlen(made) >= size)
		code = vouch__error_set(error, VOUCH_E_LIMIT,
					"the notes about servers are too long");
	else
		(void)memcpy(text, made, strlen(made) + 1);
	json_object_put(json);
	return code;
}

enum vouch_error_code vouch__noted_told(const struct vouch_config *config,
					const char *text,
					struct vouch_noted *noted,
					struct vouch_error *error)
{
	struct json_object *json = NULL;
	enum vouch_error_code code =
		vouch__json_parse(text, strlen(text), &json, error);

	memset(noted, 0, config->member_count * sizeof(*noted));
	if (code == VOUCH_OK)
		code = notes_decode(config, "", json, noted, error);
	json_object_put(json);
	if (code != VOUCH_OK)
		all_malformed(config, "", noted);
	return code;
}

/* How much a note about the server that answers there objects to it. */
static int objection(const struct vouch_noted *note,
		     const struct vouch_probe *probe)
{
	if (note->condition == VOUCH_ABSENT)
		return 0;
	if (note->condition != VOUCH_PRESENT)
		return 4;
	if (strcmp(note->incarnation, probe->incarnation) != 0)
		return 1;
	return vouch__position_is_reached(probe, note->timeline, note->lsn) ? 2 :
									       3;
}

void vouch__noted_merge(struct vouch_noted *into, const struct vouch_noted *from,
			const struct vouch_probe *probe)
{
	int mine = objection(into, probe), other = objection(from, probe);

	if (mine != other ? mine < other :
	    from->timeline != into->timeline ?
			    from->timeline > into->timeline :
			    from->lsn > into->lsn)
		*into = *from;
}
