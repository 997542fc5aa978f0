# SPDX-License-Identifier: GPL-2.0-or-later
"""Breaking things on purpose, and putting them right again."""

import os
import signal
import time

from . import database, machine, network, nodes, power as controllers
from .system import LabError, in_netns, run, wait_for


def power(lab, verb, node):
    if verb == "status":
        print(f"{node} is {'on' if machine.has_power(lab, node) else 'off'}")
        return 0
    began = time.monotonic()
    mode = lab.faults().get(node, {}).get("controller", "works")
    # A hand on the plug works even where the controller is told to misbehave.
    if mode == "works":
        steps = {"on": ["on"], "off": ["off"], "cycle": ["off", "on"]}[verb]
        for step in steps:
            done = controllers.ask(lab, node, step)
            if done.returncode != 0:
                raise LabError(f"the power controller of {node} refused {step}: {(done.stderr or done.stdout).strip()}")
    else:
        if verb in ("off", "cycle"):
            machine.power_off(lab, node)
        if verb in ("on", "cycle"):
            machine.power_on(lab, node)
    want = verb != "off"
    if not wait_for(lambda: machine.has_power(lab, node) == want, 10, every=0.02):
        raise LabError(f"{node} is still {'off' if want else 'on'} 10 s after power {verb}")
    print(f"{node} is {'on' if want else 'off'} ({time.monotonic() - began:.1f} s)")
    return 0


def isolate(lab, node, only):
    network.change_cuts(lab, node, add=[only])
    print(f"{node} is isolated: " + {
        "all": "nothing in, nothing out",
        "in": "nothing comes in, what it sends gets out",
        "out": "nothing gets out, what others send comes in",
        "corosync": "no Corosync traffic, everything else passes",
        "sql": "port 5432 is cut both ways, everything else passes"}[only])
    return 0


def heal(lab, names):
    from . import impair
    healed = []
    for node in names:
        entry = lab.faults().get(node, {})
        if entry.get("cuts"):
            healed += [f"{node} {cut}" for cut in entry["cuts"]]
            network.change_cuts(lab, node, remove=entry["cuts"])
        if entry.get("link"):
            impair.clear(lab, node)
            healed.append(f"{node} link")
        if entry.get("controller", "works") != "works":
            fencing(lab, node, "works", quiet=True)
            healed.append(f"{node} fencing")
    print("healed: " + ", ".join(healed) if healed else "nothing to heal")
    return 0


def stall(lab):
    primaries = database.primaries(lab)
    if len(primaries) != 1:
        raise LabError("stall needs exactly one primary, there " +
                       ("is none" if not primaries else f"are {' and '.join(primaries)}") +
                       f"; look at: {lab.command('state')}")
    network.change_cuts(lab, primaries[0], add=["stall"])
    print(f"replication is stalled: {primaries[0]}'s data does not reach the standbys")
    return 0


def unstall(lab):
    stalled = [n for n in lab.nodes if "stall" in lab.faults().get(n, {}).get("cuts", [])]
    for node in stalled:
        network.change_cuts(lab, node, remove=["stall"])
    print(f"replication from {' '.join(stalled)} goes on" if stalled else "nothing was stalled")
    return 0


def pause(lab, node):
    stopped = set()
    # A server that is being stopped may still fork; look until nothing new turns up.
    while True:
        fresh = [p for p in nodes.processes(lab, node, "postgres") if p not in stopped]
        if not fresh:
            break
        for pid in fresh:
            try:
                os.kill(pid, signal.SIGSTOP)
            except ProcessLookupError:
                pass
            stopped.add(pid)
    if not stopped:
        raise LabError(f"no PostgreSQL process runs on {node}")
    print(f"{len(stopped)} PostgreSQL processes on {node} are paused")
    return 0


def resume(lab, node):
    pids = nodes.processes(lab, node, "postgres")
    for pid in pids:
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            pass
    if not pids:
        raise LabError(f"no PostgreSQL process runs on {node}")
    print(f"{len(pids)} PostgreSQL processes on {node} go on")
    return 0


def fencing(lab, node, mode, quiet=False):
    faults = lab.faults()
    faults.setdefault(node, {})["controller"] = mode
    lab.save_faults(faults)
    claim = lab.node_path(node, "claimed-off")
    if os.path.exists(claim):
        os.unlink(claim)
    deaf = [n for n in lab.nodes if faults.get(n, {}).get("controller") == "deaf"]
    text = "table inet vouch_lab\ndelete table inet vouch_lab\n"
    if deaf:
        text += ("table inet vouch_lab {\n chain input {\n  type filter hook input priority 0; policy accept;\n"
                 f"  ip daddr {{ {', '.join(lab.controller_address(n) for n in deaf)} }} udp dport 623 drop\n }}\n}}\n")
    run(in_netns(lab.switch, ["nft", "-f", "-"]), input=text)
    if not quiet:
        print(f"the power controller of {node} " + {
            "works": "works", "fails": "refuses to switch", "deaf": "does not answer",
            "lies": "says it switched and does not"}[mode])
    return 0
