/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <pwd.h>
#include <sys/stat.h>

#include "common/config.h"

#define MEMBERS "n1=10.0.0.1:5432 n2=10.0.0.2:5433 n3=[fd00::3]:5434"

static struct vouch_config config;
static struct vouch_error error;
static char path[] = "/tmp/vouch-config-XXXXXX";
static char user[64];

/* Some user that is not root, whoever runs the test. */
static int setup(void **state)
{
	struct passwd *entry = getuid() != 0 ? getpwuid(getuid()) :
					       getpwnam("nobody");
	int fd = mkstemp(path);

	(void)state;
	if (!entry || fd < 0)
		return -1;
	(void)close(fd);
	(void)snprintf(user, sizeof(user), "%s", entry->pw_name);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static enum vouch_error_code read_bytes(const char *text, size_t length)
{
	FILE *out = fopen(path, "we");

	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, length, out), length);
	(void)fclose(out);
	memset(&error, 0, sizeof(error));
	return vouch__config_from_file(&config, path, "n1", &error);
}

/* A complete file, and what is to be tried with it. */
static enum vouch_error_code read_with(const char *more)
{
	char text[8192];

	(void)snprintf(text, sizeof(text),
		       "# a comment\n\n  name = pgsql  \nmembers=" MEMBERS "\n"
		       "pgdata=/var/lib/postgresql/15/main\n"
		       "bindir=/usr/lib/postgresql/15/bin\nsystem_user=%s\n%s",
		       user, more);
	return read_bytes(text, strlen(text));
}

static void defaults_are_filled_in(void **state)
{
	(void)state;
	assert_int_equal(read_with(""), VOUCH_OK);
	assert_string_equal(config.name, "pgsql");
	assert_string_equal(config.engine, "postgresql");
	assert_string_equal(config.manager, "pacemaker");
	assert_string_equal(config.node, "n1");
	assert_int_equal(config.member_count, 3);
	assert_string_equal(config.members[2].host, "fd00::3");
	assert_int_equal(config.members[1].port, 5433);
	assert_int_equal(config.k, 1);
	assert_int_equal(config.authorization, VOUCH_AUTHORIZATION_PACEMAKER);
	assert_int_equal(config.watchdog_accepted, VOUCH_NO);
	assert_int_equal(config.retry_after_veto, 0);
	assert_string_equal(config.socket_dir, "/run/postgresql");
	assert_string_equal(config.database, "postgres");
	assert_string_equal(config.repl_user, "vouch");
	assert_string_equal(config.state_dir, VOUCH_STATEDIR "/pgsql");
	assert_int_equal(config.probe_timeout_ms, 3000);
	assert_int_equal(config.slot_keep_mb, 4096);
	assert_true(config.uid != 0);
	assert_ptr_equal(vouch__config_member(&config, "n2"), &config.members[1]);
	assert_null(vouch__config_member(&config, "n4"));
}

static void values_are_taken(void **state)
{
	(void)state;
	assert_int_equal(read_with("k=0\nauthorization=operator\nwatchdog=accept\n"
				   "after_veto=retry\n"
				   "probe_timeout=250ms\npassfile=/etc/vouch/pass\n"
				   "config_file=\nmanager=none\nslot_keep=2GB\n"
				   "state_dir=/srv/vouch"),
			 VOUCH_OK);
	assert_int_equal(config.k, 0);
	assert_int_equal(config.authorization, VOUCH_AUTHORIZATION_OPERATOR);
	assert_int_equal(config.watchdog_accepted, VOUCH_YES);
	assert_int_equal(config.retry_after_veto, 1);
	assert_int_equal(config.probe_timeout_ms, 250);
	assert_int_equal(config.slot_keep_mb, 2048);
	assert_string_equal(config.manager, "none");
	assert_string_equal(config.state_dir, "/srv/vouch");
}

static void hostile_lines_are_refused(void **state)
{
	static const char *const bad[] = {
		"unknown=1", "no equals sign", "=x", "name=second",
		"k=3", "k=-1", "k=1x", "k=", "k= 1 2", "k=99999999999999999999",
		"authorization=yes", "watchdog=1", "after_veto=1", "after_veto=", "engine=../x", "manager=a b",
		"database=a=b", "database='x'", "repl_user=", "repl_user=a;b",
		"passfile=relative", "passfile=/etc/../etc/shadow",
		"passfile=/a/..", "passfile=/x\tpassword=secret",
		"socket_dir=", "state_dir=.", "state_dir=/a\033[2J",
		"passfile=/etc/PassWord=hunter2", "password=hunter2",
		"probe_timeout=0", "probe_timeout=-1s", "probe_timeout=1h",
		"probe_timeout=s", "probe_timeout=99999999s",
		"slot_keep=0MB", "slot_keep=-1", "slot_keep=4", "slot_keep=GB",
		"slot_keep=1TB", "slot_keep=9999999GB", "slot_keep=1 GB",
	};
	char line[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(line, sizeof(line), "%s\n", bad[i]);
		if (read_with(line) != VOUCH_E_CONFIG)
			fail_msg("accepted: %s", bad[i]);
		assert_null(strstr(error.text, "hunter2"));
		assert_null(strstr(error.text, "secret"));
		assert_null(strchr(error.text, '\033'));
		assert_true(error.text[0] != '\0');
	}
}

static void hostile_members_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "n1", "n1=", "=h", "n1=h", "n2=h n3=i", "n1=h n1=i",
		"n1=h N1=i", "n1=h n2=h", "n1=h:5432 n2=h:5432", "n1=h:0 n2=i",
		"n1=h:65536 n2=i", "n1=h:1x n2=i", "n1=h,evil n2=i",
		"n1=h n2=i?x", "n1=h n2=-x", "*=h n1=i", "n1=h \"n2\"=i",
		"n1=[::1 n2=i", "n1=[::1]x n2=i", "n1=h n2=host=/tmp",
		"n1=h ..=i", "n1=h n2=$(id)",
	};
	char text[8192];
	size_t i, length;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(text, sizeof(text),
			       "name=x\npgdata=/d\nbindir=/b\nsystem_user=%s\n"
			       "members=%s\n",
			       user, bad[i]);
		if (read_bytes(text, strlen(text)) != VOUCH_E_CONFIG)
			fail_msg("accepted: %s", bad[i]);
	}
	length = (size_t)snprintf(text, sizeof(text), "name=x\npgdata=/d\nmembers=");
	for (i = 1; i <= VOUCH_NODES_MAX + 1; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "n%zu=h%zu ", i, i);
	assert_int_equal(read_bytes(text, length), VOUCH_E_CONFIG);
}

static void too_long_values_are_refused(void **state)
{
	char line[4096] = "state_dir=/";

	(void)state;
	memset(line + 11, 'a', 1500);
	assert_int_equal(read_with(line), VOUCH_E_CONFIG);
	(void)strcpy(line, "engine=");
	memset(line + 7, 'a', 64);
	line[71] = '\0';
	assert_int_equal(read_with(line), VOUCH_E_CONFIG);
}

static void hostile_files_are_refused(void **state)
{
	char big[70000], name[64];

	(void)state;
	assert_int_equal(read_bytes("name=a\0b\n", 9), VOUCH_E_CONFIG);
	assert_int_equal(read_bytes("", 0), VOUCH_E_CONFIG);
	memset(big, '#', sizeof(big));
	assert_int_equal(read_bytes(big, sizeof(big)), VOUCH_E_CONFIG);
	assert_int_equal(vouch__config_from_file(&config, "/nonexistent", "n1",
						 &error),
			 VOUCH_E_CONFIG);
	assert_int_equal(vouch__config_from_file(&config, "/tmp", "n1", &error),
			 VOUCH_E_CONFIG);
	assert_int_equal(read_with(""), VOUCH_OK);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(vouch__config_from_file(&config, path, "n1", &error),
			 VOUCH_E_CONFIG);
	assert_int_equal(chmod(path, 0600), 0);
	(void)snprintf(name, sizeof(name), "/tmp/vouch-fifo-%d", (int)getpid());
	assert_int_equal(mkfifo(name, 0600), 0);
	assert_int_equal(vouch__config_from_file(&config, name, "n1", &error),
			 VOUCH_E_CONFIG);
	assert_int_equal(unlink(name), 0);
}

static void this_node_must_be_a_member(void **state)
{
	(void)state;
	assert_int_equal(read_with(""), VOUCH_OK);
	assert_int_equal(vouch__config_from_file(&config, path, "n4", &error),
			 VOUCH_E_CONFIG);
	assert_non_null(strstr(error.text, "n4; list it, or on the command line "
					   "say its name there with --node="));
	assert_int_equal(vouch__config_from_file(&config, path, "n1;x", &error),
			 VOUCH_E_CONFIG);
}

static void root_runs_no_database(void **state)
{
	(void)state;
	assert_int_equal(read_bytes("name=x\nmembers=n1=a n2=b\npgdata=/d\n"
				    "bindir=/b\nsystem_user=root\n", 63),
			 VOUCH_E_CONFIG);
	assert_int_equal(read_bytes("name=x\nmembers=n1=a n2=b\npgdata=/d\n"
				    "bindir=/b\nsystem_user=no-such-user\n", 71),
			 VOUCH_E_CONFIG);
}

/* --- environment ------------------------------------------------------------ */

static enum vouch_error_code environment(const char *variable, const char *value)
{
	const char *output = getenv("CMOCKA_MESSAGE_OUTPUT");
	char kept[16];

	(void)snprintf(kept, sizeof(kept), "%s", output ? output : "STDOUT");
	assert_int_equal(clearenv(), 0);
	assert_int_equal(setenv("CMOCKA_MESSAGE_OUTPUT", kept, 1), 0);
	assert_int_equal(setenv("PATH", "/bin", 1), 0);
	assert_int_equal(setenv("OCF_ROOT", "/usr/lib/ocf", 1), 0);
	assert_int_equal(setenv("OCF_RESKEY_members", MEMBERS, 1), 0);
	assert_int_equal(setenv("OCF_RESKEY_pgdata", "/d", 1), 0);
	assert_int_equal(setenv("OCF_RESKEY_bindir", "/b", 1), 0);
	assert_int_equal(setenv("OCF_RESKEY_system_user", user, 1), 0);
	assert_int_equal(setenv("OCF_RESKEY_CRM_meta_timeout", "20000", 1), 0);
	assert_int_equal(setenv("OCF_RESKEY_crm_feature_set", "3.16.2", 1), 0);
	if (variable)
		assert_int_equal(setenv(variable, value, 1), 0);
	memset(&error, 0, sizeof(error));
	return vouch__config_from_environment(&config, "pgsql", "n2", &error);
}

static void the_environment_is_read(void **state)
{
	(void)state;
	assert_int_equal(environment(NULL, NULL), VOUCH_OK);
	assert_string_equal(config.name, "pgsql");
	assert_string_equal(config.node, "n2");
	assert_int_equal(config.k, 1);
	assert_int_equal(environment("OCF_RESKEY_k", "2"), VOUCH_OK);
	assert_int_equal(config.k, 2);
	/* Pacemaker passes a parameter that was set to nothing as empty. */
	assert_int_equal(environment("OCF_RESKEY_passfile", ""), VOUCH_OK);
}

static void a_hostile_environment_is_refused(void **state)
{
	static const char *const bad[][2] = {
		{ "OCF_RESKEY_unknown", "1" },	 { "OCF_RESKEY_name", "other" },
		{ "OCF_RESKEY_password", "hunter2" }, { "OCF_RESKEY_", "1" },
		{ "OCF_RESKEY_k", "3" },	 { "OCF_RESKEY_pgdata", "d" },
		{ "OCF_RESKEY_members", "n1=a" }, { "OCF_RESKEY_PGDATA", "/d" },
		{ "OCF_RESKEY_bindir", "/b\n/c" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (environment(bad[i][0], bad[i][1]) != VOUCH_E_CONFIG)
			fail_msg("accepted: %s=%s", bad[i][0], bad[i][1]);
		assert_null(strstr(error.text, "hunter2"));
	}
	assert_int_equal(environment(NULL, NULL), VOUCH_OK);
	assert_int_equal(vouch__config_from_environment(&config, NULL, "n1", &error),
			 VOUCH_E_CONFIG);
	assert_int_equal(vouch__config_from_environment(&config, "../x", "n1",
							&error),
			 VOUCH_E_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_filled_in),
		cmocka_unit_test(values_are_taken),
		cmocka_unit_test(hostile_lines_are_refused),
		cmocka_unit_test(hostile_members_are_refused),
		cmocka_unit_test(too_long_values_are_refused),
		cmocka_unit_test(hostile_files_are_refused),
		cmocka_unit_test(this_node_must_be_a_member),
		cmocka_unit_test(root_runs_no_database),
		cmocka_unit_test(the_environment_is_read),
		cmocka_unit_test(a_hostile_environment_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
