/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/rejoin.h"

#include <inttypes.h>
#include <string.h>

#include "authority/marker.h"
#include "common/json.h"

#define REJOIN_NAME "rejoin"

uint32_t vouch__primaries_find(const struct vouch_probe *probes, uint32_t count,
			       uint32_t but, uint32_t *primary)
{
	uint32_t found = 0, i;

	for (i = 0; i < count; i++) {
		if (i == but || probes[i].condition != VOUCH_PRESENT ||
		    probes[i].in_recovery != VOUCH_NO)
			continue;
		*primary = i;
		found++;
	}
	return found;
}

/* The one member that takes writes. */
static enum vouch_error_code primary_find(const struct vouch_rejoin_facts *facts,
					  uint32_t *primary,
					  struct vouch_error *error)
{
	const struct vouch_config *config = facts->config;
	const struct vouch_member *own = vouch__config_member(config, config->node);
	uint32_t found = vouch__primaries_find(
		facts->probes, config->member_count,
		own ? (uint32_t)(own - config->members) : config->member_count,
		primary);

	if (found == 0)
		return vouch__error_set(error, VOUCH_E_STATE,
					"no other member answers as primary: "
					"this directory may hold what nobody "
					"else has (P6-S1); promote somebody "
					"first");
	if (found > 1)
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-A1: %u members answer as primary; "
					"stop all but the one that holds "
					"authority",
					found);
	return VOUCH_OK;
}

/* A primary that vouch's records make one, and newer than anything that this
 * node was given or has seen. */
static enum vouch_error_code primary_check(const struct vouch_rejoin_facts *facts,
					   uint32_t primary,
					   struct vouch_error *error)
{
	const struct vouch_probe *probe = &facts->probes[primary];
	const char *name = facts->config->members[primary].name;

	if (probe->epoch == 0 || probe->incarnation[0] == '\0' ||
	    probe->timeline == 0 || probe->system_id == 0 ||
	    probe->epoch_timeline != probe->timeline)
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-A3: %s takes writes, but no record "
					"says that it holds authority; see "
					"'vouch status'",
					name);
	if (probe->epoch < facts->newest_epoch)
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-A1: %s holds epoch %" PRIu64
					", but epoch %" PRIu64
					" was given since; nothing is given up "
					"for an older one",
					name, probe->epoch, facts->newest_epoch);
	if (facts->marker_epoch >= probe->epoch)
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-A1: this node was given epoch %" PRIu64
					" itself, %s has %" PRIu64
					": this directory holds authority",
					facts->marker_epoch, name, probe->epoch);
	return VOUCH_OK;
}

static enum vouch_error_code here_check(const struct vouch_rejoin_facts *facts,
					struct vouch_error *error)
{
	if (facts->marker_unclear)
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-A1: this node's marker is there and "
					"cannot be read, so it may hold "
					"authority; see 'vouch status'");
	if (facts->state == VOUCH_RUN_STOPPED ||
	    facts->state == VOUCH_RUN_CRASHED)
		return VOUCH_OK;
	if (strcmp(facts->config->manager, "none") == 0)
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-A1: a server runs on this directory, "
					"or nothing says that it does not; stop "
					"it first");
	return vouch__error_set(error, VOUCH_E_STATE,
				"P6-A1: a server runs on this directory, or "
				"nothing says that it does not; stop it first: "
				"crm_resource --ban --resource %s-clone --node "
				"%s",
				facts->config->name, facts->config->node);
}

struct leg {
	uint32_t timeline;
	uint64_t end; /* UINT64_MAX: goes on */
};

static struct leg directory_leg(const struct vouch_directory *directory,
				uint32_t i)
{
	if (i < directory->history_count)
		return (struct leg){ directory->history[i].timeline,
				     directory->history[i].end_lsn };
	return (struct leg){ directory->timeline, directory->log_end };
}

static struct leg primary_leg(const struct vouch_probe *probe, uint32_t i)
{
	if (i < probe->history_count)
		return (struct leg){ probe->history[i].timeline,
				     probe->history[i].end_lsn };
	return (struct leg){ probe->timeline, UINT64_MAX };
}

static void forked(const struct vouch_directory *directory, uint32_t timeline,
		   uint64_t lsn, struct vouch_rejoin_plan *plan)
{
	plan->kind = VOUCH_REJOIN_FORKED;
	plan->fork_timeline = timeline;
	plan->fork_lsn = lsn;
	plan->discarded_bytes =
		directory->log_end > lsn ? directory->log_end - lsn : 0;
}

/* Walks both chains of timelines as long as they agree (P6-S2). */
void vouch__rejoin_compare(const struct vouch_directory *directory,
			   const struct vouch_probe *probe,
			   struct vouch_rejoin_plan *plan)
{
	uint64_t from = 0;
	uint32_t i;

	for (i = 0;; i++) {
		struct leg own = directory_leg(directory, i);
		struct leg other = primary_leg(probe, i);
		int own_last = i >= directory->history_count;
		int other_last = i >= probe->history_count;

		if (own.timeline != other.timeline) {
			if (i == 0)
				plan->kind = VOUCH_REJOIN_COPY;
			else
				forked(directory,
				       directory_leg(directory, i - 1).timeline,
				       from, plan);
			return;
		}
		if (own_last && own.end <= other.end) {
			plan->kind = VOUCH_REJOIN_NOT_NEEDED;
			return;
		}
		if (own_last || other_last || own.end != other.end) {
			forked(directory, own.timeline,
			       own.end < other.end ? own.end : other.end, plan);
			return;
		}
		from = own.end;
	}
}

enum vouch_error_code vouch__rejoin_check(const struct vouch_rejoin_facts *facts,
					  struct vouch_rejoin_plan *plan,
					  struct vouch_error *error)
{
	const struct vouch_probe *probe;
	enum vouch_error_code code = here_check(facts, error);

	memset(plan, 0, sizeof(*plan));
	if (code == VOUCH_OK)
		code = primary_find(facts, &plan->primary, error);
	if (code == VOUCH_OK)
		code = primary_check(facts, plan->primary, error);
	if (code != VOUCH_OK)
		return code;
	probe = &facts->probes[plan->primary];
	/* What was half replaced has neither its own log nor the other's. */
	if (facts->cut_off != VOUCH_NO ||
	    facts->directory_condition != VOUCH_PRESENT) {
		plan->kind = VOUCH_REJOIN_COPY;
		return VOUCH_OK;
	}
	if (facts->directory->system_id != probe->system_id)
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-S2: this directory is of another "
					"database system than %s; move it away "
					"yourself if that is meant",
					facts->config->members[plan->primary]
						.name);
	vouch__rejoin_compare(facts->directory, probe, plan);
	return VOUCH_OK;
}

enum vouch_error_code vouch__rejoin_begin(const struct vouch_config *config,
					  const char *how,
					  struct vouch_error *error)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code = vouch__json_put_text(json, "how", how);

	if (code == VOUCH_OK)
		code = vouch__state_write(config, REJOIN_NAME, json, error);
	else
		code = vouch__error_set(error, code, "out of memory");
	json_object_put(json);
	return code;
}

enum vouch_error_code vouch__rejoin_end(const struct vouch_config *config,
					struct vouch_error *error)
{
	return vouch__state_remove(config, REJOIN_NAME, error);
}

enum vouch_answer vouch__rejoin_was_cut_off(const struct vouch_config *config)
{
	struct json_object *json = NULL;
	struct vouch_error error = { 0 };
	enum vouch_error_code code =
		vouch__state_read(config, REJOIN_NAME, &json, &error);

	json_object_put(json);
	return code == VOUCH_E_NOT_FOUND ? VOUCH_NO : VOUCH_YES;
}
