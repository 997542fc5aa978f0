/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vouch: promotion that is proven, or refused.
 *
 * The one public header of libvouch. Documents go in and come out as UTF-8
 * JSON text; no structure of the library is part of its interface, so that it
 * can grow without breaking its users: contrib/examples has one, and
 * lib/libvouch.abi is what they may rely on. No function keeps state: several
 * threads may call them at once.
 *
 * The promise (P6-S1, P6-A1): a commit that the database acknowledged under
 * the contract in force is on every node that vouch lets become primary, and
 * no two nodes ever accept writes at the same time. What cannot be proven is
 * refused (P6-F1).
 */
#ifndef VOUCH_H
#define VOUCH_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The compiler complains where a result is ignored: an unread error must never
 * be taken for a yes. */
#define VOUCH_MUST_CHECK __attribute__((warn_unused_result))

/*
 * What a promotion request led to. The values are the exit codes of every
 * vouch program. Anything but VOUCH_PERMITTED means: authority was not given.
 */
enum vouch_decision {
	VOUCH_PERMITTED = 0, /* permitted; or, for a promotion, done */
	VOUCH_VETOED = 1,    /* refused, with the reason in the verdict */
	VOUCH_USAGE = 2,     /* the call itself was wrong; nothing was done */
	VOUCH_UNDECIDED = 3, /* could not decide or could not finish */
};

/* Why a function could not do its work. A refusal is never one of these. */
#define VOUCH_ERRORS(X)                                                        \
	X(VOUCH_OK, "no error")                                                \
	X(VOUCH_E_ARGUMENT, "invalid argument")                                \
	X(VOUCH_E_CONFIG, "invalid configuration")                             \
	X(VOUCH_E_MALFORMED, "malformed document")                             \
	X(VOUCH_E_LIMIT, "a limit was exceeded")                               \
	X(VOUCH_E_MEMORY, "out of memory")                                     \
	X(VOUCH_E_IO, "input or output failed")                                \
	X(VOUCH_E_CORRUPT, "stored state is corrupt")                          \
	X(VOUCH_E_BUSY, "another attempt is under way")                        \
	X(VOUCH_E_CLUSTER, "the cluster did not answer")                       \
	X(VOUCH_E_ENGINE, "the database did not answer")                       \
	X(VOUCH_E_TIMEOUT, "the deadline passed")                              \
	X(VOUCH_E_CONFLICT, "somebody else was first")                         \
	X(VOUCH_E_STATE, "not possible in the present state")                  \
	X(VOUCH_E_PERMISSION, "not permitted to this user")                    \
	X(VOUCH_E_NOT_FOUND, "not found")

enum vouch_error_code {
#define VOUCH_ERROR_ENUM(code, text) code,
	VOUCH_ERRORS(VOUCH_ERROR_ENUM)
#undef VOUCH_ERROR_ENUM
};

/*
 * An error with its story. Owned by the caller; the library only writes to it.
 * The text never contains a secret and is safe to print on a terminal.
 */
struct vouch_error {
	enum vouch_error_code code;
	char text[512];
};

/* The standing description of an error code; never NULL. */
const char *vouch_error_describe(enum vouch_error_code code);

/* The library's version, "MAJOR.MINOR.PATCH"; never NULL. */
const char *vouch_version(void);

/*
 * Decide from a document, and do nothing else (P6-D1): no file, no clock, no
 * network. The same evidence gives the same verdict bytes on every machine.
 *
 * evidence, length: the evidence document, need not be terminated.
 * verdict: on success the verdict document, NUL-terminated, ended by one
 *   newline; release it with vouch_text_free(). NULL on failure.
 *
 * Returns VOUCH_PERMITTED or VOUCH_VETOED with a verdict, or VOUCH_UNDECIDED
 * with `error` filled where the evidence is malformed, truncated, too large or
 * of another version. Never permits what it could not read (P6-F1).
 */
VOUCH_MUST_CHECK enum vouch_decision
vouch_decide(const char *evidence, size_t length, char **verdict,
	     struct vouch_error *error);

/*
 * Tell a verdict as text for people (P6-O2). The renderer adds no judgement:
 * everything it says is in the two documents.
 * text: NUL-terminated, release it with vouch_text_free(); NULL on failure.
 * Returns VOUCH_OK or the error also written to `error`.
 */
VOUCH_MUST_CHECK enum vouch_error_code
vouch_explain(const char *verdict, size_t length, char **text,
	      struct vouch_error *error);

/* The rule table as text, one rule a line, in the order in which they apply.
 * Release it with vouch_text_free(); NULL when out of memory. */
VOUCH_MUST_CHECK char *vouch_rules_text(void);

/* Releases a text that one of the functions above returned; NULL is fine. */
void vouch_text_free(char *text);

#ifdef __cplusplus
}
#endif

#endif /* VOUCH_H */
