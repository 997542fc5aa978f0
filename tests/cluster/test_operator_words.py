#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Operators' words on a real cluster: with authorization=operator Pacemaker's request
alone is vetoed (P6-A3), an authorization permits exactly one promotion, and an
assertion that a dead node is down, which nothing could fence, counts until it is
revoked (P6-A1a). Each is typed on a node that is not the candidate."""
import contextlib
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import Failed, lab, main  # noqa: E402


def word(it, node, *arguments):
    return it.on(node, "vouch", *arguments, check=False)


def words(it, node):
    shown = json.loads(it.on(node, "vouch", "--output-as=json", "status").stdout)
    return [(w["word"], w["node"], w["counts"].split(":")[0]) for w in shown["words"]]


def online(it, node, whom):
    shown = it.on(node, "crm_mon", "-1", "--output-as=xml").stdout
    return '<node name="%s"' % whom in shown and 'online="true"' in shown.split('<node name="%s"' % whom)[1].split(">")[0]


def settled(it, others):
    """Every standby as it runs now is admitted, and each standby's own log says so."""
    shown = json.loads(it.on(others[0], "vouch", "--output-as=json", "status").stdout)
    runs = {m["name"]: m["incarnation"] for m in shown["members"]}
    newest = "select incarnation from vouch.admission where node = '%s' order by serial desc limit 1"
    return all(runs[n] and it.sql(asked, newest % n) == runs[n] for n in others for asked in others)


def bad_words(it, report):
    before = it.on("n2", "cibadmin", "--query", "--scope", "crm_config").stdout
    for why, arguments in {
            "no reason": ("authorize", "n2"),
            "a reason that moves the cursor": ("authorize", "n2", "--reason=a\x1b[2J"),
            "a reason that is too long": ("authorize", "n2", "--reason=" + "a" * 100000),
            "nobody's name": ("authorize", "n9", "--reason=x"),
            "a node that answers": ("assert-down", "n1", "--reason=x")}.items():
        done = word(it, "n2", *arguments)
        report.check("words: %s is refused, exit 2" % why, done.returncode == 2, done.stdout + done.stderr)
    report.check("words: what was refused changed nothing",
                 it.on("n2", "cibadmin", "--query", "--scope", "crm_config").stdout == before, "the CIB differs")


def authorization(it, report):
    """The parameter is taken over without a restart; after a crash Pacemaker has to ask anew."""
    started = it.sql("n1", "select pg_postmaster_start_time()")
    it.on("n2", "crm_resource", "--resource", "pgsql", "--set-parameter", "authorization",
          "--parameter-value", "operator")
    it.on("n2", "crm_resource", "--wait", "--timeout=30s")
    report.check("authorization=operator: taken over without a restart",
                 it.sql("n1", "select pg_postmaster_start_time()") == started, "n1's server was started again")
    it.on("n1", "sh", "-c", "kill -9 $(head -n 1 /var/lib/postgresql/vouch/postmaster.pid)")
    nodes = ("n1", "n2", "n3")
    it.wait_for("somebody was asked and refused", lambda: any(
        d["outcome"] == "denied" for n in nodes for d in it.decisions(n)), 60)
    asked = next(n for n in nodes if any(d["outcome"] == "denied" for d in it.decisions(n)))
    other = next(n for n in nodes if n != asked)
    verdict = it.verdict(asked)
    report.check("authorization=operator: Pacemaker's request alone is vetoed by rule 120",
                 verdict["rule"] == 120 and verdict["invariant"] == "P6-A3", verdict["why"])
    shown = it.run("crm_mon").stdout.replace("\n", " ")
    report.check("authorization=operator: crm_mon shows what to type",
                 "vouch authorize %s --reason" % asked in " ".join(shown.split()), shown)
    report.check("authorize: another candidate's word is on record",
                 word(it, other, "authorize", other, "--reason=not this one").returncode == 0, "refused")
    done = word(it, other, "authorize", asked, "--reason=the parameter was changed, in order")
    report.check("authorize: said on %s for %s" % (other, asked), done.returncode == 0, done.stderr)
    report.check("authorize: revoked on the node that it is for",
                 word(it, asked, "authorize", "--revoke", other).returncode == 0, "refused")
    report.check("authorize: status on a third node lists what still counts",
                 words(it, other) == [("authorize", asked, "counts")], words(it, other))
    it.on(asked, "crm_resource", "--cleanup", "--resource", "pgsql")
    it.wait_for("it is promoted", lambda: it.promoted() == asked, 60)
    it.wait_for("the promotion used it up", lambda: words(it, other) == [])  # what this node sees of it may be a moment old
    report.check("authorize: the promotion used it up", True)
    it.on(asked, "sh", "-c", "sed '$ a authorization=operator' /etc/vouch/pgsql.conf > /tmp/operator.conf")
    done = word(it, asked, "--config=/tmp/operator.conf", "contract", "set", "--k=2", "--yes")
    report.check("authorization=operator: a change of the contract says first what its promotion needs, exit 1",
                 done.returncode == 1 and "vouch authorize %s --reason" % asked in done.stderr, done.stderr)
    return asked, [n for n in nodes if n != asked]


def assertion(it, report, holder, others):
    """The holder is dead and its power controller does not answer, so nothing but a word can exclude it."""
    candidate, typist = others
    it.wait_for("both standbys count", lambda: settled(it, others), 60)
    it.run("fencing", "deaf", holder)
    it.run("power", "off", holder)
    it.wait_for("%s is gone" % holder, lambda: not online(it, typist, holder), 60)
    code, verdict = it.asked(candidate)
    report.check("assert-down: without it the dead, unfenced holder is not excluded",
                 code == 1 and verdict["rule"] == 360, verdict["why"])
    done = word(it, typist, "assert-down", holder, "--reason=I pulled its plug")
    report.check("assert-down: said on %s of %s" % (typist, holder), done.returncode == 0, done.stderr)
    # What the word does not speak of may take a moment: a log that is read to its end, a member that answers.
    def permits():
        nonlocal code, verdict
        code, verdict = it.asked(candidate)
        return code == 0

    with contextlib.suppress(Failed):
        it.wait_for("it permits", permits, 60)
    used = [f for f in verdict["findings"] if f["rule"] == 350 and f["outcome"] == "holds"]
    report.check("assert-down: permits, shown as an assertion (P6-A1a)",
                 code == 0 and used and used[0]["reason"] == "ASSERTED", verdict["why"])
    done = word(it, candidate, "assert-down", "--revoke", holder)
    report.check("assert-down: revoked on %s" % candidate, done.returncode == 0, done.stderr)
    code, verdict = it.asked(candidate)
    report.check("assert-down: revoked, it permits nothing",
                 code == 1 and verdict["rule"] == 360 and words(it, typist) == [], verdict["why"])


def used_once(it, report, holder, others):
    """Fenced at last, so that Pacemaker asks for another one."""
    tried = it.attempts(others)
    it.run("fencing", "works", holder)
    it.on(others[0], "stonith_admin", "--fence", holder)
    it.wait_for("somebody was asked and refused", lambda: it.attempts(others) > tried, 60)
    verdicts = [it.verdict(n) for n in others if it.decisions(n)]
    report.check("authorize: exactly one promotion, the next is vetoed by rule 120",
                 any(v["rule"] == 120 for v in verdicts) and it.promoted() is None, [v["why"] for v in verdicts])


def spoken(report):
    with lab("ow") as it:
        bad_words(it, report)
        holder, others = authorization(it, report)
        assertion(it, report, holder, others)
        used_once(it, report, holder, others)


if __name__ == "__main__":
    sys.exit(main({"words": spoken}))
