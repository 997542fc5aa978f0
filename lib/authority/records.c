/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/records.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "evidence/names.h"

static void put(struct json_object *json, const char *key,
		struct json_object *value, int *ok)
{
	if (!json || !value || json_object_object_add(json, key, value) != 0) {
		json_object_put(value);
		*ok = 0;
	}
}

static enum vouch_error_code append(struct vouch_journal *journal,
				    const char *type, struct json_object *json,
				    int ok, struct vouch_error *error)
{
	enum vouch_error_code code;

	if (!ok)
		code = vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	else
		code = vouch__journal_append(journal, type, json, NULL, error);
	json_object_put(json);
	return code;
}

static uint64_t number_of(struct json_object *json, const char *key)
{
	struct json_object *value;
	int64_t number;

	if (!json_object_object_get_ex(json, key, &value) ||
	    !json_object_is_type(value, json_type_int))
		return 0;
	number = json_object_get_int64(value);
	return number > 0 ? (uint64_t)number : 0;
}

/* 0 when it is no string, empty or too long. */
static int name_read(struct json_object *value, char *name)
{
	name[0] = '\0';
	if (!json_object_is_type(value, json_type_string) ||
	    json_object_get_string_len(value) >= VOUCH_NAME_SIZE)
		return 0;
	(void)snprintf(name, VOUCH_NAME_SIZE, "%s",
		       json_object_get_string(value));
	return name[0] != '\0';
}

/* 0 when it is missing as well. */
static int name_of(struct json_object *json, const char *key, char *name)
{
	struct json_object *value;

	name[0] = '\0';
	return json_object_object_get_ex(json, key, &value) &&
	       name_read(value, name);
}

static int are_texts(struct json_object *array)
{
	size_t i;

	for (i = 0; i < json_object_array_length(array); i++) {
		if (!json_object_is_type(json_object_array_get_idx(array, i),
					 json_type_string))
			return 0;
	}
	return 1;
}

static int word_of(struct json_object *json, const char *key,
		   const struct vouch_names *names, uint32_t *value)
{
	char word[VOUCH_NAME_SIZE];

	return name_of(json, key, word) && vouch__name_parse(names, word, value);
}

enum vouch_error_code vouch__record_grant(struct vouch_journal *journal,
					  const struct vouch_cluster_grant *grant,
					  struct vouch_error *error)
{
	struct json_object *json = json_object_new_object();
	struct json_object *members = json_object_new_array();
	int ok = json && members;
	uint32_t i;

	put(json, "epoch", json_object_new_int64((int64_t)grant->epoch), &ok);
	put(json, "holder", json_object_new_string(grant->holder), &ok);
	put(json, "incarnation", json_object_new_string(grant->incarnation), &ok);
	put(json, "request", json_object_new_string(grant->request_id), &ok);
	put(json, "outcome",
	    json_object_new_string(
		    vouch__name_of(&vouch__names_outcome, grant->outcome)),
	    &ok);
	if (grant->follows != 0)
		put(json, "follows",
		    json_object_new_int64((int64_t)grant->follows), &ok);
	put(json, "method",
	    json_object_new_string(
		    vouch__name_of(&vouch__names_method, grant->method)),
	    &ok);
	put(json, "k", json_object_new_int(grant->k), &ok);
	for (i = 0; ok && i < grant->member_count; i++)
		ok = vouch__json_add_text(members, grant->members[i]) ==
		     VOUCH_OK;
	put(json, "members", members, &ok);
	return append(journal, VOUCH_RECORD_GRANT, json, ok, error);
}

static int grant_parse(struct json_object *json, struct vouch_cluster_grant *grant)
{
	struct json_object *members;
	uint32_t outcome, method;
	size_t i, length;

	memset(grant, 0, sizeof(*grant));
	grant->epoch = number_of(json, "epoch");
	if (grant->epoch == 0 || !name_of(json, "holder", grant->holder) ||
	    !word_of(json, "outcome", &vouch__names_outcome, &outcome) ||
	    !word_of(json, "method", &vouch__names_method, &method) ||
	    !json_object_object_get_ex(json, "members", &members) ||
	    !json_object_is_type(members, json_type_array))
		return 0;
	(void)name_of(json, "incarnation", grant->incarnation);
	(void)name_of(json, "request", grant->request_id);
	grant->outcome = (enum vouch_grant_outcome)outcome;
	grant->follows = number_of(json, "follows");
	if (grant->follows >= grant->epoch)
		return 0;
	grant->method = (enum vouch_method)method;
	grant->k = (int)number_of(json, "k");
	length = json_object_array_length(members);
	if (length > VOUCH_NODES_MAX)
		return 0;
	for (i = 0; i < length; i++) {
		if (!name_read(json_object_array_get_idx(members, i),
			       grant->members[i]))
			return 0;
	}
	grant->member_count = (uint32_t)length;
	return 1;
}

struct grant_search {
	struct vouch_cluster_grant *grants;
	uint32_t count;
	uint32_t room;
	int malformed;
};

static int grant_visit(void *context, uint64_t sequence, struct json_object *record)
{
	struct grant_search *search = context;
	struct vouch_cluster_grant grant;
	uint32_t i;

	(void)sequence;
	if (!grant_parse(record, &grant)) {
		search->malformed = 1;
		return 1;
	}
	for (i = 0; i < search->count; i++) {
		if (search->grants[i].epoch == grant.epoch)
			return 0; /* a newer record of it was seen */
	}
	if (search->count == search->room)
		return 1;
	search->grants[search->count++] = grant;
	return 0;
}

enum vouch_error_code vouch__records_grants(struct vouch_journal *journal,
					    struct vouch_cluster_grant *grants,
					    uint32_t *count,
					    struct vouch_error *error)
{
	struct grant_search search = { grants, 0, *count, 0 };
	enum vouch_error_code code;

	*count = 0;
	code = vouch__journal_visit_standing(journal, VOUCH_RECORD_GRANT,
					     grant_visit, &search, error);
	if (code != VOUCH_OK)
		return code;
	if (search.malformed)
		return vouch__error_set(error, VOUCH_E_CORRUPT,
					"the journal has a grant that makes no "
					"sense");
	*count = search.count;
	return VOUCH_OK;
}

/* A promotion that happened stays on record whatever the cluster says later: if
 * that names another holder, the decision must see both (P6-A1). That the epoch of
 * this very grant was disowned is news, and the last (P6-S1). A grant that is void
 * or open gives way to what the cluster has: its number may have been used up
 * by two nodes that did not see each other's claim. */
static int is_known(const struct vouch_cluster_grant *known,
		    const struct vouch_cluster_grant *grant)
{
	int same;

	if (known->epoch != grant->epoch)
		return 0;
	same = strcmp(known->holder, grant->holder) == 0 &&
	       strcmp(known->request_id, grant->request_id) == 0;
	if (known->outcome == VOUCH_GRANT_DONE)
		return !same || grant->outcome != VOUCH_GRANT_DISOWNED;
	return known->outcome == VOUCH_GRANT_DISOWNED ||
	       (known->outcome == grant->outcome && same);
}

/* A grant of the cluster's says that this one came to nothing; its own record
 * may be gone there. */
static int is_passed_over(const struct vouch_cluster_grant *known,
			  const struct vouch_cluster_grant *grants, uint32_t count)
{
	uint32_t i;
	int passed = 0;

	for (i = 0; i < count; i++) {
		if (grants[i].epoch == known->epoch)
			return 0;
		passed |= grants[i].follows != 0 &&
			  grants[i].follows < known->epoch &&
			  known->epoch < grants[i].epoch;
	}
	return passed && known->outcome == VOUCH_GRANT_OPEN;
}

enum vouch_error_code vouch__records_follow(struct vouch_journal *journal,
					    const struct vouch_cluster_grant *grants,
					    uint32_t count,
					    struct vouch_error *error)
{
	struct vouch_cluster_grant known[VOUCH_GRANTS_MAX];
	uint32_t known_count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;
	uint32_t i, j;

	code = vouch__records_grants(journal, known, &known_count, error);
	for (i = 0; code == VOUCH_OK && i < count; i++) {
		for (j = 0; j < known_count; j++) {
			if (is_known(&known[j], &grants[i]))
				break;
		}
		if (j == known_count)
			code = vouch__record_grant(journal, &grants[i], error);
	}
	for (i = 0; code == VOUCH_OK && i < known_count; i++) {
		if (!is_passed_over(&known[i], grants, count))
			continue;
		known[i].outcome = VOUCH_GRANT_VOID;
		code = vouch__record_grant(journal, &known[i], error);
	}
	return code;
}

/* --- the snapshot of the fencing history ---------------------------------- */

static size_t count_of(const struct json_object *texts)
{
	return texts ? json_object_array_length(texts) : 0;
}

static int has_text(const struct json_object *texts, const char *text)
{
	size_t i;

	for (i = 0; i < count_of(texts); i++) {
		if (strcmp(json_object_get_string(
				   json_object_array_get_idx(texts, i)),
			   text) == 0)
			return 1;
	}
	return 0;
}

static int has_all(const struct json_object *texts, const struct json_object *of)
{
	size_t i;

	for (i = 0; i < count_of(of); i++) {
		if (!has_text(texts, json_object_get_string(
					     json_object_array_get_idx(of, i))))
			return 0;
	}
	return 1;
}

static int are_same_texts(const struct json_object *a, const struct json_object *b)
{
	return has_all(a, b) && has_all(b, a);
}

static enum vouch_error_code snapshot_append(struct vouch_journal *journal,
					     const struct vouch_snapshot *snapshot,
					     struct vouch_error *error)
{
	struct json_object *json = json_object_new_object();
	int ok = json && snapshot->ids && snapshot->before;

	put(json, "epoch", json_object_new_int64((int64_t)snapshot->epoch), &ok);
	put(json, "holder", json_object_new_string(snapshot->holder), &ok);
	put(json, "watchdog",
	    json_object_new_string(
		    vouch__name_of(&vouch__names_answer, snapshot->watchdog)),
	    &ok);
	put(json, "ids", json_object_get(snapshot->ids), &ok);
	put(json, "before", json_object_get(snapshot->before), &ok);
	return append(journal, VOUCH_RECORD_SNAPSHOT, json, ok, error);
}

/* While a fencing of the holder is under way, what it will have been was settled
 * when it began: a property that is gone since makes no machine of a timer. */
static enum vouch_answer watchdog_of(const struct vouch_snapshot *known,
				     const char *holder,
				     const struct vouch_fencing_list *history)
{
	uint32_t i;

	if (history->watchdog != VOUCH_NO)
		return history->watchdog;
	for (i = 0; i < history->count; i++) {
		if (history->entries[i].state == VOUCH_FENCING_PENDING &&
		    strcmp(history->targets[i], holder) == 0)
			return known->watchdog;
	}
	return VOUCH_NO;
}

/* 0 without memory: an id that is missing would later pass for a fencing that came
 * after the snapshot (P6-A1). */
static int ids_fill(const struct vouch_snapshot *known,
		    const struct vouch_fencing_list *history,
		    struct vouch_snapshot *snapshot)
{
	int same = known->epoch == snapshot->epoch &&
		   strcmp(known->holder, snapshot->holder) == 0;
	int ok = snapshot->ids && snapshot->before;
	size_t i;

	for (i = 0; ok && i < history->count; i++)
		ok = vouch__json_add_text(snapshot->ids, history->ids[i].text) ==
		     VOUCH_OK;
	/* A fencer that was just restarted has yet to hear of them from its
	 * peers, and then they are as old as they were. */
	for (i = 0; ok && same && i < count_of(known->ids); i++) {
		const char *id = json_object_get_string(
			json_object_array_get_idx(known->ids, i));

		if (!has_text(snapshot->ids, id))
			ok = vouch__json_add_text(snapshot->before, id) ==
			     VOUCH_OK;
	}
	return ok;
}

static int says_the_same(const struct vouch_snapshot *a,
			 const struct vouch_snapshot *b)
{
	return a->epoch == b->epoch && a->watchdog == b->watchdog &&
	       strcmp(a->holder, b->holder) == 0 &&
	       are_same_texts(a->ids, b->ids) &&
	       are_same_texts(a->before, b->before);
}

enum vouch_error_code
vouch__record_snapshot(struct vouch_journal *journal, uint64_t epoch,
		       const char *holder,
		       const struct vouch_fencing_list *history,
		       struct vouch_error *error)
{
	struct vouch_snapshot known, snapshot = { .epoch = epoch };
	enum vouch_error_code code =
		vouch__records_snapshot(journal, &known, error);

	if (code != VOUCH_OK)
		return code;
	(void)snprintf(snapshot.holder, VOUCH_NAME_SIZE, "%s", holder);
	snapshot.watchdog = watchdog_of(&known, holder, history);
	snapshot.ids = json_object_new_array();
	snapshot.before = json_object_new_array();
	if (!ids_fill(&known, history, &snapshot))
		code = vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	else if (!says_the_same(&known, &snapshot))
		code = snapshot_append(journal, &snapshot, error);
	vouch__snapshot_release(&snapshot);
	vouch__snapshot_release(&known);
	return code;
}

enum vouch_error_code vouch__record_watchdog(struct vouch_journal *journal,
					     struct vouch_error *error)
{
	struct vouch_snapshot known;
	enum vouch_error_code code =
		vouch__records_snapshot(journal, &known, error);

	if (code != VOUCH_OK)
		return code;
	if (known.epoch != 0 && known.watchdog == VOUCH_NO) {
		known.watchdog = VOUCH_YES;
		code = snapshot_append(journal, &known, error);
	}
	vouch__snapshot_release(&known);
	return code;
}

static struct json_object *texts_of(struct json_object *record, const char *key)
{
	struct json_object *texts;

	if (!json_object_object_get_ex(record, key, &texts) ||
	    !json_object_is_type(texts, json_type_array) || !are_texts(texts))
		return NULL;
	return json_object_get(texts);
}

enum vouch_error_code vouch__records_snapshot(struct vouch_journal *journal,
					      struct vouch_snapshot *snapshot,
					      struct vouch_error *error)
{
	struct json_object *record;
	enum vouch_error_code code;
	uint32_t watchdog;

	memset(snapshot, 0, sizeof(*snapshot));
	code = vouch__journal_find_standing(journal, VOUCH_RECORD_SNAPSHOT, NULL,
					    NULL, &record, error);
	if (code == VOUCH_E_NOT_FOUND)
		return VOUCH_OK;
	if (code != VOUCH_OK)
		return code;
	snapshot->ids = texts_of(record, "ids");
	snapshot->before = texts_of(record, "before");
	/* One that lacks what this version writes names its entries otherwise, so
	 * that all of them would look new. It is none, until the next one. */
	if (name_of(record, "holder", snapshot->holder) &&
	    word_of(record, "watchdog", &vouch__names_answer, &watchdog) &&
	    snapshot->ids && snapshot->before) {
		snapshot->epoch = number_of(record, "epoch");
		snapshot->watchdog = (enum vouch_answer)watchdog;
	} else {
		vouch__snapshot_release(snapshot);
	}
	json_object_put(record);
	return VOUCH_OK;
}

int vouch__snapshot_has(const struct vouch_snapshot *snapshot, const char *id)
{
	return has_text(snapshot->ids, id) || has_text(snapshot->before, id);
}

enum vouch_executor
vouch__snapshot_executor(const struct vouch_snapshot *snapshot,
			 const struct vouch_fencing_list *history, uint32_t at)
{
	enum vouch_executor now = history->entries[at].executor;

	if (now != VOUCH_EXECUTOR_MACHINE && now != VOUCH_EXECUTOR_WATCHDOG)
		return now;
	if (snapshot->watchdog == VOUCH_UNKNOWN ||
	    history->watchdog == VOUCH_UNKNOWN)
		return VOUCH_EXECUTOR_UNKNOWN;
	return snapshot->watchdog == VOUCH_NO && history->watchdog == VOUCH_NO ?
		       now :
		       VOUCH_EXECUTOR_WATCHDOG;
}

void vouch__snapshot_release(struct vouch_snapshot *snapshot)
{
	json_object_put(snapshot->ids);
	json_object_put(snapshot->before);
	memset(snapshot, 0, sizeof(*snapshot));
}

enum vouch_error_code vouch__record_seal(struct vouch_journal *journal,
					 const struct vouch_cluster_seal *seal,
					 struct vouch_error *error)
{
	struct json_object *json = json_object_new_object();
	int ok = json != NULL;

	put(json, "node", json_object_new_string(seal->node), &ok);
	put(json, "epoch", json_object_new_int64((int64_t)seal->epoch), &ok);
	put(json, "incarnation", json_object_new_string(seal->incarnation), &ok);
	put(json, "timeline", json_object_new_int64(seal->timeline), &ok);
	put(json, "lsn", json_object_new_int64((int64_t)seal->record_lsn), &ok);
	put(json, "crc", json_object_new_int64(seal->record_crc), &ok);
	put(json, "unbroken",
	    json_object_new_boolean(seal->unbroken == VOUCH_YES), &ok);
	return append(journal, VOUCH_RECORD_SEAL, json, ok, error);
}

enum vouch_error_code vouch__records_seal(struct vouch_journal *journal,
					  struct vouch_cluster_seal *seal,
					  struct vouch_error *error)
{
	struct json_object *record, *unbroken;
	enum vouch_error_code code;

	memset(seal, 0, sizeof(*seal));
	code = vouch__journal_find_standing(journal, VOUCH_RECORD_SEAL, NULL,
					    NULL, &record, error);
	if (code != VOUCH_OK)
		return code;
	seal->epoch = number_of(record, "epoch");
	seal->timeline = (uint32_t)number_of(record, "timeline");
	seal->record_lsn = number_of(record, "lsn");
	seal->record_crc = (uint32_t)number_of(record, "crc");
	(void)name_of(record, "incarnation", seal->incarnation);
	seal->unbroken = json_object_object_get_ex(record, "unbroken",
						   &unbroken) &&
					 json_object_get_boolean(unbroken) ?
				 VOUCH_YES :
				 VOUCH_NO;
	if (!name_of(record, "node", seal->node) || seal->epoch == 0)
		code = vouch__error_set(error, VOUCH_E_CORRUPT,
					"the journal has a seal that makes no "
					"sense");
	json_object_put(record);
	return code;
}
