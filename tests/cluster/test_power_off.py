#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 1: the primary loses power, the standbys are in sync: a proven
promotion, nothing lost, never two primaries; and the decision replays byte for
byte as another user, in another locale, on another node."""
import json
import os
import re
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402


def watched(report, it, new):
    """P6-O1: what the attempt leaves for those who watch: metrics, events, and its steps on the page."""
    metrics = it.on(new, "vouch", "metrics").stdout
    report.check("power-off: metrics have the success, its times, and the one primary",
                 re.search(r"^replication_promotion_success_total\{[^}]*\} 1$", metrics, re.M) and
                 all(re.search(r"^replication_promotion_%s_duration_ms\{[^}]*\} [1-9]" % what, metrics, re.M)
                     for what in ("validation", "transition")) and
                 re.findall(r'^replication_current_primary\{.*node="(\w+)"\} 1$', metrics, re.M) == [new], metrics)
    events = [json.loads(line) for line in it.on(new, "cat", "/var/lib/vouch/pgsql/events.jsonl").stdout.splitlines()]
    report.check("power-off: events from the request to the new primary",
                 [e["event"].rsplit(".", 1)[1] for e in events] ==
                 ["requested", "validation_started", "validation_succeeded", "transition_started",
                  "transition_completed"] and events[-1]["new_primary"] == new and
                 events[-1].get("current_primary") == "n1" and events[-1]["epoch"] > 1, events)
    page = it.on(new, "vouch", "--output-as=html", "explain").stdout
    at = [page.find(text) for text in ("fencing of n1", "<li>requested ", "decided: permit", "marker written",
                                       "the barrier, is in the log", "ended: succeeded")]
    report.check("power-off: the page has the attempt's steps in their order", at == sorted(at) and at[0] > 0, at)


def alerted(report, it, new):
    """P6-O2: fencing and membership are on record in the order in which this node was told of them."""
    def seen():
        return [(r["outcome"], r["about"], r["task"], r["why"]) for r in reversed(json.loads(
            it.on(new, "vouch", "--output-as=json", "history", "--alerts").stdout)) if r["type"] == "alert"]

    told, until = [], time.monotonic() + 30
    while time.monotonic() < until:  # the monitor takes them over
        told = [one[:2] for one in seen()]
        if ("node", "n1") in told and ("fencing", "n1") in told:
            break
        time.sleep(1)
    report.check("power-off: n1's loss, then its fencing, are in the history",
                 ("node", "n1") in told and ("fencing", "n1") in told and
                 told.index(("node", "n1")) < told.index(("fencing", "n1")), seen())


def finding(verdict, rule, outcome="holds"):
    return [f for f in verdict["findings"] if f["rule"] == rule and f["outcome"] == outcome]


def replay_elsewhere(report, it, new, other):
    """The journalled record, taken to another node and decided there."""
    attempt = it.decisions(new)[0]["request"]
    record = json.loads(it.on(new, "vouch", "--output-as=json", "replay", attempt).stdout)
    done = it.on(new, "vouch", "replay", attempt, check=False)
    report.check("power-off: vouch replay gives the same bytes", done.returncode == 0, done.stdout)
    path = "/run/evidence.json"
    for node in (new, other):
        it.put(node, path, record["evidence"].encode())
    for what, node, command in (
            ("as another user", new, ["runuser", "-u", "nobody", "--"]),
            ("in another locale", new, ["env", "LC_ALL=C.UTF-8", "LANG=tr_TR.UTF-8", "TZ=Asia/Tokyo"]),
            ("on another node", other, [])):
        done = it.on(node, *command, "vouch", "--output-as=json", "decide", path, check=False)
        report.check("power-off: vouch decide gives the journalled verdict %s" % what,
                     done.stdout == record["verdict"] and done.returncode == 0,
                     "exit %d: %s" % (done.returncode, done.stderr))


def power_off(report):
    with lab("po") as it:
        old = it.promoted()
        report.check("power-off: the last holder is promoted first, by proof", old == "n1", old)
        it.run("workload", "start")
        time.sleep(4)
        it.run("power", "off", "n1")
        it.run("wait", "promoted", "--not", "n1", "--timeout", "60")
        time.sleep(3)
        it.run("workload", "stop")
        new = it.promoted()
        other = "n3" if new == "n2" else "n2"
        done = it.run("verify", check=False)
        report.check("power-off: no acknowledged write is lost, never two writable nodes",
                     done.returncode == 0, done.stdout + done.stderr)
        verdict = it.verdict(new)
        report.check("power-off: the verdict is a permit", verdict["decision"] == "permit", verdict["why"])
        report.check("power-off: exclusion by machine fencing, with its facts",
                     any(f["node"] == "n1" and f["facts"] for f in finding(verdict, 330)),
                     finding(verdict, 330, "not-open"))
        report.check("power-off: intersection, with |S|, k and n",
                     any(len(f["facts"]) >= 3 for f in finding(verdict, 520)), finding(verdict, 520, "not-open"))
        report.check("power-off: lineage, with its facts",
                     finding(verdict, 410) and finding(verdict, 420), "rules 410 and 420 do not hold")
        text = it.on(new, "vouch", "explain").stdout
        report.check("power-off: vouch explain names all three",
                     all(word in text for word in ("exclusion.fenced", "coverage.intersection",
                                                   "lineage.history")), text)
        watched(report, it, new)
        alerted(report, it, new)
        report.check("power-off: one attempt and no more",
                     it.attempts(["n2", "n3"]) == 1, it.decisions("n2") + it.decisions("n3"))
        report.check("power-off: the other standby follows the new primary",
                     follows(it, new, other), it.sql(new, "select application_name, state from pg_stat_replication"))
        replay_elsewhere(report, it, new, other)


def follows(it, new, other):
    it.wait_for("%s streams from %s" % (other, new),
                lambda: it.sql(new, "select count(*) from pg_stat_replication where application_name = '%s' "
                                    "and state = 'streaming'" % other) == "1", 30)
    return True


if __name__ == "__main__":
    sys.exit(main({"power-off": power_off}))
