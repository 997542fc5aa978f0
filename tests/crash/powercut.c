/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/crash/powercut.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PENDING_MAX = 8, DIMENSIONS_MAX = 24, SECTOR = 512, SECTORS_ALL = 6 };

enum torn { TORN_NOT, TORN_CUT, TORN_CUT_GROWN, TORN_SECTORS };

/* How much of the pending calls on one thing got through. */
struct variant {
	unsigned int mask;  /* of a file: writes; of a directory: names */
	unsigned int extra; /* directory: renames that left the old name, too */
	int torn_call;	    /* -1: none */
	enum torn torn;
	size_t cut;	    /* bytes, or the mask of the sectors that came */
};

/* A file's data or a directory's names, not synced at the cut. */
struct dimension {
	int file;
	int is_directory;
	unsigned int pending[PENDING_MAX];
	unsigned int pending_count;
	struct variant *variants;
	size_t count;
	size_t room;
};

struct cut {
	const struct disk *base; /* with all that is durable */
	const struct powercut_effort *effort;
	struct dimension dimensions[DIMENSIONS_MAX];
	unsigned int dimension_count;
	const struct variant *chosen[DIMENSIONS_MAX];
	powercut_visitor *visit;
	void *context;
	unsigned long states;
};

/* --- carrying calls out -------------------------------------------------------- */

static void call_apply(struct disk *disk, const struct disk_call *call)
{
	switch (call->kind) {
	case DISK_CREATE:
		disk_name_set(disk, call->directory, call->name, call->file);
		break;
	case DISK_WRITE:
		disk_bytes_set(disk, call->file, call->offset, call->bytes,
			       call->length);
		break;
	case DISK_TRUNCATE:
		disk_length_set(disk, call->file, (size_t)call->offset);
		break;
	case DISK_RENAME:
		if (disk_name_find(disk, call->directory, call->name) ==
		    call->file)
			disk_name_remove(disk, call->directory, call->name);
		disk_name_set(disk, call->directory, call->to, call->file);
		break;
	case DISK_UNLINK:
		if (disk_name_find(disk, call->directory, call->name) ==
		    call->file)
			disk_name_remove(disk, call->directory, call->name);
		break;
	case DISK_SYNC:
	case DISK_WORLD:
	case DISK_ACKNOWLEDGED:
	default:
		break;
	}
}

static size_t grown(const struct disk *disk, const struct disk_call *call,
		    size_t bytes)
{
	size_t end = (size_t)call->offset + bytes;

	return end > disk->files[call->file].length ?
		       end :
		       disk->files[call->file].length;
}

static void sectors_apply(struct disk *disk, const struct disk_call *call,
			  size_t came)
{
	size_t first = (size_t)call->offset / SECTOR, at = 0;

	disk_length_set(disk, call->file, grown(disk, call, call->length));
	while (at < call->length) {
		size_t position = (size_t)call->offset + at;
		size_t length = SECTOR - position % SECTOR;

		if (length > call->length - at)
			length = call->length - at;
		if ((came >> ((position / SECTOR - first) % 63)) & 1)
			disk_bytes_set(disk, call->file, (off_t)position,
				       call->bytes + at, length);
		at += length;
	}
}

static void torn_apply(struct disk *disk, const struct disk_call *call,
		       const struct variant *variant)
{
	switch (variant->torn) {
	case TORN_CUT:
		disk_bytes_set(disk, call->file, call->offset, call->bytes,
			       variant->cut);
		break;
	case TORN_CUT_GROWN:
		disk_length_set(disk, call->file,
				grown(disk, call, call->length));
		disk_bytes_set(disk, call->file, call->offset, call->bytes,
			       variant->cut);
		break;
	case TORN_SECTORS:
		sectors_apply(disk, call, variant->cut);
		break;
	case TORN_NOT:
	default:
		call_apply(disk, call);
		break;
	}
}

static void variant_apply(struct disk *disk, const struct dimension *dimension,
			  const struct variant *variant)
{
	unsigned int i;

	for (i = 0; i < dimension->pending_count; i++) {
		const struct disk_call *call = &disk_calls[dimension->pending[i]];

		if ((variant->mask >> i & 1) == 0)
			continue;
		if (variant->torn_call == (int)i)
			torn_apply(disk, call, variant);
		else
			call_apply(disk, call);
		if (variant->extra >> i & 1)
			disk_name_set(disk, call->directory, call->name,
				      call->file);
	}
}

/* --- the ways in which one thing may come out ---------------------------------- */

static void variant_add(struct dimension *dimension, struct variant variant)
{
	if (dimension->count == dimension->room) {
		dimension->room = dimension->room * 2 + 16;
		dimension->variants =
			realloc(dimension->variants,
				dimension->room * sizeof(*dimension->variants));
		if (!dimension->variants)
			abort();
	}
	dimension->variants[dimension->count++] = variant;
}

static unsigned int all_of(const struct dimension *dimension)
{
	return (1u << dimension->pending_count) - 1;
}

/* The n-th of `wanted` places in 0..length-1: the beginning and the end, where
 * the format has its fields, more densely than the middle. */
static size_t cut_place(size_t n, size_t wanted, size_t length)
{
	size_t edge = wanted / 3;

	if (length <= wanted || n < edge)
		return n;
	if (n >= wanted - edge)
		return length - (wanted - n);
	return edge + (n - edge) * (length - 2 * edge) / (wanted - 2 * edge);
}

static void torn_add(struct dimension *dimension, unsigned int which,
		     const struct powercut_effort *effort)
{
	const struct disk_call *call = &disk_calls[dimension->pending[which]];
	size_t wanted = call->length < effort->cuts ? call->length : effort->cuts;
	size_t sectors = ((size_t)call->offset + call->length + SECTOR - 1) /
				 SECTOR -
			 (size_t)call->offset / SECTOR;
	struct variant variant = { .torn_call = (int)which };
	unsigned int others, all = all_of(dimension);
	size_t i;

	/* With none, the earlier, the later or all of the other writes. */
	const unsigned int masks[] = { 1u << which, all & ((2u << which) - 1),
				       all & ~((1u << which) - 1), all };
	for (others = 0; others < 4; others++) {
		if (others > 0 && masks[others] == masks[others - 1])
			continue;
		variant.mask = masks[others];
		for (i = 0; i < wanted; i++) {
			variant.cut = cut_place(i, wanted, call->length);
			variant.torn = TORN_CUT;
			variant_add(dimension, variant);
			variant.torn = TORN_CUT_GROWN;
			variant_add(dimension, variant);
		}
		variant.torn = TORN_SECTORS;
		if (sectors < 2 && wanted > 1)
			continue;
		for (i = 0; sectors <= SECTORS_ALL && i < (1u << sectors); i++) {
			variant.cut = i;
			variant_add(dimension, variant);
		}
		for (i = 0; sectors > SECTORS_ALL && i < sectors && i < 63; i++) {
			variant.cut = (size_t)1 << i;
			variant_add(dimension, variant);
			variant.cut = ~((size_t)1 << i);
			variant_add(dimension, variant);
		}
	}
}

static void file_variants(struct dimension *dimension,
			  const struct powercut_effort *effort)
{
	unsigned int mask, i;

	/* First nothing, last everything: also the two coarse ways. */
	for (mask = 0; mask < all_of(dimension); mask++)
		variant_add(dimension, (struct variant){ .mask = mask,
							 .torn_call = -1 });
	for (i = 0; i < dimension->pending_count; i++) {
		if (disk_calls[dimension->pending[i]].kind == DISK_WRITE)
			torn_add(dimension, i, effort);
	}
	variant_add(dimension, (struct variant){ .mask = all_of(dimension),
						 .torn_call = -1 });
}

static void directory_variants(struct dimension *dimension)
{
	unsigned int mask, extra, renames = 0, i;

	for (i = 0; i < dimension->pending_count; i++) {
		if (disk_calls[dimension->pending[i]].kind == DISK_RENAME)
			renames |= 1u << i;
	}
	for (mask = 0; mask <= all_of(dimension); mask++) {
		for (extra = renames;; extra = (extra - 1) & renames) {
			if ((extra & ~mask) == 0)
				variant_add(dimension,
					    (struct variant){ .mask = mask,
							      .extra = extra,
							      .torn_call = -1 });
			if (extra == 0)
				break;
		}
	}
}

/* --- what is pending ------------------------------------------------------------ */

static int is_of_directory(const struct disk_call *call)
{
	return call->kind == DISK_CREATE || call->kind == DISK_RENAME ||
	       call->kind == DISK_UNLINK;
}

static int is_of_file(const struct disk_call *call)
{
	return call->kind == DISK_WRITE || call->kind == DISK_TRUNCATE;
}

/* Did an fsync before the cut cover the call? */
static int is_durable(unsigned int at, unsigned int prefix)
{
	int subject = is_of_directory(&disk_calls[at]) ?
			      disk_calls[at].directory :
			      disk_calls[at].file;
	unsigned int i;

	for (i = at + 1; i < prefix; i++) {
		if (disk_calls[i].kind == DISK_SYNC &&
		    disk_calls[i].file == subject)
			return 1;
	}
	return 0;
}

static void pending_add(struct cut *cut, unsigned int at)
{
	int is_directory = is_of_directory(&disk_calls[at]);
	int file = is_directory ? disk_calls[at].directory : disk_calls[at].file;
	struct dimension *dimension = cut->dimensions;
	unsigned int i;

	for (i = 0; i < cut->dimension_count; i++, dimension++) {
		if (dimension->file == file &&
		    dimension->is_directory == is_directory)
			break;
	}
	if (i == cut->dimension_count) {
		if (cut->dimension_count++ == DIMENSIONS_MAX)
			abort();
		memset(dimension, 0, sizeof(*dimension));
		dimension->file = file;
		dimension->is_directory = is_directory;
	}
	/* What was never synced and is this old has settled, one way only. */
	if (dimension->pending_count == PENDING_MAX) {
		call_apply((struct disk *)cut->base,
			   &disk_calls[dimension->pending[0]]);
		memmove(dimension->pending, dimension->pending + 1,
			(PENDING_MAX - 1) * sizeof(dimension->pending[0]));
		dimension->pending_count--;
	}
	dimension->pending[dimension->pending_count++] = at;
}

/* The files that the calls create, empty and without a name. */
static void files_add(struct disk *disk, unsigned int prefix)
{
	unsigned int i;

	for (i = 0; i < prefix; i++) {
		const struct disk_call *call = &disk_calls[i];

		if (call->kind != DISK_CREATE || call->file < disk->file_count)
			continue;
		disk->file_count = call->file + 1;
		disk->files[call->file] = (struct disk_file){
			.used = 1,
			.owned = 1,
			.is_directory = call->number != 0,
		};
	}
}

struct disk *powercut_everything(const struct disk *base, unsigned int prefix)
{
	struct disk *disk = disk_clone(base);
	unsigned int i;

	files_add(disk, prefix);
	for (i = 0; i < prefix; i++)
		call_apply(disk, &disk_calls[i]);
	return disk;
}

static struct disk *durable(struct cut *cut, const struct disk *base,
			    unsigned int prefix)
{
	struct disk *disk = disk_clone(base);
	unsigned int i;

	cut->base = disk;
	files_add(disk, prefix);
	for (i = 0; i < prefix; i++) {
		const struct disk_call *call = &disk_calls[i];

		if (!is_of_directory(call) && !is_of_file(call))
			continue;
		if (is_durable(i, prefix))
			call_apply(disk, call);
		else
			pending_add(cut, i);
	}
	return disk;
}

/* --- all states ------------------------------------------------------------------ */

static void state_visit(struct cut *cut)
{
	struct disk *disk = disk_clone(cut->base);
	unsigned int i;

	for (i = 0; i < cut->dimension_count; i++)
		variant_apply(disk, &cut->dimensions[i], cut->chosen[i]);
	cut->states++;
	cut->visit(cut->context, disk);
	disk_free(disk);
}

/* fine: the one dimension of which every way is tried; -1: all of them. */
static void product(struct cut *cut, unsigned int at, int fine)
{
	const struct dimension *dimension = &cut->dimensions[at];
	size_t i;

	if (at == cut->dimension_count) {
		state_visit(cut);
		return;
	}
	for (i = 0; i < dimension->count; i++) {
		if (fine >= 0 && fine != (int)at && i != 0 &&
		    i != dimension->count - 1)
			continue;
		cut->chosen[at] = &dimension->variants[i];
		product(cut, at + 1, fine);
	}
}

unsigned long powercut_states(const struct disk *base, unsigned int prefix,
			      const struct powercut_effort *effort,
			      powercut_visitor *visit, void *context)
{
	struct cut cut = { .effort = effort, .visit = visit, .context = context };
	struct disk *disk = durable(&cut, base, prefix);
	double combinations = 1;
	unsigned int i;

	for (i = 0; i < cut.dimension_count; i++) {
		if (cut.dimensions[i].is_directory)
			directory_variants(&cut.dimensions[i]);
		else
			file_variants(&cut.dimensions[i], effort);
		combinations *= (double)cut.dimensions[i].count;
	}
	if (combinations <= (double)effort->combinations)
		product(&cut, 0, -1);
	for (i = 0; combinations > (double)effort->combinations &&
		    i < cut.dimension_count;
	     i++)
		product(&cut, 0, (int)i);
	for (i = 0; i < cut.dimension_count; i++)
		free(cut.dimensions[i].variants);
	disk_free(disk);
	return cut.states;
}
