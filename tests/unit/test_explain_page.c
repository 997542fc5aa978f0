/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of a decision (P6-O2): told as it was decided, the same bytes each
 * time (P6-D1), and harmless whatever stands in the two documents. */
#include "explain/page.h"
#include "tests/unit/evidence_fixture.h"

static char *page_of(const char *verdict, const char *evidence)
{
	struct vouch_error error = { 0 };
	struct vouch_story *story;
	char *page;

	if (vouch__story_read(verdict, strlen(verdict), evidence,
			      evidence ? strlen(evidence) : 0, &story,
			      &error) != VOUCH_OK ||
	    vouch__page_render(story, &page, &error) != VOUCH_OK)
		fail_msg("%s", error.text);
	vouch__story_free(story);
	return page;
}

/* Nothing that a browser would obey. */
static void is_harmless(const char *page)
{
	static const char *const never[] = { "<script", "<img", "<iframe", "<i>",
					     "javascript:", "onerror=\"",
					     "\xe2\x80\xae", "\xe2\x81\xa6" };
	const unsigned char *at = (const unsigned char *)page;
	size_t i;

	for (; *at; at++) {
		if ((*at < 0x20 && *at != '\n') || *at == 0x7f ||
		    (*at == 0xc2 && at[1] < 0xa0))
			fail_msg("byte %02x in: %.60s", *at, at);
	}
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (strstr(page, never[i]))
			fail_msg("%s", never[i]);
	}
	assert_non_null(strstr(page, "default-src 'none'"));
}

static void bar_begins(const char *page, const char *title, const char *begin)
{
	const char *found = strstr(page, title);

	assert_non_null(found);
	while (strncmp(found, "<rect ", 6) != 0)
		found--;
	if (strncmp(found, begin, strlen(begin)) != 0)
		fail_msg("%s is not %s", title, begin);
}

/* Each grant is a bar of its own, in the lane of its holder and the column of its
 * epoch, and how it ended is drawn as it is on record (P6-A1). */
static void the_epochs_are_drawn(void **state)
{
	static const char verdict[] =
		"{\"decision\":\"veto\",\"why\":\"\",\"findings\":[]}";
	struct vouch_error error = { 0 };
	struct vouch_story *story;
	char *page;
	uint32_t i;

	(void)state;
	assert_int_equal(vouch__story_read(verdict, strlen(verdict), NULL, 0,
					   &story, &error), VOUCH_OK);
	story->epochs[0] = (struct vouch_story_epoch){ 7, "n1", "done", "log", 1, 2 };
	story->epochs[1] = (struct vouch_story_epoch){ 9, "<i>", "open", "cluster", 1, 2 };
	story->epochs[2] = (struct vouch_story_epoch){ 9, "<i>", "done", "log", 1, 2 };
	story->epochs[3] = (struct vouch_story_epoch){ 10, "n1", "void", "journal", 1, 2 };
	story->epoch_count = 4;
	assert_int_equal(vouch__page_render(story, &page, &error), VOUCH_OK);
	is_harmless(page);
	bar_begins(page, "epoch 7, n1: done (log)",
		   "<rect class=\"epoch done\" x=\"132\" y=\"8\"");
	bar_begins(page, "epoch 9, &lt;i&gt;: open (cluster)",
		   "<rect class=\"epoch open\" x=\"222\" y=\"34\"");
	bar_begins(page, "epoch 10, n1: void (journal)",
		   "<rect class=\"epoch void\" x=\"312\" y=\"8\"");
	free(page);
	/* As many as there can be, each another's. */
	for (i = 0; i < VOUCH_GRANTS_MAX; i++)
		story->epochs[i] = (struct vouch_story_epoch){
			i + 1, i % 2 ? "n1" : "n2", "done", "log", 1, 2 };
	story->epoch_count = VOUCH_GRANTS_MAX;
	assert_int_equal(vouch__page_render(story, &page, &error), VOUCH_OK);
	assert_non_null(strstr(page, "</html>"));
	free(page);
	vouch__story_free(story);
}

/* What the journal has of an attempt is told in its order; what it has not is
 * not made up (P6-O1), and hostile records are text. */
static void the_attempt_is_told_as_recorded(void **state)
{
	static const char records[] =
		"[{\"to\":\"PromotionRequested\",\"time\":\"2031-01-31T23:59:58Z\","
		"\"elapsed_ms\":1},"
		"{\"to\":\"PromotionDenied\",\"elapsed_ms\":412},"
		"{\"to\":\"<script>\"},{\"to\":7},null,[],"
		"{\"outcome\":\"<script>\\u001b\",\"time\":\"<img>\"}]";
	struct json_object *json = json_tokener_parse(records);
	struct vouch_error error = { 0 };
	struct vouch_story *story;
	const char *requested, *denied;
	char *verdict, *page;

	(void)state;
	assert_int_not_equal(vouch_decide(cases[0].text, cases[0].length,
					  &verdict, &error),
			     VOUCH_UNDECIDED);
	assert_int_equal(vouch__story_read(verdict, strlen(verdict), NULL, 0,
					   &story, &error),
			 VOUCH_OK);
	vouch__story_attempt_read(story, json);
	assert_int_equal(story->moment_count, 3);
	assert_int_equal(vouch__page_render(story, &page, &error), VOUCH_OK);
	requested = strstr(page, "2031-01-31T23:59:58Z, after 1 ms");
	denied = strstr(page, "decided: veto");
	assert_non_null(requested);
	assert_non_null(denied);
	assert_true(requested < denied);
	assert_null(strstr(page, "decided: permit"));
	assert_null(strstr(page, "promoted;"));
	assert_null(strstr(page, "documents alone"));
	is_harmless(page);
	free(page);
	vouch__story_free(story);
	vouch_text_free(verdict);
	json_object_put(json);
}

static void every_case_has_a_page(void **state)
{
	struct vouch_error error = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < case_count; i++) {
		char *verdict, *page, *again;
		enum vouch_decision decision = vouch_decide(
			cases[i].text, cases[i].length, &verdict, &error);

		if (decision == VOUCH_UNDECIDED)
			fail_msg("%s: %s", cases[i].name, error.text);
		page = page_of(verdict, cases[i].text);
		again = page_of(verdict, cases[i].text);
		assert_string_equal(page, again);
		is_harmless(page);
		assert_int_equal(decision == VOUCH_PERMITTED,
				 strstr(page, "class=\"permit\"") != NULL);
		assert_int_equal(decision == VOUCH_VETOED,
				 strstr(page, "class=\"veto\"") != NULL);
		free(again);
		free(page);
		vouch_text_free(verdict);
	}
}

static void hostile_texts_are_shown_harmlessly(void **state)
{
	static const char *const hostile[] = {
		"\\u001b[2J\\u001b]0;owned\\u0007", "</title><script>x()</script>",
		"\\\" onerror=\\\"x()", "' onerror='x()", "\\u202egnp.exe",
		"\\u2066x\\u2069", "<img src=//x>", "</style><iframe>", "&lt;&#60;",
		"%s%s%n", "<!--", "]]>", "\\u0085\\u009b31m", "<i>n1</i>",
	};
	char verdict[4096], *page;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		const char *x = hostile[i];

		(void)snprintf(
			verdict, sizeof(verdict),
			"{\"decision\":\"veto\",\"cluster\":\"%s\",\"request\":"
			"\"%s\",\"candidate\":\"%s\",\"reason\":\"%s\",\"why\":"
			"\"%s\",\"findings\":[{\"rule\":540,\"name\":\"%s\","
			"\"invariant\":\"%s\",\"outcome\":\"%s\",\"text\":\"%s\","
			"\"unblock\":\"%s\",\"facts\":[{\"fact\":\"%s\",\"node\":"
			"\"%s\",\"value\":\"%s\",\"source\":\"%s\"}]}],"
			"\"remedies\":[[\"%s\",\"%s\"]],\"outside_the_promise\":"
			"\"%s\"}",
			x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x);
		page = page_of(verdict, NULL);
		is_harmless(page);
		free(page);
	}
}

/* Any decision that is not exactly "permit" is shown as a veto (P6-F1). */
static void only_permit_reads_as_permit(void **state)
{
	static const char *const words[] = { "Permit", "permit ", "permitted",
					     "veto", "x" };
	char verdict[128], *page;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		(void)snprintf(verdict, sizeof(verdict),
			       "{\"decision\":\"%s\",\"findings\":[]}", words[i]);
		page = page_of(verdict, NULL);
		assert_null(strstr(page, "class=\"permit\""));
		free(page);
	}
}

static enum vouch_error_code refusal(const char *verdict, const char *evidence)
{
	struct vouch_error error = { 0 };
	struct vouch_story *story;
	enum vouch_error_code code;

	code = vouch__story_read(verdict, strlen(verdict), evidence,
				 evidence ? strlen(evidence) : 0, &story, &error);
	assert_int_equal(code == VOUCH_OK, story != NULL);
	vouch__story_free(story);
	return code;
}

static void what_is_no_decision_has_no_story(void **state)
{
	static const char start[] =
		"{\"decision\":\"veto\",\"findings\":[],\"why\":\"";
	size_t size = 1024 * 1024;
	char *text = malloc(size + sizeof(start) + 3);

	(void)state;
	assert_non_null(text);
	(void)strcpy(text, start);
	memset(text + sizeof(start) - 1, '<', size);
	(void)strcpy(text + sizeof(start) - 1 + size, "\"}");
	assert_int_equal(refusal(text, NULL), VOUCH_E_LIMIT);
	free(text);
	assert_int_equal(refusal("", NULL), VOUCH_E_MALFORMED);
	assert_int_equal(refusal("{}", NULL), VOUCH_E_MALFORMED);
	assert_int_equal(refusal("{\"decision\":\"veto\",\"findings\":[]}", "{"),
			 VOUCH_E_MALFORMED);
	/* Values of the wrong types are left out, and nothing else happens. */
	free(page_of("{\"decision\":\"veto\",\"findings\":[null,1,[],{\"rule\":"
		     "\"x\",\"facts\":[null,1,{}]},{\"rule\":-5}],\"remedies\":"
		     "[null,1,[null,{}]],\"epoch\":{}}",
		     NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_has_a_page),
		cmocka_unit_test(the_epochs_are_drawn),
		cmocka_unit_test(the_attempt_is_told_as_recorded),
		cmocka_unit_test(hostile_texts_are_shown_harmlessly),
		cmocka_unit_test(only_permit_reads_as_permit),
		cmocka_unit_test(what_is_no_decision_has_no_story),
	};

	return cmocka_run_group_tests(tests, cases_load, cases_free);
}
