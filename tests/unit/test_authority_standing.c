/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who holds authority, and why a marker proves nothing (P6-A1): from a backup, of
 * another node, cluster, system or incarnation, or older than somebody shows. */
#include "state_fixture.h"

#include "authority/records.h"
#include "authority/standing.h"

static struct vouch_marker marker_of(const struct fixture *it)
{
	struct vouch_marker marker = { .system_id = 7, .epoch = 3,
				       .from_timeline = 1, .timeline = 2,
				       .start_lsn = 0x3000060, .k = 1 };

	(void)snprintf(marker.cluster, VOUCH_NAME_SIZE, "%s", it->config.name);
	(void)snprintf(marker.node, VOUCH_NAME_SIZE, "%s", it->config.node);
	(void)snprintf(marker.incarnation, VOUCH_NAME_SIZE, "i1");
	(void)snprintf(marker.request_id, VOUCH_NAME_SIZE, "r1");
	return marker;
}

static struct vouch_standing standing_of(struct fixture *it,
					 const struct vouch_witness *witness)
{
	struct vouch_standing standing;

	vouch__standing_read(&it->config, witness, &standing);
	assert_string_not_equal(standing.text, "");
	return standing;
}

static void put(struct fixture *it, const struct vouch_marker *marker)
{
	assert_int_equal(vouch__marker_write(&it->config, marker, &it->error),
			 VOUCH_OK);
}

static void no_marker_is_no_authority(void **state)
{
	struct vouch_witness witness = { 0 };
	struct vouch_standing standing = standing_of(*state, &witness);

	assert_int_equal(standing.hold, VOUCH_HOLD_NOT);
	assert_non_null(strstr(standing.text, "has no marker"));
}

static void a_marker_that_nobody_contradicts_holds(void **state)
{
	struct fixture *it = *state;
	struct vouch_marker marker = marker_of(it);
	struct vouch_witness witness = { .system_id = 7, .journal_epoch = 3,
					 .log_epoch = 3, .cluster_epoch = 3,
					 .peer_epoch = 2 };
	struct vouch_standing standing;

	(void)snprintf(witness.incarnation, VOUCH_NAME_SIZE, "i1");
	put(it, &marker);
	standing = standing_of(it, &witness);
	assert_int_equal(standing.hold, VOUCH_HOLD_HELD);
	assert_int_equal(standing.epoch, 3);
	assert_string_equal(standing.text,
			    "n1 holds epoch 3, on timeline 2 since 0/3000060");
}

static void a_promotion_that_is_not_verified_says_so(void **state)
{
	struct fixture *it = *state;
	struct vouch_marker marker = marker_of(it);
	struct vouch_witness witness = { 0 };

	marker.timeline = 0;
	put(it, &marker);
	assert_int_equal(standing_of(it, &witness).hold, VOUCH_HOLD_UNVERIFIED);
}

static void each_reason_has_its_name(void **state)
{
	static const struct {
		struct vouch_witness witness;
		enum vouch_marker_verdict verdict;
		const char *text;
	} rows[] = {
		{ { .system_id = 8 }, VOUCH_MARKER_OTHER_SYSTEM, "other-system" },
		{ { .incarnation = "i2" },
		  VOUCH_MARKER_OTHER_INCARNATION,
		  "other-incarnation" },
		{ { .journal_epoch = 4 },
		  VOUCH_MARKER_OLDER_THAN_JOURNAL,
		  "older-than-journal, P6-A1): this node's own journal shows "
		  "epoch 4" },
		{ { .log_epoch = 5 },
		  VOUCH_MARKER_OLDER_THAN_LOG,
		  "older-than-log, P6-A1): the database's log shows epoch 5" },
		{ { .cluster_epoch = 6 },
		  VOUCH_MARKER_OLDER_THAN_CLUSTER,
		  "older-than-cluster, P6-A1): the cluster shows epoch 6" },
		{ { .peer_epoch = 7, .peer = "n3" },
		  VOUCH_MARKER_OLDER_THAN_PEER,
		  "older-than-peer, P6-A1): n3 shows epoch 7" },
	};
	struct fixture *it = *state;
	struct vouch_marker marker = marker_of(it);
	size_t i;

	put(it, &marker);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vouch_standing standing =
			standing_of(it, &rows[i].witness);

		assert_int_equal(standing.hold, VOUCH_HOLD_REFUSED);
		assert_int_equal(standing.verdict, rows[i].verdict);
		if (!strstr(standing.text, rows[i].text))
			fail_msg("%s", standing.text);
	}
}

static void another_cluster_s_and_another_node_s_are_refused(void **state)
{
	struct fixture *it = *state;
	struct vouch_marker marker = marker_of(it);
	struct vouch_witness witness = { 0 };

	(void)snprintf(marker.cluster, VOUCH_NAME_SIZE, "other");
	assert_int_equal(vouch__marker_judge(&it->config, &marker, &witness),
			 VOUCH_MARKER_OTHER_CLUSTER);
	put(it, &marker);
	assert_int_equal(standing_of(it, &witness).hold, VOUCH_HOLD_REFUSED);
	marker = marker_of(it);
	(void)snprintf(marker.node, VOUCH_NAME_SIZE, "n9");
	assert_int_equal(vouch__marker_judge(&it->config, &marker, &witness),
			 VOUCH_MARKER_OTHER_NODE);
	put(it, &marker);
	assert_int_equal(standing_of(it, &witness).hold, VOUCH_HOLD_REFUSED);
	memset(&marker, 0, sizeof(marker));
	assert_int_equal(vouch__marker_judge(&it->config, &marker, &witness),
			 VOUCH_MARKER_UNKNOWN);
}

static void grant(struct fixture *it, uint64_t epoch,
		  enum vouch_grant_outcome outcome)
{
	struct vouch_cluster_grant grant = { .epoch = epoch, .outcome = outcome,
					     .method = VOUCH_METHOD_ANY };
	struct vouch_journal *journal;

	(void)snprintf(grant.holder, VOUCH_NAME_SIZE, "n2");
	assert_int_equal(vouch__journal_open(&it->config, 1, &journal,
					     &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__record_grant(journal, &grant, &it->error),
			 VOUCH_OK);
	vouch__journal_close(journal);
}

/* A marker from a backup: the journal knows what came after it. But a void grant
 * gave authority to nobody, and takes none away. */
static void a_restored_marker_is_older_than_the_journal(void **state)
{
	struct fixture *it = *state;
	struct vouch_marker marker = marker_of(it);
	struct vouch_witness witness = { 0 };
	struct vouch_journal *journal;

	put(it, &marker);
	grant(it, 3, VOUCH_GRANT_DONE);
	grant(it, 4, VOUCH_GRANT_VOID);
	assert_int_equal(vouch__journal_open(&it->config, 0, &journal,
					     &it->error),
			 VOUCH_OK);
	assert_int_equal(vouch__witness_journal(journal, &witness, &it->error),
			 VOUCH_OK);
	assert_int_equal(witness.journal_epoch, 3);
	assert_int_equal(standing_of(it, &witness).hold, VOUCH_HOLD_HELD);
	grant(it, 5, VOUCH_GRANT_OPEN);
	assert_int_equal(vouch__witness_journal(journal, &witness, &it->error),
			 VOUCH_OK);
	vouch__journal_close(journal);
	assert_int_equal(standing_of(it, &witness).verdict,
			 VOUCH_MARKER_OLDER_THAN_JOURNAL);
}

static void silence_proves_nothing_about_a_peer(void **state)
{
	struct vouch_witness witness = { 0 };
	struct vouch_probe probe = { .epoch = 9 };

	(void)state;
	vouch__witness_probe("n3", &probe, &witness);
	assert_int_equal(witness.peer_epoch, 0);
	probe.condition = VOUCH_PRESENT;
	vouch__witness_probe("n3", &probe, &witness);
	assert_int_equal(witness.peer_epoch, 9);
	assert_string_equal(witness.peer, "n3");
	assert_string_equal(
		vouch__marker_verdict_name((enum vouch_marker_verdict)-1),
		"unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(no_marker_is_no_authority),
		fixture_test(a_marker_that_nobody_contradicts_holds),
		fixture_test(a_promotion_that_is_not_verified_says_so),
		fixture_test(each_reason_has_its_name),
		fixture_test(another_cluster_s_and_another_node_s_are_refused),
		fixture_test(a_restored_marker_is_older_than_the_journal),
		fixture_test(silence_proves_nothing_about_a_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
