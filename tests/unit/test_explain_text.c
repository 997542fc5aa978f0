/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An explanation is shown on terminals and pasted into mails: whatever stands in
 * the verdict document, it must be harmless there, and never crash us. */
#include "tests/unit/evidence_fixture.h"

static char *explain(const char *verdict)
{
	struct vouch_error error = { 0 };
	char *text;

	if (vouch_explain(verdict, strlen(verdict), &text, &error) != VOUCH_OK)
		fail_msg("%s", error.text);
	return text;
}

static enum vouch_error_code refusal(const char *verdict, size_t length)
{
	struct vouch_error error = { 0 };
	enum vouch_error_code code;
	char *text = NULL;

	code = vouch_explain(verdict, length, &text, &error);
	assert_int_equal(code, error.code);
	assert_int_equal(code == VOUCH_OK, text != NULL);
	vouch_text_free(text);
	return code;
}

static char *verdict_of(const struct evidence_case *it)
{
	struct vouch_error error = { 0 };
	char *verdict;

	if (vouch_decide(it->text, it->length, &verdict, &error) ==
	    VOUCH_UNDECIDED)
		fail_msg("%s: %s", it->name, error.text);
	return verdict;
}

/* Nothing but printable characters, newlines and whole UTF-8. */
static void is_harmless(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	for (; *at; at++) {
		if ((*at < 0x20 && *at != '\n') || *at == 0x7f ||
		    (*at == 0xc2 && at[1] < 0xa0))
			fail_msg("byte %02x in: %.60s", *at, at);
		assert_null(strstr((const char *)at, "\xe2\x80\xae"));
	}
}

static const char *const hostile[] = {
	"\\u001b[2J\\u001b]0;owned\\u0007", "a\\r\\nveto: nothing", "\\u009b31m",
	"\\u202egnp.exe", "\\u2066x\\u2069", "\\u0000hidden", "<script>alert(1)</script>",
	"%s%s%s%n%n", "$(reboot)`reboot`", "\\u0085\\u008d", "'; DROP TABLE x; --",
	"\\u007f\\u0008\\u0008", "\xf0\x9f\x98\x80",
};

static void hostile_texts_are_shown_harmlessly(void **state)
{
	char verdict[4096], *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		const char *x = hostile[i];

		(void)snprintf(
			verdict, sizeof(verdict),
			"{\"format\":1,\"decision\":\"veto\",\"cluster\":\"%s\","
			"\"request\":\"%s\",\"candidate\":\"%s\",\"reason\":\"%s\","
			"\"rule\":540,\"why\":\"%s\",\"findings\":[{\"rule\":540,"
			"\"name\":\"%s\",\"invariant\":\"%s\",\"outcome\":"
			"\"unproven\",\"text\":\"%s\",\"unblock\":\"%s\","
			"\"facts\":[{\"fact\":\"%s\",\"node\":\"%s\",\"value\":"
			"\"%s\",\"source\":\"%s\"}]}],\"remedies_note\":\"%s\","
			"\"outside_the_promise\":\"%s\"}",
			x, x, x, x, x, x, x, x, x, x, x, x, x, x, x);
		text = explain(verdict);
		is_harmless(text);
		/* One line each: a text cannot pretend to be the next one. */
		assert_null(strstr(text, "\nveto: nothing"));
		assert_int_equal(strncmp(text, "veto: ", 6), 0);
		vouch_text_free(text);
	}
}

/* Names and reasons come in through the evidence as well. */
static void hostile_evidence_is_explained_harmlessly(void **state)
{
	static const char *const names[] = { "<b>n1</b>", "%s%n", "@n@m@a@A",
					     "n1\xe2\x80\xaex", "\\\"", "$(x)" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct vouch_evidence *evidence =
			evidence_of(case_find("asynchronous"));
		struct vouch_error error = { 0 };
		char *text, *verdict;
		size_t length;

		memset(evidence->nodes[0].name, 0, VOUCH_NAME_SIZE);
		memcpy(evidence->nodes[0].name, names[i], strlen(names[i]));
		memcpy(evidence->request.reason, names[i], strlen(names[i]));
		memcpy(evidence->cluster, names[i], strlen(names[i]) + 1);
		assert_int_equal(vouch__evidence_encode(evidence, &text, &length,
							&error),
				 VOUCH_OK);
		assert_int_equal(vouch_decide(text, length, &verdict, &error),
				 VOUCH_VETOED);
		free(text);
		text = explain(verdict);
		is_harmless(text);
		vouch_text_free(text);
		vouch_text_free(verdict);
		free(evidence);
	}
}

static void garbage_is_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "{}", "[]", "null", "1", "x", "{\"findings\":[]}",
		"{\"decision\":\"permit\"}", "{\"decision\":1,\"findings\":[]}",
		"{\"decision\":\"permit\",\"findings\":{}}",
		"{\"decision\":\"permit\",\"findings\":null}",
		"{\"decision\":\"permit\",\"findings\":[]} x",
		"{\"decision\":\"permit\",\"findings\":[]",
		"{\"decision\":\"veto\",\"decision\":\"permit\",\"findings\":[]}",
		"{\"decision\":\"\xff\",\"findings\":[]}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (refusal(bad[i], strlen(bad[i])) != VOUCH_E_MALFORMED)
			fail_msg("explained: %s", bad[i]);
	}
	/* Evidence is no verdict. */
	assert_int_equal(refusal(cases[0].text, cases[0].length),
			 VOUCH_E_MALFORMED);
}

static void cut_at_every_byte(void **state)
{
	char *verdict = verdict_of(case_find("asynchronous"));
	size_t end = strlen(verdict), length;

	(void)state;
	while (verdict[end - 1] != '}')
		end--;
	for (length = 0; length < end; length++)
		assert_int_equal(refusal(verdict, length), VOUCH_E_MALFORMED);
	assert_int_equal(refusal(verdict, end), VOUCH_OK);
	vouch_text_free(verdict);
}

/* Each value in turn becomes one of another type: told as what it is, or
 * refused, but never read as something else. */
static void wrong_types_never_crash(void **state)
{
	static const char *const types[] = { "null", "1", "-1.5", "true", "{}",
					     "[]", "[[]]", "[{}]", "[null]",
					     "\"x\"", "1e999" };
	static const char *const keys[] = {
		"format", "decision", "cluster", "request", "candidate", "reason",
		"epoch", "rule", "invariant", "why", "findings", "facts", "fact",
		"node", "value", "source", "name", "outcome", "text", "unblock",
		"outside_the_promise", "remedies", "remedies_note", "changes",
	};
	char text[1024], permit[1024];
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		for (j = 0; j < sizeof(types) / sizeof(types[0]); j++) {
			int is_top = strcmp(keys[i], "decision") == 0 ||
				     strcmp(keys[i], "findings") == 0;

			(void)snprintf(text, sizeof(text),
				       "{%s%s\"%s\":%s}",
				       is_top && i == 1 ? "\"findings\":[]," :
				       is_top ? "\"decision\":\"veto\"," :
						"\"decision\":\"veto\","
						"\"findings\":[],",
				       "", keys[i], types[j]);
			(void)refusal(text, strlen(text));
			(void)snprintf(permit, sizeof(permit),
				       "{\"decision\":\"permit\",\"findings\":"
				       "[null,1,[],{\"%s\":%s,\"facts\":[null,1,"
				       "{\"%s\":%s}]}],\"remedies\":[null,1,"
				       "{\"%s\":%s}]}",
				       strcmp(keys[i], "facts") ? keys[i] : "x",
				       types[j], keys[i], types[j], keys[i],
				       types[j]);
			(void)refusal(permit, strlen(permit));
		}
	}
	(void)strcpy(text, "{\"decision\":\"veto\",\"findings\":"
			   "[null,1,{\"facts\":[1,null]}]}");
	assert_int_equal(refusal(text, strlen(text)), VOUCH_OK);
}

static void huge_texts_are_refused(void **state)
{
	size_t size = 1024 * 1024;
	char *text = malloc(size + 100);

	(void)state;
	if (!text)
		fail();
	(void)strcpy(text, "{\"decision\":\"veto\",\"findings\":[],\"why\":\"");
	memset(text + strlen(text), 'x', size);
	text[size] = '\0';
	(void)strcat(text, "\"}");
	assert_int_equal(refusal(text, strlen(text)), VOUCH_E_LIMIT);
	memset(text + 31, '[', size - 31);
	assert_int_equal(refusal(text, size), VOUCH_E_LIMIT);
	free(text);
	text = calloc(1, VOUCH_DOCUMENT_MAX + 1);
	assert_non_null(text);
	assert_int_equal(refusal(text, VOUCH_DOCUMENT_MAX + 1), VOUCH_E_LIMIT);
	free(text);
}

/* Any decision that is not exactly "permit" is shown as a veto. */
static void only_permit_reads_as_permit(void **state)
{
	static const char *const words[] = { "Permit", "permit ", "permitted",
					     "perm", "veto", "\\u0070ermi" };
	char verdict[128], *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		(void)snprintf(verdict, sizeof(verdict),
			       "{\"decision\":\"%s\",\"findings\":[]}", words[i]);
		text = explain(verdict);
		assert_int_equal(strncmp(text, "veto: ", 6), 0);
		vouch_text_free(text);
	}
}

/* What was decided is what is told, with each rule that was applied. */
static void every_case_is_told(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < case_count; i++) {
		char *verdict = verdict_of(&cases[i]);
		char *text = explain(verdict);
		int permit = strstr(verdict, "\"decision\":\"permit\"") != NULL;

		is_harmless(text);
		assert_int_equal(strncmp(text, permit ? "permit: " : "veto: ",
					 permit ? 8 : 6),
				 0);
		assert_int_equal(strstr(text, "\nWhat would have to become true") !=
					 NULL,
				 !permit);
		assert_non_null(strstr(text, "Outside the promise: "));
		vouch_text_free(text);
		vouch_text_free(verdict);
	}
}

static void rules_are_a_table(void **state)
{
	char *text = vouch_rules_text();
	char *line, *rest = text;
	unsigned int last = 0, rule;

	(void)state;
	assert_non_null(text);
	while ((line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
		assert_int_equal(sscanf(line, "%u P6-", &rule), 1);
		assert_true(rule > last);
		last = rule;
	}
	assert_int_equal(last, 600);
	vouch_text_free(text);
	vouch_text_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_texts_are_shown_harmlessly),
		cmocka_unit_test(hostile_evidence_is_explained_harmlessly),
		cmocka_unit_test(garbage_is_refused),
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test(wrong_types_never_crash),
		cmocka_unit_test(huge_texts_are_refused),
		cmocka_unit_test(only_permit_reads_as_permit),
		cmocka_unit_test(every_case_is_told),
		cmocka_unit_test(rules_are_a_table),
	};

	return cmocka_run_group_tests(tests, cases_load, cases_free);
}
