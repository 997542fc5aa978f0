/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Allocations that fail, and the count of those that are not released. Under the
 * address sanitizer neither: it has its own allocator and finds leaks itself. */
#ifndef TESTS_CRASH_MEMORY_H
#define TESTS_CRASH_MEMORY_H

#include <stddef.h>

/* gcc says it in one way, clang in another. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define MEMORY_SANITIZED
#endif

#if defined(MEMORY_SANITIZED)
enum { MEMORY_CAN_FAIL = 0 };
#else
enum { MEMORY_CAN_FAIL = 1 };
#endif

/* The nth from now on fails, and with onwards every later one. 0: none. */
void memory_fail(unsigned long nth, int onwards);
/* Allocations since memory_fail(). */
unsigned long memory_count(void);
long memory_live(void);
/* For the harness itself: never fails, never counted. */
void *memory_own(size_t size);
void memory_own_free(void *memory);

#endif
