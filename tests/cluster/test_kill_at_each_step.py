#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 22: the agent, PostgreSQL, Pacemaker and the node, killed at each step of
a promotion, on one cluster under load. Afterwards every node says the same of who
holds authority (P6-F2), nobody asked again by himself (P6-F3), the next explicit
request is answered with a permit, and nothing acknowledged is lost (P6-S1).

usage: test_kill_at_each_step.py [--all] [STEP/KIND...]
Without --all each step is cut off once, by one kill or another."""
import json
import os
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import labtest  # noqa: E402
from labtest import Failed, lab, main  # noqa: E402

NODES = ("n1", "n2", "n3")
TREE = os.path.join(labtest.TOP, "build", "tree")
AGENT = "usr/lib/ocf/resource.d/vouch/postgresql"
PLACE = "/run/stop-at"

# The steps of lib/authority/promotion.c, each by the call that would be next: see stop_at.c.
STEPS = {
    "requested": '"to":"PromotionRequested"',        # the attempt is journalled
    "evidence": '"type":"decision"',                 # all of it is collected, the verdict is known
    "decided": '"to":"PromotionApproved"',           # the decision is journalled
    "approved": '"to":"PromotionApproved"\nfork',    # the approval is durable, nothing is claimed
    "granted": '"type":"grant"',                     # the cluster has the grant, the journal does not
    "recorded": '"type":"grant"\nrename marker',     # both have it, no marker yet
    "marked": '"to":"AuthorityTransitioning"',       # the marker is durable
    "promote": 'pg_promote(',                        # just before PostgreSQL is asked
    "promoted": 'pg_switch_wal',                     # out of recovery, nothing verified
    "verified": 'INSERT INTO vouch.epoch',           # on its new timeline, without the epoch's row
    "row": 'INSERT INTO vouch.epoch\nrename marker', # the row is committed
    "done": '"outcome":"done"',                      # the marker says which timeline
    "success": '"to":"PromotionSucceeded"',          # the grant is closed
}
KINDS = ("agent", "postgresql", "pacemaker", "node")


def plan():
    """Each kill in turn; `make kill-campaign` takes every one at every step."""
    return [(step, KINDS[number % len(KINDS)]) for number, step in enumerate(STEPS)]


# --- the stop --------------------------------------------------------------------

def stage_with_stops():
    """The stage, with an agent that is stopped where a test says."""
    stage = os.path.join(labtest.TOP, "build", "stage-stops")
    subprocess.run(["make", "-s", "-C", TREE, "tests/cluster/stop_at.la"], check=True, timeout=120,
                   stdout=subprocess.DEVNULL)
    shutil.rmtree(stage, ignore_errors=True)
    shutil.copytree(labtest.STAGE, stage, symlinks=True)
    inside = os.path.join(stage, "usr/lib/vouch")
    shutil.copy(os.path.join(TREE, "tests/cluster/.libs/stop_at.so"), inside)
    os.rename(os.path.join(stage, AGENT), os.path.join(inside, "agent-under-test"))
    with open(os.path.join(stage, AGENT), "w") as out:
        out.write('#!/bin/sh\n[ "$1" != promote ] || [ ! -e %s/where ] || export LD_PRELOAD=/usr/lib/vouch/stop_at.so\n'
                  'exec /usr/lib/vouch/agent-under-test "$@"\n' % PLACE)
    os.chmod(os.path.join(stage, AGENT), 0o755)
    return stage


def arm(it, node, step):
    it.on(node, "sh", "-c", 'rm -rf "$1" && mkdir -m 777 "$1" && printf "%s\\n" "$2" > "$1/where.new" && '
          'mv "$1/where.new" "$1/where"', "arm", PLACE, STEPS[step])


def disarm(it, node):
    it.on(node, "rm", "-f", PLACE + "/where", check=False)


def go_on(it, node):
    it.on(node, "touch", PLACE + "/go", check=False)


def stopped(it, nodes):
    for node in nodes:
        pid = it.on(node, "cat", PLACE + "/here", check=False).stdout.strip()
        if pid:
            return node, pid
    return None


# --- the kill --------------------------------------------------------------------

def kill(it, node, kind, pid):
    if kind == "agent":
        it.on(node, "kill", "-KILL", pid)
    elif kind == "postgresql":
        it.on(node, "pkill", "-KILL", "-x", "postgres")
        go_on(it, node)
    elif kind == "pacemaker":
        # All at once: what is left of it would end the others in order.
        it.on(node, "pkill", "-KILL", "^pacemaker", check=False)
        go_on(it, node)
    else:
        it.run("power", "off", node)


# --- what must be so afterwards ----------------------------------------------------

def alive(it):
    return [n["node"] for n in it.state()["nodes"] if n["power"] == "on" and n["cluster"] == "online"]


def authority(it, node):
    return json.loads(it.on(node, "vouch", "--output-as=json", "status").stdout)["authority"]


def agreed(it):
    """What every node that is there says; None while they differ."""
    told = {json.dumps([a["holder"], a["epoch"]]): a for a in (authority(it, n) for n in alive(it))}
    return next(iter(told.values())) if len(told) == 1 else None


def unambiguous(it, report, name):
    seen = {}

    def same():
        seen["told"] = agreed(it)
        return seen["told"] is not None
    try:
        it.wait_for("every node says the same of authority", same, 20)
    except Failed:
        return report.check(name + ": authority is unambiguous (P6-F2)", False,
                            {n: authority(it, n) for n in alive(it)})
    told = seen["told"]
    writable = [n["node"] for n in it.state()["nodes"] if n.get("server") == "primary"]
    good = (told["holder"] in writable and told["epoch"]) if told["holder"] else "nobody" in told["text"]
    return report.check("%s: authority is unambiguous (P6-F2): %s" % (name, told["text"]),
                        good and len(writable) <= 1, (writable, told))


def attempts(it):
    return sum(len(it.decisions(n)) for n in alive(it))


def repaired(it, victim):
    """Everything is there again, and nothing forbids a promotion."""
    state = {n["node"]: n for n in it.state()["nodes"]}
    if state[victim]["power"] == "off":
        it.run("power", "on", victim)
    it.wait_for("%s is a member again" % victim, lambda: set(alive(it)) == set(NODES), 60)


def request_again(it):
    """The explicit request: the failure is cleared, Pacemaker asks once more."""
    it.on(alive(it)[0], "crm_resource", "--cleanup", "--resource", "pgsql-clone", check=False)
    it.run("wait", "promoted", "--timeout", "60", timeout=90)


def counted(it):
    """The epoch's row is there, every standby streams and is admitted, so that each may be the next."""
    primary = it.promoted()
    told = authority(it, primary) if primary else {}
    if not primary or told["holder"] != primary or "not in its log" in told["text"]:
        return False
    if it.streaming(primary) < 2:
        it.rejoin_forked()
    sql = ("select count(*) from pg_stat_replication r where state = 'streaming' and exists (select from "
           "vouch.admission a where a.node = r.application_name)")
    return it.sql(primary, sql) == "2"


def what_counts(it):
    """For the report of a test that waited in vain: what counted() looks at, and who said what last."""
    primary = it.promoted()
    if not primary:
        return "there is no primary"
    return {"authority": authority(it, primary),
            "streams": it.sql(primary, "select string_agg(application_name || ' ' || state || ' ' || sync_state, ', ') "
                                       "from pg_stat_replication"),
            "admitted": it.sql(primary, "select string_agg(a::text, ', ') from vouch.admission a"),
            "logs": {n: it.on(n, "sh", "-c", "tail -n 12 /var/log/postgresql/vouch.log "
                              "/var/log/pacemaker/pacemaker.log", check=False).stdout[-3000:]
                     for n in alive(it)}}


def ready(it):
    try:
        it.wait_for("a primary with two standbys that count", lambda: counted(it), 240)
    except Failed as error:
        raise Failed("%s: %s" % (error, what_counts(it))) from error
    it.run("wait", "idle", "--timeout", "30", timeout=60)


# --- one cut -----------------------------------------------------------------------

def cut(it, report, step, kind):
    name = "kill %s at '%s'" % (kind, step)
    began = time.monotonic()
    old = it.promoted()
    others = [n for n in NODES if n != old]
    for node in others:
        arm(it, node, step)
    it.on(old, "crm_resource", "--ban", "--resource", "pgsql-clone", "--node", old, "--promoted")
    it.wait_for("%s: a promotion came so far" % name, lambda: stopped(it, others) is not None, 40)
    victim, pid = stopped(it, others)
    for node in others:
        disarm(it, node)
    asked = len(it.decisions(next(n for n in NODES if n != victim)))
    kill(it, victim, kind, pid)
    if kind in ("agent", "postgresql"):
        failed_once(it, report, name, victim)
    else:
        it.wait_for("%s: the others were asked" % name, lambda: answered(it, victim), 60)
    unambiguous(it, report, name)
    it.on(alive(it)[0], "crm_resource", "--clear", "--resource", "pgsql-clone")
    repaired(it, victim)
    request_again(it)
    ready(it)
    unambiguous(it, report, name + ", then asked again")
    done = it.run("verify", check=False)
    report.check("%s: the next request works, nothing acknowledged is lost, never two writable nodes (%.0f s, %s)" %
                 (name, time.monotonic() - began, it.promoted()), done.returncode == 0, done.stdout + done.stderr)
    return asked


def answered(it, victim):
    """Somebody else was promoted, or refused: followers of a promotion without its row wait for its holder."""
    state = it.state()
    gone = next(n for n in state["nodes"] if n["node"] == victim)["power"] == "off"
    refused = any(f.get("task") == "promote" and f.get("node") != victim for f in state["failures"])
    return gone and (refused or it.promoted() not in (None, victim))


def beside(it, report):
    """A hook on the same node, and one on another node, while Pacemaker's promotion is held at its last step
    before PostgreSQL is asked: one decision (P6-A2)."""
    old = it.promoted()
    others = [n for n in NODES if n != old]
    for node in others:
        arm(it, node, "promote")
    it.on(old, "crm_resource", "--ban", "--resource", "pgsql-clone", "--node", old, "--promoted")
    it.wait_for("a promotion is held", lambda: stopped(it, others) is not None, 40)
    held, _ = stopped(it, others)
    free = next(n for n in others if n != held)
    disarm(it, free)
    first = it.on(held, "cat", "/var/lib/vouch/pgsql/lock").stdout.strip()
    same = it.on(held, "vouch-promote", "--quiet", "--reason=beside", check=False)
    other = it.on(free, "vouch-promote", "--quiet", "--reason=beside", check=False)
    disarm(it, held)
    go_on(it, held)
    report.check("beside: a hook on the same node is refused with the first one's id, exit 3",
                 same.returncode == 3 and first and first.split()[0] in same.stderr, (first, same.stderr))
    verdict = json.loads(other.stdout) if other.stdout.strip() else {}
    report.check("beside: a hook on another node is vetoed", other.returncode == 1 and verdict["decision"] == "veto",
                 (other.returncode, other.stdout, other.stderr))
    it.wait_for("the first one goes on", lambda: it.promoted() == held, 40)
    it.on(old, "crm_resource", "--clear", "--resource", "pgsql-clone")
    ready(it)
    report.check("beside: the first one succeeds, and nobody else", it.promoted() == held, it.promoted())


def failed_once(it, report, name, victim):
    """The failed promotion stays a failed promotion until somebody asks (P6-F3)."""
    it.wait_for("%s: Pacemaker has seen it fail" % name,
                lambda: any(f.get("task") == "promote" for f in it.state()["failures"]), 40)
    before = attempts(it)
    time.sleep(2)
    report.check("%s: no second attempt by itself (P6-F3)" % name, attempts(it) == before, it.decisions(victim))


def kills(report):
    words = [w for w in WANTED if "/" in w]
    cuts = [tuple(w.split("/")) for w in words] if words else \
        [(s, k) for s in STEPS for k in KINDS] if "--all" in WANTED else plan()
    labtest.STAGE = stage_with_stops()
    with lab("ks") as it:
        it.run("workload", "start", "--clients", "2", "--rate", "20")
        if not words:
            beside(it, report)
        for step, kind in cuts:
            try:
                cut(it, report, step, kind)
            except (Failed, subprocess.TimeoutExpired) as error:
                report.check("kill %s at '%s'" % (kind, step), False, "%s; %s" % (error, it.state()))
                return
        it.run("workload", "stop")
        done = it.run("verify", check=False)
        report.check("kills: %d cuts, nothing acknowledged is lost, never two writable nodes" % len(cuts),
                     done.returncode == 0, done.stdout + done.stderr)


if __name__ == "__main__":
    WANTED, sys.argv[1:] = sys.argv[1:], []
    sys.exit(main({"kill-at-each-step": kills}))
