/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What runs here, told by the server itself in one query. A second, tiny one
 * reads the newest epoch and is sent only once the table is known to exist:
 * naming it in the first would make every monitor before the adoption an error
 * in the server's log.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engines/postgresql/pg_arguments.h"
#include "engines/postgresql/pg_cluster_name.h"
#include "engines/postgresql/pg_connect.h"
#include "engines/postgresql/pg_control.h"
#include "engines/postgresql/pg_lsn.h"
#include "engines/postgresql/pg_process.h"
#include "engines/postgresql/pg_settings.h"
#include "engines/postgresql/pg_streams.h"
#include "engines/postgresql/postgresql.h"

enum column {
	IN_RECOVERY, SYSTEM_ID, TIMELINE, POSITION, STARTED, CLUSTER_NAME,
	NAME_PINNED, UNPINNED, OVERRIDDEN, WEAKENED, ATTEMPTED, RECEIVING, EPOCH_TABLE,
	STREAMS,
};

/* $1 names, $2 values (null: any) of the pinned settings, $3 member names.
 * CASE keeps functions from being called in the wrong state of the server. */
static const char question[] =
	"SELECT pg_is_in_recovery(), "
	"(SELECT system_identifier FROM pg_control_system()), "
	"CASE WHEN pg_is_in_recovery() THEN greatest("
	" (SELECT received_tli FROM pg_stat_wal_receiver),"
	" (SELECT min_recovery_end_timeline FROM pg_control_recovery()),"
	" (SELECT timeline_id FROM pg_control_checkpoint()))::bigint "
	"ELSE ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))"
	"::bit(32)::bigint END, "
	"pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN"
	" greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())"
	" ELSE pg_current_wal_flush_lsn() END, '0/0'), "
	"(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint, "
	"current_setting('cluster_name'), " VOUCH_PG_NAME_IS_PINNED ", "
	"(SELECT string_agg(w.name, ', ' ORDER BY w.name)"
	" FROM unnest($1::text[], $2::text[]) AS w(name, value)"
	" LEFT JOIN pg_settings s ON s.name = w.name"
	" WHERE (s.source IS DISTINCT FROM 'command line'"
	"  OR (w.value IS NOT NULL AND s.setting IS DISTINCT FROM w.value))"
	" AND NOT (w.name = 'synchronous_commit' AND s.source IN"
	"  ('database', 'user', 'database user'))), "
	"(SELECT s.source IN ('database', 'user', 'database user')"
	" FROM pg_settings s WHERE s.name = 'synchronous_commit'), "
	/* Whose own setting goes before the command line. */
	"(SELECT string_agg(left(concat_ws(' in ', CASE d.setrole WHEN 0"
	"  THEN 'every role' ELSE 'role ' || r.rolname END,"
	"  'database ' || b.datname) || ' (' || substr(c.one, 20), 120) || ')',"
	"  ', ')"
	" FROM pg_db_role_setting d LEFT JOIN pg_roles r ON r.oid = d.setrole"
	" LEFT JOIN pg_database b ON b.oid = d.setdatabase,"
	" unnest(d.setconfig) AS c(one)"
	" WHERE c.one LIKE 'synchronous\\_commit=%' AND c.one NOT IN"
	" ('synchronous_commit=on', 'synchronous_commit=remote_apply')), "
	/* What stands in a file and would be weaker, were it not for the command
	 * line. */
	"(SELECT string_agg(left(format('%s = %L in %s', f.name, f.setting,"
	"  f.sourcefile), 200), ', ')"
	" FROM pg_file_settings f, unnest($1::text[], $2::text[]) AS w(name, value)"
	" WHERE f.name = w.name AND f.sourcefile !~ '/vouch\\.conf$' AND"
	" CASE WHEN f.name = 'synchronous_standby_names'"
	"  THEN translate(f.setting, '\" ', '') <> translate(w.value, '\" ', '')"
	" WHEN f.name = 'synchronous_commit'"
	"  THEN f.setting NOT IN ('on', 'remote_apply', 'true', 'yes', '1')"
	" WHEN f.name IN ('fsync', 'full_page_writes')"
	"  THEN f.setting IN ('off', 'false', 'no', '0') ELSE false END), "
	"EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'), "
	"EXISTS (SELECT FROM pg_class c, pg_namespace n"
	" WHERE " VOUCH_PG_IS_OWN_TABLE " AND c.relname = 'epoch'), "
	VOUCH_PG_STREAMS;

static char *member_names(const struct vouch_config *config)
{
	const char *names[VOUCH_NODES_MAX];

	for (uint32_t i = 0; i < config->member_count; i++)
		names[i] = config->members[i].name;
	return vouch__pg_array(names, config->member_count);
}

static char *setting_values(const struct vouch_pg_settings *settings,
			    int names)
{
	const char *texts[VOUCH_PG_SETTINGS_MAX];

	for (size_t i = 0; i < settings->count; i++)
		texts[i] = names ? settings->list[i].name
				 : settings->list[i].value;
	return vouch__pg_array(texts, settings->count);
}

/* The array of values; those that may be anything become null. Only the first
 * setting, cluster_name, ever is: see vouch__pg_settings_make(). */
static char *wanted_values(const struct vouch_pg_settings *settings)
{
	char *all = setting_values(settings, 0), *text = NULL;

	if (all != NULL && settings->list[0].any_value &&
	    strncmp(all, "{\"\",", 4) == 0 &&
	    asprintf(&text, "{NULL,%s", all + 4) < 0)
		text = NULL;
	free(all);
	return text;
}

static enum vouch_error_code ask(const struct vouch_config *config,
				 PGconn *connection,
				 struct vouch_deadline deadline,
				 PGresult **result, struct vouch_error *error)
{
	struct vouch_pg_settings settings;
	char *parameters[3] = { NULL, NULL, NULL };
	enum vouch_error_code code =
		vouch__pg_settings_make(config, NULL, &settings, error);

	*result = NULL;
	if (code == VOUCH_OK) {
		parameters[0] = setting_values(&settings, 1);
		parameters[1] = wanted_values(&settings);
		parameters[2] = member_names(config);
		if (parameters[0] == NULL || parameters[1] == NULL ||
		    parameters[2] == NULL)
			code = vouch__error_set(error, VOUCH_E_MEMORY,
						"out of memory");
		else
			code = vouch__pg_query(connection, question,
					       (const char *const *)parameters,
					       3, deadline, result, NULL, error);
	}
	for (int i = 0; i < 3; i++)
		free(parameters[i]);
	vouch__pg_settings_release(&settings);
	return code;
}

/* Adds a line for people; what does not fit is cut. Roles and files may have any
 * name: nothing in it may pass for a line of its own. */
__attribute__((format(printf, 3, 4))) static void
add(char *text, size_t size, const char *format, ...)
{
	size_t at = strlen(text);
	va_list values;

	if (at > 0 && at + 2 < size) {
		memcpy(text + at, "; ", 3);
		at += 2;
	}
	va_start(values, format);
	(void)vsnprintf(text + at, size - at, format, values);
	va_end(values);
	for (; text[at] != '\0'; at++)
		if ((unsigned char)text[at] < 0x20 || text[at] == 0x7f)
			text[at] = ' ';
}

/* A role's or a database's own setting hides the command line from this
 * session, so that the command line itself is looked at. */
static int override_is_pinned(const struct vouch_config *config)
{
	struct vouch_pg_processes processes;
	struct vouch_error ignored;

	return vouch__pg_processes_observe(config, &processes, &ignored) ==
		       VOUCH_OK &&
	       vouch__pg_setting_given(processes.postmaster,
				       "synchronous_commit", "on") == VOUCH_YES;
}

/* Neither changes what is pinned: it is for people to know. */
static void remarks_read(const PGresult *result, struct vouch_local *local)
{
	if (!PQgetisnull(result, 0, ATTEMPTED))
		add(local->remarks, sizeof(local->remarks),
		    "without effect, as the command line goes first: %s",
		    PQgetvalue(result, 0, ATTEMPTED));
	if (!PQgetisnull(result, 0, WEAKENED))
		add(local->remarks, sizeof(local->remarks),
		    "outside the promise, by their own weaker "
		    "synchronous_commit: %s",
		    PQgetvalue(result, 0, WEAKENED));
}

static void pins_judge(const struct vouch_config *config, const PGresult *result,
		       struct vouch_local *local)
{
	struct vouch_pg_cluster_name name;
	enum vouch_error_code decoded = vouch__pg_cluster_name_decode(
		PQgetvalue(result, 0, CLUSTER_NAME), &name, NULL);
	int stands = PQgetisnull(result, 0, UNPINNED);

	/* A null reads as no text: then none of them is named. */
	local->contract_pinned =
		strstr(PQgetvalue(result, 0, UNPINNED), "synchronous_") == NULL ?
			VOUCH_YES :
			VOUCH_NO;
	if (!stands)
		snprintf(local->unpinned, sizeof(local->unpinned), "%.200s",
			 PQgetvalue(result, 0, UNPINNED));
	if (decoded != VOUCH_OK || strcmp(name.name, config->name) != 0 ||
	    strcmp(name.node, config->node) != 0) {
		stands = 0;
		add(local->unpinned, sizeof(local->unpinned),
		    "cluster_name is not of this node");
	} else if (vouch__pg_value_answer(result, 0, NAME_PINNED) == VOUCH_YES) {
		strcpy(local->incarnation, name.incarnation);
	}
	if (vouch__pg_value_answer(result, 0, OVERRIDDEN) != VOUCH_NO &&
	    !override_is_pinned(config)) {
		stands = 0;
		local->contract_pinned = VOUCH_NO;
		add(local->unpinned, sizeof(local->unpinned),
		    "synchronous_commit");
	}
	local->pinned = stands ? VOUCH_YES : VOUCH_NO;
}

static enum vouch_error_code answer_read(const struct vouch_config *config,
					 const PGresult *result,
					 struct vouch_local *local,
					 struct vouch_error *error)
{
	enum vouch_answer recovery =
		vouch__pg_value_answer(result, 0, IN_RECOVERY);

	if (recovery == VOUCH_UNKNOWN ||
	    !vouch__pg_value_u64(result, 0, SYSTEM_ID, &local->system_id) ||
	    !vouch__pg_value_u32(result, 0, TIMELINE, &local->timeline) ||
	    !vouch__pg_value_u64(result, 0, POSITION, &local->position) ||
	    !vouch__pg_value_u64(result, 0, STARTED, &local->start_generation) ||
	    /* A null reads as no text. */
	    !vouch__pg_streams_parse(PQgetvalue(result, 0, STREAMS), local))
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the local server gave an answer that "
					"makes no sense");
	local->receiving = vouch__pg_value_answer(result, 0, RECEIVING);
	pins_judge(config, result, local);
	remarks_read(result, local);
	local->state = recovery == VOUCH_YES ? VOUCH_RUN_STANDBY
					     : VOUCH_RUN_WRITABLE;
	return VOUCH_OK;
}

static enum vouch_error_code epoch_read(PGconn *connection,
					struct vouch_deadline deadline,
					struct vouch_local *local,
					struct vouch_error *error)
{
	PGresult *result;
	enum vouch_error_code code = vouch__pg_query(
		connection,
		"SELECT epoch, timeline, holder FROM vouch.epoch "
		"ORDER BY epoch DESC LIMIT 1", NULL, 0, deadline, &result, NULL,
		error);

	if (code == VOUCH_OK && PQntuples(result) > 0 &&
	    (!vouch__pg_value_u64(result, 0, 0, &local->epoch) ||
	     !vouch__pg_value_u32(result, 0, 1, &local->epoch_timeline) ||
	     !vouch__pg_value_text(result, 0, 2, local->epoch_holder,
				   sizeof(local->epoch_holder))))
		code = vouch__error_set(error, VOUCH_E_MALFORMED,
					"the newest row of vouch.epoch makes no "
					"sense");
	PQclear(result);
	return code;
}

/* Nothing runs: did it end well? */
static enum vouch_error_code ending_look(const struct vouch_config *config,
					 struct vouch_local *local,
					 struct vouch_error *error)
{
	struct vouch_pg_control control;
	enum vouch_error_code code =
		vouch__pg_control_read(config, &control, error);

	if (code != VOUCH_OK)
		return code;
	local->system_id = control.system_id;
	local->state = control.state == VOUCH_PG_SHUT_DOWN ||
				control.state == VOUCH_PG_SHUT_DOWN_IN_RECOVERY
		? VOUCH_RUN_STOPPED : VOUCH_RUN_CRASHED;
	return VOUCH_OK;
}

/* No connection: that alone says nothing. */
static enum vouch_error_code silence_read(const struct vouch_config *config,
					  const char *refused_with,
					  struct vouch_local *local,
					  enum vouch_error_code code,
					  struct vouch_error *error)
{
	struct vouch_pg_processes processes;
	struct vouch_error other;

	if (strcmp(refused_with, "57P03") == 0) {
		local->state = VOUCH_RUN_STARTING;
		return VOUCH_OK;
	}
	if (vouch__pg_processes_observe(config, &processes, &other) !=
	    VOUCH_OK) {
		if (error != NULL)
			*error = other;
		return other.code;
	}
	if (processes.count > 0)
		return code; /* alive, and says nothing: unknown */
	return ending_look(config, local, error);
}

enum vouch_error_code vouch__pg_local_observe(const struct vouch_config *config,
					      struct vouch_deadline deadline,
					      struct vouch_local *local,
					      struct vouch_error *error)
{
	char refused_with[VOUCH_PG_STATE_SIZE];
	PGconn *connection;
	PGresult *result;
	enum vouch_answer epoch_table = VOUCH_UNKNOWN;
	enum vouch_error_code code;

	memset(local, 0, sizeof(*local));
	code = vouch__pg_connect_local(config, deadline, &connection,
				       refused_with, error);
	if (code != VOUCH_OK)
		return silence_read(config, refused_with, local, code, error);
	code = ask(config, connection, deadline, &result, error);
	if (code == VOUCH_OK) {
		epoch_table = vouch__pg_value_answer(result, 0, EPOCH_TABLE);
		code = answer_read(config, result, local, error);
	}
	if (code == VOUCH_OK && epoch_table == VOUCH_YES)
		code = epoch_read(connection, deadline, local, error);
	PQclear(result);
	PQfinish(connection);
	if (code != VOUCH_OK)
		memset(local, 0, sizeof(*local));
	return code;
}
