# SPDX-License-Identifier: GPL-2.0-or-later
"""Nodes from the outside: make them, enter them, find their processes."""

import os
import secrets
import signal

from . import corosync, machine, network, nodeinit, pacemaker
from .system import (CLEAN_ENV, LabError, all_pids, kill_and_wait, live_pid, namespace_of, run)


def prepare(lab):
    key = secrets.token_bytes(256)
    for node in lab.nodes:
        os.makedirs(lab.node_path(node))
        nodeinit.prepare_disk(lab, node)
        corosync.write(lab, node, nodeinit.disk_path(lab, node, "/etc/corosync"), key)
        pacemaker.write_first_cib(lab, nodeinit.disk_path(lab, node, "/var/lib/pacemaker"))
        write_agent_configuration(lab, node)


def write_agent_configuration(lab, node):
    text = f"""name=pgsql
pgdata={nodeinit.PGDATA}
members={lab.members}
repl_user=vouch
k={lab.options["sync_k"]}
"""
    if lab.options["passwords"]:
        text += f"passfile={nodeinit.PASSFILE}\n"
        write_passfile(lab, lab.node_path(node, "overlay") + nodeinit.PASSFILE)
    with open(lab.node_path(node, "overlay", "etc", "vouch", "pgsql.conf"), "w") as out:
        out.write(text)


def write_passfile(lab, path):
    with open(path, "w") as out:
        nodeinit.own(path, 0o600, "postgres", "postgres")
        out.write(f"*:*:*:vouch:{lab.replication_password}\n")


def init_pid(lab, node):
    pid = live_pid(lab.node_path(node, "init"))
    if pid is None:
        raise LabError(f"{node} has no power; type: {lab.command('power on ' + node)}")
    return pid


def enter(lab, node, argv, env=None):
    """The command line that runs argv inside the node."""
    settings = [f"{k}={v}" for k, v in {**CLEAN_ENV, **(env or {})}.items()]
    return ["nsenter", "--target", str(init_pid(lab, node)), "--mount", "--uts", "--ipc", "--net", "--pid",
            "--", "env", "-i", *settings, *argv]


def execute(lab, node, argv, **options):
    return run(enter(lab, node, argv), **options)


def boot_all(lab):
    # Each boot returns when its namespaces are ready; the cluster inside comes up in parallel.
    for node in lab.nodes:
        machine.power_on(lab, node)


def processes(lab, node, program=None):
    """The pids, as seen from the machine, of a node's processes."""
    space = namespace_of(init_pid(lab, node), "pid")
    found = []
    for pid in all_pids():
        if namespace_of(pid, "pid") == space:
            try:
                with open(f"/proc/{pid}/comm") as comm:
                    name = comm.read().strip()
            except OSError:
                continue
            if program in (None, name):
                found.append(pid)
    return found


def kill_everything(lab):
    """Power off for good. All at once, so that no survivor starts to fence the others."""
    left = kill_and_wait([p for p in (live_pid(lab.node_path(n, f)) for n in lab.nodes for f in ("init", "machine")) if p])
    # What is left: processes in the lab's own network namespaces (a shell on a node, for example), and helpers
    # whose pid was not written down yet when "up" was interrupted.
    spaces = set()
    for name in network.existing(lab):
        try:
            spaces.add(os.stat(f"/run/netns/{name}").st_ino)
        except OSError:
            pass
    strays = []
    for pid in all_pids():
        space = namespace_of(pid, "net")
        if pid != os.getpid() and (space and int(space[5:-1]) in spaces or is_helper(lab, pid)):
            strays.append(pid)
    left += kill_and_wait(strays, signal.SIGKILL)
    if left:
        raise LabError(f"processes of the lab that do not die: {left}")


def is_helper(lab, pid):
    """Is this one of the lab's own background processes, by its exact command line?"""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            words = f.read().decode(errors="replace").split("\0")
    except OSError:
        return False
    start = [machine.PROGRAM, "--name", lab.name]
    return any(words[i:i + 3] == start and words[i + 3][:1] == "_" for i in range(len(words) - 3))
