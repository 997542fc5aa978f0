/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system's log, behind libqb: journald with an event's fields where it
 * listens, else syslog. Passive (P6-O1): nothing here waits for a reader, fails,
 * or can be checked. Not for threads: libqb hands a line on before it returns. */
#ifndef VOUCH_AUTHORITY_LOG_H
#define VOUCH_AUTHORITY_LOG_H

#include <stddef.h>

#include "common/config.h"

/* NAME as journald takes it: capitals, digits and "_". */
struct vouch_log_field {
	const char *name;
	const char *value; /* NULL and "": left out */
};

/* Once per program, before anything is logged. The name is kept. */
void vouch__log_open(const char *program);
/* One line of LOG_NOTICE; where journald listens with these fields, too. */
void vouch__log_fields(const char *text, const struct vouch_log_field *fields,
		       size_t count);

/* From here on libqb's blackbox keeps what this program says, that of LOG_DEBUG
 * as well: in memory, lost if nobody asks. A signal that ends the program by its
 * own fault writes it to STATE_DIR/blackbox.PROGRAM, for qb-blackbox(8). */
void vouch__log_blackbox(const struct vouch_config *config);
/* The same for an operation that did not end as it should; the newest stays.
 * Nothing is written as root, whose hand the directory's owner could guide. */
void vouch__log_blackbox_write(void);

#endif
