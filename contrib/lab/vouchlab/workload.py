# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients that insert one row per commit and write down each commit the server acknowledged.

What a client writes, one line each, in records/acks-CLIENT (times are CLOCK_MONOTONIC seconds, the same
clock for every process of the machine):

  C time address timeline server-start          connected to the server that began at server-start
  A client seq begin end address timeline       acknowledged: COMMIT returned, and only then was this written
  D client seq begin end reason                 in doubt: may or may not be there; proves nothing

A sequence number is used once, whatever became of it.
"""

import json
import os
import re
import signal
import time

from . import background
from .system import LabError, die_with_parent, enter_netns

# Without a timeout of its own a client would wait for a dead machine as long as TCP does.
CONNECTION = {
    "dbname": "postgres", "user": "lab", "application_name": "vouch-lab-workload",
    "target_session_attrs": "read-write", "connect_timeout": 2, "tcp_user_timeout": 2000,
    "keepalives_idle": 1, "keepalives_interval": 1, "keepalives_count": 2,
}

# Between two tries to find a primary. While there is none, each try starts a server
# process on every node: at the shorter pace alone that was half of a lab's load.
SHORTEST_S, LONGEST_S = 0.02, 0.4


def records(lab):
    return lab.path("records")


def files(lab):
    """The clients' records of all runs since the lab is up."""
    try:
        names = os.listdir(records(lab))
    except FileNotFoundError:
        return []
    return [os.path.join(records(lab), name) for name in sorted(names) if re.fullmatch(r"acks-\d+", name)]


def client_number(path):
    return int(os.path.basename(path)[5:])


def latest_files(lab):
    """Those of the latest run: a pause between two runs is not a gap in service."""
    try:
        with open(os.path.join(records(lab), "latest-run")) as f:
            first = int(f.read())
    except FileNotFoundError:
        return []
    return [f for f in files(lab) if client_number(f) >= first]


# --- one client, a process of its own ---


class Client:
    def __init__(self, lab, number, rate, pinned):
        import psycopg2
        self.pg = psycopg2
        self.lab, self.number, self.pinned = lab, number, pinned
        self.pause = 1 / rate if rate else 0
        self.seq = 0
        self.connection = None
        # Unbuffered: what was acknowledged is on record even if this process is killed the next moment.
        self.log = open(os.path.join(records(lab), f"acks-{number}"), "ab", buffering=0)

    def write(self, *words):
        self.log.write((" ".join(str(w) for w in words) + "\n").encode())

    def connect(self):
        # Each client starts at another host, so that not all of them queue at a dead one.
        nodes = self.lab.nodes
        turn = self.number % len(nodes)
        ordered = nodes[turn:] + nodes[:turn]
        # With a dead host in the list a client asks the others once in two seconds only.
        hosts = ",".join(self.lab.address(n) for n in (ordered[:1] if self.pinned else ordered))
        self.connection = self.pg.connect(host=hosts, **CONNECTION)
        self.connection.autocommit = True
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT host(inet_server_addr()), substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),"
                           " extract(epoch FROM pg_postmaster_start_time())")
            self.address, timeline, start = cursor.fetchone()
        self.timeline = int(timeline, 16)
        self.write("C", now(), self.address, self.timeline, start)

    def insert(self):
        self.seq += 1
        begin = now()
        try:
            with self.connection.cursor() as cursor:
                # In autocommit mode this is one transaction; it returns when its COMMIT does.
                cursor.execute("INSERT INTO acked (client, seq) VALUES (%s, %s)", (self.number, self.seq))
        except self.pg.Error as error:
            self.write("D", self.number, self.seq, begin, now(), first_line(error))
            raise
        # A cancelled synchronous wait is a COMMIT that succeeds with a WARNING: the row is on this server
        # and perhaps nowhere else. Nobody may count on it.
        notices = "".join(self.connection.notices)
        if notices:
            del self.connection.notices[:]
            self.write("D", self.number, self.seq, begin, now(), first_line(notices))
        else:
            self.write("A", self.number, self.seq, begin, now(), self.address, self.timeline)

    def run(self):
        enter_netns(self.lab.switch)
        wait = SHORTEST_S
        while True:
            try:
                if self.connection is None:
                    self.connect()
                self.insert()
                wait = SHORTEST_S
                if self.pause:
                    time.sleep(self.pause)
            except self.pg.Error:
                if self.connection is not None:
                    try:
                        self.connection.close()
                    except self.pg.Error:
                        pass
                self.connection = None
                time.sleep(wait)
                wait = min(2 * wait, LONGEST_S)


def now():
    return f"{time.monotonic():.6f}"


def first_line(text):
    return (str(text).strip().splitlines() or ["?"])[0].strip()


def main(lab, words):
    """Body of the background process: one child per client."""
    count, rate, first, pinned = int(words[0]), float(words[1]), int(words[2]), words[3] == "pinned"
    children = []
    for number in range(first, first + count):
        pid = os.fork()
        if pid == 0:
            die_with_parent()
            # Ends at once and between two writes at most: a record is a single write.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            Client(lab, number, rate, pinned).run()
        children.append(pid)

    def stop(*_):
        for pid in children:
            os.kill(pid, signal.SIGTERM)
        for pid in children:
            os.waitpid(pid, 0)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    while True:
        signal.pause()


# --- commands ---


def start(lab, args):
    if background.running(lab, "workload"):
        raise LabError(f"the workload runs already; type: {lab.command('workload status')}")
    if args.clients < 1 or args.rate < 0:
        raise LabError("--clients wants at least 1, --rate at least 0")
    if args.pinned and args.clients < len(lab.nodes):
        raise LabError(f"--pinned wants a client for each of the {len(lab.nodes)} nodes")
    os.makedirs(records(lab), exist_ok=True)
    # Every run has its own client numbers, so no row of an earlier run is ever taken for one of this.
    first = 1 + max([client_number(f) for f in files(lab)] or [0])
    with open(os.path.join(records(lab), "latest-run"), "w") as out:
        out.write(f"{first}\n")
    background.start_witness(lab)
    background.start(lab, "workload", ["_workload", str(args.clients), str(args.rate), str(first),
                                      "pinned" if args.pinned else "free"])
    print(f"{args.clients} clients insert and record what is acknowledged")
    return 0


def stop(lab, args):
    if not background.stop(lab, "workload"):
        print("no workload is running")
        return 0
    print("stopped: " + summary(figures(lab)))
    return 0


def figures(lab):
    acks = doubts = 0
    times = []
    for path in latest_files(lab):
        with open(path) as f:
            for line in f:
                if line[0] == "A" and line.endswith("\n"):
                    acks += 1
                    times.append(float(line.split(" ", 5)[4]))
                elif line[0] == "D":
                    doubts += 1
    times.sort()
    gap, gap_at = max(((b - a, a) for a, b in zip(times, times[1:])), default=(0.0, None))
    span = times[-1] - times[0] if times else 0
    last = time.monotonic() - times[-1] if times else None
    recent = sum(1 for t in reversed(times[-100000:]) if t > time.monotonic() - 2) / 2
    return {"acknowledged": acks, "in_doubt": doubts, "acks_per_s": round(acks / span, 1) if span else 0,
            "acks_per_s_last_2s": recent, "longest_gap_s": round(gap, 3),
            "last_ack_s_ago": None if last is None else round(last, 3)}


def summary(f):
    if not f["acknowledged"]:
        return f"no commit was acknowledged yet, {f['in_doubt']} in doubt"
    return (f"{f['acknowledged']} acknowledged, {f['in_doubt']} in doubt, {f['acks_per_s']:.0f}/s, "
            f"longest gap between two {f['longest_gap_s']:.2f} s")


def status(lab, args):
    f = figures(lab)
    f["running"] = background.running(lab, "workload") is not None
    if args.json:
        print(json.dumps(f))
        return 0
    print(("running: " if f["running"] else "not running: ") + summary(f))
    if f["running"] and f["last_ack_s_ago"] is not None:
        print(f"now {f['acks_per_s_last_2s']:.0f}/s, last one {f['last_ack_s_ago']:.1f} s ago")
    return 0
