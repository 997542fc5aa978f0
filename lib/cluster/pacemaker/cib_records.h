/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Grants and the seal as the cluster's configuration keeps them, each a property
 * set of its own with one value, compact JSON:
 *
 *   <crm_config>
 *     <cluster_property_set id="vouch-NAME-grant-EPOCH">
 *       <nvpair id="vouch-NAME-grant-EPOCH-record" name="vouch-NAME-grant-EPOCH"
 *        value='{"epoch":…}'/>
 *
 *   grant {"epoch","holder","incarnation","request","outcome","method","k",
 *          "members"}
 *   word  see common/word.h; in a set vouch-NAME-word-KIND-NODE
 *   seal  {"node","epoch","incarnation","timeline","lsn","crc","unbroken"}
 *
 * And one set for all databases, vouch-generation: the admin_epoch that vouch
 * raised the configuration to last.
 *
 * Pacemaker refuses to create an element whose id exists, and applies updates in
 * the same order on every node: that is what makes a claim exclusive. It knows
 * none of these properties and leaves them alone.
 *
 * A record counts only if it is, byte for byte, what vouch would write for what
 * it says; anything else is malformed, never "none".
 */
#ifndef VOUCH_CLUSTER_PACEMAKER_CIB_RECORDS_H
#define VOUCH_CLUSTER_PACEMAKER_CIB_RECORDS_H

#include <libxml/tree.h>

#include "cluster/cluster.h"

enum { VOUCH_RECORD_SIZE = 8192, VOUCH_RECORD_ID_SIZE = 192 };

/* Text of the record, at most VOUCH_RECORD_SIZE bytes with its NUL. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__grant_encode(const struct vouch_cluster_grant *grant, char *text,
		    struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__grant_decode(const char *text, struct vouch_cluster_grant *grant,
		    struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__seal_encode(const struct vouch_cluster_seal *seal, char *text,
		   struct vouch_error *error);
VOUCH_MUST_CHECK enum vouch_error_code
vouch__seal_decode(const char *text, struct vouch_cluster_seal *seal,
		   struct vouch_error *error);

/* All grants of the database, ascending by epoch. More than fit is
 * VOUCH_E_LIMIT: none may be overlooked. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_grants_read(const xmlNode *cib, const char *name,
		       struct vouch_cluster_grant *grants, uint32_t *count,
		       struct vouch_error *error);
/* VOUCH_E_NOT_FOUND when there is none. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_seal_read(const xmlNode *cib, const char *name,
		     struct vouch_cluster_seal *seal, struct vouch_error *error);

/* What stands in the places of the members' words, malformed ones included. More
 * than fit is VOUCH_E_LIMIT. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_words_read(const xmlNode *cib, const char *name,
		      const char (*members)[VOUCH_NAME_SIZE],
		      uint32_t member_count, struct vouch_word_list *list,
		      struct vouch_error *error);
/* The text in one place, unread; text has room for VOUCH_WORD_SIZE.
 * VOUCH_E_NOT_FOUND: none. VOUCH_E_MALFORMED: not exactly one, or too long. */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__cib_word_text(const xmlNode *cib, const char *name,
		     enum vouch_word_kind kind, const char *node, char *text);

/* The ids of the property sets. */
void vouch__grant_id(const char *name, uint64_t epoch,
		     char id[VOUCH_RECORD_ID_SIZE]);
void vouch__seal_id(const char *name, char id[VOUCH_RECORD_ID_SIZE]);
void vouch__word_id(const char *name, enum vouch_word_kind kind,
		    const char *node, char id[VOUCH_RECORD_ID_SIZE]);
/* A new property set with that id and value; value NULL: only the set. The
 * caller frees it with xmlFreeDoc(set->doc). NULL when out of memory. */
xmlNode *vouch__record_element(const char *id, const char *value);
/* The update that raises the configuration to that admin_epoch. Of an admin_epoch
 * alone Pacemaker takes no note on disk; it writes what changes the configuration,
 * which the set vouch-generation therefore does. Freed likewise. */
xmlNode *vouch__generation_element(uint64_t admin_epoch);

#endif
