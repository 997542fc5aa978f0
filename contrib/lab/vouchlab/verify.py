# SPDX-License-Identifier: GPL-2.0-or-later
"""The two questions that matter afterwards: is every acknowledged commit there, and did two nodes ever take
writes at once?"""

import io
import json

from . import database, witness, workload
from .system import CannotCheck


# --- acknowledged and present ---


def acknowledged(lab):
    found = set()
    for path in workload.files(lab):
        with open(path) as f:
            for line in f:
                if line.startswith("A ") and line.endswith("\n"):
                    words = line.split()
                    found.add((int(words[1]), int(words[2])))
    return found


def present(lab, node):
    connection = database.connect(lab, node, timeout=60)
    try:
        with connection.cursor() as cursor:
            out = io.StringIO()
            cursor.copy_expert("COPY (SELECT client, seq FROM acked) TO STDOUT", out)
    finally:
        connection.close()
    return {tuple(map(int, line.split())) for line in out.getvalue().splitlines()}


# --- never two writable nodes ---


class Life:
    """One stretch during which one life of one server took writes, as far as it is proven.

    Each piece of evidence says: writable at some moment between begin and end. So the server was certainly
    writable from the earliest end to the latest begin, since within one life nothing in between changes it.
    """

    def __init__(self, node, start):
        self.node, self.start = node, start
        self.since, self.until = float("inf"), float("-inf")
        self.pieces = 0

    def add(self, begin, end):
        self.since = min(self.since, end)
        self.until = max(self.until, begin)
        self.pieces += 1

    def overlaps(self, other):
        """True only if it is certain, however the moments lie inside their bounds."""
        return self.since <= other.until and other.since <= self.until

    def describe(self):
        return f"{self.node} (server started {float(self.start):.3f})"


def evidence(lab):
    """node, server-start -> sorted list of (end, begin, writable?)"""
    found = {}
    for path in witness.files(lab):
        with open(path) as f:
            for line in f:
                words = line.split()
                if len(words) == 5 and line.endswith("\n") and words[3] != "none":
                    found.setdefault((words[2], words[4]), []).append((float(words[1]), float(words[0]), words[3] == "yes"))
    node_at = {lab.address(node): node for node in lab.nodes}
    for path in workload.files(lab):
        start = None
        with open(path) as f:
            for line in f:
                words = line.split()
                if not line.endswith("\n"):
                    continue
                if words[0] == "C":
                    start = words[4]
                elif words[0] == "A" and start is not None:
                    found.setdefault((node_at.get(words[5], words[5]), start), []).append(
                        (float(words[4]), float(words[3]), True))
    for pieces in found.values():
        pieces.sort()
    return found


def lives(lab):
    """Cut each server's evidence where it said no: a primary set read-only for a while is two stretches."""
    result = []
    for (node, start), pieces in found_order(evidence(lab)):
        life, closed_at = Life(node, start), float("-inf")
        for end, begin, writable in pieces:
            if not writable:
                if life.pieces:
                    result.append(life)
                    life = Life(node, start)
                closed_at = end
            elif begin >= closed_at:
                life.add(begin, end)
            # else: began before a "no" and ended after it; its moment may lie on either side.
        if life.pieces:
            result.append(life)
    return result


def found_order(found):
    return sorted(found.items())


def overlaps(lab):
    stretches = lives(lab)
    return [(a, b) for i, a in enumerate(stretches) for b in stretches[i + 1:] if a.node != b.node and a.overlaps(b)]


# --- the command ---


def verify(lab, on, as_json):
    if not lab.options["database"]:
        raise CannotCheck("this lab has no database (--no-database)")
    acks = acknowledged(lab)
    if not acks:
        raise CannotCheck(f"no commit was acknowledged yet; type: {lab.command('workload start')}")
    if not witness.files(lab):
        raise CannotCheck("the witness has written nothing, so nobody knows who took writes")
    double = overlaps(lab)
    where = on
    problem = None
    if where is None:
        primaries = database.primaries(lab)
        if len(primaries) == 1:
            where = primaries[0]
        else:
            problem = (f"there are {len(primaries)} primaries ({' '.join(primaries)})" if primaries else "there is no primary")
            problem += ", so where the commits should be is open; name a node with: verify --on NODE"
    lost = None
    if where is not None:
        try:
            rows = present(lab, where)
            lost = sorted(acks - rows)
        except Exception as error:
            if not isinstance(error, (OSError, CannotCheck)) and type(error).__module__.split(".")[0] != "psycopg2":
                raise
            problem = f"{where} does not answer: {workload.first_line(error)}"
    report = {
        "node": where, "acknowledged": len(acks),
        "present": None if lost is None else len(acks) - len(lost),
        "lost": None if lost is None else len(lost),
        "first_lost": [{"client": c, "seq": s} for c, s in (lost or [])[:10]],
        "two_writable": [{"nodes": [a.node, b.node], "seconds": round(min(a.until, b.until) - max(a.since, b.since), 3)}
                         for a, b in double],
        "problem": problem,
    }
    if as_json:
        print(json.dumps(report))
    else:
        if lost is not None:
            print(f"acknowledged {len(acks)}, present {len(acks) - len(lost)}, lost {len(lost)} (on {where})")
            if lost:
                print("  lost first: " + ", ".join(f"client {c} seq {s}" for c, s in lost[:5]))
        if double:
            for a, b in double:
                print(f"TWO WRITABLE NODES for at least {min(a.until, b.until) - max(a.since, b.since):.3f} s: "
                      f"{a.describe()} and {b.describe()}")
        else:
            print("never two writable nodes")
    if lost or double:
        return 1
    if problem:
        raise CannotCheck(problem)
    return 0
