#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two authorised promotions of the same timeline number from the same point (P6-S1, P6-S2): n1 is promoted again while
nobody follows, is lost and fenced, and another is promoted from where the log ended before. PostgreSQL tells timelines
by their numbers alone; n1 comes back with a tail of its own, which must not pass for the new primary's log."""
import json
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402

NODES = ("n1", "n2", "n3")
PGDATA = "/var/lib/postgresql/vouch"


def members(it, node):
    seen = json.loads(it.on(node, "vouch", "--output-as=json", "contract", "show").stdout)
    return {m["name"]: m["counts"] for m in seen["members"]}


def receivers(it, signal, *nodes):
    """Stopped, they take no more of the log, while their servers answer everybody."""
    for node in nodes:
        it.on(node, "pkill", "-" + signal, "-f", "postgres:.*walreceiver")


def newest(it, node):
    """Timeline, where it began, and epoch of the newest row."""
    return it.sql(node, "select timeline, start_lsn, epoch from vouch.epoch order by epoch desc limit 1").split("|")


def promoted_apart(it):
    """n1 is promoted again from a log that the others have to its end, and nobody hears of what it has since."""
    it.wait_for("both standbys count", lambda: it.streaming("n1") == 2 and sum(members(it, "n1").values()) == 2, 120)
    it.sql("n1", "insert into acked select 7, g from generate_series(1, 100) g")
    it.sql("n1", "checkpoint")
    it.wait_for("both have all of it", lambda: it.sql("n1", "select count(*) from pg_stat_replication where "
                                                      "flush_lsn = pg_current_wal_flush_lsn()") == "2")
    time.sleep(2)
    before = newest(it, "n1")
    receivers(it, "STOP", "n2", "n3")
    it.on("n1", "sh", "-c", "kill -9 $(head -n 1 %s/postmaster.pid)" % PGDATA)
    it.wait_for("n1 is promoted again", lambda: it.promoted() == "n1" and newest(it, "n1")[2] > before[2], 120)
    # Beyond what the other branch reaches soon.
    it.sql("n1", "set synchronous_commit = local; insert into acked select 92, g from generate_series(1, 20000) g")
    return newest(it, "n1")


def acknowledges_nothing(report, it, new):
    other = next(n for n in NODES if n not in ("n1", new))
    receivers(it, "STOP", other)
    done = it.on(new, "timeout", "10", "runuser", "-u", "postgres", "--", "psql", "-XAtqd", "postgres", "-c",
                 "insert into acked values (91, 1)", check=False)
    report.check("twin: the node of the other branch acknowledges nothing (P6-S1)", done.returncode == 124,
                 "the commit was acknowledged; n1 has it: " + it.sql("n1", "select count(*) from acked where client = 91"))
    receivers(it, "CONT", other)
    report.check("twin: it does not stream", it.sql(new, "select count(*) from pg_stat_replication "
                                                    "where application_name = 'n1'") == "0")


def is_named(report, it, new):
    seen = json.loads(it.on(new, "vouch", "--output-as=json", "status").stdout)
    parted = {m["name"]: m.get("parted_from") for m in seen["members"]}
    report.check("twin: status names n1, and nobody else (P6-S3)",
                 parted == {n: new if n == "n1" else None for n in NODES}, seen["members"])
    said = it.on("n1", "grep", "-h", "went another way", "/var/log/pacemaker/pacemaker.log", check=False).stdout
    report.check("twin: its agent says why it follows nobody, and what to type (P6-S3)",
                 "P6-S1" in said and "vouch rejoin" in said, said)
    print("# " + "\n# ".join(said.splitlines()[:3]), flush=True)


def rejoins(report, it, new):
    it.on(new, "crm_resource", "--ban", "--resource", "pgsql-clone", "--node", "n1")
    it.wait_for("n1 is stopped", lambda: it.on("n1", "pgrep", "-u", "postgres", "-x", "postgres",
                                               check=False).returncode == 1)
    done = it.on("n1", "vouch", "--quiet", "--yes", "--method=rewind", "rejoin", check=False, timeout=150)
    report.check("twin: it cannot be rewound", done.returncode == 1 and "same timeline number" in done.stderr, done.stderr)
    done = it.on("n1", "vouch", "--quiet", "--output-as=json", "--dry-run", "rejoin", check=False, timeout=150)
    plan = json.loads(done.stdout)
    report.check("twin: rejoin knows where they parted, and what is discarded",
                 plan["how"].startswith("copy") and plan["discarded_bytes"] > 0 and plan["discarded_commits"] >= 2, plan)
    it.on("n1", "vouch", "--quiet", "--yes", "rejoin", timeout=150)
    it.on(new, "crm_resource", "--clear", "--resource", "pgsql-clone", "--node", "n1")
    it.wait_for("n1 counts again", lambda: members(it, new)["n1"], 120)
    report.check("twin: what nobody acknowledged is gone, what was acknowledged is there",
                 it.sql("n1", "select count(*) filter (where client = 92), count(*) filter (where client = 7) from acked")
                 == "0|100")


def twin(report):
    with lab("tw") as it:
        first = promoted_apart(it)
        it.run("power", "off", "n1")
        receivers(it, "CONT", "n2", "n3")
        it.run("wait", "promoted", "--not", "n1", "--timeout", "120", timeout=150)
        new = it.promoted()
        second = newest(it, new)
        report.check("twin: two epochs have the same timeline, from the same point",
                     first[:2] == second[:2] and first[2] != second[2], (first, second))
        it.run("power", "on", "n1")
        it.wait_for("n1 runs again", lambda: it.sql("n1", "select pg_is_in_recovery()") == "t", 120)
        acknowledges_nothing(report, it, new)
        is_named(report, it, new)
        rejoins(report, it, new)


if __name__ == "__main__":
    sys.exit(main({"twin": twin}))
