/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work in a process of its own: it answers, fails, dies or hangs, and the caller
 * goes on in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cluster/cluster.h"
#include "cluster/pacemaker/worker.h"

static enum vouch_error_code run(vouch_work *work, int *output, int timeout_ms,
				 struct vouch_error *error)
{
	static const int input = 20;

	return vouch__worker_run(work, "the test", &input, output,
				 sizeof(*output), vouch__deadline_in(timeout_ms),
				 error);
}

static enum vouch_error_code doubles(const void *input, void *output,
				     struct vouch_deadline deadline,
				     struct vouch_error *error)
{
	(void)deadline;
	(void)error;
	*(int *)output += 2 * *(const int *)input;
	return VOUCH_OK;
}

static enum vouch_error_code fails(const void *input, void *output,
				   struct vouch_deadline deadline,
				   struct vouch_error *error)
{
	(void)input;
	(void)deadline;
	*(int *)output = 99;
	return vouch__error_set(error, VOUCH_E_CONFLICT, "somebody was first");
}

static enum vouch_error_code dies(const void *input, void *output,
				  struct vouch_deadline deadline,
				  struct vouch_error *error)
{
	(void)input;
	(void)deadline;
	(void)error;
	*(int *)output = 99;
	_exit(0);
}

/* The child must go as well. It says who it is. */
static enum vouch_error_code hangs(const void *input, void *output,
				   struct vouch_deadline deadline,
				   struct vouch_error *error)
{
	(void)input;
	(void)output;
	(void)deadline;
	(void)error;
	(void)signal(SIGTERM, SIG_IGN);
	if (fork() < 0)
		return VOUCH_E_MEMORY;
	for (;;)
		(void)pause();
}

static enum vouch_error_code counts_descriptors(const void *input, void *output,
						struct vouch_deadline deadline,
						struct vouch_error *error)
{
	int *count = output;
	int fd;

	(void)input;
	(void)deadline;
	(void)error;
	*count = 0;
	for (fd = 0; fd < 1024; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			(*count)++;
	}
	return VOUCH_OK;
}

static void output_comes_back(void **state)
{
	struct vouch_error error;
	int output = 2;

	(void)state;
	assert_int_equal(run(doubles, &output, 5000, &error), VOUCH_OK);
	assert_int_equal(output, 42);
}

static void an_error_comes_back_alone(void **state)
{
	struct vouch_error error;
	int output = 2;

	(void)state;
	assert_int_equal(run(fails, &output, 5000, &error), VOUCH_E_CONFLICT);
	assert_string_equal(error.text, "somebody was first");
	assert_int_equal(output, 2);
}

/* Even an exit status of 0 is no answer. */
static void a_death_is_no_answer(void **state)
{
	struct vouch_error error;
	int output = 2;

	(void)state;
	assert_int_equal(run(dies, &output, 5000, &error), VOUCH_E_CLUSTER);
	assert_int_equal(output, 2);
}

static void a_hang_ends_in_time(void **state)
{
	struct vouch_deadline limit = vouch__deadline_in(2000);
	struct vouch_error error;
	int output = 2;

	(void)state;
	assert_int_equal(run(hangs, &output, 200, &error), VOUCH_E_TIMEOUT);
	assert_int_not_equal(vouch__deadline_left_ms(limit), 0);
	assert_int_equal(output, 2);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(run(doubles, &output, 0, &error), VOUCH_E_TIMEOUT);
}

/* Locks and database connections of the caller do not live on in the worker:
 * what is open there is 0 to 2 and the pipe. */
static void nothing_is_inherited(void **state)
{
	struct vouch_error error;
	int fds[8];
	int output = 0;
	size_t i;

	(void)state;
	for (i = 0; i < 8; i++)
		fds[i] = dup(STDERR_FILENO);
	assert_int_equal(run(counts_descriptors, &output, 5000, &error),
			 VOUCH_OK);
	for (i = 0; i < 8; i++)
		(void)close(fds[i]);
	assert_int_equal(output, 4);
}

static void the_table(void **state)
{
	struct vouch_error error;

	(void)state;
	assert_null(vouch__cluster_find("none", &error));
	assert_int_equal(error.code, VOUCH_E_STATE);
	assert_null(vouch__cluster_find("other", &error));
	assert_int_equal(error.code, VOUCH_E_CONFIG);
	assert_null(vouch__cluster_find("../pacemaker", &error));
	assert_int_equal(error.code, VOUCH_E_CONFIG);
	assert_null(vouch__cluster_find(NULL, &error));
	assert_int_equal(error.code, VOUCH_E_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_comes_back),
		cmocka_unit_test(an_error_comes_back_alone),
		cmocka_unit_test(a_death_is_no_answer),
		cmocka_unit_test(a_hang_ends_in_time),
		cmocka_unit_test(nothing_is_inherited),
		cmocka_unit_test(the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
