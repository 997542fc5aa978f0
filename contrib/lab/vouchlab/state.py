# SPDX-License-Identifier: GPL-2.0-or-later
"""Looking at the lab, and waiting for it."""

import json
import os
import sys
import time

from . import background, database, machine, nodeinit, nodes, pacemaker
from .system import LabError, UsageError, wait_for


def look(lab):
    """Everything there is to see, as one value."""
    asked, seen = pacemaker.best_view(lab)
    faults = lab.faults()
    found = {"lab": lab.name, "asked": asked, "quorum": seen.quorum if seen else None,
             "coordinator": seen.dc if seen else None, "nodes": [], "failures": [dict(f) for f in seen.failures] if seen else [],
             "running": [name for name in ("workload", "witness") if background.running(lab, name)]}
    for node in lab.nodes:
        on = machine.has_power(lab, node)
        if seen is None:
            cluster = "no answer"
        else:
            cluster = ("online" if seen.online.get(node) else "joining" if seen.pending.get(node)
                       else "UNCLEAN" if seen.unclean.get(node) else "offline")
        entry = faults.get(node, {})
        broken = [{"all": "isolated", "stall": "stalled"}.get(c, f"isolated: {c}") for c in entry.get("cuts", [])]
        broken += [f"link: {entry['link']}"] if entry.get("link") else []
        broken += [f"fencing {entry['controller']}"] if entry.get("controller", "works") != "works" else []
        broken += ["paused"] if on and is_paused(lab, node) else []
        found["nodes"].append({
            "node": node, "address": lab.address(node), "power": "on" if on else "off", "cluster": cluster,
            "pgsql-clone": seen.roles.get(node, "-") if seen else "-",
            "server": database.role(lab, node) if lab.options["database"] else "-", "faults": broken})
    return found


def show(lab, as_json):
    found = look(lab)
    if as_json:
        print(json.dumps(found))
        return 0
    rows = [tuple(found["nodes"][0])]
    for row in found["nodes"]:
        cluster = row["cluster"] + (", coordinator" if found["coordinator"] == row["node"] else "")
        rows.append(tuple({**row, "cluster": cluster, "faults": ", ".join(row["faults"]) or "-"}.values()))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    if found["asked"] is None:
        print("Pacemaker answers on no node")
    else:
        print(f"quorum: {'yes' if found['quorum'] else 'NO'} (asked on {found['asked']})")
    for failure in found["failures"]:
        print(f"failed: {failure.get('task')} on {failure.get('node')}: "
              f"{failure.get('exitreason') or failure.get('exitstatus')}")
    print("running: " + (", ".join(found["running"]) or "no workload, no witness"))
    return 0


def is_paused(lab, node):
    try:
        pids = nodes.processes(lab, node, "postgres")
    except LabError:
        return False
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rpartition(")")[2].split()[0] == "T":
                    return True
        except OSError:
            pass
    return False


def wait(lab, what, node, other_than, timeout):
    began = time.monotonic()
    if what in ("offline", "off") and not node:
        raise UsageError(f"wait {what} needs --node")
    if what == "promoted" and not lab.options["database"]:
        raise LabError("this lab has no database (--no-database), nothing will be promoted")

    def candidates():
        return [n for n in ([node] if node else lab.nodes) if n != other_than]

    def promoted():
        for name in candidates():
            if database.writable(lab, name):
                if lab.options["manual"]:
                    return name
                seen = pacemaker.view(lab, name)
                if seen and name in seen.promoted:
                    return name
        return None

    def online():
        seen = pacemaker.best_view(lab)[1]
        return seen and seen.quorum and all(seen.online.get(n) for n in candidates()) and " ".join(candidates())

    def offline():
        seen = pacemaker.best_view(lab)[1]
        return seen and not seen.online.get(node) and node

    def idle():
        asked, seen = pacemaker.best_view(lab)
        if not seen or not seen.dc or not machine.has_power(lab, seen.dc):
            return None
        done = nodes.execute(lab, asked, ["crmadmin", "-q", "-S", seen.dc], check=False, timeout=10)
        return "S_IDLE" in done.stdout + done.stderr and f"the cluster (coordinator {seen.dc})"

    def off():
        return not machine.has_power(lab, node) and node

    check = {"promoted": promoted, "online": online, "offline": offline, "idle": idle, "off": off}[what]
    found = wait_for(check, timeout, every=0.1)
    if not found:
        seen = pacemaker.best_view(lab)[1]
        reasons = [f"  {f.get('task')} on {f.get('node')}: {f.get('exitreason') or f.get('exitstatus')}"
                   for f in (seen.failures if seen else [])]
        raise LabError(f"not {what} after {timeout:g} s" + ("; failed actions:\n" + "\n".join(reasons) if reasons else
                       f"; look at: {lab.command('state')}"))
    print(f"{found} is {what} ({time.monotonic() - began:.1f} s)")
    return 0


def logs(lab, node, which, lines):
    def on_disk(directory, name):
        return os.path.join(nodeinit.disk_path(lab, node, directory), name)

    paths = {
        "pacemaker": on_disk("/var/log/pacemaker", "pacemaker.log"),
        "corosync": on_disk("/var/log/corosync", "corosync.log"),
        "postgresql": on_disk("/var/log/postgresql", "vouch.log"),
        "console": lab.node_path(node, "console.log"),
    }
    if which == "path":
        for name, path in paths.items():
            print(f"{name:10} {path}")
        return 0
    try:
        with open(paths[which], errors="replace") as log:
            text = log.readlines()
    except FileNotFoundError:
        raise LabError(f"{node} has written no {which} log yet")
    sys.stdout.writelines(text[-lines:] if lines else text)
    return 0
