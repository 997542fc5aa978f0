/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/pacemaker/generation.h"

#include <inttypes.h>

#include "cluster/pacemaker/cib_read.h"
#include "cluster/pacemaker/cib_records.h"

static enum vouch_error_code raise_to(struct vouch_cib_link *link,
				      uint64_t generation,
				      struct vouch_error *error)
{
	enum vouch_error_code code;
	xmlNode *cib;

	if (generation > VOUCH_GENERATION_MAX)
		return vouch__error_set(error, VOUCH_E_LIMIT,
					"the configuration's admin_epoch cannot "
					"be raised any more");
	cib = vouch__generation_element(generation);
	if (!cib)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	code = vouch__cib_raise(link, cib, error);
	xmlFreeDoc(cib->doc);
	return code;
}

/* From here on no copy without the record has as high a number. */
enum vouch_error_code
vouch__generation_raise(vouch_generation_confirm *is_there, const void *what,
			struct vouch_cib_link *link, const char *dc,
			struct vouch_error *error)
{
	uint64_t before, after = 0;
	enum vouch_error_code code = is_there(what, link, dc, &before, error);

	if (code == VOUCH_OK)
		code = raise_to(link, before + 1, error);
	if (code == VOUCH_OK)
		code = is_there(what, link, dc, &after, error);
	if (code == VOUCH_OK && after <= before)
		code = vouch__error_set(error, VOUCH_E_CLUSTER,
					"the coordinator %s did not raise the "
					"configuration's admin_epoch, %" PRIu64,
					dc, before);
	return code;
}

enum vouch_error_code vouch__generation_dc(struct vouch_cib_link *link, char *dc,
					   struct vouch_error *error)
{
	enum vouch_error_code code;
	xmlNode *cib;

	code = vouch__cib_query(link, NULL, &cib, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__cib_dc_read(cib, dc, error);
	vouch__cib_release(cib);
	if (code == VOUCH_OK && !dc[0])
		code = vouch__error_set(error, VOUCH_E_CLUSTER,
					"the cluster has no coordinator (DC) "
					"right now");
	return code;
}
