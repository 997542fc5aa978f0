# SPDX-License-Identifier: GPL-2.0-or-later
"""What the golden cases must show together: every rule in a veto and in a permit. Each function yields (what was looked at, None or
what is wrong)."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))


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
