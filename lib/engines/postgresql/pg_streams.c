/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include "engines/postgresql/pg_lsn.h"
#include "engines/postgresql/pg_streams.h"

static int stream_parse(char *line, struct vouch_stream *stream)
{
	char *rest = NULL;
	const char *name = strtok_r(line, " ", &rest);
	const char *session = strtok_r(NULL, " ", &rest);
	const char *flushed = strtok_r(NULL, " ", &rest);
	const char *streaming = strtok_r(NULL, " ", &rest);

	if (streaming == NULL || strlen(name) >= sizeof(stream->name) ||
	    strlen(session) >= sizeof(stream->session) ||
	    !vouch__pg_number_parse(flushed, &stream->flushed_lsn))
		return 0;
	strcpy(stream->name, name);
	strcpy(stream->session, session);
	stream->streaming = strcmp(streaming, "true") == 0 ? VOUCH_YES
							    : VOUCH_NO;
	return 1;
}

int vouch__pg_streams_parse(const char *text, struct vouch_local *local)
{
	char *rest = NULL, *copy = strdup(text), *line;
	int valid = copy != NULL;

	local->stream_count = 0;
	for (line = valid ? strtok_r(copy, "\n", &rest) : NULL;
	     line != NULL && valid && local->stream_count < VOUCH_NODES_MAX;
	     line = strtok_r(NULL, "\n", &rest))
		valid = stream_parse(line,
				     &local->streams[local->stream_count++]);
	free(copy);
	return valid;
}
