#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""P6-A3, P6-S1: a running primary and its standbys, which nobody managed until
now, are adopted while clients read and write. `vouch adopt`, then the resource:
each server is started again once, the standbys one after the other, so that who
reads from the standbys is always served; whatever was acknowledged is there."""
import json
import multiprocessing
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import TOP, lab, main  # noqa: E402

sys.path.insert(0, os.path.join(TOP, "contrib", "lab"))
from vouchlab import pacemaker  # noqa: E402
from vouchlab.lab import Lab  # noqa: E402
from vouchlab.system import enter_netns  # noqa: E402

READERS = 4
NODES = ("n1", "n2", "n3")


def read_once(pg, hosts):
    connection = pg.connect(host=",".join(hosts), user="lab", dbname="postgres", connect_timeout=2,
                            options="-c statement_timeout=5000")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), pg_is_in_recovery() FROM acked")
            return cursor.fetchone()[1]
    finally:
        connection.close()


def read_for_ever(name, number, results, ended):
    """A client of the standbys: a connection for each read, from a list of hosts, and the other host when the one
    that it had goes away in the middle."""
    import psycopg2
    it = Lab(name)
    hosts = [it.address("n2"), it.address("n3")]
    enter_netns(it.switch)
    reads = again = failed = strange = 0
    longest = 0.0
    while not ended.is_set():
        hosts = hosts[::-1]
        begin = time.monotonic()
        for turn in (hosts, hosts[::-1], None):
            try:
                if turn is None:
                    failed += 1
                elif not read_once(psycopg2, turn):
                    strange += 1
                break
            except psycopg2.Error:
                again += 1
        reads += 1
        longest = max(longest, time.monotonic() - begin)
        time.sleep(0.02)
    results.put((number, reads, again, failed, strange, longest))


class Readers:
    def __init__(self, name):
        self.results, self.ended = multiprocessing.Queue(), multiprocessing.Event()
        self.processes = [multiprocessing.Process(target=read_for_ever, args=(name, n, self.results, self.ended), daemon=True)
                          for n in range(READERS)]
        for process in self.processes:
            process.start()

    def stop(self):
        self.ended.set()
        rows = [self.results.get(timeout=30) for _ in self.processes]
        for process in self.processes:
            process.join(10)
        return {"reads": sum(r[1] for r in rows), "asked_twice": sum(r[2] for r in rows),
                "failed": sum(r[3] for r in rows), "from_a_primary": sum(r[4] for r in rows),
                "longest": max(r[5] for r in rows)}


def counting(it, node):
    seen = json.loads(it.on(node, "vouch", "--output-as=json", "contract", "show").stdout)
    return sum(m["counts"] for m in seen["members"]), seen


def starts(it):
    return {n: it.sql(n, "select extract(epoch from pg_postmaster_start_time())") for n in NODES}


def adopted(it):
    node = it.promoted()
    if node is None:
        return False
    count, seen = counting(it, node)
    return count == 2 and seen["pinned"] == "yes" and all(
        it.sql(n, "show cluster_name").startswith("vouch:pgsql:%s:" % n) for n in NODES)


def cut_off(report, it):
    """An adoption that fails at a later step is typed again, and is none until it is whole."""
    marker = "/var/lib/vouch/pgsql/marker"
    it.sql("n1", "create schema vouch")
    it.sql("n1", "create table vouch.epoch (epoch int)")
    done = it.on("n1", "vouch", "adopt", check=False)
    report.check("adoption: a log that takes no record is no adoption", done.returncode == 3 and done.stderr, done.stderr)
    it.sql("n1", "drop schema vouch cascade")
    it.on("n1", "install", "-d", "-o", "postgres", marker)
    done = it.on("n1", "vouch", "adopt", check=False)
    report.check("adoption: nor is one without its marker", done.returncode == 3 and "marker" in done.stderr, done.stderr)
    it.on("n1", "rmdir", marker)
    it.on("n1", "sh", "-c", "{ sed /^k=/d /etc/vouch/pgsql.conf; echo k=2; } >/tmp/two.conf")
    done = it.on("n1", "vouch", "--config=/tmp/two.conf", "adopt", check=False)
    report.check("adoption: one that was cut off is not ended with another contract than its row has (P6-S1)",
                 done.returncode == 3 and "ANY 2 of n2, n3" in done.stderr and it.sql(
                     "n1", "select count(*) from vouch.contract") == "1", done.stderr)


def adoption(report):
    with lab("ap", "--manual-replication") as it:
        it.run("workload", "start")
        readers = Readers(it.name)
        try:
            it.wait_for("writes are acknowledged", lambda: int(it.sql("n1", "select count(*) from acked")) > 200)
            before = starts(it)
            cut_off(report, it)
            done = it.on("n1", "vouch", "adopt")
            report.check("adoption: of the running primary, in one command", "adopted: n1 holds epoch 1" in done.stdout,
                         done.stdout + done.stderr)
            report.check("adoption: that alone starts no server again", starts(it) == before, starts(it))
            again = it.on("n1", "vouch", "adopt", check=False)
            report.check("adoption: once only", again.returncode == 3 and "adopted already" in again.stderr, again.stderr)
            pacemaker.load_database_resource(Lab(it.name))
            it.wait_for("all are started by their agents and admitted", lambda: adopted(it), 180)
            after = starts(it)
            report.check("adoption: every server was started again, by its agent",
                         all(before[n] != after[n] for n in NODES), after)
            rows = int(it.sql(it.promoted(), "select count(*) from acked"))
            it.wait_for("writes go on", lambda: int(it.sql(it.promoted(), "select count(*) from acked")) > rows + 50)
        finally:
            seen = readers.stop()
        print("# adoption: readers of the standbys: %s" % json.dumps(seen), flush=True)
        report.check("adoption: who reads from the standbys is always served", seen["failed"] == 0 and seen["reads"] > 200,
                     seen)
        report.check("adoption: no second primary appeared", it.promoted() == "n1", it.promoted())
        print("# adoption: writers: " + it.run("workload", "stop").stdout.strip(), flush=True)
        done = it.run("verify", check=False)
        report.check("adoption: no acknowledged write is lost, never two writable nodes", done.returncode == 0,
                     done.stdout + done.stderr)
        follow(report, it)


def sender(it, node):
    return it.sql(node, "select sender_host from pg_stat_wal_receiver where status = 'streaming'")


def follow(report, it):
    """The list of hosts is the members': without an address that moves, and without hand work."""
    it.run("workload", "start")
    it.run("power", "off", "n1")
    it.run("wait", "promoted", "--not", "n1", "--timeout", "90")
    new = it.promoted()
    other = next(n for n in NODES if n not in ("n1", new))
    verdict = it.verdict(new)
    report.check("adoption: a failover is proven from then on", verdict["decision"] == "permit", verdict["why"])
    address = next(n["address"] for n in it.state()["nodes"] if n["node"] == new)
    it.wait_for("%s streams from %s" % (other, new), lambda: sender(it, other) == address, 60)
    report.check("adoption: the standby found the new primary in the list of hosts", True)
    conninfo = it.sql(other, "show primary_conninfo")
    report.check("adoption: by a list of hosts, not by a moving address",
                 "service=" in conninfo and "target_session_attrs='read-write'" in conninfo, conninfo)
    it.run("workload", "stop")
    done = it.run("verify", "--on", new, check=False)
    report.check("adoption: nothing is lost by that failover", done.returncode == 0, done.stdout + done.stderr)


if __name__ == "__main__":
    sys.exit(main({"adoption": adoption}))
