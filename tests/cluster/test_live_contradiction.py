#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 12: somebody confirms by hand that the primary is down, while it is
only cut off from Corosync and still writes: vetoed by live contradiction."""
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402


def contradiction(report):
    with lab("lc") as it:
        # By default a node without quorum would stop its database by itself.
        it.on("n1", "crm_attribute", "--type", "crm_config", "--name", "no-quorum-policy", "--update", "freeze")
        # No machine can fence n1, so that only a person's word is left.
        it.run("fencing", "fails", "n1")
        it.run("isolate", "n1", "--only", "corosync")
        it.wait_for("n1 is lost", lambda: 'name="n1"' in it.on(
            "n2", "crm_mon", "-1", "--output-as=xml").stdout and 'unclean="true"' in it.on(
            "n2", "crm_mon", "-1", "--output-as=xml").stdout, 60)
        report.check("contradiction: n1 still writes",
                     it.sql("n1", "select pg_is_in_recovery()") == "f", "it does not")
        it.on("n2", "stonith_admin", "--confirm", "n1", check=False)
        it.wait_for("somebody was asked and refused", lambda: it.attempts(["n2", "n3"]) >= 1, 90)
        time.sleep(5)
        asked = "n2" if it.decisions("n2") else "n3"
        verdict = it.verdict(asked)
        report.check("contradiction: vetoed with P6-A1 by rule 300",
                     verdict["decision"] == "veto" and verdict["rule"] == 300 and
                     verdict["invariant"] == "P6-A1", verdict["why"])
        report.check("contradiction: the verdict names n1", "n1" in verdict["why"], verdict["why"])
        human = [f for f in verdict["findings"] if f["rule"] == 330 and f["outcome"] == "holds"]
        report.check("contradiction: the confirmation is not shown as fencing", not human, human)
        for node in ("n2", "n3"):
            report.check("contradiction: %s is still a standby" % node,
                         it.sql(node, "select pg_is_in_recovery()") == "t", "it is writable")


if __name__ == "__main__":
    sys.exit(main({"contradiction": contradiction}))
