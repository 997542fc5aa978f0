# SPDX-License-Identifier: GPL-2.0-or-later
"""The witness: asks every node's server, all the time, from inside that node, whether it takes writes.

It sees what no client can: a primary that is cut off from everybody still answers here. One line per
question, in records/witness-NODE:

  asked answered node yes|no|none server-start

"yes" means: at some moment between the two times (CLOCK_MONOTONIC) the server was not in recovery and not
set read-only. "none" means there was no answer, which says nothing. server-start tells one life of the
server from the next: within one life a primary never goes back to being a standby.
"""

import os
import select
import signal
import threading
import time

from . import workload
from .system import enter_netns

EVERY = 0.05
PATIENCE = 1.0
QUESTION = ("SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only'),"
            " extract(epoch FROM pg_postmaster_start_time())")


class NoAnswer(Exception):
    pass


class Watch(threading.Thread):
    """Watches one node, from a thread that lives in the node's network namespace."""

    def __init__(self, lab, node):
        super().__init__(daemon=True)
        import psycopg2
        self.pg = psycopg2
        self.lab, self.node = lab, node
        self.connection = None
        self.log = open(os.path.join(workload.records(lab), f"witness-{node}"), "ab", buffering=0)

    def wait(self, until):
        """Drive the connection without ever blocking: a stopped server must not stop its witness."""
        ext = self.pg.extensions
        while True:
            state = self.connection.poll()
            if state == ext.POLL_OK:
                return
            left = until - time.monotonic()
            if left <= 0:
                raise NoAnswer
            fd = [self.connection.fileno()]
            select.select(fd if state == ext.POLL_READ else [], fd if state == ext.POLL_WRITE else [], [], left)

    def ask(self):
        until = time.monotonic() + PATIENCE
        if self.connection is None:
            self.connection = self.pg.connect(host=self.lab.address(self.node), user="postgres", dbname="postgres",
                                              application_name="vouch-lab-witness", async_=True)
            self.wait(until)
        cursor = self.connection.cursor()
        cursor.execute(QUESTION)
        self.wait(until)
        in_recovery, read_only, start = cursor.fetchone()
        return ("no" if in_recovery or read_only == "on" else "yes"), start

    def run(self):
        import psycopg2.extensions  # noqa: F401
        enter_netns(self.lab.netns(self.node))
        while True:
            asked = time.monotonic()
            try:
                answer, start = self.ask()
            except (NoAnswer, OSError, self.pg.Error):
                answer, start = "none", "-"
                if self.connection is not None:
                    try:
                        self.connection.close()
                    except self.pg.Error:
                        pass
                    self.connection = None
            answered = time.monotonic()
            self.log.write(f"{asked:.6f} {answered:.6f} {self.node} {answer} {start}\n".encode())
            time.sleep(max(0.0, EVERY - (answered - asked)))


def main(lab):
    os.makedirs(workload.records(lab), exist_ok=True)
    for node in lab.nodes:
        Watch(lab, node).start()
    while True:
        signal.pause()


def files(lab):
    try:
        names = os.listdir(workload.records(lab))
    except FileNotFoundError:
        return []
    return [os.path.join(workload.records(lab), n) for n in sorted(names) if n.startswith("witness-")]
