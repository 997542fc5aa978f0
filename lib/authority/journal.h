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
 * Every now and then a summary is written: the last attempt and the newest grants,
 * seal, snapshot and incarnation, carried on, so that who asks for those never
 * reads further back than the newest summary (P6-D2), however long the journal is.
 * A journal that has grown too long is replaced, in one step, by a summary and its
 * newer half: neither the last attempt nor the current authority is ever dropped
 * (P6-F2, P6-A1).
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
#define VOUCH_RECORD_WORD "word" /* an operator's, said, revoked or used */
#define VOUCH_RECORD_CONTRACT "contract" /* a step of its change */
/* {"carried": [{"sequence", "record"}, ...]}, newest first */
#define VOUCH_RECORD_SUMMARY "summary"

enum { VOUCH_OUTCOMES_CARRIED = 100 }; /* the newest, for a history */

/* Bytes between two summaries, and of a journal that is replaced. Only a test
 * changes them. */
struct vouch_journal_limits {
	long long summary_every;
	long long rotate_at;
};
extern struct vouch_journal_limits vouch__journal_limits;

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

/* The same, but what stands before the newest summary is taken from it: for the
 * records that a summary carries. The visitor may see one of them twice. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_visit_standing(struct vouch_journal *journal, const char *type,
			      vouch_journal_visitor *visit, void *context,
			      struct vouch_error *error);

/* Either for several types, ended by NULL; NULL: all. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_visit_types(struct vouch_journal *journal,
			   const char *const *types, int standing,
			   vouch_journal_visitor *visit, void *context,
			   struct vouch_error *error);

/* The unbroken run of records of these types that contain `having`, a text that
 * JSON writes as it is: nothing is visited where it is not such a text. What is
 * newer than the run is passed over unparsed; the run's first other record of
 * these types ends the walk. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_visit_run(struct vouch_journal *journal, const char *const *types,
			 const char *having, vouch_journal_visitor *visit,
			 void *context, struct vouch_error *error);

/* The newest record of the type that has field == value (field NULL: any);
 * VOUCH_E_NOT_FOUND. *record is the caller's, json_object_put() it. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_find(struct vouch_journal *journal, const char *type,
		    const char *field, const char *value,
		    struct json_object **record, struct vouch_error *error);
/* The same among what stands: the last attempt's, or the newest of a type. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__journal_find_standing(struct vouch_journal *journal, const char *type,
			     const char *field, const char *value,
			     struct json_object **record,
			     struct vouch_error *error);

#endif
