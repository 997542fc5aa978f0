# SPDX-License-Identifier: GPL-2.0-or-later
"""Process 1 of a node: makes the namespaces look like a machine, starts the cluster, then reaps.

Killing it is pulling the plug: the kernel kills everything else in the PID namespace with it.
"""

import grp
import os
import pwd
import signal
import socket
import subprocess
import sys
import time

from .lab import PGDATA, Lab
from .system import CLEAN_ENV, MS_PRIVATE, MS_RDONLY, MS_REC, bind, mount

# Directories whose changes belong to the node. They are overlays with the node's own upper layer, so that
# a node can have files and mount points the machine does not have, and nothing is written on the machine.
OVERLAID = ("etc", "var/lib", "var/log")

# Directories that start empty on a new node and survive a power cycle.
DISK = {
    "/etc/corosync": (0o755, "root", "root"),
    "/var/lib/corosync": (0o700, "root", "root"),
    "/var/lib/pacemaker": (0o755, "root", "root"),
    "/var/lib/vouch": (0o755, "root", "root"),
    PGDATA: (0o700, "postgres", "postgres"),
    "/var/log/corosync": (0o755, "root", "root"),
    "/var/log/pacemaker": (0o770, "hacluster", "haclient"),
    "/var/log/postgresql": (0o775, "root", "postgres"),
    "/tmp": (0o1777, "root", "root"),
}


PASSFILE = "/etc/vouch/passfile"


def disk_path(lab, node, directory):
    return lab.node_path(node, "disk", directory.strip("/").replace("/", "-"))


def own(path, mode, user, group):
    os.chown(path, pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid)
    os.chmod(path, mode)


def prepare_disk(lab, node):
    """Called from outside, once, when the node is made."""
    for directory, (mode, user, group) in DISK.items():
        path = disk_path(lab, node, directory)
        os.makedirs(path, exist_ok=True)
        own(path, mode, user, group)
    for name in ("blackbox", "cib", "cores", "pengine"):
        path = os.path.join(disk_path(lab, node, "/var/lib/pacemaker"), name)
        os.mkdir(path)
        own(path, 0o750, "hacluster", "haclient")
    for directory in OVERLAID:
        upper = lab.node_path(node, "overlay", directory)
        os.makedirs(upper, mode=0o755)
        os.makedirs(lab.node_path(node, "overlay", "work", directory))
    # The mount points must exist inside, whatever the machine has.
    for directory in DISK:
        if not os.path.isdir(directory):
            os.makedirs(lab.node_path(node, "overlay") + directory, mode=0o755, exist_ok=True)
    etc = lab.node_path(node, "overlay", "etc")
    os.makedirs(os.path.join(etc, "vouch"), mode=0o755, exist_ok=True)
    hosts = "127.0.0.1 localhost\n" + "".join(f"{lab.address(n)} {n}\n" for n in lab.nodes)
    for name, text in (("hosts", hosts), ("hostname", node + "\n"),
                       ("machine-id", lab.options["machine_ids"][node] + "\n")):
        with open(os.path.join(etc, name), "w") as out:
            out.write(text)


def mount_everything(lab, node):
    mount("none", "/", flags=MS_REC | MS_PRIVATE)
    stage = lab.options["prefix_root"]
    if stage:
        mount("vouch-lab", "/usr", "overlay", MS_RDONLY, f"lowerdir={stage}/usr:/usr")
    for directory in OVERLAID:
        lower = "/" + directory
        if stage and directory == "etc" and os.path.isdir(stage + "/etc"):
            lower = f"{stage}/etc:{lower}"
        mount("vouch-lab", "/" + directory, "overlay", 0,
              f"lowerdir={lower},upperdir={lab.node_path(node, 'overlay', directory)},"
              f"workdir={lab.node_path(node, 'overlay', 'work', directory)}")
    mount("proc", "/proc", "proc")
    mount("sysfs", "/sys", "sysfs")
    bind(lab.node_path(node, "boot_id"), "/proc/sys/kernel/random/boot_id")
    # Pacemaker panics by writing here. A node may reset itself, but not the machine it is a guest on.
    for path in ("/proc/sysrq-trigger", "/proc/sys/kernel/sysrq"):
        if os.path.exists(path):
            bind("/dev/null", path)
    for directory in DISK:
        bind(disk_path(lab, node, directory), directory)
    mount("tmpfs", "/dev/shm", "tmpfs", data="mode=1777")
    mount("tmpfs", "/run", "tmpfs", data="mode=755")
    for name, mode, user, group in (("lock", 0o1777, "root", "root"),
                                    ("postgresql", 0o2775, "postgres", "postgres"),
                                    ("crm", 0o750, "hacluster", "haclient")):
        os.mkdir("/run/" + name)
        own("/run/" + name, mode, user, group)
    if stage and os.path.isdir(stage + "/usr/local/lib"):
        # Libraries outside the dynamic linker's built-in directories are found through its cache.
        subprocess.run(["ldconfig", "-X", "-C", "/run/ld.so.cache"], env=CLEAN_ENV)
        bind("/run/ld.so.cache", "/etc/ld.so.cache")


def start(argv, log):
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=CLEAN_ENV, cwd="/",
                             start_new_session=True)
    os.close(out)
    return child


def members_seen():
    keys = subprocess.run(["corosync-cmapctl", "-b", "runtime.members."], capture_output=True, text=True,
                          env=CLEAN_ENV).stdout
    return sum(line.endswith("= joined") for line in keys.splitlines() if ".status" in line)


def start_cluster(lab):
    start(["corosync", "-f"], "/var/log/corosync/console.log")
    # Pacemaker may fence whoever is missing when it starts. Nodes that boot together need a moment to see
    # each other; a node that boots alone does not wait for long.
    until = time.monotonic() + 5
    while members_seen() < len(lab.nodes) and time.monotonic() < until:
        time.sleep(0.05)
    env_before = dict(CLEAN_ENV)
    CLEAN_ENV.update({"PCMK_logfile": "/var/log/pacemaker/pacemaker.log", "PCMK_logfacility": "none"})
    start(["pacemakerd", "-f"], "/var/log/pacemaker/console.log")
    CLEAN_ENV.clear()
    CLEAN_ENV.update(env_before)


def main(name, node):
    # /proc is still the one from outside, so this is our pid as the machine sees it.
    pid = int(os.readlink("/proc/self"))
    lab = Lab(name)
    with open(f"/proc/{pid}/stat", "rb") as stat:
        started = stat.read().rpartition(b")")[2].split()[19].decode()
    try:
        mount_everything(lab, node)
    except OSError as error:
        print(error, file=sys.stderr, flush=True)
        if "overlay" in str(error) or error.errno in (19, 22):
            print("The lab needs overlayfs in the kernel, and /var/tmp on a file system it accepts as upper layer.",
                  file=sys.stderr, flush=True)
        return 1
    socket.sethostname(node)
    # Only now is the node a node: whoever sees this file may enter.
    path = lab.node_path(node, "init")
    with open(path + ".new", "w") as out:
        out.write(f"{pid} {started}\n")
    os.rename(path + ".new", path)
    start_cluster(lab)
    # Process 1 gets only signals it handles. A stop from inside is a shutdown, as on a machine.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        try:
            os.wait()
        except ChildProcessError:
            time.sleep(0.2)
