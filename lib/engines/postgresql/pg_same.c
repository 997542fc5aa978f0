/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is the end of this node's log part of a member's log? PostgreSQL tells timelines
 * by their numbers alone, and two promotions may have taken the same one. So the
 * bytes are compared: the member sends its own, as it would to a standby.
 *
 * A commit, a checkpoint and the first record of a timeline carry the time, so that
 * two servers do not write the same bytes at the same place by themselves. Of a
 * timeline that has just begun all is compared, of any other the last of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/pg_control.h"
#include "engines/postgresql/pg_files.h"
#include "engines/postgresql/pg_same.h"
#include "engines/postgresql/postgresql.h"

enum {
	TAIL_BYTES = 1024 * 1024,
	LEAST_BYTES = 64 * 1024,
	MESSAGE_HEADER = 25, /* 'w', start, end, time */
};

struct own_log {
	int directory; /* pg_wal */
	uint32_t timeline;
	uint64_t segment_size;
};

/* The stretch that has to be the same: a mebibyte, without a gap. Near the beginning
 * of a segment it may be the empty rest that a switch leaves, so that the segment
 * before is taken as a whole. */
uint64_t vouch__pg_same_from(uint64_t begin, uint64_t end, uint64_t segment_size)
{
	uint64_t inside = end % segment_size;
	uint64_t length = inside >= TAIL_BYTES ? TAIL_BYTES :
						 inside + segment_size;
	uint64_t from = end > length ? end - length : 0;

	return from > begin ? from : begin;
}

static uint64_t segment_begin(const struct own_log *own, uint64_t lsn)
{
	return lsn - lsn % own->segment_size;
}

static int segment_open(const struct own_log *own, uint64_t lsn)
{
	uint64_t per_id = UINT64_C(0x100000000) / own->segment_size;
	uint64_t segment = lsn / own->segment_size;
	char name[32];

	snprintf(name, sizeof(name), "%08X%08X%08X", own->timeline,
		 (uint32_t)(segment / per_id), (uint32_t)(segment % per_id));
	return openat(own->directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

static int is_there(const struct own_log *own, uint64_t lsn)
{
	int fd = segment_open(own, lsn);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The bytes at lsn, all in one segment. */
static int read_whole(int fd, uint8_t *to, size_t length, off_t at)
{
	while (length > 0) {
		ssize_t got = pread(fd, to, length, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return 0;
		to += got;
		at += got;
		length -= (size_t)got;
	}
	return 1;
}

static enum vouch_answer bytes_compare(const struct own_log *own, uint64_t lsn,
				       const uint8_t *theirs, size_t length,
				       struct vouch_error *error)
{
	uint8_t ours[VOUCH_PG_SAME_PIECE];

	while (length > 0) {
		uint64_t inside = lsn % own->segment_size;
		size_t piece = length < sizeof(ours) ? length : sizeof(ours);
		int fd = segment_open(own, lsn), whole;

		if (piece > own->segment_size - inside)
			piece = (size_t)(own->segment_size - inside);
		whole = fd >= 0 && read_whole(fd, ours, piece, (off_t)inside);
		if (fd >= 0)
			close(fd);
		if (!whole) {
			(void)vouch__error_set(error, VOUCH_E_IO,
					       "this node's log cannot be read "
					       "at %X/%X", (uint32_t)(lsn >> 32),
					       (uint32_t)lsn);
			return VOUCH_UNKNOWN;
		}
		if (memcmp(ours, theirs, piece) != 0)
			return VOUCH_NO;
		lsn += piece;
		theirs += piece;
		length -= piece;
	}
	return VOUCH_YES;
}

uint64_t vouch__pg_same_lsn(const uint8_t *bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* One message of the stream; *at is how far both are known to be the same. */
static enum vouch_answer message_compare(const struct own_log *own,
					 const uint8_t *message, size_t length,
					 uint64_t *at, uint64_t to,
					 struct vouch_error *error)
{
	enum vouch_answer same;

	if (length == 0 || message[0] != 'w')
		return VOUCH_YES; /* a sign of life */
	if (length < MESSAGE_HEADER || vouch__pg_same_lsn(message + 1) != *at) {
		(void)vouch__error_set(error, VOUCH_E_MALFORMED,
				       "the log that was sent makes no sense");
		return VOUCH_UNKNOWN;
	}
	length -= MESSAGE_HEADER;
	if (length > to - *at)
		length = (size_t)(to - *at);
	same = bytes_compare(own, *at, message + MESSAGE_HEADER, length, error);
	*at += length;
	return same;
}

static enum vouch_answer stream_compare(const struct own_log *own,
					PGconn *connection, uint64_t from,
					uint64_t to,
					struct vouch_deadline deadline,
					char *state, struct vouch_error *error)
{
	enum vouch_answer same = VOUCH_YES;

	while (from < to && same == VOUCH_YES) {
		char *message = NULL;
		int length;

		if (vouch__pg_copy_next(connection, deadline, &message, &length,
					state, error) != VOUCH_OK)
			return VOUCH_UNKNOWN;
		same = message_compare(own, (const uint8_t *)message,
				       (size_t)length, &from, to, error);
		PQfreemem(message);
	}
	return same;
}

/* *gone: the member does not have this part of its log any more. */
static enum vouch_answer stretch_compare(const struct vouch_config *config,
					 const struct vouch_member *member,
					 const struct own_log *own,
					 uint64_t from, uint64_t to,
					 struct vouch_deadline deadline,
					 int *gone, struct vouch_error *error)
{
	char command[96], state[VOUCH_PG_STATE_SIZE] = "";
	enum vouch_answer same = VOUCH_UNKNOWN;
	PGconn *connection;

	*gone = 0;
	if (from >= to)
		return VOUCH_YES;
	if (vouch__pg_connect_member(config, member, deadline, &connection,
				     error) != VOUCH_OK)
		return VOUCH_UNKNOWN;
	snprintf(command, sizeof(command),
		 "START_REPLICATION PHYSICAL %X/%X TIMELINE %u",
		 (uint32_t)(from >> 32), (uint32_t)from, own->timeline);
	if (vouch__pg_copy_begin(connection, command, deadline, state, error) ==
	    VOUCH_OK) {
		same = stream_compare(own, connection, from, to, deadline,
				      state, error);
		vouch__pg_copy_end(connection, deadline);
	}
	PQfinish(connection);
	*gone = same == VOUCH_UNKNOWN && strcmp(state, "58P01") == 0;
	if (same == VOUCH_UNKNOWN)
		(void)!vouch__error_prefix(error, "%s", member->name);
	return same;
}

/* The end of the log. This node may have no more than the segment that it ends in,
 * which begins with a checkpoint then. The other has to have more, unless what is
 * left is not just a few records that any server could write. */
static enum vouch_answer tail_compare(const struct vouch_config *config,
				      const struct vouch_member *member,
				      const struct own_log *own, uint64_t from,
				      uint64_t end,
				      struct vouch_deadline deadline,
				      struct vouch_error *error)
{
	uint64_t least = segment_begin(own, end - 1);
	enum vouch_answer same;
	int gone;

	if (from < least && !is_there(own, from))
		from = least;
	same = stretch_compare(config, member, own, from, end, deadline, &gone,
			       error);
	if (!gone || from >= least || end - least < LEAST_BYTES)
		return same;
	return stretch_compare(config, member, own, least, end, deadline, &gone,
			       error);
}

static enum vouch_error_code own_open(const struct vouch_config *config,
				      uint32_t timeline, struct own_log *own,
				      struct vouch_error *error)
{
	struct vouch_pg_control control;
	int directory;
	enum vouch_error_code code =
		vouch__pg_control_read(config, &control, error);

	if (code == VOUCH_OK)
		code = vouch__pg_directory_open(config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	own->timeline = timeline;
	own->segment_size = control.segment_size;
	own->directory = openat(directory, "pg_wal",
				O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (own->directory < 0)
		code = vouch__error_set(error, VOUCH_E_IO,
					"cannot open pg_wal: %s",
					strerror(errno));
	close(directory);
	return code;
}

enum vouch_answer vouch__pg_same_log(const struct vouch_config *config,
				     const struct vouch_member *member,
				     const struct vouch_stretch *stretch,
				     struct vouch_deadline deadline,
				     struct vouch_error *error)
{
	struct own_log own;
	enum vouch_answer same;
	uint64_t from;

	if (stretch->timeline == 0 || stretch->begin >= stretch->end) {
		(void)vouch__error_set(error, VOUCH_E_ARGUMENT,
				       "nothing of timeline %u could be compared",
				       stretch->timeline);
		return VOUCH_UNKNOWN;
	}
	if (own_open(config, stretch->timeline, &own, error) != VOUCH_OK)
		return VOUCH_UNKNOWN;
	from = vouch__pg_same_from(stretch->begin, stretch->end,
				   own.segment_size);
	same = tail_compare(config, member, &own, from, stretch->end, deadline,
			    error);
	close(own.directory);
	return same;
}
