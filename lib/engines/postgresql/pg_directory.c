/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the data directory is and where its log ends, without a server. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "engines/postgresql/pg_control.h"
#include "engines/postgresql/pg_files.h"
#include "engines/postgresql/pg_history.h"
#include "engines/postgresql/pg_wal.h"
#include "engines/postgresql/postgresql.h"

enum { CANDIDATES_MAX = 64 };

/*
 * The identity: inode and birth of things that a server creates once and never
 * again, but every copy, restore or swap of the directory makes anew. Device
 * numbers change with a reboot and stand in only where a file system tells no
 * birth. A backup label says that foreign pages came in underneath (a clone, a
 * rewind); the server renames it when it has used it, which changes neither.
 */
static int identity_add(int directory, const char *path, char *text,
			size_t size)
{
	struct statx seen;
	size_t used = strlen(text);
	int put;

	if (statx(directory, path, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH,
		  STATX_INO | STATX_BTIME, &seen) != 0)
		return 0;
	put = seen.stx_mask & STATX_BTIME
		? snprintf(text + used, size - used, "%s%llu@%lld.%09u",
			   used > 0 ? "," : "",
			   (unsigned long long)seen.stx_ino,
			   (long long)seen.stx_btime.tv_sec,
			   seen.stx_btime.tv_nsec)
		: snprintf(text + used, size - used, "%s%llu@%u:%u",
			   used > 0 ? "," : "",
			   (unsigned long long)seen.stx_ino, seen.stx_dev_major,
			   seen.stx_dev_minor);
	return put > 0 && (size_t)put < size - used;
}

static enum vouch_error_code identity_make(const struct vouch_config *config,
					   char *text, size_t size,
					   struct vouch_error *error)
{
	int directory, known;
	enum vouch_error_code code =
		vouch__pg_directory_open(config, &directory, error);

	text[0] = '\0';
	if (code != VOUCH_OK)
		return code;
	known = identity_add(directory, "", text, size) &&
		identity_add(directory, "global", text, size) &&
		identity_add(directory, "PG_VERSION", text, size);
	if (known && faccessat(directory, "backup_label", F_OK, 0) == 0)
		known = identity_add(directory, "backup_label", text, size);
	else if (known && faccessat(directory, "backup_label.old", F_OK, 0) == 0)
		known = identity_add(directory, "backup_label.old", text, size);
	if (!known)
		code = vouch__error_set(error, VOUCH_E_IO,
					"cannot tell the identity of %s: %s",
					config->pgdata, strerror(errno));
	close(directory);
	return code;
}

struct end {
	uint32_t timeline;
	uint64_t lsn;
	struct vouch_pg_history history;
};

/*
 * From where the walk starts. All up to the minimum recovery point was once
 * read, written and applied, so it is skipped where the log has the record that
 * ends there; otherwise the walk begins at the checkpoint and finds out what is
 * left. Never from the point itself: a recycled segment may hold an old record at
 * just that place, which only its back link tells from the next one.
 */
static enum vouch_error_code walk(struct vouch_pg_wal *wal,
				  const struct vouch_pg_control *control,
				  struct vouch_pg_record *last,
				  struct vouch_error *error)
{
	const uint64_t reached = control->min_recovery_point;
	enum vouch_error_code code = VOUCH_E_NOT_FOUND;

	if (reached > control->checkpoint)
		code = vouch__pg_wal_before(wal, reached, last, error);
	if (code == VOUCH_OK)
		code = last->end == reached ?
			       vouch__pg_wal_last(wal, last->lsn, last, error) :
			       VOUCH_E_NOT_FOUND;
	if (code == VOUCH_E_NOT_FOUND)
		code = vouch__pg_wal_last(wal, control->checkpoint, last, error);
	return code;
}

/* pg_resetwal starts a log that continues nothing: its checkpoint has no back
 * link. Such a log has no end that could be compared. */
static enum vouch_error_code beginning_check(struct vouch_pg_wal *wal,
					     const struct vouch_pg_control *control,
					     struct vouch_error *error)
{
	struct vouch_pg_record first;
	enum vouch_error_code code = vouch__pg_wal_record(
		wal, control->checkpoint, 0, &first, error);

	if (code == VOUCH_OK && first.previous == 0)
		return VOUCH_E_NOT_FOUND;
	return code;
}

/* The end of the log along one history; lsn 0 when it has no valid record. */
static enum vouch_error_code end_find(const struct vouch_config *config,
				      const struct vouch_pg_control *control,
				      struct end *end, struct vouch_error *error)
{
	struct vouch_pg_wal *wal = malloc(sizeof(*wal));
	struct vouch_pg_record last;
	enum vouch_error_code code;

	end->lsn = 0;
	end->timeline = control->checkpoint_timeline;
	if (wal == NULL)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__pg_wal_open(config, control, &end->history, wal, error);
	if (code == VOUCH_OK)
		code = beginning_check(wal, control, error);
	if (code == VOUCH_OK)
		code = walk(wal, control, &last, error);
	if (code == VOUCH_OK) {
		end->lsn = last.end;
		end->timeline = last.timeline;
	}
	vouch__pg_wal_close(wal);
	free(wal);
	return code == VOUCH_E_NOT_FOUND ? VOUCH_OK : code;
}

static uint32_t control_timeline(const struct vouch_pg_control *control)
{
	return control->min_recovery_timeline > control->checkpoint_timeline
		? control->min_recovery_timeline
		: control->checkpoint_timeline;
}

/* Does this history go through what the control file says was reached? */
static int history_fits(const struct vouch_pg_history *history,
			const struct vouch_pg_control *control)
{
	uint64_t begin, end;

	if (!vouch__pg_history_span(history, control->checkpoint_timeline,
				    &begin, &end) ||
	    control->checkpoint >= end)
		return 0;
	if (control->min_recovery_point == 0)
		return 1;
	return vouch__pg_history_span(history, control->min_recovery_timeline,
				      &begin, &end) &&
	       control->min_recovery_point <= end;
}

/* Timelines that pg_wal has a history of and that are newer than `from`. */
static enum vouch_error_code candidates_list(const struct vouch_config *config,
					     uint32_t from, uint32_t *list,
					     uint32_t *count,
					     struct vouch_error *error)
{
	char path[VOUCH_PATH_SIZE + 16], tail;
	const struct dirent *entry;
	uint32_t timeline;
	DIR *wal;

	*count = 0;
	list[(*count)++] = from;
	snprintf(path, sizeof(path), "%s/pg_wal", config->pgdata);
	wal = opendir(path);
	if (wal == NULL)
		return vouch__error_set(error, VOUCH_E_IO, "cannot read %s: %s",
					path, strerror(errno));
	while ((entry = readdir(wal)) != NULL) {
		if (strlen(entry->d_name) != 16 ||
		    strcmp(entry->d_name + 8, ".history") != 0 ||
		    sscanf(entry->d_name, "%8X%c", &timeline, &tail) != 2 ||
		    tail != '.' || timeline <= from)
			continue;
		if (*count == CANDIDATES_MAX) {
			closedir(wal);
			return vouch__error_set(error, VOUCH_E_LIMIT,
						"%s holds too many timelines",
						path);
		}
		list[(*count)++] = timeline;
	}
	closedir(wal);
	return VOUCH_OK;
}

/* The furthest end over all histories that fit: by timeline, then position. */
static enum vouch_error_code log_end_find(const struct vouch_config *config,
					  const struct vouch_pg_control *control,
					  struct end *best,
					  struct vouch_error *error)
{
	uint32_t list[CANDIDATES_MAX], count;
	int found = 0;
	enum vouch_error_code code = candidates_list(
		config, control_timeline(control), list, &count, error);

	memset(best, 0, sizeof(*best));
	for (uint32_t i = 0; i < count && code == VOUCH_OK; i++) {
		struct end end;

		code = vouch__pg_history_read(config, list[i], &end.history,
					      error);
		/* Its own history must be there; another's may be damaged. */
		if (code != VOUCH_OK && i > 0) {
			code = VOUCH_OK;
			continue;
		}
		if (code != VOUCH_OK)
			break;
		if (!history_fits(&end.history, control))
			continue;
		code = end_find(config, control, &end, error);
		if (code == VOUCH_OK &&
		    (!found || end.timeline > best->timeline ||
		     (end.timeline == best->timeline && end.lsn > best->lsn)))
			*best = end;
		found = 1;
	}
	if (code == VOUCH_OK && !found)
		return vouch__error_set(error, VOUCH_E_CORRUPT,
					"no timeline history in pg_wal goes "
					"through what the control file says");
	return code;
}

enum vouch_error_code
vouch__pg_directory_observe(const struct vouch_config *config,
			    struct vouch_directory *directory,
			    struct vouch_error *error)
{
	struct vouch_pg_control control;
	struct end end;
	enum vouch_error_code code;

	memset(directory, 0, sizeof(*directory));
	code = vouch__pg_control_read(config, &control, error);
	if (code == VOUCH_OK)
		code = identity_make(config, directory->identity,
				     sizeof(directory->identity), error);
	if (code == VOUCH_OK)
		code = log_end_find(config, &control, &end, error);
	if (code != VOUCH_OK) {
		memset(directory, 0, sizeof(*directory));
		return code;
	}
	directory->system_id = control.system_id;
	directory->timeline = end.timeline;
	directory->log_end = end.lsn;
	for (uint32_t i = 0; i < end.history.count; i++)
		if (end.history.ancestors[i].timeline < end.timeline)
			directory->history[directory->history_count++] =
				end.history.ancestors[i];
	return VOUCH_OK;
}
