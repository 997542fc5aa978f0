/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a summary carries on, and the replacement of a journal that grew too long.
 * Dropped is history only: the last attempt whole, and of grants, seal, snapshot
 * and incarnation the newest, are in every summary (P6-F2, P6-A1). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "authority/journal_file.h"
#include "authority/state_directory.h"
#include "authority/syscalls.h"
#include "common/json.h"
#include "kernel/facts.h"

#define NEW_NAME ".journal.new"
enum { BLOCK = 64 * 1024, EPOCHS_CARRIED = VOUCH_GRANTS_MAX };

/* How many of a type: the newest, and the outcomes that a history shows. */
static const struct {
	const char *type;
	unsigned int most;
} wanted[] = {
	{ VOUCH_RECORD_REQUEST, 1 },
	{ VOUCH_RECORD_DECISION, 1 },
	{ VOUCH_RECORD_OUTCOME, VOUCH_OUTCOMES_CARRIED },
	{ VOUCH_RECORD_SNAPSHOT, 1 },
	{ VOUCH_RECORD_SEAL, 1 },
	{ VOUCH_RECORD_INCARNATION, 1 },
};
enum { WANTED = sizeof(wanted) / sizeof(wanted[0]) };

struct collecting {
	struct json_object *carried;
	unsigned int seen[WANTED];
	uint64_t epochs[EPOCHS_CARRIED];
	uint32_t epoch_count;
	int failed; /* no memory */
};

int vouch__journal_is_summary(const char *json, size_t length)
{
	static const char start[] = "{\"type\":\"" VOUCH_RECORD_SUMMARY "\"";

	return length > sizeof(start) &&
	       memcmp(json, start, sizeof(start) - 1) == 0;
}

static int grant_is_wanted(struct collecting *collecting,
			   struct json_object *record)
{
	uint64_t epoch;
	uint32_t i;

	if (vouch__json_get_u64(record, "epoch", UINT64_MAX, &epoch, NULL) !=
	    VOUCH_OK)
		return 1; /* whoever reads it says that it makes no sense */
	for (i = 0; i < collecting->epoch_count; i++) {
		if (collecting->epochs[i] == epoch)
			return 0;
	}
	if (collecting->epoch_count == EPOCHS_CARRIED)
		return 0;
	collecting->epochs[collecting->epoch_count++] = epoch;
	return 1;
}

static int is_wanted(struct collecting *collecting, struct json_object *record)
{
	char type[VOUCH_NAME_SIZE];
	int i;

	if (vouch__json_get_text(record, "type", type, sizeof(type), NULL) !=
	    VOUCH_OK)
		return 0;
	if (strcmp(type, VOUCH_RECORD_GRANT) == 0)
		return grant_is_wanted(collecting, record);
	for (i = 0; i < WANTED; i++) {
		if (strcmp(type, wanted[i].type) == 0)
			return collecting->seen[i]++ < wanted[i].most;
	}
	return 0;
}

static int collect(void *context, uint64_t sequence, struct json_object *record)
{
	struct collecting *collecting = context;
	struct json_object *item;
	enum vouch_error_code code;

	if (!is_wanted(collecting, record))
		return 0;
	item = json_object_new_object();
	code = vouch__json_put_u64(item, "sequence", sequence);
	if (code == VOUCH_OK)
		code = vouch__json_put(item, "record", json_object_get(record));
	if (code == VOUCH_OK &&
	    json_object_array_add(collecting->carried, item) == 0)
		return 0;
	json_object_put(item);
	collecting->failed = 1;
	return 1;
}

enum vouch_error_code vouch__journal_summarise(struct vouch_journal *journal,
					       struct json_object **fields,
					       struct vouch_error *error)
{
	struct collecting collecting = { .carried = json_object_new_array() };
	enum vouch_error_code code;

	*fields = json_object_new_object();
	code = vouch__json_put(*fields, "carried", collecting.carried);
	if (code == VOUCH_OK)
		code = vouch__journal_visit_standing(journal, NULL, collect,
						     &collecting, error);
	else
		collecting.failed = 1;
	if (collecting.failed)
		code = vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	if (code != VOUCH_OK) {
		json_object_put(*fields);
		*fields = NULL;
	}
	return code;
}

/* --- replacing ---------------------------------------------------------------- */

static int lines_copy(const struct vouch_journal *journal, int to, off_t at,
		      off_t from)
{
	char block[BLOCK];

	while (from < journal->checked) {
		size_t length = (size_t)(journal->checked - from);

		if (length > sizeof(block))
			length = sizeof(block);
		if (vouch__syscalls_read(journal->fd, block, length, from) != 0 ||
		    vouch__syscalls_write(to, block, length, at) != 0)
			return -1;
		from += (off_t)length;
		at += (off_t)length;
	}
	return 0;
}

/* The new file is locked before it has the name: nobody else appends to it
 * before this append is through. */
static enum vouch_error_code new_file(const struct vouch_journal *journal,
				      int directory, const char *summary,
				      size_t length, off_t keep, int *fd,
				      struct vouch_error *error)
{
	enum vouch_error_code code;

	if (vouch__syscalls->unlink(directory, NEW_NAME) != 0 && errno != ENOENT)
		return vouch__state_failed(journal->config, NEW_NAME,
					   "cannot be removed", error);
	code = vouch__state_file_open(journal->config, directory, NEW_NAME,
				      O_RDWR | O_CREAT | O_EXCL, fd, error);
	if (code != VOUCH_OK)
		return code;
	if (vouch__syscalls_lock(*fd, VOUCH_STATE_LOCK_MS) != 0 ||
	    vouch__syscalls_write(*fd, summary, length, 0) != 0 ||
	    lines_copy(journal, *fd, (off_t)length, keep) != 0 ||
	    vouch__syscalls->fsync(*fd) != 0) {
		code = vouch__state_failed(journal->config, NEW_NAME,
					   "cannot be written durably", error);
		(void)close(*fd);
		*fd = -1;
	}
	return code;
}

enum vouch_error_code vouch__journal_replace(struct vouch_journal *journal,
					     const char *summary, size_t length,
					     off_t keep,
					     struct vouch_error *error)
{
	enum vouch_error_code code;
	int directory, fd = -1;

	code = vouch__state_directory_open(journal->config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	code = new_file(journal, directory, summary, length, keep, &fd, error);
	if (code == VOUCH_OK &&
	    (vouch__syscalls->rename(directory, NEW_NAME, "journal") != 0 ||
	     vouch__syscalls->fsync(directory) != 0)) {
		code = vouch__state_failed(journal->config, "journal",
					   "cannot be replaced", error);
		(void)close(fd);
	}
	(void)close(directory);
	if (code != VOUCH_OK)
		return code;
	(void)close(journal->fd);
	journal->fd = fd;
	journal->checked = journal->checked - keep + (off_t)length;
	/* Lower than it is, so that the next summary is never late. */
	journal->summary_end = (off_t)length;
	return VOUCH_OK;
}

enum vouch_error_code
vouch__journal_is_current(const struct vouch_journal *journal, int *current,
			  struct vouch_error *error)
{
	struct stat own, named;
	enum vouch_error_code code;
	int directory, fd = -1;

	*current = 0;
	code = vouch__state_directory_open(journal->config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__state_file_open(journal->config, directory, "journal",
				      O_RDONLY, &fd, error);
	(void)close(directory);
	if (code == VOUCH_E_NOT_FOUND)
		return vouch__error_set(error, VOUCH_E_STATE,
					"%s/journal was taken away while it was "
					"open; start again",
					journal->config->state_dir);
	if (code != VOUCH_OK)
		return code;
	if (vouch__syscalls->fstat(journal->fd, &own) != 0 ||
	    vouch__syscalls->fstat(fd, &named) != 0)
		code = vouch__state_failed(journal->config, "journal",
					   "cannot be looked at", error);
	else
		*current = own.st_ino == named.st_ino &&
			   own.st_dev == named.st_dev;
	(void)close(fd);
	return code;
}
