/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The open journal, for the files that implement it. */
#ifndef VOUCH_AUTHORITY_JOURNAL_FILE_H
#define VOUCH_AUTHORITY_JOURNAL_FILE_H

#include <sys/types.h>

#include "authority/journal.h"

struct vouch_journal {
	const struct vouch_config *config;
	int fd; /* -1: a reader of a journal that does not exist yet */
	int writable;
	int failed; /* an error of write or fsync is final */
	/* What was checked so far: whole, good records up to here. */
	off_t checked;
	uint64_t sequence; /* of the last of them */
	off_t summary_end; /* of the newest summary; 0 where there is none */
	off_t summary_length;
};

/* Is it a summary, by its first bytes? */
int vouch__journal_is_summary(const char *json, size_t length);

/* The fields of a summary of the journal as it is; the caller's. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_summarise(struct vouch_journal *journal,
			 struct json_object **fields, struct vouch_error *error);

/* Replaces the journal by `summary`, a line that has the number before it, and
 * the whole lines from `keep` on. journal->fd is then the new file. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_replace(struct vouch_journal *journal, const char *summary,
		       size_t length, off_t keep, struct vouch_error *error);
/* Is the open file still the one of that name? */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_is_current(const struct vouch_journal *journal, int *current,
			  struct vouch_error *error);

/* A sequence number in its one spelling; 0 when it is none. */
uint64_t vouch__journal_sequence(const char *label);

#endif
