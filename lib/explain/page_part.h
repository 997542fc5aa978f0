/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that write the page have in common. */
#ifndef VOUCH_EXPLAIN_PAGE_PART_H
#define VOUCH_EXPLAIN_PAGE_PART_H

#include <stdio.h>

#include "explain/story.h"

/* `text` is escaped; `open` and `close` are markup. */
void vouch__page_element(FILE *out, const char *open, const char *text,
			 const char *close);
/* Who was granted authority over which epoch, drawn and as a table. */
void vouch__page_epochs(FILE *out, const struct vouch_story *story);

#endif
