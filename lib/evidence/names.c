/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "evidence/names.h"

#include <string.h>

#define NAMES(table, ...)                                                      \
	static const char *const table##_list[] = { __VA_ARGS__ };             \
	const struct vouch_names vouch__names_##table = {                      \
		sizeof(table##_list) / sizeof(table##_list[0]), table##_list   \
	}

NAMES(answer, "unknown", "yes", "no");
NAMES(condition, "absent", "present", "stale", "malformed", "contradictory");
NAMES(manager, "unknown", "pacemaker", "none");
NAMES(origin, "unknown", "pacemaker", "operator", "hook");
NAMES(authorization, "unknown", "pacemaker", "operator");
NAMES(class, "unknown", "member", "remote", "guest", "bundle");
NAMES(operation, "none", "start", "stop", "monitor", "promote", "demote",
      "other");
NAMES(result, "unknown", "ok", "not-running", "promoted", "failed");
NAMES(method, "unknown", "any", "first");
NAMES(phase, "unknown", "announced", "in-force");
NAMES(outcome, "unknown", "open", "done", "void", "disowned");
NAMES(source, "unknown", "cluster", "journal", "log");
NAMES(action, "other", "off", "reboot", "on");
NAMES(state, "unknown", "pending", "succeeded", "failed");
NAMES(executor, "unknown", "machine", "human", "watchdog");

const char *vouch__name_of(const struct vouch_names *names, uint64_t value)
{
	return value < names->count ? names->names[value] : "?";
}

int vouch__name_parse(const struct vouch_names *names, const char *name,
		      uint32_t *value)
{
	uint32_t i;

	for (i = 0; i < names->count; i++) {
		if (strcmp(names->names[i], name) == 0) {
			*value = i;
			return 1;
		}
	}
	return 0;
}
