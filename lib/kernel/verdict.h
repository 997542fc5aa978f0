/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a verdict is: a list of findings, one or more per rule, each with the
 * facts it used. A verdict of zero bytes is a veto (P6-F1).
 */
#ifndef VOUCH_KERNEL_VERDICT_H
#define VOUCH_KERNEL_VERDICT_H

#include <stdint.h>
#include "kernel/facts.h"

enum { VOUCH_FINDINGS_MAX = 768, VOUCH_USED_MAX = 6 };

enum vouch_outcome {
	VOUCH_UNPROVEN = 0,
	VOUCH_HOLDS = 1,
	/* A route that is not open here, or a rule that does not apply. It
	 * blocks nothing by itself and proves nothing either. */
	VOUCH_NOT_USED = 2,
};

/*
 * Why a finding came out as it did. The texts are for people and stand beside
 * the codes so that no renderer has to reason: @n and @m are the finding's
 * nodes, @a @b @c its values as numbers, @A and @B the first two as LSNs.
 * The last column says what would have to become true for a permit.
 */
#define VOUCH_REASONS(X)                                                       \
	X(NONE, "nothing was examined", "")                                    \
	/* form */                                                             \
	X(FORM_OK, "the evidence is complete in form", "")                     \
	X(FORM_BAD, "the evidence contradicts its own form",                   \
	  "collect the evidence again")                                        \
	X(REQUEST_OK, "the request is explicit", "")                           \
	X(REQUEST_BAD, "the request has no id or no origin",                   \
	  "ask with a request id and an origin")                               \
	X(AUTHORIZED, "the request is authorized", "")                         \
	X(NOT_AUTHORIZED, "an operator's authorization for @n is missing",     \
	  "authorize @n for the next epoch")                                   \
	X(ADOPTED, "authority was recorded, the newest epoch is @a", "")       \
	X(NOT_ADOPTED, "no authority was ever recorded for this cluster",      \
	  "run 'vouch adopt' on the running primary")                          \
	X(CLASS_OK, "every member is a full cluster node", "")                 \
	X(CLASS_BAD, "@n is a remote node, guest node or bundle",              \
	  "run the database on full cluster nodes")                            \
	X(CLASS_UNKNOWN, "the cluster does not know @n as a node",             \
	  "make @n a node of this cluster")                                    \
	X(GRANTS_AGREE, "all records agree on who was granted what", "")       \
	X(GRANTS_DISAGREE, "two records of epoch @a disagree (@n, @m)",        \
	  "find out which record of epoch @a is true and remove the other")    \
	/* view */                                                             \
	X(NO_MANAGER, "no cluster manager: no quorum and no fencer", "")       \
	X(VIEW_SEEN, "the view was observed before and after", "")             \
	X(VIEW_MISSING, "the view of the cluster is missing",                  \
	  "the cluster manager on this node answers")                          \
	X(VIEW_SAME, "the view did not change while evidence was collected", "") \
	X(VIEW_CHANGED, "the view changed while evidence was collected",       \
	  "ask again when membership and configuration are steady")            \
	X(VIEW_ORDER, "an observation of @n lies outside the two views",       \
	  "collect the evidence again")                                        \
	X(QUORATE, "the partition is quorate", "")                             \
	X(NOT_QUORATE, "the partition is not quorate",                         \
	  "more nodes join until the partition is quorate")                    \
	X(FENCING_ON, "fencing is enabled", "")                                \
	X(FENCING_OFF, "fencing is not enabled",                               \
	  "set stonith-enabled=true and configure fence devices")              \
	X(PEERS_SEEN, "no other part of this cluster is quorate by itself", "") \
	X(PEER_NEVER_SEEN,                                                     \
	  "@n was never seen since Corosync started here: with two_node it "   \
	  "may have been promoted without this node",                          \
	  "@n joins")                                                          \
	X(PEER_LOST,                                                           \
	  "@n is lost, but not known to be off: with two_node it is quorate "  \
	  "by itself, and may be promoted there",                              \
	  "@n joins, or is fenced")                                            \
	X(CANDIDATE_MEMBER, "@n is online and clean in this view", "")         \
	X(CANDIDATE_NOT_MEMBER, "@n is not an online, clean member of this view", \
	  "@n joins the cluster")                                              \
	/* live contradiction */                                               \
	X(NONE_WRITABLE, "no reachable node answers as writable", "")          \
	X(WRITABLE, "@n answers as writable",                                  \
	  "stop or demote the database on @n")                                 \
	X(ANSWER_UNCLEAR, "@n answers, but not whether it can write",          \
	  "stop the server on @n, or mend it")                                 \
	X(ANSWER_FOREIGN, "what answers at the address of @n is another server", \
	  "correct the address of @n, or stop what runs there")                \
	X(NONE_PROMOTING, "no other promotion is in flight", "")               \
	X(PROMOTING, "a promotion is in flight on @n",                         \
	  "the attempt on @n ends")                                            \
	X(PROMOTING_UNCLEAR, "@n does not say whether a promotion is in flight", \
	  "@n answers completely")                                             \
	/* exclusion */                                                        \
	X(HOLDERS_KNOWN, "the last holder is @n, epoch @a", "")                \
	X(HOLDER_UNKNOWN, "no record says who held epoch @a",                  \
	  "a member with the record of epoch @a answers")                      \
	X(IS_CANDIDATE, "the holder is the candidate itself, and in recovery", "") \
	X(SEALED, "@n sealed epoch @a and did not start since", "")            \
	X(SEAL_ABSENT, "no seal of @n for epoch @a", "stop @n cleanly")        \
	X(SEAL_STALE, "the seal is of epoch @b, but @n holds epoch @a",        \
	  "stop @n cleanly")                                                   \
	X(SEAL_BROKEN, "@n was started again after its seal",                  \
	  "stop @n cleanly")                                                   \
	X(SEAL_ACTIVE, "the resource is not known to be stopped on @n",        \
	  "@n leaves the cluster cleanly, or is fenced")                       \
	X(FENCED, "@n was fenced by a machine after it last held epoch @a", "") \
	X(FENCED_WATCHDOG, "the watchdog of @n must have fired (accepted by "  \
	  "configuration)", "")                                                \
	X(FENCING_UNREAD, "the fencing history could not be read",             \
	  "the fencer on this node answers")                                   \
	X(FENCING_NO_SNAPSHOT,                                                 \
	  "no fencing history was journalled while @n held epoch @a",          \
	  "assert @n down, or @n answers in recovery")                         \
	X(FENCING_NONE, "no fencing of @n since it last held epoch @a",        \
	  "fence @n, or assert it down")                                       \
	X(FENCING_STALE, "the fencing of @n is older than its epoch @a",       \
	  "fence @n, or assert it down")                                       \
	X(FENCING_PENDING, "a fencing of @n is pending",                       \
	  "the pending fencing of @n ends")                                    \
	X(FENCING_FAILED, "a fencing of @n failed",                            \
	  "fence @n, or assert it down")                                       \
	X(FENCING_ON_AGAIN, "@n was switched on after it was fenced",          \
	  "fence @n, or @n answers in recovery")                               \
	X(FENCING_HUMAN, "a person confirmed @n, no machine fenced it",        \
	  "fence @n, or assert it down")                                       \
	X(FENCING_WATCHDOG, "only a watchdog timer stands for the fencing of @n", \
	  "fence @n by a device, or accept watchdog fencing")                  \
	X(FENCING_EXECUTOR, "nobody knows who carried out the fencing of @n",  \
	  "fence @n by a device")                                              \
	X(FENCED_PRESENT, "@n was fenced but is a member of this view",        \
	  "@n answers in recovery, or leaves")                                 \
	X(FENCED_UNCLEAN, "@n was fenced but the cluster has it unclean",      \
	  "the cluster has @n clean")                                          \
	X(ATTESTED, "@n answers, in recovery, as the incarnation expected", "") \
	X(ATTESTED_STOPPED, "the agent's stop on @n succeeded after its last start", "") \
	X(ATTEST_NOT_MEMBER, "@n is not a member of this view", "@n joins and answers in recovery") \
	X(ATTEST_ABSENT, "@n does not answer", "@n answers in recovery")       \
	X(ATTEST_IN_FLIGHT, "an operation is in flight on @n",                 \
	  "the operation on @n ends")                                          \
	X(ATTEST_OPEN, "nobody knows how the promotion of @n to epoch @a ended", \
	  "the agent on @n says how it ended, or @n is fenced")                \
	X(ATTEST_INCARNATION, "@n answers as another incarnation",             \
	  "fence @n, or assert it down")                                       \
	X(ASSERTED, "an operator asserts that @n is down", "")                 \
	X(ASSERTED_CONFIRMED, "a person confirmed to the fencer that @n is down", "") \
	X(NOT_ASSERTED, "no operator asserts that @n is down for epoch @a",    \
	  "assert @n down, if you know that it is")                            \
	X(ASSERTED_PRESENT,                                                    \
	  "@n is asserted down but is, or may be, a member of this view",      \
	  "fence @n, or stop the cluster on it")                               \
	X(CONFIRMED_UNCLEAN, "a person confirmed to the fencer that @n is down, but " \
	  "the cluster does not have it offline and clean: it may have been back " \
	  "since", "@n is fenced, or confirmed again or asserted down, if you know " \
	  "that it is down")                                                   \
	X(EXCLUDED, "@n cannot write", "")                                     \
	X(OTHERS_NONE, "there is no other node to account for", "")            \
	X(OTHER_QUIET, "@n holds nothing and cannot write", "")                \
	X(OTHER_CLEAN, "@n holds nothing and the cluster has it offline and clean", "") \
	X(OTHER_ASSERTED, "an operator asserts that @n is down", "")           \
	X(OTHER_UNCLEAN, "the cluster has @n unclean", "@n is fenced, or answers") \
	X(OTHER_UNKNOWN, "nothing says whether the database runs on @n",       \
	  "@n answers, or leaves the cluster cleanly, or is asserted down")    \
	/* coverage */                                                         \
	X(ORDER_OK, "positions were read after exclusion held", "")            \
	X(ORDER_EARLY, "the position of @n was read before exclusion held",    \
	  "collect the evidence again")                                        \
	X(ROWS_EARLY, "the records in the log of @n were read before exclusion held", \
	  "collect the evidence again")                                        \
	X(SEAL_REACHED, "the log of @n ends in the sealed record at @A", "")   \
	X(SEAL_OTHER_RECORD, "the record of @n at @A is not the sealed one",   \
	  "the candidate has the whole log of the sealed holder")              \
	X(SEAL_NOT_LAST, "the log of @n ends at @A, the sealed log at @B",     \
	  "promote a node whose log ends in the seal")                         \
	X(SEAL_NONE, "no seal names the end of the log", "")                   \
	X(INTERSECTS, "@a of @b members answered; @c acknowledgements suffice", "") \
	X(CONTRACT_UNKNOWN, "the log of @n has no contract in force",          \
	  "promote a node whose log has the contract")                         \
	X(CONTRACT_UNPINNED, "the contract of epoch @a was not pinned",        \
	  "the holder starts once under its agent")                            \
	X(CONTRACT_NO_ROW, "@n is on timeline @a, which has no epoch row",     \
	  "promote a node whose log has the epoch row")                        \
	X(CONTRACT_ASYNC, "the contract is asynchronous (k = 0): nobody had to have "  \
	  "an acknowledged write but the holder",                              \
	  "@n answers and is promoted again, or seals its log")                \
	X(INTERSECT_SHORT, "@a of @b members answered and count, k = @c: an "  \
	  "acknowledged write may be on none of them",                         \
	  "@n answers")                                                        \
	X(INTERSECT_AMNESIA, "@n is a new incarnation that was never admitted " \
	  "(@a of @b members count, k = @c)",                                  \
	  "another member answers, or the holder admits @n")                   \
	X(INTERSECT_UNREAD, "@n has not read its own log to the end "          \
	  "(@a of @b members count, k = @c)",                                  \
	  "@n has read its log")                                               \
	X(INTERSECT_SET_BACK, "@n was seen with more than it has now: it was "  \
	  "set back (@a of @b members count, k = @c)",                          \
	  "another member answers, or the holder admits @n anew")              \
	X(INTERSECT_NOTE_UNREAD, "what the members noted of @n cannot be read " \
	  "(@a of @b members count, k = @c)",                                  \
	  "another member answers, or the holder comes back")                  \
	X(BEHIND, "@n is at @A, but @m has the log up to @B",                  \
	  "promote @m instead")                                                \
	X(SAME_HOLDER, "@n held epoch @a itself and has its whole log", "")    \
	X(NOT_HOLDER, "@n did not hold epoch @a", "")                          \
	X(HOLDER_AMNESIA, "@n held epoch @a as another incarnation",           \
	  "promote a member that has the acknowledged writes")                 \
	X(HOLDER_SHORT, "the log of @n ends at @A, it had been at @B",         \
	  "restore the log of @n, or promote another member")                  \
	X(HOLDER_SET_BACK, "@n was seen with more than it has now, or what was " \
	  "noted of it cannot be read",                                        \
	  "promote another member")                                            \
	X(HOLDER_NO_RECORD, "@n has no high-water mark on record",             \
	  "promote another member")                                            \
	X(HOLDER_FEW, "only @a of @b nodes show that no later epoch exists",   \
	  "more members answer")                                               \
	X(COVERED, "@n has every write acknowledged under the contracts in its " \
	  "log", "")                                                           \
	X(NONE_AHEAD, "no reachable node is ahead of @n", "")                  \
	X(AHEAD_EPOCH, "@m knows epoch @b, @n only epoch @a",                  \
	  "promote @m instead")                                                \
	X(AHEAD_UNREAD, "nobody knows how far the log of @m goes",             \
	  "@m has read its log and answers completely")                        \
	X(AHEAD_TIMELINE, "@m followed a newer timeline (@b) than @n (@a)",    \
	  "promote @m instead, or resolve the open grant")                     \
	X(AHEAD_ROWLESS, "@m is on the timeline of @n and knows epoch @b, not " \
	  "@a; without a cluster manager it may be another one of that number", \
	  "stop @m and assert it down, or re-create it")                       \
	X(GRANTS_SATISFIED, "every newer grant is satisfied as a contract", "") \
	X(GRANT_UNSATISFIED, "epoch @a was granted to @m, and its contract is not " \
	  "satisfied",                                                         \
	  "@m answers, or promote a node that knows epoch @a")                 \
	X(NONE_DISOWNED, "no epoch that @n may lack writes of ran without its " \
	  "contract", "")                                                      \
	X(DISOWNED, "the server of @m ran without the contract of epoch @a, and " \
	  "@n may lack what it acknowledged then",                             \
	  "@m answers and is promoted again, or seals its log")                \
	X(OUTCOME_UNKNOWN, "a record of epoch @a does not say how it ended: @m may " \
	  "have run without its contract", "the records are read again")       \
	X(GRANTS_KEPT, "the cluster keeps every grant", "")                    \
	X(UNSEEN_NONE, "every node answers and remembers: none held an epoch unseen", "") \
	X(UNSEEN_SEALED, "@n sealed its log and did not start since", "")      \
	X(UNSEEN_COVERED, "whatever @n acknowledged unseen is on a node that "  \
	  "answers (k = @c)", "")                                              \
	X(UNSEEN_OPEN, "@n does not answer or does not remember; without a "    \
	  "cluster manager it may have held an epoch that nobody here knows "  \
	  "(@a of @b others count, k = @c)", "@n answers in recovery, admitted") \
	X(OFFER_WEAKER, "the configuration asks for k = @a, the contract in "   \
	  "force is k = @b; without a cluster manager nobody else would learn " \
	  "of it", "set k to @b, and change it on the running primary")        \
	X(OFFER_OK, "the server on @n enforces the contract that its grant "    \
	  "would name (k = @c of @b)", "")                                     \
	X(OFFER_UNPINNED, "the server on @n does not enforce the contract that " \
	  "its grant would name (k = @c of @b)",                               \
	  "restart @n through its agent")                                      \
	/* lineage */                                                          \
	X(SYSTEM_SAME, "all that answer are the same database system", "")     \
	X(SYSTEM_OTHER, "@n is another database system",                       \
	  "re-create @n from this cluster, or correct its address")            \
	X(LINEAGE_OK, "the timeline histories agree up to the epoch", "")      \
	X(LINEAGE_BAD, "the timeline history of @n contradicts itself",        \
	  "re-create @n")                                                      \
	X(LINEAGE_FULL, "timeline @a of @n has as many ancestors as can be "    \
	  "followed, and a promotion would add one",                           \
	  "start the histories anew: pg_upgrade, or dump and restore")         \
	X(LINEAGE_NUMBER, "@n and @m are both on timeline @a, but not the same one", \
	  "rejoin the diverged node")                                          \
	X(LINEAGE_UNRELATED, "@n and @m share no history",                     \
	  "re-create the foreign node")                                        \
	X(LINEAGE_ROGUE, "@n is on timeline @a, which no grant started",       \
	  "rejoin @n; promote a node on the authorised timeline")              \
	X(LINEAGE_AUTHORISED, "@n is on the timeline of its newest epoch", "") \
	X(READY, "@n is consistent and has replayed all it received", "")      \
	X(READY_WHOLE, "@n is consistent and has replayed every whole record " \
		       "that it received; the one that begins at @A stays "    \
		       "without its rest",                                     \
	  "")                                                                  \
	X(READY_ABSENT, "the candidate @n does not answer", "start @n")        \
	X(READY_WRITABLE, "the candidate @n is not in recovery",               \
	  "demote @n; it already writes without a decision")                   \
	X(READY_UNREAD, "@n has not read its log to the end",                  \
	  "wait until @n has read its log")                                    \
	X(READY_PAUSED, "replay is paused on @n, or nothing says that it is not", \
	  "run pg_wal_replay_resume() on @n")                                  \
	X(READY_BEHIND, "@n has replayed up to @A of @B",                      \
	  "wait until @n has replayed its log")                                \
	X(READY_CHECKSUM, "@n reports checksum failures, or does not tell",    \
	  "check the storage of @n; promote another member")                   \
	X(READY_UNPINNED, "the server on @n was not started by its agent",     \
	  "restart @n through its agent")                                      \
	X(TOO_MANY, "more findings than a verdict holds", "reduce the number of nodes")

enum vouch_reason {
#define VOUCH_REASON_ENUM(name, text, unblock) VOUCH_R_##name,
	VOUCH_REASONS(VOUCH_REASON_ENUM)
#undef VOUCH_REASON_ENUM
		VOUCH_REASON_COUNT
};

/*
 * The facts that findings cite: where in the evidence, how to show the value,
 * and where the value came from.
 */
enum vouch_value_kind {
	VOUCH_VALUE_NUMBER,
	VOUCH_VALUE_LSN,
	VOUCH_VALUE_ANSWER,
	VOUCH_VALUE_CONDITION,
	VOUCH_VALUE_NODE,
	VOUCH_VALUE_EXECUTOR,
	VOUCH_VALUE_OUTCOME, /* of a grant */
	VOUCH_VALUE_OPERATION,
	VOUCH_VALUE_RESULT, /* of an operation */
};

#define VOUCH_CITED(X)                                                         \
	X(QUORATE, "quorate", ANSWER, "libquorum")                             \
	X(RING, "ring sequence", NUMBER, "libquorum")                          \
	X(CIB_EPOCH, "configuration epoch", NUMBER, "CIB")                     \
	X(FENCING_ENABLED, "fencing enabled", ANSWER, "CIB")                   \
	X(MEMBER, "member of this view", ANSWER, "libquorum")                  \
	X(ONLINE, "online", ANSWER, "CIB status")                              \
	X(UNCLEAN, "unclean", ANSWER, "CIB status")                            \
	X(EVER_SEEN, "ever seen", ANSWER, "cmap")                              \
	X(PROBE, "live probe", CONDITION, "SQL")                               \
	X(IN_RECOVERY, "in recovery", ANSWER, "SQL")                           \
	X(PROMOTING, "promotion in flight", ANSWER, "SQL")                     \
	X(DURABLE_END, "durable end of the log", LSN, "SQL")                   \
	X(WHOLE_END, "end of the last whole record", LSN, "log of the candidate") \
	X(REPLAYED, "replayed", LSN, "SQL")                                    \
	X(TIMELINE, "timeline", NUMBER, "SQL")                                 \
	X(EPOCH_ROW, "newest epoch in its log", NUMBER, "SQL")                 \
	X(LOG_EXHAUSTED, "own log read to its end", ANSWER, "SQL")             \
	X(REPLAY_PAUSED, "replay paused", ANSWER, "SQL")                       \
	X(CHECKSUMS, "no checksum failure", ANSWER, "SQL")                     \
	X(ADMITTED, "incarnation admitted", ANSWER, "log of the candidate")    \
	X(EPOCH, "epoch", NUMBER, "grants")                                    \
	X(HOLDER, "holder", NODE, "grants")                                    \
	X(GRANT_OUTCOME, "outcome of the grant", OUTCOME, "grants")            \
	X(FENCED_AT, "fencing completed (unix seconds)", NUMBER, "fencer history") \
	X(FENCED_BY, "fencing carried out by", EXECUTOR, "fencer history")     \
	X(FENCED_BEFORE, "stood in the journalled snapshot", ANSWER, "journal") \
	X(SNAPSHOT, "journalled fencing snapshot", CONDITION, "journal")       \
	X(OPERATION, "newest operation", OPERATION, "CIB status")              \
	X(OPERATION_RESULT, "its result", RESULT, "CIB status")               \
	X(SEAL, "seal", CONDITION, "seal record")                              \
	X(SEAL_LSN, "sealed record", LSN, "seal record")                       \
	X(SEAL_CRC, "checksum of the sealed record", NUMBER, "seal record")    \
	X(TAIL_CRC, "checksum of the record there", NUMBER, "log of the candidate") \
	X(TAIL_END, "end of that record", LSN, "log of the candidate")         \
	X(K, "acknowledgements required (k)", NUMBER, "contract in the log")   \
	X(N, "members that may acknowledge (n)", NUMBER, "contract in the log") \
	X(S, "members that answered and count (S)", NUMBER, "SQL")             \
	X(PINNED, "contract pinned on its command line", ANSWER, "running server") \
	X(MARK, "own high-water mark", LSN, "state file")                      \
	X(NOTED, "was seen at", LSN, "note of a member")                       \
	X(SYSTEM_ID, "system identifier", NUMBER, "SQL")                       \
	X(ASSERTION, "asserted down", ANSWER, "operator")                      \
	X(SWITCH_POINT, "timelines part at", LSN, "timeline history")

enum vouch_cited {
#define VOUCH_CITED_ENUM(name, text, kind, source) VOUCH_C_##name,
	VOUCH_CITED(VOUCH_CITED_ENUM)
#undef VOUCH_CITED_ENUM
		VOUCH_CITED_COUNT
};

/*
 * Nothing below has a type that a fact has: whatever is written here, the proof
 * sees at once that no fact changed by it. Values keep the 64 bits of the fact
 * that they show.
 */
struct vouch_used {
	uint16_t fact; /* enum vouch_cited */
	uint16_t node; /* VOUCH_NO_NODE: of the whole cluster */
	int64_t value;
};

struct vouch_finding {
	uint16_t rule;
	uint16_t reason;
	uint16_t outcome;
	uint16_t node;	 /* @n */
	uint16_t node_b; /* @m */
	uint16_t used_count;
	int64_t value[3]; /* @a @b @c */
	struct vouch_used used[VOUCH_USED_MAX];
};

struct vouch_verdict {
	/* 1 permits; every other value is a veto. */
	int permitted;
	int64_t epoch; /* the epoch a permit would start */
	uint16_t deciding_rule; /* of a veto: the first rule that failed */
	uint16_t finding_count;
	struct vouch_finding findings[VOUCH_FINDINGS_MAX];
};

#endif /* VOUCH_KERNEL_VERDICT_H */
