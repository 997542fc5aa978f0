#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 1 under a bulk load. A log is sent up to the end of a page that was flushed, so the power may go in the middle of
a record: there ends for ever what the standbys received, and what they can replay ends before. The promotion is as proven
as ever, nothing acknowledged is lost (P6-S1, P6-S3), and nobody is taken for somebody else afterwards (P6-S1, amnesia)."""
import json
import os
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import CLEAN_ENV, Failed, lab, main, vouchlab  # noqa: E402

NODES = ("n1", "n2", "n3")
PAGE = 8192
LOADERS = 3
LOADED = 2000
AGAIN = 20  # seconds
ROWS = "insert into bulk_%d select i, repeat(md5(i::text), 40) from generate_series(1, %d) i;"
SCHEMA = "create table loaded (loader int, round int); " + " ".join(
    "create table bulk_%d (id bigint, filler text);" % n for n in range(LOADERS + 1))
# Each statement is a transaction of its own, acknowledged by the standbys.
ROUND = (ROWS % (0, LOADED)).replace("bulk_0", "bulk_%(n)d") + """
drop index if exists bulk_%(n)d_id;
create index bulk_%(n)d_id on bulk_%(n)d (id, md5(filler));
insert into loaded values (%(n)d, %(round)d);"""


class Loader(threading.Thread):
    """A client that loads until it is told to stop or its server is gone; keeps what was acknowledged."""

    def __init__(self, it, number):
        super().__init__(daemon=True)
        self.it, self.number, self.rounds, self.ending = it, number, 0, False

    def run(self):
        while not self.ending:
            try:
                for one in (ROUND % {"n": self.number, "round": self.rounds + 1}).split(";")[:-1]:
                    self.it.sql("n1", one)
            except Failed:
                return
            self.rounds += 1


def load(it, seconds):
    it.sql("n1", SCHEMA)
    loaders = [Loader(it, n) for n in range(1, LOADERS + 1)]
    for one in loaders:
        one.start()
    time.sleep(seconds)
    for one in loaders:
        one.ending = True
    for one in loaders:
        one.join()
    return {one.number: one.rounds for one in loaders}


def stand_still(it):
    """Those that would write a record of their own at times, and flush it, or a page of a table, and flush its records."""
    it.sql("n1", "checkpoint")
    for other in ("background writer", "checkpointer", "autovacuum launcher"):
        it.on("n1", "pkill", "-STOP", "-f", "postgres:.* " + other)


def open_load(it):
    """A load that was not committed when the power went: nobody flushes it but the writer of the log, and that one
    whole pages only."""
    line = vouchlab.nodes.enter(vouchlab.lab.Lab(it.name), "n1", ["runuser", "-u", "postgres", "--", "psql", "-XAtqd",
                                                                 "postgres", "-c", "begin", "-c", ROWS % (0, 2000),
                                                                 "-c", "select pg_sleep(600)"])
    return subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env=CLEAN_ENV)


def lsn(text):
    high, low = text.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def ends(it, node):
    """What a standby received, and what it replayed of it."""
    return tuple(lsn(one) for one in it.sql(
        node, "select pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()").split("|"))


def state_file(it, node, name):
    return json.loads(it.on(node, "cat", "/var/lib/vouch/pgsql/" + name).stdout.split(" ", 4)[4])


def mark(it, node):
    return int(state_file(it, node, "mark")["lsn"])


def lives(it, nodes):
    return {node: state_file(it, node, "incarnation")["incarnation"] for node in nodes}


def broken_off(it):
    """The primary's log goes on, both standbys stand at the end of a page in the middle of a record, and each monitor
    has looked at that."""
    inserted = lsn(it.sql("n1", "select pg_current_wal_insert_lsn()"))
    (received, replayed), other = ends(it, "n2"), ends(it, "n3")
    return other == (received, replayed) and replayed < received < inserted and received % PAGE == 0 and \
        all(mark(it, node) >= replayed for node in NODES)


def break_off(it):
    """Whoever vacuums or is looked at by a monitor may flush the load that is open; then there is another one."""
    stand_still(it)
    tried = []

    def reached():
        if not tried or time.monotonic() - tried[-1] > AGAIN:
            open_load(it)
            tried.append(time.monotonic())
        return broken_off(it)

    it.wait_for("the log breaks off in a record", reached)


def restart(it, node):
    """By the cluster, after its server died."""
    def started():
        return it.sql(node, "select pg_postmaster_start_time()")

    before = started()
    it.on(node, "pkill", "-KILL", "-o", "-u", "postgres", "-x", "postgres")
    it.wait_for("%s runs again" % node, lambda: started() != before)


def same_afterwards(report, it, new, before):
    """Whoever is started on what was left of its log is the same as before; the former primary as well."""
    other = "n3" if new == "n2" else "n2"
    restart(it, other)
    it.run("power", "on", "n1")
    it.wait_for("both follow %s" % new, lambda: it.rejoin_forked() or it.streaming(new) == 2)
    report.check("bulk-load: nobody became another", lives(it, NODES) == before, [lives(it, NODES), before])


def bulk_load(report):
    with lab("bl") as it:
        it.run("workload", "start")
        rounds = load(it, 5)
        it.run("workload", "stop")
        break_off(it)
        before = lives(it, NODES)
        marks = {node: mark(it, node) for node in NODES}
        it.run("power", "off", "n1")
        at = {node: ends(it, node) for node in ("n2", "n3")}
        report.check("bulk-load: what was received ends in a record, and replay before it",
                     all(replayed < received and received % PAGE == 0 for received, replayed in at.values()), at)
        report.check("bulk-load: no mark is above what can be replayed (P6-S1)",
                     set(marks.values()) == {at["n2"][1]}, [marks, at])
        it.run("wait", "promoted", "--not", "n1", "--timeout", "60")
        new = it.promoted()
        report.check("bulk-load: one attempt, and a permit", it.attempts(at) == 1 and
                     it.verdict(new)["decision"] == "permit", it.verdict(new)["why"])
        done = it.run("verify", check=False)
        report.check("bulk-load: no acknowledged write is lost, never two writable nodes", done.returncode == 0,
                     done.stdout + done.stderr)
        kept = it.sql(new, "select loader, max(round) from loaded group by loader").splitlines()
        kept = dict(tuple(int(one) for one in line.split("|")) for line in kept)
        report.check("bulk-load: all that was loaded is there", min(rounds.values()) > 0 and all(
            kept.get(loader, 0) >= done and int(it.sql(new, "select count(*) from bulk_%d" % loader)) >= done * LOADED
            for loader, done in rounds.items()), [rounds, kept])
        same_afterwards(report, it, new, before)


if __name__ == "__main__":
    sys.exit(main({"bulk-load": bulk_load}))
