/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The engine interface: what vouch needs of a database. A second engine is one
 * directory beside postgresql/ and one row in engine.c.
 *
 * Observers fill facts and never judge; actors carry out and never decide.
 * Every function honours its deadline and returns VOUCH_E_TIMEOUT past it.
 * All are called with the database user's effective identity.
 */
#ifndef VOUCH_ENGINES_ENGINE_H
#define VOUCH_ENGINES_ENGINE_H

#include "common/config.h"
#include "common/deadline.h"
#include "common/terms.h"
#include "kernel/facts.h"

enum { VOUCH_REMARKS_SIZE = 1024 };

enum vouch_run_state {
	VOUCH_RUN_UNKNOWN = 0, /* could not be told: neither yes nor no */
	VOUCH_RUN_STOPPED = 1, /* no server process, verified */
	VOUCH_RUN_STARTING = 2, /* process there, does not answer queries yet */
	VOUCH_RUN_STANDBY = 3,
	VOUCH_RUN_WRITABLE = 4,
	VOUCH_RUN_CRASHED = 5, /* gone, but its files say it did not end well */
};

/* A streaming member as the holder sees it. */
struct vouch_stream {
	char name[VOUCH_NAME_SIZE];	  /* application_name */
	char session[VOUCH_NAME_SIZE];	  /* pid and start of the sender */
	uint64_t flushed_lsn;
	enum vouch_answer streaming;
};

/* What one local query tells; the monitor needs no more than this. */
struct vouch_local {
	enum vouch_run_state state;
	uint64_t system_id;
	uint32_t timeline;
	uint64_t position; /* end of the log: flushed (writable) or replayed/received,
			    * perhaps in the middle of a record */
	uint64_t start_generation; /* start of the server, microseconds */
	char incarnation[VOUCH_NAME_SIZE]; /* as pinned in the running server */
	enum vouch_answer pinned;	   /* every pinned setting stands as the agent set it */
	char unpinned[VOUCH_TEXT_SIZE];	   /* which do not, for people */
	enum vouch_answer contract_pinned; /* those that make the contract do */
	char remarks[VOUCH_REMARKS_SIZE];  /* for people: attempts to weaken
					    * what is pinned, and what is
					    * outside the promise */
	enum vouch_answer receiving;	   /* a standby: streams from its primary */
	uint64_t epoch;			   /* newest epoch row; 0 none */
	uint32_t epoch_timeline;
	char epoch_holder[VOUCH_NAME_SIZE];
	uint32_t stream_count; /* writable only */
	struct vouch_stream streams[VOUCH_NODES_MAX];
};

/* The records of the authority that travel in the log. Node indices refer to
 * the member list of the configuration. */
struct vouch_log_record {
	uint32_t epoch_count; /* ascending by epoch, the newest ones */
	struct vouch_grant epochs[VOUCH_GRANTS_MAX];
	uint32_t contract_count;
	struct vouch_contract_row contracts[VOUCH_CONTRACTS_MAX];
	uint32_t admission_count; /* the newest per node */
	struct vouch_admission admissions[VOUCH_ADMISSIONS_MAX];
};

/* One epoch as it is written into the log by its holder. */
struct vouch_epoch {
	uint64_t epoch;
	char holder[VOUCH_NAME_SIZE];
	char incarnation[VOUCH_NAME_SIZE];
	uint32_t timeline;
	uint64_t start_lsn;
	char request_id[VOUCH_NAME_SIZE];
	enum vouch_answer pinned;
	enum vouch_method method;
	int k;
	uint32_t member_count; /* who may acknowledge: the others */
	char members[VOUCH_NODES_MAX][VOUCH_NAME_SIZE];
};

/* How a server must be started: always as a standby, with these pinned. */
struct vouch_start {
	char incarnation[VOUCH_NAME_SIZE];
	/* The member whose log this node's was found to be part of; empty: it
	 * follows nobody until it is compared (P6-S1). */
	char primary[VOUCH_NAME_SIZE];
};

/* What a program that starts the server in our place has to be given: both are
 * allocated, NULL when there is nothing. */
struct vouch_start_by_other {
	char *options;	   /* for the server's command line, quoted for one shell */
	char *environment; /* one variable, "NAME=value" */
};

/* The end of a cleanly stopped log. */
struct vouch_clean_end {
	enum vouch_answer clean; /* YES: shut down as a primary, cleanly */
	uint64_t system_id;
	uint32_t timeline;
	uint64_t record_lsn;
	uint32_t record_crc;
};

/* What the directory on disk is, for the incarnation (see authority/). */
struct vouch_directory {
	uint64_t system_id;
	char identity[VOUCH_TEXT_SIZE]; /* changes when files were re-created */
	uint32_t timeline; /* the log's newest */
	uint64_t log_end;  /* end of the last valid record, found by reading it */
	uint32_t history_count;
	struct vouch_switch history[VOUCH_HISTORY_MAX]; /* oldest first */
};

/* The end of this node's own log: a timeline's number, where that timeline began,
 * and how far the log goes. */
struct vouch_stretch {
	uint32_t timeline;
	uint64_t begin; /* 0: with the log itself */
	uint64_t end;
};

/* What lies in a directory's own log beyond a point. */
struct vouch_fork_count {
	uint64_t records;
	uint64_t commits; /* transactions that ended there */
	int complete;	  /* 0: the log was not readable so far back */
};

/* A line for people while something takes its time. */
typedef void vouch_tell(const char *text);

struct vouch_engine {
	const char *name;

	/* Observers ---------------------------------------------------- */

	/* Is a server running on this node, and as what? One connection, one
	 * query; loads nothing of the cluster. */
	enum vouch_error_code (*local_observe)(const struct vouch_config *,
					       struct vouch_deadline,
					       struct vouch_local *,
					       struct vouch_error *);
	/* Was the server that runs here started with what makes the
	 * configuration's contract do? Told without asking the server, for when
	 * it does not answer; UNKNOWN: the error says why. */
	enum vouch_answer (*contract_given)(const struct vouch_config *,
					    struct vouch_error *);
	/* Ask any member, this one included, over the network. *probe gets a
	 * condition: no answer is VOUCH_ABSENT with VOUCH_E_ENGINE or
	 * VOUCH_E_TIMEOUT, an answer that makes no sense VOUCH_MALFORMED, a
	 * server that names another member or cluster VOUCH_CONTRADICTORY. */
	enum vouch_error_code (*probe)(const struct vouch_config *,
				       const struct vouch_member *,
				       struct vouch_deadline,
				       struct vouch_probe *,
				       struct vouch_error *);
	/* The rows of this node's own log. */
	enum vouch_error_code (*records_observe)(const struct vouch_config *,
						 struct vouch_deadline,
						 struct vouch_log_record *,
						 struct vouch_error *);
	/* The last record of this node's own log that is complete, and so the
	 * last one that its standby can ever replay of it: found by reading on
	 * from the record that ends at `replayed`. ABSENT when none ends there. */
	enum vouch_error_code (*tail_observe)(const struct vouch_config *,
					      uint32_t timeline,
					      uint64_t replayed,
					      struct vouch_tail *,
					      struct vouch_error *);
	/* The record at lsn of this node's own log; ABSENT when there is none or its
	 * checksum is wrong. */
	enum vouch_error_code (*record_observe)(const struct vouch_config *,
						uint32_t timeline, uint64_t lsn,
						struct vouch_tail *,
						struct vouch_error *);
	/* Is all that lies between `end`, where the last complete record ends, and
	 * `received` the beginning of one record? NO where a record was received
	 * whole and is damaged: what it said may have been acknowledged. */
	enum vouch_answer (*breaks_off)(const struct vouch_config *,
					uint32_t timeline, uint64_t end,
					uint64_t received);
	/* The end of the last complete record up to lsn, a position that was
	 * flushed: what is there again after a crash. VOUCH_E_NOT_FOUND: none is
	 * found there along that timeline. */
	enum vouch_error_code (*whole_observe)(const struct vouch_config *,
					       uint32_t timeline, uint64_t lsn,
					       uint32_t *whole_timeline,
					       uint64_t *whole_lsn,
					       struct vouch_error *);
	enum vouch_error_code (*directory_observe)(const struct vouch_config *,
						   struct vouch_directory *,
						   struct vouch_error *);

	/* Does that member's log have the very bytes of this node's log there? Enough
	 * of its end is compared that no other server can have written it. NO: others.
	 * UNKNOWN, with an error: one of the two does not say, or does not have them.
	 * The member has to have reached `end`. */
	enum vouch_answer (*same_log)(const struct vouch_config *,
				      const struct vouch_member *,
				      const struct vouch_stretch *,
				      struct vouch_deadline,
				      struct vouch_error *);

	/* Actors ------------------------------------------------------- */

	/* Claims this node's server for one attempt: a mark that every probe of
	 * it sees (vouch_probe.promoting), held by an open session and gone
	 * with it. Taken before any evidence is read, so that of two attempts
	 * on two nodes at least one sees the other, also where no cluster
	 * manager orders them (P6-A1). VOUCH_E_BUSY when it is taken. */
	enum vouch_error_code (*claim)(const struct vouch_config *,
				       struct vouch_deadline,
				       void **claim, struct vouch_error *);
	void (*claim_release)(void *claim);
	/* Of the members whose servers have to be started again one has the
	 * turn, so that readers find the others. Held by an open session on
	 * the primary and gone with it. VOUCH_E_BUSY: somebody else's until the
	 * deadline. A courtesy: nothing that safety needs depends on it. */
	enum vouch_error_code (*turn_take)(const struct vouch_config *,
					   const struct vouch_member *primary,
					   struct vouch_deadline, void **turn,
					   struct vouch_error *);
	void (*turn_release)(void *turn);
	/* Start as a standby and wait until it answers queries. */
	enum vouch_error_code (*start)(const struct vouch_config *,
				       const struct vouch_start *,
				       struct vouch_deadline,
				       struct vouch_error *);
	/* All of `start` but the start, for a server that another program starts:
	 * its flag and its settings are in place, nothing runs. */
	enum vouch_error_code (*start_prepare)(const struct vouch_config *,
					       const struct vouch_start *,
					       struct vouch_deadline,
					       struct vouch_start_by_other *,
					       struct vouch_error *);
	/* Stop and verify that it is gone; `end` says whether it was a clean
	 * end of a primary's log. Escalates to immediate shutdown when the
	 * deadline comes near, and then `clean` is not YES. */
	enum vouch_error_code (*stop)(const struct vouch_config *,
				      struct vouch_deadline,
				      struct vouch_clean_end *,
				      struct vouch_error *);
	/* Leave recovery and verify it: writable, on a timeline newer than
	 * `from_timeline`, whose start is reported. Restores the standby flag
	 * file before it returns, so that no restart is ever a primary. */
	enum vouch_error_code (*promote)(const struct vouch_config *,
					 uint32_t from_timeline,
					 struct vouch_deadline,
					 uint32_t *timeline,
					 uint64_t *start_lsn,
					 struct vouch_error *);
	/* The rest of `promote`, once another program made the server leave
	 * recovery. VOUCH_E_STATE: it did not leave it yet, ask again. */
	enum vouch_error_code (*promote_finish)(const struct vouch_config *,
						uint32_t from_timeline,
						struct vouch_deadline,
						uint32_t *timeline,
						uint64_t *start_lsn,
						struct vouch_error *);
	/* Write an epoch's row, the first act of a new holder. Never waits for
	 * an acknowledgement: the row is its own barrier. `create`: also create
	 * the schema (adoption). */
	enum vouch_error_code (*epoch_write)(const struct vouch_config *,
					     const struct vouch_epoch *,
					     int create,
					     struct vouch_deadline,
					     struct vouch_error *);
	/* Write a contract's row into the log of a holder and wait until it is
	 * acknowledged under the contract that the server runs with, which no
	 * row can change. VOUCH_E_CONFLICT: `epoch` is not the newest one.
	 * VOUCH_E_TIMEOUT: written, and not acknowledged in time. */
	enum vouch_error_code (*contract_write)(const struct vouch_config *,
						uint64_t epoch,
						enum vouch_phase,
						const struct vouch_terms *,
						struct vouch_deadline,
						struct vouch_error *);
	/* Wait once more, for the newest of these rows. VOUCH_E_CONFLICT: it is
	 * not of `epoch`, or that is not the newest one. VOUCH_E_TIMEOUT: as
	 * above. */
	enum vouch_error_code (*contract_await)(const struct vouch_config *,
						uint64_t epoch,
						struct vouch_deadline,
						struct vouch_error *);
	/* Write into the log of a holder that its server does not run with this
	 * contract: from there on the log proves nothing about the epoch, until
	 * the next one (P6-S1). Waits for no acknowledgement. VOUCH_E_CONFLICT:
	 * `epoch` is not the newest one. */
	enum vouch_error_code (*contract_disown)(const struct vouch_config *,
						 uint64_t epoch,
						 const struct vouch_terms *,
						 struct vouch_deadline,
						 struct vouch_error *);
	/* Admit `stream`: learn the incarnation of the server behind it, sample
	 * a barrier, see the same session flush past it, see the same
	 * incarnation again, write the row. VOUCH_E_STATE: not yet. */
	enum vouch_error_code (*admit)(const struct vouch_config *,
				       const struct vouch_stream *,
				       struct vouch_deadline,
				       char incarnation[VOUCH_NAME_SIZE],
				       struct vouch_error *);
	/* Let this node's standby look for `holder`, at once, and for the others
	 * after it: its log is part of the holder's. NULL: for nobody, until it
	 * was compared. */
	enum vouch_error_code (*follow)(const struct vouch_config *,
					const char *holder,
					struct vouch_deadline,
					struct vouch_error *);

	/* Is this node's standby told to look for that member first? UNKNOWN: its
	 * server was never started by vouch's agent, and is led otherwise. */
	enum vouch_answer (*follows)(const struct vouch_config *,
				     const char *holder);

	/* Rejoin: no server runs on the directory. ----------------------- */

	/* YES: no process of a server uses the directory. */
	enum vouch_answer (*vacant)(const struct vouch_config *,
				    struct vouch_error *);
	enum vouch_error_code (*fork_count)(const struct vouch_config *,
					    const struct vouch_directory *,
					    uint64_t lsn,
					    struct vouch_fork_count *,
					    struct vouch_error *);
	/* Can this directory be rewound to that member? NO says why. */
	enum vouch_answer (*rewind_possible)(const struct vouch_config *,
					     const struct vouch_member *,
					     struct vouch_deadline,
					     struct vouch_error *why);
	/* Can `copy` replace what is in this directory? An error says why not. */
	enum vouch_error_code (*copy_possible)(const struct vouch_config *,
					       struct vouch_error *);
	/* Both leave a directory that starts as a standby of that member; one
	 * that was cut off, a directory that must not be started. */
	enum vouch_error_code (*rewind)(const struct vouch_config *,
					const struct vouch_member *,
					struct vouch_deadline, vouch_tell *,
					struct vouch_error *);
	enum vouch_error_code (*copy)(const struct vouch_config *,
				      const struct vouch_member *,
				      struct vouch_deadline, vouch_tell *,
				      struct vouch_error *);
	/* A copy of the directory as it is, in a new directory `path`. */
	enum vouch_error_code (*keep)(const struct vouch_config *,
				      const char *path, struct vouch_deadline,
				      vouch_tell *, struct vouch_error *);
};

/* The table; NULL when there is no such engine. */
const struct vouch_engine *vouch__engine_find(const char *name);

#endif
