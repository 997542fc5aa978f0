/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A decision as one HTML page: no script, nothing from elsewhere. */
#ifndef VOUCH_EXPLAIN_PAGE_H
#define VOUCH_EXPLAIN_PAGE_H

#include "explain/story.h"

/* *page is NUL-terminated; free() it. The same story, the same bytes. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__page_render(const struct vouch_story *story, char **page,
		   struct vouch_error *error);

#endif
