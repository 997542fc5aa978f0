/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/contract_file.h"

#include <stdio.h>
#include <string.h>

#include "authority/contract.h"
#include "authority/marker.h"
#include "common/json.h"
#include "evidence/names.h"

#define CHANGE_NAME "contract-change"

static enum vouch_error_code senseless(struct vouch_error *error)
{
	return vouch__error_set(error, VOUCH_E_MALFORMED,
				"its members make no sense");
}

static enum vouch_error_code members_decode(struct json_object *json,
					    struct vouch_terms *terms,
					    struct vouch_error *error)
{
	struct json_object *members;
	size_t i;

	if (!json_object_object_get_ex(json, "members", &members) ||
	    !json_object_is_type(members, json_type_array))
		return senseless(error);
	for (i = 0; i < json_object_array_length(members); i++) {
		struct json_object *member =
			json_object_array_get_idx(members, i);

		if (!json_object_is_type(member, json_type_string) ||
		    json_object_get_string_len(member) >= VOUCH_NAME_SIZE ||
		    !vouch__terms_add(terms, json_object_get_string(member)))
			return senseless(error);
	}
	return VOUCH_OK;
}

static enum vouch_error_code terms_decode(struct json_object *json,
					  struct vouch_terms *terms,
					  struct vouch_error *error)
{
	char method[VOUCH_NAME_SIZE];
	uint32_t value = 0;
	enum vouch_error_code code = vouch__json_get_text(
		json, "method", method, sizeof(method), error);

	if (code == VOUCH_OK &&
	    !vouch__name_parse(&vouch__names_method, method, &value))
		code = vouch__error_set(error, VOUCH_E_MALFORMED,
					"its method makes no sense");
	terms->method = (enum vouch_method)value;
	if (code == VOUCH_OK)
		code = vouch__json_get_int(json, "k", 0, VOUCH_NODES_MAX,
					   &terms->k, error);
	return code == VOUCH_OK ? members_decode(json, terms, error) : code;
}

static enum vouch_error_code fields_decode(const struct vouch_config *config,
					   struct json_object *json,
					   struct vouch_terms *terms,
					   uint64_t *epoch, char *incarnation,
					   struct vouch_error *error)
{
	enum vouch_error_code code = terms_decode(json, terms, error);

	if (code == VOUCH_OK)
		code = vouch__json_get_u64(json, "epoch", UINT64_MAX, epoch,
					   error);
	if (code == VOUCH_OK)
		code = vouch__json_get_text(json, "incarnation", incarnation,
					    VOUCH_NAME_SIZE, error);
	return code == VOUCH_OK ? vouch__terms_check(config, terms, error) :
				  code;
}

enum vouch_error_code
vouch__contract_file_read(const struct vouch_config *config, const char *name,
			  struct vouch_terms *terms, uint64_t *epoch,
			  char *incarnation, struct vouch_error *error)
{
	char own_incarnation[VOUCH_NAME_SIZE];
	struct json_object *json = NULL;
	uint64_t own_epoch;
	enum vouch_error_code code;

	memset(terms, 0, sizeof(*terms));
	code = vouch__state_read(config, name, &json, error);
	if (code != VOUCH_OK && code != VOUCH_E_CORRUPT &&
	    code != VOUCH_E_MALFORMED)
		return code;
	if (code == VOUCH_OK)
		code = fields_decode(config, json, terms, epoch ? epoch : &own_epoch,
			     incarnation ? incarnation : own_incarnation, error);
	json_object_put(json);
	if (code == VOUCH_OK)
		return code;
	memset(terms, 0, sizeof(*terms));
	(void)vouch__error_prefix(error,
				  "%s/%s is unreadable; remove it, and the next "
				  "start writes it again",
				  config->state_dir, name);
	if (error)
		error->code = VOUCH_E_CORRUPT;
	return VOUCH_E_CORRUPT;
}

static enum vouch_error_code members_encode(struct json_object *json,
					    const struct vouch_terms *terms)
{
	struct json_object *members = json_object_new_array();
	uint32_t i;

	for (i = 0; members && i < terms->member_count; i++)
		if (vouch__json_add_text(members, terms->members[i]) !=
		    VOUCH_OK) {
			json_object_put(members);
			return VOUCH_E_MEMORY;
		}
	return vouch__json_put(json, "members", members);
}

enum vouch_error_code
vouch__contract_file_write(const struct vouch_config *config, const char *name,
			   const struct vouch_terms *terms, uint64_t epoch,
			   const char *incarnation, struct vouch_error *error)
{
	struct json_object *json;
	enum vouch_error_code code = vouch__terms_check(config, terms, error);

	if (code != VOUCH_OK)
		return code;
	json = json_object_new_object();
	code = vouch__json_put_u64(json, "epoch", epoch);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(json, "incarnation", incarnation);
	if (code == VOUCH_OK)
		code = vouch__json_put_text(
			json, "method",
			vouch__name_of(&vouch__names_method, terms->method));
	if (code == VOUCH_OK)
		code = vouch__json_put_u64(json, "k", (uint64_t)terms->k);
	if (code == VOUCH_OK)
		code = members_encode(json, terms);
	if (code == VOUCH_OK)
		code = vouch__state_write(config, name, json, error);
	else
		code = vouch__error_set(error, code, "out of memory");
	json_object_put(json);
	return code;
}

enum vouch_error_code
vouch__contract_change_read(const struct vouch_config *config,
			    struct vouch_contract_change *change,
			    struct vouch_error *error)
{
	enum vouch_error_code code;

	memset(change, 0, sizeof(*change));
	code = vouch__contract_file_read(config, CHANGE_NAME, &change->terms,
					 &change->epoch, change->incarnation,
					 error);
	if (code != VOUCH_OK)
		memset(change, 0, sizeof(*change));
	return code;
}

enum vouch_error_code
vouch__contract_change_write(const struct vouch_config *config,
			     const struct vouch_contract_change *change,
			     struct vouch_error *error)
{
	if (change->epoch == 0 || change->incarnation[0] == '\0')
		return vouch__error_set(error, VOUCH_E_ARGUMENT,
					"a change of the contract belongs to an "
					"epoch and an incarnation");
	return vouch__contract_file_write(config, CHANGE_NAME, &change->terms,
					  change->epoch, change->incarnation,
					  error);
}

enum vouch_error_code
vouch__contract_change_remove(const struct vouch_config *config,
			      struct vouch_error *error)
{
	return vouch__state_remove(config, CHANGE_NAME, error);
}
