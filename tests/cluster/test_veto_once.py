#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A veto is an answer that the cluster can live with (P6-F3): one attempt, nothing
stopped, started or fenced because of it, the node no more eligible, the reason in
crm_mon; a cleanup leads to exactly one more; with after_veto=retry the return of the
missing member leads to the promotion. And where the wrong node was asked, the right
one is asked next.

usage: test_veto_once.py [--minutes=N] [once|right-node|without-block]"""
import os
import re
import sys
import time
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402

WATCH_S = 24  # two intervals of the monitor; the long run takes minutes
DEPENDENT = """<primitive id="dependent" class="ocf" provider="pacemaker" type="Dummy"/>"""
BOUND = """<constraints>
<rsc_colocation id="with-promoted" rsc="dependent" with-rsc="pgsql-clone" with-rsc-role="Promoted" score="INFINITY"/>
<rsc_order id="after-promote" first="pgsql-clone" first-action="promote" then="dependent" then-action="start"/>
%s</constraints>"""
SAME = "select count(*) from pg_stat_replication where flush_lsn = pg_current_wal_lsn()"
PREFER_N3 = """<rsc_location id="rather-n3" rsc="pgsql-clone"><rule id="rather-n3-rule" score="100" role="Promoted">
<expression id="rather-n3-is" attribute="#uname" operation="eq" value="n3"/></rule></rsc_location>
"""


def depend(it, more=""):
    """Something that is to run where the database is promoted, as an address would."""
    it.on("n2", "cibadmin", "--create", "--scope", "resources", "--xml-text", DEPENDENT)
    it.on("n2", "cibadmin", "--replace", "--scope", "constraints", "--xml-text", BOUND % more)


def shown(it):
    return xml.etree.ElementTree.fromstring(it.on("n2", "crm_mon", "-1", "--output-as=xml").stdout)


def where(it, resource):
    return [n.get("name") for r in shown(it).iter("resource") if r.get("id") == resource for n in r.findall("node")]


def reasons(it):
    return [f.get("exitreason") for f in shown(it).iter("failure") if f.get("task") == "promote"]


def score(it, node):
    done = it.on(node, "crm_attribute", "--promotion=pgsql", "--node", node, "--lifetime=reboot", "--query", "--quiet",
                 check=False)
    return done.stdout.strip()


def started(it, node):
    return it.sql(node, "select pg_postmaster_start_time()")


def fencings(it, node):
    done = it.on("n2", "stonith_admin", "--history", node, "--output-as=xml")
    return len(re.findall("<fence_event ", done.stdout))


def stands(report, it, when, attempts, before):
    """The same answer as before, and nothing else has happened."""
    report.check("veto: %s, exactly %d attempts" % (when, attempts), it.attempts(["n2"]) == attempts, it.decisions("n2"))
    report.check("veto: %s, crm_mon shows rule, invariant and fact" % when,
                 any("rule 540" in r and "P6-S1" in r for r in reasons(it)), reasons(it))
    report.check("veto: %s, the score says: not eligible" % when, int(score(it, "n2")) < 0, score(it, "n2"))
    report.check("veto: %s, the standby was neither stopped nor started" % when, started(it, "n2") == before["start"],
                 "%s, then %s" % (before["start"], started(it, "n2")))
    report.check("veto: %s, nobody was fenced for it" % when, fencings(it, "n2") + fencings(it, "n3") == 0,
                 "%d, %d" % (fencings(it, "n2"), fencings(it, "n3")))
    report.check("veto: %s, what depends on the promotion does not run" % when, where(it, "dependent") == [],
                 where(it, "dependent"))
    report.check("veto: %s, it answers reads" % when, it.sql("n2", "select count(*) > 0 from acked") == "t")


def blackbox(it, node):
    path = "/var/lib/vouch/pgsql/blackbox.vouch-postgresql"
    it.on(node, "grep", "-qa", "n1: PostgreSQL did not answer", path)
    return it.on(node, "stat", "--format=%a %U", path).stdout.strip()


def watch(it, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        it.run("crm_mon")
        time.sleep(2)


def once(report, seconds=WATCH_S):
    with lab("vo") as it:
        before = {"start": started(it, "n2")}
        depend(it)
        it.wait_for("the dependent resource runs with the primary", lambda: where(it, "dependent") == ["n1"])
        it.run("workload", "start")
        it.on("n2", "crm_attribute", "--node", "n3", "--name", "standby", "--update", "on")
        it.wait_for("n3 is stopped", lambda: "n3" not in where(it, "pgsql"))
        it.run("power", "off", "n1")
        it.wait_for("n2 was asked", lambda: it.attempts(["n2"]) >= 1, 90)
        watch(it, seconds)
        stands(report, it, "after a while", 1, before)
        report.check("veto: libqb's blackbox tells who was asked, and only the database's user may read it",
                     blackbox(it, "n2") == "600 postgres", blackbox(it, "n2"))
        it.on("n2", "crm_resource", "--cleanup", "--resource", "pgsql")
        it.wait_for("n2 was asked again", lambda: it.attempts(["n2"]) >= 2, 60)
        watch(it, seconds / 2)
        stands(report, it, "after a cleanup", 2, before)
        it.on("n2", "crm_resource", "--resource", "pgsql", "--set-parameter", "after_veto", "--parameter-value", "retry")
        it.on("n2", "crm_attribute", "--node", "n3", "--name", "standby", "--delete")
        it.wait_for("n2 is promoted, and its journal says so",  # which it writes after the first write may be taken
                    lambda: it.promoted() == "n2" and it.attempts(["n2"]) >= 3, 90)
        report.check("veto: the missing member's return leads to the promotion", True)
        report.check("veto: n2 was asked three times in all, n3 at most once",
                     it.attempts(["n2"]) == 3 and it.attempts(["n3"]) <= 1, it.decisions("n2") + it.decisions("n3"))
        report.check("veto: a parameter was changed without a restart", started(it, "n2") == before["start"])
        it.wait_for("the dependent resource runs there", lambda: where(it, "dependent") == ["n2"])
        it.run("workload", "stop")
        done = it.run("verify", check=False)
        report.check("veto: nothing lost, never two writable nodes", done.returncode == 0, done.stdout + done.stderr)


def right_node(report):
    with lab("vr") as it:
        before = {n: started(it, n) for n in ("n2", "n3")}
        depend(it, PREFER_N3)
        it.sql("n3", "select pg_wal_replay_pause()")
        it.run("workload", "start")
        time.sleep(2)
        # Cut under load, either standby may have what the other has not, and then neither can be proven (rule 540).
        it.run("workload", "stop")
        it.wait_for("both standbys have all that was written", lambda: it.sql("n1", SAME) == "2")
        it.run("power", "off", "n1")
        it.wait_for("n2 is promoted, and its journal says so",
                    lambda: it.promoted() == "n2" and it.attempts(["n2"]) >= 1, 120)
        report.check("right node: n3 was asked first, once, and refused",
                     [d["outcome"] for d in it.decisions("n3")] == ["denied"], it.decisions("n3"))
        report.check("right node: then n2 was asked, once, and promoted",
                     [d["outcome"] for d in it.decisions("n2")][:1] == ["succeeded"] and len(it.decisions("n2")) == 1,
                     it.decisions("n2"))
        for node, start in before.items():
            report.check("right node: %s was neither stopped nor started" % node, started(it, node) == start)
        it.wait_for("n3 is eligible again", lambda: int(score(it, "n3")) > 0)
        report.check("right node: after the promotion n3 is eligible again", True)
        done = it.run("verify", check=False)
        report.check("right node: nothing lost, never two writable nodes", done.returncode == 0,
                     done.stdout + done.stderr)


def without_block(report, seconds=WATCH_S):
    """Nobody set on-fail=block: Pacemaker restarts what refused, but asks the negative score no more."""
    with lab("vb") as it:
        it.on("n2", "cibadmin", "--modify", "--xml-text", '<op id="pgsql-promote-0s" on-fail="restart"/>')
        depend(it)
        it.wait_for("the dependent resource runs with the primary", lambda: where(it, "dependent") == ["n1"])
        it.run("workload", "start")
        it.on("n2", "crm_attribute", "--node", "n3", "--name", "standby", "--update", "on")
        it.wait_for("n3 is stopped", lambda: "n3" not in where(it, "pgsql"))
        began = started(it, "n2")
        it.run("power", "off", "n1")
        it.wait_for("n2 was asked", lambda: it.attempts(["n2"]) >= 1, 90)
        watch(it, seconds)
        print("# without block: %d attempts, the standby started again: %s, score %s" %
              (it.attempts(["n2"]), started(it, "n2") != began, score(it, "n2")), flush=True)
        report.check("without block: one attempt", it.attempts(["n2"]) == 1, it.decisions("n2"))
        report.check("without block: nobody was fenced for it", fencings(it, "n2") + fencings(it, "n3") == 0)
        report.check("without block: what depends on the promotion does not run", where(it, "dependent") == [])
        report.check("without block: the standby answers reads", it.sql("n2", "select count(*) > 0 from acked") == "t")
        report.check("without block: it is still a standby", it.sql("n2", "select pg_is_in_recovery()") == "t")
        it.run("workload", "stop")
        done = it.run("verify", "--on", "n2", check=False)
        report.check("without block: nothing lost, never two writable nodes", done.returncode == 0,
                     done.stdout + done.stderr)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1].startswith("--minutes="):
        minutes = int(sys.argv.pop(1)[10:])
        sys.exit(main({"once": lambda report: once(report, minutes * 60), "without-block": without_block}))
    sys.exit(main({"once": once, "right-node": right_node, "without-block": without_block} if sys.argv[1:] else
                  {"once": once, "right-node": right_node}))
