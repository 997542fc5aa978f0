/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include "engines/postgresql/pg_cluster_name.h"

static const char prefix[] = "vouch:";
static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz0123456789._-";

static int part_is_valid(const char *part)
{
	return part[0] != '\0' && part[strspn(part, allowed)] == '\0';
}

enum vouch_error_code
vouch__pg_cluster_name_encode(const char *name, const char *node,
			      const char *incarnation,
			      char text[VOUCH_PG_CLUSTER_NAME_SIZE],
			      struct vouch_error *error)
{
	int length;

	text[0] = '\0';
	if (!part_is_valid(name) || !part_is_valid(node) ||
	    !part_is_valid(incarnation))
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"the database's name, the node's name "
					"and the incarnation must be of letters, "
					"digits, '.', '_' and '-'");
	length = snprintf(text, VOUCH_PG_CLUSTER_NAME_SIZE, "%s%s:%s:%s",
			  prefix, name, node, incarnation);
	if (length >= VOUCH_PG_CLUSTER_NAME_SIZE) {
		text[0] = '\0';
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"PostgreSQL's cluster_name holds %d "
					"bytes, \"%s%s:%s:%s\" has %d; use a "
					"shorter database or node name",
					VOUCH_PG_CLUSTER_NAME_SIZE - 1, prefix,
					name, node, incarnation, length);
	}
	return VOUCH_OK;
}

/* The text up to `stop` (or its end) into `part`; what follows, or NULL. */
static const char *part_take(const char *text, char stop,
			     char part[VOUCH_NAME_SIZE])
{
	const char *end = stop != '\0' ? strchr(text, stop)
				       : text + strlen(text);
	size_t length;

	if (end == NULL)
		return NULL;
	length = (size_t)(end - text);
	if (length >= VOUCH_NAME_SIZE)
		return NULL;
	memcpy(part, text, length);
	part[length] = '\0';
	if (!part_is_valid(part))
		return NULL;
	return stop != '\0' ? end + 1 : end;
}

enum vouch_error_code
vouch__pg_cluster_name_decode(const char *text,
			      struct vouch_pg_cluster_name *decoded,
			      struct vouch_error *error)
{
	const char *at;

	memset(decoded, 0, sizeof(*decoded));
	if (text == NULL || strncmp(text, prefix, strlen(prefix)) != 0)
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"the server was not started by vouch: its "
					"cluster_name does not say who it is");
	at = part_take(text + strlen(prefix), ':', decoded->name);
	if (at != NULL)
		at = part_take(at, ':', decoded->node);
	if (at != NULL)
		at = part_take(at, '\0', decoded->incarnation);
	if (at == NULL) {
		memset(decoded, 0, sizeof(*decoded));
		return vouch__error_set(error, VOUCH_E_MALFORMED,
					"the server's cluster_name is not "
					"\"vouch:NAME:NODE:INCARNATION\"");
	}
	return VOUCH_OK;
}
