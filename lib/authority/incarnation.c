/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/incarnation.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "authority/journal.h"
#include "authority/marker.h"
#include "authority/state_file.h"
#include "common/json.h"
#include "kernel/parts.h"

#define INCARNATION_NAME "incarnation"
#define MARK_NAME "mark"

struct life {
	char incarnation[VOUCH_NAME_SIZE];
	char node[VOUCH_NAME_SIZE];
	char machine[VOUCH_NAME_SIZE];
	char directory[VOUCH_TEXT_SIZE];
	uint64_t system_id;
};

/* The id of this installation; of two places the first that has one. */
static enum vouch_error_code machine_read(char machine[VOUCH_NAME_SIZE],
					  struct vouch_error *error)
{
	static const char *const paths[] = { "/etc/machine-id",
					     "/var/lib/dbus/machine-id" };
	ssize_t got;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		fd = open(paths[i], O_RDONLY | O_CLOEXEC);
		got = fd >= 0 ? read(fd, machine, VOUCH_NAME_SIZE - 1) : -1;
		if (fd >= 0)
			(void)close(fd);
		machine[got > 0 ? got : 0] = '\0';
		machine[strcspn(machine, "\n")] = '\0';
		if (machine[0] != '\0' && strcmp(machine, "uninitialized") != 0)
			return VOUCH_OK;
	}
	return vouch__error_set(error, VOUCH_E_STATE,
				"this machine has no id in /etc/machine-id; "
				"type: systemd-machine-id-setup");
}

static enum vouch_error_code life_read(const struct vouch_config *config,
				       struct life *life,
				       struct vouch_error *error)
{
	struct json_object *json;
	enum vouch_error_code code;

	memset(life, 0, sizeof(*life));
	code = vouch__state_read(config, INCARNATION_NAME, &json, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__json_get_text(json, "incarnation", life->incarnation,
				    VOUCH_NAME_SIZE, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_text(json, "node", life->node,
					    VOUCH_NAME_SIZE, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_text(json, "machine", life->machine,
					    VOUCH_NAME_SIZE, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_text(json, "directory", life->directory,
					    VOUCH_TEXT_SIZE, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_u64(json, "system_id", UINT64_MAX,
					   &life->system_id, error);
	if (code == VOUCH_OK && life->incarnation[0] == '\0')
		code = vouch__error_set(error, VOUCH_E_CORRUPT,
					"the incarnation on record is empty");
	json_object_put(json);
	if (code != VOUCH_OK)
		memset(life, 0, sizeof(*life));
	return code;
}

/* Does a log with these ancestors go through a position on one of them? */
static int is_passed(const struct vouch_switch *history, uint32_t count,
		     const struct vouch_mark *mark)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (history[i].timeline == mark->timeline)
			return history[i].end_lsn >= mark->lsn;
	}
	return 0;
}

/* Was this position once reached by the log that is there now? */
static int mark_is_reached(const struct vouch_directory *directory,
			   const struct vouch_mark *mark)
{
	return mark->timeline == directory->timeline ?
		       directory->log_end >= mark->lsn :
		       is_passed(directory->history, directory->history_count,
				 mark);
}

/* Why the life on record is over; an empty text when it goes on. What could not
 * be looked at ends no life: the error is the answer. */
static enum vouch_error_code end_of_life(const struct vouch_config *config,
					 const struct life *life,
					 const char *machine,
					 const struct vouch_directory *directory,
					 char *why, struct vouch_error *error)
{
	struct vouch_mark mark;
	enum vouch_error_code code;

	why[0] = '\0';
	if (strcmp(life->machine, machine) != 0)
		(void)snprintf(why, VOUCH_TEXT_SIZE, "this is another machine");
	else if (strcmp(life->node, config->node) != 0)
		(void)snprintf(why, VOUCH_TEXT_SIZE, "the node was renamed");
	else if (life->system_id != directory->system_id)
		(void)snprintf(why, VOUCH_TEXT_SIZE,
			       "this is another database system");
	else if (strcmp(life->directory, directory->identity) != 0)
		(void)snprintf(why, VOUCH_TEXT_SIZE,
			       "the data directory was re-created");
	if (why[0] != '\0')
		return VOUCH_OK;
	code = vouch__mark_read(config, &mark, error);
	if (code == VOUCH_E_IO || code == VOUCH_E_MEMORY)
		return code;
	if (code != VOUCH_OK)
		(void)snprintf(why, VOUCH_TEXT_SIZE,
			       "the high-water mark is %s",
			       code == VOUCH_E_NOT_FOUND ? "missing" :
							   "unreadable");
	else if (!mark_is_reached(directory, &mark))
		(void)snprintf(why, VOUCH_TEXT_SIZE,
			       "the log ends at %" PRIX64 "/%" PRIX64
			       " of timeline %u, but was at %" PRIX64 "/%" PRIX64
			       " of timeline %u",
			       directory->log_end >> 32,
			       directory->log_end & 0xffffffffu,
			       directory->timeline, mark.lsn >> 32,
			       mark.lsn & 0xffffffffu, mark.timeline);
	return VOUCH_OK;
}

static enum vouch_error_code life_journal(const struct vouch_config *config,
					  const struct life *life, const char *why,
					  struct vouch_error *error)
{
	struct json_object *json = json_object_new_object();
	struct vouch_journal *journal = NULL;
	enum vouch_error_code code;

	code = vouch__json_put_text(json, "incarnation", life->incarnation);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "why", why);
	if (code != VOUCH_OK)
		code = vouch__error_set(error, code, "out of memory");
	else
		code = vouch__journal_open(config, 1, &journal, error);
	if (code == VOUCH_OK)
		code = vouch__journal_append(journal, VOUCH_RECORD_INCARNATION,
					     json, NULL, error);
	vouch__journal_close(journal);
	json_object_put(json);
	return code;
}

static enum vouch_error_code life_write(const struct vouch_config *config,
					const struct life *life,
					struct vouch_error *error)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code;

	code = vouch__json_put_text(json, "incarnation", life->incarnation);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "node", life->node);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "machine", life->machine);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "directory", life->directory);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "system_id", life->system_id);
	if (code == VOUCH_OK)
		code = vouch__state_write(config, INCARNATION_NAME, json, error);
	else
		code = vouch__error_set(error, code, "out of memory");
	json_object_put(json);
	return code;
}

static struct json_object *mark_encode(const struct vouch_mark *mark)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code =
		vouch__json_put_u64(json, "timeline", mark->timeline);

	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "lsn", mark->lsn);
	if (code == VOUCH_OK)
		return json;
	json_object_put(json);
	return NULL;
}

/* Wherever it was: only for the beginning of a life. */
static enum vouch_error_code mark_write(const struct vouch_config *config,
					const struct vouch_mark *mark,
					struct vouch_error *error)
{
	struct json_object *json = mark_encode(mark);
	enum vouch_error_code code;

	if (!json)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__state_write(config, MARK_NAME, json, error);
	json_object_put(json);
	return code;
}

static enum vouch_error_code life_begin(const struct vouch_config *config,
					const char *machine,
					const struct vouch_directory *directory,
					const char *why, struct life *life,
					struct vouch_error *error)
{
	const struct vouch_mark first = { directory->timeline,
					  directory->log_end };
	unsigned char bytes[8];
	enum vouch_error_code code;
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return vouch__error_set(error, VOUCH_E_IO,
					"no random bytes for an incarnation");
	memset(life, 0, sizeof(*life));
	for (i = 0; i < sizeof(bytes); i++)
		(void)snprintf(life->incarnation + 2 * i, 3, "%02x", bytes[i]);
	(void)snprintf(life->node, sizeof(life->node), "%s", config->node);
	(void)snprintf(life->machine, sizeof(life->machine), "%s", machine);
	(void)snprintf(life->directory, sizeof(life->directory), "%s",
		       directory->identity);
	life->system_id = directory->system_id;
	code = life_journal(config, life, why, error);
	if (code == VOUCH_OK)
		code = life_write(config, life, error);
	/* The old mark is of the old life; without a new one every start would
	 * end this life again. In this order: the other way round, a crash in
	 * between leaves the old life without the mark that ends it. */
	if (code == VOUCH_OK)
		code = mark_write(config, &first, error);
	return code;
}

/* What could not be told of the directory must not pass for "the same". */
static enum vouch_error_code directory_check(const struct vouch_directory *directory,
					     struct vouch_error *error)
{
	if (directory->system_id != 0 && directory->identity[0] != '\0' &&
	    directory->timeline != 0 && directory->log_end != 0)
		return VOUCH_OK;
	return vouch__error_set(error, VOUCH_E_STATE,
				"what the data directory is, or where its log "
				"ends, could not be told");
}

enum vouch_error_code
vouch__incarnation_settle(const struct vouch_config *config,
			  const struct vouch_directory *directory,
			  char incarnation[VOUCH_NAME_SIZE], char *why,
			  struct vouch_error *error)
{
	char machine[VOUCH_NAME_SIZE], reason[VOUCH_TEXT_SIZE];
	enum vouch_error_code code;
	struct life life;

	incarnation[0] = '\0';
	if (why)
		why[0] = '\0';
	code = directory_check(directory, error);
	if (code == VOUCH_OK)
		code = machine_read(machine, error);
	if (code != VOUCH_OK)
		return code;
	code = life_read(config, &life, error);
	if (code == VOUCH_OK) {
		code = end_of_life(config, &life, machine, directory, reason,
				   error);
		if (code != VOUCH_OK)
			return code;
	} else if (code == VOUCH_E_NOT_FOUND) {
		(void)snprintf(reason, sizeof(reason), "none was on record");
	} else if (code != VOUCH_E_CORRUPT && code != VOUCH_E_MALFORMED) {
		return code;
	} else {
		(void)snprintf(reason, sizeof(reason),
			       "the record of the old one is unreadable");
	}
	if (reason[0] != '\0') {
		code = life_begin(config, machine, directory, reason, &life,
				  error);
		if (code != VOUCH_OK)
			return code;
	}
	memcpy(incarnation, life.incarnation, VOUCH_NAME_SIZE);
	if (why)
		memcpy(why, reason, VOUCH_TEXT_SIZE);
	return VOUCH_OK;
}

enum vouch_error_code vouch__incarnation_end(const struct vouch_config *config,
					     struct vouch_error *error)
{
	return vouch__state_remove(config, INCARNATION_NAME, error);
}

enum vouch_error_code vouch__incarnation_read(const struct vouch_config *config,
					      char incarnation[VOUCH_NAME_SIZE],
					      struct vouch_error *error)
{
	struct life life;
	enum vouch_error_code code = life_read(config, &life, error);

	memcpy(incarnation, life.incarnation, VOUCH_NAME_SIZE);
	return code;
}

static enum vouch_error_code mark_decode(struct json_object *json,
					 struct vouch_mark *mark,
					 struct vouch_error *error)
{
	enum vouch_error_code code =
		vouch__json_get_u32(json, "timeline", &mark->timeline, error);

	if (code == VOUCH_OK)
		code = vouch__json_get_u64(json, "lsn", UINT64_MAX, &mark->lsn,
					   error);
	if (code == VOUCH_OK && (mark->timeline == 0 || mark->lsn == 0))
		code = vouch__error_set(error, VOUCH_E_CORRUPT,
					"the high-water mark is zero");
	return code;
}

enum vouch_error_code vouch__mark_read(const struct vouch_config *config,
				       struct vouch_mark *mark,
				       struct vouch_error *error)
{
	struct json_object *json;
	enum vouch_error_code code;

	memset(mark, 0, sizeof(*mark));
	code = vouch__state_read(config, MARK_NAME, &json, error);
	if (code != VOUCH_OK)
		return code;
	code = mark_decode(json, mark, error);
	json_object_put(json);
	if (code != VOUCH_OK)
		memset(mark, 0, sizeof(*mark));
	return code;
}

enum vouch_answer vouch__mark_is_left(const struct vouch_config *config,
				      const struct vouch_probe *own,
				      struct vouch_mark *mark)
{
	struct vouch_error ignored = { 0 };

	if (vouch__mark_read(config, mark, &ignored) != VOUCH_OK ||
	    own->condition != VOUCH_PRESENT || own->in_recovery != VOUCH_YES ||
	    own->timeline == 0 || !vouch__history_is_valid(own))
		return VOUCH_UNKNOWN;
	/* Who has not come so far yet has not left it. */
	if (own->timeline < mark->timeline ||
	    (own->timeline == mark->timeline && own->log_exhausted != VOUCH_YES))
		return VOUCH_NO;
	if (own->timeline > 1 && own->history_count == 0)
		return VOUCH_UNKNOWN;
	return vouch__position_is_reached(own, mark->timeline, mark->lsn) ?
		       VOUCH_NO : VOUCH_YES;
}

/* By timeline first: a newer one branched off where this node's log was. Whether it
 * did is asked before the mark goes there (step_check). */
static int is_above(const struct vouch_mark *mark, const struct vouch_mark *other)
{
	if (mark->timeline != other->timeline)
		return mark->timeline > other->timeline;
	return mark->lsn > other->lsn;
}

/* A mark on a timeline that left out the old one would hide for ever what was
 * forgotten (P6-S1, amnesia). */
static enum vouch_error_code step_check(const struct vouch_mark *now,
					const struct vouch_mark *mark,
					const struct vouch_switch *history,
					uint32_t count, struct vouch_error *error)
{
	if (mark->timeline == now->timeline || is_passed(history, count, now))
		return VOUCH_OK;
	return vouch__error_set(error, VOUCH_E_CONFLICT,
				"P6-S1: nothing shows that timeline %u has what "
				"this node had up to %X/%X of timeline %u",
				mark->timeline, (uint32_t)(now->lsn >> 32),
				(uint32_t)now->lsn, now->timeline);
}

static enum vouch_error_code mark_raise_locked(const struct vouch_config *config,
					       int directory,
					       const struct vouch_mark *mark,
					       const struct vouch_switch *history,
					       uint32_t count,
					       struct vouch_error *error)
{
	struct vouch_mark now = { 0 };
	struct json_object *json;
	enum vouch_error_code code;

	code = vouch__mark_read(config, &now, error);
	if (code == VOUCH_OK && !is_above(mark, &now))
		return VOUCH_OK;
	if (code == VOUCH_OK)
		code = step_check(&now, mark, history, count, error);
	if (code != VOUCH_OK && code != VOUCH_E_NOT_FOUND)
		return code;
	json = mark_encode(mark);
	if (!json)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__state_write_at(config, directory, MARK_NAME, json, error);
	json_object_put(json);
	return code;
}

enum vouch_error_code vouch__mark_raise(const struct vouch_config *config,
					struct vouch_mark mark,
					const struct vouch_switch *history,
					uint32_t count, struct vouch_error *error)
{
	struct vouch_mark now;
	enum vouch_error_code code;
	int directory;

	if (mark.timeline == 0 || mark.lsn == 0)
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"a high-water mark cannot be zero");
	/* Most calls have nothing to write and need no lock. */
	code = vouch__mark_read(config, &now, error);
	if (code == VOUCH_OK && !is_above(&mark, &now))
		return VOUCH_OK;
	if (code != VOUCH_OK && code != VOUCH_E_NOT_FOUND)
		return code;
	code = vouch__state_lock(config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	code = mark_raise_locked(config, directory, &mark, history, count,
				 error);
	(void)close(directory);
	return code;
}
