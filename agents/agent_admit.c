/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Admission (P6-S1): a member's new incarnation counts nothing until the holder
 * has seen it stream and then flush past a barrier sampled afterwards.
 */
#include <string.h>
#include <time.h>

#include "agents/agent.h"
#include "authority/follow.h"
#include "authority/marker.h"

enum { SETTLE_MS = 3000, PAUSE_MS = 200 };

/* Admissions are looked for only where a walsender session is new: the verified
 * ones are kept in a small state file, {"name": "session", ...}. */
uint32_t agent_admit(struct agent *agent, const struct vouch_local *local)
{
	struct json_object *known = NULL, *now = json_object_new_object();
	struct vouch_error error = { 0 };
	int changed = 0;
	uint32_t admitted = 0;
	uint32_t i;

	if (!now)
		return 0;
	if (vouch__state_read(&agent->config, "admitted", &known, &error) !=
		    VOUCH_OK ||
	    !json_object_is_type(known, json_type_object)) {
		json_object_put(known);
		known = json_object_new_object();
	}
	for (i = 0; known && i < local->stream_count; i++) {
		const struct vouch_stream *stream = &local->streams[i];
		struct json_object *session;
		char incarnation[VOUCH_NAME_SIZE];

		if (stream->streaming != VOUCH_YES ||
		    !vouch__config_member(&agent->config, stream->name))
			continue;
		if (!json_object_object_get_ex(known, stream->name, &session) ||
		    strcmp(json_object_get_string(session), stream->session) !=
			    0) {
			/* Not yet is no error: the next monitor asks again. */
			if (agent->engine->admit(&agent->config, stream,
						 vouch__deadline_within(
							 agent->deadline, 3000),
						 incarnation,
						 &error) != VOUCH_OK) {
				agent_log(error.text);
				continue;
			}
			changed = 1;
		}
		admitted++;
		(void)json_object_object_add(
			now, stream->name,
			json_object_new_string(stream->session));
	}
	if (changed &&
	    vouch__state_write(&agent->config, "admitted", now, &error) !=
		    VOUCH_OK)
		agent_log(error.text);
	json_object_put(known);
	json_object_put(now);
	return admitted;
}


/* After a promotion or a start the others connect within moments. Waiting for
 * them a little closes the window in which they do not count yet; whoever
 * comes later is admitted by a monitor. */
void agent_admit_soon(struct agent *agent)
{
	static struct vouch_local local;
	struct vouch_deadline deadline =
		vouch__deadline_within(agent->deadline, SETTLE_MS);
	const struct timespec pause = { 0, PAUSE_MS * 1000000L };
	struct vouch_error error = { 0 };

	for (;;) {
		if (agent->engine->local_observe(&agent->config, deadline,
						 &local, &error) != VOUCH_OK ||
		    local.state != VOUCH_RUN_WRITABLE ||
		    !vouch__holds_authority(&agent->config, &local))
			return;
		if (agent_admit(agent, &local) + 1 >=
			    agent->config.member_count ||
		    vouch__deadline_left_ms(deadline) == 0)
			return;
		(void)nanosleep(&pause, NULL);
	}
}
