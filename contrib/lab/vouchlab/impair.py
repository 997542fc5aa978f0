# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad links: delay, loss, duplication, corruption, reordering, in one direction or both.

Where the kernel has netem, tc does it. Kernels built for small virtual machines often lack it; then a relay
does it: the node's cable is pulled out of the switch and a process carries each frame across, or late, or
twice, or damaged, or not at all.
"""

import array
import fcntl
import heapq
import os
import random
import select
import signal
import socket
import struct
import threading
import time

from . import background
from .system import LabError, UsageError, enter_netns, in_netns, run, wait_for


class Impairment:
    def __init__(self):
        self.delay_s = self.jitter_s = 0.0
        self.loss = self.duplicate = self.corrupt = self.reorder = 0.0


def seconds(word):
    for unit, factor in (("us", 1e-6), ("ms", 1e-3), ("s", 1.0)):
        if word.endswith(unit):
            return float(word[:-len(unit)]) * factor
    # A bare number is microseconds for tc, which surprises everybody; insist on the unit.
    raise ValueError(f"{word}: a time needs its unit, us, ms or s")


def share(word):
    value = float(word[:-1]) / 100 if word.endswith("%") else None
    if value is None or not 0 <= value <= 1:
        raise ValueError(f"{word}: write a share as 0% to 100%")
    return value


def parse(words):
    """["out", "delay", "50ms", "loss", "10%"] -> direction and what to do."""
    words = list(words)
    direction = words.pop(0) if words and words[0] in ("in", "out", "both") else "out"
    what = Impairment()
    try:
        rest = list(words)
        while rest:
            verb = rest.pop(0)
            if verb == "delay":
                what.delay_s = seconds(rest.pop(0))
                if rest and rest[0][0].isdigit():
                    what.jitter_s = seconds(rest.pop(0))
            elif verb in ("loss", "duplicate", "corrupt", "reorder"):
                setattr(what, verb, share(rest.pop(0)))
            else:
                raise ValueError(f"{verb}: not one of delay, loss, duplicate, corrupt, reorder")
    except IndexError:
        raise UsageError(f"netem {' '.join(words)}: the last word wants a value after it")
    except ValueError as error:
        raise UsageError(f"netem: {error}")
    if not words:
        raise UsageError("netem: what? For example: delay 50ms loss 10%")
    return direction, words, what


# --- commands ---


def set_link(lab, node, words):
    clear(lab, node)
    if words == ["off"]:
        print(f"{node}'s link is good")
        return 0
    direction, netem, _ = parse(words)
    if kernel_has_netem(lab):
        for way, namespace, device in (("out", lab.netns(node), "eth0"), ("in", lab.switch, lab.port(node))):
            if direction in (way, "both"):
                run(in_netns(namespace, ["tc", "qdisc", "replace", "dev", device, "root", "netem", *netem]))
    else:
        background.start(lab, f"impair-{node}", ["_impair", node, direction, *netem])
        if not wait_for(lambda: "master br0" in link(lab, tap(lab, node)), 3, every=0.02):
            clear(lab, node)
            raise LabError(f"the relay for {node}'s link did not start; its output is lost with it, try again")
    remember(lab, node, " ".join([direction, *netem]))
    print(f"{node}'s link, {direction}: {' '.join(netem)}")
    return 0


def clear(lab, node):
    background.stop(lab, f"impair-{node}")
    # A no-op unless the relay had taken the cable out of the switch.
    run(["ip", "-n", lab.switch, "link", "set", lab.port(node), "master", "br0"])
    for namespace, device in ((lab.netns(node), "eth0"), (lab.switch, lab.port(node))):
        run(in_netns(namespace, ["tc", "qdisc", "del", "dev", device, "root"]), check=False)
    remember(lab, node, None)


def remember(lab, node, text):
    faults = lab.faults()
    entry = faults.setdefault(node, {})
    entry.pop("link", None)
    if text:
        entry["link"] = text
    lab.save_faults(faults)


def kernel_has_netem(lab):
    device = ["dev", "lo", "root"]
    if run(in_netns(lab.switch, ["tc", "qdisc", "add", *device, "netem"]), check=False).returncode != 0:
        return False
    run(in_netns(lab.switch, ["tc", "qdisc", "del", *device]), check=False)
    return True


def tap(lab, node):
    return "t" + lab.port(node)[1:]


def link(lab, device):
    return run(["ip", "-n", lab.switch, "-o", "link", "show", "dev", device], check=False).stdout


# --- the relay ---

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
SIOCETHTOOL = 0x8946
# ETHTOOL_S{TXCSUM,SG,TSO,GSO}: the node must send whole frames with their checksums in them, because past
# the relay no kernel will complete them.
OFFLOADS = (0x17, 0x19, 0x1F, 0x24)


def switch_offloads_off(device):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for command in OFFLOADS:
            value = array.array("B", struct.pack("II", command, 0))
            try:
                fcntl.ioctl(s, SIOCETHTOOL, struct.pack("16sP", device.encode(), value.buffer_info()[0]))
            except OSError:
                pass


class Lane:
    """One direction: frames in, frames out when they are due."""

    def __init__(self, send, what):
        self.send, self.what = send, what
        self.queue, self.count = [], 0

    def offer(self, frame):
        what = self.what
        if what is None:
            self.send(frame)
            return
        if random.random() < what.loss:
            return
        for _ in range(2 if random.random() < what.duplicate else 1):
            copy = frame
            if random.random() < what.corrupt:
                damaged = bytearray(frame)
                # Past the Ethernet header, so that it reaches somebody who has to notice.
                damaged[random.randrange(14, len(damaged))] ^= 1 << random.randrange(8)
                copy = bytes(damaged)
            delay = what.delay_s + (random.uniform(-1, 1) * what.jitter_s if what.jitter_s else 0)
            if random.random() < what.reorder:
                delay = 0
            if delay <= 0:
                self.send(copy)
            else:
                self.count += 1
                heapq.heappush(self.queue, (time.monotonic() + delay, self.count, copy))

    def flush(self):
        """Send what is due; the seconds until the next frame is, or None."""
        while self.queue:
            left = self.queue[0][0] - time.monotonic()
            if left > 0:
                return left
            self.send(heapq.heappop(self.queue)[2])
        return None


def main(lab, words):
    """Body of the relay process."""
    node = words[0]
    direction, _, what = parse(words[1:])

    def prepare():
        enter_netns(lab.netns(node))
        switch_offloads_off("eth0")

    thread = threading.Thread(target=prepare)
    thread.start()
    thread.join()
    enter_netns(lab.switch)
    # Not persistent: the device goes away with this process.
    tap_fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(tap_fd, TUNSETIFF, struct.pack("16sH22x", tap(lab, node).encode(), IFF_TAP | IFF_NO_PI))
    cable = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    cable.bind((lab.port(node), 0))
    cable.setblocking(False)
    run(["ip", "link", "set", lab.port(node), "nomaster"])
    run(["ip", "link", "set", tap(lab, node), "master", "br0"])
    run(["ip", "link", "set", tap(lab, node), "up"])
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))

    def send_to_switch(frame):
        try:
            os.write(tap_fd, frame)
        except OSError:
            pass  # a full queue loses frames, as a switch does

    def send_to_node(frame):
        try:
            cable.send(frame)
        except OSError:
            pass  # the machine has no power, or the queue is full

    out = Lane(send_to_switch, what if direction in ("out", "both") else None)
    into = Lane(send_to_node, what if direction in ("in", "both") else None)
    while True:
        waits = [w for w in (out.flush(), into.flush()) if w is not None]
        ready, _, _ = select.select([cable, tap_fd], [], [], min(waits) if waits else None)
        for source in ready:
            for _ in range(64):
                try:
                    if source is cable:
                        frame, address = cable.recvfrom(65536)
                        if address[2] != socket.PACKET_OUTGOING:
                            out.offer(frame)
                    else:
                        into.offer(os.read(tap_fd, 65536))
                except BlockingIOError:
                    break
                except OSError:
                    time.sleep(0.01)  # the cable's other end is down
                    break
