/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts out of one CIB document. Pure functions of the document: they ask
 * nobody, and every error leaves what they fill unspecified.
 */
#ifndef VOUCH_CLUSTER_PACEMAKER_CIB_READ_H
#define VOUCH_CLUSTER_PACEMAKER_CIB_READ_H

#include <libxml/tree.h>

#include "cluster/cluster.h"

/* DC, CIB version, fencing enabled; quorate becomes NO where Pacemaker itself
 * has no quorum, and stays as it is otherwise. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_view_read(const xmlNode *cib, struct vouch_view *view,
		     struct vouch_error *error);

/* Every node, `ever_seen` left UNKNOWN: only Corosync knows that. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_nodes_read(const xmlNode *cib, const char *resource,
		      struct vouch_cluster_node *nodes, uint32_t *count,
		      struct vouch_error *error);

/* The resource's operations as recorded below a node_state. */
void vouch__cib_operations_read(const xmlNode *cib, const xmlNode *node_state,
				const char *resource,
				struct vouch_operations *operations);

/* Is anything recorded as active below a node_state? Of what is not managed only
 * the resource itself counts. */
int vouch__cib_is_active_there(const xmlNode *cib, const xmlNode *node_state,
			       const char *resource, const char *node);

/* UNKNOWN where a rule decides or the resource is not configured. */
enum vouch_answer vouch__cib_managed_read(const xmlNode *cib,
					  const char *resource,
					  const char *node);

/* What its failures lead to; ABSENT when it is not configured. */
void vouch__cib_recovery_read(const xmlNode *cib, const char *resource,
			      struct vouch_recovery *recovery);

/* How it is configured; ABSENT when it is not. */
void vouch__cib_setup_read(const xmlNode *cib, const char *resource,
			   struct vouch_setup *setup);

/* 1 and the promotion score of the resource on the node, 0 when it has none,
 * -1 when what stands there is no score. */
int vouch__cib_score_read(const xmlNode *cib, const char *resource,
			  const char *node, int *score);

#define VOUCH_NOTES_ATTRIBUTE "vouch-noted-" /* and the resource's name */

/* The resource's notes that each node told, by nodes in the document's order. */
void vouch__cib_notes_read(const xmlNode *cib, const char *resource,
			   struct vouch_notes_told *told);

/* Is fencing by watchdog timer possible in this cluster? */
enum vouch_answer vouch__cib_watchdog_read(const xmlNode *cib);

/* The id of a fence device that leaves the node running, or that is not known; NULL:
 * there is none. In the document's hands. */
const char *vouch__cib_device_without_power(const xmlNode *cib);

/* The name of the DC, "" when none is elected. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_dc_read(const xmlNode *cib, char dc[VOUCH_NAME_SIZE],
		   struct vouch_error *error);

#endif
