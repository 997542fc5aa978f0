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
#include "authority/journal_reader.h"
#include "authority/record_line.h"
#include "authority/state_directory.h"
#include "authority/syscalls.h"
#include "common/clock.h"
#include "common/json.h"

#define JOURNAL_NAME "journal"
enum { BLOCK = 256 * 1024 };

struct vouch_journal_limits vouch__journal_limits = {
	.summary_every = 256 * 1024,
	.rotate_at = 64ll * 1024 * 1024,
};

static enum vouch_error_code failed(const struct vouch_journal *journal,
				    const char *what, struct vouch_error *error)
{
	return vouch__state_failed(journal->config, JOURNAL_NAME, what, error);
}

uint64_t vouch__journal_sequence(const char *label)
{
	uint64_t sequence = 0;
	size_t i;

	for (i = 0; label[i] >= '0' && label[i] <= '9' && i < 18; i++)
		sequence = sequence * 10 + (uint64_t)(label[i] - '0');
	return label[i] == '\0' && label[0] != '0' ? sequence : 0;
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
	if (vouch__journal_is_summary(line.json, line.json_length)) {
		journal->summary_end = journal->checked;
		journal->summary_length = (off_t)length;
	}
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

/* One line of the way back from the end. `newer` is the number of the one after
 * it; 0 before the first. *done: it needs to go no further. */
static enum vouch_error_code line_back(struct vouch_journal *journal,
				       const struct vouch_reader *reader,
				       const char *text, size_t length,
				       uint64_t *newer, int *done,
				       struct vouch_error *error)
{
	struct vouch_line line;
	const char *why = vouch__line_check(text, length, &line);
	uint64_t sequence = why ? 0 : vouch__journal_sequence(line.label);
	int summary = !why && vouch__journal_is_summary(line.json,
							line.json_length);

	if (!why && sequence == 0)
		why = "it has no number";
	if (!why && *newer != 0 && sequence + 1 != *newer)
		why = "the record after it has another number";
	if (!why && reader->end == 0 && sequence != 1 && !summary)
		why = "records are missing before it";
	if (why) {
		journal->checked = reader->end;
		return corrupt(journal, why, error);
	}
	if (*newer == 0)
		journal->sequence = sequence;
	*newer = sequence;
	if (summary) {
		journal->summary_end = reader->end + (off_t)length + 1;
		journal->summary_length = (off_t)length;
	}
	*done = summary;
	return VOUCH_OK;
}

/* The first look: from the end back to the newest summary, or to the beginning.
 * What is older is looked at by whoever reads it. */
static enum vouch_error_code check_back(struct vouch_journal *journal, off_t size,
					struct vouch_error *error)
{
	struct vouch_reader reader;
	enum vouch_error_code code;
	const char *text;
	size_t length;
	uint64_t newer = 0;
	off_t whole;
	int done = 0;

	vouch__reader_begin(&reader, journal->fd, size);
	code = vouch__reader_tail(&reader, &text, &length, error);
	whole = reader.end;
	if (code == VOUCH_OK)
		code = tail_accept(journal, text, length, error);
	while (code == VOUCH_OK && !done && reader.end > 0) {
		code = vouch__reader_line(&reader, &text, &length, error);
		if (code == VOUCH_OK)
			code = line_back(journal, &reader, text, length, &newer,
					 &done, error);
	}
	vouch__reader_end(&reader);
	if (code == VOUCH_OK)
		journal->checked = whole;
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
	return journal->checked == 0 ? check_back(journal, *size, error) :
				       check_on(journal, *size, error);
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

/* One more line, after what was checked. */
static enum vouch_error_code line_append(struct vouch_journal *journal,
					 struct json_object *record,
					 struct vouch_error *error)
{
	char label[24], *text;
	enum vouch_error_code code;
	size_t length = 0;

	(void)snprintf(label, sizeof(label), "%" PRIu64, journal->sequence + 1);
	code = vouch__line_encode(label, record, &text, &length, error);
	if (code != VOUCH_OK)
		return code;
	if (line_write(journal, text, length) != 0) {
		code = failed(journal, "cannot be written durably", error);
		cut_back(journal);
	} else {
		journal->checked += (off_t)length;
		journal->sequence++;
	}
	free(text);
	return code;
}

/* Of the newer half, the first line that is whole; its number is *sequence. */
static enum vouch_error_code half_find(struct vouch_journal *journal, off_t *keep,
				       uint64_t *sequence,
				       struct vouch_error *error)
{
	off_t half = journal->checked / 2;
	struct vouch_reader reader;
	struct vouch_line line;
	enum vouch_error_code code;
	const char *text;
	size_t length;

	*keep = journal->checked;
	*sequence = journal->sequence + 1;
	vouch__reader_begin(&reader, journal->fd, journal->checked);
	code = vouch__reader_tail(&reader, &text, &length, error);
	while (code == VOUCH_OK && reader.end > half) {
		code = vouch__reader_line(&reader, &text, &length, error);
		if (code != VOUCH_OK || reader.end < half ||
		    vouch__line_check(text, length, &line) ||
		    vouch__journal_sequence(line.label) + 1 != *sequence)
			break; /* a bad line is not carried on either */
		*keep = reader.end;
		*sequence -= 1;
	}
	vouch__reader_end(&reader);
	return code;
}

static enum vouch_error_code rotate(struct vouch_journal *journal,
				    struct json_object *summary,
				    struct vouch_error *error)
{
	enum vouch_error_code code;
	char label[24], *text = NULL;
	uint64_t sequence = 0;
	size_t length = 0;
	off_t keep = 0;

	code = half_find(journal, &keep, &sequence, error);
	if (code != VOUCH_OK)
		return code;
	(void)snprintf(label, sizeof(label), "%" PRIu64, sequence - 1);
	code = vouch__line_encode(label, summary, &text, &length, error);
	if (code == VOUCH_OK)
		code = vouch__journal_replace(journal, text, length, keep, error);
	/* Whatever came of it: this journal may be the old one now. */
	if (code == VOUCH_E_IO)
		journal->failed = 1;
	free(text);
	return code;
}

/* Big decisions make big summaries, which must not come with each of them. */
static int summary_is_due(const struct vouch_journal *journal)
{
	off_t since = journal->checked - journal->summary_end;

	return since >= vouch__journal_limits.summary_every &&
	       since >= 4 * journal->summary_length;
}

/* Before the record, where one is due. A summary that would be too long for a
 * record is left out; everything is found without it, only later. */
static enum vouch_error_code summary_append(struct vouch_journal *journal,
					    struct vouch_error *error)
{
	struct json_object *fields, *summary;
	enum vouch_error_code code;
	off_t begin;

	if (!summary_is_due(journal))
		return VOUCH_OK;
	code = vouch__journal_summarise(journal, &fields, error);
	if (code != VOUCH_OK)
		return code;
	summary = record_make(VOUCH_RECORD_SUMMARY, fields);
	json_object_put(fields);
	if (!summary)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	begin = journal->checked;
	code = line_append(journal, summary, error);
	if (code == VOUCH_OK) {
		journal->summary_end = journal->checked;
		journal->summary_length = journal->checked - begin;
	}
	if (code == VOUCH_OK &&
	    journal->checked >= vouch__journal_limits.rotate_at)
		code = rotate(journal, summary, error);
	json_object_put(summary);
	return code == VOUCH_E_LIMIT ? VOUCH_OK : code;
}

static enum vouch_error_code append_locked(struct vouch_journal *journal,
					   struct json_object *record,
					   struct vouch_error *error)
{
	enum vouch_error_code code;
	off_t size = 0;

	code = check_new(journal, &size, error);
	if (code != VOUCH_OK)
		return code;
	/* A torn tail never became durable: the record takes its place. It must
	 * be gone for good before: what a power cut left of it after the new
	 * text would stand where the newline belongs. */
	if (size > journal->checked &&
	    (vouch__syscalls->ftruncate(journal->fd, journal->checked) != 0 ||
	     vouch__syscalls->fsync(journal->fd) != 0)) {
		code = failed(journal, "cannot be written durably", error);
		cut_back(journal);
		return code;
	}
	code = summary_append(journal, error);
	return code == VOUCH_OK ? line_append(journal, record, error) : code;
}

/* The file of that name, which another program may have put there since. */
static enum vouch_error_code reopen(struct vouch_journal *journal,
				    struct vouch_error *error)
{
	(void)close(journal->fd);
	journal->fd = -1;
	journal->checked = 0;
	journal->sequence = 0;
	journal->summary_end = 0;
	journal->summary_length = 0;
	return open_file(journal, error);
}

/* Several programs of this node may append; one at a time. */
static enum vouch_error_code lock_current(struct vouch_journal *journal,
					  struct vouch_error *error)
{
	enum vouch_error_code code;
	int current = 0, tries;

	for (tries = 0; tries < 3; tries++) {
		if (vouch__syscalls_lock(journal->fd, VOUCH_STATE_LOCK_MS) != 0)
			return failed(journal, "cannot be locked", error);
		code = vouch__journal_is_current(journal, &current, error);
		if (code == VOUCH_OK && current)
			return VOUCH_OK;
		(void)vouch__syscalls->flock(journal->fd, LOCK_UN);
		if (code == VOUCH_OK)
			code = reopen(journal, error);
		if (code != VOUCH_OK)
			return code;
	}
	return vouch__error_set(error, VOUCH_E_BUSY,
				"%s/journal is replaced all the time",
				journal->config->state_dir);
}

static enum vouch_error_code may_append(const struct vouch_journal *journal,
					struct json_object *fields,
					struct vouch_error *error)
{
	if (!journal || !journal->writable)
		return vouch__error_set(error, VOUCH_E_STATE,
					"the journal is not open for writing");
	if (journal->failed || journal->fd < 0)
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
	code = lock_current(journal, error);
	if (code == VOUCH_E_IO)
		journal->failed = 1;
	if (code == VOUCH_OK) {
		code = append_locked(journal, record, error);
		(void)vouch__syscalls->flock(journal->fd, LOCK_UN);
	}
	json_object_put(record);
	if (code == VOUCH_OK && sequence)
		*sequence = journal->sequence;
	return code;
}
