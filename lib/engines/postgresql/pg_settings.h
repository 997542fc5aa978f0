/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The settings that are pinned on the postmaster's command line, where neither
 * a reload nor ALTER SYSTEM can weaken them. One list is the command line, the
 * managed include file and what the monitor compares with.
 */
#ifndef VOUCH_PG_SETTINGS_H
#define VOUCH_PG_SETTINGS_H

#include <stddef.h>
#include "common/config.h"

enum { VOUCH_PG_SETTINGS_MAX = 32 };

struct vouch_pg_setting {
	const char *name;
	char *value;
	char *file_value; /* in the include file; NULL: the same */
	int any_value; /* compare only where it comes from */
	/* Says where files are, or which life this is: not for the include file. */
	int only_start;
};

struct vouch_pg_settings {
	size_t count;
	struct vouch_pg_setting list[VOUCH_PG_SETTINGS_MAX];
};

/* Values of every pinned setting. incarnation NULL: for a comparison with a
 * running server. Release in any case. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_settings_make(const struct vouch_config *config,
			const char *incarnation,
			struct vouch_pg_settings *settings,
			struct vouch_error *error);
void vouch__pg_settings_release(struct vouch_pg_settings *settings);
/* The text of the include file; free() it. NULL when out of memory. */
VOUCH_MUST_CHECK char *
vouch__pg_settings_file(const struct vouch_pg_settings *settings);
/* "-c 'NAME=VALUE' ...", as one shell reads it; free() it. */
VOUCH_MUST_CHECK char *
vouch__pg_settings_options(const struct vouch_pg_settings *settings);

/* Pure renderers; each returns a text to free(), NULL when out of memory. */

/* ANY k ("n2", "n3"), FIRST likewise, or nothing for k = 0. */
VOUCH_MUST_CHECK char *vouch__pg_sync_names(const struct vouch_config *config);
/* key='value' pairs that find the writable server among the other members. */
VOUCH_MUST_CHECK char *vouch__pg_conninfo(const struct vouch_config *config);
/* The same by way of the service file, which is read at every attempt to
 * connect: the order of the hosts can change while the server runs. */
#define VOUCH_PG_SERVICE_FILE "vouch.service"
VOUCH_MUST_CHECK char *
vouch__pg_conninfo_by_service(const struct vouch_config *config);
/* The service file's text, with the member of that name first; NULL or "": without
 * any member, as this node's log was not compared with anybody's. */
#define VOUCH_PG_NOBODY "/no-primary-has-this-log"
VOUCH_MUST_CHECK char *
vouch__pg_service_file(const struct vouch_config *config, const char *first);
/* An array literal of those texts, for a text[] parameter. */
VOUCH_MUST_CHECK char *vouch__pg_array(const char *const *texts, size_t count);

#endif
