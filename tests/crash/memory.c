/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/crash/memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

/* Probes run in threads of their own. */
static atomic_ulong fail_nth;
static atomic_int fail_onwards;
static atomic_ulong count;
static atomic_long live;

void memory_fail(unsigned long nth, int onwards)
{
	atomic_store(&fail_nth, nth);
	atomic_store(&fail_onwards, onwards);
	atomic_store(&count, 0);
}

unsigned long memory_count(void)
{
	return atomic_load(&count);
}

long memory_live(void)
{
	return atomic_load(&live);
}

#if defined(MEMORY_SANITIZED)
void *memory_own(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		abort();
	return memory;
}

void memory_own_free(void *memory)
{
	free(memory);
}
#else
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static int fails_now(void)
{
	unsigned long now = atomic_fetch_add(&count, 1) + 1;
	unsigned long nth = atomic_load(&fail_nth);

	if (nth == 0 || now < nth || (now > nth && !atomic_load(&fail_onwards)))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	void *memory = fails_now() ? NULL : __libc_malloc(size);

	atomic_fetch_add(&live, memory != NULL);
	return memory;
}

void *calloc(size_t number, size_t size)
{
	void *memory = fails_now() ? NULL : __libc_calloc(number, size);

	atomic_fetch_add(&live, memory != NULL);
	return memory;
}

void *realloc(void *old, size_t size)
{
	void *memory = fails_now() ? NULL : __libc_realloc(old, size);

	atomic_fetch_add(&live, !old && memory);
	return memory;
}

void free(void *memory)
{
	atomic_fetch_sub(&live, memory != NULL);
	__libc_free(memory);
}

void *memory_own(size_t size)
{
	void *memory = __libc_malloc(size);

	if (!memory)
		abort();
	return memory;
}

void memory_own_free(void *memory)
{
	__libc_free(memory);
}
#endif
