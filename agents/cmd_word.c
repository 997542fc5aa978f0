/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An operator's word: authorize, assert-down, and taking either back. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "agents/cli.h"
#include "agents/words_show.h"
#include "common/clock.h"
#include "common/privilege.h"
#include "explain/safe_text.h"

struct speech {
	struct cli *cli;
	struct vouch_context context;
	struct vouch_deadline deadline;
	struct vouch_word word;
	struct vouch_error error;
	struct vouch_probe *probes;
};

static enum vouch_decision refuse(const char *what, const char *node,
				  const char *why)
{
	(void)fprintf(stderr, "vouch: %s %s: %s; nothing was changed\n", what,
		      node, why);
	return VOUCH_USAGE;
}

static int reason_is_shown_as_it_is(const char *text)
{
	for (; *text; text++) {
		if (vouch__unsafe_length(text) != 0)
			return 0;
	}
	return 1;
}

static enum vouch_decision arguments_check(const struct cli *cli,
					   const char *what, int argc,
					   char **argv)
{
	if (argc != 1) {
		(void)fprintf(stderr, "usage: vouch %s NODE --reason=TEXT, or "
				      "vouch %s --revoke NODE\n", what, what);
		return VOUCH_USAGE;
	}
	if (cli->revoke && cli->reason[0] == '\0')
		return VOUCH_PERMITTED;
	if (cli->reason[0] == '\0')
		return refuse(what, argv[0],
			      "it goes on record and needs --reason=TEXT");
	if (!vouch__word_reason_is_valid(cli->reason) ||
	    !reason_is_shown_as_it_is(cli->reason))
		return refuse(what, "NODE",
			      "the reason must be readable text, without control "
			      "characters");
	return VOUCH_PERMITTED;
}

/* Whom the system logged in, also behind su and sudo; else who runs this. */
static uint64_t login_uid(void)
{
	unsigned long uid = UINT32_MAX;
	FILE *in = fopen("/proc/self/loginuid", "re");

	if (in && fscanf(in, "%lu", &uid) != 1)
		uid = UINT32_MAX;
	if (in)
		(void)fclose(in);
	return uid < UINT32_MAX ? uid : getuid();
}

static enum vouch_error_code id_make(char *id, struct vouch_error *error)
{
	unsigned char bytes[8];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return vouch__error_set(error, VOUCH_E_IO,
					"no random bytes for an id");
	for (i = 0; i < sizeof(bytes); i++)
		(void)snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	return VOUCH_OK;
}

static enum vouch_error_code word_begin(struct speech *speech,
					enum vouch_word_kind kind,
					const char *node)
{
	const struct vouch_config *config = &speech->cli->config;
	struct vouch_word *word = &speech->word;
	char now[VOUCH_CLOCK_SIZE];

	if (!vouch__config_member(config, node))
		return vouch__error_set(&speech->error, VOUCH_E_ARGUMENT,
					"'%s' is no member of %s; nothing was "
					"changed", node, config->name);
	word->condition = VOUCH_PRESENT;
	word->kind = kind;
	vouch__clock_utc(now);
	(void)snprintf(word->cluster, VOUCH_NAME_SIZE, "%s", config->name);
	(void)snprintf(word->node, VOUCH_NAME_SIZE, "%s", node);
	(void)snprintf(word->operator_name, VOUCH_NAME_SIZE, "%s",
		       cli_operator());
	(void)snprintf(word->said_at, VOUCH_NAME_SIZE, "%s", now);
	(void)snprintf(word->reason, VOUCH_TEXT_SIZE, "%s", speech->cli->reason);
	word->uid = login_uid();
	return id_make(word->id, &speech->error);
}

static enum vouch_error_code epoch_find(struct speech *speech, uint64_t *newest)
{
	uint8_t wanted[VOUCH_NODES_MAX];
	enum vouch_error_code code;

	memset(wanted, VOUCH_PROBE_FULLY, sizeof(wanted));
	vouch__probe_all(&speech->context, wanted, speech->deadline,
			 speech->probes);
	code = words_newest_epoch(&speech->context, speech->probes,
				  speech->deadline, newest, &speech->error);
	if (code == VOUCH_OK && *newest == 0)
		code = vouch__error_set(&speech->error, VOUCH_E_STATE,
					"no authority is on record yet; run "
					"'vouch adopt' on the primary first");
	return code;
}

/* A word about a node that is plainly there would only lie in wait for the moment
 * when it no longer is (P6-A1a). */
static enum vouch_error_code is_not_there(struct speech *speech)
{
	static struct vouch_cluster_node nodes[VOUCH_NODES_MAX];
	struct vouch_context *context = &speech->context;
	uint32_t count = VOUCH_NODES_MAX;
	enum vouch_error_code code;
	uint32_t i;

	for (i = 0; i < context->config->member_count; i++) {
		if (strcmp(context->config->members[i].name,
			   speech->word.node) == 0 &&
		    speech->probes[i].condition != VOUCH_ABSENT)
			return vouch__error_set(&speech->error, VOUCH_E_ARGUMENT,
						"the database on %s answers, so it "
						"is not down; nothing was changed",
						speech->word.node);
	}
	code = context->cluster_ops->nodes_observe(
		context->cluster, speech->deadline, nodes, &count,
		&speech->error);
	for (i = 0; code == VOUCH_OK && i < count; i++) {
		if (strcmp(nodes[i].name, speech->word.node) == 0 &&
		    nodes[i].online == VOUCH_YES)
			return vouch__error_set(&speech->error, VOUCH_E_ARGUMENT,
						"Pacemaker has %s online, so it is "
						"not down; nothing was changed",
						speech->word.node);
	}
	return code;
}

static enum vouch_error_code ring_fill(struct speech *speech)
{
	struct vouch_context *context = &speech->context;
	struct vouch_view view = { 0 };
	enum vouch_error_code code = context->cluster_ops->view_observe(
		context->cluster, speech->deadline, &view, &speech->error);

	speech->word.ring_leader = view.ring_leader;
	speech->word.ring_seq = view.ring_seq;
	return code;
}

static enum vouch_error_code down_check(struct speech *speech)
{
	struct vouch_context *context = &speech->context;
	struct vouch_error ignored;
	enum vouch_error_code code;

	if (!context->cluster_ops)
		return vouch__error_set(
			&speech->error, VOUCH_E_STATE,
			"without a cluster manager nobody would notice that %s "
			"comes back, so the word is given with the request: vouch "
			"promote --assert-down=%s --reason=TEXT",
			speech->word.node, speech->word.node);
	if (!context->cluster)
		return vouch__error_set(&speech->error, VOUCH_E_CLUSTER,
					"the cluster does not answer; nothing was "
					"changed");
	code = vouch__privilege_raise(&speech->error);
	if (code == VOUCH_OK)
		code = is_not_there(speech);
	if (code == VOUCH_OK)
		code = ring_fill(speech);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return VOUCH_E_PERMISSION;
	return code;
}

static enum vouch_error_code say(struct speech *speech)
{
	struct vouch_word *word = &speech->word;
	uint64_t newest = 0;
	enum vouch_error_code code = epoch_find(speech, &newest);

	if (code != VOUCH_OK)
		return code;
	word->epoch = word->kind == VOUCH_WORD_AUTHORIZE ? newest + 1 : newest;
	if (word->kind == VOUCH_WORD_ASSERT_DOWN)
		code = down_check(speech);
	return code == VOUCH_OK ? vouch__word_say(&speech->context, word,
						  speech->deadline,
						  &speech->error) :
				  code;
}

static void done_tell(const struct speech *speech)
{
	const struct vouch_word *word = &speech->word;
	const char *name = vouch__word_name(word->kind);

	if (speech->cli->quiet)
		return;
	if (speech->cli->revoke) {
		(void)printf("Revoked: %s %s. A promotion that happened before "
			     "stays one: vouch status\n", name, word->node);
		return;
	}
	if (word->kind == VOUCH_WORD_AUTHORIZE)
		(void)printf("%s may be promoted once, to epoch %" PRIu64
			     ", if that is proven safe.\n",
			     word->node, word->epoch);
	else
		(void)printf("On record: %s is down and holds nothing up to epoch "
			     "%" PRIu64 ". Void as soon as the membership "
			     "changes.\n", word->node, word->epoch);
	(void)printf("Take it back: vouch %s --revoke %s\n", name, word->node);
	if (speech->context.cluster_ops &&
	    word->kind == VOUCH_WORD_AUTHORIZE)
		(void)printf("Ask now: crm_resource --cleanup --resource %s "
			     "--node %s\n", word->cluster, word->node);
	if (word->kind == VOUCH_WORD_AUTHORIZE &&
	    speech->cli->config.authorization != VOUCH_AUTHORIZATION_OPERATOR)
		(void)printf("Note: this node's configuration asks for no "
			     "authorization (authorization=pacemaker).\n");
}

static enum vouch_decision speak(struct cli *cli, enum vouch_word_kind kind,
				 int argc, char **argv)
{
	static struct vouch_probe probes[VOUCH_NODES_MAX];
	struct speech speech = { .cli = cli, .probes = probes };
	enum vouch_decision decision =
		arguments_check(cli, vouch__word_name(kind), argc, argv);
	enum vouch_error_code code;

	if (decision == VOUCH_PERMITTED)
		decision = cli_configure(cli);
	if (decision != VOUCH_PERMITTED)
		return decision;
	speech.deadline = vouch__deadline_in(cli->timeout_ms);
	code = word_begin(&speech, kind, argv[0]);
	if (code == VOUCH_OK)
		code = vouch__context_open(&speech.context, &cli->config, 1,
					   speech.deadline, &speech.error);
	if (code == VOUCH_OK)
		code = cli->revoke ? vouch__word_revoke(&speech.context,
							&speech.word,
							speech.deadline,
							&speech.error) :
				     say(&speech);
	if (code == VOUCH_OK)
		done_tell(&speech);
	vouch__context_close(&speech.context);
	return code == VOUCH_OK ? VOUCH_PERMITTED : cli_fail(cli, &speech.error);
}

enum vouch_decision cmd_authorize(struct cli *cli, int argc, char **argv)
{
	return speak(cli, VOUCH_WORD_AUTHORIZE, argc, argv);
}

enum vouch_decision cmd_assert_down(struct cli *cli, int argc, char **argv)
{
	return speak(cli, VOUCH_WORD_ASSERT_DOWN, argc, argv);
}
