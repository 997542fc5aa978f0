/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the PostgreSQL engine reads and writes as text, hostile input included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "common/terms.h"
#include "engines/postgresql/pg_arguments.h"
#include "engines/postgresql/pg_cluster_name.h"
#include "engines/postgresql/pg_history.h"
#include "engines/postgresql/pg_lsn.h"
#include "engines/postgresql/pg_same.h"
#include "engines/postgresql/pg_settings.h"
#include "engines/postgresql/pg_streams.h"

static struct vouch_config config_three(void)
{
	struct vouch_config config;

	memset(&config, 0, sizeof(config));
	strcpy(config.name, "pgsql");
	strcpy(config.node, "n2");
	strcpy(config.repl_user, "vouch");
	config.member_count = 3;
	config.k = 1;
	config.slot_keep_mb = 512;
	for (unsigned int i = 0; i < 3; i++) {
		snprintf(config.members[i].name, VOUCH_NAME_SIZE, "n%u", i + 1);
		snprintf(config.members[i].host, VOUCH_HOST_SIZE, "10.0.0.%u",
			 i + 1);
		config.members[i].port = (uint16_t)(5432 + i);
	}
	return config;
}

static void a_changed_contract_names_its_members(void **state)
{
	struct vouch_config config = config_three();
	struct vouch_terms terms = { .method = VOUCH_METHOD_FIRST, .k = 1 };
	char *text;

	(void)state;
	assert_true(vouch__terms_add(&terms, "n3"));
	vouch__terms_apply(&config, &terms);
	text = vouch__pg_sync_names(&config);
	assert_string_equal(text, "FIRST 1 (\"n3\")");
	free(text);
	assert_true(vouch__terms_add(&terms, "n1"));
	vouch__terms_apply(&config, &terms);
	text = vouch__pg_sync_names(&config);
	assert_string_equal(text, "FIRST 1 (\"n3\", \"n1\")");
	free(text);
	/* Of nobody: that is not "of everybody". */
	memset(&terms, 0, sizeof(terms));
	terms.method = VOUCH_METHOD_ANY;
	vouch__terms_apply(&config, &terms);
	vouch__terms_of_config(&config, &terms);
	assert_int_equal(terms.member_count, 0);
}

static void lsn_is_parsed_exactly(void **state)
{
	static const char *const refused[] = {
		"", "/", "1/", "/1", "1", "1/2/3", " 1/2", "1/2 ", "-1/2", "1/g",
		"123456789/1", "1/123456789", "0x1/2", "1/2\n",
	};
	uint64_t lsn = 7;

	(void)state;
	assert_true(vouch__pg_lsn_parse("16/B374d848", &lsn));
	assert_true(lsn == UINT64_C(0x16B374D848));
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_false(vouch__pg_lsn_parse(refused[i], &lsn));
	assert_false(vouch__pg_lsn_parse(NULL, &lsn));
	assert_true(lsn == UINT64_C(0x16B374D848));
}

static void numbers_do_not_wrap(void **state)
{
	uint64_t number = 0;
	uint32_t timeline = 0;

	(void)state;
	assert_true(vouch__pg_number_parse("18446744073709551615", &number));
	assert_true(number == UINT64_MAX);
	assert_false(vouch__pg_number_parse("18446744073709551616", &number));
	assert_false(vouch__pg_number_parse("99999999999999999999", &number));
	assert_false(vouch__pg_number_parse("+1", &number));
	assert_false(vouch__pg_number_parse("1.0", &number));
	assert_true(vouch__pg_timeline_parse("4294967295", &timeline));
	assert_false(vouch__pg_timeline_parse("4294967296", &timeline));
	assert_false(vouch__pg_timeline_parse("0", &timeline));
}

static void cluster_name_goes_there_and_back(void **state)
{
	char text[VOUCH_PG_CLUSTER_NAME_SIZE];
	struct vouch_pg_cluster_name name;

	(void)state;
	assert_int_equal(vouch__pg_cluster_name_encode("pgsql", "n1.example",
						       "4f-a_1", text, NULL),
			 VOUCH_OK);
	assert_string_equal(text, "vouch:pgsql:n1.example:4f-a_1");
	assert_int_equal(vouch__pg_cluster_name_decode(text, &name, NULL),
			 VOUCH_OK);
	assert_string_equal(name.name, "pgsql");
	assert_string_equal(name.node, "n1.example");
	assert_string_equal(name.incarnation, "4f-a_1");
}

static void cluster_name_that_would_be_cut_is_refused(void **state)
{
	char text[VOUCH_PG_CLUSTER_NAME_SIZE], long_name[VOUCH_NAME_SIZE];

	(void)state;
	memset(long_name, 'x', sizeof(long_name));
	long_name[63 - 10] = '\0'; /* vouch:a:b: has ten */
	assert_int_equal(vouch__pg_cluster_name_encode("a", "b", long_name, text,
						       NULL), VOUCH_OK);
	assert_int_equal(strlen(text), 63);
	long_name[63 - 10] = 'x';
	long_name[63 - 9] = '\0';
	assert_int_equal(vouch__pg_cluster_name_encode("a", "b", long_name, text,
						       NULL), VOUCH_E_CONFIG);
	assert_string_equal(text, "");
	assert_int_equal(vouch__pg_cluster_name_encode("a:b", "c", "d", text,
						       NULL), VOUCH_E_CONFIG);
	assert_int_equal(vouch__pg_cluster_name_encode("a", "", "d", text, NULL),
			 VOUCH_E_CONFIG);
}

static void cluster_name_of_others_says_nothing(void **state)
{
	static const char *const malformed[] = {
		"vouch:", "vouch:a", "vouch:a:b", "vouch:a:b:", "vouch::b:c",
		"vouch:a:b:c:d", "vouch:a:b:c d", "vouch:a:b:c\n",
		"vouch:a:b:cccccccccccccccccccccccccccccccccccccccccccccccccc"
		"cccccccccccccccccccccccc",
	};
	struct vouch_pg_cluster_name name;

	(void)state;
	assert_int_equal(vouch__pg_cluster_name_decode("", &name, NULL),
			 VOUCH_E_NOT_FOUND);
	assert_int_equal(vouch__pg_cluster_name_decode("15/main", &name, NULL),
			 VOUCH_E_NOT_FOUND);
	assert_int_equal(vouch__pg_cluster_name_decode(NULL, &name, NULL),
			 VOUCH_E_NOT_FOUND);
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		assert_int_equal(vouch__pg_cluster_name_decode(malformed[i],
							       &name, NULL),
				 VOUCH_E_MALFORMED);
		assert_string_equal(name.incarnation, "");
	}
}

static void sync_names_leave_this_node_out(void **state)
{
	struct vouch_config config = config_three();
	char *text = vouch__pg_sync_names(&config);

	(void)state;
	assert_string_equal(text, "ANY 1 (\"n1\", \"n3\")");
	free(text);
	strcpy(config.members[0].name, "a\"),(b");
	text = vouch__pg_sync_names(&config);
	assert_string_equal(text, "ANY 1 (\"a\"\"),(b\", \"n3\")");
	free(text);
	config.k = 0;
	text = vouch__pg_sync_names(&config);
	assert_string_equal(text, "");
	free(text);
}

static void conninfo_quotes_and_holds_no_password(void **state)
{
	struct vouch_config config = config_three();
	char *text;

	(void)state;
	strcpy(config.repl_user, "o'neil\\");
	strcpy(config.passfile, "/etc/vouch/pass");
	text = vouch__pg_conninfo(&config);
	assert_string_equal(text,
			    "host='10.0.0.1,10.0.0.3' port='5432,5434' "
			    "user='o\\'neil\\\\' application_name=n2 "
			    "target_session_attrs='read-write' "
			    "connect_timeout='2' tcp_user_timeout='5000' "
			    "keepalives_idle='3' keepalives_interval='1' "
			    "keepalives_count='3' "
			    "passfile='/etc/vouch/pass'");
	free(text);
	config.member_count = 1;
	text = vouch__pg_conninfo(&config);
	assert_string_equal(text, "");
	free(text);
}

static void service_file_puts_the_holder_first(void **state)
{
	struct vouch_config config = config_three();
	char *text;

	(void)state;
	text = vouch__pg_service_file(&config, "n3");
	assert_non_null(strstr(text, "[vouch]\nhost=10.0.0.3,10.0.0.1\n"
				     "port=5434,5432\n"));
	free(text);
	/* Nobody, and not libpq's own default either, which is this node. */
	text = vouch__pg_service_file(&config, NULL);
	assert_non_null(strstr(text, "[vouch]\nhost=/"));
	assert_null(strstr(text, "10.0.0"));
	free(text);
	text = vouch__pg_service_file(&config, "");
	assert_null(strstr(text, "10.0.0"));
	free(text);
	text = vouch__pg_conninfo_by_service(&config);
	assert_ptr_equal(strstr(text, "service='vouch' user="), text);
	assert_null(strstr(text, "host"));
	free(text);
}

/* P6-S1: what is compared of a log is what a standby would be sent again. */
static void the_end_of_a_log_is_compared(void **state)
{
	const uint64_t segment = 16 << 20, mb = 1 << 20;
	static const uint8_t wire[] = { 0, 0, 0, 1, 0x62, 0xFA, 0x92, 0x20 };

	(void)state;
	assert_int_equal(vouch__pg_same_from(0, 3 * segment + 5 * mb, segment),
			 3 * segment + 4 * mb);
	/* Its timeline began a moment ago. */
	assert_int_equal(vouch__pg_same_from(3 * segment + 50, 4 * segment + 96,
					     segment), 3 * segment + 50);
	/* After a switch the last bytes are empty and tell nothing. */
	assert_int_equal(vouch__pg_same_from(0, 3 * segment, segment),
			 2 * segment);
	assert_int_equal(vouch__pg_same_from(0, 3 * segment + 96, segment),
			 2 * segment);
	assert_int_equal(vouch__pg_same_from(0, 96, segment), 0);
	assert_int_equal(vouch__pg_same_lsn(wire), UINT64_C(0x162FA9220));
}

static void array_is_quoted(void **state)
{
	static const char *const texts[] = { "a", "b\"c", "d\\e", "", "{,}" };
	char *text = vouch__pg_array(texts, 5);

	(void)state;
	assert_string_equal(text, "{\"a\",\"b\\\"c\",\"d\\\\e\",\"\",\"{,}\"}");
	free(text);
	text = vouch__pg_array(texts, 0);
	assert_string_equal(text, "{}");
	free(text);
}

static void settings_refuse_what_cannot_work(void **state)
{
	struct vouch_config config = config_three();
	struct vouch_pg_settings settings;

	(void)state;
	config.k = 3;
	assert_int_equal(vouch__pg_settings_make(&config, "i", &settings, NULL),
			 VOUCH_E_CONFIG);
	vouch__pg_settings_release(&settings);
	config.k = 1;
	strcpy(config.members[0].host, "a,b");
	assert_int_equal(vouch__pg_settings_make(&config, "i", &settings, NULL),
			 VOUCH_E_CONFIG);
	vouch__pg_settings_release(&settings);
	strcpy(config.members[0].host, "a");
	config.slot_keep_mb = 0;
	assert_int_equal(vouch__pg_settings_make(&config, "i", &settings, NULL),
			 VOUCH_E_CONFIG);
	vouch__pg_settings_release(&settings);
	config.slot_keep_mb = 512;
	strcpy(config.node, "elsewhere");
	assert_int_equal(vouch__pg_settings_make(&config, "i", &settings, NULL),
			 VOUCH_E_CONFIG);
	vouch__pg_settings_release(&settings);
}

static void settings_file_quotes_for_the_server(void **state)
{
	struct vouch_config config = config_three();
	struct vouch_pg_settings settings;
	char *text;

	(void)state;
	strcpy(config.repl_user, "o'neil");
	assert_int_equal(vouch__pg_settings_make(&config, "i7", &settings, NULL),
			 VOUCH_OK);
	text = vouch__pg_settings_file(&settings);
	/* A copy of this directory has the file, but not this life (P6-S1). */
	assert_null(strstr(text, "cluster_name"));
	assert_null(strstr(text, "i7"));
	assert_non_null(strstr(text, " user=''o\\\\''neil'' "));
	assert_non_null(strstr(text, "\nsynchronous_standby_names = "
				     "'ANY 1 (\"n1\", \"n3\")'\n"));
	assert_non_null(strstr(text, "\nrestart_after_crash = 'off'\n"));
	assert_non_null(strstr(text, "\nprimary_slot_name = ''\n"));
	assert_non_null(strstr(text, "\nmax_slot_wal_keep_size = '512'\n"));
	assert_null(strstr(text, "\nport = "));
	free(text);
	vouch__pg_settings_release(&settings);
}

static enum vouch_error_code history_of(const char *text, uint32_t timeline,
					struct vouch_pg_history *history)
{
	return vouch__pg_history_parse(text, strlen(text), timeline, history,
				       NULL);
}

/* The guard hands them to an agent, and that one to a shell. */
static void settings_options_survive_a_shell(void **state)
{
	struct vouch_config config = config_three();
	struct vouch_pg_settings settings;
	char *options, *command, line[512];
	size_t i, seen = 0;
	FILE *shell;

	(void)state;
	strcpy(config.repl_user, "o'neil$(id)`id`\\ \"x\";");
	assert_int_equal(vouch__pg_settings_make(&config, "i-1", &settings,
						 NULL), VOUCH_OK);
	options = vouch__pg_settings_options(&settings);
	assert_non_null(options);
	assert_true(asprintf(&command, "set -- %s; printf '%%s\\n' \"$@\"",
			     options) > 0);
	shell = popen(command, "r");
	assert_non_null(shell);
	for (i = 0; i < settings.count * 2; i++) {
		char wanted[512] = "-c";

		if (i % 2 == 1)
			snprintf(wanted, sizeof(wanted), "%s=%s",
				 settings.list[i / 2].name,
				 settings.list[i / 2].value);
		assert_non_null(fgets(line, sizeof(line), shell));
		line[strcspn(line, "\n")] = '\0';
		assert_string_equal(line, wanted);
		seen++;
	}
	assert_null(fgets(line, sizeof(line), shell));
	assert_int_equal(pclose(shell), 0);
	assert_int_equal(seen, settings.count * 2);
	free(command);
	free(options);
	vouch__pg_settings_release(&settings);
}

static void history_is_followed(void **state)
{
	struct vouch_pg_history history;
	uint64_t begin, end;

	(void)state;
	assert_int_equal(history_of("1\t0/3000000\tno recovery target\n\n"
				    "# a remark\n2\t0/5000028\tbefore 3", 4,
				    &history), VOUCH_OK);
	assert_int_equal(history.count, 2);
	assert_int_equal(vouch__pg_history_at(&history, 0x2ffffff), 1);
	assert_int_equal(vouch__pg_history_at(&history, 0x3000000), 2);
	assert_int_equal(vouch__pg_history_at(&history, 0x5000028), 4);
	assert_true(vouch__pg_history_span(&history, 2, &begin, &end));
	assert_true(begin == 0x3000000 && end == 0x5000028);
	assert_true(vouch__pg_history_span(&history, 4, &begin, &end));
	assert_true(end == UINT64_MAX);
	assert_false(vouch__pg_history_span(&history, 3, &begin, &end));
}

static void history_that_lies_is_refused(void **state)
{
	static const char *const refused[] = {
		"", "# nothing\n", "1\n", "1 2\n", "x\t0/1\tr\n", "0\t0/1\tr\n",
		"1\t0/0\tr\n", "3\t0/1\tr\n", "4\t0/1\tr\n", "1\t0/1 2\t\n1\t0/3\n",
		"2\t0/1\tr\n1\t0/2\tr\n", "1\t0/9\tr\n2\t0/8\tr\n",
		"1\t0/1zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\n",
		"-1\t0/1\n", "4294967297\t0/1\n",
	};
	struct vouch_pg_history history;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_int_equal(history_of(refused[i], 3, &history),
				 VOUCH_E_MALFORMED);
		assert_int_equal(history.count, 0);
	}
	assert_int_equal(vouch__pg_history_parse("1\t0/1\0\n", 7, 2, &history,
						 NULL), VOUCH_E_MALFORMED);
	assert_int_equal(history_of("", 1, &history), VOUCH_OK);
	assert_int_equal(history_of("", 0, &history), VOUCH_E_MALFORMED);
}

static void history_has_a_limit(void **state)
{
	struct vouch_pg_history history;
	char text[16384] = "";
	size_t used = 0;

	(void)state;
	for (int i = 1; i <= VOUCH_HISTORY_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%d\t0/%X\tr\n", i, i);
	assert_int_equal(history_of(text, 1000, &history), VOUCH_OK);
	snprintf(text + used, sizeof(text) - used, "100\t0/FFF\tr\n");
	assert_int_equal(history_of(text, 1000, &history), VOUCH_E_MALFORMED);
}

#define SAYS(arguments)                                                        \
	vouch__pg_arguments_say(arguments, sizeof(arguments),                  \
				"synchronous_commit", "on")

/* Whoever starts a server by hand may write the same thing in several ways, and what
 * comes last holds. */
static void arguments_are_taken_as_the_server_takes_them(void **state)
{
	(void)state;
	assert_int_equal(SAYS("postgres\0-D\0/data\0-c\0synchronous_commit=on"),
			 VOUCH_YES);
	assert_int_equal(SAYS("postgres\0-csynchronous_commit=on"), VOUCH_YES);
	assert_int_equal(SAYS("postgres\0--synchronous-commit=on"), VOUCH_YES);
	assert_int_equal(SAYS("postgres\0-c\0synchronous_commit=on\0"
			      "-c\0Synchronous_Commit=off"),
			 VOUCH_NO);
	assert_int_equal(SAYS("postgres\0-c\0synchronous_commit=on\0"
			      "--synchronous-commit=local"),
			 VOUCH_NO);
	assert_int_equal(SAYS("postgres\0-c\0synchronous_commit=off\0"
			      "-c\0synchronous_commit=on"),
			 VOUCH_YES);
	assert_int_equal(SAYS("postgres\0-c\0synchronous_commit_=on"), VOUCH_NO);
	assert_int_equal(SAYS("postgres\0-c\0synchronous_commit=on "), VOUCH_NO);
	assert_int_equal(SAYS("postgres\0-D\0/data"), VOUCH_NO);
	assert_int_equal(SAYS("postgres\0-c"), VOUCH_NO);
	assert_int_equal(vouch__pg_arguments_say("", 0, "a", "b"), VOUCH_UNKNOWN);
}

/* Nobody's command line says nothing. */
static void a_command_line_that_cannot_be_read_is_unknown(void **state)
{
	(void)state;
	assert_int_equal(vouch__pg_setting_given(0, "a", "b"), VOUCH_UNKNOWN);
	assert_int_equal(vouch__pg_setting_given(INT32_MAX, "a", "b"),
			 VOUCH_UNKNOWN);
	assert_int_equal(vouch__pg_setting_given(getpid(), "a", "b"), VOUCH_NO);
}

static struct vouch_local local;

static void streams_are_read(void **state)
{
	(void)state;
	local.stream_count = 7;
	assert_true(vouch__pg_streams_parse("", &local));
	assert_int_equal(local.stream_count, 0);
	assert_true(vouch__pg_streams_parse("n2 12-34 100 true\nn3 5-6 0 false",
					    &local));
	assert_int_equal(local.stream_count, 2);
	assert_string_equal(local.streams[0].name, "n2");
	assert_string_equal(local.streams[0].session, "12-34");
	assert_true(local.streams[0].flushed_lsn == 100);
	assert_int_equal(local.streams[0].streaming, VOUCH_YES);
	assert_int_equal(local.streams[1].streaming, VOUCH_NO);
	assert_false(vouch__pg_streams_parse("n2 12-34 100", &local));
	assert_false(vouch__pg_streams_parse("n2 12-34 -1 true", &local));
}

/* Whoever may replicate opens as many sessions as he likes: that is no reason to take
 * the primary for failed, and what is not listed counts for nothing (P6-S1). */
static void streams_beyond_the_bound_are_left_out(void **state)
{
	static char text[VOUCH_NODES_MAX * 64];
	size_t used = 0;

	(void)state;
	for (int i = 0; i < 2 * VOUCH_NODES_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "n%d %d-1 1 true\n", i, i);
	assert_true(vouch__pg_streams_parse(text, &local));
	assert_int_equal(local.stream_count, VOUCH_NODES_MAX);
	for (uint32_t i = 0; i < VOUCH_NODES_MAX; i++)
		assert_int_equal(strtoul(local.streams[i].name + 1, NULL, 10), i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_contract_names_its_members),
		cmocka_unit_test(lsn_is_parsed_exactly),
		cmocka_unit_test(numbers_do_not_wrap),
		cmocka_unit_test(cluster_name_goes_there_and_back),
		cmocka_unit_test(cluster_name_that_would_be_cut_is_refused),
		cmocka_unit_test(cluster_name_of_others_says_nothing),
		cmocka_unit_test(sync_names_leave_this_node_out),
		cmocka_unit_test(conninfo_quotes_and_holds_no_password),
		cmocka_unit_test(service_file_puts_the_holder_first),
		cmocka_unit_test(the_end_of_a_log_is_compared),
		cmocka_unit_test(array_is_quoted),
		cmocka_unit_test(settings_refuse_what_cannot_work),
		cmocka_unit_test(settings_file_quotes_for_the_server),
		cmocka_unit_test(settings_options_survive_a_shell),
		cmocka_unit_test(history_is_followed),
		cmocka_unit_test(history_that_lies_is_refused),
		cmocka_unit_test(history_has_a_limit),
		cmocka_unit_test(arguments_are_taken_as_the_server_takes_them),
		cmocka_unit_test(a_command_line_that_cannot_be_read_is_unknown),
		cmocka_unit_test(streams_are_read),
		cmocka_unit_test(streams_beyond_the_bound_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
