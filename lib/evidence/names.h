/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words that documents use for the values of enumerations. */
#ifndef VOUCH_EVIDENCE_NAMES_H
#define VOUCH_EVIDENCE_NAMES_H

#include <stdint.h>

struct vouch_names {
	uint32_t count;
	const char *const *names; /* index is the value; 0 is never written */
};

extern const struct vouch_names vouch__names_answer;
extern const struct vouch_names vouch__names_condition;
extern const struct vouch_names vouch__names_manager;
extern const struct vouch_names vouch__names_origin;
extern const struct vouch_names vouch__names_authorization;
extern const struct vouch_names vouch__names_class;
extern const struct vouch_names vouch__names_operation;
extern const struct vouch_names vouch__names_result;
extern const struct vouch_names vouch__names_method;
extern const struct vouch_names vouch__names_phase;
extern const struct vouch_names vouch__names_outcome;
extern const struct vouch_names vouch__names_source;
extern const struct vouch_names vouch__names_action;
extern const struct vouch_names vouch__names_state;
extern const struct vouch_names vouch__names_executor;

/* The word for a value; "?" for one that the table does not have. */
const char *vouch__name_of(const struct vouch_names *names, uint64_t value);
/* 1 and the value, or 0 when there is no such word. */
int vouch__name_parse(const struct vouch_names *names, const char *name,
		      uint32_t *value);

#endif
