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
#include <sys/wait.h>

#include "common/privilege.h"

static struct vouch_config config;

static int setup(void **state)
{
	struct passwd *entry = getuid() != 0 ? getpwuid(getuid()) :
					       getpwnam("nobody");

	(void)state;
	if (!entry)
		return -1;
	(void)snprintf(config.system_user, VOUCH_NAME_SIZE, "%s", entry->pw_name);
	config.uid = entry->pw_uid;
	config.gid = entry->pw_gid;
	return 0;
}

/* In a process of its own: what is dropped does not come back. */
static int in_child(int (*test)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(test());
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int lower_and_raise(void)
{
	struct vouch_error error;

	if (vouch__privilege_lower(&config, &error) != VOUCH_OK ||
	    geteuid() != config.uid || getegid() != config.gid ||
	    vouch__privilege_lower(&config, &error) != VOUCH_OK)
		return 1;
	if (vouch__privilege_raise(&error) != VOUCH_OK)
		return 2;
	return geteuid() == 0 && getegid() == 0 ? 0 : 3;
}

static int drop_for_good(void)
{
	struct vouch_error error;

	if (vouch__privilege_lower(&config, &error) != VOUCH_OK ||
	    vouch__privilege_drop(&config, &error) != VOUCH_OK ||
	    getuid() != config.uid || geteuid() != config.uid)
		return 1;
	if (vouch__privilege_raise(&error) != VOUCH_E_PERMISSION ||
	    geteuid() == 0 || seteuid(0) == 0)
		return 2;
	return vouch__privilege_drop(&config, &error) == VOUCH_OK ? 0 : 3;
}

static void root_goes_down_and_up(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(in_child(lower_and_raise), 0);
}

static void what_is_dropped_is_gone(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(in_child(drop_for_good), 0);
}

static int stay_as_one_is(void)
{
	struct vouch_error error;

	if (getuid() == 0 && vouch__privilege_drop(&config, &error) != VOUCH_OK)
		return 1;
	if (vouch__privilege_lower(&config, &error) != VOUCH_OK)
		return 2;
	if (vouch__privilege_raise(&error) != VOUCH_E_PERMISSION)
		return 3;
	config.uid++;
	if (vouch__privilege_lower(&config, &error) != VOUCH_E_PERMISSION)
		return 4;
	return vouch__privilege_drop(&config, &error) == VOUCH_E_PERMISSION ? 0 : 5;
}

static void a_plain_user_stays_who_it_is(void **state)
{
	(void)state;
	assert_int_equal(in_child(stay_as_one_is), 0);
}

static void nothing_is_lowered_to_root(void **state)
{
	struct vouch_config root = config;
	struct vouch_error error;

	(void)state;
	root.uid = 0;
	assert_int_equal(vouch__privilege_lower(&root, &error),
			 VOUCH_E_PERMISSION);
	assert_int_equal(vouch__privilege_drop(&root, &error),
			 VOUCH_E_PERMISSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_goes_down_and_up),
		cmocka_unit_test(what_is_dropped_is_gone),
		cmocka_unit_test(a_plain_user_stays_who_it_is),
		cmocka_unit_test(nothing_is_lowered_to_root),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
