/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/terms.h"
#include "engines/postgresql/pg_cluster_name.h"
#include "engines/postgresql/pg_settings.h"

/* Writes the text with `escape` put before each of the characters in
 * `special`. */
static void put_escaped(FILE *out, const char *text, const char *special,
			char escape)
{
	for (; *text != '\0'; text++) {
		if (strchr(special, *text) != NULL)
			fputc(escape, out);
		fputc(*text, out);
	}
}

/* Closes the stream; the text is only whole when nothing failed. */
static char *text_finish(FILE *out, char **text)
{
	int failed = ferror(out);

	if (fclose(out) != 0 || failed) {
		free(*text);
		return NULL;
	}
	return *text;
}

static int is_other(const struct vouch_config *config, uint32_t member)
{
	return strcmp(config->members[member].name, config->node) != 0;
}

char *vouch__pg_sync_names(const struct vouch_config *config)
{
	struct vouch_terms terms;
	char *text = NULL;
	size_t size;
	FILE *out;

	vouch__terms_of_config(config, &terms);
	if (terms.k <= 0)
		return strdup("");
	out = open_memstream(&text, &size);
	if (out == NULL)
		return NULL;
	fprintf(out, "%s %d (",
		terms.method == VOUCH_METHOD_FIRST ? "FIRST" : "ANY", terms.k);
	for (uint32_t i = 0; i < terms.member_count; i++) {
		fputs(i > 0 ? ", \"" : "\"", out);
		put_escaped(out, terms.members[i], "\"", '"');
		fputc('"', out);
	}
	fputc(')', out);
	return text_finish(out, &text);
}

static void put_pair(FILE *out, const char *key, const char *value)
{
	fprintf(out, " %s='", key);
	put_escaped(out, value, "'\\", '\\');
	fputc('\'', out);
}

static void put_hosts(FILE *out, const struct vouch_config *config)
{
	const char *between = "";

	fputs("host='", out);
	for (uint32_t i = 0; i < config->member_count; i++) {
		if (!is_other(config, i))
			continue;
		fputs(between, out);
		put_escaped(out, config->members[i].host, "'\\", '\\');
		between = ",";
	}
	fputs("' port='", out);
	between = "";
	for (uint32_t i = 0; i < config->member_count; i++) {
		if (!is_other(config, i))
			continue;
		fprintf(out, "%s%u", between, config->members[i].port);
		between = ",";
	}
	fputc('\'', out);
}

static char *conninfo_make(const struct vouch_config *config, int by_service)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (config->member_count <= 1)
		return strdup("");
	out = open_memstream(&text, &size);
	if (out == NULL)
		return NULL;
	if (by_service)
		fputs("service='vouch'", out);
	else
		put_hosts(out, config);
	put_pair(out, "user", config->repl_user);
	/* A node's name needs no quotes (config.h), and PAF's own check of this
	 * setting finds it without them only. */
	fprintf(out, " application_name=%s", config->node);
	put_pair(out, "target_session_attrs", "read-write");
	/* A dead member must not hold up the search for the living one. */
	put_pair(out, "connect_timeout", "2");
	put_pair(out, "tcp_user_timeout", "5000");
	/* The receiver waits for a server's first word without a limit of its
	 * own; one that lost its power meanwhile never says it. */
	put_pair(out, "keepalives_idle", "3");
	put_pair(out, "keepalives_interval", "1");
	put_pair(out, "keepalives_count", "3");
	if (config->passfile[0] != '\0')
		put_pair(out, "passfile", config->passfile);
	return text_finish(out, &text);
}

char *vouch__pg_conninfo(const struct vouch_config *config)
{
	return conninfo_make(config, 0);
}

char *vouch__pg_conninfo_by_service(const struct vouch_config *config)
{
	return conninfo_make(config, 1);
}

static int comes_in_round(const struct vouch_config *config, uint32_t member,
			  const char *first, int round)
{
	int is_first = first != NULL &&
		       strcmp(config->members[member].name, first) == 0;

	return is_other(config, member) && is_first == (round == 0);
}

char *vouch__pg_service_file(const struct vouch_config *config, const char *first)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	fputs("# Written by vouch; changes here are lost.\n[vouch]\n", out);
	/* Without a host libpq would take this node's own socket. This one does
	 * not exist, and its name is what the server's log says. */
	if (first == NULL || first[0] == '\0')
		fputs("host=" VOUCH_PG_NOBODY "\nport=1", out);
	for (int ports = 0; first != NULL && first[0] != '\0' && ports < 2;
	     ports++) {
		const char *between = "";

		fputs(ports ? "\nport=" : "host=", out);
		for (int round = 0; round < 2; round++) {
			for (uint32_t i = 0; i < config->member_count; i++) {
				if (!comes_in_round(config, i, first, round))
					continue;
				/* Hosts were checked to be plain names. */
				if (ports)
					fprintf(out, "%s%u", between,
						config->members[i].port);
				else
					fprintf(out, "%s%s", between,
						config->members[i].host);
				between = ",";
			}
		}
	}
	fputc('\n', out);
	return text_finish(out, &text);
}

char *vouch__pg_array(const char *const *texts, size_t count)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	fputc('{', out);
	for (size_t i = 0; i < count; i++) {
		fputs(i > 0 ? ",\"" : "\"", out);
		put_escaped(out, texts[i], "\"\\", '\\');
		fputc('"', out);
	}
	fputc('}', out);
	return text_finish(out, &text);
}

static struct vouch_pg_setting *add(struct vouch_pg_settings *settings,
				    const char *name, char *value)
{
	struct vouch_pg_setting *setting = &settings->list[settings->count++];

	setting->name = name;
	setting->value = value;
	return setting;
}

/* What is the same on every node. */
static const struct {
	const char *name;
	const char *value;
} fixed[] = {
	{ "synchronous_commit", "on" },
	{ "fsync", "on" },
	{ "full_page_writes", "on" },
	/* A failed fsync that is tried again may report success over lost
	 * pages. */
	{ "data_sync_retry", "off" },
	/* A crashed server waits for the cluster manager. */
	{ "restart_after_crash", "off" },
	{ "hot_standby", "on" },
	{ "recovery_target_timeline", "latest" },
	/* Each of these could end recovery, so make a primary, by itself. */
	{ "recovery_target", "" },
	{ "recovery_target_lsn", "" },
	{ "recovery_target_name", "" },
	{ "recovery_target_time", "" },
	{ "recovery_target_xid", "" },
	{ "recovery_target_action", "shutdown" },
	{ "promote_trigger_file", "" },
	/* A slot is one server's own: after a failover the new primary has none,
	 * and a standby that asked for it could not follow. */
	{ "primary_slot_name", "" },
	/* Standbys look for a new primary within seconds. */
	{ "wal_receiver_timeout", "5000" },
	{ "wal_retrieve_retry_interval", "500" },
};

static char *cluster_name_make(const struct vouch_config *config,
			       const char *incarnation,
			       enum vouch_error_code *code,
			       struct vouch_error *error)
{
	char text[VOUCH_PG_CLUSTER_NAME_SIZE] = "";

	if (incarnation == NULL)
		return strdup("");
	*code = vouch__pg_cluster_name_encode(config->name, config->node,
					      incarnation, text, error);
	return strdup(text);
}

static enum vouch_error_code config_check(const struct vouch_config *config,
					  struct vouch_error *error)
{
	if (vouch__config_member(config, config->node) == NULL)
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"this node, %s, is not a member",
					config->node);
	if (config->slot_keep_mb < 1)
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"slots must not keep the log without a "
					"bound (slot_keep)");
	if (config->member_count > VOUCH_NODES_MAX || config->k < 0 ||
	    (uint32_t)config->k >= config->member_count)
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"k = %d acknowledgements cannot come "
					"from %u members", config->k,
					config->member_count);
	for (uint32_t i = 0; i < config->member_count; i++)
		if (config->members[i].host[0] == '\0' ||
		    strchr(config->members[i].host, ',') != NULL ||
		    config->members[i].port == 0)
			return vouch__error_set(error, VOUCH_E_CONFIG,
						"member %s needs one host and "
						"one port",
						config->members[i].name);
	return VOUCH_OK;
}

enum vouch_error_code vouch__pg_settings_make(const struct vouch_config *config,
					      const char *incarnation,
					      struct vouch_pg_settings *settings,
					      struct vouch_error *error)
{
	struct vouch_pg_setting *name;
	char port[8], slot_keep[16];
	enum vouch_error_code code;

	memset(settings, 0, sizeof(*settings));
	code = config_check(config, error);
	if (code != VOUCH_OK)
		return code;
	name = add(settings, "cluster_name",
		   cluster_name_make(config, incarnation, &code, error));
	name->any_value = incarnation == NULL;
	/* A file is copied with the directory, and a copy is another life. */
	name->only_start = 1;
	add(settings, "synchronous_standby_names", vouch__pg_sync_names(config));
	add(settings, "primary_conninfo", vouch__pg_conninfo_by_service(config))
		->file_value = vouch__pg_conninfo(config);
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		add(settings, fixed[i].name, strdup(fixed[i].value));
	/* Slots that others made keep the log on whatever this node becomes,
	 * for readers that may never come back: never without a bound. */
	snprintf(slot_keep, sizeof(slot_keep), "%d", config->slot_keep_mb);
	add(settings, "max_slot_wal_keep_size", strdup(slot_keep));
	snprintf(port, sizeof(port), "%u",
		 vouch__config_member(config, config->node)->port);
	add(settings, "port", strdup(port))->only_start = 1;
	if (config->socket_dir[0] != '\0')
		add(settings, "unix_socket_directories",
		    strdup(config->socket_dir))->only_start = 1;
	for (size_t i = 0; i < settings->count; i++)
		if (settings->list[i].value == NULL)
			return vouch__error_set(error, VOUCH_E_MEMORY,
						"out of memory");
	return code;
}

void vouch__pg_settings_release(struct vouch_pg_settings *settings)
{
	for (size_t i = 0; i < settings->count; i++) {
		free(settings->list[i].value);
		free(settings->list[i].file_value);
	}
	settings->count = 0;
}

static const char *file_value_of(const struct vouch_pg_setting *setting)
{
	return setting->file_value != NULL ? setting->file_value :
					     setting->value;
}

char *vouch__pg_settings_file(const struct vouch_pg_settings *settings)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	fputs("# Written by vouch before each start; changes here are lost.\n"
	      "# These values stand on the server's command line. For a start\n"
	      "# outside the cluster manager, the last line of postgresql.conf\n"
	      "# may be: include_if_exists = 'vouch.conf'\n"
	      "# Such a server counts for nothing until its agent started it.\n",
	      out);
	for (size_t i = 0; i < settings->count; i++) {
		if (settings->list[i].only_start)
			continue;
		fprintf(out, "%s = '", settings->list[i].name);
		/* In this file a quote is doubled and a backslash escapes. */
		for (const char *at = file_value_of(&settings->list[i]); *at;
		     at++) {
			if (*at == '\'' || *at == '\\')
				fputc(*at, out);
			fputc(*at, out);
		}
		fputs("'\n", out);
	}
	return text_finish(out, &text);
}

char *vouch__pg_settings_options(const struct vouch_pg_settings *settings)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < settings->count; i++) {
		fprintf(out, "%s-c '%s=", i > 0 ? " " : "",
			settings->list[i].name);
		/* Within quotes a shell leaves all but the quote as it is. */
		for (const char *at = settings->list[i].value; *at != '\0'; at++)
			if (*at == '\'')
				fputs("'\\''", out);
			else
				fputc(*at, out);
		fputc('\'', out);
	}
	return text_finish(out, &text);
}
