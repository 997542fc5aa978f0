/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vouch_decide() as a user sees it: the same bytes wherever it runs (P6-D1), no
 * permit without memory, nothing left behind. */
#include "tests/unit/evidence_fixture.h"

#include <errno.h>
#include <locale.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- allocations that fail -------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__)
/* The sanitizer has its own allocator, and finds leaks itself. */
enum { CAN_FAIL = 0 };
static long fail_at, live, failures;
#else
enum { CAN_FAIL = 1 };
static volatile long fail_at; /* 0: none */
static volatile int fail_for_ever;
static volatile long failures; /* so far */
static volatile long live; /* allocated and not released since the start */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static int fails_now(void)
{
	if (fail_at <= 0)
		return 0;
	if (fail_at > 1) {
		fail_at--;
		return 0;
	}
	if (!fail_for_ever)
		fail_at = 0;
	failures++;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	void *memory = fails_now() ? NULL : __libc_malloc(size);

	live += memory != NULL;
	return memory;
}

void *calloc(size_t count, size_t size)
{
	void *memory = fails_now() ? NULL : __libc_calloc(count, size);

	live += memory != NULL;
	return memory;
}

void *realloc(void *old, size_t size)
{
	void *memory = fails_now() ? NULL : __libc_realloc(old, size);

	live += !old && memory;
	return memory;
}

void free(void *memory)
{
	live -= memory != NULL;
	__libc_free(memory);
}
#endif

/* Decides with the n-th allocation failing. 1 when there are that many. */
static int decide_without_memory(const struct evidence_case *it, long n,
				 int for_ever, const char *expected)
{
	struct vouch_error error = { 0 };
	enum vouch_decision decision;
	char *verdict = (char *)1;
	int reached;
	long before = live;

#if !defined(__SANITIZE_ADDRESS__)
	fail_for_ever = for_ever;
#else
	(void)for_ever;
#endif
	failures = 0;
	fail_at = n;
	decision = vouch_decide(it->text, it->length, &verdict, &error);
	reached = failures > 0;
	fail_at = 0;
	if (!reached && (!verdict || strcmp(verdict, expected) != 0))
		fail_msg("%s: another verdict without a failure", it->name);
	/* A failure that was made good changes nothing. */
	if (reached && decision != VOUCH_UNDECIDED &&
	    (for_ever || !verdict || strcmp(verdict, expected) != 0))
		fail_msg("%s: allocation %ld: decided without memory",
			 it->name, n);
	if (decision == VOUCH_UNDECIDED && verdict)
		fail_msg("%s: allocation %ld: a verdict without decision",
			 it->name, n);
	if (decision == VOUCH_UNDECIDED && error.code != VOUCH_E_MEMORY)
		fail_msg("%s: allocation %ld: %s", it->name, n,
			 error.text);
	vouch_text_free(verdict);
	if (live != before)
		fail_msg("%s: allocation %ld: %ld left behind", it->name, n,
			 live - before);
	return reached;
}

static void each_allocation_fails_once(void **state)
{
	static const char *const names[] = {
		"fenced-in-sync", "fencing-pending", "asynchronous",
		"form-zero-bytes-of-evidence", "history-contradicts-itself",
	};
	struct vouch_error error;
	size_t i;
	long n;

	(void)state;
	if (!CAN_FAIL)
		skip();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct evidence_case *it = case_find(names[i]);
		char *expected;

		assert_int_not_equal(vouch_decide(it->text, it->length,
						  &expected, &error),
				     VOUCH_UNDECIDED);
		for (n = 1; decide_without_memory(it, n, 0, expected); n++)
			;
		print_message("# %s: %ld allocations\n", it->name, n - 1);
		assert_true(n > 20);
		for (n = 1; decide_without_memory(it, n, 1, expected); n += 7)
			;
		vouch_text_free(expected);
	}
}

/* json-c's own reader drops a text for which it has no room and goes on: a long
 * one must not come out as another. */
static void long_texts_without_memory(void **state)
{
	struct vouch_evidence *evidence;
	struct evidence_case it = { "long texts", NULL, 0 };
	struct vouch_error error = { 0 };
	char *expected;
	long n;

	(void)state;
	if (!CAN_FAIL)
		skip();
	evidence = evidence_of(case_find("fenced-in-sync"));
	memset(evidence->request.reason, '"', VOUCH_TEXT_SIZE - 1);
	memset(evidence->cluster, 'c', VOUCH_NAME_SIZE - 1);
	memset(evidence->nodes[2].name, 'n', VOUCH_NAME_SIZE - 1);
	assert_int_equal(vouch__evidence_encode(evidence, &it.text, &it.length,
						&error),
			 VOUCH_OK);
	assert_int_equal(vouch_decide(it.text, it.length, &expected, &error),
			 VOUCH_PERMITTED);
	for (n = 1; decide_without_memory(&it, n, 0, expected); n++)
		;
	vouch_text_free(expected);
	free(it.text);
	free(evidence);
}

static void evidence_written_without_memory(void **state)
{
	struct vouch_evidence *evidence =
		evidence_of(case_find("fenced-in-sync"));
	struct vouch_error error = { 0 };
	char *expected, *text;
	size_t length;
	int reached = 1;
	long n;

	(void)state;
	if (!CAN_FAIL)
		skip();
	assert_int_equal(vouch__evidence_encode(evidence, &expected, &length,
						&error),
			 VOUCH_OK);
	for (n = 1; reached; n++) {
		enum vouch_error_code code;
		long before = live;

		failures = 0;
		fail_at = n;
		code = vouch__evidence_encode(evidence, &text, &length, &error);
		reached = failures > 0;
		fail_at = 0;
		assert_true(code == VOUCH_OK ? strcmp(text, expected) == 0 :
					       code == VOUCH_E_MEMORY && !text);
		free(text);
		assert_int_equal(live, before);
	}
	assert_true(n > 500);
	free(expected);
	free(evidence);
}

static void explanation_without_memory(void **state)
{
	const struct evidence_case *it = case_find("asynchronous");
	struct vouch_error error = { 0 };
	char *verdict, *expected, *text;
	int reached = 1;
	long n;

	(void)state;
	if (!CAN_FAIL)
		skip();
	assert_int_equal(vouch_decide(it->text, it->length, &verdict, &error),
			 VOUCH_VETOED);
	assert_int_equal(vouch_explain(verdict, strlen(verdict), &expected,
				       &error),
			 VOUCH_OK);
	for (n = 1; reached; n++) {
		enum vouch_error_code code;
		long before = live;

		failures = 0;
		fail_at = n;
		code = vouch_explain(verdict, strlen(verdict), &text, &error);
		reached = failures > 0;
		fail_at = 0;
		if (code == VOUCH_OK)
			assert_string_equal(text, expected);
		else
			assert_int_equal(code, VOUCH_E_MEMORY);
		assert_int_equal(code == VOUCH_OK, text != NULL);
		vouch_text_free(text);
		assert_int_equal(live, before);
	}
	assert_true(n > 20);
	vouch_text_free(expected);
	vouch_text_free(verdict);
}

/* --- the same everywhere ---------------------------------------------------- */

/* All verdicts, one after the other, as a checksum and a length. */
static uint64_t verdicts_digest(void)
{
	uint64_t digest = 1469598103934665603u;
	size_t i;

	for (i = 0; i < case_count; i++) {
		struct vouch_error error;
		char *verdict, *text;
		const char *at;

		if (vouch_decide(cases[i].text, cases[i].length, &verdict,
				 &error) == VOUCH_UNDECIDED ||
		    vouch_explain(verdict, strlen(verdict), &text, &error) !=
			    VOUCH_OK)
			return 0;
		for (at = verdict; *at; at++)
			digest = (digest ^ (unsigned char)*at) * 1099511628211u;
		for (at = text; *at; at++)
			digest = (digest ^ (unsigned char)*at) * 1099511628211u;
		vouch_text_free(verdict);
		vouch_text_free(text);
	}
	return digest;
}

static void same_bytes_each_time(void **state)
{
	uint64_t first = verdicts_digest();

	(void)state;
	assert_int_not_equal(first, 0);
	assert_true(verdicts_digest() == first);
}

static void same_bytes_in_every_locale(void **state)
{
	static const char *const locales[] = {
		"C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "ar_EG.UTF-8",
		"fa_IR.UTF-8", "ja_JP.UTF-8", "de_DE", "tr_TR",
	};
	uint64_t expected = verdicts_digest();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(locales) / sizeof(locales[0]); i++) {
		if (!setlocale(LC_ALL, locales[i]))
			continue;
		print_message("# %s\n", locales[i]);
		assert_true(verdicts_digest() == expected);
	}
	(void)setlocale(LC_ALL, "C");
}

static void same_bytes_in_every_time_zone(void **state)
{
	static const char *const zones[] = { "UTC", "Pacific/Kiritimati",
					     "America/St_Johns", ":nowhere" };
	uint64_t expected = verdicts_digest();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		assert_int_equal(setenv("TZ", zones[i], 1), 0);
		tzset();
		assert_true(verdicts_digest() == expected);
	}
	(void)unsetenv("TZ");
}

/* Another directory, another environment, another user where that is possible,
 * and a stack and a heap full of something else. */
static void same_bytes_as_somebody_else(void **state)
{
	uint64_t expected = verdicts_digest(), found = 0;
	int ends[2];
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		volatile char noise[65536];

		memset((char *)noise, 0xa5, sizeof(noise));
		(void)clearenv();
		if (chdir("/") != 0 ||
		    (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)))
			_exit(1);
		found = verdicts_digest();
		_exit(write(ends[1], &found, sizeof(found)) == sizeof(found) ?
			      0 : 1);
	}
	assert_true(child > 0);
	assert_int_equal(read(ends[0], &found, sizeof(found)), sizeof(found));
	assert_int_equal(waitpid(child, NULL, 0), child);
	(void)close(ends[0]);
	(void)close(ends[1]);
	assert_true(found == expected);
}

/* --- answers ---------------------------------------------------------------- */

static void error_may_be_left_out(void **state)
{
	char *verdict;

	(void)state;
	assert_int_equal(vouch_decide("x", 1, &verdict, NULL), VOUCH_UNDECIDED);
	assert_null(verdict);
	assert_int_equal(vouch_decide(cases[0].text, cases[0].length, &verdict,
				      NULL) == VOUCH_UNDECIDED,
			 0);
	vouch_text_free(verdict);
}

static void verdict_says_what_was_returned(void **state)
{
	struct vouch_error error;
	size_t i;

	(void)state;
	for (i = 0; i < case_count; i++) {
		char *verdict;
		enum vouch_decision decision = vouch_decide(
			cases[i].text, cases[i].length, &verdict, &error);

		assert_int_equal(error.code, VOUCH_OK);
		assert_int_not_equal(decision, VOUCH_UNDECIDED);
		assert_int_equal(strncmp(verdict,
					 "{\"format\":1,\"decision\":\"permit\",",
					 32) == 0,
				 decision == VOUCH_PERMITTED);
		assert_int_equal(verdict[strlen(verdict) - 1], '\n');
		vouch_text_free(verdict);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_fails_once),
		cmocka_unit_test(long_texts_without_memory),
		cmocka_unit_test(evidence_written_without_memory),
		cmocka_unit_test(explanation_without_memory),
		cmocka_unit_test(same_bytes_each_time),
		cmocka_unit_test(same_bytes_in_every_locale),
		cmocka_unit_test(same_bytes_in_every_time_zone),
		cmocka_unit_test(same_bytes_as_somebody_else),
		cmocka_unit_test(error_may_be_left_out),
		cmocka_unit_test(verdict_says_what_was_returned),
	};

	return cmocka_run_group_tests(tests, cases_load, cases_free);
}
