#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 10: every process of the primary is stopped where it is (SIGSTOP). The
monitor fails inside its timeout, the hung server is ended for certain, and only
then somebody is promoted; the other standby follows, and writing goes on."""
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402


def rows(it, node):
    return int(it.sql(node, "select count(*) from acked"))


def hung(report):
    with lab("hp") as it:
        it.run("workload", "start")
        time.sleep(4)
        it.run("pause", "n1")
        it.wait_for("a second promotion", lambda: it.attempts(["n1", "n2", "n3"]) >= 2, 180)
        it.wait_for("a primary that takes writes", lambda: it.promoted() is not None, 60)
        new = it.promoted()
        before = rows(it, new)
        it.wait_for("writes are acknowledged again", lambda: rows(it, new) > before + 50, 60)
        report.check("hung primary: writing goes on, acknowledged by a standby", True)
        denied = [d for n in ("n1", "n2", "n3") for d in it.decisions(n) if d["outcome"] != "succeeded"]
        report.check("hung primary: no attempt was denied or cut off", not denied, denied)
        it.run("workload", "stop")
        done = it.run("verify", "--on", new, check=False)
        report.check("hung primary: nothing lost, never two writable nodes", done.returncode == 0,
                     done.stdout + done.stderr)


if __name__ == "__main__":
    sys.exit(main({"hung-primary": hung}))
