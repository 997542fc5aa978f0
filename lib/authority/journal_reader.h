/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file's lines from the last to the first, read by blocks: a recent record
 * costs the same in a journal of a million. */
#ifndef VOUCH_AUTHORITY_JOURNAL_READER_H
#define VOUCH_AUTHORITY_JOURNAL_READER_H

#include <sys/types.h>

#include "common/error.h"

struct vouch_reader {
	int fd;
	char *buffer; /* the file's bytes from `start` to `end` */
	size_t room;
	off_t start;
	off_t end; /* everything from here on was handed out */
};

/* From `end`, most often the file's size. Release with _end(). */
void vouch__reader_begin(struct vouch_reader *reader, int fd, off_t end);
void vouch__reader_end(struct vouch_reader *reader);

/* The bytes after the last newline before reader->end, which may be none. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__reader_tail(struct vouch_reader *reader, const char **text,
		   size_t *length, struct vouch_error *error);
/* The line before, without its newline; to be called after _tail(), as long as
 * reader->end is not 0. The text is good until the next call. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__reader_line(struct vouch_reader *reader, const char **text,
		   size_t *length, struct vouch_error *error);

#endif
