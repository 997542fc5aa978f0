/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What Pacemaker tells its alert agents of fencing and membership. It runs them as
 * its own user, to whom the journal is closed; so they leave a file an event in a
 * spool of their own, and the monitor, which is run by root, takes them over:
 *
 *   VOUCH_ALERTDIR/NAME   of Pacemaker's user, 0700, in a directory of root's
 *   .../1, 2, ...         numbered as observed, so that no clock orders them
 *
 * It is a record (P6-O2) and proves nothing: whatever is or is not in it, no
 * decision is another one, and no monitor fails for it.
 */
#ifndef VOUCH_AUTHORITY_ALERT_H
#define VOUCH_AUTHORITY_ALERT_H

#include "authority/journal.h"
#include "common/config.h"

#ifndef VOUCH_ALERTDIR
#define VOUCH_ALERTDIR "/var/lib/vouch-alerts"
#endif

#define VOUCH_RECORD_ALERT "alert"

enum {
	VOUCH_ALERTS_MAX = 16,	     /* that are taken over at once */
	VOUCH_ALERTS_WAITING = 256,  /* that may wait in a spool */
	VOUCH_ALERT_FILE_MAX = 4096, /* bytes */
	VOUCH_ALERT_LOCK_MS = 2000,
};

struct vouch_alert {
	char kind[16];		    /* "fencing", "node" */
	char node[VOUCH_NAME_SIZE]; /* that it is about */
	char task[VOUCH_NAME_SIZE]; /* "reboot", "off", "on"; of a node: "" */
	char text[VOUCH_TEXT_SIZE]; /* Pacemaker's words: "lost", "member", ... */
	char result[16];	    /* of a fencing: "0" is success */
	char number[24];	    /* Pacemaker's own, with a gap for a lost one */
	char when[24];		    /* seconds, of the clock of that node */
};

/* The spool of a database, made when there is none: by root, for `owner`. *fd is
 * -1 with VOUCH_E_NOT_FOUND when it is not there and `make` is 0. Refused when
 * anybody but its owner and root could have changed it. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__alert_spool_open(const char *base, const char *name, uid_t owner,
			int make, int *fd, struct vouch_error *error);

/* One more file; VOUCH_E_LIMIT when too many wait, and then the oldest stay. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__alert_leave(int spool, const struct vouch_alert *alert,
		   struct vouch_error *error);

struct vouch_alert_list {
	uint32_t count;		/* oldest first */
	uint32_t refused;	/* that were none; deleted */
	uint64_t files[VOUCH_ALERTS_MAX];
	struct vouch_alert alerts[VOUCH_ALERTS_MAX];
};

/* The oldest that wait. What is no plain file of `owner`'s, too large or without
 * sense is deleted. Nothing in it is trusted. */
void vouch__alerts_read(int spool, uid_t owner, struct vouch_alert_list *list);
/* Appends them to the journal; *done says how many are durable. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__alerts_record(struct vouch_journal *journal,
		     const struct vouch_alert_list *list, uint32_t *done,
		     struct vouch_error *error);
/* Deletes the first `count`. One that comes again is recorded again. */
void vouch__alerts_forget(int spool, const struct vouch_alert_list *list,
			  uint32_t count);

#endif
