/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/snapshot.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "authority/records.h"
#include "authority/state_directory.h"
#include "authority/state_file.h"

#define ASKED_NAME "asked" /* empty; its time is all it tells */

/* Is the holder of that epoch writable right now, as itself? */
static int holder_is_seen(struct vouch_context *context,
			  const struct vouch_cluster_grant *grant,
			  struct vouch_deadline deadline)
{
	const struct vouch_member *member =
		vouch__config_member(context->config, grant->holder);
	struct vouch_error error = { 0 };
	static struct vouch_probe probe;

	memset(&probe, 0, sizeof(probe));
	return member &&
	       context->engine->probe(context->config, member,
				      vouch__deadline_within(
					      deadline,
					      context->config->probe_timeout_ms),
				      &probe, &error) == VOUCH_OK &&
	       probe.condition == VOUCH_PRESENT &&
	       probe.in_recovery == VOUCH_NO && probe.epoch == grant->epoch &&
	       strcmp(probe.incarnation, grant->incarnation) == 0;
}

enum vouch_error_code
vouch__snapshot_take(struct vouch_context *context,
		     const struct vouch_cluster_grant *grant,
		     const struct vouch_fencing_list *history,
		     struct vouch_deadline deadline, struct vouch_error *error)
{
	enum vouch_error_code code;
	int lock;

	if (history->condition != VOUCH_PRESENT ||
	    !holder_is_seen(context, grant, deadline))
		return history->watchdog == VOUCH_YES ?
			       vouch__snapshot_doubt(context, error) :
			       VOUCH_OK;
	code = vouch__state_lock(context->config, &lock, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__record_snapshot(context->journal, grant->epoch,
				      grant->holder, history, error);
	(void)close(lock);
	return code;
}

enum vouch_error_code vouch__snapshot_doubt(struct vouch_context *context,
					    struct vouch_error *error)
{
	enum vouch_error_code code;
	int lock;

	code = vouch__state_lock(context->config, &lock, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__record_watchdog(context->journal, error);
	(void)close(lock);
	return code;
}

/* A time in the future is none. */
int vouch__snapshot_is_due(const struct vouch_config *config)
{
	struct vouch_error error = { 0 };
	struct stat status;
	time_t now = time(NULL);
	int directory, known;

	if (strcmp(config->manager, "none") == 0)
		return 0;
	if (vouch__state_directory_open(config, &directory, &error) != VOUCH_OK)
		return 1;
	known = fstatat(directory, ASKED_NAME, &status, AT_SYMLINK_NOFOLLOW) == 0;
	(void)close(directory);
	return !known || status.st_mtime > now ||
	       now - status.st_mtime >= VOUCH_SNAPSHOT_EVERY_S;
}

enum vouch_error_code vouch__snapshot_asked(const struct vouch_config *config,
					    struct vouch_error *error)
{
	enum vouch_error_code code;
	int directory, file;

	code = vouch__state_directory_open(config, &directory, error);
	if (code != VOUCH_OK)
		return code;
	code = vouch__state_file_open(config, directory, ASKED_NAME,
				      O_WRONLY | O_CREAT, &file, error);
	(void)close(directory);
	if (code != VOUCH_OK)
		return code;
	if (futimens(file, NULL) != 0)
		code = vouch__state_failed(config, ASKED_NAME,
					   "cannot be touched", error);
	(void)close(file);
	return code;
}
