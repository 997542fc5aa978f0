/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Corosync's map says of two_node, on which rule 240 rests (P6-A1), and of
 * wait_for_all: what runs counts, and what cannot be read is not known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "cluster/pacemaker/corosync.h"

enum { ABSENT = -1, UNREADABLE = -2 };

struct map {
	int runs, two_node, waits;
};

static cs_error_t lookup(const void *context, const char *key, uint8_t *value)
{
	static const char status[] = "runtime.votequorum.wait_for_all_status";
	const struct map *map = context;
	int found = UNREADABLE;

	if (strcmp(key, "runtime.votequorum.two_node") == 0)
		found = map->runs;
	else if (strcmp(key, "quorum.two_node") == 0)
		found = map->two_node;
	else if (strcmp(key, status) == 0)
		found = map->waits;
	else
		fail(); /* what is configured says nothing of what runs */
	if (found == ABSENT)
		return CS_ERR_NOT_EXIST;
	if (found == UNREADABLE)
		return CS_ERR_INVALID_PARAM;
	*value = (uint8_t)found;
	return CS_OK;
}

static void expect(struct map map, enum vouch_answer two_node,
		   enum vouch_answer wait_for_all)
{
	struct vouch_view view = { .two_node = VOUCH_UNKNOWN };

	vouch__corosync_flags(lookup, &map, &view);
	assert_int_equal(view.two_node, two_node);
	assert_int_equal(view.wait_for_all, wait_for_all);
}

static void waiting_is_what_corosync_does(void **state)
{
	(void)state;
	expect((struct map){ 1, 1, 1 }, VOUCH_YES, VOUCH_YES);
	expect((struct map){ 1, 1, 0 }, VOUCH_YES, VOUCH_YES); /* all were there */
	expect((struct map){ 1, 1, ABSENT }, VOUCH_YES, VOUCH_NO);
	expect((struct map){ ABSENT, 1, ABSENT }, VOUCH_YES, VOUCH_NO);
}

static void a_quorum_device_turns_two_node_off(void **state)
{
	(void)state;
	expect((struct map){ 0, 1, ABSENT }, VOUCH_NO, VOUCH_NO);
	expect((struct map){ 0, ABSENT, 0 }, VOUCH_NO, VOUCH_YES);
	expect((struct map){ ABSENT, ABSENT, ABSENT }, VOUCH_NO, VOUCH_NO);
}

static void what_cannot_be_read_is_not_known(void **state)
{
	(void)state;
	expect((struct map){ UNREADABLE, 0, ABSENT }, VOUCH_UNKNOWN, VOUCH_NO);
	expect((struct map){ ABSENT, UNREADABLE, 0 }, VOUCH_UNKNOWN, VOUCH_YES);
	expect((struct map){ 1, 1, UNREADABLE }, VOUCH_YES, VOUCH_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waiting_is_what_corosync_does),
		cmocka_unit_test(a_quorum_device_turns_two_node_off),
		cmocka_unit_test(what_cannot_be_read_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
