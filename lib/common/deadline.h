/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A deadline on CLOCK_MONOTONIC. Every wait of the library has one that lies
 * below the time its caller was given; what is not done by then is an error. */
#ifndef VOUCH_COMMON_DEADLINE_H
#define VOUCH_COMMON_DEADLINE_H

#include <stdint.h>

struct vouch_deadline {
	int64_t at_ms; /* CLOCK_MONOTONIC, milliseconds */
};

struct vouch_deadline vouch__deadline_in(int64_t timeout_ms);
/* The earlier of the given one and now + timeout_ms. */
struct vouch_deadline vouch__deadline_within(struct vouch_deadline outer,
					     int64_t timeout_ms);
/* Milliseconds left; 0 once it has passed, never negative. */
int vouch__deadline_left_ms(struct vouch_deadline deadline);

#endif
