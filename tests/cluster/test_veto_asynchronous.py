#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 2: asynchronous contract, replication stalled, power off: vetoed with
P6-S1, one attempt, the standbys never stop serving reads."""
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402


def starts(it, node):
    return it.sql(node, "select pg_postmaster_start_time()")


def veto(report):
    with lab("va", "--sync-k", "0") as it:
        before = {node: starts(it, node) for node in ("n2", "n3")}
        it.run("workload", "start")
        time.sleep(3)
        it.run("stall")
        time.sleep(2)
        it.run("power", "off", "n1")
        it.wait_for("somebody was asked and refused", lambda: it.attempts(["n2", "n3"]) >= 1, 90)
        # Long enough for a loop to show itself; the count decides, not the time.
        time.sleep(20)
        it.run("workload", "stop")
        done = {node: it.decisions(node) for node in ("n2", "n3")}
        all_of_them = done["n2"] + done["n3"]
        report.check("asynchronous: exactly one promote attempt", len(all_of_them) == 1, all_of_them)
        report.check("asynchronous: it was denied", all_of_them[0]["outcome"] == "denied", all_of_them)
        asked = "n2" if done["n2"] else "n3"
        verdict = it.verdict(asked)
        report.check("asynchronous: vetoed with P6-S1",
                     verdict["decision"] == "veto" and verdict["invariant"] == "P6-S1", verdict["why"])
        report.check("asynchronous: the veto says what would unblock it",
                     any(f.get("unblock") for f in verdict["findings"] if f["outcome"] == "unproven"),
                     verdict["findings"])
        shown = it.run("crm_mon").stdout
        report.check("asynchronous: crm_mon shows rule and invariant",
                     "P6-S1" in shown and "rule 540" in shown, shown)
        for node in ("n2", "n3"):
            rows = it.sql(node, "select count(*) from acked")
            report.check("asynchronous: %s still answers reads" % node, rows.isdigit() and int(rows) > 0, rows)
            report.check("asynchronous: %s is still a standby" % node,
                         it.sql(node, "select pg_is_in_recovery()") == "t", "it is writable")
            report.check("asynchronous: %s was neither stopped nor restarted" % node,
                         starts(it, node) == before[node], "%s, then %s" % (before[node], starts(it, node)))


if __name__ == "__main__":
    sys.exit(main({"asynchronous": veto}))
