/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Raising the configuration's admin_epoch, so that no copy of it without a record
 * can take its place; pacemaker_grant.c says why. Only used in a worker.
 */
#ifndef VOUCH_CLUSTER_PACEMAKER_GENERATION_H
#define VOUCH_CLUSTER_PACEMAKER_GENERATION_H

#include "cluster/pacemaker/cib_link.h"

/* Pacemaker keeps an admin_epoch as an int. */
enum { VOUCH_GENERATION_MAX = INT32_MAX };

/* Is it on record at the coordinator, with quorum, and in which generation of the
 * copy? */
typedef enum vouch_error_code
vouch_generation_confirm(const void *what, struct vouch_cib_link *link,
			 const char *dc, uint64_t *generation,
			 struct vouch_error *error);

/* Raises it over the copy that has the record, and sees that it was. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__generation_raise(vouch_generation_confirm *is_there, const void *what,
			struct vouch_cib_link *link, const char *dc,
			struct vouch_error *error);
/* The coordinator, as this node's copy names it; none is an error. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__generation_dc(struct vouch_cib_link *link, char *dc,
		     struct vouch_error *error);

#endif
