#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two nodes and a real quorum device (corosync-qnetd, ffsplit) on a third address. With it the loss of the primary is
survived, proven; without it the one that is left is no quorate partition, and nobody is promoted (P6-A1).

usage: qdevice_campaign.py [with|without]     needs the packages corosync-qnetd and corosync-qdevice"""
import contextlib
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from commands_campaign import STOP  # noqa: E402
from labtest import TOP, lab, main  # noqa: E402

NODES = ("n1", "n2")
DEVICE = r"""sed -i -e '/expected_votes/d' -e 's/^    two_node: 1$/    device {\n        model: net\n        votes: 1\n\
        timeout: 3000\n        sync_timeout: 4000\n        net {\n            host: 10.86.0.1\n            algorithm: ffsplit\n\
            tls: off\n        }\n    }/' /etc/corosync/corosync.conf"""
START = """setsid corosync -f </dev/null >/dev/null 2>&1 & sleep 1.5; mkdir -p /run/corosync-qdevice
setsid corosync-qdevice -f </dev/null >/dev/null 2>&1 & sleep 1
PCMK_logfile=/var/log/pacemaker/pacemaker.log PCMK_logfacility=none setsid pacemakerd -f </dev/null >/dev/null 2>&1 &"""


@contextlib.contextmanager
def daemon(it):
    """The device's other end, beside the power controllers."""
    os.makedirs("/run/corosync-qnetd", exist_ok=True)
    with subprocess.Popen(["ip", "netns", "exec", "vlab-%s-sw" % it.name, "corosync-qnetd", "-f", "-s", "off"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def votes(it, node):
    return it.on(node, "corosync-quorumtool", "-s", check=False).stdout


def device_join(it):
    """From two_node to the device, under maintenance: the servers go on."""
    it.on("n1", "crm_attribute", "--name", "maintenance-mode", "--update", "true")
    it.run("wait", "idle", "--timeout", "30")
    for words in (STOP, DEVICE, START):
        for node in NODES:
            it.on(node, "sh", "-c", words, timeout=120)
    it.wait_for("both nodes and the device vote", lambda: all(
        "Total votes:      3" in votes(it, n) and "Qdevice" in votes(it, n) for n in NODES), 60)
    it.wait_for("everybody is online", lambda: all(n["cluster"].startswith("online") for n in it.state()["nodes"]))
    it.run("wait", "idle", "--timeout", "60")
    it.on("n1", "crm_attribute", "--name", "maintenance-mode", "--update", "false")
    time.sleep(3)
    it.run("wait", "idle", "--timeout", "60")


def under_load(report, name, then):
    with lab("qd", "--nodes", "2") as it, daemon(it) as process:
        device_join(it)
        report.check("%s: the servers went on, n1 is the primary" % name, it.promoted() == "n1", it.state())
        it.run("workload", "start", "--rate", "50")
        it.wait_for("writes are acknowledged", lambda: int(it.sql("n1", "select count(*) from acked")) > 500)
        then(it, process)
        it.run("workload", "stop")
        done = it.run("verify", "--on", "n2", check=False)
        print("# " + done.stdout.strip().replace("\n", "; "), flush=True)
        report.check("%s: nothing acknowledged is lost, never two writable nodes" % name, done.returncode == 0,
                     done.stdout + done.stderr)


def with_device(report):
    def cut(it, process):
        it.run("power", "off", "n1")
        it.run("wait", "promoted", "--node", "n2", "--timeout", "90")
        verdict = it.verdict("n2")
        holds = {f["rule"] for f in verdict["findings"] if f["outcome"] == "holds"}
        report.check("with the device: quorate by its vote, fenced, permitted", verdict["decision"] == "permit" and
                     {220, 240, 330, 520} <= holds and "Qdevice" in votes(it, "n2"), verdict["why"])
        time.sleep(3)
    under_load(report, "with the device", cut)


def without_device(report):
    def cut(it, process):
        process.kill()
        it.wait_for("the device's vote is gone", lambda: "Total votes:      2" in votes(it, "n2"), 60)
        it.run("power", "off", "n1")
        it.wait_for("n2 has no quorum", lambda: "Quorate:          No" in votes(it, "n2"), 60)
        time.sleep(20)
        report.check("without the device: nobody is promoted", it.promoted() is None and not any(
            d["outcome"] == "succeeded" for d in it.decisions("n2")), it.decisions("n2"))
        code, verdict = it.asked("n2")
        report.check("without the device: asked by hand, it is vetoed as not quorate (rule 220)", code == 1 and any(
            f["rule"] == 220 and f["outcome"] == "unproven" for f in verdict["findings"]), verdict["why"])
        # What no-quorum-policy=stop stopped has to be looked into: by a member that votes again.
        with daemon(it):
            it.wait_for("n2 is promoted", lambda: it.promoted() == "n2", 180)
            report.check("without the device: with its vote back, n2 is", True)
    under_load(report, "without the device", cut)


if __name__ == "__main__":
    subprocess.run([os.path.join(TOP, "contrib", "packages-install"),
                    os.path.join(TOP, "contrib", "lab", "packages-qdevice")], check=True)
    sys.exit(main({"with": with_device, "without": without_device}))
