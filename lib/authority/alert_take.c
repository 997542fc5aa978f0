/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking alerts over: from files that somebody else wrote, into the journal. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authority/alert_spool.h"
#include "authority/syscalls.h"
#include "common/json.h"

static void name_of(uint64_t number, char name[32])
{
	(void)snprintf(name, 32, "%" PRIu64, number);
}

/* Not waiting for a pipe, and following nothing. */
static int file_open(int spool, const char *name, uid_t owner, size_t *size)
{
	struct stat status;
	int fd = openat(spool, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_uid == owner && status.st_nlink == 1 &&
	    status.st_size > 0 && status.st_size <= VOUCH_ALERT_FILE_MAX) {
		*size = (size_t)status.st_size;
		return fd;
	}
	(void)close(fd);
	return -1;
}

static int is_kind(const char *kind)
{
	return strcmp(kind, "fencing") == 0 || strcmp(kind, "node") == 0;
}

/* Exactly its fields, each of its length; more would not come from there. */
static int decode(const char *text, size_t length, struct vouch_alert *alert)
{
	struct vouch_error error = { 0 };
	struct json_object *json = NULL;
	int good;

	if (vouch__json_parse(text, length, &json, &error) != VOUCH_OK)
		return 0;
#define FIELD(key)                                                             \
	(vouch__json_get_text(json, #key, alert->key, sizeof(alert->key),      \
			      &error) == VOUCH_OK)
	good = FIELD(kind) && FIELD(node) && FIELD(task) && FIELD(text) &&
	       FIELD(result) && FIELD(number) && FIELD(when) &&
	       json_object_object_length(json) == 7 && is_kind(alert->kind);
#undef FIELD
	json_object_put(json);
	return good;
}

static int file_read(int spool, uint64_t number, uid_t owner,
		     struct vouch_alert *alert)
{
	char text[VOUCH_ALERT_FILE_MAX], name[32];
	size_t size = 0;
	int fd, good;

	name_of(number, name);
	fd = file_open(spool, name, owner, &size);
	if (fd < 0)
		return 0;
	good = vouch__syscalls_read(fd, text, size, 0) == 0 &&
	       decode(text, size, alert);
	(void)close(fd);
	return good;
}

static void file_delete(int spool, uint64_t number)
{
	char name[32];

	name_of(number, name);
	if (unlinkat(spool, name, 0) != 0)
		(void)unlinkat(spool, name, AT_REMOVEDIR);
}

void vouch__alerts_read(int spool, uid_t owner, struct vouch_alert_list *list)
{
	uint64_t numbers[VOUCH_ALERTS_WAITING];
	uint32_t waiting = vouch__alert_spool_list(spool, numbers);
	uint32_t i;

	memset(list, 0, sizeof(*list));
	for (i = 0; i < waiting && list->count < VOUCH_ALERTS_MAX; i++) {
		if (file_read(spool, numbers[i], owner,
			      &list->alerts[list->count])) {
			list->files[list->count++] = numbers[i];
			continue;
		}
		list->refused++;
		file_delete(spool, numbers[i]);
	}
}

static struct json_object *record_of(const struct vouch_alert *alert)
{
	struct json_object *json = json_object_new_object();

	/* As an attempt has its "outcome", so that a history can tell them apart. */
	if (vouch__json_put_text(json, "outcome", alert->kind) == VOUCH_OK &&
	    vouch__json_put_text(json, "about", alert->node) == VOUCH_OK &&
	    vouch__json_put_text(json, "task", alert->task) == VOUCH_OK &&
	    vouch__json_put_text(json, "why", alert->text) == VOUCH_OK &&
	    vouch__json_put_text(json, "result", alert->result) == VOUCH_OK &&
	    vouch__json_put_text(json, "number", alert->number) == VOUCH_OK &&
	    vouch__json_put_text(json, "when", alert->when) == VOUCH_OK)
		return json;
	json_object_put(json);
	return NULL;
}

enum vouch_error_code vouch__alerts_record(struct vouch_journal *journal,
					   const struct vouch_alert_list *list,
					   uint32_t *done,
					   struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_OK;

	for (*done = 0; code == VOUCH_OK && *done < list->count;) {
		struct json_object *record = record_of(&list->alerts[*done]);

		if (!record)
			return vouch__error_set(error, VOUCH_E_MEMORY,
						"out of memory");
		code = vouch__journal_append(journal, VOUCH_RECORD_ALERT, record,
					     NULL, error);
		json_object_put(record);
		*done += code == VOUCH_OK;
	}
	return code;
}

void vouch__alerts_forget(int spool, const struct vouch_alert_list *list,
			  uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		file_delete(spool, list->files[i]);
}
