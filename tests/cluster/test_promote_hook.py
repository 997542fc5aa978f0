#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""vouch-promote without a cluster manager: the servers are run by hand with the
agent, and only the old primary's own answer, its seal, or an operator's
assertion excludes it (P6-A1a). Two hooks at once, an agent and a hook, on one node
and on two: at most one permit (P6-A2)."""
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import LAB, lab, main  # noqa: E402

PGDATA = "/var/lib/postgresql/vouch"


def agent_words(it, node, action):
    members = next(line.split("=", 1)[1] for line in it.on(node, "cat", "/etc/vouch/pgsql.conf").stdout.splitlines()
                   if line.startswith("members="))
    return ("env", "OCF_RESOURCE_INSTANCE=pgsql", "OCF_RESKEY_pgdata=" + PGDATA, "OCF_RESKEY_k=1",
                 "OCF_RESKEY_members=" + members, "OCF_RESKEY_manager=none", "OCF_RESKEY_repl_user=vouch",
                 "OCF_RESKEY_CRM_meta_timeout=60000", "/usr/lib/ocf/resource.d/vouch/postgresql", action)


def agent(it, node, action, check=True):
    return it.on(node, *agent_words(it, node, action), check=check)


def hook(it, node, *options):
    done = it.on(node, "vouch-promote", "--cluster=none", "--quiet", "--reason=test", *options, check=False)
    return done, json.loads(done.stdout) if done.stdout.strip() else None


def promote_hook(report):
    with lab("ph", "--manual-replication") as it:
        it.on("n1", "vouch", "--cluster=none", "--quiet", "adopt")
        for node in ("n2", "n3"):
            it.wait_for("the adoption reached " + node,
                        lambda n=node: it.sql(n, "select count(*) from vouch.epoch") == "1")
        for node in ("n1", "n2", "n3"):
            it.on(node, "runuser", "-u", "postgres", "--", "/usr/lib/postgresql/15/bin/pg_ctl", "-D", PGDATA, "-w",
                  "-m", "fast", "stop")
        for node in ("n1", "n2", "n3"):
            agent(it, node, "start")
        report.check("hook: everything starts as a standby",
                     all(it.sql(n, "select pg_is_in_recovery()") == "t" for n in ("n1", "n2", "n3")), "it did not")
        done, verdict = hook(it, "n2")
        report.check("hook: another node than the last holder is vetoed, exit 1",
                     done.returncode == 1 and verdict["decision"] == "veto", done.stderr)
        done, verdict = hook(it, "n1", "--dry-run")
        report.check("hook: --dry-run permits the last holder and changes nothing",
                     done.returncode == 0 and it.sql("n1", "select pg_is_in_recovery()") == "t", done.stderr)
        done, verdict = hook(it, "n1")
        report.check("hook: the last holder is promoted",
                     done.returncode == 0 and it.sql("n1", "select pg_is_in_recovery()") == "f", done.stderr)
        report.check("hook: the verdict says that there is no cluster manager",
                     any(f["reason"] == "NO_MANAGER" for f in verdict["findings"]), verdict["why"])
        report.check("hook: the agent's monitor finds it promoted (rc 8)",
                     agent(it, "n1", "monitor", check=False).returncode == 8, "it does not")
        it.wait_for("both standbys are admitted", lambda: admitted(it), 60)
        done, verdict = hook(it, "n2")
        report.check("hook: with a live primary every other request is vetoed by rule 300",
                     done.returncode == 1 and verdict["rule"] == 300, done.stderr)
        it.sql("n1", "insert into acked values (1, 1)")
        it.on("n1", "pkill", "-KILL", "-u", "postgres", check=False)
        done, verdict = hook(it, "n2")
        report.check("hook: silence is no proof of death",
                     done.returncode == 1 and verdict["rule"] == 360, done.stderr)
        report.check("hook: the veto names what would unblock it",
                     any("assert n1 down" in f.get("unblock", "") for f in verdict["findings"]), verdict)
        done, _ = hook(it, "n2", "--assert-down=n1", "--reason=")
        report.check("hook: an assertion without a reason is a usage error, exit 2", done.returncode == 2, done.stderr)
        two_at_once(report, it)


def admitted(it):
    """No manager runs the monitors: by theirs the standbys find the new primary, by its own it admits them."""
    for node in ("n2", "n3", "n1"):
        agent(it, node, "monitor", check=False)
    return it.sql("n1", "select count(distinct node) from vouch.admission where node in ('n2', 'n3')") == "2"


def two_at_once(report, it):
    """Both ask at the same moment, each with the operator's word on n1."""
    running = [subprocess.Popen([LAB, "--name", it.name, "exec", node, "--", "vouch-promote", "--cluster=none",
                                 "--quiet", "--assert-down=n1", "--reason=killed it"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
               for node in ("n2", "n3")]
    results = [(p.communicate(timeout=120), p.returncode) for p in running]
    writable = [n for n in ("n2", "n3") if it.sql(n, "select pg_is_in_recovery()") == "f"]
    codes = [code for _, code in results]
    report.check("hook: two requests at once end in at most one permit",
                 codes.count(0) <= 1 and len(writable) == codes.count(0), (codes, writable))
    if not writable:
        done, verdict = hook(it, "n2", "--assert-down=n1")
        report.check("hook: asked alone, with the assertion, it is permitted",
                     done.returncode == 0, done.stderr)
        report.check("hook: shown as an assertion, never as fencing (P6-A1a)",
                     any(f["rule"] == 350 and f["outcome"] == "holds" for f in verdict["findings"]) and
                     not any(f["rule"] == 330 and f["outcome"] == "holds" for f in verdict["findings"]), verdict)
        writable = ["n2"]
    report.check("hook: the acknowledged row is on the new primary",
                 it.sql(writable[0], "select count(*) from acked where client = 1 and seq = 1") == "1", writable)
    standby = next(n for n in ("n2", "n3") if n != writable[0])
    agent_and_hook(report, it, writable[0], writable[0])
    agent_and_hook(report, it, writable[0], standby)


def succeeded(it):
    return sum(d["outcome"] == "succeeded" for n in ("n2", "n3") for d in it.decisions(n))


def agent_and_hook(report, it, holder, other):
    """The last holder is back as a standby. Its agent and a hook ask at the same moment: on one node the one is
    refused while the other is under way, or finds it done; on two nodes each sees the other's claim."""
    agent(it, holder, "stop")
    agent(it, holder, "start")
    before = succeeded(it)
    hook_words = ("vouch-promote", "--cluster=none", "--quiet", "--assert-down=n1", "--reason=still off")
    running = [subprocess.Popen([LAB, "--name", it.name, "exec", node, "--", *words], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
               for node, words in ((holder, agent_words(it, holder, "promote")), (other, hook_words))]
    told = [(p.communicate(timeout=120), p.returncode) for p in running]
    writable = [n for n in ("n2", "n3") if it.sql(n, "select pg_is_in_recovery()") == "f"]
    where = "one node" if holder == other else "two nodes"
    report.check("hook: an agent and a hook at once on %s: one decision at most (P6-A2)" % where,
                 succeeded(it) - before == len(writable) <= 1, (writable, told))
    if not writable:
        done, _ = hook(it, holder, "--assert-down=n1")
        report.check("hook: asked alone, the last holder is promoted", done.returncode == 0, done.stderr)


if __name__ == "__main__":
    sys.exit(main({"promote-hook": promote_hook}))
