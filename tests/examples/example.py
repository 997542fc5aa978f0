# SPDX-License-Identifier: GPL-2.0-or-later
"""What an example must be: known to the agent's meta-data, fenced, on record, and the same from both shells."""
import hashlib
import os
import subprocess
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
EXAMPLES = os.path.join(TOP, "contrib", "examples")
MADE = os.path.join(HERE, "made")


def paths(name):
    """(shell, the example, what the shell made of it)"""
    return [(shell, os.path.join(EXAMPLES, shell, name + suffix), os.path.join(MADE, "%s.%s.xml" % (name, shell)))
            for shell, suffix in (("crm", ".crm"), ("pcs", ".sh"))]


def names():
    return sorted(name[:-4] for name in os.listdir(os.path.join(EXAMPLES, "crm")))


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def metadata():
    return ET.parse(os.path.join(TOP, "ocf", "postgresql.xml")).getroot()


def verified(path):
    """What Pacemaker finds wrong with it; as for a partition without quorum, which a file has not."""
    done = subprocess.run(["crm_verify", "--xml-file", path, "-VV"], capture_output=True, text=True, timeout=60, check=False,
                          stdin=subprocess.DEVNULL)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "quorum" not in line]
    return "\n".join(said) or (done.returncode and "exit %d" % done.returncode)


def pairs(element, kind):
    return {p.get("name"): p.get("value") for s in element.findall(kind) for p in s.findall("nvpair")}


def seconds(text):
    return int(text.rstrip("s"))


def unknown_to_agent(cib, metadata):
    """Everything that the meta-data does not know or asks more of."""
    primitive = cib.find(".//primitive[@type='postgresql']")
    clone = pairs(cib.find(".//clone"), "meta_attributes")
    parameters = {p.get("name"): p for p in metadata.iter("parameter")}
    given = pairs(primitive, "instance_attributes")
    wrong = ["parameter " + name for name in given if name not in parameters]
    wrong += ["no " + name for name, p in parameters.items() if p.get("required") == "1" and name not in given]
    operations = {(o.get("name"), o.get("role")): o for o in primitive.iter("op")}
    for action in metadata.iter("action"):
        if action.get("name") in ("reload-agent", "validate-all", "meta-data"):
            continue
        op = operations.get((action.get("name"), action.get("role")))
        if op is None or seconds(op.get("timeout")) < seconds(action.get("timeout")):
            wrong.append("op %s %s" % (action.get("name"), action.get("role")))
    if operations.get(("promote", None), {}).get("on-fail") != "block":
        wrong.append("promote without on-fail=block")
    for name, value in (("promotable", "true"), ("promoted-max", "1"), ("notify", "true")):
        if clone.get(name) != value:
            wrong.append("clone %s=%s" % (name, clone.get(name)))
    return wrong


def missing_around(cib):
    """Fencing for each member, and the record of it."""
    members = [word.split("=")[0] for word in pairs(cib.find(".//primitive[@type='postgresql']"),
                                                    "instance_attributes")["members"].split()]
    nodes = [n.get("uname") for n in cib.iter("node")]
    fenced = sorted(pairs(p, "instance_attributes")["pcmk_host_list"] for p in cib.iter("primitive")
                    if p.get("class") == "stonith")
    properties = {p.get("name"): p.get("value") for p in cib.find(".//crm_config").iter("nvpair")}
    told = [(a.get("path"), [r.get("value") for r in a.findall("recipient")]) for a in cib.iter("alert")]
    wrong = [] if members == nodes == fenced else ["members %s, nodes %s, fenced %s" % (members, nodes, fenced)]
    wrong += [] if properties.get("stonith-enabled") == "true" else ["fencing"]
    wrong += [] if told == [("/usr/libexec/vouch/vouch-alert", ["pgsql"])] else ["alert %s" % told]
    secrets = [p.get("name") for p in cib.iter("nvpair") if p.get("name") in ("password", "passwd")]
    return wrong + secrets


def gist(cib):
    """What both shells must agree on: resources with all that is said of them, and how they hang together."""
    found = {p.get("id"): (p.get("class"), p.get("type"), pairs(p, "instance_attributes"), pairs(p, "meta_attributes"),
                           sorted((o.get("name"), o.get("role") or "", o.get("timeout"), o.get("on-fail") or "")
                                  for o in p.iter("op") if o.get("name") != "reload-agent"))
             for p in cib.iter("primitive")}
    for resource, (kind, _, _, _, operations) in found.items():
        if resource != "pgsql":  # pcs adds those that the agent advertises
            del operations[:]
    around = sorted((c.get("rsc"), c.get("with-rsc"), c.get("with-rsc-role")) for c in cib.iter("rsc_colocation"))
    order = sorted((o.get("first"), o.get("first-action"), o.get("then"), o.get("then-action")) for o in cib.iter("rsc_order"))
    away = sorted((c.get("rsc"), c.get("node"), c.get("score")) for c in cib.iter("rsc_location"))
    properties = sorted((p.get("name"), p.get("value")) for p in cib.find(".//crm_config").iter("nvpair")
                        if p.get("name") not in ("have-watchdog", "dc-version", "cluster-infrastructure"))
    return found, around, order, away, properties


def spoiled(cib, metadata):
    """A check that accepts everything checks nothing."""
    bad = ET.fromstring(ET.tostring(cib))
    bad.find(".//primitive[@type='postgresql']/instance_attributes/nvpair").set("name", "pgdatta")
    worse = ET.fromstring(ET.tostring(cib))
    worse.find(".//op[@name='promote']").set("on-fail", "restart")
    return "" if unknown_to_agent(bad, metadata) and unknown_to_agent(worse, metadata) else "a spoiled example is accepted"


def differing(one, other):
    """Where the two shells do not agree."""
    found = []
    for a, b in zip(gist(one), gist(other)):
        if isinstance(a, dict):
            found += [(key, a.get(key), b.get(key)) for key in sorted(set(a) | set(b)) if a.get(key) != b.get(key)]
        elif a != b:
            found.append((a, b))
    return found
