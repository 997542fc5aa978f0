/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal, for the commands that tell of it. */
#ifndef VOUCH_AGENTS_RECORDS_H
#define VOUCH_AGENTS_RECORDS_H

#include "agents/cli.h"
#include "authority/journal.h"

/* Configures, works as the database user from here on, and opens the journal
 * for reading. VOUCH_PERMITTED, or a message was written. */
enum vouch_decision record_journal_open(struct cli *cli,
					struct vouch_journal **journal);
/* The decision record of a request, NULL: the newest one. *record is the
 * caller's. VOUCH_PERMITTED, or a message was written. */
enum vouch_decision record_of_decision(struct cli *cli, const char *id,
				       struct json_object **record);
#endif
