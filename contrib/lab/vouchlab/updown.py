# SPDX-License-Identifier: GPL-2.0-or-later
"""Bringing a lab up and taking it down. Whatever goes wrong on the way up ends in "down"."""

import json
import os
import shutil
import signal
import sys
import threading
import time

from . import background, database, machine, network, nodes, pacemaker, paf, power
from .lab import BASE, AlreadyExists
from .system import LabError, wait_for

NEEDED = {
    "corosync": "corosync", "pacemakerd": "pacemaker", "crm_mon": "pacemaker-cli-utils", "ip": "iproute2",
    "nft": "nftables", "ipmi_sim": "openipmi", "ipmitool": "ipmitool", "fence_ipmilan": "fence-agents",
    "unshare": "util-linux", "nsenter": "util-linux", "runuser": "util-linux",
}


VOUCH_AGENT = "ocf:vouch:postgresql"


class Interrupted(BaseException):
    pass


class Progress:
    """One line per step that is worth reading, with the seconds since the start."""

    def __init__(self):
        self.began = time.monotonic()

    def __call__(self, text):
        print(f"{time.monotonic() - self.began:5.1f}s  {text}", flush=True)


def check_machine(lab, options):
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    missing = sorted({package for tool, package in NEEDED.items() if not shutil.which(tool, path=path)})
    if options["database"] and not os.path.exists(database.BIN + "/postgres"):
        missing.append("postgresql-15")
    try:
        import psycopg2  # noqa: F401
    except ImportError:
        missing.append("python3-psycopg2")
    if options["database"] and options["agent"] == paf.AGENT and not os.path.exists(paf.PROGRAM):
        missing.append(paf.PACKAGE)
    if missing:
        raise LabError(f"packages are missing; type: apt-get install --no-install-recommends {' '.join(missing)}")
    with open("/proc/filesystems") as f:
        if not any(line.split()[-1] == "overlay" for line in f) and os.system("modprobe -q overlay") != 0:
            raise LabError("this kernel has no overlayfs, which gives each node its own /etc and the staged programs; "
                           "use another kernel")
    stage = options["prefix_root"]
    if stage and not os.path.isdir(os.path.join(stage, "usr")):
        raise LabError(f"--prefix-root {stage}: there is no {stage}/usr; type: make install DESTDIR={stage}")
    if stage and any(c in stage for c in ":,\\"):
        raise LabError(f"--prefix-root {stage}: a mount option cannot hold ':', ',' or a backslash; use another path")
    if options["database"] and not options["manual"] and options["agent"] == VOUCH_AGENT:
        roots = ["", stage] if stage else [""]
        places = [f"{root}/usr/{where}/vouch" for root in roots for where in ("bin", "sbin", "local/bin", "local/sbin")]
        if not any(os.path.exists(place) for place in places):
            raise LabError("there is no program vouch to put on the nodes; type: make install DESTDIR=/some/stage && "
                           + lab.command("up --prefix-root /some/stage"))
    left = network.existing(lab)
    if left:
        raise LabError(f"namespaces of an earlier lab {lab.name} are left; type: {lab.command('down')}")


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def ignore_signals():
    for sig in SIGNALS:
        signal.signal(sig, signal.SIG_IGN)


def interrupt(signum, frame):
    # One is enough: a second one must not interrupt the taking down.
    ignore_signals()
    raise Interrupted(signal.Signals(signum).name)


def up(lab, options, keep=False):
    say = Progress()
    check_machine(lab, options)
    for sig in SIGNALS:
        signal.signal(sig, interrupt)
    # If ip(8) makes /run/netns for us, "down" takes it away; a lab that came earlier passes this duty on.
    options["made_netns_directory"] = not network.netns_directory_is_mounted() or other_lab_made_netns_directory()
    try:
        lab.create(options)
        build(lab, say)
    except AlreadyExists:
        # Somebody else's lab: nothing here is ours to take down.
        raise
    except BaseException as error:
        ignore_signals()
        if isinstance(error, (KeyboardInterrupt, Interrupted)):
            print(f"interrupted ({error or 'SIGINT'}); taking everything down", file=sys.stderr)
            take_down(lab)
            return 130
        if keep:
            print(f"vouch-lab: {error}", file=sys.stderr)
            print(f"vouch-lab: left as it is (--keep); look around, then type: {lab.command('down')}", file=sys.stderr)
            return 1
        take_down(lab)
        if isinstance(error, LabError):
            error.args = (f"{error}\n  everything was taken down again; to look at the ruins, add --keep to up",)
        raise
    return 0


def other_lab_made_netns_directory():
    parent = os.path.dirname(BASE)
    for name in os.listdir(parent):
        if name.startswith(os.path.basename(BASE)):
            try:
                with open(os.path.join(parent, name, "lab.json")) as f:
                    if json.load(f).get("made_netns_directory"):
                        return True
            except (OSError, ValueError):
                pass
    return False


class Step(threading.Thread):
    """A step that runs beside others; result() raises what it raised."""

    def __init__(self, work, *args):
        super().__init__(daemon=True)
        self.work, self.args, self.error = work, args, None
        self.start()

    def run(self):
        try:
            self.work(*self.args)
        except BaseException as error:
            self.error = error

    def result(self):
        # A plain join() would sit on a signal until the step ends.
        while self.is_alive():
            self.join(0.1)
        if self.error:
            raise self.error


def build(lab, say):
    network.create(lab)
    nodes.prepare(lab)
    power.start_controllers(lab)
    nodes.boot_all(lab)
    names = " ".join(lab.nodes)
    say(f"{len(lab.nodes)} nodes have power ({names}), Corosync and Pacemaker are starting")
    first = Step(database.create_first, lab) if lab.options["database"] else None
    power.check_controllers(lab)
    say("their power controllers answer over IPMI")
    wait_for_cluster(lab)
    _, seen = pacemaker.best_view(lab)
    say(f"Pacemaker: all online, quorum, coordinator {seen.dc}")
    if first:
        first.result()
        say(f"PostgreSQL runs on {lab.nodes[0]}")
        # PAF keeps no contract in the database: there is nothing to adopt.
        if not lab.options["manual"] and lab.options["agent"] != paf.AGENT and database.adopt(lab):
            say(f"vouch adopted it; contract: ANY {lab.options['sync_k']} of {len(lab.nodes) - 1} standbys"
                if lab.options["sync_k"] else "vouch adopted it; contract: asynchronous")
        database.clone_others(lab)
        say(f"{' '.join(lab.nodes[1:])} cloned from it")
        if lab.options["manual"]:
            database.start_by_hand(lab)
            say(f"replication runs without Pacemaker, {lab.nodes[0]} is the primary")
            background.start_witness(lab)
        else:
            background.start_witness(lab)
            database.stop_first(lab)
            if lab.options["agent"] == paf.AGENT:
                paf.configure(lab)
            pacemaker.load_database_resource(lab)
            say("pgsql-clone handed over to Pacemaker")
            promoted = wait_for_promotion(lab, 90)
            say(f"{promoted} is promoted")
            if lab.options["agent"] == VOUCH_AGENT:
                wait_for_admissions(lab, promoted, 60)
                say("every standby is admitted, and every log says so")
    if not wait_for(lambda: pacemaker.best_view(lab)[1].fencing_ready(), 30, every=0.3):
        raise LabError(f"fence devices did not start; the log says:\n{log_tail(lab, 'fence_ipmilan')}")
    say("fencing is ready")


def wait_for_cluster(lab, timeout=60):
    def complete():
        for node in lab.nodes:
            if not machine.has_power(lab, node):
                raise LabError(f"{node} lost power while the cluster was starting")
        seen = pacemaker.view(lab, lab.nodes[0])
        return seen and seen.dc and seen.quorum and all(seen.online.get(n) for n in lab.nodes)
    if not wait_for(complete, timeout, every=0.2):
        raise LabError(f"the cluster is not complete after {timeout} s; the log of n1 says:\n{log_tail(lab, 'error')}")


def wait_for_admissions(lab, promoted, timeout):
    """Until then a standby counts nothing, and what a failure leads to depends on how far this got."""
    others = set(lab.nodes) - {promoted}
    if not wait_for(lambda: all(others <= database.admitted(lab, node) for node in lab.nodes), timeout, every=0.3):
        told = "\n".join(f"  {node}: {' '.join(sorted(database.admitted(lab, node))) or 'none'}" for node in lab.nodes)
        raise LabError(f"not all standbys are admitted after {timeout} s; as the logs have it:\n{told}")


def wait_for_promotion(lab, timeout):
    seen = None

    def promoted():
        nonlocal seen
        seen = pacemaker.best_view(lab)[1]
        if seen is None:
            return None
        if seen.promoted and (lab.options["agent"] not in (VOUCH_AGENT, paf.AGENT)
                              or database.writable(lab, seen.promoted[0])):
            return seen.promoted[0]
        # With on-fail=block a refused promotion is not tried again: no point in waiting.
        refused = [f for f in seen.failures if f.get("task") == "promote"]
        if refused and not seen.promoted:
            raise LabError("the promotion was refused:\n" + failure_lines(refused))
        return None
    node = wait_for(promoted, timeout, every=0.3)
    if not node:
        failures = failure_lines(seen.failures) if seen and seen.failures else ""
        raise LabError(f"no node was promoted within {timeout} s" +
                       (f"; failed actions:\n{failures}" if failures else f"; the log says:\n{log_tail(lab, 'pgsql')}"))
    return node


def failure_lines(failures):
    return "\n".join(f"  {f.get('task')} on {f.get('node')}: {f.get('exitstatus')}: "
                     f"{f.get('exitreason') or 'no reason given'}" for f in failures)


def log_tail(lab, word, count=4):
    """The last warnings and errors of each node, and what else mentions the word; without the CIB's diffs."""
    lines = []
    for node in lab.nodes:
        path = lab.node_path(node, "disk", "var-log-pacemaker", "pacemaker.log")
        try:
            with open(path, errors="replace") as log:
                wanted = [line for line in log if ("error:" in line or "warning:" in line or word in line)
                          and "cib_perform_op" not in line]
        except OSError:
            continue
        lines += [f"  {line.strip()[:200]}" for line in wanted[-count:]]
    return "\n".join(lines) or "  nothing about it"


def take_down(lab):
    """Remove every trace. Safe to call at any point of "up", and again after an interrupted "down"."""
    if lab.exists:
        open(lab.path("going-down"), "w").close()
        # Controllers first: a node that dies late must not have another one powered on.
        power.stop_controllers(lab)
        background.stop_all(lab)
    nodes.kill_everything(lab)
    network.destroy(lab)
    if lab.exists:
        made = lab.options.get("made_netns_directory")
        shutil.rmtree(lab.dir)
        if made:
            network.remove_netns_directory()


def down(lab):
    if not lab.exists and not network.existing(lab):
        print(f"lab {lab.name} is not up, nothing to do")
        return 0
    if lab.exists:
        lab.lock()
    ignore_signals()
    take_down(lab)
    print(f"lab {lab.name} is gone")
    return 0
