/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking before anything happens, as deep as OCF_CHECK_LEVEL says: parameters
 * are read for every action already (lib/common/config.c), here is what is beyond
 * them. A deeper look tells; it never makes a server fail that does its work.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/agent.h"
#include "cluster/cluster.h"
#include "common/privilege.h"

enum { LEVEL_DEEPER = 10, LEVEL_MAX = 1000 };

/* Pacemaker hands over an operation's attribute under either name. */
static int check_level(void)
{
	const char *text = getenv("OCF_CHECK_LEVEL");
	char *end;
	long level;

	if (!text)
		text = getenv("OCF_RESKEY_OCF_CHECK_LEVEL");
	if (!text || text[0] < '0' || text[0] > '9')
		return 0;
	level = strtol(text, &end, 10);
	return *end == '\0' && level <= LEVEL_MAX ? (int)level : 0;
}

/* --- validate-all --------------------------------------------------------- */

/* What is said is checked; of what is not, nothing is known here. */
static const char *meta(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] != '\0' ? value : NULL;
}

static int meta_is_well(void)
{
	const char *notify = meta("OCF_RESKEY_CRM_meta_notify");
	const char *most = meta("OCF_RESKEY_CRM_meta_promoted_max");

	if (!most)
		most = meta("OCF_RESKEY_CRM_meta_master_max");
	if (notify && strcmp(notify, "true") != 0) {
		agent_reason("P6-S1: meta attribute 'notify' must be true, so that "
			     "promotion scores follow what each node has; type: "
			     "crm_resource --resource CLONE --meta "
			     "--set-parameter notify --parameter-value true");
		return 0;
	}
	if (most && strcmp(most, "1") != 0) {
		agent_reason("P6-A1: meta attribute 'promoted-max' must be 1: one "
			     "node holds write authority; type: crm_resource "
			     "--resource CLONE --meta --set-parameter "
			     "promoted-max --parameter-value 1");
		return 0;
	}
	return 1;
}

/* Once the cluster has the resource, its promote operation is a parameter like
 * others. A cluster that is not there yet, or does not answer, says nothing. */
static int veto_is_well(struct agent *agent)
{
	const struct vouch_cluster_ops *ops;
	struct vouch_recovery recovery = { 0 };
	struct vouch_cluster *cluster = NULL;
	struct vouch_error ignored = { 0 };
	const char *on_fail;

	if (geteuid() != 0 || strcmp(agent->config.manager, "none") == 0)
		return 1;
	ops = vouch__cluster_find(agent->config.manager, &ignored);
	if (!ops || ops->open(&agent->config, agent->deadline, &cluster,
			      &ignored) != VOUCH_OK)
		return 1;
	(void)ops->recovery_observe(cluster, agent->deadline, &recovery, &ignored);
	ops->close(cluster);
	on_fail = recovery.promote_on_fail[0] ? recovery.promote_on_fail :
						recovery.default_on_fail;
	if (recovery.condition != VOUCH_PRESENT || strcmp(on_fail, "block") == 0)
		return 1;
	agent_reason("P6-F3: the promote operation has on-fail=%s: after a veto "
		     "Pacemaker would stop the standby and start it again; type: "
		     "pcs resource update %s op promote timeout=30s on-fail=block",
		     on_fail[0] ? on_fail : "restart", agent->config.name);
	return 0;
}

static int server_is_well(const struct vouch_config *config)
{
	char path[VOUCH_PATH_SIZE + 16];

	(void)snprintf(path, sizeof(path), "%s/postgres", config->bindir);
	if (access(path, X_OK) == 0)
		return 1;
	agent_reason("parameter 'bindir': %s: %s; it must be where PostgreSQL's "
		     "programs are, such as /usr/lib/postgresql/15/bin",
		     path, strerror(errno));
	return 0;
}

static int passfile_is_well(const struct vouch_config *config)
{
	if (config->passfile[0] == '\0' || access(config->passfile, R_OK) == 0)
		return 1;
	agent_reason("parameter 'passfile': %s cannot be read by %s: %s; type: "
		     "chown %s %s && chmod 600 %s",
		     config->passfile, config->system_user, strerror(errno),
		     config->system_user, config->passfile, config->passfile);
	return 0;
}

static int file_is_well(const struct vouch_config *config)
{
	if (config->config_file[0] == '\0' ||
	    access(config->config_file, R_OK) == 0)
		return 1;
	agent_reason("parameter 'config_file': %s cannot be read by %s: %s",
		     config->config_file, config->system_user, strerror(errno));
	return 0;
}

static int directory_is_well(struct agent *agent)
{
	static struct vouch_directory directory;
	struct vouch_error error = { 0 };

	if (agent->engine->directory_observe(&agent->config, &directory,
					     &error) == VOUCH_OK)
		return 1;
	agent_reason("parameter 'pgdata': %s; it must be a data directory of "
		     "PostgreSQL that %s owns",
		     error.text, agent->config.system_user);
	return 0;
}

/* Level 0 is about what is typed, and the same on each machine; 10 is about this
 * one, as the user who will need it. */
enum ocf_exitcode agent_validate(struct agent *agent)
{
	struct vouch_error error = { 0 };

	if (!meta_is_well() || !veto_is_well(agent))
		return PCMK_OCF_NOT_CONFIGURED;
	if (check_level() < LEVEL_DEEPER)
		return PCMK_OCF_OK;
	if (vouch__privilege_drop(&agent->config, &error) != VOUCH_OK) {
		agent_reason("%s", error.text);
		return agent_code(&error);
	}
	if (!server_is_well(&agent->config))
		return PCMK_OCF_NOT_INSTALLED;
	return passfile_is_well(&agent->config) &&
			       file_is_well(&agent->config) &&
			       directory_is_well(agent) ?
		       PCMK_OCF_OK :
		       PCMK_OCF_NOT_CONFIGURED;
}

/* Every action reads all parameters, and nothing keeps those that may change
 * while a server runs: that they are good is all there is to do. */
enum ocf_exitcode agent_reload(struct agent *agent)
{
	if (!meta_is_well() || !veto_is_well(agent))
		return PCMK_OCF_NOT_CONFIGURED;
	(void)agent;
	agent_log("the changed parameters count from the next action on");
	return PCMK_OCF_OK;
}

/* --- a deeper monitor ----------------------------------------------------- */

/* As the others would ask this server when they need it: what they cannot hear
 * cannot count for anybody (P6-S1). */
static int answers_others(struct agent *agent, const struct vouch_local *local)
{
	static struct vouch_probe probe;
	struct vouch_error error = { 0 };
	const struct vouch_member *self =
		vouch__config_member(&agent->config, agent->config.node);

	if (!self ||
	    agent->engine->probe(
		    &agent->config, self,
		    vouch__deadline_within(agent->deadline,
					   agent->config.probe_timeout_ms),
		    &probe, &error) != VOUCH_OK ||
	    probe.condition != VOUCH_PRESENT) {
		agent_reason("P6-S1: this server does not answer as the other "
			     "members would ask it: %s; see pg_hba.conf and the "
			     "password of %s",
			     error.text, agent->config.repl_user);
		return 0;
	}
	if (probe.system_id == local->system_id &&
	    strcmp(probe.incarnation, local->incarnation) == 0)
		return 1;
	agent_reason("P6-S1: at %s:%u, where 'members' has this node, another "
		     "server answers",
		     self->host, (unsigned int)self->port);
	return 0;
}

static int receives(const struct vouch_local *local)
{
	if (local->state != VOUCH_RUN_STANDBY || local->receiving == VOUCH_YES)
		return 1;
	agent_reason("P6-S1: this standby receives no log: it falls behind, and "
		     "acknowledges nothing; type: vouch status");
	return 0;
}

static enum ocf_exitcode degraded(enum ocf_exitcode found)
{
	return found == PCMK_OCF_RUNNING_PROMOTED ? PCMK_OCF_DEGRADED_PROMOTED :
						    PCMK_OCF_DEGRADED;
}

enum ocf_exitcode agent_monitor_by_level(struct agent *agent)
{
	static struct vouch_local local;
	struct vouch_error error = { 0 };
	enum ocf_exitcode found = agent_monitor(agent);

	if (check_level() < LEVEL_DEEPER ||
	    (found != PCMK_OCF_OK && found != PCMK_OCF_RUNNING_PROMOTED))
		return found;
	if (agent->engine->local_observe(&agent->config, agent->deadline, &local,
					 &error) != VOUCH_OK) {
		agent_reason("%s", error.text);
		return degraded(found);
	}
	return answers_others(agent, &local) && agent_note_others(agent) &&
			       receives(&local) ?
		       found :
		       degraded(found);
}
