/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/log.h"

#include <fcntl.h>
#include <poll.h>
#include <qb/qblog.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "authority/log_systemd.h"

enum { FIELDS_MAX = 16, BLACKBOX_BYTES = 128 * 1024 };

/* The event whose line libqb is about to hand on. */
static const struct vouch_log_field *extra;
static size_t extra_count;

static const char *name = "vouch";
static char blackbox_path[VOUCH_PATH_SIZE + 64];

/* --- where a line goes ------------------------------------------------------- */

static int systemd_take(const struct qb_log_callsite *site, const char *text)
{
	struct vouch_log_field fields[FIELDS_MAX];
	char priority[8], pid[16];
	size_t i, count = 0;

	(void)snprintf(priority, sizeof(priority), "%u", site->priority & 7U);
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	fields[count++] = (struct vouch_log_field){ "MESSAGE", text };
	fields[count++] = (struct vouch_log_field){ "PRIORITY", priority };
	fields[count++] = (struct vouch_log_field){ "SYSLOG_FACILITY", "3" };
	fields[count++] = (struct vouch_log_field){ "SYSLOG_IDENTIFIER", name };
	fields[count++] = (struct vouch_log_field){ "SYSLOG_PID", pid };
	for (i = 0; i < extra_count && count < FIELDS_MAX; i++)
		fields[count++] = extra[i];
	return vouch__systemd_send(VOUCH_SYSTEMD_SOCKET, fields, count);
}

/* syslog(3) waits for a reader that is stopped; this asks first. */
static int syslog_is_read(void)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX,
					     .sun_path = "/dev/log" };
	struct pollfd wait = { .events = POLLOUT };
	int ready;

	wait.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (wait.fd < 0)
		return 0;
	ready = connect(wait.fd, (const struct sockaddr *)&address,
			sizeof(address)) == 0 &&
		poll(&wait, 1, 0) == 1 && (wait.revents & POLLOUT) != 0;
	(void)close(wait.fd);
	return ready;
}

static void line_take(int32_t target, struct qb_log_callsite *site,
		      struct timespec *when, const char *text)
{
	(void)target;
	(void)when;
	if (!systemd_take(site, text) && syslog_is_read())
		syslog(LOG_DAEMON | (int)(site->priority & 7U), "%s", text);
}

void vouch__log_open(const char *program)
{
	int32_t target;

	name = program;
	openlog(program, LOG_PID, LOG_DAEMON);
	qb_log_init(program, LOG_DAEMON, LOG_INFO);
	(void)qb_log_ctl(QB_LOG_SYSLOG, QB_LOG_CONF_ENABLED, QB_FALSE);
	target = qb_log_custom_open(line_take, NULL, NULL, NULL);
	if (target < 0)
		return;
	(void)qb_log_filter_ctl(target, QB_LOG_FILTER_ADD, QB_LOG_FILTER_FILE, "*",
				LOG_INFO);
	(void)qb_log_format_set(target, "%b");
	(void)qb_log_ctl(target, QB_LOG_CONF_ENABLED, QB_TRUE);
}

void vouch__log_fields(const char *text, const struct vouch_log_field *fields,
		       size_t count)
{
	extra = fields;
	extra_count = count;
	qb_log(LOG_NOTICE, "%s", text);
	extra = NULL;
	extra_count = 0;
}

/* --- the blackbox --------------------------------------------------------------- */

static void write_silently(void)
{
	(void)unlink(blackbox_path);
	(void)qb_log_blackbox_write_to_file(blackbox_path);
	(void)chmod(blackbox_path, 0600); /* libqb makes it executable */
}

/* libqb tells of its ring buffer on the standard output, where a verdict goes. */
void vouch__log_blackbox_write(void)
{
	int kept, nowhere;

	if (blackbox_path[0] == '\0' || geteuid() == 0 || fflush(stdout) != 0)
		return;
	kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (kept >= 0 && nowhere >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0) {
		write_silently();
		(void)fflush(stdout);
		(void)dup2(kept, STDOUT_FILENO);
	}
	if (nowhere >= 0)
		(void)close(nowhere);
	if (kept >= 0)
		(void)close(kept);
}

/* The program is lost already: libqb's own advice for its blackbox. */
static void died(int number)
{
	if (geteuid() != 0)
		write_silently(); /* nothing is flushed any more */
	(void)raise(number);
}

static void watch_signals(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
	struct sigaction action = { .sa_handler = died,
				    .sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)sigaction(numbers[i], &action, NULL);
}

/* The memory lives on without its files, which would outlive a program that is
 * killed, and fill /dev/shm one timeout after the other. */
static void names_remove(void)
{
	static const char *const parts[] = { "header", "data" };
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		(void)snprintf(path, sizeof(path), "/dev/shm/qb-%s-%d-blackbox-%s",
			       name, (int)getpid(), parts[i]);
		(void)unlink(path);
	}
}

void vouch__log_blackbox(const struct vouch_config *config)
{
	(void)snprintf(blackbox_path, sizeof(blackbox_path), "%s/blackbox.%s",
		       config->state_dir, name);
	(void)qb_log_ctl(QB_LOG_BLACKBOX, QB_LOG_CONF_SIZE, BLACKBOX_BYTES);
	(void)qb_log_ctl(QB_LOG_BLACKBOX, QB_LOG_CONF_ENABLED, QB_TRUE);
	/* Ours only: what Pacemaker's libraries say of themselves down there may
	 * hold the configuration, and with it a fencing device's password. */
	(void)qb_log_filter_ctl(QB_LOG_BLACKBOX, QB_LOG_FILTER_ADD,
				QB_LOG_FILTER_FILE_REGEX,
				"\\(agents\\|lib/[a-z]*\\)/", LOG_DEBUG);
	names_remove();
	watch_signals();
}
