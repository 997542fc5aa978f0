/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system's log: whoever reads it, reads it badly or not at all changes
 * nothing and keeps nobody waiting (P6-O1).
 *
 * usage: test_log                    the tests
 *        test_log emit DIR COUNT     COUNT events, for test_log_journald */
#include "tests/unit/state_fixture.h"

#include <endian.h>
#include <glob.h>
#include <qb/qblog.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "authority/event.h"
#include "authority/log.h"
#include "authority/log_systemd.h"

#define LAST "the last thing that was done"

static int reader_open(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_true(strlen(path) < sizeof(address.sun_path));
	(void)strcpy(address.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)),
			 0);
	return fd;
}

static void an_entry_holds_its_fields(void **state)
{
	struct fixture *it = *state;
	const char *path = fixture_path(it, "journal");
	const struct vouch_log_field fields[] = {
		{ "MESSAGE", "one line" },
		{ "VOUCH_RULE", "" },
		{ "VOUCH_EPOCH", NULL },
		{ "VOUCH_REASON", "a\nPRIORITY=0" },
	};
	static const char begin[] = "MESSAGE=one line\nVOUCH_REASON\n";
	static const char value[] = "a\nPRIORITY=0";
	uint64_t length;
	char text[256];
	int fd = reader_open(path);
	ssize_t size;

	assert_true(vouch__systemd_send(path, fields, 4));
	size = recv(fd, text, sizeof(text), MSG_DONTWAIT);
	assert_int_equal(size, strlen(begin) + 8 + strlen(value) + 1);
	assert_memory_equal(text, begin, strlen(begin));
	memcpy(&length, text + strlen(begin), 8);
	assert_int_equal(le64toh(length), strlen(value));
	assert_memory_equal(text + strlen(begin) + 8, value, strlen(value));
	(void)close(fd);
}

static void nobody_is_waited_for(void **state)
{
	struct fixture *it = *state;
	const char *path = fixture_path(it, "journal");
	const struct vouch_log_field field = { "MESSAGE", "x" };
	char lengthy[300];
	int fd, i;

	assert_false(vouch__systemd_send(path, &field, 1));
	fd = reader_open(path);
	/* Its reader is stopped: the queue fills, and then nothing is taken. */
	for (i = 0; i < 1000000 && vouch__systemd_send(path, &field, 1); i++)
		;
	assert_in_range(i, 1, 999999);
	(void)close(fd); /* nobody is bound to it any more */
	assert_false(vouch__systemd_send(path, &field, 1));
	memset(lengthy, 'a', sizeof(lengthy) - 1);
	lengthy[sizeof(lengthy) - 1] = '\0';
	assert_false(vouch__systemd_send(lengthy, &field, 1));
	assert_false(vouch__systemd_send("/dev/null", &field, 1));
}

/* A program with a blackbox that dies by its own fault. */
static void die(const struct vouch_config *config, uid_t user)
{
	static const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) != 0 || setuid(user) != 0)
		_exit(99);
	vouch__log_open("test_log");
	vouch__log_blackbox(config);
	vouch__log_fields(LAST, NULL, 0);
	abort();
}

static void died(const struct vouch_config *config, uid_t user)
{
	int how;
	pid_t pid = fork();

	if (pid == 0)
		die(config, user);
	assert_true(waitpid(pid, &how, 0) == pid);
	assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT);
}

/* Nothing of it stays in shared memory, however a program ends. */
static size_t left_in_memory(void)
{
	glob_t found = { 0 };
	size_t count;

	(void)glob("/dev/shm/qb-test_log-*", 0, NULL, &found);
	count = found.gl_pathc;
	globfree(&found);
	return count;
}

/* Root writes nothing where the directory's owner could guide its hand. */
static void a_crash_leaves_the_blackbox(void **state)
{
	enum { SOMEBODY = 65534 };
	struct fixture *it = *state;
	uid_t user = geteuid() == 0 ? SOMEBODY : geteuid();
	const char *path = fixture_path(it, "blackbox.test_log");
	struct stat status;
	size_t length;
	char *text;

	if (geteuid() == 0) {
		died(&it->config, 0);
		assert_int_not_equal(stat(path, &status), 0);
		assert_int_equal(chown(it->config.state_dir, user, (gid_t)-1), 0);
		assert_int_equal(chmod(it->base, 0711), 0);
	}
	died(&it->config, user);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 077, 0);
	text = fixture_read(it, "blackbox.test_log", &length);
	assert_non_null(memmem(text, length, LAST, strlen(LAST)));
	free(text);
	assert_int_equal(left_in_memory(), 0);
}

/* A verdict goes to the standard output, and nothing beside it. */
static void the_blackbox_says_nothing(void **state)
{
	enum { SOMEBODY = 65534 };
	struct fixture *it = *state;
	uid_t user = geteuid() == 0 ? SOMEBODY : geteuid();
	char told[64] = "";
	int ends[2], how;
	ssize_t size;
	pid_t pid;

	assert_int_equal(chown(it->config.state_dir, user, (gid_t)-1), 0);
	assert_int_equal(chmod(it->base, 0711), 0);
	assert_int_equal(pipe(ends), 0);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (dup2(ends[1], STDOUT_FILENO) < 0 || setuid(user) != 0)
			_exit(99);
		vouch__log_open("test_log");
		vouch__log_blackbox(&it->config);
		vouch__log_fields(LAST, NULL, 0);
		(void)fputs("a", stdout);
		vouch__log_blackbox_write();
		(void)fputs("b", stdout);
		(void)fflush(stdout);
		_exit(0);
	}
	(void)close(ends[1]);
	size = read(ends[0], told, sizeof(told) - 1);
	size += read(ends[0], told + size, sizeof(told) - 1 - (size_t)size);
	assert_true(waitpid(pid, &how, 0) == pid && how == 0);
	assert_string_equal(told, "ab");
	assert_int_equal(access(fixture_path(it, "blackbox.test_log"), F_OK), 0);
	(void)close(ends[0]);
}

static int emit(const char *directory, int count)
{
	struct vouch_config config = { .name = "pgsql", .node = "n1" };
	struct vouch_event event = { .name = "validation_failed",
				     .request_id = "r1",
				     .candidate = "n1",
				     .reason = "a\nb",
				     .invariant = "P6-A1",
				     .rule = 300,
				     .epoch = 7 };

	vouch__log_open("test_log");
	(void)snprintf(config.state_dir, sizeof(config.state_dir), "%s",
		       directory);
	while (count-- > 0)
		vouch__event_emit(&config, &event);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		fixture_test(an_entry_holds_its_fields),
		fixture_test(nobody_is_waited_for),
		fixture_test(a_crash_leaves_the_blackbox),
		fixture_test(the_blackbox_says_nothing),
	};

	if (argc == 4 && strcmp(argv[1], "emit") == 0)
		return emit(argv[2], atoi(argv[3]));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
