/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "evidence/evidence_shape.h"
#include "kernel/facts.h"

#define U32(s, f) { #f, VOUCH_FIELD_U32, offsetof(struct s, f), 0, 0, 0, 0, 0 }
#define U64(s, f) { #f, VOUCH_FIELD_U64, offsetof(struct s, f), 0, 0, 0, 0, 0 }
#define ID(s, f) { #f, VOUCH_FIELD_ID, offsetof(struct s, f), 0, 0, 0, 0, 0 }
#define LSN(s, f) { #f, VOUCH_FIELD_LSN, offsetof(struct s, f), 0, 0, 0, 0, 0 }
#define STR(s, f)                                                              \
	{ #f, VOUCH_FIELD_NAME, offsetof(struct s, f),                         \
	  sizeof(((struct s *)0)->f), 0, 0, 0, 0 }
#define ENUM(s, f, n)                                                          \
	{ #f, VOUCH_FIELD_ENUM, offsetof(struct s, f), 0, 0, 0,                \
	  &vouch__names_##n, 0 }
#define NODE(s, f) { #f, VOUCH_FIELD_NODE, offsetof(struct s, f), 0, 0, 0, 0, 0 }
#define OBJ(s, f, sh)                                                          \
	{ #f, VOUCH_FIELD_OBJECT, offsetof(struct s, f), 0, 0, 0, 0, &sh }
#define ARR(s, f, c, m, sh)                                                    \
	{ #f, VOUCH_FIELD_ARRAY, offsetof(struct s, f),                        \
	  sizeof(((struct s *)0)->f[0]), offsetof(struct s, c), m, 0, &sh }
#define SHAPE(name)                                                            \
	static const struct vouch_shape name = {                               \
		sizeof(name##_fields) / sizeof(name##_fields[0]),              \
		name##_fields                                                  \
	}

static const struct vouch_field request_fields[] = {
	STR(vouch_request, id),
	ENUM(vouch_request, origin, origin),
	NODE(vouch_request, candidate),
	STR(vouch_request, reason),
	ENUM(vouch_request, authorization, authorization),
	ENUM(vouch_request, authorized, answer),
	ENUM(vouch_request, watchdog_accepted, answer),
};
SHAPE(request);

static const struct vouch_field view_fields[] = {
	ENUM(vouch_view, condition, condition),
	U64(vouch_view, order),
	U32(vouch_view, ring_leader),
	U64(vouch_view, ring_seq),
	ENUM(vouch_view, quorate, answer),
	{ "members", VOUCH_FIELD_U32S, offsetof(struct vouch_view, members),
	  sizeof(uint32_t), offsetof(struct vouch_view, member_count),
	  VOUCH_NODES_MAX, 0, 0 },
	ENUM(vouch_view, two_node, answer),
	ENUM(vouch_view, wait_for_all, answer),
	STR(vouch_view, dc),
	U64(vouch_view, cib_admin_epoch),
	U64(vouch_view, cib_epoch),
	ENUM(vouch_view, fencing_enabled, answer),
};
SHAPE(view);

static const struct vouch_field operations_fields[] = {
	ENUM(vouch_operations, condition, condition),
	U64(vouch_operations, order),
	ENUM(vouch_operations, last, operation),
	ENUM(vouch_operations, last_result, result),
	ENUM(vouch_operations, in_flight, answer),
};
SHAPE(operations);

static const struct vouch_field ancestor_fields[] = {
	U32(vouch_switch, timeline),
	LSN(vouch_switch, end_lsn),
};
SHAPE(ancestor);

static const struct vouch_field probe_fields[] = {
	ENUM(vouch_probe, condition, condition),
	U64(vouch_probe, order),
	ENUM(vouch_probe, in_recovery, answer),
	ID(vouch_probe, system_id),
	STR(vouch_probe, incarnation),
	U32(vouch_probe, timeline),
	LSN(vouch_probe, received_lsn),
	LSN(vouch_probe, replayed_lsn),
	ENUM(vouch_probe, log_exhausted, answer),
	ENUM(vouch_probe, replay_paused, answer),
	ENUM(vouch_probe, checksums_clean, answer),
	ENUM(vouch_probe, promoting, answer),
	ARR(vouch_probe, history, history_count, VOUCH_HISTORY_MAX, ancestor),
	U64(vouch_probe, epoch),
	U32(vouch_probe, epoch_timeline),
};
SHAPE(probe);

static const struct vouch_field noted_fields[] = {
	ENUM(vouch_noted, condition, condition),
	STR(vouch_noted, incarnation),
	U32(vouch_noted, timeline),
	LSN(vouch_noted, lsn),
};
SHAPE(noted);

static const struct vouch_field node_fields[] = {
	STR(vouch_node, name),
	U32(vouch_node, cluster_id),
	ENUM(vouch_node, node_class, class),
	ENUM(vouch_node, online, answer),
	ENUM(vouch_node, unclean, answer),
	ENUM(vouch_node, ever_seen, answer),
	OBJ(vouch_node, operations, operations),
	OBJ(vouch_node, probe, probe),
	OBJ(vouch_node, noted, noted),
};
SHAPE(node);

static const struct vouch_field contract_fields[] = {
	ENUM(vouch_contract, method, method),
	U32(vouch_contract, k),
	{ "members", VOUCH_FIELD_NODES, offsetof(struct vouch_contract, members),
	  1, offsetof(struct vouch_contract, member_count), VOUCH_NODES_MAX, 0,
	  0 },
};
SHAPE(contract);

static const struct vouch_field contract_row_fields[] = {
	U64(vouch_contract_row, epoch),
	U64(vouch_contract_row, serial),
	ENUM(vouch_contract_row, phase, phase),
	ENUM(vouch_contract_row, pinned, answer),
	OBJ(vouch_contract_row, contract, contract),
};
SHAPE(contract_row);

static const struct vouch_field admission_fields[] = {
	U64(vouch_admission, serial),
	NODE(vouch_admission, node),
	STR(vouch_admission, incarnation),
};
SHAPE(admission);

static const struct vouch_field grant_fields[] = {
	ENUM(vouch_grant, source, source),
	U64(vouch_grant, epoch),
	NODE(vouch_grant, holder),
	STR(vouch_grant, incarnation),
	ENUM(vouch_grant, outcome, outcome),
	U64(vouch_grant, follows),
	OBJ(vouch_grant, contract, contract),
};
SHAPE(grant);

static const struct vouch_field fencing_fields[] = {
	NODE(vouch_fencing, node),
	ENUM(vouch_fencing, action, action),
	ENUM(vouch_fencing, state, state),
	ENUM(vouch_fencing, executor, executor),
	STR(vouch_fencing, origin),
	U64(vouch_fencing, completed_s),
	U64(vouch_fencing, completed_ns),
	ENUM(vouch_fencing, in_snapshot, answer),
};
SHAPE(fencing);

static const struct vouch_field fencing_history_fields[] = {
	ENUM(vouch_fencing_history, condition, condition),
	U64(vouch_fencing_history, order),
	ENUM(vouch_fencing_history, snapshot, condition),
	U64(vouch_fencing_history, snapshot_epoch),
	NODE(vouch_fencing_history, snapshot_holder),
	ARR(vouch_fencing_history, entries, count, VOUCH_FENCINGS_MAX, fencing),
};
SHAPE(fencing_history);

static const struct vouch_field assertion_fields[] = {
	NODE(vouch_assertion, node),
	U64(vouch_assertion, epoch),
	STR(vouch_assertion, operator_name),
	STR(vouch_assertion, reason),
};
SHAPE(assertion);

static const struct vouch_field seal_fields[] = {
	ENUM(vouch_seal, condition, condition),
	U64(vouch_seal, order),
	NODE(vouch_seal, node),
	U64(vouch_seal, epoch),
	STR(vouch_seal, incarnation),
	U32(vouch_seal, timeline),
	LSN(vouch_seal, record_lsn),
	U32(vouch_seal, record_crc),
	ENUM(vouch_seal, unbroken, answer),
};
SHAPE(seal);

static const struct vouch_field tail_fields[] = {
	ENUM(vouch_tail, condition, condition),
	U64(vouch_tail, order),
	U32(vouch_tail, timeline),
	LSN(vouch_tail, record_lsn),
	LSN(vouch_tail, end_lsn),
	U32(vouch_tail, record_crc),
};
SHAPE(tail);

static const struct vouch_field own_fields[] = {
	ENUM(vouch_own_record, condition, condition),
	U32(vouch_own_record, mark_timeline),
	LSN(vouch_own_record, mark_lsn),
	ENUM(vouch_own_record, adopted, answer),
};
SHAPE(own);

static const struct vouch_field rows_fields[] = {
	ENUM(vouch_rows, condition, condition),
	U64(vouch_rows, order),
};
SHAPE(rows);

static const struct vouch_field offer_fields[] = {
	ENUM(vouch_offer, pinned, answer),
	OBJ(vouch_offer, contract, contract),
};
SHAPE(offer);

/* Nodes come first: everything after them refers to nodes by name. */
static const struct vouch_field evidence_fields[] = {
	U32(vouch_evidence, format),
	STR(vouch_evidence, cluster),
	ENUM(vouch_evidence, manager, manager),
	ARR(vouch_evidence, nodes, node_count, VOUCH_NODES_MAX, node),
	OBJ(vouch_evidence, request, request),
	OBJ(vouch_evidence, before, view),
	OBJ(vouch_evidence, after, view),
	OBJ(vouch_evidence, own, own),
	OBJ(vouch_evidence, rows, rows),
	OBJ(vouch_evidence, offer, offer),
	OBJ(vouch_evidence, seal, seal),
	OBJ(vouch_evidence, tail, tail),
	OBJ(vouch_evidence, fencing, fencing_history),
	ARR(vouch_evidence, grants, grant_count, VOUCH_GRANTS_MAX, grant),
	ARR(vouch_evidence, contracts, contract_count, VOUCH_CONTRACTS_MAX,
	    contract_row),
	ARR(vouch_evidence, admissions, admission_count, VOUCH_ADMISSIONS_MAX,
	    admission),
	ARR(vouch_evidence, assertions, assertion_count, VOUCH_ASSERTIONS_MAX,
	    assertion),
};

const struct vouch_shape vouch__evidence_shape = {
	sizeof(evidence_fields) / sizeof(evidence_fields[0]), evidence_fields
};
