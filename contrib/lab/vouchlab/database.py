# SPDX-License-Identifier: GPL-2.0-or-later
"""PostgreSQL in the nodes: the first server, its clones, and questions put to each server directly."""

import os
import shutil
import threading

from . import machine, network, nodes
from .lab import PGDATA
from .system import LabError, enter_netns

BIN = "/usr/lib/postgresql/15/bin"
SQL_LOG = "/var/log/postgresql/vouch.log"

SETTINGS = f"""
# --- vouch-lab ---
listen_addresses = '*'
unix_socket_directories = '/run/postgresql'
max_connections = 60
shared_buffers = '64MB'
wal_level = 'replica'
wal_keep_size = '1GB'
max_wal_size = '1GB'
hot_standby = on
# Reconnect and report fast, so that a test measures the cluster and not a default of some seconds.
wal_receiver_status_interval = '1s'
wal_retrieve_retry_interval = '500ms'
logging_collector = on
log_directory = '{os.path.dirname(SQL_LOG)}'
log_filename = '{os.path.basename(SQL_LOG)}'
log_line_prefix = '%m [%p] %a '
log_timezone = 'UTC'
"""


def access_rules(lab):
    asked = f"""host all vouch {network.subnet()} scram-sha-256
host replication vouch {network.subnet()} scram-sha-256
""" if lab.options["passwords"] else ""
    # Trust only what comes from inside the lab: its network exists nowhere else.
    return asked + f"""local all all trust
local replication all trust
host all all 127.0.0.1/32 trust
host replication all 127.0.0.1/32 trust
host all all {network.subnet()} trust
host replication all {network.subnet()} trust
"""


SCHEMA = """
CREATE ROLE vouch LOGIN REPLICATION;
CREATE ROLE lab LOGIN;
CREATE TABLE acked (client int, seq bigint, at timestamptz DEFAULT clock_timestamp(), PRIMARY KEY (client, seq));
ALTER TABLE acked OWNER TO lab;
"""


def as_postgres(lab, node, argv, **options):
    return nodes.execute(lab, node, ["runuser", "-u", "postgres", "--", *argv], **options)


def create_first(lab):
    node = lab.nodes[0]
    as_postgres(lab, node, [BIN + "/initdb", "-D", PGDATA, "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums",
                            "--no-sync", "-A", "trust", "-U", "postgres"])
    directory = nodes.nodeinit.disk_path(lab, node, PGDATA)
    with open(os.path.join(directory, "postgresql.conf"), "a") as out:
        out.write(SETTINGS)
    with open(os.path.join(directory, "pg_hba.conf"), "w") as out:
        out.write(access_rules(lab))
    start(lab, node)
    as_postgres(lab, node, ["psql", "-Xqd", "postgres", "-v", "ON_ERROR_STOP=1"], input=SCHEMA)
    if lab.options["passwords"]:
        # Through the standard input: a password in an argument would be in the process title.
        as_postgres(lab, node, ["psql", "-Xqd", "postgres", "-v", "ON_ERROR_STOP=1"],
                    input=f"ALTER ROLE vouch PASSWORD '{lab.replication_password}';")


def start(lab, node, options=""):
    # The postmaster keeps the standard output it is given; handing it ours would keep the pipe open.
    done = nodes.execute(lab, node, ["runuser", "-u", "postgres", "--", BIN + "/pg_ctl", "-D", PGDATA, "-w", "-s", "-l",
                                     "/var/log/postgresql/start.log", *(["-o", options] if options else []), "start"],
                         check=False)
    if done.returncode != 0:
        raise LabError(f"PostgreSQL did not start on {node}; look at: {lab.command('logs ' + node)}\n  {done.stderr.strip()}")


def stop_first(lab):
    as_postgres(lab, lab.nodes[0], [BIN + "/pg_ctl", "-D", PGDATA, "-w", "-s", "-m", "fast", "stop"])


def adopt(lab):
    """vouch promotes nothing whose authority it has not recorded. False if there is no vouch to ask."""
    node = lab.nodes[0]
    if nodes.execute(lab, node, ["which", "vouch"], check=False).returncode != 0:
        return False
    nodes.execute(lab, node, ["vouch", "adopt", "--config", "/etc/vouch/pgsql.conf"])
    return True


def clone(lab, node):
    source = lab.address(lab.nodes[0])
    as_postgres(lab, node, ["env", "PGPASSFILE=" + nodes.nodeinit.PASSFILE, BIN + "/pg_basebackup", "-D", PGDATA, "-d", f"host={source} user=vouch", "-X", "stream",
                            "-c", "fast", "--no-sync"], timeout=120)
    # Settings that belong to one server are for whoever starts it; a clone must not carry the source's.
    os.sync()


def clone_others(lab):
    in_parallel(lambda node: clone(lab, node), lab.nodes[1:])


def start_by_hand(lab):
    """Streaming replication without Pacemaker: for trying the lab itself."""
    first, others = lab.nodes[0], lab.nodes[1:]
    source = lab.address(first)
    k = lab.options["sync_k"]
    for node in others:
        directory = nodes.nodeinit.disk_path(lab, node, PGDATA)
        with open(os.path.join(directory, "postgresql.auto.conf"), "a") as out:
            out.write(f"primary_conninfo = 'host={source} user=vouch application_name={node} connect_timeout=2'\n")
        signal_file = os.path.join(directory, "standby.signal")
        open(signal_file, "w").close()
        shutil.chown(signal_file, "postgres", "postgres")
    in_parallel(lambda node: start(lab, node), others)
    if k:
        as_postgres(lab, first, ["psql", "-Xqd", "postgres", "-c",
                                 f"ALTER SYSTEM SET synchronous_standby_names = 'ANY {k} ({','.join(others)})'"])
        as_postgres(lab, first, ["psql", "-Xqd", "postgres", "-c", "SELECT pg_reload_conf()"])


def in_parallel(work, items):
    errors = []

    def one(item):
        try:
            work(item)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(item,), daemon=True) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.1)
    if errors:
        raise errors[0]


# --- direct questions ---


def connect(lab, node, user="postgres", timeout=2):
    """A connection to a node's own server from inside that node's network: no isolation gets in the way.

    Only the calling thread moves, and only a moment: a socket stays in the namespace it was made in.
    """
    import psycopg2
    result = []

    def body():
        try:
            enter_netns(lab.netns(node))
            result.append(psycopg2.connect(host=lab.address(node), user=user, dbname="postgres",
                                           connect_timeout=timeout, application_name="vouch-lab",
                                           options=f"-c statement_timeout={timeout * 1000}"))
        except Exception as error:
            result.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if isinstance(result[0], Exception):
        raise result[0]
    return result[0]


def role(lab, node):
    """What the node's server says of itself: primary, standby, or why there is no answer."""
    import psycopg2
    if not machine.has_power(lab, node):
        return "-"
    try:
        connection = connect(lab, node)
    except psycopg2.OperationalError as error:
        return "hangs" if "timeout" in str(error) else "not running"
    except OSError:
        return "not running"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only')")
            in_recovery, read_only = cursor.fetchone()
            if in_recovery:
                return "standby"
            return "primary, read-only" if read_only == "on" else "primary"
    except psycopg2.Error:
        return "hangs"
    finally:
        connection.close()


def writable(lab, node):
    return role(lab, node) == "primary"


def admitted(lab, node):
    """The nodes whose incarnation the node's own log has as admitted; nobody when it does not say."""
    import psycopg2
    try:
        connection = connect(lab, node)
    except (psycopg2.OperationalError, OSError):
        return set()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT node FROM vouch.admission")
            return {row[0] for row in cursor.fetchall()}
    except psycopg2.Error:
        return set()
    finally:
        connection.close()


def primaries(lab):
    return [node for node in lab.nodes if writable(lab, node)]
