/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as the server spells them. Each returns 0 and writes nothing when the
 * text is not exactly such a number: no blanks, no sign, no trailing bytes. */
#ifndef VOUCH_PG_LSN_H
#define VOUCH_PG_LSN_H

#include <stdint.h>

/* "16/B374D848" */
int vouch__pg_lsn_parse(const char *text, uint64_t *lsn);
/* decimal */
int vouch__pg_number_parse(const char *text, uint64_t *number);
/* decimal, 1 to 2^32 - 1 */
int vouch__pg_timeline_parse(const char *text, uint32_t *timeline);

#endif
