/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for a change, and the command to type where one command does it. */
#include <stdio.h>
#include <string.h>

#include "explain/remedy.h"
#include "kernel/scratch.h"

enum { COMMAND_SIZE = 256 };

/* @n is the node, @c the candidate, @o where to ask for a fencing, @r the
 * resource. */
static const struct {
	const char *text;
	const char *managed; /* command where Pacemaker runs */
	const char *alone;   /* ... and where nothing does */
} words[] = {
	[VOUCH_CHANGE_COLLECT] = {
		"the evidence is collected again while the cluster is steady",
		"crm_resource --cleanup --resource @r --node @c",
		"vouch promote, on @c" },
	[VOUCH_CHANGE_VIEW] = { "the cluster manager on @c answers", "", "" },
	[VOUCH_CHANGE_REQUEST] = { "the request names an id and an origin", "",
				   "" },
	[VOUCH_CHANGE_AUTHORIZE] = { "an operator authorizes the promotion",
				     "vouch authorize @c --reason=TEXT",
				     "vouch promote, on the candidate" },
	[VOUCH_CHANGE_QUORUM] = { "more nodes join until the partition is quorate",
				  "", "" },
	[VOUCH_CHANGE_FENCING] = {
		"fencing is enabled, with devices that work",
		"crm_attribute --type crm_config --name stonith-enabled "
		"--update true", "" },
	[VOUCH_CHANGE_FENCER] = { "the fencer on @c answers", "", "" },
	[VOUCH_CHANGE_ATTEMPT] = { "the promotion in flight on @n ends", "", "" },
	[VOUCH_CHANGE_OPERATION] = { "the operation pending on @n ends", "", "" },
	[VOUCH_CHANGE_READ] = { "@n has read its log to the end", "", "" },
	[VOUCH_CHANGE_RESUME] = {
		"replay is resumed on @n",
		"psql -c 'SELECT pg_wal_replay_resume()', on @n",
		"psql -c 'SELECT pg_wal_replay_resume()', on @n" },
	[VOUCH_CHANGE_REPLAY] = { "@n has replayed its log", "", "" },
	[VOUCH_CHANGE_JOIN] = { "@n is an online, clean member of the cluster",
				"", "" },
	[VOUCH_CHANGE_RESTART] = {
		"the server on @n is started by its agent",
		"crm_resource --restart --resource @r --node @n", "" },
	[VOUCH_CHANGE_ANSWER] = { "@n answers in recovery", "", "" },
	[VOUCH_CHANGE_DEMOTE] = { "the database on @n is demoted to a standby", "",
				  "" },
	[VOUCH_CHANGE_STOP] = { "the database on @n is stopped", "", "" },
	[VOUCH_CHANGE_FENCE] = { "@n is fenced by a machine",
				 "stonith_admin --fence @n, on @o", "" },
	[VOUCH_CHANGE_CONFIRM] = {
		"a person who knows that @n is off confirms it",
		"stonith_admin --confirm @n", "" },
	[VOUCH_CHANGE_ASSERT] = {
		"an operator who knows that @n is down asserts it",
		"vouch assert-down @n --reason=TEXT",
		"vouch promote --assert-down=@n --reason=TEXT, on @c" },
	[VOUCH_CHANGE_VOID] = { "@n reports that its promotion never happened", "",
				"" },
	[VOUCH_CHANGE_WATCHDOG] = {
		"watchdog fencing is accepted",
		"crm_resource --resource @r --set-parameter watchdog "
		"--parameter-value accept", "" },
	[VOUCH_CHANGE_CLASS] = { "@n is a full cluster node", "", "" },
	[VOUCH_CHANGE_PROMOTE] = { "promote @n instead", "", "vouch promote, on @n" },
	[VOUCH_CHANGE_DOWN] = { "@n is lost, and nobody knows its state", "", "" },
	[VOUCH_CHANGE_QUORUM_LOST] = { "the partition is not quorate", "", "" },
};

/* Commands are there to be copied into a shell, so only names that a shell
 * takes as they are get into one. */
static int name_is_plain(const char *name)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789._-";

	return name[0] != '\0' && name[0] != '-' &&
	       strspn(name, plain) == strlen(name);
}

struct names {
	const char *node;
	const char *candidate;
	const char *origin;
	const char *resource;
};

static const char *name_of(const struct names *names, char letter)
{
	switch (letter) {
	case 'n':
		return names->node;
	case 'c':
		return names->candidate;
	case 'o':
		return names->origin;
	case 'r':
		return names->resource;
	default:
		return NULL;
	}
}

/* 0 when a name that is no plain one had to go into a command. */
static int fill(const struct names *names, const char *template, int command,
		char *text, size_t size)
{
	size_t used = 0;

	for (; *template != '\0' && used + 1 < size; template++) {
		const char *name = template[0] == '@' ?
					   name_of(names, template[1]) :
					   NULL;

		if (!name) {
			text[used++] = *template;
			continue;
		}
		if (command && !name_is_plain(name))
			return 0;
		template++;
		while (*name != '\0' && used + 1 < size)
			text[used++] = *name++;
	}
	text[used] = '\0';
	return used > 0;
}

void vouch__phrase_change(const struct vouch_evidence *evidence,
			  const struct vouch_change *change, char *text,
			  size_t size)
{
	uint8_t candidate = evidence->request.candidate;
	struct names names = { "", "", "", evidence->cluster };
	char command[COMMAND_SIZE];
	size_t length;

	if (change->node < evidence->node_count)
		names.node = evidence->nodes[change->node].name;
	if (candidate < evidence->node_count)
		names.origin = vouch__fencing_origin(evidence, change->node);
	if (candidate < evidence->node_count)
		names.candidate = evidence->nodes[candidate].name;
	(void)fill(&names, words[change->kind].text, 0, text, size);
	if (!fill(&names,
		  vouch__managed(evidence) ? words[change->kind].managed :
					     words[change->kind].alone,
		  1, command, sizeof(command)))
		return;
	length = strlen(text);
	(void)snprintf(text + length, size - length, ": %s", command);
}
