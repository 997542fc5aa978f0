/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The alert agent: Pacemaker runs it, as its own user, for every event. What it
 * is told of fencing and membership it leaves for the agent's monitor, which
 * journals it. It asks nobody, and waits for nothing but the spool.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <qb/qblog.h>

#include "authority/alert.h"
#include "authority/log.h"
#include "common/document.h"

enum { DONE = 0, FAILED = 1, USAGE = 2 };

static const char help[] =
	"usage: vouch-alert, run by Pacemaker\n"
	"\n"
	"Journals fencing and membership, so that 'vouch history --alerts' tells them in\n"
	"the order in which this node saw them. A record only: no decision uses it.\n"
	"\n"
	"Once, on any node; pgsql is the resource:\n"
	"  pcs alert create id=vouch path=" VOUCH_PKGLIBEXECDIR "/vouch-alert\n"
	"  pcs alert recipient add vouch value=pgsql\n"
	"\n"
	"Reads CRM_alert_*; CRM_alert_recipient names the resource.\n"
	"Exit codes: 0 done or nothing to do, 1 could not be kept, 2 usage.\n";

static int complain(const char *what)
{
	struct vouch_error harmless = { 0 };

	(void)vouch__error_set(&harmless, VOUCH_OK, "%s", what);
	(void)fprintf(stderr, "vouch-alert: %s\n", harmless.text);
	qb_log(LOG_WARNING, "%s", harmless.text);
	return FAILED;
}

/* Shortened where it is too long, and between two characters: words of
 * Pacemaker, and whatever a fence agent made of them. */
static void value_copy(const char *name, char *to, size_t size)
{
	const char *text = getenv(name);
	size_t length = text ? strnlen(text, size - 1) : 0;

	if (text && text[length] != '\0')
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	if (length > 0)
		memcpy(to, text, length);
	to[length] = '\0';
	if (!vouch__text_is_utf8(to))
		(void)snprintf(to, size, "unclear");
}

static void alert_fill(const char *kind, struct vouch_alert *alert)
{
	memset(alert, 0, sizeof(*alert));
	(void)snprintf(alert->kind, sizeof(alert->kind), "%s", kind);
	value_copy("CRM_alert_node", alert->node, sizeof(alert->node));
	value_copy("CRM_alert_task", alert->task, sizeof(alert->task));
	value_copy("CRM_alert_desc", alert->text, sizeof(alert->text));
	value_copy("CRM_alert_rc", alert->result, sizeof(alert->result));
	value_copy("CRM_alert_node_sequence", alert->number,
		   sizeof(alert->number));
	value_copy("CRM_alert_timestamp_epoch", alert->when,
		   sizeof(alert->when));
}

/* As a resource's name may be, and no way out of the directory. */
static int is_recipient(const char *name)
{
	static const char may[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789._-";

	return name && name[0] != '\0' && name[0] != '.' && name[0] != '-' &&
	       strlen(name) < VOUCH_NAME_SIZE && name[strspn(name, may)] == '\0';
}

/* The tests have a spool of their own; Pacemaker hands over CRM_* only, and
 * nobody gains by it: this runs with the rights of whoever starts it. */
static const char *base(void)
{
	const char *given = getenv("VOUCH_ALERTDIR");

	return given && given[0] == '/' ? given : VOUCH_ALERTDIR;
}

static int alert_leave(const char *kind, const char *recipient)
{
	struct vouch_error error = { 0 };
	struct vouch_alert alert;
	enum vouch_error_code code;
	int spool;

	alert_fill(kind, &alert);
	code = vouch__alert_spool_open(base(), recipient, geteuid(), 0, &spool,
				       &error);
	if (code == VOUCH_OK) {
		code = vouch__alert_leave(spool, &alert, &error);
		(void)close(spool);
	}
	return code == VOUCH_OK ? DONE : complain(error.text);
}

int main(int argc, char **argv)
{
	const char *kind = getenv("CRM_alert_kind");
	const char *recipient = getenv("CRM_alert_recipient");

	if (argc > 1) {
		int asked = strcmp(argv[1], "--help") == 0 ||
			    strcmp(argv[1], "-h") == 0;

		(void)fputs(help, asked ? stdout : stderr);
		return asked ? DONE : USAGE;
	}
	vouch__log_open("vouch-alert");
	if (!kind) {
		(void)fputs(help, stderr);
		return USAGE;
	}
	/* Resources and attributes are in Pacemaker's own history. */
	if (strcmp(kind, "fencing") != 0 && strcmp(kind, "node") != 0)
		return DONE;
	if (!is_recipient(recipient)) {
		(void)complain("the alert's recipient must be the resource's "
			       "name: pcs alert recipient add vouch value=pgsql");
		return USAGE;
	}
	return alert_leave(kind, recipient);
}
