# SPDX-License-Identifier: GPL-2.0-or-later
"""What the cluster tests share: a lab of their own that goes away in any case,
and one line for each thing that was looked at."""
import contextlib
import json
import os
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
STAGE = os.environ.get("VOUCH_STAGE", os.path.join(TOP, "build", "stage"))
LAB = os.path.join(TOP, "contrib", "lab", "vouch-lab")
sys.path.insert(0, os.path.dirname(LAB))
import vouchlab.database  # noqa: E402
import vouchlab.lab  # noqa: E402
import vouchlab.nodes  # noqa: E402
import vouchlab.state  # noqa: E402
from vouchlab.system import CLEAN_ENV, LabError  # noqa: E402


# A machine may stand still for a while. Nobody waits that long for what comes, and only a failure takes it all.
PATIENCE_S = 180


# What a server says that has more than the primary's timeline has of its own, where it got as far as to ask.
FORKED = ("before current recovery point", "does not contain minimum recovery point")


class Failed(Exception):
    """Something without which the rest of the test makes no sense."""


class Report:
    def __init__(self):
        self.failed = 0

    def check(self, name, ok, why=""):
        if ok:
            print("ok " + name, flush=True)
        else:
            self.failed += 1
            print("not ok %s: %s" % (name, str(why).strip().replace("\n", " | ")[:2000]), flush=True)
        return ok


class Lab:
    def __init__(self, name):
        self.name = "t%d%s" % (os.getpid(), name)

    def run(self, *arguments, check=True, timeout=180):
        if check and arguments[0] == "wait" and "--timeout" in arguments:
            at = arguments.index("--timeout") + 1
            arguments = (*arguments[:at], str(max(int(arguments[at]), PATIENCE_S)), *arguments[at + 1:])
            timeout = max(timeout, PATIENCE_S + 30)
        done = subprocess.run([LAB, "--name", self.name, *arguments], capture_output=True, text=True,
                              timeout=timeout, check=False, stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise Failed("vouch-lab %s: exit %d: %s" % (" ".join(arguments), done.returncode,
                                                        (done.stderr + done.stdout).strip()[-1500:]))
        return done

    def on(self, node, *command, check=True, timeout=60):
        """What `vouch-lab exec` does; a test that polls would mostly start that program."""
        try:
            line = vouchlab.nodes.enter(vouchlab.lab.Lab(self.name), node, command)
        except LabError as error:
            done = subprocess.CompletedProcess(command, 1, "", str(error))
        else:
            done = subprocess.run(line, capture_output=True, text=True, timeout=timeout, check=False,
                                  stdin=subprocess.DEVNULL, env=CLEAN_ENV)
        if check and done.returncode != 0:
            raise Failed("on %s: %s: exit %d: %s" % (node, " ".join(command), done.returncode,
                                                     (done.stderr + done.stdout).strip()[-1500:]))
        return done

    def put(self, node, path, content, mode="644"):
        """A file inside a node; content is bytes."""
        done = subprocess.run([LAB, "--name", self.name, "exec", node, "--", "sh", "-c",
                               'umask 077; cat > "$1" && chmod "$2" "$1"', "put", path, mode], input=content,
                              capture_output=True, check=False, timeout=60)
        if done.returncode != 0:
            raise Failed("cannot write %s on %s: %s" % (path, node, done.stderr.decode()))

    def sql(self, node, query):
        """One value, asked over the node's own socket."""
        return self.on(node, "runuser", "-u", "postgres", "--", "psql", "-XAtqd", "postgres", "-c",
                       query).stdout.strip()

    def state(self):
        try:
            return vouchlab.state.look(vouchlab.lab.Lab(self.name))
        except LabError as error:
            raise Failed("vouch-lab state: %s" % error) from error

    def promoted(self):
        inside = vouchlab.lab.Lab(self.name)
        return next((node for node in inside.nodes if vouchlab.database.role(inside, node) == "primary"), None)

    def decisions(self, node):
        """Outcomes of the attempts of a node, newest first."""
        records = json.loads(self.on(node, "vouch", "--output-as=json", "history").stdout)
        return [record for record in records if record["type"] == "outcome"]

    def verdict(self, node):
        return json.loads(self.on(node, "vouch", "--output-as=json", "explain").stdout)

    def asked(self, node):
        """What vouch would decide there now: its exit code and the verdict."""
        done = self.on(node, "vouch", "--output-as=json", "--quiet", "check", check=False)
        return done.returncode, json.loads(done.stdout)

    def wait_for(self, what, test, seconds=60):
        """Polls until test() is true; how long it took is nobody's verdict."""
        seconds = max(seconds, PATIENCE_S)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if test():
                    return
            except (Failed, ValueError, KeyError):
                pass
            time.sleep(0.3)
        raise Failed("still not so after %d s: %s" % (seconds, what))

    def contract_set(self, node, *words):
        """Types the change again while a standby that was there reconnects: the refusal says to wait for it."""
        end = time.monotonic() + PATIENCE_S
        while True:
            done = self.on(node, "vouch", "--quiet", "--yes", "contract", "set", *words, check=False, timeout=150)
            if done.returncode == 0:
                return done
            if "stream from here now" not in done.stderr + done.stdout or time.monotonic() > end:
                raise Failed("vouch contract set %s on %s: exit %d: %s" % (" ".join(words), node, done.returncode,
                                                                          (done.stderr + done.stdout).strip()))
            print("# asked again: " + (done.stderr + done.stdout).strip(), flush=True)
            time.sleep(0.5)

    def log_since_start(self, node, lines=400):
        """What the node's server said since it was last started."""
        text = self.on(node, "tail", "-n", str(lines), "/var/log/postgresql/vouch.log", check=False).stdout
        return text.rpartition("starting PostgreSQL")[2]

    def rejoin_forked(self):
        """Power that goes in the midst of a write may leave records on the former primary that nobody has: it cannot
        follow, and is brought back as the README tells its operator. Says whether it did anything."""
        primary = self.promoted()
        seen = json.loads(self.on(primary, "vouch", "--output-as=json", "status").stdout) if primary else {"members": []}
        parted = [m["name"] for m in seen["members"] if m.get("parted_from")]
        forked = [n for n in vouchlab.lab.Lab(self.name).nodes
                  if n in parted or any(w in self.log_since_start(n) for w in FORKED)]
        for node in forked:
            print("# %s went another way, and is brought back by vouch rejoin" % node, flush=True)
            self.on(node, "crm_resource", "--ban", "--resource", "pgsql-clone", "--node", node)
            self.wait_for("%s is stopped" % node, lambda n=node: self.on(
                n, "pgrep", "-u", "postgres", "-x", "postgres", check=False).returncode == 1)
            self.on(node, "vouch", "--quiet", "--yes", "rejoin", timeout=150)
            self.on(node, "crm_resource", "--clear", "--resource", "pgsql-clone", "--node", node)
            self.on(node, "crm_resource", "--cleanup", "--resource", "pgsql", "--node", node)
            self.wait_for("%s runs again" % node, lambda n=node: self.sql(n, "select 1") == "1")
        return bool(forked)

    def streaming(self, node):
        """How many standbys the primary streams to."""
        return int(self.sql(node, "select count(*) from pg_stat_replication where state = 'streaming'"))

    def tell(self):
        """For whoever reads why a test failed: what each node that runs says of its cluster."""
        for node in vouchlab.lab.Lab(self.name).nodes:
            done = self.on(node, "vouch", "status", check=False)
            for line in done.stdout.splitlines() if done.returncode == 0 else ["says nothing"]:
                print("# %s: %s" % (node, line), flush=True)

    def attempts(self, nodes):
        return sum(len(self.decisions(node)) for node in nodes)


@contextlib.contextmanager
def lab(name, *options):
    """A lab for one test, taken down whatever happens."""
    def stop(number, frame):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    it = Lab(name)
    try:
        it.run("up", "--prefix-root", STAGE, *options, timeout=300)
        yield it
    except Failed:
        with contextlib.suppress(Failed, LabError, subprocess.TimeoutExpired):
            it.tell()
        raise
    finally:
        if os.environ.get("VOUCH_KEEP_LAB") != "1":
            subprocess.run([LAB, "--name", it.name, "down"], capture_output=True, check=False, timeout=120,
                           stdin=subprocess.DEVNULL)


def main(tests):
    """Runs the named tests, or all; exit 0 only when every check was good."""
    report = Report()
    names = sys.argv[1:] or list(tests)
    for name in names:
        if name not in tests:
            report.check(name, False, "there is no such test")
            continue
        try:
            tests[name](report)
        except (Failed, subprocess.TimeoutExpired, KeyError, ValueError) as error:
            report.check(name, False, error)
    return 1 if report.failed else 0
