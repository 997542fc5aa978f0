#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""P6-S1 on five real nodes, k = 2: any two die at once, the primary included:
permitted, nothing lost. A third dies: vetoed, nobody becomes writable."""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402

NODES = ("n1", "n2", "n3", "n4", "n5")


def show(it, node):
    return json.loads(it.on(node, "vouch", "--output-as=json", "contract", "show").stdout)


def all_count(it):
    node = it.promoted()
    return node is not None and sum(m["counts"] for m in show(it, node)["members"]) == 4


def rows(it, node):
    return int(it.sql(node, "select count(*) from acked"))


def alive(it):
    return [n["node"] for n in it.state()["nodes"] if n.get("server") in ("primary", "standby")]


def power_off(it, node):
    """A busy machine's power controller may not answer in time; a hand presses again."""
    it.wait_for("%s is off" % node, lambda: it.run("power", "off", node, check=False).returncode == 0, 60)


def fencing_off(report, it):
    """A holder that nobody may fence cannot be replaced, however many have the log."""
    def switch(value):
        it.on("n1", "crm_attribute", "--type", "crm_config", "--name", "stonith-enabled", "--update", value)
    switch("false")
    seen = show(it, "n1")
    text = it.on("n1", "vouch", "status").stdout
    report.check("five nodes: without fencing no loss of the primary is survived, and vouch says so",
                 seen["survives_by_contract"] == 2 and seen["survives_now"] == 0 and seen["fencing"] == "no" and
                 "no loss of the primary, because fencing is disabled (P6-A1)" in text, (seen, text))
    switch("true")
    it.wait_for("fencing is enabled again", lambda: show(it, "n1")["survives_now"] == 2, 60)


def five(report):
    with lab("f5", "--nodes", "5") as it:
        it.wait_for("four standbys count", lambda: all_count(it), 120)
        # By default those that are left without quorum would stop their databases.
        it.on("n1", "crm_attribute", "--type", "crm_config", "--name", "no-quorum-policy", "--update", "freeze")
        seen = show(it, "n1")
        report.check("five nodes: k = 2 of four", seen["in_force"]["k"] == 2 and len(seen["in_force"]["members"]) == 4,
                     seen)
        report.check("five nodes: any two may be lost, and vouch says so",
                     seen["survives_by_contract"] == 2 and seen["survives_now"] == 2, seen)
        fencing_off(report, it)
        it.run("workload", "start")
        it.wait_for("writes are acknowledged", lambda: rows(it, "n1") > 200, 60)
        power_off(it, "n4")
        power_off(it, "n1")
        it.run("wait", "promoted", "--not", "n1", "--timeout", "120", timeout=150)
        new = it.promoted()
        verdict = it.verdict(new)
        report.check("five nodes: two are lost: permitted by intersection", verdict["decision"] == "permit" and any(
            f["rule"] == 520 and f["outcome"] == "holds" for f in verdict["findings"]), verdict["why"])
        before = rows(it, new)
        it.wait_for("writes are acknowledged again", lambda: rows(it, new) > before + 50, 90)
        seen = show(it, new)
        report.check("five nodes: two are lost: none more may be, and vouch says so, whatever the contract is worth",
                     seen["survives_by_contract"] == 2 and seen["survives_now"] == 0, seen)
        it.run("workload", "stop")
        done = it.run("verify", "--on", new, check=False)
        report.check("five nodes: no acknowledged write is lost, never two writable nodes", done.returncode == 0,
                     done.stdout + done.stderr)
        left = [n for n in NODES if n not in ("n1", "n4", new)]
        # The third. What is left has no quorum, so that Pacemaker asks nobody: somebody asks by hand.
        power_off(it, new)
        it.wait_for("the others notice", lambda: all(
            'with_quorum="false"' in it.on(n, "crm_mon", "-1", "--output-as=xml").stdout for n in left), 90)
        for node in left:
            code, verdict = it.asked(node)
            report.check("five nodes: a third is lost: %s would be vetoed" % node,
                         verdict["decision"] == "veto" and code == 1, verdict["why"])
            report.check("five nodes: a third is lost: on %s coverage is unproven, whatever the quorum" % node, any(
                f["rule"] == 540 and f["outcome"] == "unproven" for f in verdict["findings"]), verdict["findings"])
            done = it.on(node, "vouch-promote", "--quiet", check=False)
            report.check("five nodes: a third is lost: %s refuses to be promoted" % node, done.returncode in (1, 3),
                         done.stderr)
        report.check("five nodes: a third is lost: nobody takes writes", it.promoted() is None, it.promoted())


if __name__ == "__main__":
    sys.exit(main({"five-nodes": five}))
