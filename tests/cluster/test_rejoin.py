#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A former primary comes back with records that nobody acknowledged (P6-S1,
P6-S2): refused as candidate, `vouch rejoin` names what it discards and refuses
where authority may be, and afterwards the node is admitted under a new
incarnation. Once by a rewind, once by a copy."""
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402
from secrets_watch import Watch  # noqa: E402

NODES = ("n1", "n2", "n3")
PGDATA = "/var/lib/postgresql/vouch"
KEPT = "/var/lib/postgresql/copies/kept"
FUNCTIONS = ("pg_ls_dir(text, boolean, boolean)", "pg_stat_file(text, boolean)", "pg_read_binary_file(text)",
             "pg_read_binary_file(text, bigint, bigint, boolean)")


def members(it, node):
    seen = json.loads(it.on(node, "vouch", "--output-as=json", "contract", "show").stdout)
    return {m["name"]: m["counts"] for m in seen["members"]}


def everybody_counts(it):
    it.wait_for("both standbys count", lambda: sum(members(it, it.promoted() or "n1").values()) == 2, 120)


def incarnation(it, node, asked_on):
    return it.sql(asked_on, "select incarnation from vouch.admission where node = '%s' order by serial desc limit 1" % node)


def rejoin(it, *words):
    return it.on("n1", "vouch", *words, "rejoin", check=False, timeout=150)


def configured_alone(it):
    """n1 is cut off, and somebody goes on configuring there: of all copies of the configuration its has most changes."""
    it.on("n1", "crm_attribute", "--type", "crm_config", "--name", "no-quorum-policy", "--update", "freeze")
    it.run("isolate", "n1", "--only", "corosync")
    done = it.on("n1", "sh", "-c", "for i in 1 2 3 4 5 6 7 8; do crm_attribute --type crm_config --name alone-$i --update x; "
                                   "cibadmin --query | head -n 1; done", check=False)
    return max([int(number) for number in re.findall(r' epoch="(\d+)"', done.stdout)], default=0)


def changes(it, node):
    """How often the configuration was changed, as a node has it, and the epochs that it names."""
    text = it.on(node, "cibadmin", "--query").stdout
    return int(re.search(r' epoch="(\d+)"', text).group(1)), sorted(map(int, re.findall(r'id="vouch-pgsql-grant-(\d+)"', text)))


def grant_stands(report, it, new, alone):
    """What was granted where there is quorum is not taken back by one who comes with more changes (P6-A1)."""
    wanted = int(it.sql(new, "select max(epoch) from vouch.epoch"))
    seen = {node: changes(it, node) for node in NODES}
    report.check("rejoin: by copy: n1 came back with as many changes of the configuration as anybody has",
                 alone >= seen[new][0], (alone, seen))
    report.check("rejoin: by copy: the grant of the epoch that began meanwhile stands, on every node (P6-A1)",
                 all(wanted in grants for _, grants in seen.values()), (wanted, seen))


def diverge(it, meanwhile=lambda it: None):
    """n1 has records that no standby has, and loses its power with them."""
    everybody_counts(it)
    it.sql("n1", "insert into acked select 7, g from generate_series(1, 100) g")
    it.run("stall")
    for number in range(5):
        it.sql("n1", "set synchronous_commit = local; insert into acked values (90, %d)" % number)
    # A tail that the new primary's log does not reach soon, in the segment that the branches part in.
    it.sql("n1", "set synchronous_commit = local; insert into acked select 92, g from generate_series(1, 20000) g")
    result = meanwhile(it)
    it.run("power", "off", "n1")
    it.run("wait", "promoted", "--not", "n1", "--timeout", "120", timeout=150)
    it.run("heal")
    return it.promoted(), result


def refusals(report, it, name, new):
    it.on("n1", "install", "-d", "-o", "postgres", os.path.dirname(KEPT))
    before = it.on("n1", "sh", "-c", "cd %s && ls -l --time-style=full-iso global base" % PGDATA).stdout
    it.on("n1", "nft", "add", "table", "inet", "test")
    it.on("n1", "nft", "add chain inet test out { type filter hook output priority 0; }")
    it.on("n1", "nft", "add rule inet test out tcp dport 5432 ip daddr 10.86.0.0/24 drop", check=False)
    done = rejoin(it, "--quiet", "--yes")
    it.on("n1", "nft", "delete", "table", "inet", "test")
    report.check("rejoin: %s: without a reachable primary it refuses" % name,
                 done.returncode == 1 and "no other member answers as primary" in done.stderr, done.stderr)
    done = it.on(new, "vouch", "--quiet", "--yes", "rejoin", check=False)
    report.check("rejoin: %s: on the primary it refuses" % name, done.returncode == 1 and "P6-A1" in done.stderr,
                 done.stderr)
    done = rejoin(it, "--quiet")
    report.check("rejoin: %s: where nobody can be asked it wants --yes" % name, done.returncode == 2, done.stderr)
    after = it.on("n1", "sh", "-c", "cd %s && ls -l --time-style=full-iso global base" % PGDATA).stdout
    report.check("rejoin: %s: a refusal changes nothing" % name, before == after, after)


def dry_run(report, it, name, how):
    done = rejoin(it, "--quiet", "--output-as=json", "--dry-run")
    plan = json.loads(done.stdout)
    report.check("rejoin: %s: --dry-run names fork, bytes, records and commits" % name,
                 plan["result"] == "dry run" and plan["discarded_bytes"] > 0 and plan["discarded_records"] >= 5 and
                 plan["discarded_commits"] >= 6 and plan["fork"].count("/") == 1, plan)
    report.check("rejoin: %s: it would go by %s" % (name, how), plan["how"].startswith(how), plan)
    print("# %s: %s" % (name, json.dumps(plan)), flush=True)


def back(report, it, name, new, old_incarnation):
    it.on(new, "crm_resource", "--clear", "--resource", "pgsql-clone", "--node", "n1")
    it.wait_for("n1 is admitted and counts", lambda: members(it, new)["n1"], 120)
    report.check("rejoin: %s: n1 is admitted under a new incarnation" % name,
                 incarnation(it, "n1", new) not in ("", old_incarnation), old_incarnation)
    report.check("rejoin: %s: what nobody acknowledged is gone, what was acknowledged is there" % name,
                 it.sql("n1", "select count(*) filter (where client = 90), count(*) filter (where client = 7) from acked")
                 == "0|100", it.sql("n1", "select client, count(*) from acked group by 1"))
    it.on("n1", "test", "-d", KEPT + "/pg_wal")
    # It is a full member again: it alone may acknowledge, and be promoted.
    it.run("power", "off", new)
    it.wait_for("somebody is promoted again", lambda: it.promoted() not in (None, new), 120)
    report.check("rejoin: %s: the next failover counts on it" % name, it.verdict(it.promoted())["decision"] == "permit",
                 it.verdict(it.promoted())["why"])


def is_refused_for_its_log(report, it):
    """Not only because the new primary is there: were it gone, what n1 has would still not be all."""
    seen = json.loads(it.on("n1", "vouch", "--output-as=json", "status").stdout)
    then = next(v["if_holder_were_excluded"] for v in seen["verdicts"] if v["candidate"] == "n1")
    report.check("rejoin: by copy: were the new primary fenced, n1 would be refused for what it lacks (P6-S1)",
                 then.startswith("rule 5") and "P6-S1" in then, then)


def cannot_be_replaced(report, it):
    """What a copy could not replace is said before anything is given up."""
    link = PGDATA + "/pg_tblspc/16999"
    it.on("n1", "ln", "-s", "/var/tmp", link)
    done = rejoin(it, "--quiet", "--yes")
    report.check("rejoin: by copy: with a tablespace it refuses", done.returncode == 1 and "tablespaces" in done.stderr,
                 done.stderr)
    report.check("rejoin: by copy: ... and nothing was given up",
                 it.on("n1", "test", "-e", "/var/lib/vouch/pgsql/rejoin", check=False).returncode == 1 and
                 it.on("n1", "test", "-e", PGDATA + "/global/pg_control", check=False).returncode == 0, done.stderr)
    it.on("n1", "rm", link)


KILLED = """
vouch --quiet --yes --keep=%s rejoin & rejoin=$!
while kill -0 $rejoin 2>/dev/null && ! pgrep -x pg_basebackup >/dev/null; do :; done
kill -9 $rejoin; wait $rejoin
"""


def cut_off(report, it):
    """Killed in its midst: nothing of it goes on, nobody starts a server on what is left, and typed again it is ended."""
    done = it.on("n1", "sh", "-c", KILLED % KEPT, check=False, timeout=150)
    report.check("rejoin: by copy: it was killed in its midst", done.returncode == 137, done.stderr)
    it.wait_for("the copy ends with it", lambda: it.on("n1", "pgrep", "-x", "pg_basebackup", check=False).returncode == 1, 30)
    done = it.on("n1", "crm_resource", "--resource", "pgsql", "--force-start", check=False, timeout=120)
    report.check("rejoin: by copy: no server is started on what is left (P6-S1)", done.returncode != 0 and stopped(it, "n1"),
                 done.stdout + done.stderr)
    done = rejoin(it, "--quiet", "--dry-run")
    report.check("rejoin: by copy: typed again it says that what is there cannot be compared",
                 done.returncode == 0 and "cannot be compared" in done.stdout + done.stderr, done.stdout + done.stderr)


def control(it, directory):
    return it.on("n1", "md5sum", directory + "/global/pg_control").stdout.split()[0]


def is_named(report, it, new):
    """Whoever looks is told who cannot follow, and what to type."""
    seen = json.loads(it.on(new, "vouch", "--output-as=json", "status").stdout)
    parted = {m["name"]: m.get("parted_from") for m in seen["members"]}
    report.check("rejoin: by copy: status names n1, and nobody else", parted == {n: new if n == "n1" else None for n in NODES},
                 seen["members"])
    text = it.on(new, "vouch", "status").stdout
    report.check("rejoin: by copy: status says what to type", "n1 parted from %s" % new in text and
                 "type there: vouch rejoin" in text, text)
    told = it.on(new, "vouch", "--quiet", "--output-as=json", "doctor", check=False).stdout
    report.check("rejoin: by copy: doctor says so as well", '"diverged"' in told, told)


def acknowledges_nothing(report, it, new):
    """n1's server runs and asks the primary for its log again and again. Its log ends beyond where the branches part,
    which must not pass for an acknowledgement of what the new primary has at the same position."""
    other = next(n for n in NODES if n not in ("n1", new))
    it.on(other, "pkill", "-STOP", "-f", "postgres:.*walreceiver")
    done = it.on(new, "timeout", "10", "runuser", "-u", "postgres", "--", "psql", "-XAtqd", "postgres", "-c",
                 "insert into acked values (91, 1)", check=False)
    report.check("rejoin: by copy: a diverged node acknowledges nothing (P6-S1)", done.returncode == 124,
                 "the commit was acknowledged; n1 has it: " +
                 it.sql("n1", "select count(*) from acked where client = 91"))
    it.on(other, "pkill", "-CONT", "-f", "postgres:.*walreceiver")


def stopped(it, node):
    return it.on(node, "pgrep", "-u", "postgres", "-x", "postgres", check=False).returncode == 1


def ban(it, asked_on):
    it.on(asked_on, "crm_resource", "--ban", "--resource", "pgsql-clone", "--node", "n1")


def by_rewind(report):
    with lab("rw", "--passwords") as it:
        secrets = Watch(it)
        for function in FUNCTIONS:
            it.sql("n1", "grant execute on function pg_catalog.%s to vouch" % function)
        old = incarnation(it, "n1", "n1")
        new, _ = diverge(it)
        ban(it, new)
        it.run("power", "on", "n1")
        it.wait_for("n1 is back", lambda: "n1" in it.on("n1", "crm_mon", "-1").stdout and
                    it.on("n1", "crm_mon", "-1", "--output-as=xml").stdout.count('online="true"') == 3, 120)
        refusals(report, it, "by rewind", new)
        dry_run(report, it, "by rewind", "rewind")
        done = rejoin(it, "--yes", "--keep=" + KEPT)
        report.check("rejoin: by rewind: done", done.returncode == 0 and "done: n1" in done.stdout,
                     done.stdout + done.stderr)
        report.check("rejoin: by rewind: it said what is discarded",
                     "Discarded" in done.stderr and "commits" in done.stderr, done.stderr)
        back(report, it, "by rewind", new, old)
        secrets.tell(report, "by rewind", NODES)


def by_copy(report):
    with lab("rc", "--passwords") as it:
        secrets = Watch(it)
        old = incarnation(it, "n1", "n1")
        new, alone = diverge(it, configured_alone)
        it.run("power", "on", "n1")
        it.wait_for("n1 runs again", lambda: it.sql("n1", "select pg_is_in_recovery()") == "t", 120)
        grant_stands(report, it, new, alone)
        _, verdict = it.asked("n1")
        report.check("rejoin: by copy: n1 is refused as candidate", verdict["decision"] == "veto", verdict["why"])
        is_refused_for_its_log(report, it)
        is_named(report, it, new)
        acknowledges_nothing(report, it, new)
        done = rejoin(it, "--quiet", "--yes")
        report.check("rejoin: by copy: with a running server it refuses", done.returncode == 1 and "P6-A1" in done.stderr,
                     done.stderr)
        ban(it, new)
        it.wait_for("n1 is stopped", lambda: stopped(it, "n1"), 60)
        text = it.on("n1", "vouch", "status").stdout
        report.check("rejoin: by copy: status says what is survived where no server runs, too",
                     "survives, by the contract of the newest grant (epoch 3 to %s): the loss of the primary alone" % new
                     in text, text)
        dry_run(report, it, "by copy", "copy")
        cannot_be_replaced(report, it)
        it.on("n1", "install", "-d", "-o", "postgres", os.path.dirname(KEPT))
        before = control(it, PGDATA)
        cut_off(report, it)
        done = rejoin(it, "--yes")
        report.check("rejoin: by copy: done", done.returncode == 0, done.stdout + done.stderr)
        report.check("rejoin: by copy: it says how far the copy is", " kB (100%)" in done.stderr, done.stderr)
        report.check("rejoin: by copy: what is kept is the directory as it was", control(it, KEPT) == before != control(it, PGDATA),
                     before)
        back(report, it, "by copy", new, old)
        secrets.tell(report, "by copy", NODES)


if __name__ == "__main__":
    sys.exit(main({"by-rewind": by_rewind, "by-copy": by_copy}))
