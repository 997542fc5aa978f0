/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a fact is. One struct vouch_evidence holds every fact that a decision
 * may use, with nothing outside it: no pointer, no handle, no time of day.
 *
 * Zero means unproven (P6-F1): a structure of zero bytes permits nothing.
 * Units: LSNs are byte positions, `order` counts observations within one
 * collection (1 is the first), never a clock; `completed_s` is some other
 * node's wall clock and is data for people, not for ordering across nodes.
 */
#ifndef VOUCH_KERNEL_FACTS_H
#define VOUCH_KERNEL_FACTS_H

#include <stdint.h>

enum {
	VOUCH_EVIDENCE_FORMAT = 1,
	VOUCH_NODES_MAX = 64,
	VOUCH_NAME_SIZE = 64,	     /* bytes with the terminating NUL */
	VOUCH_TEXT_SIZE = 256,	     /* free text such as a reason */
	/* Ancestors of a timeline. Each promotion adds one, and nothing takes one
	 * away but a new cluster (pg_upgrade, dump and restore): two switchovers a
	 * week for five years. */
	VOUCH_HISTORY_MAX = 512,
	VOUCH_CONTRACTS_MAX = 32,
	VOUCH_GRANTS_MAX = 32,
	VOUCH_ADMISSIONS_MAX = 128,
	VOUCH_FENCINGS_MAX = 256,
	VOUCH_ASSERTIONS_MAX = 16,
	VOUCH_NO_NODE = 0xff,	     /* "no such node" where an index stands */
};

/* An answer to a yes-or-no question. Absence is not a no. */
enum vouch_answer { VOUCH_UNKNOWN = 0, VOUCH_YES = 1, VOUCH_NO = 2 };

/* How an observation came out. Only PRESENT can prove anything; the other four
 * are told apart because a person mends each in another way. */
enum vouch_condition {
	VOUCH_ABSENT = 0,
	VOUCH_PRESENT = 1,
	VOUCH_STALE = 2,
	VOUCH_MALFORMED = 3,
	VOUCH_CONTRADICTORY = 4,
};

enum vouch_manager {
	VOUCH_MANAGER_UNKNOWN = 0,
	VOUCH_MANAGER_PACEMAKER = 1,
	VOUCH_MANAGER_NONE = 2, /* no cluster manager: no quorum, no fencer */
};

enum vouch_origin {
	VOUCH_ORIGIN_UNKNOWN = 0,
	VOUCH_ORIGIN_PACEMAKER = 1,
	VOUCH_ORIGIN_OPERATOR = 2,
	VOUCH_ORIGIN_HOOK = 3,
};

/* Who may ask: the control plane alone, or only with an operator's word. */
enum vouch_authorization {
	VOUCH_AUTHORIZATION_UNKNOWN = 0,
	VOUCH_AUTHORIZATION_PACEMAKER = 1,
	VOUCH_AUTHORIZATION_OPERATOR = 2,
};

struct vouch_request {
	char id[VOUCH_NAME_SIZE];
	enum vouch_origin origin;
	uint8_t candidate; /* index into nodes */
	char reason[VOUCH_TEXT_SIZE];
	enum vouch_authorization authorization;
	/* With VOUCH_AUTHORIZATION_OPERATOR: an unused authorization for this
	 * candidate and the epoch after the newest exists. */
	enum vouch_answer authorized;
	/* The administrator accepts "the watchdog must have fired by now". */
	enum vouch_answer watchdog_accepted;
};

/* Membership and configuration at one moment. */
struct vouch_view {
	enum vouch_condition condition;
	uint64_t order;
	uint32_t ring_leader; /* Corosync node id */
	uint64_t ring_seq;
	enum vouch_answer quorate;
	uint32_t member_count;
	uint32_t members[VOUCH_NODES_MAX]; /* Corosync node ids, ascending */
	enum vouch_answer two_node;
	enum vouch_answer wait_for_all;
	char dc[VOUCH_NAME_SIZE];
	/* num_updates is left out on purpose: it moves with every recorded
	 * monitor. What a decision uses of the status is compared itself. */
	uint64_t cib_admin_epoch;
	uint64_t cib_epoch;
	enum vouch_answer fencing_enabled;
};

enum vouch_node_class {
	VOUCH_CLASS_UNKNOWN = 0,
	VOUCH_CLASS_MEMBER = 1, /* a full Corosync member */
	VOUCH_CLASS_REMOTE = 2,
	VOUCH_CLASS_GUEST = 3,
	VOUCH_CLASS_BUNDLE = 4,
};

/* The newest completed operation of the resource on a node, as the cluster
 * recorded it. */
enum vouch_operation {
	VOUCH_OP_NONE = 0,
	VOUCH_OP_START = 1,
	VOUCH_OP_STOP = 2,
	VOUCH_OP_MONITOR = 3,
	VOUCH_OP_PROMOTE = 4,
	VOUCH_OP_DEMOTE = 5,
	VOUCH_OP_OTHER = 6,
};

/* How it ended. OCF's own code for success is 0, which is nothing here. */
enum vouch_result {
	VOUCH_RESULT_UNKNOWN = 0,
	VOUCH_RESULT_OK = 1,	      /* OCF 0 */
	VOUCH_RESULT_NOT_RUNNING = 2, /* OCF 7 */
	VOUCH_RESULT_PROMOTED = 3,    /* OCF 8 */
	VOUCH_RESULT_FAILED = 4,      /* any other */
};

struct vouch_operations {
	enum vouch_condition condition;
	uint64_t order;
	enum vouch_operation last;
	enum vouch_result last_result;
	/* A start, promote or demote is recorded as pending there. */
	enum vouch_answer in_flight;
};

/* One ancestor of a timeline: `timeline` ended where the next began. */
struct vouch_switch {
	uint32_t timeline;
	uint64_t end_lsn;
};

/* What the server itself answered, all over one connection. */
struct vouch_probe {
	enum vouch_condition condition;
	uint64_t order;
	enum vouch_answer in_recovery; /* NO means writable */
	uint64_t system_id;
	char incarnation[VOUCH_NAME_SIZE]; /* empty: server was not pinned */
	uint32_t timeline;
	uint64_t received_lsn; /* received and flushed; 0 none since start */
	uint64_t replayed_lsn;
	/* Local log was read to its end since the start; until then the
	 * positions understate. */
	enum vouch_answer log_exhausted;
	enum vouch_answer replay_paused;
	/* No failure was counted; YES also where checksums are off. */
	enum vouch_answer checksums_clean;
	/* An attempt to promote this server holds its claim there. */
	enum vouch_answer promoting;
	uint32_t history_count;
	struct vouch_switch history[VOUCH_HISTORY_MAX]; /* oldest first */
	/* Newest epoch row in its log; 0 when there is none. */
	uint64_t epoch;
	uint32_t epoch_timeline;
};

/* What the members noted of the server there while they could see it: how far
 * it had replayed; of several notes the one that objects to most. A machine that
 * was set back as a whole, with its state directory, does not know that of itself
 * (P6-S1, amnesia). Absent: nobody looked, which proves nothing either way. */
struct vouch_noted {
	enum vouch_condition condition;
	char incarnation[VOUCH_NAME_SIZE];
	uint32_t timeline;
	uint64_t lsn;
};

struct vouch_node {
	char name[VOUCH_NAME_SIZE];
	uint32_t cluster_id; /* Corosync node id; 0 unknown */
	enum vouch_node_class node_class;
	enum vouch_answer online;  /* the cluster manager has it online */
	enum vouch_answer unclean; /* ... and does not know its state */
	/* Seen as a member since Corosync was started here. */
	enum vouch_answer ever_seen;
	struct vouch_operations operations;
	struct vouch_probe probe;
	struct vouch_noted noted;
};

enum vouch_method { VOUCH_METHOD_UNKNOWN = 0, VOUCH_METHOD_ANY = 1,
		    VOUCH_METHOD_FIRST = 2 };

enum vouch_phase {
	VOUCH_PHASE_UNKNOWN = 0,
	VOUCH_PHASE_ANNOUNCED = 1, /* written, its barrier not yet passed */
	VOUCH_PHASE_IN_FORCE = 2,  /* its barrier was passed */
};

/* When a write counts as acknowledged: k acknowledgements out of the members.
 * k = 0 is the asynchronous contract. */
struct vouch_contract {
	enum vouch_method method;
	uint32_t k;
	uint32_t member_count;
	uint8_t members[VOUCH_NODES_MAX]; /* node indices, ascending */
};

/* A contract row of the candidate's own log. Serial grows with each row. */
struct vouch_contract_row {
	uint64_t epoch;
	uint64_t serial;
	enum vouch_phase phase;
	/* The server that ran under it had it pinned on its command line. */
	enum vouch_answer pinned;
	struct vouch_contract contract;
};

/* A node's incarnation as the holder recorded it in the log. */
struct vouch_admission {
	uint64_t serial; /* a later one for the same node replaces it */
	uint8_t node;
	char incarnation[VOUCH_NAME_SIZE];
};

enum vouch_grant_outcome {
	VOUCH_GRANT_UNKNOWN = 0,
	VOUCH_GRANT_OPEN = 1, /* given; nobody said how it ended */
	VOUCH_GRANT_DONE = 2, /* the promotion happened */
	VOUCH_GRANT_VOID = 3, /* its holder says that it never happened */
	/* It happened, and its holder's server was found to run without the
	 * contract: nobody knows who has what it acknowledged (P6-S1). */
	VOUCH_GRANT_DISOWNED = 4,
};

enum vouch_grant_source {
	VOUCH_SOURCE_UNKNOWN = 0,
	VOUCH_SOURCE_CLUSTER = 1, /* the cluster's configuration */
	VOUCH_SOURCE_JOURNAL = 2, /* this node's own journal */
	VOUCH_SOURCE_LOG = 3,	  /* a row in the candidate's log */
};

/* One grant of authority as one source names it. The same epoch may stand here
 * several times; sources that disagree are a contradiction. */
struct vouch_grant {
	enum vouch_grant_source source;
	uint64_t epoch;
	uint8_t holder;
	char incarnation[VOUCH_NAME_SIZE]; /* the holder's */
	enum vouch_grant_outcome outcome;
	/* The newest earlier epoch that was not void when this one was decided
	 * on: each number between them was, by its own holder's word, and its
	 * record may be gone. 0: nothing is said. */
	uint64_t follows;
	struct vouch_contract contract;
};

enum vouch_fencing_action {
	VOUCH_FENCE_OTHER = 0,
	VOUCH_FENCE_OFF = 1,
	VOUCH_FENCE_REBOOT = 2,
	VOUCH_FENCE_ON = 3,
};

enum vouch_fencing_state {
	VOUCH_FENCING_UNKNOWN = 0,
	VOUCH_FENCING_PENDING = 1,
	VOUCH_FENCING_SUCCEEDED = 2,
	VOUCH_FENCING_FAILED = 3,
};

enum vouch_executor {
	VOUCH_EXECUTOR_UNKNOWN = 0,
	VOUCH_EXECUTOR_MACHINE = 1,
	VOUCH_EXECUTOR_HUMAN = 2,    /* stonith_admin --confirm */
	VOUCH_EXECUTOR_WATCHDOG = 3, /* a timer that expired */
};

struct vouch_fencing {
	uint8_t node; /* the target */
	enum vouch_fencing_action action;
	enum vouch_fencing_state state;
	enum vouch_executor executor;
	char origin[VOUCH_NAME_SIZE];
	uint64_t completed_s;
	uint64_t completed_ns;
	/* Stood already in the snapshot (see below). */
	enum vouch_answer in_snapshot;
};

struct vouch_fencing_history {
	enum vouch_condition condition;
	uint64_t order;
	/* The history as this node journalled it while it last saw the holder
	 * of `snapshot_epoch` hold that epoch. */
	enum vouch_condition snapshot;
	uint64_t snapshot_epoch;
	uint8_t snapshot_holder;
	uint32_t count;
	struct vouch_fencing entries[VOUCH_FENCINGS_MAX];
};

/* An operator's word that a node is down (P6-A1a). One shot. */
struct vouch_assertion {
	uint8_t node;
	uint64_t epoch; /* the epoch that node is asserted to hold no more */
	char operator_name[VOUCH_NAME_SIZE];
	char reason[VOUCH_TEXT_SIZE];
};

/* The holder's statement that its log ended, cleanly, at an exact record. */
struct vouch_seal {
	enum vouch_condition condition;
	uint64_t order;
	uint8_t node;
	uint64_t epoch;
	char incarnation[VOUCH_NAME_SIZE];
	uint32_t timeline;
	uint64_t record_lsn; /* where the shutdown checkpoint starts */
	uint32_t record_crc;
	/* No start of that server since, other than as a standby by its agent. */
	enum vouch_answer unbroken;
};

/* The last whole record of the candidate's own log; PRESENT only where all that was
 * received beyond is the beginning of one more, which nobody can complete. */
struct vouch_tail {
	enum vouch_condition condition;
	uint64_t order;
	uint32_t timeline;
	uint64_t record_lsn;
	uint64_t end_lsn; /* first byte after it, aligned as the log is */
	uint32_t record_crc;
};

/* What the candidate itself has durably on record, outside its database. */
struct vouch_own_record {
	enum vouch_condition condition;
	uint32_t mark_timeline; /* high-water mark */
	uint64_t mark_lsn;
	enum vouch_answer adopted; /* an authority was ever recorded */
};

/* When the rows of the candidate's own log were read: its contracts and its
 * admissions. They may change as long as the old holder can write. */
struct vouch_rows {
	enum vouch_condition condition;
	uint64_t order;
};

/* What a promotion would start. */
struct vouch_offer {
	/* The candidate's running server enforces exactly this contract, from
	 * its command line. */
	enum vouch_answer pinned;
	/* ... that its grant would name. */
	struct vouch_contract contract;
};

struct vouch_evidence {
	uint32_t format;
	char cluster[VOUCH_NAME_SIZE];
	enum vouch_manager manager;
	struct vouch_request request;
	struct vouch_view before;
	struct vouch_view after;
	struct vouch_own_record own;
	struct vouch_rows rows;
	struct vouch_offer offer;
	struct vouch_seal seal;
	struct vouch_tail tail;
	struct vouch_fencing_history fencing;
	uint32_t node_count;
	struct vouch_node nodes[VOUCH_NODES_MAX];
	uint32_t grant_count;
	struct vouch_grant grants[VOUCH_GRANTS_MAX];
	uint32_t contract_count;
	struct vouch_contract_row contracts[VOUCH_CONTRACTS_MAX];
	uint32_t admission_count;
	struct vouch_admission admissions[VOUCH_ADMISSIONS_MAX];
	uint32_t assertion_count;
	struct vouch_assertion assertions[VOUCH_ASSERTIONS_MAX];
};

#endif /* VOUCH_KERNEL_FACTS_H */
