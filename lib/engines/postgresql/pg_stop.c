/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stop is a success only when no process of the directory is left: others
 * conclude from it that this server cannot write (P6-A1, route E3). */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include "engines/postgresql/pg_control.h"
#include "engines/postgresql/pg_process.h"
#include "engines/postgresql/pg_wal.h"
#include "engines/postgresql/postgresql.h"

enum { PAUSE_MS = 50, RESERVE_MAX_MS = 8000, KILL_MS = 1000 };

/* Waits until none is left; *postmaster follows who is there. */
static enum vouch_error_code gone_wait(const struct vouch_config *config,
				       struct vouch_deadline deadline,
				       struct vouch_error *error)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };
	struct vouch_pg_processes processes;

	for (;;) {
		enum vouch_error_code code = vouch__pg_processes_observe(
			config, &processes, error);

		if (code != VOUCH_OK || processes.count == 0)
			return code;
		if (vouch__deadline_left_ms(deadline) == 0)
			return vouch__error_set(error, VOUCH_E_TIMEOUT,
						"%u processes of the server are "
						"still there", processes.count);
		nanosleep(&pause, NULL);
	}
}

static enum vouch_error_code tell(pid_t postmaster, int number,
				  struct vouch_error *error)
{
	if (kill(postmaster, number) != 0 && errno != ESRCH)
		return vouch__error_set(error, errno == EPERM
						? VOUCH_E_PERMISSION : VOUCH_E_IO,
					"cannot signal process %ld: %s",
					(long)postmaster, strerror(errno));
	return VOUCH_OK;
}

/* A paused server hears nothing: let all of it go on, to end. */
static enum vouch_error_code let_go_on(const struct vouch_config *config,
				       struct vouch_error *error)
{
	struct vouch_pg_processes processes;

	return vouch__pg_processes_tell(config, SIGCONT, &processes, error);
}

/* Who does not hear an immediate shutdown either, on a disk that hangs for
 * example, is not asked any more: the log ends as after a crash. */
static enum vouch_error_code kill_all(const struct vouch_config *config,
				      struct vouch_deadline deadline,
				      struct vouch_error *error)
{
	struct vouch_pg_processes processes;
	enum vouch_error_code code = vouch__pg_processes_tell(
		config, SIGKILL, &processes, error);

	return code != VOUCH_OK ? code : gone_wait(config, deadline, error);
}

/* Time set aside for the immediate shutdown, which gives children 5 s. */
static int reserve_ms(struct vouch_deadline deadline)
{
	int quarter = vouch__deadline_left_ms(deadline) / 4;

	return quarter < RESERVE_MAX_MS ? quarter : RESERVE_MAX_MS;
}

/* Fast, and near the deadline immediate. *forced: it did not end by itself. */
static enum vouch_error_code bring_down(const struct vouch_config *config,
					struct vouch_deadline deadline,
					int *forced, struct vouch_error *error)
{
	struct vouch_deadline polite = {
		.at_ms = deadline.at_ms - reserve_ms(deadline),
	};
	struct vouch_pg_processes processes;
	enum vouch_error_code code =
		vouch__pg_processes_observe(config, &processes, error);

	*forced = 0;
	if (code != VOUCH_OK || processes.count == 0)
		return code;
	if (processes.postmaster > 0) {
		code = tell(processes.postmaster, SIGINT, error);
		if (code == VOUCH_OK)
			code = let_go_on(config, error);
		if (code == VOUCH_OK)
			code = gone_wait(config, polite, error);
		if (code != VOUCH_E_TIMEOUT)
			return code;
		*forced = 1;
		code = vouch__pg_processes_observe(config, &processes, error);
		if (code != VOUCH_OK)
			return code;
	}
	*forced = 1; /* children without a postmaster end no log cleanly */
	if (processes.postmaster > 0)
		code = tell(processes.postmaster, SIGQUIT, error);
	if (code == VOUCH_OK)
		code = gone_wait(config,
				 (struct vouch_deadline){
					 .at_ms = deadline.at_ms - KILL_MS },
				 error);
	return code == VOUCH_E_TIMEOUT ? kill_all(config, deadline, error) : code;
}

/* The last record of the log must be the shutdown checkpoint that the control
 * file names: anything else is no clean end. */
static enum vouch_error_code seal_find(const struct vouch_config *config,
				       const struct vouch_pg_control *control,
				       struct vouch_pg_wal *wal,
				       struct vouch_clean_end *end,
				       struct vouch_error *error)
{
	struct vouch_pg_history history;
	struct vouch_pg_record record, next;
	enum vouch_error_code code = vouch__pg_history_read(
		config, control->checkpoint_timeline, &history, error);

	if (code != VOUCH_OK)
		return code;
	code = vouch__pg_wal_open(config, control, &history, wal, error);
	if (code == VOUCH_OK)
		code = vouch__pg_wal_record(wal, control->checkpoint, 0, &record,
					    error);
	if (code != VOUCH_OK)
		return code;
	if (record.manager != VOUCH_PG_RMGR_XLOG ||
	    record.info != VOUCH_PG_XLOG_SHUTDOWN ||
	    record.timeline != control->checkpoint_timeline ||
	    record.lsn != control->checkpoint)
		return VOUCH_E_NOT_FOUND;
	code = vouch__pg_wal_record(wal, record.end, record.lsn, &next, error);
	if (code == VOUCH_OK)
		return VOUCH_E_NOT_FOUND; /* something follows it */
	if (code != VOUCH_E_NOT_FOUND)
		return code;
	end->clean = VOUCH_YES;
	end->timeline = record.timeline;
	end->record_lsn = record.lsn;
	end->record_crc = record.crc;
	return VOUCH_OK;
}

static enum vouch_error_code ending_read(const struct vouch_config *config,
					 struct vouch_clean_end *end,
					 struct vouch_error *error)
{
	struct vouch_pg_control control;
	struct vouch_pg_wal *wal;
	enum vouch_error_code code =
		vouch__pg_control_read(config, &control, error);

	if (code != VOUCH_OK)
		return code;
	end->system_id = control.system_id;
	end->clean = VOUCH_NO;
	if (control.state != VOUCH_PG_SHUT_DOWN)
		return VOUCH_OK;
	wal = malloc(sizeof(*wal));
	if (wal == NULL)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	wal->fd = wal->directory = -1;
	code = seal_find(config, &control, wal, end, error);
	vouch__pg_wal_close(wal);
	free(wal);
	return code;
}

enum vouch_error_code vouch__pg_stop(const struct vouch_config *config,
				     struct vouch_deadline deadline,
				     struct vouch_clean_end *end,
				     struct vouch_error *error)
{
	struct vouch_error unread;
	int forced;
	enum vouch_error_code code;

	memset(end, 0, sizeof(*end));
	code = bring_down(config, deadline, &forced, error);
	if (code != VOUCH_OK)
		return code;
	/* It is gone, which is what a stop is for. That its end cannot be read
	 * only means that there is no seal. */
	if (ending_read(config, end, &unread) != VOUCH_OK ||
	    (forced && end->clean == VOUCH_YES)) {
		memset(end, 0, sizeof(*end));
		end->clean = VOUCH_UNKNOWN;
	}
	return VOUCH_OK;
}
