# SPDX-License-Identifier: GPL-2.0-or-later
"""One lab: its name, its directory, its addresses, and what was asked for when it was brought up."""

import fcntl
import hashlib
import json
import os
import re
import secrets

from .system import LabError, UsageError

BASE = "/var/tmp/vouch-lab-"
SUBNET = "10.86.0"
PGDATA = "/var/lib/postgresql/vouch"

DEFAULTS = {
    "nodes": 3,
    "sync_k": 1,
    "prefix_root": None,
    "database": True,
    "manual": False,
    "agent": "ocf:vouch:postgresql",
    "stonith_action": "off",
    "transport": "knet",
    "passwords": False,
}


class AlreadyExists(LabError):
    pass


class Lab:
    def __init__(self, name):
        # The name becomes part of namespace, file and directory names.
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,19}", name):
            raise UsageError(f"--name {name}: use up to 20 of a-z, 0-9 and -")
        self.name = name
        self.dir = BASE + name
        self.options = dict(DEFAULTS)
        self._lock = None
        try:
            with open(self.path("lab.json")) as saved:
                self.options.update(json.load(saved))
        except FileNotFoundError:
            pass
        except ValueError as error:
            raise LabError(f"{self.path('lab.json')} is damaged ({error}); type: vouch-lab --name {name} down")

    # --- what exists ---

    @property
    def exists(self):
        return os.path.isdir(self.dir)

    def require(self):
        if not os.path.exists(self.path("lab.json")):
            raise LabError(f"lab {self.name} is not up; type: {self.command('up')}")

    def command(self, words):
        """How the user would type this for this lab."""
        return "vouch-lab " + ("" if self.name == "vouch" else f"--name {self.name} ") + words

    def create(self, options):
        try:
            os.mkdir(self.dir, 0o700)
        except FileExistsError:
            raise AlreadyExists(f"lab {self.name} exists already; type: {self.command('down')}")
        self.lock()
        self.options.update(options)
        self.options["password"] = secrets.token_hex(8)
        self.options["machine_ids"] = {node: secrets.token_hex(16) for node in self.nodes}
        self.save()

    def save(self):
        # Holds the password of the power controllers, so only for root.
        fd = os.open(self.path("lab.json.new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w") as out:
            json.dump(self.options, out, indent=1)
        os.rename(self.path("lab.json.new"), self.path("lab.json"))

    def lock(self):
        """Keep a second up or down of this lab out until this process ends.

        The lock is on the lab's directory itself, so that it leaves no file behind.
        """
        self._lock = os.open(self.dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabError(f"lab {self.name} is being brought up or down by another vouch-lab; wait for that one")

    # --- names ---

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def node_path(self, node, *parts):
        return self.path("nodes", node, *parts)

    @property
    def nodes(self):
        return [f"n{i}" for i in range(1, self.options["nodes"] + 1)]

    def check_node(self, node):
        if node not in self.nodes:
            raise UsageError(f"there is no node {node}; this lab has {' '.join(self.nodes)}")
        return node

    def number(self, node):
        return int(node[1:])

    def address(self, node):
        return f"{SUBNET}.{10 + self.number(node)}"

    def controller_address(self, node):
        """Where the node's power controller (BMC) listens."""
        return f"{SUBNET}.{100 + self.number(node)}"

    @property
    def clients_address(self):
        return f"{SUBNET}.1"

    def netns(self, node):
        return f"vlab-{self.name}-{node}"

    @property
    def switch(self):
        return self.netns("sw")

    def port(self, node):
        """The switch's end of the node's cable. Interface names have 15 characters, hence the hash."""
        return "v" + hashlib.sha256(self.name.encode()).hexdigest()[:6] + node

    @property
    def password(self):
        return self.options["password"]

    @property
    def replication_password(self):
        """What PostgreSQL asks the role vouch for, if it asks at all; no part of it is another secret's."""
        return hashlib.sha256(self.password.encode()).hexdigest()[:24]

    @property
    def members(self):
        return " ".join(f"{node}={self.address(node)}" for node in self.nodes)

    # --- faults in force: kept here, so that "state" can show them ---

    def faults(self):
        try:
            with open(self.path("faults.json")) as f:
                return json.load(f)
        except FileNotFoundError:
            return {}

    def save_faults(self, faults):
        with open(self.path("faults.json.new"), "w") as out:
            json.dump(faults, out, indent=1)
        os.rename(self.path("faults.json.new"), self.path("faults.json"))
