#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One monitor of the agent: one program, no library of the cluster, and at most
twice the CPU time of a bare libpq connect-and-query. Both run in turn in the
same lab, so that only the ratio counts; it prints what it measured. Once a minute
a standby's executes one more, which asks the cluster and which it does not wait for."""
import os
import re
import statistics
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "cluster"))
from labtest import STAGE, TOP, lab, main  # noqa: E402

RUNS = 40
AGENT = "/usr/lib/ocf/resource.d/vouch/postgresql"
FORBIDDEN = re.compile(r"lib(crm|cib|stonithd|pe_|pacemaker|cmap|quorum|cpg|xml2)|vouch-cluster")

# Runs inside a node: both commands in turn, CPU time of each finished child.
MEASURE = r"""
import os, sys
runs, environment = int(sys.argv[1]), dict(os.environ)
def cpu(argv):
    pid = os.fork()
    if pid == 0:
        null = os.open("/dev/null", os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        if argv[0].endswith("connect_query"):
            os.setgid(int(sys.argv[4])); os.setuid(int(sys.argv[3]))
        os.execve(argv[0], argv, environment)
    _, status, used = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
bare = [sys.argv[2], "host=/run/postgresql dbname=postgres user=postgres"]
agent = [sys.argv[5], "monitor"]
for i in range(runs + 2):
    a, b = cpu(agent), cpu(bare)
    if i >= 2:
        print(a[0], b[0], a[1] * 1000, b[1] * 1000)
"""


def environment(it, node):
    members = next(line for line in it.on(node, "cat", "/etc/vouch/pgsql.conf").stdout.splitlines()
                   if line.startswith("members="))
    return ["env", "OCF_RESOURCE_INSTANCE=pgsql", "OCF_RESKEY_pgdata=/var/lib/postgresql/vouch",
            "OCF_RESKEY_" + members, "OCF_RESKEY_repl_user=vouch", "OCF_RESKEY_CRM_meta_timeout=20000",
            # The repeated one; a probe, which has no interval, may tell the cluster something.
            "OCF_RESKEY_CRM_meta_interval=10000"]


def measure(it, report, node, role, rc):
    import pwd
    user = pwd.getpwnam("postgres")
    bare = "/run/connect_query"
    with open(os.path.join(TOP, "build", "tree", "tests", "bench", "connect_query"), "rb") as f:
        it.put(node, bare, f.read(), "755")
    done = it.on(node, *environment(it, node), "/usr/bin/python3", "-c", MEASURE, str(RUNS), bare, str(user.pw_uid),
                 str(user.pw_gid), AGENT)
    rows = [line.split() for line in done.stdout.splitlines()]
    report.check("monitor (%s): it answers as it should" % role,
                 all(row[0] == rc and row[1] == "0" for row in rows), rows[:3])
    ours = statistics.median(float(row[2]) for row in rows)
    theirs = statistics.median(float(row[3]) for row in rows)
    print("   monitor (%s): %.1f ms CPU, bare connect and query %.1f ms CPU, ratio %.2f (medians of %d)" %
          (role, ours, theirs, ours / theirs, RUNS), flush=True)
    report.check("monitor (%s): at most twice a bare connect-and-query" % role, ours <= 2 * theirs,
                 "%.1f ms against %.1f ms" % (ours, theirs))


def traced(it, node, asked):
    """What strace saw of one monitor, as [process, call]; the fencing history was last asked for at that time."""
    log = "/var/tmp/vouch-strace-%d" % os.getpid()
    it.on(node, "touch", "-c", "-d", asked, "/var/lib/vouch/pgsql/asked")
    try:
        it.on(node, *environment(it, node), "strace", "-f", "-qq", "-e", "trace=execve,openat", "-o", log, AGENT,
              "monitor", check=False)
        with open(log, encoding="utf-8", errors="replace") as f:
            return [line.split(None, 1) for line in f]
    finally:
        if os.path.exists(log):
            os.unlink(log)


def executed(calls):
    return re.findall(r"execve\(\"([^\"]+)\".* = 0", "".join(call for _, call in calls))


def loaded(calls):
    return sorted(set(name for name in re.findall(r"openat\([^\"]*\"([^\"]+)\"[^=]*= [0-9]",
                                                  "".join(call for _, call in calls)) if FORBIDDEN.search(name)))


def trace(it, report, node):
    """Which programs it executes and which files it opens, from the outside."""
    calls = traced(it, node, "now")
    report.check("monitor: executes one program", len(executed(calls)) == 1, executed(calls))
    report.check("monitor: loads no library of the cluster", not loaded(calls), loaded(calls))
    for _ in range(3):  # the cluster's own monitor may come first
        calls = traced(it, node, "2 minutes ago")
        if len(executed(calls)) > 1:
            break
    report.check("monitor: once a minute a standby's executes itself once more",
                 executed(calls) == [AGENT, "/proc/self/exe"], executed(calls))
    own = [call for call in calls if call[0] == calls[0][0]]
    report.check("monitor: even then the cluster's libraries are the other program's", loaded(calls) and not loaded(own),
                 loaded(own) or "the other program loaded none")


def monitor(report):
    subprocess.run(["make", "-s", "-C", os.path.join(TOP, "build", "tree"), "tests/bench/connect_query"], check=True,
                   capture_output=True)
    report.check("monitor: the agent is not linked with the cluster's libraries",
                 not FORBIDDEN.search(subprocess.run(["ldd", STAGE + AGENT], capture_output=True, text=True,
                                                     check=True).stdout), "ldd shows one")
    with lab("mo") as it:
        measure(it, report, "n1", "promoted", "8")
        measure(it, report, "n2", "unpromoted", "0")
        trace(it, report, "n2")


if __name__ == "__main__":
    sys.exit(main({"monitor": monitor}))
