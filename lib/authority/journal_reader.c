/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/journal_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "authority/record_line.h"
#include "authority/syscalls.h"

enum { BLOCK = 64 * 1024 };

void vouch__reader_begin(struct vouch_reader *reader, int fd, off_t end)
{
	memset(reader, 0, sizeof(*reader));
	reader->fd = fd;
	reader->start = end;
	reader->end = end;
}

void vouch__reader_end(struct vouch_reader *reader)
{
	free(reader->buffer);
	reader->buffer = NULL;
}

static enum vouch_error_code make_room(struct vouch_reader *reader, size_t room,
				       struct vouch_error *error)
{
	char *larger;

	if (room <= reader->room)
		return VOUCH_OK;
	larger = realloc(reader->buffer, room);
	if (!larger)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	reader->buffer = larger;
	reader->room = room;
	return VOUCH_OK;
}

/* Doubles what is held, so that a long line is not copied over and over. */
static enum vouch_error_code load_more(struct vouch_reader *reader,
				       struct vouch_error *error)
{
	size_t have = (size_t)(reader->end - reader->start);
	size_t more = have > BLOCK ? have : BLOCK;
	enum vouch_error_code code;

	if (have > VOUCH_LINE_MAX)
		return vouch__error_set(error, VOUCH_E_CORRUPT,
					"the journal is corrupt: a line has no "
					"end");
	if ((off_t)more > reader->start)
		more = (size_t)reader->start;
	code = make_room(reader, have + more, error);
	if (code != VOUCH_OK)
		return code;
	memmove(reader->buffer + more, reader->buffer, have);
	if (vouch__syscalls_read(reader->fd, reader->buffer, more,
				 reader->start - (off_t)more) != 0)
		return vouch__error_set(error, VOUCH_E_IO,
					"the journal cannot be read: %s",
					strerror(errno));
	reader->start -= (off_t)more;
	return VOUCH_OK;
}

/* What follows the last newline among the bytes before `end` - skip. */
static enum vouch_error_code take(struct vouch_reader *reader, size_t skip,
				  const char **text, size_t *length,
				  struct vouch_error *error)
{
	enum vouch_error_code code;
	const char *newline;
	size_t have, begin;

	for (;;) {
		have = (size_t)(reader->end - reader->start);
		newline = have > skip ?
				  memrchr(reader->buffer, '\n', have - skip) :
				  NULL;
		if (newline || reader->start == 0)
			break;
		code = load_more(reader, error);
		if (code != VOUCH_OK)
			return code;
	}
	begin = newline ? (size_t)(newline - reader->buffer) + 1 : 0;
	*text = have > 0 ? reader->buffer + begin : "";
	*length = have - begin;
	reader->end = reader->start + (off_t)begin;
	return VOUCH_OK;
}

enum vouch_error_code vouch__reader_tail(struct vouch_reader *reader,
					 const char **text, size_t *length,
					 struct vouch_error *error)
{
	return take(reader, 0, text, length, error);
}

enum vouch_error_code vouch__reader_line(struct vouch_reader *reader,
					 const char **text, size_t *length,
					 struct vouch_error *error)
{
	enum vouch_error_code code = take(reader, 1, text, length, error);

	if (code == VOUCH_OK)
		(*length)--; /* the newline */
	return code;
}
