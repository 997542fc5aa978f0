/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/privilege.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>

static enum vouch_error_code refused(struct vouch_error *error,
				     const char *what, int number)
{
	return vouch__error_set(error, VOUCH_E_PERMISSION, "%s: %s", what,
				strerror(number));
}

/* Root is given to nobody here, whatever a configuration says. */
static enum vouch_error_code check(const struct vouch_config *config,
				   struct vouch_error *error)
{
	if (config->uid == 0 || config->gid == 0)
		return vouch__error_set(error, VOUCH_E_PERMISSION,
					"the database's user must not be root; "
					"set system_user");
	return VOUCH_OK;
}

static void become_root_again(void)
{
	gid_t group = 0;

	/* On the way to an error already, which is what the caller gets. */
	if (seteuid(0) != 0 || setegid(0) != 0 || setgroups(1, &group) != 0)
		return;
}

enum vouch_error_code vouch__privilege_lower(const struct vouch_config *config,
					     struct vouch_error *error)
{
	enum vouch_error_code code;
	int number;

	if (geteuid() == config->uid && config->uid != 0)
		return VOUCH_OK;
	code = check(config, error);
	if (code != VOUCH_OK)
		return code;
	if (geteuid() != 0)
		return vouch__error_set(error, VOUCH_E_PERMISSION,
					"only root and %s can do this; run it as "
					"one of them",
					config->system_user);
	if (initgroups(config->system_user, config->gid) == 0 &&
	    setegid(config->gid) == 0 && seteuid(config->uid) == 0 &&
	    geteuid() == config->uid && getegid() == config->gid)
		return VOUCH_OK;
	number = errno;
	become_root_again();
	return refused(error, "cannot change to the database's user", number);
}

enum vouch_error_code vouch__privilege_raise(struct vouch_error *error)
{
	gid_t group = 0;

	if (geteuid() == 0)
		return VOUCH_OK;
	if (seteuid(0) != 0)
		return vouch__error_set(error, VOUCH_E_PERMISSION,
					"the cluster's daemons answer to root "
					"only; run it as root");
	if (setegid(0) != 0 || setgroups(1, &group) != 0)
		return refused(error, "cannot change back to root's groups",
			       errno);
	return VOUCH_OK;
}

static int is_dropped(const struct vouch_config *config)
{
	uid_t real, effective, saved;
	gid_t real_group, effective_group, saved_group;

	return getresuid(&real, &effective, &saved) == 0 &&
	       getresgid(&real_group, &effective_group, &saved_group) == 0 &&
	       real == config->uid && effective == config->uid &&
	       saved == config->uid && real_group == config->gid &&
	       effective_group == config->gid && saved_group == config->gid;
}

enum vouch_error_code vouch__privilege_drop(const struct vouch_config *config,
					    struct vouch_error *error)
{
	enum vouch_error_code code = check(config, error);

	if (code != VOUCH_OK)
		return code;
	if (is_dropped(config))
		return VOUCH_OK;
	code = vouch__privilege_raise(error);
	if (code != VOUCH_OK)
		return code;
	/* Groups first: without root they can no longer be changed. */
	if (initgroups(config->system_user, config->gid) != 0 ||
	    setresgid(config->gid, config->gid, config->gid) != 0 ||
	    setresuid(config->uid, config->uid, config->uid) != 0)
		return refused(error, "cannot become the database's user",
			       errno);
	if (!is_dropped(config) || seteuid(0) == 0)
		return vouch__error_set(error, VOUCH_E_PERMISSION,
					"root's rights could not be given up");
	return VOUCH_OK;
}
