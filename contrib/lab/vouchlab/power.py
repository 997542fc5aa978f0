# SPDX-License-Identifier: GPL-2.0-or-later
"""Power controllers: one ipmi_sim per node, spoken to by the stock fence_ipmilan over real IPMI."""

import os
import secrets
import signal

from .machine import PROGRAM
from .system import CLEAN_ENV, LabError, in_netns, kill_and_wait, live_pid, run, start_detached, wait_for, write_identity

USER = "admin"


def start_controllers(lab):
    for node in lab.nodes:
        directory = lab.path("controllers", node)
        os.makedirs(os.path.join(directory, "state"))
        levels = "".join(f"  allowed_auths_{who} none md2 md5 straight\n"
                         for who in ("callback", "user", "operator", "admin"))
        files = {
            # Without a guid ipmitool takes the controller for one that cannot speak IPMI 2.0 (lanplus).
            "lan.conf": f"""name "{node}"
set_working_mc 0x20
startlan 1
  addr {lab.controller_address(node)} 623
  priv_limit admin
{levels}  guid {secrets.token_hex(16)}
endlan
chassis_control "{PROGRAM} --name {lab.name} _chassis {node}"
user 2 true "{USER}" "{lab.password}" admin 10 none md2 md5 straight
""",
            # One management controller, at the address every BMC has.
            "emulator": """mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02
mc_enable 0x20
""",
        }
        for name, text in files.items():
            fd = os.open(os.path.join(directory, name), os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(fd, "w") as out:
                out.write(text)
        argv = ["ipmi_sim", "-c", f"{directory}/lan.conf", "-f", f"{directory}/emulator", "-s", f"{directory}/state", "-n"]
        pid = start_detached(in_netns(lab.switch, argv), f"{directory}/log")
        write_identity(f"{directory}/pid", pid)


def check_controllers(lab):
    """Ask each the way the fence agent will. An answer proves address, user, password and chassis program."""
    for node in lab.nodes:
        if not wait_for(lambda: ask(lab, node, "status").returncode == 0, 10, every=0.2):
            with open(lab.path("controllers", node, "log"), errors="replace") as log:
                said = log.read().strip()[-400:]
            raise LabError(f"the power controller of {node} does not answer over IPMI; ipmi_sim said: {said or 'nothing'}")


def ask(lab, node, verb):
    """Talk to the controller as an administrator would. The password goes through the environment."""
    # Patient: on a busy machine the controller's own program needs more than the second that is usual.
    argv = ["ipmitool", "-I", "lanplus", "-C", "3", "-N", "8", "-R", "2", "-H", lab.controller_address(node), "-U", USER, "-E",
            "chassis", "power", verb]
    return run(in_netns(lab.switch, argv), check=False, timeout=30, env={**CLEAN_ENV, "IPMI_PASSWORD": lab.password})


def stop_controllers(lab):
    pids = [live_pid(lab.path("controllers", node, "pid")) for node in lab.nodes]
    left = kill_and_wait([p for p in pids if p], signal.SIGKILL)
    if left:
        raise LabError(f"ipmi_sim does not die: {left}")
