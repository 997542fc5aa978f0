#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 28, the deepest trap: under ANY 1 of two, n2 alone acknowledges a write
and is then re-cloned from n3, which never had it. Both answer, the arithmetic
passes, the write is gone: vetoed for amnesia. Once the holder has admitted the
clone, the same failure is survived."""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402

PGDATA = "/var/lib/postgresql/vouch"
AS_POSTGRES = ["runuser", "-u", "postgres", "--"]
BIN = "/usr/lib/postgresql/15/bin/"


def ban(it, node):
    """Takes the resource away from a node, by Pacemaker, and waits for the server to be gone."""
    it.on(node, "crm_resource", "--ban", "--resource", "pgsql-clone", "--node", node)
    it.wait_for("%s is stopped" % node, lambda: it.on(node, "pgrep", "-u", "postgres", "-x", "postgres",
                                                      check=False).returncode == 1, 60)


def unban(it, node, asked_on):
    it.on(asked_on, "crm_resource", "--clear", "--resource", "pgsql-clone", "--node", node)
    it.wait_for("%s runs again" % node, lambda: it.sql(node, "select pg_is_in_recovery()") == "t", 60)


def reclone(it, node, source):
    address = next(n["address"] for n in it.state()["nodes"] if n["node"] == source)
    it.on(node, "sh", "-c", "rm -rf %s/*" % PGDATA)
    it.on(node, *AS_POSTGRES, BIN + "pg_basebackup", "-D", PGDATA, "-d", "host=%s user=vouch" % address, "-X", "stream",
          "-c", "fast", "--no-sync", timeout=120)


def check(it, node):
    done = it.on(node, "vouch", "--output-as=json", "--quiet", "check", check=False)
    return json.loads(done.stdout)


def receiver(it, node, number):
    it.on(node, "pkill", number, "-f", "postgres:.*walreceiver")


def amnesia(report):
    with lab("am") as it:
        receiver(it, "n3", "-STOP")
        it.sql("n1", "insert into acked values (7, 7)")
        report.check("amnesia: n2 alone acknowledged a write",
                     it.sql("n2", "select count(*) from acked where client = 7") == "1" and
                     it.sql("n3", "select count(*) from acked where client = 7") == "0", "n3 has it too")
        ban(it, "n2")
        reclone(it, "n2", "n3")
        it.run("power", "off", "n1")
        it.wait_for("n3 was asked", lambda: it.attempts(["n3"]) >= 1, 90)
        receiver(it, "n3", "-CONT")
        unban(it, "n2", "n3")
        for node in ("n3", "n2"):
            verdict = check(it, node)
            report.check("amnesia: %s would be vetoed with P6-S1" % node,
                         verdict["decision"] == "veto" and verdict["invariant"] == "P6-S1", verdict["why"])
            report.check("amnesia: %s is told that n2 is a new incarnation" % node,
                         "n2 is a new incarnation" in verdict["why"], verdict["why"])
            report.check("amnesia: %s is still a standby" % node,
                         it.sql(node, "select pg_is_in_recovery()") == "t", "it is writable")


def admitted(report):
    with lab("ad") as it:
        newest = "select incarnation from vouch.admission where node = 'n2' order by serial desc limit 1"
        old = it.sql("n1", newest)
        ban(it, "n2")
        reclone(it, "n2", "n3")
        unban(it, "n2", "n1")
        it.wait_for("the clone is admitted", lambda: it.sql("n1", newest) != old, 60)
        it.sql("n1", "insert into acked values (8, 8)")
        it.run("power", "off", "n1")
        it.run("wait", "promoted", "--not", "n1", "--timeout", "90")
        new = it.promoted()
        verdict = it.verdict(new)
        report.check("admitted: permitted by intersection",
                     any(f["rule"] == 520 and f["outcome"] == "holds" for f in verdict["findings"]), verdict["why"])
        report.check("admitted: the acknowledged write is there",
                     it.sql(new, "select count(*) from acked where client = 8") == "1", "it is lost")


if __name__ == "__main__":
    sys.exit(main({"amnesia": amnesia, "admitted": admitted}))
