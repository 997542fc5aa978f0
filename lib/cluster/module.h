/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a cluster module exports: its operations, and the sizes of the structures
 * that pass between it and the library. Both come from one build; a module of
 * another build is refused, it would write over the wrong memory. */
#ifndef VOUCH_CLUSTER_MODULE_H
#define VOUCH_CLUSTER_MODULE_H

#include <stddef.h>

#include "cluster/cluster.h"

#define VOUCH_CLUSTER_MODULE_SYMBOL "vouch__cluster_module"

struct vouch_cluster_module {
	uint32_t format;
	size_t sizes[10];
	const struct vouch_cluster_ops *ops;
};

#define VOUCH_CLUSTER_MODULE_SIZES                                             \
	{                                                                      \
		sizeof(struct vouch_cluster_ops), sizeof(struct vouch_config), \
			sizeof(struct vouch_view),                             \
			sizeof(struct vouch_cluster_node),                     \
			sizeof(struct vouch_fencing_list),                     \
			sizeof(struct vouch_cluster_grant),                    \
			sizeof(struct vouch_recovery),                         \
			sizeof(struct vouch_setup),                            \
			sizeof(struct vouch_word_list),                        \
			sizeof(struct vouch_notes_told)                        \
	}

#endif
