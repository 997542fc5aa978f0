/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection to the CIB manager of this node. Only used in a worker: each of
 * these may block for ever. Nothing is taken from the environment (CIB_file and
 * CIB_shadow would show a document that is not the cluster's). */
#ifndef VOUCH_CLUSTER_PACEMAKER_CIB_LINK_H
#define VOUCH_CLUSTER_PACEMAKER_CIB_LINK_H

#include <libxml/tree.h>

#include "common/deadline.h"
#include "common/error.h"

struct vouch_cib_link;

/* write 0: a connection that can only read. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_connect(int write, struct vouch_deadline deadline,
		   struct vouch_cib_link **link, struct vouch_error *error);
void vouch__cib_disconnect(struct vouch_cib_link *link);

/* The whole document, as the CIB manager of `host` has it; NULL: this node's. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_query(struct vouch_cib_link *link, const char *host, xmlNode **cib,
		 struct vouch_error *error);
void vouch__cib_release(xmlNode *cib);

/* One element of crm_config. Create: VOUCH_E_CONFLICT when its id exists.
 * Modify: VOUCH_E_NOT_FOUND when it does not, unless may_create. Remove: an
 * element that is not there is success. After any other error it is unknown
 * whether the cluster took it. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_create(struct vouch_cib_link *link, xmlNode *element,
		  struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_modify(struct vouch_cib_link *link, xmlNode *element, int may_create,
		  struct vouch_error *error);
/* The whole document's root: its attributes, and what stands below them. Success
 * also when the document is newer already: the caller looks. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_raise(struct vouch_cib_link *link, xmlNode *cib,
		 struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_remove(struct vouch_cib_link *link, xmlNode *element,
		  struct vouch_error *error);

#endif
