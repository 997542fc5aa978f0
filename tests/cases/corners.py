# SPDX-License-Identifier: GPL-2.0-or-later
"""Golden cases for single conditions: each is there because the kernel could lose
one of them, and no other case would have noticed (tests/mutants)."""
from cases import (LSN, LSN_AHEAD, LSN_OLD, alone, alone_sealed, case, contract, cut_short, entry, fenced, grant,
                   joined, node, paused, probe, same_holder, sealed, set_k, silent_third, third_timeline)


def held(name, expect, base=fenced):
    """A case that one fact less or another answer would make a permit, which is no
    fault: its candidate's replay is paused, so that rule 600 stands behind it."""
    def keep(change):
        def both(d):
            change(d)
            paused(d)
        both.__doc__ = change.__doc__
        return case(name, expect, base)(both)
    return keep


def joined_fenced():
    return joined(fenced())


def members(d, *ids, only=("before", "after")):
    for v in only:
        d[v]["members"] = list(ids)


def silence(d, name):
    """A node that is down, offline and clean."""
    n = next(n for n in d["nodes"] if n["name"] == name)
    n.pop("probe", None)
    n["online"] = "no"


# --- form and view (P6-F1) -----------------------------------------------------

@case("view-before-missing", "veto 200")
def _(d):
    """One view alone cannot be the same before and after."""
    del d["before"]


def changed_view(name, which, **fields):
    @held("view-changed-" + name, "veto 210")
    def _(d):
        d[which].update(fields)


changed_view("leader", "after", ring_leader=3)
changed_view("quorum", "before", quorate="no")
changed_view("members-more", "after", members=[2, 3, 4])
changed_view("members-first", "before", members=[1, 3])
changed_view("members-last", "after", members=[2, 4])
changed_view("two-node", "after", two_node="yes", wait_for_all="no")
changed_view("wait-for-all", "after", wait_for_all="yes")
changed_view("dc", "after", dc="n3")
changed_view("administration", "after", cib_admin_epoch=1)
changed_view("fencing", "before", fencing_enabled="no")


def outside_view(name, base, order, place):
    @held("view-observation-" + name, "veto 210", base)
    def _(d):
        place(d)["order"] = order


outside_view("at-the-first", fenced, 1, lambda d: d["nodes"][2]["probe"])
outside_view("at-the-last", fenced, 9, lambda d: d["nodes"][2]["probe"])
outside_view("of-an-operation", fenced, 1, lambda d: d["nodes"][2]["operations"])
outside_view("of-fencing", fenced, 10, lambda d: d["fencing"])
outside_view("of-the-seal", sealed, 10, lambda d: d["seal"])
outside_view("of-the-tail", sealed, 10, lambda d: d["tail"])


def nothing_observed(d):
    for n in d["nodes"]:
        n.pop("probe", None)
        del n["operations"]
    d["fencing"]["condition"] = d["rows"]["condition"] = "absent"


@case("view-observed-once", "veto 210")
def _(d):
    """Before and after are one observation."""
    nothing_observed(d)
    d["before"]["order"] = d["after"]["order"] = 5


@case("view-observed-backwards", "veto 210")
def _(d):
    nothing_observed(d)
    d["before"]["order"], d["after"]["order"] = 9, 1


@case("view-without-an-order", "veto 210")
def _(d):
    """Zero is no first observation."""
    del d["before"]["order"]


@case("view-stale", "veto 200")
def _(d):
    d["after"]["condition"] = "stale"


@case("never-seen-among-many", "permit")
def _(d):
    """Only with two_node may each half be quorate by itself."""
    d["nodes"][0]["ever_seen"] = "no"


@case("never-seen-and-two-node-unknown", "veto 240")
def _(d):
    for v in ("before", "after"):
        del d[v]["two_node"]
    d["nodes"][2]["ever_seen"] = "no"


@case("candidate-offline", "veto 250")
def _(d):
    d["nodes"][1]["online"] = "no"


@case("candidate-answer-stale", "veto 400", joined_fenced)
def _(d):
    """Fault 20: all of it is there, and none of it is of now."""
    d["nodes"][1]["probe"]["condition"] = "stale"


# --- grants (P6-A1) ---------------------------------------------------------------

@case("grants-newest-first", "permit")
def _(d):
    d["grants"].insert(0, grant(2, "n3", "cluster", "void", members=("n1", "n2"), inc="i3"))


@held("promotion-known-from-the-log-alone", "veto 600")
def _(d):
    """A row in the log proves that it happened, whatever nobody said."""
    d["grants"] = [grant(source="log", outcome="open")]


@held("log-row-called-void", "veto 600")
def _(d):
    """One source does not contradict itself: the row is in the log."""
    d["grants"] = [grant(source="log", outcome="void")]


@case("void-by-two-sources", "permit")
def _(d):
    for source in ("cluster", "journal"):
        d["grants"].append(grant(2, "n3", source, "void", members=("n1", "n2"), inc="i3"))


def disagreement(name, *grants, extra=0):
    @held("grants-disagree-" + name, "veto 150")
    def _(d):
        d["grants"] = [dict(g) for g in grants]
        for number in range(extra):
            d["nodes"].append(node("n%d" % (4 + number), 4 + number, online="no"))


disagreement("on-holder", grant(), grant(source="journal", holder="n3"))
disagreement("on-incarnation", grant(), grant(source="journal", inc="j1"))
disagreement("on-k", grant(), grant(source="journal", k=2))
disagreement("on-method", grant(), dict(grant(source="journal"), contract=contract(method="first")))
disagreement("on-the-last-member", grant(), grant(source="journal", members=("n2", "n4")), extra=1)
disagreement("on-more-members", grant(), grant(source="journal", members=("n2", "n3", "n4")), extra=1)
disagreement("done-then-void", grant(outcome="done"), grant(source="journal", outcome="void"))
disagreement("void-then-done", grant(outcome="void"), grant(source="journal", outcome="done"))
disagreement("row-then-void", grant(source="log", outcome="open"), grant(source="journal", outcome="void"))
disagreement("void-then-row", grant(outcome="void"), grant(source="log", outcome="open"))
disagreement("with-another-between", grant(), grant(2, "n3", outcome="void", inc="i3"),
             grant(source="journal", holder="n3"))
disagreement("on-the-second-epoch", grant(), grant(2, "n3", outcome="open", inc="i3"),
             grant(2, "n2", "journal", "open", inc="i2"))


# --- exclusion (P6-A1) ----------------------------------------------------------

@held("no-answer-but-writable", "veto 300")
def _(d):
    """"Writable" is heard, whatever else is missing."""
    d["nodes"][0]["probe"] = {"condition": "absent", "in_recovery": "no"}


@held("no-answer-but-in-recovery", "veto 600")
def _(d):
    """No answer: neither for it nor against it."""
    d["nodes"][0]["probe"] = {"condition": "absent", "in_recovery": "yes"}


@case("holder-promoting", "veto 305", joined_fenced)
def _(d):
    d["nodes"][0]["probe"]["promoting"] = "yes"


@held("no-answer-but-promoting", "veto 305")
def _(d):
    d["nodes"][0]["probe"] = {"condition": "absent", "promoting": "yes"}


@held("excluded-twice-later-first", "veto 600")
def _(d):
    """Fenced, and asserted down before that: the earlier counts."""
    d["fencing"]["order"] = 4
    d["nodes"][2]["probe"]["order"] = 3
    d["assertions"] = [{"node": "n1", "epoch": 1, "operator_name": "alice", "reason": "saw it"}]


@held("excluded-twice-earlier-first", "veto 600", sealed)
def _(d):
    """Sealed, and fenced after that: the earlier counts."""
    members(d, 2, 3)
    d["nodes"][0]["online"] = "no"
    d["seal"]["order"], d["fencing"]["order"] = 3, 5
    d["fencing"]["entries"] = fenced()["fencing"]["entries"]
    d["nodes"][2]["probe"]["order"] = 4
    d["rows"]["order"] = 4


@case("two-holders-excluded-later-first", "veto 500")
def _(d):
    """Positions count from when both are excluded."""
    d["nodes"].append(node("n4", 4, online="no"))
    d["grants"].append(grant(2, "n4", outcome="open", members=("n1", "n2", "n3"), inc="i4"))
    d["nodes"][3]["operations"].update(last="stop", order=6)
    d["nodes"][3]["online"] = "yes"
    members(d, 2, 3, 4)
    d["nodes"][2]["probe"]["order"] = 5


def stopped(d):
    """The old holder is a member, and its agent stopped the server."""
    n1 = d["nodes"][0]
    n1.pop("probe", None)
    n1["operations"]["last"] = "stop"
    return n1


@case("stopped-as-it-once-was", "veto 360", joined_fenced)
def _(d):
    stopped(d)["operations"]["condition"] = "stale"


@case("stopped-and-starting", "veto 360", joined_fenced)
def _(d):
    stopped(d)["operations"]["in_flight"] = "yes"


@case("stopped-and-unclean", "veto 360", joined_fenced)
def _(d):
    stopped(d)["unclean"] = "yes"


@case("started-and-not-running", "veto 360", joined_fenced)
def _(d):
    """Only a monitor may find that it does not run."""
    stopped(d)["operations"].update(last="start", last_result="not-running")


@held("sealed-and-gone", "veto 600", sealed)
def _(d):
    """Its node left as well: the cluster has it offline and clean."""
    members(d, 2, 3)
    silence(d, "n1")
    del d["nodes"][0]["operations"]


@case("seal-stale", "veto 360", sealed)
def _(d):
    d["seal"]["condition"] = "stale"
    del d["nodes"][0]["operations"]


@case("seal-without-an-order", "veto 360", alone_sealed)
def _(d):
    """Nobody can say what was read after it."""
    del d["seal"]["order"]


@case("seal-observed-first", "permit", alone_sealed)
def _(d):
    d["seal"]["order"] = 1


@case("fencing-failed-by-a-person", "veto 360")
def _(d):
    """A confirmation that failed is a failed fencing, not a person's word."""
    entry(d).update(executor="human", state="failed")


@case("fencing-failed-at-no-time", "veto 360")
def _(d):
    """No time is not an early one."""
    d["fencing"]["entries"].append(dict(entry(d), state="failed", completed_s=0))


@case("fencing-failed-in-a-later-second", "veto 360")
def _(d):
    entry(d)["completed_ns"] = 500
    d["fencing"]["entries"].append(dict(entry(d), state="failed", completed_s=1700000001, completed_ns=400))


@case("fencing-failed-at-the-same-time", "veto 360")
def _(d):
    entry(d)["completed_ns"] = 500
    d["fencing"]["entries"].append(dict(entry(d), state="failed"))


@case("fencing-failed-in-some-part-of-the-second", "veto 360")
def _(d):
    entry(d)["completed_ns"] = 500
    d["fencing"]["entries"].append(dict(entry(d), state="failed", completed_ns=0))


@held("fencing-of-another-node-pending", "veto 600")
def _(d):
    """It takes nothing back of what happened to n1."""
    d["fencing"]["entries"].append(dict(entry(d), node="n3", state="pending"))


@case("fencing-of-another-node-only", "veto 360")
def _(d):
    """Fault 16: the history was trimmed, and what is left of it speaks of another node."""
    entry(d)["node"] = "n3"


@case("fencing-failed-in-the-snapshot", "permit")
def _(d):
    """A failure of long ago: it was there while n1 held its epoch."""
    d["fencing"]["entries"].append(dict(entry(d), state="failed", in_snapshot="yes"))


@case("fencing-of-an-unknown-end", "veto 360")
def _(d):
    """Earlier, by the same clock, but nobody knows how it ended."""
    d["fencing"]["entries"].append(dict(entry(d), state="unknown", completed_s=1699999990))


@case("human-confirmation-before-an-old-fencing", "permit")
def _(d):
    d["fencing"]["entries"].insert(0, dict(entry(d), executor="human"))


@case("fencing-snapshot-stale", "veto 360")
def _(d):
    d["fencing"]["snapshot"] = "stale"


@case("fencing-snapshot-of-another-holder", "veto 360")
def _(d):
    d["fencing"]["snapshot_holder"] = "n3"


@case("fencing-only-pending", "veto 360")
def _(d):
    entry(d)["state"] = "pending"


@case("fencing-only-failed", "veto 360")
def _(d):
    entry(d)["state"] = "failed"


@case("fencing-pending-then-stale", "veto 360")
def _(d):
    """The first that says why is told."""
    d["fencing"]["entries"] = [dict(entry(d), state="pending"), dict(entry(d), in_snapshot="yes")]


@held("fenced-but-a-member-before", "veto 210")
def _(d):
    members(d, 1, 2, 3, only=("before",))


@held("fenced-but-a-member-after", "veto 210")
def _(d):
    members(d, 1, 2, 3, only=("after",))


@case("fenced-but-without-a-number", "veto 360")
def _(d):
    """Without its number nobody can say that it is no member."""
    del d["nodes"][0]["cluster_id"]


@case("fenced-but-without-a-number-among-members-without", "veto 360")
def _(d):
    """Zero is nobody's number."""
    del d["nodes"][0]["cluster_id"]
    members(d, 0, 2, 3)


@case("attested-by-the-grant-alone", "permit", joined_fenced)
def _(d):
    """Never admitted, but the very incarnation that held the epoch."""
    del d["admissions"][0]


@case("attested-answer-stale", "veto 300", joined_fenced)
def _(d):
    d["nodes"][0]["probe"]["condition"] = "stale"


@held("attested-answer-stale-but-stopped", "veto 300", joined_fenced)
def _(d):
    """Two words that do not fit together: neither counts."""
    d["nodes"][0]["probe"]["condition"] = "stale"
    d["nodes"][0]["operations"]["last"] = "stop"


@case("attested-without-operations", "veto 360", joined_fenced)
def _(d):
    """Nobody says whether a promotion is in flight there."""
    del d["nodes"][0]["operations"]


@case("attested-operations-stale", "veto 360", joined_fenced)
def _(d):
    d["nodes"][0]["operations"]["condition"] = "stale"


@case("attested-other-system", "veto 360", joined_fenced)
def _(d):
    d["nodes"][0]["probe"]["system_id"] = "7000000000000000002"


@case("attested-member-before-only", "veto 210", joined_fenced)
def _(d):
    members(d, 2, 3, only=("after",))


@case("attested-member-after-only", "veto 210", joined_fenced)
def _(d):
    members(d, 2, 3, only=("before",))


@case("alone-stopped-by-its-agent", "veto 360", alone)
def _(d):
    """Without a cluster nobody recorded that: it counts for nothing."""
    del d["assertions"]
    d["nodes"][0] = node("n1", 1)
    d["nodes"][0]["operations"]["last"] = "stop"


@case("alone-other-incarnation", "veto 360", alone)
def _(d):
    """It answers, as somebody else: that is told, not what is missing."""
    del d["assertions"]
    d["nodes"][0]["probe"] = probe(5, inc="x1")


@case("alone-confirmed-by-a-person", "veto 360", alone)
def _(d):
    """Without a cluster there is no fencer to confirm to."""
    del d["assertions"]
    d["fencing"] = fenced()["fencing"]
    entry(d)["executor"] = "human"


@held("asserted-and-confirmed", "veto 600")
def _(d):
    """The assertion is shown, and nothing beside it."""
    entry(d)["executor"] = "human"
    d["assertions"] = [{"node": "n1", "epoch": 1, "operator_name": "alice", "reason": "saw it"}]


def asserted(d, name="n1"):
    d["assertions"] = [{"node": name, "epoch": 1, "operator_name": "alice", "reason": "saw it"}]


@held("asserted-in-a-cluster", "veto 600")
def _(d):
    """Nothing else excludes it, and neither view shows it (P6-A1a)."""
    d["fencing"]["entries"] = []
    asserted(d)


@case("asserted-but-present", "veto 360")
def _(d):
    """"It is down", and it stands in this very view: a server that hangs there could go on (P6-A1a)."""
    d["fencing"]["entries"] = []
    asserted(d)
    members(d, 1, 2, 3)
    d["nodes"][0]["online"] = "yes"


@case("asserted-but-without-a-number", "veto 360")
def _(d):
    """Nobody can say that it does not stand in this very view (P6-A1a)."""
    d["fencing"]["entries"] = []
    asserted(d)
    del d["nodes"][0]["cluster_id"]


@case("other-asserted-but-present", "veto 370")
def _(d):
    """The same of a node that no record names."""
    set_k(d, 2)
    asserted(d, "n3")
    d["nodes"][2]["operations"]["last"] = "promote"
    d["nodes"][2]["probe"] = {"condition": "absent", "promoting": "no"}


@held("other-asserted", "veto 600")
def _(d):
    """Gone from the view, and unclean: only the person's word accounts for it (P6-A1a)."""
    set_k(d, 2)
    asserted(d, "n3")
    members(d, 2)
    d["nodes"][2].update(online="no", unclean="yes")
    del d["nodes"][2]["probe"]


@case("confirmed-but-present", "veto 360")
def _(d):
    """"It is down", and it stands in this very view."""
    entry(d)["executor"] = "human"
    members(d, 1, 2, 3)


@case("confirmed-but-without-a-number", "veto 360")
def _(d):
    """Nobody can say that it does not stand in this very view."""
    entry(d)["executor"] = "human"
    del d["nodes"][0]["cluster_id"]


def confirmed_and(name, why, **fields):
    def change(d):
        entry(d)["executor"] = "human"
        for key, value in fields.items():
            d["nodes"][0].pop(key, None)
            if value:
                d["nodes"][0][key] = value
    change.__doc__ = why
    case("confirmed-" + name, "veto 360")(change)


confirmed_and("and-lost-again", "It was back since the confirmation, and nobody knows what it does now.", unclean="yes")
confirmed_and("but-cleanness-unknown", "What nobody says is not clean.", unclean=None)
confirmed_and("but-online", "The cluster's status has it online.", online="yes")
confirmed_and("but-state-unknown", "What nobody says is not offline.", online=None)


@case("same-holder-writable", "veto 360", same_holder)
def _(d):
    """The candidate itself answers as writable."""
    d["nodes"][0]["probe"]["in_recovery"] = "no"


@case("same-holder-answer-stale", "veto 360", same_holder)
def _(d):
    d["nodes"][0]["probe"]["condition"] = "stale"


@case("third-node-silent-as-it-once-was", "veto 370", silent_third)
def _(d):
    d["nodes"][2]["operations"].update(last="monitor", condition="stale")


@case("third-node-silent-and-starting", "veto 370", silent_third)
def _(d):
    d["nodes"][2]["operations"]["in_flight"] = "yes"


@case("third-node-silent-not-running", "permit", silent_third)
def _(d):
    d["nodes"][2]["operations"].update(last="monitor", last_result="not-running")


@case("third-node-silent-after-another-operation", "veto 370", silent_third)
def _(d):
    """It succeeded; what it did there nobody here knows."""
    d["nodes"][2]["operations"]["last"] = "other"


@case("third-node-silent-outside-the-view", "veto 370", silent_third)
def _(d):
    """Pacemaker remembers it, Corosync does not see it."""
    members(d, 1, 2)


def promoted_third(d, **more):
    d["nodes"][2]["operations"]["last"] = "promote"
    d["nodes"][2]["probe"].update(more)


@case("third-node-writable-and-promoted", "veto 300", sealed)
def _(d):
    promoted_third(d, in_recovery="no")


@case("third-node-answer-stale-and-promoted", "veto 300", sealed)
def _(d):
    promoted_third(d, condition="stale")


@case("alone-third-node-offline", "veto 370", alone)
def _(d):
    """Offline as whom? Without a cluster nobody can say that."""
    silence(d, "n3")


# --- lineage (P6-S2) --------------------------------------------------------------

def history(d, which, timeline, *ends, **more):
    d["nodes"][which]["probe"].update(timeline=timeline, history=[
        {"timeline": t, "end_lsn": at} for t, at in ends], **more)


@case("timeline-unknown", "veto 410")
def _(d):
    d["nodes"][2]["probe"]["timeline"] = 0


@case("history-missing", "veto 410")
def _(d):
    """Timeline 2 came from somewhere."""
    d["nodes"][2]["probe"]["timeline"] = 2


@case("candidate-history-missing", "veto 410")
def _(d):
    d["nodes"][1]["probe"]["timeline"] = 2


@case("history-numbers-not-ascending", "veto 410")
def _(d):
    history(d, 2, 4, (3, "0/3000000"), (2, LSN_OLD))


@case("history-of-its-own-number", "veto 410")
def _(d):
    history(d, 2, 2, (2, LSN_OLD))


@case("history-of-number-zero", "veto 410")
def _(d):
    history(d, 2, 2, (0, LSN_OLD))


@case("history-without-an-end", "veto 410")
def _(d):
    history(d, 2, 2, (1, "0/0"))


@case("history-that-ends-at-once", "permit")
def _(d):
    """One byte is a position."""
    d["own"].update(mark_timeline=2)
    for n in (1, 2):
        history(d, n, 2, (1, "0/1"), epoch_timeline=2)


@case("log-without-a-position-behind-its-history", "veto 540")
def _(d):
    """Nothing was received and nothing replayed since: no position, no fork."""
    for n in (1, 2):
        history(d, n, 2, (1, LSN_OLD), epoch_timeline=2)
    del d["nodes"][2]["probe"]["received_lsn"]
    del d["nodes"][2]["probe"]["replayed_lsn"]


@case("same-number-by-another-way", "veto 410")
def _(d):
    """Both are on timeline 3, one of them without a timeline 2."""
    third_timeline(d)
    history(d, 2, 3, (1, "0/3000000"))


@case("holder-history-missing", "veto 410", joined_fenced)
def _(d):
    d["nodes"][0]["probe"]["timeline"] = 2


@case("same-holder-history-missing", "veto 410", same_holder)
def _(d):
    d["own"]["mark_timeline"] = 2
    d["nodes"][0]["probe"]["timeline"] = 2


@case("mark-on-an-abandoned-part", "veto 540")
def _(d):
    """It once had more of timeline 1 than the branch that it is on now."""
    d["own"]["mark_lsn"] = "0/4800000"
    for n in (1, 2):
        history(d, n, 2, (1, LSN_OLD), epoch_timeline=2)


@case("mark-on-the-second-ancestor", "permit")
def _(d):
    third_timeline(d)
    d["own"].update(mark_timeline=2, mark_lsn="0/3800000")


@case("mark-on-an-unknown-timeline", "veto 540")
def _(d):
    d["own"]["mark_timeline"] = 7


@case("epoch-row-without-an-epoch", "veto 420")
def _(d):
    """Timeline 1, says the row, of no epoch at all."""
    del d["nodes"][1]["probe"]["epoch"]


@held("own-promotion-declared-void", "veto 420", cut_short)
def _(d):
    """Its own agent says that it never happened; whose timeline is it then?"""
    d["grants"][-1]["outcome"] = "void"


@held("own-promotion-done-without-its-row", "veto 600", cut_short)
def _(d):
    """The promotion is known, its row was not yet written."""
    d["grants"][-1]["outcome"] = "done"


@case("own-promotion-by-the-grant-of-another", "veto 420", cut_short)
def _(d):
    d["grants"][-1]["holder"] = "n3"


@held("own-promotion-one-letter", "veto 600", cut_short)
def _(d):
    for g in d["grants"]:
        g["incarnation"] = "a"
    d["admissions"][0]["incarnation"] = d["nodes"][0]["probe"]["incarnation"] = "a"


@case("own-promotion-skips-an-epoch", "veto 310", cut_short)
def _(d):
    """Epoch 3 was granted; what began the timeline may have been epoch 2."""
    d["grants"][-1]["epoch"] = 3


@case("own-promotion-without-a-fork", "veto 420", cut_short)
def _(d):
    """Its row names another timeline, and it has no ancestor."""
    d["nodes"][0]["probe"].update(timeline=1, history=[], epoch_timeline=2)


# --- coverage (P6-S1) ---------------------------------------------------------------

@case("own-record-missing", "permit")
def _(d):
    """Only an internal record: whoever lost it lost its incarnation with it."""
    del d["own"]


@case("own-record-stale", "veto 540")
def _(d):
    """There is one, and nobody can read it: it may say anything."""
    d["own"]["condition"] = "stale"


@case("own-record-without-a-timeline", "veto 540")
def _(d):
    del d["own"]["mark_timeline"]


@case("member-never-admitted", "veto 540")
def _(d):
    del d["admissions"][2]


@case("admissions-listed-newest-first", "permit")
def _(d):
    d["nodes"][2]["probe"]["incarnation"] = "j3"
    d["admissions"].insert(0, {"serial": 4, "node": "n3", "incarnation": "j3"})


def four(d, k=2):
    """n4 is a member as well."""
    d["nodes"].append(node("n4", 4, probe=probe(7, inc="i4")))
    d["admissions"].append({"serial": 4, "node": "n4", "incarnation": "i4"})
    members(d, 2, 3, 4)
    for g in d["grants"]:
        g["contract"] = contract(k, ("n2", "n3", "n4"))
    d["contracts"][0]["contract"] = contract(k, ("n2", "n3", "n4"))


@case("amnesia-behind-a-silent-member", "veto 540")
def _(d):
    """Of two that do not count, the one is told that people would not guess."""
    four(d)
    silence(d, "n3")
    members(d, 2, 4)
    d["nodes"][3]["probe"]["incarnation"] = "j4"


@held("log-without-rows", "veto 600", sealed)
def _(d):
    """No contract, no admission: nothing that could have been read too early."""
    d["contracts"], d["admissions"] = [], []
    d["rows"] = {"condition": "absent"}


@case("contracts-without-their-reading", "veto 500", sealed)
def _(d):
    d["admissions"] = []
    d["rows"] = {"condition": "absent"}


@case("admissions-without-their-reading", "veto 500", sealed)
def _(d):
    d["contracts"] = []
    d["rows"] = {"condition": "absent"}


@case("records-without-an-order", "veto 210", same_holder)
def _(d):
    d["rows"]["order"] = 0


@case("records-read-with-the-first-view", "veto 210", same_holder)
def _(d):
    d["rows"]["order"] = 1


@case("records-read-with-the-fencing", "permit")
def _(d):
    """One observation of both is not too early."""
    d["rows"]["order"] = 3


@case("candidate-position-without-an-order", "veto 210", same_holder)
def _(d):
    d["nodes"][0]["probe"]["order"] = 0


@case("positions-without-an-order", "veto 210", same_holder)
def _(d):
    set_k(d, 1)
    d["nodes"][2]["probe"]["order"] = 0


@case("positions-of-the-first-view", "veto 210", same_holder)
def _(d):
    set_k(d, 1)
    d["nodes"][2]["probe"]["order"] = 1


@held("sealed-by-the-newer-of-two-holders", "veto 600", sealed)
def _(d):
    """n3 holds epoch 2, perhaps; it sealed it, and n2 has the very record."""
    d["grants"].append(grant(2, "n3", outcome="open", k=0, members=("n1", "n2"), inc="i3"))
    d["seal"].update(node="n3", epoch=2, incarnation="i3")
    del d["nodes"][2]["probe"]
    d["nodes"][2]["operations"]["last"] = "stop"


@case("tail-stale", "veto 540", sealed)
def _(d):
    d["tail"]["condition"] = "stale"


@case("tail-without-an-order", "veto 540", alone_sealed)
def _(d):
    d["tail"]["order"] = 0


@case("tail-observed-first", "permit", alone_sealed)
def _(d):
    d["tail"]["order"] = 1


@case("tail-on-another-timeline", "veto 540", sealed)
def _(d):
    d["tail"]["timeline"] = 2


@case("tail-at-another-place", "veto 540", sealed)
def _(d):
    """The same checksum, by chance."""
    d["tail"]["record_lsn"] = "0/4FFFF80"


@held("contracts-listed-newest-first", "veto 600")
def _(d):
    d["contracts"].append(dict(d["contracts"][0], contract=contract(0)))
    d["contracts"][0]["serial"] = 2


@case("contract-announced-and-listed-first", "veto 540")
def _(d):
    d["contracts"].insert(0, dict(d["contracts"][0], serial=2, phase="announced", contract=contract(0)))


@case("contract-row-of-another-epoch", "veto 600")
def _(d):
    """A row of an epoch that the candidate does not have binds nobody here."""
    d["contracts"].append(dict(d["contracts"][0], epoch=2, serial=2, contract=contract(0)))
    paused(d)


def one_witness(d):
    silence(d, "n3")
    members(d, 1, 2)
    return d["nodes"][1]["probe"]


@case("same-holder-witness-stale", "veto 300", same_holder)
def _(d):
    one_witness(d)["condition"] = "stale"


@case("same-holder-witness-writable", "veto 300", same_holder)
def _(d):
    one_witness(d)["in_recovery"] = "no"


@case("same-holder-witness-of-a-newer-epoch", "veto 540", same_holder)
def _(d):
    """It knows of epoch 2, so it does not vouch for there being none."""
    one_witness(d)["epoch"] = 2


@case("member-without-an-epoch", "veto 550")
def _(d):
    """Whoever does not say which epoch it knows may know a newer one."""
    del d["nodes"][2]["probe"]["epoch"]


def granted(d, k=1, holder="n2", inc="i2"):
    """n2 was once asked before, and nothing came of it that anybody knows."""
    d["grants"].append(grant(2, holder, outcome="open", k=k, members=("n1", "n3"), inc=inc))


def few(d):
    """Five nodes, of which two are left."""
    for number in (4, 5):
        d["nodes"].append(node("n%d" % number, number, online="no"))


@held("own-open-grant-with-few-witnesses", "veto 600")
def _(d):
    """Nobody but n2 can have written under it, and n2 has all that it ever had."""
    granted(d)
    few(d)


@case("own-open-grant-below-its-mark", "veto 540")
def _(d):
    granted(d)
    few(d)
    d["own"]["mark_lsn"] = LSN_AHEAD


@case("own-open-grant-with-a-stale-record", "veto 540")
def _(d):
    granted(d)
    few(d)
    d["own"]["condition"] = "stale"


@held("own-open-grant-one-letter", "veto 600")
def _(d):
    granted(d, inc="b")
    few(d)
    d["nodes"][1]["probe"]["incarnation"] = d["admissions"][1]["incarnation"] = "b"


@case("open-grant-of-another-by-my-name", "veto 560")
def _(d):
    """The grant is n3's; that the incarnations are alike makes it nobody else's."""
    granted(d, holder="n3")
    few(d)
    d["assertions"] = [{"node": "n3", "epoch": 2, "operator_name": "alice", "reason": "switched it off"}]
    members(d, 2)


@case("behind-under-a-newer-grant", "veto 540")
def _(d):
    """The members of both contracts answer, and one of them is ahead."""
    d["grants"].append(grant(2, "n1", outcome="open"))
    d["fencing"]["snapshot_epoch"] = 2
    d["assertions"] = [{"node": "n1", "epoch": 1, "operator_name": "alice", "reason": "saw it"}]
    d["nodes"][2]["probe"].update(received_lsn=LSN_AHEAD, replayed_lsn=LSN_AHEAD)


# --- without a cluster manager (P6-S1) -------------------------------------------------

@case("alone-contract-of-another-epoch", "veto 600", alone)
def _(d):
    """Only rows that bind the candidate's epoch bound what is unseen."""
    d["contracts"].append({"epoch": 2, "serial": 2, "phase": "announced", "pinned": "yes", "contract": contract(2)})
    paused(d)


@case("alone-announced-more", "veto 570", alone)
def _(d):
    """What is announced binds the offer as well."""
    d["contracts"].append({"epoch": 1, "serial": 2, "phase": "announced", "pinned": "yes", "contract": contract(2)})


@case("alone-announced-less", "veto 540", alone)
def _(d):
    d["contracts"].append({"epoch": 1, "serial": 2, "phase": "announced", "pinned": "yes", "contract": contract(0)})


@case("alone-announced-less-and-listed-first", "veto 540", alone)
def _(d):
    d["contracts"].insert(0, {"epoch": 1, "serial": 2, "phase": "announced", "pinned": "yes",
                              "contract": contract(0)})


@held("alone-once-asked-for-less", "veto 600", alone)
def _(d):
    """That contract is over: its serial is the older one."""
    d["contracts"].append(dict(d["contracts"][0], serial=9))
    d["contracts"][0]["contract"] = contract(0)


@case("alone-offer-of-nothing", "veto 570", alone)
def _(d):
    del d["offer"]["contract"]


@held("alone-new-node", "veto 600", alone)
def _(d):
    """n4 answers and was never admitted: there is no life of it to forget."""
    d["nodes"].append({"name": "n4", "probe": probe(7, inc="i4")})
    set_k(d, 2)
    d["offer"]["contract"]["k"] = 2


@case("alone-new-node-ahead-of-its-rows", "veto 500", alone)
def _(d):
    """Whether it was admitted nobody has read."""
    d["nodes"].append({"name": "n4", "probe": probe(7, inc="i4")})
    d["rows"] = {"condition": "absent"}


@case("alone-new-node-stale", "veto 300", alone)
def _(d):
    d["nodes"].append({"name": "n4", "probe": probe(7, inc="i4", condition="stale")})


@case("alone-new-node-writable", "veto 300", alone)
def _(d):
    d["nodes"].append({"name": "n4", "probe": probe(7, inc="i4", in_recovery="no")})


@case("alone-candidate-never-admitted", "veto 540", alone)
def _(d):
    """It is not new: it was asked to promote, and nobody knows its former life."""
    del d["admissions"][1]


@case("alone-sealed-broken", "veto 360", alone_sealed)
def _(d):
    d["seal"]["unbroken"] = "no"


@case("alone-sealed-stale", "veto 360", alone_sealed)
def _(d):
    d["seal"]["condition"] = "stale"


@case("alone-sealed-of-an-older-epoch", "veto 360", alone_sealed)
def _(d):
    for source in ("journal", "log"):
        d["grants"].append(grant(2, "n1", source, k=0))


@case("alone-sealed-by-another", "veto 360", alone_sealed)
def _(d):
    """n3 sealed, and n1 is the one that nobody hears."""
    d["seal"]["node"] = "n3"


@case("alone-sealed-third-node-silent", "veto 370", alone_sealed)
def _(d):
    """The seal is n1's: it says nothing of n3."""
    del d["nodes"][2]["probe"]


@case("alone-covered-but-behind", "veto 540", alone)
def _(d):
    """Enough answer for whatever n1 acknowledged unseen, and one is ahead."""
    d["nodes"][2]["probe"].update(received_lsn=LSN_AHEAD, replayed_lsn=LSN_AHEAD)


@case("offer-names-the-candidate-first", "veto 580")
def _(d):
    d["offer"]["contract"] = contract(1, ("n2", "n3"))
