#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two databases in one cluster, both with their primary on n1. When n1 is lost both are asked for at the same moment, and
each may claim its epoch in the cluster's configuration while the other's evidence is collected: neither vetoes the other
(P6-F1), and each is promoted by a proof of its own."""
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtest import lab, main  # noqa: E402

NODES = ("n1", "n2", "n3")
BIN = "/usr/lib/postgresql/15/bin/"
PGDATA = "/var/lib/postgresql/two"
CONFIG = "--config=/etc/vouch/two.conf"
SETTINGS = """listen_addresses = '*'
port = 5433
unix_socket_directories = '/run/postgresql'
shared_buffers = '32MB'
wal_keep_size = '256MB'
wal_retrieve_retry_interval = '500ms'
"""
ACCESS = "host all all all trust\nhost replication all all trust\n"


def as_postgres(it, node, *words, check=True):
    return it.on(node, "runuser", "-u", "postgres", "--", *words, check=check, timeout=120).stdout.strip()


def ask(it, node, query):
    return as_postgres(it, node, "psql", "-p", "5433", "-XAtqc", query, check=False)


def first_server(it):
    for node in NODES:
        it.on(node, "install", "-d", "-o", "postgres", "-m", "700", PGDATA)
    as_postgres(it, "n1", BIN + "initdb", "-D", PGDATA, "-A", "trust", "-U", "postgres", "--no-sync", "--data-checksums")
    for name, text in (("postgresql.conf", SETTINGS), ("pg_hba.conf", ACCESS)):
        it.on("n1", "sh", "-c", 'printf %s "$1" >> "$2"', "add", text, "%s/%s" % (PGDATA, name))
    as_postgres(it, "n1", BIN + "pg_ctl", "-D", PGDATA, "-w", "-s", "-l", "/var/log/postgresql/two.log", "start")
    ask(it, "n1", "create role vouch login replication")


def second_database(it):
    """Adopted, cloned and given to Pacemaker, as README says."""
    address = {n["node"]: n["address"] for n in it.state()["nodes"]}
    members = " ".join("%s=%s:5433" % (node, address[node]) for node in NODES)
    first_server(it)
    for node in NODES:
        it.put(node, "/etc/vouch/two.conf", ("name=two\npgdata=%s\nmembers=%s\nrepl_user=vouch\nk=1\n" %
                                             (PGDATA, members)).encode())
    it.on("n1", "vouch", CONFIG, "--quiet", "adopt")
    for node in NODES[1:]:
        as_postgres(it, node, BIN + "pg_basebackup", "-D", PGDATA, "-d", "host=%s port=5433 user=vouch" % address["n1"],
                    "-X", "stream", "-c", "fast", "--no-sync")
    xml = it.on("n1", "cibadmin", "--query", "--xpath", "//clone[@id='pgsql-clone']").stdout.replace("pgsql", "two")
    for name, value in (("pgdata", PGDATA), ("members", members)):
        xml = re.sub('(name="%s" value=")[^"]*' % name, r"\g<1>" + value, xml)
    it.on("n1", "cibadmin", "--create", "--scope", "resources", "--xml-text", xml)


def is_ready(it):
    return ask(it, "n1", "select count(*) from pg_stat_replication where state = 'streaming'") == "2" and \
        it.on("n1", "vouch", CONFIG, "status").stdout.count(" yes ") >= 2


def second_primaries(it):
    return [n for n in NODES[1:] if ask(it, n, "select pg_is_in_recovery()") == "f"]


def two_databases(report):
    with lab("td") as it:
        second_database(it)
        it.wait_for("both standbys of the second database count", lambda: is_ready(it), 120)
        ask(it, "n1", "create table kept as select 1")
        it.run("workload", "start")
        it.run("power", "off", "n1")
        it.run("wait", "promoted", "--not", "n1", "--timeout", "90")
        report.check("two databases: the first is promoted", it.promoted() in NODES[1:], it.state())
        it.wait_for("the second is promoted", lambda: second_primaries(it) != [])
        second = second_primaries(it)[0]
        report.check("two databases: the second is promoted, on one node", len(second_primaries(it)) == 1, second)
        for node, config in ((it.promoted(), "--config=/etc/vouch/pgsql.conf"), (second, CONFIG)):
            said = it.on(node, "vouch", config, "explain").stdout
            report.check("two databases: %s by a permit" % config, "permit: every rule holds" in said, said)
            history = it.on(node, "vouch", config, "history").stdout
            report.check("two databases: %s in one attempt" % config,
                         history.count("succeeded") == 1 and "denied" not in history, history)
        report.check("two databases: what the second acknowledged is there", ask(it, second, "select count(*) from kept") == "1")
        it.run("workload", "stop")
        done = it.run("verify", check=False)
        report.check("two databases: nothing of the first is lost", done.returncode == 0, done.stdout + done.stderr)


if __name__ == "__main__":
    sys.exit(main({"two-databases": two_databases}))
