/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of any decision that any evidence leads to (P6-O2): whole, and with
 * nothing in it that a browser would obey; or no decision at all. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "explain/page.h"
#include "vouch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void page_check(const char *page)
{
	static const char end[] = "</footer>\n</body>\n</html>\n";
	size_t length = strlen(page);
	const unsigned char *at;

	if (length < sizeof(end) ||
	    strcmp(page + length - (sizeof(end) - 1), end) != 0 ||
	    strstr(page, "<script"))
		abort();
	for (at = (const unsigned char *)page; *at; at++) {
		if ((*at < 0x20 && *at != '\n') || *at == 0x7f ||
		    (*at == 0xc2 && at[1] < 0xa0))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vouch_error error = { 0 };
	struct vouch_story *story;
	char *verdict, *page;

	if (vouch_decide((const char *)data, size, &verdict, &error) ==
	    VOUCH_UNDECIDED)
		return 0;
	/* What could be decided can be told. */
	if (vouch__story_read(verdict, strlen(verdict), (const char *)data, size,
			      &story, &error) != VOUCH_OK ||
	    vouch__page_render(story, &page, &error) != VOUCH_OK)
		abort();
	page_check(page);
	free(page);
	vouch__story_free(story);
	vouch_text_free(verdict);
	return 0;
}
