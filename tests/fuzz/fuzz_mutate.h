/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small damages of an input, the same ones each time, for tests that replay
 * what a fuzzer has kept. */
#ifndef TESTS_FUZZ_FUZZ_MUTATE_H
#define TESTS_FUZZ_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* How much room the damages of one input need. */
enum { MUTATE_CHANGES = 4 };
#define MUTATE_ROOM(size) (((size) + MUTATE_CHANGES) << MUTATE_CHANGES)

static uint64_t dice_state = 1; /* never zero */

/* What comes then depends on these bytes, and not on what was before. */
static void dice_throw(const uint8_t *data, size_t size)
{
	dice_state = 14695981039346656037ull;
	while (size-- > 0)
		dice_state = (dice_state ^ *data++) * 1099511628211ull;
	dice_state |= 1;
}

static uint32_t dice(uint32_t sides)
{
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return (uint32_t)(dice_state >> 11) % sides;
}

static void byte_change(uint8_t *data, size_t *size)
{
	static const char odd[] = "{}[]\":,0-9\n\\ \0null\xff";
	size_t at = dice((uint32_t)*size);

	switch (dice(6)) {
	case 0:
		data[at] = (uint8_t)(data[at] ^ (1u << dice(8)));
		break;
	case 1:
		data[at] = (uint8_t)odd[dice(sizeof(odd) - 1)];
		break;
	case 2: /* cut */
		*size = at + 1;
		break;
	case 3: /* leave out */
		memmove(data + at, data + at + 1, *size - at - 1);
		*size -= *size > 1;
		break;
	case 4: /* put in */
		memmove(data + at + 1, data + at, *size - at);
		data[at] = (uint8_t)odd[dice(sizeof(odd) - 1)];
		(*size)++;
		break;
	default: /* a piece of itself */
		memcpy(data + *size, data + at, *size - at);
		*size += *size - at;
		break;
	}
}

/* `data` begins with `size` bytes, at least one, and has MUTATE_ROOM(size).
 * Returns how many there are then, at least one. */
static size_t bytes_mutate(uint8_t *data, size_t size)
{
	uint32_t changes = 1 + dice(MUTATE_CHANGES);

	while (changes-- > 0)
		byte_change(data, &size);
	return size;
}

#endif
