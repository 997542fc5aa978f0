#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which life of its directory a server is (P6-S1). A former primary that was cloned anew by hand starts, whatever its
earlier life left; a copy that somebody starts by hand counts for nothing, though a file in it names the admitted
incarnation, and its agent starts it again; a primary that was started by hand and does not answer when it is stopped is
disowned, one that its agent started is not."""
import json
import os
import re
import sys
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402

NODES = ("n1", "n2", "n3")
PGDATA = "/var/lib/postgresql/vouch"
MARKER = "/var/lib/vouch/pgsql/marker"
AS_POSTGRES = ("runuser", "-u", "postgres", "--")
BIN = "/usr/lib/postgresql/15/bin/"
SOURCE = "select source from pg_settings where name = 'cluster_name'"


def members(it):
    seen = json.loads(it.on(it.promoted(), "vouch", "--output-as=json", "contract", "show").stdout)
    return {m["name"]: m for m in seen["members"]}


def everybody_counts(it):
    it.wait_for("both standbys count", lambda: sum(m["counts"] for m in members(it).values()) == 2, 120)


def admitted(it, node):
    return it.sql(it.promoted(), "select incarnation from vouch.admission where node = '%s' order by serial desc limit 1" % node)


def maintenance(it, node, wanted):
    it.on(node, "crm_attribute", "--type", "crm_config", "--name", "maintenance-mode", "--update", "true" if wanted else "false")


def pg_ctl(it, node, *words, check=True):
    return it.on(node, *AS_POSTGRES, BIN + "pg_ctl", "-D", PGDATA, "-w", "-s", "-l", "/var/log/postgresql/hand.log", *words,
                 check=check, timeout=120)


def cloned_anew(it, report):
    it.run("power", "off", "n1")
    it.run("wait", "promoted", "--not", "n1", "--timeout", "120")
    new = it.promoted()
    it.on(new, "crm_resource", "--ban", "--resource", "pgsql-clone", "--node", "n1")
    it.run("power", "on", "n1")
    it.wait_for("n1 is back", lambda: it.on("n1", "crm_mon", "-1", check=False).returncode == 0 and
                "n1" in it.on(new, "crm_node", "--partition").stdout, 120)
    # Until the cluster has looked at what is there: it would have the half of a clone stopped, and the marker settled.
    it.run("wait", "idle", "--timeout", "120")
    report.check("cloned anew: the crashed primary's marker is still there", it.on("n1", "test", "-e", MARKER, check=False)
                 .returncode == 0, "it is gone")
    old = admitted(it, "n1")
    address = next(n["address"] for n in it.state()["nodes"] if n["node"] == new)
    it.on("n1", "sh", "-c", "rm -rf %s/*" % PGDATA)
    it.on("n1", *AS_POSTGRES, BIN + "pg_basebackup", "-D", PGDATA, "-d", "host=%s user=vouch" % address, "-X", "stream",
          "-c", "fast", "--no-sync", timeout=120)
    it.on(new, "crm_resource", "--clear", "--resource", "pgsql-clone", "--node", "n1")
    it.wait_for("n1 runs again", lambda: it.sql("n1", "select pg_is_in_recovery()") == "t", 60)
    report.check("cloned anew: it starts, and the earlier life's marker is removed",
                 it.on("n1", "test", "-e", MARKER, check=False).returncode != 0, "it is there")
    report.check("cloned anew: that is on record", re.search("the marker of epoch [0-9]+ is of incarnation " + old, it.on(
        "n1", "cat", "/var/lib/vouch/pgsql/journal").stdout), "nothing is")
    everybody_counts(it)
    report.check("cloned anew: as a new incarnation", admitted(it, "n1") not in ("", old), admitted(it, "n1"))


def from_a_file(it, report):
    node = next(n for n in NODES if n != it.promoted())
    name = it.sql(node, "show cluster_name")
    report.check("from a file: vouch.conf names no incarnation", "cluster_name" not in it.on(node, "cat", PGDATA + "/vouch.conf")
                 .stdout and it.sql(node, SOURCE) == "command line", it.sql(node, SOURCE))
    maintenance(it, node, True)
    pg_ctl(it, node, "-m", "fast", "stop")
    it.on(node, "sh", "-c", "printf \"cluster_name = '%s'\\n\" >>%s/vouch.conf && echo \"include_if_exists = 'vouch.conf'\" "
                            ">>%s/postgresql.conf" % (name, PGDATA, PGDATA))
    pg_ctl(it, node, "start")
    it.wait_for("it streams", lambda: it.streaming(it.promoted()) == 2, 60)
    seen = members(it)[node]
    report.check("from a file: a server that says so counts for nothing (P6-S1)", it.sql(node, "show cluster_name") == name and
                 it.sql(node, SOURCE) == "configuration file" and not seen["counts"] and
                 seen["why_not"] == "not started by its agent", seen)
    _, verdict = it.asked(node)
    report.check("from a file: nor would it be promoted", verdict["decision"] == "veto", verdict["why"])
    maintenance(it, node, False)
    it.wait_for("its agent starts it again", lambda: it.sql(node, SOURCE) == "command line", 120)
    everybody_counts(it)
    report.check("from a file: then it counts, in the life that it had", it.sql(node, "show cluster_name") == name,
                 it.sql(node, "show cluster_name"))


def ended(it, node, epoch):
    """How the cluster's record says that this epoch's grant ended."""
    cib = xml.etree.ElementTree.fromstring(it.on(node, "cibadmin", "--query", "--scope", "crm_config").stdout)
    grants = [json.loads(pair.get("value")) for pair in cib.iter("nvpair") if pair.get("id", "").find("-grant-") > 0]
    return next((grant["outcome"] for grant in grants if grant["epoch"] == epoch), None)


def unanswered(it, report):
    """Stopped by force while it does not answer, once as its agent started it, once as somebody else did."""
    for by_hand in (False, True):
        node = it.promoted()
        other = next(n for n in NODES if n != node)
        epoch = int(it.sql(node, "select max(epoch) from vouch.epoch"))
        maintenance(it, other, True)
        if by_hand:
            pg_ctl(it, node, "-m", "fast", "stop")
            it.on(node, *AS_POSTGRES, "rm", "-f", PGDATA + "/standby.signal")
            pg_ctl(it, node, "start")
        it.run("pause", node)
        done = it.on(node, "crm_resource", "--resource", "pgsql", "--force-stop", check=False, timeout=120)
        report.check("unanswered: it is stopped", it.on(node, "pgrep", "-u", "postgres", "-x", "postgres", check=False)
                     .returncode == 1, done.stdout + done.stderr)
        report.check("unanswered: started by %s: %s (P6-S1)" % (("hand", "the cluster is told that the epoch is not enforced")
                                                              if by_hand else ("its agent", "nothing is said of its epoch")),
                     ended(it, other, epoch) == ("disowned" if by_hand else "done"), ended(it, other, epoch))
        maintenance(it, other, False)
        it.wait_for("somebody is promoted", lambda: it.promoted() is not None, 180)
        everybody_counts(it)


def in_a_lab(name, test):
    def run(report):
        with lab(name) as it:
            everybody_counts(it)
            test(it, report)
    return run


if __name__ == "__main__":
    sys.exit(main({"cloned-anew": in_a_lab("ic", cloned_anew), "from-a-file": in_a_lab("if", from_a_file),
                   "unanswered": in_a_lab("iu", unanswered)}))
