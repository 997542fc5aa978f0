/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The open connection, as the files of this module share it. Nothing is really
 * kept open: each call has a worker and a connection of its own. */
#ifndef VOUCH_CLUSTER_PACEMAKER_PACEMAKER_H
#define VOUCH_CLUSTER_PACEMAKER_PACEMAKER_H

#include "cluster/cluster.h"

struct vouch_cluster {
	char name[VOUCH_NAME_SIZE]; /* of the database and its resource */
	char node[VOUCH_NAME_SIZE]; /* this node */
	uint32_t member_count;
	char members[VOUCH_NODES_MAX][VOUCH_NAME_SIZE];
};

enum vouch_error_code vouch__pacemaker_grants(struct vouch_cluster *,
					      struct vouch_deadline,
					      struct vouch_cluster_grant *,
					      uint32_t *, struct vouch_error *);
enum vouch_error_code
vouch__pacemaker_grant_claim(struct vouch_cluster *, struct vouch_deadline,
			     const struct vouch_cluster_grant *,
			     struct vouch_error *);
enum vouch_error_code
vouch__pacemaker_grant_close(struct vouch_cluster *, struct vouch_deadline,
			     uint64_t epoch, enum vouch_grant_outcome,
			     uint64_t keep_from, struct vouch_error *);
enum vouch_error_code vouch__pacemaker_seal(struct vouch_cluster *,
					    struct vouch_deadline,
					    struct vouch_cluster_seal *,
					    struct vouch_error *);
enum vouch_error_code
vouch__pacemaker_seal_record(struct vouch_cluster *, struct vouch_deadline,
			     const struct vouch_cluster_seal *,
			     struct vouch_error *);
enum vouch_error_code vouch__pacemaker_words(struct vouch_cluster *,
					     struct vouch_deadline,
					     struct vouch_word_list *,
					     struct vouch_error *);
enum vouch_error_code
vouch__pacemaker_word_record(struct vouch_cluster *, struct vouch_deadline,
			     const struct vouch_word *, struct vouch_error *);
enum vouch_error_code
vouch__pacemaker_word_remove(struct vouch_cluster *, struct vouch_deadline,
			     enum vouch_word_kind, const char *node,
			     struct vouch_error *);
enum vouch_error_code vouch__pacemaker_notes_tell(struct vouch_cluster *,
						  struct vouch_deadline,
						  const char *text,
						  struct vouch_error *);
enum vouch_error_code vouch__pacemaker_notes(struct vouch_cluster *,
					     struct vouch_deadline,
					     struct vouch_notes_told *,
					     struct vouch_error *);
enum vouch_error_code vouch__pacemaker_score_set(struct vouch_cluster *,
						 struct vouch_deadline, int score,
						 int remove,
						 struct vouch_error *);
enum vouch_error_code vouch__pacemaker_restart(struct vouch_cluster *,
					       struct vouch_deadline,
					       struct vouch_error *);
enum vouch_error_code
vouch__pacemaker_refusal_forget(struct vouch_cluster *, struct vouch_deadline,
				const char *node, struct vouch_error *);
enum vouch_error_code vouch__pacemaker_restart_forget(struct vouch_cluster *,
						      struct vouch_deadline,
						      struct vouch_error *);

#endif
