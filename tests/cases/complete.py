# SPDX-License-Identifier: GPL-2.0-or-later
"""What the golden cases must show together: every row of faults.txt, and every
rule in a veto and in a permit. Each function yields (what was looked at, None or
what is wrong)."""
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
NUMBERS = re.compile(r"Faults? (\d+(?:(?:, | and )\d+)*)[:.]")


def rows_listed():
    """{row: the decisions that it needs}"""
    rows = {}
    with open(os.path.join(HERE, "faults.txt"), encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                number, decisions, _ = line.split(None, 2)
                rows[int(number)] = set(decisions.split("+"))
    return rows


def rows_named(about):
    """Of a case's description; None where a number stands where nobody would look."""
    head = NUMBERS.match(about)
    rest = about[head.end():] if head else about
    if re.search(r"(?i)\bfaults?\s+\d", rest):
        return None
    return {int(number) for number in re.findall(r"\d+", head.group(1))} if head else set()


def faults(cases):
    """cases: {name: (what it must decide, ..., its description)}"""
    shown = {}
    for name, (expect, _, about) in cases.items():
        rows = rows_named(about)
        if rows is None:
            yield "faults-of-" + name, "its description must begin with 'Fault N:' or 'Faults N and M:'"
        for row in rows or ():
            shown.setdefault(row, {}).setdefault(expect.split()[0], name)
    listed = rows_listed()
    for row in sorted(listed.keys() | shown.keys()):
        found = shown.get(row, {})
        missing = sorted(listed.get(row, set()) - found.keys())
        if row not in listed:
            yield "fault-%d" % row, "%s names it, and tests/cases/faults.txt does not" % "; ".join(found.values())
        else:
            yield "fault-%d" % row, "no case that names it is a %s" % " and none a ".join(missing) if missing else None


def rules(table, verdicts):
    """table: what `vouch rules` prints as JSON. A required rule must veto in one
    case and hold in a permit of another. A route never vetoes by itself: what it
    needs instead is a veto by the required rule that follows it and sums the
    routes up (360 or 540), in which it was looked at and did not hold."""
    vetoes = [v for v in verdicts.values() if v["decision"] == "veto"]
    holding = {f["rule"] for v in verdicts.values() if v["decision"] == "permit" for f in v["findings"]
               if f["outcome"] == "holds"}
    for at, rule in enumerate(table):
        number = rule["rule"]
        by = next(r["rule"] for r in table[at:] if not r["route"])
        vetoed = any(v["rule"] == by and (not rule["route"] or any(
            f["rule"] == number and f["outcome"] != "holds" for f in v["findings"])) for v in vetoes)
        wrong = [] if vetoed else ["no case is vetoed by it" if by == number else
                                   "no case that %d vetoes shows it as not open" % by]
        if number not in holding:
            wrong.append("it holds in no permit")
        yield "rule-%d" % number, "; ".join(wrong) or None


def files(cases):
    """A file that no case writes would be read by other tests as if it were one."""
    for directory, suffix in (("evidence", ".json"), ("expected", ".txt")):
        more = sorted(set(os.listdir(os.path.join(HERE, directory))) - {name + suffix for name in cases})
        yield directory + "-files", "no case has " + ", ".join(more) if more else None
