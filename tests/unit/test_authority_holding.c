/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who holds authority and since which epoch, or nobody and why (P6-A1), from
 * records and answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authority/holding.h"

static struct vouch_config config;
static struct vouch_probe probes[3];
static struct vouch_cluster_grant grants[8];
static uint32_t count;

static int begin(void **state)
{
	uint32_t i;

	(void)state;
	memset(&config, 0, sizeof(config));
	memset(probes, 0, sizeof(probes));
	memset(grants, 0, sizeof(grants));
	count = 0;
	config.member_count = 3;
	for (i = 0; i < 3; i++) {
		(void)snprintf(config.members[i].name, VOUCH_NAME_SIZE, "n%u",
			       i + 1);
		(void)snprintf(probes[i].incarnation, VOUCH_NAME_SIZE, "i%u",
			       i + 1);
		probes[i].condition = VOUCH_PRESENT;
		probes[i].in_recovery = VOUCH_YES;
		probes[i].epoch = 1;
	}
	return 0;
}

static void granted(uint64_t epoch, unsigned int node,
		    enum vouch_grant_outcome outcome)
{
	struct vouch_cluster_grant *grant = &grants[count++];

	grant->epoch = epoch;
	grant->outcome = outcome;
	(void)snprintf(grant->holder, VOUCH_NAME_SIZE, "n%u", node);
	(void)snprintf(grant->incarnation, VOUCH_NAME_SIZE, "i%u", node);
}

static void writable(unsigned int node, uint64_t epoch)
{
	probes[node - 1].in_recovery = VOUCH_NO;
	probes[node - 1].epoch = epoch;
}

static void told(enum vouch_holding_kind kind, const char *holder,
		 uint64_t epoch, const char *words)
{
	struct vouch_holding holding;

	vouch__holding_tell(&config, grants, count, probes, &holding);
	assert_int_equal(holding.kind, kind);
	assert_string_equal(holding.holder, holder);
	assert_int_equal(holding.epoch, epoch);
	assert_non_null(strstr(holding.text, words));
}

static void without_a_record_nobody_holds(void **state)
{
	(void)state;
	writable(1, 0);
	told(VOUCH_HOLDING_NOBODY, "", 0, "vouch adopt");
}

static void the_writable_holder_holds(void **state)
{
	(void)state;
	granted(1, 1, VOUCH_GRANT_DONE);
	granted(2, 2, VOUCH_GRANT_DONE);
	writable(2, 2);
	told(VOUCH_HOLDING_HELD, "n2", 2, "n2 holds authority since epoch 2");
}

static void a_void_grant_gave_nothing(void **state)
{
	(void)state;
	granted(3, 2, VOUCH_GRANT_OPEN); /* one source has not heard of its end */
	granted(3, 2, VOUCH_GRANT_VOID);
	granted(1, 1, VOUCH_GRANT_DONE);
	writable(1, 1);
	told(VOUCH_HOLDING_HELD, "n1", 1, "since epoch 1");
}

static void cut_off_before_the_row(void **state)
{
	(void)state;
	granted(1, 1, VOUCH_GRANT_DONE);
	granted(2, 2, VOUCH_GRANT_OPEN);
	writable(2, 1);
	told(VOUCH_HOLDING_HELD, "n2", 2, "row is not in its log yet");
}

static void a_holder_in_recovery_holds_nothing(void **state)
{
	(void)state;
	granted(1, 1, VOUCH_GRANT_DONE);
	told(VOUCH_HOLDING_NOBODY, "", 0, "n1's, which answers as a standby");
}

static void silence_is_no_proof(void **state)
{
	(void)state;
	granted(1, 1, VOUCH_GRANT_DONE);
	granted(2, 2, VOUCH_GRANT_OPEN);
	probes[1].condition = VOUCH_ABSENT;
	told(VOUCH_HOLDING_UNKNOWN, "", 0, "n2 was granted it");
	granted(2, 2, VOUCH_GRANT_DONE);
	told(VOUCH_HOLDING_UNKNOWN, "", 0, "n2 holds it by record");
}

static void another_writable_node_is_a_contradiction(void **state)
{
	(void)state;
	granted(2, 2, VOUCH_GRANT_DONE);
	writable(1, 1);
	told(VOUCH_HOLDING_CONTRADICTED, "", 0, "n1 answers as writable");
	writable(2, 2);
	told(VOUCH_HOLDING_CONTRADICTED, "", 0, "2 members");
}

static void another_life_or_a_newer_epoch_is_a_contradiction(void **state)
{
	(void)state;
	granted(2, 2, VOUCH_GRANT_DONE);
	writable(2, 3);
	told(VOUCH_HOLDING_CONTRADICTED, "", 0, "contradiction");
	writable(2, 2);
	(void)snprintf(probes[1].incarnation, VOUCH_NAME_SIZE, "other");
	told(VOUCH_HOLDING_CONTRADICTED, "", 0, "contradiction");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_record_nobody_holds, begin),
		cmocka_unit_test_setup(the_writable_holder_holds, begin),
		cmocka_unit_test_setup(a_void_grant_gave_nothing, begin),
		cmocka_unit_test_setup(cut_off_before_the_row, begin),
		cmocka_unit_test_setup(a_holder_in_recovery_holds_nothing, begin),
		cmocka_unit_test_setup(silence_is_no_proof, begin),
		cmocka_unit_test_setup(another_writable_node_is_a_contradiction,
				       begin),
		cmocka_unit_test_setup(
			another_life_or_a_newer_epoch_is_a_contradiction, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
