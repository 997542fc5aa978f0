/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of cluster managers. A row's module is loaded when it is first asked
 * for and stays loaded, so that a monitor, which never asks, never pays.
 *
 * The module's directory is fixed when vouch is built. It is not taken from the
 * environment: this code runs as root.
 */
#include "cluster/cluster.h"

#include <dlfcn.h>
#include <string.h>

#include "cluster/module.h"

#ifndef VOUCH_PKGLIBDIR
#error "VOUCH_PKGLIBDIR must name the directory of the modules"
#endif

struct row {
	const char *name;
	const char *path;
	const struct vouch_cluster_ops *ops; /* once loaded */
};

static struct row rows[] = {
	{ "pacemaker", VOUCH_PKGLIBDIR "/vouch-cluster-pacemaker.so", NULL },
};

static const char *load_reason(void)
{
	const char *reason = dlerror();

	return reason ? reason : "no reason given";
}

static int is_of_this_build(const struct vouch_cluster_module *module)
{
	static const size_t sizes[] = VOUCH_CLUSTER_MODULE_SIZES;

	return module->format == VOUCH_EVIDENCE_FORMAT &&
	       memcmp(module->sizes, sizes, sizeof(sizes)) == 0 && module->ops;
}

static enum vouch_error_code load(struct row *row, struct vouch_error *error)
{
	const struct vouch_cluster_module *module;
	void *handle;

	handle = dlopen(row->path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!handle)
		return vouch__error_set(
			error, VOUCH_E_CLUSTER,
			"the module for cluster manager '%s' cannot be loaded: "
			"%s; is vouch completely installed?",
			row->name, load_reason());
	module = dlsym(handle, VOUCH_CLUSTER_MODULE_SYMBOL);
	if (!module || !is_of_this_build(module)) {
		(void)dlclose(handle);
		return vouch__error_set(
			error, VOUCH_E_CLUSTER,
			"%s is not the module of this build of vouch; install "
			"library and module together",
			row->path);
	}
	row->ops = module->ops; /* the handle stays open with the process */
	return VOUCH_OK;
}

const struct vouch_cluster_ops *vouch__cluster_find(const char *name,
						    struct vouch_error *error)
{
	size_t i;

	if (!name) {
		(void)vouch__error_set(error, VOUCH_E_ARGUMENT,
				       "no cluster manager was named");
		return NULL;
	}
	if (strcmp(name, "none") == 0) {
		(void)vouch__error_set(
			error, VOUCH_E_STATE,
			"no cluster manager is configured (cluster=none), so "
			"there is neither quorum nor fencing to ask");
		return NULL;
	}
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].name, name) != 0)
			continue;
		if (!rows[i].ops && load(&rows[i], error) != VOUCH_OK)
			return NULL;
		return rows[i].ops;
	}
	(void)vouch__error_set(error, VOUCH_E_CONFIG,
			       "there is no cluster manager '%s'; use pacemaker "
			       "or none",
			       name);
	return NULL;
}
