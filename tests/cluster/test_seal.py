#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""P6-A1, P6-S1: a seal says where a log ends, until somebody runs that server as a primary by hand. Whoever sees it says so:
a start that finds the server running, one that finds its log grown, a monitor. Then nobody is promoted by that seal."""
import json
import os
import sys
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402
from test_contract import (AS_POSTGRES, NODES, PLAINLY, ask_again, asked, ended, open_rules, primary, show)  # noqa: E402

DIRECTORY = "/var/lib/postgresql/vouch"
PG_CTL = "/usr/lib/postgresql/15/bin/pg_ctl"


def seal_of(it, node):
    """The seal as the cluster has it."""
    cib = xml.etree.ElementTree.fromstring(it.on(node, "cibadmin", "--query", "--scope", "crm_config").stdout)
    return next((json.loads(pair.get("value")) for pair in cib.iter("nvpair") if pair.get("name") == "vouch-pgsql-seal"), {})


def runs(it, node):
    return it.on(node, "pgrep", "-u", "postgres", "-x", "postgres", check=False).returncode == 0


def disable(it):
    it.on("n1", "crm_resource", "--resource", "pgsql-clone", "--meta", "--set-parameter", "target-role",
          "--parameter-value", "Stopped")
    it.wait_for("all are stopped", lambda: not any(runs(it, n) for n in NODES))


def enable(it):
    it.on("n1", "crm_resource", "--resource", "pgsql-clone", "--meta", "--delete-parameter", "target-role")


def written_by_hand(it, node, client):
    """Nobody looks, and the server acknowledges a row alone."""
    it.on(node, *AS_POSTGRES, "sh", "-c", PLAINLY)
    it.wait_for("it runs", lambda: it.sql(node, "select pg_is_in_recovery()") == "f")
    it.sql(node, "insert into acked values (%d, 1)" % client)


def has_row(it, node, client):
    return it.sql(node, "select count(*) from acked where client = %d" % client) == "1"


def is_gone(it, seen_by, node):
    """The cluster has it as off, and as nothing that it waits for."""
    return any(
        one.get("name") == node and one.get("online") == "false" and one.get("unclean") == "false"
        for one in xml.etree.ElementTree.fromstring(it.on(seen_by, "crm_mon", "--output-as=xml", "-1").stdout).iter("node")
        if one.get("online"))


def unproven(verdict):
    return [f["rule"] for f in verdict["findings"] if f["outcome"] == "unproven"]


def refused(it, report, what, node, others, epoch, before):
    it.wait_for("somebody else was asked", lambda: asked(it, others, before))
    report.check("seal: %s: nobody takes its place (P6-S1)" % what, it.promoted() is None, it.promoted())
    rules = open_rules(it, others)
    report.check("seal: %s: refused by rule 565, too" % what, rules and all(565 in seen for seen in rules), rules)
    seal = seal_of(it, others[0])
    report.check("seal: %s: the cluster has it as broken (P6-A1)" % what,
                 seal.get("unbroken") == "no" and seal.get("epoch") == epoch and seal.get("node") == node, seal)
    report.check("seal: %s: the cluster has the epoch as disowned (P6-S1)" % what,
                 ended(it, others[0], epoch) == "disowned", ended(it, others[0], epoch))


def comes_back(it, report, what, node, other, client):
    it.on(other, "crm_resource", "--resource", "pgsql-clone", "--clear")
    it.on(other, "crm_resource", "--cleanup", "--resource", "pgsql", "--node", node)
    it.wait_for("it runs again", lambda: it.sql(node, "select 1") == "1")
    ask_again(it)
    report.check("seal: %s: it is promoted itself, with what it acknowledged" % what,
                 it.promoted() == node and has_row(it, node, client), it.promoted())
    it.wait_for("everybody has it", lambda: all(has_row(it, n, client) for n in NODES))


def found_running(report):
    """The resource is enabled while the server runs by hand: the start says so, and it is stopped. It is not back before
    a cleanup, and the others end in exactly the sealed record."""
    with lab("sr") as it:
        node = primary(it)
        others = [n for n in NODES if n != node]
        epoch = show(it, node)["epoch"]
        disable(it)
        seal = seal_of(it, node)
        report.check("seal: found running: sealed by its stop", seal.get("unbroken") == "yes" and seal.get("epoch") == epoch,
                     seal)
        before = it.attempts(others)
        written_by_hand(it, node, 77)
        enable(it)
        refused(it, report, "found running", node, others, epoch, before)
        comes_back(it, report, "found running", node, others[0], 77)


def found_grown(report):
    """It ran by hand, and is a stopped standby again when the resource is enabled: its log is longer than its seal."""
    with lab("sg") as it:
        node = primary(it)
        others = [n for n in NODES if n != node]
        epoch = show(it, node)["epoch"]
        disable(it)
        before = it.attempts(others)
        written_by_hand(it, node, 78)
        it.on(node, *AS_POSTGRES, PG_CTL, "-D", DIRECTORY, "-m", "fast", "-w", "stop", timeout=60)
        it.on(node, *AS_POSTGRES, "touch", DIRECTORY + "/standby.signal")
        it.on(node, "crm_resource", "--resource", "pgsql-clone", "--ban", "--promoted", "--node", node)
        enable(it)
        it.wait_for("it runs again", lambda: it.sql(node, "select 1") == "1")
        refused(it, report, "found grown", node, others, epoch, before)
        it.run("power", "off", node)
        it.wait_for("it is off and clean", lambda: is_gone(it, others[0], node))
        _, verdict = it.asked(others[0])
        report.check("seal: found grown: without it the others are refused, too",
                     verdict["decision"] == "veto" and 565 in unproven(verdict), verdict["why"])
        it.run("power", "on", node)
        comes_back(it, report, "found grown", node, others[0], 78)


def found_by_monitor(report):
    """Demoted and sealed, a standby that Pacemaker only watches, and then promoted by hand: the next monitor says so, which
    is one that mostly needs no root."""
    with lab("sm") as it:
        node = primary(it)
        other = next(n for n in NODES if n != node)
        epoch = show(it, node)["epoch"]
        for each in NODES:
            it.on(node, "crm_resource", "--resource", "pgsql-clone", "--ban", "--promoted", "--node", each)
        it.wait_for("it is demoted, and sealed", lambda: it.sql(node, "select pg_is_in_recovery()") == "t" and
                    seal_of(it, node).get("epoch") == epoch)
        it.on(node, "crm_resource", "--resource", "pgsql-clone", "--meta", "--set-parameter", "is-managed",
              "--parameter-value", "false")
        it.on(node, "crm_resource", "--wait", check=False)
        it.on(node, *AS_POSTGRES, PG_CTL, "-D", DIRECTORY, "-w", "promote", timeout=60)
        it.sql(node, "set synchronous_commit = local; insert into acked values (79, 1)")
        it.wait_for("the monitor has seen it", lambda: seal_of(it, other).get("unbroken") == "no" and
                    ended(it, other, epoch) == "disowned", 60)
        report.check("seal: found by a monitor: the cluster has the seal as broken, and the epoch as disowned (P6-A1)", True)
        report.check("seal: found by a monitor: the log says so, too", it.sql(
            node, "select pinned from vouch.contract order by serial desc limit 1") == "f", "it does not")
        _, verdict = it.asked(other)
        report.check("seal: found by a monitor: nobody else may be promoted, and not for what answers alone", 565 in unproven(verdict),
                     verdict["why"])


if __name__ == "__main__":
    sys.exit(main({"found-running": found_running, "found-grown": found_grown, "found-by-monitor": found_by_monitor}))
