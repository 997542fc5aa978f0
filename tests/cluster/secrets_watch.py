# SPDX-License-Identifier: GPL-2.0-or-later
"""A lab's real secrets, the replication role's password and the power controllers', looked for in everything that
its nodes wrote, in what vouch says, and in every process title meanwhile (P6-O2)."""
import hashlib
import json
import os
import subprocess
import tempfile
import threading

BASE = "/var/tmp/vouch-lab-"
PASSFILE = "overlay/etc/vouch/passfile"
# What vouch itself keeps; Pacemaker's configuration holds its fence devices' passwords by design.
OURS = ("disk/var-lib-vouch", "disk/var-log-postgresql")
SAYS = (["status"], ["history"], ["history", "--alerts"], ["metrics"], ["contract", "show"], ["doctor"], ["check"],
        ["--output-as=json", "explain"], ["--output-as=xml", "explain"], ["--output-as=html", "explain"], ["explain"])


class Watch:
    def __init__(self, it):
        self.it, self.base, self.titles = it, BASE + it.name, set()
        with open(self.base + "/lab.json") as lab:
            self.power = json.load(lab)["password"]
        self.replication = hashlib.sha256(self.power.encode()).hexdigest()[:24]
        self.over, self.rounds = threading.Event(), 0
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        wanted = self.replication.encode()
        while not self.over.wait(0.03):
            self.rounds += 1
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    with open("/proc/%s/cmdline" % pid, "rb") as title:
                        text = title.read()
                except OSError:
                    continue
                if wanted in text:
                    self.titles.add(text.replace(b"\0", b" ").replace(wanted, b"***").decode(errors="replace"))

    def files_with(self, secret, places):
        """Paths below the nodes' directories; the secret is in no argument."""
        with tempfile.NamedTemporaryFile("w", prefix="vouch-") as pattern:
            pattern.write(secret + "\n")
            pattern.flush()
            nodes = os.path.join(self.base, "nodes")
            found = subprocess.run(["grep", "-rlaF", "--devices=skip", "-f", pattern.name, "--",
                                    *(os.path.join(nodes, n, p) for n in sorted(os.listdir(nodes)) for p in places)],
                                   capture_output=True, text=True, check=False, timeout=120).stdout.split("\n")
        return sorted(os.path.relpath(path, nodes) for path in found if path)

    def said(self, nodes):
        bad = []
        for node in nodes:
            for words in SAYS:
                done = self.it.on(node, "vouch", *words, check=False)
                if self.replication in done.stdout + done.stderr or self.power in done.stdout + done.stderr:
                    bad.append((node, words))
        return bad

    def tell(self, report, name, nodes):
        bad = self.said(nodes)
        self.over.set()
        self.thread.join()
        holders = self.files_with(self.replication, ("disk", "overlay"))
        passfiles = sorted(os.path.join(n, PASSFILE) for n in os.listdir(os.path.join(self.base, "nodes")))
        report.check("secrets: %s: the replication password is in the passfiles and in no other file of a node" % name,
                     holders == passfiles, (holders, passfiles))
        report.check("secrets: %s: the power controllers' password is in nothing that vouch keeps" % name,
                     not self.files_with(self.power, OURS), self.files_with(self.power, OURS))
        report.check("secrets: %s: in no process title" % name, self.rounds > 10 and not self.titles,
                     (self.rounds, self.titles))
        report.check("secrets: %s: in nothing that vouch says" % name, not bad, bad)
