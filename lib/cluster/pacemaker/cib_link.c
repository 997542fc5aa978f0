/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/pacemaker/cib_link.h"

#include <crm/cib.h>
#include <crm/common/results.h>
#include <errno.h>
#include <stdlib.h>

struct vouch_cib_link {
	cib_t *cib;
};

static const char section[] = "crm_config";

static enum vouch_error_code failed(struct vouch_error *error, const char *what,
				    int rc)
{
	enum vouch_error_code code = VOUCH_E_CLUSTER;

	if (rc == -EACCES || rc == -EPERM)
		code = VOUCH_E_PERMISSION;
	else if (rc == -ETIME || rc == -ETIMEDOUT)
		code = VOUCH_E_TIMEOUT;
	return vouch__error_set(error, code, "%s failed: %s", what,
				pcmk_strerror(rc));
}

enum vouch_error_code vouch__cib_connect(int write,
					 struct vouch_deadline deadline,
					 struct vouch_cib_link **link,
					 struct vouch_error *error)
{
	struct vouch_cib_link *made = calloc(1, sizeof(*made));
	int rc;

	if (!made)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	made->cib = cib_native_new();
	if (!made->cib) {
		free(made);
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	}
	rc = made->cib->cmds->signon(made->cib, "vouch",
				     write ? cib_command : cib_query);
	if (rc != pcmk_ok) {
		cib_delete(made->cib);
		free(made);
		return vouch__error_set(error, VOUCH_E_CLUSTER,
					"Pacemaker's CIB manager cannot be "
					"reached: %s; is Pacemaker running on "
					"this node?",
					pcmk_strerror(rc));
	}
	/* Whole seconds, rounded up: the worker's end comes first. */
	made->cib->call_timeout = vouch__deadline_left_ms(deadline) / 1000 + 1;
	*link = made;
	return VOUCH_OK;
}

void vouch__cib_disconnect(struct vouch_cib_link *link)
{
	if (!link)
		return;
	(void)link->cib->cmds->signoff(link->cib);
	cib_delete(link->cib);
	free(link);
}

enum vouch_error_code vouch__cib_query(struct vouch_cib_link *link,
				       const char *host, xmlNode **cib,
				       struct vouch_error *error)
{
	xmlNode *document = NULL;
	int rc;

	if (host)
		rc = link->cib->cmds->query_from(link->cib, host, NULL,
						 &document, cib_sync_call);
	else
		rc = link->cib->cmds->query(link->cib, NULL, &document,
					    cib_sync_call | cib_scope_local);
	if (rc != pcmk_ok || !document) {
		free_xml(document);
		return failed(error, "reading the cluster's configuration",
			      rc == pcmk_ok ? -ENODATA : rc);
	}
	*cib = document;
	return VOUCH_OK;
}

void vouch__cib_release(xmlNode *cib)
{
	free_xml(cib);
}

enum vouch_error_code vouch__cib_create(struct vouch_cib_link *link,
					xmlNode *element,
					struct vouch_error *error)
{
	int rc = link->cib->cmds->create(link->cib, section, element,
					 cib_sync_call);

	if (rc == -EEXIST)
		return vouch__error_set(error, VOUCH_E_CONFLICT,
					"the cluster's configuration has that "
					"record already");
	return rc == pcmk_ok ?
		       VOUCH_OK :
		       failed(error, "writing to the cluster's configuration",
			      rc);
}

enum vouch_error_code vouch__cib_modify(struct vouch_cib_link *link,
					xmlNode *element, int may_create,
					struct vouch_error *error)
{
	int options = cib_sync_call | (may_create ? cib_can_create : 0);
	int rc = link->cib->cmds->modify(link->cib, section, element, options);

	if (rc == -ENXIO)
		return vouch__error_set(error, VOUCH_E_NOT_FOUND,
					"the cluster's configuration has no "
					"such record");
	return rc == pcmk_ok ?
		       VOUCH_OK :
		       failed(error, "changing the cluster's configuration", rc);
}

enum vouch_error_code vouch__cib_raise(struct vouch_cib_link *link, xmlNode *cib,
				       struct vouch_error *error)
{
	int rc = link->cib->cmds->modify(link->cib, NULL, cib, cib_sync_call);

	return rc == pcmk_ok || rc == -pcmk_err_old_data ?
		       VOUCH_OK :
		       failed(error, "raising the configuration's admin_epoch",
			      rc);
}

enum vouch_error_code vouch__cib_remove(struct vouch_cib_link *link,
					xmlNode *element,
					struct vouch_error *error)
{
	int rc = link->cib->cmds->remove(link->cib, section, element,
					 cib_sync_call);

	return rc == pcmk_ok ?
		       VOUCH_OK :
		       failed(error, "removing from the cluster's configuration",
			      rc);
}
