# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's network: a switch in a namespace of its own, one namespace per node, cuts and heals."""

import os

from .lab import SUBNET
from .system import LabError, in_netns, run

COROSYNC_PORT = 5405
SQL_PORT = 5432

# What "isolate --only" may say, as nftables rules for the input and the output of the node's cable.
CUTS = {
    "all": (["drop"], ["drop"]),
    "in": (["drop"], []),
    "out": ([], ["drop"]),
    "corosync": ([f"udp dport {COROSYNC_PORT} drop"], [f"udp dport {COROSYNC_PORT} drop"]),
    "sql": ([f"tcp dport {SQL_PORT} drop", f"tcp sport {SQL_PORT} drop"],
            [f"tcp dport {SQL_PORT} drop", f"tcp sport {SQL_PORT} drop"]),
}


def create(lab):
    # Both ends of each cable are created inside the lab's namespaces: nothing ever appears among the
    # machine's own interfaces, and deleting the namespaces deletes everything.
    run(["ip", "-batch", "-"], input="".join(f"netns add {lab.netns(n)}\n" for n in ["sw", *lab.nodes]))
    lines = ["link set lo up", "link add br0 type bridge forward_delay 0", f"addr add {lab.clients_address}/24 dev br0"]
    lines += [f"addr add {lab.controller_address(n)}/24 dev br0" for n in lab.nodes]
    lines += ["link set br0 up"]
    for node in lab.nodes:
        lines += [f"link add {lab.port(node)} type veth peer name eth0 netns {lab.netns(node)}",
                  f"link set {lab.port(node)} master br0", f"link set {lab.port(node)} up"]
    run(["ip", "-n", lab.switch, "-batch", "-"], input="\n".join(lines) + "\n")
    for node in lab.nodes:
        # The loopback is the node's own inside: it stays up when the power is off, which nobody can see.
        run(["ip", "-n", lab.netns(node), "link", "set", "lo", "up"])


def plug(lab, node):
    """The machine has power: its interface gets its address and comes up."""
    run(["ip", "-n", lab.netns(node), "-batch", "-"],
        input=f"addr replace {lab.address(node)}/24 brd + dev eth0\nlink set eth0 up\n")


def unplug(lab, node):
    """The machine lost power. Its namespace outlives it, so without this the kernel would go on answering
    ARP for the node's addresses and send FIN and RST for its dead processes, which a dead machine cannot do."""
    run(["ip", "-n", lab.netns(node), "link", "set", "eth0", "down"], check=False)


def forget_addresses(lab, node):
    """Addresses added by resources, a virtual IP for example, do not survive a power cycle."""
    run(["ip", "-n", lab.netns(node), "addr", "flush", "dev", "eth0"], check=False)


def destroy(lab):
    present = [name for name in existing(lab)]
    if present:
        run(["ip", "-batch", "-"], input="".join(f"netns delete {name}\n" for name in present), check=False)
    left = existing(lab)
    if left:
        raise LabError(f"could not delete namespaces: {' '.join(left)}")


def existing(lab):
    """This lab's namespaces: the switch and n1, n2, …; "a" must not find those of a lab "a-b"."""
    prefix = f"vlab-{lab.name}-"
    try:
        names = os.listdir("/run/netns")
    except FileNotFoundError:
        return []
    return [n for n in names if n.startswith(prefix)
            and (n[len(prefix):] == "sw" or n[len(prefix):][:1] == "n" and n[len(prefix) + 1:].isdigit())]


# --- /run/netns itself ---


def netns_directory_is_mounted():
    with open("/proc/self/mounts") as mounts:
        return any(line.split()[1] == "/run/netns" for line in mounts)


def remove_netns_directory():
    """ip(8) mounts /run/netns on itself at the first "netns add" and leaves it there. If that was for us and
    nobody uses it now, take it away again."""
    if os.path.isdir("/run/netns") and not os.listdir("/run/netns"):
        if netns_directory_is_mounted():
            run(["umount", "/run/netns"], check=False)
        try:
            os.rmdir("/run/netns")
        except OSError:
            pass


# --- cuts ---


def apply_cuts(lab, node):
    """Make the node's packet filter say what faults.json says. One transaction, so never half a cut.

    The rules look at the cable only: a node can always talk to itself.
    """
    cuts = lab.faults().get(node, {}).get("cuts", [])
    rules_in, rules_out = [], []
    for cut in cuts:
        if cut == "stall":
            # Data, acknowledgements and refusals from the primary to the standbys all come from this
            # port; Corosync, clients and the power controllers are left alone.
            standbys = ", ".join(lab.address(n) for n in lab.nodes if n != node)
            rules_out.append(f"ip daddr {{ {standbys} }} tcp sport {SQL_PORT} drop")
        else:
            rules_in += CUTS[cut][0]
            rules_out += CUTS[cut][1]
    text = "table inet vouch_lab\ndelete table inet vouch_lab\n"
    if cuts:
        text += "table inet vouch_lab {\n"
        for hook, device, rules in (("input", "iifname", rules_in), ("output", "oifname", rules_out)):
            text += f" chain {hook} {{\n  type filter hook {hook} priority 0; policy accept;\n"
            text += "".join(f'  {device} "eth0" {rule}\n' for rule in rules) + " }\n"
        text += "}\n"
    run(in_netns(lab.netns(node), ["nft", "-f", "-"]), input=text)


def change_cuts(lab, node, add=(), remove=()):
    faults = lab.faults()
    entry = faults.setdefault(node, {})
    cuts = [c for c in entry.get("cuts", []) if c not in remove]
    entry["cuts"] = cuts + [c for c in add if c not in cuts]
    lab.save_faults(faults)
    apply_cuts(lab, node)


def subnet():
    return f"{SUBNET}.0/24"
