/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The decision journal: append-only, one checksummed record a line, durable
 * before anything acts on it (P6-F2). Line format:
 *
 *   vouch1 SEQ CRC32C LENGTH JSON\n
 *
 * SEQ decimal, grows by one; CRC32C in eight hex digits over "SEQ JSON"; LENGTH
 * decimal bytes of JSON, which holds no newline. A last line that is cut short is
 * a torn tail: it never became durable, is reported, and is replaced by the
 * next append. Anything else that does not check out is corruption: appends
 * refuse (VOUCH_E_CORRUPT), readers go on and say which record is bad.
 *
 * An error of write or fsync is final for this open journal: every later call
 * fails, nothing is retried as if it had worked.
 */
#ifndef VOUCH_AUTHORITY_JOURNAL_H
#define VOUCH_AUTHORITY_JOURNAL_H

#include <json-c/json.h>
#include "common/config.h"

/* "type" of a record; its other fields are described beside its writer. */
#define VOUCH_RECORD_REQUEST "request"	   /* an attempt began */
#define VOUCH_RECORD_DECISION "decision"   /* evidence and verdict, as strings */
#define VOUCH_RECORD_TRANSITION "transition" /* state machine step */
#define VOUCH_RECORD_OUTCOME "outcome"	   /* how the attempt ended */
#define VOUCH_RECORD_GRANT "grant"	   /* a grant this node has seen */
#define VOUCH_RECORD_SNAPSHOT "snapshot"   /* fencing history + holder seen */
#define VOUCH_RECORD_SEAL "seal"
#define VOUCH_RECORD_INCARNATION "incarnation"
#define VOUCH_RECORD_ASSERTION "assertion"
#define VOUCH_RECORD_REJOIN "rejoin"
#define VOUCH_RECORD_CONTRACT "contract" /* a step of its change */

struct vouch_journal;

/* Opens STATE_DIR/journal (created 0600 in a 0700 directory, both owned by the
 * database user; symbolic links are refused). writable 0: for readers, no lock
 * and no repair. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_open(const struct vouch_config *config, int writable,
		    struct vouch_journal **journal, struct vouch_error *error);
void vouch__journal_close(struct vouch_journal *journal);

/* Appends one record ("type" and "time" are put in; `fields` stays the
 * caller's) and returns only once it is durable. sequence may be NULL. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_append(struct vouch_journal *journal, const char *type,
		      struct json_object *fields, uint64_t *sequence,
		      struct vouch_error *error);

/* Calls `visit` for each record, newest first, until it returns non-zero.
 * `record` is the visitor's only during the call. type NULL: all types. */
typedef int vouch_journal_visitor(void *context, uint64_t sequence,
				  struct json_object *record);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_visit(struct vouch_journal *journal, const char *type,
		     vouch_journal_visitor *visit, void *context,
		     struct vouch_error *error);

/* The newest record of the type that has field == value (field NULL: any);
 * VOUCH_E_NOT_FOUND. *record is the caller's, json_object_put() it. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_find(struct vouch_journal *journal, const char *type,
		    const char *field, const char *value,
		    struct json_object **record, struct vouch_error *error);

#endif
