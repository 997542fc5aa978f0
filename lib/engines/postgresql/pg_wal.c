/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/crc32c.h"
#include "engines/postgresql/pg_bytes.h"
#include "engines/postgresql/pg_files.h"
#include "engines/postgresql/pg_wal.h"

enum {
	PAGE_MAGIC = 0xD110, /* PostgreSQL 15 */
	PAGE_CONTINUES = 0x01,
	PAGE_LONG_HEADER = 0x02,
	PAGE_OVERWRITES = 0x08,
	PAGE_FLAGS = 0x0f,
	PAGE_HEADER = 24,
	PAGE_HEADER_LONG = 40,
	RECORD_HEADER = 24,
	RECORD_CRC_AT = 20,
	RECORD_FLAGS = 0x0f,
	RECORD_LENGTH_MAX = 0x3fffffff,
};

enum vouch_error_code vouch__pg_wal_open(const struct vouch_config *config,
					 const struct vouch_pg_control *control,
					 const struct vouch_pg_history *history,
					 struct vouch_pg_wal *wal,
					 struct vouch_error *error)
{
	int directory;
	enum vouch_error_code code;

	memset(wal, 0, sizeof(*wal));
	wal->directory = -1;
	wal->fd = -1;
	code = vouch__pg_directory_open(config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	/* pg_wal is often a link to another disk. */
	wal->directory = openat(directory, "pg_wal",
				O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (wal->directory < 0)
		code = vouch__error_set(error, VOUCH_E_IO,
					"cannot open %s/pg_wal: %s",
					config->pgdata, strerror(errno));
	close(directory);
	wal->system_id = control->system_id;
	wal->segment_size = control->segment_size;
	wal->history = *history;
	return code;
}

void vouch__pg_wal_close(struct vouch_pg_wal *wal)
{
	if (wal->fd >= 0)
		close(wal->fd);
	if (wal->directory >= 0)
		close(wal->directory);
	wal->fd = -1;
	wal->directory = -1;
}

static enum vouch_error_code log_ends(uint64_t lsn, const char *why,
				      struct vouch_error *error)
{
	return vouch__error_set(error, VOUCH_E_NOT_FOUND,
				"no valid record at %X/%X: %s",
				(uint32_t)(lsn >> 32), (uint32_t)lsn, why);
}

static int segment_open_as(struct vouch_pg_wal *wal, uint64_t segment,
			   uint32_t timeline)
{
	uint64_t per_id = UINT64_C(0x100000000) / wal->segment_size;
	char name[32];

	snprintf(name, sizeof(name), "%08X%08X%08X", timeline,
		 (uint32_t)(segment / per_id), (uint32_t)(segment % per_id));
	return openat(wal->directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

/* A segment may exist under several timelines where one branched off. As the
 * server does: the newest one of this history that can hold it. */
static enum vouch_error_code segment_open(struct vouch_pg_wal *wal,
					  uint64_t segment,
					  struct vouch_error *error)
{
	uint64_t begin, end;

	if (wal->fd >= 0 && wal->segment == segment)
		return VOUCH_OK;
	if (wal->fd >= 0)
		close(wal->fd);
	wal->fd = -1;
	for (uint32_t i = wal->history.count + 1; i-- > 0 && wal->fd < 0;) {
		uint32_t timeline = i == wal->history.count
			? wal->history.timeline
			: wal->history.ancestors[i].timeline;

		if (!vouch__pg_history_span(&wal->history, timeline, &begin,
					    &end) ||
		    segment < begin / wal->segment_size)
			continue;
		wal->fd = segment_open_as(wal, segment, timeline);
		if (wal->fd < 0 && errno != ENOENT)
			return vouch__error_set(error, VOUCH_E_IO,
						"cannot open a log segment: %s",
						strerror(errno));
		wal->file_timeline = timeline;
	}
	if (wal->fd < 0)
		return log_ends(segment * wal->segment_size,
				"the segment is not there", error);
	wal->segment = segment;
	return VOUCH_OK;
}

static const char *long_header_check(const struct vouch_pg_wal *wal)
{
	if (vouch__pg_u64(wal->page + 24) != wal->system_id)
		return "the segment is of another database system";
	if (vouch__pg_u32(wal->page + 32) != wal->segment_size ||
	    vouch__pg_u32(wal->page + 36) != VOUCH_PG_PAGE_SIZE)
		return "the segment is of another size";
	return NULL;
}

/* The page's own timeline must be the one of this history at that place, or an
 * earlier one for a page that was copied when the timeline began. */
static int page_timeline_is_valid(const struct vouch_pg_wal *wal, uint64_t lsn,
				  uint32_t timeline)
{
	uint64_t begin, end;

	return timeline <= wal->file_timeline &&
	       vouch__pg_history_span(&wal->history, timeline, &begin, &end) &&
	       lsn < end;
}

static const char *page_check(const struct vouch_pg_wal *wal, uint64_t lsn)
{
	uint16_t flags = vouch__pg_u16(wal->page + 2);
	int first = lsn % wal->segment_size == 0;

	if (vouch__pg_u64(wal->page + 8) != lsn)
		return "the page there is older"; /* a recycled segment */
	if ((flags & ~PAGE_FLAGS) != 0 ||
	    first != ((flags & PAGE_LONG_HEADER) != 0))
		return "the page header is invalid";
	if (!page_timeline_is_valid(wal, lsn, vouch__pg_u32(wal->page + 4)))
		return "the page is of another timeline";
	return first ? long_header_check(wal) : NULL;
}

static enum vouch_error_code page_load(struct vouch_pg_wal *wal, uint64_t lsn,
				       struct vouch_error *error)
{
	ssize_t got;

	do {
		got = pread(wal->fd, wal->page, sizeof(wal->page),
			    (off_t)(lsn % wal->segment_size));
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return vouch__error_set(error, VOUCH_E_IO,
					"cannot read the log at %X/%X: %s",
					(uint32_t)(lsn >> 32), (uint32_t)lsn,
					strerror(errno));
	if (got < (ssize_t)sizeof(wal->page))
		return log_ends(lsn, "the segment is cut short", error);
	return VOUCH_OK;
}

static enum vouch_error_code page_get(struct vouch_pg_wal *wal, uint64_t lsn,
				      struct vouch_error *error)
{
	const char *why;
	uint16_t magic;
	enum vouch_error_code code;

	if (wal->page_is_there && wal->page_lsn == lsn)
		return VOUCH_OK;
	wal->page_is_there = 0;
	code = segment_open(wal, lsn / wal->segment_size, error);
	if (code == VOUCH_OK)
		code = page_load(wal, lsn, error);
	if (code != VOUCH_OK)
		return code;
	magic = vouch__pg_u16(wal->page);
	if (magic != PAGE_MAGIC && magic != 0 &&
	    vouch__pg_u64(wal->page + 8) == lsn)
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the log's page format is 0x%04X, vouch "
					"knows 0x%04X (PostgreSQL %d)", magic,
					PAGE_MAGIC, VOUCH_PG_MAJOR);
	why = magic != PAGE_MAGIC ? "the page is empty" : page_check(wal, lsn);
	if (why != NULL)
		return log_ends(lsn, why, error);
	wal->page_lsn = lsn;
	wal->page_is_there = 1;
	return VOUCH_OK;
}

static uint16_t page_flags(const struct vouch_pg_wal *wal)
{
	return vouch__pg_u16(wal->page + 2);
}

static uint32_t page_header_size(const struct vouch_pg_wal *wal)
{
	return page_flags(wal) & PAGE_LONG_HEADER ? PAGE_HEADER_LONG
						  : PAGE_HEADER;
}

/* A record while its bytes come in, page by page. */
struct assembly {
	uint8_t header[RECORD_HEADER];
	uint64_t lsn;
	uint32_t length;
	uint32_t have;
	uint32_t crc;
};

static void assembly_feed(struct assembly *assembly, const uint8_t *at,
			  uint32_t length)
{
	uint32_t head = 0;

	if (assembly->have < RECORD_HEADER) {
		head = RECORD_HEADER - assembly->have;
		if (head > length)
			head = length;
		memcpy(assembly->header + assembly->have, at, head);
	}
	assembly->crc = vouch__crc32c(assembly->crc, at + head,
				      length - head);
	assembly->have += length;
}

/* As soon as the header is complete, before a gigabyte of garbage is read. */
static const char *back_link_check(const struct assembly *assembly,
				   uint64_t previous)
{
	uint64_t link = vouch__pg_u64(assembly->header + 8);

	if (assembly->have < RECORD_HEADER)
		return NULL;
	if (previous != 0 ? link != previous : link >= assembly->lsn)
		return "its back link is wrong";
	return NULL;
}

static const char *continuation_check(const struct vouch_pg_wal *wal,
				      const struct assembly *assembly)
{
	if (!(page_flags(wal) & PAGE_CONTINUES))
		return "the record is not continued";
	if (vouch__pg_u32(wal->page + 16) != assembly->length - assembly->have)
		return "the continuation has another length";
	return NULL;
}

static const char *assembly_begin(const struct vouch_pg_wal *wal, uint64_t lsn,
				  struct assembly *assembly)
{
	uint32_t offset = (uint32_t)(lsn % VOUCH_PG_PAGE_SIZE);

	memset(assembly, 0, sizeof(*assembly));
	assembly->lsn = lsn;
	if (offset < page_header_size(wal) || offset % 8 != 0)
		return "no record can start there";
	if (offset == page_header_size(wal) && (page_flags(wal) & PAGE_CONTINUES))
		return "the middle of a record is there";
	assembly->length = vouch__pg_u32(wal->page + offset);
	if (assembly->length < RECORD_HEADER ||
	    assembly->length > RECORD_LENGTH_MAX)
		return "the length is impossible";
	return NULL;
}

/* Takes in what the page holds of the record; returns its end in the page. */
static uint64_t assembly_take(const struct vouch_pg_wal *wal,
			      struct assembly *assembly, uint32_t offset)
{
	uint32_t take = VOUCH_PG_PAGE_SIZE - offset;

	if (take > assembly->length - assembly->have)
		take = assembly->length - assembly->have;
	assembly_feed(assembly, wal->page + offset, take);
	return wal->page_lsn + offset + take;
}

static enum vouch_error_code record_finish(const struct vouch_pg_wal *wal,
					   const struct assembly *assembly,
					   uint64_t end,
					   struct vouch_pg_record *record,
					   struct vouch_error *error)
{
	const uint8_t *header = assembly->header;
	uint32_t crc = vouch__crc32c(assembly->crc, header, RECORD_CRC_AT);

	if (crc != vouch__pg_u32(header + RECORD_CRC_AT))
		return log_ends(assembly->lsn, "its checksum is wrong", error);
	record->lsn = assembly->lsn;
	record->length = assembly->length;
	record->crc = crc;
	record->previous = vouch__pg_u64(header + 8);
	record->info = (uint8_t)(header[16] & ~RECORD_FLAGS);
	record->manager = header[17];
	record->timeline = vouch__pg_history_at(&wal->history, assembly->lsn);
	record->end = (end + 7) & ~UINT64_C(7);
	/* A switch record takes the rest of its segment. */
	if (record->manager == VOUCH_PG_RMGR_XLOG &&
	    record->info == VOUCH_PG_XLOG_SWITCH) {
		uint64_t used = record->end % wal->segment_size;

		if (used != 0)
			record->end += wal->segment_size - used;
	}
	return VOUCH_OK;
}

/* *restart: a page says that the record that ran into it was given up and
 * written over from there on; reading goes on at that page. */
static enum vouch_error_code record_read(struct vouch_pg_wal *wal, uint64_t lsn,
					 uint64_t previous,
					 struct vouch_pg_record *record,
					 uint64_t *restart,
					 struct vouch_error *error)
{
	uint64_t page = lsn - lsn % VOUCH_PG_PAGE_SIZE, end, begin, stop = 0;
	struct assembly assembly;
	const char *why;
	enum vouch_error_code code = page_get(wal, page, error);

	if (code != VOUCH_OK)
		return code;
	if (lsn == page)
		lsn += page_header_size(wal);
	/* The file may go on beyond the point where this history left it. */
	if (!vouch__pg_history_span(&wal->history, wal->file_timeline, &begin,
				    &stop) || lsn >= stop)
		return log_ends(lsn, "the history left that timeline", error);
	why = assembly_begin(wal, lsn, &assembly);
	if (why != NULL)
		return log_ends(lsn, why, error);
	end = assembly_take(wal, &assembly, (uint32_t)(lsn - page));
	why = back_link_check(&assembly, previous);
	while (why == NULL && assembly.have < assembly.length) {
		page += VOUCH_PG_PAGE_SIZE;
		code = page_get(wal, page, error);
		if (code != VOUCH_OK)
			return code;
		if (page_flags(wal) & PAGE_OVERWRITES) {
			*restart = page;
			return VOUCH_OK;
		}
		why = continuation_check(wal, &assembly);
		if (why != NULL)
			break;
		end = assembly_take(wal, &assembly, page_header_size(wal));
		why = back_link_check(&assembly, previous);
	}
	if (why != NULL)
		return log_ends(lsn, why, error);
	return record_finish(wal, &assembly, end, record, error);
}

enum vouch_error_code vouch__pg_wal_record(struct vouch_pg_wal *wal,
					   uint64_t lsn, uint64_t previous,
					   struct vouch_pg_record *record,
					   struct vouch_error *error)
{
	enum vouch_error_code code;
	uint64_t restart = lsn;

	memset(record, 0, sizeof(*record));
	if (lsn == 0)
		return log_ends(lsn, "the log does not begin there", error);
	do { /* each round starts at a later page */
		lsn = restart;
		restart = 0;
		code = record_read(wal, lsn, previous, record, &restart, error);
	} while (code == VOUCH_OK && restart != 0);
	return code;
}

enum vouch_error_code vouch__pg_wal_follow(struct vouch_pg_wal *wal,
					   uint64_t limit,
					   struct vouch_pg_record *last,
					   struct vouch_error *error)
{
	struct vouch_error end_of_log = { .code = VOUCH_OK };
	struct vouch_pg_record next;

	for (;;) {
		enum vouch_error_code code = vouch__pg_wal_record(
			wal, last->end, last->lsn, &next, &end_of_log);

		if (code == VOUCH_E_NOT_FOUND)
			return VOUCH_OK;
		if (code == VOUCH_OK && next.end > limit)
			return vouch__error_set(error, VOUCH_E_LIMIT,
						"the log goes on");
		if (code != VOUCH_OK) {
			if (error != NULL)
				*error = end_of_log;
			return code;
		}
		*last = next;
	}
}

enum vouch_error_code vouch__pg_wal_last(struct vouch_pg_wal *wal, uint64_t lsn,
					 struct vouch_pg_record *last,
					 struct vouch_error *error)
{
	enum vouch_error_code code =
		vouch__pg_wal_record(wal, lsn, 0, last, error);

	return code == VOUCH_OK ?
		       vouch__pg_wal_follow(wal, UINT64_MAX, last, error) :
		       code;
}

/* The pages that a record goes on to, as far as they were received. */
static const char *part_take(struct vouch_pg_wal *wal, struct assembly *part,
			     uint64_t received, uint64_t *end)
{
	struct vouch_error ignored = { .code = VOUCH_OK };
	uint64_t page = wal->page_lsn;

	*end = assembly_take(wal, part, (uint32_t)(part->lsn - page));
	while (part->have < part->length &&
	       page + VOUCH_PG_PAGE_SIZE + PAGE_HEADER_LONG <= received) {
		const char *why;

		page += VOUCH_PG_PAGE_SIZE;
		if (page_get(wal, page, &ignored) != VOUCH_OK)
			return "the page cannot be read";
		why = continuation_check(wal, part);
		if (why != NULL)
			return why;
		*end = assembly_take(wal, part, page_header_size(wal));
	}
	return NULL;
}

/* A length that is damaged may point beyond the page, and no page after it was received
 * that could say otherwise: then the next record links back to this one. */
static int is_linked_to(struct vouch_pg_wal *wal, uint64_t lsn, uint64_t received)
{
	struct vouch_error ignored = { .code = VOUCH_OK };
	uint64_t page = lsn - lsn % VOUCH_PG_PAGE_SIZE, at;
	struct vouch_pg_record next;

	for (at = lsn + RECORD_HEADER;
	     at + RECORD_HEADER <= received && at < page + VOUCH_PG_PAGE_SIZE;
	     at += 8) {
		if (vouch__pg_wal_record(wal, at, lsn, &next, &ignored) ==
			    VOUCH_OK &&
		    next.end <= received)
			return 1;
	}
	return 0;
}

int vouch__pg_wal_is_part(struct vouch_pg_wal *wal,
			  const struct vouch_pg_record *last, uint64_t received)
{
	struct vouch_error ignored = { .code = VOUCH_OK };
	uint64_t lsn = last->end, page = lsn - lsn % VOUCH_PG_PAGE_SIZE, end;
	struct assembly part;

	if (received <= lsn)
		return 0;
	if (received - lsn < RECORD_HEADER)
		return 1;
	if (page_get(wal, page, &ignored) != VOUCH_OK)
		return 0;
	if (lsn == page)
		lsn += page_header_size(wal);
	if (received < lsn + RECORD_HEADER)
		return 1;
	if (assembly_begin(wal, lsn, &part) != NULL ||
	    part_take(wal, &part, received, &end) != NULL ||
	    back_link_check(&part, last->lsn) != NULL)
		return 0;
	return (part.have < part.length || end > received) &&
	       !is_linked_to(wal, lsn, received);
}

/* Where the first record of the page in the buffer begins, or a place beyond
 * that page. */
static uint64_t page_first_record(const struct vouch_pg_wal *wal)
{
	uint64_t at = wal->page_lsn + page_header_size(wal);

	if (page_flags(wal) & PAGE_CONTINUES)
		at += (vouch__pg_u32(wal->page + 16) + UINT64_C(7)) &
		      ~UINT64_C(7);
	return at;
}

/* The first record that begins in that page, if it ends up to limit. */
static enum vouch_error_code page_record(struct vouch_pg_wal *wal, uint64_t page,
					 uint64_t limit,
					 struct vouch_pg_record *record,
					 struct vouch_error *error)
{
	uint64_t at;
	enum vouch_error_code code = page_get(wal, page, error);

	if (code != VOUCH_OK)
		return code;
	at = page_first_record(wal);
	if (at >= limit || at >= page + VOUCH_PG_PAGE_SIZE)
		return log_ends(page, "no record begins there", error);
	code = vouch__pg_wal_record(wal, at, 0, record, error);
	if (code == VOUCH_OK && record->end > limit)
		return log_ends(at, "it goes on", error);
	return code;
}

enum vouch_error_code vouch__pg_wal_before(struct vouch_pg_wal *wal,
					   uint64_t lsn,
					   struct vouch_pg_record *last,
					   struct vouch_error *error)
{
	const uint64_t span = (uint64_t)RECORD_LENGTH_MAX + wal->segment_size;
	uint64_t page = lsn > 0 ? (lsn - 1) - (lsn - 1) % VOUCH_PG_PAGE_SIZE : 0;
	enum vouch_error_code code;

	/* Nothing was ever written at zero. */
	for (; page > 0 && lsn - page < span; page -= VOUCH_PG_PAGE_SIZE) {
		code = segment_open(wal, page / wal->segment_size, error);
		if (code == VOUCH_OK)
			code = page_record(wal, page, lsn, last, error);
		else if (code == VOUCH_E_NOT_FOUND)
			break;
		if (code == VOUCH_OK) {
			code = vouch__pg_wal_follow(wal, lsn, last, error);
			return code == VOUCH_E_LIMIT ? VOUCH_OK : code;
		}
		if (code != VOUCH_E_NOT_FOUND)
			return code;
	}
	memset(last, 0, sizeof(*last));
	return log_ends(lsn, "no record is complete before it", error);
}
