/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/pacemaker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <qb/qblog.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

/* Shared with the worker. `done` is written last: without it nothing counts. */
struct slip {
	_Atomic uint32_t done;
	enum vouch_error_code code;
	struct vouch_error error;
	_Alignas(max_align_t) unsigned char output[];
};

enum { DONE = 0x76636864 };

/* --- in the worker -------------------------------------------------------- */

static void signals_reset(void)
{
	sigset_t none;
	int number;

	for (number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Locks, the journal and database connections of the caller must not live on in
 * here, and nothing in here may write to the caller's terminal or log. */
static int descriptors_reset(int report_fd)
{
	int null_fd;
	int target;

	for (target = QB_LOG_TARGET_START; target < QB_LOG_TARGET_MAX; target++)
		(void)qb_log_ctl(target, QB_LOG_CONF_ENABLED, QB_FALSE);
	closelog();
	null_fd = open("/dev/null", O_RDWR);
	if (null_fd < 0)
		return 0;
	for (target = STDIN_FILENO; target <= STDERR_FILENO; target++) {
		if (dup2(null_fd, target) < 0)
			return 0;
	}
	if (report_fd > STDERR_FILENO + 1 &&
	    close_range(STDERR_FILENO + 1, (unsigned)report_fd - 1, 0) != 0)
		return 0;
	return close_range((unsigned)report_fd + 1, ~0U, 0) == 0;
}

static _Noreturn void work_do(vouch_work *work, const void *input,
			      struct slip *slip, int report_fd, pid_t parent,
			      struct vouch_deadline deadline)
{
	/* Dies with the caller, its own children with it (same group). */
	(void)setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(1);
	signals_reset();
	if (!descriptors_reset(report_fd))
		_exit(1);
	memset(&slip->error, 0, sizeof(slip->error));
	slip->code = work(input, slip->output, deadline, &slip->error);
	atomic_store(&slip->done, DONE);
	/* No exit handlers: they are the caller's. */
	_exit(0);
}

/* --- in the caller -------------------------------------------------------- */

/* 1 when the worker has ended: its end of the pipe is closed then. */
static int end_wait(int report_fd, struct vouch_deadline deadline)
{
	struct pollfd wait = { .fd = report_fd, .events = POLLIN };

	for (;;) {
		int rc = poll(&wait, 1, vouch__deadline_left_ms(deadline));

		if (rc > 0)
			return 1;
		if (rc == 0)
			return 0;
		if (errno != EINTR)
			return 0;
	}
}

static void reap(pid_t worker)
{
	/* The worker has ended or cannot survive this. */
	(void)kill(-worker, SIGKILL);
	(void)kill(worker, SIGKILL);
	while (waitpid(worker, NULL, 0) < 0 && errno == EINTR)
		continue;
}

static enum vouch_error_code conclude(const struct slip *slip, int ended,
				      const char *what, void *output,
				      size_t size, struct vouch_error *error)
{
	if (atomic_load(&slip->done) != DONE)
		return ended ? vouch__error_set(
				       error, VOUCH_E_CLUSTER,
				       "%s failed: a library of the cluster gave "
				       "up; see the cluster's log",
				       what) :
			       vouch__error_set(
				       error, VOUCH_E_TIMEOUT,
				       "%s took too long; is a daemon of the "
				       "cluster hanging on this node?",
				       what);
	if (slip->code != VOUCH_OK)
		return vouch__error_set(error, slip->code, "%.500s",
					slip->error.text);
	memcpy(output, slip->output, size);
	return VOUCH_OK;
}

static enum vouch_error_code
worker_run(vouch_work *work, const char *what, const void *input,
	   struct slip *slip, void *output, size_t size,
	   struct vouch_deadline deadline, struct vouch_error *error)
{
	pid_t parent = getpid();
	enum vouch_error_code code;
	int ends[2];
	int ended;
	pid_t worker;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return vouch__error_set(error, VOUCH_E_IO, "%s failed: %s", what,
					strerror(errno));
	worker = fork();
	if (worker == 0)
		work_do(work, input, slip, ends[1], parent, deadline);
	(void)close(ends[1]);
	if (worker < 0) {
		code = vouch__error_set(error, VOUCH_E_MEMORY,
					"%s failed: no process could be "
					"started: %s",
					what, strerror(errno));
		(void)close(ends[0]);
		return code;
	}
	(void)setpgid(worker, worker); /* whoever of the two is first */
	ended = end_wait(ends[0], deadline);
	reap(worker);
	(void)close(ends[0]);
	return conclude(slip, ended, what, output, size, error);
}

enum vouch_error_code vouch__worker_run(vouch_work *work, const char *what,
					const void *input, void *output,
					size_t size,
					struct vouch_deadline deadline,
					struct vouch_error *error)
{
	size_t length = sizeof(struct slip) + size;
	struct slip *slip;
	enum vouch_error_code code;

	if (vouch__deadline_left_ms(deadline) == 0)
		return vouch__error_set(error, VOUCH_E_TIMEOUT,
					"%s was not begun: no time is left",
					what);
	slip = mmap(NULL, length, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (slip == MAP_FAILED)
		return vouch__error_set(error, VOUCH_E_MEMORY, "%s failed: %s",
					what, strerror(errno));
	if (size > 0)
		memcpy(slip->output, output, size);
	code = worker_run(work, what, input, slip, output, size, deadline,
			  error);
	(void)munmap(slip, length);
	return code;
}
