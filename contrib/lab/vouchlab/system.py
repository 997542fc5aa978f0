# SPDX-License-Identifier: GPL-2.0-or-later
"""Running programs, knowing processes for sure, entering namespaces."""

import ctypes
import os
import signal
import subprocess
import time

CLONE_NEWNET = 0x40000000
MS_RDONLY, MS_BIND, MS_REC, MS_PRIVATE = 1, 4096, 16384, 1 << 18

# What a program inside the lab sees. The caller's own environment stays outside: an interpreter or a
# PGHOST set in somebody's shell must not change what a node does.
CLEAN_ENV = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
}

_libc = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """Something to tell the user: what happened, why, and what to type next."""

    exit_code = 1


class CannotCheck(LabError):
    """A check could not be made. That is neither good nor bad news."""

    exit_code = 3


class UsageError(LabError):
    exit_code = 2


def run(argv, check=True, timeout=60, input=None, env=None, cwd="/"):
    """Run a program to its end and return what it printed."""
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              stdin=subprocess.DEVNULL if input is None else None, input=input,
                              errors="replace", timeout=timeout, env=env or CLEAN_ENV, cwd=cwd)
    except FileNotFoundError:
        raise LabError(f"{argv[0]} is not installed; contrib/lab/packages lists what the lab needs")
    except subprocess.TimeoutExpired:
        raise LabError(f"no answer within {timeout} s from: {' '.join(argv)}")
    if check and done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()
        raise LabError(f"failed with {done.returncode}: {' '.join(argv)}\n  it said: " + "\n  ".join(said[-8:]))
    return done


def start_detached(argv, log_path, env=None):
    """Start a program that outlives us. Returns its pid."""
    with open(log_path, "ab") as log:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                                 env=env or CLEAN_ENV, start_new_session=True)
    return child.pid


# --- processes ------------------------------------------------------------------------------------------


def started_at(pid):
    """The start time the kernel keeps for a live process, else None. A zombie is dead.

    A pid alone is no identity, it is used again; a pid and its start time are one.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            fields = stat.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def write_identity(path, pid):
    """Remember a process as "pid start-time", atomically."""
    start = started_at(pid)
    with open(path + ".new", "w") as out:
        out.write(f"{pid} {start}\n")
    os.rename(path + ".new", path)


def live_pid(path):
    """The pid remembered at path if that very process still lives, else None."""
    try:
        with open(path) as f:
            pid, start = f.read().split()
    except (OSError, ValueError):
        return None
    return int(pid) if str(started_at(pid)) == start else None


def kill_and_wait(pids, sig=signal.SIGKILL, timeout=5.0):
    """Signal these pids and wait until they are gone. Returns those that are not."""
    waiting = {pid: started_at(pid) for pid in pids}
    waiting = {pid: start for pid, start in waiting.items() if start is not None}
    for pid in waiting:
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            pass
    until = time.monotonic() + timeout
    while waiting and time.monotonic() < until:
        for pid in list(waiting):
            # Our own children must be reaped; for any other process this is refused, and harmless.
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
            if started_at(pid) != waiting[pid]:
                del waiting[pid]
        if waiting:
            time.sleep(0.01)
    return sorted(waiting)


def all_pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def namespace_of(pid, kind):
    try:
        return os.readlink(f"/proc/{pid}/ns/{kind}")
    except OSError:
        return None


def die_with_parent():
    """Ask the kernel to end this process when its parent ends."""
    _libc.prctl(1, signal.SIGKILL, 0, 0, 0)


# --- namespaces and mounts ------------------------------------------------------------------------------


def enter_netns(name):
    """Move the calling thread into a named network namespace."""
    fd = os.open(f"/run/netns/{name}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.setns(fd, CLONE_NEWNET) != 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error), name)
    finally:
        os.close(fd)


def in_netns(name, argv):
    """The command line that runs argv in a network namespace and changes nothing else."""
    return ["nsenter", f"--net=/run/netns/{name}", "--", *argv]


def mount(source, target, fstype="none", flags=0, data=""):
    if _libc.mount(source.encode(), target.encode(), fstype.encode(), ctypes.c_ulong(flags), data.encode()) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"cannot mount {source} on {target}: {os.strerror(error)}")


def bind(source, target):
    mount(source, target, flags=MS_BIND)


def wait_for(condition, timeout, every=0.1):
    """Poll until condition() is true; returns its last value."""
    until = time.monotonic() + timeout
    while True:
        value = condition()
        if value or time.monotonic() >= until:
            return value
        time.sleep(every)
