#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 12: somebody confirms by hand that the primary is down, while it is
only cut off from Corosync and still writes: vetoed by live contradiction. And
the same with a power controller that says it switched, and did not. Where the
primary is down, the confirmation counts, until the node is back (P6-A1a)."""
import os
import sys
import time
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402


def cut_off(it):
    """n1 writes on, and has left the cluster. By default a node without quorum would stop its database by itself."""
    it.on("n1", "crm_attribute", "--type", "crm_config", "--name", "no-quorum-policy", "--update", "freeze")
    it.run("isolate", "n1", "--only", "corosync")


def refused(it, report, name):
    it.wait_for("somebody was asked and refused", lambda: it.attempts(["n2", "n3"]) >= 1, 90)
    time.sleep(3)
    report.check("%s: n1 still writes" % name, it.sql("n1", "select pg_is_in_recovery()") == "f", "it does not")
    verdict = it.verdict("n2" if it.decisions("n2") else "n3")
    report.check("%s: vetoed with P6-A1 by rule 300" % name, verdict["decision"] == "veto" and
                 verdict["rule"] == 300 and verdict["invariant"] == "P6-A1", verdict["why"])
    report.check("%s: the verdict names n1" % name, "n1" in verdict["why"], verdict["why"])
    for node in ("n2", "n3"):
        report.check("%s: %s is still a standby" % (name, node),
                     it.sql(node, "select pg_is_in_recovery()") == "t", "it is writable")
    return verdict


def contradiction(report):
    with lab("lc") as it:
        # No machine can fence n1, so that only a person's word is left.
        it.run("fencing", "fails", "n1")
        cut_off(it)
        it.wait_for("n1 is lost", lambda: 'name="n1"' in it.on(
            "n2", "crm_mon", "-1", "--output-as=xml").stdout and 'unclean="true"' in it.on(
            "n2", "crm_mon", "-1", "--output-as=xml").stdout, 60)
        it.on("n2", "stonith_admin", "--confirm", "n1", check=False)
        verdict = refused(it, report, "contradiction")
        human = [f for f in verdict["findings"] if f["rule"] == 330 and f["outcome"] == "holds"]
        report.check("contradiction: the confirmation is not shown as fencing", not human, human)


def lie(report):
    with lab("ll") as it:
        it.run("fencing", "lies", "n1")
        cut_off(it)
        refused(it, report, "lying power controller")


def unclean(it):
    nodes = xml.etree.ElementTree.fromstring(it.on("n2", "crm_mon", "-1", "--output-as=xml").stdout).find("nodes")
    return next(n.get("unclean") for n in nodes if n.get("name") == "n1") == "true"


def by_word(verdict):
    return [f["reason"] for f in verdict["findings"] if f["rule"] == 350]


def confirmed(report):
    """Nobody may be promoted here, so that n1 stays the last holder, also when it is back."""
    with lab("lf") as it:
        for node in ("n2", "n3"):
            it.on(node, "crm_resource", "--resource", "pgsql-clone", "--ban", "--promoted", "--node", node)
        it.run("fencing", "fails", "n1")
        it.run("power", "off", "n1")
        it.on("n2", "crm_resource", "--resource", "pgsql-clone", "--ban", "--promoted", "--node", "n1")
        it.wait_for("n1 is lost", lambda: unclean(it))
        code, verdict = it.asked("n2")
        report.check("confirmed: nothing excludes the dead n1 that no machine could fence", code == 1 and
                     verdict["rule"] == 360, verdict["why"])
        it.on("n2", "stonith_admin", "--confirm", "n1")
        it.wait_for("a promotion is proven", lambda: it.asked("n2")[0] == 0)
        report.check("confirmed: a person's confirmation does, shown as that (P6-A1a)",
                     by_word(it.asked("n2")[1]) == ["ASSERTED_CONFIRMED"], it.asked("n2"))
        it.run("power", "on", "n1")
        it.wait_for("n1 is back, as a standby", lambda: it.sql("n1", "select pg_is_in_recovery()") == "t" and not unclean(it))
        it.run("isolate", "n1")
        it.wait_for("n1 is lost again", lambda: unclean(it))
        code, verdict = it.asked("n2")
        report.check("confirmed: it does not once n1 was back and is lost again (P6-A1)", code == 1 and
                     verdict["rule"] == 360 and by_word(verdict) != ["ASSERTED_CONFIRMED"], (verdict["why"], by_word(verdict)))


if __name__ == "__main__":
    sys.exit(main({"contradiction": contradiction, "lying-fencing": lie, "confirmed": confirmed}))
