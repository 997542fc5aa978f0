#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 32: the archive serves a foreign branch. n2 alone acknowledges a write, is killed, and goes over to a timeline that
somebody else put into its archive, which parted below that write: PostgreSQL takes the newest that it finds, unless what
it wrote to its tables is beyond. The server that comes back has forgotten the write, under the name of the one that
acknowledged it. So it is another one from then on (P6-S1, amnesia), is no candidate itself (P6-S2), and nobody is promoted
by its word."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402
from test_amnesia import AS_POSTGRES, BIN, PGDATA, everybody_counts, receiver  # noqa: E402

FOREIGN = "/var/lib/postgresql/copies/foreign"
ARCHIVE = "/var/lib/postgresql/copies/archive"
LOG = "/var/log/postgresql/foreign.log"


def foreign_branch(it):
    """A copy of the primary that somebody promotes elsewhere, whose log comes into n2's archive."""
    address = next(n["address"] for n in it.state()["nodes"] if n["node"] == "n1")
    it.on("n2", "install", "-d", "-o", "postgres", os.path.dirname(FOREIGN), ARCHIVE)
    it.on("n2", *AS_POSTGRES, BIN + "pg_basebackup", "-D", FOREIGN, "-d", "host=%s user=vouch" % address, "-X", "stream",
          "-c", "fast", "--no-sync", timeout=120)
    it.on("n2", *AS_POSTGRES, "touch", FOREIGN + "/standby.signal")
    for words in (("-o", "-p 5499 -c listen_addresses= -c cluster_name=foreign -c synchronous_standby_names= "
                   "-c primary_conninfo= -c logging_collector=off", "start"), ("promote",), ("-m", "fast", "stop")):
        it.on("n2", *AS_POSTGRES, BIN + "pg_ctl", "-D", FOREIGN, "-w", "-s", "-l", LOG, *words, timeout=120)
    timeline = int(it.sql("n1", "select timeline_id from pg_control_checkpoint()")) + 1
    it.on("n2", "sh", "-c", "cd %s/pg_wal && cp -a %08X* %s" % (FOREIGN, timeline, ARCHIVE))
    return timeline


def nothing_written_back(it):
    """What n2 replays from now on is only in its memory, and in its log."""
    for one in ("background writer", "checkpointer"):
        it.on("n2", "pkill", "-STOP", "-f", "postgres:.* " + one)


def incarnation(it, node):
    return it.sql(node, "show cluster_name").rpartition(":")[2]


def acknowledged_alone(report, it):
    receiver(it, "n3", "-STOP")
    it.sql("n1", "insert into acked values (7, 7)")
    report.check("archive: n2 alone acknowledged a write", [it.sql(n, "select count(*) from acked where client = 7")
                                                            for n in ("n2", "n3")] == ["1", "0"], "n3 has it too")


def vetoed(report, it, node, what, *words):
    _, verdict = it.asked(node)
    report.check("archive: %s" % what, verdict["decision"] == "veto" and all(w in verdict["why"] for w in words),
                 verdict["why"])
    return verdict["why"]


def goes_over(report, it):
    """The foreign timeline, and who n2 was."""
    everybody_counts(it)
    nothing_written_back(it)
    timeline = foreign_branch(it)
    acknowledged_alone(report, it)
    before = incarnation(it, "n2")
    it.on("n2", "sh", "-c", "echo \"restore_command = 'cp %s/%%f %%p'\" >> %s/postgresql.auto.conf" % (ARCHIVE, PGDATA))
    it.on("n2", "pkill", "-KILL", "-u", "postgres", "-x", "postgres")
    return timeline, before


def unseen(report):
    """Its agent started it, and no monitor has looked since: what its log had it tells before anybody is promoted."""
    with lab("au") as it:
        everybody_counts(it)
        for name in ("pgsql-monitor-10s", "pgsql-monitor-11s"):
            it.on("n1", "cibadmin", "--delete", "--xml-text", "<op id='%s'/>" % name)
        it.wait_for("no monitor is left", lambda: 'interval="1' not in it.on("n1", "cibadmin", "--query", "--scope",
                                                                             "resources").stdout)
        _, before = goes_over(report, it)
        it.on("n2", "crm_resource", "--resource", "pgsql", "--force-start", "--force", timeout=120)
        it.wait_for("n2 went over", lambda: it.sql("n2", "select count(*) from acked where client = 7") == "0")
        report.check("unseen: it still answers as the one that acknowledged", incarnation(it, "n2") == before)
        it.run("power", "off", "n1")
        it.wait_for("one of them was asked", lambda: it.attempts(["n2", "n3"]) >= 1, 90)
        receiver(it, "n3", "-CONT")
        report.check("unseen: no monitor has looked", incarnation(it, "n2") == before)
        vetoed(report, it, "n3", "nobody is promoted by its word (P6-S1)", "n2 was seen with more than it has now")


def archive(report):
    with lab("ar") as it:
        timeline, before = goes_over(report, it)
        it.wait_for("n2 is another one", lambda: incarnation(it, "n2") not in ("", before), 60)
        it.run("power", "off", "n1")
        it.wait_for("one of them was asked", lambda: it.attempts(["n2", "n3"]) >= 1, 90)
        receiver(it, "n3", "-CONT")
        report.check("archive: n2 went over to the foreign timeline, and lacks what it acknowledged",
                     it.sql("n2", "select count(*) from acked where client = 7") == "0", "it is there")
        said = it.on("n2", "grep", "-h", "lacks what it had", "/var/log/pacemaker/pacemaker.log", check=False).stdout
        report.check("archive: its monitor said so, and what to type (P6-S1)",
                     "P6-S1" in said and "timeline %d" % timeline in said and "vouch rejoin" in said, said)
        vetoed(report, it, "n3", "nobody is promoted by its word (P6-S1)", "n2 is a new incarnation")
        print("# " + vetoed(report, it, "n2", "it is no candidate itself"), flush=True)
        for node in ("n2", "n3"):
            report.check("archive: %s is still a standby" % node, it.sql(node, "select pg_is_in_recovery()") == "t")
        it.run("power", "on", "n1")
        it.wait_for("n1 is promoted again", lambda: it.promoted() == "n1", 120)
        report.check("archive: the former primary has it, and goes on",
                     it.sql("n1", "select count(*) from acked where client = 7") == "1")


if __name__ == "__main__":
    sys.exit(main({"archive": archive, "unseen": unseen}))
