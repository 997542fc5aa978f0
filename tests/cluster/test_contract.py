#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""P6-S1, changing what "acknowledged" means while clients write: k from 1 to 2
to 1 to 0 to 1, the primary's power cut after the announcement and in the middle
of applying it. The next promotion is vetoed or loses nothing. And fault 23: a
reload that would weaken the contract does not."""
import json
import os
import subprocess
import sys
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import LAB, lab, main  # noqa: E402

NODES = ("n1", "n2", "n3")
PHASES = "select string_agg(phase || ' ' || k, ', ' order by serial) from vouch.contract where epoch = " \
         "(select max(epoch) from vouch.epoch)"


def show(it, node):
    return json.loads(it.on(node, "vouch", "--output-as=json", "contract", "show").stdout)


def change(it, node, *words, check=True):
    return it.on(node, "vouch", "--quiet", "--yes", "contract", "set", *words, check=check, timeout=150)


def rows(it, node):
    return int(it.sql(node, "select count(*) from acked"))


def primary(it):
    """The node that is promoted, once it takes writes and both others count."""
    def ready():
        node = it.promoted()
        if node is None:
            return False
        seen = show(it, node)
        return seen["holder"] == node and sum(m["counts"] for m in seen["members"]) == 2

    it.wait_for("a primary with two standbys that count", ready, 120)
    return it.promoted()


def writes_go_on(it, node, report, what):
    before = rows(it, node)
    it.wait_for("writes are acknowledged again", lambda: rows(it, node) > before + 20, 60)
    report.check("contract: %s: writing goes on" % what, True)


def nothing_lost(it, node, report, what):
    it.run("workload", "stop")
    done = it.run("verify", "--on", node, check=False)
    report.check("contract: %s: no acknowledged write is lost, never two writable nodes" % what, done.returncode == 0,
                 done.stdout + done.stderr)
    it.run("workload", "start")


def in_force(it, report, node, k, what):
    """The record, the running server and the command line say the same."""
    seen = show(it, node)
    report.check("contract: %s: k = %d is in force, pinned, nothing announced" % (what, k),
                 seen["in_force"]["k"] == k and seen["pinned"] == "yes" and seen["announced"] is None, seen)
    source = it.sql(node, "select source || ' ' || setting from pg_settings where name = 'synchronous_standby_names'")
    wanted = "command line ANY %d (" % k if k else "command line"
    report.check("contract: %s: it stands on the server's command line" % what, source.startswith(wanted), source)
    for other in NODES:
        it.wait_for("%s is started with it as well" % other, lambda o=other: show(it, o)["in_force"]["k"] == k and (
            ("ANY %d (" % k) in it.sql(o, "show synchronous_standby_names") or k == 0), 60)
    if k == 0:
        return
    report.check("contract: %s: it survives the loss of the primary" % what, seen["survives_by_contract"] == 1, seen)


def complete(it, report, node, k, what):
    epoch = show(it, node)["epoch"]
    done = it.contract_set(node, "--k=%d" % k)
    report.check("contract: %s: the holder stays the holder, in a new epoch" % what,
                 show(it, node)["holder"] == node and show(it, node)["epoch"] == epoch + 1, done.stdout + done.stderr)
    in_force(it, report, node, k, what)
    writes_go_on(it, node, report, what)
    nothing_lost(it, node, report, what)


def ask_again(it):
    """As an operator does after a veto, until the last holder is back far enough to be the one that is asked; wherever
    somebody was refused, and with the reason on record here."""
    def asked():
        refused = [n for n in NODES if it.decisions(n)[:1] and it.decisions(n)[0]["outcome"] == "denied"]
        if it.promoted() is None and refused:
            for n in refused:
                print("# asked again: %s: %s" % (n, it.verdict(n)["why"]), flush=True)
                it.on(n, "crm_resource", "--cleanup", "--resource", "pgsql", "--node", n, check=False)
            it.run("wait", "promoted", "--timeout", "15", check=False)
        return it.promoted() is not None

    it.wait_for("somebody is promoted after a new request", asked, 180)


def cut_off(it, report, old, what):
    """The power of the primary is gone: whoever is asked refuses, or has everything."""
    others = [n for n in NODES if n != old]
    before = it.attempts(others)
    it.run("power", "off", old)
    it.wait_for("somebody was asked", lambda: it.attempts(others) > before and all(
        d["outcome"] in ("succeeded", "denied", "failed") for n in others for d in it.decisions(n)), 120)
    last = [d for n in others for d in it.decisions(n)[:1]]
    permitted = it.promoted() in others
    print("# %s: %s" % (what, "permitted" if permitted else "vetoed"), flush=True)
    if not permitted:
        why = [it.verdict(n)["why"] for n in others if it.decisions(n)[:1] and it.decisions(n)[0]["outcome"] == "denied"]
        report.check("contract: %s: refused, with a reason" % what, why and all("P6" in w or w for w in why), last)
        for n in others:
            report.check("contract: %s: %s is still a standby" % (what, n),
                         it.sql(n, "select pg_is_in_recovery()") == "t", "it is writable")
    it.run("power", "on", old)
    it.wait_for("%s runs again" % old, lambda: it.sql(old, "select 1") == "1", 120)
    if not permitted:
        ask_again(it)
    node = primary(it)
    nothing_lost(it, node, report, what)
    return node, permitted


def announced_only(it, node, k):
    """Without Pacemaker's tool the change ends after its announcement, as with a crash at that moment."""
    it.on(node, "mount", "--bind", "/bin/false", "/usr/sbin/crm_resource")
    try:
        return change(it, node, "--k=%d" % k, check=False)
    finally:
        it.on(node, "umount", "/usr/sbin/crm_resource")


def unacknowledged(it, report, node):
    """Announced, and not acknowledged: whoever waited for that is cancelled. Asking again waits for it, too."""
    other = next(n for n in NODES if n != node)
    began = it.sql(node, "select pg_postmaster_start_time()")
    it.on(other, "pkill", "-STOP", "-f", "postgres:.*walreceiver")
    first = change(it, node, "--k=1", "--timeout=4", check=False)
    it.sql(node, "select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'vouch' and wait_event = 'SyncRep'")
    it.wait_for("it is announced", lambda: it.sql(node, PHASES).endswith("announced 1"))
    again = change(it, node, "--k=1", "--timeout=4", check=False)
    it.on(other, "pkill", "-CONT", "-f", "postgres:.*walreceiver")
    report.check("contract: what was announced and not acknowledged is not applied by asking again (P6-S1)",
                 [first.returncode, again.returncode] == [3, 3] and "not acknowledged in time" in again.stderr and
                 it.sql(node, "select pg_postmaster_start_time()") == began and show(it, node)["in_force"]["k"] == 2,
                 (first.stderr, again.stderr))


def changes(report):
    with lab("ct") as it:
        it.run("workload", "start")
        node = primary(it)
        in_force(it, report, node, 1, "at first")
        refused = change(it, "n2", "--k=2", check=False)
        report.check("contract: a standby refuses", refused.returncode == 1 and "P6-A3" in refused.stderr, refused.stderr)
        complete(it, report, node, 2, "1 to 2")

        done = announced_only(it, node, 1)
        report.check("contract: cut off after its announcement: not done", done.returncode == 3, done)
        seen = show(it, "n2")
        report.check("contract: both bind then, and every node says so",
                     seen["in_force"]["k"] == 2 and seen["announced"]["k"] == 1, seen)
        other = change(it, node, "--k=0", check=False)
        report.check("contract: another change is refused meanwhile", other.returncode == 1 and "--abort" in other.stderr,
                     other.stderr)
        back = change(it, node, "--abort")
        report.check("contract: taken back without a restart",
                     "still in force" in back.stdout and show(it, node)["announced"] is None and
                     show(it, node)["in_force"]["k"] == 2, back.stdout + back.stderr)
        unacknowledged(it, report, node)
        complete(it, report, node, 1, "2 to 1, asked for again after it was cut off")

        done = announced_only(it, node, 0)
        report.check("contract: k = 0 is announced", it.sql(node, PHASES).endswith("announced 0"), done)
        node, permitted = cut_off(it, report, node, "1 to 0, power cut after the announcement")
        report.check("contract: with k = 0 announced nothing is proven without the holder", not permitted, node)
        # The old holder came back, started with what it had announced, and was promoted as the same holder.
        if show(it, node)["in_force"]["k"] != 0:
            complete(it, report, node, 0, "1 to 0")
        else:
            in_force(it, report, node, 0, "1 to 0, completed by the next start")
        complete(it, report, node, 1, "0 to 1")

        running = subprocess.Popen([LAB, "--name", it.name, "exec", node, "--", "vouch", "--quiet", "--yes", "contract",
                                    "set", "--k=2"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        other = next(n for n in NODES if n != node)
        it.wait_for("it is announced", lambda: "announced 2" in it.sql(other, PHASES) or
                    it.sql(other, "select max(k) from vouch.contract where phase = 'in-force'") == "2" and
                    it.sql(node, "select 1") != "1", 60)
        node, _ = cut_off(it, report, node, "1 to 2, power cut while it is applied")
        running.wait(60)
        complete(it, report, node, 2 if show(it, node)["in_force"]["k"] == 1 else 1, "after the power cut")


def two_nodes(report):
    """A cluster of two, strict: the other one has every acknowledged write. To k = 0 and back, in words; and an announced
    k = 0 is said to keep every failover away."""
    with lab("c2", "--nodes", "2") as it:
        it.wait_for("the standby counts", lambda: it.promoted() == "n1" and
                    sum(m["counts"] for m in show(it, "n1")["members"]) == 1, 120)
        it.run("workload", "start", "--rate", "40")
        seen = show(it, "n1")
        report.check("two nodes: strict: one acknowledgement of one", seen["in_force"]["k"] == 1 and
                     len(seen["in_force"]["members"]) == 1 and seen["survives_by_contract"] == 1, seen)
        announced_only(it, "n1", 0)
        text = it.on("n1", "vouch", "contract", "show").stdout
        report.check("two nodes: an announced k = 0 is said to refuse failovers", "k = 0 asks nobody" in text and
                     "survives, by contract: no loss of the primary" in text, text)
        status = it.on("n1", "vouch", "status").stdout
        report.check("two nodes: status says so, too", "k = 0 asks nobody" in status, status)
        it.on("n1", "crm_resource", "--resource", "pgsql-clone", "--meta", "--set-parameter", "migration-threshold",
              "--parameter-value", "5")
        done = it.on("n1", "vouch", "--yes", "contract", "set", "--k=0", timeout=150)
        report.check("two nodes: set warns that its restart counts as a failure", "migration-threshold is 5" in done.stderr,
                     done.stderr)
        report.check("two nodes: k = 0 is in force, and said to survive nothing", "in force" in done.stdout and
                     show(it, "n1")["survives_by_contract"] == 0, done.stdout)
        # One right after the other: each has to leave Pacemaker in a state in which the next can be asked for.
        for k in (1, 0, 1):
            it.wait_for("the standby streams", lambda: it.sql("n1", "select count(*) from pg_stat_replication where "
                                                              "state = 'streaming'") == "1")
            done = change(it, "n1", "--k=%d" % k, check=False)
            report.check("two nodes: one change after the other, to k = %d" % k, done.returncode == 0 and
                         show(it, "n1")["in_force"]["k"] == k, done.stderr)
        it.wait_for("the standby counts again", lambda: sum(m["counts"] for m in show(it, "n1")["members"]) == 1, 60)
        writes_go_on(it, "n1", report, "two nodes, strict again")
        it.run("power", "off", "n1")
        it.run("wait", "promoted", "--node", "n2", "--timeout", "90")
        report.check("two nodes: the loss of the primary is proven covered", it.verdict("n2")["decision"] == "permit",
                     it.verdict("n2")["why"])
        it.run("power", "on", "n1")
        it.wait_for("n1 counts", lambda: sum(m["counts"] for m in show(it, "n2")["members"]) == 1, 120)
        nothing_lost(it, "n2", report, "two nodes")


def told(it, report, node):
    """Who tried to weaken the promise, and who is outside it, is said by show, by status and by the monitor."""
    attempt, outside = "synchronous_standby_names = ''", "role hasty (off)"
    remarks = show(it, node)["remarks"]
    report.check("contract: show tells of the attempt to weaken it", attempt in remarks, remarks)
    report.check("contract: show lists the role outside the promise", outside in remarks, remarks)
    report.check("contract: ... and the database, and the role in it", "every role in database bulk (local)" in remarks and
                 "role hasty in database bulk (off)" in remarks, remarks)
    report.check("contract: ... and what an edited file would weaken", "fsync = 'off' in " in remarks and
                 it.sql(node, "show fsync") == "on", remarks)
    status = it.on(node, "vouch", "status").stdout
    report.check("contract: status tells both, and which losses are survived",
                 attempt in status and outside in status and "survives, by contract:" in status, status)
    it.wait_for("the monitor tells of it", lambda: attempt in it.on(
        node, "grep", "-a", "without effect", "/var/log/pacemaker/pacemaker.log").stdout, 60)
    report.check("contract: the monitor reports the attempt", True)


def terms(report):
    """Another method and fewer members are changes like any other."""
    with lab("cx") as it:
        it.run("workload", "start")
        node = primary(it)
        others = [n for n in NODES if n != node]
        it.contract_set(node, "--method=first", "--k=1")
        seen = show(it, node)
        report.check("contract: ANY to FIRST: in force, and pinned", seen["in_force"]["method"] == "first" and
                     seen["pinned"] == "yes" and it.sql(node, "show synchronous_standby_names").startswith("FIRST 1 ("), seen)
        writes_go_on(it, node, report, "ANY to FIRST")
        it.contract_set(node, "--method=any", "--k=1", "--members=%s" % others[1])
        seen = show(it, node)
        report.check("contract: to one member: in force, and pinned", seen["in_force"]["members"] == [others[1]] and
                     seen["in_force"]["method"] == "any" and seen["pinned"] == "yes", seen)
        writes_go_on(it, node, report, "to one member")
        it.run("power", "off", node)
        it.run("wait", "promoted", "--not", node, "--timeout", "120", timeout=150)
        new = it.promoted()
        verdict = it.verdict(new)
        report.check("contract: to one member: permitted, since that one answers", verdict["decision"] == "permit" and any(
            f["rule"] == 520 and f["outcome"] == "holds" for f in verdict["findings"]), verdict["why"])
        it.run("workload", "stop")
        done = it.run("verify", "--on", new, check=False)
        report.check("contract: to one member: no acknowledged write is lost, never two writable nodes",
                     done.returncode == 0, done.stdout + done.stderr)


def weakening(report):
    with lab("cw") as it:
        it.run("workload", "start")
        node = primary(it)
        it.sql(node, "alter system set synchronous_standby_names = ''")
        it.sql(node, "alter system set synchronous_commit = off")
        it.sql(node, "select pg_reload_conf()")
        writes_go_on(it, node, report, "weakened by ALTER SYSTEM and reload")
        names = it.sql(node, "show synchronous_standby_names") + it.sql(node, "show synchronous_commit")
        report.check("contract: ALTER SYSTEM and reload change nothing", names.startswith("ANY 1 (") and
                     names.endswith("on") and show(it, node)["pinned"] == "yes", names)
        it.sql(node, "create role hasty; alter role hasty set synchronous_commit = off")
        it.sql(node, "create database bulk")
        it.sql(node, "alter database bulk set synchronous_commit = local")
        it.sql(node, "alter role hasty in database bulk set synchronous_commit = off")
        it.on(node, "sh", "-c", "echo 'fsync = off' >>/var/lib/postgresql/vouch/postgresql.conf")
        it.sql(node, "select pg_reload_conf()")
        told(it, report, node)
        node, permitted = cut_off(it, report, node, "after ALTER SYSTEM and reload")
        report.check("contract: after ALTER SYSTEM and reload the failover is proven", permitted, node)


# As somebody would who finds the database down: without the agent's command line, ...
PLAINLY = """
cd /var/lib/postgresql/vouch && rm -f standby.signal
/usr/lib/postgresql/15/bin/pg_ctl -D . -l /var/log/postgresql/by-hand.log -w start
"""
# ... or with all of it, but for one thing.
BY_HAND = """
cd /var/lib/postgresql/vouch && rm -f standby.signal
sed 's/"synchronous_standby_names=.*"primary_conninfo=/"synchronous_standby_names=" "-c" "primary_conninfo=/' \\
    postmaster.opts >/tmp/by-hand
setsid sh /tmp/by-hand >/var/log/postgresql/by-hand.log 2>&1 </dev/null &
"""
AS_POSTGRES = ("runuser", "-u", "postgres", "--")


def by_hand(report):
    """A primary that somebody else started, and that waits for nobody: it proves nothing, and does not stay."""
    with lab("ch") as it:
        node = primary(it)
        other = next(n for n in NODES if n != node)
        it.on(node, "crm_attribute", "--type", "crm_config", "--name", "maintenance-mode", "--update", "true")
        it.on(node, *AS_POSTGRES, "/usr/lib/postgresql/15/bin/pg_ctl", "-D", "/var/lib/postgresql/vouch", "-m", "fast", "-w",
              "stop", timeout=60)
        it.on(node, *AS_POSTGRES, "sh", "-c", PLAINLY)
        it.wait_for("it runs", lambda: it.sql(node, "select pg_is_in_recovery()") == "f", 60)
        it.sql(node, "insert into acked values (55, 1)")
        seen = show(it, node)
        status = it.on(node, "vouch", "status").stdout
        report.check("contract: by hand: show and status say that this server proves nothing",
                     seen["pinned"] == "no" and "cluster_name" in seen["unpinned"] and
                     seen["survives_now"] == 0 and "so this server proves nothing" in status, (seen, status))
        done = it.on(node, "crm_resource", "--resource", "pgsql", "--force-check", check=False, timeout=60)
        report.check("contract: by hand: for the next monitor this primary has failed (P6-S1)", done.returncode == 9 and
                     "does not enforce the recorded contract" in done.stdout + done.stderr, done.stdout + done.stderr)
        it.wait_for("the others' logs say so", lambda: it.sql(
            other, "select pinned from vouch.contract order by serial desc limit 1") == "f", 60)
        it.on(node, "crm_resource", "--resource", "pgsql", "--force-check", check=False, timeout=60)
        epoch = show(it, node)["epoch"]
        report.check("contract: by hand: the cluster has it, too", ended(it, other, epoch) == "disowned", ended(it, other, epoch))
        report.check("contract: by hand: it is said once", it.sql(
            node, "select count(*) from vouch.contract where not pinned and epoch = (select max(epoch) from vouch.epoch)")
                     == "1", "more often")
        seen = json.loads(it.on(other, "vouch", "--output-as=json", "status").stdout)
        then = next(v["if_holder_were_excluded"] for v in seen["verdicts"] if v["candidate"] == other)
        report.check("contract: by hand: were it fenced now, nobody would be promoted (P6-S1)", then.startswith("rule 540"), then)
        it.on(node, "crm_attribute", "--type", "crm_config", "--name", "maintenance-mode", "--update", "false")
        it.wait_for("a primary that is pinned", lambda: it.promoted() and show(it, it.promoted())["pinned"] == "yes", 120)
        node = primary(it)
        verdict = it.verdict(node)
        report.check("contract: by hand: Pacemaker starts it again, and it is promoted by its seal", any(
            f["rule"] == 510 and f["outcome"] == "holds" for f in verdict["findings"]), verdict["why"])
        report.check("contract: by hand: what it wrote is there",
                     it.sql(node, "select count(*) from acked where client = 55") == "1", "it is lost")


def acknowledged_alone(it, node, others):
    """The standbys receive nothing (they answer, and ask); the primary is started by hand, asks nobody, and acknowledges a row."""
    it.on(node, "crm_attribute", "--type", "crm_config", "--name", "maintenance-mode", "--update", "true")
    for other in others:
        it.on(other, "pkill", "-STOP", "-f", "postgres:.*walreceiver")
    it.on(node, *AS_POSTGRES, "/usr/lib/postgresql/15/bin/pg_ctl", "-D", "/var/lib/postgresql/vouch", "-m", "immediate", "-w",
          "stop", timeout=60)
    it.on(node, *AS_POSTGRES, "sh", "-c", BY_HAND)
    it.wait_for("it runs", lambda: it.sql(node, "select pg_is_in_recovery()") == "f", 60)
    it.sql(node, "insert into acked values (66, 1)")


def ended(it, node, epoch):
    """How the cluster's record says that this epoch's grant ended."""
    cib = xml.etree.ElementTree.fromstring(it.on(node, "cibadmin", "--query", "--scope", "crm_config").stdout)
    grants = [json.loads(pair.get("value")) for pair in cib.iter("nvpair") if pair.get("id", "").find("-grant-") > 0]
    return next((grant["outcome"] for grant in grants if grant["epoch"] == epoch), None)


def asked(it, nodes, before):
    """One of them was asked since, and none is being asked now."""
    return it.attempts(nodes) > before and all(
        d["outcome"] in ("succeeded", "denied", "failed") for n in nodes for d in it.decisions(n))


def denials(it, nodes):
    """Why those were refused who were asked last."""
    return [it.verdict(n)["why"] for n in nodes if it.decisions(n)[:1] and it.decisions(n)[0]["outcome"] == "denied"]


def open_rules(it, nodes):
    """For each of those who were refused when they were asked last: the rules that were not proven."""
    return [[f["rule"] for f in it.verdict(n)["findings"] if f["outcome"] == "unproven"]
            for n in nodes if it.decisions(n)[:1] and it.decisions(n)[0]["outcome"] == "denied"]


def has_row(it, node):
    return it.sql(node, "select count(*) from acked where client = 66") == "1"


def cut_off_by_hand(report):
    """The log's word that the epoch ran without its contract does not reach standbys that are cut off: the cluster keeps it
    for them, also through the next epoch."""
    with lab("cc") as it:
        node = primary(it)
        others = [n for n in NODES if n != node]
        epoch = show(it, node)["epoch"]
        without = "ran without the contract of epoch %d" % epoch
        acknowledged_alone(it, node, others)
        before = it.attempts(others)
        it.on(node, "crm_resource", "--resource", "pgsql-clone", "--ban", "--promoted", "--node", node)
        it.on(node, "crm_attribute", "--type", "crm_config", "--name", "maintenance-mode", "--update", "false")
        it.wait_for("somebody else was asked", lambda: asked(it, others, before), 180)
        report.check("contract: cut off by hand: demoted before any monitor has looked, nobody takes its place (P6-S1)",
                     it.promoted() is None and open_rules(it, others) and
                     all(565 in rules for rules in open_rules(it, others)), open_rules(it, others))
        report.check("contract: cut off by hand: the demotion told the cluster that the epoch is not enforced (P6-S1)",
                     ended(it, others[0], epoch) == "disowned", ended(it, others[0], epoch))
        it.on(node, "crm_resource", "--resource", "pgsql-clone", "--clear")
        ask_again(it)
        it.wait_for("it is promoted by its seal", lambda: it.promoted() == node and
                    show(it, node)["pinned"] == "yes" and show(it, node)["epoch"] > epoch, 180)
        report.check("contract: cut off by hand: that stays so through the next epoch",
                     ended(it, others[0], epoch) == "disowned" and ended(it, others[0], show(it, node)["epoch"]) == "done",
                     ended(it, others[0], epoch))
        report.check("contract: cut off by hand: the primary has what it acknowledged, the others do not",
                     has_row(it, node) and not any(has_row(it, n) for n in others), "they have it")
        seen = show(it, others[0])
        text = it.on(others[0], "vouch", "status").stdout
        report.check("contract: cut off by hand: show and status of a standby say that only its holder has it all",
                     seen["disowned"] == epoch and seen["survives_now"] == 0 and
                     "epoch %d ran without its contract" % epoch in text and show(it, node)["disowned"] is None, (seen, text))
        before = it.attempts(others)
        it.run("power", "off", node)
        it.wait_for("somebody was asked", lambda: asked(it, others, before), 180)
        report.check("contract: cut off by hand: without it nobody is promoted, by rule 565", it.promoted() is None and any(
            without in why for why in denials(it, others)), denials(it, others))
        for other in others:
            it.on(other, "pkill", "-CONT", "-f", "postgres:.*walreceiver")
        it.run("power", "on", node)
        it.wait_for("%s runs again" % node, lambda: it.sql(node, "select 1") == "1", 120)
        ask_again(it)
        node = primary(it)
        it.wait_for("everybody has it", lambda: all(has_row(it, n) for n in NODES), 120)
        it.run("power", "off", node)
        it.run("wait", "promoted", "--not", node, "--timeout", "120", timeout=150)
        report.check("contract: cut off by hand: once they have the next epoch's row, the failover is proven, with all of it",
                     has_row(it, it.promoted()), "it is lost")


if __name__ == "__main__":
    sys.exit(main({"contract": changes, "terms": terms, "weakening": weakening, "by-hand": by_hand,
                   "cut-off-by-hand": cut_off_by_hand, "two-nodes": two_nodes}))
