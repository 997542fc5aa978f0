/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nothing is decided or derived here: every word stands in the story. */
#include "explain/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/page_part.h"
#include "explain/page_style.h"

enum { AXIS_LEFT = 130, AXIS_WIDTH = 330, ROW_HEIGHT = 26 };

static void element(FILE *out, const char *open, const char *text,
		    const char *close)
{
	vouch__page_element(out, open, text, close);
}

static void head_write(FILE *out, const struct vouch_story *story)
{
	(void)fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		    "<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" "
		    "content=\"default-src 'none'; style-src 'unsafe-inline'; "
		    "img-src data:; "
		    "base-uri 'none'; form-action 'none'\">\n"
		    "<meta name=\"viewport\" "
		    "content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"referrer\" content=\"no-referrer\">\n"
		    /* Browsers ask for an icon by themselves. */
		    "<link rel=\"icon\" href=\"data:,\">\n",
		    out);
	element(out, story->supposed ? "<title>vouch: only supposed: " :
				       "<title>vouch: ",
		vouch__story_text(story->verdict, "decision"), ", ");
	element(out, "", vouch__story_text(story->verdict, "request"),
		"</title>\n");
	(void)fputs("<style>" VOUCH_PAGE_STYLE "</style>\n</head>\n<body>\n"
		    "<main>\n",
		    out);
}

static void differences_write(FILE *out, struct json_object *differences)
{
	size_t i, count = differences ? json_object_array_length(differences) : 0;

	(void)fputs(count > 0 ? "<p>What differs (&minus;: as it was, +: as it "
				"would be):</p>\n<ul>\n" :
				"<p>Nothing differs: no rule turns on it.</p>\n",
		    out);
	for (i = 0; i < count; i++) {
		struct json_object *difference =
			json_object_array_get_idx(differences, i);
		struct json_object *finding = NULL;

		(void)json_object_object_get_ex(difference, "finding", &finding);
		element(out,
			strcmp(vouch__story_text(difference, "in"), "after") == 0 ?
				"<li>+ " : "<li>&minus; ",
			vouch__story_mark(finding), " ");
		element(out, "", vouch__story_text(finding, "name"), ": ");
		element(out, "", vouch__story_text(finding, "text"), "</li>\n");
	}
	(void)fputs(count > 0 ? "</ul>\n" : "", out);
}

/* In front of everything: a verdict on what is not so must not be taken for one
 * on what is (P6-A3). */
static void supposed_write(FILE *out, struct json_object *supposed)
{
	struct json_object *changes = vouch__story_array(supposed, "supposed");
	struct json_object *before = NULL;
	size_t i, count = changes ? json_object_array_length(changes) : 0;

	(void)json_object_object_get_ex(supposed, "before", &before);
	element(out,
		"<section class=\"supposed\" aria-labelledby=\"supposed\">\n"
		"<h2 id=\"supposed\">",
		vouch__story_text(supposed, "warning"), "</h2>\n");
	(void)fputs("<p>Suppose that the evidence is collected again, after:</p>"
		    "\n<ul>\n",
		    out);
	for (i = 0; i < count; i++) {
		struct json_object *change = json_object_array_get_idx(changes, i);

		element(out, "<li><code>", vouch__story_text(change, "change"),
			"</code>: ");
		element(out, "", vouch__story_text(change, "supposes"), "</li>\n");
	}
	element(out, "</ul>\n<p>As it was: ",
		vouch__story_text(before, "decision"), ": ");
	element(out, "", vouch__story_text(before, "why"), "</p>\n");
	differences_write(out, vouch__story_array(supposed, "differences"));
	(void)fputs("</section>\n", out);
}

static void opening_write(FILE *out, const struct vouch_story *story)
{
	struct json_object *epoch;

	if (story->supposed)
		supposed_write(out, story->supposed);
	(void)fputs(story->supposed ? "<h1>would be " : "<h1>", out);
	(void)fputs(story->permitted ? "<span class=\"permit\">permit</span>: " :
				       "<span class=\"veto\">veto</span>: ",
		    out);
	element(out, "", vouch__story_text(story->verdict, "why"), "</h1>\n");
	element(out, "<p>", story->asked, "</p>\n");
	if (json_object_object_get_ex(story->verdict, "epoch", &epoch))
		(void)fprintf(out, "<p>It would hold epoch %" PRId64 ".</p>\n",
			      json_object_get_int64(epoch));
}

static void remedy_write(FILE *out, struct json_object *remedy)
{
	size_t i, count = json_object_array_length(remedy);

	for (i = 0; i < count; i++) {
		const char *text = json_object_get_string(
			json_object_array_get_idx(remedy, i));

		element(out, i == 0 ? "<li>" : "; and ", text ? text : "", "");
	}
	(void)fputs(count > 0 ? "</li>\n" : "", out);
}

static void unblock_write(FILE *out, const struct vouch_story *story)
{
	struct json_object *findings =
		vouch__story_array(story->verdict, "findings");
	size_t i;

	for (i = 0; i < json_object_array_length(findings); i++) {
		struct json_object *finding =
			json_object_array_get_idx(findings, i);

		if (strcmp(vouch__story_mark(finding), "open") == 0 &&
		    vouch__story_text(finding, "unblock")[0] != '\0')
			element(out, "<li>",
				vouch__story_text(finding, "unblock"),
				"</li>\n");
	}
}

static void remedies_write(FILE *out, const struct vouch_story *story)
{
	struct json_object *remedies =
		vouch__story_array(story->verdict, "remedies");
	size_t i, count = remedies ? json_object_array_length(remedies) : 0;

	(void)fputs("<section aria-labelledby=\"unblock\">\n<h2 id=\"unblock\">"
		    "What would have to become true</h2>\n",
		    out);
	if (count == 0)
		element(out, "<p>",
			vouch__story_text(story->verdict, "remedies_note"),
			"</p>\n");
	(void)fputs(count > 1 ? "<p>Any one of these:</p>\n<ul>\n" : "<ul>\n",
		    out);
	for (i = 0; i < count; i++) {
		struct json_object *remedy =
			json_object_array_get_idx(remedies, i);

		if (json_object_is_type(remedy, json_type_array))
			remedy_write(out, remedy);
	}
	if (count == 0)
		unblock_write(out, story);
	(void)fputs("</ul>\n</section>\n", out);
}

static void facts_write(FILE *out, struct json_object *finding)
{
	struct json_object *facts = vouch__story_array(finding, "facts");
	size_t i, count = facts ? json_object_array_length(facts) : 0;

	if (count == 0)
		return;
	(void)fputs("\n<ul class=\"facts\">\n", out);
	for (i = 0; i < count; i++) {
		struct json_object *fact = json_object_array_get_idx(facts, i);

		element(out, "<li>", vouch__story_text(fact, "node"), " ");
		element(out, "", vouch__story_text(fact, "fact"), ": ");
		element(out, "<b>", vouch__story_text(fact, "value"), "</b> ");
		element(out, "<span class=\"source\">[",
			vouch__story_text(fact, "source"), "]</span></li>\n");
	}
	(void)fputs("</ul>", out);
}

static void finding_write(FILE *out, struct json_object *finding)
{
	const char *mark = vouch__story_mark(finding);
	struct json_object *rule = NULL;

	(void)json_object_object_get_ex(finding, "rule", &rule);
	(void)fprintf(out, "<li><span class=\"mark %s\">%s</span> ",
		      strcmp(mark, "not used") == 0 ? "not-used" : mark, mark);
	element(out, "", vouch__story_text(finding, "text"), " ");
	(void)fprintf(out, "<span class=\"rule\">(rule %d ",
		      json_object_get_int(rule));
	element(out, "", vouch__story_text(finding, "name"), ", ");
	element(out, "", vouch__story_text(finding, "invariant"), ")</span>");
	facts_write(out, finding);
	(void)fputs("</li>\n", out);
}

static void tree_write(FILE *out, const struct vouch_story *story)
{
	struct json_object *findings =
		vouch__story_array(story->verdict, "findings");
	const char *obligation = NULL;
	size_t i;

	(void)fputs("<section aria-labelledby=\"proof\">\n<h2 id=\"proof\">The "
		    "proof</h2>\n<ul class=\"tree\">\n",
		    out);
	for (i = 0; i < json_object_array_length(findings); i++) {
		struct json_object *finding =
			json_object_array_get_idx(findings, i);
		const char *next = vouch__story_obligation(finding);

		if (next != obligation) {
			(void)fputs(obligation ? "</ul></details></li>\n" : "",
				    out);
			element(out, "<li><details open><summary>", next,
				"</summary>\n<ul>\n");
			obligation = next;
		}
		finding_write(out, finding);
	}
	(void)fputs(obligation ? "</ul></details></li>\n" : "", out);
	(void)fputs("</ul>\n</section>\n", out);
}

static void axis_row_write(FILE *out, const struct vouch_story_member *member,
			   uint32_t row)
{
	uint32_t y = ROW_HEIGHT * (row + 1);
	uint32_t x = AXIS_LEFT + AXIS_WIDTH * member->along_permille / 1000;

	(void)fprintf(out, "<text x=\"0\" y=\"%u\">", y + 4);
	/* The picture has room for so much; the table has the whole name. */
	element(out, "", strlen(member->name) > 16 ? "…" : member->name,
		"</text>");
	(void)fprintf(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%u\" y2=\"%u\"/>",
		      AXIS_LEFT, AXIS_LEFT + AXIS_WIDTH, y, y);
	if (member->position_lsn == 0)
		(void)fprintf(out, "<text x=\"%d\" y=\"%u\">not read</text>\n",
			      AXIS_LEFT + AXIS_WIDTH + 12, y + 4);
	else
		(void)fprintf(out,
			      "<circle%s cx=\"%u\" cy=\"%u\" r=\"6\"/>"
			      "<text x=\"%d\" y=\"%u\">%s</text>\n",
			      member->candidate ? " class=\"candidate\"" : "", x,
			      y, AXIS_LEFT + AXIS_WIDTH + 12, y + 4,
			      member->position);
}

static void axis_write(FILE *out, const struct vouch_story *story)
{
	uint32_t height = ROW_HEIGHT * (story->member_count + 1), i;

	(void)fprintf(out,
		      "<svg viewBox=\"0 0 600 %u\" role=\"img\" "
		      "aria-label=\"Positions of the members' logs; the table "
		      "below has them as text\">\n",
		      height);
	(void)fprintf(out,
		      "<line class=\"bound\" x1=\"%d\" x2=\"%d\" y1=\"4\" "
		      "y2=\"%u\"/>\n",
		      AXIS_LEFT + AXIS_WIDTH, AXIS_LEFT + AXIS_WIDTH, height - 4);
	for (i = 0; i < story->member_count; i++)
		axis_row_write(out, &story->members[i], i);
	(void)fputs("</svg>\n", out);
}

static void members_write(FILE *out, const struct vouch_story *story)
{
	uint32_t i;

	if (story->member_count == 0)
		return;
	(void)fputs("<section aria-labelledby=\"members\">\n<h2 id=\"members\">"
		    "Members and how far their logs go</h2>\n",
		    out);
	if (story->furthest[0] != '\0') {
		element(out, "<p>Dashed: the furthest log that was read, ",
			story->furthest, ".</p>\n");
		axis_write(out, story);
	}
	(void)fputs("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">"
		    "member</th><th scope=\"col\">answered as</th>"
		    "<th scope=\"col\">end of its log</th></tr></thead>\n"
		    "<tbody>\n",
		    out);
	for (i = 0; i < story->member_count; i++) {
		const struct vouch_story_member *member = &story->members[i];

		element(out, "<tr><th scope=\"row\">", member->name, "</th>");
		element(out, "<td>", member->role, "</td>");
		element(out, "<td>",
			member->position[0] ? member->position : "not read",
			"</td></tr>\n");
	}
	(void)fputs("</tbody></table></div>\n</section>\n", out);
}

static void attempt_write(FILE *out, const struct vouch_story *story)
{
	uint32_t i;

	(void)fputs("<section aria-labelledby=\"attempt\">\n<h2 id=\"attempt\">"
		    "The attempt</h2>\n",
		    out);
	if (story->moment_count == 0) {
		(void)fputs("<p>Made from documents alone, which have no times; "
			    "<code>vouch explain</code> on the node that decided "
			    "has them.</p>\n</section>\n",
			    out);
		return;
	}
	(void)fputs("<ol class=\"time\">\n", out);
	for (i = 0; i < story->moment_count; i++) {
		const struct vouch_story_moment *moment = &story->moments[i];

		element(out, "<li>", moment->text, "");
		element(out, " <span class=\"source\">", moment->time, "");
		element(out, moment->elapsed[0] ? ", after " : "",
			moment->elapsed, "</span></li>\n");
	}
	(void)fputs("</ol>\n</section>\n", out);
}

static void steps_write(FILE *out, const struct vouch_story *story)
{
	uint32_t i;

	if (story->step_count == 0)
		return;
	(void)fputs("<section aria-labelledby=\"steps\">\n<h2 id=\"steps\">The "
		    "evidence, in the order of its observation</h2>\n<ol>\n",
		    out);
	for (i = 0; i < story->step_count; i++)
		element(out, "<li>", story->steps[i].text, "</li>\n");
	(void)fputs("</ol>\n</section>\n", out);
}

enum vouch_error_code vouch__page_render(const struct vouch_story *story,
					 char **page, struct vouch_error *error)
{
	size_t size;
	FILE *out = open_memstream(page, &size);
	int failed;

	if (!out) {
		*page = NULL;
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	}
	head_write(out, story);
	opening_write(out, story);
	if (!story->permitted)
		remedies_write(out, story);
	tree_write(out, story);
	members_write(out, story);
	attempt_write(out, story);
	steps_write(out, story);
	vouch__page_epochs(out, story);
	element(out, "</main>\n<footer><p>Outside the promise: ",
		vouch__story_text(story->verdict, "outside_the_promise"),
		".</p></footer>\n</body>\n</html>\n");
	failed = ferror(out);
	if (fclose(out) != 0 || failed || !*page) {
		free(*page);
		*page = NULL;
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	}
	return VOUCH_OK;
}
