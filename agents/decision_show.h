/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A decision on standard output, in the format that was asked for. */
#ifndef VOUCH_AGENTS_DECISION_SHOW_H
#define VOUCH_AGENTS_DECISION_SHOW_H

#include "agents/cli.h"
#include "explain/story.h"

/* evidence: NULL when it is not at hand. 1 when all of it was written; else a
 * message was. */
VOUCH_MUST_CHECK int decision_show(const struct cli *cli, const char *verdict,
				   const char *evidence);
/* The same as XML or HTML for a verdict that is only supposed; see story.h. */
VOUCH_MUST_CHECK int decision_show_supposed(const struct cli *cli,
					    const char *verdict,
					    const char *evidence,
					    struct json_object *supposed);
/* As Pacemaker's tools write XML. *xml is NUL-terminated; free() it. */
VOUCH_MUST_CHECK enum vouch_error_code
decision_xml(const struct cli *cli, const struct vouch_story *story, char **xml,
	     struct vouch_error *error);

#endif
