/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Suppositions: the language, that it leaves the evidence itself alone, and that
 * what comes out is evidence of good form, over every golden case (P6-D1). */
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
#include "explain/what_if.h"
#include "kernel/decide.h"

static const char *const fates[] = {
	"down", "answers", "stopped", "demoted", "fenced", "confirmed-down",
	"asserted-down", "joined", "restarted", "resumed", "replayed", "read",
	"attempt-ended", "operation-ended", "never-promoted", "full-node",
};
static const char *const others[] = {
	"quorum=yes", "quorum=lost", "fencing=enabled", "fencer=answers",
	"manager=answers", "watchdog=accepted", "request=complete",
	"request=authorized", "contract=any:0", "contract=first:1",
};

static struct vouch_evidence evidence, before, changed;
static struct vouch_verdict verdict;

static const char *top(void)
{
	const char *directory = getenv("TOP_SRCDIR");

	return directory ? directory : ".";
}

static void case_read(const char *name)
{
	static char text[1 << 20];
	struct vouch_error error;
	char path[4096];
	size_t length;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/tests/cases/evidence/%s", top(),
		       name);
	file = fopen(path, "r");
	assert_non_null(file);
	length = fread(text, 1, sizeof(text), file);
	(void)fclose(file);
	assert_int_equal(vouch__evidence_decode(text, length, &evidence, &error),
			 VOUCH_OK);
}

static int supposed_permits(const char *const *typed, int count)
{
	struct vouch_what_if what_if = { 0 };
	struct vouch_error error = { 0 };
	int i;

	for (i = 0; i < count; i++)
		assert_int_equal(vouch__what_if_add(&what_if, &evidence, typed[i],
						    &error),
				 VOUCH_OK);
	vouch__what_if_apply(&what_if, &evidence, &changed);
	vouch__decide(&changed, &verdict);
	return verdict.permitted == 1;
}

#define PERMITS(...)                                                           \
	supposed_permits((const char *const[]){ __VA_ARGS__ },                 \
			 sizeof((const char *const[]){ __VA_ARGS__ }) /        \
				 sizeof(const char *))

static void test_verdicts_turn(void **state)
{
	(void)state;
	case_read("fenced-in-sync.json");
	assert_true(PERMITS("n3=read"));
	assert_false(PERMITS("n3=down")); /* P6-A3 */
	/* ANY 1 of 2: n3 alone may have acknowledged. P6-S1 */
	assert_false(PERMITS("n3=fenced"));
	assert_false(PERMITS("quorum=lost"));	 /* P6-A1 */
	assert_false(PERMITS("n1=down", "n2=down")); /* P6-F1 */
	assert_false(PERMITS("contract=any:0")); /* P6-S1 */
	case_read("amnesia.json");
	assert_false(PERMITS("n3=read"));
	assert_true(PERMITS("candidate=n1", "n1=answers"));
	assert_true(PERMITS("contract=any:2"));
	assert_false(PERMITS("contract=any:2", "n3=down"));
	assert_true(PERMITS("contract=any:2", "n3=fenced"));
}

static void refused(const char *first, const char *typed)
{
	struct vouch_what_if what_if = { 0 }, kept;
	struct vouch_error error = { 0 };

	if (first)
		assert_int_equal(vouch__what_if_add(&what_if, &evidence, first,
						    &error),
				 VOUCH_OK);
	kept = what_if;
	if (vouch__what_if_add(&what_if, &evidence, typed, &error) !=
	    VOUCH_E_ARGUMENT)
		fail_msg("'%s' is taken", typed);
	assert_true(strlen(error.text) > 10);
	assert_int_equal(what_if.count, kept.count);
	assert_int_equal(what_if.method, kept.method);
}

static void test_what_is_no_change(void **state)
{
	static const char *const bad[] = {
		"", "=", "n1", "n1=", "=down", "n9=down", "n1=dead", "n1=Down",
		"n1=down ", " n1=down", "n11=down", "n=down", "candidate=",
		"candidate=n9", "candidate=n2", "contract=", "contract=any",
		"contract=any:", "contract=any:3", "contract=any:-1",
		"contract=any:1x", "contract=any:999", "contract=all:1",
		"contract=:1", "quorum=no", "quorum=", "n1==down",
		"n1=\033[31mdown",
	};
	size_t i;

	(void)state;
	case_read("fenced-in-sync.json");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(NULL, bad[i]);
	refused("n1=down", "n1=answers");
	refused("n1=down", "n1=down");
	refused("n1=fenced", "n1=asserted-down");
	refused("candidate=n1", "candidate=n3");
	refused("quorum=yes", "quorum=lost");
	refused("contract=any:1", "contract=any:2");
}

static void test_too_many(void **state)
{
	struct vouch_what_if what_if = { 0 };
	struct vouch_error error = { 0 };
	int i;

	(void)state;
	case_read("fenced-in-sync.json");
	for (i = 0; i < VOUCH_WHAT_IF_MAX; i++)
		assert_int_equal(vouch__what_if_add(&what_if, &evidence,
						    "n1=read", &error),
				 VOUCH_OK);
	assert_int_equal(vouch__what_if_add(&what_if, &evidence, "n1=read",
					    &error),
			 VOUCH_E_ARGUMENT);
}

static void suppose(const char *name, const char *typed)
{
	struct vouch_what_if what_if = { 0 };
	struct vouch_error error = { 0 };
	char text[VOUCH_WHAT_IF_TEXT], *document = NULL;
	size_t length;

	if (vouch__what_if_add(&what_if, &evidence, typed, &error) != VOUCH_OK)
		return;
	vouch__what_if_phrase(&evidence, typed, text);
	assert_true(strlen(text) > 5);
	memset(&changed, 0x5a, sizeof(changed));
	vouch__what_if_apply(&what_if, &evidence, &changed);
	assert_int_equal(vouch__evidence_encode(&changed, &document, &length,
						&error),
			 VOUCH_OK);
	free(document);
	vouch__decide(&changed, &verdict);
	if (verdict.findings[0].outcome != VOUCH_HOLDS)
		fail_msg("%s: %s: its form is bad afterwards", name, typed);
}

static void each_of(const char *name)
{
	char typed[256];
	uint32_t node;
	size_t i;

	memcpy(&before, &evidence, sizeof(evidence));
	for (node = 0; node < evidence.node_count; node++) {
		for (i = 0; i < sizeof(fates) / sizeof(fates[0]); i++) {
			(void)snprintf(typed, sizeof(typed), "%s=%s",
				       evidence.nodes[node].name, fates[i]);
			suppose(name, typed);
		}
		(void)snprintf(typed, sizeof(typed), "candidate=%s",
			       evidence.nodes[node].name);
		suppose(name, typed);
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		suppose(name, others[i]);
	if (memcmp(&before, &evidence, sizeof(evidence)) != 0)
		fail_msg("%s: the evidence was changed", name);
}

static void test_every_case(void **state)
{
	uint32_t looked = 0;
	struct dirent *found;
	char path[4096];
	DIR *directory;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/tests/cases/evidence", top());
	directory = opendir(path);
	assert_non_null(directory);
	while ((found = readdir(directory))) {
		if (!strstr(found->d_name, ".json"))
			continue;
		case_read(found->d_name);
		vouch__decide(&evidence, &verdict);
		if (verdict.findings[0].outcome != VOUCH_HOLDS)
			continue;
		each_of(found->d_name);
		looked++;
	}
	(void)closedir(directory);
	assert_true(looked > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts_turn),
		cmocka_unit_test(test_what_is_no_change),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_every_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
