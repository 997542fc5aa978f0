/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/event.h"

#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <qb/qblog.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "authority/log.h"
#include "common/clock.h"
#include "common/document.h"
#include "common/safe_text.h"

static void put(struct json_object *json, const char *key, const char *text)
{
	if (text && text[0] != '\0')
		(void)json_object_object_add(json, key,
					     json_object_new_string(text));
}

static void put_number(struct json_object *json, const char *key, uint64_t value)
{
	if (value != 0)
		(void)json_object_object_add(
			json, key, json_object_new_int64((int64_t)value));
}

/* A pipe that nobody reads must not hold a promotion up: no waiting for it, and
 * nothing but a plain file is written to. */
static int sink_open(const struct vouch_config *config)
{
	char path[VOUCH_PATH_SIZE + 32];
	struct stat status;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/events.jsonl", config->state_dir);
	fd = open(path,
		  O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
			  O_NONBLOCK,
		  0600);
	if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

static void line_append(const struct vouch_config *config, const char *line)
{
	struct iovec parts[2] = {
		{ .iov_base = (void *)(uintptr_t)line, .iov_len = strlen(line) },
		{ .iov_base = (void *)(uintptr_t)"\n", .iov_len = 1 },
	};
	int fd = sink_open(config);

	/* One write, so that lines of two programs do not mix. */
	if (fd < 0 || writev(fd, parts, 2) != (ssize_t)(parts[0].iov_len + 1))
		qb_log(LOG_WARNING, "an event could not be written to %s",
		       config->state_dir);
	if (fd >= 0)
		(void)close(fd);
}

static struct json_object *event_json(const struct vouch_config *config,
				      const struct vouch_event *event,
				      const char *name)
{
	struct json_object *json = json_object_new_object();
	char when[VOUCH_CLOCK_SIZE];

	if (!json)
		return NULL;
	vouch__clock_utc(when);
	put(json, "event", name);
	put(json, "time", when);
	put(json, "cluster", config->name);
	put(json, "node", config->node);
	put(json, "request", event->request_id);
	put(json, "candidate", event->candidate);
	put(json, "current_primary", event->current_primary);
	put(json, "new_primary", event->new_primary);
	put(json, "reason", event->reason);
	put_number(json, "rule", event->rule);
	put(json, "invariant", event->invariant);
	put_number(json, "epoch", event->epoch);
	return json;
}

static char *text_safe(const char *text)
{
	char *safe = NULL;
	size_t size;
	FILE *out = open_memstream(&safe, &size);

	if (!out)
		return NULL;
	vouch__text_write(out, text);
	(void)fclose(out);
	return safe;
}

/* The fields in words: a log is searched by them. A reason is somebody's text,
 * and must not move a terminal's cursor or begin a line of its own. */
static void log_write(const struct vouch_config *config,
		      const struct vouch_event *event, const char *name)
{
	char epoch[24] = "", rule[16] = "";
	char *safe = NULL, *line = NULL;
	const struct vouch_log_field fields[] = {
		{ "VOUCH_EVENT", name },
		{ "VOUCH_CLUSTER", config->name },
		{ "VOUCH_NODE", config->node },
		{ "VOUCH_REQUEST", event->request_id },
		{ "VOUCH_CANDIDATE", event->candidate },
		{ "VOUCH_CURRENT_PRIMARY", event->current_primary },
		{ "VOUCH_NEW_PRIMARY", event->new_primary },
		{ "VOUCH_RULE", rule },
		{ "VOUCH_INVARIANT", event->invariant },
		{ "VOUCH_EPOCH", epoch },
	};

	safe = text_safe(event->reason);
	if (event->rule != 0)
		(void)snprintf(rule, sizeof(rule), "%u", event->rule);
	if (event->epoch != 0)
		(void)snprintf(epoch, sizeof(epoch), "%" PRIu64, event->epoch);
	if (asprintf(&line, "%s cluster=%s node=%s request=%s rule=%u epoch=%"
			    PRIu64 " %s",
		     name, config->name, config->node,
		     event->request_id ? event->request_id : "", event->rule,
		     event->epoch, safe ? safe : "") >= 0)
		vouch__log_fields(line, fields,
				  sizeof(fields) / sizeof(fields[0]));
	free(line);
	free(safe);
}

void vouch__event_emit(const struct vouch_config *config,
		       const struct vouch_event *given)
{
	struct vouch_event copy = *given, *event = &copy;
	struct json_object *json;
	const char *line = NULL;
	char name[128];

	if (!event->reason)
		event->reason = "";
	if (!vouch__text_is_utf8(event->reason))
		event->reason = "(not valid UTF-8)";
	(void)snprintf(name, sizeof(name), "replication.promotion.%s",
		       event->name);
	json = event_json(config, event, name);
	if (json)
		line = json_object_to_json_string_ext(
			json,
			JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (line)
		line_append(config, line);
	log_write(config, event, name);
	json_object_put(json);
}
