/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Pacemaker's user could only leave in a spool, put on record. Nothing of it
 * is needed for anything, so nothing of it fails a monitor (P6-O2). */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include <crm_config.h>

#include "agents/agent.h"
#include "authority/alert.h"
#include "common/privilege.h"

static int owner_find(uid_t *owner)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;

	if (getpwnam_r(CRM_DAEMON_USER, &entry, buffer, sizeof(buffer), &found) !=
		    0 ||
	    !found)
		return 0;
	*owner = found->pw_uid;
	return 1;
}

/* As the database's user, whose journal it is. How many are durable. */
static uint32_t journal_them(struct agent *agent,
			     const struct vouch_alert_list *list)
{
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };
	enum vouch_error_code code;
	uint32_t done = 0;

	code = vouch__privilege_lower(&agent->config, &error);
	if (code == VOUCH_OK)
		code = vouch__journal_open(&agent->config, 1, &journal, &error);
	if (code == VOUCH_OK)
		code = vouch__alerts_record(journal, list, &done, &error);
	vouch__journal_close(journal);
	if (code != VOUCH_OK)
		agent_log(error.text);
	if (vouch__privilege_raise(&error) != VOUCH_OK) {
		agent_log(error.text);
		return 0;
	}
	return done;
}

static enum vouch_error_code spool_open(struct agent *agent, int make, int *spool,
					uid_t *owner, struct vouch_error *error)
{
	if (geteuid() != 0 || !owner_find(owner))
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"no spool of alerts without root and "
					"Pacemaker's user");
	return vouch__alert_spool_open(VOUCH_ALERTDIR, agent->config.name, *owner,
				       make, spool, error);
}

void agent_alerts_expect(struct agent *agent)
{
	struct vouch_error error = { 0 };
	uid_t owner;
	int spool;

	if (vouch__privilege_raise(&error) != VOUCH_OK) {
		agent_log(error.text);
		return;
	}
	if (spool_open(agent, 1, &spool, &owner, &error) == VOUCH_OK)
		(void)close(spool);
	else
		agent_log(error.text);
	if (vouch__privilege_lower(&agent->config, &error) != VOUCH_OK)
		agent_log(error.text);
}

void agent_alerts_take(struct agent *agent)
{
	static struct vouch_alert_list list;
	struct vouch_error error = { 0 };
	enum vouch_error_code code;
	uid_t owner;
	int spool;

	code = spool_open(agent, 0, &spool, &owner, &error);
	if (code != VOUCH_OK) {
		if (code != VOUCH_E_NOT_FOUND)
			agent_log(error.text);
		return;
	}
	vouch__alerts_read(spool, owner, &list);
	if (list.refused > 0)
		agent_log("what was no alert was deleted from the alerts' spool");
	if (list.count > 0)
		vouch__alerts_forget(spool, &list, journal_them(agent, &list));
	(void)close(spool);
}
