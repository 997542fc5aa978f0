/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The oracle has seen the whole history. It knows nothing of rules: only who
 * can write this very moment, and what clients were told. */
#include "tests/model/world.h"

/* P6-A1. A server that somebody promoted by hand, and that no monitor has seen
 * yet, is the window that proof.md states; a node about which a device or a
 * person told a lie is outside the promise. */
static int another_can_write(const struct world *world, uint8_t candidate,
			     int at_once)
{
	uint8_t i;

	for (i = 0; i < world->node_count; i++) {
		const struct node *node = &world->nodes[i];

		if (i == candidate || !node->power ||
		    node->server != SERVER_PRIMARY ||
		    (world->lied & (1u << i)) ||
		    (node->grant == NOTHING && !(node->rogue_seen && at_once)))
			continue;
		return 1;
	}
	return 0;
}

/* A whole machine that was set back, with its records, cannot know it; nor can a
 * candidate whose log does not have the life that came after. Outside the
 * promise: "storage that is rolled back unseen". */
static int nobody_can_tell(const struct world *world, uint8_t candidate)
{
	uint8_t i;

	for (i = 0; i < world->node_count; i++) {
		const struct node *node = &world->nodes[i];

		if (node->spare.present == SPARE_IN_USE &&
		    (i == candidate ||
		     world_admission(world, world->nodes[candidate].head, i) ==
			     node->incarnation))
			return 1;
	}
	return 0;
}

/* P6-S1. */
static int something_is_missing(const struct world *world, uint8_t candidate)
{
	uint32_t promised = 0, there = 0;
	uint8_t head = world->nodes[candidate].head;
	uint8_t i;

	for (i = 0; i < world->record_count; i++)
		promised += world->records[i].acked;
	for (; head != 0; head = world->records[head].parent)
		there += world->records[head].acked;
	return there < promised;
}

enum wrong oracle_promotion(const struct world *world, uint8_t candidate,
			    int at_once)
{
	if (another_can_write(world, candidate, at_once))
		return WRONG_TWO_WRITERS;
	if (nobody_can_tell(world, candidate))
		return WRONG_NOTHING;
	return something_is_missing(world, candidate) ? WRONG_LOST :
							WRONG_NOTHING;
}
