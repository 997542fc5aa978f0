/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/event.h"

#include <fcntl.h>
#include <json-c/json.h>
#include <qb/qblog.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void put(struct json_object *json, const char *key, const char *text)
{
	if (text && text[0] != '\0')
		(void)json_object_object_add(json, key,
					     json_object_new_string(text));
}

static void line_append(const struct vouch_config *config, const char *line)
{
	char path[VOUCH_PATH_SIZE + 32];
	char text[4096];
	int length, fd;

	(void)snprintf(path, sizeof(path), "%s/events.jsonl", config->state_dir);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return;
	length = snprintf(text, sizeof(text), "%s\n", line);
	/* One write, so that lines of two programs do not mix. */
	if (length > 0 && (size_t)length < sizeof(text) &&
	    write(fd, text, (size_t)length) < 0)
		qb_log(LOG_WARNING, "an event could not be written");
	(void)close(fd);
}

void vouch__event_emit(const struct vouch_config *config, const char *name,
		       const char *request_id, const char *candidate,
		       const char *text, uint64_t epoch)
{
	struct json_object *json = json_object_new_object();
	struct vouch_error harmless = { 0 };
	char full[128], when[32];
	time_t now = time(NULL);
	struct tm utc;

	if (!json)
		return;
	(void)snprintf(full, sizeof(full), "replication.promotion.%s", name);
	if (gmtime_r(&now, &utc))
		(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
	else
		when[0] = '\0';
	put(json, "event", full);
	put(json, "time", when);
	put(json, "cluster", config->name);
	put(json, "node", config->node);
	put(json, "request", request_id);
	put(json, "candidate", candidate);
	/* It may be an operator's or a server's: a log must not obey it, and a
	 * long one must not keep the event out of the file. */
	(void)vouch__error_set(&harmless, VOUCH_OK, "%s", text ? text : "");
	put(json, "reason", harmless.text);
	if (epoch != 0)
		(void)json_object_object_add(
			json, "epoch", json_object_new_int64((int64_t)epoch));
	line_append(config, json_object_to_json_string_ext(
				    json, JSON_C_TO_STRING_PLAIN |
						  JSON_C_TO_STRING_NOSLASHESCAPE));
	qb_log(LOG_NOTICE, "%s %s %s", full, request_id ? request_id : "",
	       harmless.text);
	json_object_put(json);
}
