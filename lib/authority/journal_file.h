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
};

/* A sequence number in its one spelling; 0 when it is none. */
uint64_t vouch__journal_sequence(const char *label);

#endif
