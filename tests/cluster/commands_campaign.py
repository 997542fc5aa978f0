#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What an administrator types, on real nodes under load: each command does what its
user expects, each promotion goes through the proof, planned ones by seal, and
nothing acknowledged is lost (P6-A1, P6-S1). Prints a table with the time from the
command to the state that its user waits for and the next acknowledged write.

usage: commands_campaign.py [synchronous|asynchronous...]"""
import json
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import Failed, lab, main  # noqa: E402

NODES = ("n1", "n2", "n3")
STOP = """kill -TERM $(pidof pacemakerd) && while pidof pacemakerd >/dev/null; do sleep 0.1; done
kill -TERM $(pidof corosync) && while pidof corosync >/dev/null; do sleep 0.1; done"""
START = """setsid corosync -f </dev/null >/dev/null 2>&1 & sleep 1
PCMK_logfile=/var/log/pacemaker/pacemaker.log PCMK_logfacility=none setsid pacemakerd -f </dev/null >/dev/null 2>&1 &"""


class Campaign:
    def __init__(self, it, report, name):
        self.it, self.report, self.name, self.rows = it, report, name, []

    def acked(self):
        return json.loads(self.it.run("workload", "status", "--json").stdout)["acknowledged"]

    def roles(self):
        return {n["node"]: n.get("server") for n in self.it.state()["nodes"]}

    def on_any(self, *command, check=True):
        return self.it.on(self.asked, *command, check=check)

    def writes(self):
        before = self.acked()
        self.it.wait_for("writes are acknowledged", lambda: self.acked() > before, 120)

    def settled(self):
        """Everybody runs, follows and is admitted: the next command meets a healthy cluster."""
        self.it.wait_for("one primary and two standbys",
                         lambda: sorted(str(r) for r in self.roles().values()) == ["primary", "standby", "standby"], 120)
        primary = self.it.promoted()
        self.it.wait_for("both follow", lambda: self.it.sql(
            primary, "select count(*) from pg_stat_replication where state = 'streaming'") == "2", 90)
        time.sleep(12)  # a monitor admits

    def proof(self, promoted):
        """By which route the newest promotion was covered."""
        holds = {f["rule"] for f in self.it.verdict(promoted)["findings"] if f["outcome"] == "holds"}
        return "seal" if 510 in holds else "intersection" if 520 in holds else "same holder" if 530 in holds else "?"

    def step(self, words, act, expected, permitted=None, route=None):
        self.settled()
        primary = self.it.promoted()
        self.asked = next(n for n in NODES if n != primary)
        decided = {n: len(self.it.decisions(n)) for n in NODES}
        begin = time.monotonic()
        act(primary)
        self.it.wait_for(words, lambda: expected(primary), 150)
        reached = time.monotonic() - begin
        self.writes()
        took = time.monotonic() - begin
        new = [d for n in NODES for d in self.it.decisions(n)[:len(self.it.decisions(n)) - decided[n]]]
        outcomes = [d["outcome"] for d in new]
        promoted = self.it.promoted()
        proof = self.proof(promoted) if "succeeded" in outcomes else ""
        self.rows.append((words, primary, promoted, ", ".join(outcomes) or "none", proof, reached, took))
        self.report.check("%s: %s" % (self.name, words), permitted is None or outcomes == permitted, outcomes)
        if route:
            self.report.check("%s: %s: by %s (P6-S1)" % (self.name, words, route), proof == route, proof)

    def table(self):
        print("\n## %s\n\n| command | primary before | after | decisions | proof | s to the state | s to the next write |"
              "\n|---|---|---|---|---|---|---|" % self.name)
        for row in self.rows:
            print("| %s | %s | %s | %s | %s | %.1f | %.1f |" % row)
        print(flush=True)


def moved(c):
    return lambda primary: c.it.promoted() not in (None, primary)


def same(c):
    return lambda primary: c.it.promoted() == primary


def planned(c):
    """Switchovers: one decision, a permit, each time."""
    it = c.it
    c.step("crm_resource --move --promoted (crm resource move, pcs resource move --promoted)",
           lambda p: c.on_any("crm_resource", "--move", "--promoted", "--resource", "pgsql-clone", "--node", c.asked),
           lambda p: it.promoted() == c.asked, ["succeeded"], "seal")
    c.step("crm_resource --clear (crm resource clear)",
           lambda p: c.on_any("crm_resource", "--clear", "--resource", "pgsql-clone"), same(c), [])
    c.step("crm_resource --ban --promoted (crm resource ban)",
           lambda p: c.on_any("crm_resource", "--ban", "--promoted", "--resource", "pgsql-clone", "--node", p),
           moved(c), ["succeeded"], "seal")
    c.on_any("crm_resource", "--clear", "--resource", "pgsql-clone")
    standby = []

    def leave(primary):
        standby.append(primary)
        c.on_any("crm_standby", "--node", primary, "--update", "on")
    c.step("crm_standby --update on (crm node standby), the primary", leave, moved(c), ["succeeded"], "seal")


def everywhere(c):
    """The whole cluster is stopped, and started again: only the last holder is promoted."""
    def act(primary):
        for node in sorted(NODES, key=lambda n: n == primary):
            c.it.on(node, "sh", "-c", STOP, timeout=120)
        for node in NODES:
            c.it.on(node, "sh", "-c", START)
    c.step("cluster stop on every node, and start again (pcs cluster stop --all, start --all)", act, same(c))


def under_maintenance(c):
    """Corosync and Pacemaker are stopped everywhere and started again, as for an upgrade: the servers go on."""
    def act(primary):
        c.on_any("crm_attribute", "--name", "maintenance-mode", "--update", "true")
        c.it.run("wait", "idle", "--timeout", "30")
        for node in NODES:
            c.it.on(node, "sh", "-c", STOP, timeout=120)
        for node in NODES:
            c.it.on(node, "sh", "-c", START)
        c.it.wait_for("everybody is online", lambda: sum(
            n["cluster"].startswith("online") for n in c.it.state()["nodes"]) == 3, 120)
        c.it.run("wait", "idle", "--timeout", "60")
        c.on_any("crm_attribute", "--name", "maintenance-mode", "--update", "false")
        time.sleep(25)
    began = {n: c.it.sql(n, "select pg_postmaster_start_time()") for n in NODES}
    c.step("maintenance, cluster stop and start on every node, maintenance off (an upgrade of the cluster)", act, same(c), [])
    c.report.check("%s: under maintenance no server was started again" % c.name, began == {
        n: c.it.sql(n, "select pg_postmaster_start_time()") for n in NODES}, began)


def asynchronous(c):
    """Without a standby that a commit waits for, a seal is all there is."""
    planned(c)
    back(c, c.rows[-1][1])
    c.step("cluster stop on the primary's node (crm cluster stop)",
           lambda p: c.it.on(p, "sh", "-c", STOP, timeout=120), moved(c), ["succeeded"], "seal")
    c.it.on(c.rows[-1][1], "sh", "-c", START)
    everywhere(c)


def back(c, node):
    c.it.on(next(n for n in NODES if n != node), "crm_standby", "--node", node, "--delete")


def manual(c):
    it = c.it
    planned(c)
    back(c, c.rows[-1][1])
    c.step("maintenance-mode=true, and false again (crm maintenance on, off)",
           lambda p: (c.on_any("crm_attribute", "--name", "maintenance-mode", "--update", "true"), time.sleep(12),
                      c.on_any("crm_attribute", "--name", "maintenance-mode", "--update", "false")), same(c), [])
    under_maintenance(c)
    c.step("is-managed=false, and true again (crm resource unmanage, manage)",
           lambda p: (c.on_any("crm_resource", "--resource", "pgsql-clone", "--meta", "--set-parameter", "is-managed",
                               "--parameter-value", "false"), time.sleep(12),
                      c.on_any("crm_resource", "--resource", "pgsql-clone", "--meta", "--delete-parameter",
                               "is-managed")), same(c), [])
    c.step("crm_resource --cleanup (crm resource cleanup)",
           lambda p: c.on_any("crm_resource", "--cleanup", "--resource", "pgsql"), same(c), [])
    c.step("crm_resource --refresh (crm resource refresh)",
           lambda p: c.on_any("crm_resource", "--refresh", "--resource", "pgsql"), same(c), [])
    c.step("crm_resource --force-promote on a standby: refused",
           lambda p: c.on_any("crm_resource", "--force-promote", "--resource", "pgsql", check=False), same(c), ["denied"])
    c.step("cluster stop and start on a standby's node (crm cluster stop, start)",
           lambda p: (c.on_any("sh", "-c", STOP), it.on(c.asked, "sh", "-c", START)), same(c), [])
    c.step("cluster stop on the primary's node (crm cluster stop)",
           lambda p: it.on(p, "sh", "-c", STOP, timeout=120), moved(c), ["succeeded"], "seal")
    it.on(c.rows[-1][1], "sh", "-c", START)
    everywhere(c)
    c.step("crm_resource --force-demote on the primary: its monitor notices, and it is promoted anew",
           lambda p: it.on(p, "crm_resource", "--force-demote", "--resource", "pgsql", check=False),
           lambda p: it.promoted() is not None)


def run(name, k, steps):
    def test(report):
        with lab("cc", "--sync-k", str(k)) as it:
            it.run("workload", "start", "--rate", "50")
            c = Campaign(it, report, name)
            try:
                steps(c)
            except Failed as error:
                report.check(name, False, "%s, after: %s" % (error, c.rows[-1:]))
            c.table()
            it.run("workload", "stop")
            done = it.run("verify", check=False)
            print(done.stdout)
            report.check("%s: nothing lost, never two writable nodes" % name, done.returncode == 0,
                         done.stdout + done.stderr)
    return test


if __name__ == "__main__":
    sys.exit(main({"maintenance": run("maintenance", 1, under_maintenance)} if sys.argv[1:] == ["maintenance"] else {"synchronous": run("synchronous, k = 1", 1, manual), "asynchronous": run("asynchronous, k = 0", 0, asynchronous)}))
