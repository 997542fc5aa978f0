# SPDX-License-Identifier: GPL-2.0-or-later
"""Golden cases that are there for a row of the fault catalogue (faults.txt): what
the row's fault leaves in the evidence, a veto and the permit beside it."""
from cases import (LSN_AHEAD, LSN_OLD, case, contract, entry, fenced, grant, joined, node, note, probe, same_holder, sealed,
                   set_k)


@case("packets-lost-from-a-standby", "veto 540")
def _(d):
    """Fault 4: n3 is a member, and no packet of its server's came through."""
    d["nodes"][2]["probe"] = {"condition": "absent"}


def two_nodes():
    """n1, the primary, and n2 are cut off from each other; both fence, with equal delays."""
    d = fenced()
    d["nodes"] = [node("n1", 1, online="no"), node("n2", 2, probe=probe(8, inc="i2"))]
    d["nodes"][0]["operations"]["last"] = "promote"
    for v in ("before", "after"):
        d[v].update(two_node="yes", wait_for_all="yes", members=[2])
    d["grants"] = [grant(source=source, members=("n2",)) for source in ("cluster", "log", "journal")]
    d["contracts"][0]["contract"] = contract(members=("n2",))
    d["admissions"] = d["admissions"][:2]
    d["fencing"]["entries"].append(dict(entry(d), node="n2", origin="n1", state="pending", completed_s=0))
    return d


@case("two-nodes-fence-each-other", "veto 240", two_nodes)
def _(d):
    """Fault 7: neither knows yet whose fencing will be done first."""
    d["nodes"][0]["unclean"] = "yes"
    entry(d).update(state="pending", completed_s=0)


@case("two-nodes-fenced-each-other", "permit", two_nodes)
def _(d):
    """Fault 7: n1 was off before its own fencing of n2 was done, which nobody will finish."""


@case("clock-an-hour-behind", "permit")
def _(d):
    """Fault 9: by its clock the fencing came an hour before one that was known already. Order is by observation."""
    d["fencing"]["entries"].append(dict(entry(d), in_snapshot="yes", completed_s=1700003600))


@case("holder-stands-still", "veto 360", lambda: joined(fenced()))
def _(d):
    """Fault 10: every process of the primary is stopped where it is, and may go on at any moment."""
    d["nodes"][0]["probe"] = {"condition": "absent"}
    d["nodes"][0]["operations"].update(last="monitor", last_result="promoted")


@case("holder-stood-still-and-was-fenced", "permit")
def _(d):
    """Fault 10: the newest word of its agent is still that it is the primary; the fencer's is newer."""
    d["nodes"][0]["operations"].update(last="monitor", last_result="promoted")


@case("guest-node", "veto 140")
def _(d):
    """Fault 18: a virtual machine that Pacemaker runs as a resource."""
    d["nodes"][0]["node_class"] = "guest"


@case("bundle-node", "veto 140")
def _(d):
    """Fault 18: a container that Pacemaker runs as a resource."""
    d["nodes"][0]["node_class"] = "bundle"


@case("position-noted-before-it-grew", "permit")
def _(d):
    """Fault 20: an older position of n3 is no position of now; only the server's own answer is."""
    note(d, lsn=LSN_OLD)


@case("candidate-ahead", "permit")
def _(d):
    """Fault 26: n2 lacks what n3 has, and it is n3 that is asked."""
    d["request"]["candidate"] = "n3"
    d["nodes"][2]["probe"].update(received_lsn=LSN_AHEAD, replayed_lsn=LSN_AHEAD)


@case("two-servers-of-one-name", "veto 540")
def _(d):
    """Fault 27: n3 runs with n2's identity, so that one of them would acknowledge for both."""
    d["nodes"][2]["probe"]["incarnation"] = "i2"


@case("sealed-synchronous", "permit", sealed)
def _(d):
    """Fault 41: planned switchover with k = 1; the seal covers, although n3 does not answer."""
    set_k(d, 1)
    d["nodes"][2]["probe"] = {"condition": "absent"}
    d["nodes"][2]["operations"]["last"] = "monitor"


@case("power-back-on-another-node", "veto 540", same_holder)
def _(d):
    """Fault 43: all power was off, and not the last holder is asked but a standby, with an asynchronous contract."""
    d["request"]["candidate"] = "n2"
    d["nodes"][0]["probe"]["order"], d["nodes"][1]["probe"]["order"] = 5, 8
