/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/refusal.h"

#include <json-c/json.h>
#include <stdint.h>
#include <string.h>

#include "authority/marker.h"
#include "common/json.h"

static const char NAME[] = "refusal";

enum vouch_error_code vouch__refusal_write(const struct vouch_config *config,
					   const struct vouch_refusal *refusal,
					   struct vouch_error *error)
{
	struct json_object *json = json_object_new_object();
	enum vouch_error_code code;

	if (vouch__json_put_text(json, "request", refusal->request_id) ||
	    vouch__json_put_u64(json, "epoch", refusal->epoch) ||
	    vouch__json_put_text(json, "next", refusal->next))
		code = vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	else
		code = vouch__state_write(config, NAME, json, error);
	json_object_put(json);
	return code;
}

enum vouch_error_code vouch__refusal_read(const struct vouch_config *config,
					  struct vouch_refusal *refusal,
					  struct vouch_error *error)
{
	struct json_object *json;
	enum vouch_error_code code = vouch__state_read(config, NAME, &json, error);

	memset(refusal, 0, sizeof(*refusal));
	if (code != VOUCH_OK)
		return code;
	code = vouch__json_get_text(json, "request", refusal->request_id,
				    VOUCH_NAME_SIZE, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_u64(json, "epoch", UINT64_MAX,
					   &refusal->epoch, error);
	if (code == VOUCH_OK)
		code = vouch__json_get_text(json, "next", refusal->next,
					    VOUCH_NAME_SIZE, error);
	json_object_put(json);
	if (code != VOUCH_OK)
		memset(refusal, 0, sizeof(*refusal));
	return code;
}

enum vouch_error_code vouch__refusal_remove(const struct vouch_config *config,
					    struct vouch_error *error)
{
	return vouch__state_remove(config, NAME, error);
}
