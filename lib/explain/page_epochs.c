/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "explain/page_part.h"

#include <inttypes.h>
#include <string.h>

#include "common/safe_text.h"

enum {
	LANES_LEFT = 130,
	LANES_WIDTH = 450,
	WIDEST = 90,
	LANE_HEIGHT = 26,
	BAR_HEIGHT = 14,
};

/* One column an epoch, one lane a holder, both in the order of the list. */
struct lanes {
	uint32_t lane[VOUCH_GRANTS_MAX];
	uint32_t column[VOUCH_GRANTS_MAX];
	const char *holder[VOUCH_GRANTS_MAX];
	uint32_t lane_count;
	uint32_t column_count;
	uint32_t width;
};

void vouch__page_element(FILE *out, const char *open, const char *text,
			 const char *close)
{
	(void)fputs(open, out);
	vouch__html_write(out, text);
	(void)fputs(close, out);
}

static uint32_t lane_of(struct lanes *lanes, const char *holder)
{
	uint32_t i;

	for (i = 0; i < lanes->lane_count; i++)
		if (strcmp(lanes->holder[i], holder) == 0)
			return i;
	lanes->holder[lanes->lane_count] = holder;
	return lanes->lane_count++;
}

static void lanes_find(struct lanes *lanes, const struct vouch_story *story)
{
	uint32_t i;

	memset(lanes, 0, sizeof(*lanes));
	for (i = 0; i < story->epoch_count; i++) {
		if (i == 0 || story->epochs[i].epoch != story->epochs[i - 1].epoch)
			lanes->column_count++;
		lanes->column[i] = lanes->column_count - 1;
		lanes->lane[i] = lane_of(lanes, story->epochs[i].holder);
	}
	lanes->width = LANES_WIDTH / lanes->column_count;
	if (lanes->width > WIDEST)
		lanes->width = WIDEST;
}

static void bar_write(FILE *out, const struct lanes *lanes, uint32_t i,
		      const struct vouch_story_epoch *epoch)
{
	uint32_t x = LANES_LEFT + lanes->width * lanes->column[i];
	uint32_t y = LANE_HEIGHT * lanes->lane[i] + 8;

	(void)fprintf(out,
		      "<rect class=\"epoch %s\" x=\"%u\" y=\"%u\" width=\"%u\" "
		      "height=\"%d\"><title>epoch %" PRIu64 ", ",
		      epoch->outcome, x + 2, y, lanes->width - 4, BAR_HEIGHT,
		      epoch->epoch);
	vouch__page_element(out, "", epoch->holder, ": ");
	vouch__page_element(out, "", epoch->outcome, " (");
	vouch__page_element(out, "", epoch->source, ")</title></rect>\n");
}

/* Two sources that say the same are drawn one over the other: dashed over full
 * where they differ. */
static void lanes_write(FILE *out, const struct vouch_story *story)
{
	struct lanes lanes;
	uint32_t height, i;

	lanes_find(&lanes, story);
	height = LANE_HEIGHT * lanes.lane_count + 22;
	(void)fprintf(out,
		      "<svg viewBox=\"0 0 600 %u\" role=\"img\" aria-label=\"Who was "
		      "granted which epoch, oldest first; the table below has it "
		      "as text\">\n",
		      height);
	for (i = 0; i < lanes.lane_count; i++) {
		(void)fprintf(out, "<text x=\"0\" y=\"%u\">",
			      LANE_HEIGHT * i + 19);
		vouch__page_element(out, "",
				    strlen(lanes.holder[i]) > 16 ?
					    "\xe2\x80\xa6" : lanes.holder[i],
				    "</text>\n");
	}
	for (i = 0; i < story->epoch_count; i++) {
		bar_write(out, &lanes, i, &story->epochs[i]);
		if (i == 0 || lanes.column[i] != lanes.column[i - 1])
			(void)fprintf(out,
				      "<text x=\"%u\" y=\"%u\">%" PRIu64 "</text>\n",
				      LANES_LEFT + lanes.width * lanes.column[i] + 2,
				      height - 4, story->epochs[i].epoch);
	}
	(void)fputs("</svg>\n<p class=\"source\">Full: the promotion is known to "
		    "have happened; dashed: how it ended is not known; hollow: it "
		    "is known that it did not happen.</p>\n",
		    out);
}

static void table_write(FILE *out, const struct vouch_story *story)
{
	uint32_t i;

	(void)fputs("<div class=\"scroll\"><table>\n"
		    "<thead><tr><th scope=\"col\">epoch</th><th scope=\"col\">"
		    "holder</th><th scope=\"col\">promotion</th>"
		    "<th scope=\"col\">contract</th><th scope=\"col\">source</th>"
		    "</tr></thead>\n<tbody>\n",
		    out);
	for (i = 0; i < story->epoch_count; i++) {
		const struct vouch_story_epoch *epoch = &story->epochs[i];

		(void)fprintf(out, "<tr><th scope=\"row\">%" PRIu64 "</th>",
			      epoch->epoch);
		vouch__page_element(out, "<td>", epoch->holder, "</td>");
		vouch__page_element(out, "<td>", epoch->outcome, "</td>");
		(void)fprintf(out, "<td>%u of %u</td>", epoch->k,
			      epoch->member_count);
		vouch__page_element(out, "<td>", epoch->source, "</td></tr>\n");
	}
	(void)fputs("</tbody></table></div>\n", out);
}

void vouch__page_epochs(FILE *out, const struct vouch_story *story)
{
	if (story->epoch_count == 0)
		return;
	(void)fputs("<section aria-labelledby=\"epochs\">\n<h2 id=\"epochs\">"
		    "Epochs, as granted</h2>\n",
		    out);
	lanes_write(out, story);
	table_write(out, story);
	(void)fputs("</section>\n", out);
}
