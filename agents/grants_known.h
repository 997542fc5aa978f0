/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who was granted what, as far as anybody knows here: for people, no decision uses
 * it. */
#ifndef VOUCH_AGENTS_GRANTS_KNOWN_H
#define VOUCH_AGENTS_GRANTS_KNOWN_H

#include "evidence/collect.h"

/* Of this node's journal, which alone may be behind, and of the cluster, which may
 * not answer; room for 2 * VOUCH_GRANTS_MAX, several of one epoch among them. */
uint32_t grants_known(struct vouch_context *context,
		      struct vouch_deadline deadline,
		      struct vouch_cluster_grant *grants);

#endif
