/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening and appending. Reading is in journal_visit.c. */
#include "authority/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "authority/journal_file.h"
#include "authority/record_line.h"
#include "authority/state_directory.h"
#include "authority/syscalls.h"
#include "common/clock.h"
#include "common/json.h"

#define JOURNAL_NAME "journal"
enum { BLOCK = 256 * 1024 };

static enum vouch_error_code failed(const struct vouch_journal *journal,
				    const char *what, struct vouch_error *error)
{
	return vouch__state_failed(journal->config, JOURNAL_NAME, what, error);
}

uint64_t vouch__journal_sequence(const char *label)
{
	size_t digits = strspn(label, "0123456789");

	if (label[0] == '0' || label[digits] != '\0' || digits > 18)
		return 0;
	return strtoull(label, NULL, 10);
}

/* --- checking --------------------------------------------------------------- */

static enum vouch_error_code corrupt(const struct vouch_journal *journal,
				     const char *why, struct vouch_error *error)
{
	return vouch__error_set(error, VOUCH_E_CORRUPT,
				"%s/" JOURNAL_NAME " is corrupt after record "
				"%" PRIu64 " (byte %lld): %s; nothing is "
				"appended to it. Move it away and keep it only "
				"after `vouch history` was read",
				journal->config->state_dir, journal->sequence,
				(long long)journal->checked, why);
}

/* One whole line, without its newline. */
static enum vouch_error_code line_accept(struct vouch_journal *journal,
					 const char *text, size_t length,
					 struct vouch_error *error)
{
	struct vouch_line line;
	const char *why = vouch__line_check(text, length, &line);

	if (why)
		return corrupt(journal, why, error);
	if (vouch__journal_sequence(line.label) != journal->sequence + 1)
		return corrupt(journal, "the next record has another number",
			       error);
	journal->sequence++;
	journal->checked += (off_t)length + 1;
	return VOUCH_OK;
}

/* The whole lines at the buffer's start; *used says how many bytes. */
static enum vouch_error_code lines_accept(struct vouch_journal *journal,
					  const char *buffer, size_t length,
					  size_t *used,
					  struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_OK;
	const char *newline;

	*used = 0;
	while (code == VOUCH_OK && *used < length) {
		newline = memchr(buffer + *used, '\n', length - *used);
		if (!newline)
			break;
		code = line_accept(journal, buffer + *used,
				   (size_t)(newline - buffer) - *used, error);
		*used = (size_t)(newline - buffer) + 1;
	}
	return code;
}

static enum vouch_error_code tail_accept(struct vouch_journal *journal,
					 const char *text, size_t length,
					 struct vouch_error *error)
{
	if (length > 0 && !vouch__line_is_torn(text, length))
		return corrupt(journal, "its last newline was changed", error);
	return VOUCH_OK;
}

/* Reads from journal->checked to `size`, moving `checked` over every good
 * record. What is then between them is a torn tail, nothing worse. */
static enum vouch_error_code check_on(struct vouch_journal *journal, off_t size,
				      struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_OK;
	off_t at = journal->checked;
	size_t have = 0, room = 0, used, more;
	char *buffer = NULL;

	while (code == VOUCH_OK && at < size) {
		if (room - have < BLOCK) {
			char *larger = realloc(buffer, room * 2 + BLOCK);

			if (!larger) {
				code = vouch__error_set(error, VOUCH_E_MEMORY,
							"out of memory");
				break;
			}
			buffer = larger;
			room = room * 2 + BLOCK;
		}
		more = room - have;
		if ((off_t)more > size - at)
			more = (size_t)(size - at);
		if (vouch__syscalls_read(journal->fd, buffer + have, more, at) !=
		    0) {
			code = failed(journal, "cannot be read", error);
			break;
		}
		at += (off_t)more;
		have += more;
		code = lines_accept(journal, buffer, have, &used, error);
		have -= used;
		memmove(buffer, buffer + used, have);
		if (code == VOUCH_OK && have > VOUCH_LINE_MAX)
			code = corrupt(journal, "a line has no end", error);
	}
	if (code == VOUCH_OK && have > 0)
		code = tail_accept(journal, buffer, have, error);
	free(buffer);
	return code;
}

/* Everything that was added since, by this program or another one. */
static enum vouch_error_code check_new(struct vouch_journal *journal,
				       off_t *size, struct vouch_error *error)
{
	struct stat status;

	if (vouch__syscalls->fstat(journal->fd, &status) != 0)
		return failed(journal, "cannot be looked at", error);
	*size = status.st_size;
	if (*size < journal->checked)
		return corrupt(journal, "records that were there are gone",
			       error);
	return check_on(journal, *size, error);
}

/* --- opening ---------------------------------------------------------------- */

/* The new name must be as durable as what will be written under it. */
static enum vouch_error_code create(struct vouch_journal *journal, int directory,
				    struct vouch_error *error)
{
	enum vouch_error_code code;

	code = vouch__state_file_open(journal->config, directory, JOURNAL_NAME,
				      O_RDWR | O_CREAT, &journal->fd, error);
	if (code != VOUCH_OK)
		return code;
	if (vouch__syscalls->fsync(directory) != 0)
		return failed(journal, "cannot be made durable", error);
	return VOUCH_OK;
}

static enum vouch_error_code open_file(struct vouch_journal *journal,
				       struct vouch_error *error)
{
	enum vouch_error_code code;
	int directory;

	code = vouch__state_directory_open(journal->config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__state_file_open(journal->config, directory, JOURNAL_NAME,
				      journal->writable ? O_RDWR : O_RDONLY,
				      &journal->fd, error);
	if (code == VOUCH_E_NOT_FOUND) {
		journal->fd = -1;
		code = journal->writable ? create(journal, directory, error) :
					   VOUCH_OK;
	}
	/* A crash may have left records that are only in memory yet. What this
	 * program reads, it may act on: it must be as durable as if it had
	 * written it. */
	if (code == VOUCH_OK && journal->writable &&
	    vouch__syscalls->fsync(journal->fd) != 0)
		code = failed(journal, "cannot be made durable", error);
	(void)close(directory);
	return code;
}

enum vouch_error_code vouch__journal_open(const struct vouch_config *config,
					  int writable,
					  struct vouch_journal **journal,
					  struct vouch_error *error)
{
	enum vouch_error_code code;

	*journal = calloc(1, sizeof(**journal));
	if (!*journal)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	(*journal)->config = config;
	(*journal)->fd = -1;
	(*journal)->writable = writable;
	code = open_file(*journal, error);
	if (code != VOUCH_OK) {
		vouch__journal_close(*journal);
		*journal = NULL;
	}
	return code;
}

void vouch__journal_close(struct vouch_journal *journal)
{
	if (!journal)
		return;
	if (journal->fd >= 0)
		(void)close(journal->fd);
	free(journal);
}

/* --- appending -------------------------------------------------------------- */

/* "type" and "time" first, then the caller's fields. */
static struct json_object *record_make(const char *type,
				       struct json_object *fields)
{
	struct json_object *record = json_object_new_object();
	char when[VOUCH_CLOCK_SIZE];
	enum vouch_error_code code;

	vouch__clock_utc(when);
	code = vouch__json_put_text(record, "type", type);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(record, "time", when);
	if (code == VOUCH_OK && fields) {
		json_object_object_foreach(fields, key, value)
		{
			if (code == VOUCH_OK && strcmp(key, "type") != 0 &&
			    strcmp(key, "time") != 0)
				code = vouch__json_put(record, key,
						       json_object_get(value));
		}
	}
	if (code == VOUCH_OK)
		return record;
	json_object_put(record);
	return NULL;
}

/*
 * The newline goes last, once everything before it is durable: so a line that
 * ends in one was whole, however a power cut reordered or tore the writes, and
 * if it does not check out then, it was damaged later.
 */
static int line_write(struct vouch_journal *journal, const char *text,
		      size_t length)
{
	off_t at = journal->checked;

	if (vouch__syscalls_write(journal->fd, text, length - 1, at) != 0 ||
	    vouch__syscalls->fsync(journal->fd) != 0)
		return -1;
	if (vouch__syscalls_write(journal->fd, "\n", 1,
				  at + (off_t)length - 1) != 0 ||
	    vouch__syscalls->fsync(journal->fd) != 0)
		return -1;
	return 0;
}

/* What may have come of a failed append must not be read as a record later.
 * No more can be done here, whether or not this works. */
static void cut_back(struct vouch_journal *journal)
{
	journal->failed = 1;
	if (vouch__syscalls->ftruncate(journal->fd, journal->checked) == 0)
		(void)vouch__syscalls->fsync(journal->fd);
}

static enum vouch_error_code append_locked(struct vouch_journal *journal,
					   struct json_object *record,
					   struct vouch_error *error)
{
	char label[24], *text;
	enum vouch_error_code code;
	size_t length = 0;
	off_t size = 0;

	code = check_new(journal, &size, error);
	if (code != VOUCH_OK)
		return code;
	(void)snprintf(label, sizeof(label), "%" PRIu64, journal->sequence + 1);
	code = vouch__line_encode(label, record, &text, &length, error);
	if (code != VOUCH_OK)
		return code;
	/* A torn tail never became durable: the record takes its place. It must
	 * be gone for good before: what a power cut left of it after the new
	 * text would stand where the newline belongs. */
	if ((size > journal->checked &&
	     (vouch__syscalls->ftruncate(journal->fd, journal->checked) != 0 ||
	      vouch__syscalls->fsync(journal->fd) != 0)) ||
	    line_write(journal, text, length) != 0) {
		code = failed(journal, "cannot be written durably", error);
		cut_back(journal);
	} else {
		journal->checked += (off_t)length;
		journal->sequence++;
	}
	free(text);
	return code;
}

static enum vouch_error_code may_append(const struct vouch_journal *journal,
					struct json_object *fields,
					struct vouch_error *error)
{
	if (!journal || !journal->writable)
		return vouch__error_set(error, VOUCH_E_STATE,
					"the journal is not open for writing");
	if (journal->failed)
		return vouch__error_set(error, VOUCH_E_IO,
					"the journal failed before; nothing "
					"more is written to it");
	if (fields && !json_object_is_type(fields, json_type_object))
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"a record must be an object");
	return VOUCH_OK;
}

enum vouch_error_code vouch__journal_append(struct vouch_journal *journal,
					    const char *type,
					    struct json_object *fields,
					    uint64_t *sequence,
					    struct vouch_error *error)
{
	enum vouch_error_code code = may_append(journal, fields, error);
	struct json_object *record;

	if (code != VOUCH_OK)
		return code;
	record = record_make(type, fields);
	if (!record)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	/* Several programs of this node may append; one at a time. */
	if (vouch__syscalls_lock(journal->fd, VOUCH_STATE_LOCK_MS) != 0) {
		code = failed(journal, "cannot be locked", error);
	} else {
		code = append_locked(journal, record, error);
		(void)vouch__syscalls->flock(journal->fd, LOCK_UN);
	}
	json_object_put(record);
	if (code == VOUCH_OK && sequence)
		*sequence = journal->sequence;
	return code;
}
