#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to machines and programs, on real nodes under load: the primary's postmaster, Pacemaker's controller,
Corosync and the whole node are killed, the primary is stopped where it is for a minute, disks fill up. Never two
writers, nothing acknowledged is lost, no half promotion (P6-A1, P6-S1, P6-F2); a table says what became of each.

usage: faults_campaign.py [NAME...]"""
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from commands_campaign import Campaign  # noqa: E402
from labtest import Failed, lab, main  # noqa: E402

NODES = ("n1", "n2", "n3")
STATE, DATA = "/var/lib/vouch/pgsql", "/var/lib/postgresql/vouch"
# The same content on a disk of its own, in the node's own mount namespace.
SMALL_DISK = """set -e
rm -rf /run/disk && mkdir -m 755 /run/disk && mount -t tmpfs -o size=$2,mode=755 disk /run/disk
cp -a "$1/." /run/disk/ && chown --reference="$1" /run/disk && chmod --reference="$1" /run/disk
mount --move /run/disk "$1"
"""
ROWS = []


class Fault:
    """One fault on one cluster, and what is true of it in the end."""

    def __init__(self, it, report, name):
        self.it, self.report, self.name = it, report, name
        self.campaign = Campaign(it, report, name)

    def begin(self):
        self.campaign.settled()
        self.before = {n: len(self.it.decisions(n)) for n in NODES}
        self.started, self.campaign.asked = time.monotonic(), "n2"

    def outcomes(self):
        told = []
        for node in NODES:
            try:
                new = self.it.decisions(node)
            except (Failed, ValueError):
                continue
            told += ["%s %s" % (node, d["outcome"]) for d in new[:len(new) - self.before[node]]]
        return told

    def fencings(self):
        done = self.it.on("n3", "sh", "-c", "stonith_admin --history '*' --output-as=xml | "
                          "grep -c 'fence_event .*action=\"off\"'", check=False)
        return int(done.stdout.strip() or 0)

    def writes_again(self, new_primary):
        """Somebody takes writes: the same node or another, as new_primary says."""
        self.it.wait_for("%s: a primary" % self.name, lambda: new_primary(self.it.promoted()), 240)
        self.campaign.writes()
        self.took = time.monotonic() - self.started

    def over(self, how=""):
        it, primary = self.it, self.it.promoted()
        it.run("workload", "stop")
        done = it.run("verify", "--on", primary, check=False)
        told = self.outcomes()
        ROWS.append((self.name, primary, ", ".join(told) or "none", self.fencings(), self.took, how))
        self.report.check("faults: %s: nothing acknowledged is lost, never two writable nodes" % self.name,
                          done.returncode == 0, done.stdout + done.stderr)


def anybody(node):
    return node is not None


def other(node):
    return node not in (None, "n1")


def postmaster(f):
    f.begin()
    pid = f.it.on("n1", "head", "-n", "1", DATA + "/postmaster.pid").stdout.strip()
    f.it.on("n1", "kill", "-KILL", pid)
    f.it.wait_for("a promotion", lambda: f.outcomes(), 240)
    f.writes_again(anybody)
    f.over("its monitor saw it")


def controller(f):
    f.begin()
    f.it.on("n1", "pkill", "-KILL", "-f", "^/usr/lib/pacemaker/pacemaker-controld")
    time.sleep(5)
    f.writes_again(anybody)
    f.over("pacemakerd started it again")


def corosync(f):
    f.begin()
    f.it.on("n1", "pkill", "-KILL", "-x", "corosync")
    f.writes_again(other)
    f.over("fenced by the others")


def node(f):
    f.begin()
    f.it.run("power", "off", "n1")
    f.writes_again(other)
    f.over("fenced by the others")


def stopped(f):
    f.begin()
    f.it.run("pause", "n1")
    time.sleep(60)
    f.it.run("resume", "n1")
    f.writes_again(anybody)
    f.over("stopped for 60 s, then resumed")


def disk_of_state(f):
    """The candidate cannot journal: no decision, and so no promotion there (P6-F1)."""
    f.it.on("n2", "sh", "-c", SMALL_DISK, "disk", STATE, "2m")
    f.begin()
    f.it.on("n2", "sh", "-c", 'dd if=/dev/zero of="$1/fill" bs=4k 2>/dev/null; true', "fill", STATE)
    f.it.on("n3", "crm_resource", "--move", "--promoted", "--resource", "pgsql-clone", "--node", "n2")
    f.it.wait_for("a failed promotion", lambda: any(
        x.get("task") == "promote" and x.get("node") == "n2" for x in f.it.state()["failures"]), 120)
    time.sleep(12)
    f.report.check("faults: %s: n2 is not promoted, and has no authority" % f.name, f.it.promoted() != "n2" and
                   f.it.on("n2", "test", "-e", STATE + "/marker", check=False).returncode != 0, f.it.state())
    said = [x.get("exitreason") or "" for x in f.it.state()["failures"] if x.get("node") == "n2"]
    f.report.check("faults: %s: crm_mon says why" % f.name, any("space" in text for text in said), said)
    f.it.on("n2", "rm", "-f", STATE + "/fill")
    f.it.on("n3", "crm_resource", "--cleanup", "--resource", "pgsql")
    f.writes_again(anybody)
    f.it.on("n3", "crm_resource", "--clear", "--resource", "pgsql-clone")
    f.over("refused; promoted after the disk had room and a cleanup")


def disk_of_primary(f):
    """The primary's data directory is full: commits fail with an error, or the server ends itself and somebody with room
    goes on. With room again writing goes on, wherever it is."""
    f.it.on("n3", "crm_standby", "--node", "n1", "--update", "on")
    f.it.wait_for("n1 is left", lambda: f.it.promoted() not in (None, "n1"), 180)
    f.it.wait_for("n1 is stopped", lambda: f.it.on("n1", "pgrep", "-x", "postgres", check=False).returncode == 1, 120)
    f.it.on("n1", "sh", "-c", SMALL_DISK, "disk", DATA, "420m")
    f.it.on("n3", "crm_standby", "--node", "n1", "--delete")
    f.campaign.settled()
    f.it.on("n3", "crm_resource", "--move", "--promoted", "--resource", "pgsql-clone", "--node", "n1")
    f.it.wait_for("n1 is the primary", lambda: f.it.promoted() == "n1", 180)
    f.it.on("n3", "crm_resource", "--clear", "--resource", "pgsql-clone")
    f.begin()
    f.it.on("n1", "sh", "-c", 'dd if=/dev/zero of="$1/fill" bs=64k 2>/dev/null; true', "fill", DATA)
    time.sleep(30)
    held = f.it.promoted()
    done = f.it.on("n1", "runuser", "-u", "postgres", "--", "psql", "-XAtqd", "postgres", "-c",
                   "create table filler as select repeat('x', 900) from generate_series(1, 20000)", check=False)
    f.it.on("n1", "rm", "-f", DATA + "/fill")
    f.writes_again(anybody)
    f.over("after 30 s %s; writing went on with room" % (
        "still the primary, statements failed with an error" if held == "n1" and done.returncode else
        "still the primary" if held == "n1" else "another was the primary"))


FAULTS = {
    "kill -9 of the primary's postmaster": postmaster,
    "kill -9 of pacemaker-controld on the primary's node": controller,
    "kill -9 of corosync on the primary's node": corosync,
    "power cut of the primary's node": node,
    "SIGSTOP of the primary for a minute": stopped,
    "disk of the candidate's journal full": disk_of_state,
    "disk of the primary's database full": disk_of_primary,
}


def run(name):
    def test(report):
        with lab("fc") as it:
            it.run("workload", "start", "--rate", "50")
            FAULTS[name](Fault(it, report, name))
    return test


if __name__ == "__main__":
    code = main({name: run(name) for name in FAULTS})
    print("\n| fault | primary afterwards | attempts | fenced | s to the next write | how |\n|---|---|---|---|---|---|")
    for row in ROWS:
        print("| %s | %s | %s | %d | %.0f | %s |" % row)
    sys.exit(code)
