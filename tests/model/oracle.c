/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The oracle has seen the whole history. It knows nothing of rules: only who
 * can write this very moment, and what clients were told. */
#include "tests/model/world.h"

/* With two_node and without wait_for_all a node that was fenced runs again in a half
 * of its own. Who promotes it there by hand is seen by its agent, which nobody hears. */
static int is_seen_apart(const struct world *world, uint8_t candidate, uint8_t node)
{
	return world->two_node && !world->wait_for_all &&
	       !world_in_group(world, candidate, node);
}

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
		    (node->grant == NOTHING &&
		     !(node->rogue_seen && at_once &&
		       !is_seen_apart(world, candidate, i))))
			continue;
		return 1;
	}
	return 0;
}

/* An old disk that was put back, with its records, cannot know it; nor can a
 * candidate whose log does not have the life that came after. Outside the
 * promise: "storage that is rolled back unseen". */
static int is_an_old_disk(const struct world *world, const struct seen *seen)
{
	uint8_t candidate = seen->candidate, i;

	for (i = 0; i < world->node_count; i++) {
		const struct node *node = &world->nodes[i];
		const struct seen_probe *probe = &seen->probes[i];

		/* It may be gone since it answered. */
		if (probe->present && probe->old_disk &&
		    world_admission(world, world->nodes[candidate].head, i) ==
			    probe->incarnation)
			return 1;
		if (node->spare.present == SPARE_IN_USE &&
		    (i == candidate ||
		     world_admission(world, world->nodes[candidate].head, i) ==
			     node->incarnation))
			return 1;
	}
	return 0;
}

uint8_t oracle_noticed(const struct world *world, uint8_t candidate)
{
	uint8_t noticed = 0, by, i;

	for (by = 0; by < world->node_count; by++) {
		const struct notes *notes = by == candidate ?
						    &world->nodes[by].notes :
						    &world->nodes[by].told;

		if (by != candidate && !world_in_group(world, candidate, by))
			continue;
		for (i = 0; i < world->node_count; i++) {
			if (i != by &&
			    (notes->unreadable ||
			     (notes->of[i].present &&
			      notes->of[i].incarnation ==
				      world->nodes[i].incarnation &&
			      !world_has_noted(world, &notes->of[i],
					       world->nodes[i].head))))
				noticed |= (uint8_t)(1u << i);
		}
	}
	return noticed;
}

/* A machine that was set back as a whole has its old mark beside its old data.
 * It answered as one that remembers, had this record once, and nobody who was
 * heard had noted that: outside the promise. Whoever had noted it must say so. */
static int nobody_noted(const struct world *world, const struct seen *seen,
			uint8_t record)
{
	uint8_t i;

	for (i = 0; i < world->node_count; i++) {
		const struct seen_probe *probe = &seen->probes[i];

		if ((world->records[record].forgotten & (1u << i)) &&
		    world->nodes[i].set_back == probe->incarnation + 1 &&
		    !(seen->noticed & (1u << i)) && probe->present &&
		    !world_is_on_path(world, record, probe->head) &&
		    (i == seen->candidate ||
		     world_admission(world, seen->rows, i) ==
			     probe->incarnation))
			return 1;
	}
	return 0;
}

/* Why a write could be acknowledged by fewer: an announcement below it, which such
 * a machine had, and nobody who is left knows of. */
static int its_contract_was_forgotten(const struct world *world,
				      const struct seen *seen, uint8_t record)
{
	uint8_t head = world->nodes[seen->candidate].head;
	uint8_t i;

	for (i = record; i != 0; i = world->records[i].parent) {
		if (world->records[i].kind == RECORD_ANNOUNCE &&
		    !world_is_on_path(world, i, head) &&
		    nobody_noted(world, seen, i))
			return 1;
	}
	return 0;
}

/* The same holder, in the same life, goes on with what was approved then (W3), unless
 * that came to nothing. */
static int was_given_up(const struct world *world, uint8_t candidate, uint8_t record)
{
	uint8_t i;

	for (i = 0; i < world->grant_count; i++) {
		if ((world->records[record].given_up & (1u << i)) &&
		    !(world->nodes[candidate].journal.voided & (1u << i)) &&
		    world->grants[i].holder == candidate &&
		    world->grants[i].incarnation ==
			    world->nodes[candidate].incarnation)
			return 1;
	}
	return 0;
}

/* What nobody will ever be able to tell. */
static int is_beyond(const struct world *world, const struct seen *seen,
		     uint8_t record)
{
	return nobody_noted(world, seen, record) ||
	       its_contract_was_forgotten(world, seen, record) ||
	       was_given_up(world, seen->candidate, record);
}

/* Up to its next monitor or stop, and with two_node up to the end of the split,
 * nobody knows of a server that was started by hand: the window that README.md
 * states. */
static int nobody_could_tell(const struct world *world, const struct seen *seen,
			     uint8_t record)
{
	return world->records[record].unnoticed ||
	       (seen->marked && (world->records[record].unheard &
				 (1u << (seen->marked - 1)))) ||
	       is_beyond(world, seen, record);
}

void oracle_unheard(struct world *world, struct seen *seen, uint8_t grant)
{
	uint8_t i;

	seen->marked = (uint8_t)(grant + 1);
	for (i = 0; i < world->record_count; i++) {
		if (world->records[i].unnoticed)
			world->records[i].unheard |= (uint16_t)(1u << grant);
	}
}

void oracle_give_up(struct world *world, const struct seen *seen, uint8_t grant)
{
	uint8_t head = world->nodes[seen->candidate].head;
	int old_disk = is_an_old_disk(world, seen);
	uint8_t i;

	for (i = 0; i < world->record_count; i++) {
		if (world->records[i].acked &&
		    !world_is_on_path(world, i, head) &&
		    (old_disk || is_beyond(world, seen, i)))
			world->records[i].given_up |= (uint16_t)(1u << grant);
	}
}

/* P6-S1. */
static int something_is_missing(const struct world *world,
				const struct seen *seen, int *excused)
{
	uint32_t promised = 0, there = 0;
	uint8_t head = world->nodes[seen->candidate].head;
	uint8_t i;

	for (i = 0; i < world->record_count; i++)
		promised += world->records[i].acked;
	for (i = head; i != 0; i = world->records[i].parent)
		there += world->records[i].acked;
	if (there == promised)
		return 0;
	for (i = 0; i < world->record_count; i++) {
		if (world->records[i].acked &&
		    !world_is_on_path(world, i, head) &&
		    !nobody_could_tell(world, seen, i))
			return 1;
	}
	*excused = 1;
	return 0;
}

enum wrong oracle_promotion(const struct world *world, const struct seen *seen,
			    int *excused)
{
	*excused = 0;
	if (another_can_write(world, seen->candidate, seen->at_once))
		return WRONG_TWO_WRITERS;
	if (!something_is_missing(world, seen, excused))
		return WRONG_NOTHING;
	*excused = is_an_old_disk(world, seen);
	return *excused ? WRONG_NOTHING : WRONG_LOST;
}
