#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Replication slots, and a standby that fell behind (P6-S1). Members use none, so
that a failover never waits for one; slots that others made hold no more of the
log than slot_keep, on a primary and on a standby; and whoever lacks a part of the
log that the primary has not kept is copied anew and counts again."""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402

NODES = ("n1", "n2", "n3")
# More log than slot_keep below, in rows that do not compress.
FILL = "create table if not exists fill (t text); insert into fill select string_agg(md5(random()::text), '') from " \
       "generate_series(1, 150000) g group by g / 30; checkpoint"


def ready(it):
    def counted():
        node = it.promoted()
        if node is None:
            return False
        seen = json.loads(it.on(node, "vouch", "--output-as=json", "contract", "show").stdout)
        if it.streaming(node) < 2:
            it.rejoin_forked()
        return seen["holder"] == node and sum(m["counts"] for m in seen["members"]) == 2 and it.streaming(node) == 2

    it.wait_for("a primary with two standbys that count", counted, 180)
    return it.promoted()


def fill(it, node, times):
    for _ in range(times):
        it.on(node, "runuser", "-u", "postgres", "--", "psql", "-XAtqd", "postgres", "-c", FILL, timeout=120)


def short_of_log(it):
    """As little log as the README allows is kept, by the resource's own parameter where it is ours to keep."""
    it.on("n1", "crm_resource", "--resource", "pgsql", "--set-parameter", "slot_keep", "--parameter-value", "32MB")
    it.wait_for("all servers have the new bound", lambda: all(
        it.sql(n, "show max_slot_wal_keep_size") == "32MB" for n in NODES), 120)
    node = ready(it)
    for n in NODES:
        it.sql(n, "alter system set wal_keep_size = '32MB'")
        it.sql(n, "alter system set max_wal_size = '64MB'")
        it.sql(n, "select pg_reload_conf()")
    return node


def lost(it, node):
    return it.sql(node, "select string_agg(wal_status, ' ') from pg_replication_slots")


def bounded(report, it, node, standby):
    for n in (node, standby):
        it.sql(n, "select pg_create_physical_replication_slot('left_behind', true)")
    it.sql(standby, "alter system set primary_slot_name = 'nowhere'")
    it.sql(standby, "select pg_reload_conf()")
    fill(it, node, 6)
    for n, what in ((node, "the primary"), (standby, "a standby")):
        it.wait_for("%s lets go of the slot" % n, lambda o=n: it.sql(o, "checkpoint") == "" and lost(it, o) == "lost", 90)
        report.check("slots: one that is left behind on %s is given up at its bound" % what, True)
        size = int(it.sql(n, "select sum(size) from pg_ls_waldir()"))
        report.check("slots: %s's log stays small" % what, size < 512 << 20, size)
    report.check("slots: a standby that was told to use one does not", it.sql(standby, "show primary_slot_name") == "" and
                 it.sql(standby, "select status from pg_stat_wal_receiver") == "streaming", "it does")


def failover(report, it, node):
    it.run("workload", "start", "--rate", "40")
    it.wait_for("writes are acknowledged", lambda: int(it.sql(node, "select count(*) from acked")) > 50)
    it.run("power", "off", node)
    it.run("wait", "promoted", "--not", node, "--timeout", "90")
    new = it.promoted()
    other = next(n for n in NODES if n not in (node, new))
    it.wait_for("%s streams" % other, lambda: it.sql(other, "select status from pg_stat_wal_receiver") == "streaming", 60)
    report.check("slots: they do not keep a standby from the new primary", it.verdict(new)["decision"] == "permit", new)
    it.run("workload", "stop")
    done = it.run("verify", "--on", new, check=False)
    report.check("slots: nothing is lost by the failover", done.returncode == 0, done.stdout + done.stderr)
    it.run("power", "on", node)
    return ready(it)


def stopped(it, node):
    return it.on(node, "pgrep", "-u", "postgres", "-x", "postgres", check=False).returncode == 1


def ban(it, node):
    it.on(node, "crm_resource", "--ban", "--resource", "pgsql-clone", "--node", node)
    it.wait_for("%s is stopped" % node, lambda: stopped(it, node), 60)


def unban(it, node):
    it.on(node, "crm_resource", "--clear", "--resource", "pgsql-clone", "--node", node)
    it.wait_for("%s runs again" % node, lambda: it.sql(node, "select pg_is_in_recovery()") == "t", 60)


def admission(it, node):
    return it.sql(it.promoted(), "select incarnation from vouch.admission where node = '%s' order by serial desc limit 1" %
                  node)


def fallen_behind(report, it, node, behind):
    old = admission(it, behind)
    ban(it, behind)
    fill(it, node, 12)
    unban(it, behind)
    it.wait_for("its monitor says that the log that it lacks is gone", lambda: "has already been removed" in it.on(
        behind, "tail", "-n", "200", "/var/log/pacemaker/pacemaker.log").stdout, 60)
    report.check("behind: it does not stream, and still serves readers",
                 it.sql(behind, "select count(*) from pg_stat_wal_receiver where status = 'streaming'") == "0" and
                 it.sql(behind, "select 1") == "1", "it streams")
    ban(it, behind)
    done = it.on(behind, "vouch", "--quiet", "rejoin", check=False)
    report.check("behind: rejoin discards nothing by itself, and says what to type",
                 done.returncode == 1 and "--method=copy" in done.stderr, done.stdout + done.stderr)
    done = it.on(behind, "vouch", "--quiet", "--yes", "--method=copy", "rejoin", check=False, timeout=150)
    report.check("behind: it is copied anew", done.returncode == 0 and "cannot be compared" in done.stderr,
                 done.stdout + done.stderr)
    unban(it, behind)
    ready(it)
    it.wait_for("it is admitted as another life", lambda: admission(it, behind) not in ("", old), 60)
    report.check("behind: it streams and counts again", it.sql(behind, "select status from pg_stat_wal_receiver") ==
                 "streaming", "it does not")


def slots(report):
    with lab("sl") as it:
        ready(it)
        node = short_of_log(it)
        bounded(report, it, node, next(n for n in NODES if n != node))
        node = failover(report, it, node)
        fallen_behind(report, it, node, next(n for n in NODES if n != node))


if __name__ == "__main__":
    sys.exit(main({"slots": slots}))
