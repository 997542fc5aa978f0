/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engines/postgresql/postgresql.h"

extern const struct vouch_engine vouch__postgresql;

const struct vouch_engine vouch__postgresql = {
	.name = "postgresql",
	.local_observe = vouch__pg_local_observe,
	.contract_given = vouch__pg_contract_given,
	.probe = vouch__pg_probe,
	.records_observe = vouch__pg_records_observe,
	.tail_observe = vouch__pg_tail_observe,
	.whole_observe = vouch__pg_whole_observe,
	.directory_observe = vouch__pg_directory_observe,
	.same_log = vouch__pg_same_log,
	.claim = vouch__pg_claim,
	.claim_release = vouch__pg_claim_release,
	.turn_take = vouch__pg_turn_take,
	.turn_release = vouch__pg_turn_release,
	.start = vouch__pg_start,
	.start_prepare = vouch__pg_start_prepare,
	.stop = vouch__pg_stop,
	.promote = vouch__pg_promote,
	.promote_finish = vouch__pg_promote_finish,
	.epoch_write = vouch__pg_epoch_write,
	.contract_write = vouch__pg_contract_write,
	.contract_await = vouch__pg_contract_await,
	.contract_disown = vouch__pg_contract_disown,
	.admit = vouch__pg_admit,
	.follow = vouch__pg_follow,
	.follows = vouch__pg_follows,
	.vacant = vouch__pg_vacant,
	.fork_count = vouch__pg_fork_count,
	.rewind_possible = vouch__pg_rewind_possible,
	.rewind = vouch__pg_rewind,
	.copy_possible = vouch__pg_copy_possible,
	.copy = vouch__pg_copy,
	.keep = vouch__pg_keep,
};
