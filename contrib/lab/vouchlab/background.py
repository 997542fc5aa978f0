# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's own long-running helpers: the workload, the witness, and a link's impairment."""

import os
import signal

from .machine import PROGRAM
from .system import LabError, kill_and_wait, live_pid, start_detached, wait_for, write_identity


def pid_file(lab, name):
    return lab.path(f"{name}.pid")


def running(lab, name):
    return live_pid(pid_file(lab, name))


def start(lab, name, words):
    log = lab.path(f"{name}.out")
    pid = start_detached([PROGRAM, "--name", lab.name, *words], log)
    write_identity(pid_file(lab, name), pid)
    # A program that cannot start says so at once.
    if wait_for(lambda: running(lab, name) is None, 0.4, every=0.05):
        with open(log, errors="replace") as f:
            raise LabError(f"the {name} did not start: " + (f.read().strip()[-400:] or "no message"))


def stop(lab, name, timeout=5):
    pid = running(lab, name)
    if pid is None:
        return False
    if kill_and_wait([pid], signal.SIGTERM, timeout):
        kill_and_wait([pid], signal.SIGKILL)
    try:
        os.unlink(pid_file(lab, name))
    except FileNotFoundError:
        pass
    return True


def start_witness(lab):
    if not running(lab, "witness"):
        start(lab, "witness", ["_witness"])


def stop_all(lab):
    for name in sorted(os.listdir(lab.dir)):
        if name.endswith(".pid"):
            pid = live_pid(lab.path(name))
            if pid:
                kill_and_wait([pid], signal.SIGTERM, 1)
                kill_and_wait([pid], signal.SIGKILL)
