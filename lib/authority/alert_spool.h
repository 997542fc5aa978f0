/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a spool; see alert.h. */
#ifndef VOUCH_AUTHORITY_ALERT_SPOOL_H
#define VOUCH_AUTHORITY_ALERT_SPOOL_H

#include "authority/alert.h"

/* Under construction, by whoever has the spool's lock. */
#define VOUCH_ALERT_NEW "new"

/* Their numbers, ascending; how many. Of more than there is room for, some. */
uint32_t vouch__alert_spool_list(int spool,
				 uint64_t numbers[VOUCH_ALERTS_WAITING]);

#endif
