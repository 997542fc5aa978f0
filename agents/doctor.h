/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What would make a proof fail, or a veto loop, before it is needed. Facts in,
 * findings out: doctor_checks.c asks nobody, cmd_doctor.c judges nothing. It
 * advises; no decision uses it. */
#ifndef VOUCH_AGENTS_DOCTOR_H
#define VOUCH_AGENTS_DOCTOR_H

#include "cluster/cluster.h"

enum { DOCTOR_FINDINGS_MAX = 192, DOCTOR_TEXT_SIZE = 512 };

/* Zero is "not known", which is never well. */
enum doctor_outcome { DOCTOR_UNKNOWN = 0, DOCTOR_WELL = 1, DOCTOR_BAD = 2 };

struct doctor_finding {
	const char *id;		/* "fencing-enabled": for programs */
	const char *invariant;	/* which proof it is about */
	enum doctor_outcome outcome;
	char text[DOCTOR_TEXT_SIZE];
	char mend[DOCTOR_TEXT_SIZE]; /* what to type next; "" when it is well */
};

struct doctor_findings {
	uint32_t count;
	struct doctor_finding list[DOCTOR_FINDINGS_MAX];
};

struct doctor_facts {
	const struct vouch_config *config;
	/* "" when the cluster manager told all of the next five. */
	char cluster_error[VOUCH_TEXT_SIZE];
	struct vouch_view view;
	uint32_t node_count;
	struct vouch_cluster_node nodes[VOUCH_NODES_MAX];
	struct vouch_recovery recovery;
	struct vouch_setup setup;
	enum vouch_answer managed;
	struct vouch_probe probes[VOUCH_NODES_MAX]; /* by configuration */
	char records_error[VOUCH_TEXT_SIZE]; /* "" when the next three are read */
	uint64_t newest_epoch; /* 0: nothing was ever adopted */
	char holder[VOUCH_NAME_SIZE];
	uint64_t snapshot_epoch;
	int k; /* of the contract on record, else the configuration's */
};

void doctor_examine(const struct doctor_facts *facts,
		    struct doctor_findings *findings);

#endif
