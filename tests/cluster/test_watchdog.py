#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What may have been a watchdog's timer stays one (P6-A1): the primary is lost while stonith-watchdog-timeout is set, the
promotion is vetoed, and neither deleting the property nor asking again changes that, on whichever node. Once the primary
was seen to write without it, a fencing is proof again.

The value is one that lets no timer fence anybody, since no SBD runs here; vouch takes whatever is not plainly zero for
one that does."""
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402

PROPERTY = ["crm_attribute", "--type", "crm_config", "--name", "stonith-watchdog-timeout"]


def is_vetoed(it, node):
    """By the timer, and by nothing else about that fencing."""
    code, verdict = it.asked(node)
    return code == 1 and [(f["node"], f["reason"]) for f in verdict["findings"] if f["rule"] == 330] == [
        ("n1", "FENCING_WATCHDOG")]


def watchdog(report):
    with lab("wd") as it:
        it.wait_for("both standbys stream", lambda: it.streaming("n1") == 2)
        it.on("n1", *PROPERTY, "--update", "00s")
        it.run("power", "off", "n1")
        it.wait_for("a standby was asked", lambda: it.attempts(["n2", "n3"]) >= 1)
        report.check("watchdog: with the property both standbys are refused for it",
                     is_vetoed(it, "n2") and is_vetoed(it, "n3"), (it.asked("n2"), it.asked("n3")))
        it.on("n2", *PROPERTY, "--delete")
        report.check("watchdog: and without it, too", is_vetoed(it, "n2") and is_vetoed(it, "n3"),
                     (it.asked("n2"), it.asked("n3")))
        before = it.attempts(["n2", "n3"])
        it.on("n2", "crm_resource", "--cleanup", "--resource", "pgsql")
        it.wait_for("a standby was asked again", lambda: it.attempts(["n2", "n3"]) > before)
        time.sleep(5)
        decided = it.decisions("n2") + it.decisions("n3")
        if report.check("watchdog: asked again, nobody is promoted",
                        it.promoted() is None and all(record["outcome"] == "denied" for record in decided), decided):
            again(report, it)


def again(report, it):
    """n1 is back, and its agent attests that it cannot write."""
    it.run("power", "on", "n1")
    it.wait_for("n1 runs", lambda: it.sql("n1", "select pg_is_in_recovery()") == "t")
    it.on("n2", "crm_resource", "--cleanup", "--resource", "pgsql")
    it.wait_for("somebody is promoted", lambda: it.promoted() is not None)
    first = it.promoted()
    others = [node for node in ("n1", "n2", "n3") if node != first]
    it.wait_for("the others stream", lambda: it.streaming(first) == 2)
    # As a minute later: whatever the notification after the promotion saw, the monitor looks again.
    for node in others:
        it.on(node, "touch", "-d", "2 minutes ago", "/var/lib/vouch/pgsql/asked")
    asked = "test $(stat -c %Y /var/lib/vouch/pgsql/asked) -gt $(($(date +%s) - 60))"
    for node in others:
        it.wait_for("%s asked for the fencing history" % node,
                    lambda n=node: it.on(n, "sh", "-c", asked, check=False).returncode == 0)
    time.sleep(2)
    it.run("power", "off", first)
    it.run("wait", "promoted", "--not", first, "--timeout", "60")
    verdict = it.verdict(it.promoted())
    report.check("watchdog: later a fencing is proof again", verdict["decision"] == "permit" and any(
        f["node"] == first and f["outcome"] == "holds" for f in verdict["findings"] if f["rule"] == 330), verdict["why"])


if __name__ == "__main__":
    sys.exit(main({"watchdog": watchdog}))
