/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The wall clock, as text for people. Nothing is ever decided by it. */
#ifndef VOUCH_COMMON_CLOCK_H
#define VOUCH_COMMON_CLOCK_H

#include <stdint.h>

enum { VOUCH_CLOCK_SIZE = 32 };

/* "2031-01-31T23:59:59Z"; "unknown" when there is no telling. */
void vouch__clock_utc(char text[VOUCH_CLOCK_SIZE]);

/* Milliseconds of a clock that nobody sets, to tell how long something took. */
uint64_t vouch__clock_steady_ms(void);

#endif
