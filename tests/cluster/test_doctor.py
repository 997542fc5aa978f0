#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""vouch doctor on a live cluster: silent about what is well, names what would make a
proof fail or a veto loop (P6-A1, P6-A3, P6-S1), and what it says to type mends it."""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402


def doctor(it, node="n2"):
    """Exit code, and what is not well: check -> its finding."""
    done = it.on(node, "vouch", "--output-as=json", "doctor", check=False)
    return done.returncode, {f["check"]: f for f in json.loads(done.stdout) if f["outcome"] != "ok"}


def type_it(it, found):
    """What it says to type is a command, and is typed as it stands."""
    it.on("n2", "sh", "-c", found["mend"])


def spoil_notify(it):
    it.on("n2", "crm_resource", "--resource", "pgsql-clone", "--meta", "--set-parameter", "notify",
          "--parameter-value", "false")


def spoil_fencing(it):
    it.on("n2", "crm_attribute", "--type", "crm_config", "--name", "stonith-enabled", "--update", "false")


def spoil_quorum_policy(it):
    it.on("n2", "crm_attribute", "--type", "crm_config", "--name", "no-quorum-policy", "--update", "ignore")


def spoil_maintenance(it):
    it.on("n2", "crm_attribute", "--type", "crm_config", "--name", "maintenance-mode", "--update", "true")


def spoil_threshold(it):
    it.on("n2", "crm_resource", "--resource", "pgsql", "--meta", "--set-parameter", "migration-threshold",
          "--parameter-value", "1")


def spoil_alert(it):
    it.on("n2", "cibadmin", "--delete-all", "--xpath", "//alerts/alert", "--force")


SPOILS = {"alert": spoil_alert, "notify": spoil_notify, "fencing-enabled": spoil_fencing, "no-quorum-policy": spoil_quorum_policy,
          "managed": spoil_maintenance, "migration-threshold": spoil_threshold}


AGENT = "/usr/lib/ocf/resource.d/vouch/postgresql"


def parameters(it):
    return {name: it.on("n1", "crm_resource", "--resource", "pgsql", "--get-parameter", name).stdout.strip()
            for name in ("pgdata", "members", "repl_user", "k")}


def tested(report, it):
    """ocf-tester takes the primary through start, demote, promote and stop by hand; each promotion is proven, by the seal."""
    node = it.promoted()
    before = it.attempts([node])
    spoil_maintenance(it)
    options = [word for name, value in parameters(it).items() for word in ("-o", "%s=%s" % (name, value))]
    done = it.on(node, "ocf-tester", "-v", "-n", "pgsql", *options, AGENT, check=False, timeout=300)
    report.check("doctor: ocf-tester passes, on a primary", done.returncode == 0 and "passed all tests" in done.stdout,
                 done.stdout[-600:] + done.stderr)
    made = it.decisions(node)[:it.attempts([node]) - before]
    report.check("doctor: each of its promotions went through the proof",
                 len(made) >= 3 and all(one["outcome"] == "succeeded" for one in made), made)
    it.on(node, "crm_attribute", "--type", "crm_config", "--name", "maintenance-mode", "--delete")
    it.wait_for("promoted again", lambda: it.promoted() is not None)
    it.wait_for("a healthy cluster", lambda: doctor(it)[0] == 0)
    # What the tester stopped and started was the primary: its standbys have to find it again.
    it.wait_for("both standbys stream", lambda: it.streaming(it.promoted()) == 2)


def checked_deeper(report, it):
    values = parameters(it)
    nodes, addresses = zip(*(word.split("=") for word in values["members"].split()))
    wrong = " ".join("%s=%s" % pair for pair in zip(nodes, addresses[:1] + addresses[:0:-1]))
    for what, members, code in (("well", values["members"], 0), ("another server answers in its place", wrong, 190)):
        given = ["OCF_RESKEY_%s=%s" % pair for pair in {**values, "members": members}.items()]
        done = it.on("n2", "env", "OCF_CHECK_LEVEL=10", "OCF_RESOURCE_INSTANCE=pgsql", *given, AGENT, "monitor", check=False)
        report.check("doctor: OCF_CHECK_LEVEL=10: %s" % what, done.returncode == code, (done.returncode, done.stderr))


def reloaded(report, it):
    """What only the agent reads is changed without a restart of any server."""
    def started():
        return [it.sql(node, "select pg_postmaster_start_time()") for node in ("n1", "n2", "n3")]

    def reloads():
        return sum(it.on(node, "grep", "-c", "pgsql reload-agent .* exited with status 0", "/var/log/pacemaker/pacemaker.log",
                         check=False).stdout.strip() == "1" for node in ("n1", "n2", "n3"))

    before = started()
    it.on("n1", "crm_resource", "--resource", "pgsql", "--set-parameter", "probe_timeout", "--parameter-value", "5s")
    it.wait_for("reload-agent on each node", lambda: reloads() == 3)
    report.check("doctor: reload-agent ran on each node, and no server was started again",
                 started() == before and it.promoted() is not None, (before, started()))


def examined(report):
    with lab("dr") as it:
        code, found = doctor(it)
        report.check("doctor: a healthy cluster: nothing found, exit 0", code == 0 and not found, (code, found))
        for check, spoil in SPOILS.items():
            spoil(it)
            code, found = doctor(it)
            report.check("doctor: %s is found, and nothing else, exit 1" % check,
                         code == 1 and list(found) == [check], (code, found))
            if check in found:
                type_it(it, found[check])
            code, found = doctor(it)
            report.check("doctor: %s is mended by what it says to type" % check, code == 0 and not found,
                         (code, found))
        tested(report, it)
        checked_deeper(report, it)
        reloaded(report, it)
        done = it.on("n2", "crm_resource", "--validate", "--resource", "pgsql", check=False)
        report.check("doctor: validate-all is content", done.returncode == 0, (done.returncode, done.stdout, done.stderr))
        it.on("n2", "cibadmin", "--modify", "--scope", "resources", "--xml-text",
              '<op id="%s" on-fail="restart"/>' % op_id(it, "promote"))
        code, found = doctor(it)
        report.check("doctor: a promote whose veto would restart the standby is found",
                     code == 1 and "on-fail=block" in found.get("promote-on-fail", {}).get("mend", ""), (code, found))
        done = it.on("n2", "crm_resource", "--validate", "--resource", "pgsql", check=False)
        report.check("doctor: validate-all insists on it as well", done.returncode != 0 and
                     "P6-F3" in done.stdout + done.stderr, (done.returncode, done.stdout, done.stderr))
        it.on("n3", "pkill", "-KILL", "-u", "postgres", check=False)
        done = it.on("n2", "runuser", "-u", "postgres", "--", "vouch", "doctor", check=False)
        report.check("doctor: who may not ask the cluster is told so, exit 3",
                     done.returncode == 3, done.stdout + done.stderr)


def op_id(it, name):
    text = it.on("n2", "cibadmin", "--query", "--xpath", "//op[@name='%s']" % name).stdout
    return text.split('id="', 1)[1].split('"', 1)[0]


if __name__ == "__main__":
    sys.exit(main({"doctor": examined}))
