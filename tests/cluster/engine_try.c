/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls one function of the engine against a pair of servers that engine_pair
 * set up, and prints what came of it. For developers; never installed.
 *
 *   engine_try DIRECTORY PORT NODE COMMAND [ARGUMENT...]
 *
 * NODE is n1 (PORT) or n2 (PORT + 1), the node that the call is made on.
 * Exit code: the error code, 0 for success.
 */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engines/engine.h"

static const char *const answers[] = { "unknown", "yes", "no" };
static struct vouch_config config;
static struct vouch_error error;
static const struct vouch_engine *engine;

static void lsn_print(const char *what, uint64_t lsn)
{
	printf("%s=%X/%X ", what, (uint32_t)(lsn >> 32), (uint32_t)lsn);
}

static void history_print(const struct vouch_switch *list, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		printf("ancestor=%u ", list[i].timeline);
		lsn_print("ended", list[i].end_lsn);
	}
}

static int try_local(char **arguments)
{
	static const char *const states[] = { "unknown", "stopped", "starting",
					      "standby", "writable", "crashed" };
	struct vouch_local local;
	enum vouch_error_code code = engine->local_observe(
		&config, vouch__deadline_in(3000), &local, &error);

	(void)arguments;
	printf("state=%s system=%llu timeline=%u ", states[local.state],
	       (unsigned long long)local.system_id, local.timeline);
	lsn_print("position", local.position);
	printf("started=%llu incarnation=%s pinned=%s receiving=%s "
	       "epoch=%llu@%u/%s unpinned=[%s] ",
	       (unsigned long long)local.start_generation, local.incarnation,
	       answers[local.pinned], answers[local.receiving],
	       (unsigned long long)local.epoch, local.epoch_timeline,
	       local.epoch_holder, local.unpinned);
	for (uint32_t i = 0; i < local.stream_count; i++) {
		printf("stream=%s/%s/%s ", local.streams[i].name,
		       local.streams[i].session,
		       answers[local.streams[i].streaming]);
		lsn_print("flushed", local.streams[i].flushed_lsn);
	}
	return (int)code;
}

static int try_probe(char **arguments)
{
	static const char *const conditions[] = { "absent", "present", "stale",
						  "malformed", "contradictory" };
	const struct vouch_member *member =
		vouch__config_member(&config, arguments[0]);
	struct vouch_probe probe;
	enum vouch_error_code code;

	if (member == NULL)
		return VOUCH_E_ARGUMENT;
	code = engine->probe(&config, member, vouch__deadline_in(3000), &probe,
			     &error);
	printf("condition=%s in_recovery=%s system=%llu incarnation=%s "
	       "timeline=%u ", conditions[probe.condition],
	       answers[probe.in_recovery], (unsigned long long)probe.system_id,
	       probe.incarnation, probe.timeline);
	lsn_print("received", probe.received_lsn);
	lsn_print("replayed", probe.replayed_lsn);
	printf("exhausted=%s paused=%s checksums_clean=%s promoting=%s "
	       "epoch=%llu@%u ", answers[probe.log_exhausted],
	       answers[probe.replay_paused], answers[probe.checksums_clean],
	       answers[probe.promoting], (unsigned long long)probe.epoch,
	       probe.epoch_timeline);
	history_print(probe.history, probe.history_count);
	return (int)code;
}

static void contract_print(const struct vouch_contract *contract)
{
	printf("method=%d k=%u of=", contract->method, contract->k);
	for (uint32_t i = 0; i < contract->member_count; i++)
		printf("%s%s", i > 0 ? "," : "",
		       config.members[contract->members[i]].name);
	putchar('\n');
}

static int try_records(char **arguments)
{
	static struct vouch_log_record record;
	enum vouch_error_code code = engine->records_observe(
		&config, vouch__deadline_in(3000), &record, &error);

	(void)arguments;
	for (uint32_t i = 0; i < record.epoch_count; i++) {
		printf("epoch=%llu holder=%s incarnation=%s ",
		       (unsigned long long)record.epochs[i].epoch,
		       config.members[record.epochs[i].holder].name,
		       record.epochs[i].incarnation);
		contract_print(&record.epochs[i].contract);
	}
	for (uint32_t i = 0; i < record.contract_count; i++) {
		printf("contract=%llu epoch=%llu phase=%d pinned=%s ",
		       (unsigned long long)record.contracts[i].serial,
		       (unsigned long long)record.contracts[i].epoch,
		       record.contracts[i].phase,
		       answers[record.contracts[i].pinned]);
		contract_print(&record.contracts[i].contract);
	}
	for (uint32_t i = 0; i < record.admission_count; i++)
		printf("admission=%llu node=%s incarnation=%s\n",
		       (unsigned long long)record.admissions[i].serial,
		       config.members[record.admissions[i].node].name,
		       record.admissions[i].incarnation);
	return (int)code;
}

static int try_directory(char **arguments)
{
	struct vouch_directory directory;
	enum vouch_error_code code =
		engine->directory_observe(&config, &directory, &error);

	(void)arguments;
	printf("system=%llu identity=%s timeline=%u ",
	       (unsigned long long)directory.system_id, directory.identity,
	       directory.timeline);
	lsn_print("end", directory.log_end);
	history_print(directory.history, directory.history_count);
	return (int)code;
}

static int try_tail(char **arguments)
{
	unsigned int high, low;
	struct vouch_tail tail;
	enum vouch_error_code code;

	if (arguments[0] == NULL || arguments[1] == NULL ||
	    sscanf(arguments[1], "%X/%X", &high, &low) != 2)
		return VOUCH_E_ARGUMENT;
	code = engine->tail_observe(&config, (uint32_t)atoi(arguments[0]),
				    (uint64_t)high << 32 | low, &tail, &error);
	printf("condition=%d timeline=%u crc=%08X ", tail.condition,
	       tail.timeline, tail.record_crc);
	lsn_print("record", tail.record_lsn);
	lsn_print("end", tail.end_lsn);
	return (int)code;
}

/* MEMBER TIMELINE BEGIN END */
static int try_same(char **arguments)
{
	struct vouch_stretch stretch = {
		.timeline = (uint32_t)atoi(arguments[1]) };
	uint64_t *const lsns[] = { &stretch.begin, &stretch.end };
	enum vouch_answer same;
	unsigned int high, low;

	for (int i = 0; i < 2; i++) {
		if (sscanf(arguments[2 + i], "%X/%X", &high, &low) != 2)
			return VOUCH_E_ARGUMENT;
		*lsns[i] = (uint64_t)high << 32 | low;
	}
	same = engine->same_log(&config,
				vouch__config_member(&config, arguments[0]),
				&stretch, vouch__deadline_in(5000), &error);
	printf("same=%s ", answers[same]);
	return same == VOUCH_UNKNOWN ? (int)error.code : VOUCH_OK;
}

static int try_start(char **arguments)
{
	struct vouch_start start = { .incarnation = "" };

	snprintf(start.incarnation, sizeof(start.incarnation), "%s",
		 arguments[0]);
	if (arguments[0] != NULL && arguments[1] != NULL)
		snprintf(start.primary, sizeof(start.primary), "%s",
			 arguments[1]);
	return (int)engine->start(&config, &start, vouch__deadline_in(20000),
				  &error);
}

static int try_stop(char **arguments)
{
	struct vouch_clean_end end;
	int ms = arguments[0] != NULL ? atoi(arguments[0]) : 20000;
	enum vouch_error_code code =
		engine->stop(&config, vouch__deadline_in(ms), &end, &error);

	printf("clean=%s timeline=%u crc=%08X ", answers[end.clean],
	       end.timeline, end.record_crc);
	lsn_print("record", end.record_lsn);
	return (int)code;
}

static int try_promote(char **arguments)
{
	uint32_t timeline;
	uint64_t start;
	enum vouch_error_code code = engine->promote(
		&config, (uint32_t)atoi(arguments[0]), vouch__deadline_in(20000),
		&timeline, &start, &error);

	printf("timeline=%u ", timeline);
	lsn_print("start", start);
	return (int)code;
}

/* epoch NUMBER REQUEST INCARNATION TIMELINE [create] */
static int try_epoch(char **arguments)
{
	struct vouch_epoch epoch = { .pinned = VOUCH_YES,
				     .method = VOUCH_METHOD_ANY,
				     .k = config.k, .start_lsn = 0x1234 };

	epoch.epoch = strtoull(arguments[0], NULL, 10);
	snprintf(epoch.request_id, VOUCH_NAME_SIZE, "%s", arguments[1]);
	snprintf(epoch.incarnation, VOUCH_NAME_SIZE, "%s", arguments[2]);
	epoch.timeline = (uint32_t)atoi(arguments[3]);
	snprintf(epoch.holder, VOUCH_NAME_SIZE, "%s", config.node);
	for (uint32_t i = 0; i < config.member_count; i++)
		if (strcmp(config.members[i].name, config.node) != 0)
			strcpy(epoch.members[epoch.member_count++],
			       config.members[i].name);
	return (int)engine->epoch_write(&config, &epoch, arguments[4] != NULL,
					vouch__deadline_in(5000), &error);
}

static int try_admit(char **arguments)
{
	char incarnation[VOUCH_NAME_SIZE] = "";
	struct vouch_local local;
	enum vouch_error_code code = engine->local_observe(
		&config, vouch__deadline_in(3000), &local, &error);

	for (uint32_t i = 0; code == VOUCH_OK && i < local.stream_count; i++) {
		if (strcmp(local.streams[i].name, arguments[0]) != 0)
			continue;
		code = engine->admit(&config, &local.streams[i],
				     vouch__deadline_in(5000), incarnation,
				     &error);
		printf("admitted=%s ", incarnation);
		return (int)code;
	}
	return code != VOUCH_OK ? (int)code : (int)VOUCH_E_NOT_FOUND;
}

static int try_claim(char **arguments)
{
	void *claim;
	enum vouch_error_code code = engine->claim(
		&config, vouch__deadline_in(3000), &claim, &error);

	if (code == VOUCH_OK) {
		puts("claimed");
		fflush(stdout);
		sleep((unsigned int)atoi(arguments[0]));
		engine->claim_release(claim);
	}
	return (int)code;
}

static const struct {
	const char *name;
	int arguments;
	int (*call)(char **arguments);
} commands[] = {
	{ "local", 0, try_local },	 { "probe", 1, try_probe },
	{ "records", 0, try_records },	 { "directory", 0, try_directory },
	{ "tail", 2, try_tail },	 { "start", 1, try_start },
	{ "same", 4, try_same },
	{ "stop", 0, try_stop },	 { "promote", 1, try_promote },
	{ "epoch", 4, try_epoch },	 { "admit", 1, try_admit },
	{ "claim", 1, try_claim },
};

static int config_make(char **argv)
{
	const char *k = getenv("ENGINE_TRY_K");
	const struct passwd *user = getpwnam("postgres");

	if (user == NULL)
		return 0;
	config.uid = user->pw_uid;
	config.gid = user->pw_gid;
	strcpy(config.name, "try");
	strcpy(config.engine, "postgresql");
	strcpy(config.database, "postgres");
	strcpy(config.repl_user, "vouch");
	strcpy(config.system_user, "postgres");
	strcpy(config.bindir, "/usr/lib/postgresql/15/bin");
	snprintf(config.socket_dir, VOUCH_PATH_SIZE, "%s", argv[1]);
	snprintf(config.node, VOUCH_NAME_SIZE, "%s", argv[3]);
	snprintf(config.pgdata, VOUCH_PATH_SIZE, "%s/%s", argv[1], argv[3]);
	config.member_count = 2;
	for (uint32_t i = 0; i < 2; i++) {
		snprintf(config.members[i].name, VOUCH_NAME_SIZE, "n%u", i + 1);
		strcpy(config.members[i].host, "127.0.0.1");
		config.members[i].port = (uint16_t)(atoi(argv[2]) + (int)i);
	}
	config.k = k != NULL ? atoi(k) : 1;
	config.probe_timeout_ms = 1000;
	config.slot_keep_mb = 4096;
	return 1;
}

/* As the agent does: the database user's identity, root kept in reserve. */
static int identity_take(void)
{
	return getuid() != 0 ||
	       (setgroups(1, &config.gid) == 0 && setegid(config.gid) == 0 &&
		seteuid(config.uid) == 0);
}

int main(int argc, char **argv)
{
	engine = vouch__engine_find("postgresql");
	if (argc < 5 || engine == NULL || !config_make(argv)) {
		fprintf(stderr, "usage: %s DIRECTORY PORT NODE COMMAND "
				"[ARGUMENT...]\n", argv[0]);
		return 64;
	}
	if (!identity_take()) {
		perror("cannot become the database's user");
		return 64;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		int code;

		if (strcmp(commands[i].name, argv[4]) != 0 ||
		    argc - 5 < commands[i].arguments)
			continue;
		code = commands[i].call(argv + 5);
		putchar('\n');
		if (code != VOUCH_OK)
			fprintf(stderr, "%s: %s (%d)\n", argv[4], error.text,
				code);
		return code;
	}
	fprintf(stderr, "no such command, or arguments are missing: %s\n",
		argv[4]);
	return 64;
}
