/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills a journal through the library's own writer, for measuring: mostly what a
 * standby records while nothing happens, and every hundred records an attempt
 * with the documents of a real decision. It never waits for the disk, and the
 * journal is not cut to its usual length. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/marker.h"
#include "authority/records.h"
#include "authority/syscalls.h"
#include "common/json.h"
#include "common/privilege.h"
#include "vouch.h"

static struct vouch_journal *journal;
static struct vouch_error error;

static int no_fsync(int fd)
{
	(void)fd;
	return 0;
}

static void check(int ok)
{
	if (ok)
		return;
	(void)fprintf(stderr, "journal_fill: %s\n", error.text);
	exit(1);
}

static void put(const char *type, const char *id, const char *key_a,
		const char *text_a, const char *key_b, const char *text_b)
{
	struct json_object *fields = json_object_new_object();

	check(vouch__json_put_text(fields, "request", id) == VOUCH_OK &&
	      vouch__json_put_text(fields, key_a, text_a) == VOUCH_OK &&
	      vouch__json_put_text(fields, key_b, text_b) == VOUCH_OK);
	check(vouch__journal_append(journal, type, fields, NULL, &error) ==
	      VOUCH_OK);
	json_object_put(fields);
}

static void attempt_put(unsigned long number, const char *evidence,
			const char *verdict)
{
	char id[32];

	/* Looks as random as the ones that are made; long_journal knows it. */
	(void)snprintf(id, sizeof(id), "%016lx",
		       (number + 1) * 0x9e3779b97f4a7c15ul);
	put(VOUCH_RECORD_REQUEST, id, "candidate", "n1", "reason", "");
	put(VOUCH_RECORD_DECISION, id, "evidence", evidence, "verdict", verdict);
	put(VOUCH_RECORD_OUTCOME, id, "outcome", "denied", "why",
	    number % 2 ? "rule 540 coverage (P6-S1): n3 does not answer" :
			 "rule 310 exclusion (P6-A1): n2 may write");
}

static void grant_put(unsigned long epoch)
{
	struct vouch_cluster_grant grant = { .epoch = epoch,
					     .outcome = VOUCH_GRANT_DONE,
					     .method = VOUCH_METHOD_ANY,
					     .k = 1,
					     .member_count = 2 };

	(void)snprintf(grant.holder, VOUCH_NAME_SIZE, "n%lu", epoch % 3 + 1);
	(void)snprintf(grant.members[0], VOUCH_NAME_SIZE, "n1");
	(void)snprintf(grant.members[1], VOUCH_NAME_SIZE, "n3");
	check(vouch__record_grant(journal, &grant, &error) == VOUCH_OK);
}

static char *file_read(const char *path)
{
	enum { ROOM = 1 << 20 };
	char *text = calloc(1, ROOM);
	FILE *in = fopen(path, "re");

	(void)snprintf(error.text, sizeof(error.text), "%s cannot be read", path);
	check(in && text && fread(text, 1, ROOM - 1, in) > 0);
	(void)fclose(in);
	return text;
}

int main(int argc, char **argv)
{
	static struct vouch_syscalls quick;
	static struct vouch_config config;
	unsigned long records, i;
	char *evidence, *verdict = NULL;

	if (argc != 4) {
		(void)fprintf(stderr, "usage: journal_fill CONFIG EVIDENCE RECORDS\n");
		return 2;
	}
	evidence = file_read(argv[2]);
	records = strtoul(argv[3], NULL, 10);
	check(vouch_decide(evidence, strlen(evidence), &verdict, &error) !=
	      VOUCH_UNDECIDED);
	check(vouch__config_from_file(&config, argv[1], "n1", &error) == VOUCH_OK);
	check(vouch__privilege_drop(&config, &error) == VOUCH_OK);
	quick = vouch__syscalls_real;
	quick.fsync = no_fsync;
	vouch__syscalls = &quick;
	vouch__journal_limits.rotate_at = 1ll << 40;
	check(vouch__state_prepare(&config, &error) == VOUCH_OK);
	check(vouch__journal_open(&config, 1, &journal, &error) == VOUCH_OK);
	for (i = 0; i < records; i++) {
		if (i % 100 == 0) {
			attempt_put(i, evidence, verdict);
			i += 2;
		} else if (i % 1000 == 50) {
			grant_put(i / 1000 + 1);
		} else {
			put(VOUCH_RECORD_TRANSITION, "0123456789abcdef", "from",
			    "Steady", "to", "PromotionRequested");
		}
	}
	vouch__journal_close(journal);
	vouch_text_free(verdict);
	free(evidence);
	return 0;
}
