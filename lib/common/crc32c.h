/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CRC-32C (Castagnoli, reflected): what guards every durable line. */
#ifndef VOUCH_COMMON_CRC32C_H
#define VOUCH_COMMON_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Of `length` bytes after those that `crc` stands for; begin with 0. */
uint32_t vouch__crc32c(uint32_t crc, const void *data, size_t length);

#endif
