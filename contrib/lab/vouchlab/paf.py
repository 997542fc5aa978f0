# SPDX-License-Identifier: GPL-2.0-or-later
"""PAF (ocf:heartbeat:pgsqlms) as the agent of pgsql-clone: what vouch is measured against."""

import os

from . import database, nodes
from .lab import PGDATA

NAME = "paf"
AGENT = "ocf:heartbeat:pgsqlms"
PROGRAM = "/usr/lib/ocf/resource.d/heartbeat/pgsqlms"
PACKAGE = "resource-agents-paf"


def parameters():
    return {"bindir": database.BIN, "pgdata": PGDATA, "pghost": "/run/postgresql"}


def settings(lab, node):
    """PAF leaves to the administrator what vouch pins: whom a standby follows, and what a commit waits for."""
    hosts = ",".join(lab.address(other) for other in lab.nodes if other != node)
    text = f"""
# --- PAF ---
primary_conninfo = 'host={hosts} user=vouch application_name={node} target_session_attrs=read-write connect_timeout=2'
recovery_target_timeline = 'latest'
"""
    k = lab.options["sync_k"]
    if k:
        others = ",".join(other for other in lab.nodes if other != node)
        text += f"synchronous_standby_names = 'ANY {k} ({others})'\n"
    return text


def configure(lab):
    """Once the servers are cloned and stopped: these settings differ from node to node."""
    for node in lab.nodes:
        directory = nodes.nodeinit.disk_path(lab, node, PGDATA)
        with open(os.path.join(directory, "postgresql.conf"), "a") as out:
            out.write(settings(lab, node))
