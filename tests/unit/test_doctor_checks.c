/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the doctor says of facts: nothing that is not known is well, and whatever
 * is not well comes with something to type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "agents/doctor.h"

static struct vouch_config config;
static struct doctor_facts facts;
static struct doctor_findings findings;

static int facts_empty(void **state)
{
	(void)state;
	memset(&config, 0, sizeof(config));
	memset(&facts, 0, sizeof(facts));
	(void)snprintf(config.name, sizeof(config.name), "pgsql");
	(void)snprintf(config.node, sizeof(config.node), "n2");
	(void)snprintf(config.manager, sizeof(config.manager), "pacemaker");
	config.member_count = 2;
	(void)snprintf(config.members[0].name, VOUCH_NAME_SIZE, "n1");
	(void)snprintf(config.members[1].name, VOUCH_NAME_SIZE, "n2");
	facts.config = &config;
	return 0;
}

/* Two nodes that could not be better. */
static int facts_well(void **state)
{
	uint32_t i;

	(void)facts_empty(state);
	facts.view.quorate = facts.view.fencing_enabled = VOUCH_YES;
	facts.view.two_node = facts.view.wait_for_all = VOUCH_YES;
	facts.node_count = 2;
	for (i = 0; i < 2; i++) {
		memcpy(facts.nodes[i].name, config.members[i].name,
		       VOUCH_NAME_SIZE);
		facts.nodes[i].node_class = VOUCH_CLASS_MEMBER;
		facts.nodes[i].online = VOUCH_YES;
		facts.nodes[i].unclean = VOUCH_NO;
		facts.probes[i].condition = VOUCH_PRESENT;
		facts.probes[i].in_recovery = i ? VOUCH_YES : VOUCH_NO;
		(void)snprintf(facts.probes[i].incarnation, VOUCH_NAME_SIZE,
			       "i%u", i);
	}
	facts.recovery.condition = facts.setup.condition = VOUCH_PRESENT;
	(void)snprintf(facts.recovery.promote_on_fail, VOUCH_NAME_SIZE, "block");
	(void)snprintf(facts.setup.agent, VOUCH_TEXT_SIZE, "ocf:vouch:postgresql");
	(void)snprintf(facts.setup.promotable, VOUCH_NAME_SIZE, "true");
	(void)snprintf(facts.setup.notify, VOUCH_NAME_SIZE, "true");
	facts.setup.fence_devices = 2;
	facts.setup.alert = 1;
	facts.setup.watchdog = VOUCH_NO;
	facts.setup.startup_fencing = VOUCH_YES;
	facts.setup.fence_hosts_told = VOUCH_YES;
	facts.setup.fence_host_count = 2;
	(void)snprintf(facts.setup.fence_hosts[0], VOUCH_NAME_SIZE, "n2");
	(void)snprintf(facts.setup.fence_hosts[1], VOUCH_NAME_SIZE, "n1");
	for (i = 0; i < VOUCH_SETUP_ACTIONS; i++) {
		facts.setup.configured[i] = 1;
		facts.setup.timeout_ms[i] = 90000;
	}
	facts.managed = VOUCH_YES;
	facts.newest_epoch = facts.snapshot_epoch = 4;
	(void)snprintf(facts.holder, sizeof(facts.holder), "n1");
	facts.k = 1;
	return 0;
}

static uint32_t trouble(void)
{
	uint32_t count = 0, i;

	doctor_examine(&facts, &findings);
	assert_in_range(findings.count, 1, DOCTOR_FINDINGS_MAX - 1);
	for (i = 0; i < findings.count; i++) {
		const struct doctor_finding *it = &findings.list[i];

		assert_memory_equal(it->invariant, "P6-", 3);
		assert_true(it->text[0] != '\0');
		assert_int_equal(it->mend[0] == '\0',
				 it->outcome == DOCTOR_WELL);
		count += it->outcome != DOCTOR_WELL;
	}
	return count;
}

static int says(const char *id, enum doctor_outcome outcome)
{
	uint32_t i;

	for (i = 0; i < findings.count; i++) {
		if (strcmp(findings.list[i].id, id) == 0 &&
		    findings.list[i].outcome == outcome)
			return 1;
	}
	return 0;
}

static int tells(const char *id, const char *words)
{
	uint32_t i;

	for (i = 0; i < findings.count; i++) {
		if (strcmp(findings.list[i].id, id) == 0 &&
		    (strstr(findings.list[i].text, words) ||
		     strstr(findings.list[i].mend, words)))
			return 1;
	}
	return 0;
}

static void nothing_known_is_not_well(void **state)
{
	static const char *const never_well[] = {
		"quorum", "fencing-enabled", "fencing-devices", "two-node",
		"member-known", "resource", "server", "adopted", "contract"
	};
	size_t i;

	(void)state;
	assert_true(trouble() > 0);
	for (i = 0; i < sizeof(never_well) / sizeof(never_well[0]); i++)
		assert_false(says(never_well[i], DOCTOR_WELL));
}

static void all_well_is_well(void **state)
{
	(void)state;
	assert_int_equal(trouble(), 0);
}

static void a_silent_cluster_is_unknown(void **state)
{
	(void)state;
	(void)snprintf(facts.cluster_error, sizeof(facts.cluster_error), "no");
	assert_int_equal(trouble(), 1);
	assert_true(says("cluster", DOCTOR_UNKNOWN));
}

static void fencing_that_cannot_be_proven_is_named(void **state)
{
	(void)state;
	facts.setup.watchdog = VOUCH_YES;
	assert_int_equal(trouble(), 1);
	assert_true(says("watchdog", DOCTOR_BAD));
	/* P6-A1: nobody is to delete it to get past a veto. */
	assert_true(tells("watchdog", "makes no proof of a fencing that came "
				      "before"));
	config.watchdog_accepted = VOUCH_YES;
	assert_int_equal(trouble(), 0);
	assert_true(says("watchdog", DOCTOR_WELL));
	facts.setup.watchdog = VOUCH_UNKNOWN;
	assert_int_equal(trouble(), 1);
	(void)facts_well(state);
	facts.setup.startup_fencing = VOUCH_NO;
	assert_int_equal(trouble(), 1);
	assert_true(says("startup-fencing", DOCTOR_BAD));
	(void)facts_well(state);
	facts.setup.fence_host_count = 1;
	assert_int_equal(trouble(), 1);
	assert_true(says("fencing-member", DOCTOR_BAD));
	/* A device that names nobody may reach anybody. */
	facts.setup.fence_hosts_told = VOUCH_NO;
	assert_int_equal(trouble(), 0);
	(void)facts_well(state);
	facts.nodes[1].operations.condition = VOUCH_PRESENT;
	facts.nodes[1].operations.in_flight = VOUCH_UNKNOWN;
	assert_int_equal(trouble(), 1);
	assert_true(says("record-pending", DOCTOR_BAD));
}

static void each_class_of_node_is_refused_by_its_name(void **state)
{
	static const struct {
		enum vouch_node_class node_class;
		const char *word;
	} classes[] = { { VOUCH_CLASS_REMOTE, "remote" },
			{ VOUCH_CLASS_GUEST, "guest" },
			{ VOUCH_CLASS_BUNDLE, "bundle" },
			{ VOUCH_CLASS_UNKNOWN, "no node" } };
	size_t i;
	uint32_t j;

	(void)state;
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		facts.nodes[0].node_class = classes[i].node_class;
		assert_int_equal(trouble(), 1);
		assert_true(says("member-class", DOCTOR_BAD));
		for (j = 0; j < findings.count; j++) {
			if (strcmp(findings.list[j].id, "member-class") == 0)
				assert_non_null(strstr(findings.list[j].text,
						       classes[i].word));
		}
	}
}

static void each_single_fault_is_named(void **state)
{
	(void)state;
	facts.view.two_node = VOUCH_YES;
	facts.view.wait_for_all = VOUCH_NO;
	assert_int_equal(trouble(), 1);
	assert_true(says("two-node", DOCTOR_BAD));
	(void)facts_well(state);
	facts.recovery.promote_on_fail[0] = '\0';
	assert_int_equal(trouble(), 1);
	assert_true(says("promote-on-fail", DOCTOR_BAD));
	(void)facts_well(state);
	facts.setup.alert = 0;
	assert_int_equal(trouble(), 1);
	assert_true(says("alert", DOCTOR_BAD));
	(void)facts_well(state);
	facts.setup.timeout_ms[VOUCH_SETUP_DEMOTE] = 20000;
	assert_int_equal(trouble(), 1);
	assert_true(says("op-demote", DOCTOR_BAD));
	(void)facts_well(state);
	facts.nodes[0].node_class = VOUCH_CLASS_REMOTE;
	assert_int_equal(trouble(), 1);
	assert_true(says("member-class", DOCTOR_BAD));
	(void)facts_well(state);
	facts.probes[0].incarnation[0] = '\0';
	assert_int_equal(trouble(), 1);
	assert_true(says("server", DOCTOR_BAD));
	(void)facts_well(state);
	facts.probes[1].condition = VOUCH_MALFORMED;
	assert_int_equal(trouble(), 1);
	assert_true(says("server", DOCTOR_BAD));
	(void)facts_well(state);
	facts.probes[0].history_count = VOUCH_HISTORY_MAX / 4 * 3;
	assert_int_equal(trouble(), 0);
	facts.probes[0].history_count++;
	assert_int_equal(trouble(), 1);
	assert_true(says("history", DOCTOR_BAD));
	(void)facts_well(state);
	(void)snprintf(facts.setup.fence_without_power, VOUCH_NAME_SIZE, "f2");
	assert_int_equal(trouble(), 1);
	assert_true(says("fence-power", DOCTOR_BAD));
	(void)facts_well(state);
	facts.snapshot_epoch = 3;
	assert_int_equal(trouble(), 1);
	assert_true(says("fencing-snapshot", DOCTOR_BAD));
	(void)facts_well(state);
	facts.k = 0;
	assert_int_equal(trouble(), 1);
	assert_true(says("contract", DOCTOR_BAD));
	(void)facts_well(state);
	(void)snprintf(facts.setup.agent, VOUCH_TEXT_SIZE, "ocf:heartbeat:pgsql");
	assert_int_equal(trouble(), 1);
	assert_true(says("resource", DOCTOR_BAD));
}

/* Its demote is the other agent's stop and start as well. */
static void a_guard_needs_more_time(void **state)
{
	(void)state;
	(void)snprintf(facts.setup.agent, VOUCH_TEXT_SIZE, "ocf:vouch:guard");
	assert_int_equal(trouble(), 1);
	assert_true(tells("op-demote", "demote timeout=120s"));
	facts.setup.timeout_ms[VOUCH_SETUP_DEMOTE] = 120000;
	assert_int_equal(trouble(), 0);
}

/* Nobody is told to type what only a cluster manager understands. */
static void without_a_manager_nothing_names_one(void **state)
{
	uint32_t i;

	(void)state;
	(void)snprintf(config.manager, sizeof(config.manager), "none");
	facts.probes[0].incarnation[0] = '\0';
	facts.k = 0;
	assert_int_equal(trouble(), 2);
	assert_true(tells("server", "by its agent"));
	for (i = 0; i < findings.count; i++) {
		assert_null(strstr(findings.list[i].mend, "crm_"));
		assert_null(strstr(findings.list[i].mend, "pcs "));
		assert_null(strstr(findings.list[i].mend, "contract set"));
	}
}

/* n1 is the primary, on timeline 3; n2 has what `timeline`, `history` entries of it
 * and `end` say. */
static int parted_at(uint32_t timeline, uint32_t history, uint64_t end)
{
	uint32_t i;

	(void)facts_well(NULL);
	for (i = 0; i < 2; i++) {
		facts.probes[i].system_id = 7;
		facts.probes[i].timeline = i ? timeline : 3;
		facts.probes[i].history_count = i ? history : 2;
		facts.probes[i].history[0] = (struct vouch_switch){ 1, 0x4000 };
		facts.probes[i].history[1] = (struct vouch_switch){ 2, 0x5000 };
		facts.probes[i].received_lsn = i ? 0 : 0x9000;
		facts.probes[i].replayed_lsn = i ? end : 0;
	}
	return (int)trouble();
}

/* Power that went in the midst of a write (P6-S2). */
static void who_cannot_follow_is_named(void **state)
{
	(void)state;
	assert_int_equal(parted_at(2, 1, 0x5001), 1);
	assert_true(says("diverged", DOCTOR_BAD));
	assert_int_equal(parted_at(2, 1, 0x5000), 0);
	assert_int_equal(parted_at(1, 0, 0x4000), 0);
	assert_int_equal(parted_at(1, 0, 0x4001), 1);
	assert_int_equal(parted_at(3, 2, 0x8000), 0);
	/* Two promotions took the same number at the same point. */
	(void)parted_at(3, 2, 0x8000);
	for (uint32_t i = 0; i < 2; i++) {
		facts.probes[i].epoch = 4 - i;
		facts.probes[i].epoch_timeline = 3;
	}
	(void)trouble();
	assert_true(says("diverged", DOCTOR_BAD));
	/* The row of the newest epoch has not come through yet. */
	facts.probes[1].epoch_timeline = 2;
	(void)trouble();
	assert_false(says("diverged", DOCTOR_BAD));
	facts.probes[1].epoch_timeline = 3;
	facts.probes[1].epoch = 4;
	(void)trouble();
	assert_false(says("diverged", DOCTOR_BAD));
	/* A newer one than the primary's puts the primary in question. */
	assert_int_equal(parted_at(4, 2, 0x8000), 0);
	/* Another database, no answer, no primary, two of them: another matter. */
	(void)parted_at(2, 1, 0x5001);
	facts.probes[1].system_id = 8;
	(void)trouble();
	assert_false(says("diverged", DOCTOR_BAD));
	(void)parted_at(2, 1, 0x5001);
	facts.probes[1].condition = VOUCH_ABSENT;
	(void)trouble();
	assert_false(says("diverged", DOCTOR_BAD));
	(void)parted_at(2, 1, 0x5001);
	facts.probes[0].in_recovery = VOUCH_YES;
	(void)trouble();
	assert_false(says("diverged", DOCTOR_BAD));
	(void)parted_at(2, 1, 0x5001);
	facts.probes[1].in_recovery = VOUCH_NO;
	(void)trouble();
	assert_false(says("diverged", DOCTOR_BAD));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_known_is_not_well, facts_empty),
		cmocka_unit_test_setup(all_well_is_well, facts_well),
		cmocka_unit_test_setup(a_silent_cluster_is_unknown, facts_well),
		cmocka_unit_test_setup(each_single_fault_is_named, facts_well),
		cmocka_unit_test_setup(a_guard_needs_more_time, facts_well),
		cmocka_unit_test_setup(without_a_manager_nothing_names_one, facts_well),
		cmocka_unit_test_setup(fencing_that_cannot_be_proven_is_named, facts_well),
		cmocka_unit_test_setup(each_class_of_node_is_refused_by_its_name, facts_well),
		cmocka_unit_test_setup(who_cannot_follow_is_named, facts_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
