/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/config.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifndef VOUCH_STATEDIR
#define VOUCH_STATEDIR "/var/lib/vouch"
#endif

enum {
	DEFAULT_PORT = 5432,
	DEFAULT_PROBE_MS = 3000,
	DEFAULT_SLOT_KEEP_MB = 4096,
	FILE_MAX = 65536,
};

enum value_type {
	VALUE_NAME,
	VALUE_PATH,
	VALUE_MEMBERS,
	VALUE_K,
	VALUE_AUTHORIZATION,
	VALUE_WATCHDOG,
	VALUE_AFTER_VETO,
	VALUE_TIME,
	VALUE_SIZE,
};

static const struct key {
	const char *name;
	enum value_type type;
	size_t offset;
	size_t size;
} keys[] = {
#define NAME(key)                                                              \
	{ #key, VALUE_NAME, offsetof(struct vouch_config, key), VOUCH_NAME_SIZE }
#define PATH(key)                                                              \
	{ #key, VALUE_PATH, offsetof(struct vouch_config, key), VOUCH_PATH_SIZE }
	NAME(name),
	NAME(engine),
	NAME(manager),
	NAME(database),
	NAME(repl_user),
	NAME(system_user),
	PATH(pgdata),
	PATH(bindir),
	PATH(socket_dir),
	PATH(config_file),
	PATH(passfile),
	PATH(state_dir),
	{ "members", VALUE_MEMBERS, 0, 0 },
	{ "k", VALUE_K, 0, 0 },
	{ "authorization", VALUE_AUTHORIZATION, 0, 0 },
	{ "watchdog", VALUE_WATCHDOG, 0, 0 },
	{ "after_veto", VALUE_AFTER_VETO, 0, 0 },
	{ "probe_timeout", VALUE_TIME, 0, 0 },
	{ "slot_keep", VALUE_SIZE, 0, 0 },
};

static enum vouch_error_code bad(struct vouch_error *error, const char *key,
				 const char *what)
{
	return vouch__error_set(error, VOUCH_E_CONFIG, "parameter '%s': %s", key,
				what);
}

/* Whatever the locale says. */
#define ALPHANUMERIC                                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static int is_name(const char *text)
{
	size_t length = strspn(text, ALPHANUMERIC "._-");

	return text[length] == '\0' && length > 0 && length < VOUCH_NAME_SIZE &&
	       text[0] != '-' && text[0] != '.';
}

/* Host names and addresses; nothing that a connection string, a shell or a
 * log would read as something else. */
static int is_host(const char *text)
{
	size_t length = strspn(text, ALPHANUMERIC "._-:");

	return text[length] == '\0' && length > 0 && length < VOUCH_HOST_SIZE &&
	       text[0] != '-';
}

static int has_control(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return 1;
	}
	return 0;
}

static int number_parse(const char *text, long least, long most, long *value)
{
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return 0;
	errno = 0;
	*value = strtol(text, &end, 10);
	return errno == 0 && *end == '\0' && *value >= least && *value <= most;
}

/* "name=host", "name=host:port", "name=[v6]:port". */
static enum vouch_error_code member_parse(struct vouch_member *member, char *text,
					  struct vouch_error *error)
{
	char *host = strchr(text, '=');
	char *port = NULL;
	long number = DEFAULT_PORT;

	if (!host)
		return bad(error, "members", "must read NODE=ADDRESS NODE=ADDRESS");
	*host++ = '\0';
	if (host[0] == '[') {
		char *end = strchr(host, ']');

		if (!end)
			return bad(error, "members", "a '[' has no ']'");
		*end = '\0';
		host++;
		port = end[1] == ':' ? end + 2 : NULL;
		if (end[1] != '\0' && !port)
			return bad(error, "members", "something follows a ']'");
	} else {
		port = strchr(host, ':');
		if (port && strchr(port + 1, ':'))
			port = NULL; /* a bare IPv6 address */
		if (port)
			*port++ = '\0';
	}
	if (!is_name(text))
		return bad(error, "members", "a node's name may have letters, "
					     "digits, '.', '_' and '-' only");
	if (!is_host(host))
		return bad(error, "members", "an address is empty or has "
					     "characters that no address has");
	if (port && !number_parse(port, 1, 65535, &number))
		return bad(error, "members", "a port must be 1 to 65535");
	(void)snprintf(member->name, sizeof(member->name), "%s", text);
	(void)snprintf(member->host, sizeof(member->host), "%s", host);
	member->port = (uint16_t)number;
	return VOUCH_OK;
}

/* PostgreSQL takes "n1" and "N1" in its list of standbys for the same one, and
 * one server behind two names would count twice. */
static int is_listed(const struct vouch_config *config)
{
	const struct vouch_member *last = &config->members[config->member_count];
	const struct vouch_member *member;

	for (member = config->members; member < last; member++)
		if (strcasecmp(member->name, last->name) == 0 ||
		    (strcasecmp(member->host, last->host) == 0 &&
		     member->port == last->port))
			return 1;
	return 0;
}

static enum vouch_error_code members_parse(struct vouch_config *config,
					   const char *value,
					   struct vouch_error *error)
{
	char *copy = strdup(value);
	char *rest = copy, *word;
	enum vouch_error_code code = VOUCH_OK;

	if (!copy)
		return vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	config->member_count = 0;
	while (code == VOUCH_OK && (word = strsep(&rest, " ")) != NULL) {
		if (word[0] == '\0')
			continue;
		if (config->member_count == VOUCH_NODES_MAX) {
			code = bad(error, "members", "too many");
			break;
		}
		code = member_parse(&config->members[config->member_count], word,
				    error);
		if (code == VOUCH_OK && is_listed(config))
			code = bad(error, "members", "a node or an address is "
						     "listed twice");
		config->member_count++;
	}
	free(copy);
	return code;
}

static enum vouch_error_code time_parse(struct vouch_config *config,
					const char *value,
					struct vouch_error *error)
{
	char digits[16];
	size_t length = strspn(value, "0123456789");
	long factor = 1000, number;

	if (strcmp(value + length, "ms") == 0)
		factor = 1;
	else if (strcmp(value + length, "s") != 0 && value[length] != '\0')
		length = 0;
	if (length == 0 || length >= sizeof(digits))
		return bad(error, "probe_timeout", "must be a time such as 3s");
	memcpy(digits, value, length);
	digits[length] = '\0';
	if (!number_parse(digits, 1, 600000, &number) ||
	    number * factor < 100 || number * factor > 600000)
		return bad(error, "probe_timeout", "must be 100ms to 600s");
	config->probe_timeout_ms = (int)(number * factor);
	return VOUCH_OK;
}

/* No "without a bound": a disk has one. */
static enum vouch_error_code size_parse(struct vouch_config *config,
					const char *value,
					struct vouch_error *error)
{
	enum { MOST_MB = 1 << 30 };
	char digits[16];
	size_t length = strspn(value, "0123456789");
	long factor = 1, number;

	if (strcmp(value + length, "GB") == 0)
		factor = 1024;
	else if (strcmp(value + length, "MB") != 0)
		length = 0;
	if (length == 0 || length >= sizeof(digits))
		return bad(error, "slot_keep", "must be a size such as 4GB or "
					       "512MB");
	memcpy(digits, value, length);
	digits[length] = '\0';
	if (!number_parse(digits, 1, MOST_MB / factor, &number))
		return bad(error, "slot_keep", "must be 1MB to 1048576GB");
	config->slot_keep_mb = (int)(number * factor);
	return VOUCH_OK;
}

static enum vouch_error_code words_parse(struct vouch_config *config,
					 const struct key *key, const char *value,
					 struct vouch_error *error)
{
	long number;

	switch (key->type) {
	case VALUE_K:
		if (!number_parse(value, 0, VOUCH_NODES_MAX, &number))
			return bad(error, "k", "must be a small number");
		config->k = (int)number;
		return VOUCH_OK;
	case VALUE_AUTHORIZATION:
		if (strcmp(value, "pacemaker") == 0)
			config->authorization = VOUCH_AUTHORIZATION_PACEMAKER;
		else if (strcmp(value, "operator") == 0)
			config->authorization = VOUCH_AUTHORIZATION_OPERATOR;
		else
			return bad(error, key->name,
				   "must be pacemaker or operator");
		return VOUCH_OK;
	case VALUE_WATCHDOG:
		if (strcmp(value, "accept") == 0)
			config->watchdog_accepted = VOUCH_YES;
		else if (strcmp(value, "refuse") == 0)
			config->watchdog_accepted = VOUCH_NO;
		else
			return bad(error, key->name, "must be refuse or accept");
		return VOUCH_OK;
	case VALUE_AFTER_VETO:
		if (strcmp(value, "retry") == 0)
			config->retry_after_veto = 1;
		else if (strcmp(value, "wait") == 0)
			config->retry_after_veto = 0;
		else
			return bad(error, key->name, "must be wait or retry");
		return VOUCH_OK;
	case VALUE_TIME:
		return time_parse(config, value, error);
	case VALUE_SIZE:
		return size_parse(config, value, error);
	case VALUE_MEMBERS:
		return members_parse(config, value, error);
	case VALUE_NAME:
	case VALUE_PATH:
	default:
		return bad(error, key->name, "has no type");
	}
}

static int may_be_empty(const char *name)
{
	return strcmp(name, "config_file") == 0 || strcmp(name, "passfile") == 0;
}

static int has_dots(const char *path)
{
	const char *at;

	for (at = strstr(path, "/.."); at; at = strstr(at + 1, "/.."))
		if (at[3] == '/' || at[3] == '\0')
			return 1;
	return 0;
}

static enum vouch_error_code key_set(struct vouch_config *config,
				     const struct key *key, const char *value,
				     struct vouch_error *error)
{
	char *at = (char *)config + key->offset;

	if (has_control(value))
		return bad(error, key->name, "has control characters");
	if (strcasestr(value, "password"))
		return bad(error, key->name,
			   "passwords belong into a passfile, nowhere else");
	if (key->type == VALUE_NAME) {
		if (!is_name(value))
			return bad(error, key->name,
				   "may have letters, digits, '.', '_' and '-' "
				   "only, and at most 63 of them");
		(void)snprintf(at, key->size, "%s", value);
		return VOUCH_OK;
	}
	if (key->type == VALUE_PATH) {
		if (value[0] == '\0' && may_be_empty(key->name))
			return VOUCH_OK;
		if (value[0] != '/' || strlen(value) >= key->size ||
		    has_dots(value))
			return bad(error, key->name,
				   "must be an absolute path without '..', of "
				   "at most 1023 bytes");
		(void)snprintf(at, key->size, "%s", value);
		return VOUCH_OK;
	}
	return words_parse(config, key, value, error);
}

static const struct key *key_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

static void defaults_set(struct vouch_config *config)
{
	memset(config, 0, sizeof(*config));
	(void)snprintf(config->engine, VOUCH_NAME_SIZE, "postgresql");
	(void)snprintf(config->manager, VOUCH_NAME_SIZE, "pacemaker");
	(void)snprintf(config->database, VOUCH_NAME_SIZE, "postgres");
	(void)snprintf(config->repl_user, VOUCH_NAME_SIZE, "vouch");
	(void)snprintf(config->system_user, VOUCH_NAME_SIZE, "postgres");
	(void)snprintf(config->socket_dir, VOUCH_PATH_SIZE, "/run/postgresql");
	config->authorization = VOUCH_AUTHORIZATION_PACEMAKER;
	config->watchdog_accepted = VOUCH_NO;
	config->k = -1;
	config->probe_timeout_ms = DEFAULT_PROBE_MS;
	config->slot_keep_mb = DEFAULT_SLOT_KEEP_MB;
}

/* Of several versions the highest number; glob sorts as text. */
static void bindir_find(struct vouch_config *config)
{
	static const char tested[] = "/usr/lib/postgresql/15/bin";
	glob_t found;
	long best = -1;
	size_t i;

	if (access("/usr/lib/postgresql/15/bin/postgres", X_OK) == 0) {
		memcpy(config->bindir, tested, sizeof(tested));
		return;
	}
	if (glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found) != 0)
		return;
	for (i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];
		long version = strtol(path + strlen("/usr/lib/postgresql/"), NULL,
				      10);

		if (version > best) {
			best = version;
			(void)snprintf(config->bindir, sizeof(config->bindir),
				       "%.*s",
				       (int)(strlen(path) - strlen("/postgres")),
				       path);
		}
	}
	globfree(&found);
}

static enum vouch_error_code user_find(struct vouch_config *config,
				       struct vouch_error *error)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;

	if (getpwnam_r(config->system_user, &entry, buffer, sizeof(buffer),
		       &found) != 0 ||
	    !found)
		return bad(error, "system_user", "there is no such user");
	if (found->pw_uid == 0)
		return bad(error, "system_user", "must not be root");
	config->uid = found->pw_uid;
	config->gid = found->pw_gid;
	return VOUCH_OK;
}

static enum vouch_error_code node_set(struct vouch_config *config,
				      const char *node, struct vouch_error *error)
{
	struct utsname host;

	if (!node || node[0] == '\0') {
		if (uname(&host) != 0)
			return vouch__error_set(error, VOUCH_E_CONFIG,
						"this host has no name");
		node = host.nodename;
	}
	if (!is_name(node))
		return bad(error, "node", "the node's name has characters that "
					  "no node name has");
	memcpy(config->node, node, strlen(node) + 1); /* is_name: it fits */
	if (!vouch__config_member(config, config->node))
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"parameter 'members' does not list this "
					"node, %s; list it, or on the command line "
					"say its name there with --node=NAME",
					config->node);
	return VOUCH_OK;
}

static enum vouch_error_code finish(struct vouch_config *config,
				    const char *node, struct vouch_error *error)
{
	enum vouch_error_code code;

	if (config->name[0] == '\0')
		return bad(error, "name", "is missing");
	if (config->pgdata[0] == '\0')
		return bad(error, "pgdata", "is missing");
	if (config->member_count < 2)
		return bad(error, "members", "must list two nodes or more");
	if (config->k < 0)
		config->k = (int)config->member_count / 2;
	if (config->k >= (int)config->member_count)
		return bad(error, "k", "must be less than the number of members");
	if (config->state_dir[0] == '\0')
		(void)snprintf(config->state_dir, sizeof(config->state_dir),
			       "%s/%s", VOUCH_STATEDIR, config->name);
	if (config->bindir[0] == '\0')
		bindir_find(config);
	if (config->bindir[0] == '\0')
		return bad(error, "bindir", "PostgreSQL was not found; say where "
					    "its programs are");
	code = node_set(config, node, error);
	return code == VOUCH_OK ? user_find(config, error) : code;
}

#define ENVIRONMENT_PREFIX "OCF_RESKEY_"

/* What Pacemaker itself puts beside the resource's parameters. */
static int is_pacemakers(const char *name)
{
	return strncmp(name, "CRM_", 4) == 0 ||
	       strncmp(name, "crm_feature_set=", 16) == 0 ||
	       strncmp(name, "OCF_CHECK_LEVEL=", 16) == 0;
}

/* "key=value", as it stands in the environment after the prefix. */
static enum vouch_error_code variable_set(struct vouch_config *config,
					  const char *variable, uint32_t *seen,
					  struct vouch_error *error)
{
	const char *value = strchr(variable, '=');
	char name[VOUCH_NAME_SIZE];
	const struct key *key;

	if (!value || (size_t)(value - variable) >= sizeof(name))
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"there is no parameter '%.40s'",
					value ? "..." : variable);
	(void)snprintf(name, sizeof(name), "%.*s", (int)(value - variable),
		       variable);
	key = key_find(name);
	/* The name is the resource's own. */
	if (!key || key == &keys[0])
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"there is no parameter '%.40s'", name);
	if ((*seen & 1u << (key - keys)) != 0)
		return bad(error, key->name, "is given twice");
	*seen |= 1u << (key - keys);
	return value[1] == '\0' ? VOUCH_OK :
				  key_set(config, key, value + 1, error);
}

enum vouch_error_code vouch__config_from_environment(struct vouch_config *config,
						     const char *name,
						     const char *node,
						     struct vouch_error *error)
{
	const size_t prefix = strlen(ENVIRONMENT_PREFIX);
	enum vouch_error_code code;
	uint32_t seen = 0;
	char **variable;

	defaults_set(config);
	if (!name)
		return bad(error, "name", "is missing");
	code = key_set(config, &keys[0], name, error);
	for (variable = environ; code == VOUCH_OK && variable && *variable;
	     variable++) {
		if (strncmp(*variable, ENVIRONMENT_PREFIX, prefix) == 0 &&
		    !is_pacemakers(*variable + prefix))
			code = variable_set(config, *variable + prefix, &seen,
					    error);
	}
	return code == VOUCH_OK ? finish(config, node, error) : code;
}

static char *trim(char *text)
{
	size_t length;

	while (*text == ' ' || *text == '\t')
		text++;
	length = strlen(text);
	while (length > 0 && strchr(" \t\r", text[length - 1]))
		text[--length] = '\0';
	return text;
}

static enum vouch_error_code line_parse(struct vouch_config *config, char *line,
					unsigned int number, uint32_t *seen,
					struct vouch_error *error)
{
	const struct key *key;
	char *value;

	line = trim(line);
	if (line[0] == '\0' || line[0] == '#')
		return VOUCH_OK;
	value = strchr(line, '=');
	if (!value)
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"line %u is not key=value", number);
	*value++ = '\0';
	key = key_find(trim(line));
	if (!key)
		return vouch__error_set(error, VOUCH_E_CONFIG,
					"line %u: there is no parameter '%.40s'",
					number, line);
	if ((*seen & 1u << (key - keys)) != 0)
		return bad(error, key->name, "is given twice");
	*seen |= 1u << (key - keys);
	return key_set(config, key, trim(value), error);
}

/* Whoever can write it could name the programs and the user that root's agent
 * runs. O_NONBLOCK: a fifo must not make us wait. */
static FILE *file_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	FILE *in = NULL;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0) {
		errno = EPERM;
		if (S_ISREG(status.st_mode) && (status.st_mode & 022) == 0 &&
		    (status.st_uid == 0 || status.st_uid == geteuid()))
			in = fdopen(fd, "r");
	}
	if (!in)
		(void)close(fd);
	return in;
}

static char *file_read(const char *path, struct vouch_error *error)
{
	FILE *in = file_open(path);
	char *text = NULL;
	size_t length;

	if (!in && errno == EPERM) {
		(void)vouch__error_set(error, VOUCH_E_CONFIG,
				       "%s is refused: it must be a regular file "
				       "of root's that nobody else can write "
				       "(chmod go-w)",
				       path);
		return NULL;
	}

	if (!in) {
		(void)vouch__error_set(error, VOUCH_E_CONFIG, "%s: %s", path,
				       strerror(errno));
		return NULL;
	}
	text = malloc(FILE_MAX + 1);
	length = text ? fread(text, 1, FILE_MAX + 1, in) : 0;
	if (!text || ferror(in) || length > FILE_MAX ||
	    memchr(text, '\0', length)) {
		(void)vouch__error_set(error, VOUCH_E_CONFIG,
				       "%s: cannot be read as a configuration",
				       path);
		free(text);
		text = NULL;
	} else {
		text[length] = '\0';
	}
	(void)fclose(in);
	return text;
}

enum vouch_error_code vouch__config_from_file(struct vouch_config *config,
					      const char *path, const char *node,
					      struct vouch_error *error)
{
	enum vouch_error_code code = VOUCH_OK;
	unsigned int number = 0;
	uint32_t seen = 0;
	char *text, *rest, *line;

	text = file_read(path, error);
	if (!text)
		return VOUCH_E_CONFIG;
	defaults_set(config);
	rest = text;
	while (code == VOUCH_OK && (line = strsep(&rest, "\n")) != NULL)
		code = line_parse(config, line, ++number, &seen, error);
	if (code == VOUCH_OK)
		code = finish(config, node, error);
	if (code != VOUCH_OK)
		(void)vouch__error_prefix(error, "%s", path);
	free(text);
	return code;
}

const struct vouch_member *
vouch__config_member(const struct vouch_config *config, const char *name)
{
	uint32_t i;

	for (i = 0; i < config->member_count; i++) {
		if (strcmp(config->members[i].name, name) == 0)
			return &config->members[i];
	}
	return NULL;
}
