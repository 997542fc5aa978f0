#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults 41, 42 and 43 with the asynchronous contract, under load: a planned
switchover by seal, a killed postmaster by the same holder, and the whole
cluster powered off and on. Nothing acknowledged is lost in any of them. And under
maintenance the cluster stack is started anew, and no server notices."""
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from commands_campaign import START, STOP  # noqa: E402
from labtest import lab, main  # noqa: E402


def holds(verdict, rule):
    return any(f["rule"] == rule and f["outcome"] == "holds" for f in verdict["findings"])


def newest(it, node, count):
    """The newest verdict of a node, once it has made `count` attempts."""
    it.wait_for("%s was asked" % node, lambda: len(it.decisions(node)) >= count, 90)
    return it.verdict(node)


def writes_again(it, what):
    it.wait_for(what, lambda: it.promoted() is not None, 90)
    time.sleep(4)


def switchover(it, report):
    it.on("n1", "crm_standby", "--node", "n1", "--update", "on")
    it.run("wait", "promoted", "--not", "n1", "--timeout", "90")
    time.sleep(4)
    new = it.promoted()
    verdict = newest(it, new, 1)
    report.check("switchover: permitted", verdict["decision"] == "permit", verdict["why"])
    report.check("switchover: covered by that exact sealed record", holds(verdict, 510), verdict["findings"])
    report.check("switchover: the holder is excluded by its seal or its stop",
                 holds(verdict, 320) or holds(verdict, 340), verdict["findings"])
    it.on("n1", "crm_standby", "--node", "n1", "--delete")
    it.wait_for("n1 is back as a standby", lambda: it.sql("n1", "select pg_is_in_recovery()") == "t", 60)
    done = it.run("verify", check=False)
    report.check("switchover: nothing lost, never two writable nodes", done.returncode == 0, done.stdout + done.stderr)
    return new


def killed(it, report, node):
    before = len(it.decisions(node))
    it.on(node, "sh", "-c", "kill -9 $(head -n 1 /var/lib/postgresql/vouch/postmaster.pid)")
    verdict = newest(it, node, before + 1)
    report.check("killed postmaster: the same holder is promoted again",
                 verdict["decision"] == "permit" and holds(verdict, 530), verdict["why"])
    writes_again(it, "writes after the crash")
    report.check("killed postmaster: by the same node", it.promoted() == node, it.promoted())
    done = it.run("verify", check=False)
    report.check("killed postmaster: nothing lost, never two writable nodes", done.returncode == 0,
                 done.stdout + done.stderr)


def maintained(it, report, primary):
    """P6-A3: nobody asks, nobody is demoted: what goes on says how eligible it is when the cluster looks for it."""
    nodes = ("n1", "n2", "n3")
    it.on(primary, "crm_attribute", "--name", "maintenance-mode", "--update", "true")
    it.run("wait", "idle", "--timeout", "30")
    began = {n: it.sql(n, "select pg_postmaster_start_time()") for n in nodes}
    attempts = it.attempts(nodes)
    for words in (STOP, START):
        for n in nodes:
            it.on(n, "sh", "-c", words, timeout=120)
    it.wait_for("everybody is online", lambda: sum(
        n["cluster"].startswith("online") for n in it.state()["nodes"]) == len(nodes), 120)
    it.run("wait", "idle", "--timeout", "60")
    it.on(primary, "crm_attribute", "--name", "maintenance-mode", "--update", "false")
    time.sleep(3)
    it.run("wait", "idle", "--timeout", "60")
    report.check("maintenance: the stack was started anew, the primary is the same, nobody was asked",
                 it.promoted() == primary and it.attempts(nodes) == attempts, (it.promoted(), it.attempts(nodes), attempts))
    report.check("maintenance: no server was started again", began == {
        n: it.sql(n, "select pg_postmaster_start_time()") for n in nodes}, began)


def all_off(it, report, node):
    it.run("workload", "stop")
    attempts = {n: len(it.decisions(n)) for n in ("n1", "n2", "n3")}
    for n in ("n1", "n2", "n3"):
        it.run("power", "off", n)
    for n in ("n1", "n2", "n3"):
        it.run("power", "on", n)
    it.run("wait", "promoted", "--timeout", "120", timeout=150)
    report.check("all off and on: the last holder is promoted", it.promoted() == node, it.promoted())
    others = [n for n in attempts if n != node and
              any(d["outcome"] == "succeeded" for d in it.decisions(n)[:len(it.decisions(n)) - attempts[n]])]
    report.check("all off and on: nobody else was permitted", not others, others)
    done = it.run("verify", check=False)
    report.check("all off and on: nothing lost", done.returncode == 0, done.stdout + done.stderr)


def planned(report):
    with lab("sw", "--sync-k", "0") as it:
        it.run("workload", "start")
        time.sleep(4)
        node = switchover(it, report)
        killed(it, report, node)
        maintained(it, report, node)
        all_off(it, report, node)


if __name__ == "__main__":
    sys.exit(main({"switchover": planned}))
