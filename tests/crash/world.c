/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/crash/world.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authority/event.h"
#include "common/privilege.h"
#include "tests/crash/disk.h"

#define SYSTEM_ID 7000000000000000001ull
#define LOG_END 0x5000000ull

struct world world_now;
struct world world_states[WORLD_STATES];
uint64_t world_changes;
char world_incarnation[VOUCH_NAME_SIZE];
unsigned int world_aborted_events;
unsigned int world_fail_nth;
int world_fail_onwards;
int world_fail_after;
unsigned int world_calls;

/* --- in place of the library's own: no root, no file outside the disk ----------- */

enum vouch_error_code __wrap_vouch__privilege_raise(struct vouch_error *error);
enum vouch_error_code
__wrap_vouch__privilege_lower(const struct vouch_config *config,
			      struct vouch_error *error);
void __wrap_vouch__event_emit(const struct vouch_config *config,
			      const char *name, const char *request_id,
			      const char *candidate, const char *text,
			      uint64_t epoch);

enum vouch_error_code __wrap_vouch__privilege_raise(struct vouch_error *error)
{
	(void)error;
	return VOUCH_OK;
}

enum vouch_error_code
__wrap_vouch__privilege_lower(const struct vouch_config *config,
			      struct vouch_error *error)
{
	(void)config;
	(void)error;
	return VOUCH_OK;
}

void __wrap_vouch__event_emit(const struct vouch_config *config,
			      const char *name, const char *request_id,
			      const char *candidate, const char *text,
			      uint64_t epoch)
{
	(void)config;
	(void)request_id;
	(void)candidate;
	(void)text;
	(void)epoch;
	if (strcmp(name, "aborted_on_crash") == 0)
		world_aborted_events++;
}

/* --- the world --------------------------------------------------------------------- */

static void changed(void)
{
	if (!disk_recording)
		return;
	world_states[++world_changes % WORLD_STATES] = world_now;
	disk_record_note(DISK_WORLD, world_changes % WORLD_STATES);
}

static int fails(void)
{
	world_calls++;
	return world_fail_nth != 0 &&
	       (world_calls == world_fail_nth ||
		(world_fail_onwards && world_calls > world_fail_nth));
}

static enum vouch_error_code no_answer(struct vouch_error *error,
				       enum vouch_error_code code)
{
	return vouch__error_set(error, code, "no answer (injected)");
}

static void text_put(char *to, const char *text)
{
	(void)snprintf(to, VOUCH_NAME_SIZE, "%s", text);
}

struct vouch_cluster_grant world_grant(uint64_t epoch, const char *holder,
				       enum vouch_grant_outcome outcome)
{
	struct vouch_cluster_grant grant;

	memset(&grant, 0, sizeof(grant));
	grant.epoch = epoch;
	text_put(grant.holder, holder);
	text_put(grant.incarnation,
		 strcmp(holder, "n1") == 0 ? "i1" : world_incarnation);
	text_put(grant.request_id, "adoption");
	grant.outcome = outcome;
	grant.method = VOUCH_METHOD_ANY;
	grant.k = 1;
	grant.member_count = 2;
	text_put(grant.members[0], strcmp(holder, "n1") == 0 ? "n2" : "n1");
	text_put(grant.members[1], "n3");
	return grant;
}

void world_begin(void)
{
	memset(&world_now, 0, sizeof(world_now));
	world_now.timeline = 1;
	world_now.epoch_row = 1;
	world_now.grant_count = 1;
	world_now.grants[0] = world_grant(1, "n1", VOUCH_GRANT_DONE);
	world_aborted_events = 0;
	world_fail_nth = 0;
	world_fail_onwards = 0;
	world_fail_after = 0;
	world_calls = 0;
	world_changes = 0;
	world_states[0] = world_now;
}

void world_config(struct vouch_config *config)
{
	static const char *const names[] = { "n1", "n2", "n3" };
	uint32_t i;

	memset(config, 0, sizeof(*config));
	text_put(config->name, "pgsql");
	text_put(config->node, "n2");
	text_put(config->manager, "pacemaker");
	config->member_count = 3;
	for (i = 0; i < 3; i++) {
		text_put(config->members[i].name, names[i]);
		text_put(config->members[i].host, names[i]);
		config->members[i].port = 5432;
	}
	config->k = 1;
	config->authorization = VOUCH_AUTHORIZATION_PACEMAKER;
	config->watchdog_accepted = VOUCH_NO;
	config->probe_timeout_ms = 1000;
	config->uid = getuid();
	config->gid = getgid();
	text_put(config->system_user, "postgres");
	(void)snprintf(config->state_dir, VOUCH_PATH_SIZE,
		       "/var/lib/vouch/pgsql");
}

void world_directory(struct vouch_directory *directory)
{
	memset(directory, 0, sizeof(*directory));
	directory->system_id = SYSTEM_ID;
	(void)snprintf(directory->identity, VOUCH_TEXT_SIZE, "d1");
	directory->timeline = world_now.timeline;
	directory->log_end = LOG_END + world_now.timeline - 1;
	if (world_now.timeline > 1) {
		directory->history_count = 1;
		directory->history[0].timeline = 1;
		directory->history[0].end_lsn = LOG_END;
	}
}

/* --- the engine ---------------------------------------------------------------------- */

static enum vouch_error_code local_observe(const struct vouch_config *config,
					   struct vouch_deadline deadline,
					   struct vouch_local *local,
					   struct vouch_error *error)
{
	(void)config;
	(void)deadline;
	memset(local, 0, sizeof(*local));
	if (fails())
		return no_answer(error, VOUCH_E_ENGINE);
	local->state = world_now.timeline > 1 ? VOUCH_RUN_WRITABLE :
						VOUCH_RUN_STANDBY;
	local->system_id = SYSTEM_ID;
	local->timeline = world_now.timeline;
	local->position = LOG_END;
	text_put(local->incarnation, world_incarnation);
	local->pinned = world_now.timeline > 1 &&
					world_now.unpinned_since_promotion ?
				VOUCH_NO :
				VOUCH_YES;
	local->contract_pinned = local->pinned;
	local->epoch = world_now.epoch_row;
	return VOUCH_OK;
}

static enum vouch_error_code probe(const struct vouch_config *config,
				   const struct vouch_member *member,
				   struct vouch_deadline deadline,
				   struct vouch_probe *to,
				   struct vouch_error *error)
{
	int first = strcmp(member->name, "n1") == 0;
	int own = strcmp(member->name, "n2") == 0;

	(void)config;
	(void)deadline;
	memset(to, 0, sizeof(*to));
	if (first && !world_now.n1_writable)
		return no_answer(error, VOUCH_E_ENGINE);
	to->condition = VOUCH_PRESENT;
	to->in_recovery = first ? VOUCH_NO : VOUCH_YES;
	to->system_id = SYSTEM_ID;
	text_put(to->incarnation, own ? world_incarnation : first ? "i1" : "i3");
	to->timeline = 1;
	to->received_lsn = LOG_END;
	to->replayed_lsn = LOG_END;
	to->log_exhausted = VOUCH_YES;
	to->replay_paused = VOUCH_NO;
	to->checksums_clean = VOUCH_YES;
	to->promoting = VOUCH_NO;
	to->epoch = 1;
	to->epoch_timeline = 1;
	return VOUCH_OK;
}

static void contract_put(struct vouch_contract *contract)
{
	contract->method = VOUCH_METHOD_ANY;
	contract->k = 1;
	contract->member_count = 2;
	contract->members[0] = 1;
	contract->members[1] = 2;
}

static enum vouch_error_code records_observe(const struct vouch_config *config,
					     struct vouch_deadline deadline,
					     struct vouch_log_record *record,
					     struct vouch_error *error)
{
	static const char *const incarnations[] = { "i1", "", "i3" };
	uint8_t i;

	(void)config;
	(void)deadline;
	memset(record, 0, sizeof(*record));
	if (fails())
		return no_answer(error, VOUCH_E_ENGINE);
	record->epoch_count = 1;
	record->epochs[0].epoch = 1;
	text_put(record->epochs[0].incarnation, "i1");
	record->epochs[0].outcome = VOUCH_GRANT_DONE;
	contract_put(&record->epochs[0].contract);
	record->contract_count = 1;
	record->contracts[0].epoch = 1;
	record->contracts[0].serial = 1;
	record->contracts[0].phase = VOUCH_PHASE_IN_FORCE;
	record->contracts[0].pinned = VOUCH_YES;
	contract_put(&record->contracts[0].contract);
	record->admission_count = 3;
	for (i = 0; i < 3; i++) {
		record->admissions[i].serial = i + 1u;
		record->admissions[i].node = i;
		text_put(record->admissions[i].incarnation,
			 i == 1 ? world_incarnation : incarnations[i]);
	}
	return VOUCH_OK;
}

static enum vouch_error_code tail_observe(const struct vouch_config *config,
					  uint32_t timeline, uint64_t replayed,
					  struct vouch_tail *tail,
					  struct vouch_error *error)
{
	(void)config;
	(void)timeline;
	(void)replayed;
	*tail = world_now.tail;
	return world_now.tail_readable ?
		       VOUCH_OK :
		       no_answer(error, VOUCH_E_ENGINE);
}

static enum vouch_answer breaks_off(const struct vouch_config *config,
				    uint32_t timeline, uint64_t end,
				    uint64_t received)
{
	(void)config;
	(void)timeline;
	(void)end;
	(void)received;
	return VOUCH_UNKNOWN;
}

static enum vouch_error_code claim(const struct vouch_config *config,
				   struct vouch_deadline deadline, void **held,
				   struct vouch_error *error)
{
	(void)config;
	(void)deadline;
	*held = NULL;
	return fails() ? no_answer(error, VOUCH_E_ENGINE) : VOUCH_OK;
}

static void claim_release(void *held)
{
	(void)held;
}

static enum vouch_error_code promote(const struct vouch_config *config,
				     uint32_t from_timeline,
				     struct vouch_deadline deadline,
				     uint32_t *timeline, uint64_t *start_lsn,
				     struct vouch_error *error)
{
	int failed;

	(void)config;
	(void)deadline;
	failed = fails();
	if ((failed && !world_fail_after) || world_now.no_promote)
		return no_answer(error, VOUCH_E_ENGINE);
	world_now.timeline = from_timeline + 1;
	changed();
	if (failed)
		return no_answer(error, VOUCH_E_TIMEOUT);
	*timeline = world_now.timeline;
	*start_lsn = LOG_END;
	return VOUCH_OK;
}

static enum vouch_error_code epoch_write(const struct vouch_config *config,
					 const struct vouch_epoch *epoch,
					 int create,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	int failed;

	(void)config;
	(void)create;
	(void)deadline;
	failed = fails();
	if ((failed && !world_fail_after) || world_now.no_row)
		return no_answer(error, VOUCH_E_ENGINE);
	world_now.epoch_row = epoch->epoch;
	world_now.row_unpinned = epoch->pinned != VOUCH_YES;
	changed();
	return failed ? no_answer(error, VOUCH_E_TIMEOUT) : VOUCH_OK;
}

/* --- the cluster ------------------------------------------------------------------------ */

static enum vouch_error_code view_observe(struct vouch_cluster *cluster,
					  struct vouch_deadline deadline,
					  struct vouch_view *view,
					  struct vouch_error *error)
{
	uint64_t order = view->order;

	(void)cluster;
	(void)deadline;
	memset(view, 0, sizeof(*view));
	view->order = order;
	if (fails())
		return no_answer(error, VOUCH_E_CLUSTER);
	view->condition = VOUCH_PRESENT;
	view->ring_leader = 2;
	view->ring_seq = 12 + (world_now.view_moves ? world_now.claims : 0) +
			 (world_now.view_leaves && world_now.views++ >= 2);
	view->quorate = VOUCH_YES;
	view->member_count = 2;
	view->members[0] = 2;
	view->members[1] = 3;
	view->two_node = VOUCH_NO;
	view->wait_for_all = VOUCH_NO;
	text_put(view->dc, "n2");
	view->cib_epoch = 9;
	view->fencing_enabled = VOUCH_YES;
	return VOUCH_OK;
}

static enum vouch_error_code nodes_observe(struct vouch_cluster *cluster,
					   struct vouch_deadline deadline,
					   struct vouch_cluster_node *nodes,
					   uint32_t *count,
					   struct vouch_error *error)
{
	static const char *const names[] = { "n1", "n2", "n3" };
	uint32_t i;

	(void)cluster;
	(void)deadline;
	*count = 0;
	if (fails())
		return no_answer(error, VOUCH_E_CLUSTER);
	memset(nodes, 0, 3 * sizeof(*nodes));
	for (i = 0; i < 3; i++) {
		text_put(nodes[i].name, names[i]);
		nodes[i].cluster_id = i + 1;
		nodes[i].node_class = VOUCH_CLASS_MEMBER;
		nodes[i].online = i == 0 ? VOUCH_NO : VOUCH_YES;
		nodes[i].unclean = VOUCH_NO;
		nodes[i].ever_seen = VOUCH_YES;
		nodes[i].operations.condition = VOUCH_PRESENT;
		nodes[i].operations.last = VOUCH_OP_START;
		nodes[i].operations.last_result = VOUCH_RESULT_OK;
		nodes[i].operations.in_flight = VOUCH_NO;
	}
	*count = 3;
	return VOUCH_OK;
}

static enum vouch_error_code fencing_observe(struct vouch_cluster *cluster,
					     struct vouch_deadline deadline,
					     struct vouch_fencing_list *list,
					     struct vouch_error *error)
{
	(void)cluster;
	(void)deadline;
	if (fails())
		return no_answer(error, VOUCH_E_CLUSTER);
	memset(list, 0, sizeof(*list));
	list->condition = VOUCH_PRESENT;
	list->watchdog = VOUCH_NO;
	list->count = 1;
	list->entries[0].action = VOUCH_FENCE_OFF;
	list->entries[0].state = VOUCH_FENCING_SUCCEEDED;
	list->entries[0].executor = VOUCH_EXECUTOR_MACHINE;
	text_put(list->entries[0].origin, "n2");
	list->entries[0].completed_s = 1700000000;
	text_put(list->targets[0], "n1");
	(void)snprintf(list->ids[0].text, VOUCH_TEXT_SIZE,
		       "n1 off succeeded node #1");
	return VOUCH_OK;
}

static enum vouch_error_code grants_observe(struct vouch_cluster *cluster,
					    struct vouch_deadline deadline,
					    struct vouch_cluster_grant *grants,
					    uint32_t *count,
					    struct vouch_error *error)
{
	(void)cluster;
	(void)deadline;
	if (fails())
		return no_answer(error, VOUCH_E_CLUSTER);
	memcpy(grants, world_now.grants,
	       world_now.grant_count * sizeof(*grants));
	*count = world_now.grant_count;
	return VOUCH_OK;
}

/* As the cluster's module does with what a claim passes over. */
static void passed_over_remove(const struct vouch_cluster_grant *by)
{
	uint32_t i, kept = 0;

	for (i = 0; i < world_now.grant_count; i++) {
		const struct vouch_cluster_grant *grant = &world_now.grants[i];

		if (by->follows == 0 || grant->outcome != VOUCH_GRANT_VOID ||
		    grant->epoch <= by->follows || grant->epoch >= by->epoch)
			world_now.grants[kept++] = *grant;
	}
	world_now.grant_count = kept;
}

static enum vouch_error_code grant_claim(struct vouch_cluster *cluster,
					 struct vouch_deadline deadline,
					 const struct vouch_cluster_grant *grant,
					 struct vouch_error *error)
{
	int failed = fails();

	(void)cluster;
	(void)deadline;
	if ((failed && !world_fail_after) ||
	    world_now.grant_count == WORLD_GRANTS)
		return no_answer(error, VOUCH_E_CLUSTER);
	passed_over_remove(grant);
	if (world_now.disowned_meanwhile)
		world_now.grants[0].outcome = VOUCH_GRANT_DISOWNED;
	world_now.grants[world_now.grant_count++] = *grant;
	world_now.claims++;
	changed();
	return failed ? no_answer(error, VOUCH_E_TIMEOUT) : VOUCH_OK;
}

static enum vouch_error_code grant_close(struct vouch_cluster *cluster,
					 struct vouch_deadline deadline,
					 uint64_t epoch,
					 enum vouch_grant_outcome outcome,
					 uint64_t keep_from,
					 struct vouch_error *error)
{
	int failed = fails();
	uint32_t i;

	(void)cluster;
	(void)deadline;
	(void)keep_from;
	if (failed && !world_fail_after)
		return no_answer(error, VOUCH_E_CLUSTER);
	for (i = 0; i < world_now.grant_count; i++) {
		if (world_now.grants[i].epoch == epoch)
			world_now.grants[i].outcome = outcome;
	}
	changed();
	return failed ? no_answer(error, VOUCH_E_TIMEOUT) : VOUCH_OK;
}

static enum vouch_error_code seal_observe(struct vouch_cluster *cluster,
					  struct vouch_deadline deadline,
					  struct vouch_cluster_seal *seal,
					  struct vouch_error *error)
{
	(void)cluster;
	(void)deadline;
	*seal = world_now.seal;
	if (world_now.seal_code != VOUCH_OK)
		return no_answer(error, world_now.seal_code);
	return seal->epoch != 0 ?
		       VOUCH_OK :
		       vouch__error_set(error, VOUCH_E_NOT_FOUND, "no seal");
}

static enum vouch_error_code seal_record(struct vouch_cluster *cluster,
					 struct vouch_deadline deadline,
					 const struct vouch_cluster_seal *seal,
					 struct vouch_error *error)
{
	int failed = fails();

	(void)cluster;
	(void)deadline;
	if (failed && !world_fail_after)
		return no_answer(error, VOUCH_E_CLUSTER);
	world_now.seal = *seal;
	changed();
	return failed ? no_answer(error, VOUCH_E_TIMEOUT) : VOUCH_OK;
}

void world_context(struct vouch_context *context,
		   const struct vouch_config *config)
{
	static const struct vouch_engine engine = {
		.name = "fake",
		.local_observe = local_observe,
		.probe = probe,
		.records_observe = records_observe,
		.tail_observe = tail_observe,
		.record_observe = tail_observe,
		.breaks_off = breaks_off,
		.claim = claim,
		.claim_release = claim_release,
		.promote = promote,
		.epoch_write = epoch_write,
	};
	static const struct vouch_cluster_ops ops = {
		.name = "fake",
		.view_observe = view_observe,
		.nodes_observe = nodes_observe,
		.fencing_observe = fencing_observe,
		.grants_observe = grants_observe,
		.grant_claim = grant_claim,
		.grant_close = grant_close,
		.seal_observe = seal_observe,
		.seal_record = seal_record,
	};

	memset(context, 0, sizeof(*context));
	context->config = config;
	context->engine = &engine;
	context->cluster_ops = &ops;
	/* Never looked into: the operations above are the only ones. */
	context->cluster = (struct vouch_cluster *)&world_now;
}
