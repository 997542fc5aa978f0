# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine around a node: the process that has the node's process 1 as its child, and its power button."""

import os
import signal
import subprocess
import sys
import uuid

from . import network
from .system import (CLEAN_ENV, LabError, die_with_parent, in_netns, kill_and_wait, live_pid, start_detached,
                     wait_for, write_identity)

PROGRAM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "vouch-lab")


def has_power(lab, node):
    """The only truth about power: does the node's process 1 live?"""
    return live_pid(lab.node_path(node, "init")) is not None


def power_on(lab, node):
    if has_power(lab, node):
        return
    if os.path.exists(lab.path("going-down")):
        raise LabError("the lab is going down, nothing is powered on any more")
    # The machine process of the last boot may still be tidying up.
    wait_for(lambda: live_pid(lab.node_path(node, "machine")) is None, 2, every=0.02)
    pid = start_detached([PROGRAM, "--name", lab.name, "_machine", node], lab.node_path(node, "console.log"))
    write_identity(lab.node_path(node, "machine"), pid)
    if not wait_for(lambda: has_power(lab, node) or live_pid(lab.node_path(node, "machine")) is None, 10, every=0.02) \
            or not has_power(lab, node):
        with open(lab.node_path(node, "console.log"), errors="replace") as log:
            said = log.read().strip().splitlines()[-4:]
        raise LabError(f"{node} did not boot; its console says:\n  " + "\n  ".join(said or ["nothing"]))


def power_off(lab, node):
    # First the cable, then the processes. The other way round the kernel would say goodbye (FIN, RST) on
    # the open connections, and the failure would be easier to notice than a real power cut.
    network.unplug(lab, node)
    pid = live_pid(lab.node_path(node, "init"))
    if pid is not None and kill_and_wait([pid]):
        raise LabError(f"{node}'s process 1 ({pid}) does not die; something in it hangs in the kernel")
    network.forget_addresses(lab, node)


def supervise(lab, node):
    """Body of the machine process: boot the node, wait for its end, boot again if the node reset itself."""
    while True:
        with open(lab.node_path(node, "boot_id"), "w") as out:
            out.write(f"{uuid.uuid4()}\n")
        network.plug(lab, node)
        argv = ["unshare", "--mount", "--uts", "--pid", "--ipc", "--fork", "--kill-child", "--",
                PROGRAM, "--name", lab.name, "_init", node]
        child = subprocess.Popen(in_netns(lab.netns(node), argv), env=CLEAN_ENV, stdin=subprocess.DEVNULL,
                                 preexec_fn=die_with_parent)
        code = child.wait()
        # reboot(2) inside a PID namespace ends its process 1 with SIGHUP for a restart, SIGINT for a halt.
        # unshare passes on the signal that ended its child.
        if code not in (-signal.SIGHUP, 128 + signal.SIGHUP) or os.path.exists(lab.path("going-down")):
            break
        print(f"{node} reset itself", flush=True)
        network.unplug(lab, node)
        network.forget_addresses(lab, node)
    network.unplug(lab, node)
    return 0


def chassis(lab, node, words):
    """What ipmi_sim calls: "get power" must print power:0 or power:1, "set power 0|1" must do it."""
    mode = lab.faults().get(node, {}).get("controller", "works")
    if words[:2] == ["get", "power"]:
        on = has_power(lab, node)
        if mode == "lies" and os.path.exists(lab.node_path(node, "claimed-off")):
            on = False
        print(f"power:{int(on)}")
        return 0
    if words[:1] == ["get"]:
        # Boot device and the like: nothing here has one.
        print(f"{words[1]}:0")
        return 0
    if words[:2] == ["set", "power"]:
        if mode == "fails":
            return 1
        if mode == "lies":
            # Says it did it. The file is what makes "get power" agree.
            claim = lab.node_path(node, "claimed-off")
            if words[2] == "0":
                open(claim, "w").close()
            elif os.path.exists(claim):
                os.unlink(claim)
            return 0
        try:
            power_on(lab, node) if words[2] == "1" else power_off(lab, node)
        except LabError as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    if words[:2] == ["set", "reset"]:
        if mode == "works":
            power_off(lab, node)
            power_on(lab, node)
        return 1 if mode == "fails" else 0
    return 0
