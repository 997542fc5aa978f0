/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operators' words (P6-A1a, P6-A3): only what was said of this node, this epoch and
 * this view counts, and only as vouch would have written it. */
#include "tests/unit/state_fixture.h"

#include <libxml/parser.h>

#include "authority/words.h"
#include "cluster/pacemaker/cib_records.h"

static struct vouch_word word_make(enum vouch_word_kind kind, const char *node,
				   uint64_t epoch)
{
	struct vouch_word word = { .condition = VOUCH_PRESENT,
				   .kind = kind,
				   .cluster = "pgsql",
				   .epoch = epoch,
				   .id = "0123456789abcdef",
				   .operator_name = "alice",
				   .uid = 1000,
				   .said_at = "2020-01-01T00:00:00Z",
				   .reason = "the \"rack\" has no power <&>" };

	(void)snprintf(word.node, VOUCH_NAME_SIZE, "%s", node);
	if (kind == VOUCH_WORD_ASSERT_DOWN) {
		word.ring_leader = 2;
		word.ring_seq = 12;
	}
	return word;
}

static void there_and_back(void **state)
{
	struct vouch_word back;
	char text[VOUCH_WORD_SIZE];
	int kind;

	(void)state;
	for (kind = VOUCH_WORD_AUTHORIZE; kind < VOUCH_WORD_KINDS; kind++) {
		struct vouch_word word =
			word_make((enum vouch_word_kind)kind, "n2", 7);

		assert_int_equal(vouch__word_encode(&word, text, NULL), VOUCH_OK);
		assert_int_equal(vouch__word_decode(text, &back, NULL), VOUCH_OK);
		assert_memory_equal(&word, &back, sizeof(word));
	}
}

static void cut_or_changed_at_every_byte(void **state)
{
	struct vouch_word word = word_make(VOUCH_WORD_ASSERT_DOWN, "n2", 7);
	struct vouch_word back;
	char text[VOUCH_WORD_SIZE];
	size_t length, i;

	(void)state;
	assert_int_equal(vouch__word_encode(&word, text, NULL), VOUCH_OK);
	length = strlen(text);
	for (i = 0; i < length; i++) {
		char kept = text[i];

		text[i] = '\0';
		assert_int_equal(vouch__word_decode(text, &back, NULL),
				 VOUCH_E_MALFORMED);
		assert_int_not_equal(back.condition, VOUCH_PRESENT);
		text[i] = '\n';
		assert_int_equal(vouch__word_decode(text, &back, NULL),
				 VOUCH_E_MALFORMED);
		text[i] = kept;
	}
	/* Unknown keys, and the same key twice, are not what vouch writes. */
	(void)snprintf(text + length - 1, 20, ",\"epoch\":8}");
	assert_int_equal(vouch__word_decode(text, &back, NULL),
			 VOUCH_E_MALFORMED);
}

static void hostile_reasons(void **state)
{
	static const char *const bad[] = { "",	    "   ",	 "a\nb",
					   "a\x1b[2Jb", "a\x7f", "a\xc2\x9b"
								 "b",
					   "\xff",  "\xc3",	 "\ta" };
	struct vouch_word word = word_make(VOUCH_WORD_AUTHORIZE, "n2", 7);
	char text[VOUCH_WORD_SIZE];
	char *huge = malloc(1024 * 1024 + 1);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(word.reason, VOUCH_TEXT_SIZE, "%s", bad[i]);
		assert_false(vouch__word_reason_is_valid(bad[i]));
		assert_int_equal(vouch__word_encode(&word, text, NULL),
				 VOUCH_E_ARGUMENT);
	}
	assert_non_null(huge);
	memset(huge, 'a', 1024 * 1024);
	huge[1024 * 1024] = '\0';
	assert_false(vouch__word_reason_is_valid(huge));
	assert_int_equal(vouch__word_decode(huge, &word, NULL),
			 VOUCH_E_MALFORMED);
	free(huge);
	/* The longest that fits, every character of it written in two. */
	word = word_make(VOUCH_WORD_AUTHORIZE, "n2", 7);
	memset(word.reason, '"', VOUCH_TEXT_SIZE - 1);
	word.reason[VOUCH_TEXT_SIZE - 1] = '\0';
	assert_int_equal(vouch__word_encode(&word, text, NULL), VOUCH_OK);
	assert_true(vouch__word_reason_is_valid("Strom aus in Halle \xc3\xa4"));
}

static void incomplete_words_are_not_written(void **state)
{
	struct vouch_word word;
	char text[VOUCH_WORD_SIZE];

	(void)state;
	word = word_make(VOUCH_WORD_AUTHORIZE, "n2", 0);
	assert_int_equal(vouch__word_encode(&word, text, NULL),
			 VOUCH_E_ARGUMENT);
	word = word_make(VOUCH_WORD_AUTHORIZE, "", 7);
	assert_int_equal(vouch__word_encode(&word, text, NULL),
			 VOUCH_E_ARGUMENT);
	word = word_make(VOUCH_WORD_UNKNOWN, "n2", 7);
	assert_int_equal(vouch__word_encode(&word, text, NULL),
			 VOUCH_E_ARGUMENT);
	word = word_make(VOUCH_WORD_ASSERT_DOWN, "n2", 7);
	word.ring_seq = 0; /* said of no view at all */
	assert_int_equal(vouch__word_encode(&word, text, NULL),
			 VOUCH_E_ARGUMENT);
	word = word_make(VOUCH_WORD_AUTHORIZE, "n2", 7);
	word.operator_name[0] = '\0';
	assert_int_equal(vouch__word_encode(&word, text, NULL),
			 VOUCH_E_ARGUMENT);
}

static void authorizes_one_node_and_epoch(void **state)
{
	struct vouch_word word = word_make(VOUCH_WORD_AUTHORIZE, "n2", 7);
	struct vouch_word down = word_make(VOUCH_WORD_ASSERT_DOWN, "n2", 7);

	(void)state;
	assert_true(vouch__word_authorizes(&word, "pgsql", "n2", 6));
	assert_false(vouch__word_authorizes(&word, "pgsql", "n2", 7)); /* used */
	assert_false(vouch__word_authorizes(&word, "pgsql", "n2", 5));
	assert_false(vouch__word_authorizes(&word, "pgsql", "n3", 6));
	assert_false(vouch__word_authorizes(&word, "other", "n2", 6));
	assert_false(vouch__word_authorizes(&down, "pgsql", "n2", 6));
	word.condition = VOUCH_MALFORMED;
	assert_false(vouch__word_authorizes(&word, "pgsql", "n2", 6));
}

static void asserts_in_one_epoch_and_view(void **state)
{
	struct vouch_word word = word_make(VOUCH_WORD_ASSERT_DOWN, "n1", 7);
	struct vouch_word other = word_make(VOUCH_WORD_AUTHORIZE, "n1", 7);
	struct vouch_view view = { .condition = VOUCH_PRESENT,
				   .ring_leader = 2,
				   .ring_seq = 12 };

	(void)state;
	assert_true(vouch__word_asserts(&word, "pgsql", 7, &view));
	assert_false(vouch__word_asserts(&word, "pgsql", 8, &view));
	assert_false(vouch__word_asserts(&word, "pgsql", 6, &view));
	assert_false(vouch__word_asserts(&word, "other", 7, &view));
	assert_false(vouch__word_asserts(&other, "pgsql", 7, &view));
	view.ring_seq = 16; /* it may have been back in between */
	assert_false(vouch__word_asserts(&word, "pgsql", 7, &view));
	view.ring_seq = 12;
	view.ring_leader = 3;
	assert_false(vouch__word_asserts(&word, "pgsql", 7, &view));
	view.ring_leader = 2;
	view.condition = VOUCH_ABSENT;
	assert_false(vouch__word_asserts(&word, "pgsql", 7, &view));
}

/* --- in the cluster's configuration --------------------------------------- */

static xmlDoc *cib_make(xmlNode **config)
{
	static const char text[] =
		"<cib><configuration><crm_config/></configuration></cib>";
	xmlDoc *document = xmlReadMemory(text, sizeof(text) - 1, NULL, NULL, 0);

	assert_non_null(document);
	*config = xmlDocGetRootElement(document)->children->children;
	return document;
}

static void record_add(xmlNode *config, const char *id, const char *value)
{
	xmlNode *set = vouch__record_element(id, value);

	assert_non_null(set);
	assert_non_null(xmlAddChild(config, xmlDocCopyNode(set, config->doc, 1)));
	xmlFreeDoc(set->doc);
}

static void word_add(xmlNode *config, enum vouch_word_kind kind,
		     const char *place, const struct vouch_word *word)
{
	char id[VOUCH_RECORD_ID_SIZE];
	char text[VOUCH_WORD_SIZE];

	assert_int_equal(vouch__word_encode(word, text, NULL), VOUCH_OK);
	vouch__word_id("pgsql", kind, place, id);
	record_add(config, id, text);
}

static const char members[3][VOUCH_NAME_SIZE] = { "n1", "n2", "n3" };

static void read_from_the_cib(const xmlDoc *document,
			      struct vouch_word_list *list)
{
	assert_int_equal(vouch__cib_words_read(xmlDocGetRootElement(document),
					       "pgsql", members, 3, list, NULL),
			 VOUCH_OK);
}

static void words_in_a_cib(void **state)
{
	struct vouch_word a = word_make(VOUCH_WORD_AUTHORIZE, "n2", 7);
	struct vouch_word b = word_make(VOUCH_WORD_ASSERT_DOWN, "n1", 6);
	struct vouch_cluster_grant grants[2];
	struct vouch_word_list list;
	uint32_t count = 2;
	xmlNode *config;
	xmlDoc *document = cib_make(&config);

	(void)state;
	read_from_the_cib(document, &list);
	assert_int_equal(list.count, 0);
	word_add(config, a.kind, "n2", &a);
	word_add(config, b.kind, "n1", &b);
	/* Another database, whose name goes on where this one's ends. */
	record_add(config, "vouch-pgsql-grant-x-word-authorize-n1", "{}");
	read_from_the_cib(document, &list);
	assert_int_equal(list.count, 2);
	assert_memory_equal(&list.words[0], &b, sizeof(b));
	assert_memory_equal(&list.words[1], &a, sizeof(a));
	assert_int_equal(vouch__cib_grants_read(xmlDocGetRootElement(document),
						"pgsql", grants, &count, NULL),
			 VOUCH_OK);
	assert_int_equal(count, 0);
	xmlFreeDoc(document);
}

/* A word that lies in another's place, twice, or is no word, is told as that. */
static void malformed_words_are_told(void **state)
{
	struct vouch_word of_n2 = word_make(VOUCH_WORD_AUTHORIZE, "n2", 7);
	struct vouch_word down = word_make(VOUCH_WORD_ASSERT_DOWN, "n2", 7);
	struct vouch_word_list list;
	xmlNode *config;
	xmlDoc *document = cib_make(&config);
	uint32_t i;

	(void)state;
	word_add(config, VOUCH_WORD_AUTHORIZE, "n1", &of_n2);
	word_add(config, VOUCH_WORD_AUTHORIZE, "n2", &down);
	word_add(config, VOUCH_WORD_AUTHORIZE, "n3", &of_n2);
	word_add(config, VOUCH_WORD_AUTHORIZE, "n3", &of_n2);
	record_add(config, "vouch-pgsql-word-assert-down-n1", NULL);
	record_add(config, "vouch-pgsql-word-assert-down-n2", "yes");
	read_from_the_cib(document, &list);
	assert_int_equal(list.count, 5);
	for (i = 0; i < list.count; i++) {
		assert_int_equal(list.words[i].condition, VOUCH_MALFORMED);
		assert_false(vouch__word_authorizes(&list.words[i], "pgsql",
						    list.words[i].node, 6));
	}
	xmlFreeDoc(document);
}

/* --- without a cluster manager -------------------------------------------- */

static void said_revoked_and_said_again(void **state)
{
	struct fixture *it = *state;
	struct vouch_context context = { .config = &it->config };
	struct vouch_deadline deadline = vouch__deadline_in(1000);
	struct vouch_word word = word_make(VOUCH_WORD_AUTHORIZE, "n1", 7);
	struct vouch_word_list list;

	assert_int_equal(vouch__journal_open(&it->config, 1, &context.journal,
					     &it->error), VOUCH_OK);
	assert_int_equal(vouch__word_revoke(&context, &word, deadline,
					    &it->error), VOUCH_E_NOT_FOUND);
	assert_int_equal(vouch__word_say(&context, &word, deadline, &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__words_observe(&context, deadline, &list,
					      &it->error), VOUCH_OK);
	assert_int_equal(list.count, 1);
	assert_memory_equal(&list.words[0], &word, sizeof(word));
	context.words = list;
	assert_int_equal(vouch__words_use(&context, "r1", deadline, &it->error),
			 VOUCH_OK);
	/* Said anew between the decision and the promotion: another word. */
	(void)snprintf(word.id, VOUCH_NAME_SIZE, "another");
	assert_int_equal(vouch__word_say(&context, &word, deadline, &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__words_use(&context, "r2", deadline, &it->error),
			 VOUCH_E_STATE);
	assert_int_equal(vouch__word_revoke(&context, &word, deadline,
					    &it->error), VOUCH_OK);
	assert_int_equal(vouch__words_use(&context, "r3", deadline, &it->error),
			 VOUCH_E_STATE);
	assert_int_equal(vouch__words_observe(&context, deadline, &list,
					      &it->error), VOUCH_OK);
	assert_int_equal(list.count, 0);
	vouch__journal_close(context.journal);
}

static void a_spoilt_file_never_means_yes(void **state)
{
	struct fixture *it = *state;
	struct vouch_context context = { .config = &it->config };
	struct vouch_deadline deadline = vouch__deadline_in(1000);
	struct vouch_word_list list;

	fixture_write(it, "word-authorize", "{}\n", 3);
	assert_int_equal(vouch__words_observe(&context, deadline, &list,
					      &it->error), VOUCH_OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.words[0].condition, VOUCH_MALFORMED);
	assert_false(vouch__word_authorizes(&list.words[0], "pgsql", "n1", 6));
}

static void nobody_else_is_authorized_here(void **state)
{
	struct fixture *it = *state;
	struct vouch_context context = { .config = &it->config };
	struct vouch_deadline deadline = vouch__deadline_in(1000);
	struct vouch_word other = word_make(VOUCH_WORD_AUTHORIZE, "n2", 7);
	struct vouch_word down = word_make(VOUCH_WORD_ASSERT_DOWN, "n2", 7);

	assert_int_equal(vouch__journal_open(&it->config, 1, &context.journal,
					     &it->error), VOUCH_OK);
	assert_int_equal(vouch__word_say(&context, &other, deadline, &it->error),
			 VOUCH_E_STATE);
	assert_int_equal(vouch__word_say(&context, &down, deadline, &it->error),
			 VOUCH_E_STATE);
	vouch__journal_close(context.journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(cut_or_changed_at_every_byte),
		cmocka_unit_test(hostile_reasons),
		cmocka_unit_test(incomplete_words_are_not_written),
		cmocka_unit_test(authorizes_one_node_and_epoch),
		cmocka_unit_test(asserts_in_one_epoch_and_view),
		cmocka_unit_test(words_in_a_cib),
		cmocka_unit_test(malformed_words_are_told),
		cmocka_unit_test_setup_teardown(said_revoked_and_said_again,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_spoilt_file_never_means_yes,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(nobody_else_is_authorized_here,
						fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
