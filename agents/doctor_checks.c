/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agents/divergence.h"
#include "agents/doctor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define GUARD "ocf:vouch:guard"

struct examination {
	const struct doctor_facts *facts;
	struct doctor_findings *findings;
};

static int is_alone(const struct examination *it)
{
	return strcmp(it->facts->config->manager, "none") == 0;
}

static enum doctor_outcome well_if(int well)
{
	return well ? DOCTOR_WELL : DOCTOR_BAD;
}

static enum doctor_outcome of_answer(enum vouch_answer answer,
				     enum vouch_answer wanted)
{
	return answer == VOUCH_UNKNOWN ? DOCTOR_UNKNOWN :
					 well_if(answer == wanted);
}

/* The texts are of one check: said when it is well, and when it is not. */
__attribute__((format(printf, 5, 6))) static struct doctor_finding *
say(struct examination *it, const char *id, const char *invariant,
    enum doctor_outcome outcome, const char *format, ...)
{
	struct doctor_findings *findings = it->findings;
	struct doctor_finding *finding;
	va_list arguments;

	if (findings->count < DOCTOR_FINDINGS_MAX)
		findings->count++;
	finding = &findings->list[findings->count - 1];
	finding->id = id;
	finding->invariant = invariant;
	finding->outcome = outcome;
	finding->mend[0] = '\0';
	va_start(arguments, format);
	(void)vsnprintf(finding->text, sizeof(finding->text), format, arguments);
	va_end(arguments);
	return finding;
}

/* Kept only where something is to be mended. */
__attribute__((format(printf, 2, 3))) static void
mend(struct doctor_finding *finding, const char *format, ...)
{
	va_list arguments;

	if (finding->outcome == DOCTOR_WELL)
		return;
	va_start(arguments, format);
	(void)vsnprintf(finding->mend, sizeof(finding->mend), format, arguments);
	va_end(arguments);
}

/* --- the cluster ---------------------------------------------------------- */

/* Where a timer may stand for a machine, the fencer does not say which of the two
 * it was: every success counts as a timer's. */
static void power_examine(struct examination *it)
{
	const char *device = it->facts->setup.fence_without_power;

	mend(say(it, "fence-power", "P6-A1", well_if(device[0] == '\0'),
		 device[0] ? "fence device %s leaves a node running, cut off from "
			     "its storage or network, or is of an unknown kind: no "
			     "fencing of this cluster proves anything" :
			     "every fence device cuts the power%s", device),
	     "replace it by one that cuts the power, fence_ipmilan for instance: "
	     "crm_resource --resource %s --delete --resource-type primitive",
	     device);
}

static void watchdog_examine(struct examination *it)
{
	const struct doctor_facts *facts = it->facts;
	enum vouch_answer watchdog = facts->setup.watchdog;
	int accepted = facts->config->watchdog_accepted == VOUCH_YES;

	if (watchdog == VOUCH_NO)
		return;
	mend(say(it, "watchdog", "P6-A1",
		 watchdog == VOUCH_UNKNOWN ? DOCTOR_UNKNOWN : well_if(accepted),
		 accepted ? "fencing by a watchdog's timer counts, as watchdog=accept "
			    "says" :
			    "stonith-watchdog-timeout is set: every fencing may have "
			    "been a timer that ran out, and none counts (P6-F1); "
			    "deleting it makes no proof of a fencing that came before"),
	     "crm_attribute --type crm_config --name stonith-watchdog-timeout "
	     "--delete, where fence devices reach every node: what they fence from a "
	     "minute later on counts; or take the timer's "
	     "word: crm_resource --resource %s --set-parameter watchdog "
	     "--parameter-value accept", facts->config->name);
}

static int is_fenced_by_name(const struct vouch_setup *setup, const char *name)
{
	uint32_t i;

	for (i = 0; i < setup->fence_host_count; i++) {
		if (strcmp(setup->fence_hosts[i], name) == 0)
			return 1;
	}
	return 0;
}

/* A member that no device can fence: its loss stays unproven for ever. */
static void fence_hosts_examine(struct examination *it)
{
	const struct doctor_facts *facts = it->facts;
	uint32_t i;

	if (facts->setup.fence_devices == 0 ||
	    facts->setup.fence_hosts_told != VOUCH_YES)
		return;
	for (i = 0; i < facts->config->member_count; i++) {
		const char *name = facts->config->members[i].name;

		if (is_fenced_by_name(&facts->setup, name))
			continue;
		mend(say(it, "fencing-member", "P6-A1", DOCTOR_BAD,
			 "no fence device lists %s: when it is lost, that is never "
			 "proven", name),
		     "pcs stonith create fence-%s fence_ipmilan pcmk_host_list=%s "
		     "ip=... username=... password_script=...", name, name);
	}
}

static void fencing_examine(struct examination *it)
{
	enum vouch_answer startup = it->facts->setup.startup_fencing;

	fence_hosts_examine(it);
	power_examine(it);
	watchdog_examine(it);
	if (startup == VOUCH_YES)
		return;
	mend(say(it, "startup-fencing", "P6-A1", of_answer(startup, VOUCH_YES),
		 "startup-fencing is not true: of a node that was never seen since "
		 "the cluster's start nobody knows whether it runs"),
	     "crm_attribute --type crm_config --name startup-fencing --delete");
}

static void view_examine(struct examination *it)
{
	const struct doctor_facts *facts = it->facts;
	const struct vouch_view *view = &facts->view;
	const char *policy = facts->setup.no_quorum_policy;
	enum doctor_outcome outcome = of_answer(view->quorate, VOUCH_YES);

	mend(say(it, "quorum", "P6-A1", outcome,
		 outcome == DOCTOR_WELL ? "this partition is quorate" :
					  "this partition is not quorate: nobody "
					  "is promoted in it"),
	     "corosync-quorumtool -s");
	outcome = of_answer(view->fencing_enabled, VOUCH_YES);
	mend(say(it, "fencing-enabled", "P6-A1", outcome,
		 outcome == DOCTOR_WELL ?
			 "fencing is enabled" :
			 "fencing is not enabled: the loss of a primary is never "
			 "proven, every failover is refused"),
	     "crm_attribute --type crm_config --name stonith-enabled --update true");
	mend(say(it, "fencing-devices", "P6-A1",
		 well_if(facts->setup.fence_devices > 0),
		 "%u fence devices are configured", facts->setup.fence_devices),
	     "pcs stonith create fence-%s fence_ipmilan pcmk_host_list=%s ip=... "
	     "username=... password_script=...",
	     facts->config->node, facts->config->node);
	fencing_examine(it);
	mend(say(it, "no-quorum-policy", "P6-A1",
		 well_if(strcmp(policy, "ignore") != 0),
		 "no-quorum-policy is %s", policy[0] ? policy : "the default"),
	     "crm_attribute --type crm_config --name no-quorum-policy --update stop");
	if (view->two_node == VOUCH_NO)
		return;
	outcome = of_answer(view->wait_for_all, VOUCH_YES);
	mend(say(it, "two-node", "P6-A1", outcome,
		 outcome == DOCTOR_WELL ?
			 "two_node, with wait_for_all" :
			 "two_node without wait_for_all: after a cold start each "
			 "half is quorate by itself, and is refused until it has "
			 "seen the other"),
	     "set wait_for_all: 1 in the section quorum of "
	     "/etc/corosync/corosync.conf on both nodes, then start Corosync there "
	     "again, one after the other: a reload does not turn it on");
}

static const struct vouch_cluster_node *node_find(const struct doctor_facts *facts,
						  const char *name)
{
	uint32_t i;

	for (i = 0; i < facts->node_count; i++) {
		if (strcmp(facts->nodes[i].name, name) == 0)
			return &facts->nodes[i];
	}
	return NULL;
}

static const char *class_name(enum vouch_node_class node_class)
{
	switch (node_class) {
	case VOUCH_CLASS_REMOTE:
		return "a remote node, which has no part in the quorum";
	case VOUCH_CLASS_GUEST:
		return "a guest node, whose end is a resource's stop and no fencing";
	case VOUCH_CLASS_BUNDLE:
		return "a bundle's replica, whose end is a container's stop and no "
		       "fencing";
	case VOUCH_CLASS_MEMBER:
		return "a full cluster node";
	case VOUCH_CLASS_UNKNOWN:
	default:
		return "no node of a kind that is known";
	}
}

/* The operations' history attests a stop only where a start that is under way
 * would show in it. */
static void pending_examine(struct examination *it,
			    const struct vouch_cluster_node *node)
{
	if (node->operations.condition != VOUCH_PRESENT ||
	    node->operations.in_flight != VOUCH_UNKNOWN)
		return;
	mend(say(it, "record-pending", "P6-A1", DOCTOR_BAD,
		 "operations under way on %s are not recorded (record-pending): its "
		 "history attests no stop", node->name),
	     "crm_attribute --type op_defaults --name record-pending --update true, "
	     "and remove record-pending=false from the operations of %s",
	     it->facts->config->name);
}

static void member_in_cluster(struct examination *it, const char *name)
{
	const struct vouch_cluster_node *node = node_find(it->facts, name);

	if (!node) {
		mend(say(it, "member-known", "P6-F1", DOCTOR_BAD,
			 "the cluster has no node %s, which 'members' names", name),
		     "crm_node --list, and correct 'members' or the node's name");
		return;
	}
	if (node->node_class != VOUCH_CLASS_MEMBER) {
		mend(say(it, "member-class", "P6-F1", DOCTOR_BAD,
			 "%s is %s: every promotion is refused", name,
			 class_name(node->node_class)),
		     "run the database on nodes that run Corosync");
		return;
	}
	pending_examine(it, node);
	mend(say(it, "member-online", "P6-A1",
		 node->online == VOUCH_YES && node->unclean == VOUCH_NO ?
			 DOCTOR_WELL :
			 DOCTOR_BAD,
		 "%s is %s%s", name,
		 node->online == VOUCH_YES ? "online" : "not online",
		 node->unclean == VOUCH_NO ? "" : ", and unclean"),
	     "crm_mon -1, then start the cluster on %s, or fence it: "
	     "stonith_admin --reboot %s", name, name);
}

/* --- the resource --------------------------------------------------------- */

static void meta_examine(struct examination *it)
{
	const struct vouch_setup *setup = &it->facts->setup;
	const char *name = it->facts->config->name;

	mend(say(it, "promotable", "P6-A1",
		 well_if(strcmp(setup->promotable, "true") == 0 &&
			 (setup->promoted_max[0] == '\0' ||
			  strcmp(setup->promoted_max, "1") == 0)),
		 "the resource is%s promotable, with at most %s promoted",
		 strcmp(setup->promotable, "true") == 0 ? "" : " not",
		 setup->promoted_max[0] ? setup->promoted_max : "1"),
	     "pcs resource promotable %s promoted-max=1 notify=true", name);
	mend(say(it, "notify", "P6-S1",
		 well_if(strcmp(setup->notify, "true") == 0),
		 strcmp(setup->notify, "true") == 0 ?
			 "notifications are on" :
			 "notifications are off: scores do not follow positions, "
			 "and the wrong node may be asked first"),
	     "crm_resource --resource %s-clone --meta --set-parameter notify "
	     "--parameter-value true", name);
	mend(say(it, "managed", "P6-A3",
		 of_answer(it->facts->managed, VOUCH_YES),
		 it->facts->managed == VOUCH_YES ?
			 "the cluster manager acts on the resource" :
			 "the cluster manager does not act on the resource: "
			 "nothing is promoted until somebody asks"),
	     "crm_attribute --type crm_config --name maintenance-mode --delete; "
	     "crm_resource --resource %s --meta --delete-parameter is-managed",
	     name);
}

/* A veto is an answer: with on-fail=block the standby goes on. Any other way
 * Pacemaker recovers it; only its score keeps it from being asked again. */
static void veto_examine(struct examination *it)
{
	const struct vouch_recovery *recovery = &it->facts->recovery;
	const char *name = it->facts->config->name;
	const char *on_fail = recovery->promote_on_fail[0] ?
				      recovery->promote_on_fail :
				      recovery->default_on_fail;
	int blocks = strcmp(on_fail, "block") == 0;

	mend(say(it, "promote-on-fail", "P6-A3", well_if(blocks),
		 blocks ? "a veto stays one attempt (on-fail=block on promote)" :
			  "promote has on-fail=%s: after a veto Pacemaker stops the "
			  "standby and starts it again",
		 on_fail[0] ? on_fail : "restart"),
	     "pcs resource update %s op promote timeout=30s on-fail=block", name);
	mend(say(it, "migration-threshold", "P6-A3",
		 well_if(recovery->condition == VOUCH_PRESENT &&
			 strcmp(recovery->migration_threshold, "1") != 0),
		 strcmp(recovery->migration_threshold, "1") != 0 ?
			 "one failure does not ban a node" :
			 "migration-threshold is 1: one failure bans a node, and "
			 "'vouch contract set' cannot restart the server"),
	     "crm_resource --resource %s --meta --delete-parameter "
	     "migration-threshold", name);
}

/* The agent keeps its own deadlines below the operation's; below these it has
 * no time for what it must do. As in the agent's meta-data. */
static void operations_examine(struct examination *it)
{
	static const struct {
		const char *id, *what, *pcs;
		uint64_t seconds;
	} wanted[VOUCH_SETUP_ACTIONS] = {
		[VOUCH_SETUP_START] = { "op-start", "start", "start", 60 },
		[VOUCH_SETUP_STOP] = { "op-stop", "stop", "stop", 60 },
		[VOUCH_SETUP_PROMOTE] = { "op-promote", "promote", "promote", 30 },
		[VOUCH_SETUP_DEMOTE] = { "op-demote", "demote", "demote", 90 },
		[VOUCH_SETUP_NOTIFY] = { "op-notify", "notify", "notify", 60 },
		[VOUCH_SETUP_MONITOR_PROMOTED] = {
			"op-monitor-promoted", "monitor of the promoted role",
			"monitor interval=10s role=Promoted", 20 },
		[VOUCH_SETUP_MONITOR_UNPROMOTED] = {
			"op-monitor-unpromoted", "monitor of the unpromoted role",
			"monitor interval=11s role=Unpromoted", 20 },
	};
	const struct vouch_setup *setup = &it->facts->setup;
	size_t i;

	for (i = 0; i < VOUCH_SETUP_ACTIONS; i++) {
		uint64_t has = setup->timeout_ms[i] / 1000;
		uint64_t seconds = wanted[i].seconds;
		char text[64] = "the cluster's default";

		/* The guard's is the other agent's stop and start as well. */
		if (i == VOUCH_SETUP_DEMOTE && strcmp(setup->agent, GUARD) == 0)
			seconds = 120;
		if (setup->timeout_ms[i])
			(void)snprintf(text, sizeof(text), "%" PRIu64 " s", has);
		mend(say(it, wanted[i].id, "P6-F1",
			 well_if(setup->configured[i] && has >= seconds),
			 setup->configured[i] ? "%s has a timeout of %s" :
						"%s is not configured",
			 wanted[i].what, text),
		     "pcs resource update %s op %s timeout=%" PRIu64 "s%s",
		     it->facts->config->name, wanted[i].pcs, seconds,
		     i == VOUCH_SETUP_PROMOTE ? " on-fail=block" : "");
	}
}

/* A record for people: without it the order of events is only in logs. */
static void alert_examine(struct examination *it)
{
	const char *name = it->facts->config->name;

	mend(say(it, "alert", "P6-O2", well_if(it->facts->setup.alert),
		 it->facts->setup.alert ?
			 "fencing and membership are journalled" :
			 "no alert is configured: 'vouch history --alerts' cannot "
			 "tell fencing and membership as this node saw them"),
	     "cibadmin --modify --allow-create --scope alerts --xml-text "
	     "'<alerts><alert id=\"vouch-%s\" path=\"" VOUCH_PKGLIBEXECDIR
	     "/vouch-alert\"><select><select_fencing/><select_nodes/></select><recipient id=\"vouch-%s-to\" value=\"%s\"/>"
	     "</alert></alerts>'", name, name, name);
}

static void resource_examine(struct examination *it)
{
	static const char agent[] = "ocf:vouch:postgresql";
	const struct vouch_setup *setup = &it->facts->setup;
	int ours = setup->condition == VOUCH_PRESENT &&
		   (strcmp(setup->agent, agent) == 0 ||
		    strcmp(setup->agent, GUARD) == 0);

	mend(say(it, "resource", "P6-A3", well_if(ours),
		 setup->condition == VOUCH_PRESENT ?
			 "the resource %s runs %s" :
			 "the cluster has no resource %s%s",
		 it->facts->config->name,
		 setup->condition == VOUCH_PRESENT ? setup->agent : ""),
	     "pcs resource create %s %s ...; see the README, 'Set up a cluster'",
	     it->facts->config->name, agent);
	if (!ours)
		return;
	meta_examine(it);
	veto_examine(it);
	operations_examine(it);
	alert_examine(it);
}

/* --- the database --------------------------------------------------------- */

/* At the limit nobody can be promoted any more (rule 410), and only a new cluster
 * has a shorter history: that wants a planned window. */
static void history_examine(struct examination *it, uint32_t i)
{
	const struct vouch_probe *probe = &it->facts->probes[i];

	if (probe->history_count <= VOUCH_HISTORY_MAX / 4 * 3)
		return;
	mend(say(it, "history", "P6-S2", DOCTOR_BAD,
		 "timeline %u of %s has %u ancestors; with %d nobody can be "
		 "promoted, and each promotion adds one",
		 probe->timeline, it->facts->config->members[i].name,
		 probe->history_count, VOUCH_HISTORY_MAX),
	     "plan a pg_upgrade, or a dump and restore: histories start anew there");
}

static void divergence_examine(struct examination *it, uint32_t i)
{
	const struct vouch_config *config = it->facts->config;
	struct divergence parted;

	if (!divergence_find(it->facts->probes, config->member_count, i, &parted))
		return;
	mend(say(it, "diverged", "P6-S2", DOCTOR_BAD,
		 "the log of %s parted from that of %s at %" PRIX64 "/%" PRIX64
		 ": it cannot follow, and does not count",
		 config->members[i].name, config->members[parted.from].name,
		 parted.at >> 32, parted.at & 0xffffffffu),
	     "vouch rejoin, on %s; it says first what it would discard",
	     config->members[i].name);
}

static void server_examine(struct examination *it, uint32_t i)
{
	const struct vouch_probe *probe = &it->facts->probes[i];
	const char *name = it->facts->config->members[i].name;
	int alone = is_alone(it);

	if (probe->condition == VOUCH_MALFORMED) {
		mend(say(it, "server", "P6-S1", DOCTOR_BAD,
			 "the server of %s answers, but not as a server can that "
			 "is one of these: what it has cannot count", name),
		     "on this node: journalctl -t vouch, where the answer is told");
		return;
	}
	if (probe->condition != VOUCH_PRESENT) {
		mend(say(it, "server", "P6-S1", DOCTOR_BAD,
			 "the server of %s gives no answer to user %s: what it "
			 "has cannot count", name, it->facts->config->repl_user),
		     "psql 'host=%s user=%s dbname=%s' -c 'select 1', from this "
		     "node; see listen_addresses and pg_hba.conf there", it->facts->config->members[i].host,
		     it->facts->config->repl_user, it->facts->config->database);
		return;
	}
	mend(say(it, "server", "P6-S1", well_if(probe->incarnation[0] != '\0'),
		 probe->incarnation[0] ?
			 "the server of %s answers as %s" :
			 "the server of %s was not started by its agent%s: it "
			 "never counts",
		 name,
		 !probe->incarnation[0]		     ? "" :
		 probe->in_recovery == VOUCH_YES ? "standby" :
		 probe->in_recovery == VOUCH_NO	     ? "primary" :
						       "neither standby nor primary"),
	     "%s%s%s%s", alone ? "start it again by its agent" :
				 "let the cluster start it: crm_resource "
				 "--cleanup --resource ",
	     alone ? "" : it->facts->config->name, alone ? "" : " --node ",
	     alone ? "" : name);
}

static void authority_examine(struct examination *it)
{
	const struct doctor_facts *facts = it->facts;

	if (facts->records_error[0]) {
		mend(say(it, "records", "P6-A2", DOCTOR_UNKNOWN,
			 "this node's records cannot be read: %.200s",
			 facts->records_error),
		     "ls -la %s", facts->config->state_dir);
		return;
	}
	mend(say(it, "adopted", "P6-A3", well_if(facts->newest_epoch != 0),
		 facts->newest_epoch ? "authority is on record: epoch %" PRIu64
				       "%s%s" :
				       "no authority was ever recorded (epoch %" PRIu64
				       "): nothing is promoted%s%s",
		 facts->newest_epoch, facts->newest_epoch ? ", " : "",
		 facts->newest_epoch ? facts->holder : ""),
	     "vouch adopt, on the running primary");
	if (facts->newest_epoch == 0 || strcmp(facts->config->manager, "none") == 0 ||
	    strcmp(facts->holder, facts->config->node) == 0)
		return;
	mend(say(it, "fencing-snapshot", "P6-A1",
		 well_if(facts->snapshot_epoch == facts->newest_epoch),
		 facts->snapshot_epoch == facts->newest_epoch ?
			 "this node knows which fencing is older than epoch %" PRIu64 :
			 "this node has not journalled the fencing history since "
			 "epoch %" PRIu64 " began: it cannot tell a new fencing of "
			 "its holder from an old one",
		 facts->newest_epoch),
	     "crm_resource --restart --resource %s --node %s, while %s is "
	     "primary", facts->config->name, facts->config->node, facts->holder);
}

static void contract_examine(struct examination *it)
{
	const struct doctor_facts *facts = it->facts;

	mend(say(it, "contract", "P6-S1", well_if(facts->k > 0),
		 facts->k > 0 ?
			 "a commit is acknowledged by %d standbys" :
			 "the contract is asynchronous (k = %d): planned switchovers "
			 "are proven, the loss of the primary never is",
		 facts->k),
	     "%s", is_alone(it) ? "without a cluster manager it is the k of "
				  "the adoption" :
				  "vouch contract set --k=1, on the primary");
}

void doctor_examine(const struct doctor_facts *facts,
		    struct doctor_findings *findings)
{
	struct examination it = { facts, findings };
	uint32_t i;

	findings->count = 0;
	if (strcmp(facts->config->manager, "none") == 0) {
		(void)say(&it, "cluster", "P6-A1", DOCTOR_WELL,
			  "without a cluster manager: no quorum, no fencing; only a "
			  "seal, a live attestation or an assertion excludes");
	} else if (facts->cluster_error[0]) {
		mend(say(&it, "cluster", "P6-F1", DOCTOR_UNKNOWN,
			 "the cluster does not answer: %.200s",
			 facts->cluster_error),
		     "run this as root, on a node where Pacemaker runs: "
		     "crm_mon -1");
	} else {
		view_examine(&it);
		for (i = 0; i < facts->config->member_count; i++)
			member_in_cluster(&it, facts->config->members[i].name);
		resource_examine(&it);
	}
	for (i = 0; i < facts->config->member_count; i++)
		server_examine(&it, i);
	for (i = 0; i < facts->config->member_count; i++)
		history_examine(&it, i);
	for (i = 0; i < facts->config->member_count; i++)
		divergence_examine(&it, i);
	authority_examine(&it);
	contract_examine(&it);
}
