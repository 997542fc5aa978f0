/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the alert agent leaves: whole, or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authority/alert_spool.h"
#include "authority/syscalls.h"
#include "common/json.h"

static enum vouch_error_code failed(struct vouch_error *error, const char *what)
{
	return vouch__error_set(error, VOUCH_E_IO, "an alert cannot be %s: %s",
				what, strerror(errno));
}

static struct json_object *encode(const struct vouch_alert *alert)
{
	struct json_object *json = json_object_new_object();

	if (vouch__json_put_text(json, "kind", alert->kind) == VOUCH_OK &&
	    vouch__json_put_text(json, "node", alert->node) == VOUCH_OK &&
	    vouch__json_put_text(json, "task", alert->task) == VOUCH_OK &&
	    vouch__json_put_text(json, "text", alert->text) == VOUCH_OK &&
	    vouch__json_put_text(json, "result", alert->result) == VOUCH_OK &&
	    vouch__json_put_text(json, "number", alert->number) == VOUCH_OK &&
	    vouch__json_put_text(json, "when", alert->when) == VOUCH_OK)
		return json;
	json_object_put(json);
	return NULL;
}

static enum vouch_error_code file_write(int spool, const char *text,
					struct vouch_error *error)
{
	int fd, bad;

	/* One that a crash left; under the lock it is nobody's. */
	(void)unlinkat(spool, VOUCH_ALERT_NEW, 0);
	fd = openat(spool, VOUCH_ALERT_NEW,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return failed(error, "written");
	bad = vouch__syscalls_write(fd, text, strlen(text), 0) != 0 ||
	      fsync(fd) != 0;
	if (bad)
		(void)failed(error, "written");
	(void)close(fd);
	return bad ? VOUCH_E_IO : VOUCH_OK;
}

/* After all that wait: whoever takes them over deletes from the front. */
static enum vouch_error_code place(int spool, const char *text,
				   struct vouch_error *error)
{
	uint64_t numbers[VOUCH_ALERTS_WAITING];
	uint32_t count = vouch__alert_spool_list(spool, numbers);
	enum vouch_error_code code;
	char name[32];

	if (count == VOUCH_ALERTS_WAITING)
		return vouch__error_set(error, VOUCH_E_LIMIT,
					"%u alerts wait already; the agent's "
					"monitor takes them over: is the resource "
					"monitored on this node?",
					count);
	(void)snprintf(name, sizeof(name), "%" PRIu64,
		       count > 0 ? numbers[count - 1] + 1 : 1);
	code = file_write(spool, text, error);
	if (code == VOUCH_OK &&
	    (renameat(spool, VOUCH_ALERT_NEW, spool, name) != 0 ||
	     fsync(spool) != 0))
		code = failed(error, "put in its place");
	return code;
}

enum vouch_error_code vouch__alert_leave(int spool,
					 const struct vouch_alert *alert,
					 struct vouch_error *error)
{
	struct json_object *json = encode(alert);
	enum vouch_error_code code;
	const char *text = NULL;

	if (json)
		text = json_object_to_json_string_ext(json,
						      JSON_C_TO_STRING_PLAIN);
	if (!text || strlen(text) > VOUCH_ALERT_FILE_MAX)
		code = vouch__error_set(error, VOUCH_E_LIMIT,
					"an alert is too large");
	else if (vouch__syscalls_lock(spool, VOUCH_ALERT_LOCK_MS) != 0)
		code = failed(error, "written now, another one is");
	else
		code = place(spool, text, error);
	json_object_put(json);
	return code;
}
