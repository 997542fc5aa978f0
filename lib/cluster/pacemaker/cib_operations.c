/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the cluster recorded of the resource's operations on one node.
 *
 * The newest is the one with the highest call id, as the scheduler sorts them:
 * the executor counts up, no clock is involved. A failure is kept beside the
 * newest result under the same call id when both are of one recurring monitor;
 * then last-rc-change, of that node's one clock, orders them.
 */
#include <string.h>

#include "cluster/pacemaker/cib_properties.h"
#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_xml.h"

/* Values that Pacemaker records; crm/common/results.h has them by name. */
enum { STATUS_PENDING = -1, STATUS_DONE = 0, STATUS_ERROR = 4 };
enum {
	RC_OK = 0,
	RC_UNKNOWN_ERROR = 1,
	RC_NOT_INSTALLED = 5,
	RC_NOT_RUNNING = 7,
	RC_PROMOTED = 8,
	RC_DEGRADED = 190,
	RC_DEGRADED_PROMOTED = 191,
};

struct record {
	enum vouch_operation operation;
	int call_id;
	int status;
	int rc;
	int recurs;
	uint64_t changed_s;
};

/* Sorted as the scheduler ignores them: they say nothing of the resource. */
static int is_aside(const char *task)
{
	return strcmp(task, "notify") == 0 || strcmp(task, "meta-data") == 0;
}

static enum vouch_operation operation_of(const char *task)
{
	static const struct {
		const char *task;
		enum vouch_operation operation;
	} map[] = {
		{ "start", VOUCH_OP_START },	 { "stop", VOUCH_OP_STOP },
		{ "monitor", VOUCH_OP_MONITOR }, { "promote", VOUCH_OP_PROMOTE },
		{ "demote", VOUCH_OP_DEMOTE },
	};
	size_t i;

	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if (strcmp(map[i].task, task) == 0)
			return map[i].operation;
	}
	return VOUCH_OP_OTHER;
}

static int record_read(const xmlNode *op, const char *task,
		       struct record *record)
{
	const char *changed = vouch__xml_text(op, "last-rc-change");
	const char *interval = vouch__xml_text(op, "interval");

	record->recurs = interval && strcmp(interval, "0") != 0;
	record->operation = operation_of(task);
	record->changed_s = 0;
	return vouch__text_integer(vouch__xml_text(op, "call-id"),
				   &record->call_id) &&
	       vouch__text_integer(vouch__xml_text(op, "op-status"),
				   &record->status) &&
	       vouch__text_integer(vouch__xml_text(op, "rc-code"),
				   &record->rc) &&
	       record->call_id >= -1 && record->rc >= 0 && record->rc <= 255 &&
	       (!changed ||
		vouch__text_number(changed, INT64_MAX, &record->changed_s));
}

/* An operation that was cut off by its timeout, or never ran, has proven none of
 * the states that these codes stand for. */
static uint32_t proven_rc(const struct record *record)
{
	int ended = record->status == STATUS_DONE ||
		    record->status == STATUS_ERROR;

	/* A monitor's warnings: it found what 0 and 8 say, and so the scheduler
	 * takes them. No other operation's: a stop has stopped, or has not. */
	if (ended && record->operation == VOUCH_OP_MONITOR) {
		if (record->rc == RC_DEGRADED)
			return RC_OK;
		if (record->rc == RC_DEGRADED_PROMOTED)
			return RC_PROMOTED;
	}
	if (record->status == STATUS_DONE ||
	    (record->status == STATUS_ERROR && record->rc != RC_OK))
		return (uint32_t)record->rc;
	if (record->rc == RC_OK || record->rc == RC_NOT_RUNNING ||
	    record->rc == RC_PROMOTED)
		return RC_UNKNOWN_ERROR;
	return (uint32_t)record->rc;
}

static enum vouch_result result_of(uint32_t rc)
{
	switch (rc) {
	case RC_OK:
		return VOUCH_RESULT_OK;
	case RC_NOT_RUNNING:
		return VOUCH_RESULT_NOT_RUNNING;
	case RC_PROMOTED:
		return VOUCH_RESULT_PROMOTED;
	default:
		return VOUCH_RESULT_FAILED;
	}
}

static int is_newer(const struct record *a, const struct record *b)
{
	if (a->call_id != b->call_id)
		return a->call_id > b->call_id;
	return a->changed_s > b->changed_s;
}

struct newest {
	int any; /* there is a record at all */
	int broken;
	int in_flight;
	int replaced; /* the newest result, by an operation that is under way */
	struct record record; /* call_id -1: none completed */
};

static void record_add(struct newest *newest, const struct record *record)
{
	newest->any = 1;
	if (record->status == STATUS_PENDING || record->call_id == -1) {
		if (!record->recurs)
			newest->replaced = 1;
		if (record->operation == VOUCH_OP_START ||
		    record->operation == VOUCH_OP_PROMOTE ||
		    record->operation == VOUCH_OP_DEMOTE ||
		    record->operation == VOUCH_OP_OTHER)
			newest->in_flight = 1;
		return;
	}
	if (is_newer(record, &newest->record))
		newest->record = *record;
}

static void resource_read(const xmlNode *resource, struct newest *newest)
{
	const xmlNode *op;

	for (op = vouch__xml_first(resource, "lrm_rsc_op"); op;
	     op = vouch__xml_next(op, "lrm_rsc_op")) {
		const char *task = vouch__xml_text(op, "operation");
		struct record record;

		if (task && is_aside(task))
			continue;
		if (!task || !record_read(op, task, &record)) {
			newest->broken = 1;
			continue;
		}
		record_add(newest, &record);
	}
}

/* "pgsql", and "pgsql:0" as instances of a unique clone are recorded. */
static int is_resource(const char *id, const char *name)
{
	size_t length = strlen(name);

	if (!id || strncmp(id, name, length) != 0)
		return 0;
	if (id[length] == '\0')
		return 1;
	return id[length] == ':' && id[length + 1] != '\0' &&
	       id[length + 1 + strspn(id + length + 1, "0123456789")] == '\0';
}

/* Pending operations are recorded unless the administrator turned that off
 * somewhere; then their absence says nothing. */
static int pending_is_recorded(const xmlNode *cib, const xmlNode *element,
			       int depth)
{
	const xmlNode *child;
	const char *name = vouch__xml_text(element, "name");
	const char *text = vouch__xml_text(element, "record-pending");

	if (text && vouch__text_answer(text) != VOUCH_YES)
		return 0;
	if (name && strcmp(name, "record-pending") == 0 &&
	    vouch__text_answer(vouch__xml_text(element, "value")) != VOUCH_YES)
		return 0;
	if (depth >= VOUCH_XML_DEPTH_MAX)
		return 0;
	for (child = vouch__xml_first(element, NULL); child;
	     child = vouch__xml_next(child, NULL)) {
		if (!pending_is_recorded(cib, child, depth + 1))
			return 0;
	}
	return 1;
}

void vouch__cib_operations_read(const xmlNode *cib, const xmlNode *node_state,
				const char *resource,
				struct vouch_operations *operations)
{
	struct newest newest = { .record = { .call_id = -1 } };
	const xmlNode *entry;

	memset(operations, 0, sizeof(*operations));
	for (entry = vouch__xml_descend(node_state, "lrm", "lrm_resources",
					"lrm_resource", NULL);
	     entry; entry = vouch__xml_next(entry, "lrm_resource")) {
		if (is_resource(vouch__xml_text(entry, "id"), resource))
			resource_read(entry, &newest);
	}
	if (newest.broken) {
		operations->condition = VOUCH_MALFORMED;
		return;
	}
	if (!newest.any)
		return;
	operations->condition = VOUCH_PRESENT;
	/* All but the recurring ones share one place: what is under way stands where the
	 * newest result stood, and an older one must not pass for it. */
	if (newest.record.call_id >= 0 && !newest.replaced) {
		operations->last = newest.record.operation;
		operations->last_result = result_of(proven_rc(&newest.record));
	}
	if (newest.in_flight)
		operations->in_flight = VOUCH_YES;
	else if (pending_is_recorded(
			 cib, vouch__xml_first(cib, "configuration"), 0))
		operations->in_flight = VOUCH_NO;
}

/* Stopped, or found not running (7) or not even installed (5). */
static int is_inactive(const struct newest *newest)
{
	const struct record *last = &newest->record;
	uint32_t rc;

	if (!newest->any)
		return 1;
	if (newest->broken || newest->in_flight || newest->replaced ||
	    last->call_id < 0)
		return 0;
	rc = proven_rc(last);
	return (last->operation == VOUCH_OP_STOP && rc == RC_OK) ||
	       (last->operation == VOUCH_OP_MONITOR &&
		(rc == RC_NOT_RUNNING || rc == RC_NOT_INSTALLED));
}

int vouch__cib_is_active_there(const xmlNode *cib, const xmlNode *node_state,
			       const char *resource, const char *node)
{
	const xmlNode *entry;

	for (entry = vouch__xml_descend(node_state, "lrm", "lrm_resources",
					"lrm_resource", NULL);
	     entry; entry = vouch__xml_next(entry, "lrm_resource")) {
		struct newest newest = { .record = { .call_id = -1 } };
		const char *id = vouch__xml_text(entry, "id");

		resource_read(entry, &newest);
		if (is_inactive(&newest))
			continue;
		if (!id || is_resource(id, resource) ||
		    vouch__cib_managed_read(cib, id, node) != VOUCH_NO)
			return 1;
	}
	return 0;
}
