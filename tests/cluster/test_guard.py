#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""P6-A3, P6-S1: a cluster that runs under PAF is put under ocf:vouch:guard. A
planned switchover is permitted and loses nothing; then the schedule on which PAF
alone lost 17 024 acknowledged writes (replication stalled for two seconds, then
the primary's power cut) is vetoed."""
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import TOP, lab, main  # noqa: E402

NODES = ("n1", "n2", "n3")
RESOURCE = "//primitive[@id='pgsql']"
# The same resource, with the guard before its agent: the other agent's parameters stay as they are.
GUARD = ('<primitive id="pgsql" class="ocf" provider="vouch" type="guard">'
         '<instance_attributes id="pgsql-attributes">'
         '<nvpair id="pgsql-attributes-agent" name="agent" value="heartbeat:pgsqlms"/>'
         '</instance_attributes></primitive>')


def holds(verdict, rule):
    return any(f["rule"] == rule and f["outcome"] == "holds" for f in verdict["findings"])


def counting(it, node):
    return int(it.sql(node, "select count(*) from acked"))


def under_guard(it):
    """Every server was started through the guard, one of them is the primary."""
    return it.promoted() is not None and all(
        it.sql(n, "show cluster_name").startswith("vouch:pgsql:%s:" % n) for n in NODES)


def migration(it, report):
    done = it.on("n1", "vouch", "adopt")
    report.check("guard: PAF's running primary is adopted", "adopted: n1 holds epoch 1" in done.stdout,
                 done.stdout + done.stderr)
    it.on("n1", "cibadmin", "--modify", "--allow-create", "--xml-text", GUARD, "--scope", "resources")
    it.wait_for("all servers were started through the guard", lambda: under_guard(it), 120)
    report.check("guard: PAF's cluster runs under the guard", it.promoted() == "n1", it.promoted())
    shown = it.on("n1", "crm_resource", "--resource", "pgsql", "--query-xml").stdout
    report.check("guard: PAF's own parameters are untouched", 'name="pgdata"' in shown and 'name="bindir"' in shown, shown)
    verdict = it.verdict("n1")
    report.check("guard: its promotion was permitted, as the same holder's",
                 verdict["decision"] == "permit" and holds(verdict, 530), verdict["why"])
    rows = counting(it, "n1")
    it.wait_for("writes go on", lambda: counting(it, it.promoted()) > rows + 50)


def switchover(it, report):
    # The preference that this leaves stays: PAF raises the new primary's own score with its next monitor only.
    it.on("n1", "crm_resource", "--move", "--resource", "pgsql-clone", "--promoted", "--node", "n2")
    it.run("wait", "promoted", "--not", "n1", "--timeout", "90")
    new = it.promoted()
    it.wait_for("%s finished" % new, lambda: it.decisions(new), 30)
    verdict = it.verdict(new)
    report.check("guard: a planned switchover is permitted", verdict["decision"] == "permit", verdict["why"])
    report.check("guard: covered by that exact sealed record", holds(verdict, 510), verdict["findings"])
    rows = counting(it, new)
    it.wait_for("writes go on", lambda: counting(it, new) > rows + 50)
    done = it.run("verify", check=False)
    report.check("guard: the switchover lost nothing, never two writable nodes", done.returncode == 0,
                 done.stdout + done.stderr)
    return new


def losing_schedule(it, report, old):
    others = [n for n in NODES if n != old]
    before = it.attempts(others)
    it.wait_for("the others are standbys", lambda: all(it.sql(n, "select pg_is_in_recovery()") == "t" for n in others))
    it.run("stall")
    time.sleep(2)
    it.run("power", "off", old)
    it.wait_for("somebody was asked and refused", lambda: it.attempts(others) > before, 90)
    # Long enough for a second attempt to show itself; the count decides, not the time.
    time.sleep(4)
    it.run("workload", "stop")
    asked = [n for n in others if it.decisions(n) and it.decisions(n)[0]["outcome"] == "denied"]
    report.check("guard: exactly one attempt, and it was denied", it.attempts(others) == before + 1 and len(asked) == 1,
                 [it.decisions(n) for n in others])
    verdict = it.verdict(asked[0])
    report.check("guard: the schedule on which PAF alone loses writes is vetoed with P6-S1",
                 verdict["decision"] == "veto" and verdict["invariant"] == "P6-S1" and verdict["rule"] == 540,
                 verdict["why"])
    shown = it.run("crm_mon").stdout
    report.check("guard: crm_mon shows the reason", "rule 540" in shown and "P6-S1" in shown, shown)
    report.check("guard: nobody was promoted", all(it.sql(n, "select pg_is_in_recovery()") == "t" for n in others), shown)


def packages():
    subprocess.run([os.path.join(TOP, "contrib", "packages-install"), os.path.join(TOP, "contrib", "lab", "packages"),
                    os.path.join(TOP, "contrib", "lab", "packages-paf")], check=True)


def guarded(report):
    packages()
    with lab("gd", "--agent=paf", "--sync-k", "0") as it:
        it.run("workload", "start")
        it.wait_for("writes are acknowledged", lambda: counting(it, "n1") > 200)
        migration(it, report)
        losing_schedule(it, report, switchover(it, report))


def crashed(it, report):
    """PAF starts a crashed primary before it demotes it: under the guard that is a standby (P6-A3)."""
    before = len(it.decisions("n1"))
    it.on("n1", "sh", "-c", "kill -9 $(head -n 1 /var/lib/postgresql/vouch/postmaster.pid)")
    it.wait_for("n1 was asked again", lambda: len(it.decisions("n1")) > before, 120)
    verdict = it.verdict("n1")
    report.check("guard, k=1: a killed primary is promoted again as the same holder",
                 verdict["decision"] == "permit" and holds(verdict, 530), verdict["why"])
    it.wait_for("n1 is the primary", lambda: it.promoted() == "n1", 60)
    rows = counting(it, "n1")
    it.wait_for("writes go on", lambda: counting(it, "n1") > rows + 50)


def power_off(it, report):
    it.wait_for("both standbys are admitted", lambda: it.sql(
        "n1", "select count(distinct node) from vouch.admission where node <> 'n1'") == "2")
    it.run("power", "off", "n1")
    it.run("wait", "promoted", "--not", "n1", "--timeout", "120", timeout=150)
    new = it.promoted()
    it.wait_for("%s finished" % new, lambda: it.decisions(new), 30)
    verdict = it.verdict(new)
    report.check("guard, k=1: the loss of the primary is survived, by the intersection",
                 verdict["decision"] == "permit" and holds(verdict, 520), verdict["why"])
    it.run("workload", "stop")
    done = it.run("verify", "--on", new, check=False)
    report.check("guard, k=1: nothing is lost, never two writable nodes", done.returncode == 0, done.stdout + done.stderr)
    return new


def contract(it, report):
    """Its change starts the server again with another command line, which is PAF's to do here."""
    done = it.contract_set("n1", "--k=2")
    shown = it.sql(it.promoted(), "show synchronous_standby_names")
    report.check("guard, k=1: the contract is changed to k=2", shown.startswith("ANY 2"), done.stdout + done.stderr + shown)
    it.contract_set("n1", "--k=1")
    shown = it.sql(it.promoted(), "show synchronous_standby_names")
    report.check("guard, k=1: and back", shown.startswith("ANY 1"), shown)


def back(it, report, new):
    """The way back is the other agent's name again; what vouch knew stays in the log and harms nobody."""
    it.on(new, "cibadmin", "--modify", "--xml-text",
          '<primitive id="pgsql" class="ocf" provider="heartbeat" type="pgsqlms"/>', "--scope", "resources")
    it.on(new, "cibadmin", "--delete", "--xpath", "//nvpair[@id='pgsql-attributes-agent']")
    it.wait_for("PAF runs it alone", lambda: it.promoted() == new and it.sql(new, "show cluster_name") == "", 120)
    report.check("guard, k=1: back to PAF alone, on the same primary", True)
    done = it.on(new, "vouch", "adopt", check=False)
    report.check("guard, k=1: no second adoption over what is on record", done.returncode == 3, done.stdout + done.stderr)
    it.sql(new, "drop schema vouch cascade")
    it.on(new, "cibadmin", "--delete-all", "--force", "--xpath",
          "//cluster_property_set[starts-with(@id,'vouch-pgsql-')]")
    for node in NODES:
        if node != "n1":
            it.on(node, "rm", "-r", "/var/lib/vouch/pgsql")
    done = it.on(new, "vouch", "adopt", check=False)
    report.check("guard, k=1: a new adoption once that is removed", "holds epoch 1" in done.stdout,
                 done.stdout + done.stderr)


def synchronous(report):
    packages()
    with lab("gs", "--agent=paf", "--sync-k", "1") as it:
        it.run("workload", "start")
        it.wait_for("writes are acknowledged", lambda: counting(it, "n1") > 200)
        migration(it, report)
        crashed(it, report)
        contract(it, report)
        back(it, report, power_off(it, report))


def alone(report):
    """The same schedule without the guard, so that the veto is known to refuse something: PAF promotes and loses."""
    packages()
    with lab("ga", "--agent=paf", "--sync-k", "0") as it:
        it.run("workload", "start")
        it.wait_for("writes are acknowledged", lambda: counting(it, "n1") > 200)
        time.sleep(5)
        it.run("stall")
        time.sleep(2)
        it.run("power", "off", "n1")
        it.run("wait", "promoted", "--not", "n1", "--timeout", "90")
        it.run("workload", "stop")
        done = it.run("verify", "--on", it.promoted(), check=False)
        print("# alone: " + done.stdout.strip().replace("\n", " | "), flush=True)
        report.check("alone: PAF without the guard promotes on this schedule, and loses acknowledged writes",
                     done.returncode == 1, done.stdout + done.stderr)


KILLER = """
until guard=$(pgrep -f 'vouch/guard promote'); do sleep 0.02; done
until pgrep -f 'pgsqlms promote'; do :; done
[ "$1" = asked ] || until runuser -u postgres -- psql -XAtqd postgres -c 'select pg_is_in_recovery()' | grep -q f; do :; done
kill -9 $guard && echo done >/tmp/killed
"""


def successes(it):
    return sum(one["outcome"] == "succeeded" for node in NODES for one in it.decisions(node))


def killed_once(it, report, moment, old, new):
    """The guard dies while the agent behind it promotes (P6-F2): one authority, and nothing lost."""
    before = successes(it)
    it.put(new, "/tmp/killer", KILLER.encode(), "755")
    it.on(new, "sh", "-c", "setsid sh /tmp/killer %s >/dev/null 2>&1 </dev/null &" % moment)
    it.on("n3", "crm_resource", "--move", "--resource", "pgsql-clone", "--promoted", "--node", new)
    it.wait_for("the guard was killed", lambda: it.on(new, "test", "-s", "/tmp/killed", check=False).returncode == 0, 60)
    it.wait_for("Pacemaker knows", lambda: "pgsql promote on %s" % new in it.run("crm_mon").stdout, 60)
    left = [n for n in NODES if it.sql(n, "select pg_is_in_recovery()") == "f"]
    print("# killed (%s): writable right afterwards: %s" % (moment, " ".join(left) or "nobody"), flush=True)
    report.check("guard killed (%s): nobody else is writable" % moment, left in ([], [new]), left)
    it.on("n3", "crm_resource", "--cleanup", "--resource", "pgsql-clone")
    rows = max(counting(it, node) for node in NODES)
    # A promotion that was cut off is taken back first: who writes right now may be the one.
    it.wait_for("a promotion succeeds, and writes go on", lambda: successes(it) > before and
                it.promoted() is not None and counting(it, it.promoted()) > rows + 50, 120)
    now = it.promoted()
    done = it.run("verify", check=False)
    report.check("guard killed (%s): nothing is lost, never two writable nodes; %s holds" % (moment, now),
                 done.returncode == 0, done.stdout + done.stderr)
    return now


def killed(report):
    packages()
    with lab("gk", "--agent=paf", "--sync-k", "0") as it:
        it.run("workload", "start")
        it.wait_for("writes are acknowledged", lambda: counting(it, "n1") > 200)
        migration(it, report)
        now = killed_once(it, report, "asked", "n1", "n2")
        killed_once(it, report, "promoted", now, "n1" if now == "n2" else "n2")


if __name__ == "__main__":
    TESTS = {"guard": guarded, "synchronous": synchronous, "alone": alone, "killed": killed}
    # The others are `make guard-campaign`: each takes as long again.
    sys.argv[1:] = sys.argv[1:] or ["guard"]
    sys.exit(main(TESTS))
