/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remedies: each one that is told gives a permit when it comes true, and
 * nothing smaller does. Asked of the kernel, over every golden case. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evidence/evidence_json.h"
#include "explain/remedy.h"
#include "kernel/decide.h"
#include "vouch.h"

enum { CASES_MAX = 1024 };

static struct vouch_evidence evidence, before, changed;
static struct vouch_verdict verdict;
static struct vouch_change changes[VOUCH_CHANGES_MAX];

static const char *top(void)
{
	const char *directory = getenv("TOP_SRCDIR");

	return directory ? directory : ".";
}

static char *file_read(const char *name, size_t *length)
{
	char path[4096];
	char *text;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/tests/cases/evidence/%s", top(),
		       name);
	file = fopen(path, "r");
	assert_non_null(file);
	text = malloc(1 << 20);
	assert_non_null(text);
	*length = fread(text, 1, 1 << 20, file);
	(void)fclose(file);
	return text;
}

static void case_read(const char *name)
{
	struct vouch_error error;
	size_t length;
	char *text = file_read(name, &length);

	assert_int_equal(vouch__evidence_decode(text, length, &evidence, &error),
			 VOUCH_OK);
	free(text);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Calls `look` with the evidence of every veto whose form is good. */
static uint32_t each_veto(void (*look)(const char *name))
{
	static char *names[CASES_MAX];
	char path[4096];
	uint32_t count = 0, looked = 0, i;
	struct dirent *found;
	DIR *directory;

	(void)snprintf(path, sizeof(path), "%s/tests/cases/evidence", top());
	directory = opendir(path);
	assert_non_null(directory);
	while ((found = readdir(directory)) && count < CASES_MAX) {
		if (strstr(found->d_name, ".json"))
			names[count++] = strdup(found->d_name);
	}
	(void)closedir(directory);
	qsort(names, count, sizeof(names[0]), by_name);
	for (i = 0; i < count; i++) {
		case_read(names[i]);
		vouch__decide(&evidence, &verdict);
		if (verdict.permitted != 1 &&
		    verdict.findings[0].outcome == VOUCH_HOLDS) {
			look(names[i]);
			looked++;
		}
		free(names[i]);
	}
	return looked;
}

static int permits(const struct vouch_change *set, uint32_t count)
{
	vouch__changes_apply(&evidence, set, count, &changed);
	vouch__decide(&changed, &verdict);
	return verdict.permitted == 1;
}

static void remedies_permit(const char *name)
{
	struct vouch_remedies found;
	uint32_t i;

	vouch__remedies_find(&evidence, &changed, &verdict, &found);
	assert_true(found.decisions <= VOUCH_REMEDY_DECISIONS);
	assert_true(found.count <= VOUCH_REMEDIES_MAX);
	for (i = 0; i < found.count; i++) {
		if (!permits(found.sets[i].changes, found.sets[i].count))
			fail_msg("%s: remedy %u gives no permit", name, i);
		assert_int_equal(found.sets[i].count, found.sets[0].count);
	}
}

static void test_each_gives_a_permit(void **state)
{
	(void)state;
	assert_true(each_veto(remedies_permit) > 50);
}

/* Every set of `size` out of the list, whether or not it makes sense: none
 * permits. Deliberately unlike the search: counts in base `count`. */
static void none_of_size(const char *name, uint32_t count, uint32_t size)
{
	struct vouch_change set[VOUCH_REMEDY_SIZE];
	uint32_t total = 1, code, i;

	for (i = 0; i < size; i++)
		total *= count;
	for (code = 0; code < total; code++) {
		uint32_t rest = code, last = 0, ascending = 1;

		for (i = 0; i < size; i++) {
			uint32_t index = rest % count;

			ascending = ascending && (i == 0 || index > last);
			last = index;
			rest /= count;
			set[i] = changes[index];
		}
		if (ascending && permits(set, size))
			fail_msg("%s: a smaller set, of %u, permits", name, size);
	}
}

static void nothing_smaller(const char *name)
{
	struct vouch_remedies found;
	uint32_t count, size, smallest;

	vouch__remedies_find(&evidence, &changed, &verdict, &found);
	assert_true(found.complete);
	count = vouch__changes_list(&evidence, changes);
	smallest = found.count > 0 ? found.sets[0].count : VOUCH_REMEDY_SIZE + 1;
	for (size = 1; size < smallest; size++)
		none_of_size(name, count, size);
	/* The empty set is what collecting again amounts to. */
	if (found.count > 0 &&
	    found.sets[0].changes[0].kind != VOUCH_CHANGE_COLLECT &&
	    permits(NULL, 0))
		fail_msg("%s: collecting again is enough", name);
}

static void test_nothing_smaller_does(void **state)
{
	(void)state;
	assert_true(each_veto(nothing_smaller) > 50);
}

/* By their fields: what stands between those is nobody's. */
static void sets_are_equal(const struct vouch_remedy *a,
			   const struct vouch_remedy *b)
{
	uint32_t i;

	assert_int_equal(a->count, b->count);
	for (i = 0; i < a->count; i++) {
		assert_int_equal(a->changes[i].kind, b->changes[i].kind);
		assert_int_equal(a->changes[i].node, b->changes[i].node);
	}
}

static void search_is_pure(const char *name)
{
	struct vouch_remedies first, second;
	uint32_t i;

	memcpy(&before, &evidence, sizeof(evidence));
	memset(&changed, 0xa5, sizeof(changed));
	vouch__remedies_find(&evidence, &changed, &verdict, &first);
	memset(&changed, 0x5a, sizeof(changed));
	vouch__remedies_find(&evidence, &changed, &verdict, &second);
	if (memcmp(&before, &evidence, sizeof(evidence)) != 0)
		fail_msg("%s: the evidence was changed", name);
	assert_int_equal(first.count, second.count);
	assert_int_equal(first.decisions, second.decisions);
	for (i = 0; i < first.count; i++)
		sets_are_equal(&first.sets[i], &second.sets[i]);
}

static void test_search_is_pure(void **state)
{
	(void)state;
	assert_true(each_veto(search_is_pure) > 50);
}

static void remedy_is(const char *name, uint32_t nth, const char *expected)
{
	struct vouch_remedies found;
	char text[1024] = "", part[512];
	uint32_t i;

	case_read(name);
	vouch__remedies_find(&evidence, &changed, &verdict, &found);
	if (nth >= found.count) {
		assert_string_equal("", expected);
		return;
	}
	for (i = 0; i < found.sets[nth].count; i++) {
		vouch__phrase_change(&evidence, &found.sets[nth].changes[i], part,
				     sizeof(part));
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
			       "%s%s", i == 0 ? "" : " + ", part);
	}
	assert_string_equal(text, expected);
}

static void test_wording(void **state)
{
	(void)state;
	remedy_is("candidate-behind.json", 0, "promote n3 instead");
	remedy_is("candidate-behind.json", 1, "");
	remedy_is("survivors-exactly-n-minus-k.json", 0,
		  "n3 answers in recovery");
	remedy_is("fencing-missing.json", 1,
		  "n1 is fenced by a machine: stonith_admin --fence n1, on n2");
	remedy_is("fencing-failed-by-another-clock.json", 1,
		  "n1 is fenced by a machine: stonith_admin --fence n1, on n3");
	remedy_is("asynchronous.json", 0,
		  "n1 answers in recovery + promote n1 instead");
	remedy_is("assertion-of-another-epoch.json", 1,
		  "an operator who knows that n1 is down asserts it: vouch "
		  "promote --assert-down=n1 --reason=TEXT, on n2");
	remedy_is("grants-disagree.json", 0, "");
}

/* Stopping a standby that is ahead would only silence the witness. */
static void test_no_witness_is_silenced(void **state)
{
	(void)state;
	remedy_is("unadmitted-node-ahead.json", 0, "");
}

/* What the candidate once had must not be forgotten with its records: n3 alone
 * is no proof then. */
static void test_own_mark_is_not_forgotten(void **state)
{
	(void)state;
	remedy_is("amnesia-below-own-mark.json", 0,
		  "n1 answers in recovery + promote n1 instead");
}

static void test_no_command_with_a_hostile_name(void **state)
{
	const struct vouch_change fence = { VOUCH_CHANGE_FENCE, 0 };
	const struct vouch_change confirm = { VOUCH_CHANGE_CONFIRM, 0 };
	char text[512];

	(void)state;
	case_read("fencing-missing.json");
	(void)strcpy(evidence.nodes[0].name, "n1; reboot");
	vouch__phrase_change(&evidence, &fence, text, sizeof(text));
	assert_string_equal(text, "n1; reboot is fenced by a machine");
	(void)strcpy(evidence.nodes[0].name, "--all");
	vouch__phrase_change(&evidence, &confirm, text, sizeof(text));
	assert_string_equal(text,
			    "a person who knows that --all is off confirms it");
	vouch__phrase_change(&evidence, &confirm, text, 10);
	assert_int_equal(strlen(text), 9);
}

/* Every change has words, and its text ends. */
static void test_every_change_has_words(void **state)
{
	char text[512];
	uint32_t kind;

	(void)state;
	case_read("fencing-missing.json");
	for (kind = 0; kind <= VOUCH_CHANGE_PROMOTE; kind++) {
		struct vouch_change change = { (enum vouch_change_kind)kind, 0 };

		vouch__phrase_change(&evidence, &change, text, sizeof(text));
		assert_true(strlen(text) > 10);
		assert_null(strchr(text, '@'));
	}
}

/* All that can be silent is, in the largest cluster there is: the search ends
 * within its bound, and says that it was not complete. */
static void test_search_is_bounded(void **state)
{
	struct vouch_remedies found;
	uint8_t i;

	(void)state;
	case_read("survivors-exactly-n-minus-k.json");
	for (i = 3; i < VOUCH_NODES_MAX; i++) {
		evidence.nodes[i] = evidence.nodes[2];
		(void)snprintf(evidence.nodes[i].name, VOUCH_NAME_SIZE, "n%u",
			       i + 1u);
		evidence.nodes[i].cluster_id = i + 1u;
		evidence.nodes[i].unclean = VOUCH_YES;
	}
	evidence.node_count = VOUCH_NODES_MAX;
	vouch__remedies_find(&evidence, &changed, &verdict, &found);
	assert_int_equal(verdict.findings[0].outcome, VOUCH_HOLDS);
	assert_int_equal(found.count, 0);
	assert_int_equal(found.complete, 0);
	assert_int_equal(found.decisions, VOUCH_REMEDY_DECISIONS);
}

/* Where there is no room for one more record, nothing is written past it. */
static void test_full_tables_stay_full(void **state)
{
	const struct vouch_change set[] = { { VOUCH_CHANGE_FENCE, 0 },
					    { VOUCH_CHANGE_ASSERT, 0 } };
	uint32_t i;

	(void)state;
	case_read("fencing-stale.json");
	for (i = 1; i < VOUCH_FENCINGS_MAX; i++)
		evidence.fencing.entries[i] = evidence.fencing.entries[0];
	evidence.fencing.count = VOUCH_FENCINGS_MAX;
	evidence.assertion_count = VOUCH_ASSERTIONS_MAX;
	vouch__changes_apply(&evidence, set, 2, &changed);
	assert_int_equal(changed.fencing.count, VOUCH_FENCINGS_MAX);
	assert_int_equal(changed.assertion_count, VOUCH_ASSERTIONS_MAX);
}

static void document_is(const char *name)
{
	struct vouch_error error;
	char *first = NULL, *second = NULL;
	size_t length;
	char *text = file_read(name, &length);

	assert_int_equal(vouch_decide(text, length, &first, &error), VOUCH_VETOED);
	assert_int_equal(vouch_decide(text, length, &second, &error),
			 VOUCH_VETOED);
	assert_string_equal(first, second);
	assert_non_null(strstr(first, "\"remedies\":["));
	vouch_text_free(first);
	vouch_text_free(second);
	free(text);
}

static void test_document_is_the_same_each_time(void **state)
{
	(void)state;
	assert_true(each_veto(document_is) > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_gives_a_permit),
		cmocka_unit_test(test_nothing_smaller_does),
		cmocka_unit_test(test_search_is_pure),
		cmocka_unit_test(test_wording),
		cmocka_unit_test(test_no_witness_is_silenced),
		cmocka_unit_test(test_own_mark_is_not_forgotten),
		cmocka_unit_test(test_no_command_with_a_hostile_name),
		cmocka_unit_test(test_every_change_has_words),
		cmocka_unit_test(test_search_is_bounded),
		cmocka_unit_test(test_full_tables_stay_full),
		cmocka_unit_test(test_document_is_the_same_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
