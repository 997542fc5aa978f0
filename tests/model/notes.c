/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far each node saw the others' standbys, as lib/authority/noted.c keeps it
 * and lib/evidence/collect.c shows it. */
#include "tests/model/world.h"

#include <string.h>

#include "kernel/facts.h"

/* By timeline first, and then by position. */
static int is_further(const struct world *world, const struct note *a,
		      const struct note *b)
{
	const struct record *of_a = &world->records[a->record];
	const struct record *of_b = &world->records[b->record];

	if (of_a->timeline != of_b->timeline)
		return of_a->timeline > of_b->timeline;
	return of_a->lsn != of_b->lsn ? of_a->lsn > of_b->lsn :
					a->behind < b->behind;
}

void notes_raise(struct world *world, uint8_t node, int known)
{
	struct notes *notes = &world->nodes[node].notes;
	uint8_t i;

	/* They are left as they are. */
	if (notes->unreadable)
		return;
	for (i = 0; i < world->node_count; i++) {
		const struct node *other = &world->nodes[i];
		struct note note = { 1, other->incarnation, other->head,
				     other->lagging };

		if (i == node || other->server != SERVER_STANDBY ||
		    other->unread || !world_reaches(world, node, i) ||
		    (known && world->managed &&
		     world->nodes[node].cib.status[i] != STATUS_ONLINE))
			continue;
		if (!notes->of[i].present ||
		    notes->of[i].incarnation != note.incarnation ||
		    (world_has_noted(world, &notes->of[i], note.record) &&
		     is_further(world, &note, &notes->of[i])))
			notes->of[i] = note;
	}
}

void notes_tell(struct world *world, uint8_t node)
{
	struct node *of = &world->nodes[node];
	uint8_t i;

	if (!world->managed || of->notes.unreadable)
		return;
	for (i = 0; i < world->node_count; i++) {
		if (of->notes.of[i].present) {
			of->told = of->notes;
			return;
		}
	}
}

void notes_notify(struct world *world, uint8_t node, int raise)
{
	uint8_t i;

	for (i = 0; i < world->node_count; i++) {
		if (!world_in_group(world, node, i) ||
		    world->nodes[i].server == SERVER_DOWN)
			continue;
		notes_tell(world, i);
		if (raise)
			notes_raise(world, i, 1);
	}
}

static int objection(const struct world *world, const struct seen_probe *probe,
		     const struct note *note)
{
	if (!note->present)
		return 0;
	if (!probe->present || probe->incarnation != note->incarnation)
		return 1;
	return world_has_noted(world, note, probe->head) ? 2 : 3;
}

static void merge_one(const struct world *world, struct seen *seen, uint8_t i,
		      const struct note *from)
{
	struct note *into = &seen->noted[i];
	int mine = objection(world, &seen->probes[i], into);
	int other = objection(world, &seen->probes[i], from);

	if (mine != other ? mine < other : is_further(world, from, into))
		*into = *from;
}

/* The own from the disk, those of the cluster's other members as they told. */
void notes_merge(const struct world *world, struct seen *seen)
{
	uint8_t by, i;

	memset(seen->noted, 0, sizeof(seen->noted));
	seen->note_unreadable = 0;
	for (by = 0; by < world->node_count; by++) {
		const struct notes *notes = by == seen->candidate ?
						    &world->nodes[by].notes :
						    &world->nodes[by].told;

		if (by != seen->candidate &&
		    !world_in_group(world, seen->candidate, by))
			continue;
		for (i = 0; i < world->node_count; i++) {
			if (i == by)
				continue;
			if (notes->unreadable)
				seen->note_unreadable |= (uint8_t)(1u << i);
			else
				merge_one(world, seen, i, &notes->of[i]);
		}
	}
}
