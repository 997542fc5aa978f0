/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The search for the smallest sets: by size, then in the order of the list. */
#include "explain/remedy.h"
#include "kernel/decide.h"

struct search {
	const struct vouch_evidence *evidence;
	struct vouch_evidence *changed;
	struct vouch_verdict *verdict;
	struct vouch_remedies *remedies;
	uint32_t change_count;
	struct vouch_change changes[VOUCH_CHANGES_MAX];
	struct vouch_change set[VOUCH_REMEDY_SIZE];
};

/* An assertion to vouch says no more than the same person's confirmation to the
 * fencer, where that one is enough. */
static int is_twin(const struct vouch_change *kept,
		   const struct vouch_change *change)
{
	if (kept->node != change->node)
		return 0;
	return kept->kind == change->kind ||
	       (kept->kind == VOUCH_CHANGE_CONFIRM &&
		change->kind == VOUCH_CHANGE_ASSERT);
}

static int set_is_said(const struct search *search, uint32_t size)
{
	uint32_t i, j;

	for (i = 0; i < search->remedies->count; i++) {
		const struct vouch_remedy *kept = &search->remedies->sets[i];

		for (j = 0; j < size; j++) {
			if (!is_twin(&kept->changes[j], &search->set[j]))
				break;
		}
		if (j == size)
			return 1;
	}
	return 0;
}

static int fits(const struct search *search, uint32_t size,
		const struct vouch_change *change)
{
	uint32_t i;

	for (i = 0; i < size; i++) {
		if (vouch__changes_exclude(&search->set[i], change))
			return 0;
	}
	return 1;
}

static void set_keep(struct search *search, uint32_t size)
{
	struct vouch_remedy *kept =
		&search->remedies->sets[search->remedies->count++];
	uint32_t i;

	kept->count = size;
	for (i = 0; i < size; i++)
		kept->changes[i] = search->set[i];
}

static void set_try(struct search *search, uint32_t size)
{
	if (set_is_said(search, size))
		return;
	if (search->remedies->decisions >= VOUCH_REMEDY_DECISIONS) {
		search->remedies->complete = 0;
		return;
	}
	search->remedies->decisions++;
	vouch__changes_apply(search->evidence, search->set, size,
			     search->changed);
	vouch__decide(search->changed, search->verdict);
	if (search->verdict->permitted == 1)
		set_keep(search, size);
}

/* Collecting again is part of every change: where it is enough by itself,
 * nothing else is needed. */
static int is_trivial(const struct search *search)
{
	return search->remedies->count > 0 &&
	       search->remedies->sets[0].changes[0].kind == VOUCH_CHANGE_COLLECT;
}

static int is_over(const struct search *search)
{
	return search->remedies->count == VOUCH_REMEDIES_MAX ||
	       !search->remedies->complete || is_trivial(search);
}

/* Every set of `wanted` changes that begins with the `size` chosen. The depth
 * is VOUCH_REMEDY_SIZE at most. */
static void sets_walk(struct search *search, uint32_t from, uint32_t size,
		      uint32_t wanted)
{
	uint32_t i;

	if (size == wanted) {
		set_try(search, size);
		return;
	}
	for (i = from; i < search->change_count && !is_over(search); i++) {
		if (!fits(search, size, &search->changes[i]))
			continue;
		search->set[size] = search->changes[i];
		sets_walk(search, i + 1, size + 1, wanted);
	}
}

void vouch__remedies_find(const struct vouch_evidence *evidence,
			  struct vouch_evidence *changed,
			  struct vouch_verdict *verdict,
			  struct vouch_remedies *remedies)
{
	struct search search;
	uint32_t size;

	search.evidence = evidence;
	search.changed = changed;
	search.verdict = verdict;
	search.remedies = remedies;
	search.change_count = vouch__changes_list(evidence, search.changes);
	remedies->count = 0;
	remedies->decisions = 0;
	remedies->complete = 1;
	for (size = 1; size <= VOUCH_REMEDY_SIZE; size++) {
		sets_walk(&search, 0, 0, size);
		if (remedies->count > 0 || !remedies->complete)
			return;
	}
}
