#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 28, the deepest trap: under ANY 1 of two, n2 alone acknowledges a write
and is then re-cloned from n3, which never had it. Both answer, the arithmetic
passes, the write is gone: vetoed for amnesia. The same with a directory rolled
back from a copy, a swapped disk, and a rewind. Once the holder has admitted the
clone, the same failure is survived."""
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402

PGDATA = "/var/lib/postgresql/vouch"
ASIDE = "/var/lib/postgresql/copies/aside"
AS_POSTGRES = ["runuser", "-u", "postgres", "--"]
BIN = "/usr/lib/postgresql/15/bin/"

# Nothing that the primary's server sends is received.
CUT = "add table inet cut; add chain inet cut in { type filter hook input priority 0; }; " \
      "add rule inet cut in tcp sport 5432 drop"


# Its connections to the others are refused; theirs to it are not.
CANNOT_STREAM = "add table inet cut; add chain inet cut out { type filter hook output priority 0; }; " \
                "add rule inet cut out tcp dport 5432 reject with tcp reset"


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


def receiver(it, node, number):
    it.on(node, "pkill", number, "-f", "postgres:.*walreceiver")


def nothing(it):
    """Nothing to prepare."""


def copy_before(it):
    """A copy of n2's directory, from before the write."""
    ban(it, "n2")
    it.on("n2", "install", "-d", "-o", "postgres", os.path.dirname(ASIDE))
    it.on("n2", *AS_POSTGRES, "cp", "-a", PGDATA, ASIDE)
    unban(it, "n2", "n1")
    everybody_counts(it)


def clone_before(it):
    """A second disk, with a clone from before the write."""
    address = next(n["address"] for n in it.state()["nodes"] if n["node"] == "n1")
    it.on("n2", "install", "-d", "-o", "postgres", os.path.dirname(ASIDE))
    it.on("n2", *AS_POSTGRES, BIN + "pg_basebackup", "-D", ASIDE, "-d", "host=%s user=vouch" % address, "-X", "stream",
          "-c", "fast", "--no-sync", timeout=120)


def reclone_now(it):
    reclone(it, "n2", "n3")


def roll_back_in_place(it):
    """As a restore into the same files does: no inode and no birth changes, only the log's end gives it away."""
    it.on("n2", "sh", "-c", "cd %s && find . -type f | while read -r f; do [ -e %s/$f ] || rm $f; done" % (PGDATA, ASIDE))
    it.on("n2", *AS_POSTGRES, "cp", "-rT", "--preserve=mode,ownership", ASIDE, PGDATA)


def swap_disks(it):
    it.on("n2", "mount", "--bind", ASIDE, PGDATA)


def log_end(it, node):
    return int(it.sql(node, "select pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')"))


def mark(it, node):
    """The furthest position that the node's agent has kept: what rolling back is told by."""
    return int(re.search(r'"lsn": ?"?(\d+)', it.on(node, "cat", "/var/lib/vouch/pgsql/mark").stdout).group(1))


def everybody_counts(it):
    it.wait_for("both standbys count", lambda: sum(m["counts"] for m in json.loads(it.on(
        "n1", "vouch", "--output-as=json", "contract", "show").stdout)["members"]) == 2, 60)


def forget(report, name, before, act):
    with lab("am") as it:
        everybody_counts(it)
        before(it)
        receiver(it, "n3", "-STOP")
        it.sql("n1", "insert into acked values (7, 7)")
        report.check("%s: n2 alone acknowledged a write" % name,
                     it.sql("n2", "select count(*) from acked where client = 7") == "1" and
                     it.sql("n3", "select count(*) from acked where client = 7") == "0", "n3 has it too")
        end = log_end(it, "n2")
        # No monitor may have come by since: the end of the log is kept where the server ends.
        ban(it, "n2")
        report.check("%s: n2's stop kept how far its log was" % name, mark(it, "n2") >= end, (mark(it, "n2"), end))
        act(it)
        it.run("power", "off", "n1")
        it.wait_for("n3 was asked", lambda: it.attempts(["n3"]) >= 1, 90)
        receiver(it, "n3", "-CONT")
        unban(it, "n2", "n3")
        for node in ("n3", "n2"):
            _, verdict = it.asked(node)
            report.check("%s: %s would be vetoed with P6-S1" % (name, node),
                         verdict["decision"] == "veto" and verdict["invariant"] == "P6-S1", verdict["why"])
            report.check("%s: %s is told that n2 is a new incarnation" % (name, node),
                         "n2 is a new incarnation" in verdict["why"], verdict["why"])
            report.check("%s: %s is still a standby" % (name, node),
                         it.sql(node, "select pg_is_in_recovery()") == "t", "it is writable")


def amnesia(report):
    forget(report, "amnesia", nothing, reclone_now)


def rolled_back(report):
    forget(report, "rolled back", copy_before, roll_back_in_place)


def swapped(report):
    forget(report, "swapped disk", clone_before, swap_disks)


STATE = "/var/lib/vouch/pgsql"

DEEPER = """<operations>%s</operations>""" % "".join(
    "<op id='deeper-%s' name='monitor' interval='%s' timeout='20s' role='%s'><instance_attributes id='deeper-%s-a'>"
    "<nvpair id='deeper-%s-l' name='OCF_CHECK_LEVEL' value='10'/></instance_attributes></op>" % (role, interval, role, role, role)
    for interval, role in (("5s", "Promoted"), ("4s", "Unpromoted")))


def noted(it, by, of):
    """What one node has on record of another; 0: nothing."""
    text = it.on(by, "sh", "-c", "cat %s/noted 2>/dev/null; true" % STATE).stdout
    found = re.search(r'"%s": ?\{[^}]*"lsn": ?(\d+)' % of, text)
    return int(found.group(1)) if found else 0


def set_back(report):
    """A machine restored from a snapshot: data, marks and incarnation are those of then, and agree. What a deeper monitor
    on n3 noted of n2 was not restored with it."""
    with lab("sb") as it:
        everybody_counts(it)
        it.on("n1", "cibadmin", "--modify", "--allow-create", "--scope", "resources", "--xml-text",
              "<clone id='pgsql-clone'><primitive id='pgsql'>%s</primitive></clone>" % DEEPER)
        copy_before(it)
        it.on("n2", "cp", "-a", STATE, ASIDE + "-state")
        receiver(it, "n3", "-STOP")
        it.sql("n1", "insert into acked values (7, 7)")
        report.check("set back: n2 alone acknowledged a write",
                     it.sql("n2", "select count(*) from acked where client = 7") == "1" and
                     it.sql("n3", "select count(*) from acked where client = 7") == "0", "n3 has it too")
        end = int(it.sql("n2", "select pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')"))
        it.wait_for("n3's deeper monitor noted how far n2 is", lambda: noted(it, "n3", "n2") >= end, 90)
        ban(it, "n2")
        roll_back_in_place(it)
        it.on("n2", "sh", "-c", "rm -rf %s && cp -a %s-state %s" % (STATE, ASIDE, STATE))
        it.run("power", "off", "n1")
        it.wait_for("n3 was asked", lambda: it.attempts(["n3"]) >= 1, 90)
        receiver(it, "n3", "-CONT")
        unban(it, "n2", "n3")
        _, verdict = it.asked("n3")
        report.check("set back: n3 would be vetoed with P6-S1, for what it saw of n2", verdict["decision"] == "veto" and
                     verdict["invariant"] == "P6-S1" and "n2 was seen with more than it has now" in verdict["why"], verdict["why"])
        _, verdict = it.asked("n2")
        report.check("set back: n2 would be vetoed", verdict["decision"] == "veto", verdict["why"])
        for node in ("n2", "n3"):
            report.check("set back: %s is still a standby" % node, it.sql(node, "select pg_is_in_recovery()") == "t",
                         "it is writable")
        it.on("n3", "rm", STATE + "/noted")
        _, verdict = it.asked("n3")
        report.check("set back: only the note tells it", verdict["decision"] == "permit", verdict["why"])


def by_hand(it, node, *words):
    it.on(node, *AS_POSTGRES, BIN + "pg_ctl", "-D", PGDATA, "-w", "-s", "-l", "/var/log/postgresql/hand.log", *words,
          timeout=120)


def rewind_now(it):
    """n2 is promoted by hand, so that pg_rewind has something to undo, and is rewound to n3."""
    address = next(n["address"] for n in it.state()["nodes"] if n["node"] == "n3")
    by_hand(it, "n2", "start")
    by_hand(it, "n2", "promote")
    it.sql("n2", "create table by_hand ()")
    by_hand(it, "n2", "stop", "-m", "fast")
    it.on("n2", *AS_POSTGRES, BIN + "pg_rewind", "-D", PGDATA, "--source-server",
          "host=%s user=postgres dbname=postgres" % address, timeout=120)
    it.on("n2", *AS_POSTGRES, "touch", PGDATA + "/standby.signal")


def rewound(report):
    forget(report, "rewound", nothing, rewind_now)


def is_not_admitted(report, it, newest, old):
    """The clone runs, but what it would acknowledge it has not shown yet. Each monitor of the holder looks at it."""
    for _ in range(3):
        done = it.on("n1", "crm_resource", "--resource", "pgsql", "--force-check", check=False, timeout=60)
    why = next(m for m in json.loads(it.on("n1", "vouch", "--output-as=json", "contract", "show").stdout)["members"]
               if m["name"] == "n2")
    report.check("admitted: as long as the clone does not stream it is not, whoever looks (P6-S1)",
                 it.sql("n1", newest) == old and not why["counts"] and why["why_not"] == "not admitted yet",
                 (why, done.stdout + done.stderr))


def admitted(report):
    with lab("ad") as it:
        newest = "select incarnation from vouch.admission where node = 'n2' order by serial desc limit 1"
        old = it.sql("n1", newest)
        ban(it, "n2")
        reclone(it, "n2", "n3")
        it.on("n2", "nft", CANNOT_STREAM)
        unban(it, "n2", "n1")
        is_not_admitted(report, it, newest, old)
        it.on("n2", "nft", "delete", "table", "inet", "cut")
        began = {n: it.sql(n, "select pg_postmaster_start_time()") for n in ("n1", "n2", "n3")}
        it.wait_for("the clone is admitted", lambda: it.sql("n1", newest) != old, 60)
        report.check("admitted: by itself, and no server was started again",
                     began == {n: it.sql(n, "select pg_postmaster_start_time()") for n in began}, began)
        it.sql("n1", "insert into acked values (8, 8)")
        # The same trap again: the one that was re-cloned acknowledges alone.
        it.on("n3", "nft", CUT)
        it.sql("n1", "insert into acked values (9, 9)")
        it.run("power", "off", "n1")
        it.on("n3", "nft", "delete", "table", "inet", "cut")
        it.run("wait", "promoted", "--not", "n1", "--timeout", "90")
        new = it.promoted()
        verdict = it.verdict(new)
        report.check("admitted: permitted by intersection",
                     any(f["rule"] == 520 and f["outcome"] == "holds" for f in verdict["findings"]), verdict["why"])
        report.check("admitted: the acknowledged write is there",
                     it.sql(new, "select count(*) from acked where client = 8") == "1", "it is lost")
        report.check("admitted: what the clone alone acknowledged is there",
                     new == "n2" and it.sql(new, "select count(*) from acked where client = 9") == "1",
                     "%s was promoted" % new)


if __name__ == "__main__":
    sys.exit(main({"amnesia": amnesia, "rolled-back": rolled_back, "swapped-disk": swapped, "rewound": rewound,
                   "machine-set-back": set_back, "admitted": admitted}))
