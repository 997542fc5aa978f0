/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who streams from this server, as one text: a line for each session, "NAME SESSION
 * FLUSHED true|false". Anybody with the right to replicate may open any number of
 * them under a member's name, and that must not make the primary fail: of each name
 * two are listed, which is enough to see that it is not one alone. What is not listed
 * counts for nothing.
 */
#ifndef VOUCH_PG_STREAMS_H
#define VOUCH_PG_STREAMS_H

#include "engines/engine.h"

/* In a query; $3: the members' names. A sender without a database is a physical
 * one. First comes, of each name, who streams, then who was here first. */
#define VOUCH_PG_STREAMS                                                       \
	"(SELECT string_agg(l.line, E'\\n' ORDER BY l.nth) FROM ("              \
	"SELECT r.application_name || ' ' || r.pid || '-' ||"                  \
	"  (extract(epoch FROM r.backend_start) * 1000000)::bigint || ' ' ||"  \
	"  coalesce(pg_wal_lsn_diff(r.flush_lsn, '0/0')::text, '0') || ' ' ||" \
	"  (r.state = 'streaming' AND a.datid IS NULL) AS line,"               \
	" row_number() OVER (PARTITION BY r.application_name ORDER BY"         \
	"  (r.state = 'streaming' AND a.datid IS NULL) IS TRUE DESC,"          \
	"  r.backend_start, r.pid) AS nth"                                     \
	" FROM pg_stat_replication r JOIN pg_stat_activity a USING (pid)"      \
	" WHERE NOT pg_is_in_recovery()"                                       \
	" AND r.application_name = ANY ($3::text[])) AS l WHERE l.nth <= 2)"

/* The first VOUCH_NODES_MAX lines, into streams and stream_count; 0 when one of them
 * makes no sense. */
int vouch__pg_streams_parse(const char *text, struct vouch_local *local);

#endif
