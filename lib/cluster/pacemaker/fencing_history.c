/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/pacemaker/fencing_history.h"

#include <crm/common/results.h>
#include <crm/stonith-ng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/pacemaker/cib_xml.h"
#include "common/error.h"
#include "evidence/names.h"

/* The fencer keeps 500 and a little; far more than that is no history. */
enum { ENTRIES_MAX = 4096 };

struct entry {
	struct vouch_fencing fact;
	char target[VOUCH_NAME_SIZE];
	const char *delegate; /* what kind of one it names */
	unsigned ordinal;     /* among the same kind of the same target, 1 oldest */
};

enum vouch_fencing_action vouch__fencing_action_of(const char *action)
{
	if (!action)
		return VOUCH_FENCE_OTHER;
	if (strcmp(action, "off") == 0 || strcmp(action, "poweroff") == 0)
		return VOUCH_FENCE_OFF;
	if (strcmp(action, "reboot") == 0)
		return VOUCH_FENCE_REBOOT;
	return strcmp(action, "on") == 0 ? VOUCH_FENCE_ON : VOUCH_FENCE_OTHER;
}

enum vouch_fencing_state vouch__fencing_state_of(int state)
{
	switch (state) {
	case st_query:
	case st_exec:
	case st_duplicate: /* waits for the result of the one it doubles */
		return VOUCH_FENCING_PENDING;
	case st_done:
		return VOUCH_FENCING_SUCCEEDED;
	case st_failed:
		return VOUCH_FENCING_FAILED;
	default:
		return VOUCH_FENCING_UNKNOWN;
	}
}

static int is_human(const char *delegate)
{
	return strcmp(delegate, "a human") == 0;
}

/* As much of the executor as the entry itself tells. The rest follows from a
 * property, and an identity that changed with that would let an old entry pass for
 * a new one (P6-A1). */
static const char *delegate_kind(const char *delegate)
{
	if (!delegate || !*delegate)
		return "nobody";
	return is_human(delegate) ? "human" : "node";
}

enum vouch_executor vouch__fencing_executor_of(const char *delegate,
					       enum vouch_answer watchdog)
{
	if (!delegate || !*delegate)
		return VOUCH_EXECUTOR_UNKNOWN;
	if (is_human(delegate))
		return VOUCH_EXECUTOR_HUMAN;
	switch (watchdog) {
	case VOUCH_NO:
		return VOUCH_EXECUTOR_MACHINE;
	case VOUCH_YES:
		return VOUCH_EXECUTOR_WATCHDOG;
	case VOUCH_UNKNOWN:
	default:
		return VOUCH_EXECUTOR_UNKNOWN;
	}
}

/* Cut off by the death of the fencer that led it, and asked for again by the one that
 * took over: the fencers call it failed then, without a time. It never had a result,
 * and so takes back no other; a node that it was to fence is unclean until another
 * one did. */
static int is_without_result(const stonith_history_t *from)
{
	return from->state == st_failed && from->completed == 0 &&
	       from->completed_nsec == 0;
}

static int entry_fill(struct entry *entry, const stonith_history_t *from,
		      enum vouch_answer watchdog)
{
	struct vouch_fencing *fact = &entry->fact;

	memset(entry, 0, sizeof(*entry));
	fact->node = VOUCH_NO_NODE; /* the caller knows the indices */
	fact->action = vouch__fencing_action_of(from->action);
	fact->state = vouch__fencing_state_of(from->state);
	fact->executor = vouch__fencing_executor_of(from->delegate, watchdog);
	entry->delegate = delegate_kind(from->delegate);
	if (from->completed > 0)
		fact->completed_s = (uint64_t)from->completed;
	if (from->completed_nsec > 0)
		fact->completed_ns = (uint64_t)from->completed_nsec;
	return vouch__text_name(from->target, entry->target) &&
	       vouch__text_name(from->origin, fact->origin) &&
	       from->completed >= 0 && from->completed_nsec >= 0 &&
	       from->completed_nsec < 1000000000 &&
	       fact->state != VOUCH_FENCING_UNKNOWN;
}

static int is_pending(const struct entry *entry)
{
	return entry->fact.state == VOUCH_FENCING_PENDING;
}

static int by_time(uint64_t a_s, uint64_t a_ns, uint64_t b_s, uint64_t b_ns)
{
	if (a_s != b_s)
		return a_s > b_s ? -1 : 1;
	if (a_ns != b_ns)
		return a_ns > b_ns ? -1 : 1;
	return 0;
}

/* Pending first, then newest first; the rest makes the order the same each time,
 * whatever order the fencer's hash table has. */
static int compare(const void *a_entry, const void *b_entry)
{
	const struct entry *a = a_entry;
	const struct entry *b = b_entry;
	int rc = is_pending(b) - is_pending(a);

	if (rc == 0)
		rc = by_time(a->fact.completed_s, a->fact.completed_ns,
			     b->fact.completed_s, b->fact.completed_ns);
	if (rc == 0)
		rc = strcmp(a->target, b->target);
	if (rc == 0)
		rc = (int)a->fact.state - (int)b->fact.state;
	if (rc == 0)
		rc = (int)a->fact.action - (int)b->fact.action;
	if (rc == 0)
		rc = strcmp(a->delegate, b->delegate);
	return rc ? rc : strcmp(a->fact.origin, b->fact.origin);
}

static int is_same_kind(const struct entry *a, const struct entry *b)
{
	return a->fact.state == b->fact.state &&
	       a->fact.action == b->fact.action &&
	       strcmp(a->delegate, b->delegate) == 0 &&
	       strcmp(a->target, b->target) == 0;
}

static void ordinals_fill(struct entry *entries, size_t count)
{
	size_t i = count;

	while (i-- > 0) {
		size_t older = i + 1;

		while (older < count && !is_same_kind(&entries[older], &entries[i]))
			older++;
		entries[i].ordinal =
			older < count ? entries[older].ordinal + 1 : 1;
	}
}

static void entry_tell(const struct entry *entry, struct vouch_fencing_list *list)
{
	uint32_t at = list->count++;

	list->entries[at] = entry->fact;
	(void)snprintf(list->targets[at], VOUCH_NAME_SIZE, "%s", entry->target);
	(void)snprintf(list->ids[at].text, VOUCH_TEXT_SIZE, "%s %s %s %s #%u",
		       entry->target,
		       vouch__name_of(&vouch__names_action, entry->fact.action),
		       vouch__name_of(&vouch__names_state, entry->fact.state),
		       entry->delegate, entry->ordinal);
}

static int is_told(const struct vouch_fencing_list *list, const char *target)
{
	uint32_t i;

	for (i = 0; i < list->count; i++) {
		if (strcmp(list->targets[i], target) == 0)
			return 1;
	}
	return 0;
}

static void list_fill(const struct entry *entries, size_t count,
		      struct vouch_fencing_list *list)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (list->count < VOUCH_FENCINGS_MAX)
			entry_tell(&entries[i], list);
		else if (is_pending(&entries[i]) ||
			 !is_told(list, entries[i].target))
			list->condition = VOUCH_MALFORMED;
	}
}

enum vouch_error_code
vouch__fencing_list_fill(const struct stonith_history_s *history,
			 enum vouch_answer watchdog,
			 struct vouch_fencing_list *list,
			 struct vouch_error *error)
{
	const stonith_history_t *from;
	struct entry *entries;
	size_t count = 0;

	memset(list, 0, sizeof(*list));
	list->condition = VOUCH_PRESENT;
	list->watchdog = watchdog;
	for (from = history; from; from = from->next) {
		if (++count > ENTRIES_MAX)
			return vouch__error_set(error, VOUCH_E_LIMIT,
						"the fencing history is longer "
						"than a fencer keeps it");
	}
	entries = calloc(count + 1, sizeof(*entries));
	if (!entries)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	count = 0;
	for (from = history; from; from = from->next) {
		if (is_without_result(from))
			continue;
		if (entry_fill(&entries[count], from, watchdog))
			count++;
		else
			list->condition = VOUCH_MALFORMED;
	}
	qsort(entries, count, sizeof(*entries), compare);
	ordinals_fill(entries, count);
	list_fill(entries, count, list);
	free(entries);
	return VOUCH_OK;
}

enum vouch_error_code vouch__fencing_query(enum vouch_answer watchdog,
					   struct vouch_deadline deadline,
					   struct vouch_fencing_list *list,
					   struct vouch_error *error)
{
	int timeout_s = vouch__deadline_left_ms(deadline) / 1000 + 1;
	stonith_history_t *history = NULL;
	stonith_t *fencer = stonith_api_new();
	enum vouch_error_code code;
	int rc;

	if (!fencer)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	rc = fencer->cmds->connect(fencer, "vouch", NULL);
	if (rc == pcmk_ok)
		rc = fencer->cmds->history(fencer, st_opt_none, NULL, &history,
					   timeout_s);
	if (rc != pcmk_ok)
		code = vouch__error_set(error, VOUCH_E_CLUSTER,
					"the fencer's history cannot be read: "
					"%s; is Pacemaker running on this node?",
					pcmk_strerror(rc));
	else
		code = vouch__fencing_list_fill(history, watchdog, list, error);
	stonith_history_free(history);
	(void)fencer->cmds->disconnect(fencer);
	stonith_api_delete(fencer);
	return code;
}
