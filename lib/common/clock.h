/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The wall clock, as text for people. Nothing is ever decided by it. */
#ifndef VOUCH_COMMON_CLOCK_H
#define VOUCH_COMMON_CLOCK_H

enum { VOUCH_CLOCK_SIZE = 32 };

/* "2031-01-31T23:59:59Z"; "unknown" when there is no telling. */
void vouch__clock_utc(char text[VOUCH_CLOCK_SIZE]);

#endif
