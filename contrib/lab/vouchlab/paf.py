# SPDX-License-Identifier: GPL-2.0-or-later
"""PAF (ocf:heartbeat:pgsqlms) as the agent of pgsql-clone: what vouch is measured against."""

import os

from . import database, nodes
from .lab import PGDATA, SUBNET

NAME = "paf"
AGENT = "ocf:heartbeat:pgsqlms"
PROGRAM = "/usr/lib/ocf/resource.d/heartbeat/pgsqlms"
PACKAGE = "resource-agents-paf"


# What vouch pins, too: without it a standby went on listening to the dead primary for more than 12 s.
PATIENCE = "connect_timeout=2 tcp_user_timeout=5000 keepalives_idle=3 keepalives_interval=1 keepalives_count=3"


def parameters():
    return {"bindir": database.BIN, "pgdata": PGDATA, "pghost": "/run/postgresql"}


def address(lab):
    """The standbys reach the primary through an address that follows it, as PAF's documentation has it: with a
    list of hosts each reconnection could first wait for the dead one, which would be no fair comparison."""
    return f"{SUBNET}.200"


def address_resource(lab):
    operations = "".join(f'<op id="address-{name}" name="{name}" interval="{interval}" timeout="20s"/>'
                         for name, interval in (("start", "0s"), ("stop", "0s"), ("monitor", "10s")))
    return f"""<primitive id="address" class="ocf" provider="heartbeat" type="IPaddr2">
<instance_attributes id="address-attributes">
<nvpair id="address-ip" name="ip" value="{address(lab)}"/><nvpair id="address-mask" name="cidr_netmask" value="24"/>
</instance_attributes>
<operations>{operations}</operations>
</primitive>"""


CONSTRAINTS = """<constraints>
<rsc_colocation id="address-with-primary" rsc="address" with-rsc="pgsql-clone" with-rsc-role="Master" score="INFINITY"/>
<rsc_order id="promote-then-address" first="pgsql-clone" first-action="promote" then="address" then-action="start"
 kind="Mandatory" symmetrical="false"/>
<rsc_order id="demote-then-address" first="pgsql-clone" first-action="demote" then="address" then-action="stop"
 kind="Mandatory" symmetrical="false"/>
</constraints>"""


def load_address(lab, node):
    nodes.execute(lab, node, ["cibadmin", "--create", "--scope", "resources", "--xml-pipe"], input=address_resource(lab))
    nodes.execute(lab, node, ["cibadmin", "--modify", "--scope", "constraints", "--xml-pipe"], input=CONSTRAINTS)


def settings(lab, node):
    """PAF leaves to the administrator what vouch pins: whom a standby follows, and what a commit waits for."""
    text = f"""
# --- PAF ---
primary_conninfo = 'host={address(lab)} user=vouch application_name={node} {PATIENCE}'
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
