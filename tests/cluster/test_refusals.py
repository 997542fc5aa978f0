#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Refusals on a real cluster, asked with `vouch check`, which changes nothing:
fencing disabled (fault 11), no quorum although Pacemaker is told to ignore it
(fault 6), a standby promoted by hand (fault 31), a weakened setting that does
not take effect (fault 23), and a restart by hand that never makes a primary."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402

PG_CTL = ["runuser", "-u", "postgres", "--", "/usr/lib/postgresql/15/bin/pg_ctl", "-D", "/var/lib/postgresql/vouch"]


def failing(verdict, rule):
    return [f for f in verdict["findings"] if f["rule"] == rule and f["outcome"] == "unproven"]


def settings(it, report):
    it.sql("n1", "alter system set synchronous_standby_names = ''")
    it.sql("n1", "select pg_reload_conf()")
    report.check("weakened setting: it does not take effect (P6-S1)",
                 it.sql("n1", "show synchronous_standby_names").startswith("ANY 1"),
                 it.sql("n1", "show synchronous_standby_names"))
    it.sql("n1", "alter system reset synchronous_standby_names")


def fencing_disabled(it, report):
    it.on("n1", "crm_attribute", "--type", "crm_config", "--name", "stonith-enabled", "--update", "false")
    code, verdict = it.asked("n2")
    report.check("fencing disabled: vetoed by rule 230", code == 1 and failing(verdict, 230), verdict["why"])
    it.on("n1", "crm_attribute", "--type", "crm_config", "--name", "stonith-enabled", "--update", "true")


def promoted_by_hand(it, report):
    it.on("n1", "crm_attribute", "--type", "crm_config", "--name", "maintenance-mode", "--update", "true")
    it.on("n3", *PG_CTL, "promote")
    it.wait_for("n3 writes", lambda: it.sql("n3", "select pg_is_in_recovery()") == "f")
    code, verdict = it.asked("n2")
    named = [f["node"] for f in failing(verdict, 300)]
    report.check("promoted by hand: vetoed by rule 300, naming both", code == 1 and named == ["n1", "n3"], named)
    # As a boot script would: no settings of the agent, just the directory.
    it.on("n1", *PG_CTL, "-w", "-m", "immediate", "stop")
    it.on("n1", *PG_CTL, "-w", "-l", "/tmp/by-hand.log", "start", check=False)
    report.check("the primary restarted by hand: it comes up as a standby (P6-A3)",
                 it.sql("n1", "select pg_is_in_recovery()") == "t", "it is writable")


def no_quorum(it, report):
    it.on("n1", "crm_attribute", "--type", "crm_config", "--name", "no-quorum-policy", "--update", "ignore")
    it.run("fencing", "fails", "n1")
    it.run("fencing", "fails", "n3")
    it.run("isolate", "n2")
    it.wait_for("n2 has lost its quorum", lambda: failing(it.asked("n2")[1], 220), 60)
    code, verdict = it.asked("n2")
    report.check("no quorum, no-quorum-policy=ignore: vetoed by rule 220", code == 1 and failing(verdict, 220),
                 verdict["why"])
    report.check("no quorum: n2 is still a standby", it.sql("n2", "select pg_is_in_recovery()") == "t", "it writes")


def refusals(report):
    with lab("re") as it:
        settings(it, report)
        fencing_disabled(it, report)
        promoted_by_hand(it, report)
        no_quorum(it, report)


if __name__ == "__main__":
    sys.exit(main({"refusals": refusals}))
