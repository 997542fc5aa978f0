/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/marker.h"

#include <string.h>

#include "authority/incarnation.h"
#include "common/json.h"

#define MARKER_NAME "marker"
enum { MARKER_FORMAT = 1 };

static enum vouch_error_code fields_read(struct json_object *json,
					 struct vouch_marker *marker,
					 struct vouch_error *error)
{
	enum vouch_error_code code;
	int format;

	code = vouch__json_get_int(json, "format", MARKER_FORMAT, MARKER_FORMAT,
				   &format, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_text(json, "cluster", marker->cluster,
					    VOUCH_NAME_SIZE, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_text(json, "node", marker->node,
					    VOUCH_NAME_SIZE, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_text(json, "incarnation",
					    marker->incarnation, VOUCH_NAME_SIZE,
					    error);
	if (code == VOUCH_OK)
		code = vouch__json_get_text(json, "request", marker->request_id,
					    VOUCH_NAME_SIZE, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_u64(json, "system_id", UINT64_MAX,
					   &marker->system_id, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_u64(json, "epoch", UINT64_MAX,
					   &marker->epoch, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_u32(json, "from_timeline",
					   &marker->from_timeline, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_u32(json, "timeline", &marker->timeline,
					   error);
	if (code == VOUCH_OK)
		code = vouch__json_get_u64(json, "start_lsn", UINT64_MAX,
					   &marker->start_lsn, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_int(json, "k", 0, VOUCH_NODES_MAX,
					   &marker->k, error);
	return code;
}

/* A record that is gone or damaged is for the next start to settle: the marker's
 * own incarnation is compared with the running server's in any case. */
static enum vouch_error_code incarnation_check(const struct vouch_config *config,
					       const struct vouch_marker *marker,
					       struct vouch_error *error)
{
	char incarnation[VOUCH_NAME_SIZE];
	enum vouch_error_code code =
		vouch__incarnation_read(config, incarnation, error);

	if (code == VOUCH_E_IO || code == VOUCH_E_MEMORY)
		return code;
	if (code != VOUCH_OK || strcmp(incarnation, marker->incarnation) == 0)
		return VOUCH_OK;
	return vouch__error_set(error, VOUCH_E_CONFLICT,
				"the marker is of incarnation %s, this is %s",
				marker->incarnation, incarnation);
}

enum vouch_error_code
vouch__marker_read_of_any_life(const struct vouch_config *config,
			       struct vouch_marker *marker,
			       struct vouch_error *error)
{
	struct json_object *json = NULL;
	enum vouch_error_code code;

	memset(marker, 0, sizeof(*marker));
	code = vouch__state_read(config, MARKER_NAME, &json, error);
	if (code == VOUCH_E_NOT_FOUND)
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"this node holds no authority");
	if (code != VOUCH_OK)
		return code;
	code = fields_read(json, marker, error);
	if (code == VOUCH_OK && marker->epoch == 0)
		code = vouch__error_set(error, VOUCH_E_MALFORMED,
					"its epoch is zero");
	if (code != VOUCH_OK) {
		(void)vouch__error_prefix(error, "the marker makes no sense");
		if (error)
			error->code = VOUCH_E_CORRUPT;
		code = VOUCH_E_CORRUPT;
	} else if (strcmp(marker->cluster, config->name) != 0) {
		code = vouch__error_set(error, VOUCH_E_CONFLICT,
					"the marker is of cluster %s, this is %s",
					marker->cluster, config->name);
	} else if (strcmp(marker->node, config->node) != 0) {
		code = vouch__error_set(error, VOUCH_E_CONFLICT,
					"the marker is of node %s, this is %s",
					marker->node, config->node);
	}
	json_object_put(json);
	if (code != VOUCH_OK)
		memset(marker, 0, sizeof(*marker));
	return code;
}

enum vouch_error_code vouch__marker_read(const struct vouch_config *config,
					 struct vouch_marker *marker,
					 struct vouch_error *error)
{
	enum vouch_error_code code =
		vouch__marker_read_of_any_life(config, marker, error);

	if (code == VOUCH_OK)
		code = incarnation_check(config, marker, error);
	if (code != VOUCH_OK)
		memset(marker, 0, sizeof(*marker));
	return code;
}

enum vouch_error_code vouch__marker_write(const struct vouch_config *config,
					  const struct vouch_marker *marker,
					  struct vouch_error *error)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code;

	code = vouch__json_put_u64(json, "format", MARKER_FORMAT);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "cluster", marker->cluster);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "node", marker->node);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "incarnation",
					    marker->incarnation);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "request", marker->request_id);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "system_id", marker->system_id);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "epoch", marker->epoch);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "from_timeline",
					   marker->from_timeline);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "timeline", marker->timeline);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "start_lsn", marker->start_lsn);
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "k", (uint64_t)marker->k);
	if (code == VOUCH_OK)
		code = vouch__state_write(config, MARKER_NAME, json, error);
	else
		code = vouch__error_set(error, code, "out of memory");
	json_object_put(json);
	return code;
}

enum vouch_error_code vouch__marker_remove(const struct vouch_config *config,
					   struct vouch_error *error)
{
	return vouch__state_remove(config, MARKER_NAME, error);
}
