# SPDX-License-Identifier: GPL-2.0-or-later
"""P6-S1, P6-F2: the power cut in the middle of a change of the contract, at a step
that is held for it. Whoever is asked for next refuses with a reason, or has every
acknowledged write; and the cluster works again afterwards."""
import json
import subprocess
import time

from labtest import LAB, Failed

AGENT = "/usr/lib/ocf/resource.d/vouch/postgresql"
# A promotion makes about thirty things durable: the attempt, the grant, the marker, the outcome.
SYNCS = (4, 9, 14, 17, 20, 23, 26, 29)
CUTS = ("announced", "wished", "before-demote", "before-stop", "before-start", "before-promote",
        *("in-promote-%d" % n for n in SYNCS), "after-promote", "confirmed")

# Stands in for the agent on the node whose power is about to go: holds one action, before, after or in the middle.
WRAPPER = """#!/bin/sh
hold() {{ echo {cut} > /run/held; exec sleep 100000; }}
[ "$1" != "{before}" ] || hold
if [ "$1" = promote ] && [ {syncs} -gt 0 ]; then
	exec strace -f -o /run/promote.trace -e trace=fsync,fdatasync \\
		-e inject=fsync,fdatasync:signal=SIGSTOP:when={syncs}+ /run/real-agent "$@"
fi
/run/real-agent "$@"
code=$?
[ "$1" != "{after}" ] || hold
exit $code
"""


def show(it, node):
    return json.loads(it.on(node, "vouch", "--output-as=json", "contract", "show").stdout)


class Cluster:
    """A lab, its nodes, and what is asked of it all the time."""

    def __init__(self, it, nodes):
        self.it, self.nodes = it, nodes

    def primary(self):
        """The node that is promoted, once all others stream and count again."""
        def ready():
            node = self.it.promoted()
            if node is None:
                return False
            seen = show(self.it, node)
            if self.it.streaming(node) < len(self.nodes) - 1:
                self.it.rejoin_forked()
            return seen["holder"] == node and sum(m["counts"] for m in seen["members"]) == len(self.nodes) - 1 and \
                self.it.streaming(node) == len(self.nodes) - 1

        try:
            self.it.wait_for("a primary whose standbys all count", ready, 300)
        except Failed as error:
            raise Failed("%s; %s" % (error, self.seen())) from error
        return self.it.promoted()

    def seen(self):
        """For whoever has to find out why: what the nodes say."""
        node = self.it.promoted()
        said = [self.it.on(n, "vouch", "history", check=False).stdout.strip().splitlines()[:3] for n in self.nodes]
        return json.dumps({"promoted": node, "state": self.it.state(), "history": said,
                           "contract": show(self.it, node) if node else None,
                           "streaming": self.it.sql(node, "select application_name, state from pg_stat_replication")
                           if node else None,
                           "logs": {n: self.it.log_since_start(n)[-1500:] for n in self.nodes}})

    def k(self, node):
        return show(self.it, node)["in_force"]["k"]

    def start(self, node, k):
        return subprocess.Popen([LAB, "--name", self.it.name, "exec", node, "--", "vouch", "--quiet", "--yes", "contract",
                                 "set", "--k=%d" % k], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def set(self, node, k):
        try:
            return self.it.contract_set(node, "--k=%d" % k).stdout
        except Failed as error:
            raise Failed("%s; %s" % (error, self.seen())) from error


def agent_replace(it, node, cut):
    before = cut[7:] if cut.startswith("before-") else "none"
    syncs = int(cut[11:]) if cut.startswith("in-promote-") else 0
    text = WRAPPER.format(cut=cut, before=before, syncs=syncs, after="promote" if cut == "after-promote" else "none")
    it.on(node, "cp", AGENT, "/run/real-agent")
    it.put(node, "/run/held-agent", text.encode(), "755")
    it.on(node, "mount", "--bind", "/run/held-agent", AGENT)


def is_held(it, node):
    return it.on(node, "sh", "-c", "test -e /run/held || grep -qs 'stopped by SIGSTOP' /run/promote.trace", check=False).returncode == 0


def hold_announced(cluster, node, k):
    """The wish cannot be written down: as if the program had died right after the announcement."""
    cluster.it.on(node, "rm", "-f", "/var/lib/vouch/pgsql/contract-change")
    cluster.it.on(node, "install", "-d", "-o", "postgres", "/var/lib/vouch/pgsql/contract-change/x")
    running = cluster.start(node, k)
    running.communicate(timeout=100)
    cluster.it.on(node, "rm", "-r", "/var/lib/vouch/pgsql/contract-change")


def hold_wished(cluster, node, k):
    cluster.it.on(node, "mount", "--bind", "/bin/false", "/usr/sbin/crm_resource")
    cluster.start(node, k).communicate(timeout=100)


def hold_action(cluster, node, k, cut):
    agent_replace(cluster.it, node, cut)
    running = cluster.start(node, k)
    end = time.monotonic() + 90
    while time.monotonic() < end and running.poll() is None and not is_held(cluster.it, node):
        time.sleep(0.2)
    if running.poll() is None and not is_held(cluster.it, node):
        raise Failed("the change to k = %d was not held at %s" % (k, cut))
    return running


def hold(cluster, node, k, cut):
    """Brings the change to this step, and no further. What is still running is the caller's."""
    if cut == "announced":
        return hold_announced(cluster, node, k)
    if cut == "wished":
        return hold_wished(cluster, node, k)
    if cut == "confirmed":
        cluster.set(node, k)
        return None
    return hold_action(cluster, node, k, cut)


def ask_again(cluster):
    """As an operator does after a veto, wherever there was one, until the last holder is back far enough to be the one
    that is asked."""
    it = cluster.it
    nodes = [n["node"] for n in it.state()["nodes"]]

    def asked():
        refused = [n for n in nodes if it.decisions(n)[:1] and it.decisions(n)[0]["outcome"] == "denied"]
        if it.promoted() is None and refused:
            for n in refused:
                it.on(n, "crm_resource", "--cleanup", "--resource", "pgsql", "--node", n, check=False)
            it.run("wait", "promoted", "--timeout", "15", check=False)
        return it.promoted() is not None

    it.wait_for("somebody is promoted after a new request", asked, 240)


def power_off(it, node):
    """A busy machine's power controller may not answer in time; a hand presses again."""
    it.wait_for("%s is off" % node, lambda: it.run("power", "off", node, check=False).returncode == 0, 60)


def answered(cluster, before):
    it, others = cluster.it, before["others"]
    if it.promoted() in others:
        return True
    return it.attempts(others) > before["attempts"] and all(
        d["outcome"] in ("succeeded", "denied", "failed", "aborted_on_crash") for n in others for d in it.decisions(n)[:1])


def vetoed(cluster, report, name, before):
    it = cluster.it
    why = [it.verdict(n)["why"] for n in before["others"]
           if it.decisions(n)[:1] and it.decisions(n)[0]["outcome"] == "denied"]
    report.check("%s: refused, with its reason" % name, why and all("P6" in w for w in why), why)
    for n in before["others"]:
        report.check("%s: %s is still a standby" % (name, n), it.sql(n, "select pg_is_in_recovery()") == "t", "it is writable")
    return why[:1]


def nothing_lost(cluster, report, name, node):
    it = cluster.it
    it.run("workload", "stop")
    done = it.run("verify", "--on", node, "--json", check=False)
    seen = json.loads(done.stdout)
    report.check("%s: no acknowledged write is lost, never two writable nodes" % name, done.returncode == 0 and
                 seen["lost"] == 0 and not seen["two_writable"], done.stdout + done.stderr)
    it.run("workload", "start", "--rate", "40")
    return seen["acknowledged"]


def cut(cluster, report, node, k, step):
    """One cut. Where the authority is afterwards, and what came of it."""
    it, old = cluster.it, cluster.k(node)
    name = "contract %d of %d to %d, cut %s" % (old, len(cluster.nodes), k, step)
    before = {"others": [n for n in cluster.nodes if n != node]}
    running = hold(cluster, node, k, step)
    before["attempts"] = it.attempts(before["others"])
    power_off(it, node)
    if running:
        running.communicate(timeout=60)
    it.wait_for("somebody was asked", lambda: answered(cluster, before), 150)
    why = [] if it.promoted() in before["others"] else vetoed(cluster, report, name, before)
    it.run("power", "on", node)
    it.wait_for("%s runs again" % node, lambda: it.sql(node, "select 1") == "1", 150)
    if why:
        ask_again(cluster)
    node = cluster.primary()
    acknowledged = nothing_lost(cluster, report, name, node)
    result = {"from": old, "to": k, "cut": step, "answer": "vetoed" if why else "permitted", "then": cluster.k(node),
              "acknowledged": acknowledged, "why": "".join(why)[:160]}
    print("# " + json.dumps(result), flush=True)
    return node, result


def all_cuts(count):
    return [(a, b, step) for a in range(count) for b in range(count) if a != b for step in CUTS]


def walk(cluster, report, left, results, seconds):
    """Cuts in an order that seldom has to change the contract in between. Moves from `left` to `results` until the time
    is over."""
    end = time.monotonic() + seconds
    cluster.it.run("workload", "start", "--rate", "40")
    node = cluster.primary()
    while left and time.monotonic() < end:
        k = cluster.k(node)
        here = [w for w in left if w[0] == k]
        if not here:
            cluster.set(node, left[0][0])
            node = cluster.primary()
            continue
        node, result = cut(cluster, report, node, here[0][1], here[0][2])
        left.remove(here[0])
        results.append(result)


def summary(results, left):
    permitted = sum(r["answer"] == "permitted" for r in results)
    return "%d cuts, %d permitted, %d vetoed, %d left; %d writes acknowledged" % (
        len(results), permitted, len(results) - permitted, len(left), results[-1]["acknowledged"] if results else 0)


def nodes_of(count):
    return tuple("n%d" % n for n in range(1, count + 1))
