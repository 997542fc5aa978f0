# SPDX-License-Identifier: GPL-2.0-or-later
"""The golden cases: evidence, and what the kernel must say of it.

Each case is a small change to one of a few base situations, so that what
matters stands out. `expect` is written by hand: "permit", or "veto RULE".
"""
import copy

LSN_OLD, LSN, LSN_AHEAD = "0/4000000", "0/5000000", "0/5000200"


def probe(order, timeline=1, lsn=LSN, inc="i", epoch=1, **more):
    out = {
        "condition": "present", "order": order, "in_recovery": "yes",
        "system_id": "7000000000000000001", "incarnation": inc,
        "timeline": timeline, "received_lsn": lsn, "replayed_lsn": lsn,
        "log_exhausted": "yes", "replay_paused": "no",
        "checksums_clean": "yes", "promoting": "no",
        "epoch": epoch, "epoch_timeline": 1,
    }
    out.update(more)
    return out


def view(order):
    return {
        "condition": "present", "order": order, "ring_leader": 2,
        "ring_seq": 12, "quorate": "yes", "members": [2, 3],
        "two_node": "no", "wait_for_all": "no", "dc": "n2",
        "cib_admin_epoch": 0, "cib_epoch": 9, "fencing_enabled": "yes",
    }


def contract(k=1, members=("n2", "n3"), method="any"):
    out = {"method": method, "members": list(members)}
    if k:
        out["k"] = k
    return out


def grant(epoch=1, holder="n1", source="cluster", outcome="done", k=1,
          members=("n2", "n3"), inc="i1"):
    return {"source": source, "epoch": epoch, "holder": holder,
            "incarnation": inc, "outcome": outcome,
            "contract": contract(k, members)}


def node(name, number, **more):
    out = {
        "name": name, "cluster_id": number, "node_class": "member",
        "online": "yes", "unclean": "no", "ever_seen": "yes",
        "operations": {"condition": "present", "order": 2, "last": "start",
                       "last_result": "ok", "in_flight": "no"},
    }
    out.update(more)
    return out


def fenced():
    """Three nodes, ANY 1; the primary n1 was powered off, n2 is asked."""
    return {
        "format": 1, "cluster": "pgsql", "manager": "pacemaker",
        "nodes": [
            node("n1", 1, online="no"),
            node("n2", 2, probe=probe(8, inc="i2")),
            node("n3", 3, probe=probe(7, inc="i3")),
        ],
        "request": {"id": "r1", "origin": "pacemaker", "candidate": "n2",
                    "authorization": "pacemaker", "watchdog_accepted": "no"},
        "before": view(1), "after": view(9),
        "own": {"condition": "present", "mark_timeline": 1,
                "mark_lsn": LSN_OLD, "adopted": "yes"},
        "rows": {"condition": "present", "order": 7},
        "offer": {"pinned": "yes", "contract": contract(1, ())},
        "fencing": {
            "condition": "present", "order": 3, "snapshot": "present",
            "snapshot_epoch": 1, "snapshot_holder": "n1",
            "entries": [{"node": "n1", "action": "off", "state": "succeeded",
                         "executor": "machine", "origin": "n2",
                         "completed_s": 1700000000, "in_snapshot": "no"}],
        },
        "grants": [grant(), grant(source="log"), grant(source="journal")],
        "contracts": [{"epoch": 1, "serial": 1, "phase": "in-force",
                       "pinned": "yes", "contract": contract()}],
        "admissions": [
            {"serial": 1, "node": "n1", "incarnation": "i1"},
            {"serial": 2, "node": "n2", "incarnation": "i2"},
            {"serial": 3, "node": "n3", "incarnation": "i3"},
        ],
    }


def set_k(d, k):
    for g in d["grants"]:
        g["contract"] = contract(k)
    d["contracts"][0]["contract"] = contract(k)


def joined(d):
    """n1 is back as a member, running as a standby."""
    for v in ("before", "after"):
        d[v]["members"] = [1, 2, 3]
    n1 = d["nodes"][0]
    n1["online"] = "yes"
    n1["probe"] = probe(5, inc="i1")
    d["fencing"]["entries"] = []
    for n, order in ((1, 8), (2, 7)):
        d["nodes"][n]["probe"]["order"] = order
    return d


def sealed():
    """Planned: n1 stopped cleanly and sealed; asynchronous contract."""
    d = fenced()
    set_k(d, 0)
    d["fencing"]["entries"] = []
    d["nodes"][0]["operations"]["last"] = "stop"
    for v in ("before", "after"):
        d[v]["members"] = [1, 2, 3]
    d["nodes"][0]["online"] = "yes"
    d["seal"] = {"condition": "present", "order": 4, "node": "n1", "epoch": 1,
                 "incarnation": "i1", "timeline": 1,
                 "record_lsn": "0/4FFFF88", "record_crc": 77,
                 "unbroken": "yes"}
    d["tail"] = {"condition": "present", "order": 8, "timeline": 1,
                 "record_lsn": "0/4FFFF88", "end_lsn": LSN, "record_crc": 77}
    return d


def same_holder():
    """The postmaster of n1 was killed; n1 is back as a standby and asked."""
    d = joined(fenced())
    d["request"]["candidate"] = "n1"
    d["nodes"][0]["probe"] = probe(8, inc="i1", lsn=LSN_AHEAD)
    d["nodes"][1]["probe"]["order"] = 7
    d["own"]["mark_lsn"] = LSN
    set_k(d, 0)
    return d


def alone():
    """No cluster manager; n1 is asserted down by an operator."""
    d = fenced()
    d["manager"] = "none"
    for key in ("before", "after", "fencing"):
        del d[key]
    d["request"]["origin"] = "hook"
    d["nodes"][0] = {"name": "n1"}
    d["assertions"] = [{"node": "n1", "epoch": 1, "operator_name": "alice",
                        "reason": "pulled the plug"}]
    return d


def alone_sealed():
    """No cluster manager; n1 stopped cleanly and sealed."""
    d = sealed()
    d["manager"] = "none"
    for key in ("before", "after", "fencing"):
        del d[key]
    d["request"]["origin"] = "hook"
    d["nodes"][0] = {"name": "n1"}
    return d


CASES = {}


def case(name, expect, base=fenced):
    if name in CASES:
        raise ValueError("two cases are called " + name)

    def keep(change):
        def build():
            d = copy.deepcopy(base())
            change(d)
            # The grant would name all but the candidate, unless the case says otherwise.
            offered = d.get("offer", {}).get("contract", {})
            if offered.get("members") == []:
                offered["members"] = [n["name"] for n in d["nodes"] if n["name"] != d["request"]["candidate"]]
            return d
        CASES[name] = (expect, build, (change.__doc__ or "").strip())
        return change
    return keep


def entry(d):
    return d["fencing"]["entries"][0]


# --- permits -----------------------------------------------------------------

@case("fenced-in-sync", "permit")
def _(d):
    """Faults 1 and 3: the primary lost power, or was cut off, and was fenced; standbys in sync."""


@case("fenced-first-k", "permit")
def _(d):
    """FIRST k counts like ANY k."""
    for g in d["grants"]:
        g["contract"]["method"] = "first"
    d["contracts"][0]["contract"]["method"] = "first"


@case("sealed-asynchronous", "permit", sealed)
def _(d):
    """Fault 41: planned switchover with k = 0, by seal."""


@case("sealed-and-restarted-as-standby", "permit", sealed)
def _(d):
    """Demote leaves a standby: attested by its answer, covered by the seal."""
    d["nodes"][0]["operations"]["last"] = "demote"
    d["nodes"][0]["probe"] = probe(5, inc="i1")


@case("same-holder", "permit", same_holder)
def _(d):
    """Faults 42 and 43: the postmaster was killed, or all power was off; it is the last holder, asynchronous contract."""


@case("attested-live", "permit", lambda: joined(fenced()))
def _(d):
    """The old holder answers in recovery as the incarnation expected."""


@case("attested-stopped", "permit", lambda: joined(fenced()))
def _(d):
    """The old holder's agent stopped the server after its last start."""
    del d["nodes"][0]["probe"]
    d["nodes"][0]["operations"]["last"] = "stop"


@case("asserted-without-cluster", "permit", alone)
def _(d):
    """--cluster=none: the operator's word excludes, the arithmetic covers."""


@case("human-confirmation-is-an-assertion", "permit")
def _(d):
    """Fault 12: stonith_admin --confirm is E4, not E2."""
    entry(d)["executor"] = "human"


@case("human-confirmation-beside-an-old-fencing", "permit")
def _(d):
    """Both look new: the person's word counts, not the machine's (E4)."""
    d["fencing"]["entries"].append(dict(entry(d), executor="human"))


@case("third-node-down-for-maintenance", "permit", lambda: joined(fenced()))
def _(d):
    """A member that left cleanly does not block, with W1 or W3."""
    d["request"]["candidate"] = "n1"
    d["nodes"][0]["probe"] = probe(8, inc="i1", lsn=LSN_AHEAD)
    d["nodes"][1]["probe"]["order"] = 7
    d["own"]["mark_lsn"] = LSN
    d["nodes"][2].update(online="no")
    del d["nodes"][2]["probe"]
    for v in ("before", "after"):
        d[v]["members"] = [1, 2]


@case("internal-records-missing-elsewhere", "permit")
def _(d):
    """Records of the cluster are gone; log and journal still agree."""
    d["grants"] = [g for g in d["grants"] if g["source"] != "cluster"]


@case("sealed-without-cluster", "permit", alone_sealed)
def _(d):
    """--cluster=none: a seal excludes and covers, without quorum or fencer."""


@case("attested-without-cluster", "permit", alone)
def _(d):
    """--cluster=none: the old holder answers in recovery."""
    del d["assertions"]
    d["nodes"][0]["probe"] = probe(5, inc="i1")


@case("assertion-that-names-another-node", "veto 360", alone)
def _(d):
    d["assertions"][0]["node"] = "n3"


# --- form --------------------------------------------------------------------

@case("form-zero-bytes-of-evidence", "veto 100")
def _(d):
    """Fault 37: nothing but a format: a document that proves nothing."""
    for key in list(d):
        if key != "format":
            del d[key]


@case("request-without-id", "veto 110")
def _(d):
    del d["request"]["id"]


@case("authorization-missing", "veto 120")
def _(d):
    d["request"]["authorization"] = "operator"


@case("authorization-given", "permit")
def _(d):
    d["request"]["authorization"] = "operator"
    d["request"]["authorized"] = "yes"


@case("never-adopted", "veto 130")
def _(d):
    """P6-A3: nobody is primary because it happens to be one."""
    d["grants"] = []


@case("remote-node", "veto 140")
def _(d):
    """Fault 18."""
    d["nodes"][0]["node_class"] = "remote"


@case("grants-disagree", "veto 150")
def _(d):
    """Two holders of one epoch."""
    d["grants"].append(grant(holder="n3", source="journal", inc="i3"))


# --- view --------------------------------------------------------------------

@case("view-missing", "veto 200")
def _(d):
    """Fault 38: the cluster's daemons do not answer."""
    del d["after"]


@case("view-changed", "veto 210")
def _(d):
    """Fault 5: a membership change while evidence was collected."""
    d["after"]["ring_seq"] = 16


@case("view-configuration-changed", "veto 210")
def _(d):
    d["after"]["cib_epoch"] = 10


@case("view-observation-outside", "veto 210")
def _(d):
    d["nodes"][2]["probe"]["order"] = 10


@case("not-quorate", "veto 220")
def _(d):
    """Fault 6."""
    d["before"]["quorate"] = d["after"]["quorate"] = "no"


@case("quorum-unknown", "veto 220")
def _(d):
    for v in ("before", "after"):
        del d[v]["quorate"]


@case("fencing-disabled", "veto 230")
def _(d):
    """Fault 11."""
    d["before"]["fencing_enabled"] = d["after"]["fencing_enabled"] = "no"


@case("two-node-peer-never-seen", "veto 240")
def _(d):
    """Fault 8."""
    for v in ("before", "after"):
        d[v]["two_node"] = "yes"
    d["nodes"][0]["ever_seen"] = "no"


@case("candidate-unclean", "veto 250")
def _(d):
    d["nodes"][1]["unclean"] = "yes"


# --- exclusion ---------------------------------------------------------------

@case("contradiction-holder-writable", "veto 300")
def _(d):
    """Faults 12 and 13: fenced, they say, but it answers."""
    d["nodes"][0]["probe"] = probe(5, inc="i1", in_recovery="no")


@case("contradiction-third-node-writable", "veto 300")
def _(d):
    """Fault 31: promoted by hand."""
    d["nodes"][2]["probe"]["in_recovery"] = "no"


@case("answer-unclear", "veto 300")
def _(d):
    """Zero is not "in recovery"."""
    del d["nodes"][2]["probe"]["in_recovery"]


@case("answer-foreign", "veto 300")
def _(d):
    """Fault 27: another server answers at that address."""
    d["nodes"][2]["probe"]["condition"] = "contradictory"


@case("other-promotion-in-flight", "veto 305")
def _(d):
    """Faults 36 and 40."""
    d["nodes"][2]["probe"]["promoting"] = "yes"


@case("holder-unknown", "veto 310")
def _(d):
    """Epoch 2 is open, and nobody knows who held epoch 1."""
    d["grants"] = [grant(epoch=2, holder="n2", outcome="open",
                         members=("n1", "n3"), inc="i2")]


@case("fencing-missing", "veto 360")
def _(d):
    """Fault 16: the history was cleaned."""
    d["fencing"]["entries"] = []


@case("fencing-unreadable", "veto 360")
def _(d):
    """Fault 16: the fencer was restarted, and its answer makes no sense."""
    d["fencing"]["condition"] = "malformed"


@case("fencing-stale", "veto 360")
def _(d):
    """Fault 14: fencing succeeded, but in an earlier epoch."""
    entry(d)["in_snapshot"] = "yes"


@case("fencing-without-snapshot", "veto 360")
def _(d):
    """Fault 16: order is by observation: without one it is unknown."""
    for key in ("snapshot", "snapshot_epoch", "snapshot_holder"):
        del d["fencing"][key]
    del entry(d)["in_snapshot"]


@case("fencing-snapshot-of-another-epoch", "veto 360")
def _(d):
    d["fencing"]["snapshot_epoch"] = 2


@case("fencing-pending", "veto 360")
def _(d):
    """Fault 15: another one is under way, and nobody knows what it will do."""
    d["fencing"]["entries"].append(
        {"node": "n1", "action": "reboot", "state": "pending",
         "executor": "machine", "origin": "n3", "in_snapshot": "no"})


@case("fencing-failed-after-success", "veto 360")
def _(d):
    """Fault 15: the newest word of the fencer is a failure."""
    d["fencing"]["entries"].append(
        {"node": "n1", "action": "off", "state": "failed",
         "executor": "machine", "origin": "n2", "completed_s": 1700000009,
         "in_snapshot": "no"})


@case("fencing-failed-before-success", "permit")
def _(d):
    """Fault 15: a first try that failed, by the same clock, spoils nothing."""
    d["fencing"]["entries"].append(
        {"node": "n1", "action": "off", "state": "failed",
         "executor": "machine", "origin": "n2", "completed_s": 1699999990,
         "in_snapshot": "no"})


@case("fencing-failed-by-another-clock", "veto 360")
def _(d):
    """Fault 9: clocks of two nodes are never compared."""
    d["fencing"]["entries"].append(
        {"node": "n1", "action": "off", "state": "failed",
         "executor": "machine", "origin": "n3", "completed_s": 1699999990,
         "in_snapshot": "no"})


@case("fencing-on-again", "veto 360")
def _(d):
    """Fault 15: it was switched on after that, whatever the times say."""
    d["fencing"]["entries"].append(
        {"node": "n1", "action": "on", "state": "succeeded",
         "executor": "machine", "origin": "n2", "completed_s": 1699999990,
         "in_snapshot": "no"})


@case("fencing-watchdog", "veto 360")
def _(d):
    """Fault 17."""
    entry(d)["executor"] = "watchdog"


@case("fencing-watchdog-accepted", "permit")
def _(d):
    """Fault 17: the administrator accepts that the timer must have expired."""
    entry(d)["executor"] = "watchdog"
    d["request"]["watchdog_accepted"] = "yes"


@case("fencing-executor-unknown", "veto 360")
def _(d):
    del entry(d)["executor"]


@case("fenced-but-unclean", "veto 360")
def _(d):
    d["nodes"][0]["unclean"] = "yes"


@case("fenced-but-member-and-silent", "veto 360")
def _(d):
    """It is back, and nobody says what it does."""
    for v in ("before", "after"):
        d[v]["members"] = [1, 2, 3]
    d["nodes"][0]["online"] = "yes"


@case("fenced-but-corosync-member", "veto 360")
def _(d):
    """It is back in Corosync, and Pacemaker has not started there."""
    for v in ("before", "after"):
        d[v]["members"] = [1, 2, 3]


@case("holder-isolated-not-fenced", "veto 360")
def _(d):
    """Fault 3: unreachable is never evidence of death."""
    d["fencing"]["entries"] = []
    d["nodes"][0]["unclean"] = "yes"


@case("attested-operation-in-flight", "veto 360", lambda: joined(fenced()))
def _(d):
    d["nodes"][0]["operations"]["in_flight"] = "yes"


@case("attested-open-grant", "veto 360", lambda: joined(fenced()))
def _(d):
    """Faults 22 and 40: n3 was granted epoch 2 and is still in recovery: not yet, perhaps."""
    d["grants"].append(grant(epoch=2, holder="n3", outcome="open",
                             members=("n1", "n2"), inc="i3"))


@case("void-grant", "permit")
def _(d):
    """Fault 22: n3 says itself that its promotion never happened."""
    d["grants"].append(grant(epoch=2, holder="n3", outcome="void",
                             members=("n1", "n2"), inc="i3"))


def void(epoch, follows=None, holder="n3", **more):
    out = grant(epoch=epoch, holder=holder, outcome="void", members=("n1", "n2"), inc="i3", **more)
    if follows:
        out["follows"] = follows
    return out


@case("void-grants-passed-over", "permit")
def _(d):
    """Sixteen promotions came to nothing; the last one's record says so for all
    of them, and theirs are gone."""
    d["grants"].append(void(18, follows=1))


@case("void-grants-missing", "veto 310")
def _(d):
    """The same numbers are missing, and nobody says what they were."""
    d["grants"].append(void(18))


@case("passed-over-down-to-an-unknown-epoch", "veto 310")
def _(d):
    """Epoch 4 was not void, and nobody here knows whose it was."""
    d["grants"].append(void(18, follows=4))


@case("passed-over-by-an-older-grant", "veto 310")
def _(d):
    """Epoch 6 speaks of what was before it, not of what came after."""
    d["grants"] += [void(6, follows=1), void(18)]


@case("done-epoch-passed-over", "veto 150")
def _(d):
    """One record says that epoch 5 happened, another one that it was void."""
    d["grants"] += [void(18, follows=1),
                    grant(epoch=5, holder="n3", source="journal", members=("n1", "n2"), inc="i3")]


@case("open-epoch-passed-over", "veto 360")
def _(d):
    """What this node still knows is judged as it is known: epoch 5 is open."""
    d["grants"] += [void(18, follows=1),
                    grant(epoch=5, holder="n3", source="journal", outcome="open", members=("n1", "n2"), inc="i3")]


@case("grant-that-follows-itself", "veto 100")
def _(d):
    d["grants"].append(void(18, follows=18))


@case("attested-other-incarnation", "veto 360", lambda: joined(fenced()))
def _(d):
    d["nodes"][0]["probe"]["incarnation"] = "x1"


@case("assertion-of-another-epoch", "veto 360", alone)
def _(d):
    d["assertions"][0]["epoch"] = 7


@case("assertion-without-reason", "veto 360", alone)
def _(d):
    del d["assertions"][0]["reason"]


@case("assertion-against-live-answer", "veto 300", alone)
def _(d):
    """P6-A1a waives nothing else."""
    d["nodes"][0]["probe"] = probe(5, inc="i1", in_recovery="no")


@case("alone-third-node-silent", "veto 370", alone)
def _(d):
    """Without a cluster manager nobody can speak for a silent node."""
    del d["nodes"][2]["probe"]


@case("other-node-unclean", "veto 370")
def _(d):
    d["nodes"][2]["unclean"] = "yes"
    d["nodes"][2]["online"] = "no"
    del d["nodes"][2]["probe"]


@case("seal-of-another-epoch", "veto 360", sealed)
def _(d):
    d["seal"]["epoch"] = 7
    d["nodes"][0]["operations"]["last"] = "start"


@case("seal-broken", "veto 360", sealed)
def _(d):
    """Fault 33: sealed, restarted, written to, crashed."""
    d["seal"]["unbroken"] = "no"
    d["nodes"][0]["operations"]["last"] = "start"


# --- lineage -----------------------------------------------------------------

@case("other-system", "veto 400")
def _(d):
    d["nodes"][2]["probe"]["system_id"] = "7000000000000000002"


@case("history-contradicts-itself", "veto 410")
def _(d):
    d["nodes"][2]["probe"]["history"] = [
        {"timeline": 3, "end_lsn": "0/3000000"}]


@case("same-number-other-timeline", "veto 410")
def _(d):
    """Fault 30: two forks, both called timeline 2."""
    for n, at in ((1, "0/3000000"), (2, "0/3000100")):
        p = d["nodes"][n]["probe"]
        p["timeline"] = p["epoch_timeline"] = 2
        p["history"] = [{"timeline": 1, "end_lsn": at}]
    d["own"]["mark_timeline"] = 2


@case("candidate-on-a-rogue-timeline", "veto 420")
def _(d):
    """Faults 31 and 32: on a branch that no grant began, by its own promotion or out of the archive."""
    d["nodes"][1]["probe"].update(
        timeline=2, history=[{"timeline": 1, "end_lsn": "0/4800000"}])


@case("member-on-a-rogue-timeline", "permit")
def _(d):
    """Fault 31: its D is capped where it left; it still remembers what it had."""
    d["nodes"][2]["probe"].update(
        timeline=2, received_lsn="0/6000000", replayed_lsn="0/6000000",
        history=[{"timeline": 1, "end_lsn": "0/4800000"}])


# --- coverage ----------------------------------------------------------------

@case("position-read-too-early", "veto 500")
def _(d):
    """Fault 20: n3's position was read before the fencing was known."""
    d["nodes"][2]["probe"]["order"] = 2


@case("asynchronous", "veto 540")
def _(d):
    """Fault 2: k = 0, the primary is gone."""
    set_k(d, 0)


@case("survivors-exactly-n-minus-k", "veto 540")
def _(d):
    """Fault 25: ANY 1 of 2, one answers."""
    d["nodes"][2].update(online="no")
    del d["nodes"][2]["probe"]


@case("first-k-without-discount", "veto 540")
def _(d):
    for g in d["grants"]:
        g["contract"]["method"] = "first"
    d["contracts"][0]["contract"]["method"] = "first"
    d["nodes"][2].update(online="no")
    del d["nodes"][2]["probe"]


@case("candidate-behind", "veto 540")
def _(d):
    """Fault 26: promote n3 instead."""
    d["nodes"][2]["probe"].update(received_lsn=LSN_AHEAD,
                                  replayed_lsn=LSN_AHEAD)


@case("candidate-behind-in-what-was-received", "veto 540")
def _(d):
    """n3 has received more than it has replayed: its log counts, not its view."""
    d["nodes"][2]["probe"]["received_lsn"] = LSN_AHEAD


@case("amnesia", "veto 540")
def _(d):
    """Fault 28: n3 was re-cloned and not yet admitted."""
    d["nodes"][2]["probe"]["incarnation"] = "j3"


@case("amnesia-admitted-again", "permit")
def _(d):
    """Fault 28: n3 was re-cloned, and flushed all that there was before it was admitted again."""
    d["nodes"][2]["probe"]["incarnation"] = "j3"
    d["admissions"].append({"serial": 4, "node": "n3", "incarnation": "j3"})


@case("amnesia-old-disk-returns", "veto 540")
def _(d):
    """Fault 28: only the latest admission counts."""
    d["admissions"].append({"serial": 4, "node": "n3", "incarnation": "j3"})


@case("amnesia-below-own-mark", "veto 540")
def _(d):
    """Fault 29: the log ends below what this node once had."""
    d["own"]["mark_lsn"] = LSN_AHEAD


def note(d, of=2, **more):
    d["nodes"][of]["noted"] = {"condition": "present", "incarnation": d["nodes"][of]["probe"]["incarnation"],
                               "timeline": d["nodes"][of]["probe"]["timeline"], "lsn": LSN, **more}


@case("amnesia-machine-set-back", "veto 540")
def _(d):
    """Fault 29: n3's whole machine was set back to a snapshot: its own mark went with it, what this node noted of it did not."""
    note(d, lsn=LSN_AHEAD)


@case("amnesia-set-back-without-a-note", "permit")
def _(d):
    """Nobody looked: nothing in this evidence tells that n3 once had more."""
    d["nodes"][2].pop("noted", None)


@case("amnesia-noted-and-kept", "permit")
def _(d):
    """Fault 29: it has all that was ever seen of it."""
    note(d)


@case("amnesia-noted-of-another-life", "permit")
def _(d):
    """The note is about an incarnation that is over; this one was admitted since."""
    note(d, lsn=LSN_AHEAD, incarnation="j3")


@case("amnesia-noted-on-another-fork", "veto 540")
def _(d):
    note(d, timeline=7)


@case("amnesia-note-unreadable", "veto 540")
def _(d):
    """Fault 19: the cluster does not tell what the members noted of n3. Zero, absence of a value and error never mean yes."""
    d["nodes"][2]["noted"] = {"condition": "malformed"}


@case("amnesia-note-empty", "veto 540")
def _(d):
    note(d)
    del d["nodes"][2]["noted"]["lsn"]


@case("contract-announced-binds-too", "veto 540")
def _(d):
    """From ANY 1 of 2 to k = 0: announced, the barrier not yet passed."""
    d["contracts"].append({"epoch": 1, "serial": 2, "phase": "announced",
                           "pinned": "yes", "contract": contract(0)})


@case("contract-not-pinned", "veto 540")
def _(d):
    """Fault 23: what ran unpinned proves nothing."""
    d["contracts"][0]["pinned"] = "no"


@case("contract-only-announced", "veto 540")
def _(d):
    d["contracts"][0]["phase"] = "announced"


@case("log-not-read-to-its-end", "veto 540")
def _(d):
    """A position right after a start understates."""
    d["nodes"][2]["probe"]["log_exhausted"] = "no"


@case("unadmitted-node-ahead", "veto 550", sealed)
def _(d):
    """Whoever is ahead has something that the candidate does not."""
    d["nodes"][2]["probe"].update(
        incarnation="j3", received_lsn=LSN_AHEAD, replayed_lsn=LSN_AHEAD)


@case("newer-epoch-seen", "veto 550")
def _(d):
    """A log two promotions behind is consistent with itself."""
    d["nodes"][2]["probe"].update(
        epoch=2, epoch_timeline=2, timeline=2,
        history=[{"timeline": 1, "end_lsn": LSN}])


@case("newer-grant-unsatisfied", "veto 560", sealed)
def _(d):
    """Epoch 2 was granted to n1, nobody knows its end: its contract binds."""
    set_k(d, 1)
    d["grants"].append(grant(epoch=2, holder="n1", outcome="open"))
    d["nodes"][2]["online"] = "no"
    del d["nodes"][2]["probe"]
    for v in ("before", "after"):
        d[v]["members"] = [1, 2]
    d["contracts"][0]["contract"] = contract(1, ("n2",))
    for g in d["grants"][:3]:
        g["contract"] = contract(1, ("n2",))


@case("epoch-disowned", "veto 565")
def _(d):
    """n1 was started by hand and acknowledged alone; n2 and n3, cut off, lack the row that says so (P6-S1)."""
    d["grants"][0]["outcome"] = "disowned"


@case("epoch-disowned-by-the-journal", "veto 565")
def _(d):
    """The cluster's record was restored from before."""
    d["grants"][2]["outcome"] = "disowned"


@case("grant-with-an-unknown-end", "veto 565")
def _(d):
    """It may be the one that was disowned: zero means unproven (P6-F1)."""
    d["grants"][0]["outcome"] = "unknown"


def next_epoch_of_n1(d):
    """n1 was started again as it should be, and holds epoch 2 on timeline 2."""
    d["grants"][0]["outcome"] = "disowned"
    d["grants"].append(grant(2))
    d["fencing"]["snapshot_epoch"] = 2


@case("disowned-epoch-below-a-newer-grant", "veto 565")
def _(d):
    """Whoever has no row of epoch 2 may lack what was acknowledged before it, whatever its contract says."""
    next_epoch_of_n1(d)


@case("disowned-epoch-left-behind", "permit")
def _(d):
    """The row of a later epoch shows that everything before it is there."""
    next_epoch_of_n1(d)
    d["grants"].append(grant(2, source="log"))
    d["contracts"].append({"epoch": 2, "serial": 2, "phase": "in-force", "pinned": "yes", "contract": contract()})
    for n in (1, 2):
        d["nodes"][n]["probe"].update(epoch=2, epoch_timeline=2, timeline=2,
                                      history=[{"timeline": 1, "end_lsn": LSN_OLD}])


@case("disowned-epoch-sealed", "permit", sealed)
def _(d):
    """Up to the sealed record there is all that was ever acknowledged."""
    d["grants"][0]["outcome"] = "disowned"


@case("disowned-epoch-same-holder", "permit", same_holder)
def _(d):
    d["grants"][0]["outcome"] = "disowned"


@case("disowned-epoch-under-an-open-grant", "veto 565", same_holder)
def _(d):
    """n1's promotion was approved and cut off; since then n2 told that epoch 1 ran without its contract (P6-S1)."""
    for g in d["grants"]:
        g.update(holder="n2", incarnation="i2")
    d["grants"][0]["outcome"] = "disowned"
    d["grants"].append(grant(2, outcome="open", k=0))


@case("disowned-epoch-of-its-own-under-an-open-grant", "permit", same_holder)
def _(d):
    """What n1 acknowledged is in its own log, however its server was started."""
    d["grants"][0]["outcome"] = "disowned"
    d["grants"].append(grant(2, outcome="open", k=0))


@case("grants-disagree-disowned-then-void", "veto 150")
def _(d):
    d["grants"] = [grant(outcome="disowned"), grant(outcome="void", source="journal")]


@case("grants-disagree-void-then-disowned", "veto 150")
def _(d):
    d["grants"] = [grant(outcome="void"), grant(outcome="disowned", source="journal")]


@case("grants-disagree-passed-over-and-disowned", "veto 150")
def _(d):
    """Epoch 3 says that 2 came to nothing; the journal, that it ran without its contract."""
    d["grants"].append(grant(2, source="journal", outcome="disowned"))
    d["grants"].append(dict(grant(3, outcome="open"), follows=1))


@case("seal-other-record", "veto 540", sealed)
def _(d):
    """Fault 41: any shutdown checkpoint will not do: it must be that record."""
    d["tail"]["record_crc"] = 78


@case("seal-not-the-last-record", "veto 540", sealed)
def _(d):
    d["tail"]["end_lsn"] = "0/4FFFFF8"


@case("same-holder-log-cut-short", "veto 540", same_holder)
def _(d):
    """Fault 29: below its own high-water mark."""
    d["own"]["mark_lsn"] = "0/6000000"


@case("same-holder-set-back", "veto 540", same_holder)
def _(d):
    """Its own mark was set back with the machine; another member saw it as a standby with more."""
    note(d, 0, lsn="0/6000000")


@case("same-holder-note-unreadable", "veto 540", same_holder)
def _(d):
    d["nodes"][0]["noted"] = {"condition": "malformed"}


@case("same-holder-noted-and-kept", "permit", same_holder)
def _(d):
    note(d, 0)


@case("same-holder-other-incarnation", "veto 540", same_holder)
def _(d):
    """Fault 42: the directory is another one than the killed server had."""
    d["nodes"][0]["probe"]["incarnation"] = "x1"


@case("same-holder-too-few-witnesses", "veto 540", same_holder)
def _(d):
    """Fault 43: the last holder alone cannot know of a later epoch."""
    for n in (1, 2):
        d["nodes"][n]["online"] = "no"
        del d["nodes"][n]["probe"]


# --- visibility --------------------------------------------------------------

@case("candidate-silent", "veto 400")
def _(d):
    del d["nodes"][1]["probe"]


@case("replay-paused", "veto 600")
def _(d):
    d["nodes"][1]["probe"]["replay_paused"] = "yes"


@case("replay-behind", "veto 600")
def _(d):
    d["nodes"][1]["probe"]["replayed_lsn"] = LSN_OLD


def last_record(d, end):
    """The log of n2 has whole records up to there, and nothing but part of one behind."""
    d["tail"] = {"condition": "present", "order": 8, "timeline": 1, "record_lsn": LSN_OLD, "end_lsn": end,
                 "record_crc": 7}


@case("part-of-a-record", "permit")
def _(d):
    """n1 was lost in the midst of a large record: n2 received a page of it, and nobody will send the rest."""
    d["nodes"][1]["probe"].update(received_lsn=LSN_AHEAD)
    last_record(d, LSN)


@case("part-of-a-record-on-both", "permit")
def _(d):
    d["nodes"][1]["probe"].update(received_lsn=LSN_AHEAD)
    last_record(d, LSN)
    d["nodes"][2]["probe"]["received_lsn"] = LSN_AHEAD


@case("part-of-a-record-elsewhere", "veto 540")
def _(d):
    """What n3 received beyond n2 may be whole: promote n3."""
    last_record(d, LSN)
    d["nodes"][2]["probe"]["received_lsn"] = LSN_AHEAD


@case("part-of-a-record-unread", "veto 600")
def _(d):
    """Nobody looked whether it is part of one."""
    for n in (1, 2):
        d["nodes"][n]["probe"]["received_lsn"] = LSN_AHEAD


@case("whole-record-not-replayed", "veto 600")
def _(d):
    d["nodes"][1]["probe"].update(received_lsn=LSN_AHEAD, replayed_lsn=LSN_OLD)
    last_record(d, LSN)


@case("checksum-failures", "veto 600")
def _(d):
    d["nodes"][1]["probe"]["checksums_clean"] = "no"


@case("candidate-writes-already", "veto 600", sealed)
def _(d):
    """Covered by the seal, but it is no standby any more."""
    d["nodes"][1]["probe"]["in_recovery"] = "no"


@case("candidate-log-not-read", "veto 600", sealed)
def _(d):
    d["nodes"][1]["probe"]["log_exhausted"] = "no"


@case("candidate-not-pinned", "veto 600", sealed)
def _(d):
    """Its server was started outside the agent."""
    del d["nodes"][1]["probe"]["incarnation"]


@case("nothing-in-any-log", "veto 540")
def _(d):
    """Zero is no position: it says that nothing was replayed."""
    del d["own"]["mark_lsn"]
    for n in (1, 2):
        del d["nodes"][n]["probe"]["received_lsn"]
        del d["nodes"][n]["probe"]["replayed_lsn"]


# --- rules that are reached by few ------------------------------------------------

@case("node-unknown-to-the-cluster", "veto 140")
def _(d):
    """Fault 18: what nobody has classified is no full member."""
    del d["nodes"][0]["node_class"]


@case("other-promotion-unclear", "veto 305")
def _(d):
    """An older agent that does not say whether a promotion is in flight."""
    del d["nodes"][2]["probe"]["promoting"]


@case("alone-third-node-asserted", "veto 540", alone)
def _(d):
    """The operator speaks for the third node as well, but not for its log."""
    del d["nodes"][2]["probe"]
    d["assertions"].append(dict(d["assertions"][0], node="n3"))


@case("same-holder-without-a-mark", "veto 540", same_holder)
def _(d):
    """Its own record is gone: nobody knows how far it once was."""
    del d["own"]


@case("histories-unrelated", "veto 410")
def _(d):
    """n3 has another first timeline."""
    d["nodes"][2]["probe"].update(
        timeline=5, history=[{"timeline": 4, "end_lsn": LSN_OLD}])


@case("follower-of-an-open-grant", "veto 550")
def _(d):
    """n3 may have been promoted: its log went on where n2's did not."""
    d["grants"].append(grant(epoch=2, holder="n3", outcome="open",
                             members=("n1", "n2"), inc="i3"))
    d["assertions"] = [{"node": "n3", "epoch": 2, "operator_name": "alice",
                        "reason": "switched it off"}]
    for view in ("before", "after"):
        d[view]["members"] = [2]
    d["nodes"][2]["probe"].update(
        timeline=2, history=[{"timeline": 1, "end_lsn": "0/4800000"}])


# --- corners of single rules -------------------------------------------------

@case("fenced-by-reboot", "permit")
def _(d):
    entry(d)["action"] = "reboot"


@case("fencing-of-another-kind", "veto 360")
def _(d):
    """Only off and reboot end a server; unfencing and the like do not."""
    del entry(d)["action"]


@case("fencing-failed-some-nanoseconds-before", "permit")
def _(d):
    """The same clock, some nanoseconds earlier."""
    entry(d)["completed_ns"] = 500
    d["fencing"]["entries"].append(
        dict(entry(d), state="failed", completed_ns=499))


@case("fencing-failed-a-nanosecond-later", "veto 360")
def _(d):
    entry(d)["completed_ns"] = 500
    d["fencing"]["entries"].append(
        dict(entry(d), state="failed", completed_ns=501))


def two_node(d, wait_for_all="yes"):
    """Each half of a split is quorate by itself."""
    for v in ("before", "after"):
        d[v]["two_node"] = "yes"
        d[v]["wait_for_all"] = wait_for_all


@case("two-node-with-wait-for-all", "veto 240")
def _(d):
    """Fault 8: wait_for_all can be taken back at run time (pcs quorum unblock); who was seen cannot."""
    two_node(d)
    d["nodes"][0]["ever_seen"] = "no"


def pair_of(d, k, member):
    """Without n3."""
    two_node(d)
    del d["nodes"][2], d["admissions"][2]
    for v in ("before", "after"):
        d[v]["members"] = [m for m in d[v]["members"] if m != 3]
    for holding in d["grants"] + d["contracts"]:
        holding["contract"] = contract(k, [member])
    return d


def pair():
    """The last holder, excluded as itself, of two nodes; the other is a standby here."""
    return pair_of(same_holder(), 0, "n2")


@case("two-node-peer-here", "permit", pair)
def _(d):
    """Nobody is apart."""


@case("two-node-peer-lost", "veto 240", pair)
def _(d):
    """Fault 7: only the ring is cut, and n2 answers; nothing else stops n1. The other half is quorate as well: would n1
    be granted an epoch here, n2 would not hear of it there, and could be promoted in its turn by what it knows, as soon
    as it has fenced n1."""
    for v in ("before", "after"):
        d[v]["members"] = [1]
    d["nodes"][1].update(online="no", unclean="yes")


@case("two-node-peer-gone", "permit", lambda: pair_of(fenced(), 1, "n2"))
def _(d):
    """Faults 7 and 8: the other is off and clean, and comes back only where it sees this node."""


@case("two-node-peer-online-elsewhere", "veto 240", pair)
def _(d):
    """Pacemaker has not noticed yet that the other left the ring."""
    for v in ("before", "after"):
        d[v]["members"] = [1]


@case("views-in-the-wrong-order", "veto 210")
def _(d):
    d["before"]["order"], d["after"]["order"] = 9, 1
    for n in d["nodes"]:
        n.pop("probe", None)
        del n["operations"]
    d["fencing"]["condition"] = "absent"


@case("attested-stop-failed", "veto 360", lambda: joined(fenced()))
def _(d):
    """A stop that failed says that nobody knows."""
    del d["nodes"][0]["probe"]
    d["nodes"][0]["operations"].update(last="stop", last_result="failed")


@case("attested-not-running", "permit", lambda: joined(fenced()))
def _(d):
    """The newest monitor found the server not running."""
    del d["nodes"][0]["probe"]
    d["nodes"][0]["operations"].update(last="monitor", last_result="not-running")


@case("attested-running-but-silent", "veto 360", lambda: joined(fenced()))
def _(d):
    """Fault 38: its server hangs; the agent's word that it runs is none that it cannot write."""
    del d["nodes"][0]["probe"]
    d["nodes"][0]["operations"]["last"] = "monitor"


def silent_third():
    """Sealed; n3 is a member whose server does not answer."""
    d = sealed()
    del d["nodes"][2]["probe"]
    return d


@case("third-node-silent-but-monitored", "permit", silent_third)
def _(d):
    """Fault 4: no packet of its server's came through. Its agent says that it runs, and it was never promoted."""
    d["nodes"][2]["operations"]["last"] = "monitor"


@case("third-node-silent-and-promoted", "veto 370", silent_third)
def _(d):
    d["nodes"][2]["operations"]["last"] = "promote"


@case("third-node-silent-and-never-started", "veto 370", silent_third)
def _(d):
    """No operation at all is no word that it does not run."""
    del d["nodes"][2]["operations"]["last"]


@case("third-node-silent-start-failed", "veto 370", silent_third)
def _(d):
    d["nodes"][2]["operations"]["last_result"] = "failed"


@case("third-node-silent-promoted-monitor", "veto 370", silent_third)
def _(d):
    """A monitor that found a promoted instance, OCF code 8."""
    d["nodes"][2]["operations"].update(last="monitor", last_result="promoted")


@case("seal-of-another-node", "veto 540", sealed)
def _(d):
    d["seal"]["node"] = "n3"


@case("seal-of-another-incarnation", "veto 540", sealed)
def _(d):
    d["seal"]["incarnation"] = "x1"


@case("seal-while-the-holder-is-unknown", "veto 310", sealed)
def _(d):
    """Epoch 2 is open, it is sealed, and nobody knows who held epoch 1."""
    d["grants"] = [grant(epoch=2, outcome="open", k=0)]
    d["seal"]["epoch"] = 2


@case("seal-of-an-empty-record", "veto 540", sealed)
def _(d):
    d["seal"]["record_lsn"] = d["tail"]["record_lsn"] = LSN


@case("grants-disagree-on-members", "veto 150")
def _(d):
    d["grants"][2]["contract"]["members"] = ["n1", "n3"]


@case("contract-newer-one-in-force", "permit")
def _(d):
    """The newest row in force counts; the one before it is over."""
    d["contracts"].insert(0, dict(d["contracts"][0], serial=1,
                                  contract=contract(0)))
    d["contracts"][1]["serial"] = 2


@case("contract-weakened-in-force", "veto 540")
def _(d):
    d["contracts"].append({"epoch": 1, "serial": 2, "phase": "in-force",
                           "pinned": "yes", "contract": contract(0)})


@case("contract-of-an-older-epoch", "permit")
def _(d):
    """Epoch 1 was asynchronous; what counts is the contract of epoch 2."""
    d["contracts"][0]["contract"] = contract(0)
    d["contracts"].append({"epoch": 2, "serial": 2, "phase": "in-force",
                           "pinned": "yes", "contract": contract()})
    d["fencing"]["snapshot_epoch"] = 2
    for g in d["grants"]:
        g["epoch"] = 2
    for n in d["nodes"][1:]:
        n["probe"].update(epoch=2, epoch_timeline=2, timeline=2,
                          history=[{"timeline": 1, "end_lsn": LSN_OLD}])


def third_timeline(d):
    """Two promotions back; both survivors are on timeline 3."""
    d["own"]["mark_lsn"] = "0/3000000"
    for n in d["nodes"][1:]:
        n["probe"].update(epoch=1, epoch_timeline=3, timeline=3, history=[
            {"timeline": 1, "end_lsn": "0/3000000"},
            {"timeline": 2, "end_lsn": LSN_OLD}])


@case("third-timeline", "permit")
def _(d):
    """Fault 30: every ancestor of both agrees, switch points included."""
    third_timeline(d)


@case("third-timeline-forked-at-the-second", "veto 410")
def _(d):
    """Fault 32: both are on timeline 3, and n3's archive gave it another timeline 2."""
    third_timeline(d)
    d["nodes"][2]["probe"]["history"][1]["end_lsn"] = "0/4000100"


@case("member-forked-at-the-second-timeline", "permit")
def _(d):
    """It left timeline 2 by a promotion of its own: capped where it left."""
    third_timeline(d)
    d["nodes"][2]["probe"].update(timeline=4, received_lsn="0/6000000",
                                  replayed_lsn="0/6000000")
    d["nodes"][2]["probe"]["history"][1]["end_lsn"] = "0/3800000"


@case("member-by-another-second-timeline", "permit")
def _(d):
    """Fault 32: the numbers part, it never was on timeline 2. What it has of timeline 1 counts."""
    third_timeline(d)
    d["nodes"][2]["probe"].update(timeline=4, history=[
        {"timeline": 1, "end_lsn": "0/3000000"}])


@case("history-goes-backwards", "veto 410")
def _(d):
    """A timeline that ended before it began."""
    third_timeline(d)
    d["nodes"][2]["probe"]["history"][1]["end_lsn"] = "0/2000000"


@case("log-ends-before-its-timeline-began", "veto 410")
def _(d):
    third_timeline(d)
    d["nodes"][2]["probe"].update(received_lsn="0/3800000",
                                  replayed_lsn="0/3800000")


@case("member-on-a-rogue-timeline-and-ahead", "veto 540")
def _(d):
    """It had more than the candidate before it left."""
    d["nodes"][2]["probe"].update(
        timeline=2, received_lsn="0/6000000", replayed_lsn="0/6000000",
        history=[{"timeline": 1, "end_lsn": LSN_AHEAD}])


@case("member-that-received-nothing-since-its-start", "permit")
def _(d):
    """Then what it replayed of its own log is all that it has."""
    del d["nodes"][2]["probe"]["received_lsn"]


def cut_short():
    """n1 was granted epoch 2 and promoted; power went before the row."""
    d = same_holder()
    d["grants"].append(grant(epoch=2, outcome="open", k=0))
    d["nodes"][0]["probe"].update(
        timeline=2, history=[{"timeline": 1, "end_lsn": LSN}])
    return d


@case("own-promotion-cut-short", "permit", cut_short)
def _(d):
    """Fault 22: it alone can have written under epoch 2, and has all it ever had."""


@case("own-promotion-cut-short-after-a-void-grant", "permit", cut_short)
def _(d):
    """Epoch 2 came to nothing and made no fork; the promotion was epoch 3's."""
    d["grants"][-1]["epoch"] = 3
    d["grants"].append(grant(epoch=2, outcome="void", k=0))


@case("own-promotion-cut-short-before-a-void-grant", "permit", cut_short)
def _(d):
    """The next attempt came to nothing: the fork is still epoch 2's."""
    d["grants"].append(grant(epoch=3, outcome="void", k=0))


@case("own-promotion-cut-short-after-an-unknown-grant", "veto 310", cut_short)
def _(d):
    """Epoch 2 may have made the fork, and nobody knows whose it was."""
    d["grants"][-1]["epoch"] = 3


@case("own-promotion-by-another-incarnation", "veto 420", cut_short)
def _(d):
    """Fault 22: what was cut short was another life's promotion."""
    d["nodes"][0]["probe"]["incarnation"] = "x1"


@case("own-promotion-by-nobody-known", "veto 420", cut_short)
def _(d):
    """Not pinned: nobody knows whose server this is."""
    del d["nodes"][0]["probe"]["incarnation"]


@case("own-promotion-two-forks-on", "veto 420", cut_short)
def _(d):
    """One grant, two new timelines: one of them was nobody's."""
    d["nodes"][0]["probe"].update(timeline=3, history=[
        {"timeline": 1, "end_lsn": LSN}, {"timeline": 2, "end_lsn": LSN}])


# More than this proof needs, so that a single fact could go without harm: these
# stop at rule 600, behind everything that they are to show.
def paused(d):
    for n in d["nodes"]:
        if n["name"] == d["request"]["candidate"]:
            n["probe"]["replay_paused"] = "yes"


@case("sealed-before-its-epoch-row", "veto 600", sealed)
def _(d):
    """n1 was granted epoch 2 as well and stopped first: its seal covers it."""
    d["grants"].append(grant(epoch=2, holder="n1", outcome="open", k=0))
    d["seal"]["epoch"] = 2
    paused(d)


@case("sealed-on-another-timeline", "veto 540", sealed)
def _(d):
    """The very record, but the candidate is not on its timeline."""
    d["seal"]["timeline"] = d["tail"]["timeline"] = 2


@case("asynchronous-with-an-open-grant", "veto 540")
def _(d):
    """Two holders: the one that may be the newest is named."""
    set_k(d, 0)
    d["grants"].append(grant(epoch=2, holder="n3", outcome="open", k=0,
                             inc="i3"))
    d["assertions"] = [{"node": "n3", "epoch": 2, "operator_name": "alice",
                        "reason": "switched it off"}]
    for view in ("before", "after"):
        d[view]["members"] = [2]
    del d["nodes"][2]["probe"]
    d["nodes"][2]["online"] = "no"


@case("contract-announced-and-covered", "veto 600")
def _(d):
    """Both bind, and both are met: the announced one asks for less."""
    d["contracts"].append({"epoch": 1, "serial": 2, "phase": "announced",
                           "pinned": "yes", "contract": contract(2)})
    paused(d)


def renamed(d, names):
    """Each incarnation under another name, and a small system identifier."""
    for n in d["nodes"]:
        if "probe" in n:
            n["probe"]["incarnation"] = names[n["name"]]
            n["probe"]["system_id"] = "1"
    for g in d["grants"]:
        g["incarnation"] = names[g["holder"]]
    for a in d["admissions"]:
        a["incarnation"] = names[a["node"]]


@case("one-letter-incarnations", "permit", lambda: joined(fenced()))
def _(d):
    """One letter is a name like any other."""
    renamed(d, {"n1": "a", "n2": "b", "n3": "c"})


@case("one-letter-same-holder", "permit", same_holder)
def _(d):
    renamed(d, {"n1": "a", "n2": "b", "n3": "c"})


@case("holder-without-incarnation", "veto 360", lambda: joined(fenced()))
def _(d):
    """Nobody is nobody: two missing names are not the same one."""
    for g in d["grants"]:
        del g["incarnation"]
    del d["admissions"][0]
    del d["nodes"][0]["probe"]["incarnation"]


@case("system-unknown", "veto 360", lambda: joined(fenced()))
def _(d):
    """Nobody says which database this is, all alike."""
    for n in d["nodes"]:
        del n["probe"]["system_id"]


@case("same-holder-two-of-four", "veto 540", same_holder)
def _(d):
    """Half of the nodes is no majority."""
    d["nodes"].append(node("n4", 4, online="no"))
    d["nodes"][2]["online"] = "no"
    del d["nodes"][2]["probe"]
    for v in ("before", "after"):
        d[v]["members"] = [1, 2]


@case("fencing-failed-in-the-same-second", "permit")
def _(d):
    """One clock, never set: the finer part of its time decides."""
    entry(d).update(origin="x", completed_s=1, completed_ns=2)
    d["fencing"]["entries"].append(dict(entry(d), state="failed",
                                        completed_ns=1))


@case("records-read-too-early", "veto 500", lambda: joined(fenced()))
def _(d):
    """The holder may have announced another contract since."""
    d["rows"]["order"] = 4


@case("records-never-read", "veto 500")
def _(d):
    d["rows"] = {"condition": "absent"}


@case("records-outside-the-view", "veto 210")
def _(d):
    d["rows"]["order"] = 11


@case("contract-not-enforced", "veto 580")
def _(d):
    """Fault 23: somebody edited k under the running server: the grant would lie."""
    d["offer"]["pinned"] = "no"


@case("contract-enforcement-unknown", "veto 580")
def _(d):
    del d["offer"]["pinned"]


@case("no-contract-to-offer", "veto 580")
def _(d):
    del d["offer"]["contract"]


@case("offer-names-the-candidate", "veto 580")
def _(d):
    """Nobody acknowledges to himself."""
    d["offer"]["contract"] = contract(1, ("n1", "n2"))


@case("offer-asks-for-too-many", "veto 100")
def _(d):
    d["offer"]["contract"] = contract(3, ("n1", "n3"))


@case("an-asynchronous-epoch-between", "veto 560")
def _(d):
    """n1 held epoch 2 without asking anybody, and then epoch 3: a standby that
    has neither row must have what was acknowledged under each."""
    for epoch, k in ((2, 0), (3, 1)):
        for source in ("cluster", "journal"):
            d["grants"].append(grant(epoch, source=source, k=k))
    d["fencing"]["snapshot_epoch"] = 3


@case("a-synchronous-epoch-between", "permit")
def _(d):
    for epoch in (2, 3):
        for source in ("cluster", "journal"):
            d["grants"].append(grant(epoch, source=source))
    d["fencing"]["snapshot_epoch"] = 3


@case("an-unknown-epoch-between", "veto 560")
def _(d):
    """Nobody here knows what epoch 2 was granted for."""
    for source in ("cluster", "journal"):
        d["grants"].append(grant(3, source=source))
    d["fencing"]["snapshot_epoch"] = 3


@case("open-grant-of-a-former-life", "permit", lambda: joined(fenced()))
def _(d):
    """The grant was given to a directory that is gone; what answers now cannot
    be promoting by it, and n3 has all that it may have acknowledged."""
    for g in d["grants"]:
        g["incarnation"] = "i0"
    for source in ("cluster", "journal"):
        d["grants"].append(grant(2, source=source, outcome="open", inc="i0"))


@case("lower-epoch-not-read-to-its-end", "veto 550", lambda: joined(fenced()))
def _(d):
    """Until it has read its log, the epoch that it names may be an old one."""
    n1 = d["nodes"][0]["probe"]
    n1.update(order=7, log_exhausted="no")
    d["nodes"][2]["probe"]["order"] = 5
    for n in (1, 2):
        d["nodes"][n]["probe"].update(
            timeline=2, epoch=2, epoch_timeline=2,
            history=[{"timeline": 1, "end_lsn": LSN_OLD}])
    for source in ("cluster", "journal", "log"):
        d["grants"].append(grant(2, "n3", source, inc="i3", k=2, members=("n1", "n2")))
    d["contracts"].append({"epoch": 2, "serial": 2, "phase": "in-force", "pinned": "yes",
                           "contract": contract(2, ("n1", "n2"))})


@case("alone-weaker-configuration", "veto 570", alone)
def _(d):
    """Without a cluster nobody would learn that less is asked for."""
    d["offer"]["contract"]["k"] = 0


@case("alone-follower-of-an-unseen-grant", "veto 550", alone)
def _(d):
    """n3 followed somebody's promotion that is not known here."""
    d["nodes"][2]["probe"].update(
        timeline=2, history=[{"timeline": 1, "end_lsn": LSN}],
        received_lsn=LSN_AHEAD, replayed_lsn=LSN_AHEAD)


@case("alone-all-re-created", "veto 570", alone_sealed)
def _(d):
    """All answer, none remembers: an epoch may be gone with its nodes."""
    d["nodes"][0] = {"name": "n1", "probe": probe(6, inc="i9")}
    d["nodes"][2] = {"name": "n3", "probe": probe(7, inc="i8")}


@case("alone-same-timeline-without-its-row", "veto 550", alone)
def _(d):
    """n3 is on "timeline 2" as well, and does not know the epoch that began it."""
    for n in (1, 2):
        d["nodes"][n]["probe"].update(timeline=2, history=[{"timeline": 1, "end_lsn": LSN_OLD}])
    d["nodes"][1]["probe"].update(epoch=2, epoch_timeline=2)
    for source in ("journal", "log"):
        d["grants"].append(grant(2, "n1", source, k=2))
    d["grants"] = [g for g in d["grants"] if g["epoch"] == 2]
    d["contracts"].append({"epoch": 2, "serial": 2, "phase": "in-force", "pinned": "yes", "contract": contract(2)})
    d["offer"]["contract"]["k"] = 2
    d["assertions"].append(dict(d["assertions"][0], epoch=2))


@case("human-confirmation-of-a-node-without-number", "veto 360")
def _(d):
    """It may well stand in this view: nobody knows its number there (P6-A1a)."""
    entry(d)["executor"] = "human"
    del d["nodes"][0]["cluster_id"]
