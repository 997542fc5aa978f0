/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated cluster: small, flat, copied by assignment. It knows everything
 * (which record was acknowledged, who can really write); what a decision may
 * see of it is made by observe.c alone.
 *
 * Logs are one tree of records; a node's log is the path from the root to its
 * head. An LSN is the depth of a record, so two forks have equal LSNs, and a new
 * timeline takes the number after that of the log it left: two forks can both
 * be "timeline 2", as in PostgreSQL.
 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include <stdint.h>

enum {
	NODES = 7,
	RECORDS = 160,
	GRANTS = 12,
	FENCINGS = 14,
	ATTEMPTS = 2,
	NOBODY = 0xff,
	NOTHING = 0xff, /* no record, no grant */
};

enum record_kind {
	RECORD_ROOT,
	RECORD_WRITE,
	RECORD_SHUTDOWN, /* the shutdown checkpoint that a seal names */
	RECORD_TIMELINE, /* a new timeline begins; .a: its grant or NOTHING */
	RECORD_EPOCH,	 /* .a: the grant, .b: pinned */
	RECORD_ANNOUNCE, /* .a: the choice */
	RECORD_BARRIER,	 /* ends the announcement before it */
	RECORD_ADMIT,	 /* .a: node, .b: incarnation */
	RECORD_DISOWN,	 /* .a: the grant, whose contract is not enforced */
};

struct record {
	uint8_t parent, kind, timeline, a, b;
	uint8_t acked;	 /* the client was told, and may rely on it */
	/* A bit for each node: whose log had it once, but another life of it or
	 * of the machine; and which machines were set back to before it. */
	uint8_t had, forgotten;
	/* Acknowledged by a server that asked nobody, which nobody has noticed:
	 * the number of its grant and 1. */
	uint8_t unnoticed;
	/* A bit for each grant that was approved without it, as nobody could tell. */
	uint16_t given_up;
	/* ... that was marked before anybody could tell: what comes of it now is the
	 * window that README.md states. Not what is asked again later. */
	uint16_t unheard;
	uint16_t lsn;
	uint32_t hash; /* of the whole path to it */
};

/* A contract as somebody chooses it: how many acknowledge, by the other method
 * than the cluster began with, and, times CHOICE_WITHOUT, the number of the one
 * node that is no member (n1 is 1; 0: all are). */
enum { CHOICE_K = 7, CHOICE_METHOD = 8, CHOICE_WITHOUT = 16, CHOICES = 128 };

struct contract {
	uint8_t k, method, members; /* members: a bit for each node */
};

struct grant {
	uint8_t epoch, holder, incarnation, follows;
	struct contract contract;
};

enum { OUTCOME_OPEN, OUTCOME_DONE, OUTCOME_VOID, OUTCOME_DISOWNED };

struct fencing {
	uint8_t target, action, state, executor, origin;
};

/* What somebody knows of the grants: one bit, and three for the outcome. */
struct known {
	uint16_t grants, done, voided, disowned;
};

enum { STATUS_ONLINE, STATUS_UNCLEAN, STATUS_OFFLINE };

struct operation {
	uint8_t last, result, in_flight;
};

struct seal {
	uint8_t present, node, epoch, incarnation, record, unbroken;
};

/* A node's copy of the cluster's configuration and status. */
struct cib {
	/* What decides which copy stays when partitions join, whoever had quorum:
	 * admin_epoch, epoch, num_updates. */
	uint8_t generation; /* raised by each grant */
	uint8_t version; /* of the configuration */
	uint8_t updates; /* of the status */
	uint8_t fencing_enabled;
	struct known known;
	struct seal seal;
	uint8_t status[NODES];
	struct operation operations[NODES];
};

/* What one node saw of another's standby: how far it had replayed. */
struct note {
	uint8_t present, incarnation, record;
	uint8_t behind; /* not quite to the end of that record */
};

struct notes {
	uint8_t unreadable;
	struct note of[NODES];
};

/* What a snapshot of a machine holds of vouch's and of the database. */
struct snapshot {
	uint8_t present, head, incarnation, mark, new_directory, dirty;
	uint8_t marker_epoch, marker_from, marker_timeline;
	uint8_t snapshot_epoch, snapshot_holder;
	uint16_t snapshot_fencings;
	struct known journal;
	uint16_t requests;
	struct seal own_seal;
	struct notes notes;
};

enum { SPARE_NONE, SPARE_KEPT, SPARE_IN_USE };
enum { SERVER_DOWN, SERVER_STANDBY, SERVER_PRIMARY };

struct node {
	uint8_t power, ring_group, sql_group, ring_seq;
	uint8_t seen; /* peers seen since Corosync started, a bit each */
	uint8_t server, head, upstream;
	uint8_t incarnation;
	uint8_t unread, lagging, paused, dirty; /* dirty: checksum failures */
	uint8_t torn; /* it received part of a record beyond its head */
	uint8_t new_directory; /* its agent will notice at the next start */
	/* The disk that was replaced, with the agent's records on it. */
	struct {
		uint8_t present, head, incarnation, mark, new_directory;
	} spare;
	struct contract setting; /* what the running server enforces */
	uint8_t grant;		 /* by which it became primary, or NOTHING */
	uint8_t by_hand; /* started so: it asks nobody; 2: its log says so */
	uint8_t set_back; /* the life that its machine was last set back to, and 1 */
	uint8_t rogue_seen; /* a monitor saw it writable without authority */
	uint8_t mark;		 /* record of the high-water mark, or NOTHING */
	/* 0: no marker; the timeline that was left, and the one begun */
	uint8_t marker_epoch, marker_from, marker_timeline;
	struct known journal;
	uint16_t requests; /* which its journal has, by what came of them */
	uint8_t snapshot_epoch, snapshot_holder;
	uint16_t snapshot_fencings;
	uint16_t fencings; /* entries that its fencer knows */
	struct operation operation; /* its own executor's history */
	struct seal own_seal;	    /* without a cluster manager: its journal's */
	struct notes notes; /* about the others, on its disk */
	struct notes told;  /* the same, as the cluster's status has it */
	struct snapshot snapshot;
	struct cib cib;
};

enum { HASTY_POSITIONS = 1, HASTY_ROWS = 2 };

/* What was collected so far, in terms of the world. */
struct seen_probe {
	uint8_t present, order, server, head, incarnation, unread, lagging,
		paused, dirty, torn, promoting;
	uint8_t old_disk; /* one that was put back answered */
};

struct seen {
	uint8_t candidate;
	uint8_t order;
	uint8_t hasty; /* what was read before anything else */
	uint8_t at_once; /* nothing happened while it was collected */
	uint8_t before_members, after_members;
	uint8_t before_quorate, after_quorate;
	uint8_t before_seq, after_seq;
	uint8_t before_version, after_version;
	uint8_t before_order, after_order;
	uint8_t before_fencing, after_fencing;
	uint8_t ever_seen;
	uint8_t operations_order, fencing_order, seal_order, tail_order,
		rows_order;
	uint8_t epochs; /* head of the own log when its epochs were read */
	uint8_t rows;	/* ... and its contracts and admissions, later */
	uint8_t tail; /* head of the own log when the tail was read */
	uint8_t mark, pinned;
	struct note noted[NODES];
	uint8_t note_unreadable; /* a bit for each node */
	/* Nodes that were set back, and of which a note says so. */
	uint8_t noticed;
	uint8_t asserted; /* nodes that the operator asserts to be down */
	/* A lie about these was told when this began, or since: that the node
	 * went down later does not make what was read before any better. */
	uint8_t lied_to;
	uint8_t marked; /* the number of its grant and 1, once it has its marker */
	/* The program that asks has read its configuration once. */
	struct contract wanted;
	uint8_t snapshot_epoch, snapshot_holder;
	uint16_t snapshot_fencings, fencings;
	struct known cluster, journal;
	struct seal seal;
	uint8_t status[NODES];
	struct operation operations[NODES];
	struct seen_probe probes[NODES];
	struct fencing entries[FENCINGS];
};

enum attempt_step {
	ATTEMPT_NONE,
	ATTEMPT_VIEW,	  /* view, operations, fencing, rows, grants read */
	ATTEMPT_ASKED,	  /* seal read, everybody asked once */
	ATTEMPT_HOLDERS,  /* holders asked again */
	ATTEMPT_OTHERS,	  /* the others asked again */
	ATTEMPT_APPROVED, /* permitted */
	ATTEMPT_CLAIMED,  /* the cluster has the grant */
	ATTEMPT_MARKED,	  /* journal, recheck and marker done */
	ATTEMPT_PROMOTED, /* writable, without its row */
	ATTEMPT_ROW,	  /* the row is written */
};

struct attempt {
	uint8_t step, node, grant, by_cluster, unpinned;
	struct seen seen;
};

struct world {
	uint8_t node_count, managed, two_node, wait_for_all;
	uint8_t watchdog_accepted; /* the operator opted in */
	uint8_t config; /* the choice that is configured */
	uint8_t method; /* with which the cluster began */
	uint8_t incarnations; /* how many there were so far */
	uint8_t record_count, grant_count, fencing_count;
	uint8_t ring_seq;
	/* Somebody was told a lie about these nodes (fencing that reported what
	 * it did not do, a wrong word of an operator): outside the promise. */
	uint8_t lied;
	uint8_t over; /* out of room, or after a lie came true: nothing follows */
	struct record records[RECORDS];
	struct grant grants[GRANTS];
	struct fencing fencings[FENCINGS];
	struct node nodes[NODES];
	struct attempt attempts[ATTEMPTS];
};

/* world.c */
/* How two nodes are quorate: two_node with wait_for_all, which comes with it; without
 * it; or both of them only. */
enum votes { VOTES_OF_PAIR, VOTES_OF_ONE, VOTES_MAJORITY, VOTES };
void world_count_votes(struct world *world, enum votes votes);
/* `strangers`: a bit for each standby that was never admitted; bit 0: n1 was
 * started by somebody else, and asks for no acknowledgement at all. */
void world_begin(struct world *world, int node_count, int k, int method,
		 int managed, int strangers);
uint8_t world_append(struct world *world, uint8_t node, int kind, int a, int b);
int world_is_on_path(const struct world *world, uint8_t record, uint8_t head);
int world_can_choose(const struct world *world, uint8_t choice);
struct contract world_contract(const struct world *world, uint8_t choice,
			       uint8_t holder);
int world_reaches(const struct world *world, uint8_t a, uint8_t b); /* SQL */
int world_in_group(const struct world *world, uint8_t a, uint8_t b); /* ring */
int world_is_quorate(const struct world *world, uint8_t node);
void world_acknowledge(struct world *world, uint8_t primary);
void world_ring_changed(struct world *world);
/* Which writes acknowledged without a contract does the cluster know of by now? */
void world_notice(struct world *world);
uint64_t world_hash(const struct world *world);
struct attempt *world_attempt_of(struct world *world, uint8_t node);
/* The newest epoch's grant that `known` names; NOTHING when there is none. */
uint8_t world_newest_grant(const struct world *world, const struct known *known);

/* The incarnation of a node that the log up to `head` admitted last. */
uint8_t world_admission(const struct world *world, uint8_t head, uint8_t node);

/* Was this note's position ever reached by the log up to `head`? */
int world_has_noted(const struct world *world, const struct note *note,
		    uint8_t head);

/* events.c: an event is one number, so that a history is a list of numbers. */
struct event {
	uint8_t kind, node, other, value;
};
int event_apply(struct world *world, struct event event); /* 0: not possible */
/* `sanity`: of 100 events so many are what a sane cluster would do. */
struct event event_random(const struct world *world, uint64_t *seed, int sanity);
uint32_t event_count(const struct world *world);
struct event event_nth(const struct world *world, uint32_t n);
void event_print(const struct world *world, struct event event, char *text,
		 uint32_t size);

/* beginnings.c: the n-th event of a beginning; 0 after its last. */
enum { BEGINNINGS = 18 };
int beginning_nth(const struct world *world, uint32_t beginning, uint32_t n,
		  struct event *event);

/* changes.c: the events of a change of the contract by n1, and its end. */
enum { CHANGE_EVENTS = 90 };
struct change {
	uint8_t nodes, method; /* ... that the cluster began with */
	uint8_t from, to; /* choices */
	uint8_t in_place;  /* without starting the server again */
	uint8_t crashes;   /* ... which does not end cleanly */
	uint8_t promotion; /* 0: in one go; n: cut off at step n */
	uint8_t turn;	   /* who acknowledges moves on by so many */
	uint8_t also;	   /* lost with n1 in the end; 0: nobody */
};
uint32_t change_script(const struct change *change, struct event *events);
uint32_t change_cut(const struct change *change, struct event *events);

/* attempt.c */
int attempt_begin(struct world *world, uint8_t node, int by_cluster,
		  uint8_t asserted, int hasty);
int attempt_advance(struct world *world, struct attempt *attempt);
void attempt_drop(struct world *world, uint8_t node);
void recovery_run(struct world *world, uint8_t node);
void recovery_settle(struct world *world, uint8_t node);
/* The monitor of a primary that somebody started by hand. */
void disown(struct world *world, uint8_t node);

/* notes.c, as lib/authority/noted.c has them */
/* A node sees the others' standbys; `known`: only those that its cluster has. */
void notes_raise(struct world *world, uint8_t node, int known);
void notes_tell(struct world *world, uint8_t node);
/* Every node that runs a server tells, before or after a promotion or a start;
 * `raise`: and then looks. */
void notes_notify(struct world *world, uint8_t node, int raise);
void notes_merge(const struct world *world, struct seen *seen);

/* observe.c */
struct vouch_evidence;
void observe_view(const struct world *world, struct seen *seen, uint8_t node);
void observe_seal(const struct world *world, struct seen *seen);
void observe_probe(const struct world *world, struct seen *seen, uint8_t node,
		   int order);
void observe_all(const struct world *world, struct seen *seen, uint8_t node,
		 uint8_t asserted);
int observe_is_holder(const struct world *world, const struct seen *seen,
		      uint8_t node);
void observe_asked(const struct world *world, struct seen *seen);
void observe_holders(const struct world *world, struct seen *seen);
void observe_others(const struct world *world, struct seen *seen);
void observe_hastily(const struct world *world, struct seen *seen);
void observe_end(const struct world *world, struct seen *seen);
void observe_evidence(const struct world *world, const struct seen *seen,
		      struct vouch_evidence *evidence);

/* oracle.c: what is true. */
enum wrong { WRONG_NOTHING, WRONG_LOST, WRONG_TWO_WRITERS, WRONG_VETO,
	     WRONG_PERMIT, WRONG_WORDS, WRONG_KINDS };
/* `seen`: what it was permitted by. `excused`: something is missing, and nobody
 * could tell. */
enum wrong oracle_promotion(const struct world *world, const struct seen *seen,
			    int *excused);
/* What this grant was approved without, as nobody could tell. */
void oracle_give_up(struct world *world, const struct seen *seen, uint8_t grant);
/* What is told from here on comes after this promotion. */
void oracle_unheard(struct world *world, struct seen *seen, uint8_t grant);
/* Nodes that have less now than a note says which the candidate can read. */
uint8_t oracle_noticed(const struct world *world, uint8_t candidate);

/* provable.c: what proof.md allows to conclude from the evidence. */
int provable(const struct vouch_evidence *evidence, uint16_t *missing);

/* judge.c: asks the kernel, and compares. */
struct tally {
	uint64_t decisions, permits, promotions, wrong[WRONG_KINDS];
	uint64_t by_rule[1000];
};
extern struct tally tally;
enum wrong judge(const struct world *world, const struct seen *seen,
		 int *permitted);
/* The first thing that went wrong since it was last cleared. */
extern enum wrong judge_wrong;
/* 1: only what is true counts, not what was provable. */
extern int judge_by_truth_alone;

#endif
