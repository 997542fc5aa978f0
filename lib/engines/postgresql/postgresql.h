/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions behind the PostgreSQL row of the engine table; engine.h says
 * what each promises. */
#ifndef VOUCH_POSTGRESQL_H
#define VOUCH_POSTGRESQL_H

#include "engines/engine.h"

/* The key of the advisory lock that marks an attempt, as SQL arguments: the
 * first four letters of vouch, and one. */
#define VOUCH_PG_CLAIM_CLASS "1987016035"
#define VOUCH_PG_CLAIM_OBJECT "1"
/* On the primary: the member that may start its server again, and two. */
#define VOUCH_PG_TURN_OBJECT "2"

/* In a catalog query over pg_class c and pg_namespace n: c is a table of this
 * schema that nobody but the bootstrap superuser (10) can have made. A stranger
 * who may create schemas must not be able to speak for the authority. */
#define VOUCH_PG_IS_OWN_TABLE                                                  \
	"n.oid = c.relnamespace AND n.nspname = 'vouch' AND n.nspowner = 10 "   \
	"AND c.relowner = 10 AND c.relkind = 'r' AND c.relpersistence = 'p'"

enum vouch_error_code vouch__pg_local_observe(const struct vouch_config *,
					      struct vouch_deadline,
					      struct vouch_local *,
					      struct vouch_error *);
enum vouch_answer vouch__pg_contract_given(const struct vouch_config *,
					   struct vouch_error *);
enum vouch_error_code vouch__pg_probe(const struct vouch_config *,
				      const struct vouch_member *,
				      struct vouch_deadline,
				      struct vouch_probe *,
				      struct vouch_error *);
enum vouch_error_code vouch__pg_records_observe(const struct vouch_config *,
						struct vouch_deadline,
						struct vouch_log_record *,
						struct vouch_error *);
enum vouch_error_code vouch__pg_record_observe(const struct vouch_config *,
					       uint32_t timeline, uint64_t lsn,
					       struct vouch_tail *,
					       struct vouch_error *);
enum vouch_answer vouch__pg_breaks_off(const struct vouch_config *,
				       uint32_t timeline, uint64_t end,
				       uint64_t received);
enum vouch_error_code vouch__pg_tail_observe(const struct vouch_config *,
					     uint32_t timeline,
					     uint64_t replayed,
					     struct vouch_tail *,
					     struct vouch_error *);
enum vouch_error_code vouch__pg_whole_observe(const struct vouch_config *,
					      uint32_t timeline, uint64_t lsn,
					      uint32_t *whole_timeline,
					      uint64_t *whole_lsn,
					      struct vouch_error *);
enum vouch_error_code vouch__pg_directory_observe(const struct vouch_config *,
						  struct vouch_directory *,
						  struct vouch_error *);
enum vouch_answer vouch__pg_same_log(const struct vouch_config *,
				     const struct vouch_member *,
				     const struct vouch_stretch *,
				     struct vouch_deadline,
				     struct vouch_error *);
enum vouch_error_code vouch__pg_claim(const struct vouch_config *,
				      struct vouch_deadline, void **claim,
				      struct vouch_error *);
void vouch__pg_claim_release(void *claim);
enum vouch_error_code vouch__pg_turn_take(const struct vouch_config *,
					  const struct vouch_member *primary,
					  struct vouch_deadline, void **turn,
					  struct vouch_error *);
void vouch__pg_turn_release(void *turn);
enum vouch_error_code vouch__pg_start(const struct vouch_config *,
				      const struct vouch_start *,
				      struct vouch_deadline,
				      struct vouch_error *);
enum vouch_error_code vouch__pg_start_prepare(const struct vouch_config *,
					      const struct vouch_start *,
					      struct vouch_deadline,
					      struct vouch_start_by_other *,
					      struct vouch_error *);
enum vouch_error_code vouch__pg_stop(const struct vouch_config *,
				     struct vouch_deadline,
				     struct vouch_clean_end *,
				     struct vouch_error *);
enum vouch_error_code vouch__pg_promote(const struct vouch_config *,
					uint32_t from_timeline,
					struct vouch_deadline,
					uint32_t *timeline, uint64_t *start_lsn,
					struct vouch_error *);
enum vouch_error_code vouch__pg_promote_finish(const struct vouch_config *,
					       uint32_t from_timeline,
					       struct vouch_deadline,
					       uint32_t *timeline,
					       uint64_t *start_lsn,
					       struct vouch_error *);
enum vouch_error_code vouch__pg_epoch_write(const struct vouch_config *,
					    const struct vouch_epoch *,
					    int create, struct vouch_deadline,
					    struct vouch_error *);
enum vouch_error_code vouch__pg_contract_write(const struct vouch_config *,
					       uint64_t epoch, enum vouch_phase,
					       const struct vouch_terms *,
					       struct vouch_deadline,
					       struct vouch_error *);
enum vouch_error_code vouch__pg_contract_await(const struct vouch_config *,
					       uint64_t epoch,
					       struct vouch_deadline,
					       struct vouch_error *);
enum vouch_error_code vouch__pg_contract_disown(const struct vouch_config *,
						uint64_t epoch,
						const struct vouch_terms *,
						struct vouch_deadline,
						struct vouch_error *);
enum vouch_error_code vouch__pg_admit(const struct vouch_config *,
				      const struct vouch_stream *,
				      struct vouch_deadline,
				      char incarnation[VOUCH_NAME_SIZE],
				      struct vouch_error *);

enum vouch_error_code vouch__pg_follow(const struct vouch_config *,
				       const char *holder,
				       struct vouch_deadline,
				       struct vouch_error *);
enum vouch_answer vouch__pg_follows(const struct vouch_config *,
				    const char *holder);
enum vouch_answer vouch__pg_vacant(const struct vouch_config *,
				   struct vouch_error *);
enum vouch_error_code vouch__pg_fork_count(const struct vouch_config *,
					   const struct vouch_directory *,
					   uint64_t lsn,
					   struct vouch_fork_count *,
					   struct vouch_error *);
enum vouch_answer vouch__pg_rewind_possible(const struct vouch_config *,
					    const struct vouch_member *,
					    struct vouch_deadline,
					    struct vouch_error *);
enum vouch_error_code vouch__pg_rewind(const struct vouch_config *,
				       const struct vouch_member *,
				       struct vouch_deadline, vouch_tell *,
				       struct vouch_error *);
enum vouch_error_code vouch__pg_copy_possible(const struct vouch_config *,
					      struct vouch_error *);
enum vouch_error_code vouch__pg_copy(const struct vouch_config *,
				     const struct vouch_member *,
				     struct vouch_deadline, vouch_tell *,
				     struct vouch_error *);
enum vouch_error_code vouch__pg_keep(const struct vouch_config *,
				     const char *path, struct vouch_deadline,
				     vouch_tell *, struct vouch_error *);
/* NULL or "": nobody. Durable is not needed; whole is. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__pg_service_write(const struct vouch_config *, const char *first,
			struct vouch_error *);

#endif
