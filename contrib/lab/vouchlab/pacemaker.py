# SPDX-License-Identifier: GPL-2.0-or-later
"""Pacemaker: the configuration it starts with, the database resource, and its view of the cluster."""

import os
import pwd
import xml.etree.ElementTree as ET
from xml.sax.saxutils import quoteattr

from . import machine, nodes, paf, power
from .lab import PGDATA
from .nodeinit import PASSFILE
from .system import LabError


def nvpairs(prefix, values):
    return "".join(f'<nvpair id="{prefix}-{name}" name="{name}" value={quoteattr(str(value))}/>'
                   for name, value in values.items())


def fencing(lab, node):
    """The stock agent, told what the simulator understands: without cipher=3 every call waits 10 s for an
    answer to a cipher query that ipmi_sim does not give."""
    name = f"fence-{node}"
    settings = nvpairs(name, {
        "pcmk_host_list": node,
        "ip": lab.controller_address(node),
        "username": power.USER,
        "password": lab.password,
        "lanplus": 1,
        "cipher": 3,
        # The agent would wait 2 s after each switch for slow hardware. Here "off" is off when it returns.
        "power_wait": 0,
    })
    return f"""<primitive id="{name}" class="stonith" type="fence_ipmilan">
<instance_attributes id="{name}-attributes">{settings}</instance_attributes>
<operations><op id="{name}-monitor" name="monitor" interval="60s" timeout="20s"/></operations>
</primitive>
"""


def first_cib(lab):
    properties = nvpairs("cluster", {
        "cluster-infrastructure": "corosync",
        "cluster-name": "vouch-lab",
        "stonith-enabled": "true",
        "stonith-action": lab.options["stonith_action"],
        "no-quorum-policy": "stop",
        # The default makes every node of a new cluster wait 20 s for a coordinator that nobody is yet.
        "dc-deadtime": "1s",
        # Pacemaker does one thing at a time where the load average is high. All nodes of a lab, and of the labs
        # beside it, see that of the one machine below them.
        "load-threshold": "1000%",
    })
    # In place before Pacemaker's first start, the same on all nodes, so there is nothing to wait for and
    # nothing to load. A feature set newer than Pacemaker's own makes it refuse every update; an older one it
    # raises by itself.
    return f"""<cib crm_feature_set="3.7.0" validate-with="pacemaker-3.7" admin_epoch="0" epoch="1" num_updates="0">
<configuration>
<crm_config><cluster_property_set id="cluster">{properties}</cluster_property_set></crm_config>
<nodes/>
<resources>
{"".join(fencing(lab, node) for node in lab.nodes)}</resources>
<constraints/>
<rsc_defaults>
<meta_attributes id="defaults">{nvpairs("defaults", {"resource-stickiness": 1})}</meta_attributes>
</rsc_defaults>
</configuration>
<status/>
</cib>
"""


def write_first_cib(lab, directory):
    hacluster = pwd.getpwnam("hacluster")
    path = os.path.join(directory, "cib", "cib.xml")
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as out:
        out.write(first_cib(lab))
    os.chown(path, hacluster.pw_uid, hacluster.pw_gid)


ALERT = "/usr/libexec/vouch/vouch-alert"


def alerts():
    """Who is told of fencing and membership: the recipient is the resource."""
    return (f'<alerts><alert id="vouch" path="{ALERT}">'
            '<select><select_fencing/><select_nodes/></select>'
            '<recipient id="vouch-to" value="pgsql"/></alert></alerts>')


def database_resource(lab):
    parts = lab.options["agent"].split(":")
    if len(parts) == 3:
        kind = f'class="{parts[0]}" provider="{parts[1]}" type="{parts[2]}"'
    else:
        raise LabError(f"--agent {lab.options['agent']}: write it as ocf:PROVIDER:TYPE")
    settings = {}
    if parts[1] == "vouch":
        settings = {"pgdata": PGDATA, "members": lab.members, "repl_user": "vouch", "k": lab.options["sync_k"]}
        if lab.options["passwords"]:
            settings["passfile"] = PASSFILE
    elif lab.options["agent"] == paf.AGENT:
        settings = paf.parameters()
    operations = "".join(
        f'<op id="pgsql-{name}-{interval}" name="{name}" interval="{interval}" timeout="{timeout}"{more}/>'
        for name, interval, timeout, more in (
            ("start", "0s", "60s", ""),
            ("stop", "0s", "60s", ""),
            # A refused promotion is an answer. With "block" it is asked once, the reason stays visible, and
            # the standby goes on serving reads.
            ("promote", "0s", "30s", ' on-fail="block"'),
            ("demote", "0s", "90s", ""),
            ("monitor", "10s", "20s", ' role="Promoted"'),
            ("monitor", "11s", "20s", ' role="Unpromoted"'),
            ("notify", "0s", "60s", ""),
        ))
    meta = nvpairs("pgsql-clone-meta", {
        "promotable": "true", "promoted-max": 1, "promoted-node-max": 1, "clone-max": len(lab.nodes),
        "clone-node-max": 1, "notify": "true", "interleave": "true",
    })
    return f"""<clone id="pgsql-clone">
<meta_attributes id="pgsql-clone-meta">{meta}</meta_attributes>
<primitive id="pgsql" {kind}>
<instance_attributes id="pgsql-attributes">{nvpairs("pgsql-attributes", settings)}</instance_attributes>
<operations>{operations}</operations>
</primitive>
</clone>"""


def load_database_resource(lab):
    node = some_node(lab)
    nodes.execute(lab, node, ["cibadmin", "--create", "--scope", "resources", "--xml-pipe"],
                  input=database_resource(lab))
    if lab.options["agent"].split(":")[1] == "vouch":
        nodes.execute(lab, node, ["cibadmin", "--modify", "--allow-create", "--scope", "alerts", "--xml-text", alerts()])
    if lab.options["agent"] == paf.AGENT:
        paf.load_address(lab, node)


# --- the cluster's own view ---


class View:
    """What one node's Pacemaker says about the cluster."""

    def __init__(self, root):
        self.quorum = self.dc = None
        self.online, self.unclean, self.pending, self.roles = {}, {}, {}, {}
        self.failures = []
        current = root.find("summary/current_dc")
        if current is not None:
            self.quorum = current.get("with_quorum") == "true"
            self.dc = current.get("name")
        for node in root.findall("nodes/node"):
            name = node.get("name")
            self.online[name] = node.get("online") == "true" and node.get("pending") == "false"
            self.unclean[name] = node.get("unclean") == "true"
            self.pending[name] = node.get("pending") == "true"
        for resource in root.iter("resource"):
            if resource.get("id", "").split(":")[0] == "pgsql":
                for node in resource.findall("node"):
                    self.roles[node.get("name")] = resource.get("role")
        self.fence_devices = {r.get("id"): r for r in root.iter("resource") if (r.get("id") or "").startswith("fence-")}
        for failure in root.findall("failures/failure"):
            self.failures.append(failure.attrib)

    def fencing_ready(self):
        return self.fence_devices and all(r.get("active") == "true" and r.get("failed") == "false"
                                          for r in self.fence_devices.values())

    @property
    def promoted(self):
        return [n for n, role in self.roles.items() if role in ("Promoted", "Master")]


def view(lab, node):
    """This node's view, or None if its Pacemaker does not answer."""
    try:
        done = nodes.execute(lab, node, ["crm_mon", "-1", "--output-as=xml", "--inactive"], check=False, timeout=10)
        if done.returncode != 0:
            return None
        return View(ET.fromstring(done.stdout))
    except (LabError, ET.ParseError):
        return None


def best_view(lab):
    """The view of a node that has quorum if there is one; a minority's opinion is second best."""
    second = None
    for node in lab.nodes:
        if machine.has_power(lab, node):
            seen = view(lab, node)
            if seen and seen.dc and seen.quorum:
                return node, seen
            if seen and second is None:
                second = (node, seen)
    return second or (None, None)


def some_node(lab):
    node, seen = best_view(lab)
    if seen is None:
        raise LabError(f"Pacemaker answers on no node; look at: {lab.command('logs n1')}")
    return node
