/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a grant and of a seal. What is decoded is encoded again and
 * compared: unknown and repeated keys, odd spellings and rounded numbers need no
 * checks of their own. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "cluster/pacemaker/cib_records.h"
#include "cluster/pacemaker/cib_xml.h"
#include "common/error.h"
#include "common/json.h"
#include "evidence/names.h"

/* --- writing -------------------------------------------------------------- */

static enum vouch_error_code text_take(struct json_object *json,
				       enum vouch_error_code code, char *text,
				       struct vouch_error *error)
{
	const char *written =
		code == VOUCH_OK ? json_object_to_json_string_ext(
					   json, JSON_C_TO_STRING_PLAIN) :
				   NULL;

	if (!written)
		code = vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	else if (strlen(written) >= VOUCH_RECORD_SIZE)
		code = vouch__error_set(error, VOUCH_E_LIMIT,
					"the record is too long");
	else
		memcpy(text, written, strlen(written) + 1);
	json_object_put(json);
	return code;
}

static enum vouch_error_code put_text(struct json_object *json, const char *key,
				      const char *text,
				      enum vouch_error_code code)
{
	return code == VOUCH_OK ? vouch__json_put_text(json, key, text) : code;
}

static enum vouch_error_code put_u64(struct json_object *json, const char *key,
				     uint64_t value, enum vouch_error_code code)
{
	return code == VOUCH_OK ? vouch__json_put_u64(json, key, value) : code;
}

static enum vouch_error_code put_members(struct json_object *json,
					 const struct vouch_cluster_grant *grant,
					 enum vouch_error_code code)
{
	struct json_object *list = json_object_new_array();
	uint32_t i;

	for (i = 0; list && i < grant->member_count; i++) {
		if (vouch__json_add_text(list, grant->members[i]) !=
		    VOUCH_OK) {
			json_object_put(list);
			return VOUCH_E_MEMORY;
		}
	}
	if (code != VOUCH_OK) {
		json_object_put(list);
		return code;
	}
	return vouch__json_put(json, "members", list);
}

/* Printable, and without anything that XML or JSON would write differently. */
static int is_plain(const char *text)
{
	size_t i;

	for (i = 0; text[i]; i++) {
		if (i + 1 >= VOUCH_NAME_SIZE || text[i] <= ' ' ||
		    text[i] > '~' || strchr("\"\\<>&'/", text[i]))
			return 0;
	}
	return i > 0;
}

static int is_name(const char *text)
{
	char name[VOUCH_NAME_SIZE];

	return vouch__text_name(text, name);
}

static int grant_is_valid(const struct vouch_cluster_grant *grant)
{
	uint32_t i;

	if (grant->epoch == 0 || grant->epoch > INT64_MAX ||
	    grant->follows >= grant->epoch || !is_name(grant->holder) || !is_plain(grant->incarnation) ||
	    !is_plain(grant->request_id) ||
	    grant->outcome < VOUCH_GRANT_OPEN ||
	    grant->outcome > VOUCH_GRANT_DISOWNED ||
	    grant->method < VOUCH_METHOD_ANY ||
	    grant->method > VOUCH_METHOD_FIRST ||
	    grant->member_count > VOUCH_NODES_MAX || grant->k < 0 ||
	    (uint32_t)grant->k > grant->member_count)
		return 0;
	for (i = 0; i < grant->member_count; i++) {
		if (!is_name(grant->members[i]))
			return 0;
	}
	return 1;
}

enum vouch_error_code vouch__grant_encode(const struct vouch_cluster_grant *grant,
					  char *text, struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_OK;
	struct json_object *json;

	if (!grant_is_valid(grant))
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"the grant is incomplete or out of "
					"range; nothing was recorded");
	json = json_object_new_object();
	code = put_u64(json, "epoch", grant->epoch, code);
	code = put_text(json, "holder", grant->holder, code);
	code = put_text(json, "incarnation", grant->incarnation, code);
	code = put_text(json, "request", grant->request_id, code);
	code = put_text(json, "outcome",
			vouch__name_of(&vouch__names_outcome, grant->outcome),
			code);
	if (grant->follows != 0)
		code = put_u64(json, "follows", grant->follows, code);
	code = put_text(json, "method",
			vouch__name_of(&vouch__names_method, grant->method),
			code);
	code = put_u64(json, "k", (uint64_t)grant->k, code);
	code = put_members(json, grant, code);
	return text_take(json, code, text, error);
}

static int seal_is_valid(const struct vouch_cluster_seal *seal)
{
	return seal->epoch > 0 && seal->epoch <= INT64_MAX &&
	       is_name(seal->node) && is_plain(seal->incarnation) &&
	       seal->timeline > 0 && seal->record_lsn > 0 &&
	       seal->record_lsn <= INT64_MAX && seal->unbroken <= VOUCH_NO;
}

enum vouch_error_code vouch__seal_encode(const struct vouch_cluster_seal *seal,
					 char *text, struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_OK;
	struct json_object *json;

	if (!seal_is_valid(seal))
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"the seal is incomplete or out of "
					"range; nothing was recorded");
	json = json_object_new_object();
	code = put_text(json, "node", seal->node, code);
	code = put_u64(json, "epoch", seal->epoch, code);
	code = put_text(json, "incarnation", seal->incarnation, code);
	code = put_u64(json, "timeline", seal->timeline, code);
	code = put_u64(json, "lsn", seal->record_lsn, code);
	code = put_u64(json, "crc", seal->record_crc, code);
	code = put_text(json, "unbroken",
			vouch__name_of(&vouch__names_answer, seal->unbroken),
			code);
	return text_take(json, code, text, error);
}

/* --- reading -------------------------------------------------------------- */

static void u64_of(struct json_object *json, const char *key, uint64_t max,
		   uint64_t *value, int *ok)
{
	if (vouch__json_get_u64(json, key, max, value, NULL) != VOUCH_OK)
		*ok = 0;
}

static void u32_of(struct json_object *json, const char *key, uint32_t *value,
		   int *ok)
{
	if (vouch__json_get_u32(json, key, value, NULL) != VOUCH_OK)
		*ok = 0;
}

static void name_of(struct json_object *json, const char *key,
		    char name[VOUCH_NAME_SIZE], int *ok)
{
	if (vouch__json_get_text(json, key, name, VOUCH_NAME_SIZE, NULL) !=
	    VOUCH_OK)
		*ok = 0;
}

static uint32_t word_of(struct json_object *json, const char *key,
			const struct vouch_names *names, int *ok)
{
	char word[VOUCH_NAME_SIZE] = "";
	uint32_t value = 0;

	name_of(json, key, word, ok);
	if (!vouch__name_parse(names, word, &value))
		*ok = 0;
	return value;
}

static void member_of(struct json_object *value, char name[VOUCH_NAME_SIZE],
		      int *ok)
{
	if (!json_object_is_type(value, json_type_string) ||
	    !vouch__text_name(json_object_get_string(value), name))
		*ok = 0;
}

static void members_of(struct json_object *json,
		       struct vouch_cluster_grant *grant, int *ok)
{
	struct json_object *list = NULL;
	size_t i;

	if (!json_object_object_get_ex(json, "members", &list) ||
	    !json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > VOUCH_NODES_MAX) {
		*ok = 0;
		return;
	}
	grant->member_count = (uint32_t)json_object_array_length(list);
	for (i = 0; i < grant->member_count; i++)
		member_of(json_object_array_get_idx(list, i), grant->members[i],
			  ok);
}

static enum vouch_error_code not_a(struct vouch_error *error, const char *what)
{
	return vouch__error_set(error, VOUCH_E_MALFORMED,
				"it is not a %s as vouch writes it", what);
}

enum vouch_error_code vouch__grant_decode(const char *text,
					  struct vouch_cluster_grant *grant,
					  struct vouch_error *error)
{
	char again[VOUCH_RECORD_SIZE];
	struct json_object *json;
	int ok = 1;

	memset(grant, 0, sizeof(*grant));
	if (vouch__json_parse(text, strlen(text), &json, error) != VOUCH_OK)
		return not_a(error, "grant");
	u64_of(json, "epoch", INT64_MAX, &grant->epoch, &ok);
	name_of(json, "holder", grant->holder, &ok);
	name_of(json, "incarnation", grant->incarnation, &ok);
	name_of(json, "request", grant->request_id, &ok);
	grant->outcome = word_of(json, "outcome", &vouch__names_outcome, &ok);
	if (json_object_object_get_ex(json, "follows", NULL))
		u64_of(json, "follows", INT64_MAX, &grant->follows, &ok);
	grant->method = word_of(json, "method", &vouch__names_method, &ok);
	if (vouch__json_get_int(json, "k", 0, VOUCH_NODES_MAX, &grant->k,
				NULL) != VOUCH_OK)
		ok = 0;
	members_of(json, grant, &ok);
	json_object_put(json);
	if (!ok || vouch__grant_encode(grant, again, error) != VOUCH_OK ||
	    strcmp(text, again) != 0)
		return not_a(error, "grant");
	return VOUCH_OK;
}

enum vouch_error_code vouch__seal_decode(const char *text,
					 struct vouch_cluster_seal *seal,
					 struct vouch_error *error)
{
	char again[VOUCH_RECORD_SIZE];
	struct json_object *json;
	int ok = 1;

	memset(seal, 0, sizeof(*seal));
	if (vouch__json_parse(text, strlen(text), &json, error) != VOUCH_OK)
		return not_a(error, "seal");
	name_of(json, "node", seal->node, &ok);
	u64_of(json, "epoch", INT64_MAX, &seal->epoch, &ok);
	name_of(json, "incarnation", seal->incarnation, &ok);
	u32_of(json, "timeline", &seal->timeline, &ok);
	u64_of(json, "lsn", INT64_MAX, &seal->record_lsn, &ok);
	u32_of(json, "crc", &seal->record_crc, &ok);
	seal->unbroken = word_of(json, "unbroken", &vouch__names_answer, &ok);
	json_object_put(json);
	if (!ok || vouch__seal_encode(seal, again, error) != VOUCH_OK ||
	    strcmp(text, again) != 0)
		return not_a(error, "seal");
	return VOUCH_OK;
}
