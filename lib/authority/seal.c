/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/seal.h"

#include <string.h>

#include "authority/records.h"
#include "common/privilege.h"

static int is_own(const struct vouch_context *context,
		  const struct vouch_cluster_seal *seal, uint64_t epoch,
		  const char *incarnation)
{
	return seal->epoch == epoch &&
	       strcmp(seal->node, context->config->node) == 0 &&
	       strcmp(seal->incarnation, incarnation) == 0;
}

/* --- the cluster ---------------------------------------------------------- */

/* Its operations want root. One of the two: `read` or `written`. */
static enum vouch_error_code cluster_do(struct vouch_context *context,
					struct vouch_deadline deadline,
					struct vouch_cluster_seal *read,
					const struct vouch_cluster_seal *written,
					struct vouch_error *error)
{
	struct vouch_error ignored = { 0 };
	enum vouch_error_code code = vouch__privilege_raise(error);

	if (code != VOUCH_OK)
		return code;
	code = read ? context->cluster_ops->seal_observe(
			      context->cluster, deadline, read, error) :
		      context->cluster_ops->seal_record(
			      context->cluster, deadline, written, error);
	if (vouch__privilege_lower(context->config, &ignored) != VOUCH_OK)
		return vouch__error_set(error, VOUCH_E_PERMISSION, "%s",
					ignored.text);
	return code;
}

/* The one that the cluster has, epoch 0 where it has none. */
static enum vouch_error_code cluster_read(struct vouch_context *context,
					  struct vouch_deadline deadline,
					  struct vouch_cluster_seal *seal,
					  struct vouch_error *error)
{
	enum vouch_error_code code;

	memset(seal, 0, sizeof(*seal));
	if (!context->cluster_ops)
		return VOUCH_OK;
	if (!context->cluster)
		return vouch__error_set(error, VOUCH_E_CLUSTER,
					"the cluster does not answer");
	code = cluster_do(context, deadline, seal, NULL, error);
	if (code == VOUCH_OK)
		return code;
	memset(seal, 0, sizeof(*seal));
	return code == VOUCH_E_NOT_FOUND ? VOUCH_OK : code;
}

/* Another one in its place is of a newer epoch, or of another life: nobody goes by
 * this one then. */
static enum vouch_error_code cluster_break(struct vouch_context *context,
					   uint64_t epoch,
					   const char *incarnation,
					   struct vouch_deadline deadline,
					   struct vouch_cluster_seal *seal,
					   struct vouch_error *error)
{
	enum vouch_error_code code =
		cluster_read(context, deadline, seal, error);

	if (code != VOUCH_OK || !is_own(context, seal, epoch, incarnation)) {
		memset(seal, 0, sizeof(*seal));
		return code;
	}
	if (seal->unbroken != VOUCH_YES)
		return VOUCH_OK;
	seal->unbroken = VOUCH_NO;
	return cluster_do(context, deadline, NULL, seal, error);
}

/* --- the journal ---------------------------------------------------------- */

static enum vouch_error_code journal_read(struct vouch_context *context,
					  struct vouch_cluster_seal *seal,
					  struct vouch_error *error)
{
	enum vouch_error_code code =
		vouch__records_seal(context->journal, seal, error);

	if (code == VOUCH_OK)
		return code;
	memset(seal, 0, sizeof(*seal));
	return code == VOUCH_E_NOT_FOUND ? VOUCH_OK : code;
}

/* `told` is what the cluster has of it: a journal that never got this seal keeps
 * from there that it is broken. */
static enum vouch_error_code journal_break(struct vouch_context *context,
					   uint64_t epoch,
					   const char *incarnation,
					   const struct vouch_cluster_seal *told,
					   int *sealed, struct vouch_error *error)
{
	struct vouch_cluster_seal seal;
	enum vouch_error_code code;

	*sealed = told->epoch != 0;
	code = journal_read(context, &seal, error);
	if (code != VOUCH_OK)
		return code;
	if (is_own(context, &seal, epoch, incarnation)) {
		*sealed = 1;
		if (seal.unbroken != VOUCH_YES)
			return VOUCH_OK;
	} else if (told->epoch != 0) {
		seal = *told;
	} else {
		return VOUCH_OK;
	}
	seal.unbroken = VOUCH_NO;
	return vouch__record_seal(context->journal, &seal, error);
}

/* --- publishing and breaking ---------------------------------------------- */

static int is_broken_as(const struct vouch_context *context,
			const struct vouch_cluster_seal *known,
			const struct vouch_cluster_seal *seal)
{
	return known->unbroken != VOUCH_YES &&
	       is_own(context, known, seal->epoch, seal->incarnation);
}

enum vouch_error_code vouch__seal_publish(struct vouch_context *context,
					  const struct vouch_cluster_seal *seal,
					  struct vouch_deadline deadline,
					  struct vouch_error *error)
{
	struct vouch_cluster_seal known, told, kept = *seal;
	struct vouch_error unread = { 0 };
	enum vouch_error_code seen =
		cluster_read(context, deadline, &told, &unread);
	enum vouch_error_code code = journal_read(context, &known, error);

	if (code != VOUCH_OK)
		return code;
	if (is_broken_as(context, &known, seal) ||
	    is_broken_as(context, &told, seal))
		kept.unbroken = VOUCH_NO;
	code = vouch__record_seal(context->journal, &kept, error);
	if (code != VOUCH_OK || !context->cluster_ops)
		return code;
	/* What makes no sense is nobody's seal, and is replaced. */
	if (seen != VOUCH_OK && seen != VOUCH_E_MALFORMED)
		return vouch__error_set(error, seen, "%s", unread.text);
	return cluster_do(context, deadline, NULL, &kept, error);
}

enum vouch_error_code vouch__seal_break(struct vouch_context *context,
					uint64_t epoch, const char *incarnation,
					struct vouch_deadline deadline,
					int *sealed, struct vouch_error *error)
{
	struct vouch_cluster_seal told;
	struct vouch_error own = { 0 };
	enum vouch_error_code code = cluster_break(
		context, epoch, incarnation, deadline, &told, error);
	enum vouch_error_code journalled =
		journal_break(context, epoch, incarnation, &told, sealed,
			      code == VOUCH_OK ? error : &own);

	return code != VOUCH_OK ? code : journalled;
}

enum vouch_error_code vouch__seal_retell(struct vouch_context *context,
					 struct vouch_deadline deadline,
					 struct vouch_error *error)
{
	struct vouch_cluster_seal known, told;
	enum vouch_error_code code = journal_read(context, &known, error);

	if (code != VOUCH_OK || known.epoch == 0 ||
	    known.unbroken == VOUCH_YES || !context->cluster_ops)
		return code;
	code = cluster_read(context, deadline, &told, error);
	if (code != VOUCH_OK ||
	    !is_own(context, &told, known.epoch, known.incarnation))
		return code;
	/* Also where it stands there already: that no older copy of the configuration
	 * overrules it may have failed then, and is made sure of by each writing. */
	told.unbroken = VOUCH_NO;
	return cluster_do(context, deadline, NULL, &told, error);
}

/* --- the log -------------------------------------------------------------- */

/* The newest epoch that the journal or the cluster has a grant of. *happened: the
 * newest whose promotion did. What came to nothing is none. */
static void newest_add(const struct vouch_cluster_grant *grants, uint32_t count,
		       uint64_t *newest, uint64_t *happened)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (grants[i].outcome == VOUCH_GRANT_VOID)
			continue;
		if (grants[i].epoch > *newest)
			*newest = grants[i].epoch;
		if (vouch__cluster_grant_happened(&grants[i]) &&
		    grants[i].epoch > *happened)
			*happened = grants[i].epoch;
	}
}

/* VOUCH_NO: the cluster did not say. */
static enum vouch_answer newest_find(struct vouch_context *context,
				     struct vouch_deadline deadline,
				     uint64_t *newest, uint64_t *happened)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	struct vouch_error error = { 0 };
	uint32_t count = VOUCH_GRANTS_MAX;
	enum vouch_error_code code;

	*newest = *happened = 0;
	if (vouch__records_grants(context->journal, grants, &count, &error) ==
	    VOUCH_OK)
		newest_add(grants, count, newest, happened);
	if (!context->cluster || vouch__privilege_raise(&error) != VOUCH_OK)
		return VOUCH_NO;
	count = VOUCH_GRANTS_MAX;
	code = context->cluster_ops->grants_observe(context->cluster, deadline,
						    grants, &count, &error);
	/* Whoever stays root opens nothing in the database's directory. */
	if (vouch__privilege_lower(context->config, &error) != VOUCH_OK)
		*happened = UINT64_MAX;
	if (*happened == UINT64_MAX || code != VOUCH_OK)
		return VOUCH_NO;
	newest_add(grants, count, newest, happened);
	return VOUCH_YES;
}

/* The sealed record is the last one, or it is not even there any more: whoever
 * receives nothing writes nothing on that timeline but as a primary. */
static enum vouch_answer goes_on(struct vouch_context *context,
				 const struct vouch_cluster_seal *seal,
				 uint64_t end)
{
	struct vouch_error error = { 0 };
	struct vouch_tail tail;

	if (context->engine->record_observe(context->config, seal->timeline,
					    seal->record_lsn, &tail,
					    &error) != VOUCH_OK)
		return VOUCH_UNKNOWN;
	if (tail.condition != VOUCH_PRESENT ||
	    tail.record_crc != seal->record_crc)
		return end > seal->record_lsn ? VOUCH_YES : VOUCH_UNKNOWN;
	return end > tail.end_lsn ? VOUCH_YES : VOUCH_NO;
}

/* A promotion begins a timeline, and is granted before. One that nobody granted
 * is told from one that this node has not heard of by the cluster alone. */
enum vouch_answer vouch__seal_is_passed(struct vouch_context *context,
					const char *incarnation,
					uint32_t timeline, uint64_t end,
					struct vouch_deadline deadline,
					uint64_t *epoch)
{
	struct vouch_cluster_seal seal;
	struct vouch_error error = { 0 };
	enum vouch_answer heard;
	uint64_t newest, happened;

	*epoch = 0;
	if (journal_read(context, &seal, &error) != VOUCH_OK)
		return VOUCH_UNKNOWN;
	if (!is_own(context, &seal, seal.epoch, incarnation) ||
	    timeline < seal.timeline)
		return VOUCH_NO;
	heard = newest_find(context, deadline, &newest, &happened);
	*epoch = seal.epoch;
	if (happened > seal.epoch)
		return VOUCH_NO;
	if (timeline == seal.timeline)
		return goes_on(context, &seal, end);
	return heard == VOUCH_YES && newest <= seal.epoch ? VOUCH_YES :
							    VOUCH_UNKNOWN;
}
