/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/deadline.h"

#include <limits.h>
#include <time.h>

/* A clock that cannot be read makes every deadline a passed one. */
static int64_t now_ms(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return INT64_MAX;
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct vouch_deadline vouch__deadline_in(int64_t timeout_ms)
{
	struct vouch_deadline deadline = { .at_ms = now_ms() };

	if (timeout_ms > 0 && __builtin_add_overflow(deadline.at_ms, timeout_ms,
						     &deadline.at_ms))
		deadline.at_ms = INT64_MAX;
	return deadline;
}

struct vouch_deadline vouch__deadline_within(struct vouch_deadline outer,
					     int64_t timeout_ms)
{
	struct vouch_deadline inner = vouch__deadline_in(timeout_ms);

	return inner.at_ms < outer.at_ms ? inner : outer;
}

int vouch__deadline_left_ms(struct vouch_deadline deadline)
{
	int64_t now = now_ms();

	if (now >= deadline.at_ms)
		return 0;
	/* Both are times since boot: the difference does not overflow unless
	 * a zeroed or made-up deadline comes in, and that has passed. */
	if (deadline.at_ms - now > INT_MAX)
		return INT_MAX;
	return (int)(deadline.at_ms - now);
}
