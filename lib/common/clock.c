/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/clock.h"

#include <stdio.h>
#include <time.h>

void vouch__clock_utc(char text[VOUCH_CLOCK_SIZE])
{
	time_t now = time(NULL);
	struct tm utc;

	if (now == (time_t)-1 || !gmtime_r(&now, &utc) ||
	    strftime(text, VOUCH_CLOCK_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		(void)snprintf(text, VOUCH_CLOCK_SIZE, "unknown");
}

uint64_t vouch__clock_steady_ms(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
